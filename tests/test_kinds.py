"""The contract that every kind keeps; a new kind is under it as soon as it stands in the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Said

from wuye import changes, dumper, number, records, slips, yamlio
from wuye.changes import Who
from wuye.flow import VOID, Step
from wuye.office import Office
from wuye.record import RESERVED, Record, from_stored, to_stored
from wuye.schema import Kind

NAMES = [row[0] for row in records.KINDS]
Wuye = Callable[..., Said]
every_kind = pytest.mark.parametrize("name", NAMES)


def test_table_and_files_are_equal() -> None:
    folder = Path(records.__file__).parent
    assert sorted(p.stem for p in folder.glob("[a-z]*.py")) == sorted(NAMES)
    for name, prefix, zh in records.KINDS:
        kind = records.kind(name)
        assert (kind.name, kind.prefix, kind.zh) == (name, prefix, zh)
    words = [word for row in records.KINDS for word in row]
    assert len(set(words)) == len(words)


@every_kind
def test_names_name_real_things(name: str) -> None:
    kind = records.kind(name)
    fields = [f.name for f in kind.fields]
    assert len(set(fields)) == len(fields)
    assert not RESERVED & set(fields)
    states = [s.name for s in kind.flow.states]
    assert states[-1] == VOID and len(set(states)) == len(states)
    rules = [r.name for r in kind.rules]
    assert len(set(rules)) == len(rules) and all(r.startswith(f"{name}.") for r in rules)
    for step in kind.flow.steps:
        assert all(kind.has(f) for f in step.fields), step.name
        for before, after in step.moves().items():
            assert before in states and after in states, step.name
    steps = {s.name for s in kind.flow.steps}
    for clock in kind.clocks:
        assert set(clock.met_by) <= steps | {"link"}, clock.name
        assert not isinstance(clock.due, str) or clock.due in rules, clock.name
    assert not kind.own_name or (kind.book and kind[kind.own_name].required)
    assert len({c.frozen_as for c in kind.clocks}) == len(kind.clocks)
    head = {"id", "status", "received", "recorded"}
    for column in kind.columns:
        assert column in head or kind.has(column) or kind.computed_by(column), column
    for group in (*kind.one_of, kind.positional, kind.known_by, tuple(kind.example), kind.about, kind.people,
                  kind.inherits):
        assert all(kind.has(f) and not kind[f].on_log for f in group)
    assert all(kind.computed_by(row) or (kind.has(row) and not kind[row].on_log) for row in kind.slip.rows)
    assert set(kind.tags) <= steps
    assert all(f.zh for f in kind.fields) and all(s.zh for s in kind.flow.steps)


FIRST = {"answer": (("survey", "add", "standard"), ("survey", "start", "dy1", "--handed-out", "300"))}


def first(wuye: Wuye, name: str) -> None:
    """What must be there before a record of the kind can be: the survey that is answered."""
    for argv in FIRST.get(name, ()):
        assert wuye(*argv).code == 0


def example(office: Office, kind: Kind) -> Record:
    """The kind's example as a record."""
    heard, problems = changes.hear_new(kind, kind.example, office.typing, office.basis(kind))
    assert problems == []
    text = str(number.Number(kind.prefix, office.now.date(), "", 1))
    return changes.new(kind, text, heard, Who("李静", None, office.now), office.basis(kind), {})


@every_kind
def test_example_survives_yaml_byte_for_byte(name: str, office: Path) -> None:
    desk, kind = Office(office), records.kind(name)
    record = example(desk, kind)
    block = dumper.dump_record(to_stored(record))
    raw = yamlio.load(block.decode())
    assert yaml.safe_load(block) == raw == [to_stored(record)]
    back, problems = from_stored(kind, raw[0], desk.settings.zone)  # type: ignore[arg-type, index]
    assert problems == [] and back is not None
    assert dumper.dump_record(to_stored(back)) == block
    assert dict(back.values) == dict(record.values)


@every_kind
def test_example_walks_its_flow_to_an_end(name: str, wuye: Wuye, office: Path) -> None:
    kind = records.kind(name)
    first(wuye, name)
    said = wuye(name, "add", *options(kind, kind.example), "--yes", "-o", "json")
    assert said.code == 0, said.err
    record, seen = said.records[0], set()
    while (state := kind.flow.state(record["status"])) and (state.open or kind.book):
        seen.add(record["status"])
        step = forward(kind, record["status"], seen)
        if step is None:
            break
        if any(s.name == "tick" for s in kind.flow.possible(record["status"])) and record["checks"]:
            assert wuye(name, "tick", record["id"], "--items", "全部").code == 0
        given = {n: sample(kind, n) for n in step.needs}
        if name == "complaint" and step.name == "close":
            given["no_follow_up"] = "业户出国"
        if name == "receiptbook" and step.name == "finish":
            given["reason"] = "换新版收据"
        said = wuye(name, step.name, record["id"], *options(kind, given), "-o", "json")
        assert said.code == 0, said.err
        record = said.records[0]
    assert record["closed"] or not kind.flow.states[0].open
    assert wuye("check").code == 0


def forward(kind: Kind, status: str, seen: set[str]) -> Step | None:
    """A step that leads to a state not seen yet, the live ones first; none that needs the number of another record."""
    pointing = {f.name for f in kind.fields if f.type.name.startswith("id:")}
    steps = [s for s in kind.flow.possible(status)
             if s.moves()[status] not in seen and s.name != VOID and not pointing & {*s.needs}]  # fmt: skip
    return steps[0] if steps else None


def options(kind: Kind, values: Any) -> list[str]:
    return [word for n, text in values.items() for word in (kind[n].option, text)]


OTHERS = {"verified_by": "林晓燕"}
"""Whoever put something right is not the one who verifies it."""


def sample(kind: Kind, name: str) -> str:
    one = kind[name]
    typed = {"day-past": "2026-11-20", "day-any": "2026-12-31", "day-future": "2026-12-01", "money": "100",
             "rows:counted": "无", "count": "300"}  # fmt: skip
    told = kind.example.get(name) or OTHERS.get(name) or typed.get(one.type.name, "王师傅")
    return one.type.choices[0][0] if one.type.choices else told


@every_kind
def test_slip_renders(name: str, office: Path) -> None:
    desk, kind = Office(office), records.kind(name)
    text = slips.slip(example(desk, kind), desk.basis(kind), "翠湖花园")
    assert kind.slip.title in text and "13800138000" not in text and "13900139000" not in text
    assert all(role in text for role in kind.slip.signatures)


@every_kind
def test_every_output_format(name: str, wuye: Wuye) -> None:
    kind = records.kind(name)
    first(wuye, name)
    assert wuye(name, "add", *options(kind, kind.example), "--yes").code == 0
    for form in ("table", "json", "jsonl", "csv", "yaml", "md", "html"):
        said = wuye(name, "list", "-o", form)
        assert said.code == 0 and f"{kind.prefix}-20261122-001" in said.out, form
        private = [f.name for f in kind.fields if f.private and f.name in kind.example]
        assert not any(kind.example[n] in said.out for n in private)
    document = wuye(name, "list", "-o", "json").json
    assert document["schema"] == f"wuye.{name}" and document["version"] == 1 and document["problems"] == []
    row = json.loads(wuye(name, "list", "-o", "jsonl").out)
    assert row == document["records"][0]
    assert yaml.safe_load(wuye(name, "list", "-o", "yaml").out)["records"][0]["id"] == row["id"]
