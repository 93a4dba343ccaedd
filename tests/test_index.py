"""The index answers as the files do: after every kind of change, and whatever became of it itself."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import story
from conftest import NOVEMBER, Said, Wuye, run_wuye
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_damage import SPOILT
from test_summary import histories
from yearbook import Year

from wuye import __version__, changes, clocks, dumper, lock, query, records
from wuye.changes import Heard, Who
from wuye.index import database, tables, writer
from wuye.index.rows import Columns, Row
from wuye.reading import Reading
from wuye.record import Record, from_stored, to_stored
from wuye.schema import Kind
from wuye.values import Typing
from wuye.wanted import EVERYTHING, NAMED, Wanted, digits_of, searched, wholes

MONTHS = ("2026-09", "2026-10", "2026-11")
HEAD = b"# yaml-language-server: $schema=../../.wuye/schema/complaint.json\n"


def block(number: int, month: str = "2026-11", told: str = "open", **given: str) -> bytes:
    """A complaint's block: open, closed, or closed while its special report is still owed."""
    one = story.Story().add(f"{month}-05 10:{number:02d}", **given)
    if told != "open":
        if told == "owing":
            one = story.Story().add(f"{month}-05 10:{number:02d}", may_sue="yes", **given)
        one.do("handle", f"{month}-06 10:00", result="修好").do("close", f"{month}-06 11:00", no_follow_up="业户出国")
    stored = to_stored(one.record)
    stored["id"] = f"TS-{month.replace('-', '')}05-{number:03d}"
    return dumper.dump_record(stored)


def guest(number: int, month: str) -> bytes:
    stored = to_stored(story.Story(story.VISITOR).add(f"{month}-05 10:{number:02d}", plate="粤B12345").record)
    stored["id"] = f"FK-{month.replace('-', '')}05-{number:03d}"
    return dumper.dump_record(stored)


BLOCKS = {
    month: [block(1, month), block(2, month, "closed", text="电梯坏了", room="1-1-101"), block(3, month, "owing")]
    for month in MONTHS
}


@pytest.fixture
def shelf(desk: Path) -> Path:
    """An office of three months, without git."""
    return found(desk / "office")


def found(root: Path) -> Path:
    root.mkdir()
    (root / "wuye.yaml").write_text("format: 1\nname: 翠湖花园\n", "utf-8")
    fill(root)
    return root


def fill(root: Path) -> None:
    shutil.rmtree(root / "records", ignore_errors=True)
    for month in MONTHS:
        (root / "records" / month).mkdir(parents=True)
        (root / "records" / month / "complaint.yaml").write_bytes(HEAD + b"".join(BLOCKS[month]))
        (root / "records" / month / "visitor.yaml").write_bytes(guest(1, month) + guest(2, month))


Plain = tuple[dict[str, list[tuple[Any, str, int]]], list[Any]]


def plain(told: tuple[dict[Kind, list[Record]], list[Any]]) -> Plain:
    """An answer so that two of them can be compared."""
    records, problems = told
    return {k.name: [(to_stored(r), r.file, r.line) for r in found] for k, found in records.items()}, problems


def told(root: Path, wanted: Wanted = EVERYTHING) -> tuple[dict[Kind, list[Record]], list[Any]]:
    """What the index says, and no other."""
    reading = Reading(root)
    found = reading.select_all(wanted)
    assert reading.index._db is not None, "it was answered from memory or from the files"
    reading.index.close()
    return found


def agrees(root: Path) -> None:
    """Every answer through the index equals the answer from the files, and that of a new index."""
    reading = Reading(root)
    whole = reading.load_all()
    assert plain(told(root)) == plain(whole)
    narrow = [reading.select_all(wanted) for wanted in QUESTIONS]
    for wanted, answer in zip(QUESTIONS, narrow, strict=True):
        narrows(whole, wanted, answer)
    assert [plain(reading.select_all(wanted)) for wanted in QUESTIONS] == [plain(one) for one in narrow]
    other = Reading(root)
    other.index.path = other.index.path.with_name("other.sqlite")
    assert plain(other.select_all()) == plain(whole)
    assert [plain(other.select_all(wanted)) for wanted in QUESTIONS] == [plain(one) for one in narrow]
    assert other.index._db is not None
    other.index.close()
    other.index.path.unlink()


