"""What money moved: by whom, when, which way; and what a daily close states of it (domain.md 31, 33). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wuye.listed import WAYS_ZH
from wuye.money import ZERO, dump, show
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet

TAKEN, REFUND, REVERSAL, DEPOSIT, RETURN = "taken", "refund", "reversal", "deposit", "return"
KINDS_ZH = {TAKEN: "收款", REFUND: "退款", REVERSAL: "冲销", DEPOSIT: "收押金", RETURN: "退押金"}
CASH = "cash"


class Movement(NamedTuple):
    """Money that moved: `key` is the record's number, with the place in its log where a step moved it.

    `amount` is below zero where it went out. `what` is one of KINDS_ZH.
    """

    key: str
    at: datetime
    recorded: datetime
    cashier: str
    way: str
    amount: Decimal
    what: str
    receipt: str = ""

    @property
    def id(self) -> str:
        """The record that tells of it."""
        return self.key.partition("/")[0]

    @property
    def is_deposit(self) -> bool:
        """Whether it is of money that is only held."""
        return self.what in (DEPOSIT, RETURN)

    @property
    def line(self) -> str:
        """The movement as the hash of a close reads it."""
        return f"{self.key}\t{self.at:%Y-%m-%d}\t{self.cashier}\t{self.way}\t{dump(self.amount)}"


def cashier_of(record: Record) -> str:
    """Who took the money: the one named, else who entered it."""
    return str(record.get("cashier") or (record.log[0].by if record.log else ""))


def movements(records: Iterable[Record]) -> Iterator[Movement]:
    """Everything that payments and deposits moved, in the order of the records.

    What a reversal or a void takes back was never there for its cashier; what is refunded or returned was handed
    out by whoever entered it.
    """
    for record in records:
        amount, way = record.get("amount"), record.get("way")
        if amount is None or way is None:
            continue
        deposit, cashier, left = record.kind.name == "deposit", cashier_of(record), amount
        taken, out = (DEPOSIT, RETURN) if deposit else (TAKEN, REFUND)
        yield Movement(record.id, record.received, record.recorded, cashier, way, amount, taken,
                       str(record.get("receipt") or ""))  # fmt: skip
        gone = record.withdrawn
        for place, entry in enumerate(record.log):
            if place in gone:
                continue
            key, typed = f"{record.id}/{place}", entry.recorded or entry.at
            paid = entry.values.get("returned" if deposit else "refunded")
            if paid and entry.step in ("refund", "return"):
                by = entry.values.get("return_way" if deposit else "refund_way") or way
                left -= paid
                yield Movement(key, entry.at, typed, entry.by, by, -paid, out)
            elif entry.step == "keep-back" and entry.values.get("kept_back"):
                left -= entry.values["kept_back"]
            elif entry.step in ("reverse", "void") and left:
                yield Movement(key, entry.at, typed, cashier, way, -left, RETURN if deposit else REVERSAL)
                left = ZERO


def of_day(found: Iterable[Movement], day: date, cashier: str = "") -> list[Movement]:
    """What moved on a day, through one cashier's hands or all."""
    return [m for m in found if m.at.date() == day and (not cashier or m.cashier == cashier)]


def by_way(found: Sequence[Movement]) -> list[dict[str, Any]]:
    """A row a way of payment: taken, gone out, deposits in and out, what is left of all, how many."""
    rows = []
    for way in sorted({m.way for m in found}, key=lambda way: (way != CASH, way)):
        mine = [m for m in found if m.way == way]
        sums = {what: sum((m.amount for m in mine if m.what == what), ZERO) for what in KINDS_ZH}
        rows.append({
            "way": way, "taken": sums[TAKEN], "out": -(sums[REFUND] + sums[REVERSAL]), "deposits": sums[DEPOSIT],
            "returned": -sums[RETURN], "net": sum((m.amount for m in mine), ZERO), "count": len(mine),
        })  # fmt: skip
    return rows


def total(found: Iterable[Movement], way: str = "") -> Decimal:
    """What is left of everything that moved, by one way or all."""
    return sum((m.amount for m in found if not way or m.way == way), ZERO)


def to_turn_in(close: Record) -> Decimal:
    """The cash of a daily close that is turned in: what was counted less the float, which stays in the drawer."""
    return Decimal(close.get("counted") or ZERO) - Decimal(close.get("float") or ZERO)


