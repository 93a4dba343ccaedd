"""Measure the installed program as ratios in one run: `python benchmarks/run.py`, written to docs/performance.md.

Installs this checkout into a fresh environment, makes offices of 1,000, 10,000 and 100,000 records and the
same records for every peer that is there (`peers.py`), and times whole processes in turn: medians, one
warm-up, everything by its own path. `T` is `python -c "import typer"` there. Rows and goals are those of the
project's performance goals. `WUYE_BENCH_ROUNDS`, `WUYE_BENCH_SIZES` and
`WUYE_BENCH_PEERS=no` make it shorter; peers come from Debian's packages and, todoman and khard, from an
environment of their own.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from timing import CALM, NOW, ROUNDS, Command, Measured, in_turn, once  # noqa: E402, I001 - before what grows
import data  # noqa: E402
import desks  # noqa: E402
import money  # noqa: E402
import paper  # noqa: E402
import past  # noqa: E402
import peers  # noqa: E402
import safety  # noqa: E402

SIZES = tuple(int(n) for n in os.environ.get("WUYE_BENCH_SIZES", "1000,10000,100000").split(","))
PEERS = os.environ.get("WUYE_BENCH_PEERS", "yes") == "yes"
OLD = "records/2019-05/visitor.yaml"


class Row(NamedTuple):
    """One line of the table: what, the measured median, what it is a ratio to, and the goal."""

    what: str
    seconds: float
    base: float
    goal: str
    base_name: str = "T"


def add(wuye: str) -> Callable[[int], list[str]]:
    """A complaint that was never entered before."""
    stamp = time.time_ns()
    return lambda i: [
        wuye, "complaint", "add", data.ROOM, f"厨房漏水 {stamp} {i}", "--reporter", "王女士", "--phone", "13800138000",
    ]  # fmt: skip


def order(wuye: str) -> Callable[[int], list[str]]:
    """A work order that was never entered before: its month file grows as all do, that of complaints has 2,000."""
    stamp = time.time_ns()
    return lambda i: [wuye, "workorder", "add", data.ROOM, f"厨房漏水 {stamp} {i}", "--reporter", "王女士"]


def make(place: Path, wuye: str, name: str, git: bool = False) -> Path:
    """A new office, with its history or without."""
    office = place / name
    subprocess.run([wuye, "init", str(office), "--name", name], env=CALM, check=True, capture_output=True)
    if not git:
        shutil.rmtree(office / ".git")
    return office


def small(place: Path, wuye: str, python: str) -> list[Row]:
    """Start-up, and writing into offices of every shape."""
    plain, with_git, steps = make(place, wuye, "plain"), make(place, wuye, "history", True), make(place, wuye, "steps")
    for office in (plain, with_git, steps):
        subprocess.run(add(wuye)(-1), cwd=office, env=CALM, check=True, capture_output=True)
    told = f"TS-{NOW[:10].replace('-', '')}-001"
    found = in_turn(
        {
            "T": Command(lambda i: [python, "-c", "import typer"], place),
            "version": Command(lambda i: [wuye, "--version"], place),
            "add": Command(add(wuye), plain),
            "commit": Command(add(wuye), with_git),
            "step": Command(lambda i: [wuye, "complaint", "inform", told, "--said", f"第 {i} 次"], steps),
        }
    )
    base = found["T"].seconds
    rows = [
        Row("start (`--version`)", found["version"].seconds, base, "≤ 1.15"),
        Row("add, durable, no commit", found["add"].seconds, base, "≤ 1.4"),
        Row("add, durable, with commit", found["commit"].seconds, base, "≤ 2"),
        Row("step on a record by number, no commit", found["step"].seconds, base, "≤ 1.4"),
    ]
    offices = {count: month_of(place, wuye, count) for count in (20, 2000, 5000)}
    found = in_turn({str(count): Command(add(wuye), office) for count, office in offices.items()})
    for count, goal in ((2000, "≤ 1.2"), (5000, "≤ 1.4")):
        seconds = found[str(count)].seconds
        rows.append(Row(f"add into a month file of {count:,}", seconds, found["20"].seconds, goal, "one of 20"))
    return rows


def month_of(place: Path, wuye: str, count: int) -> Path:
    """An office whose month file of complaints holds so many."""
    from wuye import dumper

    office = make(place, wuye, f"month{count}")
    blocks = []
    for index in range(count):
        at = f"{NOW[:7]}-{index % 21 + 1:02d}T09:05+08:00"
        number = f"TS-{at[:10].replace('-', '')}-{index // 21 + 1:03d}"
        record = {
            "id": number, "status": "recorded", "received": at, "recorded": at, "room": data.ROOM, "reporter": "王女士",
            "phone": f"138{index:08d}", "text": "厨房顶部漏水，已经两天", "due": {"respond": at},
            "log": [{"at": at, "step": "add", "by": "李静"}],
        }  # fmt: skip
        blocks.append(dumper.dump_record(record))
    path = office / "records" / NOW[:7] / "complaint.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"# yaml-language-server: $schema=../../.wuye/schema/complaint.json\n" + b"".join(blocks))
    return office


def questions(wuye: str, office: Path) -> dict[str, Command]:
    """What is asked of an office whose index is warm."""

    def ask(*words: str) -> Command:
        return Command(lambda i: [wuye, *words], office)

    changed = office / OLD
    grown = changed.read_bytes()

    def touch(index: int) -> None:
        """One month file changes: a record's text, so that one block must be parsed again."""
        changed.write_bytes(grown.replace("第 ".encode(), f"第 {index}".encode(), 1))

    room = ("workorder", "list", "--room", data.ROOM, "--period", "all", "-o", "json")
    return {
        "add": Command(order(wuye), office),
        "room": ask(*room),
        "who": ask("who", data.ROOM, "-o", "json"),
        "newest": ask("complaint", "list", "--period", "all", "--limit", "50", "--fields", "id,status,received,closed",
                      "-o", "json"),
        "count": ask("complaint", "count", "subject", "--period", peers.MONTH, "-o", "json"),
        "text": ask("find", data.SEARCH, "-o", "json"),
        "changed": ask(*room)._replace(before=touch),
        "today": ask("today", "-o", "json"),
        "day": ask("day", "-o", "json"),
        "month": ask("month", "-o", "json"),
        "report": ask("month", "-o", "html"),
        "complete": Command(lambda i: [wuye], office, {
            "_WUYE_COMPLETE": "bash", "_WUYE_WORDS": "wuye\nworkorder\nsign\n", "_WUYE_AT": "3",
        }),
    }  # fmt: skip


