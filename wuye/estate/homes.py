"""The estate itself: its buildings, flats and shops, who owns them, who lives there, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from wuye.accounts import Debtor
from wuye.days import add_months
from wuye.estate import names
from wuye.estate.pen import Pen, typed
from wuye.estate.people import CLERK

DOORS, ENTRANCES, TALLEST = 2, 2, 25
FEE, SHOP_FEE = Decimal("3.20"), Decimal("6.50")
OWING = 0.08
OVERDUE = timedelta(days=10)
"""How long somebody may be late before anybody rings."""
BEHIND = (1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 11, 14)
"""How many months a debtor is behind when the office begins."""
LIVED = {"occupied": 0.70, "let": 0.19, "vacant": 0.11}
PETS = ("小型犬一只", "猫一只", "猫两只", "金毛犬一只，已办证")
CARE = (
    "独居老人，长时间未见请上门看望",
    "行动不便，需要协助",
    "有新生儿，装修噪音请提前告知",
    "听力不好，请打家属电话",
)
BANKS = ("示例银行东门支行", "示例银行湖滨支行", "示例银行新城支行")
STREETS = ("本小区", "同房号", "公司收发室转交")


class Person(NamedTuple):
    """Somebody of a unit as the desk meets them: the room, the name, the role, a telephone number."""

    room: str
    name: str
    role: str
    phone: str


@dataclass(eq=False, repr=False)
class Estate:
    """What the stories need to know of the units: who can be met where, what each costs, who was dunned."""

    pen: Pen
    units: dict[str, str] = field(default_factory=dict)
    areas: dict[str, Decimal] = field(default_factory=dict)
    dunned: dict[str, int] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)
    bays: dict[str, str] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    meters: dict[tuple[str, str], int] = field(default_factory=dict)
    books: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    short_from: date = date.max

    def status(self, room: str) -> str:
        """Vacant, let, occupied by its owner, or unsold."""
        return self.pen.state(self.units[room])

    def people(self, room: str, *roles: str) -> list[Person]:
        """Those tied to a room now, of these roles (all without)."""
        found = (r for r in self.pen.residents(room) if not roles or r["role"] in roles)
        return [Person(room, r["name"], r["role"], r["phones"][0] if r["phones"] else "") for r in found]

    def somebody(self) -> Person:
        """Anybody who lives on the estate."""
        rooms = list(self.units)
        while True:
            room = self.pen.dice.pick(rooms)
            here = self.people(room, "tenant") or self.people(room, "owner", "co-owner", "family")
            if here and self.status(room) in ("occupied", "let"):
                return self.pen.dice.pick(here)

    def neighbours(self, room: str, count: int) -> list[Person]:
        """So many people of other rooms: of the same entrance first, then of the building, then of any."""
        where = room.split("-")
        others = [(r.split("-"), r) for r in self.units if r != room]
        near = [r for _, r in sorted(others, key=lambda one: (one[0][0] != where[0], one[0][1] != where[1]))]
        found = [here[0] for r in near if (here := self.people(r, "tenant") or self.people(r, "owner"))]
        return found[:count]

    def fee(self, room: str) -> Decimal:
        """The property fee of a month."""
        rate = SHOP_FEE if self.pen.written[self.units[room]]["use"] == "shop" else FEE
        return (self.areas[room] * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def owed(self, room: str) -> Decimal:
        """What the unit owes by its bills today."""
        return self.pen.money.account(Debtor("room", room), self.pen.now.date()).owed

    def debtors(self) -> list[str]:
        """Every room that has owed for some time, in the register's order."""
        today, oldest = self.pen.now.date(), self.pen.money.oldest
        return [room for room in self.units if oldest(Debtor("room", room), today) < today - OVERDUE]

    def shops(self) -> list[str]:
        """The shops that are open for business."""
        return [room for room in self.units if self.pen.written[self.units[room]]["use"] == "shop"]


