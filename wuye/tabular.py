"""A table's rows as words for a kind: headings found, rows left out, values translated, each word with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from wuye import identity, spoiled
from wuye.errors import Problem
from wuye.flow import Step
from wuye.grid import EMPTY, Cell, Grid, letters
from wuye.mapping import Map, StepMap, date_format, squeeze
from wuye.numerals import fold
from wuye.schema import Kind

LOOKED_AT = 20
JOINT = "；"


class Word(NamedTuple):
    """What one field gets from one row: the text, where it stands, under which heading, and its cells.

    An empty one may carry a hint why: it lies in a merged area.
    """

    text: str
    place: str
    column: str = ""
    cells: tuple[Cell, ...] = ()
    hint: str = ""


class Taken(NamedTuple):
    """A step that a row tells of: when, who did it, and what it gave."""

    step: Step
    at: Word
    by: str
    words: Mapping[str, Word]


class Row(NamedTuple):
    """One row that becomes a record: its number in the table, what makes it recognisable, its words and steps."""

    number: int
    place: str
    key: str
    words: Mapping[str, Word]
    steps: tuple[Taken, ...] = ()


class Table(NamedTuple):
    """What a table holds for a kind.

    `unused` are columns that nothing asked for, `skipped` the rows that the map leaves out, `empty` the rows in
    which a field's columns are empty; `problems` stop the import, `doubts` are only said.
    """

    rows: tuple[Row, ...]
    unused: tuple[str, ...] = ()
    skipped: tuple[int, ...] = ()
    empty: Mapping[str, tuple[int, ...]] = {}
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()


def header_of(grid: Grid, wanted: Sequence[str]) -> tuple[int, ...]:
    """The row (from 1) among the first ones that holds most of the wanted headings."""
    known = {squeeze(name) for name in wanted}
    counts = [sum(squeeze(one.text) in known for one in line if one.text) for line in grid.rows[:LOOKED_AT]]
    filled = next((i for i, line in enumerate(grid.rows) if any(one.text for one in line)), 0)
    best = max(counts, default=0)
    return ((counts.index(best) if best else filled) + 1,)


def headings(grid: Grid, header: Sequence[int]) -> list[str]:
    """The name of every column; of headings in several rows the parts joined: `业主/姓名`.

    A merged heading counts for all its cells. Where the file does not tell what is merged, an upper heading
    reaches right over columns that only have a lower one.
    """
    lines = [number - 1 for number in header]
    width = max((len(grid.rows[line]) for line in lines if line < len(grid.rows)), default=0)
    parts: list[list[str]] = []
    for column in range(width):
        found: list[str] = []
        for place, line in enumerate(lines):
            text = _heading(grid, line, column)
            if not text and grid.merged is None and place < len(lines) - 1 and column:
                below = [grid.cell(low, column).text for low in lines[place + 1 :]]
                left = parts[column - 1]
                text = left[place] if any(below) and any(left[place + 1 :]) else ""
            found.append(text)
        parts.append(found)
    names = ["/".join(dict.fromkeys(part for part in found if part)) for found in parts]
    while names and not names[-1]:
        names.pop()
    return names


def _heading(grid: Grid, line: int, column: int) -> str:
    span = grid.span(line, column)
    cell = grid.cell(span.top, span.left) if span else grid.cell(line, column)
    return re.sub(r"\s+", "", cell.text)


def read(grid: Grid, plan: Map, names: Sequence[str], kind: Kind) -> Table:
    """The rows below the headings as the map wants them."""
    return _Reading(grid, plan, names, kind).table()


class _Reading:
    """One pass over a table."""

    def __init__(self, grid: Grid, plan: Map, names: Sequence[str], kind: Kind) -> None:
        self.grid, self.plan, self.kind = grid, plan, kind
        self.names = list(names)
        self.index = {squeeze(name): place for place, name in reversed(list(enumerate(names))) if name}
        self.filled: dict[int, Cell] = {}
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []
        self.empty: dict[str, list[int]] = {}

    def table(self) -> Table:
        rows, skipped, seen = [], [], dict[str, Row]()
        first = max(self.plan.header, default=1)
        for line in range(first, len(self.grid.rows)):
            cells = self.grid.rows[line]
            if not any(one.text for one in cells):
                continue
            if self._left_out(line):
                skipped.append(line + 1)
                continue
            self._fill(line)
            self._too_long(line)
            row = self._row(line)
            if row.key and row.key in seen:
                same = "内容完全相同" if not self.plan.key else f"的 {'、'.join(self.plan.key)} 相同"
                words = f"与第 {seen[row.key].number} 行{same}：请删去多余的一行，或改正其中一行"
                self.problems.append(Problem(words, row.place))
            seen.setdefault(row.key, row)
            rows.append(row)
        if not rows:
            self.problems.append(Problem("表头下面没有可以导入的行：请核对文件和映射里的 header、skip", self.grid.name))
        empty = {name: tuple(numbers) for name, numbers in self.empty.items()}
        return Table(
            tuple(rows), tuple(self._unused()), tuple(skipped), empty, tuple(self.problems), tuple(self.doubts)
        )

    def _unused(self) -> Iterator[str]:
        used = {squeeze(name) for name, _ in self.plan.named()}
        first = max(self.plan.header, default=1)
        for column, name in enumerate(self.names):
            if squeeze(name) in used:
                continue
            if any(self.grid.cell(line, column).text for line in range(first, len(self.grid.rows))):
                yield name or f"{letters(column)} 列（没有表头）"

    def _column(self, name: str) -> int:
        return self.index[squeeze(name)]

    def _cell(self, line: int, name: str) -> Cell:
        column = self._column(name)
        cell = self.grid.cell(line, column)
        return cell if cell.text or name not in self.plan.fill else self.filled.get(column, EMPTY)

    def _left_out(self, line: int) -> bool:
        return any(
            all(self._one_of(self.grid.cell(line, self._column(name)).text, words) for name, words in rule.items())
            for rule in self.plan.skip
        )

    def _one_of(self, text: str, words: tuple[str, ...]) -> bool:
        return squeeze(text) in {squeeze(word) for word in words} if words else bool(text)

    def _fill(self, line: int) -> None:
        for name in self.plan.fill:
            column = self._column(name)
            if (cell := self.grid.cell(line, column)).text:
                self.filled[column] = cell

    def _too_long(self, line: int) -> None:
        extra = [c for c in range(len(self.names), len(self.grid.rows[line])) if self.grid.cell(line, c).text]
        if extra:
            words = f"这一行比表头多出 {len(extra)} 格：请核对是不是错位（逗号、引号），或给这一列加上表头"
            self.problems.append(Problem(words, self.grid.place(line, extra[0])))

    # --- one row

    def _row(self, line: int) -> Row:
        place = self.grid.place(line, self._column(self.plan.key[0]) if self.plan.key else 0)
        words = self._words(line, self.plan.columns, self.plan.constants, count=True)
        steps = tuple(one for step in self.plan.steps if (one := self._step(line, step)))
        return Row(line + 1, place, self._key(line), words, steps)

    def _key(self, line: int) -> str:
        source = f"{self.plan.source}/" if self.plan.source else ""
        if not self.plan.key:
            import hashlib

            pairs = zip(self.names, self.grid.rows[line], strict=False)
            told = "\x1f".join(f"{name}={cell.text}" for name, cell in pairs if cell.text)
            return f"{source}row-{hashlib.blake2b(told.encode(), digest_size=8).hexdigest()}"
        parts = []
        for name in self.plan.key:
            cell, place = self._cell(line, name), self.grid.place(line, self._column(name))
            words = spoiled.fault(cell, "text")
            if not cell.text:
                words = "是空的，而映射用它认出每一行：请填上，或在 skip 里把这样的行略去"
            elif identity.find(cell.text):
                words = "是身份证号，不能用来认出每一行（它会存入台账）：请换一列作 key"
            if words:
                self.problems.append(Problem(f"{name}{'' if words[0] in '是被只' else '：'}{words}", place))
                return ""
            parts.append(cell.text)
        return source + "/".join(parts)

    def _words(
        self, line: int, columns: Mapping[str, tuple[str, ...]], constants: Mapping[str, str], count: bool = False
    ) -> dict[str, Word]:
        found = {}
        for name in (*columns, *(n for n in constants if n not in columns)):
            word = self._word(line, name, columns.get(name, ()))
            if not word.text and name in constants:
                word = Word(constants[name], word.place or self.grid.place(line, 0), word.column)
            found[name] = word
            if not word.text and count:
                self.empty.setdefault(name, []).append(line + 1)
        return found

    def _word(self, line: int, name: str, columns: tuple[str, ...]) -> Word:
        """The cells of a field's columns joined, translated by the map's `values`."""
        cells: list[Cell] = []
        place = hint = ""
        for column in columns:
            cell = self._cell(line, column)
            hint = hint or self._merged(line, column)
            if not place or (cell.text and not cells):
                place = self.grid.place(line, self._column(column))
            if cell.text:
                cells.append(self._dated(line, column, cell))
        text = JOINT.join(cell.text for cell in cells)
        table = {squeeze(word): to for word, to in self.plan.values.get(name, {}).items()}
        if squeeze(text) in table:
            return Word(table[squeeze(text)], place, "、".join(columns))
        return Word(text, place, "、".join(columns), tuple(cells), "" if text else hint)

    def _merged(self, line: int, column: str) -> str:
        span = self.grid.span(line, self._column(column))
        if span is None or span.top == line or column in self.plan.fill:
            return ""
        area = f"{letters(span.left)}{span.top + 1}:{letters(span.right)}{span.bottom + 1}"
        return f"这一格属于合并的 {area}：要照第一格往下填，请在映射里写 fill: [{column}]"

    def _dated(self, line: int, column: str, cell: Cell) -> Cell:
        """A cell whose column has a format hint, read by it."""
        hint = self.plan.dates.get(column)
        if not hint or cell.form not in ("text", "number"):
            return cell
        text, form = fold(cell.text).strip(), date_format(hint)
        if form == hint:
            if re.match(r"\d{1,2}月", text):
                return Cell(f"{hint}年{text}", "text", cell.value)
            return Cell(f"{hint}-{text}", "text", cell.value) if re.match(r"\d{1,2}[-/.]\d", text) else cell
        try:
            return Cell(datetime.strptime(text, form).isoformat(" "), "text", cell.value)
        except ValueError:
            words = f"{column}：“{identity.mask(cell.text)}”不合映射里写的格式 {hint}：请改正这一格，或改 dates"
            self.problems.append(Problem(words, self.grid.place(line, self._column(column))))
            return EMPTY

    def _step(self, line: int, plan: StepMap) -> Taken | None:
        if not all(self._one_of(self._cell(line, name).text, words) for name, words in plan.when.items()):
            return None
        at = self._word(line, "", (plan.at,))
        if not at.text:
            if plan.when:
                words = f"{plan.at} 是空的，{plan.step.zh}这一步没有记：知道时间的请补上"
                self.doubts.append(Problem(words, at.place))
            return None
        by = self._cell(line, plan.by).text if plan.by else ""
        return Taken(plan.step, at, by, self._words(line, plan.columns, plan.constants))
