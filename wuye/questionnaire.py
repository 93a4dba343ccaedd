"""Questionnaires: what is asked, by topic, and what may be answered; one YAML file each (domain.md 37).

A survey keeps the questions as they were when it was made, so that a file changed later changes no survey.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from wuye.errors import BadInput, Damaged, Fault, Problem
from wuye.listed import Cell, rows
from wuye.numerals import fold
from wuye.values import COUNT, TEXT, choice

SCALE, CHOICE, FREE = "scale", "choice", "text"
WAY = choice(scale="评分", choice="选择", text="文字")
GOOD, FAIRLY, POOR, NONE = "satisfied", "fairly", "not", "none"
WORDS = {"satisfied": "满意", "fairly": "基本满意", "not": "不满意"}
"""The answers to a question that has no points."""
NOT_KNOWN = ("不清楚", "不了解", "没用过", "未接触", "不适用")
FIVE = {
    "非常满意": "5", "很满意": "5", "满意": "4", "一般": "3", "基本满意": "3", "不满意": "2", "非常不满意": "1",
    "很不满意": "1",
}  # fmt: skip
KEYS = ("title", "poll", "topics", "questions")
QUESTION_KEYS = ("code", "topic", "way", "text", "points", "satisfied", "fairly", "choices")
_CODE = r"[a-z][a-z0-9_]{0,15}"
_POINTS = tuple(map(str, range(1, 11)))


def question_zh(row: Mapping[str, Any]) -> str:
    """One question in a line: `q1 保洁：您对楼道保洁满意吗（评分）`."""
    return f"{row['code']} {row['topic_zh']}：{row['text']}（{WAY.show(row['way'])}）"


def _untyped(text: str) -> Iterable[dict[str, str]]:
    raise ValueError("由问卷带出，不要填")


QUESTIONS = rows(
    "questions", "问题",
    (Cell("code", "题号", TEXT, True), Cell("topic", "主题", TEXT, True), Cell("topic_zh", "主题名称", TEXT, True),
     Cell("way", "题型", WAY, True), Cell("text", "问题", TEXT, True), Cell("points", "满分", COUNT),
     Cell("satisfied", "几分以上为满意", COUNT), Cell("fairly", "几分以上为基本满意", COUNT),
     Cell("choices", "选项", TEXT)),
    _untyped, question_zh,
)  # fmt: skip


def answers_of(text: str) -> Iterable[dict[str, str]]:
    """`q1=满意，q2=5，q3=电梯慢，早上要等` → a row a question; a comma in free words parts nothing."""
    for part in re.split(rf"[,，、;；\n]\s*(?={_CODE}\s*[=＝])", text.strip()):
        code, mark, value = re.sub("＝", "=", part, count=1).partition("=")
        if not mark or not re.fullmatch(_CODE, fold(code).strip().lower()):
            raise ValueError(f"看不懂“{part.strip()}”，请写成 q1=满意,q2=5 这样")
        yield {"q": fold(code).strip().lower(), "value": value.strip()}


VALUES = rows(
    "values", "答案", (Cell("q", "题号", TEXT, True), Cell("value", "答案", TEXT, True)),
    answers_of, lambda row: f"{row['q']}={WORDS.get(row['value'], row['value'])}",
)  # fmt: skip


class Questionnaire(NamedTuple):
    """What a file asks: its title, whether it only asks for opinions, its questions as a survey keeps them."""

    title: str
    poll: bool
    questions: tuple[Mapping[str, Any], ...]


# --- the file


FOLDER = "surveys"


def named(word: str) -> str:
    """The name of a questionnaire as it was typed: `2026`, `2026.yaml`, `surveys/2026.yaml`. Raises BadInput."""
    name = word.strip().removeprefix(f"{FOLDER}/").removesuffix(".yaml")
    if not re.fullmatch(r"[\w-]{1,60}", name):
        raise BadInput(Problem(f"问卷名“{word}”应是 {FOLDER}/ 里的文件名，如 2026：请改正", field="questionnaire"))
    return name


def understood(data: bytes, file: str) -> Questionnaire:
    """What a questionnaire's file says. Raises BadInput naming every mistake with its line."""
    from wuye import yamlio

    try:
        text = yamlio.decode(data, file)
        found, faults = parse(yamlio.load(text, file))
    except Damaged as error:
        raise BadInput(*error.problems) from error
    if faults:
        raise BadInput(*(Problem(f.words, file, *yamlio.locate(text, f.path)) for f in faults))
    return found


