"""Two versions of one record made into one, field by field: pure, the same whichever comes first, nothing lost.

A field that one side alone changed is that side's. What both changed differently is kept as a contest
(`wuye.contests`), and so are two steps that cannot both have happened: closed here and edited there, done twice.
Until somebody settles it the record holds the later words, of a state one in which work still waits, of a due time
the earlier one: nothing falls out of sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wuye import contests
from wuye.contests import DUE, KEY, NUMBER, SETTLE, STATUS, Contest, Said, canon, in_order
from wuye.dumper import Record, Value
from wuye.logs import Log, joined, typed_at
from wuye.schema import Kind

HARMLESS = ("note", "attach", "link", "repeat", "forget", SETTLE)
"""Steps that say nothing against a record having been closed meanwhile."""

DATED = ("due", "rule")


class Standing(NamedTuple):
    """What a version says of a field: its value (None: nothing), and what is contested about it."""

    value: Value | None
    rule: str = ""
    sides: tuple[Said, ...] = ()


class Version:
    """A record as one side has it, seen against what it was before."""

    def __init__(self, raw: Record, base: Log) -> None:
        self.raw = raw
        self.log = Log.of(raw.get("log"))
        self.new = self.log.since(base)
        self.contests = contests.read(raw.get(KEY))
        self.due = _fields(raw.get("due"))
        self.rule = _fields(raw.get("rule"))

    def standing(self, name: str) -> Standing:
        """What it says of a field, or of a due time."""
        sides = self.contests[name].sides if name in self.contests else ()
        if name.startswith(DUE):
            key = name.removeprefix(DUE)
            return Standing(self.due.get(key), str(self.rule.get(key, "")), sides)
        return Standing(self.raw.get(name), sides=sides)

    def said(self, name: str, kind: Kind | None) -> Said:
        """What it says of a field, with who said so and when."""
        told = self.standing(name)
        every = self.new or [e for e in self.log.entries.values() if isinstance(e, dict)][-1:]
        mine = [e for e in every if name in e or name in _fields(e.get("was"))]
        if name == STATUS:
            mine = [e for e in every if STATUS in e or (kind and kind.flow.knows(str(e.get("step"))))]
        last = (mine or every or [{}])[-1]
        return Said(told.value, typed_at(last), str(last.get("by", "")), told.rule)


def _fields(value: Value | None) -> Record:
    return value if isinstance(value, dict) else {}


def join(kind: Kind | None, base: Record | None, one: Record, other: Record) -> Record:
    """The record of both. `base` is what it was before (None: not there); all three have the same number."""
    if one == other:
        return one
    one, other = sorted((one, other), key=canon)
    before = Version(base or {}, Log.of([]))
    first, second = Version(one, before.log), Version(other, before.log)
    for name in (n for n in DATED if not _is_dated(n, before, first, second)):
        for version in (before, first, second):
            setattr(version, name, {})
    log = joined(before.log, first.log, second.log)
    held: dict[str, Standing] = {}
    for name in _names(before, first, second):
        held[name] = _three_way(kind, name, before, first, second)
    if NUMBER in held:  # it is contested what was meant by the number, never which number this record has
        held[NUMBER] = held[NUMBER]._replace(value=one.get(NUMBER))
    held[STATUS] = _status(kind, held.get(STATUS, Standing(None)), before, first, second, log)
    told: Record = {}
    for name, standing in held.items():
        if standing.value is not None and not name.startswith(DUE):
            told[name] = standing.value
    due = {n.removeprefix(DUE): s for n, s in held.items() if n.startswith(DUE)}
    if dated := {n: s.value for n, s in due.items() if s.value is not None}:
        told["due"] = dated
    if ruled := {n: s.rule for n, s in due.items() if s.rule}:
        told["rule"] = {**ruled}
    if open_ := _contested(held, before, first, second):
        told[KEY] = contests.stored(open_)
    if log or "log" in one or "log" in other:
        told["log"] = log
    if not isinstance(odd := one.get("log", log), list) and odd == other.get("log"):  # no log, put there by hand
        told["log"] = odd
    return _laid_out(told, one, other)


def _names(*versions: Version) -> list[str]:
    """Every field and due time that any version speaks of."""
    found = {name: None for v in versions for name in v.raw if name not in ("log", KEY)}
    for name in (n for n in DATED if _is_dated(n, *versions)):
        found.pop(name, None)
    found |= {f"{DUE}{name}": None for v in versions for name in (*v.due, *v.rule)}
    found |= {name: None for v in versions for name in v.contests}
    return list(found)


def _is_dated(name: str, *versions: Version) -> bool:
    """Whether due times, or their rules, are such everywhere: what was put there by hand is a field as any other."""
    every = [v.raw.get(name, {}) for v in versions]
    if not all(isinstance(one, dict) for one in every):
        return False
    return name == "due" or all(isinstance(words, str) for one in every for words in _fields(one).values())


def _contested(held: dict[str, Standing], *versions: Version) -> list[Contest]:
    """What is still contested, each with what stood there before anybody changed it."""
    found = []
    for name, standing in held.items():
        if standing.sides:
            older = [v.contests[name] for v in versions if name in v.contests]
            was = older[0].was if older else versions[0].standing(name).value
            found.append(Contest(name, was, standing.sides))
    return found


def _three_way(kind: Kind | None, name: str, before: Version, one: Version, other: Version) -> Standing:
    base, a, b = before.standing(name), one.standing(name), other.standing(name)
    if kind and not (a.sides or b.sides) and (raised := _raised(kind, name, base.value, one, other)):
        return Standing(raised)
    if a == b or b == base:
        return a
    if a == base:
        return b
    if not a.sides and not b.sides:
        if a.value == b.value and name != STATUS and not name.startswith(DUE):
            return a
        # What stood there while it was contested was nobody's word: who chose it has not left it alone.
        both = None if base.sides else _together(name, base.value, one, other)
        if both is not None:
            return Standing(both)
    return _contest(kind, name, _sides(kind, name, one, b), _sides(kind, name, other, a))


def _sides(kind: Kind | None, name: str, version: Version, against: Standing) -> tuple[Said, ...]:
    """What a version puts into a contest; nothing where the other one has its words already."""
    told = version.standing(name)
    if told.sides:
        chosen = any((s.value, s.rule) == (told.value, told.rule) for s in told.sides)
        return told.sides if chosen else (*told.sides, version.said(name, kind))
    known = [s for s in against.sides if (s.value, s.rule) == (told.value, told.rule)]
    return tuple(known) or (version.said(name, kind),)


def _contest(kind: Kind | None, name: str, one: Iterable[Said], other: Iterable[Said]) -> Standing:
    sides = in_order((*one, *other))
    if name != STATUS and len({canon([s.value, s.rule]) for s in sides}) == 1:
        return Standing(sides[0].value, sides[0].rule)
    if name.startswith(DUE):
        kept = min(sides, key=lambda s: (s.value is None, canon(s.value), s.rule))
    elif name == STATUS and kind:
        kept = max(sides, key=lambda s: (_is_open(kind, s.value), s.at, s.by, canon(s.value)))
    else:
        kept = max(sides, key=lambda s: (s.at, s.by, canon(s.value)))
    return Standing(kept.value, kept.rule, sides)


def _is_open(kind: Kind, status: Value | None) -> bool:
    state = kind.flow.state(str(status))
    return state is None or state.open


# --- what both changed and both may have


def _together(name: str, base: Value | None, one: Version, other: Version) -> Value | None:
    """The value that holds both changes; None where there is none."""
    a, b = one.raw.get(name), other.raw.get(name)
    if name.startswith(DUE) or a is None or b is None:
        return None
    return _values(base, a, b)


def _values(base: Value | None, a: Value, b: Value) -> Value | None:
    """Mappings key by key, lists of mappings that stayed as long as they were row by row; None where they differ."""
    if a == b or base == b:
        return a
    if base == a:
        return b
    if isinstance(a, dict) and isinstance(b, dict):
        return _mappings(_fields(base), a, b)
    if isinstance(a, list) and isinstance(b, list) and isinstance(base, list) and len(a) == len(b) == len(base):
        if not all(isinstance(row, dict) for row in (*base, *a, *b)):
            return None
        rows = [_values(old, x, y) for old, x, y in zip(base, a, b, strict=True)]
        return None if any(row is None for row in rows) else [row for row in rows if row is not None]
    return None


def _mappings(base: Record, a: Record, b: Record) -> Record | None:
    found: Record = {}
    for key in dict.fromkeys((*a, *b)):
        old, x, y = base.get(key), a.get(key), b.get(key)
        if x == y or y == old:
            value = x
        elif x == old:
            value = y
        else:
            value = _values(old, x, y) if x is not None and y is not None else None
            if value is None:
                return None
        if value is not None:
            found[key] = value
    return found


def _raised(kind: Kind, name: str, base: Value | None, one: Version, other: Version) -> Value | None:
    """A count that both sides only raised by steps (a neighbour joined here, another there); None for all else."""
    every: dict[str, tuple[int, int]] = {}
    for version in (one, other):
        mine = _rises(kind, name, version)
        if not mine or _counted(base, mine) != str(version.raw.get(name)):  # its own steps do not lead to it
            return None
        every |= mine
    return _counted(base, every)


def _rises(kind: Kind, name: str, version: Version) -> dict[str, tuple[int, int]]:
    """From what to what a version's new entries raised a count, an entry once; empty where one is no such step."""
    found = {}
    for entry in (e for e in version.new if name in e):
        step, was = kind.flow.step(str(entry.get("step"))), _fields(entry.get("was"))
        texts = (str(was.get(name) or "0"), str(entry[name]))
        if not (step and step.effect and name in was and all(t.isascii() and t.isdigit() for t in texts)):
            return {}
        found[canon(entry)] = (int(texts[0]), int(texts[1]))
    return found


