"""What a commit's message says: in words for people, below them the step and the records' numbers for `undo`.

    投诉派给责任部门 TS-20261122-001、TS-20261122-002

    Wuye-Step: assign
    Wuye-Records: TS-20261122-001..002
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wuye import number, records

A_LINE, MOST = 8, 100_000
NUMBER = r"[A-Z]{2}-\d{8}-[A-Z]?\d{3,}"


class Told(NamedTuple):
    """A message taken apart. `ours`: a command of this program wrote it, not somebody by hand. `step` is the English
    code of what was done, empty in commits of versions that did not say it; `ids` the records, none where it is not
    said which."""

    words: str
    step: str = ""
    ids: tuple[str, ...] = ()
    ours: bool = False

    def may_name(self, name: str) -> bool:
        """Whether the command may have written that record."""
        return name in self.ids if self.ids else name in self.words or "等" in self.words or bool(self.step)


def write(words: str, step: str, ids: Sequence[str] = ()) -> str:
    """The message of a commit."""
    lines = [words, "", f"Wuye-Step: {step}"]
    runs = list(_runs(ids))
    lines += [f"Wuye-Records: {' '.join(runs[i : i + A_LINE])}" for i in range(0, len(runs), A_LINE)]
    return "\n".join(lines)


def read(text: str) -> Told:
    """A message, ours or not. Of several steps (commits squashed into one) the last counts."""
    words = text.strip().split("\n", 1)[0].strip()
    steps = re.findall(r"^Wuye-Step: *(\S+) *$", text, re.MULTILINE)
    said = " ".join(re.findall(r"^Wuye-Records: *(.+)$", text, re.MULTILINE)).split()
    if not steps:
        return Told(words, ours=_by_an_older_version(words))
    return Told(words, steps[-1], tuple(name for part in said for name in _spread(part))[:MOST], True)


def _by_an_older_version(words: str) -> bool:
    kinds = "|".join(row[2] for row in records.KINDS)
    return bool(re.match(rf"(?:{kinds})\S* {NUMBER}|新建台账 |查阅登记$", words))


def _runs(ids: Sequence[str]) -> Iterator[str]:
    """Numbers that follow each other as one word: `TS-20261122-001..003`."""
    first = last = None
    for name in dict.fromkeys(ids):
        one = number.parse(name)
        if one is None:
            continue
        if last and one == last._replace(serial=last.serial + 1):
            last = one
            continue
        if first and last:
            yield _run(first, last)
        first = last = one
    if first and last:
        yield _run(first, last)


def _run(first: number.Number, last: number.Number) -> str:
    return str(first) if first == last else f"{first}..{last.serial:03d}"


def _spread(part: str) -> Iterable[str]:
    name, _, end = part.partition("..")
    first = number.parse(name)
    if first is None:
        return ()
    if not end:
        return (name,)
    last = min(int(end), first.serial + MOST) if end.isascii() and end.isdigit() else first.serial
    return (str(first._replace(serial=serial)) for serial in range(first.serial, last + 1))
