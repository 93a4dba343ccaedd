"""A list given out, edited in a spreadsheet and taken back: only the changed cells are corrections, all or none."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played, run_wuye
from openpyxl import load_workbook

from wuye import records, workbook
from wuye.lent import MARK_ZH

Wuye = Callable[..., Said]
T, BACK = "t.xlsx", "back.xlsx"
LEND = ("complaint", "list", "--period", "all", "--edit", "-o", "xlsx", "--out", T)


def changed(*cells: tuple[str, str, Any], source: str = T, target: str = BACK) -> None:
    """Type into cells, by number of the record and heading, as a person would in a cell formatted as text."""
    book = load_workbook(source)
    page = book.worksheets[0]
    heads = {cell.value: cell.column for cell in page[1]}
    rows = {row[0].value: row[0].row for row in page.iter_rows(min_row=2)}
    for number, heading, value in cells:
        cell = page.cell(rows[number], heads[heading])
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    book.save(target)


def place(number: str, heading: str, source: str = T) -> str:
    """Where a cell is."""
    page = load_workbook(source).worksheets[0]
    column = next(cell.column_letter for cell in page[1] if cell.value == heading)
    return f"{column}{next(row[0].row for row in page.iter_rows() if row[0].value == number)}"


@played
def lent(kept: Wuye) -> Wuye:
    """Three complaints, given out; the first of November has a phone."""
    assert kept("complaint", "edit", "ts1", "--phone", "13800138000").code == 0
    assert kept(*LEND).code == 0
    return kept


def commits() -> int:
    said = subprocess.run(["git", "rev-list", "--count", "HEAD"], capture_output=True, text=True, check=True)
    return int(said.stdout)


# --- what was changed


@pytest.mark.git
def test_only_changed_cells_become_corrections_in_one_commit(lent: Wuye) -> None:
    before = commits()
    changed(
        ("TS-20261122-001", "内容", "=1+1 改过"),
        ("TS-20261122-001", "渠道", "来访"),
        ("TS-20261015-001", "房号", "3-2-1202"),
    )
    tried = lent("complaint", "edit", "--from", BACK, "--dry-run")
    assert tried.code == 0 and "试运行：可更正投诉 2 条、3 格" in tried.out and "第一件 → =1+1 改过" in tried.out
    assert commits() == before
    said = lent("complaint", "edit", "--from", BACK, "-o", "json")
    assert said.code == 0 and commits() == before + 1
    assert [one["name"] for one in said.json["changes"]] == ["text", "channel", "room"]
    first = lent("complaint", "show", "ts1", "-o", "json").records[0]
    assert (first["text"], first["channel"], first["phone"]) == ("=1+1 改过", "visit", "138****8000")
    entry = first["log"][-1]
    assert entry["step"] == "edit" and entry["was"] == {"text": "第一件", "channel": None} and entry["by"] == "李静"
    assert len(lent("complaint", "show", "ts2", "-o", "json").records[0]["log"]) == 1
    again = lent("complaint", "edit", "--from", BACK)
    assert again.code == 0 and again.out == "3 行里没有改动过的格子：什么也没有改\n" and commits() == before + 1
    assert lent("undo", "--yes").code == 0
    assert lent("complaint", "show", "ts1", "-o", "json").records[0]["text"] == "第一件"


def test_dates_numbers_and_emptied_cells(lent: Wuye) -> None:
    assert lent("complaint", "edit", "ts1", "--people", "3", "--channel", "电话").code == 0
    assert lent(*LEND).code == 0
    changed(
        ("TS-20261122-001", "受理时间", datetime(2026, 11, 22, 9, 5)),
        ("TS-20261122-001", "共同投诉人数", 4),
        ("TS-20261122-001", "渠道", None),
    )
    assert lent("complaint", "edit", "--from", BACK).code == 0
    told = lent("complaint", "show", "ts1", "-o", "json").records[0]
    assert (told["received"], told["people"], told["channel"]) == ("2026-11-22T09:05+08:00", 4, None)


def test_rows_sorted_removed_and_columns_moved_mean_nothing(lent: Wuye) -> None:
    book = load_workbook(T)
    page = book.worksheets[0]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    heads, *rows = lines
    kept = [i for i, head in enumerate(heads) if head in ("编号", "内容", "受理时间", MARK_ZH)][::-1]
    page.delete_rows(1, 10)
    page.delete_cols(1, 99)
    for number, line in enumerate([heads, *rows[1:][::-1]], 1):
        for column, place in enumerate(kept, 1):
            page.cell(number, column, line[place])
    page.cell(1, len(kept) + 1, "我的备注")
    page.cell(2, len(kept) + 1, "问一下")
    book.save(BACK)
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 0 and "2 行里没有改动过的格子" in said.out and "没有读的列：“我的备注”" in said.err


def test_a_masked_cell_left_alone_is_unchanged_and_a_new_one_is_new(lent: Wuye) -> None:
    changed(("TS-20261122-001", "内容", "改"))
    assert lent("complaint", "edit", "--from", BACK).code == 0
    assert "13800138000" in Path("records/2026-11/complaint.yaml").read_text("utf-8")
    changed(("TS-20261122-001", "电话", "13900139000"))
    assert "138****8000 → 139****9000" in lent("complaint", "edit", "--from", BACK).out
    changed(("TS-20261122-001", "电话", "138****9999"))
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 2 and "有遮住的部分" in said.err


def test_what_was_revealed_may_go_out_and_come_back(lent: Wuye) -> None:
    assert lent(*LEND, "--reveal", "--reason", "核对电话").code == 0
    changed(("TS-20261122-001", "电话", "13900139000"))
    assert "138****8000 → 139****9000" in lent("complaint", "edit", "--from", BACK).out


# --- what is refused


def test_all_mistakes_at_once_each_by_its_cell(lent: Wuye) -> None:
    changed(
        ("TS-20261122-001", "状态", "已办结"),
        ("TS-20261122-001", "渠道", "飞鸽"),
        ("TS-20261122-001", "电话", "12"),
        ("TS-20261122-002", "级别", "重大"),
        ("TS-20261122-002", "内容", None),
        ("TS-20261015-001", "录入时间", None),
    )
    before = Path("records/2026-11/complaint.yaml").read_bytes()
    said = lent("complaint", "edit", "--from", BACK)
    told = {
        ("TS-20261122-001", "状态"): "不能在表里改",
        ("TS-20261122-001", "渠道"): "没有“飞鸽”这一项",
        ("TS-20261122-001", "电话"): "电话",
        ("TS-20261122-002", "级别"): "要改请用 level",
        ("TS-20261122-002", "内容"): "缺少内容",
        ("TS-20261015-001", "录入时间"): "录入时间不能在表里改",
    }
    assert said.code == 2 and len(said.err.splitlines()) >= len(told)
    for (number, heading), words in told.items():
        line = next(line for line in said.err.splitlines() if f"「投诉」{place(number, heading)}：" in line)
        assert words in line and number in line, line
    assert Path("records/2026-11/complaint.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("heading", "value", "words"),
    [
        ("房号", "3月2日", "原来可能是 3-2"),
        ("内容", "证件 110101199003070011", "身份证号"),
        ("受理时间", "2026-10-30 10:00", "别的月份"),
        ("受理时间", "2027-01-01 10:00", "受理时间"),
        ("共同投诉人数", "1,234", "千分位"),
        ("电话", "13800138000.0", ".0"),
    ],
)
def test_a_bad_cell(lent: Wuye, heading: str, value: str, words: str) -> None:
    changed(("TS-20261122-001", heading, value))
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 2 and f"「投诉」{place('TS-20261122-001', heading)}：" in said.err, said.err
    assert words in said.err and "--" not in said.err and "110101199003070011" not in said.err


def test_what_was_changed_here_meanwhile_is_refused_by_record_and_field(lent: Wuye) -> None:
    changed(
        ("TS-20261122-001", "内容", "表里改的"),
        ("TS-20261122-002", "内容", "也改"),
        ("TS-20261122-002", "渠道", "来访"),
    )
    assert lent("complaint", "edit", "ts1", "--text", "这里改的").code == 0
    assert lent("complaint", "edit", "ts2", "--channel", "信函").code in (0, 2)
    assert lent("complaint", "edit", "ts2", "--channel", "letter").code in (0, 1)
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 1 and len(said.err.splitlines()) == 2
    assert "TS-20261122-001 的内容在导出以后改过，现为“这里改的”" in said.err
    assert "TS-20261122-002 的渠道在导出以后改过" in said.err
    assert lent("complaint", "show", "ts2", "-o", "json").records[0]["text"] == "第二件"


def test_a_change_of_another_field_here_does_not_hinder(lent: Wuye) -> None:
    changed(("TS-20261122-001", "内容", "表里改的"))
    assert lent("complaint", "edit", "ts1", "--channel", "visit").code == 0
    assert lent("complaint", "edit", "--from", BACK).code == 0
    told = lent("complaint", "show", "ts1", "-o", "json").records[0]
    assert (told["text"], told["channel"]) == ("表里改的", "visit")


def test_a_change_by_hand_is_seen(lent: Wuye) -> None:
    path = Path("records/2026-11/complaint.yaml")
    path.write_bytes(path.read_bytes().replace("第一件".encode(), "手改的".encode()))
    changed(("TS-20261122-001", "内容", "表里改的"))
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 1 and "现为“手改的”" in said.err


def test_added_doubled_and_foreign_rows_are_told(lent: Wuye) -> None:
    book = load_workbook(T)
    page = book.worksheets[0]
    last = [cell.value for cell in page[4]]
    mark = len(last)
    for column, value in enumerate(last, 1):
        page.cell(5, column, value)
        page.cell(7, column, value)
        page.cell(8, column, value)
    page.cell(6, [cell.value for cell in page[1]].index("内容") + 1, "新的一件")
    page.cell(7, 1, "TS-20261122-009")
    page.cell(8, mark, "v1 乱")
    book.save(BACK)
    said = lent("complaint", "edit", "--from", BACK)
    assert said.code == 2
    for words in (
        "「投诉」A5：TS-20261015-001 与第 4 行重复",
        "「投诉」A6：这一行没有编号，是新加的",
        "add --from",
        "「投诉」A7：编号 TS-20261122-009 和这一行不是一起导出的",
        "看不出改了哪几格",
    ):
        assert words in said.err, said.err


def test_what_is_no_list_that_was_given_out(kept: Wuye) -> None:
    assert kept("complaint", "list", "-o", "xlsx", "--out", T).code == 0
    said = kept("complaint", "edit", "--from", T)
    assert said.code == 2 and "不是导出来改的表" in said.err and "list --edit" in said.err
    assert kept("complaint", "edit", "--from", "没有.xlsx").code == 1
    said = kept("complaint", "edit", "ts1", "--from", T)
    assert said.code == 2 and "--from" in said.err
    assert kept("complaint", "list", "--edit").code == 2
    assert kept("complaint", "list", "--edit", "-o", "json").code == 2


def test_a_list_of_another_kind_is_told(lent: Wuye) -> None:
    said = lent("visitor", "edit", "--from", T)
    assert said.code == 2 and "TS-20261122-002 不是访客" in said.err


# --- CSV


def rewritten(text: str, rewrite: Callable[[str, str], str]) -> bytes:
    heads, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    target = io.StringIO()
    csv.writer(target).writerows([heads, *([rewrite(h, v) for h, v in zip(heads, row, strict=True)] for row in rows)])
    return target.getvalue().encode("gb18030")


def test_the_same_by_csv_whatever_excel_does_to_its_dates(lent: Wuye) -> None:
    told = lent("complaint", "list", "--period", "all", "--edit", "-o", "csv").out
    assert told.startswith("\ufeff编号,状态,受理时间")

    def excel(heading: str, value: str) -> str:
        return value.replace("2026-11-22 10:00", "2026/11/22 10:00").replace("2026-10-15 10:00", "2026/10/15 10:00")

    Path("c.csv").write_bytes(rewritten(told, excel))
    assert "没有改动过的格子" in lent("complaint", "edit", "--from", "c.csv").out
    data = rewritten(told, lambda heading, value: "-改成这样" if value == "第二件" else excel(heading, value))
    said = lent("complaint", "edit", "--from", "-", stdin=data)
    assert said.code == 0 and "已更正投诉 1 条、1 格\n  TS-20261122-002 内容：第二件 → -改成这样" in said.out
    again = lent("complaint", "list", "--period", "all", "--edit", "-o", "csv").out
    assert "'-改成这样" in again
    assert "没有改动过的格子" in lent("complaint", "edit", "--from", "-", stdin=again.encode()).out


# --- every kind, and a real spreadsheet program


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office, given out kind by kind: `KIND.xlsx`."""
    place = tmp_path_factory.mktemp("demo")
    before = dict(os.environ)
    os.environ |= {"WUYE_NOW": "2026-11-23T08:55", "WUYE_USER": "李静", "HOME": str(place)}
    try:
        assert run_wuye(["demo", str(place / "office"), "--units", "12", "--months", "1"]).code == 0
        for name, _, _ in records.KINDS:
            said = run_wuye(
                [
                    "--office",
                    str(place / "office"),
                    name,
                    "list",
                    "--period",
                    "all",
                    "--edit",
                    "-o",
                    "xlsx",
                    "--out",
                    str(place / f"{name}.xlsx"),
                ]
            )
            assert said.code == 0, said.err
    finally:
        os.environ.clear()
        os.environ.update(before)
    return place


