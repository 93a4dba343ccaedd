"""The store: whatever stops it, a file is as it was or as it should be, and the sentence that is said is true."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from powercut import Machine, PowerCut, running

from wuye import disk, journal, outside, store
from wuye.errors import BadInput, CannotWrite, Damaged, InputOutput, Refused, WuyeError
from wuye.journal import Change
from wuye.store import Store

A, B = "records/2026-11/complaint.yaml", "records/2026-12/complaint.yaml"
OLD, NEW, OTHER = b"- id: TS-20261122-001\n", b"- id: TS-20261122-001\n  room: 3-2-1201\n", b"- id: TS-20261201-001\n"
ONE = (Change(A, OLD, NEW),)
TWO = (Change(A, OLD, NEW), Change(B, None, OTHER))
BOTH = pytest.mark.parametrize("changes", [ONE, TWO], ids=["one file", "two files"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def make(root: Path) -> Path:
    """An office with one month file and a repository (as far as the store looks)."""
    (root / A).parent.mkdir(parents=True)
    (root / A).write_bytes(OLD)
    (root / "wuye.yaml").write_text("format: 1\n", "utf-8")
    (root / ".git").mkdir()
    return root


def write(root: Path, changes: Sequence[Change]) -> list[str]:
    """Write under the lock; gives what the desk is told."""
    with Store(root).lock("甲", "写") as session:
        session.write(changes)
        return session.notices


def state(root: Path) -> list[bytes | None]:
    return [disk.read(root / path) for path in (A, B)]


def after(changes: Sequence[Change]) -> list[bytes | None]:
    return [NEW, OTHER if len(changes) > 1 else None]


def seen(root: Path) -> list[bytes | None]:
    """What a reading command sees."""
    reader = Store(root)
    reader.settle()
    return [reader.read(path) for path in (A, B)]


def settle(root: Path) -> list[str]:
    """What the next writing command does before its own work."""
    with Store(root).lock("乙", "下一个") as session:
        return session.notices


def points(tmp_path: Path, changes: Sequence[Change]) -> range:
    """The numbers of the disk calls that this write makes."""
    root = make(tmp_path / "whole")
    with running(Machine()) as machine:
        write(root, changes)
    assert len(machine.calls) > 10
    return range(1, len(machine.calls) + 1)


# --- the power fails, the disk fails


@BOTH
@pytest.mark.parametrize("lost", ["nothing", "all", "but renames"])
def test_stopped_at_every_call(changes: Sequence[Change], lost: str, tmp_path: Path) -> None:
    ends = []
    for at in points(tmp_path, changes):
        root = make(tmp_path / str(at))
        with running(Machine(at)) as machine, pytest.raises(PowerCut):
            write(root, changes)
        if lost != "nothing":
            machine.lose(renames=lost == "all")
        notices = settle(root)
        assert state(root) in ([OLD, None], after(changes)), (at, machine.calls)
        assert notices == []
        assert seen(root) == state(root)
        assert not list((root / ".wuye" / "tmp").glob("*"))
        assert write(root, [Change(A, state(root)[0], b"- id: X\n")]) == []
        ends.append(state(root)[1] is not None)
    assert ends == sorted(ends)


@BOTH
@pytest.mark.parametrize("renames", [True, False])
def test_what_was_acknowledged_survives_a_power_cut(renames: bool, changes: Sequence[Change], tmp_path: Path) -> None:
    root = make(tmp_path / "office")
    with running(Machine()) as machine:
        write(root, changes)
    machine.lose(renames=renames)
    assert settle(root) == []
    assert state(root) == after(changes)


@BOTH
def test_stopped_again_while_recovering(changes: Sequence[Change], tmp_path: Path) -> None:
    last = points(tmp_path, changes)[-1]
    for at in range(last // 2, last + 1):
        for again in range(1, 30):
            root = make(tmp_path / f"{at}-{again}")
            with running(Machine(at)) as first, pytest.raises(PowerCut):
                write(root, changes)
            first.lose()
            try:
                with running(Machine(again)) as second:
                    settle(root)
            except PowerCut:
                second.lose()
            else:
                break
            settle(root)
            assert state(root) in ([OLD, None], after(changes)), (at, again)


@BOTH
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("once", [True, False], ids=["once", "from then on"])
def test_every_call_failing_is_told_truly(changes: Sequence[Change], code: int, once: bool, tmp_path: Path) -> None:
    """Said to be saved, it is; said not to be, it is not and never will be."""
    said = set()
    for at in points(tmp_path, changes):
        root = make(tmp_path / str(at))
        words = "saved"
        try:
            with running(Machine(at, code, once)):
                words += "".join(write(root, changes))
        except (InputOutput, CannotWrite) as error:
            words = str(error)
        unsaved = "没有保存" in words
        assert unsaved or words == "saved" or "不要重做" in words or "核对" in words, words
        if not unsaved:
            assert seen(root) == after(changes), (at, words)
        settle(root)
        assert state(root) == ([OLD, None] if unsaved else after(changes)), (at, words)
        assert not (root / ".wuye" / "journal" / "manifest").exists()
        assert not list((root / ".wuye" / "tmp").glob("*"))
        said.add(unsaved)
    assert said == {True, False}


KILLED = """
import sys
from pathlib import Path
from wuye.journal import Change
from wuye.store import Store
root = Path(sys.argv[1])
while True:
    with Store(root).lock("甲", "写") as session:
        old = session.read("a.yaml"), session.read("b.yaml")
        new = str(int((old[0] or b"0")) + 1).encode()
        session.write([Change("a.yaml", old[0], new), Change("b.yaml", old[1], new)])
    print(new.decode(), flush=True)
