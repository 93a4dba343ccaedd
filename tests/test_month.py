"""The month's summary: rows that add up, counts that are those of its days, other months beside it, damage refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, Said
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import basis, lived, then

from wuye import monthly, records, summary
from wuye.commands import month as command
from wuye.errors import Refused
from wuye.office import Office
from wuye.record import Record

Wuye = Callable[..., Said]
COMPLAINT, ORDER, DUNNING = (records.kind(name) for name in ("complaint", "workorder", "dunning"))
STEPS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "complaint": [("judge", {"nature": "求助"}), ("assign", {"department": "工程部"}), ("handle", {"result": "修好"}),
                  ("close", {"no_follow_up": "业户出国"}), ("reopen", {"reason": "又坏"}),
                  ("void", {"reason": "重复"})],
    "workorder": [("sign", {}), ("hold", {"reason": "等料"}), ("resume", {}), ("done", {}), ("close", {}),
                  ("cancel", {"reason": "不修了"})],
    "dunning": [("promise", {"promise_date": "2027-01-31"}), ("broken", {}), ("kept", {}), ("close", {})],
}  # fmt: skip
FIRST = date(2026, 11, 1)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Records of three kinds from late October to early December, taken through steps in any order."""
    made = []
    for _ in range(draw(st.integers(1, 5))):
        name = draw(st.sampled_from(list(STEPS)))
        now = basis("2026-10-20 09:00").now + timedelta(hours=draw(st.integers(0, 24 * 45)))
        record = lived(name, f"{now:%Y-%m-%d %H:%M}")
        for step, words in draw(st.lists(st.sampled_from(STEPS[name]), max_size=7)):
            now += timedelta(hours=draw(st.integers(0, 24 * 9)))
            try:
                record = then(record, step, f"{now:%Y-%m-%d %H:%M}", words)
            except Refused:
                continue
        made.append(record)
    return made


def loaded(made: list[Record]) -> dict[Any, list[Record]]:
    return {kind: [r for r in made if r.kind is kind] for kind in (COMPLAINT, ORDER, DUNNING)}


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(["2027-03-01 10:00", "2026-11-19 13:30"]))
def test_every_row_adds_up_and_the_month_is_the_union_of_its_days(made: list[Record], now: str) -> None:
    base = basis(now)
    made = [r for r in made if r.recorded <= base.now]
    standing = monthly.stand(loaded(made), FIRST, base)
    last = min(base.now.date(), date(2026, 11, 30))
    days = [FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1)]
    told = [summary.day_rows(loaded(made), day, base) for day in days]
    for row in standing.counts:
        count = row.count
        came = [i for name in ("left_over", "new", "reopened") for i in row.ids[name]]
        went = [i for name in ("done", "void", "still_open") for i in row.ids[name]]
        assert sorted(came) == sorted(went) and len(set(came)) == len(came)
        assert count("left_over") + count("new") + count("reopened") == len(went)
    for row in (row for row in standing.counts if "." not in row.code):
        of_days = [next(r for r in rows if r.code == row.code) for rows in told]
        assert set(row.ids["left_over"]) == set(of_days[0].ids["left_over"])
        assert set(row.ids["still_open"]) == set(of_days[-1].ids["still_open"])
        assert row.count("new") == sum(r.count("new") for r in of_days)
        came = {i for r in of_days for name in ("left_over", "new", "reopened") for i in r.ids[name]}
        assert {i for name in ("left_over", "new", "reopened") for i in row.ids[name]} == came
        assert set(row.ids["handled"]) == {i for r in of_days for i in r.ids["handled"]}


@settings(max_examples=40, deadline=None)
@given(histories())
def test_volumes_are_the_new_ones_and_categories_add_up(made: list[Record]) -> None:
    standings = {n: monthly.stand(loaded(made), day, basis("2026-11-25 10:00")) for n, day in
                 monthly.months(FIRST).items()}  # fmt: skip
    new = {row.code: row.ids["new"] for row in standings["this"].counts}
    found = monthly.volumes(standings)
    for one in (v for v in found if "." not in v.row):
        for month in standings:
            assert (one.number(month) is None) == (not standings[month].kept)
        if standings["this"].kept:
            assert sorted(one.ids["this"] or ()) == sorted(new[one.row])
        for name in monthly.CATEGORIES[one.row]:
            parts = [v for v in found if v.row.startswith(f"{one.row}.{name}.")]
            for month in standings:
                assert sum(v.number(month) or 0 for v in parts) == (one.number(month) or 0), (one.row, name, month)


@settings(max_examples=60, deadline=None)
@given(histories())
def test_only_files_that_bear_on_the_month_are_read(made: list[Record]) -> None:
    """Leaving out the files that say so themselves changes no count."""
    from wuye.monthfiles import dump

    base = basis("2026-12-28 10:00")
    december = date(2026, 12, 1)
    whole = monthly.stand(loaded(made), december, base)
    kept = []
    for kind, found in loaded(made).items():
        for name in ("2026-10", "2026-11", "2026-12"):
            here = [r for r in found if f"{r.received:%Y-%m}" == name]
            if name == "2026-12" or monthly.bears_on(b"".join(dump(r) for r in here), kind, whole.span[0]):
                kept += here
    part = monthly.stand(loaded(kept), december, base)
    some, every = ({r.code: {n: set(ids) for n, ids in r.ids.items()} for r in one.counts} for one in (part, whole))
    assert some == every


