"""The strict YAML reader, and the splice of a record into its file; the only modules that say yaml."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wuye.yamlio.blockwise import load_records, read_records
    from wuye.yamlio.reader import DEPTH, LIBYAML, decode, load, locate
    from wuye.yamlio.splice import splice_append, splice_replace

__all__ = [
    "DEPTH",
    "LIBYAML",
    "decode",
    "load",
    "load_records",
    "locate",
    "read_records",
    "splice_append",
    "splice_replace",
]


def __getattr__(name: str) -> Any:
    """On use: PyYAML is a fifth of the time of a list, and one that the index answers needs none of it."""
    if name not in __all__:
        raise AttributeError(name)
    module = "splice" if name.startswith("splice") else "blockwise" if name.endswith("records") else "reader"
    found = getattr(import_module(f"wuye.yamlio.{module}"), name)
    globals()[name] = found
    return found
