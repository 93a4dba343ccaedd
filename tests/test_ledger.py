"""Accounts to the cent: the worked examples of domain.md J, and what must hold whatever is paid in whatever order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuye import ledger
from wuye.ledger import Debt, Paid, Terms, limitation, settle, split

DAILY = Terms(Decimal("0.0005"))
DUE = date(2026, 3, 31)
DEBT = Debt("ZD-1", date(2026, 3, 1), DUE, Decimal("1073.16"), terms=DAILY)
AS_OF = date(2026, 11, 22)


def test_the_worked_example_of_the_late_fee() -> None:
    fee = settle([DEBT], [], AS_OF).standings[0].fee
    assert (fee.amount, [s.days for s in fee.spans]) == (Decimal("126.63"), [236])


def test_the_worked_example_with_a_part_payment() -> None:
    paid = Paid("SK-1", date(2026, 6, 30), Decimal("500.00"))
    fee = settle([DEBT], [paid], AS_OF, principal_first=True).standings[0].fee
    assert fee.amount == Decimal("90.38")
    assert [(s.days, s.principal) for s in fee.spans] == [(91, Decimal("1073.16")), (145, Decimal("573.16"))]


def test_the_fee_goes_before_the_principal_unless_told() -> None:
    paid = Paid("SK-1", date(2026, 6, 30), Decimal("500.00"))
    part = settle([DEBT], [paid], AS_OF).parts[0]
    assert (part.fee, part.principal) == (Decimal("48.83"), Decimal("451.17"))  # 91 days on 1,073.16


def test_no_rate_no_fee_and_it_says_why() -> None:
    fee = settle([DEBT._replace(terms=ledger.NO_FEE)], [], AS_OF).standings[0].fee
    assert fee.amount == 0 and "没有设违约金标准" in fee.words


def test_grace_days_and_a_cap() -> None:
    grace = DEBT._replace(terms=Terms(Decimal("0.0005"), grace=10))
    assert settle([grace], [], AS_OF).standings[0].fee.spans[0].days == 226
    assert settle([grace], [], DUE + timedelta(days=10)).standings[0].fee.amount == 0
    capped = settle([DEBT._replace(terms=Terms(Decimal("0.0005"), cap=Decimal("0.1")))], [], AS_OF).standings[0].fee
    assert capped.amount == Decimal("107.32") and capped.capped


def test_what_is_not_due_yet_is_no_arrears() -> None:
    assert settle([DEBT], [], DUE).arrears == ()
    assert settle([DEBT], [], DUE + timedelta(days=1)).owed == Decimal("1073.16")


def bill(number: int, due: str, amount: str, issued: str = "2026-01-01") -> Debt:
    return Debt(f"ZD-{number}", date.fromisoformat(issued), date.fromisoformat(due), Decimal(amount))


def test_named_bills_go_first_then_the_earliest_due() -> None:
    bills = [bill(1, "2026-01-31", "100.00"), bill(2, "2026-02-28", "100.00"), bill(3, "2026-12-31", "100.00")]
    account = settle(bills, [Paid("SK-1", date(2026, 3, 1), Decimal("150.00"), ("ZD-3",))], AS_OF)
    assert [(p.debt, p.principal) for p in account.parts] == [("ZD-3", Decimal("100.00")), ("ZD-1", Decimal("50.00"))]
    assert account.owed == Decimal("150.00") and account.credit == 0


def test_a_prepayment_is_credit_until_the_next_bill() -> None:
    paid = Paid("SK-1", date(2026, 1, 5), Decimal("250.00"))
    bills = [bill(1, "2026-02-28", "100.00", "2026-02-01"), bill(2, "2026-03-31", "100.00", "2026-03-01")]
    assert settle(bills, [paid], date(2026, 1, 31)).credit == Decimal("250.00")
    account = settle(bills, [paid], date(2026, 3, 15))
    assert account.credit == Decimal("50.00") and not account.arrears
    assert [p.day for p in account.parts] == [date(2026, 2, 1), date(2026, 3, 1)]


def test_credit_in_hand_pays_a_bill_issued_late_as_of_its_own_day() -> None:
    """Paid before it was due: no fee; after it: a fee up to that day; what it does not cover bears its fee."""
    late = DEBT._replace(issued=date(2026, 6, 30))
    early = Paid("SK-1", date(2026, 3, 1), Decimal("500.00"))
    whole = settle([late], [early._replace(amount=Decimal("1100.00"))], AS_OF)
    assert [(p.day, p.fee, p.principal) for p in whole.parts] == [(late.issued, 0, late.amount)]
    assert (whole.credit, whole.standings[0].fee.amount) == (Decimal("26.84"), 0)
    part = settle([late], [early], AS_OF)
    assert [(s.days, s.principal) for s in part.standings[0].fee.spans] == [(236, Decimal("573.16"))]
    after = settle([late], [early, Paid("SK-2", date(2026, 4, 10), Decimal("600.00"))], AS_OF)
    assert [(p.paid, p.day, p.fee, p.principal) for p in after.parts] == [
        ("SK-1", late.issued, 0, Decimal("500.00")),
        ("SK-2", late.issued, Decimal("2.87"), Decimal("573.16")),  # ten days on 573.16
    ]
    assert (after.credit, after.standings[0].fee_open) == (Decimal("23.97"), 0)
    assert settle([late], [early], date(2026, 6, 29)).credit == early.amount


def test_what_is_written_off_stays_paid_where_it_was_paid() -> None:
    bills = [bill(1, "2026-01-31", "100.00")._replace(written_off=date(2026, 5, 1)), bill(2, "2026-02-28", "50.00")]
    paid = [Paid("SK-1", date(2026, 2, 1), Decimal("40.00")), Paid("SK-2", date(2026, 6, 1), Decimal("60.00"))]
    before = settle(bills, paid, date(2026, 4, 30))
    assert (before.owed, before.written) == (Decimal("110.00"), ())
    account = settle(bills, paid, AS_OF)
    assert [(p.debt, p.principal) for p in account.parts] == [("ZD-1", Decimal("40.00")), ("ZD-2", Decimal("50.00"))]
    assert account.written == (ledger.Written("ZD-1", date(2026, 5, 1), Decimal("60.00")),)
    assert (account.owed, account.credit) == (0, Decimal("10.00"))
    assert [(s.debt.id, s.debt.amount) for s in account.standings] == [("ZD-1", Decimal("40.00")),
                                                                       ("ZD-2", Decimal("50.00"))]  # fmt: skip
    assert [s.debt.id for s in settle(bills, [], AS_OF).standings] == ["ZD-2"]


def test_limitation_runs_three_years_and_starts_again() -> None:
    assert limitation(DEBT, [], AS_OF).lapses == date(2029, 3, 31)
    assert limitation(DEBT._replace(due=date(2024, 2, 29)), [], AS_OF).lapses == date(2027, 2, 28)
    told = limitation(DEBT, [(date(2026, 10, 1), "CS-1"), (date(2026, 12, 1), "CS-2")], AS_OF)
    assert (told.lapses, told.by) == (date(2029, 10, 1), "CS-1")
    old = DEBT._replace(due=date(2020, 1, 1))
    assert limitation(old, [(date(2025, 1, 1), "CS-1")], AS_OF).lapses == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("due", "as_of", "group"),
    [
        ("2026-10-23", "2026-11-22", "30 天内"), ("2026-10-22", "2026-11-22", "31—90 天"),
        ("2026-05-26", "2026-11-22", "91—180 天"), ("2026-05-25", "2026-11-22", "181 天—1 年"),
        ("2023-11-25", "2024-11-25", "181 天—1 年"), ("2023-11-25", "2024-11-26", "1—2 年"),
        ("2023-11-25", "2026-11-25", "2—3 年"), ("2023-11-25", "2026-11-26", "3 年以上"),
        ("2024-02-29", "2027-02-28", "2—3 年"), ("2024-02-29", "2027-03-01", "3 年以上"),
    ],
)  # fmt: skip
def test_ages_go_by_the_calendar_as_the_limitation_does(due: str, as_of: str, group: str) -> None:
    first, day = date.fromisoformat(due), date.fromisoformat(as_of)
    assert ledger.age(first, day) == group
    assert (group == "3 年以上") == (limitation(DEBT._replace(due=first), [], day).lapses < day)


def test_shares_sum_exactly() -> None:
    assert split(Decimal("100.00"), [Decimal(1)] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    with pytest.raises(ValueError, match="没有可以分摊的依据"):
        split(Decimal("1.00"), [Decimal(0)])


CENTS = st.integers(1, 500_000).map(lambda n: Decimal(n) / 100)
DAYS = st.integers(0, 900).map(lambda n: date(2024, 6, 1) + timedelta(days=n))


@st.composite
def debts(draw: st.DrawFn) -> list[Debt]:
    found = []
    for index in range(draw(st.integers(0, 6))):
        issued = draw(DAYS)
        terms = draw(st.sampled_from([ledger.NO_FEE, DAILY, Terms(Decimal("0.001"), 5, Decimal("0.3"))]))
        due = issued + timedelta(days=draw(st.integers(-200, 60)))  # some are issued late
        off = draw(st.none() | st.integers(0, 400).map(lambda n, day=issued: day + timedelta(days=n)))
        found.append(Debt(f"ZD-{index}", issued, due, draw(CENTS), terms=terms, written_off=off))
    return found


@st.composite
def payments(draw: st.DrawFn) -> list[Paid]:
    named = st.lists(st.sampled_from([f"ZD-{i}" for i in range(6)]), max_size=3, unique=True).map(tuple)
    return [Paid(f"SK-{i}", draw(DAYS), draw(CENTS), draw(named)) for i in range(draw(st.integers(0, 6)))]


@given(debts(), payments(), DAYS, st.booleans(), st.randoms())
def test_allocation_conserves_money_whatever_the_order(
    bills: list[Debt], paid: list[Paid], as_of: date, principal_first: bool, chance: object
) -> None:
    account = settle(bills, paid, as_of, principal_first)
    spent = sum((p.fee + p.principal for p in account.parts), Decimal(0))
    assert spent + account.credit == sum((p.amount for p in paid if p.day <= as_of), Decimal(0))
    for standing in account.standings:
        mine = [p for p in account.parts if p.debt == standing.debt.id]
        assert standing.open == standing.debt.amount - sum((p.principal for p in mine), Decimal(0)) >= 0
        assert standing.fee_paid == sum((p.fee for p in mine), Decimal(0)) <= standing.fee.amount
        assert all(p.fee >= 0 and p.principal >= 0 for p in mine)
    mixed_bills, mixed_paid = list(bills), list(paid)
    chance.shuffle(mixed_bills)  # type: ignore[attr-defined]
    chance.shuffle(mixed_paid)  # type: ignore[attr-defined]
    assert settle(mixed_bills, mixed_paid, as_of, principal_first) == account


@given(CENTS, st.lists(st.integers(0, 9_999).map(Decimal), min_size=1, max_size=40))
def test_no_cent_is_lost_in_splitting(amount: Decimal, weights: list[Decimal]) -> None:
    if not sum(weights):
        return
    shares = split(amount, weights)
    assert sum(shares) == amount
    total = sum(weights)
    exact = [amount * weight / total for weight in weights]
    assert all(abs(share - one) < Decimal("0.01") for share, one in zip(shares, exact, strict=True))
