"""Number plates of vehicles: an odd one is warned about, never refused (domain.md L)."""

from __future__ import annotations

import re

from wuye.numerals import fold

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_SERIAL = "[A-HJ-NP-Z0-9]"
_REGULAR = (
    # province, letter, five of which at most the letters I and O are never used
    rf"[{_PROVINCES}][A-HJ-Z]{_SERIAL}{{5}}",
    # new energy: small vehicles have the letter first, large ones last
    rf"[{_PROVINCES}][A-HJ-Z](?:[A-HJK]{_SERIAL}\d{{4}}|\d{{5}}[A-HJK])",
    rf"[{_PROVINCES}][A-HJ-Z]{_SERIAL}{{4}}[挂学警领]",
    rf"粤Z{_SERIAL}{{4}}[港澳]",
    r"使\d{6}|\d{6}使",
)


def parse(text: str) -> tuple[str, str]:
    """The canonical plate, `粤B12345`, and a Chinese warning, empty where the plate is regular.

    Raises ValueError only where nothing is left to keep.
    """
    plate = re.sub(r"[\s·•・‧.\-_]", "", fold(text)).upper()
    if not plate:
        raise ValueError("车牌是空的，请填车牌号")
    if any(re.fullmatch(pattern, plate, re.ASCII) for pattern in _REGULAR):
        return plate, ""
    return plate, f"车牌“{plate}”{_oddity(plate)}，已照填，请核对"


def _oddity(plate: str) -> str:
    if plate[0] not in _PROVINCES + "使" and not plate.endswith("使"):
        return "开头不是省份简称"
    if "使" in plate:
        return "不合使馆车牌的写法（使加 6 位数字）"
    if not re.match("[A-HJ-Z]", plate[1:]):
        return "第二位应是发牌机关字母"
    if len(plate) not in (7, 8):
        return f"应为 7 位（新能源 8 位），现为 {len(plate)} 位"
    if re.search("[IO]", plate[2:]):
        return "序号里有字母 I 或 O，可能是数字 1 或 0"
    if plate[-1] in "港澳":
        return "以港、澳结尾的应以粤Z开头"
    if len(plate) == 8:
        return "不合新能源车牌的写法"
    return "不合车牌的写法"
