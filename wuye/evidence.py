"""One folder for a lawyer: statement, claims, contacts with their proof, receipts, hashes, commits (domain.md 5, K)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wuye import arrears, blocks, records, slips, when
from wuye.accounts import Debtor, debtor_of, end_of
from wuye.basis import Basis
from wuye.errors import Damaged, Problem
from wuye.git import Commit
from wuye.monthfiles import path_of
from wuye.number import parse
from wuye.owing import Owing
from wuye.record import Record
from wuye.render import text
from wuye.sheet import Column, Sheet, step_zh

SUMS = "SHA256SUMS"
NO_HISTORY = "没有 git 历史"
NOT_COMMITTED = "现在的内容还没有提交"


class Kept(NamedTuple):
    """One attachment of a record: where it lies in the office, its hash as the log tells it, its bytes."""

    record: str
    path: str
    sha256: str
    at: datetime
    by: str
    data: bytes


class Folder(NamedTuple):
    """What goes into the folder, by path, the numbers of the records in it, and what the desk should be told."""

    files: Mapping[str, bytes]
    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


def folder(
    books: Owing, debtor: Debtor, statement: Sheet, receipts: Sequence[Mapping[str, Any]], reason: str, by: str
) -> Folder:
    """Everything, gathered and checked. Raises Damaged where an attachment is gone or is not what was attached."""
    mine = {
        "contacts": books.contacts_by.get(debtor, ()),
        "bills": _as_of(books, debtor, books.bills),
        "payments": _as_of(books, debtor, books.payments),
    }
    people = _people(books, debtor)
    lines = [line for line in books.arrears if line.debtor == debtor]
    every = [r for found in mine.values() for r in found]
    kept = attachments(books, every)
    commits, notes = _commits(books, every, kept)
    basis = books.office.basis(*books.office.kinds())
    files: dict[str, bytes] = {
        "statement.csv": text(statement, "csv").encode(),
        "statement.md": f"# {statement.title}\n\n{text(statement._replace(title=''), 'md')}".encode(),
        "claims.csv": text(_claims(books, lines), "csv").encode(),
        "receipts.csv": text(_receipts(books, receipts), "csv").encode(),
        "commits.csv": text(commits, "csv").encode(),
    }
    name = books.office.settings.name
    for place, found in (*mine.items(), ("people", people)):
        for record in found:
            told = slips.slip(record, basis, name, reveal=True) + _history(record, kept, basis)
            files[f"{place}/{record.id}.txt"] = told.encode()
    files |= {one.path: one.data for one in kept}
    files["README.txt"] = _readme(books, debtor, lines, reason, by, notes).encode()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()))
    files[SUMS] = sums.encode()
    return Folder(files, tuple(r.id for r in (*every, *people)), notes)


def _as_of(books: Owing, debtor: Debtor, found: Sequence[Record]) -> list[Record]:
    """A debtor's records up to the day as they then stood, void ones too: a lawyer must know of them."""
    told = (r.as_of(end_of(books.as_of, r.received)) for r in found if r.received.date() <= books.as_of)
    return sorted((r for r in told if debtor_of(r) == debtor), key=lambda r: (r.received, r.id))


def _people(books: Owing, debtor: Debtor) -> list[Record]:
    """The unit and everybody who was ever tied to it. Raises Damaged where that cannot be told."""
    if debtor.what != "room":
        return []
    found, problems = books.office.naming(records.kind("resident"), debtor.name)
    if problems:
        raise Damaged(*problems)
    unit = books.units.get(debtor.name)
    return [*([unit] if unit else []), *(r for r in found if r["room"] == debtor.name and not r.void)]


def attachments(books: Owing, found: Sequence[Record]) -> list[Kept]:
    """The files of records, each compared with the hash that its log tells. Raises Damaged naming every wrong one."""
    kept, problems = [], []
    for record in found:
        for entry in record.log:
            path, digest = entry.extra.get("file"), entry.extra.get("sha256")
            if not path:
                continue
            data = books.office.store.read(str(path))
            if data is None:
                problems.append(Problem(f"{record.id} 的附件不在了：请从 git 历史里恢复后再取证据", file=str(path)))
            elif hashlib.sha256(data).hexdigest() != digest:
                problems.append(
                    Problem(f"{record.id} 的附件与登记时的哈希不同：请从 git 历史里恢复后再取证据", file=str(path))
                )
            else:
                kept.append(Kept(record.id, str(path), str(digest), entry.at, entry.by, data))
    if problems:
        raise Damaged(*problems)
    return kept


def _history(record: Record, kept: Sequence[Kept], basis: Basis) -> str:
    """What a slip leaves out: every field, every line of the log with all it said, the attachments' hashes."""
    kind = record.kind
    filled = [(one, record[one.name]) for one in kind.on_record if record[one.name] is not None]
    lines = ["", "全部内容：", *(f"  {one.zh}：{basis.shown(one, value)}" for one, value in filled), "全部经过："]
    for entry in record.log:
        said = [f"{kind[n].zh}：{basis.shown(kind[n], v)}" for n, v in entry.values.items() if v is not None]
        said += [f"原为 {kind[n].zh}：{basis.shown(kind[n], v)}" for n, v in entry.was.items() if v is not None]
        said += [f"备注：{entry.note}"] if entry.note else []
        late = f"（{when.read_back(entry.recorded)} 录入）" if entry.recorded else ""
        head = f"{when.read_back(entry.at)} {step_zh(kind, entry.step)} {entry.by}{late}"
        lines.append("  " + "；".join([head, *said]).replace("\n", " "))
    mine = [one for one in kept if one.record == record.id]
    lines += [f"附件 {one.path}  SHA-256 {one.sha256}" for one in mine] or ["没有附件"]
    return "\n".join(lines) + "\n"


