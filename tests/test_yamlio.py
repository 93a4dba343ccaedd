"""The strict reader, the dumper and the splice."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wuye import blocks, dumper, yamlio
from wuye.errors import BadInput, Damaged, NotFound, Problem
from wuye.yamlio import reader

BOM = b"\xef\xbb\xbf"

DESIGN = """\
- id: TS-20261122-003
  status: assigned
  received: '2026-11-22T09:05+08:00'
  recorded: '2026-11-22T09:07+08:00'
  room: 3-2-1201
  reporter: 王女士
  phone: '13800138000'
  text: |-
    厨房顶部漏水，
    已经泡了地板
  due:
    respond: '2026-11-23T18:00+08:00'
  log:
  - at: '2026-11-22T09:07+08:00'
    step: add
    by: 李静
"""

# fmt: off
TRAPS = (
    "y", "n", "Yes", "NO", "on", "OFF", "true", "False", "null", "Null", "~", "", " ", "none", ".nan",
    ".inf", "0701", "14:30", "12:30:45", "1e3", "1E3", "1.5", "-1", "+1", "0x1F", "0o17", "0b1", "1_000",
    "1,000", ".", "2026-11-22", "2026-1-2", "2026-11-22T09:05+08:00", "13800138000", "1201", "3-2-1201",
    "3A", "B1", "=", "<<", "- a", "-", "--", "---", "--- a", "...", "? a", "?", ": a", ":", "a: b", "a:",
    "a #b", "#a", "a#b", "&a", "*a", "!a", "%a", "@a", "`a`", "|", ">", "|-", "[a]", "{a}", "a, b", ",",
    "'", '"', "''", "it's", 'say "x"', "\\n", " a", "a ", "a  b", "\ta", "a\t", "a\tb", "\n", "\n\n", "a\n",
    "a\n\n", "\na", "a\nb", "a\r\nb", "a\rb", " a\nb", "a\n b\n", "a\n\nb", "a\n \nb", "a \nb", "a\n#b",
    "#a\n#b", "a\n- id: x", "- id: x\n- id: y", "a\n---\nb", "a\x85b", "a\u2028b", "a\u2029b\nc", "\ufeffa",
    "a\ufeff\nb", "\x00", "\x1b[0m", "\x7f", "\x9f", "\ufffe", "𠮷", "王女士", "　全角", "３栋", "١٢",
    "é", "👍",
    "a\u200bb", "<<<<<<< HEAD\n=======\n>>>>>>> x", "漏" * 81, "a" * 81, " " * 90, "a " * 50, " " + "a" * 90,
    "#" + "a" * 90, "a'" * 50, 'a"\\' * 40, "漏\n" * 50,
)
# fmt: on

texts = st.one_of(
    st.sampled_from(TRAPS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text(st.sampled_from("ab漏#-:|>'\"\\ \n\t\r0. \u2028\x85~!&*"), max_size=120),
    st.lists(st.sampled_from(TRAPS), max_size=4).map("\n".join),
)
keys = st.one_of(texts.filter(lambda x: len(x) < 100), st.sampled_from(["room", "text", "log"]))
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
numbers = st.one_of(
    st.from_regex(r"TS-2026112[0-9]-[0-9]{3}", fullmatch=True),
    st.sampled_from(["1e3", "no", "it's", "3-2-1201", "0701", "三栋", "a #b", "- id", "漏" * 90]),
)


def with_id(number: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, **{key: value for key, value in fields.items() if key != "id"}}


recordings = st.builds(with_id, numbers, st.dictionaries(keys, values, max_size=5))


def refusals(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(Damaged) as caught:
        yamlio.load(text, "f.yaml")
    assert all(problem.file == "f.yaml" for problem in caught.value.problems)
    return [(problem.line, problem.column, problem.message) for problem in caught.value.problems]


# --- reading ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["c", "python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both of PyYAML's parsers: a machine without libyaml reads the same."""
    if request.param == "python":
        monkeypatch.setattr(reader, "Loader", yaml.SafeLoader)
    elif not yamlio.LIBYAML:
        pytest.skip("PyYAML was built without libyaml")
    return str(request.param)


