"""`wuye export`: the book for hledger and beancount, the records for DuckDB, the deadlines for calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from wuye import outside, postings, records, when
from wuye.call import READS, Call, Opt, Verb
from wuye.commands import routine
from wuye.errors import BadInput, Damaged, Problem
from wuye.office import Office
from wuye.postings import Book, Head
from wuye.query import waiting
from wuye.record import Record
from wuye.schema import Kind
from wuye.settings import Settings
from wuye.typed import nearest
from wuye.values import SPAN, many
from wuye.wanted import Wanted

BOOKS = ("hledger", "beancount")
FORMS = {
    "hledger": "复式账（hledger）", "beancount": "复式账（beancount）", "jsonl": "记录，一行一条",
    "package": "记录的数据包：CSV、说明、DuckDB 脚本", "ics": "时限，给日历和待办",
    "sqlite": "SQLite 文件，给 datasette 等程序", "figures": "指标，给 wuye rollup",
}  # fmt: skip
ALSO = {"csv": "package"}
"""What else a form is called: who asks for CSV gets it with what describes it."""
SETTLEMENT, SETTLEMENT_ZH = "settlement", "冲抵"
OPTIONS = (
    Opt("as_of", "截至哪天（含），不写为今天", metavar="DAY"),
    Opt("kind", f"只要哪几种记录，用逗号分开；{SETTLEMENT}（{SETTLEMENT_ZH}）是算出来的：哪笔收款抵哪张账单",
        metavar="KIND"),
    Opt("period", "只要哪个期间的：2026-11、2026、本月、all", metavar="PERIOD"),
    Opt("as", "日历写成 event（日程，不写为它）或 todo（待办）", metavar="FORM"),
    Opt("alarm", "日历提前多久提醒，如 30min、1d", metavar="SPAN"),
    *READS,
)  # fmt: skip
ONLY = {
    "kind": ("jsonl", "package", "ics"), "period": ("jsonl", "package", "figures"),
    "as_of": (*BOOKS, "jsonl", "package", "figures"),
    "as": ("ics",), "alarm": ("ics",), "reveal": ("jsonl", "package"), "reason": ("jsonl", "package"),
}  # fmt: skip
BELLS = {"min": 1, "h": 60, "d": 24 * 60}
DESCRIPTOR, SCRIPT = "datapackage.json", "load.sql"


class Asked(NamedTuple):
    """What is to be exported: the form, the day, the kinds and the period; a folder; how a calendar is written."""

    form: str
    as_of: date
    kinds: tuple[str, ...]
    since: date
    until: date
    folder: str = ""
    item: str = "event"
    alarm: timedelta | None = None


def run(call: Call) -> Iterator[str] | str | bytes:
    """The export, part by part. Raises Damaged, and gives nothing, where a file cannot be read."""
    asked = _asked(call)
    office, settings = call.office, call.office.settings
    if asked.form in BOOKS:
        book = _book(call, asked.as_of)
        write = import_module(f"wuye.export.{asked.form}").text
        title = f"{settings.name} 截至 {asked.as_of}"
        found: Iterator[str] = write(book.transactions(), title, partial(head_zh, settings))
        return found
    if asked.form == "sqlite":
        return _database(call)
    if asked.form == "figures":
        return _figures(call, asked)
    if asked.form == "ics":
        return _calendar(office, asked, not call.text("kind"))
    return _package(call, office, asked) if asked.form == "package" else _lines(call, office, asked)


def _asked(call: Call) -> Asked:
    """What was typed, all mistakes at once. Raises BadInput."""
    problems: list[Problem] = []
    form = call.words[0].lower() if call.words else ""
    form = ALSO.get(form, form)
    folder = call.words[1] if form == "package" and len(call.words) > 1 else ""
    problems += [Problem(f"多余的“{word}”：请删去") for word in call.words[2 if folder else 1 :]]
    if form not in FORMS:
        words = "、".join(f"{name}（{zh}）" for name, zh in FORMS.items())
        said = f"没有“{form}”这种导出{nearest(form, FORMS)}" if form else "缺少导出的格式"
        problems.append(Problem(f"{said}：请写在命令后面，可用：{words}"))
    elif form == "sqlite" and not call.text("out"):
        problems.append(Problem("SQLite 要写到文件：请加 --out 台账.db", field="out"))
    elif form == "package" and not folder:
        problems.append(Problem("缺少放数据包的新文件夹：请写在后面，如 wuye export package 数据包"))
    for name, forms in ONLY.items() if form in FORMS else ():
        if call.given.get(name) and form not in forms:
            problems.append(Problem(f"--{name.replace('_', '-')} 只用于 {'、'.join(forms)}：请去掉", field=name))
    if call.text("output"):
        problems.append(Problem("导出的格式写在命令后面：请去掉 -o", field="output"))
    as_of, since, until = _span(call, problems)
    kinds = [_kind_named(word, problems) for word in many(call.text("kind"))]
    if form != "jsonl" and SETTLEMENT in kinds:
        problems.append(Problem(f"{SETTLEMENT_ZH}只用于 jsonl：请从 --kind 里去掉", field="kind"))
    item, alarm = _calendar_options(call, problems)
    if problems:
        raise BadInput(*problems)
    names = tuple(kinds) or tuple(row[0] for row in records.KINDS)
    return Asked(form, as_of, names, since, min(until, as_of), folder, item, alarm)


def _span(call: Call, problems: list[Problem]) -> tuple[date, date, date]:
    """The day as of which, and the first and last day of the period."""
    office = call.office
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
    return as_of, since, until


def _calendar_options(call: Call, problems: list[Problem]) -> tuple[str, timedelta | None]:
    from wuye.export.ics import FORMS as ITEMS

    item, alarm = call.text("as") or "event", None
    if item not in ITEMS:
        names = "、".join(f"{name}（{zh}）" for name, zh in ITEMS.items())
        problems.append(Problem(f"--as 没有“{item}”：请写 {names}", field="as"))
    if words := call.text("alarm"):
        try:
            span = SPAN.parse(words, call.office.typing)
            if span.unit not in BELLS:
                raise ValueError(f"只能写分钟、小时、天，如 30min、2h、1d，现为“{words}”")
            alarm = timedelta(minutes=span.number * BELLS[span.unit])
        except ValueError as error:
            problems.append(Problem(f"--alarm：{error}", field="alarm"))
    return item, alarm


def _figures(call: Call, asked: Asked) -> Iterator[str]:
    """Every figure of a period as a whole, a line each. Raises Damaged: a wrong figure is worse than none."""
    from wuye.commands import figures
    from wuye.export import figures as lines

    office = call.office
    try:
        since, until = figures.span(call.text("period"), asked.as_of, office.now.date())
    except ValueError as error:
        raise BadInput(Problem(f"--period：{error}", field="period")) from error
    found, _ = figures.worked_out(office, tuple(figures.EVERY), "", since, until, asked.as_of)
    return lines.of_figures(found, office.settings.name, since, until, asked.as_of)


def _database(call: Call) -> bytes:
    """The office as a SQLite file. Raises Damaged, and gives nothing, where a record cannot be read."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="wuye-") as name:
        target = Path(name, "office.db")
        if problems := call.office.copied(target):
            raise Damaged(*problems)
        return target.read_bytes()


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


