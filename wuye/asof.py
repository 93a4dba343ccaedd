"""What an office was known to hold at a moment: the commit of then, laid out as a folder only to be read (design.md 2).

The folder lies in `.wuye/asof/` under the commit's name, whole or not there, with its own index; a few are kept. It is
made of the bytes of git's objects alone: nothing is checked out, so no filter, hook or setting of the repository acts.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from wuye import clock, disk, lock
from wuye.annals import Annals, Leaf
from wuye.errors import Damaged, Refused, WuyeError
from wuye.settings import FILE
from wuye.store import PRIVATE, WHOLE, Store

HOME, USED, NEW, FOUND = "asof", "used", "new-", "found"
KEPT, REMEMBERED = 5, 50
SHOWN = ("records", "books", "calendar", "knowledge", "surveys", "templates", "log")
"""The folders that are laid out. Attachments are not: they never change, and lie where they lay."""
PLAIN_FILES = ("100644", "100755", "100664")
AT_ONCE, LARGEST = 1 << 24, 1 << 26
LEFT_OVER = 3600.0
VERSION = "1"

Progress = Callable[[Iterable[Any]], Iterable[Any]]


class Known(NamedTuple):
    """What was known at a moment: everything up to a commit, made at that time by that person.

    `elsewhere` counts the commits of other desks that were made by then and came in later: not known here.
    """

    moment: datetime
    commit: str
    at: datetime
    author: str
    elsewhere: int = 0

    @property
    def short(self) -> str:
        """The commit as people write it."""
        return self.commit[:10]


def known(store: Store, annals: Annals, moment: datetime) -> Known:
    """What was known at a moment, its whole minute included. Raises Refused where git does not know it, Damaged."""
    annals.need()
    stamp = int(moment.timestamp()) + (0 if moment.second else 59)
    asked = f"{annals.tip()} {stamp}"
    if told := _remembered(store).get(asked):
        commit, at, elsewhere, author = told
        return Known(moment, commit, datetime.fromisoformat(at).astimezone(moment.tzinfo), author, int(elsewhere))
    found = _known(annals, moment, stamp)
    _remember(store, asked, found)
    return found


def _remembered(store: Store) -> dict[str, list[str]]:
    """The commits that were found before, by the end of the history and the second that was asked about."""
    home, found = store.private / HOME, {}
    if not store.private.is_symlink() and not home.is_symlink() and not (home / FOUND).is_symlink():
        with suppress(OSError, UnicodeDecodeError):
            for line in (home / FOUND).read_text("utf-8").split("\n"):
                asked, *told = line.split("\t")
                if len(told) == 4 and re.fullmatch(r"[0-9a-f]{40,64}", told[0]) and told[2].isdecimal():
                    found[asked] = told
    return found


def _remember(store: Store, asked: str, found: Known) -> None:
    """Walking a long history takes as long as the answer: what was found is kept, the last few of them."""
    home = store.private / HOME
    kept = _remembered(store) | {asked: [found.commit, found.at.isoformat(), str(found.elsewhere), found.author]}
    lines = ["\t".join((one, *told)) for one, told in list(kept.items())[-REMEMBERED:]]
    if "\t" in found.author or store.private.is_symlink() or home.is_symlink():
        return
    new = home / f"{NEW}{os.getpid()}-{clock.serial()}"
    with suppress(OSError):
        for folder in (store.private, home):
            folder.mkdir(disk.FOLDER_MODE, exist_ok=True)
        _write(new, "\n".join(lines).encode())
        new.replace(home / FOUND)


def _known(annals: Annals, moment: datetime, stamp: int) -> Known:
    if found := annals.latest(stamp):
        at = datetime.fromisoformat(found.at).astimezone(moment.tzinfo)
        return Known(moment, found.hash, at, found.author, annals.elsewhere(found.hash, stamp))
    first = annals.first()
    if first is None:
        raise Refused("git 里还没有提交，没有当时的台账可看：登记后才有历史，请去掉 --as-of")
    begins = f"{datetime.fromisoformat(first.at).astimezone(moment.tzinfo):%Y-%m-%d %H:%M}"
    if annals.is_shallow():
        words = f"git 历史不全（浅克隆），最早只到 {begins}，没有 {moment:%Y-%m-%d} 的台账"
        raise Refused(f"{words}：请先运行 git fetch --unshallow，或写以后的日期")
    raise Refused(f"git 历史从 {begins} 开始，没有 {moment:%Y-%m-%d} 的台账：请写以后的日期")


class Layout:
    """The folder of a commit; as long as this lives, it is not taken away."""

    def __init__(self, folder: Path, release: Callable[[], None]) -> None:
        self.folder = folder
        self.let_go = weakref.finalize(self, release)


def layout(store: Store, annals: Annals, commit: str, progress: Progress = iter) -> Layout:
    """The folder of a commit, made where it is not there whole. Where the office cannot be written, one's own copy.

    Raises Refused where that was no office yet, Damaged for what git cannot give or is no plain file, InputOutput.
    """
    home = store.private / HOME
    target = home / commit
    if not store.private.is_symlink() and not home.is_symlink():
        with suppress(OSError):
            if found := _taken(target):
                return found
            for folder in (store.private, home):
                folder.mkdir(disk.FOLDER_MODE, exist_ok=True)
            _fill(home, target, annals, commit, progress)
            _prune(home, target)
            if found := _taken(target):
                return found
    return _own(annals, commit, progress)


def _taken(target: Path) -> Layout | None:
    """The folder, held; None where it is not there, or not as it was laid out."""
    if target.is_symlink() or (target / PRIVATE).is_symlink():
        return None
    used = target / PRIVATE / USED
    handle = lock.share(used)
    if handle is None:
        return None
    try:
        whole = (target / PRIVATE / WHOLE).read_bytes() == _state(target)
    except OSError:
        whole = False
    if not whole:
        os.close(handle)
        return None
    with suppress(OSError):
        os.utime(used)
    return Layout(target, lambda: os.close(handle))


def _fill(home: Path, target: Path, annals: Annals, commit: str, progress: Progress) -> None:
    """Lay the commit out beside, then put it in its place; another process that was quicker is as good."""
    new = home / f"{NEW}{os.getpid()}-{clock.serial()}"
    try:
        _lay_out(new, annals, commit, progress)
        if _removed(target):
            new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _own(annals: Annals, commit: str, progress: Progress) -> Layout:
    """A copy for this command alone, gone with it."""
    import tempfile

    with disk.wording("临时文件夹"):
        temporary = tempfile.TemporaryDirectory(prefix="wuye-asof-", ignore_cleanup_errors=True)
        folder = Path(temporary.name) / "office"
        _lay_out(folder, annals, commit, progress)
    return Layout(folder, temporary.cleanup)


# --- laying out


def _lay_out(place: Path, annals: Annals, commit: str, progress: Progress) -> None:
    """Every file that an office is made of, as the commit holds it, in a new folder; last the mark that it is whole."""
    leaves = _wanted(annals.tree(commit), commit)
    place.mkdir(disk.FOLDER_MODE)
    for some in progress(list(_portions(leaves))):
        for leaf, data in zip(some, annals.blobs([leaf.blob for leaf in some]), strict=True):
            path = place / leaf.path
            for folder in reversed(path.relative_to(place).parents):
                (place / folder).mkdir(disk.FOLDER_MODE, exist_ok=True)
            _write(path, data)
    private = place / PRIVATE
    private.mkdir(disk.FOLDER_MODE)
    _write(private / USED, b"")
    _write(private / WHOLE, _state(place))


def _wanted(tree: Sequence[Leaf], commit: str) -> list[Leaf]:
    """The files to be laid out. Raises Refused where the commit holds no office, Damaged for one that may not be."""
    found = [leaf for leaf in tree if leaf.path == FILE or leaf.path.split("/")[0] in SHOWN]
    for leaf in found:
        parts = leaf.path.split("/")
        if leaf.mode not in PLAIN_FILES or not all(map(_plain, parts)):
            what = "不是普通文件（是链接或别的仓库）" if leaf.mode not in PLAIN_FILES else "的文件名不能用"
            raise Damaged(f"提交 {commit[:10]} 里的 {leaf.path} {what}，那时的台账不能看：请写别的日期")
        if leaf.size > LARGEST:
            raise Damaged(f"提交 {commit[:10]} 里的 {leaf.path} 太大，那时的台账不能看：请写别的日期")
    if not any(leaf.path == FILE for leaf in found):
        raise Refused(f"提交 {commit[:10]} 里没有 {FILE}，那时还不是台账：请写以后的日期")
    return found


def _plain(name: str) -> bool:
    """Whether a name in a tree is one within its folder, on every system."""
    return name not in ("", ".", "..") and name.lower() != PRIVATE and not set(name) & set('\\:\0')


def _portions(leaves: Sequence[Leaf]) -> Iterator[list[Leaf]]:
    """Files by some megabytes: of a large office only so much is in memory at a time."""
    some: list[Leaf] = []
    size = 0
    for leaf in leaves:
        if some and size + leaf.size > AT_ONCE:
            yield some
            some, size = [], 0
        some.append(leaf)
        size += leaf.size
    if some:
        yield some


def _write(path: Path, data: bytes) -> None:
    """A new file; never through a link. Not synced: what a power cut leaves is not whole, and is made anew."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags, disk.FILE_MODE), "wb") as file:  # noqa: PTH123 - a handle that may not follow links
        file.write(data)


