"""What a spreadsheet's cell holds of a value, and text that no spreadsheet may take for a formula. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.sheet import Column, short

if TYPE_CHECKING:
    from decimal import Decimal

EARLIEST = 1900
"""Spreadsheets count days from here: older ones stay text."""
_UNSEEN = r"[\s\u200b-\u200f\u2060\ufeff']*"
"""What a program that reads a CSV may take away before it looks at the first character."""
_GUARDED = re.compile(_UNSEEN + "[=+@＝＋＠－\t\r\n-]")
_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.(?P<decimals>\d+))?)"
    r"(?P<unit>%| ?[\u4e00-\u9fff]{1,4})?"
)
_MOST_DIGITS = 15


class Number(NamedTuple):
    """A number in a cell: its value, and the number format that shows what the desk reads."""

    value: int | Decimal
    form: str


def held(column: Column, value: Any, zone: tzinfo | None) -> Any:
    """What the cell holds: text, a date or time of the office's zone, a Number, or None.

    A number is one where the desk reads the very same number; everything else is the text that the desk reads.
    """
    if isinstance(value, datetime):
        moment = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo and zone else value.replace(tzinfo=None)
        return moment.replace(microsecond=0) if moment.year >= EARLIEST else short(moment)
    if isinstance(value, date):
        return value if value.year >= EARLIEST else short(value)
    shown = column.show(value)
    if column.right or type(value) is int or type(value).__name__ in ("Decimal", "float"):
        return number(shown) or shown or None
    return shown or None


def number(shown: str) -> Number | None:
    """A shown number, `-1,234.50`, `+3`, `95.7%`, `1,200.00 元`; None for anything else.

    One with more digits than a spreadsheet keeps is none.
    """
    found = _NUMBER.fullmatch(shown)
    if not found or sum(map(str.isdigit, shown)) > _MOST_DIGITS:
        return None
    from decimal import Decimal

    plain, unit, decimals = found["number"].replace(",", ""), found["unit"], len(found["decimals"] or "")
    value = Decimal(plain) if decimals else int(plain)
    form = f"0.{'0' * decimals}" if decimals else "0"
    form = "#,##0.00" if decimals == 2 else "#,##0" if "," in shown and not decimals else form
    if unit == "%":
        return Number(Decimal(plain) / 100, f"{form}%")
    if unit:
        form = f'{form}"{unit}"'
    return Number(value, f"+{form};-{form};{form}" if shown.startswith("+") else form)


def guarded(text: str) -> str:
    """Text for a CSV: an apostrophe before what a spreadsheet would take for a formula, or for such an apostrophe."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded; every other one as it is."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
