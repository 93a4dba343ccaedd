"""The browser that this computer has: Edge, Chrome or Chromium turns a page into a PDF (design.md 8)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from wuye.errors import BadSettings, InputOutput

NAMES = (
    "msedge", "microsoft-edge", "microsoft-edge-stable", "google-chrome", "google-chrome-stable", "chrome", "chromium",
    "chromium-browser",
)  # fmt: skip
PLACES = (
    "Microsoft/Edge/Application/msedge.exe", "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
)  # fmt: skip
MAC = ("Microsoft Edge", "Google Chrome", "Chromium")
QUIET = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-quic",
    "--no-pdf-header-footer", "--disable-pdf-tagging",
)  # fmt: skip
PATIENCE = 1200
"""Seconds: three thousand notices take two or three minutes."""


def find() -> str:
    """The browser's path. Raises BadSettings saying what to install."""
    if named := os.environ.get("WUYE_BROWSER"):
        if not (program := shutil.which(named)):
            words = f"环境变量 WUYE_BROWSER 写的浏览器 {named} 没有，或不能运行：请改成浏览器的完整路径，或去掉"
            raise BadSettings(words)
        return program
    found = next(filter(None, map(shutil.which, NAMES)), None)
    roots = [os.environ.get(name, "") for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    there = [Path(root, place) for root in roots if root for place in PLACES]
    there += [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in MAC if sys.platform == "darwin"]
    found = found or next((str(path) for path in there if path.is_file()), None)
    if found is None:
        words = "打 PDF 要用 Edge、Chrome 或 Chromium，这台电脑没有找到：请装一个，或不加 --pdf，用浏览器打开网页再打印"
        raise BadSettings(words)
    return found


def pdf(page: str | Iterable[str]) -> bytes:
    """The page, whole or in parts, as PDF, on the paper its style sheet asks for. Raises BadSettings, InputOutput."""
    program = find()
    with tempfile.TemporaryDirectory(prefix="wuye-") as name:
        place = Path(name)
        source, target = place / "page.html", place / "page.pdf"
        with source.open("w", encoding="utf-8") as file:
            file.writelines((page,) if isinstance(page, str) else page)
        command = [program, *QUIET, f"--user-data-dir={place / 'profile'}", f"--print-to-pdf={target}", source.as_uri()]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           timeout=PATIENCE, check=False)  # fmt: skip
        if not target.is_file() or not (data := target.read_bytes()).startswith(b"%PDF"):
            raise InputOutput("浏览器没有打出 PDF：请关掉正在运行的浏览器再试，或不加 --pdf，打开网页后打印")
        return data


def show(page: Path) -> bool:
    """Open the page in the browser that people use; whether there is one."""
    import webbrowser

    return webbrowser.open(page.as_uri())
