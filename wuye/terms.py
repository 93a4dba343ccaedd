"""What a condition can speak of: the named things of a kind, their values in a record, what words are compared as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from wuye import number, when
from wuye.basis import Basis, Computed
from wuye.fields import Unreadable
from wuye.number import Tail
from wuye.numerals import fold
from wuye.query import next_due
from wuye.record import Record
from wuye.schema import LABELS, Kind
from wuye.sheet import OTHER_STEPS
from wuye.values import MEMO, NAME, TEXT, Type, Typing, choice, moment, ref
from wuye.workdays import Span

HOLDS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda side: side == 0,
    "<": lambda side: side < 0,
    "<=": lambda side: side <= 0,
    ">": lambda side: side > 0,
    ">=": lambda side: side >= 0,
}
_PLAIN = {c: c + 32 for c in range(65, 91)} | {ord("-"): ord("_")}
# As long as it is by the clock, whenever it begins: an answer must not turn with the hour at which it is asked.
_MINUTES = {"min": 1, "h": 60, "wh": 60, "d": 1440, "wd": 1440, "w": 7 * 1440, "m": 30 * 1440}
# What is put in order on being typed is compared as it stands; any other text by its words.
_NUMBERS, _IN_ORDER = ("count", "money", "difference", "area"), ("room", "room-own", "plate", "phone", "id-tail")
_SAMPLES = {
    "flag": "是", "count": "3", "span": "2h", "money": "100", "difference": "10", "area": "89.5",
    "phone": "13800138000", "id-tail": "1234",
}  # fmt: skip
_ANY_TIME = moment("any")


class Words(NamedTuple):
    """A text that is looked for: width and case mean nothing, between quotes only the case."""

    text: str
    literal: bool = False

    def _like(self, value: Any) -> tuple[str, str]:
        if self.literal:
            return str(value).casefold(), self.text.casefold()
        return fold(str(value)).casefold(), fold(self.text).casefold()

    def same(self, value: Any) -> bool:
        """Whether the value is this text."""
        mine, wanted = self._like(value)
        return mine == wanted

    def within(self, value: Any) -> bool:
        """Whether the value holds this text."""
        mine, wanted = self._like(value)
        return wanted in mine


class Stretch(NamedTuple):
    """A typed time: a minute, a day or a period, from its first moment to the one after its last."""

    first: datetime
    end: datetime


class Term(NamedTuple):
    """One thing that a condition can name: code, Chinese label, type, and where a record has it."""

    name: str
    zh: str
    type: Type
    of: Callable[[Record, Basis], Any]
    private: bool = False
    computed: bool = False

    @property
    def base(self) -> str:
        """The type's name, that of one value where the type holds several."""
        return self.type.name.removeprefix("several:")

    @property
    def is_time(self) -> bool:
        """Whether its values are days or moments."""
        return self.base.startswith(("moment", "day"))

    @property
    def is_text(self) -> bool:
        """Whether a part of a value can be looked for."""
        return not (self.type.choices or self.is_time or self.base in (*_NUMBERS, "flag", "span"))

    @property
    def has_order(self) -> bool:
        """Whether of two values one is the smaller or the earlier."""
        return self.type.ordered or self.is_time or self.base in (*_NUMBERS, "span")

    @property
    def example(self) -> str:
        """How it may be compared."""
        if self.type.choices:
            return f"{self.zh}={self.type.choices[0][1]}"
        if self.is_time:
            return f"{self.zh}>=昨天"
        if self.base in _SAMPLES:
            return f"{self.zh}={_SAMPLES[self.base]}"
        return f"{self.zh}=完整的内容" if self.private else f"{self.zh} 含 文字"

    def refusal(self, operator: str) -> str:
        """Why it cannot be compared so, in a Chinese sentence; empty where it can."""
        if operator == "=":
            return ""
        if self.private:
            return f"{self.zh}平时是遮住的，只能和完整的值比是否相等：请写成 {self.example} 这样"
        if operator == "contains":
            return "" if self.is_text else f"{self.zh}不是文字，不能用 含：请写成 {self.example} 这样"
        return "" if self.has_order else f"{self.zh}没有大小先后，不能用 {operator}：请用 =、≠ 或 属于"

    def values(self, record: Record, basis: Basis) -> Iterator[Any]:
        """Every value that the record has under this name: one, none, or those of a list or of its log."""
        return _each(self.of(record, basis))

    def wanted(self, text: str, literal: bool, typing: Typing) -> tuple[Any, str]:
        """What the typed words are compared as, and how they were taken where that must be said.

        Raises ValueError with a Chinese phrase, the type's own.
        """
        if self.is_time:
            return _stretch(text, typing)
        if self.base.startswith("id:"):
            tail = number.typed(fold(text))
            if tail is None:
                raise ValueError(f"“{text}”不是编号，请写成 TS-20261122-003、1122-3 或 ts3 这样")
            return tail, ""
        value = self.type.parse(text, typing)
        if self.base.startswith("rows:"):
            return Words(text.strip(), literal), ""
        if isinstance(value, tuple):
            if len(value) != 1:
                raise ValueError(f"“{text}”应是一个{self.type.zh}，要几个里的任何一个请用 属于 (…)")
            value = value[0]
        if self.is_text and self.base not in _IN_ORDER:
            return Words(value, literal), ""
        said = self.base.startswith("room") and value != text.strip()
        return value, f"{text.strip()} = {value}" if said else ""

    def side(self, value: Any, wanted: Any) -> int | None:
        """On which side of what is wanted a value lies, 0 where it fits; None where the two cannot be compared."""
        if isinstance(wanted, Words):
            return 0 if wanted.same(value) else None
        if isinstance(wanted, Stretch):
            at = _moment(value, wanted.first)
            return None if at is None else -1 if at < wanted.first else 0 if at < wanted.end else 1
        if isinstance(wanted, Tail):
            found = number.parse(str(value))
            return 0 if found and wanted.fits(found) else None
        if self.type.ordered:
            codes = [code for code, _ in self.type.choices]
            return codes.index(value) - codes.index(wanted) if value in codes else None
        if isinstance(wanted, Span) and isinstance(value, Span):
            value, wanted = (span.number * _MINUTES[span.unit] for span in (value, wanted))
        elif self.base in _NUMBERS:
            value, wanted = Decimal(str(value)), Decimal(str(wanted))
        else:
            return 0 if value == wanted else None
        return int(value > wanted) - int(value < wanted)


