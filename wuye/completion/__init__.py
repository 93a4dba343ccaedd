"""What may stand where somebody presses Tab: kinds, verbs, options, values, numbers, rooms.

The answer to a shell's script (`wuye/shells`). It never prints an error, never writes and takes no lock; where
nothing is known there are no candidates. Modules are imported as far as the words typed so far need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from wuye import commands, records, shells
from wuye.shells import FOLDERS, Candidate, Offer, starting

if TYPE_CHECKING:
    from wuye.call import Verb
    from wuye.glimpse import Glimpse
    from wuye.schema import Kind

ROOT = (
    Candidate("--office", "台账文件夹"),
    Candidate("--help", "显示用法"),
    Candidate("--version", "显示版本"),
)


def answer(environ: Mapping[str, str], cwd: Path) -> bytes:
    """What the script of a shell is told; nothing at all where anything is wrong."""
    try:
        name = environ[shells.ASKED]
        if shells.shell(name) is None:
            return b""
        given = shells.typed(environ)
        found = offers(given.words[: given.at], given.current, given.words[given.at + 1 :], environ, cwd)
        return (f"{found}\n" if isinstance(found, str) else shells.lines(name, found, given)).encode()
    except Exception:  # Tab must never put a traceback into the line that somebody is typing
        return b""


def offers(before: Sequence[str], word: str, after: Sequence[str], environ: Mapping[str, str], cwd: Path) -> Offer:
    """What may stand in place of `word`, between the words before and after it."""
    office = _office([*before, *after])
    if before and before[0] == "--office":
        if len(before) == 1:
            return FOLDERS
        before = before[2:]
    elif before and before[0].startswith("--office="):
        before = before[1:]
    if not before:
        return FOLDERS if word.startswith("--office=") else _first(word)
    kind, verb, rest = _command(before)
    if kind and not rest and verb is None:
        return _verbs(commands.of_kind(kind).values(), word) if len(before) == 1 else []
    if verb is None:
        return []
    from wuye.completion.line import Line

    return Line(kind, verb, _near(office, environ, cwd)).offers(rest, word, after)


def _office(words: Sequence[str]) -> str:
    """The folder that `--office` names, wherever it stands."""
    for word, following in pairwise([*words, ""]):
        if word == "--office" or word.startswith("--office="):
            return word.partition("=")[2] or following
    return ""


def _near(office: str, environ: Mapping[str, str], cwd: Path) -> Glimpse:
    """What lies in the office, if there is one."""
    from wuye.errors import WuyeError
    from wuye.glimpse import Glimpse
    from wuye.shelves import find_root

    try:
        return Glimpse(find_root(office, environ, cwd))
    except WuyeError:
        return Glimpse(None)


def _command(before: Sequence[str]) -> tuple[Kind | None, Verb | None, Sequence[str]]:
    """The kind and the verb that the first words name, and the words after them."""
    if name := records.name_of(before[0]):
        kind = records.kind(name)
        if len(before) == 1:
            return kind, None, ()
        found = commands.of_kind(kind)
        verb = found.get(before[1].lower()) or next((v for v in found.values() if v.zh == before[1]), None)
        return kind, verb, before[2:]
    if name := commands.name_of(before[0]):
        return None, commands.verb(name), before[1:]
    return None, None, ()


def _first(word: str) -> list[Candidate]:
    """Kinds and commands: their English names, from the first letter on prefixes too, or their Chinese names."""
    if word.startswith("-"):
        return starting(ROOT, word)
    chinese = not word.isascii()
    found = [Candidate(zh if chinese else name, f"{zh}台账") for name, _, zh in records.KINDS]
    if word and not chinese:
        found += [Candidate(prefix.lower(), f"{zh}台账") for _, prefix, zh in records.KINDS]
    found += [Candidate(zh if chinese else name, words) for name, zh, words in commands.COMMANDS]
    return starting(found, word)


def _verbs(found: Iterable[Verb], word: str) -> list[Candidate]:
    """Verbs of a kind, in the language in which they are being typed."""
    if word.startswith("-"):
        return starting(ROOT[1:2], word)
    chinese = not word.isascii()
    return starting((Candidate(v.zh if chinese else v.name, v.help or v.zh) for v in found), word)
