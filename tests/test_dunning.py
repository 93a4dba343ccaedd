"""A dunning record (domain.md 5, K): one contact, what was owed and promised, and what they raised."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from story import DUNNING, Story, at

from wuye import outside
from wuye.records.dunning import promise

Wuye = Callable[..., Said]


def add(wuye: Wuye, *options: str, now: str = "") -> dict[str, Any]:
    said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--yes", *options, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def step(wuye: Wuye, name: str, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye("dunning", name, *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def stands(story: Story, now: str) -> str:
    """How the promise stands as of a moment."""
    return promise(story.record.as_of(at(now)), story.basis(now))


# --- what it holds, what it needs


def test_it_holds_what_the_collectors_write_down(wuye: Wuye) -> None:
    record = add(
        wuye, "--stage", "上门", "--collector", "周敏", "--companion", "吴工", "--introduced", "--purpose", "--person",
        "王女士",
        "--confirmed-by", "核对房产证，周敏", "--signed-by", "王女士", "--said", "月底付", "--doubt", "电梯费怎么算",
        "--doubt-answer", "留了财务电话", "--promise-date", "月底", "--promise-amount", "1,073.16", "--arrears-of",
        "物业费 2026-07 至 2026-10", "--next-step", "上门", "--next", "12-01",
    )  # fmt: skip
    assert (record["method"], record["stage"], record["introduced"], record["purpose"]) == (
        "phone", "visit", True, True,
    )  # fmt: skip
    assert (record["promise_date"], record["promise_amount"], record["next"]) == (
        "2026-11-30", "1073.16", "2026-12-01",
    )  # fmt: skip
    assert (record["status"], record["promise"]) == ("open", "pending")


def test_a_method_and_a_debtor_are_needed(wuye: Wuye) -> None:
    said = wuye("dunning", "add")
    assert said.code == 2 and "--method" in said.err and "--room 或 --lease 或 --bay" in said.err
    for option, value in (("--lease", "ZL-2026-03"), ("--bay", "B1-023")):
        said = wuye("催收", "登记", "--method", "微信", option, value, "-o", "json")
        assert said.code == 0 and (said.records[0][option[2:]], said.records[0]["method"]) == (value, "message")


@pytest.mark.parametrize(
    ("word", "code"),
    [("电话", "phone"), ("上门", "visit"), ("设点收费", "stand"), ("送达", "notice"), ("张贴", "posted"),
     ("律师函", "letter"), ("挂号信", "letter"), ("短信", "message")],
)  # fmt: skip
def test_methods_by_their_chinese_names(wuye: Wuye, word: str, code: str) -> None:
    said = wuye("dunning", "add", "3-2-1201", "--method", word, "-o", "json")
    assert said.records[0]["method"] == code


def test_a_collection_stand_has_a_place_and_hours(wuye: Wuye) -> None:
    record = add(wuye, "--method", "设点", "--stand", "南门", "--hours", "周六 09:00-12:00")
    assert (record["stand"], record["hours"]) == ("南门", "周六 09:00-12:00")


def test_all_mistakes_at_once(wuye: Wuye, desk: Path) -> None:
    said = wuye(
        "dunning", "add", "大堂", "--method", "喊话", "--promise-date", "昨天", "--promise-amount", "1.234", "--said",
        "身份证 11010519491231002X", "--evidence", "没有.jpg", "--stage", "第一",
    )  # fmt: skip
    assert said.code == 2
    for words in (
        "--room（房号）",
        "--method",
        "--promise-date",
        "--promise-amount",
        "完整的身份证号",
        "--stage",
        "--evidence（凭证）：没有文件",
    ):
        assert words in said.err, words


# --- arrears at that moment


def test_arrears_are_kept_as_they_were(wuye: Wuye) -> None:
    assert add(wuye)["arrears"] is None
    assert wuye("unit", "add", "3-2-1201", "--owed", "1073.16", "--owed-as-of", "10-31").code == 0
    record = add(wuye)
    assert (record["arrears"], record["arrears_as_of"]) == ("1073.16", "2026-10-31")
    assert wuye("unit", "pay", "3-2-1201", "--owed", "0").code == 0
    assert step(wuye, "note", "cs2", "已缴")["arrears"] == "1073.16"
    said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--yes")
    assert said.code == 0 and "登记的欠费是 0" in said.err
    assert add(wuye, "--arrears", "500", "--arrears-as-of", "昨天")["arrears"] == "500.00"


# --- promises


def test_a_promise_is_broken_by_its_date_by_itself() -> None:
    story = Story(DUNNING).add("2026-11-22 10:00", promise_date="2026-11-25", promise_amount="100")
    assert stands(story, "2026-11-25 18:00") == "pending" and stands(story, "2026-11-25 18:01") == "broken"
    clock = story.clocks("2026-11-26 09:00")["promise"]
    assert (clock.due, clock.state) == (at("2026-11-25 18:00"), "late")
    story.do("kept", "2026-11-26 10:00", paid="100")
    assert story.record.status == "kept" and stands(story, "2026-11-26 10:01") == "kept"
    assert story.clocks("2026-11-26 10:01")["promise"].state == "missed"


def test_broken_promises_come_up(wuye: Wuye) -> None:
    add(wuye, "--promise-date", "11-25", "--person", "王女士", now="2026-11-22T10:00+08:00")
    rows = wuye("today", "-o", "json", now="2026-11-26T09:00+08:00").json["rows"]
    assert [(r["id"], r["state"]) for r in rows] == [("CS-20261122-001", "late")]
    assert "已失信" in wuye("dunning", "list").out
    assert [r["promise"] for r in wuye("dunning", "list", "--late", "-o", "json").records] == ["broken"]
    said = wuye("dunning", "note", "1122-1", "电话不接")
    assert "已失信" in said.out and "再催用 add --of 本号" in said.out


def test_kept_and_broken_by_hand(wuye: Wuye) -> None:
    for name in ("kept", "broken"):
        add(wuye)
        said = wuye("dunning", name, "cs1" if name == "kept" else "cs2")
        assert said.code == 1 and "没有答应付款的日期" in said.err
    record = add(wuye, "--promise-date", "11-30", "--promise-amount", "1000")
    assert "少于答应的 1,000.00 元" in wuye("dunning", "kept", record["id"], "--paid", "600", "--dry-run").err
    record = step(wuye, "kept", record["id"], "--paid", "1000")
    assert (record["status"], record["promise"], record["log"][-1]["paid"]) == ("kept", "kept", "1000.00")
    record = add(wuye, "--promise-date", "11-30")
    said = wuye("dunning", "broken", record["id"], "-o", "json")
    assert said.code == 0 and "还没有过" in said.err and said.records[0]["promise"] == "broken"
    assert step(wuye, "kept", record["id"])["promise"] == "kept", "paid after all"


def test_a_new_promise_opens_a_broken_one(wuye: Wuye) -> None:
    add(wuye, "--promise-date", "11-25", now="2026-11-22T10:00+08:00")
    step(wuye, "broken", "cs1", now="2026-11-26T10:00+08:00")
    record = step(wuye, "promise", "1122-1", "--promise-date", "11-30", "--promise-amount", "500")
    assert (record["status"], record["promise"]) == ("open", "pending")
    assert record["log"][-1]["was"]["promise_date"] == "2026-11-25"
    assert [c["due"] for c in record["clocks"]] == ["2026-11-30T18:00+08:00"]
    assert wuye("check").code == 0


def test_a_record_closed_over_an_unkept_promise_stays_broken() -> None:
    story = Story(DUNNING).add("2026-11-22 10:00", promise_date="2026-11-25").do("close", "2026-11-24 10:00")
    assert stands(story, "2026-11-24 11:00") == "pending" and stands(story, "2026-11-26 09:00") == "broken"
    assert story.do("kept", "2026-11-26 10:00").record.status == "kept"
    assert stands(Story(DUNNING).add("2026-11-22 10:00"), "2026-11-24 11:00") == ""


def test_closing_over_a_waiting_promise_is_said(wuye: Wuye) -> None:
    add(wuye, "--promise-date", "11-30")
    assert "还没有结果" in wuye("dunning", "close", "cs1").err
    add(wuye)
    assert wuye("dunning", "close", "cs2").err == ""


# --- the next step, pause and resume


def test_the_next_step_is_due_and_met_by_the_next_contact(wuye: Wuye) -> None:
    first = add(wuye, "--next", "11-25", "--collector", "周敏", "--stage", "电话")
    assert [(c["name"], c["due"]) for c in first["clocks"]] == [("next", "2026-11-25T18:00+08:00")]
    said = wuye("dunning", "add", "--of", "cs1", "--method", "上门", "-o", "json", now="2026-11-25T15:00+08:00")
    assert said.code == 0, said.err
    second = said.records[0]
    assert (second["room"], second["collector"], second["of"], second["stage"]) == (
        "3-2-1201", "周敏", first["id"], None,
    )  # fmt: skip
    first = wuye("dunning", "show", first["id"], "-o", "json").records[0]
    assert first["log"][-1]["link"] == second["id"]
    assert [(c["name"], c["state"]) for c in first["clocks"]] == [("next", "met")]
    assert wuye("check").code == 0


def test_a_complaint_made_of_it_is_no_next_step(wuye: Wuye) -> None:
    add(wuye, "--next", "11-25", "--doubt", "墙面渗水没修", "--person", "王女士")
    assert wuye("complaint", "add", "--of", "cs1").code == 0
    clock = wuye("dunning", "show", "cs1", "-o", "json").records[0]["clocks"][0]
    assert (clock["name"], clock["state"]) == ("next", "open")


def test_a_pause_has_a_reason_and_ends_on_its_day(wuye: Wuye) -> None:
    add(wuye, "--next", "11-25")
    assert "--reason" in wuye("dunning", "pause", "cs1").err
    record = step(wuye, "pause", "cs1", "--reason", "渗水未修", "--until", "12-05")
    assert (record["status"], record["paused"], record["clocks"]) == ("open", "11-22 起暂停至 12-05", [])
    said = wuye("dunning", "pause", "cs1", "--reason", "再等")
    assert said.code == 1 and "已经11-22 起暂停至 12-05" in said.err
    said = wuye("dunning", "add", "3-2-1201", "--method", "上门")
    assert "11-22 起暂停至 12-05" in said.err, "who duns again is told"
    record = step(wuye, "resume", "cs1")
    assert (record["paused"], [c["name"] for c in record["clocks"]]) == ("", ["next"])
    assert wuye("dunning", "resume", "cs1").code == 1
    step(wuye, "pause", "cs1", "--reason", "渗水未修", "--until", "12-05")
    assert step(wuye, "note", "1122-1", "x", now="2026-12-05T18:00+08:00")["paused"]
    record = step(wuye, "note", "1122-1", "y", now="2026-12-06T09:00+08:00")
    assert (record["paused"], [c["state"] for c in record["clocks"]]) == ("", ["late"])


# --- who may dun, and how


def test_a_guard_is_warned_about_and_goes_through(wuye: Wuye) -> None:
    for name, post in (("陈强", "保安"), ("刘队", "保安队长"), ("赵班", "保安领班"), ("周敏", "收费员")):
        assert wuye("staff", "add", name, "--post", post).code == 0
    for name in ("陈强", "刘队", "赵班", "李保安"):
        for option in ("--collector", "--companion"):
            said = wuye("dunning", "add", "3-2-1201", "--method", "上门", option, name, "--yes")
            assert said.code == 0 and f"{name} 是保安岗位" in said.err and "不得参与催收" in said.err
    said = wuye("dunning", "add", "3-2-1201", "--method", "上门", "--collector", "周敏", "--yes")
    assert "保安" not in said.err
    said = wuye("dunning", "edit", "cs9", "--companion", "陈强")
    assert said.code == 0 and "陈强 是保安岗位" in said.err, "a correction too"
    assert "保安" not in wuye("dunning", "edit", "cs9", "--said", "不付").err, "once is enough"


@pytest.mark.parametrize("words", ["停水", "断电催缴", "停掉电梯", "停门禁卡的门禁", "锁车"])
def test_cutting_water_or_power_is_warned_about(wuye: Wuye, words: str) -> None:
    said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--next-step", words)
    assert said.code == 0 and "不得以停水、停电" in said.err
    assert "不得以停水、停电" in wuye("dunning", "plan", "cs1", "--next", "明天", "--next-step", words).err


def test_what_the_debtor_says_is_no_plan(wuye: Wuye) -> None:
    said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--said", "停电我也不付", "--next-step", "收停车费")
    assert said.code == 0 and said.err == ""


def test_a_posted_notice_names_nobody(wuye: Wuye) -> None:
    said = wuye("dunning", "add", "3-2-1201", "--method", "张贴")
    assert said.code == 0 and "只写房号" in said.err


# --- evidence


def test_evidence_is_copied_in_under_its_hash(wuye: Wuye, office: Path, desk: Path) -> None:
    photo = desk / "送达 回执.jpg"
    photo.write_bytes(b"\xff\xd8photo")
    record = add(wuye, "--evidence", str(photo), "--at", "11月21号15:00")
    digest = hashlib.sha256(b"\xff\xd8photo").hexdigest()
    assert record["evidence"] == f"attachments/2026-11/{digest[:12]}-送达_回执.jpg"
    assert (office / record["evidence"]).read_bytes() == b"\xff\xd8photo"
    told = record["log"][0]
    assert (told["file"], told["sha256"], told["size"]) == (record["evidence"], digest, "7")
    assert wuye("check").code == 0 and wuye("doctor").code == 0
    said = wuye("dunning", "edit", record["id"], "--evidence", str(photo))
    assert said.code == 2 and "attach" in said.err
    said = wuye("dunning", "attach", record["id"], str(photo))
    assert said.code == 1 and "附过同样的文件" in said.err
    (office / record["evidence"]).unlink()
    assert wuye("check").code == 65, "proof that is gone is missed"


def test_evidence_that_is_no_plain_file_is_refused(
    wuye: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "real.jpg").write_bytes(b"x")
    (desk / "link.jpg").symlink_to(desk / "real.jpg")
    os.mkfifo(desk / "pipe")
    monkeypatch.setattr(outside, "LARGEST_ATTACHMENT", 10)
    (desk / "large.jpg").write_bytes(b"x" * 11)
    for name in ("link.jpg", "pipe", "large.jpg", "missing.jpg", "."):
        said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--evidence", str(desk / name))
        assert said.code == 2 and "--evidence（凭证）" in said.err and "请" in said.err, (name, said.err)
    assert not (office / "records").exists() and not (office / "attachments").exists()
    assert wuye(
        "dunning", "add", "3-2-1201", "--method", "电话", "--evidence", str(desk / "real.jpg"), "--dry-run"
    ).code == 0  # fmt: skip
    assert not (office / "attachments").exists()


def test_a_batch_brings_its_own_files(wuye: Wuye, office: Path, desk: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (desk / name).write_bytes(name.encode())
    lines = [f"1-1-10{i},张贴,{desk}/{name}.jpg" for i, name in enumerate("abc", 1)]
    rows = "\n".join(["房号,催收方式,凭证", *lines]).encode()
    said = wuye("dunning", "add", "--from", "-", "-o", "json", stdin=rows)
    assert said.code == 2 and [p["row"] for p in said.json["error"]["problems"]] == [3]
    said = wuye("dunning", "add", "--from", "-", "-o", "json", stdin=rows[: rows.rfind(b"1-1-103")])
    assert said.code == 0 and [(office / r["evidence"]).read_text() for r in said.records] == ["a.jpg", "b.jpg"]


# --- what they raise


def test_what_they_raise_becomes_a_complaint_or_an_order_in_one_step(wuye: Wuye) -> None:
    source = add(wuye, "--person", "王女士", "--said", "不修好不付", "--doubt", "墙面渗水没修")
    said = wuye("complaint", "add", "--of", "cs1", "-o", "json")
    assert said.code == 0, said.err
    made = said.records[0]
    assert (made["of"], made["room"], made["text"], made["reporter"]) == (
        source["id"], "3-2-1201", "墙面渗水没修", "王女士",
    )  # fmt: skip
    said = wuye("workorder", "add", "--of", "cs1", "--trade", "土建", "-o", "json")
    assert said.code == 0 and said.records[0]["text"] == "墙面渗水没修"
    links = [e["link"] for e in wuye("dunning", "show", "cs1", "-o", "json").records[0]["log"] if e["step"] == "link"]
    assert links == ["TS-20261122-001", "GD-20261122-001"]
    assert wuye("check").code == 0


def test_without_a_doubt_it_is_what_they_said_and_what_is_missing_is_asked_for(wuye: Wuye) -> None:
    add(wuye, "--said", "灯坏了没人修")
    said = wuye("complaint", "add", "--of", "cs1")
    assert said.code == 2 and "--reporter" in said.err and "--text" not in said.err
    said = wuye("complaint", "add", "--of", "cs1", "--reporter", "王女士", "-o", "json")
    assert said.records[0]["text"] == "灯坏了没人修"


def test_the_manager_is_told(wuye: Wuye) -> None:
    said = wuye("dunning", "add", "3-2-1201", "--method", "电话", "--doubt", "墙面渗水没修")
    assert "tell 报告经理" in said.out and "--of 本号" in said.out
    record = step(wuye, "tell", "cs1", "--manager", "吴经理", "--answer", "先修", "--at", "今天10点半",
                  now="2026-11-22T11:00+08:00")  # fmt: skip
    assert wuye("dunning", "tell", "cs1", "--at", "昨天").code == 1, "not before it happened"
    told = record["log"][-1]
    assert (told["manager"], told["answer"]) == ("吴经理", "先修")
    assert record["manager_told"] == "2026-11-22T10:30+08:00", "when it was done"
    assert add(wuye, "--doubt", "灯不亮", "--manager-told", "今天9点")["manager_told"] == "2026-11-22T09:00+08:00"
    assert "tell" not in wuye("dunning", "note", "cs1", "x").out


def test_a_doubt_left_for_later_is_answered(wuye: Wuye) -> None:
    add(wuye, "--doubt", "电梯费怎么算", "--doubt-answer", "留了财务电话")
    assert step(wuye, "answer", "cs1", "--answer", "财务已解释")["log"][-1]["answer"] == "财务已解释"
    assert wuye("dunning", "answer", "cs1").code == 2


# --- known again, paper


def test_earlier_contacts_are_known_by_room_lease_or_bay(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("dunning", "add", "--bay", "B1-023", "--method", "电话").code == 0
    assert wuye("dunning", "add", "3-2-1201", "--method", "上门", "-o", "json").json["known"] == ["CS-20261122-001"]
    said = wuye("dunning", "add", "--bay", "B1-023", "--method", "上门", "-o", "json")
    assert said.json["known"] == ["CS-20261122-002"]


def test_late_papers_keep_their_day(wuye: Wuye) -> None:
    record = add(wuye, "--at", "11月20号15:00", "--promise-date", "11-21")
    assert record["id"] == "CS-20261120-001" and record["promise"] == "broken"
    assert record["clocks"][0]["due"] == "2026-11-21T18:00+08:00"


def test_the_record_prints(wuye: Wuye) -> None:
    add(wuye, "--promise-date", "11-30", "--promise-amount", "1073.16")
    paper = wuye("print", "cs1").out
    assert "催收记录" in paper and "1,073.16" in paper
