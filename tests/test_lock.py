"""The office's lock: one holder, who is named; a dead one holds nothing."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from wuye import clock, lock
from wuye.errors import CannotWrite, InputOutput, Locked
from wuye.lock import hold


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_every_waiter_is_told_who_holds_it(path: Path) -> None:
    with hold(path, "李静（投诉登记，进程 12）", 0):
        for _ in range(3):
            with pytest.raises(Locked, match="李静（投诉登记，进程 12）"), hold(path, "张三", 0):
                pass
    assert path.read_bytes() == b""
    with hold(path, "张三", 0):
        assert path.read_text("utf-8") == "张三"


def test_it_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = hold(path, "甲", 0)
    first.__enter__()
    waits = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            first.__exit__(None, None, None)

    monkeypatch.setattr(clock, "wait", wait)
    with hold(path, "乙", 60):
        assert path.read_text("utf-8") == "乙"
    assert len(waits) == 3


def test_the_wait_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]

    def wait(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr(clock, "wait", wait)
    monkeypatch.setattr(clock, "ticks", lambda: passed[0])
    with hold(path, "甲", 0), pytest.raises(Locked, match="甲"), hold(path, "乙", 60):
        pass
    assert 60 <= passed[0] < 61


def test_an_error_inside_lets_go(path: Path) -> None:
    with pytest.raises(KeyError), hold(path, "甲", 0):
        raise KeyError
    with hold(path, "乙", 0):
        pass


def test_a_killed_holder_holds_nothing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from wuye.lock import hold\n"
        "with hold(Path(sys.argv[1]), 'killed', 0): print('held', flush=True); sys.stdin.read()"
    )
    package = str(Path(lock.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": package},
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        with pytest.raises(Locked, match="killed"), hold(path, "乙", 0):
            pass
        process.kill()
    with hold(path, "乙", 0):
        assert path.read_text("utf-8") == "乙"


def test_a_lock_file_that_was_deleted_keeps_nobody_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleted between opening and locking: the lock on the old file is worth nothing, the new one is taken."""
    real, calls = lock._try_lock, []

    def deleted(handle: int) -> bool:
        calls.append(handle)
        if len(calls) == 1:
            path.unlink()
        return real(handle)

    monkeypatch.setattr(lock, "_try_lock", deleted)
    monkeypatch.setattr(clock, "wait", lambda seconds: None)
    with hold(path, "甲", 60):
        assert len(calls) == 2 and path.read_text("utf-8") == "甲"


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("precious", "utf-8")
    path.symlink_to(tmp_path / "letter")
    with pytest.raises(InputOutput, match="链接"), hold(path, "甲", 0):
        pass
    assert (tmp_path / "letter").read_text("utf-8") == "precious"


@pytest.mark.parametrize(("code", "words"), [(errno.ENOLCK, "不支持加锁"), (errno.EIO, "磁盘读写出错")])
def test_a_disk_without_locks_is_said_at_once(
    code: int, words: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def fail(*args: object) -> None:
        raise OSError(code, "")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(InputOutput, match=words), hold(path, "甲", 60):
        pass


def test_a_folder_that_cannot_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> int:
        raise OSError(errno.EACCES, "")

    monkeypatch.setattr(lock.os, "open", fail)
    with pytest.raises(CannotWrite, match="没有权限"), hold(path, "甲", 60):
        pass
