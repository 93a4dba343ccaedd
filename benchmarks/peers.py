"""The same records in the formats of other tools, and the same questions asked of them.

Each peer is used as its own manual says; one that is missing is left out and named on the page. They are
general tools with another purpose: the figures say what a plain folder costs, not which is the better program.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from data import ROOM, SEARCH, Item, items
from timing import CALM, Command

MONTH = "2026-10"


class Peer(NamedTuple):
    """A tool with its records made: its questions by name, and what is odd about them."""

    name: str
    commands: Mapping[str, Command]


def recutils(place: Path, count: int) -> Peer:
    """One `.rec` file."""
    path = place / "desk.rec"
    with path.open("w", encoding="utf-8") as file:
        file.write("%rec: Record\n%key: Id\n\n")
        for index, item in enumerate(items(count)):
            file.write(
                f"Id: {index}\nKind: {item.kind}\nStatus: {'open' if item.closed is None else 'closed'}\n"
                f"Received: {item.at:%Y-%m-%d %H:%M}\nRoom: {item.room}\nName: {item.name}\nPhone: {item.phone}\n"
                f"Subject: {item.subject}\nText: {item.text}\n\n"
            )

    def rec(program: str, *words: str) -> Command:
        return Command(
            lambda i: [program, "-t", "Record", *(w.format(i=i) for w in words), path.name], place, most=often(count)
        )

    asked = {
        "add": rec("recins", "-f", "Id", "-v", "n{i}", "-f", "Room", "-v", ROOM, "-f", "Text", "-v", "漏水"),
        "step": rec("recset", "-e", "Id = '7'", "-f", "Status", "-s", "s{i}"),
        "room": rec("recsel", "-e", f"Room = '{ROOM}'"),
        "newest": rec("recsel", "-e", f"Status = 'open' && Received ~ '^{MONTH}'"),
        "count": rec("recsel", "-e", f"Received ~ '^{MONTH}'", "-G", "Subject", "-p", "Subject,Count(Id)"),
        "text": rec("recsel", "-e", f"Text ~ '{SEARCH}'"),
    }  # fmt: skip
    # Grouping takes minutes from 10,000 records on, writing a minute at 100,000.
    left_out = {"count"} if count > 1000 else set()
    left_out |= {"add", "step"} if count > LARGE else set()
    return Peer("recutils", {name: command for name, command in asked.items() if name not in left_out})


def taskwarrior(place: Path, count: int) -> Peer:
    """Tasks, imported once."""
    env = {"TASKDATA": str(place / "task"), "TASKRC": str(place / "taskrc")}
    (place / "task").mkdir()
    rc = ("confirmation=off", "verbose=nothing", "hooks=off", "uda.room.type=string", "uda.phone.type=string")
    (place / "taskrc").write_text("\n".join(rc) + "\n", "utf-8")
    tasks = [
        {
            "uuid": f"00000000-0000-4000-8000-{index:012x}", "description": item.text, "project": item.subject,
            "entry": f"{item.at:%Y%m%dT%H%M%SZ}", "room": item.room, "phone": item.phone,
            "status": "pending" if item.closed is None else "completed",
            **({} if item.closed is None else {"end": f"{item.closed:%Y%m%dT%H%M%SZ}"}),
        }
        for index, item in enumerate(items(count))
    ]  # fmt: skip
    for at in range(0, len(tasks), 20_000):
        part = json.dumps(tasks[at : at + 20_000], ensure_ascii=False).encode()
        subprocess.run(["task", "import", "-"], input=part, env={**CALM, **env}, check=True, capture_output=True)

    def task(*words: str) -> Command:
        return Command(lambda i: ["task", *(w.format(i=i) for w in words)], place, env, most=often(count))

    return Peer("Taskwarrior", {
        "add": task("add", f"room:{ROOM}", "漏水 {i}"),
        "step": task("00000000-0000-4000-8000-000000000007", "modify", "phone:{i}"),
        "room": task(f"room:{ROOM}", "export"),
        "newest": task("status:pending", "limit:50", "entry.after:2026-10-01", "export"),
        "count": task("entry.after:2026-10-01", "entry.before:2026-11-01", "export"),
        "text": task(f"/{SEARCH}/", "export"),
    })  # fmt: skip


def hledger(place: Path, count: int) -> Peer:
    """A journal: one transaction a record."""
    path = place / "desk.journal"
    with path.open("w", encoding="utf-8") as file:
        for item in sorted(items(count), key=lambda one: one.at):
            mark = "" if item.closed is None else "* "
            file.write(
                f"{item.at:%Y-%m-%d} {mark}{item.text}  ; room:{item.room}, phone:{item.phone}\n"
                f"    desk:{item.subject}  1\n    count\n\n"
            )

    def ledger(*words: str) -> Command:
        return Command(lambda i: ["hledger", "-f", path.name, *words], place, most=often(count))

    return Peer("hledger", {
        "room": ledger("print", f"tag:room={ROOM}"),
        "newest": ledger("register", "status:", "date:2026-10.."),
        "count": ledger("balance", "date:2026-10"),
        "text": ledger("print", f"desc:{SEARCH}"),
    })  # fmt: skip


def todoman(place: Path, count: int) -> Peer:
    """A vdir of one iCalendar file a record; its cache is warm."""
    folder = place / "todo" / "desk"
    folder.mkdir(parents=True)
    for index, item in enumerate(items(count)):
        (folder / f"{index}.ics").write_text(_todo(index, item), "utf-8")
    config = place / "todoman.py"
    lines = (f'path = "{place}/todo/*"', 'default_list = "desk"', f'cache_path = "{place}/todoman.sqlite"')
    config.write_text("\n".join(lines) + "\n", "utf-8")
    env = {"TODOMAN_CONFIG": str(config)}
    program = str(place.parent / "peers/bin/todo")
    subprocess.run([program, "list"], cwd=place, env={**CALM, **env}, check=True, capture_output=True)

    def todo(*words: str) -> Command:
        return Command(lambda i: [program, *(w.format(i=i) for w in words)], place, env, most=often(count))

    return Peer("todoman", {
        "add": todo("new", "-l", "desk", "漏水 {i}"),
        "room": todo("list", "--status", "ANY", "--grep", ROOM),
        "newest": todo("list", "--sort", "created_at"),
        "text": todo("list", "--status", "ANY", "--grep", SEARCH),
    })  # fmt: skip


def _todo(index: int, item: Item) -> str:
    done = "NEEDS-ACTION" if item.closed is None else "COMPLETED"
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:desk\r\nBEGIN:VTODO\r\n"
        f"UID:{index}@desk\r\nDTSTAMP:{item.at:%Y%m%dT%H%M%SZ}\r\nCREATED:{item.at:%Y%m%dT%H%M%SZ}\r\n"
        f"SUMMARY:{item.room} {item.text}\r\nCATEGORIES:{item.subject}\r\nLOCATION:{item.room}\r\nSTATUS:{done}\r\n"
        "END:VTODO\r\nEND:VCALENDAR\r\n"
    )


def khard(place: Path, count: int) -> Peer:
    """A vdir of one vCard a record."""
    folder = place / "cards"
    folder.mkdir(parents=True)
    for index, item in enumerate(items(count)):
        (folder / f"{index}.vcf").write_text(
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{index}\r\nFN:{item.name} {item.room}\r\nN:{item.name};;;;\r\n"
            f"TEL:{item.phone}\r\nNOTE:{item.text}\r\nEND:VCARD\r\n", "utf-8",
        )  # fmt: skip
    config = place / "khard.conf"
    config.write_text(f"[addressbooks]\n[[desk]]\npath = {folder}\n[general]\ndefault_action = list\n", "utf-8")
    program = str(place.parent / "peers/bin/khard")
    new = "First name : 王\nLast name : 女士\n".encode()

    def ask(*words: str, stdin: bytes = b"") -> Command:
        argv = [program, "-c", str(config), *words]
        return Command(lambda i: argv, place, most=often(count), ok=(0, 1), stdin=stdin)

    return Peer("khard", {
        "add": ask("new", "-a", "desk", stdin=new), "room": ask("list", ROOM), "text": ask("list", SEARCH),
    })  # fmt: skip


def ripgrep(office: Path) -> Peer:
    """The floor of reading the very same files."""
    return Peer("ripgrep", {
        "room": Command(lambda i: ["rg", "-c", f"room: {ROOM}$|unit: {ROOM}$", "records"], office),
        "text": Command(lambda i: ["rg", "-c", SEARCH, "records"], office),
    })  # fmt: skip


LARGE = 50_000


def often(count: int) -> int:
    """How often a peer is asked: seldom where one answer takes many seconds."""
    return 3 if count < LARGE else 1


PROGRAMS = {"recutils": "recsel", "Taskwarrior": "task", "hledger": "hledger", "ripgrep": "rg"}
MAKERS: Mapping[str, Callable[[Path, int], Peer]] = {
    "recutils": recutils, "Taskwarrior": taskwarrior, "hledger": hledger, "todoman": todoman, "khard": khard,
}  # fmt: skip
MOST = {"khard": 10_000}
"""khard reads every card for every answer: at 100,000 one takes a minute, so it is shown up to 10,000."""


def missing(name: str, place: Path) -> bool:
    """Whether a peer is not on this machine."""
    program = PROGRAMS.get(name) or str(place / "peers/bin" / {"todoman": "todo"}.get(name, name))
    return shutil.which(program) is None
