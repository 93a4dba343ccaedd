"""A list given out to be edited in a spreadsheet, and what came back: which cells were changed there. Pure.

Beside the cells each row carries a mark: how long the record's history was when it was given out, and a short hash of
every cell. A changed cell is one whose hash is not among them, however the rows were sorted and the columns moved; the
history since then tells what was changed here meanwhile. The hashes are of what the cells show, masked as they are:
nothing can be worked out from them that does not stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from wuye import grid
from wuye.basis import Basis
from wuye.cells import Number, held
from wuye.changes import NOT_TYPED
from wuye.errors import BadInput, Problem
from wuye.fields import Field
from wuye.grid import Cell, Grid
from wuye.record import Record
from wuye.render.table import safe
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, clock_cells, every_column, field_column, public
from wuye.typed import nearest

MARK, MARK_ZH = "mark", "核对（勿改）"
VERSION = "v1"
RECEIVED = "received"
FIGURES = ("count", "money", "difference", "area", "quantity")
LOOKED_AT = 20
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_AMOUNT = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")


def editable(kind: Kind, name: str) -> bool:
    """Whether a column takes changes: what `edit` takes, but for the numbers of other records and files."""
    if name == RECEIVED:
        return True
    if not kind.has(name) or name in (*kind.fixed, *NOT_TYPED, kind.link, kind.origin):
        return False
    one: Field = kind[name]
    return one.typed and not one.on_log and not one.type.name.startswith(("id:", "file"))


def columns(kind: Kind, basis: Basis, names: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of such a list, no heading twice; of `names` only these, with number and state."""
    wanted = ("id", "status", *names) if names else ()
    found, heads = [], set[str]()
    for one in every_column(kind, basis):
        if wanted and one.name not in wanted:
            continue
        zh = one.zh if one.zh not in heads else f"{one.zh}（{one.name}）"
        heads.add(zh)
        found.append(one._replace(zh=zh, fixed=not editable(kind, one.name)))
    return tuple(found)


def lend(
    kind: Kind, records: Iterable[Record], basis: Basis, names: Sequence[str], reveal: bool, words: bool, **rest: Any
) -> Sheet:
    """The list; with `words` each cell as the desk reads it, for CSV."""
    heads, rows, told = columns(kind, basis, names), [], tuple(records)
    for record in told:
        row = clock_cells(public(record, basis, reveal))
        cells = {one.name: held(one, row.get(one.name), basis.zone) for one in heads}
        marks = "".join(_hash(record.id, name, canon(kind, name, _cell(cells[name]))) for name in cells)
        mark = f"{VERSION} {len(record.log)} {marks}"
        if words:
            rows.append({**{one.zh: _said(cells[one.name]) for one in heads}, MARK_ZH: mark})
        else:
            rows.append({**{one.name: row.get(one.name) for one in heads}, MARK: mark})
    last = Column(MARK, MARK_ZH, fixed=True)
    return Sheet(
        f"wuye.{kind.name}", (*heads, last), tuple(rows), basis.now, kind.zh, key="records", edit=True, records=told,
        **rest,
    )  # fmt: skip


def _said(value: Any) -> Any:
    """A cell as a CSV has it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Number) else _shown(value)


def _cell(value: Any) -> Cell:
    """The cell as it will be read again."""
    return grid.cell(float(value.value) if isinstance(value, Number) else _shown(value))


def _shown(value: Any) -> Any:
    return "\n".join(map(safe, value.split("\n"))) if isinstance(value, str) else value


def canon(kind: Kind, name: str, cell: Cell) -> str:
    """The text by which a cell is compared: dates and numbers apart from how a spreadsheet happens to write them.

    In a column of text nothing but the text itself counts: 3.10 is not 3.1 there.
    """
    form = kind[name].type.name if kind.has(name) and editable(kind, name) else ""
    fixed = not editable(kind, name)
    if (fixed or name == RECEIVED or form.startswith(("moment", "day"))) and (found := _DAY.fullmatch(cell.text)):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    if (fixed or form in FIGURES) and _AMOUNT.fullmatch(cell.text):
        return grid.plain(float(cell.text.replace(",", "")))
    return cell.text


def _hash(number: str, name: str, text: str) -> str:
    import hashlib

    return hashlib.blake2b(f"{number}\0{name}\0{text}".encode(), digest_size=4).hexdigest()


class Back(NamedTuple):
    """A cell that came back changed: where it stands, what it holds."""

    place: str
    cell: Cell


class Row(NamedTuple):
    """A row that came back: its record, how long that one's history was, the hashes, the cells that were changed."""

    place: str
    id: str
    length: int
    hashes: frozenset[str]
    changed: Mapping[str, Back]

    def knew(self, record: Record, name: str, basis: Basis) -> bool:
        """Whether a field of the record stands here as it stood in the list, and nothing was said of it since."""
        kind = record.kind
        for entry in record.log[self.length :]:
            if name in entry.values or name in entry.was or (name == RECEIVED and "received_was" in entry.extra):
                return False
        value = record.received if name == RECEIVED else record[name]
        forms = [value]
        if value is not None and name != RECEIVED and kind[name].private:
            forms.append(kind[name].masked(value))
        column = field_column(kind, name, basis)
        texts = [canon(kind, name, _cell(held(column, form, basis.zone))) for form in forms]
        return len(record.log) >= self.length and any(_hash(self.id, name, text) in self.hashes for text in texts)


