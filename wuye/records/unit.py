"""房屋: one flat or shop of the estate, what it is, and what became of it over time (domain.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Basis, Computed, Field, Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

USE = v.choice(flat="住宅", shop="商铺", office="写字楼/办公", garage="车库", other="其他")
STATUS = v.choice(unsold="未售", vacant="空置", occupied="自住", let="出租")


def begin(values: Mapping[str, Any]) -> str:
    """A unit is entered in the state it is in; one of which nothing is said is occupied."""
    return str(values.get("entered_as") or "occupied")


def since(record: Record, basis: Basis) -> datetime | None:
    """Since when it has been in its state; None where it was so when it was entered and nobody said since when."""
    moves = [e.at for e in record.timeline if record.kind.flow.knows(e.step) and e.step != "pay"]
    if moves:
        return moves[-1]
    return record.received if record.received < record.recorded else None


def building(record: Record, basis: Basis) -> str:
    """The building its room is in."""
    return str(record["room"]).split("-")[0]


def entrance(record: Record, basis: Basis) -> str:
    """The entrance, where the building has several."""
    parts = str(record["room"]).split("-")
    return parts[1] if len(parts) > 2 else ""


KIND = Kind(
    name="unit",
    prefix="FW",
    zh="房屋",
    book=True,
    own_name="room",
    unique=True,
    fields=(
        Field("room", v.OWN_ROOM, "房号", required=True),
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
        Field("remark", v.MEMO, "备注"),
    ),
    flow=Flow(
        states=(
            State("unsold", "未售", open=False),
            State("vacant", "空置", open=False),
            State("occupied", "自住", open=False),
            State("let", "出租", open=False),
        ),
        steps=(
            Step("deliver", "交付", "unsold -> vacant", (), ("delivered",)),
            Step("occupy", "入住自用", "unsold vacant let -> occupied"),
            Step("let", "出租", "vacant occupied -> let"),
            Step("vacate", "空置", "occupied let -> vacant"),
            Step("pay", "登记缴费情况", "unsold vacant occupied let", (),
                 ("paid_until", "owed", "owed_as_of", "owed_by")),
        ),
        begin=begin,
    ),
    computed=(
        Computed("since", "现状起", since, "{:%Y-%m-%d}".format, v.moment("past")),
        Computed("building", "楼栋", building),
        Computed("entrance", "单元", entrance),
    ),
    positional=("room",),
    about=("use",),
    columns=("id", "room", "status", "since", "use", "area", "delivered", "paid_until", "owed", "owed_as_of", "bays"),
    slip=Slip(
        "房屋台账",
        ("room", "floor", "area", "use", "delivered", "charges", "meters", "bays", "paid_until",
         "owed", "owed_as_of"),
        ("登记人", "复核人"),
    ),
    example={
        "room": "3-2-1201", "floor": "12", "area": "89.5", "use": "住宅", "entered_as": "自住",
        "delivered": "2020-05-01", "paid_until": "2026-06-30", "owed": "1073.16", "owed_as_of": "2026-10-31",
        "meters": "水表12345,电表678",
    },
)  # fmt: skip
