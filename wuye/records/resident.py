"""业户: one person tied to one unit in one role, over a span of time (domain.md 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

ROLE = v.choice(
    owner="业主", tenant="租户/租客", family="家属", agent="委托人/代理人",
    **{"co-owner": "共有业主/共有人"},
)  # fmt: skip


def begin(values: Mapping[str, Any]) -> str:
    """A tie that has ended already is entered as a past one."""
    return "past" if values.get("until") else "current"


def stays(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """Who comes back has no end any more; the log keeps the one there was."""
    return {"until": ""}


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A tie ends after it begins."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("结束日期早于开始日期：请核对 --since 和 --until", field="until")


KIND = Kind(
    name="resident",
    prefix="YH",
    zh="业户",
    book=True,
    own_name="name",
    fields=(
        Field("name", v.NAME, "姓名", required=True),
        Field("room", v.ROOM, "房号", required=True),
        Field("role", ROLE, "身份", required=True),
        Field("since", v.day("any"), "起", zh_hint="成为业主、起租的日期"),
        Field("until", v.day("past"), "止", zh_hint="迁出时不写为当天"),
        Field("phones", several(v.PHONE), "电话", private=True),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("address", v.ADDRESS, "送达地址", private=True),
        Field("plates", several(v.PLATE), "车辆"),
        Field("pets", v.TEXT, "宠物"),
        Field("emergency_contact", v.NAME, "紧急联系人"),
        Field("emergency_phone", v.PHONE, "紧急联系电话", private=True),
        Field("bank", v.TEXT, "代扣银行", zh_hint="只写银行和支行，不写账号"),
        Field("care", v.TEXT, "关照事项", zh_hint="独居老人、行动不便等"),
        Field("lease_until", v.day("any"), "租期至"),
    ),
    flow=Flow(
        states=(State("current", "现住", open=False, lasts=True), State("past", "已迁出", open=False)),
        steps=(
            Step("leave", "迁出", "current -> past", (), ("until", "reason"), stamps="until"),
            Step("return", "恢复", "past -> current", ("reason",), effect=stays),
        ),
        begin=begin,
    ),
    positional=("name", "room"),
    known_by=("name",),
    checks=(span_in_order, v.id_in_full),
    about=("role",),
    people=("name",),
    columns=("id", "status", "name", "room", "role", "since", "until", "phones", "plates", "care"),
    slip=Slip(
        "业主（住户）资料卡",
        ("name", "room", "role", "since", "until", "phones", "id_type", "id_tail", "address", "plates", "pets",
         "emergency_contact", "emergency_phone"),
        ("登记人", "业户"),
    ),
    example={
        "name": "王女士", "room": "3-2-1201", "role": "业主", "since": "2020-05-01", "phones": "13800138000",
        "id_type": "身份证", "id_tail": "002X", "plates": "粤B12345",
    },
)  # fmt: skip
