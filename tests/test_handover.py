"""The handover: gathered by the program, signed by both, tagged in git; what changed after it shows (domain.md 11)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Said, played, tree

from wuye import git
from wuye.errors import NotCommitted

Wuye = Callable[..., Said]
EVENING, SIX, MORNING = "2026-11-22T17:50", "2026-11-22T18:00", "2026-11-23T08:55"


def good(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


def one(said: Said) -> dict[str, Any]:
    return good(said).records[0]


def given(row: dict[str, Any]) -> dict[str, Any]:
    """What the last signature of the giver keeps."""
    found: dict[str, Any] = [e for e in row["log"] if e["step"] == "give"][-1]
    return found


def tags(office: Path) -> list[str]:
    return subprocess.run(["git", "tag"], cwd=office, capture_output=True, text=True, check=True).stdout.split()


def give(wuye: Wuye, *options: str, now: str = EVENING) -> dict[str, Any]:
    return one(wuye("handover", "give", "--to", "张晓", *options, "-o", "json", now=now))


def take(wuye: Wuye, *options: str, by: str = "张晓", now: str = SIX) -> Said:
    good(wuye("handover", "tick", "--items", "全部", now=now))
    return wuye("handover", "take", "--by", by, *options, now=now)


@played
def busy(wuye: Wuye) -> Wuye:
    """An afternoon: a complaint, a visitor inside and one that left, a pass issued, a promise for tomorrow, cash."""
    for words in (
        ("complaint", "add", "3-2-1201", "厨房漏水", "--reporter", "王女士"),
        ("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201", "--badge", "05"),
        ("visitor", "add", "--name", "孙女士", "--purpose", "探亲", "--unit", "3-2-1202"),
        ("visitor", "leave", "fk2"),
        ("pass", "add", "3-2-1201", "--carrier", "王女士", "--relation", "业主", "--goods", "冰箱x1"),
        ("pass", "confirm", "fx1"), ("pass", "issue", "fx1"),
        ("dunning", "add", "3-2-1203", "--method", "电话", "--collector", "周敏", "--promise-date", "明天"),
        ("receiptbook", "add", "甲本", "0012301", "0012350"),
        ("payment", "add", "3-2-1201", "300", "--way", "现金", "--next-receipt"),
        ("payment", "add", "3-2-1202", "120.50", "--way", "微信", "--next-receipt"),
        ("payment", "add", "3-2-1204", "999", "--way", "现金", "--by", "周敏"),
    ):  # fmt: skip
        good(wuye(*words, "--yes", now="2026-11-22T16:00"))
    return wuye


# --- what is gathered


def test_give_gathers_everything_of_every_kind(busy: Wuye) -> None:
    row = give(busy, "--cash", "100x3")
    assert (row["status"], row["giver"], row["to"]) == ("given", "李静", "张晓")
    kept = given(row)
    assert [line.split()[0] for line in kept["matters"]] == ["TS-20261122-001", "CS-20261122-001"]
    assert "3-2-1201 王女士 厨房漏水" in kept["matters"][0] and "首次响应" in kept["matters"][0]
    assert [line.split()[0] for line in kept["inside"]] == ["FK-20261122-001"]
    assert kept["keys_out"] == ["访客证 05 FK-20261122-001 3-2-1201 赵先生"]
    assert [line.split()[0] for line in kept["passes"]] == ["FX-20261122-001"]
    assert any("付款承诺 11-23" in line and "CS-20261122-001" in line for line in kept["promises"])
    assert kept["papers"] == [{"book": "甲本", "first": "0012301", "last": "0012302", "used": 2, "spoiled": 0}]
    assert row["open_matters"] == 2 and row["matters_signed"] == kept["matters"]
    assert {line.split()[0] for line in kept["changed"]} >= {"FK-20261122-002", "SK-20261122-001", "PL-20261122-001"}
    assert good(busy("check")).err == ""


def test_what_is_pasted_into_a_chat_names_nobody_of_the_records_it_quotes(busy: Wuye) -> None:
    good(busy("resident", "add", "欧阳建国", "3-2-1203", "--role", "owner"))
    good(busy("complaint", "add", "3-2-1204", "漏水", "--reporter", "王伟", "--yes"))
    good(busy("complaint", "add", "3-2-1204", "漏" * 100, "--reporter", "司马相如", "--yes"))
    give(busy, "--cash", "100x3", "--note", "请给欧阳建国和吴小婷回电")
    shown = good(busy("handover", "show", "jj1", "--wechat")).out
    assert "TS-20261122-002 投诉 3-2-1204 王*" in shown, shown
    assert not [name for name in ("欧阳建国", "王伟", "司马相", "周敏") if name in shown], shown
    assert "欧阳**" in shown


def test_preview_shows_the_same_and_writes_nothing(busy: Wuye, office: Path) -> None:
    before = tree(office)
    said = good(busy("handover", "preview", now=EVENING))
    assert "应有现金 300.00" in said.out and "厨房漏水" in said.out and "没有写入" in said.out
    assert tree(office) == before and tags(office) == []
    assert good(busy("handover", "preview", "-o", "json")).json["gathered"]["expected"] == "300.00"
    dry = good(busy("handover", "give", "--to", "张晓", "--cash", "100x3", "--dry-run"))
    assert "试运行" in dry.err and tree(office) == before and tags(office) == []


def test_cash_is_counted_against_what_should_be_there(busy: Wuye, office: Path) -> None:
    before = tree(office)
    said = busy("handover", "give", "--to", "张晓", now=EVENING)
    assert said.code == 2 and "现金应有 300.00" in said.err and "--cash" in said.err
    said = busy("handover", "give", "--to", "张晓", "--cash", "100x2,50x1")
    assert said.code == 2 and "实点 250.00，应有 300.00，差 -50.00" in said.err and tree(office) == before
    row = give(busy, "--cash", "100x2,50x1", "--difference-reason", "少收一张，明天查")
    assert (row["expected"], row["counted"], row["difference"]) == ("300.00", "250.00", "-50.00")
    kept = given(row)
    assert kept["cashiers"] == ["张晓", "李静"], "what the collector took outside does not lie at the desk"
    assert [t["way"] for t in kept["takings"]] == ["cash", "wechat"]


def test_the_next_shift_counts_on_from_what_was_counted(busy: Wuye) -> None:
    good(busy("dayclose", "add", "--count", "100x3", now="2026-11-22T17:40"))
    give(busy, "--cash", "100x3")
    good(take(busy))
    good(busy("dayclose", "hand-in", "rj1", "--to", "吴婷", "--by", "张晓", now="2026-11-23T10:00"))
    good(busy("payment", "add", "3-2-1201", "80", "--way", "现金", "--by", "张晓"))
    late = ("payment", "add", "3-2-1202", "20", "--way", "现金", "--by", "李静", "--at", "2026-11-22 17:45")
    good(busy(*late, now="2026-11-23T11:00"))
    row = one(busy("handover", "give", "--to", "李静", "--by", "张晓", "--cash", "100x1", "-o", "json",
                   now="2026-11-23T17:50"))  # fmt: skip
    kept = given(row)
    assert (kept["carried"], kept["cash_in"], kept["turned_in"]) == ("300.00", "100.00", "300.00")
    assert (row["expected"], row["difference"]) == ("100.00", "0.00")
    assert kept["previous"] == "JJ-20261122-001" and kept["since"] == "2026-11-22T17:50+08:00"
    assert "papers" not in kept and "周敏" not in kept["cashiers"]


def test_the_float_is_there_from_the_beginning(wuye: Wuye, office: Path) -> None:
    path = office / "wuye.yaml"
    path.write_text(path.read_text("utf-8").replace("rules:\n", "rules:\n  handover.float: 500\n"), "utf-8")
    said = wuye("handover", "give", "--to", "张晓", now=EVENING)
    assert said.code == 2 and "现金应有 500.00" in said.err
    assert give(wuye, "--cash", "100x5")["difference"] == "0.00"


def test_without_git_the_logs_tell_what_changed(busy: Wuye, office: Path) -> None:
    (office / ".git").rename(office / "gone")
    give(busy, "--cash", "100x3")
    good(take(busy))
    good(busy("complaint", "note", "ts1", "已派工程部", now="2026-11-23T09:00"))
    said = good(busy("handover", "give", "--to", "李静", "--by", "张晓", "--cash", "100x3", "-o", "json"))
    assert "没有上次交班的标签" in said.err
    assert given(said.records[0])["changed"] == ["TS-20261122-001 投诉 备注 张晓 11-23 09:00"]
    refused = busy("handover", "changes", "jj1122-1")
    assert refused.code == 1 and "没有标签" in refused.err


@pytest.mark.git
def test_with_git_changes_since_the_last_one_are_records(busy: Wuye, office: Path) -> None:
    give(busy, "--cash", "100x3")
    good(take(busy))
    good(busy("complaint", "note", "ts1", "已派工程部", now="2026-11-23T09:00"))
    path = office / "records/2026-11/visitor.yaml"
    path.write_text(path.read_text("utf-8").replace("送货", "送花"), "utf-8")
    row = one(busy("handover", "give", "--to", "李静", "--by", "张晓", "--cash", "100x3", "-o", "json"))
    assert given(row)["changed"] == [
        "TS-20261122-001 投诉 备注 张晓 11-23 09:00", "FK-20261122-001 访客 手工改动"
    ]  # fmt: skip


def test_the_first_one_begins_with_what_earlier_days_had_not_turned_in(wuye: Wuye) -> None:
    pay = ("payment", "add", "3-2-1201", "--way", "现金", "--yes")
    good(wuye(*pay, "100", now="2026-11-20T10:00"))
    good(wuye(*pay, "70", now="2026-11-21T10:00"))
    for day, count in (("2026-11-20", "100x1"), ("2026-11-21", "50x1,20x1")):
        good(wuye("dayclose", "add", day, "--count", count))
    good(wuye("dayclose", "hand-in", "rj1120-1", "--to", "吴婷", now="2026-11-21T17:00"))
    good(wuye("dayclose", "hand-in", "rj1121-1", "--to", "吴婷", now="2026-11-22T09:30"))
    row = give(wuye)
    assert (given(row)["carried"], given(row)["turned_in"], row["expected"]) == ("70.00", "70.00", "0.00")


# --- special notes


def test_notes_wait_on_the_draft_until_it_is_given(wuye: Wuye) -> None:
    row = one(wuye("handover", "remind", "王女士的钥匙在前台", "-o", "json", now="2026-11-22T15:00"))
    assert row["status"] == "draft"
    good(wuye("handover", "remind", "2号电梯停用，维保明早来"))
    row = give(wuye, "--note", "信报箱钥匙换了，旧的作废；快递柜报修")
    assert row["id"] == "JJ-20261122-001" and row["specials"] == [
        "王女士的钥匙在前台", "2号电梯停用，维保明早来", "信报箱钥匙换了，旧的作废", "快递柜报修",
    ]  # fmt: skip
    assert "王女士的钥匙在前台" in good(wuye("print", "jj1")).out
    assert wuye("handover", "remind").code == 2


def test_a_key_gives_and_takes_once(wuye: Wuye) -> None:
    for _ in range(2):
        row = one(wuye("handover", "give", "--to", "张晓", "--once", "a", "-o", "json", now=EVENING))
        assert (row["id"], len(row["log"])) == ("JJ-20261122-001", 2)
    good(wuye("handover", "tick", "--items", "全部"))
    for _ in range(2):
        row = one(wuye("handover", "take", "--by", "张晓", "--once", "b", "-o", "json"))
        assert (row["id"], len(row["log"])) == ("JJ-20261122-001", 4)
    for _ in range(2):
        row = one(wuye("handover", "remind", "水泵房钥匙在张晓处", "--once", "c", "-o", "json"))
        assert (row["id"], len(row["log"])) == ("JJ-20261122-002", 2)
    for _ in range(2):
        row = one(wuye("handover", "give", "--to", "李静", "--once", "d", "-o", "json"))
        assert (row["id"], len(row["log"])) == ("JJ-20261122-002", 3)


# --- the second signature


def test_nobody_leaves_before_the_list_is_done(wuye: Wuye, office: Path) -> None:
    give(wuye)
    before = tree(office)
    said = wuye("handover", "take", "--by", "张晓", now=SIX)
    assert said.code == 1 and tree(office) == before
    for words in ("特别交待", "文件", "归档", "钥匙", "物品", "办公用品", "现金", "收据", "电源", "保险柜", "电话转"):
        assert words in said.err, words
    good(wuye("handover", "tick", "--items", "全部"))
    row = one(wuye("handover", "take", "--by", "张晓", "-o", "json"))
    assert (row["status"], row["taken_by"]) == ("taken", "张晓")
    assert wuye("handover", "tick", row["id"], "--items", "1").code == 1


def test_before_the_shift_there_is_a_list_too(wuye: Wuye) -> None:
    row = give(wuye)
    names = [c["name"] for c in row["checks"] if c["group"] == "接班前"]
    for words in ("5 分钟", "着装", "环境", "空调", "电话", "打印机", "对讲机", "表", "宣传", "钥匙", "转接"):
        assert any(words in name for name in names), words
    assert [c for c in row["checks"] if c["group"] == "行为规范"]
    start = next(i for i, c in enumerate(row["checks"], 1) if c["group"] == "交班时")
    good(wuye("handover", "tick", "--items", f"{start}-{len(row['checks'])}"))
    said = good(wuye("handover", "take", "--by", "张晓"))
    assert f"接班前还有 {start - 1} 项没有勾选" in said.err


def test_nobody_relieves_himself_but_the_control_centre_may(wuye: Wuye) -> None:
    assert wuye("handover", "give", "--to", "李静", now=EVENING).code == 1
    give(wuye)
    said = take(wuye, by="李静")
    assert said.code == 1 and "李静 是交班人，不能自己接" in said.err
    good(wuye("undo", "--yes"))
    start = 17
    good(wuye("handover", "tick", "--items", f"{start}-28"))
    said = wuye("handover", "take", "--by", "控制中心", "-o", "json")
    row = one(said)
    assert "交给的是 张晓，由 控制中心 接班签字" in said.err and "接班前还有" not in said.err
    assert {c["mark"] for c in row["checks"] if c["group"] != "交班时"} == {"none"}
    assert good(wuye("duty")).out == "当班：控制中心\n"


def test_another_shift_waits_for_the_signature(wuye: Wuye) -> None:
    give(wuye)
    said = wuye("handover", "give", "--to", "王芳", "--by", "张晓")
    assert said.code == 1 and "JJ-20261122-001（李静 交给 张晓）还没有接班签字" in said.err
    good(take(wuye))
    assert good(wuye("duty")).out == "当班：张晓\n"
    assert wuye("handover", "take", "--by", "张晓").code == 1


def test_a_signature_that_is_refused_sends_it_back(busy: Wuye, office: Path) -> None:
    give(busy, "--cash", "100x3")
    assert busy("handover", "dispute").code == 2
    row = one(busy("handover", "dispute", "--reason", "现金只有 200", "--by", "张晓", "-o", "json", now=SIX))
    assert row["status"] == "draft" and row["open_matters"] is None
    assert "被退回（现金只有 200）" in good(busy("today")).out
    row = give(busy, "--cash", "100x2", "--difference-reason", "找错零", now="2026-11-22T18:05")
    assert (row["id"], row["difference"], row["expected"]) == ("JJ-20261122-001", "-100.00", "300.00")
    assert [c["due"] for c in row["clocks"]] == ["2026-11-22T18:35+08:00"]
    assert tags(office) == ["handover/JJ-20261122-001/give", "handover/JJ-20261122-001/give-2"]


def test_given_and_not_taken_comes_due(wuye: Wuye) -> None:
    give(wuye)
    assert "接班签字" in good(wuye("due")).out
    row = one(wuye("handover", "show", "jj1", "-o", "json", now="2026-11-22T18:21"))
    assert [(c["due"], c["state"]) for c in row["clocks"]] == [("2026-11-22T18:20+08:00", "late")]
    good(take(wuye, now="2026-11-22T18:30"))
    assert "接班签字" not in good(wuye("due")).out


# --- tags, and what changed after the signature


@pytest.mark.git
def test_both_signatures_leave_a_tag(wuye: Wuye, office: Path) -> None:
    give(wuye)
    good(take(wuye))
    assert tags(office) == ["handover/JJ-20261122-001/give", "handover/JJ-20261122-001/take"]
    show = ["git", "for-each-ref", "--format=%(objecttype) %(taggername) %(*objectname)", "refs/tags/*/*/take"]
    told = subprocess.run(show, cwd=office, capture_output=True, text=True, check=True).stdout.split()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=office, capture_output=True, text=True, check=True).stdout
    assert told == ["tag", "张晓", head.strip()]


@pytest.mark.git
def test_what_changed_after_the_signature_shows(busy: Wuye, office: Path) -> None:
    give(busy, "--cash", "100x3")
    good(take(busy))
    assert good(busy("handover", "changes", "jj1")).out.endswith("签字之后没有改动\n")
    good(busy("visitor", "leave", "fk1", "--by", "张晓"))
    good(busy("handover", "edit", "jj1", "--documents", "催款通知单 2 份", "--by", "李静", now="2026-11-22T18:10"))
    answer = good(busy("handover", "changes", "jj1", "-o", "json")).json
    assert answer["tag"] == "handover/JJ-20261122-001/take" and answer["own"] is True
    assert [(r["id"], r["what"], r["own"]) for r in answer["rows"]] == [
        ("JJ-20261122-001", "更正", True), ("FK-20261122-001", "离开", False)
    ]  # fmt: skip
    rows = good(busy("handover", "changes", "jj1", "--from", "交班", "-o", "json")).json["rows"]
    assert rows[0]["what"] == "勾选、接班、更正" and busy("handover", "changes", "jj1", "--from", "x").code == 2
    said = good(busy("handover", "show", "jj1"))
    assert "签字后又有 2 条记录改动" in said.err and "签字后改动：更正（11-22 18:10 李静）" in said.out
    path = office / "records/2026-11/handover.yaml"
    path.write_text(path.read_text("utf-8").replace("催款通知单 2 份", "催款通知单 1 份", 1), "utf-8")
    rows = good(busy("handover", "changes", "jj1", "-o", "json")).json["rows"]
    assert rows[0]["what"] == "更正、手工改动" and rows[0]["hand"] is True


@pytest.mark.git
def test_a_tag_that_fails_loses_nothing(wuye: Wuye, monkeypatch: pytest.MonkeyPatch, office: Path) -> None:
    def full(self: git.Git, name: str, message: str, author: str) -> None:
        raise NotCommitted(f"git 没有打上标签 {name}：请看 git")

    monkeypatch.setattr(git.Git, "tag", full)
    said = good(wuye("handover", "give", "--to", "张晓", now=EVENING))
    assert "没有打上标签 handover/JJ-20261122-001/give" in said.err and tags(office) == []
    monkeypatch.undo()
    os.environ["WUYE_NOW"], os.environ["WUYE_USER"] = SIX, "李静"
    assert yaml.safe_load((office / "records/2026-11/handover.yaml").read_text("utf-8"))[0]["status"] == "given"


@pytest.mark.git
def test_a_tag_is_never_moved(office: Path) -> None:
    desk = git.Git(office)
    desk.tag("handover/JJ-20261122-001/give", "交班", "李静")
    with pytest.raises(NotCommitted, match="没有打上标签"):
        desk.tag("handover/JJ-20261122-001/give", "交班", "李静")
    assert len(desk.tagged("handover/JJ-20261122-001/give")) == 40 and desk.tagged("nothing") == ""


@pytest.mark.git
def test_undo_takes_back_one_signature_at_a_time(busy: Wuye, office: Path) -> None:
    good(busy("handover", "remind", "水泵房钥匙在张晓处", now="2026-11-22T17:00"))
    give(busy, "--cash", "100x3")
    said = good(take(busy))
    assert busy("undo", "--back", "3", "--yes").code == 1, "given cannot be taken back under what was taken"
    good(busy("undo", "--yes"))
    row = one(busy("handover", "show", "jj1", "-o", "json"))
    assert row["status"] == "given" and row["touched_after"] == "" and row["open_matters"] == 2
    good(busy("undo", "--yes"))
    good(busy("undo", "--yes"))
    row = one(busy("handover", "show", "jj1", "-o", "json"))
    assert (row["status"], row["expected"], row["open_matters"]) == ("draft", None, None)
    row = give(busy, "--cash", "100x3", "--by", "李静", now="2026-11-22T18:20")
    assert row["id"] == "JJ-20261122-001" and row["counted"] == "300.00"
    assert tags(office)[-1] == "handover/JJ-20261122-001/take" and said.code == 0
    assert good(busy("check")).err == ""


# --- an evening


@pytest.mark.git
def test_an_evening_and_the_morning_after(busy: Wuye, office: Path) -> None:
    """17:50 given, 18:00 taken by the control centre, 08:55 back at the desk."""
    good(busy("handover", "remind", "赵先生还没有离开", now="2026-11-22T17:00"))
    row = one(busy("handover", "give", "--to", "控制中心", "--cash", "100x3", "-o", "json", now=EVENING))
    good(busy("handover", "tick", "--items", "17-28", "--by", "李静"))
    good(busy("handover", "take", "--by", "控制中心", now=SIX))
    good(busy("visitor", "leave", "fk1", now="2026-11-22T20:10"))
    night = one(busy("handover", "give", "--to", "李静", "--note", "22:40 3-2-1201 水管爆裂，已关阀", "-o", "json",
                     now=MORNING))  # fmt: skip
    assert (night["giver"], night["to"], night["counted"]) == ("控制中心", "李静", None)
    assert night["expected"] == "300.00", "what lies in the safe is still there"
    kept = given(night)
    assert "inside" not in kept and kept["previous"] == row["id"]
    assert kept["changed"] == ["FK-20261122-001 访客 离开 控制中心 11-22 20:10"]
    assert next(c["name"] for c in night["checks"] if c["group"] == "交班时").startswith("夜间来电来访")
    good(busy("handover", "tick", "--items", "全部"))
    assert one(busy("handover", "take", "--by", "李静", "-o", "json"))["status"] == "taken"
    assert good(busy("duty")).out == "当班：李静\n"
    assert [t.rpartition("/")[2] for t in tags(office)] == ["give", "take"] * 2
    day = one(busy("handover", "give", "--to", "张晓", "--cash", "100x3", "-o", "json", now="2026-11-23T17:50"))
    assert given(day)["carried"] == "300.00" and day["difference"] == "0.00"
    assert good(busy("check")).err == ""


def test_a_float_counted_with_the_days_close_stays_in_the_drawer(wuye: Wuye, office: Path) -> None:
    """What is turned in is what was taken: the next handover finds the float, counted once."""
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace("rules:\n", "rules:\n  handover.float: 200\n"), "utf-8")
    assert wuye("payment", "add", "3-2-1201", "300", "--way", "现金", "--at", "09:10").code == 0
    close = wuye("dayclose", "add", "--count", "100x5", "-o", "json").records[0]
    assert (close["float"], close["difference"]) == ("200.00", "0.00")
    assert wuye("dayclose", "hand-in", "rj1", "--to", "孙会计").code == 0
    assert wuye("handover", "add", "--giver", "李静", "--to", "赵敏").code == 0
    preview = wuye("handover", "give", "jj1", "--cash", "100x2", "-o", "json")
    assert preview.code == 0, preview.err
    given = preview.records[0]["log"][-1]
    assert (given["carried"], given["turned_in"], given["expected"]) == ("200.00", "300.00", "200.00")
