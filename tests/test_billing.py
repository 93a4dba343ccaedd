"""The bill run: hand-worked bills, nothing billed twice, shares that sum exactly, all or nothing on disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played
from hypothesis import given
from hypothesis import strategies as st

from wuye import chargefile, clock, records, yamlio
from wuye.billing import Ground, Proposal, Run
from wuye.call import Call, Desk
from wuye.charges import Charges
from wuye.commands import bill
from wuye.periods import Span, month_of, periods
from wuye.proposing import propose
from wuye.record import Record, from_stored

Wuye = Callable[..., Said]
D = date.fromisoformat
AT = "2026-11-01T09:00+08:00"


def record(
    kind: str, id: str, status: str, steps: Iterable[dict[str, Any]] = (), begun: str = "", **stored: Any
) -> Record:
    """A record as a file would hold it."""
    log = [{"at": AT, "step": "add", "by": "李静"} | ({"status": begun} if begun else {}), *steps]
    raw = {"id": id, "status": status, "received": AT, "recorded": AT, **stored, "log": log}
    found, problems = from_stored(records.kind(kind), raw, clock.SHANGHAI)
    assert found is not None and problems == []
    return found


def unit(room: str, area: str = "100", status: str = "occupied", **more: Any) -> Record:
    return record("unit", f"FW-{room}", status, begun=more.pop("begun", status), room=room,
                  **({"area": area} if area else {}), **more)  # fmt: skip


def charges(text: str) -> Charges:
    found, faults = chargefile.parse(yamlio.load(text))
    assert faults == []
    return found


def run(text: str, month: str = "2026-11", issued: str = "2026-11-05", **ground: Any) -> Run:
    return propose(Ground(charges(text), month_of(D(f"{month}-01")), D(issued), **ground))


def billed(found: Run, by: dict[str, Any] | None = None) -> list[Record]:
    """The bills that a run would write, as records."""
    bills = []
    for index, one in enumerate(found.fresh):
        values = one.values("2026-11") | (by or {})
        made = record("bill", f"ZD-20261105-{index:03d}", "issued")
        bills.append(replace(made, values=values))
    return bills


def told(one: Proposal) -> list[tuple[str, str, str]]:
    return [(line["quantity"], line["rate"], str(line["amount"])) for line in one.lines]


PROPERTY = "p: {zh: 物业费, way: area, rates: [{from: 2026-01-01, rate: '2.80'}]"


def test_by_area_and_month() -> None:
    (one,) = run(PROPERTY + "}", units=[unit("3-2-1201", "89.5")]).fresh
    assert told(one) == [("89.5㎡×1月", "2.80", "250.60")]
    assert one.amount == Decimal("250.60") and one.due == D("2026-12-05") and one.payer == "owner"


def test_a_rate_that_changes_in_the_month_goes_by_the_day() -> None:
    text = "p: {way: area, rates: [{from: 2026-01-01, rate: '2.80'}, {from: 2026-11-16, rate: '3.00'}]}"
    (one,) = run(text, units=[unit("3-2-1201", "89.5")]).fresh
    assert told(one) == [("89.5㎡×15/30月", "2.80", "125.30"), ("89.5㎡×15/30月", "3.00", "134.25")]


def test_days_before_the_first_rate_are_not_guessed() -> None:
    found = run("p: {zh: 物业费, way: area, rates: [{from: 2026-11-16, rate: '3.00'}]}", units=[unit("3-2-1201")])
    assert found.fresh == () and "物业费在 2026-11-01 没有价" in found.warnings[0]


def test_an_item_that_begins_and_ends_within_the_month() -> None:
    (one,) = run(PROPERTY + ", from: 2026-11-11, until: 2026-11-20}", units=[unit("3-2-1201")]).fresh
    assert (one.span, one.amount) == (Span(D("2026-11-11"), D("2026-11-20")), Decimal("93.33"))
    assert run(PROPERTY + ", until: 2026-10}", units=[unit("3-2-1201")]).fresh == ()


def test_whole_yuan_half_up_and_the_lines_still_sum() -> None:
    text = PROPERTY + ", rounding: yuan}"
    amounts = {area: run(text, units=[unit("1-1", area)]).fresh[0].amount for area in ("89.5", "0.53", "0.54")}
    assert amounts == {"89.5": Decimal("251.00"), "0.53": Decimal("1.00"), "0.54": Decimal("2.00")}
    changed = "p: {way: area, rounding: yuan, rates: [{from: 2026-01, rate: '2.80'}, {from: 2026-11-30, rate: '0.01'}]}"
    (one,) = run(changed, units=[unit("1-1", "10")]).fresh
    assert [line["amount"] for line in one.lines] == [Decimal("27.00"), Decimal("0.00")]
    assert "取整到元 -0.07" in one.lines[0]["note"]


def test_quarters_are_billed_in_their_first_month() -> None:
    text = "r: {way: fixed, period: quarter, rates: [{from: 2026-01, rate: '10'}]}"
    (one,) = run(text, "2026-10", units=[unit("1-1")]).fresh
    assert (one.span, told(one)) == (Span(D("2026-10-01"), D("2026-12-31")), [("3月", "10", "30.00")])
    assert run(text, "2026-11", units=[unit("1-1")]).fresh == ()
    late = text.replace("period", "from: 2026-11-16, period")
    (one,) = run(late, "2026-11", units=[unit("1-1")]).fresh
    assert (one.span.start, told(one)) == (D("2026-11-16"), [("15/30月", "10", "5.00"), ("1月", "10", "10.00")])


def test_a_rate_for_a_whole_year() -> None:
    text = "r: {way: fixed, period: year, per: period, rates: [{from: 2026-01, rate: '100'}]"
    (one,) = run(text + "}", "2026-01", units=[unit("1-1")]).fresh
    assert told(one) == [("1期", "100", "100.00")]
    (one,) = run(text + ", until: 2026-04-15}", "2026-01", units=[unit("1-1")]).fresh
    assert told(one) == [("3/12期", "100", "25.00"), ("15/30月÷12", "100", "4.17")]


def test_anniversary_years_count_from_the_delivery() -> None:
    text = PROPERTY + ", period: year, anniversary: yes}"
    house = unit("1-1", "100", delivered="2020-11-13")
    (one,) = run(text, units=[house]).fresh
    assert one.span == Span(D("2026-11-13"), D("2027-11-12")) and told(one) == [("100㎡×12月", "2.80", "3360.00")]
    assert run(text, "2026-12", units=[house]).fresh == ()
    found = run(text, units=[unit("1-2")])
    assert found.fresh == () and "没有交付日期" in found.warnings[0]


def test_a_period_counted_from_the_31st_comes_back_to_the_31st() -> None:
    found = [periods(D("2024-01-31"), 1, month_of(D(f"2027-0{m}-15")))[-1].span.start for m in (1, 2, 3)]
    assert found == [D("2027-01-31"), D("2027-02-28"), D("2027-03-31")]


def test_the_developer_pays_until_the_day_before_the_handover() -> None:
    deliver = {"at": "2026-11-14T15:00+08:00", "step": "deliver", "by": "李静", "delivered": "2026-11-13"}
    house = unit("1-1", "100", "vacant", begun="unsold", steps=[deliver], delivered="2026-11-13")
    one, other = run(PROPERTY + ", developer_before_handover: yes}", units=[house]).fresh
    assert (one.payer, str(one.amount)) == ("developer", "112.00")  # 12 days
    assert (other.payer, str(other.amount)) == ("owner", "168.00")  # 18 days
    (alone,) = run(PROPERTY + "}", units=[house]).fresh
    assert alone.amount == Decimal("168.00")
    unsold = unit("1-2", "100", "unsold")
    (one,) = run(PROPERTY + ", developer_before_handover: yes}", units=[unsold]).fresh
    assert (one.payer, str(one.amount)) == ("developer", "280.00")
    assert run(PROPERTY + "}", units=[unsold]).fresh == ()


def test_vacant_days_cost_less() -> None:
    steps = [{"at": "2026-11-11T10:00+08:00", "step": "vacate", "by": "李静"},
             {"at": "2026-11-21T10:00+08:00", "step": "let", "by": "李静"}]  # fmt: skip
    house = unit("1-1", "100", "let", begun="occupied", steps=steps, delivered="2020-05-01")
    (one,) = run(PROPERTY + ", vacant: '0.7'}", units=[house]).fresh
    assert told(one) == [
        ("100㎡×10/30月", "2.80", "93.33"), ("100㎡×10/30月×0.7", "2.80", "65.34"), ("100㎡×10/30月", "2.80", "93.33"),
    ]  # fmt: skip
    assert one.amount == Decimal("252.00")


SPECIALS = [
    "{room: 1-1, factor: '0.5', until: 2026-11-10, reason: 漏水补偿}",
    "{room: 1-1, rate: '1.50', from: 2026-11-11, until: 2026-11-20, reason: 员工}",
    "{room: 1-1, amount: '30', from: 2026-11-21, reason: 协议}",
    "{room: 1-2, factor: '0', reason: 抵扣}",
]


@given(st.permutations(SPECIALS))
def test_exceptions_in_any_order_each_with_its_reason(order: list[str]) -> None:
    text = f"{PROPERTY}, vacant: '0.9', exceptions: [{', '.join(order)}]}}"
    found = run(text, units=[unit("1-1"), unit("1-2")])
    (one,) = found.fresh
    assert told(one) == [
        ("100㎡×10/30月×0.5", "2.80", "46.67"), ("100㎡×10/30月", "1.50", "50.00"), ("10/30月", "30", "10.00"),
    ]  # fmt: skip
    assert all(why in line["note"] for why, line in zip(("漏水补偿", "员工", "协议"), one.lines, strict=True))
    assert [free.key for free in found.free] == [("room", "1-2")]


def test_a_room_that_the_register_does_not_know_is_told() -> None:
    text = PROPERTY + ", exceptions: [{room: 1-l01, factor: '0', reason: 抵扣}]}"
    assert "物业费里写的房屋不在房屋台账：1-l01，请核对 charges 和台账" in run(text, units=[unit("1-101")]).warnings


def test_for_whom_an_item_is() -> None:
    units = [unit("1-101"), unit("2-101", use="shop"), unit("3-101", charges=["r"]), unit("4-101", building="1栋")]

    def rooms(more: str) -> list[str]:
        found = run(f"p: {{way: fixed, rates: [{{from: 2026-01, rate: '1'}}]{more}}}", units=units)
        return [one.key[1] for one in found.fresh]

    assert rooms("") == ["1-101", "2-101", "4-101"]  # 3-101 pays only what its own line names
    assert rooms(", uses: 商铺") == ["2-101"]
    assert rooms(", buildings: 1") == ["1-101", "4-101"]
    assert rooms(", rooms: '1-101,2-101'") == ["1-101", "2-101"]


def test_who_pays_and_who_is_missing() -> None:
    tied = {"room": "1-1", "since": "2026-11-01"}
    people = [record("resident", "YH-1", "current", name="王女士", role="owner", **tied),
              record("resident", "YH-2", "current", name="李先生", role="tenant", **tied)]  # fmt: skip
    found = run(PROPERTY + ", payer: tenant}", units=[unit("1-1"), unit("1-2"), unit("1-3", "")], residents=people)
    payers = [(p.key[1], p.payer, p.payer_name) for p in found.fresh]
    assert payers == [("1-1", "tenant", "李先生"), ("1-2", "owner", "")]
    assert any("没有业主" in w and "1-2" in w for w in found.warnings)
    assert any("没有面积" in w and "1-3" in w for w in found.warnings)
    (one,) = run(PROPERTY + "}", units=[unit("1-1")], residents=people).fresh
    assert (one.payer, one.payer_name) == ("owner", "王女士")


# --- shares


AREAS = st.lists(st.decimals("0.01", "500", places=2), min_size=1, max_size=30)


@given(AREAS, st.decimals("0", "99999", places=2), st.sets(st.integers(0, 29)), st.booleans())
def test_shares_sum_exactly_whatever_was_billed_before(
    areas: list[Decimal], amount: Decimal, before: set[int], changed: bool
) -> None:
    text = f"s: {{way: share, amounts: {{2026-11: '{amount}'}}}}"
    units = [unit(f"1-{i:03d}", f"{area}") for i, area in enumerate(areas)]
    first = run(text, units=units)
    assert sum(p.amount for p in first.fresh) == amount
    bills = [one for i, one in enumerate(billed(first)) if i in before]
    # Another unit is entered in between: what is left is shared by those not billed yet, and the sum holds.
    more = [*units, unit("1-999", "88.88")] if changed else units
    again = run(text, units=more, bills=bills)
    total = sum((p.amount for p in again.fresh), Decimal(0)) + sum((b["amount"] for b in bills), Decimal(0))
    assert total == amount or not again.fresh


def test_shares_equally_and_without_an_area() -> None:
    units = [unit("1-1"), unit("1-2"), unit("1-3", "")]
    found = run("s: {way: share, by: unit, amounts: {2026-11: '100.00'}}", units=units)
    assert [str(p.amount) for p in found.fresh] == ["33.34", "33.33", "33.33"]
    found = run("s: {zh: 公摊, way: share, amounts: {2026-11: '100.00'}}", units=units)
    assert found.fresh == () and "公摊整项没有出账：1-3" in found.warnings[0]
    found = run("s: {zh: 公摊, way: share, amounts: {2026-10: '100.00'}}", units=units[:2])
    assert found.fresh == () and "没有 2026-11 的金额" in found.warnings[0]


# --- again


@given(AREAS, st.sampled_from(["2026-09", "2026-10", "2026-11", "2027-01"]))
def test_a_second_run_adds_nothing(areas: list[Decimal], month: str) -> None:
    quarter = "q: {way: fixed, period: quarter, rates: [{from: 2026-01, rate: '7'}]}"
    text = f"{PROPERTY}, developer_before_handover: yes}}\n{quarter}"
    units = [unit(f"1-{i:03d}", f"{area}") for i, area in enumerate(areas)]
    first = run(text, month, units=units)
    again = run(text, month, units=units, bills=billed(first))
    assert again.fresh == () and len(again.known) == len(first.fresh) and not any(k.differs for k in again.known)


def test_what_was_billed_is_told_where_it_would_come_out_otherwise() -> None:
    bills = billed(run(PROPERTY + "}", units=[unit("1-1")]))
    found = run(PROPERTY + "}", units=[unit("1-1", "110")], bills=bills)
    assert found.fresh == () and found.known[0].differs == "金额是 280.00，按现在的设置和台账应是 308.00"
    found = run(PROPERTY + ", from: 2026-11-11}", units=[unit("1-1")], bills=bills)
    assert found.fresh == () and "账期是 2026-11-01 至 2026-11-30" in found.known[0].differs


def test_a_void_bill_can_be_billed_again() -> None:
    bills = [replace(one, status="void") for one in billed(run(PROPERTY + "}", units=[unit("1-1")]))]
    assert len(run(PROPERTY + "}", units=[unit("1-1")], bills=bills).fresh) == 1


# --- at the desk


SETTINGS = """charges:
  property:
    zh: 物业费
    way: area
    rates: [{from: 2026-01-01, rate: '2.80'}]
    due: '25'
  light: {zh: 公摊电费, way: share, amounts: {2026-11: '100.00'}}
