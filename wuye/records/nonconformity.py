"""不合格项: what a department must put right; told, by a slip or none, and tracked until verified (domain.md 29)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist, conduct
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import TAKEN_OVER, Books, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

SLIP = v.choice(coordination="内部协调单/协调单", nonconformity="不合格单")
SLIP_OF = {"security": "coordination", "engineering": "coordination", "cleaning": "nonconformity"}
"""Which slip a department gets; the others may get either."""
TOLD_ZH = {"security": "队长", "engineering": "主管", "cleaning": "主管", "greening": "外包单位"}
"""Who is told first."""
NOTICE = v.choice(none="未告知", told="已告知，未开单", coordination="内部协调单", nonconformity="不合格单")
VENDORS_TOLD = ("greening",)


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """Who must be told of it, by name where the register of departments knows them."""
    word = str(values.get("department") or "")
    if not word:
        return Seen({}, ("还没有写责任部门：告知或开单时用 --department 写上",))
    named = books.in_book("department", word)
    duty = str(named.get("duty") or word) if named else word
    team = named or books.department(duty)
    whom = TOLD_ZH.get(duty, "负责人")
    name = _vendor(team, books) if duty in VENDORS_TOLD else str((team.get("supervisor") if team else None) or "")
    shown = conduct.DUTY.show(duty)
    kept = {"to_tell": f"{whom}{name}"}
    return Seen(kept, (f"先口头告知{shown}{whom}{name}（tell），再开单或只告知不开单",), {"department": duty})


def _vendor(team: Record | None, books: Books) -> str:
    """The outside company that does a department's work, with whom to speak to there."""
    company = str((team.get("vendor") if team else None) or "")
    vendor = books.in_book("vendor", company) if company else None
    contact = str((vendor.get("contact") if vendor else None) or "")
    return f"{company}{f'（{contact}）' if contact else ''}"


def found(record: Record, basis: Basis) -> Mark:
    """Since it was found."""
    return Mark(record.received)


def begun_anew(record: Record, basis: Basis) -> Mark:
    """Since it was found, or what was done about it was refused."""
    back = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "reject"]
    return back[-1] if back else Mark(record.received)


def correct_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day that was set, else the office's limit."""
    if day := record.get("due_on"):
        return basis.desk.closing(day), "整改期限（due_on），当日下班前"
    due = basis.after(start.at, "nonconformity.correct")
    return due.at, f"nonconformity.correct {due.rule_zh}"


def corrected(record: Record, basis: Basis) -> Mark | None:
    """Since it was last said to be put right."""
    done = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "correct"]
    return done[-1] if done else None


def verify_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The office's limit, anew each time that it is said to be put right."""
    due = basis.after(start.at, "nonconformity.verify")
    return due.at, f"nonconformity.verify {due.rule_zh}"


def notice(record: Record, basis: Basis) -> str:
    """How the department was told: not yet, by word of mouth and no slip, or by which slip."""
    if slip := record.get("slip"):
        return str(slip)
    return "told" if record.entries("tell") else "none"


