"""JSON Schemas of the month files and books, by which an editor completes and checks what is typed by hand.

The reader takes every scalar as text, so a schema lets an unquoted figure stand where a figure is meant.
"""

from __future__ import annotations

from typing import Any

from wuye.fields import Field
from wuye.record import RESERVED
from wuye.schema import Kind
from wuye.values import Type

DRAFT = "http://json-schema.org/draft-07/schema#"
TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)$"
DAY = r"^\d{4}-\d{2}-\d{2}$"
FIGURES = ("count", "money", "difference", "area", "quantity")


def of_kind(kind: Kind) -> dict[str, Any]:
    """The schema of a kind's file: a list of records."""
    fields = {one.name: _field(one) for one in kind.on_record}
    # An empty text says that a value was taken away.
    logged = {one.name: {"anyOf": [{"const": ""}, _field(one)]} for one in kind.fields}
    steps = [step.name for step in kind.flow.steps]
    known = {"add", "edit", "note", "attach", "link", "repeat", "undo", "redo", "forget"}
    entry = {
        "type": "object",
        "required": ["at", "step", "by"],
        "properties": {
            "at": _time("何时发生"),
            "recorded": _time("何时录入"),
            "step": {"enum": sorted({*steps, *known}), "description": "做了什么"},
            "by": {"type": "string", "description": "谁做的"},
            "note": {"type": "string", "description": "备注"},
            "was": {"type": "object", "description": "原来的值"},
            "was_said": {"type": "array", "description": "定下以前各说什么"},
            **logged,
        },
    }
    record = {
        "type": "object",
        "required": ["id", "status", "received", "recorded", *(f.name for f in kind.on_record if f.required), "log"],
        "properties": {
            "id": {"type": "string", "pattern": rf"^{kind.prefix}-\d{{8}}-[A-Z]?\d{{3,}}$", "description": "编号"},
            "status": _choices("状态", [(state.name, state.zh) for state in kind.flow.states]),
            "received": _time("受理时间"),
            "recorded": _time("录入时间"),
            **fields,
            "due": {"type": "object", "additionalProperties": _time("到期"), "description": "到期时间，已定的"},
            "rule": {"type": "object", "description": "到期所依据的规则"},
            "imported": {"type": "object", "description": "从别处导入"},
            "once": {"type": "string", "description": "防重复的标记"},
            "blank": {"type": "string", "description": "补录的空白表格号"},
            "number_was": {"type": "string", "description": "合并前的编号，已归另一条"},
            "conflicts": {"type": "array", "items": {"type": "object"}, "description": "两台说法不一，待定"},
            "log": {"type": "array", "minItems": 1, "items": entry, "description": "经过"},
        },
        "additionalProperties": False,
    }
    assert not RESERVED & set(fields)
    return {"$schema": DRAFT, "title": f"{kind.zh}（{kind.name}）", "type": "array", "items": record}


def _time(words: str) -> dict[str, Any]:
    return {"type": "string", "pattern": TIME, "description": words}


def _choices(words: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    shown = "、".join(f"{code} {zh}" for code, zh in choices)
    return {"enum": [code for code, _ in choices], "description": f"{words}：{shown}"}


def _field(one: Field) -> dict[str, Any]:
    words = "：".join(filter(None, (one.zh, one.zh_hint)))
    return {"description": words, **_type(one.type, words)}


def _type(type_: Type, words: str) -> dict[str, Any]:
    name = type_.name
    if name.startswith("several:"):
        choices = [code for code, _ in type_.choices]
        return {"type": "array", "items": {"enum": choices} if choices else {"type": ["string", "number"]}}
    if type_.listed:
        return {"type": "array", "items": {"type": "object"}}
    if type_.open:
        return {"type": "string", "examples": [code for code, _ in type_.choices]}
    if type_.choices:
        return _choices(words, list(type_.choices))
    if name.startswith("day-or-moment"):
        return {"type": "string", "pattern": f"{DAY}|{TIME}"}
    if name.startswith("moment"):
        return {"type": "string", "pattern": TIME}
    if name.startswith("day"):
        return {"type": "string", "pattern": DAY}
    if name == "flag":
        return {"enum": ["yes", "no"]}
    return {"type": ["string", "number"] if name in FIGURES else "string"}
