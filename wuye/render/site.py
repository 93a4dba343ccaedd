"""A year as pages that link to each other, searched without a server (domain.md 41, 42): every file by its name.

The days of a month stand on one page: whoever looks for a day compares it with its neighbours, and a year is 30 files
to copy and not 400. The index that the search goes through is data within its page, so that it opens from a file share.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wuye import charts
from wuye.charts import Series
from wuye.listed import WAYS_ZH
from wuye.render import report
from wuye.render.drawn import CAME, COMPARED, NONE, Chart, word
from wuye.render.page import FOLDER
from wuye.render.table import safe
from wuye.sheet import Column, Sheet
from wuye.summary import COUNT_ZH, COUNTS

LONGEST = 120
"""How much of a record's text the search shows."""
TRENDS = (
    ("collection-rate", "收缴率·金额"), ("handling-in-time", "投诉处理及时率"), ("repair-in-time", "报修及时率·完成"),
)  # fmt: skip


class Ledger(NamedTuple):
    """The records of one kind and month, or of a book, as their list shows them, masked."""

    kind: str
    zh: str
    month: str
    sheet: Sheet

    @property
    def name(self) -> str:
        """The file."""
        return f"{self.kind}-{self.month}.html" if self.month else f"{self.kind}.html"


class Year(NamedTuple):
    """What a site shows: months and days by name, ledgers, the version of its data; `write` makes a page."""

    title: str
    year: int
    months: Mapping[str, Sheet]
    days: Mapping[str, Sequence[Sheet]]
    ledgers: Sequence[Ledger]
    version: str
    write: Callable[[str, Mapping[str, Any]], str]

    @property
    def nav(self) -> list[tuple[str, str]]:
        """The links on top of every page."""
        months = [(f"{name}.html", f"{int(name[5:])} 月") for name in self.months]
        return [("index.html", str(self.year)), *months, ("figures.html", "指标"), ("search.html", "查找")]

    def page(self, template: str, **values: Any) -> bytes:
        """One page of it."""
        return self.write(template, {"nav": self.nav, "version": self.version, **values}).encode()


