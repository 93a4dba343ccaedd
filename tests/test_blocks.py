"""Encodings, conflict markers and the cut into records."""

from __future__ import annotations

import pytest

from wuye import blocks
from wuye.blocks import split
from wuye.errors import Damaged

TWO = b"# head\n- id: TS-1\n  room: 3-2-1201\n\n# between\n- id: TS-2\n  text: |-\n    a\n    # text\n# end\n"


def texts(data: bytes) -> list[bytes]:
    cut = split(data)
    return [data[start:end] for start, end in cut.spans]


def test_a_record_ends_before_blank_lines_and_comments() -> None:
    assert split(TWO).ids == ("TS-1", "TS-2")
    assert texts(TWO) == [
        b"- id: TS-1\n  room: 3-2-1201\n",
        b"- id: TS-2\n  text: |-\n    a\n    # text\n",
    ]
    assert split(TWO).head() == b"# head\n"
    assert split(TWO).gap(0) == b"\n# between\n"
    assert split(TWO).gap(1) == b"# end\n"
    assert [split(TWO).line(i) for i in (0, 1)] == [2, 6]


@pytest.mark.parametrize(
    ("line", "inside"),
    [
        (b"# x\n", False),
        (b"  # x\n", False),
        (b"   # x\n", True),  # column 4: may be a line of a text
        (b"    # x\n", True),
        (b"\n", False),
        (b"  \n", False),
        (b"   \n", True),
        (b"\t# x\n", True),
        (b"  x\n", True),
    ],
)
def test_which_last_lines_belong_to_a_record(line: bytes, inside: bool) -> None:
    record = b"- id: TS-1\n  text: |-\n    a\n"
    assert texts(record + line)[0] == (record + line if inside else record)
    assert texts(record + line + b"- id: TS-2\n")[0] == (record + line if inside else record)
    crlf = (record + line).replace(b"\n", b"\r\n")
    assert texts(crlf)[0] == (crlf if inside else record.replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (b"", ()),
        (b"# only a comment\n", ()),
        (b"---\n- id: a\n", ("a",)),
        (b"- id: a", ("a",)),
        (b"\xef\xbb\xbf- id: a\n- id: b\n", ("a", "b")),
        (b"\xef\xbb\xbf# x\r\n- id: a\r\n- id: b\r\n", ("a", "b")),
        (b"- id: 'a''b'\n", ("a'b",)),
        (b"- id: 'a' # x\n", ("a",)),
        (b'- id: "a"\n', ("a",)),
        (b'- id: "\\x61"\n', ("",)),
        (b"- id: a # x\n", ("a",)),
        (b"- id: a#x\n", ("a#x",)),
        ("- id: 三栋-1\n".encode(), ("三栋-1",)),
        (b"-\n  id: a\n", ("",)),
        (b"- x\n-\n- id:\n- id:a\n-\tid: b\n", ("", "", "", "", "")),
        (b"- id : a\n- room: b\n", ("", "")),
        (b"  - id: a\n", ()),
        (b"-5\n--\n", ()),
    ],
)
def test_ids(data: bytes, ids: tuple[str, ...]) -> None:
    assert split(data).ids == ids


def test_get() -> None:
    cut = split(TWO)
    assert cut.get("TS-1") == b"- id: TS-1\n  room: 3-2-1201\n"
    assert cut.get("TS-3") is None


def test_a_doubled_number_is_named_with_both_lines() -> None:
    with pytest.raises(Damaged) as caught:
        split(b"- id: a\n- id: b\n- id: a\n", "x.yaml").get("a")
    assert str(caught.value) == "x.yaml:3:1：编号 a 出现了两次（另一处在第 1 行），请改正其中一条后再试"


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"", 0), (b"\xef\xbb\xbf# a\n\n---\n- id: a\n", 0), (b"# a\n[]\n", 2), (b"  - id: a\n", 1)],
)
def test_stray(data: bytes, line: int) -> None:
    assert split(data).stray() == line


def refusal(data: bytes) -> tuple[int, int, str]:
    with pytest.raises(Damaged) as caught:
        blocks.decode_bytes(data, "f.yaml")
    (problem,) = caught.value.problems
    assert problem.file == "f.yaml"
    return problem.line, problem.column, problem.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["- id: a\n", "- id: TS-1\n  text: 厨房顶部漏水\n" * 9])