GOALS = {
    "room": ("history of one room", "≤ 1.6"), "who": ("`who` of one room: people, open matters, history", "–"),
    "newest": ("status and dates, 50 newest", "≤ 1.4"), "count": ("count per category of a month", "≤ 1.5"),
    "text": ("text search, two Chinese characters, all kinds", "≤ 2.2"), "today": ("`today`", "≤ 2"),
    "day": ("`day`", "≤ 2"), "month": ("`month`", "–"), "report": ("month report as a page", "≤ 10"),
     "complete": ("completion of a number", "≤ 1.3"),
}  # fmt: skip


def cold(wuye: str, python: str, office: Path) -> tuple[float, Measured]:
    """Records per second of a cold index, as a multiple of `yaml.load` alone in one process; its memory."""
    script = (
        "import sys, time, pathlib, yaml\n"
        "start = time.perf_counter()\n"
        "paths = list(pathlib.Path('records').rglob('*.yaml'))\n"
        "count = sum(len(yaml.load(p.read_text('utf-8'), yaml.CSafeLoader)) for p in paths)\n"
        "print(count / (time.perf_counter() - start))\n"
    )
    done = subprocess.run([python, "-c", script], cwd=office, env=CALM, check=True, capture_output=True)
    alone = float(done.stdout)
    count = sum(p.read_bytes().count(b"\n- id:") for p in (office / "records").rglob("*.yaml"))
    runs = []
    for index in range(3):
        for path in (office / ".wuye").glob("index.sqlite*"):
            path.unlink()
        runs.append(once(Command(lambda i: [wuye, "complaint", "list", "--limit", "1", "-o", "json"], office), index))
    best = sorted(runs)[1]
    return count / best.seconds / alone, best


