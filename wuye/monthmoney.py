"""The money of a month as columns and rows, other months beside it: every number out of a figure (domain.md 34, 42)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wuye import arrears, dunned, figures_money, takings
from wuye.accounts import Debtor
from wuye.arrears import Group
from wuye.collected import Books
from wuye.figures_money import FIGURES, NONE, Definition, Figure
from wuye.ledger import ZERO
from wuye.listed import WAYS_ZH
from wuye.money import show as amount
from wuye.monthly import LAST, LAST_YEAR, THIS
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.takings import Movement

TOTAL, TOTAL_ZH = "total", "合计"
OTHERS = {LAST: "上月", LAST_YEAR: "去年同月"}
KEYS = ("money", "takings", "items", "arrears_by_age", "arrears_by_building", "collectors")
OF_COLLECTORS = ("dunned-units", "dunned-amount", "promised", "promises-kept", "collected-after-contact")


class Money(NamedTuple):
    """What a month's money rests on: the books as of its end or now, what moved in it, all deposits."""

    books: Books
    moved: Sequence[Movement]
    deposits: Sequence[Record]

    @property
    def kept(self) -> bool:
        """Whether any money was known by then: where none was, a figure is unknown and not 0."""
        return bool(self.books.accounts or self.moved or self.deposits)

    @property
    def billed(self) -> set[Debtor]:
        """The debtors of whom bills tell what they owe."""
        return {debtor for debtor, account in self.books.accounts.items() if account.billed}


Months = Mapping[str, Money]


def moved_in(found: Iterable[Movement], since: date, until: date) -> list[Movement]:
    """What moved on some days, both included."""
    return [m for m in found if since <= m.at.date() <= until]


def figures(one: Money) -> list[Figure]:
    """Every figure of money of a month as a whole, then what came in and the deposits still held."""
    day = one.books.as_of
    held = [r for r in one.deposits if takings.held([r], day)]
    ours = [m for m in one.moved if not m.is_deposit]
    return [
        *(figures_money.worked_out(one.books, definition)[0] for definition in FIGURES),
        _plain("net-takings", "净收款", takings.total(ours), (m.id for m in ours), "收款减退款、冲销；押金不计"),
        _plain("deposits-held", "押金余额", takings.held(one.deposits, day), (r.id for r in held), "收取减退还、扣除"),
    ]


def _plain(name: str, zh: str, value: Decimal, ids: Iterable[str], words: str) -> Figure:
    return Figure(name, zh, "", "元", words, value, None, tuple(dict.fromkeys(ids)), (), {})


def sections(months: Months, now: datetime) -> dict[str, Sheet]:
    """Every part of a month's money, by the key under which scripts find its rows."""
    this = months[THIS].books
    owed = f"截至 {this.as_of}"
    parts = (
        ("money", MONEY, figure_rows(months), f"收费情况（按账单和收款，{owed}）"),
        ("takings", WAYS, way_rows(months), "收款（按方式；押金另列，净额含押金）"),
        ("items", ITEMS, item_rows(months), "本月账期的收缴（按收费项目，只算本金）"),
        ("arrears_by_age", _groups("账龄"), group_rows(months, "age"), f"欠费账龄（按账单，{owed}）"),
        ("arrears_by_building", _groups("楼栋"), group_rows(months, "building"), f"各楼栋欠费（按账单，{owed}）"),
        ("collectors", COLLECTORS, collector_rows(months[THIS].books), "催收（按催收人）"),
    )  # fmt: skip
    return {key: Sheet(f"wuye.month.{key}", shown, rows, now, title) for key, shown, rows, title in parts}


def _each(months: Months, told: Callable[[Money], Any]) -> dict[str, Any]:
    """The same of every month, None of one in which no money was known."""
    return {name: told(months[name]) if months[name].kept else None for name in (THIS, LAST, LAST_YEAR)}


# --- figures


def told(one: Figure) -> dict[str, Any]:
    """A figure with what is behind it."""
    return {
        "value": one.value, "shown": _shown(one), "numerator": one.numerator, "denominator": one.denominator,
        "numerator_ids": one.top, "denominator_ids": one.base,
    }  # fmt: skip


