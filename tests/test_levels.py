"""The level of a complaint (domain.md 1): each condition, its reasons, and the moment it is judged as of."""

from __future__ import annotations

import pytest
from story import Story, at, basis

from wuye import levels
from wuye.levels import RANK, became
from wuye.workdays import Span

ADDED = "2026-11-02 10:00"
SOON = "2026-11-02 11:00"


def test_everything_else_is_general() -> None:
    story = Story().add(ADDED)
    assert story.level(SOON) == "general"
    assert story.reasons(SOON) == ""


@pytest.mark.parametrize(
    ("flag", "level"),
    [
        ("lawsuit", "major"),
        ("media", "major"),
        ("may_sue", "hot"),
        ("may_publish", "hot"),
        ("needs_help", "hot"),
    ],
)
def test_a_fact_that_somebody_ticked(flag: str, level: str) -> None:
    story = Story().add(ADDED, **{flag: "yes"})
    assert story.level(SOON) == level
    assert flag in story.reasons(SOON)
    assert Story().add(ADDED, **{flag: "no"}).level(SOON) == "general"


@pytest.mark.parametrize(("people", "level"), [(1, "general"), (2, "general"), (3, "hot"), (9, "hot"), (10, "major")])
def test_how_many_jointly(people: int, level: str) -> None:
    story = Story().add(ADDED, people=str(people))
    assert story.level(SOON) == level
    assert (f"{people} 人共同投诉" in story.reasons(SOON)) == (level != "general")


def test_the_reason_names_the_rule_and_the_configuration_changes_it() -> None:
    story = Story(rules={"hot_people": 5}).add(ADDED, people="4")
    assert story.level(SOON) == "general"
    story = Story(rules={"hot_people": 4}).add(ADDED, people="4")
    assert story.level(SOON) == "hot"
    assert "complaint.hot_people" in story.reasons(SOON)
    story = Story(rules={"hot_after": Span(2, "w")}).add("2026-11-02 10:00")
    assert story.level("2026-11-09 10:00") == "general"
    assert story.level("2026-11-16 10:00") == "hot"
    assert "2 周" in story.reasons("2026-11-16 10:00")


def test_neighbours_join_one_by_one() -> None:
    story = Story().add(ADDED)
    seen = []
    for number in range(2, 12):
        story.do("join", f"2026-11-02 {8 + number}:30", joiner=f"邻居{number}", joiner_room=f"3-2-{number}01")
        seen.append((story.record["people"], story.level(f"2026-11-02 {8 + number}:30")))
    assert seen[:3] == [(2, "general"), (3, "hot"), (4, "hot")]
    assert seen[7:] == [(9, "hot"), (10, "major"), (11, "major")]
    # and as of earlier moments it is what it was then
    assert [story.level(f"2026-11-02 {hour}:45") for hour in (10, 11, 17, 18)] == ["general", "hot", "hot", "major"]


def test_a_join_typed_late_counts_from_when_the_neighbour_joined() -> None:
    story = Story().add(ADDED, people="1")
    story.do("join", "2026-11-04 10:00", joiner="邻居甲")
    story.do("join", "2026-11-05 10:00", happened="2026-11-03 10:00", joiner="邻居乙")
    assert story.record["people"] == 3
    assert [story.record.as_of(at(f"2026-11-0{day} 12:00"))["people"] for day in (2, 3, 4)] == [1, 2, 3]
    assert [story.level(f"2026-11-0{day} 12:00") for day in (2, 3, 4)] == ["general", "general", "hot"]
    assert became(story.record, story.basis("2026-11-06 09:00"))["hot"].at == at("2026-11-04 10:00")


def test_a_late_correction_stands_beside_an_earlier_typed_one() -> None:
    story = Story().add(ADDED)
    story.edit("2026-11-10 10:00", people="5")
    story.edit("2026-11-11 10:00", happened="2026-11-05 10:00", people="3")
    assert story.record.as_of(at("2026-11-04 10:00"))["people"] == 1
    assert story.record.as_of(at("2026-11-06 10:00"))["people"] == 3


