"""A data file as bytes, before YAML looks at it: its encoding, its conflict markers, its records' places.

A record is a **block**: a line that begins with `- ` in the first column and all that follows, up to its
last line that is neither blank nor a comment. A comment line outside a record is one whose `#` stands in
column 1 to 3, a blank line has at most two spaces. Deeper lines always belong to the block: a record's own
texts start in column 4 or later, so a deeper `#` may be text and a shallower one cannot. Whether a file is
really made that way is `yamlio.load_records`' question; this module asks YAML nothing (domain.md 0.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from wuye.errors import Damaged, Problem

LIMIT = 20 * 1024 * 1024
"""A data file larger than this many bytes is refused."""

BOM = b"\xef\xbb\xbf"

_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_AFTER_DASH = (b" ", b"\t", b"\r", b"\n", b"")
_MARKER = rb"^(?:<{7} |\|{7} |>{7} |={7}\r?$)"
_SETTLE = (
    "请留下对的内容、删掉 <<<<<<<、=======、>>>>>>> 这些标记行，再运行 wuye check；"
    "记录文件也可运行 wuye sync --mend 自动合并"
)


class Conflict(NamedTuple):
    """What git left of two people's changes: bytes [start, end) of the file, from marker to marker.

    `whole` says that the record before it ends before it, so that record can still be read.
    """

    start: int
    end: int
    whole: bool


class Blocks:
    """Where the records stand in a file: `ids[i]` ("" where none begins the block) fills bytes `spans[i]`.

    The whole file is cut only when somebody asks for all of it: one record, the last ones and those that hold
    some words are found by searching the bytes, so that an `add` costs the same in a large month.
    """

    __slots__ = ("_cut", "data", "file")

    def __init__(self, data: bytes, file: str = "") -> None:
        self.data = data
        self.file = file
        self._cut: tuple[tuple[str, ...], tuple[tuple[int, int], ...]] | None = None

    def _whole(self) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
        if self._cut is None:
            starts = list(_starts(self.data))
            ends = [*starts[1:], len(self.data)][: len(starts)]
            self._cut = (
                tuple(_number(self.data, start, limit) for start, limit in zip(starts, ends, strict=True)),
                tuple((start, _end(self.data, start, limit)) for start, limit in zip(starts, ends, strict=True)),
            )
        return self._cut

    @property
    def ids(self) -> tuple[str, ...]:
        """The number of every block, in file order."""
        return self._whole()[0]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The bytes of every block, in file order."""
        return self._whole()[1]

    def _from(self, start: int) -> tuple[int, int]:
        """The bytes of the block that begins there."""
        return start, _end(self.data, start, next(_starts(self.data, start + 1), len(self.data)))

    def span(self, number: str) -> tuple[int, int] | None:
        """The bytes of that record as a place, None if it is not there; Damaged when it stands twice."""
        places = [start for start, one in self._beginning_with(number) if one == number]
        if not places:  # a number that stands otherwise in the bytes, `'it''s'`, is found by cutting everything
            places = [span[0] for one, span in zip(self.ids, self.spans, strict=True) if one == number]
        if len(places) > 1:
            raise Damaged(
                Problem(
                    f"编号 {number} 出现了两次（另一处在第 {line_of(self.data, places[0])} 行），请改正其中一条后再试",
                    self.file,
                    line_of(self.data, places[1]),
                    1,
                )
            )
        return self._from(places[0]) if places else None

    def _beginning_with(self, head: str) -> Iterable[tuple[int, str]]:
        """Start and number of every block whose number begins so."""
        wanted = head.encode()
        place, before = self.data.find(wanted), -1
        while place >= 0:
            start = self._line_start(place)
            if start != before and self.data.startswith(b"- id:", start):
                before = start
                number = _number(self.data, start, len(self.data))
                if number.startswith(head):
                    yield start, number
            place = self.data.find(wanted, place + 1)

    def _line_start(self, place: int) -> int:
        start = self.data.rfind(b"\n", 0, place) + 1
        return start or (len(BOM) if self.data.startswith(BOM) else 0)

    def places(self) -> dict[str, tuple[int, int]]:
        """The bytes of every record by its number; Damaged when one stands twice."""
        found: dict[str, tuple[int, int]] = {}
        for number, span in zip(self.ids, self.spans, strict=True):
            if number in found:
                self.span(number)
            if number:
                found[number] = span
        return found

    def numbers(self, head: str) -> list[str]:
        """Every number that begins so, in file order."""
        return [number for _, number in self._beginning_with(head)]

    def get(self, number: str) -> bytes | None:
        """The bytes of that record, None if it is not there; Damaged when it stands twice."""
        span = self.span(number)
        return None if span is None else self.data[span[0] : span[1]]

    def backwards(self) -> Iterable[str]:
        """The numbers from the end of the file on."""
        place = len(self.data)
        while place > 0:
            place = max(self.data.rfind(b"\n- id:", 0, place), -1)
            start = place + 1 if place >= 0 else self._line_start(0)
            if self.data.startswith(b"- id:", start) and (number := _number(self.data, start, len(self.data))):
                yield number
            if place < 0:
                return

    def holding(self, words: Iterable[bytes], most: int) -> list[str]:
        """The numbers of up to `most` blocks that hold any of these words, from the end of the file on."""
        found: dict[int, str] = {}
        for word in filter(None, words):
            place, taken = len(self.data), 0
            while taken < most and (place := self.data.rfind(word, 0, place)) >= 0:
                start = self.data.rfind(b"\n- id:", 0, place) + 1
                if not start:
                    start = self._line_start(0)
                if self.data.startswith(b"- id:", start):
                    found[start] = _number(self.data, start, len(self.data))
                    taken += 1
                place = start
        return [found[start] for start in sorted(found, reverse=True)]

    def line(self, index: int) -> int:
        """The line, from 1, on which the record at this place of `spans` begins."""
        return line_of(self.data, self.spans[index][0])

    def head(self) -> bytes:
        """What stands before the first record (the whole file where there is none), without a BOM."""
        start = len(BOM) if self.data.startswith(BOM) else 0
        return self.data[start : next(_starts(self.data, start), len(self.data))]

    def stray(self) -> int:
        """The first line before the records that is neither blank, comment nor `---`; 0 if there is none."""
        for number, line in enumerate(self.head().splitlines(), 1):
            bare = line.strip()
            if bare and not bare.startswith(b"#") and bare != b"---":
                return number
        return 0

    def gap(self, index: int) -> bytes:
        """What stands between the record at this place and the next one: blank lines and comments."""
        following = self.spans[index + 1][0] if index + 1 < len(self.spans) else len(self.data)
        return self.data[self.spans[index][1] : following]


