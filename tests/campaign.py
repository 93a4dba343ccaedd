"""The full campaign against faults, by one command; the suite runs short parts of it (tests/test_campaign.py).

    python tests/campaign.py --kills 2000 --lines 10000 --calls 0 --writers 16 --seed 1
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter

from faults.calls import struck
from faults.kills import kills
from faults.office import Broken, commands, made, told_on_screen


def shown(what: str, told: Counter[str]) -> None:
    told_on_screen("\n  ".join([f"{what}:", *(f"{name}: {count}" for name, count in sorted(told.items()))]))


def main() -> int:
    """Run what was asked for; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--kills", "--lines", "--writers", "--seed"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--each", type=int, default=50)
    for name in ("--calls", "--looks"):
        parser.add_argument(name, type=int)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--of", nargs="*", default=[], help="these commands alone")
    asked = parser.parse_args()
    begun, every = time.monotonic(), list(commands(made()))
    try:
        if asked.writers:
            told_on_screen(f"writers: {writers(asked.writers, asked.each)} of {asked.writers * asked.each}")
        if asked.kills:
            shown("kills", kills(asked.kills, asked.seed, only=asked.of))
        if asked.calls is not None:
            shown("calls", struck(asked.of or every, asked.calls, asked.seed, again=asked.again))
        if asked.looks is not None:
            shown("looks", struck(asked.of or every, asked.looks, asked.seed, again=asked.again, looks=True))
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
