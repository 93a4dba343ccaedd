"""`wuye restore FILE DIR`: an office out of a backup, into a new folder; `--verify` only checks the backup."""

from __future__ import annotations

from pathlib import Path

from wuye import clock, restoring
from wuye.call import Call, Opt, Verb
from wuye.commands.backup import COLUMNS, row_of, summed
from wuye.errors import BadInput
from wuye.sheet import Sheet

OPTIONS = (Opt("verify", "只核对备份，不写", flag=True),)


def run(call: Call) -> Sheet:
    """Take it out and compare it with its list. Needs no office."""
    only = call.flag("verify")
    call.no_words(1 if only else 2)
    if len(call.words) < (1 if only else 2):
        raise BadInput("缺少备份文件和新文件夹：请写 wuye restore 备份文件 新文件夹，只核对加 --verify")
    source = Path(call.words[0]).expanduser()
    if only:
        found = restoring.verify(source)
        words = f"备份完好：{call.words[0]}\n"
        path = str(source)
    else:
        target = Path(call.words[1]).expanduser()
        found = restoring.restore(source, target)
        words = f"已恢复到 {call.words[1]}\n"
        path = str(target)
    told = found.manifest
    kind = f" {told.year} 年归档，只供查阅" if told.year else "备份"
    words += f"{told.office}，{told.made[:16].replace('T', ' ')} 的{kind}：{summed(told)}\n"
    notes: tuple[str, ...] = ()
    if found.faults:
        notes = (f"里面有 {len(found.faults)} 处问题，备份时就有：请恢复后运行 wuye check 查看",)
    row = row_of(told, path) | {"size": source.stat().st_size, "faults": len(found.faults)}
    return Sheet("wuye.restore", COLUMNS, (row,), clock.now(), words=words, notes=notes)


VERB = Verb(
    "restore", "恢复", run, OPTIONS, "FILE [DIR]", frozenset(), "把备份恢复到新文件夹；--verify 只核对备份", past=False,
)  # fmt: skip
