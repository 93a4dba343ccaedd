"""What surveys can do besides the common verbs: a questionnaire checked and printed, the result with its measures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from wuye import number, questionnaire, records, surveyed
from wuye.call import Call, Opt, Verb
from wuye.cohort import RULES
from wuye.errors import BadInput, Damaged, NotFound, Problem
from wuye.figures_money import NONE, rate
from wuye.questionnaire import FREE, Questionnaire
from wuye.record import Record
from wuye.sheet import Column, Sheet, about, state_zh
from wuye.surveyed import BY, Line
from wuye.typed import nearest

KIND = records.kind("survey")
WIDTH = 60
_WAYS = "、".join(f"{code}({zh})" for code, zh in BY.items())
RESULT = (Opt("by", f"按什么分：{_WAYS}（不写为 topic）", metavar="WAY"),)
COLUMNS = (
    Column("zh", ""), Column("n", "有效评分", right=True), Column("satisfied", "满意", right=True),
    Column("fairly", "基本满意", right=True), Column("not", "不满意", right=True),
    Column("unknown", "不清楚", right=True), Column("shown", "满意率", right=True), Column("weak", "薄弱"),
)  # fmt: skip
CHOSEN = (
    Column("question", "问题", wide=True), Column("words", "选项"), Column("count", "份数", right=True),
    Column("of", "答了的", right=True), Column("shown", "占比", right=True),
)  # fmt: skip
WRITTEN = (Column("question", "问题", wide=True), Column("room", "房号"), Column("words", "意见", wide=True),
           Column("id", "答卷"))  # fmt: skip
WEAK = (Column("by", "按", BY.__getitem__), Column("zh", "薄弱项", wide=True), Column("shown", "满意率", right=True),
        Column("n", "有效评分", right=True), Column("measures", "措施"))  # fmt: skip
MEASURES = (
    Column("id", "编号"), Column("kind_zh", "种类"), Column("text", "措施", wide=True), Column("owner", "负责人"),
    Column("due_on", "期限"), Column("status_zh", "状态"), Column("done", "已落实"),
)  # fmt: skip

OWNERS = ("owner", "handler", "department")

def check(call: Call) -> Sheet:
    """A questionnaire's file looked at, every mistake with its line."""
    word = call.need_words("问卷文件")[0]
    call.no_words(1)
    path = Path(word).expanduser()
    path = path if path.is_absolute() else call.desk.cwd / path
    if path.suffix in (".yaml", ".yml") and path.is_file():
        from wuye import outside

        found = questionnaire.understood(outside.read(str(path)), word)
    else:
        found = call.office.questionnaire(word)
    topics = {row["topic"]: row["topic_zh"] for row in found.questions}
    sort = "意见征询（不评分）" if found.poll else "满意度调查"
    words = f"问卷“{found.title}”没有问题：{sort}，{len(topics)} 个主题，{len(found.questions)} 题\n"
    rows = tuple(dict(row) for row in found.questions)
    columns = (Column("code", "题号"), Column("topic_zh", "主题"), Column("way", "题型", questionnaire.WAY.show),
               Column("text", "问题", wide=True))  # fmt: skip
    return Sheet("wuye.survey.check", columns, rows, call.office.now, words=words,
                 more={"title": found.title, "poll": found.poll})  # fmt: skip


def form(call: Call) -> str:
    """The paper form of a questionnaire, or of a survey with its number and last day."""
    word = call.need_words("问卷或调查编号")[0]
    call.no_words(1)
    office, until, mark = call.office, "", ""
    told = number.typed(word) or number.parse(word.strip().upper())
    if told and told.prefix == KIND.prefix:
        survey = office.get(KIND, word)
        found = Questionnaire(survey["title"], survey["sort"] == "poll", tuple(survey.get("questions") or ()))
        until = f"请于 {survey['until']:%Y-%m-%d} 前交回前台    " if survey.get("until") else ""
        mark = f"编号：{survey.id}"
    else:
        found = office.questionnaire(word)
    lines = [office.settings.name, found.title, "=" * WIDTH, f"{until}{mark}".rstrip(),
             "房号：____________    填写人：____________    日期：____________", "-" * WIDTH]  # fmt: skip
    topic = ""
    for place, row in enumerate(found.questions, 1):
        if row["topic_zh"] != topic:
            topic = row["topic_zh"]
            lines.append(f"【{topic}】")
        lines.append(f"{place}. {row['text']}（{row['code']}）")
        if row["way"] != FREE:
            lines.append("   " + "  ".join(f"□{zh}" for zh in questionnaire.choices_of(row).values()))
        else:
            lines += ["   " + "_" * (WIDTH - 4)] * 2
    return "\n".join([*(line for line in lines if line), "=" * WIDTH, "谢谢您的意见", ""])


