"""`wuye export`: the office's book for hledger and beancount, its records for DuckDB and the like (docs/money.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial
from importlib import import_module
from typing import NamedTuple

from wuye import postings, records, when
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Damaged, Problem
from wuye.office import Office
from wuye.postings import Book, Head
from wuye.record import Record
from wuye.schema import Kind, nearest
from wuye.settings import Settings
from wuye.values import many

FORMS = {"hledger": "复式账（hledger）", "beancount": "复式账（beancount）", "jsonl": "记录，一行一条"}
SETTLEMENT, SETTLEMENT_ZH = "settlement", "冲抵"
OPTIONS = (
    Opt("as_of", "截至哪天（含），不写为今天", metavar="DAY"),
    Opt("kind", f"只要哪几种记录，用逗号分开；{SETTLEMENT}（{SETTLEMENT_ZH}）是算出来的：哪笔收款抵哪张账单",
        metavar="KIND"),
    Opt("period", "只要哪个期间的：2026-11、2026、本月、all", metavar="PERIOD"),
)  # fmt: skip


class Asked(NamedTuple):
    """What is to be exported: the form, the day, the kinds and the period."""

    form: str
    as_of: date
    kinds: tuple[str, ...]
    since: date
    until: date


def run(call: Call) -> Iterator[str]:
    """The export, part by part. Raises Damaged, and gives nothing, where a file cannot be read."""
    asked = _asked(call)
    office, settings = call.office, call.office.settings
    if asked.form != "jsonl":
        book = _book(call, asked.as_of)
        write = import_module(f"wuye.export.{asked.form}").text
        title = f"{settings.name} 截至 {asked.as_of}"
        found: Iterator[str] = write(book.transactions(), title, partial(head_zh, settings))
        return found
    return _lines(call, office, asked)


def _asked(call: Call) -> Asked:
    """What was typed, all mistakes at once. Raises BadInput."""
    office, problems = call.office, []
    form = call.words[0].lower() if call.words else ""
    problems += [Problem(f"多余的“{word}”：请删去") for word in call.words[1:]]
    if form not in FORMS:
        words = "、".join(f"{name}（{zh}）" for name, zh in FORMS.items())
        said = f"没有“{form}”这种导出{nearest(form, FORMS)}" if form else "缺少导出的格式"
        problems.append(Problem(f"{said}：请写在命令后面，可用：{words}"))
    elif form != "jsonl":
        told = [f"--{name}" for name in ("kind", "period") if call.text(name)]
        problems += [Problem(f"{one} 只用于 jsonl：复式账总是全部的账，请去掉") for one in told]
    if call.text("output"):
        problems.append(Problem("导出的格式写在命令后面：请去掉 -o", field="output"))
    as_of, (since, until) = office.now.date(), (date.min, date.max)
    try:
        if words := call.text("as_of"):
            heard = when.parse(words, office.now, "any", office.settings.desk)
            as_of = heard.date() if isinstance(heard, datetime) else heard
    except ValueError as error:
        problems.append(Problem(f"--as-of：{error}", field="as_of"))
    try:
        if words := call.text("period"):
            since, until = when.period(words, office.now.date())
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    kinds = [_kind_named(word, problems) for word in many(call.text("kind"))]
    if problems:
        raise BadInput(*problems)
    return Asked(form, as_of, tuple(kinds) or tuple(row[0] for row in records.KINDS), since, min(until, as_of))


def _kind_named(word: str, problems: list[Problem]) -> str:
    if word in (SETTLEMENT, SETTLEMENT_ZH):
        return SETTLEMENT
    name = records.name_of(word)
    if name is None:
        known = [*(w for row in records.KINDS for w in (row[0], row[2])), SETTLEMENT]
        kinds = "、".join((*(f"{row[0]}({row[2]})" for row in records.KINDS), f"{SETTLEMENT}({SETTLEMENT_ZH})"))
        words = f"没有“{word}”这种记录{nearest(word, known)}：请用 --kind 给出，可用：{kinds}"
        problems.append(Problem(words, field="kind"))
    return name or ""


def _files(
    call: Call, kinds: Iterable[Kind], faults: list[Problem], since: date = date.min, until: date = date.max
) -> Iterator[list[Record]]:
    """The records of these kinds, a month file at a time; what could not be read is added to the faults."""
    files = [
        (kind, month)
        for kind in kinds
        for month in call.office.months(kind)
        if kind.book or f"{since:%Y-%m}" <= month <= f"{until:%Y-%m}"
    ]
    for kind, month in call.desk.progress(files):
        found, wrong = call.office.load(kind, [month])
        faults += wrong
        yield found


def _book(call: Call, as_of: date) -> Book:
    """The double-entry book of the office. Raises Damaged: a wrong figure is worse than none."""
    settings = call.office.settings
    faults: list[Problem] = []
    book = Book(as_of, settings.charges.terms, settings.principal_first)
    for found in _files(call, map(records.kind, postings.KINDS), faults):
        for record in found:
            if wrong := postings.lacking(record):
                faults.append(wrong)
            elif not faults:
                book.add(record)
    if faults:
        raise Damaged(*faults)
    return book


def head_zh(settings: Settings, head: Head) -> str:
    """What the desk calls a way of payment or a charge item."""
    if head.of == "way":
        return records.kind("payment")["way"].shown(head.name)
    return settings.charges.zh(head.name)


def _lines(call: Call, office: Office, asked: Asked) -> Iterator[str]:
    """Records as they stood at the end of the day, masked, a line each; then what settles what."""
    from wuye.export import jsonl

    faults: list[Problem] = []
    basis = office.basis(*office.kinds())
    kinds = [records.kind(name) for name in asked.kinds if name != SETTLEMENT]
    as_of = asked.as_of if asked.as_of < office.now.date() else None
    for found in _files(call, kinds, faults, asked.since, asked.until):
        if not faults:
            yield from jsonl.of_records(found, asked.since, asked.until, as_of, basis)
    if faults:
        raise Damaged(*faults)
    if SETTLEMENT in asked.kinds:
        yield from jsonl.of_parts(_book(call, asked.as_of).accounts(), asked.since, asked.until)


VERB = Verb("export", "导出", run, OPTIONS, "hledger|beancount|jsonl", frozenset(), "导出给别的程序")
