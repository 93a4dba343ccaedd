"""The book as a journal for hledger: accounts in Chinese, everything declared, so that `hledger check -s` passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from wuye.accounts import DEBTORS
from wuye.money import dump
from wuye.postings import Head, Transaction

ROOTS = {
    "money": "资产:货币资金", "receivable": "资产:应收账款", "credit": "负债:预收款", "deposit": "负债:押金",
    "income": "收入:收费", "fee": "收入:违约金", "kept": "收入:押金扣款", "written": "费用:核销",
}  # fmt: skip
TYPES = {"资产": "A", "负债": "L", "收入": "R", "费用": "X"}
_SAFE = "-_./"


def escaped(name: str) -> str:
    """A name as part of an account: what means something to hledger is written `%3A`, as in an address."""
    parts = (c if c.isalnum() or c in _SAFE else "".join(f"%{b:02X}" for b in c.encode()) for c in name)
    return "".join(parts)


def named(part: str) -> str:
    """The name that was escaped."""
    return unquote(part)


def account(head: Head, zh: Callable[[Head], str]) -> str:
    """The account of a head: `资产:应收账款:房号:3-2-1201`."""
    root = ROOTS[head.what]
    if head.of in DEBTORS:
        return f"{root}:{DEBTORS[head.of]}:{escaped(head.name)}"
    return f"{root}:{escaped(zh(head))}" if head.of else root


def said(words: str) -> str:
    """Free words in one line in which nothing can begin a comment or a note."""
    line = "".join(c if c.isprintable() else " " for c in words)
    return re.sub(r"\s+", " ", line).strip().replace(";", "；").replace("|", "｜")


def text(found: Sequence[Transaction], title: str, zh: Callable[[Head], str]) -> Iterator[str]:
    """The journal, a transaction a piece."""
    names = {line.head: account(line.head, zh) for one in found for line in one.lines}
    yield f"; {said(title)}\n; hledger -f FILE balance\n\ncommodity 1000.00 CNY\n\n"
    for root, sort in TYPES.items():
        yield f"account {root}  ; type:{sort}\n"
    for name in sorted(set(names.values())):
        yield f"account {name}\n"
    for one in found:
        yield f"\n{one.day} ({escaped(one.record)}) {said(one.words)}\n"
        for line in one.lines:
            about = f"  ; bill:{escaped(line.bill)}" if line.bill and line.bill != one.record else ""
            yield f"    {names[line.head]}  {dump(line.amount)} CNY{about}\n"
