"""`wuye person`: what the office holds about one person; a copy for him, a correction, an erasure (domain.md K)."""

from __future__ import annotations

from wuye import identity
from wuye.call import READS, WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.personal import copy, correct, forget
from wuye.personal.meant import meant
from wuye.sheet import Sheet

ACTIONS = {"export": "导出", "correct": "更正", "forget": "删除"}
OPTIONS = (
    Opt("room", "同名的人不止一个时，写他的房号", metavar="ROOM"),
    *(one for one in WRITES if one.name in ("dry_run", "yes", "at")),
    *(one for one in READS if one.name == "reason"),
)


def run(call: Call) -> Sheet:
    """One of the three."""
    words = call.need_words("动作：export 导出、correct 更正、forget 删除")
    action = next((code for code, zh in ACTIONS.items() if words[0] in (code, zh)), "")
    if not action:
        raise BadInput(f"没有“{words[0]}”这个动作；可用：{'、'.join(f'{c}（{z}）' for c, z in ACTIONS.items())}")
    if any(identity.find(word) for word in words):
        raise BadInput(Problem("身份证号不存入台账，也查不到：请用姓名、电话或房号", field="words"))
    if action == "correct":
        return correct.run(call, words[1:])
    who = " ".join(words[1:]).strip()
    if not who:
        raise BadInput(f"缺少要{ACTIONS[action]}的人：请写姓名、电话或房号")
    found = meant(call.office, who, call.text("room"))
    return copy.run(call, found) if action == "export" else forget.run(call, found)


VERB = Verb(
    "person", "个人资料", run, OPTIONS, "export|correct|forget NAME|PHONE|ROOM", frozenset(),
    "给本人一份（export）、更正（correct 旧值 新值）、删除（forget，不能撤销）",
)  # fmt: skip
