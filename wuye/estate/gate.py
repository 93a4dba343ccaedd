"""At the door and the gate: visitors, goods that go out and come in, people who move."""

from __future__ import annotations

from datetime import timedelta

from wuye.estate import names, texts
from wuye.estate.homes import Estate, Person, enter
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CONTROL, GUARDS, HEAD, OFFICER, SERVICE, SUPERVISOR, on_duty

SWEEP = "21:30"


def at_the_door(pen: Pen) -> str:
    """Who writes visitors down: the desk while it is open, a guard outside its hours."""
    return on_duty(pen.now.date()) if pen.desk_hours(pen.now) == pen.now else pen.dice.pick(GUARDS)


def visitor(pen: Pen, estate: Estate) -> Story:
    """Somebody comes to a flat, and leaves again; a few forget to sign out and are swept up at night."""
    dice = pen.dice
    if dice.chance(0.05):
        yield from to_the_office(pen)
        return
    errand = dice.among({e: e.weight for e in texts.ERRANDS})
    words = caller(pen, estate, errand.purpose, errand.company)
    if dice.chance(errand.car):
        words["plate"] = names.plate(dice)
    if errand.high > 60 and dice.chance(0.12):
        yield from awaited(pen, words, errand.low, errand.high)
        return
    one = pen.add("visitor", at_the_door(pen), words)
    if dice.chance(0.004):
        yield pen.later(2, 6)
        pen.step(one, "void", at_the_door(pen), reason="同一人登记了两次")
        return
    yield from gone(pen, one, errand.low, errand.high)


def gone(pen: Pen, one: str, low: int, high: int) -> Story:
    """Out again, or swept up by the control centre when the gates are closed."""
    swept = pen.on(0, SWEEP)
    leaves = pen.later(low, high)
    if leaves < swept and not pen.dice.chance(0.03):
        yield leaves
        pen.step(one, "leave", at_the_door(pen))
        return
    yield swept if swept > pen.now else pen.later(5, 20)
    pen.step(one, "leave", CONTROL, note="清场登记离开")


def caller(pen: Pen, estate: Estate, purpose: str, company: str = "") -> dict[str, str]:
    """What is written down of somebody who comes to a flat."""
    dice, person = pen.dice, estate.somebody()
    who = names.name(dice)
    words = {"name": names.known_as(dice, who) if dice.chance(0.6) else who, "purpose": purpose, "unit": person.room}
    words["phone"] = names.phone(dice)
    if company:
        words["company"] = company
    if dice.chance(0.5):
        words |= {"told": person.name, "agreed_by": person.name}
    if dice.chance(0.25):
        words |= {"id_type": "idcard", "id_tail": names.tail(dice)}
    return words


def awaited(pen: Pen, words: dict[str, str], low: int, high: int) -> Story:
    """Told of a few hours before; most come, some do not and are struck out."""
    come = pen.on(0, "19:10")
    if come <= pen.later(20, 60):
        come = pen.on(1, "10:00")
    pen_hours = come - timedelta(minutes=pen.dice.between(0, 180))
    expected = max(pen_hours, pen.later(15, 40))
    one = pen.add("visitor", at_the_door(pen), words | {"expected": typed(expected)})
    if pen.dice.chance(0.08):
        yield pen.desk_hours(expected + timedelta(hours=12))
        pen.step(one, "void", at_the_door(pen), reason="预约未到")
        return
    yield expected + timedelta(minutes=pen.dice.between(0, 20))
    pen.step(one, "enter", at_the_door(pen))
    yield from gone(pen, one, low, high)


def to_the_office(pen: Pen) -> Story:
    """Somebody for the office itself: received by a host, with a badge."""
    dice = pen.dice
    yield pen.desk_hours(pen.now)
    words = {
        "name": names.name(dice), "purpose": dice.pick(texts.OFFICE_ERRANDS), "department": SERVICE, "host": OFFICER,
        "agreed_by": dice.pick((HEAD, SUPERVISOR)), "office_area": "yes", "seated": "yes", "stay": "2h",
        "badge": f"{dice.between(1, 12):02d}", "phone": names.phone(dice),
        "id_type": "idcard", "id_tail": names.tail(dice),
    }  # fmt: skip
    one = pen.add("visitor", at_the_door(pen), words)
    yield pen.later(20, 110)
    pen.step(one, "leave", at_the_door(pen))


