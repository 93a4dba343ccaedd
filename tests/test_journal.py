"""The redo journal: carried out whole, whatever was there; nobody's bytes are written over."""

from __future__ import annotations

from pathlib import Path

import pytest
from powercut import Machine, PowerCut, running

from wuye import disk, journal
from wuye.errors import Damaged, Refused
from wuye.journal import Change

CHANGES = (Change("a.yaml", b"old", b"new"), Change("sub/b.yaml", None, b"made"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_bytes(b"old")
    return tmp_path


@pytest.fixture
def folder(root: Path) -> Path:
    """A committed journal that nobody has carried out."""
    journal.begin(root / ".wuye" / "journal", CHANGES)
    return root / ".wuye" / "journal"


def place(root: Path, relative: str) -> Path:
    if relative.startswith(".."):
        raise Refused(relative)
    return root / relative


def finish(root: Path) -> tuple[list[str], list[str]]:
    folder = root / ".wuye" / "journal"
    return journal.finish(lambda relative: place(root, relative), folder, root / ".wuye" / "tmp" / "1")


def both(root: Path) -> list[bytes | None]:
    return [disk.read(root / change.relative) for change in CHANGES]


def test_begin_writes_nothing_in_place(root: Path, folder: Path) -> None:
    assert both(root) == [b"old", None]
    assert [(one.relative, one.data) for one in journal.pending(folder)] == [
        ("a.yaml", b"new"),
        ("sub/b.yaml", b"made"),
    ]


def test_finish_writes_all_and_takes_the_journal_away(root: Path, folder: Path) -> None:
    assert finish(root) == (["a.yaml", "sub/b.yaml"], [])
    assert both(root) == [b"new", b"made"]
    assert list(folder.iterdir()) == [] and journal.pending(folder) == []
    assert finish(root) == ([], [])


def test_a_file_already_written_is_left_alone(root: Path, folder: Path) -> None:
    (root / "a.yaml").write_bytes(b"new")
    inode = (root / "a.yaml").stat().st_ino
    assert finish(root)[0] == ["a.yaml", "sub/b.yaml"]
    assert (root / "a.yaml").stat().st_ino == inode and both(root) == [b"new", b"made"]


def test_there_is_no_journal_before_the_manifest_has_its_name(root: Path) -> None:
    folder = root / ".wuye" / "journal"
    with running(Machine()) as whole:
        journal.begin(folder, CHANGES)
    committed = whole.calls.index("replace") + 1
    # The folders are there now: count again as it is from the second time on.
    for at in range(1, committed + 20):
        journal.clear(folder)
        try:
            with running(Machine(at)) as machine:
                journal.begin(folder, CHANGES)
        except PowerCut:
            pending = journal.pending(folder)
            assert len(pending) == (2 if "replace" in machine.calls[: at - 1] else 0), (at, machine.calls)
        else:
            break
    assert at > 8


def test_a_folder_that_a_killed_command_made_is_made_durable(tmp_path: Path) -> None:
    for at in range(1, 9):
        folder = tmp_path / str(at) / ".wuye" / "journal"
        folder.parents[1].mkdir()
        machine = Machine(at)
        with running(machine), pytest.raises(PowerCut):
            journal.begin(folder, CHANGES)
        machine.at = 0
        with running(machine):
            journal.begin(folder, CHANGES)
        machine.lose()
        assert len(journal.pending(folder)) == 2, at


def test_leftovers_of_a_begin_that_was_cut_do_not_mix_in(root: Path) -> None:
    folder = root / ".wuye" / "journal"
    folder.mkdir(parents=True)
    for name in ("0", "1", "2", "manifest.new"):
        (folder / name).write_bytes(b"torn")
    assert journal.pending(folder) == [] and finish(root) == ([], [])
    journal.begin(folder, CHANGES)
    assert finish(root) == (["a.yaml", "sub/b.yaml"], []) and both(root) == [b"new", b"made"]


def test_the_manifest_goes_first(root: Path, folder: Path) -> None:
    """Without its bytes a manifest is damage: a power cut while clearing must not leave one."""

    def again() -> None:
        (root / "a.yaml").write_bytes(b"old")
        (root / "sub" / "b.yaml").unlink(missing_ok=True)
        journal.begin(folder, CHANGES)

    finish(root)
    again()
    with running(Machine()) as whole:
        finish(root)
    assert whole.calls[-6:] == ["unlink", "open", "fsync", "unlink", "unlink", "unlink"]
    for back in range(6):
        again()
        with running(Machine(len(whole.calls) - back)) as machine, pytest.raises(PowerCut):
            finish(root)
        machine.lose()
        assert len(journal.pending(folder)) in (0, 2)
        assert finish(root)[1] == [] and both(root) == [b"new", b"made"]


# --- changed by hand meanwhile


def test_a_hand_edit_stays_and_the_new_bytes_lie_beside_it(root: Path, folder: Path) -> None:
    (root / "a.yaml").write_bytes(b"by hand")
    (root / "a.yaml.wuye-new").write_bytes(b"of an earlier time")
    written, notices = finish(root)
    assert written == ["sub/b.yaml"] and both(root) == [b"by hand", b"made"]
    assert len(notices) == 1 and "a.yaml.2.wuye-new" in notices[0] and "手工改过" in notices[0]
    assert (root / "a.yaml.wuye-new").read_bytes() == b"of an earlier time"
    assert (root / "a.yaml.2.wuye-new").read_bytes() == b"new"


def test_a_file_deleted_by_hand_stays_deleted(root: Path, folder: Path) -> None:
    (root / "a.yaml").unlink()
    assert finish(root)[0] == ["sub/b.yaml"]
    assert both(root) == [None, b"made"] and (root / "a.yaml.wuye-new").read_bytes() == b"new"


def test_a_second_recovery_puts_nothing_beside_twice(root: Path, folder: Path) -> None:
    (root / "a.yaml").write_bytes(b"by hand")
    (root / "a.yaml.wuye-new").write_bytes(b"new")
    assert "a.yaml.wuye-new" in finish(root)[1][0]
    assert not (root / "a.yaml.2.wuye-new").exists()


def test_an_edit_in_the_very_moment_is_a_hand_edit(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = disk.write_temp

    def edited(temp: Path, data: bytes) -> None:
        real(temp, data)
        if data == b"new":
            (root / "a.yaml").write_bytes(b"by hand")

    monkeypatch.setattr(disk, "write_temp", edited)
    assert "手工改过" in finish(root)[1][0]
    assert both(root) == [b"by hand", b"made"] and (root / "a.yaml.wuye-new").read_bytes() == b"new"


# --- damage


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("manifest", b"garbage\n"),
        ("manifest", b""),
        ("manifest", b"\xff\xfe\n"),
        ("manifest", b"../../x\t-\tabc\ta.yaml\n"),
        ("1", b"torn"),
        ("1", b""),
    ],
)
def test_a_damaged_journal_is_put_aside_whole(name: str, data: bytes, root: Path, folder: Path) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(Damaged, match="wuye doctor"):
        journal.pending(folder)
    written, notices = finish(root)
    assert written == [] and both(root) == [b"old", None]
    (aside,) = root.glob(".wuye/journal.damaged-*")
    assert aside.name in notices[0] and "核对" in notices[0]
    assert (aside / "0").read_bytes() == b"new"
    assert finish(root) == ([], [])


def test_bytes_that_are_missing_are_damage(root: Path, folder: Path) -> None:
    (folder / "0").unlink()
    assert "损坏" in finish(root)[1][0] and both(root) == [b"old", None]


def test_a_journal_that_leads_out_writes_nothing(root: Path) -> None:
    folder = root / ".wuye" / "journal"
    journal.begin(folder, [*CHANGES, Change("../out.yaml", None, b"x")])
    assert "损坏" in finish(root)[1][0]
    assert both(root) == [b"old", None] and not (root.parent / "out.yaml").exists()


# --- as a reader shows it


def test_a_preview_shows_what_is_still_to_be_written(root: Path, folder: Path) -> None:
    def show() -> tuple[dict[str, bytes], bool]:
        return journal.preview(lambda relative: place(root, relative), folder)

    assert show() == ({"a.yaml": b"new", "sub/b.yaml": b"made"}, True)
    (root / "a.yaml").write_bytes(b"new")
    assert show() == ({"sub/b.yaml": b"made"}, True)
    (root / "a.yaml").write_bytes(b"by hand")
    assert show() == ({"sub/b.yaml": b"made"}, False)
    assert both(root) == [b"by hand", None]


@pytest.mark.parametrize("name", ["a b.yaml", "附件 一.jpg", "tab\there.yaml", "line\u2028x\x85y.yaml"])
def test_names_of_all_sorts(name: str, root: Path) -> None:
    folder = root / ".wuye" / "journal"
    journal.begin(folder, [Change(name, None, b"x"), Change("b", None, b"")])
    assert [(one.relative, one.data) for one in journal.pending(folder)] == [(name, b"x"), ("b", b"")]
    assert finish(root) == ([name, "b"], []) and (root / name).read_bytes() == b"x"
