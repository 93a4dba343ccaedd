"""The log of who saw private data, held against its own chain and against what git remembers of it (design.md 6)."""

from __future__ import annotations

from collections.abc import Iterator

from wuye import access
from wuye.errors import InputOutput, Problem, Refused
from wuye.git import Git
from wuye.store import Store

FOLDER = "log"


def problems(store: Store, git: Git) -> list[Problem]:
    """Lines that were changed, moved or taken out; logs that are shorter than they were, or gone."""
    now: dict[str, bytes] = {}
    found: list[Problem] = []
    for path in store.access_logs():
        try:
            now[path] = store.read(path) or b""
        except (InputOutput, Refused) as error:
            found += error.problems
            now[path] = b""
    found += access.chained(list(now.items()))
    there = {(p.file, p.line) for p in found}
    for problem in _against_git(git, now):
        if (problem.file, problem.line) not in there:
            there.add((problem.file, problem.line))
            found.append(problem)
    return found


def _against_git(git: Git, now: dict[str, bytes]) -> Iterator[Problem]:
    """A log only grows: every version that was ever committed must be the beginning of what is there."""
    if not git.is_repository() or not git.available():
        return
    for path in _names(git.ask("ls-tree", "-r", "-z", "--name-only", git.head, f"{FOLDER}/") or b""):
        if problem := access.shortened(path, git.ask("cat-file", "blob", f"{git.head}:{path}") or b"", now.get(path)):
            yield problem
    for commit, path in _cut(git):
        if problem := access.shortened(path, git.ask("cat-file", "blob", f"{commit}^:{path}") or b"", now.get(path)):
            yield problem


def _names(listed: bytes) -> list[str]:
    names = listed.decode("utf-8", "surrogateescape").split("\0")
    return [name for name in names if name.startswith(f"{FOLDER}/access-") and name.endswith(".jsonl")]


def _cut(git: Git) -> Iterator[tuple[str, str]]:
    """The commits that took lines out of a log, with its path."""
    shown = ("--no-renames", "--no-ext-diff", "--no-textconv", "--numstat", "--format=%x01%H")
    commit = ""
    for line in (git.ask("log", *shown, git.head, "--", FOLDER) or b"").decode("utf-8", "replace").splitlines():
        if line.startswith("\x01"):
            commit = line[1:]
        elif line.count("\t") == 2:
            _, gone, path = line.split("\t")
            if gone != "0" and _names(path.encode()):
                yield commit, path
