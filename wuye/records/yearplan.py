"""年度计划: what is to be reached in a year, by collector, building, month; dunning or training (domain.md 5, 36)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import Cell, rows
from wuye.numerals import fold
from wuye.schema import Kind, Slip
from wuye.values import many

if TYPE_CHECKING:
    from datetime import tzinfo

    from wuye.record import Record

SORT = v.choice(dunning="催缴/催收/催缴计划", training="培训/培训计划")
_RATE = r"\d{1,3}(?:\.\d{1,2})?%"


def _targets(text: str) -> Iterable[dict[str, str]]:
    """`周敏 3栋 95%、周敏 3栋 2026-03 8% 12000元、往年 60%` → a row each; told apart by how each word is written."""
    for part in many(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)):
        row: dict[str, str] = {}
        for word in fold(part).split():
            name, value = _named(word)
            if name in row:
                raise ValueError(f"看不懂“{part}”：{value} 是第二个{_LABELS[name]}，请分成两条，用 、 隔开")
            row[name] = value
        if not {"rate", "amount"} & set(row):
            raise ValueError(f"“{part}”没有目标，请写成 周敏 3栋 95% 或 往年 12000元 这样")
        yield row


def _named(word: str) -> tuple[str, str]:
    if re.fullmatch(_RATE, word):
        return "rate", word
    if re.fullmatch(r"[¥￥]?\d+(?:\.\d{1,2})?元?", word):
        return "amount", word
    if found := re.fullmatch(r"(\d{4})-(\d\d?)|(\d\d?)月", word):
        return "month", f"{int(found[2] or found[3]):02d}"
    if word.endswith("栋"):
        return "building", word.removesuffix("栋")
    if word in ("往年", "prior"):
        return "prior", "yes"
    return "collector", word


def _rate(text: str, typing: v.Typing | tzinfo) -> str:
    if not re.fullmatch(_RATE, fold(text).strip()) or float(fold(text).strip()[:-1]) > 100:
        raise ValueError(f"目标收缴率应是 0% 到 100%，现为“{text}”")
    return fold(text).strip()


def _month(text: str, typing: v.Typing | tzinfo) -> str:
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text.strip()):
        raise ValueError(f"月份应是 1 到 12，现为“{text}”")
    return f"{int(text):02d}"


def target_zh(row: Mapping[str, Any]) -> str:
    """One target in a few words: `周敏 3栋 03月 95% 12,000.00元`."""
    parts = [
        "往年" if row.get("prior") else "", row.get("collector", ""),
        f"{row['building']}栋" if row.get("building") else "", f"{row['month']}月" if row.get("month") else "",
        row.get("rate", ""), f"{v.MONEY.show(row['amount'])}元" if row.get("amount") is not None else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


MONTH = v.TEXT._replace(parse=_month, read=_month)
_CELLS = (
    Cell("collector", "催收人", v.STAFF), Cell("building", "楼栋", v.TEXT), Cell("month", "月份", MONTH),
    Cell("prior", "往年", v.FLAG), Cell("rate", "目标收缴率", v.TEXT._replace(parse=_rate, read=_rate)),
    Cell("amount", "目标金额", v.MONEY),
)  # fmt: skip
_LABELS = {cell.name: cell.zh for cell in _CELLS}
TARGETS = rows("targets", "目标", _CELLS, _targets, target_zh)


def session_zh(row: Mapping[str, Any]) -> str:
    """One training of the year's plan: `3月 消防演练 2 课时 客服部 14 人`."""
    parts = (
        f"{int(row['month'])}月" if row.get("month") else "", row["topic"],
        f"{row['hours']} 课时" if row.get("hours") else "", row.get("department", ""),
        f"{row['people']} 人" if row.get("people") is not None else "",
    )  # fmt: skip
    return " ".join(part for part in parts if part)


_SESSION = {
    "month": r"(?:\d{4}-)?(\d\d?)(?:月)?", "hours": r"(\d+(?:\.\d)?)(?:课时|小时|h)", "people": r"(\d+)人",
    "department": r"(\S+部)",
}  # fmt: skip


