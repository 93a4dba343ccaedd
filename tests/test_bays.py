"""Whose debt a rented bay is, what `who` tells of bays and leases, what bills outdate (domain.md 5, 6, 24, 30)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import played
from till import Till, Wuye

ROOM, BAY = "3-2-1201", "B1-023"
CHARGES = """
charges:
  parking:
    zh: 车位费
    way: bay
    due: '25'
    rates: [{from: 2026-01, rate: '300'}]
  property: {zh: 物业费, way: area, rates: [{from: 2026-01, rate: '2.80'}]}
"""


@played
def till(wuye: Wuye, office: Path) -> Till:
    """One unit with a bay, billed for October and November; a bay and a lease of somebody from outside."""
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8") + CHARGES, "utf-8")
    till = Till(wuye)
    till.did("unit", "add", ROOM, "--area", "100", "--owed", "900", "--at", "2026-01-01 09:00")
    till.did("parking", "add", BAY, ROOM, "--holder", "王女士", "--since", "2026-10-01", "--at", "2026-10-01 09:00")
    till.did("parking", "add", "B1-900", "--holder", "外来公司", "--since", "2026-10-01", "--at", "2026-10-01 09:00")
    till.did("bill", "run", "2026-10", "--item", "车位费", "--yes", "--at", "2026-10-01 09:00")
    till.did("bill", "run", "2026-11", "--item", "parking", "--yes", "--at", "2026-11-01 09:00")
    return till


def json(till: Till, *argv: str) -> Any:
    return till.did(*argv, "-o", "json").json


def test_a_rented_bay_has_one_debtor_told_the_same_everywhere(till: Till) -> None:
    """Whether room or bay is asked about, money, contact and bill are those of the unit."""
    assert [r["principal"] for r in till.rows("arrears", ROOM)] == ["300.00"]
    assert till.rows("arrears", BAY) == till.rows("arrears", ROOM)
    assert json(till, "statement", BAY)["debtor"] == json(till, "statement", ROOM)["debtor"] == ROOM
    contact = till.did("dunning", "add", "--bay", BAY, "--method", "电话", "-o", "json").records[0]
    assert (contact["room"], contact["bay"], contact["arrears"]) == (ROOM, BAY, "300.00")
    paid = till.did("payment", "add", "--bay", BAY, "--amount", "300", "--way", "现金", "-o", "json")
    assert f"车位 {BAY} 由 {ROOM} 承租：记在 {ROOM} 名下" in paid.err
    assert (paid.records[0]["room"], paid.json["settles"][0]["bill"]) == (ROOM, "ZD-20261001-001")
    assert till.rows("arrears", ROOM) == till.rows("arrears", BAY) == []


def test_arrears_by_bay_are_those_of_every_bay(till: Till) -> None:
    """A bay of a unit and one of nobody's; by unit the former stands as well, with its unit."""
    assert [(r["key"], r["principal"]) for r in till.rows("arrears", "--by", "bay")] == [
        (BAY, "300.00"), ("B1-900", "300.00"),
    ]  # fmt: skip
    assert [r["key"] for r in till.rows("arrears", "--by", "unit")] == [ROOM]
    assert {r["key"] for r in till.rows("arrears", "--by", "debtor")} == {ROOM, "车位 B1-900"}


def test_a_bill_entered_for_a_bay_is_its_units(till: Till) -> None:
    told = {}
    for bay in (BAY, "B1-900"):
        argv = ["bill", "add", "--bay", bay, "--item", "车位费", "--amount", "50", "--due", "2026-11-30", "-o", "json"]
        one = till.did(*argv).records[0]
        told[bay] = (one["room"], one["bay"], one["item"])
    assert told == {BAY: (ROOM, BAY, "parking"), "B1-900": (None, "B1-900", "parking")}


