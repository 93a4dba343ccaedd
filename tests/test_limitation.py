"""When a debt lapses and what proves that it does not: hand-worked, case by case (domain.md J, Limitation)."""

from __future__ import annotations

from pathlib import Path

import pytest
from till import Till, Wuye

ROOM = "3-2-1201"


@pytest.fixture
def till(wuye: Wuye) -> Till:
    """One bill that was due on 31 January 2024: it lapses on 31 January 2027, 70 days from today."""
    till = Till(wuye)
    till.bill(ROOM, "250.60", "2024-01-31")
    return till


@pytest.fixture
def proof(desk: Path) -> str:
    (desk / "receipt.jpg").write_bytes(b"proof")
    return str(desk / "receipt.jpg")


def lapses(till: Till, *argv: str) -> tuple[str, str, str]:
    """By everything that counts, by what can be proved, and what proves it."""
    row = till.rows("arrears", ROOM, *argv)[0]
    return row["lapses"], row["proved"], row["evidence"]


FROM_DUE = "2027-01-31"


def test_three_years_from_the_due_date(till: Till) -> None:
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")
    assert [r["bill"] for r in till.rows("arrears", "--lapsing")] == ["ZD-20240101-001"]
    assert till.rows("arrears", "--lapsing", "--as-of", "2026-08-03") == []  # 181 days before it lapses
    assert len(till.rows("arrears", "--lapsing", "--as-of", "2026-08-04")) == 1
    last = till.did("arrears", "--lapsing", "--as-of", "2027-02-01", "-o", "json").json
    assert last["rows"] == [] and not last["lapsed"]
    gone = till.did("arrears", ROOM, "--as-of", "2027-02-01", "-o", "json").json
    assert gone["rows"][0]["lapsed"] and gone["lapsed"] == ["ZD-20240101-001"]


def test_the_29th_of_february(till: Till) -> None:
    till.bill("1-1-101", "10", "2024-02-29")
    assert till.rows("arrears", "1-1-101")[0]["lapses"] == "2027-02-28"


@pytest.mark.parametrize("method", ["送达通知单", "挂号信", "上门", "张贴", "电话"])
def test_a_demand_that_was_signed_for(till: Till, method: str) -> None:
    contact = till.dun(ROOM, "2025-05-10", method, "--signed-by", "王女士")
    assert lapses(till) == ("2028-05-10", "2028-05-10", contact)
    assert till.rows("arrears", "--no-evidence") == []


@pytest.mark.parametrize("method", ["送达通知单", "挂号信", "短信"])
def test_a_demand_that_provably_arrived(till: Till, method: str, proof: str) -> None:
    contact = till.dun(ROOM, "2025-05-10", method, "--evidence", proof)
    assert lapses(till) == ("2028-05-10", "2028-05-10", contact)


@pytest.mark.parametrize("method", ["送达通知单", "挂号信", "短信", "张贴", "电话", "上门", "设点"])
def test_a_demand_of_which_nothing_shows_that_it_arrived(till: Till, method: str) -> None:
    contact = till.dun(ROOM, "2025-05-10", method)
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")
    row = till.rows("arrears", "--no-evidence", "--explain")[0]
    assert [one["id"] for one in row["doubtful"]] == [contact]


def test_posted_on_the_door_is_no_arrival(till: Till, proof: str) -> None:
    till.dun(ROOM, "2025-05-10", "张贴", "--evidence", proof)
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")


def test_met_and_confirmed_counts_and_is_proved_only_by_something_to_show(till: Till, proof: str) -> None:
    told = ("--person", "王女士", "--confirmed-by", "身份证，周敏")
    contact = till.dun(ROOM, "2025-05-10", "上门", *told)
    assert lapses(till) == ("2028-05-10", FROM_DUE, "")
    assert len(till.rows("arrears", "--no-evidence")) == 1 and len(till.rows("arrears", "--lapsing")) == 1
    till.did("dunning", "attach", contact, proof)
    assert lapses(till) == ("2028-05-10", "2028-05-10", contact)
    assert till.rows("arrears", "--no-evidence") == [] == till.rows("arrears", "--lapsing")
    assert lapses(till, "--as-of", "2026-11-21") == ("2028-05-10", FROM_DUE, "")  # the photograph came on the 22nd


