"""What work orders can do besides the common verbs: rework, which makes an order of an order."""

from __future__ import annotations

from wuye import records, verbs
from wuye.call import WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.sheet import Sheet
from wuye.typed import understand

KIND = records.kind("workorder")
FIELDS = ("text", "trade", "urgency", "charge", "appointment", "target", "department", "handler")


def rework(call: Call) -> Sheet:
    """A new order for work that did not hold, linked both ways; the old one stays as it was done."""
    names = call.need_words(f"{KIND.zh}编号")
    call.no_words(1)
    said, problems, _ = understand(KIND, {"reason": call.text("reason")}, call.office.typing)
    if not said and not problems:
        problems.append(Problem("返修缺少理由：请用 --reason 给出", field="reason"))
    who, mistakes = call.heard
    if problems := [*problems, *mistakes]:
        raise BadInput(*problems)
    first = call.office.get(KIND, names[0])
    done = call.office.add(
        KIND, [{**call.typed, "of": first.id, "source": "rework"}], who, once=call.text("once"),
        dry_run=call.flag("dry_run"), repeat_ok=True, via="rework", told=said,
    )  # fmt: skip
    return verbs.answer(call, KIND, done, f"已返修 {first.id}，新开{KIND.zh}")


OPTIONS = (Opt("reason", "返修原因"), *(verbs.option(KIND[name]) for name in FIELDS))
VERBS = (
    Verb("rework", "返修", rework, (*OPTIONS, *WRITES), "ID", frozenset(), "返修：另开一张单，与原单互相关联",
         frozenset(FIELDS)),
)  # fmt: skip
