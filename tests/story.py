"""A record lived through without a disk: what the pure tests of levels, clocks and summaries tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wuye import changes, clocks, records, settings
from wuye.basis import Basis
from wuye.changes import Who
from wuye.clock import SHANGHAI
from wuye.errors import BadInput
from wuye.levels import level_of
from wuye.record import Record, from_stored, to_stored
from wuye.schema import Kind
from wuye.values import Typing
from wuye.workdays import DeskTime, Span

DESK = DeskTime(settings.published())
COMPLAINT = records.kind("complaint")
VISITOR = records.kind("visitor")
PERSON = {"room": "3-2-1201", "reporter": "王女士", "text": "厨房漏水"}
WORKORDER = records.kind("workorder")
PASS = records.kind("pass")
DUNNING = records.kind("dunning")
GUEST = {"name": "赵先生", "purpose": "送货", "unit": "3-2-1201"}
FIRST = {
    COMPLAINT: PERSON,
    VISITOR: GUEST,
    WORKORDER: {"room": "3-2-1201", "text": "厨房水龙头漏水"},
    PASS: {"room": "3-2-1201", "carrier": "王女士", "goods": "冰箱x1,纸箱x3", "relation": "业主"},
    DUNNING: {"room": "3-2-1201", "method": "电话"},
}


def at(text: str) -> datetime:
    """`2026-11-22 10:00` in the office's zone; a day alone is its midnight."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def basis(now: str | datetime, kind: Kind = COMPLAINT, desk: DeskTime = DESK, **rules: Span | int) -> Basis:
    """What judgements rest on at a moment; `hot_people=4` overrides `complaint.hot_people`."""
    moment = at(now) if isinstance(now, str) else now
    own = {f"{kind.name}.{name}": value for name, value in rules.items()}
    return Basis(moment, desk, {rule.name: rule.default for rule in kind.rules} | own)


@dataclass
class Story:
    """One record and what is done to it; each time is when the command is typed."""

    kind: Kind = COMPLAINT
    desk: DeskTime = DESK
    rules: dict[str, Any] = field(default_factory=dict)
    record: Record = None  # type: ignore[assignment]

    def basis(self, now: str | datetime) -> Basis:
        return basis(now, self.kind, self.desk, **self.rules)

    def who(self, now: str, happened: str) -> Who:
        return Who("李静", at(happened) if happened else None, at(now))

    def add(self, now: str, happened: str = "", **typed: str) -> Story:
        """Register it; `happened` is `--at`."""
        base = self.basis(now)
        words = FIRST.get(self.kind, {}) | ({"received": happened} if happened else {}) | typed
        heard, problems = changes.hear_new(self.kind, words, Typing(base.now, self.desk), base)
        if problems:
            raise BadInput(*problems)
        day = happened or now
        name = f"{self.kind.prefix}-{day[:10].replace('-', '')}-001"
        self.record = changes.new(self.kind, name, heard, self.who(now, happened), base, {})
        return self

    def do(self, step: str, now: str, happened: str = "", **typed: str) -> Story:
        """One step of the flow."""
        base = self.basis(now)
        one = self.kind.flow.step(step)
        assert one is not None, step
        since = at(happened) if happened else None
        heard, problems = changes.hear_step(self.kind, one, typed, Typing(base.now, self.desk, since=since))
        if problems:
            raise BadInput(*problems)
        self.record = changes.stepped(self.record, one, heard, self.who(now, happened), base, {})
        return self

    def edit(self, now: str, happened: str = "", **typed: str) -> Story:
        """A correction or a new fact."""
        base = self.basis(now)
        who = self.who(now, happened)
        self.record, _ = changes.edited(self.record, typed, Typing(base.now, self.desk), who, base)
        return self

    def level(self, now: str) -> str:
        """The level as of a moment."""
        return level_of(self.record, self.basis(now))[0]

    def reasons(self, now: str) -> str:
        """The reasons as of a moment, in one text."""
        return "；".join(level_of(self.record, self.basis(now))[1])

    def clocks(self, now: str) -> dict[str, clocks.Reading]:
        """The clocks as of a moment, by name; the second of one name as `form_major`."""
        record = self.record.as_of(at(now))
        found: dict[str, clocks.Reading] = {}
        for reading in clocks.read(record, self.basis(now)):
            key = "form_major" if "升级" in reading.zh else reading.name
            assert key not in found
            found[key] = reading
        return found

    def reread(self) -> Story:
        """The record as the next command reads it from the file."""
        record, problems = from_stored(self.kind, to_stored(self.record), SHANGHAI)
        assert record is not None and not problems
        self.record = record
        return self
