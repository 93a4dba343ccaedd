"""Records as a data package: CSV with a descriptor of every column (frictionless), JSON lines, a script for DuckDB."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from wuye import clocks
from wuye.cells import guarded
from wuye.schema import LABELS, Kind
from wuye.sheet import clock_cells, clock_key, plain
from wuye.values import Type

ALLOWED = "%Y-%m-%dT%H:%M:%S%z"
GUARD = "像公式的文字（= + - @ 等开头）前面加了一个单引号 '，读的时候要去掉一个；load.sql 会去掉"
NUMBERS = {
    "money": "DECIMAL(18,2)", "difference": "DECIMAL(18,2)", "area": "DECIMAL(18,2)", "quantity": "DECIMAL(18,3)",
}  # fmt: skip


class Col(NamedTuple):
    """A column: name, Chinese title, type in the descriptor and in DuckDB, what its values may be."""

    name: str
    zh: str
    form: str
    sql: str
    limits: Mapping[str, Any] = {}

    def field(self) -> dict[str, Any]:
        """The column in the descriptor."""
        told: dict[str, Any] = {"name": self.name, "type": self.form, "title": self.zh}
        if self.form == "datetime":
            told["format"] = ALLOWED
        return told | ({"constraints": dict(self.limits)} if self.limits else {})

    def word(self, value: Any) -> str:
        """A value as the CSV holds it."""
        if value is None or value == "":
            return ""
        if self.form == "datetime" and isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        if self.form == "boolean":
            return "true" if value is True or value == "yes" else "false"
        told = plain(value)
        if not isinstance(told, str):
            told = json.dumps(told, ensure_ascii=False) if isinstance(told, (list, dict, bool)) else str(told)
        return guarded(told) if self.form == "string" else told


def cols(kind: Kind) -> tuple[Col, ...]:
    """The columns of a kind, by its fields."""
    pattern = rf"^{kind.prefix}-\d{{8}}-[A-Z]?\d{{3,}}$"
    found = [
        Col("id", LABELS["id"], "string", "VARCHAR", {"required": True, "unique": True, "pattern": pattern}),
        Col("status", LABELS["status"], "string", "VARCHAR",
            {"required": True, "enum": [state.name for state in kind.flow.states]}),
        *(Col(name, LABELS[name], "datetime", "TIMESTAMP", {"required": True}) for name in ("received", "recorded")),
    ]  # fmt: skip
    for one in kind.on_record:
        form, sql, limits = _typed(one.type)
        if one.private and not one.type.listed:
            form, sql, limits = "string", "VARCHAR", {}
        found.append(Col(one.name, one.zh, form, sql, limits | ({"required": True} if one.required else {})))
    for computed in kind.computed:
        form, sql, _ = _typed(computed.type)
        found.append(Col(computed.name, computed.zh, form, sql))
    found.append(Col("closed", LABELS["closed"], "datetime", "TIMESTAMP"))
    names = [col.name for col in found]
    for clock in kind.clocks:
        due, state = (clock_key(clock.name, part, names) for part in ("due", "state"))
        found.append(Col(due, f"{clock.zh}到期", "datetime", "TIMESTAMP"))
        found.append(Col(state, f"{clock.zh}情况", "string", "VARCHAR", {"enum": [*clocks.STATES]}))
    unique: dict[str, Col] = {}  # a computed value goes for its field; two clocks may share a name
    for col in found:
        unique.setdefault(col.name, col)
    return tuple(unique.values())


def _typed(one: Type) -> tuple[str, str, dict[str, Any]]:
    """The type of a column for values of this type: what is no plain number, date or flag is text."""
    if one.listed:
        return "array", "JSON", {}
    if one.choices and not one.open:
        return "string", "VARCHAR", {"enum": [code for code, _ in one.choices]}
    if one.name == "flag":
        return "boolean", "BOOLEAN", {}
    if one.name == "count":
        return "integer", "BIGINT", {"minimum": 0}
    if one.name in NUMBERS:
        return "number", NUMBERS[one.name], {}
    if one.name.startswith("day-") and not one.name.startswith("day-or"):
        return "date", "DATE", {}
    return ("datetime", "TIMESTAMP", {}) if one.name.startswith("moment") else ("string", "VARCHAR", {})


def table(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows of a kind as CSV."""
    heads = cols(kind)
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([col.name for col in heads])
    for row in rows:
        told = clock_cells(row)
        writer.writerow([col.word(told.get(col.name)) for col in heads])
    return target.getvalue().encode()


