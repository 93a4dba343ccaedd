"""How work orders go: written, told to engineering, signed for, mended, asked about, closed."""

from __future__ import annotations

from datetime import timedelta

from wuye.estate import texts
from wuye.estate.complaints import taken
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import MENDERS, on_duty
from wuye.estate.texts import Fault


def words_of(pen: Pen, estate: Estate, fault: Fault) -> dict[str, str]:
    """What the desk types of a repair."""
    words = {"text": fault.text, "trade": fault.trade, "urgency": fault.urgency}
    if fault.place:
        building = pen.dice.pick(list(estate.units)).split("-")[0]
        where = fault.place if fault.place.startswith("地下") else f"{building}栋{fault.place}"
        return words | {"place": where, "source": "patrol", "charge": "free"}
    person = estate.somebody()
    charge = "paid" if fault.materials else pen.dice.pick(("free", "free", "warranty"))
    source = "convenience" if fault.trade == "其他" else "repair"
    return words | {"room": person.room, "reporter": person.name, "phone": person.phone, "charge": charge,
                    "source": source}  # fmt: skip


def ordinary(pen: Pen, estate: Estate) -> Story:
    """One of everyday."""
    dice = pen.dice
    fault = dice.deal(texts.FAULTS)
    words = words_of(pen, estate, fault)
    if fault.urgency == "normal" and "room" in words and dice.chance(0.2):
        ahead = 2 if pen.desk_hours(pen.now) > pen.now else 1
        words["appointment"] = typed(pen.on(ahead, dice.pick(("09:30", "10:00", "14:30", "16:00"))))
    one = yield from taken(pen, "workorder", words)
    fate = dice.among({"cancel": 0.025, "void": 0.012, "go": 0.963})
    if fate != "go":
        yield pen.worked(5, 90)
        reason = "业户来电说自己修好了" if fate == "cancel" else "与上一张单重复"
        pen.step(one, fate, on_duty(pen.now.date()), reason=reason)
        return
    yield from mended(pen, one, fault, urgent=fault.urgency == "urgent")


def mended(pen: Pen, one: str, fault: Fault, urgent: bool) -> Story:
    """From telling engineering to the order's end; some are put off, some urged, some late."""
    dice = pen.dice
    mender = dice.pick(MENDERS)
    yield pen.worked(1, 12)
    pen.step(one, "notify", on_duty(pen.now.date()), department="工程部", whom=MENDERS[0])
    yield pen.worked(3, 15) if urgent else pen.worked(8, 90)
    pen.step(one, "sign", mender, handler=mender)
    appointment = pen.written[one]["appointment"]
    if appointment and appointment > pen.now:
        yield max(pen.now, appointment - timedelta(minutes=dice.between(0, 9)))
    elif dice.chance(0.07):
        yield pen.worked(700, 1500)
        desk = on_duty(pen.now.date())
        pen.step(one, "urge", desk, whom=mender, answer=dice.pick(texts.URGED), promised=typed(pen.later(60, 240)))
        yield pen.worked(30, 500)
    else:
        yield pen.worked(10, 45) if urgent else pen.worked(25, 420)
    pen.step(one, "arrive", mender)
    if dice.chance(0.09):
        yield pen.later(10, 30)
        pen.step(one, "hold", mender, reason=dice.pick(texts.HOLDS))
        yield pen.worked(1300, 6500)
        pen.step(one, "resume", mender)
    yield pen.later(12, 90)
    paid = {"materials": fault.materials, "labour": dice.pick(("20", "30", "50", "80"))} if fault.materials else {}
    pen.step(one, "done", mender, result=fault.result, **paid)
    yield from asked(pen, one)


def asked(pen: Pen, one: str) -> Story:
    """The person is asked afterwards; what patrol found needs no asking."""
    dice = pen.dice
    yield pen.worked(200, 2200)
    desk = on_duty(pen.now.date())
    if pen.written[one]["reporter"] is None:
        pen.step(one, "close", desk, no_follow_up="巡查发现，现场复核合格")
        return
    answer = dice.among({"satisfied": 0.7, "fairly": 0.2, "unreachable": 0.07, "not": 0.03})
    reached = answer != "unreachable"
    more = {"workmanship": answer, "attitude": "satisfied"} if reached else {}
    said = {"satisfied": dice.pick(texts.PRAISE), "fairly": dice.pick(texts.GRUMBLES), "not": "收费偏高"}
    if answer in said:
        more["words"] = said[answer]
    pen.step(one, "follow-up", desk, satisfaction=answer, **more)
    yield pen.worked(2, 60)
    pen.step(one, "close", on_duty(pen.now.date()))


