"""Leases of spaces: negotiated, signed, running, ended; rents by schedule or by period; whose income it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import Said

from wuye import chargefile, records, yamlio
from wuye.billing import Ground
from wuye.office import Office
from wuye.periods import month_of
from wuye.proposing import propose

Wuye = Callable[..., Said]
D = date.fromisoformat
TERM = ("--since", "2026-11-01", "--until", "2027-10-31")


def rents(office: Path, month: str, more: str = "") -> list[tuple[str, str, str]]:
    """What leases are asked for in a month: days, amount, due day."""
    items, _ = chargefile.parse(yamlio.load(f"r: {{way: lease{more}}}"))
    span = month_of(D(f"{month}-01"))
    leases = Office(office).load(records.kind("lease"))[0]
    found = propose(Ground(items, span, span.start, leases=leases)).fresh
    return [(str(one.span), str(one.amount), f"{one.due}") for one in found]


def test_from_negotiating_to_its_end(wuye: Wuye, office: Path) -> None:
    assert wuye("lease", "add", "L1", "某公司", "--rent", "3000", "--period", "季", *TERM).code == 0
    assert rents(office, "2026-11") == []  # nothing is owed while it is talked about
    assert wuye("lease", "sign", "L1").code == 0
    assert wuye("lease", "start", "L1").code == 0
    assert rents(office, "2026-11") == [("2026-11-01 至 2027-01-31", "3000.00", "2026-12-01")]
    assert rents(office, "2026-12") == []
    (clock,) = wuye("lease", "show", "L1", "-o", "json").records[0]["clocks"]
    assert (clock["due"], clock["state"]) == ("2027-10-31T18:00+08:00", "open")
    assert wuye("lease", "inspect", "L1", "--finding", "按约使用").code == 0
    assert wuye("lease", "end", "L1", "--until", "2026-12-15", "--reason", "退租", now="2026-12-16T09:00").code == 0
    assert wuye("lease", "list", "--open", "-o", "json").records == []
    assert rents(office, "2027-02") == []
    assert rents(office, "2026-11") == [("2026-11-01 至 2026-12-15", "1483.87", "2026-12-01")]  # 1 + 15/31 of 3 months


def test_rents_by_schedule(wuye: Wuye, office: Path) -> None:
    schedule = "2026-11-01 2027-04-30 18,000 2026-11-05、2027-05-01至2027-10-31 19000"
    assert wuye("lease", "add", "L1", "某公司", *TERM, "--schedule", schedule).code == 0
    assert wuye("lease", "sign", "L1").code == 0
    assert rents(office, "2026-11") == [("2026-11-01 至 2027-04-30", "18000.00", "2026-11-05")]
    assert rents(office, "2027-05") == [("2027-05-01 至 2027-10-31", "19000.00", "2027-05-31")]
    assert rents(office, "2026-12") == []


def running(wuye: Wuye, *terms: str) -> None:
    """A lease of the year 2026 that runs."""
    argv = ("lease", "add", "L1", "某公司", "--since", "2026-01-01", "--until", "2026-12-31", *terms)
    assert wuye(*argv, "--at", "2026-01-01").code == 0
    for step in ("sign", "start"):
        assert wuye("lease", step, "L1", "--at", "2026-01-01").code == 0


MONTHLY = ("--rent", "1800", "--period", "月")


def test_a_lease_extended_early_keeps_its_rent_to_the_end_of_the_term(wuye: Wuye, office: Path) -> None:
    running(wuye, *MONTHLY)
    argv = ("lease", "extend", "L1", "--until", "2027-12-31", "--rent", "2000", "--at", "2026-11-10")
    assert wuye(*argv).code == 0
    assert rents(office, "2026-12") == [("2026-12-01 至 2026-12-31", "1800.00", "2026-12-31")]
    assert rents(office, "2027-01") == [("2027-01-01 至 2027-01-31", "2000.00", "2027-01-31")]
    argv = ("lease", "extend", "L1", "--until", "2028-12-31", "--rent", "6600", "--period", "季")
    assert wuye(*argv).code == 0
    assert [rents(office, month)[0][1] for month in ("2026-12", "2027-12", "2028-01")] == [
        "1800.00", "2000.00", "6600.00",
    ]  # fmt: skip
    assert rents(office, "2028-02") == [] and rents(office, "2029-01") == []
    row = next(r for r in wuye("due", "-o", "json", now="2026-11-25T09:00").json["duties"] if r["duty"] == "rent")
    assert row["zh"].endswith("1,800.00") and row["period"] == "2026-12"


def test_a_term_that_ends_within_a_period_is_charged_by_the_day(wuye: Wuye, office: Path) -> None:
    """The next one counts its periods from its own first day."""
    running(wuye, *MONTHLY)
    assert wuye("lease", "edit", "L1", "--until", "2026-12-15").code == 0
    assert wuye("lease", "extend", "L1", "--until", "2027-12-15", "--rent", "2000").code == 0
    assert [row[:2] for row in rents(office, "2026-12")] == [
        ("2026-12-01 至 2026-12-15", "870.97"), ("2026-12-16 至 2027-01-15", "2000.00"),
    ]  # fmt: skip
    assert [row[:2] for row in rents(office, "2027-01")] == [("2027-01-16 至 2027-02-15", "2000.00")]


def test_an_extension_on_the_same_rent_goes_on(wuye: Wuye, office: Path) -> None:
    running(wuye, "--rent", "1800", "--period", "季")
    assert wuye("lease", "edit", "L1", "--until", "2026-11-15").code == 0
    assert wuye("lease", "extend", "L1", "--until", "2027-12-31", "--rent", "1800").code == 0
    assert [row[0] for row in rents(office, "2026-10")] == ["2026-10-01 至 2026-12-31"]
    assert rents(office, "2026-11") == []


def test_a_schedule_and_a_rent_follow_each_other(wuye: Wuye, office: Path) -> None:
    """A schedule for the new term takes nothing from the old one; a rent for it is not hidden by an old schedule."""
    running(wuye, "--schedule", "2026-01-01 2026-11-30 900、2026-12-01 2026-12-31 950")
    new = "2026-12-01 2026-12-31 7、2027-01-01 2027-12-31 9000"
    assert wuye("lease", "extend", "L1", "--until", "2027-12-31", "--schedule", new).code == 0
    assert [row[1] for month in ("2026-12", "2027-01", "2027-02") for row in rents(office, month)] == [
        "950.00", "9000.00",
    ]  # fmt: skip
    assert wuye("lease", "extend", "L1", "--until", "2028-12-31", *MONTHLY).code == 0
    assert [row[1] for month in ("2026-12", "2027-01", "2028-01", "2028-02") for row in rents(office, month)] == [
        "950.00", "9000.00", "1800.00", "1800.00",
    ]  # fmt: skip


def test_a_lease_is_charged_to_the_day_that_was_told_with_its_end(wuye: Wuye, office: Path) -> None:
    running(wuye, *MONTHLY)
    assert wuye("lease", "extend", "L1", "--until", "2027-12-31", "--at", "2026-11-01").code == 0
    assert wuye("lease", "end", "L1", "--until", "2026-12-31", "--at", "2026-11-10").code == 0
    assert [rents(office, month) for month in ("2026-11", "2026-12", "2027-01")] == [
        [("2026-11-01 至 2026-11-30", "1800.00", "2026-12-01")],
        [("2026-12-01 至 2026-12-31", "1800.00", "2026-12-31")],
        [],
    ]
    row = next(r for r in wuye("due", "-o", "json", now="2026-11-25T09:00").json["duties"] if r["duty"] == "rent")
    assert row["period"] == "2026-12", "and waits until then"
    assert wuye("lease", "edit", "L1", "--until", "2026-12-10").code == 0, "a correction of that day counts"
    assert [row[1] for row in rents(office, "2026-12")] == ["580.65"]


def test_a_lease_ended_without_a_day_is_charged_to_the_day_of_the_step(wuye: Wuye, office: Path) -> None:
    running(wuye, *MONTHLY)
    assert wuye("lease", "end", "L1", "--reason", "退租", "--at", "2026-11-10").code == 0
    assert [row[:2] for row in rents(office, "2026-11")] == [("2026-11-01 至 2026-11-10", "600.00")]
    assert rents(office, "2026-12") == []


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--schedule", "2026-11-01 2027-04-30"), "请写成 起 止 金额"),
        (("--schedule", "2026-11-01 2027-04-30 1、2027-04-30 2027-05-31 1"), "重叠"),
        (("--schedule", "2026-11-01 2026-10-01 1"), "止日早于起日"),
        (("--rent", "3000"), "--period"), (("--since", "2026-11-01", "--until", "2026-10-01"), "早于开始"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be(wuye: Wuye, argv: tuple[str, ...], words: str) -> None:
    said = wuye("lease", "add", "L1", "某公司", *argv)
    assert said.code == 2 and words in said.err, said.err


def test_a_site_is_paid_for_at_signing(wuye: Wuye) -> None:
    assert wuye("lease", "add", "L1", "某公司", "--type", "场地", *TERM).code == 0
    said = wuye("lease", "sign", "L1")
    assert said.code == 1 and "签约时收讫" in said.err
    assert wuye("lease", "sign", "L1", "--paid", "500", "--receipt", "0012301").code == 0


def test_income_of_common_parts_is_kept_apart(wuye: Wuye, office: Path) -> None:
    for name, common in (("L1", "yes"), ("L2", "no")):
        argv = ("lease", "add", name, "某公司", "--common", common, "--rent", "100", "--period", "月", *TERM)
        assert wuye(*argv).code == 0
    said = wuye("lease", "sign", "L1")
    assert said.code == 0 and "归业主共有" in said.err
    assert "归业主" not in wuye("lease", "sign", "L2").err
    assert len(rents(office, "2026-11")) == 2
    assert len(rents(office, "2026-11", ", common: yes")) == len(rents(office, "2026-11", ", common: no")) == 1


def test_a_space_is_let_and_free_again(wuye: Wuye) -> None:
    assert wuye("space", "add", "东门广告位2", "广告位", "--price", "3000", "--per", "月", "--common").code == 0
    assert wuye("space", "let", "东门广告位2", "--lease", "L1").code == 0
    assert wuye("space", "list", "--status", "let", "-o", "json").records[0]["lease"] == "L1"
    assert wuye("space", "let", "东门广告位2", "--lease", "L2").code == 1
    assert wuye("space", "free", "东门广告位2").code == 0
