"""`wuye assessment`: indicators, rewards and penalties of a month or year, each with its records (40)."""

from __future__ import annotations

from datetime import date
from typing import Any

from wuye import assessing, conduct, days, figures, figures_money, owing, records, scheme, when
from wuye.assessing import SIDE_ZH, Line
from wuye.call import Call, Opt, Verb
from wuye.commands.figures import books_of, cohort_of, of_records
from wuye.errors import BadInput, Damaged, Problem
from wuye.figures_money import NONE, Figure
from wuye.money import show
from wuye.record import Record
from wuye.scheme import INDICATORS, Scheme
from wuye.sheet import Column, Sheet

OPTIONS = (
    Opt("person", "只看这个人的", metavar="NAME"),
    Opt("year", "看全年的（到月底为止）", flag=True),
)
_YES = {True: "是", False: "否", None: NONE}
COLUMNS = (
    Column("side", "奖罚", SIDE_ZH.__getitem__), Column("zh", "事项"), Column("person", "人员"), Column("when", "期间"),
    Column("found", "情况", wide=True), Column("set", "标准", lambda text: text or NONE),
    Column("reached", "成立", _YES.__getitem__),
    Column("amount", "金额", lambda amount: NONE if amount is None else show(amount), right=True),
    Column("ids", "编号", wide=True),
)  # fmt: skip
INDICATED = (
    Column("zh", "指标"), Column("shown", "数值", right=True), Column("target", "目标", lambda text: text or NONE),
    Column("reached", "达标", _YES.__getitem__), Column("words", "口径", wide=True),
)  # fmt: skip
TOTALS = (
    Column("person", "人员"), Column("rewards", "奖励", show, right=True),
    Column("penalties", "处罚", show, right=True), Column("unset", "没有设金额的项", right=True),
)  # fmt: skip
CONDUCT = ("inspection", "nonconformity")


def run(call: Call) -> Sheet:
    """Everything that counts, from the records. Raises Damaged: a wrong assessment is worse than none."""
    call.no_words(1)
    office = call.office
    since, until = _span(call)
    told: Scheme = office.settings.section("assessment", scheme.parse)
    as_of, first = min(until, office.now.date()), date(since.year, 1, 1)
    source = owing.owing(office, as_of, whole=True)
    plan = assessing.targets(
        row for one in source.plans if not one.void and one.get("year") == since.year and one.get("plan") == "dunning"
        for row in one.get("targets") or ()
    )  # fmt: skip
    books, year = books_of(source, since, until), books_of(source, first, until)
    definitions = {one.name: one for one in figures_money.FIGURES}
    worked = [figures_money.worked_out(books, definitions[name])[0] for name in INDICATORS if name in definitions]
    counted = [one for one in figures.FIGURES if one.name in INDICATORS]
    cohort = cohort_of(office, since, until, as_of)
    worked += [of_records(one) for one in figures.worked_out(cohort, counted) if "." not in one.name]

    def of(name: str, by: str) -> list[Figure]:
        return figures_money.worked_out(books, definitions[name], by)

    def of_year(name: str, by: str) -> list[Figure]:
        return figures_money.worked_out(year, definitions[name], by)

    label = f"{since:%Y-%m}" if (since.year, since.month) == (until.year, until.month) else f"{since:%Y}"
    findings = assessing.within(conduct.breaches(_load(call, *CONDUCT)), since, until)
    verdicts = assessing.within(conduct.judgements(_load(call, "incident")), since, until)
    lines = [
        *assessing.judged(verdicts, told), *assessing.collection(of, plan, told, label),
        *assessing.prior(of_year, plan, told, since.year), *assessing.dunned(of_year, told, since.year),
        *assessing.breaches(findings, told),
    ]  # fmt: skip
    order = [one.code for one in scheme.CLAUSES]
    lines.sort(key=lambda one: (order.index(one.code), one.person, one.when))
    if person := call.text("person").strip():
        lines = [one for one in lines if one.person == person]
    shown = tuple(_indicator(one) for one in assessing.indicators(worked, told))
    sums = tuple(
        {"person": t.person, "rewards": t.rewards, "penalties": t.penalties, "unset": t.unset}
        for t in assessing.totals(lines)
    )
    now = office.now
    sections = (
        Sheet("wuye.assessment.indicators", INDICATED, shown, now, "指标"),
        Sheet("wuye.assessment.totals", TOTALS, sums, now, "按人合计（成立的）", empty="没有成立的奖罚"),
    )
    return Sheet(
        "wuye.assessment", COLUMNS, tuple(map(_row, lines)), now,
        f"{office.settings.name} 绩效考核 {since} 至 {until}，截至 {as_of}", headed=True, sections=sections,
        empty="没有奖罚事项",
        more={"since": since, "until": until, "as_of": as_of, "indicators": shown, "totals": sums},
        foot=f"{NONE} 是没有在 wuye.yaml 的 assessment 里设标准或金额；着装、记录等按月计次；突发事件由人评定；"
             "由主管审定后执行",
    )  # fmt: skip


def _span(call: Call) -> tuple[date, date]:
    """The days that are assessed: a month, or the year up to its end. Raises BadInput."""
    today = call.office.now.date()
    try:
        since, until = when.period(call.words[0] if call.words else "本月", today)
        if since.year != until.year:
            raise ValueError("期间应在同一年里")
        if since > today:
            raise ValueError("还没有到，请核对")
    except ValueError as error:
        raise BadInput(Problem(f"期间：{error}", field="period")) from error
    if call.flag("year"):
        since, until = date(since.year, 1, 1), days.month_end(until.year, until.month)
    return since, until


def _load(call: Call, *names: str) -> list[Record]:
    found: list[Record] = []
    for name in names:
        mine, problems = call.office.load(records.kind(name))
        if problems:
            raise Damaged(*problems)
        found += mine
    return found


def _row(one: Line) -> dict[str, Any]:
    return {
        "code": one.code, "side": one.side, "zh": one.zh, "person": one.person, "when": one.when, "found": one.found,
        "set": one.set, "reached": one.reached, "amount": one.amount, "ids": list(one.ids),
    }  # fmt: skip


def _indicator(one: assessing.Indicator) -> dict[str, Any]:
    figure = one.figure
    base = NONE if figure.denominator is None else f"{figure.denominator:,}"
    unit = figure.unit if figure.unit in ("%", "‰") else f" {figure.unit}"
    return {
        "name": figure.name, "zh": figure.zh, "value": figure.value,
        "shown": figure.shown + (f"（{figure.numerator:,}/{base}）" if figure.denominator is not None else ""),
        "target": "" if one.target is None else f"{one.target:,}{unit}", "reached": one.reached, "words": figure.words,
        "numerator_ids": list(figure.top), "denominator_ids": list(figure.base),
    }  # fmt: skip


_HELP = "指标、奖励、处罚，每一项带编号（不写期间为本月）"
VERB = Verb("assessment", "绩效考核", run, OPTIONS, "[PERIOD]", frozenset(), _HELP)
