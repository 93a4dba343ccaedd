"""What judging a record rests on: rules with their defaults, the moment, clocks and computed columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.fields import Field, Unreadable
from wuye.values import TEXT, Type
from wuye.workdays import DeskTime, Due, Span

if TYPE_CHECKING:
    from decimal import Decimal

    from wuye.record import Entry, Record


class Rule(NamedTuple):
    """A number, span or yes/no of the trade that the configuration may override: `complaint.respond`, 1 working day.

    Without a default there is no limit until the office sets one.
    """

    name: str
    default: Span | int | None
    zh: str


class Mark(NamedTuple):
    """A point in a record's story: the moment, and how many entries of its timeline stand before it."""

    at: datetime
    index: int = 0  # type: ignore[assignment]  # hides tuple.index, which nobody wants of a moment


class Basis(NamedTuple):
    """What a judgement rests on: the moment, the desk's time and the rules in force.

    `paid(what, name, since, until)` is what a debtor paid between two moments; None where nobody keeps payments.
    `item_zh(code)` is what the desk calls a charge item, `billed(what, name)` whether a debtor has bills that count.
    """

    now: datetime
    desk: DeskTime
    rules: Mapping[str, Span | int | None]
    paid: Callable[[str, str, datetime, datetime], Decimal | None] | None = None
    item_zh: Callable[[str], str] | None = None
    billed: Callable[[str, str], bool] | None = None

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def number(self, rule: str) -> int:
        """The rule's number."""
        value = self.rules[rule]
        assert isinstance(value, int)
        return value

    def span(self, rule: str) -> Span:
        """The rule's span of time."""
        value = self.rules[rule]
        assert isinstance(value, Span)
        return value

    def yes(self, rule: str) -> bool:
        """Whether the rule says yes."""
        return bool(self.rules[rule])

    def after(self, start: datetime, rule: str) -> Due:
        """When the rule's span ends that began at `start`."""
        return self.desk.due(start, self.span(rule))

    def limit(self, rule: str) -> Span | None:
        """The rule's span of time; None where the office has set none."""
        value = self.rules.get(rule)
        return value if isinstance(value, Span) else None

    @property
    def zone(self) -> tzinfo:
        """The office's zone."""
        assert self.now.tzinfo is not None
        return self.now.tzinfo

    def at(self, moment: datetime) -> Basis:
        """The same basis as of another moment; itself where that is its own: what is known by a basis stays known."""
        return self if moment == self.now else self._replace(now=moment)

    def shown(self, one: Field, value: Any) -> str:
        """What the desk reads of a value; a charge item goes by the name that the office gave it."""
        if self.item_zh and one.type.name == "item" and value is not None and not isinstance(value, Unreadable):
            return self.item_zh(value)
        return one.shown(value)


class Clock(NamedTuple):
    """One promise with a due time.

    `starts(record, basis)` is the point at which it starts, None where it does not apply.
    `due` is a rule's name, or a function (record, start, basis) → (due or None, words for the rule).
    It is met by the first of the steps `met_by` at or after the start. `key` is its name among the frozen
    due times (two clocks may share a name). `outlives` a closed record: it goes on waiting after closing.
    `meets(entry)` says which of those steps' entries meet it. A `fixed` clock runs only where its due time was
    frozen when the record came: a limit that the office sets later reaches no older record.
    """

    name: str
    zh: str
    starts: Callable[[Record, Basis], Mark | None]
    due: str | Callable[[Record, Mark, Basis], tuple[datetime | None, str]]
    met_by: tuple[str, ...]
    key: str = ""
    outlives: bool = False
    meets: Callable[[Entry], bool] | None = None
    fixed: bool = False

    @property
    def frozen_as(self) -> str:
        """The key of its frozen due time in the file."""
        return self.key or self.name


class Computed(NamedTuple):
    """A column worked out as of a moment and never stored: today's level, the age of the last news.

    `shown` turns the value into what the desk reads; `type` is what its values are compared as.
    """

    name: str
    zh: str
    of: Callable[[Record, Basis], Any]
    shown: Callable[[Any], str] = str
    type: Type = TEXT
