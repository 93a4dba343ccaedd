"""The stores: taken in, asked for, issued, counted, needed next month; equipment that breaks (domain.md 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import Said, played

Wuye = Callable[..., Said]
PAPER = "A4打印纸"


def add(wuye: Wuye, what: str, quantity: str, *more: str, item: str = PAPER) -> Said:
    return wuye("supply", "add", what, item, quantity, *more, "--yes")


def stock(wuye: Wuye, *more: str) -> dict[str, dict[str, Any]]:
    said = wuye("supply", "stock", *more, "-o", "json")
    assert said.code == 0, said.err
    return {row["item"]: row for row in said.json["rows"]}


@played
def stores(wuye: Wuye) -> Wuye:
    """Ten boxes of paper, taken in on the first."""
    done = add(wuye, "入库", "10", "--measure", "箱", "--class", "办公用品", "--at", "2026-11-01 10:00")
    assert done.code == 0, done.err
    return wuye


def issue(wuye: Wuye, quantity: str, *more: str, item: str = PAPER) -> Said:
    return add(wuye, "领用", quantity, "--department", "客服部", *more, item=item)


def test_stock_is_what_came_in_without_what_went_out(stores: Wuye) -> None:
    assert issue(stores, "2.5", "--at", "2026-11-10 10:00").code == 0
    row = stock(stores)[PAPER]
    assert (row["stock"], row["measure"], row["class"], row["received"], row["issued"]) == (
        "7.5", "箱", "office", "10", "2.5")  # fmt: skip
    assert stock(stores, "--as-of", "2026-11-09")[PAPER]["stock"] == "10"
    assert stock(stores, "--class", "材料") == {} and list(stock(stores, "打印")) == [PAPER]
    assert "请改正" in stores("supply", "stock", "--class", "什么").err
    assert stores("supply", "void", "WL-20261110-001", "--reason", "登错").code == 0
    assert stock(stores)[PAPER]["stock"] == "10"


def test_more_than_is_there_is_not_issued(stores: Wuye) -> None:
    said = issue(stores, "10.5")
    assert said.code != 0 and f"{PAPER} 库存只有 10箱，不够发 10.5箱" in said.err and said.err.count("错误") == 1
    assert issue(stores, "10").code == 0
    assert "库存只有 0箱" in issue(stores, "1").err
    assert stock(stores)[PAPER]["stock"] == "0"


def test_a_batch_takes_from_what_the_rows_before_left(stores: Wuye) -> None:
    rows = f"类型,品名,数量,部门\n领用,{PAPER},6,客服部\n领用,{PAPER},6,工程部\n"
    said = stores("supply", "add", "--from", "-", stdin=rows.encode())
    assert said.code != 0 and "库存只有 4箱" in said.err and stock(stores)[PAPER]["stock"] == "10"
    first = f"类型,品名,数量,部门\n入库,{PAPER},5,\n领用,{PAPER},12,工程部\n"
    assert stores("supply", "add", "--from", "-", stdin=first.encode()).code == 0
    assert stock(stores)[PAPER]["stock"] == "3"


def test_of_what_nobody_keeps_a_stock_issuing_is_said_and_taken(wuye: Wuye) -> None:
    said = issue(wuye, "3", item="灯泡")
    assert said.code == 0 and "台账里没有 灯泡 的入库或盘点" in said.err
    row = wuye("supply", "stock", "-o", "json")
    assert row.json["rows"][0]["stock"] == "-3" and "库存是负数" in row.err


def test_a_count_says_what_is_there(stores: Wuye) -> None:
    issue(stores, "2", "--at", "2026-11-10 10:00")
    assert add(stores, "盘点", "7", "--at", "2026-11-15 10:00").code == 0
    counted = stores("supply", "list", "-o", "json").records
    assert next(r for r in counted if r["type"] == "adjust")["book"] == "8"
    issue(stores, "1", "--at", "2026-11-16 10:00")
    row = stock(stores)[PAPER]
    assert (row["stock"], row["counted"]) == ("6", "2026-11-15T10:00+08:00")
    issue(stores, "1", "--at", "2026-11-12 10:00")
    assert stock(stores)[PAPER]["stock"] == "6", "what was issued before the count is in it"
    assert add(stores, "盘点", "0").code == 0
    assert stock(stores)[PAPER]["stock"] == "0"


def test_an_item_keeps_its_measure(stores: Wuye) -> None:
    assert "一直按“箱”计，这次写的是“包”" in issue(stores, "1", "--measure", "包").err
    issue(stores, "1")
    last = stores("supply", "list", "-o", "json").records[0]
    assert (last["measure"], last["class"]) == ("箱", "office")


def test_what_each_needs(wuye: Wuye) -> None:
    assert "缺少数量" in wuye("supply", "add", "入库", PAPER).err
    assert "数量是 0" in wuye("supply", "add", "入库", PAPER, "0").err
    for what in ("申领", "领用", "需用"):
        assert "缺少部门" in wuye("supply", "add", what, PAPER, "1").err
    assert "缺少故障情况" in wuye("supply", "add", "设备故障", "打印机").err
    assert "只有需用才写需用月份" in wuye("supply", "add", "入库", PAPER, "1", "--month", "下月").err


def test_a_requisition_is_approved_and_issued_out_of_stock(stores: Wuye) -> None:
    assert add(stores, "申领", "4", "--department", "工程部").code == 0
    assert stock(stores)[PAPER]["stock"] == "10"
    assert stores("supply", "approve", "20261122-001", "--approved-by", "赵主管").code == 0
    assert stores("supply", "issue", "20261122-001", "--issued", "3", "--taken-by", "王师傅").code == 0
    assert stock(stores)[PAPER]["stock"] == "7"
    assert add(stores, "申领", "8", "--department", "工程部").code == 0
    assert "库存只有 7箱" in stores("supply", "issue", "20261122-002").err
    assert stock(stores)[PAPER]["stock"] == "7"
    assert stores("supply", "refuse", "20261122-002", "--reason", "下月再领").code == 0
    assert add(stores, "申领", "2", "--department", "工程部").code == 0
    assert stores("supply", "issue", "20261122-003").code == 0
    last = stores("supply", "show", "20261122-003", "-o", "json").records[0]
    assert (last["status"], last["issued"]) == ("issued", "2") and stock(stores)[PAPER]["stock"] == "5"


def test_consumption_of_a_month_by_department(stores: Wuye) -> None:
    issue(stores, "1", "--at", "2026-11-03 10:00", "--price", "95")
    issue(stores, "2", "--at", "2026-11-13 10:00", "--price", "90.5")
    issue(stores, "1", "--at", "2026-10-31 10:00", item="订书机")
    add(stores, "领用", "3", "--department", "工程部")
    add(stores, "申领", "1", "--department", "工程部")
    stores("supply", "issue", "20261122-002")
    said = stores("supply", "used", "-o", "json")
    rows = [(r["department"], r["item"], r["quantity"], r["amount"], r["times"]) for r in said.json["rows"]]
    assert rows == [("客服部", PAPER, "3", "276.00", 2), ("工程部", PAPER, "4", "", 2)]
    assert [r["item"] for r in stores("supply", "used", "上月", "-o", "json").json["rows"]] == ["订书机"]
    one = stores("supply", "used", "--department", "工程部", "-o", "json").json
    assert [r["quantity"] for r in one["rows"]] == ["4"] and one["month"] == "2026-11"
    assert "应是一个月份" in stores("supply", "used", "2026").err
    assert "月材料消耗表 2026-11" in stores("supply", "used", "-o", "md").out


def test_needs_of_next_month_beside_the_stock(stores: Wuye) -> None:
    add(stores, "需用", "12", "--department", "客服部", "--purpose", "年终公告")
    add(stores, "需用", "3", "--department", "客服部")
    add(stores, "需用", "40", "--department", "工程部", "--month", "2027-01", item="灯泡")
    rows = stores("supply", "needs", "-o", "json").json["rows"]
    assert [(r["department"], r["item"], r["quantity"], r["stock"]) for r in rows] == [("客服部", PAPER, "15", "10")]
    assert rows[0]["purpose"] == "年终公告" and len(rows[0]["ids"]) == 2
    later = stores("supply", "needs", "2027-01", "-o", "json").json["rows"]
    assert [(r["item"], r["stock"]) for r in later] == [("灯泡", "0")]
    got = stores("supply", "add", "入库", "--of", "WL-20261122-001")
    assert got.code == 0 and stock(stores)[PAPER]["stock"] == "22"


def test_equipment_that_breaks_is_told_and_mended(wuye: Wuye) -> None:
    said = wuye("supply", "add", "设备故障", "打印机", "--text", "卡纸", "--place", "前台")
    assert said.code == 0 and "有故障" in said.out
    assert wuye("supply", "tell", "wl1", "--told", "某办公设备公司").code == 0
    told = wuye("supply", "show", "wl1", "-o", "json").records[0]
    assert (told["status"], told["told_at"]) == ("told", "2026-11-22T10:00+08:00")
    assert wuye("supply", "mend", "wl1", "--result", "换搓纸轮", "--cost", "80").code == 0
    assert wuye("supply", "show", "wl1", "-o", "json").records[0]["status"] == "mended"
    assert stock(wuye) == {}
    wuye("supply", "add", "设备故障", "碎纸机", "--text", "电机烧毁")
    assert wuye("supply", "scrap", "wl2", "--reason", "无维修价值").code == 0
