"""The types of field values: each owns every crossing between what is typed, stored, shown and hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple

from wuye import identity, phone, plate, room, when
from wuye.errors import Problem
from wuye.numerals import fold
from wuye.workdays import DeskTime, Span

_CONTROL = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
LONGEST_LINE, LONGEST_TEXT = 500, 20_000
HIDDEN = "****"
YES = ("yes", "y", "true", "1", "是", "有", "对")
NO = ("no", "n", "false", "0", "否", "无", "没有")
Direction = Literal["past", "future", "any"]


class Typing(NamedTuple):
    """What is needed to understand typed words: the moment, the desk's time, the unit register.

    `since` is when it happened that is told of, where that is not now: what is due is counted from then, as an
    order of last year that is taken in today had its target last year. `floor` is the same for a correction, which
    is worded today: `明天` is tomorrow, and the target of last week may be put right. `item` gives the code of a charge
    item that was named in the office's own words.
    """

    now: datetime
    desk: DeskTime
    units: room.Register = frozenset()
    since: datetime | None = None
    floor: datetime | None = None
    item: Callable[[str], str] | None = None

    @property
    def zone(self) -> tzinfo:
        """The office's zone."""
        assert self.now.tzinfo is not None
        return self.now.tzinfo

    def read(self, text: str, direction: Direction) -> date | datetime:
        """A typed time. Raises ValueError with a Chinese phrase."""
        if direction != "future" or (self.since is None and self.floor is None):
            return when.parse(text, self.now, direction, self.desk)
        if self.since is not None:
            return when.parse(text, self.since, direction, self.desk)
        return self._corrected(text)

    def _corrected(self, text: str) -> date | datetime:
        """What was due at a time that may have passed since; ValueError where it may as well be still to come."""
        found: list[date | datetime] = []
        refusals: list[ValueError] = []
        for direction in ("future", "any"):
            try:
                value = when.parse(text, self.now, direction, self.desk)
            except ValueError as error:
                refusals.append(error)
                continue
            floor = self.floor if isinstance(value, datetime) or self.floor is None else self.floor.date()
            if floor is None or value >= floor:
                found.append(value)
        if not found:
            raise refusals[0]
        if len({when.dump(value) for value in found}) > 1:
            raise ValueError(f"可能是 {when.read_back(found[1])}，也可能是 {when.read_back(found[0])}，请写全年月日")
        return found[0]


def _same(text: str, zone: tzinfo) -> Any:
    return text


class Type(NamedTuple):
    """A kind of value.

    `parse(text, typing)` understands what was typed, `read(stored, zone)` what is stored, both raise
    ValueError with a Chinese phrase; `dump` gives what is stored, `show` what the desk reads,
    `mask` what strangers may see of what is stored. `listed` values are stored as a list, all others as text;
    `ordered` choices rise from first to last, `open` ones take other words too. `doubt(value)` says what is odd about
    one that is taken all the same. `cells` are the columns of one that is a small table (`listed.rows`).
    """

    name: str
    zh: str
    parse: Callable[[str, Typing], Any]
    read: Callable[[Any, tzinfo], Any] = _same
    dump: Callable[[Any], Any] = str
    show: Callable[[Any], str] = str
    mask: Callable[[Any], Any] = identity.mask
    choices: tuple[tuple[str, str], ...] = ()
    right: bool = False
    listed: bool = False
    ordered: bool = False
    open: bool = False
    doubt: Callable[[Any], str] | None = None
    cells: tuple[Any, ...] = ()


def clean(text: str) -> str:
    """The text without outer blanks and with plain line ends; refuses control and direction marks."""
    text = text.replace("\r\n", "\n").strip()
    if not text.isprintable() and (found := re.search(_CONTROL, text)):
        raise ValueError(f"含有看不见的控制字符 U+{ord(found[0]):04X}，请删去后重新输入")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"太长（{len(text)} 字），最多 {LONGEST_TEXT} 字，长材料请用 attach 附文件")
    return text


def _line(text: str, typing: Typing) -> str:
    text = clean(text)
    if "\n" in text or "\t" in text:
        raise ValueError("应写成一行，不能换行或用制表符")
    if len(text) > LONGEST_LINE:
        raise ValueError(f"太长（{len(text)} 字），最多 {LONGEST_LINE} 字")
    return text


def _item(text: str, typing: Typing) -> str:
    word = _line(text, typing)
    return typing.item(word) if typing.item else word


def _count(text: str, typing: Typing) -> int:
    digits = fold(text).strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise ValueError(f"应是不小于 0 的整数，现为“{text}”")
    return int(digits)


def _read_count(text: str, zone: tzinfo) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"应是整数，现为“{text}”")
    return int(text)


def _flag(text: str, typing: Typing) -> bool:
    word = fold(text).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(f"应是 是/否（yes/no），现为“{text}”")


def _read_flag(text: str, zone: tzinfo) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"应是 yes 或 no，现为“{text}”")
    return text == "yes"


def _plate(text: str, typing: Typing) -> str:
    return plate.parse(clean(text))[0]


