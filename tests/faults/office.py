"""An office to attack: made once and copied, its commands in processes that can be killed, what must hold of it."""

from __future__ import annotations

import compileall
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
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import wuye as package
from wuye import cli

NOW = "2026-11-30T10:00+08:00"
SETTING = {"WUYE_NOW": NOW, "WUYE_USER": "李静", "GIT_CONFIG_NOSYSTEM": "1"}
NUMBER = r"(?m)^([A-Z]+-\d{8}-[A-Z]?\d+)$"
Make = Callable[[int, random.Random], list[str]]
KEPT = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


class Ended(NamedTuple):
    """How a command ended: its exit code (negative: the signal), what it printed."""

    code: int
    out: str
    err: str = ""


class Broken(Exception):
    """A promise was not kept."""


def told_on_screen(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def lived(parent: Path) -> Path:
    """An office of a month, the repository it shares and the other desk beside it: made once, copied from then on."""
    parent.mkdir(exist_ok=True)
    return copied(made(), parent / "office")


def copied(source: Path, target: Path) -> Path:
    """A copy of an office with what lies beside it."""
    for name in ("office", "other", "hub.git"):
        if (source.parent / name).is_dir():
            shutil.copytree(source.parent / name, target.parent / name, symlinks=True)
    for name in [name for name in ("office", "other") if (target.parent / name).is_dir()]:
        git(target.parent / name, "config", "remote.origin.url", str(target.parent / "hub.git"))
    return target


def git(root: Path, *args: str) -> str:
    """The real program."""
    return subprocess.run(["git", *args], cwd=root, capture_output=True, text=True, check=True).stdout


@cache
def made() -> Path:
    """The office that others are copies of, in a folder that goes with the process."""
    parent = Path(KEPT.name)
    compileall.compile_dir(Path(package.__file__).parent, quiet=2)  # a source that is read is a call more
    root = parent / "office"
    wuye(parent, "demo", str(root), "--units", "12", "--months", "1")
    unit = re.findall(r"(?m)^  room: (\S+)$", (root / "books" / "unit.yaml").read_text("utf-8"))[0]
    wuye(root, "receiptbook", "add", "战备", "9000000", "9009999", "--drawn-by", "吴婷", "--yes", "-q")
    for day in range(3):  # whoever links to these writes two months
        earlier = ("--reporter", "王女士", "--at", f"2026-10-1{day} 10:00")
        wuye(root, "complaint", "add", unit, f"第{day}件", *earlier, "-q")
    with (root / "wuye.yaml").open("a", encoding="utf-8") as file:  # nobody has done this one yet
        file.write("duties:\n  lamps: {zh: 关灯, every: day, since: 2025-01-01}\n")
    git(parent, "init", "--quiet", "--bare", "-b", "main", "hub.git")
    wuye(root, "sync", "--remote", str(parent / "hub.git"), "--letter", "A")
    git(parent, "clone", "--quiet", "hub.git", "other")
    wuye(parent / "other", "sync", "--letter", "B")
    months = sorted((root / "records").glob("*/complaint.yaml"))[-2:]
    ids = [name for path in months for name in re.findall(r"(?m)^- id: (\S+)$", path.read_text("utf-8"))]
    for one in (root, parent / "other"):
        (one / ".wuye" / "complaints").write_text("\n".join(ids), "utf-8")
        (one / ".wuye" / "room").write_text(unit, "utf-8")
    return root


def wuye(folder: Path, *argv: str) -> None:
    command = [sys.executable, "-m", "wuye", *argv]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **SETTING}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(done.stderr)


def ids_of(root: Path) -> list[str]:
    """The complaints that every copy has."""
    return (root / ".wuye" / "complaints").read_text("utf-8").split()


def room_of(root: Path) -> str:
    return (root / ".wuye" / "room").read_text("utf-8")


