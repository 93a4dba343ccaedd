"""Receipt numbers: which book they come from, which are used, which are missing (domain.md 32). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from wuye.errors import Problem
from wuye.record import Record

USED, SPOILED = "used", "spoiled"
MOST_NAMED = 5
_NUMBERS = re.compile(rb"^  number: ['\"]?([^'\"\r\n]*?)['\"]?[ \t]*\r?$", re.MULTILINE)


def numbers_in(data: bytes) -> list[str]:
    """Every number in a file of receipts, without reading the records: a book is looked up at each payment."""
    return [text.decode("utf-8", "replace") for text in _NUMBERS.findall(data)]


def holder(book: Record) -> str:
    """Who holds a book: whom it was handed over to, who drew it, who entered it."""
    told = book.get("holder") or book.get("drawn_by")
    return str(told or (book.log[0].by if book.log else ""))


def covers(book: Record, number: str) -> bool:
    """Whether a number is one of the book's."""
    first, last = str(book.get("first") or ""), str(book.get("last") or "")
    digits = number.isascii() and number.isdigit() and len(number) == len(first) == len(last)
    return digits and int(first) <= int(number) <= int(last)


def numbers(book: Record, until: str = "") -> Iterator[str]:
    """The book's numbers in order, up to and without `until`."""
    first, last = str(book["first"]), str(book["last"])
    end = int(until) if until else int(last) + 1
    return (str(one).zfill(len(first)) for one in range(int(first), end))


def next_of(book: Record, taken: Collection[str]) -> str:
    """The first number of a book that is neither used nor spoiled; empty where there is none left."""
    return next((one for one in numbers(book) if one not in taken), "")


def missing(book: Record, taken: Collection[str], until: str = "") -> list[str]:
    """Numbers before `until` (of the whole book without it) that are neither used nor spoiled."""
    return [one for one in numbers(book, until) if one not in taken]


def runs(found: Sequence[str]) -> str:
    """Numbers in a few words: `0012303—0012305、0012309`."""
    parts: list[list[str]] = []
    for one in found:
        if parts and int(one) == int(parts[-1][-1]) + 1:
            parts[-1][1:] = [one]
        else:
            parts.append([one])
    shown = "、".join("—".join(part) for part in parts[:MOST_NAMED])
    return shown if len(parts) <= MOST_NAMED else f"{shown} 等 {len(found)} 号"


class Usage(NamedTuple):
    """What became of a book's numbers."""

    book: Record
    used: tuple[str, ...]
    spoiled: tuple[str, ...]
    missing: tuple[str, ...]
    next: str
    left: int


def usage(book: Record, receipts: Iterable[Record]) -> Usage:
    """A book's numbers, by the receipts written out of it; missing are those skipped before the last one taken."""
    mine = {str(r["number"]): r for r in receipts if not r.void and covers(book, str(r["number"]))}
    told = sorted(mine)
    gaps = missing(book, mine, told[-1]) if told else []
    left = int(book["last"]) - int(book["first"]) + 1 - len(mine)
    spoiled = tuple(n for n in told if mine[n].status == SPOILED)
    return Usage(book, tuple(n for n in told if n not in spoiled), spoiled, tuple(gaps), next_of(book, mine), left)


def problems(
    books: Sequence[Record], receipts: Sequence[Record], money: Sequence[Record], book: str = ""
) -> Iterator[Problem]:
    """Gaps, doubles, numbers out of every book, void ones without a reason, money with two; of one book or of all.

    `money` are payments and deposits: one whose receipt number stands on no receipt used it up all the same.
    """
    live = [b for b in books if not b.void and (not book or b["name"] == book)]
    first: dict[str, Record] = {}
    paper: dict[str, str] = {}
    for receipt in receipts:
        number = str(receipt["number"])
        if receipt.void or (book and not any(covers(b, number) for b in live)):
            continue
        if number in first:
            yield _at(receipt, f"的收据号 {number} 与 {first[number].id} 相同：请核对纸质收据，把登错的一条作废")
        first.setdefault(number, receipt)
        for name in ("payment", "deposit"):
            if receipt.status == USED and (of := receipt.get(name)):
                if of in paper:
                    yield _at(receipt, f"和收据 {paper[of]} 都开给了 {of}：请核对纸质收据，多开的一张收回作废（spoil）")
                paper.setdefault(of, number)
        if not book and live and not any(covers(b, number) for b in live):
            yield _at(receipt, f"的收据号 {number} 不在任何票据本的号段里：请核对号码，或补登票据本")
        if receipt.status == SPOILED and not spoiled_because(receipt):
            yield _at(receipt, f"的收据 {number} 作废没有写原因：请用 note 补上")
    named: dict[str, Record] = {}
    for one in money:
        number = str(one.get("receipt") or "")
        if not number or one.void or one.status == "reversed":
            continue
        if number in named:
            yield _at(one, f"的收据号 {number} 与 {named[number].id} 相同：请核对纸质收据，冲销登错的一笔")
        named.setdefault(number, one)
    taken = {*first, *named}
    for one in live:
        last = max((n for n in taken if covers(one, n)), default="")
        if last and (gaps := missing(one, taken, last)):
            yield _at(one, f"票据本 {one['name']} 缺号 {runs(gaps)}：请查找这些收据，写坏的登记为作废")


def spoiled_because(receipt: Record) -> str:
    """Why a receipt is void."""
    told = receipt.get("spoiled") or next((e.values.get("reason") for e in receipt.entries("spoil")), "")
    return str(told or next((e.note for e in receipt.entries("note")), ""))


def _at(record: Record, words: str) -> Problem:
    return Problem(f"{record.id} {words}", file=record.file, line=record.line)


def by_book(books: Sequence[Record], found: Sequence[str]) -> Mapping[str, list[str]]:
    """Numbers by the name of their book, in order; those of no book under an empty name."""
    groups: dict[str, list[str]] = {}
    for number in sorted(found):
        name = next((str(b["name"]) for b in books if not b.void and covers(b, number)), "")
        groups.setdefault(name, []).append(number)
    return groups
