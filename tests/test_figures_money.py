"""Each figure of money worked by hand over a small book, and what must hold of any book (domain.md 34, J, M)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from conftest import played
from hypothesis import given
from hypothesis import strategies as st
from till import Till, Wuye

from wuye import collected, figures, figures_money, records
from wuye.accounts import Debtor, accounts, debtor_of
from wuye.arrears import Place, lines
from wuye.clock import SHANGHAI
from wuye.collected import Books
from wuye.figures_money import FIGURES, Definition
from wuye.record import Entry, Record


@played
def till(wuye: Wuye) -> Till:
    """2025: 100, 60, 40 in arrears when 2026 began. 2026: 100 + 50 of one unit, 200 of another, 80 of a lease.

    3-2-1201 paid 2025 (100) and October (100) and half of November (25). 1-1-101 paid 10 of 2025 and nothing else.
    The lease has paid. 3-2-1202 has prepaid January 2027.
    """
    till = Till(wuye)
    till.bill("3-2-1201", "100", "2025-10-25", period="2025-10")
    till.bill("1-1-101", "60", "2025-11-25", period="2025-11")
    till.bill("1-1-102", "40", "2025-12-25", period="2025-12")
    till.bill("3-2-1201", "100", "2026-10-25", period="2026-10")
    till.bill("3-2-1201", "50", "2026-11-25", "水费", period="2026-11")
    till.bill("3-2-1202", "200", "2026-10-25", period="2026-10")
    till.bill("ZL-7", "80", "2026-10-25", "租金", period="2026-10")
    till.bill("3-2-1202", "200", "2026-11-20", period="2027-01")
    till.pay("3-2-1201", "225", "2026-11-10")
    till.pay("1-1-101", "10", "2026-03-10")
    till.pay("ZL-7", "80", "2026-10-20")
    till.pay("3-2-1202", "200", "2026-11-15", "--bills", "ZD-20261101-002")
    return till


def figure(till: Till, name: str, *argv: str) -> dict[str, Any]:
    return till.rows("figures", name, "--explain", *argv)[0]


def parts(till: Till, name: str, by: str, *argv: str) -> dict[str, str]:
    return {r["key"]: r["shown"] for r in till.rows("figures", name, "--by", by, *argv)[1:]}


def test_collection_rate_by_amount(till: Till) -> None:
    """Due 100 + 50 + 200 + 80 = 430; came in 100 + 25 + 80 = 205: the prepayment of 2027 is neither."""
    row = figure(till, "collection-rate")
    assert (row["numerator"], row["denominator"], row["value"]) == ("205.00", "430.00", "47.7")
    assert row["numerator_ids"] == ["ZD-20261001-003", "ZD-20261001-001", "ZD-20261101-001"]
    assert row["apart"]["分子里的收款"] == {"amount": "205.00", "ids": ["SK-20261020-001", "SK-20261110-001"]}
    assert row["apart"]["未到应付日期（在分母里）"]["ids"] == ["ZD-20261101-001"]
    assert "作废、核销、退款和以后账期的不计" in row["words"]


def test_money_that_came_after_the_period_is_told_as_well(till: Till) -> None:
    """October's bills by 22 November: the payment of 10 November is in the numerator, so it is behind it."""
    row = figure(till, "collection-rate", "--period", "2026-10")
    assert (row["numerator"], row["denominator"]) == ("180.00", "380.00")
    assert row["apart"]["分子里的收款"] == {"amount": "180.00", "ids": ["SK-20261020-001", "SK-20261110-001"]}


def test_collection_rate_split(till: Till) -> None:
    assert parts(till, "collection-rate", "building") == {"3": "35.7%", "不在楼栋里": "100.0%"}
    assert parts(till, "收缴率·金额", "收费项目") == {"水费": "50.0%", "物业费": "33.3%", "租金": "100.0%"}
    assert parts(till, "collection-rate", "month") == {"2026-10": "47.4%", "2026-11": "50.0%"}
    assert figure(till, "collection-rate", "--period", "2026-11")["shown"] == "50.0%"
    assert figure(till, "collection-rate", "--period", "2027")["shown"] == "—"


def test_collection_rate_by_units(till: Till) -> None:
    """Two units were billed this year; part-paid counts as unpaid; the lease is no unit."""
    row = figure(till, "collection-rate-units")
    assert (row["numerator"], row["denominator"], row["shown"]) == ("0", "2", "0.0%")
    assert row["apart"]["招租、车位（不计）"]["ids"] == ["招租合同 ZL-7"]
    assert parts(till, "collection-rate-units", "month") == {"2026-10": "50.0%", "2026-11": "0.0%"}
    till.pay("3-2-1201", "25", "2026-11-21")
    row = figure(till, "collection-rate-units")
    assert (row["shown"], row["numerator_ids"]) == ("50.0%", ["3-2-1201"])
    assert row["denominator_ids"] == ["3-2-1201", "3-2-1202"]


def test_as_of_an_earlier_day(till: Till) -> None:
    row = figure(till, "collection-rate", "--as-of", "2026-10-31")
    assert (row["numerator"], row["denominator"]) == ("80.00", "380.00")
    assert figure(till, "collection-rate", "--as-of", "2026-11-09")["numerator"] == "80.00"


