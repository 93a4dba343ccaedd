"""A table as a spreadsheet shows it: CSV in its encodings and delimiters, XLSX, XLS, ODS, and what is no table."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from wuye import grid, workbook
from wuye.errors import BadInput, BadSettings, WuyeError
from wuye.grid import Grid

OLD = Path(__file__).parent / "data" / "old.xls"
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="名单">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def book(fill: Callable[[Any, Any], None], sheet: str = "名单") -> bytes:
    """A workbook of one sheet."""
    held = io.BytesIO()
    made = xlsxwriter.Workbook(held, {"in_memory": True})
    fill(made.add_worksheet(sheet), made)
    made.close()
    return held.getvalue()


def ods(rows: str) -> bytes:
    held = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("mimetype", kind)
        entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
        made.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{names}">{entry}</m:manifest>')
        made.writestr("content.xml", ODS.format(rows))
    return held.getvalue()


def texts(found: Grid) -> list[list[str]]:
    return [[one.text for one in line] for line in found.rows]


def refused(data: bytes, name: str = "名单.xlsx", kind: type[WuyeError] = BadInput, **more: Any) -> str:
    with pytest.raises(kind) as caught:
        workbook.read(data, name, **more)
    assert len(caught.value.problems) == 1
    return str(caught.value)


# --- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be-bom"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_as_spreadsheets_write_it(encoding: str, delimiter: str, end: str) -> None:
    text = end.join([delimiter.join(["姓名", "房号", "备注"]), delimiter.join(["王女士", "3-2-1201", "𠮷，a.b"]), ""])
    big = encoding == "utf-16-be-bom"
    data = b"\xfe\xff" + text.encode("utf-16-be") if big else text.encode(encoding)
    assert texts(workbook.read(data, "a.csv")) == [["姓名", "房号", "备注"], ["王女士", "3-2-1201", "𠮷，a.b"]]


def test_gb18030_may_begin_with_its_own_mark() -> None:
    data = "\ufeff姓名,电话\n王女士,12345\n".encode("gb18030")
    assert texts(workbook.read(data, "a.csv"))[0] == ["姓名", "电话"]


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("姓名\t地址, 门牌, 楼\n王\t甲, 乙, 丙\n", 0, ["王", "甲, 乙, 丙"]),
        ("姓名;数\n王;1,5\n", 0, ["王", "1,5"]),
        ("二〇二六年，名单\n姓名;数\n王;1,5\n", 0, ["王", "1,5"]),
        ("a,b的名单\n姓名;数\n王;1,5\n", 2, ["王", "1,5"]),
        ('"姓\n名;x";数\n王;1\n', 0, ["王", "1"]),
        ("sep=;\n姓名;数,目\n王;1\n", 0, ["王", "1"]),
        ("姓名\n王,李\n", 0, ["王", "李"]),
    ],
)
def test_the_delimiter_is_told_by_the_headings(text: str, line: int, wanted: list[str]) -> None:
    assert texts(workbook.read(text.encode(), "a.csv", line=line))[-1] == wanted


def test_rows_and_columns_are_counted_as_a_spreadsheet_shows_them() -> None:
    found = workbook.read(b'a,b\n\n1,"x\ny"\n2,z\n', "a.csv")
    assert found.cell(3, 1).text == "z"
    assert found.place(3, 1) == "a.csv B4"
    assert [grid.letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'a,b\n1,2\n3,"x\n4,5\n', "名单.csv:3：从这一行起的引号没有收尾"),
        (b'a,b\n1,"x"y\n', "名单.csv:2：这一行的引号不成对"),
        (b'a,b,c\n1,"x,2\n3,4,5\n6,7",8\n', "名单.csv B2：这一格里像有 1 整行别的记录"),
        (b"", "是空文件"),
        (b" \n\n", "是空文件"),
        (b",,\n,,\n", "没有内容"),
        ("姓名\n".encode() + b"\xff\xff\n", "名单.csv:2：既不是 UTF-8 也不是 GB18030 编码"),
        (b"a,b\0\n", "含有二进制内容"),
        (b"\xff\xfea", "UTF-16 文字不完整"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "其实是网页"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "其实是网页"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    said = refused(data, "名单.csv")
    assert words in said and "请" in said


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=3, max_size=3), min_size=1))
def test_what_a_csv_writer_wrote_is_read(rows: list[list[str]]) -> None:
    import csv

    held = io.StringIO()
    csv.writer(held).writerows([["a", "b", "c"], *rows, ["x", "y", "z"]])
    found = workbook.read(held.getvalue().encode("utf-8-sig"), "a.csv")
    assert texts(found)[1:-1] == [[word.strip() for word in row] for row in rows]


# --- workbooks


def test_cells_keep_what_kind_of_value_they_hold() -> None:
    def fill(sheet: Any, made: Any) -> None:
        day = made.add_format({"num_format": "m月d日"})
        clock = made.add_format({"num_format": "hh:mm"})
        sheet.write_string("A1", "0701")
        sheet.write_number("B1", 13800138000)
        sheet.write_number("C1", 0.1 + 0.2)
        sheet.write_datetime("D1", date(2026, 3, 2), day)
        sheet.write_datetime("E1", datetime(2026, 3, 2, 13, 47), made.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_datetime("F1", time(14, 30), clock)
        sheet.write_boolean("G1", True)
        sheet.write_formula("H1", "=1/0", None, "#DIV/0!")
        sheet.write_formula("J1", '="甲"', None, "甲")

    found = workbook.read(book(fill), "名单.xlsx")
    assert found.name == "名单.xlsx「名单」" and found.place(4, 2) == "名单.xlsx「名单」C5"
    assert [(one.text, one.form) for one in found.rows[0]] == [
        ("0701", "text"), ("13800138000", "number"), ("0.3", "number"), ("2026-03-02", "date"),
        ("2026-03-02 13:47:00", "date"), ("14:30:00", "time"), ("是", "boolean"), ("#DIV/0!", "error"), ("", "empty"),
        ("甲", "text"),
    ]  # fmt: skip


def test_an_error_that_stands_alone_at_the_end_is_not_lost() -> None:
    def fill(sheet: Any, made: Any) -> None:
        sheet.write("A1", "a")
        sheet.write_formula("C4", "=NA()", None, "#N/A")

    found = workbook.read(book(fill), "a.xlsx")
    assert found.cell(3, 2) == ("#N/A", "error", "#N/A")


def test_merged_areas_are_known() -> None:
    found = workbook.read(book(lambda sheet, made: sheet.merge_range("B2:C4", "业主")), "a.xlsx")
    assert found.merged == ((1, 1, 3, 2),)
    assert found.span(2, 2) == (1, 1, 3, 2) and found.span(0, 0) is None


def test_the_sheet_named_else_the_first_that_is_shown_and_holds_anything() -> None:
    held = io.BytesIO()
    made = xlsxwriter.Workbook(held, {"in_memory": True})
    made.add_worksheet("空")
    hidden = made.add_worksheet("藏")
    hidden.hide()
    hidden.write("A1", "x")
    made.add_worksheet("名单").write("A1", "y")
    made.close()
    assert workbook.read(held.getvalue(), "a.xlsx").name == "a.xlsx「名单」"
    assert workbook.read(held.getvalue(), "a.xlsx", "藏").name == "a.xlsx「藏」"
    assert "没有工作表“旧”：有 空、藏、名单" in refused(held.getvalue(), sheet="旧")
    assert "工作表“空”里没有内容" in refused(held.getvalue(), sheet="空")
    assert "没有工作表" in refused(b"a,b\n1,2\n", "a.csv", sheet="名单")


def test_an_old_workbook_is_read_with_a_word_of_warning() -> None:
    found = workbook.read(OLD.read_bytes(), "old.xls")
    assert texts(found)[2] == ["王女士", "13800138000", "2021-05-06"]
    assert (0, 0, 0, 1) in (found.merged or ())
    assert len(found.notes) == 1 and "另存为 .xlsx" in found.notes[0]


def test_an_open_document_is_read_with_its_errors() -> None:
    cell = '<table:table-cell office:value-type="{}"{}><text:p>{}</text:p></table:table-cell>'
    rows = (
        "<table:table-row>"
        + cell.format("string", "", "姓名")
        + '<table:table-cell table:number-columns-repeated="2"/>'
        + cell.format("string", ' calcext:value-type="error" table:formula="of:=NA()"', "#N/A")
        + cell.format("date", ' office:date-value="2026-03-02"', "3月2日")
        + '</table:table-row><table:table-row table:number-rows-repeated="1048575">'
        + '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    found = workbook.read(ods(rows), "a.ods")
    assert [(one.text, one.form) for one in found.rows[0]] == [
        ("姓名", "text"), ("", "empty"), ("", "empty"), ("#N/A", "error"), ("2026-03-02", "date"),
    ]  # fmt: skip
    assert found.merged is None


# --- files that must not be read


def corner(sheet: Any, made: Any) -> None:
    sheet.write("A1", "x")
    sheet.write("XFD1048576", "y")


def test_a_stray_cell_in_the_far_corner_is_named_before_memory_runs_out() -> None:
    assert "XFD1048576" in refused(book(corner))


def test_a_repeated_open_document_cell_is_refused_too() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-cell></table:table-row>'
    assert "太大" in refused(ods(rows), "a.ods")


def test_a_small_file_that_unfolds_into_a_huge_one_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 1024 * 1024)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"0" * 5 * 1024 * 1024)
    assert len(held.getvalue()) < 20_000
    assert "展开后有 5 MB，超过 1 MB" in refused(held.getvalue())


def test_a_size_that_lies_is_found_out() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b"0" * 1_000_000)
    data = held.getvalue().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert "不完整或已损坏" in refused(data)


def test_passwords_are_named() -> None:
    package = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert "设了打开密码：请" in refused(package)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_half_a_file_is_refused(share: float) -> None:
    for data in (book(lambda sheet, made: sheet.write("A1", "x" * 500)), OLD.read_bytes()):
        assert "请" in refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_only_begins_like_a_workbook_is_refused(data: bytes) -> None:
    assert "不完整或已损坏" in refused(data)


def test_a_package_that_is_no_workbook_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("hello.txt", "x")
    assert "不完整或已损坏" in refused(held.getvalue())


def test_without_the_extra_one_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    data = book(lambda sheet, made: sheet.write("A1", "x"))
    assert "wuye[office]" in refused(data, kind=BadSettings)
    assert texts(workbook.read(b"a,b\n", "a.csv")) == [["a", "b"]]
