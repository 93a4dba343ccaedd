"""The verbs over any kind: add, list, show, edit, note, attach, and one per step of its flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from wuye import changes, clocks, when
from wuye.basis import Basis
from wuye.call import BLANK, PASTE, READS, WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.fields import Field
from wuye.flow import Step
from wuye.office import Outcome, Repeat
from wuye.record import UNDOING, Record
from wuye.schema import Kind
from wuye.sheet import Sheet, about, place, records_sheet, state_zh
from wuye.typed import missing
from wuye.values import clean

if TYPE_CHECKING:
    pass

# What only lists and batches need is imported there: `add` is paid for by everybody.
LIST_OPTIONS = (
    Opt("room", "房号", metavar="ROOM"),
    Opt("status", "状态，可写几个，用逗号分开"),
    Opt("since", "从哪天（含）", metavar="DAY"),
    Opt("until", "到哪天（含）", metavar="DAY"),
    Opt("period", "期间：2026-11、2026、本月、上周、all", metavar="PERIOD"),
    Opt("open", "只看未结的（不限月份）", flag=True),
    Opt("late", "只看超时的（不限月份）", flag=True),
    Opt("text", "含有这些字"),
    Opt("where", "条件，如 '受理时间>=昨天 且 状态≠作废'；项目写中文名或代码", metavar="EXPR"),
    Opt("sort", "按哪一项排，前加 - 为倒序", metavar="FIELD"),
    Opt("limit", "最多几条，0 为不限", metavar="N"),
    Opt("fields", "只要哪几项，用逗号分开", metavar="FIELDS"),
)

BACK = Opt("from", "收回 list --edit 导出、改好的表格（xlsx、ods、csv），只改动过的格子", metavar="FILE")
LENT = Opt("edit", "导出成可以改的表（-o xlsx 或 csv），改好后用 edit --from 收回", flag=True)
COUNT_OPTIONS = tuple(o for o in LIST_OPTIONS if o.name not in ("sort", "limit", "fields"))


def option(one: Field) -> Opt:
    """The option of a field, its choices in the help."""
    hint = one.zh_hint or "、".join(f"{code}({zh})" for code, zh in one.type.choices)
    metavar = {"id-tail": "TAIL"}.get(one.type.name, one.type.name.replace(":", "-").partition("-")[0].upper())
    return Opt(one.name, f"{one.zh}{f'：{hint}' if hint else ''}", metavar=metavar, typed_as=one.typed_as)


@cache
def of_kind(kind: Kind) -> Mapping[str, Verb]:
    """Every verb of a kind by its English name."""
    record_fields = tuple(option(f) for f in kind.on_record if f.typed and f.name not in changes.NOT_TYPED)
    own = frozenset(one.name for one in record_fields)
    flags = frozenset(f.name for f in kind.fields if f.type.name == "flag")
    source = Opt("from", "从文件成批登记（- 为标准输入）：YAML、JSON、JSONL、CSV", metavar="FILE")
    received = Opt("received", "受理时间", metavar="WHEN")
    words = " ".join(f"[{name.upper()}]" for name in kind.positional)
    verbs = [
        Verb("add", "登记", add, (*record_fields, source, BLANK, *WRITES), words, flags, f"登记{kind.zh}", own),
        Verb("list", "查询", list_, (*LIST_OPTIONS, LENT, *PASTE, *READS), "", frozenset(), f"查询{kind.zh}"),
        Verb("count", "统计", count, COUNT_OPTIONS, "[FIELD]", frozenset(), "按某一项统计条数"),
        Verb("show", "查看", show, (*PASTE, *READS), "ID...", frozenset(), f"查看{kind.zh}"),
        Verb("edit", "修改", edit, (*record_fields, received, BACK, *WRITES), "[ID...]", flags,
             "更正（原值留在经过里）", own),
        Verb("note", "备注", note, WRITES, "ID... TEXT", frozenset(), "加一条备注"),
        Verb("attach", "附件", attach, WRITES, "ID FILE...", frozenset(), "附上照片或文件"),
    ]  # fmt: skip
    for step in kind.flow.steps:
        given = tuple(option(kind[n]) for n in step.fields)
        run = partial(take_step, step)
        verbs.append(Verb(step.name, step.zh, run, (*given, *WRITES), "ID...", flags, step.zh, frozenset(step.fields)))
    return {verb.name: verb for verb in verbs}


def _kind(call: Call) -> Kind:
    assert call.kind is not None
    return call.kind


def add(call: Call, asked: Iterable[str] = ()) -> Sheet:
    """Register one record, or a batch; `asked` is for the till."""
    kind = _kind(call)
    if source := call.text("from"):
        return _add_batch(call, kind, source, asked)
    typed = with_words(call, kind)
    if call.desk.terminal and not call.flag("yes"):
        for problem in missing(kind, call.office.inherited(kind, typed)):
            if word := call.desk.ask(kind[problem.field].zh):
                typed[problem.field] = word
    who, mistakes = call.heard
    options: dict[str, Any] = {"once": call.text("once"), "dry_run": call.flag("dry_run"), "mistakes": mistakes,
                               "asked": asked, "blank": call.text("blank")}  # fmt: skip
    try:
        done = call.office.add(kind, [typed], who, repeat_ok=call.flag("yes"), **options)
    except Repeat as repeat:
        if not (call.desk.terminal and call.desk.confirm(f"{repeat.problems[0].message}\n再登记一条吗")):
            raise
        done = call.office.add(kind, [typed], who, repeat_ok=True, **options)
    return answer(call, kind, done, f"已登记{kind.zh}", known=True)


def with_words(call: Call, kind: Kind) -> dict[str, str]:
    """Positional words fill the kind's positional fields that no option filled, in order."""
    typed = dict(call.typed)
    free = [name for name in kind.positional if name not in typed]
    if "room" in free and typed.get("place") and len(call.words) < len(free):
        free.remove("room")
    call.no_words(len(free))
    typed.update(zip(free, call.words, strict=False))
    return typed


