"""The desk's pen: every record of the estate is written through the desk's own rules, at the moment it happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from wuye import changes, clocks, forms, inventory, records, shifts
from wuye.basis import Basis
from wuye.changes import Heard, Who
from wuye.errors import BadInput
from wuye.estate.account import Money
from wuye.estate.dice import Dice
from wuye.number import Number
from wuye.owed import Owed
from wuye.questionnaire import Questionnaire
from wuye.record import Record
from wuye.schema import Checklist, Kind
from wuye.settings import Settings
from wuye.shifts import Shift
from wuye.stock import ISSUE, Stock, stocks
from wuye.values import Typing

Story = Iterator[datetime]
"""What happens to one matter: it runs to the next thing that happens, and says when that will be."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(eq=False, repr=False)
class Pen:
    """What has been written so far, and the moment it is. It is the `Books` that a kind's `sees` looks into."""

    settings: Settings
    now: datetime
    dice: Dice
    rooms: frozenset[str] = frozenset()
    written: dict[str, Record] = field(default_factory=dict)
    _serials: dict[tuple[str, date], int] = field(default_factory=dict)
    _bases: dict[str, Basis] = field(default_factory=dict)
    _named: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _kinds: dict[str, dict[str, Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.money = Money(self.settings, self.basis)

    def basis(self, kind: Kind) -> Basis:
        """What judgements of this moment rest on."""
        if kind.name not in self._bases:
            rules = self.settings.rules(kind.rules)
            zh = self.settings.charges.zh
            self._bases[kind.name] = Basis(self.now, self.settings.desk, rules, self.money.paid, zh)
        return self._bases[kind.name].at(self.now)

    @property
    def typing(self) -> Typing:
        """What typed words are understood by."""
        return Typing(self.now, self.settings.desk, self.rooms)

    def add(
        self,
        name: str,
        by: str,
        words: Mapping[str, str],
        at: datetime | None = None,
        via: str = "link",
        told: Mapping[str, str] = NOTHING,
    ) -> str:
        """A new record, its number returned; `at` is when it happened, where it is typed in later.

        Raises BadInput for words that the desk could not have typed: a mistake in the tables.
        """
        kind = records.kind(name)
        basis = self.basis(kind)
        heard, problems = changes.hear_new(kind, words, self.typing, basis)
        if problems:
            raise BadInput(*problems)
        if kind.sees:
            seen = kind.sees(heard.values, self, basis)
            heard = heard._replace(values=seen.with_typed(heard.values))
        return self.keep(kind, heard, Who(by, at, self.now), via, told)

    def keep(
        self, kind: Kind, heard: Heard, who: Who, via: str = "link", told: Mapping[str, str] = NOTHING
    ) -> str:
        """A new record of values that are understood already, its number returned."""
        basis = self.basis(kind)
        one = str(self._numbered(kind, who.moment.date()))
        if earlier := heard.values.get(kind.link):
            kept = kind.on_link(self.written[earlier], who.moment) if kind.on_link else {}
            heard = heard._replace(values={**heard.values, **kept})
            self._told(earlier, "repeat", who, {"link": one})
        if source := heard.values.get(kind.origin):
            row = {"row": str(heard.values["part"])} if heard.values.get("part") else {}
            turn = self.written[source].kind.turns.get(kind.name, "") if via == "link" else ""
            if turn and self.written[source].kind.flow.after(self.state(source), turn) is not None:
                self._take(source, turn, Heard({}), Who(who.by, None, self.now), {"link": one})
            else:
                self._told(source, via, who, {**told, **row, "link": one})
        record = self._put(changes.new(kind, one, heard, who, basis, {}))
        for key in dict.fromkeys(("room", "name", kind.own_name)) if kind.book else ():
            if key and record.get(key):
                self._named.setdefault((kind.name, str(record[key])), []).append(one)
        self._moved(record, "add", who.by)
        return one

    def _moved(self, record: Record, step: str, by: str) -> None:
        """What happens to other records because of this one."""
        for move in record.kind.moves(record, step, self) if record.kind.moves else ():
            if move.step == "add":
                origin = records.kind(move.kind).origin
                self.add(move.kind, by, {**move.words, **({origin: record.id} if origin else {})})
                continue
            which = move.which if move.which in self.written else self._of(move.kind, move.which)[-1].id
            self.step(which, move.step, by, link=record.id, **move.words)

    def _put(self, record: Record) -> Record:
        self.written[record.id] = record
        self._kinds.setdefault(record.kind.name, {})[record.id] = record
        self.money.wrote(record)
        return record

    def _numbered(self, kind: Kind, day: date) -> Number:
        key = (kind.prefix, day)
        self._serials[key] = self._serials.get(key, 0) + 1
        return Number(kind.prefix, day, self.settings.letter, self._serials[key])

    def _told(self, one: str, step: str, who: Who, extra: Mapping[str, str]) -> None:
        self._put(changes.noted(self.written[one], step, who, extra))

    def step(self, one: str, step: str, by: str, note: str = "", link: str = "", **words: str) -> None:
        """One step of a record, now. Raises BadInput or Refused where the desk could not have taken it."""
        self.step_at(None, one, step, by, note, link, **words)

    def step_at(
        self, at: datetime | None, one: str, step: str, by: str, note: str = "", link: str = "", **words: str
    ) -> None:
        """The same, where it happened at some time before it is typed in."""
        record = self.written[one]
        taken = record.kind.flow.step(step)
        assert taken is not None, step
        heard, problems = changes.hear_step(record.kind, taken, words, self.typing)
        if problems:
            raise BadInput(*problems)
        extra: dict[str, Any] = ({"note": note} if note else {}) | ({"link": link} if link else {})
        self._take(one, step, heard, Who(by, at, self.now), extra)
        self._moved(self.written[one], step, by)

    def take(self, one: str, step: str, heard: Heard, by: str, extra: Mapping[str, str] = NOTHING) -> None:
        """One step of values that are understood already, now."""
        self._take(one, step, heard, Who(by, None, self.now), extra)
        self._moved(self.written[one], step, by)

    def _take(self, one: str, step: str, heard: Heard, who: Who, extra: Mapping[str, Any]) -> None:
        record = self.written[one]
        taken = record.kind.flow.step(step)
        assert taken is not None, step
        self._put(changes.stepped(record, taken, heard, who, self.basis(record.kind), extra))

    def note(self, one: str, by: str, words: str) -> None:
        """Free words on a record."""
        self._told(one, "note", Who(by, None, self.now), {"note": words})

    def waits(self, one: str, clock: str) -> bool:
        """Whether a clock of a record waits for somebody."""
        record = self.written[one]
        return any(r.name == clock and r.waits for r in clocks.read(record, self.basis(record.kind)))

    def state(self, one: str) -> str:
        """The state a record is in."""
        return self.written[one].status

    # --- the books, as a kind asks them

    def _of(self, kind: str, name: str) -> list[Record]:
        return [self.written[one] for one in self._named.get((kind, name), ())]

    def unit(self, room: str) -> Record | None:
        """The unit of that room."""
        return next((r for r in self._of("unit", room) if not r.void), None)

    def residents(self, room: str) -> list[Record]:
        """The people tied to a room at this moment."""
        return [r for r in self._of("resident", room) if r.status == "current"]

    def staff(self, name: str) -> Record | None:
        """The member of staff of that name."""
        return next(iter(self._of("staff", name)), None)

    def owes(self, what: str, name: str, as_of: date) -> Owed | None:
        """What a debtor owes by its bills."""
        return self.money.owes(what, name, as_of)

    def in_book(self, kind: str, name: str) -> Record | None:
        """The record of a book that has this own name."""
        return next((r for r in self._of(kind, name) if not r.void), None)

    def department(self, duty: str) -> Record | None:
        """The department in use that has this duty."""
        found = (r for r in self.written.values() if r.kind.name == "department" and r["duty"] == duty)
        return next((r for r in found if r.status == "active"), None)

    def numbered(self, kind: str, typed: str) -> Record | None:
        """The record of that number."""
        one = self.written.get(typed)
        return one if one and one.kind.name == kind else None

    def of_kind(self, kind: str) -> list[Record]:
        """The records of a kind, in the order in which they were written."""
        return list(self._kinds.get(kind, {}).values())

    def expected(self, what: str) -> Sequence[Mapping[str, Any]]:
        """What should be there of keys, cards, supplies or receipt books."""
        return inventory.expected(what, {name: self.of_kind(name) for name in inventory.SOURCES[what]})

    def stock(self, item: str, what: str = "", quantity: str = "0") -> Stock:
        """What is in stock of an item. A movement is written here before its stock is asked for: it is left out."""
        there = stocks([r for r in self.of_kind("supply") if r.get("item") == item]).get(item, Stock(item))
        return there._replace(quantity=there.quantity + Decimal(quantity)) if what == ISSUE else there

    def checklist(self, kind: str, name: str) -> Checklist:
        """A checklist of a kind by code or Chinese name."""
        return self.settings.checklist(records.kind(kind), name)

    def shift(self, name: str) -> Shift:
        """The shift of a code or Chinese name."""
        return shifts.find(shifts.usual(self.settings.desk), name)

    def of_person(self, kind: str, name: str, first: date, last: date) -> list[Record]:
        """The records of a month kind about a person."""
        return [one for one in self.of_kind(kind) if one["name"] == name]

    def questionnaire(self, name: str) -> Questionnaire:
        """A questionnaire that comes with the program."""
        return forms.own(name)

    def last_reading(self, meter: tuple[str, str, str], day: date, reading: str) -> tuple[date, str] | None:
        """What a meter showed the last time."""
        from wuye import occupancy

        found = [
            (occupancy.read_day(r), str(r["reading"]))
            for r in self.money.of("reading")
            if r.status == "read" and occupancy.meter_of(r) == meter
        ]
        return max(found, default=None)

    def next_reading(self, reading: Record) -> Record | None:
        """None: nobody corrects a reading of this estate."""
        return None

    # --- when things happen

    def later(self, low: int, high: int) -> datetime:
        """Some minutes from now."""
        return self.now + timedelta(minutes=self.dice.between(low, high))

    def worked(self, low: int, high: int) -> datetime:
        """Some minutes from now, moved into desk hours where they are over: next morning."""
        return self.desk_hours(self.later(low, high))

    def desk_hours(self, moment: datetime) -> datetime:
        """The moment itself in desk hours, else some time of the next hours of the desk."""
        desk = self.settings.desk
        opening, closing = desk.opening(moment.date()), desk.closing(moment.date())
        if moment >= closing:
            opening += timedelta(days=1)
        elif moment >= opening:
            return moment
        return opening + timedelta(minutes=self.dice.between(2, 40))

    def on(self, days: int, clock: str) -> datetime:
        """A time of day, so many days from now."""
        hour, minute = clock.split(":")
        return (self.now + timedelta(days=days)).replace(hour=int(hour), minute=int(minute))


def typed(moment: datetime | date) -> str:
    """A moment or a day as the desk types it."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"
