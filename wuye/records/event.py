"""活动会议: what is held, with whom, where, at what cost, and what came of it (domain.md 38)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Kind, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

SORT = v.choice(
    activity="社区活动/活动", owners="业主会议", quality="服务质量会议", guests="来宾接待/接待", internal="内部会议",
    other="其他",
)  # fmt: skip
MEETINGS = ("owners", "quality", "internal")
ANSWER = v.choice(yes="参加/来", no="不参加/不来", unsure="待定", none="未答复")
WAY = v.choice(
    phone="电话", message="短信微信/微信", letter="书面", email="电子邮件/邮件", person="当面", notice="张贴通知",
)  # fmt: skip
UNSURE = ("none", "unsure")


def is_meeting(values: Mapping[str, Any]) -> bool:
    """Whether it is a meeting, of which minutes are kept."""
    return values.get("sort") in MEETINGS


def ends_after_it_starts(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """It ends after it began."""
    if values.get("ends") and values.get("starts") and values["ends"] <= values["starts"]:
        yield Problem("结束时间不在开始时间之后：请改正 --ends", field="ends")


def answers(record: Record) -> dict[str, str]:
    """Everybody who was told, with the last answer."""
    found: dict[str, str] = {}
    for entry in record.timeline:
        if entry.step in ("invite", "answer"):
            found |= {name: str(entry.values.get("answer") or "none") for name in entry.values.get("whom") or ()}
    return found


def invited(record: Record, basis: Basis) -> str:
    """How many were told, how many of them answered and will come."""
    told = answers(record)
    if not told:
        return ""
    answered = [said for said in told.values() if said != "none"]
    return f"通知 {len(told)}，答复 {len(answered)}，参加 {answered.count('yes')}"


# --- clocks


def planned(record: Record, basis: Basis) -> Mark | None:
    """Since it was planned; one that was called off waits for nobody."""
    return None if record.status == "cancelled" else Mark(record.received)


def over(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The evening of its day, by which it is entered as held; the end itself where that is later."""
    last = record.get("ends") or record.get("starts")
    due = max(last, basis.desk.closing(last.date())) if last else None
    return due, "活动会议的时间（starts、ends），当日下班前"


def held(record: Record, basis: Basis) -> Mark | None:
    """Since a meeting was held: its minutes are due."""
    if not is_meeting(record.values) or record.status == "cancelled":
        return None
    return next((Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "hold"), None)


# --- guards, warnings


