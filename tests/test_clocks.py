"""The clocks of a complaint (domain.md 1, L): start, due to the minute, met by, state, and what freezes them."""

from __future__ import annotations

from typing import Any

import pytest
from story import DESK, Story, at

from wuye.clocks import differing
from wuye.errors import WuyeError
from wuye.workdays import DeskTime, Span


def due(story: Story, name: str, now: str) -> str:
    found = story.clocks(now)[name].due
    return f"{found:%Y-%m-%d %H:%M}" if found else ""


# --- respond


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-02 10:00", "2026-11-03 18:00"),  # Monday
        ("2026-11-06 10:00", "2026-11-09 18:00"),  # Friday: over the weekend
        ("2026-11-21 15:00", "2026-11-23 18:00"),  # Saturday
        ("2026-11-22 23:59", "2026-11-23 18:00"),  # Sunday night
        ("2026-10-09 10:00", "2026-10-10 18:00"),  # Friday: Saturday is a make-up workday
        ("2026-10-10 10:00", "2026-10-12 18:00"),  # the make-up Saturday itself
        ("2026-09-30 10:00", "2026-10-08 18:00"),  # over the National Day holiday
        ("2026-02-13 10:00", "2026-02-14 18:00"),  # before the Spring Festival: Saturday made up
        ("2026-02-14 10:00", "2026-02-24 18:00"),
        ("2025-12-31 10:00", "2026-01-04 18:00"),  # Sunday 4 January is made up
    ],
)
def test_respond_within_one_working_day(received: str, expected: str) -> None:
    story = Story().add(received)
    reading = story.clocks(received)["respond"]
    assert f"{reading.due:%Y-%m-%d %H:%M}" == expected
    assert (reading.start, reading.state) == (at(received), "open")
    assert "complaint.respond" in reading.rule and "工作日" in reading.rule and "cn-2026" in reading.rule


def test_an_unpublished_year_is_said_in_the_rule() -> None:
    assert "2027 年放假安排未公布" in Story().add("2026-12-31 10:00").clocks("2026-12-31 10:00")["respond"].rule


def test_working_days_can_be_desk_days() -> None:
    story = Story(desk=DeskTime(DESK.calendar, working="desk")).add("2026-11-06 10:00")
    assert due(story, "respond", "2026-11-06 10:00") == "2026-11-07 18:00"
    assert "上班日" in story.clocks("2026-11-06 10:00")["respond"].rule


def test_the_four_states() -> None:
    story = Story().add("2026-11-02 10:00")
    assert story.clocks("2026-11-03 18:00")["respond"].state == "open", "due at, not after, closing time"
    assert story.clocks("2026-11-03 18:01")["respond"].state == "late"
    late = Story().add("2026-11-02 10:00").do("respond", "2026-11-03 18:01")
    assert late.clocks("2026-11-03 18:01")["respond"].state == "missed"
    good = Story().add("2026-11-02 10:00").do("respond", "2026-11-03 18:00")
    assert good.clocks("2026-11-09 18:00")["respond"].state == "met"
    assert good.clocks("2026-11-09 18:00")["respond"].met == at("2026-11-03 18:00")


def handled(closed: str) -> Story:
    story = Story().add("2026-11-02 10:00").do("handle", "2026-11-02 11:00", result="修好")
    return story.do("close", closed, no_follow_up="当面说好")


def test_what_ends_before_it_is_due_leaves_nothing_late() -> None:
    quick = handled("2026-11-02 12:00")
    assert "respond" not in quick.clocks("2026-11-05 10:00")
    again = handled("2026-11-02 12:00").do("reopen", "2026-11-05 10:00", reason="又漏")
    assert again.clocks("2026-11-05 10:00")["respond"].state == "late"
    quick.do("respond", "2026-11-05 10:00")
    assert "respond" not in quick.clocks("2026-11-05 10:00"), "nor does an answer afterwards make it late"
    slow = handled("2026-11-04 12:00").clocks("2026-11-05 10:00")["respond"]
    assert (slow.state, slow.waits) == ("late", False), "it ran out while it was open"


