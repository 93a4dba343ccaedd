"""Recurring duties: which periods a duty has, when each is due, and how it stands by the records (domain.md 44).

Pure: a duty, days, the desk's time and records in, how things stand out. Nothing is written before it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from dateutil.relativedelta import relativedelta

from wuye.flow import VOID
from wuye.shifts import Shift
from wuye.workdays import DeskTime

DAY = timedelta(days=1)
SHIFT, DAILY, WEEK, MONTH, QUARTER, YEAR = "shift", "day", "week", "month", "quarter", "year"
EVERY = {SHIFT: "每班", DAILY: "每天", WEEK: "每周", MONTH: "每月", QUARTER: "每季", YEAR: "每年"}
MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
DONE, DONE_LATE, SKIPPED, OWED, MISSED = "done", "done-late", "skipped", "owed", "missed"
STATES = {DONE: "已做", DONE_LATE: "补做", SKIPPED: "免做", OWED: "待做", MISSED: "漏做"}
TASK, CANCELLED = "task", "cancelled"
NOT_YET = frozenset({VOID, "draft", "reopened"})
"""States of a record that fulfils nothing (yet): only begun (a handover that nobody gave), or to be done once more."""
TOLD_BY = ("period", "month", "day", "year")
"""The fields by which a record itself tells the period it is for; without one it is for when it was received."""


class On(NamedTuple):
    """On which day of its period a duty is due.

    `weekdays` (Monday 0), `working`, `rest` are for every day and week; `day` of the month (-1: the last),
    `nth` working day of it (negative: from its end), `later`: of the month after the period.
    """

    weekdays: frozenset[int] = frozenset()
    working: bool = False
    rest: bool = False
    day: int = -1
    nth: int = 0
    later: bool = False


class Duty(NamedTuple):
    """A recurring duty: what, how often, on which day and by what time, by whom, and what fulfils it.

    `kind` is the kind of record that fulfils it (none: a task), `where` the values it must have as they are
    stored, `needs` how many it takes. `along` names a kind without a record of which nothing is owed in a period.
    """

    code: str
    zh: str
    every: str
    on: On = On()
    months: tuple[int, ...] = ()
    by: int | None = None
    who: str = ""
    kind: str = ""
    where: Mapping[str, str] = MappingProxyType({})
    since: date | None = None
    checklist: tuple[str, ...] = ()
    needs: int = 1
    along: str = ""

    @property
    def made_of(self) -> str:
        """The kind of record that fulfils it."""
        return self.kind or TASK


class Period(NamedTuple):
    """One time that a duty is owed: its name (`2026-11-22`, `2026-W47`, `2026-11`), from, until, due by.

    A record counts for it that was received from `start` to before `end`; the period itself begins at `first` where
    it is due after its end. `zh` is what the desk calls it where the name holds a code: `2026-11-22 白班`.
    """

    name: str
    start: datetime
    end: datetime
    due: datetime
    first: datetime | None = None
    zh: str = ""

    @property
    def shown(self) -> str:
        """As the desk reads it."""
        return self.zh or self.name


class Stand(NamedTuple):
    """How one period of a duty stands as of a moment: by which records, how many of those it takes."""

    duty: Duty
    period: Period
    state: str
    ids: tuple[str, ...] = ()


def periods(
    duty: Duty, first: date, last: date, desk: DeskTime, shifts: Mapping[str, Shift]
) -> Iterator[Period]:
    """The periods of a duty that are due on a day from first on, and began by the last day; oldest first."""
    if duty.since:
        first = max(first, duty.since)
    found = _shifts(duty, first, last, desk, shifts) if duty.every == SHIFT else _spans(duty, first, last, desk)
    yield from (one for one in found if one.due.date() >= first and one.start.date() <= last)


def _shifts(
    duty: Duty, first: date, last: date, desk: DeskTime, shifts: Mapping[str, Shift]
) -> Iterator[Period]:
    """A shift's record comes around its end: from its second half on, what was received nearest to it is its own."""
    mine = [one for one in shifts.values() if not (duty.who and one.post) or one.post == duty.who]
    days = [first + n * DAY for n in range(-2, (last - first).days + 3)]
    ends = sorted(
        (*one.on(day, desk.zone)[::-1], one.code, day, one.zh) for day in days if desk.is_desk(day) for one in mine
    )
    for place in range(1, len(ends) - 1):
        end, start, code, day, zh = ends[place]
        before, after = ends[place - 1][0], ends[place + 1][0]
        due = datetime.combine(end.date(), time(), desk.zone) + timedelta(minutes=duty.by) if duty.by else end
        begins = max(start + (end - start) / 2, before + (end - before) / 2)
        yield Period(f"{day}/{code}", begins, end + (after - end) / 2, due, zh=f"{day} {zh}")


