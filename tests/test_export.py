"""Other programs as witnesses: hledger, beancount and DuckDB find in our exports what we count (domain.md G, J)."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yearbook
from conftest import Said, played, run_wuye
from hypothesis import given, settings
from hypothesis import strategies as st
from yearbook import BILL, DEPOSIT, PAYMENT, begun, stepped

from wuye.accounts import accounts, end_of
from wuye.export import beancount, hledger
from wuye.ledger import NO_FEE, Account, Terms
from wuye.office import Office
from wuye.postings import Book, Head, balances
from wuye.record import Record
from wuye.records import deposit, payment

Wuye = Callable[..., Said]
ZERO = Decimal(0)
DAYS = (date(2025, 3, 31), date(2025, 8, 31), date(2025, 12, 31))


def plainly(head: Head) -> str:
    return head.name


def book(found: Sequence[Record], until: date, terms: Callable[[str], Terms] = lambda item: NO_FEE,
         principal_first: bool = False) -> Book:  # fmt: skip
    made = Book(until, terms, principal_first)
    for record in found:
        made.add(record)
    return made


# --- our own totals, told by the records and accounts alone


def own(found: Sequence[Record], day: date, terms: Callable[[str], Terms] = lambda item: NO_FEE,
        principal_first: bool = False) -> dict[Head, Decimal]:  # fmt: skip
    """What each head holds at the end of a day, by the definitions of `accounts` and of each kind."""
    then = [r.as_of(end_of(day, r.received)) for r in found if r.received.date() <= day]
    sums: Counter[Head] = Counter()
    bills, payments = ([r for r in found if r.kind is kind] for kind in (BILL, PAYMENT))
    for debtor, account in accounts(bills, payments, day, terms, principal_first).items():
        for what, amount in told(account).items():
            sums[Head(what, *debtor) if what in ("receivable", "credit") else Head(what)] += amount
    for record in then:
        if record.kind is BILL and not record.void:
            sums[Head("income", "item", record["item"])] -= record["amount"]
        elif record.kind is not BILL:
            for way, amount in moved(record):
                sums[Head("money", "way", way)] += amount
        if record.kind is DEPOSIT:
            sums[Head("deposit", "room", record["room"])] -= deposit.held(record)
            sums[Head("kept")] -= sum((e.values.get("kept_back", ZERO) for e in record.log), ZERO)
    return {head: amount for head, amount in sums.items() if amount}


def told(account: Account) -> dict[str, Decimal]:
    """One account's totals, in the signs of the book."""
    return {
        "receivable": sum((s.open for s in account.standings), ZERO),
        "credit": -account.credit,
        "fee": -sum((s.fee_paid for s in account.standings), ZERO),
        "written": sum((w.amount for w in account.written), ZERO),
    }


def moved(record: Record) -> list[tuple[str, Decimal]]:
    """The money of a payment or deposit by way; a void takes back what was left, the way it came."""
    out = [(e, e.values[n]) for e in record.log for n in ("refunded", "returned") if e.values.get(n)]
    found = [(e.values.get("refund_way") or e.values.get("return_way") or record["way"], -amount) for e, amount in out]
    kept = payment.net(record) if record.kind is PAYMENT else deposit.held(record)
    kept += sum((e.values.get("kept_back", ZERO) for e in record.log), ZERO)
    return [*found, (record["way"], kept + sum((amount for _, amount in out), ZERO))]


# --- small books of every kind


START = date(2025, 1, 6)
AMOUNTS = st.integers(1, 60_000).map(lambda n: Decimal(n) / 100)
ROOMS = st.sampled_from(["1-1-101", "1-1-102"])
FEES = {"property": Terms(Decimal("0.0005")), "parking": Terms(Decimal("0.01"), 5, Decimal("0.3")), "water": NO_FEE}


def day_after(draw: st.DrawFn, day: date) -> date:
    return day + timedelta(days=draw(st.integers(0, 60)))


