"""What an undo makes of a record, without disk or git: whatever was done and taken back, the record stays sound."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
import story
from hypothesis import given, settings
from hypothesis import strategies as st
from story import COMPLAINT, Story
from test_kinds import forward, sample

from wuye import changes, checks, clocks, records, summary, undoing
from wuye.errors import BadInput, Refused
from wuye.record import REDO, UNDO, Record, from_stored, references, to_stored
from wuye.undoing import Target

START = datetime(2026, 11, 16, 9, 0, tzinfo=story.SHANGHAI)


class Done(NamedTuple):
    """One command: the record before and after it."""

    before: Record
    after: Record

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(range(len(self.before.log), len(self.after.log)))


def taken_back(one: Story, place: int, now: str, done: list[Done], step: str = UNDO) -> Record:
    """The story's record with the command taken back that wrote this place of the log."""
    found = next(d for d in done if place in d.places)
    target = Target(one.record, found.places, found.before, found.after, "abc1234567")
    return undoing.take_back(target, one.who(now, ""), one.basis(now), step)


class Told(Story):
    """A story that remembers its commands, as git would."""

    def begin(self, now: str, **typed: str) -> Told:
        self.add(now, **typed)
        self.done: list[Done] = []
        return self

    def keep(self, before: Record) -> Told:
        self.done.append(Done(before, self.record))
        return self

    def step(self, name: str, now: str, happened: str = "", **typed: str) -> Told:
        before = self.record
        self.do(name, now, happened, **typed)
        return self.keep(before)

    def correct(self, now: str, **typed: str) -> Told:
        before = self.record
        self.edit(now, **typed)
        return self.keep(before)

    def back(self, now: str, place: int = -1, step: str = UNDO) -> Told:
        """Undo (redo) the command of a place in the log, the last without one."""
        before = self.record
        self.record = taken_back(self, place % len(before.log), now, self.done, step)
        return self.keep(before)


def assigned() -> Told:
    one = told().step("judge", "2026-11-16 10:00", nature="help")
    return one.step("assign", "2026-11-16 10:10", department="工程部")


def told(now: str = "2026-11-16 09:00", **typed: str) -> Told:
    return Told().begin(now, **typed)


# --- clocks, levels and counts rest on what stands


def test_a_response_taken_back_does_not_meet_its_clock() -> None:
    one = told().step("respond", "2026-11-16 10:00", promised="2026-11-18 12:00")
    assert one.clocks("2026-11-16 10:00")["respond"].state == clocks.MET
    assert one.clocks("2026-11-16 10:00")["promise"].state == clocks.OPEN
    one.back("2026-11-16 11:00")
    assert one.clocks("2026-11-16 11:00")["respond"].state == clocks.OPEN
    assert one.clocks("2026-11-18 10:00")["respond"].state == clocks.LATE
    assert "promise" not in one.clocks("2026-11-18 10:00") and "promise" not in one.record.due
    one.back("2026-11-16 12:00", step=REDO)
    assert one.clocks("2026-11-16 12:00")["respond"].met == story.at("2026-11-16 10:00")
    assert one.clocks("2026-11-16 12:00")["promise"].due == story.at("2026-11-18 12:00")


def test_closing_taken_back_leaves_it_open() -> None:
    one = assigned()
    one.step("handle", "2026-11-16 11:00", result="修好").step("close", "2026-11-16 12:00", no_follow_up="业户出国")
    assert one.record.closed == story.at("2026-11-16 12:00")
    one.back("2026-11-17 09:00")
    assert one.record.status == "handled" and one.record.closed is None
    monday = summary.bounds(story.at("2026-11-16").date(), story.SHANGHAI)
    day = summary.counted(one.record, monday, summary.Stood(monday, one.basis("2026-11-17 10:00")))
    assert "still_open" in day and "done" not in day
    late = summary.late_entries([one.record], story.at("2026-11-16").date())
    assert [(e.step, e.recorded) for e in late] == [("undo", story.at("2026-11-17 09:00"))]
    one.back("2026-11-17 09:30", step=REDO)
    assert one.record.closed == story.at("2026-11-16 12:00")


def test_handling_taken_back_starts_no_report_and_lets_the_limit_run() -> None:
    one = told(lawsuit="yes").step("judge", "2026-11-16 10:00", nature="valid")
    one.step("assign", "2026-11-16 10:10", department="工程部").step("handle", "2026-11-16 11:00", result="修好")
    assert "report" in one.clocks("2026-11-16 12:00") and "report" in one.record.due
    one.back("2026-11-16 12:00")
    assert "report" not in one.clocks("2026-11-16 12:00") and "report" not in one.record.due
    assert one.record["result"] is None and one.record.status == "assigned"
    one.step("handle", "2026-11-17 11:00", result="重修")
    assert one.clocks("2026-11-17 12:00")["report"].due == story.at("2026-11-24 18:00")


