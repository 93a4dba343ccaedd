"""Amounts of money: exact decimals to the cent, typed as people write them (design.md 2)."""

from __future__ import annotations

import re
from decimal import Decimal

from wuye.numerals import fold

CENT = Decimal("0.01")
_TYPED = r"[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?\s*(?:元|圆|块)?整?"
_STORED = r"\d{1,12}\.\d\d"


def parse(text: str) -> Decimal:
    """A typed amount, `1,073.16`, `¥300`, `300元`; raises ValueError with a Chinese phrase."""
    found = re.fullmatch(_TYPED, fold(text).strip(), re.ASCII)
    if not found or len(found[1].replace(",", "")) > 12:
        raise ValueError(f"应是不小于 0 的金额，最多两位小数，现为“{text}”")
    return (Decimal(found[1].replace(",", "")) + Decimal(found[2] or 0)).quantize(CENT)


def read(text: str) -> Decimal:
    """A stored amount, `1073.16`; raises ValueError with a Chinese phrase."""
    if not re.fullmatch(_STORED, text, re.ASCII):
        raise ValueError(f"应是 1073.16 这样的金额，现为“{text}”")
    return Decimal(text)


def dump(amount: Decimal) -> str:
    """The stored text, always with two decimals."""
    return f"{amount.quantize(CENT):f}"


def show(amount: Decimal) -> str:
    """What the desk reads: `1,073.16`."""
    return f"{amount.quantize(CENT):,}"