@st.composite
def bills(draw: st.DrawFn, number: int) -> Record:
    day = day_after(draw, START)
    bill = begun(BILL, f"ZD-{number}", day, {
        "room": draw(ROOMS), "item": draw(st.sampled_from(list(FEES))), "amount": draw(AMOUNTS),
        "due_on": day_after(draw, day),
    })  # fmt: skip
    for step in draw(st.sampled_from([(), ("correct",), ("void",), ("write-off",), ("correct", "write-off", "void")])):
        day = day_after(draw, day)
        given = {"amount": draw(AMOUNTS)} if step == "correct" else {}
        bill = stepped(bill, step, day, reason="试", **given)
    return bill


@st.composite
def payments(draw: st.DrawFn, number: int) -> Record:
    day, named = day_after(draw, START), draw(st.lists(st.sampled_from(["ZD-0", "ZD-1", "ZD-2"]), max_size=2))
    values = {"room": draw(ROOMS), "amount": draw(AMOUNTS), "way": draw(st.sampled_from(["cash", "bank"])),
              "bills": tuple(named) or None}  # fmt: skip
    made = begun(PAYMENT, f"SK-{number}", day, values)
    steps = st.sampled_from(["refund", "transfer", "name", "reverse", "void"])
    for step in draw(st.lists(steps, max_size=3)):
        day = day_after(draw, day)
        given: dict[str, Any] = {"reason": "试"}
        if step == "refund":
            most = int(payment.net(made) * 100)
            if not most:
                continue
            given |= {"refunded": Decimal(draw(st.integers(1, most))) / 100}
            given |= draw(st.sampled_from([{}, {"refund_way": "pos"}]))
        elif step == "transfer":
            given["room"] = draw(ROOMS)
        elif step == "name":
            given = {"bills": ("ZD-2",)}
        if made.kind.flow.after(made.status, step):
            made = stepped(made, step, day, **given)
    return made


@st.composite
def deposits(draw: st.DrawFn, number: int) -> Record:
    day = day_after(draw, START)
    made = begun(DEPOSIT, f"BZ-{number}", day, {"room": draw(ROOMS), "amount": draw(AMOUNTS), "way": "cash"})
    for step in draw(st.sampled_from([(), ("return",), ("keep-back", "return"), ("keep-back", "void"), ("void",)])):
        day, most = day_after(draw, day), int(deposit.held(made) * 100)
        part = Decimal(draw(st.integers(1, most))) / 100 if most else ZERO
        given = {"return": {"returned": part, "return_way": "bank"}, "keep-back": {"kept_back": part}}.get(step, {})
        if made.status == "held" and (part or step == "void"):
            made = stepped(made, step, day, reason="试", **given)
    return made


@st.composite
def offices(draw: st.DrawFn) -> list[Record]:
    found = [draw(bills(n)) for n in range(draw(st.integers(0, 4)))]
    found += [draw(payments(n)) for n in range(draw(st.integers(0, 4)))]
    return found + [draw(deposits(n)) for n in range(draw(st.integers(0, 2)))]


@settings(deadline=None)
@given(offices(), st.booleans(), st.randoms(), st.integers(0, 240))
def test_the_book_says_what_the_accounts_say_on_any_day_in_any_order_of_entry(
    found: list[Record], principal_first: bool, chance: Any, days: int
) -> None:
    last = START + timedelta(days=240)
    whole = book(found, last, FEES.__getitem__, principal_first).transactions()
    assert all(sum(line.amount for line in one.lines) == 0 for one in whole)
    assert [one.day for one in whole] == sorted(one.day for one in whole)
    for day in (START + timedelta(days=days), last):
        assert balances(whole, day) == own(found, day, FEES.__getitem__, principal_first)
    mixed = list(found)
    chance.shuffle(mixed)
    again = book(mixed, last, FEES.__getitem__, principal_first).transactions()
    assert [(one.day, one.record) for one in again] == [(one.day, one.record) for one in whole]
    assert Counter((t.day, t.record, line) for t in again for line in t.lines) == Counter(
        (t.day, t.record, line) for t in whole for line in t.lines
    )
    until = START + timedelta(days=days)
    assert [t for t in whole if t.day <= until] == book(found, until, FEES.__getitem__, principal_first).transactions()


