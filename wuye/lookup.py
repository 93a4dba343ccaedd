"""Who is meant by a room, phone, plate or name, and all there is about them: pure, over records (domain.md 7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wuye import clocks, phone, plate
from wuye.basis import Basis
from wuye.fields import FORGOTTEN
from wuye.numerals import fold
from wuye.pinyin import heard_as
from wuye.record import Entry, Record
from wuye.schema import Kind
from wuye.wanted import SHORTEST_TAIL

ROLES = ("owner", "co-owner", "tenant", "family", "agent")
TIED = ("owner", "tenant", "family")
JOINED = ("joiner", "joiner_room", "joiner_phone")
EMERGENCY = ("emergency_contact", "emergency_phone")
BESIDE = ("紧急联系人", "加入人")
"""The parts of people of whom a record tells beside the one whom it is about."""
LETS = ("parking", "lease")
"""Books of what is let for rent: a bay, a space."""
GONE = ("void", "destroyed")
EXACT = ("phone", "plate", "name")


class Sighting(NamedTuple):
    """One person as one record tells of him: name and part he plays in it, room, phones, plates.

    `guest`: the room is not his own, he visited it or carried something out of it. `let` is a lease or bay of his.
    """

    record: Record
    name: str
    part: str
    room: str
    phones: tuple[str, ...]
    plates: tuple[str, ...]
    guest: bool = False
    let: str = ""


def _values(record: Record, type_name: str, skip: Sequence[str] = ()) -> tuple[str, ...]:
    """The values of all fields of a type, one or several each."""
    found: list[str] = []
    for one in record.kind.on_record:
        value = record.get(one.name)
        if value and one.name not in skip and one.type.name in (type_name, f"several:{type_name}"):
            found += [value] if isinstance(value, str) else value
    return tuple(one for one in found if one != FORGOTTEN)


def rooms_of(record: Record) -> tuple[str, ...]:
    """Every room a record is about, those of neighbours who joined as well."""
    joined = [e.values[JOINED[1]] for e in record.standing if e.values.get(JOINED[1])]
    return tuple(dict.fromkeys((*_values(record, "room"), *_values(record, "room-own"), *joined)))


def sightings(record: Record) -> list[Sighting]:
    """Everybody of whom a record tells: whom it is about, who joined, whom to call in an emergency."""
    kind = record.kind
    room = next(iter((*_values(record, "room"), *_values(record, "room-own"))), "")
    phones = _values(record, "phone", EMERGENCY)
    name = next((str(record[n]) for n in kind.people if record.get(n) not in (None, "", FORGOTTEN)), "")
    found = []
    if name or phones or _values(record, "plate"):
        plates = _values(record, "plate")
        found.append(Sighting(record, name, _part(record), room, phones, plates, _guest(record), _let(record)))
    if kind.own_name and kind[kind.own_name].type.name == "name" and kind.own_name not in kind.people:
        found.append(Sighting(record, str(record.get(kind.own_name)), kind.zh, room, phones, ()))
    if kind.has(EMERGENCY[0]) and any(record.get(n) for n in EMERGENCY):
        contact, number = (_known(record.get(n)) for n in EMERGENCY)
        found.append(Sighting(record, contact, BESIDE[0], room, (number,) if number else (), ()))
    return found + [one for entry in record.standing if (one := joiner(record, entry))]


def joiner(record: Record, entry: Entry) -> Sighting | None:
    """The neighbour who joined by this entry; the room of the record is not his where he told none."""
    if not entry.values.get(JOINED[0]):
        return None
    name, room, number = (_known(entry.values.get(n)) for n in JOINED)
    return Sighting(record, name, BESIDE[1], room, (number,) if number else (), ())


def _known(value: Any) -> str:
    return "" if value in (None, FORGOTTEN) else str(value)


def _let(record: Record) -> str:
    """The lease or bay that a record is, or is about."""
    name = record.kind.own_name if record.kind.name in LETS else ""
    return str(record.get(name) if name else record.get("lease") or record.get("bay") or "")


def _guest(record: Record) -> bool:
    return record.kind.name == "visitor" or (record.kind.has("relation") and record.get("relation") not in TIED)


def _part(record: Record) -> str:
    kind: Kind = record.kind
    for name in ("role", "post"):
        if kind.has(name):
            return kind[name].shown(record.get(name)) or kind.zh
    label = kind[kind.people[0]].zh if kind.people else ""
    return kind.zh if label in ("", "姓名") else label


# --- what was typed


class Asked(NamedTuple):
    """What was typed, as each thing that it may be; empty where it cannot."""

    words: str
    phone: str
    digits: str
    plate: str
    letters: str


def asked(words: str) -> Asked:
    """Understand what was typed as phone, last digits, plate, letters; as part of a name it may be anything."""
    folded = fold(words).strip()
    try:
        number = phone.parse(folded)
    except ValueError:
        number = ""
    digits = re.sub(r"[\s-]", "", folded)
    if not (digits.isascii() and digits.isdigit() and len(digits) >= SHORTEST_TAIL):
        digits = ""
    try:
        sign = plate.parse(folded)[0]
    except ValueError:
        sign = ""
    letters = folded.lower() if re.fullmatch("[A-Za-züÜ ]{2,40}", folded) else ""
    sign = sign if len(sign) >= SHORTEST_TAIL and re.search("[0-9]", sign) else ""
    return Asked(words.strip(), number, digits, sign, letters)


def searched(what: Asked) -> list[str]:
    """The texts of which one must stand in a record's bytes for it to fit; letters stand in none."""
    found = [what.words, what.phone, what.digits, what.plate]
    return list(dict.fromkeys(one for one in found if one))


