"""What came in of the bills of a period and of prior years' arrears, item by item (domain.md 34, J)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from wuye.accounts import Debtor, debtor_of, end_of
from wuye.arrears import Line, Place
from wuye.ledger import ZERO, Account
from wuye.record import Record

ONE = Decimal(1)
NO_BUILDING, NOBODY = "不在楼栋里", "未指定"


class Item(NamedTuple):
    """One thing that counts: an amount (a unit counts 1), the record or unit it is, by what it may be split.

    `bill` is the bill behind a unit: the unit counts as paid where every one of them is.
    """

    amount: Decimal
    id: str
    keys: Mapping[str, str]
    bill: str = ""


class Parts(NamedTuple):
    """Numerator, denominator (None where the figure is no rate), and what was left out or is told apart."""

    top: Sequence[Item]
    base: Sequence[Item] | None = None
    apart: Mapping[str, Sequence[Item]] = MappingProxyType({})


class Books(NamedTuple):
    """What the figures are worked out from: accounts as of the day and at 1 January, and everything behind them.

    `since` and `until` are the period's days; `opening` is the account at the end of the year before it.
    """

    since: date
    until: date
    as_of: date
    accounts: Mapping[Debtor, Account]
    opening: Mapping[Debtor, Account]
    bills: Mapping[str, Record]
    payments: Mapping[str, Record]
    contacts: Sequence[Record]
    arrears: Sequence[Line]
    place: Callable[[Debtor], Place]
    item_zh: Callable[[str], str]
    promise: Callable[[Record], str]

    def keys(self, bill: Record, debtor: Debtor) -> dict[str, str]:
        """By what a bill may be split."""
        at, place = home(bill), self.place(debtor)
        return {
            "building": place.building or NO_BUILDING, "collector": place.collector or NOBODY,
            "item": self.item_zh(str(bill.get("item"))), "month": f"{at[0]}-{at[1]:02d}", "year": str(at[0]),
            "unit": str(debtor),
        }  # fmt: skip


def home(bill: Record) -> tuple[int, int]:
    """The year and month a bill belongs to: of its account period, else of the day it is due.

    One that was issued or due only in a later year belongs to that year: on 1 January it was no arrears yet.
    """
    days = [day for day in (bill.get("period_from"), bill.get("due_on"), bill.received.date()) if day]
    year = max(day.year for day in days)
    first = next(day for day in days if day.year == year)
    return year, first.month


# --- this year's bills


class Billed(NamedTuple):
    """One bill of the period: whose, how much, due when, how much of it was paid by the day."""

    debtor: Debtor
    bill: Record
    amount: Decimal
    due: date
    applied: Decimal


def _cohort(books: Books) -> list[Billed]:
    """The bills of the period as of the day; those of later periods left out, however early they were paid."""
    first, last = (books.since.year, books.since.month), (books.until.year, books.until.month)
    found = []
    for debtor, account in books.accounts.items():
        applied = _applied(account, date.min, books.as_of)
        for debt in (standing.debt for standing in account.standings):
            bill = books.bills[debt.id]
            start = bill.get("period_from")
            if first <= home(bill) <= last and not (start and start > books.as_of):
                found.append(Billed(debtor, bill, debt.amount, debt.due, applied.get(bill.id, ZERO)))
    return found


def _applied(account: Account, since: date, until: date) -> dict[str, Decimal]:
    """The principal that was settled of each debt between two days, both included."""
    found: dict[str, Decimal] = {}
    for part in account.parts:
        if since <= part.day <= until:
            found[part.debt] = found.get(part.debt, ZERO) + part.principal
    return found


def _money(books: Books, bills: Iterable[str], since: date, until: date) -> list[Item]:
    """The payments behind a numerator: what each paid of these bills between two days, both included."""
    wanted, found = set(bills), []
    for debtor, account in books.accounts.items():
        for part in account.parts:
            if part.debt in wanted and part.principal and since <= part.day <= until:
                found.append(_item(books, debtor, books.bills[part.debt], part.principal)._replace(id=part.paid))
    return found


def _item(books: Books, debtor: Debtor, bill: Record, amount: Decimal) -> Item:
    return Item(amount, bill.id, books.keys(bill, debtor))


def collection_rate(books: Books) -> Parts:
    """Money applied to the period's bills up to the day ÷ their amount; late fee is neither."""
    cohort = _cohort(books)
    top = [_item(books, one.debtor, one.bill, one.applied) for one in cohort if one.applied]
    base = [_item(books, one.debtor, one.bill, one.amount) for one in cohort]
    early = [_item(books, one.debtor, one.bill, one.amount) for one in cohort if one.due >= books.as_of]
    money = _money(books, [item.id for item in top], date.min, books.as_of)
    return Parts(
        top, base, {"分子里的收款": money, "未到应付日期（在分母里）": early, **_gone(books, of_period=True)}
    )


