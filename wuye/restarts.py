"""What starts the time anew in which a debt can be enforced, and what proves it (domain.md J, Limitation)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from wuye.accounts import end_of
from wuye.ledger import Debt, Part
from wuye.record import Entry, Record
from wuye.records.dunning import stage_of

WRITTEN = ("notice", "letter", "message")
IN_PERSON = ("visit", "stand")


class Restart(NamedTuple):
    """One thing that may have started the time anew: when, its number, what it is, whether it counts, whether proved.

    `counts` is what domain.md J lets count; `usable` that there is something to show for it. `bills` are the only
    ones it is about, all that were due where it names none.
    """

    day: date
    number: str
    words: str
    counts: bool
    usable: bool
    bills: tuple[str, ...] = ()

    def concerns(self, debt: Debt) -> bool:
        """Whether it is about a debt: one that was issued and due by then, and is named where any is."""
        return debt.issued <= self.day and debt.due < self.day and (not self.bills or debt.id in self.bills)


def files_of(record: Record) -> tuple[Entry, ...]:
    """The log entries that keep a file: proof of delivery, a photograph, a recording."""
    return tuple(e for e in record.log if e.extra.get("file"))


def of_contact(contact: Record, as_of: date) -> list[Restart]:
    """What one dunning record starts anew, as it stood at the end of a day."""
    if contact.received.date() > as_of:
        return []
    then = contact.as_of(end_of(as_of, contact.received))
    if then.void:
        return []
    day, bills = then.received.date(), tuple(then.get("bills") or ())
    kept, signed = bool(files_of(then)), bool(then.get("signed_by"))
    words, counts, usable = _demand(then, signed, kept)
    found = [Restart(day, then.id, words, counts, usable, bills)]
    proof = signed or kept
    told = [e for e in then.timeline if e.step == "promise"]
    if _promised_at_once(then, told):
        found.append(Restart(day, then.id, _promise_words(proof), True, proof, bills))
    found += [Restart(e.at.date(), then.id, _promise_words(proof), True, proof, bills) for e in told]
    return found


def _promised_at_once(contact: Record, told: Sequence[Entry]) -> bool:
    first = told[0].was.get("promise_date", contact.get("promise_date")) if told else contact.get("promise_date")
    return first is not None


def _promise_words(proof: bool) -> str:
    return "答应付款" if proof else "答应付款（没有签字或录音等凭证）"


def _demand(contact: Record, signed: bool, kept: bool) -> tuple[str, bool, bool]:
    """The words for a contact, whether it counts, whether it is proved."""
    method = contact.get("method")
    zh = contact.kind["method"].shown(method)
    if stage_of(contact) == "legal":
        return ("法律途径" if kept else "法律途径（没有附受理、送达等凭证）"), True, kept
    if signed:
        return f"{zh}，{contact['signed_by']} 签收", True, True
    if method in WRITTEN:
        return (f"{zh}，附有送达凭证", True, True) if kept else (f"{zh}，没有签收人也没有送达凭证", False, False)
    met = bool(contact.get("person")) and (bool(contact.get("confirmed_by")) or kept)
    if method in IN_PERSON and met:
        return (f"{zh}，当面向 {contact['person']} 催收" + ("" if kept else "（没有签字或凭证）"), True, kept)
    if method == "phone" and met and kept:
        return f"{zh}，{contact['person']} 接听，附有录音等凭证", True, True
    return f"{zh}，不能证明送达本人", False, False


def of_bill(bill: Record, as_of: date) -> list[Restart]:
    """Its payment notice, where somebody signed for it after it was due."""
    told = (e for e in bill.entries("deliver") if e.values.get("signed_by") and e.at.date() <= as_of)
    return [
        Restart(e.at.date(), bill.id, f"收费通知单，{e.values['signed_by']} 签收", True, True, (bill.id,)) for e in told
    ]


def of_parts(parts: Iterable[Part], paid_on: Mapping[str, date]) -> list[Restart]:
    """Part payments: on the day of the payment itself; credit that settles a later bill is nobody's word."""
    return [
        Restart(part.day, part.paid, "部分付款", True, True, (part.debt,))
        for part in parts
        if paid_on.get(part.paid) == part.day
    ]
