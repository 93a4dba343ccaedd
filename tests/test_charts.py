"""Charts: numbers beside their marks, told apart without colour, every text escaped, no style and no script."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from wuye import charts
from wuye.charts import Series

NASTY = "<script>alert(1)</script>“\"'&\u202e\x07"
THREE = [Series("本月", [3, 0, None]), Series("上月", [Decimal("1.50"), 2, 0]), Series("去年", [None, None, None])]
LABELS = ["投诉", "工程单", "房屋质量和配套设施方面的意见建议"]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(make: str, labels: list[str] = LABELS, series: list[Series] = THREE) -> ElementTree.Element:
    return ElementTree.fromstring(getattr(charts, make)("k", "名", labels, series))


def words(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("make", ["bars", "rows", "stacked", "lines"])
def test_every_number_stands_beside_its_mark(make: str) -> None:
    told = "，".join(words(drawn(make)))
    for number in ("3", "1.50", "2", "0"):
        assert number in told
    assert make == "lines" or told.count("—") == 4, "nothing known is not nought"


@pytest.mark.parametrize("make", ["bars", "rows", "stacked", "lines"])
def test_texts_are_escaped_and_nothing_steers(make: str) -> None:
    nasty = [Series(NASTY, [1], [NASTY]), Series("乙", [2], [NASTY])]
    text = getattr(charts, make)("k", NASTY, [NASTY], nasty)
    plain = getattr(charts, make)("k", "x", ["x"], [Series("x", [1], ["x"]), Series("乙", [2], ["x"])])
    svg = ElementTree.fromstring(text)
    assert [one.tag for one in svg.iter()] == [one.tag for one in ElementTree.fromstring(plain).iter()]
    assert "\u202e" not in text and "\x07" not in text and "style=" not in text


@pytest.mark.parametrize("make", ["bars", "rows", "stacked"])
def test_series_are_told_apart_without_colour(make: str) -> None:
    svg = drawn(make, ["甲"], [Series(str(n), [n + 1]) for n in range(4)])
    fills = [one.get("fill") for one in svg.iter(f"{SVG}rect") if one.get("stroke")]
    assert len(set(fills)) == 4 and {one.get("id") for one in svg.iter(f"{SVG}pattern")} == {"k-hatch", "k-dots"}
    grey = re.compile(r"#([0-9a-f])\1\1|#([0-9a-f])\2{5}|url\(#k-\w+\)")
    assert all(grey.fullmatch(fill or "") for fill in fills)


def test_lines_are_told_apart_by_dashes_and_marks_and_broken_where_nothing_is_known() -> None:
    svg = drawn("lines", ["1", "2", "3"], [Series("甲", [1, None, 3]), Series("乙", [1, 2, 3])])
    lines = list(svg.iter(f"{SVG}polyline"))
    assert {one.get("stroke-dasharray") for one in lines} == {None, "5 2.5"}
    assert len(lines) == 2 + 2 + 1, "two in the legend, two pieces of the broken line"


def test_a_bar_is_as_long_as_its_number() -> None:
    svg = drawn("rows", ["甲", "乙"], [Series("本月", [40, 10])])
    long, short = (float(one.get("width") or 0) for one in svg.iter(f"{SVG}rect"))
    assert long == pytest.approx(4 * short, rel=0.02)
    svg = drawn("rows", ["甲", "乙"], [Series("净额", [-20, 20])])
    below, above = svg.iter(f"{SVG}rect")
    end = float(below.get("x") or 0) + float(below.get("width") or 0)
    assert end == pytest.approx(float(above.get("x") or 0), abs=0.3), "what is negative lies on the other side"


@pytest.mark.parametrize("make", ["bars", "rows", "stacked", "lines"])
def test_nothing_at_all_is_a_picture_too(make: str) -> None:
    for labels, series in (([], []), (["甲"], [Series("本月", [None])]), (["甲"], [Series("本月", [0])])):
        assert drawn(make, labels, series).tag == f"{SVG}svg"
