"""Money taken at the desk: one write with its receipt, what it settles, credit, named bills, presses caught."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from conftest import Said, played, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wuye import changes, records
from wuye.changes import Heard, Who
from wuye.clock import SHANGHAI
from wuye.closing import collected
from wuye.errors import Refused
from wuye.ledger import NO_FEE, Terms
from wuye.office import Office
from wuye.record import Record
from wuye.takings import movements, total

Wuye = Callable[..., Said]
ROOM = "3-2-1201"
PAY = ("payment", "add", ROOM)


def bill(wuye: Wuye, room: str, amount: str, day: str, due: str, item: str = "property") -> str:
    said = wuye("bill", "add", room, item, amount, "--due", due, "--at", f"{day} 09:00", "-q")
    assert said.code == 0, said.err
    return said.out.strip()


@played
def billed(wuye: Wuye) -> Wuye:
    """September and October of one room, and one bill of its neighbour."""
    bill(wuye, ROOM, "250.60", "2026-09-01", "2026-09-25")
    bill(wuye, ROOM, "250.60", "2026-10-01", "2026-10-25")
    bill(wuye, "3-2-1202", "99", "2026-10-02", "2026-10-25")
    return wuye


def test_part_payment_says_what_it_settles_and_what_stays_open(billed: Wuye) -> None:
    said = billed(*PAY, "300", "--way", "现金")
    assert said.code == 0, said.err
    for words in ("大写：叁佰元整", "ZD-20260901-001 property 本金 250.60", "ZD-20261001-001 property 本金 49.40",
                  "还有 1 张账单未付清，本金 201.20"):  # fmt: skip
        assert words in said.out
    more = billed(*PAY, "1000", "--way", "微信", "-o", "json").json
    assert [(p["bill"], p["principal"]) for p in more["settles"]] == [("ZD-20261001-001", "201.20")]
    assert (more["open"], more["credit"], more["capital"]) == ("0.00", "798.80", "壹仟元整")


def test_a_debtor_without_bills_prepays_and_more_than_a_year_is_warned_of(billed: Wuye) -> None:
    said = billed("payment", "add", "9-1-101", "500", "--way", "现金")
    assert "9-1-101 没有账单，这笔作为预存" in said.out and "预存余额 500.00" in said.out
    enough = billed(*PAY, "3508.40", "--way", "现金")
    assert enough.code == 0 and "12 个月" not in enough.err
    said = billed(*PAY, "300", "--way", "现金")
    assert "预存约够 13 个月，超过 12 个月" in said.err


def test_months_paid_ahead_are_those_the_bills_are_for(wuye: Wuye) -> None:
    """A yearly bill is twelve months of its item, beside two months of another, one from the middle of a month."""
    for since, until, amount, item in (
        ("2026-01-01", "2026-12-31", "3600", "parking"), ("2026-09-15", "2026-10-14", "100", "rent"),
        ("2026-10-15", "2026-11-14", "100", "rent"),
    ):  # fmt: skip
        assert wuye("bill", "add", ROOM, item, amount, "--due", "2026-01-31", "--period-from", since,
                    "--period-until", until, "--at", f"{since} 09:00").code == 0  # fmt: skip
    enough = wuye(*PAY, "8600", "--way", "现金")
    assert enough.code == 0 and "预存余额 4,800.00" in enough.out and "12 个月" not in enough.err
    assert "预存约够 13 个月，超过 12 个月" in wuye(*PAY, "400", "--way", "微信").err


def test_named_bills_are_found_as_typed_and_paid_first(billed: Wuye) -> None:
    said = billed(*PAY, "250.60", "--way", "现金", "--bills", "1001-1、ZD-20260901-001", "-o", "json")
    assert said.records[0]["bills"] == ["ZD-20261001-001", "ZD-20260901-001"]
    assert [p["bill"] for p in said.json["settles"]] == ["ZD-20261001-001"]
    renamed = billed("payment", "name", "sk1", "--bills", "0901-1", "-o", "json")
    assert renamed.records[0]["bills"] == renamed.records[0]["log"][-1]["bills"] == ["ZD-20260901-001"]
    assert billed("check").code == 0


def test_bills_that_cannot_be_paid_are_refused_all_at_once(billed: Wuye, office: Path) -> None:
    assert billed("bill", "void", "1001-1", "--reason", "重复出账").code == 0
    before = tree(office)
    said = billed(*PAY, "250", "--way", "现金", "--receipt", "7", "--bills", "1001-1,1002-1,1105-9")
    assert said.code == 1 and tree(office) == before
    for words in ("ZD-20261001-001 已作废，不能收款", "ZD-20261002-001 是 3-2-1202 的", "没有找到账单"):
        assert words in said.err
    assert said.err.count("错误") == 3
    assert billed("bill", "write-off", "0901-1", "--reason", "破产").code == 0
    assert "已核销" in billed(*PAY, "250", "--way", "现金", "--bills", "0901-1").err


def test_a_press_too_many_is_caught(billed: Wuye, office: Path) -> None:
    assert billed(*PAY, "300", "--way", "现金", "--receipt", "0001", now="2026-11-22T10:00").code == 0
    before = tree(office)
    twice = billed(*PAY, "300", "--way", "现金", "--receipt", "0001", now="2026-11-22T10:09")
    assert twice.code == 1 and "十分钟内已有内容相同的收款" in twice.err and tree(office) == before
    later = billed(*PAY, "300", "--way", "现金", now="2026-11-22T15:00")
    assert later.code == 0 and "当天已有一笔同样的收款 SK-20261122-001（300.00）" in later.err
    assert "当天已有" not in billed(*PAY, "300", "--way", "微信").err
    assert "当天已有" not in billed(*PAY, "300", "--way", "现金", now="2026-11-23T15:00").err


def test_one_debtor_a_payment(wuye: Wuye) -> None:
    said = wuye(*PAY, "300", "--way", "现金", "--bay", "B1-12")
    assert said.code == 2 and "只能记在一个" in said.err
    said = wuye(*PAY, "300", "--way", "现金", "--receipt", "5", "--next-receipt")
    assert said.code == 2 and "只写一个" in said.err


def test_a_transfer_to_a_bay_takes_room_and_named_bills_along_no_more(billed: Wuye) -> None:
    assert billed(*PAY, "300", "--way", "现金", "--bills", "0901-1").code == 0
    assert "只写一个" in billed("payment", "transfer", "sk1", "--reason", "错").err
    assert "原来就记在这里" in billed("payment", "transfer", "sk1", "--room", ROOM, "--reason", "错").err
    moved = billed("payment", "transfer", "sk1", "--bay", "B1-12", "--reason", "是车位费", "-o", "json").records[0]
    assert (moved["room"], moved["bay"], moved["bills"]) == (None, "B1-12", None)
    assert moved["log"][-1]["was"] == {"room": ROOM, "bay": None, "bills": ["ZD-20260901-001"]}
    again = billed("payment", "show", "sk1", "-o", "json").records[0]
    assert again == moved and billed("check").code == 0
    assert billed("payment", "list", "--room", ROOM, "-o", "json").records == []


def test_a_reversal_says_what_becomes_of_the_receipt(billed: Wuye) -> None:
    assert billed(*PAY, "300", "--way", "现金", "--receipt", "0001").code == 0
    said = billed("payment", "reverse", "sk1", "--reason", "金额写错")
    assert said.code == 0 and "收据 0001 还是“已开”" in said.err
    assert billed("payment", "refund", "sk1", "--refunded", "1", "--reason", "x").code == 1
    said = billed(*PAY, "30", "--way", "现金", "--receipt", "0001")
    assert said.code == 1 and "--reuse-receipt" in said.err
    said = billed(*PAY, "30", "--way", "现金", "--receipt", "0001", "--reuse-receipt")
    assert said.code == 1 and "与金额不符" in said.err
    said = billed(*PAY, "300", "--way", "微信", "--receipt", "0001", "--reuse-receipt")
    assert said.code == 0, said.err
    receipt = billed("receipt", "show", "0001", "-o", "json").records[0]
    assert receipt["payment"] == "SK-20261122-002" and receipt["log"][-1]["was"] == {"payment": "SK-20261122-001"}
    assert billed(*PAY, "301", "--way", "微信", "--receipt", "0001", "--reuse-receipt").code == 1
    assert billed("check").code == 0


def test_payment_and_receipt_are_one_write_and_one_commit(billed: Wuye, office: Path) -> None:
    before = tree(office)
    dry = billed(*PAY, "300", "--way", "现金", "--receipt", "0001", "--dry-run")
    assert dry.code == 0 and tree(office) == before
    assert billed(*PAY, "300", "--way", "现金", "--receipt", "0001").code == 0
    new = tree(office)
    assert {p for p in new if new[p] != before.get(p)} == {
        "records/2026-11/payment.yaml", "records/2026-11/receipt.yaml",
    }  # fmt: skip


def test_a_batch_writes_every_receipt_or_nothing(billed: Wuye, office: Path) -> None:
    rows = "room,amount,way,receipt\n3-2-1201,10,现金,01\n3-2-1202,20,微信,02\n3-2-1203,30,微信,01\n"
    before = tree(office)
    said = billed("payment", "add", "--from", "-", stdin=rows.encode())
    assert said.code == 1 and "第 3 行" in said.err and "收据号 01 已用过" in said.err and tree(office) == before
    said = billed("payment", "add", "--from", "-", stdin=rows.replace("30,微信,01", "30,微信,03").encode())
    assert said.code == 0, said.err
    assert [r["number"] for r in billed("receipt", "list", "--sort", "id", "-o", "json").records] == ["01", "02", "03"]


def test_damaged_bills_are_told_after_the_money_is_saved(billed: Wuye, office: Path) -> None:
    path = office / "records/2026-09/bill.yaml"
    path.write_bytes(path.read_bytes().replace(b"  amount:", b"  amount: {"))
    said = billed(*PAY, "300", "--way", "现金", "-o", "json")
    assert said.code == 65 and said.records[0]["id"] == "SK-20261122-001" and said.json["problems"]
    assert "settles" not in said.json


AMOUNTS = st.integers(1, 40_000).map(lambda cents: Decimal(cents) / 100)
DAYS = st.integers(0, 60)
WHATS = st.sampled_from(["bill", "pay", "refund", "reverse", "void", "transfer"])
STORY = st.lists(st.tuples(WHATS, AMOUNTS, DAYS, DAYS), min_size=2, max_size=12)
START = datetime(2026, 10, 1, 10, 0, tzinfo=SHANGHAI)


def told(story: list[Any], basis: Any) -> tuple[list[Record], list[Record]]:
    """A story's bills and payments: steps the rules forbid are left out, as at the desk."""
    made: dict[str, list[Record]] = {"bill": [], "payment": []}
    for what, amount, day, later in story:
        who = Who("李静", START + timedelta(days=day), START + timedelta(days=99))
        name = {"bill": "bill", "pay": "payment"}.get(what, "")
        values: dict[str, Any] = {"room": ROOM, "amount": amount, "way": "cash", "item": "property"}
        if name:
            values["due_on"] = (START + timedelta(days=later)).date()
            kind = records.kind(name)
            serial = f"{kind.prefix}-{who.moment:%Y%m%d}-{len(made[name]) + 1:03}"
            made[name].append(changes.new(kind, serial, Heard(values, received=who.at), who, basis, {}))
        elif made["payment"]:
            last = made["payment"].pop()
            step = last.kind.flow.step(what)
            given = {"reason": "测试", "refunded": amount, "room": "3-2-1202"}
            with suppress(Refused):
                heard = Heard({n: v for n, v in given.items() if n in step.fields})  # type: ignore[union-attr]
                last = changes.stepped(last, step, heard, who, basis, {})  # type: ignore[arg-type]
            made["payment"].append(last)
    return made["bill"], made["payment"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY, st.booleans())
