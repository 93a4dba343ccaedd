"""Measure the installed program as ratios in one run: `python benchmarks/run.py`, written to docs/performance.md.

Installs this checkout into a fresh environment, makes offices of several sizes, and times whole processes:
medians, one warm-up, everything by its own path. `T` is `python -c "import typer"` there. Rows and goals
are those of the project's performance goals that exist already.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("WUYE_BENCH_ROUNDS", "31"))
NOW = "2026-11-22T10:00"
CALM = {"WUYE_USER": "李静", "WUYE_NOW": NOW, "PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}


@dataclass
class Row:
    """One line of the table: what, the measured median in seconds, its goal as a ratio, and what it is a ratio to."""

    what: str
    seconds: float
    base: float
    goal: str
    base_name: str = "T"


def timed(command: Callable[[int], Sequence[str]], folder: Path, rounds: int = ROUNDS) -> float:
    """The median time of a process, after one warm-up; each must end well."""
    found = []
    for index in range(rounds + 1):
        argv = list(command(index))
        start = time.perf_counter()
        done = subprocess.run(argv, cwd=folder, env=CALM, capture_output=True, check=False)
        found.append(time.perf_counter() - start)
        if done.returncode:
            raise SystemExit(f"{argv}: {done.stderr.decode()}")
    return statistics.median(found[1:])


def alternating(commands: dict[str, tuple[Callable[[int], Sequence[str]], Path]]) -> dict[str, float]:
    """Medians of several commands run in turn, so that a slow moment of the machine hits all of them."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for index in range(ROUNDS + 1):
        for name, (command, folder) in commands.items():
            start = time.perf_counter()
            done = subprocess.run(list(command(index)), cwd=folder, env=CALM, capture_output=True, check=False)
            if done.returncode:
                raise SystemExit(f"{name}: {done.stderr.decode()}")
            if index:
                found[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in found.items()}


def fill(office: Path, month: str, count: int) -> None:
    """Put `count` complaints of about 350 bytes into a month file, as the program writes them."""
    from wuye import dumper

    blocks = [b"# yaml-language-server: $schema=../../.wuye/schema/complaint.json\n"]
    for index in range(count):
        day = index % 28 + 1
        at = f"{month}-{day:02d}T09:05+08:00"
        blocks.append(
            dumper.dump_record(
                {
                    "id": f"TS-{month.replace('-', '')}{day:02d}-{index // 28 + 1:03d}",
                    "status": "recorded",
                    "received": at,
                    "recorded": at,
                    "room": f"{index % 9 + 1}-{index % 3 + 1}-{index % 30 + 101}",
                    "reporter": "王女士",
                    "phone": f"138{index:08d}",
                    "text": "厨房顶部漏水，已经两天",
                    "due": {"respond": f"{month}-{day:02d}T18:00+08:00"},
                    "log": [{"at": at, "step": "add", "by": "李静"}],
                }
            )
        )
    path = office / "records" / month / "complaint.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(blocks))


def add(wuye: str) -> Callable[[int], list[str]]:
    """A complaint that was never entered before."""
    return lambda i: [
        wuye,
        "complaint",
        "add",
        "3-2-1201",
        f"厨房漏水 {i}",
        "--reporter",
        "王女士",
        "--phone",
        "13800138000",
    ]


def main() -> None:
    """Measure everything and write the page."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
        subprocess.run([place / "venv/bin/pip", "install", "--quiet", ROOT], check=True)
        sys.path.insert(0, str(ROOT))
        rows = measure(place, str(place / "venv/bin/wuye"), str(place / "venv/bin/python"))
        version = subprocess.run(
            [place / "venv/bin/python", "-c", "import typer; print(typer.__version__)"], capture_output=True, check=True
        )
    page = render(rows, version.stdout.decode().strip())
    (ROOT / "docs" / "performance.md").write_text(page, "utf-8")
    sys.stdout.write(page)


def make(place: Path, wuye: str, name: str, git: bool) -> Path:
    """A new office, with its history or without."""
    office = place / name
    subprocess.run([wuye, "init", str(office), "--name", name], env=CALM, check=True, capture_output=True)
    if not git:
        shutil.rmtree(office / ".git")
    return office


def measure(place: Path, wuye: str, python: str) -> list[Row]:
    """Every row of the table."""
    plain, with_git = make(place, wuye, "plain", False), make(place, wuye, "history", True)
    once = make(place, wuye, "steps", False)
    for office in (plain, with_git, once):
        subprocess.run(add(wuye)(-1), cwd=office, env=CALM, check=True, capture_output=True)
    told = "TS-20261122-001"
    medians = alternating(
        {
            "T": (lambda i: [python, "-c", "import typer"], place),
            "version": (lambda i: [wuye, "--version"], place),
            "help": (lambda i: [wuye, "complaint", "--help"], place),
            "add": (add(wuye), plain),
            "commit": (add(wuye), with_git),
            "step": (lambda i: [wuye, "complaint", "inform", told, "--said", f"第 {i} 次"], once),
            "list": (lambda i: [wuye, "complaint", "list", "-o", "json", "--limit", "50"], once),
            "table": (lambda i: [wuye, "complaint", "list", "--limit", "50"], once),
        }
    )
    base = medians["T"]
    rows = [
        Row("start (`--version`)", medians["version"], base, "≤ 1.15"),
        Row("help of a kind, all its verbs built", medians["help"], base, "–"),
        Row("add, durable, no commit", medians["add"], base, "≤ 1.4"),
        Row("add, durable, with commit", medians["commit"], base, "≤ 2"),
        Row("step by number, no commit", medians["step"], base, "≤ 1.4"),
        Row("list of a small month, JSON", medians["list"], base, "≤ 1.4"),
        Row("list of a small month, table", medians["table"], base, "–"),
    ]
    offices = {}
    for count in (20, 2000, 5000):
        offices[count] = make(place, wuye, f"month{count}", False)
        fill(offices[count], NOW[:7], count)
    medians = alternating({str(c): (add(wuye), o) for c, o in offices.items()})
    for count, goal in ((2000, "≤ 1.2"), (5000, "≤ 1.4")):
        rows.append(Row(f"add into a month of {count}", medians[str(count)], medians["20"], goal, "a month of 20"))
    few, many = make(place, wuye, "few", False), make(place, wuye, "many", False)
    fill(few, NOW[:7], 70)
    for month in (f"{year}-{month:02d}" for year in range(2017, 2027) for month in range(1, 13)):
        fill(many, month, 70)
    medians = alternating({"few": (add(wuye), few), "many": (add(wuye), many)})
    rows.append(Row("add with 120 months stored", medians["many"], medians["few"], "≤ 1.1", "1 month stored"))
    return rows


def render(rows: list[Row], typer: str) -> str:
    """The page."""
    lines = [
        "# Performance",
        "",
        f"Written by `python benchmarks/run.py`: medians of {ROUNDS} whole processes each, run in turn, on "
        f"Python {platform.python_version()}, typer {typer}, {os.cpu_count()} cores. Ratios only: an absolute time "
        'means nothing on a shared machine. `T` is `python -c "import typer"`.',
        "",
        "| what | ratio | to | goal |",
        "| --- | ---: | --- | --- |",
    ]
    lines += [f"| {r.what} | {r.seconds / r.base:.2f} | {r.base_name} | {r.goal} |" for r in rows]
    lines += [
        "",
        "What an `add` costs beyond `T`: importing PyYAML is about a third of it, our own modules a third, the two",
        "fsyncs and the work itself the rest. What was done about it stands in `docs/decisions.md`.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
