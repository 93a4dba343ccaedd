"""A work order to its end (domain.md 3): three times kept apart, limits, holds, urging, rework, where it came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from story import WORKORDER, Story, at

from wuye.errors import BadInput, Refused
from wuye.records.workorder import timeliness
from wuye.workdays import Span

Wuye = Callable[..., Said]
STARTING = {
    "arrive.emergency": Span(30, "min"), "done.emergency": Span(24, "h"), "arrive.urgent": Span(2, "wh"),
    "done.urgent": Span(1, "wd"), "arrive.normal": Span(1, "wd"), "done.normal": Span(3, "wd"),
}  # fmt: skip


def order(now: str, happened: str = "", **typed: str) -> Story:
    """An order under the limits that `init` writes."""
    return Story(WORKORDER, rules=dict(STARTING)).add(now, happened, **typed)


def dues(story: Story, now: str) -> dict[str, str]:
    """The clocks' due times as of a moment."""
    return {name: f"{r.due:%m-%d %H:%M}" for name, r in story.clocks(now).items() if r.due}


def late(story: Story, now: str) -> str:
    """Its timeliness as of a moment."""
    return timeliness(story.record.as_of(at(now)), story.basis(now))


def add(wuye: Wuye, *options: str, now: str = "") -> dict[str, Any]:
    said = wuye("workorder", "add", "3-2-1201", "厨房水龙头漏水", "--yes", *options, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def step(wuye: Wuye, name: str, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye("workorder", name, *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


# --- what it holds, what it needs


def test_it_holds_what_the_trade_asks_for(wuye: Wuye) -> None:
    record = add(
        wuye, "--reporter", "王女士", "--phone", "138-0013-8000", "--source", "便民服务", "--trade", "水暖",
        "--urgency", "紧急", "--charge", "有偿", "--appointment", "明天上午10点", "--due", "后天", "--department",
        "工程部",
    )  # fmt: skip
    assert (record["source"], record["trade"], record["urgency"], record["charge"]) == (
        "convenience", "plumbing", "urgent", "paid",
    )  # fmt: skip
    assert record["appointment"] == "2026-11-23T10:00+08:00" and record["phone"] == "138****8000"
    assert record["target"] == "2026-11-24T18:00+08:00", "a day alone is due at the close of the desk"
    assert record["status"] == "issued"


def test_text_and_a_room_or_place_are_all_it_needs(wuye: Wuye) -> None:
    said = wuye("workorder", "add")
    assert said.code == 2 and "--text" in said.err and "--room 或 --place" in said.err
    said = wuye("gd", "add", "灯不亮", "--place", "大堂", "-o", "json")
    assert said.code == 0
    assert (said.records[0]["place"], said.records[0]["source"], said.records[0]["urgency"]) == (
        "大堂", "repair", "normal",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "word", "code"),
    [
        ("--trade", "电", "electrical"), ("--trade", "门窗", "door"), ("--trade", "电梯", "lift"),
        ("--trade", "公共照明", "lighting"), ("--trade", "土建", "civil"), ("--trade", "消防", "fire"),
        ("--trade", "其他", "other"), ("--urgency", "抢修", "emergency"), ("--charge", "保修", "warranty"),
        ("--charge", "无偿", "free"), ("--source", "巡查", "patrol"), ("--source", "检查", "inspection"),
        ("--source", "入伙", "movein"), ("--source", "内部", "internal"), ("--source", "来电", "contact"),
    ],
)  # fmt: skip
def test_choices_by_their_chinese_names(wuye: Wuye, option: str, word: str, code: str) -> None:
    assert add(wuye, option, word)[option.removeprefix("--")] == code


def test_all_mistakes_at_once(wuye: Wuye) -> None:
    said = wuye(
        "workorder", "add", "大堂", "换锁 11010519491231002X", "--phone", "1380013800", "--urgency", "急", "--due",
        "昨天",
        "--of", "3", "--labour", "-5", "--materials", "螺丝 3",
    )  # fmt: skip
    assert said.code == 2
    for words in (
        "--room（房号）",
        "完整的身份证号",
        "--phone（电话）",
        "--urgency（紧急程度）",
        "--due（要求完成时间）：",
        "--of",
        "--labour（人工费）",
        "--materials（材料）",
    ):
        assert words in said.err, words
    assert "公共部位写在 --place" in said.err
    assert wuye("workorder", "list", "-o", "json").records == []


# --- from issued to closed


def test_the_whole_way(wuye: Wuye) -> None:
    add(wuye, "--charge", "有偿", now="2026-11-22T10:00+08:00")
    assert step(wuye, "notify", "gd1", "--department", "工程部", "--whom", "周师傅")["status"] == "notified"
    assert step(wuye, "sign", "gd1", "--handler", "周师傅", now="2026-11-22T10:05+08:00")["status"] == "signed"
    assert step(wuye, "arrive", "gd1", now="2026-11-22T10:20+08:00")["status"] == "on-site"
    record = step(wuye, "done", "gd1", "--result", "换了水龙头", "--materials", "水龙头x1@35.00,生料带x2@1.50",
                  "--labour", "50", now="2026-11-22T11:00+08:00")  # fmt: skip
    assert record["materials"] == [
        {"name": "水龙头", "quantity": 1, "price": "35.00"}, {"name": "生料带", "quantity": 2, "price": "1.50"},
    ]  # fmt: skip
    assert (record["status"], record["labour"], record["cost"], record["closed"]) == ("done", "50.00", "88.00", None)
    met = {c["name"]: (c["met"], c["state"]) for c in record["clocks"]}
    assert met == {
        "arrive": ("2026-11-22T10:20+08:00", "met"), "done": ("2026-11-22T11:00+08:00", "met"),
    }  # fmt: skip
    step(wuye, "follow-up", "gd1", "--satisfaction", "基本满意", "--workmanship", "满意", "--attitude", "不满意",
         "--words", "来得慢", now="2026-11-23T09:30+08:00")  # fmt: skip
    said = wuye("workorder", "close", "gd1", "-o", "json", now="2026-11-23T09:31+08:00")
    assert said.code == 0 and said.err == "", "followed up, nothing is left to say"
    record = said.records[0]
    assert (record["status"], record["closed"]) == ("closed", "2026-11-23T09:31+08:00")
    told = {e["step"]: e for e in record["log"]}["follow-up"]
    assert (told["satisfaction"], told["workmanship"], told["attitude"], told["words"]) == (
        "fairly", "satisfied", "not", "来得慢",
    )  # fmt: skip
    assert [e["step"] for e in record["log"]] == [
        "add", "notify", "sign", "arrive", "done", "follow-up", "close",
    ]  # fmt: skip


def test_the_same_words_in_chinese(wuye: Wuye) -> None:
    assert wuye("工程单", "登记", "3栋2单元1201", "水龙头漏水", "--urgency", "抢修").code == 0
    for words in (
        ("通知工程部",),
        ("签领", "--handler", "周师傅"),
        ("到场",),
        ("完成", "--result", "修好"),
        ("回访", "--satisfaction", "满意"),
        ("关单",),
    ):
        said = wuye("工程单", words[0], "gd1", *words[1:])
        assert said.code == 0, said.err
    assert "已关单" in wuye("工程单", "查看", "gd1").out


def test_each_answer_says_what_comes_next(wuye: Wuye) -> None:
    assert "下一步 notify" in wuye("workorder", "add", "3-2-1201", "漏水").out
    for name, hint in (
        ("notify", "sign 签领"),
        ("sign", "arrive 到场"),
        ("arrive", "done 完成"),
        ("hold", "resume 恢复"),
        ("resume", "done 完成"),
        ("done", "follow-up 回访，然后 close"),
    ):
        words = ("--reason", "等配件") if name == "hold" else ()
        assert f"下一步 {hint}" in wuye("workorder", name, "gd1", *words).out, name
    assert "rework" in wuye("workorder", "follow-up", "gd1", "--satisfaction", "不满意").out
    assert "下一步 close 关单" in wuye("workorder", "follow-up", "gd1", "--satisfaction", "满意").out


def test_steps_out_of_turn_are_refused(wuye: Wuye) -> None:
    add(wuye)
    for name, words in (
        ("close", ()),
        ("resume", ()),
        ("follow-up", ("--satisfaction", "满意")),
        ("rework", ("--reason", "又漏")),
    ):
        assert wuye("workorder", name, "gd1", *words).code == 1, name
    step(wuye, "done", "gd1")
    for name, words in (
        ("sign", ()),
        ("arrive", ()),
        ("done", ()),
        ("hold", ("--reason", "x")),
        ("cancel", ("--reason", "x")),
        ("urge", ()),
    ):
        assert wuye("workorder", name, "gd1", *words).code == 1, name


@pytest.mark.parametrize("name", ["hold", "cancel", "rework"])
def test_holding_cancelling_and_rework_need_a_reason(wuye: Wuye, name: str) -> None:
    add(wuye)
    said = wuye("workorder", name, "gd1")
    assert said.code == 2 and "--reason" in said.err


def test_closing_says_what_is_missing_and_goes_through(wuye: Wuye) -> None:
    for words, said_words in (
        ((), "还没有回访"), (("unreachable",), "没有联系上"), (("not",), "不满意"), (("not", "satisfied"), ""),
        (("satisfied", "unreachable"), ""),
    ):  # fmt: skip
        record = add(wuye)
        step(wuye, "done", record["id"])
        for word in words:
            step(wuye, "follow-up", record["id"], "--satisfaction", word)
        said = wuye("workorder", "close", record["id"])
        assert said.code == 0 and said_words in said.err and bool(said.err) == bool(said_words), words
    record = add(wuye)
    step(wuye, "done", record["id"])
    said = wuye("workorder", "close", record["id"], "--no-follow-up", "公共部位")
    assert said.code == 0 and said.err == ""


def test_paid_work_without_a_price_is_said(wuye: Wuye) -> None:
    add(wuye, "--charge", "有偿")
    assert "没有写价钱" in wuye("workorder", "done", "gd1", "--materials", "水龙头x1", "--dry-run").err
    assert "没有写价钱" not in wuye("workorder", "done", "gd1", "--labour", "0", "--dry-run").err
    assert "没有写价钱" not in wuye("workorder", "done", "gd1", "--charge", "保修", "--dry-run").err
    assert "没有写价钱" not in wuye("workorder", "done", "gd1", "--materials", "水龙头x1@35").err


def test_what_is_not_the_companys_is_marked(wuye: Wuye) -> None:
    add(wuye)
    assert step(wuye, "done", "gd1", "--not-ours", "--result", "燃气公司的管道")["not_ours"] is True


# --- limits and their clocks


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        ("一般", {"arrive": "11-23 18:00", "done": "11-25 18:00"}),
        ("紧急", {"arrive": "11-22 12:00", "done": "11-23 18:00"}),
        ("抢修", {"arrive": "11-22 10:30", "done": "11-23 10:00"}),
    ],
)
def test_limits_by_urgency_from_the_receipt(urgency: str, expected: dict[str, str]) -> None:
    story = order("2026-11-22 10:00", urgency=urgency)
    assert dues(story, "2026-11-22 10:00") == expected
    assert f"workorder.arrive.{story.record['urgency']}" in story.clocks("2026-11-22 10:00")["arrive"].rule


