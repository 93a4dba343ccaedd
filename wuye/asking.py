"""Who is asked for what days of a charge item, and how those days are cut (domain.md 6, 30)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from wuye.billing import Billed, Ground, Key, Proposal
from wuye.charges import ChargeItem, Special
from wuye.occupancy import OWNERS, People, State, Usage, building_of, handover, plain_building, states, usages
from wuye.periods import DAY, Part, Period, Span, cuts, periods
from wuye.record import Record

SHOWN = 8
NEW_YEAR = date(2000, 1, 1)


class House(NamedTuple):
    """A unit as a bill run sees it."""

    room: str
    area: Decimal | None
    use: str
    building: str
    handover: date | None
    states: tuple[State, ...]
    items: frozenset[str] | None  # the items that the register names for it; None where it names none
    delivered: date | None
    paid_until: date | None


class Due(NamedTuple):
    """Days of one period that one payer is asked for."""

    span: Span
    period: Period
    payer: str


class Asking:
    """One bill run while it is made: the registers as it sees them, and what it has to tell."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.people: People = ground.people
        self.billed = Billed(ground.bills, ground.items, ground.readings)
        self.notices: dict[str, list[str]] = {}
        self.houses = [self.house(unit) for unit in ground.units if not unit.void]
        self.usages: Mapping[str, Usage] = usages(ground.readings, lambda word: ground.items.name_of(word) or word)

    def notice(self, words: str, name: str = "") -> None:
        """Something to look at, the names gathered under the same words."""
        names = self.notices.setdefault(words, [])
        if name and name not in names:
            names.append(name)

    def warnings(self) -> Iterator[str]:
        """What to look at, a sentence each."""
        for words, names in self.notices.items():
            shown = "、".join(names[:SHOWN])
            rest = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
            yield words.replace("{}", f"{shown}{rest}")

    def house(self, unit: Record) -> House:
        """A unit with what matters here."""
        items = self.ground.items
        named = unit.get("charges")
        for word in named or ():
            if items.name_of(word) is None:
                self.notice(f"房屋台账里写着没有的收费项目“{word}”：{{}}，请改正", str(unit["room"]))
        return House(
            str(unit["room"]), Decimal(unit["area"]) if unit.get("area") else None, str(unit.get("use") or ""),
            building_of(unit), handover(unit), states(unit),
            frozenset(items.name_of(word) or word for word in named) if named else None,
            unit.get("delivered"), unit.get("paid_until"),
        )  # fmt: skip

    def liable(self, item: ChargeItem) -> Iterator[House]:
        """The units that an item is for: those that name it, or name none and fit."""
        buildings = {plain_building(word) for word in item.buildings}
        for house in self.houses:
            if house.items is not None:
                if item.code in house.items:
                    yield house
            elif ((not item.uses or house.use in item.uses) and (not buildings or house.building in buildings)
                  and (not item.rooms or house.room in item.rooms)):  # fmt: skip
                yield house

    def dues(self, item: ChargeItem, house: House) -> Iterator[Due]:
        """The days for which somebody is asked in this month: those that begin in it."""
        if item.anniversary and house.delivered is None:
            self.notice(f"没有交付日期，按周年的{item.zh}没有出账：{{}}，请在房屋台账补上", house.room)
            return
        anchor = house.delivered if item.anniversary and house.delivered else NEW_YEAR
        for period in periods(anchor, item.months, self.ground.month):
            for part, payer in self.payers(item, house, period.span):
                clipped = part.within(Span(item.since, item.until))
                if clipped and self.ground.month.start <= clipped.start <= self.ground.month.end:
                    yield Due(clipped, period, payer)

    def payers(self, item: ChargeItem, house: House, span: Span) -> Iterator[tuple[Span, str]]:
        """The developer until the day before the handover, where he pays; then the owner or tenant."""
        first = house.handover
        if item.developer and (first is None or first > span.start):
            yield Span(span.start, min(span.end, first - DAY) if first else span.end), "developer"
        if first is not None and first <= span.end:
            yield Span(max(span.start, first), span.end), item.payer

    def named(self, house_room: str, payer: str, day: date) -> tuple[str, str]:
        """Who pays and his name; the owner where there is no tenant."""
        if payer == "developer":
            return payer, ""
        if payer == "tenant" and (name := self.people.names(house_room, day, ("tenant",))):
            return "tenant", name
        return "owner", self.people.names(house_room, day, OWNERS)

    def handed_over(self, room: str, payer: str, span: Span) -> str:
        """That the payer became another within these days, and what follows; the debtor is the room all the same."""
        _, first = self.named(room, payer, span.start)
        later = next((day for day in self.people.changes(room, span) if self.named(room, payer, day)[1] != first), None)
        if not first or later is None or payer == "developer":
            return ""
        name = self.named(room, payer, later)[1] or "未登记"
        self.notice("账期内换了付费人，账单写账期第一天的，不按天拆分，由双方结算：{}", room)
        return f"账期第一天的付费人；{later} 起是{name}，不按天拆分，由双方自行结算，或更正账单"

    def parts(self, item: ChargeItem, due: Due, keys: Sequence[Key], house: House | None = None) -> list[Part] | None:
        """The days cut by rate, state and agreement; None, and a notice, where there is no rate for them."""
        specials = [s for s in item.specials if (s.what, s.name) in keys]
        changes = {rate.since for rate in item.rates} | {day for s in specials for day in (s.since, after(s.until))}
        vacant = item.vacant != 1 and due.payer != "developer" and house is not None
        if vacant and house:
            changes |= {state.span.start for state in house.states}
        found = []
        for span, month in cuts(due.period.months, due.span, changes):
            special = next((s for s in specials if s.since <= span.start <= s.until), None)
            rate = rate_on(item, special, span.start)
            if rate is None and item.way != "share":
                self.notice(f"{item.zh}在 {span.start} 没有价，没有出账：请在 charges 里补上这一天的 rates")
                return None
            factors = [(f"例外：{special.reason}", special.factor)] if special and special.factor is not None else []
            flat = special is not None and special.amount is not None
            if vacant and house and not flat and state_on(house, span.start) == "vacant":
                factors.append(("空置", item.vacant))
            if special and special.factor is None:
                factors.append((f"例外：{special.reason}", Decimal(1)))
            whole = span == month
            found.append(Part(span, rate or Decimal(0), tuple(factors), flat, 1 if whole else 0,
                              0 if whole else span.days, 0 if whole else month.days))  # fmt: skip
        return found

    def within(self, item: ChargeItem, found: Iterable[Period], span: Span) -> Iterator[Due]:
        """The parts of periods that lie in a span and in the item's own days, and begin in the month."""
        for period in found:
            clipped = period.span.within(span)
            clipped = clipped.within(Span(item.since, item.until)) if clipped else None
            if clipped and self.ground.month.start <= clipped.start <= self.ground.month.end:
                yield Due(clipped, period, item.payer)

    def due_on(self, item: ChargeItem) -> date:
        """When a bill of this run is to be paid."""
        return item.due.on(self.ground.issued, self.ground.month.start)

    def unknown_names(self) -> None:
        """Rooms and bays that the settings name and the registers do not know: nobody is billed for a misspelling."""
        known = {"room": {house.room for house in self.houses},
                 "bay": {str(bay["bay"]) for bay in self.ground.bays if not bay.void}}  # fmt: skip
        for item in self.ground.items.values():
            named = [(one.what, one.name) for one in item.specials]
            named += [("room", room) for room in item.rooms] + [("bay", bay) for bay in item.bays]
            for what, name in named:
                if name not in known[what]:
                    zh = "房屋" if what == "room" else "车位"
                    self.notice(f"{item.zh}里写的{zh}不在{zh}台账：{{}}，请核对 charges 和台账", name)

    def paid_ahead(self, found: Sequence[Proposal]) -> None:
        """Units that the register says have paid for these days already are billed all the same, and named."""
        until = {house.room: house.paid_until for house in self.houses if house.paid_until}
        for one in found:
            if one.room in until and until[one.room] >= one.span.end:
                self.notice("登记的“费用交至”晚于账期，仍照常出账：{}，已收的请登记收款", one.room)


def after(day: date) -> date:
    """The next day, where there is one."""
    return day if day == date.max else day + DAY


def rate_on(item: ChargeItem, special: Special | None, day: date) -> Decimal | None:
    """The rate of a day: what was agreed, else the last that began by then."""
    if special and special.amount is not None:
        return special.amount
    if special and special.rate is not None:
        return special.rate
    return next((rate.rate for rate in reversed(item.rates) if rate.since <= day), None)


def state_on(house: House, day: date) -> str:
    """The unit's state on a day."""
    return next(state.status for state in house.states if state.span.start <= day <= state.span.end)
