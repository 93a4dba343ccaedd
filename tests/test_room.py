"""Rooms as typed, with and without a unit register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import room

UNITS = frozenset(
    {"1-1-101", "1-1-102", "1-2-102", "2-301", "2-302", "3-1-0701", "3-2-1201", "3-2-1202", "A-1201",
     "B-1201", "B1-023", "3A-501", "3A-502", "10-1-101", "商铺-12", "9-3A", "5-1-901", "5-2-902"}
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("3-2-1201", "3-2-1201"),
        ("3-1201", "3-1201"),
        ("1栋101", "1-101"),
        ("1-101", "1-101"),
        ("1 101", "1-101"),
        ("1号楼2单元301", "1-2-301"),
        ("1号楼2单元301室", "1-2-301"),
        ("A座1201", "A-1201"),
        ("a座1201", "A-1201"),
        ("１栋１０１", "1-101"),
        ("３－２－１２０１", "3-2-1201"),
        ("3–2—1201", "3-2-1201"),
        ("3_2_1201", "3-2-1201"),
        ("3/2/1201", "3-2-1201"),
        ("3#1201", "3-1201"),
        ("3#楼2单元1201", "3-2-1201"),
        ("3，2、1201", "3-2-1201"),
        ("3,1201", "3-1201"),
        ("3栋-2单元-1201", "3-2-1201"),
        ("三栋二单元1201", "3-2-1201"),
        ("十二幢三零一", "12-301"),
        ("3-0701", "3-0701"),
        ("B1-023", "B1-023"),
        ("3A-501", "3A-501"),
        ("3号1201", "3-1201"),
        ("3-1201号房", "3-1201"),
        ("3-1201号", "3-1201"),
        ("3-1201户", "3-1201"),
        ("1 栋 2 单元 301 室", "1-2-301"),
        ("甲栋101", "甲-101"),
        ("东区3栋101", "东区3-101"),
        ("1栋商铺12", "1-商铺12"),
        ("  3-1201\u3000", "3-1201"),
        ("3栋A单元1201", "3-A-1201"),
    ],
)
def test_without_a_register_a_well_formed_room_is_made_canonical(typed: str, canonical: str) -> None:
    assert room.parse(typed) == canonical
    assert room.parse(canonical) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "101",
        "101室",
        "3A",
        "B1",
        "A座",
        "1栋",
        "1栋2单元",
        "2单元301",
        "3楼301",
        "1栋12层01室",
        "二楼大厅",
        "大堂",
        "大堂 门口",
        "1栋大堂",
        "1-2-3-4",
        "1栋大堂北",
        "王女士 3-1201",
        "王女士-101",
        "1@101",
        "3-1201；3-1202",
        "1-101😀",
        "٣-١٠١",
        "301室1栋",
    ],
)
def test_without_a_register_what_is_no_whole_room_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="3-2-1201"):
        room.parse(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1栋101", "1-1-101"),
        ("1-101", "1-1-101"),
        ("1 101", "1-1-101"),
        ("1-1-101", "1-1-101"),
        ("1栋1单元102", "1-1-102"),
        ("1-2-102", "1-2-102"),
        ("２栋３０１", "2-301"),
        ("二栋301", "2-301"),
        ("301室", "2-301"),
        ("302", "2-302"),
        ("3-0701", "3-1-0701"),
        ("3-701", "3-1-0701"),
        ("701", "3-1-0701"),
        ("a座1201", "A-1201"),
        ("A1201", "A-1201"),
        ("B座-1201", "B-1201"),
        ("B1-23", "B1-023"),
        ("b1", "B1-023"),
        ("2单元1202", "3-2-1202"),
        ("商铺12", "商铺-12"),
        ("商铺-12", "商铺-12"),
        ("9栋3a", "9-3A"),
        ("3a", "9-3A"),
        ("3楼1201", "3-2-1201"),
        ("1201室3栋", "3-2-1201"),
        ("5-901", "5-1-901"),
    ],
)
def test_with_a_register(typed: str, found: str) -> None:
    assert room.parse(typed, UNITS) == found


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("1栋102", ("1-1-102", "1-2-102")),
        ("101", ("1-1-101", "10-1-101")),
        ("102室", ("1-1-102", "1-2-102")),
        ("1201", ("3-2-1201", "A-1201", "B-1201")),
        ("3栋2单元", ("3-2-1201", "3-2-1202")),
        ("3A座", ("3A-501", "3A-502")),
        ("5号楼", ("5-1-901", "5-2-902")),
    ],
)
def test_several_that_fit_are_asked_about(typed: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(room.AmbiguousRoom) as error:
        room.parse(typed, UNITS)
    assert sorted(error.value.candidates) == sorted(candidates)
    assert all(c in str(error.value) for c in candidates)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("3-2-1203", "3-2-1201"),
        ("3栋1203", "3-2-1201"),
        ("2栋303", "2-301"),
        ("1-3-102", "1-1-102"),
        ("A座1202", "A-1201"),
    ],
)
def test_an_unknown_room_gets_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(room.UnknownRoom) as error:
        room.parse(typed, UNITS)
    assert near in error.value.nearest
    assert len(error.value.nearest) <= 3
    assert near in str(error.value)


@pytest.mark.parametrize(
    "typed", ["99", "9999-9999", "2单元301", "2-1-301", "1-2-101", "3a501", "11-01", "1-2-3-4", "C座"]
)
def test_never_guessed(typed: str) -> None:
    with pytest.raises(room.UnknownRoom):
        room.parse(typed, UNITS)


def test_the_very_zeros_come_first() -> None:
    units = frozenset({"1-101", "1-0101"})
    assert room.parse("1栋101", units) == "1-101"
    assert room.parse("1栋0101", units) == "1-0101"
    with pytest.raises(room.AmbiguousRoom):
        room.parse("1栋00101", units)


def test_the_register_spells_the_room() -> None:
    assert room.parse("三栋101", frozenset({"三-101"})) == "三-101"
    assert room.parse("A座101", frozenset({"a-101"})) == "a-101"
    assert room.parse("别墅 甲", frozenset({"别墅 甲"})) == "别墅 甲"


PART = st.from_regex(r"[A-Z]?[0-9]{1,4}", fullmatch=True)


@given(st.lists(PART, min_size=2, max_size=3).map("-".join), st.sampled_from("-–—_/#，、 "))
def test_canonical_rooms_are_read_with_any_separator(canonical: str, separator: str) -> None:
    assert room.parse(canonical.replace("-", separator)) == canonical
    assert room.parse(canonical.replace("-", separator), frozenset({canonical, "x-1"})) == canonical


@given(st.text(max_size=10), st.sampled_from([frozenset[str](), UNITS]))
def test_anything_is_a_room_or_refused(text: str, units: frozenset[str]) -> None:
    try:
        found = room.parse(text, units)
    except ValueError as error:
        assert not str(error).isascii()
    else:
        assert not units or found in units


@given(st.lists(st.text("0123456789", min_size=1, max_size=5), min_size=2, max_size=3))
def test_a_plain_room_is_what_taking_it_apart_gives(parts: list[str]) -> None:
    typed = "-".join(parts)
    assert room.parse(typed) == room._well_formed(typed, room._split(typed))
