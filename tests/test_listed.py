"""Several things in one field: goods and materials as clerks type them, phones and plates beside each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import DESK, at

from wuye.clock import SHANGHAI
from wuye.listed import GOODS, MATERIALS, several, thing_zh
from wuye.values import LONGEST_LINE, PHONE, PLATE, Typing

TYPING = Typing(at("2026-11-22 10:00"), DESK)


def goods(text: str) -> str:
    """What was understood, in the desk's words."""
    return "、".join(thing_zh(row) for row in GOODS.parse(text, TYPING))


# --- goods as they are typed


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("冰箱x1,纸箱x3", "冰箱×1、纸箱×3"),
        ("冰箱x1，纸箱×3、电视 1台（旧）", "冰箱×1、纸箱×3、电视×1台（旧）"),
        ("冰箱Ｘ１；纸箱＊３；电视＊２台", "冰箱×1、纸箱×3、电视×2台"),
        ("冰箱：1台，纸箱:3", "冰箱×1台、纸箱×3"),
        ("冰箱一台，纸箱三个，书十二箱", "冰箱×1台、纸箱×3个、书×12箱"),
        ("一台冰箱，两张床,3箱书", "冰箱×1台、床×2张、书×3箱"),
        ("冰箱1台 纸箱3个（旧书） 电视", "冰箱×1台、纸箱×3个（旧书）、电视×1"),
        ("纸箱 3 个", "纸箱×3个"),
        ("纸箱x3（旧书、碗碟，杯子）,床", "纸箱×3（旧书、碗碟，杯子）、床×1"),
        ("纸箱（3个），被子（两床，旧）", "纸箱×3个、被子×2床（旧）"),
        ("冰箱(旧)", "冰箱×1（旧）"),
        ("冰箱x1\n电视x2", "冰箱×1、电视×2"),
        ("鞋10双,帽子2顶", "鞋×10双、帽子×2顶"),
        ("电线20米,沙子3吨", "电线×20米、沙子×3吨"),
    ],
)
def test_things_are_understood(typed: str, understood: str) -> None:
    assert goods(typed) == understood


@pytest.mark.parametrize(
    "name",
    ["55寸电视", "1.8米床", "2米桌子", "iPhone15", "MacBook Pro", "A4纸", "Ａ４纸", "24瓶装啤酒", "20升水桶",
     "三只松鼠",
     "床上用品四件套", "一箱子书", "2x4木方", "iPhone 15"],
)  # fmt: skip
def test_a_figure_in_a_name_is_no_count(name: str) -> None:
    assert [dict(row) for row in GOODS.parse(f"{name}x2", TYPING)] == [{"name": name, "quantity": 2}]


@pytest.mark.parametrize(
    "typed",
    ["冰箱 2", "纸箱3", "iPhone 15", "冰箱x", "冰箱x-1", "冰箱x2.5", "电线2.5米", "电线x2.5米", "冰箱1台电视2台",
     "冰箱x1电视x1", "3箱书 2台电视", "x3", "（旧）", "冰箱x1（旧", "椅子4捧"],
)  # fmt: skip
def test_what_could_be_two_things_is_refused_not_guessed(typed: str) -> None:
    with pytest.raises(ValueError, match="请写成 冰箱x1,纸箱x3（旧书）这样") as error:
        goods(typed)
    assert typed in str(error.value)


@pytest.mark.parametrize("typed", ["", "，", "、;", "\n"])
def test_no_thing_at_all_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="没有写出物品"):
        goods(typed)
    with pytest.raises(ValueError, match="没有写出电话"):
        several(PHONE).parse(typed, TYPING)


def test_none_of_a_thing_is_refused() -> None:
    with pytest.raises(ValueError, match="“纸箱x0”的数量是 0"):
        goods("冰箱x1,纸箱x0")
    with pytest.raises(ValueError, match="不小于 0 的整数"):
        goods("冰箱x9999999999")


def test_goods_have_no_price() -> None:
    with pytest.raises(ValueError, match="物品不写单价"):
        goods("冰箱x1@35")