def sized(place: Path, wuye: str, python: str) -> list[str]:
    """The tables of every size: `wuye`'s questions, then the peers'."""
    lines, adds = [], {}
    for size in SIZES:
        office = make(place, wuye, f"office{size}")
        data.fill(office, size)
        ratio, memory = cold(wuye, python, office)
        asked = questions(wuye, office)
        told = [peers.ripgrep(office)] if not peers.missing("ripgrep", place) else []
        for name, maker in peers.MAKERS.items() if PEERS else ():
            if not peers.missing(name, place) and size <= peers.MOST.get(name, size):
                folder = place / f"{name}{size}"
                folder.mkdir()
                told.append(maker(folder, size))
        every = {"T": Command(lambda i: [python, "-c", "import typer"], place), **asked}
        every |= {f"{peer.name} {name}": command for peer in told for name, command in peer.commands.items()}
        found = in_turn(every)
        base = found["T"].seconds
        adds[size] = found["add"].seconds / base
        lines += [f"## {size:,} records", "", "| what | ratio to T | MB | goal |", "| --- | ---: | ---: | --- |"]
        lines.append(f"| add, no commit | {adds[size]:.2f} | {found['add'].memory:.0f} | ≤ 1.4, ≤ 45 MB |")
        for name, (what, goal) in GOALS.items():
            lines.append(f"| {what} | {found[name].seconds / base:.2f} | {found[name].memory:.0f} | {goal} |")
        again = found["changed"].seconds / found["room"].seconds
        lines.append(f"| history of a room after one month file changed, to the same warm | {again:.2f} | | ≤ 1.3 |")
        told_cold = f"{ratio:.1f} | {memory.memory:.0f} | ≥ 4, ≤ 250 MB"
        lines.append(f"| cold index, records a second, to `yaml.load` alone | {told_cold} |")
        lines += ["", "| peer, ratio to T (MB) | add | step | room | newest | count | text |",
                  "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
        for peer in told:
            cells = [
                f"{found[f'{peer.name} {q}'].seconds / base:.2f} ({found[f'{peer.name} {q}'].memory:.0f})"
                if q in peer.commands
                else "–"
                for q in ("add", "step", "room", "newest", "count", "text")
            ]
            lines.append(f"| {peer.name} | {' | '.join(cells)} |")
        lines.append("")
        for child in place.iterdir():
            if child.name.endswith(str(size)) and child.is_dir():
                shutil.rmtree(child)
    grown = adds[SIZES[-1]] / adds[SIZES[0]]
    return [
        f"The same add with {SIZES[-1]:,} records stored as with {SIZES[0]:,}: {grown:.2f} (goal: within 10 %).",
        "",
        *lines,
    ]


def main() -> None:
    """Measure everything and write the page."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
        # With what pages are made of; without `pypinyin`, which would read every name aloud into the index.
        subprocess.run([place / "venv/bin/pip", "install", "--quiet", ROOT, "jinja2", "segno"], check=True)
        subprocess.run([sys.executable, "-m", "venv", place / "peers"], check=True)
        subprocess.run([place / "peers/bin/pip", "install", "--quiet", "todoman", "khard"], check=False)
        wuye, python = str(place / "venv/bin/wuye"), str(place / "venv/bin/python")
        rows, lines = small(place, wuye, python), sized(place, wuye, python)
        version = subprocess.run(
            [python, "-c", "import typer; print(typer.__version__)"], capture_output=True, check=True
        )
        missing = [n for n in peers.PROGRAMS if peers.missing(n, place)]
        later = [partial(part.section, place, wuye, python) for part in (safety, past, desks, paper, money)]
        for more in (list, *later):  # money takes longest: what is known is kept
            lines += more()
            page = render(rows, lines, version.stdout.decode().strip(), missing)
            (ROOT / "docs" / "performance.md").write_text(page, "utf-8")
    sys.stdout.write(page)


def render(rows: list[Row], lines: list[str], typer: str, missing: list[str]) -> str:
    """The page."""
    head = [
        "# Performance",
        "",
        f"Written by `python benchmarks/run.py`: medians of {ROUNDS} whole processes each (peers: up to 5), in turn, "
        f"on Python {platform.python_version()}, typer {typer}, {os.cpu_count()} cores. Ratios only: an absolute time "
        'means nothing on a shared machine. `T` is `python -c "import typer"`. MB is the most of all runs. The peers '
        "hold the same made-up records; they are general tools with another purpose. dstask has no package that "
        "installs here."
        + (f" Missing in this run: {', '.join(missing)}." if missing else ""),
        "",
        "| what | ratio | to | goal |",
        "| --- | ---: | --- | --- |",
    ]
    head += [f"| {r.what} | {r.seconds / r.base:.2f} | {r.base_name} | {r.goal} |" for r in rows]
    return "\n".join([*head, "", *lines]).rstrip() + "\n"


if __name__ == "__main__":
    main()
