"""Commands that write, killed at random; every second round takes the whole process group along, git too."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from faults.office import (
    NUMBER,
    Broken,
    age_locks,
    commands,
    did,
    ended,
    git,
    ids_of,
    lived,
    mark,
    must,
    room_of,
    said,
    started,
    told_on_screen,
    whole,
    words_of,
)  # fmt: skip

NUMBERED = ("add", "payment", "import", "handover give", "stocktake", "key loan")


def prepared(root: Path, name: str, index: int) -> set[str]:
    """What must be done by others before a command has anything to do; the numbers the other desk gave out."""
    if name == "handover give":  # the one before must be out of the way
        for given in re.findall(r"(?m)^- id: (JJ-\S+)\n  status: given$", words_of(root)):
            did(root, "handover", "void", given, "--reason", "重交", "-q")
    if name == "key loan":
        must(root, "key", "add", f"匙{index}", "--place", "机房", "--yes", "-q")
    if name != "sync":
        return set()
    other = root.parent / "other"
    add = ("complaint", "add", room_of(other), f"那边{mark(index)}", "--reporter", "陈先生", "--yes", "-q")
    number = must(other, *add).out.strip()
    must(other, "complaint", "note", ids_of(other)[index % 5], f"那边{mark(index)}", "-q")
    must(other, "sync", "-q")
    return {number}


def together(root: Path, acknowledged: dict[int, str], numbers: set[str], theirs: set[str]) -> None:
    """Both desks exchange what they have: the same commit in all three repositories, everything in it."""
    other = root.parent / "other"
    for desk in (root, other, root):
        must(desk, "sync", "-q")
    heads = {git(one, "rev-parse", "main") for one in (root, other, root.parent / "hub.git")}
    if len(heads) != 1:
        raise Broken(f"not the same after sync: {heads}")
    for desk in (root, other):
        whole(desk, acknowledged, numbers | theirs)
        if dirty := git(desk, "status", "--porcelain"):
            raise Broken(f"not committed: {dirty}")


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
    numbers, theirs = set[str](), set[str]()
    for index in range(count):
        name = list(makes)[index % len(makes)]
        argv = makes[name](index, dice)
        theirs |= prepared(root, name, index)
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
            raise Broken(f"{argv}: {end} {said()}")
        if end.code == 0:
            took[name] = min(took.get(name, 60.0), time.monotonic() - begun)
            acknowledged[index] = name
            told["came to its end before"] += bool(struck)
        elif not struck:
            raise Broken(f"{argv}: {end} {said()}")
        if end.code in (1, 2):
            say(f"refused: {argv}: {said()}")
        told[f"{name}: {'done' if end.code == 0 else 'killed' if end.code == -9 else 'refused'}"] += 1
        if name in NUMBERED:
            numbers |= set(re.findall(NUMBER, end.out))
        age_locks(parent)
        if struck:
            must(root, "complaint", "note", ids_of(root)[0], "其后", "-q", after=f"{index} {argv}")
        if struck and name == "sync":
            must(root, "sync", "-q", after=f"{index} {argv}")
        if index % 50 == 49 or index == count - 1:
            whole(root, acknowledged, numbers)
            together(root, acknowledged, numbers, theirs)
            say(f"{index + 1} of {count}: {sum(v for k, v in told.items() if k.startswith('killed'))} killed")
    shutil.rmtree(parent)
    return told
