"""车位: one parking bay, who rents it, and until when it is authorised and paid for (domain.md 24)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Mark
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

PERIOD = v.choice(month="月/按月", quarter="季/按季/季度", **{"half-year": "半年/按半年"})
RENTER = ("room", "holder")
TERMS = ("room", "holder", "phone", "plates", "licence_seen", "id_type", "id_tail", "agreement", "agreement_filed",
         "period", "way", "prepaid", "permit_fee", "until")  # fmt: skip


def begin(values: Mapping[str, Any]) -> str:
    """A bay with somebody who rents it waits to be authorised; one without is free."""
    return "registered" if any(values.get(name) for name in RENTER) else "free"


def span_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A renting begins with somebody who rents, and ends after it begins."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("租期的结束早于开始：请核对 --since 和 --until", field="until")
    if values.get("id_tail") and not values.get("id_type"):
        yield Problem("登记了证件后四位却没有证件类型：请用 --id-type 给出", field="id_type")


def somebody(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A bay is rented to a unit or to a person."""
    told = any(given.get(name) for name in RENTER)
    return "" if told else "没有写租给谁：请用 --room 或 --holder 给出"


def let_anew(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the former letting goes: its renter, papers, terms, authorisation."""
    former = (*TERMS, "authorised_by", "paid_until") + (() if given.get("id_tail") else ("id_checked_by",))
    return {name: None for name in former if record[name] is not None and given.get(name) is None}


def papers_seen(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Authorising goes by the papers that were seen, and reaches to the end of the agreement."""
    seen = given.get("licence_seen") or record.get("licence_seen")
    words = "" if seen else "没有登记核对过行驶证：请核对后用 edit --licence-seen 补上"
    return "；".join(filter(None, (words, within_term(record, given, basis))))


def within_term(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is paid for after the end of the agreement is not billed: there is no bill after `until`."""
    until, paid = record.get("until"), given.get("paid_until")
    if not until or not paid or paid <= until:
        return ""
    return f"租期只到 {until}，之后不出账：续租的请用 wuye parking edit {record['bay']} --until {paid} 改租期"


def later(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A renewal reaches further than what was paid for."""
    before, now = record.get("paid_until"), given.get("paid_until")
    return f"已授权到 {before}，续期应晚于此：请核对 --paid-until" if before and now and now <= before else ""


def authorised(record: Record, basis: Basis) -> Mark | None:
    """Since the bay was last authorised or renewed, while it is rented."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step in ("authorise", "renew")]
    return marks[-1] if marks and record.status == "authorised" else None


def paid_for(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The last day that the amount pays for."""
    until = record.get("paid_until")
    return (basis.desk.closing(until), "授权到的日期（paid_until）") if until else (None, "")


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    return {"free": "出租 rent", "registered": "授权 authorise", "authorised": "续期 renew"}.get(record.status, "")


KIND = Kind(
    name="parking",
    prefix="CW",
    zh="车位",
    book=True,
    own_name="bay",
    unique=True,
    fields=(
        Field("bay", v.TEXT, "车位号", required=True),
        Field("room", v.ROOM, "房号"),
        Field("holder", v.NAME, "承租人"),
        Field("phone", v.PHONE, "电话", private=True),
        Field("plates", several(v.PLATE), "车辆"),
        Field("licence_seen", v.FLAG, "行驶证已核对"),
        Field("id_type", v.ID_TYPE, "证件类型"),
        Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
        Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
        Field("agreement", v.TEXT, "协议号"),
        Field("agreement_filed", v.FLAG, "协议已归档", zh_hint="一份交客户，一份存档"),
        Field("since", v.day("any"), "起租日期"),
        Field("until", v.day("any"), "租期至"),
        Field("period", PERIOD, "租金周期"),
        Field("way", v.PAID_BY, "缴费方式"),
        Field("prepaid", v.MONEY, "预交金额"),
        Field("permit_fee", v.MONEY, "办证费"),
        Field("authorised_by", v.STAFF, "授权人"),
        Field("paid_until", v.day("any"), "授权至", zh_hint="所交金额够用到的日期"),
        Field("remark", v.TEXT, "备考"),
    ),
    flow=Flow(
        states=(State("registered", "待授权"), State("authorised", "已授权", open=False, lasts=True),
                State("free", "空闲", open=False)),
        steps=(
            Step("rent", "出租", "free -> registered", ("since",), TERMS, guard=somebody, effect=let_anew),
            Step("authorise", "授权", "registered -> authorised", ("authorised_by", "paid_until"), ("prepaid", "way"),
                 warn=papers_seen),
            Step("renew", "续期", "authorised", ("paid_until",), ("prepaid", "way", "authorised_by"), guard=later,
                 warn=within_term),
            Step("end", "退租", "registered authorised -> free", (), ("until", "reason")),
        ),
        begin=begin,
    ),
    clocks=(Clock("paid", "车位续期", authorised, paid_for, ("renew", "end"), outlives=True),),
    positional=("bay", "room"),
    known_by=("bay",),
    checks=(span_in_order,),
    about=("period",),
    people=("holder",),
    next_hint=next_hint,
    columns=("id", "status", "bay", "room", "holder", "plates", "since", "until", "period", "prepaid", "paid_until"),
    slip=Slip(
        "车位租用登记表",
        ("bay", "room", "holder", "phone", "plates", "licence_seen", "id_type", "id_tail", "agreement", "since",
         "until", "period", "way", "prepaid", "permit_fee", "authorised_by", "paid_until"),
        ("承租人", "授权人", "经办人"),
    ),
    example={
        "bay": "B1-023", "room": "3-2-1201", "holder": "王女士", "phone": "13800138000", "plates": "粤B12345",
        "licence_seen": "yes", "id_type": "身份证", "id_tail": "002X", "since": "2026-12-01", "period": "季",
        "prepaid": "900",
    },
)  # fmt: skip