def test_every_scalar_is_text(parser: str) -> None:
    typed = ["0701", "14:30", "no", "2026-11-22", "1e3"]
    assert yamlio.load("".join(f"- {text}\n" for text in typed)) == typed
    assert yamlio.load("- \n- ~\n- null\n- 'null'\n- '~'\n") == ["", "", "", "null", "~"]
    assert yamlio.load("a:\nb: ~\nc: 'null'\nd: [1, {x: 010}]\n") == {
        "a": "",
        "b": "",
        "c": "null",
        "d": ["1", {"x": "010"}],
    }


@pytest.mark.parametrize("text", ["", "# x\n", "---\n", "~\n", "\ufeff", "\ufeff# x\n"])
def test_nothing_is_an_empty_text(text: str, parser: str) -> None:
    assert yamlio.load(text) == ""


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a: 1\nb: &x 1\n", 2, 4, "锚点"),
        ("&x a: 1\n", 1, 1, "锚点"),
        ("a: &x [1]\n", 1, 4, "锚点"),
        ("- &x\n  a: 1\n", 1, 3, "锚点"),
        ("a: *x\n", 1, 4, "别名"),
        ("*x : a\n", 1, 1, "别名"),
        ("a: !!int 1\n", 1, 4, "标签"),
        ("a: ! 1\n", 1, 4, "标签"),
        ("!!str a: 1\n", 1, 1, "标签"),
        ("a: !x {b: c}\n", 1, 4, "标签"),
        ("a: 1\n<<: {b: c}\n", 2, 1, "合并键"),
        ("a: 1\n---\nb: 1\n", 2, 1, "只能有一份"),
        ("a: 1\n...\n", 2, 1, "..."),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "%"),
        ("水: 1\n火: 2\n水: 3\n", 3, 1, "写了两次"),
        ("a:\n  b: 1\n  'b': 2\n", 3, 3, "写了两次"),
        ("~: 1\n'': 2\n", 2, 1, "写了两次"),
        ("? [a]\n: b\n", 1, 3, "字段名"),
        ("? {a: b}\n: b\n", 1, 3, "字段名"),
        ("a:\n\tb: c\n", 2, 1, "Tab"),
        ("a: 'b\nc: d\n", 1, 4, "引号没有收尾"),
        ('a: "b\nc: d\n', 1, 4, "引号没有收尾"),
        ("a: b: c\n", 1, 5, "冒号"),
        ("a: b\n c: d\n", 2, 3, "冒号"),
        ("a: @b\n", 1, 4, "值以 @ 开头"),
        ("a: *重要\n", 1, 5, "值以 * 开头"),
        ("a: [1\nb: c\n", 2, 2, "方括号"),
        ("a: |x\n  b\n", 1, 5, "多行文字"),
        ("- a\nb: c\n", 2, 1, "缩进"),
        ("a: 'b' c\n", 1, 8, "引号不成对"),
        ("a: ]\n", 1, 4, "看不懂"),
        ("漏水: a\n火: b\x07\n", 2, 5, "U+0007"),
        ("a: b\x7f", 1, 5, "U+007F"),
        ("a: \ud800", 1, 4, "U+D800"),
    ],
)
def test_refused(text: str, line: int, column: int, word: str, parser: str) -> None:
    ((at, across, message),) = refusals(text)
    assert (at, across) == (line, column)
    assert word in message
    assert not re.search("[a-z]{4}", message)  # the parser's English stays inside


def test_all_problems_of_one_pass(parser: str) -> None:
    text = "a: &x 1\nb: *x\na: !t 2\n<<: 3\nc:\n- d: 1\n  d: 2\n---\nx: y\n"
    assert [(line, column) for line, column, _ in refusals(text)] == [
        *((1, 4), (2, 4), (3, 1), (3, 4), (4, 1), (7, 3), (8, 1)),
    ]
    assert len(refusals("a: *x\n" + "b: *x\n" * 5000)) == 100


def test_problems_before_a_syntax_error_are_kept() -> None:
    assert [(line, column) for line, column, _ in refusals("a: &x 1\nb: c: d\n")] == [(1, 4), (2, 5)]