def test_a_limit_of_the_trade_goes_before_that_of_the_urgency() -> None:
    story = Story(WORKORDER, rules={**STARTING, "done.urgent.lift": Span(4, "h"), "sign.urgent": Span(15, "min")})
    story.add("2026-11-22 10:00", urgency="紧急", trade="电梯")
    assert dues(story, "2026-11-22 10:00") == {"sign": "11-22 10:15", "arrive": "11-22 12:00", "done": "11-22 14:00"}
    assert "workorder.done.urgent.lift" in story.clocks("2026-11-22 10:00")["done"].rule


def test_limits_run_from_the_appointment_where_there_is_one() -> None:
    story = order("2026-11-22 10:00", urgency="抢修", appointment="2026-11-24 14:00")
    assert dues(story, "2026-11-22 10:00") == {"arrive": "11-24 14:30", "done": "11-25 14:00"}
    assert "自预约时间起" in story.clocks("2026-11-22 10:00")["done"].rule
    story.edit("2026-11-22 11:00", appointment="2026-11-26 14:00")
    assert dues(story, "2026-11-22 11:00")["arrive"] == "11-26 14:30", "another day was agreed"


def test_its_own_target_goes_before_the_limits() -> None:
    story = order("2026-11-22 10:00", target="2026-11-30 12:00")
    assert dues(story, "2026-11-22 10:00") == {"arrive": "11-23 18:00", "done": "11-30 12:00"}
    story.edit("2026-11-22 10:30", target="")
    assert dues(story, "2026-11-22 10:30")["done"] == "11-25 18:00"


