"""Surveys and answers: questionnaires checked, one answer a unit, figures with n, weak spots (domain.md 37)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played

from wuye import questionnaire

Wuye = Callable[..., Said]
PAPER = """\
title: 年度调查
topics: {clean: 保洁, desk: 前台}
questions:
- {code: q1, topic: clean, way: scale, text: 您对楼道满意吗}
- {code: q2, topic: desk, way: scale, points: 5, text: 给前台打几分}
- {code: q3, topic: desk, way: choice, text: 怎样报修, choices: {phone: 电话, visit: 到前台}}
- {code: q4, topic: desk, way: text, text: 其他意见}
"""


@played
def asked(wuye: Wuye, office: Path) -> Wuye:
    """A survey that collects answers."""
    (office / "surveys").mkdir()
    (office / "surveys/2026.yaml").write_text(PAPER, "utf-8")
    assert wuye("survey", "add", "2026", "--until", "2026-12-10").code == 0
    assert wuye("survey", "start", "dy1", "--handed-out", "10").code == 0
    return wuye


def answer(asked: Wuye, room: str, values: str) -> Said:
    return asked("answer", "add", "--survey", "dy1", "--room", room, "--values", values, "-o", "json")


# --- the questionnaire


def test_a_questionnaire_is_told_every_mistake_with_its_line(wuye: Wuye, office: Path) -> None:
    (office / "bad.yaml").write_text(
        "topics: {a: 保洁}\nquestions:\n- {code: Q, topic: b, way: star, text: x}\n"
        "- {code: q1, topic: a, way: choice, text: x, choices: {a: 甲}}\n"
        "- {code: q1, topic: a, way: scale, points: 7, text: x, why: y}\n", "utf-8",
    )  # fmt: skip
    said = wuye("survey", "check", "bad.yaml")
    assert said.code == 2
    for words in ("title", "bad.yaml:3:", "题号", "topics 里的", "bad.yaml:4:", "两个以上", "bad.yaml:5:",
                  "前面已经用过", "satisfied", "没有 why"):  # fmt: skip
        assert words in said.err, words


def test_a_poll_asks_for_no_rating(wuye: Wuye, office: Path) -> None:
    (office / "poll.yaml").write_text(PAPER + "poll: yes\n", "utf-8")
    said = wuye("survey", "check", "poll.yaml")
    assert said.code == 2 and said.err.count("不评分") == 2
    assert wuye("survey", "check", "opinions").code == 0
    assert wuye("survey", "add", "opinions").code == 0
    assert wuye("survey", "start", "dy1", "--handed-out", "2").code == 0
    assert wuye("answer", "add", "dy1", "3-2-1201", "q1=同意").code == 0
    told = wuye("survey", "result", "dy1", "-o", "json").json
    assert told["rows"] == [] and told["choices"][0]["count"] == 1 and told["choices"][0]["of"] == 1
    assert "不评分" in wuye("survey", "result", "dy1").out


def test_the_paper_form_has_a_box_for_each_choice(asked: Wuye) -> None:
    page = asked("print", "dy1", "-o", "html").out
    boxes = [re.sub(r"<[^>]+>|\s", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]]
    assert boxes == [
        ["q1", "保洁", "您对楼道满意吗", "满意", "基本满意", "不满意", "不清楚"],
        ["q2", "前台", "给前台打几分", "5分", "4分", "3分", "2分", "1分", "不清楚"],
        ["q3", "前台", "怎样报修", "电话", "到前台"], ["q4", "前台", "其他意见"],
    ]  # fmt: skip


def test_a_name_leads_nowhere_outside(wuye: Wuye) -> None:
    for word in ("../wuye", "surveys/../../x", "没有这份"):
        said = wuye("survey", "add", word)
        assert said.code == 2 and "问卷" in said.err


def test_a_file_changed_later_changes_no_survey(asked: Wuye, office: Path) -> None:
    (office / "surveys/2026.yaml").write_text(PAPER.replace("q1", "q9"), "utf-8")
    assert answer(asked, "3-2-1201", "q1=满意").code == 0
    assert "您对楼道满意吗" in asked("survey", "form", "dy1").out and "□基本满意" in asked("survey", "form", "dy1").out


# --- answers


def test_answers_are_kept_as_codes_and_free_words_whole(asked: Wuye) -> None:
    said = answer(asked, "3-2-1201", "Q1＝不满意，q2=4分；q3=到前台，q4=电梯慢，早上要等、很久")
    assert said.records[0]["values"] == [
        {"q": "q1", "value": "not"}, {"q": "q2", "value": "4"}, {"q": "q3", "value": "visit"},
        {"q": "q4", "value": "电梯慢，早上要等、很久"},
    ]  # fmt: skip


def test_what_is_not_asked_or_no_answer_is_refused_at_once(asked: Wuye, office: Path) -> None:
    said = answer(asked, "3-2-1201", "q1=很好,q2=6,q3=微信")
    assert said.code == 2 and all(word in said.err for word in ("很好", "“6”", "微信", "基本满意"))
    assert "没有 q8" in answer(asked, "3-2-1201", "q8=满意").err
    assert "两次" in answer(asked, "3-2-1201", "q1=满意,q1=不满意").err
    assert asked("answer", "add", "dy9", "3-2-1201", "q1=满意").code == 2
    assert not (office / "records/2026-11/answer.yaml").exists()


def test_one_answer_a_unit_until_it_is_void(asked: Wuye) -> None:
    assert answer(asked, "3-2-1201", "q1=满意").code == 0
    said = answer(asked, "3-2-1201", "q1=不满意")
    assert said.code == 1 and "WJ-20261122-001" in said.err and "edit" in said.err
    assert asked("answer", "edit", "wj1", "--room", "3-2-1202").code == 2
    assert asked("answer", "void", "wj1", "--reason", "填错户").code == 0
    assert answer(asked, "3-2-1201", "q1=不满意").code == 0


def test_a_correction_touches_only_the_question_named(asked: Wuye) -> None:
    answer(asked, "3-2-1201", "q1=满意,q2=2")
    said = asked("answer", "edit", "wj1", "--values", "q2=五分", "-o", "json")
    assert said.code == 2
    said = asked("answer", "edit", "wj1", "--values", "q2=5", "-o", "json")
    assert said.records[0]["values"] == [{"q": "q1", "value": "satisfied"}, {"q": "q2", "value": "5"}]
    assert asked("answer", "edit", "wj1", "--values", "q1=", "-o", "json").records[0]["values"] == [
        {"q": "q2", "value": "5"}
    ]


def test_only_a_running_survey_takes_answers(asked: Wuye) -> None:
    assert asked("survey", "close", "dy1").code == 0
    assert "reopen" in answer(asked, "3-2-1201", "q1=满意").err
    assert asked("survey", "reopen", "dy1", "--reason", "补收").code == 0
    assert answer(asked, "3-2-1201", "q1=满意").code == 0
    assert asked("survey", "add", "2026", "--yes").code == 0
    assert "start" in asked("answer", "add", "dy2", "3-2-1201", "q1=满意").err


SHEET = "序号,房号,填写人,q1,给前台打几分,q4 其他\n1,1-1-101,王女士,满意,5,很好\n2,1-1-102,李先生,{},2,\n"


def test_a_table_with_a_column_a_question_all_or_none(asked: Wuye, office: Path) -> None:
    (office / "a.csv").write_text(SHEET.format("还行"), "utf-8")
    said = asked("answer", "add", "--survey", "dy1", "--from", "a.csv")
    assert said.code == 2 and "a.csv D3" in said.err and "还行" in said.err
    assert not (office / "records/2026-11/answer.yaml").exists()
    (office / "a.csv").write_text(SHEET.format("不清楚"), "utf-8")
    said = asked("answer", "add", "--survey", "dy1", "--from", "a.csv", "-o", "json")
    assert said.code == 0 and [r["room"] for r in said.records] == ["1-1-101", "1-1-102"]
    assert "序号" in said.err
    again = asked("answer", "add", "--survey", "dy1", "--from", "a.csv")
    assert again.code == 1 and again.err.count("已有答卷") == 2 and "a.csv B2" in again.err
    assert "--survey" in asked("answer", "add", "--from", "a.csv").err


def test_a_workbook_and_headings_that_mean_nothing(asked: Wuye, office: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    book = xlsxwriter.Workbook(str(office / "a.xlsx"))
    page = book.add_worksheet("答卷")
    for row, line in enumerate((("房号", "q1", "q2"), ("1-1-101", "满意", 4))):
        page.write_row(row, 0, line)
    book.close()
    said = asked("answer", "add", "--survey", "dy1", "--from", "a.xlsx", "-o", "json")
    assert said.code == 0 and said.records[0]["values"][1] == {"q": "q2", "value": "4"}
    (office / "b.csv").write_text("户号,满意吗\n1-1-103,满意\n", "utf-8")
    said = asked("answer", "add", "--survey", "dy1", "--from", "b.csv")
    assert said.code == 2 and "没有“房号”" in said.err and "题号" in said.err


# --- what they say


def test_satisfaction_by_topic_and_building_with_n(asked: Wuye) -> None:
    for room, values in (("1-1-101", "q1=满意,q2=5"), ("1-1-102", "q1=不满意,q2=3"), ("2-1-101", "q1=不清楚,q2=1")):
        assert answer(asked, room, values).code == 0
    assert answer(asked, "2-1-102", "q1=满意,q2=5").code == 0
    assert asked("answer", "reject", "wj4", "--reason", "代填").code == 0
    told = asked("survey", "result", "dy1", "-o", "json").json
    assert {r["zh"]: (r["rate"], r["n"], r["unknown"]) for r in told["rows"]} == {
        "保洁": ("50.0", 2, 1), "前台": ("66.7", 3, 0), "合计": ("60.0", 5, 1),
    }  # fmt: skip
    assert (told["response"], len(told["answers"]), len(told["valid"])) == ("40.0", 4, 3)
    assert told["rows"][0]["denominator"] == ["WJ-20261122-001/q1", "WJ-20261122-002/q1"]
    houses = asked("survey", "result", "dy1", "--by", "楼栋", "-o", "json").json["rows"]
    assert [(r["zh"], r["rate"], r["n"]) for r in houses[:-1]] == [("1栋", "75.0", 4), ("2栋", "0.0", 1)]
    assert {(s["by"], s["key"]) for s in told["spots"]} >= {("topic", "clean"), ("building", "2")}
    one = asked("figures", "survey-satisfaction", "--by", "topic", "-o", "json").json["rows"]
    assert [(r["value"], r["numerator"], r["denominator"]) for r in one] == [
        ("60.0", "3", "5"), ("50.0", "1", "2"), ("66.7", "2", "3"),
    ]  # fmt: skip
    assert asked("figures", "survey-response", "-o", "json").json["rows"][0]["value"] == "40.0"
    assert "40.0%（4/10）" in asked("month", "2026-11").out


def test_fairly_counts_by_the_one_setting(asked: Wuye, office: Path) -> None:
    assert answer(asked, "1-1-101", "q1=基本满意").code == 0
    assert asked("survey", "result", "dy1", "-o", "json").json["rows"][0]["rate"] == "100.0"
    text = (office / "wuye.yaml").read_text("utf-8").replace("fairly_counts: yes", "fairly_counts: no")
    (office / "wuye.yaml").write_text(text, "utf-8")
    told = asked("survey", "result", "dy1", "-o", "json").json
    assert told["rows"][0]["rate"] == "0.0" and told["fairly_counts"] is False
    assert "不计入满意" in asked("survey", "result", "dy1").out


def test_measures_are_followed_up(asked: Wuye) -> None:
    assert answer(asked, "1-1-101", "q1=不满意").code == 0
    order = ("--place", "1栋大堂", "--text", "保洁：楼道每天拖两次")
    assert asked("workorder", "add", "--of", "dy1", *order).code == 0
    told = asked("survey", "result", "dy1", "-o", "json").json
    assert [(m["id"], m["done"]) for m in told["measures"]] == [("GD-20261122-001", False)]
    assert next(s for s in told["spots"] if s["key"] == "clean")["measures"] == ["GD-20261122-001"]
    assert asked("workorder", "cancel", "gd1", "--reason", "改由保洁做").code == 0
    assert asked("survey", "result", "dy1", "-o", "json").json["measures"][0]["done"] is False
    assert asked("survey", "close", "dy1").code == 0
    assert "--result" in asked("survey", "end", "dy1").err
    assert asked("survey", "end", "dy1", "--result", "保洁加强").code == 0


def test_no_answers_are_no_zero_per_cent(asked: Wuye) -> None:
    told = asked("survey", "result", "dy1", "-o", "json").json
    assert told["rows"] == [] and told["response"] == "0.0"
    assert asked("figures", "survey-satisfaction", "-o", "json").json["rows"][0]["value"] is None


def test_answers_are_due_by_the_last_day(asked: Wuye) -> None:
    (clock,) = asked("survey", "show", "dy1", "-o", "json").records[0]["clocks"]
    assert (clock["due"], clock["state"]) == ("2026-12-10T18:00+08:00", "open")
    assert asked("survey", "extend", "dy1", "--until", "2026-12-20", "--handed-out", "5").code == 1
    assert asked("survey", "extend", "dy1", "--until", "2026-12-20", "--handed-out", "15").code == 0
    (clock,) = asked("survey", "show", "dy1", "-o", "json").records[0]["clocks"]
    assert clock["due"] == "2026-12-20T18:00+08:00"
    assert "开始" in asked("survey", "add", "2026", "--since", "2026-12-02", "--until", "2026-12-01").err


@pytest.mark.parametrize(
    ("points", "value", "said"),
    [(None, "fairly", "fairly"), (5, "4", "satisfied"), (5, "3", "fairly"), (5, "2", "not"), (5, "none", "")],
)
def test_what_a_rating_says(points: int | None, value: str, said: str) -> None:
    question = {"code": "q1", "way": "scale", "points": points, "satisfied": 4, "fairly": 3}
    assert questionnaire.verdict(question, value) == said
