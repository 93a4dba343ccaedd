"""日结: what one person took on one day, the cash counted against it, whom it was turned in to (domain.md 33)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import CASH, PAPERS, TAKINGS, several
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record


def counted_in(values: Mapping[str, Any]) -> Decimal:
    """What the cash counted comes to."""
    return sum((row["value"] * row["pieces"] for row in values.get("count") or ()), Decimal("0.00"))


def difference_explained(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A difference between cash and receipts has its reason."""
    if values.get("difference") and not values.get("difference_reason"):
        counted, expected, short = (v.MONEY.show(values[name]) for name in ("counted", "expected", "difference"))
        float_ = f"，另有备用金 {v.MONEY.show(values['float'])}" if values.get("float") else ""
        words = f"现金实点 {counted}，应有 {expected}{float_}，差 {short}"
        yield Problem(f"{words}：请先核对，确有差额的请用 --difference-reason 写明原因", field="difference_reason")


def next_hint(record: Record, basis: Basis) -> str:
    """What is still to be done with the cash."""
    told = {"closed": "请上交：wuye dayclose hand-in", "handed-in": "请双方签字：wuye dayclose sign"}
    return told.get(record.status, "")


KIND = Kind(
    name="dayclose",
    prefix="RJ",
    zh="日结",
    fields=(
        Field("day", v.day("past"), "日期", zh_hint="不写为今天"),
        Field("cashier", v.STAFF, "收款人", zh_hint="不写为经办人；各人结各人的"),
        Field("count", CASH, "现金清点", zh_hint="面额x张数，如 100x12,50x3,0.5x4"),
        Field("float", v.MONEY, "备用金", zh_hint="连它一起点；不写按规则 handover.float，不在您这里的写 0"),
        Field("difference_reason", v.TEXT, "差额原因"),
        Field("remark", v.TEXT, "备考"),
        Field("takings", TAKINGS, "按方式合计", typed=False),
        Field("expected", v.DIFFERENCE, "应有现金", typed=False),
        Field("counted", v.MONEY, "实点现金", typed=False),
        Field("difference", v.DIFFERENCE, "差额", typed=False),
        Field("papers", PAPERS, "收据起止", typed=False),
        Field("receipted", v.MONEY, "已开收据金额", typed=False),
        Field("unreceipted", v.COUNT, "未开收据笔数", typed=False),
        Field("entries", v.COUNT, "笔数", typed=False),
        Field("keys", several(v.TEXT), "明细编号", typed=False),
        Field("seal", v.TEXT, "明细哈希", typed=False),
        Field("to", v.NAME, "交给", on_log=True),
        Field("amount", v.MONEY, "上交现金", on_log=True, zh_hint="不写为实点现金减备用金"),
        Field("signed_by", v.NAME, "签收人", on_log=True),
    ),
    flow=Flow(
        states=(
            State("closed", "已结待交"),
            State("handed-in", "已上交"),
            State("signed", "双方已签", open=False),
            State("reopened", "已重开", open=False),
        ),
        steps=(
            Step("hand-in", "上交现金", "closed -> handed-in", ("to",), ("amount",)),
            Step("sign", "双方签字", "handed-in -> signed", ("signed_by",)),
            Step("reopen", "重开", "closed handed-in signed -> reopened", ("reason",)),
        ),
    ),
    positional=("day",),
    checks=(difference_explained,),
    fixed=("day", "cashier", "count", "float", "difference_reason"),
    money=True,
    next_hint=next_hint,
    about=("day", "counted"),
    people=("cashier",),
    columns=("id", "status", "day", "cashier", "takings", "expected", "counted", "difference", "papers"),
    slip=Slip(
        "日结单",
        ("day", "cashier", "takings", "expected", "float", "count", "counted", "difference", "difference_reason",
         "papers", "receipted", "unreceipted", "entries", "remark"),
        ("收款人", "接收人"),
    ),
    example={"day": "2026-11-22", "cashier": "李静", "count": "100x2,0.5x4", "difference_reason": "备用金没有取出"},
)  # fmt: skip