def _counted(base: Value | None, rises: Mapping[str, tuple[int, int]]) -> str | None:
    """What these steps make of a count; without a base they begin at the least that any of them found."""
    start = str(min(was for was, _ in rises.values()) if base is None else base)
    if not (start.isascii() and start.isdigit()):
        return None
    return str(int(start) + sum(now - was for was, now in rises.values()))


# --- states


def _status(
    kind: Kind | None, held: Standing, before: Version, one: Version, other: Version, log: Sequence[Value]
) -> Standing:
    """The state; contested where one side ended what the other went on with, or both cannot have happened."""
    if kind is None or held.sides:
        return held
    for ended, went_on in ((one, other), (other, one)):
        mine = ended.raw.get(STATUS)
        busy = [e for e in went_on.new if str(e.get("step")) not in HARMLESS and e not in ended.new]
        if mine != before.raw.get(STATUS) and not _is_open(kind, mine) and busy and before.raw:
            if went_on.raw.get(STATUS) == mine and _leads_to(kind, log) == mine:
                continue
            return _of_both(kind, one, other)
    alone = all(_leads_to(kind, v.log.entries.values()) == v.raw.get(STATUS) for v in (one, other))
    if alone and one.new and other.new and _leads_to(kind, log) != held.value:
        return _of_both(kind, one, other)
    return held


