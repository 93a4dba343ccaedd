"""Bad input for the kinds after the first two: in every field, all mistakes at once, nothing half written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from test_kinds import first, options, sample

from wuye import records
from wuye.fields import Field
from wuye.schema import Kind

Wuye = Callable[..., Said]
KINDS = [records.kind(row[0]) for row in records.KINDS if row[0] not in ("complaint", "visitor")]
CARD = "11010519491231002X"
WORDS = ("text", "memo", "name", "staff", "department", "several:text", "rows:goods", "rows:materials")


def of_types(*types: str) -> Any:
    """Every new kind with its fields of these types: what is refused leaves the office empty for the next one."""
    found = {kind: [one for one in kind.on_record if one.typed and one.type.name in types] for kind in KINDS}
    pairs = [(kind, mine) for kind, mine in found.items() if mine]
    return pytest.mark.parametrize(("kind", "mine"), pairs, ids=[kind.name for kind, _ in pairs])


def refused(wuye: Wuye, kind: Kind, one: Field, value: str) -> str:
    """Why a value is refused; nothing may have been written."""
    said = wuye(kind.name, "add", *options(kind, {**kind.example, one.name: value}), "--yes")
    assert said.code == 2 and one.option in said.err and "请" in said.err, said
    assert not Path("records").exists() and not Path("books").exists()
    return said.err


@of_types(*WORDS)
def test_words_with_a_card_number_or_control_marks_or_without_end(wuye: Wuye, kind: Kind, mine: list[Field]) -> None:
    for one in mine:
        said = refused(wuye, kind, one, f"见 {CARD} 一张")
        assert "身份证" in said and CARD not in said, one.name
        assert "U+202E" in refused(wuye, kind, one, "冰\u202e箱"), one.name
        assert "最多" in refused(wuye, kind, one, "冰" * 20_001), one.name


@of_types("moment-past", "day-past", "day-or-moment-past")
def test_what_happened_is_not_to_come(wuye: Wuye, kind: Kind, mine: list[Field]) -> None:
    for one in mine:
        assert "还没有到" in refused(wuye, kind, one, "明天"), one.name
        assert "看不懂时间" in refused(wuye, kind, one, "改天"), one.name


@of_types("moment-future", "day-future", "day-or-moment-future")
def test_what_is_due_is_not_past(wuye: Wuye, kind: Kind, mine: list[Field]) -> None:
    for one in mine:
        assert "已经过去" in refused(wuye, kind, one, "昨天"), one.name


@of_types("money", "area", "count")
def test_figures_are_figures(wuye: Wuye, kind: Kind, mine: list[Field]) -> None:
    for one in mine:
        for value in ("-1", "一些", "1e3", "9" * 20):
            refused(wuye, kind, one, value)


@of_types("phone", "several:phone", "room", "room-own")
def test_phones_and_rooms_are_such(wuye: Wuye, kind: Kind, mine: list[Field]) -> None:
    for one in mine:
        for value in ("12", "!!", "楼下"):
            refused(wuye, kind, one, value)


PLATES = [
    (kind, one) for kind in KINDS for one in kind.on_record if one.typed and one.type.name in ("plate", "several:plate")
]


@pytest.mark.parametrize(("kind", "one"), PLATES, ids=[f"{kind.name}-{one.name}" for kind, one in PLATES])
def test_an_odd_plate_is_said_and_taken(wuye: Wuye, kind: Kind, one: Field) -> None:
    said = wuye(kind.name, "add", *options(kind, {**kind.example, one.name: "粤B1234"}), "--yes")
    assert said.code == 0 and "应为 7 位（新能源 8 位），现为 6 位" in said.err
    other = {kind.own_name: kind.example[kind.own_name] + "9"} if kind.unique else {}
    said = wuye(kind.name, "add", *options(kind, {**kind.example, **other, one.name: "粤B12345"}), "--yes")
    assert said.code == 0 and "车牌" not in said.err


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_what_steps_are_told_is_looked_at_too(wuye: Wuye, kind: Kind) -> None:
    first(wuye, kind.name)
    assert wuye(kind.name, "add", *options(kind, kind.example), "--yes").code == 0
    name = f"{kind.prefix.lower()}1"
    for step in kind.flow.steps:
        for one in (kind[n] for n in step.fields if kind[n].type.name in WORDS):
            given = {n: sample(kind, n) for n in step.needs} | {one.name: f"见 {CARD}"}
            said = wuye(kind.name, step.name, name, *options(kind, given))
            assert said.code == 2 and one.option in said.err and "身份证" in said.err, (step.name, one.name)
    assert len(wuye(kind.name, "show", name, "-o", "json").records[0]["log"]) == 1


# A daily close is worked out: with nothing typed it is that of today, of whoever is at the desk.
@pytest.mark.parametrize("kind", [k for k in KINDS if k.name != "dayclose"], ids=lambda k: k.name)
def test_everything_that_is_missing_is_said_at_once(wuye: Wuye, kind: Kind) -> None:
    said = wuye(kind.name, "add")
    needed = [f.option for f in kind.fields if f.required] + [kind[g[0]].option for g in kind.one_of]
    assert said.code == 2 and all(option in said.err for option in needed)
    assert said.err.count("错误：") == len(needed)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_a_batch_takes_labels_and_tells_every_row(wuye: Wuye, kind: Kind) -> None:
    first(wuye, kind.name)
    labels = [kind[n].zh for n in kind.example]
    cells = [f'"{word}"' for word in kind.example.values()]
    good, bad = ",".join(cells), ",".join([*cells[:-1], '"\u202e"'])
    said = wuye(kind.name, "add", "--from", "-", "-o", "json", stdin="\n".join([",".join(labels), good, bad]).encode())
    assert said.code == 2 and [p["row"] for p in said.json["error"]["problems"]] == [2]
    said = wuye(kind.name, "add", "--from", "-", "-o", "json", stdin="\n".join([",".join(labels), good]).encode())
    assert said.code == 0 and len(said.records) == 1, said.err
