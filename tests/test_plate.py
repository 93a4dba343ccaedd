"""Number plates: canonical text and warnings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import plate


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("粤B12345", "粤B12345"),
        ("粤b·12345", "粤B12345"),
        ("粤B.1234A", "粤B1234A"),
        ("粤B-12345", "粤B12345"),
        (" 粤Ｂ １２３４５ ", "粤B12345"),
        ("粤BD12345", "粤BD12345"),
        ("粤BF1234 5", "粤BF12345"),
        ("粤BDF2345", "粤BDF2345"),
        ("粤B12345D", "粤B12345D"),
        ("京A1234学", "京A1234学"),
        ("京A1234警", "京A1234警"),
        ("粤B1234挂", "粤B1234挂"),
        ("粤Z1234港", "粤Z1234港"),
        ("粤ZA123澳", "粤ZA123澳"),
        ("沪A0023领", "沪A0023领"),
        ("使014578", "使014578"),
        ("014578使", "014578使"),
        ("粤O12345", "粤O12345"),
    ],
)
def test_regular(typed: str, canonical: str) -> None:
    assert plate.parse(typed) == (canonical, "")
    assert plate.parse(canonical) == (canonical, "")


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("B12345", "B12345", "省份简称"),
        ("粤112345", "粤112345", "发牌机关字母"),
        ("粤B1234", "粤B1234", "现为 6 位"),
        ("粤B123456789", "粤B123456789", "现为 11 位"),
        ("粤B1234O", "粤B1234O", "I 或 O"),
        ("粤BI2345", "粤BI2345", "I 或 O"),
        ("粤I12345", "粤I12345", "发牌机关字母"),
        ("粤B1234港", "粤B1234港", "粤Z"),
        ("粤B123456", "粤B123456", "新能源"),
        ("使1234", "使1234", "使馆"),
        ("没上牌", "没上牌", "省份简称"),
        ("粤B12中45", "粤B12中45", "不合车牌"),
        ("粤", "粤", "字母"),
    ],
)
def test_odd_plates_are_kept_and_warned_about(typed: str, kept: str, said: str) -> None:
    canonical, warning = plate.parse(typed)
    assert canonical == kept
    assert said in warning
    assert kept in warning


@pytest.mark.parametrize("typed", ["", "  ", "·-", "\u3000"])
def test_an_empty_plate_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="空"):
        plate.parse(typed)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_kept(text: str) -> None:
    try:
        canonical, warning = plate.parse(text)
    except ValueError:
        return
    assert plate.parse(canonical) == (canonical, warning)
