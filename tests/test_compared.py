"""As known then beside as corrected now: two columns, and every record that makes a difference (issue 7)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, Said
from test_asof import FIRST, LATE, LATER, SECOND, Wuye, october, refused, root, told

__all__ = ["october", "root", "told"]

pytestmark = pytest.mark.git


def compared(told: Wuye, *words: str) -> Any:
    said = told(*words, "--compare", "-o", "json")
    assert said.code == 0, said.err
    return said.json


def number(document: Any, row: str, column: str) -> tuple[Any, Any]:
    one = next(r for r in document["rows"] if (r["row"], r["column"]) == (row, column))
    return one["then"], one["now"]


def of(document: Any, name: str) -> Any:
    return next(r for r in document["records"] if r["id"] == name)


def test_a_record_entered_later(told: Wuye) -> None:
    document = compared(told, "month", "2026-10")
    assert document["known"]["as_of"] == "2026-10-31T23:59:59+08:00"
    assert number(document, "complaint", "new") == (2, 3)
    row = next(r for r in document["rows"] if (r["row"], r["column"]) == ("complaint", "new"))
    assert (row["difference"], row["only_now"], row["only_then"]) == (1, [LATE], [])
    assert [(r["id"], r["how"], r["counts"]) for r in document["records"]] == [(LATE, "added", True)]
    assert of(document, LATE)["recorded"] == "2026-11-02T09:00+08:00" and of(document, LATE)["by"] == "李静"
    assert document["counts"] == {"added": 1, "void": 0, "changed": 0, "removed": 0}


def test_what_was_voided_later(told: Wuye) -> None:
    """Voided as of a day of the month it counts; as of a later day it is told and changes nothing in either column."""
    assert told("complaint", "void", FIRST, "--reason", "重复", now="2026-11-05T09:00").code == 0
    words = ("--reason", "错登", "--at", "2026-10-30 10:00")
    assert told("complaint", "void", SECOND, *words, now="2026-11-05T09:00").code == 0
    document = compared(told, "month", "2026-10")
    assert number(document, "complaint", "void") == (0, 1)
    assert (of(document, FIRST)["how"], of(document, FIRST)["counts"]) == ("void", False)
    assert (of(document, SECOND)["how"], of(document, SECOND)["counts"]) == ("void", True)
    assert "作废：错登" in of(document, SECOND)["words"]


def test_both_values_of_what_was_corrected(told: Wuye) -> None:
    assert told("complaint", "edit", FIRST, "--text", "其实是第三件", "--phone", "13900139000",
                now="2026-11-05T09:00").code == 0  # fmt: skip
    words = ("--text", "补改", "--at", "2026-10-30 10:00")
    assert told("complaint", "edit", SECOND, *words, now="2026-11-06T09:00").code == 0
    document = compared(told, "month", "2026-10")
    fields = {f["field"]: (f["then"], f["now"]) for f in of(document, FIRST)["fields"]}
    assert fields == {"text": ("第一件", "其实是第三件"), "phone": (None, "139****9000")}
    assert not of(document, FIRST)["counts"] and "13900139000" not in str(document)
    assert [f["now"] for f in of(document, SECOND)["fields"]] == ["补改"] and of(document, SECOND)["counts"]
    assert [s["step"] for s in of(document, SECOND)["gained"]] == ["edit"]
    assert "内容：第二件 → 补改" in told("month", "2026-10", "--compare").out


def test_steps_entered_later_and_taken_back(told: Wuye) -> None:
    assert told("complaint", "inform", FIRST, "--said", "已联系", now="2026-10-30T09:00").code == 0
    assert told("undo", FIRST, "--yes", now="2026-11-05T09:00").code == 0
    words = ("--nature", "help", "--at", "2026-10-26 09:00")
    assert told("complaint", "judge", SECOND, *words, now="2026-11-05T10:00").code == 0
    document = compared(told, "month", "2026-10")
    assert [s["step"] for s in of(document, FIRST)["lost"]] == ["inform"]
    assert [s["step"] for s in of(document, SECOND)["gained"]] == ["judge"]
    assert {f["field"]: f["now"] for f in of(document, SECOND)["fields"]}["status"] == "judged"
    assert number(document, "complaint.help", "new") == (0, 1)


def test_time_that_only_went_on_is_no_difference(told: Wuye) -> None:
    assert told("complaint", "inform", FIRST, "--said", "已联系", now="2026-11-05T09:00").code == 0
    assert told("complaint", "judge", SECOND, "--nature", "help", now="2026-11-05T10:00").code == 0
    assert told(*ADD, "十一月的", now="2026-11-06T09:00").code == 0
    assert [r["id"] for r in compared(told, "month", "2026-10", "--as-of", "2026-11-02")["records"]] == []


def test_changed_and_taken_out_by_hand(told: Wuye, root: Path) -> None:
    path = root / "records/2026-10/complaint.yaml"
    text = path.read_text("utf-8")
    start, end = text.index(f"- id: {SECOND}"), text.index(f"- id: {LATE}")
    path.write_text((text[:start] + text[end:]).replace("第一件", "手改的"), "utf-8")
    document = compared(told, "month", "2026-10")
    assert (of(document, SECOND)["how"], of(document, FIRST)["how"]) == ("removed", "changed")
    assert [(f["then"], f["now"]) for f in of(document, FIRST)["fields"]] == [("第一件", "手改的")]
    assert number(document, "complaint", "new") == (2, 2)
    row = next(r for r in document["rows"] if (r["row"], r["column"]) == ("complaint", "new"))
    assert (row["only_then"], row["only_now"], row["differs"]) == ([SECOND], [LATE], True)


def test_a_day(told: Wuye) -> None:
    document = compared(told, "day", "2026-10-28")
    assert number(document, "complaint", "new") == (0, 1) and [r["id"] for r in document["records"]] == [LATE]
    assert compared(told, "day", "2026-10-28", "--as-of", "2026-11-02")["differing"] == 0
    assert told("complaint", "judge", FIRST, "--nature", "help", now="2026-11-05T10:00").code == 0
    document = compared(told, "day", "2026-10-26")  # counted by the nature that is known now
    assert number(document, "complaint.help", "left_over") == (0, 1)
    assert (of(document, FIRST)["how"], of(document, FIRST)["counts"]) == ("later", True)
    assert [s["step"] for s in of(document, FIRST)["gained"]] == ["judge"]


def test_settings_changed_since(told: Wuye, root: Path) -> None:
    assert compared(told, "month", "2026-10")["settings_differ"] is False
    settings = root / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace("rules:\n", "rules:\n  complaint.respond: 60d\n"), "utf-8")
    document = compared(told, "month", "2026-10")
    assert document["settings_differ"] is True and "两栏各按自己的" in told("month", "2026-10", "--compare").out
    assert number(document, "complaint", "overdue")[0] == 2


def test_the_page_says_which_column_is_which(told: Wuye) -> None:
    out = told("month", "2026-10", "--compare").out
    assert "月报 2026-10 对照：按当时所知与更正后" in out and "后来补录 1 条" in out
    assert "按当时所知：2026-10-31 结束时的台账" in out and "更正后：按现在的记录" in out


def plain(document: Any) -> dict[tuple[str, str], int]:
    """The counts of a month's report that are not nought."""
    names = [n for n in document["rows"][0] if n not in ("row", "zh", "ids")]
    return {(r["row"], n): r[n] for r in document["rows"] for n in names if r[n]}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_difference_is_explained(told: Wuye, seed: int) -> None:
    """The columns are the reports themselves; the records listed account for every number that differs."""
    dice = random.Random(seed)
    for day in range(3, 12):
        at = ("--at", f"2026-10-{dice.randrange(21, 31)} 10:00") if dice.random() < 0.6 else ()
        known = [r["id"] for r in told("complaint", "list", "--open", "-o", "json").records]
        one = dice.choice(known or [FIRST])
        words: tuple[str, ...] = dice.choice((
            (*ADD, f"第 {day} 件", *at), ("workorder", "add", "3-2-1201", f"水管 {day}", "--trade", "水", *at),
            ("complaint", "void", one, "--reason", "重", *at), ("complaint", "edit", one, "--text", f"改 {day}", *at),
            ("complaint", "judge", one, "--nature", "consult", *at), ("undo", "--yes"),
        ))  # fmt: skip
        told(*words, now=f"2026-11-{day:02d}T10:30")
    document = compared(told, "month", "2026-10")
    counts = [r for r in document["rows"] if r["part"] == "counts"]
    for side, more in (("then", ("--as-of", "2026-10-31")), ("now", ())):
        report = plain(told("month", "2026-10", *more, "-o", "json").json)
        shown = {(r["row"], r["column"]): r[side] for r in counts if r[side]}
        assert shown.items() <= report.items()
        assert {k: v for k, v in report.items() if "." not in k[0]}.items() <= shown.items()
    listed = {r["id"] for r in document["records"]}
    for row in document["rows"]:
        assert {*row["only_then"], *row["only_now"]} <= listed, row
        if row["part"] in ("counts", "volumes") and row["difference"] is not None:
            assert row["difference"] == len(row["only_now"]) - len(row["only_then"]), row
    assert document["counts"] == {how: sum(r["how"] == how for r in document["records"]) for how in document["counts"]}


