"""Performance assessment out of the records: indicators, rewards and penalties, each with its records (40). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from wuye.collected import NOBODY
from wuye.conduct import Breach, Judgement, by_person
from wuye.figures_money import Figure
from wuye.scheme import CLAUSE, CLAUSES, INDICATORS, LOWER, PENALTY, REWARD, Scheme

SIDE_ZH = {REWARD: "奖励", PENALTY: "处罚"}


class Line(NamedTuple):
    """One reward or penalty of one person: what was found, what is set, whether it is reached, its records.

    `reached` is None where nothing is set to compare with; `amount` where no amount is set.
    """

    code: str
    person: str
    when: str
    found: str
    set: str
    reached: bool | None
    amount: Decimal | None
    ids: tuple[str, ...]

    @property
    def side(self) -> str:
        """Whether it is a reward or a penalty."""
        return CLAUSE[self.code].side

    @property
    def zh(self) -> str:
        """What it is called."""
        return CLAUSE[self.code].zh

    @property
    def due(self) -> Decimal | None:
        """What is to be paid or taken off by it; None where it is not reached or no amount is set."""
        return self.amount if self.reached else None


class Indicator(NamedTuple):
    """A figure beside its target: reached or not, None where there is no target or no value."""

    figure: Figure
    target: Decimal | None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; of complaints less is better."""
        value = self.figure.value
        if self.target is None or value is None:
            return None
        return value <= self.target if self.figure.name in LOWER else value >= self.target


def indicators(figures: Iterable[Figure], scheme: Scheme) -> list[Indicator]:
    """The figures that are assessed, in order, beside their targets."""
    whole = {one.name: one for one in figures if not one.key}
    return [Indicator(whole[name], scheme.targets.get(name)) for name in INDICATORS if name in whole]


def breaches(found: Iterable[Breach], scheme: Scheme) -> Iterator[Line]:
    """Findings against people, counted by the month."""
    clauses = {one.breach: one for one in CLAUSES if one.breach}
    for (person, month, breach), mine in by_person(found).items():
        if clause := clauses.get(breach):
            least = scheme.of(clause.code, "count")
            assert least is not None
            ids = tuple(dict.fromkeys(name for one in mine for name in one.ids))
            yield Line(clause.code, person, month, f"{len(mine)} 次", f"每月 {least} 次起", len(mine) >= least,
                       scheme.of(clause.code, "amount"), ids)  # fmt: skip


def judged(found: Iterable[Judgement], scheme: Scheme) -> Iterator[Line]:
    """Emergencies handled well and bad consequences, as a named person judged them."""
    for one in found:
        code = "emergency" if one.verdict == "well" else "neglected"
        words = f"{one.judged_by}评定" + (f"：{one.words}" if one.words else "")
        yield Line(code, one.person, one.month, words, "由人评定", True, scheme.of(code, "amount"), (one.id,))


class Target(NamedTuple):
    """What the year's dunning plan sets for a collector, in a building or in all."""

    collector: str
    building: str
    rate: Decimal | None
    amount: Decimal | None
    prior: bool


def targets(plans: Iterable[Mapping[str, Any]]) -> list[Target]:
    """The yearly targets of plans' rows; those of single months are steps on the way."""
    return [
        Target(
            str(row.get("collector", "")), str(row.get("building", "")),
            Decimal(str(row["rate"]).removesuffix("%")) if row.get("rate") else None, row.get("amount"),
            bool(row.get("prior")),
        )
        for row in plans if row.get("collector") and not row.get("month")
    ]  # fmt: skip


Figures = Callable[[str, str], Sequence[Figure]]
"""A figure of money by its name, split in a way; the parts carry the key."""


