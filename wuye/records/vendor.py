"""外包单位: an outside company that works for the estate, over the span of its contract (domain.md 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip


def contract_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A contract ends after it begins."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("合同结束早于开始：请核对 --since 和 --until", field="until")


KIND = Kind(
    name="vendor",
    prefix="WB",
    zh="外包单位",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.NAME, "名称", required=True),
        Field("work", v.TEXT, "服务内容"),
        Field("contact", v.NAME, "联系人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("contract", v.TEXT, "合同编号"),
        Field("since", v.day("any"), "合同起"),
        Field("until", v.day("any"), "合同止"),
    ),
    flow=Flow(
        states=(State("active", "合作中", open=False, lasts=True), State("ended", "已终止", open=False)),
        steps=(
            Step("renew", "续约", "active ended -> active", ("until",), ("since", "contract")),
            Step("end", "终止", "active -> ended", ("reason",), ("until",), stamps="until"),
        ),
    ),
    positional=("name",),
    checks=(contract_in_order,),
    about=("work",),
    people=("contact",),
    columns=("id", "status", "name", "work", "contact", "phone", "contract", "since", "until"),
    slip=Slip("外包单位登记", ("name", "work", "contact", "phone", "contract", "since", "until"), ("登记人",)),
    example={"name": "绿源园林", "work": "绿化养护", "contact": "陈经理", "phone": "13900139000",
             "contract": "HT-2026-08", "since": "2026-01-01", "until": "2026-12-31"},
)  # fmt: skip
