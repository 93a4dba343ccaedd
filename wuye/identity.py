"""Identity-card numbers (GB 11643): found anywhere, so that none is stored (domain.md L, design §6)."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from wuye.numerals import fold

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_DIGIT = "[0-9０-９]"
# What people, or other programs, leave between the groups of a number.
_BLANK = r"\s\-‐-―−－./．／·_\u200b-\u200d\u2060\ufeff"
_GAP = f"[{_BLANK}]{{1,3}}"
_AREA = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
HIDDEN = "*" * 14


class Found(NamedTuple):
    """An identity-card number in a text: its place `text[start:end]` and its 18 characters."""

    start: int
    end: int
    number: str

    def __repr__(self) -> str:
        return f"Found({self.start}, {self.end})"


def _right(number: str) -> bool:
    """18 ASCII characters with a birth date of 1900 to 2099 and the check digit (ISO 7064 MOD 11-2)."""
    year = int(number[6:10])
    try:
        date(year, int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * w for c, w in zip(number[:17], _WEIGHTS, strict=True))
    return 1900 <= year <= 2099 and number[17] == _CHECKS[total % 11]


def find(text: str) -> tuple[Found, ...]:
    """The identity-card numbers in a text, in order.

    Full width, a lower-case x and blanks, dashes, points or strokes between groups are seen through; a number
    begins and ends with a run of digits, so that no part of a longer run counts. The area code plays no
    part: residence permits (81, 82, 83) and unknown areas are found too.
    """
    # Ordinary text ends here: it has nowhere so many digits close together.
    if len(text) < 17 or not re.search(f"{_DIGIT}[0-9０-９{_BLANK}]{{16}}", text):
        return ()
    found: list[Found] = []
    for stretch in re.finditer(rf"{_DIGIT}+(?:{_GAP}{_DIGIT}+)*(?:(?:{_GAP})?[XxＸｘ])?", text):
        runs = [
            (stretch.start() + run.start(), stretch.start() + run.end())
            for run in re.finditer(rf"{_DIGIT}+|[XxＸｘ]", stretch[0])
        ]
        found += _in_runs(text, runs)
    return tuple(found)


def _in_runs(text: str, runs: list[tuple[int, int]]) -> list[Found]:
    """The numbers made of whole runs of digits that stand one after the other."""
    found: list[Found] = []
    first = 0
    while first < len(runs):
        number, last = "", first
        while last < len(runs) and len(number) < 18:
            number += fold(text[slice(*runs[last])]).upper()
            last += 1
            if len(number) == 18 and "X" not in number[:17] and _right(number):
                found.append(Found(runs[first][0], runs[last - 1][1], number))
                first = last - 1
        first += 1
    return found


def valid(text: str) -> bool:
    """Whether the whole text is one identity-card number (domain.md L)."""
    typed = text.strip()
    return [(f.start, f.end) for f in find(typed)] == [(0, len(typed))]


def area_known(text: str) -> bool:
    """Whether a number begins with the code of a province or of a residence permit; others only warn.

    A foreigner's permanent residence card begins with 9 and has the province after it.
    """
    return re.match(f"9?(?:{_AREA})", fold(text).strip()) is not None


def mask(text: str) -> str:
    """The text with every identity-card number replaced by fourteen `*` and its last four characters."""
    shown, end = "", 0
    for found in find(text):
        shown += text[end : found.start] + HIDDEN + found.number[-4:]
        end = found.end
    return shown + text[end:]


def tail(text: str) -> str:
    """The last four characters of a document's number, letters in capitals.

    Raises ValueError with a Chinese phrase that does not repeat what was typed.
    """
    typed = fold(text).strip().upper()
    if not re.fullmatch("[0-9A-Z]{4}", typed):
        raise ValueError(f"证件只填号码的后四位（数字或字母），现为 {len(typed)} 位")
    return typed
