"""The shells: their scripts run in the real ones, and no name, text or folder is ever run by pressing Tab."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ADD, Wuye
from hypothesis import given
from hypothesis import strategies as st
from test_completion import HOSTILE, book

from wuye import shells

TODAY = "TS-20261122-"
PATIENCE = 30.0


def test_the_command_prints_the_script_and_how_it_is_used(wuye: Wuye, desk: Path) -> None:
    for one in shells.SHELLS:
        assert wuye("completion", one.name).out == shells.script(one) == wuye("补全", one.name.upper()).out
        assert one.zh in wuye("completion").out.replace("\n", "")
        assert "_WUYE_COMPLETE" in shells.script(one) and shells.script(one).isascii()
    assert wuye("completion", "fish", "--out", str(desk / "wuye.fish")).code == 0
    assert (desk / "wuye.fish").read_text("utf-8") == shells.script(shells.SHELLS[2])
    said = wuye("completion", "powershel")
    assert said.code == 2 and "是不是 powershell" in said.err
    assert wuye("completion", "bash", "-o", "json").json["rows"][0]["shell"] == "bash"


@pytest.mark.parametrize(
    ("parts", "line", "found"),
    [
        (["wuye", "ts", "--room", "=", "3-"], "wuye ts --room=3-", (["ts", "--room=3-"], "--room=")),
        (["wuye", "ts", "--room", "="], "wuye ts --room=", (["ts", "--room="], "--room=")),
        (["wuye", "ts", "--at", "9", ":", "05", ""], "wuye ts --at 9:05 ", (["ts", "--at", "9:05", ""], "")),
        (["wuye", "ts", "'a b'", "c\\ d", '"e'], "wuye ts 'a b' c\\ d \"e", (["ts", "a b", "c d", "e"], "")),
        (["wuye", "=", "a"], "wuye = a", (["=", "a"], "")),
    ],
)
def test_words_as_bash_parts_them(parts: list[str], line: str, found: tuple[list[str], str]) -> None:
    given = shells.typed({shells.ASKED: "bash", shells.WORDS: "\n".join(parts), shells.AT: str(len(parts) - 1),
                          shells.LINE: line})  # fmt: skip
    assert (list(given.words), given.start) == found
    assert given.at == len(found[0]) - 1


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1))
def test_quoted_words_are_one_word(text: str) -> None:
    assert shlex.split(shells.bash_quoted(text)) == [text]
    assert shlex.split("'" + shells.bash_quoted(text, "'") + "'") == [text]
    if "!" not in text:
        assert shlex.split('"' + re.sub(r"\\([$`])", r"\1", shells.bash_quoted(text, '"')) + '"') == [text]
    quoted = shells.powershell_quoted(text)
    assert quoted == text or re.fullmatch("'([^'‘’‚‛]|(['‘’‚‛])\\2)*'", quoted)
    assert re.fullmatch(r"[\w\-./=:+]+|'.*'", quoted, re.DOTALL)


@pytest.mark.bash
def test_bash_takes_quoted_words_for_themselves(desk: Path) -> None:
    texts = [HOSTILE, "~", "a=~b", "-x", "工程部（一）", "３", "𠮷 a", "!x", "$HOME", "a\\", "{1..3}"]
    for mark in ("", "'", '"'):
        words = [mark + q + mark for text in texts if (q := shells.bash_quoted(text, mark))]
        said = subprocess.run(["bash", "-c", f"printf '%s\\n' {' '.join(words)}"], capture_output=True, check=True)
        assert said.stdout.decode().splitlines() == [t for t in texts if not (mark == '"' and "!" in t)]
    assert list(desk.iterdir()) == []


def test_lines_hold_no_control_marks() -> None:
    found = [shells.Candidate("a\tb"), shells.Candidate("a\u202eb"), shells.Candidate("好", "x\n\ty\x1b[31m\u202e 正"),
             shells.Candidate(""), shells.Candidate("１　２")]  # fmt: skip
    plain = shells.Typed(("",), 0)
    assert shells.lines("zsh", found, plain) == "好\tx y [31m 正\n１　２\t\n"
    assert shells.lines("bash", found, plain) == "好\n１\\　２\n"
    assert shells.lines("powershell", found, plain) == "好\t好\tx y [31m 正\n'１　２'\t１　２\t１　２\n"


def test_the_powershell_script_by_its_looks() -> None:
    """PowerShell is not installed where these tests run: brackets close, and what is set is taken away again."""
    script = shells.script(shells.SHELLS[3])
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", script)
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing) > 0
    assert {*re.findall(r"env:(\w+) =", script)} == {*re.findall(r"Env:(\w+)", script)}
    assert {*re.findall(r"env:(\w+) =", script)} == {shells.ASKED, shells.WORDS, shells.AT}
    assert "Invoke-Expression" not in script and "Register-ArgumentCompleter -Native -CommandName 'wuye'" in script


# --- the real shells

CAPTURE = {
    "bash": "source {script}; capture() {{ printf '%s\\n' \"$@\" '' >>'{out}'; }}; echo REA''DY",
    "zsh": "autoload -U compinit && compinit -D -u; source {script}; bindkey -e; "
    "capture() {{ printf '%s\\n' \"$@\" '' >>'{out}' }}; echo REA''DY",
    "fish": "source {script}; function capture; printf '%s\\n' $argv '' >>'{out}'; end; echo REA''DY",
}
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
EVERY = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in START]


@pytest.fixture
def place(wuye: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office in a folder with a hostile name and hostile texts in it; the program is on the path as `wuye`."""
    for text in ("漏水", f"% %F{{red}} {HOSTILE}"):
        assert wuye(*ADD, text, "--phone", "13900139000").code == 0
    book(office, "staff", ("current", HOSTILE), ("current", "吴!x"), ("current", "李静"))
    program = desk / "bin" / "wuye"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m wuye "$@"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(shells.__file__).parent.parent.parent))
    for name, value in (("TERM", "dumb"), ("LC_ALL", "C.UTF-8"), ("LANG", "C.UTF-8")):
        monkeypatch.setenv(name, value)
    for one in shells.SHELLS:
        (desk / one.file).write_text(wuye("completion", one.name).out, "utf-8")
    hostile = desk / "台 $(touch x)'`touch y`"
    office.rename(hostile)
    monkeypatch.chdir(hostile)
    return hostile


