"""An office asked through its index: only what may be meant is read, and the rules decide over that (design.md 5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from wuye import records, settings
from wuye.errors import Problem, Refused
from wuye.finding import Sought
from wuye.numbered import Numbered
from wuye.record import Record, to_stored
from wuye.schema import Kind
from wuye.settings import Settings
from wuye.wanted import EVERYTHING, Found, Wanted

if TYPE_CHECKING:
    from wuye.again import Again
    from wuye.claims import Claims
    from wuye.index.database import Index
    from wuye.index.views import Rows as SqlRows

Answer = TypeVar("Answer")
Loaded = tuple[dict[Kind, list[Record]], list[Problem]]


class Takes(Protocol):
    """Whoever is handed records as the index keeps them."""

    def add(self, again: Again, found: Found) -> None:
        """One more."""


Taker = TypeVar("Taker", bound=Takes)


class Cells(NamedTuple):
    """A few stored fields of a record, with its number, state and receipt time."""

    id: str
    status: str
    received: datetime
    told: Mapping[str, Any]


class Reading(Numbered):
    """One office folder, asked. What writes reads the files themselves."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.progress: Callable[[Iterable[Any]], Iterable[Any]] = iter
        self.only_asked = False

    @cached_property
    def index(self) -> Index:
        """The index of this office, for this command."""
        from wuye.index.database import Index

        # Without what was paid: a payment that is reversed later must not have closed anything in the index.
        return Index(
            self.store, self.kinds, self.months_of, lambda kind: self.basis(kind)._replace(paid=None), self.progress
        )

    @cached_property
    def settings(self) -> Settings:
        """What wuye.yaml says. Where nothing is written, the index may know what these bytes mean."""
        kinds = [row[0] for row in records.KINDS]
        try:
            return settings.load(self.root, kinds, self.index.understood if self.only_asked else settings.strictly)
        except ImportError:
            return settings.load(self.root, kinds)

    def select(self, kind: Kind, wanted: Wanted = EVERYTHING) -> tuple[list[Record], list[Problem]]:
        """The records of a kind that may be wanted, as `load` gives them, and what could not be read.

        The index narrows, whoever asks decides: there may be more than was wanted, never fewer.
        """
        found, problems = self.select_all(wanted, (kind,))
        return found[kind], problems

    def select_all(self, wanted: Wanted = EVERYTHING, kinds: Sequence[Kind] = ()) -> Loaded:
        """The same of several kinds, all without."""
        kinds = kinds or self.kinds()
        told = self.narrowed(wanted, kinds)
        if told is not None:
            return told
        read = {kind: self.load(kind, wanted.months) for kind in kinds}
        return {k: found for k, (found, _) in read.items()}, [p for _, wrong in read.values() for p in wrong]

    def narrowed(self, wanted: Wanted, kinds: Sequence[Kind]) -> Loaded | None:
        """The same where the index tells it, else None: for who has a way of its own to read few files."""
        told = self.asked(kinds, wanted.months, lambda tables, db: self._select(tables, db, kinds, wanted))
        if told is None:
            return None
        return {k: found for k, (found, _) in told.items()}, [p for _, wrong in told.values() for p in wrong]

    def every(self, kind: Kind) -> tuple[list[Record], list[Problem]]:
        """Every readable record of a kind, and what could not be read, the quickest way there is."""
        return self.select(kind)

    def drop_index(self) -> bool:
        """Whether nothing of an index is left: the next question builds it anew from the files."""
        try:
            self.index.drop()
        except OSError:  # held open by another program, or a folder that cannot be written
            return False
        except ImportError:  # a Python without SQLite
            return True
        return True

    @property
    def indexed(self) -> bool:
        """Whether there is an index already: a write that only tells the desk more does not wait for one."""
        return (self.store.private / "index.sqlite").is_file()

    def naming(self, kind: Kind, name: str) -> tuple[list[Record], list[Problem]]:
        """The records of a kind that name a debtor, and perhaps others, with what could not be read."""
        if self.indexed:
            found, problems = self.select(kind, Wanted(room=name))
            if not problems:  # damage may have nothing to do with this debtor: the files tell
                return found, []
        return super().naming(kind, name)

    def asked(
        self, kinds: Sequence[Kind], months: Sequence[str] | None, question: Callable[[Any, Any], Answer]
    ) -> Answer | None:
        """What the index answers about these files as they are now; None where it cannot be had.

        The question gets `index.tables` and the database. A journal not yet carried out shows in the files alone.
        """
        self.store.settle()
        if self.store.overlaid:
            return None
        try:
            from wuye.index import tables
            from wuye.index.database import Trouble
        except ImportError:  # a Python without SQLite
            return None
        try:
            return self.index.ask(kinds, months, lambda db: question(tables, db))
        except Trouble:  # no place for it, not even memory
            return None

    def _select(
        self, tables: Any, db: Any, kinds: Sequence[Kind], wanted: Wanted
    ) -> dict[Kind, tuple[list[Record], list[Problem]]]:
        told = {}
        shapes = tables.shapes(db)
        for kind, (key, _) in ((kind, shapes[kind.name]) for kind in kinds):
            records = [self._rebuilt(kind, one) for one in tables.select(db, key, wanted, kind.book)]
            told[kind] = (records, tables.problems(db, key, wanted.months))
        return told

    def _rebuilt(self, kind: Kind, found: Found) -> Record:
        """The record that the index keeps. Raises ValueError where it keeps something else."""
        record = self._making(kind).record(found.raw, found.path, found.line)
        if record is None:
            raise ValueError(found.path)
        return record

    def _making(self, kind: Kind) -> Again:
        """What makes records of a kind again, the same for the whole command."""
        from wuye.again import Again

        if kind not in self._made_again:
            self._made_again[kind] = Again(kind, self.settings.zone)
        return self._made_again[kind]

    @cached_property
    def _made_again(self) -> dict[Kind, Again]:
        return {}

    def values(self, kind: Kind, wanted: Wanted, name: str) -> tuple[list[tuple[str, str]], list[Problem]] | None:
        """Number and stored text of a field of the records of a kind that the columns of the index tell, newest first.

        None where there is no index to tell it: then the records are read.
        """

        def question(tables: Any, db: Any) -> tuple[list[tuple[str, str]], list[Problem]]:
            key = tables.shapes(db)[kind.name][0]
            return tables.values(db, key, wanted, name), tables.problems(db, key, wanted.months)

        return self.asked((kind,), wanted.months, question)

    def each(self, kinds: Sequence[Kind], begin: Callable[[], Taker]) -> tuple[Taker, list[Problem]] | None:
        """Hand over every record of some kinds as the index keeps it, in no order; who took them, what is not readable.

        None where there is no index to tell it. Whoever takes is begun anew where the index has to be made again.
        """

        def question(tables: Any, db: Any) -> tuple[Taker, list[Problem]]:
            taking, shapes = begin(), tables.shapes(db)
            keys = {kind: shapes[kind.name][0] for kind in kinds}
            problems = [p for key in keys.values() for p in tables.problems(db, key, None)]
            for kind, key in keys.items() if not problems else ():
                again = self._making(kind)
                for found in tables.each(db, key):
                    taking.add(again, found)
            return taking, problems

        return self.asked(kinds, None, question)

    def claims(self) -> Claims | None:
        """What all debtors are asked for and pay without whole records; None where only the files can tell it."""
        from wuye.claims import Claims

        kinds = [records.kind(name) for name in ("bill", "payment")]
        told = self.each(kinds, lambda: Claims(self.settings.charges.terms))
        return None if told is None or told[1] else told[0]

    def numbered_all(self, kind: Kind, numbers: Collection[str]) -> list[Record] | None:
        """The records of a kind that have these numbers; None where no index tells all of them."""

        def question(tables: Any, db: Any) -> list[Record]:
            key = tables.shapes(db)[kind.name][0]
            return [self._rebuilt(kind, one) for one in tables.numbered(db, key, numbers)]

        found = self.asked((kind,), None, question)
        return found if found is not None and len(found) == len(numbers) else None

    def told_names(self, fields: Mapping[Kind, tuple[Sequence[str], Sequence[str]]]) -> list[str] | None:
        """Every different name that stands in these fields of records, and of their logs; None where no index tells."""

        def question(tables: Any, db: Any) -> list[str]:
            shapes = tables.shapes(db)
            return [n for kind, told in fields.items() for n in tables.told_names(db, shapes[kind.name][0], *told)]

        return self.asked(list(fields), None, question)

    def cells(self, kind: Kind, wanted: Wanted, names: Sequence[str]) -> tuple[list[Cells], list[Problem]]:
        """Of the records that may be wanted what these fields hold as stored: much less work than whole records."""

        def question(tables: Any, db: Any) -> tuple[list[Cells], list[Problem]]:
            import json

            key, zone = tables.shapes(db)[kind.name][0], self.settings.zone
            listed = {name for name in names if kind[name].type.listed}
            found = []
            for number, status, received, *values in tables.cells(db, key, wanted, names):
                told = {n: json.loads(v) if n in listed else v for n, v in zip(names, values, strict=True) if v}
                found.append(Cells(number, status, datetime.fromtimestamp(received, zone), told))
            return found, tables.problems(db, key, wanted.months)

        told = self.asked((kind,), wanted.months, question)
        if told is not None:
            return told
        records, problems = self.load(kind, wanted.months)
        stored = [(r, to_stored(r)) for r in records]
        found = [Cells(r.id, r.status, r.received, {n: raw[n] for n in names if n in raw}) for r, raw in stored]
        return found, problems

    def find(
        self, sought: Sequence[Sought], since: int | None, until: int | None, limit: int
    ) -> tuple[list[Record], int, list[Problem]]:
        """The newest records of all kinds in which every word stands (0: all), how many there are, what is damaged."""
        kinds = {kind.name: kind for kind in self.kinds()}

        def question(tables: Any, db: Any) -> tuple[list[Record], int, list[Problem]]:
            shapes = tables.shapes(db)
            keys = {shapes[name][0]: name for name in kinds}
            if any(one.letters for one in sought):
                self.index.listen(db)
            hits = tables.search(db, sought, list(keys), since, until)
            wrong = [p for key in keys for p in tables.problems(db, key, None)]
            newest = [self._rebuilt(kinds[keys[kind]], tables.one(db, key)) for key, kind in hits[: limit or None]]
            return newest, len(hits), wrong

        return self.asked(list(kinds.values()), None, question) or self._found_in_files(sought, since, until, limit)

    def sql(self, words: str) -> tuple[SqlRows, list[Problem]]:
        """The answer of a select over the views, and what could not be read. Raises BadInput, Refused."""
        kinds = list(self.kinds())

        def question(tables: Any, db: Any) -> tuple[SqlRows, list[Problem]]:
            from wuye.index import views

            shapes = tables.shapes(db)
            keys = {shapes[kind.name][0]: kind for kind in kinds}
            problems = [p for key in keys for p in tables.problems(db, key, None)]
            with views.opened(db, keys, lambda kind, raw: self._rebuilt(kind, Found("", 0, raw)), self.basis):
                return views.ask(db, words), problems

        told = self.asked(kinds, None, question)
        if told is None:
            raise Refused("这台电脑的 Python 没有可用的 SQLite，不能用 SQL 查询：请用 list --where")
        return told

    def tables(self) -> list[dict[str, str]]:
        """The views that `sql` may read: a row a column."""
        from wuye.index import views

        rows = [
            {"table": kind.name, "table_zh": kind.zh, "column": name, "column_zh": zh}
            for kind in self.kinds() for name, zh in views.columns(kind).items()
        ]
        rows += [{"table": "log", "table_zh": "经过", "column": name, "column_zh": ""} for name in views.LOG]
        return rows + [{"table": "due", "table_zh": "到期", "column": name, "column_zh": ""} for name in views.DUE]

    def copied(self, target: Path) -> list[Problem]:
        """The office as a SQLite file for other programs; what could not be read is left out and told."""
        from wuye.index import copying

        loaded, problems = self.select_all()
        about = {"office": self.settings.name, "made": self.now.isoformat("T", "minutes"), "program": "wuye"}
        copying.write(target, loaded, self.basis, about)
        return problems

    def _found_in_files(
        self, sought: Sequence[Sought], since: int | None, until: int | None, limit: int
    ) -> tuple[list[Record], int, list[Problem]]:
        from wuye.index.rows import Columns

        loaded, problems = self.load_all()
        found = []
        for kind, every in loaded.items():
            columns = Columns(kind, self.basis(kind))
            for record in every:
                raw = to_stored(record)
                row = columns.row(raw, record.line) or columns.odd(raw, record.line, record.file)[0]
                if row is None or not (since or row.received) <= row.received < (until or row.received + 1):
                    continue
                if all(one.within(row.words, row.private, row.sounds) for one in sought):
                    found.append(record)
        found.sort(key=lambda r: (r.received, r.id), reverse=True)
        return found[: limit or None], len(found), problems

    def newest(self) -> datetime | None:
        """When the newest record of all was typed in."""
        told = self.asked(self.kinds(), None, lambda tables, db: (tables.newest(db),))
        if told is not None:
            return datetime.fromtimestamp(told[0], self.settings.zone) if told[0] is not None else None
        loaded, _ = self.load_all()
        return max((r.recorded for records in loaded.values() for r in records), default=None)
