"""Makes wuye/calendar/cn.tsv from the yearly notices of holiday-cn (its origin: wuye/calendar/SOURCE.txt).

Command: python tests/make_calendar.py ../shared/data/holiday-cn
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TABLE = Path(__file__).parents[1] / "wuye" / "calendar" / "cn.tsv"
# Counts the tables made after one year's notice: raise it when days change but no year is added.
REVISION = 1


def table(folder: Path) -> str:
    """The text of cn.tsv: the days of every notice in the folder, in order.

    A notice also holds days of its neighbour year, so no file is right alone. Raises ValueError where two
    notices differ about a day.
    """
    days: dict[str, str] = {}
    published = []
    for path in sorted(folder.glob("[0-9]*.json")):
        notice = json.loads(path.read_text("utf-8"))
        if notice["papers"] and notice["days"]:
            published.append(notice["year"])
        for entry in notice["days"]:
            day, line = entry["date"], f"{'off' if entry['isOffDay'] else 'work'}\t{entry['name']}"
            if days.setdefault(day, line) != line:
                raise ValueError(f"{path.name} says {line!r} of {day}, an earlier file {days[day]!r}")
    header = (
        "# Days off and make-up workdays of the State Council's yearly notices; origin in SOURCE.txt.",
        "# Made by tests/make_calendar.py: do not edit. An office's own days belong in its folder calendar.",
        f"# edition: cn-{max(published)}.{REVISION}",
        f"# published: {' '.join(map(str, sorted(published)))}",
    )
    return "\n".join([*header, *(f"{day}\t{days[day]}" for day in sorted(days))]) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(Path(sys.argv[1])), "utf-8", newline="\n")
