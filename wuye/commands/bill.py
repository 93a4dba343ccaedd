"""What bills can do besides the common verbs: the bill run of a month (domain.md 30)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from dateutil.relativedelta import relativedelta

from wuye import changes, closing, money, records, when
from wuye.billing import Ground, Known, Proposal, Run
from wuye.call import WRITES, Call, Opt, Verb
from wuye.charges import ChargeItem
from wuye.errors import BadInput, BadSettings, Damaged, Problem, Refused
from wuye.office import Office
from wuye.periods import Span
from wuye.proposing import propose
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.typed import nearest
from wuye.values import ROOM

READINGS_BACK = 6
LISTED = 20
_PERIOD = re.compile(rb"\n  period_(?:from|until): '?(\d{4}-\d\d)")
OPTIONS = (
    Opt("item", "只出这一项收费项目（代码或名称）", metavar="ITEM"),
    Opt("room", "只出这一户", metavar="ROOM"),
    Opt("explain", "逐行说明这一户的账单怎么算出来，不写入", metavar="ROOM"),
    *(one for one in WRITES if one.name in ("at", "dry_run", "yes")),
)
WAY = {"new": "待出账", "known": "已出账", "changed": "已出账，与现在不同", "free": "金额为 0，不出账"}
MONEY = partial(Column, show=money.show, right=True)
DIFFERENT = (Column("id", "账单"), Column("name", "房号或车位"), Column("item_zh", "收费项目"),
             Column("differs", "不同之处", wide=True))  # fmt: skip
LINES = (
    Column("item_zh", "收费项目"), Column("what", "明细"), Column("quantity", "数量"),
    Column("rate", "单价", right=True),
    Column("amount", "金额", lambda value: money.show(value) if value is not None else "", True),
    Column("note", "说明", wide=True), Column("state_zh", "情况"),
)  # fmt: skip


def run(call: Call) -> Sheet:
    """Propose the month's bills and, where told to, write them all at once; what is billed is left alone."""
    month, fits, explain = _asked(call)
    office, kind = call.office, records.kind("bill")
    issued = call.who.moment.date()
    if not office.settings.charges:
        raise BadSettings(Problem("还没有收费项目 charges：请照 docs/money.md 写进 wuye.yaml", file="wuye.yaml"))
    _refuse_closed(office, month, issued)

    def worked_out() -> Run:
        return propose(ground(office, month, issued)).of(fits)

    if explain:
        return _explained(office, worked_out(), month, explain)
    seen: list[Run] = []
    if not call.flag("yes") or call.flag("dry_run"):
        seen.append(worked_out())
        fresh = seen[0].fresh
        total = money.show(sum((p.amount for p in fresh), money.parse("0")))
        question = f"{month.start:%Y-%m} 待出账 {len(fresh)} 张，合计 {total} 元。出账吗"
        asks = call.desk.terminal and fresh and not call.flag("dry_run")
        if not (asks and call.desk.confirm(question)):
            hint = "试运行：没有写入" if call.flag("dry_run") else "预览：没有写入；确认无误后加 --yes 出账"
            return _summary(office, seen[0], month, notes=(hint,) if fresh else ())

    def made() -> Sequence[Mapping[str, Any]]:
        seen.append(worked_out())
        return [one.values(f"{month.start:%Y-%m}") for one in seen[-1].fresh]

    done = office.issue(kind, made, call.who, f"{month.start:%Y-%m} 出账")
    notes = done.notes if done.records else ("没有要新出的账单",)
    sheet = _summary(office, seen[-1], month, tuple(done.records), notes)
    if done.uncommitted:
        return sheet._replace(problems=done.uncommitted.problems, exit_code=done.uncommitted.exit_code)
    return sheet


