"""A person's copy, correction and erasure, and keeping no longer than needed (domain.md K, design.md 6)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played

from wuye import forgetting
from wuye.errors import Ambiguous
from wuye.office import Office
from wuye.personal.meant import meant

Wuye = Callable[..., Said]
PHONE, LATER, PLATE, TAIL = "13800138000", "13900139000", "粤B12345", "987X"
GONE = "（已删除）"


def ok(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


@played
def known(wuye: Wuye, office: Path) -> Wuye:
    """王女士 of 3-2-1201 in several kinds of record, another of her name, a neighbour in one of hers."""
    ok(wuye("complaint", "add", "3-2-1201", f"王女士说漏水，电话 {PHONE}", "--reporter", "王女士", "--phone", PHONE))
    ok(wuye("complaint", "join", "ts1", "--joiner", "张先生", "--joiner-phone", "13700137000"))
    ok(wuye("complaint", "edit", "ts1", "--phone", LATER))
    ok(wuye("complaint", "note", "ts1", "已电王女士 138 0013 8000，又打 13600136000"))
    ok(wuye("visitor", "add", "--name", "王女士", "--phone", PHONE, "--purpose", "找人", "--unit", "1-1-101",
            "--id-type", "idcard", "--id-tail", TAIL, "--plate", PLATE))  # fmt: skip
    ok(wuye("complaint", "add", "5-1-101", "吵", "--reporter", "王女士", "--phone", "13500135000"))
    return wuye


def standing(office: Path, *words: str) -> list[str]:
    """Files of the office, its index and its journal among them, that still hold one of these words; not git's."""
    return [
        str(path.relative_to(office)) for path in sorted(office.rglob("*"))
        if path.is_file() and ".git" not in path.parts and any(word.encode() in path.read_bytes() for word in words)
    ]  # fmt: skip


# --- forgetting


def test_forgetting_takes_a_person_out_of_every_record_log_and_index(known: Wuye, office: Path) -> None:
    ok(known("find", "王女士"))
    assert ".wuye/index.sqlite" in standing(office, PHONE)
    said = ok(known("person", "forget", PHONE, "--yes", "--reason", "王女士要求", "-o", "json"))
    assert {row["id"] for row in said.json["rows"]} == {"TS-20261122-001", "FK-20261122-001"}
    assert standing(office, PHONE, LATER, "138 0013 8000", PLATE, TAIL) == []
    record = ok(known("complaint", "show", "ts1", "-o", "json")).records[0]
    assert (record["reporter"], record["phone"]) == (GONE, GONE)
    assert record["text"] == f"{GONE}说漏水，电话 {GONE}"
    last = record["log"][-1]
    assert last["step"] == "forget" and set(last["forgot"]) >= {"reporter", "phone"}
    assert last["reason"] == f"{GONE}要求"
    assert "was" not in last
    assert record["log"][2]["was"] == {"phone": GONE}
    # the neighbour and the namesake stay
    assert record["log"][1]["joiner"] == "张先生"
    assert ok(known("complaint", "show", "ts2", "-o", "json")).records[0]["reporter"] == "王女士"
    assert known("check").code == 0
    ok(known("find", "漏水"))
    assert standing(office, PHONE, LATER, PLATE, TAIL) == []


def test_what_could_not_be_reached_is_printed(known: Wuye, office: Path) -> None:
    (office / "knowledge").mkdir(exist_ok=True)
    (office / "knowledge" / "电话.md").write_text(f"# 电话\n\n王女士 {PHONE}\n", "utf-8")
    month = office / "records" / "2026-11" / "complaint.yaml"
    month.write_text(month.read_text("utf-8") + f"# 她的电话 {PHONE}\n", "utf-8")
    (office / "photo.jpg").write_bytes(b"jpg")
    ok(known("complaint", "attach", "ts1", "photo.jpg"))
    subprocess.run(["git", "remote", "add", "总部", "/nowhere"], cwd=office, check=True)
    ok(known("complaint", "show", "ts1", "--reveal", "--reason", "回电"))
    told = ok(known("person", "forget", PHONE, "--yes")).err
    for words in ("git 历史", "总部", "备份", "纸质", "查阅日志", "附件", "knowledge/电话.md:3",
                  "records/2026-11/complaint.yaml:", "没有办结", "TS-20261122-002"):  # fmt: skip
        assert words in told, words


