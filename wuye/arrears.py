"""Arrears as of a day: every debt that is due and not paid, its age, late fee and limitation (domain.md J, K, M)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from wuye.accounts import Debtor
from wuye.ledger import AGES, ZERO, Account, Debt, Fee, Limit, Part, age, limitation
from wuye.record import Record
from wuye.restarts import Restart, of_bill, of_contact, of_parts

NO_ADVICE = "时效日期只是提醒，请由专业人员判断，不是法律意见"
LAW = (
    "不得用停水、停电、停气、停热催缴（民法典第 944 条）；有的城市也不准限制进门、电梯、车辆、搬家",
    "放行条只显示欠费，不因欠费扣人扣物；保安员不得参与催收",
    "公布欠费人姓名可能侵权：张贴名单只写房号，或不张贴",
)
FEW_ROOMS = 5


class Place(NamedTuple):
    """Where a debtor belongs: building, and who collects there."""

    building: str = ""
    collector: str = ""


class Line(NamedTuple):
    """One debt in arrears as of a day.

    `limit` is by everything that counts in law, `proved` only by what can be shown; `doubtful` are contacts about
    it that start nothing anew as long as nothing proves them.
    """

    debtor: Debtor
    debt: Debt
    item: str
    period: str
    as_of: date
    open: Decimal
    fee: Fee
    fee_open: Decimal
    limit: Limit
    proved: Limit
    why: str
    doubtful: tuple[Restart, ...]
    place: Place
    payer: str = ""
    bay: str = ""

    @property
    def days(self) -> int:
        """How many days it is overdue."""
        return (self.as_of - self.debt.due).days

    @property
    def age(self) -> str:
        """Its age group."""
        return age(self.debt.due, self.as_of)

    @property
    def total(self) -> Decimal:
        """Principal and late fee still to be paid."""
        return self.open + self.fee_open

    @property
    def evidence(self) -> str:
        """The number of what proves the latest restart; empty where nothing usable does."""
        return "" if self.proved.by == self.debt.id and self.proved.since == self.debt.due else self.proved.by

    @property
    def lapsed(self) -> bool:
        """Whether it can no longer be enforced, whatever could be proved."""
        return self.limit.lapses < self.as_of

    def lapses_within(self, days: int) -> bool:
        """Whether it lapses within so many days, going by what can be proved; lapsed ones are past that."""
        return not self.lapsed and self.proved.lapses <= self.as_of + timedelta(days=days)


def period_of(bill: Record) -> str:
    """The account period in few words: `2026-09`, `2026-07—2026-09`, else its days."""
    start, end = bill.get("period_from"), bill.get("period_until")
    if not start or not end:
        return str(start or end or "")
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
        return first if first == last else f"{first}—{last}"
    return f"{start}—{end}"


def lines(
    accounts: Mapping[Debtor, Account], bills: Iterable[Record], contacts: Mapping[Debtor, Sequence[Record]],
    paid_on: Mapping[str, date], places: Callable[[Debtor], Place], item_zh: Callable[[str], str] = str,
) -> list[Line]:
    """Every debt in arrears, debtors in order, the earliest due first. One not due yet is none (domain.md M)."""
    by_id = {bill.id: bill for bill in bills}
    found = []
    for debtor, account in accounts.items():
        if not account.arrears:
            continue
        told = [one for contact in contacts.get(debtor, ()) for one in of_contact(contact, account.as_of)]
        parts: dict[str, list[Part]] = {}
        for part in account.parts:
            parts.setdefault(part.debt, []).append(part)
        for standing in account.arrears:
            debt, bill = standing.debt, by_id[standing.debt.id]
            own = (*of_parts(parts.get(debt.id, ()), paid_on), *of_bill(bill, account.as_of))
            mine = [one for one in (*told, *own) if one.concerns(debt)]
            limit = _limit(debt, [one for one in mine if one.counts], account.as_of)
            proved = _limit(debt, [one for one in mine if one.counts and one.usable], account.as_of)
            why = next((o.words for o in mine if (o.day, o.number) == (limit.since, limit.by) and o.counts), "应付日期")
            doubtful = tuple(one for one in mine if not one.usable)
            found.append(
                Line(debtor, debt, item_zh(debt.item), period_of(bill), account.as_of, standing.open, standing.fee,
                     standing.fee_open, limit, proved, why, doubtful, places(debtor),
                     str(bill.get("payer") or ""), str(bill.get("bay") or ""))
            )  # fmt: skip
    return found


def _limit(debt: Debt, restarts: Iterable[Restart], as_of: date) -> Limit:
    return limitation(debt, [(one.day, one.number) for one in restarts], as_of)


class Group(NamedTuple):
    """Arrears taken together: how many debtors and bills, the amounts, the oldest due date, the bills behind it."""

    key: str
    debtors: int
    principal: Decimal
    fee: Decimal
    oldest: date | None
    ids: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """Principal and late fee."""
        return self.principal + self.fee


BY: Mapping[str, tuple[str, Callable[[Line], str]]] = {
    "debtor": ("欠费人", lambda line: str(line.debtor)),
    "unit": ("房号", lambda line: line.debtor.name),
    "lease": ("招租合同", lambda line: line.debtor.name),
    "bay": ("车位", lambda line: line.bay),
    "item": ("收费项目", lambda line: line.item),
    "period": ("账期", lambda line: line.period or "未写账期"),
    "age": ("账龄", lambda line: line.age),
    "building": ("楼栋", lambda line: line.place.building or "不在楼栋里"),
    "collector": ("催收人", lambda line: line.place.collector or "未指定"),
}
ONLY: Mapping[str, Callable[[Line], bool]] = {
    "unit": lambda line: line.debtor.what == "room", "lease": lambda line: line.debtor.what == "lease",
    "bay": lambda line: bool(line.bay),
}  # fmt: skip
"""Ways of grouping that are about units, leases or bays alone; a bay's debt is also that of the unit that rents it."""
_AGES = [zh for _, zh in AGES]


