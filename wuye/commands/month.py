"""`wuye month`: the summary of one month, last month and the same month of last year beside it (domain.md 42)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from wuye import compared, days, monthly, monthmoney, monthrows, owing, paged, records, summary, takings, when
from wuye.call import PASTE, Call, Opt, Verb
from wuye.cohort import RULES
from wuye.commands.day import LATE, late_row
from wuye.commands.figures import LONG, books_of
from wuye.errors import BadInput, Damaged, Problem, WuyeError
from wuye.figures_money import NONE
from wuye.monthfiles import path_of
from wuye.monthly import THIS, Standing
from wuye.monthmoney import Money
from wuye.office import Office
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Sheet
from wuye.summary import COUNTS
from wuye.wanted import EVERYTHING, Wanted

BOOKS = ("unit",)
FAR = 1 << 40
"""A moment after every other, in seconds since 1970."""
MONEY = ("bill", "payment", "deposit")


def run(call: Call) -> Sheet | str:
    """Counts that add up, volumes and figures beside other months, tables. Over damaged data it is refused."""
    call.no_words(1)
    if call.flag("compare"):
        return _compared(call)
    office, first = call.asked, _month(call)
    wanted = paged.asked(call)
    sheet, shown = told(office, first, _as_of(call, first), call.flag("explain"))
    if not wanted:
        return sheet
    from wuye.render import report

    values = report.month(paged.masked(call.marked(sheet), shown))
    return paged.made(call, "month.html", values | {"version": paged.version(office)})


def _compared(call: Call) -> Sheet:
    """The month as it was known, beside what is known of it now."""
    call.live.only_asked = True
    first = _month(call)
    span = summary.bounds(first, call.live.settings.zone, days.month_end(first.year, first.month))
    title = f"{call.live.settings.name} 月报 {first:%Y-%m}"
    return compared.sheet(call, span, title, lambda office: told(office, first, office.now)[0])


def told(
    office: Office, first: date, as_of: datetime | None = None, explain: bool = False
) -> tuple[Sheet, list[Record]]:
    """The summary of a month, and the records that it names. Raises Damaged."""
    basis = office.basis(*office.kinds(), rules=RULES)
    loaded, problems = load(office, first, as_of)
    if problems:
        raise Damaged(*problems)
    standings = {name: monthly.stand(loaded, day, basis, as_of) for name, day in monthly.months(first).items()}
    this = standings[THIS]
    money = _money(office, standings)
    parts = monthrows.sections(standings, office.now, money[THIS].billed if money else None)
    if money:
        del parts["dunning"]
        parts |= monthmoney.sections(money, office.now)
    last = days.month_end(first.year, first.month)
    entries = summary.late_entries((r for found in loaded.values() for r in found), first, last)
    late = tuple(late_row(e) for e in entries)
    parts["late_entries"] = Sheet("wuye.month.late", LATE, late, office.now, "当月发生、月后补录")
    more = {name: part.rows for name, part in parts.items()} | dict.fromkeys(
        monthmoney.KEYS if not money else ("dunning",), ()
    )
    if explain:
        parts["explain"] = monthrows.explained(this.cohort, office.now, monthmoney.explained(money) if money else ())
    counts = tuple(monthrows.count_row(row) for row in this.counts)
    sheet = Sheet(
        "wuye.month",
        monthrows.COUNT_COLUMNS,
        counts,
        office.now,
        f"{office.settings.name} 月报 {first:%Y-%m}",
        more={"month": f"{first:%Y-%m}", "as_of": this.basis.now, "closed_month": not this.running,
              "by_day": monthrows.by_day(this), **more},
        sections=tuple(part for part in parts.values() if part.rows),
        headed=True,
        records=[r for found in loaded.values() for r in found],
        table_rows=tuple(r for r in counts if any(r[n] for n in COUNTS)),
        empty="没有遗留，也没有新收",
        foot=_foot(this, [part for part in parts.values() if not part.rows], as_of is not None, bool(money)),
    )  # fmt: skip
    return sheet, [r for found in this.records.values() for r in found]


def load(office: Office, first: date, as_of: datetime | None = None) -> tuple[dict[Kind, list[Record]], list[Problem]]:
    """What a month's summary rests on: the months compared, older ones that still bear on it, the unit register.

    Those after it, too, up to the moment as of which it is told.
    """
    told = _told(office, first, as_of)
    if told is not None:
        return told, []
    office.store.settle()
    wanted = {f"{day:%Y-%m}" for day in monthly.months(first).values()}
    later = f"{as_of:%Y-%m}" if as_of else ""
    start = datetime.combine(first, time(0), office.settings.zone)
    found: dict[Kind, list[Record]] = {}
    problems: list[Problem] = []
    for kind in office.kinds():
        if kind.book and kind.name not in BOOKS:
            continue
        names = office.months(kind)
        if not kind.book:
            names = [
                m for m in names
                if m in wanted or f"{first:%Y-%m}" < m <= later or (kind.name in LONG and m < f"{first:%Y-%m}")
                or (m < f"{first:%Y-%m}" and _bears_on(office, kind, m, start))
            ]  # fmt: skip
        found[kind], wrong = office.load(kind, names)
        problems += wrong
    return found, problems


def _told(office: Office, first: date, as_of: datetime | None) -> dict[Kind, list[Record]] | None:
    """The same as the index tells it; None where there is none, or a file is not in order: then the files are read."""
    kinds = [kind for kind in office.kinds() if not kind.book]
    every = sorted({month for months in office.months_of(kinds).values() for month in months})
    near, later = {f"{day:%Y-%m}" for day in monthly.months(first).values()}, f"{as_of:%Y-%m}" if as_of else ""
    whole = [m for m in every if m in near or f"{first:%Y-%m}" < m <= later]
    older = [m for m in every if m not in near and m < f"{first:%Y-%m}"]
    start = datetime.combine(first, time(0), office.settings.zone)
    asked = [
        (Wanted(whole), kinds), (Wanted(older, alive=(int(start.timestamp()), FAR)), kinds),
        (EVERYTHING, [records.kind(name) for name in BOOKS]),
    ]  # fmt: skip
    found: dict[Kind, list[Record]] = {}
    for wanted, of in asked:
        told = office.narrowed(wanted, of)
        if told is None or told[1]:
            return None
        for kind, some in told[0].items():
            found.setdefault(kind, []).extend(some)
    return {kind: found[kind] for kind in office.kinds() if kind in found}


def _bears_on(office: Office, kind: Kind, month: str, start: datetime) -> bool:
    try:
        return monthly.bears_on(office.store.read(path_of(kind, month)) or b"", kind, start)
    except WuyeError:
        return True  # loading it says what is wrong


def _money(office: Office, standings: Mapping[str, Standing]) -> dict[str, Money]:
    """The money of each month as of its own moment; nothing where no money is kept at all. Raises Damaged."""
    if not any(office.months(records.kind(name)) for name in MONEY):
        return {}
    source = owing.owing(office, standings[THIS].basis.now.date(), whole=True)
    deposits, wrong = office.load(records.kind("deposit"))
    if wrong:
        raise Damaged(*wrong)
    moved = list(takings.movements([*source.payments, *deposits]))
    found = {}
    for name, one in standings.items():
        since, as_of = one.span[0].date(), one.basis.now.date()
        until = days.month_end(since.year, since.month)
        books = books_of(source.at(as_of), since, until)
        there = [r for r in deposits if r.received.date() <= as_of]
        found[name] = Money(books, monthmoney.moved_in(moved, since, min(until, as_of)), there)
    return found


def _month(call: Call) -> date:
    """The first day of the month meant: this one without words. Raises BadInput for what is no month, or to come."""
    today = (call.live if call.flag("compare") else call.office).now.date()
    if not call.words:
        return today.replace(day=1)
    words = call.words[0]
    try:
        first, last = when.period(words, today)
    except ValueError as error:
        raise BadInput(Problem(f"月份：{error}", field="month")) from error
    if first.day != 1 or last.year == date.max.year or last != days.month_end(first.year, first.month):
        raise BadInput(Problem(f"“{words}”不是一个月：请写 2026-11、本月、上月 这样", field="month"))
    if first > today:
        raise BadInput(Problem(f"{first:%Y-%m} 还没有到：请写已经开始的月份", field="month"))
    return first


def _as_of(call: Call, first: date) -> datetime | None:
    """The end of the day that `--as-of` names; not before the month's end unless the month still lasts."""
    words, office = call.text("as_of"), call.office
    if not words:
        return None
    try:
        value = when.parse(words, office.now, "past", office.settings.desk)
    except ValueError as error:
        raise BadInput(Problem(f"--as-of（截至）：{error}", field="as_of")) from error
    day = value.date() if isinstance(value, datetime) else value
    if day < min(days.month_end(first.year, first.month), office.now.date()):
        raise BadInput(Problem(f"--as-of（截至）：{day} 早于月底，请写月底以后的日期", field="as_of"))
    return datetime.combine(day, time(23, 59, 59), office.settings.zone)


def _foot(this: Standing, empty: list[Sheet], told: bool, money: bool) -> str:
    lines = [
        "口径：按受理时间计；上月遗留+新收+重开=办结+作废+仍未结；"
        f"截至 {when.read_back(this.basis.now)}，以后的事不算在内"
        + ("" if told else "；上月和去年同月各截至当月月底，要算上月底以后的事请用 --as-of"),
        f"{NONE} 是那个月没有记录，或分母是空的",
    ]
    if this.running:
        lines.append("本月还没有完，上月和去年同月是整月的数")
    if not money:
        lines.append("没有登记过账单、收款和押金：没有收费情况")
    if empty:
        lines.append(f"没有可列的：{'、'.join(part.title.split('（')[0] for part in empty)}")
    return "\n".join(lines)


OPTIONS = (
    Opt("as_of", "截至哪天的情况（不写为月底，本月为现在）", metavar="DAY"),
    Opt("explain", "列出每个指标的编号", flag=True),
    compared.OPTION,
    *PASTE,
    *paged.OPTIONS,
)
VERB = Verb("month", "月报", run, OPTIONS, "[MONTH]", frozenset(), "一个月的汇总（不写月份为本月）")
