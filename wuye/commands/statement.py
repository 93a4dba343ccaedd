"""`wuye statement`: one debtor's bills, payments, what settled what, late fee, credit (domain.md 31)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wuye import arrears, owing, records, statements
from wuye.accounts import Debtor, debtor_of
from wuye.arrears import NO_ADVICE
from wuye.call import Call, Opt, Verb
from wuye.commands.arrears import LINES, amount_column, explained, line_row
from wuye.errors import BadInput, Damaged, Problem
from wuye.ledger import ZERO, Account
from wuye.money import show
from wuye.owing import Owing, asked_day
from wuye.sheet import Column, Sheet, state_zh

OPTIONS = (
    Opt("from", "从哪天（含）", metavar="DAY"),
    Opt("until", "到哪天（含）", metavar="DAY"),
    Opt("as_of", "截至哪天的情况（不写为今天）", metavar="DAY"),
)
COLUMNS = (
    Column("day", "日期"), Column("what", "类别", statements.WHAT_ZH.__getitem__), Column("id", "编号"),
    Column("words", "摘要", wide=True), amount_column("charged", "应收"), amount_column("paid", "实收"),
    amount_column("balance", "余额"),
)  # fmt: skip
PARTS = (
    Column("day", "日期"), Column("paid", "收款"), Column("bill", "账单"), amount_column("principal", "本金"),
    amount_column("fee", "违约金"),
)  # fmt: skip


def run(call: Call) -> Sheet:
    """The statement of a room, lease or bay."""
    word = call.need_words("房号")[0]
    call.no_words(1)
    office = call.office
    as_of, problems = _day(call, "as_of") or office.now.date(), []
    since, until = _day(call, "from"), _day(call, "until")
    if since and until and until < since:
        problems.append(Problem("--until 早于 --from：请核对日期", field="until"))
    if problems:
        raise BadInput(*problems)
    books = owing.owing(office, as_of, word)
    debtor = one_debtor(books, word)
    return sheet_of(books, debtor, since, until)


def _day(call: Call, name: str) -> date | None:
    words = call.text(name)
    return asked_day(call.office, words, "--" + name.replace("_", "-")) if words else None


def one_debtor(books: Owing, word: str) -> Debtor:
    """The one debtor that is meant. Raises BadInput where a building was named."""
    found = books.debtors(word)
    if len(found) > 1:
        raise BadInput(Problem(f"“{word}”有 {len(found)} 户：请写一个房号、招租合同或车位", field="room"))
    return found[0]


def sheet_of(books: Owing, debtor: Debtor, since: date | None = None, until: date | None = None) -> Sheet:
    """The statement as an answer, with everything that belongs to a debtor's payment file."""
    office, as_of = books.office, books.as_of
    account = books.accounts.get(debtor) or Account(as_of, (), (), ZERO)
    zh = owing.item_zh_of(office)
    every = statements.lines(debtor, account, books.bills, books.payments, zh)
    shown = statements.between(every, since, until)
    mine = [line for line in books.arrears if line.debtor == debtor]
    total = arrears.together(mine)
    coming = account.not_due
    settled = [part for part in statements.settled(account) if _within(part.day, since, until)]
    parts: tuple[Mapping[str, Any], ...] = tuple(
        {"day": p.day, "paid": p.paid, "bill": p.debt, "principal": p.principal, "fee": p.fee} for p in settled
    )
    now = office.now
    rows = tuple(line_row(one, True) for one in mine)
    open_ = Sheet("wuye.statement.arrears", LINES, rows, now, "欠费", empty="没有欠费")
    sections = [Sheet("wuye.statement.settled", PARTS, parts, now, "每笔收款抵了什么", empty="没有"), open_]
    if mine:
        sections.append(explained(mine, now))
    sections += [_contacts(books, debtor), _receipts(books, debtor)]
    sums = {"principal": total.principal, "fee": total.fee, "total": total.total, "credit": account.credit,
            "not_due": coming}  # fmt: skip
    return Sheet(
        "wuye.statement", COLUMNS, tuple(_row(line) for line in shown), now,
        f"{office.settings.name} 对账单  {debtor}  截至 {as_of}", headed=True, empty="没有账单和收款",
        sections=tuple(sections),
        more={"debtor": str(debtor), "as_of": as_of, **sums, "settled": parts, "arrears": open_.rows},
        foot=f"欠费本金 {show(total.principal)}，违约金 {show(total.fee)}，共 {show(total.total)}；"
             f"未到期 {show(coming)}；预存 {show(account.credit)}\n{NO_ADVICE}",
    )  # fmt: skip


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (not since or day >= since) and (not until or day <= until)


def _row(line: statements.Line) -> dict[str, Any]:
    return {
        "day": line.day, "what": line.what, "id": line.id, "words": line.words, "charged": line.charged or None,
        "paid": line.paid or None, "balance": line.balance,
    }  # fmt: skip


def _contacts(books: Owing, debtor: Debtor) -> Sheet:
    kind = records.kind("dunning")
    basis = books.office.basis(kind)
    shown = {c.name: c for c in kind.computed}["promise"]
    rows = tuple(
        {
            "day": c.received.date(), "id": c.id, "method": kind["method"].shown(c.get("method")),
            "collector": c.get("collector") or "", "arrears": c.get("arrears"),
            "promise": shown.shown(shown.of(c, basis)),
        }
        for c in books.contacts_by.get(debtor, ())
    )  # fmt: skip
    columns = (
        Column("day", "日期"), Column("id", "编号"), Column("method", "方式"), Column("collector", "催收人"),
        amount_column("arrears", "当时欠费"), Column("promise", "承诺"),
    )  # fmt: skip
    return Sheet("wuye.statement.contacts", columns, rows, books.office.now, "催收", empty="没有催收记录")


def receipts(books: Owing, debtor: Debtor) -> list[dict[str, Any]]:
    """The receipts of a debtor's payments: those kept in receipt books, and numbers noted on the payments alone.

    Raises Damaged where the receipts cannot be read.
    """
    office = books.office
    kind, (found, problems) = records.kind("receipt"), office.every(records.kind("receipt"))
    if problems:
        raise Damaged(*problems)
    mine = {p.id: p for p in books.payments if debtor_of(p) == debtor and p.received.date() <= books.as_of}
    kept = [r for r in found if r.get("payment") in mine and r.received.date() <= books.as_of]
    rows: list[dict[str, Any]] = [
        {"day": r.received.date(), "number": r.get("number"), "payment": r.get("payment"), "amount": r.get("amount"),
         "id": r.id, "status": state_zh(kind, r.status)}
        for r in kept
    ]  # fmt: skip
    told = {(row["payment"], row["number"]) for row in rows}
    rows += [
        {"day": p.received.date(), "number": p["receipt"], "payment": p.id, "amount": p.get("amount"), "id": "",
         "status": ""}
        for p in mine.values()
        if p.get("receipt") and (p.id, p["receipt"]) not in told
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["day"], str(row["number"])))


def _receipts(books: Owing, debtor: Debtor) -> Sheet:
    columns = (
        Column("day", "日期"), Column("number", "收据号"), Column("payment", "收款"), amount_column("amount", "金额"),
        Column("id", "收据编号"), Column("status", "状态"),
    )  # fmt: skip
    rows = tuple(receipts(books, debtor))
    return Sheet("wuye.statement.receipts", columns, rows, books.office.now, "收据", empty="没有收据")


VERB = Verb("statement", "对账单", run, OPTIONS, "ROOM", frozenset(), "一户的账单、收款、抵扣、违约金和预存")