def test_a_reversal_is_one_more_entry_on_its_day() -> None:
    bill = begun(BILL, "ZD-1", START, {"room": "1-1-101", "item": "property", "amount": Decimal("100.00"),
                                       "due_on": START})  # fmt: skip
    values = {"room": "1-1-101", "amount": Decimal("120.00"), "way": "cash"}
    paid = begun(PAYMENT, "SK-1", START + timedelta(days=1), values)
    found = [bill, stepped(paid, "reverse", START + timedelta(days=9), reason="退票")]
    entries = book(found, START + timedelta(days=30)).transactions()
    assert [(str(t.day)[-2:], t.record, t.words) for t in entries] == [
        ("06", "ZD-1", "账单"), ("07", "SK-1", "收款"), ("07", "SK-1", "冲抵账单"),
        ("15", "SK-1", "收款 冲销（退票）"), ("15", "SK-1", "冲抵账单"),
    ]  # fmt: skip
    room = ("room", "1-1-101")
    assert {line.head: line.amount for line in entries[3].lines} == {
        Head("money", "way", "cash"): Decimal("-120.00"), Head("credit", *room): Decimal("120.00"),
    }  # fmt: skip
    assert {line.head: line.amount for line in entries[4].lines} == {
        Head("credit", *room): Decimal("-100.00"), Head("receivable", *room): Decimal("100.00"),
    }  # fmt: skip


def test_money_that_came_to_the_right_room_later_settles_nothing_before() -> None:
    values = {"item": "property", "amount": Decimal("100.00"), "due_on": START}
    here, there = (begun(BILL, f"ZD-{n}", START, {"room": f"1-1-10{n}", **values}) for n in (1, 2))
    paid = begun(PAYMENT, "SK-1", START, {"room": "1-1-101", "amount": Decimal("100.00"), "way": "cash"})
    moved_on = START + timedelta(days=20)
    found = [here, there, stepped(paid, "transfer", moved_on, room="1-1-102", reason="收错房号")]
    entries = book(found, START + timedelta(days=30)).transactions()
    owed = [Head("receivable", "room", f"1-1-10{n}") for n in (1, 2)]
    before, after = (balances(entries, day) for day in (moved_on - timedelta(days=1), moved_on))
    assert [before.get(head) for head in owed] == [None, Decimal("100.00")]
    assert [after.get(head) for head in owed] == [Decimal("100.00"), None]


# --- names and words that no file may be made of


@given(st.text(min_size=1))
def test_names_of_accounts_are_read_back(name: str) -> None:
    from beancount.core import account as rules

    told = beancount.account(Head("receivable", "bay", name), plainly)
    assert rules.is_valid(told) and told.isprintable()
    assert beancount.named(told.removeprefix("Assets:Receivable:Bay-")) == name
    try:
        part = hledger.escaped(name)
    except UnicodeEncodeError:
        return
    assert hledger.named(part) == name
    assert not set(part) & set(":; \t\n()[]*|")


HOSTILE = (
    '假的"\n2025-01-01 * "x" "y"\n  Assets:Money:Way-cash  9 CNY\n  Income:Charges:Item-x  -9 CNY\n',
    "假的 ; date:2020-01-01, bill:ZD-9\n\n2025-01-01 伪造\n  资产:货币资金:现金  9 CNY\n  收入:收费:x\n",
    '\\" ; include /etc/passwd\r\n; x\u2028~ monthly\x85\t', "a  1000 CNY", "(b) *", "Q22Q:%3A", "  ",
)  # fmt: skip