def _rows(call: Call, office: Office, asked: Asked) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Records as they stood at the end of the day, as others may see them. Raises Damaged at the end."""
    from wuye.export import jsonl

    faults: list[Problem] = []
    basis = office.basis(*office.kinds())
    kinds = [records.kind(name) for name in asked.kinds if name != SETTLEMENT]
    as_of = asked.as_of if asked.as_of < office.now.date() else None
    reveal, seen = call.flag("reveal") and call.whole(0), list[str]()
    for found in _files(call, kinds, faults, asked.since, asked.until):
        if not faults:
            for record, row in jsonl.rows(found, asked.since, asked.until, as_of, basis, reveal):
                seen += [record.id] if reveal else []
                yield record, row
    if faults:
        raise Damaged(*faults)
    if reveal:
        call.log_reveal(seen)


def _lines(call: Call, office: Office, asked: Asked) -> Iterator[str]:
    """A line a record; then what settles what."""
    from wuye.export import jsonl

    for record, row in _rows(call, office, asked):
        yield jsonl.line(record.kind.name, row)
    if SETTLEMENT in asked.kinds:
        yield from jsonl.of_parts(_book(call, asked.as_of).accounts(), asked.since, asked.until)


def _package(call: Call, office: Office, asked: Asked) -> str:
    """A new folder with the records, what their columns are and how to load them, whole or not at all."""
    from wuye.export import jsonl, package

    target = Path(asked.folder)
    outside.refuse_folder(target, office.root)
    found: dict[Kind, list[dict[str, Any]]] = {records.kind(n): [] for n in asked.kinds} if call.text("kind") else {}
    for record, row in _rows(call, office, asked):
        found.setdefault(record.kind, []).append(row)
    kinds = [kind for kind in (records.kind(name) for name in asked.kinds) if kind in found]
    files: dict[str, bytes] = {}
    for kind in kinds:
        files[package.path_of(kind, "csv")] = package.table(kind, found[kind])
        files[package.path_of(kind, "jsonl")] = "".join(jsonl.line(kind.name, row) for row in found[kind]).encode()
    masked = not call.flag("reveal")
    files[DESCRIPTOR] = package.descriptor(
        office.settings.name, kinds, office.now, asked.since, asked.until, masked
    )
    files[SCRIPT] = package.script(kinds)
    outside.write_folder(target, files)
    count = sum(map(len, found.values()))
    return f"已写到 {target}：{len(kinds)} 种、{count} 条记录；装进 DuckDB 请在那里运行 duckdb wuye.duckdb < {SCRIPT}\n"


def _calendar(office: Office, asked: Asked, every: bool) -> str:
    """Everything that waits and has a due time. Raises Damaged: a missing deadline is worse than no calendar."""
    from wuye.export import ics

    kinds = [records.kind(name) for name in asked.kinds]
    basis = office.basis(*kinds)
    loaded, problems = office.select_all(Wanted(waits=True), kinds)
    if problems:
        raise Damaged(*problems)
    found: list[ics.Deadline] = list(ics.of_clocks(waiting((r for one in loaded.values() for r in one), basis), basis))
    if every:
        duties = routine.section(office, None, "wuye.due.duties")
        if duties.problems:
            raise Damaged(*duties.problems)
        found += ics.of_duties(duties.rows, basis.now)
    return ics.text(found, office.settings.name, basis.now, asked.item, asked.alarm)


VERB = Verb("export", "导出", run, OPTIONS, "hledger|beancount|jsonl|package|ics [DIR]", frozenset(), "导出给别的程序")
