"""The full campaign against faults, by one command; the suite runs short parts of it (tests/test_campaign.py).

    python tests/campaign.py --kills 2000 --lines 10000 --calls 0 --writers 16 --seed 1

`--kills`: commands that write, killed with SIGKILL at a random moment, every second one with its whole process group;
`--lines`: random command lines over every verb; `--calls`: each system call after the lock is taken struck in turn
(strace; the number is how many at most of each command, 0 for all); `--writers`: that many at once, 50 records each.
Zero turns `--kills`, `--lines`, `--writers` off; without `--calls` nothing is struck. What fails ends it with 1.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wuye import cli

NOW = "2026-11-30T10:00+08:00"
SETTING = {"WUYE_NOW": NOW, "WUYE_USER": "李静", "GIT_CONFIG_NOSYSTEM": "1"}
COMPLAINT = "records/2026-11/complaint.yaml"
ALL = ("add", "step", "edit", "import", "payment", "bill run", "undo", "handover give", "routine done", "stocktake")
Make = Callable[[int, random.Random], list[str]]


def told_on_screen(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


KEPT = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


class Ended(NamedTuple):
    """How a command ended: its exit code (negative: the signal), what it printed."""

    code: int
    out: str
    err: str = ""


class Broken(Exception):
    """A promise was not kept."""


def lived(parent: Path) -> Path:
    """An office of a month: made once, copied from then on."""
    return Path(shutil.copytree(made(), parent / "office", symlinks=True))


@cache
def made() -> Path:
    """The office that others are copies of, in a folder that goes with the process."""
    root = Path(KEPT.name) / "office"
    done = subprocess.run(
        [sys.executable, "-m", "wuye", "demo", str(root), "--units", "12", "--months", "1"],
        env={**os.environ, **SETTING}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Broken(done.stderr)
    ids = re.findall(r"(?m)^- id: (\S+)$", (root / COMPLAINT).read_text("utf-8"))
    (root / ".wuye" / "complaints").write_text("\n".join(ids), "utf-8")
    (root / ".wuye" / "room").write_text(
        re.findall(r"(?m)^  room: (\S+)$", (root / "books" / "unit.yaml").read_text("utf-8"))[0], "utf-8"
    )
    return root


def commands(root: Path) -> dict[str, Make]:
    """The commands that write, each with a mark of its own where it takes words."""
    ids = (root / ".wuye" / "complaints").read_text("utf-8").split()
    room = (root / ".wuye" / "room").read_text("utf-8")

    def add(index: int, dice: random.Random) -> list[str]:
        more = ["--repeats", dice.choice(ids)] if dice.random() < 0.5 else []
        return ["complaint", "add", room, mark(index), "--reporter", "王女士", *more, "--yes", "-q"]

    def step(index: int, dice: random.Random) -> list[str]:
        return ["complaint", "inform", dice.choice(ids), "--said", mark(index), "-q"]

    def edit(index: int, dice: random.Random) -> list[str]:
        return ["complaint", "edit", dice.choice(ids), "--text", mark(index), "-q"]

    def brought(index: int, dice: random.Random) -> list[str]:
        path = root / ".wuye" / "brought.csv"
        rows = "".join(f"{room},{mark(index)}之{n},王女士,2026-11-{n + 1:02} 10:00\n" for n in range(9))
        path.write_text(f"room,text,reporter,received\n{rows}", "utf-8")
        return ["import", str(path), "--kind", "complaint", "-q"]

    def payment(index: int, dice: random.Random) -> list[str]:
        return ["payment", "add", room, str(index % 900 + 1), "--way", "微信", "--remark", mark(index), "--yes", "-q"]

    def bill(index: int, dice: random.Random) -> list[str]:
        return ["bill", "run", f"{2027 + index // 12 % 100}-{index % 12 + 1:02}", "--yes", "-q"]

    def undo(index: int, dice: random.Random) -> list[str]:
        return ["undo", "--yes", "-q"]

    def give(index: int, dice: random.Random) -> list[str]:
        return ["handover", "give", "--to", "控制中心", "--remark", mark(index), "--yes", "-q"]

    def routine(index: int, dice: random.Random) -> list[str]:
        day = date(2026, 11, 30) - timedelta(days=index // 10 % 300)
        return ["routine", "done", "papers", "--period", f"{day}", "--text", mark(index), "--yes", "-q"]

    def stock(index: int, dice: random.Random) -> list[str]:
        return ["stocktake", "add", "keys", "--remark", mark(index), "--yes", "-q"]

    return {
        "add": add, "step": step, "edit": edit, "import": brought, "payment": payment, "bill run": bill,
        "undo": undo, "handover give": give, "routine done": routine, "stocktake": stock,
    }  # fmt: skip


def mark(index: int) -> str:
    return f"标{index:06}号"


# --- random kill -9


def started(root: Path, argv: Sequence[str]) -> tuple[int, int]:
    """A command in a process and group of its own; its id, and where its answer is read.

    Forked from a process that has the program loaded: what may be interrupted is the command, not the import.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        return child, reads
    os.setsid()
    os.chdir(root)
    os.environ.update(SETTING)
    os.dup2(writes, 1)
    os.dup2(os.open(root / ".wuye" / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
    code = 70
    try:
        code = cli.run(list(argv))
        sys.stdout.flush()
    finally:
        os._exit(code)


def ended(child: int, reads: int, stop: float = 120.0) -> Ended:
    """Wait for a command, and for the git that may outlive it. Raises Broken where it hangs."""
    told, until = b"", time.monotonic() + stop
    while select.select([reads], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(reads, 65536)
        if not piece:
            break
        told += piece
    else:
        os.killpg(child, signal.SIGKILL)
        raise Broken(f"hangs for {stop} seconds")
    os.close(reads)
    _, status = os.waitpid(child, 0)
    while True:
        try:
            os.killpg(child, 0)
        except ProcessLookupError:
            break
        time.sleep(0.002)
    return Ended(os.waitstatus_to_exitcode(status), told.decode("utf-8", "replace"))


def did(root: Path, *argv: str) -> Ended:
    """A command that nobody kills."""
    return ended(*started(root, argv))


def words_of(root: Path) -> str:
    return "\n".join(p.read_text("utf-8") for f in ("records", "books") for p in sorted((root / f).rglob("*.yaml")))


def whole(root: Path, acknowledged: dict[int, str], numbers: set[str]) -> None:
    """All that was promised: `check` is silent, nothing acknowledged is gone, nothing is there twice or by half."""
    said = did(root, "check")
    if said.code:
        raise Broken(f"check: {said} {(root / '.wuye' / 'said').read_text('utf-8')}")
    text = words_of(root)
    ids = Counter(re.findall(r"(?m)^- id: '?([A-Z]+-[0-9-]+)", text))
    if twice := [name for name, count in ids.items() if count > 1]:
        raise Broken(f"a number twice: {twice}")
    if gone := numbers - set(ids):
        raise Broken(f"acknowledged and gone: {sorted(gone)}")
    for index, name in acknowledged.items():
        if name not in ("bill run", "undo") and mark(index) not in text:
            raise Broken(f"acknowledged and gone: {name} {mark(index)}")
    added = Counter(re.findall(r"(?m)^  text: (标\d{6}号)$", text))
    brought = Counter(re.findall(r"(?m)^  text: (标\d{6}号)之\d$", text))
    if [m for m, count in brought.items() if count != 9] or [m for m, count in added.items() if count > 1]:
        raise Broken(f"by half, or twice: {added}, {brought}")


def kills(
    count: int, seed: int, say: Callable[[str], None] = told_on_screen, folder: Path | None = None,
    only: Sequence[str] = (),
) -> Counter[str]:  # fmt: skip
    """Commands killed at random; raises Broken with what does not hold. The numbers of what happened."""
    parent = Path(tempfile.mkdtemp(dir=folder))
    root = lived(parent)
    dice, told = random.Random(seed), Counter[str]()
    makes = {name: make for name, make in commands(root).items() if name in (only or commands(root))}
    took: dict[str, float] = {}
    acknowledged: dict[int, str] = {}
    numbers: set[str] = set()
    for index in range(count):
        name = list(makes)[index % len(makes)]
        argv = makes[name](index, dice)
        if name == "handover give":  # the one before must be out of the way
            for given in re.findall(r"(?m)^- id: (JJ-\S+)\n  status: given$", words_of(root)):
                did(root, "handover", "void", given, "--reason", "重交", "-q")
        begun = time.monotonic()
        child, reads = started(root, argv)
        struck = name in took  # the first of each shows how long it takes
        if struck:
            time.sleep(max(0.0, begun + dice.uniform(0.05, 1.1) * took[name] - time.monotonic()))
            group = index // len(makes) % 2 == 0
            (os.killpg if group else os.kill)(child, signal.SIGKILL)
            told["killed in a group" if group else "killed alone"] += 1
        end = ended(child, reads)
        if end.code not in (0, 1, 2, 76, -9):
            raise Broken(f"{argv}: {end}")
        if end.code == 0:
            took.setdefault(name, time.monotonic() - begun)
            acknowledged[index] = name
            told["came to its end before"] += bool(struck)
        elif not struck:
            raise Broken(f"{argv}: {end} {(root / '.wuye' / 'said').read_text('utf-8')}")
        told[f"{name}: {'done' if end.code == 0 else 'killed' if end.code == -9 else 'refused'}"] += 1
        if name in ("add", "payment", "import", "handover give", "stocktake"):
            numbers |= set(re.findall(r"(?m)^([A-Z]+-\d{8}-\d+)$", end.out))
        for lock in (root / ".git").rglob("*.lock"):
            os.utime(lock, (1, 1))  # a minute is over
        first = (root / ".wuye" / "complaints").read_text("utf-8").split()[0]
        if struck and (after := did(root, "complaint", "note", first, "其后", "-q")).code:
            raise Broken(f"the next command after {argv}: {after} {(root / '.wuye' / 'said').read_text('utf-8')}")
        if index % 50 == 49 or index == count - 1:
            whole(root, acknowledged, numbers)
            say(f"{index + 1} of {count}: {sum(v for k, v in told.items() if k.startswith('killed'))} killed")
    status = ["git", "status", "--porcelain"]
    dirty = subprocess.run(status, cwd=root, capture_output=True, text=True, check=True).stdout
    if dirty:
        raise Broken(f"not committed: {dirty}")
    shutil.rmtree(parent)
    return told


# --- many writers


def writers(count: int, each: int, folder: Path | None = None) -> int:
    """So many processes at once, each adding records with commits; the number of records, all of them there once."""
    parent = Path(tempfile.mkdtemp(dir=folder))
    root = lived(parent)
    before = Counter(re.findall(r"(?m)^- id: (TS-\S+)", words_of(root)))
    script = (
        "import sys; from wuye import cli\n"
        f"for i in range({each}):\n"
        "    said = ['complaint', 'add', sys.argv[2], f'写{sys.argv[1]}的{i}次', '--reporter', '甲', '--yes', '-q']\n"
        "    assert cli.run(said) == 0\n"
    )
    room = (root / ".wuye" / "room").read_text("utf-8")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(n), room], cwd=root, env={**os.environ, **SETTING},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for n in range(count)
    ]  # fmt: skip
    said = [one.communicate() for one in running]
    if failed := [err.decode() for one, (_, err) in zip(running, said, strict=True) if one.returncode]:
        raise Broken(f"{len(failed)} writers failed: {failed[0]}")
    text = words_of(root)
    numbers = [name for out, _ in said for name in out.decode().split()]
    now = Counter(re.findall(r"(?m)^- id: (TS-\S+)", text))
    if len(set(numbers)) != count * each or now - before != Counter(numbers):
        raise Broken(f"{len(set(numbers))} numbers of {count * each}")
    if len(set(re.findall(r"(?m)^  text: (写\d+的\d+次)$", text))) != count * each:
        raise Broken("not every record is there")
    if (end := did(root, "check")).code:
        raise Broken(f"check: {end}")
    shutil.rmtree(parent)
    return count * each


# --- each system call in turn


CALLS = (
    "openat", "write", "fsync", "fdatasync", "rename", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "close",
    "flock", "ftruncate", "link",
)  # fmt: skip
ERRORS = ("kill", "EIO", "ENOSPC", "EACCES")
CHANGING = ("write", "fsync", "fdatasync", "rename", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "link")


def traced(root: Path, argv: Sequence[str], strike: Sequence[str] = ()) -> tuple[Ended, list[str]]:
    """A command under strace, and the system calls it made. Only the program itself is followed, git is not."""
    trace = root.parent / "trace"
    trace.unlink(missing_ok=True)
    command = ["strace", "-qq", "-y", "-o", str(trace), "-e", f"trace={','.join(CALLS)}", *strike]
    done = subprocess.run(
        [*command, sys.executable, "-X", "frozen_modules=on", "-m", "wuye", *argv], cwd=root,
        env={**os.environ, **SETTING, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=180,
        check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr), trace.read_text("utf-8", "replace").splitlines()


def points(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Every call after the lock is taken that changes something, as strace counts it: its name, the how-manieth."""
    seen, locked = Counter[str](), False
    for line in lines:
        name = line.partition("(")[0]
        if name not in CALLS:
            continue
        seen[name] += 1
        locked = locked or (name == "flock" and "LOCK_EX" in line and line.rstrip().endswith("= 0"))
        if locked and (name in CHANGING or (name == "openat" and "O_CREAT" in line)):
            yield name, seen[name]


def struck(
    names: Sequence[str], most: int, seed: int, say: Callable[[str], None] = told_on_screen, folder: Path | None = None
) -> Counter[str]:
    """The failure point moved over the calls of each command; `most` of each (0: all), spread by the seed."""
    parent = Path(tempfile.mkdtemp(dir=folder))
    template, told, dice = lived(parent), Counter[str](), random.Random(seed)
    did(template, "complaint", "note", (template / ".wuye" / "complaints").read_text("utf-8").split()[0], "先前", "-q")
    for place, name in enumerate(names):
        argv = commands(template)[name](900000 + place, dice)
        root = parent / "one" / "office"

        def fresh(root: Path = root) -> None:
            shutil.rmtree(root.parent, ignore_errors=True)
            shutil.copytree(template, root, symlinks=True)
            if (template / ".wuye" / "brought.csv").exists():
                shutil.copy(template / ".wuye" / "brought.csv", root / ".wuye")

        fresh()
        end, lines = traced(root, argv)
        if end.code:
            raise Broken(f"{argv}: {end}")
        every = [(call, at, error) for call, at in points(lines) for error in ERRORS]
        for call, at, error in sorted(dice.sample(every, most)) if 0 < most < len(every) else every:
            fresh()
            what = "signal=SIGKILL" if error == "kill" else f"error={error}"
            end, _ = traced(root, argv, ["-e", f"inject={call}:{what}:when={at}"])
            where = f"{name}: {error} at {call} {at}"
            if end.code not in (0, 65, 73, 74, 76, -9, 137) or "Traceback" in end.err:
                raise Broken(f"{where}: {end}")
            for lock in (root / ".git").rglob("*.lock"):
                os.utime(lock, (1, 1))
            room = (root / ".wuye" / "room").read_text("utf-8")
            after = did(root, "complaint", "add", room, "其后", "--reporter", "甲", "--yes", "-q")
            if after.code:
                raise Broken(f"{where}: the next command: {after}")
            done = {900000 + place: name} if end.code in (0, 76) else {}
            whole(root, done, set(re.findall(r"(?m)^([A-Z]+-\d{8}-\d+)$", end.out)) if done else set())
            told[f"{name}: {error}, exit code {end.code}"] += 1
        say(f"{name}: {len(every)} points with {len(ERRORS)} errors in it")
    shutil.rmtree(parent)
    return told


def shown(what: str, told: Counter[str]) -> None:
    told_on_screen("\n  ".join([f"{what}:", *(f"{name}: {count}" for name, count in sorted(told.items()))]))


def main() -> int:
    """Run what was asked for; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--kills", "--lines", "--writers", "--seed"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--calls", type=int)
    parser.add_argument("--of", nargs="*", default=[], help="these commands alone")
    asked = parser.parse_args()
    begun = time.monotonic()
    try:
        if asked.writers:
            told_on_screen(f"writers: {writers(asked.writers, asked.each)} of {asked.writers * asked.each}")
        if asked.kills:
            shown("kills", kills(asked.kills, asked.seed, only=asked.of))
        if asked.calls is not None:
            shown("calls", struck(asked.of or ALL, asked.calls, asked.seed))
    except Broken as error:
        told_on_screen(f"BROKEN after {time.monotonic() - begun:.0f} s: {error}")
        return 1
    told_on_screen(f"held, in {time.monotonic() - begun:.0f} s")
    if not asked.lines:
        return 0
    more = {"WUYE_LINES": str(asked.lines)}
    test = ["-m", "pytest", "tests/test_tongue.py", "-k", "any_command_line", f"--hypothesis-seed={asked.seed}"]
    return subprocess.run([sys.executable, *test], env={**os.environ, **more}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
