"""The log of who saw private data: whatever is done to it afterwards is found, with file and line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played

Wuye = Callable[..., Said]
OCTOBER, NOVEMBER = "log/access-2026-10.jsonl", "log/access-2026-11.jsonl"


@played
def seen(wuye: Wuye, office: Path) -> Wuye:
    """An office in which private data was seen twice in October and three times in November."""
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士", "--at", "2026-10-01 10:00").code == 0
    for now in ("2026-10-20T10:00", "2026-10-21T10:00", "2026-11-01T10:00", "2026-11-02T10:00", "2026-11-03T10:00"):
        assert wuye("complaint", "show", "1001-1", "--reveal", "--reason", f"回电 {now}", now=now).code == 0
    assert wuye("check").code == 0
    return wuye


def found(wuye: Wuye) -> list[tuple[str, int]]:
    said = wuye("check", "-o", "json")
    places = [(p["file"], p["line"]) for p in said.json["problems"]]
    assert said.code == (65 if places else 0)
    return places


def commit(office: Path) -> None:
    """Whoever tampers with it may commit as well."""
    for argv in (["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "整理"]):
        subprocess.run(["git", *argv], cwd=office, check=True)


ATTACKS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int]] = {
    "edited": (lambda rows: [rows[0], rows[1].replace("回电".encode(), "好奇".encode()), rows[2]], 2),
    "removed": (lambda rows: [rows[0], rows[2]], 2),
    "first removed": (lambda rows: rows[1:], 1),
    "reordered": (lambda rows: [rows[1], rows[0], rows[2]], 1),
    "torn": (lambda rows: [*rows[:2], rows[2][:40]], 3),
    "last removed": (lambda rows: rows[:2], 3),
    "emptied": (lambda rows: [], 1),
}


@pytest.mark.git
@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_done_to_the_log_is_found(attack: str, committed: bool, seen: Wuye, office: Path) -> None:
    change, line = ATTACKS[attack]
    path = office / NOVEMBER
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    if committed:
        commit(office)
    assert (NOVEMBER, line) in found(seen)


@pytest.mark.git
@pytest.mark.parametrize("committed", [False, True])
def test_a_log_that_was_taken_away_is_missed(committed: bool, seen: Wuye, office: Path) -> None:
    kept = (office / OCTOBER).read_bytes()
    (office / OCTOBER).unlink()
    if committed:
        commit(office)
    places = found(seen)
    assert (OCTOBER, 1) in places  # git knows it
    assert (NOVEMBER, 1) in places  # and so does the month that goes on from it
    (office / OCTOBER).write_bytes(kept)
    assert found(seen) == []


def test_without_git_the_next_month_tells_of_a_missing_one(seen: Wuye, office: Path) -> None:
    (office / ".git").rename(office.parent / "away")
    (office / OCTOBER).unlink()
    assert found(seen) == [(NOVEMBER, 1)]


def test_each_desk_has_a_log_of_its_own(wuye: Wuye, office: Path) -> None:
    settings = office / "wuye.yaml"
    settings.write_text(settings.read_text("utf-8").replace("# letter: A", "letter: B"), "utf-8")
    assert wuye("complaint", "add", "3-2-1201", "漏水", "--reporter", "王女士").code == 0
    assert wuye("complaint", "show", "ts1", "--reveal", "--reason", "回电").code == 0
    assert [p.name for p in (office / "log").iterdir()] == ["access-2026-11-B.jsonl"]
    assert wuye("check").code == 0
