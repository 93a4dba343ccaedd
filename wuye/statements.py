"""The statement of one debtor: bills, payments, what settled what, late fee, credit, as of a day (domain.md 31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from wuye.accounts import Debtor, debtor_of, end_of, paid_of
from wuye.arrears import period_of
from wuye.ledger import ZERO, Account, Part
from wuye.record import Record

BILL, PAYMENT, FEE, GONE, BEFORE = "bill", "payment", "fee", "gone", "before"
WHAT_ZH = {BILL: "账单", PAYMENT: "收款", FEE: "违约金", GONE: "不计", BEFORE: "期初"}


class Line(NamedTuple):
    """One line: what is charged, what was paid, and the balance after it (what is owed less credit)."""

    day: date
    what: str
    id: str
    words: str
    charged: Decimal
    paid: Decimal
    balance: Decimal = ZERO


def lines(
    debtor: Debtor, account: Account, bills: Iterable[Record], payments: Iterable[Record],
    item_zh: Callable[[str], str] = str,
) -> list[Line]:
    """Everything up to the account's day as it then stood. The last balance is the open principal less credit.

    Late fee appears where a payment settled some: until then it grows and is told apart.
    """
    as_of, found = account.as_of, []
    charged = {s.debt.id: s.debt.amount for s in account.standings}
    for bill in bills:
        if bill.received.date() > as_of or debtor_of(bill) != debtor:
            continue
        then = bill.as_of(end_of(as_of, bill.received))
        words = " ".join(part for part in (item_zh(str(then.get("item"))), period_of(then)) if part)
        words += f"，应付 {then.get('due_on')}" + _told(then)
        amount = charged.get(bill.id)
        what = BILL if amount is not None else GONE
        found.append(Line(bill.received.date(), what, bill.id, words, amount or ZERO, ZERO))
    for payment in payments:
        if payment.received.date() > as_of:
            continue
        then = payment.as_of(end_of(as_of, payment.received))
        if debtor_of(then) != debtor:
            continue
        taken = paid_of(payment, as_of)
        receipt = f"，收据 {then['receipt']}" if then.get("receipt") else ""
        words = then.kind["way"].shown(then.get("way")) + receipt + _told(then)
        amount = taken[1].amount if taken else ZERO
        found.append(Line(payment.received.date(), PAYMENT if taken else GONE, payment.id, words, ZERO, amount))
    found += [
        Line(part.day, FEE, part.debt, f"由 {part.paid} 付清的违约金", part.fee, ZERO)
        for part in account.parts
        if part.fee
    ]
    order = {BILL: 0, GONE: 1, FEE: 2, PAYMENT: 3}
    return _balanced(sorted(found, key=lambda one: (one.day, order[one.what], one.id)))


def _told(record: Record) -> str:
    """What became of it: corrections, refunds, a transfer, its end."""
    steps = [e for e in record.standing if record.kind.flow.knows(e.step) and e.step not in ("deliver", "name")]
    said = []
    for entry in steps:
        step = record.kind.flow.step(entry.step)
        was = entry.was.get("amount") or entry.values.get("refunded")
        said.append(f"{entry.at:%Y-%m-%d} {step.zh if step else entry.step}" + (f" {was}" if was else ""))
    return f"（{'；'.join(said)}）" if said else ""


def _balanced(found: Iterable[Line]) -> list[Line]:
    balance, told = ZERO, []
    for line in found:
        balance += line.charged - line.paid
        told.append(line._replace(balance=balance))
    return told


def between(found: Iterable[Line], since: date | None, until: date | None) -> list[Line]:
    """The lines of some days, with the balance before them as the first."""
    found = list(found)
    before = [line for line in found if since and line.day < since]
    shown = [line for line in found if (not since or line.day >= since) and (not until or line.day <= until)]
    if not since:
        return shown
    balance = before[-1].balance if before else ZERO
    return [Line(since, BEFORE, "", f"{since} 以前的余额", ZERO, ZERO, balance), *shown]


def settled(account: Account) -> list[Part]:
    """What settled what, in order of days."""
    return sorted(account.parts, key=lambda part: (part.day, part.paid, part.debt))