def _add_batch(call: Call, kind: Kind, source: str, asked: Iterable[str] = ()) -> Sheet:
    from wuye import batch, outside

    if call.typed or call.words or call.text("blank"):
        raise BadInput("--from 不能和单条的内容一起写：请把内容写进文件")
    data = call.desk.read_stdin() if source == "-" else outside.read(source)
    rows = batch.rows(data, "标准输入" if source == "-" else source)
    done = call.office.add(
        kind, rows, call.who, once=call.text("once"), dry_run=call.flag("dry_run"), batch=True,
        progress=call.desk.progress, asked=asked,
    )  # fmt: skip
    head = "试运行：可登记" if call.flag("dry_run") else "已登记"
    months = "、".join(sorted({f"{r.received:%Y-%m}" for r in done.records}))
    where = "" if kind.book else f"，归入 {months}"
    words = f"没有登记新的{kind.zh}" if done.already else f"{head}{kind.zh} {len(done.records)} 条{where}"
    return answer(call, kind, done, words=f"{words}\n")


def answer(call: Call, kind: Kind, done: Outcome, what: str = "", known: bool = False, words: str = "") -> Sheet:
    """The answer of a writing command: the records, and in words the next step and due time, or the words given."""
    basis = call.office.basis(kind)
    reveal = call.whole(len(done.records))
    words = words or "".join(f"{what} {r.id}{_named(kind, r)}{_tell(kind, r, basis)}\n" for r in done.records)
    notes = list(done.notes)
    more: dict[str, Any] = {}
    if known and done.records:
        earlier = call.office.known(done.records[0])
        more["known"] = [r.id for r in earlier]
        notes += [f"此前记录：{_earlier(kind, r, basis)}" for r in earlier[:3]]
    told = call.desk.progress(done.records)
    return records_sheet(kind, told, basis, reveal=reveal, notes=tuple(notes), more=more)._replace(
        words=words,
        exit_code=done.uncommitted.exit_code if done.uncommitted else 0,
        problems=done.uncommitted.problems if done.uncommitted else (),
    )


def _named(kind: Kind, record: Record) -> str:
    """Its own name, by which the desk knows what stands in a book."""
    return f" {kind[kind.own_name].shown(record[kind.own_name])}" if kind.own_name else ""


def _tell(kind: Kind, record: Record, basis: Basis) -> str:
    """Where it stands: next due time with its rule, next step."""
    state = kind.flow.state(record.status)
    parts = [f"：{state.zh}" if state else ""]
    waiting = [r for r in clocks.read(record, basis) if r.waits and r.due]
    if waiting:
        first = waiting[0]
        due = when.read_back(first.due) if first.due else ""
        parts.append(f"；{first.zh}应在 {due} 前（{first.rule}）")
    if kind.next_hint and (hint := kind.next_hint(record, basis)):
        parts.append(f"；{hint}")
    return "".join(parts)


def _earlier(kind: Kind, record: Record, basis: Basis) -> str:
    marks = ["上门推销"] if record.get("seller") else []
    if paused := kind.computed_by("paused"):
        marks += [words] if (words := paused.of(record, basis)) else []
    mark = f"（{'、'.join(marks)}）" if marks else ""
    told = about(record, basis)
    words = f"{place(record)} {told}" if kind.book else told[:20]
    return f"{record.id} {record.received:%m-%d %H:%M} {words}{mark} {state_zh(kind, record.status)}"


def list_(call: Call) -> Sheet:
    """Records that fit, newest first."""
    from wuye import listing

    return listing.list_(call)


def count(call: Call) -> Sheet:
    """How many records there are of each value of a field."""
    from wuye import listing

    return listing.count(call)


def show(call: Call) -> Sheet:
    """One record, whole on a terminal; several, masked."""
    kind, office = _kind(call), call.office
    records = [office.get(kind, word) for word in call.need_words(f"{kind.zh}编号")]
    reveal = call.whole(len(records))
    if call.flag("reveal"):
        call.log_reveal([r.id for r in records])
    basis = office.basis(kind)
    sheet = records_sheet(kind, records, basis, reveal=reveal, tall=True)
    told = [{**row, "history": history(r, basis)} for row, r in zip(sheet.rows, records, strict=True)]
    return sheet._replace(table_rows=tuple(told))


