"""What `wuye sql` may read: a view a kind, `log` and `due`; nothing else, and nothing can be written (docs/sql.md).

Private values are masked before SQL sees them. Amounts are exact text, with a twin in whole 分 to be added up.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from wuye import when
from wuye.errors import BadInput
from wuye.fields import Field
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import plain, public

HEAD = ("id", "status", "received", "recorded")
LOG = ("kind", "id", "place", "at", "recorded", "step", "by", "note", "link")
DUE = ("kind", "id", "clock", "due")
FEN = "_fen"
LONGEST_ANSWER = 100_000
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}
_NEVER = frozenset(("load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"))


class Rows(NamedTuple):
    """An answer: the names of its columns and its rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def columns(kind: Kind) -> dict[str, str]:
    """The columns of a kind's view with what each is, in order."""
    found = {"id": "编号", "status": "状态", "received": "受理时间", "recorded": "录入时间"}
    for one in kind.on_record:
        found[one.name] = one.zh
        if is_money(one):
            found[one.name + FEN] = f"{one.zh}（分）"
    found |= {one.name: f"{one.zh}（现算）" for one in kind.computed}
    return found | {"closed": "办结时间"}


def is_money(one: Field) -> bool:
    """Whether a field is an amount."""
    return one.type.name in ("money", "difference")


@contextmanager
def opened(
    db: sqlite3.Connection, kinds: Mapping[int, Kind], rebuilt: Callable[[Kind, str], Record],
    basis: Callable[[Kind], Any],
) -> Iterator[None]:
    """The views over an index while a question is asked; nothing but them can be read, nothing written."""
    by_name = {kind.name: kind for kind in kinds.values()}
    last: list[Any] = ["", {}]

    def masked(kind: str, name: str, text: str | None) -> Any:
        if text is None:
            return None
        value = json.loads(text)
        return plain_text(by_name[kind][name].masked_stored(value))

    def computed(kind: str, name: str, raw: str) -> Any:
        if last[0] != raw:
            one = by_name[kind]
            last[:] = [raw, public(rebuilt(one, raw), basis(one))]
        return plain_text(last[1].get(name))

    db.create_function("_masked", 3, masked, deterministic=True)
    db.create_function("_computed", 3, computed, deterministic=True)
    # SQLite tells the authorizer a view's name and a common table expression's alike: only a name that nobody can guess
    # may stand for the views that read the base tables.
    secret, names = f"v{os.urandom(12).hex()}", [*by_name, "log", "due"]
    for key, kind in kinds.items():
        db.execute(f'create temp view "{secret}{kind.name}" as {_view(key, kind)}')
    labels = " ".join(f"when {key} then '{kind.name}'" for key, kind in kinds.items())
    source = "main.record r join main.body b on b.record = r.id"
    db.execute(
        f"create temp view {secret}log as select case r.kind {labels} end as kind, r.number as id, e.key as place,"
        " json_extract(e.value, '$.at') as at, json_extract(e.value, '$.recorded') as recorded,"
        " json_extract(e.value, '$.step') as step, json_extract(e.value, '$.by') as by,"
        " json_extract(e.value, '$.note') as note, json_extract(e.value, '$.link') as link"
        f" from {source}, json_each(b.raw, '$.log') e where r.kind in ({','.join(map(str, kinds))})"
    )
    db.execute(
        f"create temp view {secret}due as select case r.kind {labels} end as kind, r.number as id, e.key as clock,"
        f" e.value as due from {source}, json_each(b.raw, '$.due') e where r.kind in ({','.join(map(str, kinds))})"
    )

    for name in names:
        db.execute(f'create temp view "{name}" as select * from "{secret}{name}"')

    def allow(action: int, one: str | None, two: str | None, where: str | None, view: str | None) -> int:
        if action in _READS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            ours = where == "temp" and (one in names or str(one).startswith(secret))
            inside = str(view).startswith(secret)
            # An empty column stands for rows that are only counted.
            return sqlite3.SQLITE_OK if ours or inside or one == "json_each" or two == "" else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_FUNCTION:
            inner = two is not None and two.startswith("_")
            never = two in _NEVER or (inner and not str(view).startswith(secret))
            return sqlite3.SQLITE_DENY if never else sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    db.set_authorizer(allow)
    try:
        yield
    finally:
        db.set_authorizer(None)
        for name in names:
            db.execute(f'drop view if exists temp."{name}"')
            db.execute(f'drop view if exists temp."{secret}{name}"')


