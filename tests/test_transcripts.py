"""Transcripts are spec, test and example in one: a clerk's commands, what they print, how they end.

    # words about the next command      @ 2026-11-22T10:00   the clock
    = file.csv   and   | a line         write a file
    c0ffee1234   stands for the hash of any commit
    $ wuye …     then stdout as it is, stderr lines after `2> `, and `[2]` where the exit code is not 0

`WUYE_UPDATE=1 pytest tests/test_transcripts.py` writes what is printed now; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from conftest import run_wuye

COMMIT = "c0ffee1234"
FOLDER = Path(__file__).parent / "transcripts"


def play(path: Path) -> tuple[str, str]:
    """The transcript as written, and as it is when it is played now."""
    lines, played, target = path.read_text("utf-8").splitlines(), [], None
    for line in lines:
        if line.startswith("# ") or line in ("", "#"):
            played.append(line)
        elif line.startswith("@ "):
            os.environ["WUYE_NOW"] = line[2:].strip()
            played.append(line)
        elif line.startswith("= "):
            target = Path(line[2:].strip())
            target.write_text("", "utf-8")
            played.append(line)
        elif line.startswith("| ") or line == "|":
            assert target is not None
            with target.open("a", encoding="utf-8") as file:
                file.write(line[2:] + "\n")
            played.append(line)
        elif line.startswith("$ cd "):
            os.chdir(line[5:].strip())
            played.append(line)
        elif line.startswith("$ wuye"):
            said = run_wuye(shlex.split(line[2:])[1:])
            played.append(line)
            played += [text.rstrip() for text in said.out.splitlines()]
            played += [f"2> {text}".rstrip() for text in said.err.splitlines()]
            played += [f"[{said.code}]"] if said.code else []
    return "\n".join(_squeezed(lines)), "\n".join(_squeezed(played))


def _squeezed(lines: list[str]) -> list[str]:
    """Blank lines say nothing: the transcript may be laid out freely."""
    return [line.rstrip() for line in lines if line.strip()]


@pytest.mark.git
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_transcript(path: Path, desk: Path) -> None:
    written, played = play(path)
    played = re.sub(r"\b(?=\d*[a-f])[0-9a-f]{10}\b", COMMIT, played.replace(str(desk), "DIR"))
    if os.environ.get("WUYE_UPDATE"):
        path.write_text(played.replace("\n$ ", "\n\n$ ").replace("\n# ", "\n\n# ") + "\n", "utf-8")
        return
    assert played == written


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 5
