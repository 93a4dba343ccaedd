"""Charge items as the office writes them: understood whole, or every mistake at once with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Said

from wuye import chargefile, yamlio
from wuye.charges import Charges, Due
from wuye.errors import BadSettings
from wuye.ledger import NO_FEE, Terms
from wuye.office import Office

Wuye = Callable[..., Said]
D = date.fromisoformat


def parsed(text: str) -> tuple[Charges, list[str]]:
    """Items and mistakes of a `charges:` section."""
    found, faults = chargefile.parse(yamlio.load(text))
    return found, [fault.words for fault in faults]


def test_an_item_as_it_is_written() -> None:
    charges, faults = parsed(
        """
property:
  zh: 物业费
  way: area
  uses: 住宅、商铺
  from: 2026-01
  until: 2026-12
  rates:
  - {from: 2026-07-01, rate: '3.00'}
  - {from: 2026-01, rate: '2.80'}
  due: 25日
  vacant: 70%
  developer_before_handover: yes
  late_fee: {rate: 0.05%, grace: '5', cap: '1'}
  exceptions:
  - {room: 3-2-1201, factor: '0.5', until: 2026-06, reason: 漏水补偿}
"""
    )
    assert faults == []
    item = charges["property"]
    assert (item.since, item.until) == (D("2026-01-01"), D("2026-12-31"))
    assert [rate.rate for rate in item.rates] == [Decimal("2.80"), Decimal("3.00")]
    assert item.uses == ("flat", "shop") and item.vacant == Decimal("0.7") and item.developer
    assert item.specials[0].until == D("2026-06-30")
    assert charges.name_of("物业费") == charges.name_of("property") == "property"
    assert charges.terms("物业费") == Terms(Decimal("0.0005"), 5, Decimal("1"))
    assert charges.name_of("水费") is None and charges.terms("水费") == NO_FEE and charges.zh("水费") == "水费"


FIXED = "a: {way: fixed, rates: [{from: 2026-01, rate: '1'}]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: {way: area, rates: '2.80'}", "的价 2.80 没有写从哪天起"),
        ("a: {way: area, rates: [{rate: '2.80'}]}", "没有写从哪天起：请加 from"),
        ("a: {way: area, rates: [{from: 2026-13-01, rate: '2'}]}", "应是 2026-01-01 这样的日期"),
        ("a: {way: area, rates: [{from: 2026-01, rate: -2}]}", "应是不小于 0 的数"),
        ("a: {way: area, rates: [{from: 2026-01, rate: '1'}, {from: 2026-01, rate: '2'}]}", "有两个价都从"),
        ("a: {way: area}", "缺少价"),
        ("a: {rates: [{from: 2026-01, rate: '1'}]}", "缺少 way"),
        ("a: {way: floor}", "没有“floor”这种写法"),
        ("a: {way: lease, rates: [{from: 2026-01, rate: '1'}]}", "请删去 rates"),
        ("a: {way: share}", "或 amounts"),
        ("a: {way: share, amounts: {十一月: '3'}}", "不是月份"),
        (f"{FIXED}, due: '32'}}", "应是每月几日"),
        (f"{FIXED}, vacant: '70'}}", "最大 10"),
        (f"{FIXED}, late_fee: {{rate: '0.5'}}}}", "核对小数点"),
        (f"{FIXED}, late_fee: {{grace: '5'}}}}", "缺少 rate"),
        (f"{FIXED}, from: 2026-02, until: 2026-01}}", "until 早于 from"),
        (f"{FIXED}, exceptions: [{{room: 1-1, factor: '0'}}]}}", "没有写理由"),
        (f"{FIXED}, exceptions: [{{room: 1-1, reason: x}}]}}", "应写 rate"),
        (f"{FIXED}, exceptions: [{{factor: '1', reason: x}}]}}", "哪一户"),
        (f"{FIXED}, exceptions: [{{room: 1-1, factor: '1', reason: x}}, {{room: 1-1, rate: '1', reason: y}}]}}",
         "在时间上重叠"),
        (f"{FIXED}, roms: 1-1}}", "是不是 rooms"),
        ("a: {way: share, amounts: {2026-11: '1'}, exceptions: [{room: 1-1, rate: '1', reason: x}]}", "只能写 factor"),
        ("a b: {way: lease}", "不带空格和标点"),
        ("a: {way: lease, zh: 租金}\nb: {way: lease, zh: 租金}", "写了两次"),
        ("a: 2.80", "应写成几行"),
        ("[]", "应是“代码: 内容”的清单"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    _, faults = parsed(text)
    assert any(words in fault for fault in faults), faults
    assert all("请" in fault for fault in faults)


def test_all_mistakes_at_once_with_their_lines(wuye: Wuye, office: Path) -> None:
    settings = office / "wuye.yaml"
    before = settings.read_text("utf-8")
    text = before + "charges:\n  property:\n    way: area\n    rates: '2.80'\n    due: '40'\n  light: {way: share}\n"
    settings.write_text(text, "utf-8")
    first = before.count("\n") + 1
    with pytest.raises(BadSettings) as caught:
        _ = Office(office).settings.charges
    assert [p.line for p in caught.value.problems] == [first + 3, first + 4, first + 5]
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    for command in (("check",), ("bill", "run", "2026-11")):
        said = wuye(*command)
        assert said.code == 78 and said.err.count("请") == 3, said.err
    assert not (office / "records/2026-11/bill.yaml").exists()


def test_principal_first_is_a_setting(office: Path) -> None:
    settings = office / "wuye.yaml"
    assert not Office(office).settings.principal_first
    text = settings.read_text("utf-8")
    settings.write_text(text + "money: {principal_first: yes}\n", "utf-8")
    assert Office(office).settings.principal_first
    settings.write_text(text + "money: {principal_first: maybe}\n", "utf-8")
    with pytest.raises(BadSettings, match="yes 或 no"):
        _ = Office(office).settings


@pytest.mark.parametrize(
    ("due", "issued", "month", "expected"),
    [
        (Due(25), "2026-11-01", "2026-11-01", "2026-11-25"),
        (Due(25), "2026-11-25", "2026-11-01", "2026-11-25"),
        (Due(25), "2026-11-26", "2026-11-01", "2026-12-25"),  # what is issued late is not overdue at once
        (Due(25), "2026-11-26", "2026-09-01", "2026-12-25"),
        (Due(25), "2026-11-26", "2027-01-01", "2027-01-25"),
        (Due(31), "2027-02-03", "2027-02-01", "2027-02-28"),
        (Due(0, 15), "2026-11-20", "2026-11-01", "2026-12-05"),
    ],
)  # fmt: skip
def test_when_a_bill_is_to_be_paid(due: Due, issued: str, month: str, expected: str) -> None:
    assert due.on(D(issued), D(month)) == D(expected)


def test_the_example_in_new_settings_is_understood(office: Path) -> None:
    settings = office / "wuye.yaml"
    text = settings.read_text("utf-8")
    start = text.index("# charges:")
    shown = "\n".join(line.removeprefix("# ") for line in text[start:].splitlines() if "一笔钱" not in line)
    settings.write_text(text[:start] + shown + "\n", "utf-8")
    loaded = Office(office).settings
    assert loaded.charges["property"].zh == "物业费" and loaded.principal_first