def history(record: Record, basis: Basis) -> tuple[str, ...]:
    """The log in the desk's words, a line an entry."""
    from wuye.undoing import what  # `add` is paid for by everybody

    kind, lines = record.kind, []
    for entry in record.log:
        parts = [f"{entry.at:%Y-%m-%d %H:%M}", what(record, entry), entry.by]
        parts += [
            f"{kind[n].zh}：{kind[n].masked_zh(v) if kind[n].private and v else basis.shown(kind[n], v)}"
            for n, v in entry.values.items()
            if entry.step not in UNDOING and n != "checks" and not kind[n].gathered  # long lists, told elsewhere
        ]
        parts += [str(entry.extra[n]) for n in ("note", "file", "link") if n in entry.extra]
        lines.append("  ".join(parts))
    return tuple(lines)


def edit(call: Call) -> Sheet:
    """Correct fields; the values before stay in the log."""
    kind, office = _kind(call), call.office
    typed = dict(call.typed)
    if words := call.text("received"):
        typed["received"] = words
    if file := call.text("from"):
        from wuye import takenback

        if typed or call.words:
            raise BadInput("--from 是收回改好的表格，不能和编号、要改的项一起写：请去掉一样")
        return takenback.edit(call, kind, file)
    if not typed:
        raise BadInput(f"没有写要改哪一项：请用选项给出，如 {kind.fields[0].option}")
    if typed.get(kind.link, "").strip():
        typed[kind.link] = str(office.number(kind, typed[kind.link]))
    if typed.get(kind.origin, "").strip():
        typed[kind.origin] = office.source(kind, typed[kind.origin]).id
    typed, wrong = office.pointed(kind, typed)
    if wrong:
        raise BadInput(*wrong)
    who = call.who

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        after, heard = changes.edited(record, typed, office.typing, who, basis)
        return after, (*heard.said, *_seen_now(call, record, after, basis))

    return _change(call, kind, call.need_words(f"{kind.zh}编号"), "更正", make)


def _seen_now(call: Call, record: Record, after: Record, basis: Basis) -> tuple[str, ...]:
    """What the registers say to a corrected record and did not say before."""
    sees = record.kind.sees
    if sees is None or record.kind.seen_once:
        return ()
    before = sees(record.values, call.office, basis).notes
    return tuple(f"{record.id} {n}" for n in sees(after.values, call.office, basis).notes if n not in before)


def take_step(step: Step, call: Call) -> Sheet:
    """One step of the flow, for one record or several at once."""
    kind, office = _kind(call), call.office
    names = call.words
    who, mistakes = call.heard
    typed, wrong = office.pointed(kind, call.typed)
    heard, problems = changes.hear_step(kind, step, typed, office.typing._replace(since=who.at))
    bad = {problem.field for problem in wrong}
    problems = [*wrong, *(p for p in problems if p.field not in bad)]
    if not names:
        problems.insert(0, Problem(f"缺少{kind.zh}编号：请写在命令后面"))
    if problems := [*problems, *mistakes]:
        raise BadInput(*problems)
    once = call.text("once")
    extra: Mapping[str, Any] = {"once": once} if once else {}

    def make(record: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        after = changes.stepped(record, step, heard, who, basis, extra)
        warned = step.warn(record, heard.values, basis.at(who.moment)) if step.warn else ""
        told = kind.tells(after, step.name, office) if kind.tells else ()
        return after, (*heard.said, *([f"{record.id} {warned}"] if warned else []), *(f"{record.id} {n}" for n in told))

    return _change(call, kind, names, step.zh, make)


def _change(call: Call, kind: Kind, names: tuple[str, ...], what: str, make: Any) -> Sheet:
    done = call.office.change(kind, names, call.who, what, make, once=call.text("once"), dry_run=call.flag("dry_run"))
    return answer(call, kind, done, f"已{what}")


def note(call: Call) -> Sheet:
    """Free words in the log."""
    kind = _kind(call)
    words = call.need_words(f"{kind.zh}编号和备注")
    if len(words) < 2:
        raise BadInput("缺少备注内容：请写在编号后面，有空格时加引号")
    who, text, once = call.who, words[-1], call.text("once")
    try:
        text = clean(text)
    except ValueError as error:
        raise BadInput(Problem(f"备注：{error}", field="note")) from error
    extra = {"note": text} | ({"once": once} if once else {})
    return _change(call, kind, words[:-1], "备注", lambda r, basis: (changes.noted(r, "note", who, extra), ()))


def attach(call: Call) -> Sheet:
    """Keep files with the record: copied in under their hash."""
    kind = _kind(call)
    words = call.need_words(f"{kind.zh}编号和文件")
    if len(words) < 2:
        raise BadInput("缺少文件：请写在编号后面")
    done = call.office.attach(kind, words[0], words[1:], call.who, dry_run=call.flag("dry_run"))
    return answer(call, kind, done, "已附件")
