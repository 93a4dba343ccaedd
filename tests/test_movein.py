"""Moving in: papers by person, names compared, order of things, what is missing, registers (domain.md 17, D)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Said, played

Wuye = Callable[..., Said]
ROOM = "3-2-1201"
IDENTIFIED = ("--identified", "看身份证原件", "--id-name", "王女士", "--id-type", "身份证", "--id-tail", "002X")


def book(office: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((office / f"books/{name}.yaml").read_text("utf-8"))
    return found


@played
def begun(wuye: Wuye) -> Wuye:
    """An unsold unit, and its owner at the desk."""
    assert wuye("unit", "add", ROOM, "--status", "未售").code == 0
    assert wuye("movein", "add", ROOM, "王女士", "--phones", "13800138000").code == 0
    return wuye


def rows(wuye: Wuye, which: str = "rh1") -> dict[str, dict[str, Any]]:
    record = wuye("movein", "show", which, "-o", "json").records[0]
    return {row["name"]: row for row in record["checks"]}


def refused(said: Said, *words: str) -> None:
    assert said.code in (1, 2) and all(word in said.err for word in words), said


def inspected(wuye: Wuye, *more: str) -> None:
    for argv in (("identify", "rh1", *IDENTIFIED), ("tick", "rh1", "--items", "其余"), *(m.split() for m in more),
                 ("inspect", "rh1", "--water", "3", "--power", "12.5", "--confirmed-by", "王女士"),
                 ("prepay", "rh1", "--prepaid", "859.20", "--receipt", "0012301")):  # fmt: skip
        assert wuye("movein", *argv).code == 0, argv


# --- copies by person


@pytest.mark.parametrize(("persons", "owner", "family", "holder", "agent"), [
    ((), 3, None, None, "none"),
    (("--family", "2"), 3, 2, None, "none"),
    (("--family", "2", "--account", "家属"), 1, 1, 3, "none"),
    (("--account", "其他人"), 1, None, 3, "none"),
    (("--co-owners", "王先生"), 4, None, None, "none"),
    (("--agent", "李四"), 3, None, None, None),
])  # fmt: skip
def test_copies_by_person(wuye: Wuye, persons: tuple[str, ...], owner: int, family: int | None, holder: int | None,
                          agent: str | None) -> None:  # fmt: skip
    """One of everybody's ID, three in all of the account holder's, two of the bank book; an agent's own papers."""
    assert wuye("movein", "add", ROOM, "王女士", *persons).code == 0
    found = rows(wuye)

    def wanted(name: str) -> int | None:
        return None if found[name].get("mark") == "none" else found[name].get("need", 1)

    assert wanted("业主身份证复印件") == owner
    assert wanted("家属身份证复印件") == family
    assert wanted("开户人身份证复印件") == holder
    assert found["银行存折复印件"]["need"] == 2
    assert {found[n].get("mark") for n in found if "代办" in n or "委托人" in n or "委托书" in n} == {agent}


def test_persons_that_change_open_rows_again(begun: Wuye) -> None:
    assert begun("movein", "tick", "rh1", "--items", "其余").code == 0
    assert begun("movein", "persons", "rh1", "--family", "3", "--agent", "李四").code == 0
    found = rows(begun)
    assert "mark" not in found["家属身份证复印件"] and found["家属身份证复印件"]["need"] == 3
    assert "mark" not in found["授权委托书原件"] and found["业主身份证复印件"]["mark"] == "ok"
    assert begun("movein", "tick", "rh1", "--items", "家属身份证复印件").code == 0
    begun("movein", "persons", "rh1", "--family", "4")
    assert rows(begun)["家属身份证复印件"] == {"name": "家属身份证复印件", "group": "复印件", "done": 3, "need": 4}
    begun("movein", "persons", "rh1", "--family", "2")
    assert rows(begun)["家属身份证复印件"]["mark"] == "ok"
    refused(begun("movein", "edit", "rh1", "--family", "1"), "persons")


# --- names and identity