def test_depth(parser: str) -> None:
    assert yamlio.load("[" * 20 + "]" * 20)
    ((line, column, message),) = refusals("a:\n " + "[" * 20 + "]" * 20)
    assert (line, column) == (2, 21)
    assert "20 层" in message
    assert len(refusals("[" * 100_000)) == 1
    assert len(refusals("- " * 500 + "a")) == 1


def test_lines_are_counted_as_editors_do(parser: str) -> None:
    text = "a: 'x\u2028y\x85z'\r\n𠮷𠮷: ok\r\nb: &c 1\r\n"
    assert refusals(text)[0][:2] == (3, 4)
    assert refusals("\ufeffa: &x b\n")[0][:2] == (1, 4)
    assert refusals("𠮷𠮷: &x b\n")[0][:2] == (1, 5)


def test_crlf_is_read(parser: str) -> None:
    assert yamlio.load("a: |-\r\n  b\r\n  c\r\nd: e\r\n") == {"a": "b\nc", "d": "e"}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        ((0,), (1, 3)),
        ((0, "id"), (1, 7)),
        ((0, "text"), (8, 9)),
        ((0, "due", "respond"), (12, 14)),
        ((0, "log", 0), (14, 5)),
        ((0, "log", 0, "by"), (16, 9)),
        ((1, "room"), (17, 25)),
        ((1, "list", 2, "x"), (17, 48)),
        # what is not there: the nearest that is
        ((0, "nothing"), (1, 3)),
        ((0, "log", 7), (14, 3)),
        ((0, "id", "deeper"), (1, 7)),
        ((9, "id"), (1, 1)),
    ],
)
def test_locate(path: tuple[str | int, ...], place: tuple[int, int], parser: str) -> None:
    text = DESIGN + "- {id: b, [k]: v, room: 12, list: [a, [b], {x: c}]}\n"
    assert yamlio.locate(text, path) == place


def test_locate_in_what_cannot_be_read() -> None:
    assert yamlio.locate("", ("a",)) == (1, 1)
    assert yamlio.locate("a: b\nc: 'd\n", ("a",)) == (1, 4)
    assert yamlio.locate("a: b\nc: 'd\n", ("c",)) == (1, 1)


# --- the bytes first -------------------------------------------------------------------------------------


def test_decode_takes_the_bom_off_and_keeps_line_ends() -> None:
    assert yamlio.decode(BOM + "a: 水\r\n".encode()) == "a: 水\r\n"


def test_decode_names_every_conflict() -> None:
    data = b"<<<<<<< a\nx: 1\n=======\nx: 2\n>>>>>>> b\ny: 1\n=======\n"
    with pytest.raises(Damaged) as caught:
        yamlio.decode(data, "wuye.yaml")
    first, second = caught.value.problems
    assert (first.file, first.line, first.column, second.line) == ("wuye.yaml", 1, 1, 7)
    assert first.message.startswith("第 1 到 5 行是没有解决的合并冲突，请留下")
    assert second.message.startswith("第 7 行是")


# --- writing ---------------------------------------------------------------------------------------------


