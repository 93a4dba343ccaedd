"""The duty log (domain.md 11): time, what, whom one told; made into another record in one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said

from wuye import records

Wuye = Callable[..., Said]
DUTYLOG = records.kind("dutylog")


def test_most_entries_are_said_and_done(wuye: Wuye) -> None:
    said = wuye("dutylog", "add", "大堂有人发传单，劝离", "--matter", "秩序", "--at", "9:20", "-o", "json")
    assert (said.records[0]["status"], said.records[0]["received"]) == ("noted", "2026-11-22T09:20+08:00")
    assert wuye("dutylog", "list", "--open", "-o", "json").records == []
    told = wuye("dutylog", "tell", "zb1", "--told", "冯磊", "-o", "json").records[0]
    assert (told["told"], told["told_at"], told["status"]) == ("冯磊", "2026-11-22T10:00+08:00", "noted")
    assert wuye("dutylog", "pursue", "zb1", "-o", "json").records[0]["status"] == "pending"


def test_what_waits_stays_open_until_it_is_closed(wuye: Wuye) -> None:
    assert wuye("dutylog", "add", "监控黑屏", "--matter", "异常", "--pending").code == 0
    assert "还没有告知任何人" in wuye("dutylog", "close", "zb1", "--dry-run").err
    assert wuye("dutylog", "tell", "zb1", "--told", "周德明").code == 0
    said = wuye("dutylog", "close", "zb1", "-o", "json")
    assert said.records[0]["status"] == "closed" and "还没有告知" not in said.err


@pytest.mark.parametrize(("kind", "more"), [
    ("task", ("--owner", "何建国", "--due-on", "明天")), ("visitor", ("--name", "赵先生")),
    ("workorder", ()), ("complaint", ("--reporter", "王女士")),
    ("incident", ("--type", "fire")), ("nonconformity", ()),
])  # fmt: skip
def test_it_becomes_another_record_in_one_step(wuye: Wuye, kind: str, more: tuple[str, ...]) -> None:
    assert wuye("dutylog", "add", "外来人员要进三楼", "--room", "3-2-1201", "--pending").code == 0
    said = wuye(kind, "add", "--of", "zb1", *more, "-o", "json")
    assert said.code == 0, said.err
    made = said.records[0]
    assert made["purpose" if kind == "visitor" else "text"] == "外来人员要进三楼"
    assert made["unit" if kind == "visitor" else "room"] == "3-2-1201"
    entry = wuye("dutylog", "show", "zb1", "-o", "json").records[0]
    assert entry["status"] == "closed" and entry["log"][-1]["link"] == made["id"]


def test_incidents_and_findings_close_it_too() -> None:
    assert {"incident", "nonconformity", "task", "visitor"} <= set(DUTYLOG.turns)
