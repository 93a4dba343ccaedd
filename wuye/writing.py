"""What every write has in common: names taken once, links told, the till asked, files and commit (design.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import changes, number, records, when
from wuye.basis import Basis
from wuye.changes import Heard, Who
from wuye.errors import BadInput, NotCommitted, NotFound, Problem, Refused
from wuye.keeping import Keeping
from wuye.message import write as commit_message
from wuye.monthfiles import MonthFiles, dump, path_of, path_of_record
from wuye.number import Number
from wuye.record import Record, tag_of
from wuye.schema import Kind, Move
from wuye.sheet import state_zh, step_zh

if TYPE_CHECKING:
    from wuye.incoming import Known
    from wuye.tabular import Row
    from wuye.till import Till

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


class Writing(Keeping):
    """What a write does beside the records it is about."""

    def _till(self, kind: Kind, files: MonthFiles, who: Who, asked: Iterable[str] = ()) -> Till | None:
        """What looks after money under the lock; None for all other kinds, which pay nothing for it."""
        if not kind.money:
            return None
        from wuye.till import Till

        return Till(self, files, who, asked)

    def _barred(self, kind: Kind, steps: Iterable[str], who: Who) -> Refused | None:
        """The refusal where the office demands a post for one of these steps that who does it does not hold."""
        demanded = [(step, wanted) for step in steps if (wanted := self.settings.demands(kind, step))]
        if not demanded:
            return None
        from wuye import posts

        person = self.staff(who.by)
        words = (posts.refusal(wanted, kind, step, who.by, person) for step, wanted in demanded)
        found = [one for one in words if one]
        return Refused(*dict.fromkeys(found)) if found else None

    def _make(
        self, kind: Kind, files: MonthFiles, heard: Sequence[Heard], who: Who, once: str, basis: Basis, via: str,
        told: Mapping[str, str], blank: str = "",
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
            extra = ({"once": once} if once else {}) | ({"blank": blank} if blank else {})
            for kept_path, (content, _) in one.files.items():
                files.keep(kept_path, content)
            if kind.link and (earlier := one.values.get(kind.link)):
                kept = self._told_of(kind, files, str(earlier), name, own, "repeat")
                one = one._replace(values={**one.values, **kept})
            if kind.origin and (source := one.values.get(kind.origin)):
                row = {"row": str(one.values["part"])} if one.values.get("part") else {}
                self._told_of(kind, files, str(source), name, own, via, {**told, **row})
            record = changes.new(kind, name, one, own, basis, extra)
            made.append(record)
            fresh.setdefault(path, []).append(dump(record))
            files.wrote[name] = "add"
        for path, new in fresh.items():
            files.append(kind, path, new)
        for record in made if kind.moves else ():
            self._moved(files, record, "add", who)
        return tuple(made)

    def _moved(self, files: MonthFiles, record: Record, step: str, who: Who) -> None:
        """What happens to other records because of this one, in the same write; the desk is told of it.

        Raises Refused, BadInput where one of them cannot go that way: then nothing of it all happens.
        """
        assert record.kind.moves is not None
        for move in record.kind.moves(record, step, self):
            target = records.kind(move.kind)
            assert not target.money, "money goes through the till"
            if move.step == "add":
                made = self._moved_new(files, target, record, move, who)
                files.told.append(f"同时登记{target.zh} {made.id}")
                continue
            other = self._meant(files, target, move.which)
            taken = target.flow.step(move.step)
            assert taken is not None
            heard, problems = changes.hear_step(target, taken, move.words, self.typing._replace(since=who.at))
            if problems:
                raise BadInput(*problems)
            after = changes.stepped(other, taken, heard, who, self.basis(target), {"link": record.id})
            files.put(path_of_record(other), after)
            files.told.append(f"{target.zh} {other.get(target.own_name) or other.id} 同时{step_zh(target, move.step)}")

    def _moved_new(self, files: MonthFiles, target: Kind, record: Record, move: Move, who: Who) -> Record:
        """A new record that comes with another one."""
        basis = self.basis(target)
        words = self.inherited(target, {**move.words, **({target.origin: record.id} if target.origin else {})})
        heard, problems = changes.hear_new(target, words, self.typing._replace(since=who.at), basis)
        if problems:
            raise BadInput(*problems)
        self._refuse_named_twice(target, files, [heard])
        if target.sees:
            heard = heard._replace(values=target.sees(heard.values, self, basis).with_typed(heard.values))
        return self._make(target, files, [heard], who, "", basis, "link", {})[0]

    def _meant(self, files: MonthFiles, target: Kind, which: str) -> Record:
        """The record a move is about, as it stands in this write. Raises NotFound."""
        found = number.parse(which)
        path = path_of(target, found.month if found else "")
        cut = files.current(path)
        if found:
            return self.parse(target, path, cut.data, cut, which)
        for name in cut.holding([which.encode()], len(cut.data)):
            other = self.parse(target, path, cut.data, cut, name)
            if not other.void and str(other[target.own_name]) == which:
                return other
        raise NotFound(f"{target.zh}里没有“{which}”：请核对，或先登记")

    def _along(
        self, till: Till | None, kind: Kind, files: MonthFiles, made: Sequence[Record], who: Who
    ) -> tuple[str, ...]:
        """Records that go into the same write as those made or changed; what the desk is told of it all."""
        if till is None:
            return ()
        for more in till.along(kind, made):
            self._make(more.kind, files, more.rows, who, "", self.basis(more.kind), "link", {})
        return tuple(dict.fromkeys(till.notes))

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
        cut = files.current(path)
        for number_ in cut.holding([name.encode()], len(cut.data)) if name.encode() in cut.data else ():
            other = self.parse(kind, path, cut.data, cut, number_)
            if not other.void and other.id != own and one.stored(other[one.name]) == name:
                words = f"{kind.zh}里已有{one.zh} {name}（{other.id}）：要改请用 edit，登错的先 void 作废"
                problems.append(Problem(words, field=one.name))
        return problems

    def _refuse_twice(self, kind: Kind, heard: Sequence[Heard]) -> None:
        """Of what there is once (a unit's answer to a survey) no second. Raises Refused naming every one."""
        if not kind.once_by:
            return
        # One new record is looked for by its last word, which few others hold; of many the first is common to all.
        word = kind.once_by[0 if len(heard) > 1 else -1]
        there: dict[tuple[Any, ...], str] = {}
        for name in dict.fromkeys(str(kind[word].stored(one.values[word])) for one in heard):
            for other in self.holding(kind, name, lambda r: not r.void):
                there[tuple(other.get(n) for n in kind.once_by)] = other.id
        problems = []
        for index, one in enumerate(heard, 1):
            key = tuple(one.values.get(n) for n in kind.once_by)
            if key in there:
                told = "、".join(f"{kind[n].zh} {kind[n].shown(one.values[n])}" for n in kind.once_by)
                words = f"{told} 已有{kind.zh}（{there[key] or '就在这一批里'}）：要改请用 edit，登错的先 void 作废"
                problems.append(Problem(words, field=kind.once_by[-1], row=index if len(heard) > 1 else 0))
            there.setdefault(key, "")
        if problems:
            raise Refused(*problems)

    def _refuse_renamed(self, kind: Kind, files: MonthFiles, record: Record, after: Record) -> None:
        """A correction may not give a unit, a department the name of another one. Raises Refused."""
        one = kind[kind.own_name] if kind.unique else None
        if one is None or after[one.name] == record[one.name]:
            return
        if problems := self._of_that_name(kind, files, one.stored(after[one.name]), record.id):
            raise Refused(*problems)

    def _next(self, kind: Kind, files: MonthFiles, path: str, day: date) -> int:
        """The serial after the last one of a day."""
        letter = self.settings.letter
        taken = files.current(path).numbers(f"{kind.prefix}-{day:%Y%m%d}-{letter}")
        return number.next_serial(taken, kind.prefix, day, letter).serial

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
        turn = target.turns.get(kind.name, "") if step == "link" else ""
        if turn and target.flow.after(first.status, turn) is not None:
            taken = target.flow.step(turn)
            assert taken is not None
            after = changes.stepped(first, taken, Heard({}), who, self.basis(target), {**told, "link": name})
        else:
            after = changes.noted(first, step, who, {**told, "link": name})
        files.put(path, after)
        return kind.on_link(first, who.moment) if kind.on_link and step == "repeat" else {}

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
        notes = (*dict.fromkeys((*notes, *files.told)), *files.session.notices, *self._clock_warning(newest))
        try:
            self.git.commit(list(files.after), message, who.by, new=new)
        except NotCommitted as error:
            return Outcome(made, notes, error)
        return Outcome(made, (*notes, *self._tagged(made, message, who)))

    def _tagged(self, made: Sequence[Record], message: str, who: Who) -> Iterable[str]:
        """A tag in git for every signature just given; one that fails is said, and nothing is lost by it."""
        for record in made:
            if record.log[-1].step in record.kind.tags:
                try:
                    self.git.tag(tag_of(record, len(record.log) - 1), message, who.by)
                except NotCommitted as error:
                    yield str(error.problems[0])

    def _clock_warning(self, newest: str) -> tuple[str, ...]:
        """A clock behind the newest record is said, and nothing is stopped by it."""
        try:
            recorded = when.parse_stored(newest, self.settings.zone)
        except ValueError:
            return ()
        if not isinstance(recorded, datetime) or recorded <= self.now:
            return ()
        return (f"电脑时钟 {self.now:%Y-%m-%d %H:%M} 比最新记录 {recorded:%Y-%m-%d %H:%M} 早：请核对电脑时间",)

    def person(self, given: str | None, environ: Mapping[str, str]) -> str:
        """Who does it: `--by`, who is on duty, `$WUYE_USER`, git's user, else the desk itself."""
        told = given or self.store.note("duty") or environ.get("WUYE_USER")
        return (told or self.git.user_name() or NO_NAME).strip()
