"""The books (domain.md 6-8): units, residents, staff, departments, vendors, found by name, their past kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said

Wuye = Callable[..., Said]
BOOK = "books/unit.yaml"


def unit(wuye: Wuye, room: str = "3-2-1201", *options: str, now: str = "") -> dict[str, Any]:
    said = wuye("unit", "add", room, *options, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def resident(wuye: Wuye, name: str, room: str = "3-2-1201", role: str = "业主", *options: str) -> dict[str, Any]:
    said = wuye("resident", "add", name, room, "--role", role, "--yes", *options, "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


def show(wuye: Wuye, kind: str, name: str) -> dict[str, Any]:
    said = wuye(kind, "show", name, "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


def step(wuye: Wuye, kind: str, name: str, *words: str, now: str = "") -> dict[str, Any]:
    said = wuye(kind, name, *words, "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


# --- one file for years, found by name


def test_a_book_is_one_file_for_years(wuye: Wuye, office: Path) -> None:
    unit(wuye, "3-2-1201", now="2024-03-01T10:00+08:00")
    unit(wuye, "3-2-1202", now="2026-11-22T10:00+08:00")
    text = (office / BOOK).read_text()
    assert text.count("- id: FW-") == 2 and not (office / "records").exists()
    assert [r["room"] for r in wuye("unit", "list", "-o", "json").records] == ["3-2-1202", "3-2-1201"]
    assert wuye("unit", "list").err == "", "no two months are picked out of a book"
    assert wuye("check").code == 0


def test_it_holds_what_the_ledgers_ask_for(wuye: Wuye) -> None:
    record = unit(
        wuye, "3栋2单元1201", "--floor", "12", "--area", "89.5㎡", "--use", "商铺", "--status", "空置", "--delivered",
        "2020-05-01", "--charges", "物业费、电梯费", "--meters", "水表12345,电表678", "--bays", "B1-023",
        "--paid-until",
        "2026-06-30", "--owed", "1,073.16", "--owed-as-of", "10-31",
    )  # fmt: skip
    assert (record["room"], record["area"], record["use"], record["status"]) == ("3-2-1201", "89.5", "shop", "vacant")
    assert (record["building"], record["entrance"]) == ("3", "2")
    assert record["charges"] == ["物业费", "电梯费"] and record["meters"] == ["水表12345", "电表678"]
    assert (record["owed"], record["owed_as_of"], record["owed_by"]) == ("1073.16", "2026-10-31", "李静")
    record = resident(
        wuye, "王女士", "3-2-1201", "业主", "--since", "2020-05-01", "--phones", "13800138000、075588886666",
        "--id-type",
        "身份证", "--id-tail", "002X", "--address", "翠湖路 1 号", "--plates", "粤b12345", "--pets", "猫",
        "--emergency-contact", "张先生", "--emergency-phone", "13900139000", "--bank", "工行南山支行", "--care", "独居",
    )  # fmt: skip
    assert (record["role"], record["status"], record["plates"]) == ("owner", "current", ["粤B12345"])
    assert record["phones"] == ["138****8000", "****-****6666"] and record["id_checked_by"] == "李静"
    for kept in ("王女士", "yh1"):
        said = wuye("resident", "edit", kept, "--address", "翠湖****", "--pets", "猫和狗", "-o", "json")
        assert said.code == (0 if kept == "王女士" else 1), "a mask that comes back means unchanged"
    assert wuye("resident", "edit", "王女士", "--address", "梅林****").code == 2
    assert record["address"] == "翠湖****" and "13900139000" not in str(record)


@pytest.mark.parametrize(
    "typed", ["3-2-1201", "3栋2单元1201", "３－２－１２０１", "1201", "3-1201", "fw1", "FW-20261122-001"]
)
def test_a_unit_by_any_form_of_its_room_or_number(wuye: Wuye, typed: str) -> None:
    unit(wuye)
    unit(wuye, "3-2-1202")
    assert show(wuye, "unit", typed)["room"] == "3-2-1201"
    assert step(wuye, "unit", "edit", typed, "--floor", "12")["room"] == "3-2-1201"
    assert step(wuye, "unit", "vacate", typed)["status"] == "vacant"


@pytest.mark.parametrize(
    ("kind", "name", "needs"),
    [("resident", "王女士", ("3-2-1201", "--role", "业主")), ("staff", "李静", ()), ("department", "工程部", ()),
     ("vendor", "绿源园林", ())],
)  # fmt: skip
def test_the_others_by_their_names(wuye: Wuye, kind: str, name: str, needs: tuple[str, ...]) -> None:
    assert wuye(kind, "add", name, *needs).code == 0
    assert show(wuye, kind, name)["name"] == name == show(wuye, kind, f" {name} ")["name"]
    assert wuye(kind, "note", name, "一句话").code == 0
    said = wuye(kind, "show", name[:-1] + "X")
    assert said.code == 1 and f"没有找到{wuye(kind, 'show', name).out and ''}" in said.err


def test_a_name_like_it_is_offered(wuye: Wuye) -> None:
    assert wuye("department", "add", "工程维修部").code == 0
    said = wuye("department", "show", "工程维休部")
    assert said.code == 1 and "是不是 工程维修部" in said.err
    unit(wuye)
    said = wuye("unit", "show", "3-2-1210")
    assert said.code == 1 and "相近的有 3-2-1201" in said.err


def test_several_of_one_name_are_listed(wuye: Wuye) -> None:
    resident(wuye, "王女士", "3-2-1201")
    resident(wuye, "王女士", "1-1-101", "租户")
    said = wuye("resident", "show", "王女士")
    assert said.code == 4
    assert "YH-20261122-001 3-2-1201 王女士 业主（现住）" in said.err and "1-1-101 王女士 租户" in said.err
    assert wuye("resident", "leave", "王女士", "--until", "今天").code == 4
    assert show(wuye, "resident", "yh2")["room"] == "1-1-101"
    assert wuye("resident", "void", "yh2", "--reason", "登错").code == 0
    assert show(wuye, "resident", "王女士")["room"] == "3-2-1201", "a voided one is not meant"
    resident(wuye, "王女士", "1-1-101", "租户")  # entered again as it was: no repeat of a voided one


def test_a_voided_one_is_still_found(wuye: Wuye) -> None:
    unit(wuye)
    assert wuye("unit", "void", "3-2-1201", "--reason", "登错").code == 0
    assert show(wuye, "unit", "3-2-1201")["status"] == "void"
    assert unit(wuye)["id"] == "FW-20261122-002"
    assert show(wuye, "unit", "3-2-1201")["id"] == "FW-20261122-002"


# --- what stands once


@pytest.mark.parametrize(("kind", "name"), [("unit", "3-2-1201"), ("department", "工程部"), ("vendor", "绿源园林")])
def test_it_stands_in_its_book_once(wuye: Wuye, kind: str, name: str) -> None:
    assert wuye(kind, "add", name).code == 0
    said = wuye(kind, "add", name, "--yes")
    assert said.code == 1 and "里已有" in said.err and "edit" in said.err
    other = {"unit": "3-2-1202"}.get(kind, "别的")
    assert wuye(kind, "add", other).code == 0
    option = "--room" if kind == "unit" else "--name"
    said = wuye(kind, "edit", other, option, name)
    assert said.code == 1 and "里已有" in said.err, "nor by a correction"
    assert wuye(kind, "edit", name, option, name).code == 1, "nothing changed"
    assert wuye("check").code == 0


def test_a_batch_tells_every_one_that_is_there_or_stands_twice(wuye: Wuye) -> None:
    unit(wuye)
    rows = "房号\n3-2-1201\n1-1-101\n1栋1单元101\n".encode()
    said = wuye("unit", "add", "--from", "-", "-o", "json", stdin=rows)
    assert said.code == 1 and [p["row"] for p in said.json["error"]["problems"]] == [1, 3]
    assert len(wuye("unit", "list", "-o", "json").records) == 1


def test_two_desks_enter_the_same_unit_at_once(wuye: Wuye, office: Path) -> None:
    argv = [sys.executable, "-m", "wuye", "unit", "add", "3-2-1201"]
    desks = [subprocess.Popen(argv, cwd=office, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    assert sorted(one.wait(60) for one in desks) == [0, 1, 1, 1]
    assert all(one.stdout and one.stderr for one in desks)
    for one in desks:
        one.communicate()
    assert (office / BOOK).read_text().count("- id:") == 1
    assert wuye("check").code == 0


def test_a_unit_that_stands_twice_is_found_by_check(wuye: Wuye, office: Path) -> None:
    unit(wuye)
    text = (office / BOOK).read_text()
    (office / BOOK).write_text(text + text[text.index("- id:") :].replace("-001", "-002"))
    said = wuye("check")
    assert said.code == 65 and "FW-20261122-002 的房号 3-2-1201 与 FW-20261122-001 相同" in said.out + said.err


# --- the register decides which rooms there are


def test_without_a_unit_any_well_formed_room_will_do(wuye: Wuye) -> None:
    assert wuye("complaint", "add", "9栋9单元999", "吵", "--reporter", "甲").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ("complaint", "add", "3-2-1210", "吵", "--reporter", "甲"),
        ("visitor", "add", "--name", "甲", "--purpose", "送货", "--unit", "3-2-1210"),
        ("workorder", "add", "3-2-1210", "漏水"),
        ("pass", "add", "3-2-1210", "甲", "冰箱x1"),
        ("dunning", "add", "3-2-1210", "--method", "电话"),
        ("resident", "add", "甲", "3-2-1210", "--role", "业主"),
        ("complaint", "list", "--room", "3-2-1210"),
        ("complaint", "edit", "ts1", "--room", "3-2-1210"),
    ],
)  # fmt: skip
def test_an_unknown_room_is_a_mistake_of_its_option(wuye: Wuye, argv: tuple[str, ...]) -> None:
    unit(wuye)
    assert wuye("complaint", "add", "3-2-1201", "吵", "--reporter", "乙").code == 0
    said = wuye(*argv)
    assert said.code == 2 and "房屋台账里没有“3-2-1210”" in said.err and "3-2-1201" in said.err
    option = "--unit" if argv[0] == "visitor" else "--room"
    assert option in said.err


@pytest.mark.parametrize(
    "argv",
    [
        ("complaint", "add", "1201", "吵", "--reporter", "甲"),
        ("visitor", "add", "--name", "甲", "--purpose", "送货", "--unit", "1201"),
        ("workorder", "add", "1201", "漏水"),
        ("pass", "add", "1201", "甲", "冰箱x1"),
        ("dunning", "add", "1201", "--method", "电话"),
        ("resident", "add", "甲", "1201", "--role", "业主"),
        ("resident", "transfer", "1201", "甲"),
        ("complaint", "list", "--room", "1201"),
        ("complaint", "list", "--where", "房号=1201"),
        ("complaint", "edit", "ts1", "--room", "1201"),
        ("complaint", "join", "ts1", "--joiner", "丙", "--joiner-room", "1201"),
        ("unit", "show", "1201"),
        ("unit", "vacate", "1201"),
    ],
)  # fmt: skip
def test_a_room_that_fits_several_is_asked_about_never_guessed(wuye: Wuye, argv: tuple[str, ...]) -> None:
    unit(wuye)
    unit(wuye, "3-1-1201")
    assert wuye("complaint", "add", "3-2-1201", "吵", "--reporter", "乙").code == 0
    said = wuye(*argv, "-o", "json")
    assert said.code == 4 and "3-1-1201、3-2-1201" in said.err and "请写全楼号和单元" in said.err
    error = said.json["error"]
    assert error["code"] == "ambiguous" and error["problems"][0]["candidates"] == ["3-1-1201", "3-2-1201"]


def test_an_ambiguous_room_beside_other_mistakes_is_one_of_them(wuye: Wuye) -> None:
    unit(wuye)
    unit(wuye, "3-1-1201")
    said = wuye("complaint", "add", "1201", "吵")
    assert said.code == 2 and "3-1-1201、3-2-1201" in said.err and "--reporter" in said.err


def test_a_batch_tells_rooms_by_row(wuye: Wuye) -> None:
    unit(wuye)
    unit(wuye, "3-1-1201")
    rows = "房号,报修内容\n3-2-1201,漏水\n1201,漏水\n9-9-999,漏水\n".encode()
    said = wuye("workorder", "add", "--from", "-", "-o", "json", stdin=rows)
    assert said.code == 2 and [p["row"] for p in said.json["error"]["problems"]] == [2, 3]
    said = wuye("workorder", "add", "--from", "-", "-o", "json", stdin="房号,报修内容\n1201,漏水\n".encode())
    assert said.code == 4 and [p["row"] for p in said.json["error"]["problems"]] == [1]


def test_a_part_left_out_is_filled_in_where_one_room_fits(wuye: Wuye) -> None:
    """`1栋101` did not find `1-1-101` (domain.md M)."""
    unit(wuye, "1-1-101")
    unit(wuye, "3-2-1201")
    said = wuye("workorder", "add", "1栋101", "漏水", "-o", "json")
    assert said.records[0]["room"] == "1-1-101" and "1栋101 = 1-1-101" in said.err


# --- spans: what is now, what was


def test_a_unit_moves_through_its_states_and_keeps_its_past(wuye: Wuye) -> None:
    record = unit(wuye, "3-2-1201", "--status", "未售", now="2026-11-22T10:00+08:00")
    assert (record["status"], record["since"]) == ("unsold", None), "nobody said since when"
    assert wuye("unit", "let", "3-2-1201").code == 1, "nobody lets what is not delivered"
    step(wuye, "unit", "deliver", "3-2-1201", "--delivered", "2026-11-20")
    step(wuye, "unit", "let", "3-2-1201", now="2026-11-25T10:00+08:00")
    record = step(wuye, "unit", "vacate", "3-2-1201", "--at", "12月1号9点", now="2026-12-05T10:00+08:00")
    assert (record["status"], record["since"]) == ("vacant", "2026-12-01T09:00+08:00")
    assert [(e["step"], e["at"][:10]) for e in record["log"]] == [
        ("add", "2026-11-22"), ("deliver", "2026-11-22"), ("let", "2026-11-25"), ("vacate", "2026-12-01"),
    ]  # fmt: skip
    assert wuye("unit", "occupy", "3-2-1201", "--at", "11月28号").code == 1, "not before it was vacated"
    assert wuye("check").code == 0


def test_building_and_entrance_stand_in_the_room(wuye: Wuye) -> None:
    assert unit(wuye, "B座-1201")["building"] == "B" and show(wuye, "unit", "B座1201")["entrance"] is None
    assert unit(wuye, "3-2-1202", "--building", "03栋", "--entrance", "２单元")["building"] == "03栋", "as it was typed"
    said = wuye("unit", "add", "3-2-1203", "--building", "4栋", "--entrance", "1")
    assert said.code == 2 and "楼栋“4栋”与房号 3-2-1203 不符" in said.err and "单元“1”与房号" in said.err
    said = wuye("unit", "edit", "3-2-1202", "--room", "4-2-1202")
    assert said.code == 2 and "楼栋“03栋”与房号 4-2-1202 不符" in said.err
    assert wuye("unit", "edit", "3-2-1202", "--room", "4-2-1202", "--building", "4").code == 0


def test_since_when_a_unit_is_as_it_was_entered(wuye: Wuye) -> None:
    record = unit(wuye, "3-2-1201", "--status", "出租", "--at", "2024-03-01 10:00")
    assert record["since"] == "2024-03-01T10:00+08:00"
    assert unit(wuye, "3-2-1202", "--delivered", "2020-05-01")["since"] is None


def test_the_payment_state_by_hand(wuye: Wuye) -> None:
    unit(wuye)
    record = step(wuye, "unit", "pay", "3-2-1201", "--owed", "500", "--paid-until", "2026-06-30")
    assert (record["owed"], record["owed_as_of"], record["owed_by"]) == ("500.00", "2026-11-22", "李静")
    record = step(wuye, "unit", "pay", "3-2-1201", "--owed", "0", "--at", "11月24号10点", "--by", "吴会计",
                  now="2026-11-25T10:00+08:00")  # fmt: skip
    assert (record["owed"], record["owed_as_of"], record["owed_by"]) == ("0.00", "2026-11-24", "吴会计")
    assert record["log"][-1]["was"] == {"owed": "500.00", "owed_as_of": "2026-11-22", "owed_by": "李静"}
    record = step(wuye, "unit", "edit", "3-2-1201", "--owed", "10")
    assert record["owed_as_of"] == "2026-11-24", "a correction is of that day"
    assert record["status"] == "occupied" and record["since"] is None, "paying is no move"


def test_a_resident_leaves_and_may_come_back(wuye: Wuye) -> None:
    resident(wuye, "张三", "3-2-1201", "租户", "--since", "2024-03-01")
    record = wuye("resident", "leave", "张三", "--dry-run", "-o", "json").records[0]
    assert record["until"] == "2026-11-22", "today, where nothing else is said"
    assert wuye("resident", "leave", "张三", "--until", "2024-02-01").code == 2, "not before he came"
    assert wuye("resident", "leave", "张三", "--until", "明天").code == 2
    record = step(wuye, "resident", "leave", "张三", "--until", "11-20", "--reason", "退租")
    assert (record["status"], record["until"]) == ("past", "2026-11-20")
    assert wuye("resident", "leave", "张三", "--until", "今天").code == 1
    record = step(wuye, "resident", "return", "张三", "--reason", "没有走")
    assert (record["status"], record["until"]) == ("current", None)
    assert record["log"][-1]["was"] == {"until": "2026-11-20"}
    assert wuye("check").code == 0


def test_one_who_has_gone_already_is_entered_as_such(wuye: Wuye) -> None:
    assert (
        resident(wuye, "李四", "3-2-1201", "业主", "--since", "2018-01-01", "--until", "2020-05-01")["status"] == "past"
    )
    assert wuye("staff", "add", "赵班", "--until", "2025-01-01", "-o", "json").records[0]["status"] == "left"
    said = wuye("staff", "add", "钱班", "--since", "2026-01-01", "--until", "2025-01-01")
    assert said.code == 2 and "早于任职" in said.err


def test_posts_over_time(wuye: Wuye) -> None:
    assert wuye("staff", "add", "李静", "--post", "前台", "--department", "客服部", "--since", "2024-03-01").code == 0
    record = step(wuye, "staff", "appoint", "李静", "--post", "客服主管", "--at", "11月20号")
    assert record["post"] == "supervisor" and record["log"][-1]["was"] == {"post": "receptionist"}
    assert wuye("staff", "leave", "李静", "--until", "今天").code == 0
    record = step(wuye, "staff", "return", "李静", "--post", "收费员")
    assert (record["status"], record["until"], record["post"]) == ("current", None, "collector")


@pytest.mark.parametrize(
    ("word", "code"),
    [("客服经理", "head"), ("前台", "receptionist"), ("大堂助理", "lobby"), ("管理员", "officer"),
     ("催收员", "collector"),
     ("内勤", "clerk"), ("维修工", "technician"), ("车管授权员", "authoriser"), ("保安队长", "guard-captain"),
     ("控制中心", "control-centre"), ("夜间总值班", "night-manager")],
)  # fmt: skip
def test_posts_by_their_chinese_names(wuye: Wuye, word: str, code: str) -> None:
    assert wuye("staff", "add", "某人", "--post", word, "-o", "json").records[0]["post"] == code


def test_departments_and_vendors(wuye: Wuye) -> None:
    assert wuye("department", "add", "工程部", "--duty", "工程", "--supervisor", "周师傅", "--planned", "6").code == 0
    record = step(wuye, "department", "lead", "工程部", "--supervisor", "吴工")
    assert record["supervisor"] == "吴工" and record["log"][-1]["was"] == {"supervisor": "周师傅"}
    assert step(wuye, "department", "close", "工程部", "--reason", "外包")["status"] == "closed"
    assert wuye("vendor", "add", "绿源园林", "--since", "2026-12-31", "--until", "2026-01-01").code == 2
    assert wuye("vendor", "add", "绿源园林", "--since", "2026-01-01", "--until", "2026-12-31").code == 0
    assert step(wuye, "vendor", "renew", "绿源园林", "--until", "2027-12-31")["until"] == "2027-12-31"
    assert step(wuye, "vendor", "end", "绿源园林", "--reason", "解约")["status"] == "ended"


# --- transfer


def test_a_transfer_ends_the_old_owners_and_enters_the_new_one(wuye: Wuye, office: Path) -> None:
    unit(wuye)
    for name, role in (("王女士", "业主"), ("张先生", "共有业主"), ("赵六", "租户")):
        resident(wuye, name, "3-2-1201", role, "--since", "2020-05-01")
    resident(wuye, "孙七", "3-2-1201", "业主", "--until", "2020-04-30")
    commits = len(subprocess.check_output(["git", "log", "--format=%h"], cwd=office).splitlines())
    said = wuye(
        "resident", "transfer", "3栋2单元1201", "李女士", "--since", "11-20", "--phones", "13900139000", "-o", "json"
    )
    assert said.code == 0, said.err
    new = said.records[0]
    assert (new["name"], new["room"], new["role"], new["since"], new["status"]) == (
        "李女士", "3-2-1201", "owner", "2026-11-20", "current",
    )  # fmt: skip
    assert "王女士（YH-20261122-001）、张先生（YH-20261122-002）" in said.err and "赵六（租户）" in said.err
    past = {r["name"]: (r["status"], r["until"]) for r in wuye("resident", "list", "-o", "json").records}
    assert past == {
        "李女士": ("current", None), "孙七": ("past", "2020-04-30"), "赵六": ("current", None),
        "张先生": ("past", "2026-11-20"), "王女士": ("past", "2026-11-20"),
    }  # fmt: skip
    told = show(wuye, "resident", "王女士")["log"][-1]
    assert (told["step"], told["note"]) == ("leave", "过户给 李女士")
    assert len(subprocess.check_output(["git", "log", "--format=%h"], cwd=office).splitlines()) == commits + 1
    assert wuye("check").code == 0


def test_a_transfer_that_is_wrong_changes_nothing(wuye: Wuye) -> None:
    unit(wuye)
    resident(wuye, "王女士", "3-2-1201", "业主", "--since", "2020-05-01")
    for words, message in (
        (("3-2-1201",), "房号和新业主姓名"), (("3-2-1201", "王女士"), "已经是"), (("3-2-1299", "李女士"), "--room"),
        (("3-2-1201", "李女士", "--since", "明天"), "还没有到"), (("3-2-1201", "李女士", "--phones", "12"), "--phones"),
        (("3-2-1201", "李女士", "--since", "2019-01-01"), "结束日期早于开始日期"),
    ):  # fmt: skip
        said = wuye("resident", "transfer", *words)
        assert said.code == 2 and message in said.err, (words, said.err)
    assert wuye("resident", "transfer", "3-2-1201", "李女士", "--dry-run").code == 0
    assert [r["status"] for r in wuye("resident", "list", "-o", "json").records] == ["current"]


def test_the_first_owner_needs_no_old_one(wuye: Wuye) -> None:
    unit(wuye)
    said = wuye("业户", "过户", "3-2-1201", "李女士")
    assert said.code == 0 and "此前没有登记 3-2-1201 的业主" in said.err


# --- check


def test_names_the_books_do_not_know_are_listed_not_refused(wuye: Wuye) -> None:
    assert wuye("workorder", "add", "3-2-1201", "漏水", "--department", "工成部", "--handler", "周师").code == 0
    assert wuye("check").code == 0, "no books, no names"
    assert wuye("department", "add", "工程部").code == 0 and wuye("staff", "add", "周师傅").code == 0
    said = wuye("check")
    text = said.out + said.err
    assert said.code == 65
    assert (
        "部门“工成部”不在部门台账里（是不是 工程部）" in text and "维修人“周师”不在员工台账里（是不是 周师傅）" in text
    )
    assert wuye("workorder", "edit", "gd1", "--department", "工程部", "--handler", "周师傅").code == 0
    assert wuye("check").code == 0


# --- damage


def test_damage_in_a_book_is_told_with_its_place(wuye: Wuye, office: Path) -> None:
    unit(wuye)
    unit(wuye, "3-2-1202", "--area", "89.5")
    text = (office / BOOK).read_text()
    (office / BOOK).write_text(text.replace("  area: '89.5'", "  area: *a").replace("  area: 89.5", "  area: *a"))
    line = next(i for i, one in enumerate((office / BOOK).read_text().splitlines(), 1) if "*a" in one)
    for argv in (("unit", "list"), ("unit", "show", "3-2-1202"), ("check",)):
        said = wuye(*argv)
        assert said.code == 65 and f"{BOOK}:{line}:" in said.out + said.err, argv
    assert show(wuye, "unit", "3-2-1201")["room"] == "3-2-1201", "the others stay readable"
    assert wuye("unit", "add", "3-2-1203").code == 65, "and nothing is written beside it"
    assert wuye("complaint", "add", "3-2-1202", "吵", "--reporter", "甲").code == 0, "the desk goes on"


def test_a_value_that_does_not_fit_is_told(wuye: Wuye, office: Path) -> None:
    unit(wuye, "3-2-1201", "--owed", "500")
    (office / BOOK).write_text((office / BOOK).read_text().replace("500.00", "五百"))
    said = wuye("check")
    assert said.code == 65 and "owed（欠费金额）" in said.out + said.err
    assert wuye("pass", "add", "3-2-1201", "王女士", "冰箱x1").code == 0


# --- many at once


def test_a_whole_estate_at_once(wuye: Wuye, office: Path) -> None:
    rooms = [f"{b}-{e}-{f}0{r}" for b in range(1, 6) for e in (1, 2) for f in range(1, 21) for r in range(1, 4)]
    said = wuye("unit", "add", "--from", "-", stdin=("房号,状况\n" + "\n".join(f"{r},空置" for r in rooms)).encode())
    assert said.code == 2 and "没有“状况”这一项" in said.err
    rows = "房号,status,面积\n" + "\n".join(f"{r},空置,89.5" for r in rooms)
    said = wuye("unit", "add", "--from", "-", stdin=rows.replace("面积", "建筑面积").encode())
    assert said.code == 0 and said.out == "已登记房屋 600 条\n", said.err
    people = "姓名,房号,身份,电话\n" + "\n".join(f"业户{i},{r},业主,138{i:08d}" for i, r in enumerate(rooms))
    assert wuye("resident", "add", "--from", "-", stdin=people.encode()).code == 0
    assert show(wuye, "resident", "业户599")["room"] == rooms[-1]
    assert show(wuye, "unit", "5栋2单元2003")["status"] == "vacant"
    assert wuye("check").code == 0