def grouped(found: Iterable[Line], by: str) -> list[Group]:
    """Arrears by one way of grouping, in its order. Every line is in exactly one group."""
    parts: dict[str, list[Line]] = {}
    for line in found:
        parts.setdefault(BY[by][1](line), []).append(line)
    return [together(parts[key], key) for key in sorted(parts, key=order(by))]


def order(by: str) -> Callable[[str], tuple[int, str]]:
    """In which order the groups stand: ages from young to old, all else by their names."""
    return lambda key: (_AGES.index(key) if key in _AGES else len(_AGES), key) if by == "age" else (0, key)


def together(found: Sequence[Line], key: str = "合计") -> Group:
    """All of these as one."""
    return Group(
        key,
        len({line.debtor for line in found}),
        sum((line.open for line in found), ZERO),
        sum((line.fee_open for line in found), ZERO),
        min((line.debt.due for line in found), default=None),
        tuple(line.debt.id for line in found),
    )


def working(line: Line) -> list[str]:
    """How the late fee was worked out, a line a span, rounded once at the end."""
    terms = line.debt.terms
    if line.fee.words or terms.rate is None:
        return [line.fee.words]
    said = [
        f"{span.start} 之后至 {span.end}：{span.principal} × {terms.rate.normalize():f}/天 × {span.days} 天 = "
        f"{span.fee.normalize():f}"
        for span in line.fee.spans
    ]
    if line.fee.capped:
        said.append(f"超过上限（本金的 {terms.cap} 倍），按上限计")
    said.append(f"合计四舍五入到分：{line.fee.amount}" + _less(line))
    return said


def _less(line: Line) -> str:
    paid = line.fee.amount - line.fee_open
    return f"，已付 {paid}，未付 {line.fee_open}" if paid else ""


def claim_words(found: Iterable[Line]) -> str:
    """What is owed in words, for a contact to keep: item, period and amount of each debt, the late fee at the end."""
    found = list(found)
    parts = [f"{line.item} {line.period} {line.open}".replace("  ", " ") for line in found if line.open]
    fee = sum((line.fee_open for line in found), ZERO)
    return "；".join([*parts, *([f"违约金 {fee}"] if fee else [])])


def unsold(found: Iterable[Line], units: Mapping[str, Record]) -> list[str]:
    """Units that are not sold or delivered yet, in one sentence: the developer pays (domain.md K)."""
    named = {line.debtor.name for line in found if line.debtor.what == "room" and line.payer != "developer"}
    rooms = sorted(room for room in named if room in units and units[room].status == "unsold")
    if not rooms:
        return []
    more = f" 等 {len(rooms)} 户" if len(rooms) > FEW_ROOMS else ""
    return [f"{'、'.join(rooms[:FEW_ROOMS])}{more} 登记为未售：未售、未交付的房屋由开发商付费，请核对付费人"]
