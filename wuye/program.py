"""The program git, started so that nothing that a repository's own settings name can run (design.md 3)."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from wuye import clock, defused, disk, relics
from wuye.errors import Damaged

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
OWN_MAIL = "desk@wuye.invalid"
OWN_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
"""Where a person's own settings lie; all other `GIT_CONFIG_…` would set something for us."""
ALWAYS = {
    "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    "LC_ALL": "C.UTF-8",
}  # fmt: skip
Ran = subprocess.CompletedProcess[bytes]
Failed, Slow = subprocess.SubprocessError, subprocess.TimeoutExpired
TIMEOUT = 120
PIECE = 1 << 20
CLOSED = re.compile(
    r"bad (\w+ )?config|expected git repo version|unknown repository extension|repository extensions? found"
    r"|not a git repository|invalid value for '",
    re.IGNORECASE,
)
"""What git says of a repository that it cannot open, whatever it is asked."""


class Program:
    """git in the repository of an office's own folder; one further up is never touched."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def available(self) -> bool:
        """Whether the program git is there."""
        return shutil.which("git") is not None

    def is_repository(self) -> bool:
        """Whether the office has a repository of its own."""
        return (self.root / ".git").exists()

    @cached_property
    def _defused(self) -> dict[str, str]:
        """What is set over the repository's own settings, so that none of them starts a program."""
        return defused.environment(defused.overriding(self._settings(self.root / ".git")))

    def _settings(self, git_dir: Path) -> bytes:
        """The settings of a repository as git lists them; nothing where none of them can start anything."""
        if not git_dir.exists() or not defused.suspicious(git_dir):
            return b""
        command = ["git", f"--git-dir={git_dir}", "config", "--list", "--show-scope", "-z"]
        return subprocess.run(
            command, capture_output=True, cwd=self.root, env=self._environment(), check=False
        ).stdout

    def rewritten(self) -> list[str]:
        """The repository's own settings that send an address elsewhere (`url.….insteadOf`)."""
        return defused.rewriting(self._settings(self.root / ".git"))

    def serving(self, folder: Path, command: str) -> str:
        """A shell's line for git's own `command` in a shared repository beside us: nothing of its settings runs there.

        git starts it without our settings; a share's hooks would run at every desk.
        """
        found = (Path(f"{folder}{end}") for end in ("/.git", "", ".git/.git", ".git"))
        git_dir = next((one for one in found if one.is_file() or (one / "HEAD").exists()), folder)
        pairs = [(key, value) for key, _, value in (one.partition("=") for one in HARDENED)]
        told = defused.environment([*pairs, *defused.overriding(self._settings(git_dir))])
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in told.items()), "git", command])

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

    def ask(
        self, *args: str, text: str | bytes = "", timeout: float = TIMEOUT, source: IO[bytes] | None = None,
        into: IO[bytes] | None = None,
    ) -> bytes | None:
        """What git answers about its history; None where it says no. Raises Damaged where it cannot run, or open it.

        What is long is read from an open file and written `into` one, in `timeout` seconds.
        """
        try:
            done = self.run(*args, text=text, timeout=timeout, source=source, into=into)
        except (OSError, subprocess.SubprocessError) as error:
            raise Damaged(f"git 历史读不出来（{reason(error)}）：请运行 wuye doctor 查看") from error
        if done.returncode and (line := _closed(done.stderr)):
            raise Damaged(f"git 打不开这个台账的历史（{line}）：记录都在；请改好 .git/config，或从备份取回 .git")
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
            raise Damaged(f"git 历史读不出来（{reason(error)}）：请运行 wuye doctor 查看") from error

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


def _pieces(stream: IO[bytes], left: int) -> Iterator[bytes]:
    while left and (piece := stream.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _closed(said: bytes) -> str:
    """The line in which git says that it cannot open the repository; empty where there is none."""
    lines = said.decode("utf-8", "replace").splitlines()
    return next((x.removeprefix("fatal: ") for x in lines if x.startswith("fatal:") and CLOSED.search(x)), "")


def reason(error: BaseException) -> str:
    """Why git did not do it, in a few Chinese words with what git said."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
        return f"git 退出码 {error.returncode}" + (f"：{said[0]}" if said else "")
    if isinstance(error, KeyboardInterrupt):
        return "提交被中断"
    if isinstance(error, subprocess.TimeoutExpired):
        return "git 没有在两分钟内答复" if error.timeout <= TIMEOUT else "git 没有及时答复"
    return "git 无法运行"
