"""What work orders can do besides the common verbs: rework, which makes an order of an order."""

from __future__ import annotations

from wuye import verbs
from wuye.call import WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.schema import Kind, scan
from wuye.sheet import Sheet

OPTIONS = (
    Opt("reason", "返修原因"),
    Opt("text", "返修内容（不写同原单）"),
    Opt("handler", "维修人"),
    Opt("urgency", "紧急程度：normal(一般)、urgent(紧急)、emergency(抢修)"),
)


def rework(call: Call) -> Sheet:
    """A new order for work that did not hold, linked both ways; the old one stays as it was done."""
    assert call.kind is not None
    kind: Kind = call.kind
    names = call.need_words(f"{kind.zh}编号")
    call.no_words(1)
    reason = call.text("reason").strip()
    problems = [] if reason else [Problem("返修缺少理由：请用 --reason 给出", field="reason")]
    if problem := scan(reason, "--reason", "理由"):
        problems.append(problem)
    if problems:
        raise BadInput(*problems)
    first = call.office.get(kind, names[0])
    row = {"of": first.id, "source": "rework"}
    row |= {n: call.text(n) for n in ("text", "handler", "urgency") if call.text(n)}
    done = call.office.add(
        kind, [row], call.who, once=call.text("once"), dry_run=call.flag("dry_run"), repeat_ok=True, via="rework",
        told={"reason": reason},
    )  # fmt: skip
    return verbs.answer(call, kind, done, f"已返修 {first.id}，新开{kind.zh}")


VERBS = (Verb("rework", "返修", rework, (*OPTIONS, *WRITES), "ID", frozenset(), "返修：另开一张单，与原单互相关联"),)
