"""Several desks on real git: clones work at once, and nothing that any of them wrote is lost (docs/desks.md).

`WUYE_SYNCS=200 pytest tests/test_sync.py -k (three or killed)` runs longer campaigns.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, run_wuye

from wuye import access, disk, program, yamlio
from wuye.audit import audit
from wuye.git import Git
from wuye.office import Office

pytestmark = pytest.mark.git
ROUNDS = int(os.environ.get("WUYE_SYNCS", "5"))
MONTH = "records/2026-11/complaint.yaml"
LETTERS = "ABC"
FIRST = "TS-20261122-A001"
Desk = Callable[..., Said]


def real(root: Path, *args: str, check: bool = True) -> str:
    """The real program, as a person at the keyboard would run it."""
    done = subprocess.run(["git", *args], cwd=root, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


def at(root: Path) -> Desk:
    """Run commands at one desk."""
    def run(*argv: str, now: str = "", by: str = "") -> Said:
        before = os.environ["WUYE_NOW"]
        os.environ["WUYE_NOW"] = now or before
        try:
            return run_wuye(["--office", str(root), *argv, *(["--by", by] if by else [])])
        finally:
            os.environ["WUYE_NOW"] = before
    return run


def ok(said: Said, code: int = 0) -> Said:
    assert said.code == code, said.err + said.out
    return said


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shared repository and two desks with one complaint are made once."""
    return tmp_path_factory.mktemp("estate") / "made"


