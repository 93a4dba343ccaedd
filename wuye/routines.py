"""How the recurring duties of an office stand: read through the index, no more months than are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from wuye import duties, dutyfile, records, shifts
from wuye.duties import Duty, Period, Stand
from wuye.errors import BadInput, Problem
from wuye.flow import VOID
from wuye.numerals import fold
from wuye.reading import Cells, Reading
from wuye.record import to_stored
from wuye.schema import Kind
from wuye.wanted import Wanted

BACK = {
    duties.SHIFT: 7, duties.DAILY: 7, duties.WEEK: 35, duties.MONTH: 100, duties.QUARTER: 200, duties.YEAR: 400,
}  # fmt: skip
"""For how many days what was missed stays in `today` and `due`; `routine --period` looks back any time."""

GIVEN = {"handover": "give"}
"""Kinds that are begun before they are done: they count when this step was taken last, not when they were begun."""
BEGUN_BEFORE = timedelta(days=7)
"""How long before it is given such a record may have been begun (a special note on Friday, the handover on Monday)."""


class Standing(NamedTuple):
    """Every period that was asked for, oldest due first, and what could not be read."""

    stands: tuple[Stand, ...]
    problems: tuple[Problem, ...]

    @property
    def owed(self) -> tuple[Stand, ...]:
        """What waits to be done."""
        return tuple(one for one in self.stands if one.state == duties.OWED)

    @property
    def missed(self) -> tuple[Stand, ...]:
        """What was not done in time, and not done since."""
        return tuple(one for one in self.stands if one.state == duties.MISSED)


def known(office: Reading) -> Mapping[str, Duty]:
    """The duties of an office by code. Raises BadSettings naming every mistake."""
    found: Mapping[str, Duty] = office.settings.section("duties", dutyfile.parse)
    return found


def shifts_of(office: Reading) -> Mapping[str, shifts.Shift]:
    """The shifts of an office by code. Raises BadSettings naming every mistake."""
    found: Mapping[str, shifts.Shift] = office.settings.section("shifts", shifts.parse)
    return found or shifts.usual(office.settings.desk)


def find(office: Reading, word: str) -> Duty:
    """The duty that a code or Chinese name means. Raises BadInput naming those there are."""
    every, plain = known(office), fold(word).strip()
    for one in every.values():
        if plain in (one.code, one.zh):
            return one
    words = "、".join(f"{one.code}（{one.zh}）" for one in every.values()) or "一项也没有"
    raise BadInput(Problem(f"没有“{word}”这项例行工作，现有：{words}；请改正，或写进 wuye.yaml 的 duties"))


def standing(office: Reading, since: date | None = None, until: date | None = None, only: str = "") -> Standing:
    """How the duties stand now: of the last days, or of those that are due between two days."""
    now, desk = office.now, office.settings.desk
    wanted = [one for one in known(office).values() if not only or one.code == only]
    turns = shifts_of(office) if any(one.every == duties.SHIFT for one in wanted) else {}
    last = min(until or now.date(), now.date())
    start = _began(office)
    asked: dict[str, list[Period]] = {}
    for one in wanted:
        first = since or now.date() - timedelta(days=BACK[one.every])
        first = first if one.since or start is None else max(first, start)
        every = duties.periods(one, first, last, desk, turns)
        if not one.since and start is not None:
            every = (period for period in every if _since(one, period, start))
        asked[one.code] = [period for period in every if until is None or period.due.date() <= until]
    begins = _begins(wanted, asked)
    facts, problems = _gathered(office, wanted, begins)
    found: list[Stand] = []
    for one in wanted:
        mine, along = facts.get(one.made_of, ()), [r.received for r in facts.get(one.along, ()) if r.status != VOID]
        found += duties.stands(one, asked[one.code], mine, facts.get(duties.TASK, ()), now, along)
    return Standing(tuple(sorted(found, key=lambda s: (s.period.due, s.duty.code))), tuple(problems))


def _since(duty: Duty, period: Period, start: date) -> bool:
    """Whether a period is owed by an office that began on a day: of a report on a month the whole of it."""
    if duty.on.later:
        return (period.first or period.start).date() >= start
    return duty.every not in duties.MONTHS or period.due.date() > start


def _began(office: Reading) -> date | None:
    """The day on which something was first written in this office: before it nothing was owed. Today where nothing is.
    """
    told = office.asked(office.kinds(), None, lambda tables, db: (tables.oldest(db),))
    if told is None:
        loaded, _ = office.load_all()
        first = min((r.recorded for every in loaded.values() for r in every), default=office.now)
        return first.date()
    return datetime.fromtimestamp(told[0], office.settings.zone).date() if told[0] is not None else office.now.date()


def _begins(wanted: Iterable[Duty], asked: Mapping[str, Sequence[Period]]) -> dict[str, datetime]:
    """From when on each kind of record is looked at: the first period of a duty that it may fulfil."""
    begins: dict[str, datetime] = {}
    for one in wanted:
        for name in {one.made_of, duties.TASK, one.along} - {""}:
            for period in asked[one.code][:1]:
                start = period.first or period.start
                begins[name] = min(begins.get(name, start), start)
    return begins


def _gathered(
    office: Reading, wanted: Iterable[Duty], begins: Mapping[str, datetime]
) -> tuple[dict[str, Sequence[Cells]], list[Problem]]:
    """The records that may fulfil them, of each kind those fields that are looked at."""
    names: dict[str, set[str]] = {name: {"duty"} for name in begins}
    for one in wanted:
        names.setdefault(one.made_of, set()).update(one.where)
    found: dict[str, Sequence[Cells]] = {}
    problems: list[Problem] = []
    have = {row[0] for row in records.KINDS}
    for name, start in begins.items():
        if name not in have:
            continue
        kind = records.kind(name)
        if name in GIVEN:
            found[name], wrong = _given(office, kind, start)
            problems += wrong
            continue
        months = None if kind.book else [m for m in office.months(kind) if m >= f"{start:%Y-%m}"]
        since = None if kind.book else int(start.timestamp())
        fields = sorted(n for n in names[name] | {*duties.TOLD_BY} if kind.has(n))
        found[name], wrong = office.cells(kind, Wanted(months, since=since), fields)
        problems += wrong
    return found, problems


def _given(office: Reading, kind: Kind, start: datetime) -> tuple[list[Cells], list[Problem]]:
    """The records of a kind that is begun before it is done, each at the moment at which it was given."""
    start -= BEGUN_BEFORE
    months = [m for m in office.months(kind) if m >= f"{start:%Y-%m}"]
    every, problems = office.select(kind, Wanted(months, since=int(start.timestamp())))
    found = []
    for record in every:
        given = record.entries(GIVEN[kind.name])
        found.append(Cells(record.id, record.status, given[-1].at if given else record.received, to_stored(record)))
    return found, problems
