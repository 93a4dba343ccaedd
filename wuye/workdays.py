"""Working-time arithmetic: when a span of hours, working days or weeks that starts at a moment ends.

The readings are those of domain.md L, "Counting time" and "Calendar". Everything here is a function of a
calendar and the desk's hours. Moments are aware datetimes in the office's zone, and days are that zone's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple, get_args

from wuye.clock import SHANGHAI
from wuye.errors import Damaged, Problem

Unit = Literal["min", "h", "wh", "d", "wd", "w", "m"]
Counted = Literal["statutory", "desk", "clock", "calendar-days", "calendar-months"]

_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
_UNITS_ZH = {
    "min": "分钟", "h": "小时", "wh": "个上班小时", "d": "天", "wd": "个工作日", "w": "周", "m": "个月",
}  # fmt: skip
_EXAMPLES = "30min（分钟）、4h（小时）、4wh（上班小时）、1wd（工作日）、7d（天）、1w（周）、1m（月）"


class Span:
    """A length of time as rules give it: `30min`, `4h`, `4wh`, `7d`, `1wd`, `1w`, `1m`.

    min and h run by the clock, wh are desk hours, d days, wd working days, w weeks of 7 × 24 hours,
    m calendar months (`1y` is read as twelve). `number` is not negative (ValueError).
    Two of the same length as written are equal.
    """

    __slots__ = ("number", "unit")

    def __init__(self, number: int, unit: Unit) -> None:
        if unit not in _UNITS_ZH or number < 0:
            raise ValueError(f"没有“{number}{unit}”这样的时长，应如 {_EXAMPLES}")
        self.number = number
        self.unit = unit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and (self.number, self.unit) == (other.number, other.unit)

    def __hash__(self) -> int:
        return hash((self.number, self.unit))

    def __repr__(self) -> str:
        return f"Span({self.number}, {self.unit!r})"

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span written as number and unit. Raises ValueError with a Chinese phrase; 0 is refused too."""
        found = re.fullmatch(r"(\d{1,4}) ?([a-z]+)", text.strip().lower(), re.ASCII)
        if found and found[2] == "y":
            found = re.fullmatch(r"(\d+)(m)", f"{int(found[1]) * 12}m")
        for unit in get_args(Unit):
            if found and found[2] == unit:
                if int(found[1]) == 0:
                    raise ValueError(f"时长应大于 0，现为“{text}”")
                return cls(int(found[1]), unit)
        raise ValueError(f"时长读不懂“{text}”，应如 {_EXAMPLES}")

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    @property
    def zh(self) -> str:
        """As the desk reads it: `4 个上班小时`."""
        return f"{self.number} {_UNITS_ZH[self.unit]}"


class Calendar(NamedTuple):
    """The days that depart from ordinary weekends (domain.md L, "Calendar").

    `days`: True is a day off, False a make-up workday. `names`: the holiday each belongs to.
    `published`: the years whose notice is known. `edition` names the table in answers.
    """

    days: Mapping[date, bool]
    names: Mapping[date, str]
    published: frozenset[int]
    edition: str

    def rest(self, day: date) -> bool:
        """Whether nobody works by the statutory calendar; an ordinary weekend where nothing else is known."""
        off = self.days.get(day)
        return day.weekday() >= 5 if off is None else off

    def published_in(self, day: date) -> bool:
        """Whether it is settled if that day is worked: its year's notice is known, or the day itself is."""
        return day.year in self.published or day in self.days

    def unpublished(self, first: date, last: date) -> tuple[int, ...]:
        """The years, both ends included, in which a day is counted that no notice has settled yet."""
        open_years = (y for y in range(first.year, last.year + 1) if y not in self.published)
        return tuple(y for y in open_years if any(not self.published_in(d) for d in _in_year(y, first, last)))

    def with_entries(
        self, entries: Mapping[date, bool], edition_suffix: str, published: Iterable[int] = ()
    ) -> Calendar:
        """The calendar with the office's own days over it: the office's win, the edition says so.

        An entry settles its own day only. `published` are years that the entries hold in full.
        """
        return Calendar(
            {**self.days, **entries},
            {d: name for d, name in self.names.items() if entries.get(d, self.days[d]) == self.days[d]},
            self.published.union(published),
            f"{self.edition}+{edition_suffix}",
        )


def _in_year(year: int, first: date, last: date) -> Iterator[date]:
    day, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    return (day + timedelta(days=n) for n in range((end - day).days + 1))


