"""Makes the example office anew: `python tests/make_examples.py`, when a kind or the tale has changed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from wuye import cli

OFFICE = Path(__file__).resolve().parent.parent / "examples" / "office"
NOW = "2026-11-23T08:55"
WORDS = ("--units", "24", "--months", "1", "--seed", "1")


def files(office: Path) -> dict[str, bytes]:
    """Every file of an office but git's and the program's own."""
    own = (".git", ".wuye")
    found = (p for p in office.rglob("*") if p.is_file() and p.relative_to(office).parts[0] not in own)
    return {p.relative_to(office).as_posix(): p.read_bytes() for p in found}


def main() -> int:
    """Write the example office; returns the demo's exit code."""
    os.environ["WUYE_NOW"] = NOW
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "office"
        code = cli.run(["demo", str(fresh), *WORDS])
        if code:
            return code
        shutil.rmtree(OFFICE, ignore_errors=True)
        for name, data in files(fresh).items():
            target = OFFICE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
