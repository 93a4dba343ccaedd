"""What a kind of record is: fields, rules with their defaults, clocks, computed columns, one literal value per kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from wuye import identity, secret
from wuye.errors import Problem
from wuye.flow import Flow, Step
from wuye.values import TEXT, Type, Typing
from wuye.workdays import DeskTime, Due, Span

if TYPE_CHECKING:
    from decimal import Decimal

    from wuye.owed import Owed
    from wuye.questionnaire import Questionnaire
    from wuye.record import Entry, Record
    from wuye.shifts import Shift
    from wuye.stock import Stock

HEAD = ("id", "status", "received", "recorded")
TAIL = ("due", "rule", "imported", "once", "blank", "number_was", "conflicts", "log")
ENTRY = ("at", "recorded", "step", "by", "note", "was", "file", "sha256", "size", "link", "row", "undoes", "commit",
         "at_once", "forgot", "blanked", "was_said")  # fmt: skip
FORGOTTEN = "（已删除）"
"""What stands in the place of private data that was forgotten (wuye/forgetting.py)."""


class Field(NamedTuple):
    """One field: its code, type and Chinese label.

    `on_log` keeps it on the step's log entry and not on the record; `private` masks it (design.md 6);
    `default` is typed text used by `add`; `zh_hint` is said in the help. One that is not `typed` is worked out when
    the record is made and stored with it, because it is signed for.
    """

    name: str
    type: Type
    zh: str
    required: bool = False
    default: str = ""
    private: bool = False
    on_log: bool = False
    zh_hint: str = ""
    typed_as: str = ""
    typed: bool = True

    @property
    def option(self) -> str:
        """The command-line option, `--id-tail`; `typed_as` where a key of the file already has the field's word."""
        return "--" + (self.typed_as or self.name).replace("_", "-")

    @property
    def gathered(self) -> bool:
        """Whether a step keeps a whole list in it that the program worked out: no line of a history has room for it."""
        return self.on_log and not self.typed and self.type.listed

    def shown(self, value: Any) -> str:
        """What the desk reads; an unreadable stored value is shown as it stands."""
        if value is None:
            return ""
        return value if isinstance(value, Unreadable) else self.type.show(value)

    def stored(self, value: Any) -> Any:
        """What goes into the file: text, or a list where the type is a listed one."""
        return value.raw if isinstance(value, Unreadable) else self.type.dump(value)

    def masked(self, value: Any) -> Any:
        """What others may see of a private value, as it is stored."""
        return self.masked_stored(self.stored(value))

    def masked_stored(self, stored: Any) -> Any:
        """The same of what is stored already, be it a text or a list where the type has none; what was forgotten hides
        nothing any more."""
        if stored in (FORGOTTEN, [FORGOTTEN]):
            return stored
        if not self.type.listed:
            return self.type.mask(stored if isinstance(stored, str) else str(stored))
        every = stored if isinstance(stored, list) else [stored]
        return self.type.mask([one if self.type.cells or isinstance(one, str) else str(one) for one in every])

    @property
    def names_people(self) -> bool:
        """Whether it holds what may tell of a person outside the office: private data, names, plates."""
        return self.private or self.type.name.removeprefix("several:") in ("name", "plate")

    def masked_zh(self, value: Any) -> str:
        """The same in words."""
        seen = self.masked(value)
        return seen if isinstance(seen, str) else "、".join(map(str, seen))


class Unreadable(str):
    """What is stored and does not fit its field's type: kept in `raw` and shown as it stands, reported as a problem."""

    __slots__ = ("raw",)
    raw: Any

    def __new__(cls, raw: Any) -> Unreadable:
        made = super().__new__(cls, raw)
        made.raw = raw
        return made


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
    """

    title: str
    rows: tuple[str, ...]
    signatures: tuple[str, ...]
    titled: Callable[[Record], str] | None = None


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
    `sees(values, books, basis)` looks into the registers for a new record.
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


def understand(kind: Kind, typed: Mapping[str, str], typing: Typing) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Typed words → values by the kind's fields: all problems at once, and what times and rooms were taken for.

    Every text is scanned for identity-card numbers first (design.md 6): they are refused, a mask is offered.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    heard: list[str] = []
    for name, text in typed.items():
        if not kind.has(name):
            near = nearest(name, [f.name for f in kind.fields])
            problems.append(Problem(f"{kind.zh}没有“{name}”这一项{near}", field=name))
            continue
        one = kind[name]
        if problem := scan(text, one.option, one.zh):
            problems.append(problem)
            continue
        if not text.strip():
            continue
        try:
            values[name] = one.type.parse(text, typing)
        except ValueError as error:
            words = str(error) if "请" in str(error) else f"{error}；请改正"
            if name == "room" and kind.has("place") and not any(map(str.isdigit, text)):
                words += "；公共部位写在 --place"
            fits = getattr(error, "candidates", ())
            problems.append(Problem(f"{one.option}（{one.zh}）：{words}", field=name, candidates=fits))
            continue
        shown = one.type.show(values[name])
        if one.type.name.startswith(("moment", "day", "room")) and shown not in (text, text.replace("T", " ")):
            heard.append(f"{text.strip()} = {shown}")
        if one.type.doubt and (words := one.type.doubt(values[name])):
            heard.append(words)
    return values, problems, heard


def scan(text: str, where: str, zh: str) -> Problem | None:
    """The refusal where a text holds a full identity-card number or a password, else None (domain.md 23, K, L)."""
    if identity.find(text):
        words = f"里有完整的身份证号，不能存入台账；请改写成“{identity.mask(text)}”，证件只登记类型和后四位"
    elif secret.find(text):
        words = "里写有密码，不能存入台账；请删去密码，只写改过没有、谁改的"
    else:
        return None
    return Problem(f"{where}（{zh}）{words}", field=where.lstrip("-").replace("-", "_"))


def missing(kind: Kind, values: Mapping[str, Any]) -> list[Problem]:
    """What `add` still needs: required fields, and one of each group."""
    found = [
        Problem(f"缺少{f.zh}：请用 {f.option} 给出", field=f.name)
        for f in kind.fields
        if f.required and values.get(f.name) in (None, "")
    ]
    for group in kind.one_of:
        if not any(values.get(name) not in (None, "") for name in group):
            words = "或".join(kind[name].zh for name in group)
            options = " 或 ".join(kind[name].option for name in group)
            found.append(Problem(f"缺少{words}：请用 {options} 给出", field=group[0]))
    return found


def step_problems(kind: Kind, step: Step, values: Mapping[str, Any]) -> list[Problem]:
    """What a step still needs."""
    return [
        Problem(f"{step.zh}缺少{kind[n].zh}：请用 {kind[n].option} 给出", field=n)
        for n in step.needs
        if values.get(n) in (None, "")
    ]


def nearest(word: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """`（是不是 x）` for the known word most like a mistyped one, empty where none is like it."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"（是不是 {close[0]}）" if close else ""


def read_stored(one: Field, text: Any, zone: tzinfo) -> tuple[Any, str]:
    """A stored text or list → its value, or what stands there as `Unreadable` with a phrase of what is wrong."""
    if one.type.listed and text and not isinstance(text, list):
        return Unreadable(text), "应是一串值，每个一行以 - 开头"
    if not one.type.listed and not isinstance(text, str):
        return Unreadable(text), "应是一个值，现为列表或映射"
    if not text:
        return None, ""
    try:
        return one.type.read(text, zone), ""
    except ValueError as error:
        return Unreadable(text), str(error)
