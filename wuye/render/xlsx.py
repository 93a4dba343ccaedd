"""A sheet as an Excel workbook: text as text, times as times, amounts as numbers, ready to filter, edit and print."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.cells import Number, held
from wuye.render.table import safe, used
from wuye.sheet import Column, Sheet, clock_cells

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

OPTIONS = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True,
}  # fmt: skip
LONGEST = 32_767
"""Characters (UTF-16) that a cell takes."""
CUT = "……（太长，表格里放不下，全文请用 -o csv）"
NARROW, WIDE = 6, 60
LONGEST_NAME, LONGEST_HEADER, LONGEST_CHOICES = 31, 200, 255
READABLE, SCALE = 240, 60
"""Characters that A4 landscape takes in a line that can still be read, and how small that is in percent."""
SPARE = 200
"""Rows below the last that have the dropdowns too."""
HISTORY = "经过"
_NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_STEERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


class Table(NamedTuple):
    """What goes onto one worksheet: its name, columns, rows of cells, and lines below them."""

    title: str
    columns: tuple[Column, ...]
    rows: list[list[Any]]
    below: tuple[str, ...] = ()
    edit: bool = False


def data(sheet: Sheet) -> bytes:
    """The sheet as the first worksheet, its sections as further ones."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        title = sheet.title or sheet.schema
        book.set_properties({"title": title, "created": sheet.now.replace(tzinfo=None, microsecond=0)})
        styles, names = _Styles(book), set[str]()
        for part in (sheet, *sheet.sections):
            _Page(book, styles, _table(part, part is sheet), names).write()
    return target.getvalue()


def lines(text: str, now: datetime) -> Sheet:
    """An answer that is plain text, as a sheet with a line a row."""
    rows = tuple({"line": line} for line in text.splitlines())
    return Sheet("wuye.text", (Column("line", "内容", wide=True),), rows, now, "内容")


def _table(sheet: Sheet, first: bool) -> Table:
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    below = [line for line in (*sheet.foot.split("\n"), *(str(p) for p in sheet.problems)) if line]
    if not rows:
        below.insert(0, sheet.empty)
    below = [] if sheet.edit else below
    zone = sheet.now.tzinfo
    if sheet.tall and rows:
        return Table(sheet.title, *_turned(sheet, rows), tuple(below))
    columns = sheet.every() if sheet.every else sheet.columns
    told = [clock_cells(row) for row in rows] if sheet.every else rows
    cells = [[held(column, row.get(column.name), zone) for column in columns] for row in told]
    if sheet.every:  # an empty column of so many says nothing
        kept = used(columns, [["" if cell is None else "x" for cell in line] for line in cells]) or [0]
        columns, cells = tuple(columns[i] for i in kept), [[line[i] for i in kept] for line in cells]
    return Table(sheet.title if first else sheet.title or sheet.schema, columns, cells, tuple(below), sheet.edit)


def _turned(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Column, ...], list[list[Any]]]:
    """Records told at length: a line a field, a column a record."""
    zone = sheet.now.tzinfo
    names = [str(row.get("id") or row.get("name") or "内容") for row in rows]
    heads = (Column("name", "项目"), *(Column(f"of{i}", name, lines=True) for i, name in enumerate(names)))
    body = [[column.zh, *(held(column, row.get(column.name), zone) for row in rows)] for column in sheet.columns]
    histories = ["\n".join(row.get("history", ())) or None for row in rows]
    body += [[HISTORY, *histories]]
    return heads, [line for line in body if any(cell is not None for cell in line[1:])]


