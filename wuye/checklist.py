"""Checklists: what is asked for, seen, signed, handed out or inspected, row by row (domain.md D, 17-20, 27, 28).

A kind keeps its rows in one field, `checks`; the rows come from a template that the office may change
(`checklists` in wuye.yaml), and are ticked by one step. What is still open blocks the steps that say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.basis import Computed
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Step
from wuye.listed import Cell, rows
from wuye.numerals import fold
from wuye.schema import Checklist
from wuye.values import COUNT, MEMO, NAME, TEXT, choice, many

if TYPE_CHECKING:
    from wuye.basis import Basis
    from wuye.record import Record

MARK = choice(ok="正常/齐/有/已签/已办", fault="异常/不符/不合格/有问题", refused="拒绝/拒签/拒收", none="不适用/免")
"""How a row stands; a row without it is still open. A refusal is a state of its own: it is no gap."""
MARK_ZH = dict(MARK.choices)
ALL, REST = ("全部", "all"), ("其余", "rest")


def row_zh(row: Mapping[str, Any]) -> str:
    """One row in a few words: `业主身份证复印件 2/3份 正常（背面不清）`."""
    need, done = row.get("need") or 1, row.get("done")
    count = f" {done or 0}/{need}份" if need > 1 else ""
    mark = f" {MARK_ZH.get(row['mark'], row['mark'])}" if row.get("mark") else " 未办"
    note = f"（{row['note']}）" if row.get("note") else ""
    told = f"，已告知{row['told']}" if row.get("told") else ""
    return f"{row['name']}{count}{mark}{note}{told}"


def _rows(text: str) -> Iterable[dict[str, str]]:
    """`消防栓、灯具` → a row each, still open."""
    for part in many(text):
        yield {"name": part.strip()}


def listed_zh(checks: Sequence[Mapping[str, Any]]) -> str:
    """A whole list, a line a row, each with the place by which it is named."""
    return "\n".join(f"{place} {row_zh(row)}" for place, row in enumerate(checks, 1))


CHECKS = rows(
    "checks", "检查项",
    (Cell("name", "名称", TEXT, True), Cell("group", "类别", TEXT), Cell("need", "份数", COUNT),
     Cell("done", "已有", COUNT), Cell("mark", "结果", MARK), Cell("note", "说明", TEXT),
     Cell("told", "已告知", TEXT)),
    _rows, row_zh,
)._replace(show=listed_zh)  # fmt: skip
CHECKS_FIELD = Field("checks", CHECKS, "检查项", typed=False)
TICKED = (
    Field("items", TEXT, "哪几项", on_log=True, zh_hint="序号或名称，如 1-3,5；全部；其余"),
    Field("mark", MARK, "结果", on_log=True, zh_hint="不写为正常"),
    Field("count", COUNT, "份数", on_log=True),
    Field("said", MEMO, "说明", on_log=True),
)
"""What a tick says; every kind with a checklist has these fields."""
TOLD = Field("whom", NAME, "告知", on_log=True)
"""On kinds whose rows found wrong may be told somebody, without a slip."""
ROW = Field("part", COUNT, "第几项", typed_as="row", zh_hint="来自检查表的第几项")
"""On kinds made of a record with a checklist: which row of it."""


def fresh(template: Checklist) -> tuple[dict[str, Any], ...]:
    """The rows of a new record, all open."""
    return tuple(
        {"name": one.name} | ({"group": one.group} if one.group else {}) | ({"need": one.need} if one.need > 1 else {})
        for one in template.items
    )


def numbered(checks: Sequence[Mapping[str, Any]], words: str) -> list[int]:
    """The places, from 0, of the rows that are meant: `1-3,5`, names or parts of names, 全部, 其余 (still open).

    Raises ValueError in one Chinese sentence for every word that names none or several.
    """
    found: list[int] = []
    wrong: list[str] = []
    for word in many(words):
        plain = fold(word).strip().lower()
        span = re.fullmatch(r"(\d+)(?:\s*[-~至到]\s*(\d+))?", plain, re.ASCII)
        if plain in ALL or plain in REST:
            found += [i for i, row in enumerate(checks) if plain in ALL or not row.get("mark")]
        elif span:
            low, high = int(span[1]), int(span[2] or span[1])
            if not 1 <= low <= high <= len(checks):
                wrong.append(f"没有第 {word} 项（共 {len(checks)} 项）")
                continue
            found += range(low - 1, high)
        else:
            exact = [i for i, row in enumerate(checks) if fold(str(row["name"])).lower() == plain]
            near = exact or [i for i, row in enumerate(checks) if plain in fold(str(row["name"])).lower()]
            if len(near) == 1:
                found += near
            else:
                fits = "、".join(f"{i + 1} {checks[i]['name']}" for i in near)
                wrong.append(f"“{word}”有 {len(near)} 项相符：{fits}" if near else f"没有“{word}”这一项")
    if wrong:
        raise ValueError("；".join(wrong) + "；请按 show 里的序号写")
    return sorted(set(found))


def _ticked(record: Record, given: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    checks = [dict(row) for row in record.get("checks") or ()]
    for place in numbered(checks, given["items"]):
        row, mark = checks[place], given.get("mark") or "ok"
        if given.get("count") is not None:
            row["done"] = given["count"]
        elif mark == "ok" and row.get("need"):
            row["done"] = row["need"]
        # Two copies of three are not all: the row stays open until the rest is there.
        short = mark == "ok" and row.get("done") is not None and row["done"] < (row.get("need") or 1)
        row.pop("mark", None)
        if not short:
            row["mark"] = mark
        if given.get("said"):
            row["note"] = given["said"]
    return tuple(checks)


def _tickable(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    try:
        numbered(record.get("checks") or (), given["items"])
    except ValueError as error:
        return str(error)
    if given.get("mark") == "fault" and not given.get("said"):
        return "有问题的要写明：请用 --said 写说明"
    return ""


def _effect(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"checks": CHECKS.dump(_ticked(record, given))}


def tick(arrow: str, zh: str = "勾选") -> Step:
    """The step by which rows are ticked."""
    return Step("tick", zh, arrow, ("items",), ("mark", "count", "said"), guard=_tickable, effect=_effect)


def still_open(record: Record, *groups: str) -> list[str]:
    """The rows that nobody has ticked, in words with their place; of some groups or all."""
    return [
        f"{place} {row['name']}"
        for place, row in enumerate(record.get("checks") or (), 1)
        if not row.get("mark") and (not groups or row.get("group") in groups)
    ]


def complete(*groups: str) -> Callable[[Record, Mapping[str, Any], Basis], str]:
    """A guard: nothing of these groups (of none: nothing at all) is still open, and what is, is named."""

    def guard(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
        left = still_open(record, *groups)
        return f"还缺 {'、'.join(left)}：请先用 tick 勾选" if left else ""

    return guard


class Defect(NamedTuple):
    """A row that was found wrong: its place from 1, what it is about, what was made of it, who was told instead."""

    place: int
    words: str
    made: tuple[str, ...]
    told: str = ""

    @property
    def settled(self) -> bool:
        """Whether something was made of it, or somebody was told: "told, no slip" is an answer (domain.md 29)."""
        return bool(self.made or self.told)


def defects(record: Record) -> list[Defect]:
    """The rows found wrong, each with the records that were made of it (`--of xc3 --row 7`)."""
    made: dict[str, list[str]] = {}
    for entry in record.standing:
        if "row" in entry.extra and "link" in entry.extra:
            made.setdefault(str(entry.extra["row"]), []).append(str(entry.extra["link"]))
    return [
        Defect(place, f"{row['name']}{f'：{n}' if (n := row.get('note')) else ''}", tuple(made.get(str(place), ())),
               str(row.get("told") or ""))
        for place, row in enumerate(record.get("checks") or (), 1)
        if row.get("mark") == "fault"
    ]  # fmt: skip


def unsettled(record: Record) -> list[str]:
    """The rows found wrong of which nothing was made and nobody was told, in words with their place."""
    return [f"{one.place} {one.words}" for one in defects(record) if not one.settled]


def done_with(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A guard: every row is ticked, and each found wrong has its slip, order or report, or was told somebody."""
    if words := complete()(record, given, basis):
        return words
    left = unsettled(record)
    how = f"（--of {record.id} --row 序号），或用 tell 记下已告知谁"
    return f"异常还没有处理：{'、'.join(left)}；请开不合格项、工程单或突发事件{how}" if left else ""


