"""A complaint at the desk (domain.md 1): every step of its procedure, what is refused, warned about and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said
from story import Story

Wuye = Callable[..., Said]
Complaint = Callable[..., dict[str, Any]]


def step(wuye: Wuye, name: str, *options: str, now: str = "", number: str = "ts1") -> dict[str, Any]:
    """One step that must succeed; the record after it."""
    said = wuye("complaint", name, number, *options, "-o", "json", now=now)
    assert said.code == 0, (name, said.err)
    return said.records[0]


def refused(wuye: Wuye, name: str, *options: str, number: str = "ts1") -> str:
    """One step that a rule must refuse; what was said."""
    said = wuye("complaint", name, number, *options)
    assert said.code == 1, (name, said.code, said.err)
    return said.err


# --- what it holds


def test_it_holds_what_the_regulation_asks_for(wuye: Wuye, complaint: Complaint) -> None:
    record = complaint(
        "--channel", "来电", "--phone", "13800138000", "--subject", "工程维修", "--people", "2",
        "--arose", "2026-11-20", "--identity", "回拨业主登记电话，李静", "--payment", "有欠费",
        "--payment-seen-by", "王会计", "--first-contact", "陈前台",
    )  # fmt: skip
    assert (record["channel"], record["subject"], record["payment"]) == ("phone", "engineering", "arrears")
    assert (record["arose"], record["people"], record["first_contact"]) == ("2026-11-20", 2, "陈前台")
    record = step(
        wuye, "assign", "--department", "工程部", "--lead", "吴主管", "--handler", "小李",
        "--superior-told", "2026-11-22 09:50",
    )  # fmt: skip
    assert (record["department"], record["lead"], record["handler"]) == ("工程部", "吴主管", "小李")
    assert record["superior_told"] == "2026-11-22T09:50+08:00"


def test_whoever_took_it_owns_it_until_it_is_closed(wuye: Wuye, complaint: Complaint) -> None:
    assert complaint()["first_contact"] == "李静"
    assert step(wuye, "assign", "--department", "工程部", "--by", "陈前台")["first_contact"] == "李静"


@pytest.mark.parametrize(
    "word",
    ["来访", "来电", "书面", "服务热线", "网络", "公司转办", "地产客户关系中心转办", "媒体", "政务热线", "12345"],
)
def test_every_channel_by_its_chinese_name(word: str) -> None:
    assert Story().add("2026-11-22 10:00", channel=word).record["channel"]


@pytest.mark.parametrize(
    "word",
    "保洁 安保 车辆 工程维修 设备 绿化 收费 服务态度 噪音 房屋质量 配套设施 外部环境 其他".split(),
)
def test_every_subject_by_its_chinese_name(word: str) -> None:
    assert Story().add("2026-11-22 10:00", subject=word).record["subject"]


# --- the procedures


def test_a_valid_complaint_to_its_end(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    states = [
        step(wuye, name, *options)["status"]
        for name, *options in (
            ("judge", "--nature", "有效投诉", "--cause", "一类"),
            ("assign", "--department", "工程部"),
            ("visit", "--found", "管道老化", "--companion", "吴主管"),
            ("respond", "--said", "致谢，今天下午回复"),
            ("handle", "--result", "换管"),
            ("follow-up", "--satisfaction", "基本满意", "--words", "可以"),
            ("close",),
        )
    ]
    assert states == ["judged", "assigned", "assigned", "assigned", "handled", "handled", "closed"]
    record = wuye("complaint", "show", "ts1", "-o", "json").records[0]
    visit = next(e for e in record["log"] if e["step"] == "visit")
    assert (visit["found"], visit["companion"], visit["by"]) == ("管道老化", "吴主管", "李静")
    assert record["closed"] == "2026-11-22T10:00+08:00"


@pytest.mark.parametrize("nature", ["help", "consult", "vent"])
def test_a_communication_is_upgraded_and_keeps_both_judgements(wuye: Wuye, complaint: Complaint, nature: str) -> None:
    complaint()
    assert "尚未判定" in refused(wuye, "upgrade", "--reason", "没人管")
    step(wuye, "judge", "--nature", nature)
    record = step(wuye, "upgrade", "--reason", "三天没有回音", "--cause", "class1")
    entry = record["log"][-1]
    assert (record["nature"], entry["was"]["nature"], entry["reason"]) == ("valid", nature, "三天没有回音")
    assert "已经是有效投诉" in refused(wuye, "upgrade", "--reason", "再来")


def test_an_upgrade_needs_its_reason(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "judge", "--nature", "vent")
    assert wuye("complaint", "upgrade", "ts1").code == 2


@pytest.mark.parametrize(
    ("nature", "cause", "warned"),
    [
        ("valid", "class2", True),
        ("valid", "class3", True),
        ("valid", "class1", False),
        ("help", "class2", False),
        ("vent", "class3", False),
    ],
)
def test_valid_with_class_2_or_3_warns_and_goes_through(
    wuye: Wuye, complaint: Complaint, nature: str, cause: str, warned: bool
) -> None:
    complaint()
    said = wuye("complaint", "judge", "ts1", "--nature", nature, "--cause", cause)
    assert said.code == 0
    assert ("有效投诉一般属一类" in said.err) == warned


def test_opinions_tell_whether_they_were_taken_up(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    assert step(wuye, "judge", "--nature", "consult", "--taken-up", "是")["taken_up"] is True


def test_a_communication_closed_without_seeing_who_it_was_is_said(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "judge", "--nature", "consult")
    step(wuye, "handle", "--result", "已答复")
    end = ("complaint", "close", "ts1", "--no-follow-up", "当场答复")
    said = wuye(*end, "--dry-run")
    assert said.code == 0 and "身份尚未核实" in said.err and "缴费情况尚未查看" in said.err
    wuye("complaint", "edit", "ts1", "--identity", "回拨登记电话", "--payment", "无欠费")
    assert "尚未" not in wuye(*end, "--dry-run").err
    step(wuye, "upgrade", "--reason", "没人管")
    wuye("complaint", "edit", "ts1", "--identity", "")
    assert "尚未" not in wuye(*end).err, "asked of communications only"


# --- joining, level


def test_neighbours_join_and_the_level_rises(wuye: Wuye, complaint: Complaint) -> None:
    assert complaint("--people", "2")["level"] == "general"
    record = step(wuye, "join", "--joiner", "张先生", "--joiner-room", "3-2-1101", "--joiner-phone", "13900139000")
    assert (record["people"], record["level"]) == (3, "hot")
    assert record["level_reasons"] == ["3 人共同投诉（complaint.hot_people：3 人起）"]
    for number in range(7):
        record = step(wuye, "join", "--joiner", f"邻居{number}", "--joiner-room", f"3-2-{number + 1}02")
    assert (record["people"], record["level"]) == (10, "major")
    joins = [e for e in record["log"] if e["step"] == "join"]
    assert len(joins) == 8 and joins[0]["joiner"] == "张先生" and joins[0]["at"] == "2026-11-22T10:00+08:00"


def test_nobody_joins_twice(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--phone", "13800138000")
    step(wuye, "join", "--joiner", "张先生", "--joiner-room", "3-2-1101", "--joiner-phone", "13900139000")
    assert "不必重复" in refused(wuye, "join", "--joiner", "老张", "--joiner-phone", "13900139000")
    assert "不必重复" in refused(wuye, "join", "--joiner", "张先生", "--joiner-room", "3-2-1101")
    assert "就是投诉人" in refused(wuye, "join", "--joiner", "王女士", "--joiner-room", "3-2-1201")
    assert "就是投诉人" in refused(wuye, "join", "--joiner", "王", "--joiner-phone", "13800138000")
    assert step(wuye, "join", "--joiner", "张先生", "--joiner-room", "1-1-301")["people"] == 3
    assert step(wuye, "join", "--joiner", "张先生", "--joiner-phone", "13700137000")["people"] == 4


def test_a_level_by_hand_needs_a_reason_and_can_be_lifted(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--may-sue")
    assert wuye("complaint", "level", "ts1", "--level", "重大").code == 2
    record = step(wuye, "level", "--level", "重大", "--reason", "业委会关注")
    assert (record["level"], record["level_reasons"]) == ("major", ["李静定级：业委会关注"])
    record = step(wuye, "level", "--level", "按事实计算", "--reason", "恢复")
    assert (record["level"], record["level_reasons"]) == ("hot", ["可能起诉（may_sue）"])


def test_the_level_is_never_typed(wuye: Wuye) -> None:
    said = wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "--level", "hot")
    assert said.code == 2
    source = '[{"room": "3-2-1201", "text": "漏水", "reporter": "王女士", "level": "hot"}]'
    assert wuye("complaint", "add", "--from", "-", stdin=source.encode()).code == 2


def test_listings_show_todays_level(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    levels = [
        wuye("complaint", "list", "-o", "json", now=now).records[0]["level"]
        for now in ("2026-11-29T09:59+08:00", "2026-11-29T10:00+08:00", "2026-12-22T10:00+08:00")
    ]
    assert levels == ["general", "hot", "major"]


def test_a_closed_one_keeps_the_level_of_its_closing_in_listings(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    step(wuye, "close", "--no-follow-up", "业户出国")
    wuye("complaint", "edit", "ts1", "--media", "yes", now="2026-11-22T11:00+08:00")
    record = wuye("complaint", "list", "--period", "all", "-o", "json", now="2027-03-01T10:00+08:00").records[0]
    assert record["level"] == "general"


# --- replies


@pytest.mark.parametrize("channel", ["网络", "地产客户关系中心转办"])
def test_a_reply_goes_out_only_as_approved(wuye: Wuye, complaint: Complaint, channel: str) -> None:
    complaint("--channel", channel)
    assert "还没有起草" in refused(wuye, "send", "--to", "地产客户关系中心")
    assert "没有待审批" in refused(wuye, "approve")
    step(wuye, "draft", "--reply", "已安排维修")
    assert "还没有审批" in refused(wuye, "send")
    step(wuye, "approve", "--approver", "吴经理")
    assert "没有待审批" in refused(wuye, "approve"), "a draft is approved once"
    step(wuye, "draft", "--reply", "改一稿")
    assert "还没有审批" in refused(wuye, "send"), "a new draft needs its own approval"
    step(wuye, "approve", "--approver", "吴经理")
    record = step(wuye, "send", "--to", "地产客户关系中心", "--answered", "2026-11-22 09:55")
    assert record["log"][-1]["answered"] == "2026-11-22T09:55+08:00"
    assert next(c for c in record["clocks"] if c["name"] == "reply")["state"] == "met"


@pytest.mark.parametrize("channel", ["公司转办", "来电"])
def test_others_need_no_approval_and_have_no_four_hours(wuye: Wuye, complaint: Complaint, channel: str) -> None:
    record = complaint("--channel", channel)
    assert "reply" not in [c["name"] for c in record["clocks"]]
    step(wuye, "send", "--to", "王女士")


def test_an_approval_typed_for_before_the_draft_does_not_count() -> None:
    story = Story().add("2026-11-22 10:00", channel="web").do("draft", "2026-11-22 11:00", reply="稿")
    story.do("approve", "2026-11-22 11:05", happened="2026-11-22 10:30")
    with pytest.raises(Exception, match="还没有审批"):
        story.do("send", "2026-11-22 11:10")


def test_the_first_response_there_is_thanks_and_a_time(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--channel", "web")
    assert "只致谢" in refused(wuye, "respond", "--said", "今天就修")
    record = step(wuye, "respond", "--promised", "今天下午三点")
    assert record["log"][-1]["promised"] == "2026-11-22T15:00+08:00"
    assert next(c for c in record["clocks"] if c["name"] == "respond")["state"] == "met"


# --- measures, form, result, report


def test_the_papers_of_a_company_forwarded_hot_one(wuye: Wuye, complaint: Complaint) -> None:
    record = complaint(
        "--channel", "company", "--form-number", "SQ-118", "--form-direction", "转入", "--form-due", "2026-11-30 17:00",
        "--may-publish",
    )  # fmt: skip
    assert {c["name"] for c in record["clocks"]} == {"measure", "respond", "form", "result"}
    assert "还没有处理结果" in refused_result(wuye)
    step(wuye, "measure", "--measures", "换管，加固", "--to", "品质部门")
    step(wuye, "form", "--to", "品质部门、分管领导", "--form-number", "SQ-119", "--form-direction", "报出")
    step(wuye, "handle", "--result", "已换")
    step(wuye, "result", "--to", "品质部门")
    record = step(
        wuye, "report", "--causes", "老化", "--process", "更换", "--lessons", "巡检", "--corrective", "每季检查",
    )  # fmt: skip
    assert {c["state"] for c in record["clocks"] if c["name"] != "respond"} == {"met"}
    entry = record["log"][-1]
    assert (entry["causes"], entry["lessons"], entry["corrective"]) == ("老化", "巡检", "每季检查")


def refused_result(wuye: Wuye) -> str:
    """Result told to the quality department by an edit of the flow: from handled only, and with a result."""
    assert wuye("complaint", "result", "ts1").code == 1, "not handled yet"
    step(wuye, "handle", "--result", "初步处理")
    assert wuye("complaint", "edit", "ts1", "--result", "").code == 0
    return refused(wuye, "result")


def test_only_the_company_hears_a_result_and_only_hot_ones_have_papers(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    assert "热点、重大" in refused(wuye, "form")
    step(wuye, "handle", "--result", "修好")
    assert "公司转办" in refused(wuye, "result")
    assert "热点、重大" in refused(wuye, "report", "--causes", "a", "--process", "b")


# --- notices and news


def test_each_notice_is_a_step_with_its_recipient(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--subject", "房屋质量")
    step(wuye, "judge", "--nature", "vent", "--cause", "class2")
    assert wuye("complaint", "notify", "ts1").code == 2, "an addressee is needed"
    record = step(wuye, "notify", "--to", "地产客户关系中心", "--way", "书面", "--sender", "吴经理")
    entry = record["log"][-1]
    assert (entry["to"], entry["way"], entry["sender"]) == ("地产客户关系中心", "letter", "吴经理")
    step(wuye, "handle", "--result", "转地产修复")
    said = wuye("complaint", "close", "ts1", "--no-follow-up", "地产回访", "--dry-run")
    assert said.code == 0 and "电子邮件" in said.err
    step(wuye, "notify", "--to", "地产客户关系中心", "--way", "电子邮件")
    assert "电子邮件" not in wuye("complaint", "close", "ts1", "--no-follow-up", "地产回访").err


@pytest.mark.parametrize(("cause", "warned"), [("class1", False), ("class2", True), ("class3", True)])
def test_closing_class_2_and_3_without_a_notice_warns(
    wuye: Wuye, complaint: Complaint, cause: str, warned: bool
) -> None:
    complaint()
    step(wuye, "judge", "--nature", "vent", "--cause", cause)
    step(wuye, "handle", "--result", "已转")
    said = wuye("complaint", "close", "ts1", "--no-follow-up", "匿名")
    assert said.code == 0 and ("notify" in said.err) == warned


def test_listings_show_how_old_the_last_news_is(wuye: Wuye, complaint: Complaint) -> None:
    record = complaint()
    assert record["news"] is None
    assert "从未" in wuye("complaint", "list").out
    step(wuye, "inform", "--said", "师傅在路上")
    assert "刚才" in wuye("complaint", "list").out
    assert "3 小时前" in wuye("complaint", "list", now="2026-11-22T13:30+08:00").out
    assert "2 天前" in wuye("complaint", "list", now="2026-11-24T13:30+08:00").out
    assert "2 天前" in wuye("today").out
    record = step(wuye, "inform", "--said", "昨天已电话说明", "--at", "2026-11-23 10:00")
    assert record["news"] == "2026-11-23T10:00+08:00"
    assert step(wuye, "inform", "--said", "周日也说过", "--at", "2026-11-22 11:00")["news"] == record["news"]


# --- closing, repeating


def test_closing_needs_a_result_and_a_follow_up_or_the_reason_for_none(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    assert "不能办结" in refused(wuye, "close", "--no-follow-up", "x"), "not handled"
    assert wuye("complaint", "handle", "ts1").code == 2, "handling needs its result"
    step(wuye, "handle", "--result", "修好")
    assert "还没有回访" in refused(wuye, "close")
    step(wuye, "follow-up", "--satisfaction", "未联系上")
    assert "还没有回访" in refused(wuye, "close"), "nobody was reached"
    assert wuye("complaint", "edit", "ts1", "--result", "").code == 0
    assert "没有处理结果" in refused(wuye, "close", "--no-follow-up", "业户出国")
    assert wuye("complaint", "edit", "ts1", "--result", "修好").code == 0
    record = step(wuye, "close", "--no-follow-up", "三次未联系上")
    assert (record["status"], record["log"][-1]["no_follow_up"]) == ("closed", "三次未联系上")


def test_a_follow_up_that_contradicts_keeps_it_open(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    step(wuye, "follow-up", "--satisfaction", "不满意", "--words", "还在滴水")
    assert "没有解决" in refused(wuye, "close")
    assert "没有解决" in refused(wuye, "close", "--no-follow-up", "不必了")
    step(wuye, "handle", "--result", "重做防水")
    assert "还没有回访" in refused(wuye, "close"), "the follow-up was of the first attempt"
    step(wuye, "follow-up", "--satisfaction", "满意")
    assert step(wuye, "close")["status"] == "closed"


def test_the_next_step_said_is_one_that_goes_through(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    assert "下一步 handle 再处理" in wuye("complaint", "follow-up", "ts1", "--satisfaction", "不满意").out
    assert "下一步 follow-up" in wuye("complaint", "handle", "ts1", "--result", "重做防水").out
    assert "下一步 follow-up" in wuye("complaint", "follow-up", "ts1", "--satisfaction", "未联系上").out
    assert "下一步 close" in wuye("complaint", "follow-up", "ts1", "--satisfaction", "满意").out


def test_closed_without_a_first_response_is_said_and_nothing_runs_late(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    step(wuye, "follow-up", "--satisfaction", "满意")
    assert "没有记首次响应（respond）" in wuye("complaint", "close", "ts1").err
    later = "2026-11-26T10:00"
    shown = wuye("complaint", "show", "1122-1", "-o", "json", now=later).records[0]
    assert shown["clocks"] == [], "settled before a response was due"
    assert wuye("complaint", "list", "--late", "-o", "json", now=later).records == []
    record = step(wuye, "respond", "--at", "2026-11-22 17:00", now=later, number="1122-1")
    assert (record["status"], [c["state"] for c in record["clocks"]]) == ("closed", ["met"]), "given then, typed late"


def test_reopened_it_is_hot_and_needs_a_new_follow_up(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    assert "不能重开" in refused(wuye, "reopen", "--reason", "又漏")
    step(wuye, "handle", "--result", "修好")
    step(wuye, "follow-up", "--satisfaction", "满意")
    assert step(wuye, "close")["closed"] is not None
    record = step(wuye, "reopen", "--reason", "又漏")
    assert (record["status"], record["level"], record["closed"]) == ("assigned", "hot", None)
    step(wuye, "handle", "--result", "再修")
    assert "还没有回访" in refused(wuye, "close")


def test_a_repeat_is_linked_both_ways_and_hot_if_the_first_was_handled(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    assert complaint("--repeats", "ts1")["level"] == "general", "the first is not handled yet"
    step(wuye, "handle", "--result", "修好")
    record = complaint("--repeats", "1122-1")
    assert (record["repeats"], record["level"]) == ("TS-20261122-001", "hot")
    assert "TS-20261122-001" in record["level_reasons"][0]
    first = wuye("complaint", "show", "ts1", "-o", "json").records[0]
    assert [e["link"] for e in first["log"] if e["step"] == "repeat"] == ["TS-20261122-002", "TS-20261122-003"]
    assert wuye("check").code == 0


def test_a_repeat_of_a_closed_one_is_hot_too(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    step(wuye, "close", "--no-follow-up", "匿名")
    assert complaint("--repeats", "ts1")["level"] == "hot"


def test_a_repeat_found_out_later_is_linked_by_a_correction(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    step(wuye, "handle", "--result", "修好")
    complaint(now="2026-11-22T10:30+08:00")
    said = wuye("complaint", "edit", "ts2", "--repeats", "ts1", "-o", "json")
    assert said.code == 0, said.err
    assert (said.records[0]["repeats"], said.records[0]["level"]) == ("TS-20261122-001", "hot")
    first = wuye("complaint", "show", "ts1", "-o", "json").records[0]
    assert [e["link"] for e in first["log"] if e["step"] == "repeat"] == ["TS-20261122-002"]
    assert wuye("check").code == 0
    assert wuye("complaint", "edit", "ts1", "--repeats", "ts1").code in (1, 2), "not of itself"
    assert wuye("complaint", "edit", "ts1", "--repeats", "ts9").code == 1


def test_every_step_of_the_regulation_is_there() -> None:
    wanted = (
        "judge assign join visit respond draft approve send measure form notify inform handle result follow-up report "
        "level upgrade close reopen void"
    )
    assert {s.name for s in Story().kind.flow.steps} == set(wanted.split())
