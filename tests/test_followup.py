"""Follow-ups as records (domain.md 13): planned, asked, tried again; the monthly round drawn by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said, played
from lives import lived
from story import Story, at

from wuye import followed, records
from wuye.record import Record
from wuye.records.followup import next_hint
from wuye.workdays import Span

Wuye = Callable[..., Said]
FOLLOWUP = records.kind("followup")


def planned(**words: str) -> Story:
    return Story(FOLLOWUP).add("2026-11-20 10:00", **{"source": "来电来访", "text": "问车位", **words})


def test_it_says_of_what_it_is_and_takes_over_who_and_where(wuye: Wuye) -> None:
    words = ("--way", "来电", "--name", "王女士", "--phone", "13800138000", "--room", "3-2-1201", "--answer", "有")
    assert wuye("contact", "add", "问车位", *words).code == 0
    made = wuye("followup", "add", "--of", "ld1", "-o", "json").records[0]
    assert (made["status"], made["source"], made["room"]) == ("planned", "contact", "3-2-1201")
    assert (made["reporter"], made["phone"], made["text"]) == ("王女士", "138****8000", "问车位")
    source = wuye("contact", "show", "ld1", "-o", "json").records[0]
    assert source["log"][-1]["link"] == made["id"] and source["status"] == "answered"
    assert wuye("followup", "add", "--source", "入伙").code == 2, "of what is needed"


def test_who_was_not_reached_is_tried_again() -> None:
    one = planned().do("follow-up", "2026-11-20 11:00", satisfaction="未联系上")
    assert one.record.status == "planned" and "已试 1 次" in next_hint(one.record, one.basis("2026-11-20 11:00"))
    one.do("follow-up", "2026-11-21 11:00", satisfaction="满意", settled="yes")
    assert one.record.status == "done"
    assert planned(satisfaction="基本满意").record.status == "done"
    assert planned(satisfaction="未联系上").record.status == "planned"


def test_not_satisfied_is_taken_up_again(wuye: Wuye) -> None:
    words = ("--source", "来电来访", "--room", "3-2-1201", "--reporter", "王女士")
    assert wuye("followup", "add", "问车位", *words).code == 0
    said = wuye("followup", "follow-up", "hf1", "--satisfaction", "不满意", "--words", "没人回我电话")
    assert "--of 本号" in said.err
    made = wuye("complaint", "add", "--of", "hf1", "-o", "json")
    assert made.code == 0 and made.records[0]["reporter"] == "王女士"
    one = wuye("followup", "show", "hf1", "-o", "json").records[0]
    assert one["log"][-1]["link"] == made.records[0]["id"]


def test_it_waits_for_its_day_or_the_offices_limit() -> None:
    assert planned().clocks("2026-11-20 10:00") == {}
    one = planned(due_on="2026-11-25")
    assert one.clocks("2026-11-20 10:00")["follow-up"].due == at("2026-11-25 18:00")
    one.do("follow-up", "2026-11-21 11:00", satisfaction="未联系上")
    assert one.clocks("2026-11-21 11:00")["follow-up"].waits
    limited = Story(FOLLOWUP, rules={"within": Span(2, "wd")}).add("2026-11-20 10:00", source="入伙", text="收楼")
    reading = limited.clocks("2026-11-20 10:00")["follow-up"]
    assert reading.due == at("2026-11-24 18:00") and "followup.within" in reading.rule
    assert one.do("drop", "2026-11-22 10:00", reason="业户出国").clocks("2026-11-30 10:00") == {}


# --- the monthly round


ANSWERED = [lived("contact", f"2026-10-{day:02d} 10:00", answer="有") for day in range(5, 15)]


def drawn(matters: list[Record], followups: list[Record], number: int, month: str = "2026-10") -> list[str]:
    return [r.id for one in followed.draw({"contact": matters}, followups, month, number) for r in one.drawn]


def test_the_draw_is_the_same_whoever_makes_it_in_whatever_order() -> None:
    first = drawn(ANSWERED, [], 3)
    assert len(first) == 3 and drawn(ANSWERED[::-1], [], 3) == first
    assert drawn(ANSWERED, [], 5)[:3] == first and drawn(ANSWERED, [], 20) != sorted(r.id for r in ANSWERED)
    assert drawn(ANSWERED, [], 3, "2026-11") == [], "settled in another month"


def test_what_was_followed_up_is_not_drawn_and_what_was_drawn_counts() -> None:
    first = drawn(ANSWERED, [], 3)
    known = [lived("followup", "2026-11-02 10:00", of=name, round="2026-10") for name in first]
    assert drawn(ANSWERED, known, 3) == []
    assert drawn(ANSWERED, known, 5) == drawn(ANSWERED, [], 5)[3:]
    apart = [lived("followup", "2026-10-20 10:00", of=name) for name in first]
    assert not set(drawn(ANSWERED, apart, 3)) & set(first), "asked by itself"
    assert len(drawn(ANSWERED, apart, 3)) == 3


@pytest.mark.parametrize(("words", "fits"), [
    ((("done", "2026-10-03 10:00"),), True), ((), False),
    ((("cancel", "2026-10-03 10:00", {"reason": "自己修好"}),), False),
    ((("done", "2026-10-03 10:00"), ("follow-up", "2026-10-04 10:00", {"satisfaction": "满意"})), False),
    ((("done", "2026-10-03 10:00"), ("close", "2026-10-04 10:00", {"no_follow_up": "巡查单"})), False),
    ((("done", "2026-11-03 10:00"),), False),
])  # fmt: skip
def test_only_what_was_settled_that_month_and_not_asked_about(words: Any, fits: bool) -> None:
    order = lived("workorder", "2026-10-02 10:00", *words)
    found = followed.draw({"workorder": [order]}, [], "2026-10", 5)
    assert [r.id for r in found[0].drawn] == ([order.id] if fits else [])


@played
def october(wuye: Wuye) -> Wuye:
    for day in range(1, 6):
        words = ("--way", "来电", "--name", "王女士", "--room", "3-2-1201", "--answer", "有")
        assert wuye("contact", "add", f"问第 {day} 件", *words, "--at", f"2026-10-0{day} 10:00").code == 0
    order = wuye("workorder", "add", "3-2-1201", "漏水", "--at", "2026-10-02 10:00", "-o", "json").records[0]["id"]
    assert wuye("workorder", "done", order, "--at", "2026-10-03 10:00").code == 0
    return wuye


def test_the_round_is_shown_first_and_written_once(october: Wuye) -> None:
    seen = october("followup", "draw", "2026-10", "--per-category", "3", "-o", "json")
    assert seen.code == 0 and "预览" in seen.err and len(seen.json["rows"]) == 4
    assert october("followup", "list", "--period", "all", "-o", "json").records == []
    done = october("followup", "draw", "2026-10", "--per-category", "3", "--due-on", "11-30", "--yes", "-o", "json")
    assert [r["of"] for r in done.json["rows"]] == [r["of"] for r in seen.json["rows"]]
    made = october("followup", "list", "--period", "all", "-o", "json").records
    assert {(r["round"], r["source"], r["reporter"]) for r in made} == {
        ("2026-10", "contact", "王女士"), ("2026-10", "workorder", None)}  # fmt: skip
    again = october("followup", "draw", "2026-10", "--per-category", "3", "--yes", "-o", "json")
    assert again.json["rows"] == [] and "没有可抽的" in again.err
    assert [c for c in again.json["counts"] if c["kind"] == "contact"] == [
        {"kind": "contact", "kind_zh": "来电来访来函", "settled": 5, "left": 2, "before": 3, "number": 0}]  # fmt: skip
    words = ("--per-category", "9", "--category", "来电来访来函")
    more = october("followup", "draw", "上月", *words, "--yes", "-o", "json")
    assert len(more.json["rows"]) == 2


def test_every_mistake_at_once_and_nothing_written(october: Wuye) -> None:
    said = october("followup", "draw", "本周", "--per-category", "0", "--category", "访客", "--due-on", "昨天", "--yes")
    assert said.code == 2
    assert all(words in said.err for words in ("不是一个月", "--per-category", "访客", "--due-on"))
    assert october("followup", "draw").code == october("followup", "draw", "2027-01").code == 2
    assert october("followup", "list", "--period", "all", "-o", "json").records == []


def test_over_damaged_records_nothing_is_drawn(october: Wuye, office: Any) -> None:
    path = office / "records" / "2026-10" / "contact.yaml"
    path.write_text(path.read_text("utf-8").replace("status: answered", "status: sleeping", 1), "utf-8")
    assert october("followup", "draw", "2026-10", "--yes").code == 65


def test_the_months_figures_read_them(october: Wuye) -> None:
    assert october("followup", "draw", "2026-10", "--per-category", "2", "--yes").code == 0
    assert october("followup", "follow-up", "hf1", "--satisfaction", "满意").code == 0
    rows = october("figures", "follow-up", "--period", "2026-10", "--by", "kind", "-o", "json").json["rows"]
    assert (rows[0]["key"], int(rows[0]["numerator"]), int(rows[0]["denominator"])) == ("", 1, 6)
    rows = october("month", "2026-10", "--as-of", "今天", "-o", "json").json["figures"]
    assert next(r for r in rows if r["figure"] == "follow-up")["this"]["numerator"] == 1
