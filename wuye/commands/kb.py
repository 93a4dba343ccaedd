"""`wuye kb WORDS`: the page that answers, at once, and what else there is (domain.md 39)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wuye import finding, knowledge
from wuye.call import Call, Opt, Verb
from wuye.errors import Ambiguous, BadInput, NotFound, Problem
from wuye.knowledge import FOLDER, Page
from wuye.sheet import Column, Sheet
from wuye.typed import nearest, scan

OTHERS = 8
EMPTY = f"知识库是空的：请用 wuye kb start 放入一套，或写 {FOLDER}/名称.md"
LIST, SHOW, START = ("list", "目录", "列表"), ("show", "查看", "看"), ("start", "起步", "放入")
OPTIONS = (Opt("list", "只列出找到的，不印正文", flag=True),)
COLUMNS = (
    Column("name", "名称"), Column("title", "标题"), Column("tags", "标签", "、".join, wide=True),
    Column("updated", "更新"),
)  # fmt: skip


def run(call: Call) -> Sheet:
    """Search, or one of list, show, start."""
    if not call.words:
        raise BadInput("缺少要查的词：请写在命令后面，如 wuye kb 漏水；看目录写 wuye kb list")
    first, rest = call.words[0], call.words[1:]
    if first in START and not rest:
        return start(call)
    pages, problems = knowledge.read(call.asked.root / FOLDER)
    if first in LIST and not rest:
        return _sheet(call, pages, problems, "知识库", empty=EMPTY)
    if first in SHOW and rest:
        return _whole(call, _one(pages, " ".join(rest)), (), problems)
    return search(call, pages, problems)


def search(call: Call, pages: Sequence[Page], problems: Sequence[Problem]) -> Sheet:
    """The best page whole, the others by name. Raises NotFound where no page holds the words."""
    words = " ".join(call.words)
    sought = finding.hear(call.words)
    if problem := scan(words, "WORDS", "要查的词"):
        raise BadInput(problem)
    if not sought:
        raise BadInput("缺少要查的词：请写在命令后面，如 wuye kb 漏水")
    if not pages:
        raise NotFound(EMPTY, *problems)
    hits = knowledge.search(pages, sought)
    if not hits:
        known = [word for one in pages for word in (one.title, *one.tags)]
        near = nearest(words, known, 0.5)
        raise NotFound(f"知识库里没有“{words}”{near}：请换个词，或用 wuye kb list 看目录", *problems)
    found = [hit.page for hit in hits]
    if call.flag("list"):
        return _sheet(call, found, problems, f"知识库：{words}")
    return _whole(call, found[0], found[1:], problems)


def start(call: Call) -> Sheet:
    """The pages that come with the program, copied in; what is there already stays as it is."""
    made, there = call.office.place(knowledge.starter(), call.who, "知识库放入起步资料")
    notes = (f"已有 {len(there)} 页没有动",) if there else ()
    rows = tuple({"file": name} for name in made)
    told = f"已放入 {len(made)} 页：{FOLDER}/，请改成本小区的（地址、电话、价目、时间）"
    words = f"{told}\n" if made else "没有要放入的\n"
    return Sheet("wuye.kb.start", (Column("file", "文件"),), rows, call.office.now, words=words, notes=notes)


def _one(pages: Sequence[Page], word: str) -> Page:
    found = knowledge.named(pages, word)
    if not found:
        near = nearest(word, [name for one in pages for name in (one.name, one.title)], 0.5)
        raise NotFound(f"知识库里没有“{word}”这一页{near}：请用 wuye kb list 看目录")
    if len(found) > 1:
        shown = "、".join(f"{one.name}（{one.title}）" for one in found[:OTHERS])
        raise Ambiguous(f"“{word}”可以是 {shown}：请写完整的名称")
    return found[0]


def _row(one: Page) -> dict[str, Any]:
    return {"name": one.name, "title": one.title, "tags": list(one.tags), "updated": one.updated}


def _sheet(
    call: Call, pages: Sequence[Page], problems: Sequence[Problem], title: str, empty: str = "没有找到"
) -> Sheet:
    return Sheet("wuye.kb", COLUMNS, tuple(map(_row, pages)), call.office.now, title, problems=tuple(problems),
                 empty=empty, exit_code=65 if problems else 0)  # fmt: skip


def _whole(call: Call, page: Page, others: Sequence[Page], problems: Sequence[Problem]) -> Sheet:
    updated = f"    更新 {page.updated}" if page.updated else ""
    words = f"{page.title}{updated}\n{'=' * 60}\n{page.text}\n"
    if others:
        more = "、".join(f"{one.title}（{one.name}）" for one in others[:OTHERS])
        rest = f" 等 {len(others)} 页" if len(others) > OTHERS else ""
        words += f"{'-' * 60}\n还有：{more}{rest}；看哪一页写 wuye kb show 名称\n"
    rows = ({**_row(page), "text": page.text}, *map(_row, others))
    return _sheet(call, (), problems, page.title)._replace(rows=rows, words=words)


VERB = Verb(
    "kb", "知识库", run, OPTIONS, "WORDS... | list | show NAME | start", frozenset(),
    "查知识库：按词、标签、拼音找，当场印出最合的一页；list 目录，show 看一页，start 放入起步资料",
)  # fmt: skip