def test_names_that_differ_are_refused_unless_an_agent_has_a_power_of_attorney(begun: Wuye) -> None:
    other = ("--identified", "看身份证", "--id-name", "李四")
    refused(begun("movein", "identify", "rh1", *other), "李四 与通知书上的 王女士 不一致", "--agent")
    begun("movein", "persons", "rh1", "--agent", "李四")
    refused(begun("movein", "identify", "rh1", *other), "没有授权委托书原件", "--attorney")
    begun("movein", "persons", "rh1", "--attorney")
    assert begun("movein", "identify", "rh1", *other).code == 0


def test_nothing_goes_on_before_identity_is_checked(begun: Wuye) -> None:
    refused(begun("movein", "lend", "rh1", "--technician", "周德明"), "还没有核实身份", "identify")
    begun("movein", "tick", "rh1", "--items", "全部")
    inspect = ("inspect", "rh1", "--water", "3", "--power", "12.5", "--confirmed-by", "王女士")
    refused(begun("movein", *inspect), "还没有核实身份")
    refused(begun("movein", "deliver", "rh1"), "还没有核实身份", "证件姓名", "水表读数", "预收费用", "收据号")
    begun("movein", "identify", "rh1", *IDENTIFIED)
    assert begun("movein", "show", "rh1", "-o", "json").records[0]["id_checked_by"] == "李静"
    assert begun("movein", "lend", "rh1", "--technician", "周德明", "--key", "A").code == 0
    assert begun("movein", *inspect).code == 0


# --- what is missing


def test_what_is_missing_blocks_and_is_named_and_told(begun: Wuye) -> None:
    begun("movein", "tick", "rh1", "--items", "全部")
    begun("movein", "identify", "rh1", *IDENTIFIED)
    refused(begun("movein", "tell", "rh1", "--told", "王女士"), "资料已齐")
    begun("movein", "tick", "rh1", "--items", "银行存折复印件", "--count", "1")
    said = begun("movein", "deliver", "rh1")
    refused(said, "还缺 7 银行存折复印件")
    assert begun("movein", "tell", "rh1", "--told", "王女士").code == 0
    record = begun("movein", "show", "rh1", "-o", "json").records[0]
    assert record["missing"] == "7 银行存折复印件"
    assert (record["log"][-1]["told"], record["log"][-1]["lacking"]) == ("王女士", "7 银行存折复印件")


def test_rows_of_the_inspection_come_before_its_confirmation(begun: Wuye) -> None:
    begun("movein", "identify", "rh1", *IDENTIFIED)
    said = begun("movein", "inspect", "rh1", "--water", "3", "--power", "12.5", "--confirmed-by", "王女士")
    refused(said, "11 进户门", "20 验房记录业主签字")


def test_what_was_not_finished_stays_open_with_what_is_missing(begun: Wuye) -> None:
    said = begun("movein", "defer", "rh1", "--reason", "家属未到", "--again", "2026-11-28", "-o", "json")
    record = said.records[0]
    assert record["status"] == "continued" and "1 商品房入伙通知书" in record["log"][-1]["lacking"]
    assert "待续，家属未到，缺 1 商品房入伙通知书" in record["special"]
    again = next(c for c in record["clocks"] if c["name"] == "again")
    assert again["due"].startswith("2026-11-28T18:00") and again["state"] == "open"
    assert begun("movein", "list", "--open", "-q").out
    record = begun("movein", "resume", "rh1", "-o", "json").records[0]
    assert record["status"] == "open"
    assert begun("movein", "show", "rh1", "-o", "json", now="2026-12-01T09:00").records[0]["status"] == "open"


def test_a_refusal_to_sign_is_a_state(begun: Wuye) -> None:
    inspected(begun, "tick rh1 --items 委托银行代收款协议书 --mark 拒签 --said 不同意代扣")
    refused(begun("movein", "deliver", "rh1"), "拒签的有 21 委托银行代收款协议书", "refuse")
    said = begun("movein", "refuse", "rh1", "--reason", "不同意代扣", "-o", "json")
    assert said.records[0]["status"] == "refused" and "拒收，不同意代扣" in said.records[0]["special"]
    assert begun("movein", "defer", "rh1").code == 0
    assert begun("movein", "resume", "rh1", "-o", "json").records[0]["status"] == "open"
    begun("movein", "tick", "rh1", "--items", "21")
    assert begun("movein", "deliver", "rh1").code == 0
    assert begun("movein", "refuse", "rh1", "--reason", "漏水").code == 0
    assert begun("movein", "resume", "rh1", "-o", "json").records[0]["status"] == "delivered"