def has_department(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Somebody can be told only once it is known whose it is."""
    known = given.get("department") or record.get("department")
    return "" if known else "还没有责任部门：请用 --department 给出"


def right_slip(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Security and engineering get an internal coordination, cleaning a nonconformity slip."""
    if words := has_department(record, given, basis):
        return words
    duty = given.get("department") or record.get("department")
    usual, typed = SLIP_OF.get(duty), given.get("slip")
    if usual is None and not typed:
        return f"{conduct.DUTY.show(duty)}开哪种单没有定：请用 --slip 给出（内部协调单或不合格单）"
    if usual and typed and typed != usual:
        return f"{conduct.DUTY.show(duty)}开{SLIP.show(usual)}，不开{SLIP.show(typed)}：请改正 --slip，或不写"
    return ""


def usual_slip(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """The slip of its department, where none was named."""
    duty = given.get("department") or record.get("department")
    return {"slip": given.get("slip") or SLIP_OF[duty]}


def other_hands(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who put it right does not verify it."""
    if given["verified_by"] == record.get("corrected_by"):
        return f"{given['verified_by']} 是整改人，不能自己复查：请换人复查"
    return ""


def slip_title(record: Record) -> str:
    """The form's name: that of the slip that was made, else of the one it would be."""
    slip = record.get("slip") or SLIP_OF.get(record.get("department") or "")
    return SLIP.show(slip) if slip else "不合格项记录"


def next_hint(record: Record, basis: Basis) -> str:
    """Tell, have it put right, verify."""
    return {
        "open": "下一步 tell 告知（可不开单）或 slip 开单", "told": "整改后 correct", "corrected": "下一步 verify 复查",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="nonconformity",
    prefix="BH",
    zh="不合格项",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点", zh_hint="没有房号时写在哪里"),
        Field("text", v.MEMO, "不合格内容", required=True),
        Field("department", conduct.DUTY, "责任部门", zh_hint="安保、工程、保洁、绿化、客服，或部门名称"),
        Field("to_tell", v.TEXT, "应告知", typed=False),
        Field("found_by", v.STAFF, "发现人", zh_hint="不写为经办人"),
        Field("person", v.NAME, "当事人"),
        Field("breach", conduct.BREACH, "违规", zh_hint="写了就记到当事人名下，计入考核"),
        Field("due_on", v.day("future"), "整改期限", zh_hint="不写按 wuye.yaml 的 nonconformity.correct"),
        Field("of", v.ref("any"), "来自", zh_hint="巡查、检查、值班日志、装修、抄表等的编号，如 xc3"),
        checklist.ROW,
        Field("slip", SLIP, "单据", typed=False, zh_hint="不写按部门：安保、工程内部协调单，保洁不合格单"),
        Field("slip_number", v.TEXT, "单据编号"),
        Field("measure", v.MEMO, "整改情况"),
        Field("corrected_by", v.NAME, "整改人"),
        Field("corrected_on", v.moment("past"), "整改完成时间"),
        Field("verified_by", v.STAFF, "复查人"),
        Field("whom", v.NAME, "告知", on_log=True),
        Field("answer", v.TEXT, "答复", on_log=True),
        Field("result", v.MEMO, "复查情况", on_log=True),
    ),
    flow=Flow(
        states=(
            State("open", "待告知"),
            State("told", "整改中"),
            State("corrected", "待复查"),
            State("verified", "已复查", open=False),
        ),
        steps=(
            Step("tell", "口头告知", "open -> told, told", ("whom",), ("department", "answer", "due_on"),
                 guard=has_department),
            Step("slip", "开单", "open told -> told", (), ("slip", "slip_number", "whom", "department", "due_on"),
                 guard=right_slip, effect=usual_slip),
            Step("urge", "催办", "open told", (), ("whom", "answer")),
            Step("correct", "整改完成", "open told -> corrected", ("corrected_by",), ("measure", "corrected_on"),
                 stamps="corrected_on"),
            Step("verify", "复查合格", "corrected -> verified", ("verified_by",), ("result",), guard=other_hands),
            Step("reject", "复查不合格", "corrected -> told", ("reason",), ("verified_by", "due_on")),
        ),
    ),
    rules=(
        Rule("nonconformity.tell", Span(4, "wh"), "发现后告知责任部门"),
        Rule("nonconformity.correct", Span(3, "d"), "没有写整改期限的整改"),
        Rule("nonconformity.verify", Span(2, "d"), "整改后复查"),
    ),
    clocks=(
        Clock("tell", "告知", found, "nonconformity.tell", ("tell", "slip", "correct")),
        Clock("correct", "整改", begun_anew, correct_due, ("correct",)),
        Clock("verify", "复查", corrected, verify_due, ("verify", "reject")),
    ),
    computed=(Computed("notice", "告知方式", notice, NOTICE.show, NOTICE),),
    positional=("text", "department"),
    checks=(checklist.row_of, conduct.breach_has_person),
    known_by=("room", "place"),
    origin="of",
    inherits={
        "room": TAKEN_OVER["room"], "place": TAKEN_OVER["place"], "text": (*TAKEN_OVER["text"], "remark"),
        "department": ("department",), "found_by": ("patroller", "inspector", "read_by"),
    },
    sees=sees,
    people=("person",),
    category="department",
    next_hint=next_hint,
    columns=("id", "status", "department", "room", "place", "text", "person", "notice", "due_on", "corrected_by",
             "verified_by"),
    slip=Slip(
        "不合格单",
        ("slip_number", "department", "to_tell", "room", "place", "text", "found_by", "person", "breach", "due_on",
         "measure", "corrected_by", "corrected_on", "verified_by"),
        ("开单人", "责任部门", "复查人"),
        titled=slip_title,
    ),
    example={
        "text": "3栋大堂地面有积水没有清理", "department": "保洁", "place": "3栋大堂", "found_by": "何建国",
        "due_on": "2026-11-25",
    },
)  # fmt: skip
