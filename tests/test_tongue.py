"""Chinese throughout: every command with missing, unknown and bad input says no English, and never a traceback."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from conftest import NOW, Said, run_wuye
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wuye import arrears, commands, figures, figures_money, forms, records, scheme, surveyed, verbs
from wuye.call import Verb, options_of

Wuye = Callable[..., Said]
# What is English on purpose: the program's name, codes, options, file names and formats, and what the test typed.
ALLOWED = frozenset(
    """wuye git yaml json jsonl csv md html table init today due day check doctor duty print help version office utf bom
    bash zsh fish powershell gbk gb18030 excel xlsx id log tmp xyzzy plugh records calendar statutory desk clock cn
    all hledger beancount duckdb settlement shifts duties posts ods todo sqlite datasette rollup ics icalendar pyrage
    knowledge bare main""".split()
)
DOCUMENTED = {0, 1, 2, 3, 4, 65, 70, 73, 74, 75, 76, 78, 130}


def every_verb() -> Iterator[tuple[list[str], Verb]]:
    for name, _, _ in records.KINDS:
        kind = records.kind(name)
        for verb in verbs.of_kind(kind).values():
            yield [name, verb.name], verb
        if name in commands.EXTRA:
            for verb in import_module(f"wuye.commands.{name}").VERBS:
                yield [name, verb.name], verb
    for name, _, _ in commands.COMMANDS:
        yield [name], import_module(f"wuye.commands.{name}").VERB


VERBS = list(every_verb())
GROUPS = {name: [one for one in VERBS if one[0][0] == name] for name in dict.fromkeys(words[0] for words, _ in VERBS)}
CODES = {word.lower() for row in records.KINDS for word in row}
CODES |= {row[0] for row in commands.COMMANDS}
for _, verb in VERBS:
    CODES |= {verb.name, *verb.name.split("-")}
    for one in options_of(verb):
        CODES |= {*one.name.split("_"), *one.long.strip("-").split("-"), one.metavar.lower()}
    CODES |= set(re.findall(r"[a-z]+", verb.words.lower()))
for name, _, _ in records.KINDS:
    kind = records.kind(name)
    for part in (*kind.fields, *kind.flow.states, *kind.flow.steps, *kind.computed, *kind.clocks, *kind.rules):
        CODES |= set(re.split(r"[._0-9-]", part.name))
    for one_field in kind.fields:
        CODES |= {part for code, _ in one_field.type.choices for part in re.split(r"[_0-9-]", code)}
for codes in (arrears.BY, figures_money.BY, [one.name for one in (*figures_money.FIGURES, *figures.FIGURES)]):
    CODES |= {part for code in codes for part in code.split("-")}
CODES |= {*surveyed.BY, *forms.known(), forms.FOLDER, *scheme.INDICATORS}
CODES |= {"line", "recorded", "received", "closed", "clocks", "ts", "fk", "period", "wd", "wh", "min", "h"}
CODES |= {"row", "checklists"}
KNOWN = ALLOWED | CODES


def english(text: str, typed: str = "") -> list[str]:
    """Latin words of a text that nobody typed and that are no code."""
    own = set(re.findall(r"[a-z]+", typed.lower()))
    return [w for w in re.findall(r"[A-Za-z]{2,}", text) if w.lower() not in KNOWN and w.lower() not in own]


def assert_chinese(said: Said, argv: list[str], codes: set[int] = DOCUMENTED) -> None:
    assert said.code in codes, (argv, said)
    assert "Traceback" not in said.err and said.code != 70, (argv, said.err)
    assert english(said.err, " ".join(argv)) == [], (argv, said.err)
    if said.code:
        assert re.search(r"[\u4e00-\u9fff]", said.err), argv


# All verbs of a kind share an office as long as nothing is written in it.
every_group = pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)


@every_group
def test_help_is_chinese(group: list[tuple[list[str], Verb]], desk: Path) -> None:
    for words, verb in group:
        said = run_wuye([*words, "--help"])
        assert said.code == 0 and said.err == "", words
        assert english(said.out) == [], words
        assert all(one.long in said.out for one in options_of(verb)), words


@every_group
def test_wrong_input_is_told_in_chinese(
    group: list[tuple[list[str], Verb]], wuye: Wuye, office: Path, template: Path
) -> None:
    for words, verb in group:
        wrong(wuye, words, verb)
        if (office / "records").exists() or (office / "books").exists():  # words enough for a record
            shutil.rmtree(office)
            shutil.copytree(template, office, symlinks=True)
            os.chdir(office)


def wrong(wuye: Wuye, words: list[str], verb: Verb) -> None:
    """Call a verb with nothing, with unknown words and with every option that it has, wrongly."""
    assert_chinese(wuye(*words), words)
    assert_chinese(wuye(*words, "--xyzzy", "plugh"), [*words, "--xyzzy", "plugh"], {2})
    assert_chinese(wuye(*words, "xyzzy", "plugh", "xyzzy"), [*words, "xyzzy", "plugh"])
    assert_chinese(wuye(*words, "-o", "plugh"), [*words, "plugh"], {2})
    small = ["--units", "12", "--months", "1"] if words == ["demo"] else []  # where nothing is wrong, an office is made
    for one in options_of(verb):
        if one.flag:
            argv = [*words, f"{one.long}=xyzzy"]
            assert_chinese(wuye(*argv), argv, {2})
        elif one.name not in verb.yes_no:
            argv = [*words, one.long]
            assert_chinese(wuye(*argv), argv, {2})
        argv = [*words, "1", one.long, "\u202exyzzy"] if not one.flag else [*words, one.long]
        assert_chinese(wuye(*argv, *small), argv)


def test_whole_help_is_chinese(wuye: Wuye) -> None:
    for argv in ([], ["--help"], ["-h"], ["complaint"], ["visitor", "--help"], ["投诉"]):
        said = wuye(*argv)
        assert said.code == 0 and english(said.out) == [], argv


def test_dashes_that_the_input_method_made_chinese(wuye: Wuye) -> None:
    said = wuye(
        "ts", "add", "3－2－1201", "漏水——厨房", "——reporter", "王女士", "－－lawsuit", "—o", "json", "-o", "json"
    )
    assert said.code == 2 and "—o" in said.err
    said = wuye(
        "ts", "add", "3－2－1201", "漏水——厨房", "——reporter", "王女士", "－－lawsuit", "—people=3", "-o", "json"
    )
    assert said.code == 0, said.err
    record = said.records[0]
    assert (record["room"], record["text"], record["lawsuit"], record["people"]) == ("3-2-1201", "漏水——厨房", True, 3)


def test_aliases_are_the_same_command(wuye: Wuye) -> None:
    one = wuye("complaint", "list").out
    assert one == wuye("ts", "list").out == wuye("投诉", "查询").out == wuye("TS", "查询").out
    assert wuye("今天").out == wuye("today").out
    assert wuye("访客", "登记", "--name", "甲", "--purpose", "乙", "--department", "丙").code == 0


WORD = st.sampled_from(
    [w for ws, _ in VERBS for w in ws]
    + [o.long for _, v in VERBS for o in options_of(v)]
    + ["-o", "json", "ts1", "--", "", "今天"]
)
# What a clerk or a script may put behind a command: good, nearly good, and hostile.
GIVEN = """ts1 fk1 gd2 TS-20261120-001 3-2-1201 1-101 2026 2026-10 2026-11-20 2026-13-45 今天 上周 本月 昨天14点 99:99
半小时前 +2wd all 0 1 -1 1e9 99999999999999999999 0.005 1073.16 １２３ 是 no 李静 工程部 王女士 13800138000
110101199003070038 粤B12345 json jsonl csv yaml md html xlsx pdf 状态=已办结 状态 且 (( 属于 a,b A=B x/y .. ./x.zip
../x.zip x.html CON nul 甲.csv =1+1 @甲 -甲 {{甲}} <b>甲</b> %s {0} ' " \\ select -- - : ; $( ` &""".split()
ODD = ("select * from complaint", "", " ", "\x00", "\x1b[31m甲", "\u202e甲", "\u200b", "甲\n乙", "长" * 3000)
VALUES = st.sampled_from((*GIVEN, *ODD))


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A command with options that it has, in any order, with anything behind them."""
    words, verb = draw(st.sampled_from(VERBS))
    argv, options = list(words), options_of(verb)
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 2)) and options:
            one = draw(st.sampled_from(options))
            argv += [one.long] if one.flag else [one.long, draw(VALUES | st.text(max_size=12))]
        else:
            argv.append(draw(VALUES | st.text(max_size=12)))
    return argv


REMEMBERED: list[str] = []
"""What `sync` was told once and names again in later lines."""


def leads_out(argv: list[str]) -> bool:
    """Whether a word might be a place outside the folder in which the test runs."""
    return any(word.split("=", 1)[-1].startswith(("/", "~")) for word in argv)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with records of every kind, for command lines that find something; a new one in short runs."""
    root = tmp_path_factory.mktemp("busy") / "office"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WUYE_NOW", NOW)
        patched.setenv("GIT_CONFIG_NOSYSTEM", "1")
        size: tuple[str, ...] = ("init", "--name", "翠湖花园")
        if "WUYE_LINES" in os.environ:
            size = ("demo", "--units", "12", "--months", "1")
        said = run_wuye([size[0], str(root), *size[1:]])
    assert said.code == 0, said.err
    return root


@settings(max_examples=int(os.environ.get("WUYE_LINES", "150")), deadline=None, suppress_health_check=list(HealthCheck))
@given(lines() | st.lists(WORD | st.text(max_size=12), max_size=6))
def test_any_command_line_ends_as_documented(busy: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    if not leads_out(argv):
        monkeypatch.chdir(busy)
        REMEMBERED.extend(argv if "sync" in argv else ())
        assert_chinese(run_wuye(argv), [*argv, *REMEMBERED])
