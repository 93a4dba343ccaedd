"""Three versions of a data file in, one out: record by record, no record and no log entry lost (design.md 2, 5).

Pure, and the same bytes whichever side is called ours. A record that one side alone touched keeps that side's bytes.
Records and logs only grow: what one side took out by hand and the other still has stays. What is no list of
records on every side is refused, and then nothing is changed anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from wuye import blocks, dumper, joining, logs, number, records, yamlio
from wuye.contests import KEY, NUMBER
from wuye.dumper import Record
from wuye.errors import Damaged
from wuye.number import Number
from wuye.schema import Kind

MERGED_LETTER = "Z"
"""The desk letter of records whose number another one had: no desk gives these numbers, so none is met twice."""


class Merged(NamedTuple):
    """A merged file, with the numbers of the records in which something is now contested, and those given anew."""

    data: bytes
    contested: tuple[str, ...] = ()
    renumbered: Mapping[str, str] = {}


class Held(NamedTuple):
    """One record of a file: the comments and blank lines before it, its bytes, what they say."""

    before: bytes
    block: bytes
    raw: Record


class Book:
    """A data file taken apart. Raises Damaged where it cannot be read strictly in full.

    Blocks that another version holds as well, byte for byte, are not parsed again (`known`): a block that was read
    strictly, alone or in its file, says the same in any other.
    """

    def __init__(self, data: bytes, file: str, *known: Book) -> None:
        cut = blocks.split(data, file)
        raws = _raws(data, cut, file, {h.block: h.raw for book in known for h in book.records.values()})
        self.places = cut.places()
        self.bom = data.startswith(blocks.BOM)
        self.records: dict[str, Held] = {}
        self.head = cut.head()
        end = len(self.head) + (len(blocks.BOM) if self.bom else 0)
        for raw, (name, (start, stop)) in zip(raws, self.places.items(), strict=True):
            self.records[name] = Held(data[end:start], data[start:stop], raw)
            end = stop
        self.tail = data[end:] if self.records else b""

    def get(self, name: str) -> Held | None:
        """A record, None where it is not there."""
        return self.records.get(name)


def merge(base: bytes, ours: bytes, theirs: bytes, file: str = "", growing: bool = False) -> Merged:
    """The file of both sides. Raises Damaged where a side cannot be read strictly.

    `growing`: a side that is as it was counts as well, so that what the other one took out stays.
    """
    if ours == theirs or (theirs == base and not growing):
        return Merged(ours)
    if ours == base and not growing:
        return Merged(theirs)
    mine = Book(ours, file)
    sides = (mine, Book(theirs, file, mine))
    try:
        before = Book(base, file, *sides)
    except Damaged:  # it was mended since, on both sides
        before = Book(b"", file)
    first, second = sorted(sides, key=_content)
    return _Merging(before, first, second, _kind_of(file)).file(file)


def _raws(data: bytes, cut: blocks.Blocks, file: str, known: Mapping[bytes, Record]) -> list[Record]:
    if not known or cut.stray() or not _is_plain(cut):
        return yamlio.load_records(data, file)
    yamlio.decode(data, file)
    parts = [data[start:stop] for start, stop in cut.spans]
    new = [part if part.endswith(b"\n") else part + b"\n" for part in parts if part not in known]
    try:
        fresh = iter(yamlio.load_records(b"".join(new), file))
    except Damaged:
        return yamlio.load_records(data, file)  # says where
    return [known[part] if part in known else next(fresh) for part in parts]


def _is_plain(cut: blocks.Blocks) -> bool:
    """Whether what stands between the records is nothing that a strict reader could take for more than comments."""
    between = b"".join((cut.head(), *(cut.gap(place) for place in range(len(cut.spans)))))
    return all(line.isprintable() for line in between.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"))


def _content(book: Book) -> bytes:
    return b"".join((book.head, *(h.before + h.block for h in book.records.values()), book.tail))


def _kind_of(file: str) -> Kind | None:
    name = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    return records.kind(name) if name in {row[0] for row in records.KINDS} else None


class _Merging:
    """One merge: the sides are in an order of their own, by content."""

    def __init__(self, base: Book, one: Book, other: Book, kind: Kind | None) -> None:
        self.base, self.one, self.other, self.kind = base, one, other, kind
        self.made: dict[str, Held] = {}
        self.renumbered: dict[str, str] = {}
        self.contested: list[str] = []

    def file(self, file: str) -> Merged:
        """Everything put together, read back strictly and compared."""
        late: list[tuple[str, Held, Held]] = []
        for name in dict.fromkeys((*self.one.records, *self.other.records)):
            old, a, b = self.base.get(name), self.one.get(name), self.other.get(name)
            if a is None or b is None or a.raw == b.raw or joining.same(a.raw, b.raw):
                known = old if old and joining.same(old.raw, (a or b or old).raw) else None
                self.made[name] = self._record(name, known, a, b)
            else:
                late.append((name, a, b))
        for name, a, b in late:
            self._two_of_one_number(name, a, b)
        parts = [blocks.BOM if self.one.bom or self.other.bom else b"", self._head()]
        order = self._order()
        for name in order:
            held = self.made[name]
            parts += [held.before, held.block if held.block.endswith(b"\n") else held.block + b"\n"]
        data = b"".join((*parts, _lines(self.base.tail, self.one.tail, self.other.tail)))
        if blocks.split(data).ids != tuple(order):  # every block of it was read strictly, old ones and new ones
            raise Damaged(f"{file} 合并后读回不一致，没有写入：请把两边的文件告诉开发者")
        return Merged(data, tuple(n for n in order if n in self.contested), self.renumbered)

    def _record(self, name: str, old: Held | None, a: Held | None, b: Held | None) -> Held:
        if a is None or b is None:
            held = a or b
            assert held is not None
            return held
        between = _lines(old.before if old else b"", a.before, b.before)
        if a.block == b.block or (old and b.block == old.block and _is_later(old, a)):
            return a._replace(before=between)
        if old and a.block == old.block and _is_later(old, b):
            return b._replace(before=between)
        raw = joining.join(self.kind, old.raw if old else None, a.raw, b.raw)
        if raw.get(KEY, []) not in ([], a.raw.get(KEY), b.raw.get(KEY)):
            self.contested.append(name)
        return Held(between, _block(raw, a, b), raw)

    def _two_of_one_number(self, name: str, a: Held, b: Held) -> None:
        """Two desks gave the same number: the record entered first keeps it, the other gets one of its own.

        Where a merge elsewhere did that already, its record is met under the new number and goes on there.
        """
        old = self.base.get(name)
        sides = ((self.one, a), (self.other, b))
        for (book, mine), (other_book, other) in (sides, sides[::-1]):
            if moved := _moved(other_book, name, mine.raw):
                # The number went to another record while this side still wrote the first one under it.
                before = old if old and joining.same(old.raw, mine.raw) else None
                self._put(moved, _as(before, moved), _as(mine, moved), other_book.get(moved), book.get(moved))
                self.made[name] = other
                return
        kept, given_up = joining.earlier(a.raw, b.raw)
        first, second = (a, b) if kept is a.raw else (b, a)
        new = self._free(name)
        raw, moved_raw = joining.renumbered(kept, given_up, new)
        self.made[name] = Held(_lines(b"", a.before, b.before), _block(raw, first), raw)
        self.made[new] = Held(b"", _block(moved_raw, _as(second, new) or second), moved_raw)
        self.contested += [name, new]
        self.renumbered[name] = new

    def _put(self, name: str, old: Held | None, mine: Held | None, *others: Held | None) -> None:
        """A record that goes on under its new number: what the old number's desk did since, and what others did."""
        held = mine
        for other in others:
            if held is not None and other is not None:
                raw = joining.join(self.kind, old.raw if old else None, held.raw, other.raw)
                held = Held(other.before, _block(raw, held, other), raw)
        assert held is not None
        self.made[name] = held
        if KEY in held.raw:
            self.contested.append(name)

    def _free(self, name: str) -> str:
        """The next number of the merges' own letter on that day; where the number is none, one beside it."""
        every = (*self.one.records, *self.other.records, *self.made)
        found = number.parse(name)
        if found:
            return str(number.next_serial(every, found.prefix, found.day, MERGED_LETTER))
        count = 2
        while f"{name}-{count}" in every:
            count += 1
        return f"{name}-{count}"

    def _head(self) -> bytes:
        head = _lines(self.base.head, self.one.head, self.other.head)
        return head if not head or head.endswith(b"\n") else head + b"\n"

    def _order(self) -> list[str]:
        """The numbers in file order: as a side has them that has all, else what is new behind, by number."""
        old = [n for n in self.base.records if n in self.made]
        for side in (self.one, self.other):
            if side.records.keys() == self.made.keys() and [n for n in side.records if n in self.base.records] == old:
                return list(side.records)
        kept = [[n for n in s.records if n in self.base.records] for s in (self.one, self.other)]
        common = next((order for order in (old, *kept) if set(order) == set(old)), old)
        if len(changed := [k for k in kept if set(k) == set(old) and k != old]) == 1:
            common = changed[0]
        return [*common, *sorted((n for n in self.made if n not in self.base.records), key=_by_number)]


