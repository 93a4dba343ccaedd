"""A command that is interrupted (Ctrl-C) and given again with the same key: done once, never twice."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from faults.office import (
    Broken,
    age_locks,
    commands,
    ended,
    lived,
    must,
    said,
    started,
    told_on_screen,
    whole,
    words_of,
)  # fmt: skip

KEYED = ("add", "payment")


def interrupts(
    count: int, seed: int, say: Callable[[str], None] = told_on_screen, folder: Path | None = None
) -> Counter[str]:
    """So many commands interrupted at random and given again; raises Broken where one is there twice, or not at all."""
    parent = Path(tempfile.mkdtemp(dir=folder))
    root = lived(parent)
    dice, told = random.Random(seed), Counter[str]()
    took: dict[str, float] = {}
    for index in range(count):
        name = KEYED[index % len(KEYED)]
        argv = [*commands(root)[name](index, dice), "--once", f"键{index}"]
        begun = time.monotonic()
        child, reads = started(root, argv, handled)
        if name in took:
            time.sleep(max(0.0, begun + dice.uniform(0.05, 1.1) * took[name] - time.monotonic()))
            os.killpg(child, signal.SIGINT)  # as a terminal does: git gets it, too
        end = ended(child, reads)
        if end.code not in (0, 76, 130, -2):
            raise Broken(f"{argv}: {end} {said()}")
        took[name] = min(took.get(name, 60.0), time.monotonic() - begun)
        told[f"{name}: exit code {end.code}"] += 1
        age_locks(parent)
        number = must(root, *argv, after="an interrupt").out.split()
        there = len(re.findall(f"(?m)^  once: '?键{index}'?$", words_of(root)))
        if there != 1 or (end.code in (0, 76) and end.out.split() != number):
            raise Broken(f"{argv}: {there} times; {end}, then {number}")
        if index % 50 == 49 or index == count - 1:
            whole(root, {}, set())
            say(f"{index + 1} of {count} interrupted and given again")
    shutil.rmtree(parent)
    return told


def handled() -> None:
    """A signal does what it does to a program that a terminal started, whoever started this one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
