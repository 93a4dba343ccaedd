"""The desk's affairs: what is put up and taken down, handed out, held, and asked about afterwards."""

from __future__ import annotations

from datetime import timedelta

from wuye import followed
from wuye.days import add_months
from wuye.estate import texts
from wuye.estate.desk import desk, said
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import COLLECTOR, HEAD, LEADS, OFFICER, RECEPTION, SECURITY, SERVICE, SUPERVISOR

ORDERS, SUGGESTIONS, PROBLEMS = said("leader"), said("suggestion"), said("problem")
NOTICES, RECEIVED = said("notice"), said("authority")
FATES = ("go", "extend", "go", "assign", "go", "cancel", "go", "reopen", "go")
BOARDS = "1栋大堂、2栋大堂、东门公告栏"


# --- notices


def notice(pen: Pen, estate: Estate) -> Story:
    """Drafted or received, checked, approved, put up, taken down."""
    dice = pen.dice
    yield pen.desk_hours(pen.now)
    received = dice.chance(0.25)
    title, sort = dice.pick(RECEIVED if received else NOTICES)
    words = {"title": title, "sort": sort, "author": OFFICER}
    if received:
        number = f"〔{pen.now:%Y}〕{dice.between(3, 90)} 号"
        words |= {"came": "received", "issued_by": "街道办事处", "number": number}
    one = pen.add("notice", OFFICER, words)
    yield pen.worked(30, 300)
    pen.step(one, "check", SUPERVISOR, checker=SUPERVISOR)
    if dice.chance(0.2):
        yield pen.worked(10, 60)
        pen.step(one, "revise", HEAD, reason="时间没有写清楚")
        yield pen.worked(20, 90)
        pen.step(one, "check", SUPERVISOR, checker=SUPERVISOR)
    yield pen.worked(20, 200)
    if dice.chance(0.08):
        pen.step(one, "withdraw", HEAD, reason="施工改期，不发了")
        return
    pen.step(one, "approve", HEAD, approver=HEAD)
    yield pen.worked(10, 90)
    pen.step(one, "publish", desk(pen), places=BOARDS, take_down_on=typed((pen.now + timedelta(days=5)).date()))
    if dice.chance(0.2):
        yield pen.desk_hours(pen.on(3, "10:00"))
        until = typed((pen.now + timedelta(days=4)).date())
        pen.step(one, "extend", desk(pen), take_down_on=until, reason="施工延期")
    yield pen.desk_hours((pen.written[one]["published"] + timedelta(days=5)).replace(hour=16, minute=20))
    pen.step(one, "take-down", desk(pen))


def drive(pen: Pen, estate: Estate) -> Story:
    """A publicity drive: topic, means, how many it reached."""
    words = {"title": "消防宣传周", "sort": "drive", "topic": "楼道不堆物、电动车不进楼"}
    words["means"] = "海报、业主群、上门发放"
    one = pen.add("notice", OFFICER, words | {"author": OFFICER})
    yield pen.worked(20, 60)
    pen.step(one, "check", SUPERVISOR, checker=SUPERVISOR)
    pen.step(one, "approve", HEAD, approver=HEAD)
    yield pen.worked(10, 60)
    pen.step(one, "publish", desk(pen), places=BOARDS, take_down_on=typed((pen.now + timedelta(days=7)).date()))
    yield pen.desk_hours(pen.on(6, "17:00"))
    pen.step(one, "reach", OFFICER, reached="236")
    yield pen.desk_hours(pen.on(1, "16:40"))
    pen.step(one, "take-down", desk(pen))


# --- tasks, meetings, follow-ups


def task(pen: Pen, estate: Estate) -> Story:
    """The head's order: done and reported back; put off, handed to another, dropped, opened again at times."""
    dice = pen.dice
    yield pen.desk_hours(pen.now)
    text, result = dice.pick(ORDERS)
    owner = dice.pick((OFFICER, COLLECTOR, *RECEPTION))
    one = pen.add("task", HEAD, {"text": text, "owner": owner, "due_on": typed(pen.on(3, "17:00")), "source": "leader",
                                 "ordered_by": HEAD, "report_to": HEAD, "department": SERVICE})  # fmt: skip
    fate = dice.deal(FATES)
    yield pen.worked(60, 900)
    if fate == "cancel":
        pen.step(one, "cancel", HEAD, reason="总部统一做，不用再做")
        return
    if fate == "assign":
        pen.step(one, "assign", SUPERVISOR, owner=OFFICER, said="原负责人休假")
    if fate == "extend":
        until = pen.written[one]["due_on"] + timedelta(days=2)
        pen.step(one, "extend", SUPERVISOR, due_on=typed(until), reason="材料没有到齐")
    yield pen.worked(60, 800)
    pen.step(one, "done", pen.written[one]["owner"], result=result)
    if fate == "reopen":
        yield pen.worked(10, 60)
        pen.step(one, "reopen", HEAD, reason="漏了地下室")
        yield pen.worked(60, 300)
        pen.step(one, "done", owner, result=f"{result}，地下室补做")
    yield pen.worked(10, 200)
    pen.step(one, "report", pen.written[one]["owner"], said="已当面汇报")


