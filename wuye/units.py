"""The rooms of the unit register as a set that reads its file only when it is asked (domain.md 6, L)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

# A value as the dumper writes it or a hand may have: plain or in quotes, a comment behind it.
_LINES = re.compile(
    rb"^- id:|^  status: *['\"]?(?P<status>[\w-]+)"
    rb"|^  room: *(?:(?P<quote>['\"])(?P<quoted>.*?)(?P=quote)|(?P<room>[^\s#]+))",
    re.MULTILINE,
)


class Units:
    """The rooms of `books/unit.yaml`, void ones left out; equal only to itself, so that lookups may be kept."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read

    @cached_property
    def _data(self) -> bytes:
        return self._read()

    @cached_property
    def _rooms(self) -> frozenset[str]:
        found: list[str] = []
        room, void = b"", False
        for line in _LINES.finditer(self._data):
            if line["status"] is not None:
                void = line["status"] == b"void"
            elif line["room"] or line["quoted"]:
                room = line["room"] or line["quoted"]
            else:
                found += [] if void else [room.decode("utf-8", "replace")]
                room, void = b"", False
        found += [] if void else [room.decode("utf-8", "replace")]
        return frozenset(found) - {""}

    def __contains__(self, room: object) -> bool:
        # Most rooms are typed as they are kept: that one is looked for without reading the others.
        if not isinstance(room, str) or "\n" in room:
            return False
        if "_rooms" not in self.__dict__:
            place = self._data.find(f"\n  room: {room}\n".encode())
            start = self._data.rfind(b"\n- id:", 0, place) if place >= 0 else -1
            if start >= 0 and b"\n  status: void\n" not in self._data[start:place]:
                return True
        return room in self._rooms

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)

    def __bool__(self) -> bool:
        return bool(self._rooms)