# --- a week and a month


def test_a_week_is_seven_times_24_hours_from_arose() -> None:
    story = Story().add(ADDED)
    assert story.level("2026-11-09 09:59") == "general"
    assert story.level("2026-11-09 10:00") == "hot"
    assert "complaint.hot_after" in story.reasons("2026-11-09 10:00")


@pytest.mark.parametrize(
    ("arose", "before", "after"),
    [
        ("2026-11-02T10:00", "2026-12-02 09:59", "2026-12-02 10:00"),
        ("2026-01-31T10:00", "2026-02-28 09:59", "2026-02-28 10:00"),  # no 31 February
        ("2026-10-20", "2026-11-19 23:59", "2026-11-20 00:00"),  # a bare date counts from 00:00
    ],
)
def test_a_month_ends_on_the_same_day_and_time_of_the_next(arose: str, before: str, after: str) -> None:
    story = Story().add(f"{arose[:10]} 12:00", arose=arose)
    assert story.level(before) == "hot"
    assert story.level(after) == "major"
    assert "complaint.major_after" in story.reasons(after)
    assert "complaint.hot_after" not in story.reasons(after)


def test_a_bare_date_counts_its_week_from_midnight() -> None:
    story = Story().add("2026-11-22 10:00", arose="2026-11-16")
    assert story.level("2026-11-22 23:59") == "general"
    assert story.level("2026-11-23 00:00") == "hot"


def test_raised_long_ago_elsewhere_it_is_major_on_being_received() -> None:
    story = Story().add("2026-11-22 10:00", arose="2026-10-01")
    assert story.level("2026-11-22 10:00") == "major"
    mark = became(story.record, story.basis("2026-11-22 10:00"))["major"]
    assert mark.at == at("2026-11-22 10:00"), "not before received"


def test_handled_in_time_it_never_ran_out() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-09 10:00", result="修好")
    assert story.level("2026-12-30 10:00") == "general"


def test_a_week_that_ran_out_stays_a_reason() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-09 10:01", result="修好")
    assert story.level("2026-11-12 10:00") == "hot"
    assert story.level("2027-02-01 10:00") == "hot", "settled before the month was over"


def test_contradicted_by_the_follow_up_it_was_never_settled() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-05 10:00", satisfaction="not", settled="no")
    assert story.level("2026-11-09 09:59") == "general"
    assert story.level("2026-11-09 10:00") == "hot"


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"satisfaction": "not"}, "hot"),
        ({"satisfaction": "not", "settled": "yes"}, "general"),
        ({"satisfaction": "fairly"}, "general"),
        ({"satisfaction": "fairly", "settled": "no"}, "hot"),
        ({"satisfaction": "unreachable"}, "general"),
    ],
)
def test_what_contradicts(said: dict[str, str], level: str) -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-05 10:00", **said)
    assert story.level("2026-11-10 10:00") == level


def test_contradicted_after_the_week_it_is_unsettled_after_a_week() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-20 10:00", satisfaction="not")
    assert story.level("2026-11-19 10:00") == "general"
    assert story.level("2026-11-20 10:00") == "hot"


def test_a_second_follow_up_that_is_content_settles_it_again() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-04 10:00", satisfaction="not")
    story.do("follow-up", "2026-11-05 10:00", satisfaction="satisfied")
    assert story.level("2026-11-10 10:00") == "general"
    assert not levels.settled(story.record, at("2026-11-04 12:00"))
    assert levels.settled(story.record, at("2026-11-05 12:00"))


def test_nobody_reached_leaves_a_contradiction_standing() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-04 10:00", satisfaction="not")
    story.do("follow-up", "2026-11-05 10:00", satisfaction="unreachable")
    assert not levels.settled(story.record, at("2026-11-06 10:00"))


def test_a_follow_up_before_anything_was_handled_settles_nothing() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-06 10:00", result="修好")
    story.do("follow-up", "2026-11-07 10:00", happened="2026-11-05 10:00", satisfaction="satisfied")
    assert not levels.settled(story.record, at("2026-11-05 12:00"))


