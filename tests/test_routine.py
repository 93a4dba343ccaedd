"""`wuye routine`, and the duties in `due` and `today`; who may take which step (domain.md 8, 44)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played

from wuye.office import Office

Wuye = Callable[..., Said]
LIGHTS = """
duties:
  lights: {zh: 关公共灯, every: day, by: '17:30', who: 保安, since: 2026-11-20, checklist: [大堂, 车库]}
  water: {zh: 抄水表, every: month, on: 25, kind: reading, where: {item: 水费}, count: 2, since: 2026-11-01}
  door: {zh: 门岗登记, every: week, on: 周日, kind: visitor, where: {purpose: 巡检}}
"""
OFF = "\n".join(f"  {code}: off" for code in (
    "handover", "patrol", "cash", "safe", "papers", "stand", "followup", "fee-report", "repair-report", "needs",
    "consumption", "cards", "ledger", "accounts", "password", "dunning-plan", "training-plan"))  # fmt: skip


@played
def routine(wuye: Wuye, office: Path) -> Wuye:
    """An office with three duties of its own and no other."""
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write(LIGHTS + OFF + "\n")
    return wuye


def states(said: Said) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in said.json["rows"]:
        found.setdefault(row["duty"], []).append(row["state"])
    return found


def files(office: Path) -> set[str]:
    return {p.as_posix() for p in (office / "records").rglob("*.yaml")} if (office / "records").exists() else set()


def test_due_and_today_show_what_is_owed_and_write_nothing(routine: Wuye, office: Path) -> None:
    before = files(office)
    due = routine("due", "-o", "json").json
    assert {row["duty"]: row["state"] for row in due["duties"] if row["state"] == "owed"} == {
        "lights": "owed", "water": "owed", "door": "owed"}  # fmt: skip
    missed = next(row for row in due["duties"] if row["state"] == "missed")
    assert (missed["duty"], missed["periods"]) == ("lights", ["2026-11-20", "2026-11-21"])
    assert due["rows"] == []
    today = routine("today")
    assert "关公共灯" in today.out and "11-20、11-21" in today.out and "门岗登记" in today.out
    assert "抄水表" not in today.out, "the meters are not due before the 25th"
    assert "抄水表" in routine("today", now="2026-11-25T09:00").out
    assert files(office) == before


def test_due_can_be_cut_short(routine: Wuye) -> None:
    owed = {row["duty"] for row in routine("due", "--until", "2026-11-23", "-o", "json").json["duties"]}
    assert owed == {"lights", "door"}
    assert {row["state"] for row in routine("due", "--late", "-o", "json").json["duties"]} == {"missed"}
    assert routine("due", "--check").code == 0, "a duty is no promise that was made to somebody"


def test_doing_makes_a_task_that_says_for_when(routine: Wuye, office: Path) -> None:
    said = routine("routine", "done", "lights", "--text", "都关了", "-o", "json")
    assert said.code == 0, said.err
    task = said.records[0]
    assert (task["status"], task["duty"], task["period"], task["owner"]) == ("done", "lights", "2026-11-22", "李静")
    assert "大堂、车库" in task["text"] and task["result"] == "都关了"
    assert states(routine("routine", "-o", "json"))["lights"] == ["missed", "done"]
    assert routine("check").code == 0
    late = routine("例行", "完成", "关公共灯", "--period", "2026-11-20", "-o", "json").records[0]
    assert late["period"] == "2026-11-20"
    told = {row["period"]: row["state"] for row in routine("routine", "show", "lights", "-o", "json").json["rows"]}
    assert told == {"2026-11-20": "done-late", "2026-11-21": "missed", "2026-11-22": "done"}


@pytest.mark.git
def test_undo_takes_the_whole_task_back(routine: Wuye) -> None:
    assert routine("routine", "done", "lights").code == 0
    assert routine("undo", "--yes").code == 0
    task = routine("task", "show", "rw1", "-o", "json").records[0]
    assert task["status"] == "void"
    assert states(routine("routine", "-o", "json"))["lights"] == ["missed", "owed"]
    assert routine("redo", "--yes").code == 0
    assert routine("task", "show", "rw1", "-o", "json").records[0]["status"] == "done"
    assert states(routine("routine", "-o", "json"))["lights"] == ["missed", "done"]
    assert routine("check").code == 0


def test_skipping_says_why(routine: Wuye) -> None:
    said = routine("routine", "skip", "lights")
    assert said.code == 2 and "请用 --reason" in said.err
    assert routine("routine", "skip", "lights", "--reason", "停电检修").code == 0
    row = next(r for r in routine("routine", "-o", "json").json["rows"] if r["state"] == "skipped")
    assert (row["duty"], row["reason"]) == ("lights", "停电检修")
    again = routine("routine", "skip", "lights", "--reason", "停电检修", "--period", "2026-11-22")
    assert again.code == 1 and "已经免做" in again.err


def test_a_reason_that_somebody_took_out_is_none(routine: Wuye, office: Path) -> None:
    assert routine("routine", "skip", "lights", "--reason", "停电检修").code == 0
    path = next((office / "records").glob("*/task.yaml"))
    text = path.read_text("utf-8")
    assert "    reason: 停电检修\n" in text
    path.write_text(text.replace("    reason: 停电检修\n", ""), "utf-8")
    said = routine("routine", "-o", "json")
    row = next(r for r in said.json["rows"] if r["state"] == "skipped")
    assert row["reason"] == "" and "停电" not in said.out


def test_the_record_of_its_kind_fulfils(routine: Wuye) -> None:
    assert routine("visitor", "add", "--name", "赵先生", "--purpose", "巡检", "--department", "工程部").code == 0
    assert states(routine("routine", "-o", "json"))["door"] == ["done"]
    for room in ("1-101", "1-102"):
        rows = routine("routine", "-o", "json").json["rows"]
        assert next(r for r in rows if r["duty"] == "water")["state"] == "owed"
        assert routine("reading", "add", room, "水费", "12").code == 0
    told = next(r for r in routine("routine", "-o", "json").json["rows"] if r["duty"] == "water")
    assert told["state"] == "done" and len(told["ids"]) == 2 and told["kind_zh"] == "抄表 2/2"


def handover(wuye: Wuye, now: str) -> list[tuple[str, str, str]]:
    """How each shift's handover stands: its period as scripts and as the desk read it, its state."""
    rows = wuye("routine", "--period", "2026-11-22", "-o", "json", now=now).json["rows"]
    return [(row["period"], row["period_zh"], row["state"]) for row in rows if row["duty"] == "handover"]


