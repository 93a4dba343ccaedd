"""The month files of one command: read under the lock, spliced in memory, written together (design.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wuye import dumper, number, yamlio
from wuye.blocks import Blocks
from wuye.errors import Damaged
from wuye.journal import Change
from wuye.record import Record, to_stored
from wuye.schema import Kind
from wuye.store import Session

HEADER = "# yaml-language-server: $schema={up}.wuye/schema/{kind}.json\n"


BOOK = "books"
"""What stands for the month of a book's file."""


def path_of(kind: Kind, month: str) -> str:
    """The file of a kind for a month, relative to the office; of a book the one there is."""
    return f"books/{kind.name}.yaml" if kind.book else f"records/{month}/{kind.name}.yaml"


def path_of_record(record: Record) -> str:
    """The file that a record stands in by its number."""
    found = number.parse(record.id)
    return path_of(record.kind, found.month if found else "")


def dump(record: Record) -> bytes:
    """A record's block, read back strictly alone and compared before it is let near a file (design.md 3)."""
    stored = to_stored(record)
    block = dumper.dump_record(stored)
    back = yamlio.load(block.decode())
    if back != [stored]:
        raise Damaged(f"{record.id} 写出后读回不一致，没有保存：请把这条的内容告诉开发者")
    return block


class MonthFiles:
    """The month files of one command: read once under the lock, spliced in memory, written together.

    `wrote` is every record written, by number, with the step that its log ends with; `told` what the desk is to
    hear of records that changed beside those it named.
    """

    __slots__ = ("after", "before", "session", "told", "wrote")

    def __init__(self, session: Session) -> None:
        self.session = session
        self.before: dict[str, tuple[bytes, Blocks]] = {}
        self.after: dict[str, bytes] = {}
        self.wrote: dict[str, str] = {}
        self.told: list[str] = []

    def read(self, path: str) -> tuple[bytes, Blocks]:
        """A file's bytes and blocks as they are on disk."""
        if path not in self.before:
            self.before[path] = self.session.blocks(path)
        return self.before[path]

    def current(self, path: str) -> Blocks:
        """A file as this command has made it so far."""
        return Blocks(self.after[path], path) if path in self.after else self.read(path)[1]

    def append(self, kind: Kind, path: str, blocks: Sequence[bytes]) -> None:
        """New records at the end of a file, a heading where the file is new."""
        now = self.after.get(path, self.read(path)[0])
        header = HEADER.format(kind=kind.name, up="../" * path.count("/"))
        self.after[path] = yamlio.splice_append(now or header.encode(), blocks)

    def put(self, path: str, record: Record) -> None:
        """A record's new bytes in place of its old ones."""
        block = dump(record)
        self.after[path] = yamlio.splice_replace(self.after.get(path, self.read(path)[0]), record.id, block)
        self.wrote[record.id] = record.log[-1].step

    def put_all(self, path: str, records: Mapping[str, Record]) -> None:
        """The new bytes of many records of one file, in one go. Raises Damaged or NotFound as for one."""
        cut = self.current(path)
        parts, end, places = [], 0, cut.places()
        for name, (start, stop) in sorted(places.items(), key=lambda one: one[1]):
            if name in records:
                block = yamlio.splice_replace(cut.data[start:stop], name, dump(records[name]))
                parts += [cut.data[end:start], block]
                end = stop
        self.after[path] = b"".join((*parts, cut.data[end:]))
        self.wrote |= {name: record.log[-1].step for name, record in records.items()}

    def keep(self, path: str, content: bytes) -> None:
        """A file that is no month file; one that is there already under this name has the same content."""
        old = self.session.read(path)
        if old != content:
            self.before[path] = (old or b"", Blocks(b""))
            self.after[path] = content

    def write(self) -> list[str]:
        """All files at once; returns the paths that are new."""
        self.session.write([Change(p, self.before[p][0] or None, new) for p, new in self.after.items()])
        return [p for p in self.after if not self.before[p][0]]

    def newest(self) -> str:
        """When the last record of the files that were read was typed in, as stored; empty where none says so."""
        found = [b""]
        for data, _ in self.before.values():
            _, mark, rest = data.rpartition(b"\n  recorded: ")
            found.append(rest.split(b"\n", 1)[0].strip(b" '\"\r") if mark else b"")
        return max(found).decode("utf-8", "replace")
