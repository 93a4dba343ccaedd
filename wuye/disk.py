"""Bytes on the disk, durably: write beside, fsync, replace, fsync the folder; every failure one sentence."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wuye.errors import CannotWrite, InputOutput, Problem, Refused, WuyeError

FILE_MODE, FOLDER_MODE = 0o600, 0o700
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
PLAINLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
CAUSES = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "文件或文件夹不在了",
    errno.EEXIST: "同名的文件已存在",
    errno.EISDIR: "它是文件夹",
    errno.ENOTDIR: "上一级不是文件夹",
    errno.ELOOP: "它是链接",
    errno.ENXIO: "它是管道或设备",
    errno.EXDEV: "不在同一个磁盘上",
    errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ENOLCK: "这个磁盘不支持加锁",
    errno.ENOTSUP: "这个磁盘不支持这样做",
    errno.ESTALE: "网络盘断开了",
    errno.ETIMEDOUT: "网络盘没有响应",
}


def digest(data: bytes) -> str:
    """The hash by which two states of a file are told apart (BLAKE2b, 32 hex digits).

    The C module is taken directly: importing hashlib loads OpenSSL, a tenth of the time of an `add`.
    """
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=16).hexdigest()


def cause(error: OSError) -> str:
    """Why the operating system refused, in a few Chinese words."""
    return CAUSES.get(error.errno or 0, f"系统错误码 {error.errno}")


def worded(error: OSError, name: str) -> WuyeError:
    """The sentence for an error of the operating system while nothing was replaced yet."""
    if error.errno in FULL:
        return InputOutput(f"写 {name} 时磁盘已满：这一次没有保存，原有数据没有变；请腾出空间后重做")
    if error.errno in DENIED:
        return CannotWrite(f"没有权限写 {name}：这一次没有保存，原有数据没有变；请检查文件夹权限或换可写的位置")
    return InputOutput(f"读写 {name} 失败（{cause(error)}）：这一次没有保存，原有数据没有变；请检查磁盘后重做")


@contextmanager
def wording(name: str) -> Iterator[None]:
    """Turn errors of the operating system within into sentences about writing `name`."""
    try:
        yield
    except OSError as error:
        raise worded(error, name) from error


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn errors of the operating system within into sentences about reading `name`."""
    try:
        yield
    except OSError as error:
        raise InputOutput(Problem(f"读不出来（{cause(error)}）：请检查文件权限和磁盘", file=name)) from error


def read(path: Path, name: str = "") -> bytes | None:
    """A file's bytes, None where there is none. Raises InputOutput, which says `name` (else the file's own).

    A link may lead out of the office, and a pipe is waited for without end: they are no files.
    """
    with reading(name or path.name), suppress(FileNotFoundError):
        handle = os.open(path, PLAINLY)
        with open(handle, "rb") as file:  # noqa: PTH123 - it is open
            if not stat.S_ISREG(mode := os.fstat(handle).st_mode):
                raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO, path.name)
            return file.read()
    return None


def flush(handle: int) -> None:
    """fsync; macOS's own leaves the bytes in the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; where folders cannot be opened (Windows) there is nothing to do."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        flush(handle)
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


def write_temp(temp: Path, data: bytes | Iterable[bytes]) -> None:
    """A new file with these bytes, or pieces, on the disk when this returns; removed again where that fails."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(temp, flags, FILE_MODE)
    try:
        for piece in (data,) if isinstance(data, bytes) else data:
            view = memoryview(piece)
            while view:
                view = view[os.write(handle, view) :]
        flush(handle)
    except BaseException:
        os.close(handle)
        with suppress(OSError):
            temp.unlink()
        raise
    os.close(handle)


def replace(target: Path, data: bytes, expected: bytes | None, temp: Path, name: str) -> None:
    """Put `data` in a file's place whole, if the file still holds `expected` (None or empty: nothing there).

    Raises Refused where somebody changed it meanwhile, CannotWrite or InputOutput where it cannot be
    written; the file then is as it was. Only where the folder's own fsync fails the new bytes are there already,
    and the sentence says so.
    """
    with wording(name):
        make_folder(target.parent)
        if not expected and not any(target.parent.iterdir()):
            # A command that was killed may have made it and not got as far as its parent's fsync.
            with suppress(PermissionError):  # an office's own parent need not be readable
                sync_folder(target.parent.parent)
        make_folder(temp.parent)
        write_temp(temp, data)
        try:
            if (read(target) or b"") != (expected or b""):
                raise Refused(f"{name} 刚刚被别的程序改过：这一次没有写入；请重做一次")
            swap(temp, target)
        except BaseException:
            with suppress(OSError):
                temp.unlink()
            raise
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise InputOutput(
            f"{name} 已写入，但磁盘没有确认（{cause(error)}）：请检查磁盘，核对这一条后再决定要不要重做"
        ) from error


def swap(temp: Path, target: Path) -> None:
    """os.replace; on Windows a virus scanner may hold the file for a moment."""
    for _ in range(20 if os.name == "nt" else 0):
        try:
            temp.replace(target)
            return
        except PermissionError:
            from wuye import clock

            clock.wait(0.05)
    temp.replace(target)
