"""Private data taken out of a record for good: a mark in its place, in every line of its log as well. Pure.

What a forget says is which fields it emptied, never what stood in them: nothing can bring the values back, no undo
and no other desk's copy (`returned` finds what a merge carried back in, `again` takes it out).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wuye.basis import Rule
from wuye.changes import Who
from wuye.fields import FORGOTTEN, Field, Unreadable
from wuye.lookup import BESIDE, joiner, sightings
from wuye.record import FORGET, Entry, Record
from wuye.schema import Kind
from wuye.subject import Subject
from wuye.workdays import Span

VAULT = Rule("vault.keep", Span(6, "m"), "保险库里的完整证件号保存多久")
"""The rule for what is kept outside the office (wuye/vault.py)."""
AGAIN = "合并带回的个人资料再次删除"
EMERGENCY = ("emergency_contact", "emergency_phone")
JOINED = ("joiner", "joiner_phone")
OWN_WORDS = ("care", "bank", "pets")
"""What is written of a resident in free words that tell of nobody else."""


def personal(kind: Kind) -> tuple[str, ...]:
    """The fields that a kind's retention empties: private ones, plates, the people it is about."""
    told = {*kind.people, *EMERGENCY, *JOINED}
    found = (f for f in kind.fields if f.names_people or f.name in OWN_WORDS)
    return tuple(
        f.name for f in found if f.private or f.name in told or "plate" in f.type.name or f.name in OWN_WORDS
    )


def about(record: Record, subject: Subject) -> tuple[str, ...]:
    """The fields of a record that are a person's whole: what else of him stands there is found by its words."""
    told: dict[str, None] = {}
    for one in sightings(record):
        if not subject.shows(one):
            continue
        if one.part == BESIDE[0]:
            told |= dict.fromkeys(n for n in EMERGENCY if record.kind.has(n))
        elif one.part not in BESIDE:
            his = (n for n in personal(record.kind) if n not in JOINED)
            told |= dict.fromkeys(
                n for n in his if record.kind[n].type.name != "name" or n in EMERGENCY or record[n] in subject.names
            )
    return tuple(told)


LAW = {
    "payment": "收款是会计凭证，按《会计档案管理办法》须保存 30 年",
    "deposit": "押金是会计凭证，按《会计档案管理办法》须保存 30 年",
    "receipt": "收据是会计凭证，按《会计档案管理办法》须保存 30 年",
    "receiptbook": "票据本按《会计档案管理办法》须保存",
    "bill": "账单是记账的依据，按《会计档案管理办法》须保存 30 年",
    "dayclose": "日结是会计资料，按《会计档案管理办法》须保存",
    "monthclose": "月结是会计资料，按《会计档案管理办法》须保存",
    "dunning": "催收记录是主张欠费的证据（民法典 188 条诉讼时效三年）",
    "staff": "员工资料按《劳动合同法》50 条在合同终止后至少保存两年",
}
"""Kinds whose records stay as they are when somebody asks to be forgotten, and why (domain.md K)."""


def mark(one: Field) -> Any:
    """What is kept in a field's place."""
    return (FORGOTTEN,) if one.type.listed else FORGOTTEN


def gone(one: Field, value: Any) -> bool:
    """Whether nothing is left to forget."""
    return value is None or value == "" or value == mark(one)


