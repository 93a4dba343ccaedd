"""放行条: goods and vehicles going out or in, listed, confirmed, let through at the gate (domain.md 4, K)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from wuye import owed
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import GOODS, thing_zh
from wuye.money import show
from wuye.schema import Books, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Entry, Record

RELATION = v.choice(owner="业主", tenant="租户/租客", family="家属", mover="搬家公司/搬运", contractor="施工单位/装修",
                    other="其他")  # fmt: skip
DIRECTION = v.choice(out="出/搬出", **{"in": "进/搬入"})
ANSWER = v.choice(yes="同意", no="不同意", none="未联系上")
TIED = ("owner", "tenant")
NO_LIEN = "欠费不是扣留业户物品的理由，门岗不得扣人扣物：欠费请另行催收"


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """What the unit owes at this moment, and whether the register knows the carrier as he says he is tied to it."""
    room, notes, kept = values["room"], [], dict[str, Any]()
    day = basis.now.date()
    stands = owed.State(owed.NOBODY) if values.get("arrears") is not None else owed.state(books, "room", room, day)
    if stands.by == owed.UNREAD and stands.owed:
        notes.append(f"账单或收款读不出来，当时欠费没有记下（{stands.owed.words}）：请运行 wuye check")
    if stands.amount is not None:
        kept = {"arrears": stands.amount, "arrears_as_of": stands.as_of or day}
        if stands.amount:
            notes.append(f"{room} 欠费 {show(stands.amount)} 元：仅供知悉，不影响放行")
    people = books.residents(room)
    if people and values.get("relation") in TIED and values.get("registered") is None:
        wanted = ("tenant",) if values["relation"] == "tenant" else ("owner", "co-owner")
        kept["registered"] = any(p["name"] == values["carrier"] and p["role"] in wanted for p in people)
        if not kept["registered"]:
            relation = RELATION.show(values["relation"])
            notes.append(f"业户台账里 {room} 没有{relation}“{values['carrier']}”：请核对身份，或先电话征得业主同意")
    return Seen(kept, tuple(notes))


def goes_freely(record: Record) -> bool:
    """Whether the carrier is owner or tenant, and the register, where it knows the room's people, knows him so."""
    return record.get("relation") in TIED and record.get("registered") is not False


