"""One sync of an office with the other desks: commit, fetch, merge, push, over again where somebody was faster.

The merge is made of git's objects (`confluence`), then written through the office's journal, and only then the branch
names the new commit. Killed at any point nothing is lost: before the journal nothing has changed; after it the
merged files wait for the next commit as any others, and merging once more adds nothing to them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from wuye import blocks, clock, disk, merging, message, mislaid, yamlio
from wuye.annals import Annals
from wuye.changes import Who
from wuye.confluence import Confluence, Unmergeable, flow_together
from wuye.errors import BadInput, CannotWrite, Damaged, Problem, Refused
from wuye.exchange import Exchange, Offline, Raced
from wuye.journal import BESIDE, Change
from wuye.merging import Merged
from wuye.mislaid import Pair
from wuye.office import Office
from wuye.past import kind_at
from wuye.settings import FILE
from wuye.store import Session

TRIES = 12
OURS = ("records/", "books/", "attachments/", "log/", "knowledge/", "calendar/", "templates/", "surveys/", "keys/",
        FILE, ".gitattributes", ".gitignore")  # fmt: skip
"""What of a folder is the office's: nothing else is committed for somebody."""


class Shared(NamedTuple):
    """What a sync did: commands received and sent, what was merged, what the desk should be told; `offline` says why
    the other side could not be reached."""

    received: int = 0
    sent: int = 0
    merged: tuple[Merged, ...] = ()
    notes: tuple[str, ...] = ()
    offline: str = ""