def by_night(pen: Pen, estate: Estate) -> Story:
    """An emergency at night: mended at once, the papers of the control centre typed in next morning."""
    fault = pen.dice.pick((texts.BURST, texts.BLACKOUT))
    happened = pen.now
    one = yield from taken(pen, "workorder", words_of(pen, estate, fault))
    desk = on_duty(pen.now.date())
    late = pen.dice.chance(0.2)
    there = happened + timedelta(minutes=pen.dice.between(34, 50) if late else pen.dice.between(8, 25))
    pen.step_at(there, one, "arrive", desk, handler=MENDERS[1])
    done = there + timedelta(minutes=pen.dice.between(30, 110))
    pen.step_at(done, one, "done", desk, result=fault.result)
    yield from asked(pen, one)


# --- what an estate sees once or twice in such a time


def reworked(pen: Pen, estate: Estate) -> Story:
    """Mended, and broken again twelve days later: an order of its own, linked both ways."""
    fault = Fault("给排水", "normal", "卫生间天花滴水", "重新打胶")
    words = words_of(pen, estate, fault)
    first = yield from taken(pen, "workorder", words)
    yield from mended(pen, first, fault, urgent=False)
    yield pen.on(9, "10:35")
    again = words | {"source": "rework", "of": first, "urgency": "urgent", "text": "卫生间天花又滴水了，要求彻底修"}
    one = pen.add("workorder", on_duty(pen.now.date()), again, via="rework", told={"reason": "同一处再次漏水"})
    second = fault._replace(result="拆开检修口，更换存水弯，闭水试验合格")
    yield from mended(pen, one, second, urgent=True)


def of_a_complaint(pen: Pen, estate: Estate) -> Story:
    """A call for help becomes an order: made of the complaint, linked."""
    person = estate.somebody()
    words = {"room": person.room, "reporter": person.name, "phone": person.phone, "channel": "phone",
             "text": "天花板往下滴水，楼上没有人", "subject": "工程维修", "identity": "与业户台账相符"}  # fmt: skip
    source = yield from taken(pen, "complaint", words)
    yield pen.worked(3, 10)
    desk = on_duty(pen.now.date())
    pen.step(source, "judge", desk, nature="help", cause="class1")
    order = {n: words[n] for n in ("room", "reporter", "phone", "text")} | {"source": "complaint", "of": source}
    one = pen.add("workorder", desk, order | {"urgency": "urgent", "trade": "给排水", "charge": "free"})
    pen.step(source, "assign", desk, department="工程部", lead=MENDERS[0], handler=MENDERS[0])
    pen.step(source, "respond", desk, said="已联系楼上业主回来关水，师傅这就到")
    yield from mended(pen, one, texts.FAULTS[3]._replace(materials="", result="楼上软管接头脱落，已换"), urgent=True)
    yield pen.worked(5, 20)
    pen.step(source, "handle", on_duty(pen.now.date()), result="楼上漏水已修，楼上业主答应重刷天花")
    yield pen.worked(300, 900)
    pen.step(source, "follow-up", on_duty(pen.now.date()), satisfaction="satisfied", settled="yes")
    pen.step(source, "close", on_duty(pen.now.date()))


def on_hold(pen: Pen, estate: Estate) -> Story:
    """An order that waits for a part."""
    fault = Fault("电梯", "normal", "轿厢风扇不转", "", "", "2单元客梯")
    one = yield from taken(pen, "workorder", words_of(pen, estate, fault))
    yield pen.worked(10, 30)
    pen.step(one, "notify", on_duty(pen.now.date()), department="工程部", whom=MENDERS[0])
    pen.step(one, "sign", MENDERS[0], handler=MENDERS[0])
    yield pen.worked(60, 200)
    pen.step(one, "arrive", MENDERS[0])
    yield pen.later(15, 30)
    pen.step(one, "hold", MENDERS[0], reason="风扇停产，维保单位订货，三天后到")


def urged(pen: Pen, estate: Estate) -> Story:
    """An order that nobody came for: urged, a new time named."""
    fault = Fault("门窗", "normal", "阳台门关不上，夜里有风", "更换门扇合页")
    one = yield from taken(pen, "workorder", words_of(pen, estate, fault))
    yield pen.worked(5, 20)
    pen.step(one, "notify", on_duty(pen.now.date()), department="工程部", whom=MENDERS[0])
    pen.step(one, "sign", MENDERS[2], handler=MENDERS[2])
    yield pen.on(2, "16:20")
    promised = typed(pen.on(1, "11:00"))
    pen.step(one, "urge", on_duty(pen.now.date()), whom=MENDERS[2], answer="明天上午一定到", promised=promised)
