"""回访: afterwards, is it settled and how satisfied is the person; where it is no step of the matter (domain.md 13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist
from wuye import values as v
from wuye.basis import Basis, Clock, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import TAKEN_OVER, Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Entry, Record

SOURCE = v.choice(
    contact="来电来访来函/来电来访", movein="入伙", incident="突发事件", complaint="投诉", workorder="工程单/维修",
    fitout="装修", registration="出租过户登记", other="其他",
)  # fmt: skip
WAY = v.choice(phone="电话", visit="上门", message="短信微信/微信", person="当面")
LIMIT = "followup.within"
UNREACHED = "unreachable"


def begin(values: Mapping[str, Any]) -> str:
    """Entered with what was said it is done; to be asked still, or nobody was reached, it is open."""
    return "done" if values.get("satisfaction") not in (None, UNREACHED) else "planned"


def planned(record: Record, basis: Basis) -> Mark | None:
    """Since it was planned, where a day was set or the office has a limit; one left undone waits for nobody."""
    set_at_all = record.get("due_on") or basis.limit(LIMIT)
    return Mark(record.received) if set_at_all and record.began == "planned" and record.status != "dropped" else None


def reached(entry: Entry) -> bool:
    """Whether somebody was reached."""
    return entry.values.get("satisfaction") != UNREACHED


def due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The day that was set, else the office's limit."""
    if day := record.get("due_on"):
        return basis.desk.closing(day), "回访期限（due_on），当日下班前"
    if basis.limit(LIMIT) is None:
        return None, ""
    found = basis.after(start.at, LIMIT)
    return found.at, f"{LIMIT} {found.rule_zh}"


def still_planned(record: Record, given: Mapping[str, Any]) -> str:
    """Somebody who could not be reached is tried again."""
    return "planned" if given.get("satisfaction") == UNREACHED and record.status == "planned" else ""


def not_satisfied(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who is not satisfied, or says that it is not settled, is not left at that."""
    unhappy = given.get("satisfaction") == "not" or given.get("settled") is False
    return "不满意或没有解决：转投诉、工程单、交办用 --of 本号" if unhappy else ""


def next_hint(record: Record, basis: Basis) -> str:
    """Ask; what was not settled is taken up again."""
    if record.status == "planned":
        tries = len(record.entries("follow-up")) + (record.after_entries(1).get("satisfaction") == UNREACHED)
        return f"下一步 follow-up 回访{f'（已试 {tries} 次未联系上）' if tries else ''}，不回访用 drop 写原因"
    if record.status == "done" and (record.get("satisfaction") == "not" or record.get("settled") is False):
        return "" if any("link" in e.extra for e in record.standing) else "没有解决：转投诉、工程单、交办用 --of 本号"
    return ""


KIND = Kind(
    name="followup",
    prefix="HF",
    zh="回访",
    fields=(
        Field("of", v.ref("any"), "回访哪一件", zh_hint="来电、入伙、事件等的编号，如 ld3"),
        checklist.ROW,
        Field("source", SOURCE, "类别", required=True, zh_hint="写了 --of 时自动带出"),
        Field("round", v.MONTH, "月度回访", zh_hint="月度抽取时是哪个月的"),
        Field("text", v.MEMO, "回访事项"),
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点"),
        Field("reporter", v.NAME, "回访对象"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("due_on", v.day("future"), "回访期限"),
        Field("way", WAY, "方式"),
        Field("asked_by", v.STAFF, "回访人", zh_hint="不写为经办人"),
        Field("satisfaction", v.SATISFACTION, "满意度"),
        Field("settled", v.FLAG, "已解决"),
        Field("words", v.MEMO, "业户原话"),
    ),
    flow=Flow(
        states=(
            State("planned", "待回访"),
            State("done", "已回访", open=False),
            State("dropped", "不回访", open=False),
        ),
        steps=(
            Step("follow-up", "回访", "planned done -> done", ("satisfaction",),
                 ("settled", "words", "way", "asked_by"), to=still_planned, warn=not_satisfied),
            Step("drop", "不回访", "planned -> dropped", ("reason",)),
        ),
        begin=begin,
    ),
    rules=(Rule(LIMIT, None, "登记后多久内回访"),),
    clocks=(Clock("follow-up", "回访", planned, due, ("follow-up",), meets=reached),),
    one_of=(("of", "text"),),
    checks=(checklist.row_of,),
    positional=("text",),
    origin="of",
    inherits=TAKEN_OVER,
    people=("reporter",),
    category="source",
    next_hint=next_hint,
    columns=("id", "status", "of", "source", "round", "room", "reporter", "text", "satisfaction", "settled", "words"),
    slip=Slip(
        "回访记录",
        ("of", "source", "round", "room", "place", "reporter", "text", "way", "asked_by", "satisfaction", "settled",
         "words"),
        ("回访人", "主管"),
    ),
    example={
        "source": "来电来访", "room": "3-2-1201", "reporter": "王女士", "phone": "13800138000",
        "text": "问周末能不能搬家具", "due_on": "2026-11-30",
    },
)  # fmt: skip
