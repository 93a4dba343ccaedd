"""A person is taken out of every record but those the law wants kept; what could not be reached is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wuye import changes, forgetting
from wuye.basis import Basis
from wuye.call import Call
from wuye.errors import BadInput, Problem, Refused
from wuye.personal import unreached, vaulted
from wuye.personal.meant import Meant, named, working
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.typed import scan


def run(call: Call, found: Meant) -> Sheet:
    """Take a person out of every record but those the law wants kept, and say what could not be reached."""
    office, who, why = call.office, call.who, call.text("reason") or "本人要求删除"
    if problem := scan(why, "--reason", "理由"):
        raise BadInput(problem)
    plan: list[tuple[Record, tuple[str, ...]]] = []
    kept: list[Record] = []
    staff = working(office, found.records)
    every = {name for r in (*found.records, *found.namesakes) for name in forgetting.named_in(r)}
    others = (every | staff) - found.subject.names

    def without(record: Record, names: Sequence[str], reason: str = why) -> Record:
        return forgetting.forget(record, names, found.subject.words, who, reason, others, staff, found.subject)

    for record in found.records:
        names = forgetting.about(record, found.subject)
        if without(record, names) is record:
            continue
        if record.kind.name in forgetting.LAW:
            kept.append(record)
        else:
            plan.append((record, names))
    if not plan:
        stays = "、".join(dict.fromkeys(forgetting.LAW[r.kind.name] for r in kept))
        raise Refused(f"没有可以删除的资料{f'：{stays}' if stays else '，已经删过或本来没有'}；请用 wuye who 核对")
    told = _rows(plan, kept, [without(r, names, "") for r, names in plan])
    dry = call.flag("dry_run")
    if not dry and not call.flag("yes"):
        _confirm(call, found, plan)
    fields = {r.id: names for r, names in plan}
    notes: list[str] = []
    if not dry:

        def make(index: int, record: Record, basis: Basis) -> Record:
            return without(record, fields[record.id])

        done = office.rewrite([r for r, _ in plan], who, f"删除个人资料 {len(plan)} 条", "forget", make)
        call.uncommitted = done.uncommitted
        notes += done.notes
        notes += unreached.index(office)
    notes += vaulted.gone(call, [r.id for r, _ in plan], dry)
    notes += [f"{law}：{_listed(rs)} 没有删" for law, rs in _by_law(kept).items()]
    if opened := [r for r, _ in plan if r.is_open and not r.kind.book]:
        notes.append(f"还没有办结：{_listed(opened)}，删后找不到人")
    if found.namesakes:
        same = f"另有 {len(found.namesakes)} 条里有同样的姓名，看不出是同一人，没有动"
        notes.append(f"{same}：{_listed(found.namesakes)}")
    notes += unreached.told(office, [r for r, _ in plan], found.subject.words)
    notes += ["试运行：没有写入"] if dry else []
    columns = (Column("id", "编号"), Column("kind_zh", "种类"), Column("done", "处理"),
               Column("what", "项目", wide=True))  # fmt: skip
    title = f"删除个人资料（{named(found.subject)}）：{len(plan)} 条"
    return Sheet("wuye.person.forget", columns, told, office.now, title, headed=True,
                 notes=tuple(notes), more={"kept": [r.id for r in kept], "not_reached": list(notes)})  # fmt: skip


def _rows(
    plan: Sequence[tuple[Record, tuple[str, ...]]], kept: Sequence[Record], after: Sequence[Record]
) -> tuple[dict[str, Any], ...]:
    rows = []
    for (record, _), then in zip(plan, after, strict=True):
        extra = then.log[-1].extra
        fields = [*extra.get("forgot", ()), *extra.get("blanked", ())]
        rows.append({"id": record.id, "kind": record.kind.name, "kind_zh": record.kind.zh, "done": "删除",
                     "fields": fields, "what": "、".join(_label(record, n) for n in fields)})  # fmt: skip
    rows += [{"id": r.id, "kind": r.kind.name, "kind_zh": r.kind.zh, "done": "保留", "fields": [],
              "what": forgetting.LAW[r.kind.name]} for r in kept]  # fmt: skip
    return tuple(rows)


def _label(record: Record, name: str) -> str:
    return "备注" if name == "note" else record.kind.label(name)


def _by_law(kept: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in kept:
        found.setdefault(forgetting.LAW[record.kind.name], []).append(record)
    return found


def _listed(records: Sequence[Record]) -> str:
    return changes.summary_of([r.id for r in records])


def _confirm(call: Call, found: Meant, plan: Sequence[tuple[Record, tuple[str, ...]]]) -> None:
    """Nothing brings it back: asked about on a terminal, elsewhere `--yes` must stand. Raises Refused."""
    if not call.desk.terminal:
        words = f"要从 {len(plan)} 条记录里删除个人资料，删后不能撤销：先用 --dry-run 看，确要删除请加 --yes"
        raise BadInput(Problem(words, field="yes"))
    if not call.desk.confirm(f"从 {len(plan)} 条记录里删除 {named(found.subject)} 的资料？删后不能撤销"):
        raise Refused("没有删除：什么都没有改；要删请重做并确认")
