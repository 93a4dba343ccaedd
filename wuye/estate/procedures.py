"""Papers at the counter: moving in, letting, transfer, a project taken over, documents kept and lent."""

from __future__ import annotations

from datetime import timedelta

from wuye.accounts import Debtor
from wuye.days import add_months
from wuye.estate import names, till
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, HEAD, MENDERS, OFFICER, SUPERVISOR, on_duty

DOCUMENTS = (
    ("HT-03", "电梯维保合同", "contract", "A柜1盒", "方慧，吴婷"), ("HT-05", "保洁外包合同", "contract", "A柜1盒", ""),
    ("TZ-01", "给排水竣工图", "drawing", "图纸柜2层", ""), ("TZ-02", "消防系统竣工图", "drawing", "图纸柜2层", ""),
    ("FG-01", "物业管理条例", "law", "B柜1盒", ""), ("BG-11", "装修申请表", "form", "前台抽屉", ""),
)  # fmt: skip
DEFECTS = (("门窗", "卧室窗关不严"), ("厨卫防水", "卫生间角落渗水"), ("墙面天花", "客厅墙面有裂纹"),
           ("电气开关", "一处插座无电"), ("地面", "一块地砖空鼓"))  # fmt: skip
FEW = 3
"""How many flats stay unsold."""
BOXES = ("C柜1盒", "C柜2盒", "C柜3盒")


def settle(pen: Pen, estate: Estate) -> None:
    """The register of documents, entered when the office was set up."""
    today = pen.now.date()
    for number, title, category, box, access in DOCUMENTS:
        words = {"number": number, "title": title, "category": category, "box": box, "copies": "1"}
        words |= {"access": access} if access else {}
        words |= {"keep_until": typed(add_months(today, 60)), "drafted_by": HEAD} if category == "contract" else {}
        pen.add("document", CLERK, words | ({"permanent": "yes"} if category in ("drawing", "law") else {}))
    gone = {"number": "BG-02", "title": "旧版来访登记表", "category": "form", "box": "B柜3盒"}
    pen.add("document", CLERK, gone | {"keep_until": typed(today + timedelta(days=12))})


def lent_and_copied(pen: Pen, estate: Estate) -> Story:
    """A drawing is lent and comes back, a contract copied and handed out, an old form destroyed, a file moved."""

    def step(number: str, what: str, by: str, **words: str) -> None:
        one = pen.in_book("document", number)
        assert one is not None
        pen.step(one.id, what, by, **words)

    contract = DOCUMENTS[0][0]
    yield pen.desk_hours(pen.now)
    step("TZ-01", "borrow", CLERK, whom=MENDERS[0], due_back=typed(pen.now.date() + timedelta(days=3)))
    step(contract, "print", CLERK, count="2", whom=HEAD)
    step(contract, "hand", CLERK, to="工程部", count="1")
    yield pen.on(2, "10:20")
    step(contract, "sign", CLERK, to="工程部", signed_by=MENDERS[0])
    step("TZ-01", "return", CLERK, condition="完好")
    step("BG-02", "destroy", CLERK, witness=SUPERVISOR, reason="改用新表")
    yield pen.on(1, "15:10")
    step("FG-01", "move", CLERK, box="B柜2盒")
    step("TZ-02", "put", CLERK, paper="消防维保记录一份")
    step(contract, "extend", CLERK, keep_until=typed(add_months(pen.now.date(), 84)), reason="合同续签一年")


def not_back_yet(pen: Pen, estate: Estate) -> Story:
    """A drawing that is still out."""
    yield pen.desk_hours(pen.now)
    one = pen.in_book("document", "TZ-02")
    assert one is not None
    if one.status == "filed":
        due = typed(pen.now.date() + timedelta(days=5))
        pen.step(one.id, "borrow", CLERK, whom=MENDERS[1], due_back=due)


def known(pen: Pen, one: str, by: str, **more: str) -> None:
    """Identity seen, at the counter."""
    pen.step(one, "identify", by, identified="看身份证原件", id_type="idcard", id_tail=names.tail(pen.dice), **more)


# --- moving in


def moving_in(pen: Pen, estate: Estate) -> Story:
    """An owner takes over a flat that was sold: one of two finds something wrong."""
    room = _unsold(pen, estate, FEW)
    if room:
        yield from _moved_in(pen, estate, room, pen.dice.chance(0.5))


def _unsold(pen: Pen, estate: Estate, leave: int = 0) -> str:
    """A flat that was sold by the developer just now; so many stay unsold."""
    found = [room for room in estate.units if estate.status(room) == "unsold" and room not in estate.moving]
    if len(found) <= leave:
        return ""
    room = pen.dice.pick(found)
    estate.moving.add(room)
    return room


