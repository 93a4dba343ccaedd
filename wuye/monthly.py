"""An office as it stood at the end of a month, and how much came in it beside other months (domain.md 42)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from wuye import clocks, days, surveyed
from wuye.basis import Basis
from wuye.clocks import Reading
from wuye.cohort import Cohort
from wuye.followed import FOLLOWED
from wuye.record import Record
from wuye.schema import Kind
from wuye.summary import Bounds, Row, Stood, bounds, rows_of

THIS, LAST, LAST_YEAR = "this", "last", "last_year"
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "complaint": ("nature", "cause", "subject", "level"),
    "workorder": ("trade", "urgency", "source", "charge"),
    "pass": ("direction",),
    "dunning": ("method", "stage"),
    "contact": ("matter", "way", "subject"),
    "followup": ("source", "satisfaction"),
}
"""By what a kind's volume is broken up; of other kinds by their category."""
OWN = ("complaint", "workorder", "contact")
"""Of the kinds followed up, those that a cohort keeps apart."""
SECOND = timedelta(seconds=1)
_STATUS = rb"^  status: *'?([a-z-]+)'? *\r?$"
_STEP = rb"^(?:    |  - )step:"
# What was typed in by `add` happened when it was received, however late that was.
_ENTRY = rb"^  - at: *'?(\d{4}-\d\d-\d\d)[^\n]*\n(?:    recorded:[^\n]*\n)?    step: *([\w-]+)"


def months(first: date) -> dict[str, date]:
    """The first days of a month, of the month before and of the same month a year before."""
    return {THIS: first, LAST: days.add_months(first, -1), LAST_YEAR: days.add_months(first, -12)}


