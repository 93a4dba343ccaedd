"""`wuye sql "select …"`: questions in SQL over views of the records, read-only, private values masked (docs/sql.md)."""

from __future__ import annotations

from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput
from wuye.sheet import Column, Sheet

TABLES = (("table", "表"), ("table_zh", "种类"), ("column", "列"), ("column_zh", "含义"))
OPTIONS = (Opt("tables", "列出可查的表和列", flag=True),)


def run(call: Call) -> Sheet:
    """The answer as any other; with `--tables` what can be asked about."""
    office = call.asked
    if call.flag("tables"):
        call.no_words()
        rows = tuple(office.tables())
        columns = tuple(Column(name, zh) for name, zh in TABLES)
        return Sheet("wuye.sql.tables", columns, rows, office.now, "可查的表和列")
    words = " ".join(call.words).strip().rstrip(";；").strip()
    if not words:
        raise BadInput("缺少查询语句：请写 wuye sql \"select count(*) from complaint\"")
    found, problems = office.sql(words)
    shown = tuple(Column(name, name, right=_numbers(place, found.rows), wide=True) for place, name in
                  enumerate(found.columns))  # fmt: skip
    rows = tuple(dict(zip(found.columns, row, strict=True)) for row in found.rows)
    return Sheet(
        "wuye.sql", shown, rows, office.now, problems=tuple(problems), exit_code=65 if problems else 0,
        empty="没有符合条件的行",
    )  # fmt: skip


def _numbers(place: int, rows: list[tuple[object, ...]]) -> bool:
    """Whether a column holds numbers, which stand right."""
    return bool(rows) and all(isinstance(row[place], int | float) or row[place] is None for row in rows)


VERB = Verb("sql", "SQL查询", run, OPTIONS, "SELECT", frozenset(), "用 SQL 查询（只读）：wuye sql --tables 列出表和列")
