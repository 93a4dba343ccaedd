"""What was read is put into the tables, and what is gone taken out, within one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence

from wuye import pinyin
from wuye.basis import Basis
from wuye.index import tables
from wuye.index.files import Kept, Known, Progress, Todo
from wuye.index.harvest import ALONE, Harvest, Reader
from wuye.index.rows import Row, encode
from wuye.schema import Kind
from wuye.store import Store

_BESIDE = ("body", "word", "room")
_PUT_RECORD = f"insert into record values ({','.join('?' * 17)})"


def bring_up(
    db: sqlite3.Connection, store: Store, todo: Sequence[Todo], basis: Callable[[Kind], Basis], progress: Progress
) -> None:
    """Read what has to be read, on every core where it is much, and drop what is gone."""
    heard = tables.meta(db).get("sounds") == "yes"
    if heard and not pinyin.installed():
        tables.set_meta(db, "sounds", "no")
        heard = False
    keys: dict[str, int] = {}
    before: dict[str, Kept | None] = {}
    for one in todo:
        keys[one.kind.name] = put_kind(db, one.kind.name, one.shape) if one.key is None else one.key
        drop(db, [k.id for k in one.gone])
        before |= {job.path: k for job, k, _ in one.read}
    reader = Reader(store, {one.kind.name: basis(one.kind) for one in todo}, tables.readings(db) if heard else None)
    files = [one for kind in todo for one in kind.read]
    harvests: Iterator[Harvest]
    if sum(size for _, _, size in files) < ALONE or len(files) < 2:
        harvests = (reader.one(job, k and known(db, k)) for job, k, _ in progress(files))
    else:
        harvests = reader.all([(job, Known(k.digest, None, {}) if k else None) for job, k, _ in files], progress)
    writer = Writer(db)
    for harvest in harvests:
        writer.put(keys[harvest.job.kind], harvest, before[harvest.job.path])


def put_kind(db: sqlite3.Connection, name: str, shape: str) -> int:
    """A kind without files yet; those it had are dropped."""
    for (key,) in db.execute("select id from kind where name = ?", (name,)).fetchall():
        drop(db, [row[0] for row in db.execute("select id from file where kind = ?", (key,))])
        db.execute("delete from kind where id = ?", (key,))
    made = db.execute("insert into kind (name, shape) values (?, ?)", (name, shape)).lastrowid
    assert made is not None
    return made


def known(db: sqlite3.Connection, file: Kept) -> Known:
    """What is known of a file's blocks."""
    blocks: dict[bytes, list[int]] = {}
    for key, mark in db.execute("select id, hash from record where file = ? order by place", (file.id,)):
        blocks.setdefault(mark, []).append(key)
    return Known(file.digest, file.frame, blocks)


def drop(db: sqlite3.Connection, files: Sequence[int]) -> None:
    """Files that are gone, with their records."""
    for file in files:
        drop_records(db, [row[0] for row in db.execute("select id from record where file = ?", (file,))])
        db.execute("delete from file where id = ?", (file,))


def drop_records(db: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Records and all that hangs on them."""
    gone = [(key,) for key in keys]
    for table in _BESIDE:
        db.executemany(f"delete from {table} where record = ?", gone)
    db.executemany("delete from record where id = ?", gone)


class Writer:
    """Puts harvests into the tables, within one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.next = int(db.execute("select coalesce(max(id), 0) + 1 from record").fetchone()[0])

    def put(self, kind: int, harvest: Harvest, before: Kept | None) -> None:
        """A file as it was read just now, in place of what was known of it."""
        db, job = self.db, harvest.job
        stamp = harvest.stamp or (None,) * 4
        if harvest.rows is None and before:
            db.execute(
                "update file set inode = ?, size = ?, mtime = ?, ctime = ?, settled = ? where id = ?",
                (*stamp, harvest.settled, before.id),
            )
            return
        problems = encode([list(p) for p in harvest.problems]) if harvest.problems else None
        values = (kind, job.month, job.path, *stamp, harvest.settled, harvest.digest, harvest.frame, problems)
        if before:
            file = before.id
            db.execute(f"replace into file values (?, {','.join('?' * 11)})", (file, *values))
        else:
            made = db.execute(f"insert into file values (null, {','.join('?' * 11)})", values).lastrowid
            assert made is not None
            file = made
        self._rows(kind, file, harvest.rows or (), bool(before))
        db.executemany("insert or replace into reading values (?, ?)", harvest.learnt.items())

    def _rows(self, kind: int, file: int, rows: Sequence[Row | tuple[int, int]], replaces: bool) -> None:
        db = self.db
        if replaces:
            old = {r[0]: (r[1], r[2]) for r in db.execute("select id, place, line from record where file = ?", (file,))}
            stay = {row[0]: (place, row[1]) for place, row in enumerate(rows) if not isinstance(row, Row)}
            drop_records(db, old.keys() - stay.keys())
            moved = [(place, line, key) for key, (place, line) in stay.items() if old[key] != (place, line)]
            db.executemany("update record set place = ?, line = ? where id = ?", moved)
        fresh = ((place, row) for place, row in enumerate(rows) if isinstance(row, Row))
        new = [(key, place, row) for key, (place, row) in enumerate(fresh, self.next)]
        self.next += len(new)
        db.executemany(_PUT_RECORD, [
            (key, file, kind, place, r.line, r.number, r.status, r.open, r.waits, r.received, r.recorded, r.earliest,
             r.touched, r.closed, r.due, r.hash, r.rooms[0] if r.rooms else None)
            for key, place, r in new
        ])  # fmt: skip
        db.executemany("insert into body values (?, ?)", [(key, r.raw) for key, _, r in new])
        db.executemany("insert into word values (?, ?, ?, ?)", [(k, r.words, r.private, r.sounds) for k, _, r in new])
        if rooms := [(room, key) for key, _, r in new for room in {*r.rooms[1:]}]:  # few records have two
            db.executemany("insert into room values (?, ?)", rooms)
