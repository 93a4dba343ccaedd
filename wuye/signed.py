"""What changed after somebody signed: the records that differ between the tag of a signature and now (domain.md 11)."""

from __future__ import annotations

from wuye import telling
from wuye.handed import Touched, told
from wuye.past import Change, Past
from wuye.record import Record, tag_of
from wuye.shelves import Shelves
from wuye.telling import HAND_ZH


def tags(record: Record, *steps: str) -> list[str]:
    """The tags of a record's standing signatures, newest last; of some steps or all."""
    gone = record.withdrawn
    wanted = steps or record.kind.tags
    return [tag_of(record, i) for i, e in enumerate(record.log) if i not in gone and e.step in wanted]


def changed_since(office: Shelves, tag: str) -> list[Touched] | None:
    """Records that are not as they were when the tag was made; None where there is no such tag, or no git.

    Raises Damaged where git cannot read its history.
    """
    commit = office.git.tagged(tag)
    if not commit:
        return None
    office.store.settle()
    past = Past(office)
    return [one for change in past.between(commit) for name in change.ids() for one in [_touched(past, change, name)]]


def _touched(past: Past, change: Change, name: str) -> Touched:
    """What became of one record: the new entries of its log, and what was changed by hand."""
    before, after = past.pair(change, name)
    kind = change.after.kind
    if after is None:
        what = "读不出来" if change.after.get(name) else f"{HAND_ZH}：删去"
        return Touched(name, kind.zh, what, "", None, True)
    entries = after.log[len(before.log) if before else 0 :]
    hand = bool(before and telling.by_hand(before, after))
    if not entries:
        return Touched(name, kind.zh, HAND_ZH, "", None, True)
    one = told(after, entries)
    return one._replace(what=f"{one.what}、{HAND_ZH}", hand=True) if hand else one