def _moved_in(pen: Pen, estate: Estate, room: str, wrong: bool, words: dict[str, str] | None = None) -> Story:
    dice, by = pen.dice, on_duty(pen.now.date())
    yield till.in_time(pen, pen.now)
    name = names.name(dice)
    asked = {"room": room, "name": name, "phones": names.phone(dice), "family": str(dice.between(0, 3))}
    one = pen.add("movein", by, {**asked, "notice": f"RH{pen.now:%Y}-{dice.between(100, 399)}", **(words or {})})
    known(pen, one, by, id_name=(words or {}).get("agent", name))
    pen.step(one, "lend", by, technician=MENDERS[0], key="A")
    yield till.in_time(pen, pen.later(25, 60))
    for item, said in dice.several(DEFECTS, dice.between(1, 2)) if wrong else ():
        pen.step(one, "tick", by, items=item, mark="fault", said=said)
    pen.step(one, "tick", by, items="其余")
    pen.step(one, "inspect", by, water=str(dice.between(1, 6)), power=str(dice.between(5, 30)), confirmed_by=name)
    fee = estate.fee(room) * 3
    paid = till.take(pen, estate, Debtor("room", room), fee, "pos", by, name)
    receipt = pen.written[paid]["receipt"] or f"电子{paid[3:]}"
    pen.step(one, "prepay", by, prepaid=f"{fee}", receipt=receipt, payment=paid)
    yield pen.later(8, 15)
    pen.step(one, "deliver", by, living=dice.pick(("occupied", "occupied", "vacant")))
    estate.moving.discard(room)
    orders = _orders(pen, one, by)
    yield pen.worked(30, 200)
    by = on_duty(pen.now.date())
    left = {"other": "业主周末在家，维修请先电话约定"} if orders else {}
    explained = "问装修押金和施工时间，已说明"
    pen.step(one, "close", by, filed=dice.pick(BOXES), key_left="yes" if orders else "no", explained=explained, **left)
    for order in orders:
        yield pen.worked(60, 600)
        for what, more in (("notify", {}), ("sign", {"handler": MENDERS[0]}), ("arrive", {})):
            pen.step(order, what, on_duty(pen.now.date()), **more)
        yield pen.later(40, 120)
        pen.step(order, "done", MENDERS[0], result="已修好，业主验看")
        pen.step(order, "follow-up", on_duty(pen.now.date()), satisfaction="satisfied")
        pen.step(order, "close", on_duty(pen.now.date()))


def _orders(pen: Pen, one: str, by: str) -> list[str]:
    """An order of every row found wrong."""
    record, made = pen.written[one], []
    for place, row in enumerate(record["checks"], 1):
        if row.get("mark") == "fault":
            words = {"of": one, "part": str(place), "room": record["room"], "text": f"{row['name']}：{row['note']}"}
            words |= {"reporter": record["name"], "source": "movein"}
            made.append(pen.add("workorder", by, words))
    return made


def by_an_agent(pen: Pen, estate: Estate) -> Story:
    """A daughter comes with a power of attorney."""
    if room := _unsold(pen, estate, FEW):
        yield from _moved_in(pen, estate, room, False, {"agent": names.name(pen.dice), "attorney": "yes"})


def refused_to_sign(pen: Pen, estate: Estate) -> Story:
    """The owner would not sign for the bank's debit, went home for the bank book, and has not come again."""
    room = _unsold(pen, estate)
    if not room:
        return
    yield pen.desk_hours(pen.now)
    by, name = on_duty(pen.now.date()), names.name(pen.dice)
    one = pen.add("movein", by, {"room": room, "name": name, "phones": names.phone(pen.dice), "family": "1"})
    known(pen, one, by, id_name=name)
    pen.step(one, "tick", by, items="商品房入伙通知书,身份证原件,业主资料卡,业主身份证复印件")
    pen.step(one, "persons", by, family="2")
    pen.step(one, "tell", by, told=name, said="带存折和家属身份证再来")
    yield pen.later(10, 30)
    pen.step(one, "tick", by, items="委托银行代收款协议书", mark="refused", said="不同意代扣，要求现金缴费")
    pen.step(one, "refuse", by, reason="不同意银行代扣")
    yield pen.on(1, "10:40")
    by = on_duty(pen.now.date())
    pen.step(one, "resume", by)
    pen.step(one, "defer", by, reason="存折未带", again=typed(pen.now.date() + timedelta(days=6)))


def wrong_room(pen: Pen, estate: Estate) -> Story:
    """Somebody came with the notice of another building, and went again."""
    room = _unsold(pen, estate)
    if not room:
        return
    yield pen.desk_hours(pen.now)
    one = pen.add("movein", on_duty(pen.now.date()), {"room": room, "name": names.name(pen.dice)})
    yield pen.later(3, 8)
    pen.step(one, "cancel", on_duty(pen.now.date()), reason="通知书是别的楼盘的")
    estate.moving.discard(room)


# --- letting and transfer


def letting(pen: Pen, estate: Estate) -> Story:
    """An owner brings the tenant: contract, copies, the register."""
    room = _free(pen, estate, "vacant", "occupied")
    if not room:
        return
    yield from _registered(pen, estate, room, {"type": "letting", "occupants": str(pen.dice.between(1, 3))})


