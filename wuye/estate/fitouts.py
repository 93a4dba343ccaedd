"""Fitting out a flat: asked for, permitted, watched, stopped, accepted, the deposit given back."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta

from wuye.estate import names, till
from wuye.estate.homes import Estate, Person
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import COLLECTOR, MENDERS, OFFICER, SUPERVISOR, on_duty
from wuye.estate.procedures import BOXES, known

Part = Generator[datetime, None, str]
"""A part of a story that ends with the number of a record."""
FITTINGS = ("厨房、卫生间翻新", "全屋重新装修", "客厅铺木地板，墙面重刷", "封阳台，换入户门", "厨房改造，重排水路")
CONTRACTORS = ("谷雨装饰", "立夏装饰", "小满家装")
FINDINGS = ("切割瓷砖未关门，走廊积灰", "未佩戴出入证施工一人", "午休时间有电钻声", "装修垃圾堆在消防通道")


def _asked(pen: Pen, estate: Estate, person: Person, by: str) -> str:
    dice = pen.dice
    words = {"room": person.room, "name": person.name, "phone": person.phone, "text": dice.pick(FITTINGS),
             "contractor": dice.pick(CONTRACTORS), "foreman": names.name(dice), "foreman_phone": names.phone(dice),
             "workers": str(dice.between(2, 6))}  # fmt: skip
    one = pen.add("fitout", by, words | ({} if person.role == "owner" else {"owner_agrees": "yes"}))
    known(pen, one, by)
    return one


def _permitted(pen: Pen, estate: Estate, days: int) -> Part:
    """Asked for, the deposit taken, permitted."""
    yield till.in_time(pen, pen.now)
    by, person = on_duty(pen.now.date()), estate.somebody()
    one = _asked(pen, estate, person, by)
    words = {"room": person.room, "purpose": "fitout", "amount": "2000", "way": "bank", "payer": person.name}
    deposit = pen.add("deposit", by, words)
    pen.step(one, "tick", by, items="1-5")
    yield pen.on(1, "15:30")
    until = typed(pen.now.date() + timedelta(days=days))
    passes = "、".join(f"Z{pen.dice.between(100, 999)}" for _ in range(2))
    pen.step(one, "approve", SUPERVISOR, approved_by=SUPERVISOR, permit_from=typed(pen.now.date()), permit_until=until,
             permit=f"XK{pen.now:%m%d}-{pen.dice.between(1, 9)}", deposit=deposit, passes=passes)  # fmt: skip
    return one


def fitted_out(pen: Pen, estate: Estate) -> Story:
    """Two or three weeks of work, with a round every few days, and an acceptance at the end."""
    days = pen.dice.between(12, 24)
    one = yield from _permitted(pen, estate, days + 3)
    for _ in range(days // 4):
        yield pen.on(4, f"{pen.dice.between(10, 16)}:{pen.dice.between(10, 50)}")
        finding = {"finding": pen.dice.pick(FINDINGS)} if pen.dice.chance(0.25) else {}
        pen.step(one, "patrol", OFFICER, patrolled_by=OFFICER, **finding)
    yield till.in_time(pen, pen.on(2, "10:15"))
    yield from _accepted(pen, one)


def _accepted(pen: Pen, one: str, kept_back: int = 0) -> Story:
    if pen.state(one) == "permitted":
        pen.step(one, "finish", OFFICER)
    pen.step(one, "tick", OFFICER, items="其余")
    pen.step(one, "accept", OFFICER, accepted_by=OFFICER)
    yield till.in_time(pen, pen.on(1, "14:20"))
    record = pen.written[one]
    why = {"kept_back": f"{kept_back}", "reason": "电梯门套划伤，按约定扣除"} if kept_back else {}
    if why:
        pen.step(record["deposit"], "keep-back", SUPERVISOR, **why)
    back = f"{2000 - kept_back}"
    pen.step(record["deposit"], "return", COLLECTOR, returned=back, return_way="bank", to=record["name"])
    pen.step(one, "settle", on_duty(pen.now.date()), returned=back, **why)
    pen.step(one, "close", on_duty(pen.now.date()), filed=pen.dice.pick(BOXES))


def stopped(pen: Pen, estate: Estate) -> Story:
    """Work went on without a permit for the wall: stopped, a finding put right, extended, done again, accepted."""
    one = yield from _permitted(pen, estate, 12)
    yield pen.on(2, "10:30")
    pen.step(one, "persons", on_duty(pen.now.date()), workers="8", passes="Z801、Z802、Z803")
    pen.step(one, "patrol", OFFICER, patrolled_by=OFFICER, finding="擅自拆改阳台墙体")
    pen.step(one, "stop", OFFICER, reason="拆改墙体未经批准，停工整改")
    words = {"of": one, "text": "装修拆改阳台墙体，恢复原状", "room": pen.written[one]["room"], "reporter": OFFICER}
    order = pen.add("workorder", OFFICER, words | {"source": "internal"})
    yield pen.on(3, "11:20")
    for what, more in (("sign", {"handler": MENDERS[1]}), ("arrive", {}), ("done", {"result": "墙体已恢复，现场核对"})):
        pen.step(order, what, MENDERS[1], **more)
    pen.step(order, "close", on_duty(pen.now.date()), no_follow_up="内部整改")
    pen.step(one, "restart", OFFICER)
    until = typed(pen.now.date() + timedelta(days=12))
    pen.step(one, "extend", SUPERVISOR, permit_until=until, approved_by=SUPERVISOR, reason="停工三天")
    yield pen.on(6, "10:20")
    pen.step(one, "finish", OFFICER)
    pen.step(one, "tick", OFFICER, items="厨卫闭水试验", mark="fault", said="卫生间门口渗水")
    pen.step(one, "rework", OFFICER, reason="闭水试验不合格")
    yield till.in_time(pen, pen.on(3, "15:10"))
    pen.step(one, "finish", OFFICER)
    pen.step(one, "tick", OFFICER, items="厨卫闭水试验")
    yield from _accepted(pen, one, 300)


def sent_back(pen: Pen, estate: Estate) -> Story:
    """An application without drawings is sent back, handed in again, put off; another one is withdrawn."""
    yield pen.desk_hours(pen.now)
    by, person = on_duty(pen.now.date()), estate.somebody()
    one = _asked(pen, estate, person, by)
    pen.step(one, "tick", by, items="1,3")
    pen.step(one, "tell", by, told=person.name, said="图纸请盖施工单位章")
    pen.step(one, "reject", SUPERVISOR, reason="没有图纸")
    yield pen.on(1, "10:30")
    by = on_duty(pen.now.date())
    pen.step(one, "resubmit", by)
    pen.step(one, "tick", by, items="装修管理协议", mark="refused", said="要求改动条款")
    pen.step(one, "refuse", by, reason="不签装修管理协议")
    yield pen.on(1, "11:20")
    by = on_duty(pen.now.date())
    pen.step(one, "resume", by)
    pen.step(one, "defer", by, reason="业主与施工单位另议")
    yield pen.on(2, "16:20")
    pen.step(one, "cancel", on_duty(pen.now.date()), reason="暂不装修")
