"""The level of a complaint, worked out from facts as of a moment and never typed (domain.md 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from wuye.basis import Basis, Mark
from wuye.record import Entry, Record, moved

RANK = {"general": 0, "hot": 1, "major": 2}
LABEL = {"general": "一般", "hot": "热点", "major": "重大"}
FLAGS = (
    ("lawsuit", "major", "已经起诉"),
    ("media", "major", "媒体已经介入"),
    ("may_sue", "hot", "可能起诉"),
    ("may_publish", "hot", "媒体可能介入"),
    ("needs_help", "hot", "需要外部专家或其他公司"),
)


def arose(record: Record) -> datetime:
    """When it was first raised; a bare date counts from 00:00, without one it is when it was received."""
    value = record.get("arose")
    if value is None:
        return record.received
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(0), record.received.tzinfo)


def contradicts(said: Mapping[str, Any]) -> bool:
    """Whether a follow-up says it is not settled: said so, or not satisfied and nothing said."""
    settled = said.get("settled")
    return settled is False or (settled is None and said.get("satisfaction") == "not")


def reached(entry: Entry) -> bool:
    """Whether it is a follow-up in which the person said something."""
    return entry.step == "follow-up" and entry.values.get("satisfaction") != "unreachable"


def settled(record: Record, moment: datetime) -> bool:
    """Handled, not reopened, and not contradicted by the last follow-up that reached the person, as of a moment."""
    handled = contradicted = False
    for entry in record.timeline:
        if entry.at > moment:
            break
        if entry.step in ("handle", "reopen"):
            handled, contradicted = entry.step == "handle", False
        elif reached(entry):
            contradicted = contradicts(entry.values)
    return handled and not contradicted


def ran_out(record: Record, limit: datetime, moment: datetime) -> bool:
    """Whether it was unsettled at the limit or at any later moment: a limit that ran out stays a reason."""
    if limit > moment:
        return False
    moments = [limit, *(e.at for e in record.timeline if limit < e.at <= moment)]
    return any(not settled(record, at) for at in moments)


def facts(record: Record, basis: Basis) -> list[tuple[str, str]]:
    """The conditions that hold as of the basis' moment: the level each asks for, and the reason with its rule."""
    found = [(level, f"{words}（{name}）") for name, level, words in FLAGS if record.get(name)]
    people = record.get("people") or 1
    for level in ("major", "hot"):
        rule = f"complaint.{level}_people"
        if people >= basis.number(rule):
            found.append((level, f"{people} 人共同投诉（{rule}：{basis.number(rule)} 人起）"))
            break
    for level in ("major", "hot"):
        rule = f"complaint.{level}_after"
        span = basis.span(rule)
        if ran_out(record, basis.desk.add(arose(record), span), basis.now):
            found.append((level, f"发生后满 {span.zh}未解决（{rule}）"))
            break
    if record.get("repeat_handled"):
        found.append(("hot", f"前次 {record['repeats']} 处理后再次投诉（repeats）"))
    if record.entries("reopen"):
        found.append(("hot", "处理后再次投诉（reopen）"))
    return found


def override(record: Record) -> tuple[str, str] | None:
    """The level somebody set by hand, with the reason; None where none is in force."""
    entries = [e for e in record.timeline if e.step == "level"]
    if not entries or entries[-1].values.get("level") == "computed":
        return None
    last = entries[-1]
    return str(last.values["level"]), f"{last.by}定级：{last.values.get('reason')}"


@lru_cache(maxsize=4096)
def level_of(record: Record, basis: Basis) -> tuple[str, tuple[str, ...]]:
    """The level as of the basis' moment with its reasons; of a closed complaint that of its closing."""
    then, end, quiet = _ended(record, basis)
    return ("general", ()) if quiet else _level(then, end)


@lru_cache(maxsize=4096)
def _ended(record: Record, basis: Basis) -> tuple[Record, Basis, bool]:
    """The record as of the basis' moment, with that basis; a closed one as of its closing, and whether it was calm."""
    then = record.as_of(basis.now)
    closed = then.closed
    if closed is None:
        return then, basis, False
    then, end = at_closing(then), basis.at(closed)
    return then, end, calm(then, end)


@lru_cache(maxsize=4096)
def at_closing(record: Record) -> Record:
    """The record as the step left it that brought it into its final state: nothing learnt later."""
    status, count = record.began, 0
    for index, entry in enumerate(record.timeline, 1):
        after = moved(record.kind.flow, status, entry)
        if after and after != status:
            status, count = after, index
    return record.after_entries(count)


def _level(record: Record, basis: Basis) -> tuple[str, tuple[str, ...]]:
    if by_hand := override(record):
        return by_hand[0], (by_hand[1],)
    found = facts(record, basis)
    level = max((level for level, _ in found), key=RANK.__getitem__, default="general")
    return level, tuple(reason for _, reason in found)


def _points(record: Record, basis: Basis) -> Iterator[tuple[Mark, Record]]:
    """Every moment at which the level may have changed, in order, with the record as it then stood."""
    limits = sorted(basis.desk.add(arose(record), basis.span(f"complaint.{level}_after")) for level in ("hot", "major"))
    line = record.timeline
    for index in range(1, len(line) + 1):
        then = record.after_entries(index)
        start = max(line[index - 1].at, record.received) if index > 1 else record.received
        stop = line[index].at if index < len(line) else basis.now + timedelta(microseconds=1)
        for at in (start, *(at for at in limits if start < at < stop)):
            if at <= basis.now:
                yield Mark(at, index), then


RAISING = frozenset(("people", "arose", "repeat_handled", *(name for name, *_ in FLAGS)))
"""The fields by which a level can rise."""
MARKS = RAISING - {"people", "arose"}


def calm(record: Record, basis: Basis) -> bool:
    """Whether nothing in the whole story of a closed complaint can have raised it: most are, and told at once.

    Closed before the first limit ran out, few people, never marked, corrected, levelled by hand or reopened.
    """
    if any(map(record.get, MARKS)):
        return False
    if any(e.step in ("level", "reopen") or not RAISING.isdisjoint(e.was) for e in record.log):
        return False
    if (record.get("people") or 1) >= min(basis.number(f"complaint.{level}_people") for level in ("hot", "major")):
        return False
    first = min(basis.desk.add(arose(record), basis.span(f"complaint.{level}_after")) for level in ("hot", "major"))
    return basis.now < first


@lru_cache(maxsize=8)
def became(record: Record, basis: Basis) -> dict[str, Mark]:
    """The earliest moment, not before it was received, at which it stood at hot (or above) and at major.

    A closed complaint no longer rises.
    """
    found: dict[str, Mark] = {}
    last, end, quiet = _ended(record, basis)
    for mark, then in () if quiet else _points(last, end):
        rank = RANK[_level(then, end.at(mark.at))[0]]
        for level in ("hot", "major"):
            if rank >= RANK[level]:
                found.setdefault(level, mark)
        if "major" in found:
            break
    return found
