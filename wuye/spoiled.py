"""What a spreadsheet has done to a value, seen in one cell: said with what to do, never guessed back."""

from __future__ import annotations

import re
from datetime import date

from wuye import identity, phone, plate
from wuye.grid import Cell
from wuye.numerals import fold

EARLIEST = 2000
ZERO_YEAR = 1905
"""Spreadsheets count days from 1900 or 1904: an earlier day is a small number that was taken for one."""

AS_TEXT = "请把这一列的格式设为“文本”"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = f"({'|'.join(_MONTHS)})[a-z]*"
_DATES = (
    r"(?:(?P<year>(?:19|20)\d\d)[-/.年])?(?P<month>\d{1,2})月(?P<day>\d{1,2})日?",
    r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?: 0?0:00(?::00)?)?",
    rf"{_MONTH}[-/ .]?(?P<tail>\d{{1,4}})",
    rf"(?P<day>\d{{1,2}})[-/ ]{_MONTH}",
    r"(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月",
)
_SCIENTIFIC = r"[+-]?\d(?:\.\d+)?E\+?(\d{1,3})"
_THOUSANDS = r"[¥￥$]?\s*\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*元?|[¥￥$]\s*\d+(?:\.\d+)?|\d+(?:\.\d+)?元"
_YEARLESS = r"\d{1,2}[月/.-]\d{1,2}|\d{1,2}[:点时]|[前昨今明后上下本这周星礼早晚凌中刚]|半小时|\d+(?:小时|分钟|天|周)前"


def fault(cell: Cell, form: str) -> str:
    """What is wrong with a cell that goes into a value of this type; empty where nothing is seen.

    No number that may be somebody's identity number is repeated in the words.
    """
    if cell.form == "error":
        return f"是公式错误 {cell.text}：请改正公式，或改为直接填值"
    text = fold(cell.text).strip()
    if text and set(text) == {"#"}:
        return "只剩下一串 #（列太窄时导出成这样）：请拉宽这一列后重新导出"
    if words := _digits_lost(cell, text):
        return words
    kind = form.rpartition(":")[2].partition("-")[0]
    if kind == "room":
        return _room(cell, text)
    if kind == "phone":
        return _phone(text)
    if kind == "id" and form.endswith("tail"):
        short = re.fullmatch(r"\d{1,3}", text) is not None
        return f"只有 {len(text)} 位，像是开头的 0 丢了：{AS_TEXT}，对照原件补全四位" if short else ""
    if kind in ("moment", "day"):
        return _time(cell, text, ZERO_YEAR if form.startswith("day-") and "moment" not in form else EARLIEST)
    return ""


def advice(cell: Cell, form: str) -> str:
    """What to do about a value that its type has refused, where the spreadsheet is the likely cause."""
    text = fold(cell.text).strip()
    if form in ("count", "money") and re.fullmatch(_THOUSANDS, text):
        return "数字里有千分位逗号或货币符号：请只留数字，如 1234.50"
    if form == "count" and re.fullmatch(r"\d+\.0+", text):
        return "数字后面多了 .0（程序导出时加的）：请去掉"
    return ""


def doubt(cell: Cell, form: str) -> str:
    """What the desk should look at in a value that is accepted; empty where nothing is odd."""
    if cell.form == "date" and form in ("text", "memo", "name"):
        return f"单元格是日期，照 {cell.text} 存入：原来若是 3-2 这样的文字，请改成文本格式后重填"
    if form.startswith("day-") and 0 < _year(cell) < EARLIEST:
        return f"是 {EARLIEST} 年以前的日期（{cell.text}），已照存，请核对"
    if form.endswith("plate") and cell.text.strip():
        try:
            return plate.parse(cell.text)[1].removesuffix("，已照填，请核对")
        except ValueError:
            return ""
    return ""


def _digits_lost(cell: Cell, text: str) -> str:
    figures = re.sub(r"\D", "", text)
    if cell.form == "number" and abs(cell.value) >= 1e15:
        return _destroyed(f"{len(figures)} 位数字", len(figures) == 18)
    if found := re.fullmatch(_SCIENTIFIC, text, re.IGNORECASE):
        return _destroyed("号码", int(found[1]) == 17)
    if re.fullmatch(r"\d{15}000", text) and _born(text[6:14]):
        return _destroyed("18 位数字", True)
    return ""


