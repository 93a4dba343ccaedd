"""A machine that stops at the n-th call to the disk, or whose n-th call fails: every interruption point in turn.

With the power go bytes that were not fsynced and names whose folder was not: the worst that a file system may do.
Fsyncs are counted, not carried out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "write", "fsync", "replace", "unlink", "mkdir")


class PowerCut(BaseException):
    """The machine is off: nothing that was called after this did anything."""


class Machine:
    """The disk calls of this process, counted from 1. At call number `at` it stops, or fails with `error`.

    `once` says that only that call fails, later ones work again.
    """

    def __init__(self, at: int = 0, error: int = 0, once: bool = True) -> None:
        self.at, self.error, self.once = at, error, once
        self.calls: list[str] = []
        self._paths: dict[int, Path] = {}
        self._unsynced: set[Path] = set()
        self._names: list[tuple[Path, bytes | None]] = []
        self._created: set[Path] = set()

    def strike(self, name: str) -> None:
        """Count a call; stop or fail where it is time."""
        self.calls.append(name)
        count = len(self.calls)
        if self.at and (count == self.at or (count > self.at and not (self.error and self.once))):
            raise OSError(self.error, os.strerror(self.error)) if self.error else PowerCut

    def opened(self, handle: int, path: Any) -> None:
        self._paths[handle] = Path(path)

    def wrote(self, handle: int) -> None:
        self._unsynced.add(self._paths[handle])

    def synced(self, handle: int) -> None:
        path = self._paths[handle]
        self._unsynced.discard(path)
        self._names = [one for one in self._names if one[0].parent != path]
        self._created = {one for one in self._created if one.parent != path}

    def renamed(self, source: Path, target: Path) -> None:
        if source in self._unsynced:
            self._unsynced.discard(source)
            self._unsynced.add(target)

    def named(self, path: Path) -> None:
        """The name is about to mean other bytes."""
        self._names.append((path, path.read_bytes() if path.is_file() else None))

    def created(self, path: Path) -> None:
        if not path.exists():
            self._created.add(path)

    def lose(self, *, renames: bool = True) -> None:
        """What the power takes with it; a file system may keep a rename and lose a name made before it."""
        for path in self._unsynced:
            if path.exists():
                path.write_bytes(b"")
        for path in self._created:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for path, before in reversed(self._names) if renames else ():
            if not path.parent.is_dir():
                continue
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)


@contextmanager
def running(machine: Machine) -> Iterator[Machine]:
    """Run the disk calls within through the machine."""
    real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in CALLS}

    def open_(path: Any, flags: int, *args: Any, **more: Any) -> int:
        if not (flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) or Path(path).is_dir()):  # a file that is read
            return real["open"](path, flags, *args, **more)  # type: ignore[no-any-return]
        machine.strike("open")
        if flags & os.O_CREAT:
            machine.created(Path(path))
        handle: int = real["open"](path, flags, *args, **more)
        machine.opened(handle, path)
        return handle

    def write(handle: int, data: Any) -> int:
        machine.strike("write")
        machine.wrote(handle)
        # A short write is allowed: whoever does not look at the count loses the rest.
        written: int = real["write"](handle, bytes(data)[: max(1, len(data) // 2)])
        return written

    def fsync(handle: int) -> None:
        machine.strike("fsync")
        machine.synced(handle)

    def replace(source: Any, target: Any) -> None:
        machine.strike("replace")
        machine.named(Path(target))
        real["replace"](source, target)
        machine.renamed(Path(source), Path(target))

    def unlink(path: Any, **more: Any) -> None:
        machine.strike("unlink")
        machine.named(Path(path))
        real["unlink"](path, **more)

    def mkdir(path: Any, *args: Any, **more: Any) -> None:
        machine.strike("mkdir")
        machine.created(Path(path))
        real["mkdir"](path, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        for name, fake in zip(CALLS, (open_, write, fsync, replace, unlink, mkdir), strict=True):
            patch.setattr(os, name, fake)
        yield machine