def test_the_example_of_the_design() -> None:
    (record,) = yamlio.load_records(DESIGN.encode())
    assert dumper.dump_record(record) == DESIGN.encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("TS-20261122-003", "TS-20261122-003"),
        ("3-2-1201", "3-2-1201"),
        ("1-101", "1-101"),
        ("A-1201", "A-1201"),
        ("on-site", "on-site"),
        ("王女士", "王女士"),
        ("厨房漏水，已泡（地板）。", "厨房漏水，已泡（地板）。"),
        ("𠮷野家", "𠮷野家"),
        ("a b", "a b"),
        ("2026-11-22", "'2026-11-22'"),
        ("1201", "'1201'"),
        ("12:30", "'12:30'"),
        ("1e3", "'1e3'"),
        ("1-1e3-2-3-4", "'1-1e3-2-3-4'"),
        ("0701", "'0701'"),
        ("Yes", "'Yes'"),
        ("y", "'y'"),
        ("NULL", "'NULL'"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("a: b", "'a: b'"),
        ("a ", "'a '"),
        ("３栋", "'３栋'"),
        ("\x85\u2028\u2029\ufeff\x07\t", '"\\x85\\u2028\\u2029\\ufeff\\x07\\t"'),
        ('\x1b"\\', '"\\x1b\\"\\\\"'),
        ("a\nb", "|-\n    a\n    b"),
        ("a\nb\n", "|\n    a\n    b"),
        (" a\nb", "|2-\n     a\n    b"),
        ("a\n\n# b", "|-\n    a\n\n    # b"),
        ("a\n", "|\n    a"),
        ("漏" * 80, "漏" * 80),
        ("漏" * 81, "|-\n    " + "漏" * 81),
        ("\na", '"\\na"'),
        ("a\n\n", '"a\\n\\n"'),
        ("a \nb", '"a \\nb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ("a\tb\nc", '"a\\tb\\nc"'),
    ],
)
def test_a_style_for_every_text(text: str, written: str) -> None:
    assert dumper.dump_record({"id": "a", "x": text}).decode() == f"- id: a\n  x: {written}\n"


def test_shapes() -> None:
    value: dumper.Value = {
        "empty": [],
        "nothing": {},
        "list": ["a", [], {}, ["b", ["c"]], {"k": "v", "l": ["m"], "n": {"o": "p\nq"}}, "r\ns"],
        "map": {"a": {"b": ["c"]}},
    }
    assert dumper.dump_document(value).decode() == (
        "empty: []\nnothing: {}\nlist:\n- a\n- []\n- {}\n- - b\n  - - c\n"
        "- k: v\n  l:\n  - m\n  'n':\n    o: |-\n      p\n      q\n"
        "- |-\n  r\n  s\nmap:\n  a:\n    b:\n    - c\n"
    )
    assert dumper.dump_document([]) == b"[]\n"
    assert dumper.dump_document({}) == b"{}\n"
    assert dumper.dump_document("") == b"''\n"


