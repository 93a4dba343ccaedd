"""`wuye who WORDS`: one look at a room, phone, plate, name or number, and all there is about it (domain.md 7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wuye import identity, lookup, number, owed, pinyin, records, whorows
from wuye.accounts import Debtor
from wuye.call import PASTE, READS, Call, Opt, Verb
from wuye.errors import Ambiguous, BadInput, Damaged, NotFound, Problem
from wuye.holding import files, gather
from wuye.lookup import Asked, Person, Sighting
from wuye.numerals import fold
from wuye.office import Office
from wuye.record import Record
from wuye.room import AmbiguousRoom, UnknownRoom
from wuye.schema import Kind
from wuye.sheet import Sheet
from wuye.values import ROOM
from wuye.wanted import Wanted, searched

KEYS = ("units", "people", "past", "vehicles", "lets", "debts", "open", "promises", "history", "folder")
LIKE = 3
NUMBERS = ("phone", "plate")


class Target(NamedTuple):
    """What is meant: some rooms, one person, or several people to choose from; whether it was named exactly.

    `record` is the one whose number was typed; `notes` say what else the words could be.
    """

    rooms: tuple[str, ...] = ()
    person: Person | None = None
    several: tuple[Person, ...] = ()
    exact: bool = False
    record: Record | None = None
    notes: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The numbers of the records in which the person was seen, or of the one that was typed."""
        return tuple(dict.fromkeys(r.id for r in self.records))

    @property
    def lets(self) -> tuple[str, ...]:
        """The names of the bays and leases among them: bills and payments go by these."""
        return tuple(dict.fromkeys(str(r[r.kind.own_name]) for r in self.records if r.kind.name in lookup.LETS))

    @property
    def records(self) -> list[Record]:
        """The records themselves, read already."""
        seen = [one.record for one in self.person.seen] if self.person else []
        return [*seen, *([self.record] if self.record else [])]


def run(call: Call) -> Sheet:
    """All there is about the one thing meant; a short list where several people fit."""
    words = " ".join(call.need_words("房号、电话、姓名、车牌或编号")).strip()
    if identity.find(words):
        raise BadInput(Problem("身份证号不存入台账，也查不到：请用房号、姓名或电话", field="words"))
    office = call.office
    target, problems = _meant(office, words)
    whole = call.whole(1 if target.exact and not target.several else 0)
    if target.several:
        return _several(call, words, target.several, whole, problems)
    basis = office.basis(*office.kinds())
    loaded, more = about(office, target)
    found = lookup.answer(target.rooms, target.own, loaded, basis)
    problems = list(dict.fromkeys([*problems, *more]))
    told = (found.units, found.people, found.past, found.history, found.lets, found.folder)
    if not (any(told) or target.person):
        _nothing(office, words, problems)
    debtors = [*(Debtor("room", room) for room in found.rooms), *map(whorows.debtor_of, found.lets)]
    stands = {whose: owed.state(office, *whose, basis.now.date()) for whose in dict.fromkeys(debtors)}
    rows = whorows.parts(found, basis, whole, call.flag("all"), stands)
    person = whorows.person_row(target.person, whole) if target.person else None
    if call.flag("reveal"):
        call.log_reveal(list(dict.fromkeys([*(r.id for r in (*found.people, *found.past)), *target.own])))
    sections = whorows.sections(rows, len(found.history), basis)
    if person and whorows.beyond(person, rows["people"]):
        mine = Sheet("wuye.who.person", whorows.FOUND, (person,), basis.now, "本人", tall=True)
        sections = (mine, *sections)
    shown = "、".join(target.rooms)
    title = f"{person['name'] or words}{f'（{shown}）' if shown else ''}" if person else shown
    one = rows["units"][0] if len(rows["units"]) == 1 else None
    return Sheet(
        "wuye.who", whorows.UNITS, rows["units"], basis.now, title, key="units", tall=True, headed=True,
        sections=sections, notes=target.notes, problems=tuple(problems), exit_code=65 if problems else 0,
        empty="" if found.lets and not target.rooms else "没有登记在哪一户" if not target.rooms else "没有记录",
        more={"asked": words, "unit": one, "person": person, **{k: rows[k] for k in KEYS[1:]},
              "history_total": len(found.history), "found": ()},
        records=[*found.people, *found.past, *found.history, *(seen.record for seen in _seen(target))],
    )  # fmt: skip


