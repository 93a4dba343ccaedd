"""One look: whatever is typed for somebody finds him and his unit, and nobody's number is told by the way."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from hypothesis import given
from hypothesis import strategies as st
from lives import basis, lived, then

from wuye import cli, lookup, pinyin

Wuye = Callable[..., Said]
KEYS = {"asked", "units", "unit", "person", "people", "past", "vehicles", "open", "promises", "history",
        "history_total", "found"}  # fmt: skip


BUILT: list[Path] = []


@pytest.fixture
def estate(wuye: Wuye, office: Path, tmp_path_factory: pytest.TempPathFactory) -> Wuye:
    """Three units, their people, and a month of matters: entered once, copied for every test."""
    if BUILT:
        shutil.copytree(BUILT[0], office, dirs_exist_ok=True)
        return wuye
    for argv in (
        ("unit", "add", "3-2-1201", "--status", "自住", "--paid-until", "2026-06-30", "--owed", "1073.16",
         "--owed-as-of", "2026-10-31", "--owed-by", "周敏", "--at", "2026-01-01 09:00"),
        ("unit", "add", "3-2-1202", "--status", "出租", "--at", "2026-01-01 09:00"),
        ("unit", "add", "5-1-1201", "--status", "空置", "--owed", "0", "--at", "2026-01-01 09:00", "--owed-as-of",
         "2026-10-31"),
        ("resident", "add", "王女士", "3-2-1201", "--role", "业主", "--phones", "13800138000", "--plates", "粤B12345",
         "--since", "2020-05-01", "--emergency-contact", "王小妹", "--emergency-phone", "13700137000"),
        ("resident", "add", "王大爷", "3-2-1201", "--role", "家属", "--care", "独居老人，行动不便"),
        ("resident", "add", "陈先生", "3-2-1202", "--role", "业主", "--phones", "13900139000"),
        ("resident", "add", "陈先生", "5-1-1201", "--role", "业主", "--phones", "13900139000"),
        ("resident", "add", "单先生", "3-2-1202", "--role", "租户", "--phones", "13600136000", "--since", "2025-01-01"),
        ("resident", "leave", "单先生", "--until", "2026-10-31", "--reason", "退租"),
        ("staff", "add", "李静", "--post", "前台", "--phone", "13500135000"),
        ("complaint", "add", "3-2-1201", "厨房漏水", "--reporter", "王女士", "--phone", "13800138000", "--at",
         "2026-11-02 10:00"),
        ("complaint", "add", "大堂灯坏", "--place", "大堂", "--reporter", "郑女士", "--phone", "13400134000"),
        ("workorder", "add", "3-2-1201", "水龙头漏水", "--reporter", "王女士", "--at", "2026-11-02 11:00"),
        ("workorder", "done", "1102-1", "--at", "2026-11-02 12:00"),
        ("workorder", "close", "1102-1", "--no-follow-up", "公共部位", "--at", "2026-11-02 13:00"),
        ("dunning", "add", "3-2-1201", "--method", "电话", "--collector", "周敏", "--person", "王女士", "--at",
         "2026-11-03 10:00", "--promise-date", "2026-11-30", "--promise-amount", "1073.16"),
        ("visitor", "add", "--name", "赵师傅", "--purpose", "送货", "--unit", "3-2-1201", "--phone", "13300133000",
         "--plate", "粤A99999"),
    ):  # fmt: skip
        assert wuye(*argv).code == 0, (argv, wuye(*argv).err)
    BUILT.append(tmp_path_factory.mktemp("who") / "office")
    shutil.copytree(office, BUILT[0])
    return wuye


def asked(wuye: Wuye, *words: str) -> dict[str, Any]:
    said = wuye("who", *words, "-o", "json")
    assert said.code == 0, said.err
    answer: dict[str, Any] = said.json
    assert answer["schema"] == "wuye.who" and set(answer) >= KEYS
    return answer


TYPED = (
    "3-2-1201", "3栋2单元1201", "３－２－１２０１", "13800138000", "138 0013 8000", "8000", "王女士", "粤B12345",
    "粤b·12345", "12345", "TS-20261102-001", "ts-1102-1", "gd1102-1", "fw-20260101-001", "wangnvshi", "wangnushi",
    "wns", "WNS", "王小妹", "13700137000", "大爷",
)  # fmt: skip


def test_whatever_is_typed_leads_to_the_unit(estate: Wuye) -> None:
    for words in TYPED:
        leads_to_the_unit(asked(estate, words))


def leads_to_the_unit(answer: dict[str, Any]) -> None:
    unit = answer["unit"]
    assert (unit["room"], unit["status"], unit["use"], unit["owed"]) == ("3-2-1201", "occupied", "flat", "1073.16")
    assert (unit["payment_by"], unit["payment"]) == (
        "hand", "已交至 2026-06-30；欠费 1,073.16 元（截至 2026-10-31，周敏 登记）；没有账单，是手工登记的",
    )
    assert [p["name"] for p in answer["people"]] == ["王大爷", "王女士"], "who needs care comes first"
    assert answer["people"][1]["since"] == "2020-05-01"
    assert answer["vehicles"] == [{"plate": "粤B12345", "name": "王女士", "room": "3-2-1201"}]
    assert [(r["id"][:2], r["late"]) for r in answer["open"]] == [("TS", True), ("FK", False), ("CS", False)]
    assert [(p["id"][:2], p["amount"], p["state"]) for p in answer["promises"]] == [("CS", "1073.16", "pending")]
    assert [r["id"][:2] for r in answer["history"]] == ["FK", "CS", "GD", "TS"], "newest first"
    assert answer["history"][2]["status"] == "closed" and answer["history_total"] == 4


def test_a_person_with_two_units_has_both(estate: Wuye) -> None:
    answer = asked(estate, "陈先生")
    assert [u["room"] for u in answer["units"]] == ["3-2-1202", "5-1-1201"] and answer["unit"] is None
    assert [p["room"] for p in answer["people"]] == ["3-2-1202", "5-1-1201"]
    assert [(p["name"], p["until"]) for p in answer["past"]] == [("单先生", "2026-10-31")]
    assert answer["units"][0]["payment"].startswith("— 还没有登记")
    assert answer["units"][1]["payment"].startswith("无欠费（截至 2026-10-31")


def test_one_who_has_left_leads_to_his_last_unit(estate: Wuye) -> None:
    for words in ("单先生", "shanxiansheng", "danxiansheng", "sxs"):
        answer = asked(estate, words)
        assert answer["unit"]["room"] == "3-2-1202" and answer["past"][0]["name"] == "单先生"


def test_people_who_are_in_no_book_are_found(estate: Wuye) -> None:
    for words in ("郑女士", "13400134000", "4000"):
        answer = asked(estate, words)
        assert answer["units"] == [] and answer["person"]["name"] == "郑女士"
        assert [r["text"] for r in answer["open"]] == [r["text"] for r in answer["history"]] == ["大堂灯坏"]


def test_a_visitor_does_not_become_the_owner_of_what_he_visits(estate: Wuye) -> None:
    for words in ("赵师傅", "13300133000", "粤A99999", "99999"):
        answer = asked(estate, words)
        assert answer["units"] == answer["people"] == [] and answer["person"]["parts"] == ["访客"]
        assert [r["id"] for r in answer["history"]] == ["FK-20261122-001"]


def test_staff_are_found(estate: Wuye) -> None:
    assert asked(estate, "李静")["person"]["parts"] == ["前台"]
    assert asked(estate, "yg1")["person"]["name"] == "李静"


def test_a_record_without_room_or_person_is_shown_itself(estate: Wuye) -> None:
    assert estate("workorder", "add", "--place", "车库", "--text", "灯不亮").code == 0
    assert [r["text"] for r in asked(estate, "gd1122-1")["history"]] == ["灯不亮"]


def test_several_people_are_a_short_list(estate: Wuye) -> None:
    answer = asked(estate, "先生")
    assert {p["name"] for p in answer["found"]} == {"陈先生", "单先生"} and answer["units"] == []
    assert {p["name"]: p["rooms"] for p in answer["found"]}["陈先生"] == ["3-2-1202", "5-1-1201"]
    assert all("*" in number for p in answer["found"] for number in p["phones"])
    said = estate("who", "先生")
    assert said.code == 0 and "对得上 2 人" in said.out and "13900139000" not in said.out


def test_an_ambiguous_room_is_asked_about(estate: Wuye) -> None:
    said = estate("who", "1201")
    assert said.code == 4 and "3-2-1201" in said.err and "5-1-1201" in said.err and said.out == ""
    assert asked(estate, "1202")["unit"]["room"] == "3-2-1202"
    guest = ("--name", "孙", "--purpose", "x", "--unit", "5-1-1201", "--phone", "13500001202")
    assert estate("visitor", "add", *guest).code == 0
    said = estate("who", "1202")
    assert said.code == 0 and "也可能是电话或车牌的尾号：孙" in said.err


@pytest.mark.parametrize(
    ("words", "near"), [("王女土", "王女士"), ("3-2-1203", "3-2-120"), ("xyzxyz", ""), ("13000000000", ""), ("000", "")]
)
def test_nobody_is_a_refusal_with_what_is_like_it(estate: Wuye, words: str, near: str) -> None:
    said = estate("who", words)
    assert said.code == 1 and near in said.err and "请" in said.err and said.out == ""


def test_without_a_register_a_well_formed_room_will_do(wuye: Wuye) -> None:
    assert wuye("complaint", "add", "1-1-101", "漏水", "--reporter", "王女士").code == 0
    answer = asked(wuye, "1栋1单元101")
    assert answer["unit"]["room"] == "1-1-101" and answer["unit"]["status"] is None
    assert answer["unit"]["payment"].startswith("—") and len(answer["open"]) == 1
    assert wuye("who", "1-1-102").code == 1


def test_history_is_cut_at_twenty_unless_all_is_asked_for(wuye: Wuye) -> None:
    for n in range(22):
        assert wuye("visitor", "add", "--name", f"甲{n}", "--purpose", "x", "--unit", "1-1-101").code == 0
    answer = asked(wuye, "1-1-101")
    assert (len(answer["history"]), answer["history_total"], len(answer["open"])) == (20, 22, 22)
    assert len(asked(wuye, "1-1-101", "--all")["history"]) == 22
    assert "共 22 条" in wuye("who", "1-1-101").out


# --- what is private


def test_whole_on_a_terminal_for_one_thing_that_was_named(estate: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    def phones() -> dict[str, bool]:
        words = ("3-2-1201", "王女士", "ts1102-1", "13800138000", "8000", "王女", "wns", "先生")
        shown = {word: estate("who", word).out for word in words}
        return {word: "13800138000" in out or "13900139000" in out for word, out in shown.items()}

    assert not any(phones().values()), "nobody is at a terminal"
    real = cli._desk
    monkeypatch.setattr(cli, "_desk", lambda: real()._replace(terminal=True))
    assert [word for word, whole in phones().items() if whole] == ["3-2-1201", "王女士", "ts1102-1", "13800138000"]
    assert "13800138000" not in estate("who", "3-2-1201", "--out", "x.txt").out
    assert "13800138000" not in Path("x.txt").read_text("utf-8")


def test_revealing_needs_a_reason_and_is_written_down(estate: Wuye, office: Path) -> None:
    said = estate("who", "3-2-1201", "--reveal")
    assert said.code == 2 and "--reason" in said.err
    said = estate("who", "8000", "--reveal", "--reason", "回电")
    assert said.code == 0 and "13800138000" in said.out
    line = json.loads((office / "log/access-2026-11.jsonl").read_text("utf-8").splitlines()[-1])
    assert line["reason"] == "回电" and any(number.startswith("YH-") for number in line["ids"])


def test_an_identity_number_is_no_way_to_ask(estate: Wuye) -> None:
    said = estate("who", "11010519491231002X")
    assert said.code == 2 and "身份证" in said.err and "11010519491231002X" not in said.err


# --- damage


def test_what_can_be_read_is_shown_beside_the_damage(estate: Wuye, office: Path) -> None:
    path = office / "records/2026-11/visitor.yaml"
    path.write_bytes(path.read_bytes().replace(b"  purpose:", b"  purpose: ["))
    said = estate("who", "3-2-1201", "-o", "json")
    assert said.code == 65 and len(said.json["history"]) == 3 and said.json["problems"]
    path.write_bytes("中文".encode("utf-16"))
    assert estate("who", "3-2-1201").code == 65
    assert estate("who", "赵师傅").code == 65, "he may be in the file that cannot be read"


# --- the pure part


def test_readings_of_names() -> None:
    assert {"wangnvshi", "wangnushi", "wns"} <= pinyin.readings("王女士")
    assert {"shanxiansheng", "danxiansheng", "sxs", "dxs"} <= pinyin.readings("单先生")
    assert pinyin.heard_as("wang", "王女士") and not pinyin.heard_as("w", "王女士")
    assert not pinyin.heard_as("nvshi", "王女士") and pinyin.readings("王。") == frozenset()
    assert len(pinyin.readings("重重重重重重重重重重")) <= 2 * pinyin.MOST


def test_without_the_extra_letters_find_no_chinese_name(estate: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    pinyin.readings.cache_clear()
    pinyin.syllables.cache_clear()
    try:
        said = estate("who", "wns")
        assert said.code == 1 and "office 附加包" in said.err
        assert asked(estate, "王女士")["unit"]["room"] == "3-2-1201"
    finally:
        pinyin.readings.cache_clear()
        pinyin.syllables.cache_clear()


def test_the_same_name_with_the_same_phone_or_room_is_one_person() -> None:
    ties = [lived("resident", "2026-01-01 10:00", room=room, phones=number) for room, number in
            (("1-101", "13900139000"), ("2-202", "13900139000"), ("3-303", "13600136000"))]  # fmt: skip
    called = lived("complaint", "2026-11-02 10:00", room="3-303", phone="13700137000")
    found, exact = lookup.hits(lookup.asked("王女士"), [*ties, called])
    people = lookup.persons(found)
    assert exact and sorted(p.rooms for p in people) == [("1-101", "2-202"), ("3-303",)]
    assert {number for p in people if "3-303" in p.rooms for one in p.seen for number in one.phones} == {
        "13600136000", "13700137000",
    }  # fmt: skip


def test_void_records_tell_of_nobody_and_neighbours_who_joined_do() -> None:
    joined = then(lived("complaint", "2026-11-02 10:00"), "join", "2026-11-02 11:00",
                  {"joiner": "钱女士", "joiner_room": "3-2-1301", "joiner_phone": "13800000001"})  # fmt: skip
    found, _ = lookup.hits(lookup.asked("13800000001"), [joined])
    assert [(one.name, one.part, one.room) for one in found] == [("钱女士", "加入人", "3-2-1301")]
    void = then(joined, "void", "2026-11-02 12:00", {"reason": "登错"})
    assert lookup.hits(lookup.asked("13800000001"), [void]) == ([], False)
    told = lookup.answer(["3-2-1301"], (), [void], basis("2026-11-22 10:00"))
    assert [r.id for r in told.history] == [void.id] and told.open == ()


def test_promises_of_both_sides() -> None:
    now = basis("2026-11-22 10:00")
    broken = lived("dunning", "2026-11-02 10:00", promise_date="2026-11-10")
    kept = lived("dunning", "2026-11-02 10:00", ("kept", "2026-11-09 10:00"), promise_date="2026-11-10")
    told = lived("complaint", "2026-11-20 10:00", ("respond", "2026-11-20 11:00", {"promised": "2026-11-25 10:00"}))
    urged = lived("workorder", "2026-11-20 10:00", ("urge", "2026-11-20 11:00", {"promised": "2026-11-21 10:00"}))
    found = lookup.promises([broken, kept, told, urged], now)
    assert [(one.record.id, one.state) for one in found] == [
        (broken.id, "broken"), (told.id, "pending"), (urged.id, "broken"),
    ]  # fmt: skip


@given(st.text(max_size=20))
def test_anything_typed_is_understood_as_something_or_nothing(words: str) -> None:
    what = lookup.asked(words)
    assert all(isinstance(one, str) for one in what)
    assert not what.digits or (what.digits.isdigit() and len(what.digits) >= lookup.SHORTEST_TAIL)
