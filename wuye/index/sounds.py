"""How names sound: letters find a Chinese name by full pinyin or initials, with every reading of a character."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from itertools import product

LETTERS = re.compile(r"[a-z]{1,40}")
LONGEST, MOST = 8, 24  # characters of a name that are read, ways of reading it that are kept
_TWO = ("zh", "ch", "sh")
_VOWELS = frozenset("aeiouv")


def installed() -> bool:
    """Whether pypinyin is there (extra `office`); without it letters simply match no Chinese name."""
    return find_spec("pypinyin") is not None


def is_chinese(character: str) -> bool:
    """Whether a character is one of those that have readings."""
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def readings(characters: Iterable[str]) -> dict[str, str]:
    """Every reading of each character without tones, parted by blanks: `女` is `nv ru`. Empty where there is none."""
    # Names need no phrases, and their table is three quarters of what pypinyin loads.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    try:
        from pypinyin import Style, pinyin
    except ImportError:
        return {}
    found = {}
    for one in characters:
        heard = pinyin(one, style=Style.NORMAL, heteronym=True, errors="ignore")
        found[one] = " ".join(dict.fromkeys(r.replace("ü", "v") for r in (heard[0] if heard else ())))
    return found


def words_of(name: str, known: Mapping[str, str]) -> str:
    """What may be typed for a name, each between blanks: every run of its characters in full, and its initials.

    `known` holds the readings of its characters.
    """
    syllables = [known.get(one, "").split() for one in name[:LONGEST]]
    found: dict[str, None] = {}
    for start in range(len(syllables)):
        for end in range(start + 1, len(syllables) + 1):
            run = syllables[start:end]
            if not all(run):
                break
            ways = [""]
            for heard in run:
                ways = [way + one for way in ways for one in heard][:MOST]
            found.update(dict.fromkeys(ways))
            if len(run) > 1:
                first = (dict.fromkeys(i for one in heard for i in _initials(one)) for heard in run)
                found.update(dict.fromkeys("".join(way) for way, _ in zip(product(*first), range(MOST), strict=False)))
    return f" {' '.join(found)} " if found else ""


def _initials(syllable: str) -> tuple[str, ...]:
    """`shi` begins with `sh` for some and with `s` for others."""
    return (syllable[:2], syllable[0]) if syllable.startswith(_TWO) else (syllable[0],)
