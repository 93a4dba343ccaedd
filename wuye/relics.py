"""What a killed git, or a power cut, leaves in a repository: locks that nobody holds, half an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from wuye import clock

STALE = 60.0
HALF = re.compile(rb"index file (?:smaller than expected|corrupt)|bad index (?:version|file sha1)|bad signature 0x")
DAMAGED = "index.damaged"


def remove_stale(lock: Path, age: float = STALE) -> None:
    """Take a lock away that has lain there for longer than any git takes."""
    with suppress(OSError):
        if clock.age(lock.stat().st_mtime) > age:
            lock.unlink()


def locks(folder: Path) -> Iterator[Path]:
    """The locks of a repository on its branches, on what it knows of others, on its index and settings."""
    for name in ("HEAD", "index", "config", "packed-refs"):
        yield folder / f"{name}.lock"
    yield from (folder / "refs").rglob("*.lock")


def put_index_aside(folder: Path, said: bytes) -> bool:
    """Whether git said that it cannot read the index, and that is out of the way now.

    `git commit --only` does not sync it. All of it can be made anew; the damaged one is kept for whoever had put
    something of their own into it.
    """
    with suppress(OSError):
        if HALF.search(said):
            (folder / "index").replace(folder / DAMAGED)
            return True
    return False
