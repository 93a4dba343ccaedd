"""The language of `list --where`: `级别=重大 且 (状态≠已办结 或 内容 含 漏水)` (docs/where.md).

Read by hand, without a grammar library: names, operators and values stand side by side without blanks in Chinese,
which is found out by the names of the kind; and start-up time counts (docs/decisions.md).
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from wuye import terms
from wuye.conditions import NEVER, All, Comparison, Condition, Either, Node, Not
from wuye.errors import BadInput, Problem
from wuye.numerals import fold
from wuye.schema import Kind
from wuye.terms import Term, Words
from wuye.typed import nearest, scan
from wuye.values import Typing, clean

LONGEST, DEEPEST = 1000, 20
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "『": "』", "＂": "＂", "＇": "＇"}


def _pattern(signs: str, english: str = "", chinese: str = "") -> re.Pattern[str]:
    """Signs and Chinese words stand anywhere, English words apart from other letters."""
    parts = [signs, chinese, rf"(?<![a-z0-9_])(?:{english})(?![a-z0-9_])" if english else ""]
    return re.compile("|".join(p for p in parts if p).replace(" ", r"\s+"), re.IGNORECASE)


class Operator(NamedTuple):
    """A way to compare, or its opposite, and the words for it."""

    name: str
    negated: bool
    pattern: re.Pattern[str]


_END = r"(?=\s|\)|$|并且|而且|且|或)"
# What is longer, or begins with 不, stands before what it would be taken for.
_OPERATORS = (
    Operator("given", False, _pattern("", "is given|is not empty", "不为空|非空")),
    Operator("given", True, _pattern("", "is empty", "为空")),
    Operator("has", True, _pattern("", "", f"没有{_END}")),
    Operator("has", False, _pattern("", "", f"有{_END}")),
    Operator("in", True, _pattern("", "not in", "不属于")),
    Operator("in", False, _pattern("", "in", "属于")),
    Operator("contains", True, _pattern("", "not contains", "不包含|不含有|不含")),
    Operator("contains", False, _pattern("", "contains", "包含|含有|含")),
    Operator("=", True, _pattern("!=|≠|<>", "is not", "不等于|不是")),
    Operator("<=", False, _pattern("<=|≤|≦", "", "小于等于|不大于|不多于|不超过|不晚于")),
    Operator(">=", False, _pattern(">=|≥|≧", "", "大于等于|不小于|不少于|不早于")),
    Operator("<", False, _pattern("<", "", "小于|少于|早于")),
    Operator(">", False, _pattern(">", "", "大于|多于|超过|晚于")),
    Operator("=", False, _pattern("==?", "is", "等于|是")),
)
_AND, _OR = _pattern("", "and", "并且|而且|且"), _pattern("", "or", "或者|或")
_NOT, _HAS = _pattern("", "not", "并非|不是|非|不"), re.compile(r"(没有|有)\s*")
_COMMA, _OPEN, _CLOSE, _BLANKS = map(re.compile, ("[,、;]", r"\(", r"\)", r"\s*"))
_CHARACTER = r"(?!并且|而且|且|或|!=)[^\s()<>=≠≤≥≦≧{}]"
_RUN = r"{0}(?:{0}|\([^()]*\))*(?:\s+\d{{1,2}}:\d\d(?::\d\d)?(?=[\s),]|$))?"
_WORD, _ELEMENT = (re.compile(_RUN.format(_CHARACTER.format(more))) for more in ("", ",、;"))


class Word(NamedTuple):
    """A value as typed: its text, where it begins, whether it stood between quotes."""

    text: str
    at: int
    literal: bool


def parse(text: str, kind: Kind, typing: Typing) -> Condition:
    """The condition that the words mean of records of the kind. Raises BadInput with every mistake and its column."""
    try:
        clean(text)
    except ValueError as error:
        raise BadInput(Problem(f"--where：{error}", field="where")) from error
    if problem := scan(text, "--where", "条件"):
        raise BadInput(problem)
    if len(text) > LONGEST:
        raise BadInput(Problem(f"--where 太长（{len(text)} 字），最多 {LONGEST} 字：请分几次查询", field="where"))
    reader = _Reader(text, kind, typing)
    try:
        node = reader.whole()
    except _Broken:
        node = NEVER
    if reader.problems:
        raise BadInput(*sorted(reader.problems, key=lambda p: p.column))
    return Condition(node, tuple(dict.fromkeys(reader.said)))


class _Broken(Exception):
    """What stands here fits no rule: nothing after it can be read."""


class _Reader:
    """One expression on its way from left to right."""

    def __init__(self, text: str, kind: Kind, typing: Typing) -> None:
        self.raw, self.text, self.names = text, fold(text), terms.plain(text)
        self.kind, self.typing = kind, typing
        self.terms = terms.of_kind(kind)
        self.by_length = sorted(self.terms, key=len, reverse=True)
        self.at = self.depth = 0
        self.problems: list[Problem] = []
        self.said: list[str] = []

    def wrong(self, at: int, words: str, candidates: tuple[str, ...] = ()) -> None:
        place = f"--where 第 {at + 1} 字"
        self.problems.append(Problem(f"{place}：{words}", column=at + 1, field="where", candidates=candidates))

    def fail(self, at: int, words: str) -> NoReturn:
        self.wrong(at, words)
        raise _Broken

    def blanks(self) -> int:
        found = _BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def take(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.blanks())
        if found:
            self.at = found.end()
        return found is not None

    def operator(self, at: int) -> tuple[Operator, int] | None:
        """The operator that stands there, and where it ends."""
        for one in _OPERATORS:
            if found := one.pattern.match(self.text, at):
                return one, found.end()
        return None

    def name_ends(self, at: int) -> bool:
        after = self.text[at : at + 1]
        if not after or after.isspace() or after in "()":
            return True
        return bool(self.operator(at) or _AND.match(self.text, at) or _OR.match(self.text, at))

    def named(self, at: int) -> tuple[Term, int] | None:
        """The longest name that stands there, and where it ends."""
        for name in self.by_length:
            if self.names.startswith(name, at) and self.name_ends(at + len(name)):
                return self.terms[name], at + len(name)
        return None

    # --- the grammar, a method a rule

    def whole(self) -> Node:
        node = self.either()
        if self.blanks() < len(self.text):
            self.leftover()
        return node

    def either(self) -> Node:
        parts = [self.every()]
        while self.take(_OR):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def every(self) -> Node:
        parts = [self.one()]
        while self.take(_AND):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Node:
        negated = False
        # A name may begin with 不 or 非 itself: names come first.
        while not self.named(self.blanks()) and self.take(_NOT):
            negated = not negated
        node = self.group() if self.take(_OPEN) else self.test()
        return Not(node) if negated else node

    def group(self) -> Node:
        start, self.depth = self.at - 1, self.depth + 1
        if self.depth > DEEPEST:
            self.fail(start, f"括号套了 {DEEPEST} 层以上：请写得简单些，或分几次查询")
        node = self.either()
        if not self.take(_CLOSE):
            if self.at < len(self.text):
                self.leftover()
            self.fail(start, "这个括号没有写完：请在后面补上 )")
        self.depth -= 1
        return node

    def test(self) -> Node:
        start = self.blanks()
        term: Term | None = None
        if found := self.named(start):
            term, self.at = found
        elif (has := _HAS.match(self.text, start)) and (found := self.named(has.end())):
            term, self.at = found
            return self.having(term, has[1] != "有")
        else:
            self.at = self.unknown(start)
        comparing = self.operator(self.blanks())
        if comparing is None:
            return self.bare(term, start) if term else NEVER
        operator, self.at = comparing
        if operator.name in ("given", "has"):
            return self.having(term, operator.negated, operator.name) if term else NEVER
        end = self.at
        words = self.several() if operator.name == "in" else self.single()
        if not words:
            self.fail(end, f"“{self.raw[start:end]}”后面缺少值：请写上；值里有空格、括号、且、或时加引号")
        return self.compared(term, operator, words, start) if term else NEVER

    def single(self) -> list[Word]:
        word = self.word(_WORD)
        return [word] if word else []

    def several(self) -> list[Word]:
        closed = self.take(_OPEN)
        start, words = self.at - 1, []
        while word := self.word(_ELEMENT):
            words.append(word)
            if not self.take(_COMMA):
                break
        if closed and words and not self.take(_CLOSE):
            self.fail(start, "这个括号没有写完：请写成 属于 (甲、乙) 这样，值里有空格时加引号")
        return words

    def word(self, pattern: re.Pattern[str]) -> Word | None:
        start = self.blanks()
        if closing := _QUOTES.get(self.raw[start : start + 1]):
            end = self.raw.find(closing, start + 1)
            if end < 0:
                self.fail(start, f"引号没有写完：请在值的后面补上 {closing}")
            self.at = end + 1
            return Word(self.raw[start + 1 : end], start, True)
        found = pattern.match(self.text, start)
        if not found or found[0].lower() in ("and", "or"):
            return None
        self.at = found.end()
        return Word(self.raw[start : self.at], start, False)

    # --- what the words mean

    def unknown(self, start: int) -> int:
        """Complain of a name that the kind has not, and say where it ends."""
        end = next(at for at in range(start, len(self.text) + 1) if self.name_ends(at))
        word = self.raw[start:end]
        if word[:1] in _QUOTES:
            self.fail(start, "引号里的是值，前面缺少项目名：请写成 内容 含 “漏水” 这样，全文查找请用 --text")
        if not word:
            self.fail(start, f"这里缺少条件：请写成 {next(iter(self.terms.values())).example} 这样")
        near = nearest(word, [t for term in self.terms.values() for t in (term.zh, term.name)], 0.5)
        value = re.search(r"(且|或|或者|\band|\bor)\s*$", self.text[:start]) and not self.operator(end)
        hint = "；几个值里的一个请用 属于，值里有“且”“或”时请加引号" if value else ""
        self.wrong(start, f"{self.kind.zh}没有“{word[:20]}”这一项{near}；请写字段的中文名或代码{hint}")
        return end

    def leftover(self) -> NoReturn:
        if self.text[self.at] == ")":
            self.fail(self.at, "多了一个 )：请删去，或在前面补上 (")
        word = self.raw[self.at :].split()[0]
        self.fail(self.at, f"看不懂“{word[:20]}”：两个条件之间请写 且 或 或，值里有空格、括号时加引号")

    def having(self, term: Term, negated: bool, name: str = "has") -> Node:
        test = Comparison(term, "true" if name == "has" and term.base == "flag" else "given")
        return Not(test) if negated else test

    def bare(self, term: Term, start: int) -> Node:
        if term.base == "flag":
            return Comparison(term, "true")
        if term.computed and not term.type.choices:
            return Comparison(term, "given")
        self.wrong(start, f"“{term.zh}”后面缺少比较：请写成 {term.example} 这样，或写 {term.zh} 不为空")
        return NEVER

    def compared(self, term: Term, operator: Operator, words: list[Word], start: int) -> Node:
        name = "=" if operator.name == "in" else operator.name
        if refusal := term.refusal(name):
            self.wrong(start, refusal)
            return NEVER
        wanted: list[object] = []
        for word in words:
            if not word.text.strip():
                self.wrong(word.at, f"引号里是空的：没有填的请写 {term.zh} 为空")
            elif name == "contains":
                wanted.append(Words(word.text, word.literal))
            else:
                wanted.append(self.understood(term, word))
        test = Comparison(term, name, tuple(wanted))
        return Not(test) if operator.negated else test

    def understood(self, term: Term, word: Word) -> object:
        """The word as the term's type takes it; its complaint is kept."""
        try:
            value, said = term.wanted(word.text, word.literal, self.typing)
        except ValueError as error:
            words = f"{term.zh}：{error if '请' in str(error) else f'{error}；请改正'}"
            self.wrong(word.at, words, getattr(error, "candidates", ()))
            return None
        self.said += [said] if said else []
        return value
