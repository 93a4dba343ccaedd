"""Notices (domain.md 15): checked, approved, published, taken down on their day; publicity drives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said
from story import Story, at

from wuye import records
from wuye.errors import Refused

Wuye = Callable[..., Said]
NOTICE = records.kind("notice")


def approved(**words: str) -> Story:
    one = Story(NOTICE).add("2026-11-20 09:00", **{"title": "清洗水箱停水通知", "author": "李静", **words})
    return one.do("check", "2026-11-20 10:00", checker="林晓燕").do("approve", "2026-11-20 11:00", approver="方慧")


def test_nothing_hangs_that_was_not_checked_and_approved(wuye: Wuye) -> None:
    assert wuye("notice", "add", "停水通知", "--author", "李静").code == 0
    assert wuye("notice", "approve", "tz1", "--approver", "方慧").code == 1
    assert wuye("notice", "publish", "tz1", "--places", "大堂").code == 1
    assert wuye("notice", "check", "tz1").code == 2, "by whom is needed"
    assert wuye("notice", "check", "tz1", "--checker", "林晓燕").code == 0
    said = wuye("notice", "approve", "tz1", "--approver", "李静")
    assert said.code == 1 and "起草人" in said.err
    assert wuye("notice", "revise", "tz1", "--reason", "时间不清").code == 0
    assert wuye("notice", "show", "tz1", "-o", "json").records[0]["status"] == "draft"


def test_it_is_taken_down_on_its_day() -> None:
    one = approved().do("publish", "2026-11-20 12:00", places="1栋大堂、东门", take_down_on="2026-11-25")
    reading = one.clocks("2026-11-20 12:00")["take-down"]
    assert reading.due == at("2026-11-25 18:00") and one.record["places"] == ("1栋大堂", "东门")
    one.do("extend", "2026-11-24 10:00", take_down_on="2026-11-27", reason="施工延期")
    assert one.clocks("2026-11-26 10:00")["take-down"].state == "open"
    one.do("take-down", "2026-11-28 10:00")
    assert one.clocks("2026-11-28 10:00")["take-down"].state == "missed"
    hung = NOTICE.computed_by("hung")
    assert hung and hung.of(one.record, one.basis("2026-12-20 10:00")) == 8


def test_without_a_day_nothing_will_remind(wuye: Wuye) -> None:
    assert wuye("notice", "add", "欠费户名单").code == 0
    assert wuye("notice", "check", "tz1", "--checker", "林晓燕").code == 0
    assert wuye("notice", "approve", "tz1", "--approver", "方慧").code == 0
    said = wuye("notice", "publish", "tz1", "--places", "大堂", "-o", "json")
    assert "没有写撤下日期" in said.err and "不写姓名和电话" in said.err and said.records[0]["clocks"] == []


def test_a_drive_has_topic_and_means_and_reaches_so_many(wuye: Wuye) -> None:
    said = wuye("notice", "add", "消防宣传周", "--sort", "宣传活动")
    assert said.code == 2 and "--topic" in said.err and "--means" in said.err
    one = approved(sort="drive", topic="电动车不进楼", means="海报").do("publish", "2026-11-20 12:00", places="大堂")
    assert one.do("reach", "2026-11-21 10:00", reached="236").record["reached"] == 236
    with pytest.raises(Refused, match="不是宣传活动"):
        approved().do("publish", "2026-11-20 12:00", places="大堂").do("reach", "2026-11-21 10:00", reached="3")
