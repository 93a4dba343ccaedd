"""Our own YAML dumper: a style for every scalar, so that no reader takes it for anything but text (design.md 2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from wuye.errors import BadInput, Problem

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Record: TypeAlias = "dict[str, Value]"

_LONG = 80
_INNER = frozenset("0123456789_./+@，。、；：？！（）“”…—·- ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
# Numbers joined by dashes, such as a room, the first too short to be a year.
_ROOM = r"[0-9]{1,3}(?:-[0-9A-Za-z]+){1,3}"
_NEVER_PLAIN = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nil", "nan", "inf", "infinity")
)
# Only for text that `str.isprintable` doubts: compiling it costs more than writing a record.
_ESCAPED = "[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def dump_record(values: Record) -> bytes:
    """One record as its block: `id` first, then the fields in the order given (domain.md 0.1).

    Raises BadInput for text that UTF-8 cannot hold (half a surrogate pair), ValueError where the id is not
    first or is not one printable line.
    """
    number = values.get("id")
    if next(iter(values), None) != "id" or not isinstance(number, str) or not number:
        raise ValueError("a record begins with its id")
    if _odd(number):
        raise ValueError("an id is one line of printable text")
    return _encode(_lines([values], 0))


def dump_document(value: Value) -> bytes:
    """Any value as a document of its own, in the same styles; `load` gives it back."""
    if isinstance(value, str):
        return _encode(_scalar(value, 2))
    return _encode(_lines(value, 0) or ["[]" if isinstance(value, list) else "{}"])


def _encode(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _lines(value: list[Value] | Record, indent: int) -> list[str]:
    """The lines of a list or a mapping that begins at this column; a list in a mapping is not indented."""
    margin = " " * indent
    lines: list[str] = []
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str) or not item:
                first, *rest = _leaf(item, indent + 2)
                lines += [f"{margin}- {first}", *rest]
            else:
                first, *rest = _lines(item, indent + 2)
                lines += [f"{margin}- {first[indent + 2 :]}", *rest]
        return lines
    for key, item in value.items():
        name = _key(key)
        if isinstance(item, str) or not item:
            style = [_line(item)] if key == "id" and isinstance(item, str) else _leaf(item, indent + 2)
            lines += [f"{margin}{name}: {style[0]}", *style[1:]]
        else:
            lines += [f"{margin}{name}:", *_lines(item, indent if isinstance(item, list) else indent + 2)]
    return lines


def _leaf(value: Value, indent: int) -> list[str]:
    if isinstance(value, str):
        return _scalar(value, indent)
    return ["[]" if isinstance(value, list) else "{}"]


@lru_cache(maxsize=1024)  # the names of a kind's fields come with every record
def _key(text: str) -> str:
    name = _line(text)
    if len(name) > 1000:  # YAML takes no longer name without `? `
        raise BadInput(Problem("字段名太长，请改短", field=text[:20]))
    return name


def _scalar(text: str, indent: int) -> list[str]:
    """A text as the first line after its name and the lines below it, which begin at the column given."""
    if "\n" not in text and len(text) <= _LONG:
        return [_line(text)]
    body = text.removesuffix("\n").split("\n")
    # Editors take blanks off line ends, and blank lines at either end are easily lost: those are escaped.
    if not body[0] or not body[-1] or any(x.endswith(" ") or _odd(x) for x in body):
        return [_line(text)]
    sign = "|" + ("2" if body[0].startswith(" ") else "") + ("" if text.endswith("\n") else "-")
    margin = " " * indent
    return [sign, *(margin + line if line else "" for line in body)]


def _odd(text: str) -> bool:
    """Whether a text holds a character that is written as an escape."""
    return not text.isprintable() and re.search(_ESCAPED, text) is not None


def _is_letter(character: str) -> bool:
    return (
        "a" <= character.lower() <= "z"
        or "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U000323af"
    )


def _is_plain(text: str) -> bool:
    """Whether no parser can take a bare text for anything but text: a word, or a room number."""
    if not text or text[-1] == " ":
        return False
    if not _is_letter(text[0]):
        return text[0].isdigit() and re.fullmatch(_ROOM, text) is not None
    return all(c in _INNER or _is_letter(c) for c in text) and text.lower() not in _NEVER_PLAIN


def _line(text: str) -> str:
    """A text in one line: plain where no parser can take it for anything else, quoted, or escaped."""
    if _odd(text):
        return '"' + re.sub(f'{_ESCAPED}|["\\\\]', _escape, text) + '"'
    if _is_plain(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if "\ud800" <= character <= "\udfff":
        raise BadInput("文字里有无法保存的半个字符（乱码），请重新输入这一段")
    code = ord(character)
    return _SHORT_ESCAPES.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
