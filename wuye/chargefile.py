"""Reading the `charges:` section of wuye.yaml: every mistake at once, each with its place (domain.md 30)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dateutil.relativedelta import relativedelta

from wuye import records
from wuye.charges import PERIODS, WAYS, ChargeItem, Charges, Due, Rate, Special
from wuye.errors import Fault
from wuye.ledger import Terms
from wuye.typed import nearest
from wuye.values import many

MOST_A_DAY = Decimal("0.01")


def parse(raw: Any) -> tuple[Charges, list[Fault]]:
    """The items of the mapping under `charges`, with every mistake in it."""
    if raw in ("", None):
        return Charges({}), []
    if not isinstance(raw, dict):
        return Charges({}), [Fault(("charges",), "charges 应是“代码: 内容”的清单，请按 docs/money.md 的样子写")]
    items: dict[str, ChargeItem] = {}
    faults: list[Fault] = []
    names: dict[str, str] = {}
    for code, body in raw.items():
        item, wrong = _item(code, body)
        faults += wrong
        for word in {item.code, item.zh} if item else ():
            if word in names:
                faults.append(Fault(("charges", code), f"收费项目“{word}”写了两次，请改名或删去一条"))
            names[word] = code
        if item:
            items[code] = item
    return Charges(items), faults


def _item(code: str, body: Any) -> tuple[ChargeItem | None, list[Fault]]:
    path: tuple[str | int, ...] = ("charges", code)
    if not re.fullmatch(r"[^\s,，、;；:：'\"]{1,30}", code):
        return None, [Fault(path, f"收费项目的代码“{code}”应是不带空格和标点的一个词，请改短")]
    if not isinstance(body, dict):
        return None, [Fault(path, f"收费项目 {code} 应写成几行“名称: 值”，如 way: area、rates，请补上")]
    found: dict[str, Any] = {"code": code, "zh": code}
    faults = []
    for key, value in body.items():
        if key not in _KEYS:
            faults.append(Fault((*path, key), f"收费项目 {code} 没有 {key} 这一项{nearest(key, _KEYS)}，请改正"))
            continue
        name, read = _KEYS[key]
        try:
            found[name] = read(value)
        except _Wrong as wrong:
            faults += [Fault((*path, key, *at), f"收费项目 {code} 的 {key}：{words}") for at, words in wrong.faults]
        except ValueError as error:
            faults.append(Fault((*path, key), f"收费项目 {code} 的 {key} {error}"))
    if "way" not in body:
        faults.append(Fault(path, f"收费项目 {code} 缺少 way（收费方式）：请写 {'、'.join(WAYS)} 之一"))
    if faults:
        return None, faults
    item = ChargeItem(**found)
    return item, [Fault((*path, *at), f"收费项目 {code} {words}") for at, words in _fits(item, body)]


def _fits(item: ChargeItem, body: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What does not go together within one item."""
    way = item.way
    if way == "lease" and item.rates:
        yield ("rates",), "按租约收费，租金写在租约里：请删去 rates"
    if way != "lease" and not item.rates and not (way == "share" and item.amounts):
        yield (), f"缺少价：请写 rates: [{{from: 2026-01-01, rate: '2.80'}}]{'或 amounts' if way == 'share' else ''}"
    if item.amounts and way != "share":
        yield ("amounts",), "只有分摊（way: share）才写 amounts：请改写 rates"
    if way in ("share", "reading") and item.period != "month":
        yield ("period",), "按读数和分摊的收费项目按月出账：请删去 period"
    if item.anniversary and way not in ("area", "fixed"):
        yield ("anniversary",), "只有按面积和定额的收费项目可按周年：请删去 anniversary"
    if "per" in body and way not in ("area", "fixed", "bay"):
        yield ("per",), "只有按面积、定额和按车位的收费项目可写 per：请删去"
    if item.since > item.until:
        yield ("until",), "的 until 早于 from：请核对"
    for index, one in enumerate(item.specials):
        if way == "lease" or (way == "share" and one.factor is None) or (way == "reading" and one.amount is not None):
            allowed = {"lease": "不能写例外", "share": "的例外只能写 factor"}.get(way, "的例外只能写 rate 或 factor")
            yield ("exceptions", index), f"（{WAYS[way]}）{allowed}：请改正"
        for other in item.specials[:index]:
            same = (one.what, one.name) == (other.what, other.name)
            if same and one.since <= other.until and other.since <= one.until:
                yield ("exceptions", index), f"的两条例外 {one.name} 在时间上重叠：请写明各自的 from、until"


