"""The log of who saw private data: JSON lines, each chained to the one before by its hash (design.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wuye import when
from wuye.errors import Damaged, Problem

START = "0" * 64


def appended(old: bytes, at: datetime, by: str, reason: str, ids: Sequence[str]) -> bytes:
    """The log with one more line. Raises Damaged where its last line cannot be chained to."""
    import json

    line: dict[str, object] = {
        "at": when.dump(at),
        "by": by,
        "reason": reason,
        "ids": list(ids),
        "prev": _last_hash(old),
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


def problems(data: bytes, file: str) -> list[Problem]:
    """Every line that was changed, taken out or put in afterwards."""
    import json

    found, before = [], START
    for index, text in enumerate(data.splitlines(), 1):
        try:
            line = json.loads(text)
            sound = line["prev"] == before and line["hash"] == digest(line)
            before = line["hash"]
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            found.append(Problem("查阅日志这一行接不上前一行；请从 git 历史里恢复", file=file, line=index))
    return found
