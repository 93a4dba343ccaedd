"""What people at work are charged with, and praised for, by name (domain.md 21, 28, 29; counted in 40)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from wuye.errors import Problem
from wuye.fields import Field
from wuye.values import NAME, choice, open_choice

if TYPE_CHECKING:
    from wuye.basis import Basis
    from wuye.record import Entry, Record

BREACH = choice(
    dress="仪容着装/仪容/着装", manners="礼仪态度/态度/礼仪", slack="脱岗懈怠/脱岗/懈怠/玩手机", other="其他", **{
        "records-not-kept": "日常记录未做/记录未做/未做记录", "request-not-recorded": "报修未登记/未登记报修",
        "not-reported-back": "派工未回报/未回报", "three-rings": "铃响三声未接/三声未接",
    },
)  # fmt: skip
DUTY = open_choice(
    security="安保/安保部/保安/秩序/秩序维护部", engineering="工程/工程部/维修", cleaning="保洁/保洁部/清洁",
    greening="绿化/绿化部", service="客服/客服部/前台", finance="财务/财务部", quality="品质/品质部",
)  # fmt: skip
"""Departments by what they do, in the words of the department register; an office may have others."""
BREACH_FIELDS = (Field("person", NAME, "当事人", on_log=True), Field("breach", BREACH, "违规", on_log=True))
VERDICT = choice(well="处置迅速得当/得当", bad="造成不良后果/不良后果", none="撤回评定/撤回")


class Breach(NamedTuple):
    """One breach by one person: of what category, when, and the records that tell of it."""

    person: str
    breach: str
    at: datetime
    ids: tuple[str, ...]
    words: str = ""

    @property
    def month(self) -> str:
        """The month in which it counts: `2026-11`."""
        return f"{self.at:%Y-%m}"


def found_against(record: Record) -> list[Breach]:
    """The breaches that one record tells of: its own, and those of its steps that were not cleared since."""
    if record.void:
        return []
    found: list[Breach] = []
    if record.kind.has("breach") and record.get("breach") and record.get("person"):
        words = record.get("text") or ""
        found.append(Breach(record["person"], record["breach"], record.received, (record.id,), words))
    for entry in record.timeline:
        if entry.step == "breach":
            found.append(_told(record, entry))
        elif entry.step == "clear" and (place := _last(found, entry.values)) is not None:
            del found[place]
    return found


def _told(record: Record, entry: Entry) -> Breach:
    said = str(entry.values.get("said") or "")
    return Breach(entry.values["person"], entry.values["breach"], entry.at, (record.id,), said)


def _last(found: Sequence[Breach], told: Mapping[str, Any]) -> int | None:
    """The place of the newest breach of a person, of a category where one is named."""
    fits = [i for i, one in enumerate(found)
            if one.person == told.get("person") and told.get("breach") in (None, one.breach)]  # fmt: skip
    return fits[-1] if fits else None


def not_found(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """A guard: only what was found can be cleared."""
    if _last(found_against(record), given) is None:
        return f"没有记过{given['person']}的{'这一项' if given.get('breach') else ''}违规：请看 show"
    return ""


def breaches(records: Iterable[Record]) -> list[Breach]:
    """Every breach once, oldest first: a nonconformity made of an inspection that told of the same adds its number."""
    own: list[Breach] = []
    made: list[tuple[str, Breach]] = []
    for record in records:
        source = str(record.get("of") or "") if record.kind.has("of") else ""
        for one in found_against(record):
            if source:
                made.append((source, one))
            else:
                own.append(one)
    for source, one in made:
        wanted = (one.person, one.breach, (source,))
        same = next((i for i, other in enumerate(own) if (other.person, other.breach, other.ids) == wanted), None)
        if same is None:
            own.append(one)
        else:
            own[same] = own[same]._replace(ids=(*own[same].ids, *one.ids))
    return sorted(own, key=lambda one: (one.at, one.ids))


def by_person(found: Iterable[Breach]) -> dict[tuple[str, str, str], list[Breach]]:
    """Breaches by person, month and category: how many, and of which records, for the assessment (domain.md 40)."""
    told: dict[tuple[str, str, str], list[Breach]] = {}
    for one in sorted(found, key=lambda b: (b.person, b.month, b.breach, b.at)):
        told.setdefault((one.person, one.month, one.breach), []).append(one)
    return told


class Judgement(NamedTuple):
    """What somebody said of how a person dealt with an emergency: well, or with bad consequences."""

    person: str
    verdict: str
    judged_by: str
    at: datetime
    id: str
    words: str = ""

    @property
    def month(self) -> str:
        """The month in which it counts: that of the incident."""
        return f"{self.at:%Y-%m}"


def judged(record: Record) -> Iterator[Judgement]:
    """The last judgement of each person in an incident; one that was withdrawn is none."""
    last: dict[str, Entry] = {}
    for entry in record.timeline if not record.void else ():
        if entry.step == "judge":
            last.pop(entry.values["person"], None)
            last[entry.values["person"]] = entry
    for person, entry in last.items():
        if (verdict := entry.values["verdict"]) != "none":
            said = str(entry.values.get("said") or "")
            yield Judgement(person, verdict, entry.values["judged_by"], record.received, record.id, said)


def judgements(records: Iterable[Record]) -> list[Judgement]:
    """Every judgement of these incidents, oldest first."""
    return sorted((one for record in records for one in judged(record)), key=lambda one: (one.at, one.id, one.person))


def breach_has_person(values: Mapping[str, Any], basis: Basis) -> Iterable[Problem]:
    """A breach is somebody's."""
    if values.get("breach") and not values.get("person"):
        yield Problem("写了违规却没有当事人：请用 --person 给出", field="person")
