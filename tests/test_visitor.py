"""A visitor at the desk (domain.md 2): expected, inside, left; overstays, the sweep, and being known again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from story import VISITOR, Story, at

from wuye.errors import BadInput
from wuye.records.visitor import overstay
from wuye.workdays import Span

Wuye = Callable[..., Said]


def add(wuye: Wuye, *options: str, now: str = "") -> dict[str, Any]:
    """A delivery to 3-2-1201; the record."""
    said = wuye(
        "visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201", "--yes", *options,
        "-o", "json",
        now=now,
    )  # fmt: skip
    assert said.code == 0, said.err
    return said.records[0]


def step(wuye: Wuye, name: str, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye("visitor", name, *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


# --- what it holds, what it needs


def test_it_holds_what_the_regulation_asks_for(wuye: Wuye) -> None:
    record = add(
        wuye, "--phone", "13900139000", "--department", "客服部", "--company", "迅捷配送", "--id-type", "身份证",
        "--id-tail", "123x", "--plate", "粤b12345", "--told", "王女士", "--agreed-by", "王女士", "--badge", "A07",
        "--seated", "--stay", "30分钟",
    )  # fmt: skip
    assert (record["id_type"], record["plate"], record["badge"], record["stay"]) == (
        "idcard", "粤B12345", "A07", "30min",
    )  # fmt: skip
    assert (record["told"], record["agreed_by"], record["seated"]) == ("王女士", "王女士", True)
    assert record["id_checked_by"] == "李静", "who took it has seen the document"
    assert (record["id_tail"], record["phone"]) == ("****", "139****9000")


@pytest.mark.parametrize("missing", ["--name", "--purpose", "--unit"])
def test_name_purpose_and_whom_they_see_are_needed(wuye: Wuye, missing: str) -> None:
    given = {"--name": "赵先生", "--purpose": "送货", "--unit": "3-2-1201"}
    del given[missing]
    said = wuye("visitor", "add", *(word for pair in given.items() for word in pair))
    assert said.code == 2 and missing in said.err


def test_a_department_will_do_instead_of_a_unit(wuye: Wuye) -> None:
    said = wuye("visitor", "add", "--name", "钱", "--purpose", "面试", "--department", "客服部", "-o", "json")
    assert said.code == 0 and said.records[0]["unit"] is None


def test_a_document_tail_needs_its_type(wuye: Wuye) -> None:
    said = wuye("visitor", "add", "--name", "赵", "--purpose", "送货", "--unit", "3-2-1201", "--id-tail", "1234")
    assert said.code == 2 and "--id-type" in said.err
    add(wuye, "--expected", "今天下午2点")
    said = wuye("visitor", "enter", "fk1", "--id-tail", "1234")
    assert said.code == 2 and "--id-type" in said.err, "at the door too"
    record = step(wuye, "enter", "fk1", "--id-tail", "1234", "--id-type", "护照")
    assert (record["id_type"], record["id_checked_by"]) == ("passport", "李静")


def test_the_office_area_needs_a_host_and_admission(wuye: Wuye) -> None:
    words = ("visitor", "add", "--name", "钱", "--purpose", "面试", "--department", "客服部", "--office-area")
    said = wuye(*words)
    assert said.code == 2 and "--host" in said.err and "--agreed-by" in said.err
    said = wuye(*words, "--host", "吴经理")
    assert said.code == 2 and "--agreed-by" in said.err
    assert wuye(*words, "--host", "吴经理", "--agreed-by", "吴经理").code == 0


def test_the_office_area_is_asked_about_at_the_door_too(wuye: Wuye) -> None:
    add(wuye, "--expected", "今天下午2点")
    said = wuye("visitor", "enter", "fk1", "--office-area", "--host", "吴经理")
    assert said.code == 2 and "--agreed-by" in said.err
    record = step(wuye, "enter", "fk1", "--office-area", "--host", "吴经理", "--agreed-by", "吴经理")
    assert (record["host"], record["agreed_by"], record["office_area"]) == ("吴经理", "吴经理", True)
    assert wuye("visitor", "edit", "fk1", "--agreed-by", "").code == 2, "and it stays so"


def test_what_was_wrong_before_does_not_keep_anybody_inside() -> None:
    story = Story(VISITOR).add("2026-11-22 10:00", expected="2026-11-22 14:00")
    story.record.values["id_tail"] = "1234"  # type: ignore[index]  # as a hand edit of the file might leave it
    assert story.do("enter", "2026-11-22 14:00", badge="A1").record.status == "inside"
    assert story.do("leave", "2026-11-22 15:00").record.status == "left"


# --- expected, inside, left


def test_expected_enters_and_leaves(wuye: Wuye) -> None:
    record = add(wuye, "--expected", "今天下午2点")
    assert (record["status"], record["entered"], record["clocks"]) == ("expected", None, [])
    assert wuye("visitor", "leave", "fk1").code == 1, "nobody leaves who never came"
    record = step(wuye, "enter", "fk1", "--badge", "A07", now="2026-11-22T14:10+08:00")
    assert (record["status"], record["entered"], record["badge"]) == ("inside", "2026-11-22T14:10+08:00", "A07")
    assert wuye("visitor", "enter", "fk1").code == 1, "nobody enters twice"
    record = step(wuye, "leave", "fk1", now="2026-11-22T15:00+08:00")
    assert (record["status"], record["left"]) == ("left", "2026-11-22T15:00+08:00")
    assert [c["state"] for c in record["clocks"]] == ["met"]
    assert wuye("visitor", "leave", "fk1").code == 1


def test_everybody_else_is_inside_at_once(wuye: Wuye) -> None:
    record = add(wuye, "--at", "今天9点")
    assert (record["status"], record["entered"]) == ("inside", "2026-11-22T09:00+08:00")


def test_one_who_never_came_is_voided(wuye: Wuye) -> None:
    add(wuye, "--expected", "今天下午2点")
    record = step(wuye, "void", "fk1", "--reason", "没有来")
    assert (record["status"], record["clocks"]) == ("void", [])


def test_expected_in_the_past_is_refused(wuye: Wuye) -> None:
    words = ("visitor", "add", "--name", "钱", "--purpose", "面试", "--department", "客服部", "--expected", "昨天")
    assert wuye(*words).code == 2


# --- how long they stay


def test_the_stay_is_the_expected_one_else_the_offices_limit() -> None:
    story = Story(VISITOR).add("2026-11-22 10:00", stay="30分钟")
    reading = story.clocks("2026-11-22 10:00")["stay"]
    assert reading.due == at("2026-11-22 10:30") and "预计停留" in reading.rule
    story = Story(VISITOR).add("2026-11-22 16:00")
    reading = story.clocks("2026-11-22 16:00")["stay"]
    assert reading.due == at("2026-11-22 20:00") and "visitor.stay" in reading.rule


def test_the_stay_of_an_expected_one_begins_at_the_door() -> None:
    story = Story(VISITOR).add("2026-11-22 10:00", expected="2026-11-22 14:00", stay="1h")
    assert story.clocks("2026-11-22 14:30") == {}
    story.do("enter", "2026-11-22 14:30", stay="2h")
    assert story.clocks("2026-11-22 14:30")["stay"].due == at("2026-11-22 16:30")


def test_overstaying_begins_after_the_minute_it_is_due() -> None:
    story = Story(VISITOR).add("2026-11-22 10:00", stay="1h")
    assert not overstay(story.record, story.basis("2026-11-22 11:00"))
    assert overstay(story.record, story.basis("2026-11-22 11:01"))
    story.do("leave", "2026-11-22 12:00")
    assert not overstay(story.record, story.basis("2026-11-22 13:00"))
    assert story.clocks("2026-11-22 13:00")["stay"].state == "missed"


def test_the_limit_that_was_in_force_when_they_came_stands() -> None:
    story = Story(VISITOR).add("2026-11-22 10:00")
    story.rules = {"stay": Span(1, "h")}
    story.edit("2026-11-22 11:30", badge="A1").reread()
    assert not overstay(story.record, story.basis("2026-11-22 12:00"))
    story.do("leave", "2026-11-22 13:00")
    assert story.clocks("2026-11-22 13:00")["stay"].state == "met"
    story = Story(VISITOR).add("2026-11-22 10:00").edit("2026-11-22 10:05", stay="30min")
    assert story.clocks("2026-11-22 10:05")["stay"].due == at("2026-11-22 10:30"), "a stay that was corrected counts"


def test_overstays_are_listed(wuye: Wuye) -> None:
    add(wuye, "--stay", "30分钟")
    add(wuye, "--name", "钱先生", "--stay", "3小时")
    late = wuye("visitor", "list", "--late", "-o", "json", now="2026-11-22T11:00+08:00")
    assert [(r["id"], r["overstay"]) for r in late.records] == [("FK-20261122-001", True)]
    assert "超时" in wuye("visitor", "list", "--late").out
    rows = wuye("today", "-o", "json").json["rows"]
    assert [(r["id"], r["state"]) for r in rows] == [("FK-20261122-001", "late"), ("FK-20261122-002", "open")]
    assert wuye("due", "--check").code == 3


def test_listings_can_be_ordered_by_every_column(wuye: Wuye) -> None:
    add(wuye, "--stay", "30分钟")
    add(wuye, "--stay", "2h")
    add(wuye)
    said = wuye("visitor", "list", "--sort", "stay", "-o", "json")
    assert [r["stay"] for r in said.records] == [None, "30min", "2h"], said.err
    for name in ("entered", "left", "overstay", "due", "unit", "plate", "people", "seller", "expected", "-stay"):
        assert wuye("visitor", "list", "--sort", name, "-o", "json").code == 0, name


# --- the end of the day


def test_the_sweep_signs_out_everybody_still_inside(wuye: Wuye, office: Path) -> None:
    add(wuye, now="2026-10-31T17:00+08:00")  # forgotten last month
    add(wuye, "--name", "钱先生", now="2026-11-22T10:00+08:00")
    add(wuye, "--name", "孙先生", "--expected", "明天上午10点")
    add(wuye, "--name", "李先生")
    step(wuye, "leave", "fk3")
    said = wuye("visitor", "sweep", now="2026-11-22T18:00+08:00")
    assert said.code == 2 and "2 位访客" in said.err and "赵先生" in said.err and "钱先生" in said.err
    said = wuye("visitor", "sweep", "--dry-run", "-o", "json")
    assert said.code == 0 and len(wuye("visitor", "list", "--status", "inside", "--open", "-o", "json").records) == 2
    said = wuye("visitor", "sweep", "--yes", "-o", "json")
    assert said.code == 0 and {(r["status"], r["left"]) for r in said.records} == {("left", "2026-11-22T18:00+08:00")}
    assert said.records[0]["log"][-1]["note"] == "清场登记离开"
    left = wuye("visitor", "list", "--open", "-o", "json").records
    assert [r["status"] for r in left] == ["expected"]
    assert "没有在内" in wuye("visitor", "sweep", "--yes").out


def test_several_leave_at_once(wuye: Wuye) -> None:
    add(wuye)
    add(wuye, "--name", "钱先生")
    said = wuye("visitor", "leave", "fk1", "fk2", "-o", "json")
    assert [r["status"] for r in said.records] == ["left", "left"]
    add(wuye, "--name", "孙先生")
    said = wuye("visitor", "leave", "fk1", "fk3")
    assert said.code == 1 and "FK-20261122-001" in said.err
    assert wuye("visitor", "show", "fk3", "-o", "json").records[0]["status"] == "inside", "all or none"


def test_still_inside_at_the_close_of_day_is_in_the_summary(wuye: Wuye) -> None:
    add(wuye)
    day = wuye("day", "-o", "json", now="2026-11-22T18:30+08:00").json
    assert next(r for r in day["rows"] if r["row"] == "visitor")["still_open"] == 1
    assert [r["id"] for r in day["open"]["visitor"]] == ["FK-20261122-001"]


# --- known again


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (("--phone", "13900139000"), ("--phone", "+86 139-0013-9000")),
        (("--plate", "粤B12345"), ("--plate", "粤b·12345")),
        (("--plate", "粤BD12345"), ("--plate", "粤 BD12345")),
    ],
)
def test_known_again_by_phone_or_plate(wuye: Wuye, first: tuple[str, ...], again: tuple[str, ...]) -> None:
    add(wuye, *first, "--seller", now="2026-10-20T10:00+08:00")
    words = ("--name", "改了名", "--purpose", "拜访", "--unit", "1-1-301")
    said = wuye("visitor", "add", *words, *again, now="2026-11-22T10:00+08:00")
    assert said.code == 0
    assert "FK-20261020-001" in said.err and "上门推销" in said.err and "送货" in said.err
    said = wuye("visitor", "add", *words, *again, "--yes", "-o", "json")
    assert said.json["known"] == ["FK-20261122-001", "FK-20261020-001"]


def test_strangers_and_voided_ones_are_not_known(wuye: Wuye) -> None:
    add(wuye, "--phone", "13900139000")
    step(wuye, "void", "fk1", "--reason", "登错")
    said = wuye(
        "visitor",
        "add",
        "--name",
        "甲",
        "--purpose",
        "送货",
        "--unit",
        "1-1-301",
        "--phone",
        "13900139000",
        "-o",
        "json",
    )
    assert said.json["known"] == []
    said = wuye("visitor", "add", "--name", "乙", "--purpose", "送货", "--unit", "1-1-301", "-o", "json")
    assert said.json["known"] == []


def test_the_pure_story_refuses_as_the_desk_does() -> None:
    with pytest.raises(BadInput, match="--agreed-by"):
        Story(VISITOR).add("2026-11-22 10:00", office_area="yes", host="吴经理")
