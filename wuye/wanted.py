"""What is asked of a kind's records before any of them is read: the index narrows by it (design.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wuye.numerals import fold


def searched(text: str) -> str:
    """Text as it is compared in a search: lower case, full-width characters folded."""
    return fold(text.lower())


class Wanted(NamedTuple):
    """What is asked of a kind. The columns narrow; whoever asks decides over the whole records.

    `months` None is all of them. `waits` asks for records of which a clock could wait, now or later, `pending` for
    those and the open ones (not of a book, where to be open is to be there). `since` and `until` bound `received`
    (seconds since 1970, until not included); `alive` is a span that the record's times must touch, unless it is
    pending. `newest` bounds the answer.
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


class Found(NamedTuple):
    """One record as the index keeps it: file, line, and what the file holds, as JSON."""

    path: str
    line: int
    raw: str


EVERYTHING = Wanted()
"""Every record there is."""