def _seen(target: Target) -> Sequence[Sighting]:
    return target.person.seen if target.person else ()


def _several(call: Call, words: str, people: Sequence[Person], whole: bool, problems: Sequence[Problem]) -> Sheet:
    rows = tuple(whorows.person_row(one, whole) for one in people)
    if call.flag("reveal"):
        call.log_reveal([number_ for row in rows for number_ in row["ids"]])
    return Sheet(
        "wuye.who", whorows.FOUND, rows, call.office.now, f"“{words}”对得上 {len(rows)} 人", key="found", headed=True,
        problems=tuple(problems), exit_code=65 if problems else 0,
        foot="看一个人的全部，请写房号、完整的电话或编号",
        more={"asked": words, "unit": None, "person": None, **dict.fromkeys(KEYS, ()), "history_total": 0},
        records=[one.record for person in people for one in person.seen],
    )  # fmt: skip


# --- what is meant


def _meant(office: Office, words: str) -> tuple[Target, list[Problem]]:
    """The thing that the words name. Raises NotFound with what is like it, Ambiguous for a room that is several."""
    if record := _by_number(office, words):
        rooms = lookup.rooms_of(record)[:1]
        person = None if rooms else Person(tuple(lookup.sightings(record)))
        return Target(rooms, person if person and person.seen else None, exact=True, record=record), []
    if record := next((one for name in lookup.LETS if (one := office.in_book(name, words))), None):
        return Target(lookup.rooms_of(record)[:1], exact=True, record=record), []
    what = lookup.asked(words)
    room, trouble = _room(office, what)
    if room and not what.digits:
        return Target((room,), exact=True), []
    people, exact, problems = _people(office, what, bool(room))
    others = [one for one in people if room not in one.rooms]
    also = f"“{words}”也可能是电话或车牌的尾号：" + "、".join(_named(p) for p in others[:LIKE]) if others else ""
    if room:
        return Target((room,), exact=True, notes=(also,) if also else ()), problems
    if isinstance(trouble, AmbiguousRoom) and (not people or re.search("[0-9]", fold(words))):
        raise Ambiguous(f"{trouble}；{also}" if also else str(trouble))
    if not people:
        near = trouble.nearest if isinstance(trouble, UnknownRoom) else ()
        _nothing(office, words, problems, near)
    if len(people) == 1:
        return Target(people[0].rooms, people[0], exact=exact), problems
    homes = {one.rooms for one in people}
    if len(homes) == 1 and len(people[0].rooms) == 1:
        return Target(people[0].rooms), problems
    return Target(several=tuple(people), exact=exact), problems


def _room(office: Office, what: Asked) -> tuple[str, ValueError | None]:
    """The room that the words are, or why they are none; a whole telephone number is never one."""
    if len(re.sub(r"\D", "", what.phone)) > 6:
        return "", None
    try:
        return str(ROOM.parse(what.words, office.typing)), None
    except ValueError as error:
        return "", error


def _named(person: Person) -> str:
    return " ".join((person.name or "（没有姓名）", *person.rooms))


def _by_number(office: Office, words: str) -> Record | None:
    """The record of a number with its prefix, `ts3`, `TS-20261122-003`; None where the words are no number."""
    told = number.parse(fold(words).upper()) or number.typed(fold(words))
    name = records.name_of(told.prefix) if told and told.prefix else None
    return office.get(records.kind(name), words) if name else None


def _people(office: Office, what: Asked, by_figures: bool) -> tuple[list[Person], bool, list[Problem]]:
    texts = lookup.searched(what)
    if what.letters:
        texts += [name for name in names(office) if pinyin.heard_as(what.letters, name) or what.letters in name.lower()]
    loaded, problems = _seen_about(office, what, texts, by_figures)
    found, exact = lookup.hits(what, loaded)
    return lookup.persons(found), exact, problems


