"""The tables of the pages say what the program does: every verb, key, type, schema and rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tables
from conftest import Wuye
from test_kinds import first

from wuye import commands, records
from wuye.basis import Rule
from wuye.commands import COMMANDS
from wuye.workdays import Span

ROOT = Path(__file__).resolve().parent.parent


def test_every_verb_and_rule_is_on_its_page() -> None:
    commands_page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    settings_page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for row in records.KINDS:
        kind = records.kind(row[0])
        section = commands_page.partition(f"\n## {kind.zh} `{kind.name}`\n")[2].partition("\n## ")[0]
        for verb in commands.of_kind(kind).values():
            assert f"`wuye {kind.name} {verb.name}" in section
            told = section + commands_page.partition("\n## 整个台账的命令")[0]
            assert all(re.search(rf"`{re.escape(one.long)}[ `]", told) for one in verb.options), verb.name
        assert all(f"| `{rule.name}` |" in settings_page for rule in kind.rules)
    assert all(f"    wuye {name}" in commands_page and f"    wuye {zh}" in commands_page for name, zh, _ in COMMANDS)


@pytest.mark.parametrize("row", records.KINDS, ids=lambda row: row[0])
def test_keys_and_types_are_those_of_the_answer(row: tuple[str, str, str], wuye: Wuye) -> None:
    kind = records.kind(row[0])
    first(wuye, kind.name)
    typed = [f"{kind[name].option}={word}" for name, word in kind.example.items()]
    said = wuye(kind.name, "add", *typed, "--yes", "-o", "json")
    assert said.code == 0, said.err
    record = said.records[0]
    listed = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", tables.key_section(kind), flags=re.MULTILINE)
    always = {"id", "status", "received", "recorded", "closed", "clocks", "log"}
    assert {*record} - always == {key for key, _ in listed}
    assert said.json["schema"] == f"wuye.{kind.name}" and always <= {*record}
    shapes = {"integer": int, "boolean": bool}
    for key, told in listed:
        name = told.removeprefix("computed ")
        if record[key] is not None and name != "computed":
            shape = list if name.startswith("array") else shapes.get(name, str)
            assert type(record[key]) is shape, (key, name)
        if record[key] and name == "array of objects":
            assert all(isinstance(part, dict) for part in record[key])


def test_schemas_are_those_of_the_answers(kept: Wuye) -> None:
    listed = dict(re.findall(r"^\| `wuye ([a-z]+)` \| `?([\w.]+)`? \|", tables.schemas(), flags=re.MULTILINE))
    assert {*listed} == {name for name, _, _ in COMMANDS}
    for name in ("today", "due", "day", "duty", "check", "doctor", "completion"):
        assert kept(name, "-o", "json").json["schema"] == listed[name] == f"wuye.{name}"
    assert kept("complaint", "count", "-o", "json").json["schema"] == "wuye.complaint.count"
    assert listed["print"] == "text" and kept("print", "ts1", "-o", "json").out.strip()[:1] != "{"


def test_settings_shown_are_taken(wuye: Wuye, office: Path) -> None:
    first, second = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.DOTALL)
    (office / "wuye.yaml").write_text(first, "utf-8")
    (office / "calendar").mkdir(exist_ok=True)
    (office / "calendar" / "2027.yaml").write_text(second, "utf-8")
    assert wuye("today").code == 0
    assert tables.rule_row(Rule("a.b", None, "甲"))[2] == "无"
    assert tables.rule_row(Rule("a.b", Span(4, "wh"), "甲"))[2:] == ("`4wh`（4 个上班小时）", "时长")
    assert tables.rule_row(Rule("a.b", 3, "甲"))[2:] == ("`3`", "整数")


def test_a_stale_table_is_noticed() -> None:
    page = "# x\n<!-- made by tests/make_docs.py: desk-keys -->\nold\n<!-- end -->\ny\n"
    new = tables.filled(page)
    assert "old" not in new and "`hours_as`" in new and new.endswith("<!-- end -->\ny\n")
    assert tables.filled(new) == new
