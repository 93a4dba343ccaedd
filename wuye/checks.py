"""What can be wrong with the data: doubled numbers, misfiled records, dangling links, state against log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from wuye import contests, forgetting, identity, number
from wuye.contests import KEY, SETTLE
from wuye.errors import Problem
from wuye.record import FORGET, UNDOING, Record, moved, references
from wuye.schema import Kind
from wuye.typed import missing, nearest

KNOWN_EXTRA = frozenset(("imported", "once", "number_was", KEY))


class Known(NamedTuple):
    """What records may name: the numbers of all kinds, and who the books of staff and departments know."""

    ids: frozenset[str]
    staff: frozenset[str]
    department: frozenset[str]

    @classmethod
    def of(cls, loaded: Mapping[Kind, Sequence[Record]]) -> Known:
        """What the loaded records of all kinds know."""
        names: dict[str, frozenset[str]] = {
            kind.name: frozenset(str(r[kind.own_name]) for r in found if not r.void)
            for kind, found in loaded.items()
            if kind.own_name
        }
        ids = frozenset(r.id for found in loaded.values() for r in found)
        return cls(ids, names.get("staff", frozenset()), names.get("department", frozenset()))


def records(kind: Kind, found: Sequence[Record], month_of: Mapping[str, str], known: Known) -> Iterator[Problem]:
    """Everything wrong with the readable records of a kind. `month_of` gives the month of each file."""
    first: dict[str, Record] = {}
    for record in found:
        if record.id in first:
            other = first[record.id]
            yield at(record, f"编号重复，{other.file}:{other.line} 也有一条；请把其中一条改成没用过的编号")
        first.setdefault(record.id, record)
        yield from one(kind, record, month_of.get(record.file, ""))
    named: dict[str, Record] = {}
    for record in found:
        if kind.unique and not record.void:
            name = str(record[kind.own_name])
            if name in named:
                yield at(record, f"的{kind[kind.own_name].zh} {name} 与 {named[name].id} 相同；请把其中一条作废")
            named.setdefault(name, record)
        yield from unknown_names(record, known)
        for target in links(record):
            if target not in known.ids:
                yield at(record, f"指向的 {target} 不存在；请核对编号，或从 git 历史里恢复那一条")


def unknown_names(record: Record, known: Known) -> Iterator[Problem]:
    """Members of staff and departments that the books, once they are kept, do not know."""
    books = {"staff": ("员工", known.staff), "department": ("部门", known.department)}
    for one in record.kind.on_record:
        zh, names = books.get(one.type.name, ("", frozenset[str]()))
        value = record.get(one.name)
        if names and value and value not in names:
            yield at(record, f"的{one.zh}“{value}”不在{zh}台账里{_like(value, names)}；请核对或补登")


@lru_cache(maxsize=256)
def _like(name: str, known: frozenset[str]) -> str:
    """The known name most like a mistyped one: thousands of records may share the mistake."""
    return nearest(name, known, 0.6)


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
    elif not kind.book and f"{record.received:%Y-%m}" != numbered.month:
        yield at(record, "的受理时间 received 不在编号的月份里；请核对 received")
    for problem in missing(kind, record.values):
        yield at(record, problem.message)
    known = [f.name for f in kind.on_record]
    for key in record.extra:
        if key not in KNOWN_EXTRA and (near := nearest(key, known)):
            yield at(record, f"有不认识的项 {key}{near}请改正拼写")
    if back := forgetting.returned(record):
        zh = "、".join(kind[name].zh for name in back)
        yield at(record, f"删除过的{zh}又回来了（多半是合并带回的）；请运行 wuye privacy sweep 再删一次")
    if KEY in record.extra:
        for one_ in contests.of(record):
            yield at(record, f"两台说法不一：{contests.words(kind, one_)}；请用 wuye settle {record.id} 定下")
        return  # until then the log tells both stories
    yield from told(kind, record)


def told(kind: Kind, record: Record) -> Iterator[Problem]:
    """Whether the log leads to the state the record says it is in."""
    if not record.log:
        return
    if record.log[0].step != "add":
        yield at(record, "的经过 log 不是从登记 add 开始；请从 git 历史里恢复")
    known = references(record.log)
    for entry in record.log:
        for name in entry.undoes:
            if name not in known:
                yield at(record, f"的经过 log 里撤销的“{name}”不存在；请从 git 历史里恢复")
    status = record.began
    decided = max((i for i, e in enumerate(record.log) if e.step == SETTLE and "status" in e.extra), default=0)
    for entry in record.log[decided:]:  # before it the log may tell what two desks did
        if kind.flow.knows(entry.step) or "status" in entry.extra:
            after = moved(kind.flow, status, entry)
            if after is None:
                yield at(record, f"的经过 log 里，状态 {status} 时不能 {entry.step}；请核对经过")
                return
            status = after
        elif entry.step not in ("add", "edit", "note", "attach", "repeat", "link", FORGET, SETTLE, *UNDOING):
            yield at(record, f"的经过 log 里有不认识的步骤 {entry.step}；请核对经过")
            return
    if status != record.status:
        yield at(record, f"的状态是 {record.status}，经过 log 却走到 {status}；请改正其中一处")


def links(record: Record) -> Iterator[str]:
    """Numbers of other records that a record names."""
    for name in (record.kind.link, record.kind.origin):
        if name and (target := record.get(name)):
            yield str(target)
    for entry in record.log:
        if "link" in entry.extra:
            yield str(entry.extra["link"])


def attachments(found: Iterable[Record]) -> dict[str, tuple[Record, str]]:
    """Every file that a log names, with the record and the hash it was kept under."""
    return {
        str(entry.extra["file"]): (record, str(entry.extra["sha256"]))
        for record in found
        for entry in record.log
        if "file" in entry.extra and "sha256" in entry.extra
    }


def money(loaded: Mapping[Kind, Sequence[Record]], read: Callable[[str], bytes]) -> Iterator[Problem]:
    """What is wrong with money across kinds: receipt numbers, days and months changed after they were closed."""
    of = {kind.name: found for kind, found in loaded.items()}
    taken = [*of.get("payment", ()), *of.get("deposit", ())]
    yield from _paid_out_twice(of.get("payment", ()), of.get("deposit", ()))
    if of.get("receipt") or of.get("receiptbook"):
        from wuye import receipts

        yield from receipts.problems(of.get("receiptbook", ()), of.get("receipt", ()), taken)
    if of.get("dayclose"):
        from wuye import takings

        moved = {m.key: m for m in takings.movements(taken)}
        for close in takings.standing(of["dayclose"]).values():
            if takings.changed(moved, close):
                whose = f"（{close['cashier']} {close['day']} 日结）"
                yield at(close, f"{whose}之后，结过的收付被改过；请从 git 历史里恢复，或重开后重结")
    if of.get("monthclose"):
        from wuye import closing

        there = {r.id: r for name in closing.FROZEN for r in of.get(name, ())}
        for close in closing.closed_months(of["monthclose"]).values():
            yield from closing.problems(close, read(str(close.get("frozen") or "")), there)


def _paid_out_twice(payments: Sequence[Record], deposits: Sequence[Record]) -> Iterator[Problem]:
    """More was given back than was there: on one desk that is refused, two may have done it before they met."""
    from wuye.records import deposit, payment

    for record, left in (*((r, payment.net(r)) for r in payments), *((r, deposit.held(r)) for r in deposits)):
        if left < 0:
            words = f"退的、扣的比收的多 {-left}：可能两台各退了一次；请核对单据，撤销（undo）记重的那一步"
            yield at(record, words)


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