def pages(year: Year, progress: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> dict[str, bytes]:
    """Every file of the site by its name."""
    made = {
        "index.html": _index(year), "figures.html": _figures(year), "search.html": _search(year),
    }  # fmt: skip
    for name, sheet in year.months.items():
        made[f"{name}.html"] = year.page("month.html", **report.month(sheet))
        made[f"{name}-days.html"] = _days(year, name)
    for ledger in progress(year.ledgers):
        made[ledger.name] = _ledger(year, ledger)
    return made


Cells = list[tuple[Column, str, str]]
Line = tuple[str, Cells, str]
"""A line of a table: the name by which it is linked to, its cells with where they lead, the words below it."""


def _part(title: str, heads: Sequence[Column], rows: Sequence[Line], **more: Any) -> dict[str, Any]:
    return {"title": title, "heads": heads, "rows": rows, "anchor": "", "words": "", "empty": "没有记录"} | more


def _told(sheet: Sheet, key: str) -> Mapping[str, Mapping[str, Any]]:
    """The rows of a part of a month's answer by the word that names them."""
    part = next((one for one in sheet.sections if one.schema == f"wuye.month.{key}"), None)
    named = "row" if key == "volumes" else "figure"
    return {row[named]: row for row in part.rows} if part else {}


def _short(found: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """This month's value of a figure without what it is made of: the month's own page tells that."""
    return report.shown(found.get(name, {}).get("this")).partition("（")[0]


# --- index


def _index(year: Year) -> bytes:
    """The months with their headline figures, the ledgers by kind and month."""
    months = list(year.months)
    volumes = {name: _told(sheet, "volumes") for name, sheet in year.months.items()}
    wanted = [zh_row for zh_row in _kinds(volumes.values()) if zh_row[0] in COMPARED]
    heads = [Column("month", "月份"), Column("days", "每天"), *(Column(r, zh, right=True) for r, zh in wanted)]
    figures = [(name, zh) for name, zh in (*TRENDS, ("net-takings", "净收款"), ("arrears", "欠费"))]
    heads += [Column(name, zh, right=True) for name, zh in figures]
    rows = []
    for name, sheet in year.months.items():
        told = {**_told(sheet, "figures"), **_told(sheet, "money")}
        cells: Cells = [(heads[0], name, f"{name}.html"), (heads[1], "逐日", f"{name}-days.html")]
        cells += [(head, word(volumes[name].get(head.name, {}).get("this")), "") for head in heads[2:-len(figures)]]
        cells += [(head, _short(told, head.name), "") for head in heads[-len(figures) :]]
        rows.append(("", cells, ""))
    words = "数量为当月受理的，含后来作废的；指标的分子、分母和口径见各月的月报"
    parts = [_part("各月", heads, rows, words=words), _list_of_ledgers(year, months)]
    series = [Series(zh, [volumes[m].get(r, {}).get("this") for m in months]) for r, zh in wanted
              if r in ("complaint", "workorder")]  # fmt: skip
    drawn = []
    if series:
        svg = charts.lines("year", "各月新收的投诉和工程单", [f"{int(m[5:])} 月" for m in months], series)
        drawn.append(Chart("各月新收", svg, CAME, True))
    said = ["电话、证件和姓名都已遮住；业户和员工的名册不在里面"]
    return year.page("site.html", title=f"{year.title} {year.year} 年", parts=parts, charts=drawn, said=said)


def _kinds(found: Iterable[Mapping[str, Mapping[str, Any]]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((r["row"], r["zh"]) for rows in found for r in rows.values() if "." not in r["row"]))


def _list_of_ledgers(year: Year, months: Sequence[str]) -> dict[str, Any]:
    heads = [Column("zh", "类别"), Column("book", "全部", right=True)]
    heads += [Column(month, f"{int(month[5:])} 月", right=True) for month in months]
    of: dict[str, dict[str, Ledger]] = {}
    for one in year.ledgers:
        of.setdefault(one.zh, {})[one.month or "book"] = one
    rows: list[Line] = []
    for zh, found in of.items():
        cells: Cells = [(heads[0], zh, "")]
        for head in heads[1:]:
            ledger = found.get(head.name)
            cells.append((head, str(len(ledger.sheet.rows)), ledger.name) if ledger else (head, "", ""))
        rows.append(("", cells, ""))
    return _part("台账（条数）", heads, rows, words="按受理的月份；作废的也在内")


# --- days


def _days(year: Year, month: str) -> bytes:
    """Every day of a month: its counts by kind, its money by way."""
    heads = [Column("zh", "类别"), *(Column(n, COUNT_ZH[n], right=True) for n in COUNTS)]
    parts = []
    for sheet in year.days[month]:
        day = sheet.more["day"]
        rows = [("", [(head, head.show(row[head.name]), "") for head in heads], "")
                for row in sheet.table_rows or () if "." not in row["row"]]  # fmt: skip
        money = [f"{WAYS_ZH.get(row['way'], row['way'])} {row['net']:,.2f}" for row in sheet.more["takings"]]
        lines = [f"当日净收款（含押金）：{'，'.join(money)}"] if money else []
        title = f"{day:%Y-%m-%d}（周{'一二三四五六日'[day.weekday()]}）"
        parts.append(_part(title, heads, rows, anchor=f"{day:%Y-%m-%d}", lines=lines, empty=sheet.empty))
    foot = ["口径：按受理时间计；前日遗留+新收+重开=办结+作废+仍未结；截至当日结束"]
    return year.page("site.html", title=f"{year.title} {month} 逐日", parts=parts, foot=foot)


# --- ledgers and search


def _cells(sheet: Sheet, row: Mapping[str, Any]) -> Cells:
    return [(column, safe(column.show(row.get(column.name)).replace("\n", "；")), "") for column in sheet.columns]


def _ledger(year: Year, one: Ledger) -> bytes:
    rows = [(str(row["id"]), _cells(one.sheet, row)) for row in one.sheet.rows]
    kept = [i for i in range(len(one.sheet.columns)) if any(cells[i][1] for _, cells in rows)]
    lines = [(name, [cells[i] for i in kept], "") for name, cells in rows]
    title = f"{one.zh} {one.month}".strip()
    part = _part(f"{len(rows)} 条", [one.sheet.columns[i] for i in kept], lines)
    return year.page("site.html", title=f"{year.title} {title}", parts=[part])


def _search(year: Year) -> bytes:
    records = []
    for one in year.ledgers:
        for row in one.sheet.rows:
            told = [value for column, value, _ in _cells(one.sheet, row) if value and column.name != "id"]
            records.append([str(row["id"]), one.name, f"{one.zh} {'　'.join(told)}"[:LONGEST]])
    # Data in a page ends where its tag does: no < is left in it.
    data = json.dumps(records, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    script = (FOLDER / "search.js").read_text("utf-8")
    return year.page("search.html", title=f"{year.title} {year.year} 年 查找", records=data, script=script,
                     scripts=[script])  # fmt: skip


# --- figures


def _figures(year: Year) -> bytes:
    """Every figure of every month beside each other, its definition below it."""
    months = list(year.months)
    heads = [Column("zh", "指标"), *(Column(m, f"{int(m[5:])} 月", right=True) for m in months)]
    parts: list[dict[str, Any]] = []
    told: dict[str, dict[str, Mapping[str, Any]]] = {}
    for key, title in (("figures", "投诉和报修"), ("money", "收费")):
        found = {name: _told(sheet, key) for name, sheet in year.months.items()}
        told |= {name: {**told.get(name, {}), **rows} for name, rows in found.items()}
        known = {row["figure"]: row for rows in found.values() for row in rows.values()}
        order = list(dict.fromkeys(name.partition(".")[0] for name in known))
        known = dict(sorted(known.items(), key=lambda one: order.index(one[0].partition(".")[0])))
        rows: list[Line] = []
        for name, row in known.items():
            cells: Cells = [(heads[0], str(row["zh"]), "")]
            for head in heads[1:]:
                cells.append((head, _short(found[head.name], name), ""))
            rows.append((name, cells, f"口径：{row['words']}" if row["words"] else ""))
        parts.append(_part(title, heads, rows, words="分子、分母见各月的月报"))
    drawn = []
    for name, zh in TRENDS:
        values = [(told[m].get(name, {}).get("this") or {}).get("value") for m in months]
        if any(value is not None for value in values):
            one = Series(zh, values, [NONE if v is None else f"{v}%" for v in values])
            svg = charts.lines(name, f"各月的{zh}", [f"{int(m[5:])} 月" for m in months], [one], 440)
            drawn.append(Chart(f"{zh}（%）", svg, "见下表"))
    return year.page("site.html", title=f"{year.title} {year.year} 年 指标", parts=parts, charts=drawn, paper="wide")
