"""钥匙: one key of the cabinet and where it is: in it, lent, entrusted by the owner, delivered, lost (domain.md 22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

AT_DESK = ("cabinet", "entrusted")
"""The states in which the key hangs in the cabinet: what a count must find there."""


def begin(values: Mapping[str, Any]) -> str:
    """A key that an owner left for repairs comes in entrusted, any other one not yet delivered."""
    return "entrusted" if values.get("entrusted_by") else "cabinet"


def home(record: Record, given: Mapping[str, Any]) -> str:
    """Where a key that comes back belongs: what an owner entrusted stays entrusted."""
    return "entrusted" if record.get("entrusted_by") else "cabinet"


def nobody_has_it(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """Back in the cabinet nobody holds it."""
    return {"holder": "", "loan": ""}


def owner_has_it(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """Given back to the owner it is entrusted no more."""
    to = given.get("holder") or record.get("entrusted_by") or ""
    return {"holder": to, "entrusted_by": "", "entrustment": ""}


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: lending goes by a loan record, so does what is lent."""
    loan, entrusted = record.get("loan"), record.get("entrustment")
    lent = f"在{record.get('holder') or '外'}处，归还用 keyloan return {loan or ''}".rstrip()
    back = f"修完退还业主用 keyloan return {entrusted}" if entrusted else "修完退还业主 give-back"
    known = {"cabinet": "借出用 keyloan add，交付业主 deliver", "lent": lent, "entrusted": back}
    return known.get(record.status, "")


KIND = Kind(
    name="key",
    prefix="YS",
    zh="钥匙",
    book=True,
    own_name="label",
    unique=True,
    fields=(
        Field("label", v.TEXT, "标签", required=True, zh_hint="钥匙牌上写的，全柜不重，如 3-2-1201-A"),
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "部位", zh_hint="公共部位、设备房，如 配电房"),
        Field("cabinet", v.TEXT, "柜位", zh_hint="钥匙柜里的位置，如 A柜12"),
        Field("entrusted_by", v.NAME, "委托人", zh_hint="业主留下供维修用的，写业主姓名"),
        Field("holder", v.NAME, "现在何人手中"),
        Field("loan", v.ref("keyloan"), "借用记录", zh_hint="登记借用请用 keyloan add，钥匙随之借出"),
        Field("entrustment", v.ref("keyloan"), "委托记录"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(
            State("cabinet", "在柜", open=False), State("lent", "借出", open=False),
            State("entrusted", "业主委托", open=False), State("delivered", "已交付", open=False),
            State("lost", "遗失", open=False),
        ),
        steps=(
            Step("lend", "借出", "cabinet entrusted -> lent", ("holder", "loan")),
            Step("back", "归还入柜", "lent lost -> cabinet", effect=nobody_has_it, to=home),
            Step("entrust", "业主委托", "cabinet delivered -> entrusted", ("entrusted_by",), ("entrustment", "cabinet"),
                 effect=nobody_has_it),
            Step("give-back", "退还业主", "entrusted lost -> delivered", (), ("holder",), effect=owner_has_it),
            Step("deliver", "交付", "cabinet -> delivered", ("holder",)),
            Step("take-in", "收回入柜", "delivered -> cabinet", (), ("cabinet", "reason"), effect=nobody_has_it),
            Step("lose", "遗失", "cabinet lent entrusted -> lost", ("reason",)),
        ),
        begin=begin,
    ),
    one_of=(("room", "place"),),
    positional=("label", "room"),
    fixed=("entrusted_by", "holder", "loan", "entrustment"),
    about=("label", "place"),
    people=("holder",),
    category="cabinet",
    next_hint=next_hint,
    columns=("id", "status", "label", "room", "place", "cabinet", "holder", "loan", "entrusted_by", "remark"),
    slip=Slip("钥匙登记", ("label", "room", "place", "cabinet", "entrusted_by", "holder", "remark"),
              ("登记人", "主管")),
    example={"label": "3-2-1201-A", "room": "3-2-1201", "cabinet": "A柜12", "remark": "入户门，共两把"},
)  # fmt: skip