KINDS = [row[0] for row in records.KINDS]


def untouched(demo: Path, name: str, path: Path) -> None:
    """Nothing in this list was changed."""
    said = run_wuye(["--office", str(demo / "office"), name, "edit", "--from", str(path)])
    empty = said.code == 2 and "里没有内容" in said.err
    assert empty or (said.code == 0 and "行里没有改动过的格子" in said.out), (name, said)


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUYE_NOW", "2026-11-23T08:55")


@pytest.mark.parametrize("name", KINDS)
def test_a_list_left_alone_changes_nothing(demo: Path, morning: None, name: str) -> None:
    untouched(demo, name, demo / f"{name}.xlsx")


def converted(form: str, paths: Iterable[Path], target: Path) -> None:
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(target / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            form,
            "--outdir",
            str(target),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


SOME = ("complaint", "unit", "bill", "lease", "pass")


@pytest.fixture(scope="module")
def calc(demo: Path) -> Path:
    """Lists opened and saved by LibreOffice, as XLSX and as CSV."""
    target = demo / "calc"
    target.mkdir()
    paths = [demo / f"{name}.xlsx" for name in SOME]
    hostile = demo / "hostile.csv"
    hostile.write_text("\ufeff甲,乙\n'=1+1,0701\n'-1,1-1-01\n", "utf-8")
    converted("xlsx", [*paths, hostile], target)
    converted("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", paths, target)
    return target


@pytest.mark.libreoffice
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("name", SOME)
def test_libreoffice_opens_and_saves_it(demo: Path, calc: Path, morning: None, name: str, form: str) -> None:
    untouched(demo, name, calc / f"{name}.{form}")


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", SOME)
def test_libreoffice_reads_the_same_values(demo: Path, calc: Path, name: str) -> None:
    ours, theirs = (workbook.read((place / f"{name}.xlsx").read_bytes(), "t.xlsx") for place in (demo, calc))
    told = [[(cell.form, cell.text) for cell in row if cell.text] for row in ours.rows]
    assert told == [[(cell.form, cell.text) for cell in row if cell.text] for row in theirs.rows] and len(told) > 1
    forms = {form for row in told[1:] for form, _ in row}
    assert "date" in forms and "text" in forms and "error" not in forms
    page, saved = (load_workbook(place / f"{name}.xlsx").worksheets[0] for place in (demo, calc))
    assert saved.print_title_rows == page.print_title_rows == "$1:$1"  # panes belong to a window: headless has none
    assert saved.column_dimensions[page[1][-1].column_letter].hidden
    assert len(saved.data_validations.dataValidation) > 0 or not page.data_validations.dataValidation


@pytest.mark.libreoffice
def test_libreoffice_takes_no_guarded_text_for_a_formula(calc: Path) -> None:
    page = load_workbook(calc / "hostile.xlsx").worksheets[0]
    assert [page["A2"].data_type, page["A3"].data_type] == ["s", "s"]


@pytest.mark.libreoffice
def test_an_edit_of_what_libreoffice_saved(demo: Path, calc: Path, morning: None, tmp_path: Path) -> None:
    office = tmp_path / "office"
    shutil.copytree(demo / "office", office, symlinks=True)
    page = load_workbook(calc / "complaint.xlsx").worksheets[0]
    number = str(page["A2"].value)
    changed((number, "内容", "改过的内容"), source=str(calc / "complaint.xlsx"), target=BACK)
    said = run_wuye(["--office", str(office), "complaint", "edit", "--from", BACK])
    assert said.code == 0 and f"已更正投诉 1 条、1 格\n  {number} 内容：" in said.out
