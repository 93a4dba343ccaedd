"""The map from a table to a kind: read with all its mistakes, fitted to headings, and the rows it makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wuye import grid, mapping, records, tabular
from wuye.errors import BadInput
from wuye.grid import Cell, Grid, Span
from wuye.mapfile import Reading, decode
from wuye.tabular import Table

ROOT = Path(__file__).parent.parent
COMPLAINT, VISITOR, UNIT = (records.kind(name) for name in ("complaint", "visitor", "unit"))


def table(text: str, **more: Any) -> Grid:
    """A CSV as a grid."""
    return grid.from_text(text.encode(), "a.csv")._replace(**more)


def read(text: str, source: Grid, kind: Any = COMPLAINT) -> Table:
    """The table that a sound map makes."""
    reading = Reading(text, "m.yaml", kind)
    plan = reading.map
    plan = plan._replace(header=plan.header or tabular.header_of(source, [one for one, _ in plan.named()]))
    names = tabular.headings(source, plan.header)
    reading.fit(names)
    assert reading.problems == []
    return tabular.read(source, plan, names, kind)


def words(found: Table) -> list[dict[str, str]]:
    return [{name: word.text for name, word in row.words.items() if word.text} for row in found.rows]


# --- mistakes of a map


WRONG = """\
header: 二
keey: 序号
columns:
  投诉人人: 姓名
  phone: 电话
  电话: 手机
  repeats: 前单
  said: 说明
key: 电话
values:
  channel: {微信: wechat}
  chanel: {a: b}
constants:
  subject: 漏
steps:
- step: handel
  at: 办结
- step: close
  whn: x
- step: handle
  at: 办结
  columns: {满意度: 满意}
fill: {a: b}
skip: 合计
dates:
  受理: 随便
