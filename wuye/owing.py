"""What an office's bills, payments and contacts say as of a day; the one place that asks for terms (domain.md J)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property

from wuye import records, when
from wuye.accounts import Debtor, accounts, debtor_of, end_of, paid_of
from wuye.arrears import Line, Place, claim_words, lines, together
from wuye.claims import Claims
from wuye.errors import BadInput, Damaged, NotFound, Problem
from wuye.ledger import Account, Terms
from wuye.numbered import Numbered
from wuye.numerals import fold
from wuye.owed import Open, Owed, Paid
from wuye.record import Record
from wuye.values import ROOM


def terms_of(office: Numbered) -> Callable[[str], Terms]:
    """On which terms each charge item may be paid late. Raises BadSettings."""
    return office.settings.charges.terms


def item_zh_of(office: Numbered) -> Callable[[str], str]:
    """What the desk calls a charge item. Raises BadSettings."""
    return office.settings.charges.zh


def principal_first(office: Numbered) -> bool:
    """Whether the office lets a payment settle principal before late fee."""
    return office.settings.principal_first


class Owing:
    """Bills, payments and contacts of an office, and what follows from them at the end of a day."""

    def __init__(
        self, office: Numbered, as_of: date, found: dict[str, Sequence[Record]],
        known: dict[date, Mapping[Debtor, Account]] | None = None, claims: Claims | None = None,
    ) -> None:
        self.office = office
        self.as_of = as_of
        self._found = found
        self._known = {} if known is None else known
        self._claims = claims
        self.contacts = tuple(found["dunning"])
        self.units = {str(r["room"]): r for r in found["unit"] if not r.void}
        self.plans = tuple(found["yearplan"])
        self._places: dict[Debtor, Place] = {}

    @cached_property
    def bills(self) -> tuple[Record, ...]:
        """Every bill. Raises Damaged."""
        return self._records("bill")

    @cached_property
    def payments(self) -> tuple[Record, ...]:
        """Every payment. Raises Damaged."""
        return self._records("payment")

    def _records(self, name: str) -> tuple[Record, ...]:
        """The records of a kind; read now where the accounts could do without them."""
        if name not in self._found:
            found, problems = self.office.every(records.kind(name))
            if problems:
                raise Damaged(*problems)
            self._found[name] = found
        return tuple(self._found[name])

    def accounts_at(self, day: date) -> Mapping[Debtor, Account]:
        """Every debtor's account at the end of another day, worked out once for all days that are looked at."""
        if day not in self._known:
            terms, first = terms_of(self.office), principal_first(self.office)
            if self._claims:
                self._known[day] = self._claims.accounts(day, first)
            else:
                self._known[day] = accounts(self.bills, self.payments, day, terms, first)
        return self._known[day]

    @cached_property
    def accounts(self) -> Mapping[Debtor, Account]:
        """Every debtor's account at the end of the day."""
        return self.accounts_at(self.as_of)

    @cached_property
    def contacts_by(self) -> Mapping[Debtor, Sequence[Record]]:
        """The contacts up to the day as they then stood, by debtor, earliest first; void ones left out."""
        found: dict[Debtor, list[Record]] = {}
        for contact in sorted(self.contacts, key=lambda r: (r.received, r.id)):
            if contact.received.date() > self.as_of:
                continue
            then = contact.as_of(end_of(self.as_of, contact.received))
            debtor = debtor_of(then)
            if debtor and not then.void:
                found.setdefault(debtor, []).append(then)
        return found

    @cached_property
    def _own(self) -> Mapping[str, str]:
        """Who collects in a building, by this year's plan."""
        from wuye.records.yearplan import collectors

        return collectors([p for p in self.plans if not p.void and p.get("year") == self.as_of.year])

    def place(self, debtor: Debtor) -> Place:
        """Building and collector: whoever was there last, else the one whom the year's plan names for the building."""
        if debtor not in self._places:
            self._places[debtor] = self._place(debtor)
        return self._places[debtor]

    def _place(self, debtor: Debtor) -> Place:
        unit = self.units.get(debtor.name) if debtor.what == "room" else None
        building = str((unit and unit.get("building")) or "").removesuffix("栋")
        if not building and debtor.what == "room":
            building = debtor.name.split("-")[0]
        told = [str(c["collector"]) for c in self.contacts_by.get(debtor, ()) if c.get("collector")]
        return Place(building, told[-1] if told else self._own.get(building, ""))

    @cached_property
    def paid_on(self) -> Mapping[str, date]:
        """The day of each payment."""
        return self._claims.paid_on if self._claims else {p.id: p.received.date() for p in self.payments}

    @cached_property
    def arrears(self) -> Sequence[Line]:
        """Every debt that is due and not paid."""
        zh = item_zh_of(self.office)
        return lines(self.accounts, self._unpaid, self.contacts_by, self.paid_on, self.place, zh)

    @property
    def _unpaid(self) -> Sequence[Record]:
        """The bills in arrears, perhaps with others."""
        if not self._claims or "bill" in self._found:
            return self.bills
        due = {one.debt.id for account in self.accounts.values() for one in account.arrears}
        found = self.office.numbered_all(records.kind("bill"), due)
        return self.bills if found is None else found

    def owed(self, debtor: Debtor) -> Owed | None:
        """What one debtor owes by bills; None where there is no bill that counts. Raises BadSettings."""
        account = self.accounts.get(debtor)
        if account is None or not account.billed:
            return None
        mine = [line for line in self.arrears if line.debtor == debtor]
        total = together(mine)
        told = [one for p in self.payments if (one := paid_of(p, self.as_of))]
        mine_paid = [paid for whose, paid in told if whose == debtor and paid.amount]
        last = max(mine_paid, key=lambda one: (one.day, one.id), default=None)
        return Owed(
            total.principal, claim_words(mine), total.ids, total.fee, account.credit, account.not_due,
            tuple(Open(one.debt.id, one.item, one.period, one.debt.due, one.open, one.fee_open, one.proved.lapses,
                       one.bay) for one in mine),
            Paid(last.id, last.day, last.amount) if last else None,
            min((s.debt.due for s in account.standings if s.open and s.debt.due >= self.as_of), default=None),
        )  # fmt: skip

    def at(self, day: date) -> Owing:
        """The same records as of another day."""
        return Owing(self.office, day, self._found, self._known, self._claims)

    def debtors(self, word: str) -> list[Debtor]:
        """The debtors that a word means: a room, a building, a lease or a bay. Raises BadInput, NotFound."""
        typed = fold(word).strip()
        known = set(self.accounts) | set(self.contacts_by) | {Debtor("room", room) for room in self.units}
        if exact := sorted(d for d in known if d.what != "room" and d.name == typed):
            return exact
        named = self.office.naming(records.kind("bill"), typed)[0] if self._claims else self.bills
        of_bay = [bill for bill in named if bill.get("bay") == typed and not bill.void]
        if of_bay and (whose := debtor_of(max(of_bay, key=lambda bill: (bill.received, bill.id)))):
            return [whose]
        building = typed.removesuffix("栋").removesuffix("号楼").removesuffix("座")
        if inside := sorted(d for d in known if building and self.place(d).building == building):
            return inside
        try:
            return [Debtor("room", ROOM.parse(word, self.office.typing))]
        except ValueError as error:
            if building.isalnum() and building.isascii():
                raise NotFound(f"没有“{word}”这个楼栋、招租合同或车位：请核对，或写房号") from error
            raise BadInput(Problem(f"“{word}”：{error}", field="room")) from error