def test_things_handed_out_early_are_warned_about(begun: Wuye) -> None:
    said = begun("movein", "tick", "rh1", "--items", "钥匙")
    assert said.code == 0 and "还没有办齐就发放" in said.err and "预收费" in said.err
    assert "还没有办齐" not in begun("movein", "tick", "rh1", "--items", "进户门").err
    begun("movein", "identify", "rh1", *IDENTIFIED)
    assert "还没有签齐就收费" in begun("movein", "prepay", "rh1", "--prepaid", "1", "--receipt", "7").err


# --- the end of it


@pytest.mark.git
def test_delivery_registers_the_owner_and_the_unit_and_is_undone_whole(begun: Wuye, office: Path) -> None:
    inspected(begun)
    said = begun("movein", "deliver", "rh1", "--living", "自住")
    assert said.code == 0 and "同时登记业户 YH-20261122-001" in said.err and "同时交付" in said.err
    owner, unit = book(office, "resident")[0], book(office, "unit")[0]
    assert (owner["name"], owner["role"], owner["since"], owner["id_tail"]) == ("王女士", "owner", "2026-11-22", "002X")
    assert owner["phones"] == ["13800138000"]
    assert (unit["status"], unit["delivered"]) == ("occupied", "2026-11-22")
    assert begun("undo", "--yes").code == 0
    assert book(office, "resident")[0]["status"] == "void" and book(office, "unit")[0]["status"] == "unsold"
    assert "delivered" not in book(office, "unit")[0]
    assert begun("movein", "show", "rh1", "-o", "json").records[0]["status"] == "open"
    assert begun("check").code == 0


def test_an_owner_who_is_registered_is_not_entered_twice(begun: Wuye, office: Path) -> None:
    begun("resident", "add", "王女士", ROOM, "--role", "业主")
    begun("movein", "persons", "rh1", "--co-owners", "王先生")
    inspected(begun)
    assert begun("movein", "deliver", "rh1").code == 0
    assert [(r["name"], r["role"]) for r in book(office, "resident")] == [("王女士", "owner"), ("王先生", "co-owner")]
    assert book(office, "unit")[0]["status"] == "vacant"


def test_an_agents_card_is_not_the_owners(begun: Wuye, office: Path) -> None:
    begun("movein", "persons", "rh1", "--agent", "李四", "--attorney")
    inspected(begun)
    begun("movein", "identify", "rh1", "--identified", "看身份证", "--id-name", "李四", "--id-type", "护照",
          "--id-tail", "0007")  # fmt: skip
    assert begun("movein", "deliver", "rh1").code == 0
    assert "id_tail" not in book(office, "resident")[0]


@pytest.mark.git
def test_closing_wants_an_order_for_every_defect_and_where_it_is_filed(begun: Wuye, office: Path) -> None:
    inspected(begun, "tick rh1 --items 厨卫防水 --mark 异常 --said 卫生间渗水")
    assert begun("movein", "deliver", "rh1").code == 0
    refused(begun("movein", "close", "rh1"), "--filed", "--key-left")
    closing = ("movein", "close", "rh1", "--filed", "A柜3盒", "--key-left", "--other", "周末不施工")
    refused(begun(*closing), "17 厨卫防水：卫生间渗水", "workorder add --of RH-20261122-001 --row 17")
    order = begun("workorder", "add", "--of", "rh1", "--row", "17", "-o", "json").records[0]
    assert (order["text"], order["room"], order["source"]) == ("厨卫防水：卫生间渗水", ROOM, "movein")
    record = begun(*closing, "-o", "json").records[0]
    assert record["status"] == "closed"
    assert record["special"] == "3-2-1201 王女士：留进户门钥匙一把，整改 1 项，周末不施工"
    folder = begun("document", "list", "--room", ROOM, "-o", "json").records[0]
    assert (folder["number"], folder["box"], folder["of"]) == (record["id"], "A柜3盒", record["id"])
    assert begun("undo", "--yes").code == 0
    assert book(office, "document")[0]["status"] == "void"
    assert begun("movein", "show", "rh1", "-o", "json").records[0]["status"] == "delivered"
    assert begun("check").code == 0


