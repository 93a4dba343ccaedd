"""Letting and transfer: papers by person, arrears kept and no condition, registers moved at once (domain.md 19)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Said, played
from till import Till

Wuye = Callable[..., Said]
ROOM = "3-2-1201"
LETTING = ("registration", "add", "出租", ROOM, "赵先生", "--since", "2026-12-01", "--until", "2027-11-30")
TRANSFER = ("registration", "add", "过户", ROOM, "李女士")


def book(office: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((office / f"books/{name}.yaml").read_text("utf-8"))
    return found


def refused(said: Said, *words: str) -> None:
    assert said.code in (1, 2) and all(word in said.err for word in words), said


@played
def lived(wuye: Wuye) -> Wuye:
    """A unit lived in by its owners and one of the family."""
    assert wuye("unit", "add", ROOM, "--owed", "1073.16", "--owed-as-of", "2026-10-31").code == 0
    for name, role in (("王女士", "业主"), ("王先生", "共有业主"), ("王小明", "家属")):
        assert wuye("resident", "add", name, ROOM, "--role", role, "--since", "2020-05-01").code == 0
    return wuye


def ready(wuye: Wuye) -> None:
    identity = ("--identified", "看身份证原件", "--id-type", "身份证", "--id-tail", "0014")
    assert wuye("registration", "identify", "dj1", *identity).code == 0
    assert wuye("registration", "tick", "dj1", "--items", "其余").code == 0


def test_everything_wrong_is_told_at_once(wuye: Wuye) -> None:
    refused(wuye("registration", "add", "出租", ROOM, "赵先生"), "出租缺少起租日期", "出租缺少租期至")
    refused(wuye(*LETTING[:-1], "2026-11-30"), "租期的结束早于开始")
    refused(wuye(*TRANSFER, "--until", "2027-11-30", "--occupants", "2"), "过户没有租期至", "过户不写入住人数")
    refused(wuye(*LETTING, "--co-owners", "赵太太", "--pays", "原业主"), "出租不写共有业主", "出租不写欠费由谁付")


def test_each_has_its_own_papers_counted_by_person(wuye: Wuye) -> None:
    def names(*argv: str) -> dict[str, int]:
        return {r["name"]: r.get("need", 1) for r in wuye(*argv, "-o", "json").records[0]["checks"]}

    letting, transfer = names(*LETTING, "--occupants", "3"), names(*TRANSFER, "--co-owners", "李先生")
    assert letting["入住人身份证复印件"] == 3 and "租赁合同复印件" in letting
    assert transfer["新业主身份证复印件"] == 2 and "不动产权证复印件" in transfer
    record = wuye("registration", "persons", "dj1", "--occupants", "1", "-o", "json").records[0]
    assert "need" not in next(r for r in record["checks"] if r["name"] == "入住人身份证复印件")


def test_closing_wants_identity_papers_and_where_it_is_filed(lived: Wuye) -> None:
    lived(*LETTING)
    refused(lived("registration", "close", "dj1"), "--filed")
    refused(lived("registration", "close", "dj1", "--filed", "B柜1盒"), "还没有核实身份", "还缺 1 租赁合同复印件")
    lived("registration", "identify", "dj1", "--identified", "看身份证")
    lived("registration", "tick", "dj1", "--items", "其余")
    lived("registration", "tick", "dj1", "--items", "租户承诺书", "--mark", "拒签")
    refused(lived("registration", "close", "dj1", "--filed", "B柜1盒"), "拒签的有 5 租户承诺书")
    said = lived("registration", "refuse", "dj1", "--reason", "不签承诺书", "-o", "json")
    assert said.records[0]["status"] == "refused"


@pytest.mark.git
def test_a_letting_enters_the_tenant_and_lets_the_unit(lived: Wuye, office: Path) -> None:
    lived(*LETTING, "--phones", "13900139000")
    ready(lived)
    said = lived("registration", "close", "dj1", "--filed", "B柜1盒")
    assert said.code == 0 and "房屋 3-2-1201 同时出租" in said.err
    tenant, unit = book(office, "resident")[-1], book(office, "unit")[0]
    assert (tenant["name"], tenant["role"], tenant["since"], tenant["lease_until"]) == (
        "赵先生", "tenant", "2026-12-01", "2027-11-30")  # fmt: skip
    assert tenant["id_tail"] == "0014" and tenant["phones"] == ["13900139000"] and unit["status"] == "let"
    folder = lived("document", "list", "--room", ROOM, "-o", "json").records
    assert [(d["title"], d["box"]) for d in folder] == [("3-2-1201 赵先生 出租登记资料", "B柜1盒")]
    assert lived("undo", "--yes").code == 0
    assert book(office, "resident")[-1]["status"] == "void" and book(office, "unit")[0]["status"] == "occupied"
    assert lived("registration", "list", "--status", "open", "-q").out and lived("check").code == 0


def test_who_still_stands_in_the_register_is_told(lived: Wuye) -> None:
    lived("resident", "add", "钱先生", ROOM, "--role", "租户")
    assert "仍登记的租户：钱先生" in lived(*LETTING).err
    said = lived(*TRANSFER)
    assert "仍登记在这一户：王小明（家属）、钱先生（租户）" in said.err
    lived("unit", "add", "3-2-1202")
    assert "台账上没有业主" in lived(*TRANSFER[:3], "3-2-1202", "李女士").err


def test_an_unsold_unit_is_not_let(wuye: Wuye, office: Path) -> None:
    wuye("unit", "add", ROOM, "--status", "未售")
    wuye(*LETTING)
    ready(wuye)
    refused(wuye("registration", "close", "dj1", "--filed", "B柜1盒"), "还没有交付")
    assert not (office / "books/resident.yaml").exists() and not (office / "books/document.yaml").exists()
    assert wuye("registration", "show", "dj1", "-o", "json").records[0]["status"] == "open"


def test_arrears_are_kept_and_never_a_condition(lived: Wuye) -> None:
    said = lived(*TRANSFER, "-o", "json")
    record = said.records[0]
    assert (record["arrears"], record["arrears_as_of"]) == ("1073.16", "2026-10-31")
    assert "欠费不是办理的条件" in said.err
    refused(lived("registration", "agree", "dj1"), "--pays")
    lived("unit", "pay", ROOM, "--owed", "9")
    ready(lived)
    done = lived("registration", "close", "dj1", "--filed", "B柜1盒", "-o", "json")
    assert done.code == 0 and done.records[0]["arrears"] == "1073.16" and done.records[0]["pays"] is None


def test_who_pays_is_agreed_of_a_transfer_only(lived: Wuye) -> None:
    lived(*TRANSFER)
    agreed = ("--pays", "新业主", "--agreed", "从房款里扣")
    record = lived("registration", "agree", "dj1", *agreed, "-o", "json").records[0]
    assert (record["pays"], record["agreed"]) == ("buyer", "从房款里扣")
    lived(*LETTING)
    refused(lived("registration", "agree", "dj2", "--pays", "新业主"), "只有过户")


def test_arrears_by_bills(lived: Wuye) -> None:
    Till(lived).bill(ROOM, "250", "2026-10-31", period="2026-10")
    record = lived(*TRANSFER, "-o", "json").records[0]
    assert (record["arrears"], record["arrears_as_of"]) == ("250.00", "2026-11-22") and "物业费" in record["arrears_of"]


@pytest.mark.git
def test_a_transfer_ends_old_owners_and_begins_the_new_one_in_one_write(lived: Wuye, office: Path) -> None:
    lived(*TRANSFER, "--co-owners", "李先生", "--since", "2026-11-20")
    ready(lived)
    assert lived("registration", "close", "dj1", "--filed", "B柜1盒").code == 0
    told = {r["name"]: (r["role"], r["status"], r.get("since"), r.get("until")) for r in book(office, "resident")}
    assert told == {
        "王女士": ("owner", "past", "2020-05-01", "2026-11-20"),
        "王先生": ("co-owner", "past", "2020-05-01", "2026-11-20"),
        "王小明": ("family", "current", "2020-05-01", None),
        "李女士": ("owner", "current", "2026-11-20", None),
        "李先生": ("co-owner", "current", "2026-11-20", None),
    }
    assert lived("undo", "--yes").code == 0
    told = {r["name"]: r["status"] for r in book(office, "resident")}
    assert told == {"王女士": "current", "王先生": "current", "王小明": "current", "李女士": "void", "李先生": "void"}
    assert "until" not in book(office, "resident")[0] and lived("check").code == 0


def test_a_transfer_that_cannot_be_changes_nothing(lived: Wuye, office: Path) -> None:
    before = (office / "books/resident.yaml").read_bytes()
    lived(*TRANSFER, "--since", "2026-12-05")
    ready(lived)
    refused(lived("registration", "close", "dj1", "--filed", "B柜1盒"), "过户日期 2026-12-05 还没有到")
    lived("registration", "edit", "dj1", "--since", "2019-01-01")
    refused(lived("registration", "close", "dj1", "--filed", "B柜1盒"), "从 2020-05-01 起才是业主", "--since")
    lived("registration", "edit", "dj1", "--since", "2026-11-20", "--name", "王女士")
    refused(lived("registration", "close", "dj1", "--filed", "B柜1盒"), "王女士 已经是 3-2-1201 的业主")
    assert (office / "books/resident.yaml").read_bytes() == before


def test_its_limit(lived: Wuye) -> None:
    clock = lived(*LETTING, "-o", "json").records[0]["clocks"][0]
    assert (clock["name"], clock["due"][:16]) == ("limit", "2026-11-25T18:00")
    lived("registration", "cancel", "dj1", "--reason", "不租了")
    assert lived("registration", "show", "dj1", "-o", "json").records[0]["clocks"] == []