DAY = story.at("2026-10-06 00:00")
QUESTIONS = (
    Wanted(room="3-2-1201"),
    Wanted(statuses=("closed", "left")),
    Wanted(open=True),
    Wanted(waits=True),
    Wanted(text="电梯"),
    Wanted(months=("2026-10", "2026-12")),
    Wanted(months=("2026-10",), room="1-1-101", open=True, text="坏"),
    Wanted(alive=(int(DAY.timestamp()), int((DAY + timedelta(days=1)).timestamp()))),
    Wanted(newest=2),
)


def narrows(whole: Any, wanted: Wanted, answer: Any) -> None:
    """Nothing that is wanted is missing, everything stands as it is in the files, in their order."""
    for kind, found in answer[0].items():
        records = [r for r in whole[0][kind] if wanted.months is None or Path(r.file).parent.name in wanted.months]
        everything = [(to_stored(r), r.file, r.line) for r in records]
        mine = [(to_stored(r), r.file, r.line) for r in found]
        if wanted.newest:
            records.sort(key=lambda r: (r.received, r.id), reverse=True)
            assert mine == [(to_stored(r), r.file, r.line) for r in records[: wanted.newest]]
            continue
        assert mine == [one for one in everything if one in mine]
        needed = [one for one, r in zip(everything, records, strict=True) if is_wanted(r, wanted)]
        assert [one for one in needed if one not in mine] == []
    months = wanted.months
    assert answer[1] == [p for p in whole[1] if months is None or Path(p.file).parent.name in months]


def is_wanted(record: Record, wanted: Wanted) -> bool:
    basis = story.basis("2026-11-22 10:00", record.kind)
    if wanted.waits:
        moments = [basis.at(basis.now + timedelta(days=n)) for n in (-40, 0, 1, 40, 4000)]
        return any(r.waits for moment in moments for r in clocks.read(record, moment))
    if wanted.alive:
        times = [record.received, *(e.at for e in record.log)]
        late = max(record.recorded, *times, *(e.recorded or e.at for e in record.log))
        return record.is_open or (min(times).timestamp() < wanted.alive[1] and late.timestamp() >= wanted.alive[0])
    asked = query.Query(room=wanted.room, statuses=tuple(wanted.statuses), open=wanted.open, text=wanted.text)
    return query.fits(record, asked, basis)


# --- whatever happens to the files


def path(root: Path, month: str = "2026-11") -> Path:
    return root / "records" / month / "complaint.yaml"


def rewrite(change: Callable[[bytes], bytes], month: str = "2026-11") -> Callable[[Path], None]:
    def apply(root: Path) -> None:
        file = path(root, month)
        if file.is_file():
            file.write_bytes(change(file.read_bytes()))

    return apply


def stealthily(root: Path) -> None:
    """Another text of the same size, in the same file, with the stamp it had."""
    file = path(root)
    if file.is_file():
        before = file.stat()
        with file.open("r+b") as handle:
            data = handle.read().replace("厨房".encode(), "客厅".encode())
            handle.seek(0)
            handle.write(data)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def renamed(root: Path) -> None:
    if path(root, "2026-10").is_file():
        path(root, "2026-12").parent.mkdir(exist_ok=True)
        path(root, "2026-10").rename(path(root, "2026-12"))


def swapped(root: Path) -> None:
    if all(path(root, month).is_file() for month in MONTHS[1:]):
        path(root, "2026-10").rename(root / "x")
        path(root, "2026-11").rename(path(root, "2026-10"))
        (root / "x").rename(path(root, "2026-11"))


def folder(root: Path) -> None:
    path(root, "2026-08").mkdir(parents=True, exist_ok=True)


def linked(root: Path) -> None:
    """A month that leads out of the office, its files untouched."""
    if not (root.parent / "elsewhere").exists() and not (root / "records" / "2026-09").is_symlink():
        (root / "records" / "2026-09").rename(root.parent / "elsewhere")
        (root / "records" / "2026-09").symlink_to(root.parent / "elsewhere")


def gone(root: Path) -> None:
    path(root, "2026-09").unlink(missing_ok=True)


