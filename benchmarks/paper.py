"""What paper costs: a month's slips, the monthly report over ten years, payment notices for every unit.

Each run is one printable file: the page, and its PDF by the browser of this machine (left out where there is none). The
browser's memory is that of all its processes together, added up while it prints (`/proc`). A PDF takes minutes and is
made once. `WUYE_BENCH_UNITS`, `WUYE_BENCH_SLIPS` and `WUYE_BENCH_RECORDS` make it smaller. Alone:
`python benchmarks/paper.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from timing import CALM, NOW, ROUNDS, Command, in_turn, once  # noqa: E402, I001 - before what grows
import data  # noqa: E402
import money  # noqa: E402

RECORDS = int(os.environ.get("WUYE_BENCH_RECORDS", "100000"))
SLIPS = int(os.environ.get("WUYE_BENCH_SLIPS", "1000"))
MONTH = NOW[:7]
TIMES = 5
BILLED = "2026-10"


class Run(NamedTuple):
    """One thing to print: what it is, in which office, the words of the command, the goal, how often at most."""

    what: str
    office: Path
    words: tuple[str, ...]
    goal: str = "–"
    most: int = TIMES


class Printed(NamedTuple):
    """One PDF: how long, the most memory of ours and of the browser in MB, its pages."""

    seconds: float
    ours: float
    browser: float
    pages: int


def slips(place: Path, wuye: str) -> Path:
    """An office with so many work orders in this month, none of them done."""
    from wuye import dumper

    office = begun(place, wuye, "slips")
    path = office / "records" / MONTH / "workorder.yaml"
    path.parent.mkdir(parents=True)
    blocks = [b"# yaml-language-server: $schema=../../.wuye/schema/workorder.json\n"]
    for index in range(SLIPS):
        at = datetime.fromisoformat(f"{MONTH}-{index % 21 + 1:02d}T09:{index // 21 % 60:02d}")
        text = f"{data.WORDS[index % 10]}，请尽快派人处理"
        one = data.Item("workorder", index // 21 + 1, at, data.ROOM, "王女士", "13800138000", text, "noise", None)
        blocks.append(dumper.dump_record(data.stored(one)))  # type: ignore[arg-type]
    path.write_bytes(b"".join(blocks))
    return office


def begun(place: Path, wuye: str, name: str) -> Path:
    """A new office without a history."""
    office = place / name
    subprocess.run([wuye, "init", str(office), "--name", name], env=CALM, check=True, capture_output=True)
    shutil.rmtree(office / ".git")
    return office


def grown(place: Path, wuye: str) -> Path:
    """An office of ten years."""
    office = begun(place, wuye, "report")
    data.fill(office, RECORDS)
    return office


def printed(wuye: str, run: Run) -> Printed:
    """The PDF of a run, made once, with what it took."""
    target = run.office.parent / "printed.pdf"
    target.unlink(missing_ok=True)
    argv, start = [wuye, *run.words, "--out", str(target)], time.perf_counter()
    with subprocess.Popen(argv, cwd=run.office, env=CALM, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        most, over = {"ours": 0.0, "browser": 0.0}, threading.Event()
        watch = threading.Thread(target=_watch, args=(child.pid, most, over))
        watch.start()
        _, said = child.communicate()
        over.set()
        watch.join()
    if child.returncode:
        raise SystemExit(f"{argv} ended with {child.returncode}: {said.decode('utf-8', 'replace')}")
    pages = target.read_bytes().count(b"/Type /Page\n")
    return Printed(time.perf_counter() - start, most["ours"], most["browser"], pages)


def _watch(root: int, most: dict[str, float], over: threading.Event) -> None:
    """The most memory of a process and of all that it started, each page that they share counted once."""
    while not over.wait(0.2):
        family, told = {root}, _parents()
        for pid in sorted(told):
            if told[pid] in family:
                family.add(pid)
        most["ours"] = max(most["ours"], _memory(root))
        most["browser"] = max(most["browser"], sum(map(_memory, family - {root})))


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone by now
            continue
    return found


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def section(place: Path, wuye: str, python: str) -> list[str]:
    """The lines of the page about paper."""
    from wuye import browser
    from wuye.errors import BadSettings

    folder = place / "paper"
    folder.mkdir()
    notices = money.made(folder, wuye, 1)
    runs = {
        "slips": Run(f"{SLIPS:,} work slips of a month", slips(folder, wuye),
                     ("print", "--form", "派工单", "--period", MONTH)),
        "report": Run(f"month report, {RECORDS:,} records", grown(folder, wuye), ("month", MONTH), "≤ 10", ROUNDS),
        "notices": Run(f"payment notices of {money.UNITS:,} units", notices,
                       ("print", "--form", "收费通知单", "--period", BILLED)),
    }  # fmt: skip
    for run in runs.values():
        once(Command(lambda i: [wuye, "today"], run.office), 0)
    pages = {name: Command(lambda i, r=run: [wuye, *r.words, "--out", "../page.html"], run.office, most=run.most)  # type: ignore[misc]
             for name, run in runs.items()}  # fmt: skip
    found = in_turn({"T": Command(lambda i: [python, "-c", "import typer"], place), **pages})
    base = found["T"].seconds
    try:
        browser.find()
    except BadSettings:
        made = {}
    else:
        made = {name: printed(wuye, run) for name, run in runs.items()}
    lines = [
        "## Paper: each run one printable file", "",
        "| what | page, ratio to T (MB) | goal | PDF, ratio to T (MB) | sheets | the browser's MB |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name, run in runs.items():
        page = f"{found[name].seconds / base:.2f} ({found[name].memory:.0f})"
        pdf = "– | – | –"
        if one := made.get(name):
            pdf = f"{one.seconds / base:.0f} ({one.ours:.0f}) | {one.pages:,} | {one.browser:.0f}"
        lines.append(f"| {run.what} | {page} | {run.goal} | {pdf} |")
    return [*lines, ""]


def main() -> None:
    """This part alone, with the program that runs it."""
    with tempfile.TemporaryDirectory() as name:
        wuye = Path(name) / "wuye"
        wuye.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m wuye "$@"\n', "utf-8")
        wuye.chmod(0o700)
        sys.stdout.write("\n".join(section(Path(name), str(wuye), sys.executable)) + "\n")


if __name__ == "__main__":
    main()
