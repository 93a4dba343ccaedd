"""What handovers can do besides the common verbs: looked at before, signed twice, compared after (domain.md 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wuye import changes, handed, handsheet, records, signed, verbs
from wuye.basis import Basis
from wuye.call import WRITES, Call, Opt, Verb
from wuye.changes import Heard, Who
from wuye.errors import BadInput, NotFound, Problem, Refused
from wuye.handed import Shift
from wuye.office import Office, Outcome
from wuye.record import Record
from wuye.sheet import Column, Sheet
from wuye.values import MONEY

KIND = records.kind("handover")
COUNTED = ("cash", "counted", "difference", "difference_reason", "keys_counted")
STEPS = {step.name: step for step in KIND.flow.steps}
NO_NOTE = "缺少特别交待的内容：请写在命令后面，有空格时加引号"


def _options(step: str) -> tuple[Opt, ...]:
    return tuple(verbs.option(KIND[name]) for name in STEPS[step].fields)


# --- which one is meant


def _meant(call: Call, recent: Sequence[Record], *states: str) -> Record | None:
    """The one that was named, that took the step under the same key before, or the only one in the first of these
    states in which there is one; None where there is none."""
    if call.words:
        call.no_words(1)
        return call.office.get(KIND, call.words[0])
    if done := handsheet.done_before(recent, call.text("once")):
        return done
    return next((found for state in states if (found := handsheet.only(recent, state))), None)


# --- looking


def _shift(call: Call, draft: Record | None, recent: Sequence[Record]) -> Shift:
    who = call.who
    to = str(call.typed.get("to") or (draft["to"] if draft else "") or "").strip()
    return Shift(who.by, to, who.moment, recent, draft.id if draft else "")


def preview(call: Call) -> Sheet:
    """What would be handed over now, nothing written."""
    office, recent = call.office, handsheet.recent(call.office)
    draft = _meant(call, recent, "draft")
    heard, problems = changes.hear_step(KIND, STEPS["give"], {"to": "-", **call.typed}, office.typing)
    if problems:
        raise BadInput(*problems)
    found = _shift(call, draft, recent)
    kept, notes = handsheet.gathered(office, found)
    kept |= handed.counted(kept, heard.values) | {n: heard.values[n] for n in ("keys_counted",) if n in heard.values}
    notes_made = _specials(draft, office) if draft else ()
    sections = handsheet.sections(office, kept, (*notes_made, *(heard.values.get("special") or ())))
    rows = tuple({"list": name, "number": len(kept.get(name) or ())} for name in handsheet.GROUPS)
    columns = (Column("list", "要交的", lambda name: handsheet.GROUPS[name]), Column("number", "条数", right=True))
    last = found.last
    since = f"{last.id} {found.since:%m-%d %H:%M} 以来" if last else f"{found.since:%m-%d %H:%M} 以来，第一次交班"
    return Sheet(
        "wuye.handover.preview", columns, rows, office.now, f"{found.giver} 现在交班要交的（{since}）", headed=True,
        sections=sections, notes=notes, more={"gathered": dict(kept), "giver": found.giver, "since": found.since},
        foot="只是看看，没有写入；交班用 wuye handover give --to 接班人",
    )  # fmt: skip


# --- giving


def give(call: Call) -> Sheet:
    """The first signature: everything gathered and kept, the record made where there was no draft."""
    office, recent = call.office, handsheet.recent(call.office)
    who, mistakes = call.heard
    draft = _meant(call, recent, "draft")
    typed = {"to": str(draft["to"] or ""), **call.typed} if draft else dict(call.typed)
    heard, problems = changes.hear_step(KIND, STEPS["give"], typed, office.typing._replace(since=who.at))
    if problems := [*problems, *mistakes]:
        raise BadInput(*problems)
    others = [] if call.text("once") else [r for r in recent if not draft or r.id != draft.id]
    if waits := handsheet.only(others, "given"):
        words = f"{waits.id}（{waits['giver']} 交给 {waits['to']}）还没有接班签字"
        raise Refused(f"{words}，不能再交一班：请先 wuye handover take {waits.id}，或 dispute 退回")
    found = _shift(call, draft, recent)
    if found.giver == found.to:
        raise Refused(f"{found.giver} 不能交给自己：请用 --to 写接班人，没人接时写控制中心")
    kept, notes = handsheet.gathered(office, found)
    kept |= handed.counted(kept, heard.values)
    _need_count(kept, heard, found)
    kept = {n: None for n in COUNTED if draft and draft[n] is not None and n not in heard.values} | kept
    before = handed.signature(found.last, "take") if found.last else None
    if before and (taker := str(found.last["taken_by"] if found.last else "")) != found.giver:
        notes += (f"上一班接班签字的是 {taker}，这一班由 {found.giver} 交：请核对是谁在交班",)
    given = Heard({**heard.values, **kept, "giver": found.giver}, heard.said)
    done = _written(call, draft, given, who, notes)
    sheet = verbs.answer(call, KIND, done, "已交班")
    notes_made = [note for r in done.records for note in _specials(r, office)]
    sections = handsheet.sections(office, {**kept, **heard.values}, notes_made)
    told = "".join(f"\n{part.title}\n" + "".join(f"  {row['line']}\n" for row in part.rows) for part in sections)
    return sheet._replace(words=sheet.words + told)


def _need_count(kept: Mapping[str, Any], heard: Heard, found: Shift) -> None:
    """Cash that should be there is counted, unless the control centre gives back what it never had."""
    from wuye.records.handover import is_control

    if kept["expected"] and not heard.values.get("cash") and not is_control(found.giver):
        parts = "，".join(f"{KIND[n].zh} {MONEY.show(kept[n])}" for n in ("carried", "cash_in", "turned_in"))
        words = f"现金应有 {MONEY.show(kept['expected'])}（{parts}）：请点清现金，用 --cash 写明，如 --cash 100x5,50x1"
        raise BadInput(Problem(words, field="cash"))


def _specials(record: Record, office: Office) -> Sequence[str]:
    column = KIND.computed_by("specials")
    assert column is not None
    found: Sequence[str] = column.of(record, office.basis(KIND))
    return found


def _written(call: Call, draft: Record | None, given: Heard, who: Who, notes: tuple[str, ...]) -> Outcome:
    """The draft given, or a record made and given, in one write."""
    options: dict[str, Any] = {"once": call.text("once"), "dry_run": call.flag("dry_run")}
    extra = {"once": options["once"]} if options["once"] else {}

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        return changes.stepped(record, STEPS["give"], given, who, basis, extra), (*given.said, *notes)

    if draft:
        return call.office.change(KIND, [draft.id], who, "交班", make, **options)
    done = call.office.add(KIND, [{"giver": str(given.values["giver"])}], who, repeat_ok=True, at_once=("交班", make),
                           **options)  # fmt: skip
    return done._replace(notes=(*given.said, *notes, *done.notes))


def remind(call: Call) -> Sheet:
    """A special note kept on the open draft; the first one of a shift begins it."""
    office, (who, mistakes) = call.office, call.heard
    words, typed = call.words, dict(call.typed)
    if not typed.get("special"):
        if not words:
            raise BadInput(NO_NOTE)
        words, typed["special"] = words[:-1], words[-1]
    heard, problems = changes.hear_step(KIND, STEPS["remind"], typed, office.typing)
    if problems := [*problems, *mistakes]:
        raise BadInput(*problems)
    call.words = words
    draft = None if words else _meant(call, handsheet.recent(office), "draft")
    options: dict[str, Any] = {"once": call.text("once"), "dry_run": call.flag("dry_run")}
    names = words or ((draft.id,) if draft else ())
    extra = {"once": options["once"]} if options["once"] else {}

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        return changes.stepped(record, STEPS["remind"], heard, who, basis, extra), heard.said

    if names:
        done = office.change(KIND, names, who, "特别交待", make, **options)
    else:
        rows = [{"giver": who.by}]
        done = office.add(KIND, rows, who, repeat_ok=True, at_once=("特别交待", make), **options)
    return verbs.answer(call, KIND, done, "已记特别交待")


# --- taking


def take(call: Call) -> Sheet:
    """The other signature; who took it is at the desk from now on."""
    office, (who, mistakes) = call.office, call.heard
    typed = {"taken_by": who.by, **call.typed}
    heard, problems = changes.hear_step(KIND, STEPS["take"], typed, office.typing)
    if problems := [*problems, *mistakes]:
        raise BadInput(*problems)
    waits = _meant(call, handsheet.recent(office), "given")
    if waits is None:
        raise NotFound("没有等接班签字的交接班：请先由交班人 wuye handover give --to 接班人")
    taker = str(heard.values["taken_by"])
    call.typed, call.words = {"taken_by": taker}, (waits.id,)
    sheet = verbs.take_step(STEPS["take"], call)
    if call.flag("dry_run"):
        return sheet
    office.store.keep_note("duty", taker)
    return sheet._replace(notes=(*sheet.notes, f"当班：{taker}"))


def dispute(call: Call) -> Sheet:
    """What was given is sent back with the reason, to be counted and given again."""
    if not call.words and (waits := _meant(call, handsheet.recent(call.office), "given")):
        call.words = (waits.id,)
    return verbs.take_step(STEPS["dispute"], call)


def tick(call: Call) -> Sheet:
    """Rows of the list ticked; without a number those of the one that is under way."""
    if not call.words and (one := _meant(call, handsheet.recent(call.office), "given", "draft")):
        call.words = (one.id,)
    return verbs.take_step(STEPS["tick"], call)


# --- afterwards


def show(call: Call) -> Sheet:
    """One handover, whole; of the newest one it is said how many records changed after it was signed."""
    sheet = verbs.show(call)
    if call.flag("wechat"):  # its lines quote other records, and notes by hand name anybody
        words = "\n".join(column.show(row.get(column.name)) for row in sheet.rows for column in sheet.columns)
        others = handsheet.quoted(call.asked, words)
        sheet = sheet._replace(records=(*sheet.records, *others), people=handsheet.people(call.asked))
    newest = max((r for r in handsheet.recent(call.office) if signed.tags(r)), key=lambda r: r.id, default=None)
    if newest is None or newest.id not in {row["id"] for row in sheet.rows}:
        return sheet
    told = signed.changed_since(call.office, signed.tags(newest)[-1])
    words = f"{newest.id} 签字后又有 {len(told or ())} 条记录改动：请看 wuye handover changes {newest.id}"
    return sheet._replace(notes=(*sheet.notes, words)) if told else sheet


SIGNED = Opt("from", "从哪次签字算起：give 交班、take 接班（不写为最后一次）", metavar="STEP")
CHANGED = (
    Column("id", "编号"), Column("zh", "类别"), Column("what", "做了什么", wide=True), Column("by", "经办"),
    Column("at", "最后改动"), Column("own", "本单", lambda own: "签过字的本单" if own else ""),
)  # fmt: skip


def _signature(call: Call) -> tuple[str, ...]:
    """The signature that was asked for, none: the last one. Raises BadInput."""
    word = call.text("from")
    found = next((name for name in KIND.tags if word in (name, STEPS[name].zh)), "")
    if word and not found:
        raise BadInput(Problem(f"--from 写 give（交班）或 take（接班），现为“{word}”：请改正", field="from"))
    return (found,) if found else ()


def changed(call: Call) -> Sheet:
    """Records that changed after a signature, and whether the handover itself did: by git, from its tag."""
    office = call.office
    words = call.need_words("交接班编号")
    call.no_words(1)
    record = office.get(KIND, words[0])
    tags = signed.tags(record, *_signature(call))
    if not tags:
        raise Refused(f"{record.id} 还没有签过字，没有签字后的改动：请先由交班人、接班人签字")
    told = signed.changed_since(office, tags[-1])
    if told is None:
        raise Refused(f"git 里没有标签 {tags[-1]}，查不出签字后的改动：请用 wuye history {record.id} 查看本单的经过")
    rows = tuple(
        {"id": t.id, "zh": t.zh, "what": t.what, "by": t.by, "at": t.at, "hand": t.hand, "own": t.id == record.id}
        for t in sorted(told, key=lambda t: t.id != record.id)
    )
    own = any(row["own"] for row in rows)
    return Sheet(
        "wuye.handover.changes", CHANGED, rows, office.now, f"{record.id} 签字（{tags[-1]}）之后的改动", headed=True,
        empty="签字之后没有改动", more={"id": record.id, "tag": tags[-1], "own": own},
        foot="本单在签字后被改过：请双方重新核对" if own else "",
    )  # fmt: skip


_VERBS = verbs.of_kind(KIND)
VERBS = (
    Verb("give", "交班", give, (*_options("give"), *WRITES), "[ID]", frozenset(),
         "交班签字：未结、承诺、现金等由程序汇总", frozenset(STEPS["give"].fields)),
    Verb("preview", "预览", preview, (*_options("give"), Opt("at", "截至什么时候（不写为现在）", metavar="WHEN")),
         "[ID]", frozenset(), "看看现在交班要交什么，不写入", frozenset(STEPS["give"].fields)),
    Verb("remind", "特别交待", remind, (*_options("remind"), *WRITES), "[ID] TEXT", frozenset(),
         "记一条特别交待，交班时一并交", frozenset(STEPS["remind"].fields)),
    _VERBS["tick"]._replace(run=tick, words="[ID]"),
    Verb("take", "接班", take, (*_options("take"), *WRITES), "[ID]", frozenset(), "接班签字，以后当班的是接班人",
         frozenset(STEPS["take"].fields)),
    _VERBS["dispute"]._replace(run=dispute, words="[ID]"),
    _VERBS["show"]._replace(run=show),
    Verb("changes", "签字后改动", changed, (SIGNED,), "ID", frozenset(), "签字之后改动过的记录，本单改没改"),
)  # fmt: skip
