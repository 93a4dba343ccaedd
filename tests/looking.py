"""A page looked at in a real Chromium: what it says on the console, what overflows, its text, its PDF pages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OVERFLOWS = """() => {
  const out = [];
  const wide = document.documentElement.clientWidth + 1;
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') && e.tagName.toLowerCase() !== 'svg') continue;
    const box = e.getBoundingClientRect();
    if (box.right > wide || e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display !== 'inline')
      out.push(e.tagName + ' ' + (e.textContent || '').slice(0, 30));
  }
  return out;
}"""


class Look(NamedTuple):
    """What a browser makes of a page: console and network troubles, elements that do not fit, all visible text,
    the tags there are, and of its PDF the pages with their size in millimetres."""

    troubles: list[str]
    overflows: list[str]
    text: str
    tags: dict[str, int]
    pages: list[tuple[int, int]]
    pdf: bytes


@contextmanager
def browser() -> Iterator[Any]:
    """A Chromium for as long as it is wanted."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        one = play.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            yield one
        finally:
            one.close()


def look(chromium: Any, place: Path, html: str | None = None, width: int = 794, picture: Path | None = None) -> Look:
    """Open a page (its text is written to `place` first where it is given) as a file, as a clerk would."""
    if html is not None:
        place.write_text(html, "utf-8")
    context = chromium.new_context(viewport={"width": width, "height": 1123}, offline=False)
    troubles: list[str] = []
    page = context.new_page()
    page.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: troubles.append(str(e)))
    asked = page.on("request", lambda r: r.url.startswith(("file:", "data:")) or troubles.append(f"asked for {r.url}"))
    assert asked is None
    page.goto(place.as_uri())
    overflows = page.evaluate(OVERFLOWS)
    text = page.inner_text("body")
    tags = page.evaluate("() => { const n = {}; for (const e of document.querySelectorAll('*')) "
                         "n[e.tagName.toLowerCase()] = (n[e.tagName.toLowerCase()] || 0) + 1; return n; }")  # fmt: skip
    if picture:
        page.screenshot(path=str(picture), full_page=True)
    data = page.pdf(prefer_css_page_size=True)
    context.close()
    target = place.with_suffix(".pdf")
    target.write_bytes(data)
    return Look(troubles, overflows, text, tags, sizes(target), data)


def sizes(pdf: Path) -> list[tuple[int, int]]:
    """The pages of a PDF with width and height in millimetres, by pdfinfo."""
    said = subprocess.run(["pdfinfo", "-l", "9999", str(pdf)], capture_output=True, text=True, check=True).stdout
    found = []
    for line in said.splitlines():
        if line.startswith("Page") and " size:" in line:
            words = line.split("size:")[1].split()
            found.append((round(float(words[0]) * 25.4 / 72), round(float(words[2]) * 25.4 / 72)))
    return found
