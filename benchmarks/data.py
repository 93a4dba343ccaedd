"""The same made-up records for `wuye` and for every peer: ten years of an office, about 350 bytes a record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

LAST = "2026-11"
KINDS = ("complaint", "visitor", "workorder", "pass", "dunning")
WORDS = (
    "厨房顶部漏水", "楼道灯不亮", "门禁打不开", "水管爆裂", "电梯异响", "空调滴水", "下水道堵塞", "墙面渗水",
    "车位被占", "噪音扰民",
)  # fmt: skip
SUBJECTS = ("engineering", "cleaning", "security", "noise", "vehicles")
TRADES = ("electrical", "plumbing", "door", "lift", "civil")
ROOM = "3-2-1201"
SEARCH = "爆裂"


class Item(NamedTuple):
    """One made-up record, before it is anybody's format."""

    kind: str
    serial: int
    at: datetime
    room: str
    name: str
    phone: str
    text: str
    subject: str
    closed: datetime | None


def months_until(last: str, count: int) -> list[str]:
    """The `count` months that end with `last`."""
    year, month = int(last[:4]), int(last[5:])
    found = []
    for _ in range(count):
        found.append(f"{year}-{month:02d}")
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def items(count: int) -> Iterator[Item]:
    """`count` records over 120 months and five kinds, the same for every run; one month file of 2,000 at the end.

    Of the old ones two in a thousand are still open, of the last two weeks one in twenty: some 300 matters in all.
    """
    chance = random.Random(311)
    months = months_until(LAST, 120)
    serials: dict[str, int] = {}
    large = min(2000, count // 50)
    plan = [(months[i * len(months) // (count - large)], KINDS[i % len(KINDS)]) for i in range(count - large)]
    plan += [(LAST, "complaint")] * large
    for month, kind in plan:
        start = datetime.fromisoformat(f"{month}-01")
        day = chance.randrange(21 if month == LAST else 28)
        at = start + timedelta(days=day, minutes=chance.randrange(9 * 60, 18 * 60))
        key = f"{kind}{at:%Y%m%d}"
        serials[key] = serials.get(key, 0) + 1
        fresh = month == LAST and day > 7
        still_open = chance.random() < (0.05 if fresh else 0.002)
        yield Item(
            kind,
            serials[key],
            at,
            f"{chance.randrange(1, 10)}-{chance.randrange(1, 4)}-{chance.randrange(1, 31)}{chance.randrange(1, 5):02d}",
            "王女士" if chance.random() < 0.5 else "李先生",
            f"138{chance.randrange(10**8):08d}",
            f"{chance.choice(WORDS)}，第 {chance.randrange(1, 99)} 次反映，请尽快派人处理",
            chance.choice(SUBJECTS),
            # Within the week: a complaint that lasts longer is hot, and goes on owing a form and a report.
            None if still_open else at + timedelta(hours=chance.randrange(1, 160)),
        )


PREFIX = {"complaint": "TS", "visitor": "FK", "workorder": "GD", "pass": "FX", "dunning": "CS"}
OPEN = {"complaint": "recorded", "visitor": "inside", "workorder": "issued", "pass": "drafted", "dunning": "open"}
DONE = {
    "complaint": (("handle", "handled"), ("close", "closed")), "visitor": (("leave", "left"),),
    "workorder": (("done", "done"), ("close", "closed")),
    "pass": (("confirm", "confirmed"), ("issue", "issued"), ("release", "released")),
    "dunning": (("close", "closed"),),
}  # fmt: skip


def stored(item: Item) -> dict[str, object]:
    """The record as `wuye` keeps it."""
    at = f"{item.at:%Y-%m-%dT%H:%M}+08:00"
    steps = DONE[item.kind] if item.closed else ()
    record: dict[str, object] = {
        "id": f"{PREFIX[item.kind]}-{item.at:%Y%m%d}-{item.serial:03d}",
        "status": steps[-1][1] if steps else OPEN[item.kind],
        "received": at,
        "recorded": at,
    }
    if item.kind == "visitor":
        record |= {"name": item.name, "phone": item.phone, "purpose": item.text, "unit": item.room}
    elif item.kind == "pass":
        record |= {"room": item.room, "carrier": item.name, "phone": item.phone, "direction": "out",
                   "goods": [{"name": "冰箱", "quantity": "1"}, {"name": item.text[:6], "quantity": "2"}]}  # fmt: skip
    elif item.kind == "dunning":
        record |= {"room": item.room, "method": "phone", "person": item.name, "said": item.text}
    else:
        record |= {"room": item.room}
        if item.kind == "complaint":
            record |= {"reporter": item.name, "phone": item.phone, "subject": item.subject, "text": item.text}
        else:
            record |= {"text": item.text, "reporter": item.name, "phone": item.phone,
                       "trade": TRADES[item.serial % 5], "urgency": "normal"}  # fmt: skip
    if item.kind == "complaint" and steps:
        record["result"] = "已处理"
    begun = {"status": "inside"} if item.kind == "visitor" else {}
    log: list[dict[str, object]] = [{"at": at, "step": "add", "by": "李静", **begun}]
    for step, _ in steps:
        entry: dict[str, object] = {"at": f"{item.closed:%Y-%m-%dT%H:%M}+08:00", "step": step, "by": "李静"}
        if step == "handle":
            entry |= {"result": "已处理", "was": {"result": ""}}
        if step == "close" and item.kind == "complaint":
            entry["no_follow_up"] = "业户出国"
        log.append(entry)
    record["log"] = log
    return record


def fill(office: Path, count: int) -> int:
    """Put `count` records into an office as the program writes them; returns their bytes."""
    from wuye import dumper

    files: dict[Path, list[bytes]] = {}
    for item in items(count):
        path = office / "records" / f"{item.at:%Y-%m}" / f"{item.kind}.yaml"
        header = f"# yaml-language-server: $schema=../../.wuye/schema/{item.kind}.json\n".encode()
        files.setdefault(path, [header]).append(dumper.dump_record(stored(item)))
    for path, blocks in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(blocks))
    return sum(len(block) for blocks in files.values() for block in blocks)
