"""来电来访来函: who rang, came or wrote, the answer, whom it was handed on to, what was promised (domain.md 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

WAY = v.choice(phone="来电/电话", counter="来访/前台", letter="来函/书面", message="短信微信/短信/微信")
LINE = v.choice(desk="前台电话/前台", hotline="服务热线/热线")
MATTER = v.choice(enquiry="咨询/询问", opinion="意见建议/意见/建议", other="其他")
RINGS = "contact.rings"
TURNED = ("complaint", "workorder", "visitor", "task", "incident")


def begin(values: Mapping[str, Any]) -> str:
    """What was answered at once waits for nobody; a promise, a message, an opinion to be decided does."""
    waits = values.get("promised") or values.get("message_for") or values.get("matter") == "opinion"
    return "answered" if values.get("answer") and not waits else "open"


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """Who took it owns it; what the standard asks for and is not there yet is said."""
    notes = []
    if not basis.desk.open_at(basis.now):
        if values.get("way") == "phone" and not values.get("taken_by"):
            notes.append("下班时间由控制中心接听：请用 edit --taken-by 写明是谁接的")
        if values.get("urgent") and not values.get("night_told"):
            notes.append("下班时间的急事要报夜间总值班：报了用 tell --night-manager 登记")
    rings, most = values.get("rings"), basis.number(RINGS)
    if rings is not None and rings > most:
        notes.append(f"响铃 {rings} 声才接：标准是 {most} 声之内（{RINGS}）")
    if values.get("name_said") is False:
        notes.append("没有报单位名称：标准是接听先报单位名称")
    taken_by = values.get("taken_by")
    return Seen({"first_contact": taken_by} if taken_by else {}, tuple(notes))


def to_standard(record: Record, basis: Basis) -> bool | None:
    """Whether a call was taken within so many rings and with the office's name; None where nobody noted either."""
    rings, name_said = record.get("rings"), record.get("name_said")
    if rings is None and name_said is None:
        return None
    return (rings is None or rings <= basis.number(RINGS)) and name_said is not False


# --- clocks


def promised(record: Record, basis: Basis) -> Mark | None:
    """Since calling back was last promised, when it came or later."""
    if not record.get("promised"):
        return None
    later = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step != "edit" and e.values.get("promised")]
    return later[-1] if later else Mark(record.received)


