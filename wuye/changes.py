"""What a command makes of a record: a new one, a step further, a correction. Pure: values in, a Record out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from wuye import clocks, when
from wuye.basis import Basis
from wuye.errors import BadInput, Problem, Refused
from wuye.flow import Step
from wuye.record import NOTHING, Entry, Record
from wuye.schema import Kind
from wuye.sheet import state_zh
from wuye.typed import missing, nearest, scan, step_problems, understand
from wuye.values import Typing

NOT_TYPED = ("repeat_handled",)
IMPORTED = "imported"
"""The key of records taken in from elsewhere: whoever does that neither met the person nor saw the card."""


class Who(NamedTuple):
    """Who does it, when it happened (None: now), when it is typed in, and what the typed time was taken for."""

    by: str
    at: datetime | None
    now: datetime
    said: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime:
        """When it happened."""
        return self.at or self.now

    @property
    def recorded(self) -> datetime | None:
        """When it was typed in, where that differs."""
        return self.now if self.at is not None and self.at != self.now else None


class Unchanged(Refused):
    """A correction that says what stands there already."""


class Heard(NamedTuple):
    """Typed words, understood: the values, what times and rooms were taken for, and the files to be copied in.

    `files` gives bytes and SHA-256 by the path in the office.
    """

    values: Mapping[str, Any]
    said: tuple[str, ...] = ()
    received: datetime | None = None
    files: Mapping[str, tuple[bytes, str]] = NOTHING


def hear_new(kind: Kind, typed: Mapping[str, str], typing: Typing, basis: Basis) -> tuple[Heard, list[Problem]]:
    """The words for a new record, by field name or Chinese label, with every mistake in them."""
    words, problems = _by_name(kind, typed)
    received = None
    if received_words := words.pop("received", ""):
        received, wrong = hear_time(received_words, typing, "--at")
        problems += wrong
        typing = typing._replace(since=received)
    for one in kind.fields:
        if one.default and one.name not in words:
            words[one.name] = one.default
    for name in [n for n in words if kind.has(n) and (kind[n].on_log or n in NOT_TYPED or not kind[n].typed)]:
        where = "在相应步骤里填" if kind[name].typed else "不要填，由程序算出"
        problems.append(Problem(f"{kind[name].option}（{kind[name].zh}）不在登记时填：请{where}", field=name))
        del words[name]
    values, wrong, said = understand(kind, words, typing)
    bad = {p.field for p in wrong}
    problems += wrong + [p for p in missing(kind, values) if p.field not in bad]
    if not problems:
        for check in kind.checks:
            problems += check(values, basis)
    return Heard(values, tuple(said), received), problems


def _by_name(kind: Kind, typed: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    labels = {f.typed_as: f.name for f in kind.on_record if f.typed_as}
    labels |= {f.zh: f.name for f in kind.fields} | {"受理时间": "received"}
    words: dict[str, str] = {}
    problems = []
    for key, text in typed.items():
        name = labels.get(key, key.strip().lower().replace("-", "_"))
        if name != "received" and not kind.has(name):
            near = nearest(key, [*labels, *labels.values()])
            problems.append(Problem(f"{kind.zh}没有“{key}”这一项{near}", field=key))
        elif text.strip():
            words[name] = text
    return words, problems


def hear_time(words: str, typing: Typing, option: str) -> tuple[datetime | None, list[Problem]]:
    """A past moment as typed."""
    try:
        heard = when.parse(words, typing.now, "past", typing.desk)
        return when.as_moment(heard, "past", typing.desk, typing.now), []
    except ValueError as error:
        return None, [Problem(f"{option}（时间）：{error}", field=option.strip("-"))]


def new(kind: Kind, number: str, heard: Heard, who: Who, basis: Basis, extra: Mapping[str, Any]) -> Record:
    """A new record, filed by when it was received, its first clocks frozen."""
    values = dict(heard.values)
    if IMPORTED not in extra:
        values = {**unsaid(kind, heard.values, who), **values}
    if kind.has("first_contact") and IMPORTED not in extra:
        values.setdefault("first_contact", who.by)
    status = kind.flow.first(values)
    begun = {} if status == kind.flow.states[0].name else {"status": status}
    kept = [{"file": path, "sha256": digest, "size": str(len(data))} for path, (data, digest) in heard.files.items()]
    entry = Entry(who.now, "add", who.by, extra={**begun, **(kept[0] if kept else {})})
    record = Record(kind, number, status, who.moment, who.now, values, log=(entry,), extra=extra)
    return clocks.freeze(record, basis.at(who.moment))


def unsaid(kind: Kind, given: Mapping[str, Any], who: Who) -> dict[str, Any]:
    """What goes without saying: who saw the document, who wrote down what is owed and as of when."""
    found: dict[str, Any] = {}
    if given.get("id_tail"):
        found["id_checked_by"] = who.by
    if kind.has("owed_as_of") and given.get("owed") is not None:
        found |= {"owed_as_of": who.moment.date(), "owed_by": who.by}
    return found


def hear_step(kind: Kind, step: Step, typed: Mapping[str, str], typing: Typing) -> tuple[Heard, list[Problem]]:
    """The words given with a step, with every mistake in them."""
    values, problems, said = understand(kind, typed, typing)
    bad = {p.field for p in problems}
    problems += [p for p in step_problems(kind, step, values) if p.field not in bad]
    return Heard(values, tuple(said)), problems


def stepped(record: Record, step: Step, heard: Heard, who: Who, basis: Basis, extra: Mapping[str, Any]) -> Record:
    """The record one step further. Raises Refused where the flow or a rule of the desk forbids it."""
    kind = record.kind
    after = kind.flow.after(record.status, step.name)
    if after is None:
        possible = "、".join(s.name for s in kind.flow.possible(record.status) if s.name != "void") or "show"
        raise Refused(
            f"{record.id} 现为“{state_zh(kind, record.status)}”，不能{step.zh}（{step.name}）；请看可以做的：{possible}"
        )
    moment = who.moment
    # A book's record is entered when the desk hears of the thing; what happened to it may be older.
    if moment < record.received and who.at is not None and not kind.book:
        raise Refused(f"{record.id} 于 {when.read_back(record.received)} 受理，{step.zh}不能早于此；请核对 --at")
    moved = [e.at for e in record.standing[1:] if kind.flow.knows(e.step)]
    if after != record.status and who.at is not None and moved and moment < max(moved):
        raise Refused(f"{record.id} 的上一步在 {when.read_back(max(moved))}，{step.zh}不能早于此；请核对 --at")
    if step.guard and (words := step.guard(record, heard.values, basis.at(moment))):
        raise Refused(f"{record.id} 不能{step.zh}：{words}")
    given = dict(heard.values)
    if step.effect:
        for name, text in step.effect(record, given).items():
            given[name] = kind[name].type.read(text, basis.zone) if text else None
    if not (IMPORTED in record.extra and who.recorded):
        given |= {n: v for n, v in unsaid(kind, given, who).items() if n not in given}
    if step.stamps and step.stamps not in given:
        given[step.stamps] = moment.date() if kind[step.stamps].type.name.startswith("day-") else moment
    values, was = dict(record.values), {}
    for name, value in given.items():
        if not kind[name].on_log:
            if values.get(name) != value:
                was[name] = values.get(name)
            values[name] = value
    values = {name: value for name, value in values.items() if value is not None}
    if faults := new_faults(kind, record.values, values, basis):
        raise BadInput(*faults)
    if step.to and (told := step.to(record, given)):
        after = told
        extra = {**extra, "status": told}
    entry = Entry(moment, step.name, who.by, who.recorded, given, was, extra)
    return clocks.freeze(record.stepped(entry, after, values), basis.at(moment), before=record)


def new_faults(kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any], basis: Basis) -> list[Problem]:
    """What the rules between fields say against the values a step leaves; not what stood there before."""
    if before == after:
        return []
    return [p for check in kind.checks for old in (list(check(before, basis)),) for p in check(after, basis)
            if p not in old]  # fmt: skip


def edited(record: Record, typed: Mapping[str, str], typing: Typing, who: Who, basis: Basis) -> tuple[Record, Heard]:
    """The record with corrected fields, the values before kept in the log; `received` within its month.

    An empty word clears a field; a masked value that is the mask of the stored one means "unchanged".
    Raises BadInput with all mistakes, Refused where nothing would change.
    """
    kind = record.kind
    words, problems = {}, []
    for name, text in typed.items():
        masked = kind.has(name) and kind[name].private and "*" in text
        if masked and text == kind[name].masked_zh(record[name] or ""):
            continue
        words[name] = text
    received_words = words.pop("received", "")
    typing = typing._replace(floor=record.received)
    values, wrong, said = understand(kind, {n: t for n, t in words.items() if t.strip()}, typing)
    problems += wrong
    changed: dict[str, Any] = {n: v for n, v in values.items() if record[n] != v}
    for name in [n for n in changed if n in kind.fixed]:
        steps = "、".join(f"{s.name}（{s.zh}）" for s in kind.flow.steps if name in s.fields) or "void（作废）后重开"
        problems.append(Problem(f"{kind[name].zh}不能用 edit 改：请用 {steps}", field=name))
    if files := [n for n in changed if kind[n].type.name == "file"]:
        problems += [Problem(f"{kind[n].zh}不能用 edit 改：请用 attach 附上", field=n) for n in files]
    changed |= {n: None for n, t in words.items() if not t.strip() and kind.has(n) and record[n] is not None}
    received = record.received
    if received_words:
        moment, more = hear_time(received_words, typing, "--received")
        problems += more
        if moment and not kind.book and f"{moment:%Y-%m}" != f"{received:%Y-%m}":
            problems.append(
                Problem(f"{record.id} 的受理时间不能改到别的月份；请 void 作废后重新登记", field="received")
            )
        received = moment or received
    if "owed" in changed and not record.get("owed_as_of"):
        changed = {**unsaid(kind, changed, who), **changed}
    merged = {**record.values, **changed}
    bad = {p.field for p in problems}
    problems += [p for p in missing(kind, merged) if p.field not in bad]
    if not problems:
        for check in kind.checks:
            problems += check(merged, basis)
    if problems:
        raise BadInput(*problems)
    if not changed and received == record.received:
        raise Unchanged(f"{record.id} 没有改动：给出的值与原来相同；请核对要改的项")
    was = {name: record[name] for name in changed}
    extra = {"received_was": when.dump(record.received)} if received != record.received else {}
    entry = Entry(who.moment, "edit", who.by, who.recorded, changed, was, extra)
    merged = {name: value for name, value in merged.items() if value is not None}
    after = replace(record, received=received).stepped(entry, record.status, merged)
    return clocks.freeze(after, basis.at(who.moment), before=record, corrected=True), Heard(changed, tuple(said))


def noted(record: Record, step: str, who: Who, extra: Mapping[str, Any]) -> Record:
    """The record with a note, an attachment or a link in its log; its state stays."""
    for name, text in extra.items():
        if problem := scan(str(text), name, "备注"):
            raise BadInput(problem)
    entry = Entry(who.moment, step, who.by, who.recorded, extra=extra)
    return record.stepped(entry, record.status, record.values)


def same(typed: Mapping[str, Any], record: Record) -> bool:
    """Whether every value typed equals that of a record: a command given twice."""
    return all(record[name] == value for name, value in typed.items())


def summary_of(ids: Sequence[str]) -> str:
    """Numbers in a few words for a commit message or an answer."""
    return "、".join(ids) if len(ids) <= 3 else f"{ids[0]} 等 {len(ids)} 条"
