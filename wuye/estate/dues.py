"""Who owes and what is done about it: contacts by stages, promises kept and broken by what is paid."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, datetime, timedelta
from decimal import Decimal

from wuye.accounts import Debtor
from wuye.estate import texts, till
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import COLLECTOR, HEAD, OFFICER

STAGES = (
    ("reminder", "message"), ("reminder", "phone"), ("phone", "phone"), ("phone", "phone"), ("visit", "visit"),
    ("visit", "visit"), ("notice", "notice"), ("notice", "posted"), ("legal", "letter"),
)  # fmt: skip
ANSWERS = {"promise": 0.42, "nobody": 0.22, "doubt": 0.14, "soon": 0.22}


def contact(pen: Pen, estate: Estate) -> Story:
    """One contact with somebody who owes, whoever was left in peace longest."""
    yield pen.desk_hours(pen.now)
    if room := _next_room(pen, estate):
        yield from spoken(pen, estate, room)


def spoken(pen: Pen, estate: Estate, room: str) -> Story:
    """One contact about a unit, at the stage that it has come to; what was open of the last one is closed."""
    dice = pen.dice
    stage, method = STAGES[min(estate.dunned.get(room, 0), len(STAGES) - 1)]
    close_last(pen, estate, room)
    estate.dunned[room] = estate.dunned.get(room, 0) + 1
    words = {"room": room, "method": method, "stage": stage, "collector": COLLECTOR}
    if method in ("visit", "notice"):
        words |= {"companion": OFFICER, "introduced": "yes", "purpose": "yes"}
    answer = dice.among(ANSWERS) if method not in ("message", "posted", "letter") else "nobody"
    owners = [one.name for one in estate.people(room, "owner")]
    if not owners:
        answer = "nobody"
    elif answer != "nobody":
        words |= {"person": owners[0], "confirmed_by": "核对登记电话" if method == "phone" else "当面核对姓名房号"}
        words["said"] = dice.pick(texts.EXCUSES)
        if method == "notice":
            words["signed_by"] = owners[0]
    promised = ahead = date.max
    if answer == "promise":
        promised = pen.now.date() + timedelta(days=dice.between(2, 9))
        share = Decimal(1) if dice.chance(0.75) else Decimal("0.5")
        amount = (estate.owed(room) * share).quantize(Decimal("0.01"))
        words |= {"promise_date": typed(promised), "promise_amount": str(amount)}
    elif answer == "doubt":
        words["said"], words["doubt_answer"] = dice.pick(texts.DOUBTS)
        words["doubt"] = words["said"]
    elif dice.chance(0.4):
        ahead = pen.now.date() + timedelta(days=dice.between(3, 8))
        words |= {"next": typed(ahead), "next_step": dice.pick(texts.PLANS)}
    one = pen.add("dunning", COLLECTOR, words)
    estate.asked[room] = one
    if method in ("notice", "posted"):
        delivered(pen, one)
    if answer == "promise":
        yield from awaited(pen, estate, room, one, promised)
    elif "next" in words:
        yield from carried_on(pen, estate, room, one, ahead)
    else:
        yield pen.worked(20, 2600)
        if pen.state(one) != "open":
            return
        if dice.chance(0.3):
            ahead = pen.now.date() + timedelta(days=dice.between(2, 6))
            pen.step(one, "plan", COLLECTOR, next=typed(ahead), next_step=dice.pick(texts.PLANS))
            yield from carried_on(pen, estate, room, one, ahead)
        else:
            pen.step(one, "close", COLLECTOR, reason=f"未作承诺，{dice.pick(texts.PLANS)}")


def delivered(pen: Pen, one: str) -> None:
    """The payment notice of every bill that is asked for goes to the door with the contact."""
    contact = pen.written[one]
    signed = {"signed_by": contact["signed_by"], "way": "visit"} if contact["signed_by"] else {"way": "posted"}
    for bill in contact["bills"] or ():
        pen.step(bill, "deliver", COLLECTOR, sent_by=COLLECTOR, **signed)


def carried_on(pen: Pen, estate: Estate, room: str, one: str, planned: date) -> Story:
    """The next step on its day, another contact; now and then it is thought of days later."""
    late = pen.dice.between(1, 4) if pen.dice.chance(0.12) else 0
    yield pen.on((planned - pen.now.date()).days + late, pen.dice.pick(("09:40", "14:15", "16:20")))
    yield from again(pen, estate, room, one)


def again(pen: Pen, estate: Estate, room: str, one: str) -> Story:
    """Another contact where there is something to dun for; else the last one is closed."""
    if pen.state(one) != "open":
        return
    if estate.owed(room):
        yield from spoken(pen, estate, room)
    else:
        pen.step(one, "close", COLLECTOR, reason="已付清")


def close_last(pen: Pen, estate: Estate, room: str) -> None:
    """The contact before is settled by the one that follows."""
    last = estate.asked.pop(room, "")
    if last and pen.state(last) in ("open", "broken"):
        pen.step(last, "close", COLLECTOR, reason="已转下一次催收")


def _next_room(pen: Pen, estate: Estate, rest: int = 6) -> str | None:
    """A debtor who was left in peace for so many days, whose promise is not running and who is not paused."""
    quiet = []
    for room in estate.debtors():
        last = estate.asked.get(room, "")
        lately = last != "" and pen.now - pen.written[last].received < timedelta(days=rest)
        if not (lately or (last and running(pen, last)) or _paused(pen, estate, room)):
            quiet.append(room)
    return pen.dice.pick(quiet) if quiet else None


def _paused(pen: Pen, estate: Estate, room: str) -> bool:
    """Whether dunning of the unit is paused."""
    last = estate.asked.get(room, "")
    return last != "" and any(e.step == "pause" for e in pen.written[last].log)


def running(pen: Pen, one: str) -> bool:
    """Whether a promise of the contact still waits for its day."""
    record = pen.written[one]
    promised = record["promise_date"]
    return record.status == "open" and promised is not None and promised >= pen.now.date()


def awaited(pen: Pen, estate: Estate, room: str, one: str, promised: date) -> Story:
    """Paid before the day, or not: dunned anew the day after, or some days after it where nobody looked."""
    dice = pen.dice
    days = (promised - pen.now.date()).days
    if dice.chance(0.58):
        yield pen.on(dice.between(1, days), dice.pick(("09:50", "11:20", "15:10", "16:45")))
        if pen.state(one) == "open":
            paid(pen, estate, room, min(Decimal(pen.written[one]["promise_amount"]), estate.owed(room)))
            yield pen.later(5, 30)
            if pen.state(one) == "open":
                pen.step(one, "close", COLLECTOR, reason="已按承诺付款")
        return
    yield pen.on(days + (dice.between(2, 5) if dice.chance(0.2) else 1), "10:05")
    yield from again(pen, estate, room, one)


def paid(pen: Pen, estate: Estate, room: str, amount: Decimal) -> None:
    """Somebody who was dunned pays; who owes nothing any more begins anew."""
    if amount:
        way = pen.dice.among({"wechat": 0.5, "bank": 0.3, "cash": 0.2})
        till.take(pen, estate, Debtor("room", room), amount, way, COLLECTOR)
    if not estate.owed(room):
        estate.dunned.pop(room, None)


# --- what an estate sees once or twice in such a time


def paused(pen: Pen, estate: Estate) -> Story:
    """A shop says that its bill is wrong: paused until the account is checked, the manager told."""
    yield from _special(pen, estate, "doubt")


def cleared_up(pen: Pen, estate: Estate) -> Story:
    """The same, settled: the account explained, dunning taken up again, paid as promised."""
    one = yield from _special(pen, estate, "doubt")
    if one is None:
        return
    room = pen.written[one]["room"]
    yield pen.on(3, "15:20")
    pen.step(one, "answer", COLLECTOR, answer="财务核对无误，明细已发给业主，业主认可")
    pen.step(one, "resume", COLLECTOR)
    due = pen.now.date() + timedelta(days=4)
    pen.step(one, "promise", COLLECTOR, promise_date=typed(due), promise_amount=str(estate.owed(room)))
    yield pen.on(3, "10:30")
    paid(pen, estate, room, estate.owed(room))
    pen.step(one, "close", COLLECTOR, reason="核对后已付清")


def promised_today(pen: Pen, estate: Estate) -> Story:
    """A promise whose day has come."""
    yield from _special(pen, estate, "today")


def promised_yesterday(pen: Pen, estate: Estate) -> Story:
    """A promise whose day has passed, and nobody has looked yet."""
    yield from _special(pen, estate, "yesterday")


def _special(pen: Pen, estate: Estate, what: str) -> Generator[datetime, None, str | None]:
    """A contact by telephone with a doubt or a promise; its number, None where nobody owes."""
    room = _next_room(pen, estate) or _next_room(pen, estate, rest=0) or ""
    owners = estate.people(room, "owner")
    if not owners:
        return None
    close_last(pen, estate, room)
    words = {"room": room, "method": "phone", "stage": "phone", "collector": COLLECTOR, "person": owners[0].name,
             "confirmed_by": "核对登记电话"}  # fmt: skip
    if what == "doubt":
        said, answer = texts.DOUBTS[2]
        words |= {"said": said, "doubt": said, "doubt_answer": answer}
    else:
        due = pen.now.date() + timedelta(days=3)
        words |= {"said": texts.EXCUSES[1], "promise_date": typed(due), "promise_amount": str(estate.owed(room))}
    one = estate.asked[room] = pen.add("dunning", COLLECTOR, words)
    if what == "doubt":
        yield pen.later(30, 90)
        until = pen.now.date() + timedelta(days=10)
        pen.step(one, "pause", COLLECTOR, reason="业主对账单有异议，财务核对中", until=typed(until))
        pen.step(one, "tell", COLLECTOR, manager_told=typed(pen.now), answer=f"{HEAD}：先核对再催")
    return one
