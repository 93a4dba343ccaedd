"""What git holds and the folder no longer says: files, records and lines of their logs that are gone or were changed.

A record may be corrected with an editor; its number, its log and its frozen due times may not. Nothing here writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from wuye import blocks, yamlio
from wuye.annals import Annals
from wuye.blocks import Blocks
from wuye.errors import Problem, WuyeError
from wuye.git import Git
from wuye.logs import grown
from wuye.store import Store

PARTS = ("records/", "books/", "log/", "attachments/", "calendar/", "knowledge/", "templates/", "surveys/", "keys/",
         "wuye.yaml")  # fmt: skip
SEEN = re.compile(rb"attachments/[\w.-]+/[0-9a-f]{12}-")
BACK = "请核对；要找回上次提交的，运行 wuye doctor --restore "


class Pair(NamedTuple):
    """A file as the last commit holds it (None: it does not) and as it lies there now (None: it is gone)."""

    path: str
    before: bytes | None
    now: bytes | None


def differing(store: Store, git: Git) -> list[Pair]:
    """The files of the office that are not as they were committed; none without git. Raises Damaged."""
    annals = Annals(git)
    if not annals.there() or git.ask("rev-parse", "--verify", "--quiet", git.head) is None:
        return []
    # What was attached is told by the record that names it, with its hash.
    ours = tuple(part for part in PARTS if part != "attachments/")
    paths = [path for path in annals.changed() if path.startswith(ours) and "\n" not in path]
    held = annals.show([(git.head, path) for path in paths]) if paths else []
    # Read after git has told: a writer meanwhile only adds. A journal that waited when this command began is done.
    store.settle()
    return [Pair(path, before, _read(store, path)) for path, before in zip(paths, held, strict=True)]


def _read(store: Store, path: str) -> bytes | None:
    try:
        return store.read(path)
    except WuyeError:
        return b""  # what cannot be read is told elsewhere


def problems(pairs: Iterable[Pair], expected: Iterable[str]) -> Iterator[Problem]:
    """What may not differ, with its place: a file or record that is gone, a log or a due time that was changed.

    Paths that this program wrote and could not commit yet are `expected` to differ. The log of who saw private data
    has its own guard (`watched`).
    """
    known = set(expected)
    for pair in pairs:
        if pair.before is None or pair.path in known or pair.path.startswith("log/"):
            continue
        if pair.now is None:
            yield Problem(f"不见了，git 里还有：{BACK}{pair.path}", file=pair.path, line=1)
        elif pair.path.startswith(("records/", "books/")):
            yield from _records(pair.path, pair.before, pair.now)


def _records(path: str, before: bytes, now: bytes) -> Iterator[Problem]:
    old, new = (blocks.split(data, path) for data in (before, now))
    line = 1
    for name in old.ids:
        span = new.span(name)
        line = blocks.line_of(now, span[0]) if span else line
        if span is None:
            yield Problem(f"{name} 不见了，git 里还有：编号和记录只作废、不删去。{BACK}{path}", file=path, line=line)
        elif words := _tampered(_raw(old, name, path), _raw(new, name, path)):
            yield Problem(f"{name} {words}：{BACK}{path}", file=path, line=line)


def _raw(cut: Blocks, name: str, path: str) -> Mapping[str, Any]:
    """A record as its file says it; nothing where it cannot be read."""
    raws, _ = yamlio.read_records(cut.get(name) or b"", path)
    return raws[0][0] if raws and isinstance(raws[0][0], dict) else {}


def _tampered(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Which of the things that no editor may change differs."""
    logs = [one.get("log") or [] for one in (old, new)]
    if not new or not all(isinstance(log, list) for log in logs):
        return ""
    if logs[0] != logs[1][: len(logs[0])]:
        return "的经过 log 里提交过的几行被改过或删过"
    if len(logs[0]) == len(logs[1]) and any(old.get(part) != new.get(part) for part in ("due", "rule")):
        return "的到期时间（due、rule）被改过：定下的时限不再变"
    return ""


def shrunk(path: str, before: bytes, now: bytes) -> bool:
    """Whether a data file of another desk has lost a record, or an entry of a log.

    Merges put entries between others and give a second record of one number a new one.
    """
    old, new = (blocks.split(data, path) for data in (before, now))
    for name in old.ids:
        if old.get(name) == new.get(name):
            continue
        moved = [n for n in new.ids if f"\n  number_was: {name}\n".encode() in (new.get(n) or b"")]
        known = [_raw(new, n, path).get("log") for n in (name, *moved) if new.get(n) is not None]
        log = _raw(old, name, path).get("log")
        if not any(grown(log, one) for one in known):
            return True
    return False


def by_hand(pairs: Iterable[Pair], expected: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """What was changed and not by this program (whose own paths are `expected`): path, line, the record's number.

    An empty number stands for the whole file.
    """
    known = set(expected)
    for path, before, now in pairs:
        if path in known or now is None:
            continue
        if before is None or not path.startswith(("records/", "books/")):
            yield path, 1, ""
            continue
        old, new = (blocks.split(data, path) for data in (before, now))
        changed = [name for name in new.ids if old.get(name) != new.get(name)]
        for name in changed:
            yield path, blocks.line_of(now, (new.span(name) or (0, 0))[0]), name
        if not changed:
            yield path, 1, ""


def orphans(paths: Iterable[str], texts: Iterable[bytes]) -> Iterator[Problem]:
    """Attachments that no record names: put there by hand, or their record is gone."""
    told, every = set[bytes](), b"\n".join(texts)
    told.update(SEEN.findall(every))
    for path in paths:
        start = SEEN.match(path.encode())
        if not (start[0] in told if start else path.encode() in every):
            words = "没有一条记录提到这个附件：请用 attach 附到记录上，或移出台账"
            yield Problem(words, file=path, line=1)