def upward(pen: Pen, estate: Estate) -> Story:
    """A suggestion or a problem that staff bring up, answered and seen to."""
    source = pen.dice.pick(("suggestion", "problem"))
    text, answer = pen.dice.pick(SUGGESTIONS if source == "suggestion" else PROBLEMS)
    yield pen.desk_hours(pen.now)
    who = desk(pen)
    one = pen.add("task", who, {"text": text, "owner": SUPERVISOR, "due_on": typed(pen.on(4, "17:00")),
                                "source": source, "ordered_by": who})  # fmt: skip
    yield pen.worked(300, 1200)
    pen.step(one, "answer", HEAD, answer=answer, answered_by=HEAD)
    yield pen.worked(100, 900)
    pen.step(one, "done", SUPERVISOR, result=answer)


def meeting(pen: Pen, estate: Estate) -> Story:
    """The monthly meeting about quality: told, put off, held, minutes, its measures handed out as tasks."""
    starts = pen.on(4, "15:00")
    words = {"title": "服务质量会议", "sort": "quality", "starts": typed(starts), "venue": "物业会议室",
             "organiser": HEAD, "agenda": "上月投诉、回访不满意、各部门配合"}  # fmt: skip
    one = pen.add("event", SUPERVISOR, words)
    leads = list(LEADS.values())
    pen.step(one, "invite", SUPERVISOR, whom="、".join(leads), way="message")
    yield pen.worked(60, 400)
    pen.step(one, "answer", SUPERVISOR, whom="、".join(leads[:5]), answer="yes")
    starts += timedelta(days=1)
    pen.step(one, "postpone", HEAD, starts=typed(starts), reason="经理外出开会")
    pen.step(one, "answer", SUPERVISOR, whom="、".join(leads[5:]), answer="no", said="另有安排")
    yield starts + timedelta(hours=2)
    pen.step(one, "hold", SUPERVISOR, came="5", attendees="、".join(leads[:5]))
    yield pen.worked(200, 900)
    pen.step(one, "minutes", SUPERVISOR, minutes="一、楼道保洁加一次晚间巡收；二、门岗交接班改为岗上交接。")
    made = [
        pen.add("task", SUPERVISOR, {"text": text, "owner": owner, "due_on": typed(pen.on(6, "17:00")),
                                     "source": "event", "of": one, "report_to": HEAD})
        for text, owner in (("楼道保洁加一次晚间巡收", OFFICER), ("门岗改为岗上交接", LEADS[SECURITY]))
    ]  # fmt: skip
    pen.step(one, "close", SUPERVISOR, result="议定两项措施，已交办")
    yield pen.on(5, "16:30")
    for each in made:
        pen.step(each, "done", pen.written[each]["owner"], result="已落实，抽查三天")
        pen.step(each, "report", pen.written[each]["owner"], said="书面汇报")


def party(pen: Pen, estate: Estate) -> Story:
    """A day for the residents: planned, held, what it cost, what came of it."""
    starts = pen.on(6, "14:00")
    ends = starts + timedelta(hours=3)
    words = {"title": "邻里便民服务日", "sort": "activity", "starts": typed(starts), "ends": typed(ends),
             "venue": "中心广场", "organiser": SUPERVISOR, "staff": "何建国（签到）、李静（接待）", "budget": "1500",
             "plan": "磨刀、理发、小家电维修，居委会一起办", "expected": "120"}  # fmt: skip
    one = pen.add("event", SUPERVISOR, words)
    yield starts + timedelta(hours=3, minutes=20)
    pen.step(one, "hold", SUPERVISOR, came="143", on_site="两名保安维持秩序，雨棚四顶，医药箱一个")
    yield pen.worked(300, 900)
    pen.step(one, "close", SUPERVISOR, result="服务 143 人次，收到意见 6 条", spent="1386.50")


def called_off(pen: Pen, estate: Estate) -> Story:
    """Guests who did not come after all."""
    words = {"title": "兄弟项目来访交流", "sort": "guests", "starts": typed(pen.on(3, "10:00")), "venue": "样板大堂"}
    one = pen.add("event", SUPERVISOR, words)
    yield pen.worked(600, 900)
    pen.step(one, "cancel", SUPERVISOR, reason="对方改期到下月")


def round_of_month(pen: Pen, estate: Estate) -> Story:
    """The monthly round: drawn by kind from what was settled last month and not asked about, rung up day by day."""
    month = f"{add_months(pen.now.date().replace(day=1), -1):%Y-%m}"
    every = list(pen.written.values())
    matters = {name: [r for r in every if r.kind.name == name] for name in followed.FOLLOWED}
    drawn = followed.draw(matters, [r for r in every if r.kind.name == "followup"], month, 6)
    made = []
    for record in (r for one in drawn for r in one.drawn):
        words = {"source": record.kind.name, "of": record.id, "round": month, "text": str(record["text"] or "")}
        found = {"room": record["room"], "phone": record["phone"], "reporter": record["name"] or record["reporter"]}
        words |= {name: str(value) for name, value in found.items() if value}
        made.append(pen.add("followup", SUPERVISOR, words | {"due_on": typed((pen.now + timedelta(days=4)).date())}))
    for number, one in enumerate(made):
        yield pen.worked(20, 120)
        if number % 6 == 5:
            pen.step(one, "drop", desk(pen), reason="业户已说不用再打电话")
            continue
        if number % 5 == 4:
            pen.step(one, "follow-up", desk(pen), satisfaction="unreachable", way="phone")
            yield pen.worked(300, 700)
        answer = pen.dice.among({"satisfied": 0.7, "fairly": 0.24, "not": 0.06})
        words = {"words": pen.dice.pick(texts.PRAISE)} if answer == "satisfied" else {}
        pen.step(one, "follow-up", desk(pen), satisfaction=answer, settled="no" if answer == "not" else "yes", **words)
