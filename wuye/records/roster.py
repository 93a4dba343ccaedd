"""排班: who stands in which shift on which day, and who took it over (domain.md 35)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wuye import presence
from wuye import values as v
from wuye.basis import Basis, Rule
from wuye.errors import BadInput, Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.presence import SCHEDULED, Interval, leave_of, shift_of, unfit
from wuye.schema import Books, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

DAY = timedelta(days=1)


def in_reach(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A roster is made for the next three months at most."""
    if values.get("day") and values["day"] > basis.now.date() + presence.AHEAD:
        yield Problem(f"排班最多提前 {presence.AHEAD.days} 天，{values['day']} 太远：请核对 --day", field="day")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The shift's code, name and moments; nobody stands in two shifts at once, or in one while he is on leave."""
    shift = books.shift(values["shift"])
    span = Interval(*shift.on(values["day"], basis.zone))
    if barred := unfit(values["name"], span, books):
        raise BadInput(Problem(barred, field="name"))
    kept = {"shift_name": shift.zh, "starts": span.start, "ends": span.end}
    return Seen(kept, tuple(doubts(values["name"], span, books, basis)), {"shift": shift.code})


def doubts(name: str, span: Interval, books: Books, basis: Basis) -> Iterable[str]:
    """What is said and stops nobody: leave not answered yet, too little rest, somebody the register does not know."""
    first, last = span.start.date() - DAY, span.end.date() + DAY
    for leave in books.of_person("leave", name, first, last):
        if leave.status == presence.ASKED and leave_of(leave.values, basis.zone).meets(span):
            yield f"{name} {span.start:%m-%d} 有请假待批（{leave.id}）：请留意"
    rest = basis.desk.add(span.end, basis.span("roster.rest")) - span.end
    for other in books.of_person("roster", name, first, last):
        held = shift_of(other)
        if other.status == SCHEDULED and held and Interval(span.start - rest, span.end + rest).meets(held):
            yield f"{name} 与 {other['day']} {other['shift_name']}之间休息不足 {basis.span('roster.rest').zh}"
    person = books.staff(name)
    if person is None or person.status != "current":
        yield f"{name} {'不在员工台账里' if person is None else '已离职'}：请核对姓名"


def swapped(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
    """The shift is the other one's now; who had it stays to be seen."""
    return {"name": given["swapped_with"], "swapped_from": record["name"]}


def somebody_else(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A swap is with another person."""
    return "换给的还是本人：请核对 --swapped-with" if given.get("swapped_with") == record["name"] else ""


def both_ways(record: Record, step: str, books: Books) -> Iterable[Move]:
    """A swap against another shift gives that one to who had this one; neither may be away or stand elsewhere then."""
    if step != "swap":
        return
    last = record.log[-1].values
    before, other = str(record["swapped_from"]), str(last.get("counterpart") or "")
    span = shift_of(record)
    if span and (barred := unfit(record["name"], span, books, record.id, other)):
        raise Refused(f"{record.id} 不能换班：{barred}")
    if other:
        yield Move("roster", other, "swap", {"swapped_with": before, "agreed_by": str(last["agreed_by"])})


KIND = Kind(
    name="roster",
    prefix="PB",
    zh="排班",
    fields=(
        Field("day", v.day("any"), "日期", required=True),
        Field("shift", v.TEXT, "班次", required=True, zh_hint="代码或名称，如 白班；见 wuye.yaml 的 shifts"),
        Field("name", v.STAFF, "姓名", required=True),
        Field("place", v.TEXT, "岗位地点"),
        Field("remark", v.TEXT, "备考"),
        Field("shift_name", v.TEXT, "班次名称", typed=False),
        Field("starts", v.moment("any"), "上班时间", typed=False),
        Field("ends", v.moment("any"), "下班时间", typed=False),
        Field("swapped_from", v.STAFF, "原排", typed=False),
        Field("swapped_with", v.STAFF, "换给", on_log=True),
        Field("agreed_by", v.STAFF, "同意人", on_log=True),
        Field("counterpart", v.CODE, "对换的一班", on_log=True, zh_hint="对方那一班的编号，两班互换时写"),
    ),
    flow=Flow(
        states=(State("scheduled", "已排", open=False), State("cancelled", "已取消", open=False)),
        steps=(
            Step("swap", "换班", "scheduled", ("swapped_with", "agreed_by"), ("counterpart", "reason"),
                 guard=somebody_else, effect=swapped),
            Step("cancel", "取消", "scheduled -> cancelled", ("reason",)),
        ),
    ),
    rules=(Rule("roster.rest", Span(8, "h"), "两班之间至少休息"),),
    positional=("day", "shift", "name"),
    checks=(in_reach,),
    sees=sees,
    moves=both_ways,
    fixed=("day", "shift", "name"),
    about=("day", "shift_name"),
    people=("name",),
    category="shift",
    columns=("id", "status", "day", "shift_name", "name", "starts", "ends", "swapped_from", "place"),
    slip=Slip("排班表", ("day", "shift_name", "starts", "ends", "name", "swapped_from", "place", "remark"),
              ("排班人", "本人")),
    example={"day": "2026-12-01", "shift": "白班", "name": "李静", "place": "前台"},
)  # fmt: skip
