"""工程单: something is to be mended, and three times are kept apart: signed for, on site, done (domain.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist, clocks
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import MATERIALS
from wuye.schema import TAKEN_OVER, Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

SOURCE = v.choice(
    repair="报修", complaint="投诉", contact="来电来访/来电", patrol="巡查", inspection="部门检查/检查",
    movein="入伙", convenience="便民服务", internal="内部", rework="返修", nonconformity="不合格项",
    incident="突发事件", reading="抄表",
)  # fmt: skip
TRADE = v.choice(
    electrical="电气/电", plumbing="给排水/水/水暖", door="门窗", lift="电梯", lighting="公共照明/照明", civil="土建",
    fire="消防", other="其他",
)  # fmt: skip
URGENCY = v.choice(normal="一般", urgent="紧急", emergency="抢修")
CHARGE = v.choice(warranty="保修", free="无偿", paid="有偿")
QUALITY = v.choice(satisfied="满意", fairly="基本满意", **{"not": "不满意"})
LIMITS = ("sign", "arrive", "done")
LIMIT_ZH = {"sign": "签领时限", "arrive": "到场时限", "done": "完成时限"}
WORKING = "issued notified signed on-site"
OPEN = f"{WORKING} on-hold"
NONE = "none"
TIMELINESS = v.choice(**clocks.STATES, **{NONE: "无时限"})


# --- clocks


def limits() -> tuple[Rule, ...]:
    """A limit for each of the three times by urgency, one by trade going before it; none until the office sets it."""
    found = []
    for limit in LIMITS:
        for code, urgency in URGENCY.choices:
            found.append(Rule(f"workorder.{limit}.{code}", None, f"{urgency}工程单的{LIMIT_ZH[limit]}"))
            found += [
                Rule(f"workorder.{limit}.{code}.{trade}", None, f"{urgency}{zh}工程单的{LIMIT_ZH[limit]}")
                for trade, zh in TRADE.choices
            ]
    return tuple(found)


def limit_of(record: Record, limit: str, basis: Basis) -> tuple[datetime | None, str]:
    """When one of the three is due: the order's own target for `done`, else the limit from order or appointment.

    What was imported keeps the promises that were made then: its own target, and no limit of today.
    """
    target = record.get("target")
    if limit == "done" and target:
        return target, "工程单自定的完成时间"
    if "imported" in record.extra:
        return None, ""
    urgency, trade = record.get("urgency") or "normal", record.get("trade") or "other"
    appointment = record.get("appointment")
    for rule in (f"workorder.{limit}.{urgency}.{trade}", f"workorder.{limit}.{urgency}"):
        if span := basis.limit(rule):
            due = basis.desk.due(appointment or record.received, span)
            return due.at, f"{rule} {due.rule_zh}{'（自预约时间起）' if appointment else ''}"
    return None, ""


def runs(record: Record, basis: Basis) -> Mark | None:
    """Since the order was received; one that was cancelled waits for nobody."""
    return None if record.status == "cancelled" else Mark(record.received)


def sign_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """When it must be signed for."""
    return limit_of(record, "sign", basis)


def arrive_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """When somebody must be on site."""
    return limit_of(record, "arrive", basis)


def done_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """When it must be done."""
    return limit_of(record, "done", basis)


def promised(record: Record, basis: Basis) -> Mark | None:
    """Since engineering last named a new time on being urged."""
    said = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.values.get("promised")]
    return said[-1] if said and record.status != "cancelled" else None


def as_promised(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The time they named."""
    return record.timeline[start.index - 1].values["promised"], "催办时答应的时间（promised）"


def timeliness(record: Record, basis: Basis) -> str:
    """How the completion stands to its limit: open, met, late, missed, or none where there is no limit."""
    return next((r.state for r in clocks.read(record, basis) if r.name == "done"), NONE)


def timeliness_zh(code: str) -> str:
    """The mark in a listing."""
    return "无时限" if code == NONE else clocks.STATES[code]


def last_urged(record: Record, basis: Basis) -> datetime | None:
    """When it was last urged."""
    urged = record.entries("urge")
    return urged[-1].at if urged else None


# --- guards, warnings, where a hold leads back to


def before_hold(record: Record, given: Mapping[str, Any]) -> str:
    """The state it was in when it was put on hold."""
    line = record.timeline
    held = max((i for i, e in enumerate(line) if e.step == "hold"), default=0)
    return record.after_entries(held).status


def last_follow_up(record: Record) -> str:
    """How satisfied the person was when last reached since the work was done; empty where nobody was."""
    done = max((i for i, e in enumerate(record.timeline) if e.step == "done"), default=0)
    said = [e.values.get("satisfaction") for e in record.timeline[done:] if e.step == "follow-up"]
    reached = [str(word) for word in said if word and word != "unreachable"]
    return reached[-1] if reached else ""


