"""Working-time arithmetic: the readings of domain.md L one by one, the calendar against another's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar  # type: ignore[import-untyped]
import make_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye.errors import Damaged
from wuye.workdays import Calendar, DeskTime, Span, Unit, parse_table

ZONE = timezone(timedelta(hours=8))
TABLE = make_calendar.TABLE.read_text("utf-8")
CALENDAR = parse_table(TABLE)
DESK = DeskTime(CALENDAR)
BROKEN = DeskTime(CALENDAR, hours=((540, 720), (810, 1080)), weekdays=frozenset(range(5)))
ALWAYS = DeskTime(CALENDAR, hours=((0, 1440),))
FOLDER = Path(__file__).parents[2] / "shared" / "data" / "holiday-cn"
HOLIDAY = date(2026, 10, 1)

desks = st.sampled_from(
    [
        DESK,
        BROKEN,
        DeskTime(CALENDAR, hours=((480, 690), (750, 1020), (1080, 1260)), weekdays=frozenset({1, 3, 6})),
        DeskTime(CALENDAR, working="desk", weekdays=frozenset(range(6)), closed=frozenset({HOLIDAY})),
    ]
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30)).map(
    lambda at: at.replace(tzinfo=ZONE, microsecond=0)
)
counts = st.integers(0, 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def all_days() -> list[date]:
    first, last = date(2006, 12, 30), date(2026, 12, 31)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if CALENDAR.published_in(day)]


# --- the calendar


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the notices the table is made from are not beside the project")
def test_the_table_is_what_the_notices_say() -> None:
    assert make_calendar.table(FOLDER) == TABLE


def test_every_published_day_agrees_with_chinesecalendar() -> None:
    days = all_days()
    assert len(days) == 7307
    assert [day for day in days if DESK.is_working(day) != chinese_calendar.is_workday(day)] == []


def test_a_notice_holds_days_of_its_neighbour_year() -> None:
    assert not CALENDAR.rest(date(2018, 12, 29))  # a Saturday worked by the notice of 2019
    assert CALENDAR.rest(date(2018, 12, 31))
    assert not CALENDAR.rest(date(2006, 12, 30))
    assert CALENDAR.published_in(date(2006, 12, 30)) and not CALENDAR.published_in(date(2006, 12, 29))


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_make_up_days_are_worked(day: str) -> None:
    made_up = date.fromisoformat(day)
    assert made_up.weekday() >= 5
    assert DESK.is_working(made_up)


def test_an_unpublished_year_has_ordinary_weekends() -> None:
    assert not CALENDAR.rest(date(2027, 1, 1))
    assert CALENDAR.rest(date(2027, 1, 2))
    assert not CALENDAR.published_in(date(2027, 1, 1))


def test_the_office_own_days_win() -> None:
    new_year = date(2027, 1, 1)
    own = CALENDAR.with_entries({date(2026, 10, 10): True, HOLIDAY: False, new_year: True}, "own")
    assert own.edition == "cn-2026.1+own"
    assert [own.rest(d) for d in (date(2026, 10, 10), HOLIDAY, new_year)] == [True, False, True]
    assert HOLIDAY not in own.names and own.names[date(2026, 10, 2)] == "国庆节"
    assert own.published_in(new_year) and not own.published_in(date(2027, 1, 4))
    assert CALENDAR.rest(HOLIDAY) and CALENDAR.names[HOLIDAY] == "国庆节"


def test_the_office_may_hold_a_whole_year_itself() -> None:
    own = CALENDAR.with_entries({date(2027, 1, 1): True}, "own", published=(2027,))
    due = DeskTime(own).due(at("2026-12-31T10:00"), Span(1, "wd"))
    assert (due.at, due.unpublished) == (at("2027-01-04T18:00"), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# edition: x\n# published: 2026\n2026-01-01\tfree\t元旦\n", 3),
        ("# edition: x\n# published: 2026\n2026-02-30\toff\t春节\n", 3),
        ("# edition: x\n# published: 2026\n2026-01-01\toff\n", 3),
        ("# edition: x\n2026-01-01\toff\t元旦\n2026-01-01\twork\t元旦\n", 3),
        ("# edition: x\n2026-01-01\toff\t元旦\n", 0),
        ("# published: 2026\n2026-01-01\toff\t元旦\n", 0),
        ("# edition: x\n# published: soon\n", 0),
        ("", 0),
    ],
)
def test_a_damaged_table_names_the_line(text: str, line: int) -> None:
    with pytest.raises(Damaged) as caught:
        parse_table(text)
    assert caught.value.problems[0].line == line


def test_a_table_with_windows_line_ends_is_read_the_same() -> None:
    assert parse_table(TABLE.replace("\n", "\r\n")) == CALENDAR


# --- spans


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("30min", "30 分钟"),
        ("4h", "4 小时"),
        ("4wh", "4 个上班小时"),
        ("7d", "7 天"),
        ("1wd", "1 个工作日"),
        ("1w", "1 周"),
        ("1m", "1 个月"),
    ],
)
def test_spans_are_read_and_written(text: str, zh: str) -> None:
    span = Span.parse(text)
    assert (str(span), span.zh) == (text, zh)
    assert Span.parse(f" {text.upper()} ") == span


@pytest.mark.parametrize("text", ["", "4", "h", "4x", "-4h", "1.5h", "4 h 30min", "12345h", "４h", "²h", "4h\n4h"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)时长读不懂“.*1wd（工作日）"):
        Span.parse(text)


def test_a_span_of_nothing_is_refused_where_it_is_typed() -> None:
    with pytest.raises(ValueError, match="时长应大于 0，现为“0h”"):
        Span.parse("0h")


def test_a_span_is_not_negative() -> None:
    with pytest.raises(ValueError, match="没有“-1h”这样的时长"):
        Span(-1, "h")


# --- the readings of domain.md L


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        # N working days end at closing time of the Nth working day after that of the start.
        ("2026-11-20T10:00", "1wd", "2026-11-23T18:00"),  # Friday
        ("2026-11-20T07:00", "1wd", "2026-11-23T18:00"),
        ("2026-11-20T23:59", "1wd", "2026-11-23T18:00"),
        ("2026-11-22T10:00", "1wd", "2026-11-23T18:00"),  # Sunday
        ("2026-11-23T00:00", "1wd", "2026-11-24T18:00"),
        ("2026-11-20T10:00", "3wd", "2026-11-25T18:00"),
        # A holiday stops the clock, a make-up day runs it.
        ("2026-09-30T10:00", "1wd", "2026-10-08T18:00"),
        ("2026-10-09T10:00", "1wd", "2026-10-10T18:00"),  # a Saturday worked
        ("2026-09-18T10:00", "1wd", "2026-09-20T18:00"),  # a Sunday worked
        ("2025-12-31T10:00", "1wd", "2026-01-04T18:00"),
        ("2026-02-13T10:00", "2wd", "2026-02-24T18:00"),
        ("2018-12-28T10:00", "2wd", "2019-01-02T18:00"),
        # N days are days of any kind.
        ("2026-09-30T10:00", "7d", "2026-10-07T18:00"),
        ("2026-11-20T19:30", "7d", "2026-11-27T18:00"),
        # Desk hours, seven days a week.
        ("2026-11-20T10:00", "4wh", "2026-11-20T14:00"),
        ("2026-11-20T14:00", "4wh", "2026-11-20T18:00"),  # closing time itself is still that day
        ("2026-11-20T18:00", "4wh", "2026-11-21T13:00"),
        ("2026-11-20T07:00", "4wh", "2026-11-20T13:00"),
        ("2026-11-21T19:30", "4wh", "2026-11-22T13:00"),
        ("2026-11-20T16:15", "4wh", "2026-11-21T11:15"),
        ("2026-11-20T10:00", "18wh", "2026-11-22T10:00"),
        # Clock hours, weeks and months do not stop.
        ("2026-11-20T23:50", "30min", "2026-11-21T00:20"),
        ("2026-11-20T16:15", "4h", "2026-11-20T20:15"),
        ("2026-11-20T16:15", "1w", "2026-11-27T16:15"),
        ("2026-11-20T16:15", "1m", "2026-12-20T16:15"),
        ("2026-12-31T16:15", "1m", "2027-01-31T16:15"),
        ("2026-01-31T16:15", "1m", "2026-02-28T16:15"),
        ("2027-12-31T16:15", "2m", "2028-02-29T16:15"),
        ("2026-11-30T16:15", "13m", "2027-12-30T16:15"),
    ],
)
def test_when_a_span_ends(start: str, span: str, due: str) -> None:
    assert DESK.add(at(start), Span.parse(span)) == at(due)


@pytest.mark.parametrize(
    ("posted", "due"),
    [
        ("2026-11-20T09:00", "2026-11-20T18:00"),
        ("2026-11-20T17:59", "2026-11-20T18:00"),
        ("2026-11-20T18:00", "2026-11-21T18:00"),
        ("2026-11-20T07:00", "2026-11-20T18:00"),
        ("2026-11-21T19:30", "2026-11-22T18:00"),  # Saturday evening: Sunday
    ],
)
def test_that_day_is_a_desk_day(posted: str, due: str) -> None:
    assert DESK.end_of_desk_day(at(posted)) == at(due)


def test_that_day_passes_over_days_on_which_the_desk_is_shut() -> None:
    assert BROKEN.end_of_desk_day(at("2026-11-21T10:00")) == at("2026-11-23T18:00")
    assert BROKEN.end_of_desk_day(at("2026-11-20T12:30")) == at("2026-11-20T18:00")
    shut = DeskTime(CALENDAR, closed=frozenset({date(2026, 11, 20), date(2026, 11, 21)}))
    assert shut.end_of_desk_day(at("2026-11-20T10:00")) == at("2026-11-22T18:00")
    assert shut.next_desk_day(date(2026, 11, 19)) == date(2026, 11, 22)
    assert ALWAYS.end_of_desk_day(at("2026-11-20T23:59")) == at("2026-11-21T00:00")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T10:00", 2, "2026-11-20T12:00"),
        ("2026-11-20T11:00", 2, "2026-11-20T14:30"),
        ("2026-11-20T12:30", 1, "2026-11-20T14:30"),
        ("2026-11-20T17:00", 2, "2026-11-23T10:00"),
        ("2026-11-21T10:00", 8, "2026-11-24T09:30"),
    ],
)
def test_desk_hours_with_a_midday_break(start: str, hours: int, due: str) -> None:
    assert BROKEN.add(at(start), Span(hours, "wh")) == at(due)


@pytest.mark.parametrize("unit", ["min", "h", "wh", "d", "wd", "w", "m"])
def test_a_span_of_nothing_ends_at_once(unit: Unit) -> None:
    night = at("2026-11-21T22:10")
    assert DESK.add(night, Span(0, unit)) == DESK.due(night, Span(0, unit)).at == night


def test_seconds_are_kept_in_desk_hours() -> None:
    assert DESK.add(at("2026-11-20T17:30:20"), Span(1, "wh")) == at("2026-11-21T09:30:20")


def test_a_desk_that_never_closes() -> None:
    assert ALWAYS.add(at("2026-11-20T23:00"), Span(2, "wh")) == at("2026-11-21T01:00")
    assert ALWAYS.closing(date(2026, 11, 20)) == at("2026-11-21T00:00")
    assert ALWAYS.add(at("2026-11-20T23:00"), Span(1, "wd")) == at("2026-11-24T00:00")


def test_working_days_may_be_desk_days_and_hours_clock_hours_by_a_setting() -> None:
    desk = DeskTime(CALENDAR, weekdays=frozenset(range(6)), working="desk", count_hours="clock")
    assert desk.add(at("2026-09-30T10:00"), Span(1, "wd")) == at("2026-10-01T18:00")
    assert desk.add(at("2026-11-21T10:00"), Span(1, "wd")) == at("2026-11-23T18:00")
    assert desk.add(at("2026-11-20T17:00"), Span(4, "wh")) == at("2026-11-20T21:00")


def test_opening_and_closing_of_a_day() -> None:
    day = date(2026, 11, 21)
    assert (BROKEN.opening(day), BROKEN.closing(day)) == (at("2026-11-21T09:00"), at("2026-11-21T18:00"))
    tokyo = DeskTime(CALENDAR, zone=ZoneInfo("Asia/Tokyo"))
    assert tokyo.opening(day) == datetime(2026, 11, 21, tzinfo=UTC)


def test_time_is_counted_in_the_zone_of_the_moment() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 23, 30, tzinfo=berlin)  # the night the clocks go back
    four = DESK.add(start, Span(4, "h"))
    assert four.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=4)
    assert (four.hour, four.tzinfo) == (2, berlin)
    assert DESK.add(start, Span(1, "wd")) == datetime(2026, 10, 26, 18, tzinfo=berlin)
    assert DESK.add(start, Span(4, "wh")) == datetime(2026, 10, 25, 13, tzinfo=berlin)
    assert DESK.add(start, Span(1, "w")) == datetime(2026, 10, 31, 23, 30, tzinfo=berlin)


@pytest.mark.parametrize("hours", [(), ((1080, 540),), ((540, 540),), ((540, 720), (700, 900)), ((540, 1441),)])
def test_hours_that_are_none_are_refused(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="上班时间"):
        DeskTime(CALENDAR, hours=hours)


@pytest.mark.parametrize("weekdays", [frozenset[int](), frozenset({7})])
def test_a_desk_that_never_opens_is_refused(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="上班日"):
        DeskTime(CALENDAR, weekdays=weekdays)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="负数"):
        DESK.add_working_days(HOLIDAY, -1)


# --- the reason given with a due time


@pytest.mark.parametrize(
    ("desk", "span", "basis", "words"),
    [
        (DESK, "1wd", "statutory", "1 个工作日（法定工作日，含调休；日历 cn-2026.1）"),
        (DeskTime(CALENDAR, working="desk"), "1wd", "desk", "1 个工作日（上班日，到当天下班为止）"),
        (DESK, "4wh", "desk", "4 个上班小时（只计上班时间）"),
        (
            DeskTime(CALENDAR, count_hours="clock"),
            "4wh",
            "clock",
            "4 个上班小时（按设置以钟点计，不分上班下班）",
        ),
        (DESK, "4h", "clock", "4 小时（按钟点，不分上班下班）"),
        (DESK, "30min", "clock", "30 分钟（按钟点，不分上班下班）"),
        (DESK, "7d", "calendar-days", "7 天（自然日，到当天下班为止）"),
        (DESK, "1w", "clock", "1 周（每周 7×24 小时）"),
        (DESK, "1m", "calendar-months", "1 个月（按月，到同日同时）"),
    ],
)
def test_every_due_time_says_how_it_was_counted(desk: DeskTime, span: str, basis: str, words: str) -> None:
    start = at("2026-11-20T10:00")
    due = desk.due(start, Span.parse(span))
    assert (due.at, due.span) == (desk.add(start, due.span), Span.parse(span))
    assert (due.basis, due.edition, due.unpublished, due.rule_zh) == (basis, "cn-2026.1", (), words)


def test_a_year_not_published_yet_is_named() -> None:
    due = DESK.due(at("2026-12-31T10:00"), Span(1, "wd"))
    assert (due.at, due.unpublished) == (at("2027-01-01T18:00"), (2027,))
    assert due.rule_zh == "1 个工作日（法定工作日，含调休；日历 cn-2026.1）；2027 年放假安排未公布，按普通周末计"
    assert DESK.due(at("2026-12-30T10:00"), Span(1, "wd")).unpublished == ()
    assert DESK.due(at("2026-12-31T10:00"), Span(300, "wd")).rule_zh.count("2027、2028 年") == 1
    assert DESK.due(at("2006-12-29T10:00"), Span(1, "wd")).unpublished == ()  # the day after is settled
    assert DESK.due(at("2027-03-01T10:00"), Span(7, "d")).unpublished == ()
    assert DeskTime(CALENDAR, working="desk").due(at("2027-03-01T10:00"), Span(1, "wd")).unpublished == ()


# --- properties


@given(desks, moments, moments, st.sampled_from(["min", "h", "wh", "d", "wd", "w", "m"]), counts)
def test_a_later_start_is_never_due_earlier(
    desk: DeskTime, one: datetime, other: datetime, unit: Unit, number: int
) -> None:
    first, second = sorted((one, other))
    assert desk.add(first, Span(number, unit)) <= desk.add(second, Span(number, unit))


@given(desks, moments, st.sampled_from(["min", "h", "wh", "d", "wd", "w"]), counts, counts)
def test_spans_add_up(desk: DeskTime, start: datetime, unit: Unit, a: int, b: int) -> None:
    assert desk.add(desk.add(start, Span(a, unit)), Span(b, unit)) == desk.add(start, Span(a + b, unit))


@given(desks, moments, st.integers(1, 60))
def test_working_days_end_on_a_working_day_with_so_many_before(desk: DeskTime, start: datetime, n: int) -> None:
    end = desk.add(start, Span(n, "wd"))
    passed = [start.date() + timedelta(days=d) for d in range(1, (end.date() - start.date()).days + 1)]
    assert desk.is_working(passed[-1]) and end == desk.closing(passed[-1])
    assert sum(map(desk.is_working, passed)) == n


@given(desks, moments, st.integers(1, 60))
def test_desk_hours_end_inside_desk_hours_and_last_as_long(desk: DeskTime, start: datetime, n: int) -> None:
    end = desk.add(start, Span(n, "wh"))
    minute = end.hour * 60 + end.minute
    assert desk.is_desk(end.date()) and any(a <= minute <= b for a, b in desk.hours)
    assert desk.desk_minutes(start, end) == 60 * n


@given(desks, moments, st.integers(0, 5 * 1440))
def test_desk_minutes_are_the_minutes_in_which_the_desk_is_open(desk: DeskTime, start: datetime, n: int) -> None:
    start = start.replace(second=0)
    minutes = (start + timedelta(minutes=m) for m in range(n))
    open_ones = sum(
        desk.is_desk(m.date()) and any(a <= m.hour * 60 + m.minute < b for a, b in desk.hours) for m in minutes
    )
    assert desk.desk_minutes(start, start + timedelta(minutes=n)) == open_ones


@given(desks, moments, moments)
def test_desk_minutes_do_not_depend_on_the_second_zone_and_are_never_negative(
    desk: DeskTime, a: datetime, b: datetime
) -> None:
    assert desk.desk_minutes(a, b) == desk.desk_minutes(a, b.astimezone(UTC))
    assert desk.desk_minutes(max(a, b), min(a, b)) == 0


@given(desks, moments)
def test_the_end_of_the_desk_day_lies_ahead_on_a_desk_day(desk: DeskTime, moment: datetime) -> None:
    end = desk.end_of_desk_day(moment)
    assert end > moment and desk.is_desk(end.date()) and end == desk.closing(end.date())
    between = (moment.date() + timedelta(days=n) for n in range(1, (end.date() - moment.date()).days))
    assert not any(map(desk.is_desk, between))


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=20))
def test_an_entry_changes_its_own_day_only(entries: dict[date, bool]) -> None:
    own = CALENDAR.with_entries(entries, "own")
    for n in range(730):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert own.rest(day) == entries.get(day, CALENDAR.rest(day))


def test_an_empty_calendar_still_knows_weekends() -> None:
    bare = DeskTime(Calendar({}, {}, frozenset(), "none"))
    due = bare.due(at("2026-11-20T10:00"), Span(1, "wd"))
    assert (due.at, due.unpublished) == (at("2026-11-23T18:00"), (2026,))