def test_a_handover_counts_when_it_is_given_whenever_its_first_note_was_written(wuye: Wuye) -> None:
    assert wuye("handover", "remind", "三单元停水", now="2026-11-22T09:30").code == 0
    assert wuye("handover", "remind", "水来了", now="2026-11-22T14:04").code == 0
    assert handover(wuye, "2026-11-22T14:05") == [("2026-11-22/day", "11-22 白班", "owed")], "a draft"
    assert wuye("handover", "give", "--to", "控制中心", now="2026-11-22T17:42").code == 0
    for now in ("2026-11-22T17:43", "2026-11-23T10:00"):
        assert handover(wuye, now) == [("2026-11-22/day", "11-22 白班", "done")]


def test_a_draft_that_is_begun_in_its_time_and_given_too_late_is_late(wuye: Wuye) -> None:
    assert wuye("handover", "remind", "三单元停水", now="2026-11-22T14:00").code == 0
    assert handover(wuye, "2026-11-22T18:30") == [("2026-11-22/day", "11-22 白班", "missed")]
    assert "handover give" in wuye("routine", "done", "handover", now="2026-11-22T18:30").err
    assert wuye("handover", "give", "--to", "控制中心", now="2026-11-22T18:40").code == 0
    assert handover(wuye, "2026-11-23T10:00") == [("2026-11-22/day", "11-22 白班", "done-late")]


def test_a_shift_is_meant_by_the_name_that_is_shown(wuye: Wuye) -> None:
    for name in ("2026-11-22 白班", "2026-11-22/day", "2026-11-22"):
        told = wuye("routine", "skip", "handover", "--period", name, "--reason", "停电", "--dry-run")
        assert told.code == 0 and "交接班 2026-11-22 白班 免做" in told.out, told.err


