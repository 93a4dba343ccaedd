"""Identity-card numbers in texts. All numbers here are made up: area 99 was never issued but where said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import identity

WEIGHTS = [2 ** (17 - i) % 11 for i in range(17)]


def make(area: str = "990000", born: str = "19900101", serial: str = "000") -> str:
    """A number with the right check digit, by the formula of ISO 7064 and not by our table."""
    body = area + born + serial
    rest = (1 - sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True))) % 11
    return body + "0123456789X"[rest]


PLAIN = next(n for s in range(1000) if not (n := make(serial=f"{s:03}")).endswith("X"))
WITH_X = next(n for s in range(1000) if (n := make(serial=f"{s:03}")).endswith("X"))
WIDE = "".join(chr(ord(c) + 0xFEE0) for c in WITH_X)


def numbers(text: str) -> list[str]:
    return [f.number for f in identity.find(text)]


@pytest.mark.parametrize("number", [PLAIN, WITH_X])
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "身份证{}，已核对",
        "ID{}abc",
        "{}。",
        "（{}）",
        "13800138000 {}",
        "2026-11-22 {} 3-2-1201",
        "x{}",
        "a1b{}",
        "{}x2份",
    ],
)
def test_found_wherever_it_stands(number: str, text: str) -> None:
    whole = text.format(number)
    (found,) = identity.find(whole)
    assert found.number == number
    assert whole[found.start : found.end] == number


@pytest.mark.parametrize("separator", [" ", "-", ".", "/", "·", "—", "\u3000", " - ", "\n", "\u200b", "－"])
@pytest.mark.parametrize("number", [PLAIN, WITH_X])
def test_found_in_groups(number: str, separator: str) -> None:
    grouped = separator.join([number[:6], number[6:14], number[14:]])
    fours = separator.join([number[:4], number[4:8], number[8:12], number[12:16], number[16:]])
    last = separator.join([number[:17], number[17:]])
    for text in (grouped, fours, last):
        assert numbers(f"证号 {text} 核对") == [number]
        assert identity.mask(text) == "*" * 14 + number[-4:]


def test_lower_case_and_full_width() -> None:
    assert numbers(WITH_X.lower()) == [WITH_X]
    assert numbers(f"证{WIDE}号") == [WITH_X]
    assert identity.mask(f"证{WIDE}号") == f"证{'*' * 14}{WITH_X[-4:]}号"


def test_several_in_one_text() -> None:
    assert numbers(f"{PLAIN}、{WITH_X}") == [PLAIN, WITH_X]
    assert numbers(f"{WITH_X} {PLAIN} {WITH_X.lower()}") == [WITH_X, PLAIN, WITH_X]
    assert identity.mask(f"甲{PLAIN} {WITH_X}乙") == f"甲{'*' * 14}{PLAIN[-4:]} {'*' * 14}{WITH_X[-4:]}乙"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "厨房顶部漏水",
        "13800138000",
        "6222021234567890123",
        "1" + PLAIN,
        PLAIN + "1",
        PLAIN[:17],
        PLAIN[1:],
        make(born="19901301"),
        make(born="19900230"),
        make(born="18991231"),
        make(born="21000101"),
        make(born="00000101"),
        PLAIN[:-1] + ("0" if PLAIN[-1] != "0" else "1"),
        PLAIN[:6] + "年" + PLAIN[6:],
        PLAIN[:17] + "Y",
        "2026-11-22 14:30 3-2-1201 13800138000",
        "X" * 18,
    ],
)
def test_not_found(text: str) -> None:
    assert identity.find(text) == ()
    assert identity.mask(text) == text
    assert not identity.valid(text)


def test_the_area_plays_no_part() -> None:
    for area in ("000000", "990000", "810000", "820000", "830000"):
        assert identity.valid(make(area))


@pytest.mark.parametrize("area", ["11", "44", "65", "71", "81", "82", "83", "944", "911"])
def test_known_areas(area: str) -> None:
    assert identity.area_known(make(area.ljust(6, "0")))


@pytest.mark.parametrize("area", ["00", "10", "16", "24", "38", "47", "55", "66", "70", "72", "80", "84", "99"])
def test_unknown_areas(area: str) -> None:
    assert not identity.area_known(make(area.ljust(6, "0")))


def test_valid_is_about_the_whole_text() -> None:
    assert identity.valid(f" {PLAIN} ")
    assert identity.valid(f"{WITH_X[:6]} {WITH_X[6:14]} {WITH_X[14:].lower()}")
    assert not identity.valid(f"证{PLAIN}")
    assert not identity.valid(f"{PLAIN}号")


def test_a_found_number_does_not_show_itself() -> None:
    assert PLAIN not in repr(identity.find(PLAIN))


@pytest.mark.parametrize(
    ("typed", "tail"), [("1234", "1234"), ("123x", "123X"), ("１２３Ｘ", "123X"), (" ab12 ", "AB12")]
)
def test_tail(typed: str, tail: str) -> None:
    assert identity.tail(typed) == tail


@pytest.mark.parametrize("typed", ["", "123", "12345", PLAIN, "12 4", "12-4", "一二三四", "١٢٣٤"])
def test_tail_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(ValueError, match="后四位") as error:
        identity.tail(typed)
    assert not typed or typed not in str(error.value)


@given(
    st.integers(0, 999999),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
    st.text(st.characters(exclude_categories=["Nd"]), max_size=10),
)
def test_every_number_is_found_and_hidden(area: int, born: date, serial: int, around: str) -> None:
    number = make(f"{area:06}", f"{born:%Y%m%d}", f"{serial:03}")
    text = f"{around}{number}{around}"
    assert numbers(text) == [number]
    assert identity.mask(text) == f"{around}{'*' * 14}{number[-4:]}{around}"


@given(st.text("0123456789xX -./０９"))
def test_what_is_masked_holds_none(text: str) -> None:
    assert identity.find(identity.mask(text)) == ()
