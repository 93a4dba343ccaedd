"""Room numbers as people type them, matched against the unit register (domain.md L, design §4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

from wuye.numerals import fold, number


class Register(Protocol):
    """The rooms of the unit register: a set of them, or what reads them when it is asked."""

    def __contains__(self, room: object, /) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def __hash__(self) -> int: ...


_BUILDING = ("号楼", "栋", "幢", "座", "楼")
_ENTRANCE = ("单元", "门洞", "门")
_ROOM = ("号房间", "号房", "号室", "房间", "室", "房", "户")
_LABELS = (*_BUILDING, *_ENTRANCE, *_ROOM, "号")
_SEPARATORS = r"\s\-/\\#_,、"
# Buildings that go by a word; any other word could be a person or a place.
_NAMES = frozenset("甲乙丙丁戊己庚辛壬癸东南西北中")
_HOW = "请写成 3-2-1201（楼-单元-房）或 3-1201（楼-房）这样"


class AmbiguousRoom(ValueError):
    """Several rooms of the register fit; `candidates` holds them all."""

    def __init__(self, typed: str, candidates: tuple[str, ...]) -> None:
        self.candidates = candidates
        shown = "、".join(candidates[:5]) + (f" 等 {len(candidates)} 处" if len(candidates) > 5 else "")
        super().__init__(f"“{typed}”对得上不止一处：{shown}，请写全楼号和单元")


class UnknownRoom(ValueError):
    """No room of the register fits; `nearest` holds at most three that look alike."""

    def __init__(self, typed: str, nearest: tuple[str, ...]) -> None:
        self.nearest = nearest
        hint = f"，相近的有 {'、'.join(nearest)}" if nearest else ""
        super().__init__(f"房屋台账里没有“{typed}”{hint}，请核对房号")


class _Part(NamedTuple):
    """One part of a typed room, and what its label makes it: building, entrance, room, or not said."""

    value: str
    role: str = ""
    label: str = ""


def _is_plain(text: str) -> bool:
    """`3-2-1201` as it is kept already: most rooms are typed so, and need no taking apart."""
    parts = text.split("-")
    return len(parts) in (2, 3) and text.isascii() and all(p.isdigit() and len(p) < 6 for p in parts)


def parse(text: str, units: Register = frozenset()) -> str:
    """The canonical room, `building-entrance-room` or `building-room`.

    With a register the room must be in it: a part left out is filled in where only one room fits, otherwise
    AmbiguousRoom or UnknownRoom is raised. Without one, a well-formed room of two or three parts is
    taken as typed. Raises ValueError with a Chinese phrase.
    """
    typed = text.strip()
    if typed in units or (not units and _is_plain(typed)):
        return typed
    parts = _split(typed)
    if not units:
        return _well_formed(typed, parts)
    readings = [parts, *_other_readings(parts)]
    for candidates in (_equal(parts, units), *(_fitting(reading, units) for reading in readings)):
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise AmbiguousRoom(typed, candidates)
    raise UnknownRoom(typed, _nearest(parts, units))


def _split(typed: str) -> tuple[_Part, ...]:
    """The parts of what was typed; ValueError where it is no room at all."""
    folded = re.sub(r"#\s*楼", "号楼", fold(typed).upper())
    labels = "|".join(_LABELS)
    parts: list[_Part] = []
    place = re.match(f"[{_SEPARATORS}]*", folded)
    at = place.end() if place else 0
    while at < len(folded):
        pattern = rf"([^\W_]+?)(?:[{_SEPARATORS}]*({labels}))?(?=[{_SEPARATORS}]|$)[{_SEPARATORS}]*"
        labelled = rf"([^\W_]+?)({labels})[{_SEPARATORS}]*"
        found = re.compile(labelled).match(folded, at) or re.compile(pattern).match(folded, at)
        if not found:
            raise ValueError(f"看不懂房号“{typed}”，{_HOW}")
        value, label = found[1], found[2] or ""
        if re.search("[楼层]", value):
            raise ValueError(f"房号“{typed}”里不要写楼层，{_HOW}")
        role = "building" if label in _BUILDING else "entrance" if label in _ENTRANCE else ""
        parts.append(_Part(number(value) or value, "room" if label in _ROOM else role, label))
        at = found.end()
    if not parts:
        raise ValueError(f"房号是空的，{_HOW}")
    return tuple(parts)


def _well_formed(typed: str, parts: tuple[_Part, ...]) -> str:
    if len(parts) == 1:
        raise ValueError(f"“{typed}”不是完整的房号，{_HOW}")
    if len(parts) > 3:
        raise ValueError(f"房号“{typed}”多于三段，{_HOW}")
    if any(p.label == "楼" for p in parts):
        raise ValueError(f"看不出“{typed}”里的“楼”是楼号还是楼层，{_HOW}")
    roles = ("building", "room") if len(parts) == 2 else ("building", "entrance", "room")
    named = r"[\u4e00-\u9fff]{0,4}[A-Z0-9]{1,8}"
    for part, role in zip(parts, roles, strict=True):
        by_name = role == "building" and part.value in _NAMES
        if part.role not in ("", role) or not (by_name or re.fullmatch(named, part.value)):
            raise ValueError(f"看不懂房号“{typed}”，{_HOW}")
    if not re.search("[0-9]", parts[-1].value):
        raise ValueError(f"看不懂房号“{typed}”，{_HOW}")
    return "-".join(p.value for p in parts)


def _same(part: str, typed: str) -> bool:
    """Whether a part of a register's room is what was typed, but for leading zeros."""
    return part == typed or part.lstrip("0") == typed.lstrip("0") != ""


