"""Rows from elsewhere made into records: every fault by cell, a record with its steps, what is known already. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from wuye import changes, spoiled, when
from wuye.basis import Basis
from wuye.changes import IMPORTED, Heard, Who
from wuye.errors import BadInput, Problem, Refused
from wuye.record import Record
from wuye.schema import Kind
from wuye.tabular import Row, Taken, Word
from wuye.typed import scan
from wuye.values import Typing

MOST_SHOWN = 200
_SINCE = ("已经过去，这里只能填今后的时间", "比受理还早，这里只能填受理以后的时间")


class Made(NamedTuple):
    """What became of a row: a record without a number, or what is wrong; and what the desk should look at."""

    row: Row
    record: Record | None
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()


class Known(NamedTuple):
    """A row that was taken in before: the record it became, the fields in which the row says otherwise now.

    `faults` are what is wrong with it by the rules of now: then nothing can be compared.
    """

    row: Row
    id: str
    differs: tuple[str, ...] = ()
    faults: tuple[Problem, ...] = ()


def make(kind: Kind, row: Row, typing: Typing, basis: Basis, who: Who) -> Made:
    """The record of a row, its steps taken with their own times through the rules of the flow."""
    return _Making(kind, row, typing, basis, who).made()


class _Making:
    """One row on its way."""

    def __init__(self, kind: Kind, row: Row, typing: Typing, basis: Basis, who: Who) -> None:
        self.kind, self.row, self.typing, self.basis, self.who = kind, row, typing, basis, who
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []

    def made(self) -> Made:
        sound = self._sound(self.row.words)
        received = self._moment(sound.pop("received", None), "受理时间")
        if received is None and not self.kind.book and not self._told("received"):
            place = self.row.words["received"].place if "received" in self.row.words else self.row.place
            self.problems.append(Problem("缺少受理时间：请填上这一格", place, field="received"))
        moment = received or self.who.now
        heard, wrong = changes.hear_new(
            self.kind, {n: w.text for n, w in sound.items()}, self.typing._replace(since=moment), self.basis.at(moment)
        )
        self._tell(wrong, self.row.words)
        steps = [(at, taken, words) for taken in self.row.steps for at, words in self._step(taken, moment)]
        if self.problems:
            return Made(self.row, None, tuple(self.problems), tuple(self.doubts))
        record = self._built(heard._replace(received=received), steps)
        return Made(self.row, record if not self.problems else None, tuple(self.problems), tuple(self.doubts))

    def _told(self, name: str) -> bool:
        return any(p.field == name for p in self.problems)

    def _sound(self, words: Mapping[str, Word]) -> dict[str, Word]:
        """The words in whose cells a spreadsheet has destroyed nothing."""
        found = {}
        for name, word in words.items():
            form = "moment-past" if name == "received" else self.kind[name].type.name
            faults = [text for cell in word.cells if (text := spoiled.fault(cell, form))]
            for text in faults:
                self._wrong(name, word, text)
            if word.text and not faults:
                found[name] = word
            for cell in word.cells if not faults else ():
                if text := spoiled.doubt(cell, form):
                    self.doubts.append(Problem(f"{word.column}：{text}", word.place, field=name))
        return found

    def _wrong(self, name: str, word: Word, words: str) -> None:
        label = word.column or (self.kind[name].zh if self.kind.has(name) else name)
        mark = "" if words.startswith(("是", "被", "只", "后面")) else "："
        self.problems.append(Problem(f"{label}{mark}{words}", word.place, field=name))

    def _moment(self, word: Word | None, zh: str) -> datetime | None:
        """A past time of a row: when it was received, when a step was taken."""
        if word is None or not word.text:
            return None
        if any(spoiled.fault(cell, "moment-past") for cell in word.cells):
            return None
        if problem := scan(word.text, "", zh):
            self.problems.append(Problem(plainly(problem.message), word.place, field="received"))
            return None
        moment, wrong = changes.hear_time(word.text, self.typing, "--received")
        for problem in wrong:
            words = problem.message.partition("：")[2]
            self.problems.append(Problem(f"{word.column}：{_with_remedy(words)}", word.place, field="received"))
        return moment

    def _step(self, taken: Taken, received: datetime) -> list[tuple[datetime, Heard]]:
        """The time and the values of a step; nothing where something is wrong with them."""
        before = len(self.problems)
        for cell in taken.at.cells:
            if words := spoiled.fault(cell, "moment-past"):
                self._wrong("at", taken.at, words)
        at = self._moment(taken.at, taken.step.zh)
        if at is not None and at < received:
            words = f"{taken.at.column}：{when.read_back(at)} 早于受理时间 {when.read_back(received)}：请核对这两格"
            self.problems.append(Problem(words, taken.at.place, field="at"))
        sound = self._sound(taken.words)
        typing = self.typing._replace(since=at or received)
        heard, wrong = changes.hear_step(self.kind, taken.step, {n: w.text for n, w in sound.items()}, typing)
        self._tell(wrong, taken.words)
        if problem := scan(taken.by, "", "经办人"):
            self.problems.append(Problem(plainly(problem.message), taken.at.place, field="by"))
        return [] if at is None or len(self.problems) > before else [(at, heard)]

    def _tell(self, wrong: Iterable[Problem], words: Mapping[str, Word]) -> None:
        """Problems of fields as problems of cells; what a destroyed cell leaves missing is not told twice."""
        for problem in wrong:
            name = problem.field
            word = words.get(name)
            absent = "缺少" in problem.message.partition("：")[0]
            if self._told(name) or (absent and self._group_told(name)):
                continue
            text = plainly(problem.message).replace(*_SINCE)
            if absent and word and word.column:
                text = text.replace("，或在映射里写明来自哪一列", "")
            if absent and (hint := next((w.hint for n, w in words.items() if n in self._group(name) and w.hint), "")):
                text = f"{text.partition('：')[0]}：{hint}"
            elif word and word.cells and (better := spoiled.advice(word.cells[0], self.kind[name].type.name)):
                text = f"{self.kind[name].zh}：{better}"
            elif "没有“" in text and self.kind.has(name) and self.kind[name].type.choices:
                text = f"{text.removesuffix('；请改正')}；请改正，或在映射的 values 里写明它对应哪一个"
            if word and word.column and word.column != self.kind[name].zh and not absent:
                text = f"{word.column} → {text}"
            self.problems.append(Problem(text, word.place if word and word.place else self.row.place, field=name))

    def _group(self, name: str) -> tuple[str, ...]:
        """The fields of which one must be given, where the field is one of them; else the field alone."""
        return next((group for group in self.kind.one_of if group[0] == name), (name,))

    def _group_told(self, name: str) -> bool:
        return any(self._told(one) for one in self._group(name))

    def _built(self, heard: Heard, steps: Sequence[tuple[datetime, Taken, Heard]]) -> Record | None:
        """The record with its steps in the order in which they happened."""
        who = self.who._replace(at=heard.received)
        extra = {IMPORTED: {"at": when.dump(who.now), "key": self.row.key}}
        record = changes.new(self.kind, "", heard, who, self.basis, extra)
        for at, taken, words in sorted(steps, key=lambda one: one[0]):
            doer = Who(taken.by or who.by, at, who.now)
            try:
                record = changes.stepped(record, taken.step, words, doer, self.basis.at(at), {})
            except (Refused, BadInput) as error:
                for problem in error.problems:
                    text = f"{taken.at.column}：{plainly(problem.message).strip()}"
                    self.problems.append(Problem(text, taken.at.place, field="at"))
                return None
        return record


def plainly(message: str) -> str:
    """A sentence about options as one about a table."""
    message = re.sub(r"--[a-z-]+（([^（）]*)）", r"\1", message)
    message = re.sub(r"请用 --[a-z-]+(?: 或 --[a-z-]+)* 给出", "请在这一行填上，或在映射里写明来自哪一列", message)
    return message.replace("；请核对 --at", "；请核对时间").lstrip("（）")


def _with_remedy(words: str) -> str:
    return words if "请" in words or "可以写" in words else f"{words}；请核对"


# --- what is known already


def key_of(record: Record) -> str:
    """The key under which a record was taken in; empty for one that was typed."""
    told = record.extra.get(IMPORTED)
    return str(told.get("key", "")) if isinstance(told, dict) else ""


def known(records: Iterable[Record]) -> dict[str, Record]:
    """Records that were taken in, by their keys."""
    return {key: record for record in records if (key := key_of(record))}


def again(made: Made, record: Record) -> Known:
    """A row that was taken in before, compared with what it became."""
    return Known(made.row, record.id, differences(record, made.record) if made.record else (), made.problems)


def named_twice(kind: Kind, made: Sequence[Made], names: Mapping[str, str]) -> Iterator[Problem]:
    """Rows whose own name stands in the book already, or twice in the table (a unit, a department)."""
    seen: dict[str, int] = {}
    for one in made if kind.unique else ():
        if one.record is None:
            continue
        field = kind[kind.own_name]
        name = str(field.stored(one.record[field.name]))
        place = one.row.words[field.name].place if field.name in one.row.words else one.row.place
        if name in names:
            words = f"{kind.zh}里已有{field.zh} {name}（{names[name]}）：要改请用 edit，表里这一行请删去"
            yield Problem(words, place, field=field.name)
        elif name in seen:
            yield Problem(f"{field.zh} {name} 与第 {seen[name]} 行重复：请删去一行或改正", place, field=field.name)
        seen.setdefault(name, one.row.number)


def differences(record: Record, made: Record) -> tuple[str, ...]:
    """Labels of what a row says otherwise now than when it was taken in; what the desk changed since is left out."""
    values, received = dict(record.values), when.dump(record.received)
    for entry in reversed(record.log):
        # `recorded` of the record is the moment at which it was taken in.
        if (entry.recorded or entry.at) > record.recorded:
            values.update(entry.was)
            received = str(entry.extra.get("received_was", received))
    found = [
        record.kind.label(name)
        for name in dict.fromkeys((*made.values, *values))
        if values.get(name) != made.values.get(name)
    ]
    if received != when.dump(made.received):
        found.insert(0, record.kind.label("received"))
    stood = {(e.step, e.at) for e in record.log[1:]}
    found += [f"步骤 {e.step}" for e in made.log[1:] if (e.step, e.at) not in stood]
    return tuple(found)


def shown(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """What is printed of many faults: the first ones, then how many there are in all."""
    found = tuple(dict.fromkeys(problems))
    if len(found) <= MOST_SHOWN:
        return found
    rest = Problem(f"一共 {len(found)} 处，这里列出前 {MOST_SHOWN} 处：请改好后再试")
    return (*found[:MOST_SHOWN], rest)

