"""git underneath: one commit a command, nothing of the repository's own settings may run (design.md 3)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from wuye import clock, defused, disk, relics
from wuye.errors import Damaged, NotCommitted

ATTRIBUTES = """\
* -text
*.yaml text eol=lf
records/** merge=wuye diff=wuye
books/** merge=wuye diff=wuye
"""
IGNORE = "/.wuye/\n*.wuye-new\n*.wuye-old\n"
HARDENED = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotepath=false", "core.attributesFile=/dev/null",
    "core.safecrlf=false", "commit.gpgsign=false", "core.fsync=all", "i18n.commitEncoding=UTF-8",
    "user.useConfigOnly=false", "init.defaultBranch=main", "push.gpgSign=false", "submodule.recurse=false",
    "diff.ignoreSubmodules=all",
)  # fmt: skip
# The variables that `git rev-parse --local-env-vars` names, and those that start programs of their own.
LOCAL = frozenset(
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "GIT_OBJECT_DIRECTORY",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_GRAFT_FILE",
        "GIT_INDEX_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_REPLACE_REF_BASE",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_COMMON_DIR",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_EXTERNAL_DIFF",
        "GIT_EDITOR",
        "GIT_PAGER",
    ]
)
COMMIT = "--format=%H%x00%aI%x00%an"
OWN_MAIL = "desk@wuye.invalid"
OWN_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""Where a person's own settings lie; all other `GIT_CONFIG_…` would set something for us."""
ALWAYS = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    "LC_ALL": "C.UTF-8",
}  # fmt: skip
Ran = subprocess.CompletedProcess[bytes]
Failed, Slow = subprocess.SubprocessError, subprocess.TimeoutExpired
PATIENCE = 5.0
TIMEOUT = 120
SPARSE = 10
"""Files in either folder; git packs at 27 objects and 51 packs (of two files and more)."""
PIECE = 1 << 20


def letter(root: Path) -> str:
    """The clone's own desk letter, out of `.git/config` without starting git; empty where it has none."""
    try:
        text = (root / ".git" / "config").read_bytes()
    except OSError:
        return ""
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


class Git:
    """The repository in an office's own folder; one further up is never touched.

    `head` is the commit at which its history ends for whoever asks: an earlier one for an office as it was known then.
    """

    def __init__(self, root: Path, head: str = "HEAD") -> None:
        self.root = root.absolute()
        self.head = head
        self.list = self.root / ".wuye" / "uncommitted"

    def available(self) -> bool:
        """Whether the program git is there."""
        return shutil.which("git") is not None

    def is_repository(self) -> bool:
        """Whether the office has a repository of its own."""
        return (self.root / ".git").exists()

    @cached_property
    def _defused(self) -> dict[str, str]:
        """What is set over the repository's own settings, so that none of them starts a program."""
        if not self.is_repository() or not defused.suspicious(self.root / ".git"):
            return {}
        command = ["git", f"--git-dir={self.root / '.git'}", "config", "--list", "--show-scope", "-z"]
        listed = subprocess.run(command, capture_output=True, cwd=self.root, env=self._environment(), check=False)
        return defused.environment(defused.overriding(listed.stdout))

    def _environment(self) -> dict[str, str]:
        every = os.environ
        kept = {k: v for k, v in every.items() if k not in LOCAL and not k.startswith(("GIT_TRACE", "GIT_CONFIG_"))}
        kept |= {k: every[k] for k in OWN_SETTINGS if k in every}
        return {**kept, **ALWAYS, "EMAIL": kept.get("EMAIL") or OWN_MAIL}

    def _prepared(self, args: Sequence[str], author: str = "") -> tuple[list[str], dict[str, str]]:
        """The command line and the environment in which nothing of the repository's own settings runs."""
        settings = [part for one in HARDENED for part in ("-c", one)]
        env = self._environment() | self._defused
        if author:
            # The setting alone would give way to `author.name` and to the variable.
            settings += ["-c", f"user.name={author}"]
            env["GIT_AUTHOR_NAME"] = author
            if fixed := clock.fixed():
                env = {"GIT_AUTHOR_DATE": fixed, "GIT_COMMITTER_DATE": fixed} | env
        command = ["git", f"--git-dir={self.root / '.git'}", f"--work-tree={self.root}", "--no-pager", *settings, *args]
        return command, env

    def run(
        self, *args: str, text: str | bytes = "", author: str = "", index: Path | None = None,
        timeout: float = TIMEOUT, source: IO[bytes] | None = None, into: IO[bytes] | None = None,
    ) -> Ran:
        """One git, whatever it answers; `index` stands in for the repository's own. Raises OSError, SubprocessError.

        What is long is read from an open file and written `into` one. Half an index is made anew.
        """
        command, env = self._prepared(args, author)
        words = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        told: dict[str, Any] = {"stdin": source} if source else {"input": words}
        done = subprocess.run(
            command,
            **told,
            stdout=into or subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.root,
            env=env | ({"GIT_INDEX_FILE": str(index)} if index else {}),
            umask=0o077,
            timeout=timeout,
            check=False,
        )
        if done.returncode and not (index or source) and relics.put_index_aside(self.root / ".git", done.stderr):
            self.run("read-tree", "HEAD")
            return self.run(*args, text=text, author=author, timeout=timeout, into=into)
        return done

    def config(self, key: str, value: str) -> None:
        """Keep a setting, on the disk when this returns: git syncs no settings."""
        self.run("config", "--replace-all", key, value).check_returncode()
        with (self.root / ".git" / "config").open("rb") as file:
            disk.flush(file.fileno())
        disk.sync_folder(self.root / ".git")

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
        except (OSError, subprocess.SubprocessError) as error:
            raise NotCommitted(f"git 仓库没有建成（{_reason(error)}）：记录照常保存，但没有历史") from error

    def user_name(self) -> str | None:
        """The name git knows its user by, None where it knows none."""
        if not self.available():
            return None
        with suppress(OSError, subprocess.SubprocessError):
            return self.run("config", "user.name").stdout.decode("utf-8", "replace").strip() or None
        return None

    def uncommitted(self) -> list[str]:
        """Paths that were saved and not committed; of the past there are none."""
        if self.head != "HEAD":
            return []
        with suppress(OSError):
            lines = self.list.read_text("utf-8", "replace").split("\n")
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
        except (OSError, subprocess.SubprocessError, KeyboardInterrupt) as error:
            # Ctrl-C while git is slow: what is saved must be told all the same.
            raise NotCommitted(
                f"已保存，但 git 没有提交（{_reason(error)}）：请运行 wuye doctor 查看，下次登记会一起提交"
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
        with suppress(OSError, subprocess.SubprocessError):
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
        except (OSError, subprocess.SubprocessError, KeyboardInterrupt) as error:
            words = f"已保存，但 git 没有打上标签 {name}（{_reason(error)}）：签字以记录为准，查不出签字后的改动"
            raise NotCommitted(words) from error

    def tagged(self, name: str) -> str:
        """The commit that a tag names; empty where there is no such tag."""
        return self._asked("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}").strip()

    def ask(
        self, *args: str, text: str = "", timeout: float = TIMEOUT, source: IO[bytes] | None = None,
        into: IO[bytes] | None = None,
    ) -> bytes | None:
        """What git answers about its history; None where it says no. Raises Damaged where it cannot run.

        What is long is read from an open file and written `into` one, in `timeout` seconds.
        """
        try:
            done = self.run(*args, text=text, timeout=timeout, source=source, into=into)
        except (OSError, subprocess.SubprocessError) as error:
            raise Damaged(f"git 历史读不出来（{_reason(error)}）：请运行 wuye doctor 查看") from error
        return None if done.returncode else done.stdout or b""

    @contextmanager
    def _running(self, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        command, env = self._prepared(args)
        try:
            pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
            with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, cwd=self.root, env=env) as git:
                try:
                    yield git
                except BaseException:
                    git.kill()
                    raise
        except OSError as error:
            raise Damaged(f"git 历史读不出来（{_reason(error)}）：请运行 wuye doctor 查看") from error

    def lines(self, *args: str) -> Iterator[bytes]:
        """What git prints, line by line as it comes: a long history is never held whole. Raises Damaged."""
        with self._running(*args) as git:
            assert git.stdin and git.stdout
            git.stdin.close()
            yield from git.stdout
        if git.returncode:
            raise Damaged("git 历史读不出来：请运行 git fsck 查看，或从备份取回 .git")

    def objects(self, names: Iterable[str]) -> Iterator[tuple[str, str, Iterator[bytes]]]:
        """Objects by name: name, type and content, in pieces that are to be read before the next one is asked for."""
        with self._running("cat-file", "--batch") as git:
            assert git.stdin and git.stdout
            for name in names:
                git.stdin.write(f"{name}\n".encode())
                git.stdin.flush()
                head = git.stdout.readline().split()
                if len(head) != 3:
                    raise Damaged(f"git 里的 {name[:10]} 读不出来：请运行 git fsck 查看，或从备份取回 .git")
                pieces = _pieces(git.stdout, int(head[2]))
                yield name, head[1].decode(), pieces
                for _ in pieces:
                    pass
                git.stdout.read(1)

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

    def clean(self, path: str) -> bool:
        """Whether a file stands as it was last committed."""
        if not self.is_repository() or not self.available():
            return False
        if self.head != "HEAD":
            return self.ask("cat-file", "-e", f"{self.head}:{path}") is not None
        with suppress(OSError, subprocess.SubprocessError):
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


def _pieces(stream: IO[bytes], left: int) -> Iterator[bytes]:
    while left and (piece := stream.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/") and "\0" not in path


def _name(author: str) -> str:
    """The person's name as git takes it: no angle brackets or control characters, at least one letter."""
    clean = "".join(c for c in " ".join(author.split()) if c.isprintable() and c not in "<>")
    return clean if any(c.isalnum() for c in clean) else "desk"


def _reason(error: BaseException) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
        return f"git 退出码 {error.returncode}" + (f"：{said[0]}" if said else "")
    if isinstance(error, KeyboardInterrupt):
        return "提交被中断"
    if isinstance(error, subprocess.TimeoutExpired):
        return "git 没有在两分钟内答复" if error.timeout <= TIMEOUT else "git 没有及时答复"
    return "git 无法运行"
