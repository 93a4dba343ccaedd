"""Fitting out: papers, deposit, permit, patrols and what was made of findings, acceptance, deposit (domain.md 18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Said, played

Wuye = Callable[..., Said]
ROOM = "3-2-1201"
PERMIT = ("--approved-by", "林晓燕", "--permit-from", "2026-11-23", "--permit-until", "2026-12-20")


def refused(said: Said, *words: str) -> None:
    assert said.code in (1, 2) and all(word in said.err for word in words), said


def step(wuye: Wuye, *argv: str) -> dict[str, Any]:
    said = wuye("fitout", argv[0], "zx1", *argv[1:], "-o", "json")
    assert said.code == 0, said.err
    return said.records[0]


@pytest.fixture
def asked(wuye: Wuye) -> Wuye:
    """An application with its identity checked."""
    assert wuye("fitout", "add", ROOM, "王女士", "厨卫翻新", "--workers", "4", "--identified", "看身份证").code == 0
    return wuye


@played
def permitted(asked: Wuye) -> Wuye:
    """Permitted, against a deposit of 2,000."""
    money = ("--purpose", "装修", "--way", "现金")
    assert asked("deposit", "add", ROOM, "2000", *money).code == 0
    step(asked, "tick", "--items", "1-5")
    assert step(asked, "approve", *PERMIT, "--deposit", "bz1")["deposit"] == "BZ-20261122-001"
    return asked


def test_an_application_wants_its_papers_and_a_deposit(asked: Wuye) -> None:
    record = asked("fitout", "show", "zx1", "-o", "json").records[0]
    assert next(r for r in record["checks"] if r["name"] == "施工人员身份证复印件")["need"] == 4
    refused(asked("fitout", "approve", "zx1", *PERMIT), "还缺 1 装修申请表、2 装修图纸", "还没有押金")
    step(asked, "tick", "--items", "1-5")
    refused(asked("fitout", "approve", "zx1", *PERMIT, "--deposit", "bz3"), "没有找到押金 bz3")
    refused(asked("fitout", "approve", "zx1", *PERMIT[:-1], "2026-11-01", "--deposit-amount", "0"), "早于开始")
    assert step(asked, "approve", *PERMIT, "--deposit-amount", "0")["status"] == "permitted"


def test_more_workers_want_more_copies(permitted: Wuye) -> None:
    record = step(permitted, "persons", "--workers", "6", "--passes", "G11,G12")
    assert record["missing"].startswith("5 施工人员身份证复印件") and record["passes"] == ["G11", "G12"]


def test_identity_first_and_the_owner_agrees(wuye: Wuye) -> None:
    wuye("resident", "add", "王女士", ROOM, "--role", "业主")
    said = wuye("fitout", "add", ROOM, "赵先生", "铺地板")
    assert "申请人不是登记的业主（王女士）" in said.err
    assert "申请人不是" not in wuye("fitout", "add", ROOM, "赵先生", "刷墙", "--owner-agrees").err
    wuye("fitout", "tick", "zx1", "--items", "全部")
    refused(wuye("fitout", "approve", "zx1", *PERMIT, "--deposit-amount", "0"), "还没有核实身份")


def test_its_clocks(asked: Wuye) -> None:
    def due(record: dict[str, Any], name: str) -> str:
        return next((str(c["due"])[:16] for c in record["clocks"] if c["name"] == name), "")

    record = asked("fitout", "show", "zx1", "-o", "json").records[0]
    assert due(record, "approve") == "2026-11-25T18:00" and due(record, "limit") == due(record, "permit") == ""
    step(asked, "reject", "--reason", "缺结构图")
    record = step(asked, "resubmit")
    assert record["status"] == "open" and next(c for c in record["clocks"] if c["name"] == "approve")["state"] == "open"
    step(asked, "tick", "--items", "全部")
    record = step(asked, "approve", *PERMIT, "--deposit-amount", "0")
    assert due(record, "permit") == "2026-12-20T18:00"
    refused(asked("fitout", "extend", "zx1", "--permit-until", "2026-12-20"), "延期应晚于此")
    record = step(asked, "extend", "--permit-until", "2027-01-10", "--reason", "材料未到")
    assert due(record, "permit") == "2027-01-10T18:00"
    record = step(asked, "finish")
    assert next(c for c in record["clocks"] if c["name"] == "permit")["state"] == "met"


def test_patrols_and_what_is_made_of_their_findings(permitted: Wuye) -> None:
    assert step(permitted, "patrol", "--patrolled-by", "何建国")["findings"] == 0
    record = step(permitted, "patrol", "--finding", "切割未关门，走廊积灰")
    assert record["findings"] == 1 and record["patrolled"].startswith("2026-11-22")
    assert step(permitted, "stop", "--reason", "违规拆墙")["status"] == "stopped"
    assert step(permitted, "restart")["status"] == "permitted"
    assert permitted("workorder", "add", "--of", "zx1", "--text", "走廊墙面划伤修补").code == 0
    step(permitted, "tick", "--items", "全部")
    step(permitted, "finish")
    accept = ("fitout", "accept", "zx1", "--accepted-by", "何建国")
    refused(permitted(*accept), "还没有整改完 GD-20261122-001", "--reason")
    permitted("workorder", "done", "gd1")
    permitted("workorder", "close", "gd1")
    assert permitted(*accept).code == 0


def test_acceptance_goes_row_by_row(permitted: Wuye) -> None:
    step(permitted, "finish")
    accept = ("fitout", "accept", "zx1", "--accepted-by", "何建国")
    refused(permitted(*accept), "还缺 6 承重结构未改动")
    step(permitted, "tick", "--items", "其余")
    step(permitted, "tick", "--items", "厨卫闭水试验", "--mark", "异常", "--said", "渗漏")
    refused(permitted(*accept), "8 厨卫闭水试验：渗漏")
    assert step(permitted, "rework", "--reason", "重做防水")["status"] == "permitted"
    step(permitted, "finish")
    step(permitted, "tick", "--items", "厨卫闭水试验")
    assert permitted(*accept).code == 0


def test_an_open_finding_may_be_excused(permitted: Wuye) -> None:
    permitted("workorder", "add", "--of", "zx1", "--text", "修补")
    step(permitted, "tick", "--items", "全部")
    step(permitted, "finish")
    assert step(permitted, "accept", "--accepted-by", "何建国", "--reason", "另行修补")["status"] == "accepted"


def test_the_deposit_is_settled_before_it_is_filed(permitted: Wuye) -> None:
    step(permitted, "tick", "--items", "全部")
    step(permitted, "finish")
    step(permitted, "accept", "--accepted-by", "何建国")
    close = ("fitout", "close", "zx1", "--filed", "A柜5盒")
    refused(permitted(*close), "押金还没有退")
    back = ("fitout", "settle", "zx1", "--returned", "1700", "--kept-back", "300")
    refused(permitted(*back), "写明原因")
    refused(permitted(*back, "--reason", "电梯划伤"), "押金 BZ-20261122-001 还没有结清", "deposit return")
    permitted("deposit", "keep-back", "bz1", "--kept-back", "300", "--reason", "电梯划伤")
    permitted("deposit", "return", "bz1", "--returned", "1700")
    assert permitted(*back, "--reason", "电梯划伤").code == 0
    assert permitted(*close, "-o", "json").records[0]["status"] == "closed"
    assert permitted("document", "list", "--room", ROOM, "-o", "json").records[0]["box"] == "A柜5盒"


def test_a_limit_for_the_whole_where_the_office_sets_one(wuye: Wuye) -> None:
    from pathlib import Path

    settings = Path("wuye.yaml")
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("rules:", "rules:\n  fitout.limit: 60d", 1) if "rules:" in text
                        else f"{text}rules:\n  fitout.limit: 60d\n", "utf-8")  # fmt: skip
    record = wuye("fitout", "add", ROOM, "王女士", "铺地板", "-o", "json").records[0]
    assert "2027-01-21" in next(c["due"] for c in record["clocks"] if c["name"] == "limit")
