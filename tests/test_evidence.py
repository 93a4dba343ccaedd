"""One folder for a lawyer: complete, checked against hashes and history, whole or not at all (domain.md 5)."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import played
from till import Till, Wuye

from wuye import outside
from wuye.git import Git

ROOM = "3-2-1201"
GO = ("dunning", "evidence", ROOM, "--reason", "起诉")


@played
def till(wuye: Wuye, desk: Path) -> Till:
    """A bill, a part payment with its receipt, a notice signed for with its proof; and another unit's affairs."""
    till = Till(wuye)
    till.did("unit", "add", ROOM)
    till.did("unit", "add", "3-2-1202")
    till.did("resident", "add", ROOM, "--name", "王女士", "--role", "业主", "--phones", "13800138000")
    till.bill(ROOM, "1073.16", "2026-03-31", period="2026-03")
    till.bill("3-2-1202", "99", "2026-03-31")
    till.pay(ROOM, "500", "2026-06-30", "--receipt", "0012345")
    (desk / "proof.jpg").write_bytes(b"proof")
    contact = till.dun(ROOM, "2026-07-10", "送达通知单", "--signed-by", "王女士", "--evidence", str(desk / "proof.jpg"))
    till.did("dunning", "tell", contact, "--answer", "可以起诉")
    till.dun("3-2-1202", "2026-07-10", "电话")
    return till


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.git
def test_everything_is_in_it_and_the_sums_hold(till: Till, desk: Path, office: Path) -> None:
    target = desk / "to-court"
    till.did(*GO, "--out-dir", str(target))
    names = sorted(p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file())
    assert [n for n in names if "/" not in n] == [
        "README.txt", "SHA256SUMS", "claims.csv", "commits.csv", "receipts.csv", "statement.csv", "statement.md",
    ]  # fmt: skip
    assert "contacts/CS-20260710-001.txt" in names and not any("CS-20260710-002" in n for n in names)
    checked = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=target, capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stdout.count(": OK") == len(names) - 1
    contact = (target / "contacts" / "CS-20260710-001.txt").read_text("utf-8")
    digest = hashlib.sha256(b"proof").hexdigest()
    assert all(words in contact for words in (digest, "签收人：王女士", "答复：可以起诉", "当时欠费：573.16"))
    copied = next(target.glob("attachments/*/*"))
    assert copied.read_bytes() == b"proof"
    claim = table(target / "claims.csv")[0]
    assert (claim["principal"], claim["evidence"], claim["lapses"]) == ("573.16", "CS-20260710-001", "2029-07-10")
    assert [r["number"] for r in table(target / "receipts.csv")] == ["0012345"]
    people = "".join(p.read_text("utf-8") for p in (target / "people").iterdir())
    assert "王女士" in people and "13800138000" in people
    assert "573.16" in (target / "statement.md").read_text("utf-8")
    assert "99" not in (target / "statement.csv").read_text("utf-8").replace("1999", "")
    assert "不是法律意见" in (target / "README.txt").read_text("utf-8")
    assert all(p.stat().st_mode & 0o077 == 0 for p in target.rglob("*"))


@pytest.mark.git
def test_the_commits_that_first_held_it_and_hold_it_now(till: Till, desk: Path, office: Path) -> None:
    till.did(*GO, "--out-dir", str(desk / "out"))
    rows = {(r["id"], Path(r["file"]).name): r for r in table(desk / "out" / "commits.csv")}
    found = subprocess.run(
        ["git", "log", "--reverse", "--format=%H %s"], cwd=office, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    told = {words: id_ for id_, _, words in (line.partition(" ") for line in found)}
    contact = rows["CS-20260710-001", "dunning.yaml"]
    assert contact["first_commit"] == told["催收登记 CS-20260710-001"]
    assert contact["commit"] == told["催收报告经理 CS-20260710-001"]  # later contacts in the same file change nothing
    bill = rows["ZD-20260301-001", "bill.yaml"]
    assert bill["first_commit"] == bill["commit"] == told["账单登记 ZD-20260301-001"]
    proof = next(r for (id_, name), r in rows.items() if name.endswith("proof.jpg"))
    assert proof["first_commit"] == proof["commit"] == contact["first_commit"] and proof["first_author"] == "李静"


@pytest.mark.git
def test_what_is_not_committed_is_said(till: Till, desk: Path, office: Path) -> None:
    path = office / "records" / "2026-03" / "bill.yaml"
    path.write_text("# 手工\n" + path.read_text("utf-8"), "utf-8")
    said = till.did(*GO, "--out-dir", str(desk / "out"))
    assert "git 历史" in said.err
    row = next(r for r in table(desk / "out" / "commits.csv") if r["id"] == "ZD-20260301-001")
    assert row["first_commit"] and not row["commit"] and row["words"] == "现在的内容还没有提交"
    assert Git(desk).first_holding("records/2026-03/bill.yaml", "ZD-20260301-001") is None


def test_it_is_logged_who_took_it(till: Till, desk: Path, office: Path) -> None:
    till.did(*GO, "--out-dir", str(desk / "out"))
    line = json.loads((office / "log" / "access-2026-11.jsonl").read_text("utf-8"))
    assert (line["by"], line["reason"]) == ("李静", "起诉")
    assert {"CS-20260710-001", "ZD-20260301-001", "SK-20260630-001", "YH-20261122-001"} <= set(line["ids"])
    assert "查阅日志" not in till.wuye("check").err


def test_everything_missing_is_told_at_once(till: Till, office: Path) -> None:
    said = till.wuye("dunning", "evidence")
    assert said.code == 2 and all(word in said.err for word in ("房号", "--out-dir", "--reason"))
    assert not (office / "log").exists()


@pytest.mark.parametrize("where", ["inside", "full", "file"])
def test_a_folder_that_cannot_take_it(till: Till, desk: Path, office: Path, where: str) -> None:
    (desk / "full").mkdir()
    (desk / "full" / "x").write_text("mine")
    (desk / "file").write_text("mine")
    target = office / "out" if where == "inside" else desk / where
    said = till.wuye(*GO, "--out-dir", str(target))
    assert said.code == (2 if where == "inside" else 73) and "请换一个" in said.err
    assert not (office / "log").exists() and not (office / "out").exists()
    assert (desk / "full" / "x").read_text() == (desk / "file").read_text() == "mine"


def test_an_empty_folder_is_filled(till: Till, desk: Path) -> None:
    (desk / "out").mkdir()
    till.did(*GO, "--out-dir", "../out")
    assert (desk / "out" / "SHA256SUMS").exists()


@pytest.mark.parametrize("fault", ["gone", "changed"])
def test_proof_that_is_not_what_was_attached_is_refused(till: Till, desk: Path, office: Path, fault: str) -> None:
    proof = next((office / "attachments").rglob("*proof.jpg"))
    proof.unlink() if fault == "gone" else proof.write_bytes(b"other")
    said = till.wuye(*GO, "--out-dir", str(desk / "out"))
    assert said.code == 65 and "CS-20260710-001" in said.err and "proof.jpg" in said.err
    assert not (desk / "out").exists()


def test_whole_or_not_at_all(till: Till, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []

    def fail(temp: Path, data: bytes) -> None:
        if len(written) == 3:
            raise OSError(28, "no space")
        written.append(temp)
        temp.write_bytes(data)

    monkeypatch.setattr(outside.disk, "write_temp", fail)
    before = sorted(desk.iterdir())
    with pytest.raises(Exception, match="磁盘已满"):
        outside.write_folder(desk / "out", {f"{n}.txt": b"x" for n in range(5)})
    assert sorted(desk.iterdir()) == before