def test_a_level_that_rested_on_neighbours_falls_with_them() -> None:
    one = told(people="2").step("join", "2026-11-16 10:00", joiner="赵先生", joiner_room="3-2-1202")
    assert one.level("2026-11-16 10:00") == "hot" and "form" in one.record.due
    one.back("2026-11-16 11:00")
    assert one.record["people"] == 2 and one.level("2026-11-16 11:00") == "general"
    assert "form" not in one.clocks("2026-11-16 11:00") and "form" not in one.record.due
    one.step("join", "2026-11-16 12:00", joiner="赵先生", joiner_room="3-2-1202")  # he has not joined: no refusal
    assert one.record["people"] == 3


def test_a_reopening_taken_back_is_no_reason() -> None:
    one = assigned()
    one.step("handle", "2026-11-16 11:00", result="修好").step("close", "2026-11-16 12:00", no_follow_up="业户出国")
    one.step("reopen", "2026-11-17 09:00", reason="又漏")
    assert one.level("2026-11-17 09:00") == "hot"
    one.back("2026-11-17 09:10")
    assert one.level("2026-11-17 09:10") == "general"
    assert one.record.closed == story.at("2026-11-16 12:00") and not one.record.is_open


def test_due_times_come_back_as_they_were_frozen() -> None:
    """Not as today's rules would count them."""
    one = told(channel="web", posted="2026-11-16 08:50")
    due = dict(one.record.due)
    one.correct("2026-11-16 10:00", posted="2026-11-16 08:00")
    one.rules = {"reply": story.Span(9, "wh")}
    one.back("2026-11-16 11:00")
    assert dict(one.record.due) == due and one.record["posted"] == story.at("2026-11-16 08:50")


# --- what came after is never lost


def test_a_later_step_in_the_same_field_is_named() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部").correct("2026-11-16 11:00", department="保安部")
    with pytest.raises(Refused, match=r"责任部门后来又由更正（2026-11-16 11:00 李静）改过：请先撤销"):
        one.back("2026-11-16 12:00", 1)
    assert one.back("2026-11-16 12:00").record["department"] == "工程部"
    assert one.back("2026-11-16 12:10", 1).record["department"] is None


def test_a_later_step_that_gave_the_same_value_again_stands_in_the_way_too() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部").step("judge", "2026-11-16 10:30", nature="help")
    one.step("assign", "2026-11-16 11:00", department="工程部")
    with pytest.raises(Refused, match="责任部门后来又由派给责任部门"):
        one.back("2026-11-16 12:00", 1)


def test_other_fields_keep_what_came_after() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部").correct("2026-11-16 11:00", subject="noise")
    one.back("2026-11-16 12:00", 1)
    assert one.record["department"] is None and one.record["subject"] == "noise"


def test_a_state_that_moved_on_is_not_moved_back() -> None:
    one = assigned()
    with pytest.raises(Refused, match="后来又派给责任部门（2026-11-16 10:10 李静），状态已经变了"):
        one.back("2026-11-16 12:00", 1)


def test_what_only_the_later_state_allows_stands_in_the_way() -> None:
    one = assigned()
    one.step("handle", "2026-11-16 11:00", result="修好")
    one.step("follow-up", "2026-11-16 12:00", satisfaction="satisfied")
    with pytest.raises(Refused, match=r"后来的回访.*在“处理中”时做不了"):
        one.back("2026-11-16 13:00", 3)


def test_a_step_that_a_later_one_rests_on_stays() -> None:
    one = assigned()
    one.step("handle", "2026-11-16 11:00", result="修好")
    one.step("follow-up", "2026-11-16 12:00", satisfaction="satisfied")
    one.step("close", "2026-11-16 13:00")
    with pytest.raises(Refused, match=r"后来的办结.*以它为前提（还没有回访"):
        one.back("2026-11-16 14:00", 4)


def test_what_a_rule_between_fields_forbids() -> None:
    one = Told(story.VISITOR)
    one.begin("2026-11-16 09:00", unit="", department="客服部").correct("2026-11-16 09:10", unit="3-2-1201")
    one.correct("2026-11-16 09:20", department="")
    with pytest.raises(Refused, match=r"不能撤销更正.*缺少受访房号或受访部门"):
        one.back("2026-11-16 10:00", 1)


def test_a_value_changed_by_hand_is_not_lost() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部")
    one.record = story_with(one.record, department="保安部")
    with pytest.raises(Refused, match="责任部门后来手工改成了“保安部”，撤销会丢掉它"):
        one.back("2026-11-16 11:00")


