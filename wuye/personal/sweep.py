"""Keeping no longer than needed: what is past its time by the office's own rules, and what a merge carried back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from wuye import forgetting
from wuye.basis import Basis
from wuye.changes import Who
from wuye.errors import Problem
from wuye.monthfiles import BOOK
from wuye.office import Office
from wuye.record import FORGET, Record
from wuye.schema import Kind
from wuye.wanted import Wanted
from wuye.workdays import Span

REASON = "保存期满"


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
        months = [month for month in office.months(kind) if _old(month, basis, f"{kind.name}.keep")]
        found, wrong = office.select(kind, Wanted(months=months)) if months else ([], [])
        problems += wrong
        for record in found:
            closed = over(record)
            if closed is not None and basis.after(closed, f"{kind.name}.keep").at <= office.now:
                past += [record] if forgetting.held(record, names) else []
    back: list[Record] = []
    for kind in office.kinds():
        back += office.gather(kind, f"step: {FORGET}", lambda r: bool(forgetting.returned(r)))[0]
    there = {r.id for r in past}
    return Due(tuple(past), tuple(r for r in back if r.id not in there), tuple(problems))


def over(record: Record) -> datetime | None:
    """Since when nothing of a record is needed any more; None while it is. One that began closed was over at once."""
    state = record.kind.flow.state(record.status)
    if record.is_open or (state and state.lasts):
        return None
    return record.closed or (None if record.kind.book else record.received)


def _old(month: str, basis: Basis, rule: str) -> bool:
    """Whether something received in a month could be past its time: it was closed after the month began."""
    if month == BOOK:
        return True
    first = basis.now.replace(year=int(month[:4]), month=int(month[5:]), day=1, hour=0, minute=0)
    return basis.after(first, rule).at <= basis.now


def swept(record: Record, who: Who, past: bool, staff: Collection[str] = ()) -> Record:
    """The record without what came back, and without all that is private where it is past its time.

    The names of the `staff`, and of who wrote it, stay where it says who did something.
    """
    kind = record.kind
    if forgetting.returned(record):
        record = forgetting.again(record, who)
    if not past:
        return record
    names = forgetting.held(record, forgetting.personal(kind))
    own = {*staff, *(entry.by for entry in record.log)}
    return forgetting.forget(record, names, forgetting.words_of(record, names), who, REASON, own, own)
