"""What an office holds, read without a lock: its settings, its files, their records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wuye import blocks, clock, records, settings, yamlio
from wuye.basis import Basis, Rule
from wuye.blocks import Blocks
from wuye.errors import BadSettings, Damaged, InputOutput, NotFound, Problem, Refused
from wuye.git import Git, letter
from wuye.monthfiles import BOOK, path_of
from wuye.record import Record, from_stored
from wuye.schema import Kind
from wuye.settings import Settings
from wuye.store import Store
from wuye.units import Units
from wuye.values import Typing

if TYPE_CHECKING:
    from wuye.claims import Claims


def find_root(given: str | None, environ: Mapping[str, str], start: Path) -> Path:
    """The office's folder: `--office`, `$WUYE_OFFICE`, or upward from the working directory.

    Raises NotFound where there is none.
    """
    named = given or environ.get("WUYE_OFFICE")
    if named:
        root = Path(named).expanduser()
        with suppress(OSError, ValueError):  # too long for a name, a NUL in it
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
        return Units(lambda: self.bytes_of("books/unit.yaml")[0])

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
            data, wrong = self.bytes_of(path)
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
            data, wrong = self.bytes_of(path)
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

    def bytes_of(self, path: str) -> tuple[bytes, list[Problem]]:
        """A file's bytes; where the disk does not give them, none and why: one bad file hides no other."""
        try:
            return self.store.read(path) or b"", []
        except (InputOutput, Refused) as error:
            return b"", list(error.problems)

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
