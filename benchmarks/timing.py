"""Whole processes timed in turn, with their peak memory: medians, one warm-up each."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROUNDS = int(os.environ.get("WUYE_BENCH_ROUNDS", "21"))
NOW = "2026-11-22T10:00"
CALM = {
    "WUYE_USER": "李静", "WUYE_NOW": NOW, "PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8",
}  # fmt: skip


class Command(NamedTuple):
    """One thing to time: the words of its n-th run, where it runs, its own environment, how often at most.

    `before` puts things as they were, untimed; `ok` are the exit codes that count as done.
    """

    argv: Callable[[int], Sequence[str]]
    folder: Path
    env: Mapping[str, str] = {}
    most: int = ROUNDS
    before: Callable[[int], None] | None = None
    ok: tuple[int, ...] = (0,)
    stdin: bytes = b""


class Measured(NamedTuple):
    """The median seconds of a command and the most memory it took, in MB."""

    seconds: float
    memory: float


def once(command: Command, index: int) -> Measured:
    """One run; it must end well."""
    if command.before:
        command.before(index)
    argv = list(command.argv(index))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as source:
        source.write(command.stdin)
        source.seek(0)
        start = time.perf_counter()
        child = subprocess.Popen(
            argv, cwd=command.folder, env={**CALM, **command.env}, stdin=source, stdout=out, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in command.ok:
            out.seek(0)
            raise SystemExit(f"{argv} ended with {child.returncode}: {out.read()[-2000:].decode('utf-8', 'replace')}")
    return Measured(seconds, usage.ru_maxrss / 1024)


def in_turn(commands: Mapping[str, Command]) -> dict[str, Measured]:
    """Medians of several commands run in turn, so that a slow moment of the machine hits all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in commands}
    for index in range(ROUNDS + 1):
        for name, command in commands.items():
            if index <= command.most:
                run = once(command, index)
                if index:
                    found[name].append(run)
    return {
        name: Measured(statistics.median(r.seconds for r in runs), max(r.memory for r in runs))
        for name, runs in found.items()
    }
