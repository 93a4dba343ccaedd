"""An office's history as one file of git's (a bundle): made, and taken apart again in a fresh repository.

Nothing of the repository's own settings, hooks or filters comes along; what a bundle holds is checked before a file
of it is written (docs/backup.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from wuye.errors import Damaged, NotCommitted, Refused
from wuye.git import Git
from wuye.manifest import Ends

PATIENCE = 4 * 3600.0
REAL = "--no-replace-objects"
# The strongest of git's lists of attributes: bytes are written as they were committed.
AS_THEY_ARE = "* -text -eol -ident -filter -working-tree-encoding\n"


class Blob(NamedTuple):
    """A plain file in a commit: its object and its size."""

    id: str
    size: int


def there(git: Git) -> bool:
    """Whether there is a history to keep."""
    return git.available() and git.is_repository()


def ends(git: Git) -> Ends:
    """Where the history ends now."""
    told = git.ask(REAL, "for-each-ref", "--format=%(objectname) %(refname)")
    kind = git.ask("rev-parse", "--show-object-format")
    if told is None or kind is None:
        raise Damaged("git 仓库读不出来：请运行 git fsck 查看，或从备份取回 .git")
    lines = (line.split(" ", 1) for line in told.decode("utf-8", "surrogateescape").splitlines())
    names = {name: commit for commit, name in lines if not name.startswith("refs/replace/")}
    head = (git.ask("symbolic-ref", "--quiet", "HEAD") or b"").decode("utf-8", "replace").strip()
    commit = (git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") or b"").decode().strip()
    return Ends(head, commit, names, kind.decode().strip())


def tree(git: Git, commit: str) -> dict[str, Blob]:
    """Every plain file of a commit by its path; links and modules are none."""
    if not commit:
        return {}
    told = git.ask(REAL, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    if told is None:
        raise Damaged("git 仓库读不出来：请运行 git fsck 查看，或从备份取回 .git")
    found = {}
    for line in told.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = line.partition("\t")
        words = head.split()
        if len(words) == 4 and words[0] in ("100644", "100755"):
            found[path] = Blob(words[2], int(words[3]))
    return found


def blob(git: Git, one: Blob) -> bytes:
    """The bytes of a plain file. Raises Damaged."""
    told = git.ask("cat-file", "blob", one.id)
    if told is None:
        raise Damaged("git 仓库读不出来：请运行 git fsck 查看，或从备份取回 .git")
    return told


def create(git: Git, target: Path) -> None:
    """Every commit that any name leads to, in one file. Raises NotCommitted where git does not give all of it."""
    if (git.ask("rev-parse", "--is-shallow-repository") or b"").strip() == b"true":
        raise NotCommitted("git 历史不全（浅克隆）：请先运行 git fetch --unshallow，再备份一次")
    names = ("--exclude=refs/replace/*", "--all", "HEAD")
    if git.ask(REAL, "bundle", "create", "--quiet", str(target), *names, timeout=PATIENCE) is None:
        raise NotCommitted("git 历史打不成包：请运行 git fsck 查看，或从早先的备份取回 .git，再备份一次")


def unpack(git: Git, source: Path, kept: Ends) -> None:
    """The history out of a bundle into a fresh repository, whole and sound, its index as of HEAD. Raises Damaged."""
    if not git.available():
        raise Refused("这份备份里有 git 历史，这台电脑没有安装 git：请先安装 git 再恢复")
    steps: tuple[tuple[tuple[str, ...], str], ...] = (
        (("init", "--quiet", "--template=", f"--object-format={kept.format}"), ""),
        (("bundle", "verify", "--quiet", str(source)), ""),
        (("bundle", "unbundle", str(source)), ""),
        (("update-ref", "--stdin"), "".join(f"create {name} {commit}\n" for name, commit in kept.names.items())),
        (("symbolic-ref", "HEAD", kept.head) if kept.head else ("update-ref", "--no-deref", "HEAD", kept.commit), ""),
        (("fsck", "--full", "--no-dangling", "--no-reflogs", "--no-progress"), ""),
        *(((("read-tree", kept.commit), ""),) if kept.commit else ()),
    )
    for words, text in steps:
        if git.ask(REAL, *words, text=text, timeout=PATIENCE) is None:
            raise Damaged(f"备份里的 git 历史不完整或坏了（git {words[0]}）：请换一份备份")
    head = (git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") or b"").decode().strip()
    if head != kept.commit:
        raise Damaged("备份里的 git 历史与清单不一致：请换一份备份")
    git.init()


def check_out(git: Git, paths: Iterable[str]) -> None:
    """Write these files as the index has them, byte for byte, whatever the history says of line ends and filters."""
    listed = "".join(f"{path}\0" for path in paths)
    attributes = git.root / ".git" / "info" / "attributes"
    attributes.parent.mkdir(0o700, exist_ok=True)
    attributes.write_text(AS_THEY_ARE, "utf-8")
    try:
        if git.ask("checkout-index", "--force", "-z", "--stdin", text=listed, timeout=PATIENCE) is None:
            raise Damaged("备份里的文件写不出来：磁盘满了，或备份坏了；请腾出空间再试，或换一份备份")
    finally:
        attributes.unlink()
    git.ask("update-index", "-q", "--refresh", timeout=PATIENCE)


def lacking(git: Git, kept: Ends, wanted: Mapping[str, int]) -> list[str]:
    """Those of the wanted files, with their sizes, that HEAD does not hold so."""
    there = tree(git, kept.commit)
    return [path for path, size in wanted.items() if path not in there or there[path].size != size]
