"""`wuye demo`: an estate that the desk's own rules have passed, the same for the same seed and time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Said, run_wuye
from make_examples import files

from wuye import accounts, beginning, cli, clocks, disk, estate, receipts, records, settings, takings
from wuye.basis import Basis
from wuye.changes import Who
from wuye.clock import SHANGHAI
from wuye.errors import Refused
from wuye.estate import homes, names, texts
from wuye.estate.dice import Dice
from wuye.estate.pen import Pen
from wuye.identity import find
from wuye.ledger import age
from wuye.levels import level_of
from wuye.office import Office
from wuye.record import Record

MONDAY = "2026-11-23T08:55"
SMALL = ("--units", "40", "--months", "1")
LEAST = ("--units", "12", "--months", "1")
SEEDS = int(os.environ.get("WUYE_SEEDS", "2"))
KINDS = [row[0] for row in records.KINDS]
RULES = settings.read(Path("nowhere"), beginning.starting("翠湖花园", estate.CHARGES), KINDS)


def tell(now: str = MONDAY, seed: int = 1, months: int = 1, units: int = 40) -> list[Record]:
    return estate.tell(seed, datetime.fromisoformat(now).replace(tzinfo=SHANGHAI), months, units, RULES).records


def of(told: list[Record], kind: str) -> list[Record]:
    return [r for r in told if r.kind.name == kind]


@pytest.fixture(scope="module")
def whole() -> list[Record]:
    """The estate that `wuye demo` makes where nothing is said."""
    return tell(months=2, units=600)


@pytest.fixture
def demo(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Said]]:
    monkeypatch.setenv("WUYE_NOW", MONDAY)
    yield lambda *words: run_wuye(["demo", *words])


# --- the command


def test_a_demo_is_an_office_in_order(demo: Callable[..., Said], desk: Path) -> None:
    said = demo("演示", *SMALL)
    assert said.code == 0, said.err
    assert "房屋 40" in said.out and str(desk / "演示") in said.out
    inside = ["--office", "演示"]
    checked = run_wuye(["check", *inside])
    assert (checked.code, checked.out, checked.err) == (0, "", "")
    assert "故障" not in run_wuye(["doctor", *inside]).out
    for argv in (["today"], ["due"], ["day", "2026-11-22"], ["complaint", "list", "--open"]):
        shown = run_wuye([*argv, *inside])
        assert shown.code == 0 and "TS-2026" in shown.out, argv
    shown = run_wuye(["dayclose", "list", "--where", "差额=0 且 实点现金>0", "--period", "2026-11", "-q", *inside])
    assert shown.code == 0 and "RJ-202611" in shown.out, "a difference is compared as a number"
    added = run_wuye(["complaint", "add", "1-1-201", "又漏水了", "--reporter", "王女士", "-q", *inside])
    assert added.out == "TS-20261123-001\n"


def test_an_office_is_never_filled_twice(demo: Callable[..., Said], desk: Path) -> None:
    assert demo("演示", *LEAST).code == 0
    before = files(desk / "演示")
    said = demo("演示", *LEAST)
    assert said.code == 73 and "演示 已经是台账文件夹" in said.err
    assert files(desk / "演示") == before
    (desk / "别的").mkdir()
    (desk / "别的" / "notes.txt").write_text("x", "utf-8")
    assert demo("别的", *LEAST).code == 2
    assert demo("别的", *LEAST, "--yes").code == 0


def test_all_mistakes_at_once_and_nothing_made(demo: Callable[..., Said], desk: Path) -> None:
    said = demo("演示", "--seed", "x", "--months", "0", "--units", "一百万")
    assert said.code == 2 and all(f"--{n}" in said.err for n in ("seed", "months", "units"))
    assert demo().code == 2 and demo("一", "二").code == 2
    assert demo("演示", "--units", "２４", "--months", "１", "--seed", "０").code == 0
    assert [p.name for p in desk.iterdir()] == ["演示"]


@pytest.mark.git
def test_one_commit_holds_the_whole(demo: Callable[..., Said], desk: Path) -> None:
    said = demo("演示", *LEAST, "--by", "李静", "-o", "json")
    assert said.code == 0 and said.json["schema"] == "wuye.demo" and said.json["seed"] == 1
    log = ["git", "-C", str(desk / "演示"), "-c", "core.quotepath=false", "log", "--format=%an %s", "--name-only"]
    told = subprocess.run(log, capture_output=True, text=True, check=True).stdout.split("\n\n")
    assert len(told) == 3 and "books/unit.yaml" in told[1] and told[0].startswith("李静 演示台账")
    status = ["git", "-C", str(desk / "演示"), "status", "--porcelain"]
    assert subprocess.run(status, capture_output=True, text=True, check=True).stdout == ""


def test_a_full_disk_leaves_no_half(demo: Callable[..., Said], desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = disk.write_temp

    def full(path: Path, data: bytes) -> None:
        if b"- id: TS-" in data:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(disk, "write_temp", full)
    said = demo("演示", *LEAST)
    assert said.code == 74 and "磁盘" in said.err
    monkeypatch.undo()
    assert not (desk / "演示" / "records").exists() and run_wuye(["check", "--office", str(desk / "演示")]).out == ""


def test_an_office_that_has_records_is_not_filled(office: Path) -> None:
    assert run_wuye(["complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士"]).code == 0
    before = files(office)
    told = tell("2026-11-22T10:00", units=12)
    with pytest.raises(Refused, match=r"complaint.*已有记录"):
        Office(office).fill(told, Who("李静", None, told[0].recorded), "演示")
    assert files(office) == before


# --- the same again


def test_same_seed_and_time_give_the_same_bytes(desk: Path) -> None:
    """Whatever hashes are salted with, in whatever zone the machine stands."""
    made = []
    for salt, zone in (("0", "UTC"), ("12345", "America/New_York")):
        env = {"PATH": os.environ["PATH"], "WUYE_NOW": MONDAY, "PYTHONHASHSEED": salt, "TZ": zone, "HOME": str(desk)}
        env |= {"PYTHONPATH": str(Path(cli.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
        argv = [sys.executable, "-m", "wuye", "demo", f"office-{salt}", *SMALL]
        subprocess.run(argv, env=env, cwd=desk, check=True, capture_output=True)
        made.append(files(desk / f"office-{salt}"))
    assert made[0] == made[1] and "records/2026-11/dunning.yaml" in made[0]


def test_another_seed_is_another_estate() -> None:
    assert {r.values.get("name") for r in of(tell(units=12), "resident")} != {
        r.values.get("name") for r in of(tell(seed=2, units=12), "resident")
    }


ENDS = (
    ("2026-11-22T00:00", 1, 12), ("2027-01-01T12:00", 2, 24), ("2024-02-29T18:00", 3, 30), ("2026-03-31T23:59", 1, 48),
)  # fmt: skip


@pytest.mark.parametrize(("now", "months", "units"), ENDS)
def test_any_day_can_be_its_end(now: str, months: int, units: int) -> None:
    """Ends of months and years, midnight, leap days: nothing later than now, everything filed in its month."""
    end = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    for seed in range(SEEDS):
        told = tell(now, seed, months, units)
        assert len(of(told, "unit")) == units
        assert max(e.recorded or e.at for r in told for e in r.log) <= end
        assert all(r.received <= r.recorded for r in told)


def test_the_largest_estate_can_be_settled() -> None:
    """Thirty buildings, each delivered before the office began."""
    start = datetime.fromisoformat("2026-08-31T14:00").replace(tzinfo=SHANGHAI)
    pen = Pen(RULES, start, Dice(1))
    built = homes.settle(pen, 3000)
    assert len(built.units) == 3000
    assert max(r["delivered"] for r in pen.written.values() if r.kind.name == "unit" and r["delivered"]) < start.date()


def test_dice_rest_on_the_one_promised_sequence() -> None:
    """These numbers are what every Python gives; the checked-in office depends on them."""
    dice = Dice(1)
    assert [dice.between(1, 100) for _ in range(6)] == [14, 85, 77, 26, 50, 45]
    assert sorted(dice.several("abcdef", 9)) == list("abcdef")
    table = ("a", "b", "c")
    assert sorted(dice.deal(table) for _ in table) == list(table)
    assert 3.5 < sum(dice.count(4) for _ in range(2000)) / 2000 < 4.5


# --- believable


def test_two_full_months_of_every_kind(whole: list[Record]) -> None:
    for kind in ("complaint", "visitor", "workorder", "pass", "dunning"):
        found = of(whole, kind)
        assert {f"{r.received:%Y-%m}" for r in found} == {"2026-09", "2026-10", "2026-11"}, kind
        days = {r.received.date() for r in found}
        assert len(days) > 40, kind
    assert (len(of(whole, "unit")), len(of(whole, "vendor"))) == (600, 2)
    assert len([r for r in of(whole, "staff") if r.status == "current"]) == 14


def test_the_books_tell_of_the_past(whole: list[Record]) -> None:
    roles = {(r["role"], r.status) for r in of(whole, "resident")}
    assert {("owner", "past"), ("tenant", "past"), ("co-owner", "current"), ("family", "current")} <= roles
    assert {r.status for r in of(whole, "unit")} == {"unsold", "vacant", "occupied", "let"}
    assert any(e.step in ("let", "vacate") for r in of(whole, "unit") for e in r.log)


def test_every_step_that_a_desk_takes_occurs(whole: list[Record]) -> None:
    """What the tale leaves out is named here, so that a new step is noticed."""
    left_out = {
        "complaint": {"level"}, "workorder": set(), "visitor": set(), "pass": set(), "payment": {"void"},
        "bill": set(), "yearplan": {"end", "void"},
        "dunning": {"void", "kept", "broken"}, "deposit": {"void"}, "receipt": {"reassign", "void"},
        "dayclose": {"reopen", "void"}, "patrol": {"void"}, "inspection": {"void"}, "nonconformity": {"void"},
        "incident": {"void"},
        "handover": {"void"}, "contact": {"void"}, "dutylog": {"void"}, "task": {"void"}, "followup": {"void"},
        "mail": {"void"}, "notice": {"void"}, "event": {"void"}, "roster": {"void"}, "leave": {"void"},
        "attendance": {"void"}, "training": {"void"},
        "key": {"void"}, "keyloan": {"void"}, "card": {"void"}, "supply": {"void"}, "stocktake": {"void"},
        "survey": {"void"}, "answer": {"void"},
        "movein": {"void"}, "registration": {"void"}, "fitout": {"void"},
        # One project in two months, and that one is taken over.
        "takeover": {"void", "refuse", "cancel"}, "document": {"void"},
    }  # fmt: skip
    for kind, without in left_out.items():
        taken = {e.step for r in of(whole, kind) for e in r.log}
        steps = {s.name for s in records.kind(kind).flow.steps}
        assert steps - taken <= without, kind


def test_the_morning_is_believable(whole: list[Record]) -> None:
    now = datetime.fromisoformat(MONDAY).replace(tzinfo=SHANGHAI)

    def basis(record: Record) -> Basis:
        return Basis(now, RULES.desk, RULES.rules(record.kind.rules))

    alive = [r for r in whole if r.is_open and not r.kind.book]
    assert 30 < len(alive) < 90
    levels = {level_of(r, basis(r))[0] for r in of(whole, "complaint") if r.is_open}
    assert levels == {"general", "hot", "major"}
    waiting = [(r, c) for r in alive for c in clocks.read(r, basis(r)) if c.waits]
    late = [(r.kind.name, c.name) for r, c in waiting if c.state == clocks.LATE]
    assert {("visitor", "stay"), ("workorder", "arrive"), ("dunning", "promise")} <= set(late) and len(late) < 15
    assert {"withheld", "on-hold", "expected", "inside"} <= {r.status for r in alive}


def test_money_is_believable(whole: list[Record]) -> None:
    """Most pay, some are behind by every age, what they owe is what bills and payments say."""
    now = datetime.fromisoformat(MONDAY)
    found = accounts.accounts(of(whole, "bill"), of(whole, "payment"), now.date())
    owing = [account for account in found.values() if account.owed]
    assert 0.05 < len(owing) / len(found) < 0.2
    ages = {age(standing.debt.due, now.date()) for account in owing for standing in account.arrears}
    assert {"30 天内", "31—90 天", "91—180 天", "181 天—1 年", "2—3 年"} <= ages
    assert sum(1 for account in found.values() if account.credit > 100) > 20, "some have paid ahead"
    assert {r["item"] for r in of(whole, "bill")} == set(RULES.charges)
    assert {r["payer"] for r in of(whole, "bill")} >= {"owner", "tenant", "developer"}
    asked = [r for r in of(whole, "dunning") if r["bills"]]
    assert len(asked) > 100 and all(r["arrears"] for r in asked)
    kept = [r for r in of(whole, "dunning") if r["promise_date"] and promise_of(r, of(whole, "payment")) == "kept"]
    assert len(kept) > 20


def promise_of(record: Record, payments: list[Record]) -> str:
    """How a promise stands by what was paid."""
    from wuye.records.dunning import promise

    def paid(what: str, name: str, since: datetime, until: datetime) -> Decimal:
        mine = [p for p in payments if p[what] == name and since <= p.received <= until and p.status == "taken"]
        return sum((p["amount"] for p in mine), Decimal(0))

    now = datetime.fromisoformat(MONDAY).replace(tzinfo=SHANGHAI)
    return promise(record, Basis(now, RULES.desk, RULES.rules(record.kind.rules), paid=paid))


def test_every_day_with_money_is_closed_and_every_number_accounted_for(whole: list[Record]) -> None:
    money = [*of(whole, "payment"), *of(whole, "deposit")]
    closes, moved = of(whole, "dayclose"), list(takings.movements(money))
    assert takings.uncovered(moved, closes) == []
    short = [c for c in closes if c["difference"]]
    assert len(short) == 1 and short[0]["difference"] == -10 and short[0]["difference_reason"]
    assert list(receipts.problems(of(whole, "receiptbook"), of(whole, "receipt"), money)) == []
    assert {r["month"] for r in of(whole, "monthclose")} == {"2026-09", "2026-10"}
    assert {m.what for m in moved} == set(takings.KINDS_ZH)


def test_papers_come_late_and_links_lead_both_ways(whole: list[Record]) -> None:
    weekend = [r for r in of(whole, "complaint") if r.received.weekday() == 5 and r.recorded.weekday() == 0]
    assert weekend and any(e.recorded for r in of(whole, "workorder") for e in r.log)
    numbers = {r.id: r for r in whole}
    again = [r for r in of(whole, "workorder") if r["of"] and r["source"] == "rework"]
    assert any(e.step == "rework" and e.extra["link"] == again[0].id for e in numbers[again[0]["of"]].log)
    repeated = [r for r in of(whole, "complaint") if r["repeats"]]
    assert repeated[0]["repeat_handled"] and numbers[repeated[0]["repeats"]].entries("repeat")


def test_nobody_in_it_is_real(whole: list[Record]) -> None:
    """Phones of the network code that is nobody's, plates with the letter that is never issued, no identity number."""
    for record in whole:
        for one in record.kind.on_record:
            value = record[one.name]
            if value is None or not (one.type.name.endswith(("phone", "plate"))):
                continue
            for word in value if isinstance(value, tuple) else (value,):
                assert word.startswith(names.NOBODYS) if "phone" in one.type.name else "O" in word[2:], record.id
        assert not find(repr(record.values))


def test_the_tables_say_different_things() -> None:
    for rows in (texts.FAILED, texts.ASKED, texts.FAULTS):
        said = [row.text for row in rows]
        assert len(set(said)) == len(said) > 10
