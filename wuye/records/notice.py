"""通知公告: received or drafted, checked, approved, published, taken down; publicity drives (domain.md 15)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import several
from wuye.schema import Kind, Slip

if TYPE_CHECKING:
    from wuye.record import Record

SORT = v.choice(notice="通知", announcement="公告", reminder="温馨提示/提示", drive="宣传活动/宣传", other="其他")
CAME = v.choice(drafted="自拟/起草", received="来文/收到")
DEBTS = re.compile("欠费|拖欠|催款|欠缴")
NO_NAMES = "像是欠费名单：公开张贴的只写房号，不写姓名和电话"


def drive_has_topic(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A publicity drive is about something, by some means."""
    if values.get("sort") == "drive":
        for name, zh in (("topic", "宣传主题"), ("means", "宣传方式")):
            if not values.get(name):
                yield Problem(f"宣传活动缺少{zh}：请用 --{name} 给出", field=name)


def published(record: Record, basis: Basis) -> Mark | None:
    """Since it hangs, where a day is set on which it is to be taken down."""
    if not record.get("take_down_on"):
        return None
    hung = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.step == "publish"]
    return hung[-1] if hung else None


def that_day(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day that was set; None once none is."""
    day = record.get("take_down_on")
    return basis.desk.closing(day) if day else None, "撤下日期（take_down_on），当日下班前"


def hung_for(record: Record, basis: Basis) -> int | None:
    """For how many days it has hung."""
    up, down = record.get("published"), record.get("taken_down")
    return ((down or basis.now).date() - up.date()).days if up else None


def own_approval(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Who drafted it does not approve it as well."""
    who = given.get("approver")
    return f"{who} 也是起草人：应由别人审批" if who and who == record.get("author") else ""


def no_debtors(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Debtors' names are not published; a notice without a day to take it down hangs for ever."""
    said = [NO_NAMES] if DEBTS.search(f"{record.get('title')}{record.get('text') or ''}") else []
    if not (given.get("take_down_on") or record.get("take_down_on")):
        said.append("没有写撤下日期（--take-down-on）：到时不会提醒")
    return "；".join(said)


def a_drive(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Only of a publicity drive it is counted how many it reached."""
    return "" if record.get("sort") == "drive" else "不是宣传活动：请先 edit --sort 宣传活动"


def next_hint(record: Record, basis: Basis) -> str:
    """Check, approve, publish, take down."""
    if record.status == "published" and record.get("sort") == "drive" and record.get("reached") is None:
        return "下一步 reach 登记宣传人数，到期 take-down 撤下"
    return {
        "draft": "下一步 check 审核", "checked": "下一步 approve 审批", "approved": "下一步 publish 张贴",
        "published": "到期 take-down 撤下",
    }.get(record.status, "")  # fmt: skip


KIND = Kind(
    name="notice",
    prefix="TZ",
    zh="通知公告",
    fields=(
        Field("title", v.TEXT, "标题", required=True),
        Field("sort", SORT, "种类", default="notice"),
        Field("came", CAME, "来源", default="drafted"),
        Field("issued_by", v.TEXT, "发文单位", zh_hint="来文是谁发的"),
        Field("number", v.CODE, "文号"),
        Field("text", v.MEMO, "正文"),
        Field("author", v.STAFF, "起草人", zh_hint="不写为经办人"),
        Field("topic", v.TEXT, "宣传主题"),
        Field("means", v.TEXT, "宣传方式", zh_hint="如 海报、广播、上门、业主群"),
        Field("checker", v.NAME, "审核人"),
        Field("approver", v.NAME, "审批人"),
        Field("places", several(v.TEXT), "张贴处", zh_hint="如 1栋大堂、东门公告栏、业主群"),
        Field("published", v.moment("past"), "张贴时间"),
        Field("take_down_on", v.day("future"), "撤下日期"),
        Field("taken_down", v.moment("past"), "撤下时间"),
        Field("reached", v.COUNT, "宣传人数"),
        Field("said", v.MEMO, "意见", on_log=True),
    ),
    flow=Flow(
        states=(
            State("draft", "待审核"),
            State("checked", "已审核"),
            State("approved", "已审批"),
            State("published", "已张贴"),
            State("down", "已撤下", open=False),
            State("withdrawn", "不发了", open=False),
        ),
        steps=(
            Step("check", "审核", "draft -> checked", ("checker",), ("said",)),
            Step("approve", "审批", "checked -> approved", ("approver",), ("said",), guard=own_approval),
            Step("revise", "退回修改", "checked approved -> draft", ("reason",)),
            Step("publish", "张贴", "approved -> published", ("places",), ("published", "take_down_on"),
                 stamps="published", warn=no_debtors),
            Step("extend", "改撤下日期", "published", ("take_down_on", "reason")),
            Step("reach", "宣传人数", "published down", ("reached",), ("said",), guard=a_drive),
            Step("take-down", "撤下", "published -> down", (), ("taken_down", "said"), stamps="taken_down"),
            Step("withdraw", "不发了", "draft checked approved -> withdrawn", ("reason",)),
        ),
    ),
    clocks=(Clock("take-down", "撤下", published, that_day, ("take-down",)),),
    computed=(Computed("hung", "张贴天数", hung_for, lambda days: "" if days is None else f"{days}", v.COUNT),),
    positional=("title",),
    checks=(drive_has_topic,),
    fixed=("checker", "approver", "published", "taken_down"),
    about=("title",),
    category="sort",
    next_hint=next_hint,
    columns=("id", "status", "sort", "title", "came", "issued_by", "places", "published", "take_down_on", "hung",
             "reached"),
    slip=Slip(
        "通知公告审批单",
        ("title", "sort", "came", "issued_by", "number", "text", "topic", "means", "author", "checker", "approver",
         "places", "published", "take_down_on", "reached"),
        ("起草人", "审核人", "审批人"),
    ),
    example={
        "title": "关于11月25日清洗水箱暂停供水的通知", "text": "11月25日 09:00-12:00 清洗水箱，请提前储水。",
        "author": "李静",
    },
)  # fmt: skip
