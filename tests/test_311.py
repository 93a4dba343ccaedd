"""A hundred real requests of another city's desk in one go, and what the days of that month then show."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, Wuye

from wuye import batch
from wuye.errors import BadInput
from wuye.render import progress

SOURCE = Path(__file__).parent / "data" / "311-boston" / "as-complaints.csv"
NOW = "2022-02-16T18:00"
IDENTITY = ("left_over", "new", "reopened", "done", "void", "still_open")


def source_rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(SOURCE.read_text("utf-8"))))


@pytest.fixture
def boston(wuye: Wuye) -> Wuye:
    """An office into which the hundred requests were taken."""
    said = wuye("complaint", "add", "--from", str(SOURCE), "--once", "boston-100", now=NOW)
    assert said.code == 0, said.err
    return wuye


def on(wuye: Wuye, now: str, *argv: str) -> Said:
    said = wuye(*argv, now=now)
    assert said.code == 0, said.err
    return said


# --- the hundred


def test_each_row_lands_in_the_month_it_was_received_in(boston: Wuye, office: Path) -> None:
    wanted = Counter(row["received"][:7] for row in source_rows())
    files = {path.parent.name: path.read_text("utf-8") for path in office.glob("records/*/complaint.yaml")}
    assert {month: text.count("\n- id: ") for month, text in files.items()} == wanted
    rows = on(boston, NOW, "complaint", "list", "--period", "all", "-o", "json").records
    assert Counter(r["received"][:10] for r in rows) == Counter(row["received"][:10] for row in source_rows())
    assert {r["text"] for r in rows} == {row["text"] for row in source_rows()}
    assert all(r["id"][3:11] == r["received"][:10].replace("-", "") for r in rows)
    assert len({r["id"] for r in rows}) == len(rows)
    assert on(boston, NOW, "check").out == ""


def test_the_batch_under_the_same_key_adds_nothing(boston: Wuye, office: Path) -> None:
    files = sorted(office.glob("records/*/*.yaml"))
    before = [path.read_bytes() for path in files]
    again = on(boston, "2026-11-22T10:00", "complaint", "add", "--from", str(SOURCE), "--once", "boston-100")
    assert "没有再登记" in again.err
    assert again.out == "没有登记新的投诉\n"
    assert sorted(office.glob("records/*/*.yaml")) == files
    assert [path.read_bytes() for path in files] == before


def test_rows_of_several_months_under_one_key_are_known_again(wuye: Wuye, office: Path) -> None:
    head = "received,reporter,place,text\n"
    rows = "".join(f"2022-{month:02d}-05 10:00,甲,大堂,灯坏 {month}\n" for month in range(1, 7))
    for _ in range(2):
        said = wuye("complaint", "add", "--from", "-", "--once", "half-year", stdin=(head + rows).encode())
        assert said.code == 0, said.err
    assert len(list(office.glob("records/*/complaint.yaml"))) == 6
    assert len(on(wuye, NOW, "complaint", "list", "--period", "all", "-o", "json").records) == 6


def test_a_trial_run_says_so_and_writes_nothing(wuye: Wuye, office: Path) -> None:
    said = on(wuye, NOW, "complaint", "add", "--from", str(SOURCE), "--dry-run")
    assert said.out == "试运行：可登记投诉 100 条，归入 2022-01\n"
    assert not list(office.glob("records/*/*"))


def test_the_list_of_a_day_shows_levels_and_clocks(boston: Wuye) -> None:
    rows = on(boston, "2022-01-04T17:00", "complaint", "list", "--since", "2022-01-04", "--until", "2022-01-04",
              "-o", "json").records  # fmt: skip
    assert len(rows) == sum(row["received"].startswith("2022-01-04") for row in source_rows())
    for row in rows:
        assert row["level"] == "general"
        assert "respond" in [clock["name"] for clock in row["clocks"]]
        by_name = {clock["name"]: clock for clock in row["clocks"]}
        assert by_name["respond"]["due"] == "2022-01-05T18:00+08:00"
        assert by_name["respond"]["state"] == "open"
        assert ("reply" in by_name) == (row["channel"] == "web")
    # A week on, what was not handled stands at hot, with the reason.
    later = on(boston, "2022-01-12T09:00", "complaint", "list", "--since", "2022-01-04", "--until", "2022-01-04",
               "-o", "json").records  # fmt: skip
    assert {row["level"] for row in later} == {"hot"}
    assert all("complaint.hot_after" in row["level_reasons"][0] for row in later)


def test_new_years_day_is_no_working_day(boston: Wuye) -> None:
    """1 to 3 January 2022 were days off: what came in then is answered by the evening of the 4th."""
    rows = on(boston, "2022-01-03T12:00", "complaint", "list", "--since", "2022-01-01", "--until", "2022-01-03",
              "-o", "json").records  # fmt: skip
    dues = {clock["due"] for row in rows for clock in row["clocks"] if clock["name"] == "respond"}
    assert dues == {"2022-01-04T18:00+08:00"}


@pytest.mark.parametrize("now", ["2022-01-01T10:00", "2022-01-04T17:00", "2022-01-21T17:00"])
def test_today_and_due_show_what_waited_then_with_its_rule(boston: Wuye, now: str) -> None:
    came = [row for row in source_rows() if row["received"].replace(" ", "T") <= now]
    today = on(boston, now, "today", "-o", "json").json
    assert len(today["open"]["complaint"]) == len(came)
    assert {row["level"] for row in today["open"]["complaint"]} <= {"general", "hot"}
    assert all(row["due"][:10] <= now[:10] and row["rule"] for row in today["rows"])
    assert today["late"] == sum(row["state"] == "late" for row in today["rows"])
    due = on(boston, now, "due", "-o", "json").json["rows"]
    assert sum(row["clock"] == "respond" for row in due) == len(came)
    assert sum(row["clock"] == "reply" for row in due) == sum(row["channel"] == "web" for row in came)
    dated = [row["due"] for row in due if row["due"]]
    assert dated == sorted(dated)
    assert all(("complaint." in row["rule"]) or row["clock"] in ("measure", "result") for row in due)
    told = [row["due"] for row in due]
    assert told[len(dated) :] == [None] * (len(told) - len(dated))


def test_every_day_of_the_month_adds_up(boston: Wuye) -> None:
    received = [row["received"][:10] for row in source_rows()]
    before = 0
    for day in (f"2022-01-{n:02d}" for n in range(1, 32)):
        answer = on(boston, NOW, "day", day, "--explain", "-o", "json").json
        assert {row["row"] for row in answer["rows"]} >= {"complaint", "visitor"}
        for row in answer["rows"]:
            left, new, reopened, done, void, still = (row[name] for name in IDENTITY)
            assert left + new + reopened == done + void + still
            assert all(row[name] == len(row["ids"][name]) for name in IDENTITY)
        whole = answer["rows"][0]
        assert (whole["left_over"], whole["new"]) == (before, received.count(day))
        assert len(answer["late_entries"]) == received.count(day)
        before = whole["still_open"]
    assert before == 100


# --- many rows, and faults


def many(count: int, faulty: tuple[int, ...] = ()) -> bytes:
    """A CSV of `count` requests; the rows named have a wrong phone."""
    lines = ["received,room,reporter,phone,text"]
    for n in range(1, count + 1):
        month, day = n % 12 + 1, n % 28 + 1
        phone = "1380013" if n in faulty else f"138{n:08d}"
        lines.append(
            f"2025-{month:02d}-{day:02d} {n % 24:02d}:{n % 60:02d},{n % 9 + 1}-1-{n % 30 + 101},住户{n},{phone},灯坏{n}"
        )
    return ("\n".join(lines) + "\n").encode()


def test_a_thousand_rows_in_one_go(wuye: Wuye, office: Path) -> None:
    said = wuye("complaint", "add", "--from", "-", stdin=many(1000))
    assert said.code == 0, said.err
    assert said.out.startswith("已登记投诉 1000 条，归入 2025-01、2025-02")
    counts = {p.parent.name: p.read_text("utf-8").count("\n- id: ") for p in office.glob("records/*/complaint.yaml")}
    assert counts == Counter(f"2025-{n % 12 + 1:02d}" for n in range(1, 1001))
    assert wuye("check").code == 0


@pytest.mark.git
def test_a_batch_is_one_commit(boston: Wuye, office: Path) -> None:
    import subprocess

    command = ["git", "-C", str(office), "log", "--format=%s%n%an"]
    log = subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines()
    assert log[0].startswith("投诉登记 TS-2022") and log[0].endswith("等 100 条")
    assert len(log) == 4  # the office's own commit and the batch, a subject and an author each


def test_every_fault_is_listed_by_row_and_nothing_is_written(wuye: Wuye, office: Path) -> None:
    faulty = (3, 500, 999)
    said = wuye("complaint", "add", "--from", "-", "-o", "json", stdin=many(1000, faulty))
    assert said.code == 2
    assert [p["row"] for p in said.json["error"]["problems"]] == list(faulty)
    assert [line.split("：")[1] for line in said.err.splitlines()] == [f"第 {n} 行" for n in faulty]
    assert not list(office.glob("records/*/*"))


def test_several_faults_of_one_row_are_all_told(wuye: Wuye, office: Path) -> None:
    rows = b"received,room,reporter,phone,text,subject\n2099-01-01,3-2-1201,,12,x,y\n2025-01-01,3-2-1201,a,,x,\n"
    said = wuye("complaint", "add", "--from", "-", stdin=rows)
    assert said.code == 2
    assert len(said.err.splitlines()) == 4
    assert all("第 1 行" in line for line in said.err.splitlines())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "没有记录"),
        (b"reporter,text\n", "没有记录"),
        (b"reporter,text\na,b,c\n", "第 1 行：这一行的格数比表头多"),
        (b"reporter,reporter\na,b\n", "出现两次"),
        (b'reporter,text\na,"b\n', "引号"),
        (b"[1, 2]", "第 1 行：应是一条"),
        (b'[{"a": 1}', "JSON"),
        (b'{"text": "a"}\n{"text": \n', "JSON"),
        (b"- text: *a\n", "单引号"),
        (b"\xff\xff\xff", "编码"),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        batch.rows(data, "标准输入")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        '[{"reporter": "王女士", "people": 3}]',
        '{"reporter": "王女士", "people": 3}',
        '{"reporter": "王女士", "people": 3}\n',
        '{"schema": "wuye.complaint", "records": [{"reporter": "王女士", "people": 3}]}',
        "- reporter: 王女士\n  people: 3\n",
        "# 说明\n- reporter: 王女士\n  people: 3\n",
        "reporter,people\n王女士,3\n",
        "reporter , people\r\n王女士,3\r\n",
    ],
)
def test_stdin_is_told_by_its_first_character(data: str) -> None:
    assert batch.rows(data.encode(), "标准输入") == [{"reporter": "王女士", "people": "3"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_sheet_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    assert batch.rows("投诉人,内容\n王女士,漏水\n".encode(encoding), "a.csv") == [{"投诉人": "王女士", "内容": "漏水"}]


# --- the progress bar


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that goes on by so many seconds each time it is looked at."""

    def every(seconds: float) -> None:
        moments = iter(range(10**9))
        monkeypatch.setattr(progress.clock, "ticks", lambda: next(moments) * seconds)

    return every


def test_short_work_shows_no_bar(ticking: Callable[[float], None]) -> None:
    ticking(0.0001)
    screen = Screen(True)
    assert list(progress.bar(range(1000), screen)) == list(range(1000))
    assert screen.getvalue() == ""


def test_nobody_watching_no_bar(ticking: Callable[[float], None]) -> None:
    ticking(10)
    screen = Screen(False)
    assert list(progress.bar(range(1000), screen)) == list(range(1000))
    assert screen.getvalue() == ""


def test_long_work_shows_a_bar_that_ends_at_all_of_it(ticking: Callable[[float], None]) -> None:
    """The rows done before the bar came up count: it starts where the work stands and ends at the total."""
    ticking(0.01)
    screen = Screen(True)
    assert list(progress.bar(range(1000), screen)) == list(range(1000))
    shown = screen.getvalue()
    assert "处理中" in shown
    assert "1000/1000" in shown
    assert " 1/1000" not in shown