def _destroyed(what: str, card: bool) -> str:
    if card:
        return (
            f"{what}已被表格改坏（只存得住 15 位，后几位成了 0），找不回来；"
            "身份证号本来就不能存入台账：请改填证件后四位，完整号码不要导入"
        )
    return f"{what}已被表格改成科学计数或抹去了后几位，找不回来：{AS_TEXT}，再从原始资料重填"


def _year(cell: Cell) -> int:
    if isinstance(cell.value, date):
        return cell.value.year
    found = re.match(r"\d{4}", fold(cell.text).strip())
    return int(found[0]) if found else 0


def _born(figures: str) -> bool:
    try:
        return 1900 <= date(int(figures[:4]), int(figures[4:6]), int(figures[6:])).year <= 2099
    except ValueError:
        return False


def _room(cell: Cell, text: str) -> str:
    guesses: list[str] = []
    if cell.form in ("date", "time"):
        if not isinstance(cell.value, date):
            return f"被表格当成了时间（{cell.text}）：{AS_TEXT}，再照原始资料重填"
        guesses = _rooms(cell.value.year, cell.value.month, cell.value.day)
    else:
        guesses = next((found for pattern in _DATES if (found := _as_written(pattern, text))), [])
    if not guesses:
        return ""
    return f"被表格变成了日期（{cell.text}），原来可能是 {' 或 '.join(guesses)}：{AS_TEXT}，再照原始资料重填"


def _as_written(pattern: str, text: str) -> list[str]:
    found = re.fullmatch(pattern, text.lower())
    if not found:
        return []
    parts = found.groupdict()
    name = next((g for g in found.groups() if g in _MONTHS), "")
    month = _MONTHS.index(name) + 1 if name else int(parts["month"])
    if not 1 <= month <= 12:
        return []
    if tail := parts.get("tail"):
        century = "20" if int(tail) < 30 else "19"  # as spreadsheets read a year of two figures
        return [f"{month}-{int(tail)}"] + ([f"{month}-{century}{tail}"] if len(tail) == 2 else [])
    year, day = int(parts.get("year") or 0), int(parts.get("day") or 1)
    return _rooms(year, month, day) if 1 <= day <= 31 else []


def _rooms(year: int, month: int, day: int) -> list[str]:
    """What was typed before a date was made of it: `3-2` is 2 March, `3-2001` March 2001, `12-3-2` a day of 2012."""
    guesses = [f"{month}-{day}"]
    if day == 1 and year:
        guesses.append(f"{month}-{year}")
    if year:
        guesses.append(f"{year % 100}-{month}-{day}")
    return guesses


def _phone(text: str) -> str:
    if re.fullmatch(r"\d{3,}\.0+", text):
        return f"后面多了 .0（程序导出时加的）：请去掉，{AS_TEXT.removeprefix('请')}"
    try:
        phone.parse(text)
    except ValueError:
        try:
            whole = phone.parse("0" + text) if text.isascii() and text.isdigit() else ""
        except ValueError:
            whole = ""
        if whole:
            return f"像是座机，区号开头的 0 丢了（原来可能是 {whole}）：{AS_TEXT}，补上 0"
    return ""


def _time(cell: Cell, text: str, earliest: int) -> str:
    if cell.form == "number" and not re.fullmatch(r"(?:19|20)\d{6}", text):
        return "是数字，不是日期：请把这一列的格式设为日期，或在映射的 dates 里写明格式"
    if cell.form == "time":
        return f"只有钟点（{cell.text}），没有日期：请补上年月日"
    year = _year(cell)
    if year and year < earliest:
        return f"是 {earliest} 年以前的日期（{identity.mask(cell.text)}），多半是表格算错了：请核对年份"
    if cell.form != "date" and re.match(_YEARLESS, text):
        return f"“{identity.mask(cell.text)}”没有写年份：请写全年月日，或在映射的 dates 里给出年份"
    return ""
