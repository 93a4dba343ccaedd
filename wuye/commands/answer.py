"""What answers can do besides the common verbs: words become codes, a table may have a column a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from wuye import questionnaire as asked
from wuye import records, verbs
from wuye.call import Call
from wuye.errors import Ambiguous, BadInput, NotFound, Problem, WuyeError
from wuye.numerals import fold
from wuye.sheet import Sheet
from wuye.typed import missing

if TYPE_CHECKING:
    from wuye.tabular import Row, Table

KIND = records.kind("answer")
TABLES = (".csv", ".xlsx", ".xls", ".ods", ".tsv")
LARGEST = 50 * 1024 * 1024
RECEIVED = ("受理时间", "提交时间", "填写时间")
Questions = Sequence[Mapping[str, Any]]


def add(call: Call) -> Sheet:
    """One answer, or a file of them."""
    if call.text("from"):
        return _from_file(call)
    typed = verbs.with_words(call, KIND)
    if call.desk.terminal and not call.flag("yes"):
        for problem in missing(KIND, typed):
            if word := call.desk.ask(KIND[problem.field].zh):
                typed[problem.field] = word
    if typed.get("survey", "").strip() and typed.get("values", "").strip():
        # A survey that is not there is told together with every other mistake.
        with suppress(NotFound, Ambiguous):
            typed["values"] = _coded(_questions(call, typed["survey"]), typed["values"])
    call.typed, call.words = typed, ()
    return verbs.add(call)


def edit(call: Call) -> Sheet:
    """Corrects what was answered: the questions named anew, the others stay; `q3=` takes an answer out."""
    if call.typed.get("values", "").strip():
        if len(call.words) != 1:
            raise BadInput(Problem("改答案一次改一份：请写一个答卷编号", field="values"))
        record = call.office.get(KIND, call.words[0])
        questions = _questions(call, str(record["survey"]))
        told = {row["q"]: row["value"] for row in record.get("values") or ()}
        told |= {row["q"]: row["value"] for row in _answers(_coded(questions, call.typed["values"]))}
        call.typed["values"] = ",".join(f"{code}={value}" for code, value in told.items() if value)
    return verbs.edit(call)


def _answers(words: str) -> list[dict[str, str]]:
    return list(asked.answers_of(words))


def _questions(call: Call, survey: str) -> Questions:
    found: Questions = call.office.get(records.kind("survey"), survey).get("questions") or ()
    return found


def _coded(questions: Questions, words: str) -> str:
    """Typed answers as codes. Raises BadInput with every mistake."""
    try:
        return asked.typed(questions, words)
    except ValueError as error:
        raise BadInput(Problem(f"--values（答案）：{error}", field="values")) from error


# --- a file


def _from_file(call: Call) -> Sheet:
    """Answers out of YAML, JSON, CSV or a spreadsheet, all or nothing; the survey by option or in each row."""
    from wuye import batch, outside

    source, typed = call.text("from"), dict(call.typed)
    survey = typed.pop("survey", "").strip()
    if typed or call.words:
        raise BadInput("--from 只和 --survey 一起写，其余内容请写进文件")
    data = call.desk.read_stdin() if source == "-" else outside.read(source, LARGEST)
    name = "标准输入" if source == "-" else PurePath(source).name
    table: Table | None = None
    rows: list[dict[str, str]]
    notes: tuple[str, ...] = ()
    if PurePath(source).suffix.lower() in TABLES or data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        table, rows, notes = _table(call, data, name, survey)
    else:
        rows = batch.rows(data, name)
    surveys: dict[str, Questions] = {}
    problems = list(table.problems) if table else []
    for index, row in enumerate(rows, 1):
        word = row.get("survey") or row.get(KIND["survey"].zh) or survey
        if not word.strip():
            continue  # said once for the row as what is missing
        row["survey"] = word
        row.pop(KIND["survey"].zh, None)
        try:
            if word not in surveys:
                surveys[word] = _questions(call, word)
            _fold(row, surveys[word])
        except WuyeError as error:
            problems += [_placed(p._replace(row=index), table, name) for p in error.problems]
    if problems:
        raise BadInput(*problems)
    try:
        done = call.office.add(
            KIND, rows, call.who, once=call.text("once"), dry_run=call.flag("dry_run"), batch=True,
            progress=call.desk.progress,
        )  # fmt: skip
    except WuyeError as error:
        raise type(error)(*(_placed(p, table, name) for p in error.problems)) from error
    head = "试运行：可登记" if call.flag("dry_run") else "已登记"
    words = "没有登记新的答卷" if done.already else f"{head}答卷 {len(done.records)} 份"
    sheet = verbs.answer(call, KIND, done, words=f"{words}\n")
    return sheet._replace(notes=(*notes, *sheet.notes))


def _placed(problem: Problem, table: Table | None, name: str) -> Problem:
    """A problem of a row, with the row's number in the table as the clerk sees it."""
    if not table or not problem.row:
        return problem
    row = table.rows[problem.row - 1]
    word = row.words.get(problem.field)
    return problem._replace(file=word.place if word and word.place else name, row=0 if word else row.number)


