"""How complaints go: taken, judged, sent to a department, answered, put right, asked about, closed."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta

from wuye.estate import texts
from wuye.estate.homes import Estate, Person
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import (
    CONTROL,
    ENGINEERING,
    HEAD,
    LEADS,
    MENDERS,
    OFFICER,
    OUTSIDE,
    SERVICE,
    SUPERVISOR,
    on_duty,
)
from wuye.estate.texts import Case

NATURES = {"help": 0.45, "consult": 0.3, "vent": 0.25}
CHANNELS = {"phone": 0.58, "visit": 0.27, "hotline": 0.11, "letter": 0.04}


def taken(pen: Pen, kind: str, words: dict[str, str]) -> Generator[datetime, None, str]:
    """Entered at once in desk hours; what the control centre noted by night is typed in next morning."""
    happened = pen.now
    opened = pen.desk_hours(happened)
    if opened == happened:
        return pen.add(kind, on_duty(happened.date()), words)
    yield opened
    one = pen.add(kind, on_duty(opened.date()), words, at=happened)
    pen.note(one, on_duty(opened.date()), f"控制中心{CONTROL}夜间接听，次日补录")
    return one


def words_of(case: Case, person: Person, channel: str) -> dict[str, str]:
    """What the desk types of a complaint."""
    where = {"place": case.place} if case.place else {"room": person.room}
    return {**where, "reporter": person.name, "phone": person.phone, "text": case.text, "channel": channel,
            "subject": case.subject}  # fmt: skip


def ordinary(pen: Pen, estate: Estate) -> Story:
    """One of everyday."""
    dice = pen.dice
    valid = dice.chance(0.55)
    case, person = dice.deal(texts.FAILED if valid else texts.ASKED), estate.somebody()
    words = words_of(case, person, dice.among(CHANNELS))
    if not valid:
        payment = "arrears" if estate.owed(person.room) else "paid"
        words |= {"identity": "报姓名房号，与业户台账相符", "payment": payment}
    one = yield from taken(pen, "complaint", words)
    if dice.chance(0.03):
        yield pen.later(5, 30)
        pen.step(one, "void", on_duty(pen.now.date()), reason="与同一业户刚才来电重复登记")
        return
    yield from judged(pen, one, case, "valid" if valid else dice.among(NATURES))
    yield from settled(pen, one, case, slow=dice.chance(0.16))


def judged(pen: Pen, one: str, case: Case, nature: str) -> Story:
    """Judged, sent to the department that answers for it."""
    yield pen.worked(6, 50)
    desk = on_duty(pen.now.date())
    pen.step(one, "judge", desk, nature=nature, cause=case.cause)
    yield pen.worked(2, 25)
    handler = pen.dice.pick(MENDERS) if case.department == ENGINEERING else OFFICER
    lead = SUPERVISOR if case.department in OUTSIDE else LEADS[case.department]
    pen.step(one, "assign", desk, department=case.department, lead=lead, handler=handler)


def settled(pen: Pen, one: str, case: Case, slow: bool) -> Story:
    """Answered, looked at, put right, asked about, closed; `slow` where it takes days."""
    dice = pen.dice
    yield pen.worked(900, 1900) if dice.chance(0.06) else pen.worked(5, 200)
    pen.step(one, "respond", on_duty(pen.now.date()), said=dice.pick(texts.SAID))
    yield pen.worked(30, 260)
    pen.step(one, "visit", OFFICER, found=case.found, companion=on_duty(pen.now.date()))
    if slow:
        for _ in range(dice.between(1, 3)):
            yield pen.worked(1300, 2900)
            pen.step(one, "inform", on_duty(pen.now.date()), said=dice.pick(texts.NEWS))
    if case.cause == "class2" or (case.cause == "class3" and "书面" in case.result):
        yield pen.worked(20, 200)
        way = "email" if case.subject == "房屋质量" else "letter"
        pen.step(one, "notify", HEAD, to="地产客户关系中心" if case.cause == "class2" else "有关主管部门", way=way)
    yield pen.worked(200, 4300) if slow else pen.worked(60, 1500)
    pen.step(one, "handle", OFFICER, result=case.result)
    yield from asked(pen, one)


def asked(pen: Pen, one: str) -> Story:
    """The person is asked afterwards; somebody who is not satisfied has it opened again, once."""
    dice = pen.dice
    yield pen.worked(400, 2600)
    answer = dice.among({"satisfied": 0.62, "fairly": 0.24, "unreachable": 0.08, "not": 0.06})
    desk = on_duty(pen.now.date())
    if pen.waits(one, "form"):
        pen.step(one, "form", SUPERVISOR, form_number=form_number(one), to="品质部")
    said = {"satisfied": dice.pick(texts.PRAISE), "fairly": dice.pick(texts.GRUMBLES)}
    more = {"words": said[answer]} if answer in said else {}
    pen.step(one, "follow-up", desk, satisfaction=answer, **more)
    if answer == "not":
        yield pen.worked(5, 60)
        pen.step(one, "reopen", desk, reason="业户说又出现了，要求彻底处理")
        yield pen.worked(60, 400)
        if pen.waits(one, "form"):
            pen.step(one, "form", SUPERVISOR, form_number=form_number(one), to="品质部")
        yield pen.worked(500, 2000)
        pen.step(one, "handle", OFFICER, result="重新处理并请业户当面验收")
        yield pen.worked(500, 2000)
        pen.step(one, "follow-up", desk, satisfaction="fairly", settled="yes")
    if pen.waits(one, "report"):
        yield from reported(pen, one)
    yield pen.worked(3, 90)
    reason = {"no_follow_up": "连续三次未联系上"} if answer == "unreachable" else {}
    pen.step(one, "close", on_duty(pen.now.date()), **reason)


def form_number(one: str) -> str:
    """The number of the customer-request form that is made out for a complaint."""
    return f"诉求-{one[7:11]}-{one[-3:]}"


def reported(pen: Pen, one: str) -> Story:
    """The special report that a hot or major complaint asks for."""
    yield pen.worked(300, 2500)
    pen.step(
        one, "report", SUPERVISOR, causes="初次处理不彻底，没有复核", process="重新处理，业户验收后回访",
        lessons="处理完应由第二人复核", corrective="同类单一律拍照复核", to="品质部、分管领导",
    )  # fmt: skip


# --- what an estate sees once or twice in such a time


LIFT = Case("设备", "class1", "工程部", "客梯一周停了三次，有老人被困，大家要一个说法", "控制柜接触器老化",
            "维保单位更换接触器和门机皮带，连续试运行三天正常")  # fmt: skip
LEAK = Case("房屋质量", "class2", SERVICE, "次卧外墙渗水，雨后墙面大片发霉", "外墙防水层开裂，需搭架处理", "")
BILLING = Case("收费", "class1", SERVICE, "车位管理费收了两次，退款一直没到", "", "")
NOISE = Case("噪音", "class3", SERVICE, "楼下棋牌室夜里吵到十二点，报过几次都没用", "夜间噪声明显", "")


def major(pen: Pen, estate: Estate) -> Story:
    """The lift that stood still: ten people and more, form, news every other day, special report still owed."""
    person = estate.somebody()
    one = yield from taken(pen, "complaint", words_of(LIFT, person, "visit"))
    yield from judged(pen, one, LIFT, "valid")
    yield pen.worked(5, 20)
    soon = typed(pen.later(300, 360))
    pen.step(one, "respond", on_duty(pen.now.date()), said="已停梯报维保，今天派人到场", promised=soon)
    for other in estate.neighbours(person.room, 11):
        yield pen.worked(4, 70)
        joins = {"joiner": other.name, "joiner_room": other.room, "joiner_phone": other.phone}
        pen.step(one, "join", on_duty(pen.now.date()), **joins)
    yield pen.worked(30, 60)
    pen.step(one, "visit", SUPERVISOR, found=LIFT.found, companion=MENDERS[0])
    pen.step(one, "inform", SUPERVISOR, said="在大堂向到场业户说明原因和三天的维修安排")
    yield pen.worked(60, 100)
    if pen.waits(one, "form"):
        pen.step(one, "form", HEAD, form_number=form_number(one), form_direction="报出", to="品质部、分管领导")
    for words in ("接触器已更换，正在试运行", "试运行两天正常，明天恢复使用"):
        yield pen.worked(1400, 2000)
        pen.step(one, "inform", on_duty(pen.now.date()), said=words)
    yield pen.worked(1400, 1700)
    pen.step(one, "handle", MENDERS[0], result=LIFT.result)
    yield pen.worked(1400, 2400)
    said = "总算好了，以后要定期保养"
    pen.step(one, "follow-up", on_duty(pen.now.date()), satisfaction="fairly", settled="yes", words=said)


def hot(pen: Pen, estate: Estate) -> Story:
    """A leak that is the developer's to mend, and is not mended after a week."""
    one = yield from taken(pen, "complaint", words_of(LEAK, estate.somebody(), "phone"))
    yield from judged(pen, one, LEAK, "help")
    yield pen.worked(20, 90)
    pen.step(one, "respond", on_duty(pen.now.date()), said="已约明天上门查看", promised=typed(pen.on(1, "11:00")))
    yield pen.on(1, "10:20")
    pen.step(one, "visit", OFFICER, found=LEAK.found)
    pen.step(one, "notify", HEAD, to="地产客户关系中心", way="email", said="请安排保修单位")
    pen.step(one, "inform", OFFICER, said="已看现场并书面告知地产单位，等保修单位排期")
    yield pen.on(4, "15:10")
    pen.step(one, "inform", OFFICER, said="保修单位答复下周搭架")


