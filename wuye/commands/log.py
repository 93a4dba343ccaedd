"""`wuye log`: what was written in the office, newest first, a line a command; what was changed by hand as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from wuye import message, records, when
from wuye.annals import Annals, Commit
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.monthfiles import path_of
from wuye.past import kind_at
from wuye.schema import Kind
from wuye.sheet import Column, Sheet
from wuye.telling import HAND_ZH
from wuye.typed import nearest

MOST, NAMED, ENOUGH = 50, 3, 500
OPTIONS = (
    Opt("period", "期间：2026-11、2026、本月、上周、all", metavar="PERIOD"),
    Opt("since", "从哪天（含）", metavar="DAY"),
    Opt("until", "到哪天（含）", metavar="DAY"),
    Opt("by", "只看谁做的", metavar="NAME"),
    Opt("kind", "只看哪一种记录", metavar="KIND"),
    Opt("limit", f"最多几条，0 为不限（不写为 {MOST}）", metavar="N"),
)


class Wanted(NamedTuple):
    """Which commands are asked for."""

    since: date | None
    until: date | None
    by: str
    kind: Kind | None
    limit: int


def run(call: Call) -> Sheet:
    """A line a commit, what is not committed first."""
    call.no_words()
    wanted, zone = _heard(call), call.office.settings.zone
    annals = Annals(call.office.git)
    annals.need()
    call.office.store.settle()
    rows, notes = [], []
    if not (wanted.by or wanted.since or wanted.until):
        rows = _uncommitted(annals, wanted.kind)
    for count, commit in enumerate(_commits(annals, wanted, zone)):
        if wanted.limit and count == wanted.limit:
            notes.append(f"只列最近 {wanted.limit} 条；更早的请用 --limit、--since 或 --period")
            break
        rows.append(_row(commit, zone))
    what = Column("what", "做了什么", wide=True)
    columns = (Column("at", "时间"), Column("by", "经办"), what, Column("commit", "提交"))
    return Sheet(
        "wuye.log", columns, tuple(rows), call.office.now, "操作记录", notes=tuple(notes), empty="没有操作记录",
    )  # fmt: skip


def _heard(call: Call) -> Wanted:
    """The filters as typed, all mistakes at once."""
    problems: list[Problem] = []
    since: date | None = None
    until: date | None = None
    if words := call.text("period"):
        try:
            first, last = when.period(words, call.office.now.date())
            since, until = (first if first != date.min else None), (last if last != date.max else None)
        except ValueError as error:
            problems.append(Problem(f"--period：{error}", field="period"))
    days: dict[str, date | None] = {"since": since, "until": until}
    for option in days:
        if words := call.text(option):
            try:
                value = when.parse(words, call.office.typing.now, "any", call.office.typing.desk)
                days[option] = value.date() if isinstance(value, datetime) else value
            except ValueError as error:
                problems.append(Problem(f"--{option}：{error}", field=option))
    limit, kind = call.text("limit") or str(MOST), None
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        problems.append(Problem(f"--limit 应是整数，现为“{limit}”", field="limit"))
    if words := call.text("kind"):
        if name := records.name_of(words):
            kind = records.kind(name)
        else:
            near = nearest(words, [word for row in records.KINDS for word in row])
            problems.append(Problem(f"--kind 没有“{words}”这种记录{near}", field="kind"))
    if problems:
        raise BadInput(*problems)
    return Wanted(days["since"], days["until"], " ".join(call.text("by").split()), kind, int(limit))


def _commits(annals: Annals, wanted: Wanted, zone: tzinfo) -> Iterator[Commit]:
    """The commits asked for. git leaves out those of others and of other kinds; days are compared here, because git
    compares when they were committed, ends at the first that is too old, and a clock may have been wrong for a while.
    """
    options = ["--fixed-strings", f"--author={wanted.by} <"] if wanted.by else []
    paths = [f":(glob){path_of(wanted.kind, '*')}"] if wanted.kind else []
    most = wanted.limit and wanted.limit + 1
    if wanted.since or wanted.until:
        dated = _of_days(annals.dated(*options, paths=paths), wanted, zone)
        yield from annals.whole([commit.hash for commit in islice(dated, most or None)], paths)
        return
    for commit in annals.walk(*options, paths=paths, first=most):
        if not wanted.by or commit.author == wanted.by:
            yield commit


def _of_days(commits: Iterable[Commit], wanted: Wanted, zone: tzinfo) -> Iterator[Commit]:
    too_old = 0
    for commit in commits:
        day = _at(commit, zone).date()
        too_old = too_old + 1 if wanted.since and day < wanted.since else 0
        if too_old > ENOUGH:
            return
        if not too_old and not (wanted.until and day > wanted.until) and wanted.by in ("", commit.author):
            yield commit


def _at(commit: Commit, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(commit.at).astimezone(zone)


def _listed(paths: tuple[str, ...] | list[str]) -> str:
    return "、".join(paths[:NAMED]) + (f" 等 {len(paths)} 个文件" if len(paths) > NAMED else "")


def _row(commit: Commit, zone: tzinfo) -> dict[str, Any]:
    told = message.read(commit.message)
    words, hand = told.words, not told.ours
    if len(commit.parents) > 1:
        words = f"合并：{told.words}"
    elif hand:
        words = f"{HAND_ZH}：{told.words}（{_listed(commit.paths)}）"
    kinds = dict.fromkeys(kind.name for path in commit.paths if (kind := kind_at(path)))
    return {
        "at": _at(commit, zone), "by": commit.author, "what": words, "commit": commit.short, "step": told.step,
        "kinds": list(kinds), "ids": list(told.ids), "by_hand": hand, "files": list(commit.paths),
    }  # fmt: skip


def _uncommitted(annals: Annals, kind: Kind | None) -> list[dict[str, Any]]:
    """What is saved, or changed by hand, and not committed yet."""
    paths = [path for path in annals.changed() if kind is None or kind_at(path) is kind]
    if not paths:
        return []
    kinds = dict.fromkeys(one.name for path in paths if (one := kind_at(path)))
    return [{
        "at": None, "by": "", "what": f"未提交：{_listed(paths)}", "commit": "", "step": "", "kinds": list(kinds),
        "ids": [], "by_hand": False, "files": paths,
    }]  # fmt: skip


VERB = Verb("log", "操作记录", run, OPTIONS, "", frozenset(), "做过的操作，从新到旧，一行一次命令")