def typed(shell: str, lines: list[str], desk: Path) -> tuple[list[list[str]], str]:
    """Type lines into a real interactive shell: the words that each came to, and what was on the screen.

    `capture` is put before each line, so that the shell itself parses what Tab put there.
    """
    out, file = desk / "out", next(one.file for one in shells.SHELLS if one.name == shell)
    child, screen = pty.fork()
    if not child:
        os.execvp(START[shell][0], START[shell])
    os.write(screen, f"{CAPTURE[shell].format(script=desk / file, out=out)}\n".encode())
    seen, sent = b"", False
    try:
        while select.select([screen], [], [], PATIENCE)[0]:
            try:
                part = os.read(screen, 65536)
            except OSError:  # the shell is gone
                break
            seen += part
            if b"\x1b[c" in part or b"\x1b[0c" in part:  # a shell that asks what terminal this is
                os.write(screen, b"\x1b[?62c")
            if not sent and b"READY" in seen:
                os.write(screen, "".join([*(f"{line}\x01capture \n" for line in lines), "exit\n"]).encode())
                sent = True
            if not part:
                break
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(screen)
    said = seen.decode("utf-8", "replace")
    assert out.exists(), said[-2000:]
    return [words.splitlines() for words in out.read_text("utf-8").split("\n\n") if words], said


@pytest.mark.parametrize("shell", EVERY)
def test_lines_are_finished_by_tab(shell: str, place: Path, desk: Path) -> None:
    """Names from the data are words and nothing else, behind an opened quotation mark too; nothing is run."""
    before = {path.name for path in place.iterdir()}
    wanted = {
        "wuye compla\tsho\tts2\t": f"wuye complaint show {TODAY}002".split(),
        "wuye 投\t判\tts1\t--nature=he\t": f"wuye 投诉 判定性质 {TODAY}001 --nature=help".split(),
        "wuye ts add --room=3-\t--la\t": "wuye ts add --room=3-2-1201 --lawsuit".split(),
        "wuye ts attach ts1 wuy\t": "wuye ts attach ts1 wuye.yaml".split(),
        "wuye duty 周\t": ["wuye", "duty", HOSTILE],
        "wuye duty '周\t": ["wuye", "duty", HOSTILE],
        'wuye duty "周\t': ["wuye", "duty", HOSTILE],
        "wuye duty 吴\t": ["wuye", "duty", "吴!x"],
    }
    found, _ = typed(shell, list(wanted), desk)
    small = [[w.lower() if w.lower().startswith("ts-") else w for w in words] for words in wanted.values()]
    assert [[w.lower() if w.lower().startswith("ts-") else w for w in words] for words in found] == small
    assert {path.name for path in place.iterdir()} == before


@pytest.mark.parametrize("shell", EVERY[:2])
def test_a_list_is_shown_with_what_it_is(shell: str, place: Path, desk: Path) -> None:
    before = {path.name for path in place.iterdir()}
    found, screen = typed(shell, ["wuye ts show T\t\t\t"], desk)
    assert found[0][:3] == ["wuye", "ts", "show"] and found[0][3].startswith(f"{TODAY}00")
    assert f"{TODAY}001" in screen and f"{TODAY}002" in screen
    assert "13900139000" not in screen and "error" not in screen.lower()
    if shell == "zsh":
        assert "王女士" in screen and "%F{red}" in screen
    assert {path.name for path in place.iterdir()} == before


@pytest.mark.fish
def test_fish_shows_what_a_candidate_is(place: Path, desk: Path) -> None:
    asked = " ".join(f"complete -C 'wuye {line}';" for line in ("ts sh", "fk 离", "ts show 1122-1"))
    script = f"source {desk / 'wuye.fish'}; {asked}"
    said = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, check=True)
    assert said.stdout.decode() == f"show\t查看投诉\n离开\t离开\n{TODAY}001\t已登记 3-2-1201 王女士 漏水\n"
    assert said.stderr == b""
