"""Records from elsewhere: taken in with their own times, all or nothing, each once; every fault by its cell."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, Wuye, tree
from test_grid import book

from wuye import incoming, journal, spoiled
from wuye.errors import Problem
from wuye.grid import cell

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "311-boston"
BOSTON, COMPLAINTS, MAP = DATA / "boston311-100.csv", DATA / "as-complaints.csv", ROOT / "examples" / "boston311.yaml"
AFTER = "2022-06-01T10:00"
IDENTITY = "11010519491231002X"


def requests() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(BOSTON.read_text("utf-8"))))


def take(wuye: Wuye, file: Path | str, kind: str, *more: str, now: str = "") -> Said:
    return wuye("import", str(file), "--kind", kind, *more, "-o", "json", now=now)


def taken(wuye: Wuye, file: Path | str, kind: str, *more: str, now: str = "") -> Any:
    said = take(wuye, file, kind, *more, now=now)
    assert said.code == 0, said.err
    return said.json


def write(name: str, text: str, encoding: str = "utf-8") -> Path:
    path = Path(name)
    path.write_bytes(text.encode(encoding))
    return path


def refused(wuye: Wuye, *argv: str) -> list[tuple[str, str]]:
    """Where and what, of everything that an import is refused for."""
    said = wuye("import", *argv, "-o", "json")
    assert said.code == 2, said.err
    assert len(said.err.splitlines()) == len(said.json["error"]["problems"])
    return [(p["file"], p["message"]) for p in said.json["error"]["problems"]]


# --- a hundred real requests


@pytest.fixture
def boston(wuye: Wuye) -> Wuye:
    """An office that took the hundred in as work orders, after the last target had passed."""
    taken(wuye, BOSTON, "工程单", "--map", str(MAP), now=AFTER)
    return wuye


def orders(wuye: Wuye, now: str = AFTER) -> dict[str, dict[str, Any]]:
    """The orders by the city's own number."""
    found = wuye("workorder", "list", "--period", "all", "-o", "json", now=now).records
    return {record["imported"]["key"].removeprefix("boston311/"): record for record in found}


def clock(record: dict[str, Any]) -> dict[str, Any]:
    return next((one for one in record["clocks"] if one["name"] == "done"), {})


def test_the_hundred_become_orders_of_their_own_months_with_their_three_times(boston: Wuye, office: Path) -> None:
    found = orders(boston)
    assert len(found) == 100
    for row in requests():
        record = found[row["case_enquiry_id"]]
        done = next((entry["at"] for entry in record["log"] if entry["step"] == "done"), "")
        for name, stored in (("open_dt", record["received"]), ("target_dt", record["target"]), ("closed_dt", done)):
            assert bool(stored) == bool(row[name])
            if stored:
                typed = datetime.fromisoformat(row[name])
                assert datetime.fromisoformat(stored).replace(tzinfo=None) == typed, name
        assert record["id"][3:11] == row["open_dt"][:10].replace("-", "")
        assert record["recorded"] == f"{AFTER}+08:00"
    months = Counter(row["open_dt"][:7] for row in requests())
    files = {p.parent.name: p.read_text("utf-8").count("\n- id: ") for p in office.glob("records/*/workorder.yaml")}
    assert files == months
    assert boston("check").out == ""


def test_the_verdicts_equal_the_citys_on_every_row_that_has_a_target(boston: Wuye) -> None:
    """Closed ones were on time or not for good; an open one is late once its target has passed."""
    found, counts = orders(boston), Counter[tuple[str, str]]()
    for row in (row for row in requests() if row["target_dt"]):
        state = clock(found[row["case_enquiry_id"]])["state"]
        assert (state in ("met", "open")) == (row["ontime"] == "ONTIME"), row
        counts[row["case_status"], state] += 1
    assert counts == {("Closed", "met"): 72, ("Closed", "missed"): 5, ("Open", "late"): 12}


def test_an_open_one_is_late_from_its_target_on_and_not_before(boston: Wuye) -> None:
    waiting = {r["case_enquiry_id"]: r["target_dt"] for r in requests() if r["target_dt"] and not r["closed_dt"]}
    assert max(waiting.values()) == "2022-05-20 13:03:21"
    for now in ("2022-01-31T18:00", "2022-03-08T00:00", "2022-05-20T13:03", "2022-05-20T13:04"):
        found = orders(boston, now)
        late = {key for key in waiting if clock(found[key])["state"] == "late"}
        assert late == {key for key, target in waiting.items() if target < now.replace("T", " ")}, now
    told = boston("due", "--late", "-o", "json", now=AFTER).json["rows"]
    assert {row["id"] for row in told} == {orders(boston)[key]["id"] for key in waiting}


