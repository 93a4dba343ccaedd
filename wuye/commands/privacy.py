"""`wuye privacy`: how long each kind keeps private data, and `sweep`, which takes out what is past its time."""

from __future__ import annotations

from wuye.basis import Basis
from wuye.call import WRITES, Call, Verb
from wuye.changes import summary_of
from wuye.errors import BadInput, Damaged, Problem, Refused
from wuye.personal import sweep, unreached, vaulted
from wuye.personal.meant import working
from wuye.record import Record
from wuye.sheet import Column, Sheet

ACTIONS = {"show": "查看", "sweep": "清理"}
OPTIONS = tuple(one for one in WRITES if one.name in ("dry_run", "yes"))


def run(call: Call) -> Sheet:
    """What is kept for how long and what is due; or the sweep."""
    word = call.words[0] if call.words else "show"
    if word not in (*ACTIONS, *ACTIONS.values()) or len(call.words) > 1:
        raise BadInput(f"看不懂“{' '.join(call.words)}”：请写 wuye privacy 或 wuye privacy sweep")
    return _sweep(call) if word in ("sweep", ACTIONS["sweep"]) else _show(call)


def _show(call: Call) -> Sheet:
    office = call.asked
    due = sweep.due(office)
    count = {kind: sum(r.kind is kind for r in due.past) for kind in office.kinds()}
    rows = tuple({"kind": kind.name, "kind_zh": kind.zh, "keep": str(span) if span else "", "due": count[kind],
                  "keep_zh": span.zh if span else "一直保留"} for kind, span in sweep.kept(office).items())  # fmt: skip
    columns = (Column("kind_zh", "种类"), Column("keep_zh", "办结后保存"), Column("due", "到期", right=True))
    back = (f"删除过又被合并带回的有 {len(due.back)} 条",) if due.back else ()
    notes = (*back, "在 wuye.yaml 里改，如 visitor.keep: 1y；到期的用 wuye privacy sweep 删去")
    return Sheet(
        "wuye.privacy", columns, rows, office.now, "个人资料保存多久", problems=due.problems, notes=notes,
        exit_code=65 if due.problems else 0,
    )  # fmt: skip


def _sweep(call: Call) -> Sheet:
    office, who = call.office, call.who
    due = sweep.due(office)
    if due.problems:  # what cannot be read would be kept too long without a word
        raise Damaged(*due.problems)
    every = (*due.past, *due.back)
    dry, notes = call.flag("dry_run"), list[str]()
    if every and not dry:
        if not call.flag("yes"):
            _confirm(call, every)

        staff = working(office)

        def make(index: int, record: Record, basis: Basis) -> Record:
            return sweep.swept(record, who, index < len(due.past), staff)

        done = office.rewrite(every, who, f"个人资料到期删除 {len(every)} 条", "forget", make)
        call.uncommitted = done.uncommitted
        notes += [*done.notes, *unreached.index(office)]
    elif not dry:
        notes += unreached.copies(office)
    notes += vaulted.swept(call, dry)
    if every:
        notes += unreached.told(office, every, ())
    notes += ["试运行：没有写入"] if dry and every else []
    rows = tuple(
        {"id": r.id, "kind": r.kind.name, "kind_zh": r.kind.zh, "closed": sweep.over(r),
         "why": sweep.REASON if r in due.past else "合并带回"} for r in every
    )  # fmt: skip
    columns = (Column("id", "编号"), Column("kind_zh", "种类"), Column("closed", "办结"), Column("why", "为什么"))
    return Sheet("wuye.privacy.sweep", columns, rows, office.now, f"个人资料清理：{len(rows)} 条", headed=bool(rows),
                 notes=tuple(notes), empty="没有到期的个人资料")  # fmt: skip


def _confirm(call: Call, every: tuple[Record, ...]) -> None:
    """Nothing brings it back. Raises Refused."""
    told = summary_of([r.id for r in every])
    if not call.desk.terminal:
        words = f"要从 {len(every)} 条记录里删除个人资料（{told}），删后不能撤销：先用 --dry-run 看，确要删请加 --yes"
        raise BadInput(Problem(words, field="yes"))
    if not call.desk.confirm(f"从 {len(every)} 条记录里删除到期的个人资料？删后不能撤销"):
        raise Refused("没有删除：什么都没有改；要删请重做并确认")


VERB = Verb(
    "privacy", "隐私", run, OPTIONS, "[show|sweep]", frozenset(),
    "各类个人资料保存多久、到期多少；sweep 删去到期的（不能撤销）",
)  # fmt: skip
