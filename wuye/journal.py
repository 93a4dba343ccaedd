"""A redo journal for commands that write several files: all of them are there, or none is (design.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import disk

NAME, MANIFEST, ABSENT = "journal", "manifest", "-"


class Change(NamedTuple):
    """New bytes for a file of the office, and the bytes it had (None: it was not there)."""

    relative: str
    old: bytes | None
    new: bytes


def _digest(data: bytes | None) -> str:
    return ABSENT if data is None else disk.digest(data)


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
    disk.sync_folder(folder)
    temp.replace(folder / MANIFEST)
    disk.sync_folder(folder)


def pending(folder: Path) -> list[tuple[str, str, bytes, str]]:
    """What a committed journal still asks for: old hash, new hash, new bytes, path. Empty without one."""
    text = disk.read(folder / MANIFEST)
    if text is None:
        return []
    found = []
    for line in text.decode().splitlines():
        index, old, new, relative = line.split("\t", 3)
        data = disk.read(folder / index)
        if data is not None and disk.digest(data) == new:
            found.append((old, new, data, relative))
    return found


def finish(root: Path, folder: Path, temp: Path) -> tuple[list[str], list[str]]:
    """Carry out a committed journal and take it away: the paths written, and what the desk must be told.

    A file that is neither as it was nor as it should be was changed by hand: it stays, the new bytes are put
    beside it.
    """
    written, notices = [], []
    for old, new, data, relative in pending(folder):
        target = root / relative
        now = disk.read(target)
        if _digest(now) == new:
            written.append(relative)
        elif _digest(now) == old:
            disk.replace(target, data, now, temp, relative)
            written.append(relative)
        else:
            beside = target.with_name(target.name + ".wuye-new")
            disk.replace(beside, data, disk.read(beside), temp, relative)
            notices.append(
                f"{relative} 中途被手工改过：改过的留着，未写完的新内容放在 {relative}.wuye-new，请对照后合并"
            )
    clear(folder)
    return written, notices


def clear(folder: Path) -> None:
    """Take a journal away, its manifest first: without one the rest means nothing."""
    with suppress(FileNotFoundError):
        (folder / MANIFEST).unlink()
    if folder.is_dir():
        disk.sync_folder(folder)
        for path in folder.iterdir():
            with suppress(OSError):
                path.unlink()
