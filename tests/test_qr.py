"""The code on a pass: read from the printed page, told genuine, used, expired, void or forged (domain.md 4)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, played

from wuye import qr

Wuye = Callable[..., Said]


@played
def code(wuye: Wuye) -> str:
    """The code of a pass that is issued, as it stands on paper."""
    more = ("冰箱x1,纸箱x3", "--relation", "业主", "--valid-until", "2026-11-23")
    assert wuye("pass", "add", "3-2-1201", "王女士", *more).code == 0
    assert wuye("pass", "confirm", "fx1").code == 0 and wuye("pass", "issue", "fx1").code == 0
    return printed(wuye)


def printed(wuye: Wuye, name: str = "fx1") -> str:
    found = re.search(r'class="code">([^<]+)<', wuye("print", name, "-o", "html").out)
    assert found
    return found[1]


def verdict(wuye: Wuye, code: str, now: str = "") -> tuple[int, str, str]:
    said = wuye("pass", "verify", code, "-o", "json", now=now)
    row = said.json["rows"][0]
    assert wuye("pass", "verify", code).out == row["words"] + "\n" and row["words"].count("\n") == 0
    return said.code, row["verdict"], row["words"]


@pytest.mark.chromium
@pytest.mark.zbarimg
def test_the_printed_code_is_read_and_genuine(code: str, wuye: Wuye, chromium: Any, tmp_path: Path) -> None:
    page = tmp_path / "pass.html"
    page.write_text(wuye("print", "fx1", "-o", "html").out, "utf-8")
    context = chromium.new_context(viewport={"width": 794, "height": 600})
    tab = context.new_page()
    tab.goto(page.as_uri())
    tab.screenshot(path=str(tmp_path / "pass.png"), full_page=True)
    context.close()
    ask = ["zbarimg", "--quiet", "--raw", str(tmp_path / "pass.png")]
    read = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split()
    assert set(read) == {code}, "all copies carry the same"
    assert verdict(wuye, read[0])[:2] == (0, "genuine")
    assert wuye("pass", "verify", stdin=f"QR-Code:{read[0]}\n".encode()).code == 0


def test_what_a_code_says(code: str) -> None:
    told = qr.read(code)
    assert told and (told.id, told.room, f"{told.day}") == ("FX-20261122-001", "3-2-1201", "2026-11-23")


def test_a_changed_character_is_forged(code: str, wuye: Wuye, office: Path) -> None:
    assert verdict(wuye, code)[:2] == (0, "genuine")
    keys = [path.read_bytes() for path in (office / "keys").iterdir()]
    assert qr.genuine(code, keys)
    for place, character in enumerate(code):
        changed = code[:place] + ("B" if character == "A" else "A") + code[place + 1 :]
        assert not qr.genuine(changed, keys), changed
    last = code[:-1] + ("B" if code.endswith("A") else "A")
    for changed in (code.replace("1201", "1202"), code.replace("20261123", "20261130"), last):
        assert verdict(wuye, changed)[:2] == (1, "forged")
    for other in ("hello", "a" * 900, code[:-1], code.replace("20261123", "20261399")):
        said = wuye("pass", "verify", other)
        assert said.code == 1 and "按伪造处理" in said.err and said.err.count("\n") == 1


def test_used_expired_and_void(code: str, wuye: Wuye) -> None:
    assert verdict(wuye, code, "2026-11-24 08:00")[:2] == (1, "expired")
    assert verdict(wuye, code, "2026-11-22 10:00")[:2] == (0, "genuine")
    assert wuye("pass", "release", "fx1", "--goods", "纸箱x1", "--guard", "冯磊").code == 0
    assert "还没放行的：冰箱×1、纸箱×2" in verdict(wuye, code)[2]
    assert wuye("pass", "release", "fx1", "--guard", "冯磊").code == 0
    assert verdict(wuye, code)[:2] == (1, "used")


def test_a_void_pass_and_one_not_issued(code: str, wuye: Wuye) -> None:
    assert wuye("pass", "void", "fx1", "--reason", "开错").code == 0
    assert verdict(wuye, code)[:2] == (1, "void")
    assert wuye("pass", "add", "3-2-1201", "赵先生", "纸箱x1").code == 0
    assert verdict(wuye, printed(wuye, "fx2"))[:2] == (1, "not-yet")


def test_a_corrected_room_makes_the_paper_old(code: str, wuye: Wuye) -> None:
    assert wuye("pass", "edit", "fx1", "--room", "3-2-1202").code == 0
    assert "这张是旧的" in verdict(wuye, code)[2]
    assert verdict(wuye, printed(wuye))[:2] == (0, "genuine")


def test_a_record_of_another_desk_is_not_called_forged(code: str, wuye: Wuye, office: Path) -> None:
    (office / "records/2026-11/pass.yaml").write_text("", "utf-8")
    assert verdict(wuye, code)[:2] == (1, "unknown")


def test_a_work_slip_has_a_code_too(wuye: Wuye) -> None:
    assert wuye("workorder", "add", "--place", "2栋大堂", "--text", "灯不亮").code == 0
    assert verdict(wuye, printed(wuye, "gd1"))[:2] == (0, "genuine")
    assert wuye("workorder", "cancel", "gd1", "--reason", "重复").code == 0
    assert verdict(wuye, printed(wuye, "gd1"))[1] == "void"


def test_the_key_is_made_once_and_goes_along(code: str, wuye: Wuye, office: Path) -> None:
    keys = list((office / "keys").iterdir())
    assert len(keys) == 1 and keys[0].stat().st_mode & 0o077 == 0
    assert "放行条防伪密钥" in wuye("log").out
    other = qr.fresh_key()
    (office / "keys" / "slips-00000000.key").write_bytes(other)
    assert verdict(wuye, code)[:2] == (0, "genuine"), "a key that another desk made takes nothing away"
    (office / "keys" / keys[0].name).unlink()
    assert verdict(wuye, code)[1] == "forged"


def test_nothing_typed_is_asked_for(wuye: Wuye) -> None:
    said = wuye("pass", "verify")
    assert said.code == 2 and "请扫码" in said.err


def test_without_segno_it_is_said_what_to_install(code: str, wuye: Wuye, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "segno", None)
    said = wuye("print", "fx1", "-o", "html")
    assert said.code == 78 and "wuye[office]" in said.err and said.out == ""
    assert wuye("print", "fx1", "--text").code == 0
