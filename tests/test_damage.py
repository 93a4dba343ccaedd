"""Month files that hands, editors, merges and disks have damaged: told with file, line and column, never written to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ADD, NOVEMBER, Said, Wuye, tree

from wuye import blocks, disk

Change = Callable[[bytes], bytes]
FIRST, SECOND, OCTOBER = "TS-20261122-001", "TS-20261122-002", "TS-20261015-001"


def swap(old: str, new: str) -> Change:
    """The first place of these words replaced."""
    return lambda data: data.replace(old.encode(), new.encode(), 1)


def conflict(*lines: str) -> Change:
    return swap("  status: recorded\n", "".join(f"{line}\n" for line in lines))


# Line 1 is the editor's comment, line 2 the first record's number. The place is line and column from 1 (0: of the
# whole file); then the November records that stay readable.
SPOILT: dict[str, tuple[Change, tuple[int, int], tuple[str, ...]]] = {
    "anchor": (swap("reporter: ", "reporter: &a "), (7, 13), (SECOND,)),
    "alias": (swap("reporter: 王女士", "reporter: *a"), (7, 13), (SECOND,)),
    "tag": (swap("people: ", "people: !!int "), (9, 11), (SECOND,)),
    "own tag": (swap("text: 第一件", "text: !!python/object:os.system x"), (8, 9), (SECOND,)),
    "merge key": (swap("  status:", "  <<: {a: b}\n  status:"), (3, 3), (SECOND,)),
    "doubled key": (swap("  text:", "  room: x\n  text:"), (8, 3), (SECOND,)),
    "doubled key in the log": (swap("    step: add", "    at: x\n    step: add"), (17, 5), (SECOND,)),
    "a list as key": (swap("  text:", "  ? [a]\n  : b\n  text:"), (8, 5), (SECOND,)),
    "tab": (swap("  status:", "\tstatus:"), (3, 1), (SECOND,)),
    "open quote": (swap("text: 第一件", "text: '第一件"), (9, 12), (SECOND,)),
    "colon in a value": (swap("第一件", "厨房: 漏: 水"), (8, 11), (SECOND,)),
    "indentation": (swap("  status:", "   status:"), (3, 10), (SECOND,)),
    "control character": (swap("第一件", "第\x07件"), (8, 10), (SECOND,)),
    "deep": (swap("第一件", "[" * 30 + "]" * 30), (8, 27), (SECOND,)),
    "no number": (swap("- id: TS-20261122-001\n", "- place: x\n"), (2, 1), (SECOND,)),
    "not a record": (swap("- id: TS-20261122-001\n", "- 漏水\n- id: TS-20261122-001\n"), (2, 1), (FIRST, SECOND)),
    "torn": (lambda data: data[: data.rindex(b"T10:00")], (33, 9), (FIRST,)),
    "second document": (lambda data: data + b"---\n- id: TS-20261122-009\n", (36, 1), (FIRST,)),
    "end of document": (lambda data: data + b"...\n", (36, 1), (FIRST,)),
    "directive": (lambda data: b"%YAML 1.1\n---\n" + data, (1, 1), (FIRST, SECOND)),
    "no list": (lambda data: b"wuye: yes\n", (1, 1), ()),
    "prose": (lambda data: "厨房漏水\n".encode(), (1, 1), ()),
    "another list": (lambda data: b"[a, b]\n", (1, 1), ()),
    "conflict": (
        conflict("<<<<<<< HEAD", "  status: recorded", "=======", "  status: judged", ">>>>>>> x"), (3, 1), (SECOND,),
    ),
    "conflict with its base": (
        conflict("<<<<<<< HEAD", "  a: 1", "||||||| b", "  a: 2", "=======", "  a: 3", ">>>>>>> x"), (3, 1), (SECOND,),
    ),
    "a marker left over": (conflict("  status: recorded", "======="), (4, 1), (SECOND,)),
    "nul": (swap("status", "sta\0tus"), (3, 6), ()),
    "a hole after a crash": (lambda data: data[:200] + b"\0" * (len(data) - 200), (0, 0), ()),
    "utf-16": (lambda data: data.decode().encode("utf-16"), (1, 1), ()),
    "utf-16 without a mark": (lambda data: data.decode().encode("utf-16-le"), (1, 1), ()),
    "utf-32": (lambda data: data.decode().encode("utf-32"), (1, 1), ()),
    "gbk": (lambda data: data.decode().encode("gbk"), (7, 13), ()),
    "latin": (lambda data: data.replace("第一件".encode(), b"\xe9t\xe9"), (8, 9), ()),
    "too large": (lambda data: data + b"# " + b"x" * (20 * 1024 * 1024), (0, 0), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_damaged_month_is_told_and_left_alone(name: str, kept: Wuye, office: Path) -> None:
    change, (line, column), readable = SPOILT[name]
    path = office / NOVEMBER
    path.write_bytes(change(path.read_bytes()))
    before = tree(office)

    said = kept("complaint", "list", "-o", "json")
    assert said.code == 65, said
    found = said.json["problems"]
    assert any((p["file"], p["line"], p["column"]) == (NOVEMBER, line, column) for p in found) or not line, found
    assert all("请" in p["message"] for p in found), found
    assert f"{NOVEMBER}:{line}:{column}：" in said.err or (not line and NOVEMBER in said.err)
    assert {row["id"] for row in said.records} == {OCTOBER, *readable}

    assert kept("check").code == 65
    refused = kept("day")
    assert refused.code == 65 and refused.out == "" and NOVEMBER in refused.err
    added = kept(*ADD, "第三件")
    assert added.code == 65 and "请" in added.err, added
    assert kept("complaint", "note", FIRST, "x").code in (1, 65)
    assert tree(office) == before

    assert kept("complaint", "list", "--period", "2026-10").code == 0
    assert kept(*ADD, "十月的另一件", "--at", "2026-10-16 10:00").code == 0
    assert kept("complaint", "note", OCTOBER, "还能记").code == 0
    assert (office / NOVEMBER).read_bytes() == before[NOVEMBER]


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to(path.with_name("moved"))


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


@pytest.mark.parametrize("place", [folder, link, link_to_nowhere])
def test_a_month_that_is_no_file_hides_no_other(place: Callable[[Path], None], kept: Wuye, office: Path) -> None:
    place(office / NOVEMBER)
    for argv in (["complaint", "list", "-o", "json"], ["check"], ["day"]):
        said = kept(*argv)
        assert said.code == 65 and NOVEMBER in said.err and "请" in said.err, said
    assert [row["id"] for row in kept("complaint", "list", "-o", "json").records] == [OCTOBER]
    assert kept(*ADD, "第三件").code in (1, 74)
    assert kept(*ADD, "十月的另一件", "--at", "2026-10-16 10:00").code == 0


def test_a_disk_that_does_not_give_one_file(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reminder of earlier records must not hide that the new one is saved."""
    real = os.open

    def failing(path: str | Path, flags: int, *mode: int) -> int:
        if Path(path).parent.name == "2026-11" and not flags & os.O_CREAT:
            raise OSError(5, "Input/output error")
        return real(path, flags, *mode)

    monkeypatch.setattr(disk.os, "open", failing)
    said = kept("complaint", "list", "-o", "json")
    assert said.code == 65 and [row["id"] for row in said.records] == [OCTOBER]
    assert f"{NOVEMBER}：读不出来（磁盘读写出错）：请" in said.err
    assert kept("check").code == 65
    assert kept(*ADD, "第三件").code == 74
    added = kept(*ADD, "十月的另一件", "--at", "2026-10-16 10:00", "--phone", "13800138000", "-q")
    assert added.code == 0 and added.out == "TS-20261016-001\n"


