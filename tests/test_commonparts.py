"""Leases from negotiation to bills, payments, supervision; income of common parts apart from the company's (K 282)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played

Wuye = Callable[..., Said]
CHARGES = """
charges:
  adverts: {zh: 广告位租金, way: lease, common: yes, due: '5'}
  rent: {zh: 仓库租金, way: lease, common: no, due: '5'}
"""
ADVERT = ("--space", "东门广告位2", "--type", "广告位", "--common", "yes", "--since", "2026-11-01", "--until",
          "2027-10-31", "--schedule", "2026-11-01 2027-04-30 18000 2026-11-05、2027-05-01 2027-10-31 19000 2027-05-05")
STORE = ("--space", "仓库2", "--type", "仓库", "--since", "2026-11-01", "--until", "2027-10-31", "--rent", "1200",
         "--period", "月")  # fmt: skip


@played
def let(wuye: Wuye, office: Path) -> Wuye:
    """A common space and a warehouse, both let and billed in November."""
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(CHARGES)
    assert wuye("space", "add", "东门广告位2", "广告位", "--common", "yes").code == 0
    assert wuye("space", "add", "仓库2", "仓库").code == 0
    for name, terms in (("广-07", ADVERT), ("仓-01", STORE)):
        assert wuye("lease", "add", name, "某公司", *terms).code == 0
        assert wuye("lease", "sign", name).code == 0
        assert wuye("lease", "start", name).code == 0
    assert wuye("bill", "run", "2026-11", "--yes").code == 0
    return wuye


def test_negotiated_signed_billed_by_schedule_supervised_ended(let: Wuye) -> None:
    bills = {r["lease"]: r for r in let("bill", "list", "-o", "json").records}
    assert (bills["广-07"]["amount"], bills["广-07"]["due_on"]) == ("18000.00", "2026-11-05")
    assert bills["仓-01"]["amount"] == "1200.00"
    assert let("lease", "inspect", "广-07", "--finding", "广告牢固").code == 0
    (lease,) = let("lease", "show", "广-07", "-o", "json").records
    assert lease["inspected"] == "2026-11-22 广告牢固"
    assert let("lease", "end", "广-07", "--until", "2027-04-30", "--reason", "到期不续").code == 0
    spaces = {r["name"]: r["status"] for r in let("space", "list", "-o", "json").records}
    assert spaces == {"东门广告位2": "free", "仓库2": "let"}
    assert let("lease", "inspect", "广-07", "--finding", "广告牢固").code == 1


def test_a_finding_fits_what_is_let_and_a_fault_is_told(let: Wuye) -> None:
    said = let("lease", "inspect", "仓-01", "--finding", "广告牢固")
    assert said.code == 1 and "不是仓库的检查结论" in said.err
    said = let("lease", "inspect", "仓-01", "--finding", "有问题")
    assert said.code == 1 and "--result" in said.err
    said = let("lease", "inspect", "仓-01", "--finding", "有问题", "--result", "堆放油漆")
    assert said.code == 0 and "workorder add --of ZL-20261122-002" in said.err
    assert let("lease", "inspect", "仓-01", "--finding", "仓库整齐").code == 0


def test_the_owners_ledger_is_apart_and_adds_up(let: Wuye) -> None:
    assert let("payment", "add", "--lease", "广-07", "--amount", "10000", "--way", "转账").code == 0
    assert let("payment", "add", "--lease", "仓-01", "--amount", "1500", "--way", "转账").code == 0
    assert let("lease", "cost", "广-07", "--cost", "600", "--what", "画面灯箱检修", "--voucher", "F-11").code == 0
    assert let("space", "cost", "东门广告位2", "--cost", "150.5", "--what", "除锈").code == 0
    told = let("lease", "ledger", "2026", "-o", "json").json
    assert (told["income"], told["cost"], told["net"]) == ("10000.00", "750.50", "9249.50")
    assert [row["ids"] for row in told["rows"]] == [
        ["SK-20261122-001", "ZD-20261122-001"], ["ZL-20261122-001"], ["ZW-20261122-001"],
    ]  # fmt: skip
    assert {row["space"] for row in told["rows"]} == {"东门广告位2"}
    sheet = let("lease", "ledger", "2026", "--statement", "-o", "json").json
    assert [(r["space"], r["net"]) for r in sheet["rows"]] == [("东门广告位2", "9249.50"), ("合计", "9249.50")]
    shown = let("lease", "ledger", "2026", "--statement").out
    assert "归业主 9,249.50 元" in shown and "第 282 条" in shown
    month = let("monthclose", "ledger", "2026-11", "-o", "json").json
    assert {row["item"]: row["belongs"] for row in month["rows"]} == {
        "rent": "company", "adverts": "owners", "credit": "", "net": "",
    }  # fmt: skip
    assert month["income"] == {"company": "1200.00", "owners": "10000.00"}
    assert let("lease", "ledger", "2025", "-o", "json").json["rows"] == []


def test_money_given_back_is_no_income(let: Wuye) -> None:
    assert let("payment", "add", "--lease", "广-07", "--amount", "10000", "--way", "转账").code == 0
    assert let("payment", "reverse", "sk1", "--reason", "转错").code == 0
    assert let("lease", "ledger", "2026", "-o", "json").json["income"] == "0.00"


def test_what_an_earlier_year_brought_and_this_one_gave_back(let: Wuye) -> None:
    assert let("payment", "add", "--lease", "广-07", "--amount", "10000", "--way", "转账").code == 0
    said = let("payment", "reverse", "sk1122-1", "--reason", "转错", now="2027-01-10T10:00")
    assert said.code == 0, said.err
    told = let("lease", "ledger", "2026", "-o", "json", now="2027-01-10T11:00").json
    assert told["income"] == "10000.00"
    told = let("lease", "ledger", "2027", "-o", "json", now="2027-01-10T11:00").json
    assert told["income"] == "-10000.00" and "退回" in told["rows"][0]["what"]


def test_a_cost_is_some_amount_and_said_where_it_is_nobodys(let: Wuye) -> None:
    assert "是 0" in let("lease", "cost", "广-07", "--cost", "0", "--what", "x").err
    said = let("lease", "cost", "仓-01", "--cost", "10", "--what", "换锁")
    assert said.code == 0 and "不进共有部分收支" in said.err
    assert let("lease", "ledger", "2026", "-o", "json").json["cost"] == "0.00"


@pytest.mark.git
def test_a_cost_taken_back_is_gone(let: Wuye) -> None:
    assert let("lease", "cost", "广-07", "--cost", "600", "--what", "检修").code == 0
    assert let("undo", "--yes").code == 0
    assert let("lease", "ledger", "2026", "-o", "json").json["cost"] == "0.00"
