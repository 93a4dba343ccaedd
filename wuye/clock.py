"""What time it is at the desk: the only module that asks the machine."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone, tzinfo

from wuye.errors import BadSettings

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def zone(name: str) -> tzinfo:
    """The zone an office counts in.

    Asia/Shanghai is a fixed +08:00: it has had no summer time since 1991, and zoneinfo costs start-up.
    Raises BadSettings for a name that the machine does not know.
    """
    if name == "Asia/Shanghai":
        return SHANGHAI
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSettings(f"wuye.yaml 里的时区 {name} 不认识：请写成 Asia/Shanghai 这样的名称") from error


def now(office_zone: tzinfo = SHANGHAI) -> datetime:
    """The present minute in the office's zone; `$WUYE_NOW` fixes it (ISO 8601, with or without offset).

    Raises BadSettings when `$WUYE_NOW` cannot be read.
    """
    fixed = os.environ.get("WUYE_NOW", "").strip()
    if not fixed:
        return datetime.now(office_zone).replace(second=0, microsecond=0)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise BadSettings(f"环境变量 WUYE_NOW 读不懂：{fixed}；请写成 2026-11-22T10:00 这样的时间") from error
    if moment.tzinfo is None:
        return moment.replace(tzinfo=office_zone)
    return moment.astimezone(office_zone)


def fixed() -> str:
    """The moment that `$WUYE_NOW` fixes, with its offset, as a commit is dated by it; empty where it fixes none."""
    return now().isoformat() if os.environ.get("WUYE_NOW", "").strip() else ""


def age(stamp: float) -> float:
    """Seconds since a file's time stamp, never negative."""
    return max(0.0, time.time() - stamp)


def stamp() -> int:
    """Now as files are stamped: nanoseconds since 1970."""
    return time.time_ns()


def ticks() -> float:
    """Seconds on a clock that never goes back, for waiting and progress."""
    return time.monotonic()


def wait(seconds: float) -> None:
    """Let others work for a moment."""
    time.sleep(seconds)


def serial() -> int:
    """A number that this process has not used before, for temporary names."""
    return time.monotonic_ns()
