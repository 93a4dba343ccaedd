"""The knowledge base: found by a word while the caller waits; a set to begin with (domain.md 39)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said

from wuye import finding, knowledge

Wuye = Callable[..., Said]
STARTER = [knowledge.page(Path(n).stem, data.decode()) for n, data in knowledge.starter().items()]


def best(words: str) -> str:
    hits = knowledge.search(STARTER, finding.hear(words.split()))
    return hits[0].page.name if hits else ""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("漏水", "leak"), ("火灾", "fire"), ("着火", "fire"), ("爆管", "flood"), ("水浸", "flood"),
        ("电梯困人", "lift"), ("停电", "powercut"), ("收楼", "movein"), ("入伙 资料", "movein"),
        ("装修", "fitout"), ("出租", "letting"),
        ("过户", "transfer"), ("上班 时间", "hours"), ("电话号码", "phones"), ("收费标准", "prices"), ("燃气", "gas"),
        ("电梯里关了人", "lift"), ("我家没电了", "powercut"), ("丢卡", "card"),
    ],
)  # fmt: skip
def test_what_callers_ask_is_answered_by_the_right_page(words: str, name: str) -> None:
    assert best(words) == name


def test_every_page_of_the_set_is_of_practical_length_and_has_tags() -> None:
    assert len(STARTER) >= 25
    for one in STARTER:
        assert one.title and len(one.tags) >= 4 and one.updated, one.name
        assert 120 < len(one.text) < 1500, (one.name, len(one.text))
    assert {"fire", "flood", "lift", "powercut", "movein", "fitout", "letting", "hours", "phones", "prices"} <= {
        one.name for one in STARTER
    }


def test_the_best_page_whole_and_the_others_by_name(wuye: Wuye) -> None:
    assert "kb start" in wuye("kb", "漏水").err
    assert wuye("kb", "start").code == 0
    said = wuye("kb", "电梯")
    assert said.code == 0 and said.out.startswith("电梯困人应急预案") and "通知维保" in said.out
    assert "还有：" in said.out and "（powercut）" in said.out
    rows = wuye("kb", "电梯", "-o", "json").json["rows"]
    assert rows[0]["name"] == "lift" and "text" in rows[0] and "text" not in rows[1]
    assert wuye("kb", "show", "lift").out == wuye("kb", "show", "电梯困人应急预案").out
    assert wuye("kb", "show", "应急预案").code == 4
    listed = wuye("kb", "list", "-o", "json").json["rows"]
    assert [r["name"] for r in listed] == sorted(one.name for one in STARTER)
    assert wuye("check").code == 0


def test_pinyin(wuye: Wuye) -> None:
    pytest.importorskip("pypinyin")
    wuye("kb", "start")
    assert [r["name"] for r in wuye("kb", "loushui", "--list", "-o", "json").json["rows"]][:1] == ["leak"]
    assert wuye("kb", "tingdian", "-o", "json").json["rows"][0]["name"] == "powercut"


def test_what_is_there_is_never_overwritten(wuye: Wuye, office: Path) -> None:
    (office / "knowledge").mkdir()
    (office / "knowledge/fire.md").write_text("# 我们的火灾预案\n标签在下面\n", "utf-8")
    said = wuye("kb", "start")
    assert said.code == 0 and "1 页没有动" in said.err
    assert (office / "knowledge/fire.md").read_text("utf-8").startswith("# 我们的")
    assert wuye("kb", "start").out == "没有要放入的\n"
    assert wuye("kb", "我们的火灾").out.startswith("我们的火灾预案")


def test_what_cannot_be_read_is_said_and_the_rest_answers(wuye: Wuye, office: Path) -> None:
    (office / "knowledge").mkdir()
    (office / "knowledge/good.md").write_text(
        "title: 快递柜\ntags: 快递、包裹\n更新：2026-01-02\n\n在东门。\n", "utf-8")
    (office / "knowledge/gbk.md").write_bytes("快递".encode("gb18030"))
    (office.parent / "secret.md").write_text("快递 秘密", "utf-8")
    (office / "knowledge/link.md").symlink_to(office.parent / "secret.md")
    said = wuye("kb", "快递")
    assert said.code == 65 and said.out.startswith("快递柜    更新 2026-01-02") and "秘密" not in said.out
    assert "knowledge/gbk.md" in said.err and "knowledge/link.md" in said.err and "UTF-8" in said.err
    assert wuye("check").code == 65


def test_nothing_found_names_the_nearest(wuye: Wuye) -> None:
    wuye("kb", "start")
    said = wuye("kb", "xyzzy")
    assert said.code == 1 and "kb list" in said.err
    assert "是不是" in wuye("kb", "show", "lifts").err
    for argv in (("kb",), ("kb", " "), ("kb", "11010519491231002X")):
        said = wuye(*argv)
        assert said.code == 2 and "请" in said.err and "11010519491231002X" not in said.err
    assert wuye("kb", "show", "../wuye").code == 1


def test_asking_writes_nothing(wuye: Wuye, office: Path) -> None:
    wuye("kb", "start")
    before = {p: p.stat().st_mtime_ns for p in office.rglob("*") if p.is_file()}
    wuye("kb", "漏水")
    assert {p: p.stat().st_mtime_ns for p in office.rglob("*") if p.is_file()} == before


def test_a_full_identity_number_in_a_page_is_told(wuye: Wuye, office: Path) -> None:
    (office / "knowledge").mkdir()
    (office / "knowledge/a.md").write_text("证件 11010519491231002X\n", "utf-8")
    said = wuye("check")
    assert said.code == 65 and "knowledge/a.md" in said.out + said.err