def parse(raw: Any) -> tuple[Questionnaire, list[Fault]]:
    """A questionnaire out of what its file says, with every mistake in it."""
    if not isinstance(raw, dict):
        words = "问卷应写 title、topics、questions 三项：请照 docs/surveys.md 写"
        return Questionnaire("", False, ()), [Fault((), words)]
    faults = [Fault((key,), f"问卷没有 {key} 这一项，只写 {'、'.join(KEYS)}：请改正") for key in raw if key not in KEYS]
    title, poll = raw.get("title"), raw.get("poll", "no")
    if not isinstance(title, str) or not title.strip():
        faults.append(Fault(("title",), "缺少 title（问卷名称）：请写上"))
    if poll not in ("yes", "no"):
        faults.append(Fault(("poll",), "poll 应是 yes（只征询意见，不评分）或 no：请改正"))
    topics = raw.get("topics")
    if not isinstance(topics, dict) or not topics or not all(isinstance(zh, str) and zh for zh in topics.values()):
        faults.append(Fault(("topics",), "topics 应是“代码: 名称”的清单，如 cleaning: 保洁：请写上"))
        topics = {}
    asked = raw.get("questions")
    if not isinstance(asked, list) or not asked:
        words = "questions 里没有问题：请逐题写 - {code: q1, topic: …, way: scale, text: …}"
        faults.append(Fault(("questions",), words))
        asked = []
    found: dict[str, Mapping[str, Any]] = {}
    for place, one in enumerate(asked):
        path: tuple[str | int, ...] = ("questions", place)
        row, wrong = _question(one, topics, poll == "yes", path, place + 1)
        code = str(row.get("code", ""))
        if code and code in found:
            wrong.append(Fault((*path, "code"), f"第 {place + 1} 题的题号 {code} 前面已经用过：请换一个"))
        found[code] = row
        faults += wrong
    return Questionnaire(str(title or "").strip(), poll == "yes", tuple(found.values())), faults


def _question(
    one: Any, topics: Mapping[str, str], poll: bool, path: tuple[str | int, ...], number: int
) -> tuple[dict[str, Any], list[Fault]]:
    head = f"第 {number} 题"
    if not isinstance(one, dict):
        return {}, [Fault(path, f"{head}应写 code、topic、way、text：请照 docs/surveys.md 写")]
    faults = [Fault((*path, key), f"{head}没有 {key} 这一项，只写 {'、'.join(QUESTION_KEYS)}：请改正")
              for key in one if key not in QUESTION_KEYS]  # fmt: skip
    code, topic, way, text = (str(one.get(key) or "").strip() for key in ("code", "topic", "way", "text"))
    if not re.fullmatch(_CODE, code):
        faults.append(Fault((*path, "code"), f"{head}的 code（题号）应是小写字母开头的字母数字，如 q1：请写上"))
    if topic not in topics:
        faults.append(Fault((*path, "topic"), f"{head}的 topic 应是 topics 里的一个代码，现为“{topic}”：请改正"))
    if way not in dict(WAY.choices):
        faults.append(Fault((*path, "way"), f"{head}的 way 应是 scale（评分）、choice（选择）或 text（文字）：请改正"))
    if not text:
        faults.append(Fault((*path, "text"), f"{head}缺少 text（问题）：请写上"))
    if poll and way == SCALE:
        faults.append(Fault((*path, "way"), f"{head}是评分题，意见征询（poll: yes）不评分：请改成 choice 或 text"))
    row: dict[str, Any] = {"code": code, "topic": topic, "topic_zh": topics.get(topic, topic), "way": way, "text": text}
    more, wrong = _points(one, way, path, head) if way == SCALE else _choices(one, way, path, head)
    return row | more, faults + wrong


def _points(
    one: Mapping[str, Any], way: str, path: tuple[str | int, ...], head: str
) -> tuple[dict[str, Any], list[Fault]]:
    """The points of a scale and from how many on somebody is satisfied, fairly satisfied."""
    faults = [Fault((*path, "choices"), f"{head}是评分题，不写 choices：请删去")] if "choices" in one else []
    told = {name: str(one[name]) for name in ("points", "satisfied", "fairly") if name in one}
    if odd := [name for name, text in told.items() if text not in _POINTS]:
        return {}, [*faults, *(Fault((*path, name), f"{head}的 {name} 应是 1 到 10 的整数：请改正") for name in odd)]
    numbers = {name: int(text) for name, text in told.items()}
    points = numbers.get("points")
    if points is None:
        words = f"{head}没有写 points（满分），satisfied、fairly 用不上：请写 points 或删去"
        wrong = [Fault((*path, name), words) for name in numbers]
        return {}, faults + wrong
    if points == 5:
        numbers = {"satisfied": 4, "fairly": 3} | numbers
    if points < 2 or not 1 <= numbers.get("fairly", 1) <= numbers.get("satisfied", 0) <= points:
        words = f"{head}满分 {points}：请写 satisfied（几分以上为满意），fairly（基本满意）不高于它，都不超过满分"
        return {}, [*faults, Fault((*path, "points"), words)]
    return numbers, faults


