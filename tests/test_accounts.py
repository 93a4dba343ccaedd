"""Bills and payments typed at the desk become accounts as of any day, whatever the order they were typed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Said, played

from wuye import records
from wuye.accounts import Debtor, accounts
from wuye.ledger import Account
from wuye.office import Office

Wuye = Callable[..., Said]
ROOM = Debtor("room", "3-2-1201")


def account(office: Path, day: str, debtor: Debtor = ROOM) -> Account:
    desk = Office(office)
    bills, payments = (desk.load(records.kind(name))[0] for name in ("bill", "payment"))
    return accounts(bills, payments, date.fromisoformat(day))[debtor]


@played
def billed(wuye: Wuye) -> Wuye:
    """A property fee of September and one of October, and 300 paid on 1 November."""
    for month, due in (("2026-09", "2026-09-25"), ("2026-10", "2026-10-25")):
        said = wuye("bill", "add", "3-2-1201", "property", "250.60", "--due", due, "--at", f"{month}-01 09:00")
        assert said.code == 0, said.err
    said = wuye("payment", "add", "3-2-1201", "300", "--way", "现金", "--at", "2026-11-01 10:00")
    assert said.code == 0, said.err
    return wuye


def test_arrears_as_of_any_day(billed: Wuye, office: Path) -> None:
    assert account(office, "2026-09-25").owed == 0
    assert account(office, "2026-10-31").owed == Decimal("501.20")
    later = account(office, "2026-11-01")
    assert (later.owed, later.credit) == (Decimal("201.20"), 0)


def test_a_reversal_a_refund_and_a_void_bill_count_from_their_day(billed: Wuye, office: Path) -> None:
    assert billed("payment", "refund", "1101-1", "--refunded", "50", "--reason", "多收").code == 0
    assert billed("payment", "refund", "1101-1", "--refunded", "251", "--reason", "多收").code == 1
    assert account(office, "2026-11-21").owed == Decimal("201.20")
    assert account(office, "2026-11-22").owed == Decimal("251.20")
    assert billed("payment", "reverse", "1101-1", "--reason", "支票退票").code == 0
    assert account(office, "2026-11-22").owed == Decimal("501.20")
    assert billed("bill", "void", "0901-1", "--reason", "重复出账").code == 0
    assert account(office, "2026-11-22").owed == Decimal("250.60")
    assert account(office, "2026-11-21").owed == Decimal("201.20")


def test_a_write_off_gives_up_what_is_open_and_frees_no_money(billed: Wuye, office: Path) -> None:
    assert billed("bill", "write-off", "1001-1", "--reason", "诉讼时效已过").code == 0
    after = account(office, "2026-11-22")
    assert (after.owed, after.credit) == (0, 0)
    assert [w.amount for w in after.written] == [Decimal("201.20")]
    assert account(office, "2026-11-21").owed == Decimal("201.20")


def test_a_payment_entered_for_the_wrong_unit_goes_to_the_right_one(billed: Wuye, office: Path) -> None:
    moved = billed("payment", "transfer", "1101-1", "--room", "3-2-1202", "--reason", "收错房号")
    assert moved.code == 0, moved.err
    assert account(office, "2026-11-22").owed == Decimal("501.20")
    assert account(office, "2026-11-22", Debtor("room", "3-2-1202")).credit == Decimal("300.00")
    assert account(office, "2026-11-21").owed == Decimal("201.20")


def test_amounts_change_only_by_their_own_step(billed: Wuye, office: Path) -> None:
    said = billed("bill", "edit", "0901-1", "--amount", "1")
    assert said.code == 2 and "金额不能用 edit 改：请用 correct" in said.err
    assert billed("bill", "correct", "0901-1", "--amount", "200.60", "--reason", "面积更正").code == 0
    assert account(office, "2026-11-22").owed == Decimal("151.20")
    assert account(office, "2026-11-21").owed == Decimal("201.20")
    assert billed("payment", "edit", "1101-1", "--way", "微信").code == 2


@pytest.mark.parametrize("amount", ["-5", "1.005", "壹佰元", "$5", "0"])
def test_amounts_that_are_none(wuye: Wuye, amount: str) -> None:
    said = wuye("payment", "add", "--room", "3-2-1201", f"--amount={amount}", "--way", "现金")
    assert said.code == 2 and "金额" in said.err


def test_full_width_and_signs_are_understood(wuye: Wuye) -> None:
    said = wuye("payment", "add", "3-2-1201", "￥１，０７３．１６元", "--way", "现金", "-o", "json")
    assert said.records[0]["amount"] == "1073.16"