def _shown(one: Figure) -> str:
    return one.shown if one.denominator is None else f"{one.shown}（{one.numerator:,}/{one.denominator:,}）"


def figure_rows(months: Months) -> tuple[dict[str, Any], ...]:
    """A line a figure, of this month and of the others."""
    worked = _each(months, lambda one: {f.name: f for f in figures(one)})
    rows = []
    for one in worked[THIS].values() if worked[THIS] else ():
        others = {month: told(found[one.name]) if found else None for month, found in worked.items()}
        apart = {label: {"amount": how_much, "ids": ids} for label, (how_much, ids) in one.apart.items()}
        rows.append({"figure": one.name, "zh": one.zh, "unit": one.unit, "words": one.words, **others, "apart": apart})
    return tuple(rows)


def _of(row: Mapping[str, Any] | None) -> str:
    return NONE if row is None else str(row["shown"])


MONEY = (
    Column("zh", "指标"), Column(THIS, "本月", _of, right=True),
    *(Column(month, zh, _of, right=True) for month, zh in OTHERS.items()), Column("words", "口径", wide=True),
)  # fmt: skip


# --- takings


def way_rows(months: Months) -> tuple[dict[str, Any], ...]:
    """A line a way that occurs in any of the months, last all of them."""
    ways = {m.way for one in months.values() for m in one.moved}
    order = sorted(ways, key=lambda way: (way != takings.CASH, way))
    rows = [_way(months, way, [m for m in months[THIS].moved if m.way == way]) for way in order]
    return (*rows, _way(months, TOTAL, months[THIS].moved)) if rows else ()


def _way(months: Months, way: str, moved: Sequence[Movement]) -> dict[str, Any]:
    told = takings.by_way(moved)
    sums = {name: sum((row[name] for row in told), ZERO) for name in ("taken", "out", "deposits", "returned", "net")}
    only = "" if way == TOTAL else way
    others = _each(months, lambda one: takings.total(one.moved, only))
    row = {"way": way, "zh": TOTAL_ZH if way == TOTAL else WAYS_ZH.get(way, way), **sums, "count": len(moved)}
    return row | {LAST: others[LAST], LAST_YEAR: others[LAST_YEAR], "ids": list(dict.fromkeys(m.id for m in moved))}


def _amount(value: Decimal | None) -> str:
    return NONE if value is None else amount(value)


def _amounts(*named: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, zh, _amount, right=True) for name, zh in named)


WAYS = (
    Column("zh", "方式"),
    *_amounts(("taken", "收款"), ("out", "退款冲销"), ("deposits", "收押金"), ("returned", "退押金"), ("net", "净额")),
    Column("count", "笔数", right=True), *_amounts((LAST, "上月净额"), (LAST_YEAR, "去年同月净额")),
)  # fmt: skip


# --- what was billed


def _definition(name: str) -> Definition:
    return next(one for one in FIGURES if one.name == name)


def item_rows(months: Months) -> tuple[dict[str, Any], ...]:
    """Billed, collected and open of the month's bills by item: denominator and numerator of the collection rate."""
    rate = _definition("collection-rate")
    split = {m: {f.key: f for f in figures_money.worked_out(one.books, rate, "item")} for m, one in months.items()}
    keys = sorted({key for found in split.values() for key in found if key})
    rows = []
    for key in (*keys, "") if keys else ():
        this = split[THIS].get(key)
        billed, collected = (this.denominator or ZERO, this.numerator) if this else (ZERO, ZERO)
        others = {m: split[m][key].shown if key in split[m] else NONE for m in OTHERS}
        rows.append({
            "item": key or TOTAL_ZH, "billed": billed, "collected": collected, "open": billed - collected,
            "rate": this.shown if this else NONE, **others,
            "numerator_ids": this.top if this else (), "denominator_ids": this.base if this else (),
        })  # fmt: skip
    return tuple(rows)


