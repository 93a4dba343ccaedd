"""What `--as-of` costs in an office of ten years with its history: `section` for `run.py`, or alone.

`python benchmarks/past.py` measures this part with the program that runs it. The history is written with
`git fast-import`: a commit a month, then 20,000 small ones, as a desk makes in half a year.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from timing import CALM, ROUNDS, Command, Measured, in_turn, once  # noqa: E402, I001 - before what grows
import data  # noqa: E402

RECORDS = int(os.environ.get("WUYE_BENCH_RECORDS", "100000"))
SMALL = int(os.environ.get("WUYE_BENCH_COMMITS", "20000"))
OLD, NEW = "2022-06-15", "2026-11-20"
COMPARED = "2026-10"


def section(place: Path, wuye: str, python: str) -> list[str]:
    """The lines of the page about the past."""
    office = made(place, wuye)
    fields = "id,status,received,closed"
    newest = ("complaint", "list", "--period", "all", "--limit", "50", "--fields", fields, "-o", "json")

    def ask(*words: str, cold: bool = False) -> Command:
        return Command(lambda i: [wuye, *words], office, before=forget if cold else None)

    def forget(index: int) -> None:
        shutil.rmtree(office / ".wuye/asof", ignore_errors=True)

    once(ask(*newest), 0)
    found = in_turn({
        "T": Command(lambda i: [python, "-c", "import typer"], place),
        "today": ask(*newest),
        "cold old": ask(*newest, "--as-of", OLD, cold=True),
        "warm old": ask(*newest, "--as-of", OLD),
        "cold new": ask(*newest, "--as-of", NEW, cold=True),
        "warm new": ask(*newest, "--as-of", NEW),
        "compare": ask("day", f"{COMPARED}-28", "--compare", "-o", "json"),
    })  # fmt: skip
    base, rows = found["T"].seconds, []
    for name, what in (
        ("today", "50 newest of a kind, as of today"), ("cold old", f"the same `--as-of {OLD}`, cold"),
        ("warm old", f"the same `--as-of {OLD}`, warm"), ("cold new", f"the same `--as-of {NEW}`, cold"),
        ("warm new", f"the same `--as-of {NEW}`, warm"), ("compare", "`day --compare`, four weeks ago, warm"),
    ):  # fmt: skip
        rows.append(f"| {what} | {found[name].seconds / base:.2f} | {found[name].memory:.0f} |")
    alone = without_index(office, ask(*newest, "--as-of", OLD, cold=True))
    rows.append(f"| cold, `--as-of {OLD}`, where there is no index of today either | {alone.seconds / base:.2f} | "
                f"{alone.memory:.0f} |")  # fmt: skip
    size = sum(p.stat().st_size for p in (office / ".git").rglob("*") if p.is_file()) / 2**20
    return [
        f"## As known then: {RECORDS:,} records, {SMALL + 120:,} commits",
        "",
        f"The repository takes {size:.0f} MB. Cold: the commit is found, laid out and indexed, beginning with the "
        "index of today.",
        "",
        "| what | ratio to T | MB |",
        "| --- | ---: | ---: |",
        *rows,
        "",
    ]


def without_index(office: Path, command: Command) -> Measured:
    """Where everything has to be parsed: the median of three, for it takes long."""

    def forget(index: int) -> None:
        shutil.rmtree(office / ".wuye", ignore_errors=True)

    return sorted(once(command._replace(before=forget), i) for i in range(3))[1]


def made(place: Path, wuye: str) -> Path:
    """An office with its records and a history of them."""
    office = place / "past"
    subprocess.run([wuye, "init", str(office), "--name", "past"], env=CALM, check=True, capture_output=True)
    shutil.rmtree(office / ".git")
    data.fill(office, RECORDS)
    (office / "knowledge").mkdir()
    (office / "knowledge/a.md").write_text(str(SMALL - 1), "utf-8")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=office, env=CALM, check=True)
    stream = b"".join(history(office))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=office, env=CALM, input=stream, check=True)
    subprocess.run(["git", "reset", "-q"], cwd=office, env=CALM, check=True)
    return office


def history(office: Path) -> Iterator[bytes]:
    """The stream of `git fast-import`: the settings, each month as it ended, the small commits, the last month."""
    yield commit("2016-12-01T08:00+08:00", {p.name: p.read_bytes() for p in office.iterdir() if p.is_file()})
    months = sorted((office / "records").iterdir())
    held = {m.name: {f"records/{m.name}/{f.name}": f.read_bytes() for f in m.iterdir()} for m in months}
    for name, files in list(held.items())[:-1]:
        yield commit(f"{name}-28T20:00+08:00", files)
    start = datetime.fromisoformat(f"{data.LAST}-01T08:00+08:00")
    for index in range(SMALL):
        at = start + timedelta(seconds=index * 18 * 86400 / SMALL)
        yield commit(at.isoformat(), {"knowledge/a.md": str(index).encode()})
    yield commit(f"{data.LAST}-22T09:00+08:00", held[data.LAST])


def commit(at: str, files: Mapping[str, bytes]) -> bytes:
    """One commit that changes these files."""
    when = int(datetime.fromisoformat(at).timestamp())
    parts = [f"commit refs/heads/main\ncommitter a <a@b.c> {when} +0800\ndata 1\nx\n".encode()]
    parts += [f"M 100644 inline {path}\ndata {len(text)}\n".encode() + text + b"\n" for path, text in files.items()]
    return b"".join(parts)


def main() -> None:
    """This part alone, with the program that runs it."""
    with tempfile.TemporaryDirectory() as name:
        wuye = Path(name) / "wuye"
        wuye.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m wuye "$@"\n', "utf-8")
        wuye.chmod(0o700)
        lines = section(Path(name), str(wuye), sys.executable)
        sys.stdout.write("\n".join([f"Medians of {ROUNDS} whole processes.", "", *lines]))


if __name__ == "__main__":
    main()