def peddler(pen: Pen, estate: Estate) -> Story:
    """A door-to-door seller, known again by the telephone number the second time."""
    words = caller(pen, estate, pen.dice.pick(texts.PEDDLED)) | {"seller": "yes"}
    for _ in range(2):
        one = pen.add("visitor", at_the_door(pen), words)
        yield pen.later(8, 25)
        pen.step(one, "leave", at_the_door(pen), note="劝离，告知谢绝推销")
        yield pen.on(9, "15:40")


def overstaying(pen: Pen, estate: Estate) -> Story:
    """Came in the afternoon and was never signed out; the sweep was forgotten."""
    yield pen.now
    words = caller(pen, estate, "探亲访友") | {"plate": names.plate(pen.dice), "stay": "3h"}
    pen.add("visitor", at_the_door(pen), words)


def expected_today(pen: Pen, estate: Estate) -> Story:
    """Two that are told of for the day after."""
    for purpose, company, clock in (("装修测量", "谷雨装饰", "10:30"), ("送家具", "霜降家具", "14:00")):
        words = caller(pen, estate, purpose, company) | {"expected": typed(pen.on(1, clock))}
        pen.add("visitor", at_the_door(pen), words)
        yield pen.later(10, 60)


# --- gate passes


def goods(pen: Pen, estate: Estate) -> Story:
    """Things go out: shown, listed, confirmed, issued, let through by the guard; some never are."""
    dice, person = pen.dice, estate.somebody()
    words = {"room": person.room, "carrier": person.name, "goods": dice.deal(texts.GOODS), "phone": person.phone}
    words["relation"] = {"co-owner": "owner"}.get(person.role, person.role)
    if dice.chance(0.3):
        name = names.name(dice)
        relation, things = dice.pick((("mover", words["goods"]), ("contractor", texts.RUBBLE)))
        words |= {"carrier": name, "relation": relation, "goods": things, "phone": names.phone(dice)}
    if dice.chance(0.6):
        words |= {"id_type": "idcard", "id_tail": names.tail(dice)}
    if dice.chance(0.5):
        words["plate"] = names.plate(dice)
    yield from passed(pen, estate, person, words)


def passed(pen: Pen, estate: Estate, person: Person, words: dict[str, str], lost: float = 0.06) -> Story:
    """From the list to the gate; the owner is asked where the carrier is not one of those tied to the unit."""
    dice = pen.dice
    yield pen.desk_hours(pen.now)
    desk = on_duty(pen.now.date())
    one = pen.add("pass", desk, words)
    owners = estate.people(person.room, "owner")
    asked = words["relation"] not in ("owner", "tenant") and owners
    yield pen.worked(2, 12)
    answer = {"owner": owners[0].name, "answer": "yes", "said": "电话征得同意"} if asked else {}
    pen.step(one, "confirm", on_duty(pen.now.date()), **answer)
    yield pen.worked(1, 6)
    pen.step(one, "issue", on_duty(pen.now.date()))
    if dice.chance(lost / 3):
        yield pen.later(10, 50)
        pen.step(one, "void", on_duty(pen.now.date()), reason="物品写错，另开一张")
        return
    if dice.chance(lost):
        yield pen.on(2, "09:15")
        pen.step(one, "expire", on_duty(pen.now.date()), reason="改期搬运，另行办理")
        return
    yield pen.later(8, 170)
    guard = dice.pick(GUARDS)
    pen.step(one, "release", guard, guard=guard)


