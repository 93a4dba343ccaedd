"""New records: typed, worked out by a rule, made up for a demo, brought from a spreadsheet (design.md 2, 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wuye import changes, number
from wuye.basis import Basis
from wuye.changes import Heard, Who
from wuye.errors import Ambiguous, BadInput, Damaged, NotFound, Problem, Refused, WuyeError
from wuye.monthfiles import MonthFiles, dump, path_of
from wuye.number import Number
from wuye.record import Record
from wuye.schema import Kind
from wuye.writing import Brought, Make, Outcome, Repeat, Writing

if TYPE_CHECKING:
    from wuye.tabular import Row

REPEAT_WITHIN = timedelta(minutes=10)
ONCE_MOST = 1000


class Intake(Writing):
    """How records come into an office: all of a command or none, numbered under the lock."""

    def add(
        self,
        kind: Kind,
        rows: Sequence[Mapping[str, str]],
        who: Who,
        *,
        once: str = "",
        repeat_ok: bool = False,
        dry_run: bool = False,
        batch: bool = False,
        via: str = "link",
        told: Mapping[str, str] = MappingProxyType({}),
        also: Sequence[tuple[Record, Make]] = (),
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
        mistakes: Sequence[Problem] = (),
        asked: Iterable[str] = (),
        at_once: tuple[str, Make] | None = None,
        blank: str = "",
    ) -> Outcome:
        """New records, all or nothing. A row may carry its own `received`; `mistakes` were found before.

        `via` is the step noted on the record from which a new one was made, `told` what is said there; `also` are
        records that change by it in the same commit, with what is made of each: they come last in the outcome.
        `asked` is what the till is to do besides: number the receipt, use one again. `at_once` is a step taken
        with each new record, in words, and what it makes of it: a handover is given as it is begun. `blank` is the
        number of the blank form on which it was written before.
        Raises BadInput with every mistake of every row, Repeat for a command given twice.
        """
        if barred := self._barred(kind, ("add",), who):
            raise barred
        basis, heard, problems = self.basis(kind), [], []
        self._meters.clear()
        typing = self.typing._replace(since=who.at)
        for index, row in enumerate(progress(rows), 1):
            row, wrong = self._pointing(kind, row, batch)
            one, more = changes.hear_new(kind, row, typing, basis)
            one, missing = self._filed(kind, one, who)
            wrong = [*wrong, *more, *missing]
            if not wrong:
                one, more = self._seen(kind, one, basis.at(one.received or who.moment))
                wrong += more
            problems += [p._replace(row=index) for p in wrong] if batch else wrong
            heard.append(one)
        blank, wrong = self._blank_form(blank)
        problems += [*wrong, *mistakes]
        if problems:
            raise BadInput(*problems)
        self.settings.refuse_newer()
        with self.store.lock(who.by, f"{kind.zh}登记") as session:
            files = MonthFiles(session)
            self._stocks.clear()  # another desk may have issued something since
            if once and (known := self._once(kind, files, once, heard[0].received or who.moment)):
                return Outcome((known,), (f"{once} 已登记过，是 {known.id}：没有再登记",), already=True)
            self._refuse_named_twice(kind, files, heard)
            self._refuse_twice(kind, heard)
            self._refuse_entered(kind, files, blank, heard[0].received or who.moment)
            till = self._till(kind, files, who, asked)
            single = not (batch or repeat_ok or (till and till.closes(kind)))
            if single and (other := self._repeat(kind, files, heard[0], who)):
                raise Repeat(other.id, kind.zh)
            if till:
                heard = till.hear(kind, heard)
            made = self._make(kind, files, heard, who, once, basis, via, told, blank)
            made = tuple(self._also(files, record, at_once[1]) for record in made) if at_once else made
            if barred := self._barred(kind, (e.step for record in made for e in record.log[1:]), who):
                raise barred
            made += tuple(self._also(files, record, make) for record, make in also)
            said = who.said + (() if batch else heard[0].said) + self._along(till, kind, files, made, who)
            if dry_run:
                return Outcome(made, (*said, "试运行：没有写入") if till else ("试运行：没有写入",))
            message = f"{kind.zh}{at_once[0] if at_once else '登记'} {changes.summary_of([r.id for r in made])}"
            return self._finish(files, made, message, who, said)

    def issue(
        self, kind: Kind, make: Callable[[], Sequence[Mapping[str, Any]]], who: Who, what: str, dry_run: bool = False
    ) -> Outcome:
        """Records of values that a rule worked out, not a person: all of them in one write and one commit.

        `make` is asked while the office is held, so that two desks never write the same; it may raise.
        """
        self.settings.refuse_newer()
        basis = self.basis(kind)
        with self.store.lock(who.by, what) as session:
            heard = [Heard(values) for values in make()]
            files = MonthFiles(session)
            if till := self._till(kind, files, who):
                heard = till.hear(kind, heard)
            made = self._make(kind, files, heard, who, "", basis, "link", {})
            if dry_run or not made:
                return Outcome(made, ("试运行：没有写入",) if dry_run else ())
            return self._finish(files, made, f"{what} {changes.summary_of([r.id for r in made])}", who, who.said)

    def _pointing(self, kind: Kind, row: Mapping[str, str], batch: bool) -> tuple[Mapping[str, str], list[Problem]]:
        """A row with the full numbers of the records it points to, and what it takes over from its source.

        In a batch a record that is not there is a mistake of its row; of a single one the whole answer.
        """
        names = {f.zh: f.name for f in kind.fields}
        words, wrong = self.pointed(kind, {names.get(n, n): t for n, t in row.items()})
        for name, found in ((kind.link, self._earlier), (kind.origin, self.inherited)):
            if not name or not words.get(name, "").strip():
                continue
            try:
                words = dict(found(kind, words))
            except (BadInput, NotFound, Ambiguous) as error:
                if not batch and not isinstance(error, BadInput):
                    raise
                wrong += [p._replace(field=name) for p in error.problems]
                del words[name]
        return words, wrong

    def _earlier(self, kind: Kind, words: Mapping[str, str]) -> Mapping[str, str]:
        """The words with the full number of the record that they repeat."""
        return {**words, kind.link: self.get(kind, words[kind.link]).id}

    def _seen(self, kind: Kind, heard: Heard, basis: Basis) -> tuple[Heard, list[Problem]]:
        """What a new record keeps of the registers, and of accounts as of when it was, or what they say against it.

        What was typed goes before what is seen.
        """
        if kind.sees is None:
            return heard, []
        try:
            seen = kind.sees(heard.values, self, basis)
        except BadInput as error:
            return heard, list(error.problems)
        return heard._replace(values=seen.with_typed(heard.values), said=heard.said + seen.notes), []

    def _also(self, files: MonthFiles, seen: Record, make: Make) -> Record:
        """Another record changed in the same command, as it stands now."""
        found = number.parse(seen.id)
        assert found is not None
        path = path_of(seen.kind, found.month)
        cut = files.current(path)
        after, _ = make(self.parse(seen.kind, path, cut.data, cut, seen.id), self.basis(seen.kind))
        files.put(path, after)
        return after

    def _filed(self, kind: Kind, one: Heard, who: Who) -> tuple[Heard, list[Problem]]:
        """Files named in a field (`--evidence`) are read, to be copied in; the field then holds where they will lie."""
        wrong: list[Problem] = []
        for field in [f for f in kind.on_record if f.type.name == "file" and one.values.get(f.name)]:
            from wuye import outside

            folder = f"attachments/{one.received or who.moment:%Y-%m}"
            try:
                path, data, digest = outside.attachment(one.values[field.name], folder)
            except (BadInput, NotFound) as error:
                wrong += [p._replace(message=f"{field.option}（{field.zh}）：{p.message}", field=field.name)
                          for p in error.problems]  # fmt: skip
                continue
            one = one._replace(
                values={**one.values, field.name: path}, files={**one.files, path: (data, digest)}
            )
        return one, wrong

    def _once(self, kind: Kind, files: MonthFiles, key: str, moment: datetime) -> Record | None:
        """The record that was kept under a key, in the month it would go to or the one before."""
        for month in (f"{moment:%Y-%m}", f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}"):
            path = path_of(kind, month)
            data, cut = files.read(path)
            if key.encode() not in data:
                continue
            for name in cut.holding([key.encode()], ONCE_MOST):
                record = self.parse(kind, path, data, cut, name)
                if record.extra.get("once") == key and not record.revoked:
                    return record
        return None

    def _repeat(self, kind: Kind, files: MonthFiles, heard: Heard, who: Who) -> Record | None:
        """A record of the last ten minutes that every typed value equals."""
        path = path_of(kind, f"{who.moment:%Y-%m}")
        data, cut = files.read(path)
        for name in cut.backwards():
            try:
                record = self.parse(kind, path, data, cut, name)
            except WuyeError:
                continue
            if abs(who.now - record.recorded) > REPEAT_WITHIN:
                return None
            if not record.void and changes.same(heard.values, record) and (who.at is None or record.received == who.at):
                return record
        return None

    def fill(
        self, made: Sequence[Record], who: Who, message: str,
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter, kept: Mapping[str, bytes] = {},
    ) -> Outcome:
        """Whole records, numbers and all, into an office that has no file of theirs yet: one write, one commit.

        `kept` are files that go beside them.

        Raises Refused where a file is there already.
        """
        fresh: dict[str, list[bytes]] = {}
        kinds: dict[str, Kind] = {}
        for record in progress(made):
            path = path_of(record.kind, f"{record.received:%Y-%m}")
            fresh.setdefault(path, []).append(dump(record))
            kinds[path] = record.kind
        self.settings.refuse_newer()
        with self.store.lock(who.by, message) as session:
            files = MonthFiles(session)
            if there := [path for path in fresh if files.read(path)[0]]:
                raise Refused(f"{there[0]} 已有记录：请换一个空台账")
            for path, blocks in sorted(fresh.items()):
                files.append(kinds[path], path, blocks)
            for path, content in sorted(kept.items()):
                files.keep(path, content)
            return self._finish(files, tuple(made), message, who, ())

    def bring(
        self,
        kind: Kind,
        rows: Sequence[Row],
        who: Who,
        *,
        dry_run: bool = False,
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
        mistakes: Sequence[Problem] = (),
    ) -> Brought:
        """Records of rows from elsewhere with their steps, all or nothing; rows taken in before are left alone.

        A dry run does everything but write. Raises BadInput with every mistake of every row and those found
        before, Damaged where a file in which a row may stand already cannot be read.
        """
        from wuye import incoming

        basis, before = self.basis(kind), self._brought(kind)
        made = [incoming.make(kind, row, self.typing, basis, who) for row in progress(rows)]
        fresh = [one for one in made if one.row.key not in before]
        wrong = (p for one in fresh for p in one.problems)
        if problems := (*mistakes, *wrong, *incoming.named_twice(kind, fresh, self._names(kind))):
            raise BadInput(*incoming.shown(problems))
        self.settings.refuse_newer()
        with self.store.lock(who.by, f"{kind.zh}导入") as session:
            # Somebody may have entered the same in the meantime.
            before, files = self._brought(kind), MonthFiles(session)
            fresh = [one for one in fresh if one.row.key not in before]
            if problems := tuple(incoming.named_twice(kind, fresh, self._names(kind))):
                raise BadInput(*incoming.shown(problems))
            if till := self._till(kind, files, who):
                till.brought(kind, [one.record for one in fresh if one.record])
            pairs = self._place(kind, files, [(one.row, one.record) for one in fresh if one.record])
            known = [incoming.again(one, before[one.row.key]) for one in made if one.row.key in before]
            done = Brought(tuple(pairs), tuple(known), tuple(doubt for one in fresh for doubt in one.doubts))
            if dry_run or not pairs:
                return done
            message = f"{kind.zh}导入 {changes.summary_of([record.id for _, record in pairs])}"
            written = self._finish(files, tuple(record for _, record in pairs), message, who, who.said)
            return done._replace(notes=written.notes, uncommitted=written.uncommitted)

    def _brought(self, kind: Kind) -> dict[str, Record]:
        """Records of the kind that were taken in before, by key. Raises Damaged where that cannot be told."""
        from wuye import incoming

        self.store.settle()
        months = [m for m in self.months(kind) if b"imported" in (self.store.read(path_of(kind, m)) or b"")]
        found, problems = self.load(kind, months)
        if problems:
            raise Damaged(*problems)
        return incoming.known([r for r in found if not r.revoked])

    def _names(self, kind: Kind) -> dict[str, str]:
        """The names that stand in a book in which each may stand once, with their numbers."""
        if not kind.unique:
            return {}
        one, (found, problems) = kind[kind.own_name], self.load(kind)
        if problems:
            raise Damaged(*problems)
        return {str(one.stored(r[one.name])): r.id for r in found if not r.void}

    def _place(self, kind: Kind, files: MonthFiles, made: Sequence[tuple[Row, Record]]) -> list[tuple[Row, Record]]:
        """Number the records, earliest first, and put their bytes into the month files."""
        placed: list[tuple[Row, Record]] = []
        fresh: dict[str, list[bytes]] = {}
        last: dict[date, int] = {}
        for row, record in sorted(made, key=lambda pair: pair[1].received):
            day = record.received.date()
            path = path_of(kind, f"{day:%Y-%m}")
            last[day] = last[day] + 1 if day in last else self._next(kind, files, path, day)
            named = replace(record, id=str(Number(kind.prefix, day, self.settings.letter, last[day])))
            placed.append((row, named))
            fresh.setdefault(path, []).append(dump(named))
        for path, new in fresh.items():
            files.append(kind, path, new)
        return placed
