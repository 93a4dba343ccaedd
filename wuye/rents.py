"""What a lease asks for: the rent of each of its terms; and what `due` and `today` show of it (domain.md 25, 44)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from decimal import Decimal

    from wuye.record import Record

DAY = timedelta(days=1)
BACK = timedelta(days=31)
"""How long a rent that is not paid stays among what was missed; after that it is told by `arrears`."""
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
PAY = ("rent", "period", "schedule")


class Term(NamedTuple):
    """Days of a lease that run on one rent: by its schedule where that is not None, else so much a period.

    `start` is None where nobody said when the lease begins; `end` is `date.max` where it has no end.
    """

    start: date | None
    end: date
    rent: Decimal | None
    period: str
    schedule: Sequence[Mapping[str, Any]] | None


def last_day(lease: Record) -> date:
    """The last day that is charged: the one told with the step `end`, else the day of that step; `until` at the latest.

    A day told with the step may be corrected afterwards, as `until` always may. `date.max` where there is no end.
    """
    until: date = lease.get("until") or date.max
    ends = lease.entries("end")
    if lease.status != "ended" or not ends or ends[-1].get("until"):
        return until
    return min(until, ends[-1].at.date())


def terms(lease: Record) -> list[Term]:
    """The terms of a lease, one after the other: an extension on another rent begins after the former end.

    On the same rent it goes on as before; so it does where nobody said when the lease would have ended.
    """
    found: list[Term] = []
    start, last, former = lease.get("since"), last_day(lease), None
    for place, entry in enumerate(lease.timeline):
        if entry.step != "extend":
            continue
        then = lease.after_entries(place)
        until = then.get("until")
        if until and any(entry.get(name) not in (None, then.get(name)) for name in PAY):
            found.append(_term(then, start, min(until, last), former, bool(found)))
            start, former = until + DAY, None if entry.get("schedule") else then.get("schedule")
    found.append(_term(lease, start, last, former, bool(found)))
    return [one for one in found if one.start is None or one.start <= one.end]


def _term(then: Record, start: date | None, end: date, former: Any, later: bool) -> Term:
    """The days from one to another, on the rent of the lease as it then stood.

    A schedule asks for what begins in these days, the first one for what is before them too; the `former` one asks
    for nothing.
    """
    rows = then.get("schedule") or None
    if rows == former:
        rows = None
    if rows:
        first = start if later and start else date.min
        rows = [row for row in rows if first <= row["from"] <= end]
    return Term(start, end, then.get("rent"), str(then.get("period") or ""), rows)


class Rent(NamedTuple):
    """One rent of a lease: from, until, due on, how much."""

    lease: Record
    start: date
    end: date
    due: date
    amount: Decimal


def due_between(lease: Record, first: date, last: date) -> Iterator[Rent]:
    """The rents that are due on these days of a lease that runs, or was ended by a day told with that step."""
    ends = lease.entries("end") if lease.status == "ended" and lease.entries("sign") else ()
    if lease.status != "running" and not (ends and ends[-1].get("until")):
        return
    for one in _all(lease, last):
        if first <= one.due <= last:
            yield one


def _all(lease: Record, last: date) -> Iterator[Rent]:
    for term in terms(lease):
        if term.schedule is not None:
            for row in term.schedule:
                yield Rent(lease, row["from"], row["until"], row.get("due") or row["from"], row["amount"])
            continue
        months, start, count = MONTHS.get(term.period, 0), term.start, 0
        while term.rent and months and term.start and start and start <= min(last, term.end):
            count += 1
            following: date = term.start + relativedelta(months=months * count)
            yield Rent(lease, start, min(following - DAY, term.end), start, term.rent)
            start = following
