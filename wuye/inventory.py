"""What should be there, by the records of this moment: the first of the sources of a stocktake. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wuye import receipts, stock
from wuye.record import Record

SOURCES: Mapping[str, tuple[str, ...]] = {
    "keys": ("key",), "cards": ("card",), "supplies": ("supply",), "books": ("receiptbook", "receipt"),
}  # fmt: skip
"""The kinds from whose records each is told."""
GONE = ("handed-in",)


def expected(what: str, found: Mapping[str, Sequence[Record]]) -> tuple[dict[str, Any], ...]:
    """What should be there, or is known to be elsewhere, a row each."""
    rows = {"keys": _keys, "cards": _cards, "supplies": _supplies, "books": _books}[what](found)
    return tuple({name: value for name, value in row.items() if value not in (None, "")} for row in rows)


def _live(found: Mapping[str, Sequence[Record]], kind: str) -> list[Record]:
    return [r for r in found.get(kind, ()) if not r.void]


def _keys(found: Mapping[str, Sequence[Record]]) -> Iterator[dict[str, Any]]:
    for one in sorted(_live(found, "key"), key=lambda r: str(r["label"])):
        yield {"name": one["label"], "status": one.status, "holder": one.get("holder"), "room": one.get("room")}


def _cards(found: Mapping[str, Sequence[Record]]) -> Iterator[dict[str, Any]]:
    for one in sorted(_live(found, "card"), key=lambda r: str(r["number"])):
        yield {"name": one["number"], "status": one.status, "holder": one.get("holder"), "room": one.get("room"),
               "until": one.get("until")}  # fmt: skip


def _supplies(found: Mapping[str, Sequence[Record]]) -> Iterator[dict[str, Any]]:
    for one in sorted(stock.stocks(found.get("supply", ())).values()):
        if one.known:
            yield {"name": one.item, "amount": stock.plain(one.quantity), "measure": one.measure}


def _books(found: Mapping[str, Sequence[Record]]) -> Iterator[dict[str, Any]]:
    papers = _live(found, "receipt")
    for one in sorted(_live(found, "receiptbook"), key=lambda r: str(r["name"])):
        if one.status not in GONE:
            yield {"name": one["name"], "status": one.status, "holder": receipts.holder(one),
                   "amount": receipts.usage(one, papers).next}  # fmt: skip