def repeated(pen: Pen, estate: Estate) -> Story:
    """Handled once, and raised again: linked, and hot from the start; the second time with form and report."""
    person = estate.somebody()
    first = yield from taken(pen, "complaint", words_of(NOISE, person, "phone"))
    yield from judged(pen, first, NOISE, "vent")
    yield from settled(pen, first, NOISE._replace(result="约谈棋牌室负责人，保证十点前结束"), slow=False)
    yield pen.on(3, "09:25")
    again = words_of(NOISE, person, "visit") | {"text": "棋牌室又闹到半夜，上次说好的不算数", "repeats": first}
    one = pen.add("complaint", on_duty(pen.now.date()), again)
    yield from judged(pen, one, NOISE, "vent")
    yield pen.worked(20, 60)
    pen.step(one, "respond", SUPERVISOR, said="主管接手，今晚现场看")
    yield pen.worked(100, 200)
    pen.step(one, "form", SUPERVISOR, form_number=form_number(one), to="品质部")
    pen.step(one, "upgrade", SUPERVISOR, reason="上次处理后没有复查，属服务不到位", cause="class1")
    yield pen.worked(1200, 1500)
    pen.step(one, "notify", SUPERVISOR, to="社区居委会", way="letter", said="请一同约谈经营者")
    pen.step(one, "handle", SUPERVISOR, result="居委会到场，经营者签下时间承诺，门岗夜间抽查三晚均正常")
    yield from reported(pen, one)
    yield pen.worked(1300, 1700)
    pen.step(one, "follow-up", on_duty(pen.now.date()), satisfaction="satisfied", settled="yes")
    pen.step(one, "close", on_duty(pen.now.date()))


