"""交接班: what one shift hands to the next, gathered by the program and signed by both (domain.md 11).

Notes are collected on an open draft, `give` gathers and is the first signature, `take` the second; where nobody
relieves the desk, the control centre signs. What was signed for stands in the entry of `give`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import CASH, PAPERS, TAKINGS, several
from wuye.schema import Books, Checklist, Item, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

CONTROL = "控制中心"
BEFORE, AFTER, CONDUCT = "接班前", "交班时", "行为规范"


def _notes(text: str, typing: v.Typing) -> tuple[str, ...]:
    """A few sentences: commas belong to them, they are parted by semicolons or lines."""
    return tuple(v.TEXT.parse(part, typing) for part in re.split(r"[；;\n]+", v.clean(text)) if part.strip())


LINES = several(v.TEXT)._replace(show="\n".join)
NOTES = LINES._replace(parse=_notes)
GATHERED = (
    ("matters", "未结事项"), ("promises", "到期和承诺"), ("moveins", "入伙特别交待"),
    ("keys_out", "钥匙和卡：借出、代管"), ("inside", "在内访客"), ("passes", "未放行的放行条"),
    ("incidents", "突发事件"), ("changed", "上次交班以来的改动"),
)  # fmt: skip
"""The lists that are gathered, in the order in which the sheet shows them."""


def is_control(name: Any) -> bool:
    """Whether a party is the control centre, which relieves the desk where nobody else does."""
    return CONTROL in str(name or "")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The rows of a new handover; what the control centre hands back has a list of its own."""
    name = "handover.control" if is_control(values.get("giver")) else "handover"
    return Seen({"checks": checklist.fresh(books.checklist("handover", name))})


def given(record: Record) -> Entry | None:
    """The signature of who gave: the last one, also where it was disputed since."""
    return next((e for e in reversed(record.timeline) if e.step == "give"), None)


def taken(record: Record) -> Entry | None:
    """The signature of who took; None while there is none."""
    return next((e for e in reversed(record.timeline) if e.step == "take"), None)


def signed_for(record: Record) -> Mapping[str, Any]:
    """What was gathered at the last `give`, nothing while it is a draft."""
    entry = given(record) if record.status != "draft" else None
    return entry.values if entry else {}


def gathered(name: str) -> Callable[[Record, Basis], Any]:
    """A computed column: what stands under that name in the entry of `give`."""
    return lambda record, basis: signed_for(record).get(name)


def specials(record: Record, basis: Basis) -> tuple[str, ...]:
    """The special notes, in the order in which they were made."""
    return tuple(note for e in record.timeline for note in e.values.get("special") or ())


def count_of(name: str) -> Callable[[Record, Basis], int | None]:
    """How many of a list were handed over; None in a draft."""
    return lambda record, basis: len(signed_for(record).get(name) or ()) if signed_for(record) else None


def given_at(record: Record, basis: Basis) -> datetime | None:
    """When it was given."""
    entry = given(record) if record.status != "draft" else None
    return entry.at if entry else None


def taken_at(record: Record, basis: Basis) -> datetime | None:
    """When it was taken."""
    entry = taken(record)
    return entry.at if entry else None


def touched_after(record: Record, basis: Basis) -> str:
    """What was done to the record itself after both had signed, taking back too."""
    places = [i for i, e in enumerate(record.log) if e.step == "take" and i not in record.withdrawn]
    later = record.log[places[-1] + 1 :] if places else ()
    words = {"edit": "更正", "note": "备注", "attach": "附件", "undo": "撤销", "redo": "重做", "link": "关联"}
    return "、".join(f"{words.get(e.step, e.step)}（{e.at:%m-%d %H:%M} {e.by}）" for e in later)


def since_given(record: Record, basis: Basis) -> Mark | None:
    """Since it was given last; a returned one waits for no signature."""
    if record.status == "draft":
        return None
    told = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "give"]
    return told[-1] if told else None


