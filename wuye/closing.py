"""Closed months: what a monthly close states and freezes, and what was changed since (domain.md 33). Pure.

A record of a closed month may still take steps of later days (a reversal in December of a payment of November), and
those are written into November's file. So not the file is hashed but each record as it stood at the close: its log cut
to the entries it had then, every later step undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from wuye import dumper
from wuye.accounts import accounts
from wuye.errors import Problem
from wuye.ledger import Account, Terms
from wuye.money import ZERO
from wuye.record import Record, to_stored

FROZEN = ("bill", "payment", "deposit", "receipt", "dayclose")
"""Kinds whose records of a month a monthly close freezes."""
CLOSED = "closed"


def closed_months(closes: Iterable[Record]) -> dict[str, Record]:
    """The monthly close in force of each closed month."""
    return {str(c["month"]): c for c in closes if c.status == CLOSED}


class Frozen(NamedTuple):
    """One record as a close froze it: its number, how many log entries it had, the SHA-256 of what it said."""

    id: str
    entries: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.id}\t{self.entries}\t{self.sha256}"


def content(record: Record, entries: int) -> bytes:
    """What a record said when its log had so many entries, as bytes; due times do not count, they are no money."""
    stored = to_stored(record.as_typed(entries))
    return dumper.dump_record({name: value for name, value in stored.items() if name not in ("due", "rule")})


def frozen(record: Record, entries: int = 0) -> Frozen:
    """A record as it stands, or as it stood when its log had so many entries."""
    import hashlib

    count = entries or len(record.log)
    return Frozen(record.id, count, hashlib.sha256(content(record, count)).hexdigest())


def dump(found: Iterable[Frozen]) -> bytes:
    """The list that a close keeps, a line a record."""
    return "".join(f"{one}\n" for one in sorted(found)).encode()


def load(data: bytes) -> list[Frozen]:
    """The list that a close kept. Raises ValueError where it is not one."""
    found = []
    for line in data.decode().splitlines():
        name, count, digest = line.split("\t")
        found.append(Frozen(name, int(count), digest))
    return found


def edited(close: Record, kept: Sequence[Frozen], there: Mapping[str, Record]) -> Iterator[Problem]:
    """Records of a closed month that do not say any more what they said, are gone, or were put there since.

    `there` are all records of the frozen kinds by number.
    """
    month = str(close["month"])
    again = f"请从 git 历史里恢复；确要更正，先 wuye monthclose reopen {close.id}，改后重新月结"
    for one in kept:
        record = there.get(one.id)
        if record is None:
            yield Problem(f"{one.id} 在 {month} 月结（{close.id}）后不见了：{again}", file=close.file, line=close.line)
        elif len(record.log) < one.entries or frozen(record, one.entries).sha256 != one.sha256:
            words = f"{one.id} 在 {month} 月结（{close.id}）后被改过：{again}"
            yield Problem(words, file=record.file, line=record.line)
    known = {one.id for one in kept}
    for record in there.values():
        if f"{record.received:%Y-%m}" == month and record.id not in known:
            words = f"{record.id} 是 {month} 月结（{close.id}）后放进这个月的：{again}"
            yield Problem(words, file=record.file, line=record.line)


def problems(close: Record, data: bytes, there: Mapping[str, Record]) -> Iterator[Problem]:
    """The same with the list as it lies in its file: one that was changed itself proves nothing any more."""
    import hashlib

    if hashlib.sha256(data).hexdigest() != close.get("seal"):
        words = f"{close.id} 的冻结清单 {close.get('frozen')} 不见了或被改过：请从 git 历史里恢复"
        yield Problem(words, file=close.file, line=close.line)
        return
    yield from edited(close, load(data), there)


# --- what a month brought


class Collected(NamedTuple):
    """What payments settled within a span, by charge item, and the credit of all debtors before and after it.

    Principal and late fees of all items and the change of credit together are what was taken less what was given back.
    """

    items: Mapping[str, tuple[Decimal, Decimal]]
    before: Decimal
    after: Decimal

    @property
    def settled(self) -> Decimal:
        """Principal and late fees of all items."""
        return sum((principal + fee for principal, fee in self.items.values()), ZERO)


def item_of(bill: Record) -> str:
    """The charge item of a bill."""
    return str(bill["item"])


def collected(
    bills: Sequence[Record], payments: Sequence[Record], first: date, last: date,
    terms: Callable[[str], Terms], principal_first: bool = False, named: Callable[[Record], str] = item_of,
) -> Collected:
    """What was settled from the first day to the last: all that is settled by then, less what was before.

    `named` says under which name a bill is summed up: its item where nothing else is said.
    """
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    names = {bill.id: named(bill) for bill in bills}
    credit = []
    for day, sign in ((first - timedelta(days=1), -1), (last, 1)):
        found = accounts(bills, payments, day, terms, principal_first).values()
        for part in (part for account in found for part in account.parts):
            principal, fee = sums.get(names[part.debt], (ZERO, ZERO))
            sums[names[part.debt]] = (principal + sign * part.principal, fee + sign * part.fee)
        credit.append(_credit(found))
    return Collected({item: both for item, both in sorted(sums.items()) if any(both)}, *credit)


def _credit(found: Iterable[Account]) -> Decimal:
    return sum((account.credit for account in found), ZERO)
