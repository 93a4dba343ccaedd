"""The days of the estate: how much of everything comes on which day and at which hour, told in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from wuye.days import add_months
from wuye.estate import (
    affairs,
    amends,
    asking,
    bills,
    complaints,
    counts,
    desk,
    dues,
    fitouts,
    gate,
    handovers,
    homes,
    people,
    procedures,
    repairs,
    rounds,
    staffing,
    things,
    till,
)
from wuye.estate.dice import Dice
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story
from wuye.record import Record
from wuye.settings import Settings

FULL_SIZE = 600
SHORT = timedelta(days=9)
"""How long before the end the cash of a day does not come out."""
MONTHLY: tuple[tuple[int, str, Callable[[Pen, Estate], Story]], ...] = (
    (1, "09:10", bills.run), (3, "16:00", till.close_month), (28, "14:30", bills.read),
    (25, "10:30", staffing.roster), (6, "09:40", staffing.training),
)  # fmt: skip
Tale = Callable[[Pen, Estate], Story]
DAILY: tuple[tuple[str, Tale], ...] = (
    ("08:45", staffing.attendance), ("16:00", staffing.stand), ("17:48", staffing.routine),
    ("17:52", staffing.night),
)  # fmt: skip


class Told(NamedTuple):
    """What was written on an estate, and the files that go beside its records."""

    records: list[Record]
    files: Mapping[str, bytes]


class Rate(NamedTuple):
    """How often something happens on an estate of 600 units: a mean by weekday (Monday first), hours by weight."""

    tale: Tale
    by_weekday: tuple[float, ...]
    hours: Mapping[int, float]


ALL_DAY = {7: 1, 8: 3, 9: 5, 10: 6, 11: 5, 12: 3, 13: 3, 14: 5, 15: 5, 16: 5, 17: 4, 18: 2, 19: 2, 20: 1, 22: 1}
AT_THE_DESK = {9: 3, 10: 5, 11: 4, 13: 1, 14: 4, 15: 4, 16: 4, 17: 2}
AT_THE_DOOR = {8: 3, 9: 6, 10: 8, 11: 7, 12: 5, 13: 4, 14: 6, 15: 7, 16: 7, 17: 6, 18: 6, 19: 5, 20: 2}
BY_NIGHT = {21: 1, 22: 1, 23: 1, 0: 1, 2: 1, 5: 1}
RATES = (
    Rate(gate.visitor, (13, 12, 12, 12, 14, 19, 18), AT_THE_DOOR),
    Rate(complaints.ordinary, (1.9, 1.5, 1.3, 1.3, 1.4, 1.6, 1.3), ALL_DAY),
    Rate(repairs.ordinary, (6.2, 5.2, 4.8, 4.6, 4.8, 5.2, 4.0), ALL_DAY),
    Rate(gate.goods, (1.3, 1.1, 1.0, 1.1, 1.6, 2.9, 2.6), AT_THE_DESK),
    Rate(gate.moving_out, (0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3), AT_THE_DESK),
    Rate(gate.moving_in, (0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.3), AT_THE_DESK),
    Rate(dues.contact, (3.6, 3.2, 3.0, 2.8, 2.6, 3.4, 0.6), AT_THE_DESK),
    Rate(repairs.by_night, (0.06,) * 7, BY_NIGHT),
    Rate(till.fitout, (0.18, 0.15, 0.15, 0.15, 0.15, 0.2, 0.1), AT_THE_DESK),
)
OCCASIONS: tuple[tuple[int, str, Tale], ...] = (
    (24, "10:20", staffing.leaves), (19, "09:50", staffing.absent), (15, "14:10", staffing.coaching),
    (14, "11:00", staffing.night_away), (12, "10:45", staffing.called_off),
    (26, "10:05", repairs.reworked), (25, "14:20", complaints.repeated), (22, "15:15", gate.peddler),
    (21, "10:40", complaints.told_the_company), (20, "11:05", dues.cleared_up),
    (16, "14:40", complaints.answered_on_the_web), (18, "10:20", till.wrong_room), (13, "11:10", till.paid_twice),
    (8, "14:30", till.typed_wrong), (27, "15:10", till.fitout),
    (17, "11:30", gate.withheld), (10, "10:10", complaints.major), (11, "16:05", repairs.of_a_complaint),
    (9, "09:35", complaints.hot), (6, "22:40", repairs.by_night), (5, "15:30", dues.paused),
    (4, "10:00", complaints.from_the_company), (4, "16:10", dues.promised_yesterday), (3, "10:15", dues.promised_today),
    (4, "15:25", repairs.urged), (3, "11:10", gate.still_withheld), (2, "14:05", repairs.on_hold),
    (1, "16:25", complaints.on_the_web), (1, "15:20", gate.in_parts), (1, "17:10", gate.expected_today),
    (1, "18:40", gate.overstaying), (0, "02:15", repairs.by_night),
)  # fmt: skip
"""What is told of every estate, so many days before the end."""


class Apart(NamedTuple):
    """What goes by dice of its own: more or less of it changes nothing in who pays what."""

    rates: tuple[Rate, ...]
    occasions: tuple[tuple[int, str, Tale], ...]
    monthly: tuple[tuple[int, str, Tale], ...] = ()


WALKED = Apart(
    (
        Rate(rounds.patrol, (1.2, 1.2, 1.2, 1.2, 1.2, 0.8, 0.6), AT_THE_DESK),
        Rate(rounds.inspection, (0.4, 0.3, 0.3, 0.3, 0.4, 0.1, 0.1), AT_THE_DESK),
        Rate(rounds.incident, (0.08,) * 7, ALL_DAY),
    ),
    (
        (19, "10:30", rounds.told_only), (15, "15:00", rounds.seen_twice), (14, "10:15", rounds.cleared_up),
        (12, "09:40", rounds.reopened), (9, "16:20", rounds.at_a_point), (0, "08:05", rounds.still_going),
    ),
)  # fmt: skip
FRONT = Apart(
    (
        Rate(desk.contact, (9.0, 8.0, 7.5, 7.2, 7.8, 8.4, 6.2), ALL_DAY),
        Rate(desk.noted, (1.3, 1.2, 1.2, 1.2, 1.3, 1.6, 1.5), AT_THE_DOOR),
        Rate(desk.post, (4.2, 3.8, 3.6, 3.6, 3.8, 2.2, 0.6), AT_THE_DESK),
        Rate(affairs.notice, (0.5, 0.4, 0.4, 0.4, 0.5, 0.1, 0.1), AT_THE_DESK),
        Rate(affairs.task, (0.8, 0.6, 0.5, 0.5, 0.6, 0.1, 0.1), AT_THE_DESK),
        Rate(affairs.upward, (0.1, 0.1, 0.1, 0.1, 0.1, 0.0, 0.0), AT_THE_DESK),
    ),
    (
        (24, "14:50", affairs.called_off), (19, "09:25", affairs.drive), (15, "10:45", affairs.party),
        (7, "11:20", affairs.upward), (2, "10:50", desk.became), (1, "11:45", affairs.notice),
        (1, "09:50", affairs.task),
    ),
    ((6, "09:40", affairs.round_of_month), (9, "10:20", affairs.meeting)),
)  # fmt: skip
FILED = Apart(
    (
        Rate(procedures.moving_in, (0.01, 0.01, 0.01, 0.01, 0.01, 0.03, 0.03), AT_THE_DESK),
        Rate(procedures.letting, (0.05, 0.04, 0.04, 0.04, 0.05, 0.1, 0.08), AT_THE_DESK),
        Rate(procedures.transfer, (0.03,) * 7, AT_THE_DESK),
        Rate(fitouts.fitted_out, (0.08, 0.06, 0.06, 0.06, 0.06, 0.1, 0.05), AT_THE_DESK),
    ),
    (
        (29, "10:20", fitouts.fitted_out), (27, "10:10", fitouts.stopped), (25, "09:50", procedures.taken_over),
        (24, "10:30", procedures.lent_and_copied), (21, "14:10", procedures.by_an_agent),
        (20, "10:05", procedures.moving_in), (18, "11:10", procedures.sold_with_arrears),
        (17, "15:20", procedures.letting), (14, "09:45", fitouts.sent_back), (12, "10:45", procedures.not_signed),
        (7, "10:15", procedures.wrong_room), (5, "10:25", fitouts.fitted_out),
        (3, "09:55", procedures.refused_to_sign), (2, "11:05", procedures.not_back_yet),
    ),
)  # fmt: skip
KEPT = Apart(
    (
        Rate(things.lent, (1.0, 0.9, 0.8, 0.8, 0.9, 0.5, 0.3), AT_THE_DESK),
        Rate(things.issued, (0.3, 0.2, 0.2, 0.2, 0.2, 0.5, 0.4), AT_THE_DESK),
        Rate(things.worker, (0.1,) * 7, AT_THE_DESK),
        Rate(things.handed_out, (1.2, 1.0, 1.0, 1.0, 1.0, 0.4, 0.3), AT_THE_DESK),
        Rate(things.asked_for, (0.3, 0.2, 0.2, 0.2, 0.2, 0.0, 0.0), AT_THE_DESK),
    ),
    (
        (21, "10:15", things.worker), (20, "09:50", things.lost_card), (18, "10:05", things.needed),
        (17, "11:20", things.asked_for), (16, "09:25", things.delivered), (15, "14:10", things.lost_key),
        (13, "15:05", things.refused), (12, "10:30", counts.cards_counted), (11, "09:15", things.broken),
        (9, "14:40", counts.stores_counted), (8, "18:10", things.entrusted), (7, "09:05", counts.books_counted),
        (6, "17:20", things.lent), (3, "09:03", counts.keys_counted), (1, "16:40", things.still_out),
    ),
)  # fmt: skip
ASKED = Apart(
    (), ((28, "10:10", asking.survey), (5, "14:40", asking.poll), (13, "15:30", asking.seen_to)),
)  # fmt: skip


AMENDED = Apart(
    (),
    (
        (22, "09:20", amends.revised), (21, "10:20", amends.delivered), (17, "14:10", amends.corrected),
        (12, "15:05", amends.entered_twice), (11, "11:20", amends.named), (7, "16:00", amends.written_off),
    ),
)  # fmt: skip


def first_day(now: datetime, months: int) -> date:
    """The first of the month so many months before."""
    return add_months(now.date().replace(day=1), -months)


def tell(seed: int, now: datetime, months: int, units: int, settings: Settings,
         progress: Callable[[Iterable[date]], Iterable[date]] = iter) -> Told:  # fmt: skip
    """Everything that was written on an estate up to now, in the order in which it was typed in."""
    start = datetime.combine(first_day(now, months), datetime.min.time(), now.tzinfo)
    dice = Dice(seed)
    pen = Pen(settings, start - timedelta(days=1) + timedelta(hours=14), dice)
    people.engage(pen)
    estate = homes.settle(pen, units)
    bills.settle(pen, estate)
    till.settle(pen, estate)
    staffing.settle(pen)
    things.settle(pen, estate, Dice(seed + 100))
    procedures.settle(pen, estate)
    estate.short_from = now.date() - SHORT
    waiting: list[tuple[datetime, int, Story]] = []
    tales = [*planned(dice, start, now, units / FULL_SIZE), *monthly(start, now)]
    tales += [(start, till.payer(debtor)) for debtor in bills.debtors(pen, estate)]
    for number, group in enumerate((WALKED, FRONT, FILED, KEPT, AMENDED, ASKED), 1):
        own = Dice(seed + number)
        found = [*by_chance(own, group.rates, start, now, units / FULL_SIZE), *on_days(group.occasions, start, now)]
        tales += [(at, apart(tale, own)) for at, tale in (*found, *of_month(group.monthly, start, now))]
    for order, (at, tale) in enumerate(tales):
        heappush(waiting, (at, order, tale(pen, estate)))
    for day in progress([start.date() + timedelta(days=n) for n in range((now.date() - start.date()).days + 1)]):
        _run(pen, waiting, min(now, start + (day - start.date() + timedelta(days=1))))
    return Told(list(pen.written.values()), pen.money.files)


def _run(pen: Pen, waiting: list[tuple[datetime, int, Story]], until: datetime) -> None:
    """Let everything happen that happens by then; what would happen later stays as it is: open."""
    while waiting and waiting[0][0] <= until:
        pen.now, order, story = heappop(waiting)
        following = next(story, None)
        if following is not None:
            assert following >= pen.now, story
            heappush(waiting, (following, order, story))


def planned(dice: Dice, start: datetime, now: datetime, scale: float) -> Iterator[tuple[datetime, Tale]]:
    """When every story begins: so many a day by chance, the occasions on their days."""
    yield from by_chance(dice, RATES, start, now, scale)
    yield from on_days(OCCASIONS, start, now)
    saturday = now.date() - timedelta(days=(now.weekday() - 5) % 7 + 7)
    yield (
        datetime.combine(saturday, datetime.min.time(), now.tzinfo) + timedelta(hours=16, minutes=10),
        complaints.weekend_paper,
    )


def apart(tale: Tale, own: Dice) -> Tale:
    """The tale told with dice of its own."""

    def told(pen: Pen, estate: Estate) -> Story:
        story = tale(pen, estate)
        while True:
            pen.dice, kept = own, pen.dice
            following = next(story, None)
            pen.dice = kept
            if following is None:
                return
            yield following

    return told


def by_chance(
    dice: Dice, rates: Iterable[Rate], start: datetime, now: datetime, scale: float
) -> Iterator[tuple[datetime, Tale]]:
    """So many a day by chance."""
    for number in range((now.date() - start.date()).days + 1):
        day = start + timedelta(days=number)
        for rate in rates:
            for _ in range(dice.count(rate.by_weekday[day.weekday()] * scale)):
                yield day + timedelta(hours=dice.among(rate.hours), minutes=dice.between(0, 59)), rate.tale


def on_days(
    occasions: Iterable[tuple[int, str, Tale]], start: datetime, now: datetime
) -> Iterator[tuple[datetime, Tale]]:
    """What is told so many days before the end."""
    for before, clock, tale in occasions:
        hour, minute = map(int, clock.split(":"))
        at = datetime.combine(now.date() - timedelta(days=before), datetime.min.time(), now.tzinfo)
        if at >= start:
            yield at + timedelta(hours=hour, minutes=minute), tale


def monthly(start: datetime, now: datetime) -> Iterator[tuple[datetime, Tale]]:
    """What the calendar brings: bills, readings, the close of the month before, every evening that of the day."""
    for number in range((now.date() - start.date()).days + 1):
        day = start + timedelta(days=number)
        yield _at(day, "17:45"), till.close_day
        if day.date() >= now.date() - timedelta(days=handovers.DAYS):
            yield _at(day, "15:20"), handovers.evening
        for clock, tale in DAILY:
            yield _at(day, clock), tale
        for day_of_month, clock, tale in MONTHLY:
            if day.day == day_of_month and (tale is not till.close_month or number > day_of_month):
                yield _at(day, clock), tale


def of_month(
    tales: Iterable[tuple[int, str, Tale]], start: datetime, now: datetime
) -> Iterator[tuple[datetime, Tale]]:
    """What comes on a day of every month."""
    for number in range((now.date() - start.date()).days + 1):
        day = start + timedelta(days=number)
        yield from ((_at(day, clock), tale) for day_of_month, clock, tale in tales if day.day == day_of_month)


def _at(day: datetime, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return day + timedelta(hours=hour, minutes=minute)
