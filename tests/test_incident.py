"""Incidents: who was told and when, the plan and who ordered it, the report, what is said of people (domain.md 21)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said

from wuye import conduct, records
from wuye.office import Office

Wuye = Callable[..., Said]
NIGHT = "2026-11-22T23:40"


def row(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    return said.records[0]


def add(wuye: Wuye, now: str = "") -> dict[str, Any]:
    what = ("--place", "3栋2单元电梯", "--type", "困人", "--text", "困两人")
    return row(wuye("incident", "add", *what, "--yes", "-o", "json", now=now))


def clocks(one: dict[str, Any]) -> dict[str, Any]:
    return {c["name"]: c for c in one["clocks"]}


@pytest.mark.parametrize(("word", "code"), [
    ("火灾", "fire"), ("跑水", "flood"), ("设备故障", "equipment"), ("电梯困人", "entrapment"), ("停电", "outage"),
    ("盗窃", "crime"), ("交通事故", "traffic"), ("台风", "weather"), ("人员求助", "person"),
])  # fmt: skip
def test_the_types(word: str, code: str, wuye: Wuye) -> None:
    assert row(wuye("incident", "add", "3-2-1201", "出事", "--type", word, "-o", "json"))["type"] == code


def test_by_day_supervisor_and_leader_are_told_in_time(wuye: Wuye) -> None:
    found = clocks(add(wuye))
    due = {name: clock["due"][11:16] for name, clock in found.items()}
    assert due == {"supervisor": "10:10", "leader": "10:30", "report": "18:00"}
    assert found["report"]["due"] == "2026-11-25T18:00+08:00"
    one = row(wuye("incident", "tell", "sj1", "--told", "主管", "--name", "林晓燕", "--at", "10:05", "-o", "json",
                   now="2026-11-22T10:40"))  # fmt: skip
    found = clocks(one)
    assert found["supervisor"]["state"] == "met" and found["leader"]["state"] == "late"
    assert one["told_when"] == ["当值主管林晓燕 10:05"] and one["untold"] == ["分管领导"]
    assert clocks(row(wuye("incident", "tell", "sj1", "--told", "领导", "-o", "json")))["leader"]["state"] == "missed"


def test_by_night_the_night_duty_manager_too(wuye: Wuye) -> None:
    one = add(wuye, NIGHT)
    assert clocks(one)["night"]["due"] == "2026-11-22T23:55+08:00"
    assert one["untold"] == ["当值主管", "分管领导", "夜间总值班"]
    one = row(wuye("incident", "tell", "sj1", "--told", "night-manager", "-o", "json"))
    assert clocks(one)["night"]["state"] == "met" and clocks(one)["supervisor"]["state"] == "open"


def test_the_times_for_telling_can_be_set(office: Path, wuye: Wuye) -> None:
    settings = office / "wuye.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("\nrules:\n", "\nrules:\n  incident.leader: 5min\n"), "utf-8")
    assert clocks(add(wuye))["leader"]["due"] == "2026-11-22T10:05+08:00"


def test_a_plan_names_who_ordered_it_and_starts_once(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("incident", "plan", "sj1", "--plan", "困人预案").code == 2
    assert wuye("incident", "plan", "sj1", "--plan", "困人预案", "--ordered-by", "方慧").code == 0
    said = wuye("incident", "plan", "sj1", "--plan", "困人预案", "--ordered-by", "方慧")
    assert said.code == 1 and "困人预案已于 11-22 10:00 启动" in said.err


def test_the_course_is_kept_and_closing_needs_a_report(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("incident", "progress", "sj1", "--said", "维保人员到场", "--at", "10:00").code == 0
    assert wuye("incident", "calm", "sj1", "--whom", "被困业户两人", "--said", "通过对讲安抚").code == 0
    said = wuye("incident", "close", "sj1")
    assert said.code == 2 and "结案缺少结案报告" in said.err
    said = wuye("incident", "close", "sj1", "--report", "放出两人，无伤", "--cause", "门锁故障", "--loss", "无")
    assert said.code == 0 and "还没有记下告知当值主管、分管领导" in said.err
    assert wuye("incident", "tell", "sj1", "--told", "主管").code == 0
    shown = wuye("incident", "show", "sj1").out
    assert "进展" in shown and "安抚疏导对象：被困业户两人" in shown and "结案报告：放出两人，无伤" in shown
    assert row(wuye("incident", "reopen", "sj1", "--reason", "有人受伤", "-o", "json"))["status"] == "open"


def test_what_is_said_of_people_is_said_by_somebody_and_can_be_withdrawn(wuye: Wuye, office: Path) -> None:
    add(wuye)
    judge = ("incident", "judge", "sj1", "--person")
    assert wuye(*judge, "孙海", "--verdict", "得当").code == 2
    said = wuye(*judge, "孙海", "--verdict", "撤回", "--judged-by", "方慧")
    assert said.code == 1 and "没有评定过孙海" in said.err
    for person, verdict in (("孙海", "得当"), ("郑强", "不良后果"), ("曹斌", "得当")):
        assert wuye(*judge, person, "--verdict", verdict, "--judged-by", "方慧").code == 0
    assert wuye(*judge, "曹斌", "--verdict", "撤回", "--judged-by", "方慧").code == 0
    found = conduct.judgements(Office(office).load(records.kind("incident"))[0])
    assert [(j.person, j.verdict, j.judged_by, j.month, j.id) for j in found] == [
        ("孙海", "well", "方慧", "2026-11", "SJ-20261122-001"), ("郑强", "bad", "方慧", "2026-11", "SJ-20261122-001"),
    ]  # fmt: skip
    assert wuye("incident", "void", "sj1", "--reason", "演练").code == 0
    assert conduct.judgements(Office(office).load(records.kind("incident"))[0]) == []


def test_it_is_counted_by_type_in_the_day(wuye: Wuye) -> None:
    add(wuye)
    rows = {r["row"]: r for r in wuye("day", "-o", "json").json["rows"]}
    assert rows["incident"]["new"] == rows["incident.entrapment"]["still_open"] == 1
