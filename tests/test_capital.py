"""Amounts in capitals, as receipts write them (domain.md J), against a reading of our own; amounts as typed."""

from __future__ import annotations

import re
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuye import money
from wuye.errors import BadInput

TABLE = {
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "10": "壹拾元整",
    "325.04": "叁佰贰拾伍元零肆分",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "1000001": "壹佰万零壹元整",
    "100001000": "壹亿零壹仟元整",
    "110100": "壹拾壹万零壹佰元整",
    "20050000": "贰仟零伍万元整",
}
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = {"": 1, "拾": 10, "佰": 100, "仟": 1000}
YUAN = r"(?:(?:(?P<e>[^亿万元]+)亿)?(?:(?P<w>[^亿万元]+)万)?(?P<y>[^亿万元]*)元)?"
FORM = YUAN + r"(?:零?(?P<j>.)角)?(?:零?(?P<f>.)分)?整?"


def read(words: str) -> Decimal:
    """An amount in capitals, read by place value alone."""
    found = re.fullmatch(FORM, words)
    assert found, words
    yuan = sum(four(found[name] or "") * size for name, size in (("e", 10**8), ("w", 10**4), ("y", 1)))
    return yuan + sum(four(found[name] or "") * Decimal(size) for name, size in (("j", "0.1"), ("f", "0.01")))


def four(words: str) -> int:
    """Up to four places, each named once and in order."""
    parts = re.findall(f"([{DIGITS[1:]}])([拾佰仟]?)", words)
    assert "".join(d + p for d, p in parts) == words.replace("零", ""), words
    sizes = [PLACES[place] for _, place in parts]
    assert sizes == sorted(set(sizes), reverse=True), words
    return sum(DIGITS.index(digit) * size for (digit, _), size in zip(parts, sizes, strict=True))


@pytest.mark.parametrize(("typed", "words"), TABLE.items())
def test_the_table(typed: str, words: str) -> None:
    assert money.capital(Decimal(typed)) == words


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 99))
def test_every_amount_reads_back(yuan: int, cents: int) -> None:
    amount = Decimal(yuan) + Decimal(cents) / 100
    words = money.capital(amount)
    assert read(words) == amount
    assert "零零" not in words and words.endswith(("分", "整")) and not words.startswith("元")
    assert ("整" in words) == (cents % 10 == 0)
    if yuan >= 10**8 and 0 < yuan % 10**8 < 10**7:
        assert "亿零" in words


def test_only_amounts_to_the_cent() -> None:
    for amount in ("-1", "0.005"):
        with pytest.raises(ValueError, match="不是到分的金额"):
            money.capital(Decimal(amount))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cn2an", None)
    with pytest.raises(BadInput, match=r"cn2an.*wuye\[office\]"):
        money.capital(Decimal(1))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("壹佰元整", "请写数字"), ("一百", "请写数字"), ("-5", "不能是负数"), ("￥-5", "不能是负数"),
        ("1.005", "最多两位小数"), ("$5", "不写外币符号"), ("1,00", "应是不小于 0"), ("1e3", "应是不小于 0"),
        ("9999999999999", "金额太大"), ("", "应是不小于 0"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_told(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        money.parse(typed)


@pytest.mark.parametrize("typed", ["１，０７３．１６", "¥1073.16", "￥ 1,073.16元", "1073.16元整", "1073.16块"])
def test_amounts_as_people_type_them(typed: str) -> None:
    assert money.parse(typed) == Decimal("1073.16")


def test_differences_are_stored_with_their_sign() -> None:
    for text in ("-12.00", "12.00", "0.00"):
        assert money.dump(money.read_signed(text)) == text
    with pytest.raises(ValueError, match="应是"):
        money.read_signed("--1.00")
