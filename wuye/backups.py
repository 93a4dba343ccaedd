"""An office put away in one file, and an office out of such a file: checked before either is said to be done.

Held are the history of all names (git's bundle) and, as they lie there, the files that HEAD does not hold so.
The office is locked only while its files are read; where somebody writes meanwhile its history is packed once more.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import __version__, archive, bundle, clock, disk, manifest, restoring, yearly
from wuye.bundle import Blob
from wuye.errors import BadInput, CannotWrite, Damaged, NotCommitted, NotFound, Problem
from wuye.git import Git
from wuye.manifest import FILE, GIT, HISTORY, UNCOMMITTED, Ends, Held, History, Manifest
from wuye.office import Office
from wuye.store import ARCHIVE, DATA

NO_GIT = "没有 git 历史：备份里只有现在的文件"


Stamps = dict[str, tuple[int, int]]


class Made(NamedTuple):
    """A backup that was made: what it says of itself, how large it is, how many faults `check` finds in the office,
    what is said beside it, and what of it is missing."""

    manifest: Manifest
    size: int
    faults: int
    notes: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


class Past(NamedTuple):
    """The history that goes along: packed in a file, where it ends, what HEAD holds; `seen` is where the office's
    own ended when it was packed."""

    git: Git
    pack: Path
    ends: Ends
    tree: Mapping[str, Blob]
    seen: Ends


def make(office: Office, target: Path, by: str, *, year: str = "", replace: bool = False) -> Made:
    """Put an office, or a year of it, away in a new file, whole or not at all; then take it out again and compare.

    Raises BadInput or CannotWrite for a target that will not do, Damaged where it does not come out as it went in.
    """
    _refuse(target, office.root, replace)
    if year and not any(yearly.of_year(year, path) for path, _ in restoring.walk(office.root)):
        raise NotFound(f"{year} 年没有记录：请核对年份")
    temp = target.with_name(f".wuye-{os.getpid()}-{clock.serial()}.tmp")
    try:
        with tempfile.TemporaryDirectory(prefix="wuye-") as work, disk.wording(str(target)):
            made, seen = _write(office, temp, Path(work), by, year)
            faults = _compared(office, temp, Path(work), seen)
        with disk.wording(str(target)):
            temp.replace(target)
            with suppress(OSError):  # a stick's file system may not know how
                disk.sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            temp.unlink(missing_ok=True)
        raise
    if not year:
        office.store.keep_note(manifest.NOTE, f"{office.now:%Y-%m-%dT%H:%M} {target.resolve()}")
    return made._replace(size=target.stat().st_size, faults=faults)


def _refuse(target: Path, office: Path, replace: bool) -> None:
    if target.resolve().is_relative_to(office.resolve()):
        raise BadInput(f"{target} 在台账文件夹里面：请写到台账之外，最好是另一块盘")
    if target.is_dir():
        raise BadInput(f"{target} 是文件夹：请写文件名，如 {target / '台账.zip'}")
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise BadInput(f"{target} 不是普通文件：请换一个文件名")
    if target.exists() and not replace:
        raise CannotWrite(f"{target} 已经有了：请换一个文件名，或加 --yes 覆盖")
    if not target.parent.is_dir():
        raise CannotWrite(f"没有文件夹 {target.parent}：请先建好，或核对 U 盘是否插好")


def _write(office: Office, temp: Path, work: Path, by: str, year: str) -> tuple[Made, Stamps]:
    """Everything into the new file, the office held while its files are read; and how these then stood."""
    notes: list[str] = []
    problems: list[Problem] = []
    past = _past(office, work, year, by, problems)
    temp.touch(disk.FILE_MODE, exist_ok=False)
    with temp.open("r+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as whole:
        with office.store.lock(by, "备份") as session:
            if past and bundle.ends(office.git) != past.seen:
                past = _past(office, work, year, by, problems)  # somebody wrote meanwhile: once more, held
            held = list(_files(whole, office, past, year, notes))
            counts, seen = _counted(office, past, held), stamps(office.root)
        notes += session.notices
        history = None
        if past:
            with past.pack.open("rb") as packed:
                history = History(past.ends, *archive.put(whole, HISTORY, archive.pieces(packed)))
            past.pack.unlink()
        elif not problems:
            notes.append(NO_GIT)
        now = office.now.isoformat(timespec="minutes")
        found = Manifest(office.settings.name, now, __version__, office.settings.format, year, counts, tuple(held),
                         history)  # fmt: skip
        archive.put(whole, manifest.NAME, manifest.dump(found))
    with temp.open("r+b") as file:
        disk.flush(file.fileno())
    return Made(found, 0, 0, tuple(notes), tuple(problems)), seen


def _past(office: Office, work: Path, year: str, by: str, problems: list[Problem]) -> Past | None:
    """The history, packed; None where there is none, or git does not give it: then that is a problem."""
    git = office.git
    if not bundle.there(git):
        return None
    folder = Path(tempfile.mkdtemp(dir=work))
    try:
        seen = bundle.ends(git)
        if year:
            git = yearly.history(git, folder, year, office.settings.name, office.now, by)
        ends = bundle.ends(git) if year else seen
        if not ends.names and not ends.commit:
            return None
        bundle.create(git, folder / HISTORY)
        return Past(git, folder / HISTORY, ends, bundle.tree(git, ends.commit), seen)
    except (NotCommitted, Damaged) as error:
        problems += [one for one in error.problems if one not in problems]
        return None


# --- the files


def stamps(root: Path) -> Stamps:
    """How the files of an office stand: size and time of each."""
    return {path: (told.st_size, told.st_mtime_ns) for path, told in restoring.walk(root)}


def _files(
    whole: zipfile.ZipFile, office: Office, past: Past | None, year: str, notes: list[str]
) -> Iterator[Held]:
    """Every file that is put away; what git does not hold byte for byte goes into the new file."""
    for path, told in restoring.walk(office.root):
        if year and not yearly.of_year(year, path) and (past or not yearly.lasting(path) or path == UNCOMMITTED):
            continue
        if stat.S_ISREG(told.st_mode) and manifest.safe(path):
            yield _held(whole, office.root, path, past)
        else:
            what = "名字不能存" if stat.S_ISREG(told.st_mode) else "是链接或设备，不是普通文件"
            notes.append(f"没有备份 {path.encode(errors='replace').decode()}：{what}")
    if not year:
        return
    if not past:
        page = yearly.page(office.settings.name, year, "归档时")
        yield Held(ARCHIVE, *archive.put(whole, manifest.FILES + ARCHIVE, [page]), FILE)
        return
    for path in past.tree:
        if not yearly.of_year(year, path):
            yield Held(path, *archive.measured([bundle.blob(past.git, past.tree[path])]), GIT)


def _held(whole: zipfile.ZipFile, root: Path, path: str, past: Past | None) -> Held:
    """One file, read once where git holds it as it is."""
    with disk.reading(path):
        file = (root / path).open("rb")
    with file:
        if past and (kept := past.tree.get(path)) and kept.size == os.fstat(file.fileno()).st_size:
            name = hashlib.new(past.ends.format, b"blob %d\0" % kept.size, usedforsecurity=False)
            size, digest = archive.measured(_told(archive.pieces(file), name))
            if name.hexdigest() == kept.id:
                return Held(path, size, digest, GIT)
            file.seek(0)
        return Held(path, *archive.put(whole, manifest.FILES + path, archive.pieces(file)), FILE)


def _told(parts: Iterable[bytes], name: hashlib._Hash) -> Iterator[bytes]:
    for part in parts:
        name.update(part)
        yield part


def _counted(office: Office, past: Past | None, held: Iterable[Held]) -> dict[str, int]:
    """How many records there are of each kind."""
    found: dict[str, int] = {}
    for path in (one.path for one in held if one.path.split("/")[0] in DATA and one.path.endswith(".yaml")):
        on_disk = office.root / path
        kept = past.tree.get(path) if past else None
        aside = bool(kept) and past is not None and past.git is not office.git and path.startswith("books/")
        data = bundle.blob(past.git, kept) if aside and past and kept else disk.read(on_disk) or b""
        restoring.count(found, path, data)
    return found


def _compared(office: Office, made: Path, work: Path, seen: Stamps) -> int:
    """Take the new backup out again; how many faults `check` finds. Raises Damaged where they are other ones."""
    with archive.opened(made) as one:
        found = restoring.unpack(one, work)
    if not found.manifest.year and {one.path for one in found.manifest.files} == seen.keys():
        own = restoring.faults(Office(office.root))
        # What somebody changed since the files were read is told by their sizes and times.
        if set(own) != set(found.faults) and stamps(office.root) == seen:
            raise Damaged("备份解开后 check 的结果与台账不同：没有备份成；请再备份一次，还不行请告诉开发者")
    return len(found.faults)
