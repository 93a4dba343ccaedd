"""Receipts are named by the number printed on them as well as by their own (domain.md 32)."""

from __future__ import annotations

from collections.abc import Iterator

from wuye import records, verbs
from wuye.call import Call, Verb
from wuye.errors import Ambiguous
from wuye.numerals import fold
from wuye.sheet import Sheet

KIND = records.kind("receipt")
_OF_KIND = verbs.of_kind(KIND)
_BY_NUMBER = ("show", "spoil", "reassign")


def by_number(verb: Verb) -> Verb:
    """The verb, taking the number on the paper where a receipt bears it."""

    def run(call: Call) -> Sheet | str | bytes | Iterator[str]:
        call.words = tuple(resolved(call, word) for word in call.words)
        return verb.run(call)

    return verb._replace(run=run)


def resolved(call: Call, word: str) -> str:
    """The record's number for the number on the paper; the word itself where no receipt bears it."""
    number = fold(word).strip()
    found = call.office.holding(KIND, number, lambda r: str(r["number"]) == number)
    if len(found) > 1:
        raise Ambiguous(f"收据号 {number} 有 {len(found)} 条：{'、'.join(r.id for r in found)}；请写完整的编号")
    return found[0].id if found else word


VERBS = tuple(by_number(_OF_KIND[name]) for name in _BY_NUMBER)
