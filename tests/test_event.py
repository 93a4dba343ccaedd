"""Events and meetings (domain.md 38): told whom, who answered, held, minutes, measures as tasks, what it cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said
from story import Story, at

from wuye import records
from wuye.errors import BadInput, Refused
from wuye.records.event import invited

Wuye = Callable[..., Said]
EVENT = records.kind("event")
MEETING = {"title": "服务质量会议", "sort": "quality", "starts": "2026-11-25 14:00", "venue": "会议室"}


def meeting(**words: str) -> Story:
    return Story(EVENT).add("2026-11-20 10:00", **{**MEETING, **words})


def test_who_was_told_and_who_answered() -> None:
    one = meeting().do("invite", "2026-11-20 11:00", whom="方慧、孙海、周德明", way="微信")
    one.do("answer", "2026-11-20 12:00", whom="方慧、孙海", answer="参加")
    one.do("answer", "2026-11-20 13:00", whom="孙海", answer="不来")
    assert invited(one.record, one.basis("2026-11-20 13:00")) == "通知 3，答复 2，参加 1"
    with pytest.raises(Refused, match="李静 还没有通知过"):
        one.do("answer", "2026-11-20 12:00", whom="李静", answer="参加")
    with pytest.raises(Refused, match="方慧 已经答复过"):
        one.do("invite", "2026-11-20 14:00", whom="方慧")
    hold = EVENT.flow.step("hold")
    assert hold and hold.warn
    assert hold.warn(one.record, {}, one.basis("2026-11-25 15:00")) == "没有明确答复的：周德明"
    assert "还没有到" in hold.warn(one.record, {}, one.basis("2026-11-24 15:00"))


def test_it_is_held_when_it_should_be_or_put_off() -> None:
    one = meeting(ends="2026-11-25 16:00")
    assert one.clocks("2026-11-20 10:00")["hold"].due == at("2026-11-25 18:00")
    assert meeting(ends="2026-11-25 21:00").clocks("2026-11-20 10:00")["hold"].due == at("2026-11-25 21:00")
    one.do("postpone", "2026-11-24 10:00", starts="2026-11-27 14:00", ends="2026-11-27 16:00", reason="经理外出")
    assert one.clocks("2026-11-26 10:00")["hold"].state == "open"
    one.do("hold", "2026-11-27 15:00", "2026-11-27 14:00", came="5")
    assert one.clocks("2026-11-27 15:00")["hold"].state == "met"
    with pytest.raises(BadInput, match="--ends"):
        meeting(ends="2026-11-25 13:00")
    assert meeting().do("cancel", "2026-11-24 10:00", reason="改期").clocks("2026-11-26 10:00") == {}


def test_a_meeting_has_minutes_within_three_working_days() -> None:
    one = meeting().do("hold", "2026-11-25 16:00", attendees="方慧、孙海")
    assert one.clocks("2026-11-25 16:00")["minutes"].due == at("2026-11-30 18:00")
    with pytest.raises(Refused, match="纪要"):
        one.do("close", "2026-11-25 17:00", result="议定一项")
    one.do("minutes", "2026-11-26 10:00", minutes="加一次巡收").do("close", "2026-11-26 11:00", result="议定一项")
    assert one.clocks("2026-11-26 11:00")["minutes"].state == "met" and one.record.status == "closed"


def test_its_measures_are_tasks(wuye: Wuye) -> None:
    words = ("--sort", "服务质量会议", "--starts", "11-21 14:00", "--venue", "会议室")
    assert wuye("event", "add", "服务质量会议", *words).code == 0
    assert wuye("event", "hold", "hd1").code == 0 and wuye("event", "minutes", "hd1", "--minutes", "见附件").code == 0
    assert "没有登记措施" in wuye("event", "close", "hd1", "--result", "议定", "--dry-run").err
    made = wuye("task", "add", "加一次巡收", "--of", "hd1", "--owner", "何建国", "--due-on", "11-30", "-o", "json")
    assert made.code == 0 and made.records[0]["source"] == "event" and made.records[0]["reporter"] is None
    said = wuye("event", "close", "hd1", "--result", "议定", "-o", "json")
    assert "没有登记措施" not in said.err and made.records[0]["id"] in str(said.records[0]["log"])


def test_a_day_for_residents_needs_no_minutes_and_keeps_to_its_budget(wuye: Wuye) -> None:
    words = ("--sort", "活动", "--starts", "11-21 14:00", "--venue", "广场", "--budget", "1000", "--plan", "磨刀理发")
    assert wuye("event", "add", "便民服务日", *words, "--staff", "何建国（签到）、李静").code == 0
    said = wuye("event", "hold", "hd1", "--came", "143", "--on-site", "两名保安", "-o", "json")
    assert [c["name"] for c in said.records[0]["clocks"]] == ["hold"]
    assert wuye("event", "close", "hd1").code == 2
    said = wuye("event", "close", "hd1", "--result", "服务 143 人次", "--spent", "1,200.50", "-o", "json")
    assert "超出预算 200.50 元" in said.err and said.records[0]["status"] == "closed"
