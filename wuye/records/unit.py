"""房屋: one flat or shop of the estate, what it is, and what became of it over time (domain.md 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Computed
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.numerals import fold
from wuye.schema import Books, Kind, Seen, Slip

if TYPE_CHECKING:
    from wuye.record import Record

USE = v.choice(flat="住宅", shop="商铺", office="写字楼/办公", garage="车库", other="其他")
STATUS = v.choice(unsold="未售", vacant="空置", occupied="自住", let="出租")


def begin(values: Mapping[str, Any]) -> str:
    """A unit is entered in the state it is in; one of which nothing is said is occupied."""
    return str(values.get("entered_as") or "occupied")


def since(record: Record, basis: Basis) -> datetime | None:
    """Since when it has been in its state; None where it was so when it was entered and nobody said since when."""
    moves = [e.at for e in record.timeline if record.kind.flow.knows(e.step) and e.step not in ("pay", "patrol")]
    if moves:
        return moves[-1]
    return record.received if record.received < record.recorded else None


def parts(room: str) -> dict[str, str]:
    """The building a room is in, and its entrance where the building has several."""
    found = room.split("-")
    return {"building": found[0], "entrance": found[1] if len(found) > 2 else ""}


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """Building and entrance go without saying: they stand in the room."""
    return Seen({name: part for name, part in parts(values["room"]).items() if part})


def as_the_room_says(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """Building and entrance do not contradict the room."""
    for name, part in parts(str(values.get("room") or "")).items():
        typed = re.sub("(号楼|栋|幢|座|楼|单元|门)$", "", fold(str(values.get(name) or "")).upper())
        if typed and typed.lstrip("0") != part.lstrip("0"):
            zh = "楼栋" if name == "building" else "单元"
            yield Problem(f"{zh}“{values[name]}”与房号 {values['room']} 不符：请改正或留空", field=name)


BY_HAND = ("paid_until", "owed", "owed_as_of", "owed_by")


def billed(record: Record, basis: Basis) -> bool:
    """Whether bills tell how it stands: what somebody wrote down before gives way to them."""
    return bool(basis.billed and basis.billed("room", str(record["room"])))


def payment(record: Record, basis: Basis) -> str:
    """Who tells whether it has paid: bills, a hand, or nobody."""
    if billed(record, basis):
        return f"按账单：看 wuye who {record['room']}"
    return "手工登记" if any(record.get(name) is not None for name in BY_HAND) else ""


def bills_tell(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is written down by hand does not count beside bills."""
    if not billed(record, basis):
        return ""
    return f"已有账单，缴费情况按账单和收款算，手工登记的不作数：收了款请用 wuye payment add {record['room']} 金额"


KIND = Kind(
    name="unit",
    prefix="FW",
    zh="房屋",
    book=True,
    own_name="room",
    unique=True,
    fields=(
        Field("room", v.OWN_ROOM, "房号", required=True),
        Field("building", v.TEXT, "楼栋", zh_hint="不写按房号"),
        Field("entrance", v.TEXT, "单元", zh_hint="不写按房号"),
        Field("floor", v.TEXT, "楼层"),
        Field("area", v.AREA, "建筑面积"),
        Field("use", USE, "用途", default="flat"),
        Field("entered_as", STATUS, "登记时状况", typed_as="status"),
        Field("delivered", v.day("past"), "交付日期"),
        Field("charges", several(v.TEXT), "收费项目"),
        Field("meters", several(v.TEXT), "表计", zh_hint="如 水表12345,电表678"),
        Field("bays", several(v.TEXT), "车位"),
        Field("paid_until", v.day("any"), "费用交至"),
        Field("owed", v.MONEY, "欠费金额"),
        Field("owed_as_of", v.day("past"), "欠费截至", zh_hint="不写为登记当天"),
        Field("owed_by", v.NAME, "欠费登记人", zh_hint="不写为经办人"),
        Field("responsible", v.STAFF, "责任人", zh_hint="空置期间由谁负责"),
        Field("remark", v.MEMO, "备注"),
        Field("finding", v.TEXT, "巡查情况", on_log=True),
    ),
    flow=Flow(
        states=(
            State("unsold", "未售", open=False),
            State("vacant", "空置", open=False),
            State("occupied", "自住", open=False),
            State("let", "出租", open=False),
        ),
        steps=(
            Step("deliver", "交付", "unsold -> vacant", (), ("delivered",), stamps="delivered"),
            Step("occupy", "入住自用", "unsold vacant let -> occupied"),
            Step("let", "出租", "vacant occupied -> let"),
            Step("vacate", "空置", "occupied let -> vacant"),
            Step("pay", "登记缴费情况", "unsold vacant occupied let", (),
                 BY_HAND, warn=bills_tell),
            Step("patrol", "空置房巡查", "unsold vacant", (), ("finding",)),
        ),
        begin=begin,
    ),
    computed=(
        Computed("since", "现状起", since, "{:%Y-%m-%d}".format, v.moment("past")),
        Computed("payment", "缴费情况", payment),
    ),
    outdated=(BY_HAND, billed),
    positional=("room",),
    checks=(as_the_room_says,),
    sees=sees,
    about=("use",),
    columns=("id", "room", "status", "since", "use", "area", "delivered", "payment", "paid_until", "owed",
             "owed_as_of", "bays"),
    slip=Slip(
        "房屋台账",
        ("room", "building", "entrance", "floor", "area", "use", "delivered", "charges", "meters", "bays", "paid_until",
         "owed", "owed_as_of"),
        ("登记人", "复核人"),
    ),
    example={
        "room": "3-2-1201", "floor": "12", "area": "89.5", "use": "住宅", "entered_as": "自住",
        "delivered": "2020-05-01", "paid_until": "2026-06-30", "owed": "1073.16", "owed_as_of": "2026-10-31",
        "meters": "水表12345,电表678",
    },
)  # fmt: skip
