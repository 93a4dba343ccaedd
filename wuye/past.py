"""The commands that git remembers of an office's records: which one to take back, and what records were before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from wuye import blocks, message, number, records, undoing
from wuye.annals import Annals, Commit
from wuye.errors import NotFound, Refused, WuyeError
from wuye.message import Told
from wuye.monthfiles import path_of
from wuye.record import AT_ONCE, REDO, UNDO, Entry, Record
from wuye.schema import Kind
from wuye.shelves import Shelves
from wuye.undoing import ZH, Target

FARTHEST = 2000
NAMED, FEW = 3, 8


class Found(NamedTuple):
    """A command to be taken back: what it did to each record, and in words what, when and by whom; `notes` tell
    what was passed over on the way."""

    targets: tuple[Target, ...]
    words: str
    notes: tuple[str, ...] = ()


class Version:
    """A data file as it was at one time: one record is looked up, for many the whole file is cut once."""

    __slots__ = ("asked", "cut", "kind", "path", "whole")

    def __init__(self, kind: Kind, path: str, data: bytes) -> None:
        self.kind, self.path, self.cut = kind, path, blocks.split(data, path)
        self.asked, self.whole = 0, dict[str, bytes]()

    def all(self) -> dict[str, bytes]:
        """The bytes of every record by its number."""
        if not self.whole:
            self.whole = {name: self.cut.data[a:b] for name, (a, b) in self.cut.places().items()}
        return self.whole

    def get(self, name: str) -> bytes | None:
        """The bytes of one record; None where it is not there."""
        self.asked += 1
        return self.all().get(name) if self.asked > FEW else self.cut.get(name)


class Change(NamedTuple):
    """A data file before and after a commit (or what is not committed yet)."""

    before: Version
    after: Version

    def ids(self) -> list[str]:
        """The records whose bytes differ, file order; last those that are gone."""
        old, new = self.before.all(), self.after.all()
        changed = [name for name, data in new.items() if old.get(name) != data]
        return [*changed, *(name for name in old if name not in new)]


def kind_at(path: str) -> Kind | None:
    """The kind whose records a file holds; None where it is no data file."""
    parts = path.split("/")
    name = parts[-1].removesuffix(".yaml")
    if len(parts) < 2 or name not in {row[0] for row in records.KINDS}:
        return None
    kind = records.kind(name)
    return kind if path_of(kind, parts[1]) == path else None


class Past:
    """One office's past, read for one question."""

    def __init__(self, office: Shelves) -> None:
        self.office = office
        self.annals = Annals(office.git)
        self._files: dict[str, Version] = {}

    # --- what is asked

    def last(self, step: str, back: int = 1) -> Found:
        """The newest command (the `back`th of them), by whomever, that can still be taken back.

        Raises Refused where there is none, or the history does not reach so far.
        """
        self.annals.need()
        self.office.store.settle()
        notes: list[str] = []
        if targets := self._of(None, Told(""), step):
            back -= 1
            if not back:
                return Found(targets, f"{targets[0].said}，还没有提交")
        for count, commit in enumerate(self.annals.walk()):
            if count >= FARTHEST:
                break
            told = message.read(commit.message)
            if not told.ours:
                notes += self._passed_over(commit) if step == UNDO and len(notes) < NAMED else []
                continue
            other = told.step != UNDO if step == REDO else told.step in (UNDO, REDO)
            if len(commit.parents) > 1 or (other and told.ids):
                continue
            if targets := self._of(commit, told, step):
                back -= 1
                if not back:
                    return Found(targets, f"{told.words}（{commit.author}）", tuple(notes))
        raise Refused(f"没有可以{ZH[step]}的命令：请用 wuye log 查看做过什么")

    def of(self, names: Sequence[tuple[Kind, str]], step: str, back: int = 1) -> Found:
        """The last change (the `back`th) of each of these records that can still be taken back, with what the same
        command noted on records linked to it. Raises Refused naming every record that has none."""
        self.annals.need()
        self.office.store.settle()
        found: dict[str, Target] = {}
        refusals: list[WuyeError] = []
        asked = {name for _, name in names}
        for kind, name in names:
            try:
                for target in self._of_record(kind, name, step, back, asked):
                    found.setdefault(target.record.id, target)
            except Refused as error:
                refusals.append(error)
        if refusals:
            raise Refused(*(p for error in refusals for p in error.problems))
        targets = tuple(found.values())
        return Found(targets, "、".join(f"{t.record.id} 的{t.said}" for t in targets[:NAMED]))

    def versions(self, kind: Kind, name: str) -> Iterator[tuple[Commit | None, Record | None, Record | None]]:
        """Every change of a record that git knows, newest first: the commit (None: not committed), before, after."""
        path = path_of(kind, _month(name))
        commits = self.annals.walk("--full-diff", paths=[path])  # all that it wrote, in other files too
        for commit in (None, *commits) if path in self.annals.changed() else commits:
            told = message.read(commit.message) if commit else Told("")
            if commit and (len(commit.parents) > 1 or (told.ours and not told.may_name(name))):
                continue
            for change in self._changes(commit, [path]):
                if change.before.get(name) != change.after.get(name):
                    yield commit, self._parsed(change.before, name), self._parsed(change.after, name)

    def pointing(self, names: Collection[str]) -> dict[str, list[str]]:
        """For each of these records the others, not void, with a field that names it; those that none names are not
        there. Found by searching bytes: only records that hold such a number are read."""
        found: dict[str, list[str]] = {}
        for path in self.office.store.list_files() if names else ():
            kind, data = kind_at(path), self.office.store.read(path) or b""
            if kind is None:
                continue
            told = [f.name for f in kind.on_record if f.type.name.startswith("id:")]
            version, own = Version(kind, path, data), rb"(?<!- id: )(?<!- id: ')\b" + message.NUMBER.encode()
            held = {name for place in re.finditer(own, data) if (name := place[0].decode()) in names} if told else ()
            for other in dict.fromkeys(o for name in held for o in version.cut.holding([name.encode()], len(data))):
                record = self._parsed(version, other) if other else None
                for target in {record.get(field) for field in told} & set(held) if record and not record.void else ():
                    if other != target and other not in names:
                        found.setdefault(target, []).append(other)
        return found

    def between(self, commit: str) -> list[Change]:
        """Every data file that differs between a commit and now, as it was and as it is."""
        paths = [path for path in self.annals.differing(commit) if kind_at(path)]
        shown = self.annals.show([(commit, path) for path in paths]) if paths else []
        return [
            Change(Version(kind, path, before or b""), Version(kind, path, self.office.store.read(path) or b""))
            for path, before in zip(paths, shown, strict=True) if (kind := kind_at(path))
        ]  # fmt: skip

    def pair(self, change: Change, name: str) -> tuple[Record | None, Record | None]:
        """A record before and after; None where it was not there, or cannot be read."""
        return self._parsed(change.before, name), self._parsed(change.after, name)

    # --- how it is found

    def _passed_over(self, commit: Commit) -> list[str]:
        files = [path for path in commit.paths if kind_at(path)]
        return [f"跳过手工改动 {commit.short}（{'、'.join(files[:NAMED])}）：不是 wuye 写的"] if files else []

    def _of(self, commit: Commit | None, told: Told, step: str) -> tuple[Target, ...]:
        """What can still be taken back of a command, record by record.

        A commit that does not say which records it wrote may hold several commands: the last one typed in.
        """
        targets = []
        for change in self._changes(commit, commit.paths if commit else self.annals.changed()):
            prefixed = [name for name in told.ids if name.startswith(change.after.kind.prefix)]
            for name in prefixed if told.ids else change.ids():
                targets += self._target(commit, change, name, step)
        if told.ids or not targets:
            return tuple(targets)
        last = max(undoing.key(t.entries[-1]) for t in targets)
        return tuple(t for t in targets if undoing.key(t.entries[-1]) == last)

    def _of_record(self, kind: Kind, name: str, step: str, back: int, asked: set[str]) -> list[Target]:
        record = self._now(kind, name)
        left = undoing.open_places(record, step)
        if not left:
            raise Refused(f"{name} 没有可以{ZH[step]}的改动：请用 wuye history {name} 查看经过")
        for commit, before, after in self.versions(kind, name):
            places = _new(record, before, after, left)
            if places:
                self._refuse_shallow(commit)
            while places:
                back -= 1
                mine = _of_command(commit, record, places)
                if not back:
                    self._refuse_linked(record, mine, step, asked)
                    target = Target(record, mine, before, after or record, commit.short if commit else "")
                    return [target, *self._partners(commit, name, step), *self._along(commit, target, step)]
                places, left = places[: -len(mine)], left[: -len(mine)]
        if left:
            raise Refused(f"{name} 的这一步在 git 历史里找不到（历史不全或被改写过）：请用 edit 更正")
        raise Refused(f"{name} 没有那么多次改动可以{ZH[step]}：请用 wuye history {name} 查看经过")

    def _refuse_linked(self, record: Record, places: Sequence[int], step: str, asked: set[str]) -> None:
        """What another record's command noted here goes only together with that."""
        for other in sorted(set[str]().union(*(undoing.links(record, p) for p in places)) - asked):
            words = undoing.in_words(record, record.log[places[-1]])
            raise Refused(f"{record.id} 的{words}是 {other} 带来的：请{ZH[step]} {other}")

    def _partners(self, commit: Commit | None, name: str, step: str) -> Iterator[Target]:
        """What the same command noted on other records because of this one."""
        for change in self._changes(commit, commit.paths if commit else self.annals.changed()):
            for other in change.after.cut.holding([name.encode()], len(change.after.cut.data)):
                if other and other != name and change.before.get(other) != change.after.get(other):
                    for target in self._target(commit, change, other, step):
                        if any(name in undoing.links(target.record, place) for place in target.places):
                            yield target

    def _along(self, commit: Commit | None, target: Target, step: str) -> Iterator[Target]:
        """What one command did to others of the kind in another way: a transfer enters one owner and ends the other."""
        ids = message.read(commit.message).ids if commit else ()
        kind, own = target.record.kind, target.entries[-1].step
        for change in self._changes(commit, commit.paths if commit and len(ids) <= FEW else ()):
            for other in ids if change.after.kind is kind else ():
                if other != target.record.id:
                    found = self._target(commit, change, other, step)
                    yield from (one for one in found if one.entries[-1].step != own)

    def _target(self, commit: Commit | None, change: Change, name: str, step: str) -> list[Target]:
        """What a commit did to one record, as far as it stands and the log is as it then was."""
        before, after = self._parsed(change.before, name), self._parsed(change.after, name)
        if after is None:
            return []
        try:
            record = self._now(change.after.kind, name)
        except NotFound:
            return []
        places = _new(record, before, after, undoing.open_places(record, step))
        if not places:
            return []
        self._refuse_shallow(commit)
        return [Target(record, _of_command(commit, record, places), before, after, commit.short if commit else "")]

    def _changes(self, commit: Commit | None, paths: Sequence[str]) -> Iterator[Change]:
        """The data files that a commit changed, or those not committed, before and after."""
        told = [(path, kind) for path in paths if (kind := kind_at(path))]
        old = commit.parents[0] if commit and commit.parents else self.annals.git.head if commit is None else ""
        asked = [(old, path) for path, _ in told if old] + [(commit.hash, path) for path, _ in told if commit]
        shown = iter(self.annals.show(asked) if asked else ())
        befores = [next(shown) if old else None for _ in told]
        for (path, kind), before in zip(told, befores, strict=True):
            after = next(shown) if commit else self.office.store.read(path)
            yield Change(Version(kind, path, before or b""), Version(kind, path, after or b""))

    def _refuse_shallow(self, commit: Commit | None) -> None:
        if commit and not commit.parents and self.annals.is_shallow():
            raise Refused("git 历史不全（浅克隆），看不到更早的内容：请先运行 git fetch --unshallow，或用 edit 更正")

    def _parsed(self, version: Version, name: str) -> Record | None:
        """A record as a file held it; None where it was not there or could not be read."""
        try:
            return self._read(version, name)
        except WuyeError:
            return None

    def _read(self, version: Version, name: str) -> Record:
        data = version.get(name) or b""
        return self.office.parse(version.kind, version.path, data, blocks.split(data), name)

    def _now(self, kind: Kind, name: str) -> Record:
        """A record as it is on the disk. Raises NotFound, or Damaged where it cannot be read."""
        path = path_of(kind, _month(name))
        if path not in self._files:
            self._files[path] = Version(kind, path, self.office.store.read(path) or b"")
        return self._read(self._files[path], name)