"""


@played
def estate(wuye: Wuye, office: Path) -> Wuye:
    """Three units, two charge items."""
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    units = "房号,建筑面积\n3-2-1201,89.5\n3-2-1202,100\n3-2-1203,60\n"
    people = "姓名,房号,身份\n王女士,3-2-1201,业主\n李先生,3-2-1202,业主\n陈女士,3-2-1203,业主\n"
    assert wuye("unit", "add", "--from", "-", stdin=units.encode()).code == 0
    assert wuye("resident", "add", "--from", "-", stdin=people.encode()).code == 0
    return wuye


def test_a_preview_writes_nothing_and_yes_writes_all(estate: Wuye, office: Path) -> None:
    for argv in ((), ("--dry-run", "--yes")):
        said = estate("bill", "run", "2026-11", *argv, "-o", "json")
        assert said.code == 0 and said.json["written"] == 0, said.err
        assert [(r["item"], r["bills"], r["amount"]) for r in said.json["rows"]] == [
            ("property", 3, "698.60"), ("light", 3, "100.00"),
        ]  # fmt: skip
    assert not (office / "records/2026-11/bill.yaml").exists()
    said = estate("bill", "run", "2026-11", "--yes", "-o", "json")
    assert said.code == 0 and said.json["written"] == 6, said.err
    first = estate("bill", "show", "zd1", "-o", "json").records[0]
    assert (first["run"], first["amount"], first["due_on"], first["payer_name"]) == (
        "2026-11", "250.60", "2026-11-25", "王女士",
    )  # fmt: skip
    before = (office / "records/2026-11/bill.yaml").read_bytes()
    said = estate("bill", "run", "2026-11", "--yes")
    assert said.code == 0 and "没有要新出的账单" in said.err
    assert (office / "records/2026-11/bill.yaml").read_bytes() == before
    assert estate("check").code == 0


@pytest.mark.git
def test_a_run_is_one_commit(estate: Wuye, office: Path) -> None:
    assert estate("bill", "run", "2026-11", "--yes").code == 0
    argv = ["git", "log", "-1", "--format=%s", "--name-only"]
    last = subprocess.run(argv, cwd=office, capture_output=True, text=True, check=True).stdout
    assert last.split("\n") == ["2026-11 出账 ZD-20261122-001 等 6 条", "", "records/2026-11/bill.yaml", ""]


def test_two_desks_that_press_at_once_bill_the_month_once(estate: Wuye, office: Path) -> None:
    """What the second one saw in its preview is worked out again once it holds the office."""

    def other_desk(question: str) -> bool:
        assert "待出账 6 张，合计 798.60 元" in question
        return estate("bill", "run", "2026-11", "--yes").code == 0

    desk = Desk(os.environ, office, True, bytes, str, other_desk, iter)
    sheet = bill.run(Call(desk, ("2026-11",), {}))
    assert sheet.more["written"] == 0
    assert len(estate("bill", "list", "-o", "json").records) == 6


def test_one_item_or_one_room(estate: Wuye) -> None:
    assert estate("bill", "run", "2026-11", "--yes", "--room", "3-2-1202", "-o", "json").json["written"] == 2
    assert estate("bill", "run", "2026-11", "--yes", "--item", "公摊电费", "-o", "json").json["written"] == 2
    said = estate("bill", "run", "2026-11", "--yes", "-o", "json").json
    assert said["written"] == 2 and all(row["known"] in (1, 3) for row in said["rows"])
    shares = [Decimal(r["amount"]) for r in estate("bill", "list", "-o", "json").records if r["item"] == "light"]
    assert sum(shares) == 100


def test_explained_line_by_line(estate: Wuye) -> None:
    said = estate("bill", "run", "2026-11", "--explain", "3-2-1201", "-o", "json").json
    assert [(r["what"], r["amount"]) for r in said["rows"]] == [
        ("物业费", "250.60"), ("小计", "250.60"), ("公摊电费", "35.87"), ("小计", "35.87"),
    ]  # fmt: skip
    assert said["rows"][2]["quantity"] == "89.5/249.5㎡" and said["total"] == "286.47"
    assert "89.5㎡×1月" in estate("bill", "run", "2026-11", "--explain", "3-2-1201").out


def test_a_run_that_cannot_be(estate: Wuye, office: Path) -> None:
    for argv, words in (
        ((), "缺少月份"), (("2026",), "一个整月"), (("2026-11-05",), "一个整月"), (("十一",), "看不懂"),
        (("2026-11", "--item", "物业"), "没有“物业”这个收费项目（是不是 物业费）"),
        (("2026-11", "--room", "9-9-909"), "9-9-909"), (("2026-11", "多余"), "多余"),
    ):  # fmt: skip
        said = estate("bill", "run", *argv, "--yes")
        assert said.code == 2 and words in said.err, said.err
    assert not (office / "records/2026-11/bill.yaml").exists()


def test_a_transfer_within_the_period_splits_no_bill(estate: Wuye) -> None:
    """The debtor is the room; the payer is the owner of the first day, and the working says what is not split."""
    assert estate("resident", "transfer", "3-2-1202", "赵女士", "--since", "2026-11-16").code == 0
    said = estate("bill", "run", "2026-11", "--explain", "3-2-1202")
    assert "业主李先生付（账期第一天的付费人；2026-11-16 起是赵女士，不按天拆分，由双方自行结算" in said.out
    assert "账期内换了付费人，账单写账期第一天的，不按天拆分，由双方结算：3-2-1202" in said.err
    assert "不按天拆分，由双方自行" not in estate("bill", "run", "2026-11", "--explain", "3-2-1201").out
    assert "换了付费人" not in estate("bill", "run", "2026-12").err, "from the first day on it is hers"
    found = estate("bill", "run", "2026-11", "--room", "3-2-1202", "--yes", "-o", "json").json
    bill_ = estate("bill", "show", found["ids"][0], "-o", "json").records[0]
    assert (bill_["payer_name"], bill_["amount"]) == ("李先生", "280.00")
    assert estate("resident", "transfer", "3-2-1203", "孙女士", "--since", "2026-11-01").code == 0
    assert "业主孙女士付" in estate("bill", "run", "2026-11", "--explain", "3-2-1203").out, "the day of change is hers"


def test_without_charge_items(wuye: Wuye) -> None:
    said = wuye("bill", "run", "2026-11")
    assert said.code == 78 and "还没有收费项目" in said.err


def test_a_closed_month_is_refused(estate: Wuye) -> None:
    assert estate("monthclose", "add", "2026-10", "--accountant", "孙会计").code == 0
    said = estate("bill", "run", "2026-10", "--yes")
    assert said.code == 1 and "2026-10 已月结" in said.err
    assert estate("bill", "run", "2026-11", "--yes").code == 0
    said = estate("bill", "run", "2026-12", "--yes", "--at", "2026-10-31")
    assert said.code == 1, "a bill is not filed in a closed month either"


def test_damaged_registers_are_refused(estate: Wuye, office: Path) -> None:
    path = office / "books/unit.yaml"
    path.write_text(path.read_text("utf-8").replace("area: '100'", "area: '100"), "utf-8")
    said = estate("bill", "run", "2026-11", "--yes")
    assert said.code == 65 and not (office / "records/2026-11/bill.yaml").exists()


def test_a_unit_already_paid_for_is_named(estate: Wuye) -> None:
    assert estate("unit", "edit", "3-2-1201", "--paid-until", "2026-12-31").code == 0
    assert "“费用交至”晚于账期，仍照常出账：3-2-1201" in estate("bill", "run", "2026-11").err


# --- vacant units


def test_the_ledger_of_vacant_units(wuye: Wuye) -> None:
    for room, status in (("1-101", "自住"), ("1-102", "空置"), ("1-103", "未售"), ("1-104", "出租")):
        delivered = () if status == "未售" else ("--delivered", "2026-05-01")
        assert wuye("unit", "add", room, "--status", status, *delivered, "--at", "2026-06-01").code == 0
    assert wuye("unit", "vacate", "1-101", "--at", "2026-11-10").code == 0
    assert wuye("unit", "edit", "1-101", "--responsible", "周敏").code == 0
    assert wuye("unit", "patrol", "1-101", "--finding", "门窗完好", "--at", "2026-11-20").code == 0
    assert wuye("resident", "add", "李先生", "1-102", "--role", "租户").code == 0
    said = wuye("unit", "vacant", "-o", "json").json
    rows = {row["room"]: row for row in said["rows"]}
    assert list(rows) == ["1-101", "1-102", "1-103"]
    assert (rows["1-101"]["since"], rows["1-101"]["days"], rows["1-101"]["responsible"]) == ("2026-11-10", 12, "周敏")
    assert (rows["1-101"]["patrolled"], rows["1-101"]["finding"]) == ("2026-11-20", "门窗完好")
    assert rows["1-102"]["checks"] == "空置却登记有现住人：李先生；已交付却没有登记业主"
    assert [(row["room"], row["checks"]) for row in said["odd"]] == [("1-104", "出租却没有登记现住租户；没有登记业主")]
    then = wuye("unit", "vacant", "--as-of", "2026-11-09", "-o", "json").json
    assert [row["room"] for row in then["rows"]] == ["1-102", "1-103"]
    assert wuye("unit", "show", "1-101", "-o", "json").records[0]["since"].startswith("2026-11-10")
