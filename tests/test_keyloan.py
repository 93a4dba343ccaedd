"""Keys of the cabinet: lent, entrusted by their owner, delivered, lost; each loan moves its key (domain.md 22)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Said, played

from wuye import disk, store

Wuye = Callable[..., Said]
LABEL = "3-2-1201-A"


def key(office: Path, label: str = LABEL) -> dict[str, Any]:
    found: list[dict[str, Any]] = yaml.safe_load((office / "books/key.yaml").read_text("utf-8"))
    return next(one for one in found if one["label"] == label)


@played
def cabinet(wuye: Wuye) -> Wuye:
    """A cabinet with one key in it."""
    assert wuye("key", "add", LABEL, "3-2-1201", "--cabinet", "A柜12").code == 0
    return wuye


def lend(wuye: Wuye, *more: str, whom: str = "王师傅", now: str = "") -> Said:
    return wuye("keyloan", "add", LABEL, whom, *more, "--yes", "-o", "json", now=now)


def loan(wuye: Wuye, step: str, *more: str, name: str = "jy1") -> Said:
    return wuye("keyloan", step, name, *more)


def test_a_lent_key_is_out_until_it_comes_back(cabinet: Wuye, office: Path) -> None:
    said = lend(cabinet, "--purpose", "厨房维修")
    assert said.code == 0 and said.records[0]["room"] == "3-2-1201"
    assert (key(office)["status"], key(office)["holder"], key(office)["loan"]) == ("lent", "王师傅", "JY-20261122-001")
    assert loan(cabinet, "return", "--returned-by", "李师傅").code == 0
    assert key(office)["status"] == "cabinet" and "holder" not in key(office) and "loan" not in key(office)
    assert cabinet("check").code == 0


def test_a_key_that_is_out_is_not_lent_again(cabinet: Wuye, office: Path) -> None:
    lend(cabinet)
    said = cabinet("keyloan", "add", LABEL, "陈师傅")
    assert said.code != 0 and said.err.count("错误") == 1
    assert f"钥匙 {LABEL} 已由 王师傅 借走：请先用 keyloan return JY-20261122-001 登记归还" in said.err
    assert cabinet("keyloan", "list", "-o", "json").json["records"][0]["whom"] == "王师傅"
    both = f"钥匙,借用人\n{LABEL},王师傅\n{LABEL},陈师傅\n"
    loan(cabinet, "return")
    assert cabinet("keyloan", "add", "--from", "-", stdin=both.encode()).code != 0
    assert key(office)["status"] == "cabinet"


@pytest.mark.git
def test_a_return_taken_back_by_its_number_takes_the_key_out_again(cabinet: Wuye, office: Path) -> None:
    """The book of keys is another file of the same command."""
    lend(cabinet)
    loan(cabinet, "return")
    assert cabinet("undo", "jy1", "--yes").code == 0
    assert (key(office)["status"], key(office)["loan"]) == ("lent", "JY-20261122-001")
    assert cabinet("check").code == 0
    assert cabinet("redo", "jy1", "--yes").code == 0
    assert key(office)["status"] == "cabinet"
    lend(cabinet, whom="陈师傅")
    said = cabinet("undo", "jy1", "--yes")
    assert said.code == 1 and key(office)["loan"] == "JY-20261122-002"


@pytest.mark.parametrize("how", ["disk", "stat", "record"])
def test_a_cabinet_that_cannot_be_read_lends_nothing(
    how: str, cabinet: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for one that does not know the key: the loan would go out and the key stay in."""
    book = office / "books" / "key.yaml"
    if how == "record":
        book.write_text(book.read_text("utf-8").replace("cabinet: A柜12", "cabinet: &a A柜12"), "utf-8")
    real = disk.read

    def read(path: Path, name: str = "") -> bytes | None:
        if how == "disk" and path == book:
            with disk.reading("books/key.yaml"):
                raise OSError(5, "Input/output error")
        return real(path, name)

    real_stat = os.lstat

    def lstat(path: str) -> os.stat_result:
        if how == "stat" and str(path) == str(book):
            raise PermissionError(13, "Permission denied")
        return real_stat(path)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "read", read)
        patch.setattr(store.os, "lstat", lstat)
        said = lend(cabinet)
    if how == "stat":  # it is there all the same, and can be read
        assert said.code == 0 and key(office)["status"] == "lent"
        return
    assert said.code in (65, 74) and "books/key.yaml" in said.err and not list((office / "records").rglob("*.yaml"))


def test_a_key_that_was_delivered_or_lost_is_not_lent(cabinet: Wuye) -> None:
    cabinet("key", "deliver", LABEL, "--holder", "王女士")
    assert "已交付 王女士，不在柜里" in lend(cabinet).err
    cabinet("key", "take-in", LABEL)
    cabinet("key", "lose", LABEL, "--reason", "盘点缺少")
    assert "已登记遗失" in lend(cabinet).err
    cabinet("key", "back", LABEL)
    assert lend(cabinet).code == 0


