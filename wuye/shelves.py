"""What an office holds, read without a lock: its settings, its records, the numbers people type for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wuye import blocks, clock, number, records, settings, yamlio
from wuye.basis import Basis, Rule
from wuye.blocks import Blocks
from wuye.errors import Ambiguous, BadInput, BadSettings, Damaged, InputOutput, NotFound, Problem, Refused, WuyeError
from wuye.git import Git, letter
from wuye.monthfiles import BOOK, path_of
from wuye.number import Number
from wuye.numerals import fold
from wuye.record import Record, from_stored
from wuye.room import AmbiguousRoom, UnknownRoom
from wuye.schema import Kind
from wuye.settings import Settings
from wuye.sheet import about, place, state_zh
from wuye.store import Store
from wuye.typed import nearest
from wuye.units import Units
from wuye.values import OWN_ROOM, ROOM, Typing

if TYPE_CHECKING:
    from wuye.claims import Claims

KNOWN_MONTHS, KNOWN_MOST = 3, 3


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
        if (root / "records").is_dir() and (root / ".git").exists():
            back = f"请运行 git -C {root} checkout -- {settings.FILE} 取回，或从备份恢复"
            raise NotFound(f"{root} 里没有 {settings.FILE}，记录还在：{back}")
    raise NotFound("这里没有台账：请先进入台账文件夹，或用 --office 指定，或用 wuye init 新建")


class Shelves:
    """One office folder, to be read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = Store(root)
        self.git = Git(root)

    @cached_property
    def settings(self) -> Settings:
        """What wuye.yaml says."""
        return settings.load(self.root, [row[0] for row in records.KINDS])

    def go_by(self, rev: str) -> None:
        """Go by the settings that git holds of a revision, where those on the disk cannot be read."""
        try:
            self.settings  # noqa: B018
        except (BadSettings, InputOutput):
            held = self.git.held(settings.FILE, rev)
            if held is None:
                raise
            self.settings = settings.read(self.root, held, [row[0] for row in records.KINDS])
            self.settings = self.settings._replace(letter=letter(self.root) or self.settings.letter)

    @cached_property
    def now(self) -> datetime:
        """The present minute, the same for the whole command."""
        return clock.now(self.settings.zone)

    def basis(self, *kinds: Kind, rules: Iterable[Rule] = ()) -> Basis:
        """What judgements over these kinds rest on; `rules` are those that belong to no kind."""
        declared = [*(rule for kind in kinds for rule in kind.rules), *rules]
        return Basis(self.now, self.settings.desk, self.settings.rules(declared), item_zh=self.item_zh)

    @property
    def typing(self) -> Typing:
        """What is needed to understand typed words."""
        return Typing(self.now, self.settings.desk, self.units, item=self.item_code)

    def item_zh(self, word: str) -> str:
        """What the desk calls a charge item; the word itself where `charges` cannot be read (`check` tells)."""
        try:
            return self.settings.charges.zh(word)
        except BadSettings:
            return word

    @property
    def items_zh(self) -> Mapping[str, str]:
        """The names of the charge items by code; none where `charges` cannot be read (`check` tells)."""
        try:
            return {code: item.zh for code, item in self.settings.charges.items()}
        except BadSettings:
            return {}

    def item_code(self, word: str) -> str:
        """The code of a charge item named by code or name; the word itself where it is none."""
        try:
            return self.settings.charges.name_of(word) or word
        except BadSettings:
            return word

    @cached_property
    def units(self) -> Units:
        """The rooms of the unit register, read when the first room is asked for."""
        return Units(lambda: self._bytes("books/unit.yaml")[0])

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, in the table's order."""
        return tuple(records.kind(row[0]) for row in records.KINDS)

    def months(self, kind: Kind) -> list[str]:
        """The months that hold records of the kind, oldest first; `books` alone for a book that exists."""
        if kind.book:
            return [BOOK] if self.store.holds(path_of(kind, BOOK)) else []
        return self.store.months(kind.name)

    def months_of(self, kinds: Sequence[Kind]) -> dict[Kind, list[str]]:
        """The same of several kinds."""
        if len(kinds) == 1:
            return {kind: self.months(kind) for kind in kinds}
        every = self.store.every_month()
        return {kind: self.months(kind) if kind.book else every.get(kind.name, []) for kind in kinds}

    def load(self, kind: Kind, months: Iterable[str] | None = None) -> tuple[list[Record], list[Problem]]:
        """Every readable record of these months (all without), and what could not be read."""
        self.store.settle()
        found: list[Record] = []
        problems: list[Problem] = []
        for month in self.months(kind) if months is None else months:
            path = path_of(kind, month)
            data, wrong = self._bytes(path)
            problems += wrong
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

    def every(self, kind: Kind) -> tuple[list[Record], list[Problem]]:
        """Every readable record of a kind, and what could not be read, the quickest way there is."""
        return self.load(kind)

    def claims(self) -> Claims | None:
        """What all debtors are asked for and pay without whole records; None where only the files can tell it."""
        return None

    def numbered_all(self, kind: Kind, numbers: Collection[str]) -> list[Record] | None:
        """The records of a kind that have these numbers; None where no index tells all of them."""
        return None

    def sift(self, kind: Kind, fits: Callable[[bytes], bool]) -> tuple[list[Record], list[Problem]]:
        """The records of every month whose bytes fit, without reading the others, and what could not be read."""
        self.store.settle()
        found: list[Record] = []
        problems: list[Problem] = []
        for month in self.months(kind):
            path = path_of(kind, month)
            data, wrong = self._bytes(path)
            problems += wrong
            cut = blocks.split(data, path)
            chosen = b"".join(data[a:b] for a, b in cut.spans if fits(data[a:b]))
            raws, wrong = yamlio.read_records(chosen, path)
            problems += [p._replace(line=0, column=0) for p in wrong]
            for raw, _ in raws:
                record, wrong = from_stored(kind, raw, self.settings.zone, path)
                problems += wrong
                if record:
                    found.append(record)
        return found, problems

    def _bytes(self, path: str) -> tuple[bytes, list[Problem]]:
        """A file's bytes; where the disk does not give them, none and why: one bad file hides no other."""
        try:
            return self.store.read(path) or b"", []
        except (InputOutput, Refused) as error:
            return b"", list(error.problems)

    def number(self, kind: Kind, typed: str) -> Number:
        """The full number that was meant. Raises NotFound, Ambiguous or BadInput."""
        self.store.settle()
        full = number.parse(fold(typed).strip().upper())
        if not full and kind.own_name and (named := self._by_own_name(kind, typed)):
            return named
        if full:
            if full.prefix != kind.prefix:
                raise NotFound(f"{typed} 不是{kind.zh}的编号：{kind.zh}编号以 {kind.prefix} 开头")
            return full
        tail = number.typed(fold(typed))
        if kind.own_name and (tail is None or (tail.prefix and tail.prefix != kind.prefix)):
            raise NotFound(self._no_such_name(kind, typed))
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
        if not found and kind.own_name:
            raise NotFound(self._no_such_name(kind, typed))
        if not found:
            raise NotFound(f"没有找到{kind.zh} {typed}：请用 wuye {kind.name} list 查看编号")
        if len(found) > 1:
            shown = "、".join(str(n) for n in sorted(found, key=str, reverse=True)[:5])
            raise Ambiguous(f"{typed} 可以是 {shown}：请写完整的编号")
        return found[0]

    def _by_own_name(self, kind: Kind, typed: str) -> Number | None:
        """The number of the one record of a book that goes by this name. Raises Ambiguous where there are several."""
        found = self.named(kind, typed)
        live = [r for r in found if not r.void] or found
        if len(live) > 1:
            basis = self.basis(kind)
            shown = "、".join(f"{r.id} {place(r)} {about(r, basis)}（{state_zh(kind, r.status)}）" for r in live[:5])
            more = f" 等 {len(live)} 条" if len(live) > 5 else ""
            raise Ambiguous(f"{kind.zh}“{typed}”有 {len(live)} 条：{shown}{more}；请写编号")
        return number.parse(live[0].id) if live else None

    def _no_such_name(self, kind: Kind, typed: str) -> str:
        """That a book has nobody of this name, with the name most like it."""
        one = kind[kind.own_name]
        if one.type is OWN_ROOM:
            try:
                ROOM.parse(typed, self.typing)
            except ValueError as error:
                return f"没有找到{kind.zh} {typed}：{error}"
        known = [one.shown(r[one.name]) for r in self.load(kind)[0]]
        return f"没有找到{kind.zh} {typed}{nearest(typed, known, 0.6)}：请用 wuye {kind.name} list 查看"

    def named(self, kind: Kind, typed: str) -> list[Record]:
        """Every record of a book whose own name is the one typed, file order; read from the bytes of the file.

        A room in any form that people type. Raises Ambiguous where it fits several, Damaged where what bears the
        name cannot be read.
        """
        one = kind[kind.own_name]
        try:
            value = self._room(typed) if one.type is OWN_ROOM else one.type.parse(typed, self.typing)
        except ValueError:
            return []
        wrong: list[Problem] = []
        found = self.holding(kind, str(one.stored(value)), lambda r: r[one.name] == value, wrong)
        if wrong and not found:
            raise Damaged(*wrong)
        return found

    def _room(self, typed: str) -> str:
        """A room of the register, else what is well formed: a voided unit stands in no register."""
        try:
            return str(ROOM.parse(typed, self.typing))
        except AmbiguousRoom as error:
            raise Ambiguous(Problem(str(error), candidates=error.candidates)) from error
        except UnknownRoom:
            return str(OWN_ROOM.parse(typed, self.typing))

    def holding(
        self, kind: Kind, word: str, fits: Callable[[Record], bool], wrong: list[Problem] | None = None
    ) -> list[Record]:
        """The records of a kind that hold a word and fit, file order; without reading those that do not.

        What cannot be read is told by `check` and by lists, here only to who asks for it by `wrong`.
        """
        found, problems = self.gather(kind, word, fits)
        if wrong is not None:
            wrong += problems
        return found

    def naming(self, kind: Kind, name: str) -> tuple[list[Record], list[Problem]]:
        """The records of a kind that name a debtor, and perhaps others, with what could not be read."""
        return self.gather(kind, name, lambda r: True)

    def gather(
        self, kind: Kind, word: str, fits: Callable[[Record], bool], months: Iterable[str] | None = None
    ) -> tuple[list[Record], list[Problem]]:
        """The same, of some months only where they are given, with what could not be read."""
        found: list[Record] = []
        problems: list[Problem] = []
        for month in self.months(kind) if months is None else months:
            path = path_of(kind, month)
            data, wrong = self._bytes(path)
            problems += wrong
            cut = blocks.split(data, path)
            for name in reversed(cut.holding([word.encode()], len(data))):
                try:
                    record, wrong = self.parsed(kind, path, data, cut, name)
                    problems += wrong
                except Damaged as error:
                    problems += error.problems
                    continue
                except NotFound:
                    continue
                if fits(record):
                    found.append(record)
        return found, problems

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
        return self.parse(kind, path, data, blocks.split(data), str(found))

    def parse(self, kind: Kind, path: str, data: bytes, cut: Blocks, name: str) -> Record:
        """One record out of a file's bytes. Raises NotFound, or Damaged where it cannot be read."""
        return self.parsed(kind, path, data, cut, name)[0]

    def parsed(self, kind: Kind, path: str, data: bytes, cut: Blocks, name: str) -> tuple[Record, list[Problem]]:
        """The same, with what of it could not be read."""
        span = cut.span(name)
        if span is None:
            raise NotFound(f"没有找到{kind.zh} {name}：请用 wuye {kind.name} list 查看编号")
        raws, problems = yamlio.read_records(data[span[0] : span[1]], path)
        before = blocks.line_of(data, span[0]) - 1 if problems or not raws else 0
        if not raws:
            raise Damaged(*(p._replace(line=p.line + before) for p in problems))
        told = [p._replace(line=p.line + before) for p in problems]
        record, problems = from_stored(kind, raws[0][0], self.settings.zone, path)
        if record is None:
            raise Damaged(*problems)
        return record, told + problems

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
            data, _ = self._bytes(path)
            cut = blocks.split(data, path)
            for name in cut.holding([str(value).encode() for value in wanted.values()], KNOWN_MOST):
                if name and name != record.id:
                    try:
                        other = self.parse(kind, path, data, cut, name)
                    except WuyeError:
                        continue  # only a reminder beside a record that is saved: damage is told where it is asked for
                    if any(other[n] == value for n, value in wanted.items()) and not other.void:
                        found.append(other)
        return found[:KNOWN_MOST]

    def check(self) -> list[Problem]:
        """Everything wrong with the data: unreadable files, values, numbers, links, states, identity numbers."""
        from wuye import checks, cohort, forgetting, knowledge, manifest, mislaid, scheme, watched

        _ = self.settings.charges  # raises BadSettings for charge items that cannot be understood
        self.settings.section("assessment", scheme.parse)
        self.basis(rules=(*cohort.RULES, forgetting.VAULT, *manifest.RULES))
        loaded, problems = self.load_all()
        known = checks.Known.of(loaded)
        for kind, found in loaded.items():
            months = {} if kind.book else {path_of(kind, month): month for month in self.months(kind)}
            self.basis(kind)
            problems += checks.records(kind, found, months, known)
        problems += checks.money(loaded, lambda path: self._bytes(path)[0])
        texts = []
        for path in self.store.list_files():
            data, wrong = self._bytes(path)
            texts.append(data)
            problems += [p for p in wrong if p not in problems]
            problems += checks.identities(data.decode("utf-8", "replace"), path)
        pages, wrong = knowledge.read(self.root / knowledge.FOLDER)
        problems += wrong
        for page in pages:
            problems += checks.identities(page.text, f"{knowledge.FOLDER}/{page.name}.md")
        for path, named in checks.attachments(r for found in loaded.values() for r in found).items():
            problems += self._attachment(path, *named)
        problems += watched.problems(self.store, self.git)
        problems += mislaid.orphans(self.store.attachments(), texts)
        try:
            problems += mislaid.problems(mislaid.differing(self.store, self.git), self.git.uncommitted())
        except Damaged as error:
            problems += error.problems
        return sorted(problems, key=lambda p: (p.file, p.line))

    def _attachment(self, path: str, record: Record, expected: str) -> list[Problem]:
        """What is wrong with a file that a record's log names."""
        try:
            found = self.store.sha256(path)
        except (InputOutput, Refused) as error:
            return list(error.problems)
        words = "不在了" if found is None else "与登记时不同（SHA-256 对不上）" if found != expected else ""
        place = f"{record.id} 的附件 {path} {words}；请从 git 历史或备份取回"
        return [Problem(place, file=record.file, line=record.line)] if words else []
