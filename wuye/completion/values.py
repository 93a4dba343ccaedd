"""What a value may be: choices and states, periods, names, rooms, and the numbers on which a step is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from wuye import records, shells
from wuye.call import Opt, Verb
from wuye.fields import Field
from wuye.glimpse import MOST, Glimpse
from wuye.listing import COUNTED_HEADS
from wuye.numerals import fold
from wuye.query import sortable
from wuye.render import FORMATS
from wuye.schema import Kind
from wuye.shells import FILES, FOLDERS, Candidate, Offer, starting

PERIODS = ("本月", "上月", "本周", "上周", "今天", "昨天", "今年", "all")
PAST, FUTURE = ("今天", "昨天", "前天"), ("今天", "明天", "后天")
BOOKS_OF_NAMES = ("staff", "department", "vendor")
ALWAYS = ("id", "status", "received", "recorded", "closed", "clocks", "log")
_ROOM_LABELS = re.compile("号楼|单元|门洞|[栋幢座门楼]")
_PARTED = re.compile("(.*[,，、;；])?([^,，、;；]*)", re.DOTALL)


class Values:
    """The values of one command's options and words, some of them from the office near at hand."""

    def __init__(self, kind: Kind | None, verb: Verb, near: Glimpse) -> None:
        self.kind = kind
        self.verb = verb
        self.near = near

    def of_option(self, one: Opt, word: str, words: Sequence[str]) -> Offer:
        """The values of an option."""
        kind = self.kind
        if kind and one.name in self.verb.typed and kind.has(one.name):
            return self.of_field(kind[one.name], word)
        if kind and one.name == "status":
            return _coded(((state.name, state.zh) for state in kind.flow.states), word)
        if kind and one.name == "fields":
            names = (*ALWAYS, *(f.name for f in kind.on_record), *(c.name for c in kind.computed))
            return _coded(((name, "时限" if name == "clocks" else kind.label(name)) for name in names), word)
        if kind and one.name == "sort":
            down = "-" if word.startswith("-") else ""
            return starting((Candidate(down + name, kind.label(name)) for name in sortable(kind)), word)
        if one.name == "output":
            return starting(map(Candidate, FORMATS), word)
        if one.name == "name":  # what an office is called
            return []
        return self.of_placeholder(one.metavar, word, words)

    def of_placeholder(self, metavar: str, word: str, words: Sequence[str]) -> Offer:
        """The values that a placeholder of a usage line or an option stands for."""
        if metavar in ("FILE", "DIR"):
            return FILES if metavar == "FILE" else FOLDERS
        if metavar == "ID":
            return self._numbers(word, words)
        if metavar == "ROOM":
            return self._rooms(word)
        if metavar == "FIELD" and self.kind:
            rows = {f.name: f.zh for f in self.kind.on_record if not f.private}
            rows |= {c.name: c.zh for c in self.kind.computed}
            return _coded((COUNTED_HEADS | rows).items(), word)
        return starting(map(Candidate, self._plain(metavar)), word)

    def _plain(self, metavar: str) -> Sequence[str]:
        match metavar:
            case "PERIOD":
                return (*PERIODS, *self.near.all_months())
            case "DAY" | "WHEN":
                return PAST
            case "NAME":
                return self.near.names("staff")
            case "KIND":
                return [row[0] for row in records.KINDS]
            case "SHELL":
                return [one.name for one in shells.SHELLS]
        return ()

    def of_field(self, one: Field, word: str) -> Offer:
        """The values of a field, by its type."""
        kind = one.type.name.removeprefix("several:")
        if one.type.choices:
            return _coded(one.type.choices, word)
        if kind == "flag":
            return starting(map(Candidate, ("yes", "no") if word.isascii() else ("是", "否")), word)
        if kind == "file":
            return FILES
        if kind.startswith("room"):
            return self._rooms(word)
        if kind in ("staff", "department") or (kind == "name" and not one.required):
            book = next((b for b in (kind, one.name) if b in BOOKS_OF_NAMES), "staff")
            return _listed(map(Candidate, self.near.names(book)), word)
        if kind.startswith("id:"):
            return self._of_any(word) if kind == "id:any" else self._of_kind(records.kind(kind[3:]), None, word)
        if kind.startswith(("moment", "day")):
            return starting(map(Candidate, FUTURE if kind.endswith("future") else PAST), word)
        return []

    def _rooms(self, word: str) -> list[Candidate]:
        """Rooms that begin so, as typed at the desk too (`3栋2单元12`); else those with a part that begins so."""
        rooms = self.near.rooms(self.kind)
        head = _ROOM_LABELS.sub("-", fold(word).strip()).upper()
        found = [room for room in rooms if room.upper().startswith(head)]
        found = found or [room for room in rooms if any(part.startswith(head) for part in room.upper().split("-"))]
        return [Candidate(room) for room in found]

    def _numbers(self, word: str, words: Sequence[str]) -> list[Candidate]:
        """Records that the command may be about, without those named already."""
        if self.kind:
            step = self.kind.flow.step(self.verb.name)
            found = self._of_kind(self.kind, frozenset(step.moves()) if step else None, word)
        else:
            found = self._of_any(word)
        named = {one.upper() for one in words}
        return [one for one in found if one.text.upper() not in named]

    def _of_any(self, word: str) -> list[Candidate]:
        """Numbers of every kind whose prefix can be what is being typed."""
        letters = re.match("[A-Za-z]*", word)
        head = letters[0].upper()[:2] if letters else ""
        names = [row[0] for row in records.KINDS if row[1].startswith(head) and self.near.has(row[0])]
        return [one for name in names for one in self._of_kind(records.kind(name), None, word)][:MOST]

    def _of_kind(self, kind: Kind, states: frozenset[str] | None, word: str) -> list[Candidate]:
        """Numbers of a kind; things of a book by their own names first."""
        folded = fold(word)
        found = self.near.things(kind, states, folded) if kind.own_name else []
        return [Candidate(one.number, one.words) for one in found or self.near.records(kind, states, folded)]


def _listed(found: Iterable[Candidate], word: str) -> list[Candidate]:
    """Several values may be parted by commas: the last one is being typed, those before are not offered again."""
    parted = _PARTED.fullmatch(word)
    head, last = (parted[1] or "", parted[2]) if parted else ("", word)
    named = set(re.split("[,，、;；]", head)) - {""}
    return [c._replace(text=head + c.text) for c in starting(found, last) if not named & {c.text, c.zh}]


def _coded(rows: Iterable[tuple[str, str]], word: str) -> list[Candidate]:
    """Codes with their Chinese, or Chinese with its code where Chinese is being typed."""
    chinese = not re.split("[,，、;；]", word)[-1].isascii()
    return _listed((Candidate(zh, code) if chinese else Candidate(code, zh) for code, zh in rows), word)