def how(what: Asked, seen: Sighting) -> str:
    """How a sighting fits what was typed: one of EXACT, tail, plate-tail, part, pinyin; empty where it does not."""
    if what.phone and what.phone in seen.phones and len(re.sub(r"\D", "", what.phone)) > 6:
        return "phone"
    if what.plate and what.plate in seen.plates:
        return "plate"
    if what.words == seen.name:
        return "name"
    if what.digits and any(re.sub(r"\D", "", one).endswith(what.digits) for one in seen.phones):
        return "tail"
    if what.plate and any(one.endswith(what.plate) for one in seen.plates):
        return "plate-tail"
    if seen.name and what.words.lower() in seen.name.lower():
        return "part"
    return "pinyin" if what.letters and heard_as(what.letters, seen.name) else ""


def hits(what: Asked, records: Iterable[Record]) -> tuple[list[Sighting], bool]:
    """The sightings that fit, exact ones alone where there are any, and whether they are; void records tell nothing."""
    found = [(how(what, one), one) for r in records if not r.void for one in sightings(r)]
    exact = [one for way, one in found if way in EXACT]
    return (exact, True) if exact else ([one for way, one in found if way], False)


class Person(NamedTuple):
    """Sightings of what is taken for one person: the same name with the same phone or room."""

    seen: tuple[Sighting, ...]

    @property
    def name(self) -> str:
        """His name, where one is known."""
        return next((one.name for one in self.seen if one.name), "")

    @property
    def ties(self) -> list[Sighting]:
        """What the book of residents says of him, today's ties before past ones."""
        found = [one for one in self.seen if one.record.kind.name == "resident" and one.part != "紧急联系人"]
        return sorted(found, key=lambda one: (one.record.status != "current", one.record.id))

    @property
    def rooms(self) -> tuple[str, ...]:
        """The units he is tied to, past ones only where there is no other; without a tie those he was seen about."""
        current = [one.room for one in self.ties if one.record.status == "current"]
        told = current or [one.room for one in self.ties] or [one.room for one in self.seen if not one.guest]
        return tuple(dict.fromkeys(room for room in told if room))