def _span(text: str, typing: Typing) -> Span:
    word = fold(text).strip().lower()
    for zh, code in (("个小时", "h"), ("小时", "h"), ("分钟", "min"), ("天", "d")):
        if word.endswith(zh):
            number = word.removesuffix(zh)
            if number == "半" and code == "h":
                return Span(30, "min")
            word = {"一": "1", "两": "2", "二": "2", "三": "3", "四": "4", "五": "5"}.get(number, number) + code
            break
    return Span.parse(word)


def _room(text: str, typing: Typing) -> str:
    return room.parse(clean(text), typing.units)


def _moment(direction: Direction) -> Callable[[str, Typing], datetime]:
    def parse(text: str, typing: Typing) -> datetime:
        return when.as_moment(typing.read(text, direction), direction, typing.desk, typing.now)

    return parse


def _read_moment(text: str, zone: tzinfo) -> datetime:
    value = when.parse_stored(text, zone)
    if not isinstance(value, datetime):
        raise ValueError(f"应有钟点，现为“{text}”")
    return value


def _day(direction: Direction) -> Callable[[str, Typing], date]:
    def parse(text: str, typing: Typing) -> date:
        value = typing.read(text, direction)
        return value.date() if isinstance(value, datetime) else value

    return parse


def _read_day(text: str, zone: tzinfo) -> date:
    value = when.parse_stored(text, zone)
    if isinstance(value, datetime):
        raise ValueError(f"应只有日期，现为“{text}”")
    return value


def _address(text: str, typing: Typing) -> str:
    if HIDDEN in text:
        raise ValueError(f"有遮住的部分 {HIDDEN}，请写全")
    return _line(text, typing)


def _tail_mask(text: str) -> str:
    return "*" * len(text)


def _none(text: str) -> str:
    return text


TEXT = Type("text", "文字", _line)
CODE = Type("code", "号码", lambda text, typing: _line(fold(text), typing))
MEMO = Type("memo", "长文字", lambda text, typing: clean(text))
NAME = Type("name", "姓名", _line)
STAFF = Type("staff", "员工姓名", _line)
ADDRESS = TEXT._replace(parse=_address, mask=lambda text: text[:2] + HIDDEN)
DEPARTMENT = Type("department", "部门名称", _line)
PHONE = Type("phone", "电话", lambda text, typing: phone.parse(clean(text)), mask=phone.mask)
ROOM = Type("room", "房号", _room)
# The register's own rooms: well formed, in it or not.
OWN_ROOM = Type("room-own", "房号", lambda text, typing: room.parse(clean(text)))
PLATE = Type("plate", "车牌", _plate, doubt=lambda value: plate.parse(value)[1])
ID_TAIL = Type("id-tail", "证件后四位", lambda text, typing: identity.tail(clean(text)), mask=_tail_mask)
COUNT = Type("count", "数目", _count, _read_count, right=True)
FLAG = Type("flag", "是否", _flag, _read_flag, lambda v: "yes" if v else "no", lambda v: "是" if v else "否")
ITEM = TEXT._replace(name="item", zh="收费项目", parse=_item)
FILE = Type("file", "文件", _line, mask=_none)
SPAN = Type("span", "时长", _span, lambda text, zone: Span.parse(text), show=lambda v: str(v.zh))


def moment(direction: Direction) -> Type:
    """A point in time; a bare date is read as the start (past) or end (future) of desk hours (domain.md L)."""
    zh = {"past": "过去的时间", "future": "将来的时间", "any": "时间"}[direction]
    return Type(f"moment-{direction}", zh, _moment(direction), _read_moment, when.dump, when.read_back)


def day(direction: Direction) -> Type:
    """A calendar day."""
    return Type(f"day-{direction}", "日期", _day(direction), _read_day, when.dump, when.read_back)


def day_or_moment(direction: Direction) -> Type:
    """A point in time that stays a bare date where only a date is known."""
    return Type(
        f"day-or-moment-{direction}",
        "日期或时间",
        lambda text, typing: typing.read(text, direction),
        when.parse_stored,
        when.dump,
        when.read_back,
    )


def choice(**labels: str) -> Type:
    """One word of a fixed list: stored as its code, shown as its Chinese label, typed as either.

    Further words that people type stand after the label: `phone="来电/电话"`.
    """
    shown = {code: label.split("/")[0] for code, label in labels.items()}
    words = {code: code for code in labels}
    words |= {fold(word): code for code, label in labels.items() for word in label.split("/")}

    def parse(text: str, typing: Typing) -> str:
        word = fold(text).strip()
        if word in words or word.lower() in words:
            return words.get(word) or words[word.lower()]
        allowed = "、".join(f"{code}({label})" for code, label in shown.items())
        raise ValueError(f"没有“{text}”这一项，可选：{allowed}")

    def read(text: str, zone: tzinfo) -> str:
        if text not in shown:
            raise ValueError(f"没有“{text}”这一项，可选：{'、'.join(shown)}")
        return text

    return Type("choice", "选项", parse, read, str, lambda v: shown.get(v, str(v)), choices=tuple(shown.items()))


