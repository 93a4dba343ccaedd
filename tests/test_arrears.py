"""Arrears as of any day: what is due and unpaid, by every way of taking together, always the same total (J, M)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Said, played
from till import Till, Wuye

from wuye.arrears import BY

TODAY = "2026-11-22"


@played
def till(wuye: Wuye) -> Till:
    """Two units of building 3, one of building 1 and a lease; 3-2-1201 has paid 500."""
    till = Till(wuye)
    till.bill("3-2-1201", "1073.16", "2026-03-31")
    till.bill("3-2-1201", "250.60", "2026-11-25")
    till.bill("3-2-1202", "300.10", "2026-10-25", "水费")
    till.bill("1-1-101", "0.01", "2023-12-31")
    till.bill("ZL-7", "9000", "2026-09-30", "租金")
    till.pay("3-2-1201", "500", "2026-06-30")
    return till


def total(said: Said) -> dict[str, str]:
    return said.json["total"]  # type: ignore[no-any-return]


def test_what_is_not_due_yet_is_no_arrears(till: Till) -> None:
    """Said of a bill on the day it is due, it would be the old fault of M."""
    assert [r["principal"] for r in till.rows("arrears", "3-2-1201")] == ["573.16"]
    assert [r["bill"] for r in till.rows("arrears", "3-2-1201", "--as-of", "2026-11-25")] == ["ZD-20260301-001"]
    assert len(till.rows("arrears", "3-2-1201", "--as-of", "2026-11-26")) == 2
    assert till.rows("arrears", "3-2-1201", "--as-of", "2026-03-31") == []


@pytest.mark.parametrize("by", [*BY, "line"])
def test_every_sum_is_the_sum_of_its_parts(till: Till, by: str) -> None:
    said = till.did("arrears", "--by", by, "-o", "json")
    rows = said.json["rows"]
    for name in ("principal", "fee", "total"):
        assert sum(Decimal(r[name]) for r in rows) == Decimal(total(said)[name])
    whole = {"unit": "873.27", "lease": "9000.00", "bay": "0.00"}.get(by, "9873.27")
    assert total(said)["principal"] == whole


def test_a_total_is_never_cut_off_by_showing_less(till: Till) -> None:
    whole = till.did("arrears", "-o", "json")
    said = till.did("arrears", "--limit", "1", "-o", "json")
    assert len(said.json["rows"]) == 1 and len(whole.json["rows"]) == 4
    assert total(said) == total(whole) and "还有 3 行没有显示" in said.err
    assert "合计 4 户 4 笔：本金 9,873.27" in till.did("arrears", "--limit", "1").out


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("age", ["30 天内", "31—90 天", "181 天—1 年", "2—3 年"]),
        ("building", ["1", "3", "不在楼栋里"]),
        ("item", ["水费", "物业费", "租金"]),
        ("lease", ["ZL-7"]),
        ("账龄", ["30 天内", "31—90 天", "181 天—1 年", "2—3 年"]),
    ],
)
def test_groups(till: Till, by: str, keys: list[str]) -> None:
    assert [r["key"] for r in till.rows("arrears", "--by", by)] == keys


def test_a_building_a_room_a_lease(till: Till) -> None:
    assert {r["key"] for r in till.rows("arrears", "3栋")} == {"3-2-1201", "3-2-1202"}
    assert [r["item"] for r in till.rows("arrears", "ZL-7")] == ["租金"]
    assert till.wuye("arrears", "9栋").code == 1
    assert till.did("arrears", "5-1-101").out.startswith("5-1-101 欠费，截至 2026-11-22\n\n没有欠费")


def test_wrong_words_are_all_told(till: Till) -> None:
    said = till.wuye("arrears", "--by", "flor", "--limit", "x")
    assert said.code == 2 and "--by 没有“flor”" in said.err and "--limit" in said.err
    assert "age" in till.wuye("arrears", "--by", "agee").err
    assert till.wuye("arrears", "--as-of", "31").code == 2


CHARGES = """
charges:
  property:
    zh: 物业费
    way: area
    rates:
    - {from: 2020-01-01, rate: '2.80'}
    due: '25'
    late_fee: {rate: '0.05%'}
money:
  principal_first: yes
