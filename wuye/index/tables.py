"""The tables of the index: what is put into them, and the questions that narrow what has to be looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator, Sequence
from typing import Any

from wuye.errors import Problem
from wuye.finding import Sought
from wuye.index.files import Kept
from wuye.wanted import SHORTEST_TAIL, Found, Wanted, digits_of, searched

_TABLES = """
create table meta (name text primary key, value text not null) without rowid;
create table kind (id integer primary key, name text not null unique, shape text not null);
create table file (
  id integer primary key, kind integer not null, month text not null, path text not null unique,
  inode integer, size integer, mtime integer, ctime integer, settled integer not null,
  hash text not null, frame text, problems text);
create table record (
  id integer primary key, file integer not null, kind integer not null, place integer not null, line integer not null,
  number text not null, status text not null, open integer not null, waits integer not null,
  received integer not null, recorded integer not null, earliest integer not null, touched integer not null,
  closed integer, due integer, hash blob not null, room text);
create table body (record integer primary key, raw text not null);
create table word (record integer primary key, words text not null, private text not null, sounds text not null);
create table room (room text not null, record integer not null, primary key (room, record)) without rowid;
create table said (hash text primary key, value text not null) without rowid;
create table reading (character text primary key, heard text not null) without rowid;
"""
_INDEXES = """
create index file_kind on file (kind);
create index record_file on record (file);
create index record_new on record (kind, received, number, status);
create index record_touched on record (kind, touched, earliest);
create index record_open on record (kind) where open = 1;
create index record_waits on record (kind) where waits = 1;
create index record_room on record (room) where room is not null;
create index room_record on room (record);
"""


def create(db: sqlite3.Connection) -> None:
    """The tables, empty. The indexes come after the first rows."""
    _run(db, _TABLES)


def finish(db: sqlite3.Connection) -> None:
    """The indexes."""
    _run(db, _INDEXES)


def _run(db: sqlite3.Connection, statements: str) -> None:
    for one in statements.split(";"):  # executescript would end the transaction
        db.execute(one)


def meta(db: sqlite3.Connection) -> dict[str, str]:
    """What the index says of itself."""
    return dict(db.execute("select name, value from meta"))


def set_meta(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a word about the index itself."""
    db.execute("insert or replace into meta values (?, ?)", (name, value))


def readings(db: sqlite3.Connection) -> dict[str, str]:
    """The readings of all characters met so far."""
    return dict(db.execute("select character, heard from reading"))


def said(db: sqlite3.Connection, mark: str) -> Any:
    """What a file with this hash says; None where it was not read yet."""
    import json

    row = db.execute("select value from said where hash = ?", (mark,)).fetchone()
    return json.loads(row[0]) if row else None


def say(db: sqlite3.Connection, mark: str, value: Any) -> None:
    """Keep what a file with this hash says."""
    import json

    db.execute("insert or replace into said values (?, ?)", (mark, json.dumps(value, ensure_ascii=False)))


# --- files -----------------------------------------------------------------------------------------------


def shapes(db: sqlite3.Connection) -> dict[str, tuple[int, str]]:
    """Key and shape of every kind that is indexed."""
    return {name: (key, shape) for key, name, shape in db.execute("select id, name, shape from kind")}


def kept(db: sqlite3.Connection, kind: int) -> dict[str, Kept]:
    """The files of a kind by path."""
    rows = db.execute(
        "select path, id, month, inode, size, mtime, ctime, settled, hash, frame from file where kind = ?", (kind,)
    )
    return {r[0]: Kept(r[1], r[2], None if r[3] is None else r[3:7], bool(r[7]), r[8], r[9]) for r in rows}


# --- questions -------------------------------------------------------------------------------------------


def problems(db: sqlite3.Connection, kind: int, months: Sequence[str] | None) -> list[Problem]:
    """What could not be read of a kind's files, as reading them tells it."""
    import json

    rows = db.execute(
        "select month, problems from file where kind = ? and problems is not null order by month", (kind,)
    )
    told = [one for month, text in rows if months is None or month in months for one in json.loads(text)]
    return [Problem._make([tuple(part) if isinstance(part, list) else part for part in one]) for one in told]


