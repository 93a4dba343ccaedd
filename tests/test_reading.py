"""Meters: the first reading bills nothing, none goes back unless the meter was changed, usage is priced by the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from conftest import Said

from wuye import chargefile, records, yamlio
from wuye.billing import Ground, Run
from wuye.office import Office
from wuye.periods import month_of
from wuye.proposing import propose

Wuye = Callable[..., Said]
D = date.fromisoformat
WATER = "w: {zh: 水费, way: reading, unit: 吨, rates: [{from: 2026-01, rate: '3.50'}]}"


def run(office: Path, text: str = WATER, month: str = "2026-11") -> Run:
    items, faults = chargefile.parse(yamlio.load(text))
    assert faults == []
    readings = Office(office).load(records.kind("reading"))[0]
    span = month_of(D(f"{month}-01"))
    return propose(Ground(items, span, span.start, readings=readings))


def read(wuye: Wuye, value: str, day: str, *more: str) -> Said:
    return wuye("reading", "add", "3-2-1201", "水费", value, "--read-on", day, *more)


def test_the_first_reading_bills_nothing(wuye: Wuye, office: Path) -> None:
    said = read(wuye, "100", "2026-10-25", "--at", "2026-10-25")
    assert said.code == 0 and "只作底数" in said.err
    found = run(office, month="2026-10")
    assert found.fresh == () and "第一次读数只作底数，没有计水费：3-2-1201" in found.warnings
    assert read(wuye, "110.5", "2026-11-22").code == 0
    (one,) = run(office).fresh
    (line,) = one.lines
    assert (line["quantity"], line["rate"], str(line["amount"])) == ("10.5吨", "3.50", "36.75")
    assert str(one.span) == "2026-10-26 至 2026-11-22" and "读数 100 至 110.5" in one.lines[0]["note"]
    row = wuye("reading", "show", "cb1122-1", "-o", "json").records[0]
    assert (row["previous"], row["previous_on"], row["used"]) == ("100", "2026-10-25", "10.5")


def test_a_first_reading_may_name_the_one_before(wuye: Wuye, office: Path) -> None:
    assert read(wuye, "110", "2026-11-20", "--previous", "100", "--previous-on", "2026-10-20").code == 0
    (one,) = run(office).fresh
    assert str(one.amount) == "35.00" and one.span.start == D("2026-10-21")


def test_a_rate_that_changes_between_two_readings_goes_by_the_day(wuye: Wuye, office: Path) -> None:
    assert read(wuye, "100", "2026-10-21", "--at", "2026-10-21").code == 0
    assert read(wuye, "130", "2026-11-20").code == 0
    text = WATER.replace("]}", ", {from: 2026-11-01, rate: '4.00'}]}")
    (one,) = run(office, text).fresh
    told = [(line["quantity"], line["rate"], str(line["amount"])) for line in one.lines]
    assert told == [("30吨×10/30天", "3.50", "35.00"), ("30吨×20/30天", "4.00", "80.00")]


def test_a_meter_does_not_go_back(wuye: Wuye, office: Path) -> None:
    assert read(wuye, "100", "2026-11-10").code == 0
    said = read(wuye, "99.9", "2026-11-20")
    assert said.code == 2 and "小于上次（2026-11-10）的 100" in said.err and "--replaced" in said.err
    said = read(wuye, "101", "2026-11-09")
    assert said.code == 2 and "已有更晚的读数" in said.err
    said = read(wuye, "5", "2026-11-20", "--replaced")
    assert said.code == 2 and "--new-start" in said.err
    said = read(wuye, "5", "2026-11-20", "--replaced", "--new-start", "0", "--old-final", "90")
    assert said.code == 2 and "旧表止数 90 小于上次" in said.err
    assert read(wuye, "5", "2026-11-20", "--replaced", "--new-start", "0", "--old-final", "108").code == 0
    (one,) = run(office).fresh
    assert one.lines[0]["quantity"] == "13吨"


def test_meters_and_items_do_not_mix(wuye: Wuye, office: Path) -> None:
    assert read(wuye, "100", "2026-11-10", "--meter", "甲").code == 0
    assert read(wuye, "7", "2026-11-11", "--meter", "乙").code == 0
    assert wuye("reading", "add", "3-2-1202", "水费", "3", "--meter", "丙").code == 0
    assert wuye("reading", "add", "3-2-1201", "电费", "1", "--meter", "甲").code == 0
    assert read(wuye, "102", "2026-11-20", "--meter", "甲").code == 0
    assert read(wuye, "8", "2026-11-20", "--meter", "乙").code == 0
    assert [str(one.amount) for one in run(office).fresh] == ["7.00", "3.50"]


def test_a_batch_counts_each_from_the_one_before_and_tells_every_mistake(wuye: Wuye, office: Path) -> None:
    head = "房号,收费项目,读数,抄表日期,受理时间\n"
    good = head + "3-2-1201,水费,100,2026-09-25,2026-09-25\n3-2-1201,水费,104,2026-10-25,2026-10-25\n"
    bad = good + "3-2-1201,水费,103,2026-11-20,2026-11-20\n3-2-1202,水费,x,2026-11-20,2026-11-20\n"
    said = wuye("reading", "add", "--from", "-", stdin=bad.encode())
    assert said.code == 2 and "第 3 行：读数 103 小于上次" in said.err and "第 4 行" in said.err
    assert not list((office / "records").rglob("reading.yaml"))
    assert wuye("reading", "add", "--from", "-", stdin=good.encode()).code == 0
    assert [str(one.amount) for one in run(office, month="2026-10").fresh] == ["14.00"]
    assert read(wuye, "103", "2026-11-20").code == 2


def test_a_correction_and_a_void_reading_change_what_is_counted(wuye: Wuye, office: Path) -> None:
    assert read(wuye, "100", "2026-11-01").code == 0
    assert read(wuye, "150", "2026-11-10").code == 0
    assert read(wuye, "152", "2026-11-20").code == 0
    assert wuye("reading", "edit", "cb3", "--reading", "160").code == 2
    said = wuye("reading", "correct", "cb3", "--reading", "149", "--reason", "看错")
    assert said.code == 1 and "小于之前的 150" in said.err
    assert wuye("reading", "correct", "cb3", "--reading", "153", "--reason", "看错").code == 0
    assert [str(one.amount) for one in run(office).fresh] == ["175.00", "10.50"]
    assert wuye("reading", "void", "cb2", "--reason", "重复").code == 0
    assert [str(one.amount) for one in run(office).fresh] == ["185.50"]


def test_power_bought_in_advance_waits_for_the_next_purchase(wuye: Wuye) -> None:
    said = wuye("reading", "add", "--meter", "公区照明1", "--item", "公摊电费", "--bought", "1000", "--amount", "680",
                "--balance-before", "52", "--balance-after", "1052", "--next-purchase", "2026-12-20")  # fmt: skip
    assert said.code == 0 and "下次购电应在 2026-12-20" in said.out, said.err
    assert "CB-20261122-001" in wuye("due", "--late", now="2026-12-21T09:00").out
    assert wuye("reading", "renew", "cb1122-1").code == 0
    assert "CB-20261122-001" not in wuye("due").out
    said = wuye("reading", "add", "--meter", "公区照明1", "--item", "公摊电费", "--bought", "1000")
    assert said.code == 2 and "--amount" in said.err


def test_a_reading_is_billed_once(wuye: Wuye, office: Path) -> None:
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(f"charges:\n  {WATER}\n")
    assert wuye("unit", "add", "3-2-1201").code == 0
    assert read(wuye, "100", "2026-10-25", "--at", "2026-10-25").code == 0
    assert read(wuye, "110", "2026-11-20").code == 0
    assert wuye("bill", "run", "2026-11", "--yes", "-o", "json").json["written"] == 1
    assert wuye("bill", "run", "2026-11", "--yes", "-o", "json").json["written"] == 0
    assert wuye("bill", "list", "-o", "json").records[0]["reading"] == "CB-20261122-001"
    assert wuye("check").code == 0


def charged(office: Path) -> None:
    """Water has its price."""
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(f"charges:\n  {WATER}\n")


def run_again(wuye: Wuye, month: str = "2026-11") -> tuple[int, list[str]]:
    """How many bills a run writes, and what it says of those that are there."""
    told = wuye("bill", "run", month, "--yes", "-o", "json").json
    return told["written"], [row["differs"] for row in told["changed"]]


def test_a_reading_voided_and_entered_again_is_not_billed_twice(wuye: Wuye, office: Path) -> None:
    """Its bill covers the same days of the same meter: it is told that it would now come out otherwise."""
    charged(office)
    assert wuye("unit", "add", "3-2-1201").code == 0
    for meter in ("甲", "乙"):
        assert read(wuye, "100", "2026-10-25", "--meter", meter, "--at", "2026-10-25").code == 0
    assert read(wuye, "120", "2026-11-20", "--meter", "甲").code == 0
    assert run_again(wuye) == (1, [])
    assert wuye("reading", "void", "cb1122-1", "--reason", "看错").code == 0
    assert read(wuye, "118", "2026-11-20", "--meter", "甲").code == 0
    assert run_again(wuye) == (0, ["金额是 70.00，按现在的设置和台账应是 63.00"])
    assert read(wuye, "110", "2026-11-20", "--meter", "乙").code == 0
    assert run_again(wuye)[0] == 1, "the other meter has no bill"
    assert wuye("bill", "void", "zd1122-1", "--reason", "抄错").code == 0
    assert run_again(wuye) == (1, [])
    assert run_again(wuye) == (0, [])


def test_what_a_void_readings_bill_covers_is_told_though_it_was_corrected(wuye: Wuye, office: Path) -> None:
    """Nobody read the meter again: the next reading goes back over days that are billed."""
    charged(office)
    assert wuye("unit", "add", "3-2-1201").code == 0
    assert read(wuye, "100", "2026-10-25", "--at", "2026-10-25").code == 0
    assert read(wuye, "120", "2026-11-10").code == 0
    assert run_again(wuye) == (1, [])
    argv = ("bill", "correct", "zd1122-1", "--amount", "70", "--due", "2026-12-31", "--reason", "缓交")
    assert wuye(*argv).code == 0
    assert wuye("reading", "void", "cb1122-1", "--reason", "看错").code == 0
    assert read(wuye, "130", "2026-11-21").code == 0
    assert run_again(wuye) == (0, ["账期是 2026-10-26 至 2026-11-10，按现在的设置和台账应是 2026-10-26 至 2026-11-21"])


def test_a_meter_changed_without_the_old_ones_last_value_is_told(wuye: Wuye, office: Path) -> None:
    assert "旧表止数" not in read(wuye, "3", "2026-11-01", "--replaced", "--new-start", "0", "--meter", "乙").err
    assert read(wuye, "100", "2026-11-10").code == 0
    said = read(wuye, "5", "2026-11-20", "--replaced", "--new-start", "0")
    assert said.code == 0 and "没有写旧表止数：上次（2026-11-10）读数 100 以后旧表走的量没有计" in said.err
    assert "edit --old-final" in said.err
    assert wuye("reading", "edit", "cb3", "--old-final", "108").code == 0
    assert [one.lines[0]["quantity"] for one in run(office).fresh][-1] == "13吨"


def test_an_older_reading_and_a_changed_meter_can_be_edited(wuye: Wuye, office: Path) -> None:
    """What they are compared with is the reading before them, not themselves nor those after."""
    assert read(wuye, "100", "2026-11-10").code == 0
    assert read(wuye, "210", "2026-11-20", "--replaced", "--new-start", "200").code == 0
    assert wuye("reading", "edit", "cb2", "--old-final", "108").code == 0
    assert read(wuye, "230", "2026-11-21").code == 0
    for name, more in (("cb1", ("--remark", "井盖松")), ("cb2", ("--old-final", "109"))):
        said = wuye("reading", "edit", name, *more)
        assert said.code == 0, said.err
    said = wuye("reading", "edit", "cb2", "--old-final", "99")
    assert said.code == 2 and "旧表止数 99 小于上次" in said.err
    assert [one.lines[0]["quantity"] for one in run(office).fresh] == ["19吨", "20吨"]


def test_the_reading_after_a_corrected_or_void_one_is_named(wuye: Wuye, office: Path) -> None:
    """It keeps what it counted from when it was entered; bills go by what counts now."""
    for number, (value, day) in enumerate((("80", "2026-10-25"), ("100", "2026-11-01"), ("120", "2026-11-20")), 1):
        assert read(wuye, value, day, "--at", day).code == 0, number
    first, middle, last = (f"cb-{day}-001" for day in ("20261025", "20261101", "20261120"))
    said = wuye("reading", "correct", middle, "--reading", "90", "--reason", "看错")
    assert said.code == 0 and "之后一次 CB-20261120-001（读数 120）的上次读数 100 和用量是登记时记下的" in said.err
    assert [one.lines[0]["quantity"] for one in run(office).fresh] == ["10吨", "30吨"]
    assert "之后一次" not in wuye("reading", "correct", last, "--reading", "121", "--reason", "看错").err
    assert "之后一次" not in wuye("reading", "correct", middle, "--reading", "100", "--reason", "没有错").err
    assert "之后一次 CB-20261101-001（读数 100）" in wuye("reading", "void", first, "--reason", "重复").err
    assert "之后一次" not in wuye("reading", "void", last, "--reason", "重复").err
