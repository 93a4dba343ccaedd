"""What lies near at hand in an office: numbers, rooms and names, seen in the bytes while somebody presses Tab.

Nothing is parsed in full, written, locked or settled, and nothing that cannot be read is an error: the file
then offers nothing. Phones and document tails are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from wuye import blocks, clock, number, outside, settings, yamlio
from wuye.errors import WuyeError
from wuye.flow import VOID
from wuye.monthfiles import path_of
from wuye.number import Number
from wuye.schema import Kind
from wuye.units import Units

MOST = 50
LONGEST = 24
_ZONE = re.compile(rb"^timezone:[ \t]*['\"]?([\w/+-]+)", re.MULTILINE)
_DIGITS = re.compile(r"\+?\d(?:[\s().－—–-]*\d){6,}")
_ROOM = re.compile(r"[\w-]*\d[\w-]*")
ROOM_NAMES = ("room", "unit")
WHERE = (*ROOM_NAMES, "place", "department")
GONE = frozenset((VOID, "left", "closed", "ended", "past"))


class Seen(NamedTuple):
    """A record seen in passing: its number, and state, room, name and text in a line."""

    number: str
    words: str


class Glimpse:
    """One office folder as Tab sees it; without a folder nothing is near."""

    def __init__(self, root: Path | None) -> None:
        self.root = root

    @cached_property
    def today(self) -> date:
        """The present day in the office's zone, as far as wuye.yaml says one."""
        found = _ZONE.search(self._bytes(settings.FILE))
        with suppress(WuyeError):
            return clock.now(clock.zone(found[1].decode() if found else "Asia/Shanghai")).date()
        return clock.now().date()

    @property
    def months(self) -> tuple[str, str]:
        """This month and the last."""
        return f"{self.today:%Y-%m}", f"{self.today.replace(day=1) - timedelta(days=1):%Y-%m}"

    def _bytes(self, relative: str) -> bytes:
        """A regular file's bytes; nothing where there is none, or where it is no text of ours."""
        if self.root is not None:
            with suppress(WuyeError, OSError):
                data = outside.read(str(self.root / relative), blocks.LIMIT)
                blocks.decode_bytes(data, relative)
                return data
        return b""

    def all_months(self) -> list[str]:
        """Every month that has a folder, newest first."""
        if self.root is None:
            return []
        with suppress(OSError):
            names = (path.name for path in (self.root / "records").iterdir())
            return sorted((n for n in names if re.fullmatch(r"\d{4}-\d\d", n)), reverse=True)
        return []

    def has(self, kind: str) -> bool:
        """Whether there are records of the kind in this month or the last."""
        root = self.root
        return root is not None and any((root / "records" / m / f"{kind}.yaml").is_file() for m in self.months)


    def records(self, kind: Kind, states: Collection[str] | None, typed: str) -> list[Seen]:
        """Records in these states (in any) whose number can be what is being typed: newest first, not too many."""
        near: dict[Number, bytes] = {}
        for path in [path_of(kind, month) for month in self.months[: 1 if kind.book else 2]]:
            for block in _blocks(self._bytes(path)):
                found = number.parse(text_of(block, "id"))
                if found and found.prefix == kind.prefix and (states is None or text_of(block, "status") in states):
                    near[found] = block
        fitting = number.begun(typed, near, self.today)[:MOST]
        return [Seen(str(one), words_of(kind, near[one])) for one in fitting]

    def things(self, kind: Kind, states: Collection[str] | None, typed: str) -> list[Seen]:
        """Things of a book in these states (in any but void) whose own names begin so.

        Where two go by one name it names neither: their numbers are among `records`.
        """
        named: dict[str, list[bytes]] = {}
        for block in _blocks(self._bytes(path_of(kind, ""))):
            status = text_of(block, "status")
            if status in states if states is not None else status != VOID:
                named.setdefault(text_of(block, kind.own_name), []).append(block)
        found = [name for name, same in named.items() if name and name.startswith(typed) and len(same) == 1]
        few = len(found) <= MOST
        return [Seen(name, words_of(kind, named[name][0]) if few else "") for name in found]

    def rooms(self, kind: Kind | None = None) -> list[str]:
        """Every unit of the register; without one the rooms of this month's and last month's records."""
        if register := Units(lambda: self._bytes("books/unit.yaml")):
            return sorted(register, key=_in_order)
        own = [f.name for f in kind.on_record if f.type.name == "room"] if kind else []
        names = "|".join(dict.fromkeys((*ROOM_NAMES, *own))).encode()
        line = re.compile(rb"^  (?:%s): *(\S[^\r\n]*)" % names, re.MULTILINE)
        found = {_text(value) for data in self._month_files() for value in line.findall(data)}
        return sorted((room for room in found if _ROOM.fullmatch(room)), key=_in_order)

    def _month_files(self) -> Iterator[bytes]:
        for month in self.months:
            folder = self.root / "records" / month if self.root else None
            with suppress(OSError):
                for path in sorted(folder.glob("*.yaml")) if folder else ():
                    yield self._bytes(f"records/{month}/{path.name}")

    def names(self, book: str) -> list[str]:
        """What the things of a book are called, in the book's order, those that are no more left out."""
        found = (
            text_of(block, "name")
            for block in _blocks(self._bytes(f"books/{book}.yaml"))
            if text_of(block, "status") not in GONE
        )
        return list(dict.fromkeys(name for name in found if name))


def _in_order(room: str) -> list[tuple[int, str]]:
    return [(len(part), part) for part in room.split("-")]


def _blocks(data: bytes) -> Iterable[bytes]:
    """The records of a file, each from its `id:` on."""
    parts = (b"\n" + data.removeprefix(blocks.BOM)).split(b"\n- ")
    return (part for part in parts[1:] if part.startswith(b"id:"))


def text_of(block: bytes, name: str) -> str:
    """The first line of what stands under a name of a record's own, empty where there is none."""
    mark = b"\n  %s:" % name.encode()
    start = 0 if name == "id" else block.find(mark) + 1
    if not start and name != "id":
        return ""
    line, _, rest = block[start:].partition(b"\n")
    value = line.partition(b":")[2].strip()
    return _text(rest.partition(b"\n")[0]) if value[:1] in (b"|", b">") else _text(value)


def _text(value: bytes) -> str:
    """A scalar as the program writes it; what is written otherwise is nothing."""
    text = value.decode("utf-8", "replace").strip()
    if text[:1] == "'":
        return text[1:-1].replace("''", "'") if len(text) > 1 and text.endswith("'") else ""
    if text[:1] == '"':
        with suppress(WuyeError):
            read = yamlio.load(text)
            return read if isinstance(read, str) else ""
        return ""
    return "" if text[:1] in ("[", "{", "&", "*", "!") else text


def words_of(kind: Kind, block: bytes) -> str:
    """State, room, name and text of a record; nothing private, and no long run of digits that may be a phone."""
    state = kind.flow.state(text_of(block, "status"))
    told = [state.zh if state else "", next(filter(None, (_shown(kind, block, name) for name in WHERE)), "")]
    told += [_shown(kind, block, name) for name in (*kind.people, *kind.about) if name != kind.own_name]
    return " ".join(word for word in told if word)


def _shown(kind: Kind, block: bytes, name: str) -> str:
    if not kind.has(name) or kind[name].private:
        return ""
    text = text_of(block, name)
    text = dict(kind[name].type.choices).get(text, text)
    return text if kind[name].type.name.startswith("room") else _DIGITS.sub("…", text)[:LONGEST]