def story_with(record: Record, **values: Any) -> Record:
    """The record as somebody changed it with an editor."""
    from dataclasses import replace

    return replace(record, values={**record.values, **values})


# --- what happened is never taken out


def test_the_log_only_grows_and_says_what_was_taken_back() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部", subject="noise")
    before = one.record.log
    entry = one.back("2026-11-16 11:00").record.log[-1]
    assert one.record.log[: len(before)] == before and len(one.record.log) == len(before) + 1
    assert (entry.step, entry.undoes, entry.extra["commit"]) == ("undo", ("2026-11-16T10:00+08:00 edit",), "abc1234567")
    assert entry.was == {"department": "工程部", "subject": "noise"}
    assert entry.values == {"department": None, "subject": None}
    assert one.reread().record.log[-1].was == entry.was


def test_adding_taken_back_voids_and_keeps_the_number() -> None:
    one = told()
    void = revoked(one, one.record, "2026-11-16 10:00")
    assert void.status == "void" and void.log[-1].values["reason"] == "撤销登记" and void.id == one.record.id
    assert undoing.open_places(void, UNDO) == [] and undoing.open_places(void, REDO) == [1]
    again = undoing.take_back(
        Target(void, (1,), one.record, void), one.who("2026-11-16 11:00", ""), one.basis("2026-11-16 11:00"), REDO
    )
    assert again.status == "recorded" and dict(again.values) == dict(one.record.values) and again.due == one.record.due
    assert undoing.open_places(again, UNDO) == [0]


def test_a_record_with_a_story_is_not_revoked_but_notes_do_not_hinder() -> None:
    one = told()
    first = one.record
    one.record = changes.noted(one.record, "note", one.who("2026-11-16 10:00", ""), {"note": "业户来催"})
    void = revoked(one, first, "2026-11-16 11:00")
    assert void.status == "void" and [e.step for e in void.log] == ["add", "note", "void"]
    one.do("judge", "2026-11-16 12:00", nature="help")
    with pytest.raises(Refused, match="之后已经判定性质（2026-11-16 12:00 李静），不能撤销登记"):
        revoked(one, first, "2026-11-16 13:00")


def revoked(one: Told, first: Record, now: str) -> Record:
    target = Target(one.record, (0,), None, first, "abc1234567")
    return undoing.take_back(target, one.who(now, ""), one.basis(now))


def test_an_entry_is_named_even_among_those_of_one_minute() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部").correct("2026-11-16 10:00", subject="noise")
    assert list(references(one.record.log))[1:] == ["2026-11-16T10:00+08:00 edit", "2026-11-16T10:00+08:00 edit 2"]
    one.back("2026-11-16 10:00", 1)
    assert one.record.withdrawn == {1} and one.record["subject"] == "noise" and one.record["department"] is None
    one.back("2026-11-16 10:00", 2)
    assert one.record.withdrawn == {1, 2} and one.record["subject"] is None


def test_check_names_an_undo_of_nothing() -> None:
    one = told().correct("2026-11-16 10:00", department="工程部").back("2026-11-16 11:00")
    stored = to_stored(one.record)
    stored["log"][-1]["undoes"] = "2026-11-16T10:00+08:00 judge"  # type: ignore[index,call-overload]
    record, _ = from_stored(COMPLAINT, stored, story.SHANGHAI)
    assert record is not None
    assert any("不存在" in p.message for p in checks.told(COMPLAINT, record))
    assert not list(checks.told(COMPLAINT, one.record))


# --- any story

STEPS: dict[str, dict[str, str]] = {
    "judge": {"nature": "help"}, "assign": {"department": "工程部"}, "handle": {"result": "修好"},
    "respond": {"said": "已安排"}, "follow-up": {"satisfaction": "satisfied"}, "close": {"no_follow_up": "业户出国"},
    "reopen": {"reason": "又坏了"}, "void": {"reason": "重复"}, "join": {"joiner": "邻居"},
    "level": {"level": "hot", "reason": "业委会关注"}, "form": {}, "draft": {"reply": "稿"}, "approve": {}, "send": {},
}  # fmt: skip
EDITS = [{"subject": "noise"}, {"subject": "staff"}, {"phone": "13800138000"}, {"phone": ""}, {"lawsuit": "yes"},
         {"department": "保安部"}, {"posted": "2026-11-16 08:00", "channel": "web"}]  # fmt: skip