def _view(key: int, kind: Kind) -> str:
    parts = ["r.number as id", "r.status as status"]
    parts += [f"json_extract(b.raw, '$.{name}') as {name}" for name in ("received", "recorded")]
    for one in kind.on_record:
        path = f"""b.raw, '$."{one.name}"'"""
        if one.private:
            parts.append(f"""_masked('{kind.name}', '{one.name}', json_quote(json_extract({path}))) as "{one.name}\"""")
            continue
        value = f"cast(json_extract({path}) as integer)" if one.type.name == "count" else f"json_extract({path})"
        parts.append(f'{value} as "{one.name}"')
        if is_money(one):
            parts.append(f'cast(round(json_extract({path}) * 100) as integer) as "{one.name}{FEN}"')
    parts += [f"""_computed('{kind.name}', '{one.name}', b.raw) as "{one.name}\"""" for one in kind.computed]
    parts.append("strftime('%Y-%m-%dT%H:%M:%SZ', r.closed, 'unixepoch') as closed")
    return f"select {', '.join(parts)} from main.record r join main.body b on b.record = r.id where r.kind = {key}"


def plain_text(value: Any) -> Any:
    """A value as a cell of SQL: numbers and text; lists as JSON."""
    if value is None or isinstance(value, (str, int, float)):
        return value if not isinstance(value, bool) else int(value)
    if isinstance(value, (datetime, date)):
        return when.dump(value)
    found = plain(value)
    return found if isinstance(found, (str, int)) else json.dumps(found, ensure_ascii=False)


def ask(db: sqlite3.Connection, words: str) -> Rows:
    """The answer of one select. Raises BadInput in one sentence for all that is none, or is too long."""
    try:
        cursor = db.execute(words)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        raise BadInput(_wrong(str(error))) from error
    if cursor.description is None:
        raise BadInput("只能查询：请写以 select 或 with 开头的一句")
    try:
        rows = cursor.fetchmany(LONGEST_ANSWER + 1)
    except sqlite3.Error as error:
        raise BadInput(_wrong(str(error))) from error
    if len(rows) > LONGEST_ANSWER:
        raise BadInput(f"超过 {LONGEST_ANSWER} 行：请加上 limit 或条件，全部导出请用 wuye export sqlite")
    return Rows(_distinct([one[0] for one in cursor.description]), rows)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which none is there twice: two tables of one query may both have `id`."""
    found: list[str] = []
    for name in names:
        number, fresh = 2, name
        while fresh in found:
            fresh, number = f"{name}_{number}", number + 1
        found.append(fresh)
    return tuple(found)


def _wrong(said: str) -> str:
    """SQLite's English in a sentence."""
    if "one statement" in said:
        return "一次只能写一条 select：请删去分号后面的"
    if any(part in said for part in ("not authorized", "prohibited", "authorization", "cannot modify", "VACUUM")):
        return "只能用 select 查询，不能写入，也不能看别的表：请运行 wuye sql --tables 看有哪些表和列"
    for start, words in (("no such table: ", "没有 {} 这个表：请运行 wuye sql --tables 看有哪些"),
                         ("no such column: ", "没有 {} 这一列：请运行 wuye sql --tables 看有哪些"),
                         ("no such function: ", "没有 {} 这个函数：请改正")):  # fmt: skip
        if said.startswith(start):
            return words.format(said.removeprefix(start))
    if "unrecognized token" in said or "incomplete input" in said:
        return f"语句没写完或写错了（{said}）：请改正"
    if 'near "' in said:
        return f"语句写错了，错在“{said.split(chr(34))[1]}”附近：请改正"
    return f"语句执行不了（{said}）：请改正"
