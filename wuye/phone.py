"""Telephone numbers as the desk writes them, kept as text (domain.md L)."""

from __future__ import annotations

import re

from wuye.numerals import fold

_MOBILE = r"1[3-9]\d{9}"
_SERVICE = r"1\d\d|1[0-2]\d{3}|9[56]\d{3,4}"
_EXTENSION = r"(.*?)\s*(?:转|分机|ext\.?|#)\s*[:.]?\s*(\d{1,6})"


def parse(text: str) -> str:
    """The canonical text of one number.

    `13800138000`, `0755-88886666-801`, `400-820-8820`, `88886666`, `12345`, abroad `+85291234567`; +86 is
    taken off. Raises ValueError with a Chinese phrase naming what is wrong.
    """
    typed = fold(text).strip().lower()
    if not typed:
        raise ValueError("电话是空的，请填号码")
    if len(typed) == 11 and typed.isascii() and typed.isdigit() and typed[0] == "1" and typed[1] in "3456789":
        return typed
    extension = ""
    if found := re.fullmatch(_EXTENSION, typed, re.ASCII):
        typed, extension = found[1], found[2]
    if not re.fullmatch(r"\+?[0-9()\s.·-]+", typed):
        raise ValueError(f"电话只能有数字、横线和“转”分机，一次写一个号码，现为“{text.strip()}”")
    if re.match(r"(?:\+|00)(?!\s*86)", typed):
        return _abroad(typed, extension)
    groups = [re.sub(r"\D", "", group) for group in re.split(r"[-()]+", _home(typed))]
    groups = [group for group in groups if group]
    if not groups:
        raise ValueError("电话里没有数字，请填号码")
    number = _short_or_mobile(groups) or _landline(groups)
    if not number:
        raise ValueError(_complaint("".join(groups)))
    body, own = number
    if own and extension:
        raise ValueError(f"有两个分机号（{own}、{extension}），请只留一个")
    if len(own) > 6:
        raise ValueError(f"分机号应不超过 6 位，现为 {len(own)} 位")
    extension = own or extension
    if extension and len(body) < 7:
        raise ValueError(f"短号 {body} 不带分机，请核对号码")
    if extension and re.fullmatch(r"[48]00\d{7}", (body + extension).replace("-", "")):
        raise ValueError("分不清是 400 电话还是分机号，请写全区号和分机号")
    return f"{body}-{extension}" if extension else body


def _home(typed: str) -> str:
    """The number as dialled within the country."""
    rest = re.sub(r"^(?:\+|00)\s*86[\s.-]*", "", typed)
    if rest == typed:
        digits = re.sub(r"\D", "", typed)
        return digits[2:] if re.fullmatch(rf"86{_MOBILE}", digits) else typed
    digits = re.sub(r"\D", "", rest)
    # Abroad the area code goes without its zero: +86 755 8888 6666.
    plain = re.match(rf"0|{_MOBILE}|[48]00\d{{7}}$|(?:{_SERVICE})$", digits)
    return rest if plain else "0" + rest.lstrip(" (")


def _abroad(typed: str, extension: str) -> str:
    digits = re.sub(r"\D", "", typed.removeprefix("00"))
    if not 8 <= len(digits) <= 15 or digits.startswith("0"):
        raise ValueError(f"境外号码连国家区号应为 8 到 15 位，现为 {len(digits)} 位")
    return f"+{digits}-{extension}" if extension else f"+{digits}"


def _short_or_mobile(groups: list[str]) -> tuple[str, str] | None:
    """Mobile, 400/800 or service number, and the group after it as extension."""
    for count in range(max(len(groups) - 1, 1), len(groups) + 1):
        digits, own = "".join(groups[:count]), "".join(groups[count:])
        if re.fullmatch(_MOBILE, digits):
            return digits, own
        if re.fullmatch(r"[48]00\d{7}", digits):
            return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", own
        if not own and re.fullmatch(_SERVICE, digits):
            return digits, ""
    return None


def _landline(groups: list[str]) -> tuple[str, str] | None:
    """Area code (where typed) and 7 or 8 figures, and the group after them as extension."""
    # The shorter reading first: `8888666-6` has an extension, it is not 88886666.
    for count in range(max(len(groups) - 1, 1), len(groups) + 1):
        digits = "".join(groups[:count])
        found = re.fullmatch(r"(010|02\d|0[3-9]\d\d)?([2-9]\d{6,7})", digits)
        if found:
            body = f"{found[1]}-{found[2]}" if found[1] else found[2]
            return body, "".join(groups[count:])
    return None


def _complaint(digits: str) -> str:
    if re.match("1[3-9]", digits):
        return f"手机号应为 11 位，现为 {len(digits)} 位"
    if digits.startswith("1") and len(digits) == 11:
        return f"手机号第二位应是 3 到 9，现为 {digits[1]}"
    if digits.startswith("0"):
        return f"座机应为区号加 7 或 8 位号码（号码不以 0、1 开头），连区号现为 {len(digits)} 位"
    return f"电话应为 11 位手机号、区号加座机、7 或 8 位座机或服务号码，现为 {len(digits)} 位"


def mask(text: str) -> str:
    """The number as strangers may see it: `138****8000`; of others at most the last four, never over half."""
    if found := re.fullmatch(rf"({_MOBILE})(?:-(\d+))?", text, re.ASCII):
        number, extension = found.groups()
        hidden = f"{number[:3]}****{number[7:]}"
        return f"{hidden}-{'*' * len(extension)}" if extension else hidden
    total = sum(c.isalnum() for c in text)
    hide = total - min(4, total // 2)
    shown = []
    for c in text:
        hidden_now = c.isalnum() and hide > 0
        hide -= hidden_now
        shown.append("*" if hidden_now else c)
    return "".join(shown)


def is_mask_of(masked: str, text: str) -> bool:
    """Whether `masked` is the mask of the stored number: it then means "unchanged" (design §6)."""
    typed = fold(masked).strip()
    return "*" in typed and typed == mask(text)
