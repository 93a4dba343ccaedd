"""An office out of the file of a backup, whole or not at all, each file held against the backup's list.

Nothing of a repository's settings comes along, and nothing is written but below the new folder (docs/backup.md).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import archive, blocks, bundle, clock, disk, manifest
from wuye.archive import Archive
from wuye.audit import audit
from wuye.errors import CannotWrite, Damaged, InputOutput, Problem, WuyeError
from wuye.git import Git
from wuye.manifest import FILE, GIT, HISTORY, UNCOMMITTED, Manifest
from wuye.office import Office
from wuye.store import DATA, PRIVATE

OFFICE = "office"


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything in an office's folder that is no folder, git's and the program's own left out, in order of paths."""
    for folder, names, files in os.walk(root):
        place = Path(folder).relative_to(root)
        for name in [name for name in names if name == ".git" or (place / name).as_posix() == PRIVATE]:
            names.remove(name)
        links = [name for name in names if (Path(folder) / name).is_symlink()]
        names.sort()
        for name in sorted(name for name in (*files, *links) if name != ".git"):
            yield (place / name).as_posix(), (Path(folder) / name).lstat()
    waiting = root / UNCOMMITTED
    if not waiting.parent.is_symlink() and waiting.is_file() and not waiting.is_symlink():
        yield UNCOMMITTED, waiting.lstat()


def count(found: dict[str, int], path: str, data: bytes) -> None:
    """Add the records of a data file to those of its kind."""
    name = Path(path).stem
    with suppress(Damaged):
        found[name] = found.get(name, 0) + len(blocks.split(data, path).ids)


class Restored(NamedTuple):
    """An office that was taken out: what the backup says, what `check` finds in it."""

    manifest: Manifest
    faults: tuple[Problem, ...]


def restore(source: Path, target: Path) -> Restored:
    """An office out of a backup into a new folder, whole or not at all, compared file by file with the backup's list.

    Raises CannotWrite where something is there, Damaged where the backup is not what it was.
    """
    if os.path.lexists(target):
        raise CannotWrite(f"{target} 已经有了：只恢复到新的文件夹，请换一个名字")
    if not target.parent.is_dir():
        raise CannotWrite(f"没有文件夹 {target.parent}：请先建好")
    with archive.opened(source) as one:
        work = target.absolute().with_name(f".wuye-{os.getpid()}-{clock.serial()}.tmp")
        try:
            with disk.wording(str(target)):
                work.mkdir(0o700)
                found = unpack(one, work)
                getattr(os, "sync", int)()  # git's files and ours alike
                (work / OFFICE).rename(target)
                disk.sync_folder(target.parent)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return found


def verify(source: Path) -> Restored:
    """The same into a temporary folder that is gone afterwards."""
    with archive.opened(source) as one, tempfile.TemporaryDirectory(prefix="wuye-") as work, disk.wording("临时文件夹"):
        return unpack(one, Path(work))


def unpack(one: Archive, work: Path) -> Restored:
    """The office in `work/office`. Raises Damaged where anything is not as the list says."""
    told, root = one.manifest, work / OFFICE
    _refuse_full(told, work)
    root.mkdir(0o700)
    by = {source: [held for held in told.files if held.source == source] for source in (GIT, FILE)}
    if told.history:
        one.take(HISTORY, work / HISTORY)
        git = Git(root)
        bundle.unpack(git, work / HISTORY, told.history.ends)
        (work / HISTORY).unlink()
        if lacking := bundle.lacking(git, told.history.ends, {held.path: held.size for held in by[GIT]}):
            raise Damaged(f"{one.path} 的 git 历史里没有 {lacking[0]}：请换一份备份")
        bundle.check_out(git, [held.path for held in by[GIT]])
    for held in by[FILE]:
        (root / held.path).parent.mkdir(0o700, parents=True, exist_ok=True)
        one.take(manifest.FILES + held.path, root / held.path)
    for held in by[GIT]:
        with (root / held.path).open("rb") as file:
            if archive.measured(archive.pieces(file)) != (held.size, held.sha256):
                raise Damaged(f"{one.path} 里的 {held.path} 与清单的校验值不同：请换一份备份")
    if {path for path, _ in walk(root)} != {held.path for held in told.files}:
        raise Damaged(f"{one.path} 解开后的文件与清单不一致：请换一份备份")
    counts: dict[str, int] = {}
    for name in (held.path for held in told.files if held.path.split("/")[0] in DATA and held.path.endswith(".yaml")):
        count(counts, name, (root / name).read_bytes())
    if counts != dict(told.records):
        raise Damaged(f"{one.path} 解开后的记录数与清单不一致：请换一份备份")
    return Restored(told, faults(Office(root)))


def _refuse_full(told: Manifest, work: Path) -> None:
    needed = told.size + 2 * (told.history.size if told.history else 0)
    free = shutil.disk_usage(work).free
    if needed > free:
        gigabyte = 1024**3
        raise InputOutput(
            f"解开要 {needed / gigabyte:.1f} GB，{work.parent} 所在的盘只剩 {free / gigabyte:.1f} GB：请腾出空间，"
            "或用环境变量 TMPDIR 指定另一块盘上的临时文件夹"
        )


def faults(office: Office) -> tuple[Problem, ...]:
    """What `check` finds in an office; where it cannot run, why."""
    try:
        return tuple(audit(office))
    except WuyeError as error:
        return error.problems