def _choices(
    one: Mapping[str, Any], way: str, path: tuple[str | int, ...], head: str
) -> tuple[dict[str, Any], list[Fault]]:
    faults = [Fault((*path, name), f"{head}不是评分题，不写 {name}：请删去")
              for name in ("points", "satisfied", "fairly") if name in one]  # fmt: skip
    told = one.get("choices")
    if way != CHOICE:
        return {}, faults + ([Fault((*path, "choices"), f"{head}是文字题，不写 choices：请删去")] if told else [])
    fits = isinstance(told, dict) and len(told) > 1 and all(
        re.fullmatch(_CODE, code) and isinstance(zh, str) and zh and not set(zh) & {"|", "="}
        for code, zh in told.items()
    )  # fmt: skip
    if not fits or not isinstance(told, dict):
        words = f"{head}的 choices 应是两个以上的“代码: 名称”，代码用小写字母，如 phone: 电话：请改正"
        return {}, [*faults, Fault((*path, "choices"), words)]
    if len({fold(zh) for zh in told.values()}) < len(told):
        faults.append(Fault((*path, "choices"), f"{head}有两个选项名称相同：请改正"))
    return {"choices": "|".join(f"{code}={zh}" for code, zh in told.items())}, faults


# --- answers


def choices_of(question: Mapping[str, Any]) -> dict[str, str]:
    """What may be answered, by code; empty for free words."""
    if question["way"] == CHOICE:
        return dict(part.split("=", 1) for part in str(question["choices"]).split("|"))
    if question["way"] == FREE:
        return {}
    points = question.get("points")
    own = WORDS if points is None else {str(n): f"{n}分" for n in range(points, 0, -1)}
    return {**own, NONE: NOT_KNOWN[0]}


def coded(question: Mapping[str, Any], word: str) -> str:
    """An answer as it is kept: the code of what was typed. Raises ValueError saying what may be answered."""
    if question["way"] == FREE:
        return word.strip()
    known, plain = choices_of(question), fold(word).strip().lower()
    said = {code: code for code in known} | {fold(zh).lower(): code for code, zh in known.items()}
    if question["way"] == SCALE:
        said |= dict.fromkeys(NOT_KNOWN, NONE)
        said |= FIVE if question.get("points") == 5 else {}
        plain = plain.removesuffix("分") or plain
    if plain not in said:
        raise ValueError(f"{question['code']} 没有“{word}”这个答案，可写：{'、'.join(known.values())}；请改正")
    return said[plain]


def misfits(questions: Sequence[Mapping[str, Any]], values: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with answers as they are kept, in words: no such question, asked twice, no such answer."""
    known, seen, wrong = {one["code"]: one for one in questions}, set[str](), []
    for row in values:
        code = row["q"]
        if code not in known:
            wrong.append(f"问卷里没有 {code} 这一题，有 {'、'.join(known)}：请改正")
            continue
        if code in seen:
            wrong.append(f"{code} 答了两次：请只留一个")
        seen.add(code)
        try:
            if (kept := coded(known[code], row["value"])) != row["value"]:
                wrong.append(f"{code} 的“{row['value']}”应存成代码 {kept}：请改正")
        except ValueError as error:
            wrong.append(str(error))
    return wrong


def typed(questions: Sequence[Mapping[str, Any]], words: str) -> str:
    """Typed answers with the codes of what was meant, as `--values` takes them. Raises ValueError."""
    known = {one["code"]: one for one in questions}
    found, wrong = [], []
    for row in answers_of(words):
        try:
            value = coded(known[row["q"]], row["value"]) if row["q"] in known and row["value"] else row["value"]
            found.append({"q": row["q"], "value": value})
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("；".join(wrong))
    return ",".join(f"{row['q']}={row['value']}" for row in found)


def verdict(question: Mapping[str, Any], value: str) -> str:
    """What a rating says: satisfied, fairly, not; empty where it says nothing (不清楚)."""
    if question["way"] != SCALE or value == NONE:
        return ""
    if (points := question.get("points")) is None:
        return value if value in WORDS else ""
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= points):
        return ""
    if int(value) >= question["satisfied"]:
        return GOOD
    return FAIRLY if int(value) >= question.get("fairly", question["satisfied"]) else POOR


def shown(question: Mapping[str, Any], value: str) -> str:
    """An answer as the desk reads it."""
    return choices_of(question).get(value, value)
