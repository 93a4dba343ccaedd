"""钥匙借用: a key lent from the cabinet, or left with the desk by its owner for repairs (domain.md 22, L)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Mark, Rule
from wuye.errors import Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

TYPE = v.choice(lend="借出/借用", entrust="业主委托/委托")
SINCE = ("add", "extend")


def owner_named(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """An owner's key is that of a unit: without it nobody would know which door it opens."""
    if values.get("type") == "entrust" and not values.get("room"):
        yield Problem("业主委托的钥匙缺少房号：请用 --room 给出", field="room")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The unit of the key as the cabinet knows it; the desk is told of a key that it does not know."""
    key = books.in_book("key", values["key"])
    if key is None:
        lent = values.get("type") != "entrust"
        words = f"钥匙台账里没有“{values['key']}”：请核对标签，或先用 key add 登记"
        return Seen({}, (words,) if lent else ())
    return Seen({"room": key["room"]} if key.get("room") and not values.get("room") else {})


def where_it_is(key: Record) -> str:
    """Why a key cannot be lent or entrusted, in a sentence."""
    label, loan = key["label"], key.get("loan")
    if key.status == "lent":
        return f"钥匙 {label} 已由 {key.get('holder')} 借走：请先用 keyloan return {loan} 登记归还"
    if key.status == "entrusted":
        return f"钥匙 {label} 已由 {key.get('entrusted_by')} 委托在柜：请核对标签"
    if key.status == "delivered":
        return f"钥匙 {label} 已交付 {key.get('holder') or '业主'}，不在柜里：请核对标签"
    return f"钥匙 {label} 已登记遗失：找回后请先用 key back 归还入柜"


def moves(record: Record, step: str, books: Books) -> Iterable[Move]:
    """The key goes out and comes back with its loan, where the cabinet knows it. Raises Refused where it is out."""
    label, lent = record["key"], record["type"] == "lend"
    key = books.in_book("key", label)
    if step == "add":
        yield from goes(record, label, lent, key)
    elif key and key.get("loan" if lent else "entrustment") == record.id:
        home = "back" if lent else "give-back"
        if step in ("return", "void"):
            yield Move("key", label, home)
        elif step == "lose" and key.status != "lost":
            yield Move("key", label, "lose", {"reason": f"{record.entries(step)[-1].values['reason']}"})


def goes(record: Record, label: str, lent: bool, key: Record | None) -> Iterable[Move]:
    """Lent from the cabinet, or taken in for its owner: a key of theirs that is new to the cabinet is registered."""
    whom = record["whom"]
    if key is None:
        words = {"label": label, "room": record.get("room") or "", "entrusted_by": whom, "entrustment": record.id}
        yield from () if lent else (Move("key", label, "add", words),)
        return
    if key.status not in (("cabinet", "entrusted") if lent else ("cabinet", "delivered")):
        raise Refused(where_it_is(key))
    if lent:
        yield Move("key", label, "lend", {"holder": whom, "loan": record.id})
    else:
        yield Move("key", label, "entrust", {"entrusted_by": whom, "entrustment": record.id})


def out(record: Record, basis: Basis) -> Mark | None:
    """Since it was lent, or its day was last put off; an owner's key waits only where a day was named."""
    if record.get("type") == "entrust" and not record.get("due_back"):
        return None
    marks = [Mark(e.at if e.step == "extend" else record.received, i + (e.step == "extend"))
             for i, e in enumerate(record.timeline) if e.step in SINCE]  # fmt: skip
    return marks[-1] if marks else None


def due_back(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """What was agreed, else the limit."""
    if agreed := record.get("due_back"):
        return agreed, "应还时间（due_back）"
    due = basis.after(start.at, "keyloan.limit")
    return due.at, f"keyloan.limit {due.rule_zh}"


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: it comes back."""
    return {"out": "归还 return，续借 extend", "lost": "找回归还用 return"}.get(record.status, "")


def slip_title(record: Record) -> str:
    """The form that it is: a loan, or an owner's key taken in."""
    return "客户委托钥匙登记表" if record["type"] == "entrust" else "钥匙借用登记"


KIND = Kind(
    name="keyloan",
    prefix="JY",
    zh="钥匙借用",
    fields=(
        Field("key", v.TEXT, "钥匙", required=True, zh_hint="钥匙台账里的标签，如 3-2-1201-A"),
        Field("whom", v.NAME, "借用人", required=True, zh_hint="业主委托的写业主姓名"),
        Field("type", TYPE, "类型", default="lend"),
        Field("room", v.ROOM, "房号", zh_hint="不写时取自钥匙台账"),
        Field("department", v.DEPARTMENT, "借用部门"),
        Field("company", v.TEXT, "借用单位", zh_hint="外单位的写单位名称"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("purpose", v.TEXT, "用途"),
        Field("agreed_by", v.NAME, "同意人", zh_hint="业主或主管"),
        Field("due_back", v.moment("future"), "应还时间"),
        Field("of", v.ref("any"), "来自", zh_hint="工程单、入伙等的编号，如 gd3"),
        Field("returned_by", v.NAME, "归还人", on_log=True, zh_hint="不是借用人本人时写"),
    ),
    flow=Flow(
        states=(State("out", "未还"), State("returned", "已归还", open=False), State("lost", "遗失", open=False)),
        steps=(
            Step("return", "归还", "out lost -> returned", (), ("returned_by", "reason")),
            Step("extend", "续借", "out", ("due_back",), ("reason",)),
            Step("lose", "遗失", "out -> lost", ("reason",)),
        ),
    ),
    rules=(Rule("keyloan.limit", Span(1, "d"), "借出的钥匙多久归还"),),
    clocks=(Clock("back", "归还钥匙", out, due_back, ("return", "extend", "lose")),),
    positional=("key", "whom"),
    checks=(owner_named, v.id_in_full),
    sees=sees,
    moves=moves,
    fixed=("key", "type", "whom"),
    origin="of",
    inherits={"room": ("room", "unit")},
    about=("key", "purpose"),
    people=("whom",),
    category="type",
    next_hint=next_hint,
    columns=("id", "status", "key", "room", "type", "whom", "company", "purpose", "due_back"),
    slip=Slip(
        "钥匙借用登记",
        ("key", "room", "type", "whom", "department", "company", "phone", "id_type", "id_tail", "purpose", "agreed_by",
         "due_back"),
        ("借用人", "经办人", "归还签收"),
        titled=slip_title,
    ),
    example={
        "key": "3-2-1201-A", "whom": "王师傅", "room": "3-2-1201", "department": "工程部", "phone": "13800138000",
        "purpose": "厨房维修", "agreed_by": "王女士", "due_back": "2026-11-30 17:00",
    },
)  # fmt: skip
