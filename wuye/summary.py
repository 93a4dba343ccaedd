"""What was left over, came, came back, was done, and is still open: of a day or any other span (domain.md 41, 42)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from wuye import clocks
from wuye.basis import Basis
from wuye.record import UNDO, UNDOING, Record, references
from wuye.schema import Kind

COUNTS = ("left_over", "new", "reopened", "done", "void", "still_open", "handled", "overdue")
COUNT_ZH = {
    "left_over": "前日遗留", "new": "新收", "reopened": "重开", "done": "办结", "void": "作废",
    "still_open": "仍未结", "handled": "当日处理", "overdue": "超时未办",
}  # fmt: skip

Bounds = tuple[datetime, datetime]
"""From a first moment to the first one that no longer belongs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary: whose counts they are, and the numbers of the records behind each count.

    Always left over + new + reopened = done + void + still open.
    """

    kind: Kind
    zh: str
    code: str
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def count(self, name: str) -> int:
        """How many records stand behind a count."""
        return len(self.ids[name])


def bounds(first: date, zone: tzinfo, last: date | None = None) -> Bounds:
    """From the first moment of a day to that of the day after it, or after a later one, in the office's zone."""
    end = (last or first) + timedelta(days=1)
    return datetime.combine(first, time(0), zone), datetime.combine(end, time(0), zone)


class Stood:
    """Records as they stood at one moment, and what their clocks read then, each worked out once.

    The moment is the last of a span, or now. Clocks are most of the work of a summary, and several lists ask for them.
    """

    def __init__(self, span: Bounds, basis: Basis) -> None:
        self.basis = basis.at(min(basis.now, span[1] - timedelta(seconds=1)))
        self._then: dict[Record, Record] = {}
        self._read: dict[Record, tuple[clocks.Reading, ...]] = {}

    def then(self, record: Record) -> Record:
        """The record as it stood."""
        if record not in self._then:
            self._then[record] = record.as_of(self.basis.now)
        return self._then[record]

    def read(self, record: Record) -> tuple[clocks.Reading, ...]:
        """What its clocks read."""
        if record not in self._read:
            self._read[record] = clocks.read(self.then(record), self.basis)
        return self._read[record]


def counted(record: Record, span: Bounds, stood: Stood) -> tuple[str, ...]:
    """The counts of a span that a record stands in, by when things happened, as of the span's end or now.

    What came (left over, new or reopened) stands in exactly one of done, void and still open as well. Overdue
    counts what `list --late` lists, closed ones too whose form, result or report is still owed.
    """
    start, last = span[0], stood.basis.now
    if record.received > last:
        return ()
    then, found = stood.then(record), []
    if record.received >= start:
        found.append("new")
    elif record.as_of(start - timedelta(microseconds=1)).is_open:
        found.append("left_over")
    elif _came_back(record, start, last):
        found.append("reopened")
    if found:
        found.append("void" if then.void else "still_open" if then.is_open else "done")
        if record.entries("handle", "done", since=start, until=last):
            found.append("handled")
    elif then.void or not any(clock.outlives for clock in record.kind.clocks):
        return ()
    if any(r.waits and r.state == clocks.LATE for r in stood.read(record)):
        found.append("overdue")
    return tuple(found)


def _came_back(record: Record, start: datetime, last: datetime) -> bool:
    """Whether a record that was closed became open again: a complaint reopened, a broken promise made anew."""
    line = record.timeline
    return any(start <= e.at <= last and record.after_entries(i).is_open for i, e in enumerate(line, 1))


def _row(kind: Kind, zh: str, code: str, told: Iterable[tuple[Record, tuple[str, ...]]]) -> Row:
    ids: dict[str, list[str]] = {name: [] for name in COUNTS}
    for record, names in told:
        for name in names:
            ids[name].append(record.id)
    return Row(kind, zh, code, {name: tuple(found) for name, found in ids.items()})


def day_rows(kinds: Mapping[Kind, Sequence[Record]], day: date, basis: Basis) -> list[Row]:
    """The rows of one day."""
    span = bounds(day, basis.zone)
    return rows_of(kinds, span, Stood(span, basis))


def rows_of(kinds: Mapping[Kind, Sequence[Record]], span: Bounds, stood: Stood) -> list[Row]:
    """A row a kind, and below it a row for each category that occurs in the kind's counts."""
    rows = []
    for kind, records in kinds.items():
        told = [(record, names) for record in records if (names := counted(record, span, stood))]
        rows.append(_row(kind, kind.zh, kind.name, told))
        if not kind.category:
            continue
        labels = dict(kind[kind.category].type.choices)
        for code, label in (*labels.items(), ("", "未判定")):
            part = [one for one in told if (one[0].get(kind.category) or "") == code]
            if part:
                rows.append(_row(kind, f"　{label}", f"{kind.name}.{code or 'none'}", part))
    return rows


class Late(NamedTuple):
    """What happened in a span and was typed in after it: the record's receipt (`add`) or a step of it."""

    record: Record
    step: str
    at: datetime
    recorded: datetime


def late_entries(records: Iterable[Record], first: date, last: date | None = None) -> list[Late]:
    """What was typed in after its day, or after the last of several: it changes counts that were already summed up."""
    last, found = last or first, []
    for record in records:
        story = [("add", record.received, record.recorded)]
        story += [(e.step, e.at, e.recorded) for e in record.standing[1:] if e.recorded]
        story += _taken_back(record)
        found += [Late(record, *one) for one in story if first <= one[1].date() <= last < one[2].date()]
    return found


def _taken_back(record: Record) -> list[tuple[str, datetime, datetime]]:
    """The steps that an undo took back, with the moment of the undo: the counts of their day are others now."""
    gone = record.withdrawn
    names = list(references(record.log)) if gone else []
    found = []
    for place in sorted(gone):
        undone = [e for e in record.log if names[place] in e.undoes and e.step == UNDO]
        if undone and record.log[place].step not in UNDOING:
            found.append((UNDO, record.log[place].at, undone[-1].recorded or undone[-1].at))
    return found
