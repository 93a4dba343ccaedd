"""A form as a page gets it: a record filled in, or an empty one with its paper number (domain.md 43).

What is here is what a template may show, an office's own too (docs/printing.md): private values masked, notes and
corrections left out, because paper leaves the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from wuye import checklist, when
from wuye.basis import Basis
from wuye.fields import Field
from wuye.record import Entry, Record
from wuye.schema import Checklist, Kind
from wuye.sheet import state_zh, step_zh
from wuye.slips import capital, on_paper
from wuye.stationery import Form
from wuye.values import Type

SHORT = 26
"""What is longer has a line of its own."""
MOST_CHOICES = 9
EMPTY_ROWS = {"a4": 8, "wide": 8, "a5": 2}
BY_HAND = "____年__月__日__时__分"
BESIDE = ("add", "note", "edit", "attach", "link", "repeat", "undo", "redo", "tick")
"""Steps that paper does not tell: what is said within the desk, and what the form itself shows."""
NO_CELLS: Mapping[str, Cell] = MappingProxyType({})


class Cell(NamedTuple):
    """One field on paper: code, label, text; `long` ones have a line of their own, `choices` are boxes to tick."""

    name: str
    zh: str
    text: str
    long: bool = False
    choices: tuple[str, ...] = ()


class Head(NamedTuple):
    """The heading of a column; numbers stand right."""

    zh: str
    right: bool = False


class Table(NamedTuple):
    """A small table: goods, materials, the rows of a checklist."""

    name: str
    zh: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]


class Event(NamedTuple):
    """One step of the story: when, what, by whom, and what it said."""

    step: str
    at: str
    zh: str
    by: str
    fields: Mapping[str, Cell]


class Filled(NamedTuple):
    """One form, filled in or blank. `lines` are the cells as they lie on paper, one or two a line; `fields` are all
    of the record's by code, `last` the last step of each code; `of` is the form of the record it belongs to."""

    form: Form
    title: str
    number: str
    state: str
    received: str
    recorded: str
    lines: tuple[tuple[Cell, ...], ...]
    tables: tuple[Table, ...]
    signs: tuple[str, ...]
    copies: tuple[str, ...]
    fields: Mapping[str, Cell]
    steps: tuple[Event, ...] = ()
    last: Mapping[str, Event] = MappingProxyType({})
    capital: str = ""
    void: bool = False
    blank: bool = False
    code: str = ""
    qr: Any = ""
    of: Mapping[str, Cell] = NO_CELLS

    def text(self, name: str) -> str:
        """The text of a field, empty where there is none."""
        found = self.fields.get(name)
        return found.text if found else ""

    def said(self, step: str, name: str) -> str:
        """What the last step of that code said in a field, empty where it was not taken."""
        event = self.last.get(step)
        found = event.fields.get(name) if event else None
        return found.text if found else ""


def shown(one: Field, value: Any, reveal: bool) -> str:
    """A value on paper: private ones masked."""
    if value is None:
        return ""
    return one.masked_zh(value) if one.private and not reveal else one.shown(value)


def of_record(record: Record, form: Form, basis: Basis, reveal: bool = False) -> Filled:
    """A record on a form."""
    kind, slip, record = record.kind, record.kind.slip, on_paper(record, basis)
    names = form.rows or slip.rows
    fields = {f.name: _cell(f, shown(f, record[f.name], reveal)) for f in kind.on_record}
    wanted = [_computed(record, name, basis) or fields[name] for name in names if not _is_table(kind, name)]
    tables = (_table(kind[name], record[name]) for name in names if _is_table(kind, name) and record[name])
    steps = tuple(_event(kind, e, reveal) for e in record.standing if e.step not in BESIDE)
    words = capital(record["amount"]) if kind.money and kind.has("amount") and record.get("amount") is not None else ""
    if words:
        place = next((i for i, one in enumerate(wanted) if one.name == "amount"), len(wanted) - 1)
        wanted.insert(place + 1, Cell("capital", "大写", words))
    title = slip.titled(record) if slip.titled and form.template == "slip" and not form.only else form.zh
    return Filled(
        form, title, record.id, state_zh(kind, record.status), when.read_back(record.received),
        when.read_back(record.recorded), tuple(_laid(wanted)), tuple(tables), form.signs or slip.signatures,
        form.copies or ("",), fields, steps, {event.step: event for event in steps}, words, record.void,
    )  # fmt: skip


