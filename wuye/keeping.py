"""What an office keeps beside its records: who saw private data, keys, numbers of blank forms (domain.md 43)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from wuye.errors import NotFound, Problem, Refused
from wuye.journal import Change
from wuye.message import write as commit_message
from wuye.monthfiles import MonthFiles, path_of
from wuye.registers import Registers
from wuye.schema import Kind
from wuye.typed import scan

if TYPE_CHECKING:
    from wuye.changes import Who

ENTERED_MOST = 1000


class Keeping(Registers):
    """Files that are no records: each is made anew from what stands there, in one write and one commit."""

    def _kept(self, path: str, make: Callable[[bytes], bytes], words: str, step: str, who: Who) -> None:
        """Write such a file. Raises NotCommitted once it is saved."""
        self.settings.refuse_newer()
        with self.store.lock(who.by, words) as session:
            old = self.store.read(path)
            session.write([Change(path, old, make(old or b""))])
            self.git.commit([path], commit_message(words, step), who.by, new=[path] if old is None else [])

    def place(self, files: Mapping[str, bytes], who: Who, words: str) -> tuple[list[str], list[str]]:
        """Put new files into the office in one commit; the paths written, and those where something is already."""
        self.settings.refuse_newer()
        with self.store.lock(who.by, words) as session:
            there = [path for path in files if self.store.holds(path)]
            new = [path for path in files if path not in there]
            if new:
                session.write([Change(path, None, files[path]) for path in new])
                self.git.commit(new, commit_message(words, "place"), who.by, new=new)
        return new, there

    def restore(self, path: str, rev: str, who: Who) -> str:
        """Put a file's bytes of a revision in its place; the path where the present ones are kept beside it.

        The path itself where there was no file, empty where nothing differs. Raises NotFound where git has none.
        """
        from wuye import mislaid

        with self.store.lock(who.by, "取回文件") as session:
            held = self.git.held(path, rev)
            if held is None or not path.startswith(mislaid.PARTS):
                raise NotFound(f"git 的 {rev} 里没有 {path}：请用 git log -- {path} 核对路径和提交")
            now = session.read(path)
            if now == held:
                return ""
            made, beside = [Change(path, now, held)], path
            if now is not None:
                beside = next(p for i in count(1) if not self.store.holds(p := f"{path}.{i}.wuye-old"))
                made.insert(0, Change(beside, None, now))
            waiting = self.git.uncommitted()
            session.write(made)
            self.git.expect([*waiting, path], only=True)  # the copy beside is for the desk, not for the history
            self.git.commit([path], commit_message(f"取回文件 {path}", "restore"), who.by, new=[path])
        return beside

    def revealed(self, who: Who, reason: str, ids: Sequence[str]) -> None:
        """Write down who saw private data and why, each line chained to the one before by its hash."""
        from wuye import access
        from wuye.errors import BadInput

        if problem := scan(reason, "--reason", "查阅原因"):
            raise BadInput(problem)
        path = access.path_of(f"{who.now:%Y-%m}", self.settings.letter)

        def make(old: bytes) -> bytes:
            earlier = [p for p in self.store.access_logs() if p < path and access.desk_of(p) == access.desk_of(path)]
            before = self.store.read(earlier[-1]) if earlier and not old else None
            return access.appended(old, who.now, who.by, reason, ids, before or b"")

        self._kept(path, make, "查阅登记", "reveal", who)

    def slip_keys(self) -> list[bytes]:
        """The keys that codes on passes were made with, the one in use first."""
        return [data for name in self.store.slip_keys() if (data := self.store.read(name))]

    def slip_key(self, who: Who) -> None:
        """Make a key where there is none. Raises NotCommitted once it is saved."""
        from wuye import qr

        if not self.store.slip_keys():
            key = qr.fresh_key()
            self._kept(f"keys/{qr.name_of_key(key)}", lambda old: key, "放行条防伪密钥", "key", who)

    def give_blanks(self, form: str, count: int, who: Who, numbers: list[str]) -> None:
        """Put paper numbers for so many blank forms into the list, none of them ever given before.

        Raises NotCommitted once they are kept, Damaged where it cannot be told which were given.
        """
        from wuye import blankpaper

        day, letter = who.now.date(), self.settings.letter
        path = blankpaper.path(day, letter)

        def make(old: bytes) -> bytes:
            numbers[:] = blankpaper.fresh(old, path, day, letter, count)
            return blankpaper.appended(old, who.now, who.by, form, numbers)

        self._kept(path, make, f"空白表格 {form} {count} 张", "blank", who)

    def _blank_form(self, typed: str) -> tuple[str, list[Problem]]:
        """The paper number of a blank form as it was printed, and what is wrong with it."""
        if not typed:
            return "", []
        from wuye import blankpaper

        number = blankpaper.tidy(typed)
        if not number:
            words = f"--blank 应是纸上印的空白表格号，如 空白-20261123-01，现为“{typed}”：请改正"
            return "", [Problem(words, field="blank")]
        path = blankpaper.place(number)
        if not blankpaper.was_given(self.store.read(path) or b"", path, number):
            return "", [Problem(f"没有发过 {number} 这张空白表格：请核对 --blank，或不写", field="blank")]
        return number, []

    def _refuse_entered(self, kind: Kind, files: MonthFiles, blank: str, moment: datetime) -> None:
        """A paper is entered once. Raises Refused naming the record."""
        if not blank:
            return
        path = path_of(kind, f"{moment:%Y-%m}")
        data, cut = files.read(path)
        for name in cut.holding([blank.encode()], ENTERED_MOST) if blank.encode() in data else ():
            record = self.parse(kind, path, data, cut, name)
            if record.extra.get("blank") == blank and not record.void:
                raise Refused(f"{blank} 已补录，是 {record.id}：请核对是不是录了两遍")
