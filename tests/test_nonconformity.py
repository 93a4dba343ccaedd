"""Nonconformities: who is told, which slip, by when put right, verified by somebody else (domain.md 29)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said

Wuye = Callable[..., Said]
SLIPS = (("安保", "coordination", "内部协调单"), ("工程", "coordination", "内部协调单"),
         ("保洁", "nonconformity", "不合格单"))  # fmt: skip


def row(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    return said.records[0]


def add(wuye: Wuye, department: str = "保洁", *more: str) -> dict[str, Any]:
    return row(wuye("nonconformity", "add", "大堂有积水", department, *more, "--yes", "-o", "json"))


def clocks(wuye: Wuye, **at: str) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in row(wuye("nonconformity", "show", "bh1", "-o", "json", **at))["clocks"]}


@pytest.mark.parametrize(("department", "words"), [
    ("安保", "安保队长孙海"), ("工程", "工程主管周德明"), ("保洁", "保洁主管"),
    ("绿化", "绿化外包单位春分园艺（田学农）"),
    ("客服", "客服负责人"),
])  # fmt: skip
def test_who_must_be_told_is_said(department: str, words: str, wuye: Wuye) -> None:
    wuye("department", "add", "安保部", "--duty", "安保", "--supervisor", "孙海")
    wuye("department", "add", "维修中心", "--duty", "工程", "--supervisor", "周德明")
    wuye("vendor", "add", "春分园艺", "--work", "绿化养护", "--contact", "田学农")
    assert wuye("department", "add", "绿化部", "--duty", "绿化", "--vendor", "春分园艺").code == 0
    said = wuye("nonconformity", "add", "大堂有积水", department)
    assert said.code == 0 and f"先口头告知{words}（tell）" in said.err
    assert words.removeprefix(department) in wuye("print", "bh1").out
    one = row(wuye("nonconformity", "add", "灯不亮", "维修中心", "-o", "json"))
    assert (one["department"], one["to_tell"]) == ("engineering", "主管周德明")


def test_without_a_department_nobody_can_be_told(wuye: Wuye) -> None:
    said = wuye("nonconformity", "add", "大堂有积水")
    assert said.code == 0 and "还没有写责任部门" in said.err
    for step in (("tell", "--whom", "孙海"), ("slip",)):
        said = wuye("nonconformity", step[0], "bh1", *step[1:])
        assert said.code == 1 and "还没有责任部门" in said.err
    assert wuye("nonconformity", "tell", "bh1", "--whom", "罗桂珍", "--department", "保洁").code == 0


@pytest.mark.parametrize(("department", "slip", "zh"), SLIPS)
def test_each_department_has_its_slip(department: str, slip: str, zh: str, wuye: Wuye) -> None:
    add(wuye, department)
    other = "不合格单" if slip == "coordination" else "内部协调单"
    said = wuye("nonconformity", "slip", "bh1", "--slip", other)
    assert said.code == 1 and f"{department}开{zh}，不开{other}" in said.err
    one = row(wuye("nonconformity", "slip", "bh1", "-o", "json"))
    assert (one["slip"], one["status"], one["notice"]) == (slip, "told", slip)
    assert wuye("print", "bh1").out.split("\n")[1] == zh


def test_of_other_departments_the_slip_is_named(wuye: Wuye) -> None:
    add(wuye, "绿化")
    said = wuye("nonconformity", "slip", "bh1")
    assert said.code == 1 and "请用 --slip 给出" in said.err
    assert wuye("nonconformity", "slip", "bh1", "--slip", "不合格单").code == 0


def test_told_and_no_slip_is_valid_and_a_slip_may_follow(wuye: Wuye) -> None:
    assert add(wuye)["notice"] == "none"
    one = row(wuye("nonconformity", "tell", "bh1", "--whom", "罗桂珍", "-o", "json"))
    assert (one["status"], one["notice"], one["slip"]) == ("told", "told", None)
    assert "已告知，未开单" in wuye("nonconformity", "list").out
    assert row(wuye("nonconformity", "slip", "bh1", "-o", "json"))["notice"] == "nonconformity"


def test_it_is_tracked_until_another_has_verified_it(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("nonconformity", "verify", "bh1", "--verified-by", "林晓燕").code == 1
    wuye("nonconformity", "tell", "bh1", "--whom", "罗桂珍")
    assert wuye("nonconformity", "correct", "bh1").code == 2
    assert wuye("nonconformity", "correct", "bh1", "--corrected-by", "罗桂珍", "--measure", "已拖干").code == 0
    said = wuye("nonconformity", "verify", "bh1", "--verified-by", "罗桂珍")
    assert said.code == 1 and "罗桂珍 是整改人，不能自己复查" in said.err
    assert "BH-20261122-001" in wuye("today").out
    assert wuye("nonconformity", "verify", "bh1", "--verified-by", "林晓燕").code == 0
    assert "BH-20261122-001" not in wuye("today").out and wuye("check").code == 0


def test_its_limits_and_the_day_that_was_set(wuye: Wuye) -> None:
    add(wuye)
    found = clocks(wuye)
    assert found["tell"]["due"] == "2026-11-22T14:00+08:00"
    assert found["correct"]["due"] == "2026-11-25T18:00+08:00"
    assert found["correct"]["rule"].startswith("nonconformity.correct")
    wuye("nonconformity", "tell", "bh1", "--whom", "罗桂珍", "--due-on", "2026-11-24")
    assert clocks(wuye)["correct"]["due"] == "2026-11-24T18:00+08:00"
    wuye("nonconformity", "correct", "bh1", "--corrected-by", "罗桂珍", now="2026-11-24T10:00")
    assert clocks(wuye)["verify"]["due"] == "2026-11-26T18:00+08:00"
    assert wuye("nonconformity", "reject", "bh1", "--reason", "又积水", "--due-on", "2026-11-28").code == 0
    found = clocks(wuye, now="2026-11-29T10:00")
    assert found["verify"]["state"] == "met"
    assert (found["correct"]["due"], found["correct"]["state"]) == ("2026-11-28T18:00+08:00", "late")
    assert wuye("nonconformity", "correct", "bh1", "--corrected-by", "罗桂珍").code == 0
    assert clocks(wuye)["verify"]["due"] == "2026-12-01T18:00+08:00"


def test_without_a_new_day_a_refused_correction_has_the_limit_again(wuye: Wuye) -> None:
    add(wuye)
    wuye("nonconformity", "correct", "bh1", "--corrected-by", "罗桂珍")
    wuye("nonconformity", "reject", "bh1", "--reason", "没有擦干", now="2026-11-24T10:00")
    assert clocks(wuye)["correct"]["due"] == "2026-11-27T18:00+08:00"


def test_a_reading_that_shows_a_fault_becomes_an_order_or_a_nonconformity(wuye: Wuye) -> None:
    assert wuye("reading", "add", "3-2-1201", "水费", "5", "--remark", "表不走").code == 0
    for kind in ("workorder", "nonconformity"):
        one = row(wuye(kind, "add", "--of", "cb1", "-o", "json"))
        assert (one["room"], one["text"], one["of"]) == ("3-2-1201", "表不走", "CB-20261122-001")
    links = [e["link"] for e in row(wuye("reading", "show", "cb1", "-o", "json"))["log"] if e["step"] == "link"]
    assert links == ["GD-20261122-001", "BH-20261122-001"]


def test_it_is_counted_by_department_in_the_day_and_the_month(wuye: Wuye) -> None:
    add(wuye)
    add(wuye, "工程")
    rows = {r["row"]: r for r in wuye("day", "-o", "json").json["rows"]}
    assert rows["nonconformity"]["new"] == 2 and rows["nonconformity.cleaning"]["still_open"] == 1
    assert "责任部门：保洁" in wuye("month").out


def test_a_department_of_the_office_s_own_words_is_kept_and_found(wuye: Wuye) -> None:
    add(wuye)
    assert add(wuye, "停车场管理方")["department"] == "停车场管理方"
    for word, name in (("保洁", "BH-20261122-001"), ("停车场管理方", "BH-20261122-002")):
        for _ in "read", "index":
            found = wuye("nonconformity", "list", "--where", f"责任部门={word}", "-o", "json").records
            assert [r["id"] for r in found] == [name]
            assert name in wuye("find", word).out
    said = wuye("nonconformity", "slip", "bh2")
    assert said.code == 1 and "停车场管理方开哪种单没有定" in said.err
    assert wuye("check").code == 0
