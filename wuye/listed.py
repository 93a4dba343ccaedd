"""Fields that hold several things: phones, plates, the goods on a pass, the materials of an order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from wuye.numerals import fold
from wuye.values import COUNT, MONEY, TEXT, Type, Typing, day, many


def several(of: Type) -> Type:
    """A few values of one type, typed with commas or `、` between them, stored as a list."""

    def parse(text: str, typing: Typing) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(of.parse(part, typing) for part in many(text)))

    def read(stored: list[Any], zone: tzinfo) -> tuple[Any, ...]:
        if not all(isinstance(part, str) for part in stored):
            raise ValueError(f"应是一串{of.zh}")
        return tuple(of.read(part, zone) for part in stored)

    return Type(
        f"several:{of.name}",
        of.zh,
        parse,
        read,
        lambda value: [of.dump(part) for part in value],
        lambda value: "、".join(of.show(part) for part in value),
        lambda stored: [of.mask(part) for part in stored],
        of.choices,
        listed=True,
    )


class Cell(NamedTuple):
    """One column of a listed value: code, Chinese label, type, whether every row has it."""

    name: str
    zh: str
    type: Type
    required: bool = False


def rows(name: str, zh: str, cells: tuple[Cell, ...], cut: Callable[[str], Iterable[Mapping[str, str]]],
         show: Callable[[Mapping[str, Any]], str]) -> Type:  # fmt: skip
    """A small table in one field, stored as a list of mappings.

    `cut` takes the typed words apart, `show` says one row in a few words; both raise or return plain text.
    """
    known = {cell.name: cell for cell in cells}

    def parse(text: str, typing: Typing) -> tuple[dict[str, Any], ...]:
        return tuple({n: known[n].type.parse(word, typing) for n, word in row.items()} for row in cut(text))

    def read(stored: list[Any], zone: tzinfo) -> tuple[dict[str, Any], ...]:
        found = []
        for row in stored:
            if not isinstance(row, dict) or any(not isinstance(word, str) for word in row.values()):
                raise ValueError(f"应是一串{zh}，每条写 {'、'.join(known)}")
            for cell in cells:
                if cell.required and not row.get(cell.name):
                    raise ValueError(f"有一条{zh}缺 {cell.name}（{cell.zh}）")
            found.append({n: known[n].type.read(t, zone) if n in known else t for n, t in row.items() if t})
        return tuple(found)

    def dump(value: tuple[Mapping[str, Any], ...]) -> list[dict[str, str]]:
        return [{n: known[n].type.dump(v) if n in known else v for n, v in row.items()} for row in value]

    def shown(value: tuple[Mapping[str, Any], ...]) -> str:
        return "、".join(show(row) for row in value)

    return Type(f"rows:{name}", zh, parse, read, dump, shown, lambda stored: stored, listed=True)


_MEASURES = "台个件张把箱只套袋辆床组卷桶本部块根米扇盏副条瓶包盒"
_THING = rf"""(?P<name>.+?)
    (?: \s*[xX×*＊]\s*(?P<times>\d+)(?P<measured>[{_MEASURES}])? | \s*(?P<number>\d+)\s*(?P<unit>[{_MEASURES}]) )?
    (?: \s*@\s*(?P<price>[\d.,]+) )?
    (?: \s*[(（](?P<note>[^()（）]*)[)）] )?"""


def _things(text: str) -> Iterable[dict[str, str]]:
    """`冰箱x1,纸箱3个（旧书）,水龙头x1@35.00` → a row each."""
    parts = many(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    for part in parts:
        found = re.fullmatch(_THING, part.strip(), re.VERBOSE)
        if not found or not found["name"].strip(" x×*@"):
            raise ValueError(f"看不懂“{part}”，请写成 冰箱x1,纸箱x3（旧书）这样")
        count = found["times"] or found["number"] or "1"
        if int(fold(count)) == 0:
            raise ValueError(f"“{part}”的数量是 0，请改正或删去")
        row = {"name": found["name"], "quantity": count}
        more = {"unit": found["measured"] or found["unit"], "price": found["price"], "note": found["note"]}
        yield row | {name: word for name, word in more.items() if word}


def thing_zh(row: Mapping[str, Any]) -> str:
    """One thing in a few words: `冰箱×1台（旧）`."""
    price = f"@{MONEY.show(row['price'])}" if "price" in row else ""
    note = f"（{row['note']}）" if row.get("note") else ""
    return f"{row['name']}×{row.get('quantity', 1)}{row.get('unit', '')}{price}{note}"


_CELLS = (Cell("name", "名称", TEXT, True), Cell("quantity", "数量", COUNT, True), Cell("unit", "单位", TEXT),
          Cell("note", "备注", TEXT))  # fmt: skip
GOODS = rows("goods", "物品", _CELLS, _things, thing_zh)
MATERIALS = rows("materials", "材料", (*_CELLS, Cell("price", "单价", MONEY)), _things, thing_zh)


def line_zh(row: Mapping[str, Any]) -> str:
    """One line of a bill: `89.5㎡ × 2.80 = 250.60`."""
    part = f"{row['quantity']} × {row['rate']} = " if row.get("quantity") and row.get("rate") else ""
    note = f"（{row['note']}）" if row.get("note") else ""
    return f"{row['what']} {part}{MONEY.show(row['amount'])}{note}"


def _lines(text: str) -> Iterable[dict[str, str]]:
    """`物业费 250.60、垃圾费 10` → a row each."""
    for part in many(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)):
        what, blank, amount = part.strip().rpartition(" ")
        if not blank:
            raise ValueError(f"看不懂“{part}”，请写成 物业费 250.60、垃圾费 10 这样")
        yield {"what": what.strip(), "amount": amount}


LINES = rows(
    "lines", "明细",
    (Cell("what", "项目", TEXT, True), Cell("quantity", "数量", TEXT), Cell("rate", "单价", TEXT),
     Cell("amount", "金额", MONEY, True), Cell("note", "说明", TEXT)),
    _lines, line_zh,
)  # fmt: skip


def rent_zh(row: Mapping[str, Any]) -> str:
    """One rent of a schedule: `2026-12-01 至 2027-02-28 9,000.00`."""
    due = f"（{row['due']:%Y-%m-%d} 前付）" if row.get("due") else ""
    return f"{row['from']:%Y-%m-%d} 至 {row['until']:%Y-%m-%d} {MONEY.show(row['amount'])}{due}"


def _rents(text: str) -> Iterable[dict[str, str]]:
    """`2026-12-01 2027-02-28 9000 2026-12-05、…` → a row each."""
    for part in many(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)):
        words = [word for word in re.split(r"\s+|至|到", part) if word]
        if len(words) not in (3, 4):
            raise ValueError(f"看不懂“{part}”，请写成 起 止 金额 应付日，如 2026-12-01 2027-02-28 9000 2026-12-05")
        yield dict(zip(("from", "until", "amount", "due"), words, strict=False))


SCHEDULE = rows(
    "schedule", "租金计划",
    (Cell("from", "起", day("any"), True), Cell("until", "止", day("any"), True), Cell("amount", "金额", MONEY, True),
     Cell("due", "应付日", day("any"))),
    _rents, rent_zh,
)  # fmt: skip
