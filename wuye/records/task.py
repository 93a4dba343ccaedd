"""交办: anything with an owner and a due date, and the report back when it is done (domain.md 12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import TAKEN_OVER, Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

SOURCE = v.choice(
    leader="领导交办/领导", contact="重要来电来访/来电来访来函/来电", promise="答应的回复/承诺", suggestion="员工建议",
    problem="问题上报", complaint="投诉", dunning="催收", workorder="工程单", dutylog="值班日志", followup="回访",
    incident="突发事件", patrol="巡查", inspection="部门检查", nonconformity="不合格项", handover="交接班",
    takeover="新项目交接", target="指标未达标", survey="满意度调查", event="会议措施/会议", duty="例行工作",
    other="其他",
)  # fmt: skip
UPWARD = ("suggestion", "problem")
"""What staff bring up: it is answered."""


# --- clocks


def given(record: Record, basis: Basis) -> Mark | None:
    """Since it was given; one that was dropped waits for nobody."""
    return None if record.status == "cancelled" else Mark(record.received)


def as_agreed(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The time that was set; of a bare day the end."""
    return end_of(record.get("due_on"), basis), "交办的完成期限（due_on）"


def end_of(value: Any, basis: Basis) -> datetime | None:
    """A moment as it stands, a day's end of desk hours."""
    return value if value is None or isinstance(value, datetime) else basis.desk.closing(value)


def owes_report(record: Record) -> bool:
    """Who gave an order is told what became of it; of the rest whoever is named, or asked for by a day."""
    return record.get("source") == "leader" or bool(record.get("report_to") or record.get("report_on"))


def finished(record: Record, basis: Basis) -> Mark | None:
    """Since it was last done, where a report back is owed."""
    done = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "done"]
    return done[-1] if done and record.status == "done" and owes_report(record) else None


def report_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The day named for it, else the office's limit."""
    if on := record.get("report_on"):
        return end_of(on, basis), "约定的回报时间（report_on）"
    due = basis.after(start.at, "task.report")
    return due.at, f"task.report {due.rule_zh}"


def reported(record: Record, basis: Basis) -> datetime | None:
    """When it was last reported back."""
    return max((e.at for e in record.entries("report")), default=None)


# --- what is said


def to_whom(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A report has somebody who hears it."""
    return "" if given.get("to") or record.get("report_to") else "没有写向谁回报：请用 --to 给出"


def not_answered(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A suggestion or a problem brought up is closed with an answer."""
    unanswered = record.get("source") in UPWARD and not record.get("answer")
    return "员工建议、上报的问题还没有答复（answer）" if unanswered else ""


def last_of(record: Record, *steps: str) -> Entry | None:
    """The last of these steps."""
    found = [e for e in record.timeline if e.step in steps]
    return found[-1] if found else None


def next_hint(record: Record, basis: Basis) -> str:
    """Answer what was brought up, do it, report back."""
    if record.status == "open":
        asks = record.get("source") in UPWARD and not record.get("answer")
        return "下一步 answer 答复" if asks else "完成用 done"
    last = last_of(record, "done", "report")
    if record.status == "done" and owes_report(record) and last and last.step == "done":
        return f"下一步 report 向{record.get('report_to') or '交办人'}回报"
    return ""


KIND = Kind(
    name="task",
    prefix="RW",
    zh="交办",
    fields=(
        Field("text", v.MEMO, "事项", required=True),
        Field("owner", v.STAFF, "负责人", required=True),
        Field("due_on", v.day_or_moment("future"), "完成期限", required=True),
        Field("source", SOURCE, "来源", default="other"),
        Field("ordered_by", v.NAME, "交办人", zh_hint="谁交办、谁提出的"),
        Field("report_to", v.NAME, "向谁回报"),
        Field("report_on", v.day_or_moment("future"), "回报期限"),
        Field("of", v.ref("any"), "来自", zh_hint="来电、会议、投诉等的编号，如 ld3"),
        checklist.ROW,
        Field("duty", v.CODE, "例行工作", zh_hint="例行工作的代码"),
        Field("period", v.CODE, "所属期间", zh_hint="如 2026-11、2026-11-23"),
        Field("department", v.DEPARTMENT, "部门"),
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点"),
        Field("reporter", v.NAME, "有关的人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("answer", v.MEMO, "答复", zh_hint="对建议、上报问题的答复"),
        Field("answered_by", v.NAME, "答复人"),
        Field("result", v.MEMO, "完成情况"),
        Field("to", v.NAME, "回报对象", on_log=True),
        Field("said", v.MEMO, "说明", on_log=True),
    ),
    flow=Flow(
        states=(
            State("open", "办理中"),
            State("done", "已完成", open=False),
            State("cancelled", "已取消", open=False),
        ),
        steps=(
            Step("done", "完成", "open -> done", (), ("result",), warn=not_answered),
            Step("answer", "答复", "open done", ("answer",), ("answered_by",)),
            Step("assign", "转交", "open", ("owner",), ("said", "department")),
            Step("extend", "改期", "open", ("due_on", "reason")),
            Step("report", "回报", "open done", (), ("to", "said"), guard=to_whom),
            Step("cancel", "取消", "open -> cancelled", ("reason",)),
            Step("reopen", "重开", "done cancelled -> open", ("reason",)),
        ),
    ),
    rules=(Rule("task.report", Span(1, "wd"), "交办完成后回报"),),
    clocks=(
        Clock("done", "完成", given, as_agreed, ("done",)),
        Clock("report", "回报", finished, report_due, ("report",), outlives=True),
    ),
    computed=(Computed("reported", "回报时间", reported, "{:%m-%d %H:%M}".format, v.moment("past")),),
    positional=("text",),
    checks=(checklist.row_of,),
    fixed=("due_on",),
    origin="of",
    inherits=TAKEN_OVER,
    people=("reporter",),
    category="source",
    next_hint=next_hint,
    columns=("id", "status", "owner", "due_on", "source", "text", "ordered_by", "report_to", "reported"),
    slip=Slip(
        "工作交办单",
        ("text", "source", "ordered_by", "owner", "department", "due_on", "report_to", "report_on", "room", "place",
         "reporter", "answer", "answered_by", "result"),
        ("交办人", "负责人", "回报对象"),
    ),
    example={
        "text": "核实地下车库渗水范围，报维修方案", "owner": "何建国", "due_on": "2026-11-25 17:00",
        "source": "领导交办", "ordered_by": "吴经理", "report_to": "吴经理",
    },
)  # fmt: skip
