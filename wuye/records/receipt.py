"""收据: one numbered paper out of a receipt book, used or void, every copy kept (domain.md 32)."""

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


def begin(values: dict[str, Any]) -> str:
    """One that was spoiled before it was given out begins there."""
    return "spoiled" if values.get("spoiled") else "used"


def spoiled_or_used(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A spoiled number stands for no money."""
    if values.get("spoiled") and (values.get("payment") or values.get("deposit")):
        yield Problem("作废的号不能对应收款：请去掉 --payment 或 --spoiled", field="spoiled")


def written_by(record: Record, basis: Basis) -> Mapping[str, Any]:
    """Who wrote it where nobody is named: who recorded it."""
    return {"issued_by": record.log[0].by} if record.log else {}


KIND = Kind(
    name="receipt",
    prefix="PJ",
    zh="收据",
    fields=(
        Field("number", v.CODE, "收据号", required=True),
        Field("book", v.TEXT, "票据本"),
        Field("payment", v.ref("payment"), "收款"),
        Field("deposit", v.ref("deposit"), "押金"),
        Field("amount", v.MONEY, "金额"),
        Field("payer", v.NAME, "交款人"),
        Field("purpose", v.TEXT, "收款事由"),
        Field("issued_by", v.STAFF, "开票人", zh_hint="不写为经办人"),
        Field("spoiled", v.TEXT, "作废原因", zh_hint="没有开出就写坏、跳过的号，登记时写"),
        Field("copies", v.COUNT, "收回联数"),
    ),
    flow=Flow(
        states=(State("used", "已开", open=False), State("spoiled", "作废（全联保存）", open=False)),
        steps=(
            Step("spoil", "作废收据", "used -> spoiled", ("reason",), ("copies",)),
            Step("reassign", "改挂收款", "used", ("payment", "reason")),
        ),
        begin=begin,
    ),
    positional=("number",),
    checks=(spoiled_or_used,),
    fixed=("number", "book", "payment", "deposit", "amount", "spoiled"),
    money=True,
    about=("number", "amount"),
    people=("payer",),
    columns=("id", "status", "number", "book", "amount", "payer", "purpose", "payment", "deposit", "issued_by"),
    slip=Slip("收据", ("number", "payer", "purpose", "amount"), ("开票人", "收款人"), untyped=written_by),
    example={"number": "0012345", "amount": "250.60", "payer": "王女士", "purpose": "2026年11月物业费"},
)  # fmt: skip
