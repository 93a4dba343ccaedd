"""入伙: the owner takes over a finished unit: papers, inspection, agreements, fee, keys, defects (domain.md 17, D)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist, procedure
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.numerals import fold
from wuye.schema import Books, Checklist, Item, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

HOLDER = v.choice(owner="业主本人/业主", family="家属", other="其他人")
LIVING = v.choice(occupied="自住", let="出租", vacant="空置")
PAPERS, COPIES, AGENT, SIGNED, INSPECTED, FILE, HANDED = (
    "资料", "复印件", "代办", "签署", "验房", "入盒", "发放",
)  # fmt: skip
OWNER_COPY, FAMILY_COPY, HOLDER_COPY = "业主身份证复印件", "家属身份证复印件", "开户人身份证复印件"
BY_AGENT = ("委托人（业主）身份证", "授权委托书原件", "代办人身份证复印件（与原件核对）")
PAPERS_OF_MOVEIN = Checklist("movein", "入伙", (
    *(Item(name, PAPERS) for name in ("商品房入伙通知书", "业主资料卡（发空白卡填写）", "身份证原件")),
    Item(OWNER_COPY, COPIES, 3), Item(FAMILY_COPY, COPIES), Item(HOLDER_COPY, COPIES, 3),
    Item("银行存折复印件", COPIES, 2),
    *(Item(name, AGENT) for name in BY_AGENT),
    *(Item(name, INSPECTED) for name in (
        "进户门", "门窗", "墙面天花", "地面", "给排水", "电气开关", "厨卫防水", "对讲", "水电表", "验房记录业主签字",
    )),
    *(Item(name, SIGNED) for name in ("委托银行代收款协议书", "管理规约承诺书", "收楼确认书")),
    Item("资料各一份入客户档案盒，核对齐全", FILE),
    *(Item(name, HANDED) for name in ("钥匙", "礼品", "门禁卡", "住宅质量保证书", "住宅使用说明书")),
))  # fmt: skip


def needs(values: Mapping[str, Any]) -> dict[str, int]:
    """How many copies of what: one of each person's ID, three in all of the account holder's, agent's papers."""
    owners, family = 1 + len(values.get("co_owners") or ()), values.get("family") or 0
    holder = values.get("account") or "owner"
    found = {OWNER_COPY: owners + 2 if holder == "owner" else owners}
    found[FAMILY_COPY] = max(family - 1, 0) if holder == "family" else family
    found[HOLDER_COPY] = 0 if holder == "owner" else 3
    return found | dict.fromkeys(BY_AGENT, 1 if values.get("agent") else 0)


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The checklist, its copies by person; who is the owner already, and a unit that is lived in, are said."""
    rows = procedure.recounted(checklist.fresh(books.checklist("movein", "movein")), needs(values))
    notes = []
    room, unit = str(values["room"]), books.unit(str(values["room"]))
    if unit and unit.status in ("occupied", "let"):
        notes.append(f"{room} 台账上现为{unit.kind['entered_as'].shown(unit.status)}：请核对房号")
    others = [str(r["name"]) for r in books.residents(room) if r["role"] == "owner" and r["name"] != values.get("name")]
    if others:
        notes.append(f"{room} 台账上的业主是 {'、'.join(others)}：请与通知书核对")
    return Seen({"checks": rows}, tuple(notes))


def plain(name: Any) -> str:
    """A name as it is compared."""
    return fold(str(name)).replace(" ", "").lower()


def names_agree(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """The name on the notice is that on the ID, but for an agent with a power of attorney."""
    on_id = values.get("id_name")
    owners = [plain(name) for name in (values.get("name"), *(values.get("co_owners") or ()))]
    if on_id and plain(on_id) not in owners:
        if not (values.get("agent") and plain(values["agent"]) == plain(on_id)):
            words = f"证件姓名 {on_id} 与通知书上的 {values.get('name')} 不一致"
            yield Problem(f"{words}：请核对证件；代办的请写 --agent 和 --attorney", field="id_name")
        elif not values.get("attorney"):
            yield Problem(f"{on_id} 代办没有授权委托书原件：请收齐后用 --attorney 写明", field="attorney")


# --- what must have happened


def name_compared(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The name on the notice was compared with that on the ID."""
    told = given.get("id_name") or record.get("id_name")
    return "" if told else "还没有核对证件姓名与通知书是否一致：请先 identify --id-name"


