"""The day's summary: what was left over, came, came back, was done, and is still open (domain.md 41)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from wuye.query import late
from wuye.record import Record
from wuye.schema import Basis, Kind

COUNTS = ("left_over", "new", "reopened", "done", "void", "still_open", "handled", "overdue")
COUNT_ZH = {
    "left_over": "前日遗留", "new": "新收", "reopened": "重开", "done": "办结", "void": "作废",
    "still_open": "仍未结", "handled": "当日处理", "overdue": "超时未办",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the summary: whose counts they are, and the numbers of the records behind each count.

    Always left over + new + reopened = done + void + still open.
    """

    kind: Kind
    zh: str
    code: str
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def count(self, name: str) -> int:
        """How many records stand behind a count."""
        return len(self.ids[name])


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of a day and that of the next, in the office's zone."""
    start = datetime.combine(day, time(0), zone)
    return start, start + timedelta(days=1)


def day_row(kind: Kind, zh: str, code: str, records: Iterable[Record], day: date, basis: Basis) -> Row:
    """The counts of one day over records of a kind, by when things happened, as of the day's end or now."""
    start, end = bounds(day, basis.zone)
    end = min(end, basis.now + timedelta(seconds=1))
    last = end - timedelta(microseconds=1)
    ids: dict[str, list[str]] = {name: [] for name in COUNTS}
    for record in records:
        if record.received >= end:
            continue
        if record.received >= start:
            ids["new"].append(record.id)
        elif _open_at(record, start - timedelta(microseconds=1)):
            ids["left_over"].append(record.id)
        elif record.entries("reopen", since=start, until=last):
            ids["reopened"].append(record.id)
        else:
            continue
        then = record.as_of(last)
        ids["void" if then.void else "still_open" if then.is_open else "done"].append(record.id)
        if record.entries("handle", since=start, until=last):
            ids["handled"].append(record.id)
        if late(then, basis.at(min(last, basis.now))):
            ids["overdue"].append(record.id)
    return Row(kind, zh, code, {name: tuple(found) for name, found in ids.items()})


def _open_at(record: Record, moment: datetime) -> bool:
    return record.as_of(moment).is_open


def day_rows(kinds: Mapping[Kind, Sequence[Record]], day: date, basis: Basis) -> list[Row]:
    """A row a kind, and below it a row for each category that occurs in the kind's counts."""
    rows = []
    for kind, records in kinds.items():
        rows.append(day_row(kind, kind.zh, kind.name, records, day, basis))
        if not kind.category:
            continue
        labels = dict(kind[kind.category].type.choices)
        for code, label in (*labels.items(), ("", "未判定")):
            part = [r for r in records if (r.get(kind.category) or "") == code]
            row = day_row(kind, f"　{label}", f"{kind.name}.{code or 'none'}", part, day, basis)
            if any(row.ids.values()):
                rows.append(row)
    return rows


def late_entries(records: Iterable[Record], day: date) -> list[Record]:
    """Records of the day that were typed in on a later day."""
    return [r for r in records if r.received.date() == day and r.recorded.date() > day]
