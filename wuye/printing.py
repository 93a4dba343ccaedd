"""Which pages are asked for, and the pages made of them one by one: a run of thousands is never held whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from wuye import demands, filled, owing, qr, questionnaire, records, when
from wuye.accounts import debtor_of
from wuye.arrears import period_of
from wuye.balance import balance
from wuye.demands import Demand
from wuye.errors import BadInput, Damaged, Problem
from wuye.filled import Head
from wuye.money import ZERO
from wuye.office import Office
from wuye.record import Record
from wuye.render.page import OWN, Templates
from wuye.sheet import Column, Sheet, field_column, public
from wuye.stationery import DEBTORS, LINES, Form
from wuye.wanted import Wanted

MOST_PERIODS = 4
AHEAD = "预存"
Making = Iterator[tuple[str, Mapping[str, Any]]]
"""What is on each page: the template's file, and what it gets."""


class Print(NamedTuple):
    """What is printed: a title, the paper of the first page, the pages, how many where that is known."""

    title: str
    paper: str
    making: Making


def text(office: Office, asked: Print, by: str) -> Iterator[str]:
    """The whole page in parts, as they are made."""
    own = office.root / OWN
    templates = Templates(own)
    common = {"office": office.settings.name, "made": f"{when.read_back(office.now)} {by} 打印"}
    sheets = (templates.text(template, {**common, **values}) for template, values in asked.making)
    return templates.parts("print.html", {**common, "title": asked.title, "paper": asked.paper, "sheets": sheets})


# --- one page a record


def slips(office: Office, found: Iterable[tuple[Form, Record]], reveal: bool = False) -> Making:
    """A page a record, its copies after each other."""
    keys = office.slip_keys()
    for form, record in found:
        if form.how == DEBTORS and record.status == "issued":
            yield from payment_notices(office, form, [record])
            continue
        form = form if form.how != DEBTORS else form._replace(template="slip")
        record = with_purpose(office, record)
        one = filled.of_record(record, form, office.basis(record.kind), reveal)
        if form.code and not record.void and keys:
            code = qr.text(record, keys[0])
            one = one._replace(code=code, qr=_safe(qr.svg(code)))
        if form.template == "receipt":
            one = one._replace(of=_payment(office, record, reveal))
        more = {"questions": _questions(record)} if form.template == "survey" else {}
        yield form.file, {"slip": one, **more}


def _questions(record: Record) -> list[Mapping[str, Any]]:
    """What a survey asks, each with what may be ticked."""
    return [
        {"code": row["code"], "topic": row.get("topic_zh") or "", "text": row["text"],
         "choices": tuple(questionnaire.choices_of(row).values())}
        for row in record.get("questions") or ()
    ]  # fmt: skip


def _safe(svg: str) -> Any:
    from markupsafe import Markup

    return Markup(svg)


def with_purpose(office: Office, record: Record) -> Record:
    """A receipt that says what its money is for: where nothing was written, the charges that it settled that day."""
    number = record.get("payment") if record.kind.name == "receipt" else None
    if not number or record["purpose"] or record.void:
        return record
    paid = office.get(records.kind("payment"), str(number))
    debtor = debtor_of(paid)
    if debtor is None or paid.status != "taken":
        return record
    found = balance(office, debtor, paid.received.date())
    if found.problems:  # an account over a gap says nothing
        return record
    items: dict[str, list[str]] = {}
    parts = [part for part in found.account.parts if part.paid == paid.id]
    for bill in (found.bills[part.debt] for part in parts):
        items.setdefault(office.settings.charges.zh(str(bill["item"])), []).append(period_of(bill))
    told = [f"{zh} {_periods(sorted(filter(None, set(periods))))}".strip() for zh, periods in items.items()]
    if found.bills and sum((part.fee + part.principal for part in parts), ZERO) < paid["amount"]:
        told.append(AHEAD)
    return replace(record, values={**record.values, "purpose": "；".join(told)})


def _periods(names: Sequence[str]) -> str:
    few = "、".join(names)
    return few if len(names) <= MOST_PERIODS else f"{names[0]} 至 {names[-1]} 共 {len(names)} 期"


def _payment(office: Office, record: Record, reveal: bool) -> Mapping[str, filled.Cell]:
    """What the payment or deposit of a receipt says: the room, the way."""
    for name in ("payment", "deposit"):
        if number := record.get(name):
            paid = office.get(records.kind(name), str(number))
            return filled.of_record(paid, Form(name, "", name), office.basis(paid.kind), reveal).fields
    return {}


def blanks(office: Office, form: Form, numbers: Sequence[str]) -> Making:
    """Empty forms with their paper numbers."""
    kind = records.kind(form.kind)
    if form.template == "ledger":
        names = [name for name in form.rows or kind.columns if name not in ("id", "status", "received", "recorded")]
        when_ = () if "entered" in names else ("时间",)
        heads = tuple(Head(zh) for zh in ("编号", *when_, *(kind.label(name) for name in names)))
        rows = [("",) * len(heads)] * LINES
        for number in numbers:
            yield form.file, {"title": form.zh, "span": number, "heads": heads, "rows": iter(rows), "blank": True,
                              "foot": (), "signs": form.signs}  # fmt: skip
        return
    lists = [office.settings.checklist(kind, one.name) for one in kind.checklists] if len(kind.checklists) == 1 else []
    for number in numbers:
        yield form.file, {"slip": filled.blank(form, kind, number, lists), "questions": ()}


