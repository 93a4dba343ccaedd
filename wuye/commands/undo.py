"""`wuye undo`: takes back what a command did, before and after shown first; the log keeps both (docs/concepts.md)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from wuye import undoing
from wuye.basis import Basis
from wuye.call import READS, WRITES, Call, Opt, Verb
from wuye.commands.print import kind_of
from wuye.errors import BadInput, Problem, Refused
from wuye.office import Outcome
from wuye.past import Found, Past
from wuye.record import REDO, UNDO, Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, public, state_zh
from wuye.undoing import ZH, Difference, Target

OPTIONS = (
    Opt("back", "倒数第几次（不写为最近一次）；后来做的不动", metavar="N"),
    *(one for one in WRITES if one.name in ("dry_run", "yes")),
    *READS,
)


def run(step: str, schema: str, call: Call) -> Sheet:
    """Find the command, show what would change, ask, take it back."""
    found, office = _found(call, step), call.office
    who = call.who
    after = _previewed(call, found, step)
    reveal = call.whole(len(found.targets))
    if call.flag("reveal"):
        call.log_reveal([t.record.id for t in found.targets])
    sheet = _sheet(call, step, found, after, reveal)._replace(schema=schema)
    if call.flag("dry_run"):
        return sheet._replace(notes=(*sheet.notes, "试运行：没有写入"))
    if not call.flag("yes"):
        _ask(call, step, sheet)
    words = f"{ZH[step]} {_subject(found, step)}"

    def make(index: int, record: Record, basis: Basis) -> Record:
        return undoing.take_back(found.targets[index]._replace(record=record), who, basis, step)

    done = office.rewrite([t.record for t in found.targets], who, words, step, make)
    return _done(call, step, sheet, found, done, reveal)


def _found(call: Call, step: str) -> Found:
    """The command that is meant. Raises BadInput with every mistake in the words, Refused where there is none."""
    back, office, problems = call.text("back") or "1", call.office, list(call.heard[1])
    if not (back.isascii() and back.isdigit() and 0 < int(back) < 10_000):
        problems.append(Problem(f"--back 应是 1 以上的整数，现为“{back}”：请写倒数第几次", field="back"))
    named: list[tuple[Kind, str]] = []
    for word in call.words:
        try:
            kind = kind_of(word)
            named.append((kind, str(office.number(kind, word))))
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(*problems)
    past = Past(office)
    named = list(dict.fromkeys(named))
    found = past.of(named, step, int(back)) if named else past.last(step, int(back))
    added = {t.record.id for t in found.targets if t.places[0] == 0}
    if pointing := _left_pointing(past.pointing(added), found):
        words = "{} 的登记不能撤销：{} 指向它；请先撤销或改正那几条"
        raise Refused(*(words.format(name, "、".join(others[:3])) for name, others in pointing.items()))
    return found


def _left_pointing(pointing: Mapping[str, list[str]], found: Found) -> dict[str, list[str]]:
    """The records that would still name one that is taken back: not those that go back with it and named it only since.

    A key that was lent by a loan names that loan, and goes back together with it.
    """
    before = {t.record.id: t.before for t in found.targets}
    still: dict[str, list[str]] = {}
    for name, others in pointing.items():
        for other in others:
            then = before.get(other)
            if other not in before or (then and name in then.values.values()):
                still.setdefault(name, []).append(other)
    return still


def _previewed(call: Call, found: Found, step: str) -> tuple[Record, ...]:
    """The records as they would be. Raises what stands in the way of any of them."""
    after: list[Record] = []
    problems: list[Problem] = []
    for target in found.targets:
        try:
            made = undoing.take_back(target, call.who, call.office.basis(target.record.kind), step)
            _refuse_second(call, target.record, made)
            after.append(made)
        except (Refused, BadInput) as error:
            problems += error.problems
    if problems:
        raise Refused(*problems)
    return tuple(after)


def _refuse_second(call: Call, now: Record, then: Record) -> None:
    """A name that a book holds once may meanwhile be another record's."""
    kind = now.kind
    if not kind.unique or then.void or (not now.void and now[kind.own_name] == then[kind.own_name]):
        return
    own, name = kind[kind.own_name], then[kind.own_name]
    others = call.office.holding(kind, own.stored(name), lambda r: bool(r[own.name] == name) and not r.void)
    if taken := [r.id for r in others if r.id != now.id]:
        raise Refused(f"{now.id} 不能撤销：{own.zh} {own.shown(name)} 现在是 {taken[0]}；请先把那一条作废")


def _subject(found: Found, step: str) -> str:
    """What is taken back, in the words of a commit's subject."""
    from wuye.changes import summary_of

    first = found.targets[0]
    what = undoing.what(first.record, first.main)
    what = what.removeprefix(ZH[UNDO]) if step == REDO else what
    return f"{first.record.kind.zh}{what} {summary_of([t.record.id for t in found.targets])}"


