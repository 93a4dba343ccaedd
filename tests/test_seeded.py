"""Fifty faults put into a lived-in office, each from its seed: found by `check`, or by `doctor` where git must tell."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from conftest import NOW, Said, run_wuye

from wuye import blocks, mislaid
from wuye.git import Git
from wuye.store import Store

pytestmark = pytest.mark.git
C, V, W = (f"records/2026-11/{kind}.yaml" for kind in ("complaint", "visitor", "workorder"))
PAYMENT, BILL = "records/2026-10/payment.yaml", "records/2026-10/bill.yaml"
ACCESS = "log/access-2026-11.jsonl"
Fault = Callable[[Path, Random], str]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small office with something of everything: a closed month, attachments, an access log, all of it committed."""
    root = tmp_path_factory.mktemp("lived") / "office"

    def did(*argv: str, now: str = NOW) -> None:
        patch.setenv("WUYE_NOW", now)
        said = run_wuye(list(argv))
        assert said.code == 0, (argv, said.err)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WUYE_USER", "李静")
        did("init", str(root), "--name", "翠湖花园")
        patch.chdir(root)
        for room in ("3-2-1201", "3-2-1202", "3-2-1203"):
            did("unit", "add", room, "--area", "88.5", now="2026-10-01T09:00")
        did("resident", "add", "王女士", "3-2-1201", "--role", "业主", now="2026-10-01T09:00")
        for day in ("01", "02"):
            did("bill", "add", "3-2-1201", "property", "250.60", "--due", "2026-10-25", now=f"2026-10-{day}T09:00")
        did("payment", "add", "3-2-1201", "300", "--way", "现金", now="2026-10-20T10:00")
        did("dayclose", "add", "2026-10-20", "--count", "100x3", now="2026-10-20T18:00")
        did("complaint", "add", "3-2-1203", "十月的事", "--reporter", "李先生", now="2026-10-20T19:00")
        did("monthclose", "add", "2026-10", "--accountant", "孙会计", now="2026-11-02T09:00")
        for number, words in enumerate(("漏水", "噪音", "异味"), 1):
            did("complaint", "add", "3-2-1201", words, "--reporter", "王女士", "--people", "2", now="2026-11-20T09:00")
            did("complaint", "respond", f"TS-20261120-00{number}", "--said", "在查", now="2026-11-20T10:00")
            did("workorder", "add", "3-2-1201", f"修{words}", "--reporter", "王女士", now="2026-11-20T10:30")
            did("visitor", "add", "--name", f"赵{number}", "--purpose", "送货", "--unit", "3-2-1201", "--yes")
        did("complaint", "void", "TS-20261120-003", "--reason", "住户撤回")
        (root.parent / "photo.txt").write_text("照片", "utf-8")
        did("complaint", "attach", "TS-20261120-001", "../photo.txt")
        for reason in ("回电", "核对", "补登"):
            did("complaint", "list", "--reveal", "--reason", reason)
        patch.setenv("WUYE_NOW", NOW)
    yield root


def one_of(path: str, old: str, new: str) -> Fault:
    """One of the places of a pattern, as the seed chooses, replaced."""

    def do(root: Path, seed: Random) -> str:
        text = (root / path).read_text("utf-8")
        place = seed.choice(list(re.finditer(old, text, re.MULTILINE)))
        (root / path).write_text(text[: place.start()] + place.expand(new) + text[place.end() :], "utf-8")
        return path

    return do


def bytes_of(path: str, change: Callable[[bytes, Random], bytes]) -> Fault:
    """The bytes of a file changed."""

    def do(root: Path, seed: Random) -> str:
        (root / path).write_bytes(change((root / path).read_bytes(), seed))
        return path

    return do


def flipped(data: bytes, seed: Random) -> bytes:
    """The highest bit of eight bytes."""
    found = bytearray(data)
    for place in seed.sample(range(len(found)), 8):
        found[place] ^= 0x80
    return bytes(found)


