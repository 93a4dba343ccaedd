"""Amounts of money: exact decimals to the cent, typed as people write them, in capitals on paper (design.md 2)."""

from __future__ import annotations

import re
from decimal import Decimal

from wuye.errors import BadInput
from wuye.numerals import fold

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_TYPED = r"[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?\s*(?:元|圆|块)?整?"
_FOREIGN = r"(?:[$€£₩]|[A-Z]{2,3}\$?|[A-Z]\$)\s*[\d,.]+|[\d,.]+\s*(?:[$€£₩]|[A-Z]{3}|美元|港元|港币|欧元|日元|英镑)"
_STORED = r"\d{1,12}\.\d\d"
_CAPITALS = r"[零壹贰叁肆伍陆柒捌玖一二两三四五六七八九十百千拾佰仟万亿元圆角分整正]+"


def parse(text: str) -> Decimal:
    """A typed amount, `1,073.16`, `¥300`, `300元`; raises ValueError with a Chinese phrase."""
    typed = fold(text).strip()
    found = re.fullmatch(_TYPED, typed, re.ASCII)
    if found and len(found[1].replace(",", "")) <= 12:
        return (Decimal(found[1].replace(",", "")) + Decimal(found[2] or 0)).quantize(CENT)
    if re.fullmatch(_CAPITALS, typed):
        raise ValueError(f"金额请写数字，如 1073.16，大写由程序写出，现为“{text}”")
    if re.match(r"[¥￥]?\s*-", typed):
        raise ValueError(f"金额不能是负数：退款、冲销各有自己的步骤，请写正数，现为“{text}”")
    if re.match(r"[¥￥]?\s*[\d,]+\.\d{3,}", typed):
        raise ValueError(f"金额最多两位小数（到分），请改正，现为“{text}”")
    if found:
        raise ValueError(f"金额太大，最多十二位整数：请核对，现为“{text}”")
    if re.fullmatch(_FOREIGN, typed, re.ASCII):
        raise ValueError(f"金额只收人民币，不写外币符号：请折成人民币写数字，现为“{text}”")
    raise ValueError(f"应是不小于 0 的金额，最多两位小数，现为“{text}”")


def read(text: str) -> Decimal:
    """A stored amount, `1073.16`; raises ValueError with a Chinese phrase."""
    if not re.fullmatch(_STORED, text, re.ASCII):
        raise ValueError(f"应是 1073.16 这样的金额，现为“{text}”")
    return Decimal(text)


def read_signed(text: str) -> Decimal:
    """A stored difference, `-12.00`; raises ValueError with a Chinese phrase."""
    return -read(text[1:]) if text.startswith("-") else read(text)


def dump(amount: Decimal) -> str:
    """The stored text, always with two decimals."""
    return f"{amount.quantize(CENT):f}"


def show(amount: Decimal) -> str:
    """What the desk reads: `1,073.16`."""
    return f"{amount.quantize(CENT):,}"


def capital(amount: Decimal) -> str:
    """An amount as receipts write it, 叁佰贰拾伍元零肆分 (domain.md J).

    Raises BadInput naming the extra where `cn2an` is not installed, ValueError for what is no amount to the cent.
    """
    try:
        from cn2an import an2cn
    except ImportError as error:
        raise BadInput("大写金额要用 cn2an，这台电脑没有装：请运行 pip install 'wuye[office]'") from error
    exact = amount.quantize(CENT)
    if exact != amount or exact < 0:
        raise ValueError(f"{amount} 不是到分的金额")
    words = str(an2cn(f"{exact:f}", "rmb"))
    # It leaves out the zero for four empty places below 亿, and the 整 after 角.
    if int(exact) // 10_000 % 10_000 == 0:
        words = re.sub("亿(?=[^零元])", "亿零", words)
    return words if words.endswith(("整", "分")) else f"{words}整"
