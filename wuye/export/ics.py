"""Deadlines as a calendar for phones, khal and todoman: what waits, by the same clocks as `wuye due`, nobody named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from wuye import clocks, discreet
from wuye.basis import Basis
from wuye.errors import BadSettings
from wuye.query import Waiting
from wuye.render.table import safe
from wuye.sheet import about, place

FORMS = {"event": "日程", "todo": "待办"}
NO_ICALENDAR = "导出日历要用 icalendar，这台电脑没有装：请运行 pip install 'wuye[ics]'"
LASTS = timedelta(minutes=15)
LONGEST = 200
DOMAIN, DUTY = "wuye.invalid", "例行工作"
LATE = f"【{clocks.STATES[clocks.LATE]}】"


class Deadline(NamedTuple):
    """Something to be done by a time: a name that stays the same in every export, what it is and why then."""

    uid: str
    due: datetime
    late: bool
    summary: str
    description: str
    category: str


def text(found: Iterable[Deadline], office: str, now: datetime, form: str, alarm: timedelta | None) -> str:
    """The calendar, CRLF line ends as the format wants. Raises BadSettings where icalendar is missing."""
    try:
        import icalendar
    except ImportError as error:
        raise BadSettings(NO_ICALENDAR) from error
    calendar = icalendar.Calendar()
    for name, value in (("prodid", "-//wuye//wuye//ZH"), ("version", "2.0"), ("x-wr-calname", f"{office} 时限")):
        calendar.add(name, value)
    domain = f"{_office(office)}.{DOMAIN}"
    for one in found:
        item: Any = icalendar.Todo() if form == "todo" else icalendar.Event()
        item.add("uid", f"{one.uid}@{domain}")
        item.add("dtstamp", now.astimezone(UTC))
        item.add("summary", f"{LATE * one.late}{one.summary}")
        item.add("description", one.description)
        item.add("categories", [one.category])
        if form == "todo":
            item.add("due", one.due.astimezone(UTC))
            item.add("status", "NEEDS-ACTION")
            item.add("priority", 1 if one.late else 5)
        else:
            item.add("dtstart", one.due.astimezone(UTC))
            item.add("duration", LASTS)
        if alarm:
            item.add_component(_bell(icalendar.Alarm(), item, alarm))
        calendar.add_component(item)
    return str(calendar.to_ical().decode())


def _bell(bell: Any, item: Any, before: timedelta) -> Any:
    bell.add("action", "DISPLAY")
    bell.add("description", item["summary"])
    bell.add("trigger", -before)
    if "DUE" in item:  # a to-do has no start to count from
        bell["trigger"].params["RELATED"] = "END"
    return bell


def _office(name: str) -> str:
    """What tells offices apart in one calendar: a short hash of the name."""
    import hashlib

    return hashlib.blake2b(name.encode(), digest_size=4).hexdigest()


def of_clocks(found: Sequence[Waiting], basis: Basis) -> Iterator[Deadline]:
    """The clocks that wait and have a due time, named by number and clock, nobody told by name."""
    people = discreet.Known(name for one in found for name in discreet.names(one.record))
    count = Counter((one.record.id, one.reading.name) for one in found)
    for record, reading in found:
        if reading.due is None:
            continue
        mine = discreet.names(record)
        where, words, rule = (
            people.text("\n".join(map(safe, told.split("\n"))), mine)
            for told in (place(record), about(record, basis), reading.rule)
        )
        words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
        uid = f"{record.id}-{reading.name}"
        if count[record.id, reading.name] > 1:
            uid += f"-{reading.start.astimezone(UTC):%Y%m%dT%H%M}"
        summary = " ".join(part for part in (reading.zh, where, record.id) if part)
        description = f"{record.kind.zh} {words}\n依据：{rule}"
        yield Deadline(uid, reading.due, reading.state == clocks.LATE, summary, description, record.kind.zh)


def of_duties(rows: Iterable[Mapping[str, Any]], now: datetime) -> Iterator[Deadline]:
    """Recurring duties and rents that wait, as `wuye due` lists them, named by duty and period."""
    for row in rows:
        if row["due"] is None:
            continue
        lease = row["where"].get("lease", "")
        summary = f"收租 {lease}" if lease and row["duty"] == "rent" else row["zh"]
        uid = "-".join(str(part) for part in ("duty", row["duty"], lease, row["periods"][0]) if part)
        uid = uid.replace(" ", "_").replace("/", "-")
        yield Deadline(uid, row["due"], row["due"] < now, summary, f"{DUTY} {row['period_zh']}", DUTY)