def line_of(data: bytes, offset: int) -> int:
    """The line, from 1, in which that byte stands; only a line feed ends a line, as in every editor."""
    return data.count(b"\n", 0, offset) + 1


def newline_of(data: bytes) -> bytes:
    """The line end of a file, told by its first line."""
    first = data.find(b"\n")
    return b"\r\n" if first > 0 and data[first - 1 : first] == b"\r" else b"\n"


# --- the bytes first -------------------------------------------------------------------------------------


def decode_bytes(data: bytes, file: str = "") -> str:
    """The text of a data file, without its BOM, line ends as they are; conflict markers are let through.

    Raises Damaged for what is not UTF-8, holds NUL or is over `LIMIT`.
    """
    if len(data) > LIMIT:
        message = f"文件有 {len(data) / 1024 / 1024:.1f} MB，超过 20 MB 的上限，请检查是否混入了别的内容"
        raise Damaged(Problem(message, file))
    if data.startswith(_UTF16_32) or _looks_like_utf16(data):
        raise Damaged(Problem("文件是 UTF-16 或 UTF-32 编码，请用编辑器另存为 UTF-8", file, 1, 1))
    if b"\0" in data:
        line, column = _place(data, data.index(b"\0"))
        message = "这里有空字符（NUL），多半是断电或磁盘出错时没有写完，请从 git 或备份取回这个文件"
        raise Damaged(Problem(message, file, line, column))
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + len(data) - len(data.removeprefix(BOM))
    line, column = _place(data, offset)
    if _looks_like_gbk(data):
        raise Damaged(Problem("文件看起来是 GBK/GB18030 编码，请另存为 UTF-8", file, line, column))
    message = "这里的字节不是 UTF-8 文字，请改正这一行，或从 git 取回这个文件"
    raise Damaged(Problem(message, file, line, column))


def _place(data: bytes, offset: int) -> tuple[int, int]:
    start = data.rfind(b"\n", 0, offset) + 1
    before = data[start:offset].removeprefix(BOM) if start == 0 else data[start:offset]
    return line_of(data, offset), len(before.decode("utf-8", "replace")) + 1


def _looks_like_utf16(data: bytes) -> bool:
    """UTF-16 or UTF-32 without a BOM reads as text with ASCII in it; a file torn by a crash does not."""
    if b"\0" not in data:
        return False
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and sum(character < "\x7f" for character in text) * 10 >= len(text):
            return True
    return False


