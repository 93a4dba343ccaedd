"""Files as the index knows them: where they are, the stamps by which a change is noticed, their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from wuye.errors import InputOutput, Problem, Refused
from wuye.schema import Kind
from wuye.store import Store

SETTLED = 2_000_000_000
"""A file changed less than this many nanoseconds before it was read may change again with the same stamp."""
LARGEST = (1 << 63) - 1

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Stamp = tuple[int, int, int, int]
"""Inode, size, mtime and ctime: a file whose four are what they were, and old enough, is what it was."""


class Job(NamedTuple):
    """A file to be read: its kind's name, its month, its path in the office."""

    kind: str
    month: str
    path: str


class Kept(NamedTuple):
    """A file as the index knows it."""

    id: int
    month: str
    stamp: Stamp | None
    settled: bool
    digest: str
    frame: str | None


class Known(NamedTuple):
    """What is known of a file from before: its hash, what stands around its records, its rows' keys by block hash."""

    digest: str
    frame: str | None
    blocks: Mapping[bytes, list[int]]


Task = tuple[Job, Known | None]
"""A file to be read, and what is known of it."""


class Todo(NamedTuple):
    """What has to be done for a kind before a question: files to read, with what is kept of them, files that are gone.

    `key` is None where the kind is not indexed as it is now.
    """

    kind: Kind
    key: int | None
    shape: str
    read: list[tuple[Job, Kept | None, int]]
    gone: list[Kept]


def stamp_of(path: str) -> Stamp | None:
    """A file's stamp; None where there is no plain file."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return found.st_ino & LARGEST, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def bytes_of(store: Store, path: str) -> tuple[bytes, list[Problem]]:
    """A file's bytes; where the disk does not give them, none and why: one bad file hides no other."""
    try:
        return store.read(path) or b"", []
    except (InputOutput, Refused) as error:
        return b"", list(error.problems)
