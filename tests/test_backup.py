"""`wuye backup`, `restore`: what goes in comes out byte for byte, and a file made to do harm does none."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, Said, run_wuye

from wuye import bundle, restoring
from wuye.audit import audit
from wuye.errors import NotCommitted
from wuye.git import Git
from wuye.office import Office

Wuye = Callable[..., Said]
pytestmark = pytest.mark.git


def held(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path, _ in restoring.walk(root)}


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".wuye-")]


@pytest.fixture
def full(kept: Wuye, office: Path, desk: Path) -> Wuye:
    """An office with everything that may stand in one: attachments, a hand edit, a file nobody committed."""
    (desk / "照片.jpg").write_bytes(os.urandom(3000))
    assert kept("complaint", "attach", "ts1", str(desk / "照片.jpg")).code == 0
    november = office / "records/2026-11/complaint.yaml"
    november.write_bytes(november.read_bytes() + b"# \xe6\x89\x8b\xe6\x94\xb9\r\n")
    (office / ".wuye" / "uncommitted").write_text("records/2026-11/complaint.yaml\n", "utf-8")
    (office / "扫描").mkdir()
    (office / "扫描" / "没提交的.pdf").write_bytes(bytes(5000))
    return kept


def test_what_went_in_comes_out_and_works(
    full: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(office, "tag", "结账-2026-10")
    git(office, "branch", "试验")
    before = held(office)
    said = full("backup", str(desk / "a.zip"), "-o", "json")
    assert said.code == 0, said.err
    row = said.json["rows"][0]
    assert (row["files"], row["records"], row["kinds"]) == (len(before), 3, {"complaint": 3})
    assert row["history"] == git(office, "rev-parse", "HEAD").strip() and row["size"] == (desk / "a.zip").stat().st_size
    names = zipfile.ZipFile(desk / "a.zip").namelist()
    assert "files/扫描/没提交的.pdf" in names and "files/records/2026-11/complaint.yaml" in names
    assert not any(name.startswith("files/attachments") for name in names), "git holds it"
    said = run_wuye(["restore", str(desk / "a.zip"), str(desk / "新")])
    assert said.code == 0 and "3 条记录" in said.out, said.err
    assert held(desk / "新") == before and not left(desk)
    for words in (["for-each-ref"], ["log", "--format=%H %an %aI %s"], ["symbolic-ref", "HEAD"]):
        assert git(desk / "新", *words) == git(office, *words)
    assert all(stat.S_IMODE((desk / "新" / path).stat().st_mode) == 0o600 for path in before)
    monkeypatch.chdir(desk / "新")
    assert run_wuye([*ADD, "恢复之后"]).code == 0
    assert not git(desk / "新", "status", "--porcelain", "--", "records"), "the hand edit was committed along"
    assert run_wuye(["undo", "--yes"]).code == 0 and run_wuye(["history", "ts1"]).code == 0
    assert run_wuye(["check"]).code == 0


def test_a_file_that_is_there_and_the_office_itself_are_refused(kept: Wuye, office: Path, desk: Path) -> None:
    assert kept("backup").code == 2
    (desk / "a.zip").write_bytes(b"mine")
    said = kept("backup", "../a.zip")
    assert said.code == 73 and "--yes" in said.err and (desk / "a.zip").read_bytes() == b"mine"
    assert kept("backup", "a.zip").code == 2 and not (office / "a.zip").exists()
    (desk / "in").symlink_to(office / "records")
    assert kept("backup", str(desk / "in" / "a.zip")).code == 2
    assert kept("backup", str(desk)).code == 2 and kept("backup", str(desk / "usb" / "a.zip")).code == 73
    assert kept("backup", "../a.zip", "--yes").code == 0 and zipfile.is_zipfile(desk / "a.zip")
    (desk / "there").mkdir()
    assert kept("restore", "../a.zip", "../there").code == 73
    assert kept("restore", "../a.zip").code == 2 and kept("restore", "../none.zip", "../x").code == 1
    assert kept("restore", "../there", "../x").code == 2 and not left(desk)


def test_a_backup_that_fails_leaves_the_old_one(kept: Wuye, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "a.zip").write_bytes(b"old")

    def broken(*words: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bundle, "check_out", broken)
    assert kept("backup", "../a.zip", "--yes").code == 130
    assert (desk / "a.zip").read_bytes() == b"old" and not left(desk)
    assert "还没有备份过" in kept("doctor").out


def test_what_git_writes_otherwise_is_noticed(kept: Wuye, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = bundle.check_out

    def wrong(git: Git, paths: list[str]) -> None:
        real(git, paths)
        (git.root / "wuye.yaml").write_bytes(b"format: 1\n")

    monkeypatch.setattr(bundle, "check_out", wrong)
    said = kept("backup", "../a.zip")
    assert said.code == 65 and "wuye.yaml" in said.err and not (desk / "a.zip").exists()


def test_line_ends_and_filters_of_the_history_change_no_byte(kept: Wuye, office: Path, desk: Path) -> None:
    (office / ".gitattributes").write_text("* ident filter=evil eol=crlf text\n", "utf-8")
    (office / "页.md").write_bytes(b"$Id$\nzwei\n")
    git(office, "-c", "core.autocrlf=false", "add", "-A")
    git(office, "-c", "user.email=a@b", "commit", "-qm", "von Hand")
    git(office, "config", "filter.evil.smudge", f"touch {desk / 'smudged'}")
    git(office, "config", "alias.x", "!touch y")
    (office / ".git/hooks").mkdir(exist_ok=True)
    (office / ".git/hooks/post-checkout").write_text("#!/bin/sh\ntouch hooked\n", "utf-8")
    before = held(office)
    assert kept("backup", "../a.zip").code == 0
    assert kept("restore", "../a.zip", "../r").code == 0
    assert held(desk / "r") == before and not list(desk.rglob("never")) and not list(desk.rglob("hooked"))
    config = (desk / "r/.git/config").read_text("utf-8")
    assert "evil" not in config and "alias" not in config and not (desk / "r/.git/hooks").exists()
    assert not (desk / "r/.git/info/attributes").exists() and not (desk / "smudged").exists()


def test_without_git_the_files_are_held_and_it_is_said(kept: Wuye, office: Path, desk: Path) -> None:
    shutil.rmtree(office / ".git")
    said = kept("backup", "../a.zip")
    assert said.code == 0 and "没有 git 历史" in said.err
    before = held(office)
    assert kept("restore", "../a.zip", "../r").code == 0 and held(desk / "r") == before
    assert kept("backup", "--year", "2026", "../y.zip").code == 0
    assert kept("restore", "../y.zip", "../y").code == 0 and (desk / "y/ARCHIVE.md").exists()


def test_a_history_that_git_does_not_give(
    kept: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """76, as where a commit failed: everything is there but the history."""

    def refuses(*words: Any) -> None:
        raise NotCommitted("git 历史打不成包：请运行 git fsck 查看")

    monkeypatch.setattr(bundle, "create", refuses)
    said = kept("backup", "../a.zip", "-o", "json")
    assert said.code == 76 and said.json["rows"][0]["history"] is None and said.json["problems"]
    monkeypatch.undo()
    assert run_wuye(["restore", str(desk / "a.zip"), str(desk / "r")]).code == 0
    assert held(desk / "r") == held(office)


def test_a_commit_meanwhile_goes_along(kept: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = bundle.create, []

    def slow(git: Git, target: Path) -> None:
        real(git, target)
        if not calls:
            calls.append(1)
            assert run_wuye(["--office", str(office), *ADD, "备份时来的"]).code == 0

    monkeypatch.setattr(bundle, "create", slow)
    said = kept("backup", "../a.zip", "-o", "json")
    assert said.code == 0 and said.json["rows"][0]["kinds"] == {"complaint": 4}
    assert kept("restore", "../a.zip", "../r").code == 0 and held(desk / "r") == held(office)
    assert git(desk / "r", "rev-parse", "HEAD") == git(office, "rev-parse", "HEAD")


def test_links_are_told_and_faults_kept(kept: Wuye, office: Path, desk: Path) -> None:
    (office / "link").symlink_to("/etc/passwd")
    os.mkfifo(office / "pipe")
    november = office / "records/2026-11/complaint.yaml"
    november.write_bytes(november.read_bytes() + b"- id: &x\n")
    said = kept("backup", "../a.zip", "-o", "json")
    assert said.code == 0 and said.json["rows"][0]["faults"] > 0
    assert "没有备份 link" in said.err and "没有备份 pipe" in said.err and "wuye check" in said.err
    assert kept("restore", "../a.zip", "../r").code == 0 and not (desk / "r/link").exists()


def test_doctor_says_when_the_last_one_was_made(kept: Wuye, office: Path, desk: Path) -> None:
    kept("backup", "../a.zip")
    row = {r["what"]: r for r in kept("doctor", "-o", "json").json["rows"]}["备份"]
    assert row["state"] == "ok" and str(desk / "a.zip") in row["advice"]
    row = {r["what"]: r for r in kept("doctor", "-o", "json", now="2026-11-30T09:00+08:00").json["rows"]}["备份"]
    assert row["state"] == "advice" and "8 天" in row["advice"]
    settings = (office / "wuye.yaml").read_text("utf-8").replace("rules:\n", "rules:\n  backup.days: 30\n", 1)
    (office / "wuye.yaml").write_text(settings, "utf-8")
    assert {r["what"]: r for r in kept("doctor", "-o", "json").json["rows"]}["备份"]["state"] == "ok"
    assert kept("check").code == 0


# --- files that are damaged, or made to do harm


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> None:
    """A backup with other members and another list, which agree as far as `change` leaves them."""
    with zipfile.ZipFile(source) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    told = json.loads(members.pop("manifest.json"))
    change(members, told)
    with zipfile.ZipFile(target, "w") as whole:
        for name, data in members.items():
            whole.writestr(name, data)
        whole.writestr("manifest.json", json.dumps(told))


def also(path: str, data: bytes = b"x") -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], told: dict[str, Any]) -> None:
        members[f"files/{path}"] = data
        told["files"].append([path, len(data), hashlib.sha256(data).hexdigest(), "file"])

    return change


def _swapped(members: dict[str, bytes], told: dict[str, Any]) -> None:
    members["files/扫描/没提交的.pdf"] = bytes(4999) + b"!"


def _taken(members: dict[str, bytes], told: dict[str, Any]) -> None:
    del members["files/扫描/没提交的.pdf"]


def _other_history(members: dict[str, bytes], told: dict[str, Any]) -> None:
    members["history.bundle"] = members["history.bundle"][:-30] + bytes(30)
    told["history"]["sha256"] = hashlib.sha256(members["history.bundle"]).hexdigest()


def _set(*path: Any, to: Any) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], told: dict[str, Any]) -> None:
        place: Any = told
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return change


HARMFUL = {
    "outside": also("../outside"), "absolute": also("/wuye-outside"), "git's settings": also(".git/config"),
    "git's hooks": also("records/.GIT/hooks/x"), "the program's own": also(".wuye/index.sqlite"),
    "backslash": also("..\\outside"), "drive": also("C:/x"), "below a file": also("wuye.yaml/x"),
    "dots": also("records/.. /x"), "control": also("a\nb"), "swapped": _swapped, "taken out": _taken,
    "other history": _other_history, "a ref outside": _set("history", "ends", "names", "refs/../../x", to="0" * 40),
    "replaced objects": _set("history", "ends", "names", "refs/replace/x", to="0" * 40),
    "no such commit": _set("history", "ends", "commit", to="1" * 40),
    "an option as a branch": _set("history", "ends", "head", to="--upload-pack=x"),
    "another hash": _set("history", "ends", "format", to="md5"),
    "bomb": _set("files", 0, 1, to=1 << 50), "negative": _set("files", 0, 1, to=-1),
    "counts": _set("records", "complaint", to=2), "no list": _set("files", to=None),
    "no schema": _set("schema", to="x"), "other size": _set("files", 0, 1, to=7),
    "other hash": _set("files", 0, 2, to="0" * 64),
}  # fmt: skip


@pytest.fixture
def made(full: Wuye, desk: Path) -> Path:
    assert full("backup", "../a.zip").code == 0
    return desk / "a.zip"


def test_harm_is_refused_in_one_sentence(made: Path, desk: Path, full: Wuye) -> None:
    around = sorted(p.name for p in desk.iterdir())
    told = set()
    for name, change in HARMFUL.items():
        rewritten(made, desk / "bad.zip", change)
        for words in ([str(desk / "bad.zip"), str(desk / "r")], ["--verify", str(desk / "bad.zip")]):
            said = run_wuye(["restore", *words])
            assert said.code == 65 and said.err.count("\n") == 1 and "请换一份备份" in said.err, (name, said.err)
        told.add(said.err.replace(str(desk), ""))
        (desk / "bad.zip").unlink()
        assert sorted(p.name for p in desk.iterdir()) == around, name
    assert not Path("/wuye-outside").exists() and len(told) > 15, told
    rewritten(made, desk / "bad.zip", _set("version", to=2))
    assert run_wuye(["restore", "--verify", str(desk / "bad.zip")]).code == 78


def test_a_file_that_is_no_zip_of_ours(made: Path, desk: Path) -> None:
    data, bad = made.read_bytes(), desk / "bad.zip"
    for size in (0, 10, len(data) // 2, len(data) - 1):
        bad.write_bytes(data[:size])
        assert run_wuye(["restore", "--verify", str(bad)]).code == 65
    for place in range(200, len(data), len(data) // 12):
        bad.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        said = run_wuye(["restore", "--verify", str(bad)])
        assert said.code in (0, 65), said.err  # a time in a header bears on nothing
    with zipfile.ZipFile(made) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, told in members.items():
            whole.writestr(name, told)
    assert run_wuye(["restore", "--verify", str(bad)]).code == 65, "packed: it may be a bomb"
    with zipfile.ZipFile(bad, "w") as whole:
        for name, told in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            whole.writestr(info, told)
    assert run_wuye(["restore", "--verify", str(bad)]).code == 65
    with zipfile.ZipFile(bad, "w") as whole:
        for name in [*members, "wuye.yaml"]:
            whole.writestr(name, members.get(name, b""))
    said = run_wuye(["restore", "--verify", str(bad)])
    assert said.code == 65 and "多出" in said.err


def test_links_in_a_hostile_history_are_never_written(kept: Wuye, office: Path, desk: Path) -> None:
    (office / "kb").symlink_to(desk)
    (office / "evil.md").symlink_to("/etc/passwd")
    git(office, "add", "-A")
    git(office, "-c", "user.email=a@b", "commit", "-qm", "links")
    assert kept("backup", "../a.zip").code == 0
    rewritten(desk / "a.zip", desk / "b.zip", _git_file("evil.md"))
    assert kept("restore", "../b.zip", "../r").code == 65
    assert kept("restore", "../a.zip", "../r").code == 0
    assert not any(p.is_symlink() for p in (desk / "r").rglob("*"))


def _git_file(path: str) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], told: dict[str, Any]) -> None:
        told["files"].append([path, 11, hashlib.sha256(b"/etc/passwd").hexdigest(), "git"])

    return change


def test_many_attachments_are_held_a_piece_at_a_time(kept: Wuye, office: Path, desk: Path) -> None:
    import tracemalloc

    folder = office / "attachments" / "2026-11"
    folder.mkdir(parents=True)
    for number in range(300):
        (folder / f"{number:012x}-a.jpg").write_bytes(b"%d" % number * 50)
    (folder / "film.mp4").write_bytes(bytes(24_000_000))
    tracemalloc.start()
    assert kept("backup", "../a.zip").code == 0
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    assert len(zipfile.ZipFile(desk / "a.zip").namelist()) == 303


# --- a year


def test_a_year_with_the_commits_that_touched_it(
    wuye: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wuye("staff", "add", "王强", "--department", "engineering", now="2026-06-01T10:00+08:00")
    assert wuye(*ADD, "当年的", now="2026-11-22T10:00+08:00").code == 0
    then = (office / "books/staff.yaml").read_bytes()
    assert wuye("staff", "add", "赵敏", now="2027-02-01T10:00+08:00").code == 0
    assert wuye(*ADD, "明年的").code == 0
    assert wuye("complaint", "note", "TS-20261122-001", "明年补记").code == 0
    months = {path: data for path, data in held(office).items() if "/2026-11/" in path}
    said = wuye("backup", "--year", "2026", "../y.zip", "-o", "json")
    assert said.code == 0 and said.json["rows"][0]["kinds"] == {"complaint": 1, "staff": 1}, said.err
    assert wuye("backup", "--year", "2025", "../n.zip").code == 1
    assert wuye("backup", "--year", "2030", "../n.zip").code == wuye("backup", "--year", "x", "../n.zip").code == 2
    assert "还没有备份过" in wuye("doctor").out, "a year is no backup"
    said = wuye("restore", "../y.zip", "../y")
    assert said.code == 0 and " 的 2026 年归档，只供查阅：" in said.out
    found = held(desk / "y")
    assert {p: d for p, d in found.items() if p.startswith("records/")} == months
    assert found["books/staff.yaml"] == then
    subjects = git(desk / "y", "log", "--reverse", "--format=%an %aI %s").splitlines()
    own = git(office, "log", "--reverse", "--format=%an %aI %s", "--", "records/2026-11").splitlines()
    assert subjects[:-1] == own and len(own) == 2 and "2026 年归档" in subjects[-1]
    names = dict(line.split("\t") for line in found["commits.tsv"].decode().splitlines())
    assert list(names) == git(desk / "y", "log", "--reverse", "--format=%H").split()[:-1]
    assert list(names.values()) == git(office, "log", "--reverse", "--format=%H", "--", "records/2026-11").split()
    monkeypatch.chdir(desk / "y")
    assert run_wuye(["history", "TS-20261122-001"]).code == 0
    assert "当年的" in run_wuye(["complaint", "list", "--period", "2026"]).out
    said = run_wuye([*ADD, "写不进"])
    assert said.code == 73 and "归档" in said.err and held(desk / "y") == found
    assert audit(Office(desk / "y")) == []
