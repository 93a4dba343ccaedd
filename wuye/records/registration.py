"""出租过户登记: a unit is let, or changes hands; the registers follow (domain.md 19, D)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist, owed, procedure
from wuye import values as v
from wuye.basis import Basis, Clock, Rule
from wuye.errors import Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Books, Checklist, Item, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

WHAT = v.choice(letting="出租", transfer="过户")
PAYER = v.choice(seller="原业主", buyer="新业主", other="其他约定")
OWNERS = ("owner", "co-owner")
PAPERS, COPIES, SIGNED = "资料", "复印件", "签署"
OCCUPANT_COPY, BUYER_COPY = "入住人身份证复印件", "新业主身份证复印件"
LETTING = Checklist("registration.letting", "出租", (
    Item("租赁合同复印件", COPIES), Item("业主身份证复印件", COPIES), Item(OCCUPANT_COPY, COPIES),
    Item("租户资料卡", PAPERS), Item("租户承诺书", SIGNED),
))  # fmt: skip
TRANSFER = Checklist("registration.transfer", "过户", (
    Item("不动产权证复印件", COPIES), Item("买卖合同复印件", COPIES), Item(BUYER_COPY, COPIES),
    Item("业主资料卡", PAPERS), Item("管理规约承诺书", SIGNED), Item("委托银行代收款协议书", SIGNED),
))  # fmt: skip


def needs(values: Mapping[str, Any]) -> dict[str, int]:
    """A copy of the ID of everybody who lives there, of everybody who owns it."""
    return {OCCUPANT_COPY: values.get("occupants") or 1, BUYER_COPY: 1 + len(values.get("co_owners") or ())}


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The checklist; at a transfer the arrears as they stand, which are no condition; who is tied to the unit."""
    what, room = values["type"], str(values["room"])
    template = books.checklist("registration", f"registration.{what}")
    kept: dict[str, Any] = {"checks": procedure.recounted(checklist.fresh(template), needs(values))}
    here = books.residents(room)
    notes = [] if any(r["role"] in OWNERS for r in here) else [f"{room} 台账上没有业主：请核对房号"]
    if what == "letting":
        tenants = "、".join(str(r["name"]) for r in here if r["role"] == "tenant" and r["name"] != values.get("name"))
        notes += [f"仍登记的租户：{tenants}；已搬走的请 leave"] if tenants else []
        return Seen(kept, tuple(notes))
    others = "、".join(f"{r['name']}（{r.kind['role'].shown(r['role'])}）" for r in here if r["role"] not in OWNERS)
    notes += [f"仍登记在这一户：{others}；已搬走的请 leave"] if others else []
    stands = owed.state(books, "room", room, basis.now.date())
    if stands.by == owed.UNREAD and stands.owed:
        notes.append(f"账单或收款读不出来，当时欠费没有记下（{stands.owed.words}）：请运行 wuye check")
    elif stands.amount is not None:
        kept |= {"arrears": stands.amount, "arrears_as_of": stands.as_of or basis.now.date()}
        kept |= {"arrears_of": stands.owed.words} if stands.owed and stands.owed.words else {}
        if stands.amount:
            shown = v.MONEY.show(stands.amount)
            notes.append(f"当时欠费 {shown} 元已记下：请双方约定由谁付（agree），欠费不是办理的条件")
    return Seen(kept, tuple(notes))


