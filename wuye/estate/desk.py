"""At the desk: who rings, comes and writes, what is noted on duty, what the post brings."""

from __future__ import annotations

from datetime import timedelta

from wuye.estate import names, texts
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import (
    CONTROL,
    GUARDS,
    HEAD,
    MENDERS,
    OFFICER,
    SUPERVISOR,
    on_duty,
)

_ROWS = texts.table("desk.tsv")


def said(sort: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a sort."""
    return tuple(tuple(row[1:]) for row in _ROWS if row[0] == sort)


ENQUIRIES, OPINIONS, MESSAGES, HANDED_ON = said("enquiry"), said("opinion"), said("message"), said("transfer")
LOBBY, UNUSUAL = said("order"), said("unusual")
NIGHT_MANAGER = "孙海"
FATES = {"answered": 0.62, "promise": 0.14, "opinion": 0.1, "message": 0.07, "transfer": 0.06, "void": 0.01}
COURIERS = ("邮政", "迅捷快递", "白露速运")


def desk(pen: Pen) -> str:
    """Who is at the desk today."""
    return on_duty(pen.now.date())


# --- contacts


def caller(pen: Pen, estate: Estate) -> dict[str, str]:
    """Who rings, comes or writes, and how."""
    dice, person = pen.dice, estate.somebody()
    way = dice.among({"phone": 0.66, "counter": 0.24, "message": 0.07, "letter": 0.03})
    words = {"way": way, "name": person.name, "phone": person.phone, "room": person.room}
    if way == "phone":
        words["line"] = "hotline" if dice.chance(0.2) else "desk"
        if dice.chance(0.4):
            words["rings"] = str(dice.among({1: 3, 2: 5, 3: 3, 5: 0.7}))
            words["name_said"] = "no" if dice.chance(0.04) else "yes"
    return words


def contact(pen: Pen, estate: Estate) -> Story:
    """One of everyday: answered at once, or called back, passed on, handed on; opinions are decided and told."""
    words = caller(pen, estate)
    if pen.desk_hours(pen.now) != pen.now:
        yield from by_night(pen, estate, words)
        return
    fate = pen.dice.among(FATES)
    if fate in ("answered", "void"):
        text, answer = pen.dice.pick(ENQUIRIES)
        one = pen.add("contact", desk(pen), words | {"text": text, "answer": answer})
        if fate == "void":
            yield pen.later(1, 5)
            pen.step(one, "void", desk(pen), reason="同一个电话登记了两次")
    elif fate == "opinion":
        yield from opinion(pen, words)
    elif fate == "promise":
        yield from called_back(pen, words)
    else:
        yield from handed_on(pen, words, fate)


def called_back(pen: Pen, words: dict[str, str]) -> Story:
    """What the desk has to look up is promised, and told; now and then it takes longer than that."""
    text, answer = pen.dice.pick(ENQUIRIES)
    promised = pen.desk_hours(pen.now + timedelta(minutes=pen.dice.between(60, 240)))
    one = pen.add("contact", desk(pen), words | {"text": f"{text}，要查一下", "promised": typed(promised)})
    if pen.dice.chance(0.12):
        yield max(pen.now, promised - timedelta(minutes=10))
        pen.step(one, "promise", desk(pen), promised=typed(pen.desk_hours(promised + timedelta(hours=3))))
        yield pen.desk_hours(pen.later(60, 180))
    else:
        late = pen.dice.chance(0.06)
        yield pen.desk_hours(promised + timedelta(minutes=70 if late else -pen.dice.between(5, 50)))
    pen.step(one, "call-back", desk(pen), answer=answer)


def opinion(pen: Pen, words: dict[str, str]) -> Story:
    """Noted, decided by the head, told to whoever brought it up."""
    text, subject, taken_up, told = pen.dice.pick(OPINIONS)
    one = pen.add("contact", desk(pen), words | {"text": text, "matter": "opinion", "subject": subject,
                                                "answer": "谢谢，会转经理研究"})  # fmt: skip
    yield pen.worked(900, 4000)
    pen.step(one, "decide", HEAD, taken_up=taken_up)
    yield pen.worked(60, 900)
    pen.step(one, "inform", desk(pen), said=told)
    pen.step(one, "close", desk(pen))


def handed_on(pen: Pen, words: dict[str, str], fate: str) -> Story:
    """A message for somebody, or a question for a colleague; whoever took it sees to it until it is closed."""
    text, who = pen.dice.pick(MESSAGES if fate == "message" else HANDED_ON)
    more = {"message_for": who, "matter": "other"} if fate == "message" else {}
    one = pen.add("contact", desk(pen), words | {"text": text} | more)
    yield pen.worked(10, 200)
    if fate == "message":
        pen.step(one, "relay", desk(pen), said=f"已转告{who}")
        pen.step(one, "close", desk(pen))
        return
    pen.step(one, "transfer", desk(pen), transferred_to=who)
    yield pen.worked(60, 1200)
    pen.step(one, "answer", who, answer="已当面说明，书面材料留前台")
    if pen.dice.chance(0.15):
        yield pen.worked(200, 900)
        pen.step(one, "reopen", desk(pen), reason="业户又来问，说没有说清")
        yield pen.worked(20, 200)
        pen.step(one, "answer", who, answer="约来办公室看了文件，清楚了")


def by_night(pen: Pen, estate: Estate, words: dict[str, str]) -> Story:
    """The control centre answers; its notes are typed in next morning with the real time; urgent ones go further."""
    happened = pen.now
    words = {n: words[n] for n in ("name", "phone", "room")} | {"way": "phone", "taken_by": CONTROL}
    urgent = pen.dice.chance(0.3)
    text = "楼上夜里装修敲墙，小孩睡不着" if urgent else pen.dice.pick(ENQUIRIES)[0]
    yield pen.desk_hours(happened)
    words |= {"text": text, "urgent": "yes"} if urgent else {"text": text, "answer": "已告知上班后到前台办"}
    one = pen.add("contact", desk(pen), words, at=happened)
    if urgent:
        told = happened + timedelta(minutes=pen.dice.between(4, 25))
        pen.step_at(told, one, "tell", desk(pen), night_manager=NIGHT_MANAGER, said="值班保安上门劝停")
        yield pen.worked(5, 30)
        pen.step(one, "answer", desk(pen), answer="已告知施工时间规定，楼上答应不再夜里施工")


def became(pen: Pen, estate: Estate) -> Story:
    """Calls that became a complaint, an order, an expected visitor and a task, each in one step."""
    yield pen.desk_hours(pen.now)
    person = estate.somebody()
    who = {"room": person.room, "phone": person.phone}
    made = (
        ("complaint", "楼下餐馆油烟飘进屋里", {"reporter": person.name, "subject": "外部环境", "channel": "phone"}),
        ("workorder", "阳台地漏返水", {"reporter": person.name, "source": "contact", "trade": "给排水"}),
        ("visitor", "明天上午有人来修空调",
         {"name": "冷先生", "purpose": "修空调", "expected": typed(pen.on(1, "10:00"))}),
        ("task", "想借会议室开兴趣班，等答复",
         {"owner": OFFICER, "due_on": typed(pen.on(3, "17:00")), "source": "contact", "reporter": person.name,
          "report_to": SUPERVISOR}),
    )  # fmt: skip
    for kind, text, words in made:
        source = pen.add("contact", desk(pen), who | {"way": "phone", "name": person.name, "text": text})
        yield pen.later(1, 4)
        where = {"unit": person.room, "phone": person.phone} if kind == "visitor" else who | {"text": text}
        one = pen.add(kind, desk(pen), where | words | {"of": source})
        yield pen.later(5, 20)
    yield pen.worked(500, 1000)
    pen.step(one, "done", OFFICER, result="周二、周四晚上可用，不收费")
    pen.step(one, "report", OFFICER, to=SUPERVISOR, said="已答复业户")


# --- the duty log


def noted(pen: Pen, estate: Estate) -> Story:
    """Something seen on duty, and whom one told; a few wait for somebody."""
    dice = pen.dice
    matter = "order" if dice.chance(0.6) else "unusual"
    text, place = dice.pick(LOBBY if matter == "order" else UNUSUAL)
    place = f"{dice.pick(list(estate.units)).split('-')[0]}栋{place}" if place == "大堂" else place
    words = {"text": text, "matter": matter, "place": place, "on_duty": on_duty(pen.now.date())}
    told = {"told": dice.pick(GUARDS)} if dice.chance(0.5) else {}
    if matter == "order" or dice.chance(0.6):
        one = pen.add("dutylog", desk(pen), words | told)
        if dice.chance(0.02):
            yield pen.later(2, 9)
            pen.step(one, "void", desk(pen), reason="记到前一天去了")
        return
    one = pen.add("dutylog", desk(pen), words | {"pending": "yes"})
    yield pen.later(2, 20)
    pen.step(one, "tell", desk(pen), told=MENDERS[0], answer="马上去看")
    if dice.chance(0.3):
        given = {"text": f"查明：{text}", "owner": MENDERS[0], "due_on": typed(pen.on(2, "17:00")), "source": "dutylog"}
        task = pen.add("task", desk(pen), given | {"of": one})
        yield pen.worked(300, 1400)
        pen.step(task, "done", MENDERS[0], result="已查，线路接头松动，紧固")
        return
    yield pen.later(20, 300)
    pen.step(one, "close", desk(pen), result="现场看过，恢复正常")
    if dice.chance(0.5):
        yield pen.later(60, 300)
        pen.step(one, "pursue", desk(pen), note="又出现一次")


# --- the post


def post(pen: Pen, estate: Estate) -> Story:
    """A letter or a parcel: told of, collected, by somebody else at times; a few go back."""
    dice, person = pen.dice, estate.somebody()
    yield pen.desk_hours(pen.now)
    if dice.chance(0.12):
        yield from sent(pen, estate)
        return
    sort = dice.among({"parcel": 0.6, "letter": 0.2, "registered": 0.12, "paper": 0.08})
    words = {"person": person.name, "room": person.room, "phone": person.phone, "sort": sort, "shelf": "前台左柜"}
    if sort in ("parcel", "registered"):
        words |= {"courier": dice.pick(COURIERS), "tracking": f"{dice.pick('KSYB')}{dice.between(10**9, 10**10 - 1)}"}
    one = pen.add("mail", desk(pen), words)
    yield pen.later(2, 60)
    pen.step(one, "tell", desk(pen), way="message")
    if dice.chance(0.04):
        yield pen.desk_hours(pen.on(6, "16:00"))
        pen.step(one, "return", desk(pen), reason="收件人已搬走", handed_to="邮递员")
        return
    yield pen.worked(30, 3200)
    other = {"id_type": "idcard", "id_tail": names.tail(dice), "agreed": "本人电话同意"} if dice.chance(0.1) else {}
    collected = names.known_as(dice, names.name(dice)) if other else person.name
    pen.step(one, "collect", desk(pen), collected_by=collected, **other)


def sent(pen: Pen, estate: Estate) -> Story:
    """Sent for a resident: handed to the courier, who gives a receipt."""
    person = estate.somebody()
    words = {"direction": "out", "person": person.name, "room": person.room, "phone": person.phone, "sort": "document"}
    one = pen.add("mail", desk(pen), words | {"addressee": f"{names.name(pen.dice)} 望江路 8 号"})
    yield pen.later(30, 200)
    pen.step(one, "hand", desk(pen), handed_to="快递员", courier=pen.dice.pick(COURIERS), receipt="底单第二联")
