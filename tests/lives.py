"""Records of any kind lived through without a disk: what the pure tests of figures, months and look-ups tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import story
from story import at

from wuye import changes, records
from wuye.basis import Basis
from wuye.changes import Who
from wuye.cohort import RULES
from wuye.record import Record
from wuye.values import Typing
from wuye.workdays import Span

KINDS = tuple(records.kind(row[0]) for row in records.KINDS)
LIMITS: Mapping[str, Any] = {
    "workorder.arrive.normal": Span(2, "h"), "workorder.done.normal": Span(1, "d"),
    "workorder.arrive.emergency": Span(30, "min"), "workorder.done.emergency": Span(24, "h"),
}  # fmt: skip
NEEDED: Mapping[str, Mapping[str, str]] = {
    "complaint": {"room": "3-2-1201", "reporter": "王女士", "text": "漏水"},
    "workorder": {"room": "3-2-1201", "text": "水龙头漏水", "trade": "给排水"},
    "visitor": {"name": "赵先生", "purpose": "送货", "unit": "3-2-1201"},
    "dunning": {"room": "3-2-1201", "method": "电话", "collector": "周敏"},
    "unit": {"room": "3-2-1201"},
    "resident": {"name": "王女士", "room": "3-2-1201", "role": "业主"},
    "contact": {"way": "来电", "text": "问车位"},
    "followup": {"source": "来电来访"},
    "pass": {"room": "3-2-1201", "carrier": "王女士", "goods": "冰箱x1"},
}
Done = tuple[str, str] | tuple[str, str, Mapping[str, str]]
_given: dict[str, int] = {}


def basis(now: str, **rules: Any) -> Basis:
    """What judgements over every kind rest on; `workorder__rework_days=7` overrides a rule."""
    declared = {rule.name: rule.default for kind in KINDS for rule in kind.rules}
    declared |= {rule.name: rule.default for rule in RULES}
    own = {name.replace("__", "."): value for name, value in rules.items()}
    return Basis(at(now), story.DESK, declared | LIMITS | own)


def lived(name: str, received: str, *done: Done, typed: str = "", **words: str) -> Record:
    """A record received then, with these steps: (step, when, words); typed in when it was received unless told."""
    kind = records.kind(name)
    base = basis(typed or received)
    typing = Typing(base.now, story.DESK)
    heard, problems = changes.hear_new(kind, {**NEEDED[name], **words}, typing, base)
    assert not problems, problems
    day = received[:10].replace("-", "")
    _given[name] = _given.get(name, 0) + 1
    number = f"{kind.prefix}-{day}-{_given[name]:03d}"
    record = changes.new(kind, number, heard, Who("李静", at(received), base.now), base, {})
    for one in done:
        record = then(record, *one)
    return record


def then(record: Record, step: str, when: str, words: Mapping[str, str] | None = None) -> Record:
    """The record one step further."""
    found, base = record.kind.flow.step(step), basis(when)
    assert found is not None, step
    heard, problems = changes.hear_step(record.kind, found, words or {}, Typing(base.now, story.DESK))
    assert not problems, problems
    return changes.stepped(record, found, heard, Who("李静", None, base.now), base, {})