def moving_out(pen: Pen, estate: Estate) -> Story:
    """A tenant leaves: the goods pass the gate, the books keep the past."""
    let = [room for room in estate.units if estate.status(room) == "let" and estate.people(room, "tenant")]
    let = [room for room in let if room not in estate.moving]
    if not let:
        return
    room = pen.dice.pick(let)
    estate.moving.add(room)
    person = estate.people(room, "tenant")[0]
    words = {"room": room, "carrier": person.name, "relation": "tenant", "goods": texts.MOVED_OUT}
    words |= {"phone": person.phone, "plate": names.plate(pen.dice)}
    yield from passed(pen, estate, person, words, lost=0.0)
    yield pen.worked(20, 300)
    desk = on_duty(pen.now.date())
    left = typed(pen.now.date())
    for tenant in [r.id for r in pen.residents(room) if r["role"] == "tenant"]:
        pen.step(tenant, "leave", desk, until=left, reason="租期届满搬离")
    pen.step(estate.units[room], "vacate", desk)
    estate.moving.discard(room)


def moving_in(pen: Pen, estate: Estate) -> Story:
    """A vacant flat is let: the tenant is entered, the goods come in."""
    empty = [room for room in estate.units if estate.status(room) == "vacant" and estate.people(room, "owner")]
    empty = [room for room in empty if room not in estate.moving]
    if not empty:
        return
    room = pen.dice.pick(empty)
    estate.moving.add(room)
    yield pen.desk_hours(pen.now)
    desk = on_duty(pen.now.date())
    one = enter(pen, room, "tenant", names.name(pen.dice), pen.now.date())
    pen.step(estate.units[room], "let", desk)
    estate.moving.discard(room)
    person = Person(room, pen.written[one]["name"], "tenant", pen.written[one]["phones"][0])
    words = {"room": room, "carrier": person.name, "relation": "tenant", "goods": texts.MOVED_IN, "direction": "in"}
    words |= {"phone": person.phone, "plate": names.plate(pen.dice)}
    yield from passed(pen, estate, person, words, lost=0.0)


def withheld(pen: Pen, estate: Estate) -> Story:
    """The owner rang to say that the fridge is his: held back by the supervisor, for two days, then issued."""
    yield from _held(pen, estate, ends=True)


def still_withheld(pen: Pen, estate: Estate) -> Story:
    """The same again, and not settled yet."""
    yield from _held(pen, estate, ends=False)


def _held(pen: Pen, estate: Estate, ends: bool) -> Story:
    person = estate.somebody()
    words = {"room": person.room, "carrier": names.name(pen.dice), "relation": "mover"}
    words |= {"goods": "冰箱x1,洗衣机x1,纸箱x6", "phone": names.phone(pen.dice)}
    yield pen.desk_hours(pen.now)
    one = pen.add("pass", on_duty(pen.now.date()), words)
    yield pen.later(4, 10)
    reason = "业主来电称冰箱归房东，与租客各执一词，请双方到前台核对"
    pen.step(one, "withhold", on_duty(pen.now.date()), ordered_by=SUPERVISOR, reason=reason)
    if ends:
        yield pen.on(2, "10:40")
        pen.step(one, "confirm", on_duty(pen.now.date()), answer="yes", said="双方核对购买凭证，冰箱归租客")
        pen.step(one, "issue", on_duty(pen.now.date()), said="业主同意放行")
        yield pen.later(20, 60)
        pen.step(one, "release", GUARDS[0], guard=GUARDS[0])


def in_parts(pen: Pen, estate: Estate) -> Story:
    """A load that took two journeys: a part is through, the rest waits."""
    person = estate.somebody()
    relation = {"co-owner": "owner"}.get(person.role, person.role)
    words = {"room": person.room, "carrier": person.name, "relation": relation, "phone": person.phone,
             "goods": "沙发x1,书柜x2,纸箱x10（书）"}  # fmt: skip
    one = pen.add("pass", on_duty(pen.now.date()), words)
    yield pen.later(3, 8)
    pen.step(one, "confirm", on_duty(pen.now.date()), said="电话核对本人")
    pen.step(one, "issue", on_duty(pen.now.date()))
    yield pen.later(40, 70)
    pen.step(one, "release", GUARDS[0], guard=GUARDS[0], through="沙发x1,纸箱x4")
