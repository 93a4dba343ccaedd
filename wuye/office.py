"""An office: the public Python API over one folder, and the only writer (design.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import changes, number, records, when
from wuye.blocks import Blocks
from wuye.changes import Heard, Who
from wuye.errors import Ambiguous, BadInput, Damaged, NotCommitted, NotFound, Problem, Refused, WuyeError
from wuye.journal import Change
from wuye.message import write as commit_message
from wuye.monthfiles import MonthFiles, dump, path_of, path_of_record
from wuye.number import Number
from wuye.record import Record, to_stored
from wuye.registers import Registers
from wuye.schema import Basis, Kind, scan
from wuye.sheet import state_zh, step_zh
from wuye.shelves import find_root

if TYPE_CHECKING:
    from wuye.incoming import Known
    from wuye.tabular import Row
    from wuye.till import Till

REPEAT_WITHIN = timedelta(minutes=10)
ONCE_MOST = 1000
NO_NAME = "前台"


Make = Callable[[Record, Basis], tuple[Record, tuple[str, ...]]]
"""What a command makes of a record, and what it says about it."""


class Repeat(Refused):
    """The same words were entered less than ten minutes ago; `other` is that record's number."""

    code = "repeat"

    def __init__(self, other: str, zh: str) -> None:
        self.other = other
        super().__init__(f"十分钟内已有内容相同的{zh} {other}：确要再登记一条请加 --yes")


class Outcome(NamedTuple):
    """What a writing command did: the records as they now are, and what the desk should be told.

    `uncommitted` is the error of a commit that failed: the records are saved all the same. `already` says that
    the work of this `--once` key had been done before and nothing was written.
    """

    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()
    uncommitted: NotCommitted | None = None
    already: bool = False


class Brought(NamedTuple):
    """What an import did: the new records with their rows, the rows that were known, what the desk should look at."""

    made: tuple[tuple[Row, Record], ...]
    known: tuple[Known, ...] = ()
    doubts: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    uncommitted: NotCommitted | None = None


