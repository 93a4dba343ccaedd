"""`wuye routine`: the recurring duties: what is owed, done or missed; doing one makes its record (domain.md 44)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from wuye import changes, duties, money, posts, records, rents, routines, verbs, when
from wuye.basis import Basis
from wuye.call import WRITES, Call, Opt, Verb
from wuye.duties import Duty, Period, Stand
from wuye.errors import BadInput, Problem, Refused
from wuye.numerals import fold
from wuye.office import Office
from wuye.record import AT_ONCE, Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet

OPTIONS = (
    Opt("period", "哪一期：2026-11、2026-11-20、上月（查看时可写一段）", metavar="PERIOD"),
    Opt("who", "只看这个岗位或这个人的", metavar="NAME"),
    Opt("text", "做的情况"),
    Opt("reason", "为什么这一次不用做"),
    *WRITES,
)
ACTIONS = {"list": "查看", "show": "详情", "done": "完成", "skip": "免做"}
COLUMNS = (
    Column("due", "到期", lambda at: f"{at:%Y-%m-%d %H:%M}"), Column("state", "情况", lambda c: duties.STATES[c]),
    Column("duty", "代码"), Column("zh", "例行工作"), Column("period_zh", "哪一期"), Column("who_zh", "谁做"),
    Column("kind_zh", "由什么完成"), Column("ids", "编号"),
)  # fmt: skip
MOST = 5
SOON = timedelta(days=31)
"""How far ahead `due` looks for rents."""


def row_of(stands: Sequence[Stand], why: str = "") -> dict[str, Any]:
    """One duty in one state: a period, or those that were missed one after another."""
    last = stands[-1]
    duty = last.duty
    names = [one.period.name for one in stands]
    some = f"等 {len(names)} 次：" if len(names) > MOST else ""
    names_zh = "、".join(_name_zh(one.period) for one in stands[-MOST:])
    ids = tuple(i for one in stands for i in one.ids)
    return {
        "due": last.period.due, "state": last.state, "duty": duty.code, "zh": duty.zh, "every": duty.every,
        "period": last.period.name, "periods": names, "period_zh": some + names_zh,
        "who": duty.who, "who_zh": posts.POST_ZH.get(duty.who, duty.who), "kind": duty.made_of,
        "kind_zh": records.kind(duty.made_of).zh + (f" {len(ids)}/{duty.needs}" if duty.needs > 1 else ""),
        "where": dict(duty.where), "checklist": list(duty.checklist), "ids": ids, "reason": why,
    }  # fmt: skip


def _name_zh(period: Period) -> str:
    """A day without its year, a shift of it by its Chinese name: many of them stand in a line."""
    return period.shown[5:] if len(period.shown) >= 10 else period.shown


def _why(office: Office, one: Stand) -> str:
    """Why it was not to be done that time."""
    if one.state != duties.SKIPPED:
        return ""
    task = office.get(records.kind(duties.TASK), one.ids[-1])
    return next((str(e.values.get("reason", "")) for e in reversed(task.entries("cancel"))), "")


def rows_of(stands: Iterable[Stand], office: Office) -> tuple[dict[str, Any], ...]:
    """What is missed comes first, all periods of a duty in one row; then each by its due time."""
    missed: dict[str, list[Stand]] = {}
    rest = []
    for one in stands:
        if one.state == duties.MISSED:
            missed.setdefault(one.duty.code, []).append(one)
        else:
            rest.append([one])
    return tuple(row_of(group, _why(office, group[-1])) for group in (*missed.values(), *rest))


def section(office: Office, until: date | None, name: str, missed_only: bool = False) -> Sheet:
    """What is owed by the end of a day (None: in every period that runs), and what was missed lately."""
    found = routines.standing(office)
    owed = () if missed_only else (one for one in found.owed if until is None or one.period.due.date() <= until)
    rented, problems = _rents(office, until, missed_only)
    rows = (*rows_of([*found.missed, *owed], office), *rented)
    missed = sum(row["state"] == duties.MISSED for row in rows)
    title = f"例行工作：漏做 {missed} 项，待做 {len(rows) - missed} 项（做完用 routine done 代码）"
    return Sheet(name, COLUMNS[:-1], rows, office.now, title, problems=(*found.problems, *problems))


def _rents(office: Office, until: date | None, missed_only: bool) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rents that come due, those with a bill that is paid left out; without bills only what is still to come."""
    kind, today, desk = records.kind("lease"), office.now.date(), office.settings.desk
    if not office.months(kind):
        return [], []
    leases, problems = office.select(kind)
    rows = []
    for lease in leases:
        for rent in rents.due_between(lease, today - rents.BACK, until or today + SOON):
            late = office.now > desk.closing(rent.due)
            if (missed_only and not late) or _settled(office, rent, late):
                continue
            rows.append({
                "due": desk.closing(rent.due), "state": duties.MISSED if late else duties.OWED, "duty": "rent",
                "zh": f"收租 {lease['name']} {lease['tenant']} {money.show(rent.amount)}", "every": "",
                "period": f"{rent.start:%Y-%m}", "periods": [f"{rent.start:%Y-%m}"],
                "period_zh": f"{rent.start:%m-%d} 至 {rent.end:%m-%d}", "who": lease.get("handler") or "",
                "who_zh": lease.get("handler") or "", "kind": "payment", "kind_zh": records.kind("payment").zh,
                "where": {"lease": lease["name"]}, "checklist": [], "ids": (lease.id,), "reason": "",
            })  # fmt: skip
    return sorted(rows, key=lambda row: (row["due"], row["zh"])), problems