def test_those_without_a_target_are_listed_as_having_none(wuye: Wuye) -> None:
    answer = taken(wuye, BOSTON, "GD", "--map", str(MAP), now=AFTER)
    bare = {row["case_enquiry_id"] for row in requests() if not row["target_dt"]}
    found = orders(wuye)
    assert len(bare) == 11
    assert set(answer["empty"]["target"]) == {found[key]["id"] for key in bare}
    assert {key for key, record in found.items() if record["timeliness"] == "none"} == bare
    assert {key for key, record in found.items() if not clock(record)} == bare
    said = wuye("工程单", "list", "--period", "all", "--where", "要求完成时间 为空", "-q")
    assert set(said.out.split()) == {found[key]["id"] for key in bare}


def test_what_is_done_there_does_not_wait_here(boston: Wuye) -> None:
    today = boston("today", "-o", "json", now=AFTER).json
    assert len(today["open"]["workorder"]) == sum(row["case_status"] == "Open" for row in requests())


def test_the_same_hundred_as_complaints_by_their_own_headings(wuye: Wuye, office: Path) -> None:
    answer = taken(wuye, COMPLAINTS, "投诉", now=AFTER)
    rows = list(csv.DictReader(io.StringIO(COMPLAINTS.read_text("utf-8"))))
    assert answer["months"] == {"2022-01": 100} and answer["unused"] == []
    found = {r["reporter"]: r for r in wuye("ts", "list", "--period", "all", "-o", "json").records}
    for row in rows:
        record = found[row["reporter"]]
        assert (record["place"], record["text"], record["channel"]) == (row["place"], row["text"], row["channel"])
        assert record["received"][:16].replace("T", " ") == row["received"]
        assert record["first_contact"] is None, "whoever imports was not there"
    serials = [r["id"] for r in sorted(found.values(), key=lambda r: r["id"])]
    assert serials == [r["id"] for r in sorted(found.values(), key=lambda r: r["received"] + r["id"])]
    again = taken(wuye, COMPLAINTS, "投诉", now="2022-06-02T10:00")
    assert (again["ids"], again["known"]) == ([], 100)


@pytest.mark.git
def test_an_import_is_one_commit(boston: Wuye, office: Path) -> None:
    command = ["git", "-C", str(office), "log", "--format=%s"]
    log = subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(log) == 2 and log[0].startswith("工程单导入 GD-20220101-001 等 100 条")


# --- twice, and changed


MAPPED = """\
source: 旧系统
key: 序号
columns:
  received: 受理
  reporter: 姓名
  phone: 电话
  room: 房号
  text: 内容
  channel: 渠道
values:
  channel: {微信: web}
steps:
- step: handle
  at: 办结
  columns: {result: 结果}
"""
HEAD = "序号,受理,姓名,电话,房号,内容,渠道,办结,结果\n"
ROWS = (
    "1,2026-01-05 09:00,王女士,13800138000,3-2-1201,厨房漏水,来电,2026-01-06 10:00,换管\n"
    "2,2026-02-05 09:00,李先生,13800138001,3-2-1202,灯坏,微信,,\n"
)


def sheet(rows: str = ROWS, encoding: str = "utf-8") -> tuple[str, ...]:
    write("map.yaml", MAPPED)
    return str(write("a.csv", HEAD + rows, encoding)), "投诉", "--map", "map.yaml"


def test_run_twice_adds_nothing_twice_and_what_is_new_is_added(wuye: Wuye, office: Path) -> None:
    first = taken(wuye, *sheet())
    assert len(first["ids"]) == 2 and first["months"] == {"2026-01": 1, "2026-02": 1}
    before = tree(office)
    again = taken(wuye, *sheet(), now="2026-11-23T10:00")
    assert (again["ids"], again["known"], again["changed"]) == ([], 2, [])
    assert tree(office) == before
    assert [row["id"] for row in again["rows"]] == [row["id"] for row in first["rows"]]
    more = taken(wuye, *sheet(ROWS + "3,2026-01-05 08:00,张女士,,3-2-1203,电梯,来访,,\n"))
    assert more["ids"] == ["TS-20260105-002"] and more["known"] == 2
    assert all(before[name] in data for name, data in tree(office).items())