def test_doing_a_patrol_begins_it_with_its_route(wuye: Wuye) -> None:
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write("duties:\n  roof: {every: week, on: 周日, kind: 巡查, where: {路线: 公共设施, 范围: 屋面}}\n")
    said = wuye("routine", "done", "roof", "-o", "json")
    assert said.code == 0, said.err
    assert (said.records[0]["route"], said.records[0]["place"]) == ("facilities", "屋面")
    assert states(wuye("routine", "-o", "json"))["roof"] == ["done"]
    assert wuye("patrol", "add", "--route", "公共设施", "--place", "地下车库").code == 0
    monday = states(wuye("routine", "-o", "json", now="2026-11-23T09:00"))
    assert monday["roof"] == ["owed"], "of another place, and another week"


def test_what_its_kind_still_needs_is_said(routine: Wuye) -> None:
    said = routine("routine", "done", "water")
    assert said.code == 2 and "请用 --room" in said.err and "wuye reading add" in said.err
    past = routine("routine", "done", "water", "--period", "2026-12")
    assert past.code == 2 and "没有“2026-12”这一期" in past.err


@pytest.mark.parametrize(("argv", "code", "words"), [
    (("routine", "fly"), 2, "没有“fly”这个动作"), (("routine", "done"), 2, "缺少例行工作"),
    (("routine", "done", "tea"), 2, "没有“tea”这项例行工作，现有：lights（关公共灯）"),
    (("routine", "done", "lights", "--period", "改天"), 2, "看不懂“改天”"),
    (("routine", "done", "lights", "--at", "2026-11-21 10:00"), 1, "还没有开始"),
    (("routine", "--period", "改天"), 2, "看不懂期间"),
])  # fmt: skip
def test_words_that_mean_nothing(routine: Wuye, argv: tuple[str, ...], code: int, words: str) -> None:
    said = routine(*argv)
    assert said.code == code and words in said.err, said


def test_a_month_shows_everything_that_was_due_in_it(routine: Wuye) -> None:
    routine("routine", "done", "lights")
    told = states(routine("routine", "--period", "2026-11", "-o", "json"))
    assert told["lights"] == ["missed", "missed", "done"]
    only = routine("routine", "--who", "保安", "-o", "json").json["rows"]
    assert {row["duty"] for row in only} == {"lights"}


def test_a_new_office_owes_from_its_first_day_on(wuye: Wuye) -> None:
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    told = wuye("due", "-o", "json", now="2026-11-22T11:00").json["duties"]
    assert told and not [row for row in told if row["state"] == "missed"]
    later = wuye("due", "-o", "json", now="2026-11-24T11:00").json["duties"]
    safe = [(row["state"], row["periods"]) for row in later if row["duty"] == "safe"]
    assert safe == [("missed", ["2026-11-22", "2026-11-23"]), ("owed", ["2026-11-24"])]
    long_after = wuye("due", "-o", "json", now="2027-11-24T11:00").json["duties"]
    safe = [row["periods"] for row in long_after if row["duty"] == "safe" and row["state"] == "missed"]
    assert len(safe[0]) == 7, "what was missed long ago does not fill the morning"


def test_the_settings_are_told_with_their_line(wuye: Wuye) -> None:
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write("duties:\n  lights:\n    every: hour\n")
    said = wuye("today")
    assert said.code == 78 and "wuye.yaml" in said.err and "every" in said.err


def test_rent_parking_and_training_have_clocks_of_their_own(wuye: Wuye) -> None:
    wuye("parking", "add", "B1-023", "--holder", "王女士", "--licence-seen", "yes", "--since", "2026-09-01")
    wuye("parking", "authorise", "B1-023", "--authorised-by", "孙海", "--paid-until", "2026-11-30")
    wuye("lease", "add", "广-07", "某广告公司", "--since", "2025-12-01", "--until", "2026-11-30", "--rent", "9000",
         "--period", "季")  # fmt: skip
    wuye("lease", "sign", "广-07")
    wuye("lease", "start", "广-07")
    wuye("training", "add", "消防演练", "--planned-on", "2026-11-28")
    found = {(row["id"][:2], row["clock"]): row["due"][:10] for row in wuye("due", "-o", "json").json["rows"]}
    assert found == {
        ("CW", "paid"): "2026-11-30", ("ZL", "term"): "2026-11-30", ("PX", "held"): "2026-11-28"}  # fmt: skip


