"""Many records in one file: YAML, JSON, JSONL or CSV → rows of text, every fault by row."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from wuye import yamlio
from wuye.cells import unguarded
from wuye.errors import BadInput, Damaged, Problem

BY_SUFFIX = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "jsonl", ".csv": "csv"}


def rows(data: bytes, name: str) -> list[dict[str, str]]:
    """The rows of a batch; the form is told by the file's ending, else by the first character.

    Raises BadInput naming every row that is no row.
    """
    text = _decode(data, name)
    form = BY_SUFFIX.get(PurePath(name).suffix.lower()) or _told_by_first(text)
    found = {"yaml": _yaml, "json": _json, "jsonl": _jsonl, "csv": _csv}[form](text, name)
    problems, result = [], []
    for index, row in enumerate(found, 1):
        if isinstance(row, dict):
            result.append({str(k): _word(v) for k, v in row.items() if k is not None})
            if None in row:
                problems.append(Problem("这一行的格数比表头多：请核对逗号和引号", row=index))
        else:
            problems.append(Problem("应是一条“名称: 值”的记录", row=index))
    if problems:
        raise BadInput(*problems)
    if not result:
        raise BadInput(f"{name} 里没有记录：请核对文件内容")
    return result


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} 既不是 UTF-8 也不是 GB18030 编码：请另存为 UTF-8 后再试") from error


def _told_by_first(text: str) -> str:
    first = text.lstrip()[:1]
    if first == "[":
        return "json"
    if first == "{":
        return "jsonl" if "\n{" in text.strip() else "json"
    return "yaml" if first in ("-", "#") else "csv"


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "name" in value:  # one of several things, as `goods` is answered
        price = f"@{value['price']}" if value.get("price") else ""
        note = f"（{value['note']}）" if value.get("note") else ""
        return f"{value['name']}x{value.get('quantity', 1)}{value.get('unit', '')}{price}{note}"
    return "；".join(_word(v) for v in value) if isinstance(value, list) else str(value)


def _yaml(text: str, name: str) -> list[Any]:
    try:
        found = yamlio.load(text, name)
    except Damaged as error:
        raise BadInput(*error.problems) from error
    return found if isinstance(found, list) else [found]


def _json(text: str, name: str) -> list[Any]:
    import json

    try:
        found = json.loads(text)
    except ValueError as error:
        place = getattr(error, "lineno", 0)
        raise BadInput(Problem("不是完整的 JSON：请核对这一行附近的括号、引号和逗号", name, place)) from error
    if isinstance(found, dict) and isinstance(found.get("records"), list):
        found = found["records"]
    return found if isinstance(found, list) else [found]


def _jsonl(text: str, name: str) -> list[Any]:
    import json

    found, problems = [], []
    for index, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError:
                problems.append(Problem("这一行不是完整的 JSON：请核对括号、引号和逗号", name, index))
    if problems:
        raise BadInput(*problems)
    return found


def _plain(value: Any) -> Any:
    """A cell without the apostrophe that our own CSV puts before what looks like a formula."""
    return unguarded(value) if isinstance(value, str) else value


def _csv(text: str, name: str) -> list[Any]:
    import csv
    import io

    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        found = [{k.strip() if k else k: _plain(v) for k, v in row.items()} for row in reader]
    except csv.Error as error:
        raise BadInput(Problem("CSV 的引号不成对：请核对这一行", name, reader.line_num)) from error
    heads = [h.strip() for h in reader.fieldnames or ()]
    if twice := [h for h in heads if heads.count(h) > 1]:
        raise BadInput(f"{name} 的表头里“{twice[0]}”出现两次：请改名或删去一列")
    return found
