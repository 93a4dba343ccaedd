"""Charge items: what is charged for, to whom, at what rate, since when (domain.md 30; `charges:` of wuye.yaml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from wuye.ledger import NO_FEE, Terms

WAYS = {"area": "按面积", "fixed": "定额", "reading": "按读数", "bay": "按车位", "share": "分摊", "lease": "按租约"}
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
PERIODS = {"month": "月", "quarter": "季", "half-year": "半年", "year": "年"}


class Due(NamedTuple):
    """When a bill is to be paid: on a day of the month, or so many days after it is issued."""

    day: int = 0
    after: int = 30

    def on(self, issued: date, month: date) -> date:
        """The day: in the billed month, or the first such day from the issue on where that has passed."""
        if not self.day:
            return issued + timedelta(days=self.after)
        found = month + relativedelta(day=self.day)
        if found < issued:
            found = issued + relativedelta(day=self.day)
        return found if found >= issued else issued + relativedelta(months=1, day=self.day)


class Rate(NamedTuple):
    """What one square metre, unit, ton or bay costs from a day on."""

    since: date
    rate: Decimal


class Special(NamedTuple):
    """What was agreed for one unit or bay: another rate, a flat amount, or a factor; always with its reason."""

    what: str
    name: str
    reason: str
    rate: Decimal | None = None
    amount: Decimal | None = None
    factor: Decimal | None = None
    since: date = date.min
    until: date = date.max


class ChargeItem(NamedTuple):
    """One charge item as the office has set it.

    `uses`, `buildings`, `rooms`, `bays` say for whom; empty ones let everybody through. `per` says whether a rate is
    for a month or for the whole period of `months`. `vacant` is the factor of a vacant unit.
    """

    code: str
    zh: str
    way: str
    uses: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    bays: tuple[str, ...] = ()
    common: bool | None = None
    by: str = "area"
    unit: str = ""
    payer: str = "owner"
    since: date = date.min
    until: date = date.max
    rates: tuple[Rate, ...] = ()
    amounts: Mapping[str, Decimal] = {}
    per: str = "month"
    period: str = "month"
    anniversary: bool = False
    due: Due = Due()
    rounding: str = "cent"
    vacant: Decimal = Decimal(1)
    developer: bool = False
    terms: Terms = NO_FEE
    specials: tuple[Special, ...] = ()

    @property
    def months(self) -> int:
        """How many months one bill covers."""
        return MONTHS[self.period]


class Charges(Mapping[str, ChargeItem]):
    """The office's charge items by code; each answers to its code and to its Chinese name."""

    def __init__(self, items: Mapping[str, ChargeItem]) -> None:
        self._items = dict(items)
        self._names = {item.zh: code for code, item in items.items()} | {code: code for code in items}

    def __getitem__(self, code: str) -> ChargeItem:
        return self._items[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def name_of(self, word: str) -> str | None:
        """The code that a code or a Chinese name stands for; None where it is no item."""
        return self._names.get(word.strip())

    def terms(self, word: str) -> Terms:
        """The late-payment terms of an item; none of a word that is no item."""
        code = self.name_of(word)
        return self._items[code].terms if code else NO_FEE

    def zh(self, word: str) -> str:
        """What the desk reads for an item; the word itself where it is none."""
        code = self.name_of(word)
        return self._items[code].zh if code else word
