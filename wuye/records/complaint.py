"""投诉: a resident is unhappy, somebody must answer in time, and nobody may lose it (domain.md 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist, clocks
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.levels import LABEL, became, contradicts, level_of, reached
from wuye.schema import TAKEN_OVER, Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

CHANNEL = v.choice(
    visit="来访", phone="来电/电话", letter="书面/来函", hotline="服务热线/热线", web="网络", company="公司转办",
    developer="地产客户关系中心转办/地产转办", media="媒体", government="政务热线/12345",
)  # fmt: skip
NATURE = v.choice(valid="有效投诉/有效", help="求助", consult="咨询", vent="发泄")
CAUSE = v.choice(class1="一类（物业服务）/一类", class2="二类（开发建设）/二类", class3="三类（外部原因）/三类")
LEVEL = v.choice(general="一般", hot="热点", major="重大", computed="按事实计算")
TODAYS_LEVEL = v.choice(**LABEL)._replace(ordered=True)
WAY = v.choice(letter="书面", email="电子邮件/邮件", phone="电话", message="短信微信/微信", person="当面")
PAYMENT = v.choice(paid="无欠费", arrears="有欠费", unknown="未查")
SEEN = (("identity", "--identity", "身份尚未核实"), ("payment", "--payment", "缴费情况尚未查看"))
APPROVED_CHANNELS = ("web", "developer")


# --- clocks


def received(record: Record, basis: Basis) -> Mark:
    """Every complaint is answered for the first time."""
    return Mark(record.received)


def posted(record: Record, basis: Basis) -> Mark | None:
    """A web complaint, from its posting; one from the centre, from its forwarding."""
    name = {"web": "posted", "developer": "forwarded"}.get(record.get("channel") or "")
    return Mark(record.get(name) or record.received) if name else None


def posted_on_web(record: Record, basis: Basis) -> Mark | None:
    """A web complaint, from its posting."""
    return posted(record, basis) if record.get("channel") == "web" else None


def form_received(record: Record, basis: Basis) -> Mark | None:
    """A complaint forwarded by the company, from the receipt of its form."""
    return Mark(record.get("form_received") or record.received) if record.get("channel") == "company" else None


def that_desk_day(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """Posted in desk hours: the end of that day; else of the first day the desk opens."""
    return basis.desk.end_of_desk_day(start.at), "上班时间内发布的当日下班前，否则下一个上班时段当日下班前（上班日）"


def as_the_form_sets(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The time that the customer-request form sets."""
    due = record.get("form_due")
    return due, "客户诉求处理表要求的时间" if due else "客户诉求处理表要求的时间（尚未填 form_due）"


def became_hot(record: Record, basis: Basis) -> Mark | None:
    """Since it became hot or major; a complaint that is general again (corrected, set by hand) owes no form."""
    hot = became(record, basis).get("hot")
    return hot if hot and level_of(record, basis)[0] != "general" else None


def rose_to_major(record: Record, basis: Basis) -> Mark | None:
    """Since it rose from hot to major: the form sent before is brought up to date."""
    marks = became(record, basis)
    major = marks.get("major")
    return major if major and major != marks["hot"] and level_of(record, basis)[0] == "major" else None


def handled_hot(record: Record, basis: Basis) -> Mark | None:
    """Since it was handled while hot or major; since it became so where it had been handled before."""
    hot = became_hot(record, basis)
    if hot is None:
        return None
    handled = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "handle"]
    later = next((mark for mark in handled if mark.index > hot.index), None)
    return later or (hot if handled and record.status in ("handled", "closed") else None)


def promised(record: Record, basis: Basis) -> Mark | None:
    """Since the person was last told when they will hear back."""
    said = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.values.get("promised")]
    return said[-1] if said else None