OPS = st.one_of(
    st.tuples(st.just("step"), st.sampled_from(list(STEPS)), st.booleans()),
    st.tuples(st.just("edit"), st.sampled_from(EDITS), st.just(False)),
    st.tuples(st.just("note"), st.just(""), st.just(False)),
    st.tuples(st.just("undo"), st.integers(0, 5), st.just(False)),
    st.tuples(st.just("redo"), st.integers(0, 2), st.just(False)),
)


def play(one: Told, op: tuple[str, Any, bool], now: datetime) -> None:
    moment = f"{now:%Y-%m-%d %H:%M}"
    name, what, late = op
    before = one.record
    if name == "step":
        happened = f"{now - timedelta(hours=3):%Y-%m-%d %H:%M}" if late else ""
        one.step(what, moment, happened, **STEPS[what])
    elif name == "edit":
        one.correct(moment, **what)
    elif name == "note":
        one.record = changes.noted(before, "note", one.who(moment, ""), {"note": "催"})
        one.keep(before)
    else:
        places = [p for p in undoing.open_places(before, name) if p]
        if what < len(places):
            one.back(moment, places[-1 - what], name)


def sound(one: Told) -> None:
    """The log leads to the state, the file holds it, and its first state can be told from what stands."""
    record = one.record
    assert not list(checks.told(COMPLAINT, record))
    again, problems = from_stored(COMPLAINT, to_stored(record), story.SHANGHAI)
    assert again is not None and not problems and to_stored(again) == to_stored(record)
    first = record.after_entries(1)
    assert first.status == "recorded"
    assert {n: v for n, v in first.values.items() if v is not None} == dict(one.first.values)
    assert undoing._states(record)[-1][2] == record.status
    basis = one.basis("2026-12-30 10:00")
    clocks.read(record, basis)
    one.level("2026-12-30 10:00")


@settings(max_examples=150, deadline=None)
@given(st.lists(OPS, max_size=14))
def test_any_story_stays_sound(ops: list[tuple[str, Any, bool]]) -> None:
    one, now = told(), START
    one.first = one.record
    for op in ops:
        now += timedelta(hours=5)
        before = one.record
        try:
            play(one, op, now)
        except (Refused, BadInput):
            assert one.record is before
            continue
        sound(one)
        if op[0] in (UNDO, REDO) and one.record is not before:
            entry = one.record.log[-1]
            untouched = {n: v for n, v in before.values.items() if n not in entry.values}
            assert untouched == {n: v for n, v in one.record.values.items() if n not in entry.values}
            assert one.record.log[:-1] == before.log


@settings(max_examples=100, deadline=None)
@given(st.lists(OPS, max_size=10), st.integers(0, 3))
def test_undo_and_redo_give_back_the_same(ops: list[tuple[str, Any, bool]], back: int) -> None:
    one, now = told(), START
    one.first = one.record
    for op in ops:
        now += timedelta(hours=5)
        try:
            play(one, op, now)
        except (Refused, BadInput):
            continue
    places = [p for p in undoing.open_places(one.record, UNDO) if p]
    if back >= len(places):
        return
    before = one.record
    try:
        one.back(f"{now:%Y-%m-%d %H:%M}", places[-1 - back])
    except Refused:
        return
    one.back(f"{now:%Y-%m-%d %H:%M}", step=REDO)
    after = one.record
    assert (after.status, dict(after.values), after.closed) == (before.status, dict(before.values), before.closed)
    assert dict(after.due) == dict(before.due)
    assert after.timeline == before.timeline
    sound(one)


# --- any kind


def state(record: Record) -> dict[str, Any]:
    """What a record says but for its log."""
    return {key: value for key, value in to_stored(record).items() if key != "log"}


@pytest.mark.parametrize("name", [row[0] for row in records.KINDS])
def test_every_kind_goes_back_step_by_step_and_forward_again(name: str) -> None:
    kind, told, seen = records.kind(name), [], set()
    one = Told(kind).begin("2026-11-22 09:00", **kind.example)
    told.append(state(one.record))
    for hour in range(10, 20):
        seen.add(one.record.status)
        step = forward(kind, one.record.status, seen)
        if step is None:
            break
        given = {n: sample(kind, n) for n in step.needs} | ({"no_follow_up": "出国"} if step.name == "close" else {})
        one.step(step.name, f"2026-11-22 {hour}:00", **{n: t for n, t in given.items() if n in step.fields})
        told.append(state(one.record))
    for step, order in ((UNDO, told[-2::-1]), (REDO, told[1:])):
        for expected in order:
            one.back("2026-11-23 09:00", undoing.open_places(one.record, step)[-1], step)
            assert state(one.record) == expected
            assert not list(checks.told(kind, one.record))
    assert len(told) > 1 or forward(kind, told[0]["status"], set(told[0]["status"].split())) is None