@given(values)
@example(list(TRAPS))
@example({text: text for text in TRAPS})
@example([{text: text} for text in TRAPS])
def test_what_is_written_is_read_back(value: dumper.Value) -> None:
    written = dumper.dump_document(value)
    assert yamlio.load(yamlio.decode(written)) == value
    assert yaml.load(written, Loader=yaml.SafeLoader) == value  # anybody's script reads the same
    assert yaml.load(written, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == value
    assert not re.search(rb"[ \t]$", written, re.MULTILINE)


@given(st.lists(recordings, max_size=5))
def test_records_are_cut_where_they_were_joined(records: list[dict[str, Any]]) -> None:
    parts = [dumper.dump_record(record) for record in records]
    data = b"".join(parts)
    cut = blocks.split(data)
    assert [data[start:end] for start, end in cut.spans] == parts
    assert list(cut.ids) == [record["id"] for record in records]
    assert yamlio.load_records(data) == records
    assert yamlio.load_records(BOM + data.replace(b"\n", b"\r\n")) == records
    read, problems = yamlio.read_records(data)
    assert ([record for record, _ in read], problems) == (records, [])


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(BadInput, match="半个字符"):
        dumper.dump_record({"id": "a", "x": "\udcff"})
    with pytest.raises(BadInput, match="半个字符"):
        dumper.dump_document("a\nb\ud800")


@pytest.mark.parametrize("values", [{}, {"x": "a", "id": "b"}, {"id": ""}, {"id": ["a"]}, {"id": "a\nb"}, {"id": "\t"}])
def test_a_record_begins_with_its_id(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"id"):
        dumper.dump_record(values)


def test_a_name_too_long_for_yaml() -> None:
    assert yamlio.load(dumper.dump_document({"a" * 1000: "b"}).decode()) == {"a" * 1000: "b"}
    with pytest.raises(BadInput):
        dumper.dump_document({"a" * 1001: "b"})


# --- records ---------------------------------------------------------------------------------------------


def damage(data: bytes) -> list[Problem]:
    with pytest.raises(Damaged) as caught:
        yamlio.load_records(data, "f.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize("data", [b"", b"# x\n", BOM, b"[]\n", b"---\n# x\n"])
def test_no_records(data: bytes) -> None:
    assert yamlio.load_records(data) == []
    assert yamlio.read_records(data) == ([], [])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a: b\n", 1),
        (b"text\n", 1),
        (b"''\n", 1),
        (b"[{id: a}]\n", 1),
        (b"  - id: a\n", 1),
        (b"- id: a\n- b\n", 2),
        (b"- room: a\n  id: b\n", 1),
        (b"- room: a\n", 1),
        (b"- id:\n", 1),
        (b"- id: [a]\n", 1),
        (b"- id: |-\n    a\n", 1),
        (b'- "id": a\n', 1),
        (b"- id : a\n", 1),
        (b"-\n  id: a\n", 1),
        (b"-   id: a\n", 1),
        (b'- id: "\\x61"\n', 1),
        (b"- id: a\n   b\n", 1),  # YAML goes on: the id is "a b"
        ("- id: a\x85- id: b\n".encode(), 1),  # a line end for YAML only
        (b"- id: a\r- id: b\n", 1),
        (b"- id: a\n" + BOM + b"- id: b\n", 2),
        (b"- id: a\n  text: 'x\n- id: b'\n", 3),  # a cut inside a text
        (b"- id: a\n  text: 'x\n# y'\n- id: b\n", 1),  # a text that looks like a comment
        (b"- id: a\n  text: |+\n    x\n\n- id: b\n", 1),  # blank lines that are text
        ("- id: a\n  text: 'x\n- id: b'\x85- id: b\n".encode(), 3),
        ("- id: a\n  text: 'x\n- id: b #'\x85- id: b\n".encode(), 3),  # as many, named the same, elsewhere
    ],
)
def test_what_does_not_cut_as_yaml_reads(data: bytes, line: int) -> None:
    problem = damage(data)[0]
    assert problem.file == "f.yaml"
    assert problem.line == line
    assert yamlio.read_records(data, "f.yaml")[1]


@pytest.mark.parametrize(
    "data",
    [
        b"- id: a\n  text: |+\n    x\n- id: b\n",
        b"- id: a\n# it's only a note\n- id: b\n",
        b"- id: a\n  text: 'x\n\n    # y'\n\n- id: b\n",
        b"- id: a\n  text: |-\n    x\n    # 'y\n\n# z'\n- id: b\n",
        b"- id: a\n  text: >\n    x\n      \n   # y\n- id: b\n",
        b"---\n- id: a # one\n\n\n- id: 'b'\n# end",
    ],
)
def test_what_cuts_as_yaml_reads(data: bytes) -> None:
    whole = yamlio.load_records(data)
    assert [record["id"] for record in whole] == ["a", "b"]
    cut = blocks.split(data)
    alone = [yamlio.load_records(data[start:end])[0] for start, end in cut.spans]
    assert alone == whole


def test_lines_of_records() -> None:
    data = BOM + b"# head\r\n- id: a\r\n  x: y\r\n\r\n- id: b\r\n"
    assert yamlio.read_records(data) == ([({"id": "a", "x": "y"}, 2), ({"id": "b"}, 5)], [])


def test_a_damaged_record_hides_no_other() -> None:
    data = b"# head\n- id: a\n- id: b\n  x: 'open\n- id: c\n  y: 1\n  y: 2\n- room: d\n- id: e\n"
    records, problems = yamlio.read_records(data, "f.yaml")
    assert records == [({"id": "a"}, 2), ({"id": "e"}, 9)]
    assert [(problem.line, problem.column) for problem in problems] == [(4, 6), (7, 3), (8, 1)]
    assert {problem.file for problem in problems} == {"f.yaml"}


def test_damage_between_records_is_told() -> None:
    data = b"- id: a\n---\n- id: b\n"
    records, problems = yamlio.read_records(data)
    assert records == [({"id": "b"}, 3)]
    assert [problem.line for problem in problems] == [2]
    records, problems = yamlio.read_records(b"rubbish: 1\n- id: a\n")
    assert records == [({"id": "a"}, 2)]
    assert problems[0].line == 1


