"""What leases can do besides the common verbs: the ledger of common parts and its yearly statement (K 282)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wuye import commonparts, records, when
from wuye.call import Call, Opt, Verb
from wuye.commonparts import LAW, Line
from wuye.errors import BadInput, Damaged, Problem
from wuye.money import ZERO, show
from wuye.record import Record
from wuye.sheet import Column, Sheet

OPTIONS = (Opt("statement", "年度收支公示：按招租位合计，收入、合理成本、归业主", flag=True),)
SOURCES = ("bill", "payment", "lease", "space")
LINES = (
    Column("day", "日期"), Column("space", "招租位"), Column("lease", "合同"), Column("what", "事项", wide=True),
    Column("income", "收入", lambda amount: show(amount) if amount else "", right=True),
    Column("cost", "成本", lambda amount: show(amount) if amount else "", right=True), Column("ids", "编号", wide=True),
)  # fmt: skip
SUMS = (
    Column("space", "招租位"), Column("income", "收入", show, right=True), Column("cost", "合理成本", show, right=True),
    Column("net", "归业主", show, right=True),
)  # fmt: skip


def ledger(call: Call) -> Sheet:
    """Income and cost of common parts, line by line or as the yearly statement. Raises Damaged."""
    call.no_words(1)
    office = call.office
    today = office.now.date()
    try:
        first, last = when.period(call.words[0] if call.words else f"{today.year}", today)
    except ValueError as error:
        raise BadInput(Problem(f"期间：{error}", field="period")) from error
    loaded: dict[str, list[Record]] = {}
    wrong: list[Problem] = []
    for name in SOURCES:
        loaded[name], problems = office.load(records.kind(name))
        wrong += problems
    if wrong:
        raise Damaged(*wrong)
    charges, until = office.settings.charges, min(last, today)
    found = commonparts.income(
        loaded["bill"], loaded["payment"], {str(r["name"]): r for r in loaded["lease"] if not r.void}, first, until,
        commonparts.common_of(charges, loaded["lease"]), charges.terms, office.settings.principal_first, charges.zh,
    )  # fmt: skip
    found += commonparts.costs([*loaded["lease"], *loaded["space"]], first, until)
    found.sort(key=lambda line: (line.day, line.space, line.ids))
    sums = commonparts.by_space(found)
    income, cost = sum((s.income for s in sums), ZERO), sum((s.cost for s in sums), ZERO)
    more = {"since": first, "until": until, "income": income, "cost": cost, "net": income - cost}
    total = f"收入 {show(income)} － 合理成本 {show(cost)} ＝ 归业主 {show(income - cost)} 元"
    if call.flag("statement"):
        rows = [
            {"space": s.space, "income": s.income, "cost": s.cost, "net": s.net, "ids": list(s.ids)} for s in sums
        ]  # fmt: skip
        rows += [{"space": "合计", "income": income, "cost": cost, "net": income - cost, "ids": []}] if rows else []
        return Sheet(
            "wuye.lease.statement", SUMS, tuple(rows), office.now,
            f"{office.settings.name} 共有部分收支公示 {first} 至 {until}", headed=True, empty="没有共有部分的收支",
            more=more, foot=f"{total}\n{LAW}",
        )  # fmt: skip
    return Sheet(
        "wuye.lease.ledger", LINES, tuple(_rows(found)), office.now, f"共有部分收支 {first} 至 {until}", headed=True,
        empty="没有共有部分的收支", more=more, foot=f"{total}\n{LAW}；预收未到账单的不算收入",
    )  # fmt: skip


def _rows(found: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {"day": one.day, "space": one.space, "lease": one.lease, "what": one.what, "income": one.income,
         "cost": one.cost, "ids": list(one.ids)}
        for one in found
    ]  # fmt: skip


VERBS = (
    Verb("ledger", "共有收支", ledger, OPTIONS, "[PERIOD]", frozenset(),
         "共有部分收支台账（不写期间为今年）；--statement 年度公示"),
)