def test_forgetting_is_asked_about_and_can_be_tried(known: Wuye, office: Path) -> None:
    before = standing(office, PHONE)
    said = known("person", "forget", PHONE)
    assert said.code == 2 and "--yes" in said.err
    assert "试运行" in ok(known("person", "forget", PHONE, "--dry-run")).err
    assert standing(office, PHONE) == before


def test_a_name_that_several_people_have_is_not_guessed(known: Wuye, office: Path) -> None:
    said = known("person", "forget", "王女士", "--yes")
    assert said.code == 4 and "5-1-101" in said.err and PHONE not in said.err
    assert known("person", "forget", "王女士", "--room", "5-1-101", "--yes").code == 0
    assert PHONE in (office / "records/2026-11/complaint.yaml").read_text("utf-8")
    with pytest.raises(Ambiguous):
        ok(known("complaint", "add", "3-2-1201", "吵", "--reporter", "赵先生", "--phone", "13100131000"))
        meant(Office(office), "3-2-1201")
    assert known("person", "forget", "没有此人", "--yes").code == 1
    assert known("person", "forget", "11010519491231002X", "--yes").code == 2


def test_records_of_money_stay_and_the_law_is_named(known: Wuye) -> None:
    ok(known("payment", "add", "3-2-1201", "--amount", "100", "--payer", "王女士", "--way", "现金"))
    said = ok(known("person", "forget", PHONE, "--yes", "-o", "json"))
    assert said.json["kept"] and "会计档案管理办法" in said.err
    assert ok(known("payment", "list", "-o", "json")).records[0]["payer"] == "王女士"


def test_no_undo_brings_it_back(known: Wuye, office: Path) -> None:
    ok(known("person", "forget", PHONE, "--yes"))
    said = known("undo", "--dry-run")
    assert "删除个人资料" not in said.out
    for argv in (["undo", "ts1", "--yes"], ["undo", "ts1", "--yes"], ["undo", "--yes"], ["redo", "--yes"]):
        known(*argv)
    assert standing(office, PHONE, LATER, PLATE, TAIL) == []
    told = ok(known("history", "ts1", "--reveal", "--reason", "核对")).out
    assert PHONE not in told and LATER not in told and "删除个人资料" in told


def test_a_change_by_hand_that_git_remembers_is_not_told_again(known: Wuye, office: Path) -> None:
    month = office / "records/2026-11/complaint.yaml"
    month.write_text(month.read_text("utf-8").replace("phone: '13900139000'\n  text", "phone: '13200132000'\n  text"))
    argv = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qam", "手改"]
    subprocess.run(argv, cwd=office, check=True)
    ok(known("person", "forget", "13200132000", "--yes"))
    told = ok(known("history", "ts1", "--reveal", "--reason", "核对")).out
    assert "手工改动" in told and "13200132000" not in told and LATER not in told


def test_a_forget_hides_no_other_change_by_hand(known: Wuye, office: Path) -> None:
    month = office / "records/2026-11/complaint.yaml"
    ok(known("person", "forget", PHONE, "--yes"))
    assert "手工改动" not in ok(known("history", "ts1")).out
    month.write_text(month.read_text("utf-8").replace("people: '1'", "people: '9'", 1), "utf-8")
    argv = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--amend", "-a", "--no-edit"]
    subprocess.run(argv, cwd=office, check=True)
    assert "手工改动" in ok(known("history", "ts1")).out


def test_what_a_merge_brings_back_is_found_and_swept(known: Wuye, office: Path) -> None:
    month = office / "records/2026-11/visitor.yaml"
    before = month.read_text("utf-8")
    ok(known("person", "forget", PHONE, "--yes"))
    after = month.read_text("utf-8")
    old = before.split("phone: ")[1].split("\n")[0]
    month.write_text(after.replace(f"phone: '{GONE}'", f"phone: {old}"), "utf-8")
    said = known("check")
    assert said.code == 65 and "visitor.yaml:" in said.err and "privacy sweep" in said.err
    assert "又被合并带回" in known("doctor").out
    ok(known("privacy", "sweep", "--yes"))
    assert known("check").code == 0 and standing(office, PHONE) == []


def test_a_value_entered_anew_is_no_return(known: Wuye) -> None:
    ok(known("person", "forget", PHONE, "--yes"))
    ok(known("complaint", "edit", "ts1", "--phone", "13300133000"))
    assert known("check").code == 0
    assert "没有到期" in ok(known("privacy", "sweep", "--yes")).out
    assert known("complaint", "list", "-o", "json").records[-1]["phone"] == "133****3000"


