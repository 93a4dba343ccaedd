"""Commands on a disk that is full, under a limit to the size of files, on a disk that is read-only."""

from __future__ import annotations

import os
import random
import re
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from faults.disks import mounted, ran
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
    mark,
    must,
    said,
    started,
    told_on_screen,
    whole,
    words_of,
)  # fmt: skip

WAYS = ("full", "limited", "read-only")
LEFT = (0, 0, 4, 8, 16, 32, 64, 128, 256)
"""Kilobytes that are left on the full disk; a few files fit in, git's perhaps not."""
LIMITS = (4096, 8192, 16384, 32768, 65536)


def full(
    count: int, seed: int, say: Callable[[str], None] = told_on_screen, folder: Path | None = None,
    only: Sequence[str] = (),
) -> Counter[str]:  # fmt: skip
    """So many commands, each in one of these ways; raises Broken with what does not hold, Unable."""
    dice, told = random.Random(seed), Counter[str]()
    acknowledged: dict[int, str] = {}
    numbers, theirs = set[str](), set[str]()
    with mounted("tmpfs", folder, 40_000) as disk:
        root = copied(made(), disk.folder / "office")
        makes = {name: make for name, make in commands(root).items() if name in (only or commands(root))}
        for index in range(count):
            name, way = list(makes)[index % len(makes)], dice.choice(WAYS)
            theirs |= prepared(root, name, index)
            argv = makes[name](index, dice)
            filler, limit = disk.folder / "filler", resource.RLIM_INFINITY
            if way == "full":
                fill(filler, dice.choice(LEFT))
            elif way == "limited":
                limit = dice.choice(LIMITS)
            else:
                ran("mount", "-o", "remount,ro", str(disk.folder))

            def limited(limit: int = limit) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            end = ended(*started(root, argv, limited))
            end = end._replace(err=said())
            if way == "read-only":
                must(root, "complaint", "list", "-q", after=way)
            ran("mount", "-o", "remount,rw", str(disk.folder))
            filler.unlink(missing_ok=True)
            where = f"{index} {way} {argv}"
            if end.code not in (0, 1, 65, 73, 74, 76) or (end.code and "：" not in end.err):
                raise Broken(f"{where}: {end}")
            if (way == "read-only" and end.code == 0) or (end.code in (73, 74) and mark(index) in words_of(root)):
                raise Broken(f"{where}: {end}")
            if end.code in (0, 76):
                acknowledged[index] = name
                numbers |= set(re.findall(NUMBER, end.out)) if name in NUMBERED else set()
            told[f"{way}: exit code {end.code}"] += 1
            age_locks(disk.folder)
            must(root, "complaint", "note", ids_of(root)[0], "其后", "-q", after=where)
            if index % 20 == 19 or index == count - 1:
                whole(root, acknowledged, numbers)
                together(root, acknowledged, numbers, theirs)
                say(f"{index + 1} of {count} on a full, limited or read-only disk")
    return told


def fill(filler: Path, left: int) -> None:
    """Take all the room there is but so many kilobytes."""
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
    size = 0
    for piece in (1 << 20, 1 << 12):
        try:
            while True:
                size += os.write(handle, b"x" * piece)
        except OSError:
            continue
    os.ftruncate(handle, max(0, size - left * 1024))
    os.close(handle)
