"""The bill run: registers and charge items in, proposed bills with their working out (domain.md 30).

Pure. Whatever is proposed is compared with the bills that are there: what is billed is left alone, what would now
come out otherwise is told. Every amount is worked out exactly and rounded once, half up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from wuye.charges import ChargeItem, Charges
from wuye.occupancy import People, meter_of
from wuye.periods import Part, Span, amounts, joined, rounded, to_the_yuan
from wuye.record import Record

Key = tuple[str, str]
"""Whom a bill is about: `room`, `bay` or `lease`, and its name."""


class Ground(NamedTuple):
    """What a bill run rests on: the registers as they are, the month, the day on which bills are issued."""

    items: Charges
    month: Span
    issued: date
    units: Sequence[Record] = ()
    residents: Sequence[Record] = ()
    bays: Sequence[Record] = ()
    leases: Sequence[Record] = ()
    readings: Sequence[Record] = ()
    bills: Sequence[Record] = ()

    @property
    def name(self) -> str:
        """The month as it is written: `2026-11`."""
        return f"{self.month.start:%Y-%m}"

    @property
    def people(self) -> People:
        """Who is tied to which room."""
        return People(self.residents)


class Proposal(NamedTuple):
    """One bill that the rules ask for, with its working; an amount of nought is asked of nobody.

    `handed_over` says what the bill does not split: within its days the payer became another.
    """

    key: Key
    item: ChargeItem
    span: Span
    lines: tuple[Mapping[str, Any], ...]
    due: date
    payer: str = "owner"
    payer_name: str = ""
    room: str = ""
    reading: str = ""
    handed_over: str = ""

    @property
    def amount(self) -> Decimal:
        """The sum of the lines."""
        return sum((line["amount"] for line in self.lines), Decimal("0.00"))

    def values(self, run: str) -> dict[str, Any]:
        """The bill's fields."""
        found = {
            "room": self.room, self.key[0]: self.key[1], "item": self.item.code, "period_from": self.span.start,
            "period_until": self.span.end, "amount": self.amount, "due_on": self.due, "lines": self.lines,
            "payer": self.payer, "payer_name": self.payer_name, "run": run, "reading": self.reading,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value not in ("", None)}


class Known(NamedTuple):
    """A proposal that is billed already, and how the bill differs from what the rules ask for now."""

    proposal: Proposal
    bill: Record
    differs: str = ""


class Run(NamedTuple):
    """What a month's bill run comes to: new bills, those that are there, those of nought, what to look at."""

    fresh: tuple[Proposal, ...]
    known: tuple[Known, ...]
    free: tuple[Proposal, ...]
    warnings: tuple[str, ...]

    def of(self, fits: Any) -> Run:
        """The part of it whose proposals fit."""
        return Run(tuple(p for p in self.fresh if fits(p)), tuple(k for k in self.known if fits(k.proposal)),
                   tuple(p for p in self.free if fits(p)), self.warnings)  # fmt: skip


class Billed:
    """The bills that are there, by debtor and item; void ones are not.

    `readings` are those that count and those that do not: the bill of one that was voided goes by its days.
    """

    def __init__(self, bills: Iterable[Record], items: Charges, readings: Iterable[Record] = ()) -> None:
        self._by_key: dict[tuple[Key, str], list[Record]] = {}
        self._items = items
        self._readings = {one.id: one for one in readings}
        for bill in bills:
            if not bill.void:
                self._by_key.setdefault((key_of(bill), self.code(bill)), []).append(bill)

    def code(self, bill: Record) -> str:
        """The bill's charge item by its code."""
        word = str(bill.get("item") or "")
        return self._items.name_of(word) or word

    def find(self, proposal: Proposal) -> Record | None:
        """The bill of the same reading, else one that covers any of the same days.

        What two readings of one unit ask for may overlap, as a unit may have several meters; but the bill of a reading
        that no longer counts is that of whatever the same meter counted in its days.
        """
        bills = self._by_key.get((proposal.key, proposal.item.code), ())
        if proposal.reading and (mine := [bill for bill in bills if bill.get("reading") == proposal.reading]):
            return mine[0]
        return next((b for b in bills if self._goes_by_days(b, proposal.reading) and covers(b, proposal.span)), None)

    def _goes_by_days(self, bill: Record, reading: str) -> bool:
        """Whether a bill is not that of another reading, which counts or is of another meter."""
        if not (reading and bill.get("reading")):
            return True
        other, mine = self._readings.get(str(bill["reading"])), self._readings.get(reading)
        return other is None or (other.void and (mine is None or meter_of(other) == meter_of(mine)))

    def total(self, item: ChargeItem, span: Span, keys: Iterable[Key]) -> Decimal:
        """What is billed of an item over these days to anybody."""
        found = Decimal("0.00")
        for key in keys:
            for bill in self._by_key.get((key, item.code), ()):
                if covers(bill, span):
                    found += bill.get("amount") or 0
        return found


