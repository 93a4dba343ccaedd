"""Attendance of a month against the roster, person by person (domain.md 35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from wuye import presence
from wuye.basis import Basis
from wuye.presence import AWAY, Interval, leave_of, shift_of
from wuye.records import attendance

if TYPE_CHECKING:
    from wuye.record import Record

DAY = timedelta(days=1)
PRESENT, LATE, EARLY, ABSENT, LEAVE, UNPLANNED, TO_COME = "present", "late", "early", "absent", "leave", "unplanned", ""
MARKS = {PRESENT: "√", LATE: "迟", EARLY: "退", ABSENT: "缺", LEAVE: "假", UNPLANNED: "加", TO_COME: "·"}
_MARK = {"ok": PRESENT, "close": PRESENT, "late": LATE, "both": LATE, "early": EARLY, "absent": ABSENT,
         "excused": LEAVE, "unplanned": UNPLANNED}  # fmt: skip


class Line(NamedTuple):
    """One person's month: shifts planned, come to, late, left early, missed; half days of leave; minutes; each day."""

    name: str
    planned: int
    came: int
    late: int
    late_minutes: int
    early: int
    absent: int
    leave_halves: int
    over_minutes: int
    days: tuple[tuple[date, str], ...]

    @property
    def marks(self) -> str:
        """Day by day: `1√ 2√ 3迟`."""
        return " ".join(f"{day.day}{MARKS[mark]}" for day, mark in self.days)


def month(
    first: date, last: date, rosters: Iterable[Record], attendances: Iterable[Record], leaves: Iterable[Record],
    basis: Basis,
) -> list[Line]:
    """Everybody who was rostered, came or was on leave on these days."""
    of: dict[str, tuple[list[Record], list[Record], list[Record]]] = {}
    for place, every in enumerate((rosters, attendances, leaves)):
        for one in every:
            of.setdefault(str(one["name"]), ([], [], []))[place].append(one)
    lines = [_line(name, first, last, *of[name], basis) for name in sorted(of)]
    return [one for one in lines if one.days or one.leave_halves]


def _line(
    name: str, first: date, last: date, rosters: Sequence[Record], attendances: Sequence[Record],
    leaves: Sequence[Record], basis: Basis,
) -> Line:
    mine = [r for r in attendances if r.get("day") and first <= r["day"] <= last]
    away = [leave_of(r.values, basis.zone) for r in leaves if r.status in AWAY]
    known = {r.get("roster") for r in mine}
    days = [(r["day"], _MARK[attendance.stands(r, basis)]) for r in mine]
    for one in rosters:
        held = shift_of(one)
        if one.id not in known and held:
            days.append((one["day"], _missing(held, away, basis)))
    marks = [mark for _, mark in days]
    span = [first + n * DAY for n in range((last - first).days + 1)]
    stands = [attendance.stands(r, basis) for r in mine]
    return Line(
        name, len(rosters), sum(r.status in ("present", "left") for r in mine), marks.count(LATE),
        sum(attendance.late(r, basis) or 0 for r in mine), sum(code in ("early", "both") for code in stands),
        marks.count(ABSENT), sum(presence.half_days(r.values, day) for r in leaves if r.status in AWAY for day in span),
        sum(attendance.over(r, basis) or 0 for r in mine), tuple(sorted(days)),
    )  # fmt: skip


def _missing(held: Interval, away: Sequence[Interval], basis: Basis) -> str:
    """A shift to which nobody signed in: leave, not begun yet, or absent."""
    if any(span.meets(held) for span in away):
        return LEAVE
    return TO_COME if held.start > basis.now else ABSENT