class _Wrong(ValueError):
    """Several mistakes below one key."""

    def __init__(self, faults: list[tuple[tuple[str | int, ...], str]]) -> None:
        self.faults = faults
        super().__init__()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应是一个值：请补上")
    return value.strip()


def _word(value: Any) -> str:
    text = _text(value)
    if len(text) > 40 or "\n" in text:
        raise ValueError("太长：请写成一行，最多 40 字")
    return text


def _one_of(labels: Mapping[str, str]) -> Callable[[Any], str]:
    words = {zh: code for code, zh in labels.items()} | {code: code for code in labels}

    def read(value: Any) -> str:
        text = _text(value)
        if text not in words:
            raise ValueError(f"没有“{text}”这种写法：请写 {'、'.join(f'{c}（{z}）' for c, z in labels.items())} 之一")
        return words[text]

    return read


def _flag(value: Any) -> bool:
    return _one_of({"yes": "是", "no": "否"})(value) == "yes"


def _words(value: Any) -> tuple[str, ...]:
    found = many(value) if isinstance(value, str) else tuple(_text(one) for one in value if isinstance(value, list))
    if not found:
        raise ValueError("是空的：请写上，或删去这一行")
    return found


def _uses(value: Any) -> tuple[str, ...]:
    choices = dict(records.kind("unit")["use"].type.choices)
    return tuple(_one_of(choices)(word) for word in _words(value))


def _number(value: Any, most: Decimal | None = None, places: int = 6) -> Decimal:
    """A number from nought, `%` understood where it is a share of something."""
    text = _text(value)
    share = most is not None and text.endswith("%")
    if not re.fullmatch(rf"\d{{1,9}}(\.\d{{1,{places}}})?", text.removesuffix("%") if share else text, re.ASCII):
        raise ValueError(f"应是不小于 0 的数，最多 {places} 位小数，现为“{text}”：请改正")
    found = Decimal(text.removesuffix("%")) / (100 if share else 1)
    if most is not None and found > most:
        raise ValueError(f"最大 {most}，现为“{text}”：请核对小数点")
    return found


def _factor(value: Any) -> Decimal:
    return _number(value, Decimal(10))


def _first(value: Any) -> date:
    """A first day: `2026-01-01`, or `2026-01` for the first of the month."""
    text = _text(value)
    try:
        return date.fromisoformat(f"{text}-01" if re.fullmatch(r"\d{4}-\d\d", text, re.ASCII) else text)
    except ValueError:
        raise ValueError(f"应是 2026-01-01 这样的日期，现为“{text}”：请改正") from None


def _last(value: Any) -> date:
    """A last day: `2026-12-31`, or `2026-12` for the end of the month."""
    found = _first(value)
    return found + relativedelta(day=31) if len(_text(value)) == 7 else found


def _due(value: Any) -> Due:
    text = _text(value)
    if found := re.fullmatch(r"(\d{1,3})\s*(?:d|天)", text, re.ASCII):
        return Due(0, int(found[1]))
    day = text.removesuffix("日").removesuffix("号")
    if not day.isascii() or not day.isdigit() or not 1 <= int(day) <= 31:
        raise ValueError(f"应是每月几日（1 到 31），或出账后几天（如 15d），现为“{text}”：请改正")
    return Due(int(day))


def _late_fee(value: Any) -> Terms:
    readers = {
        "rate": lambda v: _number(v, MOST_A_DAY, 8), "grace": lambda v: int(_number(v, None, 1)),
        "cap": lambda v: _number(v, Decimal(10)),
    }  # fmt: skip
    found = _mapping(value, readers)
    if "rate" not in found:
        raise ValueError("缺少 rate：请写每天的标准，如 0.0005 或 0.05%")
    return Terms(**found)


