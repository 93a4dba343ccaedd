"""招租: the letting of a space, from negotiating to its end, with its rent (domain.md 25, K 282)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark
from wuye.costs import COSTED, cost
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import SCHEDULE
from wuye.schema import Books, Kind, Move, Slip

if TYPE_CHECKING:
    from wuye.record import Record

TYPE = v.choice(advertising="广告位", warehouse="仓库", site="场地", shop="商铺", other="其他")
FINDING = v.choice(
    sound="广告牢固/牢固/完好", orderly="仓库整齐/整齐", agreed="按约使用/按约定使用", fault="有问题/不合格/违约使用",
)  # fmt: skip
OWN_FINDING = {"sound": ("advertising",), "orderly": ("warehouse",)}
PERIOD = v.choice(month="月/按月", quarter="季/按季/季度", year="年/按年", **{"half-year": "半年/按半年"})


def terms_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A lease ends after it begins; the rents of its schedule follow each other."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield Problem("租期的结束早于开始：请核对 --since 和 --until", field="until")
    rents = sorted(values.get("schedule") or (), key=lambda row: row["from"])
    for row in rents:
        if row["until"] < row["from"]:
            yield Problem(f"租金计划里 {row['from']} 起的一条止日早于起日：请核对 --schedule", field="schedule")
    for one, other in pairwise(rents):
        if other["from"] <= one["until"]:
            words = f"租金计划里 {one['from']} 起和 {other['from']} 起的两条重叠：请核对 --schedule"
            yield Problem(words, field="schedule")
    if values.get("rent") and not values.get("period"):
        yield Problem("写了租金却没有写多久一付：请用 --period 给出", field="period")


def signable(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is signed has its days; a site is paid for when it is signed (domain.md 25)."""
    if not (given.get("since") or record.get("since")):
        return "没有起租日期：请用 --since 给出"
    if record.get("type") == "site" and not given.get("paid"):
        return "场地的费用在签约时收讫：请用 --paid 写明收了多少"
    return ""


def owners_income(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Whose income a lease of common parts is."""
    if not record.get("common"):
        return ""
    return "是共有部分：扣除合理成本后的收益归业主共有（民法典 282），请单独列账"


def finding_fits(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """An advertisement is sound, a warehouse orderly, whatever is let used as agreed; what is wrong is told."""
    found, sort = given["finding"], record.get("type")
    if sort and sort not in OWN_FINDING.get(found, (sort,)):
        own = f"“{FINDING.show(found)}”不是{TYPE.show(sort)}的检查结论"
        return f"{own}：请改写 --finding agreed（按约使用）或 fault（有问题）"
    if found == "fault" and not given.get("result"):
        return "有问题的要写明：请用 --result 写检查情况"
    return ""


def to_be_put_right(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What an inspection found wrong becomes a work order or nonconformity."""
    if given["finding"] != "fault":
        return ""
    return f"有问题：请开单跟到改好，如 wuye workorder add --of {record.id}"


def inspected(record: Record, basis: Basis) -> str | None:
    """The last inspection: its day and what it found."""
    done = record.entries("inspect")
    if not done:
        return None
    return f"{done[-1].at:%Y-%m-%d} {FINDING.show(done[-1].values.get('finding') or '')}".strip()


def running(record: Record, basis: Basis) -> Mark | None:
    """Since it has been running, or was last extended."""
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step in ("start", "extend")]
    return marks[-1] if marks and record.status == "running" else None


def term_ends(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The last day of the lease."""
    until = record.get("until")
    return (basis.desk.closing(until), "租期至（until）") if until else (None, "")


def space_let(record: Record, step: str, books: Books) -> Iterable[Move]:
    """The space is let from the signature to the end of the lease, where the register knows it."""
    space = books.in_book("space", record["space"]) if record.get("space") else None
    if space and step == "sign" and space.status == "free":
        yield Move("space", record["space"], "let", {"lease": record["name"]})
    if space and step == "end" and space.status == "let" and space["lease"] == record["name"]:
        yield Move("space", record["space"], "free", {"reason": f"合同 {record['name']} 终止"})


def next_hint(record: Record, basis: Basis) -> str:
    """What is next in each state."""
    known = {"negotiating": "签约 sign", "signed": "起租 start", "running": "续租 extend 或终止 end"}
    return known.get(record.status, "")


KIND = Kind(
    name="lease",
    prefix="ZL",
    zh="招租",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.TEXT, "合同号", required=True),
        Field("tenant", v.NAME, "承租方", required=True),
        Field("phone", v.PHONE, "电话", private=True),
        Field("space", v.TEXT, "招租位"),
        Field("type", TYPE, "类型"),
        Field("common", v.FLAG, "共有部分", zh_hint="共有部分的收益归业主（民法典 282），单列台账"),
        Field("purpose", v.TEXT, "用途"),
        Field("since", v.day("any"), "起租日期"),
        Field("until", v.day("any"), "租期至"),
        Field("rent", v.MONEY, "租金", zh_hint="每一付的金额"),
        Field("period", PERIOD, "付租周期"),
        Field("schedule", SCHEDULE, "租金计划", zh_hint="起 止 金额 应付日，如 2026-12-01 2027-02-28 9000 2026-12-05"),
        Field("deposit", v.MONEY, "押金"),
        Field("handler", v.STAFF, "经办管理员"),
        Field("remark", v.TEXT, "备考"),
        Field("paid", v.MONEY, "签约时收款", on_log=True),
        Field("receipt", v.TEXT, "收据号", on_log=True),
        Field("finding", FINDING, "检查结论", on_log=True),
        Field("result", v.TEXT, "检查情况", on_log=True),
        *COSTED,
    ),
    flow=Flow(
        states=(
            State("negotiating", "洽谈"), State("signed", "已签约"), State("running", "履行中", open=False, lasts=True),
            State("ended", "已终止", open=False),
        ),
        steps=(
            Step("sign", "签约", "negotiating -> signed", (), ("since", "until", "rent", "period", "schedule", "paid",
                 "receipt"), guard=signable, warn=owners_income),
            Step("start", "起租", "signed -> running"),
            Step("inspect", "使用检查", "running", ("finding",), ("result",), guard=finding_fits, warn=to_be_put_right),
            cost("signed running ended"),
            Step("extend", "续租", "running", ("until",), ("rent", "period", "schedule")),
            Step("end", "终止", "negotiating signed running -> ended", (), ("until", "reason")),
        ),
    ),
    clocks=(Clock("term", "租期届满", running, term_ends, ("extend", "end"), outlives=True),),
    computed=(Computed("inspected", "最近检查", inspected),),
    positional=("name", "tenant"),
    checks=(terms_in_order,),
    about=("type", "space"),
    people=("tenant",),
    next_hint=next_hint,
    moves=space_let,
    columns=("id", "status", "name", "tenant", "space", "type", "common", "since", "until", "rent", "period",
             "inspected"),
    slip=Slip(
        "招租登记表",
        ("name", "tenant", "phone", "space", "type", "common", "purpose", "since", "until", "rent", "period",
         "schedule", "deposit"),
        ("承租方", "经办人", "主管"),
    ),
    example={
        "name": "2026-广-07", "tenant": "某广告公司", "phone": "13800138000", "space": "东门广告位2", "type": "广告位",
        "common": "yes", "since": "2026-12-01", "until": "2027-11-30",
        "schedule": "2026-12-01 2027-05-31 18000 2026-12-05、2027-06-01 2027-11-30 18000",
    },
)  # fmt: skip
