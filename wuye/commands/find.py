"""`wuye find WORDS...`: records of every kind in which all the words stand, newest first."""

from __future__ import annotations

from wuye import finding, when
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.query import bounds
from wuye.sheet import Column, Sheet, place, state_zh
from wuye.typed import scan

MOST = 50
OPTIONS = (
    Opt("period", "期间：2026-11、2026、本月、上周（不写为全部）", metavar="PERIOD"),
    Opt("limit", f"最多几条，0 为不限（不写为 {MOST}）", metavar="N"),
)
COLUMNS = (
    Column("id", "编号"),
    Column("kind_zh", "种类"),
    Column("status_zh", "状态"),
    Column("received", "受理时间"),
    Column("place", "何处何人"),
    Column("text", "内容", wide=True),
)


def run(call: Call) -> Sheet:
    """Hits with the words around them; private values masked."""
    office = call.asked
    sought, since, until, limit = _hear(call)
    basis = office.basis()
    records, total, problems = office.find(sought, since, until, limit)
    rows = tuple(
        {
            "id": r.id,
            "kind": r.kind.name,
            "kind_zh": r.kind.zh,
            "status": r.status,
            "status_zh": state_zh(r.kind, r.status),
            "received": r.received,
            "place": place(r),
            "text": finding.excerpt(r, sought, basis),
        }
        for r in records
    )
    left = total - len(rows)
    notes = (f"还有 {left} 条更早的没有列出：请多写几个词，用 --period 限定期间，或用 --limit 0 全列",) if left else ()
    return Sheet(
        "wuye.find", COLUMNS, rows, office.now, "查找", notes=notes, problems=tuple(problems), more={"total": total},
        exit_code=65 if problems else 0,
    )  # fmt: skip


def _hear(call: Call) -> tuple[tuple[finding.Sought, ...], int | None, int | None, int]:
    """The words, the days and the limit as typed. Raises BadInput with all mistakes."""
    problems: list[Problem] = []
    words = call.words
    sought = finding.hear(words, call.asked.items_zh)
    if not sought:
        problems.append(Problem("缺少要查找的词：请写在命令后面，几个词用空格分开"))
    if problem := scan(" ".join(words), "WORDS", "要查找的词"):
        problems.append(problem)
    since = until = None
    try:
        if period := call.text("period"):
            since, until = when.period(period, call.asked.now.date())
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    limit = call.text("limit") or str(MOST)
    if not (limit.isascii() and limit.isdigit()):
        problems.append(Problem(f"--limit 应是整数，现为“{limit}”", field="limit"))
    if problems:
        raise BadInput(*problems)
    return sought, *bounds(since, until, call.asked.settings.zone), int(limit)


VERB = Verb("find", "查找", run, OPTIONS, "WORDS...", frozenset(), "查找各种记录：所有的词都要有，姓名可用拼音")