def hostile() -> list[Record]:
    """Everything that may hold free text, with text that means to be more."""
    found = []
    for place, words in enumerate(HOSTILE):
        day = START + timedelta(days=place)
        values = {"bay": words, "item": words, "amount": Decimal("100.00"), "due_on": day}
        found.append(stepped(begun(BILL, f"ZD-{words}", day, values), "correct", day + timedelta(days=1),
                             amount=Decimal("90.00"), reason=words))  # fmt: skip
        values = {"lease": words, "amount": Decimal("10.00"), "way": "cash"}
        found.append(stepped(begun(PAYMENT, f"SK-{words}", day, values), "reverse", day, reason=words))
    return found


def test_hostile_words_forge_nothing_in_beancount() -> None:
    from beancount import loader
    from beancount.core.data import Open, Transaction

    wanted = book(hostile(), START + timedelta(days=60)).transactions()
    entries, errors, options = loader.load_string("".join(beancount.text(wanted, HOSTILE[0], plainly)))
    assert errors == [] and options["include"] == []
    made = [e for e in entries if isinstance(e, Transaction)]
    assert Counter((e.date, len(e.postings)) for e in made) == Counter((t.day, len(t.lines)) for t in wanted)
    assert {e.account for e in entries if isinstance(e, Open)} == {
        beancount.account(line.head, plainly) for t in wanted for line in t.lines
    }


