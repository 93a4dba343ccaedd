"""The words for a day: `昨天`, `下周一`, `11月5号`, `月底`, `3天后`, `2026-11-22` (domain.md L, design §4).

Reads text that `when` has tidied: ASCII digits for every numeral, `@3` for 周三, no blanks beside Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Literal

Direction = Literal["past", "future", "any"]
FIRST_YEAR, LAST_YEAR = 1900, 2199

_WORD = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "本": 0, "明": 1, "后": 2, "大后": 3,
    "today": 0, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_STEP = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_YEAR = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2}
_UNITS = {"天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w", "月": "m", "年": "y"}
_OF_YEAR = r"(?:(?P<year>\d{4})|(?P<next_year>[前去今本明后]))年"
_OF_MONTH = r"(?:(?P<month>\d{1,2})月份?|(?P<next_month>上上|上|本|这|当|下下|下)个?月份?)"


def shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    """The year and month so many months later (earlier where negative)."""
    months = year * 12 + month - 1 + by
    return months // 12, months % 12 + 1


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    after, first = shift_month(year, month, 1)
    return date(after, first, 1) - timedelta(days=1)


def add_months(day: date, by: int) -> date:
    """The same day so many months later, the month's last where it is shorter (domain.md L)."""
    end = month_end(*shift_month(day.year, day.month, by))
    return end.replace(day=min(day.day, end.day))


