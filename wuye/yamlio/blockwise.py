"""The records of a file, read strictly and held against the blocks in which they are kept (`wuye.blocks`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wuye import blocks
from wuye.dumper import Record, Value
from wuye.errors import Damaged, Problem
from wuye.yamlio.reader import MOST_PROBLEMS, Pass, decode, where


def load_records(data: bytes, file: str = "") -> list[Record]:
    """The records of a month file or book, read strictly in full.

    Raises Damaged unless it is a list of mappings that begin with `id`, and the bytes cut (`blocks.split`) at
    the very places where YAML sees the records: only then may a record be spliced (domain.md 0.1).
    """
    records, problems = _strict(blocks.split(data, file), decode(data, file), file)
    if problems:
        raise Damaged(*problems)
    return [record for record, _ in records]


def read_records(
    data: bytes, file: str = "", cut: blocks.Blocks | None = None
) -> tuple[list[tuple[Record, int]], list[Problem]]:
    """Every record that can be read, with its line (from 1), and what is wrong with the rest.

    `cut` are the file's blocks where they are known already.

    For questions, never for writing. The whole file is read strictly; only where that fails each block is
    read alone, so that one bad record, or a merge conflict, hides no other.
    """
    try:
        text = blocks.decode_bytes(data, file)
    except Damaged as error:
        return [], list(error.problems)
    conflicts = blocks.find_conflicts(data)
    if conflicts:
        problems = [blocks.conflict_problem(data, conflict, file) for conflict in conflicts]
        records, found = _one_by_one(data, blocks.readable_spans(data, conflicts), file)
        return records, problems + found
    cut = cut or blocks.split(data, file)
    records, problems = _strict(cut, text, file)
    if not problems:
        return records, []
    records, found = _one_by_one(data, cut.spans, file)
    if line := cut.stray():
        found.insert(
            0, Problem("这里不是记录：文件应是一串以 `- id:` 顶格开头的记录，请改正或从 git 历史里恢复", file, line, 1)
        )
    return records, found or problems


def _strict(cut: blocks.Blocks, text: str, file: str) -> tuple[list[tuple[Record, int]], list[Problem]]:
    data, reading = cut.data, Pass(text, file)
    items = reading.document()
    if reading.problems:
        return [], reading.problems
    if not isinstance(items, list):
        if items == "" and not cut.stray():
            return [], []
        return [], [Problem("文件应是一串以 `- id:` 顶格开头的记录，请改正或从 git 历史里恢复", file, *where(text, 0))]
    if (plain := _in_order(cut, text, items, reading.starts)) is not None:
        return plain, []
    records: list[tuple[Record, int]] = []
    if len(items) > len(cut.ids):
        reading.complain("每条记录都要以 `- id: 编号` 顶格开头，请改缩进", reading.starts[len(cut.ids)])
    byte, index, line = len(data) - len(data.removeprefix(blocks.BOM)), 0, 1
    for place, (number, (start, _)) in enumerate(zip(cut.ids, cut.spans, strict=True)):
        between = data[byte:start]
        index, line, byte = index + len(between.decode()), line + between.count(b"\n"), start
        item = items[place] if place < len(items) else ""
        if message := _misfit(item, number):
            reading.problems.append(Problem(message, file, line, 1))
        elif reading.starts[place] != index + 2 or _runs_on(cut, place, item):
            message = "记录的边界看不清：引号里的文字跨行时请改为 |- 多行文字，文字末尾的 |+ 请改为 |-"
            reading.problems.append(Problem(message, file, line, 1))
        elif isinstance(item, dict):
            records.append((item, line))
        if len(reading.problems) >= MOST_PROBLEMS:
            break
    return records, reading.problems


def _in_order(
    cut: blocks.Blocks, text: str, items: list[Value], starts: Sequence[int]
) -> list[tuple[Record, int]] | None:
    """The records with their lines where nothing stands between them and each begins as it should; else None.

    Every item of the list begins at a `- ` in the first column, and there are as many of those as items: so the bytes
    are cut where YAML sees the records.
    """
    data, spans = cut.data, cut.spans
    if not spans or not len(items) == len(spans) == len(starts) or spans[-1][1] != len(data):
        return None
    records: list[tuple[Record, int]] = []
    line, before = data.count(b"\n", 0, spans[0][0]) + 1, spans[0][0]
    for item, number, (start, end), index in zip(items, cut.ids, spans, starts, strict=True):
        if start != before or not number or not isinstance(item, dict) or item.get("id") != number:
            return None
        if text[index - 2 : index] != "- " or (index > 2 and text[index - 3] != "\n") or next(iter(item)) != "id":
            return None
        records.append((item, line))
        line, before = line + data.count(b"\n", start, end), end
    return records


def _misfit(item: Value, number: str) -> str:
    """Why this item of the list is no record of that number; "" if it is one."""
    if not isinstance(item, dict):
        return "这里不是一条记录，请让记录以 `- id: 编号` 顶格开头、其下各字段缩进两格"
    if not number or next(iter(item), None) != "id" or item["id"] != number:
        return "请让记录以 `- id: 编号` 顶格开头，编号直接写或用单引号"
    return ""


def _runs_on(cut: blocks.Blocks, place: int, item: Value) -> bool:
    """Whether the record goes on in what was cut off as comments and blank lines after it.

    Only a quoted text whose last lines look like comments, or a `|+` that keeps blank lines, can do that.
    """
    gap = cut.gap(place)
    if not gap:
        return False
    start, end = cut.spans[place]
    block = cut.data[start:end]
    if b"'" not in gap and b'"' not in gap and not re.search(rb"[|>][1-9]?\+", block):
        return False
    alone = Pass(block.decode(), cut.file)
    return alone.document() != [item] or bool(alone.problems)


def _one_by_one(
    data: bytes, spans: Sequence[tuple[int, int]], file: str
) -> tuple[list[tuple[Record, int]], list[Problem]]:
    records: list[tuple[Record, int]] = []
    problems: list[Problem] = []
    line, counted = 1, 0
    for start, end in spans:
        line, counted = line + data.count(b"\n", counted, start), start
        block = data[start:end]
        reading = Pass(block.decode(), file, line)
        items = reading.document()
        if reading.problems:
            problems.extend(reading.problems)
            continue
        item = items[0] if isinstance(items, list) and len(items) == 1 else ""
        if message := _misfit(item, next(iter(blocks.split(block).ids), "")):
            problems.append(Problem(message, file, line, 1))
        elif isinstance(item, dict):
            records.append((item, line))
    return records, problems
