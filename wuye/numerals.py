"""Full-width characters and Chinese numerals as an input method leaves them in codes, dates and numbers."""

from __future__ import annotations

import re

_FOLD = (
    {0xFF01 + i: 0x21 + i for i in range(94)}
    | dict.fromkeys([0x3000, 0xA0, *range(0x2000, 0x200B)], 0x20)
    | dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), 0x2D)
)
_DIGIT = {c: str(n) for n, chars in enumerate(("零〇○", *"一二三四五六七八九")) for c in chars} | {"两": "2"}
_TENS = {"廿": "2", "卅": "3"}
_RUN = r"[零〇○一二两三四五六七八九十廿卅百]+"
_COUNTED = (
    r"(?:([一二两三四五六七八九])百)?(零)?"
    r"(?:([一二三四五六七八九]?)(十)|([廿卅]))?([一二三四五六七八九])?"
)


def fold(text: str) -> str:
    """The text with full-width letters, digits, punctuation, blanks and every dash made ASCII, one for one.

    For codes and numbers only: narrative text keeps its punctuation (design §4). Positions stay the same.
    """
    return text if text.isascii() else text.translate(_FOLD)


def number(word: str) -> str | None:
    """The ASCII digits of one Chinese numeral below 1000, or of digits read out one by one; None for others.

    `二十二` 22, `两` 2, `一百零五` 105; with a zero in it or of four figures one by one: `零五` 05,
    `二〇二六` 2026. `三五` (three to five), `十五六` and `一百五` are no single number.
    """
    if len(word) > 1 and all(c in _DIGIT and c != "两" for c in word):
        spoken = len(word) == 4 or any(_DIGIT[c] == "0" for c in word)
        return "".join(_DIGIT[c] for c in word) if spoken else None
    if word in _DIGIT:
        return _DIGIT[word]
    found = re.fullmatch(_COUNTED, word)
    if not word or not found:
        return None
    hundreds, zero, tens, ten, twenty, ones = found.groups()
    if bool(zero) != bool(hundreds and ones and not (ten or twenty)):
        return None
    if hundreds and ten and not tens:
        return None
    figure = _DIGIT[tens] if tens else "1" if ten else _TENS[twenty] if twenty else "0"
    return str(int((_DIGIT[hundreds] if hundreds else "0") + figure + (_DIGIT[ones] if ones else "0")))


def digits(text: str) -> str:
    """The text with its Chinese numerals as ASCII digits.

    Left as they are: runs that are no number, that touch ASCII digits, and four figures that are no year.
    """

    def convert(found: re.Match[str]) -> str:
        word = found[0]
        figures = number(word)
        plain = len(word) == 4 and not set(word) & set("零〇○十廿卅百")
        if figures is None or (plain and not text.startswith("年", found.end())):
            return word
        return figures

    return re.sub(rf"(?<![0-9]){_RUN}(?![0-9])", convert, text)