def next_hint(record: Record) -> str:
    """What is next on a checklist: tick what is left, settle what was found wrong, close."""
    if left := still_open(record):
        return f"还有 {len(left)} 项未查，用 tick 勾选"
    wrong = [one for one in defects(record) if not one.settled]
    if not wrong:
        return "下一步 close"
    how = f"wuye nonconformity add --of {record.id} --row {wrong[0].place}，或 tell 记下已告知谁"
    return f"异常未处理：{'、'.join(f'{one.place} {one.words}' for one in wrong)}；{how}"


def _open_rows(record: Record, basis: Basis) -> int:
    """How many rows nobody has ticked."""
    return len(still_open(record))


def _faults(record: Record, basis: Basis) -> int:
    """How many rows were found wrong."""
    return len(defects(record))


def _unsettled(record: Record, basis: Basis) -> int:
    """How many rows found wrong have neither a record of their own nor anybody told."""
    return len(unsettled(record))


COUNTED = (
    Computed("unticked", "未查项", _open_rows, type=COUNT),
    Computed("faults", "异常项", _faults, type=COUNT),
    Computed("unsettled", "未处理异常", _unsettled, type=COUNT),
)
"""How a list stands, for the kinds on which rows are found wrong."""


def tell(arrow: str) -> Step:
    """The step by which a row found wrong is told to somebody, and no slip is made."""
    return Step("tell", "告知（不开单）", arrow, ("items", "whom"), ("said",), guard=_tellable, effect=_told)


def _tellable(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    checks = record.get("checks") or ()
    try:
        places = numbered(checks, given["items"])
    except ValueError as error:
        return str(error)
    sound = [f"{i + 1} {checks[i]['name']}" for i in places if checks[i].get("mark") != "fault"]
    return f"没有记为异常：{'、'.join(sound)}；请先 tick --mark 异常" if sound else ""


def _told(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    checks = [dict(row) for row in record.get("checks") or ()]
    for place in numbered(checks, given["items"]):
        checks[place]["told"] = given["whom"]
    return {"checks": CHECKS.dump(tuple(checks))}


def row_of(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A row is a row of the record that `--of` names."""
    if values.get("part") and not values.get("of"):
        yield Problem("写了 --row 却没有写是哪条记录的：请用 --of 给出，如 --of xc3 --row 7", field="part")
