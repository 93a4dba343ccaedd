"""The data package: every column described, room numbers still text, DuckDB counts what we count."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Said, run_wuye

from wuye import records
from wuye.cells import unguarded
from wuye.export import package

Wuye = Callable[..., Said]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office and its package, loaded into DuckDB nowhere yet."""
    place = tmp_path_factory.mktemp("package")
    before = dict(os.environ)
    os.environ |= {"WUYE_NOW": "2026-11-23T08:55", "WUYE_USER": "李静", "HOME": str(place)}
    try:
        office = str(place / "office")
        assert run_wuye(["demo", office, "--units", "12", "--months", "1"]).code == 0
        said = run_wuye(
            ["--office", office, "complaint", "add", "--room", "1-1-101", "--reporter", "甲", "--text", "=1+1"]
        )
        assert said.code == 0, said.err
        said = run_wuye(["--office", office, "export", "package", str(place / "out")])
        assert said.code == 0 and "load.sql" in said.out, said.err
    finally:
        os.environ.clear()
        os.environ.update(before)
    return place


@pytest.fixture(scope="module")
def witness(demo: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    before = Path.cwd()
    os.chdir(demo / "out")
    try:
        with duckdb.connect() as db:
            db.execute(Path("load.sql").read_text("utf-8"))
            yield db
    finally:
        os.chdir(before)


def described(demo: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((demo / "out" / "datapackage.json").read_text("utf-8"))
    return told


READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": Decimal,
    "date": date.fromisoformat,
    "array": json.loads,
    "boolean": {"true": True, "false": False}.__getitem__,
    "datetime": lambda text: datetime.strptime(text, package.ALLOWED),
}


def test_every_value_is_as_described(demo: Path) -> None:
    told = described(demo)
    assert (
        told["profile"] == "tabular-data-package" and "遮住" in told["description"] and "单引号" in told["description"]
    )
    for resource in told["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        rows = list(csv.DictReader((demo / "out" / resource["path"]).open(encoding="utf-8", newline="")))
        assert rows and list(rows[0]) == list(fields) and all(field["title"] for field in fields.values())
        assert len({row["id"] for row in rows}) == len(rows)
        lines = (demo / "out" / "data" / f"{resource['name']}.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in rows]
        for row in rows:
            for name, text in row.items():
                limits = fields[name].get("constraints", {})
                assert text or not limits.get("required"), (resource["name"], row["id"], name)
                if text:
                    value = READ[fields[name]["type"]](text)
                    assert value in limits.get("enum", [value]), (resource["name"], row["id"], name, text)
                    assert re.fullmatch(limits.get("pattern", ".*"), text, re.DOTALL)


def test_columns_are_named_once_in_every_kind() -> None:
    for name, _, _ in records.KINDS:
        names = [col.name for col in package.cols(records.kind(name))]
        assert len(set(names)) == len(names)
    assert {"form_due", "clock_form_due"} <= {col.name for col in package.cols(records.kind("complaint"))}


def test_duckdb_has_the_types(witness: duckdb.DuckDBPyConnection) -> None:
    told = dict(
        witness.execute("select column_name, data_type from duckdb_columns() where table_name = 'bill'").fetchall()
    )
    assert (told["room"], told["amount"], told["due_on"], told["received"]) == (
        "VARCHAR",
        "DECIMAL(18,2)",
        "DATE",
        "TIMESTAMP",
    )
    told = dict(
        witness.execute("select column_name, data_type from duckdb_columns() where table_name = 'complaint'").fetchall()
    )
    assert (told["people"], told["lawsuit"], told["respond_due"]) == ("BIGINT", "BOOLEAN", "TIMESTAMP")
    zh = witness.execute(
        "select comment from duckdb_columns() where table_name = 'bill' and column_name = 'amount'"
    ).fetchone()
    assert zh == ("金额",)


def test_duckdb_counts_what_we_count(
    demo: Path, witness: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUYE_NOW", "2026-11-23T08:55")
    office = str(demo / "office")
    for name in ("complaint", "workorder", "visitor", "bill", "payment"):
        counts = run_wuye(["--office", office, name, "count", "status", "--period", "all", "-o", "json"]).json["rows"]
        told = dict(witness.execute(f"select status, count(*) from {name} group by 1").fetchall())
        assert told == {row["value"]: row["count"] for row in counts}, name
    rows = run_wuye(["--office", office, "bill", "list", "--period", "all", "-o", "json"]).records
    assert witness.execute("select sum(amount) from bill").fetchone() == (sum(Decimal(r["amount"]) for r in rows),)
    days = Counter(r["received"][:10] for r in rows)
    told = witness.execute("select strftime(received, '%Y-%m-%d'), count(*) from bill group by 1").fetchall()
    assert dict(told) == days
    texts = {text for (text,) in witness.execute("select text from complaint").fetchall()}
    complaints = run_wuye(["--office", office, "complaint", "list", "--period", "all", "-o", "json"]).records
    assert texts == {r["text"] for r in complaints} and "=1+1" in texts


def test_what_looks_like_a_number_stays_text(wuye: Wuye, tmp_path: Path) -> None:
    wuye(
        "complaint",
        "add",
        "--room",
        "1-1-01",
        "--reporter",
        "0701",
        "--text",
        '@甲\n第二行,“引”"',
        "--phone",
        "13800138000",
    )
    assert wuye("export", "package", str(tmp_path / "out"), "--kind", "投诉,访客").code == 0
    with duckdb.connect() as db:
        script = (tmp_path / "out" / "load.sql").read_text("utf-8").replace("'data/", f"'{tmp_path}/out/data/")
        db.execute(script)
        told = db.execute("select room, reporter, text, phone from complaint").fetchall()
        assert told == [("1-1-01", "0701", '@甲\n第二行,“引”"', "138****8000")]
        assert db.execute("select count(*) from visitor").fetchone() == (0,)
    text = (tmp_path / "out" / "data" / "complaint.csv").read_text("utf-8")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["text"].startswith("'@甲") and unguarded(row["text"]).startswith("@甲")


def test_whole_values_only_with_a_reason(kept: Wuye, tmp_path: Path) -> None:
    assert kept("complaint", "edit", "ts1", "--phone", "13800138000").code == 0
    assert kept("export", "package", str(tmp_path / "a"), "--reveal").code == 2
    assert kept("export", "package", str(tmp_path / "a"), "--reveal", "--reason", "年审").code == 0
    assert "13800138000" in (tmp_path / "a" / "data" / "complaint.csv").read_text("utf-8")
    assert "年审" in Path("log/access-2026-11.jsonl").read_text("utf-8")
    assert "完整" in json.loads((tmp_path / "a" / "datapackage.json").read_text("utf-8"))["description"]


def test_period_and_day(kept: Wuye, tmp_path: Path) -> None:
    assert kept("export", "package", str(tmp_path / "a"), "--period", "2026-10").code == 0
    rows = list(csv.DictReader((tmp_path / "a" / "data" / "complaint.csv").open(encoding="utf-8")))
    assert [row["id"] for row in rows] == ["TS-20261015-001"]


def test_a_folder_is_written_whole_or_not_at_all(kept: Wuye, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert kept("export", "package", str(tmp_path / "full")).code == 73
    assert kept("export", "package", "里面").code == 2
    said = kept("export", "package")
    assert said.code == 2 and "缺少放数据包的新文件夹" in said.err
    Path("records/2026-11/complaint.yaml").write_text("- id: [\n", "utf-8")
    assert kept("export", "package", str(tmp_path / "new")).code == 65
    assert sorted(p.name for p in tmp_path.iterdir() if "wuye" in p.name or p.name == "new") == []


def test_who_asks_for_csv_gets_the_package(demo: Path) -> None:
    said = run_wuye(["--office", str(demo / "office"), "export", "csv", str(demo / "csv"), "--kind", "complaint"])
    assert said.code == 0, said.err
    assert {path.name for path in (demo / "csv").rglob("*")} == {
        "datapackage.json", "load.sql", "data", "complaint.csv", "complaint.jsonl",
    }  # fmt: skip