def test_void_bills_refunds_and_reversals_are_left_out(till: Till) -> None:
    till.did("bill", "void", "ZD-20261001-002", "--reason", "重复出账")
    row = figure(till, "collection-rate")
    assert (row["numerator"], row["denominator"]) == ("205.00", "230.00")
    assert row["apart"]["已作废（不计）"]["ids"] == ["ZD-20261001-002"]
    till.did("payment", "refund", "SK-20261020-001", "--refunded", "30", "--reason", "多收")
    assert figure(till, "collection-rate")["numerator"] == "175.00"
    till.did("payment", "reverse", "SK-20261110-001", "--reason", "退票")
    assert figure(till, "collection-rate")["numerator"] == "50.00"


def test_prior_years(till: Till) -> None:
    """In arrears on 1 January: 100 + 60 + 40 = 200; came in 100 + 10 = 110."""
    assert figure(till, "prior-collected")["shown"] == "110.00 元"
    row = figure(till, "prior-recovery")
    assert (row["numerator"], row["denominator"], row["shown"]) == ("110.00", "200.00", "55.0%")
    assert row["apart"]["往年欠费的收款"]["ids"] == ["SK-20260310-001", "SK-20261110-001"]
    assert parts(till, "prior-recovery", "building") == {"1": "10.0%", "3": "100.0%"}
    assert figure(till, "prior-collected", "--period", "2026-03")["value"] == "10.00"
    assert figure(till, "prior-recovery", "--period", "2026-11")["shown"] == "50.0%"


def test_the_opening_balance_is_frozen(till: Till) -> None:
    till.did("bill", "write-off", "ZD-20251201-001", "--reason", "业主去世")
    till.did("bill", "void", "ZD-20251101-001", "--reason", "误开")
    row = figure(till, "prior-recovery")
    assert row["denominator"] == "200.00"
    assert row["apart"]["已核销（仍在期初余额里）"] == {"amount": "40.00", "ids": ["ZD-20251201-001"]}
    assert row["apart"]["已作废（仍在期初余额里）"] == {"amount": "60.00", "ids": ["ZD-20251101-001"]}


def test_the_year_is_cut_at_1_january(till: Till) -> None:
    """December's water is billed and due in January: on 1 January it was no arrears; it belongs to the new year."""
    till.did("bill", "add", "3-2-1203", "水费", "30", "--period-from", "2025-12-01", "--period-until", "2025-12-31",
             "--due", "2026-01-20", "--at", "2026-01-05 09:00")  # fmt: skip
    assert figure(till, "prior-recovery")["denominator"] == "200.00"
    assert figure(till, "collection-rate")["denominator"] == "460.00"


def test_combined_rate(till: Till) -> None:
    row = figure(till, "combined-rate")
    assert (row["numerator"], row["denominator"], row["shown"]) == ("315.00", "630.00", "50.0%")


def test_the_same_number_wherever_it_is_shown(till: Till) -> None:
    shown = till.did("arrears", "-o", "json").json["total"]["principal"]
    assert figure(till, "arrears")["value"] == shown == "290.00"
    alone = {r["name"]: r["shown"] for name in ("collection-rate", "combined-rate") for r in till.rows("figures", name)}
    together = {r["name"]: r["shown"] for r in till.rows("figures")}
    assert alone.items() <= together.items() and set(together) == {one.name for one in (*FIGURES, *figures.FIGURES)}


def test_collectors(wuye: Wuye) -> None:
    """周敏: 100 and 200 dunned, 100 and 50 promised, the first kept. 何芳 dunned one of the two again."""
    till = Till(wuye)
    till.bill("3-2-1201", "100", "2026-10-25")
    till.bill("3-2-1202", "200", "2026-10-25")
    wuye("duty", now="2026-11-01T10:00")
    till.dun("3-2-1201", "2026-11-01", "电话", "--collector", "周敏", "--promise-date", "2026-11-10")
    till.dun("3-2-1202", "2026-11-01", "电话", "--collector", "周敏", "--promise-date", "2026-11-10",
             "--promise-amount", "50")  # fmt: skip
    till.dun("3-2-1202", "2026-11-01", "上门", "--collector", "何芳")
    wuye("duty", now="2026-11-22T10:00")
    till.pay("3-2-1201", "100", "2026-11-05")
    till.pay("3-2-1202", "20", "2026-11-15")
    till.pay("3-2-1203", "20", "2026-11-15")
    told = {name: figure(till, name)["shown"] for name in (
        "dunned-units", "dunned-amount", "promised", "promises-kept", "collected-after-contact")}  # fmt: skip
    assert told == {
        "dunned-units": "2 户", "dunned-amount": "300.00 元", "promised": "150.00 元", "promises-kept": "50.0%",
        "collected-after-contact": "120.00 元",
    }  # fmt: skip
    assert parts(till, "dunned-units", "collector") == {"何芳": "1 户", "周敏": "2 户"}
    assert parts(till, "collected-after-contact", "collector") == {"何芳": "20.00 元", "周敏": "100.00 元"}
    assert parts(till, "promises-kept", "collector") == {"周敏": "50.0%"}
    assert figure(till, "dunned-units", "--period", "2026-10")["shown"] == "0 户"


