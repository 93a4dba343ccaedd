"""The last evenings and mornings: the desk hands over to the control centre, and takes over again (domain.md 11).

No dice are thrown: every throw moves all later ones, and nothing else depends on this.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wuye import handed, records
from wuye.basis import Basis
from wuye.changes import Heard
from wuye.estate.homes import Estate
from wuye.estate.pen import Pen, Story
from wuye.estate.people import on_duty
from wuye.estate.till import pieces
from wuye.handed import Shift
from wuye.record import Record
from wuye.records.handover import CONTROL
from wuye.schema import Kind

DAYS = 7
"""The office keeps its handovers here since so many days."""
NOTES = (
    "2号电梯停用，维保公司明早九点来", "地下车库东口道闸手动，保安在岗", "3号楼今晚停水到二十二点，已贴通知",
    "王女士留下一个包裹，明天上午来取", "中庭水景灯不亮，已报工程部", "周末有装修验收，资料在左边抽屉",
)  # fmt: skip
NIGHT = ("夜间来电两个，都是问物业费，已答复", "22:40 业主忘带钥匙，核对身份后由家人开门", "夜间无事")
KINDS = tuple(row[0] for row in records.KINDS)


def evening(pen: Pen, estate: Estate) -> Story:
    """A note in the afternoon, given at ten to six, taken by the control centre; in the morning the other way round."""
    desk = on_duty(pen.now.date())
    one = pen.add("handover", desk, {"giver": desk, "to": CONTROL, "shift": "白班"})
    pen.step(one, "remind", desk, special=NOTES[pen.now.day % len(NOTES)])
    yield pen.on(0, "17:50")
    _give(pen, one, desk, CONTROL)
    yield pen.on(0, "17:54")
    if pen.now.weekday() == 4:
        pen.step(one, "dispute", CONTROL, reason="电话还没有转过来")
        yield pen.on(0, "17:57")
        _give(pen, one, desk, CONTROL)
    rows = pen.written[one]["checks"]
    mine = [str(place) for place, row in enumerate(rows, 1) if row.get("group") == "交班时"]
    pen.step(one, "tick", desk, items=f"{mine[0]}-{mine[-1]}")
    yield pen.on(0, "18:00")
    pen.step(one, "take", CONTROL, taken_by=CONTROL)
    yield pen.on(1, "08:50")
    desk = on_duty(pen.now.date())
    one = pen.add("handover", CONTROL, {"giver": CONTROL, "to": desk, "shift": "夜间"})
    pen.step(one, "remind", CONTROL, special=NIGHT[pen.now.day % len(NIGHT)])
    _give(pen, one, CONTROL, desk)
    yield pen.on(0, "08:56")
    pen.step(one, "tick", desk, items="全部")
    pen.step(one, "take", desk, taken_by=desk)


def _give(pen: Pen, one: str, by: str, to: str) -> None:
    """Everything gathered, the cash counted: it fits."""
    mine = [r for r in pen.written.values() if r.kind.name == "handover"]
    shift, basis = Shift(by, to, pen.now, mine, one), _basis(pen)
    loaded = _loaded(pen, shift)
    kept = handed.gathered(loaded, shift, basis, handed.touched(loaded, shift.since, pen.now))
    given: dict[str, Any] = {"to": to, "giver": by}
    if kept["expected"] > 0 and by != CONTROL:
        cash = records.kind("handover")["cash"].type
        given["cash"] = cash.parse(pieces(kept["expected"]), pen.typing)
        given |= handed.counted(kept, given)
    pen.take(one, "give", Heard({**given, **kept}), by)


def _basis(pen: Pen) -> Basis:
    """What judgements over every kind rest on."""
    rules = [rule for name in KINDS for rule in records.kind(name).rules]
    return Basis(pen.now, pen.settings.desk, pen.settings.rules(rules), paid=pen.money.paid)


def _loaded(pen: Pen, shift: Shift) -> dict[Kind, list[Record]]:
    """What is open, what was touched lately, and the books of keys and receipts."""
    since, found = shift.since - handed.BACK - timedelta(days=1), dict[Kind, list[Record]]()
    for record in pen.written.values():
        if record.is_open or record.log[-1].at >= since or record.kind.name in ("key", "receiptbook"):
            found.setdefault(record.kind, []).append(record)
    return found