def test_records_outside_a_conflict_are_read() -> None:
    data = b"- id: a\n<<<<<<< x\n- id: b\n=======\n- id: c\n>>>>>>> y\n- id: d\n- id: e\n  x: 'open\n"
    records, problems = yamlio.read_records(data, "f.yaml")
    assert records == [({"id": "a"}, 1), ({"id": "d"}, 7)]
    assert [problem.line for problem in problems] == [2, 9]
    assert len(damage(data)) == 1


def test_a_wrong_encoding_is_one_problem() -> None:
    records, problems = yamlio.read_records("- id: 厨房漏水\n".encode("gbk"), "f.yaml")
    assert records == []
    assert [problem.message for problem in problems] == ["文件看起来是 GBK/GB18030 编码，请另存为 UTF-8"]


# --- splicing --------------------------------------------------------------------------------------------


def lines(*parts: str) -> bytes:
    return "".join(part + "\n" for part in parts).encode()


HAND = lines(
    "# yaml-language-server: x",
    "- id: a",
    "  room: 1-1  # checked",
    "",
    "# between",
    "- id: b",
    "  # before room",
    "  room: 3-2-1201",
    "  text: |-  # the caller's words",
    "    water",
    "    # not a comment",
    "  log:  # steps",
    "  # first",
    "  - at: '1'",
    "      # deep",
    "    by: x # who",
    "  - at: '2'",
    "     # last, deep",
    "  # after",
    "",
    "- id: c",
)


def test_comments_inside_are_carried_over() -> None:
    new = dumper.dump_record(
        {
            "id": "b",
            "status": "s",
            "room": "9-9",
            "text": "fire\n#",
            "log": [{"at": "1", "by": "y"}, {"at": "2"}, {"at": "3"}],
        }
    )
    assert yamlio.splice_replace(HAND, "b", new) == lines(
        "# yaml-language-server: x",
        "- id: a",
        "  room: 1-1  # checked",
        "",
        "# between",
        "- id: b",
        "  status: s",
        "  # before room",
        "  room: 9-9",
        "  text: |-  # the caller's words",
        "    fire",
        "    #",
        "  log:  # steps",
        "  # first",
        "  - at: '1'",
        "    # deep",
        "    by: 'y'  # who",
        "  - at: '2'",
        "  - at: '3'",
        "  # last, deep",
        "  # after",
        "",
        "- id: c",
    )


def test_comments_of_fields_that_are_gone() -> None:
    new = dumper.dump_record({"id": "b", "text": "a"})
    after = yamlio.splice_replace(HAND, "b", new)
    assert blocks.split(after).get("b") == lines("- id: b", "  # before room", "  text: a  # the caller's words")
    for comment in re.findall(r"# (?!not)(.+)", HAND.decode()):
        assert f"# {comment}" in after.decode()
    assert yamlio.load_records(after)[1] == {"id": "b", "text": "a"}


def test_comments_that_the_new_block_has_are_not_doubled() -> None:
    old = blocks.split(HAND).get("b") or b""
    assert yamlio.splice_replace(HAND, "b", old) == HAND


@pytest.mark.parametrize(
    "new",
    [
        b"- id: b\n  room: {x: 'a\n\n   b', y: z}\n  text: 'a\n    b'\n",
        b"- {id: b}\n".replace(b"- {id: b}", b"- id: b\n  text: >\n    a"),
        b"- id: b\n  text: x\n   y\n  log:\n  - at: |-\n      z",
    ],
)
def test_comments_never_change_what_a_hand_made_block_says(new: bytes) -> None:
    after = yamlio.splice_replace(HAND, "b", new)
    assert yamlio.load_records(after)[1] == yamlio.load_records(new)[0]
    for comment in re.findall(r"# (?!not)(.+)", HAND.decode()):
        assert f"# {comment}" in after.decode()


