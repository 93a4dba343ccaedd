"""The register of documents: handed and signed for, lent and due back, who may see it, kept how long (domain.md 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conftest import Said, played

Wuye = Callable[..., Said]


@played
def kept(wuye: Wuye) -> Wuye:
    argv = ("document", "add", "HT-07", "电梯维保合同", "--category", "合同", "--box", "A柜3盒",
            "--access", "方慧，吴婷", "--keep-until", "2026-11-30")  # fmt: skip
    assert wuye(*argv).code == 0
    return wuye


def refused(said: Said, *words: str) -> None:
    assert said.code in (1, 2) and all(word in said.err for word in words), said


def step(wuye: Wuye, *argv: str, now: str = "") -> dict[str, Any]:
    said = wuye("document", argv[0], "HT-07", *argv[1:], "-o", "json", now=now)
    assert said.code == 0, said.err
    return said.records[0]


def test_a_copy_handed_out_waits_for_its_signature(kept: Wuye) -> None:
    assert step(kept, "hand", "--to", "工程部", "--count", "1")["unsigned"] == "工程部"
    assert step(kept, "hand", "--to", "财务部", "--signed-by", "谭立群")["unsigned"] == "工程部"
    refused(kept("document", "sign", "HT-07", "--to", "财务部", "--signed-by", "谭立群"), "待签收的是 工程部")
    record = step(kept, "sign", "--to", "工程部", "--signed-by", "周德明")
    assert record["unsigned"] == "" and record["status"] == "filed"
    refused(kept("document", "sign", "HT-07", "--to", "工程部", "--signed-by", "周德明"), "请先 hand")


def test_who_may_see_it(kept: Wuye) -> None:
    lent = ("--due-back", "2026-11-25")
    refused(kept("document", "borrow", "HT-07", "--whom", "何建国", *lent), "只限 方慧、吴婷 查阅", "--approved-by")
    refused(kept("document", "print", "HT-07", "--count", "2"), "只限")
    assert step(kept, "borrow", "--whom", "何建国", "--approved-by", "方慧", *lent)["borrower"] == "何建国"
    step(kept, "return", "--condition", "完好")
    assert step(kept, "print", "--count", "2", "--whom", "吴婷")["printed"] == 2
    assert step(kept, "print", "--count", "1", "--whom", "方慧")["printed"] == 3


def test_what_is_lent_is_due_back(kept: Wuye) -> None:
    record = step(kept, "borrow", "--whom", "吴婷", "--due-back", "2026-11-25")
    back = next(c for c in record["clocks"] if c["name"] == "back")
    assert (back["due"][:16], record["back_on"]) == ("2026-11-25T18:00", "2026-11-25")
    assert "HT-07" in kept("due", now="2026-11-26T09:00").out or "电梯维保合同" in kept("due").out
    refused(kept("document", "borrow", "HT-07", "--whom", "方慧", "--due-back", "2026-11-28"), "借出", "return")
    record = step(kept, "return")
    assert record["borrower"] == "" and record["back_on"] is None and record["status"] == "filed"
    assert not any(c["name"] == "back" for c in record["clocks"])
    record = step(kept, "borrow", "--whom", "方慧", "--due-back", "2026-12-05")
    assert next(c for c in record["clocks"] if c["name"] == "back")["due"].startswith("2026-12-05T18:00")


def test_it_is_destroyed_after_its_day_or_for_a_reason(kept: Wuye) -> None:
    refused(kept("document", "destroy", "HT-07"), "保管至 2026-11-30", "--reason")
    refused(kept("document", "destroy", "HT-07", now="2026-11-30T17:00"), "保管至 2026-11-30")
    assert step(kept, "destroy", "--witness", "方慧", now="2026-12-01T09:00")["status"] == "destroyed"
    kept("document", "add", "TZ-1", "竣工图", "--category", "图纸", "--permanent")
    refused(kept("document", "destroy", "TZ-1"), "永久保管")
    kept("document", "add", "BG-1", "旧表格", "--category", "表格")
    refused(kept("document", "destroy", "BG-1"), "没有定保管期限")
    assert kept("document", "destroy", "BG-1", "--reason", "改版").code == 0
    both = ("--permanent", "--keep-until", "2030-01-01")
    refused(kept("document", "add", "X", "x", "--category", "表格", *both), "只写一样")


def test_the_day_of_keeping_is_due_until_it_is_put_off(kept: Wuye) -> None:
    clock = kept("document", "show", "HT-07", "-o", "json").records[0]["clocks"][0]
    assert (clock["name"], clock["due"][:16]) == ("keep", "2026-11-30T18:00")
    refused(kept("document", "extend", "HT-07", "--keep-until", "2026-11-29"), "延长应晚于此")
    record = step(kept, "extend", "--keep-until", "2031-12-31", "--reason", "续签")
    assert record["clocks"][0]["due"].startswith("2031-12-31")


def test_a_number_stands_once_and_a_document_is_found_by_it(kept: Wuye) -> None:
    refused(kept("document", "add", "HT-07", "别的", "--category", "合同"), "HT-07")
    record = step(kept, "move", "--box", "B柜1盒")
    assert record["box"] == "B柜1盒"
    record = step(kept, "put", "--paper", "补充协议")
    assert record["log"][-1]["paper"] == "补充协议"


def test_a_residents_folder_lists_its_copies(wuye: Wuye) -> None:
    wuye("document", "add", "YH-1201", "业户档案", "--category", "业户资料", "--room", "3-2-1201", "--name", "王女士",
         "--contents", "身份证复印件2份、购房合同复印件1份", "--box", "A柜1盒")  # fmt: skip
    wuye("document", "add", "YH-1202", "业户档案", "--category", "业户资料", "--room", "3-2-1202")
    assert [r["contents"] for r in wuye("document", "list", "--room", "3-2-1201", "-o", "json").records] == [
        "身份证复印件2份、购房合同复印件1份"]  # fmt: skip
    said = wuye("who", "3-2-1201", "-o", "json")
    assert [row["number"] for row in said.json["folder"]] == ["YH-1201"]
    assert "A柜1盒" in wuye("who", "3-2-1201").out
