"""Who is meant by a name, phone or room, and every record that tells of him."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from wuye import dumper, lookup, phone, subject
from wuye.errors import Ambiguous, Damaged, NotFound, Problem
from wuye.holding import gather
from wuye.lookup import Sighting
from wuye.office import Office
from wuye.record import Record, to_stored
from wuye.room import AmbiguousRoom
from wuye.subject import Subject
from wuye.values import ROOM

LONGEST_ROOM = 6


class Meant(NamedTuple):
    """The person who is meant, every record that tells of him, and those in which only the same name stands."""

    subject: Subject
    records: tuple[Record, ...]
    namesakes: tuple[Record, ...]


def meant(office: Office, words: str, room: str = "") -> Meant:
    """The one person whom the words name. Raises NotFound, Ambiguous naming those they fit, Damaged."""
    what = _asked(words)
    home = _room(office, words) if not what.phone else ""
    found, problems = gather(office, [home] if home else lookup.searched(what))
    if problems:  # what cannot be read may be about him as well
        raise Damaged(*problems)
    if home:
        seen = [s for r in found for s in lookup.sightings(r) if s.room == home and not s.guest and s.name]
    else:
        every = [s for r in found for s in lookup.sightings(r)]
        before = what.phone or what.plate
        seen = [s for s in every if lookup.how(what, s) in lookup.EXACT or (before and _was(s, what))]
    if not seen:
        raise NotFound(f"没有找到“{words}”：请写完整的姓名、电话或房号，先用 wuye who {words} 查看")
    people = subject.parted(seen)
    if room:
        wanted = _room(office, room)
        people = [one for one in people if wanted in one.rooms]
        if not people:
            raise NotFound(f"{room} 没有“{words}”：请核对 --room")
    if not home and (what.phone or what.plate) and not any(s.name == words for s in seen):
        # One number is one person's, whatever name it was written under.
        people = [Subject.of([s for s in seen if any(s.record.id in one.ids for one in people)])]
    if len(people) > 1:
        told = "；".join(named(one) for one in people[:5]) + ("…" if len(people) > 5 else "")
        raise Ambiguous(f"“{words}”有 {len(people)} 人：{told}；请写电话，或用 --room 写明房号")
    return _gathered(office, people[0])


def _asked(words: str) -> lookup.Asked:
    """What was typed; a few figures are a room rather than a telephone."""
    what = lookup.asked(words)
    return what if sum(c.isdigit() for c in what.phone) > LONGEST_ROOM else what._replace(phone="")


def _was(one: Sighting, what: lookup.Asked) -> bool:
    """Whether a phone or plate was his before it was changed."""
    return what.phone in subject.earlier(one, "phone") or what.plate in subject.earlier(one, "plate")


def _room(office: Office, words: str) -> str:
    try:
        return str(ROOM.parse(words, office.typing))
    except AmbiguousRoom as error:
        raise Ambiguous(Problem(str(error), candidates=error.candidates)) from error
    except ValueError:
        return ""


def named(one: Subject) -> str:
    """Who is meant, in words: names, rooms, phones masked."""
    parts = ("、".join(sorted(one.names)), "、".join(sorted(one.rooms)), "、".join(map(phone.mask, sorted(one.phones))))
    return " ".join(part for part in parts if part)


def working(office: Office, records: Iterable[Record] = ()) -> set[str]:
    """The names of the office's own people: who works there, and who wrote these records."""
    kind = next(kind for kind in office.kinds() if kind.name == "staff")
    return {str(r["name"]) for r in office.load(kind)[0]} | {e.by for r in records for e in r.log}


def _gathered(office: Office, first: Subject) -> Meant:
    """Every record that holds a phone or plate of his, or his name where he belongs."""
    found, problems = gather(office, [*first.names, *first.marks])
    whole = subject.whole(first.among(found), found)
    if set(whole.marks) - set(first.marks):
        found, problems = gather(office, [*whole.names, *whole.marks])
        whole = subject.whole(whole.among(found), found)
    if problems:
        raise Damaged(*problems)
    mine: list[Record] = []
    others: list[Record] = []
    for record in found:
        his = record.id in whole.ids or _marked(record, whole) or bool(whole.rooms & {*lookup.rooms_of(record)})
        (mine if his else others).append(record)
    return Meant(whole, tuple(mine), tuple(others))


def _marked(record: Record, who: Subject) -> bool:
    text = dumper.dump_record(to_stored(record)).decode()
    return any(mark in text for mark in who.marks)
