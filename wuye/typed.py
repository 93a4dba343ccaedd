"""What the desk typed, understood by the fields of a kind: every mistake at once, in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wuye import identity, secret
from wuye.errors import Problem
from wuye.flow import Step
from wuye.schema import Kind
from wuye.values import Typing


def understand(kind: Kind, typed: Mapping[str, str], typing: Typing) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Typed words → values by the kind's fields: all problems at once, and what times and rooms were taken for.

    Every text is scanned for identity-card numbers first (design.md 6): they are refused, a mask is offered.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    heard: list[str] = []
    for name, text in typed.items():
        if not kind.has(name):
            near = nearest(name, [f.name for f in kind.fields])
            problems.append(Problem(f"{kind.zh}没有“{name}”这一项{near}", field=name))
            continue
        one = kind[name]
        if problem := scan(text, one.option, one.zh):
            problems.append(problem)
            continue
        if not text.strip():
            continue
        try:
            values[name] = one.type.parse(text, typing)
        except ValueError as error:
            words = str(error) if "请" in str(error) else f"{error}；请改正"
            if name == "room" and kind.has("place") and not any(map(str.isdigit, text)):
                words += "；公共部位写在 --place"
            fits = getattr(error, "candidates", ())
            problems.append(Problem(f"{one.option}（{one.zh}）：{words}", field=name, candidates=fits))
            continue
        shown = one.type.show(values[name])
        if one.type.name.startswith(("moment", "day", "room")) and shown not in (text, text.replace("T", " ")):
            heard.append(f"{text.strip()} = {shown}")
        if one.type.doubt and (words := one.type.doubt(values[name])):
            heard.append(words)
    return values, problems, heard


def scan(text: str, where: str, zh: str) -> Problem | None:
    """The refusal where a text holds a full identity-card number or a password, else None (domain.md 23, K, L)."""
    if identity.find(text):
        words = f"里有完整的身份证号，不能存入台账；请改写成“{identity.mask(text)}”，证件只登记类型和后四位"
    elif secret.find(text):
        words = "里写有密码，不能存入台账；请删去密码，只写改过没有、谁改的"
    else:
        return None
    return Problem(f"{where}（{zh}）{words}", field=where.lstrip("-").replace("-", "_"))


def missing(kind: Kind, values: Mapping[str, Any]) -> list[Problem]:
    """What `add` still needs: required fields, and one of each group."""
    found = [
        Problem(f"缺少{f.zh}：请用 {f.option} 给出", field=f.name)
        for f in kind.fields
        if f.required and values.get(f.name) in (None, "")
    ]
    for group in kind.one_of:
        if not any(values.get(name) not in (None, "") for name in group):
            words = "或".join(kind[name].zh for name in group)
            options = " 或 ".join(kind[name].option for name in group)
            found.append(Problem(f"缺少{words}：请用 {options} 给出", field=group[0]))
    return found


def step_problems(kind: Kind, step: Step, values: Mapping[str, Any]) -> list[Problem]:
    """What a step still needs."""
    return [
        Problem(f"{step.zh}缺少{kind[n].zh}：请用 {kind[n].option} 给出", field=n)
        for n in step.needs
        if values.get(n) in (None, "")
    ]


def nearest(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """`（是不是 x）` for the known word most like a mistyped one, empty where none is like it."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"（是不是 {close[0]}）" if close else ""
