"""What every test may use: an office in a temporary folder, and a way to run commands in it."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from wuye import cli

NOW = "2026-11-22T10:00+08:00"
PROGRAMS = ("git", "strace", "bash", "zsh", "fish", "hledger", "chromium", "zbarimg", "pdfinfo", "khal")
MEMORY = Path("/dev/shm")
CLEAN = ("WUYE_OFFICE", "WUYE_USER", "WUYE_NOW", "WUYE_DEBUG", "EMAIL")


@dataclass
class Said:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def records(self) -> list[dict[str, Any]]:
        return self.json["records"]  # type: ignore[no-any-return]


class _Bytes(io.TextIOWrapper):
    def isatty(self) -> bool:
        return False


def run_wuye(argv: list[str], stdin: bytes = b"") -> Said:
    """Run one command line in this process, as the installed program would."""
    out, err = _Bytes(io.BytesIO(), "utf-8"), _Bytes(io.BytesIO(), "utf-8")
    source = _Bytes(io.BytesIO(stdin), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        before, cli.sys.stdin = cli.sys.stdin, source
        try:
            code = cli.run(argv)
        finally:
            cli.sys.stdin = before
    out.flush()
    err.flush()
    return Said(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder as the working directory, the clock fixed, nobody's settings in the environment."""
    for name in list(os.environ):
        if name in CLEAN or name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("WUYE_NOW", NOW)
    monkeypatch.setenv("WUYE_USER", "李静")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


Wuye = Callable[..., Said]
Once = Callable[[str, Callable[[], Any]], Any]
NOVEMBER = "records/2026-11/complaint.yaml"
ADD = ("complaint", "add", "3-2-1201", "--reporter", "王女士")


# How long an example takes says nothing on a busy machine.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_configure() -> None:
    """Offices are made in memory where there is room: thousands of commits, each synced, wait for no disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that carries the mark of a program, or of a plain account, is skipped with the reason where it must be."""
    missing = {name: f"the program {name} is missing" for name in PROGRAMS if shutil.which(name) is None}
    if shutil.which("yaml-language-server") is None:
        missing["yamlls"] = "the program yaml-language-server is missing"
    if shutil.which("soffice") is None:
        missing["libreoffice"] = "the program soffice is missing"
    if shutil.which("todo") is None:
        missing["todoman"] = "the program todo of todoman is missing"
    if os.geteuid() == 0:
        missing["root"] = "root: permissions do not stop root"
    for item in items:
        for name, reason in missing.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


def tree(office: Path) -> dict[str, bytes]:
    """Every data file of an office."""
    return {p.relative_to(office).as_posix(): p.read_bytes() for p in (office / "records").rglob("*") if p.is_file()}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the office that every test gets a copy of is made by the first of them."""
    return tmp_path_factory.mktemp("template") / "office"


@pytest.fixture
def office(desk: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new office as the working directory."""
    if not template.exists():
        said = run_wuye(["init", str(template), "--name", "翠湖花园"])
        assert said.code == 0, said.err
    shutil.copytree(template, desk / "office", symlinks=True)
    monkeypatch.chdir(desk / "office")
    return desk / "office"


class Life(NamedTuple):
    """What a test's folder held after a story, the clock at which it stopped, and what the story gave."""

    folder: Path
    now: str
    given: Any


@pytest.fixture(scope="session")
def stories() -> dict[str, Life]:
    """The stories that were played in this process."""
    return {}


@pytest.fixture
def once(desk: Path, stories: dict[str, Life], tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Play a story in the test's folder: for the first test that asks; the others get a copy of what it came to."""

    def play(name: str, story: Callable[[], Any]) -> Any:
        if name not in stories:
            given = story()
            folder = tmp_path_factory.mktemp("story") / "desk"
            shutil.copytree(desk, folder, symlinks=True)
            stories[name] = Life(folder, os.environ["WUYE_NOW"], given)
        else:
            here = Path.cwd()
            for each in desk.iterdir():
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
            shutil.copytree(stories[name].folder, desk, symlinks=True, dirs_exist_ok=True)
            os.environ["WUYE_NOW"] = stories[name].now
            os.chdir(here)
        return stories[name].given

    return play


def played(story: Callable[..., Any]) -> Any:
    """A fixture that types a story at the desk: it is played once in a process, its office copied for every other test.

    What it gives must not hold the folder of one test: `wuye` and a till run in whatever office they stand.
    """

    @wraps(story)
    def fixture(once: Once, **others: Any) -> Any:
        return once(f"{story.__module__}.{story.__qualname__}", partial(story, **others))

    asked = inspect.signature(story).parameters.values()
    own = inspect.Parameter("once", inspect.Parameter.KEYWORD_ONLY)
    fixture.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in asked] + [own]
    )
    return pytest.fixture(fixture)


@pytest.fixture
def wuye(office: Path) -> Wuye:
    """Run a command in the office: `wuye("complaint", "list", "-o", "json")`."""

    def run(*argv: str, stdin: bytes = b"", now: str = "") -> Said:
        if now:
            os.environ["WUYE_NOW"] = now
        return run_wuye(list(argv), stdin)

    return run


@played
def kept(wuye: Wuye) -> Wuye:
    """An office with a complaint in October and two in November."""
    assert wuye(*ADD, "十月的事", "--at", "2026-10-15 10:00").code == 0
    assert wuye(*ADD, "第一件").code == 0
    assert wuye(*ADD, "第二件").code == 0
    return wuye


@pytest.fixture
def complaint(wuye: Wuye) -> Callable[..., dict[str, Any]]:
    """Add a complaint and give its record: `complaint("--channel", "web", now="…")`."""

    def add(*options: str, now: str = "") -> dict[str, Any]:
        said = wuye("complaint", "add", "3-2-1201", "厨房漏水", "--reporter", "王女士", "--yes",
                    *options, "-o", "json", now=now)  # fmt: skip
        assert said.code == 0, said.err
        return said.records[0]

    return add


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all tests of a process that look at pages."""
    from looking import browser

    with browser() as one:
        yield one
