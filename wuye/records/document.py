"""档案: contracts, drawings, laws, forms, residents' folders: where each lies and who has it (domain.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

CATEGORY = v.choice(
    contract="合同", agreement="协议", drawing="图纸", law="法规文件/法规", form="表格", resident="业户资料/业户档案",
    project="项目资料/承接资料", other="其他",
)  # fmt: skip


def has_a_place(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """What is kept for ever has no day until which it is kept."""
    if values.get("permanent") and values.get("keep_until"):
        yield Problem("写了永久保管又写了保管至：请只写一样", field="keep_until")


def unsigned(record: Record) -> list[str]:
    """To whom it was handed without their having signed yet."""
    waiting: list[str] = []
    for entry in record.timeline:
        to = str(entry.values.get("to") or "")
        if entry.step == "hand" and not entry.values.get("signed_by"):
            waiting.append(to)
        elif entry.step == "sign" and to in waiting:
            waiting.remove(to)
    return waiting


def unsigned_zh(record: Record, basis: Basis) -> str:
    """The same as a column."""
    return "、".join(unsigned(record))


def was_handed(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only who was handed a copy signs for it."""
    waiting = unsigned(record)
    if given["to"] in waiting:
        return ""
    others = f"待签收的是 {'、'.join(waiting)}" if waiting else "请先 hand 分派"
    return f"没有分派给 {given['to']} 待签收的：{others}"


def printed(record: Record, basis: Basis) -> int:
    """How many copies were printed of it."""
    return sum(e.values.get("count") or 0 for e in record.entries("print"))


def borrower(record: Record, basis: Basis) -> str:
    """Who has it."""
    lent = record.entries("borrow")
    return str(lent[-1].values.get("whom") or "") if lent and record.status == "borrowed" else ""