def parse_table(text: str) -> Calendar:
    """The calendar written as `date<TAB>off|work<TAB>name` lines under `# edition:` and `# published:`.

    Raises Damaged naming the first line that cannot be read.
    """
    days: dict[date, bool] = {}
    names: dict[date, str] = {}
    header: dict[str, str] = {}
    place = 0
    try:
        for line in text.splitlines():
            place += 1
            if line.startswith("#"):
                key, _, value = line[1:].partition(":")
                header[key.strip()] = value.strip()
            elif line:
                written, kind, name = line.split("\t")
                day = date.fromisoformat(written)
                if day in days:
                    raise ValueError(written)
                days[day] = {"off": True, "work": False}[kind]
                names[day] = name
        place = 0
        return Calendar(days, names, frozenset(map(int, header["published"].split())), header["edition"])
    except (ValueError, KeyError) as error:
        words = "读不懂，或这一天写了两次" if place else "缺 edition 或 published"
        raise Damaged(Problem(f"日历{words}；请重新安装或改正日历文件", line=place)) from error


class Due(NamedTuple):
    """When a span ends, and by what it was counted.

    `basis`: statutory (working days), desk (desk days or desk hours), clock, calendar-days, calendar-months.
    `unpublished`: years that were counted through as ordinary weekends, their notice being unknown.
    """

    at: datetime
    span: Span
    basis: Counted
    edition: str
    unpublished: tuple[int, ...] = ()

    @property
    def rule_zh(self) -> str:
        """The way of counting in words: `1 个工作日（法定工作日，含调休；日历 cn-2026.1）`."""
        words = f"{self.span.zh}（{self._way_zh()}）"
        if self.unpublished:
            words += f"；{'、'.join(map(str, self.unpublished))} 年放假安排未公布，按普通周末计"
        return words

    def _way_zh(self) -> str:
        match self.basis, self.span.unit:
            case "statutory", _:
                return f"法定工作日，含调休；日历 {self.edition}"
            case "desk", "wd":
                return "上班日，到当天下班为止"
            case "desk", _:
                return "只计上班时间"
            case "calendar-days", _:
                return "自然日，到当天下班为止"
            case "calendar-months", _:
                return "按月，到同日同时"
            case _, "w":
                return "每周 7×24 小时"
            case _, "wh":
                return "按设置以钟点计，不分上班下班"
        return "按钟点，不分上班下班"


