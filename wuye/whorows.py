"""What is told about units and people as columns and rows (domain.md 6, 7; what is private, design.md 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wuye import clocks, phone, when
from wuye.accounts import Debtor
from wuye.basis import Basis
from wuye.lookup import Answer, Person, Promise, promises, waits_for
from wuye.money import show as amount
from wuye.owed import BILLS, HAND, NOBODY, ZERO, Owed, State
from wuye.record import Record
from wuye.sheet import Column, Sheet, about, place, state_zh

LAST = 20
SHORT = 30
NONE = "—"
UNIT = ("building", "entrance", "floor", "use", "area", "delivered", "paid_until", "owed", "owed_as_of", "owed_by",
        "charges", "meters", "bays", "remark")  # fmt: skip
BY_HAND = ("paid_until", "owed", "owed_as_of", "owed_by")
RESIDENT = ("name", "role", "room", "since", "until", "phones", "plates", "care", "pets", "lease_until", "address",
            "emergency_contact", "emergency_phone")  # fmt: skip
STATES = {"pending": "待兑现", "broken": "已失信"}


def unit_row(room: str, unit: Record | None, basis: Basis, stands: State) -> dict[str, Any]:
    """A unit as the register has it, and how it stands with money; nothing but its room where it has not."""
    row: dict[str, Any] = {"room": room, "id": unit.id if unit else None, "status": unit.status if unit else None}
    since = unit.kind.computed_by("since") if unit else None
    row["since"] = since.of(unit, basis) if since and unit else None
    row |= {name: unit.get(name) if unit and not (stands.owed and name in BY_HAND) else None for name in UNIT}
    words = f"（自 {row['since']:%Y-%m-%d}）" if row["since"] else ""
    row["status_zh"] = f"{state_zh(unit.kind, unit.status)}{words}" if unit else _UNKNOWN
    row["use_zh"] = unit.kind["use"].shown(unit.get("use")) if unit else ""
    row["payment"] = payment(room, unit, stands)
    return row | {"payment_by": stands.by, "money": money_row(stands)}


_UNKNOWN = f"{NONE} 房屋台账里没有登记这一户"


def payment(room: str, unit: Record | None, stands: State) -> str:
    """Whether it has paid: by bills, else by hand, which is said; a dash and why where nobody tells."""
    if stands.owed:
        return _by_bills(stands.owed, stands.as_of)
    if stands.by == NOBODY or stands.unit is None:
        hint = f"{NONE} 还没有登记（wuye unit pay {room} --owed … --owed-as-of …）"
        return hint if unit else _UNKNOWN
    unit = stands.unit
    told = [f"已交至 {unit['paid_until']}"] if unit.get("paid_until") else []
    if stands.amount is not None:
        said = f"欠费 {amount(stands.amount)} 元" if stands.amount else "无欠费"
        marks = [f"截至 {stands.as_of}"] if stands.as_of else []
        marks += [f"{unit['owed_by']} 登记"] if unit.get("owed_by") else []
        told.append(said + (f"（{'，'.join(marks)}）" if marks else ""))
    return "；".join((*told, "没有账单，是手工登记的"))


def _by_bills(owed: Owed, as_of: date | None) -> str:
    """The state by bills in one line: arrears, late fee, what is not due yet, credit, what lapses first."""
    if owed.amount is None:
        return f"{NONE} 账单或收款读不出来（{owed.words}）：请运行 wuye check"
    told = [f"欠费 {amount(owed.amount)} 元" if owed.open else "无欠费"]
    told += [f"违约金 {amount(owed.fee)}"] if owed.fee else []
    told += [f"未到期 {amount(owed.not_due)}"] if owed.not_due else []
    told += [f"预存 {amount(owed.credit)}"] if owed.credit else []
    said = f"{'，'.join(told)}（按账单，截至 {as_of}）"
    if first := owed.lapses_first:
        said += f"；最早届满：{first.item} {first.period} {first.lapses}"
    if owed.paid:
        said += f"；最近收款 {owed.paid.day} {amount(owed.paid.amount)} 元"
    return said


def money_row(stands: State) -> dict[str, Any] | None:
    """The same for scripts, with every open debt; None where no bill exists."""
    owed = stands.owed
    if owed is None or owed.amount is None:
        return None
    first = owed.lapses_first
    return {
        "as_of": stands.as_of, "principal": owed.amount, "fee": owed.fee, "total": owed.amount + owed.fee,
        "not_due": owed.not_due, "credit": owed.credit, "bills": owed.bills,
        "lapses_first": {"bill": first.bill, "lapses": first.lapses} if first else None,
        "last_payment": owed.paid._asdict() if owed.paid else None,
    }  # fmt: skip


def debt_rows(stands: Mapping[Debtor, State]) -> tuple[dict[str, Any], ...]:
    """Every debt of these debtors that is due and open, by item and period."""
    return tuple(
        {"debtor": str(whose), whose.what: whose.name, **{k: v for k, v in one._asdict().items() if v or k != "bay"}}
        for whose, how in stands.items() if how.owed for one in how.owed.open
    )  # fmt: skip


def let_row(record: Record, basis: Basis, stands: Mapping[Debtor, State]) -> dict[str, Any]:
    """A bay or a lease: for whom, on which terms, and how it stands with its rent; a bay's is on its unit's account."""
    kind, name, whose = record.kind, str(record.get(record.kind.own_name)), debtor_of(record)
    how = stands[whose]
    row: dict[str, Any] = {
        "id": record.id, "kind": kind.name, "kind_zh": kind.zh, "name": name, "debtor": str(whose),
        "person": next((str(record[n]) for n in kind.people if record.get(n)), ""), "status": record.status,
        "status_zh": state_zh(kind, record.status), "until": record.get("until"), "payment_by": how.by,
        "paid_until": record.get("paid_until") if kind.has("paid_until") else None,
        "rent": record.get("rent") if kind.has("rent") else None, "period": record.get("period"),
        "period_zh": kind["period"].shown(record.get("period")),
    }  # fmt: skip
    mine = [one for one in how.owed.open if whose.what != "room" or one.bay == name] if how.owed else []
    row["arrears"] = sum((one.principal for one in mine), ZERO) if how.owed and how.owed.amount is not None else None
    row["next_due"] = how.owed.next_due if how.owed and whose.what != "room" else None
    row["money"] = money_row(how) if whose.what != "room" else None
    if how.by in (NOBODY, HAND):
        row["payment"] = f"{NONE} 还没有账单"
    elif how.owed and whose.what != "room":
        row["payment"] = _by_bills(how.owed, how.as_of)
    else:
        said = f"欠费 {amount(row['arrears'])} 元" if row["arrears"] else "无欠费" if how.by == BILLS else NONE
        row["payment"] = f"{said}（账记在 {whose.name}）"
    return row


def debtor_of(let: Record) -> Debtor:
    """Who owes the rent of a bay or a lease: the unit that rents the bay, else bay or lease itself."""
    if let.kind.name == "lease":
        return Debtor("lease", str(let["name"]))
    return Debtor("room", str(let["room"])) if let.get("room") else Debtor("bay", str(let["bay"]))


LETS = (
    Column("kind_zh", ""), Column("name", "车位或合同"), Column("person", "承租"), Column("status_zh", "状态"),
    Column("rent", "租金", lambda value: "" if value is None else amount(value), right=True),
    Column("period_zh", "周期"), Column("paid_until", "授权至"), Column("until", "租期至"),
    Column("next_due", "下次应付"), Column("payment", "缴费情况", wide=True), Column("id", "编号"),
)  # fmt: skip


DEBTS = (
    Column("debtor", "欠费人"), Column("item", "收费项目"), Column("period", "账期"), Column("bill", "账单"),
    Column("due", "应付日期"), Column("principal", "未付本金", amount, right=True),
    Column("fee", "违约金", amount, right=True), Column("lapses", "有凭证的届满日"),
)  # fmt: skip


UNITS = (
    Column("room", "房号"), Column("status_zh", "状况"), Column("use_zh", "用途"),
    Column("area", "建筑面积", lambda text: f"{text} 平方米" if text else ""), Column("payment", "缴费情况"),
    Column("bays", "车位"), Column("meters", "表计"), Column("remark", "备考"), Column("id", "编号"),
)  # fmt: skip


def resident_row(record: Record, whole: bool) -> dict[str, Any]:
    """A person's tie to a unit; private values masked unless they may be seen whole."""
    kind = record.kind
    row: dict[str, Any] = {"id": record.id, "status": record.status}
    for name in RESIDENT:
        value = record.get(name)
        row[name] = kind[name].masked(value) if value is not None and kind[name].private and not whole else value
    return row | {"role_zh": kind["role"].shown(record.get("role"))}