def _looks_like_gbk(data: bytes) -> bool:
    """GB18030 reads nearly anything, so a file whose Chinese is mostly good UTF-8 is a torn UTF-8 file."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    tried = data.decode("utf-8", "replace")
    bad = tried.count("\ufffd")
    good = sum(1 for character in tried if character > "\x7f") - bad
    return good < bad


# --- conflict markers ------------------------------------------------------------------------------------


def find_conflicts(data: bytes) -> list[Conflict]:
    """Every region that git marked, or a marker that was left alone."""
    if not any(sign in data for sign in (b"<<<<<<< ", b"=======", b">>>>>>> ", b"||||||| ")):
        return []
    found: list[Conflict] = []
    opened = -1
    start_of_text = len(BOM) if data.startswith(BOM) else 0
    pattern = re.compile(_MARKER, re.MULTILINE)
    marks = list(pattern.finditer(data, start_of_text))
    if start_of_text and (first := re.compile(_MARKER[1:]).match(data, start_of_text)):
        marks.insert(0, first)
    for mark in marks:
        end = _line_end(data, mark.start())
        sign = mark.group()[:1]
        if sign == b"<":
            if opened >= 0:
                found.append(Conflict(opened, mark.start(), False))
            opened = mark.start()
        elif opened < 0:
            found.append(Conflict(mark.start(), end, False))
        elif sign == b">":
            found.append(Conflict(opened, end, _before_is_whole(data, opened, end)))
            opened = -1
    if opened >= 0:
        found.append(Conflict(opened, len(data), False))
    return found


def _line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end + 1


def _before_is_whole(data: bytes, start: int, end: int) -> bool:
    """Whether no side of the conflict, nor what follows it, carries the record before it on."""
    sides: list[list[bytes]] = []
    for line in data[start:end].splitlines():
        if re.match(_MARKER, line):
            sides.append([])
        elif line.strip() and not line.startswith(b"#"):
            sides[-1].append(line)
    sides.pop()
    following = next((x for x in data[end:].splitlines() if x.strip() and not x.startswith(b"#")), b"- ")
    return all((side[0] if side else following).startswith(b"- ") for side in sides)


def conflict_problem(data: bytes, conflict: Conflict, file: str) -> Problem:
    """The sentence for one conflict, with its first and last line."""
    first, last = line_of(data, conflict.start), line_of(data, max(conflict.start, conflict.end - 1))
    place = f"第 {first} 到 {last} 行" if last > first else f"第 {first} 行"
    return Problem(f"{place}是没有解决的合并冲突，{_SETTLE}", file, first, 1)


# --- cutting and splicing --------------------------------------------------------------------------------


def split(data: bytes, file: str = "") -> Blocks:
    """Cut a file at every `- ` in the first column; the bytes are believed, not checked."""
    return Blocks(data, file)


def _starts(data: bytes, position: int = 0) -> Iterator[int]:
    """The places, from `position` (which begins a line, or lies within one) on, at which a block begins."""
    if position == 0 and data.startswith(BOM):
        position = len(BOM)
    if position and data[position - 1 : position] != b"\n" and position != len(BOM):
        position = data.find(b"\n-", position - 1) + 1
        if not position:
            return
    while position < len(data):
        if data[position : position + 1] == b"-" and data[position + 1 : position + 2] in _AFTER_DASH:
            yield position
        position = data.find(b"\n-", position) + 1
        if not position:
            return


def _end(data: bytes, start: int, limit: int) -> int:
    while True:
        line = data.rfind(b"\n", start, limit - 1) + 1
        if line <= start or data.startswith(b"   ", line):
            return limit
        content = data[line:limit].rstrip(b"\r\n")
        text = content.lstrip(b" ")
        indent = len(content) - len(text)
        if indent > 2 or (text and not text.startswith(b"#")):
            return limit
        limit = line


def _number(data: bytes, start: int, limit: int) -> str:
    """The id in the first line, as `dump_record` writes it: plain or in single quotes."""
    if not data.startswith(b"- id:", start):
        return ""
    text = data[start + 5 : min(_line_end(data, start), limit)].decode("utf-8", "replace")
    if not text[:1].isspace():
        return ""
    text = text.strip(" \t\r\n")
    if text.startswith("'"):
        quoted = re.match(r"'((?:[^']|'')*)'(?:[ \t]+#.*)?$", text)
        return quoted.group(1).replace("''", "'") if quoted else ""
    if text.startswith('"'):
        quoted = re.match(r'"([^"\\]*)"(?:[ \t]+#.*)?$', text)
        return quoted.group(1) if quoted else ""
    return re.split(r"[ \t]+#", text, maxsplit=1)[0] if "#" in text else text


def readable_spans(data: bytes, conflicts: Sequence[Conflict]) -> list[tuple[int, int]]:
    """The places of the records that no conflict touches."""
    blocks = split(data)
    starts = [start for start, _ in blocks.spans]
    spans: list[tuple[int, int]] = []
    for start, limit in pairwise([*starts, len(data)]):
        touching = [c for c in conflicts if c.start < limit and c.end > start]
        if not touching:
            spans.append((start, _end(data, start, limit)))
        elif touching[0].start > start and touching[0].whole:
            spans.append((start, _end(data, start, touching[0].start)))
    return spans


def with_newline(block: bytes, newline: bytes) -> bytes:
    """The block with these line ends throughout, the last one included."""
    lines = block.replace(b"\r\n", b"\n").removesuffix(b"\n")
    return lines.replace(b"\n", newline) + newline