def test_nothing_to_compare(told: Wuye) -> None:
    for words in (("month",), ("day",), ("month", "2026-10", "--as-of", "今天")):
        refused(told(*words, "--compare"), 2, "还没有结束")
    refused(told("month", "2026-10", "--compare", "--as-of", "2026-09-30"), 2, "还没有到")
    refused(told("month", "2026-10", "--compare", "--as-of", "何时"), 2, "--as-of")
    refused(told("month", "2026-09", "--compare"), 1, "2026-10-01 09:00")
    lasting = told("month", "--compare", "--as-of", "2026-11-20", "-o", "json", now=LATER)
    assert lasting.code == 0 and lasting.json["differing"] == 0


def test_damage_is_refused(told: Wuye, root: Path) -> None:
    path = root / "records/2026-10/complaint.yaml"
    path.write_bytes(path.read_bytes() + b"  broken: [\n")
    said: Said = told("month", "2026-10", "--compare")
    assert said.code == 65 and said.out == ""


def test_money_entered_later(told: Wuye) -> None:
    bill = ("bill", "add", "--room", "3-2-1201", "--item", "物业费", "--amount", "100", "--due", "2026-10-25", "--yes")
    assert told(*bill, "--period-from", "2026-10-01", "--period-until", "2026-10-31", now="2026-10-02T09:00").code == 0
    paid = ("payment", "add", "--room", "3-2-1201", "--amount", "60", "--way", "现金", "--at", "2026-10-30 10:00")
    assert told(*paid, "--yes", "-q", now="2026-11-03T09:00").code == 0
    document = compared(told, "month", "2026-10")
    rate = next(r for r in document["rows"] if r["row"] == "collection-rate")
    assert (rate["then_shown"], rate["now_shown"]) == ("0.0%（0.00/100.00）", "60.0%（60.00/100.00）")
    takings = next(r for r in document["rows"] if r["row"] == "net-takings")
    assert (takings["then"], takings["now"], takings["difference"]) == ("0.00", "60.00", "60.00")
    assert takings["only_now"] == ["SK-20261030-001"]
    assert of(document, "SK-20261030-001")["how"] == "added"
    assert told("arrears", "--as-of", "2026-10-31", "-o", "json").json["total"]["principal"] == "100.00"
    then = told("arrears", "--as-of", "2026-10-31", "--corrected", "-o", "json").json
    assert then["total"]["principal"] == "40.00" and "known" not in then
