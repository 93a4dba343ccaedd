"""What a common part costs, put down on the lease or the space: it goes before the owners' share (K 282)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wuye.fields import Field
from wuye.flow import Step
from wuye.values import MONEY, TEXT

if TYPE_CHECKING:
    from wuye.basis import Basis
    from wuye.record import Record

COSTED = (
    Field("cost", MONEY, "成本金额", on_log=True, zh_hint="合理成本，进共有部分收支（民法典 282）"),
    Field("what", TEXT, "成本事项", on_log=True),
    Field("voucher", TEXT, "凭证号", on_log=True),
)
"""What a cost says; every kind that bears costs has these fields."""


def _some(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    return "" if given["cost"] else "成本金额是 0：请核对 --cost"


def _not_the_owners(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    return "" if record.get("common") else "不是共有部分：这笔成本不进共有部分收支"


def cost(arrow: str) -> Step:
    """The step by which a cost is put down."""
    return Step("cost", "登记成本", arrow, ("cost", "what"), ("voucher",), guard=_some, warn=_not_the_owners)