def test_utf16_and_utf32(encoding: str, text: str) -> None:
    line, column, message = refusal(text.encode(encoding))
    assert (line, column) == (1, 1)
    assert "UTF-16" in message


@pytest.mark.parametrize("data", [b"- id: a\n  x: b\0c\n", b"- id: a\n  x: b" + b"\0" * 5000])
def test_nul(data: bytes) -> None:
    line, column, message = refusal(data)
    assert (line, column) == (2, 7)
    assert "NUL" in message


def test_gbk() -> None:
    line, column, message = refusal("- id: a\n  text: 厨房漏水\n".encode("gbk"))
    assert (line, column) == (2, 9)
    assert message == "文件看起来是 GBK/GB18030 编码，请另存为 UTF-8"


def test_a_torn_utf8_file_is_not_called_gbk() -> None:
    good = "- id: a\n  text: 厨房漏水\n  room: 水".encode()
    line, column, message = refusal(good[:-1] + b"\n")
    assert (line, column) == (3, 9)
    assert "不是 UTF-8" in message
    assert refusal(b"\xef\xbb\xbf- \xff\n")[:2] == (1, 3)


def test_size() -> None:
    assert len(blocks.decode_bytes(b"#" * blocks.LIMIT)) == blocks.LIMIT
    assert "20 MB" in refusal(b"#" * (blocks.LIMIT + 1))[2]


def test_bom_and_line_ends() -> None:
    assert blocks.decode_bytes(b"\xef\xbb\xbfa\r\nb\r\n") == "a\r\nb\r\n"
    assert blocks.newline_of(b"a\r\nb\n") == b"\r\n"
    assert blocks.newline_of(b"a") == blocks.newline_of(b"\n\r\n") == b"\n"
    assert blocks.with_newline(b"a\nb", b"\r\n") == b"a\r\nb\r\n"
    assert blocks.with_newline(b"a\r\nb\r\n", b"\n") == b"a\nb\n"


A, B, C = b"- id: A\n  x: 1\n", b"- id: B\n  x: 2\n", b"- id: C\n  x: 3\n"
HEAD, MID, BASE, TAIL = b"<<<<<<< HEAD\n", b"=======\n", b"||||||| base\n", b">>>>>>> other\n"


@pytest.mark.parametrize(
    ("data", "lines", "readable"),
    [
        (A + HEAD + B + MID + C + TAIL, [3], [A]),
        (A + HEAD + B + BASE + MID + C + TAIL + C, [3], [A, C]),
        (A + HEAD + MID + C + TAIL, [3], [A]),
        (HEAD + A + MID + TAIL + C, [1], [C]),
        (A + b"# note\n" + HEAD + B + MID + TAIL + C, [4], [A, C]),
        # inside a record, or carrying it on: that record is in doubt
        (A + HEAD + b"  y: 1\n" + MID + b"  y: 2\n" + TAIL + C, [3], [C]),
        (A + HEAD + b"  y: 1\n" + MID + B + TAIL + C, [3], [C]),
        (A + HEAD + MID + B + TAIL + b"  y: 1\n" + C, [3], [C]),
        (A + B + HEAD + A, [5], [A]),
        (A + MID + C, [3], [C]),
        (A + TAIL + C, [3], [C]),
        (A + HEAD + B + MID + C + TAIL + A + HEAD + b"  y: 1\n" + MID + TAIL, [3, 12], [A]),
        (A + b"  y: 1\n" + HEAD + B + HEAD + C + MID + TAIL, [4, 7], []),
        (b"\xef\xbb\xbf" + HEAD + A + MID + TAIL + C, [1], [C]),
        ((A + HEAD + B + MID + C + TAIL).replace(b"\n", b"\r\n"), [3], [A.replace(b"\n", b"\r\n")]),
        # no markers
        (
            A + b"  text: |-\n    =======\n    <<<<<<< x\n",
            [],
            [A + b"  text: |-\n    =======\n    <<<<<<< x\n"],
        ),
        (A + b"# ======= x\n", [], [A]),
    ],
)
def test_conflicts(data: bytes, lines: list[int], readable: list[bytes]) -> None:
    found = blocks.find_conflicts(data)
    problems = [blocks.conflict_problem(data, conflict, "f") for conflict in found]
    assert [problem.line for problem in problems] == lines
    assert [data[start:end] for start, end in blocks.readable_spans(data, found)] == readable
