"""What the stores can be asked: what is there, what departments used and what they will need (domain.md 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wuye import records, stock, when
from wuye.accounts import end_of
from wuye.call import Call, Opt, Verb
from wuye.days import add_months
from wuye.errors import BadInput, Damaged, Problem
from wuye.money import show
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.values import clean

KIND = records.kind("supply")
CLASS = KIND["class"]
AS_OF = Opt("as_of", "截至哪一天（不写为现在）", metavar="DAY")
OF_CLASS = Opt("class", f"只看一类：{'、'.join(f'{code}({zh})' for code, zh in CLASS.type.choices)}", metavar="CHOICE")
OF_DEPARTMENT = Opt("department", "只看一个部门", metavar="DEPARTMENT")
STOCK = (
    Column("item", "品名"), Column("class_zh", "类别"), Column("stock", "库存", right=True), Column("measure", "单位"),
    Column("received", "累计入库", right=True), Column("issued", "累计发放", right=True),
    Column("counted", "最近盘点", lambda at: f"{at:%Y-%m-%d}" if at else ""),
)  # fmt: skip
USED = (
    Column("department", "部门"), Column("item", "品名"), Column("class_zh", "类别"),
    Column("quantity", "数量", right=True), Column("measure", "单位"), Column("amount", "金额", right=True),
    Column("times", "次数", right=True),
)  # fmt: skip
NEEDS = (*USED[:-2], Column("stock", "现有库存", right=True), Column("purpose", "用途", wide=True))


def _loaded(call: Call) -> list[Record]:
    """Every record of the stores. Raises Damaged where one cannot be read: a sum over the rest would be wrong."""
    found, problems = call.office.load(KIND)
    if problems:
        raise Damaged(*problems)
    return [r for r in found if not r.void]


def _class(call: Call) -> str:
    """The class that is asked for, none for all. Raises BadInput."""
    if not (word := call.text("class")):
        return ""
    try:
        return str(CLASS.type.parse(word, call.office.typing))
    except ValueError as error:
        raise BadInput(Problem(f"--class（类别）：{error}；请改正", field="class")) from error


def _until(call: Call) -> datetime:
    """The moment that is asked about. Raises BadInput."""
    if not (word := call.text("as_of")):
        return call.office.now
    try:
        told = when.parse(word, call.office.now, "past", call.office.typing.desk)
    except ValueError as error:
        raise BadInput(Problem(f"--as-of（截至）：{error}", field="as_of")) from error
    day = told.date() if isinstance(told, datetime) else told
    return end_of(day, call.office.now)


def _month(call: Call, months: int) -> date:
    """The first of the month that is asked about, by default so many months from now. Raises BadInput."""
    call.no_words(1)
    today = call.office.now.date()
    if not call.words:
        return add_months(today.replace(day=1), months)
    try:
        first, last = when.period(clean(call.words[0]), today)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if first.day != 1 or (first.year, first.month) != (last.year, last.month):
        raise BadInput(f"应是一个月份，如 2026-11、本月、下月，现为“{call.words[0]}”：请改正")
    return first


def in_stock(call: Call) -> Sheet:
    """What is there of every item, or of those in whose name the words stand."""
    call.no_words(1)
    until, group = _until(call), _class(call)
    word = call.words[0] if call.words else ""
    rows = [
        {"item": one.item, "class": one.group or None, "class_zh": CLASS.shown(one.group or None),
         "stock": stock.plain(one.quantity), "measure": one.measure, "received": stock.plain(one.received),
         "issued": stock.plain(one.issued), "counted": one.counted}
        for one in stock.stocks(_loaded(call), until).values()
        if word in one.item and group in ("", one.group)
    ]  # fmt: skip
    rows.sort(key=lambda row: (str(row["class"]), str(row["item"])))
    short = [f"{row['item']} 库存是负数 {row['stock']}：请盘点后用 add 盘点 登记" for row in rows
             if str(row["stock"]).startswith("-")]  # fmt: skip
    return Sheet("wuye.supply.stock", STOCK, tuple(rows), call.office.now, f"库存 截至 {until:%Y-%m-%d}",
                 notes=tuple(short), empty="没有库存记录")  # fmt: skip


def used(call: Call) -> Sheet:
    """What was issued in a month, by department: 月材料消耗表."""
    first = _month(call, 0)
    found = [m for m in stock.movements(_loaded(call)) if m.what == stock.ISSUE and f"{m.at:%Y-%m}" == f"{first:%Y-%m}"]
    rows = _summed(call, ((m.record, m.quantity) for m in found))
    return _monthly(call, "used", USED, rows, f"月材料消耗表 {first:%Y-%m}", "这个月没有发放")


def needs(call: Call) -> Sheet:
    """What departments said they will need in a month, beside what is in stock: 月材料需用表."""
    first, every = _month(call, 1), _loaded(call)
    wanted = [r for r in every if r["type"] == "need" and r.get("month") == f"{first:%Y-%m}"]
    there = stock.stocks(every)
    rows = _summed(call, ((r, Decimal(r["quantity"])) for r in wanted))
    for row in rows:
        one = there.get(row["item"])
        row["stock"] = stock.plain(one.quantity) if one else "0"
    return _monthly(call, "needs", NEEDS, rows, f"月材料需用表 {first:%Y-%m}", "这个月没有报需用")


def _monthly(
    call: Call, name: str, columns: tuple[Column, ...], rows: tuple[dict[str, Any], ...], title: str, empty: str
) -> Sheet:
    title = f"{call.office.settings.name} {title}"
    return Sheet(f"wuye.supply.{name}", columns, rows, call.office.now, title, more={"month": title[-7:]}, empty=empty)


def _summed(call: Call, found: Iterable[tuple[Record, Decimal]]) -> tuple[dict[str, Any], ...]:
    """Quantities by department, item and measure; the amount where every one of them has a price."""
    group, department = _class(call), call.text("department")
    sums: dict[tuple[str, str, str], list[tuple[Record, Decimal]]] = {}
    for record, quantity in found:
        whose = str(record.get("department") or "")
        if group in ("", record.get("class")) and department in ("", None, whose):
            key = (whose, str(record["item"]), str(record.get("measure") or ""))
            sums.setdefault(key, []).append((record, quantity))
    return tuple(_sum_row(key, parts) for key, parts in sorted(sums.items(), key=lambda pair: pair[0]))


def _sum_row(key: tuple[str, str, str], parts: list[tuple[Record, Decimal]]) -> dict[str, Any]:
    group = next((r["class"] for r, _ in reversed(parts) if r.get("class")), None)
    priced = all(r.get("price") is not None for r, _ in parts)
    amount = sum((r["price"] * quantity for r, quantity in parts), Decimal(0)) if priced else None
    return {
        "department": key[0], "item": key[1], "measure": key[2], "class": group, "class_zh": CLASS.shown(group),
        "quantity": stock.plain(sum((quantity for _, quantity in parts), Decimal(0))),
        "amount": show(amount) if amount is not None else "", "times": len(parts),
        "purpose": "；".join(dict.fromkeys(str(r["purpose"]) for r, _ in parts if r.get("purpose"))),
        "ids": [r.id for r, _ in parts],
    }  # fmt: skip


def _verb(name: str, zh: str, run: Callable[[Call], Sheet], options: tuple[Opt, ...], words: str, help_: str) -> Verb:
    return Verb(name, zh, run, options, words, frozenset(), help_)


VERBS = (
    _verb("stock", "库存", in_stock, (AS_OF, OF_CLASS), "[ITEM]", "现有库存：按入库、发放、盘点算出"),
    _verb("used", "消耗表", used, (OF_CLASS, OF_DEPARTMENT), "[MONTH]",
          "月材料消耗表：一个月各部门领用了什么（不写为本月）"),
    _verb("needs", "需用表", needs, (OF_CLASS, OF_DEPARTMENT), "[MONTH]",
          "月材料需用表：各部门报的需用和现有库存（不写为下月）"),
)  # fmt: skip
