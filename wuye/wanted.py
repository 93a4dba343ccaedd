"""What is asked of records before any of them is read, and how words are compared (design.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wuye.numerals import fold

_BETWEEN = str.maketrans("", "", " -()+.·")


def searched(text: str) -> str:
    """Text as it is compared in a search: lower case, full-width characters folded."""
    return fold(text.lower())


WHOLE = 7
"""A phone or document is found by its whole number only: what a mask hides cannot be got at by trying pieces."""


def digits_of(word: str) -> str:
    """The digits of a word that may be a whole phone number, else nothing: `138-0013-8000`, `0755 8888 6666`."""
    digits = word.translate(_BETWEEN)
    return digits if len(digits) >= WHOLE and digits.isascii() and digits.isdigit() else ""


def wholes(text: str) -> tuple[str, ...]:
    """The numbers by which a private value is found: its groups of digits joined, from the area code or without it."""
    if text.isascii() and text.isdigit():
        return (text,)  # a short one, `12345`, is a whole number too; nobody finds it by less than seven figures
    groups = "".join(c if c.isdigit() else " " for c in fold(text)).split()
    runs = ("".join(groups[a:b]) for a in range(len(groups)) for b in range(a + 1, len(groups) + 1))
    return tuple(run for run in runs if len(run) >= WHOLE)


SHORTEST_TAIL = 4
"""By so many last figures, and no fewer, somebody's telephone is found: for `who`, which shows it masked."""

NAMED = ("room", "lease", "bay")
"""The fields that say who owes: a record is found by what stands in them now or stood there before."""


class Wanted(NamedTuple):
    """What is asked of a kind. The columns narrow; whoever asks decides over the whole records.

    `months` None is all of them. `waits` asks for records of which a clock could wait, now or later, `pending` for
    those and the open ones (not of a book, where to be open is to be there). `since` and `until` bound `received`
    (seconds since 1970, until not included); `room` may also be a lease or bay, and narrows to all that ever named it;
    `alive` is a span that the record's times must touch, unless it is
    pending. `newest` bounds the answer. `people` are texts of which one must stand in the words beside the record's
    number, or be the end of a private number.
    """

    months: Sequence[str] | None = None
    room: str = ""
    statuses: Sequence[str] = ()
    open: bool = False
    waits: bool = False
    pending: bool = False
    since: int | None = None
    until: int | None = None
    alive: tuple[int, int] | None = None
    text: str = ""
    newest: int = 0
    people: Sequence[str] = ()


class Found(NamedTuple):
    """One record as the index keeps it: file, line, and what the file holds, as JSON."""

    path: str
    line: int
    raw: str


EVERYTHING = Wanted()
"""Every record there is."""
