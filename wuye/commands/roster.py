"""What rosters can do besides the common verbs: who is on duty, filling a month in turn, the table (domain.md 35)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from wuye import number, posts, records, rosters, routines, shifts, verbs, when
from wuye.call import WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.presence import AHEAD, AWAY, leave_of
from wuye.record import Record
from wuye.records.roster import KIND
from wuye.sheet import Column, Sheet
from wuye.values import many

NOW = (Opt("at", "哪个时候（不写为现在）", metavar="WHEN"),)
FILL = (
    Opt("shift", "班次，可写几个，用逗号分开", metavar="SHIFT"),
    Opt("staff", "轮班的人，按先后，用逗号分开", metavar="NAMES"),
    Opt("heads", "每班几个人（不写为 1）", metavar="N"),
    Opt("place", "岗位地点"),
    *WRITES,
)
ON_DUTY = (
    Column("name", "姓名"), Column("shift_name", "班次"), Column("starts", "从", lambda at: f"{at:%m-%d %H:%M}"),
    Column("ends", "到", lambda at: f"{at:%m-%d %H:%M}"), Column("post_zh", "岗位"), Column("place", "地点"),
    Column("swapped_from", "原排"), Column("id", "编号"),
)  # fmt: skip
AWAY_NOW = (Column("name", "姓名"), Column("sort_zh", "假别"), Column("until", "到"), Column("cover", "代班人"))
_SWAP = next(step for step in KIND.flow.steps if step.name == "swap")


def now(call: Call) -> Sheet:
    """Who is on duty now, and who is on leave."""
    call.no_words()
    office = call.asked
    moment, desk = office.now, office.settings.desk
    if words := call.text("at"):
        try:
            moment = when.as_moment(when.parse(words, moment, "any", desk), "past", desk)
        except ValueError as error:
            raise BadInput(Problem(f"--at（时间）：{error}", field="at")) from error
    found, problems = rosters.on_duty(office, moment)
    known = routines.shifts_of(office)
    rows = tuple(
        {n: r.get(n) for n in ("name", "shift", "shift_name", "starts", "ends", "place", "swapped_from")}
        | {"id": r.id, "post": (post := known[r["shift"]].post if r["shift"] in known else ""),
           "post_zh": posts.POST_ZH.get(post, "")}
        for r in found
    )  # fmt: skip
    kind = records.kind("leave")
    leaves, wrong = rosters.near(office, "leave", moment.date(), moment.date())
    spans = [(r, leave_of(r.values, office.settings.zone)) for r in leaves if r.status in AWAY]
    away = tuple(
        {"name": r["name"], "sort": r["sort"], "sort_zh": kind["sort"].shown(r["sort"]), "cover": r.get("cover") or "",
         "until": r.get("until") or r["since"], "id": r.id}
        for r, span in spans if span.start <= moment < span.end
    )  # fmt: skip
    sections = (Sheet("wuye.roster.away", AWAY_NOW, away, office.now, f"请假 {len(away)} 人"),) if away else ()
    problems = [*problems, *wrong]
    return Sheet(
        "wuye.roster.now", ON_DUTY, rows, office.now, f"{moment:%Y-%m-%d %H:%M} 在班 {len(rows)} 人", headed=True,
        empty="没有排在这个时候的人", more={"away": away}, sections=sections, problems=tuple(problems),
        exit_code=65 if problems else 0,
    )  # fmt: skip


def _month(call: Call, ahead: bool) -> tuple[date, date]:
    """The days that are meant: a month, or any span. Raises BadInput."""
    call.no_words(1)
    words = call.words[0] if call.words else "本月"
    try:
        first, last = when.period(words, call.office.now.date())
    except ValueError as error:
        raise BadInput(Problem(f"月份：{error}", field="period")) from error
    today = call.office.now.date()
    if (last - first).days > AHEAD.days:
        raise BadInput(Problem("一次最多三个月：请写一个月份，如 2026-12", field="period"))
    if ahead and (last < today or last > today + AHEAD):
        raise BadInput(Problem(f"{words} 已经过去或太远，只能排今天起三个月内的班：请核对月份", field="period"))
    return (max(first, today) if ahead else first), last


def fill(call: Call) -> Sheet:
    """A month filled in turn: working days one after another, weekends and holidays in a turn of their own."""
    office = call.office
    problems = []
    staff = list(dict.fromkeys(many(call.text("staff"))))
    if not call.words:
        problems.append(Problem("缺少月份：请写在命令后面，如 2026-12", field="period"))
    if not staff:
        problems.append(Problem("缺少轮班的人：请用 --staff 给出，如 李静,王芳", field="staff"))
    if not call.text("shift"):
        problems.append(Problem("缺少班次：请用 --shift 给出，如 白班", field="shift"))
    known, chosen = routines.shifts_of(office), []
    for word in many(call.text("shift")):
        try:
            chosen.append(shifts.find(known, word))
        except BadInput as error:
            problems += error.problems
    heads = call.text("heads") or "1"
    if not heads.isascii() or not heads.isdigit() or not 1 <= int(heads) <= max(1, len(staff)):
        words = f"每班人数应是 1 到 {max(1, len(staff))}，现为“{heads}”：请改正 --heads"
        problems.append(Problem(words, field="heads"))
    if problems:
        raise BadInput(*problems)
    first, last = _month(call, ahead=True)
    rows, gaps = _turns(call, first, last, chosen, staff, int(heads))
    place = {"place": call.text("place")} if call.text("place") else {}
    if not rows:
        words = "；".join(gaps) or "这些日子都已排好"
        return Sheet("wuye.roster", (), (), office.now, key="records", words=f"没有要排的班：{words}\n")
    done = office.add(KIND, [row | place for row in rows], call.who, once=call.text("once"), batch=True,
                      dry_run=call.flag("dry_run"), progress=call.desk.progress)  # fmt: skip
    head = "试运行：可排" if call.flag("dry_run") else "已排"
    said = f"{head} {len(done.records)} 班，{rows[0]['day']} 至 {rows[-1]['day']}\n"
    sheet = verbs.answer(call, KIND, done, words=said)
    return sheet._replace(notes=(*sheet.notes, *gaps))


def _turns(
    call: Call, first: date, last: date, chosen: list[shifts.Shift], staff: list[str], heads: int
) -> tuple[list[dict[str, str]], list[str]]:
    """Who takes which shift on which day, and where nobody could."""
    office = call.office
    there, wrong = rosters.rostered(office, first - timedelta(days=31), last + timedelta(days=1))
    leaves, more = rosters.near(office, "leave", first, last)
    if wrong or more:
        raise BadInput(*wrong, *more)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rest, desk = office.basis(KIND).span("roster.rest"), office.settings.desk
    length = desk.add(office.now, rest) - office.now
    rows: list[dict[str, str]] = []
    gaps: list[str] = []
    planned: list[Record] = list(there)
    for shift in chosen:
        found = list(rosters.filled(shift, days, staff, heads, planned, leaves, length, desk))
        planned += [rosters.imagined(shift, one, office.now, desk.zone) for one in found]
        rows += [{"day": f"{one.day}", "shift": shift.code, "name": one.name} for one in found]
        have = [r["day"] for r in planned if r["shift"] == shift.code]
        lacking = {day: heads - have.count(day) for day in days if have.count(day) < heads}
        gaps += [f"{day} {shift.zh}还缺 {count} 人：请另排" for day, count in lacking.items()]
    return sorted(rows, key=lambda row: row["day"]), gaps


def table(call: Call) -> Sheet:
    """The roster as it hangs on the wall: a line a person, a column a day."""
    office = call.asked
    first, last = _month(call, ahead=False)
    found, problems = rosters.rostered(office, first, last)
    leaves, wrong = rosters.near(office, "leave", first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    cells: dict[str, dict[str, str]] = {}
    for one in found:
        row = cells.setdefault(one["name"], {})
        row[f"{one['day']}"] = "、".join(filter(None, (row.get(f"{one['day']}"), str(one["shift_name"]))))
    for one in leaves:
        for day in days:
            inside = leave_of(one.values, office.settings.zone)
            noon = datetime.combine(day, datetime.min.time(), office.settings.zone) + timedelta(hours=12)
            if one.status in AWAY and inside.start < noon + timedelta(hours=12) and inside.end > noon:
                cells.setdefault(one["name"], {}).setdefault(f"{day}", "假")
    columns = (Column("name", "姓名"), *(Column(f"{d}", f"{d.day}{'一二三四五六日'[d.weekday()]}") for d in days),
               Column("count", "班数", right=True))  # fmt: skip
    rows = tuple(
        {"name": name, **{f"{d}": cells[name].get(f"{d}", "") for d in days},
         "count": sum(r["name"] == name for r in found)}
        for name in sorted(cells)
    )  # fmt: skip
    problems = [*problems, *wrong]
    return Sheet(
        "wuye.roster.table", columns, rows, office.now, f"{office.settings.name} 排班表 {first} 至 {last}", headed=True,
        empty="这些日子没有排班", problems=tuple(problems), exit_code=65 if problems else 0,
    )  # fmt: skip


def swap(call: Call) -> Sheet:
    """The step, with the other shift's number written in full."""
    other: Any = call.typed.get("counterpart", "").strip()
    if other and not number.parse(other):
        call.typed["counterpart"] = str(call.office.number(KIND, other))
    return verbs.take_step(_SWAP, call)


VERBS = (
    Verb("now", "在班", now, NOW, "", frozenset(), "现在谁在班，谁请假"),
    Verb("fill", "排满", fill, FILL, "[MONTH]", frozenset(), "按人轮流排一个月的班，周末和节假日另轮"),
    Verb("table", "排班表", table, (), "[MONTH]", frozenset(), "一个月的排班表"),
    Verb("swap", "换班", swap, (*(verbs.option(KIND[n]) for n in _SWAP.fields), *WRITES), "ID...", frozenset(),
         "换班；写 --counterpart 则两班对换", frozenset(_SWAP.fields)),
)  # fmt: skip
