"""What was known then: `--as-of` answers from the commit of that time, whatever stands in the office or its history."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, Said, played, run_wuye

from wuye import asof, commands, lock, records, yesterday
from wuye.annals import Annals
from wuye.call import options_of
from wuye.git import Git
from wuye.office import Office
from wuye.store import Store

pytestmark = pytest.mark.git
Wuye = Callable[..., Said]
LATER = "2026-11-22T10:00+08:00"
BOTH = "records/2026-10/complaint.yaml"
WHOLE = ".wuye/whole"


def real(root: Path, *args: str, text: str = "", check: bool = True) -> str:
    """The real program, as a person at the keyboard would run it."""
    done = subprocess.run(["git", *args], cwd=root, capture_output=True, text=True, check=check, input=text)
    return done.stdout.strip()


def run(*argv: str, now: str = LATER) -> Said:
    os.environ["WUYE_NOW"] = now
    return run_wuye(list(argv))


@played
def october(desk: Path) -> None:
    """An office founded on 1 October, with two complaints of that month and one of it that came in later."""
    inside = ("--office", str(desk / "office"))
    assert run("init", str(desk / "office"), "--name", "翠湖花园", now="2026-10-01T09:00").code == 0
    assert run(*ADD, "第一件", *inside, now="2026-10-20T09:00").code == 0
    assert run(*ADD, "第二件", "--phone", "13800138000", *inside, now="2026-10-25T17:00").code == 0
    assert run(*ADD, "补录", "--at", "2026-10-28 10:00", *inside, now="2026-11-02T09:00").code == 0


@pytest.fixture
def told(october: None, desk: Path, monkeypatch: pytest.MonkeyPatch) -> Wuye:
    """Run a command in it."""
    monkeypatch.chdir(desk / "office")
    return run


@pytest.fixture
def root(told: Wuye) -> Path:
    return Path.cwd()


def ids(said: Said) -> list[str]:
    assert said.code == 0, said.err
    return sorted(r["id"] for r in said.records)


def listed(told: Wuye, day: str, *more: str) -> list[str]:
    return ids(told("complaint", "list", "--as-of", day, "--period", "all", "-o", "json", *more))


def folders(root: Path) -> list[str]:
    home = root / ".wuye/asof"
    return sorted(p.name for p in home.iterdir() if p.name != "found") if home.is_dir() else []


FIRST, SECOND, LATE = "TS-20261020-001", "TS-20261025-001", "TS-20261028-001"


# --- what was known


def answers(run: Wuye, now: str, *as_of: str) -> list[Any]:
    """What lists and counts say, apart from on what knowledge they rest."""
    found = []
    for words in (("complaint", "list"), ("workorder", "list"), ("complaint", "count", "status")):
        said = run(*words, "--period", "all", "-o", "json", *as_of, now=now)
        assert said.code == 0, said.err
        document = {k: v for k, v in said.json.items() if k not in ("known", "notes")}
        assert bool(as_of) == ("known" in said.json)
        found.append(document)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_list_of_then_is_the_list_taken_then(told: Wuye, seed: int) -> None:
    """Of random histories, late entries, corrections and undoing among them."""
    dice, taken = random.Random(seed), {}
    for day in range(3, 8):
        for hour in range(9, 9 + dice.randrange(4)):
            now, at = f"2026-11-{day:02d}T{hour:02d}:30", ("--at", f"2026-11-{dice.randrange(1, day):02d} 10:00")
            open_ones = [r["id"] for r in told("complaint", "list", "--open", "-o", "json", now=now).records]
            one = dice.choice(open_ones or [FIRST])
            chosen: tuple[str, ...] = dice.choice((
                (*ADD, f"第 {day}-{hour} 件", *at), (*ADD, f"第 {day}-{hour} 件"),
                ("workorder", "add", "3-2-1201", f"水管 {day}-{hour}", "--trade", "水", *at),
                ("complaint", "edit", one, "--text", f"改 {day}-{hour}"), ("complaint", "void", one, "--reason", "重"),
                ("complaint", "inform", one, "--said", "已联系", *at), ("undo", "--yes"),
            ))  # fmt: skip
            told(*chosen, now=now)
        taken[f"2026-11-{day:02d}"] = answers(told, f"2026-11-{day:02d}T23:59:59")
    assert len({str(found) for found in taken.values()}) > 2
    for day_, found in taken.items():
        assert answers(told, LATER, "--as-of", day_) == found, day_


def test_what_was_typed_in_later_was_not_known(told: Wuye) -> None:
    assert listed(told, "2026-10-19") == []
    assert listed(told, "2026-10-20") == [FIRST]
    assert listed(told, "2026-10-31") == [FIRST, SECOND]
    assert listed(told, "2026-11-01") == [FIRST, SECOND]
    assert listed(told, "2026-11-02") == [FIRST, SECOND, LATE]
    assert told("complaint", "show", LATE, "--as-of", "2026-10-31").code == 1


def test_a_time_of_the_day(told: Wuye) -> None:
    assert listed(told, "2026-10-25 16:59") == [FIRST]
    assert listed(told, "2026-10-25 17:00") == [FIRST, SECOND]
    said = told("complaint", "list", "--as-of", "2026-10-25 17:00", "-o", "json").json
    assert said["now"] == said["known"]["as_of"] == "2026-10-25T17:00+08:00"
    assert said["known"]["at"] == "2026-10-25T17:00+08:00" and said["known"]["by"] == "李静"


def test_what_is_not_committed_was_not_known(told: Wuye, root: Path) -> None:
    path = root / BOTH
    path.write_bytes(path.read_bytes().replace("第一件".encode(), "改过的".encode()))
    rows = told("complaint", "list", "--as-of", "2026-10-31", "--period", "all", "-o", "json").records
    assert [r["text"] for r in rows] == ["第二件", "第一件"]
    today = told("complaint", "list", "--as-of", "今天", "--period", "all", "-o", "json")
    assert "改过的" in [r["text"] for r in today.records] and "known" not in today.json


def test_the_answer_says_on_what_knowledge_it_rests(told: Wuye) -> None:
    said = told("complaint", "list", "--as-of", "2026-10-31")
    commit = real(Path.cwd(), "log", "-1", "--format=%H", "--before=2026-10-31T23:59:59+08:00")
    assert f"按当时所知：2026-10-31 结束时的台账（提交 {commit[:10]}，2026-10-25 17:00，李静）" in said.err
    report = told("month", "2026-10", "--as-of", "2026-10-31").out
    assert report.startswith("翠湖花园 月报 2026-10（按当时所知）") and f"提交 {commit[:10]}" in report
    assert "（按当时所知）" not in told("month", "2026-10").out
    page = told("month", "2026-10", "--as-of", "2026-10-31", "-o", "html").out
    assert page.count("按当时所知") >= 2 and f"提交 {commit[:7]}" in page and "后来补录" not in page
    assert "按当时所知" in told("export", "jsonl", "--kind", "投诉", "--as-of", "2026-10-31").err


def test_settings_and_calendar_are_those_of_then(told: Wuye, root: Path) -> None:
    (root / "wuye.yaml").write_text((root / "wuye.yaml").read_text("utf-8").replace("翠湖花园", "碧水园"), "utf-8")
    (root / "calendar").mkdir()
    (root / "calendar/2026.yaml").write_text("- {date: 2026-11-23, work: no}\n", "utf-8")
    (root / BOTH).write_text((root / BOTH).read_text("utf-8"), "utf-8")
    assert told("month", "2026-10", "--as-of", "2026-10-31").out.startswith("翠湖花园")


def test_settings_of_another_format_are_read_as_far_as_they_go(told: Wuye, root: Path) -> None:
    before = (root / "wuye.yaml").read_bytes()
    text = before.decode().replace("rules:\n", "rules:\n  complaint.once_there_was: 3d\n")
    (root / "wuye.yaml").write_text(text.replace("format: 1", "format: 0") + "old_key: 1\n", "utf-8")
    commit(root, "2026-11-10T09:00+08:00")
    (root / "wuye.yaml").write_bytes(before)
    assert listed(told, "2026-11-10") == [FIRST, SECOND, LATE]
    assert told("today", "--as-of", "2026-11-10").code == 0


def test_only_the_offices_own_line_counts(told: Wuye, root: Path, desk: Path) -> None:
    """What another desk had recorded by then, and sent later, was not known here."""
    other = desk / "other"
    real(desk, "clone", "-q", str(root), str(other))
    assert told("--office", str(other), "workorder", "add", "3-2-1201", "别的前台", now="2026-11-03T09:00").code == 0
    assert told(*ADD, "自己的", now="2026-11-04T09:00").code == 0
    person = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    real(root, "remote", "add", "origin", str(other))
    real(root, *person, "pull", "-q", "--no-rebase", "--no-edit", "origin", "HEAD")
    assert (root / "records/2026-11/workorder.yaml").is_file()
    rows = told("workorder", "list", "--as-of", "2026-11-05", "--period", "all", "-o", "json")
    assert ids(rows) == [] and len(listed(told, "2026-11-05")) == 4
    assert rows.json["known"]["elsewhere"] == 1 and "别的前台那时的 1 次操作" in rows.json["notes"][0]
    assert "别的前台" not in told("complaint", "list", "--as-of", "2026-11-02").err


def test_history_and_log_end_then(told: Wuye) -> None:
    assert told("complaint", "note", FIRST, "以后的备注", now="2026-11-05T09:00").code == 0
    rows = told("history", FIRST, "--as-of", "2026-10-31", "-o", "json").json["rows"]
    assert [r["step"] for r in rows] == ["add"] and rows[0]["commit"]
    log = told("log", "--as-of", "2026-10-31", "-o", "json").json["rows"]
    assert [r["at"][:10] for r in log] == ["2026-10-25", "2026-10-20", "2026-10-01"]


def test_attachments_are_read_where_they_lie(told: Wuye, desk: Path, root: Path) -> None:
    (desk / "photo.jpg").write_bytes(b"\xff\xd8photo")
    assert told("complaint", "attach", FIRST, str(desk / "photo.jpg"), now="2026-10-26T09:00").code == 0
    assert told("check", "--as-of", "2026-10-31").code == 0
    next((root / "attachments").rglob("*.jpg")).unlink()
    assert told("check", "--as-of", "2026-10-31").code == 65


def test_who_saw_private_data_is_written_down_today(told: Wuye, root: Path) -> None:
    said = told("complaint", "list", "--as-of", "2026-10-31", "--reveal", "--reason", "核对", "-o", "json")
    assert "13800138000" in said.out and said.code == 0
    log = (root / "log/access-2026-11.jsonl").read_text("utf-8")
    assert SECOND in log and "2026-11-22T10:00" in log and "李静" in log
    assert told("check").code == 0


# --- commands that tell how things stood


def test_reports_may_be_told_from_todays_records(told: Wuye) -> None:
    def new(*more: str) -> int:
        rows = told("month", "2026-10", *more, "-o", "json").json["rows"]
        return int(next(r["new"] for r in rows if r["row"] == "complaint"))

    assert (new("--as-of", "2026-10-31"), new("--as-of", "2026-10-31", "--corrected"), new()) == (2, 3, 3)
    assert new("--as-of", "2026-10-22") == 1  # as it stood while the month lasted
    assert told("month", "2026-10", "--corrected").code == 2


def test_a_judging_command_without_history_says_so_and_takes_todays_records(told: Wuye, root: Path) -> None:
    said = told("arrears", "--as-of", "2026-09-01", "-o", "json")
    assert said.code == 0 and "不是当时所知" in said.err and "known" not in said.json
    shutil.rmtree(root / ".git")
    said = told("figures", "--as-of", "2026-10-31")
    assert said.code == 0 and "不是 git 仓库" in said.err and "不是当时所知" in said.err
    assert "不是当时所知" not in told("arrears", "--as-of", "今天").err
    assert "不是当时所知" not in told("arrears", "--as-of", "2027-03-01").err


# --- refusals


def refused(said: Said, code: int, *words: str) -> None:
    assert said.code == code and said.out == "", said
    assert said.err.count("错误：") == 1 and all(word in said.err for word in words), said.err


def test_nothing_is_known_of_then(told: Wuye, root: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(told("complaint", "list", "--as-of", "2026-09-30"), 1, "2026-10-01 09:00", "请写以后的日期")
    refused(told("today", "--as-of", "明天"), 2, "还没有到")
    refused(told("today", "--as-of", "何时"), 2, "--as-of")
    real(desk, "clone", "-q", "--depth", "1", f"file://{root}", str(desk / "shallow"))
    refused(told("--office", str(desk / "shallow"), "today", "--as-of", "2026-10-31"), 1, "浅克隆", "--unshallow")
    with monkeypatch.context() as without:
        without.setenv("PATH", str(desk))
        refused(told("today", "--as-of", "2026-10-31"), 1, "没有安装 git")
    (root / ".git").rename(desk / "aside")
    refused(told("today", "--as-of", "2026-10-31"), 1, "不是 git 仓库")
    real(root, "init", "-q")
    refused(told("today", "--as-of", "2026-10-31"), 1, "还没有提交")


def test_a_commit_that_is_no_office(told: Wuye, root: Path) -> None:
    real(root, "mv", "wuye.yaml", "other.yaml")
    commit(root, "2026-11-10T09:00+08:00")
    real(root, "mv", "other.yaml", "wuye.yaml")
    refused(told("today", "--as-of", "2026-11-10"), 1, "还不是台账")


def test_a_history_that_lacks_objects(told: Wuye, root: Path) -> None:
    blob = real(root, "rev-parse", f"HEAD:{BOTH}")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    refused(told("complaint", "list", "--as-of", "2026-11-03"), 65, "git fsck")
    assert folders(root) == []


def test_what_writes_takes_no_other_time(told: Wuye, root: Path) -> None:
    before = real(root, "rev-parse", "HEAD")
    for words in (
        (*ADD, "x"), ("complaint", "edit", FIRST, "--text", "x"), ("undo",), ("import", "x"), ("duty", "王"),
        ("doctor",), ("bill", "run", "2026-10"),
    ):  # fmt: skip
        refused(told(*words, "--as-of", "2026-10-31"), 2, "请去掉 --as-of")
    assert told("routine", "done", "safe", "--as-of", "2026-10-31", "--yes").code != 0
    assert real(root, "rev-parse", "HEAD") == before and real(root, "status", "--porcelain") == ""


def test_the_past_refuses_every_write(told: Wuye, root: Path) -> None:
    assert listed(told, "2026-10-31")
    (name,) = folders(root)
    past = root / ".wuye/asof" / name
    assert told("--office", str(past), *ADD, "写到过去").code == 1
    refused(told("--office", str(past), "complaint", "void", FIRST, "--reason", "x"), 1, "过去的台账只能看")


def test_every_command_says_whether_it_looks_back() -> None:
    """A new command that reads takes `--as-of` without saying so; one that does not is named here."""
    present = {
        "schema", "duty", "doctor", "init", "demo", "completion", "import", "undo", "redo", "sync", "settle", "backup",
        "restore", "privacy", "person", "vault",
    }  # fmt: skip
    whole = {name: commands.verb(name) for name, _, _ in commands.COMMANDS}
    assert {name for name, verb in whole.items() if not verb.looks_back} == present
    for row in records.KINDS:
        kind = records.kind(row[0])
        for verb in commands.of_kind(kind).values():
            told = {one.name for one in options_of(verb)}
            assert verb.looks_back == ("as_of" in told), (row[0], verb.name)
            assert verb.judges == ("corrected" in told)
            assert not verb.looks_back or "once" not in told or verb.judges, (row[0], verb.name)


# --- the folders that are kept


def test_a_folder_is_used_again(told: Wuye, root: Path) -> None:
    first = listed(told, "2026-10-31")
    (name,) = folders(root)
    mark = (root / ".wuye/asof" / name / WHOLE).stat().st_ino
    assert listed(told, "2026-10-27") == first and folders(root) == [name]
    assert (root / ".wuye/asof" / name / WHOLE).stat().st_ino == mark
    assert (root / ".wuye/asof" / name / ".wuye/index.sqlite").is_file()
    assert all(p.stat().st_mode & 0o077 == 0 for p in (root / ".wuye/asof").rglob("*"))


def other(path: Path) -> None:
    """The same file with one thing said otherwise, no byte longer."""
    path.write_text(path.read_text("utf-8").replace("第一件", "别的事"), "utf-8")


def test_a_commit_that_was_found_is_remembered(told: Wuye, root: Path) -> None:
    """As long as the history ends where it ended; nonsense is found anew."""
    assert listed(told, "2026-11-20") == [FIRST, SECOND, LATE]
    assert told(*ADD, "昨天的", now="2026-11-20T09:00").code == 0
    assert len(listed(told, "2026-11-20")) == 4
    file = root / ".wuye/asof/found"
    assert len(file.read_text("utf-8").split("\n")) == 2
    for nonsense in (b"\xff", b"x\ty", file.read_bytes().replace(b"\t0\t", b"\tx\t"), b""):
        file.write_bytes(nonsense)
        assert len(listed(told, "2026-11-20")) == 4
    file.unlink()
    file.symlink_to(root / "wuye.yaml")
    before = (root / "wuye.yaml").read_bytes()
    assert len(listed(told, "2026-11-20")) == 4 and (root / "wuye.yaml").read_bytes() == before


DAMAGE: dict[str, Callable[[Path], object]] = {
    "changed": lambda one: other(one / BOTH),
    "gone": lambda one: (one / BOTH).unlink(),
    "added": lambda one: shutil.copytree(one / "records/2026-10", one / "records/2026-09"),
    "no mark": lambda one: (one / WHOLE).unlink(),
    "half a mark": lambda one: (one / WHOLE).write_bytes((one / WHOLE).read_bytes()[:-5]),
    "nothing": lambda one: [shutil.rmtree(one), one.mkdir()],
    "a file": lambda one: [shutil.rmtree(one), one.write_text("x")],
    "a link": lambda one: [one.rename(one.with_name("x")), one.symlink_to("x")],
    "a link inside": lambda one: [(one / BOTH).unlink(), (one / BOTH).symlink_to("/etc/passwd")],
    "no lock": lambda one: shutil.rmtree(one / ".wuye"),
    "an index of nonsense": lambda one: (one / ".wuye/index.sqlite").write_bytes(b"x" * 4096),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_folder_is_made_anew(told: Wuye, root: Path, how: str) -> None:
    def texts() -> list[str]:
        said = told("complaint", "list", "--as-of", "2026-10-31", "--period", "all", "-o", "json")
        assert said.code == 0 and said.json["problems"] == [], said.err
        return [r["text"] for r in said.records]

    before = texts()
    (name,) = folders(root)
    DAMAGE[how](root / ".wuye/asof" / name)
    assert texts() == before == ["第二件", "第一件"]
    assert texts() == before and name in folders(root)
    assert not (root / ".wuye/asof" / name).is_symlink()


def test_only_some_folders_are_kept_and_none_that_is_read(told: Wuye, root: Path) -> None:
    for day in range(3, 12):
        assert told(*ADD, f"第 {day} 日", now=f"2026-11-{day:02d}T09:00").code == 0
    live = Office(root)
    held = yesterday.at(live, datetime.fromisoformat("2026-10-31T23:59:59+08:00"))
    for day in range(3, 12):
        assert len(listed(told, f"2026-11-{day:02d}")) == day + 1
    left = folders(root)
    assert len(left) <= asof.KEPT + 1 and held.then.commit in left
    assert len(held.load(records.kind("complaint"))[0]) == 2
    held.let_go()
    (root / ".wuye/asof/new-1-2").mkdir()
    os.utime(root / ".wuye/asof/new-1-2", (0, 0))
    assert len(listed(told, "2026-10-20")) == 1
    assert len(folders(root)) <= asof.KEPT and "new-1-2" not in folders(root)


def test_what_is_forgotten_stands_in_no_copy(told: Wuye, root: Path) -> None:
    store = Store(root)
    assert asof.drop(store)
    assert listed(told, "2026-10-31")
    live = Office(root)
    held = yesterday.at(live, datetime.fromisoformat("2026-10-20T23:59:59+08:00"))
    assert not asof.drop(store) and folders(root) == [held.then.commit]
    held.let_go()
    assert asof.drop(store) and folders(root) == []


def test_a_folder_in_use_is_not_replaced(told: Wuye, root: Path) -> None:
    assert listed(told, "2026-10-31")
    (name,) = folders(root)
    one = root / ".wuye/asof" / name
    handle = lock.share(one / ".wuye/used")
    assert handle is not None
    (one / BOTH).write_bytes(b"")
    assert listed(told, "2026-10-31") == [FIRST, SECOND]  # from a copy of its own
    os.close(handle)
    assert (one / BOTH).read_bytes() == b"" and folders(root) == [name]
    assert listed(told, "2026-10-31") == [FIRST, SECOND] and (one / BOTH).read_bytes() != b""


def in_the_way(private: Path, how: str) -> None:
    if how == "file":
        (private / "asof").write_text("x")
    elif how == "link":
        (private / "asof").symlink_to(private.parent.parent / "elsewhere")
    else:
        shutil.rmtree(private)
        private.symlink_to(private.parent.parent / "elsewhere")


@pytest.mark.parametrize("how", ["file", "link", "all"])
def test_an_office_where_nothing_can_be_kept(
    told: Wuye, root: Path, desk: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "elsewhere").mkdir()
    (desk / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(desk / "tmp"))
    in_the_way(root / ".wuye", how)
    assert listed(told, "2026-10-31") == [FIRST, SECOND]
    assert list((desk / "elsewhere").iterdir()) == []
    assert list((desk / "tmp").iterdir()) == []  # gone with the command


@pytest.mark.root
def test_a_read_only_office(told: Wuye, root: Path) -> None:
    for path in (*root.rglob("*"), root):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert listed(told, "2026-10-31") == [FIRST, SECOND]
    finally:
        for path in (root, *root.rglob("*")):
            path.chmod(0o700)


# --- a repository that means ill


def commit(root: Path, at: str) -> None:
    """A commit by hand at that time."""
    env = {**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    person = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for words in (("add", "-A"), (*person, "commit", "-q", "--allow-empty", "-m", "x")):
        subprocess.run(["git", *words], cwd=root, env=env, check=True, capture_output=True)


@pytest.fixture
def trap(desk: Path) -> Iterator[Path]:
    """A program that leaves a trace when it runs."""
    path = desk / "trap"
    path.write_text(f"#!/bin/sh\ntouch {desk}/sprung\ncat\n", "utf-8")
    path.chmod(0o700)
    yield path
    assert not (desk / "sprung").exists()


def test_nothing_of_the_repositorys_own_runs(told: Wuye, root: Path, trap: Path, desk: Path) -> None:
    words = "* filter=trap diff=trap merge=trap ident export-subst text eol=crlf\n"
    (root / ".gitattributes").write_text(words, "utf-8")
    (root / "records/.gitattributes").write_text(words, "utf-8")
    commit(root, "2026-11-10T09:00+08:00")
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/attributes").write_text(f"{words.strip()} working-tree-encoding=UTF-16\n", "utf-8")
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"):
        shutil.copy(trap, hooks / hook)
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass",
        "filter.trap.smudge", "filter.trap.clean", "filter.trap.process", "diff.trap.textconv", "diff.trap.command",
        "diff.external", "gpg.program", "gpg.ssh.program", "pager.log", "pager.ls-tree", "credential.helper",
        "uploadpack.packObjectsHook", "tar.x.command",
    ):  # fmt: skip
        real(root, "config", key, str(trap), check=False)
    for name in ("log", "ls-tree", "cat-file", "rev-parse", "diff", "status"):
        real(root, "config", f"alias.{name}", f"!{trap}")
    for key, value in {
        "core.hooksPath": str(hooks), "log.showSignature": "true", "core.worktree": str(desk),
        "core.attributesFile": str(root / ".gitattributes"), "filter.trap.required": "true",
    }.items():  # fmt: skip
        real(root, "config", key, value, check=False)
    for one in ("list", "count"):
        assert told("complaint", one, "--period", "all", "--as-of", "2026-11-10", "-o", "json").code == 0
    assert told("month", "2026-10", "--compare", "-o", "json").json["counts"]["added"] == 1
    assert told("history", FIRST, "--as-of", "2026-11-10").code == told("log", "--as-of", "2026-11-10").code == 0
    (name,) = [n for n in folders(root) if b"\r" not in (root / ".wuye/asof" / n / BOTH).read_bytes()][:1]
    assert (root / ".wuye/asof" / name / BOTH).read_bytes().decode().startswith("# yaml")


@pytest.mark.parametrize("url", ["ext::{trap}", "{desk}/nowhere", "ssh://somewhere/x"])
def test_what_is_missing_is_not_fetched(told: Wuye, root: Path, trap: Path, desk: Path, url: str) -> None:
    """A partial clone would ask its server for it, through whatever program the repository names."""
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": url.format(trap=trap, desk=desk), "remote.origin.uploadpack": str(trap),
        "protocol.allow": "always", "protocol.ext.allow": "always", "core.sshCommand": str(trap),
    }.items():  # fmt: skip
        real(root, "config", key, value)
    blob = real(root, "rev-parse", f"HEAD:{BOTH}")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert told("complaint", "list", "--as-of", "2026-11-03").code == 65


def test_links_of_the_old_tree_lead_nowhere(told: Wuye, root: Path, desk: Path) -> None:
    (desk / "secret.yaml").write_bytes((root / BOTH).read_bytes())
    (root / "records/2026-09").mkdir()
    (root / "records/2026-09/complaint.yaml").symlink_to(desk / "secret.yaml")
    commit(root, "2026-11-10T09:00+08:00")
    (root / "records/2026-09/complaint.yaml").unlink()
    refused(told("complaint", "list", "--as-of", "2026-11-10"), 65, "records/2026-09/complaint.yaml", "是链接")
    (root / "records/2026-09").rmdir()
    (root / "records/2026-09").symlink_to(desk)
    commit(root, "2026-11-12T09:00+08:00")
    (root / "records/2026-09").unlink()
    refused(told("month", "2026-10", "--as-of", "2026-11-12", "-o", "csv"), 65, "records/2026-09", "是链接")
    assert folders(root) == []


@pytest.mark.parametrize("name", ["..", ".", ".git", "..\\x", "c:x", ".WUYE"])
def test_names_of_the_old_tree_stay_within(told: Wuye, root: Path, name: str) -> None:
    blob = bytes.fromhex(real(root, "rev-parse", f"HEAD:{BOTH}"))
    inner = b"100644 " + name.encode() + b"\0" + blob
    rest = real(root, "ls-tree", "HEAD")

    def tree(data: bytes) -> str:
        (root / "raw").write_bytes(data)
        found = real(root, "hash-object", "-t", "tree", "-w", "--literally", "raw")
        (root / "raw").unlink()
        return found

    inside = tree(b"40000 2026-10\0" + bytes.fromhex(tree(inner)))
    others = [line for line in rest.split("\n") if not line.endswith("\trecords")]
    folder = real(root, "mktree", text="\n".join([*others, f"040000 tree {inside}\trecords", ""]))
    person = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    os.environ["GIT_COMMITTER_DATE"] = "2026-11-10T09:00+08:00"
    made = real(root, *person, "commit-tree", folder, "-p", "HEAD", "-m", "x")
    del os.environ["GIT_COMMITTER_DATE"]
    real(root, "update-ref", "HEAD", made)
    said = told("complaint", "list", "--as-of", "2026-11-10", "-o", "json")
    if name == ".git":  # only a name like any other in a folder that is no repository's
        assert said.code in (0, 65)
    else:
        assert said.code == 65 and "文件名不能用" in said.err, said
    assert not (root / "records/complaint.yaml").exists() and folders(root) in ([], [made])


def test_a_name_with_a_newline(told: Wuye, root: Path) -> None:
    (root / "knowledge").mkdir()
    (root / "knowledge/第\n一.md").write_text("x", "utf-8")
    commit(root, "2026-11-10T09:00+08:00")
    assert len(listed(told, "2026-11-10")) == 3 and len(listed(told, "2026-11-10")) == 3


def test_a_large_tree_is_laid_out_in_portions(told: Wuye, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asof, "AT_ONCE", 10)
    assert listed(told, "2026-10-31") == [FIRST, SECOND]
    monkeypatch.setattr(asof, "LARGEST", 10)
    refused(told("complaint", "list", "--as-of", "2026-11-03"), 65, "太大")


def test_the_layout_equals_the_commit(told: Wuye, root: Path) -> None:
    store, git = Store(root), Git(root)
    commit_ = real(root, "rev-parse", "HEAD")
    laid = asof.layout(store, Annals(git), commit_)
    for path in real(root, "ls-tree", "-r", "--name-only", "HEAD").split("\n"):
        wanted = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=root, capture_output=True, check=True).stdout
        shown = laid.folder / path
        assert (shown.read_bytes() == wanted) if path == "wuye.yaml" or "/" in path else not shown.exists(), path
