"""What git does between two desks: fetching, pushing, and a merged commit made of blobs alone (design.md 3).

No work tree is touched here and no driver, filter or hook can run: files are read and written as git's objects.
The other side is named by its address in every call, never as a configured remote, because a remote's settings can
name programs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from wuye import relics
from wuye.errors import Damaged, Refused
from wuye.git import Git
from wuye.program import Failed, Ran, Slow

REMOTE = "origin"
FAR = 600.0
GONE = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")
UNREACHABLE = (
    "could not resolve", "unable to access", "connection refused", "connection timed out", "connection reset",
    "network is unreachable", "no route to host", "operation timed out", "could not read from remote",
    "does not appear to be a git repository", "does not exist", "no such file or directory", "unable to connect",
    "the remote end hung up", "early eof",
)  # fmt: skip
DENIED = ("permission denied", "authentication failed", "dubious ownership", "could not read username", "access denied")
EMPTY = ("couldn't find remote ref", "no such ref was fetched")
LOCKED = "cannot lock ref"
RACED = (
    "[rejected]", LOCKED, "failed to update ref", "failed to lock", "incorrect old value",
    "reference already", "fetch first", "non-fast-forward", "unable to create", "file exists",
)  # fmt: skip


class Offline(Exception):
    """The other side cannot be reached now; the words say why."""


class Raced(Exception):
    """Another desk pushed first."""


class Blob(NamedTuple):
    """A file in a commit: its mode and object; an empty object: it is not there."""

    mode: str
    object: str


class Exchange:
    """One office's repository and the one it shares with the other desks."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self.folder = git.root / ".git"

    # --- where it stands

    @property
    def address(self) -> str:
        """Where the other desks' records are; empty where nobody has said."""
        return self._line("config", "--get", f"remote.{REMOTE}.url")

    def set_address(self, address: str) -> None:
        """Keep where the other desks' records are."""
        self._set(f"remote.{REMOTE}.url", address)
        vars(self).pop("_near", None)
        self._set(f"remote.{REMOTE}.fetch", f"+refs/heads/*:refs/remotes/{REMOTE}/*")

    def set_letter(self, letter: str) -> None:
        """Keep this desk's own letter, with the clone and not with the shared settings."""
        self._set("wuye.letter", letter)

    def _set(self, key: str, value: str) -> None:
        try:
            self.git.config(key, value)
        except (OSError, Failed) as error:
            raise Damaged("git 没有记下这一项：请检查磁盘和权限，再 wuye sync") from error

    @property
    def branch(self) -> str:
        """The branch that is worked on. Raises Refused where there is none."""
        name = self._line("symbolic-ref", "--quiet", "--short", "HEAD")
        if not name:
            raise Refused("仓库没有停在分支上：请先运行 git switch main，再同步")
        return name

    @property
    def head(self) -> str:
        """The newest commit; empty where there is none."""
        return self._line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    @property
    def tracking(self) -> str:
        """The name under which the other side's newest commit is kept here."""
        return f"refs/remotes/{REMOTE}/{self.branch}"

    @property
    def theirs(self) -> str:
        """The other side's newest commit as far as it is known here; empty where none is."""
        return self._line("rev-parse", "--verify", "--quiet", f"{self.tracking}^{{commit}}")

    def unfinished(self) -> str:
        """What somebody began by hand and did not finish; empty where nothing waits."""
        found = [name for name in GONE if (self.folder / name).exists()]
        if not found and self._do("ls-files", "--unmerged", "-z"):
            found = ["MERGE_HEAD"]
        return found[0] if found else ""

    # --- there and back

    def fetch(self) -> str:
        """Fetch the other side's commits; its newest one, empty where it holds none yet.

        Raises Offline where it cannot be reached, Refused where it lets nobody in.
        """
        spec = f"+refs/heads/{self.branch}:{self.tracking}"
        done = self._far("fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules",
                         f"--upload-pack={self._serving('upload-pack')}", "--", self.address, spec)  # fmt: skip
        if done.returncode == 0:
            return self.theirs
        said = _said(done)
        if any(words in said.lower() for words in EMPTY):
            return ""
        if LOCKED in said.lower():
            raise Raced(said)
        self._refuse(said)
        raise Offline(self._why(said))

    def push(self, commit: str) -> None:
        """Give the other side our commits. Raises Raced, Offline, or Refused with what it said."""
        spec = f"{commit}:refs/heads/{self.branch}"
        done = self._far("push", "--quiet", "--follow-tags", "--recurse-submodules=no", "--no-verify",
                         f"--receive-pack={self._serving('receive-pack')}", "--", self.address, spec)  # fmt: skip
        if done.returncode == 0:
            self._do("update-ref", self.tracking, commit)
            return
        said = _said(done)
        lines = (line for line in said.splitlines() if line.startswith("remote:"))
        told = "；".join(line.removeprefix("remote:").strip() for line in lines)
        if "hook declined" in said or ("[remote rejected]" in said and not any(w in said.lower() for w in RACED[1:])):
            why = told or (re.findall(r"\[remote rejected\].*\((.+)\)", said) or ["没有说原因"])[0]
            raise Refused(f"对方不收（{why}）：这台的记录都在，没有发出；请找管对方仓库的人，再 wuye sync")
        if any(words in said.lower() for words in RACED):
            raise Raced(said)
        self._refuse(said)
        raise Offline(self._why(said))

    @cached_property
    def _near(self) -> Path | None:
        """The folder of the shared repository, where it is one and not on a server; as the person's own git finds it.

        Raises Refused where the repository's own settings put another address in the place of the one that is kept.
        """
        if rewritten := self.git.rewritten():
            keys = "、".join(rewritten)
            raise Refused(f"台账的 .git/config 里有 {keys}，会把同步的地址换掉：请删去这几项，再 wuye sync")
        address = self._line("ls-remote", "--get-url", "--", self.address)
        if address.startswith("file://"):
            return Path(unquote(address.removeprefix("file://")))
        return None if "://" in address or ":" in address.split("/")[0] else Path(address)

    def _serving(self, command: str) -> str:
        """What answers a fetch or takes a push. A server minds its own; for a folder it is a git of this machine, which
        is to sync what it writes and to run nothing that is named there."""
        return self.git.serving(self.git.root / self._near, command) if self._near else f"git-{command}"

    def sweep_locks(self) -> None:
        """Take away what a killed git left locked here, and on the branch in a shared folder."""
        self.git.sweep_locks()
        if self._near:
            relics.remove_stale(self._near / "refs" / "heads" / f"{self.branch}.lock", FAR)

    def _why(self, said: str) -> str:
        """Why the other side cannot be reached: a folder on a drive that is not there, else what git says."""
        return f"{self._near} 不在" if self._near and not self._near.exists() else _first(said)

    def _far(self, *args: str) -> Ran:
        try:
            return self.git.run(*args, timeout=FAR)
        except Slow as error:
            raise Offline("十分钟没有答复") from error
        except OSError as error:
            raise Refused("git 无法运行：请检查 git 是否装好") from error

    def _refuse(self, said: str) -> None:
        low = said.lower()
        if any(words in low for words in DENIED):
            raise Refused(f"对方不让进（{_first(said)}）：这台的记录都在，没有发出；请核对权限后再 wuye sync")
        if not any(words in low for words in UNREACHABLE):
            raise Refused(f"同步没有做成（{_first(said)}）：这台的记录都在；请把这句话告诉管电脑的人")
        if not self.theirs and "appear to be a git repository" in low:
            raise Refused(
                f"{self.address} 不是 git 仓库：请核对路径；还没有的话先运行 git init --bare -b {self.branch} 路径，"
                "再 wuye sync --remote 路径"
            )

    # --- commits

    def base(self, one: str, other: str) -> str:
        """The commit from which both came; empty where there is none."""
        return self._line("merge-base", one, other)

    def count(self, since: str, until: str) -> int:
        """How many commits lead from one to another."""
        return int(self._line("rev-list", "--count", "--no-merges", f"{since}..{until}" if since else until) or 0)

    def changed(self, before: str, after: str) -> dict[str, Blob]:
        """What a file is in a later commit, of those that differ."""
        plain = ("-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-textconv")
        told = self._do("diff-tree", *plain, before, after)
        words = told.decode("utf-8", "surrogateescape").split("\0")
        found: dict[str, Blob] = {}
        for head, path in zip(words[::2], words[1::2], strict=False):
            parts = head.split(" ")
            found[path] = Blob(parts[1], "" if set(parts[3]) == {"0"} else parts[3])
        return found

    def blob(self, data: bytes) -> str:
        """Keep bytes as an object; its name."""
        return self._do("hash-object", "-w", "--no-filters", "--stdin", text=data).decode().strip()

    def tree(self, start: str, files: Mapping[str, Blob], index: Path) -> str:
        """The tree of a commit with some files changed, made in an index of its own."""
        try:
            self._do("read-tree", start, index=index)
            lines = (f"{b.mode if b.object else 0} {b.object or '0' * 40}\t{path}\0" for path, b in files.items())
            words = "".join(lines).encode("utf-8", "surrogateescape")
            self._do("update-index", "-z", "--index-info", text=words, index=index)
            return self._do("write-tree", index=index).decode().strip()
        finally:
            index.unlink(missing_ok=True)

    def commit_tree(self, tree: str, parents: Sequence[str], message: str, author: str) -> str:
        """A commit of that tree."""
        given = [part for one in parents for part in ("-p", one)]
        return self._do("commit-tree", *given, "-F", "-", tree, text=message, author=author).decode().strip()

    def move(self, new: str, old: str) -> None:
        """Let the branch name the new commit, if it still names the old one; then the index shows it."""
        self._do("update-ref", "-m", "wuye sync", "HEAD", new, old)
        self.refresh()

    def refresh(self) -> None:
        """The index as the newest commit has it: a sync that was killed may have left an older one."""
        self.git.run("reset", "--quiet", "--mixed", "HEAD", "--")

    def text_merge(self, base: Path, ours: Path, theirs: Path) -> bytes | None:
        """A text file of both sides, line by line; None where they changed the same lines."""
        done = self.git.run("merge-file", "--stdout", "--quiet", str(ours), str(base), str(theirs))
        return done.stdout if done.returncode == 0 else None

    def _line(self, *args: str) -> str:
        return (self.git.ask(*args) or b"").decode("utf-8", "surrogateescape").strip()

    def _do(self, *args: str, text: str | bytes = "", author: str = "", index: Path | None = None) -> bytes:
        try:
            done = self.git.run(*args, text=text, author=author, index=index)
        except (OSError, Failed) as error:
            raise Damaged("git 没有答复：请运行 wuye doctor 查看，再 wuye sync") from error
        if done.returncode:
            raise Damaged(f"git {args[0]} 没有做成（{_first(_said(done))}）：记录没有动；请运行 wuye doctor 查看")
        return done.stdout


def _said(done: Ran) -> str:
    return done.stderr.decode("utf-8", "replace").strip()


def _first(said: str) -> str:
    lines = said.splitlines() or ["没有说原因"]
    return next((x for x in lines if x.startswith(("fatal:", "error:", "ssh:"))), lines[0]).strip()
