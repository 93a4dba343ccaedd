"""Coverage-guided fuzzing of the five promises of tests/promises.py, by one command:

    pip install atheris
    nice python tests/fuzz.py all --seconds 600 [--at-once 2] [--keep]

TARGET: reader, time, room, query, merge, or all. A finding does not end the run: each is told once, by where it
was raised, its bytes kept in the folder that is named at the end, and the command ends with 1. What it was belongs
into tests/corpus/TARGET/found-… once it is mended: tests/test_corpus.py repeats the whole corpus without atheris.

`--keep`: put the corpus of the run, minimised (libFuzzer's merge by set cover), in the place of the one checked in.
atheris is a program of this campaign and in no extra: the suite does not need it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parent / "corpus"
TARGETS = ("reader", "time", "room", "query", "merge")
LONGEST = {"reader": 2000, "time": 60, "room": 60, "query": 300, "merge": 4000}
MOST, LARGEST = 40, 20_000  # files and bytes of a target's corpus
WORDS = {
    "reader": """id log status text '- ' '  ' ': ' '|-\\n' '|2' '>' '#' '"' '---' '...' '~' null '<<' & * ! [ ] { }""",
    "time": """今天 昨天 前天 明天 后天 上周 下周 本周 周 星期 月 日 号 年 点 时 分 半 刻 小时 分钟 前 后 内 凌晨 早上
    上午 中午 下午 晚上 个 工作日 月底 月初 年底 +3wd +2h 30min 十 二十 廿 T +08:00 Z - / : . today all 至 到 大前""",
    "room": "号楼 栋 幢 座 楼 单元 门洞 号房 室 房 户 号 # - / 层 甲 东 商铺 A B1 十 二 百 零 １ ２",
    "query": """且 或 非 不 = ≠ != <= >= < > 含 不含 属于 为空 不为空 有 没有 ( ) “ ” 、 , and or not in is 内容 类别
    状态 级别 电话 房号 受理时间 今天 昨天 重大 金额 日期 编号 经办 步骤 备注 log id status received""",
    "merge": """'- id: TS-20261122-001\\n' '  log:\\n' '  - at: ' '    step: ' '    by: ' undoes was conflicts: sides:
    value: number_was: due: rule: people: status: recorded void closed '"at"' '"hash"' '"prev"' '"joins"' '# '""",
}


class Run(NamedTuple):
    """What a run of one target came to."""

    target: str
    executed: int
    coverage: int
    features: int
    seconds: float
    findings: tuple[str, ...]
    ended: str


def child(target: str, found: Path, given: list[str]) -> None:
    """In the process that libFuzzer drives: it ends this process itself."""
    import atheris

    sys.path.insert(0, str(Path(__file__).parent))
    with atheris.instrument_imports(include=["wuye"]):
        import promises
    promise = promises.PROMISES[target]
    seen: set[str] = set()

    def one(data: bytes) -> None:
        try:
            promise(data)
        except Exception as error:
            where = told(error)
            if where not in seen:
                seen.add(where)
                name = hashlib.sha256(where.encode()).hexdigest()[:8]
                (found / f"{target}-{name}").write_bytes(data)
                (found / f"{target}-{name}.txt").write_text(
                    f"{where}\n{''.join(traceback.format_exception(error))}", "utf-8"
                )

    # To minimise, libFuzzer starts itself once more, by its first word and without quotes.
    atheris.Setup([f"{sys.executable} {__file__} {target} --child {found}", *given], one)
    atheris.Fuzz()


def told(error: Exception) -> str:
    """Where a promise was broken: the error, the line that raised it, the line of ours that led there."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if "wuye" in Path(f.filename).parts or f.filename.endswith("promises.py")]
    places = dict.fromkeys(f"{Path(f.filename).name}:{f.lineno}" for f in (*mine[-1:], *frames[-1:]))
    return f"{type(error).__name__} at {' '.join(places)}"


