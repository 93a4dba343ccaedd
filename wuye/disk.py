"""Bytes on the disk, durably: write beside, fsync, replace, fsync the folder; every failure one sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wuye.errors import CannotWrite, InputOutput, Refused, WuyeError

FILE_MODE, FOLDER_MODE = 0o600, 0o700
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


def digest(data: bytes) -> str:
    """The hash by which two states of a file are told apart (BLAKE2b, 32 hex digits).

    The C module is taken directly: importing hashlib loads OpenSSL, a tenth of the time of an `add`.
    """
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=16).hexdigest()


def worded(error: OSError, name: str) -> WuyeError:
    """The sentence for an error of the operating system."""
    if error.errno in FULL:
        return InputOutput(f"写 {name} 时磁盘已满：这一次没有保存，原有数据没有变；请腾出空间后重做")
    if error.errno in DENIED:
        return CannotWrite(f"没有权限写 {name}：这一次没有保存，原有数据没有变；请检查文件夹权限或换可写的位置")
    return InputOutput(f"读写 {name} 失败（{os.strerror(error.errno or 0)}）：这一次没有保存；请检查磁盘后重做")


@contextmanager
def wording(name: str) -> Iterator[None]:
    """Turn errors of the operating system within into sentences about `name`."""
    try:
        yield
    except OSError as error:
        raise worded(error, name) from error


def read(path: Path) -> bytes | None:
    """A file's bytes, None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputOutput(f"{path.name} 读不出来（{os.strerror(error.errno or 0)}）：请检查文件权限和磁盘") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; where folders cannot be opened (Windows) there is nothing to do."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """A folder with its parents, each durable in the one above it."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        with suppress(FileExistsError):
            one.mkdir(FOLDER_MODE)
        sync_folder(one.parent)


def write_temp(temp: Path, data: bytes) -> None:
    """A new file with these bytes, on the disk when this returns; removed again where that fails."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(temp, flags, FILE_MODE)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    except BaseException:
        os.close(handle)
        with suppress(OSError):
            temp.unlink()
        raise
    os.close(handle)


def replace(target: Path, data: bytes, expected: bytes | None, temp: Path, name: str) -> None:
    """Put `data` in a file's place whole, if the file still holds `expected` (None: is not there).

    Raises Refused where somebody changed it meanwhile, CannotWrite or InputOutput where it cannot be
    written; the file then is as it was.
    """
    with wording(name):
        make_folder(target.parent)
        make_folder(temp.parent)
        write_temp(temp, data)
        try:
            if read(target) != expected:
                raise Refused(f"{name} 刚刚被别的程序改过：这一次没有写入；请重做一次")
            _swap(temp, target)
        except BaseException:
            with suppress(OSError):
                temp.unlink()
            raise
        sync_folder(target.parent)


def _swap(temp: Path, target: Path) -> None:
    """os.replace; on Windows a virus scanner may hold the file for a moment."""
    for _ in range(20 if os.name == "nt" else 0):
        try:
            temp.replace(target)
            return
        except PermissionError:
            from wuye import clock

            clock.wait(0.05)
    temp.replace(target)
