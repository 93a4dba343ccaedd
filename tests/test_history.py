"""What happened to a record, about a room, in the office: told in the clerk's words, hand edits beside the log."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import NOVEMBER, Said
from test_undo import by_hand, git, ok, strip_trailers

from wuye import cli
from wuye.annals import Annals
from wuye.git import Git

pytestmark = pytest.mark.git
Wuye = Callable[..., Said]
Complaint = Callable[..., dict[str, Any]]


def rows(wuye: Wuye, *argv: str) -> list[dict[str, Any]]:
    return ok(wuye(*argv, "-o", "json")).json["rows"]  # type: ignore[no-any-return]


def steps(wuye: Wuye, *argv: str) -> list[str]:
    return [row["step"] for row in rows(wuye, "history", *argv)]


# --- one record


def test_every_entry_in_the_clerks_words(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--phone", "13800138000", "--at", "2026-11-21 15:00")
    ok(wuye("ts", "judge", "ts-20261121-001", "--nature", "求助", now="2026-11-22T10:10"))
    ok(wuye("ts", "edit", "1121-1", "--department", "工程部", now="2026-11-22T10:20"))
    ok(wuye("ts", "edit", "1121-1", "--department", "保安部", "--by", "赵敏", now="2026-11-22T10:30"))
    ok(wuye("ts", "edit", "1121-1", "--department", "", now="2026-11-22T10:40"))
    ok(wuye("ts", "note", "1121-1", "业户来催", now="2026-11-22T10:50"))
    ok(wuye("ts", "respond", "1121-1", "--at", "2026-11-22 08:00", now="2026-11-22T11:00"))
    ok(wuye("undo", "--back", "2", "--yes", now="2026-11-22T11:10"))
    said = ok(wuye("history", "ts-20261121-001"))
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    told = [
        ("2026-11-21 15:00 登记 李静 房号：3-2-1201；投诉人：王女士；电话：138****8000；内容：厨房", "10:00 补录"),
        ("2026-11-22 08:00 首次响应 李静", "2026-11-22 11:00 补录"),
        ("2026-11-22 10:10 判定性质 李静 性质：求助", ""),
        ("2026-11-22 10:20 更正 李静 责任部门：工程部", ""),
        ("2026-11-22 10:30 更正 赵敏 责任部门：保安部（原为 工程部）", ""),
        ("2026-11-22 10:40 更正 李静 责任部门：（空）（原为 保安部）", ""),
        ("2026-11-22 10:50 备注 李静 业户来催【已撤销】", ""),
        ("2026-11-22 11:10 撤销备注 李静", ""),
    ]
    for line, (begins, holds) in zip(lines[-len(told) :], told, strict=True):
        assert line.startswith(begins) and holds in line, line
    assert "13800138000" not in said.out


def test_rows_for_scripts(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "edit", "ts1", "--phone", "13800138000", "--department", "工程部"))
    edit = git(office, "rev-parse", "HEAD")[:10]
    ok(wuye("ts", "edit", "ts1", "--department", "保安部", "--at", "2026-11-22 09:50"))
    found = rows(wuye, "history", "ts1")
    assert [row["step"] for row in found] == ["add", "edit", "edit"] and all(len(row["commit"]) == 10 for row in found)
    late = next(row for row in found if row["recorded"])
    assert late["at"] == "2026-11-22T09:50+08:00" and late["was"] == {"department": "工程部"}
    early = next(row for row in found if row["commit"] == edit)
    assert early["values"] == {"phone": "138****8000", "department": "工程部"} and early["step_zh"] == "更正"
    assert found[0]["values"]["text"] == "厨房漏水" and found[0]["id"] == "TS-20261122-001"


def test_one_record_is_whole_on_a_terminal_only(
    wuye: Wuye, complaint: Complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint("--phone", "13800138000")
    real = cli._desk
    monkeypatch.setattr(cli, "_desk", lambda: real()._replace(terminal=True))
    assert "13800138000" in ok(wuye("history", "ts1")).out
    assert "13800138000" not in ok(wuye("history", "3-2-1201")).out
    assert "13800138000" in ok(wuye("history", "3-2-1201", "--reveal", "--reason", "回电")).out


def test_what_was_changed_by_hand(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    complaint()
    by_hand(office, "text: 厨房漏水\n  people: '1'\n  first_contact: 李静\n  due", "text: 厨房漏水\n  due")
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    by_hand(office, "status: judged", "status: assigned", "")
    found = [row for row in rows(wuye, "history", "ts1") if row["step"] == "hand"]
    assert [row["by"] for row in found] == ["老王", ""]
    assert found[0]["values"] == {"people": None, "first_contact": None}
    assert found[0]["was"] == {"people": 1, "first_contact": "李静"} and len(found[0]["commit"]) == 10
    assert (found[1]["values"], found[1]["was"]) == ({"status": "assigned"}, {"status": "judged"})
    out = ok(wuye("history", "ts1")).out
    assert "手工改动" in out and "状态：处理中（原为 已判定）；还没有提交" in out


def test_a_log_tampered_with_and_a_record_taken_out(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("ts", "note", "ts1", "业户来催"))
    by_hand(office, "业户来催", "没有来催")
    path = office / NOVEMBER
    whole = path.read_text("utf-8")
    path.write_text(whole.split("- id:")[0], "utf-8")
    by_hand(office, "yaml", "yaml ", "删")
    path.write_text(whole, "utf-8")
    git(office, "-c", "user.name=老王", "-c", "user.email=a@example.org", "commit", "-aqm", "放回")
    out = ok(wuye("history", "ts1")).out
    assert "经过被改动" in out and "从文件里删去" in out and "写入文件" in out


def test_hand_edits_in_commits_of_an_older_version(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    by_hand(office, "厨房漏水", "厨房顶部漏水", "")
    ok(wuye("ts", "judge", "ts1", "--nature", "help"))
    strip_trailers(office)
    found = rows(wuye, "history", "ts1")
    assert [row["step"] for row in found] == ["add", "judge", "hand"] and all(row["commit"] for row in found)
    assert found[2]["was"] == {"text": "厨房漏水"}


def test_without_git_the_log_is_told(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    shutil.rmtree(office / ".git")
    said = ok(wuye("history", "ts1"))
    assert "登记" in said.out and "没有 git 历史" in said.err


# --- a room


def test_everything_about_a_room(wuye: Wuye, complaint: Complaint) -> None:
    complaint(now="2026-10-15T10:00")
    ok(wuye("ts", "add", "13-2-1201", "不是这一间", "--reporter", "甲", now="2026-11-22T09:00"))
    ok(wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201", now="2026-11-22T10:00"))
    ok(wuye("ts", "note", "1015-1", "来催", now="2026-11-22T10:30"))
    ok(wuye("ts", "join", "1122-1", "--joiner", "钱先生", "--joiner-room", "3-2-1201", now="2026-11-22T11:00"))
    found = rows(wuye, "history", "3栋2单元1201")
    assert [(row["kind"], row["step"]) for row in found] == [
        ("complaint", "add"), ("complaint", "add"), ("visitor", "add"), ("complaint", "note"), ("complaint", "join"),
    ]  # fmt: skip
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert steps(wuye, "3-2-1201", "--period", "2026-10") == ["add"]
    assert steps(wuye, "3-2-1201", "--period", "本月") == ["add", "add", "note", "join"]
    assert "没有经过" in ok(wuye("history", "9-9-901")).out


def test_damage_is_said_beside_the_rest(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201"))
    path = office / NOVEMBER
    path.write_text(path.read_text("utf-8").replace("received:", "received", 1), "utf-8")
    said = wuye("history", "3-2-1201", "-o", "json")
    assert said.code == 65 and [row["kind"] for row in said.json["rows"]] == ["visitor"] and NOVEMBER in said.err


def test_what_is_no_number_and_no_room(wuye: Wuye) -> None:
    said = wuye("history", "随便", "ts1", "--period", "哪天")
    assert said.code == 2 and said.err.count("错误：") == 3 and "既不是带前缀的编号，也看不出房号" in said.err
    assert wuye("history", "ts9").code == 1


# --- the office


def test_a_line_a_command_newest_first(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    ok(wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201", "--by", "赵敏"))
    by_hand(office, "厨房漏水", "厨房顶部漏水", "改错字")
    ok(wuye("ts", "judge", "ts1", "--nature", "help", now="2026-11-23T10:00"))
    ok(wuye("undo", "--yes", now="2026-11-24T10:00"))
    found = rows(wuye, "log")
    assert [row["what"] for row in found] == [
        "撤销 投诉判定性质 TS-20261122-001", "投诉判定性质 TS-20261122-001", f"手工改动：改错字（{NOVEMBER}）",
        "访客登记 FK-20261122-001", "投诉登记 TS-20261122-001", "新建台账 翠湖花园",
    ]  # fmt: skip
    assert [row["by"] for row in found][:4] == ["李静", "李静", "老王", "赵敏"]
    assert found[0]["at"] == "2026-11-24T10:00+08:00" and found[0]["ids"] == ["TS-20261122-001"]
    assert found[2]["by_hand"] and not found[1]["by_hand"] and found[3]["kinds"] == ["visitor"]
    table = ok(wuye("操作记录")).out
    assert "2026-11-24 10:00  李静    撤销 投诉判定性质 TS-20261122-001" in table


def test_filters_and_limit(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint(now="2026-10-15T10:00")
    complaint("--by", "小李静", now="2026-11-20T10:00")
    ok(wuye("visitor", "add", "--name", "甲", "--purpose", "乙", "--unit", "1-1-101", now="2026-11-21T10:00"))
    ok(wuye("ts", "note", "1120-1", "来催", now="2026-11-22T10:00"))

    def told(*argv: str) -> list[str]:
        return [row["what"].split()[0] for row in rows(wuye, "log", *argv)]

    assert told("--kind", "投诉") == ["投诉备注", "投诉登记", "投诉登记"] == told("--kind", "ts")
    assert told("--by", "小李静") == ["投诉登记"]
    assert told("--by", "李静") == ["投诉备注", "访客登记", "投诉登记", "新建台账"]
    assert told("--period", "2026-10") == ["投诉登记"]
    assert told("--since", "昨天") == ["投诉备注", "访客登记", "新建台账"]
    assert told("--until", "2026-11-20", "--kind", "complaint") == ["投诉登记", "投诉登记"]
    assert told("--period", "all") == told("--limit", "0") == told()
    said = ok(wuye("log", "--limit", "2"))
    assert len(said.out.splitlines()) == 4 and "只列最近 2 条" in said.err
    assert wuye("log", "--limit", "5").err == ""
    said = wuye("log", "--limit", "x", "--kind", "投拆", "--since", "哪天", "--period", "何时", "多余")
    assert said.code == 2
    said = wuye("log", "--limit", "x", "--kind", "投拆", "--since", "哪天", "--period", "何时")
    assert said.code == 2 and said.err.count("错误：") == 4


def test_what_is_not_committed_comes_first(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    by_hand(office, "厨房漏水", "厨房顶部漏水", "")
    (office / "knowledge").mkdir()
    (office / "knowledge" / "问答 一.md").write_text("x", "utf-8")
    row = rows(wuye, "log")[0]
    assert row["what"] == f"未提交：knowledge/问答 一.md、{NOVEMBER}" and row["at"] is None
    assert rows(wuye, "log", "--kind", "ts")[0]["files"] == [NOVEMBER]
    assert "未提交" not in ok(wuye("log", "--by", "李静")).out


def test_days_are_those_of_typing_however_late_it_was_committed(
    wuye: Wuye, complaint: Complaint, office: Path
) -> None:
    complaint(now="2026-10-15T10:00")
    complaint(now="2026-11-20T10:00")
    before = rows(wuye, "log", "--period", "2026-10")
    words = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "rebase", "-q", "--root", "--force-rebase"]
    subprocess.run(words, cwd=office, check=True)
    after = rows(wuye, "log", "--period", "2026-10")
    assert [r["what"] for r in after] == [r["what"] for r in before] == ["投诉登记 TS-20261015-001"]
    assert after[0]["files"] == ["records/2026-10/complaint.yaml"] and after[0]["commit"] != before[0]["commit"]


def test_a_history_that_cannot_be_read_is_told(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint(now="2026-10-15T10:00")
    name = subprocess.check_output(["git", "rev-parse", "HEAD~1"], cwd=office, text=True).strip()
    (office / ".git/objects" / name[:2] / name[2:]).unlink()
    for words in (("log",), ("log", "--period", "2026-10"), ("log", "--limit", "0", "--by", "李静")):
        said = wuye(*words)
        assert said.code == 65 and "git 历史读不出来" in said.err and said.out == ""


def test_one_git_process_for_the_commits(wuye: Wuye, complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        complaint()
    asked: list[str] = []
    real = Git.ask

    def ask(self: Git, *args: str, text: str = "") -> bytes | None:
        asked.append(" ".join(args))
        return real(self, *args, text=text)

    monkeypatch.setattr(Git, "ask", ask)
    ok(wuye("log"))
    assert sum(" log " in line for line in asked) <= 2
    asked.clear()
    assert len(rows(wuye, "log", "--limit", "2")) == 2
    assert sum(" log " in line for line in asked) == 1


def test_no_setting_of_the_machine_reaches_it(wuye: Wuye, complaint: Complaint, office: Path, desk: Path) -> None:
    complaint()
    (desk / ".gitconfig").write_text(
        "[log]\n\tshowSignature = true\n\tdate = relative\n\tdecorate = full\n\tfollow = true\n\tshowRoot = false\n"
        "[color]\n\tui = always\n[diff]\n\trenames = copies\n\tnoprefix = true\n[i18n]\n\tlogOutputEncoding = gbk\n"
        "[status]\n\tshort = true\n\tbranch = true\n\tshowUntrackedFiles = no\n[format]\n\tpretty = oneline\n",
        "utf-8",
    )
    (office / "新 文件.md").write_text("x", "utf-8")
    annals = Annals(Git(office))
    assert annals.changed() == ["新 文件.md"]
    newest, first = annals.commits()
    assert newest.paths == (NOVEMBER,) and newest.parents == (first.hash,) and "投诉登记" in newest.message
    assert first.parents == () and "wuye.yaml" in first.paths
    assert annals.show([(newest.hash, NOVEMBER), (first.hash, NOVEMBER), ("HEAD", "没有")])[1:] == [None, None]


def test_an_office_without_a_commit(wuye: Wuye, office: Path) -> None:
    shutil.rmtree(office / ".git")
    git(office, "init", "-q")
    assert Annals(Git(office)).commits() == []
    assert "未提交" in ok(wuye("log")).out
    ok(wuye("ts", "add", "1-1-101", "漏水", "--reporter", "甲"))
    assert len(rows(wuye, "log", "--kind", "ts")) == 1
    ok(wuye("undo", "--yes"))
