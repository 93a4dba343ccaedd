"""Shifts: the `shifts:` section of wuye.yaml, and the moments of each (domain.md 11, 35)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from wuye import posts
from wuye.errors import BadInput, Fault, Problem
from wuye.numerals import fold
from wuye.workdays import DeskTime

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
KEYS = ("zh", "from", "until", "post")
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"


class Shift(NamedTuple):
    """One shift: code, Chinese name, minutes of its day from and until (over midnight: beyond 1440), its post."""

    code: str
    zh: str
    start: int
    end: int
    post: str = ""

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """When it begins and ends that begins on a day."""
        base = datetime.combine(day, time(), zone)
        return base + timedelta(minutes=self.start), base + timedelta(minutes=self.end)

    @property
    def hours_zh(self) -> str:
        """As the desk reads it: `20:00-次日 08:00`."""
        ends = f"次日 {clock_zh(self.end - MIDNIGHT)}" if self.end > MIDNIGHT else clock_zh(self.end)
        return f"{clock_zh(self.start)}-{ends}"


def clock_zh(minutes: int) -> str:
    """Minutes of the day as a time."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(text: Any) -> int | None:
    """A time of day in minutes; None where it is none."""
    found = re.fullmatch(_CLOCK, fold(text).strip()) if isinstance(text, str) else None
    total = int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT + 1
    return total if total <= MIDNIGHT else None


def usual(desk: DeskTime) -> dict[str, Shift]:
    """The shifts of an office that has set none: the desk's hours, and the night duty manager until it opens again."""
    start, end = desk.hours[0][0], desk.hours[-1][1]
    night = Shift("night", "夜班", end, start + MIDNIGHT, "night-manager")
    return {"day": Shift("day", "白班", start, end), "night": night}


def parse(raw: Any) -> tuple[Mapping[str, Shift], list[Fault]]:
    """The shifts of an office by code, with every mistake in them; none where nothing is set."""
    if raw in ("", None):
        return {}, []
    if not isinstance(raw, dict):
        return {}, [Fault(("shifts",), "shifts 应是“代码: 班次”的样子，请按 docs/duties.md 写")]
    found, faults = dict[str, Shift](), list[Fault]()
    for code, body in raw.items():
        path = ("shifts", code)
        if not isinstance(body, dict):
            faults.append(Fault(path, f"班次 {code} 应写 {'、'.join(KEYS)}，请改正"))
            continue
        known = "、".join(KEYS)
        wrong = [Fault((*path, k), f"班次 {code} 没有 {k} 这一项，只写 {known}") for k in body if k not in KEYS]
        times = [minutes_of(body.get(name)) for name in ("from", "until")]
        wrong += [
            Fault((*path, name) if name in body else path, f"班次 {code} 的 {name} 应写钟点，如 '08:00'，请改正")
            for name, one in zip(("from", "until"), times, strict=True) if one is None
        ]  # fmt: skip
        post, word = posts.named(body.get("post")), body.get("post")
        if word and not post:
            wrong.append(Fault((*path, "post"), f"班次 {code} 没有“{word}”这个岗位，可写：{posts.KNOWN_ZH}，请改正"))
        if times[0] is not None and times[0] == times[1]:
            wrong.append(Fault((*path, "until"), f"班次 {code} 的起止相同，请改正"))
        faults += wrong
        if not wrong:
            start, end = (one or 0 for one in times)
            found[code] = Shift(code, str(body.get("zh") or code), start, end if end > start else end + MIDNIGHT, post)
    return found, faults


def find(known: Mapping[str, Shift], word: str) -> Shift:
    """The shift that a code or Chinese name means. Raises BadInput naming those there are."""
    plain = fold(word).strip()
    for one in known.values():
        if plain in (one.code, one.zh):
            return one
    words = "、".join(f"{one.code}（{one.zh} {one.hours_zh}）" for one in known.values())
    raise BadInput(Problem(f"没有“{word}”这个班次，现有：{words}；请改正，或写进 wuye.yaml 的 shifts", field="shift"))


class Turn(NamedTuple):
    """Somebody who stands in a shift of a day."""

    day: date
    name: str


def rota(
    days: Iterable[date], staff: list[str], heads: int, rest: Mapping[date, bool], taken: frozenset[tuple[date, str]],
    last: Mapping[bool, str],
) -> Iterator[Turn]:
    """Who stands in a shift on which day: working days in turn, weekends and holidays in a turn of their own.

    `taken` are those who cannot on a day; `last` is who stood last in either turn: the next one follows him.
    """
    turns = {kind: _after(staff, last.get(kind, "")) for kind in (False, True)}
    for day in days:
        turn, found = turns[rest[day]], 0
        for name in list(turn):
            if found == heads:
                break
            if (day, name) not in taken:
                found += 1
                yield Turn(day, name)
                turn.remove(name)
                turn.append(name)


def _after(staff: list[str], last: str) -> list[str]:
    place = staff.index(last) + 1 if last in staff else 0
    return [*staff[place:], *staff[:place]]