def _sessions(text: str) -> Iterable[dict[str, str]]:
    """`消防演练 3月 2课时 客服部 14人、…` → a row each; told apart by how each word is written."""
    for part in many(text):
        row: dict[str, str] = {}
        for word in fold(part).split():
            marked = re.search("月|-|课时|小时|h|人|部", word)
            name, found = next(
                ((n, m) for n, pattern in _SESSION.items() if marked and (m := re.fullmatch(pattern, word, re.ASCII))),
                ("topic", None),
            )
            if name in row:
                raise ValueError(f"看不懂“{part}”：{word} 是第二个{_SESSION_ZH[name]}，请分成两条，用 、 隔开")
            row[name] = f"{int(found[1]):02d}" if found and name == "month" else found[1] if found else word
        if "topic" not in row:
            raise ValueError(f"“{part}”没有主题，请写成 消防演练 3月 2课时 客服部 14人 这样")
        yield row


_SESSION_CELLS = (
    Cell("topic", "主题", v.TEXT, True), Cell("month", "月份", MONTH),
    Cell("hours", "课时", v.QUANTITY), Cell("department", "部门", v.DEPARTMENT), Cell("people", "人数", v.COUNT),
)  # fmt: skip
_SESSION_ZH = {cell.name: cell.zh for cell in _SESSION_CELLS}
SESSIONS = rows("sessions", "培训项目", _SESSION_CELLS, _sessions, session_zh)


def year_in_sight(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A plan is for a year that can be meant; a dunning plan has targets, a training plan what is to be taught."""
    year = values.get("year")
    if year is not None and not 2000 <= year <= basis.now.year + 5:
        yield Problem(f"年度 {year} 不对：请写四位年份", field="year")
    if values.get("plan") == "dunning" and not values.get("targets"):
        yield Problem("催缴计划缺少目标：请用 --targets 给出，如 周敏 3栋 95%、往年 60%", field="targets")
    if values.get("plan") == "training" and not values.get("sessions"):
        yield Problem("培训计划缺少项目：请用 --sessions 给出，如 消防演练 3月 2课时 客服部 14人", field="sessions")


def something_revised(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """What is revised is what the plan is made of."""
    told = given.get("targets") or given.get("sessions")
    return "" if told else "没有写调整成什么：请用 --targets 或 --sessions 给出"


def collectors(plans: Iterable[Record]) -> dict[str, str]:
    """Who collects in which building by these plans; the later plan goes before the earlier one."""
    found: dict[str, str] = {}
    for plan in sorted(plans, key=lambda r: r.recorded):
        for row in plan.get("targets") or ():
            if row.get("building") and row.get("collector"):
                found[row["building"]] = row["collector"]
    return found


KIND = Kind(
    name="yearplan",
    prefix="JH",
    zh="年度计划",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.TEXT, "计划名称", required=True, zh_hint="如 2026催缴"),
        Field("plan", SORT, "计划种类", required=True),
        Field("year", v.COUNT, "年度", required=True),
        Field("targets", TARGETS, "目标", zh_hint="催收人、楼栋、月份、往年、目标率、金额，如 周敏 3栋 95%、往年 60%"),
        Field("sessions", SESSIONS, "培训项目", zh_hint="主题、月份、课时、部门、人数，如 消防演练 3月 2课时 14人"),
        Field("text", v.MEMO, "内容"),
        Field("drawn_up_by", v.STAFF, "编制人"),
        Field("approved_by", v.STAFF, "批准人"),
    ),
    flow=Flow(
        states=(
            State("drafted", "草拟", open=False),
            State("approved", "已批准", open=False),
            State("ended", "已结束", open=False),
        ),
        steps=(
            Step("approve", "批准", "drafted -> approved", ("approved_by",)),
            Step("revise", "调整目标", "drafted approved", ("reason",), ("targets", "sessions"),
                 guard=something_revised),
            Step("end", "结束", "approved -> ended", (), ("reason",)),
        ),
    ),
    positional=("name",),
    checks=(year_in_sight,),
    fixed=("targets", "sessions"),
    about=("plan", "year"),
    people=("drawn_up_by",),
    columns=("id", "status", "name", "plan", "year", "targets", "sessions", "drawn_up_by",
             "approved_by"),
    slip=Slip(
        "年度计划", ("name", "plan", "year", "targets", "sessions", "text", "drawn_up_by", "approved_by"),
        ("编制人", "批准人"),
    ),
    example={
        "name": "2026催缴", "plan": "催缴", "year": "2026", "drawn_up_by": "周敏",
        "targets": "周敏 3栋 95%、周敏 3栋 11月 8% 12000元、往年 60%",
    },
)  # fmt: skip
