"""The code on passes and work slips: number, room, day and a keyed check, as text and as a picture (domain.md 4, 3).

Who has no key of the office cannot make a code that its desks take for genuine; what a code is worth now is told by
the record, never by the paper.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

from wuye import number
from wuye.errors import BadSettings
from wuye.numerals import fold
from wuye.record import Record

CHECK = 16
"""Letters of the check: 80 bits."""
KEY_BYTES = 32
NO_SEGNO = "放行条、派工单的二维码要用 segno，这台电脑没有装：请运行 pip install 'wuye[office]'，或加 --text 打纯文字"
_CODE = re.compile(rf"([A-Z]{{2}}-\d{{8}}-[A-Z]?\d{{3,}}):([^:\s]*):(\d{{8}}):([A-Z2-7]{{{CHECK}}})")


class Code(NamedTuple):
    """What a code says: number, room, day, check."""

    id: str
    room: str
    day: date
    check: str


def fresh_key() -> bytes:
    """A new key as it is kept: letters, so that no run of digits in it can look like an identity card."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=") + b"\n"


def name_of_key(key: bytes) -> str:
    """The file name under which a key is kept: two desks that each make one never overwrite the other's."""
    return f"slips-{hashlib.sha256(key).hexdigest()[:8]}.key"


def day_of(record: Record) -> date:
    """The day on a code: until when a pass is good, else the day the record is of."""
    until = record.get("valid_until") if record.kind.has("valid_until") else None
    until = until or record.due.get("window") or record.received
    return until.date() if isinstance(until, datetime) else until


def _check(words: str, key: bytes) -> str:
    return base64.b32encode(hmac.new(key.strip(), words.encode(), hashlib.sha256).digest()).decode()[:CHECK]


def text(record: Record, key: bytes) -> str:
    """The code of a record: plain ASCII, so that every scanner gives it back as it was."""
    words = f"{record.id}:{quote(str(record.get('room') or ''), safe='-')}:{day_of(record):%Y%m%d}"
    return f"{words}:{_check(words, key)}"


def read(typed: str) -> Code | None:
    """What a scanned or typed code says; None where it is none of ours."""
    found = _CODE.fullmatch(_plain(typed))
    if not found or number.parse(found[1]) is None:
        return None
    try:
        day = datetime.strptime(found[3], "%Y%m%d").date()
    except ValueError:
        return None
    return Code(found[1], unquote(found[2]), day, found[4])


def genuine(typed: str, keys: Iterable[bytes]) -> bool:
    """Whether one of the office's keys made the code."""
    words, _, check = _plain(typed).rpartition(":")
    return any(hmac.compare_digest(_check(words, key), check) for key in keys)


def _plain(typed: str) -> str:
    """The code as it was printed: what a scanner puts before it, blanks and full-width characters taken away."""
    return "".join(fold(typed).split()).removeprefix("QR-Code:")


def svg(code: str) -> str:
    """The picture, black on white, as SVG that stands in a page. Raises BadSettings where segno is missing."""
    try:
        import segno
    except ImportError as error:
        raise BadSettings(NO_SEGNO) from error
    return segno.make_qr(code, error="m").svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None)
