"""The price of safety: what a durable `add` with its commit costs beside what it could have cost without.

`section` for `run.py`, or alone: `python benchmarks/safety.py`. A complaint is added to a month of 2,000 and committed.
Beside it, in turn: plain git committing the same bytes into the same file (`add` and `commit`), todoman and khard
adding an item to as many of theirs (neither waits for the disk, neither commits). Each is told whole, and as the work
beyond the start of its own program: an interpreter that does nothing, for `wuye` also one that imports Typer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from timing import CALM, ROUNDS, Command, Measured, in_turn  # noqa: E402, I001 - before what grows
import peers  # noqa: E402

COUNT = 2000


def section(place: Path, wuye: str, python: str) -> list[str]:
    """The lines of the page."""
    from run import add, month_of  # run.py imports this module

    (place / "safety").mkdir()
    office = history(month_of(place / "safety", wuye, COUNT))
    plain = Path(shutil.copytree(office, place / "safety" / "git", symlinks=True))
    commands = {
        "pass": Command(lambda i: [python, "-c", "pass"], place),
        "typer": Command(lambda i: [python, "-c", "import typer"], place),
        "git": Command(lambda i: ["git", "--version"], place),
        "add": Command(add(wuye), office),
        "commit": committed(plain, durable=False),
        "synced": committed(plain, durable=True),
    }
    told = {name: maker for name, maker in peers.MAKERS.items() if name in ("todoman", "khard")}
    there = {name: maker for name, maker in told.items() if not peers.missing(name, place)}
    for name, maker in there.items():
        folder = place / f"safety-{name}"  # a peer looks for its program beside its folder
        folder.mkdir()
        commands[name] = maker(folder, COUNT).commands["add"]._replace(most=ROUNDS)
        commands[f"{name} start"] = Command(lambda i, n=name: [program(place, n), "--version"], place)
    return lines(in_turn(commands), [name for name in told if name not in there], list(there))


def program(place: Path, name: str) -> str:
    """The peer's own program, where `peers.py` looks for it."""
    return str(place / "peers/bin" / {"todoman": "todo"}.get(name, name))


def history(office: Path) -> Path:
    """The office with a repository in which its month is committed."""
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *words], cwd=office, env=AUTHOR, check=True, capture_output=True)
    return office


AUTHOR = {**CALM, **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "a"),
          **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "a@b.c")}  # fmt: skip


def committed(office: Path, durable: bool) -> Command:
    """Plain git over the same file, grown by as much as an `add` lets it grow; `durable`: as synced as ours."""
    path = next((office / "records").rglob("complaint.yaml"))
    block = path.read_bytes().rsplit(b"\n- id:", 1)[1]

    def grow(index: int) -> None:
        with path.open("ab") as file:
            file.write(b"- id:" + block)

    setting = "-c core.fsync=all" if durable else ""
    words = f"git add {path.relative_to(office)} && git {setting} commit -q -m x"
    return Command(lambda i: ["/bin/sh", "-c", words], office, dict(AUTHOR), before=grow)


def lines(found: Mapping[str, Measured], missing: list[str], there: list[str]) -> list[str]:
    """The table: every one beside ours, whole and beyond its start."""
    ours, floor = found["add"].seconds, found["pass"].seconds
    typer = ours - found["typer"].seconds
    rows = [row("`wuye complaint add`, synced, committed", ours, ours - floor, ours, ours - floor),
            f"| of it beyond `import typer` | {typer * 1000:.0f} | | | |"]  # fmt: skip
    for name, what, start in (
        ("commit", "`git add` and `git commit`", 2 * found["git"].seconds),
        ("synced", "the same with `core.fsync=all`", 2 * found["git"].seconds),
        *((n, f"{n}: one more item, no sync, no commit", found[f"{n} start"].seconds) for n in there),
    ):
        rows.append(row(what, found[name].seconds, found[name].seconds - start, ours, ours - floor))
    for name in there:
        beyond = found[name].seconds - floor
        rows.append(row(f"{name}, beyond `python -c pass`", found[name].seconds, beyond, ours, ours - floor))
    return [
        f"## The price of safety: one more record in a month of {COUNT:,}",
        "",
        "Whole processes, and what they take beyond the start of their own program (of Python `python -c pass`, of git "
        "its two starts, of a peer its `--version`). The last columns: `wuye` as a multiple of each.",
        "",
        "| what | ms | beyond start, ms | wuye / it | beyond start |",
        "| --- | ---: | ---: | ---: | ---: |",
        *rows,
        "",
        *([f"Not here: {'、'.join(missing)}.", ""] if missing else []),
    ]


def row(what: str, whole: float, beyond: float, ours: float, ours_beyond: float) -> str:
    ratio = f"{ours_beyond / beyond:.2f}" if beyond > 0.001 else "–"
    return f"| {what} | {whole * 1000:.0f} | {beyond * 1000:.0f} | {ours / whole:.2f} | {ratio} |"


def main() -> None:
    """This part alone, with the program that runs it; peers from the folders of PATH."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        wuye = place / "wuye"
        wuye.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m wuye "$@"\n', "utf-8")
        wuye.chmod(0o700)
        (place / "peers/bin").mkdir(parents=True)
        for peer in ("todo", "khard"):
            if found := shutil.which(peer):
                (place / "peers/bin" / peer).symlink_to(os.path.realpath(found))
        told = section(place, str(wuye), sys.executable)
        sys.stdout.write("\n".join([f"Medians of {ROUNDS} whole processes.", "", *told]))


if __name__ == "__main__":
    main()
