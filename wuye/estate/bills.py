"""What the estate charges for: its charge items, bays, leases and meters, what was open before, the monthly bills."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from wuye.accounts import Debtor
from wuye.billing import Ground
from wuye.changes import Heard, Who
from wuye.days import add_months, month_end
from wuye.estate import names
from wuye.estate.homes import Estate, Person
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, COLLECTOR, MENDERS, SUPERVISOR
from wuye.periods import Span
from wuye.proposing import propose
from wuye.records import kind

CHARGES = """\
# 收费项目；每一项怎么写见 docs/money.md
charges:
  property:
    zh: 物业费
    way: area
    uses: [住宅]
    rates:
    - {from: 2015-01-01, rate: '3.20'}
    due: '25'
    vacant: '0.7'
    developer_before_handover: yes
  shop:
    zh: 商铺物业费
    way: area
    uses: [商铺]
    rates:
    - {from: 2015-01-01, rate: '6.50'}
    due: '25'
  parking:
    zh: 车位管理费
    way: bay
    rates:
    - {from: 2015-01-01, rate: '150'}
    due: '25'
  water:
    zh: 水费
    way: reading
    unit: 吨
    payer: tenant
    rates:
    - {from: 2015-01-01, rate: '4.10'}
    due: '25'
  electricity:
    zh: 电费
    way: reading
    unit: 度
    payer: tenant
    rates:
    - {from: 2015-01-01, rate: '0.86'}
    due: '25'
  adverts:
    zh: 广告位租金
    way: lease
    common: yes
    due: '5'
  rent:
    zh: 仓库租金
    way: lease
    common: no
    due: '5'
"""
DISPUTED = range(33, 30, -1)
"""Months long before it that one of them never paid for."""
METERS = {"water": ("水表", 8, 60), "electricity": ("电表", 90, 900)}
VACANT = Decimal("0.7")
LET = (
    ("东门广告位1", "advertising", "东门围墙", "yes", "白露传媒", "广告", "9000", "quarter"),
    ("地下室仓库2", "warehouse", "3栋地下室", "no", "小满家政", "存放工具", "1200", "month"),
)
"""Spaces that are let: name, type, place, whether common, tenant, what for, rent, how often."""


def settle(pen: Pen, estate: Estate) -> None:
    """What was open before, bays, leases and the first readings, entered when the office was set up."""
    _opening(pen, estate)
    for bay, room in estate.bays.items():
        _bay(pen, estate, bay, room)
    for number, row in enumerate(LET, 1):
        _lease(pen, number, row)
    for room in estate.shops():
        for item, (_, low, _most) in METERS.items():
            estate.meters[room, item] = pen.dice.between(low * 20, low * 60)
            _read(pen, estate, room, item)


def _opening(pen: Pen, estate: Estate) -> None:
    """Only what is open is brought over from the books before, each bill of its own month."""
    first = pen.now.date() + timedelta(days=1)
    for place, (room, months) in enumerate(estate.behind.items()):
        for back in (*(DISPUTED if not place else ()), *range(months, 0, -1)):
            month = add_months(first, -back)
            shop = pen.written[estate.units[room]]["use"] == "shop"
            amount = estate.fee(room) * (VACANT if estate.status(room) == "vacant" and not shop else 1)
            owners = estate.people(room, "owner")
            values = {
                "room": room, "item": "shop" if shop else "property", "period_from": month,
                "period_until": month_end(month.year, month.month),
                "amount": amount.quantize(Decimal("0.01"), ROUND_HALF_UP), "due_on": month.replace(day=25),
                "payer": "owner", "remark": "旧账未收，建账时转入",
            }  # fmt: skip
            at = datetime.combine(month, datetime.min.time(), pen.now.tzinfo) + timedelta(hours=9)
            if owners:
                values["payer_name"] = owners[0].name
            pen.keep(kind("bill"), Heard(values), Who(CLERK, at, pen.now))


def _bay(pen: Pen, estate: Estate, bay: str, room: str) -> None:
    dice, today = pen.dice, pen.now.date()
    owners = estate.people(room, "tenant") or estate.people(room, "owner")
    if not owners:
        return
    person: Person = dice.pick(owners)
    since = add_months(today.replace(day=1), -dice.between(1, 9))
    words = {"bay": bay, "room": room, "holder": person.name, "phone": person.phone, "plates": names.plate(dice)}
    words |= {"licence_seen": "yes", "agreement": f"CW-{since:%Y}-{bay[-3:]}", "agreement_filed": "yes"}
    one = pen.add("parking", CLERK, words | {"since": typed(since), "period": "month", "way": "wechat"})
    until = add_months(since, 24) - timedelta(days=1)
    pen.step(one, "authorise", CLERK, authorised_by=SUPERVISOR, paid_until=typed(until))


def _lease(pen: Pen, number: int, row: tuple[str, ...]) -> None:
    space, sort, place, common, tenant, purpose, rent, period = row
    since = add_months(pen.now.date() + timedelta(days=1), -3 * number)
    words = {"name": space, "type": sort, "place": place, "common": common, "price": rent, "per": period}
    pen.add("space", CLERK, words)
    name = f"ZL-{since:%Y}-{number:02d}"
    words = {"name": name, "tenant": tenant, "phone": names.phone(pen.dice), "space": space, "type": sort}
    words |= {"common": common, "purpose": purpose, "since": typed(since), "rent": rent, "period": period}
    words |= {"until": typed(add_months(since, 36) - timedelta(days=1)), "handler": SUPERVISOR}
    one = pen.add("lease", CLERK, words)
    pen.step(one, "sign", CLERK)
    pen.step(one, "start", CLERK)


def _read(pen: Pen, estate: Estate, room: str, item: str) -> None:
    """What is read in the last days of a month is billed on the first of the next."""
    zh = METERS[item][0]
    meters = pen.written[estate.units[room]]["meters"] or ()
    meter = next(one for one in meters if one.startswith(zh))
    billed = add_months(pen.now.date().replace(day=1), 1)
    words = {"room": room, "meter": meter, "item": item, "month": f"{billed:%Y-%m}"}
    pen.add("reading", MENDERS[0], words | {"reading": str(estate.meters[room, item])})


def read(pen: Pen, estate: Estate) -> Story:
    """The meters of the shops, once a month."""
    for room in estate.shops():
        for item, (_, low, most) in METERS.items():
            estate.meters[room, item] += pen.dice.between(low, most)
            _read(pen, estate, room, item)
        yield pen.later(3, 9)


def run(pen: Pen, estate: Estate) -> Story:
    """The bills of the month, as `wuye bill run` works them out."""
    yield pen.now
    today = pen.now.date()
    month = Span(today.replace(day=1), month_end(today.year, today.month))
    money = pen.money
    bills = [r for r in money.of("bill") if r["period_until"] >= month.start]
    units = [pen.written[one] for one in estate.units.values()]
    residents = [one for room in estate.units for one in pen.residents(room)]
    ground = Ground(
        pen.settings.charges, month, today, units, residents, money.of("parking"), money.of("lease"),
        money.of("reading"), bills,
    )  # fmt: skip
    for one in propose(ground).fresh:
        pen.keep(kind("bill"), Heard(one.values(f"{month.start:%Y-%m}")), Who(COLLECTOR, None, pen.now))


def debtors(pen: Pen, estate: Estate) -> list[Debtor]:
    """Everybody who is ever billed: units, for their bays too, and leases."""
    found = [Debtor("room", room) for room in estate.units]
    return found + [Debtor("lease", str(r["name"])) for r in pen.money.of("lease")]
