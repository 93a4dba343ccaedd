"""Two logs of one record made into one: nothing either of them tells is lost, each entry once, in the order typed.

Pure, and the same whichever log comes first. An undo names entries by moment and step, with a count where several
agree: the names are worked out anew, because the other desk's entries may stand before the one that is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from wuye.contests import canon
from wuye.dumper import Record, Value

UNDOES = "undoes"


class Log(NamedTuple):
    """A log as stored: its entries by what they say, in order. What an entry takes back is a part of what it says."""

    entries: Mapping[str, Value]
    takes_back: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, raw: Value | None) -> Log:
        """Read from a record; what is no list is one entry that says nothing anybody knows."""
        told = raw if isinstance(raw, list) else [] if raw is None else [raw]
        entries: dict[str, Value] = {}
        back: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for entry in told:
            undone = tuple(names.get(name, name) for name in _undoes(entry))
            said = canon([entry if not undone else {k: v for k, v in _fields(entry).items() if k != UNDOES}, *undone])
            key, count = said, 1
            while key in entries:
                count += 1
                key = f"{said} {count}"
            entries[key] = entry
            names[_free(_name(entry), names)] = key
            if undone:
                back[key] = undone
        return cls(entries, back)

    def since(self, base: Log) -> list[Record]:
        """The entries that another log does not have, in order."""
        return [_fields(entry) for key, entry in self.entries.items() if key not in base.entries]


def _fields(entry: Value) -> Record:
    return entry if isinstance(entry, dict) else {}


def _undoes(entry: Value) -> tuple[str, ...]:
    told = _fields(entry).get(UNDOES, ())
    return (told,) if isinstance(told, str) else tuple(str(one) for one in told)


def _name(entry: Value) -> str:
    fields = _fields(entry)
    return f"{fields.get('at', '')} {fields.get('step', '')}"


def _free(plain: str, taken: Mapping[str, str]) -> str:
    """The name of the next entry of that moment and step, as `record.references` counts them."""
    name, count = plain, 1
    while name in taken:
        count += 1
        name = f"{plain} {count}"
    return name


def typed_at(entry: Value) -> str:
    """When an entry was typed in, as text that sorts (`+08:00` and no other offset within an office)."""
    fields = _fields(entry)
    return str(fields.get("recorded") or fields.get("at") or "")


def grown(old: Value | None, new: Value | None) -> bool:
    """Whether every entry of a log is in a later one, or put right where it stood, as `joined` lets pass."""
    if not all(isinstance(log, list) for log in (old or [], new or [])):
        return True
    one, other = (Counter(_name(entry) for entry in log or ()) for log in (old, new))
    return one <= other


def joined(base: Log, one: Log, other: Log) -> list[Value]:
    """The entries of both, in an order that keeps each one's own, by when they were typed in where that is free.

    An entry that one side corrected by hand (same moment and step) stands corrected, if the other left it alone.
    """
    gone = {*_corrected(base, one, other), *_corrected(base, other, one)}
    every = {k: e for k, e in (*one.entries.items(), *other.entries.items()) if k not in gone}
    order = _ordered(every, [[k for k in log.entries if k in every] for log in (one, other)])
    back = {**one.takes_back, **other.takes_back}
    names: dict[str, str] = {}
    by_key: dict[str, str] = {}
    found: list[Value] = []
    for key in order:
        entry = every[key]
        if key in back:
            told: list[Value] = [by_key.get(k, k) for k in back[key]]
            entry = {**_fields(entry), UNDOES: told[0] if isinstance(_fields(entry)[UNDOES], str) else told}
        found.append(entry)
        name = _free(_name(entry), names)
        names[name], by_key[key] = key, name
    return found


def _corrected(base: Log, one: Log, other: Log) -> Iterable[str]:
    new = {_name(e) for k, e in one.entries.items() if k not in base.entries}
    for key, entry in base.entries.items():
        if key not in one.entries and key in other.entries and _name(entry) in new:
            yield key


def _ordered(every: Mapping[str, Value], chains: Sequence[Sequence[str]]) -> list[str]:
    """The keys so that every chain keeps its order, else by time typed; where the chains disagree by time alone."""
    after: dict[str, set[str]] = {key: set() for key in every}
    for chain in chains:
        for first, then in pairwise(chain):
            after[first].add(then)
    waits = dict.fromkeys(every, 0)
    for then in (k for keys in after.values() for k in keys):
        waits[then] += 1
    ready = [(typed_at(every[key]), key) for key, count in waits.items() if not count]
    heapify(ready)
    found: list[str] = []
    while ready:
        _, key = heappop(ready)
        found.append(key)
        for then in after[key]:
            waits[then] -= 1
            if not waits[then]:
                heappush(ready, (typed_at(every[then]), then))
    return found if len(found) == len(every) else sorted(every, key=lambda k: (typed_at(every[k]), k))
