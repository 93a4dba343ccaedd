"""The failure point moved over the system calls that a command makes after it has taken the lock (strace).

A call that changes something is made to kill the process, and to fail with EIO, ENOSPC and EACCES. One that only
looks at the office's files is made to fail with EIO and EACCES: the disk cannot be full for it, and a kill there
leaves what a kill at the next change leaves. `again`: a journal of an earlier command, killed, is waiting.
"""

from __future__ import annotations

import ctypes
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from faults.kills import prepared
from faults.office import (
    NUMBER,
    Broken,
    Ended,
    age_locks,
    commands,
    copied,
    ended,
    git,
    ids_of,
    kept,
    lived,
    mark,
    must,
    room_of,
    said,
    started,
    told_on_screen,
    words_of,
)  # fmt: skip

CHANGING = (
    "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat2", "unlink", "unlinkat", "mkdir",
    "mkdirat", "link", "utimensat", "chmod", "fchmod",
)  # fmt: skip
OF_LOOKING = {
    "newfstatat": ["EACCES"], "openat": ["EIO", "EACCES"], "read": ["EIO"], "pread64": ["EIO"], "getdents64": ["EIO"],
    "flock": ["EIO"],
}  # fmt: skip
CALLS = (*CHANGING, *OF_LOOKING)
ERRORS = ("kill", "EIO", "ENOSPC", "EACCES")
ENDS = (0, 1, 65, 73, 74, 76, -9)
"""How a struck command may end; 1 where it could not read what it was asked about, or git did not answer."""
FIRST, PENDING = 900000, 999999


class Point(NamedTuple):
    """A system call as strace counts it: its name, the how-manieth, what happens there."""

    call: str
    at: int
    error: str


def points(lines: Sequence[str], office: str, looks: bool = False) -> Iterator[Point]:
    """Every point after the lock is taken, of calls that change something, or that look at the office's own files.

    A file that is looked at in the same way over and over, or in every month, is struck once; so is the index, which
    may be thrown away at any time, written page by page.
    """
    seen, once, locked = Counter[str](), set[tuple[str, str]](), False
    named = re.compile(rf'[<"]({re.escape(office)}(?:/[^>"]*)?)[>"]')
    for line in lines:
        name, _, given = line.partition("(")
        if name not in CALLS:
            continue
        seen[name] += 1
        locked = locked or (name == "flock" and "LOCK_EX" in line and line.rstrip().endswith("= 0"))
        if not locked:
            continue
        found = named.search(re.sub("^AT_FDCWD<[^>]*>", "", given))
        path = re.sub(r"/\d{4}-\d\d/", "/MONTH/", found[1].removeprefix(office)) if found else ""
        changing = name in CHANGING or "O_CREAT" in given
        if not changing or path.startswith("/.wuye/index"):
            if not found or (name, path) in once or path.startswith("/.git/"):
                continue
            once.add((name, path))
        if changing != looks:
            yield from (Point(name, seen[name], error) for error in (ERRORS if changing else OF_LOOKING[name]))


def awaited() -> None:
    """Stop until somebody has attached to this process, and let anybody do so."""
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER: where the kernel asks for it
    os.kill(os.getpid(), signal.SIGSTOP)


def traced(root: Path, argv: Sequence[str], strike: Sequence[str] = ()) -> tuple[Ended, list[str]]:
    """A command under strace, and the system calls it made. Only the program itself is followed, git is not.

    It is attached to a process that has the program loaded and waits: nothing is counted before the command begins.
    """
    trace = root.parent / "trace"
    trace.unlink(missing_ok=True)
    child, reads = started(root, argv, awaited)
    os.waitpid(child, os.WUNTRACED)
    command = ["strace", "-qqq", "-y", "-o", str(trace), "-e", f"trace={','.join(CALLS)}", *strike, "-p", str(child)]
    strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    status = Path(f"/proc/{child}/status")
    while not re.search(r"(?m)^TracerPid:\s+[1-9]", status.read_text()):
        if strace.poll() is not None:
            os.killpg(child, signal.SIGKILL)
            raise Broken(f"strace: {strace.stderr and strace.stderr.read()}")
        time.sleep(0.001)
    os.kill(child, signal.SIGCONT)
    end = ended(child, reads)
    strace.communicate()
    return end._replace(err=said()), trace.read_text("utf-8", "replace").splitlines()


