"""What `wuye deposit add` does besides: the receipt number and the amount in capitals (domain.md 31, 32)."""

from __future__ import annotations

from wuye import money, records, verbs
from wuye.call import Call
from wuye.commands.payment import RECEIPT, asked
from wuye.errors import BadInput
from wuye.sheet import Sheet

KIND = records.kind("deposit")


def add(call: Call) -> Sheet:
    """A deposit taken, with its receipt."""
    sheet = verbs.add(call, asked(call))
    if len(sheet.rows) != 1 or call.text("from") or call.flag("dry_run"):
        return sheet
    try:
        capital = money.capital(sheet.rows[0]["amount"])
    except BadInput as error:
        return sheet._replace(notes=(*sheet.notes, *(str(p) for p in error.problems)))
    receipt = f"  收据 {sheet.rows[0]['receipt']}\n" if sheet.rows[0]["receipt"] else ""
    return sheet._replace(words=f"{sheet.words}{receipt}  大写：{capital}\n", more={**sheet.more, "capital": capital})


_ADD = verbs.of_kind(KIND)["add"]
VERBS = (_ADD._replace(run=add, options=(*_ADD.options, *RECEIPT)),)
