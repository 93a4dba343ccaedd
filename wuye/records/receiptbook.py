"""票据本: a book of numbered receipts, from being drawn until its stubs are handed in (domain.md 32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wuye import values as v
from wuye.basis import Basis
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow, State, Step
from wuye.schema import Kind, Slip


def range_in_order(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A book runs from a number to a later one of the same width."""
    first, last = values.get("first") or "", values.get("last") or ""
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit()):
        yield Problem("起止号应是数字：请核对 --first 和 --last", field="first")
    elif len(first) != len(last) or int(first) > int(last):
        yield Problem("起止号位数不同或次序颠倒：请核对 --first 和 --last", field="last")


KIND = Kind(
    name="receiptbook",
    prefix="PL",
    zh="票据本",
    book=True,
    own_name="name",
    unique=True,
    fields=(
        Field("name", v.TEXT, "本号", required=True),
        Field("first", v.CODE, "起号", required=True),
        Field("last", v.CODE, "止号", required=True),
        Field("drawn_by", v.STAFF, "领用人", zh_hint="不写为经办人"),
        Field("holder", v.STAFF, "现持有人"),
        Field("next_number", v.CODE, "交接时下一号", on_log=True),
        Field("counted_by", v.NAME, "清点人", on_log=True, zh_hint="交接双方，如 周敏、李静"),
        Field("to", v.NAME, "交给", on_log=True),
    ),
    flow=Flow(
        states=(
            State("drawn", "在用", open=False),
            State("finished", "用完", open=False),
            State("handed-in", "已交回存根", open=False),
        ),
        steps=(
            Step("hand-over", "转交", "drawn", ("holder", "next_number", "counted_by")),
            Step("finish", "用完", "drawn -> finished", (), ("reason",)),
            Step("hand-in", "交回存根", "finished -> handed-in", ("to",), ("counted_by",)),
        ),
    ),
    positional=("name", "first", "last"),
    checks=(range_in_order,),
    fixed=("name", "first", "last", "drawn_by", "holder"),
    money=True,
    about=("first", "last"),
    people=("holder",),
    columns=("id", "status", "name", "first", "last", "drawn_by", "holder"),
    slip=Slip("票据领用情况表", ("name", "first", "last", "drawn_by", "holder"), ("领用人", "发放人")),
    example={"name": "2026-03", "first": "0012301", "last": "0012350", "drawn_by": "周敏"},
)  # fmt: skip
