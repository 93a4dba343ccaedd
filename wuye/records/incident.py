"""突发事件: something happens that cannot wait; who was told when, what was done, how it ended (domain.md 21)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist, conduct
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import TAKEN_OVER, Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

TYPE = v.choice(
    fire="火灾/火警/着火", flood="水浸/跑水/漏水/水灾", equipment="设备故障/设备", entrapment="电梯困人/困人",
    outage="停水停电/停电/停水", crime="治安刑事/治安/盗窃", traffic="交通事故/交通", weather="恶劣天气/台风/暴雨",
    person="人员求助/人员伤病/急病", other="其他",
)  # fmt: skip
TOLD = v.choice(
    supervisor="当值主管/主管", leader="分管领导/领导", police="公安110/110/报警", fire="消防119/119",
    ambulance="急救120/120", utility="供水供电单位/供电/供水", vendor="维保单位/维保", residents="业户",
    other="其他", **{"night-manager": "夜间总值班/夜间值班经理/总值班"},
)  # fmt: skip


def happened(record: Record, basis: Basis) -> Mark:
    """Since it happened."""
    return Mark(record.received)


def by_night(record: Record, basis: Basis) -> Mark | None:
    """Since it happened, where that was outside desk hours: then the night duty manager is told too."""
    return None if at_the_desk(record, basis) else Mark(record.received)


def at_the_desk(record: Record, basis: Basis) -> bool:
    """Whether the desk was open when it happened."""
    return basis.desk.open_at(record.received)


def was_told(who: str) -> Callable[[Entry], bool]:
    """The entries that say that this one was told."""
    return lambda entry: entry.step == "tell" and entry.values.get("told") == who


def untold(record: Record, basis: Basis) -> list[str]:
    """Of those who must be told, who was not, in words."""
    must = ["supervisor", "leader", *([] if at_the_desk(record, basis) else ["night-manager"])]
    told = {e.values.get("told") for e in record.entries("tell")}
    return [TOLD.show(who) for who in must if who not in told]


def told(record: Record, basis: Basis) -> tuple[str, ...]:
    """Who was told, by what name, when."""
    return tuple(
        f"{TOLD.show(e.values['told'])}{e.values.get('name') or ''} {e.at:%H:%M}"
        for e in record.timeline if e.step == "tell"
    )  # fmt: skip


def judged(record: Record, basis: Basis) -> tuple[str, ...]:
    """What was said of whom."""
    return tuple(f"{one.person} {conduct.VERDICT.show(one.verdict)}" for one in conduct.judged(record))


def still_to_tell(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """An incident is closed and somebody who must be told was not."""
    left = untold(record, basis)
    return f"还没有记下告知{'、'.join(left)}：补记用 tell --at" if left else ""


def no_plan_twice(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The same plan is started once."""
    before = [e for e in record.entries("plan") if e.values.get("plan") == given["plan"]]
    return f"{given['plan']}已于 {before[-1].at:%m-%d %H:%M} 启动：不必再记" if before else ""


