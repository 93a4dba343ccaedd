"""The money of an office as double entry: every event on its own day, transactions that sum to zero (domain.md G, J).

Pure, and known to no tool: `export` writes it for hledger and beancount, which then witness our own totals. What a
record says changes by steps; what is posted on a day is the difference between what it says at its end and at the end
of the day before, so a void or a reversal is one more entry and the balances as of any day are those of `accounts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from wuye.accounts import DEBTORS, Debtor, debt_of, debtor_of, end_of, no_terms, paid_of
from wuye.errors import Problem
from wuye.ledger import ZERO, Account, Debt, Paid, Terms, settle
from wuye.record import Record
from wuye.sheet import step_zh

KINDS = ("bill", "payment", "deposit")


class Head(NamedTuple):
    """One account of the book: what it holds, and where it is one of many, of which debtor, way or charge item."""

    what: str
    of: str = ""
    name: str = ""


class Line(NamedTuple):
    """One posting: so much to a head (below zero: from it), for a bill where there is one."""

    head: Head
    amount: Decimal
    bill: str = ""


class Transaction(NamedTuple):
    """What one record made happen on one day; its lines sum to zero."""

    day: date
    record: str
    words: str
    lines: tuple[Line, ...]


class Stage(NamedTuple):
    """What a record says from the end of a day on: its balances, and what it claims or pays in whose account."""

    day: date
    words: str
    sums: Mapping[Head, Decimal]
    debtor: Debtor
    claim: Debt | Paid | None


class Share(NamedTuple):
    """Principal and late fee of one bill that one payment settles, or that was written off."""

    principal: Decimal = ZERO
    fee: Decimal = ZERO

    def plus(self, other: Share) -> Share:
        """Both together."""
        return Share(self.principal + other.principal, self.fee + other.fee)

    def less(self, other: Share) -> Share:
        """What this is more than another."""
        return Share(self.principal - other.principal, self.fee - other.fee)


Shares = dict[tuple[str, str], Share]
"""By payment and bill; the payment is empty for what was written off."""
Claims = list[tuple[date, Debt | Paid | None]]
"""What one record claims or pays in one account, from which day on."""


def of_debtor(what: str, debtor: Debtor) -> Head:
    """The head of one debtor."""
    return Head(what, debtor.what, debtor.name)


def lacking(record: Record) -> Problem | None:
    """Why a record can't be booked: a book that left it out would be wrong without saying so."""
    needs = ("amount", "due_on", "item") if record.kind.name == "bill" else ("amount", "way")
    gone = [record.kind.label(name) for name in needs if record.get(name) is None]
    if debtor_of(record) is None:
        gone.append("或".join(zh for what, zh in DEBTORS.items() if record.kind.has(what)))
    if not gone:
        return None
    words = f"{record.id} 没有{'、'.join(gone)}，不能入账；请从 git 历史里恢复"
    return Problem(words, file=record.file, line=record.line)


def _bill_sums(then: Record, debtor: Debtor) -> dict[Head, Decimal]:
    """Asked for and earned as one; what is written off of it is told by the account."""
    amount = ZERO if then.void else then["amount"]
    return {of_debtor("receivable", debtor): amount, Head("income", "item", str(then["item"])): -amount}


def _gone(then: Record, *names: str) -> Iterator[tuple[str, Decimal, str]]:
    """What steps took away: field, amount, way."""
    for entry in then.standing:
        for name in names:
            if entry.values.get(name):
                way = entry.values.get("refund_way") or entry.values.get("return_way") or then["way"]
                yield name, entry.values[name], str(way)


def _payment_sums(then: Record, debtor: Debtor) -> dict[Head, Decimal]:
    """Money taken is credit until an account spends it; a reversal takes back what refunds had left."""
    sums: dict[Head, Decimal] = {}
    left = then["amount"]
    for _, amount, way in _gone(then, "refunded"):
        sums[Head("money", "way", way)] = sums.get(Head("money", "way", way), ZERO) - amount
        left -= amount
    kept = left if then.status == "taken" else ZERO
    taken = Head("money", "way", str(then["way"]))
    sums[taken] = sums.get(taken, ZERO) + then["amount"] - (left - kept)
    return {**sums, of_debtor("credit", debtor): -kept}


