"""A copy for a person of all that the office holds about him; what is others' in them is masked (domain.md K)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from wuye import identity, lookup, phone
from wuye.call import Call
from wuye.fields import FORGOTTEN, Field
from wuye.personal.meant import Meant
from wuye.record import Record
from wuye.sheet import Column, Sheet, plain, public
from wuye.subject import Subject

HIDDEN = "**"
NOT_HIS = ("once", "imported")
OF_CONTACT = ("id", "received")
"""What somebody who is named as an emergency contact sees of the record that names him, beside his own."""
_PHONE = re.compile(r"(?<![\d-])(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}-[2-9]\d{6,7})(?!\d)")
_PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{5,6}")


def run(call: Call, found: Meant) -> Sheet:
    """One document: who he is, and every record that tells of him. Giving it out is written into the access log."""
    office = call.office
    call.given.setdefault("reason", "本人索取个人资料副本")
    staff = frozenset(str(r.get("name")) for r in office.load(_kind(office, "staff"))[0])
    staff |= {entry.by for r in found.records for entry in r.log}
    call.log_reveal([r.id for r in found.records])
    records = sorted(found.records, key=lambda r: (r.received, r.id))
    rows, lines = [], list[dict[str, Any]]()
    for record in records:
        row = _row(record, office.basis(record.kind), found.subject, staff)
        rows.append(row)
        lines += _lines(record, row) + _joined(record, row, found.subject)
    who = found.subject
    person = {"names": sorted(who.names), "phones": sorted(who.phones), "plates": sorted(who.plates),
              "rooms": sorted(who.rooms)}  # fmt: skip
    columns = (Column("at", "时间"), Column("id", "编号"), Column("kind_zh", "种类"), Column("zh", "项目"),
               Column("value", "内容", wide=True))  # fmt: skip
    title = f"{office.settings.name}：{'、'.join(person['names'] or person['phones'])} 的个人资料副本"
    note = "别人的姓名、电话、车牌已遮住；内容里提到别人的地方请看过再给出" if rows else ""
    return Sheet("wuye.person", columns, tuple(rows), office.now, title, key="records", headed=True,
                 notes=(note,), table_rows=tuple(lines), more={"person": person})  # fmt: skip


def _kind(office: Any, name: str) -> Any:
    return next(kind for kind in office.kinds() if kind.name == name)


def _row(record: Record, basis: Any, who: Subject, staff: frozenset[str]) -> dict[str, Any]:
    """A record as its person may see it: his own whole, others' masked, in every line of the log too."""
    kind = record.kind
    # By number alone: what else a room's record holds may be his neighbour's.
    row = plain(public(record, basis, reveal=True))
    hide = _hider(who)
    mine = any(who.shows(one) for one in lookup.sightings(record) if one.part not in lookup.BESIDE)
    if not mine and kind.has(lookup.EMERGENCY[0]):  # whom he is to be called about is another's own page
        row = {name: row[name] for name in (*OF_CONTACT, *lookup.EMERGENCY) if name in row}

    def seen(values: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, value in values.items():
            if kind.has(name):
                found[name] = _value(kind[name], value, who, staff, mine, hide)
            elif name == "log":
                found[name] = [seen(entry) for entry in value]
            elif name == "was":
                found[name] = seen(value)
            else:
                found[name] = hide(value)
        return found

    return {"kind": kind.name, "kind_zh": kind.zh, **{n: v for n, v in seen(row).items() if n not in NOT_HIS}}


def _value(
    one: Field, value: Any, who: Subject, staff: frozenset[str], mine: bool, hide: Callable[[Any], Any]
) -> Any:
    if value in (None, "", FORGOTTEN):
        return value
    own = {*who.names, *who.phones, *who.plates}
    if isinstance(value, list) and one.names_people:
        return [_value(one, part, who, staff, mine, hide) for part in value]
    if one.names_people:
        word = one.type.name.removeprefix("several:")
        if value in own or (word == "name" and value in staff):
            return value
        if word in ("name", "plate"):
            return str(value)[:1] + HIDDEN
        if word == "phone":
            return phone.mask(str(value))
        return value if mine else one.type.mask(value)
    return hide(value)


def _hider(who: Subject) -> Callable[[Any], Any]:
    """Masks other people's telephones and plates in free words."""

    def hidden(text: str) -> str:
        text = _PHONE.sub(lambda m: m[0] if re.sub(r"[\s-]", "", m[0]) in own else phone.mask(m[0]), text)
        text = _PLATE.sub(lambda m: m[0] if m[0] in who.plates else m[0][:1] + HIDDEN, text)
        return identity.mask(text)

    own = {re.sub(r"[\s-]", "", number) for number in who.phones}

    def hide(value: Any) -> Any:
        if isinstance(value, str):
            return hidden(value)
        if isinstance(value, list):
            return [hide(part) for part in value]
        return {n: hide(v) for n, v in value.items()} if isinstance(value, Mapping) else value

    return hide


def _lines(record: Record, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The record for people: a line a field."""
    kind, told = record.kind, []
    for one in kind.on_record:
        value = row.get(one.name)
        if value in (None, "", []):
            continue
        shown = value if one.names_people or isinstance(value, Mapping) else one.shown(record.get(one.name))
        text = "、".join(map(str, shown)) if isinstance(shown, list) else str(shown)
        told.append((one.zh, text if one.names_people else str(_as_hidden(row, one.name, text))))
    return [
        {"at": record.received, "id": record.id, "kind_zh": kind.zh, "zh": zh, "value": value} for zh, value in told
    ]  # fmt: skip


def _joined(record: Record, row: Mapping[str, Any], who: Subject) -> list[dict[str, Any]]:
    """What he himself said when he joined a neighbour's complaint: it stands in the log and in no field."""
    his = [s for s in lookup.sightings(record) if s.part == lookup.BESIDE[1] and who.shows(s)]
    told = []
    for entry in row.get("log", ()) if his else ():
        if entry.get("joiner") in who.names or entry.get("joiner_phone") in who.phones:
            told += [(record.kind[n].zh, str(entry[n])) for n in lookup.JOINED if entry.get(n)]
    here = {"at": record.received, "id": record.id, "kind_zh": record.kind.zh}
    return [{**here, "zh": zh, "value": value} for zh, value in told]


def _as_hidden(row: Mapping[str, Any], name: str, shown: str) -> str:
    """Free words as they were hidden in the row, other values as the desk reads them."""
    value = row[name]
    return value if isinstance(value, str) and (HIDDEN in value or "*" in value) else shown
