"""新项目交接: documents, systems, keys and open items of a project are checked and taken over (domain.md 20, D)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist, procedure
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Checklist, Item, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

DOCUMENTS, SYSTEMS, KEYS, OPEN_ITEM = "资料", "系统", "钥匙", "遗留问题"
TAKEN_OVER = Checklist("takeover", "承接查验", (
    *(Item(name, DOCUMENTS) for name in (
        "竣工验收资料", "竣工图纸", "设备说明书和保修文件", "业主名册", "业户资料档案", "物业服务合同", "外包合同",
        "财务和收费资料", "共有部分清单",
    )),
    *(Item(name, SYSTEMS) for name in (
        "供配电", "给排水", "电梯", "消防", "监控", "门禁道闸", "公共照明", "绿化和道路", "楼宇外观和屋面",
    )),
    *(Item(name, KEYS) for name in ("设备房钥匙", "公共区域钥匙", "未售空置房钥匙", "门禁系统密码移交")),
))  # fmt: skip


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The checklist of the takeover."""
    return Seen({"checks": checklist.fresh(books.checklist("takeover", "takeover"))})


def with_open_item(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """One more row: an open item, wrong until it is ticked off."""
    row = {"name": given["item"], "group": OPEN_ITEM, "mark": "fault", "note": given["said"]}
    return {"checks": checklist.CHECKS.dump((*(record.get("checks") or ()), row))}


def new_item(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """An open item is written down once."""
    there = [row["name"] for row in record.get("checks") or ()]
    return f"已有“{given['item']}”这一项：请用 tick 写结果" if given["item"] in there else ""


def settled(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What was found wrong is put right before it is closed."""
    left = [f"{one.place} {one.words}" for one in checklist.defects(record)]
    return f"遗留问题还没有解决：{'、'.join(left)}；解决一项 tick 一项" if left else ""


def open_items(record: Record, basis: Basis) -> str:
    """What is left open, in words."""
    return "、".join(one.words for one in checklist.defects(record))


def signed(record: Record, basis: Basis) -> Mark | None:
    """Since it was signed with a day for the open items."""
    if not record.get("settle_by") or record.status != "signed":
        return None
    return next((Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "sign"), None)


def items_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The day by which the open items are to be settled."""
    return basis.desk.closing(record["settle_by"]), "遗留问题期限（settle_by），当日下班前"


def moves(record: Record, step: str, books: Books) -> Iterator[Move]:
    """The papers go into the register."""
    if step == "close":
        title = f"{record['project']} 承接查验资料"
        yield from procedure.filing(record, books, title, {"category": "project", "contents": _documents(record)})


def _documents(record: Record) -> str:
    return "、".join(row["name"] for row in record.get("checks") or ()
                    if row.get("group") == DOCUMENTS and row.get("mark") in ("ok", "fault"))  # fmt: skip


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: identity, rows, signature, open items, filing."""
    if record.status in procedure.HALTED:
        return "继续办理 resume"
    if record.status == "open":
        if procedure.identity_first(record, {}, basis):
            return "核实交接人身份 identify"
        left = checklist.still_open(record)
        return f"还有 {len(left)} 项没有查验：tick 勾选，缺件 tell 告知" if left else "签认 sign"
    if record.status != "signed":
        return ""
    wrong = checklist.defects(record)
    return f"遗留 {len(wrong)} 项，解决后 tick" if wrong else "建业户档案 folders，归档 close"


KIND = Kind(
    name="takeover",
    prefix="JC",
    zh="新项目交接",
    fields=(
        Field("project", v.TEXT, "项目", required=True),
        Field("developer", v.TEXT, "移交单位", required=True),
        Field("name", v.NAME, "移交人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("of", v.ref("any"), "来自", zh_hint="交办等的编号，如 rw3"),
        *procedure.IDENTITY,
        Field("scope", v.MEMO, "范围", zh_hint="楼栋、户数、面积、公共部位"),
        Field("lead", v.STAFF, "接收负责人"),
        Field("planned", v.day("any"), "计划交接日期"),
        Field("signed_by", v.NAME, "移交方签认人"),
        Field("settle_by", v.day("future"), "遗留问题期限"),
        procedure.AGAIN,
        procedure.FILED,
        checklist.CHECKS_FIELD,
        *checklist.TICKED,
        *procedure.TOLD,
        Field("item", v.TEXT, "遗留问题", on_log=True),
    ),
    flow=Flow(
        states=(State("open", "查验中"), State("signed", "已签认"), State("closed", "已归档", open=False),
                *procedure.states("拒签")),
        steps=(
            procedure.identify("open continued refused"),
            procedure.tell("open continued refused signed"),
            checklist.tick("open continued signed"),
            Step("find", "记遗留问题", "open continued signed", ("item", "said"), (), guard=new_item,
                 effect=with_open_item),
            Step("sign", "签认", "open -> signed", ("signed_by",), ("settle_by",), guard=procedure.every(
                procedure.identity_first, procedure.complete,
                procedure.nothing_refused(DOCUMENTS, SYSTEMS, KEYS, OPEN_ITEM))),
            Step("close", "归档", "signed -> closed", ("filed",), (),
                 guard=procedure.every(procedure.complete, settled)),
            *procedure.halting("open", "拒签"),
        ),
    ),
    rules=(Rule("takeover.limit", Span(30, "d"), "新项目交接办结时限"),),
    clocks=(
        Clock("limit", "交接办结", procedure.received, "takeover.limit", ("close", "cancel")),
        Clock("items", "遗留问题", signed, items_due, ("close",)),
        procedure.AGAIN_CLOCK,
    ),
    computed=(procedure.MISSING, Computed("open_items", "遗留", open_items)),
    positional=("project", "developer"),
    known_by=("project",),
    checks=(v.id_in_full,),
    sees=sees,
    moves=moves,
    checklists=(TAKEN_OVER,),
    origin="of",
    inherits={},
    about=("project",),
    people=("name",),
    category="developer",
    next_hint=next_hint,
    columns=("id", "status", "project", "developer", "lead", "planned", "signed_by", "missing", "open_items",
             "settle_by"),
    slip=Slip(
        "项目承接查验交接单",
        ("project", "developer", "name", "phone", "id_type", "id_tail", "scope", "lead", "planned", "checks",
         "signed_by", "settle_by", "filed"),
        ("移交方", "接收方", "见证人"),
    ),
    example={
        "project": "翠湖花园二期", "developer": "某置业公司", "name": "孟工", "phone": "13800138000",
        "identified": "看介绍信和工作证", "id_type": "工作证", "id_tail": "0186", "scope": "5—8栋，320户",
        "lead": "何建国", "planned": "2026-12-01", "filed": "项目柜1盒",
    },
)  # fmt: skip
