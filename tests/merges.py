"""Random three-way cases over month files, and what must hold of every merge: used by tests and by long campaigns."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

from wuye import blocks, dumper, merging, yamlio

FILE = "records/2026-11/complaint.yaml"
HEAD = "# yaml-language-server: $schema=../../.wuye/schema/complaint.json\n"
PEOPLE = ("李静", "张三", "王五")
FIELDS = {
    "phone": ("13800138000", "13900139000", ""), "reporter": ("王女士", "陈先生", "0701"),
    "room": ("3-2-1201", "1-1-101"),
    "text": ("漏水", "- id: TS-20261122-001\n# 不是注释", "第一行\n\n  第二行", "=======", "a\x85b"),
    "odd key": ("x", "y"),
}  # fmt: skip
STEPS = (("judge", "judged"), ("assign", "assigned"), ("handle", "handled"), ("close", "closed"), ("void", "void"))
Raw = dict[str, Any]


def stamp(dice: random.Random) -> str:
    return f"2026-11-22T{dice.randrange(9, 18):02d}:{dice.randrange(0, 60, 10):02d}+08:00"


def fresh(dice: random.Random, serial: int, letter: str) -> Raw:
    at, by = stamp(dice), dice.choice(PEOPLE)
    raw: Raw = {
        "id": f"TS-20261122-{letter}{serial:03d}", "status": "recorded", "received": at, "recorded": at,
        "reporter": dice.choice(FIELDS["reporter"]), "text": f"{dice.random()}", "people": "1",
    }  # fmt: skip
    if dice.random() < 0.5:
        raw["due"], raw["rule"] = {"respond": stamp(dice)}, {"respond": "1 个工作日"}
    return raw | {"log": [{"at": at, "step": "add", "by": by}]}


def touch(dice: random.Random, raw: Raw) -> Raw:
    """One thing that a desk, or somebody with an editor, may do to a record."""
    raw = json.loads(json.dumps(raw))
    entry: Raw = {"at": stamp(dice), "step": "note", "by": dice.choice(PEOPLE)}
    way = dice.randrange(9)
    if way <= 2:
        name = dice.choice(list(FIELDS))
        entry |= {"step": "edit", name: dice.choice(FIELDS[name]), "was": {name: raw.get(name, "")}}
        log = raw.pop("log")
        raw[name] = entry[name]
        if raw[name] == "":
            del raw[name]
        raw["log"] = log
    elif way == 3:
        entry["step"], raw["status"] = dice.choice(STEPS)
    elif way == 4:
        entry |= {"step": "join", "people": str(int(raw["people"]) + 1), "was": {"people": raw["people"]}}
        raw["people"] = entry["people"]
    elif way == 5 and len(raw["log"]) > 1:
        last = raw["log"][-1]
        entry |= {"step": "undo", "undoes": f"{last['at']} {last['step']}"}
    elif way == 6:
        raw["due"] = {**raw.get("due", {}), dice.choice(("respond", "inform")): stamp(dice)}
        raw["rule"] = {**raw.get("rule", {}), "inform": dice.choice(("3 天", "4 天"))}
    elif way == 7:
        entry["note"] = dice.choice(("甲", "乙", "\u2028"))
    else:
        raw["received"] = stamp(dice)
        return raw
    raw["log"] = [*raw.pop("log"), entry]
    return raw


def desk(dice: random.Random, base: list[Raw], letter: str) -> list[Raw]:
    """A desk's file, from the one it began with."""
    found = [touch(dice, raw) if dice.random() < 0.5 else raw for raw in base]
    for serial in range(dice.randrange(3)):
        found.append(fresh(dice, len(base) + serial + 1, letter))
        if dice.random() < 0.3:
            found[-1] = touch(dice, found[-1])
    if dice.random() < 0.1 and found:
        found.pop(dice.randrange(len(found)))
    if dice.random() < 0.05:
        dice.shuffle(found)
    return found


def written(dice: random.Random, raws: Iterable[Raw], comments: bool) -> bytes:
    parts = [HEAD.encode()]
    for raw in raws:
        if comments and dice.random() < 0.3:
            parts.append(f"# {dice.choice(PEOPLE)}的批注\n\n".encode())
        block = dumper.dump_record(raw)
        if comments and dice.random() < 0.2:
            block = block.replace(b"  log:", f"  # 里面的批注 {dice.random()}\n  log:".encode(), 1)
        parts.append(block)
    data = b"".join(parts)
    return data.replace(b"\n", b"\r\n") if comments and dice.random() < 0.03 else data


def case(seed: int) -> tuple[bytes, bytes, bytes]:
    """Base, ours and theirs; letters tell the desks apart in most cases, in some they have none."""
    dice = random.Random(seed)
    base = [fresh(dice, n + 1, "") for n in range(dice.randrange(5))]
    letters = dice.choice((("A", "B"), ("", ""), ("A", "A"), ("", "B")))
    ours, theirs = (desk(dice, base, letter) for letter in letters)
    comments = dice.random() < 0.4
    shared = random.Random(seed + 1)
    old = written(shared, base, comments)
    files = [old if side == base else written(random.Random(seed + n), side, comments) for n, side in
             ((2, ours), (3, theirs))]  # fmt: skip
    return (b"" if dice.random() < 0.05 else old), files[0], files[1]


def told(value: Any) -> set[str]:
    """Every text within a record."""
    if isinstance(value, dict):
        return set().union(*(told(v) for v in value.values()), set())
    if isinstance(value, list):
        return set().union(*(told(v) for v in value), set())
    return {value}


def entries(raw: Raw) -> set[str]:
    """What a log tells; the name of what an undo takes back may change."""
    return {json.dumps({k: v for k, v in e.items() if k != "undoes"}, sort_keys=True) for e in raw["log"]}


def judge(base: bytes, ours: bytes, theirs: bytes) -> merging.Merged:
    """Merge both ways; AssertionError unless nothing is lost and all is readable."""
    merged = merging.merge(base, ours, theirs, FILE)
    assert merged == merging.merge(base, theirs, ours, FILE), "the sides matter"
    made: dict[str, Raw] = {r["id"]: r for r in yamlio.load_records(merged.data)}  # type: ignore[misc]
    assert len(made) == len(blocks.split(merged.data).ids)
    if theirs == base or ours == base:
        return merged
    old = {r["id"]: r for r in yamlio.load_records(base)}
    for side in (ours, theirs):
        for raw in yamlio.load_records(side):
            here = [r for r in made.values() if r["id"] == raw["id"] or r.get("number_was") == raw["id"]]
            lines = entries(raw)
            own = next((r for r in here if entries(r) >= lines), None)
            assert own, f"{raw['id']} or a line of its log is lost"
            before = old.get(raw["id"])
            for name, value in raw.items():
                if name in ("log", "id", "people", "conflicts") or (before and before.get(name) == value):
                    continue
                new = told(value) - told(before.get(name)) if before else told(value)
                assert new <= told(own), f"{raw['id']} {name} is lost"
        for line in side.splitlines():
            if "批注".encode() in line and line not in base.splitlines():
                assert line.strip() in merged.data, "a comment is lost"
        again = merging.merge(base, merged.data, side, FILE).data
        assert {r["id"]: r for r in yamlio.load_records(again)} == made, "merging again changes something"
    return merged
