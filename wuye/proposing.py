"""What each charge item asks of whom for a month: units, shares, bays, meters, leases (domain.md 24-26, 30)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from wuye import ledger
from wuye.asking import NEW_YEAR, Asking, Due, House, rate_on
from wuye.billing import Base, Ground, Proposal, Run, sorted_out, worked
from wuye.charges import MONTHS, ChargeItem
from wuye.occupancy import billed_month, meter_of, tenancies
from wuye.periods import Part, Period, Span, cuts, periods, rounded
from wuye.record import Record
from wuye.rents import terms


def propose(ground: Ground) -> Run:
    """Every bill of the month, sorted into new ones and those that are there."""
    asking = Asking(ground)
    found = [one for item in ground.items.values() for one in WAYS[item.way](asking, item)]
    asking.unknown_names()
    asking.paid_ahead(found)
    return sorted_out(found, asking.billed, asking.warnings())


def by_unit(asking: Asking, item: ChargeItem) -> Iterator[Proposal]:
    """By area, or a fixed amount for each unit."""
    for house in asking.liable(item):
        if item.way == "area" and house.area is None:
            asking.notice(f"没有面积，{item.zh}没有出账：{{}}，请在房屋台账补上", house.room)
            continue
        base = Base(house.area if item.way == "area" else None, "㎡", item.months if item.per == "period" else 1)
        for due in asking.dues(item, house):
            parts = asking.parts(item, due, (("room", house.room),), house)
            if parts is None:
                continue
            payer, name = asking.named(house.room, due.payer, due.span.start)
            if payer == "owner" and not name:
                asking.notice("业户台账里没有业主，照常出账：{}，请补登", house.room)
            lines, pay = worked(item, parts, base), asking.due_on(item)
            yield Proposal(("room", house.room), item, due.span, lines, pay, payer, name, house.room,
                           handed_over=asking.handed_over(house.room, due.payer, due.span))  # fmt: skip


def shared(asking: Asking, item: ChargeItem) -> Iterator[Proposal]:
    """An amount for the month, split so that the shares sum to it exactly."""
    total = item.amounts.get(asking.ground.name)
    if total is None:
        total = rate_on(item, None, asking.ground.month.start)
    if total is None:
        asking.notice(f"{item.zh}没有 {asking.ground.name} 的金额，没有出账：请在 charges 里补上 amounts")
        return
    asked = [(house, due) for house in asking.liable(item) for due in asking.dues(item, house)]
    if item.by == "area" and (bare := [house.room for house, _ in asked if house.area is None]):
        for room in bare:
            asking.notice(f"没有面积，不能按面积分摊，{item.zh}整项没有出账：{{}}，请在房屋台账补上", room)
        return
    weights = [weight(asking, item, house, due) for house, due in asked]
    if not sum(weights):
        asking.notice(f"{item.zh}没有可以分摊的房屋，没有出账：请核对 charges 和房屋台账")
        return
    yield from split(asking, item, rounded(Fraction(total)), asked, weights)


def weight(asking: Asking, item: ChargeItem, house: House, due: Due) -> Decimal:
    """How much of a share a unit takes: its area or one, for its part of the month, less what was agreed."""
    parts = asking.parts(item, due, (("room", house.room),), house) or ()
    time = sum((part.share * part.factor for part in parts), Fraction(0))
    exact = Fraction(house.area or 0 if item.by == "area" else 1) * time
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def split(
    asking: Asking, item: ChargeItem, total: Decimal, asked: Sequence[tuple[House, Due]], weights: Sequence[Decimal]
) -> Iterator[Proposal]:
    """The shares; what a part of the units was billed before is left to the others exactly."""
    whole, unit = sum(weights, Decimal(0)), "㎡" if item.by == "area" else "户"

    def made(place: int, amount: Decimal, of: Decimal) -> Proposal:
        house, due = asked[place]
        payer, name = asking.named(house.room, due.payer, due.span.start)
        quantity = f"{weights[place].normalize():f}/{whole.normalize():f}{unit}"
        line = {"what": item.zh, "quantity": quantity, "rate": f"{of:f}", "amount": amount}
        pay = asking.due_on(item)
        return Proposal(("room", house.room), item, due.span, (line,), pay, payer, name, house.room,
                        handed_over=asking.handed_over(house.room, due.payer, due.span))  # fmt: skip

    shares = ledger.split(total, weights)
    proposals = [made(place, share, total) for place, share in enumerate(shares)]
    there = [asking.billed.find(one) is not None for one in proposals]
    left = [place for place, billed in enumerate(there) if not billed]
    gone = asking.billed.total(item, asking.ground.month, {("room", house.room) for house, _ in asked})
    if any(there) and left and sum(shares[place] for place in left) != total - gone:
        rest = total - gone
        if rest < 0 or not sum(weights[place] for place in left):
            asking.notice(f"{item.zh}已出账 {gone}，与总额 {total} 对不上，其余没有出账：请核对已出的账单")
            left = []
        else:
            for place, share in zip(left, ledger.split(rest, [weights[p] for p in left]), strict=True):
                proposals[place] = made(place, share, total)
    yield from (one for place, one in enumerate(proposals) if there[place] or place in set(left))


def by_bay(asking: Asking, item: ChargeItem) -> Iterator[Proposal]:
    """Each rented bay, by its own rent period where it has one."""
    known = set()
    for bay in asking.ground.bays:
        if bay.void:
            continue
        known.add(str(bay["bay"]))
        if item.bays and bay["bay"] not in item.bays:
            continue
        for tenancy in tenancies(bay):
            months = MONTHS[tenancy.period] if tenancy.period else item.months
            anchor = tenancy.span.start if tenancy.period else NEW_YEAR
            base = Base(None, "", months if item.per == "period" else 1)
            for due in asking.within(item, periods(anchor, months, asking.ground.month), tenancy.span):
                keys = (("bay", tenancy.bay), ("room", tenancy.room))
                if (parts := asking.parts(item, due, keys)) is None:
                    continue
                payer, name = asking.named(tenancy.room, "owner", due.span.start) if tenancy.room else ("tenant", "")
                lines, pay, name = worked(item, parts, base), asking.due_on(item), tenancy.holder or name
                yield Proposal(("bay", tenancy.bay), item, due.span, lines, pay, payer, name, tenancy.room)
    for unit in asking.ground.units:
        for name in unit.get("bays") or ():
            if name not in known:
                asking.notice("房屋台账里的车位没有车位记录，没有出账：{}，请用 wuye parking add 登记", name)


def by_reading(asking: Asking, item: ChargeItem) -> Iterator[Proposal]:
    """What meters counted; the first reading of a meter bills nothing."""
    for reading in asking.ground.readings:
        word = str(reading.get("item") or "")
        if reading.status != "read" or asking.ground.items.name_of(word) != item.code or not reading.get("room"):
            continue
        usage = asking.usages.get(reading.id)
        if usage is None or billed_month(reading) != asking.ground.name:
            continue
        if not item.since <= usage.span.end <= item.until:
            continue
        meter, room, _ = meter_of(reading)
        if usage.first:
            asking.notice(f"第一次读数只作底数，没有计{item.zh}：{{}}", room)
            continue
        if usage.used < 0:
            asking.notice(f"读数比上一次小，{item.zh}没有出账：{{}}，请核对抄表", f"{room}（{reading.id}）")
            continue
        due = Due(usage.span, Period((usage.span,)), item.payer)
        if (parts := asking.parts(item, due, (("room", room),))) is None:
            continue
        payer, name = asking.named(room, item.payer, usage.span.end)
        lines = worked(item, parts, Base(usage.used, item.unit, 0))
        told = f"读数 {usage.before} 至 {reading['reading']}" + (f"，表 {meter}" if meter else "")
        lines = ({**lines[0], "note": "，".join(filter(None, (told, lines[0].get("note"))))}, *lines[1:])
        pay = asking.due_on(item)
        yield Proposal(("room", room), item, usage.span, lines, pay, payer, name, room, reading.id)


def by_lease(asking: Asking, item: ChargeItem) -> Iterator[Proposal]:
    """The rents that begin in the month: by the lease's schedule, else by its rent and period."""
    for lease in asking.ground.leases:
        if lease.status not in ("signed", "running", "ended"):
            continue
        if item.common is not None and bool(lease.get("common")) != item.common:
            continue
        if lease.status == "ended" and not lease.entries("sign"):
            continue
        for span, amount, due, note in rents(asking, item, lease):
            line = {"what": f"{item.zh} {lease['name']}", "amount": amount, "note": note}
            if amount:
                yield Proposal(("lease", str(lease["name"])), item, span, (line,), due, "tenant",
                               str(lease.get("tenant") or ""))  # fmt: skip


