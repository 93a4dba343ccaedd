"""The log of who saw private data: JSON lines, each chained to the one before by its hash (design.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wuye import when
from wuye.errors import Damaged, Problem

START = "0" * 64


def path_of(month: str, letter: str) -> str:
    """The log of a month; each desk has its own, so that no two are ever merged."""
    return f"log/access-{month}{f'-{letter}' if letter else ''}.jsonl"


def desk_of(path: str) -> str:
    """The letter of the desk whose log it is."""
    return path.removesuffix(".jsonl")[len("log/access-0000-00") :]


def appended(old: bytes, at: datetime, by: str, reason: str, ids: Sequence[str], before: bytes = b"") -> bytes:
    """The log with one more line, the first of a month chained to the last of the month `before`.

    Raises Damaged where the last line cannot be chained to.
    """
    import json

    line: dict[str, object] = {
        "at": when.dump(at),
        "by": by,
        "reason": reason,
        "ids": list(ids),
        "prev": _last_hash(old) if old else _last_hash(before),
    }
    line["hash"] = digest(line)
    between = b"" if not old or old.endswith(b"\n") else b"\n"
    return old + between + (json.dumps(line, ensure_ascii=False) + "\n").encode()


def digest(line: dict[str, object]) -> str:
    """The hash over a line without its own hash, its predecessor's included."""
    import hashlib
    import json

    body = {k: v for k, v in line.items() if k != "hash"}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _last_hash(old: bytes) -> str:
    import json

    lines = old.splitlines()
    try:
        return str(json.loads(lines[-1])["hash"]) if lines else START
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(
            "查阅日志的最后一行读不懂，不能接着记：请运行 wuye check 查看，从 git 历史里恢复后再查阅"
        ) from error


def problems(data: bytes, file: str, before: str = START) -> list[Problem]:
    """Every line that was changed, taken out or put in afterwards; `before` is the hash that the first goes on from."""
    import json

    found = []
    for index, text in enumerate(data.splitlines(), 1):
        try:
            line = json.loads(text)
            sound = line["prev"] == before and line["hash"] == digest(line)
            before = line["hash"]
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            what = "前一行" if index > 1 else "上一个月的最后一行（那个月的日志被改过或不在了）"
            found.append(Problem(f"查阅日志这一行接不上{what}；请从 git 历史里恢复", file=file, line=index))
    return found


def chained(logs: Sequence[tuple[str, bytes]]) -> list[Problem]:
    """The same of all logs, each desk's month going on from its month before."""
    found: list[Problem] = []
    last: dict[str, str] = {}
    for path, data in sorted(logs):
        found += problems(data, path, last.get(desk_of(path), START))
        try:
            last[desk_of(path)] = _last_hash(data) if data else last.get(desk_of(path), START)
        except Damaged:
            last[desk_of(path)] = ""
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