def _spans(duty: Duty, first: date, last: date, desk: DeskTime) -> Iterator[Period]:
    """Days, weeks and so many months."""
    start = _begin(duty.every, first)
    if duty.on.later:
        start -= relativedelta(months=2 if duty.every == MONTH else MONTHS[duty.every])
    while start <= last:
        after = start + _length(duty.every)
        due = _due_day(duty, start, after, desk)
        if due is not None:
            shift = after - start if duty.on.later else timedelta()
            begin, end = start + shift, after + shift
            minutes = duty.by if duty.by is not None else desk.hours[-1][1]
            yield Period(
                _name(duty.every, start), _midnight(begin, desk), _midnight(end, desk),
                _midnight(due, desk) + timedelta(minutes=minutes), _midnight(start, desk),
            )  # fmt: skip
        start = after


def _midnight(day: date, desk: DeskTime) -> datetime:
    return datetime.combine(day, time(), desk.zone)


def _begin(every: str, day: date) -> date:
    if every == DAILY:
        return day
    if every == WEEK:
        return day - timedelta(days=day.weekday())
    months = MONTHS[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _length(every: str) -> timedelta | relativedelta:
    return {DAILY: DAY, WEEK: 7 * DAY}.get(every) or relativedelta(months=MONTHS[every])


def _name(every: str, start: date) -> str:
    if every == DAILY:
        return f"{start}"
    if every == WEEK:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    if every == QUARTER:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return f"{start:%Y-%m}" if every == MONTH else f"{start.year}"


def _due_day(duty: Duty, start: date, after: date, desk: DeskTime) -> date | None:
    """The day of the period by whose end it is to be done; None where it has none (a day that is none of its days)."""
    on = duty.on
    if duty.every == DAILY:
        if not (on.weekdays or on.working or on.rest):
            return start if desk.is_desk(start) else None
        working = desk.is_working(start)
        return start if start.weekday() in on.weekdays or (on.working if working else on.rest) else None
    if duty.every == WEEK:
        return start + timedelta(days=max(on.weekdays, default=6))
    month = after if on.later else _month(duty, start, after)
    return None if month is None else _of_month(on, month, desk)


def _month(duty: Duty, start: date, after: date) -> date | None:
    """The month of the period in which it is due: the last, or the one that `months` names."""
    if duty.every == MONTH:
        return start if not duty.months or start.month in duty.months else None
    place = duty.months[-1] if duty.months else MONTHS[duty.every]
    return start + relativedelta(months=place - 1)


def _of_month(on: On, month: date, desk: DeskTime) -> date:
    last = month + relativedelta(day=31)
    if on.nth > 0:
        return min(last, desk.add_working_days(month - DAY, on.nth))
    if on.nth < 0:
        day, left = last + DAY, -on.nth
        while left and day > month:
            day -= DAY
            left -= desk.is_working(day)
        return day
    return last if on.day < 0 else month + relativedelta(day=on.day)


class Fact(Protocol):
    """What is asked of a record: number, state, when it was received or given, and fields as they are stored."""

    @property
    def id(self) -> str:
        """Its number."""

    @property
    def status(self) -> str:
        """Its state."""

    @property
    def received(self) -> datetime:
        """When it was received; a handover, when it was given."""

    @property
    def told(self) -> Mapping[str, Any]:
        """Its fields, those that have a value."""


def stands(
    duty: Duty, asked: Iterable[Period], facts: Sequence[Fact], tasks: Sequence[Fact], now: datetime,
    along: Sequence[datetime] = (),
) -> Iterator[Stand]:
    """How the periods of a duty stand: by records of its kind that fit, and by the tasks that were made of it.

    `along` is when those were received without which nothing is owed.
    """
    fitting = [r for r in facts if r.status not in NOT_YET and fits(duty, r) and r.received <= now] if duty.kind else []
    of_it = [r for r in tasks if r.status not in NOT_YET and r.told.get("duty") == duty.code and r.received <= now]
    for period in asked:
        mine = [r for r in fitting if counts(r, period)]
        told = [r for r in of_it if r.told.get("period") == period.name]
        done = sorted([*mine, *(r for r in told if r.status == "done")], key=lambda r: r.received)
        ids = tuple(r.id for r in done)
        begins = period.first or period.start
        if duty.along and not ids and not any(begins <= at < period.end for at in along):
            continue
        if len(ids) >= duty.needs or (ids and not mine):
            late = done[min(duty.needs, len(done)) - 1].received > period.due
            yield Stand(duty, period, DONE_LATE if late else DONE, ids)
        elif skipped := [r.id for r in told if r.status == CANCELLED]:
            yield Stand(duty, period, SKIPPED, tuple(skipped[-1:]))
        else:
            yield Stand(duty, period, OWED if now <= period.due else MISSED, ids)


def fits(duty: Duty, fact: Fact) -> bool:
    """Whether a record has the values that the duty wants, as they are stored."""
    for name, wanted in duty.where.items():
        stored = fact.told.get(name, "")
        if wanted not in (stored if isinstance(stored, list) else (stored,)):
            return False
    return True


def counts(fact: Fact, period: Period) -> bool:
    """Whether a record is for a period: as it says itself (`month`, `year`), else by when it was received."""
    for name in TOLD_BY:
        told = str(fact.told.get(name, ""))
        if len(told) == len(period.name):
            return told == period.name
    return period.start <= fact.received < period.end
