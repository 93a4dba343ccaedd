"""答卷: what one unit answered to a survey, question by question (domain.md 37)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.errors import BadInput, Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.questionnaire import VALUES, misfits
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

WAY = v.choice(paper="纸质/纸质问卷", visit="入户/上门", phone="电话", online="网上/网络/问卷链接", desk="前台")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The survey collects answers, and what is answered is asked there."""
    survey = books.numbered("survey", str(values.get("survey") or ""))
    if survey is None:
        raise BadInput(Problem(f"没有满意度调查 {values.get('survey')}：请核对 --survey", field="survey"))
    if survey.status != "running":
        draft = survey.status == "draft"
        how = "还没有发放：请先 wuye survey start" if draft else "已截止：要补录请先 wuye survey reopen"
        raise BadInput(Problem(f"{survey.id} {how} {survey.id}", field="survey"))
    if wrong := misfits(survey.get("questions") or (), values.get("values") or ()):
        raise BadInput(*(Problem(f"答案：{words}", field="values") for words in wrong))
    return Seen({})


def building(record: Record, basis: Basis) -> str:
    """The building of the unit."""
    return building_of(record)


def building_of(record: Record) -> str:
    """The building of the unit that answered."""
    return str(record.get("room") or "").split("-")[0]


KIND = Kind(
    name="answer",
    prefix="WJ",
    zh="答卷",
    fields=(
        Field("survey", v.ref("survey"), "调查", required=True, zh_hint="满意度调查的编号，如 dy1"),
        Field("room", v.ROOM, "房号", required=True),
        Field("values", VALUES, "答案", required=True, zh_hint="题号=答案，如 q1=满意,q2=5,q3=不清楚"),
        Field("person", v.NAME, "填写人"),
        Field("way", WAY, "方式"),
        Field("taken_by", v.STAFF, "调查人"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(State("valid", "有效", open=False), State("invalid", "无效", open=False)),
        steps=(
            Step("reject", "判为无效", "valid -> invalid", ("reason",)),
            Step("accept", "恢复有效", "invalid -> valid", ("reason",)),
        ),
    ),
    computed=(Computed("building", "楼栋", building),),
    positional=("survey", "room", "values"),
    sees=sees,
    fixed=("survey", "room"),
    once_by=("survey", "room"),
    about=("values",),
    people=("person",),
    category="way",
    columns=("id", "status", "survey", "room", "values", "person", "way", "taken_by"),
    slip=Slip("满意度调查答卷", ("survey", "room", "person", "way", "taken_by", "values", "remark"),
              ("填写人", "调查人")),
    example={
        "survey": "DY-20261122-001", "room": "3-2-1201", "person": "王女士", "way": "纸质",
        "values": "q1=satisfied,q2=fairly,q3=not,q11=4,q13=希望早上多开一部电梯",
    },
)  # fmt: skip
