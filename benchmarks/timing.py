"""Whole processes timed in turn, with their peak memory: medians, one warm-up each."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
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


def _serve(pipe: Connection) -> None:
    """Start what is asked for and tell how it went, until the pipe ends.

    In a process of its own that stays small: a child counts the memory of the one that started it as its own.
    """
    while (told := pipe.recv()) is not None:
        argv, folder, env, stdin = told
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            start = time.perf_counter()
            child = subprocess.Popen(argv, cwd=folder, env=env, stdin=source, stdout=out, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(max(out.seek(0, os.SEEK_END) - 2000, 0))
            pipe.send((child.returncode, seconds, usage.ru_maxrss / 1024, out.read()))


_FORK = multiprocessing.get_context("fork")
_PIPE, _END = _FORK.Pipe()
_FORK.Process(target=_serve, args=(_END,), daemon=True).start()


def once(command: Command, index: int) -> Measured:
    """One run; it must end well."""
    if command.before:
        command.before(index)
    argv = list(command.argv(index))
    _PIPE.send((argv, command.folder, {**CALM, **command.env}, command.stdin))
    code, seconds, memory, said = _PIPE.recv()
    if code not in command.ok:
        raise SystemExit(f"{argv} ended with {code}: {said.decode('utf-8', 'replace')}")
    return Measured(seconds, memory)


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
