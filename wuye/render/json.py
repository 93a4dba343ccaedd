"""One JSON document an answer: schema, version, now, records or rows, problems."""

from __future__ import annotations

import json
from typing import Any

from wuye import when
from wuye.errors import WuyeError
from wuye.sheet import Sheet, plain

VERSION = 1


def document(sheet: Sheet) -> dict[str, Any]:
    """The whole answer as a document of plain values."""
    return {
        "schema": sheet.schema,
        "version": VERSION,
        "now": when.dump(sheet.now),
        **({"notes": list(sheet.notes)} if sheet.notes else {}),
        sheet.key: [plain(row) for row in sheet.rows],
        **{k: plain(v) for k, v in sheet.more.items()},
        "problems": [p.as_dict() for p in sheet.problems],
    }


def text(sheet: Sheet) -> str:
    """The document, indented, Chinese as it is."""
    return json.dumps(document(sheet), ensure_ascii=False, indent=1) + "\n"


def error(trouble: WuyeError) -> str:
    """The document of a command that has no answer."""
    problems = [p.as_dict() for p in trouble.problems]
    body = {"code": trouble.code, "message": str(trouble), "fix": fix(trouble), "problems": problems}
    return json.dumps({"schema": "wuye.error", "version": VERSION, "error": body}, ensure_ascii=False) + "\n"


def fix(trouble: WuyeError) -> str:
    """The part of the first sentence that says what to do."""
    message = trouble.problems[0].message if trouble.problems else ""
    for mark in ("；请", "：请", "，请"):
        if mark in message:
            return "请" + message.split(mark, 1)[1]
    return ""
