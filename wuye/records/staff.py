"""员工: who works for the estate, on which post, since when (domain.md 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

POST = v.choice(
    head="客服经理/客服主任", supervisor="客服主管", assistant="客服助理", receptionist="前台/前台接待",
    lobby="大堂助理", officer="物业管理员/管理员", collector="收费员/催收员", clerk="内勤",
    technician="维修工/工程师傅", authoriser="车管授权员", guard="保安员/保安", cleaner="保洁员/保洁",
    gardener="绿化工", other="其他", **{
        "guard-captain": "保安队长", "guard-supervisor": "保安领班", "control-centre": "控制中心",
        "night-manager": "夜间总值班",
    },
)  # fmt: skip


def begin(values: Mapping[str, Any]) -> str:
    """One who has left already is entered as such."""
    return "left" if values.get("until") else "current"


def stays(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """Who comes back has no end any more; the log keeps the one there was."""
    return {"until": ""}


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """Nobody leaves before he came."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("离职日期早于任职日期：请核对 --since 和 --until", field="until")


KIND = Kind(
    name="staff",
    prefix="YG",
    zh="员工",
    book=True,
    own_name="name",
    fields=(
        Field("name", v.NAME, "姓名", required=True),
        Field("department", v.DEPARTMENT, "部门"),
        Field("post", POST, "岗位"),
        Field("since", v.day("any"), "任职起"),
        Field("until", v.day("past"), "离职日期"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("number", v.TEXT, "工号"),
    ),
    flow=Flow(
        states=(State("current", "在职", open=False, lasts=True), State("left", "离职", open=False)),
        steps=(
            Step("appoint", "任岗", "current", ("post",), ("department", "since")),
            Step("leave", "离职", "current -> left", (), ("until", "reason"), stamps="until"),
            Step("return", "复职", "left -> current", (), ("post", "department", "since"), effect=stays),
        ),
        begin=begin,
    ),
    positional=("name",),
    checks=(span_in_order,),
    about=("post",),
    people=("name",),
    columns=("id", "status", "name", "department", "post", "since", "until", "phone"),
    slip=Slip("员工登记", ("name", "number", "department", "post", "since", "phone"), ("登记人", "本人")),
    example={"name": "李静", "department": "客服部", "post": "前台", "since": "2024-03-01", "phone": "13800138000"},
)  # fmt: skip