def test_who_tells_the_money_of_bays_and_leases(till: Till) -> None:
    """Rent due, arrears and credit, by bay, by lease, by their tenant."""
    mine = json(till, "who", BAY)
    assert [u["room"] for u in mine["units"]] == [ROOM]
    assert [(x["name"], x["debtor"], x["arrears"], x["payment"]) for x in mine["lets"]] == [
        (BAY, ROOM, "300.00", f"欠费 300.00 元（账记在 {ROOM}）")
    ]
    alone = json(till, "who", "B1-900")["lets"][0]
    assert (alone["debtor"], alone["arrears"], alone["money"]["not_due"]) == ("车位 B1-900", "300.00", "300.00")
    assert alone["next_due"] == "2026-11-25"
    till.did("lease", "add", "广-2026-07", "某广告公司", "--since", "2026-10-01", "--rent", "3000", "--period", "季")
    assert json(till, "who", "广-2026-07")["lets"][0]["payment"] == "— 还没有账单"
    till.bill("广-2026-07", "3000", "2026-11-05", "租金")
    till.pay("广-2026-07", "3500", "2026-11-10")
    for word in ("广-2026-07", "某广告公司", "zl1"):
        found = json(till, "who", word)
        assert found["lets"][0]["money"]["credit"] == "500.00", word
        assert {r["kind"] for r in found["history"]} == {"bill", "payment"}, word
    shown = till.did("who", "广-2026-07").out
    assert "3,000.00" in shown and "预存 500.00" in shown


def test_bills_outdate_what_a_unit_keeps_by_hand(till: Till) -> None:
    """Two states of payment side by side would be one value in two places (domain.md 6, M)."""
    one = till.did("unit", "show", ROOM, "-o", "json").records[0]
    assert (one["owed"], one["owed_as_of"], one["payment"]) == (None, None, f"按账单：看 wuye who {ROOM}")
    till.did("unit", "add", "3-2-1202", "--owed", "7")
    listed = {r["room"]: (r["owed"], r["payment"]) for r in till.did("unit", "list", "-o", "json").records}
    assert listed == {ROOM: (None, f"按账单：看 wuye who {ROOM}"), "3-2-1202": ("7.00", "手工登记")}
    assert "900" not in till.did("unit", "list").out
    said = till.did("unit", "pay", ROOM, "--owed", "10")
    assert "已有账单，缴费情况按账单和收款算，手工登记的不作数" in said.err
    assert "不作数" not in till.did("unit", "pay", "3-2-1202", "--owed", "0").err
    for number in ("zd-20261001-001", "zd-20261101-001"):
        till.did("bill", "void", number, "--reason", "作废")
    assert till.did("unit", "show", ROOM, "-o", "json").records[0]["owed"] == "10.00", "no bill counts any more"


def test_many_units_are_told_as_one_is(till: Till) -> None:
    """More than a few are looked up at once: the answer is the same."""
    for number in range(1, 9):
        till.did("unit", "add", f"3-2-{number:02d}01", "--owed", "5")
    till.did("bill", "add", "3-2-0801", "物业费", "1", "--due", "2026-11-30")
    told = {r["room"]: r["owed"] for r in till.did("unit", "list", "-o", "json").records}
    assert told == {ROOM: None, "3-2-0801": None, **{f"3-2-{n:02d}01": "5.00" for n in range(1, 8)}}


def test_an_item_is_kept_by_its_code_and_shown_by_its_name(till: Till) -> None:
    """Whichever is typed: the name on screen and on paper, the code for scripts (domain.md 30)."""
    for word in ("物业费", "property"):
        one = till.did("bill", "add", ROOM, word, "12", "--due", "2026-11-30", "--yes", "-o", "json").records[0]
        assert one["item"] == "property", word
    found = till.did("bill", "list", "--where", "收费项目=物业费", "-o", "json").records
    assert [r["item"] for r in found] == ["property", "property"]
    for argv in (["bill", "list"], ["bill", "show", one["id"]], ["print", one["id"]], ["who", ROOM], ["bill", "count"]):
        shown = till.did(*argv).out
        assert "物业费" in shown and "property" not in shown, argv
    assert ",property," in till.did("bill", "list", "-o", "csv").out
    till.did("reading", "add", ROOM, "车位费", "10", "--read-on", "2026-11-01")
    assert "车位费" in till.did("reading", "list").out


