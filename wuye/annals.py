"""What git remembers of an office: its commits, newest first, and files as they were. Nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

from wuye import disk
from wuye.errors import Damaged, InputOutput, Refused
from wuye.git import Git

FIRST, CHUNK, TOGETHER = 20, 1000, 200
AS_LISTED = (
    "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-decorate",
    "--format=%x01%H%x00%P%x00%aI%x00%an%x00%B%x00",
)  # fmt: skip
AS_DATED = ("-z", "--no-patch", "--no-color", "--no-decorate", "--format=%H%x00%aI%x00%an")
# What somebody may have set up for reading, and a program must not see.
PLAIN = (
    "log.showSignature=false", "log.showRoot=true", "log.follow=false", "log.mailmap=false", "log.diffMerges=off",
    "i18n.logOutputEncoding=UTF-8", "status.renames=false",
)  # fmt: skip


class Commit(NamedTuple):
    """One commit: its hash, those it follows (none: the first, or where a shallow clone ends), when and by whom
    it was written, its message, and the paths it changed (none for a merge)."""

    hash: str
    parents: tuple[str, ...]
    at: str
    author: str
    message: str
    paths: tuple[str, ...]

    @property
    def short(self) -> str:
        """The hash as people write it."""
        return self.hash[:10]


class Leaf(NamedTuple):
    """One file of a commit: its path, the mode that git gives it, the name of its bytes, how many they are."""

    path: str
    mode: str
    blob: str
    size: int


class Annals:
    """The history of an office's repository. Every method raises Damaged where git cannot read it."""

    def __init__(self, git: Git) -> None:
        self.git = git

    def need(self) -> None:
        """Raises Refused where there is no history to read."""
        if not self.git.available():
            raise Refused("没有安装 git，没有历史可查：请先安装 git")
        if not self.git.is_repository():
            raise Refused("这个台账不是 git 仓库，没有历史可查：请在台账文件夹里运行 git init，以后的改动就有历史")

    def there(self) -> bool:
        """Whether there is a history to read."""
        return self.git.available() and self.git.is_repository()

    def commits(self, *options: str, paths: Sequence[str] = (), most: int = 0, skip: int = 0) -> list[Commit]:
        """Commits that lead to HEAD, newest first, of these paths (all without)."""
        limits = [f"--max-count={most}"] if most else []
        return _taken_apart(self._log(*AS_LISTED, *limits, f"--skip={skip}", *options, self.git.head, "--", *paths))

    def walk(self, *options: str, paths: Sequence[str] = (), first: int = FIRST) -> Iterator[Commit]:
        """The same, asked for little by little: most questions are answered by the `first` few (0: all at once)."""
        skip, most = 0, first
        while found := self.commits(*options, paths=paths, most=most, skip=skip):
            yield from found
            if not most:
                return
            skip, most = skip + most, CHUNK

    def dated(self, *options: str, paths: Sequence[str] = ()) -> Iterator[Commit]:
        """The same with no more than when and by whom: what each one changed is most of git's work."""
        for some in ((f"--max-count={CHUNK}",), (f"--skip={CHUNK}",)):  # few questions go further back
            told = self._log(*AS_DATED, *some, *options, self.git.head, "--", *paths)
            words = iter(told.decode("utf-8", "surrogateescape").split("\0"))
            yield from (Commit(name, (), at, by, "", ()) for name, at, by in zip(words, words, words, strict=False))

    def whole(self, names: Sequence[str], paths: Sequence[str] = ()) -> list[Commit]:
        """These commits with all that is told of them, in this order. Raises Damaged."""
        found = []
        for start in range(0, len(names), TOGETHER):
            some = names[start : start + TOGETHER]
            found += _taken_apart(self._log(*AS_LISTED, "--no-walk=unsorted", *some, "--", *paths))
        return found

    def tip(self) -> str:
        """The commit at which the history ends; empty where there is none."""
        return (self._ask("rev-parse", "--verify", "--quiet", self.git.head) or b"").decode("ascii", "replace").strip()

    def latest(self, stamp: int) -> Commit | None:
        """The newest commit of the office's own line that was made by then (seconds since 1970); None where none was.

        The own line: what another desk had by then, and sent later, was not known here. `at` is when it was committed.
        """
        only = ("--max-count=1", "--first-parent", f"--min-age={stamp}", "--no-color", "--no-decorate")
        told = self._ask("log", *only, "--format=%H%x00%cI%x00%an", self.git.head, "--")
        words = (told or b"").decode("utf-8", "replace").strip().split("\0")
        return Commit(words[0], (), words[1], words[2], "", ()) if len(words) == 3 else None

    def elsewhere(self, commit: str, stamp: int) -> int:
        """How many commits made by then came in only later, from other desks; none where there are no others."""
        with suppress(InputOutput):
            if b"[remote" not in (disk.read(self.git.root / ".git" / "config") or b"[remote"):
                return 0
        only = ("--count", "--no-merges", f"--min-age={stamp}", self.git.head, f"^{commit}")
        return int((self._ask("rev-list", *only) or b"0").strip() or 0)

    def first(self) -> Commit | None:
        """The oldest commit of the office's own line; None where there is none."""
        told = self._ask("log", "--first-parent", "--no-color", "--no-decorate", "--format=%H%x00%cI%x00%an",
                         self.git.head, "--")  # fmt: skip
        words = (told or b"").decode("utf-8", "replace").strip().split("\n")[-1].split("\0")
        return Commit(words[0], (), words[1], words[2], "", ()) if len(words) == 3 else None

    def tree(self, commit: str) -> list[Leaf]:
        """Every file that a commit holds, by path. Raises Damaged."""
        told = self._ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit)
        if told is None:
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")
        found = []
        for line in told.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, _, blob, size = head.split()
            length = int(size) if size.isdigit() else 0
            found.append(Leaf(path.decode("utf-8", "surrogateescape"), mode.decode(), blob.decode(), length))
        return found

    def blobs(self, names: Sequence[str]) -> list[bytes]:
        """The bytes of files by the names that git gives them. Raises Damaged where one is not there."""
        found = self._batch("".join(f"{name}\n" for name in names))
        if len(found) != len(names) or any(one is None for one in found):
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")
        return [one for one in found if one is not None]

    def show(self, names: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """Files as commits hold them, by (commit, path); None where there is none."""
        found = self._batch("".join(f"{commit}:{path}\n" for commit, path in names))
        if len(found) != len(names):
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")
        return found

    def _batch(self, names: str) -> list[bytes | None]:
        """What git holds under these names, one a line; None for one that it does not know."""
        data = self._ask("cat-file", "--batch", text=names)
        found: list[bytes | None] = []
        place = 0
        while data and place < len(data):
            end = data.find(b"\n", place)
            size = re.fullmatch(rb"[0-9a-f]+ blob (\d+)", data[place:end])
            place = end + 1
            found.append(data[place : place + int(size[1])] if size else None)
            place += int(size[1]) + 1 if size else 0
        return found

    def changed(self) -> list[str]:
        """Paths that differ from the last commit, new ones too; of the past there are none."""
        if self.git.head != "HEAD":
            return []
        told = self._ask("--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=all",
                         "--ignore-submodules=all")  # fmt: skip
        if told is None:
            raise Damaged("git 状态读不出来：请运行 git status 查看，或从备份取回 .git")
        return sorted(line[3:] for line in told.decode("utf-8", "surrogateescape").split("\0") if line)

    def differing(self, commit: str) -> list[str]:
        """Paths that differ between a commit and now, what is not committed too. Raises Damaged."""
        quiet = ("--ignore-submodules=all", "--no-renames", "--no-ext-diff", "--no-textconv")
        told = self._ask("diff", "--name-only", *quiet, "-z", commit, self.git.head)
        if told is None:
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")
        return sorted({*(told.decode("utf-8", "surrogateescape").split("\0")), *self.changed()} - {""})

    def is_shallow(self) -> bool:
        """Whether only the newest part of the history is here."""
        return (self._ask("rev-parse", "--is-shallow-repository") or b"").strip() == b"true"

    def _log(self, *args: str) -> bytes:
        """What `git log` says; nothing where nothing was ever committed."""
        told = self._ask("log", *args)
        if told is None and self._ask("rev-parse", "--verify", "--quiet", self.git.head) is not None:
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")
        return told or b""

    def _ask(self, *args: str, text: str = "") -> bytes | None:
        return self.git.ask(*(part for one in PLAIN for part in ("-c", one)), *args, text=text)


def _taken_apart(data: bytes) -> list[Commit]:
    """What `git log` printed: after each commit's five values its paths, until the next one begins."""
    words = data.decode("utf-8", "surrogateescape").split("\0")
    starts = [i for i, word in enumerate(words) if re.fullmatch("\x01[0-9a-f]{40,64}", word)]
    found = []
    for start, end in pairwise([*starts, len(words)]):
        head, parents, at, author, message = words[start : start + 5]
        paths = tuple(p for word in words[start + 5 : end] if (p := word.removeprefix("\n")))
        found.append(Commit(head[1:], tuple(parents.split()), at, author, message, paths))
    return found