# --- repeats, reopening, override, closing


def test_reopened_it_is_hot_from_then_on() -> None:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    story.do("follow-up", "2026-11-03 11:00", satisfaction="satisfied").do("close", "2026-11-03 12:00")
    story.do("reopen", "2026-11-04 10:00", reason="又漏")
    assert story.level("2026-11-04 09:59") == "general"
    assert story.level("2026-11-04 10:00") == "hot"
    assert "reopen" in story.reasons("2026-11-04 10:00")


def test_an_override_has_its_reason_and_can_be_lifted() -> None:
    story = Story().add(ADDED, may_sue="yes")
    story.do("level", "2026-11-02 12:00", level="general", reason="只是气话")
    assert story.level("2026-11-02 13:00") == "general"
    assert "只是气话" in story.reasons("2026-11-02 13:00") and "李静" in story.reasons("2026-11-02 13:00")
    story.do("level", "2026-11-02 14:00", level="major", reason="经理定")
    assert story.level("2026-11-02 14:30") == "major"
    story.do("level", "2026-11-02 15:00", level="computed", reason="恢复")
    assert story.level("2026-11-02 15:30") == "hot"
    assert [story.level(f"2026-11-02 {hour}:30") for hour in (10, 12, 14, 15)] == ["hot", "general", "major", "hot"]


def test_an_override_typed_late_counts_from_when_it_was_made() -> None:
    story = Story().add(ADDED)
    story.do("level", "2026-11-04 10:00", level="major", reason="经理定")
    story.do("level", "2026-11-05 10:00", happened="2026-11-03 10:00", level="hot", reason="主管定")
    assert [story.level(f"2026-11-0{day} 12:00") for day in (2, 3, 4, 6)] == ["general", "hot", "major", "major"]


def closed_general() -> Story:
    story = Story().add(ADDED).do("handle", "2026-11-03 10:00", result="修好")
    return story.do("follow-up", "2026-11-03 11:00", satisfaction="satisfied").do("close", "2026-11-03 12:00")


def test_a_closed_complaint_keeps_the_level_of_its_closing() -> None:
    assert closed_general().level("2027-01-01 10:00") == "general"
    hot = Story().add(ADDED, may_sue="yes").do("handle", "2026-11-03 10:00", result="修好")
    hot.do("close", "2026-11-03 12:00", no_follow_up="业户出国")
    assert hot.level("2027-01-01 10:00") == "hot"


def test_what_is_learnt_after_closing_does_not_change_its_level() -> None:
    story = closed_general().edit("2026-11-03 12:00", media="yes")
    assert story.level("2026-11-10 10:00") == "general"
    story.do("reopen", "2026-11-11 10:00", reason="上了电视")
    assert story.level("2026-11-11 10:00") == "major"


# --- became so


def test_became_so_at_the_earliest_moment_a_condition_held() -> None:
    story = Story().add(ADDED, may_sue="yes").edit("2026-11-05 10:00", media="yes")
    marks = became(story.record, story.basis("2026-11-30 10:00"))
    assert (marks["hot"].at, marks["major"].at) == (at(ADDED), at("2026-11-05 10:00"))
    story = Story().add(ADDED)
    marks = became(story.record, story.basis("2026-12-30 10:00"))
    assert (marks["hot"].at, marks["major"].at) == (at("2026-11-09 10:00"), at("2026-12-02 10:00"))
    assert became(story.record, story.basis("2026-11-09 09:59")) == {}


def test_became_so_by_override() -> None:
    story = Story().add(ADDED).do("level", "2026-11-04 10:00", level="hot", reason="业委会关注")
    assert became(story.record, story.basis("2026-11-05 10:00"))["hot"].at == at("2026-11-04 10:00")


def test_closed_it_no_longer_rises() -> None:
    assert became(closed_general().record, basis("2027-01-01 10:00")) == {}


def test_the_ranks_are_in_order() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == ["general", "hot", "major"]
