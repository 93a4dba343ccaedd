"""A redo journal for commands that write several files: all of them are there, or none is (design.md 3).

`.wuye/journal` holds the new bytes as `0`, `1`, … and a `manifest` with a line for each: its name, the hash of the
bytes the file had, the hash of the new ones, its path. Without a manifest the rest means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import clock, disk
from wuye.errors import Damaged, Refused

NAME, MANIFEST, ABSENT, ASIDE = "journal", "manifest", "-", "journal.damaged"
BESIDE = ".wuye-new"
Place = Callable[[str], Path]
"""Where a path of the office lies; raises Refused where it leads out of it."""


class Change(NamedTuple):
    """New bytes for a file of the office, and the bytes it had (None: it was not there)."""

    relative: str
    old: bytes | None
    new: bytes


class Entry(NamedTuple):
    """One line of a committed journal, with the bytes it asks for; `old` and `new` are hashes."""

    old: str
    new: str
    data: bytes
    relative: str


def _digest(data: bytes | None) -> str:
    """An empty file counts as none: there is nothing in it to lose."""
    return disk.digest(data) if data else ABSENT


def begin(folder: Path, changes: Sequence[Change]) -> None:
    """Write every new content beside, then the manifest; the rename of the manifest is the commit point."""
    disk.make_folder(folder)
    clear(folder)
    lines = []
    for index, change in enumerate(changes):
        disk.write_temp(folder / str(index), change.new)
        lines.append(f"{index}\t{_digest(change.old)}\t{_digest(change.new)}\t{change.relative}\n")
    temp = folder / f"{MANIFEST}.new"
    disk.write_temp(temp, "".join(lines).encode())
    # The folders above too: a command that was killed may have made them and not got as far as that.
    for one in (folder, folder.parent, folder.parent.parent):
        disk.sync_folder(one)
    temp.replace(folder / MANIFEST)
    disk.sync_folder(folder)


def pending(folder: Path) -> list[Entry]:
    """What a committed journal still asks for; empty without one.

    Raises Damaged where it is not what `begin` wrote: a crash never leaves that, a failing disk or a hand may.
    """
    manifest = disk.read(folder / MANIFEST)
    if manifest is None:
        return []
    found = []
    try:
        for line in manifest.decode().removesuffix("\n").split("\n"):
            index, old, new, relative = line.split("\t", 3)
            data = disk.read(folder / str(int(index))) or b""
            if _digest(data) != new:
                raise ValueError(relative)
            found.append(Entry(old, new, data, relative))
    except ValueError as error:
        raise Damaged(f".wuye/{NAME} 里的内容已损坏：请运行 wuye doctor 查看") from error
    return found


def preview(place: Place, folder: Path) -> tuple[dict[str, bytes], bool]:
    """A committed journal as a reader shows it: files still as before with their new bytes; whether none was
    changed by hand meanwhile. Raises Damaged or Refused for a journal that cannot be carried out."""
    shown: dict[str, bytes] = {}
    clean = True
    for entry in pending(folder):
        now = _digest(disk.read(place(entry.relative)))
        if now == entry.old:
            shown[entry.relative] = entry.data
        clean = clean and now in (entry.old, entry.new)
    return shown, clean


def finish(place: Place, folder: Path, temp: Path) -> tuple[list[str], list[str]]:
    """Carry out a committed journal and take it away: the paths written, and what the desk must be told.

    A file that is neither as it was nor as it should be was changed by hand: it stays, the new bytes are put
    beside it. A damaged journal is put aside whole before anything is written. Where the disk fails
    (CannotWrite, InputOutput) the journal stays for the next command.
    """
    try:
        todo = [(entry, place(entry.relative)) for entry in pending(folder)]
    except (Damaged, Refused):
        return [], [_put_aside(folder)]
    written, notices = [], []
    for entry, target in todo:
        if _apply(entry, target, temp):
            written.append(entry.relative)
            continue
        beside = _put_beside(entry, target, temp)
        notices.append(f"{entry.relative} 中途被手工改过：改过的留着，未写完的新内容放在 {beside}，请对照后合并")
    clear(folder)
    return written, notices


def _apply(entry: Entry, target: Path, temp: Path) -> bool:
    """Whether the file now is as it should be; False where somebody else changed it."""
    now = disk.read(target)
    if _digest(now) == entry.new:
        return True
    if _digest(now) != entry.old:
        return False
    try:
        disk.replace(target, entry.data, now, temp, entry.relative)
    except Refused:
        return False
    return True


def _put_beside(entry: Entry, target: Path, temp: Path) -> str:
    """Write the bytes next to the file, over nothing that lies there already; returns the path."""
    number = 1
    while True:
        tail = BESIDE if number == 1 else f".{number}{BESIDE}"
        beside = target.with_name(target.name + tail)
        now = disk.read(beside)
        if not now:
            disk.replace(beside, entry.data, now, temp, entry.relative + tail)
        if not now or now == entry.data:
            return entry.relative + tail
        number += 1


def _put_aside(folder: Path) -> str:
    aside = folder.with_name(f"{ASIDE}-{clock.serial()}")
    folder.replace(aside)
    disk.sync_folder(folder.parent)
    return (
        f"上一次写入的记录 .wuye/{NAME} 已损坏，没有照它写：它移到了 .wuye/{aside.name}；请核对最后登记的几条，缺的补登"
    )


def clear(folder: Path) -> None:
    """Take a journal away, its manifest first: without one the rest means nothing."""
    left = list(folder.iterdir()) if folder.is_dir() else []
    if not left:
        return
    (folder / MANIFEST).unlink(missing_ok=True)
    disk.sync_folder(folder)
    for path in left:
        with suppress(OSError):
            path.unlink()
