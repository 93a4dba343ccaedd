"""The index of one office: brought up to date before every question, rebuilt or done without where it is in doubt.

Each question is preceded by a comparison of the files' stamps with those kept. Damage, another version, a database
that stays locked, a folder that cannot be written: nothing of it is the desk's trouble. Writes never ask it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from wuye import __version__, clock, disk, lock, pinyin, yamlio
from wuye.basis import Basis
from wuye.errors import WuyeError
from wuye.index import tables
from wuye.index.files import SETTLED, Job, Kept, Progress, Stamp, Todo, bytes_of, stamp_of
from wuye.monthfiles import path_of
from wuye.schema import Kind
from wuye.store import Store

SCHEMA = 4
VERSION = f"{SCHEMA} {__version__}"
NAME, NEW, LOCK = "index.sqlite", "index.new", "index.lock"
BESIDE = ("-wal", "-shm", "-journal")
BUSY = 2.0
Answer = TypeVar("Answer")


class Trouble(Exception):
    """The index cannot be used: it is rebuilt, or done without."""


class Missing(Trouble):
    """There is no index, or one of another version."""


TROUBLES = (sqlite3.Error, OSError, ValueError, Trouble)


class Index:
    """The index of one office for one command; the functions tell what there is to be indexed."""

    def __init__(
        self,
        store: Store,
        kinds: Callable[[], Sequence[Kind]],
        months: Callable[[Sequence[Kind]], Mapping[Kind, Sequence[str]]],
        basis: Callable[[Kind], Basis],
        progress: Progress,
    ) -> None:
        self.store = store
        self.kinds = kinds
        self.months = months
        self.basis = basis
        self.progress = progress
        self.path = store.private / NAME
        self._db: sqlite3.Connection | None = None
        self._said: dict[str, Any] = {}
        self._shapes: dict[Kind, str] = {}

    def ask(
        self, kinds: Sequence[Kind], months: Sequence[str] | None, question: Callable[[sqlite3.Connection], Answer]
    ) -> Answer:
        """The answer of a question about these files as they are now. Raises Trouble where even memory does not do."""
        asked = self.months(kinds) if months is None or len(kinds) > 1 else dict.fromkeys(kinds, months)
        if months is not None:
            asked = {kind: [m for m in there if m in months] for kind, there in asked.items()}
        try:
            return self._answer(self._kept(), asked, months, question)
        except TROUBLES as error:
            self.close()
            trouble = error
        if not _locked(trouble):
            with suppress(*TROUBLES):
                return self._answer(self._rebuilt(trouble), asked, months, question)
            self.close()
        try:
            return self._answer(self._memory(), asked, months, question)
        except TROUBLES as error:
            raise Trouble from error
        finally:
            self.close()

    def understood(self, data: bytes, name: str) -> Any:
        """What a YAML file of settings says; told from memory where these bytes were read before. Raises Damaged."""
        mark = disk.digest(data)
        with suppress(*TROUBLES):
            if (told := tables.said(self._kept(), mark)) is not None:
                return told
        self._said[mark] = found = yamlio.load(yamlio.decode(data, name), name)
        with suppress(*TROUBLES):
            tables.say(self._kept(), mark, found)
        return found

    def begin_with(self, other: Path) -> None:
        """Begin with what the index of like files knows: what is the same there is not parsed again. Quiet without."""
        with suppress(*TROUBLES):
            self._refuse_others()
            if self.path.exists() or other.is_symlink():
                return
            source = sqlite3.connect(f"{other.absolute().as_uri()}?mode=rw", timeout=BUSY, uri=True)
            try:
                if tables.meta(source).get("version") == VERSION:
                    self._copy(source)
            finally:
                source.close()

    def _copy(self, source: sqlite3.Connection) -> None:
        with self._alone():
            new = self.store.private / NEW
            _remove(new)
            os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, disk.FILE_MODE))
            target = sqlite3.connect(new)
            try:
                source.backup(target)
            finally:
                target.close()
            new.replace(self.path)

    def listen(self, db: sqlite3.Connection) -> None:
        """Names are looked for by their sound. Raises Trouble where they were not read aloud and could be by now."""
        if tables.meta(db).get("sounds") != "yes" and pinyin.installed():
            raise Trouble

    def drop(self) -> None:
        """Take the whole index away, with what SQLite left beside it: nothing that was forgotten stays in its pages."""
        self.close()
        for path in (self.path, self.store.private / NEW):
            _remove(path)

    def close(self) -> None:
        """Let go of the database; the next question opens it again."""
        with suppress(sqlite3.Error):
            if self._db:
                self._db.close()
        self._db = None

    # --- ways to a database

    def _kept(self) -> sqlite3.Connection:
        """The database beside the files."""
        if self._db is None:
            self._refuse_others()
            if not self.path.is_file():
                raise Missing
            where = f"{self.path.absolute().as_uri()}?mode=rw"
            db = sqlite3.connect(where, timeout=BUSY, isolation_level=None, uri=True)
            try:
                db.execute("pragma secure_delete = on")
                db.execute("pragma synchronous = normal")
                if tables.meta(db).get("version") != VERSION:
                    raise Missing
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    def _refuse_others(self) -> None:
        """A link in the place of `.wuye` or the index leads elsewhere, a folder is not ours: neither is touched."""
        if self.store.private.is_symlink() or self.path.is_symlink() or self.path.is_dir():
            raise Trouble

    def _rebuilt(self, trouble: Exception) -> sqlite3.Connection:
        """A new database with every file in it; by one process at a time, others do without."""
        self._refuse_others()
        with self._alone():
            if isinstance(trouble, Missing):  # another process may have made it by now
                with suppress(*TROUBLES):
                    return self._kept()
                self.close()
            new = self.store.private / NEW
            _remove(new)
            os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, disk.FILE_MODE))
            self._fill(str(new))
            handle = os.open(new, os.O_RDWR)
            try:
                disk.flush(handle)
            finally:
                os.close(handle)
            # The old one first: what stands beside it belongs to nothing else.
            _remove(self.path)
            new.replace(self.path)
            return self._kept()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with disk.wording(NAME):
                disk.make_folder(self.store.private)
            holding = lock.hold(self.store.private / LOCK, "查询", 0)
            holding.__enter__()
        except WuyeError as error:
            raise Trouble from error
        try:
            yield
        finally:
            holding.__exit__(None, None, None)

    def _fill(self, path: str) -> None:
        """Every file of every kind into a new database that nobody else sees yet."""
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.executescript("pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive")
            db.execute("begin")
            tables.create(db)
            todo = []
            for kind, months in self.months(self.kinds()).items():
                with suppress(WuyeError):  # rules that cannot be read: a question about this kind says so
                    self.basis(kind)
                    todo.append(self._todo(db, {}, kind, months, None, set()))
            self._begin(db)
            self._bring_up(db, todo)
            tables.finish(db)
            db.execute("commit")
            db.execute("pragma locking_mode = normal")
            db.execute("pragma journal_mode = wal")
        finally:
            db.close()

    def _begin(self, db: sqlite3.Connection) -> None:
        tables.set_meta(db, "sounds", "yes" if pinyin.installed() else "no")
        tables.set_meta(db, "version", VERSION)
        for mark, value in self._said.items():
            tables.say(db, mark, value)

    def _memory(self) -> sqlite3.Connection:
        """A database that holds what is asked for, and goes with it."""
        self._db = db = sqlite3.connect(":memory:", isolation_level=None)
        tables.create(db)
        tables.finish(db)
        self._begin(db)
        return db

    # --- bringing it up to date

    def _answer(
        self,
        db: sqlite3.Connection,
        asked: Mapping[Kind, Sequence[str]],
        months: Sequence[str] | None,
        question: Callable[[sqlite3.Connection], Answer],
    ) -> Answer:
        def todo() -> list[Todo]:
            shapes, links = tables.shapes(db), self._linked_months()
            found = [self._todo(db, shapes, kind, there, months, links) for kind, there in asked.items()]
            return [one for one in found if one.key is None or one.read or one.gone]

        try:
            db.execute("begin")
            if todo():
                db.execute("rollback")
                db.execute("begin immediate")
                self._bring_up(db, todo())
                db.execute("commit")
                db.execute("begin")
            return question(db)
        finally:
            if db.in_transaction:
                db.rollback()

    def _todo(
        self,
        db: sqlite3.Connection,
        shapes: Mapping[str, tuple[int, str]],
        kind: Kind,
        there: Sequence[str],
        months: Sequence[str] | None,
        links: Container[str],
    ) -> Todo:
        """What differs between the files there are of a kind and what is kept of them, of all months or of these."""
        shape = self._shape(kind)
        key, before_shape = shapes.get(kind.name, (None, ""))
        kept = tables.kept(db, key) if key is not None and before_shape == shape else {}
        if before_shape != shape:
            key = None
        read: list[tuple[Job, Kept | None, int]] = []
        for month in there:
            path = path_of(kind, month)
            where = f"{self.store.root}/{path}"
            stamp, before = stamp_of(where), kept.pop(path, None)
            if stamp is None and not os.path.lexists(where):
                if before:
                    kept[path] = before
            elif month in links or not (before and stamp and self._stands(path, before, stamp)):
                read.append((Job(kind.name, month, path), before, stamp[1] if stamp else 0))
        return Todo(kind, key, shape, read, [k for k in kept.values() if months is None or k.month in months])

    def _stands(self, path: str, before: Kept, stamp: Stamp) -> bool:
        """Whether a file is what it was when it was read."""
        if stamp != before.stamp:
            return False
        if before.settled:
            return True
        if max(stamp[2:]) < clock.stamp() - SETTLED:
            return False  # it is compared once more, and settled
        data, problems = bytes_of(self.store, path)
        return not problems and disk.digest(data) == before.digest

    def _linked_months(self) -> set[str]:
        """Month folders that are links: where they lead may change without a file's stamp showing it."""
        with suppress(OSError), os.scandir(self.store.root / "records") as found:
            return {entry.name for entry in found if entry.is_symlink()}
        return set()

    def _bring_up(self, db: sqlite3.Connection, todo: Sequence[Todo]) -> None:
        from wuye.index import writer  # most questions find everything as it was

        writer.bring_up(db, self.store, todo, self.basis, self.progress)

    def _shape(self, kind: Kind) -> str:
        """What the columns of a kind are made by: its values, and where a closed record can still owe, the rules."""
        if kind not in self._shapes:  # a command asks many times, and the rules in force stay as they are
            self._shapes[kind] = disk.digest(f"[{_own_shape(kind)}, {self._rules_of(kind)}]".encode())
        return self._shapes[kind]

    def _rules_of(self, kind: Kind) -> str:
        basis = self.basis(kind)
        parts: list[Any] = [str(basis.zone)]
        if any(c.outlives for c in kind.clocks):
            desk, calendar = basis.desk, basis.desk.calendar
            parts += [sorted(map(str, basis.rules.items())), desk.hours, sorted(desk.weekdays), desk.working]
            parts += [desk.count_hours, sorted(desk.closed), calendar.edition, sorted(calendar.published)]
            if "+" in calendar.edition:
                parts.append(sorted(calendar.days.items()))
        return repr(parts)[1:-1]


@cache
def _own_shape(kind: Kind) -> str:
    fields = [(f.name, f.type.name, f.type.choices, f.private, f.on_log) for f in kind.fields]
    steps = [(s.name, s.arrow) for s in kind.flow.steps]
    clocks = [(c.name, c.met_by, c.outlives) for c in kind.clocks]
    return repr([fields, kind.flow.states, steps, clocks])[1:-1]


def _remove(path: Path) -> None:
    """A database and what SQLite left beside it."""
    for one in (path, *(path.with_name(path.name + end) for end in BESIDE)):
        one.unlink(missing_ok=True)


def _locked(error: Exception) -> bool:
    """Whether another process holds the database: it is not to be touched."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
