"""Bad input and broken machines: each has its exit code and its sentence, nothing is lost, other months stay usable."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, NOVEMBER, Said, Wuye, tree

from wuye import blocks, clock, disk, git, journal, program
from wuye.errors import CannotWrite, InputOutput, Refused
from wuye.journal import Change
from wuye.store import Store

# --- the machine

FAILING = ["open", "write", "fsync", "mkdir"]


@pytest.mark.parametrize(
    ("code", "exit_code"), [(errno.ENOSPC, 74), (errno.EIO, 74), (errno.EACCES, 73), (errno.EROFS, 73)]
)
@pytest.mark.parametrize("call", FAILING)
def test_a_failing_disk_loses_nothing(
    call: str, code: int, exit_code: int, kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(office)

    opened = os.open

    def fail(*args: Any, **more: Any) -> Any:
        if call == "open" and not args[1] & os.O_CREAT:  # it still reads
            return opened(*args, **more)
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        if call == "mkdir":
            patch.setattr(Path, "mkdir", fail)
            said = kept(*ADD, "新月份", "--at", "2026-09-01 10:00")
        else:
            patch.setattr(disk.os, call, fail)
            said = kept(*ADD, "第三件")
    assert said.code == exit_code, said
    assert "没有保存" in said.err and "请" in said.err
    assert tree(office) == before
    assert kept(*ADD, "第三件").code == 0
    assert kept("check").code == 0
    assert not list((office / ".wuye" / "tmp").iterdir())


def test_a_file_size_limit(kept: Wuye, office: Path) -> None:
    before = tree(office)
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600));"
        "from wuye import cli; sys.exit(cli.run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *ADD, "第三件"], cwd=office, capture_output=True, text=True, check=False
    )
    assert done.returncode == 74 and "磁盘" in done.stderr
    assert tree(office) == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 600
    assert kept(*ADD, "第三件").code == 0


@pytest.mark.root
def test_a_read_only_folder_is_read(kept: Wuye, office: Path) -> None:
    for path in (office / "records" / "2026-11", office / "records", office / ".wuye", office):
        path.chmod(0o500)
    try:
        assert kept("complaint", "list").code == 0
        assert kept(*ADD, "第三件").code == 73
    finally:
        for path in (office, office / "records", office / "records" / "2026-11", office / ".wuye"):
            path.chmod(0o700)


def test_a_locked_office_names_the_holder(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]

    def wait(seconds: float) -> None:
        passed[0] += seconds

    before = tree(office)
    with monkeypatch.context() as patch, Store(office).lock("张三", "成批登记"):
        patch.setattr(clock, "wait", wait)
        patch.setattr(clock, "ticks", lambda: passed[0])
        for argv in ([*ADD, "第三件"], ["complaint", "note", "ts1", "x"], ["duty", "李静"]):
            passed[0] = 0.0
            said = kept(*argv, "-o", "json")
            assert said.code == 75 and "张三（成批登记" in said.err and "请" in said.err, said
            assert said.json["error"]["code"] == "locked" and 60 <= passed[0] < 61
        for argv in (["complaint", "list"], ["complaint", "show", "ts1"], ["today"], ["day"], ["check"]):
            assert kept(*argv).code == 0, argv
    assert tree(office) == before
    assert kept(*ADD, "第三件").code == 0


def test_no_office_here(desk: Path) -> None:
    from conftest import run_wuye

    for argv in (["today"], [*ADD, "x"], ["check"], ["--office", "nowhere", "today"]):
        said = run_wuye(argv)
        assert said.code == 1 and "wuye init" in said.err
    assert not (desk / ".wuye").exists() and not (desk / "records").exists()


def test_settings_that_cannot_be_read(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office / "wuye.yaml"
    good = path.read_text("utf-8")
    for old, new in (
        ("format: 1", "format: one"),
        ("hours: 09:00-18:00", "hours: 9点到6点"),
        ("visitor.stay: 4h", "visitor.stai: 4h"),
        ("visitor.stay: 4h", "visitor.stay: long"),
        ("Asia/Shanghai", "Mars/Base"),
        ("name:", "nmae:"),
    ):
        path.write_text(good.replace(old, new, 1), "utf-8")
        said = kept("today")
        assert said.code == 78 and "wuye" in said.err and "请" in said.err, (new, said)
    path.write_text(good, "utf-8")
    monkeypatch.setenv("WUYE_NOW", "soon")
    assert kept("today").code == 78


def test_a_newer_format_is_read_and_never_written(kept: Wuye, office: Path) -> None:
    path = office / "wuye.yaml"
    text = path.read_text("utf-8").replace("format: 1", "format: 2") + "colour: 蓝\n"
    path.write_text(
        text.replace("visitor.stay: 4h", "visitor.stay: 4h\n  parcel.wait: 3d\n  visitor.seat: 1h"), "utf-8"
    )
    before = tree(office)
    for argv in (["complaint", "list"], ["complaint", "show", "ts1"], ["today"], ["due"], ["day"], ["check"]):
        assert kept(*argv).code == 0, argv
    for argv in (
        [*ADD, "第三件"],
        ["complaint", "note", "ts1", "好"],
        ["complaint", "list", "--reveal", "--reason", "核对"],
    ):
        said = kept(*argv)
        assert said.code == 78 and "请升级" in said.err, argv
    assert tree(office) == before


def test_an_ambiguous_number_lists_the_candidates(kept: Wuye) -> None:
    said = kept("complaint", "show", "1", now="2026-11-25T10:00")
    assert said.code == 4 and "TS-20261122-001" in said.err and "TS-20261015-001" in said.err


# --- identity numbers and modes


def identity_number() -> str:
    """A number of an unissued sequence, with a right check digit."""
    body = "99000019900101000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def test_an_identity_number_never_gets_in(kept: Wuye, office: Path) -> None:
    number = identity_number()
    for argv in (
        [*ADD, f"身份证 {number}"],
        [*ADD, "漏水", "--by", number],
        [*ADD, "漏水", "--once", number],
        ["complaint", "note", "TS-20261122-001", number],
        ["complaint", "inform", "TS-20261122-001", "--said", number],
        ["complaint", "edit", "TS-20261122-001", "--text", number],
        ["visitor", "add", "--name", "甲", "--purpose", "乙", "--department", "丙", "--id-tail", number],
        ["duty", number],
    ):
        said = kept(*argv)
        assert said.code == 2 and number not in said.err + said.out, argv
    assert not any(number.encode() in p.read_bytes() for p in office.rglob("*") if p.is_file())
    path = office / NOVEMBER
    path.write_text(path.read_text("utf-8").replace("第一件", number), "utf-8")
    said = kept("check")
    assert said.code == 65 and "身份证号" in said.err and number not in said.err


def test_only_this_account_can_read(kept: Wuye, office: Path) -> None:
    before = os.umask(0)
    try:
        assert kept(*ADD, "第三件", "--at", "2026-08-01 10:00").code == 0
    finally:
        os.umask(before)
    for path in (office, *office.rglob("*")):
        if ".git" not in path.relative_to(office).parts:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


# --- several files, and crashes


def test_a_command_that_writes_two_months_is_all_there(kept: Wuye, office: Path) -> None:
    assert kept(*ADD, "又漏了", "--repeats", "TS-20261015-001").code == 0
    october = kept("complaint", "show", "TS-20261015-001", "-o", "json").records[0]
    assert october["log"][-1] | {"at": ""} == {"at": "", "step": "repeat", "by": "李静", "link": "TS-20261122-003"}
    assert kept("check").code == 0


STOPS = ["write_temp", "replace", "sync_folder"]


@pytest.mark.parametrize("call", STOPS)
@pytest.mark.parametrize("after", range(6))
def test_a_journal_is_carried_out_or_never_was(
    call: str, after: int, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Store(office)
    (office / "records").mkdir(0o700)
    (office / "records" / "a.yaml").write_bytes(b"# old\n")
    changes = [Change("records/a.yaml", b"# old\n", b"# new\n"), Change("records/b.yaml", None, b"# made\n")]
    real, count = getattr(disk, call), [0]

    def dying(*args: Any, **more: Any) -> Any:
        count[0] += 1
        if count[0] > after:
            raise KeyboardInterrupt
        return real(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(disk, call, dying)
        with pytest.raises(KeyboardInterrupt), desk.lock("甲", "写") as session:
            session.write(changes)
            raise KeyboardInterrupt
    with Store(office).lock("乙", "下一个"):
        pass
    state = [disk.read(office / "records" / name) for name in ("a.yaml", "b.yaml")]
    assert state in ([b"# old\n", None], [b"# new\n", b"# made\n"])
    assert not journal.pending(office / ".wuye" / "journal")


def test_a_hand_edit_in_between_is_left_alone(office: Path) -> None:
    desk = Store(office)
    folder = office / ".wuye" / "journal"
    (office / "records").mkdir(0o700)
    (office / "records" / "a.yaml").write_bytes(b"# old\n")
    journal.begin(
        folder, [Change("records/a.yaml", b"# old\n", b"# new\n"), Change("records/b.yaml", None, b"# made\n")]
    )
    assert desk.read("records/b.yaml") is None
    (office / "records" / "a.yaml").write_bytes(b"# by hand\n")
    with desk.lock("乙", "下一个") as session:
        assert any("手工改过" in notice for notice in session.notices)
    assert (office / "records" / "a.yaml").read_bytes() == b"# by hand\n"
    assert (office / "records" / "a.yaml.wuye-new").read_bytes() == b"# new\n"
    assert (office / "records" / "b.yaml").read_bytes() == b"# made\n"


def test_a_reader_finishes_a_journal_or_shows_it(office: Path) -> None:
    folder = office / ".wuye" / "journal"
    journal.begin(
        folder, [Change("records/2026-11/complaint.yaml", None, b"# one\n"), Change("x.yaml", None, b"# two\n")]
    )
    reader = Store(office)
    with Store(office).lock("甲", "占着") as session:
        assert session is not None
        journal.begin(folder, [Change("records/2026-11/complaint.yaml", b"# one\n", b"# more\n")])
        reader.settle()
        assert reader.read("records/2026-11/complaint.yaml") == b"# more\n"
        assert (office / NOVEMBER).read_bytes() == b"# one\n"
    reader.settle()
    assert (office / NOVEMBER).read_bytes() == b"# more\n"


def test_a_file_changed_meanwhile_is_not_overwritten(office: Path) -> None:
    (office / "records").mkdir(0o700)
    (office / "records" / "a.yaml").write_bytes(b"# changed\n")
    with Store(office).lock("甲", "写") as session, pytest.raises(Refused, match="改过"):
        session.write([Change("records/a.yaml", b"# old\n", b"# new\n")])
    assert (office / "records" / "a.yaml").read_bytes() == b"# changed\n"


def test_a_link_out_of_the_office_is_refused(office: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (office / "records").symlink_to(tmp_path / "elsewhere")
    with Store(office).lock("甲", "写") as session, pytest.raises(Refused, match="链接"):
        session.read("records/a.yaml")


def test_errors_of_the_system_have_a_sentence() -> None:
    assert isinstance(disk.worded(OSError(errno.ENOSPC, ""), "x"), InputOutput)
    assert isinstance(disk.worded(OSError(errno.EROFS, ""), "x"), CannotWrite)


def spread(office: Path, kills: int) -> list[float]:
    """Moments from before an `add` has begun to after it is done, on a machine as fast as this one."""
    start = clock.ticks()
    subprocess.run([sys.executable, "-m", "wuye", *ADD, "量一下", "-q"], cwd=office, capture_output=True, check=True)
    whole = clock.ticks() - start
    return [whole * (0.2 + 1.2 * index / kills) for index in range(kills)]


@pytest.mark.git
def test_killed_at_any_moment(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 at many moments of an `add`: what was acknowledged is there, numbers are not doubled, the next works."""
    monkeypatch.setattr(git.clock, "age", lambda stamp: 61.0)
    acknowledged: list[tuple[str, str]] = []
    killed = 0
    for index, moment in enumerate(spread(office, 36)):
        # Every second one writes two months through the journal.
        more = ["--repeats", "TS-20261015-001"] if index % 2 else []
        process = subprocess.Popen(
            [sys.executable, "-m", "wuye", *ADD, f"第 {index} 次", *more, "-q"], cwd=office,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            out, _ = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
            killed += 1
            for lock in (office / ".git").rglob("*.lock"):
                os.utime(lock, (1, 1))  # a minute is over
        acknowledged += [(number, f"第 {index} 次") for number in out.split()]
        if index % 3 == 2:  # the next command works, and git's locks do not stay for ever
            said = kept(*ADD, f"其间 {index}", "-q")
            assert said.code == 0, said.err
            acknowledged.append((said.out.strip(), f"其间 {index}"))
            assert kept("check") == Said(0, "", "")
    assert killed > 6
    rows = kept("complaint", "list", "-o", "json").records
    texts = {row["id"]: row["text"] for row in rows}
    assert len(texts) == len(rows)
    assert all(texts[number] == text for number, text in acknowledged)
    linked = {row["id"] for row in rows if row["repeats"]}
    (october,) = [row for row in rows if row["id"] == "TS-20261015-001"]
    assert linked == {entry["link"] for entry in october["log"] if entry["step"] == "repeat"}
    assert kept("check") == Said(0, "", "")
    assert not list((office / ".wuye" / "tmp").iterdir()) and not (office / ".wuye" / "uncommitted").exists()
    assert _git(office, "status", "--porcelain") == ""


@pytest.mark.git
def test_many_writers(office: Path) -> None:
    script = (
        "import sys; from wuye import cli\n"
        "for i in range(10):\n"
        "    assert cli.run(['complaint', 'add', '1-1-101', f'写{sys.argv[1]}的{i}', '--reporter', '甲', '-q']) == 0\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(n)], cwd=office, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for n in range(8)
    ]
    numbers = [line for w in writers for line in w.communicate()[0].decode().split()]
    assert all(w.returncode == 0 for w in writers)
    assert sorted(numbers) == [f"TS-20261122-{n:03}" for n in range(1, 81)]
    data = (office / NOVEMBER).read_bytes()
    assert sorted(blocks.split(data).ids) == sorted(numbers)
    assert all(f"text: 写{n}的{i}\n".encode() in data for n in range(8) for i in range(10))
    assert _git(office, "rev-list", "--count", "HEAD") == "81\n" and _git(office, "status", "--porcelain") == ""


# --- git


@pytest.mark.git
def test_a_commit_that_fails_is_told_and_made_up_for(kept: Wuye, office: Path) -> None:
    objects = office / ".git" / "objects"
    objects.rename(office / ".git" / "away")
    said = kept(*ADD, "第三件", "-o", "json")
    assert said.code == 76 and said.records[0]["id"] == "TS-20261122-003" and "已保存" in said.err
    (office / ".git" / "away").rename(objects)
    assert "未提交" in kept("doctor").out
    assert kept(*ADD, "九月的事", "--at", "2026-09-01 10:00").code == 0
    assert _git(office, "status", "--porcelain") == ""
    assert not (office / ".wuye" / "uncommitted").exists()


def _git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.git
def test_nothing_of_the_repository_runs(
    kept: Wuye, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n", "utf-8")
    evil.chmod(0o755)
    for hook in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg"):
        (office / ".git" / "hooks").mkdir(exist_ok=True)
        (office / ".git" / "hooks" / hook).write_text(evil.read_text("utf-8"), "utf-8")
        (office / ".git" / "hooks" / hook).chmod(0o755)
    for key in ("core.fsmonitor", "core.editor", "gpg.program", "diff.external", "core.pager"):
        _git(office, "config", key, str(evil))
    _git(office, "config", "commit.gpgsign", "true")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(evil))
    said = kept(*ADD, "第三件")
    assert said.code == 0, said.err
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert not ran.exists()
    assert "TS-20261122-003" in _git(office, "log", "-1", "--format=%s")


@pytest.mark.git
@pytest.mark.parametrize("form", ["json", "table"])
def test_a_failed_commit_does_not_hide_what_was_revealed(form: str, kept: Wuye, office: Path) -> None:
    assert kept(*ADD, "第三件", "--phone", "13800138000").code == 0
    (office / ".git" / "objects").rename(office / ".git" / "away")
    for argv in (["complaint", "show", "ts3"], ["complaint", "list"], ["print", "ts3"]):
        said = kept(*argv, "--reveal", "--reason", "回电", "-o", form)
        assert said.code == 76 and "已保存，但 git 没有提交" in said.err, said
        assert "wuye.error" not in said.out
        if argv[1] != "list" or form == "json":
            assert "13800138000" in said.out
    assert len((office / "log" / "access-2026-11.jsonl").read_text("utf-8").splitlines()) == 3


@pytest.mark.git
def test_a_sweep_tells_what_it_could_not_read_and_what_was_not_committed(kept: Wuye, office: Path) -> None:
    add = ["visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201", "--yes"]
    assert kept(*add, "--at", "2026-10-15 10:00").code == 0 and kept(*add).code == 0
    october = office / "records" / "2026-10" / "visitor.yaml"
    october.write_bytes(october.read_bytes().replace(b"name: ", b"name: &a "))
    said = kept("visitor", "sweep", "--yes", "-o", "json")
    assert said.code == 65 and [row["status"] for row in said.records] == ["left"]
    assert kept(*add).code == 0
    (office / ".git" / "objects").rename(office / ".git" / "away")
    said = kept("visitor", "sweep", "--yes", "-o", "json")
    assert said.code == 76 and [row["status"] for row in said.records] == ["left"]
    assert [bool(p["file"]) for p in said.json["problems"]] == [True, False]


def test_an_access_log_that_cannot_be_carried_on(kept: Wuye, office: Path) -> None:
    show = ["complaint", "show", "ts1", "--reveal", "--reason", "回电"]
    assert kept(*show).code == 0
    path = office / "log" / "access-2026-11.jsonl"
    good = path.read_bytes()
    path.write_bytes(good.removesuffix(b"\n"))
    assert kept(*show).code == 0 and kept("check").code == 0
    for bad in (good[:-20], good + b"\n", good + b"[]\n"):
        path.write_bytes(bad)
        said = kept(*show)
        assert said.code == 65 and said.out == "" and "请运行 wuye check" in said.err, said
        assert kept("check").code == 65 and path.read_bytes() == bad


@pytest.mark.git
def test_one_commit_a_command_in_the_persons_name(kept: Wuye, office: Path) -> None:
    assert kept(*ADD, "第三件", "--by", "赵敏").code == 0
    assert _git(office, "log", "-1", "--format=%an <%ae> %s") == "赵敏 <desk@wuye.invalid> 投诉登记 TS-20261122-003\n"
    assert _git(office, "log", "-1", "--name-only", "--format=") == f"{NOVEMBER}\n"
    assert "TS-20261122-003" in _git(office, "diff", "HEAD~1", "HEAD", "--", NOVEMBER)
    assert _git(office, "status", "--porcelain") == ""


@pytest.mark.git
def test_a_repository_further_up_is_never_touched(desk: Path) -> None:
    from conftest import run_wuye

    _git(desk, "init", "-q", "outer")
    assert run_wuye(["init", "outer/office", "--name", "翠湖花园"]).code == 0
    assert run_wuye(["--office", "outer/office", *ADD, "漏水"]).code == 0
    assert "office" in _git(desk / "outer", "status", "--porcelain")
    assert "漏水" in (desk / "outer" / "office" / NOVEMBER).read_text("utf-8")
    assert _git(desk / "outer" / "office", "log", "-1", "--format=%s") == "投诉登记 TS-20261122-001\n"


def test_without_git_everything_but_history_works(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from conftest import run_wuye

    monkeypatch.setattr(program.shutil, "which", lambda name: None)
    said = run_wuye(["init", "office", "--name", "翠湖花园"])
    assert said.code == 0 and "没有安装 git" in said.err
    monkeypatch.chdir(desk / "office")
    for argv in ([*ADD, "漏水"], ["today"], ["day"], ["complaint", "judge", "ts1", "--nature", "help"], ["check"]):
        assert run_wuye(argv).code == 0, argv
    assert "没有安装 git" in run_wuye(["doctor"]).out


@pytest.mark.git
@pytest.mark.parametrize(("age", "left"), [(61.0, False), (1.0, True)])
def test_a_stale_index_lock(age: float, left: bool, kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = office / ".git" / "index.lock"
    lock.touch()
    moments = iter(range(10**6))
    monkeypatch.setattr(git.clock, "age", lambda stamp: age)
    monkeypatch.setattr(git.clock, "wait", lambda seconds: None)
    monkeypatch.setattr(git.clock, "ticks", lambda: float(next(moments)))
    said = kept(*ADD, "第三件")
    assert said.code == (76 if left else 0)
    assert lock.exists() == left


@pytest.mark.git
@pytest.mark.parametrize("half", [b"", b"DIRC\0\0\0\2", bytes(4096)])
def test_half_an_index_is_made_anew(half: bytes, kept: Wuye, office: Path) -> None:
    """git does not sync the index of `commit --only`: after a power cut there may be a piece of it."""
    for argv in (["check"], ["doctor"], [*ADD, "第三件"], ["undo", "--yes"]):
        (office / ".git" / "index").write_bytes(half)
        assert kept(*argv).code == 0, argv
        assert _git(office, "status", "--porcelain") == ""
    assert (office / ".git" / "index.damaged").read_bytes() == half


def test_an_interrupt_while_the_words_are_parsed(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer takes it for an end of its own and goes on without the words."""

    def interrupted(*args: Any, **more: Any) -> Any:
        raise KeyboardInterrupt

    before = tree(office)
    with monkeypatch.context() as patch:
        patch.setattr("typer.core.TyperCommand.make_context", interrupted)
        said = kept(*ADD, "第三件")
    assert said.code == 130 and "已中断" in said.err and tree(office) == before


@pytest.mark.git
@pytest.mark.parametrize(
    ("settings", "said_by_git"),
    [("[core]\n\trepositoryformatversion = 99\n", "found 99"), ("[core\n", "bad config line"),
     ("[core]\n\tbare = perhaps\n", "bad boolean config")],
)  # fmt: skip
def test_a_history_that_git_cannot_open_is_told_as_such(
    settings: str, said_by_git: str, kept: Wuye, office: Path
) -> None:
    """A torn settings file, or one of a newer git: the records are there, and no answer says that nothing was kept."""
    config = office / ".git" / "config"
    config.write_text(config.read_text("utf-8") + settings, "utf-8")
    said = kept(*ADD, "第三件")
    assert said.code == 76 and said.err.count("已保存，但 git 没有提交") == 1
    for argv in (["history", "ts1"], ["log"]):
        told = kept(*argv)
        assert told.code == 65 and "git 打不开这个台账的历史" in told.err and said_by_git in told.err, told
    told = kept("complaint", "list", "--as-of", "2026-11-20")
    assert told.code and "还没有提交" not in told.err and "打不开" in told.err
    doctor = kept("doctor")
    assert doctor.code == 0 and doctor.out.count("git 打不开") == 1 and "每次写入都有一次提交" not in doctor.out


@pytest.mark.git
@pytest.mark.parametrize(
    ("place", "line", "told"),
    [(".git/info/attributes", "*.yaml ident", "ident"), (".gitattributes", "* ident", "ident"),
     (".git/info/attributes", "*.yaml working-tree-encoding=UTF-16", "working-tree-encoding=UTF-16"),
     (".gitattributes", "*.md text", "text"), ("", "", "")],
)  # fmt: skip
def test_attributes_by_which_git_keeps_other_bytes_are_told(
    place: str, line: str, told: str, kept: Wuye, office: Path
) -> None:
    (office / ".git" / "info").mkdir(exist_ok=True)
    (office / "knowledge").mkdir(exist_ok=True)
    (office / "knowledge" / "停水.md").write_text("打 96117\n", "utf-8")
    _git(office, "add", "--force", "knowledge")
    if place:
        with (office / place).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    found = [x for x in kept("doctor").out.splitlines() if "台账里的会不一样" in x]
    assert len(found) == bool(place) and all(f"（{told}）" in x and "故障" in x for x in found)


@pytest.mark.parametrize("how", ["pipe", "link"])
@pytest.mark.parametrize(
    "name", [NOVEMBER, "wuye.yaml", "calendar/2026.yaml", ".wuye/duty", ".wuye/uncommitted", "log/access-2026-11.jsonl"]
)
def test_what_is_no_file_is_neither_waited_for_nor_followed(
    name: str, how: str, kept: Wuye, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe never ends, a link leads out of the office."""
    secret = tmp_path / "secret"
    secret.write_text("- id: TS-20261122-777\n  text: 绝密\n", "utf-8")
    path = office / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path) if how == "pipe" else path.symlink_to(secret)

    def hangs(*_: Any) -> None:
        raise AssertionError("hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(30)
    try:
        for argv in (["complaint", "list"], [*ADD, "第三件"], ["check"], ["doctor"], ["today"],
                     ["complaint", "show", "ts1", "--reveal", "--reason", "核对"]):  # fmt: skip
            said = kept(*argv)
            assert "绝密" not in said.out + said.err and "777" not in said.out + said.err
            assert said.code in (0, 1, 65, 74) and "Traceback" not in said.err
            assert said.code == 0 or "：" in said.err
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert secret.read_text("utf-8").count("\n") == 2
