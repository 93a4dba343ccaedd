"""Parking bays: rented, authorised until what was paid for, renewed, given back, and billed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from conftest import Said, played

from wuye import chargefile, records, yamlio
from wuye.billing import Ground, Proposal
from wuye.occupancy import tenancies
from wuye.office import Office
from wuye.periods import month_of
from wuye.proposing import propose
from wuye.record import Record

Wuye = Callable[..., Said]
D = date.fromisoformat


@played
def rented(wuye: Wuye) -> Wuye:
    """A bay of one unit, rented by the quarter from 15 November."""
    said = wuye("parking", "add", "B1-023", "3-2-1201", "--holder", "王女士", "--plates", "粤B12345",
                "--since", "2026-11-15", "--period", "季", "--prepaid", "900")  # fmt: skip
    assert said.code == 0, said.err
    return wuye


def bay(office: Path) -> Record:
    return Office(office).load(records.kind("parking"))[0][0]


def billed(office: Path, month: str, more: str = "") -> list[Proposal]:
    """What the bay is asked for in a month at 300 a month."""
    items, faults = chargefile.parse(yamlio.load(f"p: {{way: bay, rates: [{{from: 2026-01, rate: '300'}}]{more}}}"))
    assert faults == []
    span = month_of(D(f"{month}-01"))
    return list(propose(Ground(items, span, span.start, bays=[bay(office)])).fresh)


def test_authorised_until_what_was_paid_for_and_renewed(rented: Wuye) -> None:
    said = rented("parking", "authorise", "B1-023", "--authorised-by", "周敏", "--paid-until", "2027-02-14")
    assert said.code == 0 and "没有登记核对过行驶证" in said.err
    record = rented("parking", "show", "B1-023", "-o", "json").records[0]
    (clock,) = record["clocks"]
    assert (clock["due"], clock["state"]) == ("2027-02-14T18:00+08:00", "open")
    assert "CW-20261122-001" in rented("due", "--late", now="2027-02-15T09:00").out
    said = rented("parking", "renew", "B1-023", "--paid-until", "2027-02-14")
    assert said.code == 1 and "应晚于此" in said.err
    assert rented("parking", "renew", "B1-023", "--paid-until", "2027-05-14", "--prepaid", "900").code == 0
    (clock,) = rented("parking", "show", "B1-023", "-o", "json").records[0]["clocks"]
    assert (clock["due"], clock["state"]) == ("2027-05-14T18:00+08:00", "open")
    assert rented("parking", "end", "B1-023", "--reason", "卖车").code == 0
    assert rented("parking", "show", "B1-023", "-o", "json").records[0]["clocks"] == []


def test_a_free_bay_is_rented_to_somebody(wuye: Wuye) -> None:
    assert wuye("parking", "add", "B1-024").code == 0
    said = wuye("parking", "rent", "B1-024", "--since", "2026-12-01")
    assert said.code == 1 and "租给谁" in said.err
    said = wuye("parking", "authorise", "B1-024", "--authorised-by", "周敏", "--paid-until", "2027-01-31")
    assert said.code == 1
    assert wuye("parking", "rent", "B1-024", "--since", "2026-12-01", "--holder", "陈先生").code == 0
    said = wuye("parking", "add", "B1-024")
    assert said.code == 1 and "已有车位号" in said.err


def test_a_bay_is_billed_by_its_own_quarter(rented: Wuye, office: Path) -> None:
    (one,) = billed(office, "2026-11")
    assert (str(one.span), one.amount) == ("2026-11-15 至 2027-02-14", Decimal("900.00"))
    assert (one.key, one.room, one.payer_name) == (("bay", "B1-023"), "3-2-1201", "王女士")
    assert billed(office, "2026-12") == []
    (one,) = billed(office, "2027-02")
    assert one.span.start == D("2027-02-15")


def test_two_tenants_in_one_month(rented: Wuye, office: Path) -> None:
    assert rented("parking", "edit", "B1-023", "--period", "月").code == 0
    assert rented("parking", "end", "B1-023", "--until", "2026-11-20").code == 0
    said = rented("parking", "rent", "B1-023", "--since", "2026-11-26", "--holder", "陈先生", "--until", "2027-11-25",
                  "--period", "月")  # fmt: skip
    assert said.code == 0, said.err
    assert [(t.holder, str(t.span)) for t in tenancies(bay(office))] == [
        ("王女士", "2026-11-15 至 2026-11-20"), ("陈先生", "2026-11-26 至 2027-11-25"),
    ]  # fmt: skip
    special = ", exceptions: [{bay: B1-023, factor: '0.5', from: 2026-11-26, reason: 优惠}]"
    one, other = billed(office, "2026-11", special)
    assert (one.payer_name, str(one.amount)) == ("王女士", "60.00")  # 6 of 30 days
    assert (other.payer_name, str(other.amount), str(other.span)) == ("陈先生", "150.00", "2026-11-26 至 2026-12-25")


def test_a_bay_given_up_early_is_charged_to_the_day_it_was_given_up(wuye: Wuye, office: Path) -> None:
    """The end of the agreement is not the end of the renting; a day told with the step goes before that of the step."""
    term = ("--since", "2026-01-01", "--until", "2026-12-31", "--at", "2026-01-01")
    assert wuye("parking", "add", "B1-001", "1-1-101", *term).code == 0
    assert wuye("parking", "end", "B1-001", "--reason", "卖车", "--at", "2026-06-15").code == 0
    assert [str(t.span) for t in tenancies(bay(office))] == ["2026-01-01 至 2026-06-15"]
    (one,) = billed(office, "2026-06")
    assert (str(one.span), one.amount) == ("2026-06-01 至 2026-06-15", Decimal("150.00"))
    assert billed(office, "2026-07") == []
    anew = ("--since", "2026-07-01", "--room", "1-1-102", "--at", "2026-06-20")
    assert wuye("parking", "rent", "B1-001", *anew).code == 0
    assert [(p.room, p.amount) for p in billed(office, "2026-07")] == [("1-1-102", Decimal("300.00"))]
    assert wuye("parking", "end", "B1-001", "--until", "2026-12-31", "--at", "2026-11-01").code == 0
    assert [str(t.span) for t in tenancies(bay(office))][1:] == ["2026-07-01 至 2026-12-31"]
    assert len(billed(office, "2026-12")) == 1


def test_a_bay_that_is_let_past_its_agreement_is_charged_to_the_end_of_that(wuye: Wuye, office: Path) -> None:
    term = ("--since", "2026-01-01", "--until", "2026-06-30", "--at", "2026-01-01")
    assert wuye("parking", "add", "B1-001", "1-1-101", *term).code == 0
    assert wuye("parking", "end", "B1-001", "--at", "2026-07-10").code == 0
    assert [str(t.span) for t in tenancies(bay(office))] == ["2026-01-01 至 2026-06-30"]


def test_a_renting_given_up_before_it_began_is_none(wuye: Wuye, office: Path) -> None:
    assert wuye("parking", "add", "B1-001", "1-1-101", "--since", "2026-12-01").code == 0
    assert wuye("parking", "end", "B1-001", "--reason", "不租了").code == 0
    assert tenancies(bay(office)) == [] and billed(office, "2026-12") == []


def test_a_bay_let_anew_keeps_nothing_of_the_former_renter(rented: Wuye, office: Path) -> None:
    """Whoever comes from outside does not rent on the former unit's account, nor for its term."""
    assert rented("parking", "edit", "B1-023", "--phone", "13800138000", "--id-type", "身份证", "--id-tail", "002X",
                  "--until", "2027-11-14").code == 0  # fmt: skip
    assert rented("parking", "authorise", "B1-023", "--authorised-by", "周敏", "--paid-until", "2027-02-14").code == 0
    assert rented("parking", "end", "B1-023", "--until", "2026-11-20").code == 0
    said = rented("parking", "rent", "B1-023", "--since", "2026-11-26", "--holder", "外来公司", "-o", "json")
    assert said.code == 0, said.err
    one = bay(office)
    assert {n: v for n, v in one.values.items() if v is not None} == {
        "bay": "B1-023", "holder": "外来公司", "since": D("2026-11-26"),
    }  # fmt: skip
    assert [(t.room, t.holder, t.period) for t in tenancies(one)] == [("3-2-1201", "王女士", "quarter"),
                                                                      ("", "外来公司", "")]  # fmt: skip
    assert rented("check").code == 0
    paid = rented("payment", "add", "--bay", "B1-023", "--amount", "300", "--way", "现金", "-o", "json").records[0]
    assert (paid.get("room"), paid["bay"]) == (None, "B1-023")


def test_paid_for_past_the_end_of_the_agreement_is_told(rented: Wuye) -> None:
    """Nothing is billed after `until`, however far the authorisation reaches."""
    assert rented("parking", "edit", "B1-023", "--until", "2027-02-14", "--licence-seen", "yes").code == 0
    who = ("--authorised-by", "周敏")
    assert "租期" not in rented("parking", "authorise", "B1-023", *who, "--paid-until", "2027-02-14").err
    said = rented("parking", "renew", "B1-023", "--paid-until", "2027-05-14")
    assert said.code == 0 and "租期只到 2027-02-14，之后不出账" in said.err
    assert "edit B1-023 --until 2027-05-14" in said.err