def _deposit_sums(then: Record, debtor: Debtor) -> dict[Head, Decimal]:
    """Money held for somebody; what is kept back is earned, the rest goes out as it came or another way."""
    sums, left = {Head("money", "way", str(then["way"])): then["amount"]}, then["amount"]
    for name, amount, way in _gone(then, "returned", "kept_back"):
        head = Head("kept") if name == "kept_back" else Head("money", "way", way)
        sums[head] = sums.get(head, ZERO) - amount
        left -= amount
    if then.void:
        sums[Head("money", "way", str(then["way"]))] -= left
        left = ZERO
    return {**sums, of_debtor("deposit", debtor): -left}


SUMS: Mapping[str, Callable[[Record, Debtor], dict[Head, Decimal]]] = {
    "bill": _bill_sums, "payment": _payment_sums, "deposit": _deposit_sums,
}  # fmt: skip


def stages(record: Record, until: date, terms: Callable[[str], Terms] = no_terms) -> list[Stage]:
    """What a record says from day to day, one stage for each day on which that changed, earliest first."""
    begun = record.received.date()
    days = sorted({begun, *(_day(record, e.at, begun) for e in record.log)})
    found: list[Stage] = []
    for day in days:
        if day > until:
            break
        then = record if len(record.log) == 1 else record.as_of(end_of(day, record.received))
        debtor = debtor_of(then)
        assert debtor is not None
        claim: Debt | Paid | None = None
        if record.kind.name == "bill":
            claim = debt_of(record, day, terms)
        elif record.kind.name == "payment" and (paid := paid_of(record, day)):
            claim = paid[1]
        sums = SUMS[record.kind.name](then, debtor)
        if not found or (sums, debtor, claim) != (found[-1].sums, found[-1].debtor, found[-1].claim):
            found.append(Stage(day, _words(record, then, day, begun), sums, debtor, claim))
    return found


def _day(record: Record, at: datetime, begun: date) -> date:
    """The day of a log entry; nothing happens before the record begins."""
    return max(at.astimezone(record.received.tzinfo).date(), begun)


def _words(record: Record, then: Record, day: date, begun: date) -> str:
    """What happened that day, in a few words: the steps with their reasons, else what it is."""
    steps = [e for e in then.standing if _day(record, e.at, begun) == day and record.kind.flow.knows(e.step)]
    told = [record.kind.zh]
    if record.kind.name == "bill" and then.get("period_from"):
        told.append(f"{then['period_from']}—{then.get('period_until') or ''}")
    for entry in steps:
        reason = entry.values.get("reason")
        told.append(step_zh(record.kind, entry.step) + (f"（{reason}）" if reason else ""))
    return " ".join(told)


