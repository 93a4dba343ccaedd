"""`wuye site DIR`: a year as static pages for a file share, with a search (domain.md 41, 42)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from wuye import days, discreet, outside, paged
from wuye.call import Call, Opt, Verb
from wuye.commands import day, month
from wuye.discreet import Known
from wuye.errors import BadInput, Damaged, Problem
from wuye.numerals import fold
from wuye.office import Office
from wuye.record import Record
from wuye.render import site
from wuye.render.page import OWN, Templates
from wuye.render.site import Ledger, Year
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, records_sheet
from wuye.values import NAME
from wuye.wanted import Wanted

LEFT_OUT = ("resident", "staff")
"""Registers of people: what is left of them once they are masked tells nobody anything, and the rest is private."""
MARK = ".wuye-site"


def run(call: Call) -> Sheet:
    """The whole year, or what there is of it. Raises CannotWrite where the folder is not its own."""
    words = call.need_words("要写到的文件夹")
    call.no_words(1)
    target = Path(words[0]).expanduser()
    office, year = call.asked, _year(call)
    outside.refuse_foreign(target, office.root, MARK)
    files = site.pages(told(call, office, year), call.desk.progress)
    outside.refuse_foreign(target, office.root, MARK)
    target = target.resolve()
    outside.replace_folder(target, files, MARK)
    said = f"已写 {len(files)} 个网页：{target}\n从 {target / 'index.html'} 看起，查找用 search.html\n"
    rows = tuple({"name": name, "bytes": len(data)} for name, data in files.items())
    columns = (Column("name", "文件"), Column("bytes", "字节", right=True))
    return Sheet("wuye.site", columns, rows, office.now, words=said, more={"path": str(target), "year": year})


def _year(call: Call) -> int:
    typed, now = fold(call.text("year")).strip().removesuffix("年"), call.office.now.year
    if not typed:
        return now
    if not (typed.isascii() and typed.isdigit() and days.FIRST_YEAR <= int(typed) <= now):
        words = f"--year（年份）应是 {days.FIRST_YEAR} 到 {now} 的四位数字，现为“{call.text('year')}”；请改正"
        raise BadInput(Problem(words, field="year"))
    return int(typed)


def told(call: Call, office: Office, year: int) -> Year:
    """Everything the site shows. Raises Damaged: a wrong figure is worse than none."""
    today = office.now.date()
    firsts = [one for one in (date(year, n, 1) for n in range(1, 13)) if one <= today]
    kept = _kept(office, year)
    known = Known(_people(office, kept))
    months, of_days = {}, {}
    for first in call.desk.progress(firsts):
        sheet, shown = month.told(office, first)
        last = min(days.month_end(first.year, first.month), today)
        loaded = day.load(office, first, last)
        months[f"{first:%Y-%m}"] = discreet.sheet(sheet, shown, known)
        each = (first + timedelta(days=n) for n in range((last - first).days + 1))
        of_days[f"{first:%Y-%m}"] = [day.told(office, one, loaded) for one in each]
    ledgers = [_ledger(office, kind, name, found, known) for kind, name, found in kept]
    return Year(office.settings.name, year, months, of_days, ledgers, paged.version(office),
                Templates(office.root / OWN).text)  # fmt: skip


Kept = tuple[Kind, str, Sequence[Record]]


def _kept(office: Office, year: int) -> list[Kept]:
    """The records of every ledger: those of a month of the year, and the books as they stand."""
    found: list[Kept] = []
    problems = []
    for kind in office.kinds():
        if kind.name in LEFT_OUT:
            continue
        months = [None] if kind.book else [m for m in office.months(kind) if m.startswith(f"{year}-")]
        for name in months:
            records, wrong = office.select(kind, Wanted(months=None if name is None else [name]))
            problems += wrong
            if records:
                found.append((kind, name or "", sorted(records, key=lambda r: (r.received, r.id))))
    if problems:
        raise Damaged(*problems)
    return found


def _people(office: Office, kept: Sequence[Kept]) -> Iterator[str]:
    """Every name that is known of anybody, the residents' own register included."""
    for _, _, records in kept:
        for record in records:
            yield from discreet.names(record)
    for kind in office.kinds():
        if kind.name in LEFT_OUT and any(one.type is NAME for one in kind.fields):
            for record in office.select(kind)[0]:
                yield from discreet.names(record)


def _ledger(office: Office, kind: Kind, name: str, records: Sequence[Record], known: Known) -> Ledger:
    names = list(dict.fromkeys(("id", "received", *kind.columns)))
    sheet = records_sheet(kind, records, office.basis(kind), names)
    shown = {column.name: column.show for column in sheet.columns}
    # What stands in the page is masked, not what it was made from: a code and a list have no words yet.
    rows = tuple({key: shown[key](value) for key, value in row.items()} for row in sheet.rows)
    plain = tuple(Column(c.name, c.zh, right=c.right, wide=c.wide) for c in sheet.columns)
    return Ledger(kind.name, kind.zh, name, discreet.sheet(sheet._replace(rows=rows, columns=plain), records, known))


OPTIONS = (Opt("year", "哪一年（不写为今年）", metavar="YEAR"),)
VERB = Verb("site", "网站", run, OPTIONS, "DIR", frozenset(), "把一年写成互相链接的网页，可直接从共享文件夹打开")
