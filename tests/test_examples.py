"""`examples/`: the office that is checked in, and the scripts around it, run as cron and a clerk would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import run_wuye
from make_examples import NOW, OFFICE, WORDS, files

from wuye import cli, records

EXAMPLES = OFFICE.parent
# sh and dash where they are two; what a script does is the same in both.
SHELLS = {os.path.realpath(found): found for name in ("sh", "dash") if (found := shutil.which(name))}
Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def copy(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example office, copied; the clock on its morning."""
    shutil.copytree(OFFICE, desk / "office")
    monkeypatch.setenv("WUYE_NOW", NOW)
    return desk / "office"


@pytest.fixture
def environ(copy: Path, desk: Path) -> dict[str, str]:
    """What cron gives: a path with `wuye` on it, the office, the folder for reports."""
    program = desk / "bin" / "wuye"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wuye "$@"\n', "utf-8")
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(Path(cli.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(desk), "WUYE_NOW": NOW, "WUYE_OFFICE": str(copy),
        "WUYE_REPORTS": str(desk / "reports"), "WUYE_USER": "李静",
    }  # fmt: skip


@pytest.fixture(params=list(SHELLS.values()), ids=lambda p: Path(p).name)
def script(request: pytest.FixtureRequest, environ: dict[str, str], desk: Path) -> Script:
    """Run one of the scripts under `sh -eu`."""

    def run(name: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        argv = [request.param, "-eu", str(EXAMPLES / name), *words]
        return subprocess.run(argv, env=environ | more, cwd=desk, capture_output=True, text=True, check=False)

    return run


# --- the office


def test_the_office_is_what_the_demo_makes(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale: `python tests/make_examples.py`."""
    monkeypatch.setenv("WUYE_NOW", NOW)
    assert run_wuye(["demo", "fresh", *WORDS]).code == 0
    fresh, kept = files(desk / "fresh"), files(OFFICE)
    assert sorted(fresh) == sorted(kept)
    assert [name for name in fresh if fresh[name] != kept[name]] == []


RARE = ("movein",)
"""Nobody moves into so small a place within a month; `wuye demo` at its full size has it."""


def test_the_office_holds_some_of_everything() -> None:
    for name, prefix, _ in records.KINDS:
        if name in RARE:
            continue
        assert any(f"- id: {prefix}-".encode() in data for data in files(OFFICE).values()), name
    assert {".gitattributes", ".gitignore", "wuye.yaml", "books/unit.yaml"} <= set(files(OFFICE))
    assert sum(len(data) for data in files(OFFICE).values()) < 1_000_000


@pytest.mark.git
def test_a_copy_works(copy: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    inside = ["--office", str(copy)]
    said = run_wuye(["check", *inside])
    assert (said.code, said.out, said.err) == (0, "", "")
    said = run_wuye(["today", *inside])
    assert said.code == 0 and "今天 2026-11-23（周一）" in said.out and "重大" in said.out and "热点" in said.out
    assert run_wuye(["complaint", "note", "TS-20261122-001", "已催财务", *inside]).code == 0
    log = subprocess.run(["git", "-C", str(copy), "log", "--oneline"], capture_output=True, check=True).stdout
    assert len(log.splitlines()) == 1
    assert run_wuye(["check", *inside]).code == 0


# --- the scripts


def test_morning(script: Script, copy: Path, desk: Path) -> None:
    before = files(copy)
    done = script("morning.sh", "李静")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("当班：李静", "今天 2026-11-23（周一）", "有已到期未办的事项，请先办", "付款承诺", "装修测量"):
        assert words in done.stdout, words
    assert files(copy) == before and not (desk / "reports").exists()
    quiet = script("morning.sh", WUYE_NOW="2026-09-01T08:50")
    assert quiet.returncode == 0 and "没有已到期未办的事项" in quiet.stdout


@pytest.mark.git
def test_evening(script: Script, copy: Path, desk: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    before = files(copy)
    done = script("evening.sh", WUYE_NOW="2026-11-23T18:10")
    assert done.returncode == 0, done.stderr
    for words in ("已离开 FK-20261122-003", "今天的日结", "明天下班前到期的", "台账数据完好", "备份："):
        assert words in done.stdout, words
    assert [p.name for p in (desk / "reports").iterdir()] == ["日报-2026-11-23.md"]
    assert "日报 2026-11-23" in (desk / "reports" / "日报-2026-11-23.md").read_text("utf-8")
    after = files(copy)
    assert [n for n in after if after[n] != before.get(n)] == ["records/2026-11/visitor.yaml"]
    assert list((copy / ".git" / "objects" / "pack").glob("*.pack"))
    (desk / "usb").mkdir()
    done = script("evening.sh", WUYE_NOW="2026-11-23T18:15", WUYE_BACKUP=str(desk / "usb"))
    assert done.returncode == 0 and "解开核对过" in done.stdout, done.stderr
    assert run_wuye(["restore", "--verify", str(desk / "usb" / "台账-2026-11-23.zip")]).code == 0
    done = script("evening.sh", WUYE_NOW="2026-11-23T18:15", WUYE_BACKUP=str(desk / "没插"))
    assert done.returncode == 1 and "没有备份成" in done.stderr
    inside = {"WUYE_REPORTS": str(copy / "reports"), "WUYE_NOW": "2026-11-23T18:20"}
    done = script("evening.sh", **inside)
    assert done.returncode == 1 and "在台账里面" in done.stderr and not (copy / "reports").exists()
    assert run_wuye(["payment", "add", "1-1-201", "100", "--way", "现金", "--yes", "--office", str(copy)]).code == 0
    done = script("evening.sh", WUYE_NOW="2026-11-23T18:30")
    assert done.returncode == 0 and "今天收了款，还没有日结" in done.stdout


def test_month_end(script: Script, copy: Path, desk: Path) -> None:
    before = files(copy)
    done = script("month-end.sh", WUYE_NOW="2026-12-01T18:30")
    assert done.returncode == 0, done.stderr
    folder = desk / "reports" / "2026-11"
    assert f"2026-11 的报表在 {folder}" in done.stdout and files(copy) == before
    table = (folder / "投诉-2026-11.csv").read_text("utf-8")
    assert "TS-20261122-001" in table and "\nTS-202610" not in table
    assert "TS-20261114-001" in (folder / "未结-投诉.md").read_text("utf-8")
    assert "日报 2026-11-30" in (folder / "月末日报.md").read_text("utf-8")
    assert "月报 2026-11" in (folder / "月报.md").read_text("utf-8")
    assert "SK-20261" in (folder / "收款-2026-11.csv").read_text("utf-8")
    assert "物业费" in (folder / "收支台账.md").read_text("utf-8")
    assert "ZD-2025" in (folder / "未收清单.csv").read_text("utf-8")
    assert "1—2 年" in (folder / "账龄.md").read_text("utf-8")
    assert "收缴率" in (folder / "指标.md").read_text("utf-8")
    assert "资产:应收账款" in (folder / "账.journal").read_text("utf-8")
    assert script("month-end.sh", "2026-11").returncode == 0
    assert "日报 2026-11-23" in (folder / "月末日报.md").read_text("utf-8"), "the month that runs ends today"
    wrong = script("month-end.sh", "十月")
    assert wrong.returncode == 1 and "请写成 2026-10 这样" in wrong.stderr


@pytest.mark.parametrize("name", ["morning.sh", "evening.sh", "month-end.sh"])
def test_something_wrong_is_one_sentence(name: str, script: Script, copy: Path, desk: Path) -> None:
    for more, words in (
        ({"WUYE_OFFICE": ""}, "没有设 WUYE_OFFICE"),
        ({"WUYE_OFFICE": str(desk)}, "不是台账文件夹"),
        ({"PATH": "/nonexistent"}, "找不到 wuye"),
    ):
        done = script(name, **more)
        assert done.returncode == 1 and done.stderr.startswith("错误：") and words in done.stderr
    (copy / "records" / "2026-11" / "complaint.yaml").write_bytes(b"- id: [\n")
    done = script(name)
    assert done.returncode == 1 and "wuye check" in done.stderr


def cron_lines() -> list[str]:
    """The command of every line of cron.txt, the five times cut off; its settings left to the test."""
    lines = (EXAMPLES / "cron.txt").read_text("utf-8").splitlines()
    return [line.split(None, 5)[5] for line in lines if line[:1] in "0123456789*" and line.strip()]


def test_cron(environ: dict[str, str], desk: Path) -> None:
    text = (EXAMPLES / "cron.txt").read_text("utf-8")
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert {"PATH", "WUYE_OFFICE", "WUYE_REPORTS", "MAILTO"} <= set(settings)
    commands = cron_lines()
    assert len(commands) == 5 and "%" not in "".join(commands), "cron takes % for a line end"
    said = []
    for command in commands:
        argv = ["sh", "-c", command.replace("/srv/wuye/examples", str(EXAMPLES))]
        now = {"WUYE_NOW": "2027-01-01T18:30"} if "month-end" in command else {}
        done = subprocess.run(argv, env=environ | now, cwd=desk, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
        said.append(done.stdout)
    assert "今天 2026-11-23" in said[0] and "有到期未办的事项" in said[1] and said[4] == ""
    assert (desk / "reports" / "2026-12").is_dir(), "in January the month before is last year's December"