def signed_by(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The office's limit from the last time that it was given."""
    due = basis.after(start.at, "handover.take")
    return due.at, f"handover.take {due.rule_zh}"


def rows_given(record: Record, values: Mapping[str, Any], basis: Basis) -> str:
    """Nobody leaves before the list is done; nobody relieves himself."""
    if str(values.get("taken_by")) == str(record.get("giver")):
        return f"{record.get('giver')} 是交班人，不能自己接：请接班人用 --by 写自己的名字签字，没人接时由{CONTROL}签"
    if left := checklist.still_open(record, AFTER):
        return f"交班时的事还没有做完：{'、'.join(left)}；请先用 tick 勾选，不涉及的写 --mark 不适用"
    return ""


def odd_taker(record: Record, values: Mapping[str, Any], basis: Basis) -> str:
    """Somebody else took it, or what has to be looked at before the shift was not."""
    said, taker = [], values.get("taken_by")
    if record.get("to") and taker != record.get("to"):
        said.append(f"交给的是 {record.get('to')}，由 {taker} 接班签字")
    left = checklist.still_open(record, BEFORE, CONDUCT)
    if left and not is_control(taker):
        said.append(f"接班前还有 {len(left)} 项没有勾选：{'、'.join(left)}")
    return "；".join(said)


def not_at_the_desk(record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """The control centre sits elsewhere: what is looked at before a shift at the desk does not apply to it."""
    if not is_control(values.get("taken_by")):
        return {}
    rows = [
        {**row, "mark": "none"} if row.get("group") in (BEFORE, CONDUCT) and not row.get("mark") else row
        for row in record.get("checks") or ()
    ]
    return {"checks": checklist.CHECKS.dump(rows)}


def difference_explained(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A difference between what is counted and what should be there has its reason."""
    if values.get("difference_reason"):
        return
    if values.get("difference"):
        told = [v.MONEY.show(values[name]) for name in ("counted", "expected", "difference")]
        words = "现金实点 {}，应有 {}，差 {}：请先核对，确有差额的请用 --difference-reason 写明原因"
        yield Problem(words.format(*told), field="difference_reason")
    counted, wanted = values.get("keys_counted"), values.get("keys_expected")
    if counted is not None and wanted is not None and counted != wanted:
        words = f"钥匙实点 {counted} 把，应有 {wanted} 把：请先核对，确有差额的请用 --difference-reason 写明原因"
        yield Problem(words, field="difference_reason")


def next_hint(record: Record, basis: Basis) -> str:
    """A draft is given, what was given is taken."""
    if record.status == "draft":
        back = [e for e in record.timeline if e.step == "dispute"]
        return f"被退回（{back[-1].values.get('reason')}），改好再 give" if back else "交班时 give"
    left = len(checklist.still_open(record, AFTER))
    return {"given": f"{f'先勾完交班时 {left} 项（tick），' if left else ''}接班人 take 签字"}.get(record.status, "")


def _items(group: str, *names: str) -> tuple[Item, ...]:
    return tuple(Item(name, group) for name in names)


BEFORE_SHIFT = _items(
    BEFORE, "提前 5 分钟到岗", "着装、仪容", "岗位和大堂环境整洁", "电脑、空调已开", "电话正常", "电脑、打印机正常",
    "对讲机电量足、接收清楚", "各类登记表、表格齐备", "宣传资料齐备", "钥匙齐全", "电话转接已取消，来电到前台",
) + _items(
    CONDUCT, "站立迎客、微笑问好、用文明用语", "不擅自离岗、不串岗", "不在岗上做与工作无关的事", "不与业户争执",
    "不随便许诺，不泄露业户资料",
)  # fmt: skip
AFTER_SHIFT = _items(
    AFTER, "未结事项逐项交清", "特别交待说明白", "文件资料移交", "当日资料归档", "钥匙清点", "物品清点",
    "办公用品清点", "现金和备用金与账相符", "收据与账相符", "不用的电源已关", "保险柜已查、密码盘已打乱",
    "电话转到控制中心",
)  # fmt: skip
FROM_CONTROL = _items(
    AFTER, "夜间来电来访记录交前台补登", "突发事件和处理情况说明", "代管的钥匙、物品交还", "电话转回前台",
)  # fmt: skip

KIND = Kind(
    name="handover",
    prefix="JJ",
    zh="交接班",
    fields=(
        Field("giver", v.NAME, "交班人", required=True, zh_hint="控制中心交回时写 控制中心"),
        Field("to", v.NAME, "交给", zh_hint="接班人；没人接时写 控制中心"),
        Field("shift", v.TEXT, "班次", zh_hint="如 早班、中班"),
        Field("documents", v.MEMO, "移交文件"),
        Field("cash", CASH, "现金清点", zh_hint="面额x张数，如 100x12,50x3,0.5x4"),
        Field("keys_counted", v.COUNT, "钥匙实点", zh_hint="钥匙柜里点到几把"),
        Field("difference_reason", v.TEXT, "差额原因"),
        Field("remark", v.TEXT, "备考"),
        Field("taken_by", v.NAME, "接班人", typed=False, zh_hint="不写为经办人"),
        Field("expected", v.DIFFERENCE, "应有现金", typed=False),
        Field("counted", v.MONEY, "实点现金", typed=False),
        Field("difference", v.DIFFERENCE, "差额", typed=False),
        Field("keys_expected", v.COUNT, "应有钥匙", typed=False),
        checklist.CHECKS_FIELD,
        Field("special", NOTES, "特别交待", on_log=True, typed_as="note", zh_hint="几条用；隔开"),
        Field("since", v.moment("past"), "上次交班", on_log=True, typed=False),
        Field("previous", v.TEXT, "上次交接班", on_log=True, typed=False),
        Field("cashiers", several(v.TEXT), "现金归谁", on_log=True, typed=False),
        Field("carried", v.DIFFERENCE, "上次结存现金", on_log=True, typed=False),
        Field("cash_in", v.DIFFERENCE, "收付现金", on_log=True, typed=False),
        Field("turned_in", v.MONEY, "已上交现金", on_log=True, typed=False),
        Field("takings", TAKINGS, "按方式合计", on_log=True, typed=False),
        Field("papers", PAPERS, "收据起止", on_log=True, typed=False),
        Field("keys", several(v.TEXT), "收付明细编号", on_log=True, typed=False),
        *(Field(name, LINES, zh, on_log=True, typed=False) for name, zh in GATHERED),
        *checklist.TICKED,
    ),
    flow=Flow(
        states=(
            State("draft", "准备中"),
            State("given", "已交待接"),
            State("taken", "双方已签", open=False),
        ),
        steps=(
            Step("remind", "特别交待", "draft given", ("special",)),
            checklist.tick("draft given"),
            Step("give", "交班", "draft -> given", ("to",),
                 ("cash", "keys_counted", "difference_reason", "documents", "shift", "remark", "special")),
            Step("dispute", "退回", "given -> draft", ("reason",)),
            Step("take", "接班", "given -> taken", ("taken_by",), (), guard=rows_given, warn=odd_taker,
                 effect=not_at_the_desk),
        ),
    ),
    rules=(
        Rule("handover.take", Span(30, "min"), "交班后多久内接班签字"),
        Rule("handover.float", 0, "前台备用金（元），第一次交班时算进现金"),
    ),
    clocks=(Clock("take", "接班签字", since_given, signed_by, ("take", "dispute")),),
    computed=(
        Computed("specials", "特别交待", specials, "\n".join),
        *(Computed(f"{name}_signed", zh, gathered(name), "\n".join) for name, zh in GATHERED),
        Computed("takings_signed", "收付合计", gathered("takings"), TAKINGS.show),
        Computed("papers_signed", "收据起止", gathered("papers"), PAPERS.show),
        Computed("open_matters", "未结", count_of("matters"), str, v.COUNT),
        Computed("given_at", "交班时间", given_at, "{:%m-%d %H:%M}".format, v.moment("past")),
        Computed("taken_at", "接班时间", taken_at, "{:%m-%d %H:%M}".format, v.moment("past")),
        Computed("touched_after", "签字后改动", touched_after),
    ),
    positional=("giver", "to"),
    checks=(difference_explained,),
    fixed=("giver", "to", "cash", "keys_counted", "difference_reason"),
    sees=sees,
    next_hint=next_hint,
    about=("shift", "remark"),
    people=("giver", "to"),
    tags=("give", "take"),
    checklists=(
        Checklist("handover", "前台交接班", (*BEFORE_SHIFT, *AFTER_SHIFT)),
        Checklist("handover.control", "控制中心交回前台", (*BEFORE_SHIFT, *FROM_CONTROL)),
    ),
    columns=("id", "status", "shift", "giver", "to", "taken_by", "given_at", "taken_at", "open_matters", "expected",
             "counted", "difference", "touched_after"),
    slip=Slip(
        "前台交接班记录本",
        ("giver", "to", "taken_by", "shift", "given_at", "taken_at", "specials", "moveins_signed", "matters_signed",
         "promises_signed", "inside_signed", "passes_signed", "incidents_signed", "keys_out_signed", "keys_expected",
         "keys_counted", "documents", "takings_signed", "papers_signed", "expected", "cash", "counted", "difference",
         "difference_reason", "changed_signed", "checks", "remark", "touched_after"),
        ("交班人", "接班人"),
    ),
    example={"giver": "李静", "to": "张晓", "shift": "早班", "documents": "催款通知单 3 份", "remark": "下周一抄表"},
)  # fmt: skip
