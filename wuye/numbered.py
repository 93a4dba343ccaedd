"""Which record is meant by what people type: a number in full or its tail, a room, the name of a thing in a book."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from wuye import blocks, number
from wuye.errors import Ambiguous, BadInput, Damaged, NotFound, Problem, WuyeError
from wuye.monthfiles import path_of
from wuye.number import Number
from wuye.numerals import fold
from wuye.record import Record
from wuye.room import AmbiguousRoom, UnknownRoom
from wuye.schema import Kind
from wuye.sheet import about, place, state_zh
from wuye.shelves import Shelves
from wuye.typed import nearest
from wuye.values import OWN_ROOM, ROOM

KNOWN_MONTHS, KNOWN_MOST = 3, 3


class Numbered(Shelves):
    """One office folder, in which records are found by what is typed for them."""

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
            data, wrong = self.bytes_of(path)
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

    def known(self, record: Record) -> list[Record]:
        """Earlier records of the kind with the same phone, plate or room, newest first, of the last months."""
        kind = record.kind
        wanted = {n: record[n] for n in kind.known_by if record[n]}
        found: list[Record] = []
        for month in reversed(self.months(kind)[-KNOWN_MONTHS:]):
            path = path_of(kind, month)
            data, _ = self.bytes_of(path)
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
