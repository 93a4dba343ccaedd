"""培训: need, plan, held, who came, examination and result; newcomers and coaching on the spot too (domain.md 36)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import Cell, rows, several
from wuye.numerals import fold
from wuye.schema import Books, Kind, Seen, Slip
from wuye.values import many
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

SORT = v.choice(
    plan="计划内/计划", induction="新员工入职/入职/入职培训", coaching="在岗辅导/辅导/现场辅导", extra="临时安排/临时",
)  # fmt: skip
EXAM = v.choice(none="不考核/无", written="笔试", practical="实操", oral="口试")
_PASSED, _FAILED = ("合格", "通过", "及格"), ("不合格", "未通过", "不及格", "缺考")


def result_zh(row: Mapping[str, Any]) -> str:
    """One result: `李静 92 分 合格`."""
    parts = (row["name"], f"{row['score']} 分" if row.get("score") else "", "合格" if row["passed"] else "不合格")
    return " ".join(part for part in parts if part)


def _results(text: str) -> Iterable[dict[str, str]]:
    """`李静 92 合格、王芳 不合格` → a row each."""
    for part in many(text):
        words = fold(part).split()
        row = {"name": words[0]}
        for word in words[1:]:
            score = re.fullmatch(r"(\d{1,3}(?:\.\d)?)分?", word, re.ASCII)
            if score:
                row["score"] = score[1]
            elif word in (*_PASSED, *_FAILED):
                row["passed"] = "yes" if word in _PASSED else "no"
            else:
                raise ValueError(f"看不懂“{part}”，请写成 李静 92 合格、王芳 不合格 这样")
        if "passed" not in row and "score" in row:
            row["passed"] = "yes" if Decimal(row["score"]) >= 60 else "no"
        if "passed" not in row:
            raise ValueError(f"“{part}”没有结果，请写成 李静 92 合格 这样")
        yield row


RESULTS = rows(
    "results", "考核结果",
    (Cell("name", "姓名", v.STAFF, True), Cell("score", "分数", v.QUANTITY), Cell("passed", "合格", v.FLAG, True)),
    _results, result_zh,
)  # fmt: skip


def begin(values: Mapping[str, Any]) -> str:
    """What is told afterwards was held; what has a day is planned; else it is a need."""
    return "held" if values.get("came") else "planned" if values.get("planned_on") else "needed"


def people(record: Record) -> tuple[str, ...]:
    """Who came."""
    found: tuple[str, ...] = record.get("came") or ()
    return found


def missing_people(record: Record, basis: Basis) -> list[str]:
    """Who was asked to come and did not."""
    return [name for name in record.get("invited") or () if name not in people(record)] if people(record) else []


def came_count(record: Record, basis: Basis) -> int | None:
    """How many came."""
    return len(people(record)) or None


def pass_rate(record: Record, basis: Basis) -> str | None:
    """How many of those who were examined passed, as they stand: `5/6`."""
    told = record.get("results") or ()
    return f"{sum(bool(row['passed']) for row in told)}/{len(told)}" if told else None


def only_who_came(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A result is of somebody who came, and everybody is told once."""
    names = [row["name"] for row in given["results"]]
    strange = [name for name in names if name not in people(record)]
    if strange:
        return f"{'、'.join(strange)} 没有到场：请核对姓名，或先用 edit --came 补上"
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"{'、'.join(twice)} 写了两次：请删去一次" if twice else ""


def all_examined(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Where there was an examination everybody who came has a result."""
    if record.get("exam") in (None, "none"):
        return ""
    told = {row["name"] for row in record.get("results") or ()}
    left = [name for name in people(record) if name not in told]
    return f"{'、'.join(left)} 还没有考核结果：请先用 examine --results 登记" if left else ""


def merged(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """Results come one after another: a later one of the same person goes before the earlier (an examination again)."""
    told = {row["name"]: row for row in (*(record.get("results") or ()), *given["results"])}
    return {"results": RESULTS.dump(tuple(told.values()))}


def some_failed(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who failed is said: he is examined again."""
    failed = [row["name"] for row in given["results"] if not row["passed"]]
    return f"{'、'.join(failed)} 不合格：补考后再用 examine 登记" if failed else ""


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The year's plan that is named is there, and is one of training."""
    if not values.get("plan"):
        return Seen({})
    plan = books.in_book("yearplan", values["plan"])
    if plan is None:
        return Seen({}, (f"年度计划里没有“{values['plan']}”：请核对名称，或先用 yearplan add 登记",))
    topics = [row["topic"] for row in plan.get("sessions") or ()]
    if values["topic"] in topics:
        return Seen({})
    return Seen({}, (f"计划 {values['plan']} 里没有“{values['topic']}”这一项，现有：{'、'.join(topics) or '无'}",))


def planned(record: Record, basis: Basis) -> Mark | None:
    """Since a day was fixed."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if "planned_on" in e.values]
    return (marks[-1] if marks else Mark(record.received)) if record.get("planned_on") else None


def on_its_day(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day that was fixed."""
    return basis.desk.closing(record["planned_on"]), "计划日期（planned_on），当日下班前"


def held(record: Record, basis: Basis) -> Mark | None:
    """Since it was held, where an examination belongs to it."""
    if record.get("exam") in (None, "none") or not people(record):
        return None
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "hold"]
    return marks[-1] if marks else Mark(record.received)


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    exam = record.get("exam") not in (None, "none") and not record.get("results")
    known = {"needed": "定日期 plan", "planned": "举办 hold", "held": "考核 examine" if exam else "办结 close"}
    return known.get(record.status, "")