def commands(root: Path) -> dict[str, Make]:
    """The commands that write, each with a mark of its own where it takes words."""
    ids, room = ids_of(root), room_of(root)

    def add(index: int, dice: random.Random) -> list[str]:
        more = ["--repeats", dice.choice(ids)] if dice.random() < 0.5 else []
        return ["complaint", "add", room, mark(index), "--reporter", "王女士", *more, "--yes", "-q"]

    def step(index: int, dice: random.Random) -> list[str]:
        return ["complaint", "inform", dice.choice(ids), "--said", mark(index), "-q"]

    def edit(index: int, dice: random.Random) -> list[str]:
        return ["complaint", "edit", dice.choice(ids), "--text", mark(index), "-q"]

    def brought(index: int, dice: random.Random) -> list[str]:
        path = root / ".wuye" / "brought.csv"
        rows = "".join(f"{room},{mark(index)}之{n},王女士,2026-1{n % 2}-{n + 1:02} 10:00\n" for n in range(9))
        path.write_text(f"room,text,reporter,received\n{rows}", "utf-8")
        return ["import", str(path), "--kind", "complaint", "-q"]

    def payment(index: int, dice: random.Random) -> list[str]:
        words = ["--way", "微信", "--cashier", "吴婷", "--next-receipt", "--remark", mark(index)]
        return ["payment", "add", room, str(index % 900 + 1), *words, "--yes", "-q"]

    def bill(index: int, dice: random.Random) -> list[str]:
        return ["bill", "run", f"{2027 + index // 12 % 100}-{index % 12 + 1:02}", "--yes", "-q"]

    def undo(index: int, dice: random.Random) -> list[str]:
        return ["undo", "--yes", "-q"]

    def sync(index: int, dice: random.Random) -> list[str]:
        return ["sync", "-q"]

    def give(index: int, dice: random.Random) -> list[str]:
        return ["handover", "give", "--to", "控制中心", "--remark", mark(index), "--yes", "-q"]

    def routine(index: int, dice: random.Random) -> list[str]:
        day = date(2026, 10, 20) - timedelta(days=index % 290)
        return ["routine", "done", "lamps", "--period", f"{day}", "--text", mark(index), "--yes", "-q"]

    def stock(index: int, dice: random.Random) -> list[str]:
        return ["stocktake", "add", "keys", "--remark", mark(index), "--yes", "-q"]

    def loan(index: int, dice: random.Random) -> list[str]:
        return ["keyloan", "add", f"匙{index}", "赵敏", "--purpose", mark(index), "--yes", "-q"]

    return {
        "add": add, "step": step, "edit": edit, "import": brought, "payment": payment, "bill run": bill,
        "undo": undo, "sync": sync, "handover give": give, "routine done": routine, "stocktake": stock,
        "key loan": loan,
    }  # fmt: skip


def mark(index: int) -> str:
    return f"标{index:06}号"


# --- processes


def started(root: Path, argv: Sequence[str], before: Callable[[], object] = lambda: None) -> tuple[int, int]:
    """A command in a process and group of its own; its id, and where its answer is read. `before` happens in it first.

    Forked from a process that has the program loaded: what may be interrupted is the command, not the import.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        while os.getpgid(child) != child:
            time.sleep(0.0005)
        return child, reads
    code = 70
    try:
        os.setsid()
        os.chdir(root)
        os.environ.update(SETTING)
        os.dup2(writes, 1)
        os.dup2(os.open(f"{KEPT.name}/said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
        sys.dont_write_bytecode = True
        before()
        code = cli.run(list(argv))
        sys.stderr.flush()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
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


def must(root: Path, *argv: str, after: str = "") -> Ended:
    """The same; raises Broken where it does not end well."""
    end = did(root, *argv)
    if end.code:
        raise Broken(f"{after and f'after {after}: '}{argv}: {end} {said()}")
    return end


def said() -> str:
    """What the last command had to say for itself."""
    return Path(KEPT.name, "said").read_text("utf-8", "replace")


def age_locks(parent: Path) -> None:
    """A minute is over: what git left locked is stale."""
    for lock in parent.rglob("*.lock"):
        os.utime(lock, (1, 1))


# --- what must hold


def words_of(root: Path) -> str:
    return "\n".join(p.read_text("utf-8") for f in ("records", "books") for p in sorted((root / f).rglob("*.yaml")))


def whole(root: Path, acknowledged: Mapping[int, str], numbers: set[str]) -> None:
    """All that was promised: `check` is silent, nothing acknowledged is gone, nothing is there twice or by half."""
    must(root, "check")
    kept(root, acknowledged, numbers)


def kept(root: Path, acknowledged: Mapping[int, str], numbers: set[str]) -> None:
    """The same of what can be seen without the program."""
    text = words_of(root)
    ids = Counter(re.findall(r"(?m)^- id: '?([A-Z]+-[A-Z0-9-]+)", text))
    if twice := [name for name, count in ids.items() if count > 1]:
        raise Broken(f"a number twice: {twice}")
    if gone := numbers - set(ids):
        raise Broken(f"acknowledged and gone: {sorted(gone)}")
    for index, name in acknowledged.items():
        if name not in ("bill run", "undo", "sync") and mark(index) not in text:
            raise Broken(f"acknowledged and gone: {name} {mark(index)}")
    halves(text)
    added = Counter(re.findall(r"(?m)^  text: (标\d{6}号)$", text))
    brought = Counter(re.findall(r"(?m)^  text: (标\d{6}号)之\d$", text))
    if [m for m, count in brought.items() if count != 9] or [m for m, count in added.items() if count > 1]:
        raise Broken(f"by half, or twice: {added}, {brought}")


def halves(text: str) -> None:
    """What a command writes into several files is in all of them: payments and receipts, loans and keys."""
    paid = set(re.findall(r"(?m)^  receipt: '?(90\d{5})'?$", text))
    receipts = set(re.findall(r"(?m)^  number: '?(90\d{5})'?$", text))
    lent = set(re.findall(r"(?m)^- id: (JY-\S+)(?:\n  .*)*?\n  purpose: 标", text))
    kept = set(re.findall(r"(?m)^  label: 匙.*(?:\n  .*)*?\n  loan: (JY-\S+)$", text))
    if paid != receipts or lent != kept:
        raise Broken(f"half done: {paid ^ receipts or lent ^ kept}")
