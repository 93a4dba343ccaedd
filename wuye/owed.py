"""What a debtor owes at a moment: by bills once there is one, else as somebody wrote it down (domain.md 5, 6, K).

The one place that says which of the two it is: asked by who, pass and dunning.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from wuye.record import Record
    from wuye.schema import Books

BILLS, HAND, UNREAD, NOBODY = "bills", "hand", "unread", ""
ZERO = Decimal("0.00")


class Open(NamedTuple):
    """One debt that is due and not paid."""

    bill: str
    item: str
    period: str
    due: date
    principal: Decimal
    fee: Decimal
    lapses: date
    bay: str = ""


class Paid(NamedTuple):
    """The last payment: its number, day, and what of it was not given back."""

    id: str
    day: date
    amount: Decimal


class Owed(NamedTuple):
    """What a debtor owes by bills as of a day: the principal, words by item and period, bills.

    No amount where it is unreadable: `words` say why. `not_due` is open and not due yet, the first of it on `next_due`.
    """

    amount: Decimal | None
    words: str
    bills: tuple[str, ...] = ()
    fee: Decimal = ZERO
    credit: Decimal = ZERO
    not_due: Decimal = ZERO
    open: tuple[Open, ...] = ()
    paid: Paid | None = None
    next_due: date | None = None

    @property
    def lapses_first(self) -> Open | None:
        """The debt that lapses first, going by what can be proved."""
        return min(self.open, key=lambda one: (one.lapses, one.bill), default=None)


class State(NamedTuple):
    """How a debtor stands: `by` says whether bills tell it, somebody's hand, or nobody.

    `owed` is there where it is by bills, `unit` where it is by hand.
    """

    by: str
    amount: Decimal | None = None
    as_of: date | None = None
    owed: Owed | None = None
    unit: Record | None = None


def renter(values: Mapping[str, Any], books: Books) -> tuple[dict[str, str], tuple[str, ...]]:
    """The unit that owes for a bay, where only the bay was named: who rents it, or rented it last; and that it is so.

    A bay's debtor is the unit that rents it; only one that is rented by nobody of the estate owes for itself.
    """
    if values.get("room") or not values.get("bay"):
        return {}, ()
    bay = books.in_book("parking", str(values["bay"]))
    room = bay.get("room") if bay else None
    return ({"room": room}, (f"车位 {values['bay']} 由 {room} 承租：记在 {room} 名下",)) if room else ({}, ())


def state(books: Books, what: str, name: str, day: date) -> State:
    """How a unit, lease or bay stands at the end of a day: the unit's hand-kept state only where no bill exists."""
    if owed := books.owes(what, name, day):
        return State(UNREAD if owed.amount is None else BILLS, owed.amount, day, owed)
    unit = books.unit(name) if what == "room" else None
    if unit is None or (unit.get("owed") is None and not unit.get("paid_until")):
        return State(NOBODY, unit=unit)
    return State(HAND, unit.get("owed"), unit.get("owed_as_of"), unit=unit)
