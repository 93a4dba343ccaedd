"""收据: one numbered paper out of a receipt book, used or void, every copy kept (domain.md 32)."""

from __future__ import annotations

from wuye import values as v
from wuye.flow import Flow, State, Step
from wuye.schema import Field, Kind, Slip

KIND = Kind(
    name="receipt",
    prefix="PJ",
    zh="收据",
    fields=(
        Field("number", v.TEXT, "收据号", required=True),
        Field("book", v.TEXT, "票据本"),
        Field("payment", v.ref("payment"), "收款"),
        Field("deposit", v.ref("deposit"), "押金"),
        Field("amount", v.MONEY, "金额"),
        Field("payer", v.NAME, "交款人"),
        Field("purpose", v.TEXT, "收款事由"),
        Field("issued_by", v.STAFF, "开票人", zh_hint="不写为经办人"),
        Field("copies", v.COUNT, "收回联数", on_log=True),
    ),
    flow=Flow(
        states=(State("used", "已开", open=False), State("spoiled", "作废（全联保存）", open=False)),
        steps=(Step("spoil", "票据作废", "used -> spoiled", ("reason",), ("copies",)),),
    ),
    positional=("number",),
    fixed=("number", "book", "payment", "deposit", "amount"),
    about=("number", "amount"),
    people=("payer",),
    columns=("id", "status", "number", "book", "amount", "payer", "purpose", "payment", "issued_by"),
    slip=Slip("收据", ("number", "payer", "purpose", "amount"), ("开票人", "收款人")),
    example={"number": "0012345", "amount": "250.60", "payer": "王女士", "purpose": "2026年11月物业费"},
)  # fmt: skip