def still_to_do(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What an order is closed without."""
    said = last_follow_up(record)
    if said == "not":
        return "回访不满意就关单：没有修好的请返修 rework"
    if said or given.get("no_follow_up"):
        return ""
    tried = "回访没有联系上" if record.entries("follow-up") else "还没有回访"
    return f"{tried}就关单（follow-up，或用 --no-follow-up 写明原因）"


def cost(record: Record, basis: Basis) -> Any:
    """Labour and materials together, to the cent; None where there is no price."""
    parts = [row["quantity"] * row["price"] for row in record.get("materials") or () if row.get("price") is not None]
    parts += [record["labour"]] if record.get("labour") is not None else []
    return sum(parts[1:], parts[0]) if parts else None


def paid_without_price(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Paid work is done with its price."""
    values = {**record.values, **given}
    priced = values.get("labour") is not None or any("price" in row for row in values.get("materials") or ())
    if values.get("charge") == "paid" and not priced:
        return "有偿服务没有写价钱（--labour 人工费，--materials 水龙头x1@35.00）"
    return ""


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    if record.status == "done":
        said = last_follow_up(record)
        return "下一步 rework 返修" if said == "not" else f"下一步 {'' if said else 'follow-up 回访，然后 '}close 关单"
    return {
        "issued": "下一步 notify 通知工程部", "notified": "下一步 sign 签领", "signed": "下一步 arrive 到场",
        "on-site": "下一步 done 完成", "on-hold": "下一步 resume 恢复",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="workorder",
    prefix="GD",
    zh="工程单",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "公共部位", zh_hint="没有房号时写在哪里"),
        Field("text", v.MEMO, "报修内容", required=True),
        Field("reporter", v.NAME, "报修人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("source", SOURCE, "来源", default="repair"),
        Field("trade", TRADE, "工种"),
        Field("urgency", URGENCY, "紧急程度", default="normal"),
        Field("charge", CHARGE, "收费性质"),
        Field("appointment", v.moment("future"), "预约时间"),
        Field("target", v.moment("future"), "要求完成时间", typed_as="due"),
        Field("of", v.ref("any"), "来自", zh_hint="投诉、巡查等的编号，如 ts3"),
        checklist.ROW,
        Field("department", v.DEPARTMENT, "承办部门"),
        Field("handler", v.STAFF, "维修人"),
        Field("not_ours", v.FLAG, "不属本公司"),
        Field("result", v.MEMO, "完成情况"),
        Field("materials", MATERIALS, "材料", zh_hint="如 水龙头x1@35.00,生料带x2"),
        Field("labour", v.MONEY, "人工费"),
        Field("whom", v.NAME, "对方", on_log=True),
        Field("answer", v.TEXT, "答复", on_log=True),
        Field("promised", v.moment("future"), "答应的时间", on_log=True),
        Field("satisfaction", v.SATISFACTION, "满意度", on_log=True),
        Field("workmanship", QUALITY, "维修质量", on_log=True),
        Field("attitude", QUALITY, "服务态度", on_log=True),
        Field("words", v.MEMO, "业户原话", on_log=True),
        Field("no_follow_up", v.TEXT, "不回访原因", on_log=True),
    ),
    flow=Flow(
        states=(
            State("issued", "已开单"),
            State("notified", "已通知"),
            State("signed", "已签领"),
            State("on-site", "已到场"),
            State("on-hold", "挂起"),
            State("done", "已完成"),
            State("closed", "已关单", open=False),
            State("cancelled", "已取消", open=False),
        ),
        steps=(
            Step("notify", "通知工程部", "issued notified -> notified", (), ("department", "whom")),
            Step("sign", "签领", "issued notified -> signed", (), ("handler",)),
            Step("arrive", "到场", "issued notified signed -> on-site", (), ("handler",)),
            Step("done", "完成", f"{WORKING} -> done", (),
                 ("result", "handler", "materials", "labour", "charge", "not_ours"), warn=paid_without_price),
            Step("hold", "挂起", f"{WORKING} -> on-hold", ("reason",)),
            Step("resume", "恢复", "on-hold -> issued", (), (), to=before_hold),
            Step("urge", "催办", OPEN, (), ("whom", "answer", "promised")),
            Step("follow-up", "回访", "done closed", ("satisfaction",), ("workmanship", "attitude", "words")),
            Step("close", "关单", "done -> closed", (), ("no_follow_up",), warn=still_to_do),
            Step("rework", "返修", "done closed", ("reason",)),
            Step("cancel", "取消", f"{OPEN} -> cancelled", ("reason",)),
        ),
    ),
    rules=(*limits(), Rule("workorder.rework_days", 30, "同一处同样的毛病在几天内再报修算返修")),
    clocks=(
        Clock("sign", "签领", runs, sign_due, ("sign", "arrive", "done"), fixed=True),
        Clock("arrive", "到场", runs, arrive_due, ("arrive", "done"), fixed=True),
        Clock("done", "完成", runs, done_due, ("done",), fixed=True),
        Clock("promise", "答应的时间", promised, as_promised, ("arrive", "done")),
    ),
    computed=(
        Computed("timeliness", "完成时效", timeliness, timeliness_zh, TIMELINESS),
        Computed("urged", "最近催办", last_urged, "{:%m-%d %H:%M}".format, v.moment("past")),
        Computed("cost", "费用合计", cost, v.MONEY.show, v.MONEY),
    ),
    one_of=(("room", "place"),),
    positional=("room", "text"),
    checks=(checklist.row_of,),
    known_by=("room",),
    origin="of",
    inherits={**TAKEN_OVER, "text": (*TAKEN_OVER["text"], "remark"), "trade": ("trade",), "urgency": ("urgency",)},
    people=("reporter",),
    category="urgency",
    next_hint=next_hint,
    columns=("id", "status", "urgency", "room", "place", "reporter", "trade", "text", "handler", "timeliness"),
    slip=Slip(
        "派工单",
        ("room", "place", "reporter", "phone", "source", "trade", "urgency", "charge", "appointment", "target", "text",
         "department", "handler", "result", "materials", "labour"),
        ("派单人", "维修人", "业户"),
    ),
    example={
        "room": "3-2-1201", "reporter": "王女士", "phone": "13800138000", "text": "厨房水龙头漏水", "trade": "给排水",
        "urgency": "一般", "charge": "有偿",
    },
)  # fmt: skip
