"""What is kept at the desk: keys lent and left, cards issued and lost, stores given out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from wuye.estate import names
from wuye.estate.dice import Dice
from wuye.estate.homes import Estate, Person
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import (
    CLEANING,
    CLERK,
    ENGINEERING,
    MENDERS,
    SECURITY,
    SERVICE,
    SUPERVISOR,
    on_duty,
)  # fmt: skip

PLANT = ("配电房", "水泵房", "电梯机房", "消防控制室", "监控室", "天台门", "水表井", "垃圾房")
ERRANDS = ("巡检设备", "查看漏水", "清扫", "更换灯管", "抄表", "水箱清洗", "电梯维保", "通风查看")
OUTSIDE = ("谷雨电梯维保", "霜降消防维保", "白露水箱清洗")
IN_STOCK = 40
AREAS = ("单元门、地下车库", "单元门", "单元门、会所")


class Item(NamedTuple):
    """One thing of the stores: its measure and class, who uses it, how much at a time, how much is taken in."""

    name: str
    measure: str
    group: str
    department: str
    most: int
    taken_in: int
    price: str


ITEMS = (
    Item("A4打印纸", "箱", "office", SERVICE, 1, 10, "95"), Item("中性笔", "支", "office", SERVICE, 6, 60, "1.5"),
    Item("档案盒", "个", "office", SERVICE, 4, 30, "8"), Item("LED灯管", "支", "material", ENGINEERING, 4, 80, "18"),
    Item("水龙头", "个", "material", ENGINEERING, 2, 30, "35"),
    Item("门锁芯", "个", "material", ENGINEERING, 1, 20, "68"),
    Item("电工胶布", "卷", "material", ENGINEERING, 3, 50, "3"),
    Item("垃圾袋", "包", "cleaning", CLEANING, 6, 120, "12"), Item("清洁剂", "瓶", "cleaning", CLEANING, 3, 40, "15"),
    Item("对讲机电池", "块", "equipment", SECURITY, 1, 15, "45"),
)  # fmt: skip
BROKEN = (
    ("打印机", "卡纸，前台不能打印收据", "立夏办公设备", "更换搓纸轮，试印正常", "80"),
    ("发卡机", "读不出卡号", "小满智能卡", "重装驱动，读卡正常", "0"),
)


# --- what was there when the office began


def settle(pen: Pen, estate: Estate, own: Dice) -> None:
    """The cabinet, the cards and the stores, entered when the office was set up; by dice of their own."""
    pen.dice, kept = own, pen.dice
    for place, label in enumerate(PLANT, 1):
        pen.add("key", CLERK, {"label": label, "place": label, "cabinet": f"A柜{place:02d}"})
    empty = [room for room in estate.units if estate.status(room) in ("vacant", "unsold")][:12]
    for place, room in enumerate(empty, 1):
        pen.add("key", CLERK, {"label": f"{room}-A", "room": room, "cabinet": f"B柜{place:02d}"})
    end = pen.now.date() + timedelta(days=700)
    for number in range(1, IN_STOCK + 1):
        pen.add("card", CLERK, {"number": f"{8100 + number:07d}", "type": "access"})
    for number in range(1, min(30, len(estate.units)) + 1):
        words = _whose(pen, estate.somebody()) | {"number": f"{7100 + number:07d}", "until": typed(end)}
        pen.add("card", CLERK, words | {"type": pen.dice.pick(("access", "parking", "resident"))})
    for one in ITEMS:
        words = {"type": "adjust", "item": one.name, "quantity": str(one.taken_in), "measure": one.measure}
        pen.add("supply", CLERK, words | {"class": one.group, "remark": "建账盘点"})
    pen.dice = kept


def _whose(pen: Pen, person: Person) -> dict[str, str]:
    """Whose a card is."""
    words = {"holder": person.name, "room": person.room, "areas": pen.dice.pick(AREAS)}
    return words | ({"phone": person.phone} if person.phone else {})


def _of(pen: Pen, kind: str, *states: str) -> list[str]:
    return [r.id for r in pen.of_kind(kind) if r.status in states]


def _desk(pen: Pen) -> str:
    return on_duty(pen.now.date())


# --- keys


def lent(pen: Pen, estate: Estate) -> Story:
    """A key is lent for an errand and comes back the same day; now and then it is kept longer."""
    yield pen.desk_hours(pen.now)
    one = _lent(pen)
    if not one:
        return
    yield pen.later(25, 150)
    if pen.dice.chance(0.1):
        pen.step(one, "extend", _desk(pen), due_back=typed(pen.on(2, "17:00")), reason="活没干完，明天继续")
        yield pen.on(1, "16:20")
    pen.step(one, "return", _desk(pen))


def _lent(pen: Pen) -> str:
    """The number of a new loan; none where the cabinet is empty."""
    keys = _of(pen, "key", "cabinet")
    if not keys:
        return ""
    key, dice = pen.written[pen.dice.pick(keys)], pen.dice
    words = {"key": str(key["label"]), "purpose": dice.pick(ERRANDS), "due_back": typed(pen.on(1, "12:00"))}
    if dice.chance(0.3):
        words |= {"whom": names.name(dice), "company": dice.pick(OUTSIDE), "phone": names.phone(dice),
                  "id_type": "idcard", "id_tail": names.tail(dice), "agreed_by": SUPERVISOR}  # fmt: skip
    else:
        words |= {"whom": dice.pick(MENDERS), "department": ENGINEERING}
    return pen.add("keyloan", _desk(pen), words)


def entrusted(pen: Pen, estate: Estate) -> Story:
    """An owner leaves a key so that something can be mended; the mender takes it, and the owner gets it back."""
    person = estate.somebody()
    label = f"{person.room}-委托"
    words = {"key": label, "whom": person.name, "type": "entrust", "room": person.room}
    one = pen.add("keyloan", _desk(pen), words | {"purpose": "白天上班，留钥匙维修"})
    yield pen.on(1, "09:30")
    taken = pen.add("keyloan", _desk(pen), {"key": label, "whom": MENDERS[0], "department": ENGINEERING, "of": one})
    yield pen.on(0, "11:40")
    pen.step(taken, "return", _desk(pen))
    yield pen.on(2, "18:05")
    pen.step(one, "return", _desk(pen))


def lost_key(pen: Pen, estate: Estate) -> Story:
    """A key is lost on an errand, and another is missed, and found behind a drawer."""
    one = _lent(pen)
    yield pen.on(1, "17:10")
    if one:
        pen.step(one, "lose", _desk(pen), reason="在车库遗失，已通知工程部换锁芯")
    yield pen.on(1, "09:20")
    if keys := _of(pen, "key", "cabinet"):
        key = pen.dice.pick(keys)
        pen.step(key, "lose", _desk(pen), reason="柜位是空的")
        yield pen.on(1, "15:30")
        pen.step(key, "back", _desk(pen), note="在抽屉后面找到")


def delivered(pen: Pen, estate: Estate) -> Story:
    """The key of an empty flat is delivered, taken in again, then entrusted by its owner and given back."""
    keys = [one for one in _of(pen, "key", "cabinet") if pen.written[one].get("room")]
    if not keys:
        return
    key, who = keys[0], names.name(pen.dice)
    pen.step(key, "deliver", _desk(pen), holder=who)
    yield pen.on(2, "10:30")
    pen.step(key, "take-in", _desk(pen), reason="暂不入住，交回保管")
    yield pen.on(3, "14:00")
    pen.step(key, "entrust", _desk(pen), entrusted_by=who)
    yield pen.on(2, "16:00")
    pen.step(key, "give-back", _desk(pen))


def still_out(pen: Pen, estate: Estate) -> Story:
    """Lent in the afternoon, not yet back."""
    yield pen.now
    _lent(pen)


# --- cards


def issued(pen: Pen, estate: Estate) -> Story:
    """A blank card is issued to somebody who lives here, for a fee."""
    yield pen.desk_hours(pen.now)
    blank = _of(pen, "card", "stock", "returned")
    if blank:
        words = _whose(pen, estate.somebody()) | {"fee": "20", "until": typed(pen.now.date() + timedelta(days=730))}
        pen.step(blank[0], "issue", _desk(pen), **words)


def worker(pen: Pen, estate: Estate) -> Story:
    """A worker's pass for a fit-out, extended once, given back and struck out."""
    yield pen.desk_hours(pen.now)
    dice, until = pen.dice, pen.now.date() + timedelta(days=12)
    number = f"S{len(pen.of_kind('card')):04d}"
    words = {"number": number, "type": "worker", "holder": names.name(dice), "room": estate.somebody().room,
             "company": "谷雨装饰", "phone": names.phone(dice), "until": typed(until), "fee": "10"}  # fmt: skip
    one = pen.add("card", _desk(pen), words)
    yield pen.on(11, "11:00")
    pen.step(one, "extend", _desk(pen), until=typed(until + timedelta(days=8)))
    yield pen.on(7, "16:40")
    pen.step(one, "return", _desk(pen))
    yield pen.later(5, 20)
    pen.step(one, "cancel", _desk(pen), reason="施工结束，剪角作废")


