"""What a backup says of itself: every file with its size and hash, the history's ends, counts (docs/backup.md).

Pure: bytes in, values out. A list that somebody made to do harm is refused before anything rests on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wuye.basis import Rule
from wuye.errors import BadSettings, Damaged

SCHEMA, VERSION = "wuye.backup", 1
NAME, HISTORY, FILES = "manifest.json", "history.bundle", "files/"
UNCOMMITTED = ".wuye/uncommitted"
NOTE = "backup"
"""The word in `.wuye` that says when the last backup was made, and where."""
GIT, FILE = "git", "file"
RULES = (Rule("backup.days", 7, "隔几天没有备份，体检就提醒"),)
LARGEST = 256 * 1024 * 1024
"""Of the list itself: some two hundred bytes a file."""
TIMES, ALWAYS = 200, 64 * 1024 * 1024
"""How much larger than the backup what it holds may say it is: the texts of an office pack to a tenth."""
_HASH, _OBJECT = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"refs/(?!replace/)[^\s~^:?*\[\\\x00-\x1f\x7f]+")
_CONTROL = re.compile("[\x00-\x1f\x7f\\\\]")
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


class Held(NamedTuple):
    """One file of the office: where it lay, its size and SHA-256, and whether git holds it or the backup itself."""

    path: str
    size: int
    sha256: str
    source: str


class Ends(NamedTuple):
    """Where a history ends: HEAD's branch (empty: none), its commit (empty: none yet), every name, git's hash."""

    head: str
    commit: str
    names: Mapping[str, str]
    format: str = "sha1"


class History(NamedTuple):
    """The bundle in a backup."""

    ends: Ends
    size: int
    sha256: str


class Manifest(NamedTuple):
    """Everything a backup says of itself; `year` is that of a year's archive, else empty."""

    office: str
    made: str
    program: str
    format: int
    year: str
    records: Mapping[str, int]
    files: tuple[Held, ...]
    history: History | None

    @property
    def size(self) -> int:
        """How many bytes the office takes, its history apart."""
        return sum(one.size for one in self.files)

    def members(self) -> dict[str, tuple[int, str]]:
        """What must lie in the backup beside the list itself, with size and hash."""
        found = {FILES + one.path: (one.size, one.sha256) for one in self.files if one.source == FILE}
        return found | ({HISTORY: (self.history.size, self.history.sha256)} if self.history else {})


def dump(one: Manifest) -> Iterator[bytes]:
    """The list as it is written, in parts: a line a file."""
    told = {"schema": SCHEMA, "version": VERSION, **one._asdict()}
    told["history"] = one.history and {**one.history._asdict(), "ends": one.history.ends._asdict()}
    head = json.dumps({k: v for k, v in told.items() if k != "files"}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}").encode() + b',\n "files": ['
    between = b"\n"
    for held in one.files:
        yield between + json.dumps(held, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n ]\n}\n"


def parse(data: bytes) -> Manifest:
    """The list as it was written. Raises Damaged for what is none or is made to harm, BadSettings for a newer one."""
    try:
        told = json.loads(data)
        if told["schema"] != SCHEMA:
            raise ValueError
        version = told["version"]
        if type(version) is int and version > VERSION:
            raise BadSettings(f"备份是新版本写的（格式 {version}，本程序认到 {VERSION}）：请升级 wuye 后再恢复")
        found = _read(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged("备份里的清单读不懂：文件坏了，或不是 wuye 的备份；请换一份备份") from error
    if wrong := next(_wrong(found), ""):
        raise Damaged(f"{wrong}：备份坏了，或被人改过；请换一份备份")
    return found


def _read(told: Mapping[str, Any]) -> Manifest:
    history = told["history"]
    if history is not None:
        ends = history["ends"]
        names = {_text(name): _text(commit) for name, commit in ends["names"].items()}
        kept = Ends(_text(ends["head"]), _text(ends["commit"]), names, _text(ends["format"]))
        history = History(kept, _count(history["size"]), _text(history["sha256"]))
    return Manifest(
        _text(told["office"]), _text(told["made"]), _text(told["program"]), _count(told["format"]), _text(told["year"]),
        {_text(name): _count(number) for name, number in told["records"].items()},
        tuple(Held(_text(path), _count(size), _text(digest), _text(source))
              for path, size, digest, source in told["files"]),
        history,
    )  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def _wrong(one: Manifest) -> Iterator[str]:
    """What no backup of ours says."""
    seen = {held.path for held in one.files}
    if len(seen) != len(one.files):
        yield "清单里有一个文件写了两次"
    for held in one.files:
        if not safe(held.path):
            yield f"清单里的文件名 {held.path[:80]!r} 会写到台账之外或 git 里"
        if any("/".join(held.path.split("/")[:depth]) in seen for depth in range(1, held.path.count("/") + 1)):
            yield f"清单里的 {held.path} 在一个文件里面"
        if held.source not in (GIT, FILE) or (held.source == GIT and not one.history):
            yield f"清单里的 {held.path} 没有来处"
        if not _HASH.fullmatch(held.sha256):
            yield f"清单里的 {held.path} 没有校验值"
    if "wuye.yaml" not in seen:
        yield "清单里没有 wuye.yaml"
    if one.history:
        ends = one.history.ends
        commits = [*ends.names.values(), *([ends.commit] if ends.commit else [])]
        if not all(map(_OBJECT.fullmatch, commits)) or not all(map(_REF.fullmatch, ends.names)):
            yield "清单里的 git 分支写得不对"
        if ends.format not in ("sha1", "sha256") or (ends.head and not _is_branch(ends.head)):
            yield "清单里的 git 分支写得不对"


def _is_branch(name: str) -> bool:
    return name.startswith("refs/heads/") and bool(_REF.fullmatch(name))


def safe(path: str) -> bool:
    """Whether a file of that path lies inside the office, and is none of git's or of the program's own."""
    parts = path.split("/")
    if path == UNCOMMITTED:
        return True
    # As file systems take them: what cannot be seen is no part of a name on one, what follows a colon on another.
    plain = [re.sub(_UNSEEN, "", part).split(":")[0].rstrip(". ").casefold() for part in parts]
    if not all(plain) or _CONTROL.search(path) or any(part in (".git", "git~1") for part in plain):
        return False
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return plain[0] != ".wuye" and not re.match("[A-Za-z]:", path)


def too_much(sizes: Sequence[int], whole: int) -> bool:
    """Whether what a backup of `whole` bytes says it holds is more than any office packs to."""
    return sum(sizes) > whole * TIMES + ALWAYS
