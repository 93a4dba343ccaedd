"""The figures of money, each defined once: numerator, denominator, the records behind both (domain.md 34, J)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from wuye import collected, dunned
from wuye.collected import Books, Item, Parts
from wuye.ledger import ZERO

NONE = "—"
RATES = {"%": 100, "‰": 1000}


def rate(numerator: Decimal, denominator: Decimal | None, unit: str) -> Decimal | None:
    """A rate with one decimal, half up; None where there is nothing to divide by."""
    return (numerator * RATES[unit] / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP) if denominator else None


class Figure(NamedTuple):
    """A figure worked out, or one part of it: `key` names the part, empty for the whole."""

    name: str
    zh: str
    key: str
    unit: str
    words: str
    numerator: Decimal
    denominator: Decimal | None
    top: tuple[str, ...]
    base: tuple[str, ...]
    apart: Mapping[str, tuple[Decimal, tuple[str, ...]]]

    @property
    def value(self) -> Decimal | None:
        """The rate with one decimal, half up, None where the denominator is empty; of what is no rate the amount."""
        return rate(self.numerator, self.denominator, self.unit) if self.unit in RATES else self.numerator

    @property
    def shown(self) -> str:
        """What the desk reads: `85.7%`, `12,000.00 元`, `7 户`, `—` where there is nothing to divide by."""
        if self.value is None:
            return NONE
        if self.unit in RATES:
            return f"{self.value}{self.unit}"
        return f"{self.value:,} {self.unit}"


class Definition(NamedTuple):
    """One figure: its formula, its unit, and the variant in words.

    `counted`: things and not amounts; `distinct` counts each id once in a sum.
    """

    name: str
    zh: str
    parts: Callable[[Books], Parts]
    words: str
    unit: str = "%"
    counted: bool = False
    distinct: bool = False


_COHORT = "按账期归月，没有账期的按应付日期；作废、核销、退款和以后账期的不计"
_PRIOR = "往年欠费截至 1 月 1 日，期初余额不再变；只算本金"
_UNITS = f"{_COHORT}；部分付款算未付"
_DUNNED = "期间内催过的；两人都催过的各计一户，合计只计一户"
_KEPT = "按件数；未到期的不计；由收款判断，人工改判的从其改判"
_AFTER = "归付款前最后催过的人；只算已到期欠费的本金"
FIGURES: tuple[Definition, ...] = (
    Definition("collection-rate", "收缴率·金额", collected.collection_rate, f"{_COHORT}；只算本金"),
    Definition("collection-rate-units", "收缴率·户数", collected.collection_rate_units, _UNITS, "%", True, True),
    Definition("prior-collected", "往年收缴金额", collected.prior_collected, _PRIOR, "元"),
    Definition("prior-recovery", "往年清欠率", collected.prior_recovery, _PRIOR),
    Definition("combined-rate", "综合收缴率", collected.combined_rate, f"{_COHORT}；{_PRIOR}"),
    Definition("arrears", "欠费", collected.total_arrears, "已到应付日期未付的本金，不含违约金", "元"),
    Definition("dunned-units", "催收户数", dunned.units, _DUNNED, "户", True, True),
    Definition("dunned-amount", "催收金额", dunned.amount, "每户期间内第一次催收时的欠费", "元"),
    Definition("promised", "答应金额", dunned.promised, "期间内催收时答应的；没写金额的按当时欠费", "元"),
    Definition("promises-kept", "承诺兑现率", dunned.promises_kept, _KEPT, "%", True),
    Definition("collected-after-contact", "催收后收回", dunned.collected_after, _AFTER, "元"),
)
BY: Mapping[str, str] = {
    "building": "楼栋", "collector": "催收人", "item": "收费项目", "month": "月份", "year": "年份", "unit": "户",
}  # fmt: skip


def worked_out(books: Books, one: Definition, by: str = "") -> list[Figure]:
    """A figure as a whole, and behind it each of its parts in order; the parts have the same definition."""
    parts = one.parts(books)
    found = [_figure(one, "", parts)]
    if not by:
        return found
    keys = sorted({item.keys[by] for item in (*parts.top, *(parts.base or ()))})
    return found + [_figure(one, key, _only(one, parts, by, key)) for key in keys]


def _only(one: Definition, parts: Parts, by: str, key: str) -> Parts:
    def mine(items: Iterable[Item]) -> list[Item]:
        return [item for item in items if item.keys[by] == key]

    base = None if parts.base is None else mine(parts.base)
    return Parts(mine(parts.top), base, {label: mine(items) for label, items in parts.apart.items()})


def _figure(one: Definition, key: str, parts: Parts) -> Figure:
    top, base = _once(one, parts.top), None if parts.base is None else _once(one, parts.base)
    if one.distinct and parts.base is not None:
        paid = {item.bill for item in parts.top}
        left = {item.id for item in parts.base if item.bill not in paid}
        top = [item for item in top if item.id not in left]
    apart = {label: _once(one, items) for label, items in parts.apart.items() if items}
    return Figure(
        one.name, one.zh, key, one.unit, one.words, _sum(one, top), None if base is None else _sum(one, base),
        _ids(top), _ids(base or ()), {label: (_sum(one, items), _ids(items)) for label, items in apart.items()},
    )  # fmt: skip


def _once(one: Definition, items: Iterable[Item]) -> list[Item]:
    return list({item.id: item for item in items}.values()) if one.distinct else list(items)


def _sum(one: Definition, items: Iterable[Item]) -> Decimal:
    return sum((item.amount for item in items), Decimal(0) if one.counted else ZERO)


def _ids(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.id for item in items))


def before_year(day: date) -> date:
    """The last day of the year before."""
    return date(day.year, 1, 1) - timedelta(days=1)
