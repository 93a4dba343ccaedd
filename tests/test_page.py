"""Answers as pages: nothing from elsewhere, every text escaped, looked at in a real Chromium, printed by it."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from looking import look, sizes

from wuye import browser
from wuye.errors import BadSettings
from wuye.render import page

Wuye = Callable[..., Said]
A4 = (210, 297)
NASTY = "<script>alert(1)</script>“=1+1” 𠮷䶮 <img src=http://x.invalid/y> {{ 7*7 }}"


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_a_list_is_a_page_that_prints(wuye: Wuye, tmp_path: Path, chromium: Any) -> None:
    for number in range(60):
        name = "欧阳" * 20 if number == 7 else "王女士"
        words = NASTY if number == 3 else f"漏水{number}" * 20
        assert wuye("complaint", "add", "3-2-1201", words, "--reporter", name, "--yes").code == 0
    html = wuye("complaint", "list", "-o", "html").out
    seen = look(chromium, tmp_path / "list.html", html)
    assert seen.troubles == [] and seen.overflows == []
    assert "script" not in seen.tags and "img" not in seen.tags
    assert "<script>alert(1)</script>" in seen.text and "{{ 7*7 }}" in seen.text and "𠮷䶮" in seen.text
    assert "TS-20261122-060" in seen.text and len(seen.pages) > 1 and set(seen.pages) == {A4}


def test_the_policy_lets_nothing_in(wuye: Wuye) -> None:
    html = unescape(wuye("complaint", "list", "-o", "html").out)
    assert "default-src 'none'" in html and "http:" not in html and "https:" not in html
    assert "style=" not in html and "<link" not in html


def test_marks_that_turn_the_writing_are_shown_as_such() -> None:
    assert page.shown("a\u202eb\x1b[2J\nc\td") == "a�b�[2J\nc d" and page.shown(None) == ""


def test_a_template_of_the_office_goes_first_and_cannot_reach_out(wuye: Wuye, tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "sheet.html").write_text("自己的：{{ title }}", "utf-8")
    assert page.page("sheet.html", {"title": "<b>"}, own) == "自己的：&lt;b&gt;"
    for bad in ("{{ title.__class__.__mro__ }}", "{% include '../../etc/passwd' %}", "{{ nothing }}", "{% if %}"):
        (own / "sheet.html").write_text(bad, "utf-8")
        with pytest.raises(BadSettings, match="模板"):
            page.page("sheet.html", {"title": "x"}, own)


@pytest.mark.chromium
@pytest.mark.pdfinfo
def test_the_browser_of_the_computer_makes_a_pdf(wuye: Wuye, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(browser.pdf(wuye("complaint", "list", "-o", "html").out))
    assert sizes(tmp_path / "a.pdf") == [A4]


def test_without_a_browser_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("WUYE_BROWSER", raising=False)
    with pytest.raises(BadSettings, match="Edge、Chrome 或 Chromium"):
        browser.find()
