"""What receipt books can be asked: what became of their numbers, and what is wrong with them (domain.md 32)."""

from __future__ import annotations

from typing import Any

from wuye import receipts, records
from wuye.call import Call, Verb
from wuye.errors import Damaged
from wuye.record import Record
from wuye.sheet import Column, Sheet, state_zh

KIND = records.kind("receiptbook")


def _loaded(call: Call, *names: str) -> list[list[Record]]:
    """All records of some kinds. Raises Damaged where one cannot be read: a count over the rest would be wrong."""
    found, wrong = [], []
    for name in names:
        some, problems = call.office.load(records.kind(name))
        found.append(some)
        wrong += problems
    if wrong:
        raise Damaged(*wrong)
    return found


USAGE = (
    Column("name", "本号"), Column("first", "起号"), Column("last", "止号"), Column("status_zh", "状态"),
    Column("drawn", "领用日期"), Column("holder", "持有人"), Column("used", "已开", right=True),
    Column("spoiled", "作废", right=True), Column("missing", "缺号"), Column("next", "下一号"),
    Column("left", "剩余", right=True),
)  # fmt: skip


def usage(call: Call) -> Sheet:
    """Every book with what became of its numbers: 票据领用情况表."""
    call.no_words()
    books, papers = _loaded(call, "receiptbook", "receipt")
    rows = []
    for book in (b for b in books if not b.void):
        told = receipts.usage(book, papers)
        rows.append({
            "id": book.id, "name": book["name"], "first": book["first"], "last": book["last"], "status": book.status,
            "status_zh": state_zh(KIND, book.status), "drawn": book.received.date(), "holder": receipts.holder(book),
            "used": len(told.used), "spoiled": len(told.spoiled), "spoiled_numbers": list(told.spoiled),
            "missing": receipts.runs(told.missing), "next": told.next, "left": told.left,
        })  # fmt: skip
    return Sheet("wuye.receiptbook.usage", USAGE, tuple(rows), call.office.now, "票据领用情况", empty="没有票据本")


def check(call: Call) -> Sheet | str:
    """Gaps, doubles, numbers out of range, void ones without a reason; silent and 0, or 65."""
    call.no_words(1)
    name = str(call.office.get(KIND, call.words[0])["name"]) if call.words else ""
    books, papers, payments, deposits = _loaded(call, "receiptbook", "receipt", "payment", "deposit")
    problems = tuple(receipts.problems(books, papers, [*payments, *deposits], name))
    if not problems and not call.text("output"):
        return ""
    rows: tuple[dict[str, Any], ...] = tuple(p.as_dict() for p in problems)
    columns = (Column("file", "文件"), Column("line", "行", right=True), Column("message", "问题", wide=True))
    empty = "没有问题"
    return Sheet("wuye.receiptbook.check", columns, rows, call.office.now, "票据检查", empty=empty,
                 exit_code=65 if problems else 0)  # fmt: skip


VERBS = (
    Verb("usage", "领用情况", usage, (), "", frozenset(), "票据领用情况：每本已开、作废、缺号、下一号"),
    Verb("check", "核对", check, (), "[NAME]", frozenset(), "查缺号、重号、号段外的号；没有问题则不输出"),
)
