"""What `wuye payment add` does besides: the receipt number, and what the money settles as of now (domain.md 31)."""

from __future__ import annotations

from typing import Any

from wuye import money, records, verbs
from wuye.accounts import debtor_of
from wuye.balance import MOST_MONTHS, Balance, balance, months_ahead
from wuye.call import Call, Opt
from wuye.errors import BadInput, Problem, WuyeError
from wuye.papers import ASKED, NEXT
from wuye.record import Record
from wuye.settings import Settings
from wuye.sheet import Sheet

KIND = records.kind("payment")
RECEIPT = (
    Opt("next_receipt", "用收款人在用票据本的下一号", flag=True),
    Opt("reuse_receipt", "收据原来开给了已冲销的收款，同一张收据对应这一笔", flag=True),
)


def asked(call: Call) -> list[str]:
    """What the till is asked for. Raises BadInput where the number is both typed and asked for."""
    found = [name for name in ASKED if call.flag(name)]
    if NEXT in found and call.typed.get("receipt"):
        raise BadInput(Problem("--receipt 和 --next-receipt 只写一个：请去掉一个", field="receipt"))
    return found


def add(call: Call) -> Sheet:
    """Money taken: the record, its receipt, and what is settled, open and left as credit now."""
    sheet = verbs.add(call, asked(call))
    if len(sheet.rows) != 1 or call.text("from") or call.flag("dry_run"):
        return sheet
    try:
        payment = call.office.get(KIND, str(sheet.rows[0]["id"]))
        return with_account(call, payment, sheet)
    except WuyeError as error:  # saved all the same: what is wrong with settings or other files is said beside it
        code = sheet.exit_code or error.exit_code
        return sheet._replace(problems=(*sheet.problems, *error.problems), exit_code=code)


def with_account(call: Call, payment: Record, sheet: Sheet) -> Sheet:
    """The answer with the debtor's account as of now."""
    debtor = debtor_of(payment)
    assert debtor is not None
    found = balance(call.office, debtor, call.office.now.date())
    if found.problems:
        said = "有读不出来的账单或收款，算不出这笔冲抵了什么：请先运行 wuye check"
        return sheet._replace(problems=(*sheet.problems, *found.problems), notes=(*sheet.notes, said),
                              exit_code=sheet.exit_code or 65)  # fmt: skip
    account, capital = found.account, ""
    words = [f"收据 {payment['receipt']}"] if payment["receipt"] else []
    try:
        capital = money.capital(payment["amount"])
        words.append(f"大写：{capital}")
    except BadInput as error:
        sheet = sheet._replace(notes=(*sheet.notes, *(str(p) for p in error.problems)))
    settled = parts_of(payment, found, call.office.settings)
    words += [f"冲抵 {part['bill']} {part['item_zh']} {_split(part)}" for part in settled]
    still = [s for s in account.standings if s.open or s.fee_open]
    left = sum((s.open for s in still), money.ZERO)
    fees = sum((s.fee_open for s in still), money.ZERO)
    fee_words = f"，违约金 {money.show(fees)}" if fees else ""
    if not account.standings:
        words.append(f"{debtor} 没有账单，这笔作为预存")
    elif still:
        words.append(f"{debtor} 还有 {len(still)} 张账单未付清，本金 {money.show(left)}{fee_words}")
    else:
        words.append(f"{debtor} 的账单已全部付清")
    if account.credit:
        words.append(f"预存余额 {money.show(account.credit)}")
    notes = list(sheet.notes)
    ahead = months_ahead(found)
    if ahead is not None and ahead > MOST_MONTHS:
        notes.append(f"预存约够 {int(ahead)} 个月，超过 {MOST_MONTHS} 个月：有的城市不许预收这么久，请核对当地规定")
    more: dict[str, Any] = {
        "settles": settled, "open": left, "late_fee": fees, "credit": account.credit, "capital": capital,
        "as_of": account.as_of,
    }  # fmt: skip
    told = sheet.words + "".join(f"  {line}\n" for line in words)
    return sheet._replace(words=told, notes=tuple(notes), more={**sheet.more, **more})


def parts_of(payment: Record, found: Balance, settings: Settings) -> list[dict[str, Any]]:
    """What a payment settles: a row a bill."""
    rows = []
    for part in found.account.parts:
        if part.paid == payment.id:
            item = str(found.bills[part.debt]["item"])
            rows.append({"bill": part.debt, "item": item, "item_zh": settings.charges.zh(item), "day": part.day,
                         "principal": part.principal, "fee": part.fee})  # fmt: skip
    return rows


def _split(part: dict[str, Any]) -> str:
    fee = f"违约金 {money.show(part['fee'])}" if part["fee"] else ""
    principal = f"本金 {money.show(part['principal'])}" if part["principal"] else ""
    return "、".join(word for word in (fee, principal) if word)


_ADD = verbs.of_kind(KIND)["add"]
VERBS = (_ADD._replace(run=add, options=(*_ADD.options, *RECEIPT)),)
