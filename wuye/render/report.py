"""The daily and the monthly report as pages: headline figures, charts, tables, definitions (domain.md 41, 42).

Every number comes out of the answer that `-o json` gives: a chart and a table that show the same say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wuye import charts, when
from wuye.render import drawn
from wuye.render.drawn import CAME, DEFINITIONS, OTHERS, word
from wuye.render.table import safe
from wuye.sheet import Column, Sheet

LONGEST = 12
"""How many lines of a table a report shows: the rest is said as a number, `wuye month` lists it."""
HALF, LETTER, EDGE = 91.0, 2.25, 2.0
LINE = 36.0
"""How many characters stand in a line of half a page."""
"""How wide a table may be that stands beside another, a character of it, and what is around a cell, in millimetres."""
MONEY_TITLES = ("money", "takings", "items", "arrears_by_age", "arrears_by_building", "collectors")
HEADLINES = (
    "complaint", "workorder", "visitor", "handling-in-time", "repair-in-time", "repair-completion",
    "repair-satisfaction", "repeats", "collection-rate", "net-takings", "arrears", "deposits-held",
)  # fmt: skip
SPARE = ("pass", "rework", "complaint-satisfaction", "valid-per-unit", "handling", "repair-follow-up")


DAY_DEFINITIONS = {
    "tomorrow": "当日结束时还没有办、第二天到期的时限",
    "late": "发生在当日、日后才录入的，已计入以上各数",
    "takings": "当日收付的，按方式；净额=收款-退款冲销+收押金-退押金",
    "after_close": "日结之后才登记的当日收付",
    "explain": "每个数目后面的编号",
}


class Card(NamedTuple):
    """A headline figure with the same of other times beside it, and its definition."""

    zh: str
    value: str
    parts: str
    others: tuple[tuple[str, str], ...]
    words: str


def month(sheet: Sheet) -> dict[str, Any]:
    """What the template of the month's report is given."""
    parts = {one.schema.rpartition(".")[2]: one for one in sheet.sections}
    rows = {name: one.rows for name, one in parts.items()}
    return {
        "title": safe(sheet.title),
        "cards": _cards(rows),
        "charts": drawn.of_month(sheet.more, rows),
        "counts": _counts(sheet, rows.get("volumes", ())),
        "volumes": _volumes(rows.get("volumes", ())),
        "volumes_words": DEFINITIONS["volumes"],
        "figures": [_figures(name, parts[name]) for name in ("figures", "money") if name in parts],
        "parts": sorted(
            (_part(name, one) for name, one in parts.items() if name not in ("volumes", "figures", "money")),
            key=lambda part: (not part["long"], part["whole"]),
        ),
        "foot": sheet.foot.split("\n"),
        "read": when.read_back(sheet.more["as_of"]),
    }