def exact(year: int, month: int, day: int) -> date:
    """A day of the calendar; ValueError for one that does not exist or lies outside 1900 to 2199."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，现为 {year}")
    if not 1 <= month <= 12:
        raise ValueError(f"没有 {month} 月，请核对月份")
    if not 1 <= day <= month_end(year, month).day:
        raise ValueError(f"{year} 年 {month} 月没有 {day} 日，请核对日期")
    return date(year, month, day)


def nearest(candidates: Iterable[date], today: date, direction: Direction) -> date | None:
    """The candidate nearest to today in the direction, today itself first; None where there is none.

    With direction `any` it must be clearly the nearest (at most half as far as that on the other side of
    today), otherwise ValueError.
    """
    days = sorted(candidates)
    before = [d for d in days if d <= today]
    after = [d for d in days if d >= today]
    if direction == "past" or not after:
        return before[-1] if before and direction != "future" else None
    if direction == "future" or not before:
        return after[0]
    back, ahead = (today - before[-1]).days, (after[0] - today).days
    if 2 * min(back, ahead) > max(back, ahead):
        raise ValueError(f"可能是 {before[-1]}，也可能是 {after[0]}，请写全年月日")
    return before[-1] if back <= ahead else after[0]


def _on(which: str, year: int, month: int) -> date | None:
    """Day `22` or edge `底` `末` `初` of a month; None where the month has no such day."""
    if which in "底末":
        return month_end(year, month)
    day = 1 if which == "初" else int(which)
    return date(year, month, day) if 1 <= day <= month_end(year, month).day else None


def _near_month(which: str, step: str | None, today: date, direction: Direction) -> date | None:
    """Day or edge of the month named by `step` (上, 本, 下 ...), or of the nearest that has it."""
    if step:
        year, month = shift_month(today.year, today.month, _STEP[step])
        return _on(which, year, month) or exact(year, month, int(which))
    months = (shift_month(today.year, today.month, n) for n in range(-2, 3))
    if not (days := [d for y, m in months if (d := _on(which, y, m))]):
        raise ValueError(f"没有 {int(which)} 号这一天，请核对日期")
    return nearest(days, today, direction)


def _of_month(found: re.Match[str], today: date, direction: Direction) -> date | None:
    """`2026年11月22日`, `11月5号`, `上个月25号`, `22号`, `11月底`, `月初`."""
    word = found.groupdict().get
    which = found["which"]
    year = int(found["year"]) if word("year") else None
    if word("next_year"):
        year = today.year + _YEAR[found["next_year"]]
    if not word("month"):
        if year is not None:
            raise ValueError("有年没有月，请写全年月日")
        return _near_month(which, word("next_month"), today, direction)
    month = int(found["month"])
    exact(today.year if year is None else year, month, 1)
    if year is not None:
        return _on(which, year, month) or exact(year, month, int(which))
    # Eight years to either side hold a 29 February.
    days = [d for y in range(today.year - 8, today.year + 9) if (d := _on(which, y, month))]
    if not days:
        raise ValueError(f"{month} 月没有 {int(which)} 日，请核对日期")
    return nearest(days, today, direction)


def _edge_of_year(found: re.Match[str], today: date, direction: Direction) -> date | None:
    """`年底`, `明年底`, `2026年初`."""
    month = 1 if found["which"] == "初" else 12
    if found["year"]:
        return _on(found["which"], exact(int(found["year"]), 1, 1).year, month)
    if found["next_year"]:
        return _on(found["which"], today.year + _YEAR[found["next_year"]], month)
    days = [d for y in range(-1, 2) if (d := _on(found["which"], today.year + y, month))]
    return nearest(days, today, direction)


def _word(found: re.Match[str], today: date, direction: Direction) -> date | None:
    return today + timedelta(days=_WORD[found[1]])


def _weekday(found: re.Match[str], today: date, direction: Direction) -> date | None:
    """`周三`, `下周三`: weeks begin on Monday."""
    this = today + timedelta(days=int(found[2]) - today.isoweekday())
    if found[1]:
        return this + timedelta(weeks=_STEP[found[1]])
    return nearest((this + timedelta(weeks=n) for n in (-1, 0, 1)), today, direction)


def _away(today: date, amount: int, unit: str) -> date:
    if unit in "dw":
        return today + timedelta(days=amount if unit == "d" else 7 * amount)
    return add_months(today, amount if unit == "m" else 12 * amount)


def _counted(found: re.Match[str], today: date, direction: Direction) -> date | None:
    """`三天后`, `2周前`, `一个月内`; without 前 or 后 (`三天`) only where something is due."""
    unit, side = _UNITS[found["unit"]], found["side"]
    bare = direction == "future" and found.end() == len(found.string) and unit != "y"
    # `20日前` may be before the 20th, and `2026年前` is no count.
    unclear = (found["unit"] == "日" and side != "内") or (unit == "y" and len(found["n"]) > 2)
    if unclear or not (side or bare):
        return None
    return _away(today, int(found["n"]) * (-1 if side == "前" else 1), unit)


def _half_year(found: re.Match[str], today: date, direction: Direction) -> date | None:
    return add_months(today, -6 if found[1] == "前" else 6)


def _signed(found: re.Match[str], today: date, direction: Direction) -> date | None:
    return _away(today, int(found[1] + found[2]), found[3])


def _figures(found: re.Match[str], today: date, direction: Direction) -> date | None:
    return exact(int(found["y"]), int(found["m"]), int(found["d"]))


Reader = Callable[[re.Match[str], date, Direction], date | None]
# First come, first read: `3日内` must not be taken for the third, nor `3个月后` for a day of March.
_READERS: tuple[tuple[str, Reader], ...] = (
    (rf"(?:{_OF_YEAR}年?|年)(?P<which>[底末初])", _edge_of_year),
    (rf"(?:{_OF_YEAR})?(?:{_OF_MONTH}|月)(?P<which>[底末初])", _of_month),
    (r"(?P<n>\d{1,4})个?(?P<unit>天|日|周|星期|礼拜|(?<=个)月|年)(?:[之以]?(?P<side>[前后内]))?", _counted),
    (r"半年[之以]?([前后内])", _half_year),
    (rf"(?:{_OF_YEAR})?(?:{_OF_MONTH})?(?P<which>\d{{1,2}})[日号]", _of_month),
    (rf"(?:{_OF_YEAR})?(?P<month>\d{{1,2}})月(?P<which>\d{{1,2}})(?= |$)", _of_month),
    (r"(大前|大后|前|昨|今|本|明|后)(?:[天日]|(?=[早晚夜晨凌上中下]))", _word),
    (r"(today|yesterday|tomorrow)\b", _word),
    (r"(上上|上|本|这|下下|下)?个?@([1-7])", _weekday),
    (r"([+-])(\d{1,4})([dwm])(?![a-z])", _signed),
    (r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)", _figures),
    (r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?!\d)", _figures),
    (r"(?P<month>\d{1,2})[-/](?P<which>\d{1,2})(?![\d./-])", _of_month),
)


def read(text: str, today: date, direction: Direction) -> tuple[date, str] | None:
    """The day that the tidied text begins with, and what follows it; None where it begins with no day.

    A weekday written after the day (`11月22日(周日)`) must be its own. Raises ValueError with a Chinese
    phrase for a day that does not exist, or that could be two.
    """
    for pattern, reader in _READERS:
        found = re.match(pattern, text, re.ASCII)
        if not found:
            continue
        day = reader(found, today, direction)
        if day is None:
            continue
        rest = text[found.end() :]
        if weekday := re.match(r" ?(\()?@([1-7]) ?(?(1)\))", rest, re.ASCII):
            if int(weekday[2]) != day.isoweekday():
                raise ValueError(f"{day} 是周{'一二三四五六日'[day.weekday()]}，与所写的星期不符，请核对")
            rest = rest[weekday.end() :]
        return day, rest
    return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    return exact(year, month, 1), month_end(*shift_month(year, month, count - 1))


def _named_period(text: str, today: date) -> tuple[date, date] | None:
    """A year, half-year, quarter, month or week, with the year or relative to today."""
    if found := re.fullmatch(r"(\d{4})年?|([前去今本明后])年", text, re.ASCII):
        return _months(int(found[1]) if found[1] else today.year + _YEAR[found[2]], 1, 12)
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text, re.ASCII):
        return _months(int(found[1]), int(found[2]), 1)
    if found := re.fullmatch(r"(上上|上|本|这|当|下下|下)个?(月|季度|周|星期|礼拜)", text):
        step = _STEP[found[1]]
        if found[2] == "月":
            return _months(*shift_month(today.year, today.month, step), 1)
        if found[2] == "季度":
            return _months(*shift_month(today.year, (today.month - 1) // 3 * 3 + 1, 3 * step), 3)
        monday = today + timedelta(weeks=step, days=1 - today.isoweekday())
        return monday, monday + timedelta(days=6)
    part = r"(?:(?P<month>\d{1,2})月份?|第?(?P<quarter>[1-4])季度|(?P<half>[上下])半年)"
    found = re.fullmatch(rf"(?:{_OF_YEAR})?{part}", text, re.ASCII)
    found = found or re.fullmatch(r"(?P<year>\d{4})-?q(?P<quarter>[1-4])", text, re.ASCII)
    if not found:
        return None
    word = found.groupdict().get
    count = 1 if word("month") else 3 if word("quarter") else 6
    month = int(found["month"]) if word("month") else 7 if word("half") == "下" else 1
    if word("quarter"):
        month = 3 * int(found["quarter"]) - 2
    year = int(found["year"]) if word("year") else today.year + _YEAR[word("next_year") or "今"]
    if not word("year") and not word("next_year") and not word("half") and month > today.month:
        raise ValueError(f"“{text}”是哪一年的，请写上年份")
    return _months(year, month, count)


def period(text: str, today: date) -> tuple[date, date] | None:
    """First and last day of the period that the tidied text means (both included); None where it is none.

    A single day is a period too, the latest that fits; `A至B`, `A..B` run from A's first to B's last day.
    Raises ValueError with a Chinese phrase.
    """
    if text in ("all", "全部", "所有"):
        return date.min, date.max
    ends = re.split(r"\.\.|至|到|~", re.sub("[至到]今$", "至今天", text))
    if len(ends) == 2:
        first, last = period(ends[0].strip(), today), period(ends[1].strip(), today)
        if first and last and first[0] > last[1]:
            raise ValueError(f"期间的开头 {first[0]} 晚于结尾 {last[1]}，请前后对调")
        return (first[0], last[1]) if first and last else None
    if recent := re.fullmatch(r"(?:最近|近|过去)(\d{1,4})天", text, re.ASCII):
        return (today - timedelta(days=int(recent[1]) - 1), today) if int(recent[1]) else None
    if named := _named_period(text, today):
        return named
    day, rest = read(text, today, "past") or (today, text)
    return (day, day) if text and not rest else None
