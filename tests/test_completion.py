"""What Tab offers: kinds, verbs, options, values, numbers and rooms; nothing is written, said or run by it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import Wuye, played
from hypothesis import given
from hypothesis import strategies as st

from wuye import commands, completion, lock, number, records, shells, values, verbs
from wuye.call import Verb, options_of
from wuye.completion.line import Line
from wuye.glimpse import MOST, Glimpse
from wuye.office import Office
from wuye.render import FILES

VERBS = [([n, verb.name], verb) for n, _, _ in records.KINDS for verb in commands.of_kind(records.kind(n)).values()]
VERBS += [([row[0]], commands.verb(row[0])) for row in commands.COMMANDS]
HOSTILE = "周 $(touch x)`touch y`;touch z&*?[a]{b,c}~#|<>^'\"\\"
BOOK = "- id: {prefix}-20260101-{at:03d}\n  status: {status}\n  {name}: '{value}'\n"


def answer(*words: str, shell: str = "zsh", line: str = "", **more: str) -> str:
    """What the program tells a shell about the last of these words."""
    told = {shells.ASKED: shell, shells.WORDS: "\n".join(("wuye", *words)), shells.AT: str(len(words))}
    return completion.answer({**os.environ, **told, shells.LINE: line, **more}, Path.cwd()).decode()


def offered(*words: str) -> list[str]:
    """The candidates for the last of these words, in their order."""
    return [line.partition("\t")[0] for line in answer(*words).splitlines()]


def explained(*words: str) -> dict[str, str]:
    """The candidates for the last of these words with what is said of each."""
    lines = (line.partition("\t") for line in answer(*words).splitlines())
    return {text: zh for text, _, zh in lines}


def book(office: Path, name: str, *things: tuple[str, str], field: str = "name") -> None:
    """A book with these things, each its state and its name."""
    (office / "books").mkdir(exist_ok=True)
    blocks = [
        BOOK.format(prefix="XX", at=at, status=status, name=field, value=value.replace("'", "''"))
        for at, (status, value) in enumerate(things, 1)
    ]
    (office / "books" / f"{name}.yaml").write_text("".join(blocks), "utf-8")


@played
def desk_of_three(wuye: Wuye) -> Wuye:
    """Three complaints of today (the second judged), one of October, one of August, a visitor inside."""
    for room, text, when in (
        ("8-1-801", "八月", "2026-08-01 10:00"),
        ("7-1-701", "十月", "2026-10-15 10:00"),
        ("3-2-1201", "漏水", ""),
        ("3-2-1202", "请回电 138-0013-8000", ""),
        ("12-1-101", "噪音", ""),
    ):
        more = ["--at", when] if when else []
        said = wuye("ts", "add", room, text, "--reporter", "王女士", "--phone", "13900139000", "--yes", *more)
        assert said.code == 0, said.err
    assert wuye("ts", "judge", "ts2", "--nature", "help").code == 0
    assert wuye("fk", "add", "--name", "赵先生", "--purpose", "送货", "--unit", "5-1-501").code == 0
    return wuye


ONE, TWO, THREE, OCTOBER = (f"TS-2026{tail}" for tail in ("1122-001", "1122-002", "1122-003", "1015-001"))


# --- kinds, verbs, options


def test_the_first_word_is_a_kind_or_a_command(desk: Path) -> None:
    assert offered("") == [row[0] for row in (*records.KINDS, *commands.COMMANDS)]
    assert {"ts", "today"} <= set(offered("t"))
    assert offered("TS") == ["ts"]
    assert offered("投") == ["投诉"] and offered("今") == ["今天"]
    assert explained("vis") == {"visitor": "访客台账"}
    assert offered("--") == ["--office", "--help", "--version"]
    assert offered("xyzzy") == []


@pytest.mark.parametrize("row", records.KINDS, ids=lambda row: row[0])
def test_the_second_word_is_a_verb_of_the_kind(row: tuple[str, str, str], desk: Path) -> None:
    found = commands.of_kind(records.kind(row[0]))
    for word in (row[0], row[1].lower(), row[2]):
        assert offered(word, "") == list(found)
    assert all(offered("--office", ".", row[0], verb.name) for verb in found.values())
    assert all(verb.zh in offered(row[0], verb.zh[0]) for verb in found.values() if not verb.zh.isascii())
    assert offered(row[0], "-") == ["--help"] and offered(row[0], "xyzzy", "") == []


@pytest.mark.parametrize("name", dict.fromkeys(words[0] for words, _ in VERBS))
def test_every_option_is_offered_until_it_is_given(name: str, desk: Path) -> None:
    for words, verb in VERBS:
        if words[0] == name:
            offered_until_given(words, verb)


def offered_until_given(words: list[str], verb: Verb) -> None:
    options = {one.name: one for one in options_of(verb)}
    assert sorted(offered(*words, "--")) == sorted([*(o.long for o in options.values()), "--help"]), words
    assert all(explained(*words, "--").values()), words
    given = [w for o in options.values() for w in ([o.long] if o.flag or o.name in verb.yes_no else [o.long, "xyzzy"])]
    assert offered(*words, *given, "--") == ["--help"], words
    for one in list(options.values())[::5]:
        assert one.long in offered(*words, one.long[:4]), words
        assert isinstance(offered(*words, one.long, ""), list), words
    assert not any(text.startswith("--") for text in offered(*words, "--", "--")), words


def test_options_as_the_desk_types_them(desk: Path) -> None:
    assert "--room" not in offered("ts", "list", "——room", "3-2-1", "--")
    assert "--output" not in offered("ts", "list", "-ojson", "--")
    assert offered("ts", "list", "-o", "j") == ["json", "jsonl"]
    assert offered("ts", "list", "--output=j") == ["--output=json", "--output=jsonl"]
    assert offered("ts", "list", "--open=") == []
    assert offered("ts", "add", "--no-la") == ["--no-lawsuit"]
    assert "--lawsuit" not in offered("ts", "add", "--no-lawsuit", "--")
    assert offered("ts", "add", "--lawsuit", "") == ["yes", "no"]
    assert "--late" in offered("ts", "list", "")


def test_an_option_behind_the_cursor_is_given_too(desk: Path) -> None:
    told = {shells.ASKED: "zsh", shells.WORDS: "wuye\nts\nlist\n--o\n--open", shells.AT: "3"}
    found = completion.answer({**os.environ, **told}, Path.cwd()).decode()
    assert "--output\t" in found and "--open" not in found


# --- values


@pytest.mark.parametrize("row", records.KINDS, ids=lambda row: row[0])
def test_a_value_that_is_offered_is_understood(row: tuple[str, str, str], wuye: Wuye) -> None:
    kind, typing = records.kind(row[0]), Office(Path.cwd()).typing
    for one in kind.fields:
        line = Line(kind, Verb("add", "", print, (verbs.option(one),), typed=frozenset({one.name})), Glimpse(None))
        heads = {zh[:1] for _, zh in one.type.choices} | (set("是否") if one.type is values.FLAG else set())
        for head in ("", *heads):
            found = line.offers([one.option], head, [])
            assert found or not heads, (one.name, head)
            for candidate in found if isinstance(found, list) else ():
                assert one.type.parse(candidate.text, typing) is not None, (one.name, candidate)


def test_what_list_is_offered_it_takes(desk_of_three: Wuye) -> None:
    for option in ("--status", "--sort", "--fields", "--period", "-o", "--since"):
        found = offered("ts", "list", option, "")
        assert len(found) > 2
        for value in found:
            file = ("--out", "t.xlsx") if value in FILES else ()
            assert desk_of_three("ts", "list", option, value, "--limit", "1", *file).code == 0, (option, value)
    counted = offered("ts", "count", "")
    assert {"status", "month", "subject", "level"} <= {*counted} and "phone" not in counted
    for value in counted:
        assert desk_of_three("ts", "count", value).code == 0, value
    assert offered("ts", "list", "--sort", "-lev") == ["-level"]
    assert offered("ts", "list", "--period", "2026-1") == ["2026-11", "2026-10"]
    assert offered("ts", "list", "--period", "上") == ["上月", "上周"]


def test_several_values_parted_by_commas(desk: Path) -> None:
    assert offered("ts", "list", "--status", "recorded,ju") == ["recorded,judged"]
    assert offered("ts", "list", "--status", "已登记，已判") == ["已登记，已判定"]
    found = offered("ts", "list", "--fields", "id,")
    assert "id,room" in found and "id,id" not in found
    assert explained("ts", "list", "--status", "cl") == {"closed": "已办结"}


def test_choices_in_the_language_that_is_typed(desk: Path) -> None:
    assert explained("ts", "add", "--subject", "eng") == {"engineering": "工程维修"}
    assert explained("ts", "add", "--subject=工") == {"--subject=工程维修": "engineering"}
    assert offered("fk", "add", "--office-area", "") == ["yes", "no"] and offered("fk", "add", "--told", "") == []


def test_files_and_folders_are_left_to_the_shell(desk: Path) -> None:
    for words in (("ts", "add", "--from", ""), ("ts", "list", "--out=", ), ("ts", "attach", "ts1", "")):
        assert answer(*words) == f"{shells.FILES}\n", words
    for words in (("--office", ""), ("--office=a",), ("ts", "list", "--office", "a"), ("init", "")):
        assert answer(*words) == f"{shells.FOLDERS}\n", words


# --- numbers


def test_numbers_on_which_the_step_is_possible(desk_of_three: Wuye) -> None:
    assert offered("ts", "show", "") == [THREE, TWO, ONE, OCTOBER]
    assert offered("ts", "show", THREE, ONE.lower(), "") == [TWO, OCTOBER]
    assert offered("ts", "close", "") == []
    assert desk_of_three("ts", "assign", "ts1", "--department", "工程部").code == 0
    assert desk_of_three("ts", "handle", "ts1", "--result", "修好").code == 0
    assert offered("ts", "close", "") == offered("投诉", "办结", "") == [ONE]
    assert offered("ts", "assign", "--department", "工程部", "") == [THREE, TWO, OCTOBER]
    assert offered("fk", "leave", "") == ["FK-20261122-001"]
    assert offered("print", "") == [THREE, TWO, ONE, OCTOBER, "FK-20261122-001"]
    assert offered("print", "f") == ["FK-20261122-001"] and offered("print", "ts2") == [TWO]
    assert offered("ts", "add", "--repeats", "ts3") == [THREE]


def test_numbers_as_clerks_type_them(desk_of_three: Wuye) -> None:
    today, known = [THREE, TWO, ONE], [THREE, TWO, ONE, OCTOBER]
    for words, found in (
        ("ts TS-2026", known), ("1122- ts-1122-", today), ("ts3 TS3 3 ts03 ts-3 ＴＳ３", [THREE]),
        ("1122-2 ts1122－2", [TWO]), ("20261122-1", [ONE]), ("1015 TS-20261015", [OCTOBER]), ("fk ts9 漏 1301-", []),
    ):  # fmt: skip
        for typed in words.split():
            assert offered("ts", "show", typed) == found, typed


def test_what_a_number_can_become() -> None:
    texts = ("TS-20261122-001", "TS-20261122-010", "TS-20261122-A001", "TS-20261102-003", "TS-20251231-003")
    numbers = [n for text in texts if (n := number.parse(text))]
    assert len(numbers) == 5
    begun = lambda text: [str(n)[3:] for n in number.begun(text, numbers, date(2026, 11, 22))]  # noqa: E731
    assert begun("1") == ["20261122-A001", "20261122-010", "20261122-001"]
    assert begun("tsa") == begun("a1") == ["20261122-A001"]
    assert begun("3") == ["20261102-003", "20251231-003"]
    assert begun("1102") == ["20261102-003"] and begun("2025") == ["20251231-003"]
    assert begun("fk1") == begun("x") == []


def test_a_number_tells_its_record_and_no_phone(desk_of_three: Wuye) -> None:
    said = explained("ts", "show", "")
    assert said[ONE] == "已登记 3-2-1201 王女士 漏水" and said[TWO] == "已判定 3-2-1202 王女士 请回电 …"
    assert explained("fk", "leave", "") == {"FK-20261122-001": "在内 5-1-501 赵先生 送货"}
    everything = "".join(answer("ts", verb, "") for verb in commands.of_kind(records.kind("complaint")))
    assert "139" not in everything and "8000" not in everything


def test_not_too_many_and_the_newest(wuye: Wuye, office: Path) -> None:
    block = "- id: TS-20261121-{at:03d}\n  status: recorded\n  text: |-\n    第 {at} 件\n    详情\n"
    folder = office / "records" / "2026-11"
    folder.mkdir(parents=True)
    (folder / "complaint.yaml").write_text("".join(block.format(at=at) for at in range(1, 121)), "utf-8")
    found = explained("ts", "show", "")
    assert next(iter(found)) == "TS-20261121-120" and len(found) == MOST
    assert found["TS-20261121-120"] == "已登记 第 120 件"
    assert offered("ts", "show", "1121-00") == [f"TS-20261121-{at:03d}" for at in range(9, 0, -1)]


# --- rooms and names


def test_rooms_of_the_last_two_months_without_a_register(desk_of_three: Wuye) -> None:
    assert offered("ts", "add", "") == ["3-2-1201", "3-2-1202", "5-1-501", "7-1-701", "12-1-101"]
    assert offered("ts", "list", "--room=3-") == ["--room=3-2-1201", "--room=3-2-1202"]
    assert offered("fk", "add", "--unit", "3栋2单元") == ["3-2-1201", "3-2-1202"]
    assert offered("ts", "add", "1202") == ["3-2-1202"]
    assert offered("ts", "add", "--room", "3-2-1201", "") != offered("ts", "add", "")


def test_rooms_of_the_register(desk_of_three: Wuye, office: Path) -> None:
    book(office, "unit", ("let", "10-1-101"), ("vacant", "2-1-101"), ("void", "9-9-909"), field="room")
    assert offered("ts", "add", "") == offered("ts", "list", "--room", "") == ["2-1-101", "10-1-101"]
    assert offered("ts", "add", "10") == ["10-1-101"]


def test_names_of_the_desk(wuye: Wuye, office: Path) -> None:
    book(office, "staff", ("current", "李静"), ("current", "周师傅"), ("void", "误登的人"), ("left", "走了的人"))
    book(office, "department", ("active", "工程部"), ("active", HOSTILE))
    assert offered("ts", "assign", "ts1", "--handler", "") == offered("duty", "") == ["李静", "周师傅"]
    assert offered("ts", "assign", "ts1", "--handler", "周") == ["周师傅"]
    assert offered("ts", "assign", "ts1", "--department", "") == ["工程部", HOSTILE]
    assert offered("ts", "list", "--by", "李") == ["李静"] and offered("init", "--name", "") == []


def test_things_of_a_book_by_their_names(wuye: Wuye, office: Path) -> None:
    assert wuye("unit", "add", "3-2-1201", "--status", "vacant").code == 0
    assert wuye("unit", "add", "3-2-1202").code == 0
    for name, post in (("李静", "前台"), ("张三", "保安"), ("张三", "保洁")):
        assert wuye("staff", "add", name, "--post", post, "--phone", "13900139000", "--yes").code == 0
    assert explained("unit", "show", "") == {"3-2-1201": "空置 3-2-1201 住宅", "3-2-1202": "自住 3-2-1202 住宅"}
    assert offered("unit", "vacate", "") == ["3-2-1202"]
    assert offered("unit", "add", "--status", "v") == ["vacant"]
    assert explained("staff", "show", "") == {"李静": "在职 前台"}
    assert offered("staff", "show", "张") == []
    assert offered("staff", "show", "yg") == ["YG-20261122-003", "YG-20261122-002", "YG-20261122-001"]


# --- nothing is said, written, waited for


def everything(office: Path) -> dict[str, tuple[int, bytes]]:
    found = (p for p in office.rglob("*") if p.is_file())
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in found}


def test_nothing_is_written_and_no_lock_is_taken(desk_of_three: Wuye, office: Path) -> None:
    (office / ".wuye" / "journal").mkdir(exist_ok=True)
    (office / ".wuye" / "journal" / "manifest").write_bytes(b"torn")
    with lock.hold(office / ".wuye" / "lock", "张三", 0):
        before = everything(office)
        assert offered("ts", "show", "ts3") == [THREE] and len(offered("ts", "add", "")) == 5
        assert everything(office) == before


def damaged(path: Path, how: str) -> None:
    """A month file that is none."""
    data = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "link":
        path.symlink_to(path.parent.parent.parent / "wuye.yaml")
    elif how == "void":
        path.write_bytes(b"")
    else:
        path.write_bytes({"nul": data + b"\0", "gbk": data.decode().encode("gb18030"), "cut": data[:20]}[how])


def test_damage_offers_nothing(desk_of_three: Wuye, office: Path) -> None:
    path = office / "records" / "2026-11" / "complaint.yaml"
    whole = path.read_bytes()
    for how in ("folder", "pipe", "link", "void", "nul", "gbk", "cut"):
        damaged(path, how)
        assert offered("ts", "show", "") == [OCTOBER], how
        assert offered("ts", "add", "") == ["5-1-501", "7-1-701"], how
        assert offered("fk", "leave", "") == ["FK-20261122-001"], how
        path.rmdir() if how == "folder" else path.unlink()
        path.write_bytes(whole)


def test_scalars_that_are_written_otherwise(wuye: Wuye, office: Path) -> None:
    folder = office / "records" / "2026-11"
    folder.mkdir(parents=True)
    (folder / "complaint.yaml").write_bytes(
        b"\xef\xbb\xbf# note\r\n- id: 'TS-20261122-001'\r\n  status: recorded\r\n  reporter: \"\\u738b\\t\\e[31m\"\r\n"
        b"  text: [a]\r\n- id: TS-20261122-002\r\n  room: 'a$(touch x)'\r\n- id: &a TS-20261122-003\r\n- 7\r\nid: x\r\n"
    )
    assert explained("ts", "show", "") == {"TS-20261122-002": "a$(touch x)", "TS-20261122-001": "已登记 王 [31m"}
    assert offered("ts", "add", "--room", "") == []


def test_a_wrong_environment_offers_nothing(desk_of_three: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {**os.environ, shells.ASKED: "zsh", shells.WORDS: "wuye\nts\nshow\n", shells.AT: "3"}
    assert completion.answer(environ, Path.cwd())
    for told in (
        {shells.AT: "x"}, {shells.AT: "0"}, {shells.AT: "-3"}, {shells.AT: ""}, {shells.ASKED: "tcsh"},
        {"WUYE_OFFICE": "no/such"}, {shells.WORDS: "wuye\nts\nshow\n\udcff"}, {shells.WORDS: ""},
    ):  # fmt: skip
        assert not completion.answer({**environ, **told}, Path.cwd()), told
    del environ[shells.WORDS]
    assert not completion.answer(environ, Path.cwd())
    monkeypatch.setenv("WUYE_NOW", "gestern")
    assert offered("ts", "show", "") == []


def test_without_an_office_there_is_nothing_near(desk: Path) -> None:
    assert offered("ts", "show", "") == offered("fk", "leave", "f") == []
    assert offered("ts", "add", "--room", "") == [] and "本月" in offered("ts", "list", "--period", "")


OPTIONS = sorted({one.long for _, verb in VERBS for one in verb.options})
WORD = st.sampled_from([w for ws, _ in VERBS for w in ws] + OPTIONS + ["-o", "--", "="])


@given(st.lists(WORD | st.text(max_size=8), min_size=1, max_size=6), st.sampled_from([s.name for s in shells.SHELLS]))
def test_any_words_are_answered(words: list[str], shell: str) -> None:
    """What `answer` catches would hide here: the parts are called bare."""
    environ = {shells.ASKED: shell, shells.WORDS: "\n".join(("wuye", *words)), shells.AT: str(len(words)),
               shells.LINE: " ".join(("wuye", *words))}  # fmt: skip
    if any("\n" in word for word in words):
        return
    told = shells.typed(environ)
    found = completion.offers(told.words[: told.at], told.current, told.words[told.at + 1 :], {}, Path("/nowhere"))
    if isinstance(found, list):
        assert all(line.strip() for line in shells.lines(shell, found, told).splitlines())


def test_the_program_itself_answers(desk_of_three: Wuye, office: Path) -> None:
    """Exit 0 with nothing on stderr, and Typer, which costs as much again, is never imported."""
    root = str(Path(completion.__file__).parent.parent.parent)
    environ = {**os.environ, "PYTHONPATH": root, shells.ASKED: "zsh", shells.AT: "3"}
    for words, found in (("wuye\nts\nshow\nts3", f"{THREE}\t已登记 12-1-101 王女士 噪音\n"), ("", "")):
        said = subprocess.run([sys.executable, "-m", "wuye"], env={**environ, shells.WORDS: words}, capture_output=True)
        assert (said.returncode, said.stdout.decode(), said.stderr) == (0, found, b"")
    code = (
        "import os, sys, pathlib; from wuye import completion;"
        "assert b'TS-' in completion.answer(os.environ, pathlib.Path.cwd());"
        "sys.exit('typer' in sys.modules or 'wuye.cli' in sys.modules)"
    )
    environ[shells.WORDS] = "wuye\nts\nshow\n"
    assert subprocess.run([sys.executable, "-c", code], env=environ).returncode == 0


def test_behind_an_equals_sign_bash_gets_the_value_alone(desk_of_three: Wuye) -> None:
    line = "wuye ts list --room=3-2-1201"
    assert answer("ts", "list", "--room", "=", "3-2-1201", shell="bash", line=line) == "3-2-1201\n"


def test_fish_gets_numbers_in_the_letters_that_are_typed(desk_of_three: Wuye) -> None:
    assert answer("ts", "show", "ts3", shell="fish").startswith(THREE.lower())
    assert answer("ts", "show", "TS3", shell="fish").startswith(THREE)
    assert desk_of_three("ts", "show", THREE.lower()).code == 0
