"""docs/adding-a-kind.md, proved: a made-up kind in one file and one line of the table works everywhere."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import run_wuye

from wuye import records

UMBRELLA = '''
"""借伞: an umbrella that somebody took along."""

from wuye import values as v
from wuye.flow import Flow, State, Step
from wuye.basis import Clock, Mark, Rule
from wuye.fields import Field
from wuye.schema import Kind, Slip
from wuye.workdays import Span


def lent(record, basis):
    """Since it was lent."""
    return Mark(record.received)


KIND = Kind(
    name="umbrella",
    prefix="YU",
    zh="借伞",
    fields=(
        Field("room", v.ROOM, "房号", required=True),
        Field("name", v.NAME, "借用人", required=True),
        Field("phone", v.PHONE, "电话", private=True),
    ),
    flow=Flow((State("lent", "借出"), State("back", "已还", open=False)), (Step("return", "归还", "lent -> back"),)),
    rules=(Rule("umbrella.back", Span(3, "d"), "归还期限"),),
    clocks=(Clock("back", "归还", lent, "umbrella.back", ("return",)),),
    columns=("id", "status", "room", "name"),
    slip=Slip("借伞登记", ("room", "name", "phone"), ("借用人",)),
    positional=("room",),
    example={"room": "1-1-101", "name": "王女士", "phone": "13800138000"},
)
'''


@pytest.fixture
def umbrella(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "kinds"
    folder.mkdir()
    (folder / "umbrella.py").write_text(UMBRELLA, "utf-8")
    monkeypatch.setattr(records, "__path__", [*records.__path__, str(folder)])
    monkeypatch.setattr(records, "KINDS", (*records.KINDS, ("umbrella", "YU", "借伞")))
    records.kind.cache_clear()
    importlib.invalidate_caches()
    yield
    records.kind.cache_clear()
    sys.modules.pop("wuye.records.umbrella", None)


def test_a_kind_is_one_file(umbrella: None, office: Path) -> None:
    said = run_wuye(["umbrella", "add", "1栋1单元101", "--name", "王女士", "--phone", "138 0013 8000", "-o", "json"])
    assert said.code == 0, said.err
    record = said.records[0]
    assert record["id"] == "YU-20261122-001" and record["room"] == "1-1-101" and record["phone"] == "138****8000"
    assert record["clocks"][0]["due"] == "2026-11-25T18:00+08:00"
    assert "归还" in run_wuye(["借伞", "--help"]).out
    assert "YU-20261122-001" in run_wuye(["today"]).out
    assert run_wuye(["due", "-o", "json"]).json["rows"][0]["id"] == "YU-20261122-001"
    assert "借伞登记" in run_wuye(["print", "yu1"]).out
    assert run_wuye(["yu", "add", "1-1-101"]).code == 2
    assert run_wuye(["yu", "归还", "yu1"]).code == 0
    assert run_wuye(["yu", "return", "yu1"]).code == 1
    rows = {row["row"]: row for row in run_wuye(["day", "-o", "json"]).json["rows"]}
    assert rows["umbrella"]["new"] == rows["umbrella"]["done"] == 1
    assert run_wuye(["check"]).code == 0
