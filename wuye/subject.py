"""The person whom private data is about: told from others by name with phone, plate or room (domain.md K). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wuye import lookup
from wuye.fields import FORGOTTEN
from wuye.lookup import Sighting
from wuye.record import Record

SHORTEST = 2
ROUNDS = 4


class Subject(NamedTuple):
    """One person: names, phones and plates he goes by, rooms he belongs to, and the records that tell of him."""

    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    plates: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, seen: Iterable[Sighting]) -> Subject:
        """The person whom these sightings show. A room that he only visited is not his."""
        seen = list(seen)
        return cls(
            frozenset(s.name for s in seen if s.name),
            frozenset(p for s in seen for p in (*s.phones, *earlier(s, "phone"))),
            frozenset(p for s in seen for p in (*s.plates, *earlier(s, "plate"))),
            frozenset(s.room for s in seen if s.room and not s.guest),
            frozenset(s.record.id for s in seen),
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The texts by which he is found in anything written, longest first: a single character finds too much."""
        found = (*self.phones, *self.plates, *(n for n in self.names if len(n) >= SHORTEST))
        return tuple(sorted(found, key=lambda w: (-len(w), w)))

    @property
    def marks(self) -> tuple[str, ...]:
        """Those of them that are his alone: phones and plates; a name may be another's as well."""
        return tuple(sorted((*self.phones, *self.plates)))

    def shows(self, one: Sighting) -> bool:
        """Whether it is of this person: his name with a phone, plate or room of his; without a name by phone."""
        phones, plates = {*one.phones, *earlier(one, "phone")}, {*one.plates, *earlier(one, "plate")}
        marked = bool(self.phones & phones or self.plates & plates)
        if not one.name:
            return marked
        # Of a namesake in the same record who has a phone of his own neither its number nor its room says who he is.
        beside = one.part in lookup.BESIDE and bool(one.phones)
        near = not beside and one.room in self.rooms and not one.guest
        same = one.record.id in self.ids and not _told(one)
        return one.name in self.names and (marked or near or same)

    def another(self, one: Sighting) -> bool:
        """Whether it is of somebody else, told by a phone, plate or room of that person's own."""
        return not self.shows(one) and _told(one)

    def among(self, records: Iterable[Record]) -> list[Sighting]:
        """His sightings in these records, void ones too."""
        return [s for r in records for s in lookup.sightings(r) if self.shows(s)]


def _told(one: Sighting) -> bool:
    """Whether anything but the name tells who it is; a room that he visited does not."""
    return bool(one.phones or one.plates or (one.room and not one.guest))


def earlier(one: Sighting, type_name: str) -> tuple[str, ...]:
    """The phones or plates that the person whom a record is about had there before they were changed."""
    record, found = one.record, list[str]()
    if one.part in lookup.BESIDE:
        return ()
    for field in record.kind.on_record:
        if field.type.name.removeprefix("several:") != type_name or field.name in lookup.EMERGENCY:
            continue
        for value in (e.was.get(field.name) for e in record.log):
            found += [] if not value else [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys(word for word in found if word != FORGOTTEN))


def whole(first: Iterable[Sighting], records: Iterable[Record]) -> Subject:
    """The person behind some sightings, with everything that these records add: another phone, the room he lives in."""
    records, found = list(records), Subject.of(first)
    for _ in range(ROUNDS):
        more = Subject.of(found.among(records))
        wider = Subject(found.names, *(a | b for a, b in zip(found[1:], more[1:], strict=True)))
        if wider == found:
            break
        found = wider
    return found


def parted(seen: Iterable[Sighting]) -> list[Subject]:
    """The people that sightings may be of: void records do not part them, a room or phone in common joins them."""
    return [Subject.of(person.seen) for person in lookup.persons(list(seen))]
