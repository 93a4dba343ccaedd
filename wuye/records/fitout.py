"""装修: application, drawings, passes, deposit, permit, patrols, acceptance, deposit back (domain.md 18, D)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist, procedure
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark, Rule
from wuye.errors import Problem, Refused
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Books, Checklist, Item, Kind, Move, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record

PAPERS, ACCEPTANCE = "申请资料", "验收"
WORKER_COPY = "施工人员身份证复印件"
APPLICATION = Checklist("fitout", "装修申请", (
    *(Item(name, PAPERS) for name in ("装修申请表", "装修图纸", "施工单位营业执照复印件", "装修管理协议")),
    Item(WORKER_COPY, PAPERS),
))  # fmt: skip
ACCEPTED = Checklist("fitout.acceptance", "装修验收", tuple(Item(name, ACCEPTANCE) for name in (
    "承重结构未改动", "外立面未改动", "厨卫闭水试验", "给排水", "电气线路", "燃气、消防设施", "垃圾清运", "出入证交回",
)))  # fmt: skip
PUT_RIGHT = {"BH": "nonconformity", "GD": "workorder"}
"""What is made of a finding, by prefix: while one of them is open, the work is not accepted without a reason."""


def needs(values: Mapping[str, Any]) -> dict[str, int]:
    """A copy of every worker's ID."""
    return {WORKER_COPY: values.get("workers") or 1}


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The papers of the application, then what is looked at in the end; an applicant who is not the owner is said."""
    rows = [row for name in ("fitout", "fitout.acceptance") for row in checklist.fresh(books.checklist("fitout", name))]
    owners = [str(r["name"]) for r in books.residents(str(values["room"])) if r["role"] in ("owner", "co-owner")]
    notes = []
    if owners and values["name"] not in owners and not values.get("owner_agrees"):
        notes.append(f"申请人不是登记的业主（{'、'.join(owners)}）：请取得业主同意（--owner-agrees）")
    return Seen({"checks": procedure.recounted(rows, needs(values))}, tuple(notes))


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A permit ends after it begins."""
    since, until = values.get("permit_from"), values.get("permit_until")
    if since and until and until < since:
        yield Problem("许可的结束早于开始：请核对 --permit-from 和 --permit-until", field="permit_until")


# --- what must have happened