def _settled(office: Office, rent: rents.Rent, late: bool) -> bool:
    """Whether nothing waits: its bill is paid, or nobody keeps bills by which that could be told."""
    name = str(rent.lease["name"])
    bills, _ = office.naming(records.kind("bill"), name)
    live = {b.id for b in bills if b["lease"] == name and b["period_from"] == rent.start and not b.void}
    day = max(office.now.date(), rent.due + timedelta(days=1))
    owed = office.owes("lease", name, day)
    if owed is None or not live:
        return owed is None and late
    return not live & set(owed.bills)


def run(call: Call) -> Sheet:
    """List, show, do or skip."""
    word = call.words[0] if call.words else "list"
    action = next((code for code, zh in ACTIONS.items() if word in (code, zh)), "")
    if not action:
        words = "、".join(f"{code}（{zh}）" for code, zh in ACTIONS.items())
        raise BadInput(f"没有“{word}”这个动作，可用：{words}；请改正")
    if action == "list":
        call.no_words(1)
        return _list(call)
    call.no_words(2)
    if len(call.words) < 2:
        raise BadInput("缺少例行工作：请写在命令后面，如 routine done safe；有哪些请看 wuye routine")
    duty = routines.find(call.office, call.words[1])
    return {"show": _show, "done": _done, "skip": _skip}[action](call, duty)


def _span(call: Call) -> tuple[date | None, date | None]:
    if not (words := call.text("period")):
        return None, None
    try:
        first, last = when.period(words, call.office.now.date())
    except ValueError as error:
        raise BadInput(Problem(f"--period（期间）：{error}", field="period")) from error
    return max(first, date(2000, 1, 1)), last


def _list(call: Call) -> Sheet:
    """What is owed and missed, and what was done of the periods that run; of a span everything that was due in it."""
    office, (first, last) = call.asked, _span(call)
    found = routines.standing(office, first, last)
    today = office.now.date()
    chosen = [
        one for one in found.stands
        if first or one.state in (duties.OWED, duties.MISSED) or one.period.due.date() >= today
    ]  # fmt: skip
    if wanted := call.text("who"):
        code = posts.named(wanted) or wanted
        chosen = [one for one in chosen if one.duty.who == code]
    rows = tuple(row_of([one], _why(office, one)) for one in chosen) if first else rows_of(chosen, office)
    counted = {zh: sum(one.state == code for one in chosen) for code, zh in duties.STATES.items()}
    title = "例行工作：" + "，".join(f"{zh} {n} 次" for zh, n in counted.items() if n)
    return Sheet(
        "wuye.routine", COLUMNS, rows, office.now, title if rows else "例行工作", headed=True, problems=found.problems,
        empty="没有待做和漏做的例行工作", exit_code=65 if found.problems else 0,
    )  # fmt: skip


def _show(call: Call, duty: Duty) -> Sheet:
    """One duty: how often, by whom, what is looked at, and how it stood lately."""
    first, last = _span(call)
    found = routines.standing(call.asked, first, last, duty.code)
    lines = [f"{duty.zh}（{duty.code}）：{duties.EVERY[duty.every]}"]
    if duty.who:
        lines[0] += f"，{posts.POST_ZH.get(duty.who, duty.who)}"
    lines += [f"  □ {line}" for line in duty.checklist]
    rows = tuple(row_of([one], _why(call.office, one)) for one in reversed(found.stands))
    return Sheet(
        "wuye.routine", COLUMNS, rows, call.office.now, "\n".join(lines), headed=True, problems=found.problems,
        empty="还没有到期的", exit_code=65 if found.problems else 0,
    )  # fmt: skip


def _meant(call: Call, duty: Duty) -> Stand:
    """The period that is done: the one named, else the first that is owed, else the last that was missed."""
    name = fold(call.text("period")).strip()
    first = _first_day(call, name) if name else None
    found = routines.standing(call.office, first - timedelta(days=7) if first else None, only=duty.code).stands
    if name:
        fits = [one for one in found if name.lower() in (one.period.name.lower(), one.period.zh, _short(one.period))]
        if not fits:
            names = "、".join(one.period.shown for one in found[-MOST:]) or "没有"
            raise BadInput(Problem(f"{duty.zh}没有“{name}”这一期，最近的有：{names}；请改正 --period", field="period"))
        found = tuple(fits)
    open_ = [one for one in found if one.state == duties.OWED] or [
        one for one in found[::-1] if one.state == duties.MISSED
    ]
    if not open_:
        done = next((one for one in found[::-1] if one.ids), None)
        words = f"已经{duties.STATES[done.state]}（{'、'.join(done.ids)}）" if done else "现在不用做"
        raise Refused(f"{duty.zh}{words}：要补做以前的请用 --period 写明哪一期")
    return open_[0]