class Table(NamedTuple):
    """What came back: rows with changed cells, what is wrong with the table, columns that nobody reads, all rows."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]
    total: int


def read(found: Grid, kind: Kind, basis: Basis) -> Table:
    """The rows of a list that was given out. Raises BadInput where it is no such list."""
    heads = {one.zh: one.name for one in columns(kind, basis)} | {MARK_ZH: MARK}
    line, places, unread = _headings(found, heads, kind)
    rows, problems, seen = [], [], dict[str, int]()
    for number in range(line + 1, len(found.rows)):
        if not any(one.text for one in found.rows[number]):
            continue
        row, wrong = _row(found, number, places, kind)
        problems += wrong
        if row is None:
            continue
        if row.id in seen:
            problems.append(Problem(f"{row.id} 与第 {seen[row.id]} 行重复：请删去一行", row.place))
        seen.setdefault(row.id, number + 1)
        rows.append(row)
    return Table(tuple(one for one in rows if one.changed), tuple(problems), unread, len(rows))


def _headings(found: Grid, heads: Mapping[str, str], kind: Kind) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """The line of the headings (from 0), the column of each name, headings that mean nothing. Raises BadInput."""
    tops = [[one.text for one in cells] for cells in found.rows[:LOOKED_AT]]
    line = next((i for i, names in enumerate(tops) if "编号" in names and MARK_ZH in names), None)
    if line is None:
        words = "里没有“编号”和“核对（勿改）”这两列，不是导出来改的表"
        raise BadInput(f"{found.name} {words}：请用 wuye {kind.name} list --edit -o xlsx --out 文件 导出，在那份上改")
    names = tops[line]
    twice = [name for name in heads if names.count(name) > 1]
    if twice:
        raise BadInput(*(Problem(f"表头“{name}”出现了两次：请删去一列", found.name) for name in twice))
    near = [f"“{name}”{nearest(name, heads)}" for name in names if name and name not in heads]
    return line, {heads[name]: place for place, name in enumerate(names) if name in heads}, tuple(near)


def _row(found: Grid, number: int, places: Mapping[str, int], kind: Kind) -> tuple[Row | None, list[Problem]]:
    place = found.place(number, places["id"])
    name = found.cell(number, places["id"]).text
    told = re.fullmatch(rf"{VERSION} (\d+) ((?:[0-9a-f]{{8}})+)", found.cell(number, places[MARK]).text)
    if not name and not told:
        words = f"这一行没有编号，是新加的：新的{kind.zh}请另放一个文件，用 wuye {kind.name} add --from 登记"
        return None, [Problem(words, place)]
    if told is None:
        words = f"{name} 的“{MARK_ZH}”空了或改过，看不出改了哪几格：请重新导出，在新的一份上改"
        return None, [Problem(words, found.place(number, places[MARK]))]
    hashes = frozenset(told[2][at : at + 8] for at in range(0, len(told[2]), 8))
    if _hash(name, "id", name) not in hashes:
        words = f"编号 {name or '（空）'} 和这一行不是一起导出的：编号不能改，请重新导出"
        return None, [Problem(words, place)]
    if not name.startswith(f"{kind.prefix}-"):
        return None, [Problem(f"{name} 不是{kind.zh}：请用那一种记录的 edit --from 收回", place)]
    changed, problems = dict[str, Back](), []
    for column, where in places.items():
        cell = found.cell(number, where)
        if column in ("id", MARK) or _hash(name, column, canon(kind, column, cell)) in hashes:
            continue
        if editable(kind, column):
            changed[column] = Back(found.place(number, where), cell)
        else:
            problems.append(Problem(f"{name} 的{_why_fixed(kind, column)}；请改回原样", found.place(number, where)))
    return Row(place, name, int(told[1]), hashes, changed), problems


def _why_fixed(kind: Kind, name: str) -> str:
    """Why a column takes no changes."""
    label = kind.label(name)
    steps = [f"{step.name}（{step.zh}）" for step in kind.flow.steps if name in step.fields]
    if name == "status":
        return "状态不能在表里改，要走一步请用各步骤的命令"
    if kind.has(name) and steps:
        return f"{label}不能在表里改，要改请用 {'、'.join(steps)}"
    return f"{label}不能在表里改" if kind.has(name) or name == "recorded" else f"{label}是算出来的，不能改"
