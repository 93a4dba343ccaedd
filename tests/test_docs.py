"""Documents that can be wrong are held true: what is generated is fresh, what is shown is run."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
from pathlib import Path

import make_docs
import pytest
import tables
from conftest import run_wuye

import wuye
from wuye import cli, errors

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
# Text written as a path of one machine; the pattern is cut in two so that this file does not hold one.
MACHINE = re.compile(r"(?<![\w.])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|t" + r"mp)/[A-Za-z]")


def test_made_pages_are_fresh() -> None:
    assert (ROOT / "docs" / "kinds.md").read_text("utf-8") == make_docs.kinds_page()
    page = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    assert page == make_docs.with_codes(page)
    for name in tables.PAGES:
        page = (ROOT / "docs" / name).read_text("utf-8")
        assert page == tables.filled(page), name
        assert page.count("<!-- made by") == page.count("<!-- end -->") == len(tables.MARK.findall(page))


@pytest.mark.git
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_shown_runs(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one fresh folder a page; what a console block shows of the answer is what is printed."""
    monkeypatch.setenv("WUYE_NOW", "2026-11-22T18:00")
    for form, block in re.findall(r"```(sh|console|yaml wuye\.yaml)\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        if form.startswith("yaml"):  # settings that the commands below it rest on
            with Path("wuye.yaml").open("a", encoding="utf-8") as settings:
                settings.write(block)
            continue
        for line, shown in commands(block) if form == "console" else [(line, "") for line in block.splitlines()]:
            words = shlex.split(line, comments=True)
            if words[:1] == ["cd"]:
                os.chdir(words[1])
            elif words[:1] == ["export"]:
                name, _, value = words[1].partition("=")
                monkeypatch.setenv(name, value)
            elif words[:1] == ["wuye"] or (words[:1] == ["printf"] and "| wuye " in line):
                source, _, rest = line.rpartition("| wuye ") if words[0] == "printf" else ("", "", line[5:])
                stdin = subprocess.run(["sh", "-c", source], capture_output=True, check=True).stdout
                words = shlex.split(rest, comments=True)
                argv = [w.replace("../shared/data", str(ROOT / "tests" / "data")) for w in words]
                argv = [w.replace("../examples", str(ROOT / "examples")) for w in argv]
                said = run_wuye(argv, stdin)
                code, shown = split_code(shown)
                assert said.code == code, (line, said.err)
                if form == "console":
                    printed = bare(said.out.replace(str(desk), "…") + said.err)
                    assert re.fullmatch(pattern(shown), printed), (line, printed)
            elif words[:1] == ["sh"]:
                assert os.access(ROOT / words[1], os.X_OK), line


def commands(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what the page shows of its answer."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert not parts[0].strip()
    return [(line, shown) for line, _, shown in (part.partition("\n") for part in parts[1:])]


def split_code(shown: str) -> tuple[int, str]:
    """The exit code that stands below an answer as `[2]`, 0 without one, and the answer without it."""
    found = re.search(r"^\[(\d+)\]\n", shown, flags=re.MULTILINE)
    return (int(found[1]), shown.replace(found[0], "")) if found else (0, shown)


def bare(text: str) -> str:
    """Lines without blanks at their end; blank lines say nothing."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def pattern(shown: str) -> str:
    """What an answer must look like: a line `…` stands for any number of lines."""
    return (
        "\n".join(re.escape(line) for line in bare(shown).split("\n"))
        .replace("\n…\n", "\n(?:.*\n)*")
        .replace("\n…", "(?:\n.*)*")
    )


def test_a_wrong_page_is_noticed() -> None:
    assert commands("$ wuye a\nx\n\n$ wuye b\n[2]\n") == [("wuye a", "x\n\n"), ("wuye b", "[2]\n")]
    assert split_code("x\n[2]\n") == (2, "x\n")
    assert re.fullmatch(pattern("a\n…\nd\n"), bare("a\nb\n\nc\nd\n"))
    assert re.fullmatch(pattern("a\n…\n"), bare("a\nb\nc\n"))
    assert not re.fullmatch(pattern("a\n…\nd\n"), bare("a\nb\ne\n"))
    assert not re.fullmatch(pattern("a\n"), bare("a\nb\n"))


def test_every_exit_code_is_on_its_page() -> None:
    """Those of the errors, and those that no error carries."""
    page = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    told = {int(code) for code in re.findall(r"(?:^\| |· |: )(\d+)(?= |：)", page, flags=re.MULTILINE)}
    kinds = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.WuyeError)]
    assert {c.exit_code for c in kinds} | {0, 3, cli.BUG, cli.INTERRUPTED} <= told


def test_readme_has_the_two_commands_of_the_gate() -> None:
    readme, gate = (ROOT / "README.md").read_text("utf-8"), (ROOT / ".ci" / "run").read_text("utf-8")
    for command in ("sh examples/first-hour.sh", "sh tests/all.sh"):
        assert f"```sh\n{command}\n```" in readme
        assert command in gate


def test_links_lead_somewhere() -> None:
    for page in (*PAGES, ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


@pytest.mark.parametrize("path", sorted(Path(wuye.__file__).parent.rglob("*.py")), ids=lambda p: p.name)
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    top = [n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef) and not n.name.startswith("_")]
    methods = [
        m
        for c in top
        if isinstance(c, ast.ClassDef)
        for m in c.body
        if isinstance(m, ast.FunctionDef) and not m.name.startswith("_")
    ]
    for node in (*top, *methods):
        assert ast.get_docstring(node), f"{path.name}: {node.name}"


@pytest.mark.git
def test_no_path_of_one_machine_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".sh", ".txt", ".yaml") and path.is_file():
            assert not MACHINE.search(path.read_text("utf-8")), name