def looked_at(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The inspection has its readings and was confirmed by the owner."""
    told = {**record.values, **given}
    bare = [record.kind[n].zh for n in ("water", "power", "confirmed_by") if told.get(n) is None]
    return f"验房还缺{'、'.join(bare)}：请先 inspect 验房" if bare else ""


def paid_ahead(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The fee is prepaid, and there is a receipt."""
    bare = [record.kind[n].zh for n in ("prepaid", "receipt") if record.get(n) is None]
    return f"还缺{'、'.join(bare)}：请先 prepay 登记预收" if bare else ""


def signed_first(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Money is taken when everything is signed."""
    left = checklist.still_open(record, SIGNED)
    return f"还没有签齐就收费：{'、'.join(left)}" if left else ""


def handed_early(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Keys and the like are handed out when papers are complete, signed, and the fee is prepaid."""
    rows = record.get("checks") or ()
    meant = checklist.numbered(rows, given["items"])
    if not any(rows[place].get("group") == HANDED for place in meant):
        return ""
    left = [row["name"] for place, row in enumerate(rows)
            if not row.get("mark") and row.get("group") != HANDED and place not in meant]  # fmt: skip
    left += [] if record.get("prepaid") is not None else ["预收费"]
    return f"还没有办齐就发放：缺 {'、'.join(left)}" if left else ""


# --- the registers


def moves(record: Record, step: str, books: Books) -> Iterator[Move]:
    """Delivered: the owners are in the register, the unit is delivered. Closed: the papers are.

    A key that the cabinet has is lent to the technician, and entrusted where it stays for the defects (domain.md 22).
    """
    room, name = str(record["room"]), str(record["name"])
    if step == "lend":
        words = {"whom": str(record["technician"]), "purpose": "验房"}
        yield from key_goes(record, books, ("cabinet", "entrusted"), words)
    if step == "close" and record.get("key_left"):
        yield from key_goes(record, books, ("cabinet", "delivered"), {"whom": name, "type": "entrust"})
    if step == "close":
        yield from procedure.filing(record, books, f"{room} {name} 入伙资料", {"room": room, "name": name})
    if step != "deliver":
        return
    day = procedure.day_of(record, "deliver")
    here = {(plain(r["name"]), r["role"]) for r in books.residents(room)}
    own_id = plain(record.get("id_name") or name)
    for role, who in (("owner", name), *(("co-owner", str(one)) for one in record.get("co_owners") or ())):
        if (plain(who), role) in here:
            continue
        words = {"name": who, "room": room, "role": role, "since": f"{day}"}
        words |= procedure.dumped(record, "phones") if role == "owner" else {}
        seen = own_id == plain(who)
        words |= procedure.dumped(record, "id_type", "id_tail", "id_checked_by") if seen else {}
        yield Move("resident", "", "add", words)
    unit = books.unit(room)
    if unit and unit.status == "unsold":
        yield Move("unit", room, "deliver", {"delivered": f"{day}"})
    turn = {"occupied": "occupy", "let": "let"}.get(str(record.get("living") or ""))
    if unit and turn and unit.status in ("unsold", "vacant"):
        yield Move("unit", room, turn)


def key_goes(record: Record, books: Books, states: tuple[str, ...], words: Mapping[str, str]) -> Iterator[Move]:
    """A key loan, where the cabinet has the key of that label (`A`, `6-2-202-A`) and it is there."""
    told, room = str(record.get("key") or ""), str(record["room"])
    for label in dict.fromkeys((told, f"{room}-{told}")) if told else ():
        key = books.in_book("key", label)
        if key and key.status in states:
            yield Move("keyloan", "", "add", {"key": label, "room": room, **words})
            return


def special(record: Record, basis: Basis) -> str:
    """The special note for the handover: who, key left or not, other."""
    who, lacks = f"{record['room']} {record['name']}", checklist.still_open(record)
    parts = []
    if record.status in procedure.HALTED:
        parts.append(record.kind.flow.state(record.status).zh)  # type: ignore[union-attr]
        parts += [str(e.values["reason"]) for e in record.entries("refuse", "defer")[-1:] if e.values.get("reason")]
        parts += [f"缺 {'、'.join(lacks)}"] if lacks else []
    elif record.status in ("delivered", "closed"):
        left = record.get("key_left")
        parts.append("留门匙未定" if left is None else "留进户门钥匙一把" if left else "未留钥匙")
        found = checklist.defects(record)
        parts += [f"整改 {len(found)} 项"] if found else []
    else:
        return ""
    parts += [str(record["other"])] if record.get("other") else []
    return f"{who}：{'，'.join(parts)}"


def next_hint(record: Record, basis: Basis) -> str:
    """What is next: identity, inspection, signatures, fee, delivery, orders, filing."""
    if record.status in procedure.HALTED:
        return "继续办理 resume"
    if record.status == "delivered":
        bare = [str(one.place) for one in checklist.defects(record) if not one.made]
        return f"第 {'、'.join(bare)} 项开工程单，然后 close 归档" if bare else "close 归档"
    if record.status != "open":
        return ""
    for guard, hint in ((procedure.identity_first, "核实身份 identify"), (name_compared, "核实身份 identify"),
                        (looked_at, "验房 inspect"), (paid_ahead, "签齐后 prepay 预收费")):  # fmt: skip
        if guard(record, {}, basis):
            return hint
    left = checklist.still_open(record)
    return f"还缺 {len(left)} 项：tick 勾选，缺件 tell 告知" if left else "交付 deliver"


PERSONS = ("co_owners", "family", "account", "agent", "attorney")
KIND = Kind(
    name="movein",
    prefix="RH",
    zh="入伙",
    fields=(
        Field("room", v.ROOM, "房号", required=True),
        Field("name", v.NAME, "业主姓名", required=True, zh_hint="入伙通知书上的姓名"),
        Field("phones", several(v.PHONE), "电话", private=True),
        Field("notice", v.TEXT, "通知书号"),
        Field("of", v.ref("any"), "来自", zh_hint="来电来访等的编号，如 ld3"),
        Field("id_name", v.NAME, "证件姓名", zh_hint="与通知书核对，不一致的不办（有授权委托书的代办人除外）"),
        *procedure.IDENTITY,
        Field("co_owners", several(v.NAME), "共有业主"),
        Field("family", v.COUNT, "家属人数", default="0"),
        Field("account", HOLDER, "开户人", default="owner", zh_hint="代收款银行账户是谁的"),
        Field("agent", v.NAME, "代办人"),
        Field("attorney", v.FLAG, "授权委托书原件"),
        Field("living", LIVING, "入住方式"),
        Field("technician", v.STAFF, "验房工程师"),
        Field("key", v.TEXT, "验房钥匙", zh_hint="如 A"),
        Field("water", v.QUANTITY, "水表读数"),
        Field("power", v.QUANTITY, "电表读数"),
        Field("confirmed_by", v.NAME, "验房确认人"),
        Field("prepaid", v.MONEY, "预收费用"),
        Field("receipt", v.CODE, "收据号"),
        Field("payment", v.ref("payment"), "收款编号", zh_hint="如 sk3"),
        Field("key_left", v.FLAG, "留门匙", zh_hint="整改期间留一把进户门钥匙"),
        Field("explained", v.MEMO, "疑问及解答"),
        Field("other", v.MEMO, "其他交待"),
        procedure.AGAIN,
        procedure.FILED,
        checklist.CHECKS_FIELD,
        *checklist.TICKED,
        *procedure.TOLD,
    ),
    flow=Flow(
        states=(State("open", "办理中"), State("delivered", "已交付"), State("closed", "已归档", open=False),
                *procedure.states("拒收")),
        steps=(
            procedure.identify("open continued refused", "id_name"),
            procedure.tell("open continued refused delivered", PAPERS, COPIES, AGENT, SIGNED),
            Step("persons", "变更人员", "open continued", (), PERSONS, effect=procedure.recount(needs)),
            checklist.tick("open continued delivered")._replace(warn=handed_early),
            Step("lend", "借出验房钥匙", "open", ("technician",), ("key",),
                 guard=procedure.every(procedure.identity_first, name_compared)),
            Step("inspect", "验房", "open", ("water", "power", "confirmed_by"), ("technician", "key"),
                 guard=procedure.every(procedure.identity_first, checklist.complete(INSPECTED))),
            Step("prepay", "预收费", "open", ("prepaid", "receipt"), ("payment",), warn=signed_first),
            Step("deliver", "交付", "open -> delivered", (), ("living",), guard=procedure.every(
                procedure.identity_first, name_compared, looked_at, paid_ahead, procedure.complete,
                procedure.nothing_refused(SIGNED, INSPECTED))),
            Step("close", "归档", "delivered -> closed", ("filed", "key_left"), ("explained", "other"),
                 guard=procedure.every(procedure.complete, procedure.defects_ordered)),
            *procedure.halting("open delivered", "拒收"),
        ),
    ),
    rules=(Rule("movein.limit", Span(1, "wd"), "入伙办结时限"),),
    clocks=(
        Clock("limit", "入伙办结", procedure.received, "movein.limit", ("close", "cancel")),
        procedure.AGAIN_CLOCK,
    ),
    computed=(procedure.MISSING, Computed("special", "特别交待", special)),
    positional=("room", "name"),
    known_by=("room",),
    checks=(v.id_in_full, names_agree),
    sees=sees,
    moves=moves,
    checklists=(PAPERS_OF_MOVEIN,),
    origin="of",
    inherits={"room": ("room", "unit"), "name": ("name", "person", "reporter")},
    fixed=(*PERSONS, "prepaid"),
    about=("living",),
    people=("name",),
    category="living",
    next_hint=next_hint,
    columns=("id", "status", "room", "name", "agent", "family", "water", "power", "prepaid", "key_left", "missing",
             "filed"),
    slip=Slip(
        "商品房交接验收记录单",
        ("room", "name", "co_owners", "phones", "notice", "id_name", "id_type", "id_tail", "agent", "attorney",
         "family", "account", "water", "power", "technician", "checks", "confirmed_by", "prepaid", "receipt",
         "key_left", "other"),
        ("业主", "验房工程师", "经办人"),
    ),
    example={
        "room": "3-2-1201", "name": "王女士", "phones": "13800138000", "notice": "RH2026-118", "id_name": "王女士",
        "identified": "看身份证原件", "id_type": "身份证", "id_tail": "002X", "family": "2",
        "water": "3", "power": "12.5", "confirmed_by": "王女士", "prepaid": "859.20", "receipt": "0012301",
        "key_left": "yes", "filed": "A柜3盒",
    },
)  # fmt: skip