def test_a_comment_right_after_a_text() -> None:
    data = lines("- id: a", "  text: |-", "    x", "    # y", "# note", "  room: 1-1")
    assert yamlio.splice_replace(data, "a", b"- id: a\n  text: z\n  room: 2-2\n") == lines(
        "- id: a", "  text: z", "# note", "  room: 2-2"
    )


def test_a_block_that_cannot_be_read_can_be_replaced() -> None:
    data = b"- id: a\n  x: 'open\n  # lost\n- id: b\n"
    after = yamlio.splice_replace(data, "a", b"- id: a\n  x: shut\n")
    assert yamlio.load_records(after) == [{"id": "a", "x": "shut"}, {"id": "b"}]


def test_replace_refuses() -> None:
    with pytest.raises(NotFound, match="没有编号 z"):
        yamlio.splice_replace(HAND, "z", b"- id: z\n", "f.yaml")
    with pytest.raises(Damaged, match="出现了两次"):
        yamlio.splice_replace(HAND + b"- id: b\n", "b", b"- id: b\n")
    for new in (b"- id: a\n", b"- id: b\n- id: c\n", b"# x\n- id: b\n", b"id: b\n", b""):
        with pytest.raises(ValueError, match="not one block"):
            yamlio.splice_replace(HAND, "b", new)


@pytest.mark.parametrize("bom", [b"", BOM])
@pytest.mark.parametrize("crlf", [False, True])
def test_line_ends_and_bom_stay(bom: bytes, crlf: bool) -> None:
    def file(text: bytes) -> bytes:
        return bom + (text.replace(b"\n", b"\r\n") if crlf else text)

    data = file(b"- id: a\n  # x\n  t: |-\n    1\n    2\n- id: b")
    assert yamlio.splice_replace(data, "a", b"- id: a\n  t: |-\n    3\n    4\n") == file(
        b"- id: a\n  # x\n  t: |-\n    3\n    4\n- id: b"
    )
    assert yamlio.splice_replace(data, "b", b"- id: b\n  t: x\n") == data + file(b"\n  t: x\n").removeprefix(bom)
    assert yamlio.splice_append(data, [b"- id: c\n", b"- id: d\n"]) == data + file(
        b"\n- id: c\n- id: d\n"
    ).removeprefix(bom)


@pytest.mark.parametrize(
    ("data", "after"),
    [
        (b"", b"- id: x\n"),
        (BOM, BOM + b"- id: x\n"),
        (b"# head\n", b"# head\n- id: x\n"),
        (b"- id: a\n\n# end", b"- id: a\n\n# end\n- id: x\n"),
        (b"- id: a\n  t: |+\n    b\n\n", b"- id: a\n  t: |+\n    b\n\n- id: x\n"),
    ],
)
def test_append(data: bytes, after: bytes) -> None:
    assert yamlio.splice_append(data, [b"- id: x\n"]) == after


@pytest.mark.parametrize("data", [b"[]\n", b"a: b\n", b"  - id: a\n"])
def test_append_refuses_what_is_no_list_of_records(data: bytes) -> None:
    with pytest.raises(Damaged, match=r"f\.yaml:1"):
        yamlio.splice_append(data, [b"- id: x\n"], "f.yaml")


notes = st.text(st.sampled_from("ab 水'\"|:#-"), max_size=8)
gaps = st.lists(st.builds(lambda n, text: " " * n + "# " + text, st.integers(0, 2), notes) | st.just(""), max_size=3)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[dict[str, Any]], list[str]]:
    """A file with hand-written comments between its records and inside them."""
    records = draw(st.lists(recordings, min_size=1, max_size=4, unique_by=lambda record: str(record["id"])))
    serial = 0
    inside: list[str] = []
    parts: list[str] = [*draw(gaps)]
    for record in records:
        block = dumper.dump_record(record).decode().removesuffix("\n").split("\n")
        starts = [i for i, line in enumerate(block) if i and re.match(r"  [^ \n-]", line)]
        for row in sorted(draw(st.sets(st.sampled_from(starts), max_size=2)) if starts else (), reverse=True):
            serial += 1
            inside.append(f"# note {serial}")
            block.insert(row, " " * draw(st.integers(0, 2)) + inside[-1])
        parts += [*block, *draw(gaps)]
    text = "".join(part + "\n" for part in parts)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    data = text.encode()
    if draw(st.booleans()):
        data = BOM + data
    return data, records, inside


