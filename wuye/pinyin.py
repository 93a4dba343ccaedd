"""How a Chinese name is typed in letters: full pinyin or initials, every reading of its characters (extra `office`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice, product

LONGEST, MOST = 8, 64  # characters of a name that are read, ways of reading it that are kept
_TWO = ("zh", "ch", "sh")


def installed() -> bool:
    """Whether pypinyin is there; without it letters match no Chinese name."""
    return find_spec("pypinyin") is not None


@lru_cache(maxsize=4096)
def readings(name: str) -> frozenset[str]:
    """What may be typed for a name: `wangnvshi`, `wangnushi`, `wns`; empty without pypinyin or Chinese characters."""
    return frozenset(ways(name, syllables))


def ways(name: str, heard: Callable[[str], Sequence[str]]) -> list[str]:
    """What may be typed for a name whose characters are `heard` so; none where one of them has no reading."""
    parts = [[one.lower()] if one.isascii() else list(heard(one)) for one in name[:LONGEST]]
    if not parts or not all(parts):
        return []
    initials = [list(dict.fromkeys(i for one in part for i in _initials(one))) for part in parts]
    found = [*islice(map("".join, product(*parts)), MOST), *islice(map("".join, product(*initials)), MOST)]
    return list(dict.fromkeys(found))


def _initials(syllable: str) -> tuple[str, ...]:
    """`shi` begins with `s` for some and with `sh` for others."""
    return (syllable[0], syllable[:2]) if syllable.startswith(_TWO) else (syllable[:1],)


@lru_cache(maxsize=4096)
def syllables(character: str) -> tuple[str, ...]:
    """Every reading of a character without tones; `女` is `nv` and `nu`. Empty without pypinyin or a reading."""
    # Names need no phrases, and their table is most of what pypinyin loads.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    try:
        from pypinyin import Style, pinyin
    except ImportError:
        return ()
    heard = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    plain = (said.replace("ü", "v") for said in (heard[0] if heard else ()))
    return tuple(dict.fromkeys(way for said in plain for way in (said, said.replace("v", "u"))))


def letters_of(typed: str) -> str:
    """What was typed as letters of a name: two at least, else nothing."""
    letters = typed.lower().replace(" ", "").replace("ü", "v")
    return letters if len(letters) > 1 and letters.isascii() and letters.isalpha() else ""


def heard_as(typed: str, name: str) -> bool:
    """Whether letters mean a name: one of its readings, or the beginning of one from two letters on."""
    letters = typed.lower().replace(" ", "").replace("ü", "v")
    return len(letters) > 1 and any(way.startswith(letters) for way in readings(name))
