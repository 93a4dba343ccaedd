"""The month's summary as columns and rows: what a table shows of it, and what scripts read (domain.md 42)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wuye import figures, tallies
from wuye.accounts import Debtor
from wuye.cohort import Cohort
from wuye.figures import Figure
from wuye.figures_money import NONE
from wuye.money import show as amount
from wuye.monthly import LAST, LAST_YEAR, SECOND, THIS, Standing, Volume, volumes
from wuye.record import Record
from wuye.sheet import Column, Sheet, place, state_zh
from wuye.summary import COUNT_ZH, COUNTS, Row
from wuye.tallies import Delay, Line

COUNT_OF_MONTH = COUNT_ZH | {"left_over": "上月遗留", "handled": "当月处理"}
COUNT_COLUMNS = (Column("zh", "类别"), *(Column(n, COUNT_OF_MONTH[n], right=True) for n in COUNTS))


AMOUNTS = ("arrears", "promised_amount", "paid", "owed", "amount")


class Table(NamedTuple):
    """How the lines of one table are shown: title, heading of the names, further columns by name and heading."""

    key: str
    title: str
    zh: str
    columns: tuple[tuple[str, str], ...]


TABLES = (
    Table("departments", "各部门", "部门", (
        ("complaints", "投诉"), ("handled", "已处理"), ("complaints_late", "投诉超时"),
        ("orders", "工程单"), ("done", "已完成"), ("orders_late", "工程单超时"))),
    Table("opinions", "意见建议（投诉中的咨询、来电来访中的意见，按类别）", "类别", (
        ("number", "件数"), ("taken_up", "已采纳"), ("not_taken_up", "未采纳"), ("undecided", "未定"),
        ("told", "已反馈"))),
    Table("dunning", "催收（欠费按同一户当月最后一次计，合计里同一户只计一次）", "催收人", (
        ("contacts", "次数"), ("debtors", "户数"), ("arrears", "欠费"), ("promised", "答应付款"),
        ("promised_amount", "答应金额"), ("kept", "已兑现"), ("paid", "实付"), ("broken", "已失信"),
        ("pending", "待兑现"))),
    Table("arrears", "手工登记的欠费（没有账单的户，按房屋台账）", "楼栋", (
        ("owing", "欠费户数"), ("owed", "欠费金额"), ("clear", "无欠费户数"), ("not_told", "未登记户数"),
        ("oldest", "最早截至"))),
    Table("materials", "材料消耗", "材料", (
        ("quantity", "数量"), ("unit", "单位"), ("amount", "金额"), ("orders", "工程单"), ("unpriced", "缺单价的单"))),
    Table("visits", "来访", "去向", (
        ("visits", "来访"), ("people", "人数"), ("sellers", "上门推销"), ("overstayed", "超时停留"))),
)  # fmt: skip


def sections(
    standings: Mapping[str, Standing], now: datetime, billed: Collection[Debtor] | None = None
) -> dict[str, Sheet]:
    """Every part of the summary below its counts, by the key under which scripts find its rows.

    `billed` are those of whom bills tell what they owe, None where no money is kept: nobody's arrears are shown by
    hand and by bills, and where money is kept its figures tell of dunning.
    """
    this = standings[THIS]
    worked = {name: figures.worked_out(one.cohort) for name, one in standings.items() if one.kept or name == THIS}
    begun = (r for found in this.records.values() for r in found if r.received < this.span[1])
    late = tallies.delays(begun, this.span[0], this.basis, read=this.read)
    again = tallies.repeats(this.cohort)
    parts = (
        ("volumes", VOLUMES, [volume_row(one) for one in volumes(standings)],
         "数量（新收，含后来作废的；没有的类别不列）"),
        ("figures", FIGURES, figure_rows(worked), "指标（分子/分母；作废的不计）"),
        ("delays", DELAYS, [delay_row(one) for one in late], f"最久的延误（前 {tallies.WORST} 项）"),
        ("repeats", REPEATS, [repeat_row(r) for r in again], "重复投诉"),
        *((t.key, columns(t), [line_row(t, one) for one in told], t.title)
          for t, told in zip(TABLES, _tables(this, billed), strict=True)),
    )  # fmt: skip
    found = {key: Sheet(f"wuye.month.{key}", shown, tuple(rows), now, title) for key, shown, rows, title in parts}
    # A screen of noughts for kinds that an office does not use hides the lines that say something.
    told = tuple(row for row in found["volumes"].rows if any(row[month] for month in (THIS, LAST, LAST_YEAR)))
    found["volumes"] = found["volumes"]._replace(table_rows=told, empty="这几个月都没有记录")
    return found


def _tables(this: Standing, billed: Collection[Debtor] | None) -> tuple[Sequence[Line], ...]:
    """The lines of each of TABLES, in its order."""
    cohort = this.cohort
    by_hand = [r for r in this.all("unit") if Debtor("room", str(r["room"])) not in (billed or ())]
    return (
        tallies.departments(cohort),
        tallies.opinions(cohort),
        tallies.dunning(this.received("dunning"), this.basis) if billed is None else (),
        tallies.arrears(by_hand),
        tallies.materials(cohort.orders),
        tallies.visits(this.received("visitor"), this.basis),
    )


DAILY = ("complaint", "workorder")


def by_day(this: Standing) -> list[dict[str, Any]]:
    """How many complaints and orders came on each day of the month, up to the moment as of which it is told."""
    came = {name: Counter(r.received.date() for r in this.received(name)) for name in DAILY}
    first, last = this.span[0].date(), min(this.span[1] - SECOND, this.basis.now).date()
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [{"day": day, **{name: found[day] for name, found in came.items()}} for day in every]


def count_row(row: Row) -> dict[str, Any]:
    """One row of counts with the records behind each."""
    ids = {n: list(row.ids[n]) for n in COUNTS}
    return {"row": row.code, "zh": row.zh, **{n: row.count(n) for n in COUNTS}, "ids": ids}


def _number(value: int | None) -> str:
    return NONE if value is None else str(value)


def _change(value: int | None) -> str:
    return NONE if value is None else f"{value:+d}" if value else "0"


VOLUMES = (
    Column("zh", "类别"), Column(THIS, "本月", _number, right=True),
    Column(LAST, "上月", _number, right=True), Column("change_last", "比上月", _change, right=True),
    Column(LAST_YEAR, "去年同月", _number, right=True), Column("change_last_year", "比去年", _change, right=True),
)  # fmt: skip


def volume_row(one: Volume) -> dict[str, Any]:
    """One line of volumes, with the change against the other months."""
    row: dict[str, Any] = {"row": one.row, "zh": one.zh}
    row |= {month: one.number(month) for month in one.ids}
    row |= {f"change_{month}": one.change(month) for month in (LAST, LAST_YEAR)}
    return row | {"ids": one.ids}


def _rate(row: Mapping[str, Any] | None) -> str:
    return NONE if row is None else str(row["shown"])


def _apart(apart: Mapping[str, Sequence[str]]) -> str:
    return "、".join(f"{label} {len(ids)}" for label, ids in apart.items())


FIGURES = (
    Column("zh", "指标"), Column(THIS, "本月", _rate, right=True), Column(LAST, "上月", _rate, right=True),
    Column(LAST_YEAR, "去年同月", _rate, right=True), Column("apart", "另计", _apart, wide=True),
    Column("words", "口径", wide=True),
)  # fmt: skip


def figure_rows(worked: Mapping[str, Sequence[Figure]]) -> tuple[dict[str, Any], ...]:
    """Every figure with its records, of this month and of the others; None where it does not occur in one."""
    rows: dict[str, dict[str, Any]] = {}
    order = [one.name for one in figures.FIGURES]
    for month, found in worked.items():
        for one in found:
            told = {"figure": one.name, "zh": one.zh, "unit": one.unit, "words": one.words, "apart": {}}
            row = rows.setdefault(one.name, told | dict.fromkeys((THIS, LAST, LAST_YEAR)))
            row[month] = _figure(one)
            if month == THIS:
                row["apart"] = one.apart
    return tuple(sorted(rows.values(), key=lambda row: order.index(row["figure"].split(".")[0])))


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "value": one.value,
        "shown": one.shown,
        "numerator": len(one.numerator),
        "denominator": one.base,
        "numerator_ids": one.numerator,
        "denominator_ids": one.denominator,
    }


DELAYS = (
    Column("id", "编号"), Column("clock_zh", "时限"), Column("place", "何处何人"), Column("late", "超过"),
    Column("working", "算法", wide=True), Column("rule", "依据", wide=True),
)  # fmt: skip


def delay_row(one: Delay) -> dict[str, Any]:
    """One delay with its working."""
    assert one.reading.due is not None
    day, minutes = divmod(one.minutes, 24 * 60)
    late = " ".join(f"{n} {unit}" for n, unit in ((day, "天"), (minutes // 60, "小时"), (minutes % 60, "分")) if n)
    return {
        "id": one.record.id,
        "clock": one.reading.name,
        "clock_zh": one.reading.zh,
        "place": place(one.record),
        "due": one.reading.due,
        "until": one.until,
        "state": one.reading.state,
        "late_minutes": one.minutes,
        "late": late or "不到 1 分",
        "working": f"{one.until:%Y-%m-%d %H:%M}（{one.how}）减 {one.reading.due:%Y-%m-%d %H:%M}（到期）",
        "rule": one.reading.rule,
    }


REPEATS = (
    Column("id", "编号"), Column("earlier", "前次"), Column("place", "何处何人"), Column("subject", "类别"),
    Column("text", "内容", wide=True), Column("reopened", "重开", right=True), Column("status_zh", "状态"),
)  # fmt: skip


def repeat_row(record: Record) -> dict[str, Any]:
    """One complaint that came again: of which it is the repeat, how often it was reopened."""
    return {
        "id": record.id,
        "earlier": record.get("repeats"),
        "place": place(record),
        "subject": record.kind["subject"].shown(record.get("subject")),
        "text": record.get("text"),
        "reopened": len(record.entries("reopen")),
        "status": record.status,
        "status_zh": state_zh(record.kind, record.status),
    }


def columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table: what is behind a count is not shown, amounts to the cent."""
    return (Column("name", table.zh), *(_column(name, zh) for name, zh in table.columns))


