"""Full identity-card numbers in a repository's history: contents, messages, names of people, files, tags, branches."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from wuye import identity
from wuye.git import Git

EVERYTHING = ("--all", "--reflog")
LONGEST_LINE, OVERLAP = 1 << 16, 128
# Seventeen characters in a row that could be part of a number, whatever the encoding: most of a binary file ends here.
_MAYBE = re.compile(rb"[0-9\x00\xef\xa3][0-9Xx\x00\s\-./_\x80-\xff]{16}")


class Trace(NamedTuple):
    """One number found: the object it is in, what that is, the path and line in it, the number's mask."""

    object: str
    what: str
    path: str
    line: int
    masked: str
    commit: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        commit = f"提交 {self.commit[:10]} " if self.commit else ""
        line = f":{self.line}" if self.line else ""
        return f"{commit}{WHAT[self.what]}{self.path}{line}"


WHAT = {"blob": "", "tree": "文件名 ", "commit": "的说明或作者", "tag": "标签 ", "ref": "分支或标签名 "}


class Search:
    """One look through everything that any branch, tag, note or the reflog reaches."""

    def __init__(self, git: Git, progress: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> None:
        self.git = git
        self.progress = progress
        self.count = 0

    def found(self) -> list[Trace]:
        """Every number, with the first commit that brought it in. Raises Damaged where git cannot read its history."""
        seen = dict.fromkeys([*self._refs(), *self._objects()])
        commits = {one.object: one.object for one in seen if one.what == "commit"}
        told = {what: {t.path if what == "tree" else t.object for t in seen if t.what == what} for what in WHAT}
        commits |= self._commits(told["blob"], told["tree"])
        first = (commits.get(one.path if one.what == "tree" else one.object, "") for one in seen)
        return [t._replace(commit=commit, path=identity.mask(t.path)) for t, commit in zip(seen, first, strict=True)]

    def _refs(self) -> Iterator[Trace]:
        for line in self.git.lines("for-each-ref", "--format=%(refname)"):
            name = line.decode("utf-8", "replace").rstrip("\n")
            yield from (Trace("", "ref", name, 0, _masked(one)) for one in identity.find(name))

    def _objects(self) -> Iterator[Trace]:
        paths = {"": ""}

        def names() -> Iterator[str]:
            for line in self.git.lines("rev-list", "--objects", *EVERYTHING):
                name, _, path = line.rstrip(b"\n").partition(b" ")
                paths[""] = path.decode("utf-8", "replace")
                yield name.decode()

        for name, what, pieces in self.git.objects(self.progress(_Counted(names(), self._total()))):
            self.count += 1
            path = paths[""]
            if what == "tree":
                for word in _names_in(b"".join(pieces), len(name) // 2):
                    yield from (Trace(name, what, word, 0, _masked(one)) for one in identity.find(word))
                continue
            for line, one in numbers(pieces):
                yield Trace(name, what, path if what != "commit" else "", line if what == "blob" else 0, _masked(one))

    def _total(self) -> int:
        """About how many objects there are."""
        told = (self.git.ask("count-objects", "-v") or b"").decode()
        return sum(int(n) for n in re.findall(r"^(?:count|in-pack): (\d+)$", told, re.MULTILINE))

    def _commits(self, blobs: set[str], names: set[str]) -> dict[str, str]:
        """The oldest commit that brought each of these contents, or a file whose path has such a name in it."""
        if not blobs and not names:
            return {}
        found: dict[str, str] = {}
        commit = ""
        shown = ("--raw", "--no-abbrev", "--no-renames", "-m", "--no-ext-diff", "--no-textconv", "--format=%x01%H")
        for raw in self.git.lines("-c", "log.showRoot=true", "log", *EVERYTHING, *shown):
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line.startswith("\x01"):
                commit = line[1:]
            elif line.startswith(":"):
                head, _, path = line.partition("\t")
                new = head.split(" ")[3]
                if new in blobs:
                    found[new] = commit
                found |= {name: commit for name in names if name in path.split("/")}
        return found


class _Counted:
    """Items with about how many they are, for a progress bar."""

    def __init__(self, items: Iterator[str], total: int) -> None:
        self._items = items
        self._total = total

    def __iter__(self) -> Iterator[str]:
        return self._items

    def __len__(self) -> int:
        return self._total


def _masked(one: identity.Found) -> str:
    return identity.HIDDEN + one.number[-4:]


def _names_in(tree: bytes, size: int) -> Iterator[str]:
    """The names in a tree object: each a mode, a blank, the name, a zero and a hash of that size."""
    place = 0
    while 0 <= place < len(tree) and (end := tree.find(b"\0", place)) >= 0:
        yield tree[place:end].partition(b" ")[2].decode("utf-8", "replace")
        place = end + 1 + size


def numbers(pieces: Iterable[bytes]) -> Iterator[tuple[int, identity.Found]]:
    """The numbers in a content that comes in pieces, with their lines: never more than a piece is held at once."""
    decoder, line, rest, raw, waiting = None, 1, "", b"", False
    for piece in pieces:
        if decoder is None:
            decoder = codecs.getincrementaldecoder(_encoding(piece))("replace")
        raw += piece
        may, raw = _MAYBE.search(raw) is not None, raw[-OVERLAP:]
        text = rest + decoder.decode(piece)
        end = text.rfind("\n") + 1
        # Of a line without an end a little is looked at twice: a number may stand across the cut.
        whole = not end and len(text) > LONGEST_LINE
        if (end or whole) and (may or waiting):
            yield from _in(text if whole else text[:end], line)
        waiting = may or (waiting and not end and not whole)
        line += text.count("\n", 0, end)
        rest = text[-OVERLAP:] if whole else text[end:]
    yield from _in(rest, line)


def _in(text: str, line: int) -> Iterator[tuple[int, identity.Found]]:
    for one in identity.find(text):
        yield line + text.count("\n", 0, one.start), one


def _encoding(piece: bytes) -> str:
    """UTF-16 by its mark, UTF-8 where it is that, else what Chinese programs write."""
    if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(piece)
    except ValueError:
        return "gb18030"
    return "utf-8"
