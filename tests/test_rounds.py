"""Patrols and inspections: rows by route and department, faults settled before closing (domain.md 27, 28)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played

from wuye import checklist, conduct, records
from wuye.office import Office

Wuye = Callable[..., Said]
ROOF = "checklists:\n  patrol.roof:\n    zh: 屋面巡查\n    items:\n    - 女儿墙\n    - {name: 消防水箱, group: 设备}\n"


def row(said: Said) -> dict[str, object]:
    assert said.code == 0, said.err
    return said.records[0]


@played
def roof(office: Path, wuye: Wuye) -> Wuye:
    """A patrol on a route of the office's own, its second row found wrong."""
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(ROOF)
    assert wuye("patrol", "add", "屋面巡查", "3栋", "--patroller", "何建国").code == 0
    assert wuye("patrol", "tick", "xc1", "--items", "1").code == 0
    assert wuye("patrol", "tick", "xc1", "--items", "水箱", "--mark", "异常", "--said", "浮球阀坏").code == 0
    return wuye


# --- templates


@pytest.mark.parametrize("name", ["patrol", "inspection"])
def test_every_list_can_be_named_by_code_and_in_chinese(name: str, wuye: Wuye) -> None:
    kind = records.kind(name)
    one = "route" if name == "patrol" else "department"
    for template in kind.checklists:
        code = template.name.partition(".")[2]
        for word in (code, template.zh):
            found = row(wuye(name, "add", word, "--yes", "-o", "json"))
            assert (found[one], found["title"]) == (code, template.zh)
            assert [r["name"] for r in found["checks"]] == [item.name for item in template.items]  # type: ignore[attr-defined]
        assert len({item.name for item in template.items}) == len(template.items)


def test_the_routes_and_departments_of_the_domain_are_there() -> None:
    patrol = {one.name.partition(".")[2] for one in records.kind("patrol").checklists}
    assert patrol >= {"hygiene", "facilities", "fire", "boards", "posters", "edge", "security", "vacant"}
    inspection = {one.name.partition(".")[2] for one in records.kind("inspection").checklists}
    assert inspection == {"security", "engineering", "cleaning", "greening", "service"}


def test_a_route_of_the_office_is_kept_by_its_code_and_an_unknown_one_refused(roof: Wuye) -> None:
    found = row(roof("patrol", "show", "xc1", "-o", "json"))
    assert (found["route"], found["title"]) == ("roof", "屋面巡查")
    said = roof("patrol", "add", "地下室")
    assert said.code == 2 and "没有“地下室”这张检查表" in said.err and "roof（屋面巡查）" in said.err
    said = roof("patrol", "edit", "xc1", "--route", "卫生")
    assert said.code == 2 and "不能用 edit 改" in said.err


def test_a_list_that_the_office_gave_up_stays_with_its_records(roof: Wuye, office: Path) -> None:
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace(ROOF, ""), "utf-8")
    assert roof("patrol", "add", "屋面巡查").code == 2
    assert roof("patrol", "edit", "xc1", "--place", "5栋").code == 0
    assert roof("patrol", "tick", "xc1", "--items", "2").code == 0
    assert roof("patrol", "close", "xc1").code == 0


def test_a_department_may_be_named_as_the_register_names_it(wuye: Wuye) -> None:
    assert wuye("department", "add", "秩序维护中心", "--duty", "安保").code == 0
    assert row(wuye("inspection", "add", "秩序维护中心", "-o", "json"))["department"] == "security"
    assert wuye("inspection", "add", "财务").code == 2


# --- closing


def test_open_rows_and_unsettled_faults_keep_it_open_and_are_named(roof: Wuye) -> None:
    assert roof("patrol", "add", "公告栏").code == 0
    said = roof("patrol", "close", "xc2")
    assert said.code == 1 and "还缺 1 内容在有效期内、2 张贴整齐" in said.err
    said = roof("patrol", "close", "xc1")
    assert said.code == 1 and "异常还没有处理：2 消防水箱：浮球阀坏" in said.err and "--of XC-20261122-001" in said.err


@pytest.mark.parametrize("argv", [
    ("nonconformity", "add", "--department", "工程"), ("workorder", "add"), ("incident", "add", "--type", "水浸"),
    ("complaint", "add", "--reporter", "何建国"),
])  # fmt: skip
def test_what_is_made_of_a_row_settles_it_and_takes_over_its_words(argv: tuple[str, ...], roof: Wuye) -> None:
    made = row(roof(*argv, "--of", "xc1", "--row", "2", "-o", "json"))
    assert made["text"] == "消防水箱：浮球阀坏" and made["of"] == "XC-20261122-001"
    assert made["place"] == "3栋" and made["part"] == 2
    assert made.get("source") in (None, "patrol")
    assert row(roof("patrol", "close", "xc1", "-o", "json"))["unsettled"] == 0


def test_told_and_no_slip_settles_it_too(roof: Wuye) -> None:
    said = roof("patrol", "tell", "xc1", "--items", "1-2", "--whom", "周德明")
    assert said.code == 1 and "没有记为异常：1 女儿墙" in said.err
    assert roof("patrol", "tell", "xc1", "--items", "2", "--whom", "周德明").code == 0
    assert "浮球阀坏），已告知周德明" in roof("patrol", "show", "xc1").out
    assert roof("patrol", "close", "xc1").code == 0
    assert roof("check").code == 0


