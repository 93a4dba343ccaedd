"""The clocks of a record: which run, since when, due when and why, met or late (domain.md 1, L)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from wuye.basis import Basis, Clock, Mark
from wuye.record import Record

OPEN, MET, LATE, MISSED = "open", "met", "late", "missed"
STATES = {OPEN: "未到期", MET: "按时", LATE: "超时", MISSED: "迟办"}


class Reading(NamedTuple):
    """One clock of one record as of a moment.

    `state`: open (not met, not yet due), met (in time), late (not met, past due), missed (met after due).
    `rule` says in words what the due time was counted by. `waits`: somebody still has to act.
    """

    name: str
    zh: str
    start: datetime
    due: datetime | None
    met: datetime | None
    state: str
    rule: str
    waits: bool


def read(record: Record, basis: Basis) -> tuple[Reading, ...]:
    """Every clock of the record that applies as of the basis' moment, earliest due first.

    A frozen due time stands; one not frozen yet is computed by today's rules. A void record has none, and one that
    ended before a clock was due leaves nothing late behind (but for the clocks that outlive it): that clock no longer
    applies, and one that ran out before the end stays late.
    """
    if record.void:
        return ()
    found = []
    for clock in record.kind.clocks:
        if clock.fixed and clock.frozen_as not in record.due:
            continue
        start = clock.starts(record, basis)
        if start is not None and start.at <= basis.now:
            reading = _reading(record, clock, start, basis)
            if not _overtaken(record, clock, reading):
                found.append(reading)
    return tuple(sorted(found, key=lambda r: (r.due is None, r.due or r.start)))


def _reading(record: Record, clock: Clock, start: Mark, basis: Basis) -> Reading:
    due, rule = record.due.get(clock.frozen_as), record.rule.get(clock.frozen_as, "")
    if due is None:
        due, rule = count(record, clock, start, basis)
    later = record.timeline[start.index :]
    meets = [e for e in later if e.step in clock.met_by and (clock.meets is None or clock.meets(e))]
    met = next((e.at for e in meets if start.at <= e.at <= basis.now), None)
    if met is not None:
        state = MISSED if due is not None and met > due else MET
    else:
        state = LATE if due is not None and basis.now > due else OPEN
    waits = met is None and (record.is_open or clock.outlives)
    return Reading(clock.name, clock.zh, start.at, due, met, state, rule, waits)


def _overtaken(record: Record, clock: Clock, reading: Reading) -> bool:
    """Whether the record ended before this clock was due, and nobody met it in time."""
    if clock.outlives or record.is_open or reading.state == MET:
        return False
    end = record.closed
    return end is not None and (reading.due is None or end <= reading.due)


def owes(record: Record, basis: Basis) -> bool:
    """Whether a clock that outlives the record has started by the basis' moment and is not met."""
    for clock in record.kind.clocks:
        if clock.outlives and (start := clock.starts(record, basis)) is not None and start.at <= basis.now:
            later = record.timeline[start.index :]
            if not any(e.step in clock.met_by and start.at <= e.at <= basis.now for e in later):
                return True
    return False


def count(record: Record, clock: Clock, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """A clock's due time by the rules of now, with the rule in words: name, span, way of counting, calendar."""
    if not isinstance(clock.due, str):
        return clock.due(record, start, basis)
    due = basis.after(start.at, clock.due)
    return due.at, f"{clock.due} {due.rule_zh}"


def freeze(record: Record, basis: Basis, before: Record | None = None, corrected: bool = False) -> Record:
    """The record with the due time of every clock that has started by the basis' moment written down.

    A due time already frozen stays, whatever rules and calendar say by now. Only where what it is counted from
    has changed since `before` is it counted anew: a named time by any step, the start by a correction.
    """
    due, rule = dict(record.due), dict(record.rule)
    for clock in record.kind.clocks:
        start = clock.starts(record, basis)
        if start is None or start.at > basis.now:
            continue
        key = clock.frozen_as
        if key in due and before is None:
            continue
        counted = before is not None and (key in due or clock.fixed)
        if before is not None and counted and _stands(clock, before, record, start, basis, corrected):
            continue
        at, words = count(record, clock, start, basis)
        if at is not None:
            due[key], rule[key] = at, words
        elif key in due:
            del due[key]
            rule.pop(key, None)
    if due == record.due and rule == record.rule:
        return record
    return replace(record, due=due, rule=rule)


def differing(record: Record, basis: Basis) -> Mapping[str, tuple[datetime, datetime]]:
    """Frozen due times of waiting clocks that today's calendar and rules would count otherwise: key → (frozen, new)."""
    found: dict[str, tuple[datetime, datetime]] = {}
    waiting = {r.name for r in read(record, basis) if r.waits}
    for clock in record.kind.clocks:
        start = clock.starts(record, basis)
        frozen = record.due.get(clock.frozen_as)
        if clock.name in waiting and start is not None and frozen is not None:
            at, _ = count(record, clock, start, basis)
            if at is not None and at != frozen:
                found[clock.frozen_as] = (frozen, at)
    return found


def _stands(clock: Clock, before: Record, record: Record, start: Mark, basis: Basis, corrected: bool) -> bool:
    """Whether a frozen due time still rests on what it was counted from."""
    if isinstance(clock.due, str) and not corrected:
        return True
    earlier = clock.starts(before, basis)
    if earlier is None:
        return False
    if isinstance(clock.due, str):
        return earlier.at == start.at
    return count(before, clock, earlier, basis)[0] == count(record, clock, start, basis)[0]
