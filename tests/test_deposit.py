"""Deposits: held, returned in part, kept back with a reason; never income, never below nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said

Wuye = Callable[..., Said]


@pytest.fixture
def held(wuye: Wuye) -> Wuye:
    """A fit-out deposit of 2,000 with its receipt."""
    said = wuye("deposit", "add", "3-2-1201", "2000", "--purpose", "装修", "--way", "现金", "--receipt", "0001")
    assert said.code == 0 and "大写：贰仟元整" in said.out
    return wuye


def left(wuye: Wuye) -> tuple[str, str]:
    record = wuye("deposit", "show", "bz1", "-o", "json").records[0]
    return record["status"], record["held"]


def test_a_deposit_has_its_receipt_and_its_purpose_on_it(held: Wuye) -> None:
    receipt = held("receipt", "show", "0001", "-o", "json").records[0]
    assert (receipt["deposit"], receipt["amount"], receipt["purpose"]) == ("BZ-20261122-001", "2000.00", "装修押金")
    assert "大写：贰仟元整" in held("print", "pj1").out


def test_returned_in_part_the_rest_kept_back(held: Wuye) -> None:
    assert held("deposit", "return", "bz1", "--returned", "1500").code == 0
    assert left(held) == ("held", "500.00")
    over = held("deposit", "keep-back", "bz1", "--kept-back", "500.01", "--reason", "损坏公共设施")
    assert over.code == 1 and "只剩 500.00" in over.err
    assert held("deposit", "keep-back", "bz1", "--kept-back", "500").code == 2
    assert held("deposit", "keep-back", "bz1", "--kept-back", "500", "--reason", "损坏公共设施").code == 0
    assert left(held) == ("settled", "0.00")
    assert held("deposit", "return", "bz1", "--returned", "1").code == 1


def test_it_pays_no_bill_and_is_apart_in_the_days_money(held: Wuye) -> None:
    assert held("bill", "add", "3-2-1201", "property", "250.60", "--due", "2026-11-25").code == 0
    said = held("payment", "add", "3-2-1201", "100", "--way", "现金")
    assert "还有 1 张账单未付清，本金 150.60" in said.out
    assert held("deposit", "return", "bz1", "--returned", "500", "--return-way", "微信").code == 0
    day = held("day", "-o", "json").json
    rows = {row["way"]: row for row in day["takings"]}
    assert (rows["cash"]["taken"], rows["cash"]["deposits"], rows["cash"]["net"]) == ("100.00", "2000.00", "2100.00")
    assert (rows["wechat"]["returned"], rows["wechat"]["net"]) == ("500.00", "-500.00")


def test_room_or_lease(wuye: Wuye) -> None:
    said = wuye("deposit", "add", "3-2-1201", "100", "--lease", "ZL-1", "--purpose", "租赁", "--way", "现金")
    assert said.code == 2 and "只能记在一个" in said.err