def key_of(bill: Record) -> Key:
    """Whom a bill is about."""
    for what in ("bay", "lease", "room"):
        if name := bill.get(what):
            return what, str(name)
    return "room", ""


def covers(bill: Record, span: Span) -> bool:
    """Whether a bill is for any of these days; one without a period is for none."""
    start = bill.get("period_from")
    return bool(start) and Span(start, bill.get("period_until") or start).within(span) is not None


def sorted_out(proposals: Iterable[Proposal], billed: Billed, warnings: Iterable[str]) -> Run:
    """Proposals parted into new ones, those that are billed, and those of nought."""
    fresh, known, free = [], [], []
    for one in proposals:
        bill = billed.find(one)
        if bill:
            known.append(Known(one, bill, differs(one, bill)))
        elif one.amount:
            fresh.append(one)
        else:
            free.append(one)
    return Run(tuple(fresh), tuple(known), tuple(free), tuple(warnings))


def differs(proposal: Proposal, bill: Record) -> str:
    """How a bill differs from what the rules ask for now; one corrected by hand was meant to.

    That was said of its own reading: where another one goes over its days, it is told all the same.
    """
    another = proposal.reading and bill.get("reading") not in (None, proposal.reading)
    if bill.entries("correct") and not another:
        return ""
    was = Span(bill["period_from"] or proposal.span.start, bill["period_until"] or proposal.span.end)
    if was != proposal.span:
        return f"账期是 {was}，按现在的设置和台账应是 {proposal.span}"
    if bill["amount"] != proposal.amount:
        return f"金额是 {bill['amount']}，按现在的设置和台账应是 {proposal.amount}"
    return ""


# --- working


class Base(NamedTuple):
    """What a rate is taken of: so many square metres or tons, or one unit; and by what time it goes.

    `period` is the number of months a rate is for, 0 where it goes by what was used and not by time.
    """

    quantity: Decimal | None = None
    unit: str = ""
    period: int = 1


def worked(item: ChargeItem, parts: Sequence[Part], base: Base) -> tuple[dict[str, Any], ...]:
    """The lines of a bill: what, how much of it, the rate, the amount, why; together the rounded sum."""
    lines, exact = joined(parts), []
    for part in lines:
        share = part.share / base.period if base.period else part.share
        of = Fraction(base.quantity) if base.quantity is not None and not part.flat else 1
        exact.append(of * Fraction(part.rate) * share * part.factor)
    told = amounts(exact)
    more = [Decimal(0)] * len(told)
    if item.rounding == "yuan":
        more = to_the_yuan(told, rounded(sum(exact, Fraction(0)), yuan=True))
    found = []
    for part, amount, extra in zip(lines, told, more, strict=True):
        line: dict[str, Any] = {
            "what": item.zh, "quantity": quantity_zh(part, base), "rate": f"{part.rate:f}", "amount": amount + extra,
        }  # fmt: skip
        notes = [str(part.span)] if len(lines) > 1 or not part.months else []
        notes += [words if factor == 1 else f"{words} {factor:f}" for words, factor in part.factors]
        if extra:
            notes.append(f"取整到元 {extra:+f}")
        if notes:
            line["note"] = "，".join(notes)
        found.append(line)
    return tuple(found)


def quantity_zh(part: Part, base: Base) -> str:
    """`89.5㎡×3月`, `89.5㎡×17/31月×0.7`: what the rate is multiplied by, so that anybody can check it."""
    factors = []
    if base.quantity is not None and not part.flat:
        factors.append(f"{base.quantity:f}{base.unit}")
    whole = part.months if part.months else None
    if not base.period:
        if whole is None:
            factors.append(f"{part.days}/{part.of}天")
    elif base.period == 1:
        factors.append(f"{whole}月" if whole else f"{part.days}/{part.of}月")
    elif whole:
        factors.append("1期" if whole == base.period else f"{whole}/{base.period}期")
    else:
        factors.append(f"{part.days}/{part.of}月÷{base.period}")
    factors += [f"{factor:f}" for _, factor in part.factors if factor != 1]
    return "×".join(factors) or "1"
