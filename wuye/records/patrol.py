"""巡查: a route is walked with its checklist, and nothing found wrong is left lying (domain.md 27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye import checklist
from wuye import values as v
from wuye.basis import Basis, Clock, Mark, Rule
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Books, Checklist, Item, Kind, Seen, Slip
from wuye.workdays import Span

if TYPE_CHECKING:
    from wuye.record import Record


def route(code: str, zh: str, *items: str) -> Checklist:
    """The checklist of a route."""
    return Checklist(f"patrol.{code}", zh, tuple(Item(one) for one in items))


ROUTES = (
    route("daily", "楼栋日常", "大堂和楼道卫生", "电梯", "照明", "门禁和单元门", "消防设施", "公告栏", "广告招贴",
          "设备间门锁", "高空和外墙"),
    route("hygiene", "卫生", "大堂", "楼道和楼梯", "电梯轿厢", "垃圾桶和垃圾房", "道路和停车场", "绿地和水景", "天台"),
    route("facilities", "公共设施", "照明", "电梯", "门禁和道闸", "监控", "给排水和井盖", "健身和儿童设施",
          "休闲座椅", "车棚"),
    route("fire", "消防设施", "灭火器", "消火栓", "喷淋和烟感", "应急照明和疏散指示", "防火门", "消防通道畅通",
          "消防水压", "微型消防站"),
    route("boards", "公告栏", "内容在有效期内", "张贴整齐", "版面清洁完好", "过期通知已撤下"),
    route("posters", "广告招贴", "乱张贴", "散发小广告", "广告画面完好", "广告灯箱", "未经同意的横幅"),
    route("edge", "小区周边", "围墙和栏杆", "周界报警", "出入口", "门前秩序", "占道和堆放", "周边卫生"),
    route("security", "安保巡查记录", "巡逻签到表", "值班日志", "交接班记录", "来访登记", "车辆出入记录",
          "监控值守记录"),
    route("vacant", "空置房", "门窗关闭", "水电阀门关闭", "渗漏水", "卫生和异味", "室内设施完好", "钥匙在柜"),
)  # fmt: skip
ROUTE = v.open_choice(**{one.name.partition(".")[2]: one.zh for one in ROUTES})


def sees(values: Mapping[str, Any], books: Books, basis: Basis) -> Seen:
    """The rows of the route, as the office has them now; a record that has its rows keeps them."""
    if values.get("checks"):
        return Seen({})
    found = books.checklist("patrol", values["route"])
    kept = {"title": found.zh, "checks": checklist.fresh(found)}
    return Seen(kept, instead={"route": found.name.partition(".")[2] or found.name})


def begun(record: Record, basis: Basis) -> Mark:
    """Since the round began."""
    return Mark(record.received)


def next_hint(record: Record, basis: Basis) -> str:
    """Tick, settle what was found wrong, close."""
    return checklist.next_hint(record) if record.is_open else ""


KIND = Kind(
    name="patrol",
    prefix="XC",
    zh="巡查",
    fields=(
        Field("route", ROUTE, "路线", required=True, zh_hint="如 卫生、公共设施、消防设施，或 wuye.yaml 里自己的路线"),
        Field("title", v.TEXT, "巡查内容", typed=False),
        Field("place", v.TEXT, "范围", zh_hint="如 3栋、东门至南门"),
        Field("patroller", v.STAFF, "巡查人", zh_hint="不写为经办人"),
        Field("companion", v.STAFF, "同行人"),
        checklist.CHECKS_FIELD,
        Field("remark", v.TEXT, "备考"),
        *checklist.TICKED,
        checklist.TOLD,
    ),
    flow=Flow(
        states=(State("open", "巡查中"), State("closed", "已完成", open=False)),
        steps=(
            checklist.tick("open"),
            checklist.tell("open"),
            Step("close", "完成巡查", "open -> closed", (), ("remark",), guard=checklist.done_with),
        ),
    ),
    rules=(Rule("patrol.close", Span(1, "d"), "巡查记录办结"),),
    clocks=(Clock("close", "巡查办结", begun, "patrol.close", ("close",)),),
    computed=checklist.COUNTED,
    positional=("route", "place"),
    sees=sees,
    fixed=("route",),
    checklists=ROUTES,
    about=("title", "place"),
    people=("patroller",),
    category="route",
    next_hint=next_hint,
    columns=("id", "status", "title", "place", "patroller", "unticked", "faults", "unsettled"),
    slip=Slip("巡查记录", ("title", "place", "patroller", "companion", "checks", "remark"), ("巡查人", "主管")),
    example={"route": "公共设施", "place": "3栋", "patroller": "何建国"},
)  # fmt: skip
