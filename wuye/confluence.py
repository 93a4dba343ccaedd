"""What two commits make together, file by file, before anything is written: pure but for reading git's objects.

Data files record by record (`merging`), the logs of who saw private data line by line (`access`), all other texts
line by line as git does it. A file that one side took away and the other went on with stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from wuye import access, merging, mislaid, settings
from wuye.annals import Annals
from wuye.errors import Damaged, Problem, Refused
from wuye.exchange import Blob, Exchange
from wuye.merging import Merged
from wuye.past import kind_at

PLAIN = ("100644", "100755")
NEVER = (".git", ".wuye")
GROWING = ("records/", "books/", "log/", "attachments/")
"""What is never taken away, whoever took it away."""
Texts = Callable[[bytes, bytes, bytes], bytes | None]


class Confluence(NamedTuple):
    """The files that change here, with their new bytes (None: taken away) and objects, what was merged, and the files
    of which the other side had lost something that stays."""

    files: Mapping[str, bytes | None]
    blobs: Mapping[str, Blob]
    merged: Mapping[str, Merged]
    kept: tuple[str, ...] = ()


class Unmergeable(Refused):
    """Both sides changed the same lines of a text: somebody has to put them together. `theirs` are their bytes."""

    def __init__(self, theirs: Mapping[str, bytes], how: str = "wuye sync --keep") -> None:
        self.theirs = dict(theirs)
        words = "{0} 两台改了同一处，自动合不拢：对方的内容放在 {0}.wuye-new，请都并进 {0} 后运行 {how} {0}"
        super().__init__(*(words.format(path, how=how) for path in theirs))


def flow_together(
    exchange: Exchange, annals: Annals, ours: str, theirs: str, texts: Texts, keep: Collection[str] = ()
) -> Confluence:
    """What has to change in `ours` for it to hold `theirs` too.

    Raises Damaged for a data file that one side broke, Unmergeable, or Refused for what is no file of an office.
    """
    base = exchange.base(ours, theirs)
    if not base:
        raise Refused("对方是另一个台账（没有共同的来历），不能合在一起：请核对 wuye sync --remote 的路径")
    here, there = exchange.changed(base, ours), exchange.changed(base, theirs)
    _refuse_odd(there)
    files: dict[str, bytes | None] = {}
    blobs: dict[str, Blob] = {}
    both: list[str] = []
    for path, blob in there.items():
        mine = here.get(path)
        if mine is None or not mine.object:
            if mine is None or blob.object:
                blobs[path] = Blob("100644" if blob.object else "0", blob.object)
        elif blob.object and mine.object != blob.object:
            both.append(path)
    kept = [path for path, blob in blobs.items() if not blob.object and path.startswith(GROWING)]
    blobs = {path: blob for path, blob in blobs.items() if path not in kept}
    new = [path for path, blob in blobs.items() if blob.object]
    files |= {path: None for path in blobs if not blobs[path].object}
    told = dict(zip(new, _read(annals, theirs, new), strict=True))
    lost = _with_loss(annals, base, [path for path in new if path not in here], told)
    files |= {path: data for path, data in told.items() if path not in lost}
    merged = _both(annals, base, ours, theirs, [*both, *lost], texts, keep)
    for path, one in merged.items():
        blobs[path] = Blob("100644", exchange.blob(one.data))
        files[path] = one.data
    return Confluence(files, blobs, merged, (*kept, *lost))


def _with_loss(annals: Annals, base: str, paths: list[str], told: Mapping[str, bytes]) -> list[str]:
    """Of the files that the other side alone changed those in which it lost a record, or what was logged."""
    ours = [path for path in paths if kind_at(path) is not None or path.startswith("log/")]
    held = annals.show([(base, path) for path in ours]) if ours else []
    return [path for path, before in zip(ours, held, strict=True) if before and _shrunk(path, before, told[path])]


def _shrunk(path: str, before: bytes, now: bytes) -> bool:
    if path.startswith("log/"):
        return not set(before.splitlines()) <= set(now.splitlines())
    return mislaid.shrunk(path, before, now)


def _read(annals: Annals, commit: str, paths: list[str]) -> list[bytes]:
    return [data or b"" for data in annals.show([(commit, path) for path in paths])] if paths else []


def _both(
    annals: Annals, base: str, ours: str, theirs: str, paths: list[str], texts: Texts, keep: Collection[str]
) -> dict[str, Merged]:
    """The files that both sides changed."""
    found: dict[str, Merged] = {}
    problems: list[Problem] = []
    stuck: dict[str, bytes] = {}
    versions = (_read(annals, commit, paths) for commit in (base, ours, theirs))
    for path, before, mine, other in zip(paths, *versions, strict=True):
        try:
            one = merged_file(path, before, mine, other, texts)
        except Damaged as error:
            problems += [_where(p, path) for p in error.problems]
            continue
        if one is None and path in keep:
            one = Merged(mine)
        if one is None:
            stuck[path] = other
        else:
            found[path] = one
    if problems:
        raise Damaged(*problems)
    if stuck:
        raise Unmergeable(stuck)
    return found


def merged_file(path: str, base: bytes, ours: bytes, theirs: bytes, texts: Texts) -> Merged | None:
    """One file of both sides; None where somebody has to put it together. Raises Damaged where one is broken."""
    if kind_at(path) is not None:
        return merging.merge(base, ours, theirs, path, growing=True)
    if path.startswith("log/access-") and path.endswith(".jsonl"):
        return Merged(access.merged(ours, theirs))
    if path.startswith("log/") and path.endswith(".jsonl"):
        return Merged(grown(base, ours, theirs))
    if any(b"\0" in data for data in (base, ours, theirs)):
        return None
    data = texts(base, ours, theirs)
    return None if data is None or not _is_read(path, data) else Merged(data)


def _is_read(path: str, data: bytes) -> bool:
    """Whether settings can be read: two lines that do not touch may still say one thing twice."""
    if not path.endswith(".yaml"):
        return True
    try:
        settings.strictly(data, path)
    except Damaged:
        return False
    return True


def grown(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """A file that only grows by lines: what there was, then the new lines of both, each once."""
    old = base.splitlines()
    new = sorted({*ours.splitlines(), *theirs.splitlines()} - set(old))
    return b"".join(line + b"\n" for line in (*old, *new))


def _where(problem: Problem, path: str) -> Problem:
    words = f"{problem.message}（两台都改了这个文件，其中一份读不懂，没有合并，两边都没有动）"
    return problem._replace(file=problem.file or path, message=words)


def _refuse_odd(found: Mapping[str, Blob]) -> None:
    """Raises Refused for links, other repositories, and names that lead out of the office or into its insides."""
    for path, blob in found.items():
        parts = path.lower().split("/")
        if blob.object and blob.mode not in PLAIN:
            raise Refused(f"对方的 {path} 不是普通文件，没有收下：请让对方删去它再同步")
        if any(part in ("", ".", "..", *NEVER) or part.startswith(".git~") for part in parts) or "\n" in path or (
            "\\" in path
        ):
            raise Refused(f"对方的 {path!r} 不是台账里的文件名，没有收下：请让对方删去它再同步")