def lost_card(pen: Pen, estate: Estate) -> Story:
    """Two cards are lost: one turns up, for the other a new one is issued."""
    mine = _of(pen, "card", "issued")[:2]
    for one in mine:
        pen.step(one, "lose", _desk(pen), reason="业户来电挂失")
    yield pen.on(1, "10:20")
    if blank := _of(pen, "card", "stock"):
        pen.step(mine[0], "reissue", _desk(pen), replaced_by=str(pen.written[blank[0]]["number"]), new_fee="20")
    yield pen.on(1, "16:00")
    if len(mine) > 1:
        pen.step(mine[1], "find", _desk(pen), reason="业户在车上找到")


# --- stores


def _item(pen: Pen, item: Item) -> dict[str, str]:
    """Some of a thing, for who uses it; no more than there is."""
    there = int(pen.stock(item.name).quantity)
    return {"item": item.name, "quantity": str(min(pen.dice.between(1, item.most), there)),
            "department": item.department}  # fmt: skip


def handed_out(pen: Pen, estate: Estate) -> Story:
    """Something is given out of the stores."""
    yield pen.desk_hours(pen.now)
    words = _item(pen, pen.dice.pick(ITEMS))
    if words["quantity"] != "0":
        pen.add("supply", CLERK, {"type": "issue", **words})


