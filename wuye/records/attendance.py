"""考勤: came, left, late, absent against the roster (domain.md 11, 35)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed, Rule
from wuye.errors import BadInput, Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.presence import AWAY, NEAR, SCHEDULED, Interval, leave_of, midnight, shift_of
from wuye.schema import Books, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

DAY = timedelta(days=1)
STANDING = v.choice(
    ok="正常", close="未提前到岗", late="迟到", early="早退", both="迟到早退", absent="缺勤", excused="准假",
    unplanned="未排班",
)  # fmt: skip


def begin(values: Mapping[str, Any]) -> str:
    """Who did not come is entered as absent; a whole day entered afterwards has its end."""
    return "absent" if values.get("absent") else "left" if values.get("left") else "present"


def in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """Nobody leaves before he came; who was absent neither came nor left."""
    came, left = values.get("came"), values.get("left")
    if came and left and left < came:
        yield Problem("下班早于到岗：请核对 --came 和 --left", field="left")
    if values.get("absent") and (came or left):
        yield Problem("写了缺勤，又写了到岗或下班：请删去一样", field="absent")
    if values.get("absent") and not values.get("day"):
        yield Problem("缺勤要写明哪一天：请用 --day 给出", field="day")
    if left and not came:
        yield Problem("写了下班时间，缺到岗时间：请用 --came 给出", field="came")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The shift it is held against, the day of it, and whether he should have been on leave."""
    name, absent = values["name"], bool(values.get("absent"))
    moment = values.get("came") or basis.now
    first = (values.get("day") or moment.date()) - DAY
    shift = _meant(values, moment, books.of_person("roster", name, first, first + 2 * DAY))
    day = values.get("day") or (shift["day"] if shift else moment.date())
    kept: dict[str, Any] = {"day": day} | ({} if absent else {"came": moment})
    if shift:
        kept |= {"roster": shift.id, "shift_name": shift["shift_name"]}
        kept |= {"starts": shift["starts"], "ends": shift["ends"]}
    for other in books.of_person("attendance", name, day, day + DAY):
        same = other.get("roster") == (shift.id if shift else None)
        if not other.void and other["day"] == day and same:
            words = f"{name} {day} 的考勤已登记（{other.id}）：下班请用 leave，登错的用 edit"
            raise BadInput(Problem(words, field="name"))
    notes = [] if shift else [f"{name} {day} 没有排班：只记到岗"]
    held = Interval(kept["starts"], kept["ends"]) if shift else Interval(*_whole(day, basis))
    for leave in books.of_person("leave", name, day - DAY, day + DAY):
        if leave.status in AWAY and leave_of(leave.values, basis.zone).meets(held):
            kept["leave"] = leave.id
            notes.append(f"{name} {day} 请假已批准（{leave.id}）" + ("" if absent else "，却来上班：请核对或销假"))
    if shift and not absent and moment > shift["starts"]:
        notes.append(f"{name} 迟到 {_minutes(moment - shift['starts'])} 分钟")
    return Seen(kept, tuple(notes))


def _whole(day: Any, basis: Basis) -> tuple[datetime, datetime]:
    return midnight(day, basis.zone), midnight(day + DAY, basis.zone)


def _meant(values: Mapping[str, Any], moment: datetime, rosters: Iterable[Record]) -> Record | None:
    """The shift that somebody came to, or was absent from: of the day told, else the one that begins nearest."""
    near = []
    for one in rosters:
        held = shift_of(one)
        if one.status != SCHEDULED or held is None:
            continue
        if one["day"] == values["day"] if values.get("day") else held.start - NEAR <= moment <= held.end:
            near.append(one)
    return min(near, key=lambda r: abs(r["starts"] - moment), default=None)


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))


def late(record: Record, basis: Basis) -> int | None:
    """Minutes after the shift began."""
    came, starts = record.get("came"), record.get("starts")
    return _minutes(came - starts) if came and starts else None


def early(record: Record, basis: Basis) -> int | None:
    """Minutes before the shift ended."""
    left, ends = record.get("left"), record.get("ends")
    return _minutes(ends - left) if left and ends else None


def over(record: Record, basis: Basis) -> int | None:
    """Minutes after the shift ended."""
    left, ends = record.get("left"), record.get("ends")
    return _minutes(left - ends) if left and ends else None


def stands(record: Record, basis: Basis) -> str:
    """How it stands against the roster."""
    if record.status in ("absent", "excused"):
        return "excused" if record.status == "excused" or record.get("leave") else "absent"
    came, starts = record.get("came"), record.get("starts")
    if not came or not starts:
        return "unplanned"
    if late(record, basis):
        return "both" if early(record, basis) else "late"
    if early(record, basis):
        return "early"
    ahead = basis.limit("attendance.ahead")
    return "close" if ahead and basis.desk.add(came, ahead) > starts else "ok"


def minutes_zh(value: int | None) -> str:
    """Minutes, where there are any."""
    return f"{value} 分钟" if value else ""


KIND = Kind(
    name="attendance",
    prefix="KQ",
    zh="考勤",
    fields=(
        Field("name", v.STAFF, "姓名", required=True),
        Field("day", v.day("past"), "日期", zh_hint="不写为当天；夜班为开始的那天"),
        Field("came", v.moment("past"), "到岗", zh_hint="不写为现在"),
        Field("left", v.moment("past"), "下班"),
        Field("absent", v.FLAG, "缺勤"),
        Field("text", v.TEXT, "事由"),
        Field("roster", v.ref("roster"), "排班编号", typed=False),
        Field("shift_name", v.TEXT, "班次名称", typed=False),
        Field("starts", v.moment("any"), "应上班", typed=False),
        Field("ends", v.moment("any"), "应下班", typed=False),
        Field("leave", v.ref("leave"), "请假编号", typed=False),
        Field("approved_by", v.STAFF, "批准人", on_log=True),
    ),
    flow=Flow(
        states=(
            State("present", "在岗"), State("left", "已下班", open=False), State("absent", "缺勤", open=False),
            State("excused", "准假", open=False),
        ),
        steps=(
            Step("leave", "下班", "present -> left", (), ("left", "text"), stamps="left"),
            Step("excuse", "补假", "absent -> excused", ("approved_by", "reason")),
        ),
        begin=begin,
    ),
    rules=(Rule("attendance.ahead", Span(5, "min"), "应提前到岗"),),
    computed=(
        Computed("standing", "考勤", stands, lambda code: STANDING.show(code), STANDING),
        Computed("late", "迟到", late, minutes_zh, v.COUNT),
        Computed("early", "早退", early, minutes_zh, v.COUNT),
        Computed("over", "超时下班", over, minutes_zh, v.COUNT),
    ),
    positional=("name",),
    checks=(in_order,),
    sees=sees,
    about=("day", "shift_name", "text"),
    people=("name",),
    columns=("id", "status", "day", "name", "shift_name", "starts", "came", "left", "standing", "late", "early"),
    slip=Slip("考勤登记", ("day", "name", "shift_name", "starts", "came", "ends", "left", "text"), ("本人", "考勤人")),
    example={"name": "李静", "day": "2026-11-22", "came": "2026-11-22 08:52"},
)  # fmt: skip
