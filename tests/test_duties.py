"""Recurring duties: their periods and due times, how each stands by the records, the mistakes in the settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import story
from lives import lived

from wuye import duties, dutyfile, posts, records, shifts
from wuye.duties import DAILY, MONTH, QUARTER, SHIFT, WEEK, YEAR, Duty, On
from wuye.reading import Cells
from wuye.record import Record, to_stored
from wuye.schema import Kind

DESK = story.DESK
SHIFTS = {"early": shifts.Shift("early", "早班", 480, 960), "late": shifts.Shift("late", "晚班", 960, 1920)}


def due(duty: Duty, first: str, last: str) -> list[tuple[str, str]]:
    """The names of the periods that are due between two days, with the day and time of each."""
    found = duties.periods(duty, date.fromisoformat(first), date.fromisoformat(last), DESK, SHIFTS)
    return [(one.name, f"{one.due:%m-%d %H:%M}") for one in found]


# --- periods


def test_every_day_and_some_days() -> None:
    assert due(Duty("a", "a", DAILY), "2026-11-20", "2026-11-21") == [
        ("2026-11-20", "11-20 18:00"), ("2026-11-21", "11-21 18:00")]  # fmt: skip
    weekend = Duty("a", "a", DAILY, On(frozenset((5, 6))), by=20 * 60)
    assert due(weekend, "2026-11-16", "2026-11-22") == [("2026-11-21", "11-21 20:00"), ("2026-11-22", "11-22 20:00")]


def test_working_days_and_days_off_go_by_the_calendar() -> None:
    """1 to 7 October are off, Saturday the 10th is a make-up workday."""
    working = [name for name, _ in due(Duty("a", "a", DAILY, On(working=True)), "2026-10-01", "2026-10-11")]
    assert working == ["2026-10-08", "2026-10-09", "2026-10-10"]
    rest = [name for name, _ in due(Duty("a", "a", DAILY, On(rest=True)), "2026-10-06", "2026-10-11")]
    assert rest == ["2026-10-06", "2026-10-07", "2026-10-11"]


def test_weeks_end_on_sunday_unless_told() -> None:
    assert due(Duty("a", "a", WEEK), "2026-11-16", "2026-11-20") == [("2026-W47", "11-22 18:00")]
    assert due(Duty("a", "a", WEEK, On(frozenset((4,)))), "2026-11-16", "2026-11-20") == [("2026-W47", "11-20 18:00")]
    assert due(Duty("a", "a", WEEK), "2026-12-31", "2027-01-01") == [("2026-W53", "01-03 18:00")]


@pytest.mark.parametrize(("on", "told"), [
    (On(), "02-28 18:00"), (On(day=30), "02-28 18:00"), (On(day=5), "02-05 18:00"), (On(nth=1), "02-02 18:00"),
    (On(nth=-1), "02-28 18:00"), (On(day=5, later=True), "03-05 18:00"), (On(nth=3, later=True), "03-04 18:00"),
])  # fmt: skip
def test_months_are_due_on_a_day_a_working_day_or_in_the_next_one(on: On, told: str) -> None:
    """28 February 2026, a Saturday, is a make-up workday."""
    found = dict(due(Duty("a", "a", MONTH, on), "2026-02-01", "2026-03-31"))
    assert found["2026-02"] == told


def test_quarters_and_years_name_their_month() -> None:
    assert due(Duty("a", "a", QUARTER), "2026-11-01", "2026-11-30") == [("2026-Q4", "12-31 18:00")]
    assert due(Duty("a", "a", QUARTER, On(day=10), (2,)), "2026-11-01", "2026-11-30") == [("2026-Q4", "11-10 18:00")]
    assert due(Duty("a", "a", YEAR, months=(1,)), "2026-01-05", "2026-11-30") == [("2026", "01-31 18:00")]
    assert due(Duty("a", "a", MONTH, months=(3, 9)), "2026-01-01", "2026-12-31") == [
        ("2026-03", "03-31 18:00"), ("2026-09", "09-30 18:00")]  # fmt: skip


def test_a_shift_is_due_at_its_end_over_midnight_too() -> None:
    found = due(Duty("a", "a", SHIFT), "2026-11-20", "2026-11-20")
    assert ("2026-11-19/late", "11-20 08:00") in found and ("2026-11-20/early", "11-20 16:00") in found
    day = date(2026, 11, 20)
    early = next(p for p in duties.periods(Duty("a", "a", SHIFT), day, day, DESK, SHIFTS) if "20/early" in p.name)
    assert (f"{early.start:%H:%M}", f"{early.end:%d %H:%M}") == ("12:00", "21 00:00"), "around its end"
    assert [n for n, _ in found if n.startswith("2026-11-20")] == ["2026-11-20/early"], "the late one ends tomorrow"
    mine = Duty("a", "a", SHIFT, who="guard")
    named = {"night": shifts.Shift("night", "夜班", 1200, 1920, "night-manager"), **SHIFTS}
    told = [one.name for one in duties.periods(mine, day, day, DESK, named)]
    assert not any("night" in name for name in told), "a shift of another post is none of his"


def test_nothing_is_owed_before_since() -> None:
    begun = Duty("a", "a", DAILY, since=date(2026, 11, 21))
    assert [name for name, _ in due(begun, "2026-11-01", "2026-11-22")] == ["2026-11-21", "2026-11-22"]


# --- how they stand


def fact(record: Record) -> Cells:
    """A record as the index tells of it."""
    return Cells(record.id, record.status, record.received, to_stored(record))


def stands(duty: Duty, first: str, now: str, *found: Record) -> list[tuple[str, str, tuple[str, ...]]]:
    moment = datetime.fromisoformat(now).replace(tzinfo=DESK.zone)
    asked = duties.periods(duty, date.fromisoformat(first), moment.date(), DESK, SHIFTS)
    told = duties.stands(duty, asked, [fact(r) for r in found], (), moment)
    return [(one.period.name, one.state, one.ids) for one in told]


STAND = Duty("stand", "设点", DAILY, kind="dunning", where={"method": "stand"})


def test_a_record_that_fits_fulfils_in_time_or_late() -> None:
    fit = lived("dunning", "2026-11-20 15:00", method="设点")
    late = lived("dunning", "2026-11-21 20:00", method="设点")
    other = lived("dunning", "2026-11-22 10:00", method="电话")
    assert stands(STAND, "2026-11-20", "2026-11-22T17:00", fit, late, other) == [
        ("2026-11-20", "done", (fit.id,)), ("2026-11-21", "done-late", (late.id,)), ("2026-11-22", "owed", ()),
    ]
    assert stands(STAND, "2026-11-22", "2026-11-22T18:01")[0][1] == "missed"
    assert stands(STAND, "2026-11-20", "2026-11-20T14:00", fit)[0][1] == "owed", "as of then it was not done yet"


def test_what_is_void_fulfils_nothing() -> None:
    gone = lived("dunning", "2026-11-20 15:00", ("void", "2026-11-20 15:10", {"reason": "登错"}), method="设点")
    assert stands(STAND, "2026-11-20", "2026-11-20T19:00", gone) == [("2026-11-20", "missed", ())]


def test_what_is_only_begun_or_reopened_fulfils_nothing() -> None:
    notice = Duty("notice", "通知", DAILY, kind="notice")
    draft = Cells("TZ-20261120-001", "draft", datetime.fromisoformat("2026-11-20T10:00+08:00"), {})
    moment = datetime.fromisoformat("2026-11-20T11:00+08:00")
    asked = list(duties.periods(notice, date(2026, 11, 20), date(2026, 11, 20), DESK, {}))
    told = {s: next(duties.stands(notice, asked, [draft._replace(status=s)], (), moment)).state
            for s in ("draft", "reopened", "published")}  # fmt: skip
    assert told == {"draft": "owed", "reopened": "owed", "published": "done"}


def test_some_take_several_records() -> None:
    three = STAND._replace(needs=2)
    found = [lived("dunning", f"2026-11-20 1{n}:00", method="设点") for n in (0, 1)]
    assert stands(three, "2026-11-20", "2026-11-20T19:00", found[0]) == [("2026-11-20", "missed", (found[0].id,))]
    assert stands(three, "2026-11-20", "2026-11-20T19:00", *found)[0][1] == "done"


def test_without_what_it_goes_along_with_nothing_is_owed() -> None:
    along = STAND._replace(along="visitor")
    moment = datetime.fromisoformat("2026-11-21T19:00").replace(tzinfo=DESK.zone)
    asked = list(duties.periods(along, date(2026, 11, 20), date(2026, 11, 21), DESK, {}))
    told = duties.stands(along, asked, (), (), moment, [lived("visitor", "2026-11-20 10:00").received])
    assert [(one.period.name, one.state) for one in told] == [("2026-11-20", "missed")]


# --- the settings


def test_the_duties_of_the_trade_are_there() -> None:
    codes = {one.code for one in dutyfile.DEFAULTS}
    assert codes == {
        "handover", "patrol", "cash", "safe", "papers", "stand", "followup", "fee-report", "repair-report", "needs",
        "consumption", "cards", "ledger", "accounts", "password", "dunning-plan", "training-plan",
    }  # fmt: skip
    assert {"dunning-plan", "training-plan", "accounts", "stand", "cash"} <= {*dutyfile.begun()}


def test_each_default_whose_kind_is_there_looks_at_fields_it_has() -> None:
    known = {row[0] for row in records.KINDS}
    for one in dutyfile.DEFAULTS:
        if one.made_of in known:
            assert dutyfile.fitting(one), one.code
            kind: Kind = records.kind(one.made_of)
            for name, value in one.where.items():
                choices = dict(kind[name].type.choices)
                assert not choices or value in choices, (one.code, name, value)


def test_an_office_changes_adds_and_switches_off() -> None:
    told, faults = dutyfile.parse({
        "accounts": "off",
        "dunning-plan": {"by": "17:30", "since": "2026-01-01"},
        "water": {"zh": "抄水表", "every": "每月", "on": "wd-2", "kind": "抄表", "where": {"收费项目": "水费"},
                  "count": "12"},
        "lobby": {"every": "day", "on": "工作日", "kind": "visitor", "who": "大堂助理", "checklist": ["灯", "门"]},
        "desk": {"every": "week", "on": "周五", "kind": "complaint", "where": {"channel": "来访"}, "who": "李静"},
    })  # fmt: skip
    assert faults == [] and "accounts" not in told
    assert told["dunning-plan"].by == 17 * 60 + 30 and told["dunning-plan"].where == {"plan": "dunning"}
    assert told["dunning-plan"].months == (1,) and told["dunning-plan"].since == date(2026, 1, 1)
    water = told["water"]
    assert (water.every, water.on, water.kind, dict(water.where), water.needs) == (
        MONTH, On(nth=-2), "reading", {"item": "水费"}, 12)  # fmt: skip
    assert told["lobby"].who == "lobby" and told["lobby"].on.working and told["lobby"].checklist == ("灯", "门")
    assert told["desk"].where == {"channel": "visit"} and told["desk"].who == "李静"


@pytest.mark.parametrize(("raw", "path", "words"), [
    ("x", (), "duties 应是"),
    ({"nothing": "off"}, ("nothing",), "没有 nothing 这项例行工作"),
    ({"a": "每天"}, ("a",), "应写 zh、every、on 等"),
    ({"A b": {"every": "day", "kind": "visitor"}}, ("A b",), "小写英文字母"),
    ({"a": {"every": "hour"}}, ("a", "every"), "可写：shift"),
    ({"a": {"kind": "visitor"}}, ("a",), "要写多久一次"),
    ({"a": {"every": "day", "kind": "visitor", "when": "x"}}, ("a", "when"), "没有 when 这一项"),
    ({"a": {"every": "day", "kind": "visitor", "on": "25"}}, ("a", "on"), "读不懂“25”"),
    ({"a": {"every": "month", "kind": "visitor", "on": "周五"}}, ("a", "on"), "wd3"),
    ({"a": {"every": "month", "kind": "visitor", "on": "32"}}, ("a", "on"), "读不懂“32”"),
    ({"a": {"every": "shift", "kind": "visitor", "on": "1"}}, ("a", "on"), "每班的事不写 on"),
    ({"a": {"every": "day", "kind": "visitor", "months": "3"}}, ("a", "months"), "才写 months"),
    ({"a": {"every": "month", "kind": "visitor", "months": "13"}}, ("a", "months"), "1 到 12"),
    ({"a": {"every": "year", "kind": "visitor", "months": "1,7"}}, ("a", "months"), "只写一个月"),
    ({"a": {"every": "day", "kind": "visitor", "by": "25:00"}}, ("a", "by"), "应写钟点"),
    ({"a": {"every": "day", "kind": "visitor", "since": "下周"}}, ("a", "since"), "应是日期"),
    ({"a": {"every": "day", "kind": "visitor", "count": "0"}}, ("a", "count"), "1 到 9999"),
    ({"a": {"every": "day", "kind": "visitor", "zh": ["x"]}}, ("a", "zh"), "应是一句话"),
    ({"a": {"every": "day", "kind": "visitor", "zh": "见 11010519491231002X"}}, ("a", "zh"), "身份证号"),
    ({"a": {"every": "day", "kind": "visitr"}}, ("a", "kind"), "是不是 visitor"),
    ({"a": {"every": "day", "kind": "visitor", "checklist": ""}}, ("a", "checklist"), "没有写出来"),
    ({"a": {"every": "day", "kind": "visitor", "where": {"colour": "x"}}}, ("a", "where", "colour"), "没有“colour”"),
    ({"a": {"every": "day", "kind": "dunning", "where": {"method": "写信"}}}, ("a", "where", "method"), "可选：phone"),
])  # fmt: skip
def test_every_mistake_has_its_place(raw: Any, path: tuple[str, ...], words: str) -> None:
    _, faults = dutyfile.parse(raw)
    assert [(one.path, words in one.words) for one in faults] == [(("duties", *path), True)], faults


def test_all_mistakes_at_once() -> None:
    _, faults = dutyfile.parse({"a": {"every": "month", "on": "x", "by": "y"}, "b": "z"})
    assert len(faults) >= 3


@pytest.mark.parametrize(("raw", "words"), [
    ("x", "shifts 应是"), ({"a": "x"}, "应写 zh"), ({"a": {"from": "8点", "until": "16:00"}}, "应写钟点"),
    ({"a": {"from": "08:00", "until": "08:00"}}, "起止相同"),
    ({"a": {"from": "08:00", "until": "16:00", "post": "飞行员"}}, "没有“飞行员”这个岗位"),
    ({"a": {"from": "08:00", "until": "16:00", "heads": "2"}}, "没有 heads"),
])  # fmt: skip
def test_shifts_with_mistakes(raw: Any, words: str) -> None:
    _, faults = shifts.parse(raw)
    assert len(faults) == 1 and words in faults[0].words


def test_a_shift_over_midnight_ends_on_the_next_day() -> None:
    told, faults = shifts.parse({"night": {"zh": "夜班", "from": "20:00", "until": "08:00", "post": "夜间总值班"}})
    assert faults == [] and told["night"].hours_zh == "20:00-次日 08:00" and told["night"].post == "night-manager"
    start, end = told["night"].on(date(2026, 12, 31), DESK.zone)
    assert (f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}") == ("2026-12-31 20:00", "2027-01-01 08:00")


@pytest.mark.parametrize(("raw", "words"), [
    ("x", "posts 应是"), ({"tea.add": "前台"}, "没有 tea 这一类"), ({"pass.fly": "前台"}, "没有 fly 这一步"),
    ({"pass.issue": "飞行员"}, "没有“飞行员”这个岗位"), ({"pass.issue": ""}, "没有写岗位"),
])  # fmt: skip
def test_posts_with_mistakes(raw: Any, words: str) -> None:
    _, faults = posts.parse(raw)
    assert len(faults) == 1 and words in faults[0].words
    assert posts.parse({"pass.issue": "主管、经理"})[1] and not posts.parse({"pass.issue": "客服主管、head"})[1]
