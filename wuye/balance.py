"""One debtor's account, read out of the files without reading anybody else's (domain.md 31, J)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from wuye import records
from wuye.accounts import Debtor, accounts
from wuye.errors import Problem
from wuye.ledger import Account, settle
from wuye.money import CENT, ZERO
from wuye.numbered import Numbered
from wuye.record import Record

MOST_MONTHS = 12
"""Prepayment beyond so many months is forbidden in some cities (domain.md K)."""


class Balance(NamedTuple):
    """An account with the bills and payments behind it, and what could not be read of them."""

    account: Account
    bills: Mapping[str, Record]
    problems: tuple[Problem, ...] = ()


def balance(desk: Numbered, debtor: Debtor, as_of: date) -> Balance:
    """The debtor's account at the end of a day."""
    bills, wrong = desk.naming(records.kind("bill"), debtor.name)
    money, more = desk.naming(records.kind("payment"), debtor.name)
    settings = desk.settings
    found = accounts(bills, money, as_of, settings.charges.terms, settings.principal_first)
    account = found.get(debtor) or settle((), (), as_of)
    return Balance(account, {bill.id: bill for bill in bills}, (*wrong, *more))


def months_ahead(found: Balance) -> Decimal | None:
    """How many months of its usual bills a debtor's credit pays for; None where there are no bills to tell by.

    What a year's bills cost a month, each charge item by the months that its bills are for (domain.md K). A bill
    without a period is one of no item: such ones are spread over all months of the year's bills.
    """
    year = [s.debt for s in found.account.standings if (found.account.as_of - s.debt.issued).days <= 366]
    months: dict[str, set[str]] = {}
    billed: dict[str, Decimal] = {}
    for debt in year:
        bill = found.bills[debt.id]
        item = debt.item if bill.get("period_from") else ""
        months.setdefault(item, set()).update(_months(bill, debt.issued))
        billed[item] = billed.get(item, ZERO) + debt.amount
    months[""] = set().union(*months.values())
    monthly = sum((amount / len(months[item]) for item, amount in billed.items()), ZERO)
    return (found.account.credit / monthly).quantize(CENT) if monthly else None


def _months(bill: Record, issued: date) -> set[str]:
    """The months that a bill is for, each by the month it begins in: of its period, else the one it was issued in."""
    since = bill.get("period_from") or issued
    length = relativedelta(bill.get("period_until") or since, since)
    last = max(length.years * 12 + length.months, 0)
    return {f"{since + relativedelta(months=n):%Y-%m}" for n in range(last + 1)}
