"""A record on paper, as plain text: the form the trade knows, masked, with boxes to sign (domain.md 43)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from wuye import money, when
from wuye.basis import Basis
from wuye.errors import BadInput
from wuye.record import Record
from wuye.sheet import public, state_zh, step_zh

WIDTH = 60


def slip(record: Record, basis: Basis, office: str, reveal: bool = False) -> str:
    """The slip of a record: title, number, fields in the form's order, what happened, signature lines."""
    kind, form, record = record.kind, record.kind.slip, on_paper(record, basis)
    row = public(record, basis, reveal)
    lines = [
        office,
        form.titled(record) if form.titled else form.title,
        "=" * WIDTH,
        f"编号：{record.id}    状态：{state_zh(kind, record.status)}",
        f"受理：{when.read_back(record.received)}    录入：{when.read_back(record.recorded)}",
        "-" * WIDTH,
    ]
    for name in form.rows:
        value, computed = row[name], kind.computed_by(name)
        if computed:
            lines += _lines(computed.zh, "" if value is None else computed.shown(value))
            continue
        shown = value if isinstance(value, str) and "*" in value else basis.shown(kind[name], value)
        lines += _lines(kind[name].zh, shown)
        if name == "amount" and kind.money and record.get("amount") is not None:
            lines += _lines("大写", capital(record["amount"]))
    steps = [e for e in record.standing if e.step not in ("add", "note", "edit", "attach")]
    if steps:
        lines += ["-" * WIDTH, "经过："]
    for entry in steps:
        lines.append(f"  {entry.at:%Y-%m-%d %H:%M}  {step_zh(kind, entry.step)}  {entry.by}")
    signatures = "    ".join(f"{role}：____________" for role in form.signatures)
    return "\n".join([*lines, "=" * WIDTH, signatures, f"打印：{when.read_back(basis.now)}", ""])


def on_paper(record: Record, basis: Basis) -> Record:
    """The record with what its form says of fields that nobody typed: until when a pass is good, who took the money."""
    untyped = record.kind.slip.untyped
    told = {} if untyped is None else {n: v for n, v in untyped(record, basis).items() if record[n] is None and v}
    return replace(record, values={**record.values, **told}) if told else record


def capital(amount: Decimal) -> str:
    """The amount in capitals; where that cannot be written here, room to write it by hand."""
    try:
        return money.capital(amount)
    except BadInput:
        return "_" * 24


def _lines(label: str, text: str) -> list[str]:
    first, *rest = text.split("\n") if text else [""]
    return [f"{label}：{first}", *(f"　　{line}" for line in rest)]
