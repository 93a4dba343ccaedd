"""A record and its log: immutable values, and their form in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple

from wuye import when
from wuye.errors import Problem
from wuye.fields import ENTRY, HEAD, TAIL, Field, Unreadable, read_stored
from wuye.flow import VOID, Flow
from wuye.schema import Kind

_READ = frozenset((*HEAD, "due", "rule", "log"))
NOTHING: Mapping[str, Any] = MappingProxyType({})
NONE_GONE: frozenset[int] = frozenset()
UNDO, REDO, FORGET = "undo", "redo", "forget"
AT_ONCE = "at_once"
"""The key of an entry that the same command wrote as the one before it: a duty is entered when it is done."""
UNDOING = (UNDO, REDO)
Value = Any  # str | list[Value] | dict[str, Value], as yamlio reads it


class Entry(NamedTuple):
    """One line of a record's log: what happened when, who did it, what it said or set.

    `values` holds what the step gave, fields of the record and fields of the log alike; `was` the values of
    record fields it replaced (None: there was none). `recorded` is set where typing it in came later.
    """

    at: datetime
    step: str
    by: str
    recorded: datetime | None = None
    values: Mapping[str, Any] = NOTHING
    was: Mapping[str, Any] = NOTHING
    extra: Mapping[str, Value] = NOTHING

    def get(self, name: str) -> Any:
        """What it says of a field; None where it says nothing or it cannot be read."""
        value = self.values.get(name)
        return None if isinstance(value, Unreadable) else value

    @property
    def note(self) -> str:
        """Free words on the entry."""
        return str(self.extra.get("note", ""))

    @property
    def undoes(self) -> tuple[str, ...]:
        """The entries it takes back, as `references` names them; none for any ordinary step."""
        told = self.extra.get("undoes", ())
        return (told,) if isinstance(told, str) else tuple(str(one) for one in told)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Record:
    """One record of a kind, as it stands in its file.

    `received` is when it happened, `recorded` when it was typed in (domain.md L). `due` and `rule` hold the
    frozen due times and the rules they were counted by; `extra` unknown keys, kept as they are.
    """

    kind: Kind
    id: str
    status: str
    received: datetime
    recorded: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    due: Mapping[str, datetime] = field(default_factory=dict)
    rule: Mapping[str, str] = field(default_factory=dict)
    log: tuple[Entry, ...] = ()
    extra: Mapping[str, Value] = field(default_factory=dict)
    file: str = ""
    line: int = 0
    _stands: tuple[Entry, ...] | None = field(default=None, init=False)
    """`standing`, once it was asked for: every judgement asks for it, many times."""

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def get(self, name: str) -> Any:
        """The value of a field; None where there is none or it cannot be read."""
        value = self.values.get(name)
        return None if isinstance(value, Unreadable) else value

    @property
    def is_open(self) -> bool:
        """Whether work still waits in its state."""
        state = self.kind.flow.state(self.status)
        return state is None or state.open

    def entries(self, *steps: str, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Standing log entries of these steps (all without a name) that happened within the span, in log order."""
        return [
            e
            for e in self.standing
            if (not steps or e.step in steps) and (since is None or e.at >= since) and (until is None or e.at <= until)
        ]

    @property
    def began(self) -> str:
        """The state it was added in: told by the log where the flow has several beginnings."""
        told = self.log[0].extra.get("status") if self.log else None
        return str(told) if told else self.kind.flow.states[0].name

    @property
    def withdrawn(self) -> frozenset[int]:
        """Places in the log of what was taken back; a taking back that was itself taken back does nothing."""
        for entry in self.log:
            if entry.extra and "undoes" in entry.extra:
                break
        else:
            return NONE_GONE
        places, gone = references(self.log), set[int]()
        for index in range(len(self.log) - 1, 0, -1):
            if index not in gone:
                gone.update(p for name in self.log[index].undoes if (p := places.get(name, index)) < index)
        return frozenset(gone)

    @property
    def revoked(self) -> bool:
        """Whether its being added was taken back: as if it had never been, but for its number."""
        return 0 in self.withdrawn

    @property
    def standing(self) -> tuple[Entry, ...]:
        """The log without what was taken back and without the taking back: what every judgement rests on."""
        if self._stands is None:
            gone, log = self.withdrawn, self.log
            if gone:
                log = tuple(e for i, e in enumerate(log) if i == 0 or (i not in gone and e.step not in UNDOING))
            object.__setattr__(self, "_stands", log)
            return log
        return self._stands

    @property
    def timeline(self) -> tuple[Entry, ...]:
        """What stands of the log in the order in which it happened; being added comes first, however late typed in."""
        line = self.standing
        if len(line) > 2:
            before = line[1].at
            for entry in line[2:]:
                if entry.at < before:
                    return (line[0], *sorted(line[1:], key=lambda e: e.at))
                before = entry.at
        return line

    def after_entries(self, count: int) -> Record:
        """The record as it stood after the first `count` entries of its timeline."""
        log, line = self.standing, self.timeline
        if count >= len(line):
            return self
        values, in_order = dict(self.values), line == log
        for entry in reversed(line[count:] if in_order else log):
            values.update(entry.was)
        if not in_order:
            kept = {id(entry) for entry in line[:count]}
            for entry in log:
                if id(entry) in kept:
                    values.update(self._given(entry, values))
        status = self.began
        for entry in line[:count]:
            status = moved(self.kind.flow, status, entry) or status
        return replace(self, status=status, values=values, log=line[:count])

    def _given(self, entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
        """What an entry makes of the values before it; a number that its step raised is raised from theirs."""
        step = self.kind.flow.step(entry.step)
        found: dict[str, Any] = {}
        for name, value in entry.values.items():
            if self.kind[name].on_log:
                continue
            if step and step.effect and type(value) is int and name in entry.was:
                value += (values.get(name) or 0) - (entry.was[name] or 0)
            found[name] = value
        return found

    def as_of(self, moment: datetime) -> Record:
        """The record as it stood at a moment, by when things happened."""
        if len(self.log) == 1:
            return self
        line = self.standing
        count = sum([e.at <= moment or e is self.log[0] for e in line])
        return self if count == len(line) else self.after_entries(count)

    def as_typed(self, count: int) -> Record:
        """The record as it stood when its log had `count` entries, in the order in which they were typed."""
        if count >= len(self.log):
            return self
        values, received, status = dict(self.values), self.received, self.began
        for entry in reversed(self.log[count:]):
            values.update(entry.was)
            if told := entry.extra.get("received_was"):
                moment = when.parse_stored(str(told), received.tzinfo or entry.at.tzinfo)
                received = moment if isinstance(moment, datetime) else received
        values = {name: value for name, value in values.items() if value is not None}
        then = replace(self, values=values, received=received, log=self.log[:count])
        for entry in then.standing:
            status = moved(self.kind.flow, status, entry) or status
        return replace(then, status=status)

    @property
    def closed(self) -> datetime | None:
        """When it came into the final state it is in."""
        if self.is_open:
            return None
        status, at = self.began, None
        for entry in self.standing:
            after = moved(self.kind.flow, status, entry)
            if after and after != status:
                status, at = after, entry.at
        return at

    @property
    def void(self) -> bool:
        """Whether it was voided."""
        return self.status == VOID

    def stepped(self, entry: Entry, status: str, values: Mapping[str, Any]) -> Record:
        """The record after one more log entry."""
        return replace(self, status=status, values=values, log=(*self.log, entry))


def moved(flow: Flow, status: str, entry: Entry) -> str | None:
    """The state after an entry: the one it names itself, else where its arrow leads; None where the flow forbids it."""
    told = entry.extra.get("status")
    if told and entry.step != "add":
        return str(told)
    return flow.after(status, entry.step) if flow.knows(entry.step) else status


def references(log: Iterable[Entry]) -> dict[str, int]:
    """The name by which an undo calls each entry, and its place: moment and step, with a count where several agree."""
    found: dict[str, int] = {}
    for index, entry in enumerate(log):
        name = plain = f"{when.dump(entry.at)} {entry.step}"
        count = 1
        while name in found:
            count += 1
            name = f"{plain} {count}"
        found[name] = index
    return found


def tag_of(record: Record, place: int) -> str:
    """The name in git of the signature at a place of the log: `handover/JJ-20261122-001/give`, then `…/give-2`."""
    step = record.log[place].step
    count = sum(entry.step == step for entry in record.log[: place + 1])
    return f"{record.kind.name}/{record.id}/{step}" + (f"-{count}" if count > 1 else "")


def to_stored(record: Record) -> dict[str, Value]:
    """The record as the file holds it, keys in file order (docs/format.md)."""
    kind = record.kind
    stored: dict[str, Value] = {
        "id": record.id,
        "status": record.status,
        "received": when.dump(record.received),
        "recorded": when.dump(record.recorded),
    }
    stored |= _stored_fields(kind.on_record, record.values)
    if record.due:
        stored["due"] = {name: when.dump(at) for name, at in record.due.items()}
    if record.rule:
        stored["rule"] = dict(record.rule)
    stored |= record.extra
    stored["log"] = [entry_to_stored(kind, entry) for entry in record.log]
    return stored


def _stored_fields(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Value]:
    return {f.name: f.stored(values[f.name]) for f in fields if values.get(f.name) is not None}


def entry_to_stored(kind: Kind, entry: Entry) -> dict[str, Value]:
    """One log entry as the file holds it."""
    stored: dict[str, Value] = {"at": when.dump(entry.at)}
    if entry.recorded:
        stored["recorded"] = when.dump(entry.recorded)
    stored |= {"step": entry.step, "by": entry.by}
    for one in kind.fields:
        if one.name in entry.values:
            value = entry.values[one.name]
            stored[one.name] = "" if value is None else one.stored(value)
    if entry.was:
        stored["was"] = {n: "" if v is None else kind[n].stored(v) for n, v in entry.was.items()}
    return stored | dict(entry.extra)


def from_stored(
    kind: Kind, raw: Mapping[str, Value], zone: tzinfo, file: str = "", line: int = 0
) -> tuple[Record | None, list[Problem]]:
    """The record a file holds, with every value that does not fit reported.

    None only where number, receipt time or state is missing: without them it is no record.
    """
    problems: list[Problem] = []

    def wrong(words: str, name: str = "") -> None:
        problems.append(Problem(f"{raw.get('id', '?')} {words}", file=file, line=line, field=name))

    head: dict[str, Any] = {}
    for name in ("received", "recorded"):
        try:
            value = when.parse_stored(str(raw.get(name) or ""), zone)
            if not isinstance(value, datetime):
                raise ValueError("缺钟点")
            head[name] = value
        except ValueError as error:
            wrong(f"的 {name} 读不懂：{error}；请改成 2026-11-22T09:05+08:00 这样的时间", name)
    if "received" in head:
        head.setdefault("recorded", head["received"])
    status = raw.get("status")
    if not isinstance(status, str) or not status:
        wrong("缺少状态 status；请对照经过 log 补上", "status")
    elif kind.flow.state(status) is None:
        wrong(f"的状态 {status} 不认识；可用：{'、'.join(s.name for s in kind.flow.states)}", "status")
    if "received" not in head or not isinstance(status, str) or not isinstance(raw.get("id"), str):
        return None, problems
    values: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    for name, told in raw.items():
        if name in _READ:
            continue
        if not kind.has(name) or (one := kind[name]).on_log:
            extra[name] = told
            continue
        value, phrase = read_stored(one, told, zone)
        if phrase:
            wrong(f"的 {name}（{one.zh}）：{phrase}", name)
        if value is not None:
            values[name] = value
    due = _read_times(raw.get("due"), zone, wrong)
    rule = raw.get("rule")
    log = tuple(e for item in _list(raw.get("log")) if (e := _read_entry(kind, item, zone, wrong)))
    if not log:
        wrong("没有经过 log；请从 git 历史里恢复", "log")
    record = Record(
        kind,
        raw["id"],
        status,
        head["received"],
        head["recorded"],
        values,
        due,
        {k: str(v) for k, v in rule.items()} if isinstance(rule, dict) else {},
        log,
        extra,
        file,
        line,
    )
    return record, problems


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _read_times(raw: Value, zone: tzinfo, wrong: Any) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for name, text in raw.items() if isinstance(raw, dict) else ():
        try:
            value = when.parse_stored(str(text), zone)
            if not isinstance(value, datetime):
                raise ValueError("缺钟点")
            found[name] = value
        except ValueError as error:
            wrong(f"的到期时间 due.{name} 读不懂：{error}", "due")
    return found


_ENTRY = frozenset(("at", "recorded", "step", "by", "was"))


def _read_entry(kind: Kind, raw: Value, zone: tzinfo, wrong: Any) -> Entry | None:
    if not isinstance(raw, dict):
        wrong("的经过 log 里有一条不是映射；请从 git 历史里恢复", "log")
        return None
    times = _read_times({k: raw[k] for k in ("at", "recorded") if k in raw}, zone, wrong)
    if "at" not in times or not isinstance(raw.get("step"), str):
        wrong("的经过 log 里有一条缺少时间或步骤；请从 git 历史里恢复", "log")
        return None
    values: dict[str, Any] = {}
    was: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    earlier = raw.get("was")
    for source, target in ((raw, values), (earlier if isinstance(earlier, dict) else {}, was)):
        for name, text in source.items():
            if name in _ENTRY:
                continue
            if kind.has(name):
                target[name], phrase = read_stored(kind[name], text, zone)
                if phrase:
                    wrong(f"的经过（{raw['step']}）里 {name}：{phrase}", name)
            elif target is values:
                extra[name] = text
    return Entry(times["at"], raw["step"], str(raw.get("by", "")), times.get("recorded"), values, was, extra)


RESERVED = frozenset((*HEAD, *TAIL, *ENTRY))
