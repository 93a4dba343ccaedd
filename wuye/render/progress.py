"""A progress bar for long work, on a terminal, past one second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any, TextIO

import typer

from wuye import clock

PATIENCE = 1.0


def bar(items: Iterable[Any], stream: TextIO) -> Iterator[Any]:
    """The same items; where nobody watches, or the work is short, nothing is shown."""
    total = len(items) if isinstance(items, Sized) else None
    if not stream.isatty() or not total:
        yield from items
        return
    start, done, rest = clock.ticks(), 0, iter(items)
    for item in rest:
        yield item
        done += 1
        if clock.ticks() - start > PATIENCE:
            break
    if done == total:
        return
    with typer.progressbar(length=total, label="处理中", show_pos=True, file=stream) as shown:
        shown.update(done)
        for item in rest:
            yield item
            shown.update(1)
