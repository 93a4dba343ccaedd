"""One writer at a time: the office's lock, and the name of who holds it (design.md 3)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wuye import clock, disk
from wuye.errors import Locked

HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
LONGEST_NAME = 400
# Windows locks bytes, and nobody else can read those: one far behind the holder's name is taken.
FAR = 1 << 30


@contextmanager
def hold(path: Path, holder: str, wait: float) -> Iterator[None]:
    """Hold the lock file, waiting up to `wait` seconds. Raises Locked naming the holder, CannotWrite, InputOutput."""
    handle = _acquire(path, wait)
    try:
        _sign(handle, holder)
        yield
    finally:
        _sign(handle, "")
        os.close(handle)


def _acquire(path: Path, wait: float) -> int:
    stop = clock.ticks() + wait
    while True:
        with disk.wording(path.parent.name):
            handle = _take(path)
        if handle is not None:
            return handle
        if clock.ticks() >= stop:
            name = " ".join((disk.read(path) or b"")[:LONGEST_NAME].decode("utf-8", "replace").split())
            raise Locked(f"台账正被 {name or '另一个命令'} 占用：等它做完后请重做")
        clock.wait(0.01)


def share(path: Path) -> int | None:
    """A handle that says, until it is closed, that what this file stands for is in use; None where it is being taken
    away. Whoever holds the lock takes it away; on Windows an open file in a folder keeps that from being moved."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        if os.name != "nt":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if _is_still(handle, path):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _take(path: Path) -> int | None:
    """The lock file's handle if the lock is free now. A link is not followed: what it leads to would be emptied."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, disk.FILE_MODE)
    try:
        if _try_lock(handle) and _is_still(handle, path):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _try_lock(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in HELD:
            return False
        raise
    return True


def _is_still(handle: int, path: Path) -> bool:
    """`.wuye` may be deleted at any time: a lock on a file that is no longer there keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False


def _sign(handle: int, text: str) -> None:
    """Leave the holder's name in the lock file, for whoever waits in vain."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        if text:
            os.write(handle, text.encode("utf-8", "replace"))
