"""What the index keeps of a record beside the record: columns to narrow by and words to search (design.md 5).

A row narrows, it never decides: where anything about a record is odd, its columns let every question through and
the rules over the whole record answer it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from wuye import clocks, pinyin, when
from wuye.basis import Basis
from wuye.contests import KEY
from wuye.errors import Problem
from wuye.fields import Field, read_stored
from wuye.flow import VOID
from wuye.record import from_stored
from wuye.schema import Kind
from wuye.values import TEXT
from wuye.wanted import NAMED, searched, wholes

EARLIEST, LATEST = -(1 << 62), 1 << 62
FAR = 9000
"""The year in which it is asked whether a closed record still owes something: what starts has started by then."""
_MANY = 20_000
_UNWORDED = ("moment", "day", "flag", "count", "span")
_HEAD = frozenset(("status", "received", "recorded", "at", "step", "by", "due", "rule", "was"))

_PLAIN_TIME = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]\+[01][0-9]:00").fullmatch

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
encode = _JSON.encode


class Row(NamedTuple):
    """One record as the index holds it. Times are seconds since 1970, so they sort whatever their offset.

    `earliest` and `touched` are the first and the last of all times in record and log, `closed` when it came into
    its final state, `due` the first frozen due time; `words` all that may be found, `private` the whole
    numbers by which private values are found, `sounds` how its names are typed; `raw` is what the file holds, as JSON.
    """

    line: int
    number: str
    status: str
    open: bool
    waits: bool
    received: int
    recorded: int
    earliest: int
    touched: int
    closed: int | None
    due: int | None
    rooms: tuple[str, ...]
    words: str
    private: str
    sounds: str
    raw: str
    hash: bytes = b""


class _Odd(Exception):
    """The record is not plainly in order: it is read in full."""


class _How(NamedTuple):
    """What is done with the stored values of one field."""

    field: Field
    plain: bool
    labels: Mapping[str, str]
    private: bool
    worded: bool
    name: bool
    room: bool


def _how(one: Field) -> _How:
    kind = one.type.name
    worded = not kind.startswith(_UNWORDED)
    labels = dict(one.type.choices) if kind == "choice" else {}
    place = kind == "room" or one.name in NAMED
    return _How(one, one.type.read is TEXT.read, labels, one.private, worded, kind == "name", place)


class _Found(NamedTuple):
    """What was gathered from the fields of a record and its log."""

    words: list[str]
    private: list[str]
    rooms: list[str]
    names: list[str]


class Columns:
    """Makes the rows of one kind. `basis` tells what a closed record can still owe.

    `readings` holds the readings of the characters met so far, None where names are not read aloud; `learnt` are
    those added here.
    """

    def __init__(self, kind: Kind, basis: Basis, readings: dict[str, str] | None = None) -> None:
        self.kind = kind
        self.zone = basis.zone
        self.readings = readings
        self.learnt: dict[str, str] = {}
        self._far = basis.at(datetime(FAR, 1, 1, tzinfo=self.zone))
        self._outlives = any(clock.outlives for clock in kind.clocks)
        self._open = {s.name: s.open for s in kind.flow.states}
        self._on_record = {f.name: _how(f) for f in kind.on_record}
        self._fields = {f.name: _how(f) for f in kind.fields}
        self._times: dict[str, int] = {}
        self._heard: dict[str, str] = {}

    def row(self, raw: Mapping[str, Any], line: int, hash: bytes = b"") -> Row | None:
        """The row of a record that is plainly in order: `from_stored` would find nothing wrong. Else None."""
        try:
            return self._row(raw, line, hash)
        except (_Odd, ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None

    def _row(self, raw: Mapping[str, Any], line: int, hash: bytes) -> Row:
        status, log, time = raw["status"], raw["log"], self._time
        received, recorded = time(raw["received"]), time(raw["recorded"])
        is_open = self._open[status]
        found = _Found([raw["id"]], [], [], [])
        self._read(raw, self._on_record, found)
        due = raw.get("due")
        first_due = min(map(time, due.values())) if due and type(due) is dict else None
        if not log or type(log) is not list:
            raise _Odd
        earliest, touched = received, max(received, recorded)
        for entry in log:
            at = time(entry["at"])
            earliest, touched = min(earliest, at), max(touched, at)
            if "recorded" in entry:
                touched = max(touched, time(entry["recorded"]))
            if type(entry["step"]) is not str:
                raise _Odd
            self._read(entry, self._fields, found)
            if "note" in entry:
                found.words.append(str(entry["note"]))
            if type(was := entry.get("was")) is dict:
                self._read(was, self._fields, _Found([], [], found.rooms, []))
        rooms = tuple(found.rooms)  # the present one first; former ones too, because a payment was moved from there
        closed = None if is_open else self._closed(raw, log)
        waits = bool(self.kind.clocks) if is_open else self._outlives and status != VOID and self._owes(raw)
        waits = waits or KEY in raw  # what is contested waits for somebody's word
        return Row(
            line, raw["id"], status, is_open, waits, received, recorded, earliest, touched, closed, first_due, rooms,
            searched("\n".join(found.words)), _numbers(found.private), self._sounds(found.names),
            encode(raw), hash,
        )  # fmt: skip

    def _time(self, text: str) -> int:
        """Seconds since 1970; most times stand several times in a record."""
        found = self._times.get(text)
        if found is None:
            # Nearly every time is written so, and needs no zone: a quarter of the work on a row.
            value = datetime.fromisoformat(text) if _PLAIN_TIME(text) else when.parse_stored(text, self.zone)
            if not isinstance(value, datetime):
                raise _Odd
            if len(self._times) > _MANY:
                self._times.clear()
            found = self._times[text] = int(value.timestamp())
        return found

    def _read(self, source: Mapping[str, Any], hows: Mapping[str, _How], found: _Found) -> None:
        """Check the values of fields as `from_stored` does, and gather their words."""
        for key, value in source.items():
            how = hows.get(key)
            if how is None or value == "":
                continue
            one, plain, labels, private, worded, name, room = how
            if plain:
                if type(value) is not str:
                    raise _Odd
                (found.private if private else found.words).append(value)
                if name:
                    found.names.append(value)
                elif room:
                    found.rooms.append(value)
            elif labels:
                found.words.append(value)
                found.words.append(labels.get(value, value) if one.type.open else labels[value])
            else:
                if read_stored(one, value, self.zone)[1]:
                    raise _Odd
                if worded:
                    texts = [text for _, text in leaves(value, key)]
                    (found.private if private else found.words).extend(texts)
                    if one.type.name == "several:name":
                        found.names.extend(texts)

    def _closed(self, raw: Mapping[str, Any], log: list[Mapping[str, Any]]) -> int | None:
        """`Record.closed`, from the log as it is stored."""
        if any("undoes" in entry for entry in log):
            record, _ = from_stored(self.kind, raw, self.zone)
            return int(record.closed.timestamp()) if record and record.closed else None
        flow, at = self.kind.flow, None
        status = str(log[0].get("status") or flow.states[0].name)
        for entry in log:
            step, told = entry["step"], entry.get("status")
            after = told if told and step != "add" else flow.after(status, step) if flow.knows(step) else status
            if after and after != status:
                status, at = after, self._time(entry["at"])
        return at

    def _owes(self, raw: Mapping[str, Any]) -> bool:
        """Whether a clock that outlives a closed record has started, or will, and is not met."""
        record, _ = from_stored(self.kind, raw, self.zone)
        assert record is not None
        return clocks.owes(record, self._far)

    def _sounds(self, names: list[str]) -> str:
        if self.readings is None:
            return ""
        found: dict[str, None] = {}
        for name in names:
            heard = self._heard.get(name)
            if heard is None:
                heard = self._heard[name] = self._listen(name)
            if heard:
                found[heard] = None
        return "".join(found)

    def _listen(self, name: str) -> str:
        assert self.readings is not None
        if name[0].isascii():
            return ""
        return "".join(f" {way}" for way in pinyin.ways(name, self._syllables))

    def _syllables(self, character: str) -> list[str]:
        """From what was learnt before: loading pypinyin takes as long as an answer."""
        assert self.readings is not None
        if character not in self.readings:
            self.readings[character] = self.learnt[character] = " ".join(pinyin.syllables(character))
        return self.readings[character].split()

    def odd(self, raw: Mapping[str, Any], line: int, file: str) -> tuple[Row | None, list[Problem]]:
        """The row of a record with something wrong, open to every question, and what is wrong; None: no record."""
        record, problems = from_stored(self.kind, raw, self.zone, file, line)
        if record is None:
            return None, problems
        rooms = tuple(str(record[n]) for n, how in self._on_record.items() if how.room and record[n])
        texts = [(text, key in self._fields and self._fields[key].private) for key, text in leaves(raw)]
        received, recorded = int(record.received.timestamp()), int(record.recorded.timestamp())
        row = Row(
            line, record.id, record.status, record.is_open, True, received, recorded, EARLIEST, LATEST, None, None,
            rooms, searched("\n".join(t for t, private in texts if not private)),
            _numbers(t for t, private in texts if private), "", encode(raw),
        )  # fmt: skip
        return row, problems


def _numbers(private: Iterable[str]) -> str:
    """The whole numbers by which private values are found, each between line ends."""
    found = [number for text in private for number in wholes(text)]
    return "\n{}\n".format("\n".join(found)) if found else ""


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text within a stored value, with the name of the field it stands in."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, dict):
        outer = key in ("", "log")  # deeper names are parts of a field
        for name, item in value.items():
            if not (outer and name in _HEAD):
                yield from leaves(item, name if outer else key)
