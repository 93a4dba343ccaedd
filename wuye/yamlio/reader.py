"""The strict YAML reader: bytes and text in, values out.

Every scalar is text: the parser's events are read and nothing is resolved, because YAML's own typing ruins
desk data (`0701` is 449, `14:30` is 870, `no` is False). Anchors, aliases, tags, merge keys, second
documents and doubled keys are refused with their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from wuye import blocks
from wuye.dumper import Record, Value
from wuye.errors import Damaged, Problem

LIBYAML: bool = bool(yaml.__with_libyaml__)
"""Whether the C parser is there; without it the same is read many times slower (`doctor` says so)."""

DEPTH = 20
"""Lists and mappings may stand in each other this deep."""

Loader: Any = yaml.CSafeLoader if LIBYAML else yaml.SafeLoader
# The parser's events, as names of this module: a look-up less for each of a file's many thousand.
_Alias: Any = yaml.AliasEvent
_Scalar: Any = yaml.ScalarEvent
_MappingStart: Any = yaml.MappingStartEvent
_MappingEnd: Any = yaml.MappingEndEvent
_SequenceStart: Any = yaml.SequenceStartEvent
_SequenceEnd: Any = yaml.SequenceEndEvent
_DocumentStart: Any = yaml.DocumentStartEvent
_StreamEnd: Any = yaml.StreamEndEvent

_NULLS = frozenset({"~", "null", "Null", "NULL"})
_ODD_KEYS = _NULLS | {"<<"}
MOST_PROBLEMS = 100
_UNPRINTABLE = "[^\\t\\n\\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"

# What the parser says (C and Python wordings), and what the desk is told.
_WORDINGS = (
    ("while scanning an alias", "值以 * 开头时请加单引号"),
    ("while scanning an anchor", "值以 & 开头时请加单引号"),
    ("tag", "值以 ! 开头时请加单引号"),
    ("unexpected end of stream", "引号没有收尾，请补上另一半引号"),
    ("document indicator", "引号没有收尾，请补上另一半引号"),
    ("escape", "双引号里的反斜杠写法不认识，请改用单引号"),
    ("mapping values are not allowed", "冒号的位置不对：值里有冒号时请加单引号，否则请看缩进"),
    ("could not find expected ':'", "这一行或上一行缺“字段: 值”的冒号，冒号后要有一个空格"),
    ("block scalar", "多行文字 | 的写法或缩进不对，请让各行比字段名多缩进两格"),
    ("directive", "行首的 % 不能用，请加单引号"),
    ("block sequence", "列表的缩进不齐，请让每个 `- ` 左边对齐"),
    ("block collection", "列表的缩进不齐，请让每个 `- ` 左边对齐"),
    ("block mapping", "字段的缩进不齐或引号不成对，请让各字段左边对齐"),
    ("sequence entries are not allowed", "这里不能放 `- `，请看缩进"),
    ("flow", "方括号或花括号没有收尾，请补上"),
)


class _Stop(Exception):
    """The pass cannot go on."""


def where(text: str, index: int) -> tuple[int, int]:
    """Line and column from 1; the parser's own line numbers count NEL, LS and PS too, editors do not."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def decode(data: bytes, file: str = "") -> str:
    """The text of a data file, without its BOM, line ends as they are.

    Raises Damaged, with the place, for what is not UTF-8, holds NUL or conflict markers, or is over 20 MB.
    """
    text = blocks.decode_bytes(data, file)
    if conflicts := blocks.find_conflicts(data):
        raise Damaged(*(blocks.conflict_problem(data, conflict, file) for conflict in conflicts))
    return text


# --- reading ---------------------------------------------------------------------------------------------