def test_the_first_response_counts_not_the_last() -> None:
    story = Story().add("2026-11-02 10:00").do("respond", "2026-11-02 11:00").do("respond", "2026-11-05 10:00")
    reading = story.clocks("2026-11-06 10:00")["respond"]
    assert (reading.state, reading.met) == ("met", at("2026-11-02 11:00"))


def test_a_response_typed_late_counts_from_when_it_was_given() -> None:
    story = Story().add("2026-11-02 10:00").do("respond", "2026-11-09 10:00", happened="2026-11-02 15:00")
    assert story.clocks("2026-11-09 10:00")["respond"].state == "met"


def test_clocks_go_by_received_not_by_recorded() -> None:
    story = Story().add("2026-11-23 09:10", happened="2026-11-19 16:00")
    assert due(story, "respond", "2026-11-23 09:10") == "2026-11-20 18:00"
    assert story.clocks("2026-11-23 09:10")["respond"].state == "late"


# --- reply, measure, result


@pytest.mark.parametrize("channel", ["visit", "phone", "letter", "hotline", "media", "government"])
def test_only_web_centre_and_company_have_clocks_of_their_own(channel: str) -> None:
    assert set(Story().add("2026-11-02 10:00", channel=channel).clocks("2026-11-02 10:00")) == {"respond"}


@pytest.mark.parametrize(
    ("posted", "reply"),
    [
        ("2026-11-22 10:00", "2026-11-22 14:00"),
        ("2026-11-22 14:00", "2026-11-22 18:00"),
        ("2026-11-22 16:30", "2026-11-23 11:30"),  # desk hours run on next morning
        ("2026-11-21 19:30", "2026-11-22 13:00"),  # the desk opens on Sunday too
        ("2026-11-22 07:00", "2026-11-22 13:00"),
    ],
)
def test_a_web_reply_within_four_desk_hours_of_posting(posted: str, reply: str) -> None:
    story = Story().add("2026-11-23 12:00", channel="web", posted=posted)
    assert due(story, "reply", "2026-11-23 12:00") == reply


def test_hours_can_be_clock_hours() -> None:
    desk = DeskTime(DESK.calendar, count_hours="clock")
    story = Story(desk=desk).add("2026-11-22 16:30", channel="web")
    assert due(story, "reply", "2026-11-22 16:30") == "2026-11-22 20:30"


def test_the_desk_rests_at_noon() -> None:
    desk = DeskTime(DESK.calendar, hours=((540, 720), (810, 1080)))
    assert due(Story(desk=desk).add("2026-11-22 10:00", channel="web"), "reply", "2026-11-22 10:00") == (
        "2026-11-22 15:30"
    )


def test_the_centre_counts_from_forwarding_and_has_no_measures() -> None:
    story = Story().add("2026-11-22 12:00", channel="developer", forwarded="2026-11-22 11:00")
    assert set(story.clocks("2026-11-22 12:00")) == {"respond", "reply"}
    assert due(story, "reply", "2026-11-22 12:00") == "2026-11-22 15:00"
    assert story.clocks("2026-11-22 12:00")["reply"].start == at("2026-11-22 11:00")


@pytest.mark.parametrize("channel", ["web", "developer", "company"])
def test_posted_forwarded_form_received_default_to_received(channel: str) -> None:
    readings = Story().add("2026-11-22 10:00", channel=channel).clocks("2026-11-22 10:00")
    assert {r.start for r in readings.values()} == {at("2026-11-22 10:00")}