def _parts_of(unit: str) -> tuple[str, ...]:
    return tuple(number(part) or part for part in fold(unit).upper().split("-"))


@lru_cache(maxsize=4)
def _by_room(units: Register) -> dict[str, tuple[str, ...]]:
    """The register by last part without its zeros: a batch asks thousands of times."""
    found: dict[str, list[str]] = {}
    for unit in units:
        found.setdefault(_parts_of(unit)[-1].lstrip("0"), []).append(unit)
    return {room: tuple(same) for room, same in found.items()}


def _pool(parts: tuple[_Part, ...], units: Register) -> Iterable[str]:
    """The rooms that can fit at all: what stands last is the room unless its label says otherwise."""
    if parts[-1].role in ("", "room"):
        return _by_room(units).get(parts[-1].value.lstrip("0"), ())
    return units


def _in_order(units: Iterable[str]) -> tuple[str, ...]:
    """Rooms in the order of their numbers."""
    return tuple(sorted(units, key=lambda u: [(len(p), p) for p in u.split("-")]))


def _equal(parts: tuple[_Part, ...], units: Register) -> tuple[str, ...]:
    """Rooms of the register written just so, unless a label says otherwise."""
    roles = {2: ("building", "room"), 3: ("building", "entrance", "room")}.get(len(parts))
    if roles and any(p.role not in ("", role) for p, role in zip(parts, roles, strict=True)):
        return ()
    values = tuple(p.value for p in parts)
    return _in_order(u for u in _pool(parts, units) if _parts_of(u) == values)


def _fits(unit: tuple[str, ...], parts: tuple[_Part, ...]) -> bool:
    """Whether every typed part is one of the unit's, in its place where a label or the count says so."""
    places = {"building": unit[0], "room": unit[-1]}
    if len(unit) > 2:
        places["entrance"] = unit[-2]
    roles = [p.role for p in parts]
    # Not said: the last is the room, the first of several the building, one between them the entrance.
    roles[-1] = roles[-1] or "room"
    if len(roles) > 1:
        roles[0] = roles[0] or "building"
    if len(roles) == 3:
        roles[1] = roles[1] or "entrance"
    if len(set(roles)) < len(roles):
        return False
    return all(r in places and _same(places[r], p.value) for r, p in zip(roles, parts, strict=True))


def _fitting(parts: tuple[_Part, ...], units: Register) -> tuple[str, ...]:
    """Rooms of the register that fit, those with the very same zeros before others."""
    fitting = [u for u in _pool(parts, units) if _fits(_parts_of(u), parts)]
    exact = [u for u in fitting if all(p.value in _parts_of(u) for p in parts)]
    return _in_order(exact or fitting)


def _other_readings(parts: tuple[_Part, ...]) -> list[tuple[_Part, ...]]:
    """What else one word may be where no room is so called: `A1201` is A and 1201, `3A` a building."""
    if len(parts) > 1 or parts[0].role not in ("", "room"):
        return []
    word = parts[0]
    glued = re.fullmatch(r"(\D+)(\d+)|(\d+)(\D+)", word.value)
    readings: list[tuple[_Part, ...]] = []
    if glued:
        building, room = glued[1] or glued[3], glued[2] or glued[4]
        readings.append((_Part(building, "building"), _Part(room, "room")))
    return readings if word.role else [*readings, (_Part(word.value, "building"),)]


def _nearest(parts: tuple[_Part, ...], units: Register) -> tuple[str, ...]:
    """At most three rooms that look like what was typed, of the same building where there is one."""
    from difflib import get_close_matches

    building = [u for u in units if len(parts) > 1 and _same(_parts_of(u)[0], parts[0].value)]
    typed = "-".join(p.value for p in parts)
    by_text: dict[str, str] = {}
    for unit in _in_order(building or units):
        sections = _parts_of(unit)
        if len(parts) == 2 and len(sections) == 3:
            sections = (sections[0], sections[2])
        by_text.setdefault("-".join(sections), unit)
    close = get_close_matches(typed, by_text, n=6, cutoff=0.5)
    return tuple(dict.fromkeys(by_text[c] for c in close))[:3]
