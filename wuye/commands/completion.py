"""`wuye completion SHELL`: the script by which a shell completes this program's words."""

from __future__ import annotations

from wuye import clock, shells
from wuye.call import Call, Verb
from wuye.errors import BadInput
from wuye.sheet import Column, Sheet
from wuye.typed import nearest

COLUMNS = (Column("shell", "命令行"), Column("use", "怎样用", wide=True))


def run(call: Call) -> Sheet:
    """The script of the shell named; without a name, how each is put to use."""
    call.no_words(1)
    if not call.words:
        rows = tuple({"shell": one.name, "use": one.zh} for one in shells.SHELLS)
        return Sheet("wuye.completion", COLUMNS, rows, clock.now())
    one = shells.shell(call.words[0])
    if one is None:
        names = [known.name for known in shells.SHELLS]
        raise BadInput(f"没有“{call.words[0]}”的补全{nearest(call.words[0], names)}：请写 {'、'.join(names)}")
    script = shells.script(one)
    row = {"shell": one.name, "use": one.zh, "script": script}
    notes = (one.zh,) if call.desk.terminal else ()
    return Sheet("wuye.completion", COLUMNS, (row,), clock.now(), words=script, notes=notes)


VERB = Verb(
    "completion", "补全", run, (), "[SHELL]", frozenset(), "让命令行补全命令、编号、房号：输出所用的脚本",
    past=False,
)  # fmt: skip
