"""What is in stock by its movements: taken in, issued, counted (domain.md 16). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wuye.record import Record

RECEIVE, ISSUE, COUNT = "receive", "issue", "adjust"


class Movement(NamedTuple):
    """What happened to the stock of one item: so much came in, so much went out, or so much was there when counted."""

    at: datetime
    what: str
    quantity: Decimal
    record: Record


class Stock(NamedTuple):
    """What is there of an item. `counted` is when it was last counted; one that was never taken in or counted is not
    `known`: nobody keeps its stock, only what is given out."""

    item: str
    quantity: Decimal = Decimal(0)
    measure: str = ""
    group: str = ""
    received: Decimal = Decimal(0)
    issued: Decimal = Decimal(0)
    counted: datetime | None = None
    known: bool = False


def movements(records: Iterable[Record], until: datetime | None = None) -> Iterator[Movement]:
    """Every movement in order of time; a requisition is one when it is issued."""
    found = [m for r in records if not r.void and (m := _movement(r)) and (until is None or m.at <= until)]
    yield from sorted(found, key=lambda m: (m.at, m.record.id))


def _movement(record: Record) -> Movement | None:
    what, quantity = record.get("type"), record.get("quantity")
    if what in (RECEIVE, ISSUE, COUNT) and quantity is not None:
        return Movement(record.received, what, Decimal(quantity), record)
    if what == "requisition" and record.get("issued") is not None:
        return Movement(record.entries(ISSUE)[-1].at, ISSUE, Decimal(record["issued"]), record)
    return None


def moved(stock: Stock, what: str, quantity: Decimal, at: datetime) -> Stock:
    """The stock after one movement; a count says what is there, whatever was written."""
    if what == COUNT:
        return stock._replace(quantity=quantity, counted=at, known=True)
    if what == RECEIVE:
        return stock._replace(quantity=stock.quantity + quantity, received=stock.received + quantity, known=True)
    return stock._replace(quantity=stock.quantity - quantity, issued=stock.issued + quantity)


def stocks(records: Iterable[Record], until: datetime | None = None) -> dict[str, Stock]:
    """The stock of every item at a moment, now without one; its measure and group as the latest movement says."""
    found: dict[str, Stock] = {}
    for one in movements(records, until):
        item = str(one.record["item"])
        stock = found.get(item, Stock(item))
        stock = stock._replace(
            measure=one.record.get("measure") or stock.measure, group=one.record.get("class") or stock.group
        )
        found[item] = moved(stock, one.what, one.quantity, one.at)
    return found


def plain(quantity: Decimal) -> str:
    """A quantity without needless zeros: `2.5`, `10`."""
    return f"{quantity.normalize():f}" if quantity else "0"
