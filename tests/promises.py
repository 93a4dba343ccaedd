"""What must hold of any bytes whatever: five properties that tests/fuzz.py attacks and tests/test_corpus.py repeats.

Each is a function of bytes that raises nothing. A text is the bytes as UTF-8, what is none of it left out; where a
property needs more than a text, the first byte chooses (a direction, a kind, a way to make three files).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import merges
import story

from wuye import access, blocks, changes, contests, dumper, merging, records, room, when, where, yamlio
from wuye.changes import Who
from wuye.errors import BadInput, Damaged, Problem
from wuye.record import Record
from wuye.values import Typing, clean

NOW = story.at("2026-11-22 10:00")
UNITS = frozenset(
    {"1-1-101", "1-1-102", "1-2-102", "2-301", "2-302", "3-1-0701", "3-2-1201", "A-1201", "B-1201", "B1-023", "3A-501",
     "3A-502", "10-1-101", "商铺-12", "9-3A"}
)  # fmt: skip
KINDS = [row[0] for row in records.KINDS]
MERGED = "records/2026-11/complaint.yaml"


def chinese(words: str) -> None:
    """A message is one line that a clerk reads."""
    assert re.search(r"[\u4e00-\u9fff]", words), words


def placed(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Each says what is wrong and to do, in which line and column of which file."""
    assert problems
    for one in problems:
        chinese(one.message)
        assert one.file == "甲.yaml" and one.line > 0 and one.column > 0, one


# --- the reader


def reader(data: bytes) -> None:
    """Records, or problems with their places; what was read, and is written again, is read as the same."""
    document(data)
    read, problems = yamlio.read_records(data, "甲.yaml")
    if problems:
        placed(problems)
    try:
        whole = yamlio.load_records(data, "甲.yaml")
    except Damaged as error:
        placed(error.problems)
        assert problems, "refused for writing, and nothing said for reading"
        return
    cut = blocks.split(data)
    assert ([record for record, _ in read], problems) == (whole, [])
    assert [line for _, line in read] == [cut.line(place) for place in range(len(whole))]
    assert [yamlio.load_records(data[start:end]) for start, end in cut.spans] == [[record] for record in whole]
    assert yamlio.load_records(yamlio.splice_append(data, [b"- id: other\n"])) == [*whole, {"id": "other"}]
    written: list[dumper.Record] = []
    for record in whole:
        try:
            block = dumper.dump_record(record)
        except (ValueError, BadInput):  # a number or a name of a field that no command gives
            continue
        written.append(record)
        assert yamlio.load_records(block) == [record]
        if cut.ids.count(str(record["id"])) == 1:
            assert yamlio.load_records(yamlio.splice_replace(data, str(record["id"]), block)) == whole
    assert yamlio.load_records(yamlio.splice_append(b"", [dumper.dump_record(r) for r in written])) == written


def document(data: bytes) -> None:
    """The same of a settings file: any value."""
    try:
        text = yamlio.decode(data, "甲.yaml")
        value = yamlio.load(text, "甲.yaml")
    except Damaged as error:
        placed(error.problems)
        return
    yamlio.locate(text, ("rules", 0, "id"))
    try:
        again = dumper.dump_document(value)
    except BadInput:
        return
    assert yamlio.load(again.decode()) == value


# --- times


def time(data: bytes) -> None:
    """A day or a moment on its side of now, or a Chinese sentence; the same each time, and as it is kept."""
    direction: Any = ("past", "future", "any")[data[0] % 3 if data else 0]
    text = data[1:].decode("utf-8", "ignore")
    read = _time(text, direction)
    assert read == _time(text, direction)
    if not isinstance(read, str):
        assert _time(when.dump(read), direction) == read
        assert when.parse_stored(when.dump(read), NOW.tzinfo) == read  # type: ignore[arg-type]
        chinese(when.read_back(read))
        day = read.date() if isinstance(read, datetime) else read
        assert direction == "any" or (day <= NOW.date() if direction == "past" else day >= NOW.date())
        assert when.as_moment(read, direction, story.DESK).tzinfo is not None
    try:
        first, last = when.period(text, NOW.date())
    except ValueError as error:
        chinese(str(error))
    else:
        assert first <= last
    try:
        stored = when.parse_stored(text, NOW.tzinfo)  # type: ignore[arg-type]
    except ValueError as error:
        chinese(str(error))
    else:
        assert when.parse_stored(when.dump(stored), NOW.tzinfo) == stored  # type: ignore[arg-type]


def _time(text: str, direction: Any) -> date | datetime | str:
    try:
        return when.parse(text, NOW, direction, story.DESK)
    except ValueError as error:
        chinese(str(error))
        return str(error)


# --- rooms


def rooms(data: bytes) -> None:
    """A room that parses to itself, with a register one of it; or a Chinese sentence."""
    text = data.decode("utf-8", "ignore")
    for units in (frozenset[str](), UNITS):
        try:
            found = room.parse(text, units)
        except ValueError as error:
            chinese(str(error))
            assert set(getattr(error, "candidates", ())) | set(getattr(error, "nearest", ())) <= UNITS
        else:
            assert room.parse(found, units) == found
            assert not units or found in units


# --- the language of --where


