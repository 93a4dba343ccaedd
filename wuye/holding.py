"""The records that hold some words, of every kind, found by searching bytes: others are not read (domain.md 7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wuye import blocks
from wuye.errors import Problem, WuyeError
from wuye.monthfiles import path_of
from wuye.office import Office
from wuye.record import Record
from wuye.schema import Kind


def gather(office: Office, texts: Sequence[str]) -> tuple[list[Record], list[Problem]]:
    """Every record that holds one of these texts, and what could not be read: others are left as bytes."""
    office.store.settle()
    found: list[Record] = []
    problems: list[Problem] = []
    wanted = [text.encode() for text in texts if text]
    for kind, path, month, data in files(office, problems):
        if blocks.find_conflicts(data):
            loaded, wrong = office.load(kind, [month])
            found += loaded
            problems += wrong
            continue
        cut = blocks.split(data, path)
        for name in reversed(cut.holding(wanted, len(data))) if any(text in data for text in wanted) else ():
            try:
                record, wrong = office.parsed(kind, path, data, cut, name)
                found.append(record)
                problems += wrong
            except WuyeError as error:
                problems += error.problems
    return found, problems


def files(office: Office, problems: list[Problem]) -> Iterator[tuple[Kind, str, str, bytes]]:
    """Every data file that is text, as kind, path, month and bytes; what is wrong with the others."""
    for kind in office.kinds():
        for month in office.months(kind):
            path = path_of(kind, month)
            try:
                data = office.store.read(path) or b""
                blocks.decode_bytes(data, path)
            except WuyeError as error:
                problems += error.problems
                continue
            yield kind, path, month, data