def test_forgetting_twice_finds_nothing(known: Wuye) -> None:
    ok(known("person", "forget", PHONE, "--yes"))
    assert known("person", "forget", PHONE, "--yes").code == 1


def test_one_commit_that_names_nobody(known: Wuye, office: Path) -> None:
    count = ["git", "rev-list", "--count", "HEAD"]
    before = int(subprocess.run(count, cwd=office, capture_output=True, text=True).stdout)
    ok(known("person", "forget", PHONE, "--yes"))
    assert int(subprocess.run(count, cwd=office, capture_output=True, text=True).stdout) == before + 1
    log = subprocess.run(["git", "log", "-1", "--format=%B"], cwd=office, capture_output=True, text=True).stdout
    assert "删除个人资料 2 条" in log and "王" not in log


def resident(wuye: Wuye, name: str, room: str, phone: str, *more: str) -> None:
    given = ["--role", "family", "--since", "2024-01-01", "--phones", phone]
    ok(wuye("resident", "add", name, room, *given, *more, "--yes"))


def test_a_namesake_in_the_same_record_is_another_man(wuye: Wuye, office: Path) -> None:
    """He joined the complaint, with a telephone of his own."""
    resident(wuye, "张伟", "1-1-201", "13811110001")
    resident(wuye, "张伟", "1-2-102", "13822220002")
    ok(wuye("complaint", "add", "1-1-201", "电梯太慢", "--reporter", "张伟", "--phone", "13811110001"))
    ok(wuye("complaint", "join", "ts1", "--joiner", "张伟", "--joiner-phone", "13822220002"))
    assert "13822220002" not in ok(wuye("person", "export", "13811110001", "-o", "json")).out
    assert ok(wuye("person", "export", "13822220002", "-o", "html")).out.count("13822220002")
    dry = ok(wuye("person", "forget", "13811110001", "--dry-run"))
    assert "张伟 1-1-201 138****0001" in dry.out and "1-2-102" not in dry.out
    ok(wuye("person", "forget", "13811110001", "--yes"))
    assert "13811110001" not in (office / "books/resident.yaml").read_text("utf-8")
    assert "13822220002" in (office / "books/resident.yaml").read_text("utf-8")
    assert ok(wuye("who", "13822220002")).out.count("张伟")


def test_a_longer_name_and_the_offices_own_people_stay(wuye: Wuye, office: Path) -> None:
    ok(wuye("staff", "add", "许文"))
    resident(wuye, "许文", "1-1-102", "13822223333")
    resident(wuye, "许文静", "1-1-102", "13822224444")
    ok(wuye("complaint", "add", "1-1-102", "许文静说许文家窗户漏风", "--reporter", "许文静", "--phone", "13822224444",
            "--first-contact", "许文"))  # fmt: skip
    ok(wuye("person", "forget", "13822223333", "--yes"))
    record = ok(wuye("complaint", "show", "ts1", "-o", "json", "--reveal", "--reason", "核对")).records[0]
    assert (record["reporter"], record["first_contact"]) == ("许文静", "许文")
    assert record["text"] == f"许文静说{GONE}家窗户漏风"
    names = {r["name"] for r in ok(wuye("resident", "list", "--room", "1-1-102", "-o", "json")).records}
    assert names == {GONE, "许文静"}


def test_what_is_written_of_a_resident_alone_goes_with_him(wuye: Wuye, office: Path) -> None:
    more = ["--care", "独居，患心脏病", "--bank", "工商银行翠湖支行", "--pets", "白猫", "--emergency-contact", "何小妹",
            "--emergency-phone", "13844446666"]  # fmt: skip
    resident(wuye, "何某人", "1-1-102", "13822220002", *more)
    ok(wuye("person", "forget", "13822220002", "--yes"))
    text = (office / "books/resident.yaml").read_text("utf-8")
    for word in ("何某人", "独居", "工商银行", "白猫", "何小妹", "13844446666"):
        assert word not in text


# --- one of several with like names, again


