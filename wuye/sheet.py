"""A result before it looks like anything: typed columns and values, and records as others may see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from wuye import clocks, contests, when
from wuye.basis import Basis
from wuye.contests import KEY, SETTLED
from wuye.errors import Problem
from wuye.fields import Field
from wuye.record import Entry, Record
from wuye.schema import LABELS, Kind
from wuye.workdays import Span


def short(value: Any) -> str:
    """What a table shows of a value: `11-22 09:05` for this kind of moment, 是/否, plain text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (list, tuple)):
        return "；".join(short(item) for item in value)
    return str(value)


class Column(NamedTuple):
    """One column: key for scripts, Chinese heading, how its values are shown, whether numbers stand right,
    whether long text stays whole, whether it may fill several lines; the words that its cells are chosen from,
    whether others may stand there too, and whether a list given out to be edited takes changes of it."""

    name: str
    zh: str
    show: Callable[[Any], str] = short
    right: bool = False
    wide: bool = False
    lines: bool = False
    choices: tuple[str, ...] = ()
    open: bool = False
    fixed: bool = False


class Sheet(NamedTuple):
    """A table of any answer. `schema` names it for scripts; `more` holds further keys of the document,
    `notes` are said beside the table (stderr); `key` is what holds the rows in the document; `words` is what
    the table form says instead of a table; `table_rows` are the rows of the table form where they differ;
    `every` gives all columns where a table has room for some only; `records` are those it tells of: what leaves the
    office is masked by them, and by the names of further `people`; `edit` marks a list given out to be edited, whose
    last column is for the program."""

    schema: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    now: datetime
    title: str = ""
    key: str = "rows"
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    more: Mapping[str, Any] = MappingProxyType({})
    sections: tuple[Sheet, ...] = ()
    words: str = ""
    empty: str = "没有符合条件的记录"
    exit_code: int = 0
    tall: bool = False
    headed: bool = False
    foot: str = ""
    table_rows: tuple[Mapping[str, Any], ...] | None = None
    every: Callable[[], tuple[Column, ...]] | None = None
    records: Sequence[Record] = ()
    edit: bool = False
    people: Collection[str] = ()


def plain(value: Any) -> Any:
    """A value as JSON carries it: ISO times, codes, lists."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, (datetime, date)):
        return when.dump(value)
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (str, int)) else str(value)  # an amount, to the cent


def _masked(one: Field, value: Any, reveal: bool) -> Any:
    if value is None or reveal or not one.private:
        return value
    return one.masked(value)


def public(record: Record, basis: Basis, reveal: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """A record as an answer gives it: every field, computed columns, clocks, log; private values masked.

    Of `only` some names nothing else is worked out: clocks and levels cost more than all that is stored.
    """
    kind = record.kind
    row: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "received": record.received,
        "recorded": record.recorded,
    }
    names, by_another = kind.outdated
    gone = names if (not only or any(name in only for name in names)) and by_another(record, basis) else ()
    for one in kind.on_record:
        row[one.name] = None if one.name in gone else _masked(one, record[one.name], reveal)
    for computed in kind.computed:
        if not only or computed.name in only:
            row[computed.name] = computed.of(record, basis)
    row["closed"] = record.closed
    if not only or "clocks" in only:
        row["clocks"] = [clock_row(r) for r in clocks.read(record, basis)]
    row |= record.extra
    if KEY in record.extra and not reveal:
        row[KEY] = contests.masked(kind, record.extra[KEY])
    if not only or "log" in only:
        row["log"] = [_log_row(kind, entry, reveal) for entry in record.log]
    return row


def clock_row(reading: clocks.Reading) -> dict[str, Any]:
    """One clock as scripts read it."""
    return {
        "name": reading.name,
        "zh": reading.zh,
        "start": reading.start,
        "due": reading.due,
        "met": reading.met,
        "state": reading.state,
        "rule": reading.rule,
    }


def _log_row(kind: Kind, entry: Entry, reveal: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"at": entry.at, "step": entry.step, "by": entry.by}
    if entry.recorded:
        row["recorded"] = entry.recorded
    for name, value in entry.values.items():
        row[name] = _masked(kind[name], value, reveal)
    if entry.was:
        row["was"] = {n: _masked(kind[n], value, reveal) for n, value in entry.was.items()}
    row |= entry.extra
    if SETTLED in entry.extra and not reveal:
        row[SETTLED] = contests.masked(kind, entry.extra[SETTLED])
    return row


def next_due(record: Record, basis: Basis) -> str:
    """The clock that waits first, as a listing shows it: `首次响应 11-23 18:00 超时`."""
    waiting = [r for r in clocks.read(record, basis) if r.waits and r.due is not None]
    return due_words(waiting[0]) if waiting else ""


def due_words(reading: clocks.Reading) -> str:
    """A clock in a few words."""
    due = f"{reading.due:%m-%d %H:%M}" if reading.due else "未定"
    return f"{reading.zh} {due} {clocks.STATES[reading.state]}"


def field_column(kind: Kind, name: str, basis: Basis) -> Column:
    """The column of a field, computed value or head key of a kind."""
    if kind.has(name):
        one = kind[name]
        return Column(
            name, one.zh, lambda value: value if isinstance(value, str) and "*" in value else basis.shown(one, value),
            one.type.right, choices=_choices(one), open=one.type.open,
        )  # fmt: skip
    if computed := kind.computed_by(name):
        if name == "news":
            return Column(name, computed.zh, lambda value: age(value, basis.now))
        return Column(name, computed.zh, lambda value: "" if value is None else computed.shown(value))
    if name == "status":
        return Column(name, LABELS[name], lambda code: state_zh(kind, code))
    if name == KEY:
        return Column(name, LABELS[KEY], lambda raw: "\n".join(contests.lines(kind, raw)), lines=True)
    if name == "clocks":
        return Column(name, "时限", lambda rows: "\n".join(clock_words(r) for r in rows), lines=True)
    return Column(name, kind.label(name))


def _choices(one: Field) -> tuple[str, ...]:
    """The words that a cell of the field is chosen from; none where it holds several."""
    if one.type.name == "flag":
        return ("是", "否")
    return () if one.type.listed else tuple(zh for _, zh in one.type.choices)


def every_column(kind: Kind, basis: Basis) -> tuple[Column, ...]:
    """All columns of a kind, for where there is room: head, fields, computed values, the clocks with due and state."""
    told = ("id", "status", "received", *(f.name for f in kind.on_record), *(c.name for c in kind.computed))
    names = dict.fromkeys((*told, "recorded", "closed"))
    found = [field_column(kind, name, basis) for name in names]
    for clock in {one.name: one for one in reversed(kind.clocks)}.values():
        due, state = (clock_key(clock.name, part, names) for part in ("due", "state"))
        found.append(Column(due, f"{clock.zh}到期"))
        found.append(Column(state, f"{clock.zh}情况", lambda code: clocks.STATES.get(code, "")))
    return tuple(found)


def clock_key(clock: str, part: str, taken: Collection[str]) -> str:
    """What a clock tells stands under `respond_due`; under `clock_form_due` where a field has that name."""
    name = f"{clock}_{part}"
    return f"clock_{name}" if name in taken else name


def clock_cells(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with its clocks as `…_due` and `…_state`."""
    if not isinstance(row.get("clocks"), (list, tuple)):
        return row
    told = {clock_key(c["name"], part, row): c[part] for c in row["clocks"] for part in ("due", "state")}
    return {**row, **told}


