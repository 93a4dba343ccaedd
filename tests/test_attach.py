"""What is attached is kept under its hash, regular files only, all or none; `check` sees when it is no longer so."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said

from wuye import outside
from wuye.errors import BadInput

Wuye = Callable[..., Said]
Complaint = Callable[..., dict[str, Any]]
SCRATCH = "photo"


@pytest.fixture
def photos(complaint: Complaint, tmp_path: Path) -> Path:
    """A folder beside the office, and a complaint to attach to."""
    complaint()
    folder = tmp_path / SCRATCH
    folder.mkdir()
    return folder


def put(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def kept(office: Path) -> dict[str, bytes]:
    folder = office / "attachments"
    return {p.relative_to(office).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def log(wuye: Wuye) -> list[dict[str, Any]]:
    return wuye("ts", "show", "ts1", "-o", "json").records[0]["log"]  # type: ignore[no-any-return]


def test_bytes_hash_and_size(wuye: Wuye, photos: Path, office: Path) -> None:
    data = os.urandom(1000)
    assert wuye("ts", "attach", "ts1", put(photos, "漏水 一.JPG", data)).code == 0
    digest = hashlib.sha256(data).hexdigest()
    entry = log(wuye)[-1]
    assert (entry["sha256"], entry["size"]) == (digest, "1000")
    assert kept(office) == {f"attachments/2026-11/{digest[:12]}-漏水_一.JPG": data}
    path = office / entry["file"]
    assert path.stat().st_mode & 0o077 == 0
    assert wuye("check").code == 0


ODD = ["a\nb.jpg", "-rf", ".hidden", "..", "a b\tc.jpg", "\u202egpj.exe", "é.jpg", "𠮷" * 60 + ".jpg"]
ODD += ["x" * 200 + ".pdf"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_become_plain_ones(name: str, wuye: Wuye, photos: Path, office: Path) -> None:
    typed = str(photos / name) if name != ".." else put(photos, "...jpg", b"x")
    if name != "..":
        Path(typed).write_bytes(b"x")
    said = wuye("ts", "attach", "ts1", "--", typed)
    assert said.code == 0, said.err
    (path,) = kept(office)
    plain = path.rsplit("/", 1)[-1]
    assert plain.isprintable() and " " not in plain and len(plain.encode()) < 255 and len(plain) > 13
    assert plain.endswith(name[-4:]) or name in ("-rf", "..", ".hidden")
    assert wuye("check").code == 0


def test_everything_wrong_at_once_and_nothing_written(wuye: Wuye, photos: Path, office: Path) -> None:
    good = put(photos, "good.jpg", b"good")
    large = put(photos, "large.jpg", b"x" * (outside.LARGEST_ATTACHMENT + 1))
    (photos / "link.jpg").symlink_to(good)
    (photos / "dead.jpg").symlink_to(photos / "nowhere")
    os.mkfifo(photos / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    os.chdir(photos)
    listening.bind("socket")
    os.chdir(office)
    put(photos, "empty.jpg", b"")
    put(photos, "again.jpg", b"good")
    names = ["good.jpg", "large.jpg", "link.jpg", "dead.jpg", "pipe", "socket", "empty.jpg", "again.jpg", ".", "none"]
    before = log(wuye)
    said = wuye("ts", "attach", "ts1", *(str(photos / n) for n in names), "/dev/null", str(Path(large) / "x"), "a\0b")
    listening.close()
    assert said.code == 2
    told = {
        "large.jpg 有 20.0 MB，超过 20 MB：请压缩后再附", "link.jpg 是链接，不是普通文件：请改为它指向的原文件",
        "dead.jpg 是链接，不是普通文件", "pipe 是管道，不是普通文件：请换成普通文件", "socket 是套接字",
        "empty.jpg 是空文件：请核对", "good.jpg 内容相同：请只附一次", f"{SCRATCH} 是文件夹", "没有文件",
        "none：请核对路径", "/dev/null 是设备",
    }  # fmt: skip
    for words in told:
        assert words in said.err, words
    assert said.err.count("错误：") == len(names) - 1 + 3
    assert kept(office) == {} and log(wuye) == before


def test_a_file_of_exactly_the_limit(wuye: Wuye, photos: Path, office: Path) -> None:
    assert wuye("ts", "attach", "ts1", put(photos, "a.bin", b"x" * outside.LARGEST_ATTACHMENT)).code == 0
    assert len(next(iter(kept(office).values()))) == outside.LARGEST_ATTACHMENT


@pytest.mark.root
def test_a_file_that_may_not_be_read(wuye: Wuye, photos: Path, office: Path) -> None:
    name = put(photos, "a.jpg", b"x")
    Path(name).chmod(0)
    said = wuye("ts", "attach", "ts1", name)
    assert said.code == 2 and "没有权限" in said.err and kept(office) == {}


def test_a_file_that_is_still_being_written(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = put(photos, "a.jpg", b"x" * 1000)
    real, seen = os.fstat, []

    def growing(handle: int) -> os.stat_result:
        status = real(handle)
        if not seen:
            with Path(name).open("ab") as file:
                file.write(b"y")
        seen.append(status)
        return status

    monkeypatch.setattr(outside.os, "fstat", growing)
    with pytest.raises(BadInput, match=r"a\.jpg 还在变，像是没有存完：请等它存完后再试"):
        outside.attachment(name, "attachments")
    seen.clear()
    Path(name).write_bytes(b"x" * outside.LARGEST_ATTACHMENT)
    with pytest.raises(BadInput, match="超过 20 MB"):
        outside.attachment(name, "attachments")


def test_a_name_with_an_identity_number(wuye: Wuye, photos: Path, office: Path) -> None:
    said = wuye("ts", "attach", "ts1", put(photos, "11010119900307803X.jpg", b"x"))
    assert said.code == 2 and "文件名" in said.err and "请改名" in said.err
    assert "19900307" not in said.err and kept(office) == {}


def test_the_same_file_again(wuye: Wuye, photos: Path, office: Path, complaint: Complaint) -> None:
    """Not to the same record; another record may have it too, and it is kept once."""
    name = put(photos, "a.jpg", b"x")
    assert wuye("ts", "attach", "ts1", name).code == 0
    said = wuye("ts", "attach", "ts1", put(photos, "b.jpg", b"x"), put(photos, "c.jpg", b"c"))
    assert said.code == 1 and "已于 2026-11-22 10:00 附过同样的文件 attachments/" in said.err and len(kept(office)) == 1
    complaint()
    assert wuye("ts", "attach", "ts2", name).code == 0
    assert len(kept(office)) == 1


@pytest.mark.git
def test_what_was_withdrawn_may_be_attached_again(wuye: Wuye, photos: Path, office: Path) -> None:
    name = put(photos, "a.jpg", b"x")
    assert wuye("ts", "attach", "ts1", name).code == 0
    assert wuye("undo", "--yes").code == 0
    assert wuye("ts", "attach", "ts1", name).code == 0
    assert len(kept(office)) == 1 and wuye("check").code == 0


def test_check_sees_what_is_gone_or_changed(wuye: Wuye, photos: Path, office: Path) -> None:
    files = [put(photos, f"{n}.jpg", n.encode()) for n in "abc"]
    assert wuye("ts", "attach", "ts1", *files).code == 0
    a, b, c = (office / entry["file"] for entry in log(wuye)[1:])
    a.unlink()
    b.write_bytes(b"other")
    c.unlink()
    c.symlink_to(files[2])
    said = wuye("check")
    assert said.code == 65
    assert f"TS-20261122-001 的附件 {a.relative_to(office)} 不在了；请从 git 历史或备份取回" in said.err
    assert "与登记时不同（SHA-256 对不上）" in said.err and "链接" in said.err and said.err.count("\n") == 3


def test_a_log_that_names_a_file_elsewhere(wuye: Wuye, photos: Path, office: Path) -> None:
    assert wuye("ts", "attach", "ts1", put(photos, "a.jpg", b"x")).code == 0
    path = office / "records" / "2026-11" / "complaint.yaml"
    name = log(wuye)[-1]["file"]
    path.write_text(path.read_text("utf-8").replace(name, f"../{SCRATCH}/a.jpg"), "utf-8")
    said = wuye("check")
    assert said.code == 65 and f"../{SCRATCH}/a.jpg" in said.err and "台账之外" in said.err


def test_number_and_files_must_both_be_there(wuye: Wuye, photos: Path) -> None:
    assert "缺少文件" in wuye("ts", "attach", "ts1").err
    assert wuye("ts", "attach", "ts9", put(photos, "a.jpg", b"x")).code == 1
