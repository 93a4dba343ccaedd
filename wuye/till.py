"""What money needs under the lock: named bills, receipts, closed days and months (domain.md 31-33).

The office asks it before it writes a record of money and before it changes one. It refuses, fills in what only the
lock makes certain, says what the desk should know, and names the receipts that go into the same write.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wuye import closing, records
from wuye.accounts import DEBTORS, Debtor, debtor_of
from wuye.changes import Heard, Who
from wuye.errors import Problem, Refused, WuyeError
from wuye.monthfiles import MonthFiles
from wuye.owed import renter
from wuye.papers import Along, Papers
from wuye.reckoning import Reckoning
from wuye.record import Record, references
from wuye.registers import Registers
from wuye.schema import Kind


class Till:
    """One command's look at money while the office is held."""

    def __init__(self, desk: Registers, files: MonthFiles, who: Who, asked: Iterable[str] = ()) -> None:
        self.desk, self.who = desk, who
        self.notes: list[str] = []
        self.papers = Papers(desk, files, who, asked, self.notes)
        self.reckoning = Reckoning(desk, files, who, self.notes)

    def closes(self, kind: Kind) -> bool:
        """Whether a kind closes something: a second close is refused by what it closes, not as a repeat."""
        return kind.name in ("dayclose", "monthclose")

    def hear(self, kind: Kind, heard: Sequence[Heard]) -> list[Heard]:
        """New records as they may be written, all of them. Raises Refused or BadInput with every reason why not."""
        look = {
            "payment": self._payment, "deposit": self._deposit, "receipt": self.papers.receipt,
            "receiptbook": self.papers.book, "dayclose": self.reckoning.close_day,
            "monthclose": self.reckoning.close_month,
        }.get(kind.name)  # fmt: skip
        found: list[Heard] = []
        problems: list[Problem] = []
        first: type[WuyeError] = Refused
        for index, one in enumerate(heard, 1):
            row = index if len(heard) > 1 else 0
            try:
                if kind.name in closing.FROZEN and kind.name != "dayclose":
                    self.reckoning.refuse_closed(one.received or self.who.moment, kind.zh)
                found.append(look(one) if look else one)
            except WuyeError as error:
                first = first if problems else type(error)
                problems += [p._replace(row=row) for p in error.problems]
        if problems:
            raise first(*problems)
        return found

    def along(self, kind: Kind, made: Sequence[Record]) -> list[Along]:
        """The receipts of money just taken; what steps of this command asked for."""
        if kind.name in ("payment", "deposit"):
            self.papers.write(kind, made)
        return self.papers.more

    def _deposit(self, heard: Heard) -> Heard:
        self.reckoning.say_closed_day(heard.received or self.who.moment, self.papers.cashier(heard.values))
        return self.papers.taken(heard)

    def _payment(self, heard: Heard) -> Heard:
        heard = self._deposit(heard)
        self._same_day(heard)
        if typed := heard.values.get("bills"):
            debtor = next((v for n in DEBTORS if (v := heard.values.get(n))), "")
            heard = heard._replace(values={**heard.values, "bills": self._bills(typed, str(debtor))})
        return heard

    def _same_day(self, heard: Heard) -> None:
        """An equal amount of the same debtor by the same way on one day is said, because people press twice."""
        kind, values = records.kind("payment"), heard.values
        day = (heard.received or self.who.moment).date()
        debtor = next((str(v) for n in DEBTORS if (v := values.get(n))), "")

        def fits(other: Record) -> bool:
            alike = all(other.get(n) == values.get(n) for n in (*DEBTORS, "amount", "way"))
            return alike and other.received.date() == day and other.status == "taken"

        for other in self.desk.gather(kind, debtor, fits, [f"{day:%Y-%m}"])[0]:
            self.notes.append(f"当天已有一笔同样的收款 {other.id}（{other['amount']}）：如是重复登记，请冲销一笔")

    def _bills(self, typed: Iterable[str], debtor: str) -> tuple[str, ...]:
        """Bills that the payer names, in full: there, not void, of the same debtor. Raises Refused."""
        kind, found = records.kind("bill"), []
        problems: list[Problem] = []
        for word in typed:
            try:
                bill = self.desk.get(kind, word)
            except WuyeError as error:
                problems += error.problems
                continue
            owes = debtor_of(bill)
            if bill.void:
                problems.append(Problem(f"账单 {bill.id} 已作废，不能收款：请核对 --bills", field="bills"))
            elif bill.status == "written-off":
                problems.append(Problem(f"账单 {bill.id} 已核销，不能指明收它：请核对 --bills", field="bills"))
            elif owes is None or owes.name != debtor:
                words = f"账单 {bill.id} 是 {owes} 的，这笔收款是 {debtor} 的：请核对 --bills 和房号"
                problems.append(Problem(words, field="bills"))
            found.append(bill.id)
        if problems:
            raise Refused(*problems)
        return tuple(dict.fromkeys(found))

    def brought(self, kind: Kind, made: Sequence[Record]) -> None:
        """Records from elsewhere: none into a closed month, no receipt number twice. Raises Refused."""
        problems: list[Problem] = []
        for record in made if kind.name in closing.FROZEN else ():
            try:
                for moment in {record.received, *(e.at for e in record.log[1:])}:
                    self.reckoning.refuse_closed(moment, f"{kind.zh}导入")
                if kind.name in ("payment", "deposit") and (number := record.get("receipt")):
                    self.papers.once(str(number))
            except Refused as error:
                problems += error.problems
        if problems:
            raise Refused(*dict.fromkeys(problems))

    def taken_back(self, before: Record, after: Record) -> None:
        """An undo or redo on a record of money: only of what stands on no paper and in no close. Raises Refused."""
        kind, entry = before.kind, after.log[-1]
        if kind.name in ("receipt", "receiptbook", "dayclose", "monthclose"):
            raise Refused(f"{before.id} {kind.zh}不能撤销：写错的收据用 spoil 作废，结错的用 reopen 重开")
        if kind.name not in closing.FROZEN:
            return
        if entry.step == "void" and before.get("receipt"):
            raise Refused(f"{before.id} 已开收据 {before['receipt']}，不能撤销登记：请用 reverse 冲销，或 void 作废")
        places = references(before.log)
        told = [places[name] for name in entry.undoes if name in places]
        self.reckoning.refuse_closed(entry.at, "撤销")
        for place in told or [0]:
            moment = before.log[place].at if place else before.received
            self.reckoning.refuse_closed(moment, "撤销")
            self.reckoning.refuse_stated(f"{before.id}/{place}" if place else before.id, moment)

    def _to_renter(self, before: Record, after: Record) -> Record:
        """A payment moved to a bay that a unit rents is the unit's, as one that is added. Raises Refused."""
        rented, said = renter(after.values, self.desk)
        if not rented:
            return after
        if debtor_of(before) == Debtor("room", rented["room"]):
            raise Refused(f"{before.id} 原来就记在 {rented['room']} 名下（它承租车位 {after['bay']}）：请核对")
        self.notes += [one for one in said if one not in self.notes]
        entry = after.log[-1]
        was = {**entry.was, "room": before.values.get("room")}
        entry = entry._replace(values={**entry.values, **rented}, was=was)
        return replace(after, values={**after.values, **rented}, log=(*after.log[:-1], entry))

    def step(self, before: Record, after: Record) -> Record:
        """A record of money after a step or a correction, as it may be written. Raises Refused."""
        entry, name = after.log[-1], before.kind.name
        self.reckoning.step(before, after, entry.at)
        if name == "payment" and entry.step == "name":
            debtor = debtor_of(after)
            full = self._bills(entry.values["bills"], debtor.name if debtor else "")
            entry = entry._replace(values={**entry.values, "bills": full})
            return replace(after, values={**after.values, "bills": full}, log=(*after.log[:-1], entry))
        if name == "payment" and entry.step == "transfer":
            return self._to_renter(before, after)
        if name in ("payment", "deposit") and entry.step in ("reverse", "void"):
            self.papers.say_left(before)
        if name == "receiptbook":
            self.papers.book_step(before, after)
        if name == "receipt" and entry.step == "void":
            raise Refused(f"{before.id} 收据不能作废登记：写坏的纸质收据请用 spoil（作废收据），全联保存")
        if name == "receipt" and entry.step == "reassign":
            return self.papers.reassigned(after)
        return after
