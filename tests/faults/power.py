"""The power goes while commands write on a real file system; it is mounted again, and what was promised looked at.

The disk itself is a file and loses nothing that the file system gave it: what a drive's own cache would lose is not
tried.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from faults.disks import AT_ONCE, FLUSHED, LOG_FLUSHED, mounted
from faults.kills import NUMBERED, prepared, together
from faults.office import (
    NUMBER,
    Broken,
    age_locks,
    commands,
    copied,
    ended,
    ids_of,
    made,
    must,
    said,
    started,
    told_on_screen,
    whole,
)  # fmt: skip

HOW = {AT_ONCE: "at once", LOG_FLUSHED: "log written first", FLUSHED: "all written first"}


def powercuts(
    count: int, seed: int, system: str, say: Callable[[str], None] = told_on_screen, folder: Path | None = None,
    only: Sequence[str] = (),
) -> Counter[str]:  # fmt: skip
    """So many power cuts, each at a random moment of a command; raises Broken with what does not hold."""
    dice, told = random.Random(seed), Counter[str]()
    acknowledged: dict[int, str] = {}
    numbers, theirs = set[str](), set[str]()
    took: dict[str, float] = {}
    with mounted(system, folder) as disk:
        root = copied(made(), disk.folder / "office")
        os.sync()
        makes = {name: make for name, make in commands(root).items() if name in (only or commands(root))}
        index = cuts = 0
        while cuts < count:
            name = list(makes)[index % len(makes)]
            argv = makes[name](index, dice)
            theirs |= prepared(root, name, index)
            begun = time.monotonic()
            child, reads = started(root, argv)
            cut = name in took  # the first of each shows how long it takes
            if cut:
                how = dice.choice((AT_ONCE, AT_ONCE, AT_ONCE, LOG_FLUSHED, FLUSHED))
                time.sleep(max(0.0, begun + dice.uniform(0.05, 1.1) * took[name] - time.monotonic()))
                disk.cut(how)
                cuts += 1
                told[f"cut, {HOW[how]}"] += 1
            end = ended(child, reads)
            if end.code == 0:
                took[name] = min(took.get(name, 60.0), time.monotonic() - begun)
            elif not cut:
                raise Broken(f"{argv}: {end} {said()}")
            if end.code in (0, 76):
                acknowledged[index] = name
                numbers |= set(re.findall(NUMBER, end.out)) if name in NUMBERED else set()
            told[f"{name}: exit code {end.code}"] += 1
            if cut:
                disk.unmount()
                disk.mount()
                age_locks(disk.folder)
                must(root, "complaint", "note", ids_of(root)[0], "其后", "-q", after=f"{index} {argv}, {HOW[how]}")
                whole(root, acknowledged, numbers)
                if cuts % 20 == 0 or cuts == count:
                    together(root, acknowledged, numbers, theirs)
                    say(f"{cuts} power cuts on {system}")
            index += 1
    return told
