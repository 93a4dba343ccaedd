"""`wuye find`: all words, every kind, newest first; masks cannot be undone by trying."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from conftest import NOVEMBER, Said, Wuye

from wuye import finding, pinyin
from wuye.reading import Reading

FIRST, SECOND, GUEST = "TS-20261120-001", "TS-20261122-001", "FK-20261122-001"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves its office for the others."""
    return tmp_path_factory.mktemp("made") / "records"


@pytest.fixture
def desk_of(wuye: Wuye, made: Path) -> Wuye:
    """Two complaints, two days apart, and a visitor."""
    if made.exists():
        shutil.copytree(made, "records")
        return wuye
    add, early = ("complaint", "add", "3-2-1201", "--reporter"), ("--at", "2026-11-20 10:00")
    assert wuye(*add, "王女士", "电梯停在３楼，门打不开", "--phone", "13800138000", *early).code == 0
    place = ("--place", "车棚", "--phone", "0755-88886666")
    assert wuye(*add, "单先生", "楼道有ELECTRIC车充电", *place).code == 0
    assert wuye("complaint", "judge", "1122-1", "--nature", "valid", "--subject", "安保").code == 0
    assert wuye("complaint", "note", "1122-1", "邻居说天天如此").code == 0
    guest = ("--name", "赵先生", "--purpose", "修电梯", "--unit", "3-2-1201", "--phone", "13900139000")
    assert wuye("visitor", "add", *guest, "--id-type", "身份证", "--id-tail", "123X").code == 0
    shutil.copytree("records", made)
    return wuye


def ids(said: Said) -> list[str]:
    assert said.code == 0, said.err
    return [row["id"] for row in said.json["rows"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("电梯", [GUEST, FIRST]),
        ("电梯 停", [FIRST]),
        ("电梯 充电", []),
        ("electric车", [SECOND]),
        ("ＥＬＥＣＴＲＩＣ", [SECOND]),
        ("停在3楼", [FIRST]),
        ("停在３楼,门", [FIRST]),
        ("天天如此", [SECOND]),
        ("安保", [SECOND]),
        ("security", [SECOND]),
        ("车棚", [SECOND]),
        ("3-2-1201", [SECOND, GUEST, FIRST]),
        ("3－2－1201　电梯", [GUEST, FIRST]),
        (SECOND.lower(), [SECOND]),
        ("20261122", [SECOND, GUEST]),
        ("赵先生", [GUEST]),
        ("13800138000", [FIRST]),
        ("138-0013-8000", [FIRST]),
        ("88886666", [SECOND]),
        ("075588886666", [SECOND]),
        ("0755-88886666", [SECOND]),
        ("138001", []),
        ("1380013800", []),
        ("3800138000", []),
        ("8886666", []),
        ("8000", []),
        ("123X", []),
        ("\n", None),
    ],
)
def test_what_is_found(desk_of: Wuye, words: str, found: list[str] | None) -> None:
    if found is None:
        assert desk_of("find", words).code == 2
        return
    assert ids(desk_of("find", words, "-o", "json")) == found
    assert ids(desk_of("find", *words.split(), "-o", "json")) == found


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("wang", [FIRST]), ("wangnvshi", [FIRST]), ("wns", [FIRST]), ("wnsh", [FIRST]), ("WNSH", [FIRST]),
        ("wangnüshi", [FIRST]), ("wangnu", [FIRST]), ("nvshi", []), ("shan", [SECOND]), ("dan", [SECOND]),
        ("sxs", [SECOND]), ("zhao", [GUEST]), ("zxsh", [GUEST]),
        ("xiansheng", []), ("wan", [FIRST]), ("ang", []), ("w", []),
        ("wang 电梯", [FIRST]), ("wang 充电", []),
    ],
)  # fmt: skip
def test_names_by_their_sound(desk_of: Wuye, letters: str, found: list[str]) -> None:
    assert ids(desk_of("find", letters, "-o", "json")) == found


