"""The shells that complete: the script of each, the words it hands over, and the lines it takes back.

A script calls the program with `_WUYE_COMPLETE` (its shell), `_WUYE_WORDS` (the words of the command line, a
line each), `_WUYE_AT` (which of them is being typed, from 0) and, in bash, `_WUYE_LINE` (the line as it
stands). It gets a line a candidate, or one line that begins with a tab: the shell's own files or folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

ASKED, WORDS, AT, LINE = "_WUYE_COMPLETE", "_WUYE_WORDS", "_WUYE_AT", "_WUYE_LINE"
FILES, FOLDERS = "\tfiles", "\tfolders"
_BARE = re.compile(r"[\w\-./=:+@%]+")
_BARE_POWERSHELL = re.compile(r"[\w\-./=:+]+")
_NUMBER = re.compile(r"[A-Z]{2}-\d{8}-[A-Z]?\d+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Shell(NamedTuple):
    """A shell by its name: the file of its script, and in Chinese how the script is put to use."""

    name: str
    file: str
    zh: str


SHELLS = (
    Shell("bash", "wuye.bash", '在 ~/.bashrc 末尾加一行：eval "$(wuye completion bash)"'),
    Shell("zsh", "wuye.zsh", '在 ~/.zshrc 末尾（compinit 之后）加一行：eval "$(wuye completion zsh)"'),
    Shell("fish", "wuye.fish", "运行一次：wuye completion fish --out ~/.config/fish/completions/wuye.fish"),
    Shell(
        "powershell",
        "wuye.ps1",
        "在 $PROFILE 文件末尾加一行：wuye completion powershell | Out-String | Invoke-Expression",
    ),
)


class Candidate(NamedTuple):
    """One word that may stand there, and what it is in Chinese."""

    text: str
    zh: str = ""


Offer: TypeAlias = "list[Candidate] | str"
"""Candidates, or FILES or FOLDERS where the shell knows better."""


def starting(found: Iterable[Candidate], word: str) -> list[Candidate]:
    """Those that begin with what was typed, capital letters or not."""
    head = word.lower()
    return [one for one in found if one.text.lower().startswith(head)]


class Typed(NamedTuple):
    """The words of a command line without their quotes, after the program's own name.

    `at` is the one being typed; `start` is what of it stands before the place at which the shell puts a
    candidate, `quote` the quotation mark that was opened and not closed.
    """

    words: tuple[str, ...]
    at: int
    start: str = ""
    quote: str = ""

    @property
    def current(self) -> str:
        """The word being typed."""
        return self.words[self.at] if self.at < len(self.words) else ""


def shell(name: str) -> Shell | None:
    """The shell of that name, None where it has no script."""
    return next((one for one in SHELLS if one.name == name.lower()), None)


def script(one: Shell) -> str:
    """The script of a shell."""
    return (Path(__file__).parent / one.file).read_text("utf-8")


def typed(environ: Mapping[str, str]) -> Typed:
    """What a script handed over. Raises ValueError or KeyError where it is nothing of a script's."""
    words, at = environ[WORDS].split("\n"), int(environ[AT])
    if at < 1:
        raise ValueError(at)
    words += [""] * (at + 1 - len(words))
    start = quote = ""
    if environ[ASKED] == "bash":
        words, at, start = _joined(words, at, environ.get(LINE, ""))
    if environ[ASKED] in ("bash", "powershell"):
        quote = words[at][:1] if words[at][:1] in ("'", '"') else ""
        words = [_bare(word) for word in words]
    return Typed(tuple(words[1:]), at - 1, start, quote)


def _joined(words: list[str], at: int, line: str) -> tuple[list[str], int, str]:
    """The words as they stand in the line: bash parts them at `=` and `:` too, and completes the last part.

    Also which of them is being typed, and what of it stands before the part that bash completes.
    """
    found: list[str] = []
    place, start, now = 0, "", at
    for index, word in enumerate(words):
        here = line.find(word, place)
        glued = bool(found and word and here == place and place)
        place = here + len(word) if here >= 0 and word else place
        if index == at:
            now = len(found) - glued
            start = found[-1] if glued else ""
            if glued and word in ("=", ":"):
                start, found[-1] = found[-1] + word, found[-1] + word
                continue
        if glued:
            found[-1] += word
        else:
            found.append(word)
    return found, now, start


def _bare(word: str) -> str:
    """A word without its quotation marks and backslashes, as far as Tab needs it."""
    if word[:1] in ("'", '"'):
        mark = word[0]
        return word[1:-1] if len(word) > 1 and word.endswith(mark) else word[1:]
    return re.sub(r"\\(.)", r"\1", word)


def lines(name: str, candidates: Sequence[Candidate], given: Typed) -> str:
    """Candidates as the script of that shell takes them: quoted where the shell does not do it itself.

    A word with control or direction marks is no candidate: it could not be typed either.
    """
    told = []
    for one in candidates:
        if _UNSAFE.search(one.text) or not one.text or not one.text.startswith(given.start):
            continue
        zh = " ".join(_UNSAFE.sub(" ", one.zh).split())
        if name == "bash":
            told.append(bash_quoted(one.text[len(given.start) :], given.quote))
        elif name == "powershell":
            told.append(f"{powershell_quoted(one.text)}\t{one.text}\t{zh or one.text}")
        elif name == "fish":
            told.append(f"{_as_typed(one.text, given.current)}\t{zh}")
        else:
            told.append(f"{one.text}\t{zh}")
    return "".join(f"{line}\n" for line in told if line)


def _as_typed(text: str, current: str) -> str:
    """A number in small letters behind small ones: fish finds `ts3` in `ts-20261122-003` and not in capitals."""
    small = current.islower() and _NUMBER.fullmatch(text) and not text.lower().startswith(current)
    return text.lower() if small else text


def bash_quoted(text: str, opened: str = "") -> str:
    """A word that bash takes for itself and nothing else, also behind a quotation mark that stands there."""
    if opened == "'":
        return text.replace("'", "'\\''")
    if opened == '"':
        return "" if "!" in text else re.sub(r'([$`"\\])', r"\\\1", text)
    return text if _BARE.fullmatch(text) else re.sub(r"([^\w\-./=:+@%])", r"\\\1", text)


def powershell_quoted(text: str) -> str:
    """A word in PowerShell's single quotes, all five of which it takes for the same, where it is not plain."""
    return text if _BARE_POWERSHELL.fullmatch(text) else "'" + re.sub("(['‘’‚‛])", r"\1\1", text) + "'"
