"""Taking over a project: row by row, open items, signed, settled, filed; residents' folders (domain.md 20)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from conftest import Said, played

Wuye = Callable[..., Said]


def refused(said: Said, *words: str) -> None:
    assert said.code in (1, 2) and all(word in said.err for word in words), said


def step(wuye: Wuye, *argv: str) -> dict[str, Any]:
    said = wuye("takeover", argv[0], "jc1", *argv[1:], "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


@played
def begun(wuye: Wuye) -> Wuye:
    assert wuye("takeover", "add", "翠湖花园二期", "某置业公司").code == 0
    return wuye


def test_documents_systems_keys_and_open_items(begun: Wuye) -> None:
    record = begun("takeover", "show", "jc1", "-o", "json").records[0]
    assert {r["group"] for r in record["checks"]} == {"资料", "系统", "钥匙"}
    refused(begun("takeover", "find", "jc1", "--item", "外墙渗水"), "--said")
    record = step(begun, "find", "--item", "外墙渗水", "--said", "6栋东侧")
    assert record["checks"][-1] == {"name": "外墙渗水", "group": "遗留问题", "mark": "fault", "note": "6栋东侧"}
    assert record["open_items"] == "外墙渗水：6栋东侧"
    refused(begun("takeover", "find", "jc1", "--item", "外墙渗水", "--said", "又一处"), "已有“外墙渗水”这一项")


def test_signed_with_open_items_closed_without(begun: Wuye) -> None:
    sign = ("sign", "--signed-by", "孟工", "--settle-by", "2026-12-20")
    refused(begun("takeover", *sign[:1], "jc1", *sign[1:]), "还没有核实身份", "还缺 1 竣工验收资料")
    step(begun, "identify", "--identified", "看介绍信")
    step(begun, "find", "--item", "外墙渗水", "--said", "6栋东侧")
    step(begun, "tick", "--items", "其余")
    step(begun, "tick", "--items", "电梯", "--mark", "异常", "--said", "3号梯抖动")
    record = step(begun, *sign)
    assert record["status"] == "signed"
    assert next(c["due"] for c in record["clocks"] if c["name"] == "items").startswith("2026-12-20T18:00")
    close = ("takeover", "close", "jc1", "--filed", "项目柜1盒")
    refused(begun(*close), "12 电梯：3号梯抖动", "外墙渗水")
    assert begun("workorder", "add", "--of", "jc1", "--row", "12", "--place", "3号梯").code == 0
    step(begun, "tick", "--items", "电梯,外墙渗水")
    record = begun(*close, "-o", "json").records[0]
    assert record["status"] == "closed"
    filed = begun("document", "list", "-o", "json").records[0]
    assert (filed["category"], filed["title"]) == ("project", "翠湖花园二期 承接查验资料")
    assert "竣工图纸" in filed["contents"] and "电梯" not in filed["contents"]


def test_a_refusal_blocks_the_signature(begun: Wuye) -> None:
    step(begun, "identify", "--identified", "看介绍信")
    step(begun, "tick", "--items", "其余")
    step(begun, "tick", "--items", "竣工图纸", "--mark", "拒绝", "--said", "称尚未归档")
    refused(begun("takeover", "sign", "jc1", "--signed-by", "孟工"), "拒签的有 2 竣工图纸")
    assert step(begun, "refuse", "--reason", "图纸不全")["status"] == "refused"
    assert step(begun, "resume")["status"] == "open"


def test_its_limit(begun: Wuye) -> None:
    clock = begun("takeover", "show", "jc1", "-o", "json").records[0]["clocks"][0]
    assert clock["name"] == "limit" and clock["due"].startswith("2026-12-22")


def step_notes(wuye: Wuye) -> list[str]:
    return [e["note"] for e in wuye("takeover", "show", "jc1", "-o", "json").records[0]["log"] if "note" in e]


def test_folders_are_made_for_units_that_have_none(begun: Wuye, office: Path) -> None:
    for room in ("5-1-101", "5-1-102", "6-1-101"):
        begun("unit", "add", room)
    begun("resident", "add", "王女士", "5-1-101", "--role", "业主")
    begun("document", "add", "旧-102", "业户档案", "--category", "业户资料", "--room", "5-1-102")
    said = begun("takeover", "folders", "jc1", "--building", "5", "--box", "D柜")
    assert said.code == 0 and "1 户" in said.out
    made = yaml.safe_load((office / "books/document.yaml").read_text("utf-8"))[-1]
    assert (made["number"], made["room"], made["name"], made["box"]) == ("业户-5-1-101", "5-1-101", "王女士", "D柜")
    assert step_notes(begun) == ["建业户档案 1 户"]
    assert "1 户" in begun("takeover", "folders", "jc1").out
    assert "都有" in begun("takeover", "folders", "jc1").out
    refused(begun("takeover", "folders"), "编号")
    refused(begun("takeover", "folders", "jc1", "--building", "9"), "9")
