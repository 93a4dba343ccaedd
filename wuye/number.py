"""A record's number is its address: prefix, date, desk letter, serial (`TS-20261122-003`, `TS-20261122-A003`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

_FULL = r"([A-Z]{2})-(\d{4})(\d\d)(\d\d)-([A-Z]?)(\d{3,})"
_TYPED = r"(?:([A-Za-z]{2})-?)?(?:(\d{8}|\d{4})-)?([A-Za-z]?)(\d+)"


class Number(NamedTuple):
    """Prefix, day, desk letter (may be empty) and serial of one record."""

    prefix: str
    day: date
    desk: str
    serial: int

    def __str__(self) -> str:
        return f"{self.prefix}-{self.day:%Y%m%d}-{self.desk}{self.serial:03d}"

    @property
    def month(self) -> str:
        """The month whose file holds it, `2026-11`."""
        return f"{self.day:%Y-%m}"


def parse(text: str) -> Number | None:
    """The number that `text` is in full, or None."""
    found = re.fullmatch(_FULL, text, re.ASCII)
    if not found:
        return None
    prefix, year, month, day, desk, serial = found.groups()
    try:
        return Number(prefix, date(int(year), int(month), int(day)), desk, int(serial))
    except ValueError:
        return None


def within(text: str) -> list[str]:
    """Every number in full that stands in a text, in its order, each once."""
    return list(dict.fromkeys(found[0] for found in re.finditer(_FULL, text, re.ASCII)))


def next_serial(taken: Iterable[str], prefix: str, day: date, desk: str) -> Number:
    """The next free number of that day and desk; numbers once used, void ones too, are never given again."""
    head = f"{prefix}-{day:%Y%m%d}-{desk}"
    serials = [int(text[len(head) :]) for text in taken if text.startswith(head) and text[len(head) :].isdigit()]
    return Number(prefix, day, desk, max(serials, default=0) + 1)


class Tail(NamedTuple):
    """What a clerk types for a number: `ts3`, `3`, `1122-3`, `TS-20261122-003`."""

    prefix: str
    day: str
    desk: str
    serial: int

    def fits(self, number: Number) -> bool:
        """Whether the number can be the one meant, the day still left open when none was typed."""
        return (
            (not self.prefix or self.prefix == number.prefix)
            and (not self.day or f"{number.day:%Y%m%d}".endswith(self.day))
            and (not self.desk or self.desk == number.desk)
            and self.serial == number.serial
        )


def typed(text: str) -> Tail | None:
    """Read what was typed for a number; None where it is no number at all."""
    found = re.fullmatch(_TYPED, text.strip())
    if not found:
        return None
    prefix, day, desk, serial = found.groups()
    return Tail((prefix or "").upper(), day or "", (desk or "").upper(), int(serial))


def latest_day(tail: Tail, today: date) -> date | None:
    """The day a typed tail means: today without one, the latest such day not after today with month and day.

    None where the digits are no date.
    """
    if not tail.day:
        return today
    if len(tail.day) == 8:
        year, month, day = int(tail.day[:4]), int(tail.day[4:6]), int(tail.day[6:])
        years: Iterable[int] = (year,)
    else:
        month, day = int(tail.day[:2]), int(tail.day[2:])
        years = range(today.year, today.year - 9, -1)
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if len(tail.day) == 8 or found <= today:
            return found
    return None


def resolve(tail: Tail, numbers: Iterable[Number], today: date, desk: str) -> list[Number]:
    """The numbers that a typed tail can mean, best reading first: of its day, else any unique tail.

    Of several desks the own one's wins. One element: found; several: ambiguous; none: not there.
    """
    fitting = [n for n in numbers if tail.fits(n)]
    day = latest_day(tail, today)
    of_day = [n for n in fitting if n.day == day]
    found = of_day or ([] if tail.day and len(tail.day) == 8 else fitting)
    own = [n for n in found if n.desk == desk]
    return own if len(own) == 1 and len(found) > 1 else found


_BEGUN = r"(?:([A-Z]{2})-?)?(?:(\d{8}|\d{4})-)?([A-Z]?)(\d*)"


def begun(text: str, numbers: Iterable[Number], today: date) -> list[Number]:
    """The numbers that words can become while they are being typed (`ts`, `ts3`, `1122-`, `TS-2026`), newest first.

    Digits alone are a serial of today, else the beginning of a date, else a serial of any day.
    """
    head = text.strip().upper()
    known = sorted(numbers, key=lambda n: (n.day, n.desk, n.serial), reverse=True)
    if whole := [n for n in known if str(n).startswith(head)]:
        return whole
    found = re.fullmatch(_BEGUN, head, re.ASCII)
    if not found:
        return []
    prefix, day, desk, digits = found.groups()
    known = [n for n in known if prefix in (None, n.prefix) and desk in ("", n.desk)]
    bare = digits.lstrip("0") or digits
    serials = [n for n in known if str(n.serial).startswith(bare) or f"{n.serial:03d}".startswith(digits)]
    if day:
        return [n for n in serials if f"{n.day:%Y%m%d}".endswith(day)]
    if not digits:
        return known
    of_today = [n for n in serials if n.day == today]
    dated = [n for n in known if f"{n.day:%m%d}".startswith(digits) or f"{n.day:%Y%m%d}".startswith(digits)]
    return of_today or ([] if desk else dated) or serials
