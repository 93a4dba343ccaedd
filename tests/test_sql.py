"""`wuye sql`: read-only, over views alone, private values masked; `export sqlite` holds the same."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said, played, tree

Wuye = Callable[..., Said]
PHONE, OTHER = "13800138000", "13900139000"


@played
def told(wuye: Wuye) -> Wuye:
    person = ("--reporter", "王女士", "--phone", PHONE)
    wuye("complaint", "add", "3-2-1201", "厨房漏水", *person, "--people", "12", "--yes")
    wuye("complaint", "add", "3-2-1202", "噪音", "--reporter", "陈先生", "--phone", OTHER, "--yes")
    wuye("complaint", "judge", "ts2", "--nature", "vent")
    wuye("payment", "add", "3-2-1201", "325.04", "--way", "cash")
    return wuye


def test_a_question_is_answered_as_any_other(told: Wuye) -> None:
    said = told("sql", "select level, count(*) as n from complaint group by level order by n", "-o", "json")
    assert said.json["rows"] == [{"level": "general", "n": 1}, {"level": "major", "n": 1}]
    assert told("sql", "select id, people + 1 as more from complaint where people > 10", "-o", "csv").out == (
        "id,more\nTS-20261122-001,13\n"
    )
    assert told("sql", "select sum(amount_fen) as fen, amount from payment", "-o", "json").json["rows"] == [
        {"fen": 32504, "amount": "325.04"}
    ]
    assert "judge" in told("sql", "select step, count(*) from log group by step").out
    assert "respond" in told("sql", "select * from due where kind = 'complaint'").out
    assert "complaint" in told("sql", "--tables").out
    assert told("sql", "select * from visitor").code == 0


WRITES = (
    "delete from complaint", "insert into complaint values (1)", "update complaint set id = 1", "drop view complaint",
    "create table x (y)", "attach 'x.db' as y", "pragma table_list", "vacuum into 'x.db'", "begin", "reindex",
    "select * from record", "select raw from main.body", "select * from sqlite_master",
    "select * from temp.sqlite_master",
    "with log as (select raw from main.body) select * from log", "select (select raw from body) from complaint",
    "with complaint as (select private from main.word) select * from complaint", "select load_extension('x')",
    "with v as materialized (select raw from body) select * from v", "select readfile('wuye.yaml')",
    "select _masked('complaint', 'phone', '\"1\"')", "explain select raw from body",
)  # fmt: skip


@pytest.mark.parametrize("words", WRITES)
def test_nothing_else_can_be_read_and_nothing_written(told: Wuye, office: Path, words: str) -> None:
    before = tree(office)
    said = told("sql", words)
    assert said.code == 2 and said.err.count("\n") == 1 and "：请" in said.err, said.err
    assert PHONE not in said.out + said.err and tree(office) == before
    assert told("complaint", "list", "-q").out.count("TS-") == 2, "the index is none the worse"


def test_private_values_never_come_out(told: Wuye) -> None:
    for words in ("select * from complaint", "select hex(phone) from complaint", "select * from log",
                  "select id from complaint where phone = '13800138000'"):  # fmt: skip
        said = told("sql", words, "-o", "json")
        assert said.code == 0 and PHONE not in said.out and PHONE.encode().hex().upper() not in said.out
    assert told("sql", "select id from complaint where phone like '%138000'", "-o", "json").json["rows"] == []


@pytest.mark.parametrize(
    ("words", "part"),
    [("", "缺少查询语句"), ("select 1; select 2", "一条"), ("selec 1", "selec"), ("select * from complant", "complant"),
     ("select nothing from complaint", "nothing"), ("select f(1)", "f"), ("hello", "hello"), ("select 'a", "写错")],
)  # fmt: skip
def test_a_mistake_is_one_sentence(told: Wuye, words: str, part: str) -> None:
    said = told("sql", words)
    assert said.code == 2 and part in said.err and said.err.count("\n") == 1


def test_damage_is_told_beside_the_answer(told: Wuye, office: Path) -> None:
    path = next((office / "records").rglob("complaint.yaml"))
    path.write_text(path.read_text("utf-8") + "- id: TS-20261122-003\n  status: &x recorded\n", "utf-8")
    said = told("sql", "select count(*) as n from complaint", "-o", "json")
    assert said.code == 65 and said.json["rows"] == [{"n": 2}] and said.json["problems"]


def test_without_an_index_it_is_asked_in_memory(told: Wuye, office: Path) -> None:
    shutil.rmtree(office / ".wuye", ignore_errors=True)
    (office / ".wuye").mkdir()
    (office / ".wuye/index.sqlite").mkdir()
    assert told("sql", "select count(*) as n from complaint", "-o", "json").json["rows"] == [{"n": 2}]


def test_the_file_for_other_programs_is_masked_and_whole(told: Wuye, tmp_path: Path) -> None:
    target = tmp_path / "office.db"
    assert told("export", "sqlite", "--out", str(target)).code == 0
    db = sqlite3.connect(target)
    assert db.execute("select level, people, phone from complaint order by id").fetchall()[0][:2] == ("major", 12)
    assert db.execute("select amount, amount_fen from payment").fetchall() == [("325.04", 32504)]
    assert db.execute("select count(*) from log").fetchone()[0] >= 4
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()
    assert PHONE.encode() not in target.read_bytes() and OTHER.encode() not in target.read_bytes()
    assert told("export", "sqlite").code == 2
    again = told("export", "sqlite", "--out", str(target))
    assert again.code == 0, "written anew as a whole"
