"""Records made again out of what the index keeps: read once when it was put there, so only what is plain is quick.

Equal texts become one value, and what is empty is one thing: a year of bills names few days and few amounts. Whatever
is not plain is read by `from_stored`, which decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from wuye import when
from wuye.fields import HEAD, Field
from wuye.record import NOTHING, Entry, Record, from_stored
from wuye.schema import Kind

_MANY = 20_000
_APART = frozenset((*HEAD, "due", "rule", "log"))
_ENTRY = frozenset(("at", "recorded", "step", "by"))


_DECODE = json.JSONDecoder().raw_decode


def decoded(text: str) -> Any:
    """What a JSON text of the index says, without looking for blanks around it. Raises ValueError."""
    found, end = _DECODE(text)
    if end != len(text):
        raise ValueError(text[end:])
    return found


class Odd(Exception):
    """Not plain: read in full."""


class Again:
    """Makes the records of one kind again."""

    def __init__(self, kind: Kind, zone: tzinfo) -> None:
        self.kind = kind
        self.zone = zone
        self._states = frozenset(state.name for state in kind.flow.states)
        self._times: dict[str, datetime] = {}
        self._on_record = {f.name: (place, _Known(f, zone)) for place, f in enumerate(kind.on_record)}
        self._fields = {f.name: _Known(f, zone) for f in kind.fields}

    def record(self, text: str, file: str, line: int) -> Record | None:
        """The record of a text that the index keeps. None where it is no record; raises ValueError for no JSON."""
        raw = decoded(text)
        if type(raw) is not dict:
            return None
        try:
            return self._plain(raw, file, line)
        except (Odd, ValueError, KeyError, TypeError):
            return from_stored(self.kind, raw, self.zone, file, line)[0]

    def _plain(self, raw: dict[str, Any], file: str, line: int) -> Record:
        values, extra, before, fields = {}, {}, -1, self._on_record
        for name, text in raw.items():
            if found := fields.get(name):
                place, known = found
                if place < before:
                    raise Odd  # written by hand in another order
                before, value = place, known.get(text) if type(text) is str else None
                if value is None and text != "":
                    value = known.read(text)
                if value is not None:
                    values[name] = value
            elif name not in _APART:
                extra[name] = text
        log, status, time = raw["log"], raw["status"], self.time
        if type(log) is not list or not log or status not in self._states or type(raw["id"]) is not str:
            raise Odd
        due = {name: time(text) for name, text in raw["due"].items()} if "due" in raw else NOTHING
        rule = {k: str(v) for k, v in raw["rule"].items()} if "rule" in raw else NOTHING
        entries = tuple([self._entry(one) for one in log])
        return Record(
            self.kind, raw["id"], status, time(raw["received"]), time(raw["recorded"]), values, due, rule, entries,
            extra or NOTHING, file, line,
        )  # fmt: skip

    def _entry(self, raw: Mapping[str, Any]) -> Entry:
        at, step, by = self.time(raw["at"]), raw["step"], raw["by"]
        if type(step) is not str or type(by) is not str:
            raise Odd
        if len(raw) == 3:
            return Entry(at, step, by)
        values, extra, was = {}, {}, NOTHING
        for name, text in raw.items():
            if (known := self._fields.get(name)) is not None:
                values[name] = known.read(text) if text else None
            elif name == "was":
                was = {key: self._fields[key].read(old) if old else None for key, old in text.items()}
            elif name not in _ENTRY:
                extra[name] = text
        recorded = self.time(raw["recorded"]) if "recorded" in raw else None
        return Entry(at, step, by, recorded, values or NOTHING, was, extra or NOTHING)

    def value(self, name: str, text: Any) -> Any:
        """The value of a stored text of a field. Raises Odd, ValueError for what is not plain."""
        known = self._fields[name]
        return (known.get(text) if type(text) is str else None) or known.read(text)

    def time(self, text: str) -> datetime:
        """A moment that is stored. Raises Odd, ValueError for what is none."""
        found = self._times.get(text)
        if found is None:
            value = when.parse_stored(text, self.zone)
            if not isinstance(value, datetime):
                raise Odd
            if len(self._times) > _MANY:
                self._times.clear()
            found = self._times[text] = value
        return found


class _Known(dict[str, Any]):
    """The values of a field by the texts that were read already."""

    def __init__(self, one: Field, zone: tzinfo) -> None:
        self._field = one
        self._zone = zone

    def read(self, text: Any) -> Any:
        """The value of a stored text that is not empty; lists are read each time."""
        if self._field.type.listed and type(text) is list and text:
            return self._field.type.read(text, self._zone)
        if self._field.type.listed or type(text) is not str or not text:
            raise Odd
        value = self.get(text)
        if value is None:
            if len(self) > _MANY:
                self.clear()
            value = self[text] = self._field.type.read(text, self._zone)
        return value