class DeskTime:
    """The desk's hours and days, and how the office counts by them (domain.md L, "Counting time").

    `hours`: intervals in minutes of the day, in order, (540, 1080) being 09:00-18:00; the last may end at
    1440. `weekdays`: 0 is Monday. `closed`: days on which the desk itself stays shut. `working`: whether
    working days are statutory or desk days. `count_hours`: whether `wh` are desk or clock hours. `zone` is
    for `opening` and `closing`, which are given no moment. Raises ValueError for hours that are none.
    """

    __slots__ = ("calendar", "closed", "count_hours", "hours", "weekdays", "working", "zone")

    def __init__(
        self,
        calendar: Calendar,
        hours: tuple[tuple[int, int], ...] = ((540, 1080),),
        weekdays: frozenset[int] = frozenset(range(7)),
        working: Literal["statutory", "desk"] = "statutory",
        count_hours: Literal["desk", "clock"] = "desk",
        closed: frozenset[date] = frozenset(),
        zone: tzinfo = SHANGHAI,
    ) -> None:
        minutes = [minute for pair in hours for minute in pair]
        shut = any(start >= end for start, end in hours)
        if not minutes or shut or minutes != sorted(minutes) or minutes[0] < 0 or minutes[-1] > _DAY_MINUTES:
            raise ValueError("上班时间应有一段或几段，按先后排列，各段开始早于结束，最晚 24:00")
        if not weekdays or not weekdays <= set(range(7)):
            raise ValueError("上班日至少要有一天，应在周一至周日之内")
        self.calendar = calendar
        self.hours = hours
        self.weekdays = weekdays
        self.working = working
        self.count_hours = count_hours
        self.closed = closed
        self.zone = zone

    def is_working(self, day: date) -> bool:
        """Whether it counts as a working day, statutory or desk as the office has set."""
        return self.is_desk(day) if self.working == "desk" else not self.calendar.rest(day)

    def is_desk(self, day: date) -> bool:
        """Whether the desk opens on that day."""
        return day.weekday() in self.weekdays and day not in self.closed

    def opening(self, day: date) -> datetime:
        """When desk hours begin on that day, whether or not the desk opens on it."""
        return _at(day, self.hours[0][0], self.zone)

    def closing(self, day: date) -> datetime:
        """When desk hours end on that day, whether or not it opens on it; 24:00 is the next midnight."""
        return _at(day, self.hours[-1][1], self.zone)

    def open_at(self, moment: datetime) -> bool:
        """Whether the desk is open then; a midday break does not close it, closing time does."""
        day = moment.date()
        return self.is_desk(day) and self.opening(day) <= moment < self.closing(day)

    def next_desk_day(self, day: date) -> date:
        """The first desk day after that day."""
        day += _DAY
        while not self.is_desk(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after that day; the day itself where n is 0. A negative n is a ValueError."""
        if n < 0:
            raise ValueError(f"工作日数不能是负数，现为 {n}")
        while n:
            day += _DAY
            n -= self.is_working(day)
        return day

    def end_of_desk_day(self, moment: datetime) -> datetime:
        """Closing time of the moment's day while the desk is open or has yet to open on it, else of the next.

        At closing time itself the desk counts as closed; a midday break does not end the day.
        """
        day = moment.date()
        if self.is_desk(day) and moment < (close := self._closes(day, moment.tzinfo)):
            return close
        return self._closes(self.next_desk_day(day), moment.tzinfo)

    def desk_minutes(self, a: datetime, b: datetime) -> int:
        """Whole minutes of desk hours between two moments; 0 where b is not after a."""
        total = timedelta()
        for start, end in self._intervals(a.date(), a.tzinfo):
            if start >= b:
                break
            total += max(min(end, b) - max(start, a), timedelta())
        return total // timedelta(minutes=1)

    def add(self, start: datetime, span: Span) -> datetime:
        """When the span ends that begins at `start`, in the zone of `start`; a span of 0 ends at once.

        Days and working days end at closing time of the last of them, the first being the day after. Desk
        hours run from the next opening where the desk is closed, and may end at closing time itself. A month
        ends on the same day and time, or on the last day of a month without it.
        """
        number, day = span.number, start.date()
        if not number:
            return start
        match span.unit:
            case "min":
                return _elapsed(start, timedelta(minutes=number))
            case "wh" if self.count_hours == "desk":
                return self._add_desk_hours(start, timedelta(hours=number))
            case "h" | "wh":
                return _elapsed(start, timedelta(hours=number))
            case "d":
                return self._closes(day + timedelta(days=number), start.tzinfo)
            case "wd":
                return self._closes(self.add_working_days(day, number), start.tzinfo)
            case "w":
                return start + timedelta(weeks=number)
            case "m":
                return datetime.combine(_same_day(day, number), start.timetz())

    def due(self, start: datetime, span: Span) -> Due:
        """The same as `add`, with what it was counted by."""
        unpublished: tuple[int, ...] = ()
        basis = self._basis(span.unit)
        if basis == "statutory" and span.number:
            last = self.add_working_days(start.date(), span.number)
            unpublished = self.calendar.unpublished(start.date() + _DAY, last)
        return Due(self.add(start, span), span, basis, self.calendar.edition, unpublished)

    def _basis(self, unit: Unit) -> Counted:
        if unit == "wd":
            return self.working
        if unit == "wh":
            return self.count_hours
        return "calendar-days" if unit == "d" else "calendar-months" if unit == "m" else "clock"

    def _closes(self, day: date, zone: tzinfo | None) -> datetime:
        return _at(day, self.hours[-1][1], zone)

    def _add_desk_hours(self, start: datetime, left: timedelta) -> datetime:
        for opens, closes in self._intervals(start.date(), start.tzinfo):
            begins = max(opens, start)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta())
        raise AssertionError("desk days never end")

    def _intervals(self, day: date, zone: tzinfo | None) -> Iterator[tuple[datetime, datetime]]:
        """The desk's opening and closing moments from that day on, without end."""
        while True:
            if self.is_desk(day):
                for start, end in self.hours:
                    yield _at(day, start, zone), _at(day, end, zone)
            day += _DAY


def _at(day: date, minute: int, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(minutes=minute)


def _elapsed(start: datetime, length: timedelta) -> datetime:
    """Time that really passes, also where the zone changes its clocks."""
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


def _same_day(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - _DAY).day))
