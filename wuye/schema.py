"""What a kind of record is: one literal value per kind, with its checklists, slip and what it asks of the registers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from wuye.basis import Basis, Clock, Computed, Rule
from wuye.errors import Problem
from wuye.fields import Field
from wuye.flow import Flow
from wuye.values import TEXT

if TYPE_CHECKING:
    from wuye.owed import Owed
    from wuye.questionnaire import Questionnaire
    from wuye.record import Record
    from wuye.shifts import Shift
    from wuye.stock import Stock

TAKEN_OVER: Mapping[str, tuple[str, ...]] = {
    "room": ("room", "unit"), "place": ("place",), "text": ("text", "doubt", "said"),
    "reporter": ("reporter", "person", "name", "carrier"), "phone": ("phone",),
}  # fmt: skip
"""Where a complaint or an order finds room, words and person in the record it is made of: the first that is there."""


class Item(NamedTuple):
    """One line of a checklist: what it is, under which heading, how many are needed."""

    name: str
    group: str = ""
    need: int = 1


class Checklist(NamedTuple):
    """A checklist as a template: its code (`movein`, `patrol.roof`), Chinese name and lines (domain.md D, 27, 28).

    A kind declares those it begins with; `checklists` in wuye.yaml changes and adds.
    """

    name: str
    zh: str
    items: tuple[Item, ...]


class Move(NamedTuple):
    """What happens to another record in the same write: a step of it, or a new record of that kind.

    `which` is its number, or in a book its own name (the room, the key's label). `step` is "add" for a new record.
    `words` are typed words, as the desk would give them.
    """

    kind: str
    which: str
    step: str
    words: Mapping[str, str] = MappingProxyType({})


class Slip(NamedTuple):
    """The plain paper form of a record: title, fields and computed columns in order, signature lines (domain.md 43).

    `titled(record)` names the form where one kind has several (an internal coordination, a nonconformity slip).
    `untyped(record, basis)` are values of fields that nobody has to type and paper says all the same.
    """

    title: str
    rows: tuple[str, ...]
    signatures: tuple[str, ...]
    titled: Callable[[Record], str] | None = None
    untyped: Callable[[Record, Basis], Mapping[str, Any]] | None = None


class Books(Protocol):
    """What the registers say now: a new record may keep it as it stood at that moment."""

    def unit(self, room: str) -> Record | None:
        """The unit of that room."""

    def residents(self, room: str) -> Sequence[Record]:
        """The people tied to a room today."""

    def staff(self, name: str) -> Record | None:
        """The member of staff of that name."""

    def last_reading(self, meter: tuple[str, str, str], day: date, reading: str) -> tuple[date, str] | None:
        """What a meter (its name, room, item) showed the last time; this reading is then the last one."""

    def next_reading(self, reading: Record) -> Record | None:
        """The reading after this one on the same meter."""

    def owes(self, what: str, name: str, as_of: date) -> Owed | None:
        """What a unit, lease or bay owes by its bills at the end of a day; None where it has no bills."""

    def in_book(self, kind: str, name: str) -> Record | None:
        """The record of a book that has this own name (a key by its label); not one that is void."""

    def department(self, duty: str) -> Record | None:
        """The department in use that has this duty (`cleaning`)."""

    def numbered(self, kind: str, typed: str) -> Record | None:
        """The record that a number with its prefix names; None where the words are no number of that kind.

        Raises NotFound, Ambiguous.
        """

    def expected(self, what: str) -> Sequence[Mapping[str, Any]]:
        """What should be there of keys, cards, supplies or receipt books, by the records of this moment."""

    def stock(self, item: str, what: str = "", quantity: str = "0") -> Stock:
        """What is in stock of an item; what a movement then does to it counts for the next one of the same command."""

    def checklist(self, kind: str, name: str) -> Checklist:
        """A checklist of a kind by code or Chinese name. Raises BadInput naming those there are."""

    def questionnaire(self, name: str) -> Questionnaire:
        """A questionnaire by its file's name. Raises BadInput with every mistake in it, or naming those there are."""

    def shift(self, name: str) -> Shift:
        """The shift of a code or Chinese name. Raises BadInput naming those there are."""

    def of_person(self, kind: str, name: str, first: date, last: date) -> Sequence[Record]:
        """The records of a month kind about a person (its field `name`) that may be for days of that span."""


class Seen(NamedTuple):
    """What a new record keeps of the registers, and what the desk is told.

    What was typed goes before `values`; `instead` is what a typed word is kept as (a route's name as its code).
    """

    values: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    instead: Mapping[str, Any] = MappingProxyType({})

    def with_typed(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What the record keeps, with what was typed."""
        return {**self.values, **typed, **self.instead}


class Kind:
    """A kind of record, complete.

    `one_of` names groups of fields of which at least one must be given; `positional` the fields that `add`
    takes without an option; `known_by` the fields by which an earlier record of the kind is known again;
    `checks` are functions (values, basis) → problems for rules between fields; `link` names the field that
    points to an earlier record of the kind and `on_link(earlier, moment)` gives values kept with the new one.
    `origin` names the field that points to the record of any kind from which this one was made: `inherits` says
    which fields are then taken over from which of its fields, the first that is there.
    `sees(values, books, basis)` looks into the registers for a new record, and again when it is corrected; not where
    it is `seen_once`: what a reading is compared with came before it, and a correction would find the later ones.
    `tells(record, step, books)` says, after a step, what of other records does not hold any more because of it.
    `fixed` are the fields that only a step of their own may change, never `edit`.
    `category` names the field by which the day's summary splits the kind. `about` and `people` are the fields
    that tell in a listing what it is about and who it is.
    A `book` is one file that lives for years (domain.md 0.1); its records are found by the field `own_name`,
    which one record only may have where the kind is `unique`. `money` is looked at under the lock by the till:
    receipts are numbered, closed days and months take nothing more.
    `turns` says which step of this record is taken when one of another kind is made of it (a contact that becomes
    a complaint is transferred), where its flow allows it. `moves(record, step, books)` says what happens to other
    records in the same write when one of this kind is added ("add") or takes a step: a key is lent, a tenant moves
    out. `checklists` are the templates of its `checks`, which the office may change. `tags` are the steps that are
    signatures: each leaves a tag in git, so that what changed after it can be shown.
    `outdated` names fields, and says when something else tells what they did: answers then leave them empty, the file
    keeps them. `once_by` names fields that no two records of the kind may share, void ones apart (a survey has one
    answer a unit).
    """

    def __init__(
        self,
        *,
        name: str,
        prefix: str,
        zh: str,
        fields: tuple[Field, ...],
        flow: Flow,
        columns: tuple[str, ...],
        slip: Slip,
        example: Mapping[str, str],
        rules: tuple[Rule, ...] = (),
        clocks: tuple[Clock, ...] = (),
        computed: tuple[Computed, ...] = (),
        one_of: tuple[tuple[str, ...], ...] = (),
        positional: tuple[str, ...] = (),
        known_by: tuple[str, ...] = (),
        checks: tuple[Callable[[Mapping[str, Any], Basis], Iterable[Problem]], ...] = (),
        link: str = "",
        on_link: Callable[[Record, datetime], dict[str, Any]] | None = None,
        category: str = "",
        next_hint: Callable[[Record, Basis], str] | None = None,
        origin: str = "",
        inherits: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        sees: Callable[[Mapping[str, Any], Books, Basis], Seen] | None = None,
        seen_once: bool = False,
        tells: Callable[[Record, str, Books], Iterable[str]] | None = None,
        about: tuple[str, ...] = ("text",),
        people: tuple[str, ...] = (),
        book: bool = False,
        own_name: str = "",
        unique: bool = False,
        fixed: tuple[str, ...] = (),
        money: bool = False,
        turns: Mapping[str, str] = MappingProxyType({}),
        moves: Callable[[Record, str, Books], Iterable[Move]] | None = None,
        checklists: tuple[Checklist, ...] = (),
        tags: tuple[str, ...] = (),
        outdated: tuple[Collection[str], Callable[[Record, Basis], bool]] = ((), lambda record, basis: False),
        once_by: tuple[str, ...] = (),
    ) -> None:
        # `void` belongs to every flow, so its reason belongs to every kind.
        self.fields = (*fields, Field("reason", TEXT, "理由", on_log=True))
        self.name = name
        self.prefix = prefix
        self.zh = zh
        self.flow = flow
        self.columns = columns
        self.slip = slip
        self.example = example
        # How long a kind keeps what is private is said for all alike; nothing is forgotten until the office sets it.
        keep = Rule(f"{name}.keep", None, "办结后多久删去个人资料")
        self.rules = (*rules, keep) if any(f.private for f in fields) and not money else rules
        self.clocks = clocks
        self.computed = computed
        self.one_of = one_of
        self.positional = positional
        self.known_by = known_by
        self.checks = checks
        self.link = link
        self.on_link = on_link
        self.category = category
        self.next_hint = next_hint
        self.origin = origin
        self.inherits = inherits
        self.sees = sees
        self.seen_once = seen_once
        self.tells = tells
        self.about = about
        self.people = people
        self.book = book
        self.own_name = own_name
        self.unique = unique
        self.fixed = fixed
        self.money = money
        self.turns = turns
        self.moves = moves
        self.checklists = checklists
        self.tags = tags
        self.outdated = outdated
        self.once_by = once_by
        self._by_name = {f.name: f for f in self.fields}
        self._on_record = tuple(f for f in self.fields if not f.on_log)

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether the kind has a field of that name."""
        return name in self._by_name

    @property
    def on_record(self) -> tuple[Field, ...]:
        """Fields kept on the record itself, in file order."""
        return self._on_record

    def computed_by(self, name: str) -> Computed | None:
        """The computed column of that name, or None."""
        return next((c for c in self.computed if c.name == name), None)

    def label(self, name: str) -> str:
        """The Chinese heading of a column, field or computed."""
        if name in self._by_name:
            return self._by_name[name].zh
        found = self.computed_by(name)
        return found.zh if found else LABELS.get(name, name)


LABELS = {
    "id": "编号",
    "status": "状态",
    "received": "受理时间",
    "recorded": "录入时间",
    "closed": "办结时间",
    "due": "到期",
    "log": "经过",
    "conflicts": "说法不一",
    "number_was": "原编号",
    "by": "经办",
    "reason": "原因",
}