def on_the_web(pen: Pen, estate: Estate) -> Generator[datetime, None, str]:
    """Posted on the web in the afternoon: thanked, the reply drafted, not yet approved."""
    posted = pen.now - timedelta(minutes=25)
    words = words_of(BILLING, estate.somebody(), "web") | {"posted": typed(posted), "payment": "paid"}
    one = yield from taken(pen, "complaint", words)
    yield from judged(pen, one, BILLING, "valid")
    yield pen.later(1, 2)
    pen.step(one, "respond", on_duty(pen.now.date()), promised=typed(pen.on(1, "12:00")))
    pen.step(one, "measure", SUPERVISOR, measures="核对代扣记录，退款单今天送财务", to="地产客户关系中心")
    yield pen.later(3, 9)
    reply = "经核对确系重复扣款，退款单已送财务，三个工作日内到账。给您添麻烦了。"
    pen.step(one, "draft", on_duty(pen.now.date()), reply=reply)
    return one


def answered_on_the_web(pen: Pen, estate: Estate) -> Story:
    """The same to its end: approved, sent to the centre in time, which tells the customer."""
    one = yield from on_the_web(pen, estate)
    yield pen.later(5, 20)
    pen.step(one, "approve", HEAD, approver=HEAD)
    pen.step(one, "send", SUPERVISOR, to="地产客户关系中心", way="email", sender=SUPERVISOR)
    yield pen.on(2, "10:50")
    pen.step(one, "handle", SUPERVISOR, result="重复扣款已原路退回，业户确认到账")
    yield from asked(pen, one)


def from_the_company(pen: Pen, estate: Estate) -> Generator[datetime, None, str]:
    """Forwarded by the company with its form: measures told, handled, the result due in two days."""
    case = Case("绿化", "class1", "绿化部", "窗前的树挡光，申请修剪半年没有人理", "树冠已到三楼窗口", "")
    due = pen.on(4, "18:00")
    words = words_of(case, estate.somebody(), "company")
    words |= {"form_number": "诉求-C-108", "form_received": typed(pen.now), "form_due": typed(due)}
    one = yield from taken(pen, "complaint", words)
    yield from judged(pen, one, case, "valid")
    yield pen.worked(10, 40)
    pen.step(one, "respond", SUPERVISOR, said="向业主致歉，说明本周修剪")
    yield pen.worked(30, 90)
    pen.step(one, "visit", SUPERVISOR, found=case.found)
    pen.step(one, "measure", SUPERVISOR, measures="周末由园艺单位修剪，业主在场确认", to="品质部")
    yield pen.on(2, "16:40")
    pen.step(one, "handle", OFFICER, result="园艺单位已修剪，业主在场确认采光恢复")
    return one


def told_the_company(pen: Pen, estate: Estate) -> Story:
    """The same to its end."""
    one = yield from from_the_company(pen, estate)
    yield pen.on(1, "11:10")
    pen.step(one, "result", SUPERVISOR, to="品质部", said="已处理，附业主确认单")
    yield from asked(pen, one)


def weekend_paper(pen: Pen, estate: Estate) -> Story:
    """A letter put through the door on the weekend, entered on Monday with its real time."""
    happened = pen.now
    case = Case("服务态度", "class1", SERVICE, "周六下午来办卡，等了四十分钟没有人理", "当班一人，正在处理跑水",
                "致歉；周末增加一名顶岗人员")  # fmt: skip
    words = words_of(case, estate.somebody(), "letter")
    yield pen.on(7 - happened.weekday(), "09:12")
    one = pen.add("complaint", on_duty(pen.now.date()), words, at=happened)
    yield from judged(pen, one, case, "valid")
    yield from settled(pen, one, case, slow=False)
