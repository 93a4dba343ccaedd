"""Income of common parts less its reasonable cost, which belongs to the owners (domain.md 25, K 282). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from wuye.accounts import accounts
from wuye.charges import Charges
from wuye.ledger import Terms
from wuye.money import ZERO
from wuye.record import Record

LAW = "共有部分的收入扣除合理成本后属于业主共有（民法典第 282 条），单独列账，不算公司收入"
OTHER = "其他共有部分"


class Line(NamedTuple):
    """One income or cost: the space (else the lease, else the item) it is of, when, what, the records behind it."""

    space: str
    lease: str
    day: date
    what: str
    ids: tuple[str, ...]
    income: Decimal = ZERO
    cost: Decimal = ZERO


class Sum(NamedTuple):
    """What one space brought in some time."""

    space: str
    income: Decimal
    cost: Decimal
    ids: tuple[str, ...]

    @property
    def net(self) -> Decimal:
        """What is left for the owners."""
        return self.income - self.cost


def common_of(charges: Charges, leases: Iterable[Record]) -> Callable[[Record], bool]:
    """Whether a bill is income of common parts: by its charge item, else by its lease."""
    common = {str(lease["name"]) for lease in leases if lease.get("common") and not lease.void}

    def fits(bill: Record) -> bool:
        item = charges.get(str(bill.get("item")))
        if item is not None and item.common is not None:
            return item.common
        return str(bill.get("lease") or "") in common

    return fits


def income(
    bills: Sequence[Record], payments: Sequence[Record], leases: Mapping[str, Record], first: date, last: date,
    common: Callable[[Record], bool], terms: Callable[[str], Terms], principal_first: bool,
    zh: Callable[[str], str],
) -> list[Line]:
    """What payments settled of bills of common parts from a day to another: all by then, less what was before."""
    mine = {bill.id: bill for bill in bills if common(bill)}
    sums: dict[tuple[str, str], Decimal] = {}
    days: dict[tuple[str, str], date] = {}
    for day, sign in ((first - timedelta(days=1), -1), (last, 1)):
        for account in accounts(bills, payments, day, terms, principal_first).values():
            for part in account.parts:
                if part.debt in mine:
                    key = (part.paid, part.debt)
                    sums[key] = sums.get(key, ZERO) + sign * (part.principal + part.fee)
                    days[key] = part.day
    found = []
    for key, amount in sums.items():
        if not amount:
            continue
        bill = mine[key[1]]
        lease = leases.get(str(bill.get("lease") or ""))
        place = str((lease and (lease.get("space") or lease["name"])) or bill.get("bay") or OTHER)
        # What was given back of an earlier year's income stands at the end of this one: it left in it.
        day = days[key] if days[key] >= first else last
        what = zh(str(bill.get("item"))) + ("" if days[key] >= first else "（退回以前收的）")
        found.append(Line(place, str(bill.get("lease") or ""), day, what, key, amount))
    return found


def costs(records: Iterable[Record], first: date, last: date) -> list[Line]:
    """The costs put down on leases and spaces of common parts between two days."""
    found = []
    for record in records:
        if record.void or not record.get("common"):
            continue
        of_lease = record.kind.name == "lease"
        place = str((record.get("space") if of_lease else "") or record["name"])
        for entry in record.entries("cost"):
            if first <= entry.at.date() <= last and entry.values.get("cost"):
                voucher = f"，凭证 {entry.values['voucher']}" if entry.values.get("voucher") else ""
                lease = str(record["name"]) if of_lease else ""
                words = f"{entry.values.get('what') or ''}{voucher}"
                found.append(Line(place, lease, entry.at.date(), words, (record.id,), ZERO, entry.values["cost"]))
    return found


def by_space(lines: Iterable[Line]) -> list[Sum]:
    """The lines summed up, spaces in order."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.space, []).append(line)
    return [
        Sum(space, sum((one.income for one in mine), ZERO), sum((one.cost for one in mine), ZERO),
            tuple(dict.fromkeys(name for one in mine for name in one.ids)))
        for space, mine in sorted(groups.items())
    ]  # fmt: skip
