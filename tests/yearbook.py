"""A year of money in 600 units, the same for every run: bills, payments in every manner, and all that goes wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

from wuye import dumper, records
from wuye.clock import SHANGHAI
from wuye.monthfiles import HEADER, path_of
from wuye.record import Entry, Record, to_stored

SINCE, UNITS = date(2025, 1, 1), 600
BILL, PAYMENT, DEPOSIT = (records.kind(name) for name in ("bill", "payment", "deposit"))
WAYS = ("cash", "bank", "wechat", "alipay", "pos", "debit")
NEVER, PREPAID, QUARTERLY, PARTLY, NAMED = "never", "prepaid", "quarterly", "partly", "named"
MANNERS = ("monthly", "monthly", QUARTERLY, PREPAID, PARTLY, NAMED, NEVER, "monthly", QUARTERLY, PARTLY)


def moment(day: date, hour: int = 9) -> datetime:
    """An hour of a day in the office's zone."""
    return datetime.combine(day, time(hour), SHANGHAI)


def begun(record_kind: Any, number: str, day: date, values: dict[str, Any], hour: int = 9) -> Record:
    """A new record."""
    at, kept = moment(day, hour), {name: value for name, value in values.items() if value is not None}
    log = (Entry(at, "add", "李静"),)
    return Record(record_kind, number, record_kind.flow.states[0].name, at, at, kept, log=log)


def stepped(record: Record, step: str, day: date, **given: Any) -> Record:
    """The record after a step, as the desk would have taken it."""
    kind = record.kind
    on_record = {name: value for name, value in given.items() if not kind[name].on_log}
    was = {name: record.values.get(name) for name in on_record}
    taken = kind.flow.step(step)
    assert taken is not None
    entry = Entry(moment(day, 15), step, "李静", values=given, was=was)
    status = (taken.to(record, given) if taken.to else "") or kind.flow.after(record.status, step)
    assert status, (record.id, record.status, step)
    if status != kind.flow.after(record.status, step):
        entry = entry._replace(extra={"status": status})
    return record.stepped(entry, status, {**record.values, **on_record})


