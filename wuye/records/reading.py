"""抄表: what a meter shows on a day; and power that is paid for in advance for public lighting (domain.md 26)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark
from wuye.errors import BadInput, Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

ITEM_HINT = "wuye.yaml 的 charges 里的代码或名称，如 水费"


def begin(values: Mapping[str, Any]) -> str:
    """A purchase of power says how much was bought; anything else is a reading."""
    return "bought" if values.get("bought") else "read"


def whole(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A reading has its value, a changed meter the value it began with, a purchase its amount."""
    if not values.get("bought") and not values.get("reading"):
        yield Problem("缺少读数：请用 --reading 给出（预购用电写 --bought）", field="reading")
    if values.get("month") and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", values["month"], re.ASCII):
        yield Problem(f"计费月份“{values['month']}”应写成 2026-11 这样：请改正 --month", field="month")
    if values.get("bought") and not values.get("amount"):
        yield Problem("预购用电缺少金额：请用 --amount 给出", field="amount")
    if values.get("replaced") and values.get("new_start") is None:
        yield Problem("换了表，缺少新表底数：请用 --new-start 给出（新表从 0 起写 0）", field="new_start")
    start, now = values.get("new_start"), values.get("reading")
    if values.get("replaced") and start and now and Decimal(now) < Decimal(start):
        yield Problem(f"读数 {now} 小于新表底数 {start}：请核对 --reading", field="reading")
    if values.get("replaced") and values.get("old_final") and values.get("previous") and \
            Decimal(values["old_final"]) < Decimal(values["previous"]):  # fmt: skip
        yield Problem(f"旧表止数 {values['old_final']} 小于上次读数 {values['previous']}：请核对", field="old_final")


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """What the meter showed the last time; less than that is refused, unless the meter was changed."""
    if values.get("bought"):
        return Seen({})
    day = values.get("read_on") or basis.now.date()
    meter, room, item = (str(values.get(name) or "") for name in ("meter", "room", "item"))
    last = books.last_reading((meter, room, item), day, values["reading"])
    if last is None:
        first = values.get("previous") is None
        return Seen({}, ("是这只表的第一次读数：只作底数，不计费",) if first else ())
    on, shown = last
    if on > day:
        words = f"这只表 {on} 已有更晚的读数：请按日期先后登记，登错的先 void 作废"
        raise BadInput(Problem(words, field="read_on"))
    if Decimal(values["reading"]) < Decimal(shown) and not values.get("replaced"):
        words = f"读数 {values['reading']} 小于上次（{on}）的 {shown}：请核对；换了表请加 --replaced"
        raise BadInput(Problem(words, field="reading"))
    if values.get("old_final") and Decimal(values["old_final"]) < Decimal(shown):
        words = f"旧表止数 {values['old_final']} 小于上次（{on}）的 {shown}：请核对"
        raise BadInput(Problem(words, field="old_final"))
    told: tuple[str, ...] = ()
    if values.get("replaced") and not values.get("old_final"):
        told = (f"换了表却没有写旧表止数：上次（{on}）读数 {shown} 以后旧表走的量没有计，请用 edit --old-final 补上",)
    return Seen({"previous": shown, "previous_on": on}, told)


