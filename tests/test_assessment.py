"""Performance assessment: indicators, rewards, penalties from the records, by what is set (domain.md 40)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played

from wuye import scheme, yamlio
from wuye.scheme import Scheme

Wuye = Callable[..., Said]


def told(text: str) -> tuple[Scheme, list[str]]:
    found, faults = scheme.parse(yamlio.load(text))
    return found, [f"{fault.path[-1]}：{fault.words}" for fault in faults]


def lines(wuye: Wuye, *argv: str) -> list[dict[str, Any]]:
    said = wuye("assessment", *argv, "-o", "json")
    assert said.code == 0, said.err
    rows: list[dict[str, Any]] = said.json["rows"]
    return rows


def sets(office: Path, text: str) -> None:
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(f"assessment:\n{text}")


# --- what is set


def test_amounts_have_no_default_and_counts_have_the_domains() -> None:
    found, faults = told("penalties: {dress: {amount: '50'}}")
    assert faults == [] and found.of("dress", "amount") == 50
    assert [found.of(code, "count") for code in ("dress", "records", "unrecorded", "not-reported")] == [2, 3, 3, 2]
    assert found.of("records", "amount") is None and found.of("collection", "rate") is None
    assert scheme.parse("")[0].of("emergency", "amount") is None
    assert told("rewards: {collection: {rate: 95%, amount: '1,000'}}")[0].of("collection", "amount") == Decimal(1000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("reward: {}", "没有 reward"), ("targets: {collection: '95'}", "没有 collection 这个考核指标"),
        ("targets: {collection-rate: 高}", "应是数"), ("rewards: {dress: {amount: '1'}}", "没有 dress 这一条"),
        ("penalties: {dress: {rate: '1'}}", "不写 rate"), ("penalties: {dress: {count: '0'}}", "应是数"),
        ("penalties: {dress: '50'}", "写成"), ("targets: x", "清单"), ("rewards: x", "清单"), ("x", "targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(text: str, words: str) -> None:
    assert any(words in one for one in told(text)[1]), told(text)[1]


def test_all_mistakes_at_once_with_their_lines(wuye: Wuye, office: Path) -> None:
    sets(office, "  targets: {x: '1'}\n  penalties:\n    dress: {rate: '1'}\n")
    said = wuye("assessment")
    assert said.code == 78 and "wuye.yaml:" in said.err and "没有 x" in said.err and "不写 rate" in said.err
    assert wuye("check").code == 78


# --- penalties


def breach(wuye: Wuye, person: str, what: str, text: str, at: str) -> None:
    argv = ("--person", person, "--breach", what, "--department", "客服部", "--at", at)
    assert wuye("nonconformity", "add", "--place", "前台", "--text", text, *argv, "--yes").code == 0


def test_findings_against_people_are_counted_by_the_month(wuye: Wuye, office: Path) -> None:
    sets(office, "  penalties:\n    dress: {amount: '50'}\n")
    for day in ("2026-10-05 10:00", "2026-11-03 10:00", "2026-11-09 10:00"):
        breach(wuye, "赵敏", "仪容着装", f"没戴工牌 {day}", day)
    breach(wuye, "李静", "日常记录未做", "交接班没写", "2026-11-04 10:00")
    breach(wuye, "李静", "日常记录未做", "又没写", "2026-11-05 10:00")
    found = {(r["code"], r["person"], r["when"]): r for r in lines(wuye, "2026-11")}
    dress = found["dress", "赵敏", "2026-11"]
    assert (dress["found"], dress["reached"], dress["amount"], len(dress["ids"])) == ("2 次", True, "50", 2)
    records = found["records", "李静", "2026-11"]
    assert (records["set"], records["reached"], records["amount"]) == ("每月 3 次起", False, None)
    year = {(r["person"], r["when"]): r["reached"] for r in lines(wuye, "2026-11", "--year") if r["code"] == "dress"}
    assert year == {("赵敏", "2026-10"): False, ("赵敏", "2026-11"): True}
    assert {r["person"] for r in lines(wuye, "2026-11", "--person", "李静")} == {"李静"}
    totals = wuye("assessment", "2026-11", "-o", "json").json["totals"]
    assert totals == [{"person": "赵敏", "rewards": "0", "penalties": "50", "unset": 0}]


# --- emergencies


def test_emergencies_are_judged_by_a_named_person(wuye: Wuye, office: Path) -> None:
    sets(office, "  rewards:\n    emergency: {amount: '200'}\n")
    assert wuye("incident", "add", "--type", "火灾", "--place", "3栋地下室", "--text", "电动车冒烟").code == 0
    judge = ("incident", "judge", "sj1", "--judged-by", "方慧")
    assert wuye(*judge, "--person", "冯磊", "--verdict", "得当").code == 0
    assert wuye(*judge, "--person", "周师傅", "--verdict", "不良后果", "--said", "拖延维修").code == 0
    found = {r["code"]: r for r in lines(wuye, "2026-11")}
    assert (found["emergency"]["person"], found["emergency"]["amount"]) == ("冯磊", "200")
    assert "方慧" in found["emergency"]["found"] and found["emergency"]["ids"] == ["SJ-20261122-001"]
    assert (found["neglected"]["person"], found["neglected"]["amount"]) == ("周师傅", None)
    assert wuye("assessment", "2026-11", "-o", "json").json["totals"][1]["unset"] == 1
    assert lines(wuye, "2026-10") == []


# --- money


@played
def billed(wuye: Wuye, office: Path) -> Wuye:
    """Two units of building 3, whose bills Zhou Min collects."""
    for room, amount in (("3-2-1201", "100"), ("3-2-1202", "100")):
        assert wuye("unit", "add", room, "--area", "90").code == 0
        add = ("bill", "add", room, "--item", "物业费", "--amount", amount, "--due", "2026-11-05", "--at", "2026-11-01")
        assert wuye(*add, "--period-from", "2026-11-01", "--period-until", "2026-11-30", "--yes").code == 0
        contact = ("dunning", "add", room, "--method", "phone", "--stage", "phone", "--collector", "周敏", "--yes")
        assert wuye(*contact, "--at", "2026-11-10 10:00").code == 0
    assert wuye("payment", "add", "3-2-1201", "100", "--way", "微信").code == 0
    return wuye


def test_collection_by_collector_against_what_is_set(billed: Wuye, office: Path) -> None:
    found = {r["code"]: r for r in lines(billed, "2026-11")}
    assert found["collection"]["reached"] is None and found["missed"]["reached"] is None
    assert "—" in billed("assessment", "2026-11").out
    sets(office, "  targets: {collection-rate: '40'}\n  rewards:\n    collection: {rate: '50', amount: '500'}\n"
                 "    dunned: {units: '2', over: '500', amount: '300'}\n  penalties:\n    missed: {rate: '60'}\n")
    found = {r["code"]: r for r in lines(billed, "2026-11")}
    assert (found["collection"]["reached"], found["collection"]["amount"]) == (True, "500")
    assert len(found["collection"]["ids"]) == 2
    assert (found["missed"]["reached"], found["missed"]["amount"]) == (True, None)
    assert found["dunned"]["reached"] is False and "2 户，200.00 元" in found["dunned"]["found"]
    one = {i["name"]: i for i in billed("assessment", "2026-11", "-o", "json").json["indicators"]}
    assert (one["collection-rate"]["value"], one["collection-rate"]["reached"]) == ("50.0", True)
    assert one["repair-completion"]["value"] is None and one["repair-completion"]["reached"] is None
    assert one["collection-rate"]["denominator_ids"] == ["ZD-20261101-001", "ZD-20261101-002"]


def test_an_area_is_measured_by_the_years_plan(billed: Wuye) -> None:
    plan = ("2026催缴", "--plan", "催缴", "--year", "2026", "--targets", "周敏 3栋 95%")
    assert billed("yearplan", "add", *plan).code == 0
    (missed,) = [r for r in lines(billed, "2026-11") if r["code"] == "missed"]
    assert missed["reached"] is True and missed["set"] == "低于 95%" and missed["found"].startswith("3栋 50.0%")


def test_of_complaints_fewer_are_better(wuye: Wuye, office: Path) -> None:
    sets(office, "  targets: {valid-of-all: '30'}\n")
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    assert wuye("complaint", "judge", "ts1", "--nature", "valid", "--cause", "1").code in (0, 2)
    found = {i["name"]: i for i in wuye("assessment", "2026-11", "-o", "json").json["indicators"]}
    value = Decimal(found["valid-of-all"]["value"])
    assert found["valid-of-all"]["reached"] is (value <= 30)


def test_a_period_is_one_month_or_year_that_has_begun(wuye: Wuye) -> None:
    for words in ("2027-01", "2025-12..2026-01", "哪天"):
        assert wuye("assessment", words).code == 2
