"""Receipt numbers: out of a drawn book, in order, each once; books passed on, finished, handed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, tree

from wuye import receipts

Wuye = Callable[..., Said]


def pay(wuye: Wuye, *more: str, amount: str = "10", by: str = "李静") -> Said:
    return wuye("payment", "add", "3-2-1201", amount, "--way", "现金", "--by", by, "--yes", *more)


@pytest.fixture
def book(wuye: Wuye) -> Wuye:
    """A book of five numbers, drawn by the person at the desk."""
    said = wuye("receiptbook", "add", "甲本", "0012301", "0012305")
    assert said.code == 0, said.err
    return wuye


def usage(wuye: Wuye) -> dict[str, object]:
    return wuye("receiptbook", "usage", "-o", "json").json["rows"][0]  # type: ignore[no-any-return]


def test_numbers_come_in_order_and_each_once(book: Wuye, office: Path) -> None:
    assert pay(book, "--next-receipt", "-o", "json").records[0]["receipt"] == "0012301"
    before = tree(office)
    for number, words in (
        ("0012301", "已用过（PJ-20261122-001）"), ("0012303", "跳过了 0012302："), ("12302", "不在任何票据本的号段里"),
        ("0012399", "不在任何票据本的号段里"), ("００１２３０１", "已用过（PJ-20261122-001）"),
    ):  # fmt: skip
        said = pay(book, "--receipt", number)
        assert said.code == 1 and words in said.err and "请" in said.err, (number, said.err)
    said = pay(book, "--receipt", "0012302", by="赵敏")
    assert said.code == 1 and "由李静持有" in said.err and tree(office) == before
    assert "没有赵敏持有的在用票据本" in pay(book, "--next-receipt", by="赵敏").err
    assert pay(book, "--receipt", "0012302", "--cashier", "李静", by="赵敏").code == 0


def test_a_skipped_number_is_entered_as_spoiled_first(book: Wuye) -> None:
    assert "作废原因" in book("receipt", "add", "--help").out
    assert book("receipt", "add", "0012301", "--spoiled", "写错金额", "--copies", "3").code == 0
    assert pay(book, "--receipt", "0012302").code == 0
    assert pay(book, "--receipt", "0012301").code == 1
    assert "已作废" in pay(book, "--receipt", "0012301").err
    assert book("receipt", "spoil", "0012302", "--reason", "客户退回", "--copies", "3").code == 0
    assert book("receipt", "spoil", "0012302", "--reason", "再来").code == 1
    told = usage(book)
    assert (told["used"], told["spoiled"], told["spoiled_numbers"], told["next"], told["left"]) == (
        0, 2, ["0012301", "0012302"], "0012303", 3,
    )  # fmt: skip
    assert book("receiptbook", "check").out == "" and book("check").code == 0
    assert book("receipt", "void", "0012302", "--reason", "x").code == 1


def test_a_number_counts_in_every_month(book: Wuye) -> None:
    assert pay(book, "--next-receipt", "--at", "2026-10-15 10:00").code == 0
    assert pay(book, "--receipt", "0012301").code == 1
    assert pay(book, "--next-receipt", "-o", "json").records[0]["receipt"] == "0012302"


def test_a_receipt_for_money_taken_without_one(book: Wuye) -> None:
    assert pay(book, "--payer", "王女士", amount="88").code == 0
    said = book("receipt", "add", "0012301", "--payment", "sk1", "-o", "json")
    receipt = said.records[0]
    assert (receipt["payment"], receipt["amount"], receipt["payer"], receipt["book"]) == (
        "SK-20261122-001", "88.00", "王女士", "甲本",
    )  # fmt: skip
    assert book("payment", "reverse", "sk1", "--reason", "错").code == 0
    assert book("receipt", "add", "0012302", "--payment", "sk1").code == 1


def test_money_has_one_receipt_of_its_own_amount(book: Wuye, office: Path) -> None:
    assert pay(book, amount="100").code == 0
    assert pay(book, amount="100", by="赵敏").code == 0
    wrong = book("receipt", "add", "0012301", "--payment", "sk1", "--amount", "999")
    assert wrong.code == 1 and "收到的是 100.00，收据上写的是 999.00" in wrong.err
    assert book("receipt", "add", "0012301", "--payment", "sk1", "--amount", "100").code == 0
    before = tree(office)
    second = book("receipt", "add", "0012302", "--payment", "sk1")
    assert second.code == 1 and "SK-20261122-001 已开收据 0012301" in second.err
    both = book("receipt", "add", "--from", "-", stdin=b"number,payment\n0012302,sk2\n0012303,sk2\n")
    assert both.code == 1 and "SK-20261122-002 已开收据 0012302" in both.err
    assert tree(office) == before
    assert book("receipt", "add", "0012302", "--payment", "sk2").code == 0
    assert book("payment", "reverse", "sk1", "--reason", "错").err.count("收据 0012301 还是“已开”") == 1
    moved = book("receipt", "reassign", "0012301", "--payment", "sk2", "--reason", "错")
    assert moved.code == 1 and "已开收据 0012302" in moved.err


def test_a_receipt_spoiled_after_it_was_given_out_is_replaced(book: Wuye) -> None:
    assert pay(book, "--next-receipt", amount="100").code == 0
    assert "先收回作废（wuye receipt spoil 0012301）" in book("receipt", "add", "0012302", "--payment", "sk1").err
    assert book("receipt", "spoil", "0012301", "--reason", "抬头写错").code == 0
    assert book("dayclose", "add", "--count", "100x1", "--dry-run", "-o", "json").records[0]["unreceipted"] == 1
    replaced = book("receipt", "add", "0012302", "--payment", "sk1", "-o", "json")
    assert replaced.code == 0 and replaced.records[0]["amount"] == "100.00"
    assert "已开收据 0012302" in book("receipt", "add", "0012303", "--payment", "sk1").err
    close = book("dayclose", "add", "--count", "100x1", "-o", "json").records[0]
    assert (close["receipted"], close["unreceipted"]) == ("100.00", 0) and book("check").code == 0
    said = book("payment", "reverse", "sk1", "--reason", "错")
    assert "收据 0012302 还是“已开”" in said.err and "收据 0012301" not in said.err


def test_money_that_went_back_with_its_receipt_needs_none(book: Wuye) -> None:
    assert pay(book, "--next-receipt", amount="100").code == 0
    assert book("payment", "reverse", "sk1", "--reason", "金额写错").code == 0
    assert book("receipt", "spoil", "0012301", "--reason", "金额写错").code == 0
    assert pay(book, "--next-receipt", amount="90").code == 0
    close = book("dayclose", "add", "--count", "50x1,20x2", "-o", "json").records[0]
    assert (close["receipted"], close["unreceipted"]) == ("90.00", 0)


def test_a_stand_in_takes_the_book_and_hands_it_back(book: Wuye) -> None:
    assert pay(book, "--next-receipt").code == 0
    hand = ("receiptbook", "hand-over", "甲本", "--counted-by", "李静、赵敏")
    wrong = book(*hand, "--holder", "赵敏", "--next-number", "0012303")
    assert wrong.code == 1 and "下一号应是 0012302，清点的是 0012303" in wrong.err
    assert book(*hand, "--holder", "赵敏", "--next-number", "0012302").code == 0
    assert "由赵敏持有" in pay(book, "--receipt", "0012302").err
    assert pay(book, "--next-receipt", by="赵敏").code == 0
    assert book(*hand, "--holder", "赵敏", "--next-number", "0012303").code == 1
    assert book(*hand, "--holder", "李静", "--next-number", "0012303").code == 0
    assert pay(book, "--next-receipt").code == 0
    edited = book("receiptbook", "edit", "甲本", "--holder", "赵敏")
    assert edited.code == 2 and "请用 hand-over（转交）" in edited.err


def test_a_finished_book_is_handed_in_before_the_next_is_drawn(book: Wuye) -> None:
    assert book("receiptbook", "add", "乙本", "0012305", "0012400").code == 1
    said = book("receiptbook", "add", "乙本", "0012306", "0012400", "--drawn-by", "李静")
    assert said.code == 0 and "甲本 还没有用完，下一号 0012301" in said.err
    for _ in range(4):
        assert pay(book, "--next-receipt").code == 0
    unused = book("receiptbook", "finish", "甲本")
    assert unused.code == 1 and "还有 0012305 没有用" in unused.err
    last = pay(book, "--next-receipt")
    assert "甲本 已用到最后一号" in last.err
    assert book("receiptbook", "finish", "甲本").code == 0
    third = book("receiptbook", "add", "丙本", "0013001", "0013050")
    assert third.code == 1 and "甲本 还没有交回存根" in third.err
    assert book("receiptbook", "add", "丙本", "0013001", "0013050", "--drawn-by", "赵敏").code == 0
    assert book("receiptbook", "hand-in", "甲本", "--to", "孙会计").code == 0
    assert book("receiptbook", "add", "丁本", "0014001", "0014050").code == 0
    assert pay(book, "--next-receipt", "-o", "json").records[0]["receipt"] == "0012306"


def test_what_is_left_of_a_book_is_spoiled_when_it_is_given_up(book: Wuye) -> None:
    assert pay(book, "--next-receipt").code == 0
    said = book("receiptbook", "finish", "甲本", "--reason", "换新版收据")
    assert said.code == 0 and "0012302—0012305 共 4 号登记为作废" in said.err
    told = usage(book)
    assert (told["used"], told["spoiled"], told["left"], told["next"]) == (1, 4, 0, "")
    assert pay(book, "--receipt", "0012303").code == 1 and book("check").code == 0


def test_without_any_book_doubles_are_refused_all_the_same(wuye: Wuye) -> None:
    assert pay(wuye, "--receipt", "手工-7").code == 0
    assert pay(wuye, "--receipt", "手工-7").code == 1
    deposit = ("deposit", "add", "3-2-1201", "100", "--purpose", "卡", "--way", "现金")
    assert wuye(*deposit, "--receipt", "手工-7").code == 1
    assert "没有李静持有的在用票据本" in pay(wuye, "--next-receipt").err


def test_check_finds_gaps_doubles_and_strays(book: Wuye, office: Path) -> None:
    for _ in range(3):
        assert pay(book, "--next-receipt").code == 0
    path = office / "records/2026-11/receipt.yaml"
    text = path.read_text("utf-8")
    for old, new, words in (
        ("number: '0012302'", "number: '0012303'", ("与 PJ-20261122-002 相同",)),
        ("number: '0012303'", "number: '0099999'", ("不在任何票据本的号段里",)),
    ):
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        said = book("receiptbook", "check", "-o", "json")
        told = " ".join(row["message"] for row in said.json["rows"])
        assert said.code == 65 and all(w in told for w in words), told
        assert book("check").code == 65
    path.write_text(text.replace("payment: SK-20261122-002", "payment: SK-20261122-001"), "utf-8")
    assert "PJ-20261122-002 和收据 0012301 都开给了 SK-20261122-001" in book("check").err
    blocks = text.split("- id: ")
    path.write_text("- id: ".join(b for b in blocks if "0012302" not in b), "utf-8")
    payments = office / "records/2026-11/payment.yaml"
    payments.write_text(payments.read_text("utf-8").replace("  receipt: '0012302'\n", ""), "utf-8")
    assert "缺号 0012302" in book("check").err
    assert "缺号 0012302" in book("receiptbook", "check", "甲本", "-o", "json").json["rows"][0]["message"]
    assert usage(book)["missing"] == "0012302"


def test_a_table_from_elsewhere_brings_no_number_twice(wuye: Wuye, office: Path, tmp_path: Path) -> None:
    table, words = tmp_path / "收款.csv", "受理时间,房号,金额,收款方式,收据号\n"
    table.write_text(f"{words}2026-10-03,3-2-1201,10,现金,07\n2026-10-04,3-2-1202,20,现金,07\n", "utf-8")
    before = tree(office)
    said = wuye("import", str(table), "--kind", "payment")
    assert said.code == 1 and "收据号 07 已用过" in said.err and tree(office) == before
    table.write_text(table.read_text("utf-8").replace("20,现金,07", "20,现金,08"), "utf-8")
    assert wuye("import", str(table), "--kind", "payment").code == 0
    assert "已用在 SK-20261003-001" in pay(wuye, "--receipt", "07").err
    assert wuye("receipt", "add", "07", "--payment", "1003-1").code == 0
    assert wuye("receipt", "add", "08", "--payment", "1003-1").code == 1


def test_a_receipt_says_what_it_is_for(book: Wuye) -> None:
    for month in ("09", "10"):
        assert book("bill", "add", "3-2-1201", "property", "10", "--due", "2026-11-25", "--period-from",
                    f"2026-{month}-01", "--period-until", f"2026-{month}-28").code == 0  # fmt: skip
    assert pay(book, "--next-receipt", "--bills", "zd1、zd2").code == 0
    assert pay(book, "--next-receipt", "--remark", "代收水费").code == 0
    told = book("receipt", "list", "--sort", "id", "-o", "json").records
    assert [r["purpose"] for r in told] == ["2026-09 property、2026-10 property", "代收水费"]


def test_runs_of_numbers() -> None:
    assert receipts.runs(["07", "08", "09", "11"]) == "07—09、11"
    assert receipts.runs([f"{n:03}" for n in range(1, 20, 2)]).endswith("等 10 号")
