"""Three versions of a month file in, one out: nothing lost, the same whichever side is ours (design.md 2).

`WUYE_MERGES=20000 pytest tests/test_merging.py -k campaign` judges that many random cases.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from merges import FILE, HEAD, case, judge

from wuye import dumper, merging, yamlio
from wuye.errors import Damaged

CASES = int(os.environ.get("WUYE_MERGES", "150"))
AT = "2026-11-22T{}+08:00"
ADDED = {"at": AT.format("09:07"), "step": "add", "by": "李静"}
Raw = dict[str, Any]


def record(number: str = "001", *log: Raw, **fields: Any) -> Raw:
    """A complaint of nine o'clock."""
    raw: Raw = {"id": f"TS-20261122-{number}", "status": "recorded", "received": AT.format("09:05"),
                "recorded": AT.format("09:07"), "reporter": "王女士", "phone": "13800138000"}  # fmt: skip
    return {k: v for k, v in {**raw, **fields}.items() if v is not None} | {"log": [ADDED, *log]}


def step(time: str, name: str, by: str = "李静", **told: Any) -> Raw:
    return {"at": AT.format(time), "step": name, "by": by, **told}


def file(*raws: Raw) -> bytes:
    return HEAD.encode() + b"".join(dumper.dump_record(raw) for raw in raws)


def both(base: bytes, one: bytes, other: bytes) -> list[Raw]:
    """The records of both, judged."""
    return yamlio.load_records(judge(base, one, other).data)