def _short(period: Period) -> str:
    """A day's name by which a shift may be meant where it is the only one."""
    return period.name.partition("/")[0]


def _first_day(call: Call, name: str) -> date:
    """From when on to look for a named period."""
    plain = name.replace(" ", "/").partition("/")[0].upper()
    try:
        if "W" in plain:
            year, _, week = plain.partition("-W")
            return date.fromisocalendar(int(year), int(week), 1)
        return max(when.period(plain, call.office.now.date())[0], date(2000, 1, 1))
    except ValueError as error:
        words = f"--period（期间）：看不懂“{name}”，请写成 2026-11 或 2026-11-20"
        raise BadInput(Problem(words, field="period")) from error


def _done(call: Call, duty: Duty) -> Sheet:
    """The record that fulfils it: of its kind where it is made in its time, else a task that says for when it is."""
    stand, who = _meant(call, duty), call.who
    if who.moment < stand.period.start:
        raise Refused(f"{duty.zh} {stand.period.shown} 那一期还没有开始：请核对 --at 和 --period")
    told = _telling(records.kind(duty.made_of), stand.period)
    if duty.kind and (told or stand.period.start <= who.moment < stand.period.end):
        kind = records.kind(duty.kind)
        said = {"text": call.text("text")} if call.text("text") and kind.has("text") else {}
        words = {**duty.where, **told, **said}
        try:
            done = call.office.add(kind, [words], who, once=call.text("once"), dry_run=call.flag("dry_run"),
                                   repeat_ok=True)  # fmt: skip
        except BadInput as error:
            by = routines.GIVEN.get(kind.name, "add")
            hint = f"{duty.zh}由{kind.zh}完成，内容要写全：请用 wuye {kind.name} {by} 登记，登记后这一期自动算已做"
            raise BadInput(*error.problems, Problem(hint)) from error
        begun = any(record.status in duties.NOT_YET for record in done.records)
        what = "已开始，办成后这一期才算已做" if begun else "已做"
        return verbs.answer(call, kind, done, f"{duty.zh} {stand.period.shown} {what}：{kind.zh}")
    return _as_task(call, duty, stand, ("done", {"result": call.text("text") or "已做"}), "已做")


def _telling(kind: Kind, period: Period) -> dict[str, str]:
    """The field in which a kind says itself which period it is for."""
    name = next((n for n in duties.TOLD_BY[1:] if kind.has(n) and kind[n].typed), "")
    return {name: period.name} if name and kind.name != duties.TASK else {}


def _skip(call: Call, duty: Duty) -> Sheet:
    """Why it is not to be done this time: a task that is cancelled says so."""
    if not call.text("reason").strip():
        raise BadInput(Problem("缺少理由：请用 --reason 写明这一次为什么不用做", field="reason"))
    return _as_task(call, duty, _meant(call, duty), ("cancel", {"reason": call.text("reason")}), "免做")


def _as_task(call: Call, duty: Duty, stand: Stand, then: tuple[str, dict[str, str]], what: str) -> Sheet:
    kind, who = records.kind(duties.TASK), call.who
    due = max(stand.period.due, who.moment)
    looked = f"（{'、'.join(duty.checklist)}）" if duty.checklist else ""
    words = {
        "text": f"{duty.zh} {stand.period.shown}{looked}", "owner": who.by, "due_on": f"{due:%Y-%m-%d %H:%M}",
        "duty": duty.code, "period": stand.period.name, "source": "duty",
    }  # fmt: skip
    step = kind.flow.step(then[0])
    assert step is not None
    heard, problems = changes.hear_step(kind, step, then[1], call.office.typing._replace(since=who.at))
    if problems:
        raise BadInput(*problems)

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        return changes.stepped(record, step, heard, who, basis, {AT_ONCE: "yes"}), ()

    done = call.office.add(
        kind, [{n: w for n, w in words.items() if kind.has(n)}], who, once=call.text("once"), at_once=(what, make),
        dry_run=call.flag("dry_run"), repeat_ok=True,
    )  # fmt: skip
    return verbs.answer(call, kind, done, f"{duty.zh} {stand.period.shown} {what}：{kind.zh}")


VERB = Verb(
    "routine", "例行", run, OPTIONS, "[list|show|done|skip] [CODE]", frozenset(),
    "例行工作：待做的、漏做的；done 做完登记，skip 写明为什么免做", past=True,
)  # fmt: skip
