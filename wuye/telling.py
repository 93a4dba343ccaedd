"""What happened to a record, told in the clerk's words: its log, and what was changed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from wuye import forgetting
from wuye.basis import Basis
from wuye.record import FORGET, UNDO, Entry, Record, moved
from wuye.schema import Kind
from wuye.sheet import state_zh
from wuye.undoing import what

HAND, HAND_ZH = "hand", "手工改动"
TOLD = ("note", "file", "link")


class Event(NamedTuple):
    """One line of a history. `step` is `hand` for what somebody changed with an editor; `undone` says that an undo
    took it back; `commit` is where git keeps it, empty where that is not known."""

    at: datetime
    record: Record
    step: str
    zh: str
    by: str
    values: Mapping[str, Any]
    was: Mapping[str, Any]
    recorded: datetime | None = None
    words: str = ""
    undone: bool = False
    commit: str = ""


def events(record: Record, commits: Mapping[int, str] | None = None) -> list[Event]:
    """The whole log, what was taken back too, in the order in which it happened; being added first."""
    gone, first = record.withdrawn, record.after_entries(1).values
    found = []
    for place, entry in enumerate(record.log):
        words = "；".join(str(entry.extra[n]) for n in TOLD if n in entry.extra)
        at = entry.at if place else record.received
        recorded = entry.recorded if place else (record.recorded if record.recorded != record.received else None)
        values = entry.values if place else {n: v for n, v in first.items() if v is not None}
        found.append(
            Event(at, record, entry.step, what(record, entry), entry.by, values, entry.was, recorded, words,
                  place in gone, (commits or {}).get(place, ""))
        )  # fmt: skip
    return [*found[:1], *sorted(found[1:], key=lambda e: e.at)]


def by_hand(before: Record | None, after: Record | None) -> dict[str, tuple[Any, Any]]:
    """What changed between two versions of a record that its log does not tell: field → (before, after).

    `log` stands for lines of the log that were changed or taken out, `id` for the whole record.
    """
    if before is None or after is None:
        one = before or after
        return {"id": (before and before.id, after and after.id)} if one else {}
    new = after.log[len(before.log) :]
    if any(entry.step == FORGET for entry in new):  # it rewrites earlier lines, and what stood there is not to be told
        names = forgetting.touched(after)
        before, after = forgetting.without(before, names), forgetting.without(after, names)
        new = after.log[len(before.log) :]
    if after.log[: len(before.log)] != before.log:
        return {"log": (len(before.log), len(after.log))} | _differing(before.values, after.values)
    told = dict(before.values)
    status: str | None = before.status
    for entry in new:
        told |= {n: v for n, v in entry.values.items() if not after.kind[n].on_log}
        status = moved(after.kind.flow, status or "", entry) or status
    found = _differing(told, after.values)
    if status != after.status:
        found = {"status": (status, after.status), **found}
    if before.received != after.received and not any("received_was" in e.extra for e in new):
        found["received"] = (before.received, after.received)
    return found


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys((*old, *new))
    return {n: (old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)}


def new_entries(before: Record | None, after: Record | None, now: Record) -> Iterable[int]:
    """The places in today's log of what was written between two versions."""
    first = len(before.log) if before else 0
    for place in range(first, min(len(after.log) if after else 0, len(now.log))):
        if after and _same(after.log[place], now.log[place]):
            yield place


def _same(one: Entry, other: Entry) -> bool:
    return one[:3] == other[:3]


def value_zh(kind: Kind, name: str, value: Any, reveal: bool, basis: Basis) -> str:
    """A value in the clerk's words, a private one masked unless it may be shown."""
    if value is None or value == "":
        return "（空）"
    if name == "status":
        return state_zh(kind, str(value))
    if isinstance(value, datetime) and not kind.has(name):
        return f"{value:%Y-%m-%d %H:%M}"
    if not kind.has(name):
        return str(value)
    one = kind[name]
    return one.masked_zh(value) if one.private and not reveal else basis.shown(one, value)


def in_words(event: Event, reveal: bool, basis: Basis) -> str:
    """What an event said or set: `责任部门：工程部（原为 保安部）`."""
    kind, parts = event.record.kind, []
    if event.step == HAND and "log" in event.values:
        parts.append("经过被改动")
    if event.step == HAND and "id" in event.values:
        parts.append("这条记录写入文件" if event.values["id"] else "这条记录从文件里删去")
    for name, value in event.values.items():
        if (event.step == HAND and name in ("id", "log")) or (kind.has(name) and kind[name].gathered):
            continue
        before = event.was.get(name)
        was = f"（原为 {value_zh(kind, name, before, reveal, basis)}）" if before not in (None, "") else ""
        parts.append(f"{kind.label(name)}：{value_zh(kind, name, value, reveal, basis)}{was}")
    parts += [event.words] if event.words else []
    if event.recorded:
        parts.append(f"{event.recorded:%Y-%m-%d %H:%M} 补录")
    return "；".join(parts) + (("【已重做】" if event.step == UNDO else "【已撤销】") if event.undone else "")