def test_a_rent_is_due_by_its_schedule_until_its_bill_is_paid(wuye: Wuye) -> None:
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write("charges:\n  rent: {zh: 租金, way: lease, due: '5'}\n")
    wuye("lease", "add", "广-07", "某广告公司", "--since", "2026-09-01", "--until", "2027-02-28", "--schedule",
         "2026-09-01 2026-11-30 9000 2026-09-05、2026-12-01 2027-02-28 9500 2026-12-05")  # fmt: skip
    wuye("lease", "sign", "广-07", now="2026-11-23T10:00")
    wuye("lease", "start", "广-07")

    def rents(now: str) -> list[tuple[str, str]]:
        told = wuye("due", "-o", "json", now=now)
        assert told.code == 0, told.err
        return [(row["state"], row["due"][:10]) for row in told.json["duties"] if row["duty"] == "rent"]

    assert rents("2026-12-03T10:00") == [("owed", "2026-12-05")], "nobody keeps bills yet"
    assert "收租 广-07 某广告公司 9,500.00" in wuye("today", now="2026-12-05T10:00").out
    said = wuye("bill", "run", "2026-12", "--yes", "--item", "租金")
    assert said.code == 0, said.err
    assert rents("2026-12-05T11:00") == [("owed", "2026-12-05")]
    assert rents("2026-12-06T11:00") == [("missed", "2026-12-05")]
    paid = wuye("payment", "add", "--lease", "广-07", "--amount", "9500", "--way", "转账")
    assert paid.code == 0, paid.err
    assert rents("2026-12-06T12:00") == []


# --- posts


def demand(words: str) -> None:
    with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"posts:\n  {words}\n")


def test_a_step_demands_a_post(wuye: Wuye, office: Path) -> None:
    wuye("staff", "add", "李静", "--post", "前台")
    wuye("staff", "add", "林晓燕", "--post", "客服主管")
    wuye("staff", "add", "何芳", "--post", "客服主管", "--until", "2026-10-01")
    demand("pass.issue: 客服主管、客服经理")
    wuye("pass", "add", "1-1-101", "--carrier", "王女士", "--goods", "冰箱x1")
    wuye("pass", "confirm", "fx1", "--answer", "yes")
    said = wuye("pass", "issue", "fx1")
    assert said.code == 1 and "要由客服主管或客服经理办，李静 现为前台" in said.err and "--by" in said.err
    assert "不在员工台账里" in wuye("pass", "issue", "fx1", "--by", "陌生人").err
    assert "何芳 已离职" in wuye("pass", "issue", "fx1", "--by", "何芳").err
    assert len(wuye("pass", "show", "fx1", "-o", "json").records[0]["log"]) == 2
    assert wuye("pass", "issue", "fx1", "--by", "林晓燕").code == 0


def test_adding_correcting_and_a_step_at_once_demand_it_too(wuye: Wuye, office: Path) -> None:
    wuye("staff", "add", "李静", "--post", "前台")
    demand("visitor.add: 保安\n  complaint.edit: 客服主管\n  task.done: 内勤")
    said = wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--department", "工程部")
    assert said.code == 1 and "访客登记（visitor.add）要由保安员办" in said.err
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    assert "投诉更正" in wuye("complaint", "edit", "ts1", "--text", "漏水严重").err
    assert "交办完成" in wuye("routine", "done", "safe").err
    assert not (office / "records" / "2026-11" / "task.yaml").exists()


def test_without_the_section_nobody_is_asked(office: Path) -> None:
    kind = Office(office).kinds()[0]
    assert Office(office).settings.demands(kind, "judge") == ()
