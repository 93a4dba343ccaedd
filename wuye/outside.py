"""Files that somebody named outside the office: read if they are regular, written whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from wuye import clock, disk
from wuye.errors import BadInput, NotFound

LARGEST_ATTACHMENT = 20 * 1024 * 1024


def attachment(name: str, folder: str) -> tuple[str, bytes, str]:
    """Where a file goes in the office, its bytes, its SHA-256. Raises BadInput where it is too large."""
    import hashlib

    data = read(name, LARGEST_ATTACHMENT)
    digest = hashlib.sha256(data).hexdigest()
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in Path(name).name)[-80:]
    return f"{folder}/{digest[:12]}-{plain}", data, digest


def read(name: str, largest: int | None = None) -> bytes:
    """A regular file's bytes; links, pipes and devices are refused without waiting on them."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(Path(name).expanduser(), flags)
    except FileNotFoundError as error:
        raise NotFound(f"没有文件 {name}：请核对路径") from error
    except OSError as error:
        raise BadInput(f"{name} 打不开（{disk.cause(error)}）：请换成普通文件，链接请改为原文件") from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise BadInput(f"{name} 不是普通文件：请换成普通文件")
    with os.fdopen(handle, "rb") as file:
        if largest is not None and status.st_size > largest:
            raise BadInput(
                f"{name} 有 {status.st_size // 1024 // 1024} MB，超过 {largest // 1024 // 1024} MB：请压缩，或分成几份"
            )
        return file.read()


def write(target: Path, data: bytes) -> None:
    """An output file that somebody named, whole or not at all.

    Raises BadInput for a folder or a device: root would put a file in the place of /dev/null.
    """
    with disk.wording(str(target)):
        if target.is_symlink():
            target = target.resolve()
        if target.exists() and not target.is_file():
            raise BadInput(f"{target} 不是普通文件：请换一个文件名")
        temp = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.tmp")
        disk.write_temp(temp, data)
        try:
            temp.replace(target)
        except BaseException:
            with suppress(OSError):
                temp.unlink()
            raise