NEW, OTHER = block(7), block(8, told="owing", room="9-1-101", text="车位被占")
EDITS: dict[str, Callable[[Path], None]] = {
    "append": rewrite(lambda d: d + NEW),
    "append an odd one": rewrite(lambda d: d + NEW.replace(b"status: recorded", b"status: lost")),
    "append one that cannot be read": rewrite(lambda d: d + b"- id: TS-20261105-099\n  text: 'x\n"),
    "insert": rewrite(lambda d: d.replace(BLOCKS["2026-11"][1], OTHER + BLOCKS["2026-11"][1])),
    "change": rewrite(lambda d: d.replace("电梯坏了".encode(), "灯坏了，很暗".encode())),
    "delete": rewrite(lambda d: d.replace(BLOCKS["2026-11"][0], b"")),
    "twice": rewrite(lambda d: d + BLOCKS["2026-11"][0]),
    "twice over files": rewrite(lambda d: d + BLOCKS["2026-11"][0], "2026-10"),
    "turn around": rewrite(lambda d: HEAD + b"".join(reversed(BLOCKS["2026-11"]))),
    "comments": rewrite(lambda d: d.replace(b"\n- id", b"\n# it's\n\n- id")),
    "a comment more": rewrite(lambda d: d + b"# last\n"),
    "no end": rewrite(lambda d: d.removesuffix(b"\n")),
    "windows": rewrite(lambda d: d.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
    "bom": rewrite(lambda d: b"\xef\xbb\xbf" + d.removeprefix(b"\xef\xbb\xbf")),
    "kept lines": rewrite(lambda d: d + NEW.replace(b"text: ", b"text: |+\n    a\n\n  place: ") + b"\n\n"),
    "open quote over records": rewrite(lambda d: d.replace("text: 厨房".encode(), "text: '厨房".encode())),
    "escapes": rewrite(lambda d: d + NEW.replace("厨房漏水".encode(), b'"a\\0b\\x85\\u2028 ~ & * ! null"')),
    "empty": rewrite(lambda d: b""),
    "back again": fill,
    "stealthily": stealthily,
    "renamed": renamed,
    "swapped": swapped,
    "a folder": folder,
    "linked": linked,
    "gone": gone,
    **{f"spoilt: {name}": rewrite(change) for name, (change, *_) in SPOILT.items()},
}


def test_before_anything_changes_it_agrees(shelf: Path) -> None:
    agrees(shelf)


@pytest.mark.parametrize("name", EDITS)
def test_each_change_is_seen(shelf: Path, name: str) -> None:
    told(shelf)
    EDITS[name](shelf)
    agrees(shelf)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(EDITS)), min_size=2, max_size=5))
def test_any_story_of_changes_is_seen(desk: Path, names: list[str]) -> None:
    root = desk / "office"
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(desk / "elsewhere", ignore_errors=True)
    found(root)
    told(root)
    for name in names:
        try:
            EDITS[name](root)
        except ValueError:  # the file no longer holds what this change changes
            continue
        assert plain(told(root)) == plain(Reading(root).load_all()), name
    agrees(root)


# --- the days of the office