def test_with_no_limit_there_is_no_clock_and_no_timeliness() -> None:
    story = Story(WORKORDER).add("2026-11-22 10:00")
    assert story.clocks("2026-12-22 10:00") == {} and late(story, "2026-12-22 10:00") == "none"
    story.do("done", "2026-12-22 11:00")
    assert late(story, "2026-12-22 11:00") == "none"


def test_a_limit_that_is_set_later_reaches_no_older_order() -> None:
    story = Story(WORKORDER).add("2026-11-22 10:00")
    story.rules = dict(STARTING)
    assert story.clocks("2026-12-22 10:00") == {}
    story.do("sign", "2026-11-22 10:30").reread()
    assert story.clocks("2026-12-22 10:00") == {} and story.record.due == {}
    story.edit("2026-11-22 10:40", urgency="紧急")
    assert dues(story, "2026-11-22 10:40") == {"arrive": "11-22 12:00", "done": "11-23 18:00"}, "unless judged anew"


def test_a_limit_that_is_taken_away_frees_no_order() -> None:
    story = order("2026-11-22 10:00")
    story.rules = {}
    story.do("sign", "2026-11-22 10:30").edit("2026-11-22 10:40", reporter="王女士").reread()
    assert dues(story, "2026-11-22 10:40") == {"arrive": "11-23 18:00", "done": "11-25 18:00"}