def test_a_namesake_in_the_same_record_keeps_his_name_too(wuye: Wuye) -> None:
    first, other = "13811110001", "13822220002"
    ok(wuye("resident", "add", "张伟", "1-1-201", "--role", "family", "--phones", first))
    ok(wuye("resident", "add", "张伟", "1-2-102", "--role", "family", "--phones", other))
    ok(wuye("ts", "add", "1-1-201", "电梯太慢", "--reporter", "张伟", "--phone", first))
    ok(wuye("ts", "join", "ts1", "--joiner", "张伟", "--joiner-phone", other))
    ok(wuye("person", "forget", first, "--yes"))
    record = ok(wuye("ts", "show", "ts1", "--reveal", "--reason", "核对", "-o", "json")).records[0]
    assert (record["reporter"], record["phone"]) == (GONE, GONE)
    assert (record["log"][1]["joiner"], record["log"][1]["joiner_phone"]) == ("张伟", other)


def test_the_room_of_a_complaint_is_not_that_of_who_joins(wuye: Wuye) -> None:
    first, other = "13811110001", "13822220002"
    ok(wuye("resident", "add", "张伟", "1-1-201", "--role", "family", "--phones", first))
    ok(wuye("ts", "add", "1-1-201", "电梯太慢", "--reporter", "张伟", "--phone", first))
    ok(wuye("ts", "join", "ts1", "--joiner", "张伟", "--joiner-phone", other))
    said = ok(wuye("person", "export", other, "-o", "json"))
    assert {r["id"] for r in said.records} == {"TS-20261122-001"} and first not in said.out


def test_a_namesake_who_joined_from_another_room_without_a_phone(wuye: Wuye) -> None:
    ok(wuye("ts", "add", "1-1-201", "吵", "--reporter", "张伟", "--phone", PHONE))
    ok(wuye("ts", "join", "ts1", "--joiner", "张伟", "--joiner-room", "1-2-102"))
    said = ok(wuye("person", "export", PHONE, "-o", "json"))
    assert said.json["person"]["rooms"] == ["1-1-201"]


def test_a_longer_name_that_only_a_field_knows_is_left(wuye: Wuye) -> None:
    ok(wuye("resident", "add", "许文", "1-1-102", "--role", "owner", "--phones", PHONE))
    ok(wuye("visitor", "add", "--name", "赵先生", "--phone", "13500135000", "--purpose", "找人", "--unit", "1-1-102",
            "--host", "许文静", "--agreed-by", "许文、张先生"))  # fmt: skip
    ok(wuye("person", "forget", "许文", "--yes"))
    record = ok(wuye("visitor", "show", "fk1", "-o", "json")).records[0]
    assert (record["host"], record["agreed_by"]) == ("许文静", f"{GONE}、张先生")


def test_a_sweep_leaves_the_clerk_in_the_evidence(wuye: Wuye) -> None:
    ok(wuye("staff", "add", "周敏", "--post", "前台"))
    ok(wuye("visitor", "add", "--name", "周敏", "--phone", PHONE, "--purpose", "找人", "--unit", "1-1-102",
            "--id-type", "idcard", "--id-tail", TAIL, "--id-checked-by", "周敏", "--told", "周敏"))  # fmt: skip
    ok(wuye("visitor", "leave", "fk1"))
    ok(wuye("privacy", "sweep", "--yes", now="2027-12-01T10:00"))
    record = ok(wuye("visitor", "show", "fk1", "-o", "json", now="2027-12-01T10:00")).records[0]
    assert record["name"] == GONE and (record["id_checked_by"], record["told"]) == ("周敏", "周敏")


def test_what_was_not_corrected_of_a_joiner_is_said(wuye: Wuye) -> None:
    ok(wuye("resident", "add", "孙加入", "1-1-202", "--role", "owner", "--phones", PHONE))
    ok(wuye("ts", "add", "1-1-201", "吵", "--reporter", "王女士"))
    ok(wuye("ts", "join", "ts1", "--joiner", "孙加入", "--joiner-phone", PHONE))
    said = ok(wuye("person", "correct", PHONE, "13755557777", "--yes"))
    assert "TS-20261122-001" in said.err


def test_a_number_typed_in_groups_is_masked_as_well(wuye: Wuye) -> None:
    for typed in ("110105 19491231 002X", "11010519491231002X"):
        said = wuye("statement", typed)
        assert "19491231" not in said.err
    said = wuye("statement", "11010519491231002X", "-o", "json")
    assert "11010519491231002X" not in said.out + said.err