def left_of(record: Record, given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The goods on the list that have not been let through yet, after those given now as well."""
    gone: dict[str, int] = {}
    parts = [through for e in record.standing if (through := e.get("through"))]
    if given and given.get("through"):
        parts.append(given["through"])
    for part in parts:
        for thing in part:
            gone[thing["name"]] = gone.get(thing["name"], 0) + thing["quantity"]
    left = []
    for thing in record.get("goods") or ():
        taken = min(gone.get(thing["name"], 0), thing["quantity"])
        gone[thing["name"]] = gone.get(thing["name"], 0) - taken
        if taken < thing["quantity"]:
            left.append({**thing, "quantity": thing["quantity"] - taken})
    return left


def where_to(record: Record, given: Mapping[str, Any]) -> str:
    """A part let through leaves the pass issued until everything on it is through."""
    return "issued" if given.get("through") and left_of(record, given) else ""


def whole(entry: Entry) -> bool:
    """Whether a release let everything through that was left."""
    return "status" not in entry.extra


def on_the_list(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only what is on the list, and still there, can be let through."""
    left: dict[str, int] = {}
    for thing in left_of(record):
        left[thing["name"]] = left.get(thing["name"], 0) + thing["quantity"]
    for thing in given.get("through") or ():
        if thing["quantity"] > left.get(thing["name"], 0):
            there = "、".join(thing_zh(t) for t in left_of(record)) or "没有了"
            return f"{thing_zh(thing)} 不在清单里或已放完；清单上还有：{there}，请核对 --goods"
        left[thing["name"]] -= thing["quantity"]
    return ""


def back_to_the_list(record: Record, given: Mapping[str, Any]) -> str:
    """A pass that the owner does not agree to is not confirmed; what he said is kept."""
    return "drafted" if given.get("answer") == "no" and record.status != "withheld" else ""


def ask_the_owner(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """By default the owner is asked where the carrier is neither owner nor registered tenant."""
    if given.get("answer") == "no":
        return "业主不同意：没有核实，请问清后再 confirm，或 void 作废"
    if given.get("answer") == "none":
        return "业主未联系上：请继续联系，或请主管决定"
    if given.get("answer") or goes_freely(record):
        return ""
    return "携物人不是业主或登记租户：按惯例应先电话征得业主同意（--owner 业主、--answer 同意）"


def not_confirmed(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only what was confirmed is issued, also where it was held back before."""
    confirmed = record.entries("confirm")
    if not confirmed:
        return "身份还没有核实：请先 confirm"
    return "业主不同意：请问清后再 confirm" if confirmed[-1].values.get("answer") == "no" else ""


def owes(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Arrears are shown when the pass is issued; they stop nothing."""
    if not record.get("arrears"):
        return ""
    return f"当时欠费 {record.kind['arrears'].shown(record['arrears'])} 元：仅供知悉，照常签发"


def withheld(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Withholding is somebody's decision, and a risk."""
    return NO_LIEN


def window(values: Mapping[str, Any], basis: Basis) -> tuple[datetime | None, datetime | None]:
    """From when and until when goods may go as written: a day alone from its first minute to its last (domain.md M)."""

    def moment(day: Any, clock: time) -> datetime | None:
        return day if day is None or isinstance(day, datetime) else datetime.combine(day, clock, basis.zone)

    return moment(values.get("valid_from"), time(0)), moment(values.get("valid_until"), time(23, 59))


def ends(record: Record, basis: Basis) -> datetime | None:
    """Until when goods may go: as written, else as frozen by the issue."""
    return window(record.values, basis)[1] or record.due.get("window")


def good_for(record: Record, basis: Basis) -> Mapping[str, Any]:
    """From when and until when the paper is good where nobody wrote it: from the issue to the end of its window."""
    signed = record.entries("issue")
    if not signed or record.status not in ("issued", "released", "expired"):
        return {}
    return {"valid_from": signed[-1].at, "valid_until": ends(record, basis)}


def in_time(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Whether the pass is shown within its window."""
    (start, _), end = window(record.values, basis), ends(record, basis)
    if start and basis.now < start:
        return f"还没到有效期（{start:%Y-%m-%d %H:%M} 起）：请核对"
    return f"已过有效期（{end:%Y-%m-%d %H:%M} 止）：请核对" if end and basis.now > end else ""


def not_over(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A pass expires when its window has passed."""
    end = ends(record, basis)
    return f"有效期到 {end:%Y-%m-%d %H:%M}，还没有过" if end and basis.now <= end else ""


def issued(record: Record, basis: Basis) -> Mark | None:
    """Since the pass was last issued; a pass that is held back or has expired waits for nobody."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "issue"]
    return marks[-1] if marks and record.status in ("issued", "released") else None


def window_ends(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the window on the pass, else the office's limit from the issue."""
    until = record.get("valid_until")
    if until:
        return until if isinstance(until, datetime) else basis.desk.closing(until), "放行条写明的有效期"
    due = basis.after(start.at, "pass.valid")
    return due.at, f"pass.valid {due.rule_zh}"


def window_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A window ends after it begins."""
    start, end = window(values, basis)
    if start and end and end <= start:
        yield Problem("有效期的结束应晚于开始：请核对 --valid-from 和 --valid-until", field="valid_until")


def left(record: Record, basis: Basis) -> str:
    """What is still to be let through, once a part is."""
    if record.status != "issued" or not record.entries("release"):
        return ""
    return "、".join(thing_zh(thing) for thing in left_of(record))


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    if record.status == "issued" and (rest := left(record, basis)):
        return f"还有 {rest} 未放行；下一步 release 放行"
    return {
        "drafted": "下一步 confirm 核实身份", "confirmed": "下一步 issue 签发", "issued": "下一步 release 门岗放行",
        "withheld": "下一步 issue 签发，或 void 作废",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="pass",
    prefix="FX",
    zh="放行条",
    fields=(
        Field("room", v.ROOM, "房号", required=True),
        Field("carrier", v.NAME, "携物人", required=True),
        Field("relation", RELATION, "与房屋关系"),
        Field("registered", v.FLAG, "台账有此人", zh_hint="不写由业户台账核对"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("direction", DIRECTION, "进出", default="out"),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("goods", GOODS, "物品清单", required=True, zh_hint="如 冰箱x1,纸箱x3（旧书）"),
        Field("plate", v.PLATE, "车牌"),
        Field("valid_from", v.day_or_moment("any"), "有效期起"),
        Field("valid_until", v.day_or_moment("future"), "有效期止"),
        Field("arrears", v.MONEY, "当时欠费"),
        Field("arrears_as_of", v.day("past"), "欠费截至"),
        Field("owner", v.NAME, "征询的业主", on_log=True),
        Field("answer", ANSWER, "业主答复", on_log=True),
        Field("said", v.TEXT, "说明", on_log=True),
        Field("ordered_by", v.NAME, "决定暂缓的人", on_log=True),
        Field("through", GOODS, "本次放行", on_log=True, typed_as="goods", zh_hint="只放一部分时写，如 纸箱x2"),
        Field("guard", v.STAFF, "门岗", on_log=True),
    ),
    flow=Flow(
        states=(
            State("drafted", "已开列"),
            State("confirmed", "已核实"),
            State("issued", "已签发"),
            State("withheld", "暂缓"),
            State("released", "已放行", open=False),
            State("expired", "已过期", open=False),
        ),
        steps=(
            Step("confirm", "核实身份", "drafted confirmed -> confirmed, withheld", (),
                 ("owner", "answer", "said", "id_type", "id_tail", "id_checked_by"), warn=ask_the_owner,
                 to=back_to_the_list),
            Step("issue", "签发", "confirmed withheld -> issued", (), ("valid_from", "valid_until", "said"),
                 guard=not_confirmed, warn=owes),
            Step("release", "放行", "issued -> released", (), ("through", "guard", "plate"), guard=on_the_list,
                 warn=in_time, to=where_to),
            Step("withhold", "暂缓放行", "drafted confirmed issued -> withheld", ("ordered_by", "reason"), (),
                 warn=withheld),
            Step("expire", "过期", "drafted confirmed issued withheld -> expired", (), ("reason",), warn=not_over),
        ),
    ),
    rules=(Rule("pass.valid", Span(1, "d"), "放行条签发后的有效期"),),
    clocks=(Clock("window", "放行", issued, window_ends, ("release",), meets=whole),),
    computed=(Computed("left", "未放行", left),),
    positional=("room", "carrier", "goods"),
    known_by=("room", "plate"),
    checks=(window_in_order, v.id_in_full),
    sees=sees,
    about=("goods",),
    people=("carrier",),
    next_hint=next_hint,
    columns=("id", "status", "room", "carrier", "relation", "direction", "goods", "plate", "arrears", "left"),
    slip=Slip(
        "物品放行条",
        ("room", "carrier", "relation", "direction", "id_type", "id_tail", "phone", "goods", "plate", "valid_from",
         "valid_until"),
        ("开具人", "携物人", "门岗"),
        untyped=good_for,
    ),
    example={
        "room": "3-2-1201", "carrier": "王女士", "relation": "业主", "phone": "13800138000", "id_type": "身份证",
        "id_tail": "002X", "goods": "冰箱x1,纸箱x3（旧书）", "plate": "粤B12345",
    },
)  # fmt: skip
