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
