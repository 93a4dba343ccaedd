"""`wuye figures`: every figure with numerator, denominator and the records behind both (domain.md 34, J)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wuye import days, figures, figures_money, owing, records, when
from wuye.call import Call, Opt, Verb
from wuye.cohort import RULES, Cohort
from wuye.collected import Books
from wuye.errors import BadInput, Damaged, Problem
from wuye.figures_money import BY, FIGURES, NONE, Definition, Figure
from wuye.followed import FOLLOWED
from wuye.monthly import SECOND, standing
from wuye.office import Office
from wuye.record import Record
from wuye.records.dunning import KIND as DUNNING
from wuye.records.dunning import promise
from wuye.records.yearplan import target_zh
from wuye.sheet import Column, Sheet
from wuye.summary import bounds
from wuye.typed import nearest

LONG = ("survey", "answer")
"""Kinds of which every month before counts: a survey goes on over the end of one."""
EVERY = {one.name: one.zh for one in FIGURES} | {one.name: one.zh for one in figures.FIGURES}
WAYS = {**BY, **figures.BY}
OPTIONS = (
    Opt("as_of", "截至哪天（不写为今天）", metavar="DAY"),
    Opt("period", "期间：2026-11、2026、本月、今年（不写为截至日所在的年）", metavar="PERIOD"),
    Opt("by", f"按什么分开，各指标不同：{'、'.join(f'{code}({zh})' for code, zh in WAYS.items())}", metavar="WAY"),
    Opt("explain", "列出分子、分母的编号和另计的", flag=True),
)
COLUMNS = (
    Column("zh", "指标"), Column("key", "", lambda key: key or "合计"), Column("shown", "数值", right=True),
    Column("numerator", "分子", lambda amount: f"{amount:,}", right=True),
    Column("denominator", "分母", lambda amount: NONE if amount is None else f"{amount:,}", right=True),
    Column("target", "目标"), Column("words", "口径", wide=True),
)  # fmt: skip


def run(call: Call) -> Sheet:
    """One figure or all of them, split as asked. Raises BadInput, Damaged: a wrong figure is worse than none."""
    call.no_words(1)
    office = call.office
    names, by, problems = _asked(call)
    as_of = owing.asked_day(office, call.text("as_of"))
    since = until = as_of
    try:
        since, until = span(call.text("period"), as_of, office.now.date())
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    if problems:
        raise BadInput(*problems)
    found, plans = worked_out(office, names, by, since, until, as_of)
    rows = tuple(_row(one, by, plans, call.flag("explain")) for one in found)
    asked = measures(((one, row["target"]) for one, row in zip(found, rows, strict=True)), since, until)
    sections = (_explained(found, office.now),) if call.flag("explain") else ()
    title = f"{office.settings.name} 指标 {since} 至 {until}，截至 {as_of}"
    return Sheet(
        "wuye.figures", COLUMNS, rows, office.now, title, headed=True, sections=sections,
        more={"as_of": as_of, "since": since, "until": until, "by": by, "missed": list(asked)},
        foot="\n".join(asked),
    )  # fmt: skip


def worked_out(
    office: Office, names: Sequence[str], by: str, since: date, until: date, as_of: date
) -> tuple[list[Figure], Sequence[Record]]:
    """These figures of an office in order, and the year's plans. Raises Damaged."""
    found: list[Figure] = []
    plans: Sequence[Record] = ()
    if wanted := [one for one in FIGURES if one.name in names]:
        source = owing.owing(office, as_of, whole=True)
        books = books_of(source, since, until)
        found += [one for definition in wanted for one in figures_money.worked_out(books, definition, by)]
        plans = plans_of(source, since.year)
    if counted := [one for one in figures.FIGURES if one.name in names]:
        worked = figures.worked_out(cohort_of(office, since, until, as_of), counted)
        found += [of_records(one) for one in worked if by or "." not in one.name]
    return found, plans


def span(words: str, as_of: date, today: date) -> tuple[date, date]:
    """The first and last day of a period within one year; without words the year of the day. Raises ValueError."""
    if not words:
        return date(as_of.year, 1, 1), date(as_of.year, 12, 31)
    since, until = when.period(words, today)
    if since.year != until.year:
        raise ValueError("期间应在同一年里，往年欠费才有期初余额")
    return since, until