def test_what_a_month_brought_is_the_sum_of_its_parts(office: Path, story: list[Any], fee: bool) -> None:
    """Settled by item and the change of credit are together what was taken less what was given back."""
    kind = records.kind("payment")
    bills, payments = told(story, Office(office).basis(kind))
    terms = Terms(Decimal("0.0005")) if fee else NO_FEE
    for first, last in ((date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))):
        brought = collected(bills, payments, first, last, lambda item: terms)
        moved = total(m for m in movements(payments) if first <= m.at.date() <= last)
        assert brought.settled + brought.after - brought.before == moved


def test_the_account_is_the_same_with_an_index_and_without(wuye: Wuye, office: Path) -> None:
    def credit(room: str, amount: str) -> str:
        return str(wuye("payment", "add", room, amount, "--way", "cash", "-o", "json").json["credit"])

    wuye("payment", "add", ROOM, "100", "--way", "cash")
    wuye("payment", "add", "3-2-1202", "60", "--way", "cash")
    assert wuye("payment", "transfer", "sk2", "--room", ROOM, "--reason", "记错房号").code == 0
    assert not (office / ".wuye/index.sqlite").exists()
    assert credit("3-2-1202", "7") == "7.00"
    assert wuye("payment", "list").code == 0 and (office / ".wuye/index.sqlite").is_file()
    assert credit("3-2-1202", "8") == "15.00"
    assert credit(ROOM, "1") == "161.00"


def test_a_negative_amount_is_not_taken_for_an_option(wuye: Wuye) -> None:
    for argv in (("-5",), ("--amount=-5",)):
        said = wuye(*PAY, *argv, "--way", "现金")
        assert said.code == 2 and "负数" in said.err and "退款、冲销各有自己的步骤" in said.err, argv
