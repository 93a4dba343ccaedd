"""The file of a backup: a zip whose members lie in it as they are, so that it can hold no more than its own size.

Everything goes through in pieces; any unzip program can take a file out by hand.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wuye import disk, manifest
from wuye.errors import BadInput, Damaged, NotFound
from wuye.manifest import Manifest

PIECE = 1024 * 1024
BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OverflowError, RuntimeError, struct.error)
"""What zipfile raises over a file that is none, is cut off or was tampered with."""


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, some at a time."""
    while data := file.read(PIECE):
        yield data


def measured(parts: Iterable[bytes], into: IO[bytes] | None = None) -> tuple[int, str]:
    """How many bytes there are, and their SHA-256; written on their way `into` a file."""
    size, digest = 0, hashlib.sha256()
    for part in parts:
        size += len(part)
        digest.update(part)
        if into:
            into.write(part)
    return size, digest.hexdigest()


def put(whole: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> tuple[int, str]:
    """One more member; its size and SHA-256."""
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFREG | disk.FILE_MODE) << 16
    with whole.open(info, "w", force_zip64=True) as into:
        return measured(parts, into)


class Archive:
    """A backup that is read: its list, and its members, each held against it."""

    def __init__(self, path: Path, whole: zipfile.ZipFile) -> None:
        self.path = path
        self.whole = whole
        self.manifest = self._checked()

    def _checked(self) -> Manifest:
        members = {info.filename: info for info in self.whole.infolist()}
        if len(members) != len(self.whole.infolist()) or manifest.NAME not in members:
            raise Damaged(f"{self.path} 不是 wuye 的备份，或坏了：请换一份备份")
        for info in members.values():
            form = stat.S_IFMT(info.external_attr >> 16)
            if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 or form not in (0, stat.S_IFREG):
                raise Damaged(f"{self.path} 里的 {info.filename[:80]} 不是 wuye 备份里的样子：请换一份备份")
        whole = self.path.stat().st_size
        if sum(info.file_size for info in members.values()) > whole:
            raise Damaged(f"{self.path} 里的内容比文件本身还大：被人改过；请换一份备份")
        if members[manifest.NAME].file_size > manifest.LARGEST:
            raise Damaged(f"{self.path} 里的清单太大：被人改过；请换一份备份")
        found = manifest.parse(b"".join(self.read(manifest.NAME)))
        wanted = found.members()
        if other := sorted({*wanted} ^ ({*members} - {manifest.NAME})):
            words = "没有" if other[0] in wanted else "多出"
            raise Damaged(f"{self.path} 里{words} {other[0][:80]}，与清单不一致：请换一份备份")
        if manifest.too_much([one.size for one in found.files], whole):
            raise Damaged(f"{self.path} 说自己解开后有 {found.size / 1024**3:.1f} GB，不像台账：请换一份备份")
        return found

    def read(self, name: str) -> Iterator[bytes]:
        """A member's bytes, in pieces. Raises Damaged where they are not what was written."""
        try:
            with self.whole.open(name) as file:
                yield from pieces(file)
        except (*BROKEN, OSError) as error:
            raise Damaged(f"{self.path} 里的 {name} 坏了：请换一份备份") from error

    def take(self, name: str, target: Path) -> None:
        """A member written to a new file, its size and hash those of the list. Raises Damaged."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(target, flags, disk.FILE_MODE), "r+b") as file:
            measured(self.read(name), file)
            file.seek(0)
            if measured(pieces(file)) != self.manifest.members()[name]:
                raise Damaged(f"{self.path} 里的 {name} 与清单的校验值不同：坏了或被换过；请换一份备份")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup to be read, its list checked. Raises NotFound, BadInput, Damaged, BadSettings for a newer one."""
    if not path.exists():
        raise NotFound(f"没有文件 {path}：请核对路径")
    if not path.is_file():
        raise BadInput(f"{path} 不是普通文件：请写备份文件")
    try:
        whole = zipfile.ZipFile(path)
    except BROKEN as error:
        raise Damaged(f"{path} 不是 wuye 的备份，或没有写完：请换一份备份") from error
    with whole:
        yield Archive(path, whole)
