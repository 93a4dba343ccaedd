"""Those who work there: rosters, leave, attendance, training, and the recurring duties that are done day by day.

Told without dice, by the calendar alone: what else happens on the estate stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from wuye import duties, dutyfile, posts, shifts
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, COLLECTOR, HEAD, OFFICER, RECEPTION, STAFF, SUPERVISOR, on_duty

NIGHTS = (HEAD, SUPERVISOR, OFFICER)
LATE_EVERY, FORGOTTEN_EVERY = 11, 17
PLAN = "{year}培训"
SESSIONS = (
    "投诉处理流程 2课时 客服部 8人", "来访登记规范 1课时 客服部 8人", "消防器材使用 2课时 安保部 5人",
    "钥匙门禁管理 1课时 客服部 8人", "接待礼仪 1课时 客服部 8人", "防汛演练 2课时 工程部 3人",
    "停水停电应急 2课时 工程部 3人", "法规与合同 2课时 客服部 8人", "费用解释口径 1课时 客服部 4人",
    "电梯困人处置 2课时 工程部 3人", "冬季防火 1课时 安保部 5人", "年终总结与考核 2课时 客服部 8人",
)  # fmt: skip
"""What is taught in which month of the year."""


def days_of(first: date) -> Iterator[date]:
    """The days from one to the end of its month."""
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def settle(pen: Pen) -> None:
    """The roster of the first month, entered when the office was set up, and the year's plans."""
    first = pen.now.date() + timedelta(days=1)
    year = first.year
    sessions = "、".join(f"{words} {month}月" for month, words in enumerate(SESSIONS, 1) if month >= first.month)
    for words in (
        {"name": PLAN.format(year=year), "plan": "training", "sessions": sessions},
        {"name": f"{year}催缴", "plan": "dunning", "targets": f"{COLLECTOR} 95%、往年 60%"},
    ):
        one = pen.add("yearplan", HEAD, {**words, "year": f"{year}", "drawn_up_by": SUPERVISOR})
        pen.step(one, "approve", HEAD, approved_by=HEAD)
    _rostered(pen, first)


def _rostered(pen: Pen, first: date) -> None:
    """A month of days at the desk, one and the other, and of nights."""
    for day in days_of(first):
        words = {"day": typed(day), "shift": "day", "name": on_duty(day), "place": "前台"}
        pen.add("roster", SUPERVISOR, words)
        pen.add("roster", SUPERVISOR, {"day": typed(day), "shift": "night", "name": NIGHTS[day.toordinal() % 3]})


