"""`wuye today`: what waits now, who is inside, what is open (domain.md 41, 44)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from wuye import clocks
from wuye.basis import Basis
from wuye.call import PASTE, Call, Verb
from wuye.commands import routine, settle
from wuye.query import Waiting, waiting
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, about, age, place, state_zh
from wuye.wanted import Wanted

SHORT = 30


def waiting_row(one: Waiting, basis: Basis) -> dict[str, Any]:
    """One waiting clock as a row."""
    record, reading = one.record, one.reading
    return {
        "due": reading.due,
        "state": reading.state,
        "id": record.id,
        "clock": reading.name,
        "clock_zh": reading.zh,
        "place": place(record),
        "text": about(record, basis),
        "start": reading.start,
        "rule": reading.rule,
    }


WAITING = (
    Column("due", "到期", lambda at: f"{at:%Y-%m-%d %H:%M}" if at else "未定"),
    Column("state", "情况", lambda code: clocks.STATES[code]),
    Column("id", "编号"),
    Column("clock_zh", "时限"),
    Column("place", "何处何人"),
    Column("text", "内容", lambda text: text if len(text) <= SHORT else text[: SHORT - 1] + "…"),
    Column("rule", "依据", wide=True),
)


def open_rows(kind: Kind, records: list[Record], basis: Basis) -> list[dict[str, Any]]:
    """Open records with what is to be done next."""
    rows = []
    for record in records:
        row: dict[str, Any] = {
            "id": record.id,
            "status": record.status,
            "status_zh": state_zh(kind, record.status),
            "place": place(record),
            "text": about(record, basis),
            "next": kind.next_hint(record, basis) if kind.next_hint else "",
        }
        for computed in kind.computed:
            if computed.name in ("level", "news", "overstay"):
                row[computed.name] = computed.of(record, basis)
        rows.append(row)
    return rows


def open_columns(basis: Basis) -> tuple[Column, ...]:
    """Columns of the list of open matters."""
    levels = {"general": "一般", "hot": "热点", "major": "重大"}
    return (
        Column("id", "编号"),
        Column("status_zh", "状态"),
        Column("level", "级别", lambda code: levels.get(code, "")),
        Column("place", "何处何人"),
        Column("text", "内容", lambda text: text if len(text) <= SHORT else text[: SHORT - 1] + "…"),
        Column("news", "最近反馈", lambda stamp: age(stamp, basis.now) if stamp else ""),
        Column("overstay", "超时停留", lambda late: "超时" if late else ""),
        Column("next", "下一步"),
    )


def run(call: Call) -> Sheet:
    """Everything the desk must look at today."""
    call.no_words()
    office = call.asked
    kinds = office.kinds()
    basis = office.basis(*kinds)
    loaded, problems = office.select_all(Wanted(pending=True))
    loaded = {kind: [r for r in found if r.received <= basis.now] for kind, found in loaded.items()}
    end = datetime.combine(basis.now.date(), time(0), basis.zone) + timedelta(days=1)
    everything = [w for records in loaded.values() for w in waiting(records, basis)]
    pressing = sorted(
        (w for w in everything if w.reading.due is not None and w.reading.due < end),
        key=lambda w: (w.reading.due or end, w.record.id),
    )
    sections, more = [], {}
    for kind, records in loaded.items():
        if kind.book:
            continue
        rows = open_rows(kind, [r for r in records if r.is_open], basis)
        more[kind.name] = rows
        if rows:
            title = f"未结{kind.zh} {len(rows)} 条"
            sections.append(Sheet(f"wuye.today.{kind.name}", open_columns(basis), tuple(rows), basis.now, title))
    duties = routine.section(office, basis.now.date(), "wuye.today.duties")
    problems = [*problems, *duties.problems]
    if duties.rows:
        sections.insert(0, duties)
    contested = settle.section(loaded, basis.now, "wuye.today.contested")
    if contested:
        sections.insert(0, contested)
    late = sum(w.reading.state == clocks.LATE for w in pressing)
    weekday = "一二三四五六日"[basis.now.weekday()]
    heading = f"今天 {basis.now:%Y-%m-%d}（周{weekday}）：超时 {late} 项，今天到期 {len(pressing) - late} 项"
    return Sheet(
        "wuye.today",
        WAITING,
        tuple(waiting_row(w, basis) for w in pressing),
        basis.now,
        heading,
        problems=tuple(problems),
        more={"open": more, "duties": duties.rows, "late": late, "calendar": basis.desk.calendar.edition,
              "contested": contested.rows if contested else ()},
        sections=tuple(sections),
        empty="没有超时和今天到期的事项",
        exit_code=65 if problems else 0,
        headed=True,
        records=tuple(r for records in loaded.values() for r in records),
    )


VERB = Verb("today", "今天", run, PASTE, "", frozenset(), "今天要办的事")
