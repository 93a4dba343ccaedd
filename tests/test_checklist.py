"""Checklists: rows from a template that the office may change, ticked by place or name, what is missing named."""

from __future__ import annotations

import pytest

from wuye import checklist, records, templates
from wuye.errors import BadInput
from wuye.schema import Checklist, Item

_COPIES = (Item("身份证复印件", "复印件", 3), Item("银行存折复印件", "复印件", 2))
PAPERS = Checklist("visitor", "资料", (Item("入伙通知书"), *_COPIES))


def test_rows_are_meant_by_place_name_and_what_is_left() -> None:
    rows = checklist.fresh(PAPERS)
    assert checklist.numbered(rows, "1-2") == [0, 1]
    assert checklist.numbered(rows, "３，入伙") == [0, 2]
    assert checklist.numbered([{**rows[0], "mark": "ok"}, *rows[1:]], "其余") == [1, 2]
    with pytest.raises(ValueError, match="“复印件”有 2 项相符：2 身份证复印件、3 银行存折复印件；没有第 9 项"):
        checklist.numbered(rows, "复印件,9")


def test_templates_of_an_office_come_before_those_of_the_kind() -> None:
    night = {"zh": "夜间", "items": [{"name": "登记", "need": "2"}]}
    own, faults = templates.parse({"visitor": ["证件"], "visitor.night": night})
    kind = records.kind("visitor")
    assert faults == []
    assert templates.find(own, kind, "夜间").items == (Item("登记", "", 2),)
    assert templates.find(own, kind, "night") == templates.find(own, kind, "visitor.night")
    with pytest.raises(BadInput, match="没有“早班”这张检查表，现有：visitor（访客）、night（夜间）"):
        templates.find(own, kind, "早班")


@pytest.mark.parametrize(("raw", "words"), [
    ("x", "checklists 应是"),
    ({"a": []}, "没有写要查的各项"),
    ({"a": {"items": ["x"], "of": "y"}}, "没有 of 这一项"),
    ({"a": ["x", {"name": "y", "need": "0"}]}, "第 2 行"),
])  # fmt: skip
def test_every_mistake_is_told(raw: object, words: str) -> None:
    _, faults = templates.parse(raw)
    assert len(faults) == 1 and words in faults[0].words