def rooms(count: int) -> list[str]:
    """The rooms of an estate of that many units: buildings of two entrances, two doors on each floor."""
    floors = min(TALLEST, max(3, count // 12))
    every = (
        f"{place // ENTRANCES + 1}-{place % ENTRANCES + 1}-{floor}{door:02d}"
        for place in range(count)
        for floor in range(1, floors + 1)
        for door in range(1, DOORS + 1)
    )
    return [room for room, _ in zip(every, range(count), strict=False)]


def settle(pen: Pen, count: int) -> Estate:
    """Units and the people tied to them, entered when the office was set up."""
    estate = Estate(pen)
    every = rooms(count)
    pen.rooms = frozenset(every)
    last = every[-1].split("-")[0]
    owing = pen.dice.several(every, owing_of(count))
    for room in every:
        building, _, door = room.split("-")
        shop = building == "1" and len(door) == 3 and door.startswith("1")
        unsold = building == last != "1" and room not in owing and not shop and pen.dice.chance(0.06)
        estate.units[room] = _unit(estate, room, shop, "unsold" if unsold else pen.dice.among(LIVED))
        if room in owing:
            estate.behind[room] = pen.dice.deal(BEHIND)
    for room in every:
        _people(estate, room)
    return estate


def owing_of(count: int) -> int:
    """How many of so many units owe."""
    return max(3, round(OWING * count))


def _unit(estate: Estate, room: str, shop: bool, status: str) -> str:
    pen, dice = estate.pen, estate.pen.dice
    building, entrance, door = room.split("-")
    today = pen.now.date()
    area = dice.pick(("46.80", "58.20", "73.50")) if shop else ("89.50", "112.30")[int(door[-1]) % 2]
    estate.areas[room] = Decimal(area)
    words = {
        "room": room, "building": f"{building}栋", "entrance": f"{entrance}单元", "floor": door[:-2], "area": area,
        "use": "shop" if shop else "flat", "entered_as": status,
        "meters": f"水表{dice.between(10000, 99999)},电表{dice.between(100000, 999999)}",
    }  # fmt: skip
    if status != "unsold":
        delivered = date(today.year - 7 + int(building) // 3 % 6, 3 + int(building) % 8, 1)
        words["delivered"] = typed(delivered + timedelta(days=dice.between(0, 90)))
    if dice.chance(0.3) and not shop and status not in ("unsold", "vacant"):
        bay = words["bays"] = f"B{len(estate.bays) // 90 + 1}-{len(estate.bays) % 90 * 3 + dice.between(1, 3):03d}"
        estate.bays[bay] = room
    return pen.add("unit", CLERK, words)


def _people(estate: Estate, room: str) -> None:
    """The owner, whoever shares or rents, and those who owned or rented it before."""
    pen, dice = estate.pen, estate.pen.dice
    unit = pen.written[estate.units[room]]
    if unit.status == "unsold":
        return
    delivered, today = unit["delivered"], pen.now.date()
    bought = delivered
    if dice.chance(0.07):
        bought = delivered + timedelta(days=dice.between(400, 1500))
        if bought < today:
            enter(pen, room, "owner", names.name(dice), delivered, until=bought - timedelta(days=1))
        bought = min(bought, today - timedelta(days=30))
    owner = names.name(dice)
    enter(pen, room, "owner", owner, bought)
    if dice.chance(0.28):
        enter(pen, room, "co-owner", names.name(dice), bought)
    if unit.status == "occupied" and dice.chance(0.15):
        enter(pen, room, "family", owner[0] + dice.pick(names.GIVEN), bought)
    if unit.status == "let":
        since = today - timedelta(days=dice.between(20, 700))
        if dice.chance(0.35) and since > bought:
            began = max(bought, since - timedelta(days=365))
            enter(pen, room, "tenant", names.name(dice), began, until=since - timedelta(days=dice.between(3, 20)))
        enter(pen, room, "tenant", names.name(dice), max(since, bought))


def enter(pen: Pen, room: str, role: str, name: str, since: date, until: date | None = None) -> str:
    """One person tied to a room; little is written down of those who have gone."""
    dice = pen.dice
    words = {"name": name, "room": room, "role": role, "since": typed(since), "phones": names.phone(dice)}
    if until:
        return pen.add("resident", CLERK, words | {"until": typed(max(until, since))})
    if role in ("owner", "tenant") and dice.chance(0.8):
        words |= {"id_type": "idcard", "id_tail": names.tail(dice)}
    if role == "tenant":
        words["lease_until"] = typed(add_months(since, 12 * (1 + (pen.now.date() - since).days // 365)))
    if dice.chance(0.45):
        words["plates"] = names.plate(dice)
    if dice.chance(0.08):
        words["pets"] = dice.pick(PETS)
    if dice.chance(0.3):
        words |= {"emergency_contact": names.name(dice), "emergency_phone": names.phone(dice)}
    if role == "owner" and dice.chance(0.25):
        words |= {"bank": dice.pick(BANKS), "address": dice.pick(STREETS)}
    if role in ("owner", "family") and dice.chance(0.03):
        words["care"] = dice.pick(CARE)
    return pen.add("resident", CLERK, words)
