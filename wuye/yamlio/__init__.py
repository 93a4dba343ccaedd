"""The strict YAML reader, and the splice of a record into its file; the only modules that say yaml."""

from __future__ import annotations

from wuye.yamlio.reader import DEPTH, LIBYAML, decode, load, load_records, locate, read_records
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
