"""Amounts as people write them, exact to the cent, never a float (domain.md 31, design.md 2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import money


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,073.16", "1073.16"), ("1073.1", "1073.10"), ("¥300", "300.00"), ("￥300元", "300.00"), ("300块", "300.00"),
        ("0", "0.00"), ("0.05", "0.05"), ("１，０７３．１６元", "1073.16"), (" 12,345,678.90 元整", "12345678.90"),
        ("999999999999.99", "999999999999.99"), ("007", "7.00"),
    ],
)  # fmt: skip
def test_typed_amounts(typed: str, amount: str) -> None:
    assert str(money.parse(typed)) == amount


@pytest.mark.parametrize(
    "typed",
    ["", "1.234", "1,07.16", "10,7316", "1e3", "1万", "300 400", "1.", ".5", "NaN", "inf", "0x10",
     "١٢", "30%"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="最多两位小数"):
        money.parse(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-1", "金额不能是负数"), ("三百", "金额请写数字"), ("$5", "金额只收人民币"), ("US$5", "金额只收人民币"),
        ("HKD 5.00", "金额只收人民币"), ("５€", "金额只收人民币"), ("5美元", "金额只收人民币"),
        ("1000000000000", "金额太大"),
    ],
)  # fmt: skip
def test_a_common_mistake_has_its_own_sentence(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        money.parse(typed)


@pytest.mark.parametrize("stored", ["1073.1", "1,073.16", "1073", "-1.00", "1.00 ", "１.00", ""])
def test_a_stored_amount_has_two_decimals_and_nothing_else(stored: str) -> None:
    with pytest.raises(ValueError, match=r"1073\.16 这样的金额"):
        money.read(stored)


@given(st.integers(0, 10**14 - 1))
def test_every_cent_survives(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert money.read(money.dump(amount)) == amount == money.parse(money.show(amount))


def test_a_sum_is_the_sum_of_its_parts() -> None:
    assert money.show(sum((money.parse("0.10") for _ in range(3)), Decimal(0))) == "0.30"