class Pass:
    """One pass over one document, gathering its problems."""

    def __init__(self, text: str, file: str, line: int = 1) -> None:
        # A text of several lines at the end of the file says the same once anything is written behind it.
        self.text = text if text.endswith("\n") else f"{text}\n"
        self.file = file
        self.line = line  # of the text's first line in the file
        self.problems: list[Problem] = []
        self.starts: list[int] = []  # where the items of the top-level list begin
        self.next: Callable[[], Any]

    def complain(self, message: str, index: int) -> None:
        """Note what is wrong at a place of the text; after a hundred of them the pass ends."""
        line, column = where(self.text, index)
        self.problems.append(Problem(message, self.file, line + self.line - 1, column))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop

    def document(self) -> Value:
        """The value of the whole text; look at `problems` before using it."""
        if lean := _lean(self.text):
            records, self.starts = lean
            return records
        value: Value = ""
        try:
            self.next = Loader(self.text).get_event
            self.next()
            event = self.next()
            if type(event) is _DocumentStart:
                if event.version or event.tags:
                    self.complain("文件开头的 % 指令不能用，请删掉这一行", event.start_mark.index)
                value = self._node(self.next(), 1)
                event = self.next()
                if event.explicit:
                    self.complain("不能用 ... 结束文件，请删掉这一行", event.start_mark.index)
                event = self.next()
            if type(event) is not _StreamEnd:
                self.complain("一个文件里只能有一份内容，请删掉这里的 --- 分隔行", event.start_mark.index)
        except _Stop:
            pass
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            self._unparsable(error)
        return value

    def _node(self, event: Any, depth: int) -> Value:
        kind = type(event)
        if kind is _Alias:
            self.complain("不能用别名 *，值以 * 开头时请加单引号", event.start_mark.index)
            return ""
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        if kind is _Scalar:
            return "" if event.value in _NULLS and event.implicit[0] else str(event.value)
        if depth > DEPTH:
            self.complain(f"嵌套超过 {DEPTH} 层，请检查缩进或括号", event.start_mark.index)
            raise _Stop
        return self._mapping(depth) if kind is _MappingStart else self._sequence(depth)

    def _sequence(self, depth: int) -> list[Value]:
        following, items = self.next, []
        event = following()
        while type(event) is not _SequenceEnd:
            if depth == 1:
                self.starts.append(event.start_mark.index)
            items.append(self._node(event, depth + 1))
            event = following()
        return items

    def _mapping(self, depth: int) -> Record:
        following, scalar, end = self.next, _Scalar, _MappingEnd
        fields: Record = {}
        while type(event := following()) is not end:
            if type(event) is scalar:
                key = event.value
                if event.anchor is not None or event.tag is not None:
                    self._refuse(event)
                if key in _ODD_KEYS and event.implicit[0]:
                    if key == "<<":
                        self.complain("不能用合并键 <<，请把字段逐个写出", event.start_mark.index)
                    else:
                        key = ""
                if key in fields:
                    self.complain(f"字段“{key}”写了两次，请留一个", event.start_mark.index)
            else:
                if type(event) is not _Alias:  # that is complained of by _node()
                    self.complain("字段名不能是列表或映射，请改为一个词", event.start_mark.index)
                self._node(event, depth + 1)
                key = ""
            event = following()
            if type(event) is scalar:  # what _node() does, without the call: nine of ten values are texts
                fields[key] = event.value
                if event.anchor is not None or event.tag is not None:
                    self._refuse(event)
                if event.value in _NULLS and event.implicit[0]:
                    fields[key] = ""
            else:
                fields[key] = self._node(event, depth + 1)
        return fields

    def _refuse(self, event: Any) -> None:
        if event.anchor is not None:
            self.complain("不能用锚点 &，值以 & 开头时请加单引号", event.start_mark.index)
        if event.tag is not None:
            self.complain("不能用标签 !，值以 ! 开头时请加单引号", event.start_mark.index)

    def _unparsable(self, error: Exception) -> None:
        if odd := re.search(_UNPRINTABLE, self.text):
            index, message = odd.start(), f"这里有不可见的控制字符 U+{ord(odd.group()):04X}，请删掉"
        else:
            index, message = self._wording(error)
        line, column = where(self.text, index)
        self.problems.append(Problem(message, self.file, line + self.line - 1, column))

    def _wording(self, error: Exception) -> tuple[int, str]:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        index = mark.index if mark else 0
        said = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
        if "cannot start any token" in said:
            if self.text[index : index + 1] == "\t":
                return index, "缩进用了制表符（Tab），请改为空格"
            return index, f"值以 {self.text[index : index + 1]} 开头时请加单引号"
        if "quoted scalar" in said and ("end of" in said or "document" in said):
            opening = getattr(error, "context_mark", None)
            index = opening.index if opening else index
        for words, message in _WORDINGS:
            if words in said:
                return index, message
        return index, "看不懂这里的写法，请检查缩进、引号和冒号"


