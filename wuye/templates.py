"""Reading the `checklists:` section of wuye.yaml, and finding a checklist of a kind (domain.md D, 27, 28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wuye.errors import BadInput, Fault, Problem
from wuye.schema import Checklist, Item, Kind

KEYS = ("name", "group", "need")


def parse(raw: Any) -> tuple[Mapping[str, Checklist], list[Fault]]:
    """The checklists of an office by code, with every mistake in them.

    A list of lines, or `zh` and `items`; a line is a text or a mapping of name, group (heading) and need (copies).
    """
    if raw in ("", None):
        return {}, []
    if not isinstance(raw, dict):
        return {}, [Fault(("checklists",), "checklists 应是“代码: 清单”的样子，请按 docs/checklists.md 写")]
    found, faults = dict[str, Checklist](), list[Fault]()
    for code, body in raw.items():
        path: tuple[str | int, ...] = ("checklists", code)
        lines = body.get("items") if isinstance(body, dict) else body
        if isinstance(body, dict) and (more := sorted({*body} - {"zh", "items"})):
            faults.append(Fault((*path, more[0]), f"检查表 {code} 没有 {more[0]} 这一项，只写 zh 和 items"))
        if not isinstance(lines, list) or not lines:
            faults.append(Fault(path, f"检查表 {code} 没有写要查的各项：请在下面逐行写 - 消防栓"))
            continue
        items = []
        for place, line in enumerate(lines):
            item = _item(line)
            if isinstance(item, str):
                at = (*path, "items", place) if isinstance(body, dict) else (*path, place)
                faults.append(Fault(at, f"检查表 {code} 第 {place + 1} 行{item}"))
            else:
                items.append(item)
        zh = str(body.get("zh") or "") if isinstance(body, dict) else ""
        found[code] = Checklist(code, zh, tuple(items))
    return found, faults


def _item(line: Any) -> Item | str:
    """A line of a checklist, or what is wrong with it."""
    if isinstance(line, str) and line.strip():
        return Item(line.strip())
    if not isinstance(line, dict) or {*line} - {*KEYS} or not all(isinstance(v, str) for v in line.values()):
        return f"应是一句话，或 {'、'.join(KEYS)}，请改正"
    need = line.get("need", "1")
    if not line.get("name") or not (need.isascii() and need.isdigit() and 1 <= int(need) <= 99):
        return "要有 name，need（份数）写 1 到 99，请改正"
    return Item(line["name"], line.get("group", ""), int(need))


def of_kind(own: Mapping[str, Checklist], kind: Kind) -> dict[str, Checklist]:
    """The checklists of a kind by code: those it begins with, under the office's own (`patrol`, `patrol.roof`)."""
    found = {one.name: one for one in kind.checklists}
    for code, one in own.items():
        if code.split(".")[0] == kind.name:
            zh = one.zh or (found[code].zh if code in found else code.partition(".")[2] or kind.zh)
            found[code] = one._replace(zh=zh)
    return found


def find(own: Mapping[str, Checklist], kind: Kind, name: str) -> Checklist:
    """A checklist of a kind by code, the part of it behind the dot, or Chinese name. Raises BadInput."""
    known = of_kind(own, kind)
    for code, one in known.items():
        if name in (code, code.partition(".")[2], one.zh):
            return one
    words = "、".join(f"{code.partition('.')[2] or code}（{one.zh}）" for code, one in known.items()) or "一张也没有"
    raise BadInput(Problem(f"{kind.zh}没有“{name}”这张检查表，现有：{words}；请改正，或写进 wuye.yaml 的 checklists"))
