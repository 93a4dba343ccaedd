"""Arrows point down: a module imports only what stands before it, and some things are said in one place only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import wuye

ROOT = Path(wuye.__file__).parent
ORDER = """
    __init__ errors clock
    numerals days workdays flow when identity secret pinyin phone plate room units money number dumper blocks yamlio
    values listed owed presence stock fields basis schema typed
    checklist costs counting conduct templates questionnaire record clocks
    levels procedure again records contests logs joining merging
    stationery posts shifts duties dutyfile timesheet rents
    wanted sheet cells charts discreet finding query ledger accounts claims postings receipts inventory takings closing
    charges chargefile periods occupancy billing asking proposing restarts arrears statements commonparts scheme
    proposals collected dunned figures_money
    terms conditions where changes settling lookup subject forgetting checks schemas slips filled qr blankpaper undoing
    telling batch access message
    summary differences surveyed followed cohort figures knowledge tallies assessing monthly monthrows
    monthmoney whorows
    grid workbook spoiled mapping mapfile tabular cardlist incoming
    disk outside lock journal defused relics program git manifest archive bundle browser annals traces verbatim settings
    store asof watched
    beginning founding monthfiles index mislaid shelves audit numbered forms owing reading demands
    routines rosters registers keeping
    balance papers
    reckoning till handed past signed writing intake office yesterday exchange confluence sharing mending
    handsheet yearly
    restoring backups rollup
    glimpse shells render export driver lent evidence holding vault call compared paged printing listing
    takenback verbs estate
    personal commands words completion cli __main__
""".split()
ONLY = {
    "yaml": {"yamlio"}, "sqlite3": {"index"}, "subprocess": {"program", "browser"}, "time": {"clock"},
    "typer": {"cli", "render"}, "duckdb": {"rollup"},
}  # fmt: skip
FILES = sorted(ROOT.rglob("*.py"))


def noun(path: Path) -> str:
    """The module's place in the table: its file, or the folder it lies in."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


class Says(NamedTuple):
    """What a file imports, wherever the import stands, but for type checking alone; and what it calls."""

    imports: tuple[str, ...]
    calls: tuple[str, ...]


@cache
def read(path: Path) -> Says:
    every = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    for_types = [n for n in every if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    unseen = {below for node in for_types for one in node.body for below in ast.walk(one)}
    return Says(
        tuple(name for node in every if node not in unseen for name in named(node)),
        tuple(ast.unparse(node.func) for node in every if isinstance(node, ast.Call)),
    )


def named(node: ast.AST) -> Iterator[str]:
    """The modules that an import names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        if node.module == "wuye":
            yield from (f"wuye.{alias.name}" for alias in node.names)


def test_every_module_has_its_place() -> None:
    assert {noun(path) for path in FILES} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_point_down(path: Path) -> None:
    place = ORDER.index(noun(path))
    for name in read(path).imports:
        parts = name.split(".")
        if parts[0] == "wuye" and len(parts) > 1 and not parts[1].startswith("__"):
            assert parts[1] in ORDER, name
            assert ORDER.index(parts[1]) <= place, f"{noun(path)} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_said_in_one_place(path: Path) -> None:
    for name in read(path).imports:
        allowed = ONLY.get(name.split(".")[0])
        assert allowed is None or noun(path) in allowed, f"{path} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_prints_or_asks_the_time(path: Path) -> None:
    for called in read(path).calls:
        if noun(path) not in ("cli", "__main__"):
            assert called not in ("print", "typer.echo", "sys.exit", "sys.stdout.write"), path
        if noun(path) != "clock":
            assert not called.endswith((".now", ".today", ".utcnow")) or called in ("clock.now", "office.now"), path


@pytest.mark.parametrize("path", sorted((ROOT / "records").glob("[a-z]*.py")), ids=lambda p: p.stem)
def test_a_kind_knows_no_other_kind_no_file_and_no_terminal(path: Path) -> None:
    for name in read(path).imports:
        assert name.split(".")[0] not in ("os", "pathlib", "sys", "io", "typer"), name
        assert not name.startswith("wuye.records"), name
        assert ORDER.index(name.split(".")[1]) < ORDER.index("records") if name.startswith("wuye.") else True