def test_without_pypinyin_letters_find_no_name(desk_of: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pinyin, "installed", lambda: False)
        assert ids(desk_of("find", "wang", "-o", "json")) == []
        assert "pypinyin" in desk_of("doctor").out
    assert ids(desk_of("find", "wang", "-o", "json")) == [FIRST], "read aloud as soon as it can be"
    assert "pypinyin" not in desk_of("doctor").out


def test_a_name_learnt_later_needs_no_pypinyin_for_known_characters(
    desk_of: Wuye, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_of("find", "wang")
    monkeypatch.setattr(pinyin, "readings", lambda characters: pytest.fail("".join(characters)))
    assert desk_of("visitor", "add", "--name", "王先生", "--purpose", "送货", "--unit", "3-2-1202").code == 0
    assert len(ids(desk_of("find", "wangxiansheng", "-o", "json"))) == 1


def test_private_values_are_masked(desk_of: Wuye) -> None:
    for words, mask in (("13800138000", "138****8000"), ("88886666", "****-****6666")):
        for form in ("table", "json", "csv"):
            said = desk_of("find", words, "-o", form)
            assert mask in said.out and words not in said.out


def test_excerpt_stands_around_the_hit(desk_of: Wuye) -> None:
    long = "开头" * 30 + "，管道井渗水，" + "结尾" * 30
    assert desk_of("complaint", "add", "5-1-101", long, "--reporter", "孙先生").code == 0
    text = desk_of("find", "管道井", "-o", "json").json["rows"][0]["text"]
    assert text.startswith("…头") and text.endswith("结…") and "管道井渗水" in text and len(text) < 60
    assert desk_of("find", "天天", "-o", "json").json["rows"][0]["text"] == "备注：邻居说天天如此"
    assert desk_of("find", "车棚", "-o", "json").json["rows"][0]["text"] == "地点：车棚"
    assert desk_of("find", "安保", "-o", "json").json["rows"][0]["text"] == "类别：安保"


def test_limit_and_period(desk_of: Wuye) -> None:
    said = desk_of("find", "3-2-1201", "--limit", "1", "-o", "json")
    assert ids(said) == [SECOND] and said.json["total"] == 3 and "还有 2 条" in said.err
    assert "还有" not in desk_of("find", "3-2-1201", "--limit", "0").err
    assert ids(desk_of("find", "3-2-1201", "--period", "2026-11-20", "-o", "json")) == [FIRST]
    assert ids(desk_of("find", "3-2-1201", "--period", "2026-10", "-o", "json")) == []


def test_mistakes_are_told_at_once(desk_of: Wuye) -> None:
    said = desk_of("find", "--period", "某天", "--limit", "x")
    assert said.code == 2
    assert "缺少要查找的词" in said.err and "--period" in said.err and "--limit" in said.err
    assert desk_of("find", "110101199003074514").code == 2, "a full identity number"


def test_damage_is_told_beside_what_was_found(desk_of: Wuye) -> None:
    file = Path(NOVEMBER)
    file.write_bytes(file.read_bytes() + b"- id: TS-20261122-009\n  text: 'x\n")
    said = desk_of("find", "电梯", "-o", "json")
    assert said.code == 65 and [r["id"] for r in said.json["rows"]] == [GUEST, FIRST] and said.json["problems"]


@pytest.mark.parametrize("words", ["电梯", "13800138000", "138001", "安保", "3-2-1201", "电梯 停", "security"])
def test_without_an_index_the_same_is_found(
    desk_of: Wuye, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk_of("find", words, "-o", "json").out
    monkeypatch.setattr(Reading, "asked", lambda *given: None)
    assert desk_of("find", words, "-o", "json").out == before


def test_without_sqlite_the_same_is_found(desk_of: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("find 电梯", "today", "complaint list --room 3-2-1201 -o json", "complaint count", "doctor", "day", "due")

    def answers() -> list[str]:
        return [desk_of(*line.split()).out for line in asked]

    before = answers()
    for name in [n for n in sys.modules if n.startswith("wuye.index")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert answers() == before


def test_words_are_heard_once_and_folded() -> None:
    heard = finding.hear(["ABC　abc", "１３８００１３８０００"])
    assert heard == (finding.Sought("abc", "", "abc"), finding.Sought("13800138000", "13800138000"))
