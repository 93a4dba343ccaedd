"""Deadlines as a calendar for phones, khal and todoman: what waits, by the same clocks as `wuye due`, nobody named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from typing import Any

from wuye import clocks, discreet
from wuye.errors import BadSettings
from wuye.query import Waiting
from wuye.render.table import safe
from wuye.schema import Basis
from wuye.sheet import about, place

FORMS = {"event": "日程", "todo": "待办"}
NO_ICALENDAR = "导出日历要用 icalendar，这台电脑没有装：请运行 pip install 'wuye[ics]'"
LASTS = timedelta(minutes=15)
LONGEST = 200
DOMAIN = "wuye.invalid"


def text(found: Sequence[Waiting], office: str, basis: Basis, form: str, alarm: timedelta | None) -> str:
    """The calendar, CRLF line ends as the format wants. Raises BadSettings where icalendar is missing."""
    try:
        import icalendar
    except ImportError as error:
        raise BadSettings(NO_ICALENDAR) from error
    calendar = icalendar.Calendar()
    for name, value in (("prodid", "-//wuye//wuye//ZH"), ("version", "2.0"), ("x-wr-calname", f"{office} 时限")):
        calendar.add(name, value)
    people = discreet.Known(name for one in found for name in discreet.names(one.record))
    domain = f"{_office(office)}.{DOMAIN}"
    for uid, one in _named(found):
        item: Any = icalendar.Todo() if form == "todo" else icalendar.Event()
        _fill(item, one, people, basis, form)
        item.add("uid", f"{uid}@{domain}")
        if alarm:
            bell = icalendar.Alarm()
            bell.add("action", "DISPLAY")
            bell.add("description", item["summary"])
            bell.add("trigger", -alarm)
            if form == "todo":  # a to-do has no start to count from
                bell["trigger"].params["RELATED"] = "END"
            item.add_component(bell)
        calendar.add_component(item)
    return str(calendar.to_ical().decode())


def _office(name: str) -> str:
    """What tells offices apart in one calendar: a short hash of the name."""
    import hashlib

    return hashlib.blake2b(name.encode(), digest_size=4).hexdigest()


def _named(found: Iterable[Waiting]) -> Iterable[tuple[str, Waiting]]:
    """Each clock with a name that stays the same however often it is exported: number and clock."""
    told = list(found)
    count = Counter((one.record.id, one.reading.name) for one in told)
    for one in told:
        name = f"{one.record.id}-{one.reading.name}"
        twice = count[one.record.id, one.reading.name] > 1
        yield f"{name}-{one.reading.start.astimezone(UTC):%Y%m%dT%H%M}" if twice else name, one


def _fill(item: Any, one: Waiting, people: discreet.Known, basis: Basis, form: str) -> None:
    record, reading = one.record, one.reading
    mine = discreet.names(record)

    def told(words: str) -> str:
        return people.text("\n".join(map(safe, words.split("\n"))), mine)

    assert reading.due is not None
    due = reading.due.astimezone(UTC)
    late = f"【{clocks.STATES[clocks.LATE]}】" if reading.state == clocks.LATE else ""
    item.add("dtstamp", basis.now.astimezone(UTC))
    item.add("summary", f"{late}{reading.zh} {told(place(record))} {record.id}".replace("  ", " "))
    words = told(about(record, basis))
    words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    item.add("description", f"{record.kind.zh} {words}\n依据：{told(reading.rule)}")
    item.add("categories", [record.kind.zh])
    if form == "todo":
        item.add("due", due)
        item.add("status", "NEEDS-ACTION")
        item.add("priority", 1 if late else 5)
    else:
        item.add("dtstart", due)
        item.add("duration", LASTS)
