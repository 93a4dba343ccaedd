"""An office: the public Python API over one folder, and the only writer (design.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from wuye import blocks, changes, clock, dumper, number, records, settings, yamlio
from wuye.blocks import Blocks
from wuye.changes import Heard, Who
from wuye.errors import Ambiguous, BadInput, Damaged, NotCommitted, NotFound, Problem, Refused, WuyeError
from wuye.git import Git
from wuye.journal import Change
from wuye.number import Number
from wuye.record import Record, Value, from_stored, to_stored
from wuye.schema import Basis, Kind, scan
from wuye.settings import Settings
from wuye.store import Session, Store
from wuye.values import Typing

HEADER = "# yaml-language-server: $schema=../../.wuye/schema/{kind}.json\n"
REPEAT_WITHIN = timedelta(minutes=10)
KNOWN_MONTHS, KNOWN_MOST = 3, 3
ONCE_MOST = 1000
NO_NAME = "前台"


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


@dataclass(slots=True, eq=False, repr=False)
class _Files:
    """The month files of one command: read once under the lock, spliced in memory, written together."""

    session: Session
    before: dict[str, tuple[bytes, Blocks]] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> tuple[bytes, Blocks]:
        """A file's bytes and blocks as they are on disk."""
        if path not in self.before:
            self.before[path] = self.session.blocks(path)
        return self.before[path]

    def append(self, kind: Kind, path: str, blocks: Sequence[bytes]) -> None:
        """New records at the end of a file, a heading where the file is new."""
        now = self.after.get(path, self.read(path)[0])
        self.after[path] = yamlio.splice_append(now or HEADER.format(kind=kind.name).encode(), blocks)

    def put(self, path: str, record: Record) -> None:
        """A record's new bytes in place of its old ones."""
        block = dump(record)
        self.after[path] = yamlio.splice_replace(self.after.get(path, self.read(path)[0]), record.id, block)

    def keep(self, path: str, content: bytes) -> None:
        """A file that is no month file; one that is there already under this name has the same content."""
        old = self.session.read(path)
        if old != content:
            self.before[path] = (old or b"", Blocks(b""))
            self.after[path] = content

    def write(self) -> list[str]:
        """All files at once; returns the paths that are new."""
        self.session.write([Change(p, self.before[p][0] or None, new) for p, new in self.after.items()])
        return [p for p in self.after if not self.before[p][0]]


def dump(record: Record) -> bytes:
    """A record's block, read back strictly alone and compared before it is let near a file (design.md 3)."""
    stored = to_stored(record)
    block = dumper.dump_record(stored)
    back = yamlio.load(block.decode())
    if back != [stored]:
        raise Damaged(f"{record.id} 写出后读回不一致，没有保存：请把这条的内容告诉开发者")
    return block


def find_root(given: str | None, environ: Mapping[str, str], start: Path) -> Path:
    """The office's folder: `--office`, `$WUYE_OFFICE`, or upward from the working directory.

    Raises NotFound where there is none.
    """
    named = given or environ.get("WUYE_OFFICE")
    if named:
        root = Path(named).expanduser()
        if (root / settings.FILE).is_file():
            return root.resolve()
        raise NotFound(f"{named} 不是台账文件夹（没有 {settings.FILE}）：请核对路径，或用 wuye init 新建")
    for root in (start, *start.parents):
        if (root / settings.FILE).is_file():
            return root
    raise NotFound("这里没有台账：请先进入台账文件夹，或用 --office 指定，或用 wuye init 新建")


