"""What the registers say now, and what a new record takes over from another one (domain.md 6-8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property

from wuye import blocks, number, records
from wuye.errors import BadInput, Problem, WuyeError
from wuye.monthfiles import path_of
from wuye.numerals import fold
from wuye.record import Record
from wuye.schema import Kind
from wuye.shelves import Shelves

METERS_A_ROOM = 30


class Registers(Shelves):
    """The books of an office as one desk asks them; it is the `Books` that a kind's `sees` looks into."""

    def unit(self, room: str) -> Record | None:
        """The unit of that room."""
        found = self.holding(records.kind("unit"), room, lambda r: r["room"] == room and not r.void)
        return found[0] if found else None

    def residents(self, room: str) -> list[Record]:
        """The people tied to a room today."""
        return self.holding(records.kind("resident"), room, lambda r: r["room"] == room and r.status == "current")

    def staff(self, name: str) -> Record | None:
        """The member of staff of that name, those who left last."""
        found = self.holding(records.kind("staff"), name, lambda r: r["name"] == name and not r.void)
        return min(found, key=lambda r: r.status != "current", default=None)

    def last_reading(self, meter: tuple[str, str, str], day: date, reading: str) -> tuple[date, str] | None:
        """What a meter (its name, room, item) showed the last time; this reading is then the last one."""
        if meter not in self._meters:
            self._meters[meter] = next(self._readings(meter), None)
        last = self._meters[meter]
        if last is None or last[0] <= day:
            self._meters[meter] = (day, reading)
        return last

    @cached_property
    def _meters(self) -> dict[tuple[str, str, str], tuple[date, str] | None]:
        """The last reading of every meter that this command has asked for."""
        return {}

    def _readings(self, meter: tuple[str, str, str]) -> Iterator[tuple[date, str]]:
        """The latest reading of a meter in every month that has one, newest first; read from the bytes of the files."""
        from wuye import occupancy

        kind, word = records.kind("reading"), (meter[0] or meter[1]).encode()
        for month in reversed(self.months(kind)):
            path = path_of(kind, month)
            data, _ = self._bytes(path)
            cut = blocks.Blocks(data, path)
            found = []
            for name in cut.holding([word], METERS_A_ROOM):
                with suppress(WuyeError):  # what cannot be read is told by `check` and by lists
                    one = self.parse(kind, path, data, cut, name)
                    if one.status == "read" and occupancy.meter_of(one) == meter:
                        found.append((occupancy.read_day(one), str(one["reading"])))
            if found:
                yield max(found)

    def source(self, kind: Kind, typed: str) -> Record:
        """The record of any kind that `--of` names. Raises BadInput, NotFound, Ambiguous, Damaged."""
        told = number.parse(fold(typed).strip().upper()) or number.typed(fold(typed))
        name = records.name_of(told.prefix) if told and told.prefix else None
        if name is None:
            option = kind[kind.origin].option
            words = f"{option} 应写带前缀的编号，如 ts3、TS-20261122-003，现为“{typed}”"
            raise BadInput(Problem(words, field=kind.origin))
        return self.get(records.kind(name), typed)

    def inherited(self, kind: Kind, typed: Mapping[str, str]) -> dict[str, str]:
        """The words typed, and what is taken over from the record that `--of` names."""
        words = dict(typed)
        if not kind.origin or not words.get(kind.origin, "").strip():
            return words
        source = self.source(kind, words[kind.origin])
        words[kind.origin] = source.id
        if kind.has("source") and not words.get("source") and source.kind.name in dict(kind["source"].type.choices):
            words["source"] = source.kind.name
        placed = any(words.get(name) for name in ("room", "place"))
        for name, places in kind.inherits.items():
            if words.get(name) or (placed and name in ("room", "place")):
                continue
            there = next((one for one in places if source.kind.has(one) and source.get(one) is not None), "")
            if there:
                words[name] = source.kind[there].stored(source[there])
        return words

