"""The words of one command: which options stand there already, and which word or value is being typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from wuye.call import Opt, Verb, options_of
from wuye.completion.values import Values
from wuye.glimpse import Glimpse
from wuye.schema import Kind
from wuye.shells import Candidate, Offer, starting
from wuye.values import NO, YES
from wuye.words import with_dashes

HELP = Candidate("--help", "显示用法")
LONGEST_HELP = 30
_POSITIONAL = r"\[?([A-Z][A-Z_-]*)\]?(\.\.\.)?"


class Place(NamedTuple):
    """Where somebody is: positional words and options before, the option that wants a value, behind `--` or not."""

    words: tuple[str, ...]
    given: frozenset[str]
    wants: Opt | None = None
    closed: bool = False


class Line:
    """One command and its options."""

    def __init__(self, kind: Kind | None, verb: Verb, near: Glimpse) -> None:
        self.kind = kind
        self.verb = verb
        self.options = options_of(verb)
        self.values = Values(kind, verb, near)

    def offers(self, before: Sequence[str], word: str, after: Sequence[str]) -> Offer:
        """What may stand in place of `word`, between the words before and after it."""
        place = self._place(with_dashes(before, {one.long for one in self.options}))
        given = place.given | {one.name for w in after if (one := self._option(w))}
        yes_no: list[Candidate] = []
        if place.wants:
            values = self.values.of_option(place.wants, word, place.words)
            if isinstance(values, str) or place.wants.name not in self.verb.yes_no:
                return values
            yes_no = values
        if word.startswith("-") and not place.closed:
            return self._option_or_value(word, given, place)
        found = self._positional(word, place)
        if isinstance(found, str):
            return found
        if not word and not found and not yes_no and not place.closed and "ID" not in self.verb.words:
            found = self._names(word, given)
        return [*yes_no, *found]

    def _option(self, word: str) -> Opt | None:
        """The option that a word names, `--no-lawsuit` and `-ojson` included."""
        name = word.partition("=")[0]
        for one in self.options:
            no = f"--no-{one.long[2:]}" if one.name in self.verb.yes_no else one.long
            if name in (one.long, no) or (one.short and word[:2] == one.short):
                return one
        return None

    def _place(self, before: Sequence[str]) -> Place:
        found: list[str] = []
        given: set[str] = set()
        wants: Opt | None = None
        for index, word in enumerate(before):
            if wants is not None:
                was, wants = wants, None
                if was.name not in self.verb.yes_no or word.strip().lower() in (*YES, *NO):
                    continue
            if word == "--":
                return Place((*found, *before[index + 1 :]), frozenset(given), None, True)
            if not word.startswith("-") or word == "-":
                found.append(word)
            elif one := self._option(word):
                given.add(one.name)
                wants = one if not one.flag and word in (one.long, one.short) else None
        return Place(tuple(found), frozenset(given), wants)

    def _option_or_value(self, word: str, given: Collection[str], place: Place) -> Offer:
        """Names of options not given yet; behind `--room=` its values."""
        name, mark, value = word.partition("=")
        if not mark:
            return self._names(word, given)
        one = self._option(name)
        if one is None or one.flag:
            return []
        found = self.values.of_option(one, value, place.words)
        return found if isinstance(found, str) else [c._replace(text=f"{name}={c.text}") for c in found]

    def _names(self, word: str, given: Collection[str]) -> list[Candidate]:
        """Options not given yet; a help that lists the choices is cut before them."""
        free = [one for one in self.options if one.name not in given]
        found = [Candidate(o.long, o.zh if len(o.zh) <= LONGEST_HELP else o.zh.partition("：")[0]) for o in free]
        if word.startswith("--no"):
            found += [Candidate(f"--no-{o.long[2:]}", f"不是：{o.zh}") for o in free if o.name in self.verb.yes_no]
        return starting([*found, HELP], word)

    def _positional(self, word: str, place: Place) -> Offer:
        """What a positional word may be, by the usage line: the first one that may repeat takes all that follow."""
        parts: list[tuple[str, str]] = re.findall(_POSITIONAL, self.verb.words)
        fields = self.verb.typed if self.verb.name == "add" else frozenset()
        parts = [part for part in parts if part[0].lower() not in fields & place.given]
        repeating = next((i for i, part in enumerate(parts) if part[1]), len(parts))
        at = min(len(place.words), repeating)
        if at >= len(parts):
            return []
        name = parts[at][0]
        if self.kind and name.lower() in fields:
            return self.values.of_field(self.kind[name.lower()], word)
        return self.values.of_placeholder(name, word, place.words)
