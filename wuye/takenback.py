"""`edit --from`: an edited list taken back: only its changed cells become corrections, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

from wuye import changes, incoming, lent, number, outside, spoiled, workbook
from wuye.basis import Basis
from wuye.call import Call
from wuye.errors import BadInput, Damaged, Problem, Refused
from wuye.lent import RECEIVED, Row
from wuye.office import Office, Outcome
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Sheet, records_sheet
from wuye.values import Typing

LARGEST = 50 * 1024 * 1024
SHOWN = 200


class Corrected(NamedTuple):
    """One cell that becomes a correction, as it is told: masked where it is private."""

    id: str
    name: str
    zh: str
    before: str
    after: str
    place: str


def edit(call: Call, kind: Kind, source: str) -> Sheet:
    """Take the list back. Raises BadInput or Refused with every mistake of every cell; then nothing is changed."""
    office, basis = call.office, call.office.basis(kind)
    data = call.desk.read_stdin() if source == "-" else outside.read(source, LARGEST)
    found = workbook.read(data, "标准输入" if source == "-" else PurePath(source).name)
    table = lent.read(found, kind, basis)
    there, problems, stale = _there(office, kind, table.rows), list(table.problems), list[Problem]()
    taking = _Taking(kind, basis, call)
    plans: dict[str, tuple[Row, dict[str, str]]] = {}
    told: list[Corrected] = []
    for row in table.rows:
        record = there.get(row.id)
        if record is None:
            problems.append(Problem(f"没有 {row.id} 这条{kind.zh}：请核对编号，或删去这一行", row.place))
            continue
        typed, wrong, old = taking.words(row, record)
        problems, stale = [*problems, *wrong], [*stale, *old]
        if typed and not wrong and not old:
            plans[row.id] = row, typed
            told += taking.told(row, record, typed)
    if problems or stale:
        raise (BadInput if problems else Refused)(*incoming.shown((*problems, *stale)))
    done = _change(call, kind, taking, plans)
    return _answer(call, kind, basis, done, told, table)


def _there(office: Office, kind: Kind, rows: Sequence[Row]) -> dict[str, Record]:
    """The records that these rows are about, as they stand now. Raises Damaged where one of them cannot be read."""
    names = {row.id: number.parse(row.id) for row in rows}
    months = sorted({told.month for told in names.values() if told})
    found, problems = office.load(kind, [""] if kind.book else months) if names else ([], [])
    known = {record.id: record for record in found}
    if problems and set(names) - set(known):
        raise Damaged(*problems)
    return known


class _Taking:
    """What becomes of the rows: words for `edit`, and what is wrong with them, each by its cell."""

    def __init__(self, kind: Kind, basis: Basis, call: Call) -> None:
        self.kind, self.basis, self.typing, self.who = kind, basis, call.office.typing, call.who

    def words(self, row: Row, record: Record) -> tuple[dict[str, str], list[Problem], list[Problem]]:
        """The words of the changed cells by field, what is wrong with them, what was changed here meanwhile."""
        typed: dict[str, str] = {}
        wrong, stale = list[Problem](), list[Problem]()
        for name, back in row.changed.items():
            form = "moment-past" if name == RECEIVED else self.kind[name].type.name
            text = back.cell.text
            if fault := spoiled.fault(back.cell, form):
                wrong.append(self._about(row, name, f"{self.kind.label(name)}：{fault}"))
            elif name != RECEIVED and self.kind[name].private and "*" in text:
                words = "有遮住的部分，又和导出的不同：要改请写全，不改请照原样留着"
                wrong.append(self._about(row, name, f"{self.kind.label(name)}{words}"))
            elif self._stands(record, name, text):
                continue
            elif not row.knew(record, name, self.basis):
                words = f"{row.id} 的{self.kind.label(name)}在导出以后改过，现为“{self._now(record, name)}”"
                stale.append(Problem(f"{words}：请重新导出再改这一格，或改回原样", back.place, field=name))
            else:
                typed[name] = text
        if typed:
            try:
                changes.edited(record, typed, self.typing, self.who, self.basis)
            except (BadInput, Refused) as error:
                wrong += [self._told(row, problem) for problem in error.problems]
        return typed, wrong, stale

    def _about(self, row: Row, name: str, words: str) -> Problem:
        return Problem(f"{row.id} 的{words}", row.changed[name].place if name in row.changed else row.place, field=name)

    def _told(self, row: Row, problem: Problem) -> Problem:
        """A mistake of an option as one of a cell."""
        back = row.changed.get(problem.field)
        words = incoming.plainly(problem.message).replace("，或在映射里写明来自哪一列", "")
        if problem.field == RECEIVED:
            words = f"受理时间{words[words.find('：'):]}" if words.startswith("时间") else words
        form = self.kind[problem.field].type.name if back and self.kind.has(problem.field) else ""
        if back and form and (better := spoiled.advice(back.cell, form)):
            words = f"{self.kind[problem.field].zh}：{better}"
        about = "" if row.id in words else f"{row.id} " if words.startswith("缺少") else f"{row.id} 的"
        words = words.replace("请在这一行填上", "请填上这一格")
        return problem._replace(message=f"{about}{words}", file=back.place if back else row.place)

    def _stands(self, record: Record, name: str, text: str) -> bool:
        """Whether the words say what stands there already: a spreadsheet may only have written it in another way."""
        if name == RECEIVED:
            return changes.hear_time(text, self.typing, "")[0] == record.received
        if not text:
            return record[name] is None
        try:
            typing: Typing = self.typing._replace(floor=record.received)
            return bool(self.kind[name].type.parse(text, typing) == record[name])
        except ValueError:
            return False

    def _now(self, record: Record, name: str) -> str:
        if name == RECEIVED:
            return f"{record.received:%Y-%m-%d %H:%M}"
        one, value = self.kind[name], record[name]
        return "" if value is None else one.masked_zh(value) if one.private else one.shown(value)

    def told(self, row: Row, record: Record, typed: Mapping[str, str]) -> list[Corrected]:
        """The corrections of a row as they are told, masked where they must be."""
        after, _ = changes.edited(record, typed, self.typing, self.who, self.basis)
        return [
            Corrected(row.id, name, self.kind.label(name), self._now(record, name), self._now(after, name),
                      row.changed[name].place)
            for name in typed
        ]  # fmt: skip


def _change(call: Call, kind: Kind, taking: _Taking, plans: Mapping[str, tuple[Row, dict[str, str]]]) -> Outcome | None:
    """One write for all; each record is looked at again under the lock. Raises Refused where one changed just now."""
    if not plans:
        return None

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        row, typed = plans[record.id]
        now, wrong, stale = taking.words(row, record)
        if wrong or stale or now != typed:
            raise Refused(*(wrong or stale or [Problem(f"{record.id} 刚刚被改过：请重做一次", row.place)]))
        after, heard = changes.edited(record, typed, taking.typing, taking.who, basis)
        return after, heard.said

    once, dry_run = call.text("once"), call.flag("dry_run")
    return call.office.change(kind, list(plans), call.who, "更正", make, once=once, dry_run=dry_run)


def _answer(
    call: Call, kind: Kind, basis: Basis, done: Outcome | None, told: Sequence[Corrected], table: lent.Table
) -> Sheet:
    """What was corrected: the records for scripts, a line a cell for the desk."""
    notes = list(done.notes) if done else []
    notes += [f"没有读的列：{'、'.join(table.unread)}"] if table.unread else []
    if done:
        what = "试运行：可更正" if call.flag("dry_run") else "已更正"
        head = f"{what}{kind.zh} {len(done.records)} 条、{len(told)} 格"
    else:
        head = f"{table.total} 行里没有改动过的格子：什么也没有改"
    lines = [f"  {one.id} {one.zh}：{_word(one.before)} → {_word(one.after)}" for one in told[:SHOWN]]
    lines += [f"  ……一共 {len(told)} 格"] if len(told) > SHOWN else []
    failed = done.uncommitted if done else None
    sheet = records_sheet(kind, done.records if done else (), basis, notes=tuple(notes),
                          more={"changes": [one._asdict() for one in told]})  # fmt: skip
    return sheet._replace(
        words="\n".join([head, *lines]) + "\n",
        exit_code=failed.exit_code if failed else 0, problems=failed.problems if failed else (),
    )  # fmt: skip


def _word(text: str) -> str:
    line = text.replace("\n", " ")
    return (line if len(line) <= 40 else line[:39] + "…") or "（空）"
