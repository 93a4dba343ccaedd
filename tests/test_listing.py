"""`count`: how many records have each value of a field; the numbers add up and open into records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ADD, NOVEMBER, Said, played

Wuye = Callable[..., Said]


@played
def mixed(wuye: Wuye) -> Wuye:
    """Four complaints: two of engineering, one of noise, one without a subject, in two months."""
    for words in (
        ("漏水", "--subject", "工程维修"), ("灯坏", "--subject", "engineering", "--at", "2026-10-15 10:00"),
        ("吵", "--subject", "噪音"), ("别的",),
    ):  # fmt: skip
        assert wuye(*ADD, *words).code == 0
    return wuye


def test_counts_by_a_field_add_up_and_name_their_records(mixed: Wuye) -> None:
    answer = mixed("complaint", "count", "subject", "-o", "json").json
    assert [(r["value"], r["count"]) for r in answer["rows"]] == [("engineering", 2), (None, 1), ("noise", 1)]
    assert answer["total"] == 4 == sum(len(r["ids"]) for r in answer["rows"])
    assert "TS-20261015-001" in answer["rows"][0]["ids"]
    table = mixed("complaint", "count", "类别").out
    assert "工程维修" in table and "（未填）" in table and "共 4 条" in table


def test_filters_and_other_ways_to_count(mixed: Wuye) -> None:
    one = mixed("complaint", "count", "subject", "--period", "2026-10", "-o", "json").json
    assert [(r["value"], r["count"]) for r in one["rows"]] == [("engineering", 1)]
    months = mixed("complaint", "count", "月份", "-o", "json").json["rows"]
    assert {r["value"]: r["count"] for r in months} == {"2026-10": 1, "2026-11": 3}
    assert mixed("complaint", "count", "状态", "-o", "json").json["rows"][0]["zh"] == "已登记"
    levels = mixed("complaint", "count", "level", "-o", "json").json["rows"]  # October's is unsettled for a month
    assert {r["zh"]: r["count"] for r in levels} == {"一般": 3, "重大": 1}
    assert mixed("complaint", "count", "subject", "--where", "类别 = 噪音", "-o", "json").json["total"] == 1


def test_goods_are_counted_by_name(wuye: Wuye) -> None:
    for goods in ("冰箱x1,纸箱x3", "纸箱x2"):
        assert wuye("pass", "add", "--room", "3-2-1201", "--carrier", "王女士", "--goods", goods).code == 0
    answer = wuye("pass", "count", "goods", "-o", "json").json
    assert {r["value"]: r["count"] for r in answer["rows"]} == {"纸箱": 2, "冰箱": 1} and answer["total"] == 2


@pytest.mark.parametrize(
    ("field", "words"), [("subjekt", "是不是 subject"), ("phone", "电话是要遮住的"), ("天气", "没有“天气”这一项")]
)
def test_what_cannot_be_counted(mixed: Wuye, field: str, words: str) -> None:
    said = mixed("complaint", "count", field)
    assert said.code == 2 and words in said.err


def test_a_count_over_damage_is_refused(mixed: Wuye, office: Path) -> None:
    with (office / NOVEMBER).open("a", encoding="utf-8") as file:
        file.write("- id: TS-20261122-009\n  status: recorded\n  received: bad\n")
    assert mixed("complaint", "count", "subject").code == 65
