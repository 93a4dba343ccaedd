"""What a stocktake compares: what should be there, what was counted, what the access system says (domain.md 22, 23).

Pure: rows in, differences out. Each difference is a row of the stocktake's `checks`, open until somebody settled it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from wuye.checklist import MARK
from wuye.fields import Field
from wuye.listed import Cell, rows
from wuye.numerals import fold
from wuye.values import TEXT, choice, day, many

Row = Mapping[str, Any]
STANDS = choice(
    cabinet="在柜", lent="借出", entrusted="业主委托", delivered="已交付", lost="遗失", stock="库存", issued="使用中",
    returned="已交回", cancelled="注销", drawn="在用", finished="用完",
)  # fmt: skip
"""How keys, cards and receipt books stand, as their own flows call it."""
HERE = frozenset(("cabinet", "entrusted", "stock", "returned", "drawn", "finished"))
"""Of these the desk has the thing in hand."""
HAND, SYSTEM = "hand", "system"
DIFFERENCE = choice(
    missing="账有实无", unknown="账上没有", misplaced="不应在手", quantity="数量不符", number="下一号不符",
    active="系统里仍有效", inactive="系统里已停用", absent="系统里没有", extra="只在系统里", holder="持卡人不符",
    until="有效期不符", double="系统里重复",
)  # fmt: skip
OF_SYSTEM = ("active", "inactive", "absent", "extra", "holder", "until", "double")
NOTHING = "无"


def _untyped(text: str) -> Iterator[dict[str, str]]:
    raise ValueError("由程序算出，不要填")


def expected_zh(row: Row) -> str:
    """What should be there, in a few words: `0012875 使用中（王女士）`, `A4打印纸 8箱`."""
    stands = STANDS.show(row["status"]) if row.get("status") else f"{row.get('amount', '')}{row.get('measure', '')}"
    whose = f"（{row['holder']}）" if row.get("holder") else ""
    return f"{row['name']} {stands}{whose}"


def check_zh(row: Row) -> str:
    """One difference: `0012875 系统里仍有效：台账 遗失 已处理（系统里停用）`."""
    how = f" 已处理（{row['how']}）" if row.get("mark") else " 未处理"
    return f"{row['name']} {DIFFERENCE.show(row['difference'])}：{row['note']}{how}"


def _counted(text: str) -> Iterator[dict[str, str]]:
    """`0012875、0012876`, a line each, a quantity behind the name: `A4打印纸=8`."""
    for part in many(text.replace("\n", ",")):
        name, _, amount = (word.strip() for word in part.rpartition("=")) if "=" in part else (part, "", "")
        yield {"name": name} | ({"amount": fold(amount)} if amount else {})


EXPECTED = rows(
    "expected", "账面",
    (Cell("name", "名称", TEXT, True), Cell("status", "状态", STANDS), Cell("holder", "持有人", TEXT),
     Cell("room", "房号", TEXT), Cell("until", "有效期至", day("any")), Cell("amount", "账面数", TEXT),
     Cell("measure", "单位", TEXT)),
    _untyped, expected_zh,
)  # fmt: skip
COUNTED = rows(
    "counted", "实点", (Cell("name", "名称", TEXT, True), Cell("amount", "实点数", TEXT)), _counted,
    lambda row: f"{row['name']} {row['amount']}" if row.get("amount") else str(row["name"]),
)  # fmt: skip
DIFFERENCES = rows(
    "differences", "差异",
    (Cell("name", "名称", TEXT, True), Cell("difference", "差异", DIFFERENCE, True), Cell("note", "说明", TEXT),
     Cell("mark", "结果", MARK), Cell("how", "处理", TEXT), Cell("settled_by", "处理人", TEXT)),
    _untyped, check_zh,
)  # fmt: skip
CHECKS_FIELD = Field("checks", DIFFERENCES, "差异", typed=False)


def plain(name: str) -> str:
    """A label or number as it is compared: half width, lower case, no blanks."""
    return re.sub(r"\s+", "", fold(name)).lower()


def found_by(names: Iterable[str]) -> dict[str, str]:
    """Each name by its plain form, and without leading zeros where one alone has that: sheets drop them."""
    names = list(names)
    found = {plain(name): name for name in names}
    short: dict[str, list[str]] = {}
    for name in names:
        if (digits := plain(name)).isdigit():
            short.setdefault(digits.lstrip("0"), []).append(name)
    return {key: them[0] for key, them in short.items() if len(them) == 1} | found


def name_of(known: Mapping[str, str], word: str) -> str | None:
    """The name that a word means; None where none has it."""
    key = plain(word)
    return known.get(key) or (known.get(key.lstrip("0")) if key.isdigit() else None)


def lines(what: str, text: str) -> tuple[dict[str, str], ...]:
    """What was scanned or typed, a line each; of supplies and books the last word of a line is the quantity.

    Raises ValueError naming every line that has none.
    """
    found, wrong = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not (line := line.strip().lstrip("\ufeff")):
            continue
        if what in ("keys", "cards") or line == NOTHING:
            found.append({"name": line})
            continue
        parts = re.fullmatch(r"(.+?)(?:\s+|\s*[,，=:：x×\t]\s*)(\d+(?:\.\d+)?)", fold(line))
        if parts:
            found.append({"name": line[: parts.end(1)].strip(), "amount": parts[2]})
        else:
            wrong.append(f"第 {number} 行“{line[:30]}”没有写数量")
    if wrong:
        raise ValueError("；".join(wrong) + "；请写成 A4打印纸 8 这样")
    return tuple(found)


def merged(before: Sequence[Row], now: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """What was counted so far and what is counted now: the same thing again counts as it was counted last."""
    found: dict[str, dict[str, Any]] = {}
    for row in (*before, *now):
        found[plain(row["name"])] = dict(row)
    return tuple(found.values())


def in_hand(what: str, expected: Sequence[Row], counted: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """What is not there, what is there and should not be, of what there is another quantity."""
    by_name = {row["name"]: row for row in expected}
    known = found_by(by_name)
    there: dict[str, Row] = {}
    for row in counted:
        name = name_of(known, row["name"])
        if name is not None:
            there[name] = row
        elif row["name"] != NOTHING:
            amount = f"实点 {row['amount']}，" if row.get("amount") else ""
            yield _row(row["name"], "unknown", f"{amount}台账里没有")
    for name, row in by_name.items():
        yield from _one(what, name, row, there.get(name))


def _one(what: str, name: str, row: Row, counted: Row | None) -> Iterator[dict[str, Any]]:
    status, amount = row.get("status"), row.get("amount")
    stands = expected_zh(row).removeprefix(f"{name} ")
    if counted is None:
        if status in HERE or (status is None and _number(amount)):
            yield _row(name, "missing", f"台账 {stands}，没有点到")
    elif status is not None and status not in HERE:
        yield _row(name, "misplaced", f"台账 {stands}，却在手")
    elif amount and counted.get("amount") and _number(amount) != _number(counted["amount"]):
        kind, zh = ("number", "下一号") if what == "books" else ("quantity", "账面")
        measure = row.get("measure", "")
        yield _row(name, kind, f"{zh} {amount}{measure}，实点 {counted['amount']}{measure}")


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def against_system(expected: Sequence[Row], listed: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """What the access system says of the cards beside what is written: rows of number, active, holder, until."""
    by_name = {row["name"]: row for row in expected}
    known = found_by(by_name)
    seen: set[str] = set()
    for row in listed:
        name = name_of(known, row["number"])
        if name is None:
            if row["active"]:
                yield _row(row["number"], "extra", f"系统里有效（{row.get('holder') or '没有写持卡人'}），台账里没有")
            continue
        if name in seen:
            yield _row(name, "double", "导出表里不止一行")
        seen.add(name)
        yield from _listed(name, by_name[name], row)
    for name, one in by_name.items():
        if one["status"] == "issued" and name not in seen:
            yield _row(name, "absent", f"台账 {_stands(name, one)}，系统里没有")


def _stands(name: str, row: Row) -> str:
    return expected_zh(row).removeprefix(f"{name} ")


def _listed(name: str, row: Row, listed: Row) -> Iterator[dict[str, Any]]:
    issued = row["status"] == "issued"
    if listed["active"] and not issued:
        yield _row(name, "active", f"台账 {_stands(name, row)}，系统里有效")
    if issued and not listed["active"]:
        yield _row(name, "inactive", f"台账 {_stands(name, row)}，系统里已停用")
    if not issued or not listed["active"]:
        return
    theirs, ours = listed.get("holder"), row.get("holder")
    if theirs and plain(theirs) != plain(ours or ""):
        yield _row(name, "holder", f"台账 {ours}，系统 {theirs}")
    if listed.get("until") and listed["until"] != row.get("until"):
        yield _row(name, "until", f"台账 {row.get('until') or '没有写'}，系统 {listed['until']}")


def _row(name: str, difference: str, note: str) -> dict[str, Any]:
    return {"name": name, "difference": difference, "note": note}


def kept(before: Sequence[Row], now: Iterable[Row]) -> tuple[dict[str, Any], ...]:
    """Differences found now, each as it was settled before where it is still the same."""
    settled = {(row["name"], row["difference"], row.get("note")): row for row in before if row.get("mark")}
    return tuple(dict(settled.get((row["name"], row["difference"], row["note"]), row)) for row in now)
