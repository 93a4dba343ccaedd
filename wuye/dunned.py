"""What collectors did in a period: whom they dunned, what was promised, kept and paid after it (domain.md 5)."""

from __future__ import annotations

from decimal import Decimal

from wuye.accounts import Debtor, debtor_of
from wuye.collected import NO_BUILDING, NOBODY, ONE, Books, Item, Parts
from wuye.ledger import ZERO
from wuye.record import Record

PENDING = "待兑现（不计）"


def _contacted(books: Books) -> list[tuple[Debtor, Record]]:
    """The contacts of the period."""
    inside = [c for c in books.contacts if books.since <= c.received.date() <= books.until]
    return [(debtor, c) for c in inside if (debtor := debtor_of(c))]


def _by_collector(books: Books, debtor: Debtor, contact: Record, how_much: Decimal, id_: str) -> Item:
    place = books.place(debtor)
    return Item(how_much, id_, {
        "collector": str(contact.get("collector") or NOBODY), "building": place.building or NO_BUILDING,
        "month": f"{contact.received:%Y-%m}", "year": f"{contact.received:%Y}", "unit": str(debtor),
        "item": "不分项目",
    })  # fmt: skip


def units(books: Books) -> Parts:
    """Debtors contacted in the period; one contacted by two collectors counts for each and once in all."""
    return Parts([_by_collector(books, d, c, ONE, str(d)) for d, c in _contacted(books)])


def amount(books: Books) -> Parts:
    """What they owed as it stood at the first contact of the period with each."""
    first: dict[Debtor, Record] = {}
    for debtor, contact in _contacted(books):
        if contact.get("arrears") is not None:
            first.setdefault(debtor, contact)
    return Parts([_by_collector(books, d, c, c["arrears"], c.id) for d, c in first.items()])


def promised(books: Books) -> Parts:
    """What was promised at contacts of the period: the amount named, else the arrears as they stood."""
    return Parts([_by_collector(books, d, c, _promised(c), c.id) for d, c in _contacted(books) if books.promise(c)])


def _promised(contact: Record) -> Decimal:
    return Decimal(contact.get("promise_amount") or contact.get("arrears") or ZERO)


def promises_kept(books: Books) -> Parts:
    """Promises kept ÷ promises made whose day has come or that were kept before it."""
    made: dict[str, list[Item]] = {}
    for debtor, contact in _contacted(books):
        if stands := books.promise(contact):
            made.setdefault(stands, []).append(_by_collector(books, debtor, contact, ONE, contact.id))
    return Parts(
        made.get("kept", []),
        [one for stands in ("kept", "broken", "partly") for one in made.get(stands, [])],
        {"部分兑现": made.get("partly", []), PENDING: made.get("pending", [])},
    )


def collected_after(books: Books) -> Parts:
    """Arrears paid in the period after a contact, to the credit of whoever contacted the debtor last before it."""
    told: dict[Debtor, list[Record]] = {}
    for contact in books.contacts:
        if debtor := debtor_of(contact):
            told.setdefault(debtor, []).append(contact)
    found = []
    for debtor, account in books.accounts.items():
        due = {s.debt.id: s.debt.due for s in account.standings}
        for part in account.parts:
            if not (books.since <= part.day <= books.until) or due[part.debt] >= part.day or not part.principal:
                continue
            paid = books.payments[part.paid]
            mine = [c for c in told.get(debtor, ()) if c.received.date() > due[part.debt]]
            before = [c for c in mine if c.received <= paid.received]
            if before:
                item = _by_collector(books, debtor, before[-1], part.principal, part.paid)
                zh = books.item_zh(str(books.bills[part.debt].get("item")))
                keys = {**item.keys, "month": f"{part.day:%Y-%m}", "year": f"{part.day:%Y}", "item": zh}
                found.append(item._replace(keys=keys))
    return Parts(found)
