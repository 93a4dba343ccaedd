"""What is pasted into a chat: short lines, an item a paragraph, nobody's name, phone or document in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import Said, played

Wuye = Callable[..., Said]
SECRETS = ("王建国", "建国", "13800138000", "1234", "王女士的")


@played
def met(wuye: Wuye) -> Wuye:
    """A complaint whose words name people and phones, and a visitor."""
    assert (
        wuye(
            "complaint",
            "add",
            "3-2-1201",
            "王建国来电：漏水，回电 13800138000",
            "--reporter",
            "王建国",
            "--phone",
            "13800138000",
            "--lawsuit",
            "yes",
        ).code
        == 0
    )
    assert (
        wuye(
            "visitor",
            "add",
            "--name",
            "欧阳明",
            "--purpose",
            "送货",
            "--unit",
            "3-2-1201",
            "--id-type",
            "idcard",
            "--id-tail",
            "1234",
        ).code
        == 0
    )
    assert wuye("resident", "add", "王建国", "3-2-1201", "--role", "owner", "--phones", "13800138000").code == 0
    return wuye


@pytest.mark.parametrize(
    "words",
    [
        ("complaint", "list"),
        ("complaint", "show", "ts1"),
        ("visitor", "show", "fk1"),
        ("today",),
        ("due",),
        ("day",),
        ("month",),
        ("who", "3-2-1201"),
        ("who", "王建国"),
    ],
    ids=" ".join,
)
def test_nobody_is_named(met: Wuye, words: tuple[str, ...]) -> None:
    said = met(*words, "--wechat")
    assert said.code == 0, said.err
    assert said.out.startswith("【") and not any(secret in said.out for secret in ("王建国", "13800138000", "欧阳明"))
    assert "1234" not in said.out and not re.search(r"--{3}|\|", said.out)  # no table is drawn
    assert "\n\n\n" not in said.out and said.out.endswith("\n")


def test_a_list_reads_item_by_item(met: Wuye) -> None:
    told = met("complaint", "list", "--wechat").out.split("\n\n")
    assert told[0] == "【投诉（1 条）】"
    first = told[1].splitlines()
    assert first[0] == "TS-20261122-001 已登记"
    assert "房号：3-2-1201" in first and "投诉人：王**" in first and "内容：王**来电：漏水，回电 138****8000" in first


def test_counts_stand_in_one_line_without_those_of_nothing(met: Wuye) -> None:
    told = met("day", "--wechat").out
    assert "投诉：新收 1，仍未结 1" in told and " 0" not in told.split("▍")[0]
    assert "口径：" in told


def test_a_record_is_told_with_its_history(met: Wuye) -> None:
    assert met("complaint", "note", "ts1", "王建国再次来电").code == 0
    told = met("complaint", "show", "ts1", "--wechat").out
    assert "· 2026-11-22 10:00  备注  李*  王**再次来电" in told  # 首问责任人 is a person too


def test_an_empty_answer_and_a_long_one(wuye: Wuye) -> None:
    assert wuye("complaint", "list", "--wechat").out == "【投诉（0 条）】\n\n没有符合条件的记录\n"
    rows = "room,reporter,text\n" + "".join(f"3-2-1201,王女士,第{i}件{'长' * 300}\n" for i in range(60))
    assert wuye("complaint", "add", "--from", "-", stdin=rows.encode()).code == 0
    told = wuye("complaint", "list", "--wechat").out
    assert "……还有 10 条，全部请看台账" in told and max(map(len, told.splitlines())) <= 140


@pytest.mark.parametrize("more", [("-o", "json"), ("-q",), ("--reveal", "--reason", "看看")])
def test_what_does_not_go_with_it(met: Wuye, more: tuple[str, ...]) -> None:
    said = met("complaint", "list", "--wechat", *more)
    assert said.code == 2 and said.err.startswith("错误：--wechat 是一段遮住姓名和电话的文字") and "【" not in said.out