def waiting_journal(root: Path) -> None:
    """An import of two months, killed as soon as its journal holds: the next command is to finish it."""
    argv = commands(root)["import"](PENDING, random.Random(PENDING))
    scratch = copied(root, fresh(root.parent / "scratch") / "office")
    _, lines = traced(scratch, [argv[0], str(scratch / ".wuye" / "brought.csv"), *argv[2:]])
    named = next(i for i, line in enumerate(lines) if line.startswith("rename") and "/journal/manifest\"" in line)
    at = sum(line.startswith("fsync(") for line in lines[:named]) + 1
    traced(root, argv, ["-e", f"inject=fsync:signal=SIGKILL:when={at}"])
    if not (root / ".wuye" / "journal" / "manifest").exists():
        raise Broken("no journal is waiting")


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def held(root: Path, where: str, end: Ended, done: Mapping[int, str], mine: str, silent: set[str]) -> None:
    """After a strike: the next command works, what was said is so, nothing is lost, halved or doubled.

    All is committed, so one `check` tells for all that end in the same tree; those are `silent`.
    """
    if end.code not in ENDS or "Traceback" in end.err or (end.code > 0 and "：" not in end.err):
        raise Broken(f"{where}: {end}")
    if "没有保存" in end.err and mine in words_of(root):
        raise Broken(f"{where}: said that it is not saved, and it is: {end}")
    age_locks(root.parent)
    must(root, "complaint", "add", room_of(root), "其后", "--reporter", "甲", "--yes", "-q", after=where)
    try:
        kept(root, done, set(re.findall(NUMBER, end.out)) if end.code in (0, 76) else set())
        if (root.parent / "hub.git").exists():
            must(root, "sync", "-q", after=where)
            if git(root, "rev-parse", "main") != git(root.parent / "hub.git", "rev-parse", "main"):
                raise Broken("not the same after sync")
        if dirty := git(root, "status", "--porcelain"):
            raise Broken(f"not committed: {dirty}")
        if (tree := git(root, "rev-parse", "HEAD^{tree}")) not in silent:
            must(root, "check")
            silent.add(tree)
    except Broken as error:
        raise Broken(f"{where}: {error}; {end}") from error


def struck(
    names: Sequence[str], most: int, seed: int, say: Callable[[str], None] = told_on_screen, folder: Path | None = None,
    *, again: bool = False, looks: bool = False,
) -> Counter[str]:  # fmt: skip
    """The failure point moved over the calls of each command; `most` of each (0: all), spread by the seed.

    `looks`: over those that only look; `again`: while a journal is waiting. Raises Broken with all that does not hold.
    """
    parent = Path(tempfile.mkdtemp(dir=folder))
    told, dice, broken = Counter[str](), random.Random(seed), list[str]()
    for place, name in enumerate(names):
        index = FIRST + place
        template = lived(fresh(parent / "template"))
        must(template, "complaint", "note", ids_of(template)[0], "先前", "-q")
        prepared(template, name, index)
        if again:
            waiting_journal(template)
        argv = commands(template)[name](index, dice)
        root = parent / "one" / "office"

        def anew(root: Path = root, template: Path = template, name: str = name) -> None:
            fresh(root.parent)
            for one in ("office", "hub.git")[: 2 if name == "sync" else 1]:
                shutil.copytree(template.parent / one, root.parent / one, symlinks=True, copy_function=shutil.copyfile)

        git(template, "config", "remote.origin.url", str(root.parent / "hub.git"))
        silent = set[str]()
        anew()
        end, lines = traced(root, argv)
        if end.code:
            raise Broken(f"{argv}: {end}")
        every = list(points(lines, str(root), looks))
        say(f"{name}: {len(every)} points")
        for point in sorted(dice.sample(every, most)) if 0 < most < len(every) else every:
            anew()
            what = "signal=SIGKILL" if point.error == "kill" else f"error={point.error}"
            end, _ = traced(root, argv, ["-e", f"inject={point.call}:{what}:when={point.at}"])
            done = {index: name} if end.code in (0, 76) else {}
            try:
                if point.error == "kill" and end.code != -9:
                    raise Broken(f"{name}: {point} was never reached")
                held(root, f"{name}: {point}", end, done | ({PENDING: "import"} if again else {}), mark(index), silent)
            except Broken as error:
                broken.append(str(error))
                say(f"BROKEN {error}")
            told[f"{name}: {point.error}, exit code {end.code}"] += 1
    shutil.rmtree(parent)
    if broken:
        raise Broken(f"{len(broken)} of {told.total()} points")
    return told