def test_imported_orders_have_their_own_target_only() -> None:
    def brought(**values: Any) -> Any:
        story = order("2026-11-22 10:00")
        from dataclasses import replace

        from wuye import clocks

        record = replace(story.record, extra={"imported": {"key": "1"}}, due={}, rule={})
        record = replace(record, values={**record.values, **values})
        record = clocks.freeze(record, story.basis("2026-11-22 10:00"))
        return [(r.name, f"{r.due:%m-%d %H:%M}") for r in clocks.read(record, story.basis("2026-12-22 10:00")) if r.due]

    assert brought() == []
    assert brought(target=at("2026-11-25 12:00")) == [("done", "11-25 12:00")]


@pytest.mark.parametrize(("done", "state"), [("2026-11-23 18:00", "met"), ("2026-11-23 18:01", "missed"), ("", "late")])
def test_timeliness_to_the_minute(done: str, state: str) -> None:
    story = order("2026-11-22 10:00", urgency="紧急")
    assert late(story, "2026-11-23 18:00") == "open" and late(story, "2026-11-23 18:01") == "late"
    if done:
        story.do("done", done)
    assert late(story, "2026-11-24 10:00") == state


def test_arrival_and_completion_are_kept_apart() -> None:
    story = order("2026-11-22 10:00", urgency="抢修").do("arrive", "2026-11-22 10:40").do("done", "2026-11-22 11:00")
    states = {name: r.state for name, r in story.clocks("2026-11-22 12:00").items()}
    assert states == {"arrive": "missed", "done": "met"}


def test_a_make_up_workday_counts() -> None:
    """国庆 2026: 10-01 to 10-07 off, Saturday 10-10 worked; one working day after the evening of 10-08 is 10-09."""
    assert dues(order("2026-09-30 10:00", urgency="紧急"), "2026-09-30 10:00")["done"] == "10-08 18:00"
    assert dues(order("2026-10-09 10:00", urgency="紧急"), "2026-10-09 10:00")["done"] == "10-10 18:00"
    assert dues(order("2026-10-09 10:00", urgency="一般"), "2026-10-09 10:00")["done"] == "10-13 18:00"


