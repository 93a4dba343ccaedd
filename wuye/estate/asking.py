"""What the owners are asked, what comes of it; and what is seen to on spaces that are let."""

from __future__ import annotations

from datetime import timedelta

from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, OFFICER, RECEPTION, SUPERVISOR

ASKED = ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10")
SAID = {"satisfied": 0.62, "fairly": 0.22, "not": 0.09, "none": 0.07}
WEAK = {"satisfied": 0.34, "fairly": 0.24, "not": 0.36, "none": 0.06}
POORLY = ("q2", "q10")
"""What this estate is not satisfied with: how complaints are answered, how cars are parked."""
CHOICES = {"service": 0.2, "engineering": 0.2, "security": 0.1, "cleaning": 0.1, "vehicles": 0.3, "fees": 0.1}
WORDS = (
    "希望早高峰多开一部电梯", "地库灯太暗，建议换亮一点的", "前台态度很好，维修师傅很准时", "外来车占车位，请管一管",
    "垃圾分类点夏天有味道，请多冲洗", "投诉后很久才有回音，希望主动告诉进度", "儿童区滑梯旧了，请更新",
)  # fmt: skip
MEASURES = (
    ("客户服务：未结投诉每两天反馈一次进度，前台逐件登记", SUPERVISOR, 10),
    ("车辆管理：晚间加派一人巡查地库，占位车辆当场联系", "孙海", 14),
)  # fmt: skip
SHARE = 0.3


def survey(pen: Pen, estate: Estate) -> Story:
    """The yearly survey: handed out, collected with a reminder, closed, its weak spots given to somebody, ended."""
    yield pen.desk_hours(pen.now)
    handed, today = len(estate.units), pen.now.date()
    one = pen.add("survey", SUPERVISOR, {"questionnaire": "standard", "audience": "全体业户", "handler": SUPERVISOR})
    yield pen.worked(60, 200)
    pen.step(one, "start", SUPERVISOR, handed_out=str(handed), until=typed(today + timedelta(days=8)))
    rooms = pen.dice.several(sorted(estate.units), max(6, round(handed * SHARE)))
    for place, room in enumerate(rooms):
        people = estate.people(room, "tenant") or estate.people(room, "owner")
        if not people:
            continue
        if place % 8 == 0:
            yield pen.worked(100, 300)
        way = pen.dice.among({"paper": 0.6, "online": 0.25, "visit": 0.15})
        words = {"survey": one, "room": room, "values": _values(pen), "person": people[0].name, "way": way}
        answer = pen.add("answer", pen.dice.pick(RECEPTION), words | ({"taken_by": OFFICER} if way == "visit" else {}))
        if place == 3:
            pen.step(answer, "reject", SUPERVISOR, reason="整张选同一项，像是代填，已电话核实")
        if place == 4:
            pen.step(answer, "reject", SUPERVISOR, reason="房号看不清")
            pen.step(answer, "accept", SUPERVISOR, reason="业主来电确认是本人填写")
    until = max(pen.written[one]["until"], pen.now.date()) + timedelta(days=3)
    pen.step(one, "extend", SUPERVISOR, until=typed(until), reason="回收不足，延期三天")
    yield pen.on(2, "17:10")
    pen.step(one, "close", SUPERVISOR)
    yield pen.on(1, "09:40")
    pen.step(one, "reopen", SUPERVISOR, reason="信箱里又收到几份，补录")
    yield pen.later(20, 60)
    pen.step(one, "close", SUPERVISOR)
    made = []
    for text, owner, days in MEASURES:
        due = typed(pen.now.date() + timedelta(days=days))
        made.append(pen.add("task", SUPERVISOR, {"of": one, "text": text, "owner": owner, "due_on": due}))
    yield pen.on(3, "10:30")
    pen.step(made[0], "done", SUPERVISOR, result="登记表加了“下次反馈”一栏，每天早会逐件过")
    pen.step(one, "end", SUPERVISOR, result="客户服务的回复和车辆管理是薄弱项，已交办；其余各项向业主公示")


def _values(pen: Pen) -> str:
    dice = pen.dice
    told = [f"{code}={dice.among(WEAK if code in POORLY else SAID)}" for code in ASKED]
    told += [f"q11={dice.among({'5': 0.4, '4': 0.35, '3': 0.15, '2': 0.1})}", f"q12={dice.among(CHOICES)}"]
    return ",".join(told + ([f"q13={dice.pick(WORDS)}"] if dice.chance(0.35) else []))


def poll(pen: Pen, estate: Estate) -> Story:
    """An opinion poll that still runs."""
    yield pen.desk_hours(pen.now)
    words = {"questionnaire": "opinions", "audience": "2栋、3栋业主", "handler": OFFICER}
    one = pen.add("survey", OFFICER, words)
    yield pen.worked(30, 90)
    until = typed(pen.now.date() + timedelta(days=14))
    pen.step(one, "start", OFFICER, handed_out=str(max(8, len(estate.units) // 4)), until=until)
    for room in pen.dice.several(sorted(estate.units), 6):
        yield pen.worked(60, 400)
        said = pen.dice.among({"agree": 0.6, "against": 0.25, "either": 0.15})
        how = pen.dice.among({"zero": 0.4, "one": 0.45, "two": 0.15})
        words = {"survey": one, "room": room, "values": f"q1={said},q2={how}", "way": "visit", "taken_by": OFFICER}
        pen.add("answer", OFFICER, words)


def seen_to(pen: Pen, estate: Estate) -> Story:
    """Every space that is let is looked at; what the common ones cost is put down."""
    yield pen.desk_hours(pen.now)
    for lease in [r for r in pen.written.values() if r.kind.name == "lease" and r.status == "running"]:
        finding = {"advertising": "sound", "warehouse": "orderly"}.get(str(lease.get("type")), "agreed")
        result = "螺栓、灯箱、画面完好" if finding == "sound" else "与合同用途相符"
        pen.step(lease.id, "inspect", OFFICER, finding=finding, result=result)
        if lease.get("common"):
            pen.step(lease.id, "cost", CLERK, cost="260.00", what="灯箱电费和检修", voucher="F-1107")
        yield pen.later(10, 40)
    for space in [r for r in pen.written.values() if r.kind.name == "space" and r.get("common")]:
        pen.step(space.id, "cost", CLERK, cost="180.00", what="支架除锈刷漆", voucher="F-1108")