def test_the_reply_is_met_by_sending_not_by_draft_or_approval() -> None:
    story = Story().add("2026-11-22 10:00", channel="web")
    story.do("draft", "2026-11-22 11:00", reply="已安排").do("approve", "2026-11-22 11:30")
    assert story.clocks("2026-11-22 11:30")["reply"].state == "open"
    story.do("send", "2026-11-22 14:01")
    assert story.clocks("2026-11-22 14:01")["reply"].state == "missed"


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ("2026-11-20 10:00", "2026-11-20 18:00"),
        ("2026-11-20 17:59", "2026-11-20 18:00"),
        ("2026-11-20 18:00", "2026-11-21 18:00"),  # closing time is outside desk hours
        ("2026-11-20 07:00", "2026-11-20 18:00"),  # the issue's own example: today
        ("2026-11-21 19:30", "2026-11-22 18:00"),  # Saturday evening: Sunday, a desk day
    ],
)
def test_measures_of_a_web_complaint(posted: str, expected: str) -> None:
    story = Story().add("2026-11-22 20:00", channel="web", posted=posted)
    assert due(story, "measure", "2026-11-22 20:00") == expected
    assert "上班日" in story.clocks("2026-11-22 20:00")["measure"].rule


def test_measures_wait_for_the_day_the_desk_opens() -> None:
    desk = DeskTime(DESK.calendar, weekdays=frozenset(range(5)))
    story = Story(desk=desk).add("2026-11-21 19:30", channel="web")
    assert due(story, "measure", "2026-11-21 19:30") == "2026-11-23 18:00"


def test_company_forwarded_owes_measures_and_a_result_but_no_quick_reply() -> None:
    story = Story().add(
        "2026-10-12 10:00", channel="company", form_received="2026-10-09 15:00", form_due="2026-10-15 12:00"
    )
    assert set(story.clocks("2026-10-12 10:00")) == {"respond", "measure", "result"}
    assert due(story, "measure", "2026-10-12 10:00") == "2026-10-10 18:00", "the make-up Saturday"
    assert due(story, "result", "2026-10-12 10:00") == "2026-10-15 12:00"
    story.do("measure", "2026-10-12 10:30", measures="换管").do("handle", "2026-10-14 10:00", result="已换")
    assert story.clocks("2026-10-14 10:00")["measure"].state == "missed"
    assert story.clocks("2026-10-14 10:00")["result"].state == "open", "handled is not yet told"
    story.do("result", "2026-10-15 12:00", to="品质部门")
    assert story.clocks("2026-10-15 12:00")["result"].state == "met"


def test_the_result_waits_for_the_time_the_form_sets() -> None:
    story = Story().add("2026-11-02 10:00", channel="company")
    reading = story.clocks("2026-11-30 10:00")["result"]
    assert (reading.due, reading.state, reading.waits) == (None, "open", True)
    assert "form_due" in reading.rule
    story.edit("2026-11-02 11:00", form_due="2026-11-05 12:00")
    assert due(story, "result", "2026-11-02 11:00") == "2026-11-05 12:00"
    story.edit("2026-11-03 11:00", form_due="2026-11-06 12:00")
    assert due(story, "result", "2026-11-03 11:00") == "2026-11-06 12:00", "a new time on the form counts"
    story.edit("2026-11-03 12:00", form_due="")
    assert due(story, "result", "2026-11-03 12:00") == ""


# --- form, report


def test_a_form_once_within_one_working_day_of_becoming_hot() -> None:
    story = Story().add("2026-11-06 10:00", may_sue="yes")
    reading = story.clocks("2026-11-06 10:00")["form"]
    assert (reading.start, f"{reading.due:%m-%d %H:%M}") == (at("2026-11-06 10:00"), "11-09 18:00")
    story.do("form", "2026-11-09 18:00", to="品质部门、分管领导")
    assert {n: r.state for n, r in story.clocks("2026-11-20 10:00").items() if "form" in n} == {"form": "met"}


def test_a_rise_to_major_asks_for_an_update() -> None:
    story = Story().add("2026-11-02 10:00", may_sue="yes").do("form", "2026-11-02 12:00")
    story.edit("2026-11-04 10:00", lawsuit="yes")
    readings = story.clocks("2026-11-04 10:00")
    assert (readings["form"].state, readings["form_major"].state) == ("met", "open")
    assert due(story, "form_major", "2026-11-04 10:00") == "2026-11-05 18:00"
    story.do("form", "2026-11-05 09:00")
    readings = story.clocks("2026-11-05 09:00")
    assert readings["form"].met == at("2026-11-02 12:00")
    assert (readings["form_major"].met, readings["form_major"].state) == (at("2026-11-05 09:00"), "met")


