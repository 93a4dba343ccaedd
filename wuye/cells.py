"""What a spreadsheet's cell holds of a value, and text that no spreadsheet may take for a formula. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from wuye.sheet import Column, short

EARLIEST = 1900
"""Spreadsheets count days from here: older ones stay text."""
_GUARDED = re.compile("'*[=+@＝＋＠－\t\r\n-]")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?")
_MOST_DIGITS = 15


class Share(NamedTuple):
    """A share of a hundred as a spreadsheet keeps it: 0.957, shown with one decimal as 95.7%."""

    part: Any
    decimals: int


def held(column: Column, value: Any, zone: tzinfo | None) -> Any:
    """What the cell holds: text, a date or time of the office's zone, an int or Decimal with its decimals, or None.

    A number is one where the desk reads the very same number; everything else is the text that the desk reads.
    """
    if isinstance(value, datetime):
        moment = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo and zone else value.replace(tzinfo=None)
        return moment.replace(microsecond=0) if moment.year >= EARLIEST else short(moment)
    if isinstance(value, date):
        return value if value.year >= EARLIEST else short(value)
    shown = column.show(value)
    if (column.right or _numeric(value)) and (number := figure(shown)) is not None:
        return number
    if shown.endswith("%") and (number := figure(shown[:-1])) is not None:
        return Share(number / 100, len(shown[:-1].partition(".")[2]))
    return shown or None


def _numeric(value: Any) -> bool:
    return type(value) is int or (type(value).__name__ in ("Decimal", "float"))


def figure(shown: str) -> Any:
    """A shown number as int or Decimal; None for anything else, and for more digits than a spreadsheet keeps."""
    if not _NUMBER.fullmatch(shown) or sum(map(str.isdigit, shown)) > _MOST_DIGITS:
        return None
    from decimal import Decimal

    plain = shown.replace(",", "")
    return Decimal(plain) if "." in plain else int(plain)


def guarded(text: str) -> str:
    """Text for a CSV: an apostrophe before what a spreadsheet would take for a formula, or for such an apostrophe."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded; every other one as it is."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