def _is_later(old: Held, new: Held) -> bool:
    """Whether a record has all of its log still."""
    return logs.grown(old.raw.get("log"), new.raw.get("log"))


def _by_number(name: str) -> tuple[date, bool, int, str, str]:
    found = number.parse(name) or Number("", date.max, "", 0)
    return found.day, found.desk == MERGED_LETTER, found.serial, found.desk, name


def _moved(book: Book, name: str, raw: Record) -> str:
    """The number under which another merge put the record that had this one; empty where none did."""
    told = (n for n, held in book.records.items() if held.raw.get("number_was") == name and n != name)
    return next((n for n in told if joining.same(book.records[n].raw, raw)), "")


def _as(held: Held | None, name: str) -> Held | None:
    """A record under another number, its bytes with it."""
    if held is None:
        return None
    block = held.block.replace(str(held.raw[NUMBER]).encode(), name.encode(), 1)  # it stands in the first line
    return Held(held.before, block, {**held.raw, NUMBER: name})


def _block(raw: Record, *like: Held) -> bytes:
    """A record's bytes, with the comments of the blocks it was made of, read back alone and compared."""
    block = dumper.dump_record(raw)
    name = str(raw[NUMBER])
    newline = blocks.newline_of(like[0].block) if all(b"\r\n" in h.block for h in like) else b"\n"
    for held in sorted(like, key=lambda h: h.block):
        if blocks.split(held.block).ids == (name,):
            block = yamlio.splice_replace(held.block, name, block)
    block = blocks.with_newline(block, newline)
    if yamlio.load(block.decode().replace("\r\n", "\n")) != [raw]:
        raise Damaged(f"{name} 合并后读回不一致，没有写入：请把两边的记录告诉开发者")
    return block


def _lines(base: bytes, one: bytes, other: bytes) -> bytes:
    """What stands between records, of both sides: comments of either, each once."""
    if one == other or other == base:
        return one
    if one == base:
        return other
    first, second = sorted((one, other))
    known = set(first.splitlines())
    return first + b"".join(line for line in second.splitlines(keepends=True) if line.strip() and
                            line.rstrip(b"\r\n") not in known)  # fmt: skip


def contested(data: bytes, file: str) -> list[str]:
    """The numbers of the records of a file in which something is contested."""
    mark = f"\n  {KEY}:".encode()
    cut = blocks.split(data, file)
    return [n for n, (a, b) in zip(cut.ids, cut.spans, strict=True) if mark in data[a:b]] if mark in data else []


def numbers(found: Iterable[Merged]) -> Sequence[str]:
    """The records that somebody has to look at after these merges."""
    return tuple(dict.fromkeys(name for one in found for name in one.contested))
