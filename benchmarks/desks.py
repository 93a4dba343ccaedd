"""Several desks: merging month files beside git's own merge, and a year of commits, one a command.

A month file of 300, 2,000 and 5,000 records in which each desk changed a tenth and added a tenth; `git merge-file`
is what git does without the driver (its result has conflicts, which is the point). The year is made by `git
fast-import` as `wuye` would have committed it, packed once a month as `evening.sh` does. `WUYE_BENCH_COMMITS` makes
it smaller. Alone: `python benchmarks/desks.py`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import data  # noqa: E402
from timing import CALM, NOW, Command, in_turn  # noqa: E402

from wuye import dumper, merging, message  # noqa: E402

COMMITS = int(os.environ.get("WUYE_BENCH_COMMITS", "40000"))
SIZES = (300, 2000, 5000)
FILE = f"records/{NOW[:7]}/complaint.yaml"
HEAD = b"# yaml-language-server: $schema=../../.wuye/schema/complaint.json\n"
TIMES = 5
ROOMS = [f"{a}-1-{b}01" for a in range(1, 10) for b in range(1, 31)]
WHO = "张三 <desk@wuye.invalid>".encode()
Raw = dict[str, object]


def complaint(number: str, at: str, text: str, *notes: str) -> bytes:
    """A complaint as the file holds it, with so many notes in its log."""
    log = [{"at": at, "step": "add", "by": "李静"}]
    log += [{"at": at, "step": "note", "by": "张三", "note": note} for note in notes]
    return dumper.dump_record({
        "id": number, "status": "recorded", "received": at, "recorded": at, "room": data.ROOM, "reporter": "王女士",
        "phone": "13800138000", "text": text, "due": {"respond": at}, "log": log,
    })  # type: ignore[dict-item]


def sides(count: int) -> tuple[bytes, bytes, bytes]:
    """A month file and what two desks made of it."""
    def block(index: int, letter: str = "", *notes: str) -> bytes:
        day = f"{NOW[:7]}-{index % 21 + 1:02d}"
        number = f"TS-{day.replace('-', '')}-{letter}{index // 21 + 1:03d}"
        return complaint(number, f"{day}T09:05+08:00", f"{data.WORDS[index % 10]} 第 {index} 次", *notes)

    def desk(letter: str, every: int) -> bytes:
        old = (block(i, "", letter) if i % 20 == every or i % 20 == 0 else block(i) for i in range(count))
        return HEAD + b"".join([*old, *(block(i, letter) for i in range(count, count + count // 10))])

    return HEAD + b"".join(block(i) for i in range(count)), desk("A", 5), desk("B", 10)


def median(run: Callable[[], object]) -> float:
    """Seconds of a call, the median of a few after one to warm up."""
    found = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return statistics.median(found[1:])


def merges(place: Path, python: str) -> list[str]:
    """Merging one file in a process of its own, as git calls it, and without the driver."""
    plain = ["git", "merge-file", "-p", "-q", "A", "O", "B"]
    lines = ["| month file, a tenth changed and a tenth added on each side | driver, ratio to T (MB) "
             "| in one process, ms | `git merge-file`, ratio to T | its conflicts |",
             "| ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for count in SIZES:
        base, ours, theirs = sides(count)
        for name, content in (("O", base), ("A", ours), ("B", theirs)):
            (place / name).write_bytes(content)

        def again(index: int, content: bytes = ours) -> None:
            (place / "A").write_bytes(content)

        told = subprocess.run(plain, cwd=place, env=CALM, capture_output=True, check=False)
        env, driver = {"PYTHONPATH": str(ROOT)}, [python, "-m", "wuye", "merge-driver", "O", "A", "B", FILE]
        found = in_turn({
            "T": Command(lambda i: [python, "-c", "import typer"], place, most=TIMES),
            "ours": Command(lambda i, words=driver: words, place, env, TIMES, again),  # type: ignore[misc]
            "git": Command(lambda i: plain, place, {}, TIMES, again, ok=tuple(range(256))),
        })  # fmt: skip
        base_time = found["T"].seconds
        alone = median(lambda b=base, o=ours, t=theirs: merging.merge(b, o, t, FILE))  # type: ignore[misc]
        ratio = f"{found['ours'].seconds / base_time:.1f} ({found['ours'].memory:.0f})"
        git = f"{found['git'].seconds / base_time:.2f} | {told.stdout.count(b'<<<<<<< ')}"
        lines.append(f"| {count:,} | {ratio} | {alone * 1000:.0f} | {git} |")
    return lines


def year(commits: int) -> Iterator[bytes]:
    """A year's commits for `git fast-import`: a fourth add records of five kinds, the others note on one."""
    files: dict[str, bytes] = {}
    known: dict[str, list[str]] = {}
    serials: dict[str, int] = {}
    for index in range(commits):
        kind, day = data.KINDS[index // 4 % 5], index * 335 // commits
        at = datetime(2026, day // 28 + 1, day % 28 + 1, 9 + index % 9, index % 60)
        path = f"records/{at:%Y-%m}/{kind}.yaml"
        content = files.get(path) or HEAD.replace(b"complaint", kind.encode())
        if index % 4 == 0 or path not in known:
            serials[f"{kind}{at:%m%d}"] = serial = serials.get(f"{kind}{at:%m%d}", 0) + 1
            room = ROOMS[index // 4 % len(ROOMS)]
            text = data.WORDS[index % 10]
            raw = data.stored(data.Item(kind, serial, at, room, "王女士", "13800138000", text, "noise", None))
            number = str(raw["id"])
            content += dumper.dump_record(raw)  # type: ignore[arg-type]
            known.setdefault(path, []).append(number)
            words = message.write(f"登记 {number}", "add", [number])
        else:
            number = known[path][-1 - index % min(len(known[path]), 20)]
            end = content.find(b"\n- id: ", content.index(f"- id: {number}\n".encode())) + 1 or len(content)
            note = f"  - at: '{at:%Y-%m-%dT%H:%M}+08:00'\n    step: note\n    by: 张三\n    note: 第 {index} 次来电\n"
            content = content[:end] + note.encode() + content[end:]
            words = message.write(f"备注 {number}", "note", [number])
        files[path] = content
        told, stamp = words.encode(), int(at.timestamp())
        yield b"commit refs/heads/main\ncommitter %s %d +0800\ndata %d\n%s\n" % (WHO, stamp, len(told), told)
        if index == 0:
            yield b"from refs/heads/main^0\n"
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


def size(root: Path) -> float:
    """Megabytes of a repository."""
    return sum(p.stat().st_size for p in (root / ".git").rglob("*") if p.is_file()) / 1024 / 1024


def history(place: Path, wuye: list[str], python: str) -> list[str]:
    """The same command at the beginning and at the end of a year, and what is asked of the year."""
    env = {"PYTHONPATH": str(ROOT)}
    offices = {}
    for name in ("start", "end"):
        offices[name] = place / name
        made = {**CALM, **env}
        subprocess.run([*wuye, "init", str(place / name), "--name", name], env=made, check=True, capture_output=True)
    root = offices["end"]
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=root, stdin=subprocess.PIPE, env=CALM) as git:
        assert git.stdin
        for part in year(COMMITS):
            git.stdin.write(part)
    subprocess.run(["git", "reset", "--quiet", "--hard"], cwd=root, env=CALM, check=True)
    imported = size(root)
    subprocess.run(["git", "repack", "-adfq", "--window=10"], cwd=root, env=CALM, check=True)
    looked = ["git", "grep", "-h", "-o", r"TS-[0-9]*-[0-9]*$", "--", "records/2026-11/complaint.yaml"]
    told_ = subprocess.run(looked, cwd=root, env=CALM, capture_output=True, text=True, check=True).stdout
    newest = told_.split()[-1]
    stamp = time.time_ns()

    def add(office: Path) -> Command:
        words = lambda i: [*wuye, "complaint", "add", data.ROOM, f"漏水 {stamp} {i}", "--reporter", "王女士"]  # noqa: E731
        return Command(words, office, env, TIMES * 2)

    def ask(*words: str) -> Command:
        return Command(lambda i: [*wuye, *words], root, env, TIMES)

    found = in_turn({
        "T": Command(lambda i: [python, "-c", "import typer"], place), "start": add(offices["start"]), "end": add(root),
        "log": ask("log"), "by": ask("log", "--by", "张三", "--period", "2026-06"), "history": ask("history", newest),
        "room": ask("history", ROOMS[0]),
    })  # fmt: skip
    told = {"start": "`add` with its commit, a new office", "end": f"the same after {COMMITS:,} commits",
            "log": "`log`", "by": "`log` of one person in one month", "history": "`history` of one record",
            "room": "`history` of one room"}  # fmt: skip
    base = found["T"].seconds
    packed = f"{size(root):.0f} MB packed ({imported:.0f} MB before the first full pack)"
    lines = [f"A year of {COMMITS:,} commits: {packed}.", "", "| what | ratio to T (MB) |", "| --- | ---: |"]
    return lines + [f"| {what} | {found[n].seconds / base:.2f} ({found[n].memory:.0f}) |" for n, what in told.items()]


def section(place: Path, wuye: str, python: str) -> list[str]:
    """The lines of the page about several desks and a long history."""
    folder = place / "desks"
    folder.mkdir()
    return ["## Several desks, and a year of history", "", *merges(folder, python), "",
            *history(folder, [python, "-m", "wuye"], python), ""]  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write("\n".join(section(Path(name), "", sys.executable)) + "\n")