def test_a_target_stands_beside_it(till: Till) -> None:
    words = "47.7%、3栋 36%、10月 40% 200元、往年 60%、往年 100元"
    till.did("yearplan", "add", "2026催缴", "--plan", "催缴", "--year", "2026", "--targets", words)
    assert figure(till, "collection-rate")["target"] == "47.7%"  # as it is shown
    rows = {r["key"]: r["target"] for r in till.rows("figures", "collection-rate", "--by", "building")}
    assert rows["3"] == "36%，未达标" and rows["不在楼栋里"] == ""
    assert {r["key"]: r["target"] for r in till.rows("figures", "collection-rate", "--by", "month")}["2026-10"] == (
        "40% 200.00元，未达标"
    )
    assert figure(till, "prior-recovery")["target"] == "60%，未达标"
    assert figure(till, "prior-collected")["target"] == "100.00元"
    said = till.did("figures", "prior-recovery")
    assert "目标60%，未达标：请定措施，如 wuye task add '2026 年往年清欠率未达标的措施" in said.out
    assert till.did("figures", "collection-rate", "-o", "json").json["missed"] == []
    every = till.did("dunning", "plan", "-o", "json").json["missed"]
    assert {"2026 年收缴率·金额（3）", "2026 年收缴率·金额（2026-10）", "2026 年往年清欠率"} == {
        words.partition("add '")[2].partition("未达标")[0] for words in every
    }


def test_wrong_words(till: Till) -> None:
    said = till.wuye("figures", "collection", "--by", "haus", "--period", "2025-12..2026-01")
    assert said.code == 2
    assert all(words in said.err for words in ("collection-rate(收缴率·金额)", "--by", "--period"))
    assert "同一年" in till.wuye("figures", "--period", "all").err


# --- of any book

ROOMS = ("1-101", "1-102", "2-101", "3-1-101")


def record(kind: str, number: str, day: date, **values: Any) -> Record:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
    one = records.kind(kind)
    return Record(one, number, one.flow.states[0].name, at, at, values, log=(Entry(at, "add", "李静"),))


amounts = st.integers(1, 100_000).map(lambda cents: Decimal(cents) / 100)
days = st.dates(date(2025, 6, 1), date(2026, 11, 21))
bills = st.lists(st.tuples(st.sampled_from(ROOMS), amounts, days, st.sampled_from(("物业费", "水费"))), max_size=12)
payments = st.lists(st.tuples(st.sampled_from(ROOMS), amounts, days), max_size=12)
AS_OF = date(2026, 11, 22)


@given(bills=bills, payments=payments)
def test_parts_add_up_to_the_whole(bills: list[Any], payments: list[Any]) -> None:
    """By building, item, month, year, unit: numerators and denominators of amounts sum up; no rate is over 100 %."""
    billed = [
        record("bill", f"ZD-{i:03}", day, room=room, amount=amount.quantize(Decimal("0.01")), due_on=day, item=item)
        for i, (room, amount, day, item) in enumerate(bills)
    ]
    paid = [
        record("payment", f"SK-{i:03}", day, room=room, amount=amount.quantize(Decimal("0.01")))
        for i, (room, amount, day) in enumerate(payments)
    ]
    now, opening = (accounts(billed, paid, day) for day in (AS_OF, date(2025, 12, 31)))

    def place(debtor: Debtor) -> Place:
        return Place(debtor.name.split("-")[0])

    found = lines(now, billed, {}, {p.id: p.received.date() for p in paid}, place)
    books = Books(date(2026, 1, 1), date(2026, 12, 31), AS_OF, now, opening, {b.id: b for b in billed},
                  {p.id: p for p in paid}, (), found, place, str, lambda contact: "")  # fmt: skip
    for one in FIGURES[:1] + FIGURES[2:6]:
        for by in figures_money.BY:
            whole, *split = figures_money.worked_out(books, one, by)
            assert sum(f.numerator for f in split) == whole.numerator
            assert sum(f.denominator or 0 for f in split) == (whole.denominator or 0)
            assert all(f.value is None or f.unit != "%" or f.value <= 100 for f in split)
    spent = sum((p.principal for a in now.values() for p in a.parts), Decimal(0))
    credit = sum((a.credit for a in now.values()), Decimal(0))
    assert spent + credit == sum((p["amount"] for p in paid), Decimal(0))
    assert all(debtor_of(b) for b in billed)


def test_an_empty_denominator_is_a_dash() -> None:
    empty = Books(date(2026, 1, 1), date(2026, 12, 31), AS_OF, {}, {}, {}, {}, (), (), lambda d: Place(), str,
                  lambda contact: "")  # fmt: skip
    shown = [figures_money.worked_out(empty, one)[0].shown for one in FIGURES if one.unit == "%"]
    assert shown == ["—"] * 5
    assert isinstance(FIGURES[0], Definition) and collected.collection_rate(empty).top == []
