"""Money at the desk: who pays when and how, receipts in order, deposits, the daily and the monthly close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING, cast

from wuye import takings
from wuye.accounts import Debtor
from wuye.changes import Heard, Who, hear_new
from wuye.days import add_months
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story, typed
from wuye.estate.people import CLERK, COLLECTOR, LEADS, RECEPTION, SUPERVISOR, on_duty
from wuye.reckoning import MONEY, Reckoning
from wuye.record import Record
from wuye.records import kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wuye.monthfiles import MonthFiles
    from wuye.registers import Registers

MANNERS = {"monthly": 0.6, "debit": 0.13, "late": 0.1, "ahead": 0.11, "part": 0.06}
WAYS = {"wechat": 0.52, "alipay": 0.12, "cash": 0.15, "bank": 0.13, "pos": 0.08}
ON_PAPER = {"cash": 1.0, "pos": 0.6, "wechat": 0.22, "alipay": 0.2, "bank": 0.1, "debit": 0.0}
"""How often a receipt is asked for; cash never goes without."""
LONG = 50
"""How many receipts a book has."""
NOTES = tuple(Decimal(value) for value in ("100", "50", "20", "10", "5", "1"))
FINANCE = "财务部"
DEVELOPER = "翠湖置业"


# --- who pays when


def payer(debtor: Debtor) -> Callable[[Pen, Estate], Story]:
    """The months of one debtor: each pays in a manner of its own, and keeps to it."""

    def tale(pen: Pen, estate: Estate) -> Story:
        manner = _manner(pen, estate, debtor)
        while manner != "dunned":
            first = pen.now.replace(day=1, hour=0, minute=0)
            yield _day(pen, manner)
            if amount := _amount(pen, debtor, manner):
                way = {"debit": "debit", "developer": "bank"}.get(manner) or pen.dice.among(WAYS)
                by = COLLECTOR if way in ("bank", "debit") else on_duty(pen.now.date())
                take(pen, estate, debtor, amount, way, by)
            yield datetime.combine(add_months(first.date(), 1), datetime.min.time(), first.tzinfo)

    return tale


def _manner(pen: Pen, estate: Estate, debtor: Debtor) -> str:
    """Units that are behind pay when they are dunned; an unsold one is the developer's."""
    if debtor.what == "room":
        if debtor.name in estate.behind:
            return "dunned"
        if estate.status(debtor.name) == "unsold":
            return "developer"
        return pen.dice.among(MANNERS)
    return "monthly"


def _day(pen: Pen, manner: str) -> datetime:
    """When in the month: the bank debits all on the tenth, the developer transfers on the twentieth."""
    dice, first = pen.dice, pen.now.date().replace(day=1)
    if manner == "debit":
        return pen.on((first.replace(day=10) - pen.now.date()).days, "10:00")
    if manner == "developer":
        return pen.on((first.replace(day=20) - pen.now.date()).days, "10:40")
    low, high = (26, 28) if manner == "late" else (2, 24)
    hour = dice.among({9: 3, 10: 5, 11: 4, 13: 1, 14: 4, 15: 4, 16: 4})
    minute = dice.between(0, 59)
    return pen.on((first.replace(day=dice.between(low, high)) - pen.now.date()).days, f"{hour:02d}:{minute:02d}")


def _amount(pen: Pen, debtor: Debtor, manner: str) -> Decimal:
    """What is paid this time; nothing where nothing is open, or somebody lets it wait."""
    dice, left = pen.dice, pen.money.open(debtor, pen.now.date())
    if not left or (manner == "late" and dice.chance(0.4)) or (manner == "debit" and dice.chance(0.04)):
        return Decimal(0)
    if manner == "ahead":
        return left * dice.pick((3, 6, 6, 12))
    if manner == "part" and dice.chance(0.5):
        return max((left * Decimal("0.6")).quantize(Decimal("1E1")), Decimal(10))
    return left


# --- taking money


def take(pen: Pen, estate: Estate, debtor: Debtor, amount: Decimal, way: str, by: str, payer: str = "") -> str:
    """Money taken, with its receipt where one is asked for; cash goes by whole yuan."""
    if way == "cash":
        amount = amount.quantize(Decimal(1), ROUND_UP)
    who = payer or _name(pen, estate, debtor)
    words = {debtor.what: debtor.name, "amount": f"{amount:.2f}", "way": way, "payer": who}
    if way in ("bank", "debit"):
        words["reference"] = f"{pen.now:%m%d}{pen.dice.between(100000, 999999)}"
    paper = pen.dice.chance(ON_PAPER[way]) or debtor.what == "lease"
    return _written(pen, estate, "payment", words, by, "物业管理收费" if debtor.what != "lease" else "租金", paper)