@pytest.fixture
def two(desk: Path, estate: Path) -> tuple[Path, Path, Path]:
    """The shared repository and two desks, A and B, that know one complaint."""
    if not estate.exists():
        estate.mkdir()
        real(estate, "init", "--quiet", "--bare", "-b", "main", "hub.git")
        ok(run_wuye(["init", str(estate / "a"), "--name", "翠湖花园"]))
        a = at(estate / "a")
        ok(a("sync", "--remote", str(estate / "hub.git"), "--letter", "a"))
        ok(a("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "--phone", "13800138000"))
        ok(a("sync"))
        real(estate, "clone", "--quiet", "hub.git", "b")
        ok(at(estate / "b")("sync", "--letter", "B"))
    for name in ("hub.git", "a", "b"):
        shutil.copytree(estate / name, desk / name, symlinks=True)
    for name in "ab":
        real(desk / name, "config", "remote.origin.url", str(desk / "hub.git"))
    return desk / "hub.git", desk / "a", desk / "b"


def data(root: Path) -> dict[str, bytes]:
    """What an office holds, without git and what is disposable."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*"))
        if p.is_file() and p.relative_to(root).parts[0] not in (".git", ".wuye")
    }  # fmt: skip


def records(root: Path) -> dict[str, Any]:
    return {r["id"]: r for p in root.glob("records/*/*.yaml") for r in yamlio.load_records(p.read_bytes())}  # type: ignore


# --- there and back


def test_each_desk_gets_what_the_other_did_and_gives_its_own(two: tuple[Path, Path, Path]) -> None:
    hub, a, b = two
    ok(at(a)("complaint", "note", FIRST, "又来电", by="李静"))
    ok(at(b)("complaint", "add", "1-1-101", "吵", "--reporter", "陈先生"))
    assert "收到 0 次操作，发出 1 次" in ok(at(a)("sync")).out
    assert "收到 1 次操作，发出 1 次" in ok(at(b)("sync")).out
    assert "收到 1 次操作，发出 0 次" in ok(at(a)("sync")).out
    assert "已是最新" in ok(at(a)("sync")).out
    assert data(a) == data(b) and set(records(a)) == {FIRST, "TS-20261122-B001"}
    assert real(a, "status", "--porcelain") == "" and real(a, "rev-parse", "HEAD") == real(hub, "rev-parse", "main")
    assert ok(at(a)("complaint", "list", "-o", "json")).json["records"][0]["id"] == "TS-20261122-B001"
    assert ok(at(b)("check")).out == ""


def test_contradictions_are_shown_until_they_are_settled(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(a)("complaint", "edit", FIRST, "--phone", "13900139000", now="2026-11-22T10:00"))
    ok(at(b)("complaint", "edit", FIRST, "--phone", "13700137000", now="2026-11-22T10:05"))
    ok(at(a)("sync"))
    said = ok(at(b)("sync", "-o", "json"))
    assert said.json["rows"][0]["contested"] == [FIRST] and "wuye settle" in said.err
    words = "甲 139****9000（11-22 10:00 李静），乙 137****7000（11-22 10:05 李静）"
    for command in (("due",), ("today",), ("complaint", "show", FIRST), ("settle",)):
        assert words in ok(at(b)(*command)).out
    assert words in ok(at(b)("check"), 65).err
    shown = ok(at(b)("complaint", "show", FIRST, "-o", "json")).out
    assert "13900139000" not in shown and "13800138000" not in shown
    ok(at(b)("settle", FIRST, "电话=甲"))
    assert records(b)[FIRST]["phone"] == "13900139000" and "conflicts" not in records(b)[FIRST]
    assert "13700137000" in json.dumps(records(b)[FIRST]["log"][-1]["was_said"])
    assert ok(at(b)("check")).out == "" and "没有说法不一" in ok(at(b)("settle")).out
    ok(at(b)("undo", "--yes"))
    assert words in ok(at(b)("settle")).out and records(b)[FIRST]["phone"] == "13700137000"
    ok(at(b)("redo", "--yes"))
    assert ok(at(b)("check")).out == "" and records(b)[FIRST]["phone"] == "13900139000"
    ok(at(b)("sync"))
    ok(at(a)("sync"))
    assert data(a) == data(b)


def test_a_state_is_settled_by_its_name(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(a)("complaint", "void", FIRST, "--reason", "重复", now="2026-11-22T10:00"))
    ok(at(b)("complaint", "judge", FIRST, "--nature", "help", now="2026-11-22T10:05"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    assert records(b)[FIRST]["status"] == "judged"
    ok(at(b)("settle", FIRST, "状态=作废"))
    assert records(b)[FIRST]["status"] == "void" and ok(at(b)("check")).out == ""


@pytest.mark.parametrize("turned", [False, True], ids=["first", "second"])
def test_two_decisions_are_contested_again(turned: bool, two: tuple[Path, Path, Path]) -> None:
    """Whoever chose what stood there meanwhile has decided too."""
    _, a, b = two
    ok(at(a)("complaint", "void", FIRST, "--reason", "重复", now="2026-11-22T10:00"))
    ok(at(b)("complaint", "judge", FIRST, "--nature", "help", now="2026-11-22T10:05"))
    for root in (a, b, a):
        ok(at(root)("sync"))
    one, other = (b, a) if turned else (a, b)
    ok(at(one)("settle", FIRST, "状态=作废", now="2026-11-22T10:10"))
    ok(at(other)("settle", FIRST, "状态=已判定", now="2026-11-22T10:11"))
    for root in (a, b, a):
        ok(at(root)("sync"))
    assert FIRST in ok(at(a)("settle")).out and records(a)[FIRST]["status"] == "judged"
    assert data(a) == data(b)
    ok(at(a)("settle", FIRST, "状态=已判定"))
    assert ok(at(a)("check")).out == ""


def test_what_one_desk_typed_over_a_contest_may_be_chosen(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(a)("complaint", "edit", FIRST, "--reporter", "甲甲", now="2026-11-22T10:00"))
    ok(at(b)("complaint", "edit", FIRST, "--reporter", "乙乙", now="2026-11-22T10:05"))
    for root in (a, b, a):
        ok(at(root)("sync"))
    ok(at(a)("settle", FIRST, "投诉人=甲", now="2026-11-22T10:10"))
    ok(at(b)("complaint", "edit", FIRST, "--reporter", "丙丙", now="2026-11-22T10:11"))
    for root in (a, b, a):
        ok(at(root)("sync"))
    assert "丙丙" in json.dumps(records(a)[FIRST], ensure_ascii=False)
    assert "丙" in ok(at(a)("settle", "-o", "json")).out and data(a) == data(b)


def test_after_a_merge_the_newest_is_taken_back_first(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(b)("complaint", "edit", FIRST, "--phone", "13900139000", now="2026-11-22T10:05", by="王芳"))
    ok(at(a)("complaint", "edit", FIRST, "--reporter", "王六", now="2026-11-22T10:10"))
    for root in (b, a):
        ok(at(root)("sync"))
    for words in ((), (FIRST,)):
        said = ok(at(a)("undo", *words, "--dry-run"))
        assert "王六" in said.out and "139" not in said.out
    ok(at(a)("undo", FIRST, "--yes"))
    assert records(a)[FIRST]["reporter"] != "王六" and records(a)[FIRST]["phone"] == "13900139000"
    assert "139" in ok(at(a)("undo", FIRST, "--dry-run")).out


def test_what_is_no_decision_is_refused(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(a)("complaint", "edit", FIRST, "--phone", "13900139000"))
    ok(at(b)("complaint", "edit", FIRST, "--phone", "13700137000"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    before = data(b)
    for words in ((), ("电话=丙",), ("手机号=甲",), ("电话=abc",), ("室=甲", "电话=丁")):
        said = ok(at(b)("settle", FIRST, *words), 2)
        assert said.err.count("错误：") == max(1, len(words)) and data(b) == before


def test_one_number_given_twice_is_said(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    for root, text in ((a, "吵"), (b, "脏")):
        real(root, "config", "--unset", "wuye.letter")
        ok(at(root)("complaint", "add", "1-1-101", text, "--reporter", "陈先生", by=text))
        said = ok(at(root)("sync"))
        assert "还没有自己的字母" in said.err
    assert "TS-20261122-001 两台各登记了一条：后登记的改为 TS-20261122-Z001" in said.err
    assert {records(b)[n]["text"] for n in ("TS-20261122-001", "TS-20261122-Z001")} == {"吵", "脏"}
    for name in ("TS-20261122-001", "TS-20261122-Z001"):
        ok(at(b)("settle", name, "甲"))
    assert ok(at(b)("check")).out == ""


def test_money_given_back_at_two_desks_is_told(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    ok(at(a)("deposit", "add", "1-1-101", "2000", "--purpose", "装修", "--way", "现金", "--payer", "陈先生"))
    ok(at(a)("payment", "add", "1-1-101", "100", "--way", "现金", "--payer", "陈先生"))
    for root in (a, b):
        ok(at(root)("sync"))
    for root, more, now in ((a, "1500", "2026-11-22T10:01"), (b, "1000", "2026-11-22T10:02")):
        ok(at(root)("deposit", "return", "bz1", "--returned", more, now=now))
        ok(at(root)("payment", "refund", "sk1", "--refunded", "60", "--reason", "多收", "--yes", now=now))
    assert ok(at(a)("check")).out == ""
    for root in (a, b, a):
        ok(at(root)("sync"))
    told = ok(at(a)("check"), 65).err
    assert "BZ-20261122-A001 退的、扣的比收的多 500.00" in told and "SK-20261122-A001 退的、扣的比收的多 20.00" in told


def test_logs_of_who_saw_private_data_are_put_together_and_stay_chained(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    for root in (a, b):
        real(root, "config", "--unset", "wuye.letter")
    for root in (a, b, a, b):
        ok(at(root)("complaint", "show", FIRST, "--reveal", "--reason", f"核对 {root.name}"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    path = "log/access-2026-11.jsonl"
    assert len((b / path).read_bytes().splitlines()) == 4 and ok(at(b)("check")).out == ""
    ok(at(b)("complaint", "show", FIRST, "--reveal", "--reason", "再看"))
    whole = (b / path).read_bytes()
    assert access.problems(whole, path) == [] and b"joins" in whole.splitlines()[-1]
    for gone in range(4):
        lines = whole.splitlines(keepends=True)
        del lines[gone]
        assert access.problems(b"".join(lines), path), f"line {gone} taken out unseen"


def test_desks_with_letters_have_logs_of_their_own(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    for root in (a, b):
        ok(at(root)("complaint", "show", FIRST, "--reveal", "--reason", "核对"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    assert sorted(p.name for p in (b / "log").iterdir()) == ["access-2026-11-A.jsonl", "access-2026-11-B.jsonl"]
    assert ok(at(b)("check")).out == ""


def test_hand_changes_are_committed_and_other_peoples_files_left_alone(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    (a / "knowledge").mkdir()
    (a / "knowledge" / "停水.md").write_text("打 96117\n", "utf-8")
    (a / "我的笔记.txt").write_text("私人\n", "utf-8")
    (a / MONTH).write_text((a / MONTH).read_text("utf-8").replace("漏水", "厨房漏水"), "utf-8")
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    assert (b / "knowledge" / "停水.md").exists() and not (b / "我的笔记.txt").exists()
    assert records(b)[FIRST]["text"] == "厨房漏水" and "手工改动" in ok(at(b)("log")).out


def test_settings_are_merged_by_lines_and_a_clash_is_said(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two

    def change(root: Path, old: str, new: str) -> None:
        file = root / "wuye.yaml"
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    change(a, "visitor.stay: 4h", "visitor.stay: 5h")
    change(b, "timezone: Asia/Shanghai", "timezone: Asia/Shanghai  # 上海")
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    assert "visitor.stay: 5h" in (b / "wuye.yaml").read_text("utf-8")
    ok(at(a)("sync"))
    change(a, "stay: 5h", "stay: 6h")
    change(b, "stay: 5h", "stay: 7h")
    ok(at(b)("complaint", "note", FIRST, "乙"))
    ok(at(a)("sync"))
    said = ok(at(b)("sync"), 1)
    assert "wuye.yaml 两台改了同一处" in said.err and "stay: 6h" in (b / "wuye.yaml.wuye-new").read_text("utf-8")
    assert "stay: 7h" in (b / "wuye.yaml").read_text("utf-8")
    ok(at(b)("sync", "--keep", "wuye.yaml"))
    ok(at(a)("sync"))
    assert "stay: 7h" in (a / "wuye.yaml").read_text("utf-8") and len(records(a)[FIRST]["log"]) == 2


def test_settings_that_nobody_could_go_by_are_not_handed_on(two: tuple[Path, Path, Path]) -> None:
    hub, a, b = two
    before = real(hub, "rev-parse", "main")
    file = a / "wuye.yaml"
    kept = file.read_text("utf-8")
    file.write_text(kept.replace("visitor.stay", "visitor.stya"), "utf-8")
    said = ok(at(a)("sync"), 78)
    assert "visitor.stya" in said.err and real(hub, "rev-parse", "main") == before
    file.write_text(kept.replace("rules:\n", "rules:\n  complaint.reply: 3wd\n", 1), "utf-8")
    last = "  workorder.done.urgent: 1wd\n"
    (b / "wuye.yaml").write_text(kept.replace(last, f"{last}  complaint.reply: 4wd\n"), "utf-8")
    ok(at(a)("sync"))
    said = ok(at(b)("sync"), 1)
    assert "wuye.yaml 两台改了同一处" in said.err and ok(at(b)("today"))


def test_a_broken_file_is_not_handed_on(two: tuple[Path, Path, Path]) -> None:
    hub, a, b = two
    before = real(hub, "rev-parse", "main")
    (a / MONTH).write_bytes((a / MONTH).read_bytes() + b"- id: TS-20261122-A002\n  a: [1\n")
    said = ok(at(a)("sync"), 65)
    assert f"{MONTH}:" in said.err and "不能同步" in said.err and real(hub, "rev-parse", "main") == before
    set_user(a)
    real(a, "commit", "--quiet", "-am", "broken all the same")
    real(a, "push", "--quiet", "origin", "main")
    ok(at(b)("complaint", "note", FIRST, "乙"))
    mine = data(b)
    said = ok(at(b)("sync"), 65)
    assert MONTH in said.err and data(b) == mine and real(b, "status", "--porcelain") == ""


# --- where it cannot be done now


def test_offline_is_fine(two: tuple[Path, Path, Path]) -> None:
    hub, a, _ = two
    ok(at(a)("complaint", "note", FIRST, "又来电"))
    hub.rename(hub.with_name("away"))
    said = ok(at(a)("sync"))
    assert "连不上" in said.out and "都已保存" in said.out
    hub.with_name("away").rename(hub)
    assert "发出 1 次" in ok(at(a)("sync")).out


def test_a_server_that_refuses_is_told_in_one_sentence(
    two: tuple[Path, Path, Path], desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server runs its own hooks; here a shell stands in for ssh."""
    hub, a, _ = two
    ssh = desk / "ssh"
    ssh.write_text('#!/bin/sh\nshift $(($# - 1))\nexec sh -c "$1"\n', "utf-8")
    ssh.chmod(0o700)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    real(a, "config", "remote.origin.url", f"ssh://server{hub}")
    hook = hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 月底封账 >&2\nexit 1\n", "utf-8")
    hook.chmod(0o700)
    ok(at(a)("complaint", "note", FIRST, "又来电"))
    said = ok(at(a)("sync"), 1)
    assert "对方不收（月底封账）" in said.err and len(said.err.splitlines()) == 1
    hook.unlink()
    assert "发出 1 次" in ok(at(a)("sync")).out


def test_what_is_no_repository_and_what_is_another_office(two: tuple[Path, Path, Path], desk: Path) -> None:
    _, a, _ = two
    ok(run_wuye(["init", str(desk / "c"), "--name", "别处"]))
    c = at(desk / "c")
    assert "--remote" in ok(c("sync"), 1).err
    for wrong in ("", "-x", "ext::sh -c id", "a\nb"):
        said = c("sync", f"--remote={wrong}")
        assert said.code in (1, 2) and "错误：" in said.err
    (desk / "empty").mkdir()
    assert "git init --bare" in ok(c("sync", "--remote", str(desk / "empty")), 1).err
    assert "另一个台账" in ok(c("sync", "--remote", str(a)), 1).err
    assert "--letter" in ok(c("sync", "--letter", "Z"), 2).err


def test_a_folder_that_is_no_repository_says_so(desk: Path) -> None:
    ok(run_wuye(["init", str(desk / "c"), "--name", "别处"]))
    shutil.rmtree(desk / "c" / ".git")
    assert "不是 git 仓库" in ok(at(desk / "c")("sync"), 1).err


@pytest.mark.parametrize("evil", ["link", ".git/hooks/x", "records/../../x", ".wuye/lock"])
def test_odd_files_of_the_other_side_are_not_taken(evil: str, two: tuple[Path, Path, Path]) -> None:
    """Made of git's objects, as no clone would make them."""
    hub, a, _ = two
    office = Git(a)
    blob = office.run("hash-object", "-w", "--stdin", text="/etc/passwd").stdout.decode().strip()
    tree = office.run("cat-file", "-p", "HEAD^{tree}").stdout
    mode = "120000" if evil == "link" else "100644"
    parts = evil.split("/")
    for name in reversed(parts[1:]):
        blob = office.run("mktree", text=f"{mode} blob {blob}\t{name}\n" if mode != "40000" else
                          f"040000 tree {blob}\t{name}\n").stdout.decode().strip()  # fmt: skip
        mode = "40000"
    line = f"{mode} blob {blob}\t{parts[0]}\n" if mode != "40000" else f"040000 tree {blob}\t{parts[0]}\n"
    kept = b"".join(x for x in tree.splitlines(keepends=True) if not x.endswith(f"\t{parts[0]}\n".encode()))
    top = office.run("mktree", text=kept + line.encode()).stdout.decode().strip()
    commit = office.run("commit-tree", "-p", "HEAD", "-m", "evil", top, author="x").stdout.decode().strip()
    office.run("push", "--quiet", str(hub), f"{commit}:refs/heads/main")
    before = data(a)
    said = ok(at(a)("sync"), 1)
    assert "没有收下" in said.err and data(a) == before


# --- merges begun by hand


def diverged(a: Path, b: Path) -> None:
    """Both desks changed the same record, and each added one."""
    for root, phone, now in ((a, "13900139000", "10:00"), (b, "13700137000", "10:05")):
        ok(at(root)("complaint", "edit", FIRST, "--phone", phone, now=f"2026-11-22T{now}"))
        ok(at(root)("complaint", "add", "1-1-101", f"在 {root.name}", "--reporter", "陈先生"))
    ok(at(a)("sync"))
    real(b, "fetch", "--quiet")


def whole(root: Path) -> None:
    """Nothing of the two desks is lost."""
    told = records(root)
    assert set(told) == {FIRST, "TS-20261122-A002", "TS-20261122-B001"}
    assert len(told[FIRST]["log"]) == 3 and "13900139000" in json.dumps(told[FIRST]["conflicts"])


def set_user(root: Path) -> None:
    real(root, "config", "user.name", "x")
    real(root, "config", "user.email", "x@example.org")


def test_a_merge_by_hand_without_the_driver_is_mended(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    diverged(a, b)
    set_user(b)
    real(b, "merge", "origin/main", check=False)
    assert b"<<<<<<<" in (b / MONTH).read_bytes()
    assert "sync --mend" in ok(at(b)("sync"), 1).err
    assert "sync --mend" in ok(at(b)("check"), 65).err
    assert "sync --mend" in ok(at(b)("doctor")).out
    assert "已做完" in ok(at(b)("sync", "--mend")).out
    whole(b)
    assert real(b, "status", "--porcelain") == "" and len(real(b, "log", "-1", "--format=%P", "--merges").split()) == 2
    ok(at(a)("sync"))
    assert data(a) == data(b)


def test_markers_that_somebody_committed_are_mended(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    diverged(a, b)
    set_user(b)
    real(b, "merge", "origin/main", check=False)
    real(b, "commit", "--quiet", "-am", "done?")
    ok(at(b)("sync", "--mend"))
    whole(b)


def test_work_in_a_file_in_conflict_is_put_beside(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    diverged(a, b)
    set_user(b)
    real(b, "-c", "merge.wuye.driver=false", "merge", "origin/main", check=False)
    (b / MONTH).write_bytes(b"- id: X\n")
    assert ".wuye-new" in ok(at(b)("sync", "--mend")).err
    whole(b)
    assert (b / f"{MONTH}.wuye-new").read_bytes() == b"- id: X\n"


def driver(command: str = "") -> str:
    code = "import sys; sys.argv[0] = 'wuye'; from wuye.__main__ import main; main()"
    return "merge.wuye.driver=" + (command or f'"{sys.executable}" -c "{code}" merge-driver %O %A %B %P')


def test_a_merge_by_hand_with_the_driver(two: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    _, a, b = two
    monkeypatch.setenv("PYTHONPATH", str(Path(program.__file__).parent.parent))
    diverged(a, b)
    set_user(b)
    real(b, "-c", driver(), "merge", "--quiet", "--no-edit", "origin/main")
    whole(b)
    ok(at(b)("sync"))
    ok(at(a)("sync"))
    assert data(a) == data(b)


def test_a_driver_that_is_missing_killed_or_raises_loses_nothing(two: tuple[Path, Path, Path]) -> None:
    _, a, b = two
    diverged(a, b)
    set_user(b)
    for command in ("false", "/no/such/program %O", f'"{sys.executable}" -c "raise SystemError" %O %A %B', "kill -9 $$",
                    "echo half > %A; kill -9 $$"):  # fmt: skip
        real(b, "reset", "--quiet", "--hard")
        real(b, "-c", driver(command), "merge", "origin/main", check=False)
        for stage, root in ((2, "HEAD"), (3, "origin/main")):
            assert real(b, "show", f":{stage}:{MONTH}") == real(b, "show", f"{root}:{MONTH}"), command
    ok(at(b)("sync", "--mend"))
    ok(at(b)("sync"))
    whole(b)


def test_the_driver_leaves_ours_where_a_side_cannot_be_read(tmp_path: Path) -> None:
    from wuye import driver as called

    for name, text in {"O": "- id: A\n", "A": "- id: A\n  b: '1'\n", "B": "- id: A\n  b: &x 1\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    code, said = called.run([*(str(tmp_path / n) for n in "OAB"), MONTH])
    assert code == 1 and MONTH in said and (tmp_path / "A").read_text("utf-8") == "- id: A\n  b: '1'\n"
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["A", "B", "O"]


def test_other_unfinished_business_is_refused(two: tuple[Path, Path, Path]) -> None:
    _, a, _ = two
    (a / ".git" / "rebase-merge").mkdir()
    for words in (("sync",), ("sync", "--mend")):
        assert "rebase" in ok(at(a)(*words), 1).err


# --- a repository that brings programs along


def test_nothing_of_a_copied_repository_runs(two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, b = two
    trap, sprung = desk / "trap", desk / "sprung"
    trap.write_text(f"#!/bin/sh\necho $0 $@ >> {sprung}\ncat\n", "utf-8")
    trap.chmod(0o700)
    for root in (a,):
        (root / ".git" / "hooks").mkdir(exist_ok=True)
        for hook in ("pre-commit", "post-commit", "post-merge", "pre-push", "reference-transaction", "post-checkout",
                     "post-index-change", "pre-auto-gc", "post-rewrite"):  # fmt: skip
            shutil.copy(trap, root / ".git" / "hooks" / hook)
        (root / ".git" / "info").mkdir(exist_ok=True)
        lines = "* filter=evil diff=evil merge=evil\nlog/** filter=wt\nknowledge/** filter=more\n"
        (root / ".git" / "info" / "attributes").write_text(lines, "utf-8")
        (root / ".git" / "config.worktree").write_text(f"[filter \"wt\"]\n\tclean = {trap}\n", "utf-8")
        (root / ".gitattributes").write_text("* filter=évil=x diff=evil merge=evil\n", "utf-8")
        (root / ".git" / "more").write_text(f"[filter \"more\"]\n\tclean = {trap}\n", "utf-8")
        for key, value in {
            "filter.evil.clean": str(trap), "filter.evil.smudge": str(trap), "filter.evil.process": str(trap),
            "filter.evil.required": "true", "filter.évil=x.clean": str(trap), "diff.evil.textconv": str(trap),
            "diff.evil.command": str(trap), "merge.evil.driver": f"{trap} %O %A %B", "core.fsmonitor": str(trap),
            "core.sshCommand": str(trap), "core.gitProxy": str(trap), "core.askPass": str(trap),
            "core.editor": str(trap), "core.pager": str(trap), "core.alternateRefsCommand": str(trap),
            "credential.helper": str(trap), "gpg.program": str(trap), "commit.gpgSign": "true",
            "push.gpgSign": "if-asked", "alias.fetch": f"!{trap}", "alias.commit": f"!{trap}",
            "remote.origin.uploadpack": str(trap), "remote.origin.receivepack": str(trap),
            "protocol.ext.allow": "always",
            f"remote.{hub}.uploadpack": str(trap), f"remote.{hub}.receivepack": str(trap), "include.path": "more",
            "extensions.worktreeConfig": "true",
        }.items():  # fmt: skip
            real(root, "config", key, value)
    (hub / "objects" / "info").mkdir(exist_ok=True)
    ok(at(b)("complaint", "edit", FIRST, "--phone", "13700137000"))
    ok(at(b)("sync"))
    ok(at(a)("complaint", "edit", FIRST, "--phone", "13900139000"))
    ok(at(a)("complaint", "add", "1-1-101", "吵", "--reporter", "陈先生"))
    (a / MONTH).write_text((a / MONTH).read_text("utf-8").replace("漏水", "厨房漏水"), "utf-8")
    ok(at(a)("complaint", "show", FIRST, "--reveal", "--reason", "核对"))
    put = a / "knowledge" / "停水.md"
    put.parent.mkdir()
    put.write_text("打 96117\n", "utf-8")
    ok(at(a)("sync"))
    for words in (("log",), ("history", FIRST), ("doctor",)):
        ok(at(a)(*words))
    at(a)("undo", "--dry-run")
    assert not sprung.exists(), sprung.read_text("utf-8")
    ok(at(b)("sync"))
    assert records(a) == records(b)
    url = f"ext::{trap} %S"
    real(a, "config", "remote.origin.url", url)
    said = at(a)("sync")
    real(a, "config", "remote.origin.url", str(hub))
    real(a, "config", f"url.ext::{trap} %S .insteadOf", str(hub))
    said = at(a)("sync")
    assert said.code == 1 and not sprung.exists()


@pytest.mark.parametrize("address", ["{hub}", "file://{hub}", "../hub"])
def test_nothing_of_a_shared_folder_runs(address: str, two: tuple[Path, Path, Path], desk: Path) -> None:
    """git serves a folder with a git of this machine, which by itself would run what anybody has put there."""
    hub, a, _ = two
    trap = desk / "trap"
    trap.write_text(f"#!/bin/sh\necho $0 >> {desk}/sprung\ncat\n", "utf-8")
    trap.chmod(0o700)
    (hub / "hooks").mkdir(exist_ok=True)
    for hook in ("pre-receive", "update", "proc-receive", "post-receive", "post-update", "reference-transaction"):
        shutil.copy(trap, hub / "hooks" / hook)
    (hub / "objects" / "info" / "alternates").write_text(f"{a}/.git/objects\n", "utf-8")
    for key, value in {
        "core.hooksPath": str(hub / "hooks"), "core.alternateRefsCommand": str(trap),
        "uploadpack.packObjectsHook": str(trap), "gc.auto": "1", "gc.recentObjectsHook": str(trap),
        "core.fsmonitor": str(trap), "hook.x.command": str(trap), "hook.x.event": "pre-receive",
    }.items():  # fmt: skip
        real(hub, "config", key, value)
    real(a, "config", "remote.origin.url", address.format(hub=hub))
    ok(at(a)("complaint", "note", FIRST, "又来电"))
    assert "发出 1 次" in ok(at(a)("sync")).out
    assert not (desk / "sprung").exists(), (desk / "sprung").read_text("utf-8")


def test_an_address_is_not_changed_by_the_repository_itself(two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, _ = two
    real(a, "config", "remote.origin.url", "ssh://server/hub.git")
    real(a, "config", f"url.{hub}.pushInsteadOf", "ssh://server/hub.git")
    said = ok(at(a)("sync"), 1)
    assert "insteadof" in said.err and "会把同步的地址换掉" in said.err


def test_a_persons_own_ssh_and_helpers_stay(two: tuple[Path, Path, Path], desk: Path, monkeypatch: Any) -> None:
    _, a, _ = two
    trap, mine = desk / "trap", desk / "mine"
    for file in (trap, mine):
        file.write_text(f"#!/bin/sh\ntouch {file}-ran\nexit 255\n", "utf-8")
        file.chmod(0o700)
    (desk / "own").write_text(f"[core]\n\tsshCommand = {mine}\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(desk / "own"))
    real(a, "config", "core.sshCommand", str(trap))
    real(a, "config", "remote.origin.url", "ssh://nobody@example.invalid/hub.git")
    assert "连不上" in ok(at(a)("sync")).out
    assert not (desk / "trap-ran").exists() and (desk / "mine-ran").exists()


# --- many at once, and killed


@pytest.mark.parametrize("lock", ["a/.git/refs/remotes/origin/main.lock", "a/.git/config.lock",
                                  "a/.git/index.lock", "hub.git/refs/heads/main.lock"])  # fmt: skip
def test_what_a_killed_git_left_locked(lock: str, two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, b = two
    ok(at(b)("complaint", "note", FIRST, "那边"))
    ok(at(b)("sync"))
    ok(at(a)("complaint", "note", FIRST, "这边"))
    (desk / lock).parent.mkdir(parents=True, exist_ok=True)
    (desk / lock).touch()
    os.utime(desk / lock, (1, 1))
    ok(at(a)("sync"))
    assert real(a, "rev-parse", "HEAD") == real(hub, "rev-parse", "main") and not (desk / lock).exists()


@pytest.mark.strace
def test_a_shared_folder_has_on_its_disk_what_was_pushed(two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, _ = two
    ok(at(a)("complaint", "note", FIRST, "又来电"))
    command = ["strace", "-f", "-qq", "-y", "-o", str(desk / "trace"), "-e", "trace=fsync,fdatasync"]
    subprocess.run([*command, sys.executable, "-m", "wuye", "sync"], cwd=a, check=True, capture_output=True)
    synced = [line for line in (desk / "trace").read_text("utf-8", "replace").splitlines() if str(hub) in line]
    assert sum("/objects/" in line for line in synced) >= 4 and any("/refs/heads/main.lock" in x for x in synced)


WORK = """
import os, random, sys
sys.path[:0] = {path!r}
from conftest import run_wuye
root, seed, rounds = {root!r}, {seed}, {rounds}
dice = random.Random(seed)
os.environ['WUYE_USER'] = f'desk{{seed}}'
def run(*words):
    said = run_wuye(['--office', root, *words])
    if said.code not in (0, 1, 2): sys.exit(f'{{words}} {{said.code}} {{said.err}}')
    return said
for count in range(rounds):
    os.environ['WUYE_NOW'] = f'2026-11-22T{{10 + count // 60:02d}}:{{count % 60:02d}}'
    way = dice.randrange(6)
    names = [r['id'] for r in run('complaint', 'list', '--period', 'all', '-o', 'json').json['records']]
    name = dice.choice(names)
    if way == 0: run('complaint', 'add', '1-1-101', f'{{seed}}-{{count}}', '--reporter', '王女士', '--yes')
    elif way == 1: run('complaint', 'note', name, f'{{seed}}-{{count}}')
    elif way == 2: run('complaint', 'edit', name, '--phone', f'138001{{dice.randrange(10)}}{{seed}}0{{count:02d}}'[:11])
    elif way == 3: run('complaint', 'judge', name, '--nature', dice.choice(['help', 'consult']))
    elif way == 4: run('complaint', 'show', name, '--reveal', '--reason', f'{{seed}}-{{count}}')
    else:
        said = run('sync')
        if said.code: sys.exit(said.err)
"""


def test_three_desks_at_once(two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, b = two
    real(desk, "clone", "--quiet", str(hub), "c")
    ok(at(desk / "c")("sync", "--letter", "C"))
    roots = [a, b, desk / "c"]
    path = [str(Path(__file__).parent), str(Path(program.__file__).parent.parent)]
    scripts = [WORK.format(path=path, root=str(r), seed=n, rounds=ROUNDS) for n, r in enumerate(roots, 1)]
    running = [subprocess.Popen([sys.executable, "-c", s], stderr=subprocess.PIPE, text=True) for s in scripts]
    told = [(one.communicate()[1], one.returncode) for one in running]
    assert [code for _, code in told] == [0, 0, 0], told
    wrote: dict[str, set[str]] = {}
    for root in roots:
        for commit in real(root, "rev-list", "HEAD").split():
            text = real(root, "show", f"{commit}:{MONTH}", check=False).encode()
            for raw in yamlio.load_records(text) if text else ():
                lines = {json.dumps({k: v for k, v in e.items() if k != "undoes"}, sort_keys=True) for e in raw["log"]}  # type: ignore
                wrote.setdefault(str(raw["id"]), set()).update(lines)
    for root in (*roots, *roots):
        ok(at(root)("sync"))
    assert data(a) == data(b) == data(desk / "c")
    here = records(a)
    for name, lines in wrote.items():
        assert lines <= {json.dumps({k: v for k, v in e.items() if k != "undoes"}, sort_keys=True)
                         for e in here[name]["log"]}, name  # fmt: skip
    wrong = [p for p in audit(Office(a)) if "两台说法不一" not in p.message]
    assert wrong == []


def killed_at(root: Path, count: int) -> bool:
    """Run a sync in a process that dies at its `count`th step outside itself; whether it got to the end."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = [count]

    def dying(real_one: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **given: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return real_one(*args, **given)
        return step

    program.subprocess.run = dying(subprocess.run)  # type: ignore[attr-defined]
    disk.write_temp = dying(disk.write_temp)  # type: ignore[assignment]
    disk.sync_folder = dying(disk.sync_folder)  # type: ignore[assignment]
    os._exit(at(root)("sync").code)


def test_killed_anywhere_nothing_is_lost(two: tuple[Path, Path, Path], desk: Path) -> None:
    hub, a, b = two
    diverged(a, b)
    ok(at(b)("visitor", "add", "--name", "陈先生", "--purpose", "送货", "--unit", "1-1-101"))
    dice = random.Random(7)
    points = range(80) if ROUNDS > 20 else sorted(dice.sample(range(60), 4))
    for point in points:
        for old in ("hub2.git", "b2"):
            shutil.rmtree(desk / old, ignore_errors=True)
        shutil.copytree(hub, desk / "hub2.git", symlinks=True)
        shutil.copytree(b, desk / "b2", symlinks=True)
        real(desk / "b2", "config", "remote.origin.url", str(desk / "hub2.git"))
        killed_at(desk / "b2", point)
        for lock in (desk / "b2" / ".git").rglob("*.lock"):
            os.utime(lock, (0, 0))
        ok(at(desk / "b2")("complaint", "note", FIRST, f"之后 {point}"))
        ok(at(desk / "b2")("sync"))
        told = records(desk / "b2")
        assert set(told) >= {FIRST, "TS-20261122-A002", "TS-20261122-B001"}, point
        assert {len(told[FIRST]["log"]), len(told[FIRST]["conflicts"])} == {4, 1}, point
        assert real(desk / "b2", "status", "--porcelain") == "", point
        assert real(desk / "b2", "rev-parse", "HEAD") == real(desk / "hub2.git", "rev-parse", "main"), point


# --- what a hand takes away


NOTE = "  - at: '2026-11-22T10:00+08:00'\n    step: note\n    by: 李静\n    note: 又来电\n"


def drop(root: Path, name: str) -> None:
    """Cut a record out of the month file, as an editor would."""
    text = (root / MONTH).read_text("utf-8")
    start = text.index(f"- id: {name}\n")
    end = text.find("\n- id: ", start) + 1 or len(text)
    (root / MONTH).write_text(text[:start] + text[end:], "utf-8")


def test_what_was_taken_out_by_hand_is_not_handed_on(two: tuple[Path, Path, Path]) -> None:
    hub, a, b = two
    for text in ("乙一", "乙二"):
        ok(at(b)("complaint", "add", "1-1-101", text, "--reporter", "陈先生", "--yes"))
    ok(at(b)("sync"))
    ok(at(a)("sync"))
    before = real(hub, "rev-parse", "main")
    drop(b, "TS-20261122-B002")
    said = ok(at(b)("sync"), 65)
    assert "TS-20261122-B002 不见了" in said.err and "不能同步" in said.err
    said = ok(at(b)("complaint", "add", "1-1-101", "乙三", "--reporter", "陈先生", "--yes"), 65)
    assert "TS-20261122-B002 不见了" in said.err and f"--restore {MONTH}" in said.err
    ok(at(b)("doctor", "--restore", MONTH))
    ok(at(b)("complaint", "add", "1-1-101", "乙三", "--reporter", "陈先生", "--yes"))
    (b / MONTH).unlink()
    assert "不见了" in ok(at(b)("sync"), 65).err
    assert "不见了" in ok(at(b)("complaint", "add", "1-1-101", "乙四", "--reporter", "陈先生", "--yes"), 65).err
    assert real(hub, "rev-parse", "main") == before


@pytest.mark.parametrize("how", ["record", "file", "log"])
def test_what_another_desk_committed_as_gone_stays(how: str, two: tuple[Path, Path, Path]) -> None:
    """Committed and pushed by hand, past every check of that desk; here nobody touched that file."""
    hub, a, b = two
    ok(at(a)("complaint", "add", "1-1-101", "吵", "--reporter", "陈先生"))
    ok(at(a)("complaint", "note", FIRST, "又来电"))
    ok(at(a)("complaint", "show", FIRST, "--reveal", "--reason", "核对"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    before = records(a)
    assert NOTE in (b / MONTH).read_text("utf-8")
    set_user(b)
    if how == "record":
        drop(b, "TS-20261122-A002")
    elif how == "file":
        (b / MONTH).unlink()
        next((b / "log").glob("access-*.jsonl")).unlink()
    else:
        (b / MONTH).write_text((b / MONTH).read_text("utf-8").replace(NOTE, ""), "utf-8")
    real(b, "commit", "--quiet", "-am", "gone")
    real(b, "push", "--quiet", "origin", "main")
    said = ok(at(a)("sync"))
    assert "没有照删" in said.err
    after = records(a)
    assert set(after) == set(before)
    for name, raw in before.items():
        assert all(entry in after[name]["log"] for entry in raw["log"])
    assert list((a / "log").glob("access-*.jsonl")) and ok(at(a)("check"))
    assert real(a, "status", "--porcelain") == "" and real(a, "rev-parse", "HEAD") == real(hub, "rev-parse", "main")
    ok(at(b)("sync"))
    assert records(b) == after


def test_what_is_forgotten_at_one_desk_is_gone_at_the_other(two: tuple[Path, Path, Path]) -> None:
    """Not a loss that is merged back, though committed entries of a log have changed."""
    _, a, b = two
    ok(at(a)("complaint", "edit", FIRST, "--phone", "13900139000"))
    ok(at(a)("complaint", "edit", FIRST, "--phone", "13700137000"))
    ok(at(a)("sync"))
    ok(at(b)("sync"))
    ok(at(b)("person", "forget", "13700137000", "--yes", "--reason", "本人要求"))
    ok(at(b)("sync"))
    assert "没有照删" not in ok(at(a)("sync")).err
    assert "13700137000" not in (a / MONTH).read_text("utf-8")
