"""What was known of a time then and what is known of it now: the numbers that differ, and the records behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wuye.record import Entry, Record
from wuye.sheet import Column, Sheet, place, state_zh, step_zh
from wuye.summary import COUNTS

HOW = {"added": "后来补录", "void": "后来作废", "changed": "后来更正", "removed": "后来不在了"}
BESIDE_HOW = {"later": "以后的步骤", "same": "记录没有变"}
"""What else may move a number: a step of later days (today's category of a record), another record, the settings."""
CORRECTIONS = ("edit", "void")
KEYS = ("row", "figure", "way", "item", "key", "collector", "name")
"""By what a line of a table is known again, the first that it has."""
BESIDE = frozenset({*KEYS, "zh", "unit", "words", "apart", "last", "last_year", "change_last", "change_last_year"})
"""Columns that are no number of the time itself."""
NOT_NUMBERS = frozenset({"explain", "late", "delays", "tomorrow", "after_close"})


# --- numbers


class Number(NamedTuple):
    """One number of a report: its value and how it is shown, then and now, with the records behind it."""

    part: str
    row: str
    column: str
    zh: str
    then: Any
    now: Any
    shown: tuple[str, str]
    only_then: tuple[str, ...]
    only_now: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether it is another now, or stands on other records."""
        return self.shown[0] != self.shown[1] or bool(self.only_then or self.only_now)

    @property
    def difference(self) -> Any:
        """How much more it is now; None where it is no plain number, or was not there."""
        whole = isinstance(self.then, int) and isinstance(self.now, int)
        if whole or (isinstance(self.then, Decimal) and isinstance(self.now, Decimal)):
            return self.now - self.then
        return None


class _Cell(NamedTuple):
    zh: str
    value: Any
    shown: str
    ids: tuple[tuple[str, str], ...]


def numbers(then: Sheet, now: Sheet) -> list[Number]:
    """The numbers of two reports about the same time, in the order of that of now."""
    before, after = _cells(then), _cells(now)
    found = []
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        zh = new.zh if new else old.zh if old else ""
        only = (_only(old, new), _only(new, old))
        shown = (_shown(old, new), _shown(new, old))
        found.append(Number(*key, zh, _value(old, new), _value(new, old), shown, *only))
    return found


def _only(cell: _Cell | None, other: _Cell | None) -> tuple[str, ...]:
    """The records that stand behind the one and not behind the other, above or below the line of a rate."""
    known = set(other.ids) if other else set()
    return tuple(dict.fromkeys(name for side, name in cell.ids if (side, name) not in known)) if cell else ()


def _value(cell: _Cell | None, other: _Cell | None) -> Any:
    """The value; of a count that does not occur nothing."""
    if cell is None and other is not None and isinstance(other.value, (int, Decimal)):
        return type(other.value)(0)
    return cell.value if cell else None


def _shown(cell: _Cell | None, other: _Cell | None) -> str:
    return cell.shown if cell else "0" if other is not None and type(other.value) is int else "—"


def _cells(sheet: Sheet) -> dict[tuple[str, str, str], _Cell]:
    """Every number of a report by part, line and column."""
    found: dict[tuple[str, str, str], _Cell] = {}
    heads = {column.name: column.zh for column in sheet.columns}
    for row in sheet.rows:
        for name in COUNTS:
            zh = f"{str(row['zh']).strip()}：{heads[name]}"
            found["counts", str(row["row"]), name] = _Cell(zh, row[name], str(row[name]), _sided("", row["ids"][name]))
    for part in sheet.sections:
        name = part.schema.rpartition(".")[2]
        if name not in NOT_NUMBERS:
            for row in part.rows:
                found |= _cells_of_row(name, part, row)
    return found


def _cells_of_row(name: str, part: Sheet, row: Mapping[str, Any]) -> dict[tuple[str, str, str], _Cell]:
    """The numbers of one line of a table."""
    key = next((str(row[one]) for one in KEYS if one in row), "")
    label = str(row.get("zh") or row.get(next((c.name for c in part.columns), ""), "")).strip() or key
    found = {}
    for column in part.columns:
        if key and column.name in row and column.name not in BESIDE:
            head = "" if column.name == "this" else f"：{column.zh}"
            value = row[column.name]
            told = value.get("value") if isinstance(value, Mapping) else value
            found[name, key, column.name] = _Cell(f"{label}{head}", told, column.show(value), _ids(row, column, value))
    return found


def _ids(row: Mapping[str, Any], column: Column, value: Any) -> tuple[tuple[str, str], ...]:
    """The records behind a number, where the line tells them; of a rate those above and below the line."""
    if isinstance(value, Mapping):
        sides = ("numerator", "denominator")
        return tuple(one for side in sides for one in _sided(side, value.get(f"{side}_ids", ())))
    told = row.get("ids", ())
    told = told.get(column.name) if isinstance(told, Mapping) else told
    return _sided("", (one for one in told or () if isinstance(one, str)))


def _sided(side: str, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((side, name) for name in names)


# --- records


class Difference(NamedTuple):
    """A record of which something else is known now: what became of it, whether that counts for the time itself.

    `fields` are name, value then, value now; `gained` and `lost` are steps typed in, or taken back, since; `typed`
    and `by` tell when and by whom, as far as the record says so.
    """

    record: Record
    how: str
    counts: bool
    fields: tuple[tuple[str, Any, Any], ...] = ()
    gained: tuple[Entry, ...] = ()
    lost: tuple[Entry, ...] = ()
    typed: datetime | None = None
    by: str = ""


def difference(before: Record | None, after: Record | None, moment: datetime) -> Difference | None:
    """What is known otherwise now of one record, as of a moment; None where there is nothing to tell of it.

    A correction or voiding of a later day is told and does not count: at the moment it had not happened. Where only
    time went on, it is `later`.
    """
    if before is None or after is None:
        one = before or after
        if one is None or one.received > moment:
            return None
        if after is None:
            return Difference(one, "removed", True)
        return Difference(one, "added", True, typed=one.recorded, by=one.log[0].by if one.log else "")
    if min(before.received, after.received) > moment:
        return None
    then, now = before.as_of(moment), after.as_of(moment)
    fields = _fields(then, now)
    gained, lost = _without(now.standing, then.standing), _without(then.standing, now.standing)
    counts = bool(fields or gained or lost)
    known = set(map(_key, before.log))
    later = [e for e in after.standing if e.step in CORRECTIONS and e.at > moment and _key(e) not in known]
    told = {name for name, _, _ in fields}
    for entry in later:
        fields += [(n, entry.was.get(n), after[n]) for n in entry.values if n not in told and after.kind.has(n)
                   and not after.kind[n].on_log and entry.was.get(n) != after[n]]  # fmt: skip
        told |= set(entry.values)
    voided = after.void and not before.void
    new = [e for e in after.log if _key(e) not in known]
    typed = max((e.recorded or e.at for e in new), default=None)
    how = "void" if voided else "changed" if fields or gained or lost else "later"
    gained = gained if how != "later" else _without(after.standing, before.standing)
    return Difference(after, how, counts, tuple(fields), gained, lost, typed, new[-1].by if new else "")


def _key(entry: Entry) -> tuple[datetime, str, str, datetime | None]:
    return entry.at, entry.step, entry.by, entry.recorded


def _without(found: Iterable[Entry], others: Iterable[Entry]) -> tuple[Entry, ...]:
    known = set(map(_key, others))
    return tuple(e for e in found if _key(e) not in known)


def _fields(then: Record, now: Record) -> list[tuple[str, Any, Any]]:
    """What differs between two states of a record, its own head first."""
    head = [("status", then.status, now.status), ("received", then.received, now.received)]
    names = (f.name for f in now.kind.on_record)
    return [one for one in (*head, *((n, then[n], now[n]) for n in names)) if one[1] != one[2]]


def row(one: Difference) -> dict[str, Any]:
    """A difference as scripts read it; private values masked."""
    kind = one.record.kind
    return {
        "id": one.record.id, "kind": kind.name, "how": one.how, "counts": one.counts,
        "fields": [{"field": n, "then": _masked(one.record, n, a), "now": _masked(one.record, n, b)}
                   for n, a, b in one.fields],
        "gained": [_step(e) for e in one.gained], "lost": [_step(e) for e in one.lost],
        "recorded": one.typed, "by": one.by, "words": words(one),
    }  # fmt: skip


def _step(entry: Entry) -> dict[str, Any]:
    return {"step": entry.step, "at": entry.at, "by": entry.by, "recorded": entry.recorded}


def _masked(record: Record, name: str, value: Any) -> Any:
    if value is None or not record.kind.has(name) or not record.kind[name].private:
        return value
    return record.kind[name].masked(value)


def words(one: Difference) -> str:
    """A difference in the clerk's words, both values of each field."""
    record, kind = one.record, one.record.kind
    matter = (kind[n].shown(record[n]) for n in kind.about if kind.has(n) and record[n] is not None)
    parts = [place(record), *matter] if one.how in ("added", "removed") else []
    parts += [f"{kind.label(n)}：{_said(record, n, a)} → {_said(record, n, b)}" for n, a, b in one.fields]
    since = "" if one.how == "later" else "（补记）"
    parts += [f"{step_zh(kind, e.step)} {e.at:%m-%d %H:%M}{since}" for e in one.gained]
    parts += [f"{step_zh(kind, e.step)} {e.at:%m-%d %H:%M}（撤去）" for e in one.lost]
    if one.how == "void":
        parts += [f"作废：{e.values.get('reason') or ''}" for e in one.record.entries("void")[-1:]]
    return "；".join(part for part in parts if part)


def _said(record: Record, name: str, value: Any) -> str:
    kind = record.kind
    if value is None:
        return "（空）"
    if name == "status":
        return state_zh(kind, str(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if not kind.has(name):
        return str(value)
    return str(kind[name].masked(value)) if kind[name].private else kind[name].shown(value)


def totals(found: Sequence[Difference]) -> dict[str, int]:
    """How many records are known otherwise, in each way."""
    return {how: sum(one.how == how for one in found) for how in HOW}

