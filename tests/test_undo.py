"""Undo and redo over a real office and a real git: whole commands, never what came after, nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, NOVEMBER, Said, tree

from wuye import cli, message

pytestmark = pytest.mark.git
Wuye = Callable[..., Said]
Complaint = Callable[..., dict[str, Any]]


def git(office: Path, *args: str) -> str:
    done = subprocess.run(["git", *args], cwd=office, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def by_hand(office: Path, old: str, new: str, commit: str = "改") -> None:
    """Somebody with an editor, and git on the command line."""
    path = office / NOVEMBER
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    if commit:
        git(office, "-c", "user.name=老王", "-c", "user.email=a@example.org", "commit", "-aqm", commit)


def one(wuye: Wuye, name: str = "ts1") -> dict[str, Any]:
    said = wuye("complaint", "show", name, "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


def ok(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def sound(wuye: Wuye) -> None:
    said = wuye("check")
    assert (said.code, said.err) == (0, ""), said.err


# --- before and after first


def test_nothing_is_written_before_it_was_shown(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    before, commits = tree(office), git(office, "rev-parse", "HEAD")
    said = wuye("undo")
    assert said.code == 2 and said.out == ""
    assert "TS-20261122-001 将撤销更正（2026-11-22 10:00 李静）：责任部门 工程部 → （空）；确要" in said.err
    said = ok(wuye("undo", "--dry-run"))
    assert re.search(r"TS-20261122-001 +责任部门 +工程部 +（空）", said.out) and "没有写入" in said.err
    assert re.search(r"编号 +项目 +现在 +撤销后", said.out)
    assert (tree(office), git(office, "rev-parse", "HEAD")) == (before, commits)


def test_a_terminal_is_asked_with_the_table(wuye: Wuye, complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--phone", "13800138000"))
    asked: list[str] = []
    real, answers = cli._desk, [False, True]
    monkeypatch.setattr(
        cli, "_desk", lambda: real()._replace(terminal=True, confirm=lambda q: asked.append(q) or answers.pop(0))
    )
    assert wuye("undo").code == 2 and one(wuye)["phone"] == "13800138000"
    assert "撤销后" in asked[0] and "13800138000" in asked[0] and asked[0].endswith("撤销吗")
    ok(wuye("undo"))
    assert one(wuye)["phone"] is None


def test_private_values_are_masked_where_nobody_sits(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--phone", "13800138000"))
    for argv in (["--dry-run"], ["--dry-run", "-o", "json"], [], ["--yes", "-o", "json"]):
        said = wuye("undo", *argv)
        assert "13800138000" not in said.out + said.err, argv
        assert "138****8000" in said.out + said.err, argv


def test_the_answer_for_scripts(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部", "--by", "赵敏"))
    commit = git(office, "rev-parse", "HEAD")[:10]
    said = ok(wuye("undo", "--yes", "-o", "json"))
    row = said.json["rows"][0]
    assert said.json["schema"] == "wuye.undo" and row["id"] == "TS-20261122-001" and row["commit"] == commit
    assert row["by"] == "赵敏" and row["changes"][0] | {"now_zh": "", "then_zh": ""} == {
        "field": "department", "zh": "责任部门", "now": "工程部", "then": None, "now_zh": "", "then_zh": "",
    }  # fmt: skip
    record = said.json["records"][0]
    assert record["department"] is None and record["log"][-1]["undoes"] == "2026-11-22T10:00+08:00 edit"
    assert ok(wuye("redo", "--yes", "-q")).out == "TS-20261122-001\n"


# --- which command


def test_undo_walks_back_and_redo_forward_across_kinds(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201"))
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    ok(wuye("visitor", "leave", "fk1"))
    said = ok(wuye("undo", "--yes", "--by", "赵敏"))
    assert "已撤销：访客离开 FK-20261122-001（李静）" in said.out
    assert "投诉判定性质" in ok(wuye("undo", "--yes")).out
    assert "访客登记" in ok(wuye("undo", "--yes")).out
    assert "投诉登记" in ok(wuye("undo", "--yes")).out
    assert "没有可以撤销的命令" in wuye("undo", "--yes").err
    assert one(wuye)["status"] == "void" and wuye("visitor", "show", "fk1", "-o", "json").records[0]["status"] == "void"
    sound(wuye)
    for words in ("投诉登记", "访客登记", "投诉判定性质", "访客离开"):
        assert words in ok(wuye("redo", "--yes")).out
    said = wuye("redo", "--yes")
    assert said.code == 1 and "没有可以重做的命令" in said.err
    assert one(wuye)["nature"] == "help" and wuye("visitor", "show", "fk1", "-o", "json").records[0]["status"] == "left"
    sound(wuye)
    assert "访客离开" in ok(wuye("undo", "--yes")).out


def test_a_batch_is_undone_whole_and_one_of_it_alone_by_number(wuye: Wuye, office: Path) -> None:
    rows = "".join(f"room,reporter,text\n{n}-1-101,业户{n},漏水{n}\n"[0 if n == 1 else 19 :] for n in range(1, 31))
    ok(wuye("ts", "add", "--from", "-", stdin=rows.encode()))
    assert "Wuye-Records: TS-20261122-001..030" in git(office, "log", "-1", "--format=%B")
    ok(wuye("undo", "ts7", "--yes"))
    assert one(wuye, "ts7")["status"] == "void" and one(wuye, "ts8")["status"] == "recorded"
    ok(wuye("ts", "note", "ts3", "来催过"))
    assert "备注" in ok(wuye("undo", "--yes")).out
    said = ok(wuye("undo", "--yes", "-o", "json"))
    assert len(said.json["rows"]) == 29
    assert {r["status"] for r in wuye("ts", "list", "-o", "json").records} == {"void"}
    assert wuye("ts", "add", "1-1-101", "新的", "--reporter", "甲", "-q").out == "TS-20261122-031\n"
    sound(wuye)


def test_all_or_none(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    complaint()
    ok(wuye("ts", "judge", "ts1", "ts2", "--nature", "help"))
    ok(wuye("ts", "edit", "ts2", "--nature", "valid", now="2026-11-22T11:00"))
    before = tree(office)
    said = wuye("undo", "--back", "2", "--yes")
    assert said.code == 1 and "TS-20261122-002 的判定性质" in said.err
    assert "性质后来又由更正（2026-11-22 11:00 李静）改过：请先撤销后面这一步" in said.err
    assert tree(office) == before


def test_back_leaves_what_came_after(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    ok(wuye("ts", "edit", "ts1", "--subject", "noise"))
    ok(wuye("undo", "--back", "2", "--yes"))
    record = one(wuye)
    assert record["department"] is None and record["subject"] == "noise"
    ok(wuye("ts", "edit", "ts1", "--subject", "staff"))  # three of one minute and one person are three
    ok(wuye("undo", "ts1", "--back", "1", "--yes"))
    assert one(wuye)["subject"] == "noise"
    said = wuye("undo", "ts1", "--back", "9", "--yes")
    assert said.code == 1 and "没有那么多次改动可以撤销" in said.err
    for words in ("0", "x", "-1", "１"):
        said = wuye("undo", f"--back={words}")
        assert said.code == 2 and "--back 应是 1 以上的整数" in said.err, words


def test_mistakes_in_the_words_at_once(wuye: Wuye) -> None:
    said = wuye("undo", "zz9", "随便", "--back", "x")
    assert said.code == 2 and said.err.count("错误：") == 3
    assert wuye("undo", "ts9").code == 1


def test_every_record_that_cannot_be_undone_is_named(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    complaint()
    ok(wuye("undo", "ts1", "ts2", "--yes"))
    said = wuye("undo", "ts1", "ts2", "--yes")
    assert said.code == 1
    assert "TS-20261122-001 没有可以撤销的改动" in said.err and "TS-20261122-002 没有可以撤销的改动" in said.err


# --- notes, attachments, voids, links


def test_notes_and_attachments_are_withdrawn_and_stay(
    wuye: Wuye, complaint: Complaint, office: Path, tmp_path: Path
) -> None:
    complaint()
    (tmp_path / "a.jpg").write_bytes(b"photo")
    (tmp_path / "b.jpg").write_bytes(b"photo two")
    ok(wuye("ts", "note", "ts1", "写错了的话"))
    ok(wuye("ts", "attach", "ts1", str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg")))
    assert "attachments/2026-11/" in ok(wuye("undo", "--dry-run")).out
    ok(wuye("undo", "--yes"))
    log = one(wuye)["log"]
    assert len(log[-1]["undoes"]) == 2 and len(list((office / "attachments").rglob("*.jpg"))) == 2
    ok(wuye("undo", "--yes"))
    assert "写错了的话" in one(wuye)["log"][1]["note"] and one(wuye)["log"][-1]["undoes"].endswith(" note")
    assert "备注  李静" in ok(wuye("ts", "show", "ts1")).out
    sound(wuye)


def test_a_void_taken_back(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    ok(wuye("ts", "void", "ts1", "--reason", "重复"))
    assert "状态 作废 → 已判定" in ok(wuye("undo", "--yes")).out
    assert one(wuye)["status"] == "judged"
    sound(wuye)


def test_linked_records_are_undone_together(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    complaint("--repeats", "ts1")
    said = wuye("undo", "ts1", "--yes")
    assert said.code == 1 and "TS-20261122-001 的再次投诉" in said.err and "请撤销 TS-20261122-002" in said.err
    ok(wuye("undo", "ts2", "--yes"))
    assert one(wuye, "ts2")["status"] == "void"
    assert one(wuye)["log"][-1]["undoes"].endswith(" repeat")
    sound(wuye)
    ok(wuye("redo", "ts2", "--yes"))
    assert one(wuye, "ts2")["status"] == "recorded" and one(wuye)["log"][-1]["step"] == "redo"
    ok(wuye("undo", "--yes"))
    assert one(wuye, "ts2")["status"] == "void" and one(wuye)["log"][-1]["undoes"].endswith(" repeat")
    ok(wuye("undo", "ts1", "--yes"))
    sound(wuye)


def test_a_link_filled_in_later_is_taken_back_on_both_sides(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    ok(wuye("ts", "assign", "ts1", "--department", "工程部"))
    ok(wuye("ts", "handle", "ts1", "--result", "修好"))
    complaint()
    ok(wuye("ts", "edit", "ts2", "--repeats", "ts1"))
    assert one(wuye, "ts2")["level"] == "hot"
    said = ok(wuye("undo", "--yes", "-o", "json"))
    assert {row["id"] for row in said.json["rows"]} == {"TS-20261122-001", "TS-20261122-002"}
    record = one(wuye, "ts2")
    assert record["repeats"] is None and record["repeat_handled"] is None and record["level"] == "general"
    ok(wuye("redo", "ts2", "--yes"))
    assert one(wuye, "ts2")["level"] == "hot" and one(wuye)["log"][-1]["step"] == "redo"
    sound(wuye)


def test_what_others_point_to_is_not_revoked(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    complaint()
    by_hand(office, "- id: TS-20261122-002\n", "- id: TS-20261122-002\n  repeats: TS-20261122-001\n")
    said = wuye("undo", "ts1", "--yes")
    assert said.code == 1 and "TS-20261122-001 的登记不能撤销：TS-20261122-002 指向它" in said.err


def test_an_order_made_of_a_complaint(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    ok(wuye("workorder", "add", "--of", "ts1", "--text", "修水管"))
    said = ok(wuye("undo", "--yes", "-o", "json"))
    assert [row["kind"] for row in said.json["rows"]] == ["workorder", "complaint"] or {
        row["kind"] for row in said.json["rows"]
    } == {"workorder", "complaint"}
    assert wuye("workorder", "show", "gd1", "-o", "json").records[0]["status"] == "void"
    sound(wuye)


def test_books_too(wuye: Wuye) -> None:
    ok(wuye("unit", "add", "3-2-1201"))
    ok(wuye("unit", "edit", "3-2-1201", "--area", "89.5"))
    ok(wuye("undo", "--yes"))
    ok(wuye("undo", "--yes"))
    ok(wuye("unit", "add", "3-2-1201"))
    said = wuye("redo", "--yes")
    assert said.code == 1 and "房号 3-2-1201 现在是 FW-20261122-002" in said.err
    sound(wuye)


@pytest.mark.parametrize("named", [1, 2])
def test_a_transfer_is_taken_back_on_both_sides(named: int, wuye: Wuye) -> None:
    """Whichever of the two is named: a unit has an owner before and after."""
    wuye("resident", "add", "王女士", "3-2-1201", "--role", "owner", "--since", "2020-01-01")
    assert wuye("resident", "transfer", "3-2-1201", "李女士").code == 0
    assert wuye("undo", f"yh{named}", "--yes").code == 0
    told = {r["name"]: r["status"] for r in wuye("resident", "list", "--room", "3-2-1201", "-o", "json").records}
    assert told == {"王女士": "current", "李女士": "void"}


def test_what_was_taken_back_may_be_done_again_under_its_key(wuye: Wuye, tmp_path: Path) -> None:
    """By cron with `--once`, and by importing the same list again."""
    add = ("ts", "add", "1-1-101", "漏水", "--reporter", "甲", "--once", "k", "-q")
    assert wuye(*add).out == wuye(*add).out == "TS-20261122-001\n"
    ok(wuye("undo", "--yes"))
    assert wuye(*add).out == "TS-20261122-002\n"
    note = ("ts", "note", "ts2", "来催", "--once", "n")
    ok(wuye(*note))
    ok(wuye("undo", "--yes"))
    assert "已做过" not in ok(wuye(*note)).err
    rows = "受理时间,房号,投诉人,内容\n2026-10-01 10:00,1-1-101,甲,漏水\n2026-11-01 10:00,1-1-102,乙,噪音\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    load = ("import", str(tmp_path / "a.csv"), "--kind", "ts")
    ok(wuye(*load))
    assert len(ok(wuye("undo", "--yes", "-o", "json")).json["rows"]) == 2
    ok(wuye(*load))
    taken = ("ts", "list", "--status", "recorded", "--period", "all", "-o", "json")
    assert len(wuye(*taken).records) == 3
    ok(wuye(*load))
    assert len(wuye(*taken).records) == 3
    sound(wuye)


# --- by hand, not committed, not ours


def test_commits_by_hand_are_passed_over_and_said(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    by_hand(office, "厨房漏水", "厨房顶部漏水")
    (office / "note.txt").write_text("x", "utf-8")
    git(office, "add", "note.txt")
    git(office, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "笔记")
    said = ok(wuye("undo", "--yes"))
    assert said.err.count("跳过手工改动") == 1 and NOVEMBER in said.err
    record = one(wuye)
    assert record["department"] is None and record["text"] == "厨房顶部漏水"


def test_a_hand_edit_of_the_same_field_is_not_discarded(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    for commit in ("", "改"):
        if not commit:
            by_hand(office, "\n  department: 工程部\n  due", "\n  department: 保安部\n  due", commit)
        before = tree(office)
        said = wuye("undo", "--yes")
        assert said.code == 1 and "责任部门后来手工改成了“保安部”，撤销会丢掉它" in said.err
        assert tree(office) == before
        git(office, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-aqm", "改", "--allow-empty")


def test_a_hand_edit_that_went_into_our_commit_stays(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    by_hand(office, "厨房漏水", "厨房顶部漏水", "")
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    ok(wuye("undo", "--yes"))
    assert one(wuye)["text"] == "厨房顶部漏水" and one(wuye)["department"] is None


def test_what_git_did_not_take_can_be_undone(
    wuye: Wuye, complaint: Complaint, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved without a commit; then the next command's commit took it along."""
    complaint()
    complaint()
    (office / ".git" / "HEAD.lock").touch()
    assert wuye("ts", "edit", "ts1", "--department", "工程部").code == 76
    (office / ".git" / "HEAD.lock").unlink()
    assert "还没有提交" in ok(wuye("undo", "--dry-run")).out
    ok(wuye("ts", "edit", "ts2", "--department", "保安部", now="2026-11-22T10:05"))
    assert "Wuye-Records" not in git(office, "log", "-1", "--format=%B")
    ok(wuye("undo", "--yes"))
    assert (one(wuye)["department"], one(wuye, "ts2")["department"]) == ("工程部", None)
    ok(wuye("undo", "--yes"))
    assert one(wuye)["department"] is None and one(wuye)["status"] == "recorded"
    sound(wuye)


