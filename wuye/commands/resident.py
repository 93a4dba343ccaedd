"""What residents can do besides the common verbs: a transfer, which ends the old owners and enters the new one."""

from __future__ import annotations

from datetime import date

from wuye import changes, records, verbs
from wuye.basis import Basis
from wuye.call import WRITES, Call, Verb
from wuye.errors import BadInput, Problem
from wuye.office import Make
from wuye.record import Record
from wuye.sheet import Sheet
from wuye.typed import understand

KIND = records.kind("resident")
OWNERS = ("owner", "co-owner")
FIELDS = tuple(f.name for f in KIND.on_record if f.name not in ("name", "room", "role", "until"))


def transfer(call: Call) -> Sheet:
    """The unit changes hands: whoever owned it is a past owner from that day, the new one is entered, in one commit."""
    office = call.office
    if len(call.words) < 2:
        raise BadInput(Problem("过户要写房号和新业主姓名：如 wuye resident transfer 3-2-1201 李女士"))
    call.no_words(2)
    who, mistakes = call.heard
    new = call.words[1].strip()
    row = {"since": f"{who.moment:%Y-%m-%d}", **call.typed, "room": call.words[0], "name": new, "role": "owner"}
    values, _, _ = understand(KIND, {n: row[n] for n in ("room", "since")}, office.typing)
    room, day = values.get("room", ""), values.get("since", who.moment.date())
    here = office.residents(room) if room else []
    owners = [r for r in here if r["role"] in OWNERS]
    if any(r["name"] == new for r in owners):
        mistakes.append(Problem(f"{new} 已经是 {room} 的业主：请核对姓名", field="name"))
    if day > office.now.date():
        mistakes.append(Problem(f"{day} 还没有到：请在过户之后登记", field="since"))
    done = office.add(
        KIND, [row], who, once=call.text("once"), dry_run=call.flag("dry_run"), repeat_ok=call.flag("yes"),
        mistakes=mistakes, also=[(owner, _leaves(call, day, new)) for owner in owners],
    )  # fmt: skip
    sheet = verbs.answer(call, KIND, done._replace(records=done.records[:1]), f"{room} 已过户，新业主")
    if done.already:
        return sheet
    ended = "、".join(f"{r['name']}（{r.id}）" for r in done.records[1:])
    others = "、".join(f"{r['name']}（{KIND['role'].shown(r['role'])}）" for r in here if r not in owners)
    notes = [f"原业主转为已迁出：{ended}" if ended else f"此前没有登记 {room} 的业主"]
    notes += [f"仍登记在这一户：{others}；已搬走的请 leave"] if others else []
    heard = [note for note in sheet.notes if "since" in call.typed or not note.startswith(f"{day} = ")]
    return sheet._replace(notes=(*heard, *notes))


def _leaves(call: Call, day: date, new: str) -> Make:
    """An old owner's step out of the unit."""
    step = KIND.flow.step("leave")
    assert step is not None
    heard = changes.Heard({"until": day})

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        extra = {"note": f"过户给 {new}"}
        return changes.stepped(record, step, heard, call.who, basis, extra), ()

    return make


VERBS = (
    Verb("transfer", "过户", transfer, (*(verbs.option(KIND[name]) for name in FIELDS), *WRITES), "ROOM NAME",
         frozenset(), "过户：原业主转为已迁出，登记新业主，一次完成", frozenset(FIELDS)),
)  # fmt: skip
