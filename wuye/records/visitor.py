"""访客: who came in, to whom, who agreed, and whether they have left (domain.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record


def begin(values: Mapping[str, Any]) -> str:
    """A visitor told of beforehand is expected, everybody else is inside."""
    return "expected" if values.get("expected") else "inside"


def came_in(record: Record) -> Mark | None:
    """When the visitor came in: on being registered, or by `enter`."""
    if record.began == "inside":
        return Mark(record.received)
    return next((Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "enter"), None)


def entered(record: Record, basis: Basis) -> Mark | None:
    """Since the visitor came in."""
    return came_in(record)


def stay_ends(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The stay that was expected, else the office's limit."""
    stay = record.get("stay")
    if stay is None:
        due = basis.after(start.at, "visitor.stay")
        return due.at, f"visitor.stay {due.rule_zh}"
    due = basis.desk.due(start.at, stay)
    return due.at, f"预计停留 {due.rule_zh}"


def overstay(record: Record, basis: Basis) -> bool:
    """Whether the visitor is still inside after the expected stay or the limit."""
    start = came_in(record)
    if start is None or record.status != "inside":
        return False
    due = record.due.get("stay") or stay_ends(record, start, basis)[0]
    return due is not None and basis.now > due


def overstay_zh(late: bool) -> str:
    """The mark in a listing."""
    return "超时" if late else ""


def entered_at(record: Record, basis: Basis) -> datetime | None:
    """When the visitor came in."""
    start = came_in(record)
    return start.at if start else None


def left_at(record: Record, basis: Basis) -> datetime | None:
    """When the visitor left."""
    left = record.entries("leave")
    return left[-1].at if left else None


def office_needs_host(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """Outsiders enter the office area only with a host, admitted by somebody."""
    if values.get("office_area"):
        for name, zh in (("host", "接待人"), ("agreed_by", "同意人")):
            if not values.get(name):
                option = "--" + name.replace("_", "-")
                yield Problem(f"外来人员进办公区须有人接待并经人同意：缺少{zh}，请用 {option} 给出", field=name)


def next_hint(record: Record, basis: Basis) -> str:
    """Expected ones enter, those inside leave."""
    return {"expected": "到访时 enter 登记进入", "inside": "离开时 leave 登记离开"}.get(record.status, "")


KIND = Kind(
    name="visitor",
    prefix="FK",
    zh="访客",
    fields=(
        Field("name", v.NAME, "姓名", required=True),
        Field("phone", v.PHONE, "电话", private=True),
        Field("purpose", v.TEXT, "来访事由", required=True),
        Field("unit", v.ROOM, "受访房号"),
        Field("department", v.DEPARTMENT, "受访部门"),
        Field("host", v.NAME, "接待人", zh_hint="要见的人"),
        Field("company", v.TEXT, "来访单位"),
        Field("people", v.COUNT, "来访人数"),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("plate", v.PLATE, "车牌"),
        Field("told", v.NAME, "已通知"),
        Field("agreed_by", v.NAME, "同意人"),
        Field("badge", v.TEXT, "访客证号"),
        Field("office_area", v.FLAG, "进办公区"),
        Field("seated", v.FLAG, "在等候区就座"),
        Field("seller", v.FLAG, "上门推销"),
        Field("stay", v.SPAN, "预计停留", zh_hint="如 2h、30min、2小时"),
        Field("expected", v.moment("future"), "预约到访时间"),
        Field("of", v.ref("any"), "来自", zh_hint="来电、值班日志等的编号，如 ld3"),
    ),
    flow=Flow(
        states=(
            State("expected", "预约"),
            State("inside", "在内"),
            State("left", "已离开", open=False),
        ),
        steps=(
            Step("enter", "进入", "expected -> inside", (),
                 ("host", "told", "agreed_by", "office_area", "badge", "plate", "id_type", "id_tail", "id_checked_by",
                  "stay", "seated")),
            Step("leave", "离开", "inside -> left"),
        ),
        begin=begin,
    ),
    rules=(Rule("visitor.stay", Span(4, "h"), "来访停留时限"),),
    clocks=(Clock("stay", "停留", entered, stay_ends, ("leave",)),),
    computed=(
        Computed("entered", "进入时间", entered_at, "{:%m-%d %H:%M}".format, v.moment("past")),
        Computed("left", "离开时间", left_at, "{:%m-%d %H:%M}".format, v.moment("past")),
        Computed("overstay", "超时停留", overstay, overstay_zh, v.FLAG),
    ),
    one_of=(("unit", "department"),),
    known_by=("phone", "plate"),
    origin="of",
    inherits={
        "name": ("name", "reporter", "person"), "phone": ("phone",), "unit": ("room", "unit"), "purpose": ("text",),
    },
    about=("purpose",),
    people=("name",),
    checks=(office_needs_host, v.id_in_full),
    next_hint=next_hint,
    columns=("id", "status", "name", "purpose", "unit", "department", "company", "plate", "entered", "left",
             "overstay"),
    slip=Slip(
        "来访登记表",
        ("name", "people", "company", "phone", "id_type", "id_tail", "purpose", "unit", "department", "host", "plate",
         "badge", "agreed_by", "stay"),
        ("登记人", "接待人", "来访人"),
    ),
    example={
        "name": "赵先生", "purpose": "送货", "unit": "3-2-1201", "phone": "13900139000", "company": "迅捷配送",
        "plate": "粤B12345", "agreed_by": "王女士",
    },
)  # fmt: skip
