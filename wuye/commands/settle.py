"""`wuye settle`: what two desks said differently, and somebody's word on it (docs/desks.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wuye import contests
from wuye.basis import Basis
from wuye.call import READS, WRITES, Call, Verb
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet
from wuye.wanted import Wanted

COLUMNS = (Column("id", "编号"), Column("field_zh", "项目"), Column("said", "各说什么", wide=True))


def rows(records: Iterable[Record], reveal: bool = False) -> list[dict[str, Any]]:
    """A row a contested field."""
    found = []
    for record in records:
        for one in contests.of(record):
            kind = record.kind
            zh = contests.label(kind, one.field)
            said = contests.words(kind, one, reveal).removeprefix(f"{zh}：")
            found.append({"id": record.id, "field": one.field, "field_zh": zh, "said": said})
    return found


def section(loaded: Mapping[Kind, Sequence[Record]], now: datetime, schema: str) -> Sheet | None:
    """What waits for somebody's word, for `today` and `due`; None where nothing does."""
    found = rows(record for records in loaded.values() for record in records)
    title = f"两台说法不一 {len(found)} 处：请用 wuye settle 定下"
    return Sheet(schema, COLUMNS, tuple(found), now, title) if found else None


def run(call: Call) -> Sheet:
    """Without a number everything that is contested; with one what is decided about it."""
    if not call.words:
        office = call.asked
        loaded, problems = office.select_all(Wanted(waits=True))
        found = tuple(rows(record for records in loaded.values() for record in records))
        return Sheet("wuye.settle", COLUMNS, found, office.now, "两台说法不一", problems=tuple(problems),
                     exit_code=65 if problems else 0, empty="没有说法不一的记录")  # fmt: skip
    from wuye import settling, verbs  # `today` and `due` come by here
    from wuye.commands.print import kind_of

    office, name, words = call.office, call.words[0], call.words[1:]
    kind, who, typing = kind_of(name), call.who, office.typing
    settling.chosen(office.get(kind, name), words, typing)  # all mistakes before the lock

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        after = settling.settle(record, settling.chosen(record, words, typing), who, basis)
        left = [contests.words(kind, one) for one in contests.of(after)]
        return after, tuple(f"{record.id} 还没有定：{one}" for one in left)

    done = office.change(kind, [name], who, "定下", make, once=call.text("once"), dry_run=call.flag("dry_run"))
    return verbs.answer(call, kind, done, "已定下")


OPTIONS = (*WRITES, *READS)
HELP = "两台说法不一的：列出，或定下照哪一边"
VERB = Verb("settle", "定下", run, OPTIONS, "[ID] [FIELD=甲|乙|VALUE...]", frozenset(), HELP)