def never_judged(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only what was said can be withdrawn."""
    if given["verdict"] == "none" and given["person"] not in {one.person for one in conduct.judged(record)}:
        return f"没有评定过{given['person']}，不必撤回：请核对姓名"
    return ""


def next_hint(record: Record, basis: Basis) -> str:
    """Tell who must be told, then the report."""
    if not record.is_open:
        return ""
    left = untold(record, basis)
    first = f"下一步 tell 告知{'、'.join(left)}；" if left else ""
    return f"{first}处置完写结案报告 close --report"


OPEN = "open closed"

KIND = Kind(
    name="incident",
    prefix="SJ",
    zh="突发事件",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点", zh_hint="没有房号时写在哪里"),
        Field("type", TYPE, "类别", required=True),
        Field("text", v.MEMO, "情况", required=True, zh_hint="发生了什么"),
        Field("reporter", v.NAME, "报告人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("injured", v.COUNT, "伤者人数"),
        Field("handler", v.STAFF, "现场负责人"),
        Field("of", v.ref("any"), "来自", zh_hint="值班日志、巡查、工程单等的编号，如 xc3"),
        checklist.ROW,
        Field("plan", v.TEXT, "应急预案", zh_hint="如 火灾应急预案"),
        Field("ordered_by", v.NAME, "下令人", zh_hint="谁下令启动预案"),
        Field("cause", v.MEMO, "原因"),
        Field("loss", v.MEMO, "损失"),
        Field("report", v.MEMO, "结案报告"),
        Field("told", TOLD, "告知对象", on_log=True),
        Field("name", v.NAME, "姓名", on_log=True),
        Field("answer", v.TEXT, "答复", on_log=True),
        Field("said", v.MEMO, "说明", on_log=True),
        Field("whom", v.TEXT, "安抚疏导对象", on_log=True, zh_hint="如 被困业户两人、围观业户"),
        Field("person", v.NAME, "当事人", on_log=True),
        Field("verdict", conduct.VERDICT, "评定", on_log=True),
        Field("judged_by", v.NAME, "评定人", on_log=True),
    ),
    flow=Flow(
        states=(State("open", "处置中"), State("closed", "已结案", open=False)),
        steps=(
            Step("tell", "告知", OPEN, ("told",), ("name", "answer")),
            Step("plan", "启动预案", "open", ("plan", "ordered_by"), (), guard=no_plan_twice),
            Step("progress", "进展", "open", ("said",), ("handler",)),
            Step("calm", "安抚疏导", "open", ("whom",), ("said",)),
            Step("close", "结案", "open -> closed", ("report",), ("cause", "loss", "injured"), warn=still_to_tell),
            Step("reopen", "重开", "closed -> open", ("reason",)),
            Step("judge", "评定处置", OPEN, ("person", "verdict", "judged_by"), ("said",), guard=never_judged),
        ),
    ),
    rules=(
        Rule("incident.supervisor", Span(10, "min"), "告知当值主管"),
        Rule("incident.leader", Span(30, "min"), "告知分管领导"),
        Rule("incident.night", Span(15, "min"), "下班时间告知夜间总值班"),
        Rule("incident.report", Span(3, "d"), "结案报告"),
    ),
    clocks=(
        Clock("supervisor", "告知当值主管", happened, "incident.supervisor", ("tell",),
              meets=was_told("supervisor")),
        Clock("leader", "告知分管领导", happened, "incident.leader", ("tell",), meets=was_told("leader")),
        Clock("night", "告知夜间总值班", by_night, "incident.night", ("tell",), meets=was_told("night-manager")),
        Clock("report", "结案报告", happened, "incident.report", ("close",)),
    ),
    computed=(
        Computed("told_when", "已告知", told, "、".join),
        Computed("untold", "待告知", untold, "、".join),
        Computed("judged", "处置评定", judged, "、".join),
    ),
    one_of=(("room", "place"),),
    positional=("room", "text"),
    checks=(checklist.row_of,),
    known_by=("room", "place"),
    origin="of",
    inherits=TAKEN_OVER,
    about=("type", "text"),
    people=("reporter",),
    category="type",
    next_hint=next_hint,
    columns=("id", "status", "type", "room", "place", "text", "handler", "told_when", "untold", "plan", "judged"),
    slip=Slip(
        "突发事件报告",
        ("type", "room", "place", "reporter", "phone", "text", "injured", "handler", "plan", "ordered_by", "cause",
         "loss", "report"),
        ("记录人", "现场负责人", "分管领导"),
    ),
    example={
        "place": "3栋2单元电梯", "type": "电梯困人", "text": "电梯停在 8 层，困两人", "reporter": "王女士",
        "phone": "13800138000", "handler": "孙海",
    },
)  # fmt: skip
