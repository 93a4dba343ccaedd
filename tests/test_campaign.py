"""Short parts of the campaign against faults; the whole of it is run by hand (docs/reliability.md)."""

from __future__ import annotations

from pathlib import Path

import campaign
import pytest

pytestmark = pytest.mark.git


def test_commands_killed_at_random(tmp_path: Path) -> None:
    told = campaign.kills(16, 1, lambda words: None, tmp_path)
    assert sum(count for what, count in told.items() if what.startswith("killed")) == 6


def test_the_failure_points_are_those_after_the_lock() -> None:
    lines = [
        'openat(AT_FDCWD, "x", O_RDONLY) = 3', "write(1, 1) = 1", "flock(3</x>, LOCK_EX|LOCK_NB) = 0",
        'openat(AT_FDCWD, "y", O_WRONLY|O_CREAT, 0600) = 4', "write(4, 2) = 1", "fsync(4) = 0", "close(4) = 0",
        'rename("y", "x") = 0',
    ]  # fmt: skip
    assert list(campaign.points(lines)) == [("openat", 2), ("write", 2), ("fsync", 1), ("rename", 1)]


@pytest.mark.strace
def test_a_payment_struck_at_a_call(tmp_path: Path) -> None:
    assert campaign.struck(["payment"], 1, 3, lambda words: None, tmp_path).total() == 1