def rents(asking: Asking, item: ChargeItem, lease: Record) -> Iterator[tuple[Span, Decimal, date, str]]:
    """Days, amount, due day and words of each, by the terms that the lease has had one after the other."""
    month, usual = asking.ground.month, asking.due_on(item)
    for term in terms(lease):
        if term.schedule is not None:
            for row in term.schedule:
                if month.start <= row["from"] <= month.end:
                    yield Span(row["from"], row["until"]), row["amount"], row.get("due") or usual, "按租金计划"
            continue
        if not term.rent or not term.start:
            if term.end >= month.start:
                asking.notice("租约没有租金或起租日期，没有出账：{}，请补上", str(lease["name"]))
            continue
        found = periods(term.start, MONTHS[term.period], month)
        for due in asking.within(item, found, Span(term.start, term.end)):
            bare = [
                Part(span, term.rent, (), False, 1 if span == whole else 0, span.days, whole.days)
                for span, whole in cuts(due.period.months, due.span, ())
            ]
            lines = worked(item, bare, Base(None, "", MONTHS[term.period]))
            amount = sum((line["amount"] for line in lines), Decimal("0.00"))
            yield due.span, amount, usual, f"租金 {term.rent}"


WAYS: Mapping[str, Callable[[Asking, ChargeItem], Iterable[Proposal]]] = {
    "area": by_unit, "fixed": by_unit, "share": shared, "bay": by_bay, "reading": by_reading, "lease": by_lease,
}  # fmt: skip