class Office:
    """One office folder. Reading takes no lock; every write is one command, one lock, one commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = Store(root)
        self.git = Git(root)

    @cached_property
    def settings(self) -> Settings:
        """What wuye.yaml says."""
        return settings.load(self.root, [row[0] for row in records.KINDS])

    @cached_property
    def now(self) -> datetime:
        """The present minute, the same for the whole command."""
        return clock.now(self.settings.zone)

    def basis(self, *kinds: Kind) -> Basis:
        """What judgements over these kinds rest on."""
        declared = [rule for kind in kinds for rule in kind.rules]
        return Basis(self.now, self.settings.desk, self.settings.rules(declared))

    @property
    def typing(self) -> Typing:
        """What is needed to understand typed words."""
        return Typing(self.now, self.settings.desk)

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, in the table's order."""
        return tuple(records.kind(row[0]) for row in records.KINDS)

    # --- reading

    def months(self, kind: Kind) -> list[str]:
        """The months that hold records of the kind, oldest first."""
        return self.store.months(kind.name)

    def load(self, kind: Kind, months: Iterable[str] | None = None) -> tuple[list[Record], list[Problem]]:
        """Every readable record of these months (all without), and what could not be read."""
        self.store.settle()
        found: list[Record] = []
        problems: list[Problem] = []
        for month in self.months(kind) if months is None else months:
            path = path_of(kind, month)
            data = self.store.read(path)
            if not data:
                continue
            raws, wrong = yamlio.read_records(data, path)
            problems += wrong
            for raw, line in raws:
                record, wrong = from_stored(kind, raw, self.settings.zone, path, line)
                problems += wrong
                if record:
                    found.append(record)
        return found, problems

    def number(self, kind: Kind, typed: str) -> Number:
        """The full number that was meant. Raises NotFound, Ambiguous or BadInput."""
        self.store.settle()
        full = number.parse(typed.strip().upper())
        if full:
            if full.prefix != kind.prefix:
                raise NotFound(f"{typed} 不是{kind.zh}的编号：{kind.zh}编号以 {kind.prefix} 开头")
            return full
        tail = number.typed(typed)
        if tail is None or (tail.prefix and tail.prefix != kind.prefix):
            raise BadInput(
                f"“{typed}”不是{kind.zh}编号：请写成 {kind.prefix}-20261122-003、{kind.prefix.lower()}3 或 1122-3"
            )
        today = self.now.date()
        day = number.latest_day(tail, today)
        if day:
            found = number.resolve(tail, self._numbers(kind, [f"{day:%Y-%m}"], day), today, self.settings.letter)
            if len(found) == 1:
                return found[0]
        numbers = self._numbers(kind, self.months(kind))
        found = number.resolve(tail, numbers, today, self.settings.letter)
        if not found:
            raise NotFound(f"没有找到{kind.zh} {typed}：请用 wuye {kind.name} list 查看编号")
        if len(found) > 1:
            shown = "、".join(str(n) for n in sorted(found, key=str, reverse=True)[:5])
            raise Ambiguous(f"{typed} 可以是 {shown}：请写完整的编号")
        return found[0]

    def _numbers(self, kind: Kind, months: Iterable[str], day: date | None = None) -> list[Number]:
        found = []
        for month in months:
            for text in blocks.split(self.store.read(path_of(kind, month)) or b"").ids:
                one = number.parse(text)
                if one and (day is None or one.day == day):
                    found.append(one)
        return found

    def get(self, kind: Kind, typed: str) -> Record:
        """The record that was meant. Raises NotFound, Ambiguous, BadInput, or Damaged where it cannot be read."""
        found = self.number(kind, typed)
        path = path_of(kind, found.month)
        data = self.store.read(path) or b""
        return self._parse(kind, path, data, blocks.split(data), str(found))

    def _parse(self, kind: Kind, path: str, data: bytes, cut: Blocks, name: str) -> Record:
        span = cut.span(name)
        if span is None:
            raise NotFound(f"没有找到{kind.zh} {name}：请用 wuye {kind.name} list 查看编号")
        raws, problems = yamlio.read_records(data[span[0] : span[1]], path)
        if not raws:
            before = blocks.line_of(data, span[0]) - 1
            raise Damaged(*(p._replace(line=p.line + before) for p in problems))
        record, problems = from_stored(kind, raws[0][0], self.settings.zone, path)
        if record is None:
            raise Damaged(*problems)
        return record

    def load_all(self) -> tuple[dict[Kind, list[Record]], list[Problem]]:
        """Every readable record of every kind, and what could not be read."""
        found: dict[Kind, list[Record]] = {}
        problems: list[Problem] = []
        for kind in self.kinds():
            found[kind], wrong = self.load(kind)
            problems += wrong
        return found, problems

    def known(self, record: Record) -> list[Record]:
        """Earlier records of the kind with the same phone, plate or room, newest first, of the last months."""
        kind = record.kind
        wanted = {n: record[n] for n in kind.known_by if record[n]}
        found: list[Record] = []
        for month in reversed(self.months(kind)[-KNOWN_MONTHS:]):
            path = path_of(kind, month)
            data = self.store.read(path) or b""
            cut = blocks.split(data, path)
            for name in cut.holding([str(value).encode() for value in wanted.values()], KNOWN_MOST):
                if name and name != record.id:
                    try:
                        other = self._parse(kind, path, data, cut, name)
                    except WuyeError:
                        continue  # only a reminder beside a record that is saved: damage is told where it is asked for
                    if any(other[n] == value for n, value in wanted.items()) and not other.void:
                        found.append(other)
        return found[:KNOWN_MOST]

    def newest(self) -> datetime | None:
        """When the newest record of all was typed in."""
        loaded, _ = self.load_all()
        return max((r.recorded for records in loaded.values() for r in records), default=None)

    def check(self) -> list[Problem]:
        """Everything wrong with the data: unreadable files, values, numbers, links, states, identity numbers."""
        from wuye import access, checks

        problems: list[Problem] = []
        for kind in self.kinds():
            months = self.months(kind)
            found, wrong = self.load(kind, months)
            problems += wrong
            self.basis(kind)
            problems += checks.records(kind, found, {path_of(kind, month): month for month in months})
        for path in self.store.list_files():
            text = (self.store.read(path) or b"").decode("utf-8", "replace")
            problems += checks.identities(text, path)
        for path in self.store.access_logs():
            problems += access.problems(self.store.read(path) or b"", path)
        return sorted(problems, key=lambda p: (p.file, p.line))

    # --- writing

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
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
        mistakes: Sequence[Problem] = (),
    ) -> Outcome:
        """New records, all or nothing. A row may carry its own `received`; `mistakes` were found before.

        Raises BadInput with every mistake of every row, Repeat for a command given twice.
        """
        basis, heard, problems = self.basis(kind), [], []
        for index, row in enumerate(progress(rows), 1):
            one, wrong = changes.hear_new(kind, row, self.typing, basis)
            problems += [p._replace(row=index) for p in wrong] if batch else wrong
            heard.append(one)
        problems += mistakes
        if problems:
            raise BadInput(*problems)
        heard = [self._linked(kind, one) for one in heard]
        with self.store.lock(who.by, f"{kind.zh}登记") as session:
            files = _Files(session)
            if once and (known := self._once(kind, files, once, heard[0].received or who.moment)):
                return Outcome((known,), (f"{once} 已登记过，是 {known.id}：没有再登记",), already=True)
            if not batch and not repeat_ok and (other := self._repeat(kind, files, heard[0], who)):
                raise Repeat(other.id, kind.zh)
            made = self._make(kind, files, heard, who, once, basis)
            if dry_run:
                return Outcome(made, ("试运行：没有写入",))
            message = f"{kind.zh}登记 {changes.summary_of([r.id for r in made])}"
            said = who.said + (() if batch else heard[0].said)
            return self._finish(files, made, message, who, said)

    def _linked(self, kind: Kind, heard: Heard) -> Heard:
        typed = heard.values.get(kind.link) if kind.link else None
        if not typed:
            return heard
        full = str(self.number(kind, typed))
        return heard._replace(values={**heard.values, kind.link: full})

    def _make(
        self, kind: Kind, files: _Files, heard: Sequence[Heard], who: Who, once: str, basis: Basis
    ) -> tuple[Record, ...]:
        """Number and build the new records, and put their bytes into the month files."""
        made: list[Record] = []
        fresh: dict[str, list[bytes]] = {}
        last: dict[date, int] = {}
        for one in heard:
            own = who._replace(at=one.received or who.at)
            day = own.moment.date()
            path = path_of(kind, f"{day:%Y-%m}")
            if day not in last:
                head = f"{kind.prefix}-{day:%Y%m%d}-{self.settings.letter}"
                taken = files.read(path)[1].numbers(head)
                last[day] = number.next_serial(taken, kind.prefix, day, self.settings.letter).serial - 1
            last[day] += 1
            name = str(Number(kind.prefix, day, self.settings.letter, last[day]))
            extra = {"once": once} if once else {}
            if kind.link and (earlier := one.values.get(kind.link)):
                one = self._link(kind, files, one, earlier, name, own)
            record = changes.new(kind, name, one, own, basis, extra)
            made.append(record)
            fresh.setdefault(path, []).append(dump(record))
        for path, new in fresh.items():
            files.append(kind, path, new)
        return tuple(made)

    def _link(self, kind: Kind, files: _Files, one: Heard, earlier: str, name: str, who: Who) -> Heard:
        """Link a new record to an earlier one, both ways."""
        found = number.parse(earlier)
        assert found is not None
        path = path_of(kind, found.month)
        data, cut = files.read(path)
        first = self._parse(kind, path, data, cut, earlier)
        kept = kind.on_link(first, who.moment) if kind.on_link else {}
        files.put(path, changes.noted(first, "repeat", who, {"link": name}))
        return one._replace(values={**one.values, **kept})

    def _once(self, kind: Kind, files: _Files, key: str, moment: datetime) -> Record | None:
        """The record that was kept under a key, in the month it would go to or the one before."""
        for month in (f"{moment:%Y-%m}", f"{moment.replace(day=1) - timedelta(days=1):%Y-%m}"):
            path = path_of(kind, month)
            data, cut = files.read(path)
            if key.encode() not in data:
                continue
            for name in cut.holding([key.encode()], ONCE_MOST):
                record = self._parse(kind, path, data, cut, name)
                if record.extra.get("once") == key:
                    return record
        return None

    def _repeat(self, kind: Kind, files: _Files, heard: Heard, who: Who) -> Record | None:
        """A record of the last ten minutes that every typed value equals."""
        path = path_of(kind, f"{who.moment:%Y-%m}")
        data, cut = files.read(path)
        for name in cut.backwards():
            try:
                record = self._parse(kind, path, data, cut, name)
            except WuyeError:
                continue
            if abs(who.now - record.recorded) > REPEAT_WITHIN:
                return None
            if changes.same(heard.values, record) and (who.at is None or record.received == who.at):
                return record
        return None

    def change(
        self,
        kind: Kind,
        typed: Sequence[str],
        who: Who,
        what: str,
        make: Callable[[Record, Basis], tuple[Record, tuple[str, ...]]],
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
        with self.store.lock(who.by, f"{kind.zh}{what}") as session:
            files = _Files(session)
            for name in names:
                found = number.parse(name)
                assert found is not None
                path = path_of(kind, found.month)
                data, cut = files.read(path)
                record = self._parse(kind, path, data, cut, name)
                if once and any(e.extra.get("once") == once for e in record.log):
                    notes.append(f"{once} 在 {name} 上已做过：没有再做")
                    made.append(record)
                    continue
                try:
                    after, said = make(record, basis)
                except (Refused, BadInput) as error:
                    refusals.append(error)
                    continue
                notes += [n for n in said if n not in notes]
                made.append(after)
                files.put(path, after)
            if refusals:
                raise type(refusals[0])(*(p for error in refusals for p in error.problems))
            if dry_run or not files.after:
                return Outcome(tuple(made), (*notes, "试运行：没有写入") if dry_run else tuple(notes))
            for path, content in more.items():
                files.keep(path, content)
            return self._finish(files, tuple(made), f"{kind.zh}{what} {changes.summary_of(names)}", who, tuple(notes))

    def _finish(
        self, files: _Files, made: tuple[Record, ...], message: str, who: Who, notes: tuple[str, ...]
    ) -> Outcome:
        """Write, then commit; a commit that fails loses nothing."""
        newest = max((r.recorded for r in made), default=self.now)
        new = files.write()
        notes = (*dict.fromkeys(notes), *files.session.notices, *self._clock_warning(newest))
        try:
            self.git.commit(list(files.after), message, who.by, new=new)
        except NotCommitted as error:
            return Outcome(made, notes, error)
        return Outcome(made, notes)

    def _clock_warning(self, newest: datetime) -> tuple[str, ...]:
        if newest <= self.now:
            return ()
        return (f"电脑时钟 {self.now:%Y-%m-%d %H:%M} 比最新记录早：请核对电脑时间",)

    def attach(self, kind: Kind, typed: str, files: Sequence[str], who: Who, dry_run: bool = False) -> Outcome:
        """Copy files in under their hash and name them in the record's log, all or none."""
        folder = f"attachments/{self.number(kind, typed).month}"
        kept = [self.store.outside_attachment(name, folder) for name in files]

        def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
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
        with self.store.lock(who.by, "查阅登记") as session:
            old = self.store.read(path)
            new = access.appended(old or b"", who.now, who.by, reason, ids)
            session.write([Change(path, old, new)])
            self.git.commit([path], "查阅登记", who.by, new=[path] if old is None else [])

    # --- who is at the desk

    def person(self, given: str | None, environ: Mapping[str, str]) -> str:
        """Who does it: `--by`, who is on duty, `$WUYE_USER`, git's user, else the desk itself."""
        told = given or self.store.note("duty") or environ.get("WUYE_USER")
        return (told or self.git.user_name() or NO_NAME).strip()


def path_of(kind: Kind, month: str) -> str:
    """The month file of a kind, relative to the office."""
    return f"records/{month}/{kind.name}.yaml"


__all__ = ["Office", "Outcome", "Repeat", "Value", "Who", "find_root", "path_of"]
