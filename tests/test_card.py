"""Cards and passes: who has one and until when, lost, given back, cancelled, reissued (domain.md 23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said

Wuye = Callable[..., Said]
CARD = ("card", "add", "0012875", "门禁卡", "王女士", "--room", "3-2-1201", "--areas", "3栋2单元、东门", "--phone",
        "13800138000", "--id-type", "身份证", "--id-tail", "002X", "--until", "2026-12-31", "--fee", "20")  # fmt: skip


def card(wuye: Wuye, number: str = "0012875") -> dict[str, Any]:
    found = wuye("card", "list", "-o", "json").records
    return next(r for r in found if r["number"] == number)


def take(wuye: Wuye, step: str, *more: str, number: str = "0012875") -> Said:
    return wuye("card", step, number, *more)


@pytest.fixture
def issued(wuye: Wuye) -> Wuye:
    """An office with one issued card."""
    assert wuye(*CARD).code == 0
    return wuye


def test_a_card_with_a_holder_is_issued_that_day_a_blank_one_lies_in_stock(issued: Wuye) -> None:
    assert (card(issued)["status"], card(issued)["issued"]) == ("issued", "2026-11-22")
    assert issued("card", "add", "0012900", "住户证").code == 0
    blank = card(issued, "0012900")
    assert blank["status"] == "stock" and blank["issued"] is None
    assert "已有卡号 0012875" in issued(*CARD).err


def test_days_are_in_order(wuye: Wuye) -> None:
    assert "有效期早于发卡日期" in wuye(*CARD[:-4], "--until", "2026-11-01", "--issued", "2026-11-20").err
    assert "没有写发给谁" in wuye("card", "add", "1", "门禁卡", "--issued", "2026-11-20").err


def test_its_last_day_is_watched_until_it_is_extended_or_given_back(issued: Wuye) -> None:
    clock = card(issued)["clocks"][-1]
    assert (clock["name"], clock["due"], clock["state"]) == ("valid", "2026-12-31T18:00+08:00", "open")
    late = issued("card", "list", "--late", "-o", "json", now="2027-01-01T09:00")
    assert [r["number"] for r in late.records] == ["0012875"]
    assert "延期应晚于此" in take(issued, "extend", "--until", "2026-12-30").err
    assert take(issued, "extend", "--until", "2027-06-30").code == 0
    assert issued("card", "list", "--late", "-o", "json").records == []
    assert issued("card", "list", "--late", "-o", "json", now="2027-07-01T09:00").records != []
    assert take(issued, "return").code == 0
    assert issued("card", "list", "--late", "-o", "json").records == []


def test_a_card_that_was_given_back_is_nobodys_and_goes_to_the_next(issued: Wuye) -> None:
    assert take(issued, "return").code == 0
    back = card(issued)
    assert back["status"] == "returned"
    assert all(back[n] is None for n in ("holder", "room", "areas", "phone", "id_tail", "until", "fee", "issued"))
    assert take(issued, "issue").code == 2
    assert take(issued, "issue", "--holder", "陈先生", "--room", "3-2-1202").code == 0
    now = card(issued)
    assert (now["holder"], now["until"], now["phone"]) == ("陈先生", None, None)
    assert issued("check").code == 0


def test_a_lost_card_is_found_or_cancelled(issued: Wuye) -> None:
    assert take(issued, "lose").code == 2
    assert take(issued, "lose", "--reason", "业户丢失").code == 0
    assert take(issued, "find").code == 0
    assert (card(issued)["status"], card(issued)["holder"]) == ("issued", "王女士")
    take(issued, "lose", "--reason", "业户丢失")
    assert take(issued, "cancel", "--reason", "挂失三天未找回").code == 0
    assert card(issued)["status"] == "cancelled"
    assert take(issued, "issue", "--holder", "陈先生").code != 0
    issued("card", "add", "0012900", "住户证")
    take(issued, "lose", "--reason", "盘点缺少", number="0012900")
    take(issued, "find", number="0012900")
    assert card(issued, "0012900")["status"] == "stock"


@pytest.mark.parametrize("in_stock", (False, True), ids=("new", "in-stock"))
def test_a_reissued_card_takes_over_whom_it_is_for(issued: Wuye, in_stock: bool) -> None:
    if in_stock:
        issued("card", "add", "0012900", "门禁卡")
    take(issued, "lose", "--reason", "业户丢失")
    assert "新卡号与原卡号相同" in take(issued, "reissue", "--replaced-by", "0012875").err
    assert take(issued, "reissue", "--replaced-by", "0012900", "--new-fee", "25").code == 0
    old, new = card(issued), card(issued, "0012900")
    assert (old["status"], old["replaced_by"], old["fee"]) == ("cancelled", "0012900", "20.00")
    assert (new["status"], new["holder"], new["room"], new["until"]) == ("issued", "王女士", "3-2-1201", "2026-12-31")
    assert (new["replaces"], new["fee"], new["areas"]) == ("0012875", "25.00", ["3栋2单元", "东门"])
    assert issued("check").code == 0


def test_two_cards_are_not_reissued_as_one(issued: Wuye) -> None:
    """Both in one command: the second finds the number taken by the first."""
    issued("card", "add", "0012876", "门禁卡", "陈先生")
    said = issued("card", "reissue", "0012875", "0012876", "--replaced-by", "0012900", "--yes")
    assert said.code == 1 and "0012900" in said.err
    assert [r["number"] for r in issued("card", "list", "-o", "json").records].count("0012900") == 0


@pytest.mark.git
@pytest.mark.parametrize("named", ((), ("ic2",)), ids=("last", "named"))
def test_old_and_new_card_are_undone_together(issued: Wuye, named: tuple[str, ...]) -> None:
    take(issued, "reissue", "--replaced-by", "0012900")
    said = issued("undo", *named, "--yes")
    assert said.code == 0 and "使用中" in said.out, said.err
    assert card(issued)["status"] == "issued"
    assert [r["status"] for r in issued("card", "list", "-o", "json").records if r["number"] == "0012900"] == ["void"]


def test_a_card_that_nobody_had_is_not_reissued_and_a_used_one_not_taken(issued: Wuye) -> None:
    issued("card", "add", "0012900", "门禁卡", "陈先生")
    assert take(issued, "reissue", "--replaced-by", "0012900").code != 0
    assert card(issued)["status"] == "issued", "nothing half done"
    take(issued, "return")
    take(issued, "cancel", "--reason", "折断")
    assert "没有发给过谁" in take(issued, "reissue", "--replaced-by", "0012901").err