def descriptor(office: str, kinds: Sequence[Kind], now: datetime, since: date, until: date, masked: bool) -> bytes:
    """`datapackage.json`: what every file and column is."""
    span = f"{since:%Y-%m-%d} 至 {until:%Y-%m-%d}" if since != date.min else f"截至 {until:%Y-%m-%d}"
    what = "电话、证件号已遮住" if masked else "电话、证件号是完整的，请妥善保管"
    told = {
        "profile": "tabular-data-package",
        "name": "wuye-records",
        "title": f"{office} 台账记录",
        "description": f"{span}；{what}。{GUARD}。",
        "created": now.isoformat(timespec="seconds"),
        "resources": [_resource(kind) for kind in kinds],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(kind: Kind) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": kind.name,
        "title": kind.zh,
        "path": path_of(kind, "csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "lineTerminator": "\n"},
        "schema": {"fields": [col.field() for col in cols(kind)], "missingValues": [""], "primaryKey": "id"},
    }


def path_of(kind: Kind, form: str) -> str:
    """Where a kind's rows lie in the package."""
    return f"data/{kind.name}.{form}"


HEAD = r"""-- 把这个文件夹里的记录装进 DuckDB：cd 到这里，duckdb wuye.duckdb < load.sql
-- 时间是台账所在时区的钟点；房号、编号是文字，开头的 0 都在。
CREATE OR REPLACE MACRO wuye_plain(t) AS
  CASE WHEN regexp_matches(t, '^''+[=+@＝＋＠－\t\r\n-]') THEN substr(t, 2) ELSE t END;
CREATE OR REPLACE MACRO wuye_time(t) AS CAST(substr(t, 1, 19) AS TIMESTAMP);
"""


def script(kinds: Sequence[Kind]) -> bytes:
    """`load.sql`: a table a kind, every column with its type and Chinese title."""
    return "\n".join([HEAD, *map(_load, kinds)]).encode()


def _load(kind: Kind) -> str:
    heads = cols(kind)
    asked = ",\n    ".join(f"{_quoted(col.name)}: '{_read_as(col)}'" for col in heads)
    told = ",\n  ".join(_told(col) for col in heads)
    lines = [
        f"CREATE OR REPLACE TABLE {_name(kind.name)} AS SELECT\n  {told}",
        f"FROM read_csv({_quoted(path_of(kind, 'csv'))}, auto_detect = false, header = true,",
        f"  delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{\n    {asked}}});",
        f"COMMENT ON TABLE {_name(kind.name)} IS {_quoted(kind.zh)};",
    ]
    lines += [f"COMMENT ON COLUMN {_name(kind.name)}.{_name(col.name)} IS {_quoted(col.zh)};" for col in heads]
    return "\n".join(lines) + "\n"


def _read_as(col: Col) -> str:
    return "VARCHAR" if col.sql in ("TIMESTAMP", "JSON") else col.sql


def _told(col: Col) -> str:
    name = _name(col.name)
    if col.sql == "TIMESTAMP":
        return f"wuye_time({name}) AS {name}"
    if col.sql == "JSON":
        return f"CAST({name} AS JSON) AS {name}"
    return f"wuye_plain({name}) AS {name}" if col.sql == "VARCHAR" else name


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