def blank(form: Form, kind: Kind, number: str, lists: Sequence[Checklist] = ()) -> Filled:
    """An empty form to write on, with its paper number; choices are boxes to tick."""
    fields = {f.name: _empty(f) for f in kind.on_record}
    names = [name for name in form.rows or kind.slip.rows if name in fields and kind[name].typed]
    wanted, rows = [fields[name] for name in names if not _is_table(kind, name)], EMPTY_ROWS[form.paper]
    tables = [_empty_table(kind[name], rows) for name in names if _is_table(kind, name)]
    if len(lists) == 1:
        checks = _table(checklist.CHECKS_FIELD, checklist.fresh(lists[0]))
        tables.append(checks)
    elif any(name == "checks" for name in form.rows or kind.slip.rows):
        tables.append(_empty_table(checklist.CHECKS_FIELD, rows))
    return Filled(
        form, form.zh, number, "", BY_HAND, "", tuple(_laid(wanted)), tuple(tables),
        form.signs or kind.slip.signatures, ("",), fields, blank=True,
    )  # fmt: skip


def _cell(one: Field, text: str) -> Cell:
    return Cell(one.name, one.zh, text, one.type.name == "memo" or len(text) > SHORT or "\n" in text)


def _computed(record: Record, name: str, basis: Basis) -> Cell | None:
    computed = record.kind.computed_by(name)
    if computed is None:
        return None
    value = computed.of(record, basis)
    text = "" if value is None else computed.shown(value)
    return Cell(name, computed.zh, text, len(text) > SHORT or "\n" in text)


def _empty(one: Field) -> Cell:
    found = [zh.split("/")[0] for _, zh in one.type.choices]
    if one.type.name == "flag":
        found = ["是", "否"]
    boxes = tuple(found) if len(found) <= MOST_CHOICES else ()
    return Cell(one.name, one.zh, "", one.type.name == "memo" or len("".join(boxes)) > SHORT // 2, boxes)


def _laid(cells: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    """The cells on lines: a long one alone, short ones two by two."""
    waiting: list[Cell] = []
    for one in cells:
        if one.long:
            if waiting:
                yield tuple(waiting)
            waiting = []
            yield (one,)
            continue
        waiting.append(one)
        if len(waiting) == 2:
            yield tuple(waiting)
            waiting = []
    if waiting:
        yield tuple(waiting)


def _is_table(kind: Kind, name: str) -> bool:
    return kind.has(name) and bool(kind[name].type.cells)


def _table(one: Field, rows: Any) -> Table:
    """A listed value as a table: no column that nobody filled, rows numbered."""
    if isinstance(rows, str):  # what stands there does not fit: it is shown as it stands
        return Table(one.name, one.zh, (Head(one.zh),), ((rows,),))
    cells = [c for c in one.type.cells if c.name == "mark" or any(row.get(c.name) not in (None, "") for row in rows)]
    heads = (Head("序号"), *(Head(c.zh, c.type.right) for c in cells))
    body = [(f"{i}", *(_part(c.name, c.type, row.get(c.name)) for c in cells)) for i, row in enumerate(rows, 1)]
    return Table(one.name, one.zh, heads, tuple(body))


def _part(name: str, type_: Type, value: Any) -> str:
    if value is not None:
        return type_.show(value)
    return "　".join(f"□{zh.split('/')[0]}" for _, zh in type_.choices) if name == "mark" else ""


def _empty_table(one: Field, rows: int) -> Table:
    cells = [c for c in one.type.cells if c.name != "told"]
    empty = ("", *("" for _ in cells))
    return Table(one.name, one.zh, (Head("序号"), *(Head(c.zh, c.type.right) for c in cells)), (empty,) * rows)


def _event(kind: Kind, entry: Entry, reveal: bool) -> Event:
    fields = {name: _cell(kind[name], shown(kind[name], value, reveal)) for name, value in entry.values.items()}
    return Event(entry.step, f"{entry.at:%Y-%m-%d %H:%M}", step_zh(kind, entry.step), entry.by, fields)
