"""How an office begins: its folder, its settings, its repository."""

from __future__ import annotations

import json
from pathlib import Path

from wuye import disk, settings
from wuye.errors import CannotWrite, NotCommitted
from wuye.git import ATTRIBUTES, IGNORE, Git


def crowded(root: Path) -> bool:
    """Whether the folder holds anything already."""
    return root.is_dir() and any(path.name != ".git" for path in root.iterdir())


def refuse_office(root: Path) -> None:
    """Raises CannotWrite where the folder is an office already, or is no folder."""
    if (root / settings.FILE).exists():
        raise CannotWrite(f"{root} 已经是台账文件夹：请换一个文件夹，或直接使用它")
    if root.exists() and not root.is_dir():
        raise CannotWrite(f"{root} 是一个文件：请换一个文件夹名")


def found(root: Path, name: str, person: str) -> tuple[str, ...]:
    """Make the office; returns what the desk should be told.

    Raises CannotWrite where it is an office already or cannot be written.
    """
    refuse_office(root)
    with disk.wording(str(root)):
        disk.make_folder(root)
        root.chmod(disk.FOLDER_MODE)
    # The settings come last: without them it is no office, and init can be run again.
    text = settings.TEMPLATE.format(name=json.dumps(name, ensure_ascii=False))
    for relative, content in ((".gitattributes", ATTRIBUTES), (".gitignore", IGNORE), (settings.FILE, text)):
        target = root / relative
        temp = root / f".{relative}.new"
        temp.unlink(missing_ok=True)
        disk.replace(target, content.encode(), disk.read(target), temp, relative)
    git = Git(root)
    if not git.available():
        return ("没有安装 git：记录照常保存，但没有历史；装好 git 后在这里运行 git init 即可",)
    try:
        git.init()
        paths = [".gitattributes", ".gitignore", settings.FILE]
        git.commit(paths, f"新建台账 {name}", person or git.user_name() or "前台", new=paths)
    except NotCommitted as error:
        return tuple(str(p) for p in error.problems)
    return ()
