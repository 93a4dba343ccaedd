"""What somebody decides about a record of which two desks said different things: pure, a record in, a record out.

The log keeps what both had said (`was_said`) beside what was chosen, so nothing that either desk wrote is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from wuye import changes, clocks, contests, when
from wuye.basis import Basis
from wuye.changes import Who
from wuye.contests import DUE, KEY, NAMES, NUMBER, SETTLE, SETTLED, STATUS, Contest, Said
from wuye.errors import BadInput, Problem, Refused
from wuye.fields import read_stored
from wuye.record import Entry, Record
from wuye.schema import Kind
from wuye.typed import nearest, understand
from wuye.values import Typing

RECEIVED = "received"


def chosen(record: Record, words: Sequence[str], typing: Typing) -> dict[str, Said]:
    """What was chosen, by field: `电话=甲`, `状态=处理中`, `phone=13800138000`; `甲` alone is for all that is left.

    Raises Refused where nothing is contested, BadInput with every mistake in the words.
    """
    kind, open_ = record.kind, {c.field: c for c in contests.of(record)}
    if not open_:
        raise Refused(f"{record.id} 没有说法不一的地方：请用 wuye settle 查看有哪些")
    labels = {contests.label(kind, name): name for name in open_}
    problems: list[Problem] = []
    found: dict[str, Said] = {}
    rest = ""
    for word in words:
        name, sign, value = word.partition("=")
        if not sign and name in NAMES:
            rest = name
            continue
        field = labels.get(name.strip(), name.strip())
        if not sign or field not in open_:
            there = [*labels, *open_]
            near = nearest(name, there) or f"；可写：{'、'.join(labels)}"
            problems.append(Problem(f"“{word}”不是要定的项{near}；写法如 {next(iter(labels))}=甲"))
            continue
        try:
            found[field] = _said(kind, open_[field], value.strip(), typing)
        except ValueError as error:
            problems.append(Problem(f"{contests.label(kind, field)}：{error}", field=field))
    if rest and not problems:
        for field, one in open_.items():
            if field not in found:
                found[field] = one.sides[min(NAMES.index(rest), len(one.sides) - 1)]
    if problems:
        raise BadInput(*problems)
    if not found:
        told = "；".join(contests.words(kind, c) for c in open_.values())
        raise BadInput(f"没有写怎么定：{record.id} {told}；请写 项目=甲、项目=乙 或 项目=正确的值，全照一边的只写 甲")
    return found


def _said(kind: Kind, one: Contest, words: str, typing: Typing) -> Said:
    """One choice. Raises ValueError in the desk's words."""
    if words and words in NAMES:
        if NAMES.index(words) >= len(one.sides):
            raise ValueError(f"没有{words}这一边；可写 {'、'.join(NAMES[: len(one.sides)])}")
        return one.sides[NAMES.index(words)]
    shown = {contests.value_words(kind, one.field, s.value, True): s for s in one.sides}
    shown |= {str(s.value): s for s in one.sides}
    if words in shown:
        return shown[words]
    if one.field == NUMBER:
        return one.sides[0]  # there is nothing to choose: somebody has looked at both records
    if not kind.has(one.field):
        raise ValueError(f"请写 {'、'.join(NAMES[: len(one.sides)])} 之一")
    if not words:
        return Said(None)
    values, problems, _ = understand(kind, {one.field: words}, typing)
    if problems:
        raise ValueError(problems[0].message)
    return Said(kind[one.field].stored(values[one.field]))


def settle(record: Record, choices: Mapping[str, Said], who: Who, basis: Basis) -> Record:
    """The record as it was decided. Raises BadInput where the values do not go together."""
    kind, values = record.kind, dict(record.values)
    left, told = contests.settled(record.extra, choices)
    extra = {k: v for k, v in record.extra.items() if k != KEY} | ({KEY: left} if left else {})
    given: dict[str, Any] = {}
    status, received = record.status, record.received
    more: dict[str, Any] = {}
    for name, said in choices.items():
        if name == STATUS:
            status = str(said.value)
        elif name == RECEIVED:
            moment = when.parse_stored(str(said.value), basis.zone)
            received = moment if isinstance(moment, datetime) else received
        elif kind.has(name):
            given[name] = read_stored(kind[name], said.value, basis.zone)[0] if said.value is not None else None
        elif name != NUMBER and not name.startswith(DUE):
            extra |= {name: said.value}
            if said.value is None:
                del extra[name]
    if received != record.received:
        more["received_was"] = when.dump(record.received)
    was = {name: record[name] for name in given if given[name] != record[name]}
    values = {n: v for n, v in {**values, **given}.items() if v is not None}
    if faults := changes.new_faults(kind, record.values, values, basis):
        raise BadInput(*faults)
    entry = Entry(who.moment, SETTLE, who.by, who.recorded, given, was, {**more, "status": status, SETTLED: told})
    after = replace(record, received=received, extra=extra).stepped(entry, status, values)
    after = clocks.freeze(after, basis.at(who.moment), before=record, corrected=True)
    return _dated(after, choices, basis)


def _dated(record: Record, choices: Mapping[str, Said], basis: Basis) -> Record:
    """The due times that were chosen, each with the rule it was counted by."""
    due, rule = dict(record.due), dict(record.rule)
    for name, said in choices.items():
        key = name.removeprefix(DUE)
        if not name.startswith(DUE):
            continue
        moment = when.parse_stored(str(said.value), basis.zone) if said.value is not None else None
        due.pop(key, None)
        rule.pop(key, None)
        if isinstance(moment, datetime):
            due[key] = moment
        if said.rule:
            rule[key] = said.rule
    return replace(record, due=due, rule=rule)