def test_filed_in_a_document_that_is_there(begun: Wuye, office: Path) -> None:
    begun("document", "add", "YH-3-2-1201", "业户档案", "--category", "业户资料", "--room", ROOM)
    inspected(begun)
    begun("movein", "deliver", "rh1")
    refused(begun("movein", "close", "rh1", "--filed", "da7", "--key-left=no"), "没有找到档案 da7")
    assert begun("movein", "close", "rh1", "--filed", "da1", "--key-left=no").code == 0
    assert len(book(office, "document")) == 1
    assert book(office, "document")[0]["log"][-1]["paper"] == "3-2-1201 王女士 入伙资料（RH-20261122-001）"


def test_its_limit_and_where_money_is(begun: Wuye) -> None:
    clock = begun("movein", "show", "rh1", "-o", "json").records[0]["clocks"][0]
    assert (clock["name"], clock["due"][:16]) == ("limit", "2026-11-23T18:00")
    begun("payment", "add", ROOM, "859.20", "--way", "现金")
    begun("movein", "identify", "rh1", *IDENTIFIED)
    said = begun("movein", "prepay", "rh1", "--prepaid", "859.20", "--receipt", "7", "--payment", "sk1", "-o", "json")
    assert said.records[0]["payment"] == "SK-20261122-001"
    wrong = begun("movein", "prepay", "rh1", "--prepaid", "1", "--receipt", "7", "--payment", "sk9")
    refused(wrong, "没有找到收款 sk9")


def test_what_the_register_says_otherwise_is_told(wuye: Wuye) -> None:
    wuye("unit", "add", ROOM)
    wuye("resident", "add", "赵先生", ROOM, "--role", "业主")
    said = wuye("movein", "add", ROOM, "王女士")
    assert said.code == 0 and "现为自住" in said.err and "台账上的业主是 赵先生" in said.err


def test_an_office_has_its_own_list(wuye: Wuye, office: Path) -> None:
    text = (office / "wuye.yaml").read_text("utf-8")
    own = "checklists:\n  movein:\n  - 通知书\n  - {name: 家属身份证复印件, group: 复印件}\n"
    (office / "wuye.yaml").write_text(text + own, "utf-8")
    assert wuye("movein", "add", ROOM, "王女士", "--family", "2").code == 0
    assert [(n, r.get("need")) for n, r in rows(wuye).items()] == [("通知书", None), ("家属身份证复印件", 2)]


def test_its_note_goes_into_the_handover(begun: Wuye) -> None:
    inspected(begun)
    begun("movein", "deliver", "rh1")
    begun("movein", "close", "rh1", "--filed", "A柜3盒", "--key-left")
    said = begun("handover", "add", "--giver", "李静", "--to", "赵敏", "--yes", "-o", "json")
    assert said.code == 0, said.err
    said = begun("handover", "give", "jj1", "-o", "json")
    assert said.code == 0, said.err
    assert "RH-20261122-001 3-2-1201 王女士：留进户门钥匙一把" in said.out


@pytest.mark.git
def test_the_key_of_the_inspection_is_lent_and_undone_with_it(begun: Wuye, office: Path) -> None:
    assert begun("key", "add", f"{ROOM}-A", "--room", ROOM).code == 0
    assert begun("movein", "identify", "rh1", *IDENTIFIED).code == 0
    said = begun("movein", "lend", "rh1", "--technician", "张强", "--key", "A")
    assert said.code == 0 and "同时登记钥匙借用 JY-20261122-001" in said.err
    key = book(office, "key")[0]
    assert key["status"] == "lent" and key["holder"] == "张强"
    loan = begun("keyloan", "show", "jy1", "-o", "json").records[0]
    assert (loan["of"], loan["purpose"], loan["key"]) == ("RH-20261122-001", "验房", f"{ROOM}-A")
    assert begun("undo", "--yes").code == 0
    assert book(office, "key")[0]["status"] == "cabinet"
    assert begun("keyloan", "list", "--open", "-q").out == "" and begun("check").code == 0
