"""Spreadsheet files: XLSX, XLS and ODS read through calamine, and what it does not tell looked up beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from wuye import grid
from wuye.errors import BadInput, BadSettings, Problem
from wuye.grid import Cell, Grid, Span

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST = 100 * 1024 * 1024
MOST_CELLS = 2_000_000
_CUT_OFF = "不完整或已损坏，打不开：请在表格软件里打开另存为 .xlsx，或重新取一份文件"
_OLD = "是旧式 .xls，其中的公式错误（#N/A 等）读出来是空格：有公式的请另存为 .xlsx 再导入"


def read(data: bytes, name: str, sheet: str = "", line: int = 0) -> Grid:
    """A file's table: of a workbook the sheet named, else the first that holds anything; else as CSV.

    Raises BadInput with one sentence for what cannot be read, BadSettings where the extra `office` is missing.
    """
    if not data.strip():
        raise BadInput(f"{name} 是空文件：请核对")
    if data.startswith(ZIP):
        return _sheet(data, name, sheet, _Zip(data, name))
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise BadInput(f"{name} 设了打开密码：请在表格软件里取消密码后另存一份再导入")
        if _cut(data):
            raise BadInput(f"{name} {_CUT_OFF}")
        found = _sheet(data, name, sheet, None)
        return found._replace(notes=(f"{name} {_OLD}",))
    if sheet:
        raise BadInput(f"{name} 是 CSV，没有工作表“{sheet}”：请删去映射里的 sheet")
    return grid.from_text(data, name, line)


def _sheet(data: bytes, name: str, wanted: str, inside: _Zip | None) -> Grid:
    """One sheet. What calamine leaves out, errors of formulas, or would die of, a far corner, is looked up first."""
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise BadSettings("读 Excel 文件要用 python-calamine：请安装 wuye[office]，或另存为 CSV 再导入") from error
    try:
        if inside and inside.open_document:
            inside.check()  # calamine unfolds repeated cells of every sheet on opening
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            names = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
            shown = [
                one.name
                for one in book.sheets_metadata
                if one.name in names and one.visible == calamine.SheetVisibleEnum.Visible
            ]
            if wanted and wanted not in names:
                raise BadInput(f"{name} 没有工作表“{wanted}”：有 {'、'.join(names)}，请改映射里的 sheet")
            for one in [wanted] if wanted else shown:
                errors = inside.errors(one) if inside else {}
                found = book.get_sheet_by_name(one)
                if found.start is None and not errors:
                    continue
                values = found.to_python(skip_empty_area=False)
                merged = found.merged_cell_ranges
                return _grid(f"{name}「{one}」", values, errors, merged)
    except calamine.PasswordError as error:
        raise BadInput(f"{name} 设了打开密码：请在表格软件里取消密码后另存一份再导入") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise BadInput(f"{name} {_CUT_OFF}") from error
    except BaseException as error:
        # Its own panic over damage that nobody foresaw is no Exception.
        if type(error).__name__ == "PanicException":
            raise BadInput(f"{name} {_CUT_OFF}") from error
        raise
    raise BadInput(f"{name} {f'的工作表“{wanted}”' if wanted else ''}里没有内容：请核对文件")


def _grid(name: str, values: list[list[Any]], errors: dict[tuple[int, int], str], merged: Any) -> Grid:
    rows = [[grid.cell(value) for value in line] for line in values]
    for (row, column), text in errors.items():
        while len(rows) <= row:
            rows.append([])
        rows[row] += [grid.EMPTY] * (column + 1 - len(rows[row]))
        rows[row][column] = Cell(text, "error", text)
    while rows and not any(one.text for one in rows[-1]):
        rows.pop()
    spans = None if merged is None else tuple(Span(*start, *end) for start, end in merged)
    return Grid(name, tuple(tuple(line) for line in rows), spans)


def _cut(data: bytes) -> bool:
    """Whether an OLE file ends before its last sector: calamine would not survive that."""
    size = 1 << int.from_bytes(data[30:32], "little")
    places = [int.from_bytes(data[at : at + 4], "little") for at in range(76, 512, 4)]
    last = 0
    for place in places[: int.from_bytes(data[44:48], "little")]:
        table = data[(place + 1) * size : (place + 2) * size]
        if len(table) < size:
            return True
        used = [i for i in range(0, size, 4) if table[i : i + 4] != b"\xff\xff\xff\xff"]
        last = max(last, places.index(place) * size // 4 + used[-1] // 4) if used else last
    return len(data) < (last + 2) * size


class _Found(NamedTuple):
    """A cell that holds something: where, how far it is repeated, its error."""

    row: int
    column: int
    repeated: int = 1
    error: str = ""


class _Zip:
    """An XLSX or ODS package: its size is limited before anything in it is read."""

    def __init__(self, data: bytes, name: str) -> None:
        import zipfile

        self.name = name
        try:
            self.package = zipfile.ZipFile(io.BytesIO(data))
            size = sum(one.file_size for one in self.package.infolist())
            if size > LARGEST or len(self.package.infolist()) > 10_000:
                words = f"{name} 展开后有 {size // 1024 // 1024} MB，超过 {LARGEST // 1024 // 1024} MB"
                raise BadInput(f"{words}：请只留要导入的工作表另存一份，或分成几份")
            if any(one.flag_bits & 1 for one in self.package.infolist()):
                raise BadInput(f"{name} 设了密码：请在表格软件里取消密码后另存一份再导入")
            # A size that is not what it says, or a part that was cut off, shows in its checksum.
            if self.package.testzip():
                raise BadInput(f"{name} {_CUT_OFF}")
            self.files = set(self.package.namelist())
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise BadInput(f"{name} {_CUT_OFF}") from error
        except Exception as error:
            if type(error).__module__ in ("zlib", "lzma"):
                raise BadInput(f"{name} {_CUT_OFF}") from error
            raise

    @property
    def open_document(self) -> bool:
        """Whether it is an ODS."""
        return "content.xml" in self.files

    def check(self) -> None:
        """Raises BadInput where any sheet of an ODS reaches too far."""
        self.errors("")

    def errors(self, sheet: str) -> dict[tuple[int, int], str]:
        """The formula errors of a sheet by place. Raises BadInput where the sheet reaches too far."""
        from xml.etree.ElementTree import ParseError

        found: dict[tuple[int, int], str] = {}
        rows = columns = total = 0
        try:
            for one in self._ods(sheet) if self.open_document else self._xlsx(sheet):
                rows, columns = max(rows, one.row + 1), max(columns, one.column + 1)
                total += one.repeated
                if rows * columns > MOST_CELLS or total > MOST_CELLS:
                    place = f"{grid.letters(columns - 1)}{rows}"
                    words = f"的内容一直到 {place}，太大：请删去远处多余的格子（选中整行整列删除），或分成几份"
                    raise BadInput(Problem(words, f"{self.name}{f'「{sheet}」' if sheet else ''}"))
                if one.error:
                    found[one.row, one.column] = one.error
        except (ParseError, KeyError) as error:
            raise BadInput(f"{self.name} {_CUT_OFF}") from error
        return found

    def _xlsx(self, sheet: str) -> Iterator[_Found]:
        from xml.etree import ElementTree

        row = column = -1
        error = filled = False
        with self.package.open(self._path(sheet)) as part:
            for event, element in ElementTree.iterparse(part, ("start", "end")):
                tag = element.tag.rpartition("}")[2]
                if event == "start" and tag == "row":
                    row, column = int(element.get("r") or row + 2) - 1, -1
                elif event == "start" and tag == "c":
                    column = _column(element.get("r") or "") if element.get("r") else column + 1
                    error, filled = element.get("t") == "e", False
                elif event == "end" and tag in ("v", "t") and (element.text or "").strip():
                    filled = True
                    if error:
                        yield _Found(row, column, 1, str(element.text).strip())
                elif event == "end" and tag == "c":
                    if filled and not error:
                        yield _Found(row, column)
                elif event == "end" and tag == "row":
                    element.clear()

    def _path(self, sheet: str) -> str:
        """The part of an XLSX in which a sheet stands. KeyError where it is not told."""
        from xml.etree import ElementTree

        book = ElementTree.fromstring(self.package.read("xl/workbook.xml"))
        links = ElementTree.fromstring(self.package.read("xl/_rels/workbook.xml.rels"))
        for one in book.iter():
            if one.tag.endswith("}sheet") and one.get("name") == sheet:
                number = next(value for key, value in one.items() if key.endswith("}id"))
                for link in links:
                    if link.get("Id") == number:
                        target = str(link.get("Target"))
                        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        raise KeyError(sheet)

    def _ods(self, sheet: str) -> Iterator[_Found]:
        from xml.etree import ElementTree

        inside, row = False, 0
        with self.package.open("content.xml") as part:
            for event, element in ElementTree.iterparse(part, ("start", "end")):
                tag = element.tag.rpartition("}")[2]
                if tag == "table" and event == "start":
                    inside, row = sheet in ("", _attribute(element, "name")), 0
                elif tag == "table":
                    inside = False
                elif inside and event == "end" and tag == "table-row":
                    times = int(_attribute(element, "number-rows-repeated") or 1)
                    yield from _ods_row(element, row, times)
                    row += times
                    element.clear()


def _ods_row(element: Any, row: int, times: int) -> Iterator[_Found]:
    column = 0
    for one in element:
        width = int(_attribute(one, "number-columns-repeated") or 1)
        text = "".join(one.itertext()).strip()
        if text or _attribute(one, "value-type"):
            # Both spellings of the attribute: the standard's and LibreOffice's own, which names errors.
            wrong = any(key.endswith("}value-type") and value == "error" for key, value in one.items())
            for place in range(min(times, 1000) if wrong else 1):
                yield _Found(row + place, column, 1, (text or "#N/A") if wrong else "")
            yield _Found(row + times - 1, column + width - 1, width * times)
        column += width


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _column(place: str) -> int:
    number = 0
    for character in place.rstrip("0123456789"):
        number = number * 26 + ord(character) - 64
    return number - 1
