"""One small book worked by hand, and the same amounts wherever they are shown (domain.md J, M)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from conftest import played
from test_arrears import CHARGES
from till import Till, Wuye

from wuye.monthmoney import KEYS


@played
def till(wuye: Wuye) -> Till:
    """3-2-1201 owes 140 of 250 due, 50 not due; 1-1-101 owes 50 of 60; 3-2-1202 owes 150; 1-1-102 has no bill.

    November took 60 and 80 less 30 given back and 25 reversed, a deposit of 500 apart.
    """
    till = Till(wuye)
    for room, owed in (("3-2-1201", "900"), ("1-1-101", "0"), ("3-2-1202", "0"), ("1-1-102", "77")):
        till.did("unit", "add", room, "--status", "自住", "--owed", owed, "--owed-as-of", "2026-09-30",
                 "--at", "2025-01-01 09:00")  # fmt: skip
    till.bill("3-2-1201", "100", "2025-10-25", period="2025-10")
    till.bill("1-1-101", "60", "2025-11-25", period="2025-11")
    till.bill("3-2-1201", "100", "2026-10-25", period="2026-10")
    till.bill("3-2-1201", "50", "2026-11-25", "水费", period="2026-11")
    till.bill("3-2-1202", "200", "2026-10-25", period="2026-10")
    till.pay("1-1-101", "10", "2026-10-10")
    till.pay("3-2-1201", "60", "2026-11-10")
    back = till.pay("3-2-1202", "80", "2026-11-10", "--way", "微信")
    gone = till.pay("3-2-1202", "25", "2026-11-10", "--way", "微信")
    till.did("payment", "refund", back, "--refunded", "30", "--reason", "多收", "--at", "2026-11-10 15:00")
    till.did("payment", "reverse", gone, "--reason", "退票", "--at", "2026-11-10 16:00")
    till.did("deposit", "add", "3-2-1201", "500", "--purpose", "装修", "--way", "现金", "--at", "2026-11-10 11:00")
    return till


OWED = {"1-1-101": "50.00", "3-2-1201": "140.00", "3-2-1202": "150.00"}
ALL, DAY = "340.00", "2026-11-10"


def json(till: Till, *argv: str) -> Any:
    return till.did(*argv, "-o", "json").json


def figure(rows: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if row.get("figure", row.get("name")) == name)


def summed(rows: Sequence[dict[str, Any]], name: str) -> str:
    return str(sum(Decimal(row[name]) for row in rows))


def test_what_is_owed_is_the_same_everywhere(till: Till) -> None:
    """One rate shown with two values in two places; a sum that differed from the sum of its parts (domain.md M)."""
    for room, owed in OWED.items():
        unit = json(till, "who", room)["unit"]
        assert (unit["payment_by"], unit["money"]["principal"], unit["owed"]) == ("bills", owed, None), room
        assert json(till, "statement", room)["principal"] == owed == json(till, "arrears", room)["total"]["principal"]
    who = json(till, "who", "3-2-1201")
    assert summed(who["debts"], "principal") == "140.00"
    assert (who["unit"]["money"]["not_due"], who["unit"]["money"]["credit"]) == ("50.00", "0.00")
    assert who["unit"]["money"]["last_payment"] == {"id": "SK-20261110-001", "day": DAY, "amount": "60.00"}
    assert "欠费 140.00 元，未到期 50.00（按账单，截至 2026-11-22）" in till.did("who", "3-2-1201").out
    arrears, month = json(till, "arrears"), json(till, "month")
    assert arrears["total"]["principal"] == ALL == figure(json(till, "figures")["rows"], "arrears")["value"]
    assert figure(month["money"], "arrears")["this"]["value"] == ALL
    for part in ("arrears_by_age", "arrears_by_building"):
        *groups, total = month[part]
        for name in ("principal", "last"):
            assert summed(groups, name) == total[name], (part, name)
        assert (total["principal"], total["total"]) == (ALL, ALL) and total["bills"] == len(total["ids"]) == 4
    assert [(r["key"], r["principal"]) for r in month["arrears_by_building"]] == [
        ("1", "50.00"), ("3", "290.00"), ("合计", ALL),
    ]  # fmt: skip


def test_what_is_kept_at_the_moment_is_what_is_owed_then(till: Till) -> None:
    """A pass and a contact keep what the bills say, and only where no bill exists what somebody wrote down."""
    for room, owed, day in (("3-2-1201", "140.00", "2026-11-22"), ("1-1-102", "77.00", "2026-09-30")):
        slip = json(till, "pass", "add", room, "王女士", "冰箱x1", "--relation", "业主", "--yes")["records"][0]
        contact = json(till, "dunning", "add", room, "--method", "电话", "--yes")["records"][0]
        assert (slip["arrears"], slip["arrears_as_of"]) == (contact["arrears"], contact["arrears_as_of"]) == (owed, day)
    unit = json(till, "who", "1-1-102")["unit"]
    assert (unit["payment_by"], unit["owed"], unit["money"]) == ("hand", "77.00", None)
    assert "没有账单，是手工登记的" in unit["payment"]
    assert till.did("bill", "void", "ZD-20251101-001", "--reason", "重复出账")
    assert json(till, "who", "1-1-101")["unit"]["payment_by"] == "hand", "the only bill is void"
    by_hand = json(till, "month")["arrears"]
    assert [(row["name"], row["owed"]) for row in by_hand] == [("1", "77.00")], "nobody stands in both tables"
    assert json(till, "month")["dunning"] == [] and json(till, "month")["collectors"][-1]["contacts"] == 2


def test_what_came_in_is_the_same_everywhere(till: Till) -> None:
    day, month = json(till, "day", DAY)["takings"], json(till, "month")
    *ways, total = month["takings"]
    for name in ("taken", "out", "deposits", "returned", "net", "count"):
        assert summed(ways, name) == str(total[name]) == summed(day, name), name
    assert (total["taken"], total["out"], total["deposits"], total["net"]) == ("165.00", "55.00", "500.00", "610.00")
    assert (total["last"], total["last_year"]) == ("10.00", "0.00")
    book = till.did("export", "hledger").out.split("\n\n")
    lines = [line for part in book if part.startswith(DAY) for line in part.splitlines() if "货币资金" in line]
    assert sum(Decimal(line.split()[-2]) for line in lines) == Decimal(total["net"])
    assert figure(month["money"], "net-takings")["this"]["value"] == "110.00"
    assert figure(month["money"], "deposits-held")["this"]["value"] == "500.00"
    lines = [line for line in till.did("export", "hledger").out.splitlines() if line.startswith("    负债:押金")]
    assert [line.split()[-2] for line in lines] == ["-500.00"]


def test_a_figure_is_the_same_in_both_commands(till: Till) -> None:
    till.did("workorder", "add", "3-2-1201", "漏水", "--at", "2026-10-05 09:00")
    till.did("workorder", "done", "1005-1", "--at", "2026-10-06 09:00")
    month = json(till, "month", "2026-10", "--as-of", "今天")
    asked = json(till, "figures", "--period", "2026-10", "--explain")["rows"]
    mine = [row for row in (*month["money"], *month["figures"]) if "." not in row["figure"]]
    assert {row["name"] for row in asked} == {r["figure"] for r in mine} - {"net-takings", "deposits-held"}
    for row in asked:
        shown = figure(mine, row["name"])["this"]
        for name in ("value", "numerator_ids", "denominator_ids"):
            assert row[name] == shown[name], (row["name"], name)
        assert Decimal(row["numerator"]) == Decimal(shown["numerator"]), row["name"]
    assert figure(asked, "repair-completion")["shown"] == "100.0%"
    assert figure(asked, "collection-rate")["shown"] == "16.7%"
    *items, total = month["items"]
    assert [(r["item"], r["billed"], r["collected"], r["open"], r["rate"]) for r in items] == [
        ("物业费", "300.00", "50.00", "250.00", "16.7%"),
    ]  # fmt: skip
    assert (total["billed"], total["collected"], total["open"]) == ("300.00", "50.00", "250.00")
    cause = json(till, "figures", "valid-of-all", "--by", "cause")["rows"]
    assert {row["name"] for row in cause} == {"valid-of-all"}
    for argv in (["rework", "--by", "building"], ["handling", "--by", "item"]):
        assert till.wuye("figures", *argv).code == 2


def test_a_month_before_any_money_is_unknown_and_not_nothing(till: Till) -> None:
    month = json(till, "month", "2025-10")
    assert figure(month["money"], "collection-rate")["this"]["shown"] == "0.0%（0.00/100.00）"
    for name in ("arrears", "net-takings", "deposits-held", "collection-rate"):
        assert figure(month["money"], name)["last"] is None and figure(month["money"], name)["last_year"] is None
    total = month["arrears_by_age"][-1]
    assert (total["principal"], total["last"], total["ids"]) == ("100.00", None, ["ZD-20251001-001"])
    assert month["items"][-1]["last"] == "—" and month["takings"] == []
    explained = till.did("month", "2025-10", "--explain").out.split("每个指标的编号")[1]
    assert next(line for line in explained.splitlines() if line.startswith("欠费")).split()[1:4] == [
        "100.00", "元", "ZD-20251001-001",
    ]  # fmt: skip


def test_the_late_fee_is_the_same(till: Till, office: Path) -> None:
    """100 due 2026-10-25 for 28 days, and 40 left of 100 due a year before it, at 0.05 % a day."""
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8") + CHARGES, "utf-8")
    unit, told = json(till, "who", "3-2-1201")["unit"]["money"], json(till, "statement", "3-2-1201")
    for name in ("principal", "fee", "total", "credit", "not_due"):
        assert unit[name] == told[name], name
    assert Decimal(unit["fee"]) > 0 and f"违约金 {unit['fee']}" in till.did("who", "3-2-1201").out
    month = json(till, "month")["arrears_by_building"][-1]
    whole = json(till, "arrears")["total"]
    assert (month["principal"], month["fee"], month["total"]) == (whole["principal"], whole["fee"], whole["total"])


def test_bills_that_cannot_be_read_tell_no_amount(till: Till, office: Path) -> None:
    path = office / "records" / "2026-10" / "bill.yaml"
    path.write_text(path.read_text("utf-8").replace("amount: '100.00'", "amount: '1,00'"), "utf-8")
    said = till.did("pass", "add", "3-2-1201", "王女士", "冰箱x1", "--relation", "业主", "--yes", "-o", "json")
    assert said.records[0]["arrears"] is None and "当时欠费没有记下" in said.err
    who = till.wuye("who", "3-2-1201", "-o", "json")
    assert who.code == 65 and who.json["unit"]["money"] is None
    assert who.json["unit"]["payment"].startswith("— 账单或收款读不出来")
    for argv in (["month"], ["figures"]):
        said = till.wuye(*argv)
        assert said.code == 65 and said.out == "" and "bill.yaml" in said.err, argv


def test_no_money_kept_is_said(kept: Wuye) -> None:
    said = kept("month")
    assert "没有登记过账单、收款和押金：没有收费情况" in said.out
    answer = kept("month", "-o", "json").json
    assert [answer[key] for key in KEYS] == [[]] * len(KEYS)