def test_the_desk_hours_of_an_urgent_order_end_at_closing() -> None:
    assert dues(order("2026-11-22 17:00", urgency="紧急"), "2026-11-22 17:00")["arrive"] == "11-23 10:00"
    assert dues(order("2026-11-22 23:30", urgency="抢修"), "2026-11-22 23:30")["arrive"] == "11-23 00:00"


def test_cancelled_leaves_timeliness(wuye: Wuye) -> None:
    story = order("2026-11-22 10:00").do("cancel", "2026-11-30 10:00", reason="业户自己修了")
    assert late(story, "2026-11-30 10:01") == "none" and story.clocks("2026-11-30 10:01") == {}
    add(wuye)
    step(wuye, "cancel", "gd1", "--reason", "业户自己修了")
    assert wuye("due", "-o", "json").json["rows"] == []
    add(wuye)
    assert step(wuye, "void", "gd2", "--reason", "登错")["timeliness"] == "none"


# --- hold


def test_a_hold_moves_no_deadline() -> None:
    story = order("2026-11-22 10:00", urgency="紧急").do("sign", "2026-11-22 10:10")
    before = dues(story, "2026-11-22 10:10")
    story.do("hold", "2026-11-22 10:20", reason="等配件").reread()
    story.do("resume", "2026-11-25 10:20").reread()
    assert dues(story, "2026-11-25 10:20") == before
    assert late(story, "2026-11-25 10:20") == "late"
    assert story.record.status == "signed"


@pytest.mark.parametrize("before", ["issued", "notified", "signed", "on-site"])
def test_a_hold_leads_back_to_the_state_before(wuye: Wuye, before: str) -> None:
    add(wuye)
    for name in {"issued": (), "notified": ("notify",), "signed": ("sign",), "on-site": ("sign", "arrive")}[before]:
        step(wuye, name, "gd1")
    assert step(wuye, "hold", "gd1", "--reason", "等配件")["status"] == "on-hold"
    assert step(wuye, "resume", "gd1")["status"] == before
    step(wuye, "hold", "gd1", "--reason", "再等")
    record = step(wuye, "resume", "gd1")
    assert record["status"] == before and record["log"][-1]["status"] == before
    assert wuye("check").code == 0


def test_the_state_before_a_late_typed_hold_is_that_of_its_time() -> None:
    story = order("2026-11-22 10:00").do("sign", "2026-11-22 10:10")
    story.do("hold", "2026-11-22 12:00", "2026-11-22 11:00", reason="等配件").do("resume", "2026-11-22 13:00")
    assert story.record.status == "signed" and story.record.as_of(at("2026-11-22 11:30")).status == "on-hold"


# --- urging


def test_urging_keeps_who_whom_answer_and_the_new_time(wuye: Wuye) -> None:
    add(wuye)
    record = step(wuye, "urge", "gd1", "--whom", "周师傅", "--answer", "缺配件", "--promised", "明天下午3点")
    told = record["log"][-1]
    assert (told["by"], told["whom"], told["answer"], told["promised"]) == (
        "李静", "周师傅", "缺配件", "2026-11-23T15:00+08:00",
    )  # fmt: skip
    assert record["urged"] == "2026-11-22T10:00+08:00"
    clock = next(c for c in record["clocks"] if c["name"] == "promise")
    assert (clock["due"], clock["state"]) == ("2026-11-23T15:00+08:00", "open")


def test_the_last_promise_counts_until_somebody_comes() -> None:
    story = order("2026-11-22 10:00").do("urge", "2026-11-22 11:00", promised="2026-11-22 14:00")
    assert story.clocks("2026-11-22 14:01")["promise"].state == "late"
    story.do("urge", "2026-11-22 14:05", promised="2026-11-22 16:00").do("urge", "2026-11-22 15:00", whom="周师傅")
    assert story.clocks("2026-11-22 15:00")["promise"].due == at("2026-11-22 16:00")
    story.do("arrive", "2026-11-22 15:30")
    assert story.clocks("2026-11-22 17:00")["promise"].state == "met"


