"""The day's summary adds up over any history: left over + new + reopened = done + void + still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import story
from conftest import Said
from hypothesis import given, settings
from hypothesis import strategies as st

from wuye import changes, summary
from wuye.changes import Heard, Who
from wuye.errors import Refused
from wuye.query import Query, select
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
    "join": {"joiner": "邻居"},
    "level": {"level": "hot", "reason": "业委会关注"},
    "form": {},
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


def adds_up(row: summary.Row) -> None:
    count = row.count
    assert count("left_over") + count("new") + count("reopened") == count("done") + count("void") + count("still_open")
    taken = [*row.ids["left_over"], *row.ids["new"], *row.ids["reopened"]]
    told = [*row.ids["done"], *row.ids["void"], *row.ids["still_open"]]
    assert sorted(taken) == sorted(told) and len(set(taken)) == len(taken)
    assert set(row.ids["handled"]) <= set(taken)


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(["2026-12-20 10:00", "2026-11-19 13:30"]))
def test_every_row_of_every_day_adds_up(records: list[Record], now: str) -> None:
    basis = story.basis(now)
    known = [r for r in records if r.recorded <= basis.now]
    before: set[str] = set()
    for day in DAYS:
        if day > basis.now.date():
            break
        rows = summary.day_rows({story.COMPLAINT: known}, day, basis)
        for row in rows:
            adds_up(row)
        whole, *parts = rows
        assert set(whole.ids["left_over"]) == before, "what was still open is left over the next day"
        before = set(whole.ids["still_open"])
        for name in summary.COUNTS:
            assert sorted(whole.ids[name]) == sorted(i for part in parts for i in part.ids[name]), name


@settings(max_examples=40, deadline=None)
@given(histories())
def test_overdue_is_what_the_list_calls_late(records: list[Record]) -> None:
    basis = story.basis("2026-12-20 10:00")
    whole = summary.day_rows({story.COMPLAINT: records}, date(2026, 12, 20), basis)[0]
    assert set(whole.ids["overdue"]) == {r.id for r in select(records, Query(late=True), basis)}
    assert set(whole.ids["still_open"]) == {r.id for r in select(records, Query(open=True), basis)}


def test_what_was_typed_in_late_is_listed_on_its_own_day() -> None:
    late = story.Story().add("2026-11-23 09:00", happened="2026-11-21 15:00").record
    prompt = story.Story().add("2026-11-21 15:00").record
    assert [e.record for e in summary.late_entries([late, prompt], date(2026, 11, 21))] == [late]
    assert summary.late_entries([late, prompt], date(2026, 11, 23)) == []
    row = summary.day_rows({story.COMPLAINT: [late]}, date(2026, 11, 21), story.basis("2026-11-23 10:00"))[0]
    assert row.ids["new"] == (late.id,)


def test_a_step_typed_in_late_is_listed_on_its_own_day() -> None:
    told = story.Story(story.VISITOR).add("2026-11-21 15:00")
    told.do("leave", "2026-11-22 09:00", happened="2026-11-21 17:00")
    found = summary.late_entries([told.record], date(2026, 11, 21))
    assert [(e.step, e.at, e.recorded) for e in found] == [
        ("leave", story.at("2026-11-21 17:00"), story.at("2026-11-22 09:00"))
    ]
    assert summary.late_entries([told.record], date(2026, 11, 22)) == []
    row = summary.day_rows({story.VISITOR: [told.record]}, date(2026, 11, 21), story.basis("2026-11-22 10:00"))[0]
    assert (row.count("new"), row.count("done")) == (1, 1)


def test_what_a_closed_one_still_owes_is_overdue() -> None:
    told = story.Story().add("2026-11-02 10:00", may_sue="yes").do("handle", "2026-11-03 10:00", result="修好")
    told.do("close", "2026-11-03 11:00", no_follow_up="业户出国")
    row = summary.day_rows({story.COMPLAINT: [told.record]}, date(2026, 11, 20), story.basis("2026-11-20 10:00"))[0]
    assert {n: row.count(n) for n in summary.COUNTS if row.count(n)} == {"overdue": 1}
    adds_up(row)


def test_each_count_opens_into_its_numbers(wuye: Callable[..., Said]) -> None:
    add = ("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "--yes")
    for now in ("2026-11-21T10:00+08:00", "2026-11-21T11:00+08:00", "2026-11-22T10:00+08:00"):
        assert wuye(*add, now=now).code == 0
    for argv in (
        ("complaint", "judge", "1121-1", "--nature", "valid"),
        ("complaint", "handle", "1121-1", "--result", "修好"),
        ("complaint", "close", "1121-1", "--no-follow-up", "业户出国"),
        ("complaint", "void", "1121-2", "--reason", "重复"),
        ("complaint", "close", "1121-1", "--no-follow-up", "x"),
        ("visitor", "add", "--name", "赵", "--purpose", "送货", "--unit", "3-2-1201"),
    ):
        assert wuye(*argv).code in (0, 1)
    rows = wuye("day", "--explain", "-o", "json").json["rows"]
    counted = {r["row"] for r in rows if any(r[name] for name in summary.COUNTS)}
    assert counted == {"complaint", "complaint.valid", "complaint.none", "visitor"}
    for row in rows:
        assert {name: len(ids) for name, ids in row["ids"].items()} == {name: row[name] for name in summary.COUNTS}
        assert row["left_over"] + row["new"] + row["reopened"] == row["done"] + row["void"] + row["still_open"]
    whole = next(r["ids"] for r in rows if r["row"] == "complaint")
    assert whole["left_over"] == ["TS-20261121-001", "TS-20261121-002"] and whole["new"] == ["TS-20261122-001"]
    assert (whole["done"], whole["void"]) == (["TS-20261121-001"], ["TS-20261121-002"])
    table = wuye("day", "--explain").out
    assert "每个数目的编号" in table and "TS-20261121-002" in table
    assert "ids" not in wuye("day", "-o", "json").json["rows"][0]


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
        found = summary.day_rows({story.COMPLAINT: [told.record]}, date(2026, 11, day), basis)[0]
        return {n: found.count(n) for n in summary.COUNTS if found.count(n)}

    assert row(16) == {}
    assert row(17) == {"new": 1, "still_open": 1, "handled": 1}
    assert row(18) == {"left_over": 1, "done": 1}
    assert row(19) == {}
    assert row(20)["reopened"] == row(20)["still_open"] == 1
    assert row(21)["left_over"] == 1
