"""One value about a person put right in every record that holds it: a new telephone, a misspelt name, a plate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wuye import changes, clocks, forgetting, lookup
from wuye.basis import Basis
from wuye.call import Call
from wuye.changes import Who
from wuye.errors import BadInput, Damaged, NotFound, Problem, Refused, WuyeError
from wuye.fields import Field
from wuye.holding import gather
from wuye.office import Office
from wuye.personal.meant import meant
from wuye.record import Entry, Record
from wuye.sheet import Column, Sheet
from wuye.typed import missing, scan


class Place(NamedTuple):
    """A record that holds the value, and in which fields."""

    record: Record
    fields: tuple[str, ...]


def run(call: Call, words: Sequence[str]) -> Sheet:
    """Show which records hold the old value; change it in all of them by one command, each with its line in the log."""
    old, new = _both(call, words)
    office, who = call.office, call.who
    places, apart = _places(office, old, call.text("room"))
    if not places:
        more = f"，只在{_why(apart)}里" if apart else ""
        if joined := _joined(office, old):
            raise Refused(f"“{old}”只在 {joined}")
        raise NotFound(f"没有哪条记录的姓名、电话、车牌是“{old}”{more}：请用 wuye find {old} 查看")
    problems: list[Problem] = []
    for place in places:
        try:
            _corrected(office, place, old, new, who)
        except WuyeError as error:
            problems += [p._replace(message=f"{place.record.id}：{p.message}") for p in error.problems]
    if problems:
        raise BadInput(*problems)
    dry = call.flag("dry_run")
    if not dry and not call.flag("yes"):
        if not call.desk.terminal:
            words = f"要改 {len(places)} 条记录：先用 --dry-run 看，确要改请加 --yes"
            raise BadInput(Problem(words, field="yes"))
        if not call.desk.confirm(f"把 {len(places)} 条记录里的“{old}”改成“{new}”？"):
            raise Refused("没有更正：什么都没有改；要改请重做并确认")
    notes: tuple[str, ...] = ("试运行：没有写入",) if dry else ()
    if not dry:

        def make(index: int, record: Record, basis: Basis) -> Record:
            return _corrected(office, places[index]._replace(record=record), old, new, who)

        done = office.rewrite([p.record for p in places], who, f"更正个人资料 {len(places)} 条", "edit", make)
        call.uncommitted, notes = done.uncommitted, done.notes
    if apart:
        notes = (*notes, f"没有改：{_why(apart)}，请各用自己的步骤更正：{changes.summary_of([r.id for r in apart])}")
    if joined := _joined(office, old):
        notes = (*notes, f"没有改：“{old}”还在 {joined}")
    if text := [p.record.id for p in places if _mentions(p.record, _stored(old))]:
        notes = (*notes, f"备注、内容里还写着，没有改：{changes.summary_of(text)}；要改请各用 edit")
    rows = tuple(
        {"id": p.record.id, "kind": p.record.kind.name, "kind_zh": p.record.kind.zh, "fields": list(p.fields),
         "what": "、".join(p.record.kind[n].zh for n in p.fields)} for p in places
    )  # fmt: skip
    columns = (Column("id", "编号"), Column("kind_zh", "种类"), Column("what", "项目", wide=True))
    return Sheet("wuye.person.correct", columns, rows, office.now, f"更正：{len(rows)} 条", headed=True, notes=notes)


def _both(call: Call, words: Sequence[str]) -> tuple[str, str]:
    """The old value and the new one; asked for on a terminal. Raises BadInput."""
    told = [word.strip() for word in words]
    for label in ("旧值（姓名、电话或车牌）", "新值")[len(told) :]:
        if call.desk.terminal:
            told.append(call.desk.ask(label))
    if len(told) != 2 or not all(told):
        raise BadInput("请写旧值和新值：wuye person correct 13800138000 13900139000，有空格的放在引号里")
    if problem := scan(told[1], "新值", "新值"):
        raise BadInput(problem)
    if told[0] == told[1]:
        raise BadInput("旧值和新值一样：请写改成什么")
    return told[0], told[1]


def _places(office: Office, typed: str, room: str) -> tuple[list[Place], list[Record]]:
    """Every field that holds the value; and the records of money, which have steps of their own for it.

    A name may be several people's: then the one who is meant has to be told. Raises Ambiguous, Damaged.
    """
    old = _stored(typed)
    if not (lookup.asked(typed).phone or lookup.asked(typed).plate):
        person = meant(office, typed, room)
        found = list(person.records)
    else:
        found, problems = gather(office, [old])
        if problems:
            raise Damaged(*problems)
    places, apart = [], []
    for record in found:
        kind = record.kind
        fields = tuple(f.name for f in kind.on_record if f.names_people and _holds(f, record.get(f.name), old))
        if fields and kind.money:
            apart.append(record)
        elif fields and not record.void:
            places.append(Place(record, fields))
    return places, apart


def _joined(office: Office, typed: str) -> str:
    """The records that have the value in their log alone, from whoever joined a neighbour's complaint."""
    old = _stored(typed)
    found, _ = gather(office, [old])
    joined = [r.id for r in found if any(old in (e.values.get(n) for n in lookup.JOINED) for e in r.log)]
    told = "的经过里（加入人）：经过不改，请用 note 写明对的；刚加入的先用 wuye undo 编号 撤销，再用 join 登记"
    return f"{changes.summary_of(joined)} {told}" if joined else ""


def _stored(typed: str) -> str:
    """What was typed as it stands in records: a telephone and a plate in their own form, a name as it is."""
    what = lookup.asked(typed)
    return what.phone or what.plate or typed


def _holds(one: Field, value: Any, old: str) -> bool:
    return old in value if one.type.listed and value else value == old


def _corrected(office: Office, place: Place, typed: str, new: str, who: Who) -> Record:
    """The record with the value put right, as `edit` does it. Raises BadInput with all mistakes."""
    record, old, kind = place.record, _stored(typed), place.record.kind
    typing, problems, changed = office.typing, list[Problem](), dict[str, Any]()
    for name in place.fields:
        one = kind[name]
        try:
            value = one.type.parse(new, typing)
        except ValueError as error:
            problems.append(Problem(f"{one.zh}：{error}", field=name))
            continue
        if one.type.listed:
            value = tuple(dict.fromkeys(part for v in record[name] for part in (value if v == old else (v,))))
        changed[name] = value
    basis = office.basis(kind)
    merged = {**record.values, **changed}
    if not problems:
        problems = [*missing(kind, merged), *changes.new_faults(kind, record.values, merged, basis)]
    if problems:
        raise BadInput(*problems)
    entry = Entry(who.moment, "edit", who.by, who.recorded, changed, {n: record[n] for n in changed})
    after = record.stepped(entry, record.status, merged)
    return clocks.freeze(after, basis.at(who.moment), before=record, corrected=True)


def _why(apart: Sequence[Record]) -> str:
    return "、".join(dict.fromkeys(forgetting.LAW[r.kind.name].split("，")[0].split("按")[0] for r in apart))


def _mentions(record: Record, old: str) -> bool:
    """Whether the old value stands in free words as well: people read these, no field says what is meant there."""
    free = [v for n, v in record.values.items() if not record.kind[n].names_people]
    notes = [e.extra.get("note") for e in record.log]
    return any(old in str(words) for words in (*free, *notes) if words)
