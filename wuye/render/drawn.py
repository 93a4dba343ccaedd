"""The charts of the daily and the monthly report: every number of them stands in a table of the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wuye import charts
from wuye.charts import Series
from wuye.sheet import Sheet

NONE = "—"
OTHERS = (("last", "上月"), ("last_year", "去年同月"))
CAME = "当月受理的，含后来作废的"
RATES = (
    "repair-arrival", "repair-in-time", "repair-completion", "repair-satisfaction", "handling", "handling-in-time",
    "complaint-satisfaction",
)  # fmt: skip
COMPARED = ("complaint", "workorder", "contact", "visitor", "pass", "dunning")
DEFINITIONS = {
    "counts": "按受理时间计；上月遗留+新收+重开=办结+作废+仍未结。"
              "“上月”“去年”为上月、去年同月的新收和与它相比的增减；"
              "新收的都已办结、没有遗留的不列行，数依次是 本月/上月/去年同月 的新收",
    "volumes": f"{CAME}；分类后面的数依次是 本月/上月/去年同月",
    "delays": "按超过时限的长短排前十项；当月到期或当月还没有办的；算法为办的时间减到期时间",
    "repeats": "当月受理、关联前次投诉的，和办结后又重开的",
    "departments": "当月受理的投诉和工程单，按承办部门；超时为任一时限超过的件数",
    "opinions": "当月受理、性质为咨询的投诉，按类别",
    "dunning": "同一户当月只按最后一次计欠费，合计里同一户只计一次",
    "arrears": "没有账单的户，按房屋台账里手工登记的",
    "materials": "当月受理的工程单所用；金额为数量乘单价，缺单价的单另计",
    "visits": "当月来访的；超时停留为超过登记时限才离开的",
    "takings": "当月收付的，按方式；净额=收款-退款冲销+收押金-退押金",
    "items": "账期在当月的账单，只算本金；收缴率=已收/应收",
    "arrears_by_age": "已到应付日期未付的，自应付日期起算；违约金另列",
    "arrears_by_building": "已到应付日期未付的，按楼栋",
    "collectors": "各数与“收费情况”同一口径，按最后催的人分",
    "late": "发生在当月、月后才录入的，已计入以上各数",
}


class Chart(NamedTuple):
    """A picture with what it shows and how that is counted."""

    title: str
    svg: str
    words: str
    wide: bool = False


def word(value: Any) -> str:
    """A number as it is read; — where nothing is known."""
    return NONE if value is None else str(value)


def of_month(more: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Chart]:
    """Those of a month of which something is known."""
    found = [
        _by_day(more.get("by_day", ())),
        _compared(rows.get("volumes", ())),
        _rates(rows.get("figures", ())),
        _categories(rows.get("volumes", ()), "complaint.subject", "投诉按类别"),
        _categories(rows.get("volumes", ()), "workorder.trade", "工程单按工种"),
        _departments(rows.get("departments", ())),
        _ages(rows.get("arrears_by_age", ())),
        _items(rows.get("items", ())),
        _ways(rows.get("takings", ())),
    ]
    return [chart for chart in found if chart]


def _series(name: str, rows: Iterable[Mapping[str, Any]], key: str, show: Any = word) -> Series:
    values = [row[key] for row in rows]
    return Series(name, values, [show(value) for value in values])


def _amount(value: Any) -> str:
    return NONE if value is None else f"{value:,.2f}"


def _by_day(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    if not any(row["complaint"] or row["workorder"] for row in rows):
        return None
    found = [_series(zh, rows, name) for name, zh in (("complaint", "投诉"), ("workorder", "工程单"))]
    labels = [str(row["day"].day) for row in rows]
    svg = charts.lines("day", "每日新收的投诉和工程单", labels, found)
    return Chart("每日新收", svg, f"按受理的日期，{CAME}", True)


def _compared(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    mine = [row for row in rows if row["row"] in COMPARED]
    if not mine:
        return None
    found = [_series(zh, mine, name) for name, zh in (("this", "本月"), *OTHERS)]
    svg = charts.bars("compared", "新收数量与上月、去年同月", [row["zh"] for row in mine], found)
    return Chart("新收数量", svg, f"{CAME}；{NONE} 是那个月没有记录")


def _rates(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    mine = [row for row in rows if row["figure"] in RATES and row["this"] and row["this"]["value"] is not None]
    if not mine:
        return None
    told = [f"{_rate(row['this'])}（上月 {_rate(row['last'])}）" for row in mine]
    labels, found = [row["zh"] for row in mine], [Series("本月", [row["this"]["value"] for row in mine], told)]
    svg = charts.rows("rates", "各项比率，本月与上月", labels, found)
    return Chart("比率（%）", svg, "分子、分母和口径见“指标”")


def _rate(told: Mapping[str, Any] | None) -> str:
    return NONE if told is None or told["value"] is None else f"{told['value']}%"


def _categories(rows: Sequence[Mapping[str, Any]], start: str, title: str) -> Chart | None:
    mine = [row for row in rows if row["row"].startswith(f"{start}.") and (row["this"] or row["last"])]
    if not mine:
        return None
    told = [f"{word(row['this'])}（上月 {word(row['last'])}）" for row in mine]
    found = [Series("本月", [row["this"] for row in mine], told)]
    labels = [row["zh"].rpartition("：")[2] for row in mine]
    svg = charts.rows(start.replace(".", "-"), title, labels, found)
    return Chart(title, svg, CAME)


def _departments(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    if not rows:
        return None
    parts = [
        ("已处理投诉", [row["handled"] for row in rows]),
        ("未处理投诉", [row["complaints"] - row["handled"] for row in rows]),
        ("已完成工程单", [row["done"] for row in rows]),
        ("未完成工程单", [row["orders"] - row["done"] for row in rows]),
    ]
    labels = [row["name"] for row in rows]
    totals = [f"共 {row['complaints'] + row['orders']}，超时 {row['complaints_late'] + row['orders_late']}"
              for row in rows]  # fmt: skip
    svg = charts.stacked("departments", "各部门的投诉和工程单", labels, [Series(*part) for part in parts], totals)
    return Chart("各部门", svg, DEFINITIONS["departments"])


def _ages(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    mine = rows[:-1]
    if not mine:
        return None
    found = [_series(zh, mine, name, _amount) for name, zh in (("principal", "本月"), ("last", "上月"))]
    svg = charts.rows("ages", "欠费本金按账龄", [row["key"] for row in mine], found)
    return Chart("欠费按账龄（本金，元）", svg, DEFINITIONS["arrears_by_age"])


def _items(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    if not rows:
        return None
    found = [_series(zh, rows, name, _amount) for name, zh in (("collected", "已收"), ("open", "未收"))]
    totals = [f"{_amount(row['billed'])}，{row['rate']}" for row in rows]
    svg = charts.stacked("items", "本月账期的应收、已收和未收", [row["item"] for row in rows], found, totals)
    return Chart("本月账期的收缴（元）", svg, DEFINITIONS["items"])


def _ways(rows: Sequence[Mapping[str, Any]], key: str = "net") -> Chart | None:
    mine = [row for row in rows if row["way"] != "total"]
    if not mine:
        return None
    svg = charts.rows("ways", "净收款按方式", [row["zh"] for row in mine], [_series("本月", mine, key, _amount)])
    return Chart("净收款按方式（元，含押金）", svg, DEFINITIONS["takings"])


def of_day(sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """What was done of what came, a bar a kind."""
    mine = [row for row in rows if row["done"] or row["void"] or row["still_open"]]
    if not mine:
        return []
    found = [_series(zh, mine, name) for name, zh in (("done", "办结"), ("void", "作废"), ("still_open", "仍未结"))]
    totals = [str(row["done"] + row["void"] + row["still_open"]) for row in mine]
    svg = charts.stacked("day", "各类办结、作废和仍未结", [row["zh"] for row in mine], found, totals, width=680)
    return [Chart("收与办", svg, "前日遗留+新收+重开=办结+作废+仍未结，每类一条", True)]
