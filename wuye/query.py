"""Which records an answer is about: filters over records, as of a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import clocks
from wuye.basis import Basis
from wuye.record import Record
from wuye.schema import Kind
from wuye.wanted import Wanted, digits_of, searched, wholes
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.conditions import Condition


class Query(NamedTuple):
    """Filters of `list`; an empty one lets everything through. Both end days are included."""

    room: str = ""
    statuses: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    open: bool = False
    late: bool = False
    text: str = ""
    sort: str = "-received"
    limit: int = 0
    where: Condition | None = None

    @property
    def plain(self) -> bool:
        """Whether the columns of the index alone tell what fits, and in which order."""
        return self.sort == "-received" and not self.late and not self.text and self.where is None

    @property
    def whole(self) -> bool:
        """Whether it bounds no days at all."""
        return self.since in (None, date.min) and self.until in (None, date.max)


def bounds(first: date | None, last: date | None, zone: tzinfo) -> tuple[int | None, int | None]:
    """Where the days from first to last begin and where they have ended, in seconds since 1970; None: no bound."""
    since = None if first in (None, date.min) else first
    until = None if last is None or last == date.max else last + timedelta(days=1)
    start, end = (None if d is None else int(datetime.combine(d, time(0), zone).timestamp()) for d in (since, until))
    return start, end


def wanted(query: Query, months: Sequence[str] | None, zone: tzinfo) -> Wanted:
    """What has to be looked at to answer a query over these months (None: all)."""
    since, until = bounds(query.since, query.until, zone)
    return Wanted(
        months, query.room, query.statuses, query.open, query.late, False, since, until, None,
        searched(query.text), query.limit if query.plain else 0,
    )  # fmt: skip


def late(record: Record, basis: Basis) -> bool:
    """Whether a clock of the record is past due and still waits."""
    return any(r.waits and r.state == clocks.LATE for r in clocks.read(record, basis))


def fits(record: Record, query: Query, basis: Basis) -> bool:
    """Whether the record passes every filter."""
    day = record.received.date()
    if (query.since and day < query.since) or (query.until and day > query.until):
        return False
    if query.statuses and record.status not in query.statuses:
        return False
    if query.open and not record.is_open:
        return False
    if query.room and query.room not in _rooms(record):
        return False
    if query.text and not _says(record, query.text):
        return False
    if query.late and not late(record, basis):
        return False
    return query.where is None or query.where.fits(record, basis)


def _rooms(record: Record) -> set[str]:
    return {str(record[f.name]) for f in record.kind.fields if f.type.name == "room" and record[f.name]}


def _says(record: Record, text: str) -> bool:
    """Whether a text stands in the record or its log; of private values only a whole number."""
    word, digits = text.lower(), digits_of(text)
    for values in (record.values, *(entry.values for entry in record.log)):
        for name, value in values.items():
            if isinstance(value, str) and not record.kind[name].private and word in value.lower():
                return True
            if digits and value is not None and record.kind[name].private:
                stored = record.kind[name].stored(value)
                if any(digits in wholes(str(one)) for one in (stored if isinstance(stored, list) else [stored])):
                    return True
    return any(word in entry.note.lower() for entry in record.log)


def select(records: Iterable[Record], query: Query, basis: Basis) -> list[Record]:
    """The records that fit, in the order asked for (newest first unless told)."""
    found = [r for r in records if fits(r, query, basis)]
    name = query.sort.lstrip("-")
    down = query.sort.startswith("-")
    found.sort(key=lambda r: (r.received, r.id), reverse=down)
    if name != "received":
        found.sort(key=lambda r: sort_key(r, name, basis), reverse=down)
    return found[: query.limit] if query.limit else found


def next_due(record: Record, basis: Basis) -> datetime | None:
    """When the record must be acted on next; None where nothing waits."""
    return min((r.due for r in clocks.read(record, basis) if r.waits and r.due), default=None)


def sort_key(record: Record, name: str, basis: Basis) -> tuple[bool, Any]:
    """What a record is ordered by; records without a value come first going up."""
    value: Any
    if name == "due":
        value = next_due(record, basis)
    elif computed := record.kind.computed_by(name):
        value = computed.of(record, basis)
    else:
        value = getattr(record, name) if name in ("id", "status", "recorded") else record.get(name)
    if isinstance(value, Span):
        value = basis.desk.add(basis.now, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=record.received.tzinfo)
    return (value is not None, value if value is not None else 0)


def sortable(kind: Kind) -> Sequence[str]:
    """What `--sort` takes."""
    return (
        "received", "recorded", "id", "status", "due",
        *(f.name for f in kind.on_record), *(c.name for c in kind.computed if c.name != "level_reasons"),
    )  # fmt: skip


_FAR = datetime.max.replace(tzinfo=UTC)


class Waiting(NamedTuple):
    """One clock of one record that somebody has to meet."""

    record: Record
    reading: clocks.Reading


def waiting(records: Iterable[Record], basis: Basis) -> list[Waiting]:
    """Every clock that waits, by due time; those without a due time last."""
    return in_order(Waiting(r, c) for r in records for c in clocks.read(r, basis) if c.waits)


def in_order(found: Iterable[Waiting]) -> list[Waiting]:
    """The earliest due first, those without a due time last."""
    return sorted(found, key=lambda w: (w.reading.due or _FAR, w.record.id, w.reading.name))
