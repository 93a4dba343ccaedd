"""`wuye check`: is the data what it should be? Silent and 0, or every problem with its place and 65."""

from __future__ import annotations

from wuye.audit import audit
from wuye.call import Call, Verb
from wuye.sheet import Column, Sheet


def run(call: Call) -> Sheet | str:
    """Every problem of every file."""
    call.no_words()
    problems = audit(call.office)
    if not problems and not call.text("output"):
        return ""
    columns = (Column("file", "文件"), Column("line", "行", right=True), Column("message", "问题", wide=True))
    return Sheet(
        "wuye.check",
        columns,
        (),
        call.office.now,
        problems=tuple(problems),
        exit_code=65 if problems else 0,
        empty=f"有 {len(problems)} 处问题" if problems else "没有问题",
    )


VERB = Verb("check", "检查", run, (), "", frozenset(), "检查台账数据；没有问题则不输出")