def search(
    db: sqlite3.Connection, sought: Sequence[Sought], kinds: Sequence[int], since: int | None, until: int | None
) -> list[tuple[int, int]]:
    """Key and kind of every record in which all words stand, newest first."""
    where = [f"r.kind in ({','.join('?' * len(kinds))})"]
    given: list[Any] = [*kinds]
    for one in sought:
        ways = ["instr(w.words, ?)"]
        given.append(one.word)
        if one.digits:
            ways.append("instr(w.private, ?)")
            given.append(f"\n{one.digits}\n")
        if one.letters:
            ways.append("instr(w.sounds, ?)")
            given.append(f" {one.letters}")
        for code in one.codes:  # words stand a line each
            ways.append("instr(char(10) || w.words || char(10), ?)")
            given.append(f"\n{code}\n")
        where.append(f"({' or '.join(ways)})")
    for sign, bound in ((">=", since), ("<", until)):
        if bound is not None:
            where.append(f"r.received {sign} ?")
            given.append(bound)
    return db.execute(
        f"select r.id, r.kind from word w cross join record r on r.id = w.record where {' and '.join(where)}"
        " order by r.received desc, r.number desc, r.kind, r.file, r.place",
        given,
    ).fetchall()


def one(db: sqlite3.Connection, key: int) -> Found:
    """The record with that key."""
    row = db.execute(
        "select f.path, r.line, b.raw from record r join file f on f.id = r.file join body b on b.record = r.id"
        " where r.id = ?", (key,),
    ).fetchone()  # fmt: skip
    return Found(*row)


def newest(db: sqlite3.Connection) -> int | None:
    """When the record that was typed in last was, of all kinds."""
    found: int | None = db.execute("select max(recorded) from record").fetchone()[0]
    return found


def oldest(db: sqlite3.Connection) -> int | None:
    """When something was first typed in: told by the first record of each file, for files grow at their end."""
    first = "select min(id) from record group by file"
    found: int | None = db.execute(f"select min(recorded) from record where id in ({first})").fetchone()[0]
    return found


def select(db: sqlite3.Connection, kind: int, wanted: Wanted, book: bool = False) -> list[Found]:
    """The records of a kind that may be meant, in the order of files and lines; the newest first where bounded."""
    source, where, given = _narrowed(kind, wanted, book)
    order = "f.month, r.place"
    if wanted.newest:
        order = f"r.received desc, r.number desc, {order} limit {wanted.newest:d}"
    rows = db.execute(
        f"select f.path, r.line, b.raw from {source} cross join file f on f.id = r.file"
        f" cross join body b on b.record = r.id where {' and '.join(where)} order by {order}",
        given,
    )
    return [Found(*row) for row in rows]


def each(db: sqlite3.Connection, kind: int) -> Iterator[Found]:
    """Every record of a kind in no order, one at a time."""
    for row in db.execute(
        "select f.path, r.line, b.raw from record r cross join file f on f.id = r.file"
        " cross join body b on b.record = r.id where r.kind = ?", (kind,)
    ):  # fmt: skip
        yield Found(*row)


def numbered(db: sqlite3.Connection, kind: int, numbers: Container[str]) -> list[Found]:
    """The records of a kind that have these numbers."""
    every = db.execute("select id, number from record where kind = ?", (kind,)).fetchall()
    return [one(db, key) for key, number in every if number in numbers]


def values(db: sqlite3.Connection, kind: int, wanted: Wanted, name: str) -> list[tuple[str, str]]:
    """Number and stored text of a field of the records that are wanted, newest first; of `status` the state."""
    source, where, given = _narrowed(kind, wanted, False)
    value = "r.status" if name == "status" else "coalesce(json_extract(b.raw, ?), '')"
    limit = f" limit {wanted.newest:d}" if wanted.newest else ""
    return db.execute(
        f"select r.number, {value} from {source} cross join file f on f.id = r.file"
        f" cross join body b on b.record = r.id where {' and '.join(where)}"
        f" order by r.received desc, r.number desc, f.month, r.place{limit}",
        given if name == "status" else [f'$."{name}"', *given],
    ).fetchall()


