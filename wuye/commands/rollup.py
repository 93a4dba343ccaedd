"""`wuye rollup DIR…`: the figures of many offices side by side, and of all together (docs/scale.md)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from wuye import clock, settings, when, workdays
from wuye.call import Call, Opt, Verb
from wuye.commands import figures
from wuye.commands.init import folder
from wuye.errors import BadInput, Problem, WuyeError
from wuye.export import figures as lines
from wuye.figures_money import NONE
from wuye.rollup import Rollup, Side
from wuye.sheet import Column, Sheet
from wuye.typed import nearest
from wuye.values import many

TOTAL, ONE_FILE = "合计", "figures.jsonl"
ORDINARY = workdays.Calendar({}, {}, frozenset(), "")
OPTIONS = (
    Opt("period", "期间：2026-11、2026、本月（不写为截至日所在的年）", metavar="PERIOD"),
    Opt("as_of", "截至哪天（不写为今天；导出的取最新一份）", metavar="DAY"),
    Opt("figure", "只要哪些指标，用逗号分开", metavar="NAME"),
    Opt("total", "只要合计", flag=True),
)
COLUMNS = (
    Column("zh", "指标"), Column("office", "台账", lambda name: name or TOTAL), Column("shown", "数值", right=True),
    Column("numerator", "分子", lambda amount: f"{amount:,}", right=True),
    Column("denominator", "分母", lambda amount: NONE if amount is None else f"{amount:,}", right=True),
    Column("offices", "台账数", right=True), Column("as_of", "截至"), Column("words", "口径", wide=True),
)  # fmt: skip


def run(call: Call) -> Sheet:
    """Every office, then all together, figure by figure; what cannot be read is told and left out (65)."""
    names, since, until, as_of = _asked(call)
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory(prefix="wuye-") as name:
        work = Path(name)
        whole = Rollup(work, since, until, call.text("as_of") and as_of.isoformat())
        for word in call.desk.progress(call.words):
            problems += _take(whole, work, call, word, (since, until, as_of))
        problems += map(Problem, whole.settle())
        if names:
            whole.only(names)
        rows = list(_rows(whole, call.flag("total")))
    days = sorted({row["as_of"] for row in rows if row["as_of"]})
    foot = f"各台账截至的日子不一：{days[0]} 到 {days[-1]}" if len(days) > 1 else ""
    return Sheet(
        "wuye.rollup", COLUMNS, tuple(rows), clock.now(), f"各台账指标 {since} 至 {until}", headed=True, foot=foot,
        more={"since": since, "until": until}, problems=tuple(problems), exit_code=65 if problems else 0,
        empty="没有可以并列的指标",
    )  # fmt: skip


def _asked(call: Call) -> tuple[list[str], date, date, date]:
    """What was typed, all mistakes at once. Raises BadInput."""
    problems = [] if call.words else [Problem("缺少台账文件夹或放导出的文件夹：请写在命令后面，可写多个")]
    today = clock.now().date()
    known = {word: name for name, zh in figures.EVERY.items() for word in (name, zh)}
    for word in many(call.text("figure")):
        if word not in known:
            problems.append(Problem(f"--figure 没有“{word}”这个指标{nearest(word, known)}", field="figure"))
    as_of, since, until = today, today, today
    try:
        as_of = _day(call.text("as_of"))
    except ValueError as error:
        problems.append(Problem(f"--as-of：{error}", field="as_of"))
    try:
        since, until = figures.span(call.text("period"), as_of, today)
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    places = [folder(call, word).resolve() for word in call.words]
    problems += [Problem(f"{w} 写了两次：请去掉一个") for i, w in enumerate(call.words) if places[i] in places[:i]]
    if problems:
        raise BadInput(*problems)
    return [known[word] for word in many(call.text("figure"))], since, until, as_of


def _day(words: str) -> date:
    """The day that was typed, today without one. Raises ValueError."""
    if not words:
        return clock.now().date()
    heard = when.parse(words, clock.now(), "any", workdays.DeskTime(ORDINARY))
    return heard.date() if isinstance(heard, datetime) else heard


def _take(whole: Rollup, work: Path, call: Call, word: str, span: tuple[date, date, date]) -> Iterator[Problem]:
    """One folder or export: an office is worked out now, of exports every file is read."""
    root = folder(call, word)
    if (root / settings.FILE).is_file():
        own = Call(call.desk, (), {**call.given, "office": str(root)}, judges=True)
        try:
            office, target = own.office, work / ONE_FILE
            found, _ = figures.worked_out(office, tuple(figures.EVERY), "", *span)
            with target.open("w", encoding="utf-8") as into:
                into.writelines(lines.of_figures(found, office.settings.name, *span))
        except WuyeError as error:
            first = error.problems[0]
            more = f"等 {len(error.problems)} 处" if len(error.problems) > 1 else ""
            yield Problem(f"{word}：读不出来，没有算进来（{first}{more}）")
            return
        finally:
            own.let_go()
        call.aside += tuple(f"{word}：{words}" for words in own.aside)
        whole.take(word, [target])
        return
    if not root.exists():
        yield Problem(f"{word}：没有这个文件夹或文件，没有算进来；请核对路径")
        return
    count, wrong = whole.take(word, sorted(root.rglob("*.jsonl")) if root.is_dir() else [root])
    for file in wrong:
        name = file.relative_to(root) if root.is_dir() else file.name
        yield Problem(f"{word}：{name} 读不懂，没有算进来；请重新导出")
    if not count and not wrong:
        how = "请在各台账运行 wuye export figures --period … --out 文件.jsonl"
        yield Problem(f"{word}：没有这个期间的指标，没有算进来；{how}")


def _rows(whole: Rollup, only_totals: bool) -> Iterator[dict[str, Any]]:
    """Figure by figure the offices, after them all together."""
    totals = {one.figure.name: one for one in whole.totals()}
    if only_totals:
        yield from (_row(one) for one in totals.values())
        return
    last = ""
    for one in whole.rows():
        if last and one.figure.name != last:
            yield _row(totals[last])
        last = one.figure.name
        yield _row(one)
    if last:
        yield _row(totals[last])


def _row(one: Side) -> dict[str, Any]:
    told = one.figure
    return {
        "name": told.name, "zh": told.zh, "office": one.office, "value": told.value, "unit": told.unit,
        "shown": told.shown, "numerator": told.numerator, "denominator": told.denominator, "offices": one.offices,
        "as_of": one.as_of, "words": told.words,
    }  # fmt: skip


VERB = Verb(
    "rollup", "汇总各台账", run, OPTIONS, "DIR...", frozenset(), "几个台账的指标并列和合计（扩展 rollup）",
)  # fmt: skip
