"""招租位: a place that can be let, advertising space, warehouse or site, let or free (domain.md 25, K 282)."""

from __future__ import annotations

from wuye import values as v
from wuye.costs import COSTED, cost
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

TYPE = v.choice(advertising="广告位", warehouse="仓库", site="场地", shop="商铺", other="其他")
PER = v.choice(month="月", quarter="季", year="年", day="天", **{"half-year": "半年"})

KIND = Kind(
    name="space",
    prefix="ZW",
    zh="招租位",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.TEXT, "名称", required=True),
        Field("type", TYPE, "类型", required=True),
        Field("place", v.TEXT, "位置"),
        Field("dimensions", v.TEXT, "尺寸面积"),
        Field("price", v.MONEY, "标价"),
        Field("per", PER, "计价单位"),
        Field("common", v.FLAG, "共有部分", zh_hint="共有部分的收益归业主（民法典 282），单列台账"),
        Field("lease", v.TEXT, "招租合同"),
        Field("remark", v.TEXT, "备考"),
        *COSTED,
    ),
    flow=Flow(
        states=(State("free", "待租", open=False), State("let", "已租", open=False),
                State("withdrawn", "停用", open=False)),
        steps=(
            Step("let", "租出", "free -> let", ("lease",)),
            Step("free", "收回", "let withdrawn -> free", (), ("reason",)),
            Step("withdraw", "停用", "free -> withdrawn", ("reason",)),
            cost("free let withdrawn"),
        ),
    ),
    positional=("name", "type"),
    about=("type", "place"),
    columns=("id", "status", "name", "type", "place", "dimensions", "price", "per", "common", "lease"),
    slip=Slip("招租位登记表", ("name", "type", "place", "dimensions", "price", "per", "common", "lease"),
              ("登记人", "主管")),
    example={
        "name": "东门广告位2", "type": "广告位", "place": "东门围墙", "dimensions": "6m×3m", "price": "3000",
        "per": "月", "common": "yes",
    },
)  # fmt: skip