def test_long_words_end_soon() -> None:
    for text in ("冰" * (LONGEST_LINE + 1), "冰箱 " * 5000, "1" * 20_000, "x1" * 9000):
        with pytest.raises(ValueError, match=r"请|最多"):
            goods(text)


def test_a_control_mark_is_named() -> None:
    with pytest.raises(ValueError, match=r"U\+202E"):
        goods("冰\u202e箱x1")


# --- materials have a price


@pytest.mark.parametrize(
    ("typed", "prices"),
    [
        ("水龙头x1@35.00,生料带x2", ["35.00", None]),
        ("水龙头x1@35,100W灯泡x2", ["35.00", None]),
        ("水管x1@1,200，弯头x3@￥2.5元", ["1200.00", "2.50"]),
        ("水龙头x1 35元，灯泡2个 @5元/个（节能）", ["35.00", "5.00"]),
        ("水管x1@1,200.50", ["1200.50"]),
    ],
)
def test_prices_are_exact(typed: str, prices: list[str | None]) -> None:
    rows = MATERIALS.parse(typed, TYPING)
    assert [None if "price" not in row else str(row["price"]) for row in rows] == prices


@pytest.mark.parametrize("typed", ["水龙头x1@", "水龙头x1@35.555", "水龙头x1@三十", "水龙头@35@40"])
def test_a_price_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"请|金额"):
        MATERIALS.parse(typed, TYPING)


# --- stored, and read back


def test_what_is_stored_is_plain_text_and_reads_back() -> None:
    rows = MATERIALS.parse("水龙头x1@35（铜）,生料带2卷", TYPING)
    stored = MATERIALS.dump(rows)
    assert stored == [
        {"name": "水龙头", "quantity": "1", "price": "35.00", "note": "铜"},
        {"name": "生料带", "quantity": "2", "unit": "卷"},
    ]
    assert MATERIALS.read(stored, SHANGHAI) == rows
    assert MATERIALS.show(rows) == "水龙头×1@35.00（铜）、生料带×2卷"


def test_keys_nobody_knows_are_kept() -> None:
    stored = [{"name": "冰箱", "quantity": "1", "colour": "白"}]
    assert GOODS.dump(GOODS.read(stored, SHANGHAI)) == stored


@pytest.mark.parametrize(
    ("stored", "wrong"),
    [([{"name": "冰箱"}], "缺 quantity"), (["冰箱"], "每条写 name"), ([{"name": "冰箱", "quantity": "很多"}], "整数"),
     ([{"name": ["冰箱"], "quantity": "1"}], "每条写 name")],
)  # fmt: skip
def test_what_a_hand_left_in_the_file_is_told(stored: list[Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        GOODS.read(stored, SHANGHAI)


words = st.text(st.sampled_from("冰箱纸电视床abW"), min_size=1, max_size=6)


@given(st.lists(st.tuples(words, st.integers(1, 999)), min_size=1, max_size=5), st.sampled_from(",，、;；"))
def test_any_list_with_counts_reads_as_it_is_shown(things: list[tuple[str, int]], mark: str) -> None:
    rows = GOODS.parse(mark.join(f"{name}x{count}" for name, count in things), TYPING)
    assert [(row["name"], row["quantity"]) for row in rows] == things
    assert GOODS.parse(GOODS.show(rows), TYPING) == rows


# --- phones and plates


def test_several_phones_and_plates() -> None:
    phones = several(PHONE)
    assert phones.parse("13800138000、+86 139-0013-9000，13800138000", TYPING) == ("13800138000", "13900139000")
    assert phones.dump(("13800138000",)) == ["13800138000"] and phones.mask(["13800138000"]) == ["138****8000"]
    assert several(PLATE).show(several(PLATE).parse("粤b12345；粤BD12345", TYPING)) == "粤B12345、粤BD12345"
    with pytest.raises(ValueError, match="电话应为"):
        phones.parse("13800138000,12", TYPING)
    with pytest.raises(ValueError, match="一串电话"):
        phones.read([["1"]], SHANGHAI)


def test_prices_are_decimals() -> None:
    assert MATERIALS.parse("水龙头x1@35", TYPING)[0]["price"] == Decimal("35.00")
