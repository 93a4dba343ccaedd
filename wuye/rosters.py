"""Rosters, leave and attendance of some days, read through the index (domain.md 35)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from wuye import records, shifts
from wuye.errors import Problem
from wuye.presence import AHEAD, ASKED, AWAY, SCHEDULED, Interval, leave_of, shift_of
from wuye.reading import Reading
from wuye.record import Record
from wuye.shifts import Shift, Turn
from wuye.wanted import Wanted
from wuye.workdays import DeskTime

DAY = timedelta(days=1)
AFTER = timedelta(days=31)
"""How long after its days a leave or an attendance may still be entered."""


def near(office: Reading, name: str, first: date, last: date) -> tuple[list[Record], list[Problem]]:
    """The records of a kind that may be for these days, without what is void."""
    kind = records.kind(name)
    low, high = f"{first - AHEAD:%Y-%m}", f"{last + AFTER:%Y-%m}"
    months = [m for m in office.months(kind) if low <= m <= high]
    found, problems = office.select(kind, Wanted(months))
    return [r for r in found if not r.void], problems


def rostered(office: Reading, first: date, last: date) -> tuple[list[Record], list[Problem]]:
    """Who stands in which shift on these days, by day and beginning."""
    found, problems = near(office, "roster", first, last)
    mine = [r for r in found if r.status == SCHEDULED and r.get("day") and first <= r["day"] <= last]
    return sorted(mine, key=lambda r: (r["day"], str(r.get("starts") or ""), r["name"])), problems


def on_duty(office: Reading, moment: datetime) -> tuple[list[Record], list[Problem]]:
    """Who stands in a shift at a moment."""
    found, problems = rostered(office, moment.date() - DAY, moment.date())
    return [r for r in found if (held := shift_of(r)) and held.start <= moment < held.end], problems


def filled(
    shift: Shift, days: Sequence[date], staff: list[str], heads: int, there: Sequence[Record],
    leaves: Iterable[Record], rest: timedelta, desk: DeskTime,
) -> Iterator[Turn]:
    """Who takes a shift on which of these days, in turn: nobody on leave, in another shift or without rest between.

    `there` are the rosters of these days and those before, by day: who stood last is followed by the next.
    """
    busy: dict[str, list[Interval]] = {name: [] for name in staff}
    for one in there:
        if (held := shift_of(one)) and one["name"] in busy:
            busy[one["name"]].append(Interval(held.start - rest, held.end + rest))
    for one in leaves:
        if one["name"] in busy and one.status in (ASKED, *AWAY):
            busy[one["name"]].append(leave_of(one.values, desk.zone))
    spans = {day: Interval(*shift.on(day, desk.zone)) for day in days}
    taken = {(day, name) for day in days for name in staff if any(span.meets(spans[day]) for span in busy[name])}
    mine = [r for r in there if r["shift"] == shift.code]
    last = {not desk.is_working(r["day"]): str(r["name"]) for r in mine if r["day"] < days[0]}
    lacking = [day for day in days if sum(r["day"] == day for r in mine) < heads]
    off = {day: not desk.is_working(day) for day in days}
    yield from shifts.rota(lacking, staff, heads, off, frozenset(taken), last)


def imagined(shift: Shift, turn: Turn, now: datetime, zone: tzinfo) -> Record:
    """The roster that a turn will be, to be looked at while others are planned."""
    start, end = shift.on(turn.day, zone)
    values = {"day": turn.day, "shift": shift.code, "name": turn.name, "starts": start, "ends": end}
    return Record(records.kind("roster"), "", SCHEDULED, now, now, values)
