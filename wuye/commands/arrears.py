"""`wuye arrears`: what is billed, due and unpaid as of any day, taken together as asked (domain.md J, K)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wuye import arrears, owing
from wuye.arrears import BY, NO_ADVICE, ONLY, Group, Line
from wuye.call import Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.money import show
from wuye.sheet import Column, Sheet
from wuye.typed import nearest

OPTIONS = (
    Opt("as_of", "截至哪天（不写为今天）", metavar="DAY"),
    Opt("by", f"按什么合计：{'、'.join(f'{code}({zh})' for code, (zh, _) in BY.items())}、line(逐笔)", metavar="WAY"),
    Opt("lapsing", "只看时效快届满的", flag=True),
    Opt("no_evidence", "只看没有可用凭证的", flag=True),
    Opt("limit", "最多显示几行，0 为不限；合计总是全部", metavar="N"),
    Opt("explain", "列出账单编号、违约金算法和时效依据", flag=True),
)


def amount_column(name: str, zh: str) -> Column:
    """A column of amounts."""
    return Column(name, zh, lambda amount: show(amount) if amount is not None else "", right=True)


LINES = (
    Column("debtor", "欠费人"), Column("item", "收费项目"), Column("period", "账期"), Column("bill", "账单"),
    Column("due", "应付日期"), Column("days", "逾期天数", right=True), Column("age", "账龄"),
    amount_column("principal", "本金"), amount_column("fee", "违约金"), amount_column("total", "合计"),
    Column("lapses", "时效届满"), Column("proved", "有凭证的届满日"), Column("evidence", "凭证"),
    Column("lapsed", "时效", lambda gone: "已届满" if gone else ""),
)  # fmt: skip


def group_columns(zh: str) -> tuple[Column, ...]:
    """The columns of arrears taken together."""
    return (
        Column("key", zh), Column("debtors", "户数", right=True), Column("bills", "账单数", right=True),
        amount_column("principal", "本金"), amount_column("fee", "违约金"), amount_column("total", "合计"),
        Column("oldest", "最早应付日期"),
    )  # fmt: skip


def run(call: Call) -> Sheet:
    """Lines or groups, the total of all of them whatever is shown."""
    call.no_words(1)
    office = call.office
    as_of = owing.asked_day(office, call.text("as_of"))
    by, limit = _asked(call)
    books = owing.owing(office, as_of, call.words[0] if call.words else "")
    found = list(books.arrears)
    who = ""
    if call.words:
        wanted = books.debtors(call.words[0])
        found = [line for line in found if line.debtor in wanted]
        who = f"{call.words[0]} "
    span = office.basis(*office.kinds()).span("dunning.lapse_warning")
    days = (office.settings.desk.add(office.now, span).date() - office.now.date()).days
    narrowed = call.flag("lapsing") or call.flag("no_evidence")
    if call.flag("lapsing"):
        found = [line for line in found if line.lapses_within(days)]
    if call.flag("no_evidence"):
        found = [line for line in found if not line.evidence]
    if by in ONLY:
        found = [line for line in found if ONLY[by](line)]
    by = by or ("line" if narrowed or (len({line.debtor for line in found}) == 1 and call.words) else "debtor")
    return _sheet(call, books, found, by, limit, f"{who}欠费，截至 {as_of}", days)


def _asked(call: Call) -> tuple[str, int]:
    """How it is to be taken together, and how many rows are shown. Raises BadInput."""
    problems = []
    word, limit = call.text("by").strip(), call.text("limit").strip() or "0"
    names = {code: code for code in (*BY, "line")} | {zh: code for code, (zh, _) in BY.items()} | {"逐笔": "line"}
    if word and word.lower() not in names:
        words = f"--by 没有“{word}”{nearest(word, names)}；可用：{'、'.join((*BY, 'line'))}"
        problems.append(Problem(words, field="by"))
    if not (limit.isascii() and limit.isdigit()):
        problems.append(Problem(f"--limit 应是不小于 0 的整数，现为“{limit}”：请改正", field="limit"))
    if problems:
        raise BadInput(*problems)
    return names.get(word.lower(), ""), int(limit)


def _sheet(
    call: Call, books: owing.Owing, found: Sequence[Line], by: str, limit: int, title: str, days: int
) -> Sheet:
    explain = call.flag("explain")
    columns: tuple[Column, ...] = LINES
    if by == "line":
        rows = tuple(line_row(line, explain) for line in found)
    else:
        columns = group_columns(BY[by][0])
        rows = tuple(group_row(group, explain) for group in arrears.grouped(found, by))
    total = arrears.together(found)
    hidden = len(rows) - limit if limit and len(rows) > limit else 0
    notes = [f"还有 {hidden} 行没有显示（--limit {limit}），合计是全部的"] if hidden else []
    lapsed, soon = [line for line in found if line.lapsed], [line for line in found if line.lapses_within(days)]
    warned = arrears.unsold(found, books.units)
    sections = (explained(found, books.office.now),) if explain and found else ()
    return Sheet(
        "wuye.arrears", columns, rows[: len(rows) - hidden], books.office.now, title, headed=True, empty="没有欠费",
        notes=(*notes, *warned), sections=sections,
        more={
            "as_of": books.as_of, "by": by, "total": group_row(total, False), "count": len(rows), "shown":
            len(rows) - hidden, "lapsing": [line.debt.id for line in soon], "lapsed": [line.debt.id for line in lapsed],
            "lapse_warning_days": days, "warnings": [*warned, *arrears.LAW, NO_ADVICE],
        },
        foot=_foot(total, len(lapsed), len(soon), days, bool(found)),
    )  # fmt: skip


def _foot(total: Group, lapsed: int, soon: int, days: int, any_: bool) -> str:
    said = [
        f"合计 {total.debtors} 户 {len(total.ids)} 笔：本金 {show(total.principal)}，违约金 {show(total.fee)}，"
        f"共 {show(total.total)} 元（未到应付日期的不算欠费）"
    ]
    if any_:
        said.append(f"时效：{soon} 笔在 {days} 天内届满，{lapsed} 笔已届满；{NO_ADVICE}")
        said.append("催收须知：" + "；".join(arrears.LAW))
    return "\n".join(said)


def line_row(line: Line, explain: bool = False) -> dict[str, Any]:
    """One debt as scripts read it."""
    row: dict[str, Any] = {
        "debtor": str(line.debtor), line.debtor.what: line.debtor.name, **({"bay": line.bay} if line.bay else {}),
        "item": line.item, "period": line.period, "bill": line.debt.id, "issued": line.debt.issued,
        "due": line.debt.due, "days": line.days, "age": line.age,
        "amount": line.debt.amount, "principal": line.open, "fee": line.fee_open, "total": line.total,
        "lapses": line.limit.lapses, "since": line.limit.since, "restarted_by": _restarted(line), "why": line.why,
        "proved": line.proved.lapses, "evidence": line.evidence, "lapsed": line.lapsed,
        "building": line.place.building, "collector": line.place.collector,
    }  # fmt: skip
    if explain:
        row["working"] = arrears.working(line)
        row["doubtful"] = [{"id": one.number, "day": one.day, "words": one.words} for one in line.doubtful]
    return row


def _restarted(line: Line) -> str:
    return "" if line.limit.by == line.debt.id and line.limit.since == line.debt.due else line.limit.by


def group_row(group: Group, explain: bool) -> dict[str, Any]:
    """Arrears taken together as scripts read them."""
    row: dict[str, Any] = {
        "key": group.key, "debtors": group.debtors, "bills": len(group.ids), "principal": group.principal,
        "fee": group.fee, "total": group.total, "oldest": group.oldest,
    }  # fmt: skip
    return row | ({"ids": list(group.ids)} if explain else {})


def explained(found: Sequence[Line], now: Any) -> Sheet:
    """Each debt with the working of its late fee and what its limitation rests on."""
    rows: list[Mapping[str, Any]] = []
    for line in found:
        head = {"bill": line.debt.id, "debtor": str(line.debtor)}
        rows.append({**head, "words": f"{line.item} {line.period} 应付 {line.debt.due}，未付本金 {show(line.open)}"})
        rows += [{"bill": "", "debtor": "", "words": f"违约金：{words}"} for words in arrears.working(line)]
        since = f"时效：自 {line.limit.since}（{line.why} {line.limit.by}）起三年，{line.limit.lapses} 届满"
        if line.proved != line.limit:
            since += f"；有凭证的只到 {line.proved.lapses}"
        rows.append({"bill": "", "debtor": "", "words": since})
        doubts = (f"不能证明：{one.day} {one.number} {one.words}" for one in line.doubtful)
        rows += [{"bill": "", "debtor": "", "words": words} for words in doubts]
    columns = (Column("bill", "账单"), Column("debtor", "欠费人"), Column("words", "算法和依据", wide=True))
    return Sheet("wuye.arrears.explain", columns, tuple(rows), now, "算法和依据")


VERB = Verb("arrears", "欠费", run, OPTIONS, "[ROOM|BUILDING]", frozenset(), "截至某天的欠费、账龄、违约金和时效")