def roster(pen: Pen, estate: Estate) -> Story:
    """The next month's roster, towards the end of this one."""
    yield pen.now
    first = (pen.now.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    _rostered(pen, first)


def attendance(pen: Pen, estate: Estate) -> Story:
    """Who has the desk comes and goes; now and then somebody is late, or forgets to sign out."""
    day = pen.now.date()
    who, number = on_duty(day), day.toordinal()
    yield pen.on(0, "09:07" if number % LATE_EVERY == 0 else "08:51")
    one = pen.add("attendance", who, {"name": who})
    if number % FORGOTTEN_EVERY == 0:
        yield pen.on(1, "09:20")
        pen.step(one, "leave", SUPERVISOR, left=typed(pen.on(-1, "18:00")), text="忘记签退，补登")
        return
    yield pen.on(0, "17:40" if number % 13 == 0 else "18:04")
    pen.step(one, "leave", who)


def night(pen: Pen, estate: Estate) -> Story:
    """The night duty manager comes when the desk closes and goes when it opens."""
    day = pen.now.date()
    mine = [r for name in NIGHTS for r in pen.of_person("roster", name, day, day)
            if r["shift"] == "night" and r["day"] == day and r.status == "scheduled"]  # fmt: skip
    for one in mine[:1]:
        yield pen.on(0, "17:53")
        came = pen.add("attendance", one["name"], {"name": one["name"]})
        yield pen.on(1, "09:02")
        pen.step(came, "leave", one["name"])


def night_away(pen: Pen, estate: Estate) -> Story:
    """A night duty manager asks for leave: his night goes to who stands in; one other night is swapped."""
    mine = [r for r in pen.of_person("roster", OFFICER, pen.now.date(), pen.now.date())
            if r["shift"] == "night" and r["day"] > pen.now.date() and r.status == "scheduled"]  # fmt: skip
    if len(mine) < 2:
        return
    day = typed(mine[0]["day"])
    one = pen.add("leave", OFFICER, {"name": OFFICER, "sort": "personal", "since": day, "text": "家中有事",
                                     "cover": SUPERVISOR})  # fmt: skip
    yield pen.on(0, "15:40")
    # The one who stands in does the night; where the roster would not have it, the roster refuses, as at the desk.
    pen.step(one, "approve", HEAD, approved_by=HEAD)
    pen.step(mine[1].id, "swap", SUPERVISOR, swapped_with=HEAD, agreed_by=HEAD, reason="当晚参加培训")


def leaves(pen: Pen, estate: Estate) -> Story:
    """The clerk takes annual leave and comes back early; half a day is refused, another one called off."""
    first = pen.now.date() + timedelta(days=2)
    until = typed(first + timedelta(days=2))
    one = pen.add("leave", CLERK, {"name": CLERK, "sort": "annual", "since": typed(first), "until": until,
                                   "text": "回老家"})  # fmt: skip
    yield pen.now + timedelta(minutes=20)
    pen.step(one, "approve", SUPERVISOR, approved_by=SUPERVISOR)
    half = {"name": STAFF[7].name, "sort": "personal", "since": typed(first), "to_noon": "yes", "text": "办证件"}
    other = pen.add("leave", STAFF[7].name, half)
    off = pen.add("leave", COLLECTOR, {"name": COLLECTOR, "sort": "off", "since": until, "from_noon": "yes"})
    yield pen.on(0, "17:20")
    pen.step(other, "refuse", HEAD, approved_by=HEAD, reason="当天水泵检修，人手不够")
    pen.step(off, "cancel", COLLECTOR, reason="改在下月")
    yield pen.on(4, "09:30")
    pen.step(one, "back", CLERK, reason="提前返岗")


def absent(pen: Pen, estate: Estate) -> Story:
    """A guard did not come, and brought the paper afterwards."""
    guard = "冯磊"
    words = {"name": guard, "absent": "yes", "day": typed(pen.now.date() - timedelta(days=1)), "text": "未到岗"}
    one = pen.add("attendance", SUPERVISOR, words)
    yield pen.on(1, "10:10")
    pen.step(one, "excuse", SUPERVISOR, approved_by=HEAD, reason="补交病假条")


def training(pen: Pen, estate: Estate) -> Story:
    """The month's training of the year's plan: planned, held, examined."""
    day = pen.now.date()
    plan = PLAN.format(year=day.year)
    topic = SESSIONS[day.month - 1].split()[0]
    if pen.in_book("yearplan", plan) is None:
        return
    people = "、".join(RECEPTION)
    one = pen.add("training", SUPERVISOR, {"topic": topic, "sort": "plan", "plan": plan, "need": "年度计划"})
    yield pen.on(0, "16:30")
    held = typed(day + timedelta(days=3))
    pen.step(one, "plan", SUPERVISOR, planned_on=held, trainer=HEAD, place="会议室", invited=f"{people}、{OFFICER}",
             exam="written")  # fmt: skip
    yield pen.on(3, "15:30")
    pen.step(one, "hold", SUPERVISOR, came=people, hours="2")
    yield pen.on(2, "11:00")
    pen.step(one, "examine", SUPERVISOR, results=f"{RECEPTION[0]} 92、{RECEPTION[1]} 85")
    pen.step(one, "close", SUPERVISOR, effect="考核合格，口径一致")


def coaching(pen: Pen, estate: Estate) -> Story:
    """One is shown something on the spot; another training is called off."""
    words = {"topic": "来电应答用语", "sort": "coaching", "trainer": SUPERVISOR, "came": RECEPTION[1]}
    one = pen.add("training", SUPERVISOR, {**words, "text": "来电三声内接听、先报公司名称"})
    yield pen.now + timedelta(minutes=15)
    pen.step(one, "close", SUPERVISOR)
    off = pen.add("training", SUPERVISOR, {"topic": "外请心理疏导讲座", "planned_on": typed(pen.on(5, "14:00").date())})
    yield pen.on(3, "10:00")
    pen.step(off, "cancel", SUPERVISOR, reason="讲师改期，下季度再定")


def called_off(pen: Pen, estate: Estate) -> Story:
    """A shift that is not needed is taken out of the roster."""
    day = typed(pen.now.date() + timedelta(days=6))
    one = pen.add("roster", SUPERVISOR, {"day": day, "shift": "day", "name": CLERK, "place": "收费点"})
    yield pen.on(2, "11:30")
    pen.step(one, "cancel", SUPERVISOR, reason="收费点改期")


def stand(pen: Pen, estate: Estate) -> Story:
    """At weekends there is a collection stand at the gate; somebody who owes comes by."""
    debtors = sorted(estate.debtors())
    if pen.now.weekday() < 5 or not debtors:
        return
    room = debtors[pen.now.date().toordinal() % len(debtors)]
    yield pen.on(0, "16:05")
    words = {"room": room, "method": "stand", "stage": "reminder", "collector": COLLECTOR}
    one = pen.add("dunning", COLLECTOR, words)
    yield pen.now + timedelta(minutes=30)
    pen.step(one, "close", COLLECTOR, reason="设点时当面提醒，已告知账单")


def routine(pen: Pen, estate: Estate) -> Story:
    """In the evening the duties of the day that no other record tells of are ticked off; now and then one is not."""
    day, desk = pen.now.date(), pen.settings.desk
    yield pen.on(0, "17:50")
    for place, duty in enumerate(dutyfile.begun().values()):
        if duty.kind:
            continue
        for period in duties.periods(duty, day, day, desk, shifts.usual(desk)):
            if period.due.date() == day and (day.toordinal() + place) % 23:
                _task(pen, duty, period, skipped=(day.toordinal() + place) % 29 == 0)


def _task(pen: Pen, duty: duties.Duty, period: duties.Period, skipped: bool) -> None:
    by = next((one.name for one in STAFF if posts.named(one.post) == duty.who), SUPERVISOR)
    by = on_duty(pen.now.date()) if by in RECEPTION else by
    words = {"text": f"{duty.zh} {period.shown}", "owner": by, "due_on": typed(period.due), "duty": duty.code,
             "period": period.name, "source": "duty"}  # fmt: skip
    one = pen.add(duties.TASK, by, words)
    if skipped:
        pen.step(one, "cancel", by, reason="当日停电，次日一并处理")
    else:
        pen.step(one, "done", by, result="已做")