def _written(pen: Pen, estate: Estate, name: str, words: dict[str, str], by: str, purpose: str, paper: bool) -> str:
    """Payment or deposit, and its receipt in the same breath."""
    if not paper:
        return pen.add(name, by, words)
    if pen.dice.chance(0.012):
        number, book = next_number(pen, estate, by)
        pen.add("receipt", by, {"number": number, "book": book, "spoiled": "金额写错，三联收回", "copies": "3"})
    number, book = next_number(pen, estate, by)
    one = pen.add(name, by, words | {"receipt": number})
    told = {"number": number, "book": book, name: one, "amount": words["amount"], "purpose": purpose}
    pen.add("receipt", by, told | {"payer": words["payer"]} if words["payer"] else told)
    return one


def _name(pen: Pen, estate: Estate, debtor: Debtor) -> str:
    if debtor.what == "lease":
        return next(str(r["tenant"]) for r in pen.money.of("lease") if r["name"] == debtor.name)
    if estate.status(debtor.name) == "unsold":
        return DEVELOPER
    owners = estate.people(debtor.name, "owner")
    return owners[0].name if owners else ""


def draw(pen: Pen, estate: Estate, by: str) -> None:
    """A new book of receipts for somebody who takes money."""
    place = len(pen.money.of("receiptbook"))
    first = 1201 + place * LONG
    words = {"name": f"{pen.now:%Y}-{place + 1:02d}", "first": f"{first:07d}", "last": f"{first + LONG - 1:07d}"}
    estate.books[by] = pen.add("receiptbook", CLERK, words | {"drawn_by": by})
    estate.numbers[by] = first


def next_number(pen: Pen, estate: Estate, by: str) -> tuple[str, str]:
    """The next number of the book in somebody's hands, and its name; a book that is used up is handed in."""
    one = estate.books[by]
    if estate.numbers[by] > int(pen.written[one]["last"]):
        pen.step(one, "finish", by)
        pen.step(one, "hand-in", by, to=LEADS[FINANCE], counted_by=by)
        draw(pen, estate, by)
        one = estate.books[by]
    number = estate.numbers[by]
    estate.numbers[by] += 1
    return f"{number:07d}", str(pen.written[one]["name"])


def settle(pen: Pen, estate: Estate) -> None:
    """The first books of receipts, drawn when the office was set up."""
    for by in (*RECEPTION, COLLECTOR):
        draw(pen, estate, by)


# --- deposits


def fitout(pen: Pen, estate: Estate) -> Story:
    """Somebody fits out a flat: the deposit is held, and returned when it is inspected."""
    yield in_time(pen, pen.now)
    dice, person = pen.dice, estate.somebody()
    amount = dice.pick(("2000", "3000"))
    by = on_duty(pen.now.date())
    words = {"room": person.room, "purpose": "fitout", "amount": amount, "way": dice.pick(("wechat", "pos", "cash")),
             "payer": person.name}  # fmt: skip
    one = _written(pen, estate, "deposit", words, by, "装修押金", paper=True)
    yield in_time(pen, pen.now + timedelta(days=dice.between(18, 40)))
    left = Decimal(amount)
    if dice.chance(0.25):
        pen.step(one, "keep-back", SUPERVISOR, kept_back="300", reason="电梯门套划伤，按约定扣除")
        left -= 300
    pen.step(one, "return", COLLECTOR, returned=f"{left}", return_way="bank", to=person.name)


def in_time(pen: Pen, moment: datetime) -> datetime:
    """Money is taken and given until shortly before the day is closed."""
    opening, last = pen.settings.desk.opening(moment.date()), moment.replace(hour=17, minute=20)
    if moment > last:
        opening += timedelta(days=1)
    elif moment >= opening:
        return moment
    return opening + timedelta(minutes=pen.dice.between(2, 40))


# --- what goes wrong


def _paying(pen: Pen, estate: Estate) -> list[str]:
    """Units that are lived in and behind with nothing."""
    return [r for r in estate.units if r not in estate.behind and estate.status(r) in ("occupied", "let")
            and estate.people(r, "owner")]  # fmt: skip


def wrong_room(pen: Pen, estate: Estate) -> Story:
    """A transfer entered for the neighbour, put right the day after."""
    room, other = pen.dice.several(_paying(pen, estate), 2)
    amount = estate.fee(room)
    owner = estate.people(room, "owner")[0].name
    one = take(pen, estate, Debtor("room", other), amount, "bank", COLLECTOR, owner)
    yield pen.on(1, "10:15")
    pen.step(one, "transfer", COLLECTOR, room=room, reason=f"转账附言写的是 {room}，登记时看错房号")


