"""Accounts: which payment settles which debt, what is open, its late fee, when it lapses (domain.md 30-31, J).

Pure: debts and payments in, an account as of a day out. Nothing that is computed here is ever stored, so the order
in which things were typed in means nothing; only their days and numbers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from wuye.money import CENT

ZERO = Decimal("0.00")
LIMITATION = relativedelta(years=3)


class Terms(NamedTuple):
    """How late a debt may be paid, and what it then costs: `rate` a day (0.0005 is 0.05 %), None for no late fee.

    `grace` days after the due date are free; the fee is at most `cap` times the principal, where there is one.
    """

    rate: Decimal | None = None
    grace: int = 0
    cap: Decimal | None = None


NO_FEE = Terms()


class Debt(NamedTuple):
    """One bill as an account sees it: its number, when it was issued and is due, its amount.

    What was still open of it on the day `written_off` is asked for no more; what had been paid stays paid.
    """

    id: str
    issued: date
    due: date
    amount: Decimal
    item: str = ""
    terms: Terms = NO_FEE
    written_off: date | None = None


class Paid(NamedTuple):
    """Money taken on a day; `named` are the bills that the payer named, in that order."""

    id: str
    day: date
    amount: Decimal
    named: tuple[str, ...] = ()


class Part(NamedTuple):
    """What one payment settles of one debt: late fee and principal, as of the day on which it does.

    `held` is the day from which the money was in hand, earlier where it was credit: no late fee runs on it after that.
    """

    paid: str
    debt: str
    day: date
    fee: Decimal
    principal: Decimal
    held: date


class Span(NamedTuple):
    """One line of a late fee's working: so many days on so much principal."""

    start: date
    end: date
    days: int
    principal: Decimal
    fee: Decimal  # not rounded


class Fee(NamedTuple):
    """The late fee of one debt as of a day, with its working. `words` say why it is nothing, where it is."""

    amount: Decimal
    spans: tuple[Span, ...]
    words: str = ""
    capped: bool = False


class Standing(NamedTuple):
    """One debt as of a day: what is left of the principal, the late fee and how much of it is paid."""

    debt: Debt
    open: Decimal
    fee: Fee
    fee_paid: Decimal

    @property
    def fee_open(self) -> Decimal:
        """The late fee still to be paid."""
        return max(self.fee.amount - self.fee_paid, ZERO)


class Written(NamedTuple):
    """What was written off of one debt, and when."""

    debt: str
    day: date
    amount: Decimal


class Account(NamedTuple):
    """A debtor's account as of a day. Every payment is spent in `parts` or kept as `credit`, to the cent.

    A debt that was written off stands with what had been paid of it; one of which nothing was paid is gone.
    """

    as_of: date
    standings: tuple[Standing, ...]
    parts: tuple[Part, ...]
    credit: Decimal
    written: tuple[Written, ...] = ()

    @property
    def arrears(self) -> tuple[Standing, ...]:
        """Debts that are due and not paid; one that is not due yet is no arrears (domain.md 0, M)."""
        return tuple(s for s in self.standings if s.debt.due < self.as_of and (s.open or s.fee_open))

    @property
    def owed(self) -> Decimal:
        """The principal of the arrears."""
        return sum((s.open for s in self.arrears), ZERO)

    @property
    def billed(self) -> bool:
        """Whether any bill was there: bills then tell what is owed, else the hand."""
        return bool(self.standings or self.written)

    @property
    def not_due(self) -> Decimal:
        """What is open and not due yet."""
        return sum((s.open for s in self.standings if s.debt.due >= self.as_of), ZERO)


_NO_RATE = Fee(ZERO, (), "没有设违约金标准，不计违约金")
_NOT_YET = Fee(ZERO, (), "未到计算违约金的日期")


def late_fee(debt: Debt, parts: Iterable[Part], as_of: date) -> Fee:
    """Simple interest on the principal left in each span between payments, rounded once, half up (domain.md J).

    Counted from the day after the due date plus grace days. Never a fee on a fee, nor on what was in hand as credit:
    a bill that is issued after it fell due is no reason that who had paid before pays more.
    """
    terms = debt.terms
    if not terms.rate:
        return _NO_RATE
    start = debt.due + relativedelta(days=terms.grace)
    if as_of <= start:
        return _NOT_YET
    paid: dict[date, Decimal] = {}
    for part in parts:
        if part.debt == debt.id and part.principal and part.held <= as_of:
            paid[part.held] = paid.get(part.held, ZERO) + part.principal
    left = debt.amount - sum((amount for day, amount in paid.items() if day <= start), ZERO)
    spans, total = [], Decimal(0)
    for end in (*sorted(day for day in paid if day > start), as_of):
        days = (end - start).days
        if days and left > 0:
            fee = left * terms.rate * days
            spans.append(Span(start, end, days, left, fee))
            total += fee
        left -= paid.get(end, ZERO) if end != as_of or end in paid else ZERO
        start = end
    amount = total.quantize(CENT, ROUND_HALF_UP)
    limit = (debt.amount * terms.cap).quantize(CENT, ROUND_HALF_UP) if terms.cap is not None else None
    capped = limit is not None and amount > limit
    return Fee(limit if capped and limit is not None else amount, tuple(spans), "", capped)


