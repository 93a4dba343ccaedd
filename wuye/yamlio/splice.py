"""A record's bytes put into a file: every other byte stays, the comments inside it are carried over (design.md 3)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from wuye import blocks
from wuye.errors import Damaged, NotFound, Problem
from wuye.yamlio import reader

_Scalar: Any = yaml.ScalarEvent
_MappingStart: Any = yaml.MappingStartEvent
_MappingEnd: Any = yaml.MappingEndEvent
_SequenceStart: Any = yaml.SequenceStartEvent
_SequenceEnd: Any = yaml.SequenceEndEvent


def splice_append(data: bytes, new: Sequence[bytes], file: str = "") -> bytes:
    """The file with these blocks at its end, in its own line ends; all bytes before stay.

    A missing last line end is added. Raises Damaged where the file is no list of records to append to.
    """
    if line := blocks.split(data, file).stray():
        message = "文件不是一串以 `- id:` 顶格开头的记录，不能在后面添加，请先改正"
        raise Damaged(Problem(message, file, line, 1))
    newline = blocks.newline_of(data)
    parts = [data]
    if data.removeprefix(blocks.BOM) and not data.endswith(b"\n"):
        parts.append(newline)
    parts.extend(blocks.with_newline(block, newline) for block in new)
    return b"".join(parts)


def splice_replace(data: bytes, number: str, new: bytes, file: str = "") -> bytes:
    """The file with the record of that number replaced by a block, in the old one's line ends.

    Every byte outside the record stays. Comments inside it are carried over: a line of its own goes before
    the field or log entry it stood before, or before the next one that is left, else after the record; one
    at the end of a line stays with that field. Raises NotFound, and Damaged when the number stands twice.
    """
    if blocks.split(new).ids != (number,) or not new.startswith(b"- id:"):
        raise ValueError(f"not one block of {number}")
    span = blocks.split(data, file).span(number)
    if span is None:
        raise NotFound(Problem(f"文件里没有编号 {number}，请核对编号", file))
    old = data[span[0] : span[1]]
    text = new.decode().replace("\r\n", "\n")
    if b"#" in old:
        text = _with_comments(old.decode().replace("\r\n", "\n"), text)
    newline = blocks.newline_of(old if b"\n" in old else data)
    return data[: span[0]] + blocks.with_newline(text.encode(), newline) + data[span[1] :]


class _Layout:
    """Where the fields, list items and comments of one block stand, by line (from 0)."""

    def __init__(self, text: str) -> None:
        self.lines = text.removesuffix("\n").split("\n")
        self.begins = [0]
        for line in self.lines:
            self.begins.append(self.begins[-1] + len(line) + 1)
        self.paths: dict[tuple[str | int, ...], int] = {}
        self.covered: list[tuple[int, int]] = []
        following = reader.Loader(text).get_event
        following()
        following()
        self.walk(following, following(), ())
        self.comments = [found for number in range(len(self.lines)) if (found := self.comment(number))]

    def row(self, index: int) -> int:
        return bisect_right(self.begins, index) - 1

    def walk(self, following: Callable[[], Any], event: Any, path: tuple[str | int, ...]) -> None:
        if type(event) is _SequenceStart:
            place = 0
            while type(event := following()) is not _SequenceEnd:
                self.paths[(*path, place)] = self.row(event.start_mark.index)
                self.walk(following, event, (*path, place))
                place += 1
        elif type(event) is _MappingStart:
            while type(event := following()) is not _MappingEnd:
                key = event.value if type(event) is _Scalar else ""
                self.paths[(*path, key)] = self.row(event.start_mark.index)
                self.walk(following, event, ())
                self.walk(following, following(), (*path, key))
        elif type(event) is _Scalar:
            start = event.start_mark.index
            if event.style in ("|", ">"):  # a comment may follow the sign
                start = self.begins[self.row(start) + 1]
            self.covered.append((start, event.end_mark.index))

    def comment(self, number: int) -> tuple[int, int, str] | None:
        """The line, column and text of the comment on that line, if there is one."""
        begin = self.begins[number]
        for found in re.finditer(r"(?<![^ \t])#", self.lines[number]):
            index = begin + found.start()
            if not any(start <= index < end for start, end in self.covered):
                return number, found.start(), self.lines[number][found.start() :].rstrip()
        return None


def _with_comments(old: str, new: str) -> str:
    """The new block with the comments of the old one; as it is where the old one cannot be read."""
    try:
        before, after = _Layout(old), _Layout(new)
    except (yaml.YAMLError, AttributeError):
        return new
    known = {text for _, _, text in after.comments}
    lone: dict[int, list[str]] = {}  # row of the new block -> comment lines before it
    tails: dict[int, str] = {}
    last = len(after.lines)
    for row, column, text in before.comments:
        if text in known:
            continue
        here = [path for path, line in before.paths.items() if line == row and path in after.paths]
        target = after.paths[here[-1]] if here else -1
        if before.lines[row][:column].strip() and target >= 0 and target not in tails:
            tails[target] = text
            continue
        later = (after.paths.get(path, 0) for path, line in before.paths.items() if line > row)
        place = next((line for line in later if line > 0), last)
        most = len(after.lines[place]) - len(after.lines[place].lstrip(" ")) if place < last else 2
        lone.setdefault(place, []).append(" " * min(column, most) + text)
    lines: list[str] = []
    for row, line in enumerate([*after.lines, ""]):
        lines.extend(lone.get(row, ()))
        lines.append(f"{line}  {tails[row]}" if row in tails else line)
    return _checked("\n".join(lines), new, [*tails.values(), *(x for y in lone.values() for x in y)])


def _checked(text: str, new: str, comments: list[str]) -> str:
    """The block if it still says what the new one says, else the new one with the comments after it."""
    try:
        same = reader.load(text) == reader.load(new)
    except Damaged:
        same = False
    if same:
        return text
    return "\n".join([new.removesuffix("\n"), *(f"  {comment.strip()}" for comment in comments), ""])
