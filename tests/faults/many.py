"""Many processes at once: writers, and readers beside a writer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from faults.office import SETTING, Broken, did, lived, must, room_of, said, words_of

WRITER = """
import sys
from wuye import cli
for i in range(int(sys.argv[3])):
    said = ['complaint', 'add', sys.argv[2], f'写{sys.argv[1]}的{i}次', '--reporter', '甲', '--yes', '-q']
    assert cli.run(said) == 0
"""
READER = """
import contextlib, io, json, os, sys, time
from wuye import cli
ASKED = [['complaint', 'list', '--period', 'all'], ['due'], ['complaint', 'count', 'status', '--period', 'all'],
         ['who', sys.argv[1]], ['find', '写'], ['check']]
count = 0
over = False
while not over:
    over = os.path.exists(sys.argv[2])
    for argv in ASKED:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run([*argv, *([] if argv == ['check'] else ['-o', 'json'])])
        if code:
            sys.exit(f'{argv}: {code} {err.getvalue()}')
        if argv != ['check'] and json.loads(out.getvalue())['problems']:
            sys.exit(f'{argv}: {out.getvalue()}')
        count += 1
print(count)
"""


def running(root: Path, script: str, *argv: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", script, *argv]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=root, env={**os.environ, **SETTING}, stdout=pipe, stderr=pipe)


def writers(count: int, each: int, folder: Path | None = None) -> int:
    """So many processes at once, each adding records with commits; the number of records, all of them there once."""
    parent = Path(tempfile.mkdtemp(dir=folder))
    root = lived(parent)
    before = Counter(re.findall(r"(?m)^- id: (TS-\S+)", words_of(root)))
    every = [running(root, WRITER, str(n), room_of(root), str(each)) for n in range(count)]
    told = [one.communicate() for one in every]
    if failed := [err.decode() for one, (_, err) in zip(every, told, strict=True) if one.returncode]:
        raise Broken(f"{len(failed)} writers failed: {failed[0]}")
    text = words_of(root)
    numbers = [name for out, _ in told for name in out.decode().split()]
    now = Counter(re.findall(r"(?m)^- id: (TS-\S+)", text))
    if len(set(numbers)) != count * each or now - before != Counter(numbers):
        raise Broken(f"{len(set(numbers))} numbers of {count * each}")
    if len(set(re.findall(r"(?m)^  text: (写\d+的\d+次)$", text))) != count * each:
        raise Broken("not every record is there")
    must(root, "check")
    shutil.rmtree(parent)
    return count * each


def readers(count: int, writes: int, folder: Path | None = None) -> int:
    """So many that read without a pause while one writes that often; how many answers there were, each of them whole.

    Every second write goes into two months, by way of the journal.
    """
    parent = Path(tempfile.mkdtemp(dir=folder))
    root, stop = lived(parent), parent / "stop"
    every = [running(root, READER, room_of(root), str(stop)) for _ in range(count)]
    october = re.findall(r"(?m)^- id: (TS-202610\S+)", words_of(root))[0]
    for index in range(writes):
        more = ["--repeats", october] if index % 2 else []
        must(root, "complaint", "add", room_of(root), f"写{index}", "--reporter", "甲", *more, "--yes", "-q")
    stop.touch()
    told = [one.communicate() for one in every]
    if failed := [err.decode() for one, (_, err) in zip(every, told, strict=True) if one.returncode]:
        raise Broken(f"{len(failed)} readers failed: {failed[0]}")
    if did(root, "check").code:
        raise Broken(said())
    shutil.rmtree(parent)
    return sum(int(out) for out, _ in told)
