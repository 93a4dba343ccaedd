"""The log of who saw private data: JSON lines, each chained to the one before by its hash (design.md 6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from wuye import when
from wuye.errors import Damaged, Problem

START = "0" * 64


def path_of(month: str, letter: str) -> str:
    """The log of a month; each desk with a letter has its own, so that no two of them are ever merged."""
    return f"log/access-{month}{f'-{letter}' if letter else ''}.jsonl"


def desk_of(path: str) -> str:
    """The letter of the desk whose log it is."""
    return path.removesuffix(".jsonl")[len("log/access-0000-00") :]


def appended(old: bytes, at: datetime, by: str, reason: str, ids: Sequence[str], before: bytes = b"") -> bytes:
    """The log with one more line, the first of a month chained to the last of the month `before`.

    Where two desks' lines were put together the other ends are named too (`joins`): from then on none of them can be
    taken out unseen. Raises Damaged where a line cannot be chained to.
    """
    import json

    ends = _ends(old or before)
    line: dict[str, object] = {
        "at": when.dump(at),
        "by": by,
        "reason": reason,
        "ids": list(ids),
        "prev": ends[-1] if ends else START,
    }
    if ends[:-1]:
        line["joins"] = ends[:-1]
    line["hash"] = digest(line)
    between = b"" if not old or old.endswith(b"\n") else b"\n"
    return old + between + (json.dumps(line, ensure_ascii=False) + "\n").encode()


def digest(line: dict[str, object]) -> str:
    """The hash over a line without its own hash, its predecessor's included."""
    import hashlib
    import json

    body = {k: v for k, v in line.items() if k != "hash"}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _ends(old: bytes) -> list[str]:
    """The hashes that no line follows yet, that of the last line last."""
    import json

    found: dict[str, None] = {}
    try:
        for text in old.splitlines():
            line = json.loads(text)
            for before in _follows(line):
                found.pop(before, None)
            found[str(line["hash"])] = None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(
            "查阅日志有一行读不懂，不能接着记：请运行 wuye check 查看，从 git 历史里恢复后再查阅"
        ) from error
    return list(found)


def _follows(line: Any) -> list[str]:
    joins = line.get("joins", [])
    return [str(line["prev"]), *(map(str, joins) if isinstance(joins, list) else ())]


def problems(data: bytes, file: str, before: Collection[str] = (START,)) -> list[Problem]:
    """Every line that was changed, taken out or put in afterwards.

    A line follows lines that stand above it; the first one, and of desks put together each desk's first, goes on from
    the ends of the month `before`.
    """
    import json

    found, known = [], {*before}
    for index, text in enumerate(data.splitlines(), 1):
        try:
            line = json.loads(text)
            sound = known.issuperset(_follows(line)) and line["hash"] == digest(line)
            known.add(str(line["hash"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            what = "前一行" if index > 1 else "上一个月的最后一行（那个月的日志被改过或不在了）"
            found.append(Problem(f"查阅日志这一行接不上{what}；请从 git 历史里恢复", file=file, line=index))
    return found


def chained(logs: Sequence[tuple[str, bytes]]) -> list[Problem]:
    """The same of all logs, each desk's month going on from its month before."""
    found: list[Problem] = []
    last: dict[str, list[str]] = {}
    for path, data in sorted(logs):
        found += problems(data, path, last.get(desk_of(path), [START]))
        try:
            last[desk_of(path)] = _ends(data) if data else last.get(desk_of(path), [START])
        except Damaged:
            last[desk_of(path)] = []
    return found


def shortened(path: str, kept: bytes, now: bytes | None) -> Problem | None:
    """What is wrong where git keeps lines of a log that do not stand there any more; a log only ever grows."""
    if now is None:
        return Problem("查阅日志不在了，git 里还有；请从 git 历史里恢复", file=path, line=1)
    if now.startswith(kept):
        return None
    old, new = kept.split(b"\n"), now.split(b"\n")
    line = next((i for i, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b), min(len(old), len(new)))
    return Problem("查阅日志从这一行起与 git 里的不同（删过或改过）；请从 git 历史里恢复", file=path, line=line)


BLANK = " \t\r\v\f"
"""What a line may hold and be empty; to Python a text of separators (U+001C) is blank, too, and would be lost."""


def merged(one: bytes, other: bytes) -> bytes:
    """The lines of two desks, each once, every line below those that it follows, else by time.

    The same bytes whichever comes first. A line that cannot be read is kept, behind all others.
    """
    import json

    lines: dict[str, tuple[tuple[str, str], list[str], str]] = {}
    odd: dict[str, None] = {}
    for text in (one + b"\n" + other).decode("utf-8", "surrogateescape").split("\n"):
        try:
            line = json.loads(text)
            lines[text] = ((str(line["at"]), text), _follows(line), str(line["hash"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            odd |= {text: None} if text.strip(BLANK) else {}
    there = {after[2] for after in lines.values()}
    left = sorted(lines, key=lambda text: lines[text][0])
    placed: dict[str, None] = {}
    told: list[str] = []
    while left:
        free = next((t for t in left if all(b in placed or b not in there for b in lines[t][1])), left[0])
        left.remove(free)
        placed[lines[free][2]] = None
        told.append(free)
    return "".join(f"{text}\n" for text in (*told, *sorted(odd))).encode("utf-8", "surrogateescape")
