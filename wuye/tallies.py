"""The tables of a month: departments compared, delays, opinions, dunning, arrears, materials, visits (domain.md 42)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wuye import clocks, figures
from wuye.basis import Basis
from wuye.clocks import Reading
from wuye.cohort import COMPLETED, HANDLED, Cohort, told
from wuye.money import CENT
from wuye.record import Record

UNNAMED, TOTAL = "未填", "合计"
WORST = 10
LATE = {clocks.LATE, clocks.MISSED}


class Line(NamedTuple):
    """One line of a table: the numbers of the records behind each count; amounts of money, None where unknown."""

    name: str
    ids: Mapping[str, tuple[str, ...]]
    amounts: Mapping[str, Decimal | None] = {}
    words: Mapping[str, Any] = {}


def _ids(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(r.id for r in records)


def grouped(records: Iterable[Record], key: Callable[[Record], str]) -> dict[str, list[Record]]:
    """Records by a word, the words in order, those without one last."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(key(record), []).append(record)
    return {name: found[name] for name in sorted(found, key=lambda n: (not n, n))}


def departments(cohort: Cohort) -> list[Line]:
    """Complaints and orders of each department: how many, how many settled, how many past a clock."""
    complaints = grouped(cohort.complaints, lambda r: str(r.get("department") or ""))
    orders = grouped(cohort.orders, lambda r: str(r.get("department") or ""))

    def late(records: Sequence[Record]) -> tuple[str, ...]:
        return _ids(r for r in records if any(one.state in LATE for one in cohort.readings(r)))

    lines = []
    for name in sorted({*complaints, *orders}, key=lambda n: (not n, n)):
        mine, jobs = complaints.get(name, []), orders.get(name, [])
        ids = {
            "complaints": _ids(mine),
            "handled": _ids(r for r in mine if r.status in HANDLED),
            "complaints_late": late(mine),
            "orders": _ids(jobs),
            "done": _ids(r for r in jobs if r.status in COMPLETED),
            "orders_late": late(jobs),
        }
        lines.append(Line(name or UNNAMED, ids))
    return lines


def repeats(cohort: Cohort) -> list[Record]:
    """The complaints that the figure of repeats counts, in order."""
    counted = {one.id for one in figures.repeats(cohort).top}
    return [r for r in cohort.complaints if r.id in counted]


def opinions(cohort: Cohort) -> list[Line]:
    """Opinions and suggestions by subject: taken up or not, told or not (domain.md 1)."""
    lines = []
    for name, mine in grouped(cohort.opinions, _subject).items():
        ids = {
            "number": _ids(mine),
            "taken_up": _ids(r for r in mine if r.get("taken_up") is True),
            "not_taken_up": _ids(r for r in mine if r.get("taken_up") is False),
            "undecided": _ids(r for r in mine if r.get("taken_up") is None),
            "told": _ids(r for r in mine if told(r)),
        }
        lines.append(Line(name or UNNAMED, ids))
    return lines


def _subject(record: Record) -> str:
    return record.kind["subject"].shown(record.get("subject"))


# --- what took too long


