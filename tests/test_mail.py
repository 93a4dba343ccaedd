"""Letters and parcels (domain.md 14): received, told, collected, returned; sent for a resident."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said
from story import Story, at

from wuye import records
from wuye.errors import Refused

Wuye = Callable[..., Said]
MAIL = records.kind("mail")


def letter(**words: str) -> Story:
    return Story(MAIL).add("2026-11-20 10:00", **{"person": "王女士", "room": "3-2-1201", **words})


def test_the_limit_runs_from_when_the_person_was_told() -> None:
    one = letter()
    assert one.clocks("2026-11-30 10:00") == {}
    one.do("tell", "2026-11-20 11:00", way="电话").do("tell", "2026-11-24 11:00", way="微信")
    reading = one.clocks("2026-11-24 11:00")["collect"]
    assert reading.start == at("2026-11-20 11:00") and reading.due == at("2026-11-27 18:00")
    assert "mail.collect" in reading.rule
    one.do("collect", "2026-11-25 10:00", collected_by="王女士")
    assert one.clocks("2026-11-25 10:00")["collect"].state == "met"
    back = letter(told_at="2026-11-20 10:00").do("return", "2026-12-01 10:00", reason="查无此人", handed_to="邮递员")
    assert back.record.status == "returned" and back.clocks("2026-12-01 10:00")["collect"].state == "missed"


def test_somebody_else_shows_a_document_or_a_word(wuye: Wuye) -> None:
    assert wuye("mail", "add", "王女士", "--room", "3-2-1201", "--tracking", "ＫＳ123").code == 0
    assert wuye("mail", "collect", "xj1").code == 2
    said = wuye("mail", "collect", "xj1", "--collected-by", "王小弟", "--dry-run")
    assert said.code == 0 and "代领" in said.err
    assert wuye("mail", "collect", "xj1", "--collected-by", "王小弟", "--id-tail", "123X").code == 2
    seen = ("--id-tail", "123X", "--id-type", "身份证")
    said = wuye("mail", "collect", "xj1", "--collected-by", "王小弟", *seen, "-o", "json")
    assert "代领" not in said.err and said.records[0]["id_checked_by"] == "李静"
    assert said.records[0]["tracking"] == "KS123"


def test_what_is_sent_is_handed_over_with_a_receipt(wuye: Wuye) -> None:
    said = wuye("mail", "add", "王女士", "--direction", "代寄")
    assert said.code == 2 and "--addressee" in said.err
    assert wuye("mail", "add", "王女士", "--direction", "代寄", "--addressee", "陈先生 望江路 8 号").code == 0
    assert wuye("mail", "collect", "xj1", "--collected-by", "王女士").code == 1
    words = ("--handed-to", "快递员", "--receipt", "底单 88", "--tracking", "SF1")
    said = wuye("mail", "hand", "xj1", *words, "-o", "json")
    assert (said.records[0]["status"], said.records[0]["receipt"], said.records[0]["clocks"]) == ("sent", "底单 88", [])
    assert said.records[0]["addressee"] == "陈先****"


def test_nobody_is_told_of_what_goes_out() -> None:
    one = letter(direction="out", addressee="望江路")
    with pytest.raises(Refused):
        one.do("tell", "2026-11-20 11:00")


def test_it_is_found_by_number_and_person(wuye: Wuye) -> None:
    words = ("--room", "3-2-1201", "--phone", "13800138000", "--tracking", "KS123")
    assert wuye("mail", "add", "王女士", *words).code == 0
    said = wuye("mail", "add", "王女士", "--tracking", "KS123", "--pieces", "2", "-o", "json")
    assert said.json["known"] == ["XJ-20261122-001"]
    assert [r["id"] for r in wuye("who", "13800138000", "-o", "json").json["open"]] == ["XJ-20261122-001"]
