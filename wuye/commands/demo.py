"""`wuye demo`: a new office with a believable estate in it, to look at before there is anything of one's own."""

from __future__ import annotations

from collections import Counter

from wuye import beginning, clock, estate, founding, knowledge, records, settings
from wuye.call import Call, Opt, Verb
from wuye.changes import Who
from wuye.commands.init import folder, refuse_taken, wrong_name
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.office import Office
from wuye.sheet import Column, Sheet
from wuye.typed import scan

NAME = "翠湖花园"
NUMBERS = (("seed", "种子", 1, 0, 999_999), ("months", "月数", 2, 1, 12), ("units", "户数", 600, 12, 3000))
HELP = {"seed": "同一种子、同一时间，内容相同", "months": "从几个月前的 1 日写到现在", "units": "小区有多少户"}
OPTIONS = (
    Opt("name", f"小区名称（不写为 {NAME}）", metavar="NAME"),
    *(Opt(n, f"{zh}：{HELP[n]}（{low} 到 {high}，不写为 {own}）", metavar="N") for n, zh, own, low, high in NUMBERS),
    Opt("yes", "文件夹里已有别的东西也照建", flag=True),
)


def run(call: Call) -> Sheet:
    """Make the office and fill it. Refused where there is an office already."""
    word = call.need_words("要建演示台账的文件夹")[0]
    root = folder(call, word)
    call.no_words(1)
    name, by = call.text("name") or NAME, call.text("by") or call.desk.environ.get("WUYE_USER") or "演示"
    numbers, problems = _numbers(call)
    problems += wrong_name(name)
    if problem := scan(by, "--by", "经办人"):
        problems.append(problem)
    if problems:
        raise BadInput(*problems)
    refuse_taken(call, root, word)
    rules = settings.read(root, beginning.starting(name, estate.CHARGES), [row[0] for row in records.KINDS])
    now = clock.now(rules.zone)
    told = estate.tell(numbers["seed"], now, numbers["months"], numbers["units"], rules, call.desk.progress)
    made = told.records
    notes = founding.found(root, name, by, estate.CHARGES)
    office = Office(root)
    files = {**told.files, **knowledge.starter()}
    done = office.fill(made, Who(by, None, now), f"演示台账 {len(made)} 条", call.desk.progress, files)
    call.uncommitted = done.uncommitted
    counts = Counter(record.kind for record in made)
    rows = tuple({"kind": k.name, "zh": k.zh, "count": counts[k]} for k in office.kinds() if counts[k])
    listed = "、".join(f"{row['zh']} {row['count']}" for row in rows)
    words = (
        f"已建演示台账“{name}”：{root}\n{listed}（人名、电话、公司都是编的）\n"
        f"从这里看起：进入这个文件夹，wuye today、wuye due、wuye day、wuye arrears、wuye figures\n"
    )
    columns = (Column("zh", "类别"), Column("count", "条数", right=True))
    return Sheet("wuye.demo", columns, rows, now, words=words, notes=(*notes, *done.notes),
                 more={"name": name, "path": str(root), **numbers})  # fmt: skip


def _numbers(call: Call) -> tuple[dict[str, int], list[Problem]]:
    """Seed, months and units as typed, and every one that is none."""
    found: dict[str, int] = {}
    problems = []
    for name, zh, own, low, high in NUMBERS:
        words = fold(call.text(name)).strip() or str(own)
        if words.isascii() and words.isdigit() and len(words) < 8 and low <= int(words) <= high:
            found[name] = int(words)
        else:
            problems.append(Problem(f"--{name}（{zh}）应是 {low} 到 {high} 的整数，现为“{words}”；请改正", field=name))
    return found, problems


VERB = Verb("demo", "演示", run, OPTIONS, "DIR", frozenset(), "新建一个有两个月记录的演示台账，先看看样子", past=False)