def paid_twice(pen: Pen, estate: Estate) -> Story:
    """Husband and wife both paid: the second payment is given back."""
    debtor = Debtor("room", pen.dice.pick(_paying(pen, estate)))
    amount = estate.fee(debtor.name)
    take(pen, estate, debtor, amount, "alipay", on_duty(pen.now.date()))
    yield pen.later(40, 90)
    one = take(pen, estate, debtor, amount, "wechat", on_duty(pen.now.date()))
    yield pen.on(1, "11:05")
    pen.step(one, "refund", COLLECTOR, refunded=f"{amount}", refund_way="bank", reason="夫妻两人重复缴费，退回一笔")


def typed_wrong(pen: Pen, estate: Estate) -> Story:
    """Entered with an amount too much: reversed at once, the receipt kept as spoiled, entered anew."""
    debtor, by = Debtor("room", pen.dice.pick(_paying(pen, estate))), on_duty(pen.now.date())
    amount = estate.fee(debtor.name).quantize(Decimal(1), ROUND_UP)
    one = take(pen, estate, debtor, amount + 100, "cash", by)
    yield pen.later(4, 9)
    pen.step(one, "reverse", by, reason="金额多写 100 元，当场更正")
    paper = next(r for r in pen.money.of("receipt") if r["payment"] == one)
    pen.step(paper.id, "spoil", by, reason="金额写错，三联收回", copies="3")
    take(pen, estate, debtor, amount, "cash", by)


# --- closing


class Closing(Reckoning):
    """The office's own way of closing, over what the pen has written; its numbers have no gaps and no doubles."""

    def refuse_gaps(self, books: Sequence[Record], mine: Sequence[str]) -> None:
        """Numbers are drawn in order: `next_number`."""


def closing(pen: Pen, by: str) -> tuple[Closing, Who]:
    """The desk's books at this moment. `Money` answers whatever a close asks of the registers and the files."""
    pen.money.now = pen.now
    who = Who(by, None, pen.now)
    return Closing(cast("Registers", pen.money), cast("MonthFiles", pen.money), who, []), who


def close_day(pen: Pen, estate: Estate) -> Story:
    """Everybody who took or gave money counts, and turns it in on the next day on which finance works."""
    today = pen.now.date()
    touched = [r for name in MONEY for r in pen.money.gather(kind(name), f"{today}T", lambda r: True)[0]]
    moved = takings.of_day(takings.movements(touched), today)
    done = []
    for cashier in (*RECEPTION, COLLECTOR):
        mine = [m for m in moved if m.cashier == cashier]
        if mine:
            done.append((cashier, _closed(pen, estate, today, cashier, takings.total(mine, takings.CASH))))
    if not done:
        return
    ahead = next(n for n in range(1, 4) if (today + timedelta(days=n)).weekday() < 5)
    yield pen.on(ahead, "09:35")
    for cashier, one in done:
        pen.step(one, "hand-in", cashier, to=LEADS[FINANCE])
    yield pen.on(0, "11:30")
    for _, one in done:
        pen.step(one, "sign", COLLECTOR, signed_by=LEADS[FINANCE])


def _closed(pen: Pen, estate: Estate, day: date, cashier: str, cash: Decimal) -> str:
    words = {"day": typed(day), "cashier": cashier}
    counted = cash
    if cash > 100 and estate.short_from <= day:
        estate.short_from, counted = date.max, cash - 10
        words["difference_reason"] = "找零多给 10 元，收款人已补，记备查"
    if counted:
        words["count"] = pieces(counted)
    dayclose = kind("dayclose")
    heard, problems = hear_new(dayclose, words, pen.typing, pen.basis(dayclose))
    assert not problems, problems
    reckoning, who = closing(pen, cashier)
    return pen.keep(dayclose, reckoning.close_day(heard), who)


def pieces(amount: Decimal) -> str:
    """An amount of whole yuan in notes and coins, as the desk types it."""
    told = []
    for note in NOTES:
        count, amount = divmod(amount, note)
        if count:
            told.append(f"{note}x{count:.0f}")
    return ",".join(told)


def close_month(pen: Pen, estate: Estate) -> Story:
    """In the first working days of a month the last one is closed with the company's accountant."""
    while pen.now.weekday() > 4:
        yield pen.on(1, "16:00")
    month = f"{pen.now.date().replace(day=1) - timedelta(days=1):%Y-%m}"
    reckoning, who = closing(pen, COLLECTOR)
    heard = Heard({"month": month, "accountant": LEADS[FINANCE]})
    pen.keep(kind("monthclose"), reckoning.close_month(heard), who)
