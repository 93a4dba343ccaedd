"""The numbers of blank forms, printed against a power cut and entered afterwards (domain.md 43).

A log a month and desk says which were given out: none is ever given twice. It is committed like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from wuye import when
from wuye.errors import Damaged
from wuye.numerals import fold

WORD = "空白"
_NUMBER = re.compile(rf"{WORD}-(\d{{4}})(\d\d)(\d\d)-([A-Z]?)(\d{{2,}})")


def path(day: date, letter: str) -> str:
    """The log in which the numbers of a day and desk stand."""
    return f"log/blanks-{day:%Y-%m}{'-' if letter else ''}{letter}.jsonl"


def tidy(typed: str) -> str:
    """A number as it is printed, however it was typed; empty where it is none."""
    found = _NUMBER.fullmatch("".join(fold(typed).split()).upper())
    return found[0] if found else ""


def place(number: str) -> str:
    """The log in which a number would stand."""
    found = _NUMBER.fullmatch(number)
    assert found is not None
    return path(date(int(found[1]), max(1, min(12, int(found[2]))), 1), found[4])


def given(log: bytes, file: str) -> Iterator[tuple[str, int, int]]:
    """The runs that were given out: what comes before the serial, the first one, how many. Raises Damaged."""
    import json

    for number, line in enumerate(log.splitlines(), 1):
        try:
            told = json.loads(line)
            found = _NUMBER.fullmatch(str(told["first"]))
            count = int(told["count"])
            assert found is not None
        except (ValueError, KeyError, TypeError, AssertionError) as error:
            words = "空白表格的发放记录有一行读不懂：请从 git 历史里恢复后再打印空白表格"
            raise Damaged(f"{file} 第 {number} 行：{words}") from error
        yield found[0][: -len(found[5])], int(found[5]), count


def fresh(log: bytes, file: str, day: date, letter: str, count: int) -> list[str]:
    """The next numbers of a day. Raises Damaged where it cannot be told which were given out."""
    head = f"{WORD}-{day:%Y%m%d}-{letter}"
    last = max((first + many - 1 for one, first, many in given(log, file) if one == head), default=0)
    return [f"{head}{last + place:02d}" for place in range(1, count + 1)]


def appended(log: bytes, at: datetime, by: str, form: str, numbers: list[str]) -> bytes:
    """The log with the numbers that are given out now."""
    import json

    line = {"at": when.dump(at), "by": by, "form": form, "first": numbers[0], "count": len(numbers)}
    between = b"" if not log or log.endswith(b"\n") else b"\n"
    return log + between + (json.dumps(line, ensure_ascii=False) + "\n").encode()


def was_given(log: bytes, file: str, number: str) -> bool:
    """Whether a number was given out. Raises Damaged."""
    found = _NUMBER.fullmatch(number)
    if not found:
        return False
    head, serial = number[: -len(found[5])], int(found[5])
    return any(one == head and first <= serial < first + count for one, first, count in given(log, file))
