"""值班日志: what whoever was on duty saw, when, and whom they told (domain.md 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

MATTER = v.choice(order="大堂秩序/秩序", unusual="异常情况/异常", other="其他")
TURNED = ("incident", "nonconformity", "task", "visitor", "workorder", "complaint")


def begin(values: Mapping[str, Any]) -> str:
    """Most entries are said and done; what somebody has to see to stays open."""
    return "pending" if values.get("pending") else "noted"


def to_do_already(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is open for somebody is closed by saying what became of it."""
    if given.get("result") or record.get("told"):
        return ""
    return "还没有告知任何人，也没有结果（tell，或 close --result）"


def next_hint(record: Record, basis: Basis) -> str:
    """What waits is told on, made into a record, or closed."""
    if record.status != "pending":
        return ""
    told = "" if record.get("told") else "tell 告知，"
    return f"下一步 {told}转事件、不合格项、交办、访客用 --of 本号，或 close 了结"


KIND = Kind(
    name="dutylog",
    prefix="ZB",
    zh="值班日志",
    fields=(
        Field("text", v.MEMO, "情况", required=True),
        Field("matter", MATTER, "事项", default="other"),
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点"),
        Field("name", v.NAME, "有关的人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("on_duty", v.STAFF, "值班人", zh_hint="不是经办人值的班才写"),
        Field("told", v.NAME, "告知谁"),
        Field("told_at", v.moment("past"), "告知时间"),
        Field("pending", v.FLAG, "待跟进"),
        Field("result", v.MEMO, "结果"),
        Field("answer", v.TEXT, "对方怎么说", on_log=True),
    ),
    flow=Flow(
        states=(
            State("noted", "已记", open=False),
            State("pending", "待跟进"),
            State("closed", "已了结", open=False),
        ),
        steps=(
            Step("tell", "告知", "noted pending closed", ("told",), ("told_at", "answer"), stamps="told_at"),
            Step("pursue", "待跟进", "noted closed -> pending", (), ("told",)),
            Step("close", "了结", "pending -> closed", (), ("result",), warn=to_do_already),
        ),
        begin=begin,
    ),
    positional=("text",),
    people=("name",),
    category="matter",
    next_hint=next_hint,
    turns=dict.fromkeys(TURNED, "close"),
    columns=("id", "status", "received", "matter", "place", "room", "text", "told", "on_duty"),
    slip=Slip(
        "前台值班日志",
        ("matter", "place", "room", "name", "text", "on_duty", "told", "told_at", "result"),
        ("值班人", "被告知人"),
    ),
    example={
        "text": "大堂有人发传单，劝离", "matter": "秩序", "place": "1栋大堂", "told": "冯磊", "on_duty": "李静",
    },
)  # fmt: skip
