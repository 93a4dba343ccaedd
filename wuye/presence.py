"""When somebody is away and when he should be there: spans of leave and shifts (domain.md 35)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wuye.record import Record
    from wuye.schema import Books

NOON = time(12)
ASKED, APPROVED, SCHEDULED = "asked", "approved", "scheduled"
AWAY = (APPROVED, "back")
DAY = timedelta(days=1)
AHEAD = timedelta(days=92)
"""How long ahead a roster may be made: so that whoever looks for one need not read all months."""
NEAR = timedelta(hours=4)
"""How long before a shift begins somebody may come to it."""


class Interval(NamedTuple):
    """From one moment to before another."""

    start: datetime
    end: datetime

    def meets(self, other: Interval) -> bool:
        """Whether both have a moment in common."""
        return self.start < other.end and other.start < self.end


def leave_of(values: Mapping[str, Any], zone: tzinfo) -> Interval:
    """The moments of a leave: whole days but for half a day at either end; until the return where he came earlier."""
    since, until = values["since"], values.get("until") or values["since"]
    start = datetime.combine(since, NOON if values.get("from_noon") else time(), zone)
    end = datetime.combine(until, NOON, zone) if values.get("to_noon") else midnight(until + timedelta(days=1), zone)
    back = values.get("back_on")
    return Interval(start, min(end, midnight(back, zone)) if back else end)


def shift_of(roster: Record) -> Interval | None:
    """The moments of a roster's shift; None where they were not kept."""
    start, end = roster.get("starts"), roster.get("ends")
    return Interval(start, end) if start and end else None


def unfit(name: str, span: Interval, books: Books, *but: str) -> str:
    """Why somebody cannot stand in a shift: another one (`but` those that he gives away), or leave; empty if he can."""
    first, last = span.start.date() - DAY, span.end.date() + DAY
    for other in books.of_person("roster", name, first, last):
        held = shift_of(other)
        if other.status == SCHEDULED and other.id not in but and held and held.meets(span):
            return f"{name} {other['day']} 已排{other['shift_name']}（{other.id}）：请换人，或先 swap、cancel 那一班"
    zone = span.start.tzinfo
    assert zone is not None
    for leave in books.of_person("leave", name, first, last):
        if leave.status in AWAY and leave_of(leave.values, zone).meets(span):
            return f"{name} {span.start:%Y-%m-%d} 请假已批准（{leave.id}）：请换人"
    return ""


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), zone)


def half_days(values: Mapping[str, Any], day: date) -> int:
    """How many halves of a day a leave takes."""
    since, until = values["since"], values.get("until") or values["since"]
    back = values.get("back_on")
    if not since <= day <= until or (back and day >= back):
        return 0
    return 2 - bool(values.get("from_noon") and day == since) - bool(values.get("to_noon") and day == until)


def days_zh(halves: int) -> str:
    """Half days as days: `1.5`."""
    return f"{halves // 2}{'.5' if halves % 2 else ''}"
