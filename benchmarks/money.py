"""Bills, payments and accounts of 3,000 units over five years, beside hledger and DuckDB on our own exports.

The witnesses read the whole export in every run, as they are used; DuckDB reads the JSON lines, hledger the journal.
`WUYE_BENCH_UNITS` and `WUYE_BENCH_MONTHS` make it smaller. Run by itself it prints its section of docs/performance.md;
with `WUYE_BENCH_PLACE` the offices are made in that folder and used again the next time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests")]

from timing import CALM, NOW, Command, Measured, in_turn, once  # noqa: E402

UNITS = int(os.environ.get("WUYE_BENCH_UNITS", "3000"))
MONTHS = int(os.environ.get("WUYE_BENCH_MONTHS", "60"))
ROOM = "1-1-101"
MONTH = NOW[:7]
CHARGES = """\
charges:
  property:
    zh: 物业费
    way: area
    rates:
    - {from: 2026-01-01, rate: '2.80'}
    due: '25'
"""
COLUMNS = {
    "schema": "varchar", "id": "varchar", "status": "varchar", "room": "varchar", "due_on": "date", "bill": "varchar",
    "amount": "decimal(18, 2)", "principal": "decimal(18, 2)", "written_off": "decimal(18, 2)", "area": "decimal(9, 2)",
}  # fmt: skip
OPEN = """
with parts as (select bill, sum(principal) as paid, sum(written_off) as off
               from records where schema = 'wuye.settlement' group by bill)