def test_a_time_that_has_passed_is_no_promise(wuye: Wuye) -> None:
    add(wuye)
    assert wuye("workorder", "urge", "gd1", "--promised", "昨天").code == 2


# --- late papers


def test_a_saturdays_paper_with_its_own_times(wuye: Wuye) -> None:
    """Typed in on Monday: number, limits and appointment are Saturday's, no later step changes an earlier time."""
    monday = "2026-11-23T09:00+08:00"
    record = add(wuye, "--urgency", "紧急", "--at", "11月21号9点", "--appointment", "11-21 14:00", now=monday)
    assert (record["id"], record["received"], record["recorded"]) == (
        "GD-20261121-001", "2026-11-21T09:00+08:00", monday,
    )  # fmt: skip
    assert record["appointment"] == "2026-11-21T14:00+08:00"
    assert record["clocks"][0]["due"] == "2026-11-21T16:00+08:00"
    for name, when in (("sign", "11月21号9点半"), ("arrive", "11月21号14:10"), ("done", "11月21号15:00")):
        record = step(wuye, name, "1121-1", "--at", when)
    assert [e["at"] for e in record["log"][1:]] == [
        "2026-11-21T09:30+08:00", "2026-11-21T14:10+08:00", "2026-11-21T15:00+08:00",
    ]  # fmt: skip
    assert all(e["recorded"] == monday for e in record["log"][1:])
    assert [c["state"] for c in record["clocks"]] == ["met", "met"]
    assert wuye("workorder", "close", "1121-1", "--at", "11月21号10点").code == 1, "not before it was done"
    again = step(wuye, "follow-up", "1121-1", "--satisfaction", "满意")
    assert again["log"][:4] == record["log"]


def test_words_of_time_on_a_late_paper_are_those_of_its_day(wuye: Wuye) -> None:
    said = wuye(
        "workorder", "add", "3-2-1201", "漏水", "--at", "11月20号9点", "--appointment", "明天上午10点", "-o", "json"
    )
    assert said.records[0]["appointment"] == "2026-11-21T10:00+08:00"
    assert "明天上午10点 = 2026-11-21(周六) 10:00" in said.err, "and said"
    said = wuye("workorder", "add", "3-2-1202", "漏水", "--at", "11月20号9点", "--due", "2026-11-19 10:00")
    assert said.code == 2 and "已经过去" in said.err


def test_a_step_before_the_receipt_is_refused() -> None:
    with pytest.raises(Refused, match="不能早于此"):
        order("2026-11-22 10:00").do("sign", "2026-11-22 11:00", "2026-11-22 09:00")


def test_a_target_that_has_passed_can_be_put_right() -> None:
    story = order("2026-11-16 10:00", target="2026-11-18 12:00")
    story.edit("2026-11-22 10:00", target="2026-11-19 12:00")
    assert story.record["target"] == at("2026-11-19 12:00")
    story.edit("2026-11-22 10:00", target="明天")
    assert story.record["target"] == at("2026-11-23 18:00"), "a correction speaks of today"
    with pytest.raises(BadInput, match="已经过去"):
        story.edit("2026-11-22 10:00", target="2026-11-15 12:00")
    with pytest.raises(BadInput, match="请写全年月日"):
        story.edit("2026-11-22 10:00", target="11-18")


# --- rework, and where an order comes from


def test_rework_is_a_new_order_linked_both_ways(wuye: Wuye) -> None:
    first = add(wuye, "--trade", "水暖", "--reporter", "王女士", "--phone", "13800138000", "--charge", "有偿")
    step(wuye, "done", "gd1", "--labour", "50")
    said = wuye("workorder", "rework", "gd1", "--reason", "又漏了", "--urgency", "紧急", "--due", "明天", "-o", "json")
    assert said.code == 0, said.err
    second = said.records[0]
    assert (second["id"], second["of"], second["source"], second["status"]) == (
        "GD-20261122-002", first["id"], "rework", "issued",
    )  # fmt: skip
    assert (second["room"], second["text"], second["trade"], second["reporter"], second["charge"]) == (
        first["room"], first["text"], "plumbing", "王女士", None,
    )  # fmt: skip
    assert (second["urgency"], second["target"], second["labour"]) == ("urgent", "2026-11-23T18:00+08:00", None)
    first = wuye("workorder", "show", "gd1", "-o", "json").records[0]
    assert first["status"] == "done" and first["labour"] == "50.00", "what was done stays done"
    told = first["log"][-1]
    assert (told["step"], told["reason"], told["link"]) == ("rework", "又漏了", second["id"])
    assert wuye("check").code == 0
    step(wuye, "close", "gd1")
    assert wuye("workorder", "rework", "gd1", "--reason", "还漏").code == 0, "a closed one too"