@settings(max_examples=150)
@given(files(), recordings, st.data())
def test_every_other_byte_stays(
    made: tuple[bytes, list[dict[str, Any]], list[str]], fields: dict[str, Any], data: st.DataObject
) -> None:
    before, records, inside = made
    assert yamlio.load_records(before) == records
    place = data.draw(st.integers(0, len(records) - 1))
    new = {**fields, "id": records[place]["id"]}
    span = blocks.split(before).span(new["id"])
    assert span
    after = yamlio.splice_replace(before, new["id"], dumper.dump_record(new))
    assert after[: span[0]] == before[: span[0]]
    assert after[len(after) - (len(before) - span[1]) :] == before[span[1] :]
    assert yamlio.load_records(after) == [*records[:place], new, *records[place + 1 :]]
    for note in inside:
        assert len(re.findall(note.encode() + rb"\b", after)) == 1
    again = yamlio.splice_append(after, [dumper.dump_record({"id": "new"})])
    assert again.startswith(after)
    assert yamlio.load_records(again)[-1] == {"id": "new"}
    assert again.count(b"\r\n") in (0, again.count(b"\n"))


# fmt: off
FRAGMENTS = (
    "- id: a", "- id: b", "- id: c # d", "- id: 'it''s'", "- x", "-", "---", "...", "", "  ", "   ",
    "      ", "\t", "# c", "  # c", "   # c", "    # t", "# q'", '  # q"', "# ]", "\ufeff", "  x: 'p",
    "  q'", "  x: q'", '  z: "a', 'b"', "  text: |+", "  text: |-", "  text: |2", "  y: >", "  - |+",
    "    t", "     t", "    - u", "  l:", "  - m", "  - n: o", "    x: |-  # c", "  x: [a,", "  b]", "]",
    "  p", "  x: a # b", "  k: v\x85- id: a", "  k: v\r- id: a", "  k: &a *b",
)
# fmt: on
by_hand = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(lambda x: "".join(f"{line}\n" for line in x).encode())


@settings(max_examples=300)
@given(by_hand)
def test_whatever_is_read_whole_is_read_the_same_block_by_block(data: bytes) -> None:
    data = b"- id: z\n" + data
    read, problems = yamlio.read_records(data)
    try:
        whole = yamlio.load_records(data)
    except Damaged:
        assert problems
        return
    cut = blocks.split(data)
    assert [yamlio.load_records(data[start:end])[0] for start, end in cut.spans] == whole
    assert ([record for record, _ in read], problems) == (whole, [])
    assert [line for _, line in read] == [cut.line(place) for place in range(len(cut.ids))]


@settings(max_examples=300)
@given(by_hand, st.sampled_from([{}, {"text": "p\nq"}, {"l": ["m", "r\ns\n"]}, {"x": "", "k": [{"n": " o\np"}]}]))
def test_whatever_is_read_can_be_replaced(data: bytes, fields: dict[str, Any]) -> None:
    data = b"- id: z\n" + data
    try:
        whole = yamlio.load_records(data)
    except Damaged:
        return
    for place, record in enumerate(whole):
        new = {"id": record["id"], **fields}
        if [other["id"] for other in whole].count(record["id"]) == 1:
            after = yamlio.splice_replace(data, str(record["id"]), dumper.dump_record(new))
            assert yamlio.load_records(after) == [*whole[:place], new, *whole[place + 1 :]]
            assert yamlio.load_records(yamlio.splice_append(after, [b"- id: y\n"]))[-1] == {"id": "y"}


def test_a_text_at_the_end_of_a_file_says_the_same_once_more_is_written() -> None:
    data = b"- id: a\n  text: |\n    b"
    alone = yamlio.load_records(data)
    assert alone == [{"id": "a", "text": "b\n"}]
    assert yamlio.load_records(yamlio.splice_append(data, [b"- id: c\n"]))[:1] == alone
