"""What units can do besides the common verbs: the ledger of vacant ones (domain.md 6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wuye import records, when
from wuye.accounts import end_of
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Damaged, Problem
from wuye.occupancy import OWNERS, People, states
from wuye.record import Record
from wuye.sheet import Column, Sheet, state_zh

OPTIONS = (Opt("as_of", "截至哪一天（不写为今天）", metavar="DAY"),)
EMPTY = ("vacant", "unsold")
COLUMNS = (
    Column("room", "房号"), Column("status_zh", "状况"), Column("since", "空置起"), Column("days", "天数", right=True),
    Column("delivered", "交付日期"), Column("owner", "业主"), Column("responsible", "责任人"),
    Column("patrolled", "最近巡查"), Column("finding", "巡查情况"), Column("checks", "核对", wide=True),
)  # fmt: skip
ODD = (Column("room", "房号"), Column("status_zh", "状况"), Column("checks", "核对", wide=True))


def vacant(call: Call) -> Sheet:
    """Units that stood empty on a day, since when, who sees to them; and units that do not fit their residents."""
    call.no_words()
    office, day = call.office, _day(call)
    loaded, problems = office.load(records.kind("unit"))
    residents, wrong = office.load(records.kind("resident"))
    if problems := [*problems, *wrong]:
        raise Damaged(*problems)
    people = People(residents)
    rows, odd = [], []
    for unit in sorted((u for u in loaded if not u.void), key=lambda u: str(u["room"])):
        row = _row(unit, day, people)
        if row["status"] in EMPTY:
            rows.append(row)
        elif row["checks"]:
            odd.append(row)
    unsold = sum(1 for row in rows if row["status"] == "unsold")
    sections = (Sheet("wuye.unit.odd", ODD, tuple(odd), office.now, "状况与业户对不上的房屋"),) if odd else ()
    return Sheet(
        "wuye.unit.vacant", COLUMNS, tuple(rows), office.now, f"{office.settings.name} 空置台账 {day}", headed=True,
        sections=sections, empty="没有空置或未售的房屋", more={"as_of": day, "odd": odd},
        foot=f"空置 {len(rows) - unsold} 户，未售 {unsold} 户" if rows else "",
    )  # fmt: skip


def _day(call: Call) -> date:
    if not (words := call.text("as_of")):
        return call.office.now.date()
    try:
        value = when.parse(words, call.office.now, "past", call.office.settings.desk)
    except ValueError as error:
        raise BadInput(Problem(f"--as-of（日期）：{error}", field="as_of")) from error
    return value.date() if isinstance(value, datetime) else value


def _row(unit: Record, day: date, people: People) -> dict[str, Any]:
    state = next(one for one in states(unit) if one.span.start <= day <= one.span.end)
    since = state.span.start if state.span.start > date.min else unit.get("delivered")
    if state.status == "unsold" and state.span.start == date.min:
        since = None
    room, rounds = str(unit["room"]), unit.entries("patrol", until=end_of(day, unit.received))
    return {
        "id": unit.id, "room": room, "status": state.status, "status_zh": state_zh(unit.kind, state.status),
        "since": since, "days": (day - since).days if since else None, "delivered": unit.get("delivered"),
        "owner": people.names(room, day, OWNERS), "responsible": unit.get("responsible"),
        "patrolled": rounds[-1].at.date() if rounds else None,
        "finding": str(rounds[-1].values.get("finding") or "") if rounds else "",
        "checks": _checks(unit, state.status, day, people),
    }  # fmt: skip


def _checks(unit: Record, status: str, day: date, people: People) -> str:
    """What does not go together: the state of a unit, and who is tied to it."""
    room, found = str(unit["room"]), []
    owner, tenant = people.there(room, day, OWNERS), people.there(room, day, ("tenant",))
    living = [one for one in people.there(room, day) if one.get("role") in ("tenant", "family")]
    if status == "vacant" and living:
        found.append(f"空置却登记有现住人：{'、'.join(str(one['name']) for one in living)}")
    if status == "vacant" and not owner:
        found.append("已交付却没有登记业主")
    if status == "vacant" and not unit.get("delivered"):
        found.append("没有登记交付日期")
    if status == "unsold" and unit.get("delivered"):
        found.append("未售却登记有交付日期")
    if status == "unsold" and (owner or living):
        found.append("未售却登记有业主或住户")
    if status == "let" and not tenant:
        found.append("出租却没有登记现住租户")
    if status in ("let", "occupied") and not owner:
        found.append("没有登记业主")
    return "；".join(found)


VERBS = (Verb("vacant", "空置台账", vacant, OPTIONS, "", frozenset(),
              "空置和未售的房屋：从何时起、谁负责、最近巡查、核对"),)  # fmt: skip