def clock_words(row: Mapping[str, Any]) -> str:
    """A clock's row in a few words, with its year so that old listings can be read."""
    due = f"{row['due']:%Y-%m-%d %H:%M}" if row["due"] else "未定"
    return f"{row['zh']} {due} {clocks.STATES[row['state']]}"


def state_zh(kind: Kind, code: str) -> str:
    """A state's Chinese label."""
    state = kind.flow.state(code)
    return state.zh if state else code


def place(record: Record) -> str:
    """Where or with whom it is: the room, else the place or department, the lease or bay, then the name."""
    names = ("room", "unit", "place", "department", "lease", "bay")
    where = next((record.kind[n].shown(record[n]) for n in names if record[n]), "")
    return " ".join(part for part in (where, *(record[n] for n in record.kind.people)) if part)


def about(record: Record, basis: Basis) -> str:
    """What it is about, in a listing."""
    kind = record.kind
    return "；".join(basis.shown(kind[n], record[n]) for n in kind.about if record[n] is not None)


OTHER_STEPS = {"add": "登记", "edit": "更正", "note": "备注", "attach": "附件", "repeat": "再次投诉", "link": "关联",
               "undo": "撤销", "redo": "重做", "forget": "删除个人资料",
               "reconcile": "定下"}  # fmt: skip


def step_zh(kind: Kind, code: str) -> str:
    """The Chinese name of what a log entry tells."""
    step = kind.flow.step(code)
    return step.zh if step else OTHER_STEPS.get(code, code)


def age(stamp: datetime | None, now: datetime) -> str:
    """How long ago, in the largest whole unit: `3 天前`; 从未 where it never was."""
    if not stamp:
        return "从未"
    minutes = int((now - stamp).total_seconds() // 60)
    if minutes < 1:
        return "刚才"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 24 * 60 else f"{minutes // (24 * 60)} 天前"


def records_sheet(
    kind: Kind,
    records: Iterable[Record],
    basis: Basis,
    names: Sequence[str] = (),
    reveal: bool = False,
    tall: bool = False,
    **rest: Any,
) -> Sheet:
    """The answer about records: the kind's list columns for tables, everything for scripts.

    `names` restricts both to some fields; `tall` shows one record a line a field.
    """
    told = tuple(records)
    rows = tuple(public(r, basis, reveal, names) for r in told)
    wanted = tuple(names) or (*kind.columns, "clocks")
    if tall and not names:
        wanted = tuple(n for n in (rows[0] if rows else ()) if kind.has(n) or kind.computed_by(n) or n in LABELS)
        wanted = (*(n for n in wanted if n != "log"), "clocks")
    columns = tuple(field_column(kind, name, basis) for name in wanted)
    if names:
        rows = tuple({name: row.get(name) for name in wanted} for row in rows)
    every = None if names or tall else partial(every_column, kind, basis)
    return Sheet(f"wuye.{kind.name}", columns, rows, basis.now, kind.zh, key="records", tall=tall, every=every,
                 records=told, **rest)  # fmt: skip
