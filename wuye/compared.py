"""A report as it was known then beside the same report as corrected since, with every record that differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from wuye import records, when, yesterday
from wuye.call import Call, Opt
from wuye.differences import BESIDE_HOW, HOW, Difference, Number, difference, numbers, row, totals
from wuye.errors import BadInput, Problem, WuyeError
from wuye.number import parse
from wuye.office import Office
from wuye.past import Past
from wuye.settings import FILE
from wuye.sheet import Column, Sheet
from wuye.summary import Bounds
from wuye.yesterday import AS_KNOWN, Yesterday

OPTION = Opt("compare", "当时所知和更正后两栏对照，列出有出入的记录（当时：这段时间结束时，或 --as-of）", flag=True)
ALWAYS = ("figures", "money")
CALENDAR = "calendar/"
NUMBERS = (
    Column("zh", "数目或指标"), Column("then_shown", AS_KNOWN, right=True), Column("now_shown", "更正后", right=True),
    Column("difference", "相差", lambda n: "" if not n else f"{n:+}", right=True),
    Column("only_now", "多了的编号", "、".join, wide=True), Column("only_then", "少了的编号", "、".join, wide=True),
)  # fmt: skip
RECORDS = (
    Column("id", "编号"), Column("how", "出入", (HOW | BESIDE_HOW).__getitem__), Column("words", "内容", wide=True),
    Column("recorded", "录入时间"), Column("by", "经办"), Column("counts", "影响数目"),
)  # fmt: skip


def sheet(call: Call, span: Bounds, title: str, told: Callable[[Office], Sheet]) -> Sheet:
    """The comparison of what `told` says of a span in both offices.

    Raises BadInput for a time that was not yet, or is not over; Refused where nothing is known of then.
    """
    live = call.live
    moment = _moment(call, live, span)
    past = call.past(moment)
    found = numbers(told(past), told(yesterday.corrected(live, moment)))
    known, reset = _differences(live, past)
    told_of = _told(live, known, {name for one in found for name in (*one.only_then, *one.only_now)}, span)
    rows = tuple(_row(one) for one in found if _shown(one))
    listed = Sheet("wuye.compare.records", RECORDS, tuple(map(row, told_of)), live.now,
                   f"有出入的记录 {len(told_of)} 条", empty="没有")  # fmt: skip
    count = totals(told_of)
    said = "、".join(f"{HOW[how]} {number} 条" for how, number in count.items() if number) or "没有有出入的记录"
    return Sheet(
        "wuye.compare", NUMBERS, rows, live.now, f"{title} 对照：{AS_KNOWN}与更正后", headed=True,
        sections=(listed,) if told_of else (), empty="没有数目",
        more={"known": yesterday.told(past.then), "records": listed.rows, "counts": count,
              "differing": sum(one.differs for one in found), "settings_differ": reset},
        foot=f"{yesterday.words(past.then)}\n更正后：按现在的记录，也截至 {when.read_back(moment)}；{said}\n"
             "影响数目为“否”的，是截止以后才作废或更正的：两栏都不算"
             + ("\n设置或日历后来改过：两栏各按自己的" if reset else ""),
    )  # fmt: skip


def _moment(call: Call, live: Office, span: Bounds) -> datetime:
    """The moment of which knowledge is compared: the end of the span, or what `--as-of` says."""
    begins, moment = span[0], span[1] - timedelta(seconds=1)
    if typed := call.text("as_of"):
        try:
            moment = yesterday.moment_of(when.parse(typed, live.now, "any", live.settings.desk), live.now)
        except ValueError as error:
            raise BadInput(Problem(f"--as-of：{error}", field="as_of")) from error
    if moment < begins:
        raise BadInput(Problem(f"--as-of：{moment.date()} 时 {begins.date()} 还没有到，请写以后的日期", field="as_of"))
    if moment >= live.now:
        words = f"{moment.date()} 还没有结束，没有什么可对照：请用 --as-of 写明与哪天所知对照"
        raise BadInput(Problem(words, field="as_of"))
    return moment


def _differences(live: Office, past: Yesterday) -> tuple[list[Difference], bool]:
    """Every record of which something else is known now; whether the settings or calendars are others, too."""
    live.store.settle()
    memory, found = Past(live), []
    for change in memory.between(past.then.commit):
        for name in change.ids():
            if one := difference(*memory.pair(change, name), past.then.moment):
                found.append(one)
    paths = memory.annals.differing(past.then.commit)
    return found, any(path == FILE or path.startswith(CALENDAR) for path in paths)


def _told(live: Office, known: Iterable[Difference], moved: Collection[str], span: Bounds) -> list[Difference]:
    """The records to be told of, in the order of their numbers: what moves a number, and what was received then."""
    found = {}
    for one in known:
        one = one._replace(counts=one.counts or one.record.id in moved)
        if one.counts or (one.how in HOW and _within(one, span)):
            found[one.record.id] = one
    for name in sorted(set(moved) - found.keys()):
        if (number := parse(name)) and (kind := records.name_of(number.prefix)):
            with suppress(WuyeError):
                found[name] = Difference(live.get(records.kind(kind), name), "same", True)
    return sorted(found.values(), key=lambda one: (one.record.kind.name, one.record.id))


def _within(one: Difference, span: Bounds) -> bool:
    return span[0] <= one.record.received < span[1]


def _shown(one: Number) -> bool:
    """Counts that are not nought and every figure; of all else what differs."""
    whole = one.part == "counts" and "." not in one.row and bool(one.then or one.now)
    return one.differs or whole or one.part in ALWAYS


def _row(one: Number) -> dict[str, Any]:
    return {
        "part": one.part, "row": one.row, "column": one.column, "zh": one.zh, "then": one.then, "now": one.now,
        "then_shown": one.shown[0], "now_shown": one.shown[1], "difference": one.difference,
        "only_then": one.only_then, "only_now": one.only_now, "differs": one.differs,
    }  # fmt: skip
