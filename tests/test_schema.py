"""`wuye schema`: what an editor is told of the files, by jsonschema over every record and by yaml-language-server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from conftest import Said
from lsp import Editor

from wuye import records, schemas

Wuye = Callable[..., Said]
EXAMPLES = Path(__file__).parent.parent / "examples" / "office"
NAMES = [row[0] for row in records.KINDS]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_takes_every_record_of_the_examples(name: str) -> None:
    document = schemas.of_kind(records.kind(name))
    jsonschema.Draft7Validator.check_schema(document)
    valid = jsonschema.Draft7Validator(document)
    for path in EXAMPLES.rglob(f"{name}.yaml"):
        data = yaml.safe_load(path.read_text("utf-8"))
        assert [e.message for e in valid.iter_errors(data)] == [], path


def test_what_is_wrong_is_told() -> None:
    valid = jsonschema.Draft7Validator(schemas.of_kind(records.kind("visitor")))
    path = next(EXAMPLES.rglob("visitor.yaml"))
    one = yaml.safe_load(path.read_text("utf-8"))[0]
    wrong = ({"status": "insidee"}, {"id": "TS-20261122-001"}, {"nmae": "x"}, {"received": "2026-11-22"},
             {"log": []})  # fmt: skip
    for change in wrong:
        assert list(valid.iter_errors([one | change])), change
    assert list(valid.iter_errors([{k: v for k, v in one.items() if k != "name"}]))


def test_they_lie_where_the_files_point_to(wuye: Wuye, office: Path) -> None:
    assert wuye("schema").code == 0
    wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201")
    path = next((office / "records").rglob("visitor.yaml"))
    pointed = path.read_text("utf-8").split("\n")[0].split("$schema=")[1]
    assert json.loads((path.parent / pointed).resolve().read_text("utf-8"))["title"] == "访客（visitor）"
    assert json.loads(wuye("schema", "访客").out)["title"] == "访客（visitor）"
    said = wuye("schema", "visitr")
    assert said.code == 2 and "visitor" in said.err
    assert wuye("schema").code == 0 and wuye("check").out == ""


@pytest.mark.yamlls
def test_the_language_server_completes_and_checks(wuye: Wuye, office: Path) -> None:
    wuye("schema")
    wuye("visitor", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "3-2-1201")
    path = next((office / "records").rglob("visitor.yaml"))
    text = path.read_text("utf-8").replace("status: inside", "status: outside").replace("purpose:", "porpose:")
    editor = Editor(["yaml-language-server", "--stdio"], office)
    try:
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        editor.tell("textDocument/didOpen", {"textDocument": document})
        told = " ".join(one["message"] for one in editor.told("textDocument/publishDiagnostics")["diagnostics"])
        assert "porpose" in told and '"purpose"' in told and '"inside"' in told
        line = next(i for i, words in enumerate(text.split("\n")) if "status:" in words)
        place = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": len("  status: ")}}
        offered = editor.ask("textDocument/completion", place)
        labels = {item["label"] for item in (offered if isinstance(offered, list) else offered["items"])}
        assert {"inside", "left", "expected", "void"} <= labels
    finally:
        editor.close()
