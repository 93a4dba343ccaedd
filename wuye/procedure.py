"""What every procedure with papers has (domain.md D): identity first, missing papers told, a time limit, filing.

What cannot be finished today stays open as 待续 with what is missing; a refusal is a state of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wuye import checklist
from wuye import values as v
from wuye.basis import Basis, Clock, Computed, Mark
from wuye.checklist import CHECKS, still_open
from wuye.fields import Field
from wuye.flow import State, Step
from wuye.schema import Books, Move

if TYPE_CHECKING:
    from wuye.record import Record

Guard = Callable[["Record", Mapping[str, Any], Basis], str]
CONTINUED, REFUSED, CANCELLED = "continued", "refused", "cancelled"
HALTED = (CONTINUED, REFUSED)

IDENTITY = (
    Field("identified", v.TEXT, "身份核实", zh_hint="怎样核实，如 看身份证原件"),
    Field("id_type", v.ID_TYPE, "证件类型"),
    Field("id_tail", v.ID_TAIL, "证件后四位", private=True),
    Field("id_checked_by", v.NAME, "证件核对人", zh_hint="不写为经办人"),
)
FILED = Field("filed", v.TEXT, "归档处", zh_hint="档案号（如 da3）或盒号")
AGAIN = Field("again", v.day("future"), "约定再办日期")
TOLD = (
    Field("told", v.NAME, "已告知", on_log=True, zh_hint="把缺什么告诉了谁"),
    Field("lacking", v.MEMO, "缺什么", on_log=True, typed=False),
)
"""What telling somebody of missing papers leaves in the log: whom, and what was missing then."""


def states(refused: str) -> tuple[State, ...]:
    """The states beside those of the ordinary way: to be continued, refused, cancelled."""
    return State(CONTINUED, "待续"), State(REFUSED, refused), State(CANCELLED, "已撤回", open=False)


# --- guards


def every(*guards: Guard) -> Guard:
    """All of these guards: whatever any of them says, in one sentence."""

    def guard(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
        return "；".join(words for one in guards if (words := one(record, given, basis)))

    return guard


def identity_first(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Whose identity nobody has checked is not served."""
    told = {**record.values, **given}
    return "" if told.get("identified") or told.get("id_tail") else "还没有核实身份：请先 identify 写明怎样核实、谁核实"