def cells(db: sqlite3.Connection, kind: int, wanted: Wanted, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Number, state, receipt time and stored fields of the records that are wanted, in order of files and lines."""
    source, where, given = _narrowed(kind, wanted, False)
    values = "".join(", json_extract(b.raw, ?)" for _ in names)
    return db.execute(
        f"select r.number, r.status, r.received{values} from {source} cross join file f on f.id = r.file"
        f" cross join body b on b.record = r.id where {' and '.join(where)} order by f.month, r.place",
        [*(f'$."{name}"' for name in names), *given],
    ).fetchall()


def told_names(db: sqlite3.Connection, kind: int, fields: Sequence[str], in_log: Sequence[str]) -> list[str]:
    """Every different text that stands in these fields of the records of a kind, or of their log."""
    of, found = "record r cross join body b on b.record = r.id", list[str]()
    for source, value, names in (
        (of, "b.raw", fields), (f"{of} cross join json_each(b.raw, '$.log') e", "e.value", in_log)
    ):  # fmt: skip
        for name in names:
            query = f"select distinct json_extract({value}, ?) from {source} where r.kind = ?"
            found += [text for (text,) in db.execute(query, (f'$."{name}"', kind)) if isinstance(text, str) and text]
    return found


def _narrowed(kind: int, wanted: Wanted, book: bool) -> tuple[str, list[str], list[Any]]:
    """Where to look, on which conditions, with which values; the narrowest way in comes first."""
    source, where = "record r", ["r.kind = ?"]
    given: list[Any] = [kind]
    if wanted.room:
        source = (
            "(select id as key from record where room = ? union select record from room where room = ?) m"
            " cross join record r on r.id = m.key"
        )
        given = [wanted.room, wanted.room, kind]
    elif wanted.pending or wanted.alive:
        ways = [] if book else ["open = 1"]
        ways += ["waits = 1", *(["touched >= ? and earliest < ?"] if wanted.alive else [])]
        found = " union ".join(f"select id as key from record where kind = ? and {way}" for way in ways)
        source = f"({found}) m cross join record r on r.id = m.key"
        given = [*[kind] * len(ways), *(wanted.alive or ()), *given]
    elif wanted.open:
        source = "record r indexed by record_open"
    elif wanted.waits:
        source = "record r indexed by record_waits"
    elif wanted.newest or wanted.since is not None:
        source = "record r indexed by record_new"
    if wanted.open:
        where.append("r.open = 1")
    if wanted.waits:
        where.append("r.waits = 1")
    for column, sign, bound in (("received", ">=", wanted.since), ("received", "<", wanted.until)):
        if bound is not None:
            where.append(f"r.{column} {sign} ?")
            given.append(bound)
    if wanted.statuses:
        where.append(f"r.status in ({','.join('?' * len(wanted.statuses))})")
        given += wanted.statuses
    if wanted.months is not None:
        marks = ",".join("?" * len(wanted.months))
        where.append(f"r.file in (select id from file where kind = ? and month in ({marks}))")
        given += (kind, *wanted.months)
    if wanted.text:
        source += " cross join word w on w.record = r.id"
        where.append("(instr(w.words, ?) or instr(w.private, ?))")
        given += (wanted.text, f"\n{digits_of(wanted.text) or '-'}\n")
    if wanted.people:
        source += " cross join word w on w.record = r.id"
        ways = []
        for text in wanted.people:
            ways.append("instr(substr(w.words, length(r.number) + 1), ?)")  # words begin with the number
            given.append(searched(text))
            if (digits := "".join(c for c in text if c.isdigit())) and len(digits) >= SHORTEST_TAIL:
                ways.append("instr(w.private, ?)")
                given.append(f"{digits}\n")
        where.append(f"({' or '.join(ways)})")
    return source, where, given