def as_files_say(*argv: str) -> None:
    """A command answers through the index what it answers from the files."""
    through = run_wuye([*argv, "-o", "json"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "asked", lambda *given: None)
        from_files = run_wuye([*argv, "-o", "json"])
    assert through == from_files, argv
    assert through.code in (0, 1, 2, 4, 65), through.err  # 1: nobody, 4: several, 2: not come yet


COMMANDS = (
    ("today",), ("due",), ("day", "2026-11-16"), ("day", "2026-11-18"), ("day", "2026-11-20"), ("day",), ("doctor",),
    ("complaint", "list", "--late"), ("complaint", "list", "--open", "--room", "3-2-1201", "--sort", "due"),
    ("complaint", "list", "--period", "2026-11", "--limit", "2"), ("complaint", "list", "--where", "状态=已办结"),
    ("complaint", "list", "--since", "2026-11-18", "--until", "2026-11-20", "--text", "漏水"), ("complaint", "count"),
    ("complaint", "count", "状态", "--period", "all"), ("complaint", "count", "级别", "--open"),
    ("complaint", "count", "month", "--limit", "3"), ("complaint", "count", "day"), ("complaint", "count", "people"),
)  # fmt: skip


@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(histories(), st.sampled_from(["2026-11-20T10:00", "2026-11-24T18:00", "2026-12-30T09:00"]))
def test_every_day_is_told_as_from_the_files(desk: Path, told_of: list[Record], now: str) -> None:
    root = desk / "office"
    shutil.rmtree(root, ignore_errors=True)
    found(root)
    files: dict[Path, bytes] = {}
    for number, record in enumerate(told_of, 50):
        stored = to_stored(record)
        stored["id"] = f"TS-{record.received:%Y%m%d}-{number:03d}"
        place = path(root, f"{record.received:%Y-%m}")
        files[place] = files.get(place, b"") + dumper.dump_record(stored)
    for place, data in files.items():
        place.parent.mkdir(exist_ok=True)
        place.write_bytes((place.read_bytes() if place.exists() else b"") + data)
    os.chdir(root)
    os.environ["WUYE_NOW"] = now
    for argv in COMMANDS:
        as_files_say(*argv)


ROOMS = ("1-1-101", "1-1-102", "1-2-201", "2-1-101")
ABOUT_MONEY = (
    *(("who", word) for word in (
        *ROOMS, "王女士", "8000", "2345", "9000", "粤B12345", "12345", "王小妹", "A先生", "axs", "wns", "郑女士",
        "1101", "101", "没有的人", "wangnshi", "sk-20250105-001", "车位一",
    )),
    *((*words, room) for room in ROOMS for words in (("arrears",), ("statement",), ("history",), ("unit", "show"))),
    *(("arrears", "--by", by) for by in ("line", "debtor", "age", "building", "item", "period", "collector")),
    ("arrears", "1栋"), ("arrears", "车位一"), ("arrears", "--corrected", "--as-of", "2025-04-30"),
    ("arrears", "--explain"), ("arrears", "--by", "line", "--corrected", "--as-of", "2025-02-28"), ("dunning", "plan"),
    ("figures",), ("month", "2025-05"),
)  # fmt: skip


def test_money_and_people_are_told_as_from_the_files(wuye: Wuye, office: Path) -> None:
    """Accounts worked out without whole records are those of the records; whoever is looked for is found either way."""
    Year(units=70, months=6).fill(office)
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write("charges:\n  property: {zh: 物业费, way: area, rates: [{from: 2025-01-01, rate: '2.80'}],"
                   " late_fee: {rate: '0.05%', grace: 10}}\n")
    for argv in (
        *(("unit", "add", room, "--area", "80") for room in ROOMS),
        ("resident", "add", "王女士", ROOMS[0], "--role", "业主", "--phones", "13800138000", "--plates", "粤B12345",
         "--emergency-contact", "王小妹", "--emergency-phone", "12345"),
        ("resident", "add", "A先生", ROOMS[2], "--role", "租户", "--phones", "0755-88889000"),
        ("staff", "add", "周敏", "--post", "前台", "--phone", "13500135000"),
        ("complaint", "add", ROOMS[1], "漏水", "--reporter", "郑女士", "--phone", "13400131101"),
        ("parking", "add", "车位一", ROOMS[1], "--holder", "王女士", "--since", "2026-01-01"),
        ("bill", "add", "--bay", "车位一", "--item", "车位费", "--amount", "300", "--due", "2026-10-31"),
        ("payment", "add", ROOMS[2], "77.70", "--way", "现金", "--at", "2026-11-01 10:00"),
        ("payment", "transfer", "1101-1", "--room", ROOMS[3], "--reason", "收错"), ("undo", "sk1101-1", "--yes"),
        ("bill", "deliver", "ZD-20250601-002", "--way", "posted", "--signed-by", "王女士"),
        ("dunning", "add", ROOMS[0], "--method", "电话", "--collector", "周敏", "--at", "2026-11-03 10:00"),
    ):  # fmt: skip
        said = wuye(*argv)
        assert said.code == 0, (argv, said.err)
    assert wuye("today").code == 0, "the index is there"
    for argv in ABOUT_MONEY:
        as_files_say(*argv)


@pytest.mark.git
def test_commands_and_checkouts_are_seen(wuye: Wuye, office: Path) -> None:
    add = ("complaint", "add", "3-2-1201", "--reporter", "王女士")
    steps = (
        (*add, "第一件"), (*add, "第二件", "--at", "2026-10-15 10:00"),
        ("complaint", "judge", "1122-1", "--nature", "valid"),
        ("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201"),
        ("visitor", "leave", "fk1"), ("complaint", "void", "1122-1", "--reason", "重复"), (*add, "第三件"),
    )  # fmt: skip
    for argv in steps:
        assert wuye(*argv).code == 0, argv
        assert plain(told(office)) == plain(Reading(office).load_all())
    for back in ("HEAD~2", "HEAD~5", "HEAD~1", "HEAD"):
        subprocess.run(["git", "checkout", "-q", back, "--", "records"], cwd=office, check=True)
        assert plain(told(office)) == plain(Reading(office).load_all()), back
    agrees(office)


# --- whatever became of the index itself


def index_of(root: Path) -> Path:
    return root / ".wuye" / "index.sqlite"


def answers(root: Path) -> bool:
    """The right answer comes, whatever the index is; whether it came from an index on the disk."""
    reading = Reading(root)
    assert plain(reading.select_all()) == plain(Reading(root).load_all())
    assert [r.id for r in reading.select(story.COMPLAINT, Wanted(room="1-1-101"))[0]]
    kept = reading.index._db is not None
    reading.index.close()
    return kept


def test_torn_at_any_place_it_is_made_anew(shelf: Path) -> None:
    told(shelf)
    data = index_of(shelf).read_bytes()
    for size in (0, 1, *range(512, 8192, 512), len(data) // 2, len(data) - 1):
        index_of(shelf).write_bytes(data[:size])
        assert answers(shelf), size


def test_noise_is_made_anew(shelf: Path) -> None:
    told(shelf)
    data = index_of(shelf).read_bytes()
    for start in (0, 16, 100, *range(4096, len(data), 4096)):
        index_of(shelf).write_bytes(data[:start] + bytes(range(256)) * 16 + data[start + 4096 :])
        assert answers(shelf), start
    index_of(shelf).write_bytes("不是数据库".encode() * 2000)
    assert answers(shelf)


def test_json_that_is_none_is_made_anew(shelf: Path) -> None:
    told(shelf)
    with closing(sqlite3.connect(index_of(shelf))) as db:
        db.execute("update body set raw = '{'")
        db.execute("update said set value = '{'")
        db.commit()
    assert run_in(shelf, "complaint", "list", "--period", "all", "-o", "json").code == 0
    assert answers(shelf)


def run_in(root: Path, *argv: str) -> Said:
    return run_wuye(["--office", str(root), *argv])


def test_of_another_version_it_is_made_anew(shelf: Path) -> None:
    told(shelf)
    with closing(sqlite3.connect(index_of(shelf))) as db:
        db.execute("update meta set value = '0 0.0.1' where name = 'version'")
        db.execute("delete from record")
        db.commit()
    assert answers(shelf)
    with closing(sqlite3.connect(index_of(shelf))) as db:
        assert dict(db.execute("select name, value from meta"))["version"].endswith(__version__)


def test_a_kind_that_changed_is_read_anew(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(shelf)
    with closing(sqlite3.connect(index_of(shelf))) as db:
        db.execute("update kind set shape = 'x' where name = 'complaint'")
        db.execute("delete from record where kind = (select id from kind where name = 'complaint')")
        db.commit()
    assert answers(shelf)


def test_rules_that_changed_are_minded(shelf: Path) -> None:
    """What a closed complaint still owes depends on the rules: three people make it hot, or ten."""
    path(shelf).write_bytes(HEAD + block(1, told="closed", people="5"))
    assert "TS-20261105-001" in {r.id for r in told(shelf, Wanted(waits=True))[0][story.COMPLAINT]}
    (shelf / "wuye.yaml").write_text("format: 1\nname: x\nrules:\n  complaint.hot_people: '8'\n", "utf-8")
    assert "TS-20261105-001" not in {r.id for r in told(shelf, Wanted(waits=True))[0][story.COMPLAINT]}


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_locked_by_another_it_is_done_without(shelf: Path, journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY", 0.05)
    told(shelf)
    with closing(sqlite3.connect(index_of(shelf), isolation_level=None)) as db:
        db.execute(f"pragma journal_mode = {journal}")
        db.execute("begin exclusive")
        EDITS["append"](shelf)
        assert not answers(shelf)
        db.execute("rollback")
    assert answers(shelf)


def test_while_another_makes_it_it_is_done_without(shelf: Path) -> None:
    (shelf / ".wuye").mkdir()
    with lock.hold(shelf / ".wuye" / database.LOCK, "别人", 0):
        assert not answers(shelf)
    assert answers(shelf)


def test_what_stands_in_its_place_is_left_alone(shelf: Path) -> None:
    index_of(shelf).mkdir(parents=True)
    assert not answers(shelf)
    assert list((shelf / ".wuye").iterdir()) == [index_of(shelf)]
    index_of(shelf).rmdir()
    (shelf.parent / "precious").write_bytes(b"precious")
    index_of(shelf).symlink_to(shelf.parent / "precious")
    assert not answers(shelf)
    assert (shelf.parent / "precious").read_bytes() == b"precious" and index_of(shelf).is_symlink()
    index_of(shelf).unlink()
    (shelf / ".wuye").rename(shelf.parent / "elsewhere")
    (shelf / ".wuye").symlink_to(shelf.parent / "elsewhere")
    assert not answers(shelf)
    assert not list((shelf.parent / "elsewhere").glob("index*")), "nothing is written through a link"


@pytest.mark.root
def test_in_a_folder_that_cannot_be_written_it_is_done_without(shelf: Path) -> None:
    (shelf / ".wuye").mkdir()
    (shelf / ".wuye").chmod(0o500)
    try:
        assert not answers(shelf)
    finally:
        (shelf / ".wuye").chmod(0o700)
    assert answers(shelf)
    index_of(shelf).chmod(0o400)
    (shelf / ".wuye").chmod(0o500)
    EDITS["append"](shelf)
    try:
        assert not answers(shelf)
    finally:
        (shelf / ".wuye").chmod(0o700)


def test_killed_while_it_is_made_or_brought_up(shelf: Path) -> None:
    """Whatever was written last, the next question finds the right answer."""
    for moment in ("put", "finish", "newest"):
        for before in (False, True):
            for left in (shelf / ".wuye").glob("index*") if not before else ():
                left.unlink()
            if before:
                told(shelf)
                EDITS["insert"](shelf)
            process = os.fork()
            if not process:
                die(moment)
                with suppress(BaseException):
                    Reading(shelf).newest()
                os._exit(0)
            _, status = os.waitpid(process, 0)
            assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
            assert answers(shelf), (moment, before)
            fill(shelf)


def die(moment: str) -> None:
    def killed(*given: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if moment == "put":
        kept, calls = writer.Writer.put, iter(range(1000))
        writer.Writer.put = lambda *given: killed() if next(calls) == 1 else kept(*given)  # type: ignore[method-assign]
    else:
        setattr(tables, moment, killed)


def test_two_processes_at_once(shelf: Path) -> None:
    for round_ in range(3):
        for left in (shelf / ".wuye").glob("index*") if round_ == 1 else ():
            left.unlink()
        children = []
        for _ in range(4):
            if not (process := os.fork()):
                code = 1
                with suppress(BaseException):
                    answers(shelf)
                    code = 0
                os._exit(code)
            children.append(process)
        assert [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in children] == [0] * 4
        EDITS["append" if round_ == 0 else "change"](shelf)
    assert answers(shelf)


def test_many_files_are_read_together(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ALONE", 0)
    seen: list[int] = []

    def progress(items: Any) -> Iterator[Any]:
        seen.append(len(items))
        yield from items

    reading = Reading(shelf)
    reading.progress = progress
    assert plain(reading.select_all()) == plain(reading.load_all())
    assert seen == [6], "a progress bar over every file"
    EDITS["append"](shelf)
    EDITS["twice over files"](shelf)
    assert plain(reading.select_all()) == plain(reading.load_all())
    agrees(shelf)


def test_without_other_processes_it_is_read_in_this_one(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*given: Any, **more: Any) -> None:
        raise OSError("no semaphores")

    monkeypatch.setattr(writer, "ALONE", 0)
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", none)
    assert answers(shelf)


def test_a_journal_not_yet_carried_out_shows(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(shelf)
    reading = Reading(shelf)
    monkeypatch.setattr(reading.store, "settle", lambda: None)
    reading.store._overlay = {NOVEMBER: HEAD + NEW}
    found, _ = reading.select(story.COMPLAINT, Wanted(room="3-2-1201"))
    assert [r.id for r in found if r.file == NOVEMBER] == ["TS-20261105-007"]


def test_only_its_own_account_reads_it(shelf: Path) -> None:
    told(shelf)
    EDITS["append"](shelf)
    told(shelf)
    files = list((shelf / ".wuye").iterdir())
    assert index_of(shelf) in files
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_what_is_gone_is_gone_from_the_index_too(shelf: Path) -> None:
    path(shelf).write_bytes(path(shelf).read_bytes() + block(9, text="机密的事情"))
    told(shelf)
    fill(shelf)
    reading = Reading(shelf)
    reading.select_all()
    with closing(sqlite3.connect(index_of(shelf))) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        for table in ("body", "word", "room"):
            kept = db.execute(f"select count(*) from {table} where record not in (select id from record)").fetchone()[0]
            assert kept == 0, table
    assert "机密的事情".encode() not in index_of(shelf).read_bytes()


# --- the rows


@pytest.mark.parametrize("name", [row[0] for row in records.KINDS])
def test_columns_are_what_the_record_says(name: str) -> None:
    """Of the example of every kind, open and void."""
    kind = records.kind(name)
    base = story.basis("2026-11-22 10:00", kind)
    heard, problems = changes.hear_new(kind, dict(kind.example), Typing(base.now, story.DESK), base)
    assert not problems
    who = Who("李静", None, base.now)
    record = changes.new(kind, f"{kind.prefix}-20261122-001", heard, who, base, {})
    void = kind.flow.step("void")
    assert void is not None
    dropped = changes.stepped(record, void, Heard({"reason": "重复"}), who, base, {})
    for one in (record, dropped):
        raw = to_stored(one)
        row = Columns(kind, base, {}).row(raw, 7)
        assert row is not None and from_stored(kind, raw, base.zone)[1] == []
        assert_row(one, row)


def assert_row(record: Record, row: Row) -> None:
    times = [record.received, *(e.at for e in record.log)]
    assert (row.number, row.status, row.open, row.line) == (record.id, record.status, record.is_open, 7)
    assert row.received == record.received.timestamp() and row.recorded == record.recorded.timestamp()
    assert row.earliest == min(times).timestamp()
    assert row.touched == max(record.recorded, *times, *(e.recorded or e.at for e in record.log)).timestamp()
    assert row.closed == (record.closed and record.closed.timestamp())
    assert row.due == min((at.timestamp() for at in record.due.values()), default=None)
    places = [f.name for f in record.kind.on_record if f.type.name == "room" or f.name in NAMED]
    told = [record.values, *(e.values for e in record.log), *(e.was for e in record.log)]
    assert set(row.rooms) == {str(values[n]) for values in told for n in places if values.get(n)}
    present = [record[n] for n in places if record[n]]
    assert not present or row.rooms[0] == present[0]
    for one in record.kind.on_record:
        value = record[one.name]
        if isinstance(value, str) and not one.private:
            assert searched(value) in row.words
        if isinstance(value, str) and one.private:
            assert searched(value) not in row.words
            assert all(f"\n{number}\n" in row.private for number in wholes(value))


@settings(max_examples=60, deadline=None)
@given(histories())
def test_columns_of_any_story(told_of: list[Record]) -> None:
    for record in told_of:
        row = Columns(record.kind, story.basis("2026-11-22 10:00")).row(to_stored(record), 7)
        assert row is not None
        assert_row(record, row)


VALUE = st.sampled_from(
    ["", "x", "2026-11-22", "2026-11-22T25:00+08:00", "2026-11-22T10:00", "2026-02-30T10:00+08:00", "yes", "valid"]
)
PLACES = ("received", "recorded", "status", "people", "channel", "posted", "lawsuit", "text", "due", "log", "at")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.one_of(VALUE, st.lists(VALUE, max_size=2), st.dictionaries(st.sampled_from(["at", "step", "by"]), VALUE)),
    st.booleans(),
)
def test_a_row_is_only_made_where_nothing_is_wrong(name: str, value: Any, in_log: bool) -> None:
    raw = to_stored(story.Story().add("2026-11-22 10:00").record)
    if in_log:
        raw["log"][0][name] = value
    else:
        raw[name] = value
    row = Columns(story.COMPLAINT, story.basis("2026-11-22 10:00")).row(raw, 7)
    record, problems = from_stored(story.COMPLAINT, raw, story.DESK.zone)
    assert row is None or not problems
    if row is not None and record is not None:
        assert_row(record, row)


def test_private_numbers_are_found_whole() -> None:
    assert wholes("13800138000") == ("13800138000",)
    assert set(wholes("0755-88886666-801")) == {"075588886666", "075588886666801", "88886666", "88886666801"}
    assert wholes("123X") == ()
    assert digits_of("138-0013-8000") == "13800138000" and digits_of("138001") == digits_of("abc1234567") == ""