def test_at_once_major_asks_for_one_form_only() -> None:
    story = Story().add("2026-11-02 10:00", lawsuit="yes", may_sue="yes")
    assert [n for n in story.clocks("2026-11-02 10:00") if "form" in n] == ["form"]


def test_hot_by_time_alone_is_computed_until_a_step_freezes_it() -> None:
    story = Story().add("2026-11-02 10:00")
    assert "form" not in story.clocks("2026-11-09 09:59")
    reading = story.clocks("2026-11-09 10:00")["form"]
    assert (reading.start, f"{reading.due:%m-%d %H:%M}") == (at("2026-11-09 10:00"), "11-10 18:00")
    story.rules["form"] = Span(2, "wd")
    assert due(story, "form", "2026-11-09 12:00") == "2026-11-11 18:00", "not frozen: by the rule of now"
    assert "form" not in story.record.due
    story.do("inform", "2026-11-09 12:30", said="还在查")
    assert story.record.due["form"] == at("2026-11-11 18:00")
    story.rules["form"] = Span(1, "wd")
    story.do("inform", "2026-11-10 12:30", said="还在查").reread()
    assert due(story, "form", "2026-11-10 12:30") == "2026-11-11 18:00", "frozen: the rule of then"


def test_an_override_starts_the_form_and_general_again_ends_it() -> None:
    story = Story().add("2026-11-02 10:00")
    story.do("level", "2026-11-03 11:00", level="hot", reason="业委会关注")
    assert story.clocks("2026-11-03 11:00")["form"].start == at("2026-11-03 11:00")
    story.do("level", "2026-11-03 12:00", level="general", reason="弄错了一户")
    assert "form" not in story.clocks("2026-11-03 12:00")


def test_a_correction_that_makes_it_general_owes_no_form() -> None:
    story = Story().add("2026-11-02 10:00", people="12").edit("2026-11-02 10:05", people="1")
    assert set(story.clocks("2026-11-02 10:05")) == {"respond"}


def test_a_special_report_within_seven_days_of_being_handled() -> None:
    story = Story().add("2026-11-02 10:00", may_sue="yes")
    assert "report" not in story.clocks("2026-11-03 10:00")
    story.do("handle", "2026-11-03 11:00", result="修好")
    reading = story.clocks("2026-11-03 11:00")["report"]
    assert (reading.start, f"{reading.due:%m-%d %H:%M}") == (at("2026-11-03 11:00"), "11-10 18:00")
    story.do("report", "2026-11-10 18:00", causes="老化", process="更换")
    assert story.clocks("2026-11-12 10:00")["report"].state == "met"


def test_a_general_complaint_owes_neither_form_nor_report() -> None:
    story = Story().add("2026-11-02 10:00").do("handle", "2026-11-03 11:00", result="修好")
    assert set(story.clocks("2026-11-30 10:00")) == {"respond"}
    for step, typed in (("form", {}), ("report", {"causes": "x", "process": "y"})):
        with pytest.raises(WuyeError, match="热点、重大"):
            story.do(step, "2026-11-03 12:00", **typed)


def test_form_and_report_outlive_the_closing() -> None:
    story = Story().add("2026-11-02 10:00", may_sue="yes").do("handle", "2026-11-03 11:00", result="修好")
    story.do("close", "2026-11-03 12:00", no_follow_up="业户出国")
    waits = {name: reading.waits for name, reading in story.clocks("2026-11-20 10:00").items()}
    assert waits == {"form": True, "report": True}
    story.do("reopen", "2026-11-21 10:00", reason="补报告").do("void", "2026-11-21 11:00", reason="登错")
    assert story.clocks("2026-11-22 10:00") == {}


# --- frozen


RULES: list[dict[str, Any]] = [
    {"channel": "web"},
    {"channel": "developer"},
    {"channel": "company", "form_due": "2026-11-05 12:00"},
    {"may_sue": "yes"},
]


