"""盘点: keys, cards, stores or receipt books counted beside what is written (domain.md 16, 22, 23).

What should be there is taken from the records when it begins; what was counted, and of cards what the access system
says, is compared with it; every difference is settled before it is closed, and finance signs that of the cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist, counting
from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

WHAT = v.choice(keys="钥匙", cards="智能卡/卡", supplies="物料/材料", books="票据本/票据/收据本")
NAMED = 8


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """What should be there, by the records of this moment."""
    what = values["what"]
    rows = books.expected(what)
    zh = WHAT.show(what)
    return Seen({"expected": rows}) if rows else Seen({}, (f"台账里还没有{zh}：点到的都会列为差异",))


def counted(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted so far and now, and what differs; whoever signed has not seen this."""
    before = () if given.get("anew") else record.get("counted") or ()
    rows = counting.merged(before, given["counted"])
    old = record.get("checks") or ()
    found = counting.in_hand(record["what"], record.get("expected") or (), rows)
    checks = counting.kept(old, [*found, *(row for row in old if row["difference"] in counting.OF_SYSTEM)])
    return {**_differing(checks), "counted": counting.COUNTED.dump(rows)}


def compared(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the access system, beside what differs in hand."""
    old = record.get("checks") or ()
    hand = [row for row in old if row["difference"] not in counting.OF_SYSTEM]
    return _differing(counting.kept(old, [*hand, *(given.get("against") or ())]))


def _differing(checks: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    return {"checks": counting.DIFFERENCES.dump(checks), "signed_by": ""}


def resolved(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """The rows that were settled: how, and by whom where it was not who writes it down."""
    checks = [dict(row) for row in record.get("checks") or ()]
    for place in checklist.numbered(checks, given["items"]):
        checks[place] |= {"mark": "ok", "how": given["how"]}
        if given.get("settled_by"):
            checks[place]["settled_by"] = given["settled_by"]
    return {"checks": counting.DIFFERENCES.dump(tuple(checks))}


def there_are_such(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The rows that are meant are there."""
    try:
        checklist.numbered(record.get("checks") or (), given["items"])
    except ValueError as error:
        return str(error)
    return ""


def only_cards(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only cards stand in an access system."""
    return "" if record["what"] == "cards" else "只有智能卡才和门禁系统核对"


def whole(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Nothing is left unsettled; of cards all three sources were compared."""
    if record["what"] == "cards" and not record.get("system"):
        return "还没有和门禁系统核对：请用 compare --system 给出系统导出的表"
    if record.get("counted") is None:
        return "还没有录入实点：请用 tally 录入"
    left = checklist.still_open(record)
    more = f" 等 {len(left)} 项" if len(left) > NAMED else ""
    return f"差异还没有处理：{'、'.join(left[:NAMED])}{more}；请用 resolve 逐项处理" if left else ""


def signed(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """That of the cards is signed by finance."""
    if words := whole(record, given, basis):
        return words
    return "智能卡盘点要财务签字：请先 sign" if record["what"] == "cards" and not record.get("signed_by") else ""


def expected_count(record: Record, basis: Basis) -> int:
    """How many lines the records have."""
    return len(record.get("expected") or ())


def counted_count(record: Record, basis: Basis) -> int | None:
    """How many were counted; None where nobody has."""
    rows = record.get("counted")
    return None if rows is None else sum(row["name"] != counting.NOTHING for row in rows)


def differences(record: Record, basis: Basis) -> int:
    """How many differences were found."""
    return len(record.get("checks") or ())


def left(record: Record, basis: Basis) -> int:
    """How many of them nobody has settled."""
    return len(checklist.still_open(record))


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    cards = record.get("what") == "cards"
    if record.status == "open":
        return "录入实点 tally" + ("，和门禁系统核对 compare" if cards else "")
    if record.status != "counted":
        return ""
    if open_ := left(record, basis):
        return f"有 {open_} 项差异，看 differences，处理 resolve"
    if cards and not record.get("system"):
        return "和门禁系统核对 compare"
    return "财务签字 sign" if cards and not record.get("signed_by") else "办结 close"


def slip_title(record: Record) -> str:
    """The form that it is; that of the cards is the month's."""
    return "智能卡月度盘点表" if record["what"] == "cards" else f"{WHAT.show(record['what'])}盘点表"


KIND = Kind(
    name="stocktake",
    prefix="PD",
    zh="盘点",
    fields=(
        Field("what", WHAT, "盘点什么", required=True),
        Field("counter", v.NAME, "盘点人"),
        Field("witness", v.NAME, "监盘人"),
        Field("remark", v.TEXT, "备考"),
        Field("of", v.ref("any"), "来自", zh_hint="交接班等的编号"),
        Field("expected", counting.EXPECTED, "账面", typed=False),
        Field("counted", counting.COUNTED, "实点", typed=False,
              zh_hint="用顿号隔开；物料、票据本写 A4打印纸=8；一样也没有写 无"),
        Field("system", v.FILE, "系统导出", typed=False, zh_hint="门禁系统导出的表"),
        counting.CHECKS_FIELD,
        Field("signed_by", v.NAME, "财务签字", typed=False),
        Field("anew", v.FLAG, "重新点", on_log=True, zh_hint="以前点的不算"),
        Field("against", counting.DIFFERENCES, "系统差异", typed=False, on_log=True),
        Field("items", v.TEXT, "哪几项", on_log=True, zh_hint="序号或名称，如 1-3,5；全部；其余"),
        Field("how", v.TEXT, "怎样处理", on_log=True),
        Field("settled_by", v.NAME, "处理人", on_log=True, zh_hint="不写为经办人"),
    ),
    flow=Flow(
        states=(State("open", "盘点中"), State("counted", "已点"), State("closed", "已办结", open=False)),
        steps=(
            Step("tally", "录入实点", "open counted -> counted", ("counted",), ("anew",), effect=counted),
            Step("compare", "系统核对", "open counted", ("system",), guard=only_cards, effect=compared),
            Step("resolve", "处理差异", "open counted", ("items", "how"), ("settled_by",), guard=there_are_such,
                 effect=resolved),
            Step("sign", "财务签字", "counted", ("signed_by",), guard=whole),
            Step("close", "办结", "counted -> closed", guard=signed),
        ),
    ),
    computed=(
        Computed("listed", "账面数", expected_count, type=v.COUNT),
        Computed("hands", "实点数", counted_count, type=v.COUNT),
        Computed("faults", "差异数", differences, type=v.COUNT),
        Computed("left", "未处理", left, type=v.COUNT),
    ),
    positional=("what",),
    sees=sees,
    origin="of",
    fixed=("what",),
    about=("what", "remark"),
    people=("counter",),
    category="what",
    next_hint=next_hint,
    columns=("id", "status", "what", "counter", "listed", "hands", "faults", "left", "signed_by"),
    slip=Slip("盘点表", ("what", "counter", "witness", "expected", "counted", "checks", "signed_by", "remark"),
              ("盘点人", "监盘人", "财务"), titled=slip_title),
    example={"what": "钥匙", "counter": "李静", "witness": "周敏", "remark": "早班交接"},
)  # fmt: skip