def _mapping(value: Any, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """A small mapping, every mistake in it at once."""
    if not isinstance(value, dict):
        raise ValueError(f"应写成 {{{', '.join(f'{name}: …' for name in readers)}}}：请改正")
    found: dict[str, Any] = {}
    faults: list[tuple[tuple[str | int, ...], str]] = []
    for key, one in value.items():
        if key not in readers:
            faults.append(((key,), f"没有 {key} 这一项，可写 {'、'.join(readers)}：请改正"))
            continue
        try:
            found[key] = readers[key](one)
        except ValueError as error:
            faults.append(((key,), f"{key} {error}"))
    if faults:
        raise _Wrong(faults)
    return found


def _several(value: Any, read: Callable[[Any], Any]) -> list[Any]:
    """A list of mappings, every mistake of every one of them at once."""
    if not isinstance(value, list):
        raise ValueError("应是一串，每条一行以 - 开头：请改正")
    found, faults = [], []
    for index, one in enumerate(value):
        try:
            found.append(read(one))
        except _Wrong as wrong:
            faults += [((index, *at), f"第 {index + 1} 条 {words}") for at, words in wrong.faults]
        except ValueError as error:
            faults.append(((index,), f"第 {index + 1} 条 {error}"))
    if faults:
        raise _Wrong(faults)
    return found


def _rate(value: Any) -> Rate:
    found = _mapping(value, {"from": _first, "rate": _number})
    if "from" not in found:
        raise ValueError("的价没有写从哪天起：请加 from，如 {from: 2026-01-01, rate: '2.80'}")
    if "rate" not in found:
        raise ValueError("只有日期没有价：请加 rate")
    return Rate(found["from"], found["rate"])


def _rates(value: Any) -> tuple[Rate, ...]:
    if isinstance(value, str) and value:
        raise ValueError(f"的价 {value} 没有写从哪天起：请写成 [{{from: 2026-01-01, rate: '{value}'}}]")
    found: Sequence[Rate] = sorted(_several(value, _rate))
    for one, other in pairwise(found):
        if one.since == other.since:
            raise ValueError(f"有两个价都从 {one.since} 起：请删去一个")
    return tuple(found)


def _amounts(value: Any) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise ValueError("应写成 {2026-11: '3000.00'}：请改正")
    for month in value:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(month), re.ASCII):
            raise ValueError(f"的“{month}”不是月份：请写成 2026-11")
    return {month: _number(amount, None, 2) for month, amount in value.items()}


def _special(value: Any) -> Special:
    readers: dict[str, Callable[[Any], Any]] = {
        "room": _word, "bay": _word, "reason": _word, "rate": _number, "amount": lambda v: _number(v, None, 2),
        "factor": _factor, "from": _first, "until": _last,
    }  # fmt: skip
    found = _mapping(value, readers)
    whom = [name for name in ("room", "bay") if name in found]
    how = [name for name in ("rate", "amount", "factor") if name in found]
    if len(whom) != 1:
        raise ValueError("应写明是哪一户（room）或哪个车位（bay），只写一个：请改正")
    if len(how) != 1:
        raise ValueError("应写 rate（价）、amount（金额）、factor（系数）之一：请改正")
    if "reason" not in found:
        raise ValueError(f"（{found[whom[0]]}）没有写理由：请加 reason")
    since, until = found.get("from", date.min), found.get("until", date.max)
    if since > until:
        raise ValueError("的 until 早于 from：请核对")
    return Special(whom[0], found[whom[0]], found["reason"], found.get("rate"), found.get("amount"),
                   found.get("factor"), since, until)  # fmt: skip


def _specials(value: Any) -> tuple[Special, ...]:
    return tuple(sorted(_several(value, _special), key=lambda s: (s.what, s.name, s.since)))


_KEYS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "zh": ("zh", _word),
    "way": ("way", _one_of(WAYS)),
    "uses": ("uses", _uses),
    "buildings": ("buildings", _words),
    "rooms": ("rooms", _words),
    "bays": ("bays", _words),
    "common": ("common", _flag),
    "by": ("by", _one_of({"area": "面积", "unit": "户"})),
    "unit": ("unit", _word),
    "payer": ("payer", _one_of({"owner": "业主", "tenant": "租户"})),
    "from": ("since", _first),
    "until": ("until", _last),
    "rates": ("rates", _rates),
    "amounts": ("amounts", _amounts),
    "per": ("per", _one_of({"month": "月", "period": "期"})),
    "period": ("period", _one_of(PERIODS)),
    "anniversary": ("anniversary", _flag),
    "due": ("due", _due),
    "rounding": ("rounding", _one_of({"cent": "分", "yuan": "元"})),
    "vacant": ("vacant", _factor),
    "developer_before_handover": ("developer", _flag),
    "late_fee": ("terms", _late_fee),
    "exceptions": ("specials", _specials),
}