def _asked(call: Call) -> tuple[Span, Callable[[Proposal], bool], str]:
    """The month, which proposals are wanted, and the room to explain. Raises BadInput with every mistake."""
    call.no_words(1)
    problems: list[Problem] = []
    office = call.office
    month = Span(date.min, date.max)
    try:
        word = call.words[0] if call.words else ""
        month = Span(*when.period(word, office.now.date())) if word else month
        if month.start.day != 1 or month.end != month.start + relativedelta(day=31):
            raise ValueError(f"出账要写一个整月，如 wuye bill run {office.now:%Y-%m}，现为“{word}”" if word else
                             f"缺少月份：请写在命令后面，如 wuye bill run {office.now:%Y-%m}")  # fmt: skip
    except ValueError as error:
        problems.append(Problem(str(error), field="month"))
    charges, item = office.settings.charges, call.text("item")
    code = charges.name_of(item) if item else None
    if item and code is None:
        known = [word for one in charges.values() for word in (one.code, one.zh)]
        problems.append(Problem(f"--item：没有“{item}”这个收费项目{nearest(item, known)}：请看 wuye.yaml 的 charges",
                                field="item"))  # fmt: skip
    rooms = {}
    for name in ("room", "explain"):
        try:
            rooms[name] = ROOM.parse(call.text(name), office.typing) if call.text(name) else ""
        except ValueError as error:
            problems.append(Problem(f"--{name}（房号）：{error}", field=name))
    if problems:
        raise BadInput(*problems)
    room = rooms["explain"] or rooms["room"]
    return month, lambda p: (not code or p.item.code == code) and (not room or p.room == room), rooms["explain"]


def _refuse_closed(office: Office, month: Span, issued: date) -> None:
    closes, problems = office.load(records.kind("monthclose"))
    if problems:
        raise Damaged(*problems)
    closed = closing.closed_months(closes)
    for name in dict.fromkeys((f"{month.start:%Y-%m}", f"{issued:%Y-%m}")):
        if name in closed:
            raise Refused(f"{name} 已月结，不能再出账：确要补出请先由会计重开这个月的月结")


def ground(office: Office, month: Span, issued: date) -> Ground:
    """What the bill run rests on. Raises Damaged where any of it cannot be read: a wrong bill is worse than none."""
    items = office.settings.charges
    ways = {item.way for item in items.values()}
    problems: list[Problem] = []

    def book(name: str, needed: bool = True) -> list[Record]:
        found, wrong = office.load(records.kind(name)) if needed else ([], [])
        problems.extend(wrong)
        return found

    units, residents = book("unit"), book("resident")
    bays, leases = book("parking", "bay" in ways), book("lease", "lease" in ways)
    readings: list[Record] = []
    back = f"{month.start - relativedelta(months=READINGS_BACK):%Y-%m}"
    if "reading" in ways:
        kind = records.kind("reading")
        readings, wrong = office.load(kind, [m for m in office.months(kind) if m >= back])
        problems += wrong
    first, early = f"{month.start:%Y-%m}".encode(), back.encode()

    def about(block: bytes) -> bool:
        until = max(_PERIOD.findall(block), default=b"")
        return until >= first or (until >= early and b"\n  reading: " in block)

    bills, wrong = office.sift(records.kind("bill"), about)
    if problems := [*problems, *wrong]:
        raise Damaged(*problems)
    return Ground(items, month, issued, units, residents, bays, leases, readings, bills)


def _summary(
    office: Office, found: Run, month: Span, made: tuple[Record, ...] = (), notes: tuple[str, ...] = ()
) -> Sheet:
    """Counts and sums per item, the bills that would now come out otherwise, and what to look at."""
    rows = tuple(row for item in office.settings.charges.values() if (row := _row(item, found)))
    total = {"item": "", "item_zh": "合计"}
    total |= {name: sum((row[name] for row in rows), type(rows[0][name])()) for name in rows[0] if name not in total} \
        if rows else {}  # fmt: skip
    different = tuple(_different(known) for known in found.known if known.differs)
    sections: tuple[Sheet, ...] = ()
    if different:
        title = f"{len(different)} 张已出的账单与现在的设置或台账不同：没有改动，请用 correct 更正，或 void 后重出"
        more = f"只列前 {LISTED} 张，全部请用 -o json" if len(different) > LISTED else ""
        sections = (Sheet("wuye.bill.run.changed", DIFFERENT, different, office.now, title, foot=more,
                          table_rows=different[:LISTED]),)  # fmt: skip
    what = "已出账" if made else "出账预览"
    return Sheet(
        "wuye.bill.run", _columns(made), rows, office.now, f"{month.start:%Y-%m} {what}", headed=True,
        notes=(*found.warnings, *notes), sections=sections, table_rows=(*rows, total) if rows else (),
        more={"month": f"{month.start:%Y-%m}", "written": len(made), "ids": [r.id for r in made],
              "changed": list(different), "warnings": list(found.warnings)},
        empty="这个月没有要出的账：请核对 charges 的起止和房屋台账",
        foot=f"写入 {len(made)} 张：{changes.summary_of([r.id for r in made])}" if made else "",
    )  # fmt: skip


