"""`wuye import`: a spreadsheet's rows become records, all or nothing (design.md 4)."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import Any

from wuye import mapfile, mapping, outside, records, tabular, workbook
from wuye.basis import Basis
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.mapping import Map
from wuye.office import Brought
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, records_sheet, state_zh
from wuye.tabular import Table
from wuye.typed import nearest

LARGEST = 50 * 1024 * 1024
FIRST, LISTED = 5, 20
OPTIONS = (
    Opt("kind", "导入成哪一种记录：complaint、投诉、TS 都可以", metavar="KIND"),
    Opt("map", "映射文件：写明哪一列是什么；表头就是台账里的名称时可不写", metavar="FILE"),
    Opt("dry_run", "只试运行，不写入", flag=True),
)
COLUMNS = (
    Column("row", "行", right=True),
    Column("key", "键"),
    Column("what", "结果", lambda code: {"new": "新增", "known": "已有", "changed": "已有，内容不同"}[code]),
    Column("id", "编号"),
    Column("received", "受理时间"),
)


def run(call: Call) -> Sheet:
    """Read the table by its map, make the records, write them all or none."""
    name, kind = _asked(call)
    data = call.desk.read_stdin() if name == "-" else outside.read(name, LARGEST)
    label = "标准输入" if name == "-" else PurePath(name).name
    table, notes = understood(call, kind, data, label)
    dry_run = call.flag("dry_run")
    done = call.office.bring(
        kind, table.rows, call.who, dry_run=dry_run, progress=call.desk.progress, mistakes=table.problems
    )
    return _answer(call, kind, table, done, notes)


def _asked(call: Call) -> tuple[str, Kind]:
    """The file and the kind. Raises BadInput with everything that is missing or unknown."""
    problems = [Problem(f"多余的“{word}”：一次导入一个文件，请删去") for word in call.words[1:]]
    if not call.words:
        problems.append(Problem("缺少文件：请写在命令后面，如 wuye import 名单.xlsx --kind complaint"))
    word = call.text("kind")
    name = records.name_of(word) if word else None
    if name is None:
        kinds = "、".join(f"{row[0]}({row[2]})" for row in records.KINDS)
        near = nearest(word, [w for row in records.KINDS for w in (row[0], row[2])]) if word else ""
        words = f"没有“{word}”这种记录{near}" if word else "缺少记录种类"
        problems.append(Problem(f"{words}：请用 --kind 给出，可用：{kinds}", field="kind"))
    if problems or name is None:
        raise BadInput(*problems)
    return call.words[0], records.kind(name)


def understood(call: Call, kind: Kind, data: bytes, name: str) -> tuple[Table, tuple[str, ...]]:
    """The file's rows as the map wants them. Raises BadInput with every mistake of the map at once."""
    if not (file := call.text("map")):
        grid = workbook.read(data, name)
        labels = [f.zh for f in kind.fields] + [f.name for f in kind.fields] + ["受理时间", mapping.RECEIVED]
        header = tabular.header_of(grid, labels)
        names = tabular.headings(grid, header)
        return tabular.read(grid, _by_labels(kind, names, header, grid.name), names, kind), grid.notes
    reading = mapfile.Reading(mapfile.decode(outside.read(file), file), file, kind)
    plan = reading.map
    try:
        grid = workbook.read(data, name, plan.sheet, max(plan.header, default=0))
    except BadInput as error:
        raise BadInput(*reading.problems, *error.problems) from error
    plan = plan._replace(header=plan.header or tabular.header_of(grid, [one for one, _ in plan.named()]))
    names = tabular.headings(grid, plan.header)
    reading.fit(names)
    if reading.problems:
        raise BadInput(*sorted(reading.problems, key=lambda p: p.line))
    return tabular.read(grid, plan, names, kind), grid.notes


def _by_labels(kind: Kind, names: list[str], header: tuple[int, ...], where: str) -> Map:
    """A map made of headings that are the kind's own words. Raises BadInput for those that only look like one."""
    columns, odd = mapping.by_labels(kind, names)
    problems = []
    for name in odd:
        near = nearest(name, [f.zh for f in kind.fields])
        problems.append(Problem(f"表头“{name}”不认识，或出现了两次{near}：请改正表头，或用 --map 写明", where))
    if not columns:
        labels = "、".join(f.zh for f in kind.fields if mapping.importable(f))
        problems.append(Problem(f"表头里没有{kind.zh}的名称：请把表头改成其中几个（{labels}），或用 --map 写明", where))
    elif mapping.RECEIVED not in columns and not kind.book:
        problems.append(Problem("表头里没有“受理时间”：请加上这一列，或用 --map 写明是哪一列", where))
    if problems:
        raise BadInput(*problems)
    return Map(columns, header)