def _said(kind: Kind, one: Difference, value: Any, reveal: bool) -> str:
    """A value in the clerk's words."""
    if value is None:
        return ""
    if one.name == "status":
        return state_zh(kind, value)
    if one.name == "received":
        return f"{value:%Y-%m-%d %H:%M}"
    field = kind[one.name]
    return field.masked_zh(value) if field.private and not reveal else field.shown(value)


def _change_row(kind: Kind, one: Difference, reveal: bool) -> dict[str, Any]:
    """A difference as scripts read it, with the words for the table beside."""
    row: dict[str, Any] = {"field": one.name, "zh": kind.label(one.name)}
    for name, value in (("now", one.now), ("then", one.then)):
        hidden = value is not None and kind.has(one.name) and kind[one.name].private and not reveal
        row[name] = kind[one.name].masked(value) if hidden else value
        row[f"{name}_zh"] = _said(kind, one, value, reveal)
    return row


def _rows(target: Target, after: Record, reveal: bool) -> dict[str, Any]:
    record, last = target.record, target.main
    changes = [_change_row(record.kind, one, reveal) for one in undoing.differences(record, after)]
    return {
        "id": record.id, "kind": record.kind.name, "step": last.step, "what": undoing.what(record, last),
        "at": last.at, "by": last.by, "commit": target.commit, "changes": changes,
    }  # fmt: skip


def _sheet(call: Call, step: str, found: Found, after: tuple[Record, ...], reveal: bool) -> Sheet:
    """What would change: a row a record for scripts, a line a field for people."""
    rows = tuple(_rows(t, a, reveal) for t, a in zip(found.targets, after, strict=True))
    lines: list[Mapping[str, Any]] = []
    for target, row in zip(found.targets, rows, strict=True):
        note = "；".join(str(e.extra.get("note") or e.extra.get("file") or "") for e in target.entries).strip("；")
        lines.append({"id": row["id"], "zh": "经过", "now": f"{target.said}{note}", "then": f"已{ZH[step]}"})
        lines += [{"id": row["id"], "zh": c["zh"], "now": c["now_zh"], "then": c["then_zh"]} for c in row["changes"]]
    then = Column("then", f"{ZH[step]}后", lambda text: text or "（空）", wide=True)
    now = Column("now", "现在", lambda text: text or "（空）", wide=True)
    columns = (Column("id", "编号"), Column("zh", "项目"), now, then)
    return Sheet(
        "", columns, rows, call.office.now, f"{ZH[step]}：{found.words}", headed=True,
        table_rows=tuple(lines), notes=found.notes,
    )  # fmt: skip


def _in_words(row: Mapping[str, Any]) -> str:
    """The changes of one record: `状态 处理中 → 已登记；责任部门 工程部 → （空）`."""
    told = [f"{c['zh']} {c['now_zh'] or '（空）'} → {c['then_zh'] or '（空）'}" for c in row["changes"]]
    return "；".join(told) or "各项不变，只在经过里注明"


def _ask(call: Call, step: str, sheet: Sheet) -> None:
    """Before and after are shown; nobody is asked where nobody sits. Raises BadInput unless it was agreed to."""
    from wuye.render import table

    if call.desk.terminal and call.desk.confirm(f"{table.text(sheet)}{ZH[step]}吗"):
        return
    raise BadInput(
        *(
            Problem(f"{row['id']} 将{ZH[step]}{row['what']}（{row['at']:%Y-%m-%d %H:%M} {row['by']}）："
                    f"{_in_words(row)}；确要{ZH[step]}请加 --yes", field="yes")
            for row in sheet.rows
        )
    )  # fmt: skip


def _done(call: Call, step: str, sheet: Sheet, found: Found, done: Outcome, reveal: bool) -> Sheet:
    """The answer: what was taken back of whom, and the records as they now are."""
    bases = {kind: call.office.basis(kind) for kind in {r.kind for r in done.records}}
    lines = [f"已{ZH[step]}：{found.words}\n"]
    lines += [f"{row['id']}：{_in_words(row)}\n" for row in sheet.rows]
    late = done.uncommitted
    return sheet._replace(
        words="".join(lines),
        more={"records": [public(r, bases[r.kind], reveal) for r in done.records]},
        notes=(*sheet.notes, *done.notes),
        problems=late.problems if late else (),
        exit_code=late.exit_code if late else 0,
    )


RUN = partial(run, UNDO, "wuye.undo")
VERB = Verb("undo", "撤销", RUN, OPTIONS, "[ID...]", frozenset(), "撤销命令：先看前后，再写回原来的值")
