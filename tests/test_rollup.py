"""`wuye rollup`: the figures of many offices, each as its own `figures` and `month` tell them, and all together."""

from __future__ import annotations

import builtins
import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import ADD, NOW, Said, run_wuye

pytest.importorskip("duckdb")
OCTOBER = ("--period", "2026-10", "--as-of", "2026-10-31")
KINDS = ("complaint", "workorder", "payment", "contact")
NAMES = ("翠湖花园", "金桂苑", "东岸")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo office, and two without some of its complaints, orders and payments."""
    root = tmp_path_factory.mktemp("offices")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WUYE_NOW", NOW)
        patch.setenv("WUYE_USER", "李静")
        assert run_wuye(["demo", str(root / NAMES[0]), "--units", "12", "--months", "1"]).code == 0
    for place, name in enumerate(NAMES[1:], 1):
        shutil.copytree(root / NAMES[0], root / name, ignore=lambda folder, names: {".git", ".wuye"} & {*names})
        settings = root / name / "wuye.yaml"
        settings.write_text(re.sub("(?m)^name: .*$", f"name: {name}", settings.read_text("utf-8")), "utf-8")
        for path in (root / name).glob("records/*/*.yaml"):
            if path.stem in KINDS:
                head, *found = re.split("(?m)^(?=- )", path.read_text("utf-8"))
                path.write_text("".join([head, *(r for i, r in enumerate(found) if i % 4 >= place)]), "utf-8")
    return root


@pytest.fixture
def three(made: Path, desk: Path) -> list[str]:
    return [str(made / name) for name in NAMES]


def rolled(*argv: str, code: int = 0) -> list[dict[str, Any]]:
    said = run_wuye(["rollup", *argv, "-o", "json"])
    assert said.code == code, said.err
    return said.json["rows"]  # type: ignore[no-any-return]


def figures(office: str, *options: str) -> dict[str, tuple[Any, ...]]:
    rows = run_wuye(["--office", office, "figures", *options, "-o", "json"]).json["rows"]
    return {row["name"]: parts(row) for row in rows if not row["key"]}


def parts(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["value"], row["shown"], row["numerator"], row["denominator"]


def test_each_office_as_it_tells_itself_and_sums_of_parts(three: list[str]) -> None:
    rows = rolled(*three, *OCTOBER)
    told = {name: figures(office, *OCTOBER) for name, office in zip(NAMES, three, strict=True)}
    for name in NAMES:
        assert {r["name"]: parts(r) for r in rows if r["office"] == name} == told[name]
    month = run_wuye(["--office", three[0], "month", "2026-10", "-o", "json"]).json
    shown = {r["name"]: (str(r["numerator"]), str(r["denominator"])) for r in month["figures"] if "numerator" in r}
    for row in rows:
        if row["office"] == NAMES[0] and row["name"] in shown and row["unit"] == "%":
            assert (row["numerator"], row["denominator"]) == shown[row["name"]], row
    different = 0
    for total in (r for r in rows if not r["office"]):
        mine = [r for r in rows if r["office"] and r["name"] == total["name"]]
        assert total["offices"] == 3 == len(mine)
        assert Decimal(total["numerator"]) == sum(Decimal(r["numerator"]) for r in mine)
        if total["unit"] == "%" and total["value"]:
            base = sum(Decimal(r["denominator"]) for r in mine)
            assert Decimal(total["denominator"]) == base
            exact = Decimal(total["numerator"]) * 100 / base
            assert abs(Decimal(total["value"]) - exact) <= Decimal("0.05")
            rates = [Decimal(r["value"]) for r in mine if r["value"]]
            different += abs(sum(rates) / len(rates) - exact) > Decimal("0.1")
    assert different, "a mean of rates would have been noticed"


def test_exports_tell_the_same_as_the_offices(three: list[str], desk: Path) -> None:
    for place, office in enumerate(three):
        folder = desk / "导出" / str(place)
        folder.mkdir(parents=True)
        for day in ("2026-10-31", "2026-10-20"):
            argv = ["export", "figures", "--period", "2026-10", "--as-of", day, "--out", str(folder / f"{day}.jsonl")]
            assert run_wuye(["--office", office, *argv]).code == 0
        argv = ["export", "jsonl", "--kind", "complaint,unit", "--out", str(folder / "记录[1].jsonl")]
        assert run_wuye(["--office", office, *argv]).code == 0
    assert rolled("导出", *OCTOBER) == rolled(*three, *OCTOBER)
    files = [f"导出/{place}/2026-10-31.jsonl" for place in range(3)]
    assert rolled(*files, *OCTOBER) == rolled(*three, *OCTOBER), "an export by its own name"
    assert rolled("导出", "--period", "2026-10") == rolled(*three, *OCTOBER), "the newest counts"
    assert rolled("导出", "--period", "2026-10", "--as-of", "2026-10-20") != rolled(*three, *OCTOBER)
    only = rolled("导出", *OCTOBER, "--figure", "收缴率·金额,rework", "--total")
    assert [(r["name"], r["office"], r["offices"]) for r in only] == [("collection-rate", "", 3), ("rework", "", 3)]
    assert not rolled("导出", "--period", "2026-09", code=65)


def test_what_cannot_be_read_is_told_and_left_out(three: list[str], desk: Path) -> None:
    shutil.copytree(three[1], desk / "坏")
    path = next((desk / "坏").glob("records/2026-10/complaint.yaml"))
    path.write_text(path.read_text("utf-8") + "- id: &x\n", "utf-8")
    (desk / "空").mkdir()
    (desk / "乱").mkdir()
    (desk / "乱" / "a.jsonl").write_text("{oops\n", "utf-8")
    said = run_wuye(["rollup", three[0], "坏", "空", "乱", "没有", *OCTOBER, "-o", "json"])
    assert said.code == 65 and {r["office"] for r in said.json["rows"]} == {NAMES[0], ""}
    assert [p["message"].split("：")[0] for p in said.json["problems"]] == ["坏", "空", "乱", "没有"]
    assert all("没有算进来" in p["message"] for p in said.json["problems"])


def test_nothing_is_counted_twice(three: list[str], desk: Path) -> None:
    shutil.copytree(three[0], desk / "副本")
    said = run_wuye(["rollup", *three, "副本", *OCTOBER, "-o", "json"])
    assert said.code == 65 and "会算两遍" in said.err
    assert {r["office"] for r in said.json["rows"]} == {*NAMES[1:], ""}
    (desk / "x").mkdir()
    for name, amount in (("a", 1), ("b", 2), ("c", 2)):
        row = {"schema": "wuye.figure", "office": "甲", "since": "2026-10-01", "until": "2026-10-31", "place": 0,
               "as_of": "2026-10-31", "name": "rework", "zh": "返修率", "unit": "%", "words": "", "numerator": amount,
               "denominator": 4}  # fmt: skip
        (desk / "x" / f"{name}.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    said = run_wuye(["rollup", "x", *OCTOBER])
    assert said.code == 65 and "两份不同的" in said.err
    (desk / "x" / "a.jsonl").unlink()
    assert [parts(r) for r in rolled("x", *OCTOBER)] == [("50.0", "50.0%", "2", "4")] * 2


@pytest.mark.git
def test_a_day_is_told_as_it_was_known_then_or_as_corrected(wuye: Callable[..., Said], office: Path) -> None:
    wuye(*ADD, "当天记的", now="2026-10-20T10:00+08:00")
    wuye(*ADD, "后来补记的", "--at", "2026-10-21 10:00", now="2026-11-20T10:00+08:00")
    for more, count in ((), "1"), (("--corrected",), "2"):
        options = (*OCTOBER, *more)
        row = next(r for r in rolled(str(office), *options) if r["name"] == "handling" and r["office"])
        assert row["denominator"] == count and parts(row) == figures(str(office), *options)["handling"]


@pytest.mark.parametrize(
    ("argv", "part"),
    [([], "缺少"), (["x", "./x"], "两次"), (["x", "--figure", "收缴"], "收缴"),
     (["x", "--period", "十三月"], "--period：“13月”"), (["x", "--period", "all"], "同一年"),
     (["x", "--as-of", "胡说"], "胡说")],
)  # fmt: skip
def test_a_mistake_is_one_sentence(desk: Path, argv: list[str], part: str) -> None:
    said: Said = run_wuye(["rollup", *argv])
    assert said.code == 2 and part in said.err and said.err.count("\n") == 1


def test_without_the_extra_one_line_says_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    said = run_wuye(["rollup", "x"])
    assert said.code == 78 and said.err.count("\n") == 1 and "wuye[rollup]" in said.err
