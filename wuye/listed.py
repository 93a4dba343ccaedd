"""Fields that hold several things: phones, plates, the goods on a pass, the materials of an order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from wuye.numerals import fold, number
from wuye.values import COUNT, DIFFERENCE, LONGEST_LINE, MONEY, PAID_BY, TEXT, Type, Typing, day, many


def several(of: Type) -> Type:
    """A few values of one type, typed with commas or `、` between them, stored as a list."""

    def parse(text: str, typing: Typing) -> tuple[Any, ...]:
        found = tuple(dict.fromkeys(of.parse(part, typing) for part in many(text)))
        if not found:
            raise ValueError(f"没有写出{of.zh}，请写上或删去这一项")
        return found

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
        doubt=lambda value: "；".join(filter(None, (of.doubt(part) if of.doubt else "" for part in value))),
    )


class Cell(NamedTuple):
    """One column of a listed value: code, Chinese label, type, whether every row has it."""

    name: str
    zh: str
    type: Type
    required: bool = False


CELL_ZH = {"name": "名称", "quantity": "数量", "unit": "单位", "price": "单价", "note": "备注"}


def rows(name: str, zh: str, cells: tuple[Cell, ...], cut: Callable[[str], Iterable[Mapping[str, str]]],
         show: Callable[[Mapping[str, Any]], str]) -> Type:  # fmt: skip
    """A small table in one field, stored as a list of mappings.

    `cut` takes the typed words apart, `show` says one row in a few words; both raise or return plain text.
    """
    known = {cell.name: cell for cell in cells}

    def parse(text: str, typing: Typing) -> tuple[dict[str, Any], ...]:
        found = tuple(cut(text))
        if not found:
            raise ValueError(f"没有写出{zh}，请逐样写明")
        if more := next((n for row in found for n in row if n not in known), ""):
            raise ValueError(f"{zh}不写{CELL_ZH[more]}，请删去")
        return tuple({n: known[n].type.parse(word, typing) for n, word in row.items()} for row in found)

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

    return Type(f"rows:{name}", zh, parse, read, dump, shown, lambda stored: stored, listed=True, cells=cells)


# Words that count things, and words of size that only follow a figure: `20升水桶` is one bucket.
_COUNTS = "台个件张把箱只套袋辆床组卷桶本部块根扇盏副条瓶包盒双对幅捆扎批架颗片支节盆棵株面樘罐听份打顶"
_SIZES = "公斤|千克|平方米|平米|平方|立方|kg|米|斤|吨|升"
_UNIT = rf"(?:{_SIZES}|[{_COUNTS}])"
_DIGITS = "一二两三四五六七八九十百"
_FIGURE = rf"(?:\d+|[{_DIGITS}]+)"
# A figure from its first digit on: looking again from each of the others is what takes long in a long one.
_WHOLE_FIGURE = rf"(?:(?<!\d)\d+|(?<![{_DIGITS}])[{_DIGITS}]+)"
_TIMES = "[x×*✕✖:]"
_THOUSANDS = r"\d{1,3}(?:,\d{3})+"
_PRICE = rf"(?:{_THOUSANDS}|\d+)(?:\.\d+)?"
_PRICED = rf"(?:\s*@\s*[¥￥]?\s*(?P<price>{_PRICE})\s*元?|\s+[¥￥]?(?P<plain>{_PRICE})\s*元)(?:/{_UNIT})?"
_REST = rf"(?:{_PRICED})?(?:\s*\((?P<note>[^()]*)\))?"
# In this order: the count behind the thing, in brackets behind it, before it, or none.
_THINGS = (
    rf"(?P<name>[^@()]+?)(?:\s*{_TIMES}\s*(?P<times>{_FIGURE})\s*(?P<measured>{_UNIT})?"
    rf"|\s*(?P<figure>{_FIGURE})\s*(?P<unit>{_UNIT})){_REST}",
    rf"(?P<name>[^@()]+?)\s*\((?P<figure>{_FIGURE})\s*(?P<unit>{_UNIT})(?:[,、;]\s*(?P<note>[^()]*))?\)",
    rf"(?P<figure>{_FIGURE})\s*(?P<unit>[{_COUNTS}])(?![子装])\s*(?P<name>[^@()]+?){_REST}",
    rf"(?P<name>[^@()]+?){_REST}",
)
# Where one thing ends and the next begins: at commas that stand neither in brackets nor in a price, and at a blank
# behind a count or price, unless what follows belongs to it.
_COMMAS = rf"\([^()]*\)|@\s*[¥￥]?{_THOUSANDS}(?=\.\d|\s*(?:$|[,、;(\n元]))|(?P<cut>[,、;\n])"
_BLANKS = (
    rf"(?:{_TIMES}\s*{_FIGURE}\s*{_UNIT}?|{_WHOLE_FIGURE}\s*{_UNIT}|\)|@\s*[¥￥]?{_PRICE}元?)"
    rf"(?P<cut>\s+)(?![(@¥￥]|{_PRICE}\s*元)"
)
_HAN = r"[\u4e00-\u9fff]"
_COUNTED = rf"(?:^|(?<={_HAN})|(?<=\s)){_FIGURE}\s*[{_COUNTS}](?![子装套])"
# A name that ends in a figure may be a count or a model, one that ends in a mark has lost its count.
_UNSURE = (
    rf"(?:{_HAN}\s*|\s|{_TIMES}\s*)-?[\d.]+$|(?<![a-z0-9]){_TIMES}$|\d\.$"
    rf"|{_HAN}\s*{_TIMES}\s*\d|{_HAN}\s*\d+{_HAN}$"
)
_HOW = "请写成 冰箱x1,纸箱x3（旧书）这样，数量写整数"


def _things(text: str) -> Iterable[dict[str, str]]:
    """`冰箱x1，纸箱3个（旧书、衣服） 水龙头x1@35.00，两张床` → a row each.

    Raises ValueError for what could be read in two ways: `纸箱 3` may be three boxes, or a box called so.
    """
    for part in _parted(text.strip(), _COMMAS):
        for one in _parted(part, _BLANKS):
            if one.strip():
                yield _thing(one.strip())


def _parted(text: str, pattern: str) -> Iterable[str]:
    """The text cut where the pattern says so; only the reading is folded, what was written stays."""
    start = 0
    for found in re.finditer(pattern, fold(text), re.IGNORECASE | re.ASCII):
        if found["cut"]:
            yield text[start : found.start("cut")]
            start = found.end("cut")
    yield text[start:]


def _thing(text: str) -> dict[str, str]:
    """One thing; ValueError where it cannot be told how many there are."""
    if len(text) > LONGEST_LINE:
        raise ValueError(f"“{text[:10]}…”太长（{len(text)} 字），最多 {LONGEST_LINE} 字")
    plain = fold(text)
    for pattern in _THINGS:
        found = re.fullmatch(pattern, plain, re.IGNORECASE | re.ASCII)
        name = text[found.start("name") : found.end("name")].strip() if found else ""
        if not found or not name.strip(" x×*@-"):
            continue
        parts = found.groupdict()
        figure = parts.get("times") or parts.get("figure")
        counted = re.search(_COUNTED, fold(name))
        if re.search(_UNSURE, fold(name).lower()) and not (figure and name[-1:].isdigit()):
            raise ValueError(f"看不出“{text}”有多少，{_HOW}")
        if counted and not (figure and counted.start() == 0):
            raise ValueError(f"看不出“{text}”是几样东西，{_HOW}")
        count = int(number(figure) or figure) if figure else 1
        if count == 0:
            raise ValueError(f"“{text}”的数量是 0，请改正或删去")
        note = text[found.start("note") : found.end("note")].strip() if parts.get("note") else ""
        price = (parts.get("price") or parts.get("plain") or "").replace(",", "")
        more = {"unit": parts.get("measured") or parts.get("unit"), "price": price, "note": note}
        return {"name": name, "quantity": str(count)} | {key: word for key, word in more.items() if word}
    raise ValueError(f"看不懂“{text}”，{_HOW}")


def thing_zh(row: Mapping[str, Any]) -> str:
    """One thing in a few words: `冰箱×1台（旧）`."""
    price = f"@{MONEY.show(row['price'])}" if "price" in row else ""
    note = f"（{row['note']}）" if row.get("note") else ""
    return f"{row['name']}×{row.get('quantity', 1)}{row.get('unit', '')}{price}{note}"


_CELLS = (Cell("name", CELL_ZH["name"], TEXT, True), Cell("quantity", CELL_ZH["quantity"], COUNT, True),
          Cell("unit", CELL_ZH["unit"], TEXT), Cell("note", CELL_ZH["note"], TEXT))  # fmt: skip
GOODS = rows("goods", "物品", _CELLS, _things, thing_zh)
MATERIALS = rows("materials", "材料", (*_CELLS, Cell("price", CELL_ZH["price"], MONEY)), _things, thing_zh)


def _untyped(text: str) -> Iterable[dict[str, str]]:
    raise ValueError("由程序算出，不要填")


_VALUES = ("100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01")
_PIECES = r"(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>元|块|角|分)?\s*(?P<times>[xX×*])?\s*(?P<pieces>\d+)\s*[张枚个]?"
_IN_YUAN = {"角": "0.", "分": "0.0"}


def _pieces(text: str) -> Iterable[dict[str, str]]:
    """`100x12,50x3,5角4枚` → a row a denomination."""
    for part in many(text):
        found = re.fullmatch(_PIECES, fold(part).strip())
        if not found or not (found["times"] or found["unit"]):
            raise ValueError(f"看不懂“{part}”，请写成 100x12,50x3,0.5x4 这样：面额x张数")
        value = _IN_YUAN.get(found["unit"] or "", "") + found["value"]
        value = value.rstrip("0").rstrip(".") if "." in value else value
        if value not in _VALUES:
            raise ValueError(f"“{part}”：没有 {value} 元这种面额，请改正")
        yield {"value": value, "pieces": found["pieces"]}


def pieces_zh(row: Mapping[str, Any]) -> str:
    """One denomination: `100元×12`."""
    return f"{row['value'].normalize():f}元×{row['pieces']}"


CASH = rows("cash", "面额张数", (Cell("value", "面额", MONEY, True), Cell("pieces", "张数", COUNT, True)),
            _pieces, pieces_zh)  # fmt: skip


def taken_zh(row: Mapping[str, Any]) -> str:
    """What came and went by one way of payment, in a line."""
    parts = [f"收 {MONEY.show(row['taken'])}"]
    names = (("out", "退冲"), ("deposits", "收押金"), ("returned", "退押金"))
    parts += [f"{zh} {MONEY.show(row[n])}" for n, zh in names if row[n]]
    return f"{WAYS_ZH.get(row['way'], row['way'])} {'，'.join(parts)}，净 {MONEY.show(row['net'])}（{row['count']} 笔）"


WAYS_ZH = dict(PAID_BY.choices)
TAKINGS = rows(
    "takings", "收付合计",
    (Cell("way", "方式", TEXT, True), Cell("taken", "收款", MONEY, True), Cell("out", "退款冲销", MONEY, True),
     Cell("deposits", "收押金", MONEY, True), Cell("returned", "退押金", MONEY, True),
     Cell("net", "净额", DIFFERENCE, True), Cell("count", "笔数", COUNT, True)),
    _untyped, taken_zh,
)  # fmt: skip


def papers_zh(row: Mapping[str, Any]) -> str:
    """The receipts of one book in a line: `2026-03 0012301—0012305 已开4张 作废1张（0012303）`."""
    spoiled = f" 作废{row['spoiled']}张（{row['numbers']}）" if row.get("numbers") else ""
    span = row["first"] if row["first"] == row["last"] else f"{row['first']}—{row['last']}"
    return f"{row.get('book', '')} {span} 已开{row['used']}张{spoiled}".strip()


PAPERS = rows(
    "papers", "收据起止",
    (Cell("book", "票据本", TEXT), Cell("first", "起", TEXT, True), Cell("last", "止", TEXT, True),
     Cell("used", "已开", COUNT, True), Cell("spoiled", "作废", COUNT, True), Cell("numbers", "作废号", TEXT)),
    _untyped, papers_zh,
)  # fmt: skip
ITEMS = rows(
    "items", "项目合计",
    (Cell("item", "项目", TEXT, True), Cell("principal", "本金", DIFFERENCE, True),
     Cell("fee", "违约金", DIFFERENCE, True)),
    _untyped,
    lambda row: f"{row['item']} {MONEY.show(row['principal'])}"
    + (f"，违约金 {MONEY.show(row['fee'])}" if row["fee"] else ""),
)  # fmt: skip
SEALS = rows(
    "seals", "冻结文件",
    (Cell("file", "文件", TEXT, True), Cell("records", "条数", COUNT, True), Cell("sha256", "哈希", TEXT, True)),
    _untyped, lambda row: f"{row['file']} {row['records']} 条 {row['sha256'][:12]}",
)  # fmt: skip


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
