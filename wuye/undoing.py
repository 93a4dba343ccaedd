"""What an undo makes of a record: earlier values written back as one more log entry, nothing ever taken out.

Pure: a record, what git says it was before and after the command, and who undoes it in, a record out. `redo` takes
back an undo by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from wuye import changes, clocks, contests, when
from wuye.basis import Basis
from wuye.changes import Heard, Who
from wuye.contests import KEY, SETTLE, SETTLED
from wuye.errors import Problem, Refused
from wuye.flow import VOID
from wuye.record import FORGET, REDO, UNDO, UNDOING, Entry, Record, moved, references
from wuye.sheet import state_zh, step_zh
from wuye.typed import missing

REVOKED = "撤销登记"
HARMLESS = ("note", "attach", FORGET)
NOTED = ("link", "repeat")
ZH = {UNDO: "撤销", REDO: "重做"}


class Target(NamedTuple):
    """What one command did to one record: the record as it now is, the places of the command's entries in its log,
    the record before (None: the command added it) and after it as git keeps them, the commit (empty: not committed)."""

    record: Record
    places: tuple[int, ...]
    before: Record | None
    after: Record
    commit: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the command wrote into the log."""
        return tuple(self.record.log[place] for place in self.places)

    @property
    def said(self) -> str:
        """The command in words: what, when, by whom."""
        return in_words(self.record, self.main)

    @property
    def main(self) -> Entry:
        """What the command did here, where it also noted a record that it made."""
        own = [entry for entry in self.entries if entry.step not in NOTED]
        return own[-1] if own else self.entries[-1]


class Difference(NamedTuple):
    """One line of what is shown before an undo: a field, what it now is and what it will be."""

    name: str
    now: Any
    then: Any


def in_words(record: Record, entry: Entry) -> str:
    """An entry in a few words: `派给责任部门（2026-11-22 10:00 李静）`."""
    return f"{what(record, entry)}（{entry.at:%Y-%m-%d %H:%M} {entry.by}）"


def what(record: Record, entry: Entry) -> str:
    """What an entry tells; of an undo also what it took back: `撤销派给责任部门`."""
    places = references(record.log)
    told = [record.log[places[name]] for name in entry.undoes if name in places]
    if entry.step == VOID and told:
        return REVOKED
    back = told[-1] if told and entry not in told else None
    if entry.step == REDO and back and back.undoes:
        return f"{ZH[REDO]}{what(record, back).removeprefix(ZH[UNDO])}"
    return step_zh(record.kind, entry.step) + (what(record, back) if back else "")


def key(entry: Entry) -> tuple[Any, str]:
    """What the entries of one command have in common: when they were typed in, and by whom."""
    return (entry.recorded or entry.at, entry.by)


def open_places(record: Record, step: str) -> list[int]:
    """The places in the log that an undo (or redo) can still take back, in order."""
    gone = record.withdrawn
    if step == REDO:
        return [i for i, e in enumerate(record.log) if i not in gone and e.undoes and e.step != REDO]
    never = (*UNDOING, FORGET)  # what was forgotten is nowhere to be had from
    return [i for i, e in enumerate(record.log) if i not in gone and e.step not in never and not e.undoes]


def links(record: Record, place: int) -> set[str]:
    """The records that an entry names as linked, or that the entry it takes back names."""
    entry, places = record.log[place], references(record.log)
    found = {str(entry.extra["link"])} if "link" in entry.extra else set()
    for name in entry.undoes:
        if places.get(name, place) < place:
            found |= links(record, places[name])
    return found


def take_back(target: Target, who: Who, basis: Basis, step: str = UNDO) -> Record:
    """The record with the command taken back. Raises Refused, naming the later step that stands in the way."""
    record = target.record
    if target.places[0] == 0:
        return _revoked(target, who, basis)
    kind, changed = record.kind, dict(_changed(target))
    received = _received(target)
    _refuse_later(target, {*changed, *(("received",) if received else ())})
    for name, (_, later) in changed.items():
        if record[name] != later:
            words = f"{kind[name].zh}后来手工改成了“{kind[name].shown(record[name])}”"
            raise _refusal(target, f"{words}，{ZH[step]}会丢掉它：请用 edit 更正")
    values = dict(record.values)
    for name, (earlier, _) in changed.items():
        values[name] = earlier
    values = {name: value for name, value in values.items() if value is not None}
    names = list(references(record.log))
    told = [names[place] for place in target.places]
    extra: dict[str, Any] = {"undoes": told[0] if len(told) == 1 else told}
    extra |= {"commit": target.commit} if target.commit else {}
    if received:
        extra["received_was"] = when.dump(record.received)
    entry = Entry(
        who.moment, step, who.by, who.recorded, {n: earlier for n, (earlier, _) in changed.items()},
        {n: record[n] for n in changed}, extra,
    )  # fmt: skip
    after = replace(record, received=received or record.received).stepped(entry, record.status, values)
    if told := [one for e in target.entries for one in e.extra.get(SETTLED, ())]:
        return _unsettled(target, after, told, step)
    status = _replayed(target, after, step)
    if status != record.status:
        entry = entry._replace(extra={**extra, "status": status})
        after = replace(after, status=status, log=(*record.log, entry))
    _refuse_faults(target, after, basis, step)
    return _refrozen(target, after, basis.at(who.moment))


