"""What attendance can do besides the common verbs: the month, person by person (domain.md 35)."""

from __future__ import annotations

from wuye import presence, rosters, timesheet, when
from wuye.call import Call, Verb
from wuye.errors import BadInput, Problem
from wuye.records.attendance import KIND
from wuye.sheet import Column, Sheet

COLUMNS = (
    Column("name", "姓名"), Column("planned", "应出勤（班）", right=True), Column("came", "出勤", right=True),
    Column("late", "迟到", right=True), Column("late_minutes", "迟到分钟", right=True),
    Column("early", "早退", right=True), Column("absent", "缺勤", right=True),
    Column("leave_days", "请假（天）", right=True),
    Column("over_minutes", "超时分钟", right=True), Column("marks", "逐日", wide=True),
)  # fmt: skip


def month(call: Call) -> Sheet:
    """Everybody's month against the roster."""
    call.no_words(1)
    office = call.asked
    try:
        first, last = when.period(call.words[0] if call.words else "本月", office.now.date())
    except ValueError as error:
        raise BadInput(Problem(f"月份：{error}", field="period")) from error
    if (last - first).days > 366:
        raise BadInput(Problem("一次最多一年：请写一个月份，如 2026-11", field="period"))
    planned, problems = rosters.rostered(office, first, last)
    came, wrong = rosters.near(office, "attendance", first, last)
    leaves, more = rosters.near(office, "leave", first, last)
    problems = [*problems, *wrong, *more]
    lines = timesheet.month(first, last, planned, came, leaves, office.basis(KIND))
    rows = tuple(
        {"name": one.name, "planned": one.planned, "came": one.came, "late": one.late, "early": one.early,
         "late_minutes": one.late_minutes, "absent": one.absent, "leave_days": presence.days_zh(one.leave_halves),
         "over_minutes": one.over_minutes, "marks": one.marks, "days": {f"{d}": mark for d, mark in one.days}}
        for one in lines
    )  # fmt: skip
    return Sheet(
        "wuye.attendance.month", COLUMNS, rows, office.now, f"{office.settings.name} 考勤表 {first} 至 {last}",
        headed=True, empty="这些日子没有排班和考勤", problems=tuple(problems), exit_code=65 if problems else 0,
        foot="√ 出勤 迟 迟到 退 早退 缺 缺勤 假 请假 加 未排班出勤 · 未到" if rows else "",
    )  # fmt: skip


VERBS = (Verb("month", "月表", month, (), "[MONTH]", frozenset(), "一个月的考勤表：应出勤、迟到、早退、缺勤、请假"),)
