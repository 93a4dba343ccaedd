"""From bills and payments to each debtor's account as of a day (domain.md 30, 31, J)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from wuye.ledger import NO_FEE, Account, Debt, Paid, Terms, settle
from wuye.record import Record

DEBTORS = {"room": "房号", "lease": "招租合同", "bay": "车位"}


class Debtor(NamedTuple):
    """Who owes: a unit, a lease or a parking bay, by its own name."""

    what: str
    name: str

    def __str__(self) -> str:
        return self.name if self.what == "room" else f"{DEBTORS[self.what]} {self.name}"


def debtor_of(record: Record) -> Debtor | None:
    """The debtor of a bill, payment or dunning record."""
    for what in DEBTORS:
        if record.kind.has(what) and (name := record.get(what)):
            return Debtor(what, str(name))
    return None


def end_of(day: date, like: datetime) -> datetime:
    """The last moment of a day in the office's zone."""
    return _end(day, like.tzinfo)


@lru_cache(maxsize=1024)
def _end(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(0), zone) + timedelta(days=1) - timedelta(microseconds=1)


def no_terms(item: str) -> Terms:
    """No late fee for anything."""
    return NO_FEE


def debt_of(bill: Record, as_of: date, terms: Callable[[str], Terms] = no_terms) -> Debt | None:
    """A bill as it stood at the end of a day; None for one that was not issued yet or was void by then."""
    if bill.received.date() > as_of:
        return None
    then = bill.as_of(end_of(as_of, bill.received))
    amount, due = then.get("amount"), then.get("due_on")
    if then.void or amount is None or due is None:
        return None
    item, issued = str(then.get("item") or ""), bill.received.date()
    off = then.entries("write-off") if then.status == "written-off" else ()
    return Debt(bill.id, issued, due, amount, item, terms(item), max(off[-1].at.date(), issued) if off else None)


def paid_of(payment: Record, as_of: date) -> tuple[Debtor, Paid] | None:
    """A payment as it stood at the end of a day, for whom: what was refunded, reversed or void by then is gone."""
    if payment.received.date() > as_of:
        return None
    then = payment.as_of(end_of(as_of, payment.received))
    debtor, amount = debtor_of(then), then.get("amount")
    if then.status != "taken" or debtor is None or amount is None:
        return None
    refunded = sum((e.values["refunded"] for e in then.entries("refund") if e.values.get("refunded")), Decimal("0.00"))
    return debtor, Paid(payment.id, payment.received.date(), amount - refunded, tuple(then.get("bills") or ()))


def accounts(
    bills: Iterable[Record], payments: Iterable[Record], as_of: date, terms: Callable[[str], Terms] = no_terms,
    principal_first: bool = False,
) -> Mapping[Debtor, Account]:
    """Every debtor's account at the end of a day, debtors in order."""
    debts: dict[Debtor, list[Debt]] = {}
    money: dict[Debtor, list[Paid]] = {}
    for bill in bills:
        debtor, debt = debtor_of(bill), debt_of(bill, as_of, terms)
        if debtor and debt:
            debts.setdefault(debtor, []).append(debt)
    for payment in payments:
        if found := paid_of(payment, as_of):
            money.setdefault(found[0], []).append(found[1])
    return {
        debtor: settle(debts.get(debtor, ()), money.get(debtor, ()), as_of, principal_first)
        for debtor in sorted({*debts, *money})
    }