"""


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    found = sorted((p.line, p.message) for p in Reading(WRONG, "m.yaml", COMPLAINT).problems)
    wanted = [
        (1, "header 应是表头所在的行号"), (2, "映射没有 keey 这一项（是不是 key）"),
        (4, "投诉没有“投诉人人”这一项（是不是 投诉人）"),
        (6, "“电话”和“phone”是同一项"),
        (7, "“repeats”不能导入"), (8, "“said”不能导入"), (9, "key 不能用“电话”"),
        (11, "channel 没有“wechat”这一项；可选"),
        (12, "投诉没有“chanel”这一项（是不是 channel）"), (14, "subject 没有“漏”这一项；可选"),
        (16, "投诉没有“handel”这个步骤（是不是 handle）"), (18, "步骤 close 缺少 at"),
        (19, "步骤里没有 whn 这一项（是不是 when）"), (20, "步骤 handle 缺少处理结果（result）"),
        (22, "步骤 handle（处理完毕）没有“满意度”这一项"), (23, "fill 应是一个列名"), (24, "skip 应是一串"),
        (26, "dates 里“受理”的写法“随便”看不懂"),
    ]  # fmt: skip
    assert [line for line, _ in found] == [line for line, _ in wanted]
    for (_, message), (_, start) in zip(found, wanted, strict=True):
        assert message.startswith(start), message
        assert "请" in message or "可用" in message or "可选" in message, message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- a\n", 1, "映射应是“名称: 值”的清单"),
        ("columns: {a: *b}\n", 1, "单引号"),
        ("header: 1\n", 1, "映射缺少 columns"),
        ("columns:\n  text: 内容\n", 1, "没有写受理时间（received）"),
        ("key: 电话\ncolumns:\n  received: 时间\n  phone: 电话\n", 1, "key 不能用“电话”"),
        ("source: 11010519491231002X\ncolumns:\n  received: 时间\n", 1, "完整的身份证号"),
    ],
)
def test_what_is_no_map(text: str, line: int, said: str) -> None:
    problems = Reading(text, "m.yaml", COMPLAINT).problems
    assert [(p.file, p.line) for p in problems] == [("m.yaml", line)]
    assert said in problems[0].message


def test_a_book_needs_no_time() -> None:
    assert Reading("columns:\n  room: 房号\n", "m.yaml", UNIT).problems == []


def test_a_map_that_is_no_text_is_refused() -> None:
    with pytest.raises(BadInput):
        decode("姓名: 电话\n".encode("gb18030"), "m.yaml")


def test_columns_that_are_not_there_are_told_with_the_nearest() -> None:
    text = "key: 序\ncolumns:\n  received: 受理日期\n  text: [内容, 备注]\n"
    text += "steps:\n- step: handle\n  at: 办结\n  constants: {result: 好}\n"
    reading = Reading(text, "m.yaml", COMPLAINT)
    problems = reading.fit(["受理日期", "投诉内容", "内容", "备注", "备注"])
    assert [(p.line, p.message.split("，")[0].split("：")[0]) for p in problems] == [
        (1, "文件里没有“序”这一列"), (4, "表头里有 2 列都叫“备注”"), (7, "文件里没有“办结”这一列"),
    ]  # fmt: skip
    assert "表头有 受理日期、投诉内容、内容、备注、备注" in problems[0].message
    near = Reading("columns:\n  received: 受理时闻\n", "m.yaml", COMPLAINT).fit(["受理时间"])
    assert "（是不是 受理时间）" in near[0].message


def test_the_example_maps_are_sound() -> None:
    for path in (ROOT / "examples").glob("*.yaml"):
        assert Reading(path.read_text("utf-8"), path.name, records.kind("workorder")).problems == []


@pytest.mark.parametrize(
    ("hint", "wanted"),
    [
        ("2022", "2022"), ("MM/DD/YYYY", "%m/%d/%Y"), ("D.M.YY HH:mm", "%d.%m.%y %H:%M"),
        ("MM/DD/YYYY hh:mm:ss AM", "%m/%d/%Y %I:%M:%S %p"), ("YYYY-MM", ""), ("随便", ""), ("", ""),
    ],
)  # fmt: skip
def test_format_hints(hint: str, wanted: str) -> None:
    assert mapping.date_format(hint) == wanted


# --- headings


def test_headings_in_two_rows_with_merged_cells() -> None:
    source = table("序号,业主,,房屋,\n,姓名,电话,楼,房\n1,a,b,c,d\n")
    wanted = ["序号", "业主/姓名", "业主/电话", "房屋/楼", "房屋/房"]
    assert tabular.headings(source, (1, 2)) == wanted
    merged = (Span(0, 0, 1, 0), Span(0, 1, 0, 2), Span(0, 3, 0, 4))
    assert tabular.headings(source._replace(merged=merged), (1, 2)) == wanted


def test_an_upper_heading_does_not_reach_over_a_column_of_its_own() -> None:
    assert tabular.headings(table("序号,,\n,姓名,电话\n"), (1, 2)) == ["序号", "姓名", "电话"]
    assert tabular.headings(table("业主,,备注\n姓名,,\n"), (1, 2)) == ["业主/姓名", "", "备注"]


def test_blanks_and_width_of_headings_do_not_matter() -> None:
    source = table('受理 时间（年）,"内\n容"\n2026-01-01,x\n')
    found = read("columns:\n  received: 受理时间(年)\n  text: 内容\n", source)
    assert words(found) == [{"received": "2026-01-01", "text": "x"}]


def test_the_heading_row_is_found_below_a_title() -> None:
    source = table("2026年登记表,\n,\n时间,内容\n2026-01-01,x\n")
    found = read("columns:\n  received: 时间\n  text: 内容\n", source)
    assert [row.number for row in found.rows] == [4]


def test_headings_that_are_the_kinds_own_words_need_no_map() -> None:
    heads = ["受理时间", "姓名", "id-tail", "证件类型", "序号", "受访房间号", "姓名"]
    columns, odd = mapping.by_labels(VISITOR, heads)
    assert columns == {"received": ("受理时间",), "name": ("姓名",), "id_tail": ("id-tail",), "id_type": ("证件类型",)}
    assert odd == ["受访房间号", "姓名"]


# --- rows


PLAN = "key: 号\ncolumns:\n  received: 时间\n  text: [内容, 备注]\n  room: 房\n"


def test_columns_joined_constants_values_and_steps() -> None:
    text = PLAN + (
        "  channel: 渠道\nvalues:\n  channel: {微信: web, 无: ''}\nconstants:\n  reporter: 不详\n  channel: visit\n"
        "steps:\n- step: handle\n  at: 办结\n  by: 谁\n  when: {状态: [完, 办结]}\n  columns: {result: 结果}\n"
    )
    found = read(text, table(
        "号,时间,内容,备注,房,渠道,状态,办结,谁,结果\n"
        "1,2026-01-01,漏水,急,3-2-1,微信,完,2026-01-02,周师傅,好\n"
        "2,2026-01-01,漏水,,3-2-2,,未完,2026-01-02,,\n"
        "3,2026-01-01,漏水,,3-2-3,无,办结,,,\n"
    ))  # fmt: skip
    assert [row.words["channel"].text for row in found.rows] == ["web", "visit", "visit"]
    assert [row.words["text"].text for row in found.rows] == ["漏水；急", "漏水", "漏水"]
    assert {row.words["reporter"].text for row in found.rows} == {"不详"}
    assert [(s.step.name, s.at.text, s.by, s.words["result"].text) for s in found.rows[0].steps] == [
        ("handle", "2026-01-02", "周师傅", "好")
    ]
    assert [len(row.steps) for row in found.rows] == [1, 0, 0]
    assert [str(p) for p in found.doubts] == ["a.csv H4：办结 是空的，处理完毕这一步没有记：知道时间的请补上"]
    assert found.rows[0].words["room"].place == "a.csv E2"


def test_rows_left_out_blank_rows_and_unused_columns() -> None:
    source = table("号,时间,内容,备注,房,\n1,2026-01-01,x,,,y\n,,,,,\n小计,,,,,\n合计,,,,,\n")
    found = read(PLAN + "skip:\n- {号: [合计, 小计]}\n", source._replace(rows=source.rows))
    assert [row.number for row in found.rows] == [2] and found.skipped == (4, 5)
    assert [p.file for p in found.problems] == ["a.csv F2"]
    source = table("号,时间,内容,备注,房,别的\n1,2026-01-01,x,,,y\n合计,,,,,\n")
    found = read(PLAN + "skip:\n- 号: [合计, 小计]\n", source)
    assert found.unused == ("别的",) and found.empty == {"room": (2,)}


def test_a_merged_body_is_filled_down_only_where_the_map_says_so() -> None:
    source = table("号,时间,内容,备注,房\n1,2026-01-01,x,,3-2-1\n2,2026-01-01,y,,\n3,2026-01-01,z,,3-2-3\n")
    source = source._replace(merged=(Span(1, 4, 2, 4),))
    plain = read(PLAN, source)
    assert [row.words["room"].text for row in plain.rows] == ["3-2-1", "", "3-2-3"]
    assert plain.rows[1].words["room"].hint == "这一格属于合并的 E2:E3：要照第一格往下填，请在映射里写 fill: [房]"
    filled = read(PLAN + "fill: [房]\n", source)
    assert [row.words["room"].text for row in filled.rows] == ["3-2-1", "3-2-1", "3-2-3"]


def test_what_makes_a_row_recognisable() -> None:
    body = "号,时间,内容,备注,房\n1,2026-01-01,x,,\n1,2026-01-02,y,,\n,2026-01-02,y,,\n11010519491231002X,,,,\n"
    found = read("source: 旧系统\n" + PLAN, table(body))
    assert [row.key for row in found.rows] == ["旧系统/1", "旧系统/1", "", ""]
    said = [str(p) for p in found.problems]
    assert said[0].startswith("a.csv A3：与第 2 行的 号 相同：请删去多余的一行")
    assert said[1].startswith("a.csv A4：号是空的，而映射用它认出每一行：请填上")
    assert "身份证号" in said[2] and "11010519491231002" not in said[2]
    assert len(said) == 3
    no_key = PLAN.removeprefix("key: 号\n")
    twice = read(no_key, table("号,时间,内容,备注,房\n1,a,x,,\n1,a,x,,\n2,a,x,,\n"))
    keys = [row.key for row in twice.rows]
    assert keys[0] == keys[1] != keys[2] and all(key.startswith("row-") for key in keys)
    assert [str(p) for p in twice.problems] == ["a.csv A3：与第 2 行内容完全相同：请删去多余的一行，或改正其中一行"]


@pytest.mark.parametrize(
    ("hint", "typed", "wanted"),
    [
        ("MM/DD/YYYY hh:mm:ss AM", "01/21/2022 01:47:00 PM", "2022-01-21 13:47:00"),
        ("D.M.YYYY", "3.2.2022", "2022-02-03 00:00:00"),
        ("2022", "1月21日", "2022年1月21日"),
        ("2022", "1-21 13:00", "2022-1-21 13:00"),
        ("2022", "2021-01-21", "2021-01-21"),
    ],
)
def test_dates_are_read_by_their_hint(hint: str, typed: str, wanted: str) -> None:
    found = read(PLAN + f"dates:\n  时间: {hint}\n", table(f"号,时间,内容,备注,房\n1,{typed},x,,\n"))
    assert found.rows[0].words["received"].text == wanted


def test_a_date_that_does_not_fit_its_hint() -> None:
    found = read(PLAN + "dates:\n  时间: MM/DD/YYYY\n", table("号,时间,内容,备注,房\n1,21/01/2022,x,,\n"))
    assert [str(p) for p in found.problems] == [
        "a.csv B2：时间：“21/01/2022”不合映射里写的格式 MM/DD/YYYY：请改正这一格，或改 dates"
    ]


def test_nothing_below_the_headings() -> None:
    assert "没有可以导入的行" in str(read(PLAN, table("号,时间,内容,备注,房\n")).problems[0])


def test_a_whole_number_of_a_spreadsheet_is_a_key_without_a_fraction() -> None:
    source = table("号,时间,内容,备注,房\n1,2026-01-01,x,,\n")
    rows = (source.rows[0], (grid.cell(101004143000.0), *source.rows[1][1:]))
    assert read(PLAN, source._replace(rows=rows)).rows[0].key == "101004143000"
    rows = (source.rows[0], (Cell("101004143000123456", "number", 101004143000123456.0), *source.rows[1][1:]))
    assert "改坏" in str(read(PLAN, source._replace(rows=rows)).problems[0])


def test_the_map_on_the_page_is_sound() -> None:
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    text = page.split("```yaml\n")[1].split("```")[0]
    reading = Reading(text, "import.md", records.kind("workorder"))
    assert reading.problems == []
    assert [one for one, _ in reading.map.named() if one == "业主/姓名"]