select room, sum(amount - coalesce(paid, 0) - coalesce(off, 0)) as owed
from records left join parts on parts.bill = records.id
where schema = 'wuye.bill' and status <> 'void' and due_on < '{day}' {more}
group by room having owed > 0 order by room
"""
BILLED = "select room, round(area * 2.80, 2) from records where schema = 'wuye.unit' order by room"


def duck(python: str, folder: Path, file: str, query: str) -> Command:
    """A query over a file of JSON lines; the types are told, because a room such as 1-1-01 is taken for a day."""
    script = (
        "import duckdb\n"
        f"duckdb.execute(\"create view records as select * from read_json('{file}', columns = {COLUMNS})\")\n"
        f"print(len(duckdb.execute('''{query}''').fetchall()))\n"
    )
    return Command(lambda i: [python, "-c", script], folder, most=3)


def made(place: Path, wuye: str, months: int) -> Path:
    """An office with a register of units, its charges, and so many months of bills and payments up to the last one."""
    from dateutil.relativedelta import relativedelta
    from yearbook import Year, begun

    from wuye import dumper, records
    from wuye.monthfiles import HEADER
    from wuye.record import to_stored

    office = place / f"money{months}"
    units = office / "books/unit.yaml"
    if units.is_file():  # the last file that is written: made by an earlier run
        return office
    subprocess.run([wuye, "init", str(office), "--name", "money"], env=CALM, check=True, capture_output=True)
    shutil.rmtree(office / ".git")
    year = Year(UNITS, months, date.fromisoformat(f"{MONTH}-01") - relativedelta(months=months))
    year.fill(office)
    unit, since = records.kind("unit"), year.starts[0]
    blocks = [HEADER.format(kind="unit", up="../").encode()]
    for place_, room in enumerate(year.rooms):
        values = {"room": room, "area": f"{60 + place_ % 90}.50", "use": "flat", "delivered": since}
        number = f"FW-{since:%Y%m%d}-{place_ + 1:03d}"
        blocks.append(dumper.dump_record(to_stored(begun(unit, number, since, values))))
    with (office / "wuye.yaml").open("a", encoding="utf-8") as file:
        file.write(CHARGES)
    units.parent.mkdir(exist_ok=True)
    units.write_bytes(b"".join(blocks))
    return office


def payment(wuye: str) -> Callable[[int], list[str]]:
    """A payment that was never entered before."""
    stamp = time.time_ns()
    return lambda i: [wuye, "payment", "add", ROOM, f"{100 + i}.00", "--way", "cash", "--payer", f"王女士{stamp}{i}"]


def exported(wuye: str, office: Path) -> dict[str, Measured]:
    """Every export of an office, each once, into the folder beside it."""
    beside = office.parent
    forms = {
        "hledger": ["hledger"],
        "beancount": ["beancount"],
        "money.jsonl": ["jsonl", "--kind", "bill,payment,settlement"],
        "units.jsonl": ["jsonl", "--kind", "unit"],
    }
    return {
        name: once(Command(lambda i, w=words, n=name: [wuye, "export", *w, "--out", str(beside / n)], office), 0)  # type: ignore[misc]
        for name, words in forms.items()
    }


def questions(wuye: str, python: str, office: Path) -> Mapping[str, Command]:
    """The same sums asked of `wuye`, of hledger and of DuckDB."""
    beside, bills = office.parent, office / f"records/{MONTH}/bill.yaml"

    def ask(*words: str) -> Command:
        return Command(lambda i: [wuye, *words], office, most=3)

    def ledger(*words: str) -> Command:
        return Command(lambda i: ["hledger", "-f", "hledger", *words], beside, most=1)  # a minute each

    one = OPEN.format(day=NOW[:10], more=f"and room = '{ROOM}'")
    found = {
        "who": ask("who", ROOM, "-o", "json"),
        "arrears of one": ask("arrears", ROOM, "-o", "json"),
        "arrears": ask("arrears", "-o", "json"),
        "bill run": ask("bill", "run", MONTH, "--yes", "-o", "json")._replace(
            before=lambda i: bills.unlink(missing_ok=True)
        ),
        "arrears of one DuckDB": duck(python, beside, "money.jsonl", one),
        "arrears DuckDB": duck(python, beside, "money.jsonl", OPEN.format(day=NOW[:10], more="")),
        "bill run DuckDB": duck(python, beside, "units.jsonl", BILLED),
    }
    if shutil.which("hledger"):
        found["arrears of one hledger"] = ledger("balance", f"^资产:应收账款:房号:{ROOM}$")
        found["arrears hledger"] = ledger("balance", "^资产:应收账款")
    return found


def section(place: Path, wuye: str, python: str) -> list[str]:
    """The lines of the page about money. `python` has typer; DuckDB gets an environment of its own."""
    with_duck = place / "duck/bin/python"
    subprocess.run([sys.executable, "-m", "venv", place / "duck"], check=True)
    subprocess.run([place / "duck/bin/pip", "install", "--quiet", "duckdb"], check=True)
    years = made(place, wuye, MONTHS)
    year = years if MONTHS <= 12 else made(place, wuye, 12)
    for office in (year, years):  # a desk has asked something this morning: the index is there
        once(Command(lambda i: [wuye, "today"], office), 0)
    pay = payment(wuye)
    found = in_turn({
        "T": Command(lambda i: [python, "-c", "import typer"], place),
        "year": Command(pay, year),
        "years": Command(pay, years),
    })  # fmt: skip
    base = found["T"].seconds
    sizes = f"{UNITS:,} units × {MONTHS} months"
    lines = [f"## Money: {sizes}", "", "| what | ratio to T (MB) | hledger | DuckDB | goal |",
             "| --- | ---: | ---: | ---: | --- |"]  # fmt: skip
    for name, what, goal in (("year", "one year", "–"), ("years", f"{MONTHS} months", "as with one year, within 10 %")):
        lines.append(f"| a payment, {what} stored | {cell(found[name], base)} | – | – | {goal} |")
    told = exported(wuye, years)
    asked = in_turn(questions(wuye, str(with_duck), years))
    for name, what in (("bill run", f"`bill run` of a month, {UNITS:,} units"), ("who", "`who` of one unit"),
                       ("arrears of one", "`arrears` of one unit"), ("arrears", "`arrears` of all")):  # fmt: skip
        cells = [cell(asked.get(f"{name}{by}"), base) for by in ("", " hledger", " DuckDB")]
        lines.append(f"| {what} | {' | '.join(cells)} | – |")
    for name, what in (("hledger", "`export hledger`"), ("beancount", "`export beancount`"),
                       ("money.jsonl", "`export jsonl` of bills, payments and `settlement`")):  # fmt: skip
        lines.append(f"| {what} | {cell(told[name], base)} | – | – | – |")
    grown = found["years"].seconds / found["year"].seconds
    return [*lines, "", f"A payment with {MONTHS} months stored to the same with one year: {grown:.2f}.", ""]


def cell(measured: Measured | None, base: float) -> str:
    """A ratio with the memory it took; a dash where there is none."""
    return f"{measured.seconds / base:.2f} ({measured.memory:.0f})" if measured else "–"


def main() -> None:
    """Print the section."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(os.environ.get("WUYE_BENCH_PLACE") or name).absolute()
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
        subprocess.run([place / "venv/bin/pip", "install", "--quiet", ROOT], check=True)
        told = section(place, str(place / "venv/bin/wuye"), str(place / "venv/bin/python"))
    sys.stdout.write("\n".join(told))


if __name__ == "__main__":
    main()
