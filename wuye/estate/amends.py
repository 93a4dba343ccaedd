"""What is put right about bills: by hand, corrected, made void, written off, delivered; the year's targets raised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from wuye.accounts import Debtor
from wuye.estate import till
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, COLLECTOR, HEAD, OFFICER, SUPERVISOR, on_duty
from wuye.record import Record

GUEST_BAY = "150"
NOTICES = 6


def _paying(pen: Pen, estate: Estate, count: int) -> Sequence[str]:
    """Units that are lived in and behind with nothing."""
    rooms = [r for r in estate.units if r not in estate.behind and estate.status(r) in ("occupied", "let")
             and estate.people(r, "owner")]  # fmt: skip
    return pen.dice.several(rooms, count)


def _by_hand(pen: Pen, estate: Estate, room: str, amount: str) -> str:
    """A bill that no run makes: a bay for guests, for one month."""
    month = pen.now.date().replace(day=1)
    words = {
        "room": room, "item": "parking", "amount": amount, "due_on": typed(pen.now.date() + timedelta(days=14)),
        "period_from": typed(month), "period_until": typed(pen.now.date()), "remark": "临时车位，按月收取",
        "payer_name": estate.people(room, "owner")[0].name,
    }  # fmt: skip
    return pen.add("bill", CLERK, words)


def corrected(pen: Pen, estate: Estate) -> Story:
    """A bill entered with the price of a whole month, corrected the day after."""
    yield pen.now
    one = _by_hand(pen, estate, _paying(pen, estate, 1)[0], GUEST_BAY)
    yield pen.on(1, "10:20")
    pen.step(one, "correct", SUPERVISOR, amount="75", reason="只停半个月，按半月收取")


def entered_twice(pen: Pen, estate: Estate) -> Story:
    """The same bay billed to two neighbours: the second bill is made void."""
    yield pen.now
    right, wrong = _paying(pen, estate, 2)
    _by_hand(pen, estate, right, GUEST_BAY)
    one = _by_hand(pen, estate, wrong, GUEST_BAY)
    yield pen.later(20, 60)
    pen.step(one, "void", SUPERVISOR, reason="房号看错，同一车位登记了两户")


def named(pen: Pen, estate: Estate) -> Story:
    """Money came in for the bay alone: the payer named the bill when he was asked."""
    yield pen.now
    room = _paying(pen, estate, 1)[0]
    bill = _by_hand(pen, estate, room, GUEST_BAY)
    yield pen.on(1, "10:40")
    one = till.take(pen, estate, Debtor("room", room), Decimal(GUEST_BAY), "wechat", on_duty(pen.now.date()))
    yield pen.later(15, 40)
    pen.step(one, "name", COLLECTOR, bills=bill)


def written_off(pen: Pen, estate: Estate) -> Story:
    """The oldest debt of all is given up, with the manager's reason."""
    yield pen.now
    room = next(iter(estate.behind), "")
    open_ = [s.debt for s in pen.money.account(Debtor("room", room), pen.now.date()).standings if s.open]
    if len(open_) > 2:
        oldest = min(open_, key=lambda debt: (debt.due, debt.id))
        pen.step(oldest.id, "write-off", HEAD, reason="前任开发商遗留问题，经公司批准核销")


def delivered(pen: Pen, estate: Estate) -> Story:
    """Payment notices taken to the doors of those who asked for paper."""
    yield pen.now
    today = pen.now.date()
    fresh: list[Record] = [
        r for r in pen.money.of("bill")
        if r.status == "issued" and r["room"] and r["payer_name"] and r.received.date() == today.replace(day=1)
    ]  # fmt: skip
    for bill in pen.dice.several(fresh, NOTICES):
        yield pen.later(4, 9)
        words = {"way": "visit", "to": bill["payer_name"], "sent_by": OFFICER}
        pen.step(bill.id, "deliver", OFFICER, **words | ({"signed_by": bill["payer_name"]} if pen.dice.chance(0.7)
                                                        else {}))  # fmt: skip


def revised(pen: Pen, estate: Estate) -> Story:
    """The company asks for more than the year's plan of dunning had set."""
    yield pen.now
    if plan := pen.in_book("yearplan", f"{pen.now.year}催缴"):
        targets = plan.kind["targets"].shown(plan["targets"])
        pen.step(plan.id, "revise", HEAD, targets=f"{targets}、1栋 95%、2栋 95%", reason="公司要求按楼栋再定目标")