def as_promised(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The time the person was told."""
    return record.get("promised"), "答应回电的时间（promised）"


def urgent_by_night(record: Record, basis: Basis) -> Mark | None:
    """An urgent one after hours, unless the night duty manager had been told when it was entered."""
    told_at_once = record.get("night_told") and not record.entries("tell")
    if not record.get("urgent") or told_at_once or basis.desk.open_at(record.received):
        return None
    return Mark(record.received)


# --- guards, warnings


def an_opinion(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only an opinion or suggestion is taken up or not."""
    return "" if record.get("matter") == "opinion" else "事由不是意见建议：请先 edit --matter 意见建议"


def a_message(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only a message is passed on."""
    return "" if record.get("message_for") else "没有写留言给谁：请先 edit --message-for"


def carried_on(record: Record, given: Mapping[str, Any]) -> str:
    """Handed on to somebody it stays with whoever took it; made into a complaint or order, that carries it on."""
    return "" if given.get("transferred_to") else "closed"


def still_to_do(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What a contact is closed without."""
    left = []
    if record.get("promised") and not record.entries("call-back", "answer"):
        left.append("答应的回电还没有回（call-back）")
    if record.get("message_for") and not record.entries("relay"):
        left.append("留言还没有转告（relay）")
    if record.get("matter") == "opinion":
        left += ["意见是否采纳还没有定（decide）"] if record.get("taken_up") is None else []
        left += ["结果还没有反馈本人（inform）"] if not record.entries("inform", "call-back") else []
    return "提示：" + "；".join(left) if left else ""


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: answer, call back, pass the message on; an opinion is decided and the person told."""
    if record.status not in ("open", "transferred"):
        return ""
    if record.get("matter") == "opinion":
        if record.get("taken_up") is None:
            return "下一步 decide 定是否采纳"
        told = record.entries("inform", "call-back")
        return "下一步 close 办结" if told else "下一步 inform 把是否采纳告诉本人"
    if record.get("message_for"):
        return "下一步 relay 转告，再 close"
    if record.get("promised"):
        return "下一步 call-back 回电"
    return "下一步 answer 答复；转投诉、工程单、访客、交办用 --of 本号"


ALL = "open answered transferred closed"
ALIVE = "open transferred"

KIND = Kind(
    name="contact",
    prefix="LD",
    zh="来电来访来函",
    fields=(
        Field("way", WAY, "方式", required=True),
        Field("line", LINE, "线路"),
        Field("name", v.NAME, "姓名"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("room", v.ROOM, "房号"),
        Field("identity", v.TEXT, "身份核实", zh_hint="怎样核实、谁核实"),
        Field("matter", MATTER, "事由", default="enquiry"),
        Field("subject", v.SUBJECT, "类别"),
        Field("text", v.MEMO, "内容", required=True),
        Field("answer", v.MEMO, "答复"),
        Field("message_for", v.NAME, "留言给"),
        Field("transferred_to", v.NAME, "转给"),
        Field("promised", v.moment("future"), "答应回电时间"),
        Field("taken_by", v.NAME, "接听人", zh_hint="不是经办人接的才写，如控制中心的人"),
        Field("first_contact", v.NAME, "首问责任人", zh_hint="不写为接听人或经办人"),
        Field("urgent", v.FLAG, "急事"),
        Field("night_manager", v.NAME, "夜间总值班"),
        Field("night_told", v.moment("past"), "报夜间总值班时间"),
        Field("rings", v.COUNT, "响铃声数", zh_hint="响几声接的"),
        Field("name_said", v.FLAG, "报了单位名称"),
        Field("quality", v.TEXT, "服务质量", zh_hint="接待中做得好和不好的"),
        Field("taken_up", v.FLAG, "意见采纳"),
        Field("said", v.MEMO, "说明", on_log=True),
    ),
    flow=Flow(
        states=(
            State("open", "待答复"),
            State("answered", "已答复", open=False),
            State("transferred", "已转办"),
            State("closed", "已办结", open=False),
        ),
        steps=(
            Step("answer", "答复", "open transferred -> answered", ("answer",)),
            Step("transfer", "转办", "open answered transferred -> transferred", ("transferred_to",),
                 ("said", "promised"), to=carried_on),
            Step("promise", "答应回电", ALL, ("promised",), ("said",)),
            Step("call-back", "回电", "open transferred -> answered, answered closed", (), ("answer", "said")),
            Step("relay", "转告留言", ALL, (), ("said",), guard=a_message),
            Step("tell", "报夜间总值班", ALL, ("night_manager",), ("night_told", "said"), stamps="night_told"),
            Step("decide", "定是否采纳", ALL, ("taken_up",), ("said",), guard=an_opinion),
            Step("inform", "反馈", ALL, ("said",)),
            Step("close", "办结", "open answered transferred -> closed", (), ("said",), warn=still_to_do),
            Step("reopen", "重开", "answered closed -> open", ("reason",)),
        ),
        begin=begin,
    ),
    rules=(
        Rule(RINGS, 3, "电话几声之内接听"),
        Rule("contact.night", Span(30, "min"), "下班时间的急事报夜间总值班"),
    ),
    clocks=(
        Clock("promise", "答应的回电", promised, as_promised, ("call-back", "answer"), outlives=True),
        Clock("night", "报夜间总值班", urgent_by_night, "contact.night", ("tell",), outlives=True),
    ),
    computed=(
        Computed("standard", "接听规范", to_standard, {True: "达标", False: "未达标", None: ""}.__getitem__, v.FLAG),
    ),
    positional=("text",),
    known_by=("phone", "room"),
    sees=sees,
    people=("name",),
    category="matter",
    next_hint=next_hint,
    turns=dict.fromkeys(TURNED, "transfer"),
    columns=("id", "status", "way", "name", "room", "matter", "text", "promised", "transferred_to", "first_contact"),
    slip=Slip(
        "来电来访登记表",
        ("way", "line", "name", "phone", "room", "identity", "matter", "subject", "text", "answer", "message_for",
         "transferred_to", "promised", "taken_by", "first_contact", "urgent", "night_manager"),
        ("接听人", "处理人"),
    ),
    example={
        "way": "来电", "name": "王女士", "phone": "13800138000", "room": "3-2-1201", "matter": "咨询",
        "text": "问周末能不能搬家具", "promised": "2026-11-25 17:00",
    },
)  # fmt: skip
