"""What a repository's own settings could start, and what is set over it: a copied office brings no programs along.

Attributes in the tree choose filters and drivers, `.git/config` names the programs behind them, and git has no switch
that turns all of them off. So every setting of the repository that can name a program is set over by name; what the
person has set up for all repositories (`~/.gitconfig`) stays. A plain repository costs one look at its settings file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from wuye import disk
from wuye.errors import InputOutput

SAID = re.compile(
    rb"filter|include|command|helper|pack|vcs|insteadof|proxy|askpass|hook|promisor|partial|worktree|textconv"
    rb"|driver|external|program|editor|alias"
)
"""Words of which one stands in every section or key that may start something: git cannot escape letters there."""
OWN, REPOSITORY = ("system", "global"), ("local", "worktree")
# What is set over each setting that names a program; None: what the person has for all repositories, else nothing.
NEUTRAL: tuple[tuple[str, str | None], ...] = (
    (r"filter\..*\.(clean|smudge|process)", ""),
    (r"filter\..*\.required", "false"),
    (r"diff\..*\.(command|textconv)|diff\.external", ""),
    (r"merge\..*\.driver", ""),
    (r"core\.sshcommand", None),
    (r"core\.(gitproxy|askpass|editor|pager)|sequence\.editor|interactive\.difffilter", None),
    (r"core\.alternaterefscommand|gc\.recentobjectshook", "true"),
    (r"credential\.(.*\.)?helper", None),
    (r"remote\..*\.uploadpack", "git-upload-pack"),
    (r"remote\..*\.receivepack", "git-receive-pack"),
    (r"remote\..*\.promisor", "false"),
    (r"gpg\.(.*\.)?program", "false"),
    (r"trailer\..*\.(command|cmd)", "true"),
)
DEFAULTS = {"core.sshcommand": "ssh"}


def suspicious(git_dir: Path) -> bool:
    """Whether the repository's settings may start anything, or lie somewhere else than in its folder."""
    if git_dir.is_file() or (git_dir / "commondir").exists():
        return True
    try:
        return SAID.search((disk.read(git_dir / "config") or b"").lower()) is not None
    except InputOutput:
        return True


def overriding(listed: bytes) -> list[tuple[str, str]]:
    """What has to be set over, in order, told by `git config --list --show-scope -z`."""
    own, theirs = _parted(listed)
    found: list[tuple[str, str]] = []
    for key in theirs:
        if hook := re.fullmatch(r"hook\.(.+)\.[^.]+", key, re.IGNORECASE | re.DOTALL):
            found.append((f"hook.{hook[1]}.enabled", "false"))  # git 2.54 and later: outside core.hooksPath
        for pattern, neutral in NEUTRAL:
            if re.fullmatch(pattern, key, re.IGNORECASE | re.DOTALL):
                found += [(key, neutral)] if neutral is not None else _own(key, own)
    return found


def rewriting(listed: bytes) -> list[str]:
    """The repository's own settings that put one address in the place of another."""
    return [key for key in _parted(listed)[1] if re.fullmatch(r"url\..*\.(push)?insteadof", key, re.DOTALL)]


def _parted(listed: bytes) -> tuple[dict[str, list[str]], list[str]]:
    """The values of the person's own settings, and the names of the repository's."""
    words = listed.decode("utf-8", "surrogateescape").split("\0")
    own: dict[str, list[str]] = {}
    theirs: dict[str, None] = {}
    for scope, entry in zip(words[::2], words[1::2], strict=False):
        key, _, value = entry.partition("\n")
        if scope in OWN:
            own.setdefault(key, []).append(value)
        elif scope in REPOSITORY:
            theirs[key] = None
    return own, list(theirs)


def _own(key: str, own: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """What the person has set for all repositories; of helpers all, after an empty one that forgets the rest."""
    if key.lower().endswith("helper"):
        return [(key, ""), *((key, value) for value in own.get(key, ()))]
    return [(key, own[key][-1] if key in own else DEFAULTS.get(key, ""))]


def environment(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The same as git reads it from its environment: names may hold any character there."""
    told = {"GIT_CONFIG_COUNT": str(len(pairs))} if pairs else {}
    for index, (key, value) in enumerate(pairs):
        told |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return told
