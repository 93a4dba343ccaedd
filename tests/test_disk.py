"""Bytes on the disk: whole, durable, private; every error of the operating system is one Chinese sentence."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from powercut import Machine, PowerCut, running

from wuye import disk
from wuye.errors import CannotWrite, InputOutput, Refused


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def put(target: Path, data: bytes, expected: bytes | None) -> None:
    disk.replace(target, data, expected, target.parents[1] / "tmp" / "1", "records/a.yaml")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_digest_is_blake2b() -> None:
    for data in (b"", "漏水".encode(), b"x" * 10**6):
        assert disk.digest(data) == hashlib.blake2b(data, digest_size=16).hexdigest()


# --- what is written


def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path, open_umask: None) -> None:
    target = tmp_path / "office" / "records" / "2026-11" / "a.yaml"
    disk.replace(target, b"one", None, tmp_path / "office" / "tmp" / "1", "a.yaml")
    for path in (tmp_path / "office").rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path
    target.chmod(0o644)
    disk.replace(target, b"two", b"one", tmp_path / "office" / "tmp" / "1", "a.yaml")
    assert mode(target) == 0o600 and target.read_bytes() == b"two"
    assert not list((tmp_path / "office" / "tmp").iterdir())


def test_the_order_of_the_calls(tmp_path: Path) -> None:
    """Bytes before the name, the name before anything is said; new folders before what lies in them."""
    with running(Machine()) as machine:
        put(tmp_path / "new" / "a.yaml", b"1", None)
    folder = ["mkdir", "open", "fsync"]
    again = ["open", "fsync"]  # an empty folder may not be durable yet
    temp, name = ["open", "write", "fsync"], ["replace", "open", "fsync"]
    assert machine.calls == [*folder, *again, *folder, *temp, *name]
    with running(Machine()) as machine:
        put(tmp_path / "new" / "a.yaml", b"2", b"1")
    assert machine.calls == [*temp, *name]


def test_a_folder_that_a_killed_command_made_is_made_durable(tmp_path: Path) -> None:
    for at in (2, 3, 4, 5):
        root = tmp_path / str(at)
        (root / "tmp").mkdir(parents=True)
        machine = Machine(at)
        with running(machine), pytest.raises(PowerCut):
            put(root / "new" / "a.yaml", b"one", None)
        machine.at = 0
        with running(machine):
            put(root / "new" / "a.yaml", b"one", None)
        machine.lose()
        assert (root / "new" / "a.yaml").read_bytes() == b"one", at


def test_a_short_write_is_carried_on(tmp_path: Path) -> None:
    data = os.urandom(100_000)
    with running(Machine()) as machine:
        disk.write_temp(tmp_path / "1", data)
    assert machine.calls.count("write") > 10 and (tmp_path / "1").read_bytes() == data


@pytest.mark.parametrize("there", ["file", "link", "link to nowhere"])
def test_nothing_that_is_there_is_taken_for_a_new_file(there: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    if there == "file":
        (tmp_path / "1").write_bytes(b"somebody's")
    else:
        (tmp_path / "1").symlink_to(tmp_path / ("precious" if there == "link" else "nowhere"))
    with pytest.raises(FileExistsError):
        disk.write_temp(tmp_path / "1", b"x")
    assert (tmp_path / "precious").read_bytes() == b"precious" and not (tmp_path / "nowhere").exists()
    assert there != "file" or (tmp_path / "1").read_bytes() == b"somebody's"


@pytest.mark.parametrize("expected", [None, b"", b"older"])
def test_a_file_that_changed_is_left_alone(expected: bytes | None, tmp_path: Path) -> None:
    target = tmp_path / "records" / "a.yaml"
    target.parent.mkdir()
    target.write_bytes(b"by hand")
    with pytest.raises(Refused, match=r"records/a\.yaml 刚刚被别的程序改过：这一次没有写入；请重做一次"):
        put(target, b"new", expected)
    assert target.read_bytes() == b"by hand" and not list((tmp_path / "tmp").iterdir())


# --- what fails

SENTENCE = re.compile(r"^\S[^；。]*：[^。]*请[^。]*$")


@pytest.mark.parametrize("code", [*sorted(disk.CAUSES), errno.ENOSPC, errno.EDQUOT, errno.EFBIG, 9999])
def test_every_error_is_one_chinese_sentence_that_says_what_to_do(code: int) -> None:
    error = disk.worded(OSError(code, os.strerror(code)), "records/a.yaml")
    words = str(error)
    assert SENTENCE.match(words) and "没有保存" in words and "records/a.yaml" in words and "\n" not in words
    assert not re.search("[A-Za-z]{3}", words.replace("records/a.yaml", "")), words
    assert error.exit_code == (73 if code in disk.DENIED else 74)
    assert isinstance(error, CannotWrite if code in disk.DENIED else InputOutput)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_every_call_failing_leaves_the_old_bytes_or_says_so(code: int, tmp_path: Path) -> None:
    with running(Machine()) as whole:
        (tmp_path / "whole").mkdir()
        put(tmp_path / "whole" / "a" / "a.yaml", b"new", None)
    for old in (None, b"old"):
        for at in range(1, len(whole.calls) + 1):
            root = tmp_path / f"{at}-{old!r}"
            root.mkdir()
            target = root / "a" / "a.yaml"
            if old is not None:
                target.parent.mkdir()
                target.write_bytes(old)
            try:
                with running(Machine(at, code)):
                    put(target, b"new", old)
            except (InputOutput, CannotWrite) as error:
                saved = "已写入" in str(error)
                assert saved or "没有保存" in str(error)
                assert disk.read(target) == (b"new" if saved else old), (at, str(error))
            else:
                assert disk.read(target) == b"new"
            assert not list((root / "tmp").iterdir() if (root / "tmp").exists() else []), at


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert disk.read(tmp_path / "nothing") is None
    with pytest.raises(InputOutput, match=r"^records/a\.yaml：读不出来（它是文件夹）：请检查"):
        disk.read(tmp_path, "records/a.yaml")


# --- the real calls of the real program


@pytest.mark.strace
def test_the_real_calls_of_an_add(office: Path) -> None:
    trace = office.parent / "trace"
    add = [sys.executable, "-m", "wuye", "complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "-q"]
    calls = "trace=openat,fsync,fdatasync,rename,renameat,renameat2,write,mkdir"
    done = subprocess.run(
        ["strace", "-y", "-s", "40", "-e", calls, "-o", str(trace), *add], cwd=office, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout == "TS-20261122-001\n", done.stderr
    lines = trace.read_text("utf-8", "replace").splitlines()

    def place(pattern: str, after: int = 0) -> int:
        return next(n for n, line in enumerate(lines) if n >= after and re.search(pattern, line))

    where = re.escape(str(office))
    opened = place(rf'openat\(.*"{where}/\.wuye/tmp/[0-9-]+", [A-Z_|]*O_EXCL[A-Z_|]*, 0600\)')
    written = place(rf"^write\(\d+<{where}/\.wuye/tmp/", opened)
    synced = place(rf"^fsync\(\d+<{where}/\.wuye/tmp/", written)
    renamed = place(rf'^rename.*"{where}/records/2026-11/complaint\.yaml"', synced)
    folder = place(rf"^fsync\(\d+<{where}/records/2026-11>", renamed)
    said = place(r'^write\(1<.*"TS-20261122-001', folder)
    assert opened < written < synced < renamed < folder < said
    assert place(rf"^fsync\(\d+<{where}/records>") < renamed and place(rf"^fsync\(\d+<{where}>") < renamed