def test_rework_refuses_all_mistakes_at_once(wuye: Wuye) -> None:
    add(wuye)
    said = wuye("workorder", "rework", "gd1", "--reason", "身份证 11010519491231002X", "--at", "明天")
    assert said.code == 2 and "身份证" in said.err and "--at" in said.err
    assert wuye("workorder", "rework", "gd7", "--reason", "又漏").code == 1
    assert wuye("workorder", "rework", "--reason", "又漏").code == 2
    assert wuye("workorder", "rework", "gd1", "--reason", "又\u202e漏").code == 2
    assert len(wuye("workorder", "list", "-o", "json").records) == 1


def test_a_complaint_becomes_an_order_in_one_step(wuye: Wuye, complaint: Callable[..., dict[str, Any]]) -> None:
    source = complaint("--phone", "13800138000", "--place", "厨房")
    said = wuye("workorder", "add", "--of", "ts1", "--trade", "水暖", "-o", "json")
    assert said.code == 0, said.err
    made = said.records[0]
    assert (made["of"], made["source"], made["room"], made["place"], made["text"], made["reporter"]) == (
        source["id"], "complaint", "3-2-1201", "厨房", "厨房漏水", "王女士",
    )  # fmt: skip
    stored = wuye("workorder", "show", "gd1", "--reveal", "--reason", "核对", "-o", "json").records[0]
    assert stored["phone"] == "13800138000", "as it is kept, not as it is masked"
    told = wuye("complaint", "show", "ts1", "-o", "json").records[0]["log"][-1]
    assert (told["step"], told["link"]) == ("link", made["id"])
    assert wuye("check").code == 0


def test_what_is_typed_goes_before_what_is_taken_over(wuye: Wuye, complaint: Callable[..., dict[str, Any]]) -> None:
    complaint("--place", "厨房")
    said = wuye(
        "workorder", "add", "--of", "ts1", "--place", "楼道", "--text", "灯不亮", "--source", "巡查", "-o", "json"
    )
    made = said.records[0]
    assert (made["room"], made["place"], made["text"], made["source"]) == (None, "楼道", "灯不亮", "patrol")


@pytest.mark.parametrize(
    ("argv", "of", "expected"),
    [
        (("visitor", "add", "--name", "赵先生", "--purpose", "看房", "--unit", "1-1-301", "--phone", "13900139000"),
         "fk1", ("1-1-301", "赵先生", "repair")),
        (("pass", "add", "1-1-301", "王女士", "冰箱x1"), "fx1", ("1-1-301", "王女士", "repair")),
        (("dunning", "add", "1-1-301", "--method", "上门", "--person", "王女士", "--doubt", "墙面渗水没修"), "cs1",
         ("1-1-301", "王女士", "repair")),
        (("workorder", "add", "1-1-301", "漏水", "--reporter", "王女士"), "gd1", ("1-1-301", "王女士", "repair")),
    ],
)  # fmt: skip
def test_of_any_kind(wuye: Wuye, argv: tuple[str, ...], of: str, expected: tuple[str, ...]) -> None:
    assert wuye(*argv).code == 0
    said = wuye("workorder", "add", "--of", of, "--text", "墙面渗水", "-o", "json")
    assert said.code == 0, said.err
    made = said.records[0]
    assert (made["room"], made["reporter"], made["source"]) == expected
    assert wuye("check").code == 0


