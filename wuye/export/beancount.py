"""The book for beancount: its five English roots, one `open` an account, names that its lexer takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from wuye.export.hledger import said
from wuye.money import dump
from wuye.postings import Head, Transaction

ROOTS = {
    "money": "Assets:Money", "receivable": "Assets:Receivable", "credit": "Liabilities:Credit",
    "deposit": "Liabilities:Deposit", "income": "Income:Charges", "fee": "Income:LateFee",
    "kept": "Income:DepositKept", "written": "Expenses:WrittenOff",
}  # fmt: skip
OF = {"room": "Unit-", "lease": "Lease-", "bay": "Bay-", "item": "Item-", "way": "Way-"}
_LINK = r"[A-Za-z0-9_/.-]+"


def escaped(name: str) -> str:
    """A name as part of an account: letters, digits and dashes; anything else, and `Q` itself, is `Q` code `Q`."""
    return "".join(c if _plain(c) else f"Q{ord(c):x}Q" for c in name)


def _plain(c: str) -> bool:
    return c == "-" or (c.isascii() and c.isalnum() and c != "Q") or "\u4e00" <= c <= "\u9fa5"


def named(part: str) -> str:
    """The name that was escaped."""
    return re.sub("Q([0-9a-f]+)Q", lambda found: chr(int(found[1], 16)), part)


def account(head: Head, zh: Callable[[Head], str]) -> str:
    """The account of a head: `Assets:Receivable:Unit-3-2-1201`. A part must begin with a capital letter."""
    root = ROOTS[head.what]
    name = zh(head) if head.of == "item" else head.name
    return f"{root}:{OF[head.of]}{escaped(name)}" if head.of else root


def quoted(words: str) -> str:
    """Free words as one string."""
    return '"' + said(words).replace("\\", "\\\\").replace('"', '\\"') + '"'


def text(found: Sequence[Transaction], title: str, zh: Callable[[Head], str]) -> Iterator[str]:
    """The book, a transaction a piece."""
    opened: dict[str, date] = {}
    names: dict[Head, str] = {}
    for one in found:
        for line in one.lines:
            name = names.setdefault(line.head, account(line.head, zh))
            opened.setdefault(name, one.day)
    yield f'option "title" {quoted(title)}\noption "operating_currency" "CNY"\n\n'
    for name, day in sorted(opened.items()):
        yield f"{day} open {name} CNY\n"
    for one in found:
        link = f" ^{one.record}" if re.fullmatch(_LINK, one.record) else ""
        yield f"\n{one.day} * {quoted(one.words)}{link}\n  record: {quoted(one.record)}\n"
        for line in one.lines:
            yield f"  {names[line.head]}  {dump(line.amount)} CNY\n"
            if line.bill and line.bill != one.record:
                yield f"    bill: {quoted(line.bill)}\n"