KINDS = ("bill", "payment", "dunning", "unit", "yearplan")


OF_A_DEBTOR = ("bill", "payment", "dunning")
OF_CLAIMS = ("bill", "payment")


def owing(office: Numbered, as_of: date, word: str = "", whole: bool = False) -> Owing:
    """Everything about money as of a day. Raises Damaged: a wrong figure is worse than none (design.md 4).

    Where the word is a room, only the records that name it are read: ask about no other debtor then. `whole`: every
    bill and payment is looked at, not the accounts alone.
    """
    found: dict[str, Sequence[Record]] = {}
    problems: list[Problem] = []
    room = ""
    with suppress(ValueError):
        # One figure alone may be a building as well.
        room = str(ROOM.parse(word, office.typing)) if len(re.findall(r"\d+", fold(word))) > 1 else ""
    typed = fold(word).strip()
    if room not in ("", typed) and any(office.naming(records.kind(name), typed)[0] for name in ("parking", "lease")):
        room = ""  # a bay or lease whose name reads like a room, which would be written otherwise
    claims = None if room or whole else office.claims()
    for name in KINDS:
        if claims and name in OF_CLAIMS:
            continue
        kind = records.kind(name)
        found[name], wrong = office.naming(kind, room) if room and name in OF_A_DEBTOR else office.every(kind)
        problems += wrong
    if problems:
        raise Damaged(*problems)
    books = Owing(office, as_of, found, claims=claims)
    if room and any(debtor.name != room for debtor in books.debtors(word)):
        return owing(office, as_of, whole=whole)  # a bay whose name reads like a room: its renter's records count
    return books


def of_one(office: Numbered, debtor: Debtor, as_of: date) -> tuple[Owing, list[Problem]]:
    """The same of one debtor, read from the records that name it alone; what could not be read is told."""
    found: dict[str, Sequence[Record]] = {"unit": (), "yearplan": ()}
    problems: list[Problem] = []
    for name in OF_A_DEBTOR:
        found[name], wrong = office.naming(records.kind(name), debtor.name)
        problems += wrong
    return Owing(office, as_of, found), problems


def asked_day(office: Numbered, words: str, option: str = "--as-of") -> date:
    """The day that was asked about, today where none was. Raises BadInput."""
    if not words:
        return office.now.date()
    try:
        heard = when.parse(words, office.now, "any", office.settings.desk)
    except ValueError as error:
        raise BadInput(Problem(f"{option}：{error}", field=option.strip("-").replace("-", "_"))) from error
    return heard.date() if isinstance(heard, datetime) else heard
