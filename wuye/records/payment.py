"""收款: money taken from a debtor; what it settles is computed, never stored (domain.md 31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.owed import renter
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

DEBTORS = ("room", "lease", "bay")


def some_amount(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """Money taken is of some amount, from one debtor."""
    if values.get("amount") is not None and not values["amount"]:
        yield Problem("收款金额是 0：请核对 --amount", field="amount")
    if sum(bool(values.get(name)) for name in DEBTORS) > 1:
        yield Problem("一笔收款只能记在一个房号、合同或车位上：请只写一个，分几笔的分开登记", field="room")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """What is paid for a bay that a unit rents is the unit's."""
    return Seen(*renter(values, books))


def net(record: Record) -> Decimal:
    """What is left of a payment: nothing of a void or reversed one, less what was refunded of others."""
    if record.void or record.status == "reversed":
        return Decimal("0.00")
    refunded = sum((e.values["refunded"] for e in record.entries("refund")), Decimal("0.00"))
    amount = record.get("amount") or Decimal("0.00")
    return Decimal(amount) - refunded


def shown_net(record: Record, basis: Basis) -> Decimal:
    """The same as a column."""
    return net(record)


def within_what_is_left(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """No more is refunded than was taken."""
    left = net(record)
    if not given["refunded"]:
        return "退款金额是 0：请核对 --refunded"
    return f"只剩 {left}，不能退 {given['refunded']}：请核对 --refunded" if given["refunded"] > left else ""


def to_another(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A transfer goes to one other debtor."""
    told = [name for name in DEBTORS if given.get(name)]
    if len(told) != 1:
        return "请用 --room、--lease 或 --bay 写明转到哪里，只写一个"
    return "原来就记在这里，请核对" if record[told[0]] == given[told[0]] else ""


def only_there(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the former debtor goes: its name, and the bills that were named."""
    return {name: None for name in (*DEBTORS, "bills") if record[name] and not given.get(name)}


def recorded_by(record: Record, basis: Basis) -> Mapping[str, Any]:
    """Who took the money where nobody is named: who recorded it."""
    return {"cashier": record.log[0].by} if record.log else {}


KIND = Kind(
    name="payment",
    prefix="SK",
    zh="收款",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("lease", v.TEXT, "招租合同"),
        Field("bay", v.TEXT, "车位"),
        Field("amount", v.MONEY, "金额", required=True),
        Field("way", v.PAID_BY, "收款方式", required=True),
        Field("payer", v.NAME, "付款人"),
        Field("receipt", v.CODE, "收据号"),
        Field("bills", several(v.ref("bill")), "指明的账单", zh_hint="付款人指明付哪几张账单时写"),
        Field("cashier", v.STAFF, "收款人", zh_hint="不写为经办人"),
        Field("reference", v.TEXT, "流水号"),
        Field("remark", v.TEXT, "备考"),
        Field("refunded", v.MONEY, "退款金额", on_log=True),
        Field("refund_way", v.PAID_BY, "退款方式", on_log=True),
    ),
    flow=Flow(
        states=(State("taken", "已收", open=False), State("reversed", "已冲销", open=False)),
        steps=(
            Step("name", "指明账单", "taken", ("bills",)),
            Step("refund", "退款", "taken", ("refunded", "reason"), ("refund_way",), guard=within_what_is_left),
            Step("transfer", "转到正确的房号", "taken", ("reason",), DEBTORS, guard=to_another, effect=only_there),
            Step("reverse", "冲销", "taken -> reversed", ("reason",)),
        ),
    ),
    computed=(Computed("net", "净额", shown_net, v.MONEY.show, v.MONEY),),
    one_of=(("room", "lease", "bay"),),
    positional=("room", "amount"),
    checks=(some_amount,),
    sees=sees,
    fixed=("room", "lease", "bay", "amount", "way", "receipt", "bills", "cashier"),
    money=True,
    about=("way", "amount"),
    people=("payer",),
    category="way",
    columns=("id", "status", "room", "lease", "bay", "amount", "net", "way", "payer", "receipt", "cashier"),
    slip=Slip(
        "收款记录", ("room", "lease", "bay", "payer", "amount", "way", "receipt", "cashier", "remark"),
        ("收款人", "付款人"), untyped=recorded_by,
    ),
    example={"room": "3-2-1201", "amount": "250.60", "way": "微信", "payer": "王女士", "receipt": "0012345"},
)  # fmt: skip
