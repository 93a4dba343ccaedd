"""The records that a month's figures are about, and what its figures of orders and complaints share (domain.md J)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wuye import clocks
from wuye.clocks import Reading
from wuye.record import Entry, Record
from wuye.schema import Basis, Rule

RULES = (Rule("figures.fairly_counts", True, "回访“基本满意”计入满意"),)
COMPLETED = ("done", "closed")
HANDLED = ("handled", "closed")


class Cohort:
    """The records that a month's figures are about, as they stood at its as-of moment (`basis.now`).

    `complaints` and `orders` were received in the month, void ones left out; `known` are all orders read, those
    from which rework is told; `units` the register.
    """

    __slots__ = ("_read", "basis", "complaints", "known", "orders", "units")

    def __init__(
        self, basis: Basis, complaints: Sequence[Record] = (), orders: Sequence[Record] = (),
        known: Sequence[Record] = (), units: Sequence[Record] = (),
    ) -> None:
        self.basis = basis
        self.complaints = [r for r in complaints if not r.void]
        self.orders = [r for r in orders if not r.void]
        self.known = known
        self.units = [r for r in units if not r.void]
        self._read: dict[str, tuple[Reading, ...]] = {}

    def readings(self, record: Record) -> tuple[Reading, ...]:
        """The clocks of a record as of the moment, read once."""
        if record.id not in self._read:
            self._read[record.id] = clocks.read(record, self.basis)
        return self._read[record.id]

    @property
    def completed(self) -> list[Record]:
        """Orders done, those that turned out not to be the company's left out."""
        return [r for r in self.orders if r.status in COMPLETED and not r.get("not_ours")]


class Parts(NamedTuple):
    """What a figure is made of: the records counted, those they are counted among, and what is told beside it."""

    top: Sequence[Record]
    base: Sequence[Record]
    apart: Mapping[str, Sequence[Record]] = {}


def reached(entry: Entry) -> bool:
    """Whether a follow-up reached somebody."""
    return entry.values.get("satisfaction") != "unreachable"


def followed_up(done: Sequence[Record]) -> Parts:
    """Followed up ÷ those that need it: all without a reason for none."""
    top = [r for r in done if r.entries("follow-up")]
    excused = [r for r in done if not r.entries("follow-up") and any(e.values.get("no_follow_up") for e in r.standing)]
    excused_ids = {r.id for r in excused}
    base = [r for r in done if r.id not in excused_ids]
    silent = [r for r in top if not any(reached(e) for e in r.entries("follow-up"))]
    return Parts(top, base, {"其中未联系上": silent, "写明不回访": excused})


def satisfied(records: Sequence[Record], field: str, basis: Basis) -> Parts:
    """Satisfied at the last follow-up that reached somebody ÷ those of which that was said."""
    good = ("satisfied", "fairly") if basis.yes("figures.fairly_counts") else ("satisfied",)
    said: dict[str, str] = {}
    silent = []
    for record in records:
        tries = record.entries("follow-up")
        heard = [e.values[field] for e in tries if reached(e) and e.values.get(field)]
        if heard:
            said[record.id] = str(heard[-1])
        elif tries and not any(reached(e) for e in tries):
            silent.append(record)
    base = [r for r in records if r.id in said]
    return Parts(
        [r for r in base if said[r.id] in good],
        base,
        {"未联系上": silent, "基本满意": [r for r in base if said[r.id] == "fairly"]},
    )
