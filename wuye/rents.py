"""Rents that come due by the schedules of running leases, as `due` and `today` show them (domain.md 25, 44)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dateutil.relativedelta import relativedelta

if TYPE_CHECKING:
    from decimal import Decimal

    from wuye.record import Record

BACK = timedelta(days=31)
"""How long a rent that is not paid stays among what was missed; after that it is told by `arrears`."""
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


class Rent(NamedTuple):
    """One rent of a lease: from, until, due on, how much."""

    lease: Record
    start: date
    end: date
    due: date
    amount: Decimal


def due_between(lease: Record, first: date, last: date) -> Iterator[Rent]:
    """The rents of a running lease that are due on these days: by its schedule, else by its rent and period."""
    if lease.status != "running":
        return
    for one in _all(lease, last):
        if first <= one.due <= last:
            yield one


def _all(lease: Record, last: date) -> Iterator[Rent]:
    if schedule := lease.get("schedule"):
        for row in schedule:
            yield Rent(lease, row["from"], row["until"], row.get("due") or row["from"], row["amount"])
        return
    since, until, rent = lease.get("since"), lease.get("until"), lease.get("rent")
    months = MONTHS.get(str(lease.get("period")), 0)
    start, count = since, 0
    while rent and months and start and start <= last and (until is None or start <= until):
        count += 1
        following: Any = since + relativedelta(months=months * count)
        yield Rent(lease, start, min(following - timedelta(days=1), until or following), start, rent)
        start = following