def test_a_payment_moved_to_a_rented_bay_is_its_units(till: Till) -> None:
    """Taken for the wrong unit, moved to the bay: the debtor is who rents it, as for a payment that is added."""
    till.did("unit", "add", "3-2-1202", "--area", "100")
    wrong = till.pay("3-2-1202", "300", "2026-11-10")
    moved = till.did("payment", "transfer", wrong, "--bay", BAY, "--reason", "收错房号", "-o", "json")
    assert (moved.records[0]["room"], moved.records[0]["bay"]) == (ROOM, BAY)
    assert f"车位 {BAY} 由 {ROOM} 承租：记在 {ROOM} 名下" in moved.err
    assert till.rows("arrears", ROOM) == [] and json(till, "statement", ROOM)["as_of"]
    back = till.did("payment", "transfer", wrong, "--room", "3-2-1202", "--reason", "又收错了", "-o", "json").records[0]
    assert (back["room"], back["bay"]) == ("3-2-1202", None)
    mine = till.pay(ROOM, "10", "2026-11-11")
    said = till.wuye("payment", "transfer", mine, "--bay", BAY, "--reason", "收错房号")
    assert said.code == 1 and f"{mine} 原来就记在 {ROOM} 名下" in said.err
    outside = till.did("payment", "transfer", mine, "--bay", "B1-900", "--reason", "收错", "-o", "json").records[0]
    assert (outside["room"], outside["bay"]) == (None, "B1-900"), "let to somebody from outside: it owes for itself"


def test_charge_items_go_by_their_names_for_the_clerk_and_by_their_codes_for_scripts(till: Till) -> None:
    """Found by its name, told by it in histories and before an undo; -o json keeps the code."""
    bill = till.did("bill", "list", "-o", "json").records[0]["id"]
    assert {row["id"] for row in till.rows("find", "车位费")} >= {bill}
    assert {row["id"] for row in till.rows("find", "车位")} >= {bill}, "a part of the name will do"
    till.did("bill", "add", ROOM, "物业费", "250.60", "--due", "2026-11-25")
    assert [row["id"] for row in till.rows("find", "物业费", "250.60")] == ["ZD-20261122-001"]
    told = till.did("history", "zd1122-1").out
    assert "收费项目：物业费" in told and "property" not in told
    assert till.rows("history", "zd1122-1")[0]["values"]["item"] == "property"
    till.did("bill", "deliver", "zd1122-1", "--way", "posted")
    assert "送达方式：张贴" in till.did("history", "zd1122-1").out
    till.did("unit", "edit", ROOM, "--use", "shop")
    shown = till.did("undo", "fw0101-1", "--dry-run").out
    assert "商铺" in shown and "住宅" in shown and "shop" not in shown


def test_what_is_kept_by_hand_is_no_condition_where_bills_tell_it(till: Till) -> None:
    """The amount on the unit is outdated by its first bill: filtered by it, those who owe would be left out."""
    for condition in ("欠费金额>0", "owed>0", "状态=自住 且 费用交至<2026-11-01", "欠费截至<今天"):
        said = till.wuye("unit", "list", "--where", condition)
        assert said.code == 2 and "是手工登记的" in said.err and "请用 wuye arrears" in said.err, condition
    assert till.did("unit", "list", "--where", "建筑面积>50")


def test_without_bills_what_is_kept_by_hand_is_a_condition(wuye: Wuye) -> None:
    till = Till(wuye)
    till.did("unit", "add", ROOM, "--owed", "900")
    assert [r["room"] for r in till.did("unit", "list", "--where", "欠费金额>0", "-o", "json").records] == [ROOM]