class _Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[str, ...], Format] = {}

    def of(self, form: str, *marks: str) -> Format:
        """The format of a number format and marks: head, right, fixed, wrap, quote."""
        key = (form, *sorted(marks))
        if key not in self.made:
            found: dict[str, Any] = {"num_format": form, "valign": "top"}
            if "yyyy" in form:
                found |= {"align": "left"}
            if "right" in marks:
                found |= {"align": "right"}
            if "head" in marks:
                found |= {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8E8E8"}
            if "fixed" in marks:
                found |= {"font_color": "#808080"}
            if "wrap" in marks:
                found |= {"text_wrap": True}
            if "quote" in marks:
                found |= {"quote_prefix": True}
            self.made[key] = self.book.add_format(found)
        return self.made[key]


TEXT = "@"


class _Page:
    """One worksheet in the making."""

    def __init__(self, book: Workbook, styles: _Styles, table: Table, names: set[str]) -> None:
        self.book, self.styles, self.table = book, styles, table
        self.width = 0
        self.page: Worksheet = book.add_worksheet(name_of(table.title, names))

    def write(self) -> None:
        """Headings, cells, what stands below; then how it is looked at, edited and printed."""
        table, page = self.table, self.page
        for column, one in enumerate(table.columns):
            right = ("right",) if any(isinstance(line[column], Number) for line in table.rows) else ()
            page.write_string(0, column, clean(one.zh), self.styles.of(TEXT, "head", *right))
            self._shape(column, one)
        for row, line in enumerate(table.rows, 1):
            for column, value in enumerate(line):
                self._cell(row, column, value)
        start = len(table.rows) + 2
        for row, words in enumerate(table.below, start):
            page.write_string(row, 0, clean(words), self.styles.of(TEXT, *_quoted(words)))
        self._paper()

    def _shape(self, column: int, one: Column) -> None:
        """A column's width, its format for what is typed into it, and what may be chosen there."""
        cells = [line[column] for line in self.table.rows]
        form = next((_form(cell) for cell in cells if cell is not None), TEXT)
        width = max([_width(one.zh) + 3, *map(_width_of, cells)])
        marks = ("fixed",) if one.fixed and self.table.edit else ()
        last = self.table.edit and column == len(self.table.columns) - 1
        width = min(max(width, NARROW), WIDE)
        self.width += 0 if last else width
        self.page.set_column(column, column, width, self.styles.of(form, *marks), {"hidden": True} if last else {})
        if one.choices and not one.fixed and cells:
            words = {"error_title": "不在可选之列", "error_message": f"{one.zh}只能从列表里选"}
            self.page.data_validation(1, column, len(cells) + SPARE, column, {
                "validate": "list", "source": self._choices(one), "show_error": not one.open, **words,
            })  # fmt: skip

    def _choices(self, one: Column) -> list[str] | str:
        """The words to choose from; of many their place on a hidden worksheet."""
        if len(",".join(one.choices)) <= LONGEST_CHOICES and not any("," in word for word in one.choices):
            return list(one.choices)
        name = f"选项{sum(sheet.get_name().startswith('选项') for sheet in self.book.worksheets()) + 1}"
        page = self.book.add_worksheet(name)
        page.hide()
        for row, word in enumerate(one.choices):
            page.write_string(row, 0, word)
        return f"={name}!$A$1:$A${len(one.choices)}"

    def _cell(self, row: int, column: int, value: Any) -> None:
        if value is None:
            return
        one = self.table.columns[column]
        marks = ("fixed",) if one.fixed and self.table.edit else ()
        if isinstance(value, str):
            text = clean(value)
            wrap = ("wrap",) if one.lines or "\n" in text or _width(text) > WIDE else ()
            self.page.write_string(row, column, text, self.styles.of(TEXT, *marks, *wrap, *_quoted(text)))
        elif isinstance(value, (date, datetime)):
            self.page.write_datetime(row, column, value, self.styles.of(_form(value), *marks))
        else:
            self.page.write_number(row, column, float(value.value), self.styles.of(value.form, *marks))

    def _paper(self) -> None:
        page, table = self.page, self.table
        page.freeze_panes(1, 1 if len(table.columns) > 1 else 0)
        if table.columns and table.rows:
            page.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        page.repeat_rows(0)
        page.set_landscape()
        page.set_paper(9)
        if self.width <= READABLE:
            page.fit_to_pages(1, 0)
        else:  # so many columns on one page nobody could read: pages beside each other, each with the first column
            page.set_print_scale(SCALE)
            page.repeat_columns(0)
            page.print_across()
        page.hide_gridlines(0)  # they are printed too
        page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.6)
        page.set_header(f"&C{safe(table.title)[:LONGEST_HEADER // 2].replace('&', '&&')}")
        page.set_footer("&C第 &P 页，共 &N 页")


def name_of(title: str, taken: set[str]) -> str:
    """A worksheet's name from a title: no forbidden marks, at most 31 characters, none twice; added to those taken."""
    plain = _NO_NAME.sub(" ", safe(title)).strip().strip("'").strip() or "表"
    plain = "历史记录" if plain.lower() == "history" else plain
    name, count = _fit(plain, ""), 1
    while name.lower() in taken:
        count += 1
        name = _fit(plain, f" {count}")
    taken.add(name.lower())
    return name


def _fit(plain: str, tail: str) -> str:
    while _units(plain) + len(tail) > LONGEST_NAME:
        plain = plain[:-1]
    return plain.rstrip().rstrip("'") + tail


def _units(text: str) -> int:
    """Its length as Excel counts: 𠮷 is two."""
    return len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """Text that a cell takes: without marks that steer, cut where it says so when it is too long."""
    text = "\n".join(safe(line) for line in text.split("\n"))
    if _units(text) <= LONGEST:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST - len(CUT) - 1)].decode("utf-16-le", "ignore") + CUT


def _quoted(text: str) -> tuple[str, ...]:
    """A mark for text that would be a formula once somebody steps into the cell and out again."""
    return ("quote",) if text.startswith(_STEERS) else ()


def _form(value: Any) -> str:
    """The number format of a cell."""
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm:ss" if value.second else "yyyy-mm-dd hh:mm"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return value.form if isinstance(value, Number) else TEXT


def _width_of(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, datetime):
        return 20 if value.time() != time(0) else 17
    if isinstance(value, date):
        return 12
    return _width(value) + 2 if isinstance(value, str) else len(f"{value.value:,}") + 4


def _width(text: str) -> int:
    """Columns that the longest line takes: wide characters take two."""
    return max((sum(map(_wide, line)) for line in text.split("\n")), default=0) if not text.isascii() else _plain(text)


def _plain(text: str) -> int:
    return max(map(len, text.split("\n")))


def _wide(character: str) -> int:
    return 1 if character < "\u0300" else 2 if unicodedata.east_asian_width(character) in "WFA" else 1