def _month(name: str) -> str:
    found = number.parse(name)
    return found.month if found else ""


def _of_command(commit: Commit | None, record: Record, places: Sequence[int]) -> tuple[int, ...]:
    """Those of a commit's places that its last command wrote: a commit that says which records it wrote is one command.

    A step that makes another record notes that one here as well: both go together.
    """
    return tuple(places) if commit and message.read(commit.message).ids else _alike(record, places)


def _alike(record: Record, places: Sequence[int]) -> tuple[int, ...]:
    """The last of these places, and those before it that the same command wrote."""
    last = record.log[places[-1]]
    found: list[int] = []
    for place in reversed(places):
        entry = record.log[place]
        together = place != places[-1] and AT_ONCE in record.log[place + 1].extra
        if undoing.key(entry) != undoing.key(last) or not (entry.step == last.step or together):
            break
        found.append(place)
    return tuple(reversed(found))


def _new(record: Record, before: Record | None, after: Record | None, places: Sequence[int]) -> list[int]:
    """Which of these places of today's log were written between two versions of the record.

    By what the entries say: a merge puts another desk's between them. Words may have been forgotten since.
    """
    whole = not any(entry.step == "forget" for entry in record.log)

    def said(entry: Entry) -> str:
        return repr((entry[:3], entry.values) if whole else entry[:3])

    had = Counter(map(said, before.log if before else ()))
    wrote = Counter(map(said, after.log if after else ())) - had
    found, seen = [], Counter[str]()
    for place, entry in enumerate(record.log):
        word = said(entry)
        seen[word] += 1
        if place in places and had[word] < seen[word] <= had[word] + wrote[word]:
            found.append(place)
    return found