def not_back(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A correction does not turn the meter back."""
    before = record.get("new_start") if record.get("replaced") else record.get("previous")
    if before is not None and Decimal(given["reading"]) < Decimal(before):
        return f"更正后的读数 {given['reading']} 小于之前的 {before}：请核对"
    return ""


def read_day(record: Record, basis: Basis) -> date:
    """The day on which the meter was read."""
    told: date | None = record.get("read_on")
    return told or record.received.date()


def used(record: Record, basis: Basis) -> Any:
    """What was used since the reading before; nothing for the first."""
    now, before = record.get("reading"), record.get("previous")
    if record.get("replaced"):
        old = record.get("old_final")
        more = Decimal(old) - Decimal(before) if old and before is not None else Decimal(0)
        return str(Decimal(now) - Decimal(record.get("new_start") or "0") + more) if now else None
    return str(Decimal(now) - Decimal(before)) if now and before is not None else None


def next_counts_otherwise(record: Record, step: str, books: Books) -> Iterable[str]:
    """The reading after one that was corrected or voided keeps what it counted from; bills go by what counts now."""
    if step not in ("correct", "void") or not record.get("reading"):
        return
    later = books.next_reading(record)
    if later is None or later.get("previous") is None or (step, later["previous"]) == ("correct", record["reading"]):
        return
    was = f"上次读数 {later['previous']} 和用量是登记时记下的，没有跟着改"
    yield f"之后一次 {later.id}（读数 {later['reading']}）的{was}：出账按台账现在的读数算，已出的账单请用 bill run 核对"


def bought(record: Record, basis: Basis) -> Mark | None:
    """Since power was bought, where it is known when it runs out."""
    return Mark(record.received) if record.get("next_purchase") else None


def runs_out(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The day on which the next purchase is due."""
    return basis.desk.closing(record["next_purchase"]), "下次购电日期（next_purchase）"


KIND = Kind(
    name="reading",
    prefix="CB",
    zh="抄表",
    fields=(
        Field("room", v.ROOM, "房号"),
        Field("meter", v.TEXT, "表号", zh_hint="一户只有一只这样的表可不写"),
        Field("item", v.ITEM, "收费项目", required=True, zh_hint=ITEM_HINT),
        Field("reading", v.QUANTITY, "读数"),
        Field("previous", v.QUANTITY, "上次读数", zh_hint="不写为台账里的上一次"),
        Field("previous_on", v.day("past"), "上次抄表日"),
        Field("read_on", v.day("past"), "抄表日期", zh_hint="不写为受理时间那天"),
        Field("month", v.TEXT, "计费月份", zh_hint="如 2026-11，不写为抄表日所在月"),
        Field("replaced", v.FLAG, "换表"),
        Field("old_final", v.QUANTITY, "旧表止数"),
        Field("new_start", v.QUANTITY, "新表底数"),
        Field("photo", v.FILE, "照片"),
        Field("bought", v.QUANTITY, "购电度数"),
        Field("amount", v.MONEY, "购电金额"),
        Field("balance_before", v.QUANTITY, "购前余量"),
        Field("balance_after", v.QUANTITY, "购后余量"),
        Field("next_purchase", v.day("any"), "下次购电日期"),
        Field("read_by", v.STAFF, "抄表人", zh_hint="不写为经办人"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(State("read", "已抄", open=False), State("bought", "已购电", open=False)),
        steps=(
            Step("correct", "更正读数", "read", ("reading", "reason"), guard=not_back),
            Step("renew", "已续购", "bought", (), ("reason",)),
        ),
        begin=begin,
    ),
    clocks=(Clock("purchase", "下次购电", bought, runs_out, ("renew",), outlives=True),),
    computed=(
        Computed("day", "抄表日", read_day, str, v.day("past")),
        Computed("used", "用量", used, str, v.QUANTITY),
    ),
    one_of=(("room", "meter"),),
    positional=("room", "item", "reading"),
    checks=(whole,),
    sees=sees,
    seen_once=True,
    tells=next_counts_otherwise,
    fixed=("room", "meter", "item", "reading", "previous", "read_on", "month"),
    about=("item", "reading"),
    category="item",
    columns=("id", "status", "room", "meter", "item", "month", "day", "previous", "reading", "used", "bought",
             "amount", "next_purchase"),
    slip=Slip(
        "抄表记录",
        ("room", "meter", "item", "month", "read_on", "previous", "reading", "replaced", "old_final", "new_start",
         "bought", "amount", "balance_before", "balance_after", "next_purchase"),
        ("抄表人", "复核人"),
    ),
    example={"room": "3-2-1201", "meter": "水表12345", "item": "水费", "reading": "128.5", "read_on": "2026-11-22"},
)  # fmt: skip