def records_of(data: bytes) -> list[bytes]:
    return re.split(rb"(?m)^(?=- id:)", data)


def without_a_record(data: bytes, seed: Random) -> bytes:
    parts = records_of(data)
    del parts[seed.randrange(1, len(parts))]
    return b"".join(parts)


def with_a_record_twice(data: bytes, seed: Random) -> bytes:
    return data + seed.choice(records_of(data)[1:])


def without_a_line(data: bytes, seed: Random, at: int | None = None) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[seed.randrange(len(lines)) if at is None else at]
    return b"".join(lines)


def gone(path: str) -> Fault:
    def do(root: Path, seed: Random) -> str:
        (root / path).unlink()
        return path

    return do


def month_gone(root: Path, seed: Random) -> str:
    shutil.rmtree(root / "records" / "2026-10")
    return "records/2026-10/complaint.yaml"


def swapped(one: str, other: str) -> Fault:
    def do(root: Path, seed: Random) -> str:
        first, second = (root / one).read_bytes(), (root / other).read_bytes()
        (root / one).write_bytes(second)
        (root / other).write_bytes(first)
        return one

    return do


def orphan(name: str) -> Fault:
    def do(root: Path, seed: Random) -> str:
        (root / name).write_bytes(seed.randbytes(40))
        return name

    return do


def attached(change: Callable[[Path], object]) -> Fault:
    """What is done to an attachment is told at the record that names it."""

    def do(root: Path, seed: Random) -> str:
        path = next((root / "attachments").rglob("*-photo*"))
        change(path)
        return C

    return do


def frozen_list(root: Path, seed: Random) -> str:
    path = next((root / "attachments").rglob("*-frozen-*"))
    path.write_bytes(without_a_line(path.read_bytes(), seed))
    return "records/2026-11/monthclose.yaml"


def calendar(text: str) -> Fault:
    def do(root: Path, seed: Random) -> str:
        (root / "calendar").mkdir()
        (root / "calendar" / "2026.yaml").write_text(text, "utf-8")
        return "calendar/2026.yaml"

    return do


def forged(root: Path, seed: Random) -> str:
    """A whole line of the access log, put in with a hash that it made up itself."""
    lines = (root / ACCESS).read_text("utf-8").splitlines(keepends=True)
    lines.insert(1, lines[1].replace("核对", "抽查"))
    (root / ACCESS).write_text("".join(lines), "utf-8")
    return ACCESS


