"""`wuye backup FILE`: the office, its history too, in one file, taken out again and compared before it is done."""

from __future__ import annotations

from pathlib import Path

from wuye import backups, yearly
from wuye.backups import Made
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, NotCommitted
from wuye.manifest import Manifest
from wuye.sheet import Column, Sheet

OPTIONS = (
    Opt("year", "只要一年的归档：各月的记录、附件和动过它们的提交，簿册是年末的", metavar="YEAR"),
    Opt("yes", "同名的文件已有，也覆盖", flag=True),
)
COLUMNS = (Column("path", "文件"), Column("size", "字节", right=True), Column("files", "文件数", right=True),
           Column("records", "记录数", right=True), Column("history", "git 历史"))  # fmt: skip


def run(call: Call) -> Sheet:
    """Make it. Refused where the file is there; 76 where git does not give its history: the files are there then."""
    call.no_words(1)
    if not call.words:
        raise BadInput("缺少备份文件名：请写 wuye backup 文件名，最好在另一块盘上")
    office, year = call.office, yearly.heard(call.text("year"), call.office.now)
    target = Path(call.words[0]).expanduser()
    by = office.person(call.text("by"), call.desk.environ)
    made = backups.make(office, target, by, year=year, replace=call.flag("yes"))
    row = row_of(made.manifest, str(target)) | {"size": made.size, "faults": made.faults}
    notes = list(made.notes)
    if made.faults and not year:
        notes.append(f"台账里有 {made.faults} 处问题，备份里照原样：请运行 wuye check 查看")
    return Sheet(
        "wuye.backup", COLUMNS, (row,), office.now, words=f"{_said(made, year)}：{call.words[0]}\n", notes=tuple(notes),
        problems=made.problems, exit_code=NotCommitted.exit_code if made.problems else 0,
    )  # fmt: skip


def row_of(told: Manifest, path: str) -> dict[str, object]:
    """What a backup says of itself, for scripts."""
    return {
        "path": path, "office": told.office, "made": told.made, "year": told.year, "format": told.format,
        "program": told.program, "files": len(told.files), "bytes": told.size, "records": sum(told.records.values()),
        "kinds": dict(told.records), "history": told.history.ends.commit if told.history else None,
    }  # fmt: skip


def summed(told: Manifest) -> str:
    """How much a backup holds, in a few words."""
    history = "连同 git 历史" if told.history else "没有 git 历史"
    return f"{len(told.files)} 个文件、{sum(told.records.values())} 条记录，{history}"


def _said(made: Made, year: str) -> str:
    what = f"{year} 年已归档" if year else "已备份"
    return f"{what}并解开核对过（{summed(made.manifest)}，{made.size / 1024**2:.1f} MB）"


VERB = Verb(
    "backup", "备份", run, OPTIONS, "FILE", frozenset(), "把台账连同历史存成一个文件，解开核对过才算成", past=False,
)  # fmt: skip
