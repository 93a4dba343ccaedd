"""Deadlines in a calendar: those of `wuye due`, the same names every time; khal and todoman read it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from conftest import Said, played

Wuye = Callable[..., Said]


@played
def waiting(wuye: Wuye) -> Wuye:
    """A complaint and an order that wait, a task that is late, a lease that ends."""
    assert wuye("complaint", "add", "3-2-1201", "王建国说漏水，回电 13800138000", "--reporter", "王建国").code == 0
    assert wuye("workorder", "add", "3-2-1201", "换锁", "--appointment", "明天上午十点").code == 0
    assert wuye("task", "add", "催物料", "--owner", "赵强", "--due-on", "2026-11-23").code == 0
    return wuye


def calendar(said: Said, name: str) -> list[Any]:
    assert said.code == 0, said.err
    return list(icalendar.Calendar.from_ical(said.out).walk(name))


def dues(wuye: Wuye, now: str = "") -> dict[str, datetime]:
    """What `wuye due` says, by number and clock."""
    rows = wuye("due", "-o", "json", now=now).json["rows"]
    return {f"{row['id']}-{row['clock']}": datetime.fromisoformat(row["due"]) for row in rows if row["due"]}


def test_every_clock_that_waits_is_in_it(waiting: Wuye) -> None:
    said = waiting("export", "ics")
    assert said.out.startswith("BEGIN:VCALENDAR\r\n") and "\n" not in said.out.replace("\r\n", "")
    told = {str(e["uid"]).partition("@")[0]: e.decoded("dtstart") for e in calendar(said, "VEVENT")}
    assert {uid: due for uid, due in told.items() if not uid.startswith("duty-")} == dues(waiting)
    assert len(told) >= 3 and all(due.utcoffset() == timedelta(0) for due in told.values())
    assert "王建国" not in said.out and "13800138000" not in said.out
    todos = calendar(waiting("export", "ics", "--as", "todo"), "VTODO")
    assert {str(t["uid"]).partition("@")[0]: t.decoded("due") for t in todos} == told
    assert {str(t["status"]) for t in todos} == {"NEEDS-ACTION"}


def test_names_stay_and_lateness_shows(waiting: Wuye) -> None:
    before = {str(e["uid"]): e for e in calendar(waiting("export", "ics"), "VEVENT")}
    after = {str(e["uid"]): e for e in calendar(waiting("export", "ics", now="2026-11-24T09:00"), "VEVENT")}
    assert {uid for uid in before if not uid.startswith("duty-")} <= set(after)
    late = [str(e["summary"]) for e in after.values() if str(e["summary"]).startswith("【超时】")]
    assert any("首次响应" in words and "3-2-1201" in words and "王**" in words for words in late)
    assert not any(str(e["summary"]).startswith("【") for e in before.values())


def test_kinds_and_alarms(waiting: Wuye) -> None:
    said = waiting("export", "ics", "--kind", "投诉", "--alarm", "半小时")
    events = calendar(said, "VEVENT")
    assert events and all(str(e["uid"]).startswith("TS-") for e in events)
    bells = calendar(said, "VALARM")
    assert len(bells) == len(events) and {b.decoded("trigger") for b in bells} == {timedelta(minutes=-30)}
    bell = calendar(waiting("export", "ics", "--as", "todo", "--alarm", "1d"), "VALARM")[0]
    assert bell["trigger"].params["RELATED"] == "END" and bell.decoded("trigger") == timedelta(days=-1)


def test_two_offices_do_not_meet_in_one_calendar(waiting: Wuye) -> None:
    first = calendar(waiting("export", "ics"), "VEVENT")[0]["uid"]
    path = Path("wuye.yaml")
    path.write_text(path.read_text("utf-8").replace("翠湖花园", "另一个小区"), "utf-8")
    assert first != calendar(waiting("export", "ics"), "VEVENT")[0]["uid"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--as", "note"), "--as 没有“note”"),
        (("--alarm", "1wd"), "--alarm：只能写分钟、小时、天"),
        (("--alarm", "x"), "--alarm："),
        (("--period", "2026-11"), "--period 只用于 jsonl、package"),
        (("多",), "多余的“多”"),
        (("--kind", "冲抵"), "冲抵只用于 jsonl"),
        (("--reveal", "--reason", "看"), "--reveal 只用于 jsonl、package"),
    ],
)
def test_what_it_refuses(waiting: Wuye, more: tuple[str, ...], words: str) -> None:
    said = waiting("export", "ics", *more)
    assert said.code == 2 and words in said.err and not said.out


def test_over_damage_there_is_no_calendar(waiting: Wuye) -> None:
    Path("records/2026-11/complaint.yaml").write_text("- id: [\n", "utf-8")
    said = waiting("export", "ics", "--out", "t.ics")
    assert said.code == 65 and not Path("t.ics").exists()


def test_a_missing_extra_is_one_line(waiting: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "icalendar", None)
    said = waiting("export", "ics")
    assert (
        said.code == 78 and said.err == "错误：导出日历要用 icalendar，这台电脑没有装：请运行 pip install 'wuye[ics]'\n"
    )


KHAL = """[calendars]
[[desk]]
path = {0}/calendar
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


def run(desk: Path, *argv: str) -> str:
    homes = {
        "HOME": str(desk),
        "XDG_DATA_HOME": f"{desk}/data",
        "XDG_CACHE_HOME": f"{desk}/cache",
        "TZ": "Asia/Shanghai",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        argv, capture_output=True, text=True, check=True, timeout=60, env={**os.environ, **homes}
    ).stdout


@pytest.mark.khal
def test_khal_shows_the_deadlines(waiting: Wuye, desk: Path) -> None:
    assert waiting("export", "ics", "--kind", "投诉,工程单", "--out", "t.ics").code == 0
    (desk / "calendar").mkdir()
    (desk / "khal.conf").write_text(KHAL.format(desk), "utf-8")
    khal = ("khal", "-c", str(desk / "khal.conf"))
    run(desk, *khal, "import", "--batch", "-a", "desk", "t.ics")
    run(desk, *khal, "import", "--batch", "-a", "desk", "t.ics")  # again: the same, not twice
    told = run(desk, *khal, "list", "2026-11-20", "30d", "--format", "{start-long-full} {title}", "--day-format", "")
    mine = {f"{due:%Y-%m-%d %H:%M}" for name, due in dues(waiting).items() if name.startswith(("TS-", "GD-"))}
    assert {line[:16] for line in told.splitlines()} == mine and "首次响应 3-2-1201 王** TS-20261122-001" in told
    assert len(told.splitlines()) == sum(name.startswith(("TS-", "GD-")) for name in dues(waiting))


@pytest.mark.todoman
def test_todoman_lists_what_is_to_be_done(waiting: Wuye, desk: Path) -> None:
    (desk / "todo").mkdir()
    assert waiting("export", "ics", "--as", "todo", "--out", str(desk / "todo" / "t.ics")).code == 0
    (desk / "todo.py").write_text(f'path = "{desk}/tod*"\ndate_format = "%Y-%m-%d"\ntime_format = "%H:%M"\n', "utf-8")
    told = json.loads(run(desk, "todo", "--config", str(desk / "todo.py"), "--porcelain", "list"))
    mine = set(dues(waiting))
    seen = [one for one in told if any(name.rpartition("-")[0] in one["summary"] for name in mine)]
    assert len(seen) == len(mine) and not any(one["completed"] for one in told)
    task = next(one for one in told if "RW-20261122-001" in one["summary"])
    assert task["due"] and "催物料" in task["description"]