def collection_rate_units(books: Books) -> Parts:
    """Units that paid every bill of the period in full ÷ units billed; part-paid counts as unpaid."""
    rooms, others = [], []
    for one in _cohort(books):
        item = Item(ONE, one.debtor.name, books.keys(one.bill, one.debtor), one.bill.id)
        if one.debtor.what == "room":
            rooms.append((item, one.applied >= one.amount))
        else:
            others.append(item._replace(id=str(one.debtor)))
    return Parts([item for item, full in rooms if full], [item for item, _ in rooms], {"招租、车位（不计）": others})


def _gone(books: Books, of_period: bool) -> dict[str, list[Item]]:
    """Bills that were written off or voided by the day: of the period, or of the opening balance."""
    found: dict[str, list[Item]] = {"已核销（不计）": [], "已作废（不计）": []}
    first, last = (books.since.year, books.since.month), (books.until.year, books.until.month)
    opening = {s.debt.id: s.open for account in books.opening.values() for s in account.standings if s.open}
    for bill in books.bills.values():
        debtor = debtor_of(bill)
        if debtor is None or bill.received.date() > books.as_of:
            continue
        then = bill.as_of(end_of(books.as_of, bill.received))
        label = {"written-off": "已核销（不计）", "void": "已作废（不计）"}.get(then.status)
        inside = first <= home(bill) <= last if of_period else bill.id in opening
        if label and inside:
            amount = then.get("amount") if of_period else opening[bill.id]
            found[label].append(_item(books, debtor, bill, amount or ZERO))
    return found


# --- prior years


def _opening(books: Books) -> list[Item]:
    """What was in arrears when the year began, frozen: open principal at the end of the year before."""
    return [
        _item(books, debtor, books.bills[s.debt.id], s.open)
        for debtor, account in books.opening.items()
        for s in account.standings
        if s.open and home(books.bills[s.debt.id])[0] < books.since.year
    ]


def _recovered(books: Books) -> list[Item]:
    """What came in of it in the period, of no bill more than was open."""
    wanted = {item.id: item for item in _opening(books)}
    found = []
    for account in books.accounts.values():
        for name, got in _applied(account, books.since, books.until).items():
            if name in wanted and got:
                found.append(wanted[name]._replace(amount=min(got, wanted[name].amount)))
    return found


def prior_collected(books: Books) -> Parts:
    """Prior-year arrears collected in the period, an amount."""
    return Parts(_recovered(books), None, _prior_apart(books))


def prior_recovery(books: Books) -> Parts:
    """Prior-year arrears collected in the period ÷ their balance when the year began."""
    return Parts(_recovered(books), _opening(books), _prior_apart(books))


def _prior_apart(books: Books) -> dict[str, list[Item]]:
    """The payments behind it; what was written off or voided since, which stays in the frozen balance."""
    gone = {label.replace("不计", "仍在期初余额里"): items for label, items in _gone(books, of_period=False).items()}
    return {"往年欠费的收款": _money(books, [item.id for item in _opening(books)], books.since, books.until), **gone}


def combined_rate(books: Books) -> Parts:
    """This period's collected and prior years' recovered ÷ this period's due and the opening prior arrears."""
    now, before = collection_rate(books), prior_recovery(books)
    assert now.base is not None and before.base is not None
    return Parts([*now.top, *before.top], [*now.base, *before.base], {**now.apart, **before.apart})


def total_arrears(books: Books) -> Parts:
    """The principal of what is due and not paid: the number that `wuye arrears` totals."""
    return Parts([_item(books, line.debtor, books.bills[line.debt.id], line.open) for line in books.arrears])