def test_a_key_the_cabinet_does_not_know_is_said(wuye: Wuye) -> None:
    said = wuye("keyloan", "add", "Z", "王师傅")
    assert said.code == 0 and "钥匙台账里没有“Z”" in said.err


def test_a_lost_key_is_marked_and_may_turn_up(cabinet: Wuye, office: Path) -> None:
    lend(cabinet)
    assert loan(cabinet, "lose").code == 2
    assert loan(cabinet, "lose", "--reason", "在地库丢失").code == 0
    assert key(office)["status"] == "lost" and key(office)["log"][-1]["reason"] == "在地库丢失"
    assert loan(cabinet, "return").code == 0
    assert key(office)["status"] == "cabinet"


def test_a_voided_loan_brings_the_key_back(cabinet: Wuye, office: Path) -> None:
    lend(cabinet)
    assert loan(cabinet, "void", "--reason", "登错").code == 0
    assert key(office)["status"] == "cabinet"


@pytest.mark.git
def test_loan_and_key_are_undone_together(cabinet: Wuye, office: Path) -> None:
    lend(cabinet)
    assert cabinet("undo", "--yes").code == 0
    assert key(office)["status"] == "cabinet"
    assert cabinet("keyloan", "show", "jy1", "-o", "json").records[0]["status"] == "void"


def test_an_owners_key_is_taken_in_lent_and_given_back(wuye: Wuye, office: Path) -> None:
    entrust = ("keyloan", "add", "委托-7", "王女士", "--type", "业主委托")
    assert "缺少房号" in wuye(*entrust).err
    said = wuye(*entrust, "--room", "3-2-1201", "--purpose", "入伙缺陷维修")
    assert said.code == 0 and "同时登记钥匙" in said.err
    own = key(office, "委托-7")
    assert (own["status"], own["room"], own["entrusted_by"]) == ("entrusted", "3-2-1201", "王女士")
    assert wuye("keyloan", "add", "委托-7", "王师傅").code == 0
    assert key(office, "委托-7")["status"] == "lent"
    assert wuye("keyloan", "return", "jy1").code != 0, "it cannot go back to its owner while it is lent"
    assert wuye("keyloan", "return", "jy2").code == 0
    assert key(office, "委托-7")["status"] == "entrusted", "what an owner left stays theirs"
    assert wuye("keyloan", "return", "jy1").code == 0
    own = key(office, "委托-7")
    assert own["status"] == "delivered" and own["holder"] == "王女士" and "entrustment" not in own
    assert wuye("keyloan", "add", "委托-7", "王女士", "--type", "entrust", "--room", "3-2-1201", "--yes").code == 0
    assert key(office, "委托-7")["status"] == "entrusted"
    again = wuye("keyloan", "add", "委托-7", "王先生", "--type", "entrust", "--room", "3-2-1201")
    assert "已由 王女士 委托在柜" in again.err


def back(wuye: Wuye, name: str = "jy1") -> dict[str, Any]:
    clocks: list[dict[str, Any]] = wuye("keyloan", "show", name, "-o", "json").records[0]["clocks"]
    return clocks[-1] if clocks else {}


def test_due_back_is_the_agreed_time_else_the_limit(cabinet: Wuye) -> None:
    lend(cabinet, "--due-back", "2026-11-22 17:00")
    assert back(cabinet)["due"] == "2026-11-22T17:00+08:00"
    late = cabinet("keyloan", "list", "--late", "-o", "json", now="2026-11-22T17:30")
    assert [r["id"] for r in late.records] == ["JY-20261122-001"]
    assert loan(cabinet, "extend", "--due-back", "2026-11-23 12:00").code == 0
    assert cabinet("keyloan", "list", "--late", "-o", "json").records == []
    assert cabinet("keyloan", "list", "--late", "-o", "json", now="2026-11-23T12:01").records != []
    assert loan(cabinet, "return").code == 0
    assert cabinet("keyloan", "list", "--late", "-o", "json", now="2026-11-29T12:01").records == []


def test_without_a_time_the_limit_of_the_office_holds(cabinet: Wuye) -> None:
    lend(cabinet)
    clock = back(cabinet)
    assert clock["due"] == "2026-11-23T18:00+08:00" and "keyloan.limit" in clock["rule"]


def test_an_entrusted_key_waits_only_where_a_day_was_named(wuye: Wuye) -> None:
    more = ("王女士", "--type", "entrust", "--room", "3-2-1201")
    wuye("keyloan", "add", "委托-1", *more)
    assert back(wuye) == {}
    wuye("keyloan", "add", "委托-2", *more, "--due-back", "2026-11-30 12:00")
    assert back(wuye, "jy2")["due"] == "2026-11-30T12:00+08:00"