PEOPLE = (
    Column("care", "关照"), Column("name", "姓名"), Column("role_zh", "身份"), Column("room", "房号"),
    Column("since", "起"), Column("until", "止"), Column("phones", "电话"), Column("plates", "车辆"),
    Column("emergency_contact", "紧急联系人"), Column("emergency_phone", "紧急电话"), Column("id", "编号"),
)  # fmt: skip


def person_row(person: Person, whole: bool) -> dict[str, Any]:
    """One person over all the records that tell of him."""
    phones = tuple(dict.fromkeys(number for one in person.seen for number in one.phones))
    return {
        "name": person.name,
        "parts": tuple(dict.fromkeys(one.part for one in person.seen)),
        "rooms": person.rooms,
        "phones": phones if whole else tuple(phone.mask(number) for number in phones),
        "plates": tuple(dict.fromkeys(sign for one in person.seen for sign in one.plates)),
        "last": max(one.record.received for one in person.seen).date(),
        "id": next((one.record.id for one in (*person.ties, *person.seen)), ""),
        "ids": tuple(dict.fromkeys(one.record.id for one in person.seen)),
    }


def beyond(person: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there is more to tell of a person than the book of residents does."""
    mine = [row for row in people if row["id"] in person["ids"]]
    return any(
        set(person[name]) - {value for row in mine for value in row[name] or ()} for name in ("phones", "plates")
    ) or not mine


FOUND = (
    Column("name", "姓名", lambda name: name or "（没有姓名）"), Column("parts", "身份"), Column("rooms", "房号"),
    Column("phones", "电话"), Column("plates", "车辆"), Column("last", "最近登记"), Column("id", "编号"),
)  # fmt: skip


def open_row(record: Record, basis: Basis) -> dict[str, Any]:
    """An open matter: what it is, where it stands, what it waits for."""
    first = waits_for(record, basis)
    return {
        **matter_row(record, basis),
        "due": first.due if first else None,
        "clock": first.name if first else None,
        "clock_zh": first.zh if first else "",
        "late": bool(first and first.state == clocks.LATE),
        "next": record.kind.next_hint(record, basis) if record.kind.next_hint else "",
    }


def matter_row(record: Record, basis: Basis) -> dict[str, Any]:
    """A matter in one line."""
    return {
        "id": record.id,
        "kind": record.kind.name,
        "kind_zh": record.kind.zh,
        "received": record.received,
        "place": place(record),
        "text": about(record, basis),
        "status": record.status,
        "status_zh": state_zh(record.kind, record.status),
    }


def paper_row(record: Record, basis: Basis) -> dict[str, Any]:
    """A document of the unit's folder: what it holds, where it lies, who has it."""
    lent = record.kind.computed_by("borrower")
    row = {name: record.get(name) for name in ("number", "title", "category", "name", "contents", "box", "path")}
    return {"id": record.id, "status": record.status, **row, "borrower": lent.of(record, basis) if lent else ""}


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


_MATTER = (
    Column("id", "编号"), Column("kind_zh", "种类"), Column("place", "何处何人"), Column("text", "内容", _cut),
    Column("status_zh", "状态"),
)  # fmt: skip
OPEN = (
    *_MATTER, Column("clock_zh", "等着"), Column("due", "到期"),
    Column("late", "", lambda late: "超时" if late else ""), Column("next", "下一步"),
)  # fmt: skip
FOLDER = (
    Column("number", "档案号"), Column("title", "题名"), Column("contents", "内含", lambda text: _cut(text or "")),
    Column("box", "盒号"), Column("borrower", "在谁手里"), Column("id", "编号"),
)  # fmt: skip
HISTORY = (Column("received", "时间"), *_MATTER)


def promise_row(one: Promise) -> dict[str, Any]:
    """A promise and what became of it."""
    return {
        "id": one.record.id,
        "what": one.zh,
        "place": place(one.record),
        "due": one.due,
        "amount": one.record.get("promise_amount") if one.record.kind.has("promise_amount") else None,
        "state": one.state,
    }


def _amount(value: Any) -> str:
    return "" if value is None else amount(value)


PROMISES = (
    Column("id", "编号"), Column("what", "承诺"), Column("place", "何处何人"),
    Column("due", "到期", lambda at: when.read_back(at) if at else "未定"),
    Column("amount", "金额", _amount, right=True),
    Column("state", "情况", STATES.__getitem__),
)  # fmt: skip
VEHICLES = (Column("plate", "车牌"), Column("name", "何人"), Column("room", "房号"))


def parts(
    found: Answer, basis: Basis, whole: bool, everything: bool, stands: Mapping[Debtor, State]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """The rows of every part of an answer, by the key under which scripts find them."""
    by_room = {str(unit["room"]): unit for unit in found.units}
    people = [resident_row(r, whole) for r in found.people]
    history = found.history if everything else found.history[:LAST]
    signs = [(sign, row) for row in people for sign in row["plates"] or ()]
    return {
        "units": tuple(unit_row(room, by_room.get(room), basis, stands[Debtor("room", room)]) for room in found.rooms),
        "lets": tuple(let_row(r, basis, stands) for r in found.lets),
        "debts": debt_rows(stands),
        "people": tuple(people),
        "past": tuple(resident_row(r, whole) for r in found.past),
        "vehicles": tuple({"plate": sign, "name": row["name"], "room": row["room"]} for sign, row in signs),
        "open": tuple(open_row(r, basis) for r in found.open),
        "promises": tuple(promise_row(one) for one in promises(found.history, basis)),
        "history": tuple(matter_row(r, basis) for r in history),
        "folder": tuple(paper_row(r, basis) for r in found.folder),
    }


TITLES: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    ("people", "现在的人", PEOPLE),
    ("vehicles", "车辆", VEHICLES),
    ("lets", "车位、招租", LETS),
    ("debts", "欠费（按账单）", DEBTS),
    ("open", "未结事项", OPEN),
    ("promises", "承诺", PROMISES),
    ("folder", "档案", FOLDER),
    ("past", "以前的人", PEOPLE),
    ("history", "历史（新的在前）", HISTORY),
)


def sections(rows: Mapping[str, Sequence[Mapping[str, Any]]], total: int, basis: Basis) -> tuple[Sheet, ...]:
    """The parts that hold anything, as sheets."""
    made = []
    for key, title, columns in TITLES:
        if key == "history" and len(rows[key]) < total:
            title += f"：最近 {len(rows[key])} 条，共 {total} 条，全部请加 --all"
        if rows[key]:
            made.append(Sheet(f"wuye.who.{key}", columns, tuple(rows[key]), basis.now, title))
    return tuple(made)

