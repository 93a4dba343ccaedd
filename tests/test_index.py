"""The index answers as the files do: after every kind of change, and whatever became of it itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import story
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_damage import SPOILT

from wuye import clocks, dumper, founding, query
from wuye.reading import Reading
from wuye.record import Record, to_stored
from wuye.schema import Kind
from wuye.wanted import EVERYTHING, Wanted

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
    root = desk / "office"
    founding.found(root, "翠湖花园", "李静")
    shutil.rmtree(root / ".git", ignore_errors=True)
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
    return found


def agrees(root: Path) -> None:
    """Every answer through the index equals the answer from the files, and that of a new index."""
    whole = Reading(root).load_all()
    assert plain(told(root)) == plain(whole)
    narrow = [told(root, wanted) for wanted in QUESTIONS]
    for wanted, answer in zip(QUESTIONS, narrow, strict=True):
        narrows(root, whole, wanted, answer)
    shutil.copy(root / ".wuye" / "index.sqlite", root.parent / "kept")
    (root / ".wuye" / "index.sqlite").unlink()
    assert plain(told(root)) == plain(whole)
    assert [plain(told(root, wanted)) for wanted in QUESTIONS] == [plain(one) for one in narrow]
    for end in ("", "-wal", "-shm"):
        (root / ".wuye" / f"index.sqlite{end}").unlink(missing_ok=True)
    shutil.copy(root.parent / "kept", root / ".wuye" / "index.sqlite")


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


def narrows(root: Path, whole: Any, wanted: Wanted, answer: Any) -> None:
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
    _, problems = Reading(root).load_all()
    months = wanted.months
    assert answer[1] == [p for p in problems if months is None or Path(p.file).parent.name in months]


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


@pytest.mark.parametrize("name", EDITS)
def test_each_change_is_seen(shelf: Path, name: str) -> None:
    agrees(shelf)
    try:
        EDITS[name](shelf)
    except ValueError:
        pytest.skip("root: says nothing here")
    agrees(shelf)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(EDITS)), min_size=2, max_size=5))
def test_any_story_of_changes_is_seen(desk: Path, names: list[str]) -> None:
    root = desk / "office"
    shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(desk / "elsewhere", ignore_errors=True)
    founding.found(root, "翠湖花园", "李静")
    fill(root)
    told(root)
    for name in names:
        try:
            EDITS[name](root)
        except ValueError:  # the file no longer holds what this change changes
            continue
        assert plain(told(root)) == plain(Reading(root).load_all()), name
    agrees(root)
