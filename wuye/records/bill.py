"""账单: what a debtor owes for one charge item over one period; changed only by a step of its own (domain.md 30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import LINES
from wuye.owed import renter
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

PAYER = v.choice(owner="业主", tenant="租户", developer="开发商", company="公司")
WAY = v.choice(
    visit="上门送达/上门", mail="邮寄/挂号信", posted="张贴", message="短信微信/短信/微信", handed="前台领取",
)  # fmt: skip


def period_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A period ends after it begins; a bill is of some amount."""
    start, end = values.get("period_from"), values.get("period_until")
    if start and end and end < start:
        yield Problem("账期的结束早于开始：请核对 --period-from 和 --period-until", field="period_until")
    if values.get("amount") is not None and not values["amount"]:
        yield Problem("账单金额是 0：不用出账，请核对 --amount", field="amount")
    lines = [line["amount"] for line in values.get("lines") or () if line.get("amount") is not None]
    if lines and values.get("amount") is not None and sum(lines) != values["amount"]:
        yield Problem(f"明细合计 {sum(lines)} 与金额 {values['amount']} 不一致：请核对", field="lines")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """A bay that a unit rents is billed to the unit."""
    return Seen(*renter(values, books))


def delivered(record: Record, basis: Basis) -> Any:
    """When the payment notice was last delivered."""
    told = record.entries("deliver")
    return told[-1].at if told else None


KIND = Kind(
    name="bill",
    prefix="ZD",
    zh="账单",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("lease", v.TEXT, "招租合同"),
        Field("bay", v.TEXT, "车位"),
        Field("item", v.ITEM, "收费项目", required=True, zh_hint="wuye.yaml 的 charges 里的代码或名称"),
        Field("period_from", v.day("any"), "账期起"),
        Field("period_until", v.day("any"), "账期止"),
        Field("amount", v.MONEY, "金额", required=True),
        Field("due_on", v.day("any"), "应付日期", required=True, typed_as="due"),
        Field("lines", LINES, "明细"),
        Field("payer", PAYER, "付费人", default="owner"),
        Field("payer_name", v.NAME, "付费人姓名"),
        Field("run", v.TEXT, "出账批次"),
        Field("reading", v.ref("reading"), "抄表记录"),
        Field("remark", v.TEXT, "备考"),
        Field("way", WAY, "送达方式", on_log=True),
        Field("to", v.NAME, "送达对象", on_log=True),
        Field("signed_by", v.NAME, "签收人", on_log=True),
        Field("sent_by", v.STAFF, "送达人", on_log=True),
    ),
    flow=Flow(
        states=(State("issued", "已出账", open=False), State("written-off", "已核销", open=False)),
        steps=(
            Step("deliver", "送达收费通知单", "issued", ("way",), ("to", "signed_by", "sent_by")),
            Step("correct", "更正账单", "issued", ("amount", "reason"), ("due_on", "lines")),
            Step("write-off", "核销", "issued -> written-off", ("reason",)),
        ),
    ),
    computed=(Computed("delivered", "送达时间", delivered, "{:%Y-%m-%d %H:%M}".format, v.moment("any")),),
    one_of=(("room", "lease", "bay"),),
    positional=("room", "item", "amount"),
    checks=(period_in_order,),
    sees=sees,
    money=True,
    fixed=("room", "lease", "bay", "item", "period_from", "period_until", "amount", "due_on", "lines", "run"),
    about=("item", "amount"),
    people=("payer_name",),
    category="item",
    columns=("id", "status", "room", "lease", "bay", "item", "period_from", "period_until", "amount", "due_on",
             "delivered"),
    slip=Slip(
        "收费通知单",
        ("room", "lease", "bay", "payer_name", "item", "period_from", "period_until", "lines", "amount", "due_on"),
        ("送达人", "签收人"),
    ),
    example={
        "room": "3-2-1201", "item": "property", "period_from": "2026-11-01", "period_until": "2026-11-30",
        "amount": "250.60", "due_on": "2026-11-25",
    },
)  # fmt: skip
