"""Closing a day and a month under the lock, and what a closed one takes no more (domain.md 33)."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

from wuye import closing, receipts, records, takings
from wuye.changes import Heard, Who
from wuye.errors import BadInput, Damaged, Problem, Refused
from wuye.money import CENT, ZERO, show
from wuye.monthfiles import MonthFiles, path_of
from wuye.record import Record
from wuye.registers import Registers
from wuye.takings import Movement

MONEY = ("payment", "deposit")
MOST_SAID = 5


class Reckoning:
    """The days and months of one office as they are closed, while it is held."""

    def __init__(self, desk: Registers, files: MonthFiles, who: Who, notes: list[str]) -> None:
        self.desk, self.files, self.who, self.notes = desk, files, who, notes

    def _holding(self, name: str, word: str) -> list[Record]:
        """Records that hold a word. Raises Damaged: what is closed over unread records is no close."""
        found, problems = self.desk.gather(records.kind(name), word, lambda r: True)
        if problems:
            raise Damaged(*problems)
        return found

    def _all(self, name: str, months: Iterable[str] | None = None) -> list[Record]:
        found, problems = self.desk.load(records.kind(name), months)
        if problems:
            raise Damaged(*problems)
        return found

    # --- what is closed

    @cached_property
    def closed(self) -> Mapping[str, Record]:
        """The closed months with their closes."""
        return closing.closed_months(self._all("monthclose"))

    def refuse_closed(self, moment: datetime, what: str) -> None:
        """Raises Refused for what is dated into a closed month."""
        if close := self.closed.get(f"{moment:%Y-%m}"):
            raise Refused(
                f"{moment:%Y-%m} 已月结（{close.id}），{what}不能记在这个月：请写今天的日期；"
                f"确要改这个月，先 wuye monthclose reopen {close.id} --reason 原因"
            )

    def day_close(self, day: date, cashier: str) -> Record | None:
        """The daily close in force of a person's day."""
        kind = records.kind("dayclose")
        found = self.desk.gather(kind, f"{day}", lambda r: r.get("day") == day, [f"{day:%Y-%m}"])[0]
        return takings.standing(found).get((day, cashier))

    def say_closed_day(self, moment: datetime, cashier: str) -> None:
        """What is dated into a day that its cashier has closed is said: the close does not state it."""
        if close := self.day_close(moment.date(), cashier):
            self.notes.append(
                f"{cashier} {moment:%Y-%m-%d} 已日结（{close.id}）：这一笔记在日结之后，"
                f"请 wuye dayclose reopen {close.id} 后重新日结"
            )

    def refuse_stated(self, key: str, moment: datetime) -> None:
        """Raises Refused where a daily close in force states the movement of that key."""
        month = f"{moment:%Y-%m}"
        found = self.desk.gather(records.kind("dayclose"), key, lambda c: key in (c.get("keys") or ()), [month])[0]
        if close := next(iter(takings.standing(found).values()), None):
            stated = f"{key.partition('/')[0]} 已写进日结（{close.id}）"
            raise Refused(f"{stated}，不能撤销：请先 wuye dayclose reopen {close.id}")

    # --- a day

    def close_day(self, heard: Heard) -> Heard:
        """A daily close with everything computed. Raises Refused or BadInput saying what stands against it."""
        values = dict(heard.values)
        day = values.setdefault("day", (heard.received or self.who.moment).date())
        cashier = values.setdefault("cashier", self.who.by)
        if day > self.desk.now.date():
            raise Refused(f"{day} 还没有到：请核对日期")
        if other := self.day_close(day, cashier):
            raise Refused(f"{cashier} {day} 已日结（{other.id}）：没有再结；要重结先 wuye dayclose reopen {other.id}")
        received = self._filed(day, heard.received)
        self.refuse_closed(received, "日结")
        moved = self.moved(day, cashier)
        values |= self._papers(day, cashier, moved)
        expected = takings.total(moved, takings.CASH)
        # Where cash only went out and no float lies there, the drawer is empty: nothing to be counted.
        if expected and not values.get("count") and (expected > 0 or self._float(values)):
            raise BadInput(Problem(self._proposal(day, cashier, moved, self._float(values)), field="count"))
        kind = records.kind("dayclose")
        counted = sum((row["value"] * row["pieces"] for row in values.get("count") or ()), ZERO)
        change = self._float(values) if values.get("count") else ZERO
        values |= {
            "takings": tuple(takings.by_way(moved)), "float": change or None, "expected": expected, "counted": counted,
            "difference": counted - max(expected + change, ZERO), "entries": len(moved),
            "keys": tuple(m.key for m in moved), "seal": takings.digest(moved),
        }  # fmt: skip
        if problems := [p for check in kind.checks for p in check(values, self.desk.basis(kind))]:
            raise BadInput(*problems)
        if not moved:
            self.notes.append(f"{cashier} {day} 没有收付")
        if expected + change < 0:
            words = f"付出的现金比当天收的{'连备用金' if change else ''}多 {show(-expected - change)}"
            self.notes.append(f"{words}：是用别处的钱付的，请在备考（--remark）里写明从哪里付")
        values = {name: value for name, value in values.items() if value not in (None, ())}
        return heard._replace(values=values, received=received)

    def _filed(self, day: date, given: datetime | None) -> datetime:
        """A day that is closed later is filed under its own last minute: it belongs to its month."""
        now = given or self.who.moment
        if now.date() == day:
            return now
        last = datetime.combine(day, time(23, 59), now.tzinfo)
        if given is not None and given.date() != day:
            raise Refused(f"日结的是 {day}，--at 写的却是 {given:%Y-%m-%d}：请只写一个")
        return last

    def moved(self, day: date, cashier: str) -> list[Movement]:
        """What moved through a person's hands on a day."""
        found = [r for name in MONEY for r in self._holding(name, f"{day}T")]
        return sorted(takings.of_day(takings.movements(found), day, cashier), key=lambda m: m.key)

    def _float(self, values: Mapping[str, Any]) -> Decimal:
        """The change float that lies in the drawer with the takings: what was typed, else the desk's own."""
        told: Decimal | None = values.get("float")
        if told is not None:
            return told
        return Decimal(self.desk.basis(records.kind("handover")).number("handover.float")).quantize(CENT)

    def _proposal(self, day: date, cashier: str, moved: Sequence[Movement], change: Decimal) -> str:
        from wuye.listed import taken_zh

        ways = "；".join(taken_zh(row) for row in takings.by_way(moved))
        expected = takings.total(moved, takings.CASH)
        due = show(max(expected + change, ZERO))
        both = f"，连备用金 {show(change)} 应点 {due}（不在您这里的加 --float 0）" if change else ""
        return (
            f"{cashier} {day} 共 {len(moved)} 笔：{ways}。现金应有 {show(expected)}{both}：请点清现金，"
            "用 --count 写明，如 --count 100x5,50x1,0.5x1"
        )

    def _papers(self, day: date, cashier: str, moved: Sequence[Movement]) -> dict[str, Any]:
        """The receipts of a person's day by book; a gap, a double refuses the close."""
        issued = [r for r in self._all("receipt", [f"{day:%Y-%m}"]) if r.received.date() == day and not r.void]
        mine = [r for r in issued if str(r.get("issued_by") or r.log[0].by) == cashier]
        books = [b for b in self._all("receiptbook") if not b.void]
        self.refuse_gaps(books, [str(r["number"]) for r in mine])
        left = {m.id: takings.total(one for one in moved if one.id == m.id) for m in moved if m.amount < 0}
        # A spoiled receipt is none, unless the money of the day went back whole with it.
        receipted = {
            of for r in mine for name in MONEY
            if (of := r.get(name)) and (r.status == receipts.USED or not left.get(of, r.get("amount")))
        }  # fmt: skip
        bare = [m for m in moved if m.what in (takings.TAKEN, takings.DEPOSIT) and m.id not in receipted]
        used = sum((r["amount"] for r in mine if r.status == receipts.USED and r.get("amount")), ZERO)
        return {"papers": tuple(paper_rows(books, mine)), "receipted": used, "unreceipted": len(bare)}

    def refuse_gaps(self, books: Sequence[Record], mine: Sequence[str]) -> None:
        """Raises Refused where numbers before these are missing, or one of these stands twice."""
        kind = records.kind("receipt")
        every = Counter(
            number for month in self.desk.months(kind)
            for number in receipts.numbers_in(self.desk.store.read(path_of(kind, month)) or b"")
        )  # fmt: skip
        twice = "收据号 {} 登记了 {} 次：请核对纸质收据，改正后再结"
        problems = [Problem(twice.format(n, every[n])) for n in dict.fromkeys(mine) if every[n] > 1]
        for name, numbers in receipts.by_book(books, mine).items():
            book = next((b for b in books if b["name"] == name), None)
            if book and (gaps := receipts.missing(book, every, numbers[-1])):
                words = f"票据本 {name} 缺号 {receipts.runs(gaps)}：请先补登，写坏的登记为作废，再结"
                problems.append(Problem(words, field="receipt"))
        if problems:
            raise Refused(*problems)

    # --- a month

    def close_month(self, heard: Heard) -> Heard:
        """A monthly close with everything computed and the month frozen. Raises Refused for what stands against it."""
        values = dict(heard.values)
        month = str(values["month"])
        first = date.fromisoformat(f"{month}-01")
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if self.desk.now.date() < last:
            raise Refused(f"{month} 还没有过完：请在 {last} 或以后月结")
        if other := self.closed.get(month):
            raise Refused(f"{month} 已月结（{other.id}）：没有再结；要重结先 wuye monthclose reopen {other.id}")
        moved = [m for name in MONEY for m in takings.movements(self._holding(name, f"{month}-"))]
        moved = [m for m in moved if f"{m.at:%Y-%m}" == month]
        closes = [c for c in self._all("dayclose", [month]) if c.status not in ("void", "reopened")]
        self._refuse_open_days(moved, closes)
        values |= self._month_totals(month, first, last, moved) | {"days_closed": len(closes)}
        kind = records.kind("monthclose")
        if problems := [p for check in kind.checks for p in check(values, self.desk.basis(kind))]:
            raise BadInput(*problems)
        values |= self._freeze(month)
        return heard._replace(values={name: value for name, value in values.items() if value not in (None, ())})

    def _refuse_open_days(self, moved: Sequence[Movement], closes: Sequence[Record]) -> None:
        problems = []
        for lack in takings.uncovered(moved, closes):
            ids = "、".join(dict.fromkeys(m.id for m in lack.movements[:MOST_SAID]))
            if lack.close:
                words = f"{lack.day} {lack.cashier}：{ids} 在日结（{lack.close}）之后登记，请 reopen 后重新日结"
            else:
                words = f"{lack.day} {lack.cashier}：有收付没有日结（{ids}），请先 wuye dayclose add {lack.day}"
            problems.append(Problem(words))
        by_key = {m.key: m for m in moved}
        for close in closes:
            if takings.changed(by_key, close):
                problems.append(Problem(f"{close['day']} {close['cashier']}：日结（{close.id}）之后明细被改过，请核对"))
            elif close.status == "closed" and close.get("counted"):
                self.notes.append(f"{close['day']} {close['cashier']} 的现金还没有登记上交（{close.id}）")
        if problems:
            raise Refused(*problems)

    def _month_totals(self, month: str, first: date, last: date, moved: Sequence[Movement]) -> dict[str, Any]:
        settings, desk = self.desk.settings, self.desk
        until = [m for m in desk.months(records.kind("bill")) if m <= month]
        bills = self._all("bill", until)
        payments = self._all("payment", [m for m in desk.months(records.kind("payment")) if m <= month])
        deposits = self._all("deposit", [m for m in desk.months(records.kind("deposit")) if m <= month])
        brought = closing.collected(bills, payments, first, last, settings.charges.terms, settings.principal_first)
        kept = sum((amount for day, amount in takings.kept_back(deposits) if first <= day <= last), ZERO)
        books = [b for b in self._all("receiptbook") if not b.void]
        papers = [r for r in self._all("receipt", [month]) if not r.void]
        self.refuse_gaps(books, [str(r["number"]) for r in papers])
        spoiled = sum(r.status == receipts.SPOILED for r in papers)
        items = [
            {"item": settings.charges.zh(item), "principal": principal, "fee": fee}
            for item, (principal, fee) in brought.items.items()
        ]
        return {
            "takings": tuple(takings.by_way(moved)),
            "net": takings.total(m for m in moved if not m.is_deposit),
            "items": tuple(items), "credit_before": brought.before, "credit_after": brought.after,
            "deposits_kept": kept or None, "deposits_held": takings.held(deposits, last),
            "papers": tuple(paper_rows(books, papers)), "receipts_used": len(papers) - spoiled,
            "receipts_spoiled": spoiled,
        }  # fmt: skip

    def _freeze(self, month: str) -> dict[str, Any]:
        """Every record of money of the month as it stands now, in a list that is kept with the close."""
        import hashlib

        kept, seals = [], []
        for name in closing.FROZEN:
            kind = records.kind(name)
            mine = sorted(closing.frozen(r) for r in self._all(name, [month]))
            if mine:
                digest = hashlib.sha256(closing.dump(mine)).hexdigest()
                seals.append({"file": path_of(kind, month), "records": len(mine), "sha256": digest})
                kept += mine
        data = closing.dump(kept)
        digest = hashlib.sha256(data).hexdigest()
        path = f"attachments/{month}/{digest[:12]}-frozen-{month}.tsv"
        self.files.keep(path, data)
        return {"seals": tuple(seals), "frozen": path, "seal": digest}

    # --- steps

    def step(self, before: Record, after: Record, moment: datetime) -> None:
        """A step or a correction of a record of money. Raises Refused for what a closed day or month forbids."""
        kind, entry = before.kind, after.log[-1]
        if kind.name == "monthclose":
            if entry.step == "void" and before.status == closing.CLOSED:
                raise Refused(f"{before.id} 已月结，不能作废：请用 wuye monthclose reopen {before.id} --reason 原因")
            return
        if kind.name not in closing.FROZEN:
            return
        zh = "这一步"
        if entry.step not in ("note", "attach", "link", "repeat"):
            self.refuse_closed(moment, zh)
        if kind.name == "dayclose" and entry.step in ("void", "reopen"):
            if entry.step == "void" and before.status != "reopened":
                raise Refused(f"{before.id} 已日结，不能作废：请用 wuye dayclose reopen {before.id} --reason 原因")
            self.refuse_closed(before.received, "日结重开")
        if after.received != before.received:
            self.refuse_closed(before.received, "受理时间")
            self.refuse_closed(after.received, "受理时间")
            for day in (before.received.date(), after.received.date()):
                if kind.name in MONEY and (close := self.day_close(day, takings.cashier_of(before))):
                    raise Refused(f"{day} 已日结（{close.id}），受理时间不能改：请先 wuye dayclose reopen {close.id}")
        if kind.name in MONEY and entry.step in ("refund", "return"):
            self.say_closed_day(moment, entry.by)
        if kind.name in MONEY and entry.step in ("reverse", "void"):
            self.say_closed_day(moment, takings.cashier_of(before))


def paper_rows(books: Sequence[Record], found: Sequence[Record]) -> list[dict[str, Any]]:
    """A row a book: first and last number, how many used, which void."""
    of = {str(r["number"]): r for r in found}
    rows = []
    for name, numbers in receipts.by_book(books, list(of)).items():
        spoiled = [n for n in numbers if of[n].status == receipts.SPOILED]
        row = {"book": name, "first": numbers[0], "last": numbers[-1], "used": len(numbers) - len(spoiled),
               "spoiled": len(spoiled), "numbers": "、".join(spoiled)}  # fmt: skip
        rows.append({n: value for n, value in row.items() if value != ""})
    return rows


