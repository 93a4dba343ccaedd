"""What can be wrong with the data: doubled numbers, misfiled records, dangling links, state against log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wuye import identity, number
from wuye.errors import Problem
from wuye.record import Record
from wuye.schema import Kind, missing, nearest

KNOWN_EXTRA = frozenset(("imported", "once"))


def records(kind: Kind, found: Sequence[Record], month_of: Mapping[str, str]) -> Iterator[Problem]:
    """Everything wrong with the readable records of a kind. `month_of` gives the month of each file."""
    first: dict[str, Record] = {}
    for record in found:
        if record.id in first:
            other = first[record.id]
            yield at(record, f"编号重复，{other.file}:{other.line} 也有一条；请把其中一条改成没用过的编号")
        first.setdefault(record.id, record)
        yield from one(kind, record, month_of.get(record.file, ""))
    for record in found:
        for target in links(record):
            if target not in first:
                yield at(record, f"指向的 {target} 不存在；请核对编号，或从 git 历史里恢复那一条")


def at(record: Record, words: str) -> Problem:
    """A problem at a record's place."""
    return Problem(f"{record.id} {words}", file=record.file, line=record.line)


def one(kind: Kind, record: Record, month: str) -> Iterator[Problem]:
    """What is wrong within one record."""
    numbered = number.parse(record.id)
    if numbered is None or numbered.prefix != kind.prefix:
        yield at(record, f"的编号不是{kind.zh}编号；应如 {kind.prefix}-20261122-003")
    elif month and numbered.month != month:
        yield at(record, f"放错了月份：它属于 records/{numbered.month}；请移到那个文件里")
    elif f"{record.received:%Y-%m}" != numbered.month:
        yield at(record, "的受理时间 received 不在编号的月份里；请核对 received")
    for problem in missing(kind, record.values):
        yield at(record, problem.message)
    known = [f.name for f in kind.on_record]
    for key in record.extra:
        if key not in KNOWN_EXTRA and (near := nearest(key, known)):
            yield at(record, f"有不认识的项 {key}{near}请改正拼写")
    yield from told(kind, record)


def told(kind: Kind, record: Record) -> Iterator[Problem]:
    """Whether the log leads to the state the record says it is in."""
    if not record.log:
        return
    if record.log[0].step != "add":
        yield at(record, "的经过 log 不是从登记 add 开始；请从 git 历史里恢复")
    status = record.began
    for entry in record.log:
        if kind.flow.knows(entry.step):
            after = kind.flow.after(status, entry.step)
            if after is None:
                yield at(record, f"的经过 log 里，状态 {status} 时不能 {entry.step}；请核对经过")
                return
            status = after
        elif entry.step not in ("add", "edit", "note", "attach", "repeat"):
            yield at(record, f"的经过 log 里有不认识的步骤 {entry.step}；请核对经过")
            return
    if status != record.status:
        yield at(record, f"的状态是 {record.status}，经过 log 却走到 {status}；请改正其中一处")


def links(record: Record) -> Iterator[str]:
    """Numbers of other records of the kind that a record names."""
    if record.kind.link and (target := record.get(record.kind.link)):
        yield str(target)
    for entry in record.log:
        if "link" in entry.extra:
            yield str(entry.extra["link"])


def identities(text: str, file: str) -> Iterable[Problem]:
    """Full identity-card numbers in a file: they must not be there (domain.md K)."""
    if not identity.find(text):
        return
    for index, line in enumerate(text.split("\n"), 1):
        for found in identity.find(line):
            yield Problem(
                "里有完整的身份证号；请只留后四位，并注意 git 历史里还有它",
                file=file, line=index, column=found.start + 1,
            )  # fmt: skip
