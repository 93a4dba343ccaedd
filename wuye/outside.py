"""Files that somebody named outside the office: read if they are regular, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from wuye import clock, disk, identity
from wuye.errors import BadInput, CannotWrite, NotFound, WuyeError

LARGEST_ATTACHMENT = 20 * 1024 * 1024
LONGEST_NAME = 200
ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
KEPT = frozenset(
    "records books attachments calendar keys knowledge surveys templates log "
    ".git .wuye wuye.yaml .gitattributes .gitignore".split()
)  # fmt: skip
"""What an office keeps in its folder and no output file may replace; in small letters, as some disks see them."""
ODD = (
    (stat.S_ISLNK, "链接"), (stat.S_ISDIR, "文件夹"), (stat.S_ISFIFO, "管道"), (stat.S_ISSOCK, "套接字"),
    (stat.S_ISCHR, "设备"), (stat.S_ISBLK, "设备"),
)  # fmt: skip


def attachment(name: str, folder: str) -> tuple[str, bytes, str]:
    """Where a file goes in the office, its bytes, its SHA-256.

    Raises NotFound or BadInput for what cannot be kept: no regular file, too large, empty, still being written.
    """
    import hashlib

    if identity.find(name):
        raise BadInput(f"文件名 {identity.mask(Path(name).name)} 里有完整的身份证号，不能存入台账：请改名后再附")
    data = read(name, LARGEST_ATTACHMENT)
    if not data:
        raise BadInput(f"{name} 是空文件：请核对是不是选错了")
    digest = hashlib.sha256(data).hexdigest()
    return f"{folder}/{digest[:12]}-{_plain(Path(name).name)}", data, digest


def attachments(names: Sequence[str], folder: str) -> list[tuple[str, bytes, str]]:
    """Several files at once, none of them twice. Raises BadInput or NotFound with everything that is wrong."""
    found: dict[str, tuple[str, tuple[str, bytes, str]]] = {}
    errors: list[WuyeError] = []
    for name in names:
        try:
            one = attachment(name, folder)
            if one[2] in found:
                raise BadInput(f"{name} 与 {found[one[2]][0]} 内容相同：请只附一次")
            found[one[2]] = name, one
        except (BadInput, NotFound) as error:
            errors.append(error)
    if errors:
        worst = next((e for e in errors if isinstance(e, BadInput)), errors[0])
        raise type(worst)(*(p for error in errors for p in error.problems))
    return [one for _, one in found.values()]


def _plain(name: str) -> str:
    """A file's name as every disk and every git takes it: letters, digits, `._-`, at most 200 bytes, its end kept."""
    import unicodedata

    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in unicodedata.normalize("NFC", name))[-80:]
    while len(plain.encode()) > LONGEST_NAME:
        plain = plain[1:]
    return plain


def read(name: str, largest: int | None = None) -> bytes:
    """A regular file's bytes; links, pipes and devices are refused without opening them or waiting on them.

    Raises NotFound, or BadInput which says what it is instead.
    """
    path = Path(name).expanduser()
    try:
        _refuse_odd(name, path.lstat().st_mode)
        handle = os.open(path, disk.PLAINLY)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"没有文件 {name}：请核对路径") from error
    except (OSError, ValueError) as error:
        why = disk.cause(error) if isinstance(error, OSError) else "文件名里有空字符"
        raise BadInput(f"{name} 打不开（{why}）：请换成普通文件，链接请改为原文件") from error
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        _refuse_odd(name, before.st_mode)
        if largest is not None and before.st_size > largest:
            raise _too_large(name, before.st_size, largest)
        try:
            data = file.read(-1 if largest is None else largest + 1)
        except OSError as error:
            raise BadInput(f"{name} 读不出来（{disk.cause(error)}）：请检查这个文件后再试") from error
        if largest is not None and len(data) > largest:
            raise _too_large(name, len(data), largest)
        after = os.fstat(handle)
        if len(data) != after.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise BadInput(f"{name} 还在变，像是没有存完：请等它存完后再试")
    return data


def _refuse_odd(name: str, mode: int) -> None:
    """Raises BadInput for anything but a regular file, saying what it is."""
    if stat.S_ISREG(mode):
        return
    what = next((zh for test, zh in ODD if test(mode)), "特殊文件")
    rest = "请改为它指向的原文件" if stat.S_ISLNK(mode) else "请换成普通文件"
    raise BadInput(f"{name} 是{what}，不是普通文件：{rest}")


def _too_large(name: str, size: int, largest: int) -> BadInput:
    megabyte = 1024 * 1024
    return BadInput(f"{name} 有 {size / megabyte:.1f} MB，超过 {largest // megabyte} MB：请压缩后再附")


PIECE = 1024 * 1024


def held(found: Iterable[str]) -> Iterator[str]:
    """A long text in pieces once all of it is there, kept in a nameless file until then: a fault shows no part."""
    import tempfile

    with tempfile.SpooledTemporaryFile(8 * PIECE, "w+", encoding="utf-8", newline="") as file:
        for text in found:
            file.write(text)
        file.seek(0)
        while text := file.read(PIECE):
            yield text


def encoded(found: Iterable[str]) -> Iterator[bytes]:
    """A text of many small parts as the bytes of a few large ones."""
    kept, size = [], 0
    for text in found:
        kept.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(kept).encode()
            kept, size = [], 0
    yield "".join(kept).encode()


