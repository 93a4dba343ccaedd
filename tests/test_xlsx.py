"""Workbooks: text stays text, times are times, amounts are numbers; a file is written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from importlib import util
from pathlib import Path

import pytest
from conftest import NOW, Said
from openpyxl import load_workbook

from wuye import disk, render, workbook
from wuye.cells import Number, guarded, held, number, unguarded
from wuye.clock import SHANGHAI
from wuye.render import xlsx
from wuye.sheet import Column, Sheet

Wuye = Callable[..., Said]
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://x","点")',
    "+8613800138000 打不通",
    "-1-101 漏水",
    "@SUM(A1)",
    "'=已加引号",
    "＝1+1",
    "0701",
    "1-1-01",
    "1e5",
    "_x0041_ 原样",
    "𠮷䶮",
    "<b>&amp;</b>",
    "第一行\n=第二行",
    "王" * 40,
)
MOMENT = datetime.fromisoformat(NOW)


def sheet(columns: tuple[Column, ...], *rows: dict[str, object], **rest: object) -> Sheet:
    return Sheet("wuye.test", columns, rows, MOMENT, "试", **rest)  # type: ignore[arg-type]


def book(path: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(path).worksheets[0].iter_rows()]


def column(path: Path, heading: str) -> list[object]:
    heads, *rows = book(path)
    return [row[heads.index(heading)] for row in rows]


# --- what a cell holds


@pytest.mark.parametrize(
    ("shown", "value", "form"),
    [
        ("0", 0, "0"),
        ("12", 12, "0"),
        ("1,234", 1234, "#,##0"),
        ("-1,234.50", Decimal("-1234.50"), "#,##0.00"),
        ("89.5", Decimal("89.5"), "0.0"),
        ("95.7%", Decimal("0.957"), "0.0%"),
        ("50%", Decimal("0.5"), "0%"),
        ("1,200.00 元", Decimal("1200.00"), '#,##0.00" 元"'),
        ("3 户", 3, '0" 户"'),
        ("+9", 9, "+0;-0;0"),
    ],
)
def test_a_number_is_what_the_desk_reads(shown: str, value: object, form: str) -> None:
    assert number(shown) == Number(value, form)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "shown", ["0701", "1-1-01", "", "—", "1e5", "61.5%（8/13）", "1234567890123456", "12,34", "1."]
)
def test_what_only_looks_like_a_number_is_text(shown: str) -> None:
    assert number(shown) is None


def test_cells_by_what_they_hold() -> None:
    plain, right = Column("a", "甲"), Column("b", "乙", right=True)
    assert held(plain, datetime(2026, 11, 22, 2, 5, tzinfo=SHANGHAI), SHANGHAI) == datetime(2026, 11, 22, 2, 5)
    assert held(plain, datetime.fromisoformat("2026-11-21T18:05+00:00"), SHANGHAI) == datetime(2026, 11, 22, 2, 5)
    assert held(plain, date(2026, 11, 22), SHANGHAI) == date(2026, 11, 22)
    assert held(plain, date(1899, 12, 31), SHANGHAI) == "1899-12-31"
    assert held(plain, "12", SHANGHAI) == "12" and held(right, "12", SHANGHAI) == Number(12, "0")
    assert held(plain, Decimal("12.50"), SHANGHAI) == Number(Decimal("12.50"), "#,##0.00")
    assert held(plain, True, SHANGHAI) == "是" and held(plain, None, SHANGHAI) is None


@pytest.mark.parametrize("text", [
    *HOSTILE, "", "''=", "'", "平常", "'平常", "\t=1", "－1", " =1", "\u200b=1", "\ufeff=1", "\xa0@a", "' =1", " 平常",
])  # fmt: skip
def test_a_guarded_text_comes_back_and_is_no_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    seen = guarded(text).strip(" \xa0\u200b\ufeff")
    assert seen[:1] not in tuple("=+-@\t\r＝＋－＠")


# --- lists


@pytest.fixture
def hostile(wuye: Wuye) -> Wuye:
    one = {"room": "3-2-1201", "reporter": "王女士", "phone": "13800138000", "channel": "来访"}
    lines = "".join(json.dumps({**one, "text": text}, ensure_ascii=False) + "\n" for text in HOSTILE)
    assert wuye("complaint", "add", "--from", "-", stdin=lines.encode()).code == 0
    return wuye


def test_a_list_opens_as_it_was_entered(hostile: Wuye) -> None:
    assert hostile("complaint", "list", "-o", "xlsx", "--out", "t.xlsx").code == 0
    page = load_workbook("t.xlsx").worksheets[0]
    assert page.title == "投诉" and page.freeze_panes == "B2" and page.print_title_rows == "$1:$1"
    assert page.auto_filter.ref == page.dimensions
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    heads = [cell.value for cell in page[1]]
    texts = [row[heads.index("内容")] for row in list(page.iter_rows())[1:]]
    assert sorted(cell.value for cell in texts) == sorted(HOSTILE)
    assert {cell.data_type for cell in texts} == {"s"} and {cell.number_format for cell in texts} == {"@"}
    quoted = {str(cell.value) for cell in texts if cell.quotePrefix}
    assert quoted == {text for text in HOSTILE if text[0] in "=+-@'＝"}
    assert {c for row in page.iter_rows() for c in row if c.data_type == "f"} == set()
    assert column(Path("t.xlsx"), "受理时间")[0] == datetime(2026, 11, 22, 10, 0)
    assert set(column(Path("t.xlsx"), "电话")) == {"138****8000"}
    lists = {str(one.sqref).split(":")[0]: one.formula1 for one in page.data_validations.dataValidation}
    place = page.cell(2, heads.index("渠道") + 1).coordinate
    assert lists[place].startswith('"来访,来电,书面')
    again = workbook.read(Path("t.xlsx").read_bytes(), "t.xlsx")
    assert sorted(line[heads.index("内容")].value for line in again.rows[1:]) == sorted(HOSTILE)


def test_a_csv_is_no_formula_and_scripts_get_back_what_went_in(hostile: Wuye) -> None:
    told = hostile("complaint", "list", "-o", "csv").out
    rows = list(csv.DictReader(io.StringIO(told)))
    assert all(not value.startswith(tuple("=+-@\t\r")) for row in rows for value in row.values())
    assert sorted(unguarded(row["text"]) for row in rows) == sorted(HOSTILE)
    table = "room,reporter,text\n" + "".join(
        f'3-2-1202,王女士,"{row["text"]}"\n' for row in rows if '"' not in row["text"]
    )
    assert hostile("complaint", "add", "--from", "-", stdin=table.encode()).code == 0
    found = hostile("complaint", "list", "--room", "3-2-1202", "-o", "json").records
    assert sorted(r["text"] for r in found) == sorted(text for text in HOSTILE if '"' not in text)


def test_a_report_has_a_worksheet_a_part_and_what_is_said_below(kept: Wuye) -> None:
    assert kept("day", "-o", "xlsx", "--out", "d.xlsx").code == 0
    pages = load_workbook("d.xlsx").worksheets
    assert [page.title for page in pages][1:3] == ["明日到期", "当日发生、日后补录"]
    assert column(Path("d.xlsx"), "新收")[0] == 2 and pages[0]["C2"].number_format == "0"
    words = [cell.value for row in pages[0].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(word.startswith("口径：") for word in words)
    assert any("没有" in str(cell.value) for row in pages[2].iter_rows() for cell in row)


def test_a_record_shown_stands_in_a_column(kept: Wuye) -> None:
    assert kept("complaint", "show", "ts1", "ts2", "-o", "xlsx", "--out", "s.xlsx").code == 0
    heads, *rows = book(Path("s.xlsx"))
    assert heads == ["项目", "TS-20261122-001", "TS-20261122-002"]
    told = {row[0]: row[1:] for row in rows}
    assert told["内容"] == ["第一件", "第二件"] and "登记" in str(told["经过"][0])


def test_plain_text_stands_in_lines(kept: Wuye) -> None:
    assert kept("print", "ts1", "-o", "xlsx", "--out", "p.xlsx").code == 0
    assert "3-2-1201" in "\n".join(str(word) for word in column(Path("p.xlsx"), "内容"))


def test_an_answer_of_a_write_is_a_workbook_too(wuye: Wuye) -> None:
    said = wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "-o", "xlsx", "--out", "a.xlsx")
    assert said.code == 0 and column(Path("a.xlsx"), "编号") == ["TS-20261122-001"]


# --- worksheets


def test_names_of_worksheets_are_safe_and_told_apart() -> None:
    taken: set[str] = set()
    titles = ("a/b:c*?[d]\\", "'引'", "", "History", "甲" * 40, "甲" * 40, "A", "a")
    names = [xlsx.name_of(title, taken) for title in titles]
    assert names[:4] == ["a b c   d", "引", "表", "历史记录"]
    assert names[4:] == ["甲" * 31, "甲" * 29 + " 2", "A", "a 2"]
    assert len(xlsx.name_of("𠮷" * 31, set()).encode("utf-16-le")) <= 62


def test_a_text_too_long_for_a_cell_says_that_it_is_cut() -> None:
    data = render.data(sheet((Column("a", "甲"),), {"a": "长" * 40_000}), "xlsx")
    text = load_workbook(io.BytesIO(data)).worksheets[0]["A2"].value
    assert len(text) <= 32_767 and text.endswith("全文请用 -o csv）") and text.startswith("长长")


def test_many_choices_stand_on_a_hidden_worksheet() -> None:
    choices = tuple(f"第{i}个很长很长的选项" for i in range(60))
    data = render.data(sheet((Column("a", "甲", choices=choices),), {"a": choices[0]}), "xlsx")
    made = load_workbook(io.BytesIO(data))
    assert made["选项1"].sheet_state == "hidden" and made["选项1"]["A60"].value == choices[59]
    assert made.worksheets[0].data_validations.dataValidation[0].formula1 == "选项1!$A$1:$A$60"


def test_a_wide_list_is_printed_on_pages_beside_each_other() -> None:
    columns = tuple(Column(f"c{i}", f"第{i}列") for i in range(30))
    wide = render.data(sheet(columns, {c.name: "十个字的一段内容罢了" for c in columns}), "xlsx")
    page = load_workbook(io.BytesIO(wide)).worksheets[0]
    assert page.print_title_cols == "$A:$A" and page.page_setup.scale == 60
    assert not page.sheet_properties.pageSetUpPr.fitToPage
    page = load_workbook(io.BytesIO(render.data(sheet(columns[:3], {"c0": "x"}), "xlsx"))).worksheets[0]
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0


def test_a_title_cannot_steer_the_paper() -> None:
    made = render.data(sheet((Column("a", "甲"),), {"a": "x"})._replace(title="收&D支[1]"), "xlsx")
    page = load_workbook(io.BytesIO(made)).worksheets[0]
    assert page.title == "收&D支 1" and "&&D" in str(page.oddHeader.center.text)


def test_wide_characters_get_room() -> None:
    page = load_workbook(
        io.BytesIO(
            render.data(sheet((Column("a", "甲"), Column("b", "乙")), {"a": "二十个字" * 5, "b": "x" * 20}), "xlsx")
        )
    ).worksheets[0]
    assert page.column_dimensions["A"].width > 40 > page.column_dimensions["B"].width


# --- refused, nothing lost


def test_a_workbook_goes_into_a_file(wuye: Wuye) -> None:
    said = wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "-o", "xlsx")
    assert said.code == 2 and said.err == "错误：-o xlsx 要写到文件：请加 --out 文件名.xlsx\n"
    assert wuye("complaint", "list", "-o", "json").records == []
    said = wuye("complaint", "list", "-q", "-o", "xlsx", "--out", "t.xlsx")
    assert said.code == 2 and "-q" in said.err and not Path("t.xlsx").exists()


def test_a_missing_extra_is_told_before_anything_is_done(wuye: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name, *more: None if name == "xlsxwriter" else found(name, *more))
    said = wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "-o", "xlsx", "--out", "t.xlsx")
    assert said.code == 78 and said.err.count("\n") == 1 and "pip install 'wuye[office]'" in said.err
    assert wuye("complaint", "list", "-o", "json").records == [] and not Path("t.xlsx").exists()


@pytest.mark.parametrize("mark", [".~lock.t.xlsx#", "~$t.xlsx"])
def test_a_file_open_elsewhere_is_told(kept: Wuye, mark: str) -> None:
    Path("t.xlsx").write_bytes(b"old")
    Path(mark).touch()
    said = kept("complaint", "list", "-o", "xlsx", "--out", "t.xlsx")
    assert said.code == 73 and "正在别的程序里打开" in said.err and "换一个文件名" in said.err
    assert Path("t.xlsx").read_bytes() == b"old"


def test_a_file_that_somebody_made_read_only_stays(kept: Wuye) -> None:
    for name, form in (("t.xlsx", ("-o", "xlsx")), ("t.csv", ("-o", "csv"))):
        Path(name).write_bytes(b"old")
        Path(name).chmod(0o444)
        said = kept("complaint", "list", *form, "--out", name)
        assert said.code == 73 and f"{name} 是只读的" in said.err and Path(name).read_bytes() == b"old"
    assert not list(Path().glob(".wuye-*"))


def test_a_file_that_cannot_be_replaced_is_told(kept: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows refuses while Excel has it open."""

    def refuse(temp: Path, target: Path) -> None:
        raise PermissionError(13, "Access is denied")

    Path("t.xlsx").write_bytes(b"old")
    monkeypatch.setattr(disk, "swap", refuse)
    said = kept("complaint", "list", "-o", "xlsx", "--out", "t.xlsx")
    assert said.code == 73 and said.err.startswith("错误：t.xlsx 换不下来，多半正在别的程序里打开：原来的文件没有动")
    assert Path("t.xlsx").read_bytes() == b"old" and not list(Path().glob(".wuye-*"))
