"""信件快递: what came for somebody and waits at the desk, what is sent for a resident (domain.md 14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

DIRECTION = v.choice(**{"in": "收件/代收", "out": "寄件/代寄"})
SORT = v.choice(
    letter="信件/平信", registered="挂号信", parcel="包裹快递/快递/包裹", paper="报刊", document="公函文件/文件",
    other="其他",
)  # fmt: skip
WAY = v.choice(phone="电话", message="短信微信/微信", person="当面", note="留条")


def begin(values: Mapping[str, Any]) -> str:
    """What came waits to be collected, what goes out waits for the postman."""
    return "waiting" if values.get("direction") == "out" else "held"


def sent_by_somebody(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """What is sent goes to somewhere."""
    if values.get("direction") == "out" and not values.get("addressee"):
        yield Problem("寄件缺少寄往何处：请用 --addressee 给出", field="addressee")


def told(record: Record, basis: Basis) -> Mark | None:
    """Since the person was first told that it is there; what goes out waits for nobody to collect it."""
    if record.began != "held":
        return None
    first = next((Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "tell"), None)
    if first is None and record.get("told_at"):
        return Mark(max(record["told_at"], record.received))
    return first


def by_another(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Somebody else collects it: whose document was seen, on whose word."""
    who = given.get("collected_by")
    if who in (None, record.get("person")) or given.get("id_tail") or given.get("agreed"):
        return ""
    return f"由 {who} 代领：请核对证件（--id-type、--id-tail），或写明收件人怎样同意的（--agreed）"


def incoming(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only what came is told of."""
    return "" if record.get("direction") != "out" else "是代寄的，不用通知领取"


def next_hint(record: Record, basis: Basis) -> str:
    """Tell, then let it be collected; hand over what is to be sent."""
    if record.status == "waiting":
        return "交给邮递员或快递员时 hand 交寄"
    if record.status != "held":
        return ""
    untold = not record.get("told_at") and not record.entries("tell")
    return "下一步 tell 通知收件人" if untold else "领取用 collect，退回用 return"


KIND = Kind(
    name="mail",
    prefix="XJ",
    zh="信件快递",
    fields=(
        Field("direction", DIRECTION, "收寄", default="in"),
        Field("person", v.NAME, "收件人", required=True, zh_hint="代寄时写寄件人"),
        Field("room", v.ROOM, "房号"),
        Field("department", v.DEPARTMENT, "部门", zh_hint="公司自己的信件"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("sort", SORT, "种类", default="letter"),
        Field("sender", v.TEXT, "寄自"),
        Field("addressee", v.ADDRESS, "寄往", private=True, zh_hint="代寄时的收件人和地址"),
        Field("courier", v.TEXT, "邮局或快递公司"),
        Field("tracking", v.CODE, "单号"),
        Field("pieces", v.COUNT, "件数", default="1"),
        Field("shelf", v.TEXT, "存放处"),
        Field("told_at", v.moment("past"), "通知时间"),
        Field("collected_by", v.NAME, "领取人"),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("agreed", v.TEXT, "代领同意", zh_hint="收件人怎样同意别人代领的"),
        Field("handed_to", v.NAME, "交给", zh_hint="邮递员或快递员"),
        Field("receipt", v.TEXT, "回执", zh_hint="寄件回执、底单号"),
        Field("way", WAY, "通知方式", on_log=True),
        Field("said", v.TEXT, "说明", on_log=True),
    ),
    flow=Flow(
        states=(
            State("held", "待领"),
            State("waiting", "待寄"),
            State("collected", "已领取", open=False),
            State("sent", "已交寄", open=False),
            State("returned", "已退回", open=False),
        ),
        steps=(
            Step("tell", "通知领取", "held", (), ("told_at", "way", "said"), stamps="told_at", guard=incoming),
            Step("collect", "领取", "held -> collected", ("collected_by",),
                 ("id_type", "id_tail", "id_checked_by", "agreed"), warn=by_another),
            Step("hand", "交寄", "waiting -> sent", ("handed_to",), ("courier", "tracking", "receipt")),
            Step("return", "退回", "held waiting -> returned", ("reason",), ("handed_to",)),
        ),
        begin=begin,
    ),
    rules=(Rule("mail.collect", Span(7, "d"), "通知后多久内领取或退回"),),
    clocks=(Clock("collect", "领取", told, "mail.collect", ("collect", "return")),),
    positional=("person",),
    known_by=("tracking",),
    checks=(sent_by_somebody, v.id_in_full),
    about=("sort", "tracking"),
    people=("person",),
    category="direction",
    next_hint=next_hint,
    columns=("id", "status", "direction", "person", "room", "department", "sort", "courier", "tracking", "pieces",
             "shelf", "told_at", "collected_by", "handed_to"),
    slip=Slip(
        "信件快递登记",
        ("direction", "person", "room", "department", "phone", "sort", "sender", "addressee", "courier", "tracking",
         "pieces", "shelf", "told_at", "collected_by", "handed_to", "receipt"),
        ("经办人", "领取人"),
    ),
    example={
        "person": "王女士", "room": "3-2-1201", "phone": "13800138000", "sort": "挂号信", "tracking": "XA12345678",
        "sender": "市社保局", "shelf": "前台左柜",
    },
)  # fmt: skip
