"""催收: one contact about what a unit, a lease or a parking bay owes, and what was promised (domain.md 5, K)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wuye import owed
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Books, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

METHOD = v.choice(
    phone="电话/电话催收", visit="上门/上门催收", stand="设点收费/设点", notice="送达通知单/送达",
    posted="张贴通知/张贴", letter="挂号信律师函/挂号信/律师函", message="短信微信/短信/微信",
)  # fmt: skip
STAGE = v.choice(
    reminder="提醒", phone="电话催收/电话", visit="上门催收/上门", notice="书面催款/催款通知单", legal="法律途径/法律",
)  # fmt: skip
GUARDS = ("guard", "guard-captain", "guard-supervisor", "control-centre")
GUARD_WORDS = ("保安", "门岗", "秩序维护")
NO_GUARDS = "是保安岗位：保安员不得参与催收，请换收费员或管理员"
CUTTING = re.compile("[停断限][了掉]?[水电气暖]|[停锁]电?梯|[停锁禁]门禁|拖车|锁车")
NO_CUTTING = "不得以停水、停电、停气、停暖或限制出入的办法催费（民法典第九百四十四条）：请改用别的办法"
NO_NAMES = "张贴的通知只写房号，不写业户姓名和电话"
PENDING, KEPT, BROKEN, PARTLY, NO_PROMISE = "pending", "kept", "broken", "partly", ""
PROMISE_ZH = {PENDING: "待兑现", KEPT: "已兑现", BROKEN: "已失信", PARTLY: "部分兑现", NO_PROMISE: ""}
DEBTORS = ("room", "lease", "bay")
STAGES = ("reminder", "phone", "visit", "notice", "legal")
PROMISE = v.choice(**{code: zh for code, zh in PROMISE_ZH.items() if code})


def debtor(values: Mapping[str, Any]) -> tuple[str, str]:
    """What sort of debtor it is about, and its name."""
    return next(((what, str(values[what])) for what in DEBTORS if values.get(what)), ("", ""))


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """What is owed at this moment, by bills where there are any, else by hand; a guard who duns is warned about."""
    whose, said = owed.renter(values, books)
    told = values.get("arrears") is not None
    kept, notes = ({}, []) if told else _claim({**values, **whose}, books, basis.now.date())
    kept, notes = kept | whose, [*said, *notes]
    for name in ("collector", "companion"):
        who = str(values.get(name) or "")
        person = books.staff(who) if who else None
        if (person and person.get("post") in GUARDS) or any(word in who for word in GUARD_WORDS):
            notes.append(f"{who} {NO_GUARDS}")
    if CUTTING.search(values.get("next_step") or ""):
        notes.append(NO_CUTTING)
    if values.get("method") == "posted":
        notes.append(NO_NAMES)
    return Seen(kept, tuple(notes))


def _claim(values: Mapping[str, Any], books: Books, day: date) -> tuple[dict[str, Any], list[str]]:
    """The claim as it stands: amount, its day, items and periods, bills."""
    what, name = debtor(values)
    stands = owed.state(books, what, name, day)
    if stands.by == owed.UNREAD and stands.owed:
        return {}, [f"账单或收款读不出来，当时欠费没有记下（{stands.owed.words}）：请运行 wuye check"]
    if stands.amount is None:
        return {}, []
    kept: dict[str, Any] = {"arrears": stands.amount, "arrears_as_of": stands.as_of or day}
    if not stands.owed:
        return kept, [] if stands.amount else [f"{name} 登记的欠费是 0：请核对后再催"]
    if not stands.amount and not stands.owed.bills:
        return kept, [f"{name} 按账单没有欠费：请核对后再催"]
    return {**kept, "arrears_of": stands.owed.words, "bills": stands.owed.bills}, []


def stage_of(record: Record) -> str:
    """The stage of the contact itself: planning the next step names the next one."""
    before = (e.was["stage"] for e in record.timeline if e.step == "plan" and "stage" in e.was)
    return str(next(before, record.get("stage")) or "")


def promised(record: Record, basis: Basis) -> Mark | None:
    """Since payment by a day was last promised, at the contact or later; one that payments kept waits no more."""
    if not record.get("promise_date") or promise(record, basis) == KEPT != record.status:
        return None
    later = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "promise"]
    return later[-1] if later else Mark(record.received)


def as_promised(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day that was named."""
    day = record["promise_date"]
    return basis.desk.closing(day), "答应付款的日期（promise_date），当日下班前"


def next_planned(record: Record, basis: Basis) -> Mark | None:
    """Since a next step was fixed for a day; nothing is due while dunning is paused."""
    if not record.get("next") or paused(record, basis):
        return None
    later = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.values.get("next")]
    return later[-1] if later else Mark(record.received)