ITEMS = (
    Column("item", "收费项目"), *_amounts(("billed", "应收"), ("collected", "已收"), ("open", "未收")),
    Column("rate", "收缴率", right=True), *(Column(month, f"{zh}收缴率", right=True) for month, zh in OTHERS.items()),
)  # fmt: skip


# --- arrears


def group_rows(months: Months, by: str) -> tuple[dict[str, Any], ...]:
    """Arrears taken together, the principal of the other months beside them, last all."""
    groups = _each(months, lambda one: _grouped(one, by))
    keys = dict.fromkeys(key for found in groups.values() for key in found or () if key != TOTAL_ZH)
    none = arrears.together((), "")
    rows = []
    for key in (*_in_order(keys, by), TOTAL_ZH) if keys else ():
        one = (groups[THIS] or {}).get(key, none)
        others = {m: None if groups[m] is None else groups[m].get(key, none).principal for m in OTHERS}
        rows.append({
            "key": key, "debtors": one.debtors, "bills": len(one.ids), "principal": one.principal, "fee": one.fee,
            "total": one.total, "oldest": one.oldest, **others, "ids": one.ids,
        })  # fmt: skip
    return tuple(rows)


def _grouped(one: Money, by: str) -> dict[str, Group]:
    found = one.books.arrears
    return {group.key: group for group in (*arrears.grouped(found, by), arrears.together(found, TOTAL_ZH))}


def _in_order(keys: Iterable[str], by: str) -> list[str]:
    return sorted(keys, key=arrears.order(by))


def _groups(zh: str) -> tuple[Column, ...]:
    return (
        Column("key", zh), Column("debtors", "户数", right=True), Column("bills", "账单数", right=True),
        *_amounts(("principal", "本金"), ("fee", "违约金"), ("total", "合计"), (LAST, "上月本金"),
                  (LAST_YEAR, "去年同月本金")),
    )  # fmt: skip


# --- collectors


def collector_rows(books: Books) -> tuple[dict[str, Any], ...]:
    """A line a collector: his part of each figure of dunning, last the whole of each."""
    told_of = {n: figures_money.worked_out(books, _definition(n), "collector") for n in OF_COLLECTORS}
    worked = {name: {one.key: one for one in found} for name, found in told_of.items()}
    keys = sorted({key for found in worked.values() for key in found if key})
    contacts, pending = dunned.units(books).top, dunned.promises_kept(books).apart[dunned.PENDING]
    keys = sorted({*keys, *(one.keys["collector"] for one in contacts)})
    rows = []
    for key in (*keys, "") if keys else ():
        row: dict[str, Any] = {"collector": key or TOTAL_ZH}
        row["contacts"] = sum(1 for one in contacts if not key or one.keys["collector"] == key)
        for name, found in worked.items():
            row[name.replace("-", "_")] = told(found[key] if key in found else _none_of(found[""], key))
        row["pending"] = sum(1 for one in pending if not key or one.keys["collector"] == key)
        rows.append(row)
    return tuple(rows)


def _none_of(whole: Figure, key: str) -> Figure:
    """The part of a figure of which nothing is somebody's."""
    base = None if whole.denominator is None else whole.denominator * 0
    return whole._replace(key=key, numerator=whole.numerator * 0, denominator=base, top=(), base=(), apart={})


COLLECTORS = (
    Column("collector", "催收人"), Column("contacts", "次数", right=True),
    *(Column(name.replace("-", "_"), _definition(name).zh, _of, right=True) for name in OF_COLLECTORS),
    Column("pending", "待兑现", right=True),
)  # fmt: skip


def explained(months: Months) -> list[dict[str, Any]]:
    """Each figure of this month with the records of its numerator and denominator, as the month's table has them."""
    def left_out(one: Figure) -> str:
        return "；".join(f"{label} {how_much:,}：{'、'.join(ids)}" for label, (how_much, ids) in one.apart.items())

    return [
        {
            "zh": one.zh, "value": _shown(one), "numerator": "、".join(one.top) or NONE,
            "denominator": "、".join(one.base) or NONE,
            "apart": left_out(one),
        }
        for one in figures(months[THIS])
    ]  # fmt: skip
