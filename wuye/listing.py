"""Answers about many records of a kind: the list and its filters as typed, and counts by a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wuye import records, when
from wuye.basis import Basis
from wuye.call import Call
from wuye.errors import BadInput, Damaged, Problem
from wuye.fields import read_stored
from wuye.office import Office
from wuye.query import Query, select, sortable, wanted
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, field_column, records_sheet, state_zh
from wuye.typed import nearest
from wuye.values import ROOM, many
from wuye.wanted import Wanted

if TYPE_CHECKING:
    from wuye.conditions import Condition


def list_(call: Call) -> Sheet:
    """Records that fit, newest first; without a period those of this month and the last."""
    kind, office = call.kind, call.office if call.flag("reveal") else call.asked
    assert kind is not None
    call.no_words()
    if call.flag("edit") and call.text("output") not in ("xlsx", "csv"):
        words = "--edit 是导出成表格来改：请加 -o xlsx --out 文件名.xlsx，或 -o csv --out 文件名.csv"
        raise BadInput(Problem(words, field="edit"))
    query, fields, notes = hear_query(call, kind)
    found, problems = office.select(kind, _wanted(query, kind, office))
    basis = office.basis(kind)
    records = select(found, query, basis)
    reveal = call.whole(0)
    if reveal:
        call.log_reveal([r.id for r in records])
    rest: dict[str, Any] = {"notes": notes, "problems": tuple(problems), "exit_code": 65 if problems else 0}
    if call.flag("edit"):
        from wuye import lent

        return lent.lend(kind, records, basis, fields, reveal, call.text("output") == "csv", **rest)
    return records_sheet(kind, records, basis, fields, reveal, **rest)


def _wanted(query: Query, kind: Kind, office: Office) -> Wanted:
    """What has to be looked at for a query: of a book always all of it."""
    months = None if kind.book or query.whole else months_of(query, office.months(kind))
    return wanted(query, months, office.settings.zone)


def months_of(query: Query, months: list[str]) -> list[str]:
    """The month files that can hold what the query asks for."""
    since = f"{query.since:%Y-%m}" if query.since else ""
    until = f"{query.until:%Y-%m}" if query.until else "9999-12"
    return [m for m in months if since <= m <= until]


def hear_query(call: Call, kind: Kind) -> tuple[Query, tuple[str, ...], tuple[str, ...]]:
    """The filters as typed, all mistakes at once; the fields asked for; what to tell the desk."""
    problems: list[Problem] = []
    today = call.office.now.date()
    since = until = None
    try:
        if words := call.text("period"):
            since, until = when.period(words, today)
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    for name in ("since", "until"):
        if words := call.text(name):
            try:
                typing = call.office.typing
                value = when.parse(words, typing.now, "any", typing.desk)
                value = value.date() if isinstance(value, datetime) else value
                since, until = (value, until) if name == "since" else (since, value)
            except ValueError as error:
                problems.append(Problem(f"--{name}：{error}", field=name))
    notes: tuple[str, ...] = ()
    everything = call.flag("open") or call.flag("late")
    if since is None and until is None and not problems and not everything and not kind.book:
        since = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        notes = (f"只列 {since:%Y-%m} 和 {today:%Y-%m} 两个月；其他月份请用 --period",)
    room = ""
    if words := call.text("room"):
        try:
            room = str(ROOM.parse(words, call.office.typing))
        except ValueError as error:
            problems.append(Problem(f"--room：{error}", field="room", candidates=getattr(error, "candidates", ())))
    sort = call.text("sort") or "-received"
    if sort.lstrip("-") not in sortable(kind):
        near = nearest(sort.lstrip("-"), sortable(kind))
        problems.append(Problem(f"--sort 不能按“{sort}”排{near}；可用：{'、'.join(sortable(kind))}", field="sort"))
    limit = call.text("limit")
    if limit and not (limit.isascii() and limit.isdigit()):
        problems.append(Problem(f"--limit 应是整数，现为“{limit}”", field="limit"))
    fields = _fields(call.text("fields"), kind, problems)
    statuses = _statuses(call.text("status"), kind, problems)
    where = _where(call, kind, problems)
    if problems:
        raise BadInput(*problems)
    count = int(limit) if limit else 0
    query = Query(
        room, statuses, since, until, call.flag("open"), call.flag("late"), call.text("text"), sort, count, where
    )
    return query, fields, (*notes, *(where.said if where else ()))


def _where(call: Call, kind: Kind, problems: list[Problem]) -> Condition | None:
    if call.given.get("where") is None:
        return None
    from wuye import where

    try:
        found = where.parse(call.text("where"), kind, call.office.typing)
    except BadInput as error:
        problems += error.problems
        return None
    if kind.name == "unit":
        problems += _outdated(call, found)
    return found


def _outdated(call: Call, where: Condition) -> list[Problem]:
    """What a unit keeps by hand of its arrears is no condition once there are bills: they tell it."""
    from wuye.conditions import names
    from wuye.records.unit import BY_HAND, KIND

    named = [KIND[name].zh for name in BY_HAND if name in names(where.node)]
    if not named or not call.office.months(records.kind("bill")):
        return []
    words = f"--where 里的{'、'.join(named)}是手工登记的，有账单以后以账单为准：请用 wuye arrears 查欠费"
    return [Problem(words, field="where")]


def _statuses(words: str, kind: Kind, problems: list[Problem]) -> tuple[str, ...]:
    codes = {s.zh: s.name for s in kind.flow.states} | {s.name: s.name for s in kind.flow.states}
    found = []
    for word in many(words):
        if word in codes:
            found.append(codes[word])
        else:
            labels = "、".join(f"{s.name}({s.zh})" for s in kind.flow.states)
            problems.append(Problem(f"--status 没有“{word}”这个状态；可用：{labels}", field="status"))
    return tuple(found)


def _fields(words: str, kind: Kind, problems: list[Problem]) -> tuple[str, ...]:
    labels = {f.zh: f.name for f in kind.on_record} | {c.zh: c.name for c in kind.computed}
    known = ["id", "status", "received", "recorded", "closed", "clocks", "log", *labels.values()]
    found = []
    for word in many(words):
        name = labels.get(word, word.replace("-", "_"))
        if name in known:
            found.append(name)
        else:
            problems.append(Problem(f"--fields 没有“{word}”这一项{nearest(word, known)}", field="fields"))
    return tuple(found)


STORED_AS = {"month": "received", "day": "received"}
COUNTED_HEADS = {"status": "状态", "month": "月份", "day": "日期"}


def count(call: Call) -> Sheet:
    """How many records of those that fit have each value of a field, most first; by the kind's category without one."""
    kind, office = call.kind, call.asked
    assert kind is not None
    call.no_words(1)
    name = _counted(kind, call.words[0] if call.words else kind.category or "status")
    query, _, notes = hear_query(call, kind)
    basis = office.basis(kind)
    ids: dict[Any, list[str]] = {}
    for value, number in _told(kind, office, query, name, basis):
        ids.setdefault(value, []).append(number)
    zh, shown = _shown(kind, name, basis)
    ordered = sorted(ids.items(), key=lambda one: (-len(one[1]), str(one[0])))
    rows = tuple({"value": v, "zh": shown(v), "count": len(n), "ids": n} for v, n in ordered)
    columns = (Column("zh", zh, lambda words: words or "（未填）"), Column("count", "条数", right=True))
    total = len({one for part in ids.values() for one in part})
    return Sheet(
        f"wuye.{kind.name}.count", columns, rows, basis.now, f"{kind.zh}按{zh}统计", notes=notes,
        more={"field": name, "total": total}, foot=f"共 {total} 条", headed=True,
    )  # fmt: skip