class Delay(NamedTuple):
    """One clock that was not kept: due, and when it was met, given up (the record closed), or not yet."""

    record: Record
    reading: clocks.Reading
    until: datetime
    how: str

    @property
    def minutes(self) -> int:
        """How late, in minutes that really passed."""
        assert self.reading.due is not None
        return int((self.until - self.reading.due).total_seconds() // 60)


def delays(
    records: Iterable[Record], start: datetime, basis: Basis, most: int = WORST,
    read: Callable[[Record], tuple[Reading, ...]] | None = None,
) -> list[Delay]:
    """The clocks that ran longest past their due time, of those still late or met late since `start`."""
    found = []
    for record in records:
        if _over(record, start):
            continue
        for one in read(record) if read else clocks.read(record, basis):
            until, how = one.met, "办了"
            if until is None:
                until, how = (basis.now, "还没有办") if one.waits else (record.closed, "没有办就结了")
            if one.due is not None and until is not None and until > one.due and until >= start:
                found.append(Delay(record, one, until, how))
    found.sort(key=lambda d: (-d.minutes, d.record.id, d.reading.zh))
    return found[:most]


def _over(record: Record, start: datetime) -> bool:
    """Whether all of a record ended before a moment, so that no clock of it was met, waited or was given up since."""
    outlived = any(clock.outlives for clock in record.kind.clocks)
    return not record.is_open and not outlived and all(entry.at < start for entry in record.log)


# --- money that is owed


def debtor(record: Record) -> str:
    """Whose arrears a contact is about: a unit, a lease or a bay."""
    return next((f"{n} {record[n]}" if n != "room" else str(record[n]) for n in ("room", "lease", "bay") if record[n]),
                "")  # fmt: skip


def dunning(records: Sequence[Record], basis: Basis) -> list[Line]:
    """What each collector did: contacts, debtors and their arrears, promises and what became of them; last all."""
    live = [r for r in records if not r.void]
    by_name = grouped(live, lambda r: str(r.get("collector") or ""))
    lines = [_collected(name or UNNAMED, mine, basis) for name, mine in by_name.items()]
    return [*lines, _collected(TOTAL, live, basis)] if len(lines) > 1 else lines


def _collected(name: str, records: Sequence[Record], basis: Basis) -> Line:
    said = {r.id: _promise(r, basis) for r in records}
    last = {debtor(r): r for r in sorted(records, key=lambda r: (r.received, r.id)) if r.get("arrears") is not None}
    kept = [e for r in records if said[r.id] == "kept" for e in r.entries("kept")]
    promised = [r for r in records if said[r.id]]
    ids = {
        "contacts": _ids(records),
        "promised": _ids(promised),
        **{n: _ids(r for r in records if said[r.id] == n) for n in ("kept", "broken", "pending")},
    }
    amounts = {
        "arrears": sum((r["arrears"] for r in last.values()), Decimal(0)),
        "promised_amount": sum((r["promise_amount"] for r in promised if r.get("promise_amount")), Decimal(0)),
        "paid": sum((e.values["paid"] for e in kept if e.values.get("paid")), Decimal(0)),
    }
    return Line(name, ids, amounts, {"debtors": sorted({debtor(r) for r in records})})


def _promise(record: Record, basis: Basis) -> str:
    computed = record.kind.computed_by("promise")
    return str(computed.of(record, basis)) if computed else ""


def arrears(units: Sequence[Record]) -> list[Line]:
    """Units that owe, by building, as kept by hand in the register; how old the arrears are, only bills can tell."""
    live = [r for r in units if not r.void]
    by_building = grouped(live, lambda r: str(r.get("building") or str(r["room"]).split("-")[0]))
    lines = [_owing(name, mine) for name, mine in by_building.items()]
    lines = [one for one in lines if one.ids["owing"] or one.ids["clear"]]
    return [*lines, _owing(TOTAL, live)] if len(lines) > 1 else lines


def _owing(name: str, units: Sequence[Record]) -> Line:
    told = [r for r in units if r.get("owed") is not None]
    owing = [r for r in told if r["owed"]]
    days = [r["owed_as_of"] for r in owing if r.get("owed_as_of")]
    ids = {
        "owing": _ids(owing),
        "clear": _ids(r for r in told if not r["owed"]),
        "not_told": _ids(r for r in units if r.get("owed") is None),
    }
    amounts = {"owed": sum((r["owed"] for r in owing), Decimal(0))}
    return Line(name, ids, amounts, {"oldest": min(days, default=None)})


# --- what was used, who came


def materials(orders: Sequence[Record]) -> list[Line]:
    """What the month's orders used, by name and unit: how much, for how much; without a price counted apart."""
    used: dict[tuple[str, str], list[tuple[Record, Mapping[str, Any]]]] = {}
    for order in orders:
        for row in order.get("materials") or ():
            used.setdefault((str(row["name"]), str(row.get("unit", ""))), []).append((order, row))
    lines = []
    for (name, unit), rows in sorted(used.items()):
        priced = [row for _, row in rows if "price" in row]
        amount = sum((row["price"] * row.get("quantity", 1) for row in priced), Decimal(0)).quantize(CENT)
        quantity = sum(row.get("quantity", 1) for _, row in rows)
        ids = {
            "orders": tuple(dict.fromkeys(order.id for order, _ in rows)),
            "unpriced": tuple(dict.fromkeys(order.id for order, row in rows if "price" not in row)),
        }
        lines.append(Line(name, ids, {"amount": amount if priced else None}, {"unit": unit, "quantity": quantity}))
    return lines


def visits(visitors: Sequence[Record], basis: Basis) -> list[Line]:
    """Visits to units and to departments: how many, how many people, sellers, how many stayed too long."""
    came = [r for r in visitors if not r.void and r.status != "expected"]
    lines = []
    for name, mine in grouped(came, lambda r: "住户" if r.get("unit") else str(r.get("department") or "")).items():
        ids = {
            "visits": _ids(mine),
            "sellers": _ids(r for r in mine if r.get("seller")),
            "overstayed": _ids(r for r in mine if any(one.state in LATE for one in clocks.read(r, basis))),
        }
        lines.append(Line(name or UNNAMED, ids, {}, {"people": sum(r.get("people") or 1 for r in mine)}))
    return lines
