"""`wuye day`: the summary of one day (domain.md 41)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wuye import compared, paged, summary, takings, when
from wuye.call import PASTE, Call, Opt, Verb
from wuye.commands.today import WAITING, open_columns, open_rows, waiting_row
from wuye.errors import BadInput, Damaged, Problem
from wuye.office import Office
from wuye.query import Waiting, in_order
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, step_zh
from wuye.summary import COUNT_ZH, COUNTS, Late, Row
from wuye.wanted import Wanted


def run(call: Call) -> Sheet | str:
    """Counts that add up; tomorrow's due list; late entries. A figure over damaged data is refused."""
    call.no_words(1)
    if call.flag("compare"):
        return _compared(call)
    office = call.asked
    day = _day(call) if call.words else office.now.date()
    wanted, explain = paged.asked(call), call.flag("explain")
    loaded = load(office, day - timedelta(days=1) if wanted else day, day)
    if not wanted:
        return told(office, day, loaded, explain)
    from wuye.render import report

    basis = office.basis(*office.kinds())
    kept = {kind: found for kind, found in loaded.items() if not kind.book}
    yesterday = summary.day_rows(kept, day - timedelta(days=1), basis)
    before = [_plain(row, False) for row in yesterday if "." not in row.code]
    sheet = call.marked(told(office, day, loaded, explain))
    sheet = paged.masked(sheet, (r for found in loaded.values() for r in found))
    values = report.day(sheet, before)
    return paged.made(call, "day.html", values | {"version": paged.version(office)})


def _compared(call: Call) -> Sheet:
    """The day as it was known, beside what is known of it now."""
    live = call.live
    live.only_asked = True
    day = _heard(call, live) if call.words else live.now.date()
    title = f"{live.settings.name} 日报 {day:%Y-%m-%d}"
    span = summary.bounds(day, live.settings.zone)
    return compared.sheet(call, span, title, lambda office: told(office, day, load(office, day, day), True))


def load(office: Office, first: date, last: date) -> dict[Kind, list[Record]]:
    """The records that bear on some days. Raises Damaged."""
    zone = office.settings.zone
    start, end = summary.bounds(first, zone)[0], summary.bounds(last, zone)[1]
    loaded, problems = office.select_all(Wanted(alive=(int(start.timestamp()), int(end.timestamp()))))
    if problems:
        raise Damaged(*problems)
    return loaded


def told(office: Office, day: date, loaded: Mapping[Kind, list[Record]], explain: bool = False) -> Sheet:
    """The summary of one day out of the records that bear on it."""
    basis = office.basis(*office.kinds())
    start, end = summary.bounds(day, basis.zone)
    everything = [r for records in loaded.values() for r in records]
    loaded = {kind: found for kind, found in loaded.items() if not kind.book}
    stood = summary.Stood((start, end), basis)
    rows, then = summary.rows_of(loaded, (start, end), stood), stood.basis
    there = [r for r in everything if r.received <= then.now]
    waiting = [Waiting(stood.then(r), c) for r in there for c in stood.read(r) if c.waits]
    tomorrow = [w for w in in_order(waiting) if w.reading.due is not None and end <= w.reading.due < end + timedelta(1)]
    entries = summary.late_entries(everything, day)
    late_rows = tuple(late_row(e) for e in entries)
    due_rows = tuple(waiting_row(w, then) for w in tomorrow)
    weekday = "一二三四五六日"[day.weekday()]
    sections = [
        Sheet("wuye.day.tomorrow", WAITING, due_rows, basis.now, "明日到期", empty="没有明日到期的事项"),
        Sheet("wuye.day.late", LATE, late_rows, basis.now, "当日发生、日后补录", empty="没有补录"),
    ]
    money = takings.sections(loaded, day, basis.now)
    sections += money
    still_open = {}
    for kind, records in loaded.items():
        left = [one for r in records if r.received <= then.now for one in (stood.then(r),) if one.is_open]
        still_open[kind.name] = open_rows(kind, left, then)
        if rest := tuple(still_open[kind.name]):
            title = f"仍未结{kind.zh} {len(rest)} 条"
            sections.append(Sheet(f"wuye.day.{kind.name}", open_columns(then), rest, basis.now, title))
    if explain:
        sections.insert(0, _explained(rows, basis.now))
    counts = tuple(_plain(row, explain) for row in rows)
    return Sheet(
        "wuye.day",
        (Column("zh", "类别"), *(Column(n, COUNT_ZH[n], right=True) for n in COUNTS)),
        counts,
        basis.now,
        f"{office.settings.name} 日报 {day:%Y-%m-%d}（周{weekday}）",
        more={
            "day": day,
            "closed_day": day < basis.now.date(),
            "tomorrow": due_rows,
            "late_entries": late_rows,
            "open": still_open,
            **takings.told(money),
        },
        sections=tuple(sections),
        headed=True,
        records=everything,
        table_rows=tuple(r for r in counts if any(r[n] for n in COUNTS)),
        empty="没有遗留，也没有新收",
        foot=f"口径：按受理时间计；前日遗留+新收+重开=办结+作废+仍未结；截至 {when.read_back(then.now)}",
    )


LATE = (
    Column("id", "编号"), Column("step_zh", "事项"), Column("at", "发生时间"), Column("recorded", "录入时间"),
)  # fmt: skip


def late_row(entry: Late) -> dict[str, Any]:
    """What was typed in late as a row."""
    return {
        "id": entry.record.id,
        "step": entry.step,
        "step_zh": step_zh(entry.record.kind, entry.step),
        "at": entry.at,
        "received": entry.record.received,
        "recorded": entry.recorded,
    }


def _day(call: Call) -> date:
    return _heard(call, call.asked)


def _heard(call: Call, office: Office) -> date:
    try:
        value = when.parse(call.words[0], office.now, "past", office.settings.desk)
    except ValueError as error:
        raise BadInput(Problem(f"日期：{error}", field="day")) from error
    return value.date() if isinstance(value, datetime) else value


def _plain(row: Row, explain: bool) -> dict[str, Any]:
    counts: dict[str, Any] = {"row": row.code, "zh": row.zh, **{n: row.count(n) for n in COUNTS}}
    return counts | ({"ids": {n: list(row.ids[n]) for n in COUNTS}} if explain else {})


def _explained(rows: list[Row], now: datetime) -> Sheet:
    """Each count opened into the numbers behind it."""
    lines = tuple(
        {"zh": row.zh.strip("　"), "count": COUNT_ZH[n], "number": row.count(n), "ids": "、".join(row.ids[n])}
        for row in rows
        for n in COUNTS
        if row.ids[n]
    )
    columns = (
        Column("zh", "类别"),
        Column("count", "数目"),
        Column("number", "条数", right=True),
        Column("ids", "编号", wide=True),
    )
    return Sheet("wuye.day.explain", columns, lines, now, "每个数目的编号", empty="没有记录")


VERB = Verb(
    "day",
    "日报",
    run,
    (Opt("explain", "列出每个数目的编号", flag=True), compared.OPTION, *PASTE, *paged.OPTIONS),
    "[DAY]",
    frozenset(),
    "一天的汇总（不写日期为今天）",
)