def deposit_named(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """The deposit is there, as a record or an amount; 0 says that none is asked."""
    told = {**record.values, **given}
    if told.get("deposit") or told.get("deposit_amount") is not None:
        return ""
    return "还没有押金：请用 --deposit 写押金编号（如 bz3），不收押金的写 --deposit-amount 0"


def longer(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """An extension reaches further."""
    until = record["permit_until"]
    return f"现在许可到 {until}，延期应晚于此：请核对 --permit-until" if given["permit_until"] <= until else ""


def none_faulty(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What was found wrong at the acceptance is put right first."""
    rows = record.get("checks") or ()
    wrong = [f"{one.place} {one.words}" for one in checklist.defects(record)
             if rows[one.place - 1].get("group") == ACCEPTANCE]  # fmt: skip
    return f"验收不合格：{'、'.join(wrong)}；请整改后重新 tick" if wrong else ""


def deposit_settled(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Before it is filed, the deposit that was taken is given back or kept back."""
    held = record.get("deposit") or record.get("deposit_amount")
    settled = record.entries("settle") or not held
    return "" if settled else "押金还没有退：请先 wuye deposit return，再 settle 登记"


def something_given_back(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is kept back of a deposit has its reason."""
    if given.get("kept_back") and not given.get("reason"):
        return "扣了押金要写明原因：请用 --reason 给出"
    return ""


# --- clocks


def asked(record: Record, basis: Basis) -> Mark | None:
    """Since it was handed in, or handed in again."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "resubmit"]
    return procedure.received(record, basis) and (marks[-1] if marks else Mark(record.received))


def permitted(record: Record, basis: Basis) -> Mark | None:
    """Since it was permitted, or the permit was last extended."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step in ("approve", "extend")]
    return marks[-1] if marks and record.status != procedure.CANCELLED else None


def permit_ends(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The last day of the permit."""
    day = record.timeline[start.index - 1].values["permit_until"]
    return basis.desk.closing(day), "许可至（permit_until），当日下班前"


def closed_in_time(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The office's limit from the application to the filing, where it has set one."""
    if basis.limit("fitout.limit") is None:
        return None, ""
    due = basis.after(start.at, "fitout.limit")
    return due.at, f"fitout.limit {due.rule_zh}"


# --- the registers


def moves(record: Record, step: str, books: Books) -> Iterator[Move]:
    """Accepted only when its findings are put right, closed only when its deposit is settled; then it is filed."""
    excused = step == "accept" and record.entries("accept")[-1].values.get("reason")
    if step == "accept" and not excused and (left := still_wrong(record, books)):
        words = f"还没有整改完 {'、'.join(left)}；请先办结，或用 --reason 写明为什么先验收"
        raise Refused(f"{record.id} 不能验收：{words}")
    if step == "settle" and (name := record.get("deposit")):
        one = books.numbered("deposit", str(name))
        if one and one.status == "held":
            raise Refused(f"押金 {name} 还没有结清：请先 wuye deposit return（退）或 keep-back（扣）")
    if step == "close":
        room, name = str(record["room"]), str(record["name"])
        yield from procedure.filing(record, books, f"{room} {name} 装修资料", {"room": room, "name": name})


def still_wrong(record: Record, books: Books) -> list[str]:
    """Findings and orders made of it that are still open."""
    links = dict.fromkeys(str(e.extra["link"]) for e in record.standing if e.extra.get("link"))
    found = []
    for link in links:
        kind = PUT_RIGHT.get(link.split("-")[0])
        one = books.numbered(kind, link) if kind else None
        found += [link] if one and one.is_open else []
    return found


def missing(record: Record, basis: Basis) -> str:
    """What is missing of the papers; once the work is finished of the acceptance too."""
    if record.status in ("finished", "accepted"):
        return procedure.missing_rows(record, basis)
    return "、".join(checklist.still_open(record, PAPERS)) if record.is_open else ""


def findings(record: Record, basis: Basis) -> int:
    """How many patrols found something."""
    return sum(1 for e in record.entries("patrol") if e.values.get("finding"))


def patrolled(record: Record, basis: Basis) -> datetime | None:
    """When it was last patrolled."""
    rounds = record.entries("patrol")
    return rounds[-1].at if rounds else None


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    if record.status == "open":
        if procedure.identity_first(record, {}, basis):
            return "核实身份 identify"
        left = checklist.still_open(record, PAPERS)
        return f"还缺 {len(left)} 项资料：tick 勾选，缺件 tell 告知" if left else "审批 approve"
    if record.status == "permitted":
        wrong = [e for e in record.entries("patrol")[-1:] if e.values.get("finding")]
        found = f"有问题的开不合格项 nonconformity add --of {record.id}；" if wrong else ""
        return f"{found}巡查 patrol，完工 finish"
    return {
        "rejected": "补齐后 resubmit 重报", "stopped": "整改后 restart 复工", "finished": "逐项 tick，accept 验收",
        "accepted": "退押金 settle，close 归档", "continued": "继续办理 resume", "refused": "继续办理 resume",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="fitout",
    prefix="ZX",
    zh="装修",
    fields=(
        Field("room", v.ROOM, "房号", required=True),
        Field("name", v.NAME, "申请人", required=True),
        Field("phone", v.PHONE, "电话", private=True),
        Field("text", v.MEMO, "装修内容", required=True),
        Field("of", v.ref("any"), "来自", zh_hint="来电来访等的编号，如 ld3"),
        Field("owner_agrees", v.FLAG, "业主同意", zh_hint="申请人不是业主时"),
        *procedure.IDENTITY,
        Field("contractor", v.TEXT, "施工单位"),
        Field("foreman", v.NAME, "施工负责人"),
        Field("foreman_phone", v.PHONE, "负责人电话", private=True),
        Field("workers", v.COUNT, "施工人数"),
        Field("passes", several(v.TEXT), "出入证号"),
        Field("deposit", v.ref("deposit"), "押金编号", zh_hint="如 bz3"),
        Field("deposit_amount", v.MONEY, "押金金额", zh_hint="没有押金记录时写；不收押金写 0"),
        Field("permit", v.TEXT, "许可证号"),
        Field("approved_by", v.STAFF, "审批人"),
        Field("permit_from", v.day("any"), "许可起"),
        Field("permit_until", v.day("any"), "许可至"),
        Field("accepted_by", v.STAFF, "验收人"),
        procedure.AGAIN,
        procedure.FILED,
        checklist.CHECKS_FIELD,
        *checklist.TICKED,
        *procedure.TOLD,
        Field("patrolled_by", v.STAFF, "巡查人", on_log=True),
        Field("finding", v.MEMO, "发现的问题", on_log=True, zh_hint="不写为正常"),
        Field("returned", v.MONEY, "退还押金", on_log=True),
        Field("kept_back", v.MONEY, "扣除押金", on_log=True),
    ),
    flow=Flow(
        states=(
            State("open", "申请中"), State("permitted", "施工中"), State("finished", "待验收"),
            State("accepted", "已验收"), State("closed", "已归档", open=False), State("rejected", "已退回"),
            State("stopped", "停工"), *procedure.states("拒签"),
        ),
        steps=(
            procedure.identify("open continued refused rejected"),
            procedure.tell("open continued refused rejected", PAPERS),
            Step("persons", "变更人员", "open continued permitted rejected", (), ("workers", "passes"),
                 effect=procedure.recount(needs)),
            checklist.tick("open continued rejected permitted finished accepted"),
            Step("approve", "审批", "open -> permitted", ("approved_by", "permit_from", "permit_until"),
                 ("permit", "passes", "deposit", "deposit_amount"), guard=procedure.every(
                     procedure.identity_first, checklist.complete(PAPERS), procedure.nothing_refused(PAPERS),
                     deposit_named)),
            Step("reject", "退回申请", "open -> rejected", ("reason",)),
            Step("resubmit", "重报", "rejected -> open"),
            Step("finish", "完工", "permitted -> finished"),
            Step("extend", "延期", "permitted stopped", ("permit_until",), ("reason", "approved_by"), guard=longer),
            Step("patrol", "巡查", "permitted stopped", (), ("patrolled_by", "finding")),
            Step("stop", "停工", "permitted -> stopped", ("reason",)),
            Step("restart", "复工", "stopped -> permitted"),
            Step("rework", "整改", "finished -> permitted", ("reason",)),
            Step("accept", "验收", "finished -> accepted", ("accepted_by",), ("reason",), guard=procedure.every(
                checklist.complete(ACCEPTANCE), none_faulty)),
            Step("settle", "退押金", "accepted", (), ("returned", "kept_back", "reason"), guard=something_given_back),
            Step("close", "归档", "accepted -> closed", ("filed",), (), guard=procedure.every(
                procedure.complete, deposit_settled)),
            *procedure.halting("open", "拒签", "permitted rejected stopped finished", (PAPERS,)),
        ),
    ),
    rules=(
        Rule("fitout.approve", Span(3, "wd"), "装修申请审批时限"),
        Rule("fitout.limit", None, "装修从申请到归档的时限"),
    ),
    clocks=(
        Clock("approve", "装修审批", asked, "fitout.approve", ("approve", "reject", "cancel")),
        Clock("permit", "装修许可到期", permitted, permit_ends, ("finish", "extend", "cancel")),
        Clock("limit", "装修归档", procedure.received, closed_in_time, ("close", "cancel"), fixed=True),
        procedure.AGAIN_CLOCK,
    ),
    computed=(
        procedure.MISSING._replace(of=missing),
        Computed("findings", "巡查问题", findings, str, v.COUNT),
        Computed("patrolled", "最近巡查", patrolled, "{:%m-%d %H:%M}".format, v.moment("past")),
    ),
    positional=("room", "name", "text"),
    known_by=("room",),
    checks=(v.id_in_full, span_in_order),
    sees=sees,
    moves=moves,
    checklists=(APPLICATION, ACCEPTED),
    origin="of",
    inherits={"room": ("room", "unit"), "name": ("name", "person", "reporter"), "phone": ("phone",)},
    fixed=("workers", "permit_from", "permit_until"),
    people=("name",),
    category="contractor",
    next_hint=next_hint,
    columns=("id", "status", "room", "name", "text", "contractor", "deposit", "permit_until", "patrolled", "findings",
             "missing"),
    slip=Slip(
        "装修申请审批表",
        ("room", "name", "phone", "owner_agrees", "text", "contractor", "foreman", "foreman_phone", "workers", "passes",
         "deposit", "deposit_amount", "permit", "permit_from", "permit_until", "approved_by", "checks", "accepted_by"),
        ("申请人", "施工负责人", "审批人", "验收人"),
    ),
    example={
        "room": "3-2-1201", "name": "王女士", "phone": "13800138000", "text": "厨卫翻新，客厅铺地板",
        "identified": "看身份证原件", "id_type": "身份证", "id_tail": "002X", "contractor": "谷雨装饰",
        "foreman": "马师傅", "foreman_phone": "13900139000", "workers": "4", "deposit_amount": "0", "filed": "A柜5盒",
    },
)  # fmt: skip