@cache
def sample(name: str) -> Record:
    """The example record of a kind, alive."""
    kind = records.kind(name)
    basis = story.basis(NOW, kind)
    heard, problems = changes.hear_new(kind, kind.example, Typing(NOW, story.DESK), basis)
    assert not problems
    return changes.new(kind, f"{kind.prefix}-20261122-001", heard, Who("李静", None, NOW), basis, {})


def query(data: bytes) -> None:
    """A condition that any record answers with yes or no, its opposite otherwise; or Chinese sentences, each placed."""
    name = KINDS[data[0] % len(KINDS)] if data else "complaint"
    text = data[1:].decode("utf-8", "ignore")
    kind, typing = records.kind(name), Typing(NOW, story.DESK)
    try:
        condition = where.parse(text, kind, typing)
    except BadInput as error:
        assert error.problems
        for one in error.problems:
            chinese(one.message)
            assert one.field == "where" and one.column <= len(text) + 1, one
        return
    assert condition == where.parse(text, kind, typing)
    fits = condition.fits(sample(name), story.basis(NOW, kind))
    assert fits in (True, False)
    try:
        opposite = where.parse(f"非 ({clean(text)})", kind, typing)
    except BadInput as error:
        assert all("太长" in one.message or "层以上" in one.message for one in error.problems), error
    else:
        assert opposite.fits(sample(name), story.basis(NOW, kind)) is not fits


# --- the merge


class Dice(random.Random):
    """Chance as a file of bytes tells it; zeros where it ends."""

    def __init__(self, data: bytes) -> None:
        super().__init__(0)
        self.data, self.at = data, 0

    def getrandbits(self, k: int, /) -> int:
        count = (k + 7) // 8
        told = self.data[self.at : self.at + count].ljust(count, b"\0")
        self.at += count
        return int.from_bytes(told, "little") & ((1 << k) - 1)

    def random(self) -> float:
        return self.getrandbits(16) / 65536


def sides(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Base, ours and theirs: made of a case of tests/merges.py, or as they stand in the bytes, a NUL between."""
    if not data or data[0] % 2:
        one, two, three = [*data[1:].split(b"\0", 2), b"", b"", b""][:3]
        return one, two, three
    dice = Dice(data[1:])
    base = [merges.fresh(dice, n + 1, "") for n in range(dice.getrandbits(2))]
    letters = ("A", "B") if dice.getrandbits(1) else ("", "")
    ours, theirs = (merges.desk(dice, base, letter) for letter in letters)
    one, two, three = (merges.written(dice, side, False) for side in (base, ours, theirs))
    return one, two, three


def merge(data: bytes) -> None:
    """The same in either order, no marker, every record and every line of every log; or refused with a place."""
    base, ours, theirs = sides(data)
    logs(ours, theirs)
    try:
        merged = merging.merge(base, ours, theirs, MERGED)
    except Damaged as error:
        again = [e for e in [_refused(base, theirs, ours)] if e]
        assert again, "refused in one order alone"
        for one in error.problems:
            chinese(one.message)
        return
    assert merged == merging.merge(base, theirs, ours, MERGED), "the sides matter"
    if ours == theirs or base in (ours, theirs):
        return
    made = yamlio.load_records(merged.data)
    assert len({str(r["id"]) for r in made}) == len(made)
    told = [yamlio.load_records(side) for side in (ours, theirs)]
    try:
        before = yamlio.load_records(base)
    except Damaged:
        before = []
    for mine, other in (told, told[::-1]):
        for raw in mine:
            needed = _lines(raw) - (_of(before, raw) - _of(other, raw))
            assert any(_lines(r) >= needed for r in _named(made, raw)), f"{raw['id']} or a line of its log is lost"
    for side in (ours, theirs):
        again_made = yamlio.load_records(merging.merge(base, merged.data, side, MERGED).data)
        assert sorted(map(contests.canon, again_made)) == sorted(map(contests.canon, made)), "merging again differs"


def _refused(*sides: bytes) -> bool:
    try:
        merging.merge(*sides, MERGED)
    except Damaged:
        return True
    return False


def _lines(raw: Mapping[str, Any]) -> set[str]:
    """What a log tells, entry by entry; the name of what an undo takes back may change."""
    log = raw.get("log", [])
    told = log if isinstance(log, list) else [log]
    return {contests.canon({k: v for k, v in e.items() if k != "undoes"} if isinstance(e, dict) else e) for e in told}


def _named(held: list[dumper.Record], raw: dumper.Record) -> list[dumper.Record]:
    return [r for r in held if raw["id"] in (r["id"], r.get("number_was"))]


def _of(held: list[dumper.Record], raw: dumper.Record) -> set[str]:
    return set().union(*(_lines(r) for r in _named(held, raw)))


def logs(one: bytes, other: bytes) -> None:
    """The access log: every line of both, whichever comes first."""
    merged = access.merged(one, other)
    assert merged == access.merged(other, one)
    kept = {line for line in (one + b"\n" + other).split(b"\n") if line.strip()}
    assert kept == set(merged.splitlines() if b"\r" not in merged else merged.rstrip(b"\n").split(b"\n")) - {b""}


PROMISES: Mapping[str, Callable[[bytes], None]] = {
    "reader": reader, "time": time, "room": rooms, "query": query, "merge": merge,
}  # fmt: skip
