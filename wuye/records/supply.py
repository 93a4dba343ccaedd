"""物料: what comes into the stores and goes out, what departments need, equipment that breaks (domain.md 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import stock
from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Kind, Move, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

TYPE = v.choice(
    requisition="申领/申购", issue="领用/发放", receive="入库/进货", adjust="盘点/盘点调整", need="需用/月需用",
    fault="设备故障/报修",
)  # fmt: skip
CLASS = v.choice(
    material="维修材料/材料", office="办公用品/办公", cleaning="清洁绿化/清洁", equipment="设备", other="其他",
)  # fmt: skip
BEGINS = {
    "requisition": "asked", "issue": "issued", "receive": "received", "adjust": "counted", "need": "needed",
    "fault": "faulty",
}  # fmt: skip
OF_A_DEPARTMENT = ("requisition", "issue", "need")
MOVES = (stock.RECEIVE, stock.ISSUE, stock.COUNT)


def begin(values: Mapping[str, Any]) -> str:
    """A requisition waits to be approved, a fault to be told; a movement of the stock is done when it is written."""
    return BEGINS.get(values.get("type") or "", "asked")


def whole(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """What each of them needs: how much, for which department, what is broken."""
    what = values.get("type")
    if what == "fault":
        if not values.get("text"):
            yield Problem("设备故障缺少故障情况：请用 --text 给出", field="text")
        return
    if what and not values.get("quantity"):
        yield Problem("缺少数量：请用 --quantity 给出", field="quantity")
    elif what and what != stock.COUNT and not Decimal(values["quantity"]):
        yield Problem("数量是 0：请核对 --quantity", field="quantity")
    if what in OF_A_DEPARTMENT and not values.get("department"):
        yield Problem("缺少部门：请用 --department 给出", field="department")
    if values.get("month") and what and what != "need":
        yield Problem("只有需用才写需用月份：请删去 --month", field="month")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """How the item has been measured before, what was there before a count; the month that needs are for."""
    what, kept = values.get("type"), dict[str, Any]()
    if what == "need" and not values.get("month"):
        kept["month"] = f"{basis.now.replace(day=1) + timedelta(days=32):%Y-%m}"
    if what == "fault":
        return Seen({})
    there = books.stock(values["item"])
    kept |= {n: w for n, w in (("measure", there.measure), ("class", there.group)) if w and not values.get(n)}
    if what == stock.COUNT and there.known and there.quantity >= 0:
        kept["book"] = stock.plain(there.quantity)
    odd = what == stock.ISSUE and not there.known
    words = f"台账里没有 {values['item']} 的入库或盘点，库存无从核对：请先登记"
    return Seen(kept, (words,) if odd else ())


def stays_in_stock(record: Record, step: str, books: Books) -> Iterable[Move]:
    """Nothing else moves. Raises Refused for more than there is, and for another measure than the item's."""
    what = step if record["type"] == "requisition" else record["type"] if step == "add" else ""
    if what not in MOVES:
        return ()
    item, quantity = str(record["item"]), record.get("issued") or record["quantity"]
    there = books.stock(item, what, quantity)
    measure = record.get("measure")
    if measure and there.measure and measure != there.measure:
        raise Refused(f"{item} 一直按“{there.measure}”计，这次写的是“{measure}”：请换算后再登记")
    if what == stock.ISSUE and there.known and Decimal(quantity) > there.quantity:
        left = f"{stock.plain(there.quantity)}{there.measure}"
        raise Refused(f"{item} 库存只有 {left}，不够发 {quantity}{there.measure}：请核对数量，或先登记入库、盘点")
    return ()


