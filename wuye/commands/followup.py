"""What follow-ups can do besides the common verbs: the monthly round, drawn from what was settled (domain.md 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from wuye import followed, records, summary, when
from wuye.basis import Basis
from wuye.call import WRITES, Call, Opt, Verb
from wuye.days import month_end
from wuye.errors import BadInput, Damaged, Problem
from wuye.followed import FOLLOWED, Draw
from wuye.numerals import fold
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet, about, place
from wuye.typed import understand
from wuye.wanted import Wanted

KIND = records.kind("followup")
GIVEN = ("due_on", "asked_by")
MOST = 200
OPTIONS = (
    Opt("per_category", "每类抽几件（不写为 5）", metavar="N"),
    Opt("category", "只抽这几类，用逗号分开，如 投诉,工程单", metavar="KINDS"),
    Opt("due_on", "回访期限", metavar="DAY"),
    Opt("asked_by", "回访人", metavar="NAME"),
    *(one for one in WRITES if one.name in ("dry_run", "yes")),
)
COLUMNS = (
    Column("kind_zh", "类别"), Column("of", "编号"), Column("settled", "办结时间"), Column("place", "何处何人"),
    Column("text", "内容", wide=True), Column("id", "回访编号"),
)  # fmt: skip
COUNTED = (
    Column("kind_zh", "类别"), Column("settled", "当月办结", right=True), Column("left", "还没有回访", right=True),
    Column("before", "已抽", right=True), Column("number", "这次抽", right=True),
)  # fmt: skip


class Asked(NamedTuple):
    """What is to be drawn: the first day of the month, how many of each kind, and what goes with each record."""

    first: date
    number: int
    kinds: tuple[Kind, ...]
    words: Mapping[str, str]

    @property
    def month(self) -> str:
        """`2026-10`."""
        return f"{self.first:%Y-%m}"


def draw(call: Call) -> Sheet:
    """Show what is drawn, and where told to, plan a follow-up of each in one write; drawn again it adds nothing."""
    call.no_words(1)
    asked, who = _asked(call), call.who
    office = call.office
    found = _drawn(call, asked)
    chosen = [record for one in found for record in one.drawn]
    if not chosen:
        return _sheet(call, asked, found, (), ("没有可抽的：都已回访，或已抽够",))
    if call.flag("dry_run"):
        return _sheet(call, asked, found, (), ("试运行：没有写入",))
    question = f"{asked.month} 抽出 {len(chosen)} 件。登记回访吗"
    if not call.flag("yes") and not (call.desk.terminal and call.desk.confirm(question)):
        return _sheet(call, asked, found, (), ("预览：没有写入；确认后加 --yes 登记回访",))
    rows = [{"of": record.id, "round": asked.month, **asked.words} for record in chosen]
    done = office.add(KIND, rows, who, batch=True)
    sheet = _sheet(call, asked, found, done.records, done.notes)
    if done.uncommitted:
        return sheet._replace(problems=done.uncommitted.problems, exit_code=done.uncommitted.exit_code)
    return sheet


def _drawn(call: Call, asked: Asked) -> list[Draw]:
    """What is drawn. Over damaged data nothing is: a follow-up might be missed. Raises Damaged."""
    office = call.office
    last = month_end(asked.first.year, asked.first.month)
    start, end = (int(at.timestamp()) for at in summary.bounds(asked.first, office.settings.zone, last))
    matters, problems = office.select_all(Wanted(alive=(start, end)), asked.kinds)
    known, wrong = office.select(KIND)
    if problems or wrong:
        raise Damaged(*problems, *wrong)
    return followed.draw({k.name: found for k, found in matters.items()}, known, asked.month, asked.number)


def _asked(call: Call) -> Asked:
    """What is asked for. Raises BadInput with every mistake."""
    office, problems = call.office, list[Problem]()
    today = office.now.date()
    first = today.replace(day=1)
    if not call.words:
        problems.append(Problem(f"缺少月份：请写在命令后面，如 wuye followup draw {first:%Y-%m}", field="month"))
    else:
        try:
            first, last = when.period(call.words[0], today)
            if first.day != 1 or last != month_end(first.year, first.month):
                raise ValueError(f"“{call.words[0]}”不是一个月：请写 2026-10、上月 这样")
            if first > today:
                raise ValueError(f"{first:%Y-%m} 还没有到：请写已经开始的月份")
        except ValueError as error:
            problems.append(Problem(f"月份：{error}", field="month"))
    word = fold(call.text("per_category")).strip() or "5"
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0
    if not 1 <= number <= MOST:
        problems.append(Problem(f"--per-category 应是 1 到 {MOST} 的整数，现为“{word}”：请改正", field="per_category"))
    known = {name: zh for name, _, zh in records.KINDS if name in FOLLOWED}
    names = []
    for part in (p.strip() for p in fold(call.text("category")).replace("、", ",").split(",") if p.strip()):
        name = records.name_of(part)
        if name not in known:
            kinds = "、".join(f"{code}({zh})" for code, zh in known.items())
            problems.append(Problem(f"--category 没有“{part}”这一类：请从这些里选：{kinds}", field="category"))
        else:
            names.append(name)
    words = {name: call.text(name) for name in GIVEN if call.text(name)}
    problems += understand(KIND, words, office.typing)[1]
    if problems:
        raise BadInput(*problems)
    kinds_ = tuple(records.kind(name) for name in known if not names or name in names)
    return Asked(first, number, kinds_, words)


def _sheet(
    call: Call, asked: Asked, found: Sequence[Draw], made: Sequence[Record], notes: Sequence[str]
) -> Sheet:
    numbers = {str(r["of"]): r.id for r in made}
    now: datetime = call.office.now
    basis = call.office.basis()
    rows = tuple(_row(record, numbers, basis) for one in found for record in one.drawn)
    counts = tuple(
        {"kind": one.kind, "kind_zh": records.kind(one.kind).zh, "settled": one.settled, "left": one.left,
         "before": one.before, "number": len(one.drawn)}
        for one in found
    )  # fmt: skip
    title = f"{asked.month} 月度回访：{'已登记' if made else '抽出'} {len(rows)} 件"
    return Sheet(
        "wuye.followup.draw", COLUMNS, rows, now, title, headed=True, notes=tuple(notes), empty="没有可抽的",
        sections=(Sheet("wuye.followup.counts", COUNTED, counts, now, "各类情况"),),
        more={"month": asked.month, "per_category": asked.number, "counts": counts},
        foot="口径：当月办结、还没有回访也没有写明不回访的；按编号定序抽取，谁抽都一样",
    )  # fmt: skip


def _row(record: Record, numbers: Mapping[str, str], basis: Basis) -> dict[str, Any]:
    return {
        "of": record.id, "kind": record.kind.name, "kind_zh": record.kind.zh, "settled": followed.settled_at(record),
        "place": place(record), "text": about(record, basis), "id": numbers.get(record.id),
    }  # fmt: skip


VERBS = (
    Verb("draw", "抽取", draw, OPTIONS, "MONTH", frozenset(),
         "月度回访：从当月办结的里按类别抽取，先预览，加 --yes 登记"),
)  # fmt: skip