def asked_for(pen: Pen, estate: Estate) -> Story:
    """A department asks for something: approved and issued, or not this month."""
    yield pen.desk_hours(pen.now)
    item = pen.dice.pick(ITEMS)
    quantity = str(pen.dice.between(1, item.most) + 1)
    words = {"type": "requisition", "item": item.name, "quantity": quantity, "department": item.department}
    one = pen.add("supply", CLERK, words)
    yield pen.worked(30, 300)
    if pen.dice.chance(0.15) or pen.stock(item.name).quantity < Decimal(quantity):
        pen.step(one, "refuse", SUPERVISOR, reason="本月已领过，下月再领")
        return
    pen.step(one, "approve", SUPERVISOR, approved_by=SUPERVISOR)
    yield pen.worked(10, 60)
    if pen.stock(item.name).quantity >= Decimal(quantity):
        pen.step(one, "issue", CLERK, taken_by=pen.dice.pick(MENDERS))


def refused(pen: Pen, estate: Estate) -> Story:
    """Something is asked for that is not approved."""
    words = {"type": "requisition", "item": "碎纸机", "quantity": "1", "department": SERVICE, "purpose": "处理过期资料"}
    one = pen.add("supply", CLERK, words)
    yield pen.on(1, "10:00")
    pen.step(one, "refuse", SUPERVISOR, reason="与财务部合用一台")


def needed(pen: Pen, estate: Estate) -> Story:
    """What departments will need next month; bought and taken in a few days later."""
    wanted = []
    for item in ITEMS:
        words = {"type": "need", "item": item.name, "department": item.department}
        wanted.append(pen.add("supply", CLERK, words | {"quantity": str(item.taken_in // 2)}))
    yield pen.on(4, "15:00")
    for item, one in zip(ITEMS, wanted, strict=True):
        words = {"type": "receive", "of": one, "item": item.name, "quantity": str(item.taken_in // 2)}
        pen.add("supply", CLERK, words | {"price": item.price})


def broken(pen: Pen, estate: Estate) -> Story:
    """Equipment of the desk breaks: told and mended, or not worth it."""
    for item, text, told, result, cost in BROKEN:
        one = pen.add("supply", _desk(pen), {"type": "fault", "item": item, "text": text, "place": "前台"})
        yield pen.later(10, 40)
        pen.step(one, "tell", _desk(pen), told=told)
        yield pen.on(1, "14:20")
        pen.step(one, "mend", _desk(pen), result=result, mended_by=told, cost=cost)
    one = pen.add("supply", _desk(pen), {"type": "fault", "item": "塑封机", "text": "不加热", "place": "前台"})
    yield pen.on(1, "10:00")
    pen.step(one, "scrap", SUPERVISOR, reason="已过保，维修费高于新购")
