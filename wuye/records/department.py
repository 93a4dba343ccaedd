"""部门: a department, who leads it and how it is reached (domain.md 8)."""

from __future__ import annotations

from wuye import values as v
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

DUTY = v.choice(service="客服", engineering="工程", security="安保", cleaning="保洁", greening="绿化",
                finance="财务", quality="品质", other="其他")  # fmt: skip

KIND = Kind(
    name="department",
    prefix="BM",
    zh="部门",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.NAME, "名称", required=True),
        Field("duty", DUTY, "职能"),
        Field("supervisor", v.NAME, "负责人"),
        Field("phone", v.PHONE, "电话"),
        Field("vendor", v.NAME, "外包单位"),
        Field("planned", v.COUNT, "编制人数"),
    ),
    flow=Flow(
        states=(State("active", "在用", open=False), State("closed", "撤销", open=False)),
        steps=(
            Step("lead", "任命负责人", "active", ("supervisor",), ("phone",)),
            Step("close", "撤销", "active -> closed", ("reason",)),
            Step("reopen", "恢复", "closed -> active", ("reason",)),
        ),
    ),
    positional=("name",),
    about=("duty",),
    people=("supervisor",),
    columns=("id", "status", "name", "duty", "supervisor", "phone", "vendor", "planned"),
    slip=Slip("部门登记", ("name", "duty", "supervisor", "phone", "vendor", "planned"), ("登记人",)),
    example={"name": "工程部", "duty": "工程", "supervisor": "周师傅", "phone": "075588886666"},
)  # fmt: skip
