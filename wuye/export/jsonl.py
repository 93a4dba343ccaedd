"""Records and what settles what as JSON lines, each naming its schema: for DuckDB, pandas, jq."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from wuye.accounts import DEBTORS, Debtor, end_of
from wuye.basis import Basis
from wuye.ledger import Account
from wuye.record import Record
from wuye.sheet import plain, public

VERSION = 1


def line(schema: str, row: dict[str, Any]) -> str:
    """One object on one line."""
    head = {"schema": f"wuye.{schema}", "version": VERSION}
    return json.dumps(head | plain(row), ensure_ascii=False) + "\n"


def rows(
    found: Iterable[Record], since: date, until: date, as_of: date | None, basis: Basis, reveal: bool = False
) -> Iterator[tuple[Record, dict[str, Any]]]:
    """The records of a span of days, masked as in any answer; as they stood at the end of a day where one is given."""
    for record in found:
        if since <= record.received.date() <= until:
            judged = basis
            if as_of is not None:
                end = end_of(as_of, record.received)
                record, judged = record.as_of(end), basis.at(end)
            yield record, public(record, judged, reveal)


def of_parts(found: Iterable[tuple[Debtor, Account]], since: date, until: date) -> Iterator[str]:
    """What each payment settles of each bill, and what was written off: the allocation that no record stores."""
    for debtor, account in found:
        who = {what: debtor.name if debtor.what == what else None for what in DEBTORS}
        told: list[dict[str, Any]] = [
            {"bill": p.debt, "payment": p.paid, "day": p.day, "principal": p.principal, "fee": p.fee}
            for p in account.parts
        ]
        told += [{"bill": w.debt, "payment": None, "day": w.day, "written_off": w.amount} for w in account.written]
        for row in sorted(told, key=lambda row: (row["day"], row["bill"])):
            if since <= row["day"] <= until:
                empty = {"principal": None, "fee": None, "written_off": None}
                yield line("settlement", {"as_of": account.as_of, **who, **empty, **row})