class _Running:
    """A debt while payments are laid on it."""

    __slots__ = ("debt", "done", "fee_paid", "open", "parts", "written")

    def __init__(self, debt: Debt) -> None:
        self.debt = debt
        self.written: Written | None = None
        self.open = debt.amount
        self.fee_paid = ZERO
        self.parts: list[Part] = []
        self.done = False  # all of it is paid: a late fee does not grow on nothing, so it never needs money again

    def take(self, paid: Paid, day: date, amount: Decimal, principal_first: bool) -> Part | None:
        """As much of what is left of a payment as this debt needs on that day; None where it needs nothing."""
        if self.written:
            return None
        fee_left = max(late_fee(self.debt, self.parts, paid.day).amount - self.fee_paid, ZERO)
        if principal_first:
            principal = min(amount, self.open)
            fee = min(amount - principal, fee_left)
        else:
            fee = min(amount, fee_left)
            principal = min(amount - fee, self.open)
        if not fee and not principal:
            return None
        part = Part(paid.id, self.debt.id, day, fee, principal, paid.day)
        self.open -= principal
        self.fee_paid += fee
        self.parts.append(part)
        self.done = not self.open and fee == fee_left
        return part

    def write_off(self, day: date) -> None:
        """Give up what is open."""
        self.written = Written(self.debt.id, day, self.open)
        self.debt = self.debt._replace(amount=self.debt.amount - self.open)
        self.open = ZERO

    def standing(self, as_of: date) -> Standing:
        """How the debt stands; the late fee of one that was written off is what was paid of it."""
        fee = Fee(self.fee_paid, (), "已核销") if self.written else late_fee(self.debt, self.parts, as_of)
        return Standing(self.debt, self.open or ZERO, fee, self.fee_paid or ZERO)


def settle(debts: Iterable[Debt], payments: Iterable[Paid], as_of: date, principal_first: bool = False) -> Account:
    """The account as of a day: named bills first, then due debts, then the earliest due; the rest stays as credit.

    Credit pays a later bill on the day on which that one is issued, with the late fee as of the day on which it was
    paid in: none where that was before the bill fell due. Within one debt the late fee goes before the
    principal, unless the office has set principal first (domain.md J).
    """
    running = {d.id: _Running(d) for d in sorted(debts, key=lambda d: (d.due, d.issued, d.id)) if d.issued <= as_of}
    coming = sorted((p for p in payments if p.day <= as_of and p.amount > 0), key=lambda p: (p.day, p.id))
    issued = sorted(running.values(), key=lambda r: (r.debt.issued, r.debt.due, r.debt.id))
    credit: list[tuple[Paid, Decimal]] = []
    parts: list[Part] = []
    there: list[_Running] = []
    events: list[tuple[date, int, int]] = [(r.debt.issued, 0, i) for i, r in enumerate(issued)]
    events += [(p.day, 1, i) for i, p in enumerate(coming)]
    events += [(d, 2, i) for i, r in enumerate(issued) if (d := r.debt.written_off) and d <= as_of]
    for day, what, index in sorted(events):
        if what == 2:
            issued[index].write_off(day)
            continue
        if what == 0:
            there.append(issued[index])
            credit = _spend(credit, [issued[index]], day, parts, principal_first)
            continue
        paid = coming[index]
        there = [r for r in there if not r.done]
        named = [running[n] for n in paid.named if n in running and running[n].debt.issued <= day]
        others = (r for r in there if r not in named)
        rest = sorted(others, key=lambda r: (r.debt.due >= day, r.debt.due, r.debt.issued, r.debt.id))
        credit += _spend([(paid, paid.amount)], [*named, *rest], day, parts, principal_first)
    standings = tuple(r.standing(as_of) for r in running.values() if r.parts or not r.written)
    written = tuple(r.written for r in running.values() if r.written)
    return Account(as_of, standings, tuple(parts), sum((amount for _, amount in credit), ZERO), written)


def _spend(
    credit: Sequence[tuple[Paid, Decimal]], debts: Sequence[_Running], day: date, parts: list[Part],
    principal_first: bool,
) -> list[tuple[Paid, Decimal]]:
    """Lay money on debts in order; returns what is left of it."""
    left = []
    for paid, amount in credit:
        for debt in debts:
            part = debt.take(paid, day, amount, principal_first) if amount else None
            if part:
                parts.append(part)
                amount -= part.fee + part.principal
        if amount:
            left.append((paid, amount))
    return left


class Limit(NamedTuple):
    """Until when a debt can be enforced, and what last restarted the time: a contact, a payment, or the due date."""

    lapses: date
    since: date
    by: str


def limitation(debt: Debt, restarts: Iterable[tuple[date, str]], as_of: date) -> Limit:
    """Three years from the due date, or from the last thing that restarted them (domain.md J; a reminder, no advice).

    `restarts` are days with the number of what proves them: a demand that was signed for or provably arrived, a
    promise to pay, a part payment, a suit. One after the debt had lapsed restarts nothing. 29 February is 28.
    """
    since, by = debt.due, debt.id
    for day, number in sorted(restarts):
        if debt.due < day <= as_of and day <= since + LIMITATION:
            since, by = day, number
    return Limit(since + LIMITATION, since, by)


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount shared by weights, each to the cent and together exactly the amount: the largest remainders go up.

    Raises ValueError where there is nothing to share by.
    """
    total = sum(weights, Decimal(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("没有可以分摊的依据（面积或份数合计为 0）")
    exact = [amount * weight / total for weight in weights]
    shares = [one.quantize(CENT, "ROUND_FLOOR") for one in exact]
    cents = int((amount - sum(shares, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for place in by_remainder[:cents]:
        shares[place] += CENT
    return shares


AGES = (
    (relativedelta(days=30), "30 天内"), (relativedelta(days=90), "31—90 天"), (relativedelta(days=180), "91—180 天"),
    (relativedelta(years=1), "181 天—1 年"), (relativedelta(years=2), "1—2 年"), (LIMITATION, "2—3 年"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def age(due: date, as_of: date) -> str:
    """The age group of a debt that was due on a day; years go by the calendar, as those of the limitation do."""
    return next((zh for most, zh in AGES if as_of <= due + most), "3 年以上")
