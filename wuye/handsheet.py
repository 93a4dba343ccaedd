"""A shift as the office knows it: the handovers before, everything gathered through the index, and its sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from wuye import discreet, handed, number, records, signed
from wuye.errors import Ambiguous, Damaged, NotFound
from wuye.handed import Shift, Touched
from wuye.office import Office
from wuye.record import Record
from wuye.records.handover import GATHERED
from wuye.schema import Kind
from wuye.sheet import Column, Sheet
from wuye.values import MONEY
from wuye.wanted import Wanted

KIND = records.kind("handover")
MONTHS = 2
NO_TAG = "git 里没有上次交班的标签：改动按各条记录的经过列出，看不到手工改动"
GROUPS = dict(GATHERED)
_PARTED = r"[\[\]\"、，,;；/ ]+"
"""What stands between names in one value, as it is stored: a list of them too."""
LISTED = (Column("line", "内容", wide=True),)


def recent(office: Office) -> list[Record]:
    """The handovers of this month and the one before. Raises Damaged: what is gathered from a gap is no handover."""
    found, problems = office.load(KIND, office.months(KIND)[-MONTHS:])
    if problems:
        raise Damaged(*problems)
    return found


def only(recent: Sequence[Record], status: str) -> Record | None:
    """The only one in a state, None where there is none. Raises Ambiguous where there are several."""
    found = [r for r in recent if r.status == status]
    if len(found) > 1:
        names = "、".join(f"{r.id}（{r['giver']}）" for r in found)
        raise Ambiguous(f"有 {len(found)} 份交接班可能是要的：{names}；请写明编号")
    return found[0] if found else None


def done_before(recent: Sequence[Record], key: str) -> Record | None:
    """The handover that took a step under this `--once` key."""
    return next((r for r in recent if key and any(e.extra.get("once") == key for e in r.standing)), None)


def gathered(office: Office, found: Shift) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is kept of everything, and what the desk is told besides. Raises Damaged where anything cannot be read."""
    kinds = office.kinds()
    basis = office.basis(*kinds).at(found.until)
    alive = (int((found.since - handed.BACK).timestamp()), int(office.now.timestamp()) + 60)
    loaded, problems = office.select_all(Wanted(alive=alive))
    for kind in (one for one in kinds if one.name in ("key", "receiptbook", "card")):
        statuses = ("issued",) if kind.name == "card" else ()
        loaded[kind], wrong = office.select(kind, Wanted(statuses=statuses))
        problems += wrong
    if problems:
        raise Damaged(*problems)
    changed, notes = _changed(office, found)
    if changed is None:
        changed = list(handed.touched(loaded, found.since, office.now))
    return handed.gathered(loaded, found, basis, changed), notes


def _changed(office: Office, found: Shift) -> tuple[list[Touched] | None, tuple[str, ...]]:
    """Records changed since the last handover, by git; None where git cannot tell, with the words for it."""
    if found.last is None:
        return None, ()
    told = signed.changed_since(office, signed.tags(found.last, "give")[-1])
    if told is None:
        return None, (NO_TAG,)
    return [one for one in told if not one.id.startswith(KIND.prefix)], ()


def quoted(office: Office, words: str) -> list[Record]:
    """The records whose numbers stand in a text, as far as they can be read: a line of theirs may name people."""
    numbers: dict[str, list[str]] = {}
    for one in number.within(words):
        numbers.setdefault(one[:2], []).append(one)
    found: list[Record] = []
    for kind in office.kinds():
        mine = numbers.get(kind.prefix, [])
        every = office.numbered_all(kind, mine) if mine else []
        found += every if every is not None else _each(office, kind, mine)
    return found


def _each(office: Office, kind: Kind, numbers: Sequence[str]) -> Iterator[Record]:
    for one in numbers:
        with suppress(NotFound, Damaged):
            yield office.get(kind, one)


def people(office: Office) -> set[str]:
    """Every name of a person that stands anywhere in the office: what was written by hand may name anybody."""
    kinds, fields = office.kinds(), dict[Kind, tuple[list[str], list[str]]]()
    for kind in kinds:
        mine = [one for one in kind.fields if one.type.name in discreet.PERSONS]
        fields[kind] = ([f.name for f in mine if not f.on_log], [f.name for f in mine if f.on_log])
    told = office.told_names(fields)
    if told is None:
        return {name for every in office.load_all()[0].values() for r in every for name in discreet.names(r)}
    return {part for words in told for part in (words, *re.split(_PARTED, words))}


def sections(office: Office, kept: Mapping[str, Any], specials: Sequence[str]) -> tuple[Sheet, ...]:
    """Everything gathered as the desk reads it: a section a list, what there is none of left out."""
    told = {"special": specials, **{name: kept.get(name) or () for name, _ in GATHERED}}
    money = [f"{KIND[n].zh}：{KIND[n].shown(kept[n])}" for n in ("cashiers", "takings", "papers") if kept.get(n)]
    parts = [f"{KIND[n].zh} {MONEY.show(kept[n])}" for n in ("carried", "cash_in", "turned_in") if n in kept]
    money += ["，".join(parts), f"应有现金 {MONEY.show(kept['expected'])}"]
    if "counted" in kept:
        money.append(f"实点现金 {MONEY.show(kept['counted'])}，差额 {MONEY.show(kept['difference'])}")
    if kept.get("keys_expected") is not None:
        money.append(f"钥匙柜应有 {kept['keys_expected']} 把" + _said(kept, "keys_counted", "，实点 {} 把"))
    told["money"] = money
    titles = {"special": "特别交待", "money": "现金、收据、钥匙", **GROUPS}
    order = ("special", "money", *GROUPS)
    return tuple(
        Sheet(f"wuye.handover.{name}", LISTED, tuple({"line": one} for one in told[name]), office.now,
              f"{titles[name]} {len(told[name])} 条" if name in GROUPS else titles[name])
        for name in order if told[name]
    )  # fmt: skip


def _said(kept: Mapping[str, Any], name: str, words: str) -> str:
    return words.format(kept[name]) if kept.get(name) is not None else ""


