"""押金: money held for something, returned or kept back in part with its reason (domain.md 31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

PURPOSE = v.choice(fitout="装修押金/装修", lease="租赁押金/租赁", card="卡证押金/卡", key="钥匙押金/钥匙", other="其他")


def some_amount(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A deposit is of some amount, for a room or a lease."""
    if values.get("amount") is not None and not values["amount"]:
        yield Problem("押金金额是 0：请核对 --amount", field="amount")
    if values.get("room") and values.get("lease"):
        yield Problem("一笔押金只能记在一个房号或合同上：请只写一个", field="room")


def held(record: Record) -> Decimal:
    """What is still held."""
    if record.void:
        return Decimal("0.00")
    gone = [e.values[n] for e in record.standing for n in ("returned", "kept_back") if e.values.get(n)]
    return sum((-amount for amount in gone), record.get("amount") or Decimal("0.00"))


def shown_held(record: Record, basis: Basis) -> Decimal:
    """The same as a column."""
    return held(record)


def within(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """No more is returned or kept back than is held."""
    amount, left = given.get("returned") or given.get("kept_back"), held(record)
    if not amount:
        return "金额是 0：请核对"
    return f"只剩 {left}，不能再退或扣 {amount}：请核对金额" if amount > left else ""


def where_to(record: Record, given: Mapping[str, Any]) -> str:
    """Held until nothing is left of it."""
    amount = given.get("returned") or given.get("kept_back") or Decimal(0)
    return "held" if amount < held(record) else ""


KIND = Kind(
    name="deposit",
    prefix="BZ",
    zh="押金",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("lease", v.TEXT, "招租合同"),
        Field("purpose", PURPOSE, "押金用途", required=True),
        Field("amount", v.MONEY, "金额", required=True),
        Field("way", v.PAID_BY, "收款方式", required=True),
        Field("payer", v.NAME, "交款人"),
        Field("receipt", v.CODE, "收据号"),
        Field("cashier", v.STAFF, "收款人", zh_hint="不写为经办人"),
        Field("returned", v.MONEY, "退还金额", on_log=True),
        Field("kept_back", v.MONEY, "扣除金额", on_log=True),
        Field("return_way", v.PAID_BY, "退还方式", on_log=True),
        Field("to", v.NAME, "领款人", on_log=True),
    ),
    flow=Flow(
        states=(State("held", "持有", open=False), State("settled", "已结清", open=False)),
        steps=(
            Step("return", "退还", "held -> settled", ("returned",), ("return_way", "to", "reason"), guard=within,
                 to=where_to),
            Step("keep-back", "扣除", "held -> settled", ("kept_back", "reason"), (), guard=within, to=where_to),
        ),
    ),
    computed=(Computed("held", "持有余额", shown_held, v.MONEY.show, v.MONEY),),
    one_of=(("room", "lease"),),
    positional=("room", "amount"),
    checks=(some_amount,),
    fixed=("room", "lease", "amount", "way", "receipt", "cashier"),
    money=True,
    about=("purpose", "amount"),
    people=("payer",),
    columns=("id", "status", "room", "lease", "purpose", "amount", "held", "way", "payer", "receipt"),
    slip=Slip("押金单", ("room", "lease", "payer", "purpose", "amount", "way", "receipt"), ("收款人", "交款人")),
    example={"room": "3-2-1201", "purpose": "装修", "amount": "2000", "way": "现金", "payer": "王女士"},
)  # fmt: skip