class Sharing:
    """One office, and the repository it shares with the other desks."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.exchange = Exchange(office.git)
        self.annals = Annals(office.git)
        self.notes: list[str] = []
        self.merged: list[Merged] = []
        self.received = 0

    def point_at(self, address: str) -> None:
        """Keep where the other desks' records are. A folder is kept with its whole path. Raises BadInput."""
        self.annals.need()
        if not address.strip() or address.startswith("-") or "::" in address or "\n" in address:
            raise BadInput(Problem(f"--remote 不能是“{address}”：请写文件夹路径，或 ssh、https 地址", field="remote"))
        path = Path(address).expanduser()
        if path.is_dir():
            address = str(path.resolve())
        self.exchange.set_address(address)

    def run(self, who: Who, keep: Collection[str] = ()) -> Shared:
        """Exchange with the other desks. Raises Refused, Damaged with what stands in the way; nothing is lost."""
        self.annals.need()
        self.office.settings.refuse_newer()
        if not self.exchange.address:
            raise Refused("还没有设过与哪里同步：请先运行 wuye sync --remote 路径")
        self._refuse_unfinished()
        before = self.exchange.theirs
        for attempt in range(TRIES):
            self._commit_rest(who)
            try:
                theirs = self.exchange.fetch()
                if theirs:
                    self._receive(theirs, who, keep)
                return self._send(theirs, before)
            except Offline as error:
                return self._told(offline=str(error))
            except Raced:
                clock.wait(0.05 * (attempt + 1) * (1 + os.getpid() % 7))
        raise Refused("别的前台一直在同步，没有轮到：这台的记录都在，请过一会儿再 wuye sync")

    def _told(self, sent: int = 0, offline: str = "") -> Shared:
        return Shared(self.received, sent, tuple(self.merged), tuple(dict.fromkeys(self.notes)), offline)

    def _refuse_unfinished(self) -> None:
        if left := self.exchange.unfinished():
            if left == "MERGE_HEAD":
                raise Refused("仓库里有没做完的合并：请运行 wuye sync --mend 把它做完，什么都不会丢")
            raise Refused("仓库里有没做完的 git 操作（rebase 等）：请先做完，或用 git 的 --abort 放弃，再同步")

    # --- what this desk has

    def _commit_rest(self, who: Who) -> None:
        """Commit what was saved and not committed, and what somebody changed by hand; broken files are refused."""
        git = self.office.git
        with self.office.store.lock(who.by, "同步前提交") as session:
            self.notes += session.notices
            self.exchange.sweep_locks()
            if self.exchange.head:
                self.exchange.refresh()
            if left := git.uncommitted():
                self._refuse_broken(session, left)
                git.commit([], message.write("补上没有提交的改动", "late"), who.by)
            paths = [p for p in self.annals.changed() if p.startswith(OURS) and not p.endswith(BESIDE)]
            if not paths:
                return
            self._refuse_broken(session, paths)
            git.commit(paths, f"同步前的手工改动（{len(paths)} 个文件）", who.by,
                       new=[p for p in paths if (self.office.root / p).exists()])  # fmt: skip

    def _refuse_broken(self, session: Session, paths: Sequence[str]) -> None:
        """A data file that cannot be read is not handed to the other desks, nor is one that has lost something."""
        held = self.annals.show([("HEAD", path) for path in paths]) if self.exchange.head else [None] * len(paths)
        pairs = [Pair(path, before, session.read(path)) for path, before in zip(paths, held, strict=True)]
        problems = list(mislaid.problems(pairs, self.office.git.uncommitted()))
        if any(path == FILE or path.startswith("calendar/") for path in paths):
            self._refuse_settings()
        for path in paths:
            data = session.read(path) if kind_at(path) else None
            try:
                if data:
                    yamlio.load_records(data, path)
                    blocks.split(data, path).places()
            except Damaged as error:
                problems += error.problems
        if problems:
            raise Damaged(*(p._replace(message=f"{p.message}（改好以前不能同步）") for p in problems))

    def _refuse_settings(self) -> None:
        """Settings that this desk cannot go by would stop the others as well. Raises BadSettings."""
        self.office.basis(*self.office.kinds())
        _ = self.office.settings.charges

    # --- what the others have

    def _receive(self, theirs: str, who: Who, keep: Collection[str]) -> None:
        with self.office.store.lock(who.by, "同步") as session:
            ours = self.exchange.head
            base = self.exchange.base(ours, theirs)
            if base == theirs:
                return
            count = self.exchange.count(ours, theirs)
            try:
                found = flow_together(self.exchange, self.annals, ours, theirs, self.texts, keep)
            except Unmergeable as error:
                self.put_beside(error.theirs)
                raise
            self._write(session, found)
            self.notes += [f"对方的 {path} 少了提交过的记录、经过或整个文件：没有照删，已合回去" for path in found.kept]
            if base == ours and not found.kept:
                self.exchange.move(theirs, ours)
            else:
                tree = self.exchange.tree(ours, found.blobs, self.office.store.temp())
                words = message.write(f"与别的前台合并（收到 {count} 次操作）", "sync")
                self.exchange.move(self.exchange.commit_tree(tree, (ours, theirs), words, who.by), ours)
            left = [p for p in self.office.git.uncommitted() if p not in found.files]
            self.office.git.expect(left, only=True)
            self.received += count
            self.merged += found.merged.values()

    def _write(self, session: Session, found: Confluence) -> None:
        """The merged files in the office's folder, all of them or none; then those taken away."""
        root = self.office.root
        changes = [Change(p, session.read(p), data) for p, data in found.files.items() if data is not None]
        self._refuse_changed(changes)
        disk.make_folder(self.office.store.temp().parent)
        self.office.git.expect(list(found.files))
        session.write(changes)
        for path, data in found.files.items():
            if data is None:
                with disk.wording(path), suppress(FileNotFoundError):
                    self.office.store.path(path).unlink()
                    disk.sync_folder((root / path).parent)

    def _refuse_changed(self, changes: Sequence[Change]) -> None:
        """What stands on the disk is what was committed: what somebody typed in between is not written over."""
        shown = self.annals.show([("HEAD", c.relative) for c in changes]) if changes else []
        for one, committed in zip(changes, shown, strict=True):
            if one.old is not None and one.old not in (committed, one.new):
                if committed is None:
                    raise CannotWrite(f"{one.relative} 在这台没有提交，对方也有同名的：请把它改名或移走，再 wuye sync")
                raise Raced(one.relative)

    def put_beside(self, theirs: dict[str, bytes]) -> None:
        """Their version next to ours, for whoever puts them together."""
        for path, data in theirs.items():
            target = self.office.store.path(path + BESIDE)
            disk.replace(target, data, disk.read(target), self.office.store.temp(), path + BESIDE)

    def texts(self, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        """A text of both sides, by git's own way with lines."""
        temps = [self.office.store.temp() for _ in range(3)]
        disk.make_folder(temps[0].parent)
        try:
            for temp, data in zip(temps, (base, ours, theirs), strict=True):
                disk.write_temp(temp, data)
            return self.exchange.text_merge(*temps)
        finally:
            for temp in temps:
                temp.unlink(missing_ok=True)

    # --- there

    def _send(self, theirs: str, before: str) -> Shared:
        head = self.exchange.head
        if not head or head == theirs:
            return self._told()
        sent = self.exchange.count(theirs, head)
        self.exchange.push(head)
        return self._told(sent)


def contested(found: Sequence[Merged]) -> tuple[str, ...]:
    """The records that somebody has to look at after a sync."""
    return tuple(merging.numbers(found))
