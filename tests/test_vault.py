"""The vault: full document numbers, only as ciphertext, never in the office, git, argv, logs or temporary files."""

from __future__ import annotations

import builtins
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, run_wuye

from wuye import vault
from wuye.vault import Vault

NUMBER, OTHER, WORDS = "11010519491231002X", "440524198001010013", "八个字以上的口令"
Wuye = Callable[..., Said]
FK = "FK-20261122-001"


def ok(said: Said) -> Said:
    assert said.code == 0, said.err
    return said


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase's slow hash is age's own affair: here every vault has the same keys, opened without it."""
    import pyrage

    class Quick:
        def encrypt(self, data: bytes, passphrase: str) -> bytes:
            return pyrage.encrypt(data, [KEY[passphrase].to_public()]) if passphrase in KEY else b""

        def decrypt(self, data: bytes, passphrase: str) -> bytes:
            if passphrase not in KEY:
                raise pyrage.DecryptError("Decryption failed")
            return pyrage.decrypt(data, [KEY[passphrase]])

    KEY = {WORDS: pyrage.x25519.Identity.generate()}
    monkeypatch.setattr(pyrage, "passphrase", Quick())


@pytest.fixture
def box(wuye: Wuye, desk: Path) -> Wuye:
    """An office with a visitor, and a vault."""
    ok(wuye("visitor", "add", "--name", "刘某", "--purpose", "施工", "--unit", "1-1-102", "--id-type", "idcard",
            "--id-tail", "002X"))  # fmt: skip
    ok(wuye("vault", "init", stdin=WORDS.encode() + b"\n"))
    return wuye


def secret(box: Wuye, *argv: str, text: str = WORDS, now: str = "") -> Said:
    return box("vault", *argv, stdin=f"{text}\n".encode(), now=now)


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()


def holding(*folders: Path) -> list[str]:
    """Files that hold the number or the passphrase in any of the forms in which text is written."""
    forms = [w.encode(code) for w in (NUMBER, NUMBER[:14], WORDS) for code in ("utf-8", "utf-16-le", "gb18030")]
    forms += [json.dumps(WORDS).encode()]
    return [str(path) for path, data in files(*folders) if any(form in data for form in forms)]


def test_a_number_is_kept_shown_and_forgotten(box: Wuye, office: Path, desk: Path) -> None:
    said = ok(secret(box, "add", "fk1", text="110105 19491231 002x"))
    assert NUMBER not in said.out + said.err
    assert box("vault", "show", "fk1", "--reason", "协查").code == 1  # locked
    assert secret(box, "unlock", text="不是这个口令呀").code == 1
    ok(secret(box, "unlock"))
    assert box("vault", "show", "fk1").code == 2
    assert ok(box("vault", "show", "fk1", "--reason", "协查", "-o", "json")).json["rows"][0]["number"] == NUMBER
    assert box("vault", "show", "fk1", "--reason", "协查", "--out", "x.txt").code == 2
    line = json.loads((office / "log/access-2026-11.jsonl").read_text("utf-8").splitlines()[-1])
    assert (line["reason"], line["ids"]) == ("协查", [FK])
    ok(box("vault", "lock"))
    assert box("vault", "show", "fk1", "--reason", "协查").code == 1
    assert box("vault", "forget", "fk1").code == 2
    ok(box("vault", "forget", "fk1", "--yes"))
    assert "没有条目" in ok(box("vault", "list")).out


def test_nothing_but_ciphertext_is_written_anywhere(
    box: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temp = desk / "tmp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", None)
    run = desk / "run"
    run.mkdir(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
    ok(secret(box, "add", "fk1", text=NUMBER))
    ok(secret(box, "unlock"))
    ok(secret(box, "match", text=NUMBER))
    ok(secret(box, "add", "fk1", "--barred", "推销", text=NUMBER))
    ok(box("vault", "show", "fk1", "--reason", "协查"))
    ok(secret(box, "backup", str(desk / "备份.age")))
    ok(box("find", "刘某"))
    unlocked = [path for path, _ in files(run)]
    assert unlocked and all(path.stat().st_mode & 0o777 == 0o600 for path in unlocked)
    assert all(path.parent.stat().st_mode & 0o777 == 0o700 for path in unlocked)
    assert holding(desk, temp, run) == []  # the keys are there while it is unlocked, no number
    keys = json.loads(next(data for path, data in files(run) if path.name == "unlocked.json"))
    ok(box("vault", "lock"))
    told = [keys["identity"].encode(), keys["hmac"].encode()]
    everywhere = [str(p) for p, data in files(desk) if any(one in data for one in told)]
    assert everywhere == [] and [p for p, _ in files(run)] == []
    for path, data in files(desk / ".wuye-vault"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.name == "vault.json" or data.startswith(b"age-encryption.org/v1"), path
    assert b"age-encryption.org/v1" in (desk / "备份.age").read_bytes()[:40]


def test_a_crash_keeps_no_number(box: Wuye, office: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any) -> Any:
        raise RuntimeError("坏了")

    monkeypatch.setattr(Vault, "_sealed", broken)
    said = secret(box, "add", "fk1", text=NUMBER)
    assert said.code == 70 and (office / ".wuye" / "crash.log").exists()
    assert holding(desk) == [] and NUMBER not in said.err


def test_a_number_on_the_command_line_is_refused_and_not_repeated(box: Wuye) -> None:
    for argv in (["add", "fk1", NUMBER], ["match", NUMBER], ["list", "--reason", NUMBER], [f"add{NUMBER}"]):
        said = box("vault", *argv)
        assert said.code == 2 and NUMBER not in said.out + said.err, argv


def test_who_comes_back_is_known_and_who_may_not_come_in(box: Wuye) -> None:
    assert secret(box, "match", text=NUMBER).code == 1  # locked
    ok(secret(box, "add", "fk1", "--barred", "在楼道推销", text=NUMBER))
    ok(secret(box, "unlock"))
    assert "没有这个号码" in ok(secret(box, "match", text=OTHER)).out
    said = ok(secret(box, "match", text=NUMBER))
    assert f"曾登记为 {FK}" in said.out and "列入不得入内名单：在楼道推销" in said.out
    visit = ["visitor", "add", "--name", "刘某", "--purpose", "又来", "--unit", "1-1-102", "--id-type", "idcard"]
    visit.append("--yes")
    assert "不得入内名单" not in ok(box(*visit, "--id-tail", "1234")).err
    assert "列入不得入内名单：在楼道推销" in ok(box(*visit, "--id-tail", "002x")).err
    assert f"曾登记为 {FK}" in ok(secret(box, "add", "fk3", text=NUMBER)).err
    ok(box("vault", "lock"))
    assert "不得入内名单" not in ok(box(*visit, "--id-tail", "002x")).err


def test_it_locks_itself(box: Wuye, desk: Path) -> None:
    ok(secret(box, "add", "fk1", text=NUMBER))
    assert secret(box, "unlock", "--minutes", "61").code == 2
    assert "10:05" in ok(secret(box, "unlock", "--minutes", "5")).out
    key = next((desk / ".wuye-vault").rglob("unlocked.json"))
    assert ok(box("vault", "show", "fk1", "--reason", "协查", now="2026-11-22T10:04")).out
    assert key.exists()
    assert box("vault", "show", "fk1", "--reason", "协查", now="2026-11-22T10:05").code == 1
    assert not key.exists()


@pytest.mark.parametrize(
    ("argv", "typed", "words"),
    [
        (["add", "fk1"], "110105194912310021", "校验不符"),
        (["add", "fk1"], OTHER, "后四位不同"),
        (["add", "fk1"], "", "位数字和字母"),
        (["add", "fk9"], NUMBER, "没有找到"),
        (["add"], NUMBER, "一条记录的编号"),
        (["init"], WORDS, "已经是保险库"),
        (["open"], "", "没有“open”这个动作"),
        (["unlock", "--minutes", "x"], WORDS, "整数"),
        (["forget"], "", "--older"),
        (["list", "--older", "久"], "", "--older"),
        (["list", "fk1"], "", "没有 fk1 的条目"),
        (["backup"], WORDS, "备份到哪个文件"),
    ],
)
def test_what_is_refused(argv: list[str], typed: str, words: str, box: Wuye) -> None:
    said = secret(box, *argv, text=typed)
    assert said.code in (1, 2, 73) and words in said.err
    assert len(typed) < 4 or typed not in said.err


def test_a_foreign_document_is_kept_by_its_type(box: Wuye) -> None:
    ok(box("visitor", "add", "--name", "Li", "--purpose", "看房", "--unit", "1-1-103"))
    assert secret(box, "add", "fk2", text="E12345678").code == 2
    ok(secret(box, "add", "fk2", "--type", "护照", text="e1234-5678"))
    ok(secret(box, "unlock"))
    row = ok(box("vault", "show", "fk2", "--reason", "核对", "-o", "json")).json["rows"][0]
    assert (row["type"], row["number"]) == ("护照", "E12345678")


def test_entries_past_their_time_are_listed_and_swept(box: Wuye) -> None:
    ok(secret(box, "add", "fk1", text=NUMBER))
    ok(secret(box, "add", "fk1", "--barred", "推销", text=NUMBER))
    later = "2027-05-23T10:00"
    assert "没有条目" in ok(box("vault", "list", "--older", "6m", now="2027-05-21T10:00")).out
    rows = ok(box("vault", "list", "--older", "6m", "-o", "json", now=later)).json["rows"]
    assert [row["barred"] for row in rows] == [False]  # who may not come in stays
    assert "保险库里 1 个条目已过保存期" in box("doctor").out
    assert "将删去" in ok(box("privacy", "sweep", "--dry-run")).err
    assert "已删去" in ok(box("privacy", "sweep")).err
    assert [row["barred"] for row in ok(box("vault", "list", "-o", "json")).json["rows"]] == [True]


def test_who_is_forgotten_is_forgotten_here_too(box: Wuye) -> None:
    ok(secret(box, "add", "fk1", text=NUMBER))
    ok(secret(box, "add", "fk1", "--barred", "推销", text=NUMBER))
    said = ok(box("person", "forget", "刘某", "--yes"))
    assert "保险库里 1 个条目一并删去" in said.err and "不得入内名单" in said.err
    assert len(ok(box("vault", "list", "-o", "json")).json["rows"]) == 1


def test_a_backup_is_put_back_elsewhere(box: Wuye, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ok(secret(box, "add", "fk1", text=NUMBER))
    assert secret(box, "backup", str(desk / "b.age"), text="不是这个口令呀").code == 1
    assert not (desk / "b.age").exists()
    ok(secret(box, "backup", str(desk / "b.age")))
    assert secret(box, "backup", str(desk / "b.age")).code == 2  # never over another
    assert secret(box, "backup", "b.age").code == 1  # not into the office
    monkeypatch.setenv("WUYE_VAULT", str(desk / "elsewhere"))
    assert secret(box, "restore", str(desk / "b.age"), text="不是这个口令呀").code == 1
    assert "1 个条目" in ok(secret(box, "restore", str(desk / "b.age"))).out
    ok(secret(box, "unlock"))
    assert NUMBER in ok(box("vault", "show", "fk1", "--reason", "核对")).out


def test_it_lies_in_no_office_and_no_repository(wuye: Wuye, office: Path, desk: Path, monkeypatch: Any) -> None:
    (desk / "repo" / ".git").mkdir(parents=True)
    (desk / "link").symlink_to(office, target_is_directory=True)
    for folder in (office / "vault", office, desk / "repo" / "a" / "b", desk / "link" / "v"):
        monkeypatch.setenv("WUYE_VAULT", str(folder))
        said = wuye("vault", "init", stdin=WORDS.encode())
        assert said.code == 1 and "WUYE_VAULT" in said.err, folder
    assert not (office / "vault").exists()


def test_a_short_passphrase_is_refused(wuye: Wuye, desk: Path) -> None:
    assert wuye("vault", "init", stdin=b"1234567\n").code == 2
    assert not (desk / ".wuye-vault").exists()


def test_without_the_extra_it_is_one_sentence(box: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pyrage":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    said = secret(box, "add", "fk1", text=NUMBER)
    assert said.code == 1 and said.err.count("\n") == 1 and "wuye[vault]" in said.err
    assert box("vault", "list").code == 0 and box("doctor").code == 0
    assert ok(run_wuye(["complaint", "list"]))


def test_the_private_key_lies_under_the_real_slow_hash(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for real: opening it again takes seconds on a busy machine."""
    monkeypatch.undo()
    Vault(desk / "v").init(WORDS)
    assert b"-> scrypt " in (desk / "v" / vault.IDENTITY).read_bytes()[:60]
