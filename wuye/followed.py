"""Follow-ups read as one, a step of the matter or a record of its own; the monthly draw (domain.md 13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wuye.record import Entry, Record

FOLLOWED = ("complaint", "workorder", "contact", "movein", "incident")
"""The kinds whose settled matters are asked about afterwards, in the order in which figures list them."""
SETTLED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "complaint": (("handled", "closed"), "handle"), "workorder": (("done", "closed"), "done"),
}
"""Of kinds that wait for the follow-up itself: the states in which they are settled, and the step that settles them."""
UNREACHED = "unreachable"


class Try(NamedTuple):
    """One follow-up: when, and what was said."""

    at: datetime
    values: Mapping[str, Any]

    @property
    def reached(self) -> bool:
        """Whether somebody was reached."""
        return self.values.get("satisfaction") != UNREACHED


def carried_on(record: Record) -> bool:
    """Whether a contact was made into a complaint, an order or a task, which is followed up in its place."""
    return record.kind.name == "contact" and any("link" in e.extra for e in record.entries("transfer"))


def settled(record: Record) -> bool:
    """Whether a matter is settled, so that one may ask about it."""
    if record.void or record.status == "cancelled" or record.get("not_ours") or carried_on(record):
        return False
    states = SETTLED.get(record.kind.name)
    return record.status in states[0] if states else not record.is_open


def settled_at(record: Record) -> datetime | None:
    """When a matter was settled; None where it is not."""
    if not settled(record):
        return None
    step = SETTLED.get(record.kind.name, ((), ""))[1]
    done = [e.at for e in record.entries(step)] if step else []
    return max(done) if done else record.closed or record.received


class Followed:
    """The follow-up records of an office by the matter they are about."""

    __slots__ = ("_of", "_tried")

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._of: dict[str, list[Record]] = {}
        self._tried: dict[Record, list[Try]] = {}
        for record in records:
            if not record.void and record.get("of"):
                self._of.setdefault(str(record["of"]), []).append(record)

    def known(self, matter: Record) -> bool:
        """Whether there is a follow-up, planned or done, or the reason for none."""
        return bool(self._of.get(matter.id) or self.tries(matter) or self.excused(matter))

    def tries(self, matter: Record) -> list[Try]:
        """Every follow-up of a matter, by its own steps and by records, in order of time."""
        if matter not in self._tried:  # each figure asks again
            self._tried[matter] = self._told(matter)
        return self._tried[matter]

    def _told(self, matter: Record) -> list[Try]:
        found = [Try(e.at, e.values) for e in matter.entries("follow-up")]
        for record in self._of.get(matter.id, ()):
            first = record.after_entries(1)
            found += [Try(record.received, first.values)] if first.get("satisfaction") else []
            found += [Try(e.at, e.values) for e in record.entries("follow-up", "edit") if e.values.get("satisfaction")]
        return sorted(found, key=lambda one: one.at)

    def excused(self, matter: Record) -> bool:
        """Whether it was written down why nobody is asked, and nobody was."""
        if self.tries(matter):
            return False
        dropped = [record.status == "dropped" for record in self._of.get(matter.id, ())]
        return (bool(dropped) and all(dropped)) or any(_no_follow_up(e) for e in matter.standing)


def _no_follow_up(entry: Entry) -> bool:
    return bool(entry.values.get("no_follow_up"))


class Draw(NamedTuple):
    """What is drawn of one kind for a month: how many were settled, may be asked, were drawn before, which now."""

    kind: str
    settled: int
    left: int
    before: int
    drawn: tuple[Record, ...]


def draw(
    matters: Mapping[str, Sequence[Record]], followups: Sequence[Record], month: str, number: int
) -> list[Draw]:
    """So many matters of each kind out of those settled in a month, the same whoever draws: by a hash of the numbers.

    Left out is what was followed up already, by a step or a record; what was drawn for the month before counts.
    """
    followed = Followed(followups)
    before = [r for r in followups if not r.void and r.get("round") == month]
    found = []
    for kind, records in matters.items():
        there = [r for r in records if (at := settled_at(r)) and f"{at:%Y-%m}" == month]
        left = sorted((r for r in there if not followed.known(r)), key=lambda r: _lot(month, r.id))
        had = sum(1 for r in before if r.get("source") == kind)
        found.append(Draw(kind, len(there), len(left), had, tuple(left[: max(0, number - had)])))
    return found


def _lot(month: str, name: str) -> bytes:
    """Where a record stands in the draw of a month: nobody can choose it, everybody can draw it again."""
    from hashlib import sha256

    return sha256(f"{month} {name}".encode()).digest()
