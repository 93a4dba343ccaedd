"""The office's history underneath: one commit a command, and what git knows of a record (design.md 3)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import clock, disk, relics
from wuye.errors import InputOutput, NotCommitted
from wuye.program import Failed, Program, Ran, reason

ATTRIBUTES = """\
* -text
*.yaml text eol=lf
records/** merge=wuye diff=wuye
books/** merge=wuye diff=wuye
"""
IGNORE = "/.wuye/\n*.wuye-new\n*.wuye-old\n"
COMMIT = "--format=%H%x00%aI%x00%an"
PATIENCE = 5.0
SPARSE = 10
"""Files in either folder; git packs at 27 objects and 51 packs (of two files and more)."""


def letter(root: Path) -> str:
    """The clone's own desk letter, out of `.git/config` without starting git; empty where it has none."""
    text = b""
    with suppress(InputOutput):
        text = disk.read(root / ".git" / "config") or b""
    if b"[wuye]" not in text:
        return ""
    sections = re.findall(rb"^\[wuye\]([^\[]*)", text, re.MULTILINE)
    found = re.findall(rb"^\s*letter\s*=\s*([A-Z])\s*$", b"\n".join(sections), re.MULTILINE)
    return found[-1].decode() if found else ""


class Commit(NamedTuple):
    """One commit of the history: its id, when it was made, by whom."""

    id: str
    at: str
    author: str


class Git(Program):
    """The repository of an office, and its history.

    `head` is the commit at which its history ends for whoever asks: an earlier one for an office as it was known then.
    """

    def __init__(self, root: Path, head: str = "HEAD") -> None:
        super().__init__(root)
        self.head = head
        self.list = self.root / ".wuye" / "uncommitted"

    def sweep_locks(self) -> None:
        """Take away what a killed git left locked."""
        for lock in relics.locks(self.root / ".git"):
            relics.remove_stale(lock)

    def init(self) -> None:
        """Make the repository, or an existing one ours: a diff driver whose hunk headings show the number.

        Raises NotCommitted where git cannot.
        """
        try:
            if not self.is_repository():
                self.run("init", "--quiet", "--template=").check_returncode()
            self.config("diff.wuye.xfuncname", "^- id:[ \t]*(.*)$")
        except (OSError, Failed) as error:
            raise NotCommitted(f"git 仓库没有建成（{reason(error)}）：记录照常保存，但没有历史") from error

    def user_name(self) -> str | None:
        """The name git knows its user by, None where it knows none."""
        if not self.available():
            return None
        with suppress(OSError, Failed):
            return self.run("config", "user.name").stdout.decode("utf-8", "replace").strip() or None
        return None

    def uncommitted(self) -> list[str]:
        """Paths that were saved and not committed; of the past there are none."""
        if self.head != "HEAD":
            return []
        with suppress(InputOutput):
            lines = (disk.read(self.list) or b"").decode("utf-8", "replace").split("\n")
            return [line for line in lines if line and _inside(line)]
        return []

    def expect(self, paths: Sequence[str], only: bool = False) -> None:
        """Write down, as well as it goes, that these paths wait for a commit (`only`: that no others do).

        A commit takes them off. Nothing is written where there is no repository.
        """
        if not self.is_repository():
            return
        known = self.uncommitted()
        every = list(dict.fromkeys(paths if only else [*known, *paths]))
        if every == known:
            return
        with suppress(OSError):
            if every:
                self.list.parent.mkdir(0o700, exist_ok=True)
                temp = self.list.with_suffix(".new")
                temp.unlink(missing_ok=True)
                temp.touch(0o600)
                temp.write_text("\n".join(every) + "\n", "utf-8")
                temp.replace(self.list)
            else:
                self.list.unlink(missing_ok=True)

    def commit(self, paths: Sequence[str], message: str, author: str, new: Sequence[str] = ()) -> None:
        """Commit exactly these paths, and those that earlier commands left; one process unless some are `new`.

        Quiet without git or repository. Raises NotCommitted: the files are saved, the paths are kept for the
        next commit.
        """
        if not self.is_repository() or not self.available():
            return
        # Before git runs: it may be killed, or the machine go down, as well as fail.
        self.expect(paths)
        every = list(dict.fromkeys([*self.uncommitted(), *paths]))
        if not every:
            return
        try:
            self._wait_for_index()
            if there := [p for p in new if (self.root / p).exists()]:
                self.run("add", "--force", "--", *there).check_returncode()
            if self._commit(every, message, author).returncode:
                self._commit_again(every, message, author)
        except (OSError, Failed, KeyboardInterrupt) as error:
            # Ctrl-C while git is slow: what is saved must be told all the same.
            raise NotCommitted(
                f"已保存，但 git 没有提交（{reason(error)}）：请运行 wuye doctor 查看，下次登记会一起提交"
            ) from error
        self.expect([], only=True)

    def _commit(self, paths: Sequence[str], message: str, author: str) -> Ran:
        # Without, git starts another git after each commit, to see whether its objects are to be packed.
        sparse = ["-c", "maintenance.auto=false"] if self._sparse() else []
        command = [*sparse, "commit", "--quiet", "--no-verify", "--only", "--file=-", "--", *paths]
        return self.run(*command, text=message, author=_name(author))

    def _sparse(self) -> bool:
        """Whether git, by its own measure (the objects that begin with 17, and packs), is far from packing anything."""
        objects = self.root / ".git" / "objects"
        counts = []
        for folder in ("17", "pack"):
            try:
                counts.append(len(os.listdir(objects / folder)))  # noqa: PTH208 - after every write
            except FileNotFoundError:
                counts.append(0)
            except OSError:
                return False
        return max(counts) <= SPARSE

    def _commit_again(self, paths: Sequence[str], message: str, author: str) -> None:
        """A commit failed: mend what we can, and see whether there is anything to commit.

        Paths may be unknown to git (it was set up later, or killed before) or gone, and a killed git leaves locks.
        """
        self.sweep_locks()
        listed = self.run("ls-files", "-z", "--", *paths)
        listed.check_returncode()
        known = set(listed.stdout.decode("utf-8", "surrogateescape").split("\0"))
        there = [p for p in paths if p in known or (self.root / p).exists()]
        if unknown := [p for p in there if p not in known]:
            self.run("add", "--force", "--", *unknown).check_returncode()
        same = ["diff", "--quiet", "--ignore-submodules=all", "--no-ext-diff", "--no-textconv", "HEAD", "--", *there]
        if there and self.run(*same).returncode:
            self._commit(there, message, author).check_returncode()

    def end_merge(self, paths: Sequence[str], message: str, author: str) -> bool:
        """Commit a merge that was begun by hand, these paths as they now are; whether git did it."""
        with suppress(OSError, Failed):
            if paths:
                self.run("add", "--force", "--", *paths).check_returncode()
            done = self.run("commit", "--quiet", "--no-verify", "--file=-", text=message, author=_name(author))
            return done.returncode == 0
        return False

    def tag(self, name: str, message: str, author: str) -> None:
        """Name the newest commit: an annotated tag, with who made it and when. Quiet without git or repository.

        Raises NotCommitted: everything is saved and committed all the same. A tag that is there is never moved.
        """
        if not self.is_repository() or not self.available():
            return
        try:
            command = ["tag", "--annotate", "--no-sign", "--file=-", "--", name]
            self.run(*command, text=message, author=_name(author)).check_returncode()
        except (OSError, Failed, KeyboardInterrupt) as error:
            words = f"已保存，但 git 没有打上标签 {name}（{reason(error)}）：签字以记录为准，查不出签字后的改动"
            raise NotCommitted(words) from error

    def tagged(self, name: str) -> str:
        """The commit that a tag names; empty where there is no such tag."""
        return self._asked("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}").strip()

    def first_holding(self, path: str, number: str = "") -> Commit | None:
        """The commit that first held a file, or a record of that number in it; None where none does."""
        # The pattern is a regular expression, and a number holds nothing that means anything in one.
        inside = ["-S", f"^- id: {number}$", "--pickaxe-regex"] if number else ["--diff-filter=A"]
        found = self._commits("--reverse", "--full-history", *inside, self.head, "--", path)
        return found[0] if found else None

    def last_changing(self, path: str, lines: tuple[int, int] | None = None) -> Commit | None:
        """The commit that last changed a file, or some lines of it (from 1, both included).

        None where there is none, or what stands there now was not committed.
        """
        if not self.clean(path):
            return None
        if lines is None:
            found = self._commits("-1", self.head, "--", path)
            return found[0] if found else None
        if not self.is_repository() or not self.available():
            return None
        span = f"-L{lines[0]},{lines[1]}"
        blamed = self._asked("blame", "--porcelain", "--no-textconv", span, self.head, "--", path)
        told: dict[str, tuple[int, str]] = {}
        for part in re.split(r"^(?=[0-9a-f]{40} \d+ \d+)", blamed, flags=re.MULTILINE):
            if time := re.search(r"^committer-time (\d+)$", part, re.MULTILINE):
                told[part[:40]] = (int(time[1]), part[:40])
        # Commits of one second are told apart by the history itself.
        newest = max((time for time, _ in told.values()), default=0)
        names = [name for time, name in told.values() if time == newest]
        several = ("--topo-order", self.head, "--", path) if len(names) > 1 else ("-1", *names)
        found = self._commits(*several)
        return next((one for one in found if one.id in names), None)

    def last_commit(self, path: str) -> str:
        """The short name of the commit that last wrote a path; empty where none did."""
        return self._asked("log", "-1", "--format=%h", "--", path).strip()

    def held(self, path: str, rev: str) -> bytes | None:
        """A file as a revision holds it; None where it does not, or there is no such revision."""
        if not self.is_repository() or not self.available():
            return None
        commit = self._asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}").strip()
        return self.ask("cat-file", "blob", f"{commit}:{path}") if commit else None

    def committed(self, path: str) -> bytes | None:
        """A file as the newest commit holds it, in one process; None where it does not. Raises Damaged."""
        there = self.is_repository() and self.available()
        return self.ask("cat-file", "blob", f"HEAD:{path}") if there else None

    def clean(self, path: str) -> bool:
        """Whether a file stands as it was last committed."""
        if not self.is_repository() or not self.available():
            return False
        if self.head != "HEAD":
            return self.ask("cat-file", "-e", f"{self.head}:{path}") is not None
        with suppress(OSError, Failed):
            same = ["diff", "--quiet", "--ignore-submodules=all", "--no-ext-diff", "--no-textconv", "HEAD", "--", path]
            listed = self.run("ls-files", "-z", "--", path).stdout
            return bool(listed) and not self.run(*same).returncode
        return False

    def _commits(self, *args: str) -> list[Commit]:
        lines = self._asked("log", "--no-ext-diff", "--no-textconv", COMMIT, *args).splitlines()
        return [Commit(*line.split("\0")) for line in lines if line.count("\0") == 2]

    def _asked(self, *args: str) -> str:
        """What git says of its history; nothing without git or repository."""
        if not self.is_repository() or not self.available():
            return ""
        return (self.ask(*args) or b"").decode("utf-8", "replace")

    def _wait_for_index(self) -> None:
        """Another git may be at work: wait a little; what has lain there for a minute is a leftover."""
        lock = self.root / ".git" / "index.lock"
        stop = clock.ticks() + PATIENCE
        while lock.exists():
            relics.remove_stale(lock)
            if clock.ticks() > stop:
                return
            clock.wait(0.05)




def _inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/") and "\0" not in path


def _name(author: str) -> str:
    """The person's name as git takes it: no angle brackets or control characters, at least one letter."""
    clean = "".join(c for c in " ".join(author.split()) if c.isprintable() and c not in "<>")
    return clean if any(c.isalnum() for c in clean) else "desk"