def nothing_refused(*groups: str) -> Guard:
    """A guard: nobody refuses to sign what must be signed; the rows are named."""

    def guard(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
        rows = [f"{place} {row['name']}" for place, row in enumerate(record.get("checks") or (), 1)
                if row.get("mark") == "refused" and row.get("group") in groups]  # fmt: skip
        return f"拒签的有 {'、'.join(rows)}：请记 refuse 或 defer，签了再 tick" if rows else ""

    return guard


def defects_ordered(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Every row that was found wrong has become an order, a finding or a task."""
    bare = [one for one in checklist.defects(record) if not one.made]
    if not bare:
        return ""
    rows = "、".join(f"{one.place} {one.words}" for one in bare)
    return f"有问题还没有开单的：{rows}；请用 wuye workorder add --of {record.id} --row {bare[0].place}"


def complete(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
    """Nothing of the whole checklist is still open."""
    return checklist.complete()(record, given, basis)


def something_lacks(*groups: str) -> Guard:
    """A guard: only what is missing can be told."""

    def guard(record: Record, given: Mapping[str, Any], basis: Basis) -> str:
        return "" if still_open(record, *groups) else "资料已齐，没有要告知的：请直接办下一步"

    return guard


# --- steps


def lacking(*groups: str) -> Callable[..., dict[str, str]]:
    """The effect that keeps in the log what is missing at this moment, of some groups or all."""

    def effect(record: Record, given: Mapping[str, Any]) -> dict[str, str]:
        rows = still_open(record, *groups)
        return {"lacking": "、".join(rows)} if rows else {}

    return effect


def before_halt(record: Record, given: Mapping[str, Any]) -> str:
    """The state it was in before it was put off or refused."""
    line = record.timeline
    then = (record.after_entries(count).status for count in range(len(line), 0, -1))
    return next(status for status in then if status not in HALTED)


def identify(arrow: str, *needs: str) -> Step:
    """Identity checked: how, by whom."""
    takes = ("id_type", "id_tail", "id_checked_by")
    return Step("identify", "核实身份", arrow, ("identified", *needs), takes)


def tell(arrow: str, *groups: str) -> Step:
    """Somebody is told which papers are missing."""
    guard, effect = something_lacks(*groups), lacking(*groups)
    return Step("tell", "告知缺件", arrow, ("told",), ("said",), guard=guard, effect=effect)


def halting(live: str, refused: str, also: str = "", groups: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """Put off with what is missing, refused, gone on with, withdrawn (from `also` too)."""
    return (
        Step("defer", "待续", f"{live} {REFUSED} -> {CONTINUED}", (), ("reason", "again"),
             effect=lacking(*groups)),
        Step("refuse", refused, f"{live} {CONTINUED} -> {REFUSED}", ("reason",), ("again",)),
        Step("resume", "继续办理", f"{CONTINUED} {REFUSED} -> {live.split()[0]}", to=before_halt),
        Step("cancel", "撤回", f"{live} {also} {CONTINUED} {REFUSED} -> {CANCELLED}", ("reason",)),
    )


# --- clocks and columns


def received(record: Record, basis: Basis) -> Mark | None:
    """Since it was received; one that was withdrawn waits for nobody."""
    return None if record.status == CANCELLED else Mark(record.received)


def put_off(record: Record, basis: Basis) -> Mark | None:
    """Since a day was last fixed for going on."""
    if not record.get("again") or record.status not in HALTED:
        return None
    marks = [Mark(e.at, i + 1) for i, e in enumerate(record.timeline) if e.values.get("again")]
    return marks[-1] if marks else Mark(record.received)


def on_that_day(record: Record, start: Mark, basis: Basis) -> tuple[datetime | None, str]:
    """The end of the day that was fixed."""
    return basis.desk.closing(record["again"]), "约定再办的日期（again），当日下班前"


AGAIN_CLOCK = Clock("again", "约定再办", put_off, on_that_day, ("resume", "close", "cancel"))


def missing_rows(record: Record, basis: Basis) -> str:
    """What is still missing, in words."""
    return "、".join(still_open(record)) if record.is_open else ""


MISSING = Computed("missing", "还缺", missing_rows)


# --- rows by person


def recounted(
    rows: Sequence[Mapping[str, Any]], needs: Mapping[str, int], before: Mapping[str, int] = {}
) -> tuple[dict[str, Any], ...]:
    """The rows with as many copies as the persons call for; 0 is 不适用, a row that wants more is open again.

    Only where the count differs from `before`, so that what somebody ticked otherwise stays.
    """
    found = []
    for one in rows:
        row, need = dict(one), needs.get(str(one["name"]))
        if need is not None and need != before.get(str(one["name"]), -1):
            _ask(row, need)
        found.append(row)
    return tuple(found)


def _ask(row: dict[str, Any], need: int) -> None:
    had = row.get("done") or (row.get("need") or 1 if row.get("mark") == "ok" else 0)
    row.pop("need", None)
    if need > 1:
        row["need"] = need
    if not need:
        row["mark"] = "none"
    elif row.get("mark") in (None, "none", "ok"):
        row.pop("mark", None)
        if had:
            row["done"] = had
        if had >= need:
            row["mark"] = "ok"


def recount(needs: Callable[[Mapping[str, Any]], Mapping[str, int]]) -> Callable[..., dict[str, Any]]:
    """The effect of the step by which persons change: the rows ask for their copies."""

    def effect(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
        after = needs({**record.values, **given})
        return {"checks": CHECKS.dump(recounted(record.get("checks") or (), after, needs(record.values)))}

    return effect


# --- what moves with the last step


def day_of(record: Record, step: str) -> date:
    """The day of the step that is being taken."""
    return record.entries(step)[-1].at.date()


def filing(record: Record, books: Books, title: str, words: Mapping[str, str]) -> Iterator[Move]:
    """The papers go into the register: put into the document that was named, else entered with their box."""
    filed = str(record["filed"])
    there = books.in_book("document", filed) or books.numbered("document", filed)
    if there:
        yield Move("document", there.id, "put", {"paper": f"{title}（{record.id}）"})
        return
    entry = {"number": record.id, "title": title, "category": "resident", "box": filed, **words}
    yield Move("document", "", "add", entry)


def dumped(record: Record, *names: str, **renamed: str) -> dict[str, str]:
    """Values as they are typed for another record: `renamed` gives its name for one of ours."""
    pairs: Iterable[tuple[str, str]] = (*((n, n) for n in names), *renamed.items())
    found = {theirs: (record.kind[ours], record.get(ours)) for theirs, ours in pairs}
    return {name: _typed(one.stored(value)) for name, (one, value) in found.items() if value not in (None, ())}


def _typed(stored: Any) -> str:
    return stored if isinstance(stored, str) else ",".join(stored)