def _unsettled(target: Target, after: Record, told: list[Any], step: str) -> Record:
    """What was contested is so again (of an undo taken back: is settled again), in the state it then was in."""
    record = target.record
    for entry in _later(target):
        if record.kind.flow.knows(entry.step) or entry.step == SETTLE:
            raise _refusal(target, f"后来又{in_words(record, entry)}：请先撤销后面这一步")
    open_ = contests.read(record.extra.get(KEY))
    if step == UNDO:
        open_ |= contests.read(told)
    else:
        open_ = {name: one for name, one in open_.items() if name not in contests.read(told)}
    extra = {k: v for k, v in record.extra.items() if k != KEY}
    extra |= {KEY: contests.stored(open_.values())} if open_ else {}
    before = target.before or record
    last = after.log[-1]
    entry = last._replace(extra={**last.extra, SETTLED: told, "status": before.status})
    return replace(after, status=before.status, extra=extra, due=before.due, rule=before.rule,
                   log=(*after.log[:-1], entry))  # fmt: skip


def _refusal(target: Target, words: str) -> Refused:
    return Refused(f"{target.record.id} 的{target.said}：{words}")


def _revoked(target: Target, who: Who, basis: Basis) -> Record:
    """A record that should never have been added: voided, its number stays used."""
    record = target.record
    mine = {id(entry) for entry in target.entries}
    for entry in record.standing[1:]:
        if id(entry) not in mine and entry.step not in HARMLESS:
            raise _refusal(target, f"之后已经{in_words(record, entry)}，不能撤销登记：请先撤销后面的，或用 void 作废")
    void = record.kind.flow.step(VOID)
    assert void is not None
    names = list(references(record.log))
    told = [names[place] for place in target.places]
    extra: dict[str, Any] = {"undoes": told[0] if len(told) == 1 else told}
    extra |= {"commit": target.commit} if target.commit else {}
    return changes.stepped(record, void, Heard({"reason": REVOKED}), who, basis, extra)


def _fields(record: Record, entry: Entry) -> list[str]:
    """The fields of the record that an entry speaks of."""
    return [n for n in dict.fromkeys((*entry.was, *entry.values)) if not record.kind[n].on_log]