TRAPS = {
    "reporter": ("0701", "14:30", "no", "1e3", "~x", "2026-11-22", "0x1F", "y", "null", "!!int 1", "&a", "*a", "𠮷"),
    "place": ("- 东门", "#1 楼", "a: b", "'", '"', "%", "@", "`", "[a", "{a", "|", ">", "? x", "---", "<<", "a #b"),
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, ts in TRAPS.items() for t in ts])
def test_what_yaml_would_take_for_something_else_stays_text(name: str, text: str, wuye: Wuye) -> None:
    given = {"room": "3-2-1201", "reporter": "王女士", "text": "漏水", name: text}
    options = [w for n, t in given.items() for w in (f"--{n}={t}",)]
    said = wuye("complaint", "add", *options, "-o", "json")
    assert said.code == 0, said.err
    assert wuye("complaint", "list", "-o", "json").records[0][name] == text
    assert wuye("check").code == 0


def bom(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    "change",
    [bom, crlf, lambda data: bom(crlf(data)), lambda data: data.removesuffix(b"\n")],
    ids=["bom", "crlf", "both", "no last line end"],
)
def test_a_marked_or_windows_file_is_read_and_kept(change: Change, kept: Wuye, office: Path) -> None:
    path = office / NOVEMBER
    path.write_bytes(change(path.read_bytes()))
    before = path.read_bytes()
    assert kept(*ADD, "第三件").code == 0
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\r\n") == (after.count(b"\n") if b"\r\n" in before else 0)
    assert kept("complaint", "inform", FIRST, "--said", "在修").code == 0
    told = path.read_bytes()
    assert told.count(b"\r\n") == (told.count(b"\n") if b"\r\n" in before else 0)
    for number in (SECOND, "TS-20261122-003"):
        assert blocks.split(told).get(number) == blocks.split(after).get(number)
    assert told[: told.index(b"- id:")] == before[: before.index(b"- id:")]
    assert len(kept("complaint", "list", "-o", "json").records) == 4
    assert kept("check").code == 0


