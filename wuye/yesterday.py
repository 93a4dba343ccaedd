"""An office as it was known at a moment: the commit of then, judged by the clock of then, only to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wuye import asof, records, settings, when
from wuye.annals import Annals
from wuye.asof import Known
from wuye.changes import Who
from wuye.git import Git
from wuye.office import Office
from wuye.settings import Settings
from wuye.sheet import Sheet
from wuye.store import Store

if TYPE_CHECKING:
    from wuye.index.database import Index

ATTACHED = "attachments/"
AS_KNOWN = "按当时所知"


class Shown(Store):
    """The files of then. An attachment never changes: it is read where it lies now."""

    def __init__(self, root: Path, live: Store) -> None:
        super().__init__(root)
        self.live = live

    def path(self, relative: str) -> Path:
        """A file of the office. Raises Refused where a link leads out of the folder."""
        return self.live.path(relative) if relative.startswith(ATTACHED) else super().path(relative)


class Yesterday(Office):
    """An office as it was known. Its lock refuses; who saw private data is written down in the office of today."""

    def __init__(self, live: Office, known: Known) -> None:
        self.layout = asof.layout(live.store, Annals(live.git), known.commit, live.progress)
        super().__init__(self.layout.folder)
        self.live = live
        self.then = known
        self.store = Shown(self.layout.folder, live.store)
        self.git = Git(live.root, known.commit)
        self.progress = live.progress
        self.only_asked = live.only_asked

    @cached_property
    def now(self) -> datetime:
        """The moment of then."""
        return self.then.moment

    @cached_property
    def settings(self) -> Settings:
        """What wuye.yaml of then says, as far as it is understood today."""
        kinds = [row[0] for row in records.KINDS]
        with suppress(ImportError):  # a Python without SQLite
            if self.only_asked:
                return settings.load(self.root, kinds, self.index.understood, lenient=True)
        return settings.load(self.root, kinds, lenient=True)

    @cached_property
    def index(self) -> Index:
        """The index of then; it begins with that of today, because most files are the same."""
        index = super().index
        index.begin_with(self.live.index.path)
        return index

    def let_go(self) -> None:
        """Nobody reads here any more: the folder may be taken away, and a copy of one's own goes."""
        if "index" in self.__dict__:
            self.index.close()
        self.layout.let_go()

    def person(self, given: str | None, environ: Mapping[str, str]) -> str:
        """Who asks: now."""
        return self.live.person(given, environ)

    def revealed(self, who: Who, reason: str, ids: Sequence[str]) -> None:
        """Write down, now and in the office itself, that private data is shown."""
        self.live.revealed(Who(who.by, None, self.live.now), reason, ids)


def at(live: Office, moment: datetime) -> Yesterday:
    """The office as it was known at a moment. Raises Refused where git does not know it, Damaged."""
    return Yesterday(live, asof.known(live.store, Annals(live.git), moment))


def corrected(live: Office, moment: datetime) -> Office:
    """Today's records, judged by the clock of a moment: what was typed in since about the time before it counts."""
    office = Office(live.root)
    office.progress, office.only_asked = live.progress, live.only_asked
    office.__dict__["now"] = moment
    return office


def moment_of(heard: date | datetime, now: datetime) -> datetime:
    """The moment that a day, or a time, means: a day at its end."""
    if isinstance(heard, datetime):
        return heard
    return datetime.combine(heard, time(0), now.tzinfo) + timedelta(days=1, seconds=-1)


def words(known: Known) -> str:
    """On what knowledge an answer rests."""
    said = f"{known.moment:%Y-%m-%d} 结束时" if known.moment.second else when.read_back(known.moment)
    return (
        f"{AS_KNOWN}：{said}的台账（提交 {known.short}，{known.at:%Y-%m-%d %H:%M}，{known.author}），"
        "设置和日历也用那时的；以后补录、更正的不在内"
        + (f"；别的前台那时的 {known.elsewhere} 次操作后来才同步过来，也不在内" if known.elsewhere else "")
    )


def told(known: Known) -> dict[str, object]:
    """The same for scripts."""
    return {"as_of": known.moment, "commit": known.commit, "at": known.at, "by": known.author,
            "elsewhere": known.elsewhere}  # fmt: skip


def marked(sheet: Sheet, known: Known) -> Sheet:
    """An answer that says on what knowledge it rests: a report in its title and foot, too."""
    more = {**sheet.more, "known": told(known)}
    if not sheet.headed:
        return sheet._replace(more=more, notes=(words(known), *sheet.notes))
    foot = f"{words(known)}\n{sheet.foot}".rstrip()
    return sheet._replace(more=more, title=f"{sheet.title}（{AS_KNOWN}）", foot=foot)
