"""月结: the month's money with the company accountant; from then on the month is frozen (domain.md 33)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.listed import ITEMS, PAPERS, SEALS, TAKINGS
from wuye.schema import Kind, Slip


def reported_as_taken(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """What was reported to the company is what the records say, or the difference has its reason."""
    if values.get("difference_reason"):
        return
    if values.get("reported") is not None and values.get("net") is not None and values["reported"] != values["net"]:
        yield Problem(
            f"报公司 {v.MONEY.show(values['reported'])}，台账净收 {v.MONEY.show(values['net'])}：请先核对，"
            "确有差额的请用 --difference-reason 写明原因",
            field="reported",
        )
    told, used = values.get("reported_receipts"), values.get("receipts_used")
    if told is not None and used is not None and told != used:
        yield Problem(
            f"报公司收据 {told} 张，台账已开 {used} 张：请先核对，确有差额的请用 --difference-reason 写明原因",
            field="reported_receipts",
        )


KIND = Kind(
    name="monthclose",
    prefix="YJ",
    zh="月结",
    fields=(
        Field("month", v.MONTH, "月份", required=True),
        Field("accountant", v.NAME, "会计", required=True, zh_hint="与哪位公司会计对的账"),
        Field("reported", v.MONEY, "报公司金额"),
        Field("reported_receipts", v.COUNT, "报公司收据张数"),
        Field("difference_reason", v.TEXT, "差额原因"),
        Field("remark", v.TEXT, "备考"),
        Field("takings", TAKINGS, "按方式合计", typed=False),
        Field("net", v.DIFFERENCE, "净收（不含押金）", typed=False),
        Field("items", ITEMS, "按项目合计", typed=False),
        Field("credit_before", v.MONEY, "月初预存", typed=False),
        Field("credit_after", v.MONEY, "月末预存", typed=False),
        Field("deposits_kept", v.MONEY, "押金扣款（转作收入）", typed=False),
        Field("deposits_held", v.MONEY, "月末持有押金", typed=False),
        Field("papers", PAPERS, "收据起止", typed=False),
        Field("receipts_used", v.COUNT, "已开收据张数", typed=False),
        Field("receipts_spoiled", v.COUNT, "作废收据张数", typed=False),
        Field("days_closed", v.COUNT, "日结份数", typed=False),
        Field("seals", SEALS, "冻结文件", typed=False),
        Field("frozen", v.TEXT, "冻结清单", typed=False),
        Field("seal", v.TEXT, "冻结清单哈希", typed=False),
    ),
    flow=Flow(
        states=(State("closed", "已月结", open=False), State("reopened", "已重开", open=False)),
        steps=(Step("reopen", "重开", "closed -> reopened", ("reason",)),),
    ),
    positional=("month",),
    checks=(reported_as_taken,),
    fixed=("month", "accountant", "reported", "reported_receipts", "difference_reason"),
    money=True,
    about=("month", "net"),
    people=("accountant",),
    columns=("id", "status", "month", "accountant", "net", "takings", "items", "receipts_used", "receipts_spoiled"),
    slip=Slip(
        "收支月结表",
        ("month", "takings", "net", "items", "credit_before", "credit_after", "deposits_kept", "deposits_held",
         "papers", "receipts_used", "receipts_spoiled", "reported", "reported_receipts", "difference_reason",
         "accountant"),
        ("制表人", "会计"),
    ),
    example={"month": "2026-10", "accountant": "孙会计"},
)  # fmt: skip