def fits(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A letting has its term, in order; what belongs to one of the two is not written on the other."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("租期的结束早于开始：请核对 --since 和 --until", field="until")
    if values.get("type") == "letting":
        if not since:
            yield Problem("出租缺少起租日期：请用 --since 给出", field="since")
        if not until:
            yield Problem("出租缺少租期至：请用 --until 给出", field="until")
    elif until:
        yield Problem("过户没有租期至：请删去 --until", field="until")
    only = ("co_owners", "pays") if values.get("type") == "letting" else ("occupants",)
    zh = {"co_owners": "共有业主", "pays": "欠费由谁付", "occupants": "入住人数"}
    for name in only:
        if values.get(name):
            what = WHAT.show(values["type"])
            yield Problem(f"{what}不写{zh[name]}：请删去 --{name.replace('_', '-')}", field=name)


def only_a_transfer(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who pays the arrears is agreed where a unit changes hands."""
    return "" if record["type"] == "transfer" else "只有过户才约定欠费由谁付"


def has_happened(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A transfer is registered when its day has come."""
    day = record.get("since")
    early = record["type"] == "transfer" and day and day > basis.now.date()
    return f"过户日期 {day} 还没有到：请到那天以后再办结" if early else ""


def moves(record: Record, step: str, books: Books) -> Iterator[Move]:
    """The registers follow: a tenant comes in, or old owners end and new ones begin; the papers are filed."""
    if step != "close":
        return
    room, name, what = str(record["room"]), str(record["name"]), str(record["type"])
    yield from _let(record, books, room) if what == "letting" else _transferred(record, books, room)
    title = f"{room} {name} {WHAT.show(what)}登记资料"
    yield from procedure.filing(record, books, title, {"room": room, "name": name})


def _person(record: Record, name: str, role: str, since: Any) -> dict[str, str]:
    return {"name": name, "room": str(record["room"]), "role": role, "since": f"{since}"}


def _with_card(record: Record) -> dict[str, str]:
    return procedure.dumped(record, "phones", "id_type", "id_tail", "id_checked_by")


def _let(record: Record, books: Books, room: str) -> Iterator[Move]:
    unit, name = books.unit(room), str(record["name"])
    if unit and unit.status == "unsold":
        raise Refused(f"{room} 还没有交付，不能登记出租：请先办入伙")
    if not any(r["name"] == name and r["role"] == "tenant" for r in books.residents(room)):
        words = _person(record, name, "tenant", record["since"]) | _with_card(record)
        yield Move("resident", "", "add", words | {"lease_until": f"{record['until']}"})
    if unit and unit.status in ("vacant", "occupied"):
        yield Move("unit", room, "let")


def _transferred(record: Record, books: Books, room: str) -> Iterator[Move]:
    day, name = record.get("since") or procedure.day_of(record, "close"), str(record["name"])
    owners = [r for r in books.residents(room) if r["role"] in OWNERS]
    if any(r["name"] == name for r in owners):
        raise Refused(f"{name} 已经是 {room} 的业主：请核对姓名")
    for owner in owners:
        if (began := owner.get("since")) and began > day:
            raise Refused(f"{owner['name']}（{owner.id}）从 {began} 起才是业主，晚于过户日期 {day}：请核对 --since")
        yield Move("resident", owner.id, "leave", {"until": f"{day}", "reason": f"过户给 {name}"})
    yield Move("resident", "", "add", _person(record, name, "owner", day) | _with_card(record))
    for other in record.get("co_owners") or ():
        yield Move("resident", "", "add", _person(record, str(other), "co-owner", day))


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: identity, papers, who pays, closing."""
    if record.status in procedure.HALTED:
        return "继续办理 resume"
    if record.status != "open":
        return ""
    if procedure.identity_first(record, {}, basis):
        return "核实身份 identify"
    left = len(checklist.still_open(record))
    found = [f"还缺 {left} 项：tick 勾选，缺件 tell 告知"] if left else []
    found += ["约定欠费由谁付 agree"] if record.get("arrears") and not record.get("pays") else []
    return "；".join(found) or "办结归档 close"


PERSONS = ("occupants", "co_owners")
KIND = Kind(
    name="registration",
    prefix="DJ",
    zh="出租过户登记",
    fields=(
        Field("type", WHAT, "登记类型", required=True),
        Field("room", v.ROOM, "房号", required=True),
        Field("name", v.NAME, "新业主或租户", required=True),
        Field("phones", several(v.PHONE), "电话", private=True),
        Field("applicant", v.NAME, "申请人", zh_hint="谁来办的，不写为本人"),
        Field("of", v.ref("any"), "来自", zh_hint="来电来访等的编号，如 ld3"),
        *procedure.IDENTITY,
        Field("since", v.day("any"), "起租或过户日期"),
        Field("until", v.day("any"), "租期至"),
        Field("occupants", v.COUNT, "入住人数"),
        Field("co_owners", several(v.NAME), "共有业主"),
        Field("arrears", v.MONEY, "当时欠费", zh_hint="不写时按账单或登记自动记下"),
        Field("arrears_as_of", v.day("past"), "欠费截至"),
        Field("arrears_of", v.TEXT, "欠费项目和期间"),
        Field("pays", PAYER, "欠费由谁付"),
        Field("agreed", v.MEMO, "约定内容"),
        procedure.AGAIN,
        procedure.FILED,
        checklist.CHECKS_FIELD,
        *checklist.TICKED,
        *procedure.TOLD,
    ),
    flow=Flow(
        states=(State("open", "办理中"), State("closed", "已办结", open=False), *procedure.states("拒签")),
        steps=(
            procedure.identify("open continued refused"),
            procedure.tell("open continued refused"),
            Step("persons", "变更人员", "open continued", (), PERSONS, effect=procedure.recount(needs)),
            checklist.tick("open continued"),
            Step("agree", "约定欠费", "open continued", ("pays",), ("agreed",), guard=only_a_transfer),
            Step("close", "办结", "open -> closed", ("filed",), (), guard=procedure.every(
                procedure.identity_first, procedure.complete, procedure.nothing_refused(SIGNED), has_happened)),
            *procedure.halting("open", "拒签"),
        ),
    ),
    rules=(Rule("registration.limit", Span(3, "wd"), "出租过户登记办结时限"),),
    clocks=(
        Clock("limit", "登记办结", procedure.received, "registration.limit", ("close", "cancel")),
        procedure.AGAIN_CLOCK,
    ),
    computed=(procedure.MISSING,),
    positional=("type", "room", "name"),
    known_by=("room",),
    checks=(v.id_in_full, fits),
    sees=sees,
    moves=moves,
    checklists=(LETTING, TRANSFER),
    origin="of",
    inherits={"room": ("room", "unit"), "applicant": ("person", "name", "reporter")},
    fixed=("type", *PERSONS),
    about=("type",),
    people=("name",),
    category="type",
    next_hint=next_hint,
    columns=("id", "status", "type", "room", "name", "since", "until", "arrears", "pays", "missing", "filed"),
    slip=Slip(
        "出租过户登记表",
        ("type", "room", "name", "phones", "applicant", "id_type", "id_tail", "since", "until", "occupants",
         "co_owners", "arrears", "arrears_as_of", "arrears_of", "pays", "agreed", "checks"),
        ("业主", "新业主或租户", "经办人"),
    ),
    example={
        "type": "出租", "room": "3-2-1201", "name": "赵先生", "phones": "13900139000", "applicant": "王女士",
        "identified": "看身份证原件", "id_type": "身份证", "id_tail": "0014", "since": "2026-12-01",
        "until": "2027-11-30", "occupants": "2", "filed": "B柜1盒",
    },
)  # fmt: skip