def _fold(row: dict[str, str], questions: Questions) -> None:
    """Columns of questions become the one field of answers. Raises BadInput with every mistake of the row."""
    codes = {one["code"]: one for one in questions}
    told, problems = [], []
    if words := row.pop(KIND["values"].zh, "") or row.pop("values", ""):
        try:
            told += _answers(asked.typed(questions, words))
        except ValueError as error:
            problems.append(Problem(f"答案：{error}", field="values"))
    for key in [key for key in row if (code := question_of(key, questions)) and code in codes]:
        code, word = question_of(key, questions), row.pop(key).strip()
        try:
            if word:
                told.append({"q": code, "value": asked.coded(codes[code], word.replace("\n", " "))})
        except ValueError as error:
            problems.append(Problem(str(error), field=key))
    if problems:
        raise BadInput(*problems)
    row["values"] = ",".join(f"{one['q']}={one['value']}" for one in told)


def question_of(heading: str, questions: Questions) -> str:
    """The question that a heading means: its number, its words, or both (`q1 您对保洁满意吗`); empty for none."""
    plain = re.sub(r"\s+", "", fold(heading)).lower()
    for one in questions:
        words = re.sub(r"\s+", "", fold(one["text"])).lower().rstrip("?")
        if plain.rstrip("?") in (one["code"], words) or re.match(rf"{one['code']}(?![a-z0-9_])", plain):
            return str(one["code"])
    return ""


def _table(call: Call, data: bytes, name: str, survey: str) -> tuple[Table, list[dict[str, str]], tuple[str, ...]]:
    """The rows of a spreadsheet by heading. Raises BadInput where a heading is missing or not known."""
    from wuye import tabular, workbook
    from wuye.mapping import RECEIVED as MOMENT
    from wuye.mapping import Map, squeeze

    if not survey:
        raise BadInput(Problem("表格里的答卷是哪一次调查的：请用 --survey 给出，如 dy1", field="survey"))
    questions = _questions(call, survey)
    grid = workbook.read(data, name)
    labels = {squeeze(word): f.name for f in KIND.on_record for word in (f.zh, f.name) if f.name != "survey"}
    labels |= {squeeze(word): MOMENT for word in (*RECEIVED, MOMENT)}
    wanted = [*labels, *(word for one in questions for word in (one["code"], one["text"]))]
    header = tabular.header_of(grid, wanted)
    names = tabular.headings(grid, header)
    columns: dict[str, tuple[str, ...]] = {}
    problems = []
    for heading in filter(None, names):
        field = labels.get(squeeze(heading)) or question_of(heading, questions)
        if field and field in columns:
            problems.append(Problem(f"表头“{heading}”和“{columns[field][0]}”是同一项：请删去一列", grid.name))
        elif field:
            columns[field] = (heading,)
    if "room" not in columns:
        problems.append(Problem("表头里没有“房号”：请加上这一列", grid.name))
    if not {one["code"] for one in questions} & {*columns} and "values" not in columns:
        codes = "、".join(one["code"] for one in questions)
        problems.append(Problem(f"表头里没有题号或问题（{codes}）：请把各题的那一列改成题号", grid.name))
    if problems:
        raise BadInput(*problems)
    key = columns["room"]
    table = tabular.read(grid, Map(columns, header, key=key), names, KIND)
    rows = [{n: w.text for n, w in row.words.items() if w.text} for row in table.rows]
    wrong = [*table.problems, *(p for row in table.rows for p in _spoiled(row))]
    notes = (*grid.notes, *([f"没有导入的列：{'、'.join(table.unused)}"] if table.unused else []))
    return table._replace(problems=tuple(wrong)), rows, notes


def _spoiled(row: Row) -> list[Problem]:
    """What the spreadsheet has done to rooms and times of a row."""
    from wuye import spoiled

    found = []
    for name, form in (("room", "room"), ("received", "moment-past")):
        word = row.words.get(name)
        for cell in word.cells if word else ():
            if words := spoiled.fault(cell, form):
                assert word is not None
                mark = "" if words.startswith(("是", "被", "只")) else "："
                found.append(Problem(f"{word.column}{mark}{words}", word.place, field=name))
    return found


def _of(verb: str) -> Any:
    return verbs.of_kind(KIND)[verb]


VERBS = (
    _of("add")._replace(run=add),
    _of("edit")._replace(run=edit),
)

