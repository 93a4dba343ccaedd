"""The disposable index over the files, and how they are read into it; the only modules that say sqlite3."""

from __future__ import annotations

from wuye.index import tables
from wuye.index.database import Index, Trouble

__all__ = ["Index", "Trouble", "tables"]