def _state(place: Path) -> bytes:
    """Every file of a folder with its stamps: what is changed, added or taken away by hand shows."""
    lines = [VERSION]

    def walk(folder: str, within: str) -> None:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                name = within + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name != PRIVATE:
                        walk(entry.path, f"{name}/")
                    continue
                told = entry.stat(follow_symlinks=False)
                kind = "" if stat.S_ISREG(told.st_mode) else "?"
                lines.append(f"{name}\0{kind}{told.st_size}\0{told.st_mtime_ns}\0{told.st_ctime_ns}")

    walk(str(place), "")
    return "\0\n".join(lines).encode("utf-8", "surrogateescape")


# --- taking away


def _prune(home: Path, newest: Path) -> None:
    """All but the last few used, and what killed commands left; never what somebody reads."""
    found: list[tuple[float, Path]] = []
    for path in home.iterdir():
        if path == newest or path.name == FOUND:
            continue
        if path.name.startswith(NEW):
            if clock.age(path.lstat().st_mtime) > LEFT_OVER:
                _removed(path)
            continue
        used = path / PRIVATE / USED
        found.append((used.stat().st_mtime if used.is_file() else 0.0, path))
    for _, path in sorted(found, reverse=True)[KEPT - 1 :]:
        with suppress(OSError):
            _removed(path)


def drop(store: Store) -> bool:
    """Take every folder away: what is forgotten may not stand in a copy. Whether none is left."""
    home = store.private / HOME
    if store.private.is_symlink() or home.is_symlink() or not home.is_dir():
        return True
    try:
        return not [path for path in home.iterdir() if not _removed(path)]
    except OSError:
        return False


def _removed(path: Path) -> bool:
    """Take a folder away, at once for everybody, unless somebody reads it; whether the place is free now."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return True
    gone = path.with_name(f"{NEW}{os.getpid()}-{clock.serial()}")
    used = path / PRIVATE / USED
    if used.is_file() and not used.is_symlink() and not used.parent.is_symlink():
        try:
            with lock.hold(used, "", 0):
                path.rename(gone)
        except WuyeError:
            return False
    else:
        path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    return True