def test_a_file_is_left_out_only_where_it_is_plainly_settled() -> None:
    from wuye.monthfiles import dump

    start = basis("2026-12-01 00:00").now
    closed = lived("complaint", "2026-10-05 10:00", ("handle", "2026-10-06 10:00", {"result": "好"}),
                   ("close", "2026-10-07 10:00", {"no_follow_up": "出国"}))  # fmt: skip
    block = dump(closed)
    assert not monthly.bears_on(block, COMPLAINT, start)
    assert monthly.bears_on(block, COMPLAINT, basis("2026-10-07 00:00").now), "something happened since"
    for odd in (b"", block + b"- id: x\n", block.decode().encode("utf-16"), block + b"<<<<<<< HEAD\n",
                block.replace(b"status: closed", b"status: handled"), block.replace(b"closed", b"closd"),
                block.replace(b"  - at:", b"  - by: x\n    at:"),
                block.replace(b"  due:\n", b"  due:\n    report: '2026-10-15T18:00+08:00'\n")):  # fmt: skip
        assert monthly.bears_on(odd, COMPLAINT, start), odd


def test_a_broken_promise_made_anew_comes_back() -> None:
    made = lived("dunning", "2026-10-10 10:00", ("promise", "2026-10-10 10:00", {"promise_date": "2026-10-20"}),
                 ("broken", "2026-10-21 10:00"))  # fmt: skip
    made = then(made, "promise", "2026-11-05 10:00", {"promise_date": "2026-11-30"})
    row = monthly.stand({DUNNING: [made]}, FIRST, basis("2026-11-25 10:00")).counts[0]
    assert {n: row.count(n) for n in summary.COUNTS if row.count(n)} == {"reopened": 1, "still_open": 1}


# --- the command


def test_this_month_by_default_with_others_beside_it(kept: Wuye) -> None:
    answer = kept("month", "-o", "json").json
    assert (answer["schema"], answer["month"], answer["closed_month"]) == ("wuye.month", "2026-11", False)
    assert answer["as_of"] == "2026-11-22T10:00+08:00"
    row = next(r for r in answer["rows"] if r["row"] == "complaint")
    assert (row["left_over"], row["new"], row["still_open"]) == (1, 2, 3)
    assert row["ids"]["left_over"] == ["TS-20261015-001"]
    volume = next(v for v in answer["volumes"] if v["row"] == "complaint")
    assert (volume["this"], volume["last"], volume["change_last"]) == (2, 1, 1)
    assert volume["last_year"] is None and volume["change_last_year"] is None, "nothing was kept then: not 0"
    assert volume["ids"]["last"] == ["TS-20261015-001"] and volume["ids"]["last_year"] is None
    visits = next(v for v in answer["volumes"] if v["row"] == "visitor")
    assert (visits["this"], visits["last"], visits["last_year"]) == (0, 0, None)


def test_every_figure_carries_its_records(kept: Wuye) -> None:
    assert kept("complaint", "handle", "ts1", "--result", "好了").code == 0
    for row in kept("month", "-o", "json").json["figures"]:
        for month in ("this", "last"):
            told = row[month]
            if told is not None:
                assert (len(told["numerator_ids"]), len(told["denominator_ids"])) == (
                    told["numerator"], told["denominator"],
                )  # fmt: skip
                assert (told["value"] is None) == (told["denominator"] == 0)
    handling = next(r for r in kept("month", "-o", "json").json["figures"] if r["figure"] == "handling")
    assert handling["this"]["value"] == "50.0" and handling["last"]["value"] == "0.0"
    assert "TS-20261122-002" in kept("month", "--explain").out.split("每个指标的编号")[1]
    assert "每个指标的编号" not in kept("month").out


def test_a_past_month_is_told_as_of_its_end(wuye: Wuye) -> None:
    assert wuye(*ADD, "漏水", "--at", "2026-10-15 10:00").code == 0
    for argv in (("judge", "1015-1", "--nature", "valid"), ("handle", "1015-1", "--result", "好了")):
        assert wuye("complaint", *argv).code == 0
    october = wuye("month", "上月", "-o", "json").json
    assert october["as_of"] == "2026-10-31T23:59:59+08:00" and october["closed_month"] is True
    assert [r["row"] for r in october["rows"] if r["new"]] == ["complaint", "complaint.none"]
    assert next(r for r in october["figures"] if r["figure"] == "handling")["this"]["shown"] == "0.0%（0/1）"
    assert october["late_entries"][0]["id"] == "TS-20261015-001"
    november = wuye("month", "-o", "json").json
    assert next(r for r in november["figures"] if r["figure"] == "handling")["last"] == next(
        r for r in october["figures"] if r["figure"] == "handling"
    )["this"], "one figure is shown with one value in both places"
    assert "截至 2026-10-31" in wuye("month", "2026-10").out