def test_the_sweep_of_nothing_empties_the_copies_of_the_past(wuye: Wuye, office: Path) -> None:
    ok(wuye("ts", "add", "1-1-201", "吵", "--reporter", "王女士", "--phone", PHONE))
    ok(wuye("ts", "list", "--as-of", "2099-11-22", now="2099-11-23T10:00"))
    assert standing(office / ".wuye/asof", PHONE)
    ok(wuye("privacy", "sweep", "--yes"))
    assert standing(office / ".wuye/asof", PHONE) == []


# --- a copy


def test_a_copy_holds_the_persons_own_and_masks_others(known: Wuye, office: Path) -> None:
    said = ok(known("person", "export", PHONE, "-o", "json"))
    assert {r["id"] for r in said.records} == {"TS-20261122-001", "FK-20261122-001"}
    assert said.json["person"]["phones"] == [PHONE, LATER]
    record = next(r for r in said.records if r["kind"] == "complaint")
    assert record["phone"] == LATER and record["log"][2]["was"]["phone"] == PHONE
    assert record["log"][1]["joiner"] == "张**" and record["log"][1]["joiner_phone"] == "137****7000"
    assert "136****6000" in record["log"][3]["note"] and "13600136000" not in said.out
    assert "13500135000" not in said.out
    line = json.loads((office / "log/access-2026-11.jsonl").read_text("utf-8").splitlines()[-1])
    assert line["reason"] == "本人索取个人资料副本" and "TS-20261122-001" in line["ids"]
    page = ok(known("person", "export", PHONE, "-o", "html", "--out", "copy.html"))
    text = Path("copy.html").read_text("utf-8")
    assert page.out == "" and PHONE in text and "13700137000" not in text and "13600136000" not in text


def test_who_is_to_be_called_does_not_get_the_page_of_another(wuye: Wuye) -> None:
    """A cousin's telephone in a resident's entry gives him neither the identity card nor the care of that resident."""
    own = ["--role", "owner", "--since", "2020-01-01", "--phones", PHONE, "--id-tail", "2491", "--id-type", "身份证",
           "--care", "独居，腿脚不便", "--bank", "示例银行湖滨支行"]  # fmt: skip
    called = ["--emergency-contact", "郭先生", "--emergency-phone", "13500135000"]
    ok(wuye("resident", "add", "吴女士", "1-101", *own, *called, "--yes"))
    said = ok(wuye("person", "export", "13500135000", "-o", "json"))
    assert {k for k, v in said.records[0].items() if v} == {
        "kind", "kind_zh", "id", "received", "emergency_contact", "emergency_phone",
    }  # fmt: skip
    assert "13500135000" in said.out
    told = ok(wuye("person", "export", "13500135000")).out
    for word in ("2491", "独居", "示例银行", "138****8000", PHONE, "吴"):
        assert word not in said.out + told
    assert "2491" in ok(wuye("person", "export", PHONE)).out


# --- a correction


def test_a_value_is_put_right_in_all_records(known: Wuye) -> None:
    said = ok(known("person", "correct", PHONE, "13400134000", "--dry-run", "-o", "json"))
    assert [row["id"] for row in said.json["rows"]] == ["FK-20261122-001"]
    assert known("person", "correct", PHONE, "13400134000").code == 2
    ok(known("person", "correct", LATER, "13400134000", "--yes"))
    show = ["complaint", "show", "ts1", "--reveal", "--reason", "核对", "-o", "json"]
    record = ok(known(*show)).records[0]
    assert record["phone"] == "13400134000"
    assert record["log"][-1]["step"] == "edit" and record["log"][-1]["was"] == {"phone": LATER}
    ok(known("undo", "--yes"))
    assert ok(known(*show)).records[0]["phone"] == LATER


def test_a_neighbour_who_joined_is_told_how_to_be_put_right(known: Wuye) -> None:
    said = known("person", "correct", "13700137000", "13700137001", "--yes")
    assert said.code == 1 and "TS-20261122-001 的经过里（加入人）" in said.err and "join" in said.err


def test_a_name_is_put_right_for_one_of_two(known: Wuye) -> None:
    assert known("person", "correct", "王女士", "汪女士", "--yes").code == 4
    said = ok(known("person", "correct", "王女士", "汪女士", "--room", "3-2-1201", "--yes"))
    assert "TS-20261122-001" in said.err  # the text still says the old name
    names = {r["id"]: r["reporter"] for r in ok(known("complaint", "list", "-o", "json")).records}
    assert names == {"TS-20261122-001": "汪女士", "TS-20261122-002": "王女士"}


