"""How a Chinese name is typed in letters: full pinyin or initials, every reading of its characters (extra `office`)."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice, product

LONGEST, MOST = 8, 64  # characters of a name that are read, ways of reading it that are kept


def installed() -> bool:
    """Whether pypinyin is there; without it letters match no Chinese name."""
    return find_spec("pypinyin") is not None


@lru_cache(maxsize=4096)
def readings(name: str) -> frozenset[str]:
    """What may be typed for a name: `wangnvshi`, `wangnushi`, `wns`; empty without pypinyin or Chinese characters."""
    syllables = _syllables(name[:LONGEST])
    found: set[str] = set()
    for way in islice(product(*syllables), MOST) if syllables else ():
        found |= {"".join(way), "".join(one[0] for one in way)}
    return frozenset(found)


def _syllables(name: str) -> list[list[str]]:
    """Every reading of each character without tones; `女` is `nv` and `nu`. Empty where one has none."""
    # Names need no phrases, and their table is most of what pypinyin loads.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    try:
        from pypinyin import Style, pinyin
    except ImportError:
        return []
    found = []
    for one in name:
        if one.isascii():
            found.append([one.lower()])
            continue
        heard = pinyin(one, style=Style.NORMAL, heteronym=True, errors="ignore")
        if not heard:
            return []
        plain = (said.replace("ü", "v") for said in heard[0])
        found.append(list(dict.fromkeys(way for said in plain for way in (said, said.replace("v", "u")))))
    return found


def heard_as(typed: str, name: str) -> bool:
    """Whether letters mean a name: one of its readings, or the beginning of one from two letters on."""
    letters = typed.lower().replace(" ", "").replace("ü", "v")
    return len(letters) > 1 and any(way.startswith(letters) for way in readings(name))
