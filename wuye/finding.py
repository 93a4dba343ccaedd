"""Words looked for over all kinds: how they are compared, and what is shown of where they stand (design.md 5, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from wuye.basis import Basis
from wuye.numerals import fold
from wuye.pinyin import letters_of
from wuye.record import Record
from wuye.sheet import about
from wuye.wanted import digits_of, searched, wholes

AROUND = 20


class Sought(NamedTuple):
    """One word: as texts are searched; its digits where it may be a whole number; its letters as names sound.

    `codes` are those of the charge items whose names hold it: a record keeps the code.
    """

    word: str
    digits: str = ""
    letters: str = ""
    codes: tuple[str, ...] = ()

    def within(self, words: str, private: str, sounds: str) -> bool:
        """Whether it stands in the columns of a record that are searched."""
        return bool(
            self.word in words
            or (self.digits and f"\n{self.digits}\n" in private)
            or (self.letters and f" {self.letters}" in sounds)
            or any(f"\n{code}\n" in f"\n{words}\n" for code in self.codes)
        )


def hear(typed: Iterable[str], items: Mapping[str, str] = MappingProxyType({})) -> tuple[Sought, ...]:
    """The words typed, each once; blanks part them. `items` are the names of the office's charge items by code."""
    found: dict[str, Sought] = {}
    for word in " ".join(fold(part) for part in typed).split():
        plain = searched(word)
        codes = tuple(searched(code) for code, zh in items.items() if plain in searched(zh))
        found[plain] = Sought(plain, digits_of(plain), letters_of(plain), codes)
    return tuple(found.values())


def excerpt(record: Record, sought: Iterable[Sought], basis: Basis) -> str:
    """The words around the first hit; of a private value its mask; else what the record is about."""
    texts = list(_texts(record, basis))
    for one in sought:
        for label, text in texts:
            place = searched(text).find(one.word)
            if place >= 0:
                return f"{label}{cut(text, place, len(one.word))}"
    for one in sought:
        if one.digits and (seen := _masked(record, one)):
            return seen
    return about(record, basis)


def cut(text: str, place: int, length: int) -> str:
    """A text in one line, its ends left off where they are far from the hit."""
    start, end = max(place - AROUND, 0), place + length + AROUND
    words = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{words}{'…' if end < len(text) else ''}"


def _texts(record: Record, basis: Basis) -> Iterator[tuple[str, str]]:
    """What may be shown of a record, with a label where it is not what the record is about."""
    kind = record.kind
    for name in (*kind.about, *(f.name for f in kind.on_record if f.name not in kind.about)):
        if record[name] is not None and not kind[name].private:
            yield "" if name in kind.about else f"{kind[name].zh}：", basis.shown(kind[name], record[name])
    for entry in record.log:
        for name, value in entry.values.items():
            if not kind[name].private and value is not None and name not in record.values:
                yield f"{kind[name].zh}：", kind[name].shown(value)
        if entry.note:
            yield "备注：", entry.note


def _masked(record: Record, one: Sought) -> str:
    kind = record.kind
    for values in (record.values, *(entry.values for entry in record.log)):
        for name, value in values.items():
            if value is not None and kind[name].private:
                stored = kind[name].stored(value)
                parts = stored if isinstance(stored, list) else [stored]
                if any(one.digits in wholes(str(part)) for part in parts):
                    return f"{kind[name].zh}：{kind[name].masked_zh(value)}"
    return ""
