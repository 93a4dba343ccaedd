"""What debtors are asked for and pay, day by day, out of what the index keeps: no record where no step changed one.

Nine bills in ten say today what they said when they were issued: number, days and amount are enough of them, and five
years of an office fit into the memory. All others are kept whole, and say themselves what they claimed on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wuye.accounts import DEBTORS, Debtor, debt_of, debtor_of, paid_of
from wuye.again import Again, Odd, decoded
from wuye.ledger import Account, Debt, Paid, Terms, settle
from wuye.record import Record
from wuye.wanted import Found

STILL = {"bill": ("deliver",), "payment": ()}
"""Steps that change nothing of what a record claims or pays."""


class Claims:
    """The debts and payments of every debtor; whole records of those that were changed."""

    def __init__(self, terms: Callable[[str], Terms]) -> None:
        self._terms_of = terms
        self._debts: dict[Debtor, list[Debt]] = {}
        self._paid: dict[Debtor, list[Paid]] = {}
        self._bills: list[Record] = []
        self._payments: list[Record] = []
        self._debtors: dict[tuple[str, str], Debtor] = {}
        self._terms: dict[str, Terms] = {}

    def add(self, again: Again, found: Found) -> None:
        """One bill or payment, as the index keeps it. Raises ValueError for what is no record."""
        raw = decoded(found.raw)
        try:
            if _still(raw["log"], raw["status"], again):
                (self._bill if again.kind.name == "bill" else self._payment)(again, raw)
                return
        except (Odd, ValueError, KeyError, TypeError):
            pass  # the record tells
        record = again.record(found.raw, found.path, found.line)
        if record is None:
            raise ValueError(found.path)
        (self._bills if again.kind.name == "bill" else self._payments).append(record)

    def _bill(self, again: Again, raw: Mapping[str, Any]) -> None:
        item = again.value("item", raw["item"])
        if item not in self._terms:
            self._terms[item] = self._terms_of(item)
        amount, due = again.value("amount", raw["amount"]), again.value("due_on", raw["due_on"])
        debt = Debt(str(raw["id"]), again.time(raw["received"]).date(), due, amount, item, self._terms[item])
        self._debts.setdefault(self._debtor(again, raw), []).append(debt)

    def _payment(self, again: Again, raw: Mapping[str, Any]) -> None:
        named = tuple(again.value("bills", raw["bills"])) if raw.get("bills") else ()
        amount: Decimal = again.value("amount", raw["amount"])
        paid = Paid(str(raw["id"]), again.time(raw["received"]).date(), amount, named)
        self._paid.setdefault(self._debtor(again, raw), []).append(paid)

    def _debtor(self, again: Again, raw: Mapping[str, Any]) -> Debtor:
        for what in DEBTORS:
            if name := raw.get(what):
                if (what, name) not in self._debtors:
                    self._debtors[what, name] = Debtor(what, str(again.value(what, name)))
                return self._debtors[what, name]
        raise Odd

    def accounts(self, day: date, principal_first: bool) -> Mapping[Debtor, Account]:
        """Every debtor's account at the end of a day, debtors in order: the same as `accounts.accounts` gives."""
        debts = {whose: list(mine) for whose, mine in self._debts.items() if any(d.issued <= day for d in mine)}
        money = {whose: list(mine) for whose, mine in self._paid.items() if any(p.day <= day for p in mine)}
        for bill in self._bills:
            debtor, debt = debtor_of(bill), debt_of(bill, day, self._terms_of)
            if debtor and debt:
                debts.setdefault(debtor, []).append(debt)
        for payment in self._payments:
            if found := paid_of(payment, day):
                money.setdefault(found[0], []).append(found[1])
        return {
            debtor: settle(debts.get(debtor, ()), money.get(debtor, ()), day, principal_first)
            for debtor in sorted({*debts, *money})
        }

    @property
    def paid_on(self) -> dict[str, date]:
        """The day of each payment."""
        found = {paid.id: paid.day for mine in self._paid.values() for paid in mine}
        return found | {payment.id: payment.received.date() for payment in self._payments}


def _still(log: Any, status: str, again: Again) -> bool:
    """Whether a record says what it said in the beginning."""
    if status != again.kind.flow.states[0].name:
        return False
    if len(log) == 1:
        return "status" not in log[0]
    still = STILL[again.kind.name]
    return not any("status" in one or "was" in one for one in log) and all(one["step"] in still for one in log[1:])
