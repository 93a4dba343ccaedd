"""Dunning joined to bills: the claim kept, promises that judge themselves, whom to contact today (domain.md 5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from till import Till, Wuye

ROOM, OTHER = "3-2-1201", "3-2-1202"


@pytest.fixture
def till(wuye: Wuye) -> Till:
    """Property fee of 250.60 that was due on 25 October."""
    till = Till(wuye)
    till.bill(ROOM, "250.60", "2026-10-25", period="2026-10")
    return till


def shown(till: Till, contact: str) -> dict[str, Any]:
    return till.did("dunning", "show", contact, "-o", "json").records[0]


def plan(till: Till, *argv: str) -> dict[str, Any]:
    return till.did("dunning", "plan", *argv, "-o", "json").json  # type: ignore[no-any-return]


def stages(till: Till, day: str, who: str = ROOM) -> tuple[str, str, str]:
    """Where the debtor stands on a day: when, the stage reached, the stage proposed."""
    told = plan(till, "--as-of", day)
    rows = [row for key in ("rows", "later", "paused") for row in told[key] if row["debtor"] == who]
    assert len(rows) == 1
    return rows[0]["when"], rows[0]["reached"], rows[0]["stage"]


# --- the claim as it stood


def test_a_contact_keeps_the_claim_as_it_stood(till: Till) -> None:
    till.bill(ROOM, "20.00", "2026-11-15", "水费")
    till.did("unit", "add", ROOM, "--owed", "999", "--owed-as-of", "2026-10-31")
    early, late = till.dun(ROOM, "2026-11-10", "电话"), till.dun(ROOM, "2026-11-20", "电话")
    till.pay(ROOM, "250.60", "2026-11-21")
    first, second = shown(till, early), shown(till, late)
    assert (first["arrears"], first["arrears_of"], first["arrears_as_of"]) == (
        "250.60", "物业费 2026-10-01—2026-10-28 250.60", "2026-11-10",
    )  # fmt: skip
    assert (second["arrears"], second["bills"]) == ("270.60", ["ZD-20261001-001", "ZD-20261101-001"])


def test_without_bills_the_unit_tells(till: Till) -> None:
    till.did("unit", "add", OTHER, "--owed", "999", "--owed-as-of", "2026-10-31")
    till.did("unit", "add", ROOM, "--owed", "1", "--owed-as-of", "2026-10-31")
    assert shown(till, till.dun(OTHER, "2026-11-20", "电话"))["arrears"] == "999.00"
    assert shown(till, till.dun(ROOM, "2026-11-20", "电话"))["arrears"] == "250.60"


def test_nothing_owed_is_said(till: Till) -> None:
    till.pay(ROOM, "250.60", "2026-11-01")
    said = till.did("dunning", "add", ROOM, "--method", "电话")
    assert "按账单没有欠费：请核对后再催" in said.err
    lease = till.did("dunning", "add", "--lease", "ZL-7", "--method", "电话")
    assert "欠费" not in lease.err


def test_damaged_bills_do_not_stop_a_contact(till: Till, office: Path) -> None:
    path = office / "records" / "2026-10" / "bill.yaml"
    path.write_text(path.read_text("utf-8").replace("received: '", "received: '?"), "utf-8")
    said = till.did("dunning", "add", ROOM, "--method", "电话", "-o", "json")
    assert said.records[0]["arrears"] is None and "当时欠费没有记下" in said.err


# --- promises


@pytest.fixture
def promised(till: Till) -> str:
    """200 promised on the 10th for the 20th of November."""
    return till.dun(ROOM, "2026-11-10", "电话", "--promise-date", "2026-11-20", "--promise-amount", "200")


@pytest.mark.parametrize(
    ("at", "entered", "stands"),
    [("2026-11-10", "2026-11-11T10:00", "kept"), ("2026-11-10", "2026-11-10T09:30", "pending"),
     ("2026-11-10 09:50", "2026-11-11T10:00", "pending")],
)  # fmt: skip
def test_a_payment_of_the_same_day_without_its_hour_keeps_a_promise(
    till: Till, wuye: Wuye, promised: str, at: str, entered: str, stands: str
) -> None:
    said = wuye("payment", "add", ROOM, "200", "--way", "微信", "--at", at, now=entered)
    assert said.code == 0, said.err
    rows = wuye("dunning", "list", "-o", "json", now="2026-11-20T10:00").records
    assert [r["promise"] for r in rows] == [stands]


@pytest.mark.parametrize(
    ("payments", "stands"),
    [
        ([], "broken"),
        ([("200", "2026-11-20")], "kept"),
        ([("199.99", "2026-11-20")], "partly"),
        ([("100", "2026-11-11"), ("100", "2026-11-15")], "kept"),
        ([("200", "2026-11-09")], "broken"),
        ([("200", "2026-11-21")], "broken"),
        ([("50", "2026-11-15"), ("150", "2026-11-21")], "partly"),
    ],
)
def test_payments_judge_a_promise(till: Till, wuye: Wuye, payments: list[tuple[str, str]], stands: str) -> None:
    past = "2026-11-10T10:00"
    wuye("duty", now=past)
    contact = till.dun(ROOM, "2026-11-10", "电话", "--promise-date", "2026-11-20", "--promise-amount", "200")
    wuye("duty", now="2026-11-22T10:00")
    for amount, day in payments:
        till.pay(ROOM, amount, day)
    assert shown(till, contact)["promise"] == stands
    row = next(r for r in till.did("dunning", "list", "-o", "json").records if r["id"] == contact)
    assert row["promise"] == stands
    due = [r["id"] for r in till.rows("due")]
    today = [r["id"] for r in till.rows("today")]
    assert (contact in due, contact in today) == ((stands != "kept"),) * 2


def test_a_promise_waits_until_its_day(till: Till, wuye: Wuye) -> None:
    contact = till.dun(ROOM, "2026-11-20", "电话", "--promise-date", "2026-11-30", "--promise-amount", "200")
    till.pay(ROOM, "50", "2026-11-21")
    assert shown(till, contact)["promise"] == "pending"
    till.pay("9-9-909", "200", "2026-11-21")
    assert shown(till, contact)["promise"] == "pending"
    paid = till.pay(ROOM, "150", "2026-11-22")
    assert shown(till, contact)["promise"] == "kept"
    till.did("payment", "reverse", paid, "--reason", "退票")
    assert shown(till, contact)["promise"] == "pending"
    wuye("duty", now="2026-11-30T18:01")
    assert shown(till, contact)["promise"] == "partly"


def test_without_an_amount_the_arrears_were_promised(till: Till) -> None:
    contact = till.dun(ROOM, "2026-11-20", "电话", "--promise-date", "2026-11-30")
    till.pay(ROOM, "250.59", "2026-11-21")
    assert shown(till, contact)["promise"] == "pending"
    till.pay(ROOM, "0.01", "2026-11-22")
    assert shown(till, contact)["promise"] == "kept"


def test_the_steps_override_with_a_reason(till: Till) -> None:
    contact = till.dun(ROOM, "2026-11-20", "电话", "--promise-date", "2026-11-30")
    said = till.wuye("dunning", "kept", contact)
    assert said.code == 1 and "--reason" in said.err
    till.did("dunning", "kept", contact, "--reason", "付给了公司账户")
    assert shown(till, contact)["promise"] == "kept"
    by_hand = till.dun(OTHER, "2026-11-20", "电话", "--promise-date", "2026-11-30")
    assert till.wuye("dunning", "kept", by_hand).code == 0


# --- the plan


def test_the_stage_rises_with_age_one_at_a_time(till: Till) -> None:
    assert stages(till, "2026-10-26") == ("today", "", "reminder")
    assert stages(till, "2026-11-08") == ("today", "", "reminder")
    assert stages(till, "2026-11-09") == ("today", "", "phone")
    assert stages(till, "2026-11-24") == ("today", "", "visit")
    assert stages(till, "2027-10-25") == ("today", "", "notice")  # a suit only after a notice
    till.dun(ROOM, "2026-11-12", "电话")
    assert stages(till, "2026-11-18") == ("later", "phone", "phone")
    assert stages(till, "2026-11-19") == ("today", "phone", "phone")
    assert stages(till, "2027-10-25") == ("today", "phone", "visit")
    till.dun(ROOM, "2026-11-21", "送达通知单", "--signed-by", "王女士")
    assert stages(till, "2026-12-20") == ("today", "notice", "notice")
    assert stages(till, "2027-06-01") == ("today", "notice", "legal")


def test_broken_promises_first_then_what_lapses_then_what_was_planned(till: Till, wuye: Wuye) -> None:
    till.bill("1-1-101", "5000", "2026-09-25")
    till.bill("1-1-102", "10", "2024-01-31")
    till.bill("1-1-103", "10", "2026-09-25")
    wuye("duty", now="2026-11-10T10:00")
    till.dun(ROOM, "2026-11-10", "电话", "--promise-date", "2026-11-20", "--collector", "周敏")
    till.dun("1-1-103", "2026-11-10", "电话", "--next", "2026-11-20")
    wuye("duty", now="2026-11-22T10:00")
    told = plan(till)
    assert [r["debtor"] for r in told["rows"]] == [ROOM, "1-1-102", "1-1-103", "1-1-101"]
    first, lapsing = told["rows"][0], told["rows"][1]
    assert first["promise"] == "broken" and first["reasons"] == ["答应付款没有兑现"] and first["collector"] == "周敏"
    assert lapsing["stage"] == "notice" and "时效 2027-01-31 届满" in lapsing["reasons"][0]
    assert [r["debtor"] for r in plan(till, "--collector", "周敏")["rows"]] == [ROOM]


def test_a_pending_promise_and_a_planned_day_wait(till: Till) -> None:
    contact = till.dun(ROOM, "2026-11-10", "电话", "--promise-date", "2026-11-30")
    assert plan(till)["later"][0]["reasons"] == ["答应 2026-11-30 付款，等到期"]
    till.did("dunning", "void", contact, "--reason", "登错")
    contact = till.dun(ROOM, "2026-11-10", "电话")
    till.did("dunning", "next", contact, "--next", "2026-11-25")
    assert plan(till)["later"][0]["reasons"] == ["定在 2026-11-25 再催"]
    till.did("dunning", "plan", contact, "--next", "2026-11-26")
    assert stages(till, "2026-11-26")[0] == "today"


def test_paused_is_listed_apart_with_its_reason(till: Till) -> None:
    contact = till.dun(ROOM, "2026-11-10", "电话")
    till.did("dunning", "pause", contact, "--reason", "漏水未修", "--until", "2026-12-01")
    told, words = plan(till), f"2026-11-22 起暂停至 2026-12-01：漏水未修（{contact}）"
    assert told["rows"] == [] and told["paused"][0]["reasons"] == [words]
    assert stages(till, "2026-12-02")[0] == "today"
    assert "暂停催收 1 户" in till.did("dunning", "plan").out


def test_no_guard_is_ever_proposed(till: Till) -> None:
    till.did("staff", "add", "张队", "--post", "保安队长")
    till.did("staff", "add", "何芳", "--post", "收费员", "--until", "2026-11-01")
    till.dun(ROOM, "2026-10-28", "电话", "--collector", "周敏")
    till.dun(ROOM, "2026-10-29", "电话", "--collector", "何芳")
    till.dun(ROOM, "2026-10-30", "电话", "--collector", "张队")
    assert plan(till)["rows"][0]["collector"] == "周敏"


def test_what_is_paid_is_not_dunned(till: Till) -> None:
    till.pay(ROOM, "250.60", "2026-11-01")
    told = plan(till)
    assert told["rows"] == told["later"] == told["paused"] == []
    assert "今天没有要催的" in till.did("dunning", "plan").out


# --- the year's plan


def test_targets_are_told_apart_by_how_they_are_written(till: Till) -> None:
    words = "周敏 3栋 95%、何芳 11月 8% 12,000元、往年 60%"
    said = till.did("yearplan", "add", "2026催缴", "--plan", "催缴", "--year", "2026", "--targets", words, "-o", "json")
    assert said.records[0]["targets"] == [
        {"collector": "周敏", "building": "3", "rate": "95%"},
        {"collector": "何芳", "month": "11", "rate": "8%", "amount": "12000.00"},
        {"prior": True, "rate": "60%"},
    ]
    assert "往年 60%" in till.did("yearplan", "show", "2026催缴").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--targets", "周敏 3栋"], "没有目标"),
        (["--targets", "周敏 何芳 95%"], "第二个催收人"),
        (["--targets", "周敏 120%"], "0% 到 100%"),
        (["--targets", "13月 95%"], "月份应是 1 到 12"),
        ([], "催缴计划缺少目标"),
        (["--targets", "95%", "--year", "26"], "四位年份"),
    ],
)
def test_targets_that_mean_nothing(till: Till, words: list[str], said: str) -> None:
    year = [] if "--year" in words else ["--year", "2026"]
    told = till.wuye("yearplan", "add", "2026催缴", "--plan", "催缴", *year, *words)
    assert told.code == 2 and said in told.err
