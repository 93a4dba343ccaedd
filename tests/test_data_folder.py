"""Nothing that lies in the data folder is run: no module, no start-up hook, no expression of a template."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ADD, Wuye

import wuye as package

COMMANDS = (["check"], ["complaint", "list", "-o", "html"], ["find", "第一件"], [*ADD, "第三件"])
NAMES = "sitecustomize usercustomize conftest wuye yaml json typer encodings jinja2 sqlite3".split()


def hostile(office: Path, ran: Path) -> None:
    """Modules of every name that might be looked for, in the office and in the folders below it."""
    code = f"open({str(ran)!r}, 'a').write(__file__)\n"
    for folder in (office, office / "records", office / ".wuye"):
        for name in NAMES:
            (folder / f"{name}.py").write_text(code, "utf-8")
        (folder / "x.pth").write_text(f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n", "utf-8")
    (office / "pyvenv.cfg").write_text("home = .\n", "utf-8")
    (office / "setup.cfg").write_text("[options]\n", "utf-8")


def test_no_module_of_the_office_runs(kept: Wuye, office: Path, tmp_path: Path) -> None:
    """The installed command has its own folder on the path and not the office: `-P` stands for that."""
    ran = tmp_path / "ran"
    hostile(office, ran)
    env = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    start = [sys.executable, "-P", "-c", "import sys; from wuye.__main__ import main; sys.exit(main())"]
    for argv in COMMANDS:
        done = subprocess.run([*start, *argv], cwd=office, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (argv, done.stderr)
        assert not ran.exists(), (argv, ran.read_text("utf-8"))


EVIL = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('touch RAN').read() }}",
    "{% include '../../etc/hosts' %}",
    "{{ self.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].system('touch RAN') }}",
)


@pytest.mark.parametrize("evil", EVIL)
def test_an_expression_of_a_template_reaches_nothing(evil: str, kept: Wuye, office: Path) -> None:
    (office / "templates").mkdir()
    for name in ("base.html", "sheet.html"):
        (office / "templates" / name).write_text(evil, "utf-8")
    said = kept("complaint", "list", "-o", "html")
    assert "Traceback" not in said.err and said.code in (0, 1, 2, 65, 78), said
    assert not (office / "RAN").exists() and "subclass" not in said.out and "localhost" not in said.out
    assert "os.py" not in said.out and "<class" not in said.out


@pytest.mark.parametrize("name", ["templates/base.html", "templates/sheet.html", "templates", "knowledge", "calendar"])
def test_no_link_of_the_office_is_followed(name: str, kept: Wuye, office: Path, tmp_path: Path) -> None:
    """What lies elsewhere comes onto no page and no screen, whatever stands in its place."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for one in ("base.html", "sheet.html", "a.md", "2026.yaml"):
        (folder / one).write_text("绝密: 绝密\n", "utf-8")
    path = office / name
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(folder / path.name if path.suffix else folder)
    for argv in (["complaint", "list", "-o", "html"], ["kb", "search", "绝密"], ["check"], ["find", "绝密"]):
        said = kept(*argv)
        assert "绝密: " not in said.out + said.err and "Traceback" not in said.err, said
        assert said.code in (0, 1, 65, 74, 78)


@pytest.mark.git
def test_links_in_the_repository_are_told(kept: Wuye, office: Path, tmp_path: Path) -> None:
    """git follows them: it would write there."""
    assert "是链接" not in kept("doctor").out
    logs = office / ".git" / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "HEAD").unlink(missing_ok=True)
    (logs / "HEAD").symlink_to(tmp_path / "profile")
    assert ".git/logs/HEAD 等 1 处是链接" in kept("doctor").out