# --- a row a record


def of_period(office: Office, form: Form, since: date, until: date) -> list[Record]:
    """The records that belong on a form, earliest first. Raises Damaged: a ledger leaves nothing out unsaid."""
    kind = records.kind(form.kind)
    months = None if kind.book else [m for m in office.months(kind) if f"{since:%Y-%m}" <= m <= f"{until:%Y-%m}"]
    found, problems = office.select(kind, Wanted(months=months))
    if problems:
        raise Damaged(*problems)
    kept = [r for r in found if since <= r.received.date() <= until and _belongs(r, form)]
    return sorted(kept, key=lambda r: (r.received, r.id))


def _belongs(record: Record, form: Form) -> bool:
    told = {**record.values, "status": record.status}
    return all(told.get(name) == value for name, value in form.only.items())


def ledger(office: Office, form: Form, found: Sequence[Record], span: str, reveal: bool = False) -> Making:
    """The rows of a ledger, numbered by their records; sums where it is about money."""
    kind = records.kind(form.kind)
    basis = office.basis(kind)
    names = form.rows or kind.columns
    columns = [field_column(kind, name, basis) for name in ("id", *(n for n in names if n != "id"))]

    def rows() -> Iterator[tuple[str, ...]]:
        for record in found:
            row = public(record, basis, reveal, names)
            yield tuple(_cell(column, row) for column in columns)

    foot = [f"共 {len(found)} 条"]
    for name in names if kind.money else ():
        if kind.has(name) and kind[name].type.name == "money":
            total = sum((r[name] for r in found if not r.void and r.get(name) is not None), 0)
            foot.append(f"{kind[name].zh}合计 {kind[name].shown(total)}（作废的不计）" if total else "")
    yield form.file, {"title": form.zh, "span": span, "heads": [Head(c.zh, c.right) for c in columns], "rows": rows(),
                      "blank": False, "foot": [f for f in foot if f], "signs": form.signs}  # fmt: skip


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    value = row.get(column.name)
    return "" if value is None else column.show(value)


def answer(form: Form, sheet: Sheet, span: str) -> Making:
    """The answer of a command as a ledger."""
    for part in (sheet, *sheet.sections):
        rows = part.rows if part.table_rows is None else part.table_rows
        body = (tuple(_cell(column, row) for column in part.columns) for row in rows)
        title = form.zh if part is sheet else part.title
        foot = [line for line in part.foot.split("\n") if line] or ([] if rows else [part.empty])
        yield form.file, {"title": title, "span": span, "heads": [Head(c.zh, c.right) for c in part.columns],
                          "rows": body, "blank": False, "foot": foot, "signs": form.signs}  # fmt: skip


# --- a page a debtor


def payment_notices(office: Office, form: Form, bills: Iterable[Record]) -> Making:
    """A payment notice a debtor."""
    for one in demands.of_bills(office, bills, _people(office), office.now.date()):
        yield form.file, _asked(one)


def dunning_notices(office: Office, form: Form, words: Sequence[str], building: str) -> Making:
    """A dunning notice a debtor in arrears today: of some rooms, of a building, of all."""
    books = owing.owing(office, office.now.date(), words[0] if len(words) == 1 else "", whole=True)
    wanted = [debtor for word in words or ([building] if building else []) for debtor in books.debtors(word)]
    found = list(demands.of_arrears(books, wanted if words or building else None, _people(office)))
    if not found:
        who = "、".join(words) or building or "整个小区"
        raise BadInput(Problem(f"{who} 没有欠费：不用打催款通知单，请核对房号或楼栋", field="room"))
    for one in found:
        yield form.file, _asked(one)


def _asked(one: Demand) -> Mapping[str, Any]:
    return {"notice": one, "law": "不因欠费停水、停电、停气、停热"}


def _people(office: Office) -> Mapping[str, str]:
    found, problems = office.every(records.kind("resident"))
    if problems:
        raise Damaged(*problems)
    return demands.names(found)


def of_building(office: Office, found: Iterable[Record], building: str) -> list[Record]:
    """The records of the rooms of a building: as the unit register says, else by the room's first figure."""
    if not building:
        return list(found)
    units, problems = office.every(records.kind("unit"))
    if problems:
        raise Damaged(*problems)
    told = {str(u["room"]): str(u.get("building") or "").removesuffix("栋") for u in units if not u.void}

    def inside(room: str) -> bool:
        return bool(room) and (told.get(room) or room.split("-")[0]) == building

    return [r for r in found if inside(str((r.get("room") if r.kind.has("room") else "") or ""))]