def day(sheet: Sheet, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the template of the day's report is given; `before` are the counts of the day before."""
    rows = [row for row in sheet.table_rows or () if "." not in row["row"]]
    return {
        "title": safe(sheet.title),
        "cards": _day_cards(sheet, rows, {row["row"]: row for row in before}),
        "charts": drawn.of_day(sheet, rows),
        "counts": _halves(_part("counts", sheet._replace(title="各类收与办"), words="")),
        "parts": [
            _part(name, one, None, DAY_DEFINITIONS.get(name, "当日结束时还没有办结的"))
            for one in sheet.sections for name in (one.schema.rpartition(".")[2],)
        ],
        "foot": sheet.foot.split("\n"),
    }


# --- headline figures


def _cards(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Card]:
    """The twelve figures that a manager asks for first; others in the place of those that nothing is known of."""
    told: dict[str, Card] = {}
    for row in rows.get("volumes", ()):
        others = tuple((zh, word(row[name])) for name, zh in OTHERS)
        told[row["row"]] = Card(f"{row['zh']}（新收）", word(row["this"]), "", others, CAME)
    for row in (*rows.get("figures", ()), *rows.get("money", ())):
        this, *beside = (shown(row[name]) for name in ("this", "last", "last_year"))
        others = tuple(zip((zh for _, zh in OTHERS), beside, strict=True))
        value, mark, parts = this.partition("（")
        told[row["figure"]] = Card(row["zh"], value, mark + parts, others, row["words"])
    known = [name for name in (*HEADLINES, *SPARE) if name in told]
    return [told[name] for name in known[: len(HEADLINES)]]


def shown(told: Mapping[str, Any] | None) -> str:
    """A figure of one month as it is read; — where nothing is known."""
    return word(told and told["shown"])


def _day_cards(
    sheet: Sheet, rows: Sequence[Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]
) -> list[Card]:
    def sums(name: str, found: Iterable[Mapping[str, Any]]) -> str:
        return str(sum(row[name] for row in found))

    words = {
        "new": "当日受理的", "done": "当日受理或遗留、当日结束时已办结的", "still_open": "当日结束时还没有办结的",
        "overdue": "当日结束时有时限超过还没有办的",
    }  # fmt: skip
    heads = {column.name: column.zh for column in sheet.columns}
    cards = [
        Card(f"{heads[name]}（各类合计）", sums(name, rows), "", (("前一天", sums(name, before.values())),), said)
        for name, said in words.items()
    ]
    for kind, zh in (("complaint", "投诉新收"), ("workorder", "工程单新收"), ("visitor", "来访"), ("pass", "放行条")):
        mine = [row for row in rows if row["row"] == kind]
        others = (("前一天", str(before.get(kind, {"new": 0})["new"])),)
        cards.append(Card(zh, sums("new", mine), "", others, "当日受理的"))
    return cards


# --- tables


def _part(name: str, sheet: Sheet, most: int | None = LONGEST, words: str | None = None) -> dict[str, Any]:
    """A table with its definition: what stands at its end for the whole stays where lines are left out."""
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    left = len(rows) - most if most and name != "counts" and len(rows) > most else 0
    if left and name in MONEY_TITLES:
        rows = (*rows[: (most or 0) - 1], rows[-1])
    elif left:
        rows = rows[:most]
    body = [[safe(column.show(row.get(column.name)).replace("\n", "；")) for column in sheet.columns] for row in rows]
    kept = [i for i, column in enumerate(sheet.columns) if any(line[i] for line in body) or not column.wide]
    return {
        "title": safe(sheet.title),
        "heads": [sheet.columns[i] for i in kept],
        "rows": [[(sheet.columns[i], line[i]) for i in kept] for line in body],
        "words": DEFINITIONS.get(name, "") if words is None else words,
        "left": left,
        "long": any(column.wide for column in sheet.columns),
        "whole": most is None or _width([sheet.columns[i] for i in kept], [[line[i] for i in kept] for line in body])
        > HALF,
        "empty": sheet.empty,
    }


def _width(heads: Sequence[Column], body: Sequence[Sequence[str]]) -> float:
    """About how wide a table is whose headings may take two lines."""
    cells = [max([charts.ems(head.zh) / 2, *(charts.ems(line[i]) for line in body)]) for i, head in enumerate(heads)]
    return sum(LETTER * wide + EDGE for wide in cells)


def _counts(sheet: Sheet, volumes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The counts with what came in other months beside them, in two tables beside each other.

    What was all done, with nothing left over, is told in a line below; so are categories.
    """
    of = {row["row"]: row for row in volumes}
    odd = ("left_over", "reopened", "void", "still_open", "overdue")
    found = sheet.table_rows or ()
    told = [r for r in found if "." not in r["row"] or r["row"].partition(".")[0] in CORE]
    rows = [r for r in told if any(r[name] for name in odd) or r["handled"] not in (0, r["new"])]
    plain = [r for r in found if "." not in r["row"] and r not in rows]
    done = [f"{r['zh']} {'/'.join(word(of[r['row']][name]) for name in ('this', 'last', 'last_year'))}"
            for r in plain if r["row"] in of]  # fmt: skip
    columns = list(sheet.columns)
    for place, (name, zh) in enumerate(OTHERS):
        columns.insert(3 + place, Column(name, zh[:2], right=True))
    heads = [column._replace(zh=SHORT.get(column.name, column.zh)) for column in columns]
    body = [[(head, safe(_beside(head, row, of.get(row["row"])))) for head in heads] for row in rows]
    return _halves({"title": "各类收与办", "heads": heads, "rows": body, "words": DEFINITIONS["counts"],
                    "empty": sheet.empty, "plain": safe("，".join(done))})  # fmt: skip


CORE = ("complaint", "workorder")
SHORT = {"left_over": "遗留", "still_open": "未结", "handled": "处理", "overdue": "超时"}


def _beside(column: Column, row: Mapping[str, Any], volume: Mapping[str, Any] | None) -> str:
    if column.name not in dict(OTHERS):
        return column.show(row[column.name])
    if volume is None:
        return ""
    change = volume[f"change_{column.name}"]
    return word(volume[column.name]) + ("" if change is None else f" {change:+d}" if change else " 0")


def _halves(part: dict[str, Any]) -> dict[str, Any]:
    """A long narrow table in two beside each other, about as long: a row weighs as many lines as it says below it."""
    rows, halves = part["rows"], ([], [])  # type: tuple[list[Any], tuple[list[Any], list[Any]]]
    weights = [1 + sum(map(charts.ems, row["by"])) / LINE if isinstance(row, dict) else 1 for row in rows]
    told = 0.0
    for row, weight in zip(rows, weights, strict=True):
        halves[len(rows) > 3 and told >= sum(weights) / 2].append(row)
        told += weight
    return part | {"halves": [half for half in halves if half]}


def _volumes(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """What the categories of each kind say: this month, last month, last year."""
    found: dict[str, dict[str, list[str]]] = {}
    zh = {row["row"]: str(row["zh"]) for row in rows if "." not in row["row"]}
    for row in rows:
        kind, _, rest = row["row"].partition(".")
        if rest:
            label, _, zh_word = str(row["zh"]).removeprefix("· ").partition("：")
            told = "/".join(word(row[name]) for name in ("this", "last", "last_year"))
            found.setdefault(kind, {}).setdefault(label, []).append(f"{zh_word} {told}")
    return [(safe(zh[kind]), [safe(f"{label}：{'，'.join(words)}") for label, words in by.items()])
            for kind, by in found.items()]  # fmt: skip


def _figures(name: str, sheet: Sheet) -> dict[str, Any]:
    """A line a figure with its definition under its name; below it what it is broken up into."""
    columns = [column for column in sheet.columns if column.name not in ("zh", "words", "apart")]
    apart = next((column for column in sheet.columns if column.name == "apart"), None)
    rows: list[dict[str, Any]] = []
    for row in sheet.rows:
        cells = [(column, safe(column.show(row.get(column.name)))) for column in columns]
        if row["zh"].startswith("· ") and rows:
            rows[-1]["by"].append(f"{row['zh'].removeprefix('· ')} {' / '.join(value for _, value in cells)}")
        else:
            more = apart.show(row["apart"]) if apart and row["apart"] else ""
            parts = [f"{column.zh} {value.partition('（')[2].rstrip('）')}" for column, value in cells if "（" in value]
            if name == "money":
                cells = [(column, value.partition("（")[0]) for column, value in cells]
            words = f"{row['words']}；另计：{more}" if more else row["words"]
            by = [f"分子/分母：{'，'.join(parts)}"] if parts and name == "money" else []
            rows.append({"zh": row["zh"], "by": [f"口径：{words}", *by] if words else by, "cells": cells})
    return _halves({"title": safe(sheet.title), "heads": columns, "rows": rows})