def test_met_but_not_confirmed(till: Till) -> None:
    till.dun(ROOM, "2025-05-10", "上门", "--person", "某人")
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")


def test_agreeing_to_pay(till: Till, proof: str) -> None:
    contact = till.dun(ROOM, "2025-05-10", "电话")
    till.did("dunning", "promise", contact, "--promise-date", "2026-12-31", "--at", "2026-03-01 10:00")
    assert lapses(till) == ("2029-03-01", FROM_DUE, "")
    till.did("dunning", "attach", contact, proof)
    assert lapses(till) == ("2029-03-01", "2029-03-01", contact)
    assert lapses(till, "--as-of", "2026-02-28")[0] == FROM_DUE


def test_a_part_payment_and_one_that_came_back(till: Till) -> None:
    paid = till.pay(ROOM, "100", "2026-04-02")
    assert lapses(till) == ("2029-04-02", "2029-04-02", paid)
    till.did("payment", "reverse", paid, "--reason", "支票退票")
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")


def test_credit_that_settles_a_later_bill_is_nobodys_word(till: Till) -> None:
    till.pay("1-1-101", "5", "2026-01-10")
    till.bill("1-1-101", "10", "2026-02-20")
    assert till.rows("arrears", "1-1-101")[0]["lapses"] == "2029-02-20"


def test_a_suit(till: Till, proof: str) -> None:
    till.dun(ROOM, "2026-06-01", "挂号信", "--stage", "法律")
    assert lapses(till) == ("2029-06-01", FROM_DUE, "")
    contact = till.dun(ROOM, "2026-06-02", "挂号信", "--stage", "法律", "--evidence", proof)
    assert lapses(till) == ("2029-06-02", "2029-06-02", contact)


def test_planning_a_suit_is_no_suit(till: Till) -> None:
    contact = till.dun(ROOM, "2026-11-20", "电话", "--stage", "电话")
    till.did("dunning", "plan", contact, "--next", "2026-12-20", "--stage", "法律")
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")


def test_a_payment_notice_signed_for_after_the_due_date(till: Till) -> None:
    name = "ZD-20240101-001"
    till.did("bill", "deliver", name, "--way", "上门", "--signed-by", "王女士", "--at", "2024-01-05 10:00")
    assert lapses(till)[0] == FROM_DUE
    till.did("bill", "deliver", name, "--way", "上门", "--signed-by", "王女士", "--at", "2024-09-05 10:00")
    assert lapses(till) == ("2027-09-05", "2027-09-05", name)


def test_nothing_restarts_a_debt_that_had_lapsed(till: Till) -> None:
    till.did("bill", "void", "ZD-20240101-001", "--reason", "换一张旧账单")
    till.bill(ROOM, "99", "2023-01-31")
    till.dun(ROOM, "2026-02-01", "送达通知单", "--signed-by", "王女士")
    assert lapses(till)[0] == "2026-01-31"


def test_a_contact_restarts_only_what_was_owed_then(till: Till) -> None:
    contact = till.dun(ROOM, "2025-05-10", "送达通知单", "--signed-by", "王女士")
    assert till.did("dunning", "show", contact, "-o", "json").records[0]["bills"] == ["ZD-20240101-001"]
    till.bill(ROOM, "20", "2025-06-30")
    found = {r["bill"]: r["lapses"] for r in till.rows("arrears", ROOM)}
    assert found == {"ZD-20240101-001": "2028-05-10", "ZD-20250601-001": "2028-06-30"}


def test_a_void_contact_proves_nothing(till: Till) -> None:
    contact = till.dun(ROOM, "2025-05-10", "送达通知单", "--signed-by", "王女士")
    till.did("dunning", "void", contact, "--reason", "登错户")
    assert lapses(till) == (FROM_DUE, FROM_DUE, "")


def test_the_warning_is_a_rule(till: Till, office: Path) -> None:
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8") + "  dunning.lapse_warning: 30d\n", "utf-8")
    assert till.rows("arrears", "--lapsing") == []
    assert "30 天内届满" in till.did("arrears").out and "不是法律意见" in till.did("arrears").out