@pytest.mark.git
def test_a_record_of_a_row_taken_back_leaves_the_row_unsettled(roof: Wuye, office: Path) -> None:
    assert roof("workorder", "add", "--of", "xc1", "--row", "2").code == 0
    assert roof("undo", "--yes").code == 0
    assert roof("patrol", "close", "xc1").code == 1
    defect, = checklist.defects(Office(office).get(records.kind("patrol"), "xc1"))  # fmt: skip
    assert (defect.place, defect.made, defect.settled) == (2, (), False)


def test_a_row_found_out_later_is_linked_by_a_correction(roof: Wuye) -> None:
    assert roof("workorder", "add", "--place", "3栋屋面", "水箱漏水").code == 0
    assert roof("workorder", "edit", "gd1", "--of", "xc1", "--row", "2").code == 0
    assert roof("patrol", "close", "xc1").code == 0


def test_a_row_is_one_of_its_list(roof: Wuye) -> None:
    said = roof("workorder", "add", "--of", "xc1", "--row", "3", "x")
    assert said.code == 2 and "没有第 3 项（共 2 项）" in said.err
    for kind in ("workorder", "complaint", "nonconformity", "incident"):
        said = roof(kind, "add", "--place", "3栋", "--text", "x", "--row", "2")
        assert (said.code == 2 and "写了 --row 却没有写是哪条记录的" in said.err) or kind in ("complaint", "incident")


@pytest.mark.parametrize(("kind", "name"), [("patrol", "xc1"), ("inspection", "dc1")])
def test_a_round_is_finished_by_the_next_day(kind: str, name: str, wuye: Wuye) -> None:
    assert wuye(kind, "add", "security").code == 0
    (clock,) = row(wuye(kind, "show", name, "-o", "json"))["clocks"]  # type: ignore[misc]
    assert clock["due"] == "2026-11-23T18:00+08:00" and clock["rule"].startswith(f"{kind}.close")


# --- what is found against a person


def test_several_breaches_of_several_people_are_kept_and_can_be_cleared(wuye: Wuye, office: Path) -> None:
    assert wuye("inspection", "add", "安保", "南门岗").code == 0
    breach = ("inspection", "breach", "dc1", "--breach", "仪容", "--person")
    assert wuye(*breach, "冯磊", "--items", "仪容", "--said", "没戴帽").code == 0
    assert wuye(*breach, "钱勇", "--items", "1", "--whom", "孙海").code == 0
    assert wuye("inspection", "breach", "dc1", "--person", "冯磊", "--breach", "脱岗").code == 0
    one = row(wuye("inspection", "show", "dc1", "-o", "json"))
    assert one["checks"][0] == {  # type: ignore[index]
        "name": "仪容着装", "group": "着装", "mark": "fault", "note": "冯磊 没戴帽；钱勇 仪容着装", "told": "孙海",
    }  # fmt: skip
    said = wuye("inspection", "clear", "dc1", "--person", "李四", "--reason", "认错人")
    assert said.code == 1 and "没有记过李四的违规" in said.err
    said = wuye("inspection", "clear", "dc1", "--person", "冯磊", "--breach", "礼仪", "--reason", "认错人")
    assert said.code == 1
    assert wuye("inspection", "clear", "dc1", "--person", "冯磊", "--breach", "脱岗", "--reason", "经批准").code == 0
    found = conduct.breaches(Office(office).load(records.kind("inspection"))[0])
    assert [(b.person, b.breach, b.month) for b in found] == [
        ("冯磊", "dress", "2026-11"), ("钱勇", "dress", "2026-11"),
    ]  # fmt: skip


def test_a_breach_needs_no_row_and_changes_no_closed_list(wuye: Wuye) -> None:
    assert wuye("inspection", "add", "客服").code == 0
    assert wuye("inspection", "tick", "dc1", "--items", "全部").code == 0
    assert wuye("inspection", "close", "dc1").code == 0
    late = ("inspection", "breach", "dc1", "--person", "赵敏", "--breach", "三声未接")
    said = wuye(*late, "--items", "1")
    assert said.code == 1 and "检查已完成，清单不再改" in said.err
    assert row(wuye(*late, "-o", "json"))["persons"] == ["赵敏 铃响三声未接"]


def test_a_slip_for_the_same_breach_is_not_counted_twice(wuye: Wuye, office: Path) -> None:
    assert wuye("inspection", "add", "安保").code == 0
    assert wuye("inspection", "breach", "dc1", "--person", "冯磊", "--breach", "仪容", "--items", "1").code == 0
    slip = ("nonconformity", "add", "--of", "dc1", "--row", "1", "--person", "冯磊", "--yes")
    assert wuye(*slip, "--breach", "仪容").code == 0
    assert wuye(*slip, "--breach", "脱岗").code == 0
    assert wuye("nonconformity", "add", "值班日志没记", "客服", "--person", "赵敏", "--breach", "记录未做").code == 0
    assert wuye("nonconformity", "add", "错登的", "客服", "--person", "赵敏", "--breach", "态度").code == 0
    assert wuye("nonconformity", "void", "bh4", "--reason", "登错").code == 0
    said = wuye("nonconformity", "add", "x", "客服", "--breach", "态度")
    assert said.code == 2 and "没有当事人" in said.err
    desk = Office(office)
    kept = [r for name in ("nonconformity", "inspection") for r in desk.load(records.kind(name))[0]]
    told = {key: [b.ids for b in found] for key, found in conduct.by_person(conduct.breaches(kept)).items()}
    assert told == {
        ("冯磊", "2026-11", "dress"): [("DC-20261122-001", "BH-20261122-001")],
        ("冯磊", "2026-11", "slack"): [("BH-20261122-002",)],
        ("赵敏", "2026-11", "records-not-kept"): [("BH-20261122-003",)],
    }
