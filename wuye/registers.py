"""What the registers say now, and what a new record takes over from another one (domain.md 6-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wuye import blocks, number, records
from wuye.basis import Basis, Rule
from wuye.errors import Ambiguous, BadInput, BadSettings, Damaged, NotFound, Problem, WuyeError
from wuye.monthfiles import path_of
from wuye.numerals import fold
from wuye.owed import Owed
from wuye.presence import AHEAD
from wuye.reading import Reading
from wuye.record import Record
from wuye.schema import Checklist, Kind
from wuye.wanted import NAMED, Wanted

if TYPE_CHECKING:
    from decimal import Decimal

    from wuye.questionnaire import Questionnaire
    from wuye.shifts import Shift
    from wuye.stock import Stock

METERS_A_ROOM = 30
AFTER = timedelta(days=31)
FEW = 5


class Registers(Reading):
    """The books of an office as one desk asks them; it is the `Books` that a kind's `sees` looks into."""

    _asked = 0
    _asked_bills = 0
    _payments: Mapping[str, Sequence[Record]] | None = None

    def unit(self, room: str) -> Record | None:
        """The unit of that room. Raises Damaged where it cannot be read, as do all of these."""
        found = self._sure("unit", room, lambda r: r["room"] == room and not r.void)
        return found[0] if found else None

    def residents(self, room: str) -> list[Record]:
        """The people tied to a room today."""
        return self._sure("resident", room, lambda r: r["room"] == room and r.status == "current")

    def staff(self, name: str) -> Record | None:
        """The member of staff of that name, those who left last."""
        found = self._sure("staff", name, lambda r: r["name"] == name and not r.void)
        return min(found, key=lambda r: r.status != "current", default=None)

    def in_book(self, kind: str, name: str) -> Record | None:
        """The record of a book that has this own name; not one that is void."""
        own = records.kind(kind).own_name
        found = self._sure(kind, name, lambda r: str(r[own]) == name and not r.void)
        return found[0] if found else None

    def department(self, duty: str) -> Record | None:
        """The department in use that has this duty."""
        found = self._sure("department", duty, lambda r: r["duty"] == duty and r.status == "active")
        return found[0] if found else None

    def _sure(self, kind: str, word: str, fits: Callable[[Record], bool]) -> list[Record]:
        """What a book holds of a word. What cannot be read is not taken for what is not there: a write goes by it."""
        wrong: list[Problem] = []
        found = self.holding(records.kind(kind), word, fits, wrong)
        if wrong and not found:
            raise Damaged(*wrong)
        return found

    def numbered(self, kind: str, typed: str) -> Record | None:
        """The record that a number with its prefix names; None where the words are no number of that kind."""
        one = records.kind(kind)
        told = number.parse(fold(typed).strip().upper()) or number.typed(fold(typed))
        return self.get(one, typed) if told and told.prefix == one.prefix else None

    def pointed(self, kind: Kind, typed: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
        """The words with the full number of every record that a field names (`--deposit bz3`), and every mistake."""
        words, wrong = dict(typed), list[Problem]()
        for name, text in typed.items():
            one = kind[name] if kind.has(name) else None
            target = one.type.name.removeprefix("id:") if one and one.type.name.startswith("id:") else "any"
            if one is None or target == "any" or name in (kind.link, kind.origin) or not text.strip():
                continue
            try:
                words[name] = self.get(records.kind(target), text).id
            except (BadInput, NotFound, Ambiguous) as error:
                label = f"{one.option}（{one.zh}）"
                wrong += [p._replace(message=f"{label}：{p.message}", field=name) for p in error.problems]
                del words[name]
        return words, wrong

    def expected(self, what: str) -> Sequence[Mapping[str, Any]]:
        """What should be there of keys, cards, supplies or receipt books, by the records of this moment.

        Raises Damaged where a record cannot be read: it would be missing among what is expected.
        """
        from wuye import inventory

        found, wrong = dict[str, Sequence[Record]](), list[Problem]()
        for name in inventory.SOURCES[what]:
            found[name], problems = self.load(records.kind(name))
            wrong += problems
        if wrong:
            raise Damaged(*wrong)
        return inventory.expected(what, found)

    def stock(self, item: str, what: str = "", quantity: str = "0") -> Stock:
        """What is in stock of an item; what a movement then does to it counts for the next one of the same command.

        Raises Damaged where a movement cannot be read: the stock would be wrong.
        """
        from decimal import Decimal

        from wuye import stock as stores

        there = self._stocks.get(item)
        if there is None:
            found, problems = self.gather(records.kind("supply"), item, lambda r: bool(r.get("item") == item))
            if problems:
                raise Damaged(*problems)
            there = stores.stocks(found).get(item) or stores.Stock(item)
        self._stocks[item] = stores.moved(there, what, Decimal(quantity), self.now) if what else there
        return there

    @cached_property
    def _stocks(self) -> dict[str, Stock]:
        """The stock of every item that this command has asked for."""
        return {}

    def checklist(self, kind: str, name: str) -> Checklist:
        """A checklist of a kind by code or Chinese name. Raises BadInput naming those there are, BadSettings."""
        return self.settings.checklist(records.kind(kind), name)

    def shift(self, name: str) -> Shift:
        """The shift of a code or Chinese name. Raises BadInput naming those there are, BadSettings."""
        from wuye import routines, shifts

        return shifts.find(routines.shifts_of(self), name)

    def of_person(self, kind: str, name: str, first: date, last: date) -> list[Record]:
        """The records of a month kind about a person (its field `name`) that may be for days of that span.

        One is written three months before the days that it is for at most, or a month after them.
        """
        one, low, high = records.kind(kind), f"{first - AHEAD:%Y-%m}", f"{last + AFTER:%Y-%m}"
        months = [m for m in self.months(one) if low <= m <= high]
        return self.gather(one, name, lambda r: r["name"] == name, months)[0]

    def questionnaire(self, name: str) -> Questionnaire:
        """A questionnaire of the office, else one that comes with the program. Raises BadInput, Refused."""
        from wuye import forms

        return forms.questionnaire(self.store, name)

    def last_reading(self, meter: tuple[str, str, str], day: date, reading: str) -> tuple[date, str] | None:
        """What a meter (its name, room, item) showed the last time; this reading is then the last one."""
        if meter not in self._meters:
            self._meters[meter] = next(self._readings(meter), None)
        last = self._meters[meter]
        if last is None or last[0] <= day:
            self._meters[meter] = (day, reading)
        return last

    @cached_property
    def _meters(self) -> dict[tuple[str, str, str], tuple[date, str] | None]:
        """The last reading of every meter that this command has asked for."""
        return {}

    def _readings(self, meter: tuple[str, str, str]) -> Iterator[tuple[date, str]]:
        """The latest reading of a meter in every month that has one, newest first; read from the bytes of the files."""
        from wuye.occupancy import read_day

        for month in reversed(self.months(records.kind("reading"))):
            if found := [(read_day(one), str(one["reading"])) for one in self._of_meter(meter, month)]:
                yield max(found)

    def _of_meter(self, meter: tuple[str, str, str], month: str) -> list[Record]:
        """The readings of a meter in the file of a month, read from its bytes; void ones are none."""
        from wuye.occupancy import meter_of

        kind, word = records.kind("reading"), (meter[0] or meter[1]).encode()
        path = path_of(kind, month)
        data = self.store.read(path) or b""
        cut = blocks.Blocks(data, path)
        found = []
        for name in cut.holding([word], METERS_A_ROOM):
            with suppress(WuyeError):  # what cannot be read is told by `check` and by lists
                one = self.parse(kind, path, data, cut, name)
                told = meter_of(one)
                if one.status == "read" and (*told[:2], self.item_code(told[2])) == meter:
                    found.append(one)
        return found

    def next_reading(self, reading: Record) -> Record | None:
        """The reading after this one on the same meter."""
        from wuye.occupancy import meter_of, read_day

        meter, room, item = meter_of(reading)
        mine = (read_day(reading), reading.id)
        for month in self.months(reading.kind):
            later = [one for one in self._of_meter((meter, room, self.item_code(item)), month)
                     if (read_day(one), one.id) > mine] if month >= f"{mine[0]:%Y-%m}" else []  # fmt: skip
            if later:
                return min(later, key=lambda one: (read_day(one), one.id))
        return None

    def billed(self, what: str, name: str) -> bool:
        """Whether a debtor has a bill that counts. Who asks for many is told by the index, once for all."""
        kind = records.kind("bill")
        if not self.months(kind):
            return False
        self._asked_bills += 1
        if self._asked_bills <= FEW:
            return any(not r.void and r.get(what) == name for r in self.naming(kind, name)[0])
        return name in self._billed(what)

    def _billed(self, what: str) -> frozenset[str]:
        """The names of all debtors of a sort that have bills."""
        if what not in self._names_billed:
            kind = records.kind("bill")
            live = tuple(state.name for state in kind.flow.states)
            told = self.values(kind, Wanted(statuses=live), what)
            names = [text for _, text in told[0]] if told else [r.get(what) for r in self.load(kind)[0] if not r.void]
            self._names_billed[what] = frozenset(str(name) for name in names if name)
        return self._names_billed[what]

    @cached_property
    def _names_billed(self) -> dict[str, frozenset[str]]:
        """What `_billed` was asked."""
        return {}

    def owes(self, what: str, name: str, as_of: date) -> Owed | None:
        """What a unit, lease or bay owes by its bills at the end of a day; None where it has no bills."""
        if not self.months(records.kind("bill")):
            return None
        from wuye import owing
        from wuye.accounts import Debtor

        debtor = Debtor(what, name)
        found, problems = owing.of_one(self, debtor, as_of)
        if problems:
            return Owed(None, f"{problems[0]}")
        try:
            return found.owed(debtor)
        except BadSettings as error:  # a mistake among the charge items stops money, not a contact
            return Owed(None, f"{error.problems[0]}")

    def paid(self, what: str, name: str, since: datetime, until: datetime) -> Decimal | None:
        """What a debtor paid between two moments, refunds and reversals up to the later one taken off.

        A bare day stands for its opening: what was entered after the first moment with no more than that moment's own
        day counts as later. None where the office keeps no payments, or those of the debtor cannot be read.
        """
        if self._payments is None and not self.months(records.kind("payment")):
            return None
        from wuye.accounts import Debtor, paid_of
        from wuye.ledger import ZERO

        found = self._payments_of(name)
        if found is None:
            return None
        opening = self.settings.desk.opening(since.date())

        def later(payment: Record) -> bool:
            return since <= payment.received or (payment.received == opening and since < payment.recorded)

        told = (paid_of(r, until.date()) for r in found if later(r) and r.received <= until)
        return sum((one[1].amount for one in told if one and one[0] == Debtor(what, name)), ZERO)

    def _payments_of(self, name: str) -> Sequence[Record] | None:
        """The payments that name a debtor; None where they cannot be read. Who asks for many reads all of them once."""
        kind = records.kind("payment")
        self._asked += 1
        if self.indexed or self._asked <= FEW:
            found, problems = self.naming(kind, name)
            return None if problems else found
        if self._payments is None:
            by_name: dict[str, list[Record]] = {}
            every, problems = self.load(kind)
            for payment in every if not problems else ():
                told = [payment.values, *(entry.was for entry in payment.log)]
                for one in {str(values[what]) for values in told for what in NAMED if values.get(what)}:
                    by_name.setdefault(one, []).append(payment)
            self._payments = None if problems else by_name
            if problems:
                return None
        return (self._payments or {}).get(name, ())

    def basis(self, *kinds: Kind, rules: Iterable[Rule] = ()) -> Basis:
        """What judgements over these kinds rest on, what was paid included."""
        return super().basis(*kinds, rules=rules)._replace(paid=self.paid, billed=self.billed)

    def source(self, kind: Kind, typed: str) -> Record:
        """The record of any kind that `--of` names. Raises BadInput, NotFound, Ambiguous, Damaged."""
        told = number.parse(fold(typed).strip().upper()) or number.typed(fold(typed))
        name = records.name_of(told.prefix) if told and told.prefix else None
        if name is None:
            option = kind[kind.origin].option
            words = f"{option} 应写带前缀的编号，如 ts3、TS-20261122-003，现为“{typed}”"
            raise BadInput(Problem(words, field=kind.origin))
        return self.get(records.kind(name), typed)

    def _of_row(self, kind: Kind, source: Record, words: Mapping[str, str]) -> dict[str, str]:
        """What is taken over from one row of a checklist: its words. Raises BadInput where there is no such row."""
        checks = source.get("checks") or ()
        place = fold(words["part"]).strip()
        if not place.isdigit() or not 1 <= int(place) <= len(checks):
            wrong = f"{source.id} 没有第 {words['part']} 项（共 {len(checks)} 项）：请看 show"
            raise BadInput(Problem(wrong, field="part"))
        row = checks[int(place) - 1]
        told = "：".join(str(row[part]) for part in ("name", "note") if row.get(part))
        return {"text": told} if kind.has("text") and not words.get("text") else {}

    def inherited(self, kind: Kind, typed: Mapping[str, str]) -> dict[str, str]:
        """The words typed, and what is taken over from the record that `--of` names."""
        words = dict(typed)
        if not kind.origin or not words.get(kind.origin, "").strip():
            return words
        source = self.source(kind, words[kind.origin])
        words[kind.origin] = source.id
        if words.get("part", "").strip() and kind.has("part"):
            words = {**words, **self._of_row(kind, source, words)}
        if kind.has("source") and not words.get("source") and source.kind.name in dict(kind["source"].type.choices):
            words["source"] = source.kind.name
        placed = any(words.get(name) for name in ("room", "place"))
        for name, places in kind.inherits.items():
            if words.get(name) or (placed and name in ("room", "place")):
                continue
            there = next((one for one in places if source.kind.has(one) and source.get(one) is not None), "")
            if there:
                told = source.kind[there].stored(source[there])
                one_line = kind[name].type.name == "text" and isinstance(told, str)
                words[name] = "；".join(told.splitlines()) if one_line else told
        return words

