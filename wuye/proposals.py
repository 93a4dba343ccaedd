"""Who is to be dunned today and how: proposed from arrears, contacts and promises; people decide (domain.md 5, K)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from wuye.accounts import Debtor
from wuye.arrears import Line
from wuye.basis import Basis
from wuye.ledger import ZERO
from wuye.record import Record
from wuye.records.dunning import BROKEN, PARTLY, PENDING, STAGES, paused, promise, stage_of

BY_METHOD = {"phone": "phone", "message": "reminder", "stand": "reminder", "posted": "reminder", "visit": "visit",
             "notice": "notice", "letter": "notice"}  # fmt: skip
TODAY, LATER, PAUSED = "today", "later", "paused"


class Proposal(NamedTuple):
    """What is proposed for one debtor: whether today, later or paused, which stage, and why, in order of weight."""

    debtor: Debtor
    when: str
    rank: int
    principal: Decimal
    fee: Decimal
    oldest: date
    days: int
    age: str
    lapses: date
    last: Record | None
    reached: str
    stage: str
    promise: str
    reasons: tuple[str, ...]
    collector: str
    building: str
    bills: tuple[str, ...]


def proposals(
    found: Sequence[Line], contacts: Mapping[Debtor, Sequence[Record]], basis: Basis, barred: Collection[str] = (),
) -> list[Proposal]:
    """One for each debtor in arrears: broken promises first, then what lapses soon, what was planned, the rest.

    `barred` are guards and those who left: they are never proposed (domain.md K).
    """
    by_debtor: dict[Debtor, list[Line]] = {}
    for line in found:
        by_debtor.setdefault(line.debtor, []).append(line)
    made = [_proposal(d, mine, contacts.get(d, ()), basis, barred) for d, mine in by_debtor.items()]
    order = (TODAY, LATER, PAUSED)
    return sorted(made, key=lambda p: (order.index(p.when), p.rank, p.lapses, -p.principal, p.debtor))


def _proposal(
    debtor: Debtor, mine: Sequence[Line], contacts: Sequence[Record], basis: Basis, barred: Collection[str]
) -> Proposal:
    oldest = min(mine, key=lambda line: line.debt.due)
    as_of, lapses = oldest.as_of, min((line.proved.lapses for line in mine if not line.lapsed), default=date.max)
    about = [c for c in contacts if c.received.date() > oldest.debt.due]
    last = about[-1] if about else None
    reached = max((_stage(c) for c in about), key=STAGES.index, default="")
    stands = _promise(about, basis)
    stage = _next(reached, oldest.debt.due, as_of, basis)
    when, rank, reasons = _urgency(mine, about, contacts, stands, as_of, basis)
    if rank == 1 and STAGES.index(stage) < STAGES.index("notice"):
        stage = "notice"
    names = [str(c["collector"]) for c in reversed(about) if c.get("collector")] + [oldest.place.collector]
    collector = next((name for name in names if name and name not in barred), "")
    return Proposal(
        debtor, when, rank, sum((x.open for x in mine), ZERO), sum((x.fee_open for x in mine), ZERO), oldest.debt.due,
        oldest.days, oldest.age, lapses, last, reached, stage, stands, reasons, collector, oldest.place.building,
        tuple(line.debt.id for line in mine),
    )  # fmt: skip


def _stage(contact: Record) -> str:
    return stage_of(contact) or BY_METHOD.get(str(contact.get("method")), "reminder")


def _promise(about: Sequence[Record], basis: Basis) -> str:
    """How the latest promise stands."""
    told = [promise(c, basis) for c in about]
    return next((one for one in reversed(told) if one), "")


def _next(reached: str, due: date, as_of: date, basis: Basis) -> str:
    """The stage after the one reached, no further than the age of the debt allows; a suit only after a notice."""
    allowed = 0
    for index, stage in enumerate(STAGES[1:], 1):
        if as_of >= _after(due, f"dunning.{stage}", basis):
            allowed = index
    if not reached:
        return STAGES[min(allowed, STAGES.index("notice"))] if allowed else STAGES[0]
    here = STAGES.index(reached)
    return STAGES[min(max(allowed, here), here + 1)]


def _after(day: date, rule: str, basis: Basis) -> date:
    """The day on which a rule's span ends that began on a day."""
    return basis.desk.add(datetime.combine(day, time(12), basis.zone), basis.span(rule)).date()


def _urgency(
    mine: Sequence[Line], about: Sequence[Record], contacts: Sequence[Record], stands: str, as_of: date, basis: Basis
) -> tuple[str, int, tuple[str, ...]]:
    """Today, later or paused; how pressing; and the reasons."""
    if held := [c for c in contacts if paused(c, basis)]:
        entry = held[-1].entries("pause")[-1]
        until = entry.values.get("until")
        span = f"{entry.at:%Y-%m-%d} 起暂停" + (f"至 {until}" if until else "")
        return PAUSED, 9, (f"{span}：{entry.values.get('reason', '')}（{held[-1].id}）",)
    reasons = []
    if stands in (BROKEN, PARTLY):
        reasons.append((0, "答应付款没有兑现" if stands == BROKEN else "答应付款只兑现了一部分"))
    days = (_after(as_of, "dunning.lapse_warning", basis) - as_of).days
    if soon := [line for line in mine if line.lapses_within(days)]:
        first = min(line.proved.lapses for line in soon)
        reasons.append((1, f"时效 {first} 届满：先送达书面催款通知并取得签收"))
    if any(line.lapsed for line in mine):
        reasons.append((3, "有账单时效已届满：请专业人员判断"))
    planned = [c["next"] for c in about if c.get("next") and c.is_open]
    if planned and planned[-1] <= as_of:
        reasons.append((2, f"定好 {planned[-1]} 再催"))
    pressing = min((rank for rank, _ in reasons), default=3)
    words = tuple(text for _, text in sorted(reasons))
    if pressing < 3:
        return TODAY, pressing, words
    if stands == PENDING:
        day = next(c["promise_date"] for c in reversed(about) if c.get("promise_date"))
        return LATER, 5, (*words, f"答应 {day} 付款，等到期")
    if planned:
        return LATER, 6, (*words, f"定在 {planned[-1]} 再催")
    if about and as_of < (again := _after(about[-1].received.date(), "dunning.again", basis)):
        return LATER, 7, (*words, f"{about[-1].received:%Y-%m-%d} 刚催过，{again} 以后再催")
    return TODAY, 3, (*words, "还没有催过" if not about else "到了再催的时间")