def libfuzzer(target: str, found: Path, *given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, __file__, target, "--child", str(found), *given]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def run(target: str, seconds: int, seed: int, folder: Path) -> Run:
    """Fuzz one target for that long, from the corpus that is checked in."""
    work, found, words = folder / target, folder / "found", folder / f"{target}.dict"
    work.mkdir(parents=True)
    found.mkdir(exist_ok=True)
    (CORPUS / target).mkdir(parents=True, exist_ok=True)
    words.write_text("".join(f'"{escaped(word)}"\n' for word in dictionary(target)), "utf-8")
    begun = time.monotonic()
    done = libfuzzer(
        target, found, str(work), str(CORPUS / target), f"-max_total_time={seconds}", f"-seed={seed}", "-timeout=20",
        f"-max_len={LONGEST[target]}", f"-dict={words}", "-print_final_stats=1", f"-artifact_prefix={found}/{target}-",
        "-rss_limit_mb=3000",
    )  # fmt: skip
    (folder / f"{target}.log").write_text(done.stderr + done.stdout, "utf-8")
    every = re.findall(r"#(\d+)\t\w+\s+cov: (\d+) ft: (\d+)", done.stderr) or [("0", "0", "0")]
    count = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    executed, coverage, features = int(count[1]) if count else int(every[-1][0]), int(every[-1][1]), int(every[-1][2])
    findings = tuple(p.read_text("utf-8").split("\n", 1)[0] for p in sorted(found.glob(f"{target}-*.txt")))
    findings += tuple(p.name for p in sorted(found.glob(f"{target}-*")) if re.search("-(crash|timeout|oom)-", p.name))
    ended = "" if done.returncode == 0 else f"ended with {done.returncode}: {done.stderr[-300:]}"
    return Run(target, executed, coverage, features, time.monotonic() - begun, findings, ended)


def dictionary(target: str) -> list[str]:
    """The words of a target, what stands between quotes as one."""
    return [a or b for a, b in re.findall(r"'((?:\\.|[^'])+)'|(\S+)", WORDS[target])]


def escaped(word: str) -> str:
    raw = word.replace("\\n", "\n").encode()
    return "".join(chr(b) if 32 < b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in raw)


def keep(target: str, folder: Path) -> int:
    """Minimise what the run gathered, into the corpus; what was found once stays."""
    small, found = folder / f"{target}-small", folder / "found"
    small.mkdir(exist_ok=True)
    every = (str(small), str(folder / target), str(CORPUS / target))
    libfuzzer(target, found, "-set_cover_merge=1", "-use_counters=0", *every)
    old = [p for p in (CORPUS / target).iterdir() if not p.name.startswith("found-")]
    for path in old:
        path.unlink()
    room, kept = LARGEST, 0
    for path in sorted(small.iterdir(), key=lambda p: (p.stat().st_size, p.name)):
        if kept < MOST and path.stat().st_size <= room:
            shutil.copy(path, CORPUS / target / path.name[:12])
            room, kept = room - path.stat().st_size, kept + 1
    return kept


def main(argv: Sequence[str]) -> int:
    """Fuzz what was asked for, at most so many at once; 1 where anything was found."""
    if "--child" in argv:
        child(argv[0], Path(argv[2]), list(argv[3:]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(argv)
    targets = TARGETS if asked.target == "all" else (asked.target,)
    folder = Path(tempfile.mkdtemp(prefix="wuye-fuzz-"))
    with ThreadPoolExecutor(asked.at_once) as pool:
        runs = list(pool.map(lambda t: run(t, asked.seconds, asked.seed, folder), targets))
    lines = ["| target | seconds | executions | edges | features | findings |", "| --- | --- | --- | --- | --- | --- |"]
    for one in runs:
        lines.append(
            f"| {one.target} | {one.seconds:.0f} | {one.executed:,} | {one.coverage:,} | {one.features:,} "
            f"| {'; '.join(one.findings) or '0'} {one.ended}|"
        )
    if asked.keep:
        lines += [f"{target}: {keep(target, folder)} files kept" for target in targets]
    sys.stdout.write("\n".join([*lines, f"all of it: {folder}", ""]))
    return 1 if any(one.findings or one.ended for one in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
