"""What training can do besides the common verbs: the year's plan against what was held, newcomers (domain.md 36)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wuye import records
from wuye.call import Call, Verb
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.record import Record
from wuye.records.training import KIND, came_count, pass_rate, people
from wuye.sheet import Column, Sheet, state_zh

STANDS = {"held": "已举办", "planned": "已定日期", "overdue": "逾期未办", "open": "未到", "extra": "计划外"}
COLUMNS = (
    Column("plan", "年度计划"), Column("month", "计划月份"), Column("topic", "主题"), Column("department", "部门"),
    Column("people", "计划人数", right=True), Column("hours", "计划课时", right=True),
    Column("state", "情况", lambda code: STANDS[code]), Column("held_on", "举办日期"),
    Column("came", "到场", right=True),
    Column("passed", "合格"), Column("id", "编号"),
)  # fmt: skip
NEW = (
    Column("name", "姓名"), Column("department", "部门"), Column("since", "入职"), Column("due", "应在此前"),
    Column("late", "超时", lambda late: "超时" if late else ""),
)  # fmt: skip


def year(call: Call) -> Sheet:
    """What the year's plan says against what was held, and what was held besides."""
    call.no_words(1)
    office = call.asked
    word = fold(call.words[0]).strip().removesuffix("年") if call.words else f"{office.now.year}"
    if not (word.isascii() and word.isdigit() and len(word) == 4):
        raise BadInput(Problem(f"年度应是四位年份，现为“{call.words[0]}”：请改正", field="year"))
    plans, problems = office.load(records.kind("yearplan"))
    held, wrong = office.select(KIND)
    mine = [p for p in plans if not p.void and p.get("plan") == "training" and p.get("year") == int(word)]
    left = [t for t in held if not t.void and t.status != "cancelled" and _day(t).year == int(word)]
    left.sort(key=_day)
    rows = [row for plan in mine for row in _against(plan, left, int(word), office.now.date())]
    rows += [_row(t, "extra", topic=t["topic"], department=t.get("department") or "") for t in left if people(t)]
    done = sum(row["state"] == "held" for row in rows)
    wanted = sum(row["state"] != "extra" for row in rows)
    problems = [*problems, *wrong]
    return Sheet(
        "wuye.training.year", COLUMNS, tuple(rows), office.now, f"{word} 年培训计划 {wanted} 项，已办 {done} 项",
        headed=True, empty=f"没有 {word} 年的培训计划和培训：用 yearplan add 登记计划", problems=tuple(problems),
        exit_code=65 if problems else 0,
    )  # fmt: skip


def _day(training: Record) -> date:
    told: date = training.get("held_on") or training.get("planned_on") or training.received.date()
    return told


def _against(plan: Record, left: list[Record], year_: int, today: date) -> Iterable[dict[str, Any]]:
    """A row for each session of a plan, with the training that was made of it, which is then taken out of those left.
    """
    for session in sorted(plan.get("sessions") or (), key=lambda s: s.get("month") or "12"):
        same = [t for t in left if t["topic"] == session["topic"] and t.get("plan") in (None, plan["name"])]
        one = next(iter(same), None)
        if one:
            left.remove(one)
        month = session.get("month") or ""
        over = today > date(year_, 12, 31) or (month and (year_, int(month)) < (today.year, today.month))
        state = "held" if one and people(one) else "overdue" if over else "planned" if one else "open"
        told = {n: session.get(n) for n in ("topic", "department", "people", "hours")}
        yield _row(one, state, plan=plan["name"], month=f"{int(month)}月" if month else "", **told)


def _row(training: Record | None, state: str, **told: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"plan": "", "month": "", "people": None, "hours": None, **told, "state": state}
    if training is None:
        return row | {"held_on": None, "came": None, "passed": None, "id": "", "status": ""}
    count, passed = came_count(training, None), pass_rate(training, None)  # type: ignore[arg-type]
    day = training.get("held_on") if people(training) else None
    return row | {"held_on": day, "came": count, "passed": passed, "id": training.id,
                  "status": state_zh(KIND, training.status)}  # fmt: skip


def newcomers(call: Call) -> Sheet:
    """Who came to the office lately and was not trained for it yet."""
    call.no_words()
    office = call.asked
    basis = office.basis(KIND)
    staff, problems = office.load(records.kind("staff"))
    held, wrong = office.select(KIND)
    trained = {name for t in held if not t.void and t.get("sort") == "induction" for name in people(t)}
    rows, recent = [], date(basis.now.year - 1, basis.now.month, 1)
    for one in staff:
        since = one.get("since")
        if one.status != "current" or since is None or one["name"] in trained or since < recent:
            continue
        due = basis.after(basis.desk.opening(since), "training.induction").at
        rows.append({"name": one["name"], "department": one.get("department") or "", "since": since,
                     "due": due.date(), "late": basis.now > due, "id": one.id})  # fmt: skip
    problems = [*problems, *wrong]
    return Sheet(
        "wuye.training.newcomers", NEW, tuple(sorted(rows, key=lambda r: r["due"])), office.now,
        f"还没有做入职培训的新员工 {len(rows)} 人", headed=True, empty="新员工都做过入职培训",
        problems=tuple(problems), exit_code=65 if problems else 0,
    )  # fmt: skip


VERBS = (
    Verb("year", "计划对照", year, (), "[YEAR]", frozenset(), "年度培训计划与实际举办的对照"),
    Verb("newcomers", "新员工", newcomers, (), "", frozenset(), "还没有做入职培训的新员工"),
)  # fmt: skip