def _of_both(kind: Kind, one: Version, other: Version) -> Standing:
    return _contest(kind, STATUS, (one.said(STATUS, kind),), (other.said(STATUS, kind),))


def _leads_to(kind: Kind, log: Iterable[Value]) -> str | None:
    """The state that a log leads to; None where a step of it cannot happen."""
    status: str | None = None
    for entry in log:
        fields = _fields(entry)
        step, told = str(fields.get("step")), fields.get(STATUS)
        if status is None:
            status = str(told or kind.flow.states[0].name)
        elif told:
            status = str(told)
        elif kind.flow.knows(step):
            status = kind.flow.after(status, step)
            if status is None:
                return None
    return status


# --- one number, two records


def same(one: Record, other: Record) -> bool:
    """Whether two records of one number are the same one: entered at the same time by the same person."""
    return _entered(one) == _entered(other)


def _entered(raw: Record) -> str:
    log = raw.get("log")
    first = _fields(log[0]) if isinstance(log, list) and log else {}
    told = [first.get("at"), first.get("by"), raw.get("recorded"), _fields(raw.get("imported")).get("key")]
    return canon(told)


def earlier(one: Record, other: Record) -> tuple[Record, Record]:
    """Two different records of one number: the one that keeps it (entered first), and the one that cannot."""
    first, second = sorted((one, other), key=lambda r: (str(r.get("recorded")), _entered(r), canon(r)))
    return first, second


def renumbered(kept: Record, moved: Record, number: str) -> tuple[Record, Record]:
    """Both records, the second under a new number, each naming the other until somebody has looked at them."""
    old = str(kept[NUMBER])
    stamp = {"at": str(moved.get("recorded", "")), "step": "link", "by": _by(moved)}
    sides = in_order((Said(old, str(kept.get("recorded", "")), _by(kept)), Said(number, stamp["at"], stamp["by"])))
    words = f"两台各登记了一条 {old}：先登记的留用，后登记的改为 {number}"
    first = _with(kept, {**stamp, "link": number, "note": words}, sides)
    second = _with({**moved, NUMBER: number, "number_was": old}, {**stamp, "link": old, "note": words}, sides)
    return first, second


def _by(raw: Record) -> str:
    log = raw.get("log")
    return str(_fields(log[0]).get("by", "")) if isinstance(log, list) and log else ""


def _with(raw: Record, entry: Record, sides: tuple[Said, ...]) -> Record:
    """A record with one more entry in its log, if it is not there, and a contest about its number.

    A log that tells not even who entered the record stays as it is: what stands first in it says which record it is.
    """
    told = contests.read(raw.get(KEY))
    older = told[NUMBER].sides if NUMBER in told else ()
    told[NUMBER] = Contest(NUMBER, None, in_order((*older, *sides)))
    log = raw.get("log")
    if isinstance(log, list) and log and entry not in log:
        raw = {**raw, "log": [*log[:1], entry, *log[1:]]}
    return _laid_out({**raw, KEY: contests.stored(told.values())}, raw)


def _laid_out(told: Record, *like: Record) -> Record:
    """The keys in the order of the versions they came from, `conflicts` and the log last."""
    order: list[str] = []
    for version in like:
        place = 0
        for key in version:
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    order += [k for k in ("due", "rule", *told) if k not in order]
    order = [k for k in order if k not in (KEY, "log")] + [KEY, "log"]
    return {key: told[key] for key in order if key in told}
