"""What every test may use: an office in a temporary folder, and a way to run commands in it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
Once = Callable[[Callable[[], object]], None]
NOVEMBER = "records/2026-11/complaint.yaml"
ADD = ("complaint", "add", "3-2-1201", "--reporter", "王女士")


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


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Offices as `once` found them afterwards, each with the clock at which it stopped."""
    return {}


@pytest.fixture
def once(office: Path, lives: dict[str, tuple[Path, str]], tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Let something happen in a new office: done for the first test that asks, brought back from a copy for the others."""

    def happen(story: Callable[[], object]) -> None:
        name = f"{story.__module__}.{story.__qualname__}"
        if name not in lives:
            story()
            kept = tmp_path_factory.mktemp("life") / "office"
            shutil.copytree(office, kept, symlinks=True)
            lives[name] = kept, os.environ["WUYE_NOW"]
            return
        kept, os.environ["WUYE_NOW"] = lives[name]
        shutil.rmtree(office)
        shutil.copytree(kept, office, symlinks=True)
        os.chdir(office)

    return happen


@pytest.fixture
def wuye(office: Path) -> Wuye:
    """Run a command in the office: `wuye("complaint", "list", "-o", "json")`."""

    def run(*argv: str, stdin: bytes = b"", now: str = "") -> Said:
        if now:
            os.environ["WUYE_NOW"] = now
        return run_wuye(list(argv), stdin)

    return run


@pytest.fixture
def kept(wuye: Wuye, once: Once) -> Wuye:
    """An office with a complaint in October and two in November."""

    def three() -> None:
        assert wuye(*ADD, "十月的事", "--at", "2026-10-15 10:00").code == 0
        assert wuye(*ADD, "第一件").code == 0
        assert wuye(*ADD, "第二件").code == 0

    once(three)
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
