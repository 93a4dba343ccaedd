"""The records that a month's figures are about, and what its figures of orders and complaints share (domain.md J)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from wuye import clocks
from wuye.basis import Basis, Rule
from wuye.clocks import Reading
from wuye.followed import Followed
from wuye.record import Record

RULES = (Rule("figures.fairly_counts", True, "回访“基本满意”计入满意"),)
COMPLETED = ("done", "closed")
HANDLED = ("handled", "closed")


class Cohort:
    """The records that a month's figures are about, as they stood at its as-of moment (`basis.now`).

    `complaints`, `orders`, `contacts` and the `others` that are followed up (move-ins, incidents) were received in
    the month, void ones left out; `known` are all orders read, those from which rework is told; `followups` the
    records of follow-ups; `units` the register. `surveys` were collecting answers at its end or were closed in it,
    `answers` are those to them, from whatever month.
    """

    __slots__ = ("_asked", "_read", "answers", "basis", "complaints", "contacts", "followed", "known", "orders",
                 "others", "surveys", "units")  # fmt: skip

    def __init__(
        self, basis: Basis, complaints: Sequence[Record] = (), orders: Sequence[Record] = (),
        known: Sequence[Record] = (), units: Sequence[Record] = (), contacts: Sequence[Record] = (),
        others: Sequence[Record] = (), followups: Sequence[Record] = (), surveys: Sequence[Record] = (),
        answers: Sequence[Record] = (), read: Callable[[Record], tuple[Reading, ...]] | None = None,
    ) -> None:
        self.basis = basis
        self.complaints = [r for r in complaints if not r.void]
        self.orders = [r for r in orders if not r.void]
        self.contacts = [r for r in contacts if not r.void]
        self.others = [r for r in others if not r.void]
        self.known = known
        self.units = [r for r in units if not r.void]
        self.followed = Followed(followups)
        self.surveys = [r for r in surveys if not r.void]
        self.answers = [r for r in answers if not r.void]
        self._read: dict[str, tuple[Reading, ...]] = {}
        self._asked = read or (lambda record: clocks.read(record, basis))

    def readings(self, record: Record) -> tuple[Reading, ...]:
        """The clocks of a record as of the moment, read once."""
        if record.id not in self._read:
            self._read[record.id] = self._asked(record)
        return self._read[record.id]

    @property
    def completed(self) -> list[Record]:
        """Orders done, those that turned out not to be the company's left out."""
        return [r for r in self.orders if r.status in COMPLETED and not r.get("not_ours")]

    @property
    def matters(self) -> list[Record]:
        """Everything that may be followed up."""
        return [*self.complaints, *self.orders, *self.contacts, *self.others]

    @property
    def opinions(self) -> list[Record]:
        """Opinions and suggestions: consulting complaints, and contacts that were not made into a complaint."""
        found = [r for r in self.complaints if r.get("nature") == "consult"]
        return found + [r for r in self.contacts if r.get("matter") == "opinion" and not _became_complaint(r)]


def _became_complaint(record: Record) -> bool:
    return any(str(e.extra.get("link", "")).startswith("TS-") for e in record.standing)


def told(opinion: Record) -> bool:
    """Whether the person was told what became of an opinion."""
    steps = ("inform", "call-back") if opinion.kind.name == "contact" else ("inform", "send")
    return bool(opinion.entries(*steps))


class Counted(Protocol):
    """What a figure counts: a record, or one rating in an answer."""

    @property
    def id(self) -> str:
        """Its number."""

    def get(self, name: str) -> Any:
        """The value of a field; None where there is none."""


class Parts(NamedTuple):
    """What a figure is made of: the records counted, those they are counted among, and what is told beside it.

    `among` is how many things they are counted among that have no numbers of their own (questionnaires handed out).
    """

    top: Sequence[Counted]
    base: Sequence[Counted]
    apart: Mapping[str, Sequence[Counted]] = {}
    among: int | None = None


def followed_up(done: Sequence[Record], followed: Followed) -> Parts:
    """Followed up ÷ those that need it: all without a reason for none."""
    tries = {r.id: followed.tries(r) for r in done}
    top = [r for r in done if tries[r.id]]
    excused = [r for r in done if followed.excused(r)]
    excused_ids = {r.id for r in excused}
    base = [r for r in done if r.id not in excused_ids]
    silent = [r for r in top if not any(one.reached for one in tries[r.id])]
    return Parts(top, base, {"其中未联系上": silent, "写明不回访": excused})


def satisfied(records: Sequence[Record], field: str, cohort: Cohort) -> Parts:
    """Satisfied at the last follow-up that reached somebody ÷ those of which that was said."""
    good = ("satisfied", "fairly") if cohort.basis.yes("figures.fairly_counts") else ("satisfied",)
    said: dict[str, str] = {}
    silent = []
    for record in records:
        tries = cohort.followed.tries(record)
        heard = [one.values[field] for one in tries if one.reached and one.values.get(field)]
        if heard:
            said[record.id] = str(heard[-1])
        elif tries and not any(one.reached for one in tries):
            silent.append(record)
    base = [r for r in records if r.id in said]
    return Parts(
        [r for r in base if said[r.id] in good],
        base,
        {"未联系上": silent, "基本满意": [r for r in base if said[r.id] == "fairly"]},
    )
