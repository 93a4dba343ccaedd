"""The daily close: cash counted against what was taken, receipts without a gap, once, turned in and signed for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played, tree

Wuye = Callable[..., Said]
CLOSE = ("dayclose", "add")


def pay(wuye: Wuye, amount: str, way: str = "现金", *more: str) -> None:
    said = wuye("payment", "add", "3-2-1201", amount, "--way", way, "--yes", *more)
    assert said.code == 0, said.err


@played
def taken(wuye: Wuye) -> Wuye:
    """Cash, a transfer, a refund and a deposit of one person, cash of another, receipts out of a book."""
    assert wuye("receiptbook", "add", "甲本", "0012301", "0012350").code == 0
    pay(wuye, "300", "现金", "--next-receipt")
    assert wuye("receipt", "add", "0012302", "--spoiled", "写错").code == 0
    pay(wuye, "120.50", "微信", "--next-receipt")
    assert wuye("payment", "refund", "sk1", "--refunded", "40", "--reason", "多收").code == 0
    assert wuye("deposit", "add", "3-2-1201", "500", "--purpose", "卡", "--way", "现金").code == 0
    pay(wuye, "77", "现金", "--by", "赵敏")
    return wuye


def test_everything_is_computed_and_the_cash_asked_for(taken: Wuye, office: Path) -> None:
    before = tree(office)
    said = taken(*CLOSE)
    assert said.code == 2 and tree(office) == before
    assert "李静 2026-11-22 共 4 笔" in said.err and "现金应有 760.00：请点清现金" in said.err
    said = taken(*CLOSE, "--count", "100x7，50×1、5元2张", "-o", "json")
    assert said.code == 0, said.err
    close = said.records[0]
    assert (close["expected"], close["counted"], close["difference"], close["entries"]) == (
        "760.00", "760.00", "0.00", 4,
    )  # fmt: skip
    assert close["takings"] == [
        {"way": "cash", "taken": "300.00", "out": "40.00", "deposits": "500.00", "returned": "0.00",
         "net": "760.00", "count": 3},
        {"way": "wechat", "taken": "120.50", "out": "0.00", "deposits": "0.00", "returned": "0.00",
         "net": "120.50", "count": 1},
    ]  # fmt: skip
    assert close["papers"] == [
        {"book": "甲本", "first": "0012301", "last": "0012303", "used": 2, "spoiled": 1, "numbers": "0012302"}
    ]
    assert (close["receipted"], close["unreceipted"]) == ("420.50", 1)
    assert close["keys"] == ["BZ-20261122-001", "SK-20261122-001", "SK-20261122-001/1", "SK-20261122-002"]
    assert taken("check").code == 0
    slip = taken("print", "rj1").out
    assert "100元×7" in slip and "0012301—0012303 已开2张 作废1张（0012302）" in slip


def test_a_difference_needs_its_reason(taken: Wuye, office: Path) -> None:
    before = tree(office)
    said = taken(*CLOSE, "--count", "100x7")
    assert said.code == 2 and "实点 700.00，应有 760.00，差 -60.00" in said.err and tree(office) == before
    said = taken(*CLOSE, "--count", "100x7", "--difference-reason", "找零多付")
    assert said.code == 0
    assert taken("dayclose", "show", "rj1", "-o", "json").records[0]["difference"] == "-60.00"
    assert taken("check").code == 0


def test_the_change_float_is_counted_with_the_takings(taken: Wuye, office: Path) -> None:
    """It lies in the drawer too: what is counted is set against takings and float together."""
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace("rules:\n", "rules:\n  handover.float: 200\n"), "utf-8")
    assert "现金应有 760.00，连备用金 200.00 应点 960.00（不在您这里的加 --float 0）" in taken(*CLOSE).err
    said = taken(*CLOSE, "--count", "100x7,50x1,10x1")
    assert said.code == 2 and "实点 760.00，应有 760.00，另有备用金 200.00，差 -200.00" in said.err
    close = taken(*CLOSE, "--count", "100x9,50x1,10x1", "-o", "json").records[0]
    assert (close["float"], close["counted"], close["difference"]) == ("200.00", "960.00", "0.00")
    assert "备用金：200.00" in taken("print", "rj1").out
    other = taken(*CLOSE, "--by", "赵敏", "--float", "0", "--count", "50x1,20x1,5x1,1x2", "-o", "json").records[0]
    assert (other["float"], other["difference"]) == (None, "0.00"), "the other desk has no drawer of its own"
    assert taken("check").code == 0


def test_cash_that_only_went_out_is_no_surplus(wuye: Wuye, office: Path) -> None:
    """An empty drawer after a reversal is as it should be; the money came from elsewhere, which is said."""
    assert wuye("payment", "add", "3-2-1201", "280", "--way", "现金", now="2026-11-21T10:00").code == 0
    assert wuye(*CLOSE, "--count", "100x2,50x1,10x3", now="2026-11-21T17:00").code == 0
    assert wuye("payment", "reverse", "1121-1", "--reason", "重复收款", now="2026-11-22T10:00").code == 0
    said = wuye(*CLOSE, "--dry-run", "-o", "json")
    assert said.code == 0 and "付出的现金比当天收的多 280.00" in said.err and "--remark" in said.err
    close = said.records[0]
    assert (close["expected"], close["counted"], close["difference"]) == ("-280.00", "0.00", "0.00")
    over = wuye(*CLOSE, "--count", "20x1")
    assert over.code == 2 and "差 20.00" in over.err
    assert "应点 0.00" in wuye(*CLOSE, "--float", "200").err
    short = wuye(*CLOSE, "--float", "300", "--count", "10x1")
    assert short.code == 2 and "差 -10.00" in short.err
    assert wuye(*CLOSE, "--remark", "财务付").code == 0 and wuye("check").code == 0


@pytest.mark.parametrize("count", ["100", "3x4", "100x-1", "100x1.5", "两百", "0.3x2"])
def test_counts_that_cannot_be_read(taken: Wuye, count: str) -> None:
    said = taken(*CLOSE, "--count", count)
    assert said.code == 2 and "--count（现金清点）" in said.err and "请" in said.err


def test_closing_twice_changes_nothing(taken: Wuye, office: Path) -> None:
    assert taken(*CLOSE, "--count", "100x7,50x1,10x1").code == 0
    before = tree(office)
    for more in ((), ("--yes",), ("--count", "100x1"), ("2026-11-22", "--cashier", "李静")):
        said = taken(*CLOSE, *more)
        assert said.code == 1 and "已日结（RJ-20261122-001）" in said.err, more
    assert taken("dayclose", "void", "rj1", "--reason", "x").code == 1
    assert tree(office) == before
    assert taken(*CLOSE, "--by", "赵敏", "--count", "50x1,20x1,5x1,1x2").code == 0


def test_turned_in_signed_and_reopened_with_a_reason(taken: Wuye) -> None:
    assert "请上交" in taken(*CLOSE, "--count", "100x7,50x1,10x1").out
    assert taken("dayclose", "sign", "rj1", "--signed-by", "孙会计").code == 1
    assert taken("dayclose", "hand-in", "rj1").code == 2
    assert taken("dayclose", "hand-in", "rj1", "--to", "孙会计").code == 0
    assert taken("dayclose", "sign", "rj1", "--signed-by", "孙会计", "-o", "json").records[0]["status"] == "signed"
    assert taken("dayclose", "reopen", "rj1").code == 2
    assert taken("dayclose", "reopen", "rj1", "--reason", "补录").code == 0
    assert taken(*CLOSE, "--count", "100x7,50x1,10x1", "-o", "json").records[0]["id"] == "RJ-20261122-002"


def test_money_entered_after_the_close_is_said_and_listed(taken: Wuye) -> None:
    assert taken(*CLOSE, "--count", "100x7,50x1,10x1").code == 0
    said = taken("payment", "add", "3-2-1203", "20", "--way", "现金", "--at", "11月22号16点", now="2026-11-23T09:00")
    assert said.code == 0 and "已日结（RJ-20261122-001）：这一笔记在日结之后" in said.err
    said = taken("payment", "reverse", "1122-1", "--reason", "错", "--at", "11月22号17点")
    assert "这一笔记在日结之后" in said.err
    after = taken("day", "2026-11-22", "-o", "json").json["after_close"]
    assert [(row["id"], row["what"], row["amount"]) for row in after] == [
        ("SK-20261122-001", "reversal", "-260.00"), ("SK-20261122-004", "taken", "20.00"),
    ]  # fmt: skip
    said = taken("payment", "edit", "1122-2", "--received", "11月21号9点")
    assert said.code == 1 and "已日结" in said.err
    assert taken("check").code == 0


def test_a_day_closed_later_belongs_to_its_own_month(taken: Wuye) -> None:
    pay(taken, "10", "现金", "--at", "2026-10-31 15:00")
    said = taken(*CLOSE, "2026-10-31", "--count", "10x1", "-o", "json", now="2026-11-22T10:05")
    assert said.records[0]["id"] == "RJ-20261031-001" and said.records[0]["recorded"] == "2026-11-22T10:05+08:00"
    assert taken(*CLOSE, "2026-11-23").code == 2


def test_a_gap_or_a_double_among_the_receipts_refuses_the_close(taken: Wuye, office: Path) -> None:
    path = office / "records/2026-11/receipt.yaml"
    text = path.read_text("utf-8")
    path.write_text("- id: ".join(b for b in text.split("- id: ") if "'0012302'" not in b), "utf-8")
    before = tree(office)
    said = taken(*CLOSE, "--count", "100x7,50x1,10x1")
    assert said.code == 1 and "票据本 甲本 缺号 0012302" in said.err and tree(office) == before
    path.write_text(text.replace("number: '0012302'", "number: '0012303'"), "utf-8")
    assert "收据号 0012303 登记了 2 次" in taken(*CLOSE, "--count", "100x7,50x1,10x1").err


def test_check_notices_a_closed_sum_that_was_edited(taken: Wuye, office: Path) -> None:
    assert taken(*CLOSE, "--count", "100x7,50x1,10x1").code == 0
    path = office / "records/2026-11/payment.yaml"
    path.write_text(path.read_text("utf-8").replace("amount: '120.50'", "amount: '20.50'"), "utf-8")
    said = taken("check")
    assert said.code == 65 and "RJ-20261122-001" in said.err and "被改过" in said.err


def test_a_day_without_money_may_be_closed(wuye: Wuye) -> None:
    said = wuye(*CLOSE)
    assert said.code == 0 and "没有收付" in said.err


def test_what_stands_on_paper_or_in_a_close_is_not_undone(taken: Wuye, office: Path) -> None:
    assert taken("payment", "refund", "sk2", "--refunded", "20", "--reason", "多收").code == 0
    assert taken("undo", "sk2", "--yes").code == 0
    assert taken("payment", "show", "sk2", "-o", "json").records[0]["net"] == "120.50"
    assert taken(*CLOSE, "--count", "100x7,50x1,10x1").code == 0
    assert taken("check").code == 0
    before = tree(office)
    refused = {"sk1": "已写进日结", "sk2": "PJ-20261122-003 指向它", "pj1": "不能撤销", "rj1": "不能撤销"}
    for target, words in refused.items():
        said = taken("undo", target, "--yes")
        assert said.code == 1 and words in said.err, (target, said.err)
    assert tree(office) == before