def _changed(target: Target) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Every field that the command changed: its value before and after. Where git has another one before, somebody
    had changed it by hand and not committed that: the log knows."""
    record, found = target.record, dict[str, tuple[Any, Any]]()
    for entry in target.entries:
        for name in _fields(record, entry):
            now = entry.values.get(name)
            found[name] = (found[name][0] if name in found else entry.was.get(name, now), now)
    return ((name, pair) for name, pair in found.items() if pair[0] != pair[1])


def _received(target: Target) -> Any:
    """When it had been received before the command corrected that; None where it did not."""
    told = [e.extra["received_was"] for e in target.entries if "received_was" in e.extra]
    zone = target.record.received.tzinfo
    return when.parse_stored(str(told[0]), zone) if told and zone else None


def _later(target: Target) -> list[Entry]:
    """What was done after the command and stands."""
    record, gone, last = target.record, target.record.withdrawn, target.places[-1]
    return [e for i, e in enumerate(record.log) if i > last and i not in gone and e.step not in (*UNDOING, FORGET)]


def _refuse_later(target: Target, names: set[str]) -> None:
    """What came after in the same fields would be lost."""
    record = target.record
    for entry in _later(target):
        touched = [n for n in _fields(record, entry) if n in names]
        touched += ["received"] if "received" in names and "received_was" in entry.extra else []
        if touched:
            zh = "、".join(record.kind.label(n) for n in touched)
            raise _refusal(target, f"{zh}后来又由{in_words(record, entry)}改过：请先撤销后面这一步，或用 edit 更正")


def _states(record: Record) -> list[tuple[Entry, str, str | None]]:
    """Every standing entry with the state before and after it (None: it cannot happen there)."""
    found: list[tuple[Entry, str, str | None]] = []
    status = record.began
    for entry in record.standing:
        after = moved(record.kind.flow, status, entry)
        found.append((entry, status, after))
        status = after or status
    return found


def _replayed(target: Target, after: Record, step: str) -> str:
    """The state the record is in without the command. Raises Refused where a later step moved it, or rests on it."""
    record, later = target.record, _later(target)
    now, then = _states(record), _states(after)
    ids = {id(e) for e in later}
    path = {id(e): (a, b) for e, a, b in then}
    here = [b or a for e, a, b in now if id(e) not in ids][-1]
    there = [b or a for e, a, b in then if id(e) not in ids][-1]
    for entry, before, state in now:
        if id(entry) not in ids:
            continue
        if here != there and before != state:
            raise _refusal(target, f"后来又{in_words(record, entry)}，状态已经变了：请先撤销后面这一步")
        if path[id(entry)][1] is None:
            zh = state_zh(record.kind, path[id(entry)][0])
            raise _refusal(target, f"后来的{in_words(record, entry)}在“{zh}”时做不了：请先撤销后面这一步")
    status = then[-1][2] or then[-1][1]
    if now[-1][2] != record.status and here != there:
        zh = state_zh(record.kind, record.status)
        raise _refusal(target, f"状态后来手工改成了“{zh}”，{ZH[step]}会丢掉它：请先运行 wuye check")
    return status if here != there else record.status


def _refuse_faults(target: Target, after: Record, basis: Basis, step: str) -> None:
    """What the earlier values would break: a rule between fields, a field that is needed, a later step's ground."""
    record, kind = target.record, target.record.kind
    old = missing(kind, record.values)
    wrong = [p for p in missing(kind, after.values) if p not in old]
    wrong += changes.new_faults(kind, record.values, after.values, basis)
    if wrong:
        raise Refused(*(Problem(f"{record.id} 不能{ZH[step]}{target.said}：{p.message}", field=p.field) for p in wrong))
    later = {id(e) for e in _later(target)}
    before = _ungrounded(record, basis) if later else {}
    for place, (entry, words) in (_ungrounded(after, basis) if later else {}).items():
        if place in later and place not in before:
            raise _refusal(target, f"后来的{in_words(record, entry)}以它为前提（{words}）：请先撤销后面这一步")


def _ungrounded(record: Record, basis: Basis) -> Mapping[int, tuple[Entry, str]]:
    """The steps that a rule of the desk would forbid, seen from where the record then stood."""
    found = {}
    for index, entry in enumerate(record.timeline):
        step = record.kind.flow.step(entry.step)
        if step and step.guard and index:
            words = step.guard(record.after_entries(index), entry.values, basis.at(entry.at))
            if words:
                found[id(entry)] = (entry, words)
    return found


def _refrozen(target: Target, after: Record, basis: Basis) -> Record:
    """Due times as they were before the command where it had set them, and counted anew where the start moved."""
    record, before = target.record, target.before
    old = before.due if before else {}
    due, rule, restored = dict(record.due), dict(record.rule), []
    for name in {*old, *target.after.due}:
        if due.get(name) == target.after.due.get(name):
            due.pop(name, None)
            rule.pop(name, None)
            if before and name in old:
                due[name], rule[name] = old[name], before.rule.get(name, "")
                restored.append(name)
    after = replace(after, due=due, rule=rule)
    frozen = clocks.freeze(after, basis, before=record, corrected=True)
    if not before:
        return frozen
    due, rule = dict(frozen.due), dict(frozen.rule)
    for clock in record.kind.clocks:
        if clock.frozen_as in restored and (start := clock.starts(frozen, basis)):
            then = clock.starts(before, basis)
            if then and then.at == start.at:
                due[clock.frozen_as], rule[clock.frozen_as] = old[clock.frozen_as], before.rule.get(clock.frozen_as, "")
    return replace(frozen, due=due, rule=rule)


def differences(now: Record, then: Record) -> list[Difference]:
    """What an undo changes, as it is shown before it is done: state, receipt time, fields."""
    kind = now.kind
    found = [Difference("status", now.status, then.status), Difference("received", now.received, then.received)]
    found += [Difference(f.name, now[f.name], then[f.name]) for f in kind.on_record]
    return [one for one in found if one.now != one.then]