def _seen_about(
    office: Office, what: Asked, texts: Sequence[str], by_figures: bool
) -> tuple[list[Record], list[Problem]]:
    """The records in which somebody may stand who is meant; figures are looked for only where phones or plates stand.

    Else every record of a day fits, `11101` in `ZD-20211101-001`. `by_figures`: the words are a room's, and could
    besides only be the end of a phone or plate.
    """
    numbered = tuple(k for k in office.kinds() if any(f.type.name.endswith(NUMBERS) for f in k.fields))
    asked = [(texts, numbered)]
    if not by_figures:
        named = [text for text in texts if text not in (what.phone, what.digits, what.plate) or text == what.words]
        asked.append((named, tuple(k for k in office.kinds() if k not in numbered)))
    found: dict[Kind, list[Record]] = {}
    for wanted, kinds in asked:
        told = office.narrowed(Wanted(people=wanted), kinds)
        if told is None or told[1]:
            loaded, problems = gather(office, texts)
            return [r for r in loaded if r.kind in numbered or not by_figures], problems
        found |= told[0]
    return [record for kind in office.kinds() for record in found.get(kind, ())], []


def _nothing(office: Office, words: str, problems: Sequence[Problem], rooms: Sequence[str] = ()) -> None:
    """Raises NotFound with names and rooms that are like the words, Damaged where it may be in what is unreadable."""
    from difflib import get_close_matches

    if problems:
        raise Damaged(*problems)
    near = [*rooms, *get_close_matches(words, names(office), n=LIKE, cutoff=0.5)][:LIKE]
    hint = f"，相近的有 {'、'.join(near)}" if near else ""
    if lookup.asked(words).letters and not pinyin.installed():
        hint += "，按拼音查要先装 office 附加包"
    raise NotFound(f"没有找到“{words}”{hint}：请核对房号、电话、姓名、车牌或编号")


# --- reading


def about(office: Office, target: Target) -> tuple[list[Record], list[Problem]]:
    """Every record about what is meant: told by the index, where all files are in order, else by their bytes."""
    found = {record.id: record for record in target.records}
    units, kinds = [], office.kinds()
    asked = [Wanted(room=room) for room in target.rooms] + [Wanted(text=searched(name)) for name in target.lets]
    for wanted in asked:
        told = office.narrowed(wanted, kinds)
        if told is None or told[1]:
            return gather(office, [*target.rooms, *target.own, *target.lets])
        found |= {record.id: record for records_ in told[0].values() for record in records_}
    for room in target.rooms:
        units += [unit] if (unit := office.unit(room)) else []
    return [*found.values(), *(unit for unit in units if unit.id not in found)], []


def names(office: Office) -> list[str]:
    """Every name that stands in a field for people: told by the index, else by the bytes of every file."""
    joiner, told_of = lookup.JOINED[0], dict[Kind, tuple[Sequence[str], Sequence[str]]]()
    for kind in office.kinds():
        mine = [name for name in (*kind.people, lookup.EMERGENCY[0]) if kind.has(name)]
        told_of[kind] = (mine, [joiner] if kind.has(joiner) else [])
    told = office.told_names(told_of)
    if told is not None:
        return list(dict.fromkeys(told))
    found: dict[str, None] = {}
    for kind, _, _, data in files(office, []):
        fields = "|".join((*kind.people, lookup.EMERGENCY[0], joiner))
        for name in re.findall(rf"^ {{2,4}}(?:{fields}): *(.+?) *\r?$".encode(), data, re.MULTILINE):
            found[_plain(name)] = None
    return list(found)


def _plain(name: bytes) -> str:
    return name.decode("utf-8", "replace").strip("'\"")


OPTIONS = (Opt("all", "历史全部列出（不写为最近 20 条）", flag=True), *PASTE, *READS)
VERB = Verb("who", "查人", run, OPTIONS, "WORDS", frozenset(), "查房号、电话（或后四位）、姓名、拼音、车牌、编号")