@pytest.mark.parametrize("typed", RULES)
def test_a_new_rule_or_calendar_changes_no_frozen_due_time(typed: dict[str, str]) -> None:
    story = Story().add("2026-11-02 10:00", **typed)
    before = {n: (r.due, r.rule) for n, r in story.clocks("2026-11-02 10:00").items()}
    story.rules = {"respond": Span(3, "wd"), "reply": Span(1, "wh"), "measure": Span(5, "wd"), "form": Span(9, "d")}
    story.desk = DeskTime(DESK.calendar, hours=((600, 960),), working="desk")
    story.do("visit", "2026-11-02 11:00").edit("2026-11-02 12:00", people="2").reread()
    assert {n: (r.due, r.rule) for n, r in story.clocks("2026-11-02 13:00").items()} == before


def test_what_the_new_rules_would_say_is_told_apart() -> None:
    story = Story().add("2026-11-02 10:00", channel="web")
    assert differing(story.record, story.basis("2026-11-02 11:00")) == {}
    story.rules = {"respond": Span(3, "wd")}
    assert differing(story.record, story.basis("2026-11-02 11:00")) == {
        "respond": (at("2026-11-03 18:00"), at("2026-11-05 18:00"))
    }


def test_a_corrected_start_counts_anew() -> None:
    story = Story().add("2026-11-03 10:00", channel="web", posted="2026-11-03 09:30")
    assert due(story, "reply", "2026-11-03 10:00") == "2026-11-03 13:30"
    story.edit("2026-11-03 10:05", posted="2026-11-02 09:30")
    assert due(story, "reply", "2026-11-03 10:05") == "2026-11-02 13:30"
    assert due(story, "measure", "2026-11-03 10:05") == "2026-11-02 18:00"
    assert due(story, "respond", "2026-11-03 10:05") == "2026-11-04 18:00"
    story.edit("2026-11-03 10:10", received="2026-11-02 16:00")
    assert due(story, "respond", "2026-11-03 10:10") == "2026-11-03 18:00"


def test_no_later_step_rewrites_an_earlier_time() -> None:
    story = Story().add("2026-11-02 10:00", may_sue="yes").do("respond", "2026-11-02 11:00")
    story.do("handle", "2026-11-03 11:00", result="修好").do("report", "2026-11-04 10:00", causes="a", process="b")
    first = story.clocks("2026-11-04 10:00")
    story.do("reopen", "2026-11-05 10:00", reason="又漏").do("handle", "2026-11-06 10:00", result="再修")
    story.do("respond", "2026-11-07 10:00").do("report", "2026-11-07 10:00", causes="a", process="b")
    later = story.clocks("2026-11-08 10:00")
    for name in ("respond", "form", "report"):
        assert (later[name].start, later[name].due, later[name].met) == (
            first[name].start, first[name].due, first[name].met,
        )  # fmt: skip


# --- promised to the person


def test_the_time_that_was_promised_is_a_clock() -> None:
    story = Story().add("2026-11-02 10:00").do("respond", "2026-11-02 11:00", promised="2026-11-03 12:00")
    assert due(story, "promise", "2026-11-02 11:00") == "2026-11-03 12:00"
    assert story.clocks("2026-11-03 12:01")["promise"].state == "late"
    story.do("inform", "2026-11-03 11:00", said="在修", promised="2026-11-04 12:00")
    reading = story.clocks("2026-11-03 11:00")["promise"]
    assert (reading.due, reading.state) == (at("2026-11-04 12:00"), "open")
    story.do("inform", "2026-11-04 11:00", said="修好了")
    assert story.clocks("2026-11-04 11:00")["promise"].state == "met"


def test_the_earliest_due_stands_first() -> None:
    story = Story().add("2026-11-02 10:00", channel="company", may_sue="yes")
    dues = [r.due for r in story.clocks("2026-11-02 10:00").values()]
    known = [d for d in dues if d]
    assert known == sorted(known) and dues[-1] is None, "those without a due time last"