class _NotPlain(Exception):
    """The text is not as the dumper writes it: the careful pass reads it."""


def _lean(text: str) -> tuple[list[Value], list[int]] | None:
    """A list of records in which nothing has to be refused or turned into "", read with fewer questions; else None.

    Without these signs there is no anchor, alias, tag or merge key, without these words no null. Reading ten years
    is a tenth quicker for it (docs/decisions.md).
    """
    if any(sign in text for sign in ("&", "*", "!", "~", "<<", "null", "Null", "NULL")):
        return None
    items: list[Value] = []
    starts: list[int] = []
    try:
        following = Loader(text).get_event
        following()
        event = following()
        if type(event) is not _DocumentStart or event.version or type(following()) is not _SequenceStart:
            return None
        while type(event := following()) is _MappingStart:
            starts.append(event.start_mark.index)
            items.append(_lean_mapping(following, 2))
        if type(event) is not _SequenceEnd or following().explicit or type(following()) is not _StreamEnd:
            return None
    except (_NotPlain, yaml.YAMLError, UnicodeEncodeError, AttributeError):
        return None
    return items, starts


def _lean_mapping(following: Callable[[], Any], depth: int) -> Record:
    if depth > DEPTH:
        raise _NotPlain
    scalar = _Scalar
    fields: Record = {}
    while type(event := following()) is scalar:
        key = event.value
        if key in fields:
            raise _NotPlain
        event = following()
        kind = type(event)
        if kind is scalar:
            fields[key] = event.value
        elif kind is _MappingStart:
            fields[key] = _lean_mapping(following, depth + 1)
        else:
            fields[key] = _lean_sequence(following, depth + 1)
    if type(event) is not _MappingEnd:
        raise _NotPlain
    return fields


def _lean_sequence(following: Callable[[], Any], depth: int) -> list[Value]:
    if depth > DEPTH:
        raise _NotPlain
    items: list[Value] = []
    while type(event := following()) is not _SequenceEnd:
        if type(event) is _MappingStart:
            items.append(_lean_mapping(following, depth + 1))
        elif type(event) is _Scalar:
            items.append(event.value)
        else:
            items.append(_lean_sequence(following, depth + 1))
    return items


def load(text: str, file: str = "") -> Value:
    """The value of a YAML text, every scalar as text; an empty text, `~` and `null` are "".

    Raises Damaged with every problem that one pass can find (a syntax error ends the pass); domain.md 0.1.
    """
    reading = Pass(text.removeprefix("\ufeff"), file)
    value = reading.document()
    if reading.problems:
        raise Damaged(*reading.problems)
    return value


def locate(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column (from 1) of the value at a path, or of the nearest thing around it that is there."""
    index = 0
    text = text.removeprefix("\ufeff")
    try:
        following = Loader(text).get_event
        following()
        following()
        event = following()
        for step in path:
            index = event.start_mark.index
            event = _step(following, event, step)
            if event is None:
                break
            index = event.start_mark.index
    except (yaml.YAMLError, UnicodeEncodeError, AttributeError):
        pass  # places are for messages: the best that is known will do
    return where(text, index)


def _step(following: Callable[[], Any], event: Any, step: str | int) -> Any:
    """The event that begins the value of that key or place in a list, None if there is none."""
    if isinstance(step, str) and type(event) is _MappingStart:
        while type(key := following()) is not _MappingEnd:
            named = type(key) is _Scalar and key.value == step
            _skip(following, key)
            event = following()
            if named:
                return event
            _skip(following, event)
    elif isinstance(step, int) and type(event) is _SequenceStart:
        while type(event := following()) is not _SequenceEnd:
            if step == 0:
                return event
            _skip(following, event)
            step -= 1
    return None


def _skip(following: Callable[[], Any], event: Any) -> None:
    depth = 0
    while True:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth == 0:
            return
        event = following()


# --- records ---------------------------------------------------------------------------------------------
