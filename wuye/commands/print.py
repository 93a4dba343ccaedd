"""`wuye print`: records and ledgers as the paper forms of the trade, masked (domain.md 43)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from wuye import browser, commands, number, outside, printing, records, slips, stationery, when
from wuye.call import READS, Call, Opt, Verb
from wuye.errors import BadInput, NotCommitted, Problem
from wuye.numerals import fold
from wuye.printing import Print
from wuye.record import Record
from wuye.schema import Kind
from wuye.sheet import Column, Sheet
from wuye.stationery import ANSWER, DEBTORS, HOW_ZH, LEDGER, PAPERS_ZH, POINTER, SLIP, Form

BLANK_MOST = 200
OPTIONS = (
    Opt("form", "哪种表格，如 放行条、收费通知单、投诉台账", metavar="NAME"),
    Opt("forms", "列出全部表格", flag=True),
    Opt("period", "期间：2026-11、本周、昨天（不写为本月）", metavar="PERIOD"),
    Opt("building", "只要这一栋", metavar="NAME"),
    Opt("blank", f"打几张空白表格，带纸号，供停电时手写（最多 {BLANK_MOST}）", metavar="N"),
    Opt("text", "纯文字", flag=True),
    Opt("pdf", "打成 PDF（--out 写文件名）", flag=True),
    *READS,
)
FORM_COLUMNS = (
    Column("form", "代码"), Column("zh", "表格"), Column("kind_zh", "记录"), Column("how_zh", "怎样出"),
    Column("paper_zh", "纸张"), Column("copies", "联次", "、".join),
)  # fmt: skip


def kind_of(word: str) -> Kind:
    """The kind whose prefix a number begins with. Raises BadInput where none does."""
    for name, prefix, _ in records.KINDS:
        if fold(word).strip().upper().startswith(prefix):
            return records.kind(name)
    prefixes = "、".join(row[1] for row in records.KINDS)
    raise BadInput(f"“{word}”看不出是哪一种记录：请写带前缀的编号（{prefixes}），如 TS-20261122-003 或 ts3")


class Asked(NamedTuple):
    """What was typed: the form, the days, the building, how many blank ones."""

    form: Form | None
    since: date
    until: date
    span: str
    building: str
    blank: int


def run(call: Call) -> Sheet | str | bytes | Iterator[str]:
    """Pages of records or of a form; plain text where a record is asked for and nobody looks at a browser."""
    if call.flag("forms"):
        return forms(call)
    asked = _asked(call)
    out = call.text("out").lower()
    pages = call.flag("pdf") or out.endswith((".pdf", ".html", ".htm")) or call.text("output") == "html"
    if not asked.form and (call.flag("text") or not (pages or (call.desk.terminal and not out))):
        return _plain(call)
    made = _of_form(call, asked, asked.form) if asked.form else _of_records(call, _named(call))
    return _delivered(call, made)


def forms(call: Call) -> Sheet:
    """Every form there is."""
    call.no_words()
    zh = {row[0]: row[2] for row in records.KINDS}
    rows = tuple(
        {"form": one.name, "zh": one.zh, "kind": one.kind, "kind_zh": zh.get(one.kind, one.kind), "how": one.how,
         "how_zh": HOW_ZH[one.how], "paper": one.paper, "paper_zh": PAPERS_ZH[one.paper], "copies": one.copies,
         "template": one.file}
        for one in stationery.every()
    )  # fmt: skip
    return Sheet("wuye.print.forms", FORM_COLUMNS, rows, call.office.now, "表格")


def _asked(call: Call) -> Asked:
    """What was typed, all mistakes at once. Raises BadInput."""
    problems: list[Problem] = []
    form, today = None, call.office.now.date()
    since, until = today.replace(day=1), today
    try:
        form = stationery.find(call.text("form")) if call.text("form") else None
    except BadInput as error:
        problems += error.problems
    words = call.text("period") or "本月"
    try:
        since, until = when.period(words, today)
    except ValueError as error:
        problems.append(Problem(f"--period：{error}", field="period"))
    blank = fold(call.text("blank")).strip()
    if blank and not (blank.isascii() and blank.isdigit() and 1 <= int(blank) <= BLANK_MOST):
        problems.append(Problem(f"--blank 应是 1 至 {BLANK_MOST} 的整数，现为“{blank}”：请改正", field="blank"))
    problems += _misused(call, form)
    if problems:
        raise BadInput(*problems)
    building = fold(call.text("building")).strip().removesuffix("栋").removesuffix("号楼")
    kind = records.kind(form.kind) if form else None
    whole = since == date.min or (kind is not None and kind.book and not call.text("period"))
    if whole:
        since, until = date.min, date.max
    span = f"截至 {today}" if whole else f"{since}" if since == until else f"{since} 至 {until}"
    return Asked(form, since, until, span, building, int(blank) if blank else 0)


def _misused(call: Call, form: Form | None) -> Iterator[Problem]:
    """Options and words that do not go with each other."""
    given = [name for name in ("period", "building", "blank") if call.text(name)]
    if not form:
        if call.text("form"):
            return
        if not call.words:
            yield Problem("缺少编号：请写在命令后面，或用 --form 写表格名（wuye print --forms 查看）")
        yield from (Problem(f"--{n} 要和 --form 一起写：请写上表格名", field=n) for n in given)
        return
    if (said := call.text("output")) not in ("", "html"):
        yield Problem(f"--form 打成网页或 PDF，不能用 -o {said}：请去掉，要表格文件请用 list -o xlsx", field="output")
    if call.flag("text"):
        yield Problem("--form 的表格没有纯文字的：请去掉 --text", field="text")
    if call.text("blank") and (call.words or len(given) > 1 or form.how in (ANSWER, DEBTORS)):
        can = form.how in (SLIP, LEDGER, POINTER)
        words = "请去掉编号、--period 和 --building" if can else f"{form.zh}由程序算出，没有空白的：请去掉 --blank"
        yield Problem(f"--blank：{words}", field="blank")
    elif form.how in (SLIP, POINTER) and not (call.words or call.text("period") or call.text("blank")):
        yield Problem(f"{form.zh}打哪几条：请写编号，或 --period 期间，或 --blank 张数")
    if call.words and form.how in (LEDGER, ANSWER):
        yield Problem(f"{form.zh}是一个期间的台账，不写编号：请用 --period")
    if call.text("building") and form.how == ANSWER:
        yield Problem(f"{form.zh}不分楼栋：请去掉 --building", field="building")


# --- records


def _named(call: Call, form: Form | None = None) -> list[Record]:
    """The records whose numbers were typed; of a form those of its kind."""
    found = [call.office.get(kind_of(word), word) for word in call.need_words("编号")]
    if form and (wrong := [r.id for r in found if r.kind.name != form.kind]):
        zh = records.kind(form.kind).zh
        raise BadInput(f"{'、'.join(wrong)} 不是{zh}，不能打{form.zh}：请核对编号")
    return found


def _reveal(call: Call, ids: Sequence[str]) -> bool:
    reveal = call.flag("reveal") and call.whole(0)
    if reveal:
        call.log_reveal(ids)
    return reveal


def _plain(call: Call) -> str:
    """One plain-text slip a record."""
    office = call.office
    found = [printing.with_purpose(office, record) for record in _named(call)]
    reveal = _reveal(call, [r.id for r in found])
    return "\n".join(slips.slip(r, office.basis(r.kind), office.settings.name, reveal) for r in found)


def _of_records(call: Call, found: Sequence[Record], form: Form | None = None) -> Print:
    """A page a record."""
    pairs = [(form or stationery.slip_of(r.kind), r) for r in found]
    if any(one.code for one, _ in pairs):
        _have_key(call)
    reveal = _reveal(call, [r.id for r in found])
    title = found[0].id if len(found) == 1 else f"{pairs[0][0].zh} {len(found)} 张" if found else ""
    return Print(title, pairs[0][0].paper if pairs else "a4", printing.slips(call.office, pairs, reveal))


def _have_key(call: Call) -> None:
    """Make the key for codes where there is none yet. One that could not be committed is saved all the same."""
    try:
        call.office.slip_key(call.who)
    except NotCommitted as error:
        call.uncommitted = error


# --- forms


def _of_form(call: Call, asked: Asked, form: Form) -> Print:
    """The pages of a form."""
    office = call.office
    title = f"{form.zh} {asked.span}"
    if asked.blank:
        return Print(f"{form.zh} 空白", form.paper, printing.blanks(office, form, _blanks(call, form, asked.blank)))
    if form.how == ANSWER:
        return Print(title, form.paper, printing.answer(form, _answer(call, form), asked.span))
    if form.how == DEBTORS:
        return Print(title, form.paper, _notices(call, asked, form))
    if call.words:
        return _of_records(call, _named(call, form), form)
    found = printing.of_building(office, printing.of_period(office, form, asked.since, asked.until), asked.building)
    if form.how in (SLIP, POINTER):
        live = [r for r in found if not r.void]
        if not live:
            raise BadInput(Problem(f"{asked.span} 没有要打{form.zh}的记录：请核对 --period", field="period"))
        return _of_records(call, live, form)._replace(title=title)
    reveal = _reveal(call, [r.id for r in found])
    return Print(title, form.paper, printing.ledger(office, form, found, asked.span, reveal))


def _blanks(call: Call, form: Form, count: int) -> list[str]:
    """The paper numbers; one run that could not be committed is kept all the same."""
    numbers: list[str] = []
    try:
        call.office.give_blanks(form.zh, count, call.who, numbers)
    except NotCommitted as error:
        call.uncommitted = error
    return numbers


def _answer(call: Call, form: Form) -> Sheet:
    """What the command behind a form answers for the period."""
    verb = commands.of_kind(records.kind(form.kind))[form.verb]
    words = (call.text("period"),) if call.text("period") and verb.words else ()
    given: Mapping[str, Any] = {"office": call.text("office")} if call.text("office") else {}
    answer = verb.run(Call(call.desk, words, dict(given), records.kind(form.kind)))
    assert isinstance(answer, Sheet)
    return answer


def _notices(call: Call, asked: Asked, form: Form) -> printing.Making:
    """Notices of a period, of some rooms, or of the bills and contacts whose numbers were typed."""
    office, kind = call.office, records.kind(form.kind)
    numbered = [word for word in call.words if fold(word).strip().upper().startswith(kind.prefix)]
    rooms = [word for word in call.words if word not in numbered]
    found = [office.get(kind, word) for word in numbered]
    if form.name == "dunning-notice":
        rooms += [str(r.get("room") or r.get("lease") or r.get("bay")) for r in found]
        return printing.dunning_notices(office, form, rooms, asked.building)
    if rooms or not found:
        every = printing.of_building(office, printing.of_period(office, form, asked.since, asked.until), asked.building)
        wanted = {name for room in rooms for name in (room, _room(call, room))}
        found += [r for r in every if not rooms or {r.get("room"), r.get("lease"), r.get("bay")} & wanted]
    if not any(r.status == "issued" for r in found):
        raise BadInput(Problem(f"{asked.span} 没有出过账单：请核对 --period 和房号", field="period"))
    return printing.payment_notices(office, form, found)


def _room(call: Call, word: str) -> str:
    from wuye.values import ROOM

    try:
        return str(ROOM.parse(word, call.office.typing))
    except ValueError:
        return word


# --- where it goes


def _delivered(call: Call, made: Print) -> str | bytes | Iterator[str]:
    """The page to a file, to the browser on a terminal, else as text."""
    office, out = call.office, call.text("out")
    parts = printing.text(office, made, call.who.by)
    if call.flag("pdf") or out.lower().endswith(".pdf"):
        if out and not out.lower().endswith(".pdf"):
            raise BadInput(Problem(f"--pdf 的文件名应以 .pdf 结尾，现为“{out}”：请改正", field="out"))
        call.given["out"] = out or f"{_file_name(made.title)}.pdf"
        return browser.pdf(parts)
    if out or not call.desk.terminal:
        return parts
    page = office.store.keep_page(_file_name(made.title), outside.encoded(parts))
    if browser.show(page):
        return f"已在浏览器打开：{page}\n"
    return f"没有找到浏览器，请自己打开：{page}\n"


def _file_name(title: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in title)
    return plain[:60] if number.parse(title) is None else title


VERB = Verb("print", "打印", run, OPTIONS, "[ID...]", frozenset(),
            "打印表格：在浏览器打开、--out 写文件、--pdf 打成 PDF、--text 纯文字")  # fmt: skip
