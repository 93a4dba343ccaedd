"""部门检查: a department is looked at by its points, and a finding may name a person (domain.md 28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist, conduct
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Checklist, Item, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record


def points(code: str, zh: str, **groups: tuple[str, ...]) -> Checklist:
    """The checklist of a department: its points under their headings."""
    rows = (Item(one, group) for group, names in groups.items() for one in names)
    return Checklist(f"inspection.{code}", zh, tuple(rows))


DEPARTMENTS = (
    points("security", "安保", 着装=("仪容着装", "证件和装备"), 岗位=("各岗位在岗", "巡逻到位", "交接班"),
           懈怠=("脱岗睡岗", "玩手机闲聊")),
    points("engineering", "工程", 催办=("报修已催办", "超时工程单"), 进度=("维修进度", "完工和回访", "材料和现场清理")),
    points("cleaning", "保洁", 楼栋=("大堂和楼道", "电梯轿厢", "垃圾清运"), 进度=("当日保洁进度", "专项保洁进度"),
           突发=("突发污染处理",)),
    points("greening", "绿化", 种植=("补种和换花", "植物成活"), 养护=("浇水和修剪", "病虫害", "绿化垃圾清理")),
    points("service", "客服", 大堂助理=("大堂助理仪容着装", "大堂助理记录", "大堂助理礼仪"),
           前台=("前台仪容着装", "前台记录", "三声内接听", "前台礼仪"),
           收费员=("收费员仪容着装", "收费员记录", "收费员礼仪")),
)  # fmt: skip


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The points of the department, as the office has them now; a name of the register stands for its duty.

    A record that has its points keeps them.
    """
    if values.get("checks"):
        return Seen({})
    word = values["department"]
    known = books.in_book("department", word)
    found = books.checklist("inspection", str(known.get("duty") or word) if known else word)
    kept = {"title": found.zh, "checks": checklist.fresh(found)}
    return Seen(kept, instead={"department": found.name.partition(".")[2] or found.name})


def begun(record: Record, basis: Basis) -> Mark:
    """Since the inspection began."""
    return Mark(record.received)


def persons(record: Record, basis: Basis) -> tuple[str, ...]:
    """Who is charged with a breach, with its category."""
    shown = conduct.BREACH.show
    return tuple(f"{one.person} {shown(one.breach)}" for one in conduct.found_against(record))


def breach_row(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The points that a breach is about are points of the list, and a list that was closed stays as it is."""
    if given.get("items") and not record.is_open:
        return "检查已完成，清单不再改：请去掉 --items"
    try:
        checklist.numbered(record.get("checks") or (), given.get("items") or "")
    except ValueError as error:
        return str(error)
    return ""


def breach_marks(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """The points that a breach is about are found wrong by it, and told where somebody was told at once."""
    if not given.get("items"):
        return {}
    checks = [dict(row) for row in record.get("checks") or ()]
    words = f"{given['person']} {given.get('said') or conduct.BREACH.show(given['breach'])}"
    for place in checklist.numbered(checks, given["items"]):
        note = checks[place].get("note")
        checks[place] |= {"mark": "fault", "note": f"{note}；{words}" if note else words}
        if given.get("whom"):
            checks[place]["told"] = given["whom"]
    return {"checks": checklist.CHECKS.dump(tuple(checks))}


def next_hint(record: Record, basis: Basis) -> str:
    """Tick, settle what was found wrong, close."""
    return checklist.next_hint(record) if record.is_open else ""


KIND = Kind(
    name="inspection",
    prefix="DC",
    zh="部门检查",
    fields=(
        Field("department", conduct.DUTY, "部门", required=True, zh_hint="安保、工程、保洁、绿化、客服，或部门名称"),
        Field("title", v.TEXT, "检查内容", typed=False),
        Field("place", v.TEXT, "地点", zh_hint="如 3栋、南门岗"),
        Field("inspector", v.STAFF, "检查人", zh_hint="不写为经办人"),
        Field("companion", v.STAFF, "陪同人"),
        checklist.CHECKS_FIELD,
        Field("remark", v.TEXT, "备考"),
        *checklist.TICKED,
        checklist.TOLD,
        *conduct.BREACH_FIELDS,
    ),
    flow=Flow(
        states=(State("open", "检查中"), State("closed", "已完成", open=False)),
        steps=(
            checklist.tick("open"),
            checklist.tell("open"),
            Step("breach", "记违规", "open closed", ("person", "breach"), ("items", "said", "whom"), guard=breach_row,
                 effect=breach_marks),
            Step("clear", "违规不成立", "open closed", ("person", "reason"), ("breach",), guard=conduct.not_found),
            Step("close", "完成检查", "open -> closed", (), ("remark",), guard=checklist.done_with),
        ),
    ),
    rules=(Rule("inspection.close", Span(1, "d"), "检查记录办结"),),
    clocks=(Clock("close", "检查办结", begun, "inspection.close", ("close",)),),
    computed=(
        *checklist.COUNTED,
        Computed("persons", "违规人员", persons, "、".join),
    ),
    positional=("department", "place"),
    sees=sees,
    fixed=("department",),
    checklists=DEPARTMENTS,
    about=("title", "place"),
    people=("inspector",),
    category="department",
    next_hint=next_hint,
    columns=("id", "status", "title", "place", "inspector", "unticked", "faults", "unsettled", "persons"),
    slip=Slip(
        "部门检查记录", ("title", "place", "inspector", "companion", "checks", "remark"), ("检查人", "部门负责人"),
    ),
    example={"department": "安保", "place": "南门岗", "inspector": "林晓燕"},
)  # fmt: skip