def ways_of(one: Definition | figures.Definition) -> tuple[str, ...]:
    """By what a figure may be split."""
    if isinstance(one, Definition):
        return tuple(BY)
    return (one.split,) if one.split else ()


def _asked(call: Call) -> tuple[Sequence[str], str, list[Problem]]:
    """The names of the figures and the way to split them, with every mistake."""
    problems = []
    every: tuple[Definition | figures.Definition, ...] = (*FIGURES, *figures.FIGURES)
    names = {word: one for one in every for word in (one.name, one.zh)}
    word, typed = (call.words[0] if call.words else "").strip(), call.text("by").strip()
    if word and word not in names:
        known = "、".join(f"{one.name}({one.zh})" for one in every)
        problems.append(Problem(f"没有“{word}”这个指标{nearest(word, names)}；请从这些里选：{known}", field="name"))
    ways = {code: code for code in WAYS} | {zh: code for code, zh in WAYS.items()}
    by = ways.get(typed, "")
    if typed and not by:
        problems.append(Problem(f"--by 没有“{typed}”{nearest(typed, ways)}；可用：{'、'.join(WAYS)}", field="by"))
    wanted: Sequence[Definition | figures.Definition] = [names[word]] if word in names else every
    if by and word in names and by not in ways_of(names[word]):
        can = "、".join(ways_of(names[word]))
        words = f"{names[word].zh} 不能按{WAYS[by]}分：" + (f"请用 --by {can}" if can else "请去掉 --by")
        problems.append(Problem(words, field="by"))
    return [one.name for one in wanted if not by or by in ways_of(one)], by, problems


def cohort_of(office: Office, since: date, until: date, as_of: date) -> Cohort:
    """The complaints, orders, contacts and the like of some days as they stood at the end of a day. Raises Damaged.

    Read are the months from the first day on: what came later tells what came again.
    """
    basis = office.basis(*office.kinds(), rules=RULES)
    span = (bounds(since, basis.zone)[0], bounds(until, basis.zone)[1])
    months = f"{since:%Y-%m}", f"{max(as_of, since):%Y-%m}"
    loaded, problems = {}, []
    for kind in (records.kind(row[0]) for row in records.KINDS if row[0] in (*FOLLOWED, "followup", "unit", *LONG)):
        long = kind.book or kind.name in LONG
        names = [m for m in office.months(kind) if kind.book or ((long or months[0] <= m) and m <= months[1])]
        loaded[kind], wrong = office.load(kind, names)
        problems += wrong
    if problems:
        raise Damaged(*problems)
    last = min(f"{until:%Y-%m}", months[1])
    kept = any(months[0] <= m <= last for kind in office.kinds() if not kind.book for m in office.months(kind))
    moment = min(basis.now, bounds(as_of, basis.zone)[1] - SECOND)
    return standing(loaded, span, basis, moment).cohort_of(kept)


def of_records(one: figures.Figure) -> Figure:
    """A figure that counts records, as the others are shown."""
    name, _, key = one.name.partition(".")
    zh = next(d.zh for d in figures.FIGURES if d.name == name)
    apart = {label: (Decimal(len(ids)), ids) for label, ids in one.apart.items()}
    top, base = Decimal(len(one.numerator)), Decimal(one.base)
    return Figure(name, zh, key and one.zh.removeprefix("· "), one.unit, one.words, top, base, one.numerator,
                  one.denominator, apart)  # fmt: skip


def books_of(source: owing.Owing, since: date, until: date) -> Books:
    """What the figures rest on, out of an office's records as of a day."""
    office = source.office
    basis = office.basis(DUNNING)
    if source.as_of != office.now.date():
        basis = basis.at(office.settings.desk.closing(source.as_of))
    contacts = sorted((c for found in source.contacts_by.values() for c in found), key=lambda c: (c.received, c.id))
    return Books(
        since, until, source.as_of, source.accounts, source.accounts_at(figures_money.before_year(since)),
        {bill.id: bill for bill in source.bills}, {paid.id: paid for paid in source.payments}, contacts,
        source.arrears, source.place, owing.item_zh_of(office), lambda contact: promise(contact, basis),
    )  # fmt: skip