def held(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    """Those of these fields in which something still stands, now or in any line of the log."""
    kind = record.kind
    said = [record.values, *(v for e in record.log for v in (e.values, e.was))]
    return tuple(n for n in names if kind.has(n) and any(not gone(kind[n], values.get(n)) for values in said))


def words_of(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    """The texts of these fields, now and in the log, as they may be repeated in notes: a few characters say nothing."""
    found: set[str] = set()
    for values in (record.values, *(v for e in record.log for v in (e.values, e.was))):
        for name in names:
            one = record.kind[name] if record.kind.has(name) else None
            if one is None or one.type.name in ("id-tail", "text") or gone(one, values.get(name)):
                continue
            parts = values[name] if one.type.listed and not isinstance(values[name], Unreadable) else (values[name],)
            found |= {str(part) for part in parts}
    return tuple(sorted((w for w in found if w != FORGOTTEN and len(w) > 1), key=lambda w: (-len(w), w)))


def forget(
    record: Record, names: Collection[str], words: Sequence[str], who: Who, reason: str,
    others: Collection[str] = (), staff: Collection[str] = (), subject: Subject | None = None,
) -> Record:  # fmt: skip
    """The record without what stands in some fields, and with some words blanked wherever else they stand.

    `others` are names of other people, of which a word may be a part; `staff` those of the office's own, who stay named
    where a record says who did it; by the `subject` a namesake in the same record is known, who keeps his name. The
    same record where nothing of it is there. One line more in the log says which fields, when, by whom and why.
    """
    emptied = held(record, names)
    after, blanked = _cleared(record, emptied, words, {*others, *named_in(record)} - {*words}, staff, subject)
    if not emptied and not blanked:
        return record
    extra: dict[str, Any] = {"forgot": list(emptied)} if emptied else {}
    extra |= {"blanked": sorted(blanked)} if blanked else {}
    said = {"reason": _blanker(words)(reason)} if reason else {}
    entry = Entry(who.moment, FORGET, who.by, who.recorded, said, extra=extra)
    return after.stepped(entry, after.status, after.values)


def _cleared(
    record: Record, names: Collection[str], words: Sequence[str], others_: Collection[str], staff: Collection[str],
    subject: Subject | None,
) -> tuple[Record, set[str]]:  # fmt: skip
    """The record with fields emptied and words blanked, and the names of what was blanked."""
    blank, blanked = _blanker(words, others_), set[str]()
    of_people = _blanker([word for word in words if word not in staff], others_)
    marks = _blanker([word for word in words if _FIGURE.search(word)])
    own, namesakes = personal(record.kind), _namesakes(record, subject)

    def values(old: Mapping[str, Any], spared: Collection[str]) -> dict[str, Any]:
        new = {}
        for name, value in old.items():
            one = record.kind[name]
            if name in names:
                new[name] = value if gone(one, value) else mark(one)
            else:
                is_name = one.type.name in NAMED
                clear = marks if is_name and name in spared else of_people if is_name and name not in own else blank
                new[name] = clear(value) if one.names_people or one.type.name not in EXACT else value
                if new[name] != value:
                    blanked.add(name)
        return new

    def others(old: Mapping[str, Any]) -> dict[str, Any]:
        new = {name: value if name in POINTS else blank(value) for name, value in old.items()}
        blanked.update(name for name in new if new[name] != old[name])
        return new

    log = []
    for e in record.log:
        joined = joiner(record, e)
        spared = namesakes | ({JOINED[0]} if subject and joined and subject.another(joined) else set())
        log.append(e._replace(values=values(e.values, spared), was=values(e.was, spared), extra=others(e.extra)))
    cleared = values(record.values, namesakes)
    return replace(record, values=cleared, log=tuple(log), extra=others(record.extra)), blanked


def _namesakes(record: Record, subject: Subject | None) -> set[str]:
    """The fields, joiners' apart, that tell of somebody who may have the same name and is known to be another."""
    found: set[str] = set()
    for one in sightings(record) if subject else ():
        if one.part != BESIDE[1] and subject and subject.another(one):
            found |= {EMERGENCY[0]} if one.part == BESIDE[0] else {*record.kind.people}
    return found


def named_in(record: Record) -> set[str]:
    """Everybody whom a record names in a field, now and in its log; each alone where several stand in one."""
    found: set[str] = set()
    for values in (record.values, *(v for e in record.log for v in (e.values, e.was))):
        for name, value in values.items():
            if value and record.kind[name].type.name in NAMED:
                texts = value if isinstance(value, (list, tuple)) else (str(value),)
                found |= {part.strip() for text in texts for part in _BETWEEN.split(str(text))}
    return {name for name in found if name and not _FIGURE.search(name)}


NAMED = ("name", "several:name")
_BETWEEN = re.compile(r"[、，,;；/（）()]+")
"""What people write between several names in one field, and around what they say of one."""
_FIGURE = re.compile("[0-9]")
"""What tells phones and plates from names."""
EXACT = ("room", "room-own", "choice", "staff", "department", "file")
"""Types whose values are no free words: blanking a part of one would make it another."""


POINTS = ("file", "sha256", "size", "link", "undoes", "commit", "status", "row", "forgot", "blanked", "received_was")
"""What a log entry says of other things than people: numbers, files, moments."""


def _blanker(words: Sequence[str], others: Collection[str] = ()) -> Any:
    """A function that puts the mark in the place of these words in any text, however deep in lists and rows.

    A number is seen with blanks and dashes between its figures, and not as a part of a longer one; a name not as a part
    of one of the `others`.
    """
    parts = [_pattern(word) for word in words if word and word != FORGOTTEN]
    if not parts:
        return lambda value: value
    longer = sorted((o for o in others if any(w in o and w != o for w in words)), key=len, reverse=True)
    stay = "|".join(map(re.escape, longer))
    found = re.compile(f"({stay})|{'|'.join(parts)}" if stay else f"(?!)()|{'|'.join(parts)}")

    def blank(value: Any) -> Any:
        if isinstance(value, Unreadable):
            return Unreadable(blank(value.raw))
        if isinstance(value, str):
            return found.sub(lambda hit: hit[1] or FORGOTTEN, value)
        if isinstance(value, Mapping):
            return {name: blank(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
            return type(value)(blank(part) for part in value)
        return value

    return blank


def _pattern(word: str) -> str:
    digits = re.sub(r"[\s-]", "", word)
    if digits.isascii() and digits.isdigit():
        return r"(?<!\d)" + r"[\s-]?".join(digits) + r"(?!\d)"
    return re.escape(word)


# --- what others bring back


def emptied(record: Record) -> dict[str, int]:
    """Every field that a forget emptied, with the place in the log of the last one that did."""
    found: dict[str, int] = {}
    for place, entry in enumerate(record.log):
        told = entry.extra.get("forgot") if entry.step == FORGET else None
        found |= {str(n): place for n in (told if isinstance(told, list) else ()) if record.kind.has(str(n))}
    return found


def touched(record: Record) -> set[str]:
    """Everything that forgets emptied or blanked in a record, as they tell it."""
    told = [e.extra.get(key) for e in record.log if e.step == FORGET for key in ("forgot", "blanked")]
    return {str(name) for names in told if isinstance(names, list) for name in names}


def without(record: Record, names: Collection[str]) -> Record:
    """A record without these, in every line of its log: two versions are compared in what a forget left alone."""

    def left(values: Mapping[str, Any]) -> dict[str, Any]:
        return {n: v for n, v in values.items() if n not in names}

    log = tuple(e._replace(values=left(e.values), was=left(e.was), extra=left(e.extra)) for e in record.log)
    return replace(record, values=left(record.values), log=log)


def returned(record: Record) -> tuple[str, ...]:
    """Fields that were emptied and hold something again which was there before: a merge with an older copy."""
    if all(entry.step != FORGET for entry in record.log):
        return ()
    return tuple(name for name, place in emptied(record).items() if _back(record, name, place))


def _back(record: Record, name: str, place: int) -> bool:
    one = record.kind[name]
    if any(not gone(one, values.get(name)) for e in record.log[:place] for values in (e.values, e.was)):
        return True
    later = any(name in e.values for e in record.log[place + 1 :])
    return not later and not gone(one, record.values.get(name))


def again(record: Record, who: Who) -> Record:
    """The record with what came back taken out once more, by the word of the forget that stands in its log."""
    kind, places = record.kind, emptied(record)

    def cleared(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        return {n: mark(kind[n]) if n in names and not gone(kind[n], v) else v for n, v in values.items()}

    log = []
    for index, entry in enumerate(record.log):
        names = {n for n, place in places.items() if index < place}
        log.append(entry._replace(values=cleared(entry.values, names), was=cleared(entry.was, names)))
    since = {n for n, place in places.items() if not any(n in e.values for e in record.log[place + 1 :])}
    log.append(Entry(who.moment, FORGET, who.by, who.recorded, extra={"note": AGAIN}))
    return replace(record, values=cleared(record.values, since), log=tuple(log))
