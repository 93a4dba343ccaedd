"""Stocktakes: what should be there beside what is there and what the system says; all settled (domain.md 22, 23)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played

from wuye import counting, records

Wuye = Callable[..., Said]
PD = "PD-20261122-001"


def take(wuye: Wuye, step: str, *more: str, stdin: bytes = b"") -> Said:
    return wuye("stocktake", step, PD, *more, stdin=stdin)


def ok(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def found(wuye: Wuye) -> list[tuple[str, str]]:
    rows = ok(take(wuye, "differences", "-o", "json")).json["rows"]
    return [(row["name"], row["difference"]) for row in rows]


def one(wuye: Wuye) -> dict[str, Any]:
    return ok(take(wuye, "show", "-o", "json")).records[0]


@played
def cabinet(wuye: Wuye) -> Wuye:
    """Three keys: one in the cabinet, one lent, one lost."""
    for label in ("A-1", "A-2", "A-3"):
        ok(wuye("key", "add", label, "--place", "配电房"))
    ok(wuye("keyloan", "add", "A-2", "王师傅"))
    ok(wuye("key", "lose", "A-3", "--reason", "找不到"))
    return wuye


def test_states_are_called_as_the_things_own_flows_call_them() -> None:
    told = dict(counting.STANDS.choices)
    for name in ("key", "card", "receiptbook"):
        for state in records.kind(name).flow.states:
            assert state.name in ("void", "handed-in") or told[state.name] == state.zh, (name, state.name)


# --- keys


def test_keys_that_should_be_there_and_are(cabinet: Wuye) -> None:
    said = ok(cabinet("stocktake", "begin", "钥匙", "--counter", "李静"))
    assert "盘点中" in said.out and one(cabinet)["listed"] == 3
    assert [row["name"] for row in one(cabinet)["expected"]] == ["A-1", "A-2", "A-3"]
    ok(take(cabinet, "tally", "--counted", "Ａ-1"))
    assert found(cabinet) == [] and one(cabinet)["hands"] == 1
    ok(take(cabinet, "close"))
    assert one(cabinet)["status"] == "closed"
    assert cabinet("check").code == 0


def test_every_difference_of_keys_is_listed(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    ok(take(cabinet, "tally", "--file", "-", stdin=b"\xef\xbb\xbfA-2\r\n\r\nA-3\nX-9\n"))
    assert sorted(found(cabinet)) == [
        ("A-1", "missing"), ("A-2", "misplaced"), ("A-3", "misplaced"), ("X-9", "unknown")]  # fmt: skip
    rows = {row["name"]: row["note"] for row in take(cabinet, "differences", "-o", "json").json["rows"]}
    assert rows["A-1"] == "台账 在柜，没有点到" and rows["A-2"] == "台账 借出（王师傅），却在手"


def test_what_was_expected_stays_as_it_was_when_it_began(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    ok(cabinet("keyloan", "return", "jy1"))
    ok(take(cabinet, "tally", "--counted", "A-1、A-2"))
    assert found(cabinet) == [("A-2", "misplaced")]


def test_counting_goes_on_or_begins_anew(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    ok(take(cabinet, "tally", "--counted", "无"))
    assert found(cabinet) == [("A-1", "missing")]
    ok(take(cabinet, "tally", "--counted", "A-1、X-9"))
    assert found(cabinet) == [("X-9", "unknown")] and one(cabinet)["hands"] == 2
    ok(take(cabinet, "tally", "--counted", "A-1", "--anew"))
    assert found(cabinet) == [] and one(cabinet)["hands"] == 1


def test_a_difference_is_settled_before_it_is_closed(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    assert "不能办结（close）" in take(cabinet, "close").err
    ok(take(cabinet, "tally", "--counted", "X-9、X-8"))
    assert "差异还没有处理" in take(cabinet, "close").err and "A-1" in take(cabinet, "close").err
    assert take(cabinet, "resolve", "--items", "1").code == 2
    assert "没有第 9 项" in take(cabinet, "resolve", "--items", "9", "--how", "x").err
    ok(take(cabinet, "resolve", "--items", "A-1", "--how", "在值班室找到", "--settled-by", "王师傅"))
    ok(take(cabinet, "resolve", "--items", "其余", "--how", "补登台账"))
    rows = take(cabinet, "differences", "-o", "json").json["rows"]
    assert {row["name"]: row["settled_by"] for row in rows} == {"A-1": "王师傅", "X-9": "李静", "X-8": "李静"}
    ok(take(cabinet, "tally", "--counted", "X-7"))
    left = [row["name"] for row in take(cabinet, "differences", "-o", "json").json["rows"] if not row["how"]]
    assert left == ["X-7"], "what was settled and is still the same stays settled"
    ok(take(cabinet, "resolve", "--items", "X-7", "--how", "退还工程部"))
    ok(take(cabinet, "close"))


def test_a_difference_becomes_a_record_that_knows_its_row(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    ok(take(cabinet, "tally", "--counted", "无"))
    made = ok(cabinet("workorder", "add", "--of", PD, "--row", "1", "--place", "配电房", "-o", "json")).records[0]
    assert made["text"] == "A-1：台账 在柜，没有点到"


def test_the_forms_are_called_as_the_desk_calls_them(cards: Wuye) -> None:
    assert "智能卡月度盘点表" in ok(cards("print", "pd1")).out
    ok(cards("keyloan", "add", "委托-1", "王女士", "--type", "委托", "--room", "3-2-1201"))
    assert "客户委托钥匙登记表" in ok(cards("print", "jy1")).out


def test_what_cannot_be_counted_is_said_at_once(cabinet: Wuye) -> None:
    ok(cabinet("stocktake", "add", "keys"))
    assert "缺少实点" in take(cabinet, "tally").err
    assert "没有内容" in take(cabinet, "tally", "--file", "-", stdin=b"\n").err
    card = "A-1、11010519491231002X"
    said = take(cabinet, "tally", "--counted", card)
    assert said.code == 2 and "身份证" in said.err and "002X" in said.err and card[4:] not in said.err
    assert "只有智能卡才和门禁系统核对" in compare(cabinet, "卡号,状态\n1,有效\n").err
    assert one(cabinet)["status"] == "open"


# --- cards


CARDS = (("101", "王女士"), ("0102", "陈先生"), ("103", ""), ("104", "周女士"), ("105", "吴先生"), ("106", "郑女士"))


@played
def cards(wuye: Wuye) -> Wuye:
    """Four issued cards, a blank one, one lost, and a stocktake of them."""
    for number, holder in CARDS:
        ok(wuye("card", "add", number, "门禁卡", *([holder, "--until", "2026-12-31"] if holder else [])))
    ok(wuye("card", "lose", "106", "--reason", "业户丢失"))
    ok(wuye("stocktake", "begin", "智能卡"))
    return wuye


def compare(wuye: Wuye, table: str, *more: str, encoding: str = "utf-8") -> Said:
    Path("卡表.csv").write_bytes(table.encode(encoding))
    return take(wuye, "compare", "--system", "卡表.csv", *more)


SAME = (
    "卡号,姓名,状态,有效期\n101,王女士,有效,2026-12-31\n102,陈先生,有效,2026/12/31\n"
    "104,周女士,正常,2026-12-31 23:59:59\n105,吴先生,1,\n"
)


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "gb18030", "utf-16"))
def test_three_sources_that_agree_are_signed_by_finance_and_closed(cards: Wuye, encoding: str) -> None:
    said = ok(compare(cards, SAME, encoding=encoding))
    assert "系统导出 4 张卡，有效 4 张" in said.err
    assert "不能财务签字" in take(cards, "sign", "--signed-by", "周敏").err, "nobody has counted yet"
    ok(take(cards, "tally", "--counted", "103"))
    assert found(cards) == []
    assert "要财务签字" in take(cards, "close").err
    ok(take(cards, "sign", "--signed-by", "周敏"))
    ok(take(cards, "close"))
    kept = one(cards)["system"]
    assert kept.startswith("attachments/2026-11/") and Path(kept).read_bytes() == Path("卡表.csv").read_bytes()
    assert cards("check").code == 0


def test_cards_are_not_signed_before_the_system_was_compared(cards: Wuye) -> None:
    ok(take(cards, "tally", "--counted", "103"))
    assert "还没有和门禁系统核对" in take(cards, "sign", "--signed-by", "周敏").err
    assert "还没有和门禁系统核对" in take(cards, "close").err


def test_every_difference_from_the_system_is_listed(cards: Wuye) -> None:
    table = (
        "门禁系统导出,,,\n卡号,姓名,状态,有效期至\n101,王先生,有效,2027-01-31\n0102,陈先生,停用,2026-12-31\n104,周女士,有效,永久\n"
        "104,周女士,有效,\n103,,有效,\n106,郑女士,有效,\n900,某人,有效,\n901,某人,停用,\n"
    )
    ok(compare(cards, table))
    assert sorted(found(cards)) == sorted([
        ("101", "holder"), ("101", "until"), ("0102", "inactive"), ("104", "double"), ("103", "active"),
        ("106", "active"), ("900", "extra"), ("105", "absent"),
    ])  # fmt: skip
    ok(take(cards, "tally", "--counted", "106、101"))
    hand = [("103", "missing"), ("101", "misplaced"), ("106", "misplaced")]
    assert sorted(found(cards)[:3]) == sorted(hand) and len(found(cards)) == 11
    ok(take(cards, "resolve", "--items", "全部", "--how", "逐张核对，系统已改"))
    ok(take(cards, "sign", "--signed-by", "周敏"))
    ok(compare(cards, SAME + "900,某人,有效,\n"))
    record = one(cards)
    assert record["signed_by"] is None, "whoever signed has not seen this"
    assert record["left"] == 0 and len(found(cards)) == 4, "the one that is still there stays settled"


def test_a_list_that_cannot_be_read_is_refused_with_every_cell(cards: Wuye) -> None:
    said = compare(cards, "卡号,状态,有效期\n1.23457E+11,有效,\n101,待定,下个月\n,有效,\n102,有效,11010519491231002X\n")
    assert said.code == 2 and said.err.count("错误") == 5, said.err
    for words in ("A2", "待定", "B3", "下个月", "C3", "A4：", "身份证号"):
        assert words in said.err, (words, said.err)
    assert "11010519491231002X" not in said.err and one(cards)["system"] is None
    assert "没有卡号（有：编号、权限）" in compare(cards, "编号,权限\n1,有效\n").err
    assert "没有“甲”这一列" in compare(cards, SAME, "--columns", "卡号=甲").err
    assert "看不懂“颜色=甲”" in compare(cards, SAME, "--columns", "颜色=甲").err
    assert take(cards, "compare").code == 2 and take(cards, "compare", "--system", "没有.csv").code != 0


def test_headings_may_be_told(cards: Wuye) -> None:
    table = SAME.replace("卡号", "编号").replace("状态", "权限")
    ok(compare(cards, table, "--columns", "卡号=编号，状态=权限"))
    assert found(cards) == []


# --- stores and receipt books


def test_stores_are_counted_by_quantity(wuye: Wuye) -> None:
    for item, measure in (("A4打印纸", "箱"), ("灯泡", "个"), ("水管", "米")):
        ok(wuye("supply", "add", "入库", item, "10", "--measure", measure))
    ok(wuye("supply", "add", "领用", "水管", "10", "--department", "工程部"))
    ok(wuye("stocktake", "begin", "物料"))
    assert "第 2 行“灯泡”没有写数量" in take(wuye, "tally", "--file", "-", stdin="A4打印纸 8\n灯泡".encode()).err
    ok(take(wuye, "tally", "--file", "-", stdin="A4打印纸 8\n订书机,2\n".encode()))
    assert sorted(found(wuye)) == [("A4打印纸", "quantity"), ("灯泡", "missing"), ("订书机", "unknown")]
    notes = [row["note"] for row in take(wuye, "differences", "-o", "json").json["rows"]]
    assert "账面 10箱，实点 8箱" in notes and "实点 2，台账里没有" in notes
    ok(take(wuye, "tally", "--counted", "A4打印纸=10.0、灯泡=10"))
    assert found(wuye) == [("订书机", "unknown")]


def test_receipt_books_are_counted_by_their_next_number(wuye: Wuye) -> None:
    ok(wuye("receiptbook", "add", "2026-03", "0012301", "0012350", "--drawn-by", "周敏"))
    ok(wuye("receiptbook", "add", "2026-04", "0012351", "0012400", "--drawn-by", "周敏"))
    ok(wuye("stocktake", "begin", "票据本"))
    ok(take(wuye, "tally", "--counted", "2026-03=0012303"))
    assert sorted(found(wuye)) == [("2026-03", "number"), ("2026-04", "missing")]
    assert "下一号 0012301，实点 0012303" in take(wuye, "differences").out
    ok(take(wuye, "tally", "--file", "-", stdin=b"2026-03 0012301\n2026-04 0012351\n"))
    assert found(wuye) == []
    ok(take(wuye, "close"))


def test_an_empty_register_is_said(wuye: Wuye) -> None:
    assert "台账里还没有智能卡" in ok(wuye("stocktake", "begin", "cards")).err
    assert "可选：keys(钥匙)" in wuye("stocktake", "begin", "桌子").err
