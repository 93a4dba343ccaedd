"""Who rang, came or wrote (domain.md 10): answered, called back, passed on, made into another record; after hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said
from story import Story, at

from wuye import records
from wuye.errors import Refused

Wuye = Callable[..., Said]
CONTACT = records.kind("contact")
CALL = {"way": "来电", "text": "问车位", "name": "王女士", "phone": "13800138000", "room": "3-2-1201"}


def add(wuye: Wuye, *options: str, now: str = "") -> dict[str, Any]:
    said = wuye("contact", "add", "问车位还有没有", "--way", "来电", "--name", "王女士", "--phone", "13800138000",
                "--room", "3-2-1201", "--yes", *options, "-o", "json", now=now)  # fmt: skip
    assert said.code == 0, said.err
    return said.records[0]


def step(wuye: Wuye, name: str, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye("contact", name, *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def call(now: str = "2026-11-20 10:00", happened: str = "", **words: str) -> Story:
    return Story(CONTACT).add(now, happened, **{**CALL, **words})


def test_it_holds_what_the_desk_writes_down(wuye: Wuye) -> None:
    record = add(
        wuye, "--line", "热线", "--identity", "报房号姓名相符", "--matter", "其他", "--answer", "有",
        "--quality", "语气平和", "--rings", "2", "--name-said",
    )  # fmt: skip
    assert (record["status"], record["line"], record["matter"], record["standard"]) == (
        "answered", "hotline", "other", True)  # fmt: skip
    assert (record["first_contact"], record["phone"], record["taken_by"]) == ("李静", "138****8000", None)


@pytest.mark.parametrize(("words", "status"), [
    ({"answer": "有"}, "answered"), ({}, "open"), ({"answer": "有", "promised": "2026-11-20 15:00"}, "open"),
    ({"answer": "好", "message_for": "周敏"}, "open"), ({"answer": "谢谢", "matter": "意见"}, "open"),
])  # fmt: skip
def test_what_was_answered_at_once_waits_for_nobody(words: dict[str, str], status: str) -> None:
    assert call(**words).record.status == status


def test_a_promised_call_back_waits_until_it_is_made() -> None:
    one = call(promised="2026-11-20 15:00")
    assert one.clocks("2026-11-20 14:00")["promise"].due == at("2026-11-20 15:00")
    assert one.clocks("2026-11-20 15:01")["promise"].state == "late"
    one.do("promise", "2026-11-20 14:30", promised="2026-11-20 17:00")
    assert one.clocks("2026-11-20 15:01")["promise"].due == at("2026-11-20 17:00")
    one.do("transfer", "2026-11-20 15:00", transferred_to="周敏").do("close", "2026-11-20 15:10")
    assert one.clocks("2026-11-20 15:20")["promise"].waits, "closed or not, somebody waits for the telephone"
    one.do("call-back", "2026-11-20 16:00", answer="有两个")
    assert one.clocks("2026-11-20 16:00")["promise"].state == "met"


def test_the_promise_stands_with_the_room(wuye: Wuye) -> None:
    add(wuye, "--promised", "今天下午5点")
    told = wuye("who", "13800138000", "-o", "json").json
    assert [(p["id"], p["state"]) for p in told["promises"]] == [("LD-20261122-001", "pending")]
    assert [r["id"] for r in wuye("who", "3-2-1201", "-o", "json").json["open"]] == ["LD-20261122-001"]


def test_handed_to_a_colleague_it_stays_with_whoever_took_it(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("contact", "transfer", "ld1").code == 2, "to whom is needed"
    record = step(wuye, "transfer", "ld1", "--transferred-to", "周敏")
    assert (record["status"], record["first_contact"], record["closed"]) == ("transferred", "李静", None)
    assert step(wuye, "answer", "ld1", "--answer", "已说明")["status"] == "answered"
    assert step(wuye, "reopen", "ld1", "--reason", "没有说清")["status"] == "open"


@pytest.mark.parametrize(("kind", "more"), [
    ("complaint", ("--channel", "来电")), ("workorder", ()), ("visitor", ("--expected", "明天上午10点")),
    ("task", ("--owner", "何建国", "--due-on", "明天")),
])  # fmt: skip
def test_it_becomes_another_record_in_one_step(wuye: Wuye, kind: str, more: tuple[str, ...]) -> None:
    add(wuye, "--identity", "与台账相符", "--by", "赵敏")
    said = wuye(kind, "add", "--of", "ld1", *more, "-o", "json")
    assert said.code == 0, said.err
    made = said.records[0]
    room, person, words = ("unit", "name", "purpose") if kind == "visitor" else ("room", "reporter", "text")
    assert (made[room], made[person], made[words]) == ("3-2-1201", "王女士", "问车位还有没有")
    assert made["phone"] == "138****8000" and made["of"] == "LD-20261122-001"
    source = wuye("contact", "show", "ld1", "-o", "json").records[0]
    assert source["status"] == "closed" and source["log"][-1]["step"] == "transfer"
    assert source["log"][-1]["link"] == made["id"]
    if kind == "complaint":
        assert (made["identity"], made["first_contact"]) == ("与台账相符", "赵敏"), "who took it owns it still"
    if kind == "task":
        assert made["source"] == "contact"


@pytest.mark.git
def test_undone_both_go_back(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("complaint", "add", "--of", "ld1").code == 0
    assert wuye("undo", "--yes").code == 0
    assert wuye("contact", "show", "ld1", "-o", "json").records[0]["status"] == "open"


def test_words_of_several_lines_fit_the_purpose_of_a_visitor(wuye: Wuye) -> None:
    words = ("--way", "来函", "--room", "3-2-1201", "--name", "冷先生")
    assert wuye("contact", "add", "明天来修空调\n两个人", *words).code == 0
    made = wuye("visitor", "add", "--of", "ld1", "-o", "json").records[0]
    assert made["purpose"] == "明天来修空调；两个人"


def test_after_hours_the_control_centre_answers(wuye: Wuye) -> None:
    said = wuye("contact", "add", "楼上敲墙", "--way", "来电", "--at", "昨天 23:10", "--urgent", "-o", "json")
    assert "控制中心接听" in said.err and "夜间总值班" in said.err
    said = wuye("contact", "add", "问停水", "--way", "来电", "--at", "昨天 23:20", "--taken-by", "陆伟", "-o", "json")
    assert said.err.count("控制中心") == 0
    record = said.records[0]
    assert (record["received"], record["recorded"]) == ("2026-11-21T23:20+08:00", "2026-11-22T10:00+08:00")
    assert (record["first_contact"], record["clocks"]) == ("陆伟", [])
    assert "夜间总值班" not in wuye("contact", "add", "急问", "--way", "来电", "--urgent").err, "by day nobody is woken"


def test_an_urgent_one_by_night_goes_to_the_night_duty_manager() -> None:
    one = call("2026-11-20 09:05", "2026-11-19 23:00", urgent="yes", taken_by="陆伟")
    reading = one.clocks("2026-11-19 23:10")["night"]
    assert reading.due == at("2026-11-19 23:30") and "contact.night" in reading.rule
    one.do("tell", "2026-11-20 09:10", "2026-11-19 23:12", night_manager="孙海")
    assert one.clocks("2026-11-20 09:10")["night"].state == "met"
    assert one.record["night_told"] == at("2026-11-19 23:12")
    words = {"night_told": "2026-11-19 23:05", "night_manager": "孙海"}
    told = call("2026-11-20 09:05", "2026-11-19 23:00", urgent="yes", **words)
    assert "night" not in told.clocks("2026-11-20 09:05"), "he had been told when it was entered"
    assert "night" not in call(urgent="yes").clocks("2026-11-20 12:00")


def test_the_standard_is_three_rings_and_the_offices_name(wuye: Wuye, office: Any) -> None:
    said = wuye("contact", "add", "问", "--way", "来电", "--rings", "4", "--no-name-said", "-o", "json")
    assert "标准是 3 声之内（contact.rings）" in said.err and "没有报单位名称" in said.err
    assert said.records[0]["standard"] is False
    assert add(wuye, "--rings", "3")["standard"] is True
    assert add(wuye, "--no-name-said", "--rings", "1")["standard"] is False
    assert add(wuye)["standard"] is None
    own = office / "wuye.yaml"
    own.write_text(own.read_text("utf-8").replace("\nrules:\n", "\nrules:\n  contact.rings: 5\n"), "utf-8")
    assert wuye("contact", "show", "ld1", "-o", "json").records[0]["standard"] is False, "the name counts still"
    assert "声才接" not in wuye("contact", "add", "问二", "--way", "来电", "--rings", "4").err


def test_an_opinion_is_decided_and_the_person_told(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("contact", "decide", "ld1", "--taken-up").code == 1, "an enquiry is no opinion"
    add(wuye, "--matter", "意见", "--subject", "设备", "--answer", "谢谢")
    said = wuye("contact", "close", "ld2", "--dry-run")
    assert "是否采纳还没有定" in said.err and "还没有反馈" in said.err
    assert step(wuye, "decide", "ld2", "--no-taken-up")["taken_up"] is False
    step(wuye, "inform", "ld2", "--said", "维保单位说不安全")
    said = wuye("contact", "close", "ld2", "-o", "json")
    assert said.records[0]["status"] == "closed" and "提示" not in said.err


def test_a_message_is_passed_on() -> None:
    one = call(message_for="周敏")
    assert "relay" in CONTACT.next_hint(one.record, one.basis("2026-11-20 10:00"))  # type: ignore[misc]
    one.do("relay", "2026-11-20 10:30").do("close", "2026-11-20 10:31")
    with pytest.raises(Refused, match="没有写留言给谁"):
        call().do("relay", "2026-11-20 10:30")


def test_it_is_counted_in_the_day_by_matter(wuye: Wuye) -> None:
    add(wuye, "--answer", "有")
    add(wuye, "--matter", "意见")
    rows = {r["row"]: r for r in wuye("day", "-o", "json").json["rows"]}
    assert (rows["contact"]["new"], rows["contact"]["done"], rows["contact"]["still_open"]) == (2, 1, 1)
    assert rows["contact.opinion"]["new"] == rows["contact.enquiry"]["new"] == 1
