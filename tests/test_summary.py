"""The day's summary adds up over any history: left over + new + reopened = done + void + still open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import story
from hypothesis import given, settings
from hypothesis import strategies as st

from wuye import changes, summary
from wuye.changes import Heard, Who
from wuye.errors import Refused
from wuye.record import Record

START = datetime(2026, 11, 16, 9, 0, tzinfo=story.SHANGHAI)
DAYS = [date(2026, 11, 15) + timedelta(days=n) for n in range(10)]
STEPS: dict[str, dict[str, Any]] = {
    "judge": {"nature": "help"},
    "assign": {"department": "工程部"},
    "handle": {"result": "修好"},
    "follow-up": {"satisfaction": "satisfied"},
    "close": {"no_follow_up": "业户出国"},
    "reopen": {"reason": "又坏了"},
    "void": {"reason": "重复"},
}


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Complaints of a week, some typed in late, each taken through steps in any order, some of them backdated."""
    made = []
    for index in range(draw(st.integers(1, 6))):
        received = START + timedelta(hours=draw(st.integers(0, 150)))
        now = received + timedelta(hours=draw(st.sampled_from([0, 0, 30, 80])))
        who = Who("李静", received if now != received else None, now)
        heard = Heard({"room": "3-2-1201", "reporter": "甲", "text": "漏水", "people": 1})
        number = f"TS-{received:%Y%m%d}-{index + 1:03d}"
        record = changes.new(story.COMPLAINT, number, heard, who, story.basis(now), {})
        for name in draw(st.lists(st.sampled_from(list(STEPS)), max_size=8)):
            now += timedelta(hours=draw(st.integers(0, 20)))
            happened = draw(st.sampled_from([None, now - timedelta(hours=10)]))
            step = story.COMPLAINT.flow.step(name)
            assert step is not None
            try:
                record = changes.stepped(
                    record, step, Heard(STEPS[name]), Who("李静", happened, now), story.basis(now), {}
                )
            except Refused:
                continue
        made.append(record)
    return made


@settings(max_examples=60, deadline=None)
@given(histories())
def test_every_row_of_every_day_adds_up(records: list[Record]) -> None:
    basis = story.basis("2026-12-20 10:00")
    open_before: dict[str, set[str]] = {}
    for day in DAYS:
        for row in summary.day_rows({story.COMPLAINT: records}, day, basis):
            count = row.count
            into = count("left_over") + count("new") + count("reopened")
            assert into == count("done") + count("void") + count("still_open")
            taken = [*row.ids["left_over"], *row.ids["new"], *row.ids["reopened"]]
            told = [*row.ids["done"], *row.ids["void"], *row.ids["still_open"]]
            assert sorted(taken) == sorted(told) and len(set(taken)) == len(taken)
            if row.code == "complaint":
                assert set(row.ids["left_over"]) == open_before.get(row.code, set())
                open_before[row.code] = set(row.ids["still_open"])


def test_what_was_typed_in_late_is_listed_on_its_own_day() -> None:
    late = story.Story().add("2026-11-23 09:00", happened="2026-11-21 15:00").record
    prompt = story.Story().add("2026-11-21 15:00").record
    assert summary.late_entries([late, prompt], date(2026, 11, 21)) == [late]
    assert summary.late_entries([late, prompt], date(2026, 11, 23)) == []
    row = summary.day_row(
        story.COMPLAINT, "投诉", "complaint", [late], date(2026, 11, 21), story.basis("2026-11-23 10:00")
    )
    assert row.ids["new"] == (late.id,)


def test_done_and_reopened_on_later_days() -> None:
    told = story.Story().add("2026-11-17 09:00")
    for step, now, given_words in (
        ("handle", "2026-11-17 10:00", {"result": "修好"}),
        ("close", "2026-11-18 10:00", {"no_follow_up": "业户出国"}),
        ("reopen", "2026-11-20 10:00", {"reason": "又坏"}),
    ):
        found = story.COMPLAINT.flow.step(step)
        assert found is not None
        told.record = changes.stepped(
            told.record, found, Heard(given_words), Who("李静", None, story.at(now)), story.basis(now), {}
        )
    basis = story.basis("2026-11-25 10:00")

    def row(day: int) -> dict[str, int]:
        found = summary.day_row(story.COMPLAINT, "投诉", "c", [told.record], date(2026, 11, day), basis)
        return {n: found.count(n) for n in summary.COUNTS if found.count(n)}

    assert row(16) == {}
    assert row(17) == {"new": 1, "still_open": 1, "handled": 1}
    assert row(18) == {"left_over": 1, "done": 1}
    assert row(19) == {}
    assert row(20)["reopened"] == row(20)["still_open"] == 1
    assert row(21)["left_over"] == 1