"""


def test_the_late_fee_with_its_working(till: Till, office: Path) -> None:
    """The worked example of J with principal first: 91 days on 1,073.16 and 145 days on 573.16."""
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8") + CHARGES, "utf-8")
    row = till.rows("arrears", "3-2-1201", "--explain")[0]
    assert (row["principal"], row["fee"], row["total"]) == ("573.16", "90.38", "663.54")
    assert row["working"] == [
        "2026-03-31 之后至 2026-06-30：1073.16 × 0.0005/天 × 91 天 = 48.82878",
        "2026-06-30 之后至 2026-11-22：573.16 × 0.0005/天 × 145 天 = 41.5541",
        "合计四舍五入到分：90.38",
    ]
    said = till.did("statement", "3-2-1201")
    assert "违约金 90.38，共 663.54" in said.out and "573.16 × 0.0005/天 × 145 天" in said.out
    contact = till.dun("3-2-1201", TODAY, "电话")
    kept = till.did("dunning", "show", contact, "-o", "json").records[0]
    assert kept["arrears"] == "573.16" and kept["arrears_of"] == "物业费 573.16；违约金 90.38"


def test_a_mistake_among_the_charges_stops_figures_and_no_contact(till: Till, office: Path) -> None:
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8") + CHARGES.replace("0.05%", "five"), "utf-8")
    assert till.wuye("arrears").code == 78
    said = till.did("dunning", "add", "3-2-1201", "--method", "电话", "-o", "json")
    assert said.records[0]["arrears"] is None and "当时欠费没有记下" in said.err


def test_no_rate_says_why(till: Till) -> None:
    assert till.rows("arrears", "3-2-1201", "--explain")[0]["working"] == ["没有设违约金标准，不计违约金"]


def test_the_law_is_told(till: Till) -> None:
    said = till.did("arrears", "-o", "json")
    words = "".join(said.json["warnings"])
    assert "停水" in words and "保安员不得参与催收" in words and "姓名" in words and "不是法律意见" in words
    till.did("unit", "add", "3-2-1202", "--status", "未售")
    assert "3-2-1202 登记为未售" in till.did("arrears").err
    till.did("bill", "edit", "ZD-20261001-001", "--payer", "开发商")
    assert "登记为未售" not in till.did("arrears").err


def test_figures_refuse_damage(till: Till, office: Path) -> None:
    path = office / "records" / "2026-03" / "bill.yaml"
    path.write_text(path.read_text("utf-8").replace("amount: '1073.16'", "amount: '1,07'"), "utf-8")
    for argv in (["arrears"], ["statement", "3-2-1201"], ["figures"], ["dunning", "plan"]):
        said = till.wuye(*argv)
        assert said.code == 65 and said.out == "" and "bill.yaml" in said.err, argv


def test_a_statement_adds_up(till: Till) -> None:
    till.did("payment", "refund", "SK-20260630-001", "--refunded", "100", "--reason", "多收")
    said = till.did("statement", "3-2-1201", "-o", "json").json
    assert [(r["what"], r["charged"], r["paid"], r["balance"]) for r in said["rows"]] == [
        ("bill", "1073.16", None, "1073.16"), ("payment", None, "400.00", "673.16"), ("bill", "250.60", None, "923.76"),
    ]  # fmt: skip
    assert (said["principal"], said["not_due"], said["credit"]) == ("673.16", "250.60", "0.00")
    assert [(p["paid"], p["bill"], p["principal"]) for p in said["settled"]] == [
        ("SK-20260630-001", "ZD-20260301-001", "400.00")
    ]
    later = till.rows("statement", "3-2-1201", "--from", "2026-07-01", "--until", "2026-10-31")
    assert [(r["what"], r["balance"]) for r in later] == [("before", "673.16")]
    then = till.did("statement", "3-2-1201", "--as-of", "2026-11-21", "-o", "json").json
    assert then["principal"] == "573.16"


def test_a_statement_shows_credit_and_what_was_voided(till: Till) -> None:
    till.pay("1-1-101", "10", "2026-11-20", "--receipt", "0012345")
    till.did("bill", "void", "ZD-20231201-001", "--reason", "重复出账")
    said = till.did("statement", "1-1-101", "-o", "json").json
    assert said["credit"] == "10.00" and said["principal"] == "0.00"
    assert (said["rows"][0]["what"], said["rows"][0]["charged"]) == ("gone", None)
    assert "0012345" in till.did("statement", "1-1-101").out
    assert till.wuye("statement").code == 2
    assert till.wuye("statement", "3栋").code == 2
    assert till.wuye("statement", "1-1-101", "--from", "2026-11-02", "--until", "2026-11-01").code == 2


def test_arrears_by_collector(till: Till) -> None:
    """Whoever was there last; else whom this year's plan names for the building."""
    targets = "周敏 3栋 95%、何芳 1栋 90%"
    till.did("yearplan", "add", "2026催缴", "--plan", "催缴", "--year", "2026", "--targets", targets)
    till.dun("3-2-1202", "2026-11-20", "电话", "--collector", "何芳")
    rows = {r["key"]: r["principal"] for r in till.rows("arrears", "--by", "collector")}
    assert rows == {"何芳": "300.11", "周敏": "573.16", "未指定": "9000.00"}


@pytest.mark.parametrize("bay", ["B1-023", "B1_023"])
def test_a_bay_that_reads_like_a_room_is_its_renters(till: Till, bay: str) -> None:
    """Without a unit register any two numbers are a room: what the renter paid and owes besides counts all the same."""
    till.bill("1-1-102", "300", "2026-03-31", "车位费", "--bay", bay)
    till.did("parking", "add", bay, "1-1-102", "--at", "2026-03-01 09:00")
    till.bill("1-1-102", "80", "2026-04-30")
    assert [r["principal"] for r in till.rows("arrears", bay)] == ["300.00", "80.00"]
    till.pay("1-1-102", "380", "2026-06-30")
    assert till.rows("arrears", bay) == till.rows("arrears", "1-1-102") == []
    said = till.did("statement", bay, "-o", "json").json
    assert (said["debtor"], said["principal"], len(said["rows"])) == ("1-1-102", "0.00", 3)