"""


def test_killed_while_writing_two_files(tmp_path: Path) -> None:
    root = make(tmp_path / "office")
    path = str(Path(store.__file__).parents[1])
    last = 0
    for turn in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(root)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        ) as process:
            assert process.stdout is not None
            for _ in range(1 + turn % 3):
                last = int(process.stdout.readline())
            for _ in range(turn * 4000):
                pass
            process.kill()
        settle(root)
        first, second = disk.read(root / "a.yaml"), disk.read(root / "b.yaml")
        assert first == second and int(first or 0) >= last


# --- what is refused


def test_a_folder_that_is_no_office_is_never_written_to(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="wuye init"):
        write(tmp_path, [Change("a.yaml", None, b"x")])
    assert list(tmp_path.iterdir()) == []


def test_one_file_changed_meanwhile_and_none_is_written(home: Path) -> None:
    make(home)
    with pytest.raises(Refused, match="刚刚被别的程序改过"):
        write(home, [Change(B, None, OTHER), Change(A, b"else", NEW)])
    assert state(home) == [OLD, None]
    with pytest.raises(Refused, match="刚刚被别的程序改过"):
        write(home, [Change(A, b"else", NEW)])
    assert state(home) == [OLD, None]


@BOTH
def test_an_empty_file_counts_as_none(changes: Sequence[Change], home: Path) -> None:
    make(home)
    (home / B).parent.mkdir()
    (home / B).touch()
    write(home, [*changes[1:], Change(B, None, OTHER)] if len(changes) == 1 else changes)
    assert disk.read(home / B) == OTHER


@pytest.mark.parametrize("path", ["../out.yaml", "records/../../out.yaml", "/nowhere/wuye-out.yaml", "link/out.yaml"])
def test_no_path_leads_out(path: str, home: Path, tmp_path: Path) -> None:
    make(home)
    (tmp_path / "elsewhere").mkdir()
    (home / "link").symlink_to(tmp_path / "elsewhere")
    for changes in ([Change(path, None, b"x")], [Change(path, None, b"x"), *ONE]):
        with pytest.raises(Refused, match="指向台账之外的链接"):
            write(home, changes)
    assert state(home) == [OLD, None]
    assert not list(tmp_path.rglob("*out.yaml")) and not Path("/nowhere/wuye-out.yaml").exists()


@pytest.mark.parametrize("name", ["", "lock", "tmp", "known", "journal"])
def test_a_link_in_the_private_folder_destroys_nothing_elsewhere(name: str, home: Path, tmp_path: Path) -> None:
    """A cloned office may carry one; what it leads to must not be swept, emptied or written to."""
    make(home)
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "1-2").write_text("precious", "utf-8")
    (home / ".wuye" / name).parent.mkdir(exist_ok=True)
    (home / ".wuye" / name).symlink_to(victim / "1-2" if name == "lock" else victim)
    with pytest.raises(Refused, match="链接"):
        write(home, ONE)
    with pytest.raises(Refused, match="链接"):
        Store(home).crashed("trace")
    assert [p.name for p in victim.iterdir()] == ["1-2"]
    assert (victim / "1-2").read_text("utf-8") == "precious"
    assert state(home) == [OLD, None]


def test_only_our_own_temporary_files_are_swept(home: Path) -> None:
    folder = make(home) / ".wuye" / "tmp"
    folder.mkdir(parents=True)
    (folder / "123-456").touch()
    (folder / "letter.txt").touch()
    assert any("1 个遗留文件" in words for _, words in Store(home).leftovers())
    settle(home)
    assert [p.name for p in folder.iterdir()] == ["letter.txt"]
    assert Store(home).leftovers() == []


# --- known files


def known(root: Path) -> set[str]:
    return {path.name for path in (root / ".wuye" / "known").iterdir()}


def test_a_written_file_is_known_and_the_old_one_forgotten(home: Path) -> None:
    make(home)
    with Store(home).lock("甲", "写") as session:
        assert session.blocks(A)[0] == OLD
        assert known(home) == {disk.digest(OLD)}
        session.write([Change(A, OLD, NEW)])
        assert known(home) == {disk.digest(NEW)}
        session.write([Change(A, NEW, OTHER), Change(B, None, OTHER)])
    assert known(home) == {disk.digest(OTHER)}


def test_a_file_edited_by_hand_is_read_in_full(home: Path) -> None:
    make(home)
    write(home, [Change(A, OLD, NEW)])
    (home / A).write_bytes(NEW + b"  room: doubled\n")
    with Store(home).lock("甲", "写") as session, pytest.raises(Damaged):
        session.blocks(A)


def test_bytes_that_nobody_read_do_not_become_known(home: Path) -> None:
    make(home)
    write(home, [Change(A, OLD, NEW)])
    assert not (home / ".wuye" / "known").exists()


def test_a_damaged_file_among_the_known_keeps_its_bytes(home: Path) -> None:
    make(home)
    damaged = b"- id: TS-1\n  a: &x\n- id: TS-2\n"
    (home / A).write_bytes(damaged)
    folder = home / ".wuye" / "known"
    folder.mkdir(parents=True)
    (folder / disk.digest(damaged)).touch()
    with Store(home).lock("甲", "写") as session:
        data, cut = session.blocks(A)
        assert data == damaged and cut.ids == ("TS-1", "TS-2")
    (folder / disk.digest(damaged)).unlink()
    with Store(home).lock("甲", "写") as session, pytest.raises(Damaged):
        session.blocks(A)


def test_known_that_is_no_folder_costs_only_time(home: Path) -> None:
    make(home)
    (home / ".wuye").mkdir()
    (home / ".wuye" / "known").touch()
    with Store(home).lock("甲", "写") as session:
        session.blocks(A)
        session.write(ONE)
    assert state(home)[0] == NEW


# --- reading


def test_files_and_months(home: Path) -> None:
    make(home)
    (home / "books").mkdir()
    (home / "books" / "unit.yaml").touch()
    (home / "records" / "2026-10").mkdir()
    assert Store(home).list_files() == ["books/unit.yaml", A]
    assert Store(home).months("complaint") == ["2026-11"]
    assert Store(home).months("visitor") == []
    assert Store(home).read(B) is None


def test_a_folder_in_a_files_place_is_said(home: Path) -> None:
    make(home)
    (home / B).mkdir(parents=True)
    with pytest.raises(InputOutput, match=r"complaint\.yaml：读不出来（它是文件夹）"):
        Store(home).read(B)


def test_a_disk_that_cannot_be_written_is_read_and_a_journal_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(home)
    journal.begin(home / ".wuye" / "journal", TWO)

    real = os.open

    def fail(path: str | Path, flags: int, *mode: int) -> int:
        if flags & (os.O_CREAT | os.O_RDWR | os.O_WRONLY):
            raise OSError(errno.EROFS, "")
        return real(path, flags, *mode)

    monkeypatch.setattr(os, "open", fail)
    reader = Store(home)
    reader.settle()
    assert [reader.read(path) for path in (A, B)] == [NEW, OTHER]
    assert reader.list_files() == [A, B] and reader.months("complaint") == ["2026-11", "2026-12"]
    assert state(home) == [OLD, None]
    with pytest.raises(CannotWrite, match="没有权限写"):
        write(home, ONE)


def test_what_was_shown_ahead_is_forgotten_once_written(home: Path) -> None:
    make(home)
    journal.begin(home / ".wuye" / "journal", TWO)
    desk = Store(home)
    with Store(home).lock("甲", "占着"):
        journal.begin(home / ".wuye" / "journal", [Change(A, NEW, OTHER)])
        desk.settle()
        assert desk.read(A) == OTHER
    with desk.lock("乙", "写") as session:
        session.write([Change(A, OTHER, OLD)])
    assert desk.read(A) == OLD


def test_a_reader_leaves_what_needs_a_word_to_the_next_writer(home: Path) -> None:
    make(home)
    journal.begin(home / ".wuye" / "journal", TWO)
    (home / A).write_bytes(b"# by hand\n")
    assert seen(home) == [b"# by hand\n", OTHER]
    assert state(home) == [b"# by hand\n", None]
    assert "手工改过" in settle(home)[0]
    assert state(home) == [b"# by hand\n", OTHER]


# --- what waits for a commit


def test_written_paths_wait_for_a_commit(home: Path) -> None:
    make(home)
    waiting = home / ".wuye" / "uncommitted"
    write(home, ONE)
    assert waiting.read_text("utf-8").split() == [A]
    with pytest.raises(WuyeError):
        write(home, [Change(B, OLD, NEW)])
    assert waiting.read_text("utf-8").split() == [A]


@BOTH
def test_a_write_that_was_killed_is_still_committed_later(changes: Sequence[Change], tmp_path: Path) -> None:
    for at in points(tmp_path, changes):
        root = make(tmp_path / str(at))
        with running(Machine(at)), pytest.raises(PowerCut):
            write(root, changes)
        settle(root)
        if state(root) != [OLD, None]:
            assert (root / ".wuye" / "uncommitted").read_text("utf-8").split() == [c.relative for c in changes], at


def test_what_a_journal_wrote_waits_for_a_commit(home: Path) -> None:
    make(home)
    journal.begin(home / ".wuye" / "journal", TWO)
    settle(home)
    assert (home / ".wuye" / "uncommitted").read_text("utf-8").split() == [A, B]


def test_without_a_repository_nothing_waits(home: Path) -> None:
    make(home)
    (home / ".git").rmdir()
    write(home, ONE)
    assert not (home / ".wuye" / "uncommitted").exists()


# --- files elsewhere


def test_an_output_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    outside.write(target, b"one")
    (tmp_path / "link").symlink_to(target)
    outside.write(tmp_path / "link", b"two")
    assert target.read_bytes() == b"two" and (tmp_path / "link").is_symlink()
    for at in (1, 2, 3, 4):
        with running(Machine(at, errno.ENOSPC)), pytest.raises(InputOutput, match="磁盘已满"):
            outside.write(target, b"three")
    assert target.read_bytes() == b"two" and len(list(tmp_path.iterdir())) == 2


def test_an_output_file_takes_no_devices_place(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(BadInput, match="不是普通文件"):
            outside.write(target, b"x")
    assert not Path(os.devnull).is_file() and not (tmp_path / "pipe").is_file()
