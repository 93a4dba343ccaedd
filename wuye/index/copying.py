"""The office as a SQLite file of its own for other programs: a table a kind, masked, as of now (datasette opens it)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wuye.index.views import DUE, FEN, LOG, columns, is_money, plain_text
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import public


def write(target: Path, loaded: Mapping[Kind, Sequence[Record]], basis: Any, about: Mapping[str, str]) -> None:
    """A new database: the kinds, `log`, `due`, and `about` with what the file is."""
    db = sqlite3.connect(target, isolation_level=None)
    try:
        db.execute("pragma journal_mode = off")
        db.execute("begin")
        db.execute("create table about (name text primary key, value text)")
        db.executemany("insert into about values (?, ?)", about.items())
        db.execute(f"create table log ({', '.join(LOG)}, primary key (id, place))")
        db.execute(f"create table due ({', '.join(DUE)}, primary key (id, clock))")
        for kind, found in loaded.items():
            _table(db, kind, found, basis(kind))
        db.execute("commit")
    finally:
        db.close()


def _table(db: sqlite3.Connection, kind: Kind, found: Iterable[Record], basis: Any) -> None:
    names = list(columns(kind))
    whole = {one.name for one in kind.on_record if one.type.name == "count"}
    typed = [f'"{n}" {"integer" if n in whole or n.endswith(FEN) else "text"}' for n in names]
    db.execute(f'create table "{kind.name}" ({", ".join(typed)}, primary key (id))')
    money = [one.name for one in kind.on_record if is_money(one)]
    marks = ", ".join("?" * len(names))
    for record in found:
        row = public(record, basis)
        for name in money:
            row[name + FEN] = int(row[name] * 100) if row[name] is not None else None
        cells = [_cell(kind, name, row.get(name)) for name in names]
        db.execute(f'insert or ignore into "{kind.name}" values ({marks})', cells)
        log = [(kind.name, record.id, place, e.at.isoformat("T", "minutes"), plain_text(e.recorded), e.step, e.by,
                e.extra.get("note"), e.extra.get("link")) for place, e in enumerate(record.log)]  # fmt: skip
        db.executemany(f"insert or ignore into log values ({', '.join('?' * len(LOG))})", log)
        due = [(kind.name, record.id, clock, plain_text(at)) for clock, at in record.due.items()]
        db.executemany("insert or ignore into due values (?, ?, ?, ?)", due)
    for name in ("received", "room", "status"):
        if name in names:
            db.execute(f'create index "{kind.name}_{name}" on "{kind.name}" ("{name}")')


def _cell(kind: Kind, name: str, value: Any) -> Any:
    if kind.has(name) and value is not None and not kind[name].private and not isinstance(value, int):
        stored = kind[name].stored(value)
        return stored if isinstance(stored, str) else plain_text(stored)
    return plain_text(value)