def test_a_known_row_that_says_otherwise_now_is_told_and_left_alone(wuye: Wuye, office: Path) -> None:
    ids = taken(wuye, *sheet())["ids"]
    assert wuye("ts", "edit", ids[1], "--text", "灯坏了两盏", now="2026-11-22T11:00").code == 0
    before = tree(office)
    assert taken(wuye, *sheet())["changed"] == [], "what the desk corrected is no change of the file"
    altered = ROWS.replace("厨房漏水", "厨房渗水").replace("2026-01-06", "2026-01-07")
    said = take(wuye, *sheet(altered))
    assert said.json["changed"] == [ids[0]] and said.json["ids"] == []
    assert said.json["rows"][0]["what"] == "changed"
    assert f"第 2 行以前导入成 {ids[0]}，现在 内容、步骤 handle 不同：台账里的没有动，要改请用 edit" in said.err
    assert tree(office) == before


def test_a_known_row_that_today_would_be_refused_is_still_only_known(wuye: Wuye) -> None:
    taken(wuye, *sheet())
    assert wuye("unit", "add", "--room", "9-9-909", "--use", "住宅").code == 0
    again = take(wuye, *sheet())
    assert (again.json["known"], again.json["ids"]) == (2, [])
    assert "第 2 行以前导入成 TS-20260105-001，现在这一行有读不懂的地方（房号：" in again.err


def test_a_damaged_month_in_which_a_row_may_stand_already_stops_the_import(wuye: Wuye, office: Path) -> None:
    taken(wuye, *sheet())
    path = office / "records" / "2026-01" / "complaint.yaml"
    path.write_text(path.read_text("utf-8") + "- id: TS-1\n  x: *y\n", "utf-8")
    assert take(wuye, *sheet()).code == 65


def test_a_dry_run_does_everything_but_write(wuye: Wuye, office: Path) -> None:
    trial = take(wuye, *sheet(), "--dry-run")
    assert trial.json["dry_run"] is True and "试运行：没有写入" in trial.err
    assert not list(office.glob("records/*/*"))
    assert [r["phone"] for r in trial.json["first"]] == ["138****8000", "138****8001"]
    real = taken(wuye, *sheet())
    assert (real["ids"], real["months"], real["rows"]) == tuple(trial.json[k] for k in ("ids", "months", "rows"))
    faulty = sheet(ROWS + "3,2026-01-05 08:00,张女士,1380013,3-2-1203,电梯,来访,,\n")
    assert take(wuye, *faulty, "--dry-run").json["error"] == take(wuye, *faulty).json["error"]