def may_see(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who is not among those who may see it needs somebody's leave."""
    allowed, whom = record.get("access") or (), given.get("whom")
    if not allowed or whom in allowed or given.get("approved_by"):
        return ""
    return f"只限 {'、'.join(allowed)} 查阅：请经批准，用 --approved-by 写明谁同意"


def may_destroy(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Before its day, or where none was set, a document is destroyed only for a reason."""
    until = record.get("keep_until")
    if given.get("reason") or (until and basis.now.date() > until and not record.get("permanent")):
        return ""
    kept = "永久保管" if record.get("permanent") else f"保管至 {until}" if until else "没有定保管期限"
    return f"{kept}，还不能销毁：确要销毁请用 --reason 写明理由"


def later(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A longer time is longer."""
    before = record.get("keep_until")
    return f"现在保管至 {before}，延长应晚于此：请核对 --keep-until" if before and given["keep_until"] <= before else ""


def lent(record: Record, basis: Basis) -> Mark | None:
    """Since it was lent."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "borrow"]
    return marks[-1] if marks and record.status == "borrowed" else None


def due_back(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The day on which it is due back."""
    day = record.timeline[start.index - 1].values["due_back"]
    return basis.desk.closing(day), "应还日期（due_back），当日下班前"


def back_on(record: Record, basis: Basis) -> date | None:
    """The day on which what is lent is due back."""
    start = lent(record, basis)
    return record.timeline[start.index - 1].values.get("due_back") if start else None


def kept(record: Record, basis: Basis) -> Mark | None:
    """Since it was last said how long it is kept."""
    if not record.get("keep_until") or record.get("permanent"):
        return None
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "extend"]
    return marks[-1] if marks else Mark(record.received)


def keeping_ends(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day until which it is kept."""
    return basis.desk.closing(record["keep_until"]), "保管至（keep_until）"


def next_hint(record: Record, basis: Basis) -> str:
    """Copies wait for a signature, what is lent comes back."""
    waiting = unsigned(record)
    found = [f"待签收 {'、'.join(waiting)}：sign"] if waiting else []
    found += ["归还 return"] if record.status == "borrowed" else []
    return "；".join(found)


KIND = Kind(
    name="document",
    prefix="DA",
    zh="档案",
    book=True,
    own_name="number",
    unique=True,
    fields=(
        Field("number", v.CODE, "档案号", required=True),
        Field("title", v.TEXT, "题名", required=True),
        Field("category", CATEGORY, "类别", required=True),
        Field("room", v.ROOM, "房号", zh_hint="业户资料写房号，按房号查得到"),
        Field("name", v.NAME, "姓名", zh_hint="是谁的资料"),
        Field("of", v.ref("any"), "来自", zh_hint="入伙、登记等的编号，如 rh3"),
        Field("box", v.TEXT, "盒号", zh_hint="放在哪个柜、哪个盒"),
        Field("path", v.TEXT, "电子文件", zh_hint="电子文件放在哪里"),
        Field("dated", v.day("past"), "文件日期"),
        Field("drafted_by", v.NAME, "拟稿人"),
        Field("copies", v.COUNT, "原有份数"),
        Field("contents", v.MEMO, "内含", zh_hint="有哪些资料、复印件"),
        Field("access", several(v.NAME), "可查阅", zh_hint="谁可以查阅，不写为不限"),
        Field("keep_until", v.day("any"), "保管至"),
        Field("permanent", v.FLAG, "永久保管"),
        Field("due_back", v.day("future"), "应还日期", on_log=True),
        Field("to", v.NAME, "分派给", on_log=True, zh_hint="部门或人"),
        Field("signed_by", v.NAME, "签收人", on_log=True),
        Field("count", v.COUNT, "份数", on_log=True),
        Field("whom", v.NAME, "借用人", on_log=True),
        Field("approved_by", v.STAFF, "批准人", on_log=True),
        Field("witness", v.STAFF, "监销人", on_log=True),
        Field("paper", v.TEXT, "归入的资料", on_log=True),
        Field("condition", v.TEXT, "归还情况", on_log=True),
    ),
    flow=Flow(
        states=(State("filed", "在册", open=False), State("borrowed", "借出", open=False),
                State("destroyed", "已销毁", open=False)),
        steps=(
            Step("hand", "分派", "filed borrowed", ("to",), ("count", "signed_by")),
            Step("sign", "签收", "filed borrowed", ("to", "signed_by"), (), guard=was_handed),
            Step("borrow", "借出", "filed -> borrowed", ("whom", "due_back"), ("approved_by",), guard=may_see),
            Step("return", "归还", "borrowed -> filed", (), ("condition",)),
            Step("print", "复印", "filed borrowed", ("count",), ("whom", "approved_by"), guard=may_see),
            Step("put", "归入", "filed borrowed", ("paper",)),
            Step("move", "移放", "filed", ("box",), ("path",)),
            Step("extend", "延长保管", "filed borrowed", ("keep_until",), ("reason",), guard=later),
            Step("destroy", "销毁", "filed -> destroyed", (), ("witness", "reason"), guard=may_destroy),
        ),
    ),
    clocks=(
        Clock("back", "归还", lent, due_back, ("return",), outlives=True),
        Clock("keep", "保管期满", kept, keeping_ends, ("destroy", "extend"), outlives=True),
    ),
    computed=(
        Computed("borrower", "在谁手里", borrower),
        Computed("back_on", "应还", back_on, str, v.day("any")),
        Computed("unsigned", "待签收", unsigned_zh),
        Computed("printed", "已复印", printed, str, v.COUNT),
    ),
    positional=("number", "title"),
    checks=(has_a_place,),
    origin="of",
    inherits={"room": ("room", "unit"), "name": ("name", "person", "reporter")},
    about=("title",),
    people=("name",),
    category="category",
    next_hint=next_hint,
    columns=("id", "status", "number", "title", "category", "room", "name", "box", "path", "borrower", "back_on",
             "unsigned", "printed", "keep_until"),
    slip=Slip(
        "档案登记表",
        ("number", "title", "category", "room", "name", "dated", "drafted_by", "copies", "contents", "box", "path",
         "access", "keep_until", "permanent"),
        ("登记人", "保管人"),
    ),
    example={
        "number": "HT-2026-07", "title": "电梯维保合同", "category": "合同", "box": "A柜3盒", "dated": "2026-01-05",
        "drafted_by": "吴婷", "copies": "2", "keep_until": "2031-12-31",
    },
)  # fmt: skip