class Office(Registers):
    """One office folder. Reading takes no lock; every write is one command, one lock, one commit."""

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
    ) -> Outcome:
        """New records, all or nothing. A row may carry its own `received`; `mistakes` were found before.

        `via` is the step noted on the record from which a new one was made, `told` what is said there; `also` are
        records that change by it in the same commit, with what is made of each: they come last in the outcome.
        `asked` is what the till is to do besides: number the receipt, use one again.
        Raises BadInput with every mistake of every row, Repeat for a command given twice.
        """
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
        problems += mistakes
        if problems:
            raise BadInput(*problems)
        self.settings.refuse_newer()
        with self.store.lock(who.by, f"{kind.zh}登记") as session:
            files = MonthFiles(session)
            if once and (known := self._once(kind, files, once, heard[0].received or who.moment)):
                return Outcome((known,), (f"{once} 已登记过，是 {known.id}：没有再登记",), already=True)
            self._refuse_named_twice(kind, files, heard)
            till = self._till(kind, files, who, asked)
            single = not (batch or repeat_ok or (till and till.closes(kind)))
            if single and (other := self._repeat(kind, files, heard[0], who)):
                raise Repeat(other.id, kind.zh)
            if till:
                heard = till.hear(kind, heard)
            made = self._make(kind, files, heard, who, once, basis, via, told)
            made += tuple(self._also(files, record, make) for record, make in also)
            said = who.said + (() if batch else heard[0].said) + self._along(till, kind, files, made, who)
            if dry_run:
                return Outcome(made, (*said, "试运行：没有写入") if till else ("试运行：没有写入",))
            message = f"{kind.zh}登记 {changes.summary_of([r.id for r in made])}"
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
        wrong: list[Problem] = []
        names = {f.zh: f.name for f in kind.fields}
        words = {names.get(n, n): t for n, t in row.items()}
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

    def _till(self, kind: Kind, files: MonthFiles, who: Who, asked: Iterable[str] = ()) -> Till | None:
        """What looks after money under the lock; None for all other kinds, which pay nothing for it."""
        if not kind.money:
            return None
        from wuye.till import Till

        return Till(self, files, who, asked)

    def _along(
        self, till: Till | None, kind: Kind, files: MonthFiles, made: Sequence[Record], who: Who
    ) -> tuple[str, ...]:
        """Records that go into the same write as those made or changed; what the desk is told of it all."""
        if till is None:
            return ()
        for more in till.along(kind, made):
            self._make(more.kind, files, more.rows, who, "", self.basis(more.kind), "link", {})
        return tuple(dict.fromkeys(till.notes))


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
        return heard._replace(values={**seen.values, **heard.values}, said=heard.said + seen.notes), []

    def _refuse_named_twice(self, kind: Kind, files: MonthFiles, heard: Sequence[Heard]) -> None:
        """A unit, a department stands in its book once. Raises Refused naming every one that is there already."""
        if not kind.unique:
            return
        one = kind[kind.own_name]
        problems, names = [], set()
        for index, new in enumerate(heard, 1):
            name = one.stored(new.values[one.name])
            row = index if len(heard) > 1 else 0
            problems += [p._replace(row=row) for p in self._of_that_name(kind, files, name, "")]
            if name in names:
                problems.append(Problem(f"{one.zh} {name} 在这一批里出现两次：请删去一条", field=one.name, row=row))
            names.add(name)
        if problems:
            raise Refused(*problems)

    def _of_that_name(self, kind: Kind, files: MonthFiles, name: str, own: str) -> list[Problem]:
        """What else stands in a book under a name, in words; `own` is the number of the one that asks."""
        one, path, problems = kind[kind.own_name], path_of(kind, ""), []
        data, cut = files.read(path)
        for number_ in cut.holding([name.encode()], len(data)) if name.encode() in data else ():
            other = self.parse(kind, path, data, cut, number_)
            if not other.void and other.id != own and one.stored(other[one.name]) == name:
                words = f"{kind.zh}里已有{one.zh} {name}（{other.id}）：要改请用 edit，登错的先 void 作废"
                problems.append(Problem(words, field=one.name))
        return problems

    def _refuse_renamed(self, kind: Kind, files: MonthFiles, record: Record, after: Record) -> None:
        """A correction may not give a unit, a department the name of another one. Raises Refused."""
        one = kind[kind.own_name] if kind.unique else None
        if one is None or after[one.name] == record[one.name]:
            return
        if problems := self._of_that_name(kind, files, one.stored(after[one.name]), record.id):
            raise Refused(*problems)

    def _also(self, files: MonthFiles, seen: Record, make: Make) -> Record:
        """Another record changed in the same command, as it stands now."""
        found = number.parse(seen.id)
        assert found is not None
        path = path_of(seen.kind, found.month)
        cut = files.current(path)
        after, _ = make(self.parse(seen.kind, path, cut.data, cut, seen.id), self.basis(seen.kind))
        files.put(path, after)
        return after

    def _make(
        self, kind: Kind, files: MonthFiles, heard: Sequence[Heard], who: Who, once: str, basis: Basis, via: str,
        told: Mapping[str, str],
    ) -> tuple[Record, ...]:
        """Number and build the new records, and put their bytes into the month files."""
        made: list[Record] = []
        fresh: dict[str, list[bytes]] = {}
        last: dict[date, int] = {}
        for one in heard:
            own = who._replace(at=one.received or who.at)
            day = own.moment.date()
            path = path_of(kind, f"{day:%Y-%m}")
            last[day] = last[day] + 1 if day in last else self._next(kind, files, path, day)
            name = str(Number(kind.prefix, day, self.settings.letter, last[day]))
            extra = {"once": once} if once else {}
            for kept_path, (content, _) in one.files.items():
                files.keep(kept_path, content)
            if kind.link and (earlier := one.values.get(kind.link)):
                kept = self._told_of(kind, files, str(earlier), name, own, "repeat")
                one = one._replace(values={**one.values, **kept})
            if kind.origin and (source := one.values.get(kind.origin)):
                self._told_of(kind, files, str(source), name, own, via, told)
            record = changes.new(kind, name, one, own, basis, extra)
            made.append(record)
            fresh.setdefault(path, []).append(dump(record))
            files.wrote[name] = "add"
        for path, new in fresh.items():
            files.append(kind, path, new)
        return tuple(made)

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

    def _told_of(
        self, kind: Kind, files: MonthFiles, earlier: str, name: str, who: Who, step: str,
        told: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """Note on the earlier record that another one repeats it, or was made of it; what the other keeps of it."""
        found = number.parse(earlier)
        other = records.name_of(found.prefix) if found else None
        if found is None or other is None or earlier == name:
            raise Refused(f"{name} 不能指向 {earlier}：请写前一条记录的编号")
        target = records.kind(other)
        path = path_of(target, found.month)
        cut = files.current(path)
        first = self.parse(target, path, cut.data, cut, earlier)
        if first.void:
            raise Refused(f"{earlier} 已作废，不能再从它登记：请核对编号")
        if target.flow.knows(step) and target.flow.after(first.status, step) is None:
            raise Refused(f"{earlier} 现为“{state_zh(target, first.status)}”，不能{step_zh(target, step)}；请核对编号")
        files.put(path, changes.noted(first, step, who, {**told, "link": name}))
        return kind.on_link(first, who.moment) if kind.on_link and step == "repeat" else {}

    def _linked_later(self, files: MonthFiles, record: Record, after: Record, who: Who) -> Record:
        """A record whose link was only now filled in, linked both ways like a new one."""
        kind = record.kind
        source = after.get(kind.origin) if kind.origin else None
        if source and source != record.get(kind.origin):
            self._told_of(kind, files, str(source), record.id, who, "link")
        target = after.get(kind.link) if kind.link else None
        if not target or target == record.get(kind.link):
            return after
        kept = self._told_of(kind, files, str(target), record.id, who, "repeat")
        last = after.log[-1]
        was = {**last.was, **{n: record[n] for n in kept}}
        entry = last._replace(values={**last.values, **kept}, was=was)
        return replace(after, values={**after.values, **kept}, log=(*after.log[:-1], entry))

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

    def change(
        self,
        kind: Kind,
        typed: Sequence[str],
        who: Who,
        what: str,
        make: Make,
        *,
        once: str = "",
        dry_run: bool = False,
        more: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Outcome:
        """Rewrite named records by `make`, all or none; what every command on existing records goes through.

        `more` are new files written together with them. Raises everything `make` refuses, of all at once.
        """
        names = list(dict.fromkeys(str(self.number(kind, t)) for t in typed))
        basis, made, notes, refusals = self.basis(kind), [], list(who.said), []
        self.settings.refuse_newer()
        with self.store.lock(who.by, f"{kind.zh}{what}") as session:
            files = MonthFiles(session)
            till = self._till(kind, files, who)
            for name in names:
                found = number.parse(name)
                assert found is not None
                path = path_of(kind, found.month)
                data, cut = files.read(path)
                record = self.parse(kind, path, data, cut, name)
                if once and any(e.extra.get("once") == once for e in record.standing):
                    notes.append(f"{once} 在 {name} 上已做过：没有再做")
                    made.append(record)
                    continue
                try:
                    after, said = make(record, basis)
                    after = self._linked_later(files, record, after, who)
                    self._refuse_renamed(kind, files, record, after)
                    after = till.step(record, after) if till else after
                except (Refused, BadInput) as error:
                    refusals.append(error)
                    continue
                notes += [n for n in said if n not in notes]
                made.append(after)
                files.put(path, after)
            if refusals:
                raise type(refusals[0])(*(p for error in refusals for p in error.problems))
            notes += self._along(till, kind, files, (), who)
            if dry_run or not files.after:
                return Outcome(tuple(made), (*notes, "试运行：没有写入") if dry_run else tuple(notes))
            for path, content in more.items():
                files.keep(path, content)
            return self._finish(files, tuple(made), f"{kind.zh}{what} {changes.summary_of(names)}", who, tuple(notes))

    def rewrite(
        self, seen: Sequence[Record], who: Who, words: str, step: str, make: Callable[[int, Record, Basis], Record]
    ) -> Outcome:
        """Records of any kinds made into others by `make`, all or none; raises Refused where one is not as it was seen.

        `words` go into the history, `step` says what was done (undo, redo).
        """
        bases = {record.kind: self.basis(record.kind) for record in seen}
        self.settings.refuse_newer()
        with self.store.lock(who.by, words) as session:
            files, made = MonthFiles(session), dict[str, Record]()
            for path in dict.fromkeys(map(path_of_record, seen)):
                cut = files.current(path)
                places = cut.places()
                mine = {r.id: (i, r) for i, r in enumerate(seen) if path_of_record(r) == path}
                for name, (index, before) in mine.items():
                    start, stop = places.get(name, (0, 0))
                    record = self.parse(before.kind, path, cut.data[start:stop], Blocks(cut.data[start:stop]), name)
                    if to_stored(record) != to_stored(before):
                        raise Refused(f"{name} 刚刚被改过：这一次没有写入；请重做一次")
                    made[name] = make(index, record, bases[before.kind])
                    if till := self._till(before.kind, files, who):
                        till.taken_back(record, made[name])
                files.put_all(path, {name: made[name] for name in mine})
            return self._finish(files, tuple(made[r.id] for r in seen), words, who, (), step)

    def _finish(
        self, files: MonthFiles, made: tuple[Record, ...], message: str, who: Who, notes: tuple[str, ...],
        step: str = "",
    ) -> Outcome:
        """Write, then commit; a commit that fails loses nothing."""
        newest = files.newest()
        step = step or next((files.wrote[r.id] for r in made if r.id in files.wrote), "")
        # What earlier commands left goes into this commit as well: then it cannot say which records are its own.
        message = commit_message(message, step, () if self.git.uncommitted() else tuple(files.wrote))
        new = files.write()
        notes = (*dict.fromkeys(notes), *files.session.notices, *self._clock_warning(newest))
        try:
            self.git.commit(list(files.after), message, who.by, new=new)
        except NotCommitted as error:
            return Outcome(made, notes, error)
        return Outcome(made, notes)

    def _clock_warning(self, newest: str) -> tuple[str, ...]:
        """A clock behind the newest record is said, and nothing is stopped by it."""
        try:
            recorded = when.parse_stored(newest, self.settings.zone)
        except ValueError:
            return ()
        if not isinstance(recorded, datetime) or recorded <= self.now:
            return ()
        return (f"电脑时钟 {self.now:%Y-%m-%d %H:%M} 比最新记录 {recorded:%Y-%m-%d %H:%M} 早：请核对电脑时间",)

    def attach(self, kind: Kind, typed: str, files: Sequence[str], who: Who, dry_run: bool = False) -> Outcome:
        """Copy files in under their hash and name them in the record's log, all or none.

        Raises BadInput or NotFound with everything wrong with any of the files, Refused for one that is there already.
        """
        from wuye import outside

        folder = f"attachments/{self.number(kind, typed).month}"
        kept = outside.attachments(files, folder)

        def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
            there = {e.extra["sha256"]: e for e in record.standing if "sha256" in e.extra}
            if again := [there[digest] for _, _, digest in kept if digest in there]:
                words = "{id} 已于 {e.at:%Y-%m-%d %H:%M} 附过同样的文件 {file}：请去掉它再附"
                raise Refused(*(words.format(id=record.id, e=e, file=e.extra["file"]) for e in again))
            for path, data, digest in kept:
                extra = {"file": path, "sha256": digest, "size": str(len(data))}
                record = changes.noted(record, "attach", who, extra)
            return record, ()

        more = {path: data for path, data, _ in kept}
        return self.change(kind, [typed], who, "附件", make, dry_run=dry_run, more=more)

    def revealed(self, who: Who, reason: str, ids: Sequence[str]) -> None:
        """Write down who saw private data and why, each line chained to the one before by its hash."""
        from wuye import access

        if problem := scan(reason, "--reason", "查阅原因"):
            raise BadInput(problem)
        path = f"log/access-{who.now:%Y-%m}.jsonl"
        self.settings.refuse_newer()
        with self.store.lock(who.by, "查阅登记") as session:
            old = self.store.read(path)
            new = access.appended(old or b"", who.now, who.by, reason, ids)
            session.write([Change(path, old, new)])
            self.git.commit([path], commit_message("查阅登记", "reveal"), who.by, new=[path] if old is None else [])

    def fill(
        self, made: Sequence[Record], who: Who, message: str,
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
    ) -> Outcome:
        """Whole records, numbers and all, into an office that has no file of theirs yet: one write, one commit.

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
            return self._finish(files, tuple(made), message, who, ())

    # --- who is at the desk

    def person(self, given: str | None, environ: Mapping[str, str]) -> str:
        """Who does it: `--by`, who is on duty, `$WUYE_USER`, git's user, else the desk itself."""
        told = given or self.store.note("duty") or environ.get("WUYE_USER")
        return (told or self.git.user_name() or NO_NAME).strip()

    # --- records from elsewhere

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

    def _next(self, kind: Kind, files: MonthFiles, path: str, day: date) -> int:
        """The serial after the last one of a day."""
        letter = self.settings.letter
        taken = files.read(path)[1].numbers(f"{kind.prefix}-{day:%Y%m%d}-{letter}")
        return number.next_serial(taken, kind.prefix, day, letter).serial


__all__ = ["Brought", "Office", "Outcome", "Repeat", "Who", "find_root", "path_of"]
