"""What one shift hands to the next, gathered from records as of a moment (domain.md 11). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from wuye import takings
from wuye.basis import Basis
from wuye.money import ZERO
from wuye.query import waiting
from wuye.reckoning import paper_rows
from wuye.record import Entry, Record
from wuye.schema import Kind
from wuye.sheet import about, due_words, next_due, place, state_zh, step_zh

HANDOVER = "handover"
APART = {"pass": "passes", "incident": "incidents", "keyloan": "keys_out"}
"""Kinds whose open records have a list of their own."""
AT_DESK = ("cabinet", "entrusted")
"""The states of a key that hangs in the cabinet: what a count must find there."""
SHORT, MOST = 40, 20
BACK = timedelta(days=7)
"""How long money may be entered after the handover it belonged to, and still be counted in the next one."""

Loaded = Mapping[Kind, Sequence[Record]]


class Touched(NamedTuple):
    """One record that changed in a span: what was done to it, by whom, when last; `hand` where no command did it."""

    id: str
    zh: str
    what: str
    by: str
    at: datetime | None
    hand: bool = False

    @property
    def line(self) -> str:
        """The same in a line."""
        at = f"{self.at:%m-%d %H:%M}" if self.at else ""
        return " ".join(part for part in (self.id, self.zh, self.what, self.by, at) if part)


class Shift(NamedTuple):
    """Whose shift it is that ends: who gives and takes, the handover it began with, when it ends; `own` is the
    number of the handover that is being made."""

    giver: str
    to: str
    until: datetime
    handovers: Sequence[Record] = ()
    own: str = ""

    @property
    def earlier(self) -> list[Record]:
        """The handovers before, that were given and stand, oldest first."""
        found = [r for r in self.handovers if r.id != self.own and r.status in ("given", "taken") and signature(r)]
        return sorted((r for r in found if _at(r) <= self.until), key=_at)

    @property
    def last(self) -> Record | None:
        """The handover that the shift began with."""
        return next(iter(reversed(self.earlier)), None)

    @property
    def since(self) -> datetime:
        """When the shift before was handed over; without one the first moment of the day."""
        return _at(self.last) if self.last else datetime.combine(self.until.date(), time(0), self.until.tzinfo)

    @property
    def cashiers(self) -> list[str]:
        """Whose cash lies at the desk: of those who hand it over to each other, not of a collector out in the field."""
        names = [str(r[n]) for r in self.earlier for n in ("giver", "to", "taken_by") if r.get(n)]
        return sorted({*names, self.giver, *([self.to] if self.to else [])})


def signature(record: Record, step: str = "give") -> Entry | None:
    """The standing signature of a handover."""
    return next((e for e in reversed(record.timeline) if e.step == step), None)


def _at(record: Record) -> datetime:
    entry = signature(record)
    return entry.at if entry else record.received


def line(record: Record, basis: Basis) -> str:
    """A record in a line: number, kind, where and who, what, how it stands, what is due next."""
    text = " ".join(about(record, basis).split())
    text = text if len(text) <= SHORT else text[: SHORT - 1] + "…"
    sort = record.kind["type"].shown(record.get("type")) if record.kind.name == "keyloan" else ""
    stands = "，".join(part for part in (sort, state_zh(record.kind, record.status), next_due(record, basis)) if part)
    return " ".join(part for part in (record.id, record.kind.zh, place(record), text, f"（{stands}）") if part)


def gathered(loaded: Loaded, shift: Shift, basis: Basis, changed: Iterable[Touched]) -> dict[str, Any]:
    """Everything that `give` keeps, by the names of the fields of kind handover; `changed` comes from git."""
    lists = _open(loaded, shift, basis)
    lists["promises"] = _promises(loaded, basis)
    passes = [r for r in _of(loaded, "card") if r.status == "issued" and r.get("type") == "worker"]
    lists["keys_out"] += [line(r, basis) for r in passes]
    lists["moveins"] = _moveins(loaded, shift, basis)
    lists["changed"] = _grouped(changed)
    found: dict[str, Any] = {name: tuple(told) for name, told in lists.items()}
    keys = _of(loaded, "key")
    found |= {"since": shift.since, "previous": shift.last.id if shift.last else None}
    found["keys_expected"] = sum(r.status in AT_DESK for r in keys) if keys else None
    return {name: value for name, value in (found | _money(loaded, shift, basis)).items() if value not in (None, ())}


def _of(loaded: Loaded, *names: str) -> list[Record]:
    return [r for kind, found in loaded.items() if kind.name in names for r in found]


def _open(loaded: Loaded, shift: Shift, basis: Basis) -> dict[str, list[str]]:
    """Open matters of every kind; visitors inside, passes, incidents and what is lent apart."""
    lists: dict[str, list[str]] = {name: [] for name in ("matters", "inside", *APART.values())}
    for kind, found in loaded.items():
        for record in found if not kind.book and kind.name != HANDOVER else ():
            if record.is_open and record.received <= basis.now:
                name = "inside" if record.status == "inside" else APART.get(kind.name, "matters")
                lists[name].append(line(record, basis))
                if name == "inside" and record.get("badge"):
                    lists["keys_out"].append(f"访客证 {record['badge']} {record.id} {place(record)}")
    return lists


def _promises(loaded: Loaded, basis: Basis) -> list[str]:
    """Clocks that are late, or due before the end of the next day."""
    end = datetime.combine(basis.now.date(), time(0), basis.zone) + timedelta(days=2)
    every = [r for kind, found in loaded.items() if kind.name != HANDOVER for r in found if r.received <= basis.now]
    return [
        f"{due_words(one.reading)} {one.record.id} {place(one.record)}".strip()
        for one in waiting(every, basis) if one.reading.due is not None and one.reading.due < end
    ]  # fmt: skip


def _moveins(loaded: Loaded, shift: Shift, basis: Basis) -> list[str]:
    """Special notes that the program makes of move-ins since the last handover (domain.md 17)."""
    found = []
    for record in _of(loaded, "movein"):
        column = record.kind.computed_by("special")
        touched = record.log and max((e.recorded or e.at) for e in record.log) > shift.since
        if column and touched and not record.void and (words := column.of(record, basis)):
            found.append(f"{record.id} {words if isinstance(words, str) else column.shown(words)}")
    return found


def _grouped(changed: Iterable[Touched]) -> list[str]:
    """Changed records, a line each; where a kind has very many of one sort (a bill run), one line for them all."""
    found: dict[tuple[str, str], list[Touched]] = {}
    for one in changed:
        found.setdefault((one.zh, one.what), []).append(one)
    lines = []
    for (zh, what), mine in found.items():
        if len(mine) > MOST:
            lines.append(f"{mine[0].id} 至 {mine[-1].id} {zh} {len(mine)} 条 {what}")
        else:
            lines += [one.line for one in mine]
    return lines


def touched(loaded: Loaded, since: datetime, until: datetime) -> Iterator[Touched]:
    """Records that were typed in or changed in a span, as their own logs tell: where there is no git to ask."""
    for kind, records in loaded.items():
        for record in records if kind.name != HANDOVER else ():
            mine = [e for e in record.log if since < (e.recorded or e.at) <= until]
            if mine:
                yield told(record, mine)


def told(record: Record, entries: Sequence[Entry]) -> Touched:
    """What some entries of a record's log did."""
    steps = "、".join(dict.fromkeys(step_zh(record.kind, e.step) for e in entries))
    by = "、".join(dict.fromkeys(e.by for e in entries))
    return Touched(record.id, record.kind.zh, steps, by, max((e.recorded or e.at) for e in entries))


