"""Full-width folding and Chinese numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import numerals

FIGURES = "零一二三四五六七八九"


def spell(n: int) -> str:
    """A number below 1000 as it is written out in full."""
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    text = f"{FIGURES[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{FIGURES[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (FIGURES[ones] if ones else "") or "零"


def test_every_number_below_a_thousand() -> None:
    for n in range(1000):
        assert numerals.number(spell(n)) == str(n), spell(n)


@pytest.mark.parametrize(
    ("word", "figures"),
    [
        ("两", "2"),
        ("廿二", "22"),
        ("卅", "30"),
        ("二〇二六", "2026"),
        ("二○二六", "2026"),
        ("零五", "05"),
        ("一二零一", "1201"),
        ("两百零五", "205"),
        ("〇", "0"),
    ],
)
def test_other_ways_of_writing(word: str, figures: str) -> None:
    assert numerals.number(word) == figures


@pytest.mark.parametrize(
    "word",
    ["", "三五", "两三", "十五六", "一百五", "一百十", "百", "十百", "甲", "2", "二零百", "一百零十五"],
)
def test_no_single_number(word: str) -> None:
    assert numerals.number(word) is None


def test_digits_in_a_text() -> None:
    assert numerals.digits("十一月二十二日三点零五分") == "11月22日3点05分"
    assert numerals.digits("一九九八年五月") == "1998年5月"
    assert numerals.digits("一二三四天") == "一二三四天"
    assert numerals.digits("2十号、二5号、三五天") == "2十号、二5号、三五天"


def test_fold() -> None:
    assert numerals.fold("ＴＳ－２０２６：（１）　–—－ａ") == "TS-2026:(1) ---a"
    assert numerals.fold("王女士，𠮷") == "王女士,𠮷"


@given(st.text())
def test_fold_keeps_places_and_is_done_once(text: str) -> None:
    folded = numerals.fold(text)
    assert len(folded) == len(text)
    assert numerals.fold(folded) == folded
