"""The monthly close: every day closed first, the month frozen, later edits noticed, later steps not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played, tree

Wuye = Callable[..., Said]
CLOSE = ("monthclose", "add", "2026-10", "--accountant", "孙会计")
OCTOBER = "records/2026-10"


@played
def october(wuye: Wuye) -> Wuye:
    """Two bills, money on two days, one day closed; written on 31 October."""
    for item, amount in (("property", "250.60"), ("parking", "100")):
        said = wuye("bill", "add", "3-2-1201", item, amount, "--due", "2026-10-25", "--at", "2026-10-01 09:00",
                    now="2026-10-31T18:00")  # fmt: skip
        assert said.code == 0, said.err
    assert wuye("receiptbook", "add", "甲本", "0012301", "0012350", "--at", "2026-10-01 09:00").code == 0
    pay = ("payment", "add", "3-2-1201", "--next-receipt", "--way")
    assert wuye(*pay, "现金", "--amount", "300", "--at", "2026-10-20 10:00").code == 0
    assert wuye(*pay, "微信", "--amount", "100", "--at", "2026-10-31 10:00").code == 0
    assert wuye("deposit", "add", "3-2-1201", "500", "--purpose", "卡", "--way", "现金", "--at",
                "2026-10-31 11:00").code == 0  # fmt: skip
    assert wuye("dayclose", "add", "2026-10-31", "--count", "100x5").code == 0
    return wuye


@played
def closed(october: Wuye) -> Wuye:
    """October closed on 2 November."""
    assert october("dayclose", "add", "2026-10-20", "--count", "100x3", now="2026-11-01T09:00").code == 0
    said = october(*CLOSE, now="2026-11-02T09:00")
    assert said.code == 0, said.err
    return october


def test_days_with_money_are_closed_first(october: Wuye, office: Path) -> None:
    before = tree(office)
    said = october(*CLOSE, now="2026-11-02T09:00")
    assert said.code == 1 and "2026-10-20 李静：有收付没有日结（SK-20261020-001）" in said.err
    assert tree(office) == before
    assert october("payment", "add", "3-2-1203", "5", "--way", "现金", "--at", "2026-10-31 16:00").code == 0
    assert "SK-20261031-002 在日结（RJ-20261031-001）之后登记" in october(*CLOSE).err


def test_a_month_that_is_not_over(october: Wuye) -> None:
    assert october("monthclose", "add", "2026-11", "--accountant", "孙会计", now="2026-11-02T09:00").code == 1
    assert october("monthclose", "add", "2026-12", "--accountant", "孙会计").code == 2
    assert october("monthclose", "add", "昨天", "--accountant", "孙会计").code == 2


def test_what_it_states_adds_up(closed: Wuye) -> None:
    close = closed("monthclose", "list", "-o", "json").records[0]
    assert close["items"] == [
        {"item": "parking", "principal": "100.00", "fee": "0.00"},
        {"item": "property", "principal": "250.60", "fee": "0.00"},
    ]
    assert (close["net"], close["credit_before"], close["credit_after"]) == ("400.00", "0.00", "49.40")
    assert (close["deposits_held"], close["receipts_used"], close["receipts_spoiled"], close["days_closed"]) == (
        "500.00", 2, 0, 2,
    )  # fmt: skip
    assert [seal["records"] for seal in close["seals"]] == [2, 2, 1, 2, 2]
    rows = closed("monthclose", "ledger", "2026-10", "-o", "json").json["rows"]
    assert {row["item"]: row["total"] for row in rows} == {
        "parking": "100.00", "property": "250.60", "credit": "49.40", "net": "400.00", "deposits": "500.00",
    }  # fmt: skip
    assert all(row["closed"] == close["id"] for row in rows)
    assert "收支月结表" in closed("print", close["id"]).out


def test_a_deposit_kept_back_is_income_of_its_month(october: Wuye) -> None:
    """Even of a month without any other money; what is held goes down by it, the takings do not."""
    assert october("deposit", "keep-back", "1031-1", "--kept-back", "80", "--reason", "门禁卡丢失",
                   "--at", "2026-10-31 15:00").code == 0  # fmt: skip
    assert october("deposit", "keep-back", "1031-1", "--kept-back", "20", "--reason", "挂绳",
                   "--at", "2026-11-03 15:00", now="2026-11-03T16:00").code == 0  # fmt: skip
    assert october("deposit", "return", "1031-1", "--returned", "400", "--at", "2026-12-01 15:00",
                   now="2026-12-01T16:00").code == 0  # fmt: skip
    said = october("monthclose", "ledger", "2026", "-o", "json", now="2026-12-02T16:00").json
    rows = [(r["month"], r["item"], r["total"], r["belongs"]) for r in said["rows"] if r["item"].startswith("dep")]
    assert rows == [
        ("2026-10", "deposits-kept", "80.00", "company"), ("2026-10", "deposits", "420.00", ""),
        ("2026-11", "deposits-kept", "20.00", "company"), ("2026-11", "deposits", "-20.00", ""),
        ("2026-12", "deposits", "-400.00", ""),
    ]  # fmt: skip
    assert said["income"]["company"] == "450.60"
    assert "押金扣款是从押金转作收入的" in october("monthclose", "ledger", "2026").out
    assert october("dayclose", "add", "2026-10-20", "--count", "100x3").code == 0
    close = october(*CLOSE, "-o", "json", now="2026-11-04T09:00").records[0]
    assert (close["net"], close["deposits_kept"], close["deposits_held"]) == ("400.00", "80.00", "420.00")


def test_what_was_reported_is_compared(october: Wuye) -> None:
    assert october("dayclose", "add", "2026-10-20", "--count", "100x3", now="2026-11-01T09:00").code == 0
    said = october(*CLOSE, "--reported", "380", "--reported-receipts", "3")
    assert said.code == 2 and "报公司 380.00，台账净收 400.00" in said.err and "收据 3 张，台账已开 2 张" in said.err
    assert october(*CLOSE, "--reported", "380", "--difference-reason", "手续费 20").code == 0


def test_closing_twice_changes_nothing(closed: Wuye, office: Path) -> None:
    before = tree(office)
    for more in ((), ("--yes",), ("--remark", "再结")):
        said = closed(*CLOSE, *more)
        assert said.code == 1 and "2026-10 已月结（YJ-20261102-001）" in said.err
    assert closed("monthclose", "void", "1102-1", "--reason", "x").code == 1
    assert tree(office) == before and closed("check").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ("bill", "add", "3-2-1201", "property", "1", "--due", "2026-11-25", "--at", "2026-10-30 09:00"),
        ("payment", "add", "3-2-1201", "1", "--way", "微信", "--at", "2026-10-30 09:00"),
        ("deposit", "add", "3-2-1201", "1", "--purpose", "卡", "--way", "微信", "--at", "2026-10-30 09:00"),
        ("receipt", "add", "0012303", "--spoiled", "写错", "--at", "2026-10-30 09:00"),
        ("payment", "refund", "1020-1", "--refunded", "1", "--reason", "多收", "--at", "2026-10-31 09:00"),
        ("payment", "edit", "1020-1", "--received", "2026-10-21 09:00"),
        ("dayclose", "add", "2026-10-30"),
        ("dayclose", "reopen", "1020-1", "--reason", "漏了一笔"),
    ],
    ids=lambda argv: " ".join(argv[:2]),
)
def test_a_closed_month_takes_nothing_more(closed: Wuye, office: Path, argv: tuple[str, ...]) -> None:
    before = tree(office)
    said = closed(*argv)
    assert said.code == 1 and "2026-10 已月结（YJ-20261102-001）" in said.err and "monthclose reopen" in said.err
    assert tree(office) == before


def test_steps_of_later_days_are_no_edits(closed: Wuye) -> None:
    later = "2026-12-05T10:00"
    assert closed("payment", "reverse", "1020-1", "--reason", "支票退票", now=later).code == 0
    assert closed("payment", "transfer", "1031-1", "--room", "3-2-1202", "--reason", "收错").code == 0
    assert closed("bill", "correct", "1001-2", "--amount", "90", "--reason", "多算").code == 0
    assert closed("deposit", "return", "1031-1", "--returned", "500").code == 0
    assert closed("receipt", "spoil", "0012301", "--reason", "冲销").code == 0
    assert closed("payment", "note", "1020-1", "已通知业主").code == 0
    assert closed("payment", "edit", "1020-1", "--remark", "退票").code == 0
    said = closed("check")
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("payment", "amount: '300.00'", "amount: '200.00'", "SK-20261020-001"),
        ("payment", "  way: wechat\n", "  way: cash\n", "SK-20261031-001"),
        ("bill", "due_on: '2026-10-25'", "due_on: '2026-10-26'", "ZD-20261001-001"),
        ("receipt", "by: 李静", "by: 赵敏", "PJ-20261020-001"),
        ("deposit", "purpose: card", "purpose: key", "BZ-20261031-001"),
        ("bill", "item: parking", "item: parking\n  extra: 1", "ZD-20261001-002"),
    ],
)
def test_check_notices_an_edit_by_hand(
    closed: Wuye, office: Path, file: str, old: str, new: str, told: str
) -> None:
    path = office / OCTOBER / f"{file}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    said = closed("check")
    assert said.code == 65 and f"{told} 在 2026-10 月结（YJ-20261102-001）后被改过" in said.err
    path.write_text(text, "utf-8")
    assert closed("check").code == 0


def test_an_edit_under_a_later_step_is_noticed_as_well(closed: Wuye, office: Path) -> None:
    assert closed("payment", "transfer", "1020-1", "--room", "3-2-1202", "--reason", "收错", now="2026-12-05").code == 0
    path = office / OCTOBER / "payment.yaml"
    path.write_text(path.read_text("utf-8").replace("room: 3-2-1201", "room: 3-2-1209"), "utf-8")
    assert "SK-20261020-001 在 2026-10 月结" in closed("check").err


def test_what_is_gone_or_was_put_there_is_noticed(closed: Wuye, office: Path) -> None:
    path = office / OCTOBER / "payment.yaml"
    text = path.read_text("utf-8")
    head, _, second = text.split("- id: ")
    path.write_text(f"{head}- id: {second}", "utf-8")
    assert "SK-20261020-001 在 2026-10 月结（YJ-20261102-001）后不见了" in closed("check").err
    path.write_text(f"{text}- id: {second.replace('SK-20261031-001', 'SK-20261031-009')}", "utf-8")
    assert "SK-20261031-009 是 2026-10 月结（YJ-20261102-001）后放进这个月的" in closed("check").err
    path.write_text(text, "utf-8")
    kept = next((office / "attachments/2026-10").iterdir())
    kept.write_bytes(kept.read_bytes()[:-2])
    assert "冻结清单" in closed("check").err


def test_reopened_with_a_reason_changed_and_closed_again(closed: Wuye, office: Path) -> None:
    assert closed("monthclose", "reopen", "1102-1").code == 2
    assert closed("monthclose", "reopen", "1102-1", "--reason", "漏记一笔").code == 0
    late = ("payment", "add", "3-2-1201", "1", "--way", "微信", "--next-receipt", "--at", "2026-10-30 09:00")
    assert closed(*late, now="2026-11-03T09:00").code == 0
    assert closed("dayclose", "add", "2026-10-30").code == 0
    said = closed(*CLOSE, "-o", "json", now="2026-11-03T10:00")
    assert said.code == 0, said.err
    assert said.records[0]["net"] == "401.00" and closed("check").code == 0
    assert closed(*late[:4], "--way", "现金", "--at", "2026-10-30 09:00").code == 1


def test_a_table_from_elsewhere_brings_nothing_into_it(closed: Wuye, office: Path, tmp_path: Path) -> None:
    table = tmp_path / "收款.csv"
    table.write_text("受理时间,房号,金额,收款方式\n2026-10-03,3-2-1201,10,现金\n", "utf-8")
    before = tree(office)
    said = closed("import", str(table), "--kind", "payment")
    assert said.code == 1 and "2026-10 已月结" in said.err and tree(office) == before


def test_a_power_cut_leaves_payment_and_receipt_both_or_neither(
    october: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the journal's commit point nothing is there, after it the next command finishes both."""
    pay = ("payment", "add", "3-2-1209", "5", "--way", "微信", "--next-receipt")
    before = tree(office)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wuye.journal.begin", cut)
        assert october(*pay).code == 130
    assert tree(office) == before
    with monkeypatch.context() as patch:
        patch.setattr("wuye.journal.finish", cut)
        assert october(*pay).code == 130
    assert october("receipt", "list", "--text", "0012303", "-o", "json").records[0]["payment"] == "SK-20261031-002"
    assert october("payment", "show", "sk2", "-o", "json").records[0]["receipt"] == "0012303"
    assert october("check").code == 0


def test_a_bill_run_into_a_closed_month_is_refused(closed: Wuye, office: Path) -> None:
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write("charges:\n  clean:\n    zh: 垃圾费\n    way: fixed\n    rates:\n")
        file.write("    - {from: 2026-01-01, rate: '9'}\n")
    assert closed("unit", "add", "3-2-1201", "--area", "89.5").code == 0
    before = tree(office)
    said = closed("bill", "run", "2026-10", "--at", "2026-10-05")
    assert said.code == 1 and "2026-10 已月结" in said.err and tree(office) == before
