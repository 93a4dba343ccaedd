"""Roster, leave and attendance: shifts in turn, swaps, leave that is covered, lateness against the roster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import story
from conftest import Said, played

from wuye import shifts

Wuye = Callable[..., Said]
STAFF = ("李静", "王芳", "赵敏")
BOSS = ("--approved-by", "林晓燕")


@played
def crew(wuye: Wuye) -> Wuye:
    """An office with three at the desk and who leads them."""
    rows = [f"{name},前台" for name in STAFF] + ["林晓燕,客服主管"]
    said = wuye("staff", "add", "--from", "-", stdin="\n".join(["姓名,岗位", *rows]).encode())
    assert said.code == 0, said.err
    return wuye


def rostered(wuye: Wuye, period: str = "2026-11") -> dict[str, str]:
    """Who stands on which day."""
    said = wuye("roster", "list", "--period", period, "--limit", "0", "-o", "json")
    return {r["day"][5:]: r["name"] for r in said.records if r["status"] == "scheduled"}


def put(wuye: Wuye, day: str, name: str, shift: str = "白班") -> dict[str, Any]:
    said = wuye("roster", "add", day, shift, name, "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


# --- turns


def test_working_days_and_days_off_have_a_turn_each() -> None:
    days = [date(2026, 11, 20) + timedelta(days=n) for n in range(6)]  # Friday to Wednesday
    off = {day: not story.DESK.is_working(day) for day in days}
    found = list(shifts.rota(days, ["甲", "乙", "丙"], 1, off, frozenset({(days[3], "乙")}), {False: "丙", True: "甲"}))
    assert [one.name for one in found] == ["甲", "乙", "丙", "丙", "乙", "甲"], "after the last one, who is away waits"


def test_several_stand_in_one_shift() -> None:
    found = list(shifts.rota([date(2026, 11, 20)], ["甲", "乙"], 2, {date(2026, 11, 20): False}, frozenset(), {}))
    assert [one.name for one in found] == ["甲", "乙"]


# --- roster


def test_a_shift_keeps_its_code_name_and_moments(crew: Wuye) -> None:
    record = put(crew, "2026-12-01", "李静", "夜班")
    assert (record["shift"], record["shift_name"]) == ("night", "夜班")
    assert (record["starts"], record["ends"]) == ("2026-12-01T18:00+08:00", "2026-12-02T09:00+08:00")
    said = crew("roster", "add", "2026-12-02", "早班", "李静")
    assert said.code == 2 and "没有“早班”这个班次，现有：day（白班 09:00-18:00）" in said.err


def test_the_office_names_its_own_shifts(crew: Wuye) -> None:
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write("shifts:\n  early: {zh: 早班, from: '07:00', until: '15:00'}\n")
    assert put(crew, "2026-12-01", "李静", "early")["shift_name"] == "早班"


def test_nobody_stands_in_two_shifts_or_without_rest(crew: Wuye) -> None:
    put(crew, "2026-12-01", "李静", "夜班")
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write("shifts:\n  day: {zh: 白班, from: '09:00', until: '18:00'}\n"
                       "  dawn: {from: '08:00', until: '12:00'}\n")  # fmt: skip
    assert "已排夜班" in crew("roster", "add", "2026-12-02", "dawn", "李静").err
    said = crew("roster", "add", "2026-12-02", "白班", "李静")
    assert said.code == 0 and "休息不足 8 小时" in said.err


def test_too_far_ahead_and_unknown_people(crew: Wuye) -> None:
    assert "最多提前 92 天" in crew("roster", "add", "2027-06-01", "白班", "李静").err
    assert "不在员工台账里" in crew("roster", "add", "2026-12-01", "白班", "陌生人").err


def test_a_month_is_filled_in_turn(crew: Wuye) -> None:
    crew("leave", "add", "王芳", "病假", "2026-12-02")
    put(crew, "2026-11-30", "王芳")
    put(crew, "2026-12-03", "李静")
    said = crew("roster", "fill", "2026-12", "--shift", "白班", "--staff", "李静,王芳,赵敏")
    assert said.code == 0 and "已排 30 班" in said.out, said
    found = rostered(crew)
    assert len(found) == 32 and found["12-03"] == "李静"
    assert [found[f"12-0{n}"] for n in (1, 2, 4)] == ["赵敏", "李静", "王芳"], "after the last; who is away waits"
    assert {found["12-05"], found["12-06"], found["12-12"]} == set(STAFF), "weekends go round as well"
    again = crew("roster", "fill", "2026-12", "--shift", "白班", "--staff", "李静,王芳,赵敏")
    assert again.code == 0 and "没有要排的班" in again.out
    table = crew("roster", "table", "2026-12", "-o", "json").json["rows"]
    assert sum(row["count"] for row in table) == 31


def test_night_and_day_do_not_meet_in_one_person(crew: Wuye) -> None:
    said = crew("roster", "fill", "2026-12-01至2026-12-04", "--shift", "白班,夜班", "--staff", "李静,王芳",
                "-o", "json")  # fmt: skip
    assert said.code == 0, said.err
    spans: dict[str, list[tuple[str, str]]] = {}
    for record in said.records:
        spans.setdefault(record["name"], []).append((record["starts"], record["ends"]))
    for mine in spans.values():
        mine.sort()
        assert all(before[1] < after[0] for before, after in pairwise(mine)), "with rest between"
    assert "还缺 1 人：请另排" in said.err, "two cannot do it all"


@pytest.mark.parametrize(("words", "told"), [
    ((), ("缺少月份", "缺少轮班的人", "缺少班次")),
    (("2026-12", "--shift", "早班", "--staff", "李静"), ("没有“早班”",)),
    (("2026-10", "--shift", "白班", "--staff", "李静"), ("已经过去或太远",)),
    (("2026", "--shift", "白班", "--staff", "李静"), ("一次最多三个月",)),
    (("2026-12", "--shift", "白班", "--staff", "李静", "--heads", "2"), ("每班人数应是 1 到 1",)),
])  # fmt: skip
def test_filling_with_mistakes(crew: Wuye, words: tuple[str, ...], told: tuple[str, ...]) -> None:
    said = crew("roster", "fill", *words)
    assert said.code == 2 and all(one in said.err for one in told), said
    assert not Path("records").exists()


def test_who_is_on_duty_now(crew: Wuye) -> None:
    put(crew, "2026-11-22", "李静")
    put(crew, "2026-11-22", "王芳", "夜班")
    crew("leave", "add", "赵敏", "事假", "2026-11-22")
    crew("leave", "approve", "qj1", *BOSS)
    told = crew("roster", "now", "-o", "json").json
    assert [(r["name"], r["shift"]) for r in told["rows"]] == [("李静", "day")]
    assert [r["name"] for r in told["away"]] == ["赵敏"]
    night = crew("roster", "now", "--at", "2026-11-23 03:00", "-o", "json").json["rows"]
    assert [(r["name"], r["post_zh"]) for r in night] == [("王芳", "夜间总值班")]
    assert crew("roster", "now", "--at", "2026-11-25 03:00", "-o", "json").json["rows"] == []


@pytest.mark.git
def test_a_swap_names_both_and_who_agreed(crew: Wuye) -> None:
    put(crew, "2026-12-01", "李静")
    put(crew, "2026-12-02", "王芳")
    assert "还是本人" in crew("roster", "swap", "pb1", "--swapped-with", "李静", "--agreed-by", "林晓燕").err
    said = crew("roster", "swap", "pb1", "--swapped-with", "王芳", "--agreed-by", "林晓燕", "--counterpart", "pb2",
                "-o", "json")  # fmt: skip
    assert said.code == 0, said.err
    assert (said.records[0]["name"], said.records[0]["swapped_from"]) == ("王芳", "李静")
    assert rostered(crew) == {"12-01": "王芳", "12-02": "李静"}
    assert crew("roster", "show", "pb1", "-o", "json").records[0]["log"][-1]["agreed_by"] == "林晓燕"
    assert crew("undo", "--yes").code == 0
    assert rostered(crew) == {"12-01": "李静", "12-02": "王芳"}
    assert crew("check").code == 0


def test_nobody_swaps_into_leave_or_a_second_shift(crew: Wuye) -> None:
    put(crew, "2026-12-01", "李静")
    crew("leave", "add", "王芳", "病假", "2026-12-01")
    crew("leave", "approve", "qj1", *BOSS)
    said = crew("roster", "swap", "pb1", "--swapped-with", "王芳", "--agreed-by", "林晓燕")
    assert said.code == 1 and "请假已批准（QJ-20261122-001）" in said.err
    put(crew, "2026-12-01", "赵敏")
    assert "已排白班" in crew("roster", "swap", "pb1", "--swapped-with", "赵敏", "--agreed-by", "林晓燕").err
    assert rostered(crew)["12-01"] in ("李静", "赵敏") and "王芳" not in rostered(crew).values()


# --- leave


def leave(wuye: Wuye, *words: str) -> dict[str, Any]:
    said = wuye("leave", "add", *words, "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


def test_days_and_halves(crew: Wuye) -> None:
    assert leave(crew, "李静", "年假", "2026-12-04", "2026-12-07", "--from-noon")["days"] == "3.5"
    record = leave(crew, "王芳", "年假", "2026-12-04", "2026-12-07", "--from-noon", "--to-noon")
    assert (record["days"], record["working_days"]) == ("3", "1")
    assert leave(crew, "赵敏", "病假", "2026-12-01", "--to-noon")["days"] == "0.5"
    assert "没有时间" in crew("leave", "add", "林晓燕", "病假", "2026-12-01", "--to-noon", "--from-noon").err
    assert "早于开始" in crew("leave", "add", "林晓燕", "病假", "2026-12-03", "2026-12-01").err


def test_nobody_is_on_leave_twice(crew: Wuye) -> None:
    leave(crew, "李静", "年假", "2026-12-04", "--to-noon")
    assert "已请假（QJ-20261122-001）" in crew("leave", "add", "李静", "事假", "2026-12-04").err
    assert crew("leave", "add", "李静", "事假", "2026-12-04", "--from-noon").code == 0


def test_an_answer_is_due_and_is_nobodys_own(crew: Wuye) -> None:
    record = leave(crew, "李静", "事假", "2026-12-04")
    assert record["clocks"][0]["due"] == "2026-11-23T18:00+08:00"
    assert "不能由本人批准" in crew("leave", "approve", "qj1", "--approved-by", "李静").err
    assert crew("leave", "refuse", "qj1", *BOSS, "--reason", "人手不够").code == 0


def test_an_approved_leave_hands_its_shifts_to_who_stands_in(crew: Wuye) -> None:
    put(crew, "2026-12-04", "李静")
    put(crew, "2026-12-05", "李静")
    put(crew, "2026-12-07", "李静")
    said = crew("leave", "add", "李静", "年假", "2026-12-04", "2026-12-05")
    assert "已排班：12-04 白班" in said.err
    refused = crew("leave", "approve", "qj1", *BOSS)
    assert refused.code == 1 and "12-04 白班（PB-20261122-001）、12-05 白班" in refused.err and "--cover" in refused.err
    assert crew("leave", "approve", "qj1", *BOSS, "--cover", "王芳").code == 0
    assert rostered(crew) == {"12-04": "王芳", "12-05": "王芳", "12-07": "李静"}
    assert "请假已批准" in crew("roster", "add", "2026-12-05", "白班", "李静").err


def test_who_stands_in_is_free_then(crew: Wuye) -> None:
    put(crew, "2026-12-04", "李静")
    put(crew, "2026-12-04", "王芳")
    leave(crew, "李静", "年假", "2026-12-04")
    said = crew("leave", "approve", "qj1", *BOSS, "--cover", "王芳")
    assert said.code == 1 and "代班人王芳 2026-12-04 已排白班" in said.err


def test_who_comes_back_early_can_be_rostered_again(crew: Wuye) -> None:
    leave(crew, "李静", "年假", "2026-11-20", "2026-11-27")
    crew("leave", "approve", "qj1", *BOSS)
    assert crew("leave", "back", "qj1", "--back-on", "2026-11-24").code == 0
    assert crew("roster", "add", "2026-11-23", "白班", "李静").code == 2
    assert crew("roster", "add", "2026-11-24", "白班", "李静").code == 0


# --- attendance


def come(wuye: Wuye, now: str, *words: str) -> dict[str, Any]:
    said = wuye("attendance", "add", *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


@pytest.mark.parametrize(("came", "left", "standing", "late", "early"), [
    ("08:50", "18:05", "ok", 0, 0), ("08:57", "18:00", "close", 0, 0), ("09:12", "18:00", "late", 12, 0),
    ("08:50", "17:30", "early", 0, 30), ("09:01", "17:59", "both", 1, 1),
])  # fmt: skip
def test_late_and_early_against_the_roster(
    crew: Wuye, came: str, left: str, standing: str, late: int, early: int
) -> None:
    put(crew, "2026-11-23", "李静")
    record = come(crew, f"2026-11-23T{came}", "李静")
    assert record["roster"] == "PB-20261122-001" and record["status"] == "present"
    assert crew("attendance", "leave", "kq1", now=f"2026-11-23T{left}").code == 0
    told = crew("attendance", "show", "kq1", "-o", "json").records[0]
    assert (told["standing"], told["late"], told["early"]) == (standing, late, early)


def test_a_night_belongs_to_the_day_it_began_on(crew: Wuye) -> None:
    put(crew, "2026-11-23", "李静", "夜班")
    record = come(crew, "2026-11-24T00:20", "李静")
    assert (record["day"], record["late"]) == ("2026-11-23", 380)


def test_absent_twice_and_without_roster(crew: Wuye) -> None:
    assert "没有排班" in crew("attendance", "add", "王芳").err
    put(crew, "2026-11-21", "李静")
    assert come(crew, "", "李静", "--absent", "--day", "2026-11-21", "--text", "未请假")["standing"] == "absent"
    assert "已登记（KQ-20261122-002）" in crew("attendance", "add", "李静", "--absent", "--day", "2026-11-21").err
    assert crew("attendance", "excuse", "kq2", *BOSS, "--reason", "补交病假条").code == 0
    assert crew("attendance", "show", "kq2", "-o", "json").records[0]["standing"] == "excused"
    assert "写明哪一天" in crew("attendance", "add", "赵敏", "--absent").err
    assert "早于到岗" in crew("attendance", "add", "赵敏", "--came", "9:30", "--left", "9:00").err


def test_who_is_on_leave_and_comes_is_told(crew: Wuye) -> None:
    leave(crew, "李静", "事假", "2026-11-22")
    crew("leave", "approve", "qj1", *BOSS)
    assert "却来上班" in crew("attendance", "add", "李静").err


def test_a_month_person_by_person(crew: Wuye) -> None:
    for day, name in (("23", "李静"), ("24", "李静"), ("25", "李静"), ("30", "李静"), ("24", "王芳")):
        put(crew, f"2026-11-{day}", name)
    come(crew, "2026-11-23T09:10", "李静")
    crew("attendance", "leave", "kq1", now="2026-11-23T18:30")
    leave(crew, "李静", "病假", "2026-11-25", "--cover", "赵敏")
    crew("leave", "approve", "qj1", *BOSS)
    told = crew("attendance", "month", "2026-11", "-o", "json", now="2026-11-26T09:00").json["rows"]
    rows = {row["name"]: row for row in told}
    mine = rows["李静"]
    assert (mine["planned"], mine["came"], mine["late"], mine["late_minutes"], mine["absent"]) == (3, 1, 1, 10, 1)
    assert mine["leave_days"] == "1" and mine["over_minutes"] == 30 and mine["marks"] == "23迟 24缺 30·"
    assert rows["王芳"]["absent"] == 1 and rows["赵敏"]["marks"] == "25缺"