def open_choice(**labels: str) -> Type:
    """A choice to which an office may add its own words: what is none of the list is kept as it was typed."""
    listed = choice(**labels)

    def parse(text: str, typing: Typing) -> str:
        try:
            return str(listed.parse(text, typing))
        except ValueError:
            return _line(text, typing)

    return listed._replace(parse=parse, read=lambda text, zone: text, open=True)


def ref(kind: str) -> Type:
    """The number of another record; Office turns what was typed into a full number before it is kept."""
    return Type(f"id:{kind}", "编号", _line, mask=_none)


def many(text: str) -> tuple[str, ...]:
    """A typed list, parted by commas of either width, `、` or `；`."""
    for mark in "，、;；":
        text = text.replace(mark, ",")
    return tuple(part for part in (p.strip() for p in text.split(",")) if part)


def _area(text: str, typing: Typing) -> str:
    found = re.fullmatch(r"(\d{1,6})(\.\d{1,2})?\s*(?:㎡|m2|m²|平米|平方米|平方)?", fold(text).strip().lower())
    if not found:
        raise ValueError(f"应是面积（平方米，最多两位小数），现为“{text}”")
    return found[1].lstrip("0").rjust(1, "0") + (found[2] or "")


def _quantity(text: str, typing: Typing) -> str:
    found = re.fullmatch(r"(\d{1,9})(\.\d{1,3})?", fold(text).strip(), re.ASCII)
    if not found:
        raise ValueError(f"应是不小于 0 的数，最多三位小数，现为“{text}”")
    return found[1].lstrip("0").rjust(1, "0") + (found[2] or "")


def _read_quantity(text: str, zone: tzinfo) -> str:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text, re.ASCII):
        raise ValueError(f"应是数，最多三位小数，现为“{text}”")
    return text


def _amount(text: str, typing: Typing) -> Any:
    from wuye import money  # decimal costs a twentieth of an `add`: only where money is spoken of

    return money.parse(clean(text))


def _read_amount(text: str, zone: tzinfo) -> Any:
    from wuye import money

    return money.read(text)


def _dump_amount(value: Any) -> str:
    from wuye import money

    return money.dump(value)


def _show_amount(value: Any) -> str:
    from wuye import money

    return money.show(value)


def _read_signed(text: str, zone: tzinfo) -> Any:
    from wuye import money

    return money.read_signed(text)


def _month(text: str, typing: Typing) -> str:
    month = _any_month(text, typing)
    if month > f"{typing.now:%Y-%m}":
        raise ValueError(f"{month} 还没有到，请核对月份")
    return month


def _any_month(text: str, typing: Typing) -> str:
    first, last = when.period(text, typing.now.date())
    if first.day != 1 or first.month != last.month or (last + timedelta(days=1)).day != 1 or first.year != last.year:
        raise ValueError(f"应是一个月份，如 2026-10、上月，现为“{text}”")
    return f"{first:%Y-%m}"


def _read_month(text: str, zone: tzinfo) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise ValueError(f"应是 2026-10 这样的月份，现为“{text}”")
    return text


PAID_BY = choice(
    cash="现金", bank="银行转账/转账", wechat="微信", alipay="支付宝", pos="POS刷卡/刷卡", debit="银行代扣/代扣",
)  # fmt: skip
MONTH = Type("month", "月份", _month, _read_month)
MONTH_ANY = MONTH._replace(name="month-any", parse=_any_month)
"""A month that may be to come: `2026-12`, `下月`."""
MONEY = Type("money", "金额", _amount, _read_amount, _dump_amount, _show_amount, right=True)
DIFFERENCE = Type("difference", "差额", _amount, _read_signed, _dump_amount, _show_amount, right=True)
AREA = Type("area", "面积", _area, right=True)
"""Square metres, kept as the text that was typed: a figure of the deed is not rounded."""
QUANTITY = Type("quantity", "数量", _quantity, _read_quantity, right=True)
"""What a meter shows, kilowatt-hours: kept as the text that was read off."""

ID_TYPE = choice(
    idcard="身份证", passport="护照", permit="港澳台居住证/居住证", licence="驾驶证/驾照", work="工作证",
    other="其他证件",
)  # fmt: skip
SUBJECT = choice(
    cleaning="保洁", security="安保/保安", vehicles="车辆", engineering="工程维修/维修", equipment="设备",
    greening="绿化", charges="收费", staff="服务态度/态度", noise="噪音", building="房屋质量", facilities="配套设施",
    external="外部环境", other="其他",
)  # fmt: skip
SATISFACTION = choice(satisfied="满意", fairly="基本满意", unreachable="未联系上", **{"not": "不满意"})


def id_in_full(values: Mapping[str, Any], basis: object) -> Iterable[Problem]:
    """A document's last four characters mean nothing without its type (domain.md L)."""
    if values.get("id_tail") and not values.get("id_type"):
        yield Problem("登记了证件后四位却没有证件类型：请用 --id-type 给出", field="id_type")