def digest(found: Iterable[Movement]) -> str:
    """The SHA-256 of movements, whatever their order."""
    import hashlib

    return hashlib.sha256("\n".join(sorted(m.line for m in found)).encode()).hexdigest()


class Uncovered(NamedTuple):
    """What a day of one cashier lacks: no close at all, or movements that came after it."""

    day: date
    cashier: str
    close: str
    movements: tuple[Movement, ...]


def standing(closes: Iterable[Record]) -> dict[tuple[date, str], Record]:
    """The daily close in force of each day and cashier."""
    return {(c["day"], str(c["cashier"])): c for c in closes if c.status not in ("void", "reopened") and c.get("day")}


def uncovered(found: Iterable[Movement], closes: Iterable[Record]) -> list[Uncovered]:
    """Days with money that no daily close states in full, in order."""
    days: dict[tuple[date, str], list[Movement]] = {}
    for one in found:
        days.setdefault((one.at.date(), one.cashier), []).append(one)
    lacking, force = [], standing(closes)
    for (day, cashier), moved in sorted(days.items()):
        close = force.get((day, cashier))
        told = set(close.get("keys") or ()) if close else set()
        if rest := tuple(m for m in moved if m.key not in told):
            lacking.append(Uncovered(day, cashier, close.id if close else "", rest))
    return lacking


def changed(found: Mapping[str, Movement], close: Record) -> bool:
    """Whether what a close stated is not there any more as it was stated."""
    keys = close.get("keys") or ()
    return any(k not in found for k in keys) or digest(found[k] for k in keys) != close.get("seal")


_TAKEN = (
    Column("way", "方式", lambda way: WAYS_ZH.get(way, way)),
    *(Column(name, zh, show, right=True) for name, zh in
      (("taken", "收款"), ("out", "退款冲销"), ("deposits", "收押金"), ("returned", "退押金"), ("net", "净额"))),
    Column("count", "笔数", right=True),
)  # fmt: skip
_LATE = (
    Column("id", "编号"), Column("what", "收付", lambda what: KINDS_ZH[what]), Column("cashier", "收款人"),
    Column("way", "方式", lambda way: WAYS_ZH.get(way, way)), Column("amount", "金额", show, right=True),
    Column("close", "日结"),
)  # fmt: skip


def sections(loaded: Mapping[Kind, Sequence[Record]], day: date, now: datetime) -> list[Sheet]:
    """The day's money by way for the daily summary, deposits apart, and what was entered after its close."""
    of = {kind.name: found for kind, found in loaded.items()}
    found = of_day(movements([*of.get("payment", ()), *of.get("deposit", ())]), day)
    if not found:
        return []
    shown = [Sheet("wuye.day.takings", _TAKEN, tuple(by_way(found)), now, "当日收款（押金另列）")]
    after = [
        {"id": m.id, "what": m.what, "cashier": m.cashier, "way": m.way, "amount": m.amount, "close": lack.close}
        for lack in uncovered(found, of.get("dayclose", ())) if lack.close for m in lack.movements
    ]  # fmt: skip
    if after:
        shown.append(Sheet("wuye.day.after_close", _LATE, tuple(after), now, "日结之后登记的收付"))
    return shown


def told(sections: Iterable[Sheet]) -> dict[str, Any]:
    """The rows of these sections as the summary's document carries them, both keys always there."""
    rows = {sheet.schema.rpartition(".")[2]: sheet.rows for sheet in sections}
    return {"takings": rows.get("takings", ()), "after_close": rows.get("after_close", ())}


def held(deposits: Iterable[Record], day: date) -> Decimal:
    """What of all deposits was still held at the end of a day."""
    total = ZERO
    for record in deposits:
        amount = record.get("amount")
        if amount is None or record.received.date() > day:
            continue
        gone = ZERO
        for entry in (e for e in record.standing if e.at.date() <= day):
            gone += sum((entry.values[n] for n in ("returned", "kept_back") if entry.values.get(n)), ZERO)
            gone = amount if entry.step == "void" else gone
        total += amount - gone
    return total


def kept_back(deposits: Iterable[Record]) -> Iterator[tuple[date, Decimal]]:
    """What was kept back of deposits, each on its day: no money moves, what was only held is earned (domain.md 33)."""
    for record in deposits:
        for entry in record.standing:
            if entry.step == "keep-back" and (amount := entry.values.get("kept_back")):
                yield entry.at.date(), amount