def test_a_past_month_as_of_a_later_day(wuye: Wuye) -> None:
    for at, words in (("2026-10-20", "水龙头漏水"), ("2026-11-05", "又漏了")):
        assert wuye("workorder", "add", "3-2-1201", words, "--trade", "水", "--at", f"{at} 10:00").code == 0
    assert wuye("workorder", "done", "1020-1", "--at", "2026-10-21 10:00").code == 0

    def rework(*options: str, month: str = "this") -> tuple[str, str]:
        answer = wuye("month", *options, "-o", "json").json
        row = next(r for r in answer["figures"] if r["figure"] == "rework")
        counts = next(r for r in answer["rows"] if r["row"] == "workorder")
        assert counts["new"] == 1 and counts["still_open"] == (1 if "2026-10" in options else 2)
        return answer["as_of"], row[month]["shown"]

    assert rework("2026-10") == ("2026-10-31T23:59:59+08:00", "0.0%（0/1）")
    assert rework("2026-10", "--as-of", "2026-11-10") == ("2026-11-10T23:59:59+08:00", "100.0%（1/1）")
    assert rework("2026-10", "--as-of", "今天") == ("2026-11-22T10:00+08:00", "100.0%（1/1）")
    assert rework("2026-11", month="last")[1] == "0.0%（0/1）"
    assert rework("2026-11", "--as-of", "今天", month="last")[1] == "100.0%（1/1）"
    for day in ("2026-10-20", "明天"):
        said = wuye("month", "2026-10", "--as-of", day)
        assert said.code == 2 and "--as-of" in said.err


@pytest.mark.parametrize("words", ["2026", "上周", "2026-13", "2027-01", "all", "乱写", "今天"])
def test_only_a_month_that_has_begun(wuye: Wuye, words: str) -> None:
    said = wuye("month", words)
    assert said.code == 2 and said.err.startswith("错误：") and said.out == ""


def test_a_figure_over_damaged_data_is_refused(kept: Wuye, office: Path) -> None:
    path = office / "records/2026-10/complaint.yaml"
    path.write_bytes(path.read_bytes() + b"  broken: [\n")
    for words in (("month",), ("month", "2026-10")):
        said = kept(*words)
        assert said.code == 65 and "2026-10/complaint.yaml" in said.err and said.out == "", words


def test_only_the_months_concerned_are_read(wuye: Wuye, office: Path) -> None:
    visitor = ("visitor", "add", "--name", "赵", "--purpose", "送货", "--unit", "3-2-1201")
    for day in ("2024-03-05", "2025-03-05", "2025-11-05", "2026-10-05", "2026-11-05"):
        assert wuye(*visitor, now=f"{day}T09:00").code == 0
        if day < "2025-11":
            assert wuye("visitor", "leave", "fk1", now=f"{day}T12:00").code == 0
    found, problems = command.load(Office(office), FIRST)
    assert problems == []
    mine = [r.id for r in found[records.kind("visitor")]]
    assert mine == ["FK-20251105-001", "FK-20261005-001", "FK-20261105-001"]
    assert {kind.name for kind in found if kind.book} == {"unit"}
    assert wuye("visitor", "enter", "20240305-1", now="2026-11-22T10:00").code == 1
    assert wuye("visitor", "note", "20240305-1", "他又打来电话").code == 0
    found, _ = command.load(Office(office), FIRST)
    assert len(found[records.kind("visitor")]) == 4, "what was touched since is read too"


def test_whether_fairly_counts_comes_from_the_settings(wuye: Wuye, office: Path) -> None:
    for argv in (("add", "3-2-1201", "漏水"), ("done", "gd1"), ("follow-up", "gd1", "--satisfaction", "基本满意")):
        assert wuye("workorder", *argv).code == 0
    file = office / "wuye.yaml"

    def shown() -> tuple[str, str]:
        row = next(r for r in wuye("month", "-o", "json").json["figures"] if r["figure"] == "repair-satisfaction")
        return row["this"]["shown"], row["words"]

    assert shown() == ("100.0%（1/1）", "“基本满意”计入满意；未联系上的不计")
    text = file.read_text("utf-8")
    file.write_text(text.replace("fairly_counts: yes", "fairly_counts: no"), "utf-8")
    assert shown() == ("0.0%（0/1）", "“基本满意”不计入满意；未联系上的不计")
    file.write_text(text.replace("fairly_counts: yes", "fairly_counts: 也许"), "utf-8")
    for words in (("month",), ("check",)):
        said = wuye(*words)
        assert said.code == 78 and "figures.fairly_counts" in said.err and "请" in said.err
    file.write_text(text.replace("figures.fairly_counts: yes", "figures.fairly: yes"), "utf-8")
    assert wuye("check").code == 78


def test_other_formats_draw_the_same(kept: Wuye) -> None:
    for form in ("csv", "md", "yaml", "jsonl"):
        said = kept("month", "-o", form)
        assert said.code == 0 and said.out, form
