"""What a forget could not reach, said plainly: history, copies, paper, files it may not change (design.md 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from wuye import asof
from wuye.office import Office
from wuye.record import Record

LARGEST = 20 * 1024 * 1024
FEW = 5
PASSED = (".git", ".wuye", "attachments")


def index(office: Office) -> list[str]:
    """The index and the copies of the past are taken away whole; what to do where that fails."""
    left = [] if office.drop_index() else ["索引 .wuye/index.sqlite 正被占用，没有删掉：请关掉别的 wuye 后删去这个文件"]
    return left + copies(office)


def copies(office: Office) -> list[str]:
    """The copies of the past alone: `--as-of` makes them anew, with what was forgotten since."""
    if asof.drop(office.store):
        return []
    return ["过去台账的副本 .wuye/asof 正被占用，没有删掉：请关掉别的 wuye 后删去这个文件夹"]


def told(office: Office, records: Sequence[Record], words: Sequence[str]) -> Iterator[str]:
    """A sentence each."""
    if office.git.is_repository():
        there = "git 历史，旧的提交里还有，--as-of 也看得到，看过又留一份副本（用 wuye privacy sweep 清掉）"
        yield f"没有删到：{there}；连历史一起清掉须重写历史、各台电脑重新克隆，见 docs/privacy.md"
        if remotes := (office.git.ask("remote") or b"").decode("utf-8", "replace").split():
            yield f"没有删到：远端仓库和别的电脑（{'、'.join(remotes)}），同步后现在的内容会删去，历史里还有"
    yield "没有删到：备份、导出和打印过的文件、发出去的表格、纸质资料，请逐一找出来销毁"
    if office.store.access_logs():
        yield "没有删到：查阅日志，里面只有编号和查阅原因，是谁看过的凭据，不改"
    if files := [str(e.extra["file"]) for r in records for e in r.log if "file" in e.extra]:
        yield f"没有删到：附件，请打开看过，有他的资料的另行处理：{_few(files)}"
    if standing := list(_standing(office, words)):
        yield f"没有删到：这些文件里还写着，请打开改掉：{_few(standing)}"


def _few(names: Sequence[str]) -> str:
    return "、".join(names[:FEW]) + (f" 等 {len(names)} 处" if len(names) > FEW else "")


def _standing(office: Office, words: Sequence[str]) -> Iterator[str]:
    """Where else in the office's files the words stand: pages, settings, reasons, comments between records."""
    if not words:
        return
    found = re.compile(b"|".join(re.escape(word.encode()) for word in words))
    for path in sorted(office.root.rglob("*")):
        parts = path.relative_to(office.root).parts
        if parts[0] in PASSED or path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        if (line := _line(path, found, comments=parts[0] in ("records", "books"))) is not None:
            yield f"{'/'.join(parts)}:{line}"


def _line(path: Path, found: re.Pattern[bytes], comments: bool) -> int | None:
    """The first line of a file in which something is found, of a data file only among its comments."""
    data = path.read_bytes()
    if not found.search(data):
        return None
    for number, line in enumerate(data.split(b"\n"), 1):
        if found.search(line) and (not comments or line.lstrip().startswith(b"#")):
            return number
    return None