# --- cash and receipts


def _money(loaded: Loaded, shift: Shift, basis: Basis) -> dict[str, Any]:
    """What came in by each way since the last handover, cash that should be there, receipts used.

    What was counted once is never counted again: every handover names the movements it took in, so that money typed
    in late goes into the next one.
    """
    before = {key for r in shift.earlier if (e := signature(r)) for key in e.values.get("keys") or ()}
    floor = shift.since - BACK if shift.last else shift.since
    first = next((e.values["since"] for r in shift.earlier if (e := signature(r)) and e.values.get("since")), floor)
    floor = max(floor, first)

    def fresh(key: str, at: datetime) -> bool:
        return key not in before and floor < at <= shift.until

    moved = [m for m in takings.movements(_of(loaded, "payment", "deposit")) if fresh(m.key, m.at)]
    moved = [m for m in moved if m.cashier in shift.cashiers]
    kept = _kept(loaded, shift)
    there = before | {m.key for m in moved} | {close.id for close in kept}
    handed = [h for h in _handed_in(_of(loaded, "dayclose"), there) if fresh(h[0], h[1])]
    papers = [r for r in _of(loaded, "receipt") if not r.void and fresh(r.id, r.received)]
    papers = [r for r in papers if str(r.get("issued_by") or r.log[0].by) in shift.cashiers]
    cash_in, turned_in = takings.total(moved, takings.CASH), sum((amount for _, _, amount in handed), ZERO)
    carried = _left(shift, kept, basis)
    books = [b for b in _of(loaded, "receiptbook") if not b.void]
    return {
        "cashiers": tuple(shift.cashiers) if moved or handed else (), "carried": carried, "cash_in": cash_in,
        "turned_in": turned_in, "expected": carried + cash_in - turned_in, "takings": tuple(takings.by_way(moved)),
        "papers": tuple(paper_rows(books, papers)),
        "keys": tuple(sorted([*(there - before), *(key for key, _, _ in handed), *(r.id for r in papers)])),
    }  # fmt: skip


def _kept(loaded: Loaded, shift: Shift) -> list[Record]:
    """What earlier days had closed and not turned in when the first handover of all began."""
    if shift.last:
        return []
    then = [r.as_of(shift.since) for r in _of(loaded, "dayclose") if r.received < shift.since]
    return [r for r in then if r.status == "closed" and r.get("counted") and str(r.get("cashier")) in shift.cashiers]


def _left(shift: Shift, kept: Iterable[Record], basis: Basis) -> Decimal:
    """The cash that lay there after the last handover: as counted, else as it should have been; at the first one the
    float, and what was kept."""
    if last := shift.last:
        there = last.get("counted")
        return Decimal(there if there is not None else last.get("expected") or ZERO)
    return sum((takings.to_turn_in(r) for r in kept), Decimal(basis.number("handover.float")) + ZERO)


def _handed_in(closes: Iterable[Record], there: set[str]) -> Iterator[tuple[str, datetime, Decimal]]:
    """Cash turned in with daily closes, of what lay there by these keys: key, when, how much."""
    for close in closes:
        if close.status in ("void", "reopened") or not there & {close.id, *(close.get("keys") or ())}:
            continue
        gone = close.withdrawn
        for place_, entry in enumerate(close.log):
            if entry.step == "hand-in" and place_ not in gone:
                amount = entry.values.get("amount")
                yield f"{close.id}/{place_}", entry.at, takings.to_turn_in(close) if amount is None else amount


def counted(found: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The cash that was counted against what should be there."""
    if not given.get("cash"):
        return {}
    there = sum((row["value"] * row["pieces"] for row in given["cash"]), ZERO)
    return {"counted": there, "difference": there - found["expected"]}
