"""An office: the public Python API over one folder, and the only writer (design.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from wuye import changes, number
from wuye.basis import Basis
from wuye.blocks import Blocks
from wuye.changes import Who
from wuye.errors import BadInput, NotFound, Refused, WuyeError
from wuye.intake import Intake
from wuye.monthfiles import MonthFiles, path_of, path_of_record
from wuye.record import Record, to_stored
from wuye.schema import Kind
from wuye.shelves import find_root
from wuye.writing import Brought, Make, Outcome, Repeat

if TYPE_CHECKING:
    pass


class Office(Intake):
    """One office folder. Reading takes no lock; every write is one command, one lock, one commit."""

    def _linked_later(self, files: MonthFiles, record: Record, after: Record, who: Who) -> Record:
        """A record whose link was only now filled in, linked both ways like a new one."""
        kind = record.kind
        source = after.get(kind.origin) if kind.origin else None
        if source and (source, after.get("part")) != (record.get(kind.origin), record.get("part")):
            row = {"row": str(after["part"])} if after.get("part") else {}
            self._told_of(kind, files, str(source), record.id, who, "link", row)
        target = after.get(kind.link) if kind.link else None
        if not target or target == record.get(kind.link):
            return after
        kept = self._told_of(kind, files, str(target), record.id, who, "repeat")
        last = after.log[-1]
        was = {**last.was, **{n: record[n] for n in kept}}
        entry = last._replace(values={**last.values, **kept}, was=was)
        return replace(after, values={**after.values, **kept}, log=(*after.log[:-1], entry))

    def change(
        self,
        kind: Kind,
        typed: Sequence[str],
        who: Who,
        what: str,
        make: Make,
        *,
        once: str = "",
        dry_run: bool = False,
        more: Mapping[str, bytes] = MappingProxyType({}),
    ) -> Outcome:
        """Rewrite named records by `make`, all or none; what every command on existing records goes through.

        `more` are new files written together with them. Raises everything `make` refuses, of all at once.
        """
        names = list(dict.fromkeys(str(self.number(kind, t)) for t in typed))
        basis, made, notes = self.basis(kind), list[Record](), list(who.said)
        refusals: list[WuyeError] = []
        self.settings.refuse_newer()
        with self.store.lock(who.by, f"{kind.zh}{what}") as session:
            files = MonthFiles(session)
            self._stocks.clear()
            till = self._till(kind, files, who)
            for name in names:
                found = number.parse(name)
                assert found is not None
                path = path_of(kind, found.month)
                # One that an earlier record of this command has moved is as it was left there.
                cut = files.current(path) if name in files.wrote else files.read(path)[1]
                record = self.parse(kind, path, cut.data, cut, name)
                if once and any(e.extra.get("once") == once for e in record.standing):
                    notes.append(f"{once} 在 {name} 上已做过：没有再做")
                    made.append(record)
                    continue
                try:
                    after, said = make(record, basis)
                    after = self._linked_later(files, record, after, who)
                    self._refuse_renamed(kind, files, record, after)
                    after = till.step(record, after) if till else after
                except (Refused, BadInput) as error:
                    refusals.append(error)
                    continue
                if barred := self._barred(kind, (e.step for e in after.log[len(record.log) :]), who):
                    refusals.append(barred)
                    continue
                notes += [n for n in said if n not in notes]
                made.append(after)
                files.put(path, after)
                if kind.moves and kind.flow.knows(step := after.log[-1].step):
                    try:
                        self._moved(files, after, step, who)
                    except (Refused, BadInput, NotFound) as error:
                        refusals.append(error)
            if refusals:
                raise type(refusals[0])(*(p for error in refusals for p in error.problems))
            notes += self._along(till, kind, files, (), who)
            if dry_run or not files.after:
                return Outcome(tuple(made), (*notes, "试运行：没有写入") if dry_run else tuple(notes))
            for path, content in more.items():
                files.keep(path, content)
            return self._finish(files, tuple(made), f"{kind.zh}{what} {changes.summary_of(names)}", who, tuple(notes))

    def rewrite(
        self, seen: Sequence[Record], who: Who, words: str, step: str, make: Callable[[int, Record, Basis], Record]
    ) -> Outcome:
        """Records of any kinds made into others by `make`, all or none; raises Refused where one is not as it was seen.

        `words` go into the history, `step` says what was done (undo, redo).
        """
        bases = {record.kind: self.basis(record.kind) for record in seen}
        self.settings.refuse_newer()
        with self.store.lock(who.by, words) as session:
            files, made = MonthFiles(session), dict[str, Record]()
            for path in dict.fromkeys(map(path_of_record, seen)):
                cut = files.current(path)
                places = cut.places()
                mine = {r.id: (i, r) for i, r in enumerate(seen) if path_of_record(r) == path}
                for name, (index, before) in mine.items():
                    start, stop = places.get(name, (0, 0))
                    record = self.parse(before.kind, path, cut.data[start:stop], Blocks(cut.data[start:stop]), name)
                    if to_stored(record) != to_stored(before):
                        raise Refused(f"{name} 刚刚被改过：这一次没有写入；请重做一次")
                    made[name] = make(index, record, bases[before.kind])
                    if till := self._till(before.kind, files, who):
                        till.taken_back(record, made[name])
                files.put_all(path, {name: made[name] for name in mine})
            return self._finish(files, tuple(made[r.id] for r in seen), words, who, (), step)

    def attach(self, kind: Kind, typed: str, files: Sequence[str], who: Who, dry_run: bool = False) -> Outcome:
        """Copy files in under their hash and name them in the record's log, all or none.

        Raises BadInput or NotFound with everything wrong with any of the files, Refused for one that is there already.
        """
        from wuye import outside

        folder = f"attachments/{self.number(kind, typed).month}"
        kept = outside.attachments(files, folder)

        def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
            there = {e.extra["sha256"]: e for e in record.standing if "sha256" in e.extra}
            if again := [there[digest] for _, _, digest in kept if digest in there]:
                words = "{id} 已于 {e.at:%Y-%m-%d %H:%M} 附过同样的文件 {file}：请去掉它再附"
                raise Refused(*(words.format(id=record.id, e=e, file=e.extra["file"]) for e in again))
            for path, data, digest in kept:
                extra = {"file": path, "sha256": digest, "size": str(len(data))}
                record = changes.noted(record, "attach", who, extra)
            return record, ()

        more = {path: data for path, data, _ in kept}
        return self.change(kind, [typed], who, "附件", make, dry_run=dry_run, more=more)


__all__ = ["Brought", "Make", "Office", "Outcome", "Repeat", "Who", "find_root", "path_of"]
