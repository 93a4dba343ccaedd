"""A new office: nothing that was there is lost, and wherever it is cut, it can be begun again."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from conftest import run_wuye
from powercut import Machine, PowerCut, running

from wuye import founding
from wuye.errors import CannotWrite
from wuye.git import ATTRIBUTES, IGNORE, Git


def test_what_stood_in_the_folders_lists_stays(desk: Path) -> None:
    (desk / ".gitignore").write_text("*.log", "utf-8")
    (desk / ".gitattributes").write_text("*.png binary\n", "utf-8")
    assert run_wuye(["init", ".", "--name", "翠湖花园", "--yes"]).code == 0
    assert (desk / ".gitignore").read_text("utf-8") == f"*.log\n{IGNORE}"
    assert (desk / ".gitattributes").read_text("utf-8") == f"*.png binary\n{ATTRIBUTES}"


def test_an_office_is_refused_and_left_alone(desk: Path) -> None:
    founding.found(desk / "a", "甲", "李静")
    before = (desk / "a" / "wuye.yaml").read_bytes()
    with pytest.raises(CannotWrite, match="已经是台账文件夹"):
        founding.found(desk / "a", "乙", "李静")
    assert (desk / "a" / "wuye.yaml").read_bytes() == before


def test_stopped_at_every_call_and_begun_again(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(founding.Git, "init", lambda self: (self.root / ".git").mkdir(exist_ok=True))
    monkeypatch.setattr(founding.Git, "commit", lambda self, *args, **more: None)
    with running(Machine()) as whole:
        founding.found(desk / "whole", "甲", "李静")
    assert len(whole.calls) > 10
    for at in range(1, len(whole.calls) + 1):
        root = desk / str(at)
        with running(Machine(at)) as machine, pytest.raises(PowerCut):
            founding.found(root, "甲", "李静")
        machine.lose()
        if (root / "wuye.yaml").exists():
            assert Git(root).uncommitted() == [".gitattributes", ".gitignore", "wuye.yaml"], machine.calls
        else:
            founding.found(root, "甲", "李静")
        for name in ("wuye.yaml", ".gitignore", ".gitattributes"):
            assert (root / name).read_bytes() == (desk / "whole" / name).read_bytes(), (at, name)
        assert not list(root.glob(".*.new"))


@pytest.mark.git
def test_what_init_could_not_commit_the_first_command_does(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(founding.Git, "commit", lambda self, *args, **more: None)
        assert run_wuye(["init", "office", "--name", "翠湖花园"]).code == 0
    monkeypatch.chdir(desk / "office")
    assert run_wuye(["complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士"]).code == 0
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split()
    assert listed == [".gitattributes", ".gitignore", "records/2026-11/complaint.yaml", "wuye.yaml"]


@pytest.mark.parametrize("before", [0o000, 0o022, 0o077])
def test_only_this_account_can_read(before: int, desk: Path) -> None:
    old = os.umask(before)
    try:
        founding.found(desk / "deep" / "office", "甲", "李静")
    finally:
        os.umask(old)
    root = desk / "deep" / "office"
    for path in (root, *root.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_disk_that_is_full(desk: Path) -> None:
    import errno

    for at in (1, 2, 5):
        with running(Machine(at, errno.ENOSPC, once=False)):
            said = run_wuye(["init", f"office{at}", "--name", "翠湖花园"])
        assert said.code == 74 and "磁盘已满" in said.err
        assert not (desk / f"office{at}" / "wuye.yaml").exists()
        again = run_wuye(["init", f"office{at}", "--name", "翠湖花园", "--yes"])
        assert again.code == 0, again.err