def ask(argv: Sequence[str]) -> str:
    done = subprocess.run(argv, capture_output=True, env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


@pytest.mark.hledger
def test_hostile_words_forge_nothing_in_hledger(tmp_path: Path) -> None:
    wanted = book(hostile(), START + timedelta(days=60)).transactions()
    journal = tmp_path / "x.journal"
    journal.write_text("".join(hledger.text(wanted, HOSTILE[1], plainly)), "utf-8")
    ask(["hledger", "-f", str(journal), "check", "-s"])
    made = json.loads(ask(["hledger", "-f", str(journal), "print", "-O", "json"]))
    sizes = Counter((str(one.day), len(one.lines)) for one in wanted)
    assert Counter((one["tdate"], len(one["tpostings"])) for one in made) == sizes
    assert all(p["pdate"] is None for t in made for p in t["tpostings"])
    names = set(ask(["hledger", "-f", str(journal), "accounts", "--used"]).splitlines())
    assert names == {hledger.account(line.head, plainly) for t in wanted for line in t.lines}


# --- a year of 600 units


@pytest.fixture(scope="module")
def year() -> yearbook.Year:
    return yearbook.Year()


CHARGES = """\
charges:
  property: {zh: 物业费, way: fixed, rates: [{from: 2025-01-01, rate: '1'}], late_fee: {rate: 0.05%, grace: '5'}}
"""


@pytest.fixture(scope="module")
def filled(year: yearbook.Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that holds the year."""
    root = tmp_path_factory.mktemp("year") / "office"
    assert run_wuye(["init", str(root), "--name", "翠湖花园"]).code == 0
    with (root / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(CHARGES)
    assert year.fill(root) > 12_000
    return root


@pytest.fixture(scope="module")
def terms(filled: Path) -> Callable[[str], Terms]:
    """On which terms the office's charge items are paid late."""
    return Office(filled).settings.charges.terms


def test_the_year_holds_everything_that_happens(year: yearbook.Year) -> None:
    steps = Counter((r.kind.name, e.step) for r in year.records for e in r.log)
    wanted = {("payment", s) for s in ("refund", "reverse", "transfer", "void")}
    wanted |= {("bill", s) for s in ("void", "correct", "write-off")}
    wanted |= {("deposit", s) for s in ("return", "keep-back", "void")}
    assert all(steps[one] >= 10 for one in wanted), steps
    assert steps["bill", "add"] == 7200


@pytest.mark.hledger
def test_hledger_finds_our_totals(year: yearbook.Year, filled: Path, terms: Callable[[str], Terms]) -> None:
    journal = filled.parent / "year.journal"
    said = run_wuye(["--office", str(filled), "export", "hledger", "--out", str(journal)])
    assert said.code == 0, said.err
    ask(["hledger", "-f", str(journal), "check", "-s"])
    table = ask(["hledger", "-f", str(journal), "balance", "-M", "-H", "--no-total", "-O", "csv"])
    rows = list(csv.DictReader(io.StringIO(table)))
    found = list(year.records)
    names = {"way": lambda head: payment.KIND["way"].shown(head.name), "item": lambda head: "物业费"}
    for day in DAYS:
        cells = ((row["account"], row[f"{day:%Y-%m}"]) for row in rows)
        theirs = {name: Decimal(cell.removesuffix(" CNY")) for name, cell in cells if cell != "0"}
        ours = own(found, day, terms)
        assert theirs == {hledger.account(h, lambda h: names[h.of](h)): amount for h, amount in ours.items()}
    assert {head.what for head in ours} == set(hledger.ROOTS)


def test_bean_check_passes(year: yearbook.Year, tmp_path: Path) -> None:
    path = tmp_path / "year.beancount"
    found = book(list(year.records), DAYS[-1]).transactions()
    path.write_text("".join(beancount.text(found, "一年", plainly)), "utf-8")
    checked = ask([str(Path(sys.executable).with_name("bean-check")), str(path)])
    assert checked == ""


COLUMNS = {
    "schema": "varchar", "id": "varchar", "status": "varchar", "period_from": "date", "amount": "decimal(18, 2)",
    "bill": "varchar", "principal": "decimal(18, 2)", "written_off": "decimal(18, 2)",
}  # fmt: skip
RATE = """
    with cohort as (
        select id, amount from records
        where schema = 'wuye.bill' and status <> 'void' and period_from between '{since}' and '{until}'
    ), parts as (
        select bill, sum(principal) as principal, sum(written_off) as written_off
        from records where schema = 'wuye.settlement' group by bill
    )
    select coalesce(sum(principal), 0), sum(amount) - coalesce(sum(written_off), 0)
    from cohort left join parts on parts.bill = cohort.id
"""


def test_duckdb_finds_our_collection_rate(year: yearbook.Year, filled: Path, terms: Callable[[str], Terms]) -> None:
    """Money applied to the bills of a quarter up to a day, by what they come to (domain.md J)."""
    import duckdb

    day, path = DAYS[1], filled.parent / "year.jsonl"
    asked = ["jsonl", "--kind", "bill,冲抵", "--as-of", str(day), "--out", str(path)]
    said = run_wuye(["--office", str(filled), "export", *asked])
    assert said.code == 0, said.err
    since, until = date(2025, 4, 1), date(2025, 6, 30)
    with duckdb.connect() as witness:
        witness.execute(f"create table records as select * from read_json('{path}', columns = {COLUMNS})")
        theirs = witness.execute(RATE.format(since=since, until=until)).fetchone()
    periods = {b.id: b["period_from"] for mine in year.bills.values() for b in mine}
    money = (r for r in year.records if r.kind is PAYMENT)
    found = accounts((b for mine in year.bills.values() for b in mine), money, day, terms).values()
    cohort = [s for account in found for s in account.standings if since <= periods[s.debt.id] <= until]
    applied, due = sum((s.debt.amount - s.open for s in cohort), ZERO), sum((s.debt.amount for s in cohort), ZERO)
    assert theirs == (applied, due)
    assert 0 < applied < due


# --- the command


@played
def billed(wuye: Wuye) -> Wuye:
    """A bill of September, part of it paid in October, and who complained meanwhile."""
    bill = ("3-2-1201", "property", "250.60", "--due", "2026-09-25", "--at", "2026-09-01 09:00")
    assert wuye("bill", "add", *bill).code == 0
    assert wuye("payment", "add", "3-2-1201", "200", "--way", "现金", "--at", "2026-10-03 10:00").code == 0
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "--phone", "13800138000").code == 0
    return wuye


def lines(said: Said) -> list[dict[str, Any]]:
    assert said.code == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def test_records_as_lines_masked_each_with_its_schema(billed: Wuye) -> None:
    found = lines(billed("export", "jsonl"))
    assert [row["schema"] for row in found] == ["wuye.complaint", "wuye.bill", "wuye.payment"]
    assert found[0]["phone"] == "138****8000"
    assert (found[1]["amount"], found[1]["version"]) == ("250.60", 1)


def test_what_settles_what_is_worked_out_and_only_given_when_asked_for(billed: Wuye) -> None:
    parts = lines(billed("导出", "jsonl", "--kind", "settlement"))
    assert [(p["payment"], p["bill"], p["day"], p["principal"], p["room"]) for p in parts] == [
        ("SK-20261003-001", "ZD-20260901-001", "2026-10-03", "200.00", "3-2-1201")
    ]
    assert lines(billed("export", "jsonl", "--kind", "冲抵", "--as-of", "2026-10-02")) == []


def test_a_day_in_the_past_shows_the_records_of_that_day(billed: Wuye) -> None:
    assert billed("bill", "void", "0901-1", "--reason", "重复").code == 0
    bills = ("export", "jsonl", "--kind", "账单")
    assert [row["status"] for row in lines(billed(*bills, "--as-of", "2026-10-01"))] == ["issued"]
    assert [row["status"] for row in lines(billed(*bills))] == ["void"]
    assert lines(billed(*bills, "--as-of", "2026-08-31")) == []
    assert [r["id"] for r in lines(billed("export", "jsonl", "--period", "2026-10"))] == ["SK-20261003-001"]


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_a_book_ends_on_the_day_asked_for(billed: Wuye, office: Path, form: str) -> None:
    def days(*more: str) -> list[str]:
        said = billed("export", form, *more)
        assert said.code == 0, said.err
        return re.findall(r"^([0-9-]{10}) [(*]", said.out, re.MULTILINE)

    assert days() == ["2026-09-01", "2026-10-03", "2026-10-03"]
    assert days("--as-of", "2026-10-02") == ["2026-09-01"]
    assert billed("export", form, "--out", "book.txt").code == 0
    assert (office / "book.txt").read_text("utf-8") == billed("export", form).out


@pytest.mark.parametrize("argv", [("hledger",), ("beancount",), ("jsonl",), ("jsonl", "--kind", "冲抵")])
def test_over_a_damaged_file_nothing_is_exported(billed: Wuye, office: Path, argv: tuple[str, ...]) -> None:
    path = office / "records/2026-10/payment.yaml"
    path.write_bytes(path.read_bytes().replace(b"200.00", b"200.005"))
    said = billed("export", *argv)
    assert (said.code, said.out) == (65, "")
    assert "payment.yaml" in said.err and "金额" in said.err
    assert billed("export", *argv, "--out", "x.txt").code == 65
    assert not list(office.glob("*.txt")) and not list(office.glob(".wuye-*"))


def test_a_bill_without_an_amount_is_not_left_out_in_silence(billed: Wuye, office: Path) -> None:
    path = office / "records/2026-09/bill.yaml"
    path.write_bytes(path.read_bytes().replace(b"  amount: '250.60'\n", b""))
    said = billed("export", "hledger")
    assert (said.code, said.out) == (65, "")
    assert "ZD-20260901-001 没有金额，不能入账" in said.err


def test_all_mistakes_at_once(wuye: Wuye) -> None:
    said = wuye("export", "hledgr", "多", "--kind", "投拆", "--as-of", "何时", "--period", "x", "-o", "json")
    assert said.code == 2
    told = ("没有“hledgr”这种导出（是不是 hledger）", "多余的“多”", "没有“投拆”这种记录", "--as-of：", "--period：")
    for words in (*told, "请去掉 -o"):
        assert words in said.err
    said = wuye("export", "beancount", "--kind", "bill")
    assert said.code == 2 and "--kind 只用于 jsonl" in said.err
    assert "缺少导出的格式" in wuye("export").err
