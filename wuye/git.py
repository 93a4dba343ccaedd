"""git underneath: one commit a command, nothing of the repository's own settings may run (design.md 3)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from wuye import clock
from wuye.errors import NotCommitted

ATTRIBUTES = """\
* -text
*.yaml text eol=lf
records/** merge=wuye diff=wuye
books/** merge=wuye diff=wuye
"""
IGNORE = "/.wuye/\n*.wuye-new\n"
HARDENED = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotepath=false", "core.attributesFile=/dev/null",
    "core.safecrlf=false", "commit.gpgsign=false", "core.fsync=all",
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
STALE, PATIENCE = 60.0, 5.0
TIMEOUT = 120


class Git:
    """The repository in an office's own folder; one further up is never touched."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.list = root / ".wuye" / "uncommitted"

    def available(self) -> bool:
        """Whether the program git is there."""
        return shutil.which("git") is not None

    def is_repository(self) -> bool:
        """Whether the office has a repository of its own."""
        return (self.root / ".git").exists()

    def _run(self, *args: str, text: str = "", config: Sequence[str] = ()) -> subprocess.CompletedProcess[bytes]:
        settings = [part for one in (*HARDENED, *config) for part in ("-c", one)]
        env = {k: v for k, v in os.environ.items() if k not in LOCAL and not k.startswith(("GIT_TRACE", "GIT_CONFIG_"))}
        env |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "EMAIL": env.get("EMAIL") or OWN_MAIL}
        command = ["git", f"--git-dir={self.root / '.git'}", f"--work-tree={self.root}", "--no-pager", *settings, *args]
        return subprocess.run(
            command, input=text.encode(), capture_output=True, cwd=self.root, env=env, timeout=TIMEOUT, check=False
        )

    def init(self) -> None:
        """Make the repository, with a diff driver whose hunk headings show the record's number."""
        self._run("init", "--quiet")
        self._run("config", "diff.wuye.xfuncname", "^- id:[ \t]*(.*)$")

    def user_name(self) -> str | None:
        """The name git knows its user by, None where it knows none."""
        if not self.available():
            return None
        with suppress(OSError, subprocess.SubprocessError):
            return self._run("config", "user.name").stdout.decode("utf-8", "replace").strip() or None
        return None

    def uncommitted(self) -> list[str]:
        """Paths that were saved and not committed."""
        with suppress(OSError):
            return [line for line in self.list.read_text("utf-8").splitlines() if line]
        return []

    def commit(self, paths: Sequence[str], message: str, author: str, new: Sequence[str] = ()) -> None:
        """Commit exactly these paths, and those that a failed commit left.

        Quiet without git or repository. Raises NotCommitted: the files are saved, the paths are kept for the
        next commit.
        """
        if not self.is_repository() or not self.available():
            return
        left = self.uncommitted()
        every = list(dict.fromkeys([*left, *paths]))
        try:
            self._wait_for_index()
            self._commit(every, [*left, *new], message, author)
        except (OSError, subprocess.SubprocessError) as error:
            self._keep(every)
            raise NotCommitted(
                f"已保存，但 git 没有提交（{_reason(error)}）：请运行 wuye doctor 查看，下次登记会一起提交"
            ) from error
        if left:
            with suppress(OSError):
                self.list.unlink()

    def _commit(self, paths: Sequence[str], new: Sequence[str], message: str, author: str) -> None:
        name = " ".join(author.replace("<", "").replace(">", "").split()) or "desk"
        there = [p for p in new if (self.root / p).exists()]
        if there:
            self._run("add", "--force", "--", *there).check_returncode()
        done = self._run(
            "commit", "--quiet", "--no-verify", "--only", "--file=-", "--", *paths,
            text=message, config=[f"user.name={name}"],
        )  # fmt: skip
        if done.returncode and b"nothing to commit" not in done.stdout and b"no changes added" not in done.stdout:
            done.check_returncode()

    def _wait_for_index(self) -> None:
        """Another git may be at work: wait a little; what has lain there for a minute is a leftover."""
        lock = self.root / ".git" / "index.lock"
        stop = clock.ticks() + PATIENCE
        while lock.exists():
            with suppress(FileNotFoundError):
                if clock.age(lock.stat().st_mtime) > STALE:
                    lock.unlink()
                    return
            if clock.ticks() > stop:
                return
            clock.wait(0.05)

    def _keep(self, paths: Sequence[str]) -> None:
        with suppress(OSError):
            self.list.parent.mkdir(0o700, exist_ok=True)
            self.list.write_text("\n".join(paths) + "\n", "utf-8")


def _reason(error: BaseException) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        return f"git 退出码 {error.returncode}" + (f"：{lines[-1]}" if lines else "")
    return "git 没有在两分钟内答复" if isinstance(error, subprocess.TimeoutExpired) else "git 无法运行"