def test_comments_and_unknown_keys_survive_every_write(kept: Wuye, office: Path) -> None:
    path = office / NOVEMBER
    text = path.read_text("utf-8")
    text = text.replace(
        "  text: 第一件\n", "  # 王女士下午在家\n  text: 第一件  # 急\n  colour: 蓝\n  size: {a: [1, 2]}\n"
    )
    text = text.replace(f"- id: {SECOND}", f"\n# 两条之间\n\n- id: {SECOND}") + "# 最后\n"
    path.write_text(text, "utf-8")
    second = blocks.split(text.encode()).get(SECOND)
    assert kept(*ADD, "第三件").code == 0
    assert path.read_bytes().startswith(text.encode())
    assert kept("complaint", "inform", FIRST, "--said", "在修").code == 0
    assert kept("complaint", "judge", FIRST, "--nature", "help").code == 0
    after = path.read_text("utf-8")
    for line in ("  # 王女士下午在家\n", "第一件  # 急\n", "  colour: 蓝\n", "\n# 两条之间\n\n- id:", "# 最后\n- id:"):
        assert line in after
    assert second == blocks.split(after.encode()).get(SECOND)
    shown = kept("complaint", "edit", FIRST, "--text", "改过", "-o", "json")
    assert shown.code == 0 and "# 王女士下午在家" in path.read_text("utf-8")
    assert "  size:\n    a:\n    - '1'\n    - '2'\n" in path.read_text("utf-8")
    assert kept("check").code == 0


def test_check_finds_what_hands_can_do(kept: Wuye, office: Path) -> None:
    path = office / NOVEMBER
    good = path.read_text("utf-8")
    for old, new, words in (
        ("TS-20261122-002", "TS-20261122-001", "编号重复"),
        ("status: recorded", "status: closed", "经过 log 却走到"),
        ("status: recorded", "status: shut", "不认识"),
        ("people: '1'", "people: 许多", "people"),
        ("  text: 第一件", "  texd: 第一件\n  text: 第一件", "texd"),
        ("  text: 第一件", "  repeats: TS-20260101-001\n  text: 第一件", "不存在"),
        ("received: '2026-11-22T10:00+08:00'", "received: '2026-12-22T10:00+08:00'", "月份"),
    ):
        path.write_text(good.replace(old, new, 1), "utf-8")
        said = kept("check")
        assert said.code == 65 and words in said.err and f"{NOVEMBER}:" in said.err, (words, said)
    path.write_text(good, "utf-8")
    assert kept("check") == Said(0, "", "")


def test_a_check_beside_a_writer_looks_again(kept: Wuye, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """October is read with a link to a new record, November as it was before: a writer was between the two."""
    real, older = disk.read, list[bytes]()

    def read(path: Path, name: str = "") -> bytes | None:
        if path == office / NOVEMBER and older:
            return older.pop()
        if path == office / NOVEMBER.replace("2026-11", "2026-10") and not (office / "written").exists():
            (office / "written").touch()
            november = (office / NOVEMBER).read_bytes()
            assert kept(*ADD, "第三件", "--repeats", OCTOBER).code == 0
            older.append(november)
        return real(path, name)

    monkeypatch.setattr(disk, "read", read)
    said = kept("check")
    assert (office / "written").exists() and not older and said.code == 0, said.err
