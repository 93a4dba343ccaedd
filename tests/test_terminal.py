"""What was typed, stands in files or names them steers no terminal: errors, notes, titles, prompts, wrong values."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import Wuye, run_wuye

from wuye import cli, driver, dumper, manifest, records, yamlio
from wuye.render import md, table
from wuye.sheet import Column, Sheet

STEERS = "\x1b[2J\x07\x9b1m\u202e\u061c\u2066\u200b\u2028\ufeff"
MARKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u2028-\u202e\u2066-\u2069\ufeff]")


def hand(office: Path, kind: str, change: dict[str, object]) -> None:
    """Change the last record of a kind with an editor."""
    path = next((office / "records").rglob(f"{kind}.yaml"), office / "books" / f"{kind}.yaml")
    *before, last = yamlio.load_records(path.read_bytes())
    path.write_bytes(b"".join(dumper.dump_record(one) for one in (*before, {**last, **change})))  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "argv",
    [(STEERS,), ("ts", STEERS), ("ts", "list", f"--{STEERS}"), ("ts", "list", "-o", STEERS), ("ts", "show", STEERS),
     ("ts", "list", "--period", STEERS), ("ts", "list", "--where", STEERS), ("ts", "list", "--out", f"{STEERS}/x"),
     ("ts", "add", STEERS, "甲"), ("import", STEERS), ("restore", STEERS, "x"), ("backup", f"x/{STEERS}"),
     ("--office", STEERS, "today"), ("kb", STEERS), ("print", STEERS, "ts1"), ("ts", "attach", "ts1", STEERS)],
)  # fmt: skip
def test_errors_repeat_what_was_typed_without_what_steers(argv: tuple[str, ...], kept: Wuye) -> None:
    said = kept(*argv)
    assert said.code and said.err and not MARKS.search(said.err), said.err


def test_damage_and_names_of_files_are_told_without_what_steers(kept: Wuye, office: Path) -> None:
    (office / "records" / "2026-11" / f"\x1b[2J{STEERS[-3]}.yaml").write_text("x", "utf-8")
    hand(office, "complaint", {f"odd{STEERS}": "1", "subject": STEERS, "status": STEERS})
    for argv in (("check",), ("doctor",), ("ts", "list", "--period", "all"), ("ts", "show", "ts2"), ("today",)):
        said = kept(*argv)
        assert not MARKS.search(said.out + said.err), argv


def test_a_terminal_gets_nothing_that_steers_and_a_pipe_every_byte(
    kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand(office, "complaint", {"text": STEERS})
    piped = kept("ts", "list", "-o", "json").out
    assert STEERS.replace("\x1b", "\\u001b").replace("\x07", "\\u0007") in piped
    monkeypatch.setattr("conftest._Bytes.isatty", lambda self: True)
    for form in ("json", "csv", "yaml", "md"):
        assert not MARKS.search(run_wuye(["ts", "list", "-o", form]).out.replace("\t", " ")), form


def test_a_question_steers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def prompt(text: str, **options: object) -> str:
        asked.append(text)
        return "n"

    monkeypatch.setattr("typer.prompt", prompt)
    desk = cli._desk()
    desk.confirm(f"登记 {STEERS}？")
    desk.ask(STEERS)
    assert asked and not MARKS.search("".join(asked))


def test_titles_and_feet_are_words(desk: Path) -> None:
    from wuye import clock

    part = Sheet("x", (Column("a", f"甲{STEERS}"),), ({"a": STEERS},), clock.now(), title=f"<b>{STEERS}[x](y)")
    sheet = part._replace(sections=(part,), foot=f"<i>{STEERS}")
    for told in (table.text(sheet), md.text(sheet)):
        assert not MARKS.search(told)
    assert "<b>" not in md.text(sheet).replace("\\<", "") and "<i>" not in md.text(sheet).replace("\\<", "")


def test_the_driver_that_git_calls_steers_nothing(desk: Path) -> None:
    for name in ("base", "ours", "theirs"):
        (desk / name).write_text(f'- id: a\n  "\\e{name}": 1\n  "\\e{name}": 2\n', "utf-8")
    code, said = driver.run([str(desk / name) for name in ("base", "ours", "theirs")] + [f"{STEERS}.yaml"])
    assert code == 1 and "两次" in said and not MARKS.search(said)


@pytest.mark.parametrize("name", [".git", ".GIT ", ".git::$INDEX_ALLOCATION", ".g\u200cit", ".git\u202e", "git~1"])
def test_no_file_of_a_backup_is_one_of_gits(name: str) -> None:
    assert not manifest.safe(f"books/{name}/config") and not manifest.safe(name)
    assert manifest.safe("books/甲：乙.yaml")


# --- wrong values put in by hand: shown, never a crash


@pytest.mark.parametrize("wrong", [["甲"], {"a": "b"}, [["x"]], [{"name": "甲"}]])
def test_a_private_value_that_is_no_text_is_masked(wrong: object, kept: Wuye, office: Path) -> None:
    hand(office, "complaint", {"phone": wrong})
    assert kept("ts", "list", "-o", "json").code in (0, 1, 65)
    shown = records.kind("complaint")["phone"].masked_stored([["13800138000"]])
    assert "13800138000" not in str(shown)


def test_goods_let_through_that_cannot_be_read(wuye: Wuye, office: Path) -> None:
    given = ("--carrier", "王女士", "--goods", "冰箱x1", "--relation", "业主", "--yes", "-q")
    said = wuye("pass", "add", "3-2-1201", *given)
    assert said.code == 0, said.err
    entry = {"at": "2026-11-22T10:05+08:00", "step": "release", "by": "李静", "through": "甲"}
    path = office / "records/2026-11/pass.yaml"
    (raw,) = yamlio.load_records(path.read_bytes())
    raw |= {"status": "issued", "log": [*raw["log"], entry]}  # type: ignore[misc]
    path.write_bytes(dumper.dump_record(raw))
    assert wuye("pass", "list").code != 70


def test_a_target_of_the_plan_that_is_no_rate() -> None:
    from wuye import clock
    from wuye.fields import Unreadable, read_stored

    targets = records.kind("yearplan")["targets"]
    for row in ({"rate": "甲"}, {"rate": "101%"}, {"rate": "95%", "month": "甲"}):
        value, wrong = read_stored(targets, [{"collector": "周敏", **row}], clock.SHANGHAI)
        assert isinstance(value, Unreadable) and wrong
    assert not read_stored(targets, [{"collector": "周敏", "rate": "95%", "month": "03"}], clock.SHANGHAI)[1]


def test_no_shell_is_needed(desk: Path) -> None:
    """The same through a real terminal of the system, where there is the program `script`."""
    import shutil
    import sys

    if shutil.which("script") is None:
        pytest.skip("the program script is missing")
    line = f"'{sys.executable}' -m wuye '{STEERS}'"
    said = subprocess.run(["script", "-qec", line, "/dev/null"], capture_output=True, check=False).stdout.decode()
    assert "没有" in said and not MARKS.search(said.replace("\r\n", "\n"))


def test_a_number_of_nothing_is_no_number(wuye: Wuye) -> None:
    """`wuye receipt spoil ''` searched the book for nothing, for ever."""
    from wuye import blocks

    assert blocks.split(b"# x\n- id: a\n- id: b\n").holding([b"", b"a"], 5) == ["a"]
    assert wuye("receipt", "show", "").code == 2


@pytest.mark.parametrize("argv", [("day", "11010519491231002X"), ("print", "11010519491231002X"),
                                  ("complaint", "list", "--room", "11010519491231002X")])  # fmt: skip
def test_no_sentence_repeats_an_identity_number(argv: tuple[str, ...], wuye: Wuye) -> None:
    said = wuye(*argv)
    assert said.code and "11010519491231002X" not in said.err + said.out
