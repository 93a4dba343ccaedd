"""智能卡: an access or parking card, a worker's or resident's pass: who has it, until when (domain.md 23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Mark
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Books, Kind, Move, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

TYPE = v.choice(
    access="门禁卡", parking="车场卡/停车卡", worker="施工证/出入证/工人出入证", resident="住户证/住户卡/业主卡",
)  # fmt: skip
TO = ("holder", "room", "areas", "phone", "company", "plates", "id_type", "id_tail", "until", "fee", "receipt")
CARRIED_OVER = ("type", "holder", "room", "areas", "phone", "company", "plates", "until")
ISSUED = ("issue", "extend", "find")


def begin(values: Mapping[str, Any]) -> str:
    """A card with somebody who has it was issued; a blank one lies in stock."""
    return "issued" if values.get("holder") else "stock"


def issued_to_somebody(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """What is only true of a card that somebody has, and days in their order."""
    issued, until = values.get("issued"), values.get("until")
    if issued and until and until < issued:
        yield Problem("有效期早于发卡日期：请核对 --until", field="until")
    if issued and not values.get("holder"):
        yield Problem("写了发卡日期却没有写发给谁：请用 --holder 给出", field="holder")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """A card that somebody takes is issued on the day it is entered for."""
    return Seen({"issued": basis.now.date()} if values.get("holder") and not values.get("issued") else {})


def home(record: Record, given: Mapping[str, Any]) -> str:
    """Where a lost card belongs that turns up: with who has it, else in stock."""
    return "issued" if record.get("holder") else "stock"


def nobody_has_it(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """A card that was given back is nobody's; who had it stays in the log."""
    return dict.fromkeys((*TO, "issued"), "")


def issued_anew(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a card keeps of an earlier holder is not the new one's."""
    return {name: "" for name in (*TO, "issued") if name not in given}


def later(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """An extension reaches further than before."""
    before, now = record.get("until"), given.get("until")
    return f"有效期已到 {before}，延期应晚于此：请核对 --until" if before and now and now <= before else ""


def is_new(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A card does not replace itself; who needs another one is known."""
    if given.get("replaced_by") == record.get("number"):
        return "新卡号与原卡号相同：请核对 --replaced-by"
    return "" if record.get("holder") else "这张卡没有发给过谁，不用补办：请直接 issue 另一张"


def reissued(record: Record, step: str, books: Books) -> Iterable[Move]:
    """The new card takes over whom it is for; one that lies in stock is issued, any other is registered."""
    if step != "reissue":
        return
    kind, number = record.kind, record["replaced_by"]
    kept = {n: record[n] for n in CARRIED_OVER if record.get(n) is not None}
    words = {n: "、".join(map(str, value)) if isinstance(value, tuple) else kind[n].stored(value)
             for n, value in kept.items()}  # fmt: skip
    entry = record.entries("reissue")[-1]
    words |= {"fee": kind["fee"].stored(fee)} if (fee := entry.values.get("new_fee")) is not None else {}
    words["replaces"] = record["number"]
    if books.in_book("card", number):
        yield Move("card", number, "issue", {n: word for n, word in words.items() if n != "type"})
    else:
        yield Move("card", number, "add", {**words, "number": number})


def valid(record: Record, basis: Basis) -> Mark | None:
    """Since it was issued or last extended, while somebody has it and its days are numbered."""
    if record.status != "issued" or not record.get("until"):
        return None
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step in ISSUED]
    return marks[-1] if marks else Mark(record.received)


def runs_out(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The last day on which it is good."""
    return basis.desk.closing(record["until"]), "有效期至（until），当日下班前"


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    return {
        "stock": "发卡 issue", "returned": "再发 issue，不用了 cancel", "issued": "到期延期 extend 或交回 return",
        "lost": "在系统里停用后 cancel 注销，补办 reissue，找回 find",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="card",
    prefix="IC",
    zh="智能卡",
    book=True,
    own_name="number",
    unique=True,
    fields=(
        Field("number", v.CODE, "卡号", required=True, zh_hint="卡面或系统里的卡号"),
        Field("type", TYPE, "类型", required=True),
        Field("holder", v.NAME, "持卡人", zh_hint="发给谁；不写为库存空卡"),
        Field("room", v.ROOM, "房号"),
        Field("areas", several(v.TEXT), "开通区域", zh_hint="如 3栋门禁、地下车库"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("company", v.TEXT, "单位", zh_hint="施工证写施工单位"),
        Field("plates", several(v.PLATE), "车牌"),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("issued", v.day("past"), "发卡日期"),
        Field("until", v.day("any"), "有效期至"),
        Field("fee", v.MONEY, "工本费", zh_hint="收了多少；收款另用 payment 登记"),
        Field("receipt", v.TEXT, "收据号"),
        Field("of", v.ref("any"), "来自", zh_hint="装修、入伙等的编号"),
        Field("replaces", v.TEXT, "原卡号"),
        Field("replaced_by", v.CODE, "补办的新卡号"),
        Field("remark", v.TEXT, "备考"),
        Field("new_fee", v.MONEY, "补办费", on_log=True),
    ),
    flow=Flow(
        states=(
            State("stock", "库存", open=False, lasts=True), State("issued", "使用中", open=False, lasts=True),
            State("returned", "已交回", open=False), State("lost", "遗失", open=False),
            State("cancelled", "注销", open=False),
        ),
        steps=(
            Step("issue", "发卡", "stock returned -> issued", ("holder",), (*TO[1:], "issued", "replaces"),
                 effect=issued_anew, stamps="issued"),
            Step("extend", "延期", "issued", ("until",), ("fee", "receipt"), guard=later),
            Step("return", "交回", "issued lost -> returned", (), ("reason",), effect=nobody_has_it),
            Step("lose", "挂失", "stock issued returned -> lost", ("reason",)),
            Step("find", "找回", "lost -> issued", (), ("reason",), to=home),
            Step("cancel", "注销", "stock issued returned lost -> cancelled", ("reason",)),
            Step("reissue", "补办", "issued lost cancelled -> cancelled", ("replaced_by",), ("new_fee", "reason"),
                 guard=is_new),
        ),
        begin=begin,
    ),
    clocks=(Clock("valid", "卡到期", valid, runs_out, ("extend", "return", "lose", "reissue", "cancel"),
                  outlives=True),),
    positional=("number", "type", "holder"),
    checks=(issued_to_somebody, v.id_in_full),
    sees=sees,
    moves=reissued,
    origin="of",
    inherits={"room": ("room", "unit")},
    fixed=("replaces", "replaced_by"),
    about=("number", "type"),
    people=("holder",),
    category="type",
    next_hint=next_hint,
    columns=("id", "status", "number", "type", "holder", "room", "areas", "issued", "until", "fee"),
    slip=Slip(
        "智能卡领用登记",
        ("number", "type", "holder", "room", "areas", "phone", "company", "plates", "id_type", "id_tail", "issued",
         "until", "fee", "receipt", "replaces"),
        ("领卡人", "发卡人"),
    ),
    example={
        "number": "0012875", "type": "门禁卡", "holder": "王女士", "room": "3-2-1201", "areas": "3栋2单元、东门",
        "phone": "13800138000", "issued": "2026-11-20", "until": "2027-11-30", "fee": "20",
    },
)  # fmt: skip
