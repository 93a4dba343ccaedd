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
from conftest import run_wuye

import wuye

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")]
# Text written as a path of one machine; the pattern is cut in two so that this file does not hold one.
MACHINE = re.compile(r"(?<![\w.])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk|t" + r"mp)/[A-Za-z]")


def test_made_pages_are_fresh() -> None:
    assert (ROOT / "docs" / "kinds.md").read_text("utf-8") == make_docs.kinds_page()
    page = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    assert page == make_docs.with_codes(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_shown_runs(page: Path, desk: Path) -> None:
    os.environ["WUYE_NOW"] = "2026-11-22T18:00"
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["cd"]:
                os.chdir(words[1])
            elif words[:1] == ["export"]:
                name, _, value = words[1].partition("=")
                os.environ[name] = value
            elif words[:1] == ["wuye"]:
                argv = [w.replace("../shared/data", str(ROOT / "tests" / "data")) for w in words[1:]]
                said = run_wuye(argv)
                assert said.code == 0, (line, said.err)
            elif words[:1] == ["sh"]:
                assert os.access(ROOT / words[1], os.X_OK), line


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
        pytest.skip("root: not a checkout")
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in names:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".sh", ".txt", ".yaml") and path.is_file():
            assert not MACHINE.search(path.read_text("utf-8")), name
