"""What dunning can do besides the common verbs: today's proposals, and the folder for a lawyer (domain.md 5)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from wuye import proposals, records, verbs
from wuye.arrears import LAW, NO_ADVICE
from wuye.call import WRITES, Call, Opt, Verb
from wuye.commands.arrears import amount_column
from wuye.commands.figures import books_of, missed, plans_of
from wuye.commands.statement import one_debtor, receipts, sheet_of
from wuye.errors import BadInput, Problem
from wuye.owing import asked_day, owing
from wuye.proposals import Proposal
from wuye.record import Record
from wuye.records.dunning import GUARDS, KIND, PROMISE_ZH, STAGE
from wuye.sheet import Column, Sheet
from wuye.typed import scan

_STEP = next(step for step in KIND.flow.steps if step.name == "plan")
_STEP_OPTIONS = tuple(verbs.option(KIND[name]) for name in _STEP.fields)
_STAGES = dict(STAGE.choices)
PLAN = (
    Opt("as_of", "截至哪天（不写为今天）", metavar="DAY"),
    Opt("collector", "只看这位催收人的", metavar="NAME"),
)
EVIDENCE = (
    Opt("out_dir", "写到哪个文件夹（新的或空的，在台账之外）", metavar="DIR"),
    Opt("as_of", "截至哪天（不写为今天）", metavar="DAY"),
    Opt("reason", "为什么取出（证据里有完整的姓名和电话，会记入查阅日志）"),
)
COLUMNS = (
    Column("debtor", "欠费人"), amount_column("principal", "本金"), amount_column("fee", "违约金"),
    Column("oldest", "最早应付日期"), Column("age", "账龄"), Column("last_day", "上次催收"),
    Column("reached", "已到阶段", lambda code: _STAGES.get(code, "")),
    Column("stage", "建议", lambda code: _STAGES.get(code, "")),
    Column("promise", "承诺", lambda code: PROMISE_ZH.get(code, "")), Column("lapses", "时效届满"),
    Column("collector", "催收人"), Column("reasons", "理由", wide=True),
)  # fmt: skip


def plan(call: Call) -> Sheet:
    """With numbers, the step that fixes the next contact; without, who is to be contacted today and how."""
    if call.words or call.typed:
        return verbs.take_step(_STEP, call)
    office = call.office
    as_of = asked_day(office, call.text("as_of"))
    books = owing(office, as_of)
    basis = office.basis(KIND)
    if as_of != office.now.date():
        basis = basis.at(office.settings.desk.closing(as_of))
    found = proposals.proposals(books.arrears, books.contacts_by, basis, _barred(call))
    if wanted := call.text("collector"):
        found = [p for p in found if p.collector == wanted]
    plans = plans_of(books, as_of.year)
    asked = missed(books_of(books, date(as_of.year, 1, 1), date(as_of.year, 12, 31)), plans) if plans else ()
    rows = {when: tuple(_row(p) for p in found if p.when == when) for when in ("today", "later", "paused")}
    later = Sheet("wuye.dunning.later", COLUMNS, rows["later"], office.now, f"今天不催 {len(rows['later'])} 户")
    paused = Sheet("wuye.dunning.paused", COLUMNS, rows["paused"], office.now, f"暂停催收 {len(rows['paused'])} 户")
    return Sheet(
        "wuye.dunning.plan", COLUMNS, rows["today"], office.now, f"催收计划 {as_of}：今天催 {len(rows['today'])} 户",
        headed=True, empty="今天没有要催的", sections=tuple(s for s in (later, paused) if s.rows),
        more={"as_of": as_of, "later": rows["later"], "paused": rows["paused"], "missed": list(asked),
              "warnings": [*LAW, NO_ADVICE]},
        foot="\n".join((*asked, f"只是建议，由人决定；{NO_ADVICE}", f"催收须知：{'；'.join(LAW)}")),
    )  # fmt: skip


def _barred(call: Call) -> set[str]:
    """Guards and those who left: never proposed."""
    found, _ = call.office.every(records.kind("staff"))
    return {str(r["name"]) for r in found if not r.void and (r.get("post") in GUARDS or r.status == "left")}


def _row(one: Proposal) -> dict[str, Any]:
    last: Record | None = one.last
    return {
        "debtor": str(one.debtor), one.debtor.what: one.debtor.name, "when": one.when, "principal": one.principal,
        "fee": one.fee, "total": one.principal + one.fee, "oldest": one.oldest, "days": one.days, "age": one.age,
        "lapses": one.lapses if one.lapses.year < 9999 else None, "last": last.id if last else "",
        "last_day": last.received.date() if last else None, "reached": one.reached, "stage": one.stage,
        "promise": one.promise, "reasons": list(one.reasons), "collector": one.collector, "building": one.building,
        "bills": list(one.bills),
    }  # fmt: skip


def gather(call: Call) -> Sheet:
    """One folder for a lawyer, whole or not at all, written down as a look at private data."""
    problems = []
    if not call.words:
        problems.append(Problem("缺少房号：请写在命令后面", field="room"))
    if not call.text("out_dir"):
        problems.append(Problem("缺少文件夹：请用 --out-dir 给出一个新的或空的文件夹", field="out_dir"))
    reason = call.text("reason").strip()
    if not reason:
        problems.append(Problem("证据里有完整的姓名和电话：请用 --reason 写明为什么取出", field="reason"))
    elif problem := scan(reason, "--reason", "查阅原因"):
        problems.append(problem)
    if problems:
        raise BadInput(*problems)
    call.no_words(1)
    from wuye import evidence, outside

    office = call.office
    target = Path(call.text("out_dir")).expanduser()
    target = (target if target.is_absolute() else call.desk.cwd / target).absolute()
    target = target.parent.resolve() / target.name
    outside.refuse_folder(target, office.root)
    books = owing(office, asked_day(office, call.text("as_of")), call.words[0])
    debtor = one_debtor(books, call.words[0])
    who = call.who.by
    found = evidence.folder(books, debtor, sheet_of(books, debtor), receipts(books, debtor), reason, who)
    call.log_reveal(found.ids)
    outside.write_folder(target, found.files)
    columns = (Column("file", "文件", wide=True),)
    rows = tuple({"file": name, "bytes": len(data)} for name, data in sorted(found.files.items()))
    return Sheet(
        "wuye.dunning.evidence", columns, rows, office.now, f"{debtor} 的证据已写到 {target}", headed=True,
        notes=found.notes, more={"debtor": str(debtor), "folder": str(target), "records": list(found.ids)},
        foot=f"核对：在该文件夹里运行 sha256sum -c SHA256SUMS\n{NO_ADVICE}",
    )  # fmt: skip


VERBS = (
    Verb("plan", "催收计划", plan, (*PLAN, *_STEP_OPTIONS, *WRITES), "[ID...]", frozenset(),
         "今天催谁、怎么催；写编号和 --next 则定下一步", frozenset(_STEP.fields)),
    Verb("next", "定下一步", lambda call: verbs.take_step(_STEP, call), (*_STEP_OPTIONS, *WRITES), "ID...", frozenset(),
         "定下一步", frozenset(_STEP.fields)),
    Verb("evidence", "证据", gather, EVIDENCE, "ROOM", frozenset(), "一户的证据文件夹，交给律师"),
)  # fmt: skip
