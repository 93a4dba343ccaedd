"""The figures of many offices side by side, by DuckDB over their exports (docs/scale.md).

An office works its figures out itself, by its own rules and calendar; here numerators and denominators are only added
up. Files are read by DuckDB, which keeps to its share of memory and puts what is more on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.errors import BadSettings
from wuye.figures_money import Figure

if TYPE_CHECKING:
    import duckdb

MEMORY, BATCH = "256MB", 500
_TEXTS = ("schema", "office", "since", "until", "as_of", "place", "name", "zh", "unit", "words", "numerator",
          "denominator")  # fmt: skip
_COLUMNS = "{" + ", ".join(f"{name}: 'VARCHAR'" for name in _TEXTS) + "}"
_TAKE = f"""
insert into told
select ?, office, as_of, cast(place as integer), name, zh, unit, words, cast(numerator as decimal(38, 2)),
       cast(denominator as decimal(38, 2)), contains(numerator, '.')
from read_json(?, format = 'newline_delimited', columns = {_COLUMNS}, maximum_object_size = 4194304)
where schema = 'wuye.figure' and since = ? and until = ? and (? = '' or as_of = ?)
"""
_TABLE = """
create table told (source varchar, office varchar, as_of varchar, place integer, name varchar, zh varchar, unit varchar,
                   words varchar, numerator decimal(38, 2), denominator decimal(38, 2), exact boolean)
"""
# Of several exports of an office the newest counts; the same line twice is one line.
_NEWEST = """
create table figure as
select distinct * from told
where as_of is not null and name is not null and numerator is not null and office is not null
qualify as_of = max(as_of) over (partition by source, office)
"""
_TWICE = "select source, office from figure group by source, office, name having count(*) > 1"
_TWO_SOURCES = "select office, list(distinct source) from figure group by office having count(distinct source) > 1"
_ROWS = """
select office, as_of, name, zh, unit, words, numerator, denominator, exact from figure order by place, name, office
"""
_TOTALS = """
select any_value(zh order by place), any_value(unit), sum(numerator), sum(denominator), bool_or(exact), count(*), name,
       any_value(words order by place)
from figure group by name order by min(place), name
"""


class Side(NamedTuple):
    """One figure of one office, or (without one) of all together: how many offices it is of, as of which day."""

    office: str
    as_of: str
    offices: int
    figure: Figure


def connected(work: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with its bounds; what does not fit goes to `work`. Raises BadSettings where it is not installed."""
    try:
        import duckdb
    except ImportError as error:
        raise BadSettings("并列各台账的指标要用 duckdb，这台电脑没有装：请运行 pip install 'wuye[rollup]'") from error
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY, "threads": 2, "temp_directory": str(work), "preserve_insertion_order": False,
        "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    }  # fmt: skip
    return duckdb.connect(":memory:", config=settings)


class Rollup:
    """The figures of one period of many offices."""

    def __init__(self, work: Path, since: date, until: date, as_of: str) -> None:
        self._duck = connected(work)
        self._duck.execute(_TABLE)
        self._span = (since.isoformat(), until.isoformat(), as_of, as_of)

    def take(self, source: str, files: Sequence[Path]) -> tuple[int, list[Path]]:
        """Read the exports that belong to one source: how many figures were found, and what files cannot be read."""
        before, wrong = self._count(), list[Path]()
        for start in range(0, len(files), BATCH):
            some = files[start : start + BATCH]
            if not self._taken(source, some):
                wrong += [file for file in some if not self._taken(source, [file])]
        return self._count() - before, wrong

    def _taken(self, source: str, files: Sequence[Path]) -> bool:
        import duckdb

        try:
            self._duck.execute(_TAKE, [source, [_literal(file) for file in files], *self._span])
        except duckdb.Error:
            return False
        return True

    def _count(self) -> int:
        return int(self._all("select count(*) from told")[0][0])

    def settle(self) -> list[str]:
        """Leave out what would be counted twice; a sentence for each such office."""
        self._duck.execute(_NEWEST)
        said = []
        for source, office in sorted({(str(s), str(o)) for s, o in self._all(_TWICE)}):
            said.append(f"{source}：{office} 同一天的导出有两份不同的，没有算进来；请留下对的一份")
            self._duck.execute("delete from figure where source = ? and office = ?", [source, office])
        for office, sources in self._all(_TWO_SOURCES):
            where = "、".join(sorted(map(str, sources)))
            said.append(f"{where} 都叫“{office}”，会算两遍，没有算进来；请去掉多的，或在 wuye.yaml 里改名")
            self._duck.execute("delete from figure where office = ?", [office])
        return said

    def only(self, names: Sequence[str]) -> None:
        """Keep these figures alone."""
        self._duck.execute("delete from figure where not list_contains(?, name)", [list(names)])

    def totals(self) -> Iterator[Side]:
        """Each figure of all offices together: from the sums, never from the rates."""
        for zh, unit, top, base, exact, count, name, words in self._all(_TOTALS):
            yield Side("", "", count, _figure(name, zh, unit, words, top, base, exact))

    def rows(self) -> Iterator[Side]:
        """Each figure of each office, a figure at a time."""
        self._duck.execute(_ROWS)
        while some := self._duck.fetchmany(BATCH):
            for office, as_of, name, zh, unit, words, top, base, exact in some:
                yield Side(office, as_of, 1, _figure(name, zh, unit, words, top, base, exact))

    def _all(self, words: str) -> list[tuple[Any, ...]]:
        return self._duck.execute(words).fetchall()


def _literal(file: Path) -> str:
    """A file's name that means itself where names may be patterns."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(file))


def _figure(name: str, zh: str, unit: str, words: str, top: Decimal, base: Decimal | None, exact: bool) -> Figure:
    if not exact:
        top, base = top.quantize(Decimal(1)), None if base is None else base.quantize(Decimal(1))
    return Figure(name, zh, "", unit, words, top, base, (), (), {})