def test_killed_after_the_commit_point_the_next_command_finishes_it(
    wuye: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(journal, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert take(wuye, *sheet()).code == 130
    assert not list(office.glob("records/*/complaint.yaml")) and (office / ".wuye/journal/manifest").exists()
    again = taken(wuye, *sheet())
    assert (again["ids"], again["known"]) == ([], 2)
    assert len(list(office.glob("records/*/complaint.yaml"))) == 2


def test_killed_before_it_nothing_is_there(wuye: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(journal, "begin", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert take(wuye, *sheet()).code == 130
    assert not list(office.glob("records/*/complaint.yaml"))
    assert len(taken(wuye, *sheet())["ids"]) == 2


# --- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_records(wuye: Wuye, office: Path, encoding: str) -> None:
    taken(wuye, *sheet(encoding=encoding))
    found = wuye("ts", "list", "--period", "all", "-o", "json").records
    assert [r["text"] for r in found] == ["灯坏", "厨房漏水"]


def test_gb18030_with_its_mark_and_from_standard_input(wuye: Wuye) -> None:
    write("map.yaml", MAPPED)
    data = ("\ufeff" + HEAD + ROWS).encode("gb18030")
    said = wuye("import", "-", "--kind", "ts", "--map", "map.yaml", "-q", stdin=data)
    assert (said.code, said.out) == (0, "TS-20260105-001\nTS-20260205-001\n")


# --- the past is what is imported


def test_what_is_due_counts_from_its_own_day(wuye: Wuye) -> None:
    head = "受理时间,姓名,来访事由,受访房号,预约到访时间\n"
    write("v.csv", head + "2025-03-01 09:00,赵先生,送货,3-2-1201,2025-03-01 15:00\n")
    taken(wuye, "v.csv", "访客")
    assert wuye("fk", "list", "--period", "all", "-o", "json").records[0]["expected"] == "2025-03-01T15:00+08:00"
    write("v.csv", head + "2025-03-02 09:00,赵先生,送货,3-2-1201,2025-03-01 15:00\n")
    assert refused(wuye, "v.csv", "--kind", "访客") == [
        ("v.csv E2", "预约到访时间：2025-03-01(周六) 15:00 比受理还早，这里只能填受理以后的时间；请改正")
    ]


def test_steps_go_through_the_rules_of_the_flow_in_the_order_of_their_times(wuye: Wuye) -> None:
    plan = MAPPED + "- step: follow-up\n  at: 回访\n  constants: {satisfaction: 满意}\n"
    write("map.yaml", plan)
    head = HEAD.replace("\n", ",回访\n")
    good, bad = (ROWS.splitlines()[0] + f",2026-01-0{day} 10:00\n" for day in (7, 5))
    write("a.csv", head + good)
    taken(wuye, "a.csv", "ts", "--map", "map.yaml")
    record = wuye("ts", "show", "TS-20260105-001", "-o", "json").records[0]
    assert [(e["step"], e["at"]) for e in record["log"][1:]] == [
        ("handle", "2026-01-06T10:00+08:00"), ("follow-up", "2026-01-07T10:00+08:00"),
    ]  # fmt: skip
    assert all(e["recorded"] == "2026-11-22T10:00+08:00" for e in record["log"][1:])
    write("a.csv", head + bad.replace("1,", "9,", 1))
    said = refused(wuye, "a.csv", "--kind", "ts", "--map", "map.yaml")
    assert said[0][0] == "a.csv J2" and said[0][1].startswith("回访：现为“已登记”，不能回访（follow-up）；请看可以做的")


def test_a_book_takes_each_name_once(wuye: Wuye, office: Path) -> None:
    write("房屋.csv", "房号,面积\n3-2-1201,89.5\n3-2-1202,90\n")
    answer = taken(wuye, "房屋.csv", "房屋")
    assert len(answer["ids"]) == 2 and (office / "books" / "unit.yaml").exists()
    write("房屋.csv", "房号,面积\n3-2-1201,88\n3-2-1203,88\n3-2-1203,89\n")
    said = refused(wuye, "房屋.csv", "--kind", "房屋")
    assert [place for place, _ in said] == ["房屋.csv A2", "房屋.csv A4"]
    assert "房屋里已有房号 3-2-1201（FW-20261122-001）" in said[0][1] and "与第 3 行重复" in said[1][1]


# --- faults


FAULTY = (
    (("王女士", "13800138000", date(2026, 3, 2), datetime(2026, 3, 1, 9), "漏水", "来电", None),
     "D4", "房号被表格变成了日期（2026-03-02），原来可能是 3-2 或 26-3-2：请把这一列的格式设为“文本”"),
    (("李先生", 75588886666, "3-2-1202", datetime(2026, 3, 1, 9), "灯坏", "来电", None),
     "C5", "电话：像是座机，区号开头的 0 丢了（原来可能是 0755-88886666）：请"),
    (("张女士", 440301199001011234, "3-2-1203", datetime(2026, 3, 1, 9), "灯坏", "来电", None),
     "C6", "电话：18 位数字已被表格改坏（只存得住 15 位，后几位成了 0），找不回来；身份证号本来就不能存入台账：请"),
    (("赵先生", "13800138000.0", "3-2-1204", datetime(2026, 3, 1, 9), "灯坏", "来电", None),
     "C7", "电话后面多了 .0（程序导出时加的）：请去掉"),
    (("钱女士", "13800138000", "3-2-1205", datetime(2026, 3, 1, 9), f"身份证{IDENTITY}", "来电", None),
     "F8", "内容里有完整的身份证号，不能存入台账；请改写成“身份证**************002X”"),
    (("孙女士", "13800138000", "3-2-1206", datetime(2026, 3, 1, 9), "灯坏", "短信", None),
     "G9", "渠道：没有“短信”这一项，可选：visit(来访)、phone(来电)"),
    (("周女士", "13800138000", "3-2-1207", datetime(2026, 3, 1, 9), "灯坏", "来电", datetime(2026, 2, 28, 9)),
     "H10", "办结：2026-02-28(周六) 09:00 早于受理时间 2026-03-01(周日) 09:00：请核对这两格"),
    (("吴女士", "=NA()", "3-2-1208", datetime(2026, 3, 1, 9), "灯坏", "来电", None),
     "C11", "电话是公式错误 #N/A：请改正公式，或改为直接填值"),
    (("郑女士", "13800138000", "3-2-1209", datetime(2027, 3, 1, 9), "灯坏", "来电", None),
     "E12", "受理：2027-03-01(周一) 09:00 还没有到，这里只能填已经过去的时间；请核对"),
    (("冯女士", "13800138000", "3-2-1210", 44582.5, "灯坏", "来电", None),
     "E13", "受理是数字，不是日期：请把这一列的格式设为日期"),
    (("陈女士", "13800138000", "3-2-1211", datetime(1999, 3, 1, 9), "灯坏", "来电", None),
     "E14", "受理是 2000 年以前的日期（1999-03-01 09:00:00），多半是表格算错了：请核对年份"),
    ((None, "13800138000", "3-2-1212", datetime(2026, 3, 1, 9), "灯坏", "来电", None),
     "B15", "缺少投诉人：请在这一行填上"),
    (("卫女士", "13800138000", "3-2-1213", datetime(2026, 3, 1, 9), "灯坏", "来电", None, None, "多出来的"),
     "J16", "这一行比表头多出 1 格：请核对是不是错位"),
)  # fmt: skip


def workbook_of_faults() -> bytes:
    def fill(sheet: Any, made: Any) -> None:
        day = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.merge_range("A1:H1", "投诉登记表")
        sheet.merge_range("B2:C2", "业主")
        for place, text in zip(("A2:A3", "D2:D3", "E2:E3", "F2:F3", "G2:G3", "H2:H3"),
                               ("序号", "房号", "受理", "内容", "渠道", "办结"), strict=True):  # fmt: skip
            sheet.merge_range(place, text)
        sheet.write_row("B3", ["姓名", "电话"])
        for number, (values, _, _) in enumerate(FAULTY):
            sheet.write(number + 3, 0, number + 1)
            for column, value in enumerate(values, 1):
                if isinstance(value, date):
                    sheet.write_datetime(number + 3, column, value, day)
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number + 3, column, value, None, "#N/A")
                elif value is not None:
                    sheet.write(number + 3, column, value)
        sheet.write_row(len(FAULTY) + 3, 0, ["合计", len(FAULTY)])

    return book(fill)


FAULTY_MAP = """\
header: [2, 3]
key: 序号
columns:
  received: 受理
  reporter: 业主/姓名
  phone: 业主/电话
  room: 房号
  text: 内容
  channel: 渠道
steps:
- step: handle
  at: 办结
  constants: {result: 已办}
skip:
- 序号: 合计
"""


def test_every_kind_of_fault_of_a_workbook_has_its_cell_and_its_sentence(wuye: Wuye, office: Path) -> None:
    Path("名单.xlsx").write_bytes(workbook_of_faults())
    write("map.yaml", FAULTY_MAP)
    found = refused(wuye, "名单.xlsx", "--kind", "投诉", "--map", "map.yaml")
    wanted = {f"名单.xlsx「名单」{place}": words for _, place, words in FAULTY}
    assert Counter(place for place, _ in found) == Counter(wanted.keys())
    for place, message in found:
        plain = message.removeprefix("业主/")
        assert plain.startswith(wanted[place]), message
        assert IDENTITY not in message and "44030119900101" not in message
        assert "请" in message
    assert not list(office.glob("records/*/*"))
    stored = b"".join(p.read_bytes() for p in office.rglob("*") if p.is_file() and p.suffix != ".xlsx")
    assert IDENTITY.encode() not in stored


FAULTY_CSV = (
    ("1,2026-03-01,王女士,13800138000,3月2日,漏水,来电,,", "E2", "房号被表格变成了日期（3月2日），原来可能是 3-2："),
    ("2,2026-03-01,李先生,7.56E+10,3-2-1,灯坏,来电,,", "D3", "电话：号码已被表格改成科学计数或抹去了后几位"),
    ("3,2026-03-01,张女士,13800138000,3-2-1,4.40301E+17,来电,,", "F4", "内容：号码已被表格改坏（只存得住 15 位"),
    ("4,3月1日,赵先生,13800138000,3-2-1,灯坏,来电,,", "B5", "受理：“3月1日”没有写年份：请写全年月日"),
    ("5,2026-03-01,钱女士,1380013800,3-2-1,灯坏,来电,,", "D6", "电话：手机号应为 11 位，现为 10 位；请改正"),
    ("6,2026-03-01,孙女士,13800138000,1201,灯坏,来电,,", "E7", "房号：“1201”不是完整的房号"),
    ("7,2026-03-01,周女士,#REF!,3-2-1,灯坏,来电,,", "D8", "电话是公式错误 #REF!：请"),
    ("7,2026-03-01,吴女士,13800138000,3-2-1,灯坏,来电,,", "A9", "与第 8 行的 序号 相同：请"),
    ("8,2026-13-01,郑女士,13800138000,3-2-1,灯坏,来电,,", "B10", "受理：没有 13 月，请核对月份"),
    ("9,2026-03-01,冯女士,13800138000,3-2-1,灯坏,来电,2026-03-02,", "I11", "处理完毕缺少处理结果：请在这一行填上"),
    ("10,,陈女士,13800138000,3-2-1,灯坏,来电,,", "B12", "缺少受理时间：请填上这一格"),
    ("11,2026-03-01,卫某,13800138000,Mar-12,灯坏,来电,,", "E13", "房号被表格变成了日期（Mar-12），原来可能是 3-12 或"),
    ("12,2026-03-01,蒋女士,13800138000,3-2-1,灯坏,来电,,,,x", "K14", "这一行比表头多出 1 格："),
    ("13,2026-03-01,沈女士,########,3-2-1,灯坏,来电,,", "D15", "电话只剩下一串 #（列太窄时导出成这样）：请"),
)  # fmt: skip


def test_every_kind_of_fault_of_a_csv_has_its_cell_and_its_sentence(wuye: Wuye, office: Path) -> None:
    found = refused(wuye, *_argv(sheet("\n".join(line for line, _, _ in FAULTY_CSV) + "\n", "gb18030")))
    wanted = {f"a.csv {place}": words for _, place, words in FAULTY_CSV}
    assert Counter(place for place, _ in found) == Counter(wanted.keys())
    for place, message in found:
        assert message.startswith(wanted[place]), message
        assert "请" in message
    assert not list(office.glob("records/*/*"))


def _argv(words: tuple[str, ...]) -> tuple[str, ...]:
    return (words[0], "--kind", *words[1:])


def test_full_width_digits_and_plain_numbers_are_taken(wuye: Wuye) -> None:
    taken(wuye, *sheet("１,２０２６-０１-０５ ０９:００,王女士,１３８００１３８０００,３－２－１２０１,灯坏,电话,,\n"))
    record = wuye("ts", "show", "TS-20260105-001", "-o", "json").records[0]
    assert record["room"] == "3-2-1201" and record["imported"]["key"] == "旧系统/１"


def test_only_the_first_two_hundred_faults_are_printed_then_their_number(wuye: Wuye) -> None:
    rows = "".join(f"{n},2026-01-05,王女士,1380013,3-2-1,灯坏,来电,,\n" for n in range(1, 251))
    found = refused(wuye, *_argv(sheet(rows)))
    assert len(found) == 201 and found[-1][1] == "一共 250 处，这里列出前 200 处：请改好后再试"
    assert incoming.shown([Problem("甲"), Problem("甲")]) == (Problem("甲"),)


def test_what_is_only_odd_is_said_and_taken(wuye: Wuye) -> None:
    def fill(sheet: Any, made: Any) -> None:
        day = made.add_format({"num_format": "m月d日"})
        sheet.write_row("A1", ["受理时间", "姓名", "来访事由", "受访房号", "车牌", "备用", "证件类型", "证件后四位"])
        sheet.write_row("A2", ["2026-03-01 09:00", "赵先生", "", "3-2-1201", "粤B1234", "x", "身份证", 1234])
        sheet.write_datetime("C2", date(2026, 3, 2), day)

    Path("v.xlsx").write_bytes(book(fill))
    said = take(wuye, "v.xlsx", "访客")
    assert said.code == 0, said.err
    lines = said.err.splitlines()
    assert lines[0].startswith("v.xlsx「名单」C2：来访事由：单元格是日期，照 2026-03-02 存入")
    assert lines[1] == "v.xlsx「名单」E2：车牌：车牌“粤B1234”应为 7 位（新能源 8 位），现为 6 位"
    assert lines[2] == "没有导入的列：备用" and said.json["unused"] == ["备用"]
    assert wuye("fk", "list", "--period", "all", "-o", "json").records[0]["id_checked_by"] is None


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (date(2001, 3, 1), "room", "3-1 或 3-2001 或 1-3-1"), ("2026/3/2", "room", "3-2 或 26-3-2"),
        ("2-Mar", "room", "3-2"), ("2026年3月", "room", "3-1 或 3-2026"), ("3-2-1201", "room", ""),
        ("12-3", "room", ""), ("Mar-45", "room", "3-45 或 3-1945"), ("2088886666", "phone", "020-88886666"),
        ("88886666", "phone", ""), ("12", "id-tail", "只有 2 位"), ("1234", "id-tail", ""),
        ("440301199001011000", "memo", "改坏"), ("440301199013011000", "memo", ""), ("1.5E+3", "text", "科学计数"),
        ("20220121", "moment-past", ""), ("昨天", "moment-past", "没有写年份"), ("14:30", "day-past", "没有写年份"),
        (date(1998, 5, 6), "day-past", ""), (date(1900, 1, 5), "day-past", "1905 年以前"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_did_to_a_value(value: Any, form: str, words: str) -> None:
    said = spoiled.fault(cell(value), form)
    assert (words in said and "请" in said) if words else said == ""


# --- what was typed


def test_mistakes_of_the_command_are_told_together(wuye: Wuye) -> None:
    found = refused(wuye, "--kind", "投拆")
    assert [m.split("：")[0] for _, m in found] == ["缺少文件", "没有“投拆”这种记录"]
    assert refused(wuye, "a.csv", "b.csv", "--kind", "ts")[0][1].startswith("多余的“b.csv”")
    assert wuye("import", "nowhere.csv", "--kind", "ts").code == 1


def test_mistakes_of_map_and_file_are_told_together(wuye: Wuye) -> None:
    write("map.yaml", "columns:\n  recieved: 受理\n  text: 内容\n")
    write("a.csv", 'x,y\n1,"2\n')
    places = [place for place, _ in refused(wuye, "a.csv", "--kind", "ts", "--map", "map.yaml")]
    assert places == ["map.yaml", "a.csv"]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("甲,乙\n1,2\n", "表头里没有投诉的名称"),
        ("投诉人,内容\n王女士,x\n", "表头里没有“受理时间”"),
        ("受理时间,投诉人,内容,房号,投诉人\n", "出现了两次"),
        ("受理时间,投诉人们,内容\n", "“投诉人们”不认识，或出现了两次（是不是 投诉人）"),
    ],
)
def test_without_a_map_the_headings_must_be_the_kinds_own(wuye: Wuye, head: str, words: str) -> None:
    write("a.csv", head)
    assert any(words in message for _, message in refused(wuye, "a.csv", "--kind", "投诉"))


def test_the_words_for_the_desk(wuye: Wuye) -> None:
    file, kind, *more = sheet(ROWS + "合计,,,,,,,,\n")
    write("map.yaml", MAPPED + "skip:\n- 序号: 合计\n")
    said = wuye("import", file, "--kind", kind, *more)
    assert said.out == "已导入投诉 2 条\n  2026-01  1 条\n  2026-02  1 条\n按映射略去 1 行：第 4 行\n"
    assert wuye("import", file, "--kind", kind, *more).out.startswith(
        "没有新的投诉可导入\n以前导入过的 2 行没有再导入\n"
    )
    csv_form = wuye("import", file, "--kind", kind, *more, "-o", "csv").out
    assert "旧系统/1" in csv_form and "TS-20260105-001" in csv_form


def test_a_month_of_imports_stays_quick_to_tell(wuye: Wuye, complaint: Callable[..., dict[str, Any]]) -> None:
    """Records that were typed are not looked at for keys, and keep standing beside those taken in."""
    typed = complaint()
    taken(wuye, *sheet(ROWS.replace("2026-02-05", "2026-11-21")))
    found = wuye("ts", "list", "--period", "all", "-o", "json").records
    assert [r.get("imported", {}).get("key", "") for r in found if r["id"] == typed["id"]] == [""]
    assert len(found) == 3 and json.dumps(found)