def all_of_it(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for is issued, where nothing else is said."""
    return {} if given.get("issued") else {"issued": record["quantity"]}


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    return {
        "asked": "审批 approve，发放 issue", "approved": "发放 issue", "faulty": "报修 tell", "told": "修好 mend",
    }.get(record.status, "")  # fmt: skip


FORMS = {
    "requisition": "物料申领单", "issue": "物料领用单", "receive": "入库单", "adjust": "盘点调整单",
    "need": "月材料需用申报", "fault": "设备报修单",
}  # fmt: skip


def slip_title(record: Record) -> str:
    """The form that it is."""
    return FORMS.get(record.get("type") or "", "入库单")


KIND = Kind(
    name="supply",
    prefix="WL",
    zh="物料",
    fields=(
        Field("type", TYPE, "类型", required=True),
        Field("item", v.TEXT, "品名", required=True, zh_hint="同一样东西始终写同一个名字，库存按品名合计"),
        Field("quantity", v.QUANTITY, "数量", zh_hint="盘点写实有数"),
        Field("measure", v.TEXT, "单位", zh_hint="如 箱、个；不写时同上一次"),
        Field("class", CLASS, "类别", zh_hint="不写时同上一次"),
        Field("department", v.DEPARTMENT, "部门", zh_hint="申领、领用、需用的部门"),
        Field("taken_by", v.NAME, "领用人"),
        Field("purpose", v.TEXT, "用途"),
        Field("month", v.MONTH_ANY, "需用月份", zh_hint="不写为下个月"),
        Field("price", v.MONEY, "单价"),
        Field("vendor", v.TEXT, "供货单位"),
        Field("place", v.TEXT, "所在位置", zh_hint="设备在哪里"),
        Field("text", v.MEMO, "故障情况"),
        Field("of", v.ref("any"), "来自", zh_hint="需用、申领、盘点等的编号，如 wl3"),
        Field("book", v.QUANTITY, "账面数", typed=False),
        Field("approved_by", v.STAFF, "审批人"),
        Field("issued", v.QUANTITY, "实发数量"),
        Field("told", v.TEXT, "报给谁"),
        Field("told_at", v.moment("past"), "报修时间"),
        Field("mended_by", v.TEXT, "维修人"),
        Field("result", v.MEMO, "维修结果"),
        Field("cost", v.MONEY, "维修费"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(
            State("received", "已入库", open=False), State("asked", "已申领"), State("approved", "已批准"),
            State("issued", "已发放", open=False), State("refused", "未批准", open=False),
            State("counted", "已盘点", open=False), State("needed", "已报需用", open=False),
            State("faulty", "有故障"), State("told", "已报修"), State("mended", "已修好", open=False),
            State("scrapped", "报废", open=False),
        ),
        steps=(
            Step("approve", "审批", "asked -> approved", ("approved_by",)),
            Step("issue", "发放", "asked approved -> issued", (), ("issued", "taken_by"), effect=all_of_it),
            Step("refuse", "不批准", "asked approved -> refused", ("reason",)),
            Step("tell", "报修", "faulty told -> told", ("told",), ("told_at",), stamps="told_at"),
            Step("mend", "修好", "faulty told -> mended", ("result",), ("mended_by", "cost")),
            Step("scrap", "报废", "faulty told -> scrapped", ("reason",)),
        ),
        begin=begin,
    ),
    positional=("type", "item", "quantity"),
    checks=(whole,),
    sees=sees,
    moves=stays_in_stock,
    fixed=("type", "item", "quantity", "measure", "issued"),
    origin="of",
    inherits={"item": ("item",), "quantity": ("quantity",), "measure": ("measure",), "class": ("class",),
              "department": ("department",), "purpose": ("purpose",)},
    about=("item", "quantity", "measure", "text"),
    people=("taken_by",),
    category="type",
    next_hint=next_hint,
    columns=("id", "status", "type", "item", "quantity", "measure", "class", "department", "taken_by", "month",
             "issued"),
    slip=Slip(
        "入库单",
        ("type", "item", "quantity", "measure", "class", "department", "taken_by", "purpose", "month", "approved_by",
         "issued", "price", "vendor", "place", "text", "told", "result", "cost", "remark"),
        ("申领人", "审批人", "发放人"),
        titled=slip_title,
    ),
    example={
        "type": "入库", "item": "A4打印纸", "quantity": "10", "measure": "箱", "class": "办公用品", "price": "95",
        "vendor": "某文具店",
    },
)  # fmt: skip