def was_told(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only who was told can answer."""
    told = answers(record)
    strangers = [name for name in given.get("whom") or () if name not in told]
    return f"{'、'.join(strangers)} 还没有通知过：请先 invite" if strangers else ""


def nobody_asked_twice(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who has answered is not told again as if for the first time."""
    told = answers(record)
    again = [n for n in given.get("whom") or () if told.get(n, "none") != "none"] if not given.get("answer") else []
    return f"{'、'.join(again)} 已经答复过：要改答复请用 answer" if again else ""


def before_its_time(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """It is held when its time has come; who has not answered is named."""
    said = []
    if record.get("starts") and basis.now < record["starts"]:
        said.append(f"原定 {record['starts']:%m-%d %H:%M}，还没有到")
    silent = [name for name, answer in answers(record).items() if answer in UNSURE]
    if silent:
        said.append(f"没有明确答复的：{'、'.join(silent)}")
    return "；".join(said)


def may_close(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A meeting is over when its minutes are written."""
    lacking = is_meeting(record.values) and not record.get("minutes")
    return "会议还没有纪要：请先 minutes --minutes" if lacking else ""


def over_budget(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """More was spent than was planned; a meeting about quality leads to something."""
    said = []
    spent, budget = given.get("spent", record.get("spent")), record.get("budget")
    if spent is not None and budget is not None and spent > budget:
        show = v.MONEY.show
        said.append(f"实际花费 {show(spent)} 元，超出预算 {show(spent - budget)} 元")
    if record.get("sort") == "quality" and not any("link" in e.extra for e in record.standing):
        said.append("没有登记措施：用 task add --of 本号 交办")
    return "；".join(said)


def next_hint(record: Record, basis: Basis) -> str:
    """Tell people, hold it, write the minutes, hand out what was decided, close."""
    if record.status == "planned":
        return "下一步 invite 通知与会人，举行后 hold" if not answers(record) else "答复用 answer，举行后 hold"
    if record.status == "held":
        minutes = is_meeting(record.values) and not record.get("minutes")
        return f"下一步 {'minutes 写纪要，' if minutes else ''}措施用 task add --of 本号，然后 close 结束"
    return ""


KIND = Kind(
    name="event",
    prefix="HD",
    zh="活动会议",
    fields=(
        Field("title", v.TEXT, "名称", required=True),
        Field("sort", SORT, "种类", required=True),
        Field("starts", v.moment("any"), "开始时间", required=True),
        Field("ends", v.moment("any"), "结束时间"),
        Field("venue", v.TEXT, "地点", required=True),
        Field("of", v.ref("any"), "来自", zh_hint="交办、问卷等的编号，如 rw3"),
        Field("organiser", v.STAFF, "负责人"),
        Field("staff", several(v.NAME), "工作人员", zh_hint="如 何建国（签到）、李静（摄影）"),
        Field("plan", v.MEMO, "方案"),
        Field("agenda", v.MEMO, "议程"),
        Field("budget", v.MONEY, "预算"),
        Field("expected", v.COUNT, "预计人数"),
        Field("on_site", v.MEMO, "现场管理", zh_hint="秩序、安全、物资怎样安排"),
        Field("came", v.COUNT, "到场人数"),
        Field("attendees", several(v.NAME), "到场的人"),
        Field("spent", v.MONEY, "实际花费"),
        Field("minutes", v.MEMO, "纪要"),
        Field("result", v.MEMO, "结果"),
        Field("whom", several(v.NAME), "通知谁", on_log=True),
        Field("way", WAY, "方式", on_log=True),
        Field("answer", ANSWER, "答复", on_log=True),
        Field("said", v.TEXT, "说明", on_log=True),
    ),
    flow=Flow(
        states=(
            State("planned", "筹备"),
            State("held", "已举行"),
            State("closed", "已结束", open=False),
            State("cancelled", "已取消", open=False),
        ),
        steps=(
            Step("invite", "通知与会", "planned", ("whom",), ("way", "answer", "said"), guard=nobody_asked_twice),
            Step("answer", "答复与会", "planned held", ("whom", "answer"), ("said",), guard=was_told),
            Step("postpone", "改期", "planned", ("starts", "reason"), ("ends", "venue")),
            Step("hold", "举行", "planned -> held", (), ("came", "attendees", "on_site", "spent"),
                 warn=before_its_time),
            Step("minutes", "纪要", "held closed", ("minutes",)),
            Step("close", "结束", "held -> closed", ("result",), ("spent",), guard=may_close, warn=over_budget),
            Step("cancel", "取消", "planned -> cancelled", ("reason",)),
        ),
    ),
    rules=(Rule("event.minutes", Span(3, "wd"), "会议纪要"),),
    clocks=(
        Clock("hold", "举行", planned, over, ("hold",)),
        Clock("minutes", "会议纪要", held, "event.minutes", ("minutes",)),
    ),
    computed=(Computed("invited", "通知和答复", invited),),
    positional=("title",),
    checks=(ends_after_it_starts,),
    fixed=("minutes",),
    origin="of",
    about=("title",),
    category="sort",
    next_hint=next_hint,
    columns=("id", "status", "sort", "title", "starts", "venue", "organiser", "invited", "came", "budget", "spent",
             "result"),
    slip=Slip(
        "活动会议记录",
        ("title", "sort", "starts", "ends", "venue", "organiser", "staff", "plan", "agenda", "budget", "expected",
         "on_site", "came", "attendees", "spent", "minutes", "result"),
        ("负责人", "记录人"),
    ),
    example={
        "title": "冬至包饺子", "sort": "社区活动", "starts": "2026-12-21 14:00", "ends": "2026-12-21 17:00",
        "venue": "会所一楼", "organiser": "方慧", "plan": "邀请独居老人，食材由厨房准备", "budget": "1200",
        "expected": "60",
    },
)  # fmt: skip