@pytest.mark.parametrize("part", range(5))
def test_a_campaign_of_random_cases(part: int) -> None:
    for seed in range(part, CASES, 5):
        try:
            judge(*case(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


def test_each_side_has_its_fields_and_both_logs_are_in_order() -> None:
    one = record("001", step("10:00", "edit", phone="1", was={"phone": "13800138000"}), phone="1")
    other = record("001", step("09:30", "note", "张三", note="乙"), text="漏水")
    (told,) = both(file(record()), file(one), file(other))
    assert (told["phone"], told["text"]) == ("1", "漏水") and "conflicts" not in told
    assert [e["step"] for e in told["log"]] == ["add", "note", "edit"]


def test_a_contradiction_is_kept_inside_and_the_later_words_stand() -> None:
    one = record("001", step("10:05", "edit", phone="1", was={"phone": "13800138000"}), phone="1")
    other = record("001", step("10:00", "edit", "张三", phone="2", was={"phone": "13800138000"}), phone="2")
    (told,) = both(file(record()), file(one), file(other))
    assert told["phone"] == "1"
    assert told["conflicts"] == [{
        "field": "phone", "was": "13800138000",
        "sides": [{"value": "2", "at": AT.format("10:00"), "by": "张三"},
                  {"value": "1", "at": AT.format("10:05"), "by": "李静"}],
    }]  # fmt: skip


def test_a_field_cleared_here_and_changed_there() -> None:
    one = record("001", step("10:05", "edit", phone="", was={"phone": "13800138000"}), phone=None)
    other = record("001", step("10:00", "edit", "张三", phone="2", was={"phone": "13800138000"}), phone="2")
    (told,) = both(file(record()), file(one), file(other))
    assert "phone" not in told and told["conflicts"][0]["sides"][1] == {"at": AT.format("10:05"), "by": "李静"}


def test_closed_here_and_edited_there_stays_open_until_somebody_says() -> None:
    start = record("001", status="handled")
    one = record("001", step("11:00", "close"), status="closed")
    edit = step("10:00", "edit", "张三", phone="2", was={"phone": "13800138000"})
    (told,) = both(file(start), file(one), file(record("001", edit, status="handled", phone="2")))
    assert (told["status"], told["phone"]) == ("handled", "2")
    (contest,) = told["conflicts"]
    assert contest["field"] == "status" and [s["value"] for s in contest["sides"]] == ["handled", "closed"]


def test_closed_here_and_noted_there_is_closed() -> None:
    one = record("001", step("11:00", "void", reason="重复"), status="void")
    other = record("001", step("10:00", "note", "张三", note="又来电"))
    (told,) = both(file(record()), file(one), file(other))
    assert told["status"] == "void" and "conflicts" not in told


def test_a_step_that_both_desks_took_is_asked_about_where_it_can_happen_once() -> None:
    def done(name: str, status: str) -> tuple[Raw, Raw]:
        return (record("001", step("10:00", name), status=status),
                record("001", step("10:05", name, "张三"), status=status))  # fmt: skip

    (told,) = both(file(record()), *(file(one) for one in done("judge", "judged")))
    assert [e["step"] for e in told["log"]] == ["add", "judge", "judge"] and "conflicts" not in told
    (told,) = both(file(record()), *(file(one) for one in done("void", "void")))
    assert told["status"] == "void" and [s["by"] for s in told["conflicts"][0]["sides"]] == ["李静", "张三"]


def test_neighbours_who_joined_on_both_sides_are_added_up() -> None:
    one = record("001", step("10:00", "join", joiner="甲", people="2", was={"people": "1"}), people="2")
    other = record("001", step("10:05", "join", "张三", joiner="乙", people="2", was={"people": "1"}), people="2")
    again = record("001", step("10:05", "join", "张三", joiner="乙", people="2", was={"people": "1"}),
                   step("10:06", "join", "张三", joiner="丙", people="3", was={"people": "2"}), people="3")  # fmt: skip
    start = record("001", people="1")
    assert both(file(start), file(one), file(again))[0]["people"] == "4"
    assert both(file(start), file(one), file(other))[0]["people"] == "3"


def test_due_times_are_merged_and_the_earlier_of_two_stands() -> None:
    one = record("001", due={"respond": AT.format("12:00")}, rule={"respond": "甲"})
    other = record("001", due={"respond": AT.format("11:00"), "inform": AT.format("18:00")}, rule={"respond": "乙"})
    (told,) = both(file(record()), file(one), file(other))
    assert told["due"] == {"respond": AT.format("11:00"), "inform": AT.format("18:00")}
    assert told["rule"] == {"respond": "乙"}
    assert [s["rule"] for s in told["conflicts"][0]["sides"]] == ["乙", "甲"]


def test_rows_of_a_list_are_merged_one_by_one() -> None:
    def rows(*marks: str) -> list[Raw]:
        return [{"item": f"{n}", **({"ok": mark} if mark else {})} for n, mark in enumerate(marks)]

    start, one, other = (record("001", checks=rows(*m)) for m in (("", "", ""), ("yes", "", ""), ("", "", "no")))
    assert both(file(start), file(one), file(other))[0]["checks"] == rows("yes", "", "no")


def test_one_number_given_twice() -> None:
    one = record("002", reporter="甲")
    other = record("002", reporter="乙") | {"recorded": AT.format("09:08"), "log": [step("09:08", "add", "张三")]}
    told = both(file(record()), file(record(), one), file(record(), other))
    assert [(r["id"], r["reporter"]) for r in told[1:]] == [("TS-20261122-002", "甲"), ("TS-20261122-Z001", "乙")]
    assert told[2]["number_was"] == "TS-20261122-002"
    assert {c["field"] for r in told[1:] for c in r["conflicts"]} == {"id"}
    linked = [e["link"] for r in told[1:] for e in r["log"] if "link" in e]
    assert linked == ["TS-20261122-Z001", "TS-20261122-002"]


def test_work_that_goes_on_under_a_number_that_was_given_up() -> None:
    """The desk whose record was moved did not know it yet."""
    first = record("002", reporter="甲")
    second = record("002", reporter="乙") | {"recorded": AT.format("09:08"), "log": [step("09:08", "add", "张三")]}
    merged = merging.merge(file(), file(first), file(second), FILE).data
    later = {**second, "log": [*second["log"], step("10:00", "note", "张三", note="后来")]}
    told = {r["id"]: r for r in yamlio.load_records(merging.merge(file(second), merged, file(later), FILE).data)}
    assert told["TS-20261122-002"]["reporter"] == "甲"
    assert [e.get("note") for e in told["TS-20261122-Z001"]["log"] if e["step"] == "note"] == ["后来"]


def test_a_record_taken_out_by_hand_on_one_side_stays() -> None:
    told = both(file(record(), record("002")), file(record()), file(record(phone="1"), record("002")))
    assert [r["id"][-3:] for r in told] == ["001", "002"]


def test_an_entry_corrected_by_hand_stands_corrected() -> None:
    start, fixed = step("10:00", "note", note="错字"), step("10:00", "note", note="改好")
    base, one = record("001", start), record("001", fixed)
    other = record("001", start, step("10:10", "note", "张三", note="乙"))
    (told,) = yamlio.load_records(merging.merge(file(base), file(one), file(other), FILE).data)
    assert [e.get("note") for e in told["log"]] == [None, "改好", "乙"]


def test_an_undo_still_names_its_entry_when_another_of_the_same_minute_comes_before_it() -> None:
    mine = step("10:00", "note", "张三", note="乙")
    back = step("10:10", "undo", "张三", undoes=f"{AT.format('10:00')} note")
    one = record("001", step("10:00", "note", "李静", note="甲"))
    (told,) = both(file(record()), file(one), file(record("001", mine, back)))
    notes = [e["note"] for e in told["log"] if e["step"] == "note"]
    undone = told["log"][-1]["undoes"]
    assert notes[0 if undone.endswith("note") else 1] == "乙" and len(notes) == 2


def test_only_changed_records_change_their_bytes() -> None:
    odd = b"# \xe6\x89\xb9\xe6\xb3\xa8\n" + dumper.dump_record(record("002")).replace(b"reporter: ", b"reporter:   ")
    one, other = (HEAD.encode() + dumper.dump_record(record(phone=p)) + odd for p in ("1", "13800138000"))
    base = other
    other += dumper.dump_record(record("003"))
    assert merging.merge(base, one, other, FILE).data == one + dumper.dump_record(record("003"))


@pytest.mark.parametrize("broken", [b"- id: TS-20261122-001\n  a: &x 1\n", b"<<<<<<< ours\n", b"\xff\xfe- ", b"a: b\n",
                                    b"- id: X\n  a: 1\n- id: X\n  a: 2\n"])  # fmt: skip
def test_what_cannot_be_read_is_refused(broken: bytes) -> None:
    for sides in ((file(record()), broken), (broken, file(record()))):
        with pytest.raises(Damaged):
            merging.merge(file(record(), record("002")), *sides, FILE)


def test_what_stands_between_records_is_read_as_strictly_in_either_order() -> None:
    odd = b"- id: a\n# \x01\n- id: b\n"
    for sides in ((odd, b"- id: a\n- id: c\n"), (b"- id: a\n- id: c\n", odd)):
        with pytest.raises(Damaged, match="U\\+0001"):
            merging.merge(b"- id: a\n", *sides, FILE)


def test_a_record_that_lost_its_log_is_given_a_new_number_once() -> None:
    bare = record("002", reporter="乙")
    del bare["log"]
    base, one, other = file(record()), file(record(), record("002", reporter="甲")), file(record(), bare)
    merged = merging.merge(base, one, other, FILE).data
    for side in (one, other):
        assert merging.merge(base, merged, side, FILE).data == merged
    assert [r["id"][-4:] for r in yamlio.load_records(merged)] == ["-001", "-002", "Z001"]