def test_a_source_must_be_there(wuye: Wuye, complaint: Callable[..., dict[str, Any]]) -> None:
    complaint()
    assert wuye("workorder", "add", "--of", "ts7", "--text", "x").code == 1
    said = wuye("workorder", "add", "--of", "3", "--text", "x")
    assert said.code == 2 and "带前缀的编号" in said.err
    assert wuye("complaint", "void", "ts1", "--reason", "登错").code == 0
    said = wuye("workorder", "add", "--of", "ts1")
    assert said.code == 1 and "已作废" in said.err
    assert wuye("workorder", "list", "-o", "json").records == []


def test_a_batch_tells_missing_sources_by_row(wuye: Wuye, complaint: Callable[..., dict[str, Any]]) -> None:
    complaint()
    rows = "来自,报修内容,房号\nts1,漏水,\nts9,漏水,1-1-101\n9,漏水,1-1-101\n".encode()
    said = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=rows)
    assert said.code == 2 and [p["row"] for p in said.json["error"]["problems"]] == [2, 3]
    said = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=rows.split(b"\nts9")[0])
    assert said.code == 0 and (said.records[0]["of"], said.records[0]["room"]) == ("TS-20261122-001", "3-2-1201")


def test_what_a_row_says_goes_before_what_is_taken_over(
    wuye: Wuye, complaint: Callable[..., dict[str, Any]]
) -> None:
    complaint()
    rows = "来自,报修内容,房号,工种\nTS1,另一件,1-1-101,电\n".encode()
    made = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=rows).records[0]
    assert (made["text"], made["room"], made["reporter"]) == ("另一件", "1-1-101", "王女士")


def test_a_source_found_out_later_is_linked_by_a_correction(
    wuye: Wuye, complaint: Callable[..., dict[str, Any]]
) -> None:
    complaint()
    add(wuye)
    record = step(wuye, "edit", "gd1", "--of", "ts1")
    assert record["of"] == "TS-20261122-001"
    told = wuye("complaint", "show", "ts1", "-o", "json").records[0]["log"][-1]
    assert (told["step"], told["link"]) == ("link", record["id"])
    assert wuye("workorder", "edit", "gd1", "--of", "ts8").code == 1
    assert wuye("check").code == 0


def test_a_source_that_is_gone_is_found_by_check(
    wuye: Wuye, complaint: Callable[..., dict[str, Any]], office: Path
) -> None:
    complaint()
    assert wuye("workorder", "add", "--of", "ts1").code == 0
    (office / "records/2026-11/complaint.yaml").unlink()
    said = wuye("check")
    assert said.code == 65 and "GD-20261122-001 指向的 TS-20261122-001 不存在" in said.out + said.err


# --- batches, summaries, paper


def test_a_batch_takes_the_words_of_the_options(wuye: Wuye) -> None:
    rows = "room,text,urgency,due,materials\n3-2-1201,漏水,紧急,2026-11-25 12:00,水龙头x1@35\n".encode()
    said = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=rows)
    assert said.code == 0, said.err
    assert said.records[0]["target"] == "2026-11-25T12:00+08:00"
    again = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=b'[{"room": "1-1-101", "text": "a", '
                 b'"materials": [{"name": "b", "quantity": 2, "price": "1.50"}]}]')  # fmt: skip
    assert again.code == 0 and again.records[0]["cost"] == "3.00"


def test_the_days_summary_counts_what_was_done(wuye: Wuye) -> None:
    for _ in range(3):
        add(wuye, "--urgency", "紧急")
    step(wuye, "done", "gd1", "gd2")
    step(wuye, "close", "gd1")
    row = next(r for r in wuye("day", "-o", "json").json["rows"] if r["row"] == "workorder")
    assert (row["new"], row["handled"], row["done"], row["still_open"]) == (3, 2, 1, 2)


def test_the_dispatch_slip_has_no_remark_for_the_office(wuye: Wuye) -> None:
    add(wuye, "--phone", "13800138000")
    step(wuye, "urge", "gd1", "--answer", "内部原因")
    assert wuye("workorder", "note", "gd1", "业户难缠").code == 0
    paper = wuye("print", "gd1").out
    assert "派工单" in paper and "138****8000" in paper
    assert "内部原因" not in paper and "业户难缠" not in paper
