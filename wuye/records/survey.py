"""满意度调查: a questionnaire handed out, its answers collected, weak spots named, measures taken (domain.md 37).

An opinion poll 意见征询 is one that asks for no rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.questionnaire import QUESTIONS
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

SORT = v.choice(rating="满意度调查", poll="意见征询")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The questions as they stand now are kept: a file that is changed later changes no survey."""
    if values.get("questions"):
        return Seen({})
    found = books.questionnaire(values["questionnaire"])
    sort = "poll" if found.poll else "rating"
    return Seen({"title": found.title, "sort": sort, "questions": found.questions})


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """It ends after it begins, and something is handed out."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("回收截止早于开始：请核对 --since 和 --until", field="until")
    if values.get("handed_out") == 0:
        yield Problem("发放份数是 0：请核对 --handed-out", field="handed_out")


def no_fewer(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """More questionnaires are handed out, never fewer."""
    before = record.get("handed_out") or 0
    if given.get("handed_out") is not None and given["handed_out"] < before:
        return f"已发放 {before} 份，--handed-out 写补发后的总份数，不能少于它：请核对"
    return ""


def number_of_questions(record: Record, basis: Basis) -> int:
    """How many questions it asks."""
    return len(record.get("questions") or ())


def running(record: Record, basis: Basis) -> Mark | None:
    """Since it was handed out, or its time was last changed, while answers are collected."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step in ("start", "extend", "reopen")]
    return marks[-1] if marks and record.get("until") else None


def collected_by(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The last day for answers."""
    until = record.get("until")
    return (basis.desk.closing(until), "回收截止（until）") if until else (None, "")


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    known = {
        "draft": "印发后登记 start", "running": "录入答卷 wuye answer add --survey，截止 close",
        "closed": "看 wuye survey result，薄弱项用 wuye task add --of 交办，写结论 end",
    }  # fmt: skip
    return known.get(record.status, "")


KIND = Kind(
    name="survey",
    prefix="DY",
    zh="满意度调查",
    fields=(
        Field("questionnaire", v.TEXT, "问卷", required=True, zh_hint="surveys/ 里的文件名；自带 standard、opinions"),
        Field("title", v.TEXT, "调查名称", zh_hint="不写为问卷的名称"),
        Field("sort", SORT, "性质", typed=False),
        Field("audience", v.TEXT, "对象", zh_hint="如 全体业户、3栋业主"),
        Field("handler", v.STAFF, "负责人"),
        Field("handed_out", v.COUNT, "发放份数"),
        Field("since", v.day("any"), "开始日期"),
        Field("until", v.day("any"), "回收截止"),
        Field("questions", QUESTIONS, "问题", typed=False),
        Field("result", v.MEMO, "结论"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(
            State("draft", "拟定"), State("running", "进行中"), State("closed", "已截止"),
            State("ended", "已办结", open=False),
        ),
        steps=(
            Step("start", "发放", "draft -> running", ("handed_out",), ("since", "until"), stamps="since"),
            Step("extend", "补发延期", "running", (), ("handed_out", "until", "reason"), guard=no_fewer),
            Step("close", "截止", "running -> closed", (), ("reason",)),
            Step("reopen", "重开回收", "closed -> running", ("reason",), ("until",)),
            Step("end", "办结", "closed -> ended", ("result",)),
        ),
    ),
    rules=(Rule("survey.weak", 80, "满意率（%）低于多少算薄弱项"),),
    clocks=(Clock("collect", "回收截止", running, collected_by, ("close",)),),
    computed=(Computed("asked", "题数", number_of_questions, str, v.COUNT),),
    positional=("questionnaire",),
    checks=(span_in_order,),
    sees=sees,
    fixed=("questionnaire", "handed_out"),
    about=("title", "audience"),
    people=("handler",),
    category="sort",
    next_hint=next_hint,
    columns=("id", "status", "title", "sort", "audience", "handler", "handed_out", "since", "until", "asked"),
    slip=Slip(
        "满意度调查登记表",
        ("title", "sort", "audience", "handler", "handed_out", "since", "until", "questions", "result"),
        ("负责人", "主管"),
    ),
    example={"questionnaire": "standard", "audience": "全体业户", "handler": "林晓燕", "since": "2026-11-23",
             "until": "2026-12-10"},
)  # fmt: skip
