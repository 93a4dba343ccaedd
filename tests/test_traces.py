"""`wuye doctor --history`: full identity-card numbers in whatever git keeps, masked, with commit, path and line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Said

from wuye import identity, traces

Wuye = Callable[..., Said]
NUMBER, MASK = "11010519491231002X", "**************002X"
pytestmark = pytest.mark.git


def git(office: Path, *argv: str, name: str = "某人") -> None:
    who = ["-c", f"user.name={name}", "-c", "user.email=x@y"]
    subprocess.run(["git", *who, *argv], cwd=office, check=True, capture_output=True)


def lines(wuye: Wuye) -> list[str]:
    said = wuye("doctor", "--history", "-o", "json")
    assert said.code == 0 and NUMBER not in said.out + said.err
    return [row["advice"] for row in said.json["rows"] if row["what"] == "历史" and row["state"] == "fault"]


def test_a_clean_history_says_so(kept: Wuye) -> None:
    said = kept("doctor", "--history")
    assert lines(kept) == [] and "个对象里没有完整的身份证号" in said.out
    assert "历史" not in kept("doctor").out


def test_numbers_in_contents_that_are_gone_again(kept: Wuye, office: Path) -> None:
    (office / "a.txt").write_text(f"一\n二 {NUMBER[:6]} {NUMBER[6:14]} 002x\n", "utf-8")
    (office / "b.txt").write_text(f"客户 {NUMBER}", "utf-16")
    (office / "c.txt").write_text(f"客户\n\n{NUMBER}", "gb18030")
    (office / "d").mkdir()
    (office / "d" / f"{NUMBER}.jpg").write_bytes(b"\xff\xd8")
    git(office, "add", "-A")
    git(office, "commit", "-m", "资料")
    git(office, "rm", "-r", "-q", "a.txt", "b.txt", "c.txt", "d")
    git(office, "commit", "-m", "删去")
    first = subprocess.run(["git", "rev-parse", "HEAD^"], cwd=office, capture_output=True, text=True).stdout[:10]
    assert sorted(lines(kept)) == sorted(
        f"提交 {first} {place} 有完整的身份证号 {MASK}"
        for place in ("a.txt:2", "b.txt:1", "c.txt:3", f"文件名 {MASK}.jpg")
    )


def test_numbers_in_messages_authors_tags_and_branches(kept: Wuye, office: Path) -> None:
    git(office, "commit", "--allow-empty", "-m", f"客户 {NUMBER}")
    git(office, "commit", "--allow-empty", "-m", "好", name=NUMBER)
    git(office, "tag", "-a", "t1", "-m", f"见 {NUMBER}")
    git(office, "branch", f"b{NUMBER}")
    git(office, "checkout", "-q", "-b", "side")
    (office / "s.txt").write_text(NUMBER, "utf-8")
    git(office, "add", "s.txt")
    git(office, "commit", "-m", "旁支")
    git(office, "checkout", "-q", "main")
    told = lines(kept)
    assert len(told) == 5
    for words in ("的说明或作者", "标签 t1", f"refs/heads/b{MASK}", "s.txt:1"):
        assert any(words in line for line in told), words


def pieces(text: str, size: int, encoding: str = "utf-8") -> Iterator[bytes]:
    data = text.encode(encoding)
    return (data[i : i + size] for i in range(0, len(data), size))


@pytest.mark.parametrize("size", [7, 64, 1000, 200_000])
@pytest.mark.parametrize("before", ["短\n", "长" * 70_000, "一行\n" * 3000])
def test_a_number_is_found_however_the_pieces_are_cut(before: str, size: int) -> None:
    text = f"{before} {NUMBER} 后\n" + "完\n" * 500
    found = set(traces.numbers(pieces(text, size)))
    assert {(line, one.number) for line, one in found} == {(before.count("\n") + 1, NUMBER)}


def test_no_more_than_a_piece_is_held() -> None:
    held = 0

    def endless() -> Iterator[bytes]:
        nonlocal held
        for _ in range(40):
            held += 1
            yield b"7" * 100_000

    assert list(traces.numbers(endless())) == [] and held == 40
    assert identity.find(NUMBER)