class Standing(NamedTuple):
    """The records of an office as they stood at the end of a month, or at another moment: `basis.now` says when."""

    span: Bounds
    basis: Basis
    records: Mapping[Kind, Sequence[Record]]
    stood: Stood

    def read(self, record: Record) -> tuple[Reading, ...]:
        """What a record's clocks read at the moment: once for counts, figures and delays, if the month ends with it."""
        return self.stood.read(record) if self.stood.basis.now == self.basis.now else clocks.read(record, self.basis)

    def received(self, name: str) -> list[Record]:
        """The records of a kind that were received in the month."""
        return [r for r in self.all(name) if self.span[0] <= r.received < self.span[1]]

    def all(self, name: str) -> Sequence[Record]:
        """Every record of a kind that was there."""
        return next((found for kind, found in self.records.items() if kind.name == name), ())

    @property
    def kept(self) -> bool:
        """Whether anything at all was received in the month: where nothing was, a count is unknown and not 0."""
        return any(self.received(kind.name) for kind in self.records if not kind.book)

    @property
    def counts(self) -> list[Row]:
        """What was left over, came and was done, a row a kind and category that adds up."""
        kept = {k: found for k, found in self.records.items() if not k.book}
        return rows_of(kept, self.span, self.stood)

    @property
    def cohort(self) -> Cohort:
        """What its figures are about; nothing, units neither, where nothing was kept."""
        return self.cohort_of(self.kept)

    def cohort_of(self, kept: bool) -> Cohort:
        """The same where it is known otherwise whether anything was kept."""
        units = self.all("unit") if kept else ()
        orders = self.all("workorder")
        others = [r for name in FOLLOWED for r in self.received(name) if name not in OWN]
        surveys = [r for r in self.all("survey") if surveyed.in_span(r, *self.span)]
        asked = {r.id for r in surveys}
        answers = [r for r in self.all("answer") if r.get("survey") in asked]
        return Cohort(self.basis, self.received("complaint"), self.received("workorder"), orders, units,
                      self.received("contact"), others, self.all("followup"), surveys, answers, self.read)  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether the month is not over."""
        return self.basis.now < self.span[1] - SECOND


def stand(
    loaded: Mapping[Kind, Iterable[Record]], first: date, basis: Basis, as_of: datetime | None = None
) -> Standing:
    """The records as they stood at the end of the month that begins on that day, or later if told so; at most now."""
    span = bounds(first, basis.zone, days.month_end(first.year, first.month))
    return standing(loaded, span, basis, min(basis.now, max(span[1] - SECOND, as_of or span[1] - SECOND)))


def standing(loaded: Mapping[Kind, Iterable[Record]], span: Bounds, basis: Basis, moment: datetime) -> Standing:
    """The records as they stood at a moment, for the figures of some days."""
    then = {k: [r.as_of(moment) for r in found if r.received <= moment] for k, found in loaded.items()}
    return Standing(span, basis.at(moment), then, Stood(span, basis.at(moment)))


class Volume(NamedTuple):
    """How much of one kind or category came, beside other months: numbers of records, None where nothing was kept."""

    row: str
    zh: str
    ids: Mapping[str, tuple[str, ...] | None]

    def number(self, month: str) -> int | None:
        """How many came in that month."""
        ids = self.ids[month]
        return None if ids is None else len(ids)

    def change(self, month: str) -> int | None:
        """How many more came than in that month."""
        this, other = self.number(THIS), self.number(month)
        return None if this is None or other is None else this - other


def volumes(standings: Mapping[str, Standing]) -> list[Volume]:
    """A line a kind, and below it one for each word of its categories that occurs in any of the months."""
    found = []
    kept = {month: one.kept for month, one in standings.items()}
    for kind in standings[THIS].records:
        if kind.book:
            continue
        came = {month: one.received(kind.name) if kept[month] else None for month, one in standings.items()}
        found.append(_volume(kind.name, kind.zh, came))
        for name in CATEGORIES.get(kind.name, (kind.category,) if kind.category else ()):
            words = {month: _words(name, came[month], one.basis) for month, one in standings.items()}
            for code, zh in (*_choices(kind, name), ("", "未填")):
                if any(code in told.values() for told in words.values()):
                    part = {
                        month: None if records is None else [r for r in records if words[month][r.id] == code]
                        for month, records in came.items()
                    }
                    row = f"{kind.name}.{name}.{code or 'none'}"
                    found.append(_volume(row, f"· {kind.label(name)}：{zh}", part))
    return found


def _volume(row: str, zh: str, came: Mapping[str, Sequence[Record] | None]) -> Volume:
    return Volume(row, zh, {m: None if found is None else tuple(r.id for r in found) for m, found in came.items()})


def _words(name: str, records: Sequence[Record] | None, basis: Basis) -> dict[str, str]:
    """What each record says of a category as of the moment, empty where it says nothing."""
    found = {}
    for record in records or ():
        computed = record.kind.computed_by(name)
        found[record.id] = str((computed.of(record, basis) if computed else record.get(name)) or "")
    return found


def _choices(kind: Kind, name: str) -> tuple[tuple[str, str], ...]:
    return kind[name].type.choices if kind.has(name) else ()


def bears_on(data: bytes, kind: Kind, start: datetime) -> bool:
    """Whether a month file of before `start` can bear on what happened since: told by its bytes, in doubt yes.

    It cannot where every record in it is plainly in a final state, owes nothing that outlives it, and had nothing
    happen to it since.
    """
    states = re.findall(_STATUS, data, re.MULTILINE)
    closed = {s.name.encode() for s in kind.flow.states if not s.open}
    begun = len(re.findall(rb"^- ", data, re.MULTILINE))
    if not states or len(states) != begun or not closed.issuperset(states) or b"<<<<<<<" in data or b"\0" in data:
        return True
    owed = [clock.frozen_as for clock in kind.clocks if clock.outlives]
    if owed and re.search(rf"^    (?:{'|'.join(owed)}): *'?\d{{4}}-".encode(), data, re.MULTILINE):
        return True
    entries = re.findall(_ENTRY, data, re.MULTILINE)
    if len(entries) != len(re.findall(_STEP, data, re.MULTILINE)):
        return True
    before = f"{start - timedelta(days=2):%Y-%m-%d}".encode()
    return any(day >= before and step != b"add" for day, step in entries)
