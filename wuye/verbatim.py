"""Whether git keeps the bytes that stand in the files, and keeps them here: it says no word where it does not."""

from __future__ import annotations

import os
from pathlib import Path

from wuye.git import Git

ASKED = ("text", "eol", "ident", "working-tree-encoding")
UNSET = ("unspecified", "unset")


def converted(git: Git) -> dict[str, list[str]]:
    """The attributes by which git keeps other bytes than a file holds, with the files. Raises Damaged.

    Ours (`wuye.git.ATTRIBUTES`) are as they should be. Filters are a person's own, or do not run.
    """
    listed = git.ask("ls-files", "-z") or b""
    told = (git.ask("check-attr", "-z", "--stdin", *ASKED, text=listed) or b"").decode("utf-8", "surrogateescape")
    found: dict[str, list[str]] = {}
    words = told.split("\0")
    for path, attribute, value in zip(words[::3], words[1::3], words[2::3], strict=False):
        if value in UNSET or (path.endswith(".yaml") and (attribute, value) in (("text", "set"), ("eol", "lf"))):
            continue
        found.setdefault(attribute if value == "set" else f"{attribute}={value}", []).append(path)
    return found


def elsewhere(git: Git) -> list[str]:
    """Links in the repository, through which git reads and writes somewhere else; not among its many objects."""
    top = git.root / ".git"
    found = [top] if top.is_symlink() else []
    for folder, folders, files in os.walk(top):
        found += [path for name in (*folders, *files) if (path := Path(folder, name)).is_symlink()]
        folders[:] = [name for name in folders if (folder, name) != (str(top), "objects")]
    return sorted(path.relative_to(git.root).as_posix() for path in found)
