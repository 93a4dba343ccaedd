"""Training: need, plan, held, who came, examination; the year's plan against what was held; newcomers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said

Wuye = Callable[..., Said]


def did(wuye: Wuye, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye("training", *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def test_from_the_need_to_the_result(wuye: Wuye) -> None:
    assert did(wuye, "add", "投诉处理", "--need", "本月投诉多")["status"] == "needed"
    record = did(wuye, "plan", "px1", "--planned-on", "2026-11-25", "--invited", "李静、王芳、赵敏", "--exam", "笔试")
    assert record["status"] == "planned" and record["clocks"][0]["due"] == "2026-11-25T18:00+08:00"
    record = did(wuye, "hold", "px1", "--came", "李静、王芳", "--hours", "2", now="2026-11-25T16:00")
    assert (record["held_on"], record["came_count"], record["absentees"]) == ("2026-11-25", 2, ["赵敏"])
    assert [c["state"] for c in record["clocks"]] == ["met", "open"]
    assert record["clocks"][1]["due"] == "2026-12-02T18:00+08:00"
    assert "赵敏 没有到场" in wuye("training", "examine", "px1", "--results", "赵敏 90").err
    said = wuye("training", "examine", "px1", "--results", "李静 92、王芳 55")
    assert said.code == 0 and "王芳 不合格：补考后再用 examine 登记" in said.err
    assert did(wuye, "examine", "px1", "--results", "王芳 80 合格")["passed"] == "2/2", "examined again"
    assert did(wuye, "close", "px1", "--effect", "投诉减少")["status"] == "closed"


def test_nobody_is_forgotten_in_an_examination(wuye: Wuye) -> None:
    did(wuye, "add", "消防", "--came", "李静、王芳", "--exam", "实操")
    did(wuye, "examine", "px1", "--results", "李静 合格")
    assert "王芳 还没有考核结果" in wuye("training", "close", "px1").err
    assert "写了两次" in wuye("training", "examine", "px1", "--results", "李静 60、李静 70").err


def test_coaching_on_the_spot_is_held_when_it_is_told(wuye: Wuye) -> None:
    record = did(wuye, "add", "接电话用语", "--sort", "辅导", "--trainer", "林晓燕", "--came", "李静")
    assert record["status"] == "held" and record["sort"] == "coaching" and record["clocks"] == []
    assert did(wuye, "close", "px1")["status"] == "closed"


@pytest.mark.parametrize("words", ["李静", "李静 优", "李静 1000"])
def test_results_that_mean_nothing(wuye: Wuye, words: str) -> None:
    did(wuye, "add", "消防", "--came", "李静")
    assert wuye("training", "examine", "px1", "--results", words).code == 2


# --- the year


SESSIONS = "消防演练 3月 2课时 工程部 6人、投诉处理 11月 2课时、礼仪 12月"


def test_sessions_are_told_apart_by_how_they_are_written(wuye: Wuye) -> None:
    said = wuye("yearplan", "add", "2026培训", "--plan", "培训", "--year", "2026", "--sessions", SESSIONS, "-o", "json")
    assert said.code == 0, said.err
    assert said.records[0]["sessions"] == [
        {"topic": "消防演练", "month": "03", "hours": "2", "department": "工程部", "people": 6},
        {"topic": "投诉处理", "month": "11", "hours": "2"}, {"topic": "礼仪", "month": "12"},
    ]  # fmt: skip
    assert "工程部 6 人" in wuye("yearplan", "show", "2026培训").out
    assert wuye("yearplan", "approve", "2026培训", "--approved-by", "方慧").code == 0
    assert "没有写调整成什么" in wuye("yearplan", "revise", "2026培训", "--reason", "x").err
    revised = wuye("yearplan", "revise", "2026培训", "--reason", "加一次", "--sessions", "消防演练 9月")
    assert revised.code == 0, revised.err


@pytest.mark.parametrize(("words", "told"), [
    ([], "培训计划缺少项目"), (["--sessions", "3月 2课时"], "没有主题"),
    (["--sessions", "消防 演练 3月"], "第二个主题"),
    (["--sessions", "消防 13月"], "月份应是 1 到 12"),
])  # fmt: skip
def test_sessions_that_mean_nothing(wuye: Wuye, words: list[str], told: str) -> None:
    said = wuye("yearplan", "add", "2026培训", "--plan", "培训", "--year", "2026", *words)
    assert said.code == 2 and told in said.err


def test_the_plan_beside_what_was_held(wuye: Wuye) -> None:
    wuye("yearplan", "add", "2026培训", "--plan", "培训", "--year", "2026", "--sessions", SESSIONS)
    did(wuye, "add", "投诉处理", "--plan", "2026培训", "--came", "李静、王芳")
    did(wuye, "add", "急救", "--came", "赵敏")
    said = wuye("training", "year", "-o", "json")
    assert said.code == 0, said.err
    rows = {row["topic"]: row for row in said.json["rows"]}
    assert {topic: row["state"] for topic, row in rows.items()} == {
        "消防演练": "overdue", "投诉处理": "held", "礼仪": "open", "急救": "extra"}  # fmt: skip
    assert rows["投诉处理"]["came"] == 2 and rows["投诉处理"]["id"] == "PX-20261122-001"
    did(wuye, "add", "礼仪", "--planned-on", "2026-12-10")
    rows = {row["topic"]: row for row in wuye("training", "year", "2026", "-o", "json").json["rows"]}
    assert rows["礼仪"]["state"] == "planned"
    assert "没有 2025 年" in wuye("training", "year", "2025").out
    assert "四位年份" in wuye("training", "year", "去年").err


def test_a_plan_that_is_not_there_is_said(wuye: Wuye) -> None:
    assert "年度计划里没有“2026培训”" in wuye("training", "add", "消防", "--plan", "2026培训").err
    wuye("yearplan", "add", "2026培训", "--plan", "培训", "--year", "2026", "--sessions", SESSIONS)
    assert "里没有“急救”这一项" in wuye("training", "add", "急救", "--plan", "2026培训").err


def test_newcomers_are_trained_within_a_month(wuye: Wuye) -> None:
    wuye("staff", "add", "李静", "--post", "前台", "--since", "2026-10-01")
    wuye("staff", "add", "王芳", "--post", "前台", "--since", "2026-11-10")
    wuye("staff", "add", "赵敏", "--post", "前台", "--since", "2020-01-01")
    rows = wuye("training", "newcomers", "-o", "json").json["rows"]
    assert [(r["name"], r["due"], r["late"]) for r in rows] == [
        ("李静", "2026-11-01", True), ("王芳", "2026-12-10", False)]  # fmt: skip
    did(wuye, "add", "入职培训", "--sort", "入职", "--came", "李静")
    assert [r["name"] for r in wuye("training", "newcomers", "-o", "json").json["rows"]] == ["王芳"]
