"""What is counted at the desk: keys, cards by three sources, stores and receipt books, each difference settled."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from wuye import counting
from wuye.changes import Heard
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story
from wuye.estate.people import CLERK, OFFICER, on_duty

FINANCE = "谭立群"


def keys_counted(pen: Pen, estate: Estate) -> Story:
    """The cabinet is counted, and fits."""
    one = pen.add("stocktake", on_duty(pen.now.date()), {"what": "keys", "counter": on_duty(pen.now.date())})
    yield pen.later(5, 15)
    here = [str(row["name"]) for row in pen.written[one]["expected"] if row["status"] in counting.HERE]
    pen.step(one, "tally", on_duty(pen.now.date()), counted="、".join(here) or counting.NOTHING)
    pen.step(one, "close", on_duty(pen.now.date()))


def cards_counted(pen: Pen, estate: Estate) -> Story:
    """The month's stocktake of cards by three sources: a card too few, one that the system still lets in; signed."""
    one = pen.add("stocktake", CLERK, {"what": "cards", "counter": CLERK, "witness": FINANCE})
    expected = pen.written[one]["expected"]
    here = [str(row["name"]) for row in expected if row["status"] in counting.HERE]
    gone = [row for row in expected if row["status"] in ("lost", "cancelled")][:1]
    table = [row for row in expected if row["status"] == "issued"] + gone
    yield pen.later(10, 20)
    _compared(pen, one, table)
    yield pen.later(20, 50)
    pen.step(one, "tally", CLERK, counted="、".join(here[1:]) or counting.NOTHING)
    yield pen.later(20, 60)
    checks = pen.written[one]["checks"] or ()
    for place, row in enumerate(checks, 1):
        how = "在抽屉里找到，已放回卡盒" if row["difference"] == "missing" else "门禁系统里已停用"
        pen.step(one, "resolve", CLERK, items=str(place), how=how)
    yield pen.later(10, 60)
    pen.step(one, "sign", FINANCE, signed_by=FINANCE)
    pen.step(one, "close", CLERK)


def _compared(pen: Pen, one: str, table: list[Any]) -> None:
    """The list that the access system exported, kept beside the stocktake."""
    lines = ["卡号,持卡人,状态,有效期至"]
    lines += [f"{row['name']},{row.get('holder') or ''},有效,{row.get('until') or ''}" for row in table]
    data = ("\r\n".join(lines) + "\r\n").encode("gb18030")
    digest = hashlib.sha256(data).hexdigest()
    path = f"attachments/{pen.now:%Y-%m}/{digest[:12]}-门禁卡导出.csv"
    pen.money.files[path] = data
    listed = [{"number": row["name"], "active": True, "holder": row.get("holder"), "until": row.get("until")}
              for row in table]  # fmt: skip
    against = tuple(counting.against_system(pen.written[one]["expected"], listed))
    heard = Heard({"system": path} | ({"against": against} if against else {}))
    pen.take(one, "compare", heard, CLERK, {"file": path, "sha256": digest, "size": str(len(data))})


def stores_counted(pen: Pen, estate: Estate) -> Story:
    """The stores are counted: something was given out and not written down."""
    one = pen.add("stocktake", CLERK, {"what": "supplies", "counter": CLERK, "witness": OFFICER})
    rows = pen.written[one]["expected"]
    yield pen.later(30, 90)
    found = {str(row["name"]): Decimal(row["amount"]) for row in rows}
    first = next(name for name, amount in found.items() if amount > 1)
    found[first] -= 1
    pen.step(one, "tally", CLERK, counted="、".join(f"{name}={amount}" for name, amount in found.items()))
    yield pen.later(10, 30)
    pen.add("supply", CLERK, {"type": "adjust", "item": first, "quantity": str(found[first]), "of": one})
    pen.step(one, "resolve", CLERK, items="全部", how="领用漏登，已按实点调整", settled_by=OFFICER)
    pen.step(one, "close", CLERK)


def books_counted(pen: Pen, estate: Estate) -> Story:
    """The receipt books are counted by their next numbers."""
    one = pen.add("stocktake", CLERK, {"what": "books", "counter": CLERK})
    yield pen.later(5, 10)
    rows = pen.written[one]["expected"] or ()
    counted = [f"{row['name']}={row['amount']}" if row.get("amount") else str(row["name"]) for row in rows]
    pen.step(one, "tally", CLERK, counted="、".join(counted) or counting.NOTHING)
    pen.step(one, "close", CLERK)
