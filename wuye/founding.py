"""How an office begins: its folder, its settings, its repository."""

from __future__ import annotations

from pathlib import Path

from wuye import beginning, disk, message, settings
from wuye.errors import CannotWrite, NotCommitted
from wuye.git import ATTRIBUTES, IGNORE, Git


def crowded(root: Path) -> bool:
    """Whether the folder holds anything already."""
    return root.is_dir() and any(path.name != ".git" for path in root.iterdir())


def refuse_office(root: Path, named: str = "") -> None:
    """Raises CannotWrite where the folder (as it was `named`) is an office already, or is no folder."""
    named = named or str(root)
    if (root / settings.FILE).exists():
        raise CannotWrite(f"{named} 已经是台账文件夹：请换一个文件夹，或直接使用它")
    if root.exists() and not root.is_dir():
        raise CannotWrite(f"{named} 是一个文件：请换一个文件夹名")


def found(root: Path, name: str, person: str, charges: str = beginning.CHARGES) -> tuple[str, ...]:
    """Make the office; returns what the desk should be told.

    Raises CannotWrite where it is an office already or cannot be written.
    """
    refuse_office(root)
    with disk.wording(str(root)):
        disk.make_folder(root)
        root.chmod(disk.FOLDER_MODE)
    _add_lines(root, ".gitattributes", ATTRIBUTES)
    _add_lines(root, ".gitignore", IGNORE)
    git = Git(root)
    notes: tuple[str, ...] = ()
    if git.available():
        try:
            git.init()
        except NotCommitted as error:
            notes = tuple(str(p) for p in error.problems)
    else:
        notes = ("没有安装 git：记录照常保存，但没有历史；装好 git 后在这里运行 git init 即可",)
    # The settings come last: without them it is no office, and init can be run again. Killed right after them,
    # the first command still commits all three.
    paths = [".gitattributes", ".gitignore", settings.FILE]
    git.expect(paths)
    _put(root, settings.FILE, None, beginning.starting(name, charges))
    if notes:
        return notes
    try:
        git.commit(paths, message.write(f"新建台账 {name}", "init"), person or git.user_name() or "前台", new=paths)
    except NotCommitted as error:
        notes = tuple(str(p) for p in error.problems)
    return notes


def _add_lines(root: Path, relative: str, ours: str) -> None:
    """A file of lines that holds ours; what somebody had written there stays before them."""
    old = disk.read(root / relative) or b""
    if ours.encode() not in old:
        between = b"\n" if old and not old.endswith(b"\n") else b""
        _put(root, relative, old, old + between + ours.encode())


def _put(root: Path, relative: str, old: bytes | None, new: bytes) -> None:
    temp = root / f".{relative}.new"
    with disk.wording(relative):
        temp.unlink(missing_ok=True)
    disk.replace(root / relative, new, old, temp, relative)
