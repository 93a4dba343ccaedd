"""The rooms of the unit register as a set that reads its file only when it is asked (domain.md 6, L)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

_LINES = re.compile(rb"^- id:|^  status: *(?P<status>\S+)|^  room: *(?P<room>.+?)\s*$", re.MULTILINE)


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
        void = False
        for line in _LINES.finditer(self._data):
            if line["status"] is not None:
                void = line["status"].strip(b"'\"") == b"void"
            elif line["room"] is not None and not void:
                found.append(line["room"].decode("utf-8", "replace").strip("'\""))
        return frozenset(found)

    def __contains__(self, room: object) -> bool:
        # Most rooms are typed as they are kept: that one is looked for without reading the others.
        if not isinstance(room, str) or b"\n" in room.encode():
            return False
        if "_rooms" not in self.__dict__:
            place = self._data.find(f"\n  room: {room}\n".encode())
            if place >= 0:
                start = max(self._data.rfind(b"\n- id:", 0, place), 0)
                return b"\n  status: void\n" not in self._data[start:place]
        return room in self._rooms

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)

    def __bool__(self) -> bool:
        return b"- id:" in self._data and bool(self._rooms)