def result(call: Call) -> Sheet:
    """Satisfaction with n, response, choices and words, weak spots, and what was done about them. Raises Damaged."""
    word = call.need_words("调查编号")[0]
    call.no_words(1)
    office = call.office
    typed = call.text("by").strip() or "topic"
    ways = {code: code for code in BY} | {zh: code for code, zh in BY.items()}
    if typed not in ways:
        raise BadInput(Problem(f"--by 没有“{typed}”{nearest(typed, ways)}；可用：{'、'.join(BY)}", field="by"))
    by, survey = ways[typed], office.get(KIND, word)
    months = [m for m in office.months(records.kind("answer")) if m >= f"{survey.received:%Y-%m}"]
    every, problems = office.load(records.kind("answer"), months)
    if problems:
        raise Damaged(*problems)
    basis = office.basis(KIND, rules=RULES)
    counts, under = basis.yes("figures.fairly_counts"), basis.number("survey.weak")
    came = surveyed.answered(survey, every)
    valid = [one for one in came if one.status == "valid"]
    rated = surveyed.ratings(survey, came)
    shown = surveyed.lines(rated, by, counts)
    rows = tuple(_row(one, under) for one in (*shown, surveyed.together(rated, counts))) if rated else ()
    measures = measures_of(call, survey)
    sections = _sections(call, survey, valid, rated, measures, counts, under)
    handed = survey.get("handed_out")
    response = rate(Decimal(len(came)), Decimal(handed), "%") if handed else None
    foot = [
        f"发放 {handed if handed is not None else NONE} 份，收回 {len(came)} 份，有效 {len(valid)} 份；"
        f"回收率 {NONE if response is None else f'{response}%'}",
    ]
    if rated:
        how = f"“基本满意”{'计入' if counts else '不计入'}满意"
        foot.append(f"口径：满意 ÷ 有效评分，{how}，不清楚的不计；低于 {under}% 为薄弱项")
    if survey["sort"] == "poll":
        foot.append("意见征询不评分")
    return Sheet(
        "wuye.survey.result", (COLUMNS[0]._replace(zh=BY[by]), *COLUMNS[1:]), rows, office.now,
        f"{survey.get('title')} {survey.id}（{state_zh(KIND, survey.status)}）", headed=True,
        empty="没有评分" if came else "还没有答卷", sections=tuple(one for one in sections if one.rows),
        foot="\n".join(foot),
        more={
            "survey": survey.id, "by": by, "handed_out": handed, "answers": [one.id for one in came],
            "valid": [one.id for one in valid], "response": response, "fairly_counts": counts, "weak_under": under,
            **{one.schema.rpartition(".")[2]: one.rows for one in sections},
        },
    )  # fmt: skip


def _row(one: Line, under: int) -> dict[str, Any]:
    return {
        "key": one.key, "zh": one.zh, "n": len(one.base), "satisfied": one.count("satisfied"),
        "fairly": one.count("fairly"), "not": one.count("not"), "unknown": one.count(""), "rate": one.rate,
        "shown": _percent(one), "weak": bool(surveyed.weak([one], under)), "numerator": [r.id for r in one.top],
        "denominator": [r.id for r in one.base],
    }  # fmt: skip


def _percent(one: Line) -> str:
    return f"{NONE if one.rate is None else f'{one.rate}%'}（{len(one.top)}/{len(one.base)}）"


def _sections(
    call: Call, survey: Record, valid: Sequence[Record], rated: Sequence[surveyed.Rating],
    measures: Sequence[dict[str, Any]], counts: bool, under: int,
) -> tuple[Sheet, ...]:
    now = call.office.now
    choices = tuple(
        {"code": one.code, "question": f"{one.code} {one.question}", "words": one.words, "count": len(one.answers),
         "of": one.of, "shown": _share(len(one.answers), one.of), "ids": [a.id for a in one.answers]}
        for one in surveyed.chosen(survey, valid)
    )  # fmt: skip
    texts = tuple(
        {"code": one.code, "question": f"{one.code} {one.question}", "room": one.answers[0]["room"],
         "words": one.words, "id": one.answers[0].id}
        for one in surveyed.written(survey, valid)
    )  # fmt: skip
    spots = tuple(
        {"by": by, "key": one.key, "zh": one.zh, "rate": one.rate, "shown": _percent(one), "n": len(one.base),
         "measures": [m["id"] for m in measures if _about(one, m["text"])]}
        for by in ("topic", "building", "question") for one in surveyed.weak(surveyed.lines(rated, by, counts), under)
    )  # fmt: skip
    found = (
        ("choices", CHOSEN, choices, "选择题"), ("texts", WRITTEN, texts, "文字意见"),
        ("spots", WEAK, spots, "薄弱项"), ("measures", MEASURES, tuple(measures), "措施和落实"),
    )  # fmt: skip
    return tuple(Sheet(f"wuye.survey.{key}", columns, rows, now, title) for key, columns, rows, title in found)


def _share(count: int, of: int) -> str:
    return f"{rate(Decimal(count), Decimal(of), '%')}%" if of else NONE


def _about(one: Line, text: str) -> bool:
    """Whether a measure speaks of a weak spot: its topic, its building, the number of its question."""
    return one.zh.split()[0] in text or (bool(one.ratings) and one.key == one.ratings[0].code and one.key in text)


def measures_of(call: Call, survey: Record) -> list[dict[str, Any]]:
    """The tasks, orders and whatever else was made of a survey, and whether each is done."""
    rows = []
    for name in dict.fromkeys(str(e.extra["link"]) for e in survey.standing if e.extra.get("link")):
        told = number.parse(name)
        kind_name = records.name_of(told.prefix) if told else None
        if kind_name is None:
            continue
        kind = records.kind(kind_name)
        try:
            record = call.office.get(kind, name)
        except NotFound:
            continue
        owner, basis = next((str(record[n]) for n in OWNERS if record[n]), ""), call.office.basis(kind)
        done = not record.is_open and record.status not in ("void", "cancelled")
        rows.append({
            "id": record.id, "kind": kind.name, "kind_zh": kind.zh, "text": about(record, basis), "owner": owner,
            "due_on": record.get("due_on"), "status": record.status, "status_zh": state_zh(kind, record.status),
            "done": done,
        })  # fmt: skip
    return rows


VERBS = (
    Verb("check", "检查问卷", check, (), "FILE", frozenset(), "检查一份问卷文件，错处都说出行号"),
    Verb("form", "问卷", form, (), "NAME", frozenset(), "印发用的问卷：写问卷名或调查编号"),
    Verb("result", "结果", result, RESULT, "ID", frozenset(), "满意率和样本数、回收率、薄弱项、措施落实"),
)