# What was done, and who must find it: `check` says file and line with 65 (or 78), `doctor` where a clerk might have.
FAULTS: dict[str, Fault] = {
    "bits of a month": bytes_of(C, flipped),
    "bits of a book": bytes_of("books/unit.yaml", flipped),
    "bits of the access log": bytes_of(ACCESS, flipped),
    "a month file gone": gone(C),
    "a book gone": gone("books/resident.yaml"),
    "a whole month gone": month_gone,
    "two kinds swapped": swapped(C, V),
    "two months swapped": swapped(C, "records/2026-10/complaint.yaml"),
    "a record taken out": bytes_of(W, without_a_record),
    "a record twice": bytes_of(C, with_a_record_twice),
    "cut in a record": bytes_of(C, lambda data, seed: data[: data.index(b"  log:") + seed.randrange(20, 40)]),
    "cut between records": bytes_of(W, lambda data, seed: b"".join(records_of(data)[:-1])),
    "emptied": bytes_of(C, lambda data, seed: b""),
    "zeros after a crash": bytes_of(C, lambda data, seed: data[:300] + bytes(len(data) - 300)),
    "gbk": bytes_of(C, lambda data, seed: data.decode().encode("gb18030")),
    "utf-16": bytes_of(C, lambda data, seed: data.decode().encode("utf-16")),
    "a tab": one_of(C, r"^  status", "\tstatus"),
    "a merge conflict": one_of(C, r"^(  status: .*)$", r"<<<<<<< HEAD\n\1\n=======\n  status: void\n>>>>>>> x"),
    "a doubled key": one_of(C, r"^(  status: .*)$", r"\1\n\1"),
    "an anchor": one_of(C, r"^  reporter: ", "  reporter: &a "),
    "a misspelt field": one_of(C, r"^  reporter:", "  reportr:"),
    "a number of another day": one_of(C, r"^- id: TS-202611", "- id: TS-202609"),
    "a number of another kind": one_of(C, r"^- id: TS", "- id: FK"),
    "a number out of order": one_of(C, r"^(- id: TS-\d+)-\d+", r"\1-777"),
    "a dangling link": one_of(C, r"^(  reporter: .*)$", r"\1\n  repeats: TS-20260101-001"),
    "a state without its step": one_of(C, r"^  status: void", "  status: recorded"),
    "an unknown state": one_of(C, r"^  status: .*", "  status: shut"),
    "no count": one_of(C, r"^  people: .*", "  people: 许多"),
    "a time that is none": one_of(C, r"^  received: .*", "  received: '2026-11-31T10:00+08:00'"),
    "an identity number": one_of(C, r"^  text: .*", "  text: '99000019900101000" + "9'"),
    "a frozen due time": one_of(C, r"^    respond: '2026-11-(\d\d)", r"    respond: '2026-12-\1"),
    "who did it": one_of(C, r"^    by: .*", "    by: 某某"),
    "a step forged": one_of(C, r"^  log:$", "  log:\n  - at: '2026-11-01T09:00+08:00'\n    step: note\n    by: 某某"),
    "a line of the log gone": one_of(C, r"^  - at: .*\n    step: respond\n    by: .*\n(    .*\n)*", ""),
    "a closed month": one_of(PAYMENT, r"^  amount: .*", "  amount: '1.00'"),
    "a bill of a closed month gone": bytes_of(BILL, without_a_record),
    "the frozen list": frozen_list,
    "an attachment gone": attached(Path.unlink),
    "an attachment changed": attached(lambda path: path.write_bytes(b"x")),
    "an orphan attachment": orphan("attachments/2026-11/0123456789ab-x.jpg"),
    "an attachment with a free name": orphan("attachments/2026-11/photo.jpg"),
    "a calendar that is none": calendar("2026-10-08: holiday\n"),
    "a day that is none": calendar("2026-02-30: off 公司放假\n"),
    "a setting misspelt": one_of("wuye.yaml", r"visitor\.stay", "visitor.stai"),
    "an access line gone": bytes_of(ACCESS, lambda data, seed: without_a_line(data, seed, 1)),
    "the last access line gone": bytes_of(ACCESS, lambda data, seed: without_a_line(data, seed, -1)),
    "an access line forged": forged,
    "an access line changed": one_of(ACCESS, "李静", "张三"),
    "the access log gone": gone(ACCESS),
    "words of a record": one_of(C, r"^  text: .*", "  text: 改成别的话"),
}  # fmt: skip
BY_DOCTOR = {"words of a record"}


