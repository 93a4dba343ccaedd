"""Short parts of the campaign against faults; the whole of it is run by hand (docs/reliability.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults.again import interrupts
from faults.calls import Point, points, struck
from faults.disks import Unable
from faults.full import full
from faults.kills import kills
from faults.many import readers
from faults.office import Broken, halves
from faults.power import powercuts

pytestmark = pytest.mark.git


def quiet(words: str) -> None:
    """Nobody looks on."""


def test_commands_killed_at_random(tmp_path: Path) -> None:
    told = kills(2, 1, quiet, tmp_path, only=("sync",))
    assert sum(count for what, count in told.items() if what.startswith("killed")) == 1


def test_the_failure_points_are_those_after_the_lock() -> None:
    lines = [
        'openat(AT_FDCWD, "/o/x", O_RDONLY) = 3', "write(1, 1) = 1", "flock(3</o/x>, LOCK_EX|LOCK_NB) = 0",
        'openat(AT_FDCWD, "/o/y", O_WRONLY|O_CREAT, 0600) = 4', "write(4</o/y>, 2) = 1", "fsync(4</o/y>) = 0",
        "close(4</o/y>) = 0", 'rename("/o/y", "/o/x") = 0', 'newfstatat(AT_FDCWD</o>, "/o/x", {}, 0) = 0',
        'newfstatat(AT_FDCWD</o>, "/o/x", {}, 0) = 0', 'newfstatat(AT_FDCWD</o>, "/elsewhere", {}, 0) = 0',
    ]  # fmt: skip
    found = dict.fromkeys((point.call, point.at) for point in points(lines, "/o"))
    assert list(found) == [("openat", 2), ("write", 2), ("fsync", 1), ("rename", 1)]
    assert list(points(lines, "/o", looks=True)) == [Point("flock", 1, "EIO"), Point("newfstatat", 1, "EACCES")]


@pytest.mark.strace
@pytest.mark.parametrize("again", [False, True])
def test_a_payment_struck_at_a_call(again: bool, tmp_path: Path) -> None:
    assert struck(["payment"], 1, 3, quiet, tmp_path, again=again).total() == 1


def test_what_is_half_done_is_seen() -> None:
    paid, loan = "  receipt: '9000001'\n", "- id: JY-1\n  key: 匙1\n  purpose: 标1\n"
    key = "  label: 匙1\n  loan: JY-1\n"
    halves(f"{paid}  number: '9000001'\n{loan}{key}")
    for half in (paid, loan, key):
        with pytest.raises(Broken, match="half done"):
            halves(half)


def test_the_power_goes(tmp_path: Path) -> None:
    try:
        told = powercuts(2, 1, "ext4", quiet, tmp_path, only=("key loan",))
    except Unable as error:
        pytest.skip(str(error))
    assert sum(count for what, count in told.items() if what.startswith("cut")) == 2


def test_a_disk_that_takes_nothing_more(tmp_path: Path) -> None:
    try:
        told = full(3, 0, quiet, tmp_path, only=("payment",))
    except Unable as error:
        pytest.skip(str(error))
    assert {what.partition(":")[0] for what in told} == {"full", "limited", "read-only"}


def test_readers_beside_a_writer(tmp_path: Path) -> None:
    assert readers(2, 4, tmp_path) >= 12


def test_interrupted_and_given_again(tmp_path: Path) -> None:
    assert interrupts(4, 1, quiet, tmp_path).total() == 4
