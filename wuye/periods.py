"""Periods of charging and their working: months, parts of months, what each part costs (domain.md 30).

Everything goes by the day: a month of which 13 of 30 days count costs 13/30 of the month. A period that does not
begin on the first, an anniversary year or a rented quarter, is cut into months of its own from its first day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
HALF = Fraction(1, 2)


class Span(NamedTuple):
    """Days from one to another, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days + 1

    def within(self, other: Span) -> Span | None:
        """The days that both have; None where they have none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start <= end else None

    def __str__(self) -> str:
        return f"{self.start} 至 {self.end}"


def month_of(day: date) -> Span:
    """The calendar month of a day."""
    return Span(day.replace(day=1), day + relativedelta(day=31))


class Period(NamedTuple):
    """What one bill may cover: whole months from a first day on."""

    months: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From the first day to the last."""
        return Span(self.months[0].start, self.months[-1].end)


@lru_cache(maxsize=4096)
def periods(anchor: date, months: int, within: Span) -> tuple[Period, ...]:
    """The periods of so many months, counted from a day on, that touch a span.

    Every one is counted from the anchor itself: one of the 31st comes back to the 31st after a February.
    """
    found = []
    apart = (within.start.year - anchor.year) * 12 + within.start.month - anchor.month
    for first in range((apart // months - 1) * months, apart + 2, months):
        starts = [anchor + relativedelta(months=first + n) for n in range(months + 1)]
        cut = tuple(Span(a, b - DAY) for a, b in pairwise(starts))
        if Period(cut).span.within(within):
            found.append(Period(cut))
    return tuple(found)


class Part(NamedTuple):
    """Days that all cost the same: rate, factors with their reasons, and how much of how many months they are."""

    span: Span
    rate: Decimal
    factors: tuple[tuple[str, Decimal], ...] = ()
    flat: bool = False  # an agreed amount: no area, no readings
    months: int = 0  # whole months; else `days` of a month of `of`
    days: int = 0
    of: int = 0

    @property
    def share(self) -> Fraction:
        """In months."""
        return Fraction(self.months) if self.months else Fraction(self.days, self.of)

    @property
    def factor(self) -> Fraction:
        """All factors together."""
        found = Fraction(1)
        for _, factor in self.factors:
            found *= Fraction(factor)
        return found


def cuts(months: Sequence[Span], span: Span, changes: Iterable[date]) -> Iterator[tuple[Span, Span]]:
    """A span cut where a month ends and where anything changes: each piece with its month."""
    days = sorted({*changes})
    for month in months:
        inside = month.within(span)
        if inside is None:
            continue
        starts = [inside.start, *(day for day in days if inside.start < day <= inside.end)]
        for start, after in zip(starts, [*starts[1:], inside.end + DAY], strict=True):
            yield Span(start, after - DAY), month


def joined(parts: Iterable[Part]) -> list[Part]:
    """Whole months after each other that cost the same become one part."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last and last.months and part.months and last[1:4] == part[1:4]:
            found[-1] = last._replace(span=Span(last.span.start, part.span.end), months=last.months + part.months)
        else:
            found.append(part)
    return found


def rounded(exact: Fraction, yuan: bool = False) -> Decimal:
    """To the cent, or to the whole yuan, half up."""
    cents = int(exact + HALF) * 100 if yuan else int(exact * 100 + HALF)
    return Decimal(cents).scaleb(-2)


def amounts(exact: Iterable[Fraction]) -> list[Decimal]:
    """Lines rounded so that they sum to the rounded sum: each is what the running total grows by."""
    found, total, before = [], Fraction(0), Decimal("0.00")
    for one in exact:
        total += one
        now = rounded(total)
        found.append(now - before)
        before = now
    return found


def to_the_yuan(lines: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """What rounding to the whole yuan adds to or takes from each line, the largest first; none falls below nought."""
    left = total - sum(lines, Decimal(0))
    found = [Decimal(0)] * len(lines)
    for place in sorted(range(len(lines)), key=lambda i: -lines[i]):
        found[place] = max(left, -lines[place])
        left -= found[place]
    return found
