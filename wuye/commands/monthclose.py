"""收支台账: what was taken by item and month, with what is held besides, from bills and payments (domain.md 33)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from wuye import closing, commonparts, records, takings, when
from wuye.call import Call, Verb
from wuye.errors import BadInput, Damaged, Problem
from wuye.money import ZERO, show
from wuye.record import Record
from wuye.sheet import Column, Sheet

LEDGER = (
    Column("month", "月份"), Column("item_zh", "项目"), Column("principal", "本金", show, right=True),
    Column("fee", "违约金", show, right=True), Column("total", "合计", show, right=True),
    Column("belongs", "归属", lambda code: {"company": "公司", "owners": "业主共有"}.get(code, "")),
    Column("closed", "月结"),
)  # fmt: skip
SOURCES = ("bill", "payment", "deposit", "monthclose", "lease")
COMMON, KEPT = "\tcommon", "deposits-kept"


def ledger(call: Call) -> Sheet:
    """Income by item and month; prepayment and deposits, which are no income, on lines of their own."""
    call.no_words(1)
    first, last = _span(call)
    loaded: dict[str, list[Record]] = {}
    wrong: list[Problem] = []
    for name in SOURCES:
        loaded[name], problems = call.office.load(records.kind(name))
        wrong += problems
    if wrong:
        raise Damaged(*wrong)
    closes = closing.closed_months(loaded["monthclose"])
    months = _months(loaded, first, last)
    rows = [row for month in months for row in month_rows(call, month, loaded, closes)]
    foot = "净收 = 各项目合计 + 预存增减；押金是代收代管，不算收入"
    if any(row["item"] == KEPT for row in rows):
        foot += "；押金扣款是从押金转作收入的，已从押金收退里减去，不在净收里"
    if any(row["belongs"] == "owners" for row in rows):
        foot += "；归业主共有的是共有部分收益，不算公司收入（民法典 282），见 wuye lease ledger"
    income = {
        whose: sum((row["total"] for row in rows if row["belongs"] == whose), ZERO) for whose in ("company", "owners")
    }
    return Sheet("wuye.monthclose.ledger", LEDGER, tuple(rows), call.office.now, "收支台账", foot=foot,
                 empty="没有收付", more={"income": income})  # fmt: skip


def _span(call: Call) -> tuple[date, date]:
    """The first and the last day that were asked about, today at the latest. Raises BadInput."""
    today = call.office.now.date()
    try:
        first, last = when.period(call.words[0] if call.words else "本月", today)
    except ValueError as error:
        raise BadInput(Problem(f"期间：{error}", field="period")) from error
    return first, min(last, today)


def _months(loaded: dict[str, list[Record]], first: date, last: date) -> list[str]:
    """The months in which money moved or a deposit was kept back."""
    days = [m.at.date() for m in takings.movements([*loaded["payment"], *loaded["deposit"]])]
    days += [day for day, _ in takings.kept_back(loaded["deposit"])]
    return sorted({month for day in days if f"{first:%Y-%m}" <= (month := f"{day:%Y-%m}") <= f"{last:%Y-%m}"})


def month_rows(
    call: Call, month: str, loaded: dict[str, list[Record]], closes: Any
) -> Sequence[dict[str, Any]]:
    """The lines of one month."""
    settings = call.office.settings
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    common = commonparts.common_of(settings.charges, loaded["lease"])
    brought = closing.collected(
        loaded["bill"], loaded["payment"], first, last, settings.charges.terms, settings.principal_first,
        lambda bill: closing.item_of(bill) + (COMMON if common(bill) else ""),
    )  # fmt: skip
    moved = [
        m for m in takings.movements([*loaded["payment"], *loaded["deposit"]]) if f"{m.at:%Y-%m}" == month
    ]
    kept = sum((amount for day, amount in takings.kept_back(loaded["deposit"]) if first <= day <= last), ZERO)
    closed = closes[month].id if month in closes else ""
    lines = [
        (name.removesuffix(COMMON), settings.charges.zh(name.removesuffix(COMMON)), *both,
         "owners" if name.endswith(COMMON) else "company")
        for name, both in sorted(brought.items.items(), key=lambda one: one[0].endswith(COMMON))
    ]  # fmt: skip
    lines.append((KEPT, "押金扣款", kept, ZERO, "company"))
    lines.append(("credit", "预存增减", brought.after - brought.before, ZERO, ""))
    lines.append(("net", "净收", takings.total(m for m in moved if not m.is_deposit), ZERO, ""))
    lines.append(("deposits", "押金收退", takings.total(m for m in moved if m.is_deposit) - kept, ZERO, ""))
    return [
        {"month": month, "item": item, "item_zh": zh, "principal": principal, "fee": fee, "total": principal + fee,
         "belongs": belongs, "closed": closed}
        for item, zh, principal, fee, belongs in lines
        if principal or fee or item == "net"
    ]  # fmt: skip


VERBS = (Verb("ledger", "台账", ledger, (), "[PERIOD]", frozenset(), "收支台账：按项目、按月（不写期间为本月）"),)