def _answer(call: Call, kind: Kind, table: Table, done: Brought, notes: tuple[str, ...]) -> Sheet:
    """What was taken in: a row of the answer for every row of the table; in words the counts by month."""
    basis = call.office.basis(kind)
    made, known = done.made, done.known
    changed = [one for one in known if one.differs]
    rows: list[dict[str, Any]] = [
        {"row": r.number, "key": r.key, "what": "new", "id": record.id, "received": record.received}
        for r, record in made
    ]
    rows += [
        {"row": k.row.number, "key": k.row.key, "what": "changed" if k.differs else "known", "id": k.id,
         "received": None, "differs": list(k.differs)}
        for k in known
    ]  # fmt: skip
    rows.sort(key=lambda row: row["row"])
    months = Counter(f"{record.received:%Y-%m}" for _, record in made)
    ids = [record.id for _, record in made]
    by_row = {row["row"]: row["id"] for row in rows}
    empty = {name: [by_row[n] for n in numbers if n in by_row] for name, numbers in table.empty.items()}
    told = [*notes, *(str(doubt) for doubt in (*table.doubts, *done.doubts)), *_notes(kind, table, done), *done.notes]
    first = records_sheet(kind, [record for _, record in made[: FIRST if call.flag("dry_run") else 0]], basis)
    if call.flag("dry_run"):
        told.append("试运行：没有写入")
    return Sheet(
        "wuye.import", COLUMNS, tuple(rows), basis.now, f"{kind.zh}导入", notes=tuple(told),
        problems=done.uncommitted.problems if done.uncommitted else (),
        exit_code=done.uncommitted.exit_code if done.uncommitted else 0,
        more={
            "kind": kind.name, "ids": ids, "months": dict(sorted(months.items())),
            "known": len(known) - len(changed), "changed": [one.id for one in changed],
            "skipped": list(table.skipped), "unused": list(table.unused), "empty": empty,
            "dry_run": call.flag("dry_run"), "first": list(first.rows),
        },
        words=_words(call, kind, table, done, months),
    )  # fmt: skip


def _words(call: Call, kind: Kind, table: Table, done: Brought, months: Counter[str]) -> str:
    head = "试运行：可导入" if call.flag("dry_run") else "已导入"
    lines = [f"{head}{kind.zh} {len(done.made)} 条" if done.made else f"没有新的{kind.zh}可导入"]
    lines += [f"  {month}  {count} 条" for month, count in sorted(months.items())] if not kind.book else []
    if done.known:
        lines.append(f"以前导入过的 {len(done.known)} 行没有再导入")
    if table.skipped:
        lines.append(f"按映射略去 {len(table.skipped)} 行：第 {_numbers(table.skipped)} 行")
    if call.flag("dry_run") and done.made:
        lines.append("前几条将是：")
        basis = call.office.basis(kind)
        lines += [f"  第 {row.number} 行  {_line(kind, record, basis)}" for row, record in done.made[:FIRST]]
    return "\n".join(lines) + "\n"


def _line(kind: Kind, record: Record, basis: Basis) -> str:
    """A record to be in one line; nothing private in it."""
    about = next((shown for name in kind.about if (shown := basis.shown(kind[name], record[name]))), "")
    about = about.replace("\n", " ")[:30]
    parts = [record.id, f"{record.received:%Y-%m-%d %H:%M}", state_zh(kind, record.status), about]
    return "  ".join(part for part in parts if part)


def _notes(kind: Kind, table: Table, done: Brought) -> list[str]:
    """What the desk should know: changed rows, columns that nothing asked for, fields that were empty."""
    notes = [
        f"第 {one.row.number} 行以前导入成 {one.id}，现在 {'、'.join(one.differs)} 不同：台账里的没有动，要改请用 edit"
        for one in done.known
        if one.differs
    ]
    faulty = [one for one in done.known if one.faults]
    notes += [
        f"第 {one.row.number} 行以前导入成 {one.id}，现在这一行有读不懂的地方（{one.faults[0].message}），没有再比较"
        for one in faulty[:LISTED]
    ]
    if len(faulty) > LISTED:
        notes.append(f"这样的行一共 {len(faulty)} 行")
    if table.unused and (done.made or not done.known):
        notes.append(f"没有导入的列：{'、'.join(table.unused)}")
    for name, numbers in table.empty.items() if done.made else ():
        if kind.has(name):
            notes.append(f"{kind[name].zh}空着 {len(numbers)} 行：第 {_numbers(numbers)} 行")
    return notes


def _numbers(numbers: tuple[int, ...]) -> str:
    shown = "、".join(map(str, numbers[:LISTED]))
    return f"{shown} 等" if len(numbers) > LISTED else shown


VERB = Verb("import", "导入", run, OPTIONS, "FILE", frozenset(), "把 Excel、CSV 表格里的旧记录导入台账")