def _row(one: Figure, by: str, plans: Sequence[Record], explain: bool) -> dict[str, Any]:
    target = _target(one, by, plans)
    row: dict[str, Any] = {
        "name": one.name, "zh": one.zh, "key": one.key, "value": one.value, "unit": one.unit, "shown": one.shown,
        "numerator": one.numerator, "denominator": one.denominator, "target": target, "words": one.words,
    }  # fmt: skip
    if explain:
        row |= {"numerator_ids": list(one.top), "denominator_ids": list(one.base)}
        row["apart"] = {label: {"amount": amount, "ids": list(ids)} for label, (amount, ids) in one.apart.items()}
    return row


TARGETED = {"collection-rate": ("rate", "amount"), "prior-recovery": ("rate",), "prior-collected": ("amount",)}


MISSED = "未达标"


def measures(found: Iterable[tuple[Figure, str]], since: date, until: date) -> tuple[str, ...]:
    """For each figure that missed its target, as it is shown beside it: which, and how a measure is entered (J).

    The span is said with it: the same figure of another span is another number.
    """
    said = []
    span_zh = _span_zh(since, until)
    for one, target in found:
        if target.endswith(MISSED):
            name = f"{span_zh}{one.zh}{f'（{one.key}）' if one.key else ''}"
            words = f"{name}{one.shown}，目标{target}"
            said.append(f"{words}：请定措施，如 wuye task add '{name}{MISSED}的措施：…' --owner 责任人 --due-on 日期")
    return tuple(said)


def _span_zh(since: date, until: date) -> str:
    if (since.month, since.day, until.month, until.day) == (1, 1, 12, 31) and since.year == until.year:
        return f"{since.year} 年"
    if since.day == 1 and until == days.month_end(since.year, since.month):
        return f"{since:%Y-%m} "
    return f"{since} 至 {until} "


def missed(books: Books, plans: Sequence[Record]) -> tuple[str, ...]:
    """The same for every target of the year's plans, by whatever it is split."""
    if not plans:
        return ()
    wanted = [one for one in FIGURES if one.name in TARGETED]
    found = []
    for by in ("", "building", "collector", "month"):
        for one in wanted:
            worked = figures_money.worked_out(books, one, by)
            found += [(part, _target(part, by, plans)) for part in worked if bool(part.key) == bool(by)]
    return measures(found, books.since, books.until)


def plans_of(source: owing.Owing, year: int) -> list[Record]:
    """The plans of a year."""
    return [p for p in source.plans if not p.void and p.get("year") == year]


def _target(one: Figure, by: str, plans: Sequence[Record]) -> str:
    """What the year's plan sets for it, with 未达标 where it was missed; empty where nothing is set."""
    key = one.key[-2:] if by == "month" else one.key
    wanted: dict[str, Any] = {}
    for row in (row for plan in plans for row in plan.get("targets") or ()):
        where = {n: row[n] for n in ("collector", "building", "month") if row.get(n)}
        if bool(row.get("prior")) == one.name.startswith("prior") and where == ({by: key} if one.key else {}):
            wanted |= {n: row[n] for n in TARGETED.get(one.name, ()) if row.get(n)}
    rate, amount = wanted.get("rate"), wanted.get("amount")
    # The rate is compared as it is shown: 47.7 % beside a target of 47.7 % is no miss that anybody could see.
    short = bool(rate and one.value is not None and one.value < Decimal(rate[:-1]))
    short = short or bool(amount is not None and one.numerator < amount)
    return target_zh(wanted) + (f"，{MISSED}" if short else "")


def _explained(found: Sequence[Figure], now: Any) -> Sheet:
    """Each figure opened into the numbers behind it, and what was left out."""
    rows = []
    for one in found:
        parts = [("分子", one.numerator, one.top)]
        parts += [("分母", one.denominator, one.base)] if one.denominator is not None else []
        parts += [(label, amount, ids) for label, (amount, ids) in one.apart.items()]
        rows += [
            {"zh": one.zh, "key": one.key, "what": what, "amount": amount, "ids": "、".join(ids)}
            for what, amount, ids in parts
        ]
    columns = (
        Column("zh", "指标"), Column("key", "", lambda key: key or "合计"), Column("what", "部分"),
        Column("amount", "数目", lambda amount: f"{amount:,}", right=True), Column("ids", "编号", wide=True),
    )  # fmt: skip
    return Sheet("wuye.figures.explain", columns, tuple(rows), now, "分子、分母的编号")


VERB = Verb("figures", "指标", run, OPTIONS, "[NAME]", frozenset(), "收缴率、完成率、处理率等指标，带分子、分母和编号")
