"""What a day at the desk rests on besides the rules: private data, keys against repeats, links, files, cron."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, run_wuye

from wuye import access, cli

Wuye = Callable[..., Said]
Complaint = Callable[..., dict[str, Any]]
ADD = ("complaint", "add", "3-2-1201", "厨房漏水", "--reporter", "王女士", "--phone", "13800138000")


# --- private data


def test_phones_are_masked_in_every_format_and_on_paper(wuye: Wuye) -> None:
    assert wuye(*ADD).code == 0
    assert wuye("complaint", "join", "ts1", "--joiner", "张先生", "--joiner-phone", "13900139000").code == 0
    for form in ("table", "json", "jsonl", "csv", "yaml", "md"):
        for argv in (["complaint", "list"], ["complaint", "show", "ts1"], ["today"], ["due"], ["day"]):
            said = wuye(*argv, "-o", form)
            assert said.code == 0 and "13800138000" not in said.out and "13900139000" not in said.out, argv
    assert "138****8000" in wuye("complaint", "list", "-o", "json").out
    assert "138****8000" in wuye("print", "ts1").out


def test_one_record_on_a_terminal_is_whole(wuye: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wuye(*ADD).code == 0 and wuye(*ADD, "--yes").code == 0
    real = cli._desk
    monkeypatch.setattr(cli, "_desk", lambda: _watched(real()))
    assert "13800138000" in wuye("complaint", "show", "ts1").out
    assert "13800138000" not in wuye("complaint", "show", "ts1", "ts2").out
    assert "13800138000" not in wuye("complaint", "list").out


def _watched(desk: Any) -> Any:
    return desk._replace(terminal=True)


def test_revealing_needs_a_reason_and_is_written_down(wuye: Wuye, office: Path) -> None:
    assert wuye(*ADD).code == 0
    assert wuye("complaint", "list", "--reveal").code == 2
    for reason in ("回电", "核对"):
        said = wuye("complaint", "show", "ts1", "--reveal", "--reason", reason, "-o", "json")
        assert said.code == 0 and said.records[0]["phone"] == "13800138000"
    data = (office / "log" / "access-2026-11.jsonl").read_bytes()
    lines = [json.loads(line) for line in data.splitlines()]
    assert [(one["by"], one["reason"], one["ids"]) for one in lines] == [
        ("李静", "回电", ["TS-20261122-001"]),
        ("李静", "核对", ["TS-20261122-001"]),
    ]
    assert access.problems(data, "log") == []
    assert [p.line for p in access.problems(data.replace("回电".encode(), "好奇".encode()), "log")] == [1]
    (office / "log" / "access-2026-11.jsonl").write_bytes(data.replace("回电".encode(), "好奇".encode()))
    assert wuye("check").code == 65


def test_a_mask_that_comes_back_means_unchanged_and_is_refused_elsewhere(wuye: Wuye) -> None:
    assert wuye(*ADD).code == 0
    said = wuye("complaint", "edit", "ts1", "--phone", "138****8000", "--place", "厨房")
    assert said.code == 0
    stored = wuye("complaint", "show", "ts1", "--reveal", "--reason", "核对", "-o", "json").records[0]
    assert stored["phone"] == "13800138000" and stored["place"] == "厨房"
    assert wuye("complaint", "edit", "ts1", "--phone", "139****8000").code == 2
    assert wuye("complaint", "add", "1-1-101", "漏水", "--reporter", "甲", "--phone", "138****8000").code == 2


# --- once, repeats, links


def test_the_same_key_is_done_once(wuye: Wuye) -> None:
    first = wuye(*ADD, "--once", "a1", "-o", "json").records[0]["id"]
    again = wuye(*ADD, "--once", "a1", "-o", "json")
    assert again.code == 0 and again.records[0]["id"] == first and "没有再登记" in again.err
    for _ in range(2):
        assert wuye("complaint", "inform", first, "--said", "在修", "--once", "k").code == 0
    log = wuye("complaint", "show", first, "-o", "json").records[0]["log"]
    assert [entry["step"] for entry in log] == ["add", "inform"]


def test_a_command_given_twice_is_noticed_for_ten_minutes(wuye: Wuye) -> None:
    assert wuye(*ADD).code == 0
    said = wuye(*ADD, now="2026-11-22T10:09")
    assert said.code == 1 and "TS-20261122-001" in said.err and "--yes" in said.err
    assert wuye(*ADD, "--yes").code == 0
    assert wuye(*ADD, now="2026-11-22T10:30").code == 0


def test_a_repeat_is_linked_both_ways_and_hot_only_after_handling(wuye: Wuye, complaint: Complaint) -> None:
    first = complaint()["id"]
    second = complaint("--repeats", "ts1")
    assert second["repeats"] == first and second["level"] == "general"
    assert wuye("complaint", "handle", first, "--result", "修好").code == 0
    third = complaint("--repeats", first)
    assert third["level"] == "hot" and "repeats" in third["level_reasons"][0]
    log = wuye("complaint", "show", first, "-o", "json").records[0]["log"]
    assert [entry.get("link") for entry in log if entry["step"] == "repeat"] == [second["id"], third["id"]]
    assert wuye("complaint", "add", "1-1-101", "x", "--reporter", "甲", "--repeats", "TS-20250101-001").code == 1


def test_dry_run_writes_nothing(wuye: Wuye, office: Path) -> None:
    said = wuye(*ADD, "--dry-run", "-o", "json")
    assert said.code == 0 and said.records[0]["id"] == "TS-20261122-001"
    assert not (office / "records").exists()


def test_several_at_once_are_all_or_none(wuye: Wuye, complaint: Complaint) -> None:
    ids = [complaint()["id"] for _ in range(3)]
    assert wuye("complaint", "handle", ids[0], "--result", "修好").code == 0
    said = wuye("complaint", "judge", *ids[1:], "--nature", "help")
    assert said.code == 0 and all(n in said.out for n in ids[1:])
    said = wuye("complaint", "assign", *ids, "--department", "工程部")
    assert said.code == 1 and ids[0] in said.err
    assert wuye("complaint", "show", ids[1], "-o", "json").records[0]["status"] == "judged"


def test_upgrade_keeps_both_judgements(wuye: Wuye, complaint: Complaint) -> None:
    complaint("--nature", "vent")
    said = wuye("complaint", "upgrade", "ts1", "--reason", "处理不当", "-o", "json")
    record = said.records[0]
    assert record["nature"] == "valid" and record["log"][-1]["was"] == {"nature": "vent"}
    assert wuye("complaint", "upgrade", "ts1", "--reason", "再来").code == 1


def test_correcting_when_it_was_received_keeps_number_and_month(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    said = wuye("complaint", "edit", "ts1", "--received", "11月21号9点", "-o", "json")
    assert said.code == 0 and said.records[0]["id"] == "TS-20261122-001"
    assert said.records[0]["received"] == "2026-11-21T09:00+08:00"
    assert wuye("complaint", "edit", "ts1", "--received", "10月30号9点").code == 2
    assert wuye("check").code == 0


def test_a_weekends_paper_typed_in_on_monday(wuye: Wuye, office: Path) -> None:
    said = wuye(*ADD, "--at", "周六上午9点", "-o", "json", now="2026-11-23T09:10")
    record = said.records[0]
    assert record["id"] == "TS-20261121-001" and record["recorded"] == "2026-11-23T09:10+08:00"
    assert "周六上午9点 = 2026-11-21(周六) 09:00" in said.err
    assert wuye("day", "2026-11-21", "-o", "json").json["late_entries"][0]["id"] == "TS-20261121-001"


def test_attached_files_are_kept_under_their_hash(
    wuye: Wuye, complaint: Complaint, office: Path, tmp_path: Path
) -> None:
    complaint()
    (tmp_path / "漏水 1.jpg").write_bytes(b"photo")
    said = wuye("complaint", "attach", "ts1", str(tmp_path / "漏水 1.jpg"), "-o", "json")
    entry = said.records[0]["log"][-1]
    assert entry["step"] == "attach" and (office / entry["file"]).read_bytes() == b"photo"
    (tmp_path / "link").symlink_to(tmp_path / "漏水 1.jpg")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * (21 * 1024 * 1024))
    before = sorted((office / "attachments").rglob("*"))
    for name in ("link", "pipe", "large", "nothing", "."):
        refused = wuye("complaint", "attach", "ts1", str(tmp_path / name))
        assert refused.code in (1, 2) and "请" in refused.err, name
    assert sorted((office / "attachments").rglob("*")) == before


# --- scripts and cron


def test_codes_for_scripts(wuye: Wuye, complaint: Complaint) -> None:
    assert wuye("due", "--check").code == 0
    complaint()
    assert wuye("due", "--check").code == 0
    assert wuye("due", "--check", now="2026-11-23T18:01").code == 3
    assert wuye("complaint", "list", "--late", "-q").out == "TS-20261122-001\n"
    assert wuye("complaint", "list", "--room", "9-9-999", "-o", "json").records == []
    said = wuye("complaint", "show", "99", "-o", "json")
    assert said.code == 1 and said.json["schema"] == "wuye.error" and said.json["error"]["code"] == "not-found"


def test_filters(wuye: Wuye, complaint: Complaint) -> None:
    complaint(now="2026-10-30T10:00")
    complaint(now="2026-11-20T10:00")
    wuye("complaint", "add", "1-1-101", "电梯停了", "--reporter", "甲", now="2026-11-22T10:00")

    def ids(*argv: str) -> list[str]:
        return [row["id"][3:] for row in wuye("complaint", "list", "-o", "json", *argv).records]

    assert ids() == ["20261122-001", "20261120-001", "20261030-001"]
    assert ids("--room", "1栋1单元101") == ["20261122-001"]
    assert ids("--period", "本月") == ["20261122-001", "20261120-001"]
    assert ids("--since", "2026-10-30", "--until", "2026-11-20") == ["20261120-001", "20261030-001"]
    assert ids("--text", "电梯") == ["20261122-001"]
    assert ids("--sort", "received", "--limit", "1") == ["20261030-001"]
    assert ids("--limit", "0") == ids()
    assert ids("--status", "已登记") == ids() and ids("--status", "closed") == []
    assert ids("--late") == ["20261030-001"]
    assert list(wuye("complaint", "list", "--fields", "id,房号", "-o", "json").records[0]) == ["id", "room"]


def test_cron_gets_the_same_bytes(wuye: Wuye, complaint: Complaint, office: Path, tmp_path: Path) -> None:
    complaint("--channel", "web")
    bare = {
        "PATH": os.environ["PATH"],
        "WUYE_NOW": "2026-11-22T12:00",
        "PYTHONPATH": str(Path(cli.__file__).parents[1]),
    }
    bare["PYTHONDONTWRITEBYTECODE"] = "1"
    here = {
        **bare,
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "40",
        "TERM": "xterm",
        "TZ": "America/New_York",
    }
    for argv in (["today"], ["due"], ["day", "-o", "md"], ["complaint", "list", "-o", "json"]):
        command = [sys.executable, "-m", "wuye", "--office", str(office), *argv]
        outs = [
            subprocess.run(command, env=env, cwd=cwd, capture_output=True, stdin=subprocess.DEVNULL, check=True).stdout
            for env, cwd in (
                (bare, tmp_path),
                ({**bare, "LANG": "C"}, office),
                ({**bare, "LC_ALL": "POSIX"}, "/"),
                (here, office),
            )
        ]
        assert len(set(outs)) == 1 and outs[0], argv


def test_add_and_json_load_only_what_they_need(office: Path) -> None:
    script = (
        "import sys; from wuye import cli; code = cli.run(sys.argv[2:]);"
        "bad = {'tabulate', 'wcwidth', 'jinja2', 'pypinyin', 'hashlib', 'dateutil', sys.argv[1]} & set(sys.modules);"
        "sys.exit(f'{bad}' if bad else code)"
    )
    listing = ["complaint", "list", "-o", "json"]
    for argv, bad in ((list(ADD), "sqlite3"), (["complaint", "note", "ts1", "好"], "sqlite3"), (listing, "yaml")):
        if argv is listing:  # the index is made first
            run_wuye(listing)
        done = subprocess.run(
            [sys.executable, "-c", script, bad, *argv], cwd=office, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (argv, done.stderr)


def test_a_page_goes_to_a_file(wuye: Wuye, complaint: Complaint, office: Path, tmp_path: Path) -> None:
    complaint()
    said = wuye("day", "-o", "md", "--out", str(tmp_path / "day.md"))
    assert said.code == 0 and said.out == "" and "日报" in (tmp_path / "day.md").read_text("utf-8")
    assert wuye("day", "--out", str(tmp_path / "no" / "where.md")).code in (73, 74)


@pytest.mark.parametrize("name", [
    "wuye.yaml", "records/2026-11/complaint.yaml", "Records/2026-11/new.csv", ".git/hooks/post-commit",
    ".wuye/index.db", "attachments/a.csv", "keys/slips.key", "way/../books/unit.yaml", "link",
])  # fmt: skip
def test_no_output_in_the_place_of_what_the_office_keeps(wuye: Wuye, office: Path, name: str) -> None:
    """An output name that meets a month file is refused: the records stay."""
    assert wuye(*ADD).code == 0
    (office / "way").mkdir()
    (office / "link").symlink_to(office / "records/2026-11/complaint.yaml")
    before = {p: p.read_bytes() for p in office.rglob("*") if p.is_file() and ".git/" not in str(p)}
    said = wuye("complaint", "list", "-o", "csv", "--out", str(office / name))
    assert said.code == 2 and "是台账自己的文件" in said.err
    assert {p: p.read_bytes() for p in before} == before
    assert not (office / ".git/hooks/post-commit").exists()
    assert wuye("complaint", "list", "-o", "csv", "--out", str(office / "清单.csv")).code == 0



def test_missing_values_are_asked_for_on_a_terminal_only(wuye: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wuye("complaint", "add", "1-1-101").code == 2
    asked = []
    real = cli._desk

    def desk() -> Any:
        return _watched(real())._replace(ask=lambda label: asked.append(label) or "王女士")

    monkeypatch.setattr(cli, "_desk", desk)
    assert wuye("complaint", "add", "1-1-101").code == 0
    assert asked == ["投诉人", "内容"]


def test_who_is_at_the_desk(wuye: Wuye, complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert complaint()["log"][0]["by"] == "李静"
    assert wuye("duty", "赵敏").out == "当班：赵敏\n"
    assert complaint()["log"][0]["by"] == "赵敏"
    assert complaint("--by", "周云")["log"][0]["by"] == "周云"


def test_a_clock_behind_the_newest_record_is_said(wuye: Wuye, complaint: Complaint) -> None:
    complaint()
    said = wuye("complaint", "add", "1-1-101", "灯不亮", "--reporter", "甲", now="2026-11-20T10:00")
    assert said.code == 0 and "请核对电脑时间" in said.err
    assert "时钟" in wuye("doctor").out and "请核对电脑时间" in wuye("doctor").out
    assert "请核对" not in wuye("complaint", "inform", "ts1", "--said", "在修", now="2026-11-22T11:00").err


def test_desk_letters(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    complaint()
    path = office / "wuye.yaml"
    path.write_text(path.read_text("utf-8").replace("# letter: A", "letter: B"), "utf-8")
    assert complaint()["id"] == "TS-20261122-B001"
    assert wuye("complaint", "show", "ts1", "-o", "json").records[0]["id"] == "TS-20261122-B001"


def test_the_offices_own_calendar_wins(wuye: Wuye, complaint: Complaint, office: Path) -> None:
    (office / "calendar").mkdir()
    (office / "calendar" / "2026.yaml").write_text("'2026-11-23': off 停电\n'2026-11-24': work 上班\n", "utf-8")
    clock = complaint()["clocks"][0]
    assert clock["due"] == "2026-11-24T18:00+08:00" and "own" in clock["rule"]
    late = complaint(now="2026-12-31T17:00")["clocks"][0]
    assert late["due"] == "2027-01-01T18:00+08:00" and "2027" in late["rule"] and "未公布" in late["rule"]
    (office / "calendar" / "2026.yaml").write_text("'2026-11-23': maybe\n", "utf-8")
    assert wuye("today").code == 78


def test_leaving_a_pipe_early_is_no_error(office: Path) -> None:
    assert run_wuye(list(ADD)).code == 0
    script = f"{sys.executable} -m wuye complaint list -o json | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=office, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("0\n") and "Traceback" not in done.stderr


def test_a_note_with_a_control_mark_is_refused(wuye: Wuye) -> None:
    assert wuye(*ADD).code == 0
    said = wuye("complaint", "note", "ts1", "\x1b[31m红")
    assert said.code == 2 and "备注：含有看不见的控制字符 U+001B" in said.err


@pytest.mark.parametrize("argv", [("--office", "LONG", "today"), ("init", "LONG"), ("backup", "LONG"), ("site", "LONG"),
                                  ("restore", "LONG", "x"), ("survey", "check", "LONG"), ("import", "LONG"),
                                  ("complaint", "add", "--from", "LONG")])  # fmt: skip
def test_a_name_that_no_disk_takes_is_told_in_chinese(argv: tuple[str, ...], wuye: Wuye) -> None:
    said = wuye(*("长" * 300 if word == "LONG" else word for word in argv))
    assert said.code not in (0, 70) and said.err.startswith("错误：") and "请" in said.err
    assert "too long" not in said.err