def _column(name: str, zh: str) -> Column:
    if name in AMOUNTS:
        return Column(name, zh, lambda value: NONE if value is None else amount(value), right=True)
    if name == "debtors":
        return Column(name, zh, lambda found: str(len(found)), right=True)
    return Column(name, zh, right=name not in ("unit", "oldest"))


def line_row(table: Table, line: Line) -> dict[str, Any]:
    """One line of a table, with the records behind each count."""
    counts = {name: len(ids) for name, ids in line.ids.items()}
    values = {**counts, **line.amounts, **line.words}
    return {"name": line.name, **{name: values[name] for name, _ in table.columns}, "ids": line.ids}


def explained(cohort: Cohort, now: datetime, more: Iterable[Mapping[str, Any]] = ()) -> Sheet:
    """Each figure opened into the records of its numerator and denominator, and those of money as told."""
    lines = tuple(
        {
            "zh": one.zh,
            "value": one.shown,
            "numerator": "、".join(one.numerator) or NONE,
            "denominator": "、".join(one.denominator) or NONE,
            "apart": "；".join(f"{label}：{'、'.join(ids)}" for label, ids in one.apart.items()),
        }
        for one in figures.worked_out(cohort)
    )
    columns = (
        Column("zh", "指标"), Column("value", "本月"), Column("numerator", "分子", wide=True),
        Column("denominator", "分母", wide=True), Column("apart", "另计", wide=True),
    )  # fmt: skip
    return Sheet("wuye.month.explain", columns, (*lines, *more), now, "每个指标的编号")