def _claims(books: Owing, lines: Sequence[arrears.Line]) -> Sheet:
    rows = tuple(
        {
            "bill": line.debt.id, "item": line.item, "period": line.period, "issued": line.debt.issued,
            "due": line.debt.due, "days": line.days, "amount": line.debt.amount, "principal": line.open,
            "fee": line.fee_open, "total": line.total, "working": "；".join(arrears.working(line)),
            "lapses": line.limit.lapses, "restarted_by": line.limit.by, "why": line.why, "proved": line.proved.lapses,
            "evidence": line.evidence,
        }
        for line in lines
    )  # fmt: skip
    names = ("bill", "item", "period", "issued", "due", "days", "amount", "principal", "fee", "total", "working",
             "lapses", "restarted_by", "why", "proved", "evidence")  # fmt: skip
    return Sheet("wuye.evidence.claims", tuple(Column(n, n) for n in names), rows, books.office.now)


def _receipts(books: Owing, rows: Sequence[Mapping[str, Any]]) -> Sheet:
    columns = tuple(Column(n, n) for n in ("day", "number", "payment", "amount", "id", "status"))
    return Sheet("wuye.evidence.receipts", columns, tuple(rows), books.office.now)


def _commits(books: Owing, found: Sequence[Record], kept: Sequence[Kept]) -> tuple[Sheet, tuple[str, ...]]:
    """For each record and attachment the commit that first held it, and the one that made it what it is now."""
    git, rows, lost = books.office.git, [], False
    for record in found:
        path, span = _lines(books, record)
        first = git.first_holding(path, record.id)
        row = _commit_row(record.id, path, first, git.last_changing(path, span) if first else None)
        rows.append(row)
        lost = lost or bool(row["words"])
    for one in kept:
        first = git.first_holding(one.path)
        row = _commit_row(one.record, one.path, first, git.last_changing(one.path) if first else None)
        rows.append(row)
        lost = lost or bool(row["words"])
    notes = ("有记录或附件没有（完整的）git 历史，见 commits.csv：请运行 wuye doctor 查看",) if lost else ()
    names = ("id", "file", "first_commit", "first_at", "first_author", "commit", "at", "author", "words")
    return Sheet("wuye.evidence.commits", tuple(Column(n, n) for n in names), tuple(rows), books.office.now), notes


def _lines(books: Owing, record: Record) -> tuple[str, tuple[int, int]]:
    """The file of a record and its lines there."""
    number = parse(record.id)
    assert number is not None
    path = path_of(record.kind, number.month)
    data = books.office.store.read(path) or b""
    start, end = blocks.split(data, path).span(record.id) or (0, 0)
    return path, (blocks.line_of(data, start), blocks.line_of(data, max(start, end - 1)))


def _commit_row(id_: str, path: str, first: Commit | None, now: Commit | None) -> dict[str, Any]:
    words = NO_HISTORY if first is None else NOT_COMMITTED if now is None else ""
    told = first or Commit("", "", ""), now or Commit("", "", "")
    return {
        "id": id_, "file": path, "first_commit": told[0].id, "first_at": told[0].at, "first_author": told[0].author,
        "commit": told[1].id, "at": told[1].at, "author": told[1].author, "words": words,
    }  # fmt: skip


def _readme(
    books: Owing, debtor: Debtor, lines: Sequence[arrears.Line], reason: str, by: str, notes: Sequence[str]
) -> str:
    total = arrears.together(lines)
    said = [
        f"{books.office.settings.name}：{debtor} 欠费证据",
        f"截至 {books.as_of}；由 {by} 于 {when.read_back(books.office.now)} 取出，原因：{reason}",
        f"欠费 {len(lines)} 笔：本金 {total.principal}，违约金 {total.fee}，共 {total.total} 元",
        "",
        "statement.csv、statement.md  对账单：账单、收款、抵扣、欠费、违约金算法、时效",
        "claims.csv  每笔欠费：应付日期、本金、违约金及算法、时效届满日和依据",
        "bills/、contacts/、payments/、people/  账单、催收、收款、业户，各带全部经过和附件的哈希",
        "attachments/  凭证原件，已与登记时的 SHA-256 核对",
        "receipts.csv  收据",
        "commits.csv  每条记录、每个附件最早和现在所在的 git 提交（编号、时间、提交人）",
        f"{SUMS}  本文件夹所有文件的 SHA-256；核对：sha256sum -c {SUMS}",
        "",
        *notes,
        arrears.NO_ADVICE,
        "内有完整的姓名、电话：只交给办案的律师或法院，用完妥善保管或销毁",
    ]
    return "\n".join(said) + "\n"
