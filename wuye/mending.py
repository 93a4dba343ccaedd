"""A merge that somebody began with plain git and left in conflict, finished record by record: nothing of it is lost.

git keeps the three versions of every file in conflict beside the marked one, and the marked file itself still holds
both sides; whichever is there is merged anew by the rules of `wuye.merging`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from wuye import blocks, message
from wuye.changes import Who
from wuye.confluence import Unmergeable, merged_file
from wuye.errors import Damaged, NotCommitted, Problem, Refused
from wuye.journal import BESIDE, Change
from wuye.merging import Merged
from wuye.office import Office
from wuye.past import kind_at
from wuye.sharing import Sharing
from wuye.store import Session


class Sides(NamedTuple):
    """A file in conflict: base, ours and theirs (None: not there), and whether git keeps them as stages."""

    base: bytes
    ours: bytes | None
    theirs: bytes | None
    staged: bool


class Mended(NamedTuple):
    """What was put together: the files, what was merged in them, what the desk should be told."""

    files: tuple[str, ...]
    merged: tuple[Merged, ...]
    notes: tuple[str, ...]


def mend(office: Office, who: Who, keep: Collection[str] = ()) -> Mended:
    """Finish a merge. Raises Refused, Damaged, Unmergeable with what somebody has to do first; then nothing changed."""
    sharing = Sharing(office)
    sharing.annals.need()
    left = sharing.exchange.unfinished()
    if left not in ("", "MERGE_HEAD"):
        raise Refused("没做完的是 rebase 或 cherry-pick，不是合并：请先用 git 的 --abort 放弃，再 wuye sync")
    with office.store.lock(who.by, "收拾合并") as session:
        found = _in_conflict(office, session)
        merged = _merged(sharing, session, found, keep)
        beside = _hand_work(session, found, merged)
        new = {path: one.data for path, one in merged.items()} | beside
        session.write([Change(p, session.read(p), data) for p, data in new.items()])
        merging = (sharing.exchange.folder / "MERGE_HEAD").exists()
        _commit(office, list(merged), merging, who)
    notes = [f"{path} 里手工改过的内容放在 {path}{BESIDE}：请对照后删去" for path in merged if path + BESIDE in beside]
    return Mended(tuple(merged), tuple(merged.values()), tuple(notes))


def _in_conflict(office: Office, session: Session) -> dict[str, Sides]:
    """Every file that git could not merge, and every data file with marks in it."""
    found: dict[str, dict[str, bytes]] = {}
    told = office.git.ask("ls-files", "--unmerged", "-z") or b""
    for line in told.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = line.partition("\t")
        if path:
            _, name, stage = head.split(" ")
            found.setdefault(path, {})[stage] = office.git.ask("cat-file", "blob", name) or b""
    sides = {path: Sides(s.get("1", b""), s.get("2"), s.get("3"), True) for path, s in found.items()}
    for path in office.store.list_files():
        data = session.read(path) or b""
        if path not in sides and kind_at(path) and blocks.find_conflicts(data):
            sides[path] = apart(data, path)
    return sides


def apart(data: bytes, file: str) -> Sides:
    """The two sides of a file with marks in it; what stood there before only where git was asked to show it.

    Raises Damaged where the marks do not go together.
    """
    kept: dict[str, list[bytes]] = {"ours": [], "base": [], "theirs": []}
    inside, based = "", False
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        sign = line[:8].rstrip(b"\r\n")
        begins = {b"<<<<<<< ": ("", "ours"), b"||||||| ": ("ours", "base"), b">>>>>>> ": ("theirs", "")}
        if sign in begins or (sign == b"=======" and inside):
            after, then = begins.get(sign, (inside if inside in ("ours", "base") else "?", "theirs"))
            if after != inside:
                raise Damaged(Problem("合并标记不成对：请照 git 历史改好这个文件", file, number, 1))
            inside, based = then, based or then == "base"
        elif inside:
            kept[inside].append(line)
        else:
            for lines in kept.values():
                lines.append(line)
    if inside:
        raise Damaged(Problem("合并标记没有收尾：请照 git 历史改好这个文件", file))
    return Sides(b"".join(kept["base"]) if based else b"", b"".join(kept["ours"]), b"".join(kept["theirs"]), False)


def _merged(
    sharing: Sharing, session: Session, found: Mapping[str, Sides], keep: Collection[str]
) -> dict[str, Merged]:
    merged: dict[str, Merged] = {}
    stuck: dict[str, bytes] = {}
    for path, sides in found.items():
        if sides.ours is None or sides.theirs is None:  # taken away on one side, gone on with on the other
            merged[path] = Merged((sides.ours or b"") + (sides.theirs or b""))
            continue
        try:
            one = merged_file(path, sides.base, sides.ours, sides.theirs, sharing.texts)
        except Damaged as error:
            raise Damaged(*(p._replace(file=path) for p in error.problems)) from error
        if one is None and path in keep:
            one = Merged(session.read(path) or b"")
        if one is None:
            stuck[path] = sides.theirs
        else:
            merged[path] = one
    if stuck:
        sharing.put_beside(stuck)
        raise Unmergeable(stuck, "wuye sync --mend --keep")
    return merged


def _hand_work(session: Session, found: Mapping[str, Sides], merged: Mapping[str, Merged]) -> dict[str, bytes]:
    """What somebody wrote into a file in conflict and did not tell git: it goes beside the merged one."""
    told: dict[str, bytes] = {}
    for path, one in merged.items():
        now = session.read(path)
        known = (None, b"", found[path].ours, found[path].theirs, one.data)
        if found[path].staged and now not in known and now and not blocks.find_conflicts(now):
            told[path + BESIDE] = now
    return told


def _commit(office: Office, paths: list[str], merging: bool, who: Who) -> None:
    """Tell git, and end the merge where one was begun. Raises NotCommitted: the files are merged all the same."""
    words = message.write("做完没做完的合并", "sync")
    if not merging:
        if paths:
            office.git.commit(paths, words, who.by, new=paths)
        return
    if not office.git.end_merge(paths, words, who.by):
        raise NotCommitted("已合并进文件，但 git 没有提交：请再运行一次 wuye sync --mend")
    left = [path for path in office.git.uncommitted() if path not in paths]
    office.git.expect(left, only=True)

