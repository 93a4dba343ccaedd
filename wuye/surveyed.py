"""What answers say: ratings, satisfaction by topic, question and building, weak spots (domain.md 37, J). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wuye import questionnaire as asked
from wuye.figures_money import rate
from wuye.questionnaire import CHOICE, FAIRLY, FREE, GOOD, SCALE
from wuye.record import Record

BY: Mapping[str, str] = {"topic": "主题", "building": "楼栋", "question": "问题", "both": "主题和楼栋"}
COUNTED = ("valid",)


class Rating(NamedTuple):
    """What one unit said to one question: `id` names both, `verdict` is empty where it says nothing (不清楚)."""

    answer: str
    code: str
    question: str
    topic: str
    topic_zh: str
    building: str
    verdict: str

    @property
    def id(self) -> str:
        """The answer's number with the question's."""
        return f"{self.answer}/{self.code}"

    def get(self, name: str) -> Any:
        """A field by its name, as a record gives it."""
        return getattr(self, name, None)


def ratings(survey: Record, answers: Iterable[Record]) -> list[Rating]:
    """Every rating in the valid answers to a survey, in the order of the questions and buildings."""
    questions = {one["code"]: one for one in survey.get("questions") or ()}
    found = []
    for answer in answers:
        if answer.get("survey") != survey.id or answer.status not in COUNTED:
            continue
        building = str(answer.get("room") or "").split("-")[0]
        for row in answer.get("values") or ():
            one = questions.get(row["q"])
            if one and one["way"] == SCALE:
                said = asked.verdict(one, row["value"])
                found.append(
                    Rating(answer.id, one["code"], one["text"], one["topic"], one["topic_zh"], building, said)
                )
    place = {code: index for index, code in enumerate(questions)}
    return sorted(found, key=lambda one: (place[one.code], _building(one.building), one.answer))


def good(fairly_counts: bool) -> tuple[str, ...]:
    """The verdicts that count as satisfied."""
    return (GOOD, FAIRLY) if fairly_counts else (GOOD,)


class Line(NamedTuple):
    """Satisfaction of one group: ratings that say something (n), those satisfied, how all divide."""

    key: str
    zh: str
    ratings: tuple[Rating, ...]
    fairly_counts: bool

    @property
    def base(self) -> tuple[Rating, ...]:
        """The ratings that say something."""
        return tuple(one for one in self.ratings if one.verdict)

    @property
    def top(self) -> tuple[Rating, ...]:
        """Those who are satisfied."""
        return tuple(one for one in self.base if one.verdict in good(self.fairly_counts))

    @property
    def rate(self) -> Decimal | None:
        """Satisfied ÷ those that say something, in per cent; None where nobody said anything."""
        return rate(Decimal(len(self.top)), Decimal(len(self.base)), "%")

    def count(self, verdict: str) -> int:
        """How many ratings say so."""
        return sum(one.verdict == verdict for one in self.ratings)


def lines(found: Sequence[Rating], by: str, fairly_counts: bool) -> list[Line]:
    """The ratings grouped: topics and questions in the order in which they come, buildings in theirs."""
    keys: dict[str, Callable[[Rating], tuple[str, str]]] = {
        "topic": lambda one: (one.topic, one.topic_zh),
        "question": lambda one: (one.code, f"{one.code} {one.question}"),
        "building": lambda one: (one.building, f"{one.building}栋"),
        "both": lambda one: (f"{one.topic}/{one.building}", f"{one.topic_zh} {one.building}栋"),
    }
    groups: dict[tuple[str, str], list[Rating]] = {}
    for one in found:
        groups.setdefault(keys[by](one), []).append(one)
    order = sorted(groups, key=lambda key: _building(key[0])) if by == "building" else list(groups)
    return [Line(key, zh, tuple(groups[key, zh]), fairly_counts) for key, zh in order]


def _building(name: str) -> tuple[int, int, str]:
    return (0, int(name), "") if name.isdigit() else (1, 0, name)


def weak(found: Iterable[Line], under: int) -> list[Line]:
    """The groups whose satisfaction is under a percentage, as it is shown."""
    return [one for one in found if one.rate is not None and one.rate < under]


def together(found: Sequence[Rating], fairly_counts: bool) -> Line:
    """Every rating together."""
    return Line("", "合计", tuple(found), fairly_counts)


class Said(NamedTuple):
    """What was chosen, or written in free words: the question, the words, the answers in which they stand."""

    code: str
    question: str
    words: str
    answers: tuple[Record, ...]
    of: int


def chosen(survey: Record, answers: Sequence[Record]) -> list[Said]:
    """How often each choice was taken, in the order of the choices; `of` are those who answered the question."""
    found = []
    for one in survey.get("questions") or ():
        if one["way"] != CHOICE:
            continue
        said = [(answer, value) for answer in answers if (value := _said(answer, one["code"]))]
        for code, zh in asked.choices_of(one).items():
            mine = tuple(answer for answer, value in said if value == code)
            found.append(Said(one["code"], one["text"], zh, mine, len(said)))
    return found


def written(survey: Record, answers: Sequence[Record]) -> list[Said]:
    """What was written in free words, an answer a line."""
    return [
        Said(one["code"], one["text"], value, (answer,), 1)
        for one in survey.get("questions") or ()
        if one["way"] == FREE
        for answer in answers
        if (value := _said(answer, one["code"]))
    ]


def _said(answer: Record, code: str) -> str:
    return next((str(row["value"]) for row in answer.get("values") or () if row["q"] == code), "")


def answered(survey: Record, answers: Iterable[Record]) -> list[Record]:
    """The answers that came back to a survey, void ones left out."""
    return [one for one in answers if one.get("survey") == survey.id and not one.void]


def in_span(survey: Record, since: datetime, until: datetime) -> bool:
    """Whether the figures of a span are about it: still collecting at its end, or closed in it."""
    if survey.void or survey.status == "draft":
        return False
    closed = [e.at for e in survey.entries("close")]
    return survey.status == "running" or bool(closed and since <= closed[-1] < until)

