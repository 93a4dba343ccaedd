"""Keeping no longer than needed: what is past its time by the office's own rules, and what a merge carried back."""

from __future__ import annotations

from typing import NamedTuple

from wuye import forgetting
from wuye.changes import Who
from wuye.errors import Problem
from wuye.office import Office
from wuye.record import Record
from wuye.schema import Kind, Rule
from wuye.wanted import Wanted
from wuye.workdays import Span

REASON = "保存期满"
VAULT = Rule("vault.keep", Span(6, "m"), "保险库里的完整证件号保存多久")
"""The rule for what is kept outside the office."""


class Due(NamedTuple):
    """What a sweep would do: records whose private data is past its time, and those in which some came back."""

    past: tuple[Record, ...]
    back: tuple[Record, ...]
    problems: tuple[Problem, ...] = ()


def kept(office: Office) -> dict[Kind, Span | None]:
    """How long each kind keeps what is private after the matter is closed; None: until somebody asks."""
    kinds = [k for k in office.kinds() if any(rule.name == f"{k.name}.keep" for rule in k.rules)]
    return {kind: office.basis(kind).limit(f"{kind.name}.keep") for kind in kinds}


def due(office: Office) -> Due:
    """What is due as of now. A record is past its time when it has been closed for that long."""
    past: list[Record] = []
    problems: list[Problem] = []
    for kind, span in kept(office).items():
        if span is None:
            continue
        basis = office.basis(kind)
        names = forgetting.personal(kind)
        found, wrong = office.select(kind, Wanted(until=int(office.now.timestamp())))
        problems += wrong
        for record in found:
            closed = record.closed
            if closed is not None and basis.after(closed, f"{kind.name}.keep").at <= office.now:
                past += [record] if forgetting.held(record, names) else []
    back: list[Record] = []
    for kind in office.kinds():
        found, wrong = office.sift(kind, lambda block: b"step: forget" in block)
        back += [r for r in found if forgetting.returned(r)]
    there = {r.id for r in past}
    return Due(tuple(past), tuple(r for r in back if r.id not in there), tuple(problems))


def swept(record: Record, who: Who, past: bool) -> Record:
    """The record without what came back, and without all that is private where it is past its time."""
    kind = record.kind
    if forgetting.returned(record):
        record = forgetting.again(record, who)
    if not past:
        return record
    names = forgetting.held(record, forgetting.personal(kind))
    return forgetting.forget(record, names, forgetting.words_of(record, names), who, REASON)
