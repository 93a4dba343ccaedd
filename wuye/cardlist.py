"""The list of cards as an access system exports it: columns found by their headings, each cell looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wuye import spoiled, tabular
from wuye.errors import BadInput, Problem
from wuye.grid import Grid
from wuye.identity import find
from wuye.mapping import squeeze
from wuye.numerals import fold

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("卡号", "卡编号", "物理卡号", "逻辑卡号", "IC卡号", "智能卡号", "卡片编号", "印刷卡号",
               "card no", "card number"),
    "active": ("状态", "卡状态", "卡片状态", "是否有效", "是否启用", "启用", "status"),
    "holder": ("持卡人", "姓名", "人员姓名", "用户姓名", "使用人", "业主姓名", "holder", "name"),
    "until": ("有效期至", "有效期", "截止日期", "到期日期", "失效日期", "结束日期", "结束时间",
              "失效时间", "valid until"),
}  # fmt: skip
ZH = {"number": "卡号", "active": "状态", "holder": "持卡人", "until": "有效期至"}
ACTIVE = frozenset(
    "有效 正常 启用 已启用 使用中 在用 激活 已激活 发卡 已发卡 是 1 active enabled valid yes true".split()
)
INACTIVE = frozenset(
    "无效 停用 已停用 禁用 已禁用 挂失 已挂失 注销 已注销 退卡 已退卡 冻结 已冻结 过期 已过期 失效 已失效 黑名单 遗失 "
    "未激活 否 0 inactive disabled invalid lost cancelled expired no false".split()
)  # fmt: skip
FOREVER = ("永久", "长期", "无限期", "-")
NO_END = 2090
"""A year by which systems say that a card has no end."""
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})"


def read(grid: Grid, told: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """A row a card: number, whether it is active, holder, until. `told` names the headings of columns by field.

    A list without states is one of cards that are all active. Raises BadInput with everything wrong at once.
    """
    header = tabular.header_of(grid, [*told.values(), *(one for names in HEADINGS.values() for one in names)])
    columns = _columns(grid, tabular.headings(grid, header), told)
    problems: list[Problem] = []
    rows = [row for line in range(max(header), len(grid.rows)) if (row := _row(grid, line, columns, problems))]
    if not rows and not problems:
        problems.append(Problem("表头下面没有卡：请核对导出的文件", grid.name))
    if problems:
        raise BadInput(*problems)
    return tuple(rows)


def columns_told(text: str) -> dict[str, str]:
    """`卡号=物理卡号,状态=权限` → the heading of each field. Raises BadInput for a word that is none of ours."""
    found, problems = {}, []
    names = {zh: name for name, zh in ZH.items()} | {name: name for name in ZH}
    for part in re.split(r"[,，、;；]", text):
        ours, _, theirs = (word.strip() for word in part.replace("＝", "=").partition("="))
        if ours in names and theirs:
            found[names[ours]] = theirs
        elif part.strip():
            words = f"--columns：看不懂“{part.strip()}”，请写成 卡号=表头 这样，可写：{'、'.join(ZH.values())}"
            problems.append(Problem(words, field="columns"))
    if problems:
        raise BadInput(*problems)
    return found


def _columns(grid: Grid, headings: list[str], told: Mapping[str, str]) -> dict[str, int]:
    """The column of each field: the one that was told, else the first whose heading is one of those known."""
    plain = [squeeze(name) for name in headings]
    found: dict[str, int] = {}
    problems = []
    for name, known in HEADINGS.items():
        wanted = (told[name],) if name in told else known
        place = next((plain.index(squeeze(one)) for one in wanted if squeeze(one) in plain), None)
        if place is not None:
            found[name] = place
        elif name in told:
            problems.append(Problem(f"没有“{told[name]}”这一列：请核对 --columns", grid.name, field="columns"))
    if "number" not in found and "number" not in told:
        shown = "、".join(one for one in headings if one)[:100]
        words = f"表头里没有卡号（有：{shown}）：请用 --columns 卡号=表头 写明是哪一列"
        problems.append(Problem(words, grid.name, field="columns"))
    if problems:
        raise BadInput(*problems)
    return found


def _row(grid: Grid, line: int, columns: Mapping[str, int], problems: list[Problem]) -> dict[str, Any] | None:
    """One card; None for an empty line or one that is wrong, with what is wrong in `problems`."""
    cells = {name: grid.cell(line, column) for name, column in columns.items()}
    if not any(cell.text for cell in cells.values()):
        return None
    row: dict[str, Any] = {"active": True}
    wrong = [_wrong(name, spoiled.fault(cell, "text"), grid, line, columns[name])
             for name, cell in cells.items() if spoiled.fault(cell, "text")]  # fmt: skip
    if not cells["number"].text:
        wrong.append(_wrong("number", "是空的：请补上，或删去这一行", grid, line, columns["number"]))
    for name, cell in cells.items():
        text = fold(cell.text).strip()
        if find(text):
            wrong.append(_wrong(name, "是完整的身份证号，不能读入台账：请删去这一列后再读", grid, line, columns[name]))
        elif text and name == "active":
            row |= {"active": active} if (active := _active(text)) is not None else {}
            if active is None:
                words = f"“{text[:20]}”看不出有效还是停用：请改成 有效 或 停用"
                wrong.append(_wrong(name, words, grid, line, columns[name]))
        elif text and name == "until":
            day = date(NO_END, 1, 1) if text in FOREVER else _day(text)
            row |= {"until": day} if day and day.year < NO_END else {}
            if day is None:
                wrong.append(_wrong(name, f"“{text[:20]}”不是日期：请改成 2026-12-31 这样", grid, line, columns[name]))
        elif text:
            row[name] = text
    problems += wrong
    return None if wrong else row


def _wrong(name: str, words: str, grid: Grid, line: int, column: int) -> Problem:
    return Problem(f"{ZH[name]}{words}", grid.place(line, column))


def _active(text: str) -> bool | None:
    word = text.lower()
    return True if word in ACTIVE else False if word in INACTIVE else None


def _day(text: str) -> date | None:
    """The last day of a span or of a moment: `2026-12-31 23:59:59`, `2026/1/1-2026/12/31`."""
    found: list[date] = []
    for year, month, day in re.findall(_DAY, text):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            return None
    return found[-1] if found else None