def test_the_last_command_was_not_committed(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    (office / ".git" / "HEAD.lock").touch()
    assert wuye("ts", "edit", "ts1", "--department", "工程部").code == 76
    (office / ".git" / "HEAD.lock").unlink()
    ok(wuye("undo", "ts1", "--yes"))
    assert one(wuye)["department"] is None and "commit" not in one(wuye)["log"][-1]
    sound(wuye)


# --- whatever became of the history


def strip_trailers(office: Path) -> None:
    """The history as a version wrote it that did not name step and records."""
    argv = ["git", "filter-branch", "-f", "--msg-filter", "sed -e '/^Wuye-/d'", "HEAD"]
    env = {**os.environ, "FILTER_BRANCH_SQUELCH_WARNING": "1"}
    subprocess.run(argv, cwd=office, env=env, capture_output=True, check=True)


def test_commits_of_an_older_version_and_a_rewritten_history(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    complaint()
    ok(wuye("ts", "judge", "ts1", "ts2", "--nature", "help"))
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    strip_trailers(office)
    assert "Wuye" not in git(office, "log", "--format=%B")
    ok(wuye("undo", "--yes"))
    said = ok(wuye("undo", "--yes", "-o", "json"))
    assert [row["id"] for row in said.json["rows"]] == ["TS-20261122-001", "TS-20261122-002"]
    strip_trailers(office)
    ok(wuye("undo", "ts2", "--yes"))
    assert one(wuye, "ts2")["status"] == "void"
    sound(wuye)


def test_a_history_squashed_by_hand(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    ok(wuye("ts", "edit", "ts1", "--subject", "noise", now="2026-11-22T11:00"))
    first = git(office, "rev-list", "--max-parents=0", "HEAD")
    git(office, "reset", "-q", "--soft", first)
    git(office, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "十一月")
    assert "没有可以撤销的命令" in wuye("undo", "--yes").err
    ok(wuye("undo", "ts1", "--yes"))
    assert one(wuye)["subject"] is None and one(wuye)["nature"] == "help"
    ok(wuye("undo", "ts1", "--yes"))
    assert one(wuye)["nature"] is None and one(wuye)["status"] == "recorded"
    sound(wuye)


def test_a_shallow_clone(wuye: Wuye, complaint: Complaint, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complaint()
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    ok(wuye("ts", "edit", "ts1", "--subject", "noise"))
    clone = office.parent / "clone"
    git(office.parent, "clone", "-q", "--depth", "2", f"file://{office}", str(clone))
    monkeypatch.chdir(clone)
    ok(wuye("undo", "--yes"))
    for argv in ([], ["ts1"]):
        said = wuye("undo", "--yes", *argv)
        assert said.code == 1 and "浅克隆" in said.err and "--unshallow" in said.err


def test_a_merge_is_no_command(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    git(office, "checkout", "-qb", "other", "HEAD~1")
    ok(wuye("visitor", "add", "--name", "甲", "--purpose", "送货", "--unit", "1-1-101"))
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    git(office, *who, "merge", "-q", "--no-edit", "main" if "main" in git(office, "branch") else "master")
    assert len(git(office, "log", "-1", "--format=%P").split()) == 2
    kinds = [ok(wuye("undo", "--yes", "-o", "json")).json["rows"][0]["kind"] for _ in range(3)]
    assert sorted(kinds) == ["complaint", "complaint", "visitor"]
    sound(wuye)


def test_without_history_it_is_refused(wuye: Wuye, complaint: Complaint, office: Path, monkeypatch: Any) -> None:
    complaint()
    shutil.rmtree(office / ".git")
    for name in ("undo", "redo", "log"):
        said = wuye(name)
        assert said.code == 1 and "请在台账文件夹里运行 git init" in said.err, name
    monkeypatch.setenv("PATH", "")
    assert "请先安装 git" in wuye("undo").err


def test_a_damaged_repository_is_said(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    for path in (office / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"")
    for name in ("undo", "log"):
        said = wuye(name)
        assert said.code == 65 and "git" in said.err and "请" in said.err, name


def test_a_record_changed_since_it_was_shown(
    wuye: Wuye, complaint: Complaint, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--department", "工程部"))
    real = cli._desk

    def meanwhile(question: str) -> bool:
        by_hand(office, "厨房漏水", "厨房顶部漏水", "")
        return True

    monkeypatch.setattr(cli, "_desk", lambda: real()._replace(terminal=True, confirm=meanwhile))
    said = wuye("undo")
    assert said.code == 1 and "刚刚被改过：这一次没有写入" in said.err
    assert one(wuye)["department"] == "工程部"


# --- what a commit says


def test_the_message_of_a_commit() -> None:
    ids = [f"TS-20261122-{n:03d}" for n in (1, 2, 3, 5)] + ["TS-20261123-A007", "FK-20261122-1000", "FK-20261122-1001"]
    text = message.write("投诉登记 很多", "add", ids)
    assert "TS-20261122-001..003 TS-20261122-005 TS-20261123-A007 FK-20261122-1000..1001" in text
    told = message.read(text)
    assert told == ("投诉登记 很多", "add", tuple(ids), True)
    assert message.read(message.write("查阅登记", "reveal")).ids == ()
    many = [f"TS-202611{d:02d}-001" for d in range(1, 31)]
    assert message.read(message.write("导入", "add", many)).ids == tuple(many)
    for words in ("投诉登记 TS-20261122-001", "工程单派工 GD-20261122-001 等 9 条", "查阅登记", "新建台账 翠湖"):
        assert message.read(words).ours, words
    for words in ("改错别字", "投诉整理", "", "Wuye-Records: TS-20261122-001", "TS-20261122-001 改"):
        assert not message.read(words).ours, words
    assert message.read("x\n\nWuye-Step: add\nWuye-Records: TS-20261122-001..999999999999 zz..9 TS-1").ours


def test_adding_says_nothing_new_to_the_clerk(wuye: Wuye, office: Path) -> None:
    ok(wuye(*ADD, "漏水"))
    assert git(office, "log", "-1", "--format=%s") == "投诉登记 TS-20261122-001"
