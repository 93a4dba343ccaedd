"""Receipt numbers under the lock: which is next, which may be used; books drawn, passed on, finished (domain.md 32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from wuye import changes, receipts, records
from wuye.changes import Heard, Who
from wuye.errors import BadSettings, Problem, Refused
from wuye.money import ZERO, show
from wuye.monthfiles import MonthFiles, path_of
from wuye.record import Record
from wuye.registers import Registers
from wuye.schema import Kind

NEXT, REUSE = "next_receipt", "reuse_receipt"
ASKED = (NEXT, REUSE)
"""What a command may ask for besides the values: the next free number, the receipt of a reversed payment again."""
_FULL = "已用到最后一号：请办用完（finish）、交回存根（hand-in），再领新本"


class Along(NamedTuple):
    """New records of one kind that go into the same write as others."""

    kind: Kind
    rows: tuple[Heard, ...]


class Papers:
    """The receipts and receipt books of one office while it is held."""

    def __init__(
        self, desk: Registers, files: MonthFiles, who: Who, asked: Iterable[str], notes: list[str]
    ) -> None:
        self.desk, self.files, self.who, self.asked, self.notes = desk, files, who, frozenset(asked), notes
        self.more: list[Along] = []
        self.reused: dict[str, Record] = {}
        self._named: set[str] = set()
        self._receipted: dict[str, str] = {}

    def cashier(self, values: Mapping[str, Any]) -> str:
        """Who takes the money or writes the receipt: the one named, else the person at the desk."""
        return str(values.get("cashier") or values.get("issued_by") or self.who.by)

    def taken(self, heard: Heard) -> Heard:
        """Money taken, with its receipt number where it has one."""
        values, cashier = heard.values, self.cashier(heard.values)
        number = values.get("receipt")
        if not number and NEXT in self.asked:
            number = self._next_number(cashier)
            heard = heard._replace(values={**values, "receipt": number})
        if number:
            self._check_number(str(number), cashier, values)
            self._last_one(str(number))
        return heard

    def receipt(self, heard: Heard) -> Heard:
        """A receipt written by itself: for money taken earlier, or a spoiled one."""
        values = dict(heard.values)
        number, due = str(values["number"]), ZERO
        for name in ("payment", "deposit"):
            if typed := values.get(name):
                money = self.desk.get(records.kind(name), str(typed))
                if money.void or money.status == "reversed":
                    raise Refused(f"{money.id} 已作废或冲销，不能再开收据：请核对编号")
                self._refuse_second(money, number)
                self._receipted[money.id] = number
                values[name] = money.id
                due += money["amount"]
                if money["payer"]:
                    values.setdefault("payer", money["payer"])
        if due and values.setdefault("amount", due) != due:
            told = f"收到的是 {show(due)}，收据上写的是 {show(values['amount'])}"
            raise Refused(Problem(f"{told}：请核对 --amount，不写即按收到的金额", field="amount"))
        own = str(values.get("payment") or values.get("deposit") or "")
        self._check_number(number, self.cashier(values), {}, own, spoiled=bool(values.get("spoiled")))
        self._last_one(number)
        if book := self.book_name(number):
            values["book"] = book
        return heard._replace(values=values)

    def issued_for(self, money: Record) -> list[str]:
        """The numbers of the receipts in force for a payment or deposit: spoiled ones and those put down for other
        money are none. A number that stands on no receipt (brought from elsewhere) counts as issued."""
        name = money.kind.name
        found = self.desk.holding(
            records.kind("receipt"), money.id, lambda r: r.status == receipts.USED and r.get(name) == money.id
        )
        numbers = [str(r["number"]) for r in found]
        own = str(money.get("receipt") or "")
        return numbers or ([own] if own and own not in self._used else [])

    def _refuse_second(self, money: Record, number: str) -> None:
        """Raises Refused where money has a receipt other than that number."""
        issued = [*self.issued_for(money), *filter(None, [self._receipted.get(money.id)])]
        if other := next((one for one in issued if one != number), ""):
            words = f"不能再开一张，请核对编号；那张写坏了的，先收回作废（wuye receipt spoil {other}）"
            raise _refused(f"{money.id} 已开收据 {other}：{words}")

    def say_left(self, money: Record) -> None:
        """The paper of money that is taken back is still about: said, with what becomes of it."""
        again = "；收据本身没错、只是登记错了的，重新登记收款时写 --receipt {0} --reuse-receipt"
        for number in self.issued_for(money):
            words = f"{money.id} 的收据 {number} 还是“已开”：请收回全部联，登记 wuye receipt spoil {number}"
            self.notes.append(words + (again.format(number) if money.kind.name == "payment" else ""))

    @cached_property
    def _books(self) -> list[Record]:
        found, problems = self.desk.load(records.kind("receiptbook"))
        if problems:
            raise Refused(*problems)
        return [b for b in found if not b.void]

    @cached_property
    def _used(self) -> set[str]:
        """Every number that stands on a receipt of any month."""
        kind, found = records.kind("receipt"), set[str]()
        for month in self.desk.months(kind):
            data = self.desk.store.read(path_of(kind, month)) or b""
            found |= set(receipts.numbers_in(data))
        return found

    def _book_of(self, number: str) -> Record | None:
        return next((b for b in self._books if receipts.covers(b, number)), None)

    def book_name(self, number: str) -> str | None:
        """The name of the book that a number belongs to."""
        book = self._book_of(number)
        return str(book["name"]) if book else None

    def _next_number(self, cashier: str) -> str:
        """The next free number of the open book that the cashier holds. Raises Refused where there is none."""
        mine = [b for b in self._books if b.status == "drawn" and receipts.holder(b) == cashier]
        if not mine:
            raise Refused(f"没有{cashier}持有的在用票据本：请先登记领用（wuye receiptbook add）或办转交（hand-over）")
        begun = sorted(mine, key=lambda b: (receipts.next_of(b, self._used) == b["first"], str(b["first"])))
        number = next((n for book in begun if (n := receipts.next_of(book, self._used))), "")
        if not number:
            name = begun[0]["name"]
            raise Refused(f"票据本 {name} {_FULL}")
        return number

    def _check_number(
        self, number: str, cashier: str, money: Mapping[str, Any], own: str = "", spoiled: bool = False
    ) -> None:
        """Whether a receipt number may be used now, for the money `own` where that bears it. Raises Refused."""
        if number in self._used:
            self._check_again(number, money)
            return
        self.once(number, own)
        if not self._books:
            self._used.add(number)
            return
        book = self._book_of(number)
        if book is None:
            raise _refused(f"收据号 {number} 不在任何票据本的号段里：请核对号码，或先登记领用的票据本")
        if book.status != "drawn":
            state = "已用完" if book.status == "finished" else "已交回存根"
            raise _refused(f"收据号 {number} 在票据本 {book['name']} 里，这本{state}，不能再开：请核对号码")
        if receipts.holder(book) != cashier:
            whose = receipts.holder(book)
            what = f"收据号 {number} 在票据本 {book['name']} 里，由{whose}持有"
            raise _refused(f"{what}：请先办转交（hand-over），或核对收款人")
        if gaps := receipts.missing(book, self._used, number):
            what = "请先登记这些跳过的号" if spoiled else "请先把它们登记为作废"
            raise _refused(
                f"收据号 {number} 跳过了 {receipts.runs(gaps)}：{what}（wuye receipt add {gaps[0]} --spoiled 原因），"
                f"或从 {gaps[0]} 开起"
            )
        self._used.add(number)

    def once(self, number: str, own: str = "") -> None:
        """Raises Refused where a number stands on a receipt, or on other money that is not reversed."""
        if number in self._used or number in self._named:
            raise _refused(f"收据号 {number} 已用过：一张收据只能用一次，请核对号码")
        for name in ("payment", "deposit"):
            kind = records.kind(name)
            for other in self.desk.holding(kind, number, lambda r: str(r.get("receipt") or "") == number):
                if other.id != own and other.status not in ("reversed", "void"):
                    raise _refused(f"收据号 {number} 已用在 {other.id}：一张收据只能用一次，请核对号码")
        self._named.add(number)

    def _check_again(self, number: str, money: Mapping[str, Any]) -> None:
        """A number that is used already: free again only where its payment was reversed and that is asked for."""
        kind = records.kind("receipt")
        found = self.desk.holding(kind, number, lambda r: str(r["number"]) == number and not r.void)
        first = found[-1] if found else None
        if first is None:
            raise _refused(f"收据号 {number} 已用过：一张收据只能用一次，请核对号码")
        if first.status == receipts.SPOILED:
            raise _refused(f"收据号 {number} 已作废（{first.id}），不能再用：请用下一号")
        payment = self._payment_of(first)
        gone = payment is not None and (payment.void or payment.status == "reversed")
        if not gone or number in self.reused or not money:
            raise _refused(f"收据号 {number} 已用过（{first.id}）：一张收据只能用一次，请核对号码")
        assert payment is not None
        if REUSE not in self.asked:
            raise _refused(
                f"收据号 {number} 开给了已冲销的 {payment.id}：同一张收据对应这笔收款的，请加 --reuse-receipt；"
                f"否则收回作废（wuye receipt spoil {number}），用下一号"
            )
        if first.get("amount") != money.get("amount"):
            raise _refused(f"收据 {number} 上写的是 {first.get('amount')}，与金额不符：请收回作废，用下一号")
        self.reused[number] = first

    def _payment_of(self, receipt: Record) -> Record | None:
        name = receipt.get("payment")
        return self.desk.get(records.kind("payment"), str(name)) if name else None

    def reassign(self, receipt: Record, payment: Record) -> None:
        """Put a receipt down for a new payment, in the same write."""
        kind = receipt.kind
        step = kind.flow.step("reassign")
        assert step is not None
        heard = Heard({"payment": payment.id, "reason": f"原收款 {receipt['payment']} 已冲销"})
        after = changes.stepped(receipt, step, heard, self.who._replace(at=None), self.desk.basis(kind), {})
        self.files.put(path_of(kind, f"{receipt.received:%Y-%m}"), after)
        self.notes.append(f"收据 {receipt['number']} 改挂到 {payment.id}")

    def _last_one(self, number: str) -> None:
        book = self._book_of(number)
        if book and not receipts.next_of(book, self._used):
            self.notes.append(f"票据本 {book['name']} {_FULL}")

    # --- written with the money

    def write(self, kind: Kind, made: Sequence[Record]) -> None:
        """The receipts of money just taken; one that is used again is put down for its new payment."""
        rows = []
        for record in made:
            number = record["receipt"]
            if not number:
                continue
            if earlier := self.reused.get(number):
                self.reassign(earlier, record)
                continue
            told = {"number": number, "book": self.book_name(number), kind.name: record.id}
            told |= {"amount": record["amount"], "payer": record["payer"], "issued_by": record.get("cashier")}
            told["purpose"] = kind["purpose"].shown(record["purpose"]) if kind.has("purpose") else self._for(record)
            rows.append(Heard({n: v for n, v in told.items() if v}, received=record.received))
        if rows:
            self.more.append(Along(records.kind("receipt"), tuple(rows)))

    def _for(self, payment: Record) -> str:
        """What a receipt says the money is for: the named bills' items and periods, or what was remarked."""
        told = []
        for name in payment.get("bills") or ():
            bill = self.desk.get(records.kind("bill"), name)
            since, until = bill.get("period_from"), bill.get("period_until")
            span = f"{since:%Y-%m}" if since else ""
            span += f"—{until:%Y-%m}" if until and f"{until:%Y-%m}" != span else ""
            told.append(f"{span} {self._item_zh(str(bill['item']))}".strip())
        return "、".join(dict.fromkeys(told)) or str(payment["remark"] or "")

    def _item_zh(self, item: str) -> str:
        """A charge item's name; its code where the settings cannot be read: money is taken all the same."""
        try:
            return self.desk.settings.charges.zh(item)
        except BadSettings:
            return item

    # --- receipt books

    def book(self, heard: Heard) -> Heard:
        """A book is drawn once the stubs of the one before are handed in, and shares no number with another."""
        values = heard.values
        drawer = str(values.get("holder") or values.get("drawn_by") or self.who.by)
        width, first, last = len(values["first"]), int(values["first"]), int(values["last"])
        for other in self._books:
            same = len(str(other["first"])) == width
            if same and first <= int(other["last"]) and int(other["first"]) <= last:
                raise _refused(f"号段与票据本 {other['name']}（{other['first']}—{other['last']}）重叠：请核对起止号")
            if receipts.holder(other) != drawer:
                continue
            if other.status == "finished":
                raise _refused(f"{drawer}用完的票据本 {other['name']} 还没有交回存根：请先办 hand-in，再领新本")
            if other.status == "drawn" and (left := receipts.next_of(other, self._used)):
                self.notes.append(f"{drawer}手里的票据本 {other['name']} 还没有用完，下一号 {left}")
        return heard

    def reassigned(self, after: Record) -> Record:
        """A receipt that was put down for another payment, its number in full. Raises Refused."""
        entry = after.log[-1]
        payment = self.desk.get(records.kind("payment"), str(entry.values["payment"]))
        if payment.void or payment.status == "reversed" or payment["amount"] != after["amount"]:
            raise _refused(f"{payment.id} 不是金额相同、有效的收款：收据不能改挂到它，请核对编号")
        self._refuse_second(payment, str(after["number"]))
        entry = entry._replace(values={**entry.values, "payment": payment.id})
        return replace(after, values={**after.values, "payment": payment.id}, log=(*after.log[:-1], entry))

    def book_step(self, before: Record, after: Record) -> None:
        """A book passed on or finished, counted against its receipts. Raises Refused."""
        entry = after.log[-1]
        if entry.step == "hand-over":
            due = receipts.next_of(before, self._used)
            if entry.values["next_number"] != due:
                told = f"票据本 {before['name']} 的下一号应是 {due or '（已用完）'}"
                raise _refused(f"{told}，清点的是 {entry.values['next_number']}：请双方重新清点，缺的先补登")
            if receipts.holder(before) == entry.values["holder"]:
                raise _refused(f"票据本 {before['name']} 本来就由{entry.values['holder']}持有：请核对 --holder")
        if entry.step == "finish" and (left := receipts.missing(before, self._used)):
            reason = entry.values.get("reason")
            if not reason:
                words = f"票据本 {before['name']} 还有 {receipts.runs(left)} 没有用"
                raise _refused(f"{words}：请继续用；不再用的请用 --reason 写明原因，剩余各号一并登记为作废")
            rows = tuple(Heard({"number": n, "book": before["name"], "spoiled": reason}) for n in left)
            self.more.append(Along(records.kind("receipt"), rows))
            self.notes.append(f"{receipts.runs(left)} 共 {len(left)} 号登记为作废")



def _refused(words: str) -> Refused:
    return Refused(Problem(words, field="receipt"))
