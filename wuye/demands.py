"""收费通知单 and 催款通知单: what a debtor is asked for, a page a debtor, to be signed for (domain.md 5, 30).

A payment notice lists bills as they were issued; a dunning notice lists what is due and not paid as of a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from wuye import arrears, money, when
from wuye.accounts import Debtor, debtor_of
from wuye.ledger import ZERO
from wuye.numbered import Numbered
from wuye.owing import Owing, item_zh_of
from wuye.record import Record
from wuye.slips import capital

OWNERS = ("owner", "co-owner")


class Line(NamedTuple):
    """One debt on a notice, in words."""

    bill: str
    item: str
    period: str
    due: str
    amount: str
    fee: str = ""
    total: str = ""
    lines: str = ""


class Demand(NamedTuple):
    """What one debtor is asked for: who it is, the debts, the sums, until when."""

    debtor: str
    where: str
    name: str
    day: str
    lines: tuple[Line, ...]
    total: str
    capital: str
    due: str = ""
    fee: str = ""
    principal: str = ""


def names(residents: Iterable[Record]) -> dict[str, str]:
    """Who owns each room today, else who lives there."""
    owners: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for one in residents:
        if one.status == "current":
            kept = owners if one.get("role") in OWNERS else others
            kept.setdefault(str(one["room"]), []).append(str(one["name"]))
    return {room: "、".join(dict.fromkeys(told)) for room, told in {**others, **owners}.items()}


def in_order(debtor: Debtor) -> tuple[object, ...]:
    """Rooms as one walks: by building, entrance and room as numbers, not as text."""
    parts = re.findall(r"\d+|\D+", debtor.name)
    return (debtor.what != "room", *((not p.isdigit(), int(p) if p.isdigit() else 0, p) for p in parts))


def of_bills(
    office: Numbered, bills: Iterable[Record], people: Mapping[str, str], day: date
) -> Iterator[Demand]:
    """A payment notice a debtor over these bills; void and written-off ones ask for nothing."""
    by: dict[Debtor, list[Record]] = {}
    for bill in bills:
        debtor = debtor_of(bill)
        if debtor and bill.status == "issued" and bill.get("amount") is not None:
            by.setdefault(debtor, []).append(bill)
    zh = item_zh_of(office)
    for debtor in sorted(by, key=in_order):
        found = sorted(by[debtor], key=lambda b: (str(b.get("due_on")), b.id))
        total = sum((b["amount"] for b in found), ZERO)
        lines = tuple(
            Line(b.id, zh(str(b["item"])), arrears.period_of(b), str(b.get("due_on") or ""), money.show(b["amount"]),
                 lines=b.kind["lines"].shown(b.get("lines")) if b.get("lines") else "")
            for b in found
        )  # fmt: skip
        named = next((str(b["payer_name"]) for b in found if b.get("payer_name")), "")
        yield Demand(
            debtor.name, _where(debtor), named or people.get(debtor.name, ""), when.read_back(day), lines,
            money.show(total), capital(total), max((line.due for line in lines), default=""),
        )  # fmt: skip


def of_arrears(books: Owing, debtors: Sequence[Debtor] | None, people: Mapping[str, str]) -> Iterator[Demand]:
    """A dunning notice a debtor in arrears; of some debtors or all."""
    by: dict[Debtor, list[arrears.Line]] = {}
    for line in books.arrears:
        if debtors is None or line.debtor in debtors:
            by.setdefault(line.debtor, []).append(line)
    payers = {bill.id: str(bill.get("payer_name") or "") for bill in books.bills}
    for debtor in sorted(by, key=in_order):
        found = by[debtor]
        total = arrears.together(found)
        named = {payers.get(line.debt.id, "") for line in found} - {""}
        lines = tuple(
            Line(line.debt.id, line.item, line.period, str(line.debt.due), money.show(line.open),
                 money.show(line.fee_open) if line.fee_open else "", money.show(line.total))
            for line in found
        )  # fmt: skip
        yield Demand(
            debtor.name, _where(debtor), "、".join(sorted(named)) or people.get(debtor.name, ""),
            when.read_back(books.as_of), lines, money.show(total.total), capital(total.total), "",
            money.show(total.fee) if total.fee else "", money.show(total.principal),
        )  # fmt: skip


def _where(debtor: Debtor) -> str:
    return {"room": "房号", "lease": "招租合同", "bay": "车位"}[debtor.what]
