"""The full campaign against faults, by one command; the suite runs short parts of it (tests/test_campaign.py).

    python tests/campaign.py --kills 2000 --calls 0 --looks 0 --powercuts 200 --full 300 --writers 16 --readers 4
        --interrupts 500 --lines 10000 --seed 1

What each does and what came of it: docs/reliability.md. Zero, or nothing, turns it off; for `--calls` and `--looks`
zero is every point. What does not hold ends it with 1; what cannot be made here (no root, no loop device) is told.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from faults.again import interrupts
from faults.calls import struck
from faults.disks import SIZES, Unable
from faults.full import full
from faults.kills import kills
from faults.many import readers, writers
from faults.office import Broken, commands, made, told_on_screen
from faults.power import powercuts


def shown(what: str, told: Counter[str]) -> None:
    told_on_screen("\n  ".join([f"{what}:", *(f"{name}: {count}" for name, count in sorted(told.items()))]))


def where_possible(what: str, run: Callable[[], Counter[str]]) -> None:
    """Run what needs a disk of its own, or say why there is none."""
    try:
        shown(what, run())
    except Unable as error:
        told_on_screen(f"{what}: not made: {error}")


def main() -> int:
    """Run what was asked for; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--kills", "--powercuts", "--full", "--writers", "--readers", "--interrupts", "--lines", "--seed"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--each", type=int, default=50, help="so many records of each writer")
    for name in ("--calls", "--looks"):
        parser.add_argument(name, type=int)
    parser.add_argument("--on", nargs="*", default=list(SIZES), choices=list(SIZES),
                        help="file systems of the power cuts")
    parser.add_argument("--again", action="store_true", help="with a journal that waits")
    parser.add_argument("--of", nargs="*", default=[], help="these commands alone")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what is mounted is taken away again
    begun, seed, of = time.monotonic(), asked.seed, asked.of
    try:
        if asked.writers:
            told_on_screen(f"writers: {writers(asked.writers, asked.each)} of {asked.writers * asked.each}")
        if asked.readers:
            told_on_screen(f"readers: {readers(asked.readers, asked.each)} answers, each whole")
        if asked.kills:
            shown("kills", kills(asked.kills, seed, only=of))
        if asked.interrupts:
            shown("interrupts", interrupts(asked.interrupts, seed))
        if asked.calls is not None:
            shown("calls", struck(of or list(commands(made())), asked.calls, seed, again=asked.again))
        if asked.looks is not None:
            shown("looks", struck(of or list(commands(made())), asked.looks, seed, again=asked.again, looks=True))
        for system in asked.on if asked.powercuts else ():
            where_possible(f"power cuts on {system}", partial(powercuts, asked.powercuts, seed, system, only=of))
        if asked.full:
            where_possible("full, limited, read-only", partial(full, asked.full, seed, only=of))
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
