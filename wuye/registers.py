"""What the registers say now, and what a new record takes over from another one (domain.md 6-8)."""

from __future__ import annotations

from collections.abc import Mapping

from wuye import number, records
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.reading import Reading
from wuye.record import Record
from wuye.schema import Kind


class Registers(Reading):
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