def persons(found: Sequence[Sighting]) -> list[Person]:
    """The people behind some sightings, residents first, then those seen last."""
    group_of: dict[tuple[str, str], list[Sighting]] = {}
    for number, one in enumerate(found):
        marks = [(one.name, mark) for mark in (*one.phones, one.room, one.let) if mark] or [(one.name, f"#{number}")]
        group: list[Sighting] = [one]
        for other in {id(known): known for mark in marks if (known := group_of.get(mark))}.values():
            group = other + group
        for seen in group:
            group_of.update({(seen.name, mark): group for mark in (*seen.phones, seen.room, seen.let) if mark})
        group_of.update(dict.fromkeys(marks, group))
    people = [Person(tuple(group)) for group in {id(group): group for group in group_of.values()}.values()]
    people.sort(key=lambda p: max(one.record.received for one in p.seen), reverse=True)
    return sorted(people, key=lambda p: not p.ties)


# --- all there is


class Answer(NamedTuple):
    """All there is about some units, or about somebody: the units, people now and before, what is open, what was.

    `lets` are the bays and leases of theirs.
    """

    rooms: tuple[str, ...]
    units: tuple[Record, ...]
    people: tuple[Record, ...]
    past: tuple[Record, ...]
    open: tuple[Record, ...]
    history: tuple[Record, ...]
    lets: tuple[Record, ...] = ()
    folder: tuple[Record, ...] = ()


def answer(rooms: Sequence[str], own: Collection[str], records: Iterable[Record], basis: Basis) -> Answer:
    """What records say about these rooms; those whose numbers are `own` belong to it whatever their room."""
    wanted, records = set(rooms), list(records)
    units, ties, matters, folder = [], [], [], []
    lets = [r for r in records if r.kind.name in LETS and not r.void and (r.id in own or wanted & set(rooms_of(r)))]
    named = {("lease" if r.kind.name == "lease" else "bay", str(r.get(r.kind.own_name))) for r in lets if r.id in own}
    for record in records:
        if record.received > basis.now:
            continue
        near = bool(wanted & set(rooms_of(record))) or any(record.get(what) == name for what, name in named)
        if record.kind.name == "unit" and near and not record.void:
            units.append(record)
        elif record.kind.name == "resident" and (near or record.id in own) and not record.void:
            ties.append(record)
        elif record.kind.name == "document" and (near or record.id in own) and record.status not in GONE:
            folder.append(record)
        elif not record.kind.book and (near or record.id in own):
            matters.append(record)
    ties.sort(key=_first)
    matters.sort(key=lambda r: (r.received, r.id), reverse=True)
    return Answer(
        tuple(rooms),
        tuple(sorted(units, key=lambda r: rooms.index(r["room"]))),
        tuple(r for r in ties if r.status == "current"),
        tuple(r for r in ties if r.status != "current"),
        tuple(sorted((r for r in matters if r.is_open), key=lambda r: _pressing(r, basis))),
        tuple(matters),
        tuple(r for r in lets if r.received <= basis.now),
        tuple(folder),
    )


def _first(record: Record) -> Any:
    """People with care needs first, then by role and since when."""
    role = record.get("role")
    since = record.get("since")
    return (not record.get("care"), ROLES.index(role) if role in ROLES else len(ROLES), str(since or ""), record.id)


def waits_for(record: Record, basis: Basis) -> clocks.Reading | None:
    """The clock of a record that waits first."""
    return next((one for one in clocks.read(record, basis) if one.waits and one.due is not None), None)


def _pressing(record: Record, basis: Basis) -> tuple[bool, datetime]:
    first = waits_for(record, basis)
    return (first is None, first.due if first and first.due else record.received)


class Promise(NamedTuple):
    """What was promised, by whom, until when; `state` is pending or broken."""

    record: Record
    zh: str
    due: datetime | None
    state: str


def promises(records: Iterable[Record], basis: Basis) -> list[Promise]:
    """Promises that are outstanding or were broken: payments by the debtor, answers and dates by the office."""
    found = []
    for record in records:
        readings = [one for one in clocks.read(record, basis) if one.name == "promise"]
        computed = record.kind.computed_by("promise")
        if computed:
            state = str(computed.of(record, basis))
            if state in ("pending", "broken"):
                found.append(Promise(record, "答应付款", readings[0].due if readings else None, state))
            continue
        found += [
            Promise(record, one.zh, one.due, "broken" if one.state == clocks.LATE else "pending")
            for one in readings
            if one.waits
        ]
    return found
