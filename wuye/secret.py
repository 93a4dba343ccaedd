"""Passwords in a text: that one was changed is recorded, never the password itself (domain.md 23)."""

from __future__ import annotations

import re

_WORD = r"(?:密码|口令|password|passwd|pwd)"
_SAYS = r"\s*(?:已|现)?(?:是|为|改为|改成|设为|设成|换成|[:：=＝])\s*[\"'“‘「]?"
_DAY = r"(?:19|20)\d\d[-/.年]|\d{1,2}[月号日]"
_FOUND = re.compile(rf"{_WORD}{_SAYS}(?!{_DAY})[A-Za-z0-9!@#$%^&*_.+-]{{4,}}", re.IGNORECASE)


def find(text: str) -> bool:
    """Whether a text says what a password is: `密码是 8866`, `Password: welcome1`; not that it was changed on a day."""
    return _FOUND.search(text) is not None
