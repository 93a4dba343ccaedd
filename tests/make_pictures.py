"""Pictures of the main pages for docs/: `python tests/make_pictures.py`, from the example office (needs Chromium)."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from looking import browser  # noqa: E402

from wuye import cli  # noqa: E402

NOW = "2026-11-23T08:55"
PICTURES = (
    ("month", ("month", "2026-10", "-o", "html"), 794),
    ("day", ("day", "2026-11-22", "-o", "html"), 794),
    ("pass", ("print", "{pass}", "-o", "html"), 794),
    ("workorder", ("print", "{workorder}", "-o", "html"), 794),
    ("receipt", ("print", "{receipt}", "-o", "html"), 794),
    ("handover", ("print", "{handover}", "-o", "html"), 794),
    ("dunning", ("print", "--form", "催款通知单", "-o", "html"), 794),
)
TALLEST = 1123
"""One page of A4: what comes after it is more of the same."""


def said(office: Path, *words: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        cli.run([*words, "--office", str(office)])
    return out.getvalue()


def main() -> None:
    """Every picture anew."""
    os.environ |= {"WUYE_NOW": NOW, "WUYE_USER": "李静"}
    target = ROOT / "docs" / "pictures"
    target.mkdir(exist_ok=True)
    kinds = ("pass", "workorder", "receipt", "handover")
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        office = Path(name, "office")  # a copy: printing a pass makes the key of its code
        shutil.copytree(ROOT / "examples" / "office", office)
        numbers = {kind: said(office, kind, "list", "--period", "all", "-q").split()[0] for kind in kinds}
        for title, words, width in PICTURES:
            page = Path(name, f"{title}.html")
            page.write_text(said(office, *(word.format(**numbers) for word in words)), "utf-8")
            context = chromium.new_context(viewport={"width": width, "height": TALLEST}, device_scale_factor=0.8)
            tab = context.new_page()
            tab.goto(page.as_uri())
            tab.screenshot(path=str(target / f"{title}.png"))
            context.close()


if __name__ == "__main__":
    main()
