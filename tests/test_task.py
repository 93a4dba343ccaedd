"""Anything with an owner and a due date (domain.md 12), and the report back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said
from story import Story, at

from wuye import records
from wuye.errors import Refused

Wuye = Callable[..., Said]
TASK = records.kind("task")


def task(**words: str) -> Story:
    first = {"text": "查车库渗水", "owner": "何建国", "due_on": "2026-11-25"}
    return Story(TASK).add("2026-11-20 10:00", **{**first, **words})


def test_it_is_due_at_the_end_of_its_day_or_at_its_hour() -> None:
    assert task().clocks("2026-11-20 10:00")["done"].due == at("2026-11-25 18:00")
    one = task(due_on="2026-11-24 11:00")
    assert one.clocks("2026-11-24 11:01")["done"].state == "late"
    one.do("done", "2026-11-24 12:00")
    assert one.clocks("2026-11-24 12:00")["done"].state == "missed"
    dropped = task().do("cancel", "2026-11-21 10:00", reason="不用了")
    assert dropped.clocks("2026-11-26 10:00") == {}


def test_another_day_needs_a_reason(wuye: Wuye) -> None:
    assert wuye("task", "add", "查渗水", "--owner", "何建国", "--due-on", "11-25").code == 0
    said = wuye("task", "edit", "rw1", "--due-on", "11-27")
    assert said.code == 2 and "extend" in said.err
    assert wuye("task", "extend", "rw1", "--due-on", "11-27").code == 2
    said = wuye("task", "extend", "rw1", "--due-on", "11-27", "--reason", "等配件", "-o", "json")
    assert said.records[0]["clocks"][0]["due"] == "2026-11-27T18:00+08:00"


def test_it_passes_to_another_owner() -> None:
    one = task().do("assign", "2026-11-21 10:00", owner="李静")
    assert one.record["owner"] == "李静" and one.record.entries("assign")[0].was == {"owner": "何建国"}


def test_an_order_is_reported_back_in_a_working_day() -> None:
    one = task(source="领导", ordered_by="吴经理").do("done", "2026-11-20 16:00")
    reading = one.clocks("2026-11-20 16:00")["report"]
    assert reading.due == at("2026-11-23 18:00") and "task.report" in reading.rule and reading.waits
    with pytest.raises(Refused, match="--to"):
        one.do("report", "2026-11-20 17:00")
    one.do("report", "2026-11-20 17:00", to="吴经理", said="已报方案")
    assert one.clocks("2026-11-20 17:00")["report"].state == "met"


def test_the_day_named_for_the_report_goes_before_the_limit() -> None:
    one = task(report_to="吴经理", report_on="2026-11-27").do("report", "2026-11-20 15:00")
    one.do("done", "2026-11-20 16:00")
    reading = one.clocks("2026-11-20 16:00")["report"]
    assert reading.due == at("2026-11-27 18:00") and reading.waits, "a report before it was done is not the last one"
    assert "report" not in task().do("done", "2026-11-20 16:00").clocks("2026-11-30 10:00"), "nobody asked for one"
    one.do("reopen", "2026-11-21 10:00", reason="漏了一处")
    assert "report" not in one.clocks("2026-11-21 10:00")


def test_what_staff_bring_up_is_answered(wuye: Wuye) -> None:
    words = ("--owner", "林晓燕", "--due-on", "11-25", "--source", "员工建议", "--ordered-by", "李静")
    assert wuye("task", "add", "备一把轮椅", *words).code == 0
    assert "还没有答复" in wuye("task", "done", "rw1", "--dry-run").err
    assert wuye("task", "answer", "rw1", "--answer", "本月采购", "--answered-by", "方慧").code == 0
    said = wuye("task", "done", "rw1", "-o", "json")
    assert "还没有答复" not in said.err and said.records[0]["answer"] == "本月采购"


def test_what_it_comes_of_and_the_duty_it_fulfils_are_kept(wuye: Wuye) -> None:
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    words = ("--owner", "何建国", "--due-on", "11-25", "--duty", "fee-report", "--period", "2026-11")
    made = wuye("task", "add", "--of", "ts1", *words, "-o", "json").records[0]
    assert (made["source"], made["text"]) == ("complaint", "漏水")
    assert (made["duty"], made["period"]) == ("fee-report", "2026-11")
    assert wuye("complaint", "show", "ts1", "-o", "json").records[0]["log"][-1]["link"] == made["id"]
