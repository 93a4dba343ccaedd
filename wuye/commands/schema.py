"""`wuye schema`: JSON Schemas for editors into `.wuye/schema/`, or one of them on the screen (design.md 2)."""

from __future__ import annotations

import json

from wuye import records, schemas
from wuye.call import Call, Verb
from wuye.errors import BadInput
from wuye.typed import nearest


def run(call: Call) -> str:
    """Every schema written where the first line of a month file points to; of a kind that is named, its text."""
    call.no_words(1)
    if call.words:
        name = records.name_of(call.words[0])
        if name is None:
            known = [word for row in records.KINDS for word in (row[0], row[2])]
            raise BadInput(f"没有“{call.words[0]}”这种记录{nearest(call.words[0], known)}：请改正")
        return _text(name)
    store = call.office.store
    store.keep_schemas({name: _text(name).encode() for name, _, _ in records.KINDS})
    where = f"已写好 {len(records.KINDS)} 个格式说明（.wuye/schema/）"
    return f"{where}，VS Code 等编辑器装上 YAML 插件后，手改时会提示和检查\n"


def _text(name: str) -> str:
    return json.dumps(schemas.of_kind(records.kind(name)), ensure_ascii=False, indent=1) + "\n"


VERB = Verb(
    "schema", "格式", run, (), "[KIND]", frozenset(), "手改 YAML 时编辑器的提示和检查：写出格式说明",
    past=False,
)  # fmt: skip