def _told(kind: Kind, office: Office, query: Query, name: str, basis: Basis) -> Iterator[tuple[Any, str]]:
    """Value and number of every record that fits, newest first. Raises Damaged: a count may leave nothing out."""
    wanted = _wanted(query, kind, office)
    stored = {f.name for f in kind.on_record if not f.type.listed and not kind.computed_by(f.name)} | {*COUNTED_HEADS}
    if query.plain and name in stored and (told := office.values(kind, wanted, STORED_AS.get(name, name))):
        pairs, problems = told
        if problems:
            raise Damaged(*problems)
        known: dict[str, Any] = {}
        for number, text in pairs:
            if text not in known:
                known[text] = _value(kind, name, text, basis)
            yield known[text], number
        return
    found, problems = office.select(kind, wanted)
    if problems:
        raise Damaged(*problems)
    for record in select(found, query, basis):
        for value in _values(record, name, basis):
            yield value, record.id


def _value(kind: Kind, name: str, text: str, basis: Basis) -> Any:
    """What is counted by, of its stored text."""
    if name in ("month", "day"):
        received = when.parse_stored(text, basis.zone)
        return f"{received:%Y-%m}" if name == "month" else f"{received:%Y-%m-%d}"
    return text if name == "status" else read_stored(kind[name], text, basis.zone)[0]


def _counted(kind: Kind, word: str) -> str:
    """What is counted by: a field, computed column, state, month or day, by code or label. Raises BadInput."""
    labels = {f.zh: f.name for f in kind.on_record if not f.private} | {c.zh: c.name for c in kind.computed}
    labels |= {zh: name for name, zh in COUNTED_HEADS.items()}
    name = labels.get(word, word.replace("-", "_"))
    if name in labels.values():
        return name
    if kind.has(name) and kind[name].private:
        raise BadInput(Problem(f"{kind[name].zh}是要遮住的，不能拿来统计：请换一项", field=name))
    near = nearest(word, [*labels, *labels.values()])
    raise BadInput(Problem(f"{kind.zh}没有“{word}”这一项{near}；请换一项", field=word))


def _values(record: Record, name: str, basis: Basis) -> Iterable[Any]:
    kind = record.kind
    if name in ("month", "day"):
        return (f"{record.received:%Y-%m}" if name == "month" else f"{record.received:%Y-%m-%d}",)
    if computed := kind.computed_by(name):
        value = computed.of(record, basis)
    else:
        value = record.status if name == "status" else record[name]
    if isinstance(value, (tuple, list)):
        return [v["name"] if isinstance(v, dict) else v for v in value] or (None,)
    return (value,)


def _shown(kind: Kind, name: str, basis: Basis) -> tuple[str, Callable[[Any], str]]:
    """The heading of what is counted by, and its values as the desk reads them."""
    if name in COUNTED_HEADS:
        return COUNTED_HEADS[name], (lambda v: state_zh(kind, v)) if name == "status" else str
    column = field_column(kind, name, basis)
    if kind.has(name) and kind[name].type.listed:
        return column.zh, lambda v: "" if v is None else str(v)
    return column.zh, column.show
