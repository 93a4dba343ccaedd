"""The kinds of record: one literal table, a line a kind, because the command line needs all names first."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from wuye.schema import Kind

KINDS: tuple[tuple[str, str, str], ...] = (
    ("complaint", "TS", "投诉"),
    ("visitor", "FK", "访客"),
    ("workorder", "GD", "工程单"),
    ("pass", "FX", "放行条"),
    ("dunning", "CS", "催收"),
    ("unit", "FW", "房屋"),
    ("resident", "YH", "业户"),
    ("staff", "YG", "员工"),
    ("department", "BM", "部门"),
    ("vendor", "WB", "外包单位"),
    ("contact", "LD", "来电来访来函"),
    ("dutylog", "ZB", "值班日志"),
    ("task", "RW", "交办"),
    ("followup", "HF", "回访"),
    ("mail", "XJ", "信件快递"),
    ("notice", "TZ", "通知公告"),
    ("event", "HD", "活动会议"),
    ("document", "DA", "档案"),
    ("movein", "RH", "入伙"),
    ("fitout", "ZX", "装修"),
    ("registration", "DJ", "出租过户登记"),
    ("takeover", "JC", "新项目交接"),
    ("bill", "ZD", "账单"),
    ("payment", "SK", "收款"),
    ("deposit", "BZ", "押金"),
    ("receipt", "PJ", "收据"),
    ("receiptbook", "PL", "票据本"),
    ("key", "YS", "钥匙"),
    ("keyloan", "JY", "钥匙借用"),
    ("card", "IC", "智能卡"),
    ("stocktake", "PD", "盘点"),
    ("supply", "WL", "物料"),
    ("parking", "CW", "车位"),
    ("space", "ZW", "招租位"),
    ("lease", "ZL", "招租"),
    ("reading", "CB", "抄表"),
    ("dayclose", "RJ", "日结"),
    ("monthclose", "YJ", "月结"),
    ("yearplan", "JH", "年度计划"),
    ("incident", "SJ", "突发事件"),
    ("patrol", "XC", "巡查"),
    ("inspection", "DC", "部门检查"),
    ("nonconformity", "BH", "不合格项"),
    ("handover", "JJ", "交接班"),
    ("roster", "PB", "排班"),
    ("leave", "QJ", "请假"),
    ("attendance", "KQ", "考勤"),
    ("training", "PX", "培训"),
    ("survey", "DY", "满意度调查"),
    ("answer", "WJ", "答卷"),
)


@cache
def kind(name: str) -> Kind:
    """The kind of that English name; KeyError where there is none."""
    if name not in {row[0] for row in KINDS}:
        raise KeyError(name)
    return cast(Kind, import_module(f"wuye.records.{name}").KIND)


def name_of(word: str) -> str | None:
    """The English name that a word stands for: name, prefix or Chinese name; None where it is no kind."""
    for name, prefix, zh in KINDS:
        if word.lower() == name or word.upper() == prefix or word == zh:
            return name
    return None