KIND = Kind(
    name="training",
    prefix="PX",
    zh="培训",
    fields=(
        Field("topic", v.TEXT, "主题", required=True),
        Field("sort", SORT, "培训种类", default="extra"),
        Field("need", v.MEMO, "培训需求", zh_hint="谁提出、为什么"),
        Field("plan", v.TEXT, "年度计划", zh_hint="计划名称，如 2026培训"),
        Field("department", v.DEPARTMENT, "部门"),
        Field("trainer", v.NAME, "讲师"),
        Field("planned_on", v.day("any"), "计划日期"),
        Field("place", v.TEXT, "地点"),
        Field("invited", several(v.STAFF), "应到"),
        Field("came", several(v.STAFF), "实到"),
        Field("held_on", v.day("past"), "举办日期", zh_hint="不写为当天"),
        Field("hours", v.QUANTITY, "课时"),
        Field("exam", EXAM, "考核方式"),
        Field("results", RESULTS, "考核结果", typed=False),
        Field("text", v.MEMO, "内容"),
        Field("effect", v.MEMO, "效果", zh_hint="评价和改进"),
    ),
    flow=Flow(
        states=(
            State("needed", "有需求"), State("planned", "已计划"), State("held", "已举办"),
            State("closed", "已完成", open=False), State("cancelled", "已取消", open=False),
        ),
        steps=(
            Step("plan", "定日期", "needed planned -> planned", ("planned_on",),
                 ("trainer", "place", "invited", "plan", "hours", "exam")),
            Step("hold", "举办", "needed planned -> held", ("came",),
                 ("held_on", "hours", "trainer", "place", "text", "exam"), stamps="held_on"),
            Step("examine", "考核", "held closed", ("results",), ("exam",), guard=only_who_came, warn=some_failed,
                 effect=merged),
            Step("close", "办结", "held -> closed", (), ("effect",), guard=all_examined),
            Step("cancel", "取消", "needed planned -> cancelled", ("reason",)),
        ),
        begin=begin,
    ),
    rules=(
        Rule("training.results", Span(5, "wd"), "考核结果"),
        Rule("training.induction", Span(1, "m"), "新员工入职培训"),
    ),
    clocks=(
        Clock("held", "举办培训", planned, on_its_day, ("hold", "cancel")),
        Clock("results", "考核结果", held, "training.results", ("examine",)),
    ),
    computed=(
        Computed("came_count", "到场人数", came_count, lambda n: str(n) if n else "", v.COUNT),
        Computed("absentees", "未到", missing_people, lambda names: "、".join(names)),
        Computed("passed", "合格", pass_rate),
    ),
    positional=("topic",),
    sees=sees,
    about=("topic", "sort"),
    people=("trainer",),
    category="sort",
    next_hint=next_hint,
    columns=("id", "status", "topic", "sort", "planned_on", "held_on", "trainer", "hours", "came_count", "absentees",
             "exam", "passed"),
    slip=Slip(
        "培训记录",
        ("topic", "sort", "plan", "department", "trainer", "planned_on", "held_on", "place", "hours", "invited", "came",
         "text", "exam", "results", "effect"),
        ("讲师", "记录人", "主管"),
    ),
    example={
        "topic": "投诉处理流程", "sort": "计划内", "plan": "2026培训", "department": "客服部", "trainer": "林晓燕",
        "planned_on": "2026-12-10", "place": "会议室", "invited": "李静、王芳", "hours": "2", "exam": "不考核",
    },
)  # fmt: skip
