"""What a stocktake can do besides the common verbs: labels from a scanner, the access system's list, what differs."""

from __future__ import annotations

from typing import Any

from wuye import cardlist, changes, counting, grid, outside, records, verbs, workbook
from wuye.basis import Basis
from wuye.call import WRITES, Call, Opt, Verb
from wuye.errors import BadInput, Problem
from wuye.flow import Step
from wuye.record import Record
from wuye.records.stocktake import slip_title
from wuye.sheet import Column, Sheet
from wuye.typed import scan

KIND = records.kind("stocktake")
LARGEST = 20 * 1024 * 1024
COUNTED, ANEW = KIND["counted"], KIND["anew"]
TALLY = (
    Opt("counted", f"实点：{COUNTED.zh_hint}", metavar="ROWS"),
    Opt("file",
        "从文件读（- 为标准输入）：每行一个标签或卡号，物料写 A4打印纸 8，票据本写 本号 下一号", metavar="FILE"),
    Opt("anew", f"重新点：{ANEW.zh_hint}", flag=True),
)
COMPARE = (
    Opt("system", "门禁系统导出的表：CSV 或 Excel", metavar="FILE"),
    Opt("columns", "表头不认识时写明：卡号=表头,状态=表头,持卡人=表头,有效期至=表头", metavar="TEXT"),
)
DIFFERENCES = (
    Column("place", "序号", right=True), Column("name", "名称"), Column("difference_zh", "差异"),
    Column("note", "说明", wide=True), Column("how", "处理", wide=True), Column("settled_by", "处理人"),
)  # fmt: skip


def _step(name: str) -> Step:
    step = KIND.flow.step(name)
    assert step is not None
    return step


def _one(call: Call) -> Record:
    """The stocktake that is meant. Raises BadInput without one."""
    call.need_words("盘点编号")
    call.no_words(1)
    return call.office.get(KIND, call.words[0])


def tally(call: Call) -> Sheet:
    """Take in what was counted: typed, or from a file a line each."""
    record = _one(call)
    mistakes = call.heard[1]
    rows, wrong = _rows(call, record["what"])
    if problems := [*wrong, *mistakes]:
        raise BadInput(*problems)
    heard = changes.Heard({"counted": rows} | ({"anew": True} if call.flag("anew") else {}))
    return _taken(call, _step("tally"), record, heard, {})


def _rows(call: Call, what: str) -> tuple[tuple[dict[str, Any], ...], list[Problem]]:
    """What was counted, with every mistake in it."""
    rows: tuple[dict[str, Any], ...] = ()
    problems: list[Problem] = []
    typed, name = call.text("counted"), call.text("file")
    if not typed.strip() and not name:
        words = f"缺少{COUNTED.zh}：请用 {COUNTED.option} 或 --file 给出；一样也没有写 {COUNTED.option} 无"
        return rows, [Problem(words, field="counted")]
    try:
        rows += COUNTED.type.parse(typed, call.office.typing) if typed.strip() else ()
    except ValueError as error:
        problems.append(Problem(f"{COUNTED.option}（{COUNTED.zh}）：{error}", field="counted"))
    if name:
        data = call.desk.read_stdin() if name == "-" else outside.read(name, LARGEST)
        label = "标准输入" if name == "-" else name
        try:
            rows += counting.lines(what, grid.decode(data, label))
        except ValueError as error:
            problems.append(Problem(f"--file（{label}）：{error}", field="file"))
    words = "、".join(f"{row['name']} {row.get('amount', '')}" for row in rows)
    if problem := scan(words, "--counted" if typed else "--file", COUNTED.zh):
        problems.append(problem)
    if not rows and not problems:
        problems.append(Problem(f"{name} 里没有内容：请核对文件；一样也没有写 {COUNTED.option} 无", field="file"))
    return rows, problems


def compare(call: Call) -> Sheet:
    """Compare the cards with the list that the access system exports; the file is kept with the stocktake."""
    record = _one(call)
    who, mistakes = call.heard
    name, wrong = call.text("system"), list(mistakes)
    if not name:
        wrong.append(Problem("系统核对缺少系统导出：请用 --system 给出", field="system"))
    if wrong:
        raise BadInput(*wrong)
    told = cardlist.columns_told(call.text("columns"))
    path, data, digest = outside.attachment(name, f"attachments/{who.moment:%Y-%m}")
    listed = cardlist.read(workbook.read(data, name), told)
    against = tuple(counting.against_system(record.get("expected") or (), listed)) if record["what"] == "cards" else ()
    values: dict[str, Any] = {"system": path} | ({"against": against} if against else {})
    said = (f"系统导出 {len(listed)} 张卡，有效 {sum(bool(row['active']) for row in listed)} 张",)
    extra = {"file": path, "sha256": digest, "size": str(len(data))}
    return _taken(call, _step("compare"), record, changes.Heard(values, said), extra, {path: data})


def _taken(
    call: Call, step: Step, record: Record, heard: changes.Heard, extra: dict[str, str],
    files: dict[str, bytes] | None = None,
) -> Sheet:
    """One step of a stocktake, with the files that go beside it."""
    once, who = call.text("once"), call.who
    more = extra | ({"once": once} if once else {})

    def make(one: Record, basis: Basis) -> tuple[Record, tuple[str, ...]]:
        return changes.stepped(one, step, heard, who, basis, more), heard.said

    done = call.office.change(
        KIND, [record.id], who, step.zh, make, once=once, dry_run=call.flag("dry_run"), more=files or {}
    )
    return verbs.answer(call, KIND, done, f"已{step.zh}")


def differences(call: Call) -> Sheet:
    """Every difference with how it was settled and by whom."""
    record = _one(call)
    settlers = _settlers(record)
    rows = tuple(
        {"place": place, "name": row["name"], "difference": row["difference"],
         "difference_zh": counting.DIFFERENCE.show(row["difference"]), "note": row.get("note"),
         "how": row.get("how"), "settled_by": row.get("settled_by") or settlers.get(_key(row))}
        for place, row in enumerate(record.get("checks") or (), 1)
    )  # fmt: skip
    title = f"{slip_title(record)} {record.received:%Y-%m-%d} 差异"
    return Sheet("wuye.stocktake.differences", DIFFERENCES, rows, call.office.now, title, empty="没有差异")


def _key(row: Any) -> tuple[str, str]:
    return row["name"], row["difference"]


def _settlers(record: Record) -> dict[tuple[str, str], str]:
    """Who wrote down that a difference was settled, where nobody else is named."""
    found: dict[tuple[str, str], str] = {}
    for entry in record.entries("resolve"):
        for row in entry.values.get("checks") or ():
            if row.get("mark"):
                found.setdefault(_key(row), entry.by)
    return found


_ADD = verbs.of_kind(KIND)["add"]
VERBS = (
    _ADD._replace(name="begin", zh="开始盘点", help="开始盘点：钥匙、智能卡、物料或票据本，账面按此刻的台账"),
    Verb("tally", "录入实点", tally, (*TALLY, *WRITES), "ID", frozenset(), "录入实点：手写或扫描的标签"),
    Verb("compare", "系统核对", compare, (*COMPARE, *WRITES), "ID", frozenset(),
         "和门禁系统导出的卡表核对"),
    Verb("differences", "差异", differences, (), "ID", frozenset(), "每一项差异和处理"),
)  # fmt: skip