@pytest.fixture
def damaged(lived: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The lived-in office, put back afterwards."""
    monkeypatch.chdir(lived)
    yield lived
    for command in (["checkout", "-q", "-f", "HEAD", "--", "."], ["clean", "-q", "-f", "-d", "-x", "-e", ".wuye"]):
        subprocess.run(["git", *command], cwd=lived, check=True)


def test_a_healthy_office_is_silent(damaged: Path) -> None:
    assert run_wuye(["check"]) == Said(0, "", "")
    told = run_wuye(["doctor"]).out
    assert "手工改动" not in told and "取回" not in told and "故障" not in told


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(name: str, damaged: Path) -> None:
    path = FAULTS[name](damaged, Random(name))
    if name in BY_DOCTOR:
        assert run_wuye(["check"]).code == 0
        told = run_wuye(["doctor"]).out
        assert re.search(rf"手工改动.*{re.escape(path)}:\d+", told) and f"git show HEAD:{path}" in told
        return
    said = run_wuye(["check"])
    assert said.code in (65, 78), said
    assert re.search(rf"{re.escape(path)}:\d+", said.err), said.err


@pytest.mark.parametrize("name", ["gbk", "a record taken out", "a month file gone", "a frozen due time"])
def test_doctor_offers_the_version_of_git(name: str, damaged: Path) -> None:
    path = FAULTS[name](damaged, Random(name))
    there = (damaged / path).read_bytes() if (damaged / path).exists() else None
    assert f"wuye doctor --restore {path}" in run_wuye(["doctor"]).out
    assert there is None or (damaged / path).read_bytes() == there
    said = run_wuye(["doctor", "--restore", path])
    assert said.code == 0, said.err
    kept = sorted(damaged.rglob("*.wuye-old"))
    assert [one.read_bytes() for one in kept] == ([] if there is None else [there])
    assert all(one.name in said.out and one.stat().st_mode & 0o077 == 0 for one in kept)
    assert run_wuye(["check"]) == Said(0, "", "")
    assert run_wuye(["doctor", "--restore", path]).code == 0 and sorted(damaged.rglob("*.wuye-old")) == kept


@pytest.mark.parametrize("broken", [b"a: [\n", b"\xff\x00", b"", b"format: one\n"])
def test_the_settings_themselves_are_restored(broken: bytes, damaged: Path) -> None:
    path = damaged / "wuye.yaml"
    good = path.read_bytes()
    path.write_bytes(broken)
    assert run_wuye(["doctor"]).code == 78
    assert run_wuye(["doctor", "--restore", "wuye.yaml"]).code == 0
    kept = [one.read_bytes() for one in damaged.glob("*.wuye-old")]
    assert path.read_bytes() == good and kept == ([broken] if broken else [])
    assert run_wuye(["check"]) == Said(0, "", "")
    path.unlink()
    said = run_wuye(["doctor", "--restore", "wuye.yaml"])
    assert said.code == 1 and f"git -C {damaged.resolve()} checkout -- wuye.yaml" in said.err


NOT_HELD = [[C, "--rev", "xyzzy"], [C, "--rev=--all"], ["records/x.yaml"], ["../x"], [".git/config"], ["/etc/hosts"]]


@pytest.mark.parametrize("argv", NOT_HELD)
def test_what_git_does_not_hold_is_not_restored(argv: list[str], damaged: Path) -> None:
    (damaged / C).write_bytes(b"")
    said = run_wuye(["doctor", "--restore", *argv])
    assert said.code in (1, 2) and "请" in said.err, said
    assert (damaged / C).read_bytes() == b"" and not list(damaged.rglob("*.wuye-old"))


def test_what_waits_for_its_commit_may_differ(damaged: Path) -> None:
    FAULTS["a frozen due time"](damaged, Random(1))
    assert run_wuye(["check"]).code == 65
    (damaged / ".wuye" / "uncommitted").write_text(f"{C}\n", "utf-8")
    said = run_wuye(["check"])
    (damaged / ".wuye" / "uncommitted").unlink()
    assert said == Said(0, "", "")


def test_a_writer_meanwhile_takes_nothing_away(damaged: Path) -> None:
    """A journal that waited when `check` began is carried out, and more is written, before git is asked."""
    store, now = Store(damaged), (damaged / C).read_bytes()
    store._overlay = {C: now[: blocks.split(now).spans[-1][0]]}  # what the journal showed: a record fewer
    (damaged / C).write_bytes(now + b"# another writer\n")
    pairs = mislaid.differing(store, Git(damaged))
    assert [pair.path for pair in pairs] == [C] and not list(mislaid.problems(pairs, ()))