def as_promised(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The time the person was told."""
    return record.timeline[start.index - 1].values["promised"], "答应答复业户的时间（promised）"


# --- refusals, warnings, effects


def needs_two_hands(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A reply to a web complaint or one from the centre goes out only as approved."""
    if record["channel"] not in APPROVED_CHANNELS:
        return ""
    last = [e.step for e in record.timeline if e.step in ("draft", "approve")]
    if not last:
        return "答复还没有起草：请先 draft 起草，再由部门负责人 approve 审批"
    return "" if last[-1] == "approve" else "答复稿还没有审批：请部门负责人先 approve，再 send 发出"


def has_draft(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only a draft can be approved, once."""
    last = [e.step for e in record.entries("draft", "approve")]
    return "" if last and last[-1] == "draft" else "没有待审批的答复稿：请先 draft 起草"


def thanks_only(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The first response on the web or to the centre records only thanks and the time promised."""
    if record["channel"] in APPROVED_CHANNELS and given.get("said"):
        return "网络和地产转办的投诉，首次响应只致谢并告知答复时间（--promised）：答复内容请用 draft、approve、send"
    return ""


def joined_once(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A neighbour joins once."""
    him = (given["joiner"], given.get("joiner_room"), given.get("joiner_phone"))
    if same_person(him, (record["reporter"], record["room"], record["phone"])):
        return f"{given['joiner']} 就是投诉人：已算在共同投诉人数里"
    for entry in record.entries("join"):
        if same_person(him, tuple(entry.values.get(n) for n in ("joiner", "joiner_room", "joiner_phone"))):
            return f"{given['joiner']} 已于 {entry.at:%m-%d %H:%M} 加入：不必重复登记"
    return ""


def same_person(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether (name, room, phone) are of one person: the phone tells, else the name in the same room."""
    if one[2] and other[2]:
        return bool(one[2] == other[2])
    return one[:2] == other[:2]


def one_more(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """With each neighbour that joins there is one more."""
    return {"people": str((record.get("people") or 1) + 1)}


def not_yet_valid(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only a communication complaint can become valid."""
    if not record["nature"]:
        return "性质尚未判定：请先 judge --nature"
    return "已经是有效投诉：不必升级" if record["nature"] == "valid" else ""


def becomes_valid(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """Handled badly, a communication complaint becomes valid; the log keeps the first judgement."""
    return {"nature": "valid"}


def from_the_company(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The quality department is told of a result only where it forwarded the complaint, and there is one."""
    if record["channel"] != "company":
        return "只有公司转办的投诉才向品质部门报结果"
    return "" if record["result"] else "还没有处理结果：请先 handle --result"


def is_hot(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Form and special report belong to hot and major complaints."""
    return "" if became(record, basis) else "只有热点、重大投诉才报客户诉求处理表和专题报告"


def heard_since(record: Record) -> Entry | None:
    """The last follow-up that reached the person since it was last handled: what was said before is of another attempt.
    """
    last: Entry | None = None
    for entry in record.timeline:
        if entry.step == "handle":
            last = None
        elif reached(entry):
            last = entry
    return last


def may_close(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Closing needs a recorded result and a follow-up, or the reason for none."""
    if not record["result"]:
        return "没有处理结果：请先 handle --result"
    last = heard_since(record)
    if last and contradicts(last.values):
        return "回访时业户表示没有解决：请继续处理后再 handle，或 reopen"
    if last or given.get("no_follow_up"):
        return ""
    return "还没有回访：请先 follow-up，或用 --no-follow-up 写明不回访的原因"


def unmet(record: Record, basis: Basis) -> Iterator[Clock]:
    """The clocks that still wait and end with the complaint."""
    waiting = {(r.name, r.zh) for r in clocks.read(record, basis) if r.waits}
    for clock in record.kind.clocks:
        if not clock.outlives and (clock.name, clock.zh) in waiting:
            yield clock


def still_to_do(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is closed without: nature not judged, person and payment state not seen, answers and notices not given."""
    left = [f"没有记{clock.zh}（{clock.met_by[0]}）" for clock in unmet(record, basis)]
    if not record["nature"]:
        left.append("性质尚未判定（judge）")
    elif record["nature"] != "valid":
        left += [f"{words}（edit {option}）" for name, option, words in SEEN if not record[name]]
    if record["cause"] in ("class2", "class3") and not record.entries("notify"):
        left.append("二类、三类投诉应书面告知有关单位（notify）")
    ways = {e.values.get("way") for e in record.entries("notify")}
    if record["cause"] == "class2" and record["subject"] == "building" and ways and "email" not in ways:
        left.append("房屋质量投诉还应发电子邮件（notify --way email）")
    return "提示：" + "；".join(left) if left else ""


def odd_judgement(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A valid complaint is the company's own failure: with class 2 or 3 it is probably misjudged."""
    nature = given.get("nature") or record["nature"]
    if nature == "valid" and (given.get("cause") or record["cause"]) in ("class2", "class3"):
        return "提示：有效投诉一般属一类（物业服务）原因，请核对性质和原因分类"
    return ""


def handled_before(earlier: Record, moment: datetime) -> dict[str, Any]:
    """A second complaint after the first was handled, closed or not, is hot at least."""
    return {"repeat_handled": True} if earlier.entries("handle", until=moment) else {}


# --- computed columns


def level(record: Record, basis: Basis) -> str:
    """Today's level."""
    return level_of(record, basis)[0]


def level_reasons(record: Record, basis: Basis) -> tuple[str, ...]:
    """Why it has this level."""
    return level_of(record, basis)[1]


def news(record: Record, basis: Basis) -> datetime | None:
    """When the person last heard from us; None: never."""
    return max((e.at for e in record.entries("respond", "inform", "send", until=basis.now)), default=None)


def next_hint(record: Record, basis: Basis) -> str:
    """The step that the procedure asks for next."""
    if record.status == "recorded":
        return "下一步 judge 判定性质"
    if record.status == "judged":
        return "下一步 assign 派给责任部门"
    if record.status == "assigned":
        return "下一步 handle 处理"
    if record.status == "handled":
        last = heard_since(record)
        if last is None:
            return "下一步 follow-up 回访，然后 close 办结"
        return "回访时说没有解决；下一步 handle 再处理" if contradicts(last.values) else "下一步 close 办结"
    return ""


ALIVE = "recorded judged assigned handled"
PAST = v.moment("past")

KIND = Kind(
    name="complaint",
    prefix="TS",
    zh="投诉",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("place", v.TEXT, "地点", zh_hint="没有房号时写公共部位"),
        Field("reporter", v.NAME, "投诉人", required=True),
        Field("phone", v.PHONE, "电话", private=True),
        Field("text", v.MEMO, "内容", required=True),
        Field("channel", CHANNEL, "渠道"),
        Field("subject", v.SUBJECT, "类别"),
        Field("nature", NATURE, "性质"),
        Field("cause", CAUSE, "原因分类"),
        Field("people", v.COUNT, "共同投诉人数", default="1"),
        Field("arose", v.day_or_moment("past"), "首次提出时间"),
        Field("posted", PAST, "网上发布时间"),
        Field("forwarded", PAST, "转办时间"),
        Field("lawsuit", v.FLAG, "已起诉"),
        Field("media", v.FLAG, "媒体已介入"),
        Field("may_sue", v.FLAG, "可能起诉"),
        Field("may_publish", v.FLAG, "媒体可能介入"),
        Field("needs_help", v.FLAG, "需外部专家或其他公司"),
        Field("identity", v.TEXT, "身份核实", zh_hint="怎样核实、谁核实"),
        Field("payment", PAYMENT, "缴费情况"),
        Field("payment_seen_by", v.NAME, "缴费核查人"),
        Field("first_contact", v.NAME, "首问责任人", zh_hint="不写为经办人"),
        Field("department", v.DEPARTMENT, "责任部门"),
        Field("lead", v.STAFF, "部门负责人"),
        Field("handler", v.STAFF, "专人"),
        Field("superior_told", PAST, "报告上级时间"),
        Field("form_number", v.TEXT, "诉求处理表编号"),
        Field("form_direction", v.TEXT, "诉求处理表去向"),
        Field("form_received", PAST, "诉求处理表收到时间"),
        Field("form_due", v.moment("future"), "诉求处理表要求时间"),
        Field("of", v.ref("any"), "来自", zh_hint="催收、放行条等的编号，如 cs3"),
        checklist.ROW,
        Field("repeats", v.ref("complaint"), "重复投诉", zh_hint="前一次投诉的编号"),
        Field("repeat_handled", v.FLAG, "前次已处理"),
        Field("taken_up", v.FLAG, "意见采纳"),
        Field("result", v.MEMO, "处理结果"),
        Field("joiner", v.NAME, "加入人", on_log=True),
        Field("joiner_phone", v.PHONE, "加入人电话", on_log=True, private=True),
        Field("joiner_room", v.ROOM, "加入人房号", on_log=True),
        Field("said", v.MEMO, "说明", on_log=True),
        Field("promised", v.moment("future"), "答应答复时间", on_log=True),
        Field("reply", v.MEMO, "答复稿", on_log=True),
        Field("approver", v.NAME, "审批人", on_log=True),
        Field("to", v.TEXT, "送达对象", on_log=True),
        Field("way", WAY, "方式", on_log=True),
        Field("sender", v.NAME, "发出人", on_log=True),
        Field("answered", PAST, "中心答复客户时间", on_log=True),
        Field("measures", v.MEMO, "具体措施", on_log=True),
        Field("found", v.MEMO, "现场情况", on_log=True),
        Field("companion", v.NAME, "同行人", on_log=True),
        Field("satisfaction", v.SATISFACTION, "满意度", on_log=True),
        Field("settled", v.FLAG, "已解决", on_log=True),
        Field("words", v.MEMO, "业户原话", on_log=True),
        Field("no_follow_up", v.TEXT, "不回访原因", on_log=True),
        Field("causes", v.MEMO, "原因", on_log=True),
        Field("process", v.MEMO, "处理经过和结果", on_log=True),
        Field("lessons", v.MEMO, "教训", on_log=True),
        Field("corrective", v.MEMO, "纠正措施", on_log=True),
        Field("level", LEVEL, "级别", on_log=True),
    ),
    flow=Flow(
        states=(
            State("recorded", "已登记"),
            State("judged", "已判定"),
            State("assigned", "处理中"),
            State("handled", "已处理"),
            State("closed", "已办结", open=False),
        ),
        steps=(
            Step("judge", "判定性质", "recorded judged -> judged, assigned handled", ("nature",),
                 ("cause", "subject", "taken_up"), warn=odd_judgement),
            Step("assign", "派给责任部门", "recorded judged assigned -> assigned", ("department",),
                 ("lead", "handler", "superior_told")),
            Step("join", "邻里加入", ALIVE, ("joiner",), ("joiner_phone", "joiner_room"),
                 guard=joined_once, effect=one_more),
            Step("visit", "到场查看", ALIVE, (), ("found", "companion")),
            Step("respond", "首次响应", f"{ALIVE} closed", (), ("said", "promised"), guard=thanks_only),
            Step("draft", "起草答复", ALIVE, ("reply",)),
            Step("approve", "审批答复", ALIVE, (), ("approver",), guard=has_draft),
            Step("send", "发出答复", ALIVE, (), ("to", "way", "sender", "answered"), guard=needs_two_hands),
            Step("measure", "具体措施", ALIVE, ("measures",), ("to",)),
            Step("form", "报诉求处理表", f"{ALIVE} closed", (), ("form_number", "form_direction", "form_due", "to"),
                 guard=is_hot),
            Step("notify", "告知有关单位", f"{ALIVE} closed", ("to",), ("way", "sender", "said")),
            Step("inform", "向业户反馈", f"{ALIVE} closed", ("said",), ("promised",)),
            Step("handle", "处理完毕", f"{ALIVE} -> handled", ("result",), ("handler",)),
            Step("result", "向品质部门报结果", "handled closed", (), ("to", "said"), guard=from_the_company),
            Step("follow-up", "回访", "handled closed", ("satisfaction",), ("settled", "words")),
            Step("report", "报专题报告", "handled closed", ("causes", "process"), ("lessons", "corrective", "to"),
                 guard=is_hot),
            Step("level", "人工定级", ALIVE, ("level", "reason")),
            Step("upgrade", "升级为有效投诉", f"{ALIVE} closed", ("reason",), ("cause",),
                 guard=not_yet_valid, warn=odd_judgement, effect=becomes_valid),
            Step("close", "办结", "handled -> closed", (), ("no_follow_up",), guard=may_close, warn=still_to_do),
            Step("reopen", "重开", "handled closed -> assigned", ("reason",)),
        ),
    ),
    rules=(
        Rule("complaint.respond", Span(1, "wd"), "首次响应"),
        Rule("complaint.reply", Span(4, "wh"), "网络、地产转办投诉的答复"),
        Rule("complaint.measure", Span(1, "wd"), "公司转办投诉向品质部门报措施"),
        Rule("complaint.form", Span(1, "wd"), "热点、重大投诉报诉求处理表"),
        Rule("complaint.report", Span(7, "d"), "热点、重大投诉报专题报告"),
        Rule("complaint.hot_people", 3, "热点：共同投诉人数"),
        Rule("complaint.major_people", 10, "重大：共同投诉人数"),
        Rule("complaint.hot_after", Span(1, "w"), "热点：发生后未解决"),
        Rule("complaint.major_after", Span(1, "m"), "重大：发生后未解决"),
    ),
    clocks=(
        Clock("respond", "首次响应", received, "complaint.respond", ("respond",)),
        Clock("reply", "答复", posted, "complaint.reply", ("send",)),
        Clock("measure", "具体措施", posted_on_web, that_desk_day, ("measure",), key="measure_web"),
        Clock("measure", "具体措施报品质部门", form_received, "complaint.measure", ("measure",)),
        Clock("result", "结果报品质部门", form_received, as_the_form_sets, ("result",), outlives=True),
        Clock("form", "诉求处理表", became_hot, "complaint.form", ("form",), outlives=True),
        Clock("form", "诉求处理表（升级更新）", rose_to_major, "complaint.form", ("form",), key="form_major",
              outlives=True),
        Clock("report", "专题报告", handled_hot, "complaint.report", ("report",), outlives=True),
        Clock("promise", "答应的答复", promised, as_promised, ("inform", "send", "handle")),
    ),
    computed=(
        Computed("level", "级别", level, LABEL.__getitem__, TODAYS_LEVEL),
        Computed("level_reasons", "级别理由", level_reasons, "；".join),
        Computed("news", "最近反馈", news, type=PAST),
    ),
    one_of=(("room", "place"),),
    positional=("room", "text"),
    checks=(checklist.row_of,),
    known_by=("room", "phone"),
    people=("reporter",),
    origin="of",
    inherits={**TAKEN_OVER, "subject": ("subject",), "identity": ("identity",), "first_contact": ("first_contact",)},
    link="repeats",
    on_link=handled_before,
    category="nature",
    next_hint=next_hint,
    columns=("id", "status", "level", "room", "place", "reporter", "subject", "text", "news"),
    slip=Slip(
        "投诉记录",
        ("room", "place", "reporter", "phone", "channel", "subject", "nature", "cause", "people", "text",
         "department", "handler", "result"),
        ("经办人", "部门负责人", "业户"),
    ),
    example={
        "room": "3-2-1201", "reporter": "王女士", "phone": "13800138000", "text": "厨房顶部漏水，已两天",
        "channel": "来电", "subject": "工程维修",
    },
)  # fmt: skip