def collection(of: Figures, plan: Sequence[Target], scheme: Scheme, when: str) -> Iterator[Line]:
    """What each collector's bills brought in, against the rate set; areas against the year's plan."""
    for one in of("collection-rate", "collector"):
        if one.key and one.key != NOBODY:
            yield _at_least("collection", one, scheme.of("collection", "rate"), scheme, when)
    planned = [row for row in plan if row.rate is not None and not row.prior]
    for row in planned:
        way, key = ("building", row.building) if row.building else ("collector", row.collector)
        for one in of("collection-rate", way):
            if one.key == key:
                where = f"{row.building}栋 " if row.building else ""
                yield _below(one, row.collector, row.rate, scheme, when, where)
    if not planned:
        for one in of("collection-rate", "collector"):
            if one.key and one.key != NOBODY:
                yield _below(one, one.key, scheme.of("missed", "rate"), scheme, when, "")


def _at_least(code: str, one: Figure, least: Decimal | None, scheme: Scheme, when: str) -> Line:
    reached = None if least is None or one.value is None else one.value >= least
    words = f"{one.shown}（{one.numerator:,}/{one.denominator:,}）"
    return Line(code, one.key, when, words, f"{least}%" if least is not None else "", reached,
                scheme.of(code, "amount"), one.base)  # fmt: skip


def _below(one: Figure, person: str, least: Decimal | None, scheme: Scheme, when: str, where: str) -> Line:
    reached = None if least is None or one.value is None else one.value < least
    words = f"{where}{one.shown}（{one.numerator:,}/{one.denominator:,}）"
    return Line("missed", person, when, words, f"低于 {least}%" if least is not None else "", reached,
                scheme.of("missed", "amount"), one.base)  # fmt: skip


def prior(of: Figures, plan: Sequence[Target], scheme: Scheme, year: int) -> Iterator[Line]:
    """What each collector brought in of prior years' arrears, against the amount set or planned."""
    planned = {row.collector: row.amount for row in plan if row.prior and row.amount is not None}
    for one in of("prior-collected", "collector"):
        if not one.key or one.key == NOBODY:
            continue
        over = scheme.of("prior", "over")
        over = planned.get(one.key) if over is None else over
        reached = None if over is None else one.numerator > over
        yield Line("prior", one.key, f"{year}", one.shown, f"超过 {over:,} 元" if over is not None else "", reached,
                   scheme.of("prior", "amount"), one.top)  # fmt: skip


def dunned(of: Figures, scheme: Scheme, year: int) -> Iterator[Line]:
    """Units and amount dunned by one person in the year."""
    amounts = {one.key: one for one in of("dunned-amount", "collector")}
    units, over = scheme.of("dunned", "units"), scheme.of("dunned", "over")
    for one in of("dunned-units", "collector"):
        if not one.key or one.key == NOBODY:
            continue
        amount = amounts[one.key].numerator if one.key in amounts else Decimal(0)
        met = [one.numerator >= units] if units is not None else []
        met += [amount >= over] if over is not None else []
        told = [f"{units} 户"] if units is not None else []
        told += [f"{over:,} 元"] if over is not None else []
        ids = tuple(dict.fromkeys((*one.top, *(amounts[one.key].top if one.key in amounts else ()))))
        yield Line("dunned", one.key, f"{year}", f"{one.numerator} 户，{amount:,} 元", "、".join(told),
                   all(met) if met else None, scheme.of("dunned", "amount"), ids)  # fmt: skip


def within(found: Iterable[Any], since: date, until: date) -> list[Any]:
    """Those breaches or judgements that fall between two days."""
    return [one for one in found if since <= one.at.date() <= until]


class Total(NamedTuple):
    """What one person gets and gives up, and how many reached clauses have no amount set."""

    person: str
    rewards: Decimal
    penalties: Decimal
    unset: int


def totals(lines: Iterable[Line]) -> list[Total]:
    """The reached clauses by person, in order."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.reached:
            groups.setdefault(line.person, []).append(line)
    return [
        Total(
            person, sum((one.due or Decimal(0) for one in mine if one.side == REWARD), Decimal(0)),
            sum((one.due or Decimal(0) for one in mine if one.side == PENALTY), Decimal(0)),
            sum(one.amount is None for one in mine),
        )
        for person, mine in sorted(groups.items())
    ]  # fmt: skip
