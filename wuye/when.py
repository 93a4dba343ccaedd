"""Times as people type them: understood or refused, never guessed (domain.md L, design §4).

A day without a time stays a `date`; moments are aware datetimes in the zone of `now`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol

from wuye import days
from wuye.days import FIRST_YEAR, LAST_YEAR, Direction
from wuye.numerals import digits, fold

WEEKDAYS = "一二三四五六日"
_EXAMPLES = {
    "past": "昨天下午3点、11月5号、周三、14:30、2小时前、2026-11-22 14:30",
    "future": "明天上午9点、下周一、月底、14:30、3天后、+3wd（工作日）、2026-11-22 14:30",
    "any": "今天、11月5号、昨天下午3点、2026-11-22、2026-11-22 14:30",
}
_NOW = ("刚才", "刚刚", "现在", "此刻", "now")

# Parts of the day: words, hours that mean twelve more, hours as they stand, the hour where none is named.
_PARTS: tuple[tuple[str, range, range, int | None], ...] = (
    ("凌晨", range(0), range(7), None),
    ("清晨|清早|早晨|早上|早|晨", range(0), range(4, 12), 8),
    ("上午", range(0), range(5, 13), 9),
    ("中午|正午", range(1, 3), range(11, 15), 12),
    ("下午|午后", range(1, 12), range(12, 24), 14),
    ("傍晚", range(4, 9), range(16, 21), None),
    ("晚上|晚间|夜晚|晚|夜", range(5, 13), range(17, 25), 20),
    ("半夜|深夜|夜里|午夜", range(10, 13), range(22, 25), None),
)
_CLOCK = (
    r"(?P<part>{parts})?的?(?P<clock>(?P<hour>\d{{1,2}})(?:"
    r":(?P<min>\d\d)(?::(?P<sec>\d\d))?"
    r"|(?P<o_clock>[点时])(?:[整钟]|(?P<half>半)|(?P<quarter>[13])刻|(?P<minutes>\d{{1,2}})分|(?P<min2>\d\d))?"
    r"))?"
).format(parts="|".join(words for words, *_ in sorted(_PARTS, key=lambda p: -len(p[0].split("|")[0]))))
_SHORT = (
    r"(?:(?P<hours>\d{1,4})(?:\.(?P<tenth>\d))?个?(?P<more>半)?(?:小时|钟头)|(?P<half>半)个?(?:小时|钟头))?"
    r"(?:(?P<minutes>\d{1,4})(?:分钟|分)|(?P<quarters>\d)刻钟)?(?:[之以]?(?P<side>[前后内]))?"
)


class Desk(Protocol):
    """What reading a time needs to know of the desk's hours and working days."""

    def opening(self, day: date) -> datetime:
        """When the desk opens on that day."""

    def closing(self, day: date) -> datetime:
        """When it closes on that day."""

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after that day."""


def parse(text: str, now: datetime, direction: Direction, desk: Desk) -> date | datetime:
    """The day, or the moment, that the typed text means at `now`.

    `direction` says what the field holds: what happened (`past`), what is due (`future`), or either; it picks
    the year or week where none is typed, and a result on the other side of now is refused. Raises
    ValueError with a Chinese phrase.
    """
    try:
        value = _read(text, now, direction, desk)
    except OverflowError:
        value = None
    if value is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
        if re.fullmatch(r"\d{3,4}", fold(text).strip(), re.ASCII):
            raise ValueError(f"看不出“{text}”是日期还是钟点，请写成 11-22 或 14:30 这样")
        raise ValueError(f"看不懂时间“{text}”，可以写：{_EXAMPLES[direction]}")
    if isinstance(value, datetime):
        minute = now.replace(second=0, microsecond=0)
        late, early = value > now, value < minute
    else:
        late, early = value > now.date(), value < now.date()
    if direction == "past" and late:
        raise ValueError(f"{read_back(value)} 还没有到，这里只能填已经过去的时间")
    if direction == "future" and early:
        raise ValueError(f"{read_back(value)} 已经过去，这里只能填今后的时间")
    return value


def _read(text: str, now: datetime, direction: Direction, desk: Desk) -> date | datetime | None:
    typed = _tidy(text)
    if not typed:
        return None
    if typed in _NOW:
        return now
    if stamp := re.fullmatch(r"(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d)?)(z|[+-]\d\d:?\d\d)", typed, re.ASCII):
        return _iso(f"{stamp[1]}T{stamp[2]}{stamp[3].upper()}", now)
    if (short := _short_while(typed, now, direction)) is not None:
        return short
    working = re.fullmatch(r"(?:\+(\d{1,3})wd|(\d{1,3})个?工作日(?:[之以]?[后内])?)", typed, re.ASCII)
    if working:
        n = int(working[1] or working[2])
        return desk.closing(desk.add_working_days(now.date(), n)) if n else None
    day, rest = days.read(typed, now.date(), direction) or (now.date(), typed)
    if not rest:
        return day
    return _clock(rest.removeprefix("的").removeprefix("t").lstrip(" ,"), day, now, desk)


def _tidy(text: str) -> str:
    """Folded, lower case, ASCII digits for numerals, `@3` for 周三, no blanks beside Chinese."""
    folded = fold(text).strip().lower()
    if "@" in folded:
        return ""

    def weekday(found: re.Match[str]) -> str:
        name = "日" if found[1] == "天" else found[1]
        return f"@{WEEKDAYS.index(name) + 1 if name in WEEKDAYS else name} "

    folded = re.sub(r"(?:周|星期|礼拜)([一二三四五六日天]|[1-7](?![0-9]))", weekday, folded)
    folded = re.sub(r"\s+", " ", digits(folded)).strip()
    return re.sub(r"(?<=[\u4e00-\u9fff]) | (?=[\u4e00-\u9fff])", "", folded)


def _iso(text: str, now: datetime) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(now.tzinfo)
    except ValueError:
        return None


def _short_while(typed: str, now: datetime, direction: Direction) -> datetime | None:
    """`半小时前`, `一个半小时后`, `2小时30分钟前`, `+2h`; without 前 or 后 only for what is due."""
    if signed := re.fullmatch(r"([+-]\d{1,4})(h|min)", typed, re.ASCII):
        return _later(now, int(signed[1]) * (60 if signed[2] == "h" else 1))
    found = re.fullmatch(_SHORT, typed, re.ASCII)
    if not found or found.start("side") == 0 or (found["tenth"] and found["more"]):
        return None
    if not found["side"] and (direction != "future" or typed.endswith("分")):
        return None
    minutes = 60 * int(found["hours"] or 0) + 6 * int(found["tenth"] or 0)
    minutes += 30 if found["more"] or found["half"] else 0
    minutes += int(found["minutes"] or 0) + 15 * int(found["quarters"] or 0)
    return _later(now, -minutes if found["side"] == "前" else minutes)


def _later(now: datetime, minutes: int) -> datetime:
    """Elapsed time, also across a change of the clocks."""
    return (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)


def _clock(typed: str, day: date, now: datetime, desk: Desk) -> datetime | None:
    """`下午3点半`, `14:30`, `晚上`, `8点20` on that day; None for anything else."""
    found = re.fullmatch(_CLOCK, typed, re.ASCII)
    if not found or not typed:
        return None
    if not found["clock"]:
        hour = next(alone for words, _, _, alone in _PARTS if found["part"] in words.split("|"))
        if hour is None:
            raise ValueError(f"“{found['part']}”请写明几点，如 {found['part']}5点")
        return datetime.combine(day, time(hour), now.tzinfo)
    minute = int(found["min"] or found["minutes"] or found["min2"] or 0) + 15 * int(found["quarter"] or 0)
    minute += 30 if found["half"] else 0
    second = int(found["sec"] or 0)
    typed_hour = int(found["hour"])
    if typed_hour > 24 or minute > 59 or second > 59 or (typed_hour == 24 and (minute or second)):
        raise ValueError(f"没有“{found['clock']}”这个钟点，请写成 14:30 这样")
    hour = _hour(found, typed_hour, minute, day, desk)
    return datetime.combine(day, time(), now.tzinfo) + timedelta(hours=hour, minutes=minute, seconds=second)


def _hour(found: re.Match[str], hour: int, minute: int, day: date, desk: Desk) -> int:
    """The hour from 0 to 24 that is meant; ValueError where it could be two, or none fits the part of day."""
    if part := found["part"]:
        afternoon, plain = next((a, p) for words, a, p, _ in _PARTS if part in words.split("|"))
        if hour in afternoon:
            return hour + 12
        if hour in plain:
            return hour
        if hour < 5 and plain.stop == 25:
            raise ValueError(f"“{part}{found['clock']}”是哪一天的凌晨，请写明，如 今天凌晨{hour}点")
        raise ValueError(f"“{part}{found['clock']}”说不通，请写成 14:30 这样的钟点")
    # `3点` may be at night: only a morning hour at which the desk is open needs no 上午 or 下午.
    if found["o_clock"] == "点" and 1 <= hour < 12 and time(hour, minute) < desk.opening(day).time():
        clear = f"{'下午' if hour < 6 else '晚上'}{hour}点 或 {hour:02d}:{minute:02d}"
        raise ValueError(f"看不出“{found['clock']}”是上午还是下午，请写成 {clear} 这样")
    return hour


def period(text: str, today: date) -> tuple[date, date]:
    """First and last day, both included, of a typed period: `2026-11`, `2026`, `上周`, `本月`, `昨天`, `all`.

    `all` is (date.min, date.max). Raises ValueError with a Chinese phrase.
    """
    if text == "all":
        return date.min, date.max
    try:
        found = days.period(_tidy(text), today)
    except OverflowError:
        found = None
    if found is None:
        examples = "2026-11、2026、2026-11-22、本月、上周、昨天、11-01至11-15、all"
        raise ValueError(f"看不懂期间“{text}”，可以写：{examples}")
    return found


def as_moment(value: date | datetime, direction: Direction, desk: Desk, now: datetime | None = None) -> datetime:
    """The moment a value stands for: a bare day is its closing where due, else its opening (domain.md L).

    With `now`, a day that happened (`past`) but has not opened yet stands for now.
    """
    if isinstance(value, datetime):
        return value
    if direction == "future":
        return desk.closing(value)
    opening = desk.opening(value)
    return min(opening, now) if now is not None and direction == "past" else opening


def read_back(value: date | datetime) -> str:
    """The value as the desk reads it: `2026-11-21(周六) 15:00`, a bare day without the time."""
    day = f"{value.year:04d}-{value.month:02d}-{value.day:02d}(周{WEEKDAYS[value.weekday()]})"
    if not isinstance(value, datetime):
        return day
    return f"{day} {value:%H:%M:%S}" if value.second else f"{day} {value:%H:%M}"


def dump(value: date | datetime) -> str:
    """The stored form: `2026-11-22`, `2026-11-22T09:05+08:00` (seconds only where they are not zero).

    Raises ValueError for a datetime without a zone.
    """
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.utcoffset() is None:
        raise ValueError("时间缺少时区")
    return value.isoformat(timespec="seconds" if value.second else "minutes")


@lru_cache(maxsize=4096)
def parse_stored(text: str, zone: tzinfo) -> date | datetime:
    """The day, or the moment in `zone`, that a stored text means; the reverse of `dump`, and as strict.

    A record says the same moment several times: received, recorded, and where its history begins. Raises ValueError
    with a Chinese phrase.
    """
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            return date.fromisoformat(text)
        # fromisoformat reads far more than we ever write: week dates, no dashes, fractions, 24:00.
        plain = text[4:5] == text[7:8] == "-" and text[10:11] == "T" and text[13:14] == ":"
        zoned = text.endswith("Z") or (text[-3:-2] == ":" and text[-6:-5] in ("+", "-"))
        if plain and zoned and len(text) in (17, 20, 22, 25) and text[11:13] != "24" and text.isascii():
            return datetime.fromisoformat(text).astimezone(zone)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"时间“{text}”写法不对，应写成 2026-11-22 或 2026-11-22T09:05+08:00")
