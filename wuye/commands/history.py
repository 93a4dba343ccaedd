"""`wuye history ID|ROOM`: everything that happened to a record, or about a room, oldest first, in the clerk's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from wuye import blocks, forgetting, number, records, telling, when
from wuye.annals import Commit
from wuye.call import READS, Call, Opt, Verb
from wuye.errors import BadInput, Problem, WuyeError
from wuye.fields import FORGOTTEN
from wuye.message import read as read_message
from wuye.monthfiles import path_of
from wuye.numerals import fold
from wuye.office import Office
from wuye.past import Past
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, short
from wuye.telling import HAND, HAND_ZH, Event
from wuye.values import ROOM
from wuye.wanted import Wanted

OPTIONS = (Opt("period", "期间：2026-11、2026、本月、上周、all", metavar="PERIOD"), *READS)


def run(call: Call) -> Sheet:
    """One record with what was changed by hand, or every record about a room."""
    word, *more = call.need_words("编号或房号")
    problems = [Problem(f"多余的“{one}”：请一次写一个编号或房号") for one in more]
    try:
        since, until = when.period(call.text("period") or "all", call.office.now.date())
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    kind, room = _meant(call.office, word, problems)
    if problems:
        raise BadInput(*problems)
    notes: tuple[str, ...] = ()
    damage: list[Problem] = []
    if kind:
        record = call.office.get(kind, word)
        found, notes = _of_record(call.office, record)
        title = f"{record.id} 的经过"
    else:
        about, damage = _about(call.office, room)
        found = sorted((event for record in about for event in telling.events(record)), key=lambda e: e.at)
        title = f"{room} 的经过"
    found = [e for e in found if _within(e.at.date(), since, until)]
    reveal = call.whole(1 if kind else 2)
    if call.flag("reveal"):
        call.log_reveal(list(dict.fromkeys(e.record.id for e in found)))
    rows, basis = tuple(_row(event, reveal) for event in found), call.office.basis()
    columns: tuple[Column, ...] = (
        Column("at", "时间"), Column("id", "编号"), Column("step_zh", "步骤", wide=True), Column("by", "经办"),
        Column("words", "内容", wide=True), Column("commit", "提交"),
    )  # fmt: skip
    if kind:
        columns = tuple(c for c in columns if c.name != "id")
    return Sheet(
        "wuye.history", columns, rows, call.office.now, title, headed=True, notes=notes, problems=tuple(damage),
        exit_code=65 if damage else 0, empty="没有经过",
        table_rows=tuple(
            {**row, "words": telling.in_words(e, reveal, basis)} for row, e in zip(rows, found, strict=True)
        ),
    )  # fmt: skip


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


def _meant(office: Office, word: str, problems: list[Problem]) -> tuple[Kind | None, str]:
    """The kind of the number that was typed, or else the room."""
    told = number.parse(fold(word).strip().upper()) or number.typed(fold(word))
    name = records.name_of(told.prefix) if told and told.prefix else None
    if name:
        return records.kind(name), ""
    try:
        return None, str(ROOM.parse(word, office.typing))
    except ValueError as error:
        problems.append(Problem(f"“{word}”既不是带前缀的编号，也看不出房号（{error}）：请写 ts3 或 3-2-1201 这样"))
        return None, ""


def _of_record(office: Office, record: Record) -> tuple[list[Event], tuple[str, ...]]:
    """The log of a record with the commit of every entry, and what was changed by hand between them."""
    past = Past(office)
    if not past.annals.there():
        return telling.events(record), ("没有 git 历史：只列经过，看不到手工改动",)
    commits: dict[int, str] = {}
    by_hand: list[Event] = []
    for commit, before, after in past.versions(record.kind, record.id):
        commits |= dict.fromkeys(telling.new_entries(before, after, record), commit.short if commit else "")
        ours = commit is not None and read_message(commit.message).ours
        if before is None and ours:
            break
        changed = _left(record, telling.by_hand(before, after))
        if changed and not (before is None and after and len(after.log) <= 1):
            by_hand.append(_hand(office, record, commit, changed))
    first, *rest = telling.events(record, commits)
    late = [e for e in by_hand if not e.commit]
    rest = sorted([*rest, *(e for e in reversed(by_hand) if e.commit)], key=lambda e: e.at)
    return [first, *rest, *late], ()


def _left(record: Record, changed: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """What may still be told of a change by hand: git remembers what the record was made to forget."""
    gone = forgetting.emptied(record)
    return {n: (FORGOTTEN, FORGOTTEN) if n in gone else pair for n, pair in changed.items()}


def _hand(office: Office, record: Record, commit: Commit | None, changed: Mapping[str, tuple[Any, Any]]) -> Event:
    at = datetime.fromisoformat(commit.at).astimezone(office.settings.zone) if commit else office.now
    return Event(
        at, record, HAND, HAND_ZH, commit.author if commit else "", {n: b for n, (_, b) in changed.items()},
        {n: a for n, (a, _) in changed.items()}, commit=commit.short if commit else "",
        words="" if commit else "还没有提交",
    )  # fmt: skip


def _about(office: Office, room: str) -> tuple[list[Record], list[Problem]]:
    """Every record of every kind with the room in any field, told by the index, else by bytes; what cannot be read."""
    office.store.settle()
    rooms = {kind: {f.name for f in kind.fields if f.type.name.startswith("room")} for kind in office.kinds()}
    rooms = {kind: names for kind, names in rooms.items() if names}
    by_index = office.narrowed(Wanted(room=room), tuple(rooms))
    if by_index and not by_index[1]:
        return [r for kind, loaded in by_index[0].items() for r in loaded if _names(r, rooms[kind], room)], []
    found: list[Record] = []
    problems: list[Problem] = []
    for kind, names in rooms.items():
        for month in office.months(kind):
            path = path_of(kind, month)
            try:
                data = office.store.read(path) or b""
                cut = blocks.split(data, path)
                told = cut.holding([room.encode()], len(data)) if room.encode() in data else []
                holding = [office.parse(kind, path, data, cut, name) for name in reversed(told) if name]
            except WuyeError as error:
                problems += error.problems
                continue
            found += [r for r in holding if _names(r, names, room)]
    return found, problems


def _names(record: Record, fields: set[str], room: str) -> bool:
    said = [record.values, *(e.values for e in record.log)]
    return any(str(values.get(name)) == room for values in said for name in fields)


def _row(event: Event, reveal: bool) -> dict[str, Any]:
    """An event as scripts read it."""
    return {
        "at": event.at, "id": event.record.id, "kind": event.record.kind.name, "step": event.step,
        "step_zh": event.zh, "by": event.by, "values": _shown(event.record.kind, event.values, reveal),
        "was": _shown(event.record.kind, event.was, reveal), "recorded": event.recorded, "note": event.words,
        "undone": event.undone, "commit": short(event.commit),
    }  # fmt: skip


def _shown(kind: Kind, values: Mapping[str, Any], reveal: bool) -> dict[str, Any]:
    return {
        n: kind[n].masked(v) if v is not None and kind.has(n) and kind[n].private and not reveal else v
        for n, v in values.items()
    }


VERB = Verb("history", "历史", run, OPTIONS, "ID|ROOM", frozenset(), "一条记录或一个房号的全部经过，从早到晚")