class Book:
    """The double-entry book of an office up to the end of a day, filled record by record."""

    def __init__(
        self, until: date, terms: Callable[[str], Terms] = no_terms, principal_first: bool = False
    ) -> None:
        self.until = until
        self._terms = terms
        self._principal_first = principal_first
        self._found: list[Transaction] = []
        self._accounts: dict[Debtor, list[Claims]] = {}

    def add(self, record: Record) -> None:
        """A bill, payment or deposit; one that begins after the last day adds nothing."""
        before: Mapping[Head, Decimal] = {}
        whose: dict[Debtor, Claims] = {}
        bill = record.id if record.kind.name == "bill" else ""
        for stage in stages(record, self.until, self._terms):
            moved = ((head, stage.sums.get(head, ZERO) - before.get(head, ZERO)) for head in {**stage.sums, **before})
            if lines := tuple(Line(head, amount, bill) for head, amount in moved if amount):
                self._found.append(Transaction(stage.day, record.id, stage.words, lines))
            before = stage.sums
            for debtor, claims in whose.items():
                if debtor != stage.debtor:
                    claims.append((stage.day, None))
            whose.setdefault(stage.debtor, []).append((stage.day, stage.claim))
        for debtor, claims in whose.items():
            self._accounts.setdefault(debtor, []).append(claims)

    def transactions(self) -> list[Transaction]:
        """Everything in order of days."""
        settled = [t for debtor in sorted(self._accounts) for t in self._settled(debtor)]
        return sorted([*self._found, *settled], key=lambda t: (t.day, t.record))

    def accounts(self) -> Iterator[tuple[Debtor, Account]]:
        """Every debtor's account at the end of the last day, in order: the same as `accounts.accounts` gives."""
        for debtor in sorted(self._accounts):
            yield debtor, self._account(self._accounts[debtor], self.until)

    def _account(self, accounts: list[Claims], day: date) -> Account:
        then = [next((claim for since, claim in reversed(claims) if since <= day), None) for claims in accounts]
        debts, paid = [c for c in then if isinstance(c, Debt)], [c for c in then if isinstance(c, Paid)]
        return settle(debts, paid, day, self._principal_first)

    def _settled(self, debtor: Debtor) -> Iterator[Transaction]:
        """Credit laid on bills, and what was written off.

        An account only grows from day to day, until something is changed of what it rests on: from that day on it is
        worked out anew, and the difference posted.
        """
        accounts = self._accounts[debtor]
        anew = {day for claims in accounts for day, _ in claims[1:]}
        anew |= {day for (day, claim), *_ in accounts if claim and day != _begun(claim)}
        starts, before = [date.min, *sorted(anew)], Shares()
        ends = [*(day - timedelta(days=1) for day in starts[1:]), self.until]
        for start, end in zip(starts, ends, strict=True):
            total = Shares()
            for day, moved in self._days(accounts, start, end):
                for key, share in moved.items():
                    total[key] = share.plus(total.get(key, Share()))
                if day == start:
                    moved = {k: total.get(k, Share()).less(before.get(k, Share())) for k in {**before, **total}}
                yield from _posted(debtor, day, moved)
            before = total

    def _days(self, accounts: list[Claims], start: date, end: date) -> list[tuple[date, Shares]]:
        """What is settled on each day from a start to an end; all that was settled before is put on the start."""
        account = self._account(accounts, end)
        days: dict[date, Shares] = {start: {}}
        told = [(p.day, (p.paid, p.debt), Share(p.principal, p.fee)) for p in account.parts]
        told += [(w.day, ("", w.debt), Share(w.amount)) for w in account.written]
        for day, key, share in told:
            moved = days.setdefault(max(day, start), {})
            moved[key] = share.plus(moved.get(key, Share()))
        return sorted(days.items())


def _begun(claim: Debt | Paid) -> date:
    return claim.issued if isinstance(claim, Debt) else claim.day


def _posted(debtor: Debtor, day: date, moved: Shares) -> Iterator[Transaction]:
    """A transaction a payment, and one a bill for what was written off."""
    owed, credit = of_debtor("receivable", debtor), of_debtor("credit", debtor)
    found: dict[tuple[str, str], list[Line]] = {}
    for (paid, bill), share in moved.items():
        lines = found.setdefault((paid, "" if paid else bill), [])
        lines.append(Line(credit if paid else Head("written"), share.principal + share.fee, bill))
        lines += [Line(owed, -share.principal, bill), Line(Head("fee"), -share.fee, bill)]
    for (paid, bill), lines in found.items():
        if kept := tuple(line for line in lines if line.amount):
            yield Transaction(day, paid or bill, "冲抵账单" if paid else "核销账单", kept)


def balances(found: Iterable[Transaction], as_of: date) -> dict[Head, Decimal]:
    """What stands on each head at the end of a day; heads on which nothing stands are left out."""
    sums: dict[Head, Decimal] = {}
    for one in found:
        if one.day <= as_of:
            for line in one.lines:
                sums[line.head] = sums.get(line.head, ZERO) + line.amount
    return {head: amount for head, amount in sums.items() if amount}
