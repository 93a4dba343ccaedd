"""The figures of an office as JSON lines, each with its numerator and denominator: for `wuye rollup`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from wuye.export.jsonl import line
from wuye.figures_money import Figure

SCHEMA = "figure"


def of_figures(found: Iterable[Figure], office: str, since: date, until: date, as_of: date) -> Iterator[str]:
    """A line a figure; rates are left to whoever adds numerators and denominators up."""
    for place, one in enumerate(found):
        yield line(SCHEMA, {
            "office": office, "since": since, "until": until, "as_of": as_of, "place": place, "name": one.name,
            "zh": one.zh, "unit": one.unit, "words": one.words, "numerator": one.numerator,
            "denominator": one.denominator,
        })  # fmt: skip