def _free(pen: Pen, estate: Estate, *statuses: str) -> str:
    """A room of these states with one owner, in which nothing else is going on and which owes nothing for long."""
    found = [room for room in estate.units if estate.status(room) in statuses and estate.people(room, "owner")
             and room not in estate.moving and room not in estate.behind]  # fmt: skip
    if not found:
        return ""
    room = pen.dice.pick(found)
    estate.moving.add(room)
    return room


def _registered(pen: Pen, estate: Estate, room: str, words: dict[str, str]) -> Story:
    dice = pen.dice
    yield pen.desk_hours(pen.now)
    by, owner, today = on_duty(pen.now.date()), estate.people(room, "owner")[0], pen.now.date()
    name, since = names.name(dice), today + timedelta(days=dice.between(1, 6) if words["type"] == "letting" else 0)
    term = {"until": typed(add_months(since, 12) - timedelta(days=1))} if words["type"] == "letting" else {}
    one = pen.add("registration", by, {"room": room, "name": name, "phones": names.phone(dice), "applicant": owner.name,
                                       "since": typed(since), **term, **words})  # fmt: skip
    known(pen, one, by)
    if dice.chance(0.3):
        pen.step(one, "tick", by, items="1,2")
        pen.step(one, "tell", by, told=owner.name, said="补齐后再办")
        pen.step(one, "defer", by, again=typed(today + timedelta(days=1)))
        yield pen.on(1, "11:00")
        by = on_duty(pen.now.date())
        pen.step(one, "resume", by)
    pen.step(one, "tick", by, items="其余")
    if pen.written[one]["arrears"]:
        pen.step(one, "agree", by, pays=dice.pick(("seller", "buyer")), agreed="双方在登记表上签字确认")
    yield pen.worked(5, 20)
    pen.step(one, "close", on_duty(pen.now.date()), filed=dice.pick(BOXES))
    estate.moving.discard(room)


def transfer(pen: Pen, estate: Estate) -> Story:
    """A flat is sold by its owner."""
    if room := _free(pen, estate, "occupied", "vacant"):
        yield from _registered(pen, estate, room, {"type": "transfer"})


def sold_with_arrears(pen: Pen, estate: Estate) -> Story:
    """A flat that owes changes hands: who pays is agreed, and nothing waits for it."""
    owing = [room for room in estate.debtors() if estate.people(room, "owner") and room not in estate.moving]
    if owing:
        room = pen.dice.pick(owing)
        estate.moving.add(room)
        yield from _registered(pen, estate, room, {"type": "transfer", "co_owners": names.name(pen.dice)})


def not_signed(pen: Pen, estate: Estate) -> Story:
    """A tenant will not sign the undertaking, and the owner lets to somebody else."""
    room = _free(pen, estate, "vacant", "occupied")
    if not room:
        return
    yield pen.desk_hours(pen.now)
    by, today = on_duty(pen.now.date()), pen.now.date()
    words = {"type": "letting", "room": room, "name": names.name(pen.dice), "since": typed(today), "occupants": "2"}
    one = pen.add("registration", by, words | {"until": typed(add_months(today, 6))})
    known(pen, one, by)
    pen.step(one, "persons", by, occupants="4")
    pen.step(one, "tick", by, items="租户承诺书", mark="refused", said="不同意限住人数")
    pen.step(one, "refuse", by, reason="不签租户承诺书")
    yield pen.on(1, "16:00")
    pen.step(one, "cancel", on_duty(pen.now.date()), reason="业主另租他人")
    estate.moving.discard(room)


# --- a project


def taken_over(pen: Pen, estate: Estate) -> Story:
    """The second phase is taken over from the developer: papers come late, one open item is put right."""
    yield pen.desk_hours(pen.now)
    words = {"project": "翠湖花园商业街", "developer": "示例置业公司", "name": names.name(pen.dice), "lead": OFFICER,
             "phone": names.phone(pen.dice), "scope": "沿街商铺二十四间及公共部位"}  # fmt: skip
    one = pen.add("takeover", OFFICER, words)
    pen.step(one, "identify", OFFICER, identified="看介绍信和工作证", id_type="work", id_tail=names.tail(pen.dice))
    pen.step(one, "tick", OFFICER, items="竣工验收资料,业主名册,供配电,给排水,消防,公共照明")
    pen.step(one, "tell", OFFICER, told=words["name"], said="图纸和设备资料本周内补交")
    pen.step(one, "defer", OFFICER, reason="资料未齐", again=typed(pen.now.date() + timedelta(days=4)))
    yield pen.on(4, "10:00")
    pen.step(one, "resume", OFFICER)
    pen.step(one, "find", OFFICER, item="外墙渗水", said="北侧雨篷处")
    pen.step(one, "tick", OFFICER, items="其余")
    until = typed(pen.now.date() + timedelta(days=12))
    pen.step(one, "sign", OFFICER, signed_by=words["name"], settle_by=until)
    yield pen.on(9, "15:00")
    pen.step(one, "tick", OFFICER, items="外墙渗水")
    pen.step(one, "close", OFFICER, filed="项目柜1盒")
