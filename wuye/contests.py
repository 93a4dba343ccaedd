"""What two desks said differently of one record, kept inside it until somebody settles it (docs/format.md).

    conflicts:
    - field: phone
      was: '13800138000'
      sides:
      - value: '13900139000'
        at: '2026-11-22T10:00+08:00'
        by: 李静

The sides stand in an order of their own (time, person, words), never in that of the desks: a merge is the same file
whichever desk does it. They are called 甲, 乙, 丙 … in that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye import clock
from wuye.dumper import Value
from wuye.fields import read_stored

if TYPE_CHECKING:
    from wuye.record import Record
    from wuye.schema import Kind

KEY, SETTLE, SETTLED = "conflicts", "reconcile", "was_said"
NAMES = "甲乙丙丁戊己庚辛壬癸"
NUMBER, STATUS, DUE = "id", "status", "due."


class Said(NamedTuple):
    """One side: the value as stored (None: nothing stands there), when it was typed in, by whom; of a due time the
    rule it was counted by."""

    value: Value | None
    at: str = ""
    by: str = ""
    rule: str = ""

    def stored(self) -> dict[str, Value]:
        """As the file holds it."""
        told: dict[str, Value] = {} if self.value is None else {"value": self.value}
        return told | {k: v for k, v in (("at", self.at), ("by", self.by), ("rule", self.rule)) if v}


class Contest(NamedTuple):
    """One field of which several things are said: what it was before (None: nothing), and the sides in order."""

    field: str
    was: Value | None
    sides: tuple[Said, ...]

    def stored(self) -> dict[str, Value]:
        """As the file holds it."""
        was: dict[str, Value] = {} if self.was is None else {"was": self.was}
        return {"field": self.field, **was, "sides": [one.stored() for one in self.sides]}


def canon(value: Any) -> str:
    """A stored value as one text, by which values are compared and put in order."""
    import json  # `add` comes by here

    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def in_order(sides: Iterable[Said]) -> tuple[Said, ...]:
    """Each side once, in the order in which they are named."""
    told = {canon(one.stored()): one for one in sides}
    return tuple(sorted(told.values(), key=lambda s: (s.at, s.by, canon(s.stored()))))


def read(raw: Any) -> dict[str, Contest]:
    """What is contested, by field, out of what stands under `conflicts`; what is no contest is passed over."""
    found: dict[str, Contest] = {}
    for item in raw if isinstance(raw, list) else ():
        if not isinstance(item, dict) or not isinstance(item.get("field"), str):
            continue
        told = item.get("sides")
        sides = [
            Said(one.get("value"), str(one.get("at", "")), str(one.get("by", "")), str(one.get("rule", "")))
            for one in (told if isinstance(told, list) else ()) if isinstance(one, dict)
        ]  # fmt: skip
        before = found.get(item["field"])
        both = in_order([*(before.sides if before else ()), *sides])
        found[item["field"]] = Contest(item["field"], item.get("was"), both)
    return found


def stored(contests: Iterable[Contest]) -> list[Value]:
    """What stands under `conflicts`, by field."""
    return [one.stored() for one in sorted(contests, key=lambda c: c.field)]


def of(record: Record) -> list[Contest]:
    """What is contested in a record."""
    return list(read(record.extra[KEY]).values()) if KEY in record.extra else []


# --- in the desk's words


def label(kind: Kind, field: str) -> str:
    """What the desk calls a contested field."""
    if field.startswith(DUE):
        clock = next((c for c in kind.clocks if c.frozen_as == field.removeprefix(DUE)), None)
        return f"{clock.zh}的期限" if clock else f"期限 {field.removeprefix(DUE)}"
    return kind.label(field)


def value_words(kind: Kind, field: str, value: Value | None, reveal: bool = False) -> str:
    """A contested value as the desk reads it; private ones masked."""
    if value is None or value == "":
        return "（空）"
    if field == STATUS:
        state = kind.flow.state(str(value))
        return state.zh if state else str(value)
    if not kind.has(field):
        text = value if isinstance(value, str) else canon(value)
        return text[:16].replace("T", " ") if field.startswith(DUE) or field == "received" else text
    known, _ = read_stored(kind[field], value, clock.SHANGHAI)
    return kind[field].masked_zh(known) if kind[field].private and not reveal else kind[field].shown(known)


def words(kind: Kind, one: Contest, reveal: bool = False) -> str:
    """A contest in one line: `电话 甲 138****8000（11-22 10:00 李静），乙 …`."""
    if one.field == NUMBER:
        others = "、".join(str(s.value) for s in one.sides)
        return f"同一编号登记了两件事，现为 {others}"
    sides = (
        f"{name} {value_words(kind, one.field, said.value, reveal)}（{said.at[5:16].replace('T', ' ')} {said.by}）"
        for name, said in zip(NAMES, one.sides, strict=False)
    )
    return f"{label(kind, one.field)}：{'，'.join(sides)}"


def lines(kind: Kind, raw: Any) -> list[str]:
    """The contests of a record a line each, their values as `masked` left them."""
    return [words(kind, one, True) for one in read(raw).values()]


def masked(kind: Kind, raw: Any) -> list[Any]:
    """`conflicts` as an answer shows it to those who may not see private values."""
    found = []
    for one in read(raw).values():
        told: dict[str, Any] = dict(one.stored())
        if kind.has(one.field) and kind[one.field].private:
            told |= {"was": value_words(kind, one.field, one.was)} if one.was is not None else {}
            told["sides"] = [{**s.stored(), "value": value_words(kind, one.field, s.value)} for s in one.sides]
        found.append(told)
    return found


def settled(raw: Mapping[str, Any], fields: Iterable[str]) -> tuple[list[Value], list[Value]]:
    """What stays contested, and what was: both as stored."""
    told, gone = read(raw.get(KEY)), set(fields)
    return (
        stored(c for c in told.values() if c.field not in gone),
        stored(c for c in told.values() if c.field in gone),
    )