def plain(text: str) -> str:
    """The text in which names are looked for: ASCII of either width, small letters, `_` for `-`; positions stay."""
    return fold(text).translate(_PLAIN)


@lru_cache(maxsize=4)
def of_kind(kind: Kind) -> Mapping[str, Term]:
    """Everything that can be named of a kind, by code and by Chinese label; of two with one name the first counts."""
    states = choice(**{s.name: s.zh for s in kind.flow.states})
    steps = choice(**OTHER_STEPS | {s.name: s.zh for s in kind.flow.steps})
    found: dict[str, Term] = {}

    def name(term: Term, *others: str) -> None:
        for word in (term.name, term.zh, *others):
            found.setdefault(plain(word), term)

    for one in kind.computed:
        name(Term(one.name, one.zh, one.type, _computed(one), computed=True))
    for field in kind.on_record:
        name(Term(field.name, field.zh, field.type, _kept(field.name), field.private))
    name(Term("id", LABELS["id"], ref(kind.name), lambda r, b: r.id))
    name(Term("status", LABELS["status"], states, lambda r, b: r.status))
    name(Term("received", LABELS["received"], _ANY_TIME, lambda r, b: r.received))
    name(Term("recorded", LABELS["recorded"], _ANY_TIME, lambda r, b: r.recorded))
    name(Term("closed", LABELS["closed"], _ANY_TIME, lambda r, b: r.closed))
    name(Term("due", LABELS["due"], _ANY_TIME, next_due), "到期时间")
    for field in kind.fields:
        if field.on_log:
            name(Term(field.name, field.zh, field.type, _logged(field.name), field.private))
    name(Term("by", LABELS["by"], NAME, lambda r, b: tuple(e.by for e in r.log)), "经办人")
    name(Term("step", "步骤", steps, lambda r, b: tuple(e.step for e in r.standing)))
    name(Term("note", "备注", MEMO, lambda r, b: tuple(e.note for e in r.log)))
    return found


def _kept(name: str) -> Callable[[Record, Basis], Any]:
    return lambda record, basis: record[name]


def _logged(name: str) -> Callable[[Record, Basis], Any]:
    return lambda record, basis: tuple(entry.values.get(name) for entry in record.standing)


def _computed(one: Computed) -> Callable[[Record, Basis], Any]:
    """The value of a computed column; one that is mere text also as it is shown."""

    def of(record: Record, basis: Basis) -> Any:
        value = one.of(record, basis)
        return (value, one.shown(value)) if value is not None and one.type == TEXT else value

    return of


def _each(value: Any) -> Iterator[Any]:
    """The single values: of a list its elements, of a mapping its values; nothing for what is not there."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _each(part)
    elif value is not None and value != "" and not isinstance(value, Unreadable):
        yield value


def _moment(value: Any, like: datetime) -> datetime | None:
    """The moment a value stands for; a bare day counts from 00:00 (domain.md 1)."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), like.tzinfo) if isinstance(value, date) else None


def _stretch(text: str, typing: Typing) -> tuple[Stretch, str]:
    """A moment (its minute), a day, or else a period as typed."""
    try:
        value = when.parse(text, typing.now, "any", typing.desk)
    except ValueError as error:
        first, last = _period(text, typing, error)
        read = f"{when.read_back(first)} 至 {when.read_back(last)}"
        return Stretch(_midnight(first, typing), _midnight(last + timedelta(days=1), typing)), f"{text} = {read}"
    read = when.read_back(value)
    said = "" if fold(text).replace("T", " ") in (when.dump(value), f"{value:%Y-%m-%d %H:%M}") else f"{text} = {read}"
    if isinstance(value, datetime):
        minute = value.replace(second=0, microsecond=0)
        return Stretch(minute, minute + timedelta(minutes=1)), said
    return Stretch(_midnight(value, typing), _midnight(value + timedelta(days=1), typing)), said


def _midnight(day: date, typing: Typing) -> datetime:
    return datetime.combine(day, time(), typing.zone)


def _period(text: str, typing: Typing, error: ValueError) -> tuple[date, date]:
    """The period; where it is none, the sentence of the reader that understood more of it."""
    try:
        first, last = when.period(text, typing.now.date())
    except ValueError as other:
        if str(other).startswith("看不懂"):
            raise error from other
        raise
    if first == date.min or last == date.max:
        raise ValueError(f"“{text}”是全部时间，比较不出什么，请写一段时间，如 本月、2026-11")
    return first, last
