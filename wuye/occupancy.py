"""Who has had what since when: a unit's states and owners, a bay's tenancies, a meter's readings (domain.md 6-7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from wuye.periods import DAY, Span
from wuye.record import Entry, Record, moved

OWNERS = ("owner", "co-owner")
FOREVER = Span(date.min, date.max)


class State(NamedTuple):
    """One state of a unit and its days; the day of the change belongs to the new state."""

    status: str
    span: Span


def states(unit: Record) -> tuple[State, ...]:
    """A unit's states, without a gap: the first since ever, the last for ever; delivered on the day that was told."""
    found = [(date.min, unit.began)]
    for entry in unit.timeline[1:]:
        after = moved(unit.kind.flow, found[-1][1], entry)
        if after and after != found[-1][1]:
            found.append((entry.values.get("delivered") or entry.at.date(), after))
    found.sort(key=lambda one: one[0])
    ends = [day - DAY for day, _ in found[1:]] + [date.max]
    return tuple(
        State(status, Span(day, end)) for (day, status), end in zip(found, ends, strict=True) if day <= end
    )


def handover(unit: Record) -> date | None:
    """From which day the owner pays: the day of delivery; None while it is not delivered."""
    told: date | None = unit.get("delivered")
    if told:
        return told
    known = states(unit)
    if known[-1].status == "unsold":
        return None
    return max((one.span.end + DAY for one in known if one.status == "unsold"), default=date.min)


def building_of(unit: Record) -> str:
    """The building as it is compared: what the register says, else the first part of the room."""
    return plain_building(str(unit.get("building") or str(unit["room"]).split("-")[0]))


def plain_building(word: str) -> str:
    """`3栋` and `3` are the same building."""
    return re.sub("(号楼|栋|幢|座)$", "", word.strip())


class People:
    """The residents of all rooms, as of any day."""

    def __init__(self, residents: Iterable[Record]) -> None:
        self._by_room: dict[str, list[Record]] = {}
        for one in residents:
            if not one.void:
                self._by_room.setdefault(str(one.get("room")), []).append(one)

    def there(self, room: str, day: date, roles: Sequence[str] = ()) -> list[Record]:
        """Who is tied to a room on a day, in one of these roles (all without)."""
        return [one for one in self._by_room.get(room, ())
                if (not roles or one.get("role") in roles) and tied(one, day)]  # fmt: skip

    def changes(self, room: str, span: Span) -> list[date]:
        """The days within a span, after its first, on which somebody's tie begins or has just ended."""
        days = {day for one in self._by_room.get(room, ())
                for day in (one.get("since"), one["until"] + DAY if one.get("until") else None) if day}  # fmt: skip
        return sorted(day for day in days if span.start < day <= span.end)

    def names(self, room: str, day: date, roles: Sequence[str]) -> str:
        """Their names in one text; on the day of a change those who come."""
        found = self.there(room, day, roles)
        if any(one.get("since") == day for one in found):
            found = [one for one in found if one.get("until") != day]
        return "、".join(dict.fromkeys(str(one.get("name")) for one in found))


def tied(resident: Record, day: date) -> bool:
    """Whether a resident is tied to the room on a day."""
    until = resident.get("until")
    if until is None and resident.status == "past":
        return False
    return (resident.get("since") or date.min) <= day <= (until or date.max)


class Tenancy(NamedTuple):
    """One renting of a bay: for whom, how long, by which period, paid until when."""

    bay: str
    span: Span
    room: str = ""
    holder: str = ""
    period: str = ""
    paid_until: date | None = None


def tenancies(bay: Record) -> list[Tenancy]:
    """Every renting of a bay, those that have ended too; one that was given up before it began is none.

    It ends on the day that was told with the step `end`; else on the day of that step, the end of the agreement at
    the latest (domain.md 24).
    """
    found, line, status = [], bay.timeline, bay.began
    for index, entry in enumerate(line[1:], 2):
        before, status = status, moved(bay.kind.flow, status, entry) or status
        if before in RENTED and status == "free":
            found.append(_tenancy(bay.after_entries(index), entry))
    if status in RENTED:
        found.append(_tenancy(bay))
    return [one for one in found if one.span.start <= one.span.end]


RENTED = ("registered", "authorised")


def _tenancy(then: Record, ended: Entry | None = None) -> Tenancy:
    since, end = then.get("since") or then.received.date(), then.get("until") or date.max
    if ended and not ended.get("until"):
        end = min(end, ended.at.date())
    return Tenancy(str(then["bay"]), Span(since, end), str(then.get("room") or ""), str(then.get("holder") or ""),
                   str(then.get("period") or ""), then.get("paid_until"))  # fmt: skip


class Usage(NamedTuple):
    """What a meter counted up to one reading; `first` is a reading that has nothing before it: it bills nothing."""

    reading: Record
    span: Span
    used: Decimal
    before: Decimal | None
    first: bool = False


def meter_of(reading: Record) -> tuple[str, str, str]:
    """Which meter a reading is of: its own name, else the unit's, for one item."""
    return str(reading.get("meter") or ""), str(reading.get("room") or ""), str(reading.get("item") or "")


def read_day(reading: Record) -> date:
    """The day on which a meter was read."""
    told: date | None = reading.get("read_on")
    return told or reading.received.date()


def billed_month(reading: Record) -> str:
    """The month in which what was used is billed: `2026-11`."""
    return str(reading.get("month") or f"{read_day(reading):%Y-%m}")


def usages(readings: Iterable[Record], name: Callable[[str], str] = str) -> Mapping[str, Usage]:
    """What every reading means, by its number: each counts from the one before it on the same meter.

    `name` gives an item's code for the word that was typed.
    """
    by_meter: dict[tuple[str, str, str], list[Record]] = {}
    for one in readings:
        if one.status == "read" and one.get("reading"):
            meter, room, item = meter_of(one)
            by_meter.setdefault((meter, room, name(item)), []).append(one)
    found: dict[str, Usage] = {}
    for line in by_meter.values():
        line.sort(key=lambda r: (read_day(r), r.id))
        found[line[0].id] = _usage(line[0], None)
        found |= {one.id: _usage(one, before) for before, one in pairwise(line)}
    return found


def _usage(one: Record, before: Record | None) -> Usage:
    now, day = Decimal(one["reading"]), read_day(one)
    last = before["reading"] if before else one.get("previous")
    start = min(read_day(before) + DAY, day) if before else min((one.get("previous_on") or day) + DAY, day)
    if one.get("replaced"):
        used = now - Decimal(one.get("new_start") or "0")
        if last is not None and one.get("old_final"):
            used += Decimal(one["old_final"]) - Decimal(last)
        return Usage(one, Span(start, day), used, Decimal(last) if last is not None else None)
    if last is None:
        return Usage(one, Span(start, day), Decimal(0), None, first=True)
    return Usage(one, Span(start, day), now - Decimal(last), Decimal(last))