class Year:
    """The records of a year; more units and other months for the benchmarks."""

    def __init__(self, units: int = UNITS, months: int = 12, since: date = SINCE) -> None:
        self.dice = random.Random(units)
        self.rooms = [f"{n // 60 + 1}-{n // 30 % 2 + 1}-{n // 2 % 15 + 1}{n % 2 + 1:02d}" for n in range(units)]
        self.starts = [since + relativedelta(months=month) for month in range(months)]
        self.last = self.starts[-1] + relativedelta(day=31)
        self.serials: dict[tuple[str, date], int] = {}
        self.bills = {room: self._bills(room) for room in self.rooms}
        self.payments = [p for place, room in enumerate(self.rooms) for p in self._paid(room, place)]
        self.deposits = [self._deposit(place, room) for place, room in enumerate(self.rooms) if place % 6 == 0]

    @property
    def records(self) -> Iterator[Record]:
        """All of them, by kind and day."""
        bills = (bill for mine in self.bills.values() for bill in mine)
        for found in (bills, self.payments, self.deposits):
            yield from sorted(found, key=lambda r: (r.received, r.id))

    def _number(self, prefix: str, day: date) -> str:
        serial = self.serials[prefix, day] = self.serials.get((prefix, day), 0) + 1
        return f"{prefix}-{day:%Y%m%d}-{serial:03d}"

    def _later(self, day: date, most: int) -> date:
        return min(day + timedelta(days=self.dice.randrange(1, most)), self.last)

    def _bills(self, room: str) -> list[Record]:
        """One a month; some corrected, void or written off later on."""
        amount, found = Decimal(self.dice.randrange(15_000, 40_000)) / 100, []
        for start in self.starts:
            bill = begun(BILL, self._number("ZD", start), start, {
                "room": room, "item": "property", "period_from": start, "period_until": start + relativedelta(day=31),
                "amount": amount, "due_on": start.replace(day=25), "payer": "owner",
            }, 8)  # fmt: skip
            chance = self.dice.randrange(300)
            if chance == 0:
                bill = stepped(bill, "void", self._later(start, 60), reason="重复出账")
            elif chance < 4:
                less = amount - Decimal("12.34")
                bill = stepped(bill, "correct", self._later(start, 60), amount=less, reason="面积更正")
            elif chance < 6:
                bill = stepped(bill, "write-off", self._later(start, 200), reason="协商减免")
            elif chance < 60:
                bill = stepped(bill, "deliver", self._later(start, 20), way="posted")
            found.append(bill)
        return found

    def _paid(self, room: str, place: int) -> Iterator[Record]:
        """How this unit pays: every month, for a quarter, for the year ahead, in part, naming bills, or not at all."""
        manner, bills = MANNERS[place % len(MANNERS)], self.bills[room]
        for month, bill in enumerate(bills):
            amount, day, named = bill["amount"], self._later(bill.received.date(), 27), None
            if manner == NEVER or (manner in (PREPAID, QUARTERLY) and month % (12 if manner == PREPAID else 3)):
                continue
            if manner == PREPAID:
                amount, day = amount * 12, bill.received.date() + timedelta(days=place % 20)
            elif manner == QUARTERLY:
                amount = amount * 3 if month else amount
            elif manner == PARTLY:
                amount = (amount * self.dice.randrange(30, 110) / 100).quantize(Decimal("0.01"))
            elif manner == NAMED:
                named = (bill.id,) if month % 2 else (bills[0].id, bill.id)
            values = {"room": room, "amount": amount, "way": self.dice.choice(WAYS), "payer": "王女士", "bills": named}
            yield self._after(begun(PAYMENT, self._number("SK", day), day, values), place)

    def _after(self, payment: Record, place: int) -> Record:
        """What happens to a payment later: a part or all of it refunded, moved, reversed, void."""
        chance, day = self.dice.randrange(150), payment.received.date()
        if chance < 3:
            part, rest = Decimal("20.00"), payment["amount"] - Decimal("20.00")
            payment = stepped(payment, "refund", self._later(day, 40), refunded=part, reason="多收")
            if chance == 0:
                payment = stepped(payment, "refund", self.last, refunded=rest, refund_way="cash", reason="退房")
        elif chance < 5:
            payment = stepped(payment, "reverse", self._later(day, 30), reason="支票退票")
        elif chance < 7:
            other = self.rooms[(place + 7) % len(self.rooms)]
            payment = stepped(payment, "transfer", self._later(day, 30), room=other, reason="收错房号")
        elif chance == 7:
            payment = stepped(payment, "void", self._later(day, 5), reason="重复登记")
        return payment

    def _deposit(self, place: int, room: str) -> Record:
        """Held; every other one given back in parts, some with a part kept, one in nine void."""
        day = self.starts[place // 6 % len(self.starts)] + timedelta(days=place % 27)
        values = {"room": room, "purpose": "fitout", "amount": Decimal("2000.00"), "way": WAYS[place // 6 % 6]}
        deposit = begun(DEPOSIT, self._number("BZ", day), day, values)
        if place % 54 == 0:
            return stepped(deposit, "void", self._later(day, 9), reason="登记错了")
        if place % 12 == 0:
            kept = Decimal("150.50")
            deposit = stepped(deposit, "keep-back", self._later(day, 90), kept_back=kept, reason="墙面损坏")
            deposit = stepped(deposit, "return", self.last, returned=Decimal("1000.00"), return_way="bank")
        return deposit

    def fill(self, office: Path) -> int:
        """Put the records into an office as the program writes them; returns how many there are."""
        files: dict[str, list[bytes]] = {}
        for record in self.records:
            path = path_of(record.kind, f"{record.received:%Y-%m}")
            header = HEADER.format(kind=record.kind.name, up="../" * path.count("/")).encode()
            files.setdefault(path, [header]).append(dumper.dump_record(to_stored(record)))
        for path, blocks in files.items():
            (office / path).parent.mkdir(parents=True, exist_ok=True)
            (office / path).write_bytes(b"".join(blocks))
        return sum(len(blocks) - 1 for blocks in files.values())