def _columns(made: tuple[Record, ...]) -> tuple[Column, ...]:
    return (
        Column("item_zh", "收费项目"), Column("bills", "本次出账" if made else "待出账", right=True),
        MONEY("amount", "金额"), Column("known", "先前已出", right=True), MONEY("known_amount", "先前金额"),
        Column("changed", "与现在不同", right=True), Column("free", "免收", right=True),
    )  # fmt: skip


def _row(item: ChargeItem, found: Run) -> dict[str, Any] | None:
    fresh = [one for one in found.fresh if one.item.code == item.code]
    known = [one for one in found.known if one.proposal.item.code == item.code]
    free = [one for one in found.free if one.item.code == item.code]
    nought = money.parse("0")
    if not (fresh or known or free):
        return None
    return {
        "item": item.code, "item_zh": item.zh, "bills": len(fresh), "amount": sum((p.amount for p in fresh), nought),
        "known": len(known), "known_amount": sum((k.bill.get("amount") or nought for k in known), nought),
        "changed": sum(1 for k in known if k.differs), "free": len(free),
    }  # fmt: skip


def _different(known: Known) -> dict[str, Any]:
    one = known.proposal
    return {"id": known.bill.id, "name": one.key[1], "item": one.item.code, "item_zh": one.item.zh,
            "differs": known.differs}  # fmt: skip


def _explained(office: Office, found: Run, month: Span, room: str) -> Sheet:
    """One unit's bills of the month line by line, each with its sum, its due day and how it stands."""
    told = [(one, "new", "") for one in found.fresh] + [(one, "free", "") for one in found.free]
    told += [(k.proposal, "changed" if k.differs else "known", k.bill.id) for k in found.known]
    order = list(office.settings.charges)
    rows: list[dict[str, Any]] = []
    for one, state, number in sorted(told, key=lambda t: (order.index(t[0].item.code), t[0].span.start, t[0].key)):
        bay = f" {one.key[1]}" if one.key[0] != "room" else ""
        for line in one.lines:
            rows.append({"item": one.item.code, "item_zh": one.item.zh + bay, **line})
        rows.append({
            "item": one.item.code, "item_zh": one.item.zh + bay, "what": "小计", "amount": one.amount,
            "period_from": one.span.start, "period_until": one.span.end, "due_on": one.due, "payer": one.payer,
            "id": number, "state": state, "state_zh": f"{WAY[state]} {number}".strip(),
            "note": f"{one.span}，应付 {one.due}，{_payer(one)}付{f'（{one.handed_over}）' if one.handed_over else ''}",
        })  # fmt: skip
    total = sum((one.amount for one, _, _ in told), money.parse("0"))
    return Sheet(
        "wuye.bill.explain", LINES, tuple(rows), office.now, f"{room} {month.start:%Y-%m} 账单怎么算", headed=True,
        notes=found.warnings, more={"month": f"{month.start:%Y-%m}", "room": room, "total": total},
        empty=f"{room} 在 {month.start:%Y-%m} 没有要出的账：请核对 charges 和房屋台账",
        foot=f"合计 {money.show(total)} 元；不满一个月按当月天数计，每张账单只在合计处四舍五入一次" if rows else "",
    )  # fmt: skip


def _payer(one: Proposal) -> str:
    zh = {"owner": "业主", "tenant": "租户", "developer": "开发商", "company": "公司"}[one.payer]
    return f"{zh}{one.payer_name}"


VERBS = (Verb("run", "出账", run, OPTIONS, "MONTH", frozenset(), "按收费项目出一个月的账：先预览，加 --yes 写入"),)