def test_a_correction_that_is_none_is_refused_whole(known: Wuye, office: Path) -> None:
    said = known("person", "correct", PHONE, "1234", "--yes")
    assert said.code == 2 and "FK-20261122-001" in said.err
    assert known("person", "correct", PHONE, "11010519491231002X", "--yes").code == 2
    assert known("person", "correct", PHONE).code == 2
    assert known("person", "correct", "13199998888", "13100001111", "--yes").code == 1
    assert PHONE in (office / "records/2026-11/visitor.yaml").read_text("utf-8")


# --- retention


def test_init_writes_how_long_is_kept(office: Path) -> None:
    assert "visitor.keep: 1y" in (office / "wuye.yaml").read_text("utf-8")


def test_a_sweep_forgets_what_is_past_its_time(known: Wuye, office: Path) -> None:
    ok(known("visitor", "leave", "fk1"))
    assert "没有到期" in ok(known("privacy", "sweep")).out
    later = "2027-11-22T10:00"  # a year from leaving, to the minute
    assert "没有到期" in ok(known("privacy", "sweep", now="2027-11-22T09:59")).out
    assert "privacy sweep" in known("doctor", now=later).out
    rows: list[dict[str, Any]] = ok(known("privacy", "-o", "json")).json["rows"]
    assert {row["kind"]: row["due"] for row in rows}["visitor"] == 1
    assert known("privacy", "sweep").code == 2
    assert "试运行" in ok(known("privacy", "sweep", "--dry-run")).err
    ok(known("privacy", "sweep", "--yes"))
    text = (office / "records/2026-11/visitor.yaml").read_text("utf-8")
    assert not any(word in text for word in ("王女士", PHONE, PLATE, TAIL)) and "保存期满" in text
    assert "purpose: 找人" in text and "privacy sweep" not in known("doctor").out
    assert LATER in (office / "records/2026-11/complaint.yaml").read_text("utf-8")  # open: kept


def test_nobody_who_is_still_there_is_swept(wuye: Wuye, office: Path) -> None:
    """Neither a resident who came back nor a lease that runs: no work waits in these states, and they last."""
    settings = office / "wuye.yaml"
    more = "rules:\n" + "".join(f"  {kind}.keep: 1y\n" for kind in ("resident", "card", "parking", "lease"))
    settings.write_text(settings.read_text("utf-8").replace("rules:\n", more, 1), "utf-8")
    resident(wuye, "回来人", "1-1-102", "13822220002")
    ok(wuye("resident", "leave", "yh1"))
    ok(wuye("resident", "return", "yh1", "--reason", "登错"))
    resident(wuye, "走的人", "1-1-102", "13822220003")
    ok(wuye("resident", "leave", "yh2"))
    ok(wuye("card", "add", "0012875", "门禁卡", "陈先生", "--phone", "13822220004", "--room", "1-1-102"))
    ok(wuye("privacy", "sweep", "--yes", now="2029-01-01T10:00"))
    text = (office / "books/resident.yaml").read_text("utf-8")
    assert "13822220002" in text and "13822220003" not in text
    assert "13822220004" in (office / "books/card.yaml").read_text("utf-8")


def test_what_was_answered_at_once_is_swept_in_its_time(wuye: Wuye, office: Path) -> None:
    told = ["--way", "phone", "--name", "试一试", "--phone", "13899998888", "--answer", "到前台办"]
    ok(wuye("contact", "add", "问门禁", *told))
    ok(wuye("privacy", "sweep", "--yes", now="2027-11-01T10:00"))
    assert "13899998888" in (office / "records/2026-11/contact.yaml").read_text("utf-8")
    ok(wuye("privacy", "sweep", "--yes", now="2028-01-30T10:00"))
    assert "13899998888" not in (office / "records/2026-11/contact.yaml").read_text("utf-8")


def test_no_rule_keeps_for_ever(known: Wuye, office: Path) -> None:
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace("  visitor.keep: 1y\n", ""), "utf-8")
    ok(known("visitor", "leave", "fk1"))
    assert "没有到期" in ok(known("privacy", "sweep", now="2036-01-01T10:00")).out


def test_every_field_that_is_private_is_swept() -> None:
    from wuye import records

    for name, _, _ in records.KINDS:
        kind = records.kind(name)
        private = {f.name for f in kind.fields if f.private}
        assert private <= set(forgetting.personal(kind))
        assert not private or any(rule.name == f"{name}.keep" for rule in kind.rules)
