"""How a foreign table becomes records: the map a person writes (docs/import.md), and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wuye.changes import NOT_TYPED
from wuye.fields import Field
from wuye.flow import Step
from wuye.numerals import fold
from wuye.schema import Kind
from wuye.typed import nearest

RECEIVED = "received"
_DATE_PARTS = {
    "YYYY": "%Y", "YY": "%y", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "ss": "%S", "AM": "%p", "PM": "%p",
}  # fmt: skip
NOTHING: Mapping[str, Any] = {}


class StepMap(NamedTuple):
    """A later step of each record: its time's column, who did it, the rows in which it was taken, its values."""

    step: Step
    at: str
    by: str = ""
    when: Mapping[str, tuple[str, ...]] = NOTHING
    columns: Mapping[str, tuple[str, ...]] = NOTHING
    constants: Mapping[str, str] = NOTHING


class Map(NamedTuple):
    """How the columns of a table become the fields of a kind.

    `header` are the rows of the headings (from 1), none where they are to be found; `columns` gives for each
    field the columns whose texts are joined; `constants` stand where the columns of a field are empty.
    """

    columns: Mapping[str, tuple[str, ...]] = NOTHING
    header: tuple[int, ...] = ()
    sheet: str = ""
    source: str = ""
    key: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = NOTHING
    constants: Mapping[str, str] = NOTHING
    steps: tuple[StepMap, ...] = ()
    skip: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    fill: tuple[str, ...] = ()
    dates: Mapping[str, str] = NOTHING

    def named(self) -> list[tuple[str, tuple[str | int, ...]]]:
        """Every column that the map names, with its place in the map."""
        found: list[tuple[str, tuple[str | int, ...]]] = [(one, ("key",)) for one in self.key]
        for name, columns in self.columns.items():
            found += [(one, ("columns", name)) for one in columns]
        for index, step in enumerate(self.steps):
            place: tuple[str | int, ...] = ("steps", index)
            found += [(one, (*place, key)) for key, one in (("at", step.at), ("by", step.by)) if one]
            found += [(one, (*place, "when", one)) for one in step.when]
            found += [(one, (*place, "columns", name)) for name, columns in step.columns.items() for one in columns]
        found += [(one, ("skip", index)) for index, rule in enumerate(self.skip) for one in rule]
        found += [(one, ("fill",)) for one in self.fill]
        return found + [(one, ("dates", one)) for one in self.dates]


def squeeze(name: str) -> str:
    """A heading for comparison: no blanks or line breaks, full width made ASCII."""
    return re.sub(r"\s+", "", fold(name)).lower()


def date_format(hint: str) -> str:
    """A format hint as strptime knows it, the year itself where only that is given; empty for anything else."""
    if re.fullmatch(r"(?:19|20)\d\d", hint):
        return hint
    parts = "|".join(sorted(_DATE_PARTS, key=len, reverse=True))
    found = re.sub(parts, lambda part: _DATE_PARTS[part[0]], hint.replace("%", "%%"))
    return found if {"%m", "%d"} <= set(re.findall("%.", found)) and re.search("%y", found, re.IGNORECASE) else ""


def importable(field: Field) -> bool:
    """Whether a table may give a field when a record is made: not those of steps, and no numbers of records here."""
    of_a_step = field.on_log or not field.typed or field.name in NOT_TYPED
    return not of_a_step and not field.type.name.startswith(("id:", "file"))


def by_labels(kind: Kind, headings: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Fields by headings that are the kind's own labels or field names; headings that look like one but are none."""
    names = {squeeze(f.zh): f.name for f in reversed(kind.fields) if importable(f)}
    names |= {squeeze(f.name).replace("-", "_"): f.name for f in kind.fields if importable(f)}
    names |= {"受理时间": RECEIVED, RECEIVED: RECEIVED}
    found: dict[str, tuple[str, ...]] = {}
    odd = []
    for heading in headings:
        name = names.get(squeeze(heading).replace("-", "_"))
        if name and name not in found:
            found[name] = (heading,)
        elif heading and (name or nearest(squeeze(heading), names)):
            odd.append(heading)
    return found, odd