def write(target: Path, data: bytes | Iterable[bytes]) -> None:
    """An output file that somebody named, whole or not at all.

    Raises BadInput for a folder or a device: root would put a file in the place of /dev/null; and for what an office
    keeps itself, its records first of all. CannotWrite where another program has the file open, for that would write
    its own state over ours when it saves.
    """
    if kept := kept_by_an_office(target):
        raise BadInput(f"{target} 是台账自己的文件（{kept}），不能当作输出文件：请换一个台账之外的文件名")
    if there := _opened(target):
        raise CannotWrite(f"{target} 正在别的程序里打开（有 {there}）：{_CLOSE_FIRST}")
    with disk.wording(str(target)):
        if target.is_symlink():
            target = target.resolve()
        if target.exists() and not target.is_file():
            raise BadInput(f"{target} 不是普通文件：请换一个文件名")
        if target.exists() and not target.stat().st_mode & ANY_WRITE:
            raise CannotWrite(f"{target} 是只读的：原来的文件没有动；请换一个文件名，或先去掉它的只读属性")
        temp = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.tmp")
        disk.write_temp(temp, data)
        try:
            disk.swap(temp, target)
        except BaseException as error:
            with suppress(OSError):
                temp.unlink()
            if isinstance(error, PermissionError) and target.exists():
                raise CannotWrite(f"{target} 换不下来，多半正在别的程序里打开：{_CLOSE_FIRST}") from error
            raise


def kept_by_an_office(target: Path) -> str:
    """Which folder or file of an office a path lies in, links followed; empty where it is none of them."""
    place = target.resolve()
    for root in place.parents:
        name = place.relative_to(root).parts[0]
        if name.casefold() in KEPT and (root / "wuye.yaml").is_file():
            return name
    return ""


_CLOSE_FIRST = "原来的文件没有动；请先在那个程序里关掉它，或换一个文件名，再做一次"


def _opened(target: Path) -> str:
    """The mark that LibreOffice, Excel or WPS keeps beside a file that it has open; empty where there is none."""
    name = target.name
    marks = (f".~lock.{name}#", f"~${name}", f".~{name}")
    return next((mark for mark in marks if target.with_name(mark).is_file()), "")


def refuse_folder(target: Path, office: Path) -> None:
    """Refuse a folder that cannot take new files: one inside the office, one that holds any, no folder at all.

    Raises BadInput, or CannotWrite where something is there already.
    """
    if target.resolve().is_relative_to(office.resolve()):
        raise BadInput(f"{target} 在台账文件夹里面：请换一个台账之外的文件夹")
    with disk.wording(str(target)):
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise CannotWrite(f"{target} 已存在，不是文件夹：请换一个新的文件夹")
        if target.is_dir() and any(target.iterdir()):
            raise CannotWrite(f"{target} 里已有文件：请换一个新的或空的文件夹")


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """A new folder with these files, by paths in it, whole or not at all: made beside its place, then moved there."""
    temp = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.tmp")
    with disk.wording(str(target)):
        disk.make_folder(target.parent)
        try:
            disk.make_folder(temp)
            for name, data in files.items():
                disk.make_folder((temp / name).parent)
                disk.write_temp(temp / name, data)
            for folder in sorted({(temp / name).parent for name in files}):
                disk.sync_folder(folder)
            if target.is_dir():
                target.rmdir()  # an empty one; where somebody has put something there meanwhile this fails
            temp.rename(target)
        except BaseException:
            shutil.rmtree(temp, ignore_errors=True)
            raise
        disk.sync_folder(target.parent)


def refuse_foreign(target: Path, office: Path, mark: str) -> None:
    """Refuse a folder that is not this program's to replace: an office, one within or around it, one with other files.

    `mark` names the file in which a folder made here says what it holds. Raises CannotWrite.
    """
    place = target.resolve()
    if place.is_relative_to(office.resolve()) or office.resolve().is_relative_to(place):
        raise CannotWrite(f"{target} 是台账文件夹，或在它里面、包着它：请换一个台账之外的文件夹")
    with disk.wording(str(target)):
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise CannotWrite(f"{target} 已存在，不是文件夹：请换一个新的文件夹")
        there = {p.name for p in target.iterdir()} if target.is_dir() else set()
    if not there:
        return
    if mark not in there:
        raise CannotWrite(f"{target} 里已有别的文件：请换一个新的或空的文件夹")
    if foreign := there - set(_listed(target / mark)) - {mark}:
        raise CannotWrite(f"{target} 里有不是上次写的文件 {min(foreign)}：请移走它，或换一个新的文件夹")


def _listed(mark: Path) -> list[str]:
    data = disk.read(mark, str(mark)) or b""
    return data.decode("utf-8", "replace").splitlines()


def replace_folder(target: Path, files: Mapping[str, bytes], mark: str) -> None:
    """A folder with these files in the place of the one made here before, whole or not at all.

    They are for others to read: their modes are those of any new file.
    """
    if not target.is_dir():
        write_folder(target, {**files, mark: _list(files)})
        _open_to_others(target)
        return
    old = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.old")
    fresh = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.new")
    write_folder(fresh, {**files, mark: _list(files)})
    _open_to_others(fresh)
    with disk.wording(str(target)):
        try:
            target.rename(old)
            try:
                fresh.rename(target)
            except BaseException:
                old.rename(target)
                raise
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        shutil.rmtree(old, ignore_errors=True)
        disk.sync_folder(target.parent)


def _list(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(files)).encode()


def _open_to_others(folder: Path) -> None:
    """As open as the account lets new files be: a page on a file share is for others to read."""
    closed = os.umask(0)
    os.umask(closed)
    for path in folder.rglob("*"):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~closed)
    folder.chmod(0o777 & ~closed)
