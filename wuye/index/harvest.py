"""Files read for the index: each into rows and problems, many of them on every core, a changed one block by block."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

from wuye import blocks, clock, disk, records, yamlio
from wuye.basis import Basis
from wuye.blocks import Blocks
from wuye.errors import Damaged, Problem
from wuye.index.files import SETTLED, Job, Known, Progress, Stamp, Task, bytes_of, stamp_of
from wuye.index.rows import Columns, Row
from wuye.store import Store

ALONE = 1_500_000
"""So many bytes are read in this process: starting others takes longer."""
_KEEPS_LINES = re.compile(rb"[|>][1-9]?\+")


class Harvest(NamedTuple):
    """What one file holds; `rows` is None where it holds what is known.

    `frame` is what stands around its records, None where it must be read whole next time. `stamp` was taken before
    the bytes, `settled` says that a later change would show in it. In `rows` two numbers stand for a row that is
    known: its key, and the line on which it now begins.
    """

    job: Job
    rows: Sequence[Row | tuple[int, int]] | None
    problems: list[Problem]
    digest: str
    frame: str | None
    stamp: Stamp | None
    settled: bool
    learnt: Mapping[str, str] = {}


def read(store: Store, columns: Columns, job: Job, known: Known | None = None) -> Harvest:
    """A file as it is now; of its blocks only those are parsed that are not known."""
    now = clock.stamp()
    stamp = stamp_of(f"{store.root}/{job.path}")
    settled = stamp is not None and max(stamp[2:]) < now - SETTLED
    data, problems = bytes_of(store, job.path)
    # What could not be read is never what is known.
    digest = "" if problems else disk.digest(data)
    if known and digest and digest == known.digest:
        return Harvest(job, None, [], digest, known.frame, stamp, settled)
    cut = blocks.split(data, job.path)
    rows: Sequence[Row | tuple[int, int]] | None = None
    frame = known.frame if known and digest else None
    if known and frame:
        rows = _changed(columns, cut, job.path, known.blocks, frame)
    if rows is None:
        rows, wrong = _whole(columns, cut, job.path)
        problems += wrong
        frame = None if problems or _keeps_lines(data) else _frame(cut)
    learnt, columns.learnt = columns.learnt, {}
    return Harvest(job, rows, problems, digest, frame, stamp, settled, learnt)


def _whole(columns: Columns, cut: Blocks, path: str) -> tuple[list[Row | tuple[int, int]], list[Problem]]:
    """Every row of a file and its problems, in the order in which reading it tells them."""
    raws, problems = yamlio.read_records(cut.data, path, cut)
    spans = () if problems else cut.spans
    rows: list[Row | tuple[int, int]] = []
    data = cut.data
    for place, (raw, line) in enumerate(raws):
        start, end = spans[place] if spans else (0, 0)
        row = columns.row(raw, line, _hash(data[start:end]))
        if row is None:
            row, wrong = columns.odd(raw, line, path)
            problems += wrong
        if row is not None:
            rows.append(row)
    return rows, problems


def _hash(block: bytes) -> bytes:
    return blake2b(block, digest_size=16).digest()


def _frame(cut: Blocks) -> str:
    """The hash of what stands around the records: head, comments, blank lines."""
    data, spans = cut.data, cut.spans
    gaps, before = [], 0
    for start, end in (*spans, (len(data), 0)):
        if start != before:
            gaps.append(data[before:start])
        before = end
    return disk.digest(b"\0".join(gaps))


def _keeps_lines(data: bytes) -> bool:
    """Whether a text may keep the blank lines after it."""
    return (b"|" in data or b">" in data) and _KEEPS_LINES.search(data) is not None


def _changed(
    columns: Columns, cut: Blocks, path: str, known: Mapping[bytes, list[int]], frame: str
) -> list[Row | tuple[int, int]] | None:
    """The rows of a file that was in order, each new block read alone; None where it has to be read whole.

    A block that is in order alone is so in its place too, while what stands around the blocks is what it was and
    no text keeps the blank lines after it (`|+`).
    """
    data = cut.data
    try:
        blocks.decode_bytes(data, path)
    except Damaged:
        return None
    if blocks.find_conflicts(data) or _keeps_lines(data) or _frame(cut) != frame:
        return None
    rows: list[Row | tuple[int, int]] = []
    line, counted = 1, 0
    for start, end in cut.spans:
        line, counted = line + data.count(b"\n", counted, start), start
        block = data[start:end]
        mark = _hash(block)
        if known.get(mark):
            rows.append((known[mark].pop(0), line))
            continue
        raws, problems = yamlio.read_records(block, path)
        row = columns.row(raws[0][0], line, mark) if len(raws) == 1 and not problems else None
        if row is None:
            return None
        rows.append(row)
    return rows


# --- many files ------------------------------------------------------------------------------------------


class Reader:
    """Reads files of several kinds, alone or with others."""

    def __init__(self, store: Store, bases: Mapping[str, Basis], readings: dict[str, str] | None) -> None:
        self.store = store
        self.bases = bases
        self.readings = readings
        self._columns: dict[str, Columns] = {}

    def columns(self, kind: str) -> Columns:
        """The columns of a kind, made when its first file is read."""
        if kind not in self._columns:
            self._columns[kind] = Columns(records.kind(kind), self.bases[kind], self.readings)
        return self._columns[kind]

    def one(self, job: Job, known: Known | None = None) -> Harvest:
        """One file; of one that is known only what changed."""
        return read(self.store, self.columns(job.kind), job, known)

    def all(self, tasks: Sequence[Task], progress: Progress) -> Iterator[Harvest]:
        """Many files, in order; on every core where there are several."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        done = 0
        try:
            if cores > 1:
                for harvest in self._together(tasks, cores, progress):
                    done += 1
                    yield harvest
                return
        except _NoWorkers:
            pass
        for job, known in progress(tasks[done:]):
            yield self.one(job, known)

    def _together(self, tasks: Sequence[Task], cores: int, progress: Progress) -> Iterator[Harvest]:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        # Forked, the others have everything imported already and inherit what they need. This process has one thread.
        way = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        given = (self.store.root, self.bases, self.readings)
        try:
            pool = ProcessPoolExecutor(cores, multiprocessing.get_context(way), _begin, given)
            found = pool.map(_one, tasks, chunksize=max(1, min(8, len(tasks) // (4 * cores))))
        except (OSError, ImportError, ValueError) as error:
            raise _NoWorkers from error
        try:
            for _, harvest in zip(progress(tasks), found, strict=True):
                yield harvest if harvest.rows is None else harvest._replace(rows=[Row._make(r) for r in harvest.rows])
        except BrokenProcessPool as error:
            raise _NoWorkers from error
        finally:
            pool.shutdown(cancel_futures=True)


class _NoWorkers(Exception):
    """Other processes cannot be had, or died: the rest is read here."""


_reader: Reader | None = None


def _begin(root: Any, bases: Mapping[str, Basis], readings: dict[str, str] | None) -> None:
    """In a worker, before its first file; an interrupt is for the process that the desk sees."""
    global _reader
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _reader = Reader(Store(root), bases, readings)


def _one(task: Task) -> Harvest:
    assert _reader is not None
    harvest = _reader.one(*task)
    plain: list[Any] = [tuple(row) for row in harvest.rows or ()]  # they travel in half the time
    return harvest if harvest.rows is None else harvest._replace(rows=plain)