def next_due(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of that day."""
    return basis.desk.closing(record["next"]), "下一步的日期（next），当日下班前"


def next_taken(entry: Entry) -> bool:
    """Whether the next step was taken: fixed anew, ended, or a further contact was made of this one."""
    return entry.step != "link" or str(entry.extra.get("link", "")).startswith("CS-")


def paused(record: Record, basis: Basis) -> bool:
    """Whether dunning is paused for what the debtor raised; the day named for its end ends it."""
    last = [e for e in record.timeline if e.step in ("pause", "resume")]
    if not last or last[-1].step == "resume" or not record.is_open:
        return False
    until = last[-1].values.get("until")
    return until is None or basis.now.date() <= until


def pause_mark(record: Record, basis: Basis) -> str:
    """Since when it is paused, in a listing."""
    if not paused(record, basis):
        return ""
    last = next(e for e in reversed(record.timeline) if e.step == "pause")
    until = last.values.get("until")
    return f"{last.at:%m-%d} 起暂停" + (f"至 {until:%m-%d}" if until else "")


def made(record: Record) -> datetime:
    """When payment was last promised."""
    told = [e.at for e in record.timeline if e.step == "promise"]
    return told[-1] if told else record.received


def promise(record: Record, basis: Basis) -> str:
    """How the promise stands as of the moment: by hand where somebody said so, else by what was paid since.

    Kept once as much came in as was promised (the arrears, where no amount was), by the end of the day that was
    named; after it partly where something came in, else broken. Without payments it is broken by its date alone.
    """
    if record.status in (KEPT, BROKEN):
        return record.status
    day = record.get("promise_date")
    if not day or record.void:
        return NO_PROMISE
    over = basis.now > basis.desk.closing(day)
    since, until = made(record), min(basis.now, end_of_day(day, basis))
    got = basis.paid(*debtor(record.values), since, until) if basis.paid and until > since else None
    if got:
        wanted = record.get("promise_amount") or record.get("arrears")
        if got >= (wanted or got):
            return KEPT
        return PARTLY if over else PENDING
    return BROKEN if over else PENDING


def end_of_day(day: date, basis: Basis) -> datetime:
    """The last minute of a day: who pays in the evening has kept the promise."""
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=basis.zone)


def nothing_promised(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only a promise can be kept or broken; where bills tell how it stands, saying otherwise needs a reason."""
    if not record.get("promise_date"):
        return "没有答应付款的日期：请先 promise --promise-date"
    if record.get("bills") and not given.get("reason"):
        return "有账单的由收款自动判断；要人工改判请用 --reason 写明理由"
    return ""


def still_promised(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A contact is closed with a promise still waiting."""
    return "答应的付款还没有结果（kept 或 broken）" if promise(record, basis) == PENDING else ""


def not_paused(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only what is paused can be resumed."""
    return "" if paused(record, basis) else "没有暂停，不必恢复"


def paused_already(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is paused is not paused again."""
    return f"已经{words}：要改先 resume" if (words := pause_mark(record, basis)) else ""


def part_paid(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Less was paid than was promised."""
    paid, promised_amount = given.get("paid"), record.get("promise_amount")
    if paid is None or promised_amount is None or paid >= promised_amount:
        return ""
    shown = record.kind["paid"].shown
    return f"实付 {shown(paid)} 元，少于答应的 {shown(promised_amount)} 元：余额请再约日期"


def too_early(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A promise is broken when its day has passed."""
    day = record.get("promise_date")
    return f"答应的日期是 {day}，还没有过" if day and basis.now <= basis.desk.closing(day) else ""


def no_cutting(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Cutting water or power to press for money is forbidden."""
    return NO_CUTTING if CUTTING.search(given.get("next_step") or "") else ""


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: tell the manager what was raised, see whether the promise is kept, take the next step."""
    if not record.is_open and record.status != "broken":
        return ""
    again, by_bills = "再催用 add --of 本号", bool(record.get("bills"))
    stands = promise(record, basis)
    found = ["下一步 tell 报告经理，转投诉、工程单用 --of 本号"] if raised_untold(record) else []
    if mark := pause_mark(record, basis):
        found.append(f"{mark}，恢复用 resume")
    elif stands in (BROKEN, PARTLY):
        found.append(again if record.status == BROKEN else f"已失信，{'' if by_bills else '记 broken，'}{again}")
    elif stands == KEPT:
        found.append("已付款，close 了结")
    else:
        watch = "到期看是否付款" if by_bills else "到期看是否付款 kept"
        found.append(watch if stands == PENDING else f"{again}，或 close 了结")
    return "；".join(found)


def raised_untold(record: Record) -> bool:
    """Whether they raised something the manager has not been told of."""
    return bool(record.get("doubt")) and not record.get("manager_told")


RULES = (
    Rule("dunning.lapse_warning", Span(180, "d"), "时效届满前多久提醒"),
    Rule("dunning.again", Span(7, "d"), "催过之后多久再催"),
    Rule("dunning.phone", Span(15, "d"), "欠费多久后电话催收"),
    Rule("dunning.visit", Span(30, "d"), "欠费多久后上门催收"),
    Rule("dunning.notice", Span(60, "d"), "欠费多久后送达书面催款通知"),
    Rule("dunning.legal", Span(180, "d"), "欠费多久后考虑法律途径"),
)

KIND = Kind(
    name="dunning",
    prefix="CS",
    zh="催收",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("lease", v.TEXT, "招租合同", zh_hint="招租合同编号"),
        Field("bay", v.TEXT, "车位", zh_hint="车位号"),
        Field("method", METHOD, "催收方式", required=True),
        Field("stage", STAGE, "催收阶段"),
        Field("stand", v.TEXT, "设点地点", zh_hint="设点收费在哪里"),
        Field("hours", v.TEXT, "设点时间", zh_hint="如 周六 09:00-12:00"),
        Field("of", v.ref("any"), "来自", zh_hint="上一次催收等的编号，如 cs3"),
        Field("arrears", v.MONEY, "当时欠费"),
        Field("arrears_as_of", v.day("past"), "欠费截至"),
        Field("arrears_of", v.TEXT, "欠费项目和期间", zh_hint="如 物业费 2026-07 至 2026-10；有账单时自动带出"),
        Field("bills", several(v.ref("bill")), "欠费账单", zh_hint="不写时带出当时所有欠费的账单"),
        Field("collector", v.STAFF, "催收人"),
        Field("companion", v.STAFF, "同行人"),
        Field("introduced", v.FLAG, "表明身份"),
        Field("purpose", v.FLAG, "说明来意"),
        Field("person", v.NAME, "会见人"),
        Field("confirmed_by", v.TEXT, "身份核实", zh_hint="怎样核实、谁核实"),
        Field("signed_by", v.NAME, "签收人"),
        Field("said", v.MEMO, "对方说"),
        Field("doubt", v.MEMO, "疑问"),
        Field("doubt_answer", v.MEMO, "疑问的答复", zh_hint="当场答复，或留联系方式以后答复（不作承诺）"),
        Field("promise_date", v.day("future"), "答应付款日期"),
        Field("promise_amount", v.MONEY, "答应付款金额"),
        Field("evidence", v.FILE, "凭证", zh_hint="照片、送达回执等文件"),
        Field("next_step", v.TEXT, "下一步"),
        Field("next", v.day("future"), "下一步日期"),
        Field("manager_told", v.moment("past"), "报告经理时间"),
        Field("manager", v.NAME, "经理", on_log=True),
        Field("paid", v.MONEY, "实付金额", on_log=True),
        Field("until", v.day("future"), "暂停至", on_log=True),
        Field("answer", v.TEXT, "答复", on_log=True),
    ),
    flow=Flow(
        states=(
            State("open", "跟进中"),
            State("kept", "已兑现", open=False),
            State("broken", "已失信", open=False),
            State("closed", "已了结", open=False),
        ),
        steps=(
            Step("promise", "答应付款", "open broken -> open", ("promise_date",), ("promise_amount",)),
            Step("kept", "已兑现", "open broken closed -> kept", (), ("paid", "reason"), guard=nothing_promised,
                 warn=part_paid),
            Step("broken", "失信", "open -> broken", (), ("reason",), guard=nothing_promised, warn=too_early),
            Step("plan", "定下一步", "open broken", ("next",), ("next_step", "stage"), warn=no_cutting),
            Step("answer", "答复疑问", "open kept broken closed", ("answer",)),
            Step("tell", "报告经理", "open kept broken closed", (), ("manager", "manager_told", "answer"),
                 stamps="manager_told"),
            Step("pause", "暂停催收", "open", ("reason",), ("until",), guard=paused_already),
            Step("resume", "恢复催收", "open", (), (), guard=not_paused),
            Step("close", "了结", "open broken -> closed", (), ("reason",), warn=still_promised),
        ),
    ),
    clocks=(
        Clock("promise", "付款承诺", promised, as_promised, ("kept", "broken", "close")),
        Clock("next", "下一步", next_planned, next_due, ("plan", "promise", "kept", "close", "link"), meets=next_taken),
    ),
    computed=(
        Computed("promise", "承诺", promise, PROMISE_ZH.__getitem__, PROMISE),
        Computed("paused", "暂停", pause_mark),
    ),
    one_of=(("room", "lease", "bay"),),
    positional=("room",),
    known_by=("room", "lease", "bay"),
    origin="of",
    inherits={"room": ("room", "unit"), "lease": ("lease",), "bay": ("bay",), "collector": ("collector",)},
    sees=sees,
    rules=RULES,
    about=("method", "said"),
    people=("person",),
    category="method",
    next_hint=next_hint,
    columns=("id", "status", "room", "lease", "bay", "method", "stage", "collector", "arrears", "promise_date",
             "promise_amount", "promise", "next", "paused"),
    slip=Slip(
        "催收记录",
        ("room", "lease", "bay", "arrears", "arrears_as_of", "arrears_of", "method", "stand", "hours", "stage",
         "collector", "companion", "person", "confirmed_by", "said", "doubt", "doubt_answer", "promise_date",
         "promise_amount", "next_step", "next"),
        ("催收人", "同行人", "会见人"),
    ),
    example={
        "room": "3-2-1201", "method": "电话", "stage": "提醒", "collector": "周敏", "person": "王女士",
        "said": "月底发工资后付", "promise_date": "2026-11-30", "promise_amount": "1,073.16",
    },
)  # fmt: skip
