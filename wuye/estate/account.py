"""What the estate's bills and payments come to, kept up as they are written: accounts, arrears, what was paid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from wuye import accounts, arrears
from wuye.accounts import Debtor, debtor_of
from wuye.basis import Basis
from wuye.ledger import ZERO, Account
from wuye.owed import Owed
from wuye.record import Record
from wuye.schema import Kind
from wuye.settings import Settings

KINDS = ("bill", "payment", "deposit", "receipt", "receiptbook", "parking", "lease", "reading", "dayclose",
         "monthclose")  # fmt: skip
NOWHERE = arrears.Place("", "")


class Money:
    """The records of money by kind and by debtor. It answers `Reckoning` as an office's registers do."""

    def __init__(self, settings: Settings, basis: Callable[[Kind], Basis]) -> None:
        self.settings = settings
        self.basis = basis
        self.now = datetime.min
        self.files: dict[str, bytes] = {}
        self._kinds: dict[str, dict[str, Record]] = {name: {} for name in KINDS}
        self._debtors: dict[tuple[str, Debtor], dict[str, Record]] = {}
        self._accounts: dict[Debtor, Account] = {}
        self._oldest: dict[Debtor, date] = {}
        self._days: dict[tuple[str, str], dict[str, None]] = {}

    def wrote(self, record: Record) -> None:
        """A record of money is new or went a step further."""
        kind = record.kind.name
        if kind not in self._kinds:
            return
        self._kinds[kind][record.id] = record
        for moment in (record.received, record.log[-1].at):
            self._days.setdefault((kind, f"{moment:%Y-%m-%d}T"), {})[record.id] = None
        if kind not in ("bill", "payment"):
            return
        for values in (record.values, *(entry.was for entry in record.log)):
            for what in accounts.DEBTORS:
                if values.get(what):
                    debtor = Debtor(what, str(values[what]))
                    self._debtors.setdefault((kind, debtor), {})[record.id] = record
                    self._accounts.pop(debtor, None)
                    self._oldest.pop(debtor, None)

    def of(self, kind: str) -> list[Record]:
        """The records of a kind, in the order in which they were written."""
        return list(self._kinds[kind].values())

    def mine(self, kind: str, debtor: Debtor) -> list[Record]:
        """The bills or payments that name a debtor, or named it before they were moved."""
        return list(self._debtors.get((kind, debtor), {}).values())

    def account(self, debtor: Debtor, day: date) -> Account:
        """A debtor's account as of today: nothing is written ahead, and no item has a late fee."""
        if debtor not in self._accounts:
            bills, payments = ([r for r in self.mine(kind, debtor) if debtor_of(r) == debtor]
                               for kind in ("bill", "payment"))  # fmt: skip
            found = accounts.accounts(bills, payments, day, self.settings.charges.terms)
            self._accounts[debtor] = found.get(debtor, Account(day, (), (), ZERO))
        return self._accounts[debtor]._replace(as_of=day)

    def oldest(self, debtor: Debtor, day: date) -> date:
        """When the oldest of what is open was due; the end of days where nothing is."""
        if debtor not in self._oldest:
            found = (s.debt.due for s in self.account(debtor, day).standings if s.open)
            self._oldest[debtor] = min(found, default=date.max)
        return self._oldest[debtor]

    def open(self, debtor: Debtor, day: date) -> Decimal:
        """Everything that is billed and not paid, due or not."""
        return sum((standing.open for standing in self.account(debtor, day).standings), ZERO)

    def owes(self, what: str, name: str, as_of: date) -> Owed | None:
        """What a debtor owes by its bills; None where it has none."""
        debtor = Debtor(what, name)
        account, bills = self.account(debtor, as_of), self.mine("bill", debtor)
        if not account.billed:
            return None
        paid_on = {r.id: r.received.date() for r in self.mine("payment", debtor)}
        lines = arrears.lines({debtor: account}, bills, {}, paid_on, lambda _: NOWHERE, self.settings.charges.zh)
        total = sum((line.open for line in lines), ZERO)
        told = tuple(line.debt.id for line in lines)
        return Owed(total, arrears.claim_words(lines), told, credit=account.credit, not_due=account.not_due)

    def paid(self, what: str, name: str, since: datetime, until: datetime) -> Decimal | None:
        """What a debtor paid between two moments."""
        found = (r for r in self.mine("payment", Debtor(what, name)) if since <= r.received <= until)
        told = (accounts.paid_of(r, until.date()) for r in found)
        return sum((one[1].amount for one in told if one and one[0] == Debtor(what, name)), ZERO)

    # --- as `Reckoning` asks it

    def months(self, kind: Kind) -> list[str]:
        """The months that have records of a kind."""
        return sorted({f"{r.received:%Y-%m}" for r in self.of(kind.name)})

    def load(self, kind: Kind, months: Iterable[str] | None = None) -> tuple[list[Record], list[None]]:
        """The records of a kind, of some months or all."""
        wanted = None if months is None else set(months)
        return [r for r in self.of(kind.name) if wanted is None or f"{r.received:%Y-%m}" in wanted], []

    def gather(
        self, kind: Kind, word: str, fits: Callable[[Record], bool], months: Iterable[str] | None = None
    ) -> tuple[list[Record], list[None]]:
        """Those that fit; of a day (`2026-11-02T`) those alone that it touches."""
        if word.endswith("T"):
            here = self._kinds[kind.name]
            return [here[one] for one in self._days.get((kind.name, word), ()) if fits(here[one])], []
        return [r for r in self.load(kind, months)[0] if fits(r)], []

    def keep(self, path: str, content: bytes) -> None:
        """A file that goes beside the records."""
        self.files[path] = content
